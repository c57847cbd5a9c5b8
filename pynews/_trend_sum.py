"""Trends of several bases as one: what ``+`` between trends does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pynews import _buckets, _cite, _core, _plan, _series

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._trend import Trend
    from pynews._trend_data import TrendData


def add(a: TrendData, b: TrendData) -> Trend:
    a._plain("added")
    b._plain("added")
    for what in ("freq", "series", "level", "tz", "unit"):
        if getattr(a, what) != getattr(b, what):
            raise ValueError(f"trends of another {what} do not add: {getattr(a, what)!r} and {getattr(b, what)!r}")
    bases = _together(a._bases, b._bases)
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
    return a._made(begins, cells, partial, unplaced=_unplaced_sum(a, b), span=span, source=None, bases=bases, of=of, is_all=is_all, origin=origin)


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


# --- bases: selections keep their snapshot, so they are held against each other also when the archive was closed


def _together(a: Sequence[Articles], b: Sequence[Articles]) -> tuple[Articles, ...]:
    """The bases of both sides, those of one snapshot as one; refuses bases of one archive that overlap."""
    out = list(a)
    for base in b:
        for i, there in enumerate(out):
            here = _brought(base, there)
            if here is not None:
                out[i] = _joined(there, here)
                break
        else:
            out.append(base)
    return tuple(out)


def _joined(a: Articles, b: Articles) -> Articles:
    """Two bases of one archive, which must have nothing in common, as one."""
    from pynews._articles import BOTH, EITHER, Articles

    common = a._selection.combine(b._selection, BOTH).count
    if common:
        raise ValueError(f"the bases of the two trends have {common:,} articles in common: only trends of different articles add")
    return Articles(a._archive, a._selection.combine(b._selection, EITHER), None, "", plan=a._joined(b, EITHER))


def _brought(base: Articles, to: Articles) -> Articles | None:
    """A base as articles of the archive object of another one; those of one snapshot that was opened twice, as by a pickle, are brought together."""
    from pynews._articles import Articles

    if base._archive is to._archive:
        return base
    mine, there = base._selection.snapshot, to._selection.snapshot
    if base._plan is None or base._archive._handle(mine)[1:4] != to._archive._handle(there)[1:4]:
        return None
    [(selection, plan)] = _plan.run(_plan.dump([base._plan]), there)
    return Articles(to._archive, selection, None, "", plan=plan)
