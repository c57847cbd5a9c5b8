"""A trend in other buckets or with other values: what resample, smooth, cumulative, change and rebase of Trend do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pynews import _buckets, _series
from pynews._expr import When
from pynews._freq import CYCLES, OF_DAYS, Freq, freq_of
from pynews._series import Band
from pynews._trend_places import places

if TYPE_CHECKING:
    from pynews._trend import Trend
    from pynews._trend_data import TrendData

How = Literal["mean", "ewm", "loess"]
Reference = Literal["max", "first", "mean"]


def resample(t: TrendData, freq: Freq | str) -> Trend:
    t._plain("bucketed again")
    name = freq_of(freq)
    if not _buckets.is_made_of(name, t.freq):
        raise ValueError(f"a {t.freq} does not lie in one {name}: ask for the trend again with freq={name!r}")
    homes = _buckets.put(name, t.freq, t._begins(), t.tz)
    begins = _buckets.axis(name, homes)
    place = {begin: i for i, begin in enumerate(begins)}
    owner = [place[home] for home in homes]
    span = t._span
    if t.freq == "hour" and name in OF_DAYS and span[0] <= span[1]:
        span = _buckets.span_in_days(*span, t.tz)
    partial = [_buckets.is_partial(name, begin, *span) for begin in begins]
    cells = []
    for counts, totals in t._pairs():
        k, n = _summed(counts, owner, len(begins)), _summed(totals, owner, len(begins))
        cells.append((k, n, [_series.share(a, b, t._z) for a, b in zip(k, n, strict=True)]))
    source = t._source and replace(t._source, owner=tuple(owner[b] for b in t._source.owner))
    return t._made(begins, cells, partial, f"resample({name!r})", freq=name, span=span, source=source)


def smooth(t: TrendData, window: int, center: bool, how: How) -> Trend:
    t._plain("smoothed")
    if how not in ("mean", "ewm", "loess"):
        raise ValueError(f"how is 'mean', 'ewm' or 'loess', not {how!r}")
    if not hasattr(window, "__index__"):
        raise TypeError(f"window is a whole number of buckets, not {window!r}")
    if window < 1:
        raise ValueError(f"a window has 1 bucket or more, not {window}")
    if t.freq in CYCLES:
        raise ValueError(f"{t.freq} comes again and has no neighbours to smooth over")
    frame = _series.Window(window, center, how)
    return t._with_values([_series.smooth(k, n, frame, t._z) for k, n in t._pairs()], "smoothed share", f"smooth({window}, center={center}, how={how!r})")


def cumulative(t: TrendData) -> Trend:
    t._plain("summed up")
    if t.freq in CYCLES:
        raise ValueError(f"{t.freq} comes again and has no beginning to sum from")
    cells = []
    for counts, totals in t._pairs():
        k, n = _running(counts), _running(totals)
        cells.append((k, n, [_series.share(a, b, t._z) for a, b in zip(k, n, strict=True)]))
    return t._made(t._begins(), cells, t["partial"].to_list()[: t._n], "cumulative()", measure="cumulative share")


def change(t: TrendData, periods: int, relative: bool) -> Trend:
    t._plain("compared")
    if not hasattr(periods, "__index__"):
        raise TypeError(f"periods is a whole number of buckets, not {periods!r}")
    if periods < 1 or t.freq in CYCLES:
        raise ValueError("a change is against 1 or more buckets before, of a trend whose buckets do not come again")

    def moved(now: tuple[int, int], before: tuple[int, int]) -> Band:
        if not relative:
            return _series.difference(now, before, t._z)
        value, lower, upper = _series.ratio(now, before, t._z)
        return tuple(None if v is None else v - 1 for v in (value, lower, upper))  # type: ignore[return-value]

    bands = []
    for counts, totals in t._pairs():
        cells = list(zip(counts, totals, strict=True))
        first: list[Band] = [_series.NONE] * min(periods, len(cells))
        bands.append([*first, *(moved(now, before) for now, before in zip(cells[periods:], cells, strict=False))])
    return t._with_values(bands, "relative change" if relative else "change", f"change({periods}, relative={relative})")


def rebase(t: TrendData, to: float, at: When | Reference) -> Trend:
    if t.measure not in ("share", "smoothed share", "deseasoned share"):
        t._plain("made an index")
    if not hasattr(to, "__float__"):
        raise TypeError(f"to is the value of the index at its reference, a number, not {to!r}; for a date: rebase(at={to!r})")
    columns = t.to_dict()
    bands = []
    for i, (counts, totals) in enumerate(t._pairs()):
        at_ = t._rows_of(i)
        shares = columns["share"][at_]
        unit = _reference(t, shares, counts, totals, at)
        if not unit:
            raise ValueError(f"the share of {t.series[i]!r} is 0 or missing there: it cannot be the unit of an index")
        rows = zip(shares, columns["lower"][at_], columns["upper"][at_], strict=True)
        bands.append([tuple(None if v is None else to * v / unit for v in row) for row in rows])
    return t._with_values(bands, "index", f"rebase({to:g}, at={str(at)!r})")  # type: ignore[arg-type]


def _reference(t: TrendData, shares: Sequence[float | None], counts: Sequence[int], totals: Sequence[int], at: When | str) -> float | None:
    if at == "mean":
        return sum(counts) / sum(totals) if sum(totals) else None
    there = [v for v in shares if v] if at in ("max", "first") else [shares[i] for i in places(t, at)[:1]]
    return (max(there, default=None) if at == "max" else there[0] if there else None)  # type: ignore[type-var]


# --- numbers


def _summed(values: Sequence[int], owner: Sequence[int], n: int) -> list[int]:
    out = [0] * n
    for value, place in zip(values, owner, strict=True):
        out[place] += value
    return out


def _running(values: Sequence[int]) -> list[int]:
    out, total = [], 0
    for value in values:
        total += value
        out.append(total)
    return out
