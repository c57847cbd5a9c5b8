"""A trend drawn by matplotlib, into axes of the caller or into a figure of its own."""

from __future__ import annotations

import datetime as dt
import sys
import textwrap
from collections.abc import Iterable
from typing import Any, Literal

from pynews import _plot
from pynews._plot import BACKDROP, COLOURS, DIRECT, Line, Picture, When, place

SIZE = (8.0, 3.6)                # inches
SMALL, MUTED = 8.5, 0.72         # points and opacity of notes
STYLES: tuple[Literal["-", "-.", ":"], ...] = ("-", "-.", ":")   # a second and third round of the colours
SCRIPTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans", "WenQuanYi Zen Hei", "PingFang SC", "Hiragino Sans",
           "Noto Naskh Arabic", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Sans Thai", "Arial Unicode MS")  # fmt: skip


def draw(p: Picture, ax: Any = None, figsize: tuple[float, float] | None = None) -> Any:
    """The axes with the picture in them."""
    own = ax is None
    ax = _axes(figsize or SIZE) if own else ax
    _frame(ax, p)
    _backdrop(ax, p)
    if p.kind == "bar":
        _bars(ax, p)
    elif p.kind == "area":
        _area(ax, p)
    for i, line in enumerate(p.lines if p.kind == "line" else []):
        _line(ax, p, line, COLOURS[i % len(COLOURS)], STYLES[i // len(COLOURS) % len(STYLES)])
    _events(ax, p)
    _ticks(ax, p, _wide(ax, own))
    if len(p.lines) > 1:
        (_direct if own and len(p.lines) <= DIRECT and p.kind == "line" else _legend)(ax, p)
    _words(ax, p, own)
    return ax


def _axes(figsize: tuple[float, float]) -> Any:
    """Axes of pyplot where pyplot is at work or a notebook is to show them, else of a figure that nobody else knows of."""
    if "matplotlib.pyplot" in sys.modules or "ipykernel" in sys.modules:
        from matplotlib import pyplot

        return pyplot.subplots(figsize=figsize, layout="constrained")[1]
    from matplotlib.figure import Figure

    return Figure(figsize=figsize, layout="constrained").subplots()


def _frame(ax: Any, p: Picture) -> None:
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_alpha(0.5)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", color="0.5")
    ax.grid(axis="y", color="0.5", alpha=0.2, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.set_ylim(p.bottom, p.top)
    if p.bottom < 0:
        ax.axhline(0, color="0.5", linewidth=0.9, alpha=0.8, zorder=1)
        ax.spines["bottom"].set_visible(False)
    if p.kind == "bar":
        ax.set_xlim(-0.6, max(0, len(p.dates) - 1) + 0.6)
    elif p.dates:
        half = (0 if p.kind == "area" and len(p.dates) > 1 else 0.6) * p.width
        ax.set_xlim(_at(p.dates[0]) - half, _at(p.dates[-1]) + half)


def _at(day: When) -> float:
    """A place on matplotlib's axis of dates."""
    from matplotlib.dates import get_epoch

    return float(place(day) - dt.date.fromisoformat(get_epoch()[:10]).toordinal())  # type: ignore[no-untyped-call]


def _backdrop(ax: Any, p: Picture) -> None:
    """Grey bars: how much was published at all. Their height has no scale; the note says what the tallest stands for."""
    from matplotlib.collections import PolyCollection

    zero = place(dt.date(1970, 1, 1)) - _at(dt.date(1970, 1, 1))

    def bars(partial: bool) -> list[list[tuple[float, float]]]:
        half, boxes = 0.38 * p.width, []
        for at, part in p.bars(partial):
            x, h = at - zero, BACKDROP * part
            boxes.append([(x - half, 0), (x - half, h), (x + half, h), (x + half, 0)])
        return boxes

    if not bars(False) and not bars(True):
        return
    where: Any = ax.get_xaxis_transform()
    grey = {"transform": where, "zorder": 0.6, "alpha": 0.22, "edgecolor": "0.5"}
    ax.add_collection(PolyCollection(bars(False), facecolor="0.5", linewidth=0, **grey), autolim=False)
    ax.add_collection(PolyCollection(bars(True), facecolor="none", hatch="////", linewidth=0.5, **grey), autolim=False)


def _bars(ax: Any, p: Picture) -> None:
    """Bars side by side, each with its interval."""
    wide = 0.8 / max(1, len(p.lines))
    for i, line in enumerate(p.lines):
        there = [k for k, v in enumerate(line.values) if v is not None]
        x = [k - 0.4 + wide * (i + 0.5) for k in there]
        values: list[Any] = [line.values[k] for k in there]
        ax.bar(x, values, 0.92 * wide, color=COLOURS[i % len(COLOURS)], alpha=0.75, zorder=2)
        banded = [(at, line.lower[k], line.upper[k]) for at, k in zip(x, there, strict=True) if line.lower[k] is not None]
        if banded:
            ax.vlines(*zip(*banded, strict=True), color="0.35", linewidth=1.4, zorder=3)


def _area(ax: Any, p: Picture) -> None:
    """Series on each other; what is not wholly covered is hatched."""
    x = [_at(day) for day in p.dates]
    for i, (_, low, high) in enumerate(p.stacked()):
        ax.fill_between(x, low, high, color=COLOURS[i % len(COLOURS)], alpha=0.8, linewidth=0.6, edgecolor="white", zorder=2 - 0.01 * i)
    for k in [k for k, part in enumerate(p.partial) if part]:
        ends = x[max(0, k - 1)], x[min(len(x) - 1, k + 1)]
        ax.axvspan(ends[0] if k else x[0], x[k] if k else ends[1], facecolor="none", hatch="////", edgecolor="white", linewidth=0, zorder=3)


def _events(ax: Any, p: Picture) -> None:
    """Upright lines, with their names above the curves."""
    rows = max((e.row + 1 for e in p.events if e.name), default=0)
    for e in p.events:
        x = _at(e.day)
        ax.axvline(x, color="0.35", linewidth=0.9, alpha=0.75, linestyle=(0, (4, 3)), zorder=1.5)
        if not e.name:
            continue
        high = 1 - _plot.HEADROOM * (e.row + 0.5) / (1 + _plot.HEADROOM * rows)
        where: dict[str, Any] = {"xycoords": ax.get_xaxis_transform(), "textcoords": "offset points", "va": "center", "ha": "right" if e.is_left else "left"}
        _text(ax.annotate("", (x, high), (-3 if e.is_left else 3, 0), **where), e.name, fontsize=SMALL, alpha=0.9)


def _line(ax: Any, p: Picture, line: Line, colour: str, style: str) -> None:
    def at(places: Iterable[int], values: list[Any]) -> tuple[list[Any], list[Any]]:
        places = list(places)
        return [p.dates[i] for i in places], [values[i] for i in places]

    for places in _plot.bands(line):
        days, low = at(places, line.lower)
        high = [line.upper[i] for i in places]
        if len(places) > 1:
            ax.fill_between(days, low, high, color=colour, alpha=0.16, linewidth=0)
        else:
            ax.vlines(days, low, high, color=colour, alpha=0.3, linewidth=3)
    for places, dashed in _plot.runs(line, p.partial):
        ax.plot(*at(places, line.values), color=colour, linestyle=(0, (3, 2)) if dashed else style, linewidth=1.8, solid_joinstyle="round")
    full, hollow = {"markersize": 4}, {"markersize": 4.5, "markerfacecolor": "none"}
    for places, look in ((_plot.dots(line, p.partial), full), (_plot.dashed_dots(line, p.partial), hollow)):
        if places:               # without any, the empty artist would take part in the layout
            ax.plot(*at(places, line.values), "o", color=colour, clip_on=False, **look)


def _ticks(ax: Any, p: Picture, wide: float) -> None:
    from matplotlib import dates
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.yaxis.set_major_locator(MaxNLocator(5, integer=p.value == "count"))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: p.label(v)))
    most = max(6, min(9, int(wide / 55)))
    if p.kind == "bar":
        every = 1 if len(p.dates) < 24 else 3
        ax.set_xticks(range(0, len(p.dates), every), p.names[::every])
        return
    if len(p.dates) <= most:
        ax.set_xticks(p.dates, p.names)
        return
    ax.xaxis_date()
    locator: Any = dates.AutoDateLocator(minticks=4 if most > 7 else 3, maxticks=most)  # type: ignore[no-untyped-call]
    locator.intervald[dates.MONTHLY] = [1, 2, 3, 6, 12]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


# --- words


def _text(artist: Any, text: str, **style: Any) -> None:
    """Strangers' words: a dollar sign is a dollar sign, and other scripts get a font that has them where there is one."""
    artist.set(text=text, parse_math=False, **style)
    if any(ord(c) > 0x590 for c in text):
        from matplotlib.font_manager import fontManager

        installed = {font.name for font in fontManager.ttflist}
        artist.set_fontfamily([*artist.get_fontfamily(), *(name for name in SCRIPTS if name in installed)])


def _wide(ax: Any, own: bool) -> float:
    """Points from the left to the right end; those of a new figure are not laid out yet."""
    return float(72 * ax.figure.get_figwidth() * 0.86 if own else ax.get_window_extent().width / ax.figure.dpi * 72)


def _words(ax: Any, p: Picture, own: bool) -> None:
    """Title and notes above the axes; in a row of small axes both take more lines."""
    wide = _wide(ax, own)
    notes = _plot.wrapped(p.notes, max(20, int(wide / (0.52 * SMALL))))
    title = ax.set_title("", loc="left", pad=8 + 1.35 * SMALL * len(notes))
    _text(title, textwrap.fill(p.title, max(20, int(wide / 7))), fontsize=11.5, fontweight="bold")
    note = ax.annotate("", (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", va="bottom")
    _text(note, "\n".join(notes), fontsize=SMALL, alpha=MUTED)
    note.set_in_layout(False)    # the title stands above it and keeps its room


def _direct(ax: Any, p: Picture) -> None:
    """Names beside the right ends of the lines, moved apart where they would touch."""
    ends = [(i, value) for i, line in enumerate(p.lines) if (value := _plot.last_value(line)) is not None]
    height = 0.7 * 72 * ax.figure.get_figheight()
    heights = _plot.spread([(value - p.bottom) / (p.top - p.bottom) for _, value in ends], 13 / height)
    beside = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "center", "annotation_clip": False}
    for (i, _), y in zip(ends, heights, strict=True):
        ax.plot([1.01, 1.03], [y, y], color=COLOURS[i % len(COLOURS)], linewidth=2.4, transform=ax.transAxes, clip_on=False)
        _text(ax.annotate("", (1.03, y), (4, 0), **beside), p.lines[i].name, fontsize=9.5)


def _legend(ax: Any, p: Picture) -> None:
    from matplotlib.lines import Line2D

    thick = 6 if p.kind != "line" else None
    styles = ["-" if thick else STYLES[i // len(COLOURS) % len(STYLES)] for i in range(len(p.lines))]
    signs = [Line2D([], [], color=COLOURS[i % len(COLOURS)], linestyle=style, linewidth=thick) for i, style in enumerate(styles)]
    beside = len(p.lines) > DIRECT or p.kind != "line"
    where: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1)} if beside else {"loc": "upper left"}
    if p.kind == "area":
        signs.reverse()          # as they stand on each other
    legend = ax.legend(signs, [str(i) for i in range(len(signs))], frameon=False, fontsize=9, **where)
    for text, line in zip(legend.get_texts(), p.lines[::-1] if p.kind == "area" else p.lines, strict=True):
        _text(text, line.name)
