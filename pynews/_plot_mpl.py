"""A trend drawn by matplotlib, into axes of the caller or into a figure of its own."""

from __future__ import annotations

import datetime as dt
import sys
import textwrap
from collections.abc import Iterable
from typing import Any, Literal

from pynews import _plot
from pynews._buckets import name as bucket
from pynews._plot import BACKDROP, COLOURS, DIRECT, Line, Picture

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
    for i, line in enumerate(p.lines):
        _line(ax, p, line, COLOURS[i % len(COLOURS)], STYLES[i // len(COLOURS) % len(STYLES)])
    _ticks(ax, p, _wide(ax, own))
    if len(p.lines) > 1:
        (_direct if own and len(p.lines) <= DIRECT else _legend)(ax, p)
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
    ax.set_ylim(0, p.top)
    if p.dates:
        half = dt.timedelta(days=max(1, p.width) * 0.6)
        day = dt.datetime.combine
        ax.set_xlim(day(p.dates[0], dt.time()) - half, day(p.dates[-1], dt.time()) + half)


def _backdrop(ax: Any, p: Picture) -> None:
    """Grey bars: how much was published at all. Their height has no scale; the note says what the tallest stands for."""
    from matplotlib.collections import PolyCollection
    from matplotlib.dates import get_epoch

    epoch = dt.date.fromisoformat(get_epoch()[:10]).toordinal()  # type: ignore[no-untyped-call]

    def bars(partial: bool) -> list[list[tuple[float, float]]]:
        half, boxes = 0.38 * p.width, []
        for day, part in p.bars(partial):
            x, h = day.toordinal() - epoch, BACKDROP * part
            boxes.append([(x - half, 0), (x - half, h), (x + half, h), (x + half, 0)])
        return boxes

    if all(line.values == p.totals for line in p.lines):
        return
    where: Any = ax.get_xaxis_transform()
    grey = {"transform": where, "zorder": 0.6, "alpha": 0.22, "edgecolor": "0.5"}
    ax.add_collection(PolyCollection(bars(False), facecolor="0.5", linewidth=0, **grey), autolim=False)
    ax.add_collection(PolyCollection(bars(True), facecolor="none", hatch="////", linewidth=0.5, **grey), autolim=False)


def _line(ax: Any, p: Picture, line: Line, colour: str, style: str) -> None:
    def at(places: Iterable[int], values: list[Any]) -> tuple[list[dt.date], list[Any]]:
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

    if p.value == "share":
        ax.yaxis.set_major_locator(MaxNLocator(5))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:.6g}%"))
    else:
        ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.6g}"))
    most = max(6, min(9, int(wide / 55)))
    if len(p.dates) <= most:
        ax.set_xticks(p.dates, [bucket(d, p.freq) for d in p.dates])
        return
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
    heights = _plot.spread([value / p.top for _, value in ends], 13 / height)
    beside = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "center", "annotation_clip": False}
    for (i, _), y in zip(ends, heights, strict=True):
        ax.plot([1.01, 1.03], [y, y], color=COLOURS[i % len(COLOURS)], linewidth=2.4, transform=ax.transAxes, clip_on=False)
        _text(ax.annotate("", (1.03, y), (4, 0), **beside), p.lines[i].name, fontsize=9.5)


def _legend(ax: Any, p: Picture) -> None:
    from matplotlib.lines import Line2D

    signs = [Line2D([], [], color=COLOURS[i % len(COLOURS)], linestyle=STYLES[i // len(COLOURS) % len(STYLES)]) for i in range(len(p.lines))]
    where: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1)} if len(p.lines) > DIRECT else {"loc": "upper left"}
    legend = ax.legend(signs, [str(i) for i in range(len(signs))], frameon=False, fontsize=9, **where)
    for text, line in zip(legend.get_texts(), p.lines, strict=True):
        _text(text, line.name)
