"""A trend as a picture in SVG: no library, no script, no style sheet, nothing loaded; its greys and colours read on light and on dark."""

from __future__ import annotations

import datetime as dt
import html
import math
import os
from collections.abc import Iterable, Sequence

from pynews import _plot
from pynews._plot import BACKDROP, COLOURS, DIRECT, HEADROOM, Line, Picture, When, place
from pynews._show import columns_wide, cut

WIDTH, HEIGHT = 760, 330
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 34, 34
GREY = "#767676"                 # the same contrast on white as on nearly black
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
NOTE_WIDTH = 118                 # signs of a line of notes
STROKES = ("", "9 3 2 3", "2 3")
ROW = 15                         # of labels and notes
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Svg:
    """A picture. A notebook shows it; ``str(picture)`` is its text; ``picture.save("trend.svg")`` writes it."""

    def __init__(self, text: str, title: str, in_notebook: str | None = None) -> None:
        self._text, self.title = text, title
        self._in_notebook = text if in_notebook is None else in_notebook      # with the notebook's own colours

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Svg {self.title!r}, {len(self._text.encode()):,} bytes: .save(path)>"

    def _repr_svg_(self) -> str:
        return self._in_notebook

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture into a file, whose name ends in .svg or has no ending.

        Raises
        ------
        ValueError
            For the name of another kind of file.
        """
        if os.path.splitext(os.fspath(path))[1].lower() not in (".svg", ""):
            other = '.png and .pdf are written by plot(backend="matplotlib").figure.savefig(path)'
            raise ValueError(f"{os.fspath(path)}: this picture is SVG, so its name ends in .svg; {other}")
        with open(path, "w", encoding="utf-8") as f:
            f.write(self._text)


class _Scale:
    """Where days and values lie on the paper."""

    def __init__(self, p: Picture, left: float, right: float, top: float, bottom: float) -> None:
        self.left, self.right, self.top, self.bottom, self.lowest, self.highest = left, right, top, bottom, p.bottom, p.top
        first, last = (place(p.dates[0]), place(p.dates[-1])) if p.dates else (0.0, 0.0)
        pad = p.width * (0.0 if p.kind == "area" and len(p.dates) > 1 else 0.6)
        self.first, self.days = first - pad, last - first + 2 * pad

    def x(self, day: When) -> float:
        return self.at(place(day))

    def at(self, where: float) -> float:
        return round(self.left + (self.right - self.left) * (where - self.first) / self.days, 1)

    def y(self, value: float) -> float:
        """The band may be higher than the picture: it ends at the edge."""
        part = (value - self.lowest) / (self.highest - self.lowest)
        return round(self.bottom - (self.bottom - self.top) * min(max(part, 0.0), 1.0), 1)

    def days_wide(self, days: float) -> float:
        return (self.right - self.left) * days / self.days


def draw(p: Picture) -> Svg:
    """The picture as SVG text."""
    notes = _plot.wrapped(p.notes, NOTE_WIDTH)
    names = [line.name for line in p.lines] if len(p.lines) > 1 else []
    margin = 36 + min(220, max((_text_width(name) for name in names), default=0)) if names else RIGHT
    top = TOP + ROW * len(notes) + 6
    rows = max(0, len(names) - DIRECT) and len(names)
    height = max(HEIGHT + ROW * len(notes), top + BOTTOM + ROW * rows)
    scale = _Scale(p, LEFT, WIDTH - margin, top, height - BOTTOM)
    parts = [*_head(p.title, notes), *_y_axis(p, scale), *_backdrop(p, scale), *_x_axis(p, scale)]
    if p.kind == "bar":
        parts += _bars(p, scale)
    elif p.kind == "area":
        parts += _area(p, scale)
    for i, line in enumerate(p.lines if p.kind == "line" else []):
        parts += _line(p, line, scale, i)
    parts += _events(p, scale)
    parts += _labels(p, scale) if names else []
    return Svg(_document(parts, p, height), p.title)


def _document(parts: Iterable[str], p: Picture, height: int) -> str:
    title, about = html.escape(p.title), html.escape(" · ".join(p.notes))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img"'
        f' font-family="{FONT}" font-size="12" fill="{GREY}">\n<title>{title}</title>\n<desc>{about}</desc>\n{body}\n</svg>\n'
    )


# --- words


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}"{" " + more if more else ""}>{html.escape(text)}</text>'


def _text_width(text: str) -> int:
    """Roughly, at 12 units: fonts differ."""
    return round(6.4 * columns_wide(text))


def _head(title: str, notes: Sequence[str]) -> list[str]:
    parts = [_text(12, 22, cut(title, 90), 'font-size="15" font-weight="600"')]
    return parts + [_text(12, 24 + ROW * (i + 1), note, 'font-size="11.5"') for i, note in enumerate(notes)]


def _labels(p: Picture, scale: _Scale) -> list[str]:
    """Names beside the right ends of the lines, moved apart where they would touch; of many series in a column, in their own order."""
    many = len(p.lines) > DIRECT or p.kind != "line"
    ends = [(i, value) for i, line in enumerate(p.lines) if (value := _plot.last_value(line)) is not None]
    heights = [scale.top + ROW * k + 6 for k in range(len(ends))] if many else _plot.spread([scale.y(value) for _, value in ends], ROW)
    parts = []
    if p.kind == "area":
        ends.reverse()           # as they stand on each other
    for (i, _), y in zip(ends, heights, strict=True):
        look = f'stroke-width="2.5"{_dashes(i)}' if p.kind == "line" else 'stroke-width="7"'
        parts.append(f'<path d="M{scale.right + 6:g} {y:g}h14" stroke="{COLOURS[i % len(COLOURS)]}" {look}/>')
        parts.append(_text(scale.right + 25, y + 4, p.lines[i].name))
    return parts


def _dashes(i: int) -> str:
    """The stroke of a series: after the last colour they begin again, with another stroke."""
    style = STROKES[i // len(COLOURS) % len(STROKES)]
    return f' stroke-dasharray="{style}"' if style else ""


# --- axes


def _y_axis(p: Picture, scale: _Scale) -> list[str]:
    parts = []
    for value in nice(p.top, p.value == "count", p.bottom):
        y, label = scale.y(value), p.label(value)
        parts.append(f'<path d="M{scale.left:g} {y:g}H{scale.right:g}" stroke="{GREY}" stroke-opacity="{0.6 if not value else 0.22}"/>')
        parts.append(_text(scale.left - 7, y + 4, label, 'text-anchor="end"'))
    return parts


def nice(top: float, whole: bool, bottom: float = 0.0) -> list[float]:
    """Zero and some round values between `bottom` and `top`."""
    step = (top - bottom) / 5
    power = 10.0 ** math.floor(math.log10(step))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= step * 0.999)
    if whole:
        step = max(1.0, math.ceil(step))
    return [i * step for i in range(math.ceil(bottom / step - 1e-9), int(top / step + 1e-9) + 1)]


def _x_axis(p: Picture, scale: _Scale) -> list[str]:
    parts = []
    for day, label in ticks(p):
        x = scale.x(day)
        parts.append(f'<path d="M{x:g} {scale.bottom:g}v4" stroke="{GREY}" stroke-opacity=".6"/>')
        parts.append(_text(x, scale.bottom + 18, label, 'text-anchor="middle"'))
    return parts


def ticks(p: Picture) -> list[tuple[When, str]]:
    """At most ten days with their names, at round places; the first names its year."""
    if p.kind == "bar":
        return [(i, name) for i, name in enumerate(p.names) if len(p.names) < 24 or i % 3 == 0]
    if len(p.dates) <= (5 if p.freq == "hour" else 8):
        return list(zip(p.dates, p.names, strict=True))
    first, last = p.dates[0], p.dates[-1]
    assert isinstance(first, dt.date) and isinstance(last, dt.date)
    if isinstance(first, dt.datetime) and isinstance(last, dt.datetime):
        if last - first < dt.timedelta(days=4):
            return _hour_ticks(first, last)
        first, last = first.date(), last.date()
    if p.freq in ("day", "hour") and (last - first).days < 70:
        every = next(n for n in (1, 2, 7) if (last - first).days / n < 10)
        days = [first + dt.timedelta(days=i) for i in range(0, (last - first).days + 1, every)]
        return [(d, f"{d.day} {MONTHS[d.month - 1]}" + (f" {d.year}" if i == 0 or d.year != days[i - 1].year else "")) for i, d in enumerate(days)]
    return _month_ticks(first, last)


def _hour_ticks(first: dt.datetime, last: dt.datetime) -> list[tuple[When, str]]:
    hours = int((last - first).total_seconds()) // 3600
    every = next(n for n in (1, 2, 3, 6, 12, 24) if hours / n < 10)
    at = first.replace(hour=first.hour - first.hour % every)
    times = [at + dt.timedelta(hours=every * i) for i in range(hours // every + 2)]
    times = [t for t in times if first <= t <= last]
    return [(t, f"{t.day} {MONTHS[t.month - 1]}" + (f" {t.year}" if i == 0 else "") if t.hour == 0 or i == 0 else f"{t.hour}:00") for i, t in enumerate(times)]


def _month_ticks(first: dt.date, last: dt.date) -> list[tuple[When, str]]:
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    steps = (1, 2, 3, 6, *(12 * n * 10**m for m in range(4) for n in (1, 2, 5)))
    every = next(n for n in steps if months / n < 10)
    start = 12 * first.year + first.month - 1
    start += -start % every if first.day == 1 else every - start % every
    days = [dt.date(m // 12, m % 12 + 1, 1) for m in range(start, 12 * last.year + last.month, every)]
    return [(d, str(d.year) if d.month == 1 else MONTHS[d.month - 1] + (f" {d.year}" if i == 0 else "")) for i, d in enumerate(days)]


# --- drawing


def _backdrop(p: Picture, scale: _Scale) -> list[str]:
    """Grey bars of all articles, without a scale; those of partial buckets are outlines."""
    half, most = scale.days_wide(0.38 * p.width), BACKDROP * (scale.bottom - scale.top)

    def path(partial: bool) -> str:
        boxes = ((scale.at(where) - half, most * part) for where, part in p.bars(partial))
        return "".join(f"M{x:.1f} {scale.bottom:g}v{-high:.1f}h{2 * half:.1f}v{high:.1f}z" for x, high in boxes)

    parts = [f'<path d="{path(False)}" fill="{GREY}" fill-opacity=".22"/>'] if path(False) else []
    outline = f'<path d="{path(True)}" fill="none" stroke="{GREY}" stroke-opacity=".5" stroke-dasharray="2 2"/>'
    return [*parts, outline] if path(True) else parts


def _points(p: Picture, scale: _Scale, places: Iterable[int], values: Sequence[float | None]) -> list[str]:
    return [f"{scale.x(p.dates[i]):g} {scale.y(values[i] or 0.0):g}" for i in places]


def _bars(p: Picture, scale: _Scale) -> list[str]:
    """Bars side by side, each with its interval."""
    wide, parts = 0.8 / max(1, len(p.lines)), []
    for i, line in enumerate(p.lines):
        for k, value in enumerate(line.values):
            if value is None:
                continue
            x, w = scale.at(k - 0.4 + wide * i), round(scale.days_wide(0.92 * wide), 1)
            y, low, high = scale.y(value), line.lower[k], line.upper[k]
            parts.append(f'<path d="M{x:g} {scale.y(0):g}V{y:g}h{w:g}V{scale.y(0):g}z" fill="{COLOURS[i % len(COLOURS)]}" fill-opacity=".75"/>')
            if low is not None and high is not None:
                parts.append(f'<path d="M{x + w / 2:.1f} {scale.y(low):g}V{scale.y(high):g}" stroke="{GREY}" stroke-width="1.6"/>')
    return parts


def _area(p: Picture, scale: _Scale) -> list[str]:
    """Series on each other; what is not wholly covered is crossed by lines."""
    parts = []
    for i, (_, low, high) in enumerate(p.stacked()):
        places = range(len(p.dates))
        edge = [f"{scale.x(p.dates[k]):g} {scale.y(high[k]):g}" for k in places] + [f"{scale.x(p.dates[k]):g} {scale.y(low[k]):g}" for k in reversed(places)]
        if edge:
            parts.append(f'<path d="M{"L".join(edge)}z" fill="{COLOURS[i % len(COLOURS)]}" fill-opacity=".8" stroke="#fff" stroke-width=".6"/>')
    for k in [k for k, part in enumerate(p.partial) if part and len(p.dates) > 1]:
        left, right = sorted((scale.x(p.dates[k]), scale.x(p.dates[k - 1 if k else 1])))
        steps = range(int(scale.top), int(scale.bottom), 8)
        lines = "".join(f"M{left:g} {min(y + 10, scale.bottom):g}L{right:g} {y:g}" for y in steps)
        parts.append(f'<path d="{lines}" stroke="#fff" stroke-opacity=".8"/>')
    return parts


def _events(p: Picture, scale: _Scale) -> list[str]:
    """Upright lines, with their names above the curves."""
    rows = max((e.row + 1 for e in p.events if e.name), default=0)
    parts = []
    for e in p.events:
        x = scale.x(e.day)
        parts.append(f'<path d="M{x:g} {scale.bottom:g}V{scale.top:g}" stroke="{GREY}" stroke-dasharray="4 3"/>')
        if e.name:
            y = scale.top + (scale.bottom - scale.top) * HEADROOM * (e.row + 0.5) / (1 + HEADROOM * rows) + 4
            parts.append(_text(x - 4 if e.is_left else x + 4, y, e.name, 'font-size="11" text-anchor="end"' if e.is_left else 'font-size="11"'))
    return parts


def _line(p: Picture, line: Line, scale: _Scale, i: int) -> list[str]:
    colour, parts = COLOURS[i % len(COLOURS)], []
    for places in _plot.bands(line):
        edge = _points(p, scale, places, line.upper) + _points(p, scale, reversed(places), line.lower)
        if len(places) == 1:
            parts.append(f'<path d="M{edge[0]}L{edge[1]}" stroke="{colour}" stroke-opacity=".3" stroke-width="4"/>')
        else:
            parts.append(f'<path d="M{"L".join(edge)}z" fill="{colour}" fill-opacity=".16"/>')
    for places, dashed in _plot.runs(line, p.partial):
        dash = ' stroke-dasharray="5 3"' if dashed else _dashes(i)
        stroke = f'stroke="{colour}" stroke-width="2" stroke-linejoin="round"{dash}'
        parts.append(f'<path d="M{"L".join(_points(p, scale, places, line.values))}" fill="none" {stroke}/>')
    full, hollow = f'fill="{colour}"', f'fill="none" stroke="{colour}" stroke-width="1.5"'
    for places, look in ((_plot.dots(line, p.partial), full), (_plot.dashed_dots(line, p.partial), hollow)):
        parts += [f'<circle cx="{at.split()[0]}" cy="{at.split()[1]}" r="2.8" {look}/>' for at in _points(p, scale, places, line.values)]
    return parts
