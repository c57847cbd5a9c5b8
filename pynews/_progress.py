"""Progress of long work: tqdm where it is installed, a plain line where not, a callable where one was given."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

SHOW_AFTER = 0.5                 # seconds before anything is shown
EVERY = 0.1                      # seconds between two updates

Choice = bool | None | Callable[[int, int | None], None]


class Meter(Protocol):
    """Counts bytes done."""

    done: int

    def advance(self, n: int) -> None: ...
    def reach(self, done: int, total: int) -> None: ...


class _Silent:
    def __init__(self) -> None:
        self.done = 0

    def advance(self, n: int) -> None:
        self.done += n

    def reach(self, done: int, total: int) -> None:
        """So many are done; fewer than were said before are no step back."""
        self.advance(max(0, done - self.done))

    def close(self) -> None:
        pass


class _Calling(_Silent):
    """Tells a callable of the user."""

    def __init__(self, call: Callable[[int, int | None], None], total: int | None) -> None:
        super().__init__()
        self.call, self.total = call, total

    def advance(self, n: int) -> None:
        self.done += n
        if n:
            self.call(self.done, self.total)


class _Shown(_Silent):
    """Shows a bar once the work has lasted."""

    def __init__(self, total: int | None, what: str, after: float) -> None:
        super().__init__()
        self.total, self.what, self.due = total, what, time.monotonic() + after
        self.bar: Any = None

    def advance(self, n: int) -> None:
        self.done += n
        now = time.monotonic()
        if now < self.due:
            return
        self.due = now + EVERY
        if self.bar is None:
            self.bar = _new_bar(self.total, self.what)
        self.bar.update(self.done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.update(self.done - self.bar.n)
            self.bar.close()


class _Line:
    """A line that is written over, for a terminal without tqdm."""

    def __init__(self, total: int | None, what: str) -> None:
        self.total, self.what, self.n = total, what, 0

    def update(self, more: int) -> None:
        self.n += more
        share = f" {self.n / self.total:4.0%}" if self.total else ""
        sys.stderr.write(f"\r{self.what}{share} {self.n / 1e6:,.1f} MB")
        sys.stderr.flush()

    def close(self) -> None:
        sys.stderr.write("\n")


def _new_bar(total: int | None, what: str) -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Line(total, what)
    return tqdm(total=total, desc=what, unit="B", unit_scale=True)


def _someone_watches() -> bool:
    return sys.stderr.isatty() or "ipykernel" in sys.modules


@contextmanager
def meter(choice: Choice, total: int | None, what: str) -> Iterator[Meter]:
    """A meter for the time of a piece of work."""
    bar: _Silent
    if callable(choice):
        bar = _Calling(choice, total)
    elif choice or (choice is None and _someone_watches()):
        bar = _Shown(total, what, 0.0 if choice else SHOW_AFTER)
    else:
        bar = _Silent()
    try:
        yield bar
    finally:
        bar.close()
