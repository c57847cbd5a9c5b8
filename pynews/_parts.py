"""An archive in parts without an article in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pynews import _buckets
from pynews._expr import q
from pynews._freq import OF_DAYS, Freq

if TYPE_CHECKING:
    from pynews._articles import Articles

Days = tuple[int, int]
MOST = 1000                      # the rest is a query of so many parts, and 1,024 is the most that a query has


def of(whole: Articles, n: int | None, by: Freq | None) -> list[Articles]:
    """Parts by days, and what lies in none of them."""
    if (n is None) == (by is None):
        raise TypeError("partitions are of n parts, or by a frequency")
    if by is not None and by not in OF_DAYS:
        raise ValueError(f"parts are by {', '.join(OF_DAYS)}, not by {by!r}")
    if n is not None and n < 1:
        raise ValueError(f"{n} parts")
    whole = whole._fixed()
    spans = list(_by(whole, by) if by is not None else _even(whole, n or 1))
    if len(spans) > MOST:
        raise ValueError(f"{len(spans):,} parts, and at most {MOST:,} can be told from what lies in none of them: give a smaller n, or a longer period for by")
    parts = [whole.filter(q.date.between(_buckets.date(first), _buckets.date(last))) for first, last in spans]
    rest = whole
    for part in parts:
        rest = rest - part
    return [*parts, rest.rebase()] if len(rest) or not parts else parts


def _by(whole: Articles, by: Freq) -> Iterator[Days]:
    t = whole.trend(freq=by)
    for begin, total in zip(t._begins(), t["total"].to_list(), strict=True):
        if total:
            yield begin, _buckets.following(by, begin) - 1


def _even(whole: Articles, n: int) -> Iterator[Days]:
    """Runs of days, each closed when it holds its part of what is left."""
    t = whole.trend(freq="day")
    left, first, held = sum(t["total"].to_list()), None, 0
    for day, total in zip(t._begins(), t["total"].to_list(), strict=True):
        first = day if first is None else first
        held += total
        if held and (held >= left / n or held == left):
            yield first, day
            left, n, first, held = left - held, max(1, n - 1), None, 0
