"""Trends as pictures: what is drawn is decided here once, for matplotlib and for the SVG that needs no library.

Every bucket stands over its begin; buckets that come again are bars side by side.
A bucket without news is a gap, not a zero; a bucket that is not wholly covered is dashed
and hollow; the grey bars are what the shares are of, on a scale of their own that no axis shows. The axis begins at zero.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pynews import _buckets
from pynews._buckets import name as bucket
from pynews._expr import period
from pynews._freq import CYCLES, Freq
from pynews._show import cut, percent, plain

if TYPE_CHECKING:
    from pynews._trend import Trend

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7f7f7f")     # told apart without seeing red or green
LABEL = 30                       # signs of a series' name
DIRECT = 7                       # so many series are named at their lines, more in a legend
DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
EVENT = 26                       # signs of an event's name
EVENTS = 12                      # so many are named, more are lines alone
EVENT_ROWS = 3
TURN = 0.8                       # of the width: names of events further right stand to the left of their lines
MADE = {"smoothed share": ", smoothed", "cumulative share": ", from the beginning", "deseasoned share": ", without seasons"}
HEADROOM = 0.085                 # of the height, for a row of events
When = dt.date | int             # a date or a time; of buckets that come again a place
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
    value: str                   # what is drawn: share, count, points, percent (of change), index, million (words per million)
    kind: str                    # line, area or bar
    dates: list[When]
    names: list[str]             # of the buckets
    partial: list[bool]
    totals: list[int]
    lines: list[Line]
    bottom: float                # ends of the upright axis
    top: float
    events: list[Event]

    @property
    def width(self) -> float:
        """Days of a bucket, roughly; of buckets that come again, 1."""
        return DAYS.get(self.freq, 1)

    def bars(self, partial: bool) -> Iterator[tuple[float, float]]:
        """The grey bars of whole or of partial buckets: place and part of the tallest. None where they would be the curve itself, or in its way."""
        tallest = max(self.totals, default=0)
        if self.kind != "line" or self.bottom < 0 or all(line.values == self.totals for line in self.lines):
            return
        for day, total, flag in zip(self.dates, self.totals, self.partial, strict=True):
            if total and flag is partial:
                yield place(day), total / tallest

    def label(self, value: float) -> str:
        """A value at the upright axis."""
        if self.value in ("share", "percent", "points"):
            sign = "+" if self.value != "share" and value > 0 else ""
            return f"{sign}{100 * value:.6g}{' pp' if self.value == 'points' else '%'}"
        return f"{1e6 * value if self.value == 'million' else value:,.6g}"

    def stacked(self) -> list[tuple[Line, list[float], list[float]]]:
        """Lower and upper edge of each series when they stand on each other; no value is none of it."""
        below, out = [0.0] * len(self.dates), []
        for line in self.lines:
            above = [b + (v or 0.0) for b, v in zip(below, line.values, strict=True)]
            out.append((line, below, above))
            below = above
        return out


@dataclass(frozen=True)
class Event:
    """Something that happened, in a row of names above the curves."""

    day: dt.date
    name: str
    row: int
    is_left: bool                # its name stands to the left of its line


def place(day: When) -> float:
    """Where a bucket stands, in days, or its place among those that come again."""
    if isinstance(day, int):
        return float(day)
    clock = (day.hour * 60 + day.minute) / 1440 if isinstance(day, dt.datetime) else 0.0
    return day.toordinal() + clock


def trend(t: Trend, backend: str | None, value: str | None, kind: str, events: Any, **kw: Any) -> Any:
    """A trend drawn by matplotlib where it is installed, else as SVG."""
    if value not in (None, "share", "count"):
        raise ValueError(f"value is 'share' or 'count', not {value!r}")
    if kind not in ("line", "area"):
        raise ValueError(f"kind is 'line' or 'area', not {kind!r}")
    if _chosen(backend) == "svg":
        from pynews import _svg

        return _svg.draw(_picture(t, value, _title(kw, ("title",)), kind, events))
    from pynews import _plot_mpl

    title = _title(kw, ("title", "ax", "figsize"))
    return _plot_mpl.draw(_picture(t, value, title, kind, events), kw.get("ax"), kw.get("figsize"))


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
            raise TypeError(f"plot() has no option {name!r} here; it has {', '.join(('value', 'kind', 'events', *known))}")
    return kw.get("title")


def _picture(t: Trend, value: str | None, title: str | None, kind: str = "line", events: Any = None) -> Picture:
    columns = t.to_dict()
    n = t._n
    shown = _value(t, value)
    begins = columns[t._axis][:n]
    lines = [_line(name, shown, columns, slice(i * n, i * n + n)) for i, name in enumerate(t.series)]
    partial, totals = columns["partial"][:n], columns["total"][:n]
    if n > MOST_BANDS or kind == "area":
        lines = [Line(line.name, line.values, [None] * n, [None] * n) for line in lines]
    if t.freq in CYCLES:
        if kind == "area" or events is not None:
            raise ValueError(f"{t.freq} comes again: it is drawn as bars, without events")
        kind = "bar"
    dates: list[When] = list(range(n)) if kind == "bar" else [d.replace(tzinfo=None) if isinstance(d, dt.datetime) else d for d in begins]
    happened = _events(events, dates)
    bottom, top = _ends(lines, kind)
    rows = max((e.row + 1 for e in happened if e.name), default=0)
    return Picture(
        title=plain(title) if title is not None else _headline(t, shown),
        notes=_notes(t, shown, kind, partial, totals, len(happened)),
        freq=t.freq,
        value=shown,
        kind=kind,
        dates=dates,
        names=[_short(d, t.freq) for d in begins],
        partial=partial,
        totals=totals,
        lines=lines,
        bottom=bottom,
        top=bottom + (top - bottom) * (1 + HEADROOM * rows),
        events=happened,
    )


def _value(t: Trend, value: str | None) -> str:
    """What is drawn."""
    if value == "count" or (value is None and t._is_all and t.measure == "share"):
        return "count"
    made = {"change": "points", "relative change": "percent", "index": "index"}.get(t.measure)
    return made or ("million" if t.unit == "words" else "share")


def _short(begin: Any, freq: str) -> str:
    """The name of a bucket below the axis."""
    name = bucket(begin, freq)
    return name[:3] if freq in ("weekday", "month-of-year") else name[:2] if freq == "hour-of-day" else name


def _line(name: str, value: str, columns: dict[str, list[Any]], rows: slice) -> Line:
    if value != "count":
        return Line(cut(name, LABEL), columns["share"][rows], columns["lower"][rows], columns["upper"][rows])
    counts, totals = columns["count"][rows], columns["total"][rows]
    nothing: list[float | None] = [None] * len(counts)
    return Line(cut(name, LABEL), [c if total else None for c, total in zip(counts, totals, strict=True)], nothing, nothing)


def _ends(lines: Sequence[Line], kind: str) -> tuple[float, float]:
    """Around all values, and zero; the band may leave the picture where it is much wider than they are high."""
    if kind == "area":
        sums = [sum(v or 0.0 for v in at) for at in zip(*(line.values for line in lines), strict=True)]
        return 0.0, 1.05 * max(sums, default=0.0) or 1.0
    values = [v for line in lines for v in line.values if v is not None]
    highest, lowest = max([0.0, *values]), min([0.0, *values])
    over = max((u for line in lines for u in line.upper if u is not None), default=0.0)
    under = min([0.0, *(u for line in lines for u in line.lower if u is not None)])
    high = highest - lowest
    if not high:
        return under if under < 0 else 0.0, min(1.0, over) or 1.0
    if kind == "bar":
        return 0.0 if lowest == 0 else 1.05 * min(lowest, under), 1.05 * max(highest, over)
    bottom = min(lowest - 0.04 * high, max(1.05 * under, lowest - 0.35 * high)) if lowest < 0 else 0.0
    return bottom, max(highest + 0.08 * high, min(1.05 * over, highest + 0.7 * high))


def _headline(t: Trend, value: str) -> str:
    of, unit = cut(t._of, 60), "words" if t.unit == "words" else "articles"
    by = f"by {t.freq}" + (f", {plain(t.tz)}" if t.tz else "")
    if t._is_all and t.measure == "share":
        return f"{of[0].upper()}{of[1:]} {by}" if unit == "articles" else f"Words of {of} {by}"
    share = f"share of {of}" if unit == "articles" else f"hits per million words of {of}"
    what = {
        "count": "articles" if unit == "articles" else "hits",
        "points": f"change of the {share}",
        "percent": f"relative change of the {share}",
        "index": f"index of the {share}",
    }.get(value, share + MADE.get(t.measure, ""))
    return f"{cut(t.series[0], 60)}: {what} {by}" if len(t.series) == 1 else f"{what[0].upper()}{what[1:]} {by}"


def _notes(t: Trend, value: str, kind: str, partial: Sequence[bool], totals: Sequence[int], n_events: int) -> list[str]:
    """How to read it, in small type."""
    n, total = sum(t["count"].to_list()), sum(totals)
    if not total:
        return ["no article has a date that fits"]
    notes = []
    if len(t.series) == 1 and t.measure != "cumulative share":
        of = f"{n:,} of {total:,} {t.unit}" + (f" ({percent(n, total)})" if t.unit == "articles" else "")
        notes.append(f"{n:,} {t.unit}" if t._is_all and t.measure == "share" else of)
    if kind == "area":
        notes.append("series stand on each other; an article in several counts in each")
    elif value != "count" and t.unit == "articles":
        drawn = f"{'lines at the bars' if kind == 'bar' else 'band'}: {t.level:.0%} interval"
        notes.append(drawn if len(totals) <= MOST_BANDS else f"band: not drawn for so many {t.freq}s")
    if kind == "line" and value in ("share", "count", "index", "million") and not t._is_all and t.measure != "cumulative share":
        notes.append(f"grey, on a scale of its own: {cut(t._of, 40)}, up to {max(totals):,}{' words' if t.unit == 'words' else ''} a {t.freq}")
    if any(partial):
        ends = " and ".join(bucket(d, t.freq) for d, p in zip(t[t._axis].to_list(), partial, strict=False) if p)
        notes.append(f"{'hatched' if kind == 'area' else 'dashed, hollow'}: {ends} not wholly covered")
    without = sum(1 for total in totals if not total)
    if without:
        notes.append(f"gaps: {without:,} {t.freq + ('s' if without > 1 else '')} without news")
    if n_events > EVENTS:
        notes.append(f"upright lines: {n_events} events, too many to be named")
    return notes


# --- events


def _events(events: Any, dates: Sequence[When]) -> list[Event]:
    """What happened inside the picture, by date, each named in a row where no other name is in its way."""
    if not dates or events is None:
        return []
    first, last = place(dates[0]), place(dates[-1])
    there = sorted(((_day(day), cut(name, EVENT)) for day, name in _pairs(events)), key=lambda e: e[0])
    there = [(day, name) for day, name in there if first <= place(day) + 0.5 and place(day) <= last + 1]
    taken: list[list[tuple[float, float]]] = [[] for _ in range(EVENT_ROWS)]
    out = []
    for day, name in there:
        at = (place(day) - first) / max(1e-9, last - first)
        wide = (len(name) + 2) / 90                                     # of a picture about 90 small signs wide
        left, right = (at - wide, at) if at > TURN else (at, at + wide)
        row = next((r for r in range(EVENT_ROWS) if all(right <= a or b <= left for a, b in taken[r])), None)
        named = len(there) <= EVENTS and row is not None
        out.append(Event(day, name if named else "", row or 0, at > TURN))
        if named and row is not None:
            taken[row].append((left, right))
    return out


def _day(day: Any) -> dt.date:
    if isinstance(day, str):
        return _buckets.date(period(day)[0])
    if hasattr(day, "to_pydatetime"):
        day = day.to_pydatetime()
    if isinstance(day, dt.datetime):
        return day.replace(tzinfo=None)
    if not isinstance(day, dt.date):
        raise TypeError(f"an event has a date, not {day!r}")
    return day


def _pairs(events: Any) -> Iterable[tuple[Any, str]]:
    """Dates and names, from a table with a column of dates and one of names, a mapping of date to name, or pairs."""
    if hasattr(events, "columns"):
        names = [str(c) for c in events.columns]
        when = next((c for c in ("date", "start", "day", "peak") if c in names), names[0])
        what = next((c for c in ("label", "event", "name", "title", "series") if c in names), names[-1])
        return zip(list(events[when]), [str(v) for v in events[what]], strict=True)
    if hasattr(events, "items"):
        return [(day, str(name)) for day, name in events.items()]
    return [(e, "") if isinstance(e, str | dt.date) else (e[0], str(e[1])) for e in events]


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
