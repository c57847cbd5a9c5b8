"""Trends of several bases as one: what ``+`` between trends does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pynews import _buckets, _cite, _core, _plan, _series

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._trend import Trend
    from pynews._trend_data import TrendData
    from pynews._trend_source import Source


def add(a: TrendData, b: TrendData) -> Trend:
    a._plain("added")
    b._plain("added")
    for what in ("freq", "series", "level", "tz", "unit"):
        if getattr(a, what) != getattr(b, what):
            raise ValueError(f"trends of another {what} do not add: {getattr(a, what)!r} and {getattr(b, what)!r}")
    _check_disjoint(a._source, b._source)
    begins = _buckets.axis(a.freq, [*a._begins(), *b._begins()])
    span = min(a._span[0], b._span[0]), max(a._span[1], b._span[1])
    if not a._n or not b._n:
        span = b._span if not a._n else a._span
    cells = []
    for (k1, n1), (k2, n2) in zip(a._pairs(), b._pairs(), strict=True):
        k = _laid(begins, (a._begins(), k1), (b._begins(), k2))
        n = _laid(begins, (a._begins(), n1), (b._begins(), n2))
        cells.append((k, n, [_series.share(x, y, a._z) for x, y in zip(k, n, strict=True)]))
    partial = [_buckets.is_partial(a.freq, begin, *span) for begin in begins]
    of = a._of if a._of == b._of else f"{a._of}, {b._of}"
    is_all = a._is_all and b._is_all
    origin = _cite.origin_of_sum(a._origin, b._origin)
    return a._made(begins, cells, partial, unplaced=_unplaced_sum(a, b), span=span, source=None, of=of, is_all=is_all, origin=origin)


def _laid(begins: Sequence[int], *parts: tuple[Sequence[int], Sequence[int]]) -> list[int]:
    """Sums over a longer axis."""
    place = {begin: i for i, begin in enumerate(begins)}
    out = [0] * len(begins)
    for there, values in parts:
        for begin, value in zip(there, values, strict=True):
            out[place[begin]] += value
    return out


def _unplaced_sum(a: TrendData, b: TrendData) -> _core.Table:
    sums: dict[tuple[str, str], list[int]] = {}
    for row in [*a.unplaced, *b.unplaced]:
        cell = sums.setdefault((row["precision"], row["series"]), [0, 0])
        cell[0] += row["count"]
        cell[1] += row["total"]
    columns = (
        ("precision", "dictionary", [p for p, _ in sums]),
        ("series", "dictionary", [s for _, s in sums]),
        ("count", "int64", [k for k, _ in sums.values()]),
        ("total", "int64", [n for _, n in sums.values()]),
    )
    return _core.table(columns)


def _check_disjoint(a: Source | None, b: Source | None) -> None:
    """Refuses bases of one archive that overlap."""
    common = 0 if a is None or b is None else _in_common(a.base, b.base)
    if common:
        raise ValueError(f"the bases of the two trends have {common:,} articles in common: only trends of different articles add")


def _in_common(a: Articles, b: Articles) -> int:
    """How many articles two selections share; those of one snapshot that was opened twice, as by a pickle, are brought together."""
    mine, theirs = a._open(), b._open()
    if a._archive is not b._archive:
        if b._plan is None or a._archive._handle(mine.snapshot)[1:4] != b._archive._handle(theirs.snapshot)[1:4]:
            return 0
        [(theirs, _)] = _plan.run(_plan.dump([b._plan]), mine.snapshot)
    return mine.combine(theirs, 0).count
