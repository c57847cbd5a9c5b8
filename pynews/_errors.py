"""Every error pynews raises, and which status of the core becomes which."""

from __future__ import annotations

import datetime as dt
import difflib
import os
import re
from collections.abc import Sequence
from typing import Any

KNOWN = 40                       # names that an error lists, at most


class PynewsError(Exception):
    """Base of all errors of pynews. Each is also the built-in error a script would expect."""


class QuerySyntaxError(PynewsError, ValueError):
    """A query that does not follow the grammar, or is larger than a limit.

    Attributes
    ----------
    query : str
        The query as given.
    position : int
        Character at which reading stopped.
    hint : str or None
        What to do about it.
    limit : str or None
        The limit that was exceeded, if that is what happened.
    """

    def __init__(self, message: str, query: str = "", position: int = 0, hint: str | None = None, limit: str | None = None) -> None:
        super().__init__(message)
        self.message, self.query, self.position, self.hint, self.limit = message, query, position, hint, limit

    def __str__(self) -> str:
        if not self.query:
            return self.message + (f"\n  {self.hint}" if self.hint else "")
        from pynews._show import columns_wide, plain

        start = max(0, self.position - 60)
        before, after = plain(self.query[start : self.position]), plain(self.query[self.position : self.position + 60])
        advice = f"\n  {self.hint}" if self.hint else ""
        return f"{self.message}\n  {before}{after}\n  {' ' * columns_wide(before)}^{advice}"


class UnknownNameError(PynewsError, KeyError):
    """A name that is not there: a tag, section, source, author, language, column, frequency.

    Attributes
    ----------
    kind, name : str
        What was looked for.
    suggestions : list of str
        Names like it that exist.
    known : list of str
        All names that there are, where they are few and none is like it.
    """

    def __init__(self, kind: str, name: str, suggestions: list[str], known: Sequence[str] = ()) -> None:
        super().__init__(name)
        self.kind, self.name, self.suggestions, self.known = kind, name, suggestions, list(known)

    def __reduce__(self) -> tuple[Any, ...]:
        return UnknownNameError, (self.kind, self.name, self.suggestions, self.known)

    def __str__(self) -> str:
        advice = f"\n  there {'are' if len(self.known) > 1 else 'is only'} {', '.join(map(repr, self.known))}" if self.known else ""
        if self.suggestions:
            advice = f"\n  did you mean {' or '.join(map(repr, self.suggestions))}?"
        return f"there is no {self.kind} {self.name!r}{advice}"


def unknown(kind: str, name: str, known: Sequence[str], cutoff: float = 0.6) -> UnknownNameError:
    """The error of a name that is not among those known: with the one that differs in capitals alone, else with those
    like it, else with all, if they are few."""
    folded = {each.casefold(): each for each in reversed(known)}
    same = folded.get(name.casefold().strip())
    close = [same] if same else [folded[each] for each in difflib.get_close_matches(name.casefold(), folded, 3, cutoff)]
    return UnknownNameError(kind, name, close, [] if close or len(known) > KNOWN else known)


class ArchiveError(PynewsError, OSError):
    """Something is wrong with an archive's files."""


class ArchiveLockedError(ArchiveError):
    """Another writer holds the archive.

    Attributes
    ----------
    pid : int or None
        Process that holds it, None where the lock file does not say.
    since : datetime.datetime or None
        When it began (UTC).
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        note = re.search(r"pid ([0-9]{1,9}) since ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)", message)
        self.pid = int(note[1]) if note else None
        self.since = _moment(note[2]) if note else None


def _moment(text: str) -> dt.datetime | None:
    """A moment of a lock file, which anybody may have written."""
    try:
        return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


class CorruptArchiveError(ArchiveError):
    """A file of an archive does not hold what it must.

    Attributes
    ----------
    file : str
        The file.
    offset : int
        Byte position in it.
    """

    def __init__(self, message: str, file: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.file, self.offset = file, offset


class ArchiveVersionError(ArchiveError):
    """The archive was written by a format or with word rules that this pynews does not read."""


class ArchiveChangedError(ArchiveError):
    """Files changed under an open archive."""


class UnsupportedError(PynewsError):
    """An input that this pynews cannot read; the message says what it can."""


class InputLimitError(PynewsError, ValueError):
    """An input larger than a stated limit."""

    offset = 0                   # byte of a query at which the limit was met
    hint: str | None = None


# Numbers of pn_status, pinned in csrc/base/pn_status.h.
EIO, EINVAL, ESYNTAX, ELIMIT = 2, 10, 11, 12
ECORRUPT, EVERSION, EUNSUPPORTED, ECHANGED = 20, 21, 22, 23
ELOCKED, EREADONLY, ENOTFOUND, EEXISTS, EUNKNOWN = 30, 31, 40, 41, 42


def from_core(code: int, message: str, file: str, offset: int, sys_errno: int) -> Exception:
    """The exception for a status of the core."""
    where = f"{file}: {message}" if file else message
    if code == EIO:
        return OSError(sys_errno, os.strerror(sys_errno) + f" ({message})", file or None)
    if code == ENOTFOUND:
        return FileNotFoundError(2, message, file)
    if code == EEXISTS:
        return FileExistsError(17, message, file)
    if code == EUNKNOWN:
        return UnknownNameError(file, message, [])
    if code in (ESYNTAX, ELIMIT):
        reason, _, hint = message.partition("\n")
        if code == ESYNTAX:
            return QuerySyntaxError(reason, position=offset, hint=hint or None)
        limit = InputLimitError(f"{file}: {reason}" if file else reason)
        limit.offset, limit.hint = offset, hint or None
        return limit
    if code == ECORRUPT:
        at = f"{file} at byte {offset:,}: {message}" if offset else where
        return CorruptArchiveError(at, file, offset)
    kinds: dict[int, type[Exception]] = {
        EINVAL: ValueError,
        EVERSION: ArchiveVersionError,
        EUNSUPPORTED: UnsupportedError,
        ECHANGED: ArchiveChangedError,
        ELOCKED: ArchiveLockedError,
        EREADONLY: ArchiveError,
    }
    return kinds.get(code, PynewsError)(where)
