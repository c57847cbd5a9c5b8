"""Trends as pictures: what is drawn is decided here once, for matplotlib and for the SVG that needs no library.

Every bucket stands over its first day. A bucket without news is a gap, not a zero; a bucket that is not wholly covered is dashed
and hollow; the grey bars are what the shares are of. The axis begins at zero.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pynews._buckets import name as bucket
from pynews._freq import Freq
from pynews._show import cut, percent, plain

if TYPE_CHECKING:
    from pynews._trend import Trend

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7f7f7f")     # told apart without seeing red or green
LABEL = 30                       # signs of a series' name
DIRECT = 7                       # so many series are named at their lines, more in a legend
DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
MOST_BANDS = 400                 # buckets; of more the band is noise
BACKDROP = 0.22                  # of the height, for the tallest grey bar


@dataclass(frozen=True)
class Line:
    """One series: a value a bucket, None where there is none."""

    name: str
    values: list[float | None]
    lower: list[float | None]
    upper: list[float | None]


@dataclass(frozen=True)
class Picture:
    """All a drawing shows."""

    title: str
    notes: list[str]
    freq: Freq
    value: str
    dates: list[dt.date]
    partial: list[bool]
    totals: list[int]
    lines: list[Line]
    top: float                   # end of the upright axis

    @property
    def width(self) -> int:
        """Days of a bucket, roughly."""
        return DAYS[self.freq]

    def bars(self, partial: bool) -> Iterator[tuple[dt.date, float]]:
        """The grey bars of whole or of partial buckets, as parts of the tallest."""
        tallest = max(self.totals, default=0)
        for day, total, flag in zip(self.dates, self.totals, self.partial, strict=True):
            if total and flag is partial:
                yield day, total / tallest


def trend(t: Trend, backend: str | None, value: str | None, **kw: Any) -> Any:
    """A trend drawn by matplotlib where it is installed, else as SVG."""
    if value not in (None, "share", "count"):
        raise ValueError(f"value is 'share' or 'count', not {value!r}")
    if _chosen(backend) == "svg":
        from pynews import _svg

        return _svg.draw(_picture(t, value, _title(kw, ("title",))))
    from pynews import _plot_mpl

    title = _title(kw, ("title", "ax", "figsize"))
    return _plot_mpl.draw(_picture(t, value, title), kw.get("ax"), kw.get("figsize"))


def _chosen(backend: str | None) -> str:
    if backend not in (None, "matplotlib", "svg"):
        raise ValueError(f"backend is 'matplotlib' or 'svg', not {backend!r}")
    installed = importlib.util.find_spec("matplotlib") is not None
    if backend == "matplotlib" and not installed:
        raise ImportError("matplotlib is not installed: pip install matplotlib, or take backend='svg', which needs nothing")
    return backend or ("matplotlib" if installed else "svg")


def _title(kw: dict[str, Any], known: Sequence[str]) -> str | None:
    for name in kw:
        if name not in known:
            raise TypeError(f"plot() has no option {name!r} here; it has {', '.join(('value', *known))}")
    return kw.get("title")


def _picture(t: Trend, value: str | None, title: str | None) -> Picture:
    columns = t.to_dict()
    n = len(t) // max(1, len(t.series))
    value = value or ("count" if t._is_all else "share")
    lines = [_line(name, value, columns, slice(i * n, i * n + n)) for i, name in enumerate(t.series)]
    partial, totals = columns["partial"][:n], columns["total"][:n]
    if n > MOST_BANDS:
        lines = [Line(line.name, line.values, [None] * n, [None] * n) for line in lines]
    return Picture(
        title=plain(title) if title is not None else _headline(t, value),
        notes=_notes(t, value, partial, totals),
        freq=t.freq,
        value=value,
        dates=columns[t._axis][:n],
        partial=partial,
        totals=totals,
        lines=lines,
        top=_top(lines),
    )


def _line(name: str, value: str, columns: dict[str, list[Any]], rows: slice) -> Line:
    counts, totals = columns["count"][rows], columns["total"][rows]
    if value == "share":
        return Line(cut(name, LABEL), columns["share"][rows], columns["lower"][rows], columns["upper"][rows])
    nothing: list[float | None] = [None] * len(counts)
    return Line(cut(name, LABEL), [c if total else None for c, total in zip(counts, totals, strict=True)], nothing, nothing)


def _top(lines: Sequence[Line]) -> float:
    """Above all values; the band may leave the picture where it is much wider than they are high."""
    highest = max((v for line in lines for v in line.values if v is not None), default=0.0)
    band = max((u for line in lines for u in line.upper if u is not None), default=0.0)
    if not highest:
        return min(1.0, band) or 1.0
    return max(1.08 * highest, min(1.05 * band, 1.7 * highest))


def _headline(t: Trend, value: str) -> str:
    of = cut(t._of, 60)
    if t._is_all or (value == "count" and len(t.series) != 1):
        return f"{of[0].upper()}{of[1:]} by {t.freq}" if t._is_all else f"Articles by {t.freq}"
    what = f"share of {of}" if value == "share" else "articles"
    return f"{cut(t.series[0], 60)}: {what} by {t.freq}" if len(t.series) == 1 else f"{what[0].upper()}{what[1:]} by {t.freq}"


def _notes(t: Trend, value: str, partial: Sequence[bool], totals: Sequence[int]) -> list[str]:
    """How to read it, in small type."""
    n, total = sum(t["count"].to_list()), sum(totals)
    if not total:
        return ["no article has a date"]
    notes = []
    if len(t.series) == 1:
        notes.append(f"{n:,} articles" if t._is_all else f"{n:,} of {total:,} articles ({percent(n, total)})")
    if value == "share":
        notes.append(f"band: {t.level:.0%} interval" if len(totals) <= MOST_BANDS else f"band: not drawn for so many {t.freq}s")
    if not t._is_all:
        notes.append(f"grey: {cut(t._of, 40)}, up to {max(totals):,} a {t.freq}")
    if any(partial):
        ends = " and ".join(bucket(d, t.freq) for d, p in zip(t[t._axis].to_list(), partial, strict=False) if p)
        notes.append(f"dashed, hollow: {ends} not wholly covered")
    without = sum(1 for total in totals if not total)
    if without:
        notes.append(f"gaps: {without:,} {t.freq + ('s' if without > 1 else '')} without news")
    return notes


def wrapped(notes: Sequence[str], width: int) -> list[str]:
    """Notes as lines of about `width` signs, broken between notes."""
    lines: list[str] = []
    for note in notes:
        if lines and len(lines[-1]) + len(note) + 3 <= width:
            lines[-1] += " · " + note
        else:
            lines.append(note)
    return lines


# --- parts of a line


def runs(line: Line, partial: Sequence[bool]) -> Iterator[tuple[list[int], bool]]:
    """Places that are joined, and whether by dashes: a stroke to a partial bucket is one. Gaps join nothing."""
    here: list[int] = []
    dashed = False
    for a, b in pairwise(range(len(line.values))):
        joined = line.values[a] is not None and line.values[b] is not None
        dash = partial[a] or partial[b]
        if here and (not joined or dash is not dashed):
            yield here, dashed
            here = []
        if joined:
            here, dashed = [*(here or [a]), b], dash
    if here:
        yield here, dashed


def bands(line: Line) -> Iterator[list[int]]:
    """Places over which the band is drawn without a break; one alone where both neighbours are gaps."""
    here: list[int] = []
    for i, low in enumerate(line.lower):
        if low is not None:
            here.append(i)
        elif here:
            yield here
            here = []
    if here:
        yield here


def dots(line: Line, partial: Sequence[bool]) -> list[int]:
    """Places that get a dot: all of a short line, those that nothing joins of a long one."""
    there = [i for i, v in enumerate(line.values) if v is not None]
    if len(line.values) <= 24:
        return [i for i in there if not partial[i]]
    joined = {i for places, _ in runs(line, partial) for i in places}
    return [i for i in there if i not in joined and not partial[i]]


def dashed_dots(line: Line, partial: Sequence[bool]) -> list[int]:
    """Places of partial buckets: hollow dots."""
    return [i for i, v in enumerate(line.values) if v is not None and partial[i]]


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Heights for labels, near the wanted ones, in the same order, at least `gap` apart."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[tuple[float, list[int]]] = []            # middle, members
    for i in order:
        group = (wanted[i], [i])
        while groups and group[0] - groups[-1][0] < gap * (len(group[1]) + len(groups[-1][1])) / 2:
            middle, members = groups.pop()
            joined = members + group[1]
            group = ((middle * len(members) + group[0] * len(group[1])) / len(joined), joined)
        groups.append(group)
    out = [0.0] * len(wanted)
    for middle, members in groups:
        for k, i in enumerate(members):
            out[i] = middle + gap * (k - (len(members) - 1) / 2)
    return out


def last_value(line: Line) -> float | None:
    """The right end of a line."""
    return next((v for v in reversed(line.values) if v is not None), None)
