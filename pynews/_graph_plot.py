"""Graphs as pictures: what is drawn, and where, is decided here once, for matplotlib and for the SVG that needs no library.

Dots are nodes, their area grows with the edges that lead there; colours are the largest communities; an edge bends to the right on
its way, so that one sees where it goes. Only so many nodes are named as can be read.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pynews import _core, _plot
from pynews._plot import COLOURS
from pynews._show import columns_wide, cut

if TYPE_CHECKING:
    from pynews._graph import Graph

WIDTH, HEIGHT = 860.0, 640.0     # of the sheet, in units of about a pixel
TOP, EDGE = 58.0, 34.0           # room for words above, and around the dots
GREY = "#767676"
PLAIN = "#333", "#fff"           # ink and paper of a file: many viewers know no variables
NOTEBOOK = "var(--jp-content-font-color1,#333)", "var(--jp-layout-color0,#fff)"      # dark or light
COLOURED = 6                     # communities; the rest is grey
SMALLEST, LARGEST = 2.6, 15.0    # radii
LABEL, LABEL_SIZE = 34, 11.0     # signs and height of a name
ALWAYS = 5                       # dots that are named whatever lies around them
BEND = 0.16                      # of an edge's length
OPTIONS = ("seed", "labels", "title")


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    radius: float
    colour: str
    name: str
    is_hollow: bool              # not in the archive


@dataclass(frozen=True)
class Arc:
    """A curve from one dot to another over a point beside the straight way."""

    start: Dot
    end: Dot
    colour: str

    @property
    def over(self) -> tuple[float, float]:
        a, b = self.start, self.end
        return (a.x + b.x) / 2 - BEND * (b.y - a.y), (a.y + b.y) / 2 + BEND * (b.x - a.x)


@dataclass(frozen=True)
class Name:
    x: float
    y: float                     # of the base line
    anchor: str                  # start, middle or end
    text: str


@dataclass(frozen=True)
class Sheet:
    title: str
    note: str
    dots: list[Dot]
    arcs: list[Arc]
    names: list[Name]


def plot(g: Graph, max_nodes: int, *, backend: str | None = None, **kw: Any) -> Any:
    """A graph drawn by matplotlib where it is installed, else as SVG."""
    if max_nodes < 1:
        raise ValueError(f"a picture has at least one node, not {max_nodes}")
    svg = _plot._chosen(backend) == "svg"
    known = OPTIONS if svg else (*OPTIONS, "ax", "figsize")
    for name in kw:
        if name not in known:
            raise TypeError(f"plot() has no option {name!r} here; it has max_nodes, backend, {', '.join(known)}")
    sheet = _sheet(g, max_nodes, kw.get("seed", 0), kw.get("labels", 15), kw.get("title"))
    return _svg(sheet) if svg else _matplotlib(sheet, kw.get("ax"), kw.get("figsize"))


# --- what is drawn


def _values(t: _core.Table, name: str) -> list[Any]:
    return t.column(t.columns.index(name)).values()


def _drawn(degree: Sequence[int], max_nodes: int) -> list[int]:
    """The nodes with most edges; none without."""
    linked = sorted((i for i, d in enumerate(degree) if d), key=lambda i: -degree[i])
    return sorted(linked[:max_nodes])


def _sheet(g: Graph, max_nodes: int, seed: int, labels: int, title: str | None) -> Sheet:
    all_degrees = g._wired.degree()
    chosen = _drawn(_values(all_degrees, "degree"), max_nodes)
    part = g._kept(chosen)
    inside = _values(part._wired.degree(), "degree")
    incoming = [_values(all_degrees, "in_degree")[i] for i in chosen]
    layout, groups = part._wired.layout(seed), _values(part._wired.communities(1.0, seed)[0], "community")
    archived = part.nodes["archived"].to_list() if "archived" in part.nodes.columns else [True] * len(part)
    dots = _dots(_values(layout, "x"), _values(layout, "y"), incoming, groups, _names_of(part), archived)
    arcs = [Arc(dots[a], dots[b], dots[a].colour if groups[a] == groups[b] else GREY) for a, b in zip(*part._ends, strict=True) if a != b]
    shown = [i for i, d in enumerate(inside) if d]
    names = _named([dots[i] for i in shown], labels)
    return Sheet(
        title=title if title is not None else "Who links to whom",
        note=_note(len(shown), len(g), len(arcs), len(g.edges), len(chosen) == max_nodes) + (" · hollow: not in the archive" if not all(archived) else ""),
        dots=[dots[i] for i in shown],
        arcs=arcs,
        names=names,
    )


def _note(nodes: int, all_nodes: int, edges: int, all_edges: int, is_cut: bool) -> str:
    which = "those with most edges · " if is_cut and nodes < all_nodes else "those with edges · " if nodes < all_nodes else ""
    return f"{nodes:,} of {all_nodes:,} nodes, {edges:,} of {all_edges:,} edges · {which}size: edges that lead there · colours: communities"


def _names_of(g: Graph) -> list[str]:
    column = next((c for c in ("title", "name", g._key_column()) if c in g.nodes.columns), g._key_column())
    return [cut(key if name is None else name, LABEL) for name, key in zip(g.nodes[column].to_list(), g._keys(), strict=True)]


def _dots(x: list[float], y: list[float], incoming: list[int], groups: list[int], names: list[str], archived: list[bool]) -> list[Dot]:
    most = math.sqrt(max(incoming, default=0) or 1)
    wide, high = WIDTH / 2 - EDGE, (HEIGHT - TOP) / 2 - EDGE
    return [
        Dot(
            round(WIDTH / 2 + wide * x[i], 1),
            round(TOP + (HEIGHT - TOP) / 2 + high * y[i], 1),
            round(SMALLEST + (LARGEST - SMALLEST) * math.sqrt(incoming[i]) / most, 1),
            COLOURS[groups[i]] if groups[i] < COLOURED else GREY,
            names[i],
            not archived[i],
        )
        for i in range(len(x))
    ]


# --- names, where there is room for them


Box = tuple[float, float, float, float]


def _hits(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _places(d: Dot) -> list[tuple[Name, Box]]:
    """To the right, to the left, below, above."""
    wide, r, up = 0.6 * LABEL_SIZE * columns_wide(d.name), d.radius + 3, 0.36 * LABEL_SIZE
    spots = [(d.x + r, d.y + up, "start", d.x + r), (d.x - r, d.y + up, "end", d.x - r - wide),
             (d.x, d.y + r + 0.8 * LABEL_SIZE, "middle", d.x - wide / 2), (d.x, d.y - r - 2, "middle", d.x - wide / 2)]  # fmt: skip
    return [(Name(round(x, 1), round(y, 1), anchor, d.name), (left, y - 0.8 * LABEL_SIZE, left + wide, y + 0.25 * LABEL_SIZE)) for x, y, anchor, left in spots]


def _named(dots: list[Dot], most: int) -> list[Name]:
    """Names of the largest dots that find a place without touching another name or a large dot; the very largest may cover dots."""
    names: list[Name] = []
    large, written = [_box(d) for d in dots if d.radius > 2 * SMALLEST], list[Box]()
    for rank, d in enumerate(sorted(dots, key=lambda d: -d.radius)):
        if len(names) >= most:
            break
        free = [(name, box) for name, box in _places(d) if _inside(box) and not any(_hits(box, other) for other in written)]
        alone = [(name, box) for name, box in free if not any(_hits(box, other) for other in large if other != _box(d))]
        for name, box in (alone or (free if rank < ALWAYS else []))[:1]:
            names.append(name)
            written.append(box)
    return names


def _box(d: Dot) -> Box:
    return d.x - d.radius, d.y - d.radius, d.x + d.radius, d.y + d.radius


def _inside(box: Box) -> bool:
    return 2 < box[0] and box[2] < WIDTH - 2 and TOP < box[1] and box[3] < HEIGHT


# --- how


def _svg(s: Sheet) -> Any:
    from pynews._svg import Svg

    return Svg(_document(s, *PLAIN), s.title, _document(s, *NOTEBOOK))


def _document(s: Sheet, ink: str, paper: str) -> str:
    from pynews._svg import FONT

    arcs = [f'<path d="M{a.start.x:g} {a.start.y:g}Q{a.over[0]:.1f} {a.over[1]:.1f} {a.end.x:g} {a.end.y:g}" stroke="{a.colour}"/>' for a in s.arcs]
    dots = [f'<circle cx="{d.x:g}" cy="{d.y:g}" r="{d.radius:g}" {_svg_look(d, paper)}><title>{html.escape(d.name)}</title></circle>' for d in s.dots]
    halo = f'stroke-width="3" stroke-linejoin="round" style="fill:{paper};stroke:{paper}" aria-hidden="true"'
    names = [f'<text x="{n.x:g}" y="{n.y:g}" text-anchor="{n.anchor}">{html.escape(n.text)}</text>' for n in s.names]
    title, note = html.escape(cut(s.title, 90)), html.escape(s.note)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}" role="img"'
        f' font-family="{FONT}" font-size="{LABEL_SIZE:g}" fill="{GREY}">\n<title>{title}</title>\n<desc>{note}</desc>\n'
        f'<text x="12" y="22" font-size="15" font-weight="600">{title}</text>\n<text x="12" y="40" font-size="11.5">{note}</text>\n'
        + '<g fill="none" stroke-width="0.8" stroke-opacity="0.32">' + "\n".join(arcs) + "</g>\n"
        + f'<g fill-opacity="0.88" stroke-width="0.7" style="stroke:{paper}">' + "\n".join(dots) + "</g>\n"
        + f"<g {halo}>" + "\n".join(names) + f'</g>\n<g style="fill:{ink}">' + "\n".join(names) + "</g>\n</svg>\n"
    )  # fmt: skip


def _svg_look(d: Dot, paper: str) -> str:
    return f'style="fill:{paper};stroke:{d.colour}" stroke-width="1.6"' if d.is_hollow else f'fill="{d.colour}"'


def _matplotlib(s: Sheet, ax: Any, figsize: tuple[float, float] | None) -> Any:
    from matplotlib.collections import PathCollection
    from matplotlib.patches import Circle
    from matplotlib.path import Path
    from matplotlib.patheffects import withStroke

    from pynews._plot_mpl import MUTED, SMALL, _axes, _text

    ax = ax if ax is not None else _axes(figsize or (9.0, 6.5))
    ax.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0), aspect="equal")
    ax.axis("off")
    paths = [Path([(a.start.x, a.start.y), a.over, (a.end.x, a.end.y)], [Path.MOVETO, Path.CURVE3, Path.CURVE3]) for a in s.arcs]
    ax.add_collection(PathCollection(paths, facecolors="none", edgecolors=[a.colour for a in s.arcs], linewidths=0.6, alpha=0.32))
    for d in s.dots:
        face, edge, wide = (ax.get_facecolor(), d.colour, 1.4) if d.is_hollow else (d.colour, ax.get_facecolor(), 0.5)
        ax.add_patch(Circle((d.x, d.y), d.radius, facecolor=face, edgecolor=edge, linewidth=wide, alpha=0.9, zorder=2))
    side = {"start": "left", "middle": "center", "end": "right"}
    for n in s.names:
        label = ax.annotate("", (n.x, n.y), ha=side[n.anchor], va="baseline", zorder=3, path_effects=[withStroke(linewidth=2.5, foreground=ax.get_facecolor())])
        _text(label, n.text, fontsize=7.5)
    _text(ax.text(12, 22, ""), s.title, fontsize=11.5, fontweight="bold", va="baseline")
    _text(ax.text(12, 42, ""), s.note, fontsize=SMALL, alpha=MUTED, va="baseline")
    return ax
