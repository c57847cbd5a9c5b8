"""What a graph of related entries looks like in a terminal and in a notebook."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pynews._cards import dates
from pynews._show import CARD, MONO, MUTED, NUMBER, TEXT, cell, cut, grid, grid_html
from pynews._spark import spark

if TYPE_CHECKING:
    from pynews._related import RelatedGraph

BINS = 24                        # bars of the lags
ROWS = 5                         # dangling ones shown
MOST_READ = 100_000              # links up to which a card looks at what dangles: a second at most
NEXT = ".edges .nodes .dangling .backward() .threads() .mixing() .pagerank() .communities() .plot()"


def _count(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _numbers(g: RelatedGraph) -> str:
    c = g._counts
    parts = [_count(c["links"], "link"), f"{c['resolved']:,} resolved", f"{c['dangling']:,} dangling"]
    if c["ambiguous"]:
        parts.append(f"{c['ambiguous']:,} ambiguous")
    parts.append(f"{c['forward']:,} point{'s' if c['forward'] == 1 else ''} forward in time")
    if c["undated"]:
        parts.append(f"{c['undated']:,} without a lag")
    return " · ".join(parts)


def _nodes(g: RelatedGraph) -> str:
    c = g._counts
    several = ", or holds several times" if c["ambiguous"] else ""
    line = f"{_count(c['archived'], 'article')} and {c['nodes'] - c['archived']:,} that the archive does not hold{several}"
    if g._backward:
        line += f" · dropped: {c['dropped_forward']:,} forward, {c['dropped_undated']:,} without a lag"
    return line + (f" · resolved by {', '.join(g._by)}" if g._by else "")


def _quantile(lags: Sequence[int], counts: Sequence[int], part: float) -> int:
    """The lag that `part` of the links do not pass."""
    left = part * (sum(counts) - 1)
    for lag, n in zip(lags, counts, strict=True):
        left -= n
        if left < 0:
            return lag
    return lags[-1]


def lag_line(g: RelatedGraph) -> str:
    """Lags as bars, those up to the same day left of the line, later ones right of it; the outer 2 % are in the outer bars."""
    lags, counts = g.lags["lag_days"].to_list(), g.lags["count"].to_list()
    if not lags:
        return ""
    low, high = min(0, _quantile(lags, counts, 0.02)), max(0, _quantile(lags, counts, 0.98))
    width = max(1, -(-(high - low + 1) // BINS))
    before, after = -low // width + 1, -(-high // width)
    bars = [0] * (before + after)
    for lag, n in zip(lags, counts, strict=True):
        at = before - 1 - -lag // width if lag <= 0 else before + (lag - 1) // width
        bars[min(max(at, 0), len(bars) - 1)] += n
    signs = spark(bars)
    line = signs[:before] + "│" + signs[before:]
    ends = f"{'≤ ' if lags[0] < low else ''}{_days(low)} {line} {'≥ ' if lags[-1] > high else ''}{_days(high)}"
    return f"lag  {ends}   median {_days(_quantile(lags, counts, 0.5))}"


def _days(n: int) -> str:
    return f"{'−' if n < 0 else '+' if n > 0 else ''}{abs(n):,} d"


def graph_lines(g: RelatedGraph) -> list[str]:
    """Counts and lags."""
    return [line for line in (f"related links  {_numbers(g)}", _nodes(g), lag_line(g)) if line]


def graph_text(g: RelatedGraph) -> str:
    """A graph in a terminal."""
    if g._articles._archive._snapshot is None:
        return "related links  of a closed archive"
    return "\n".join([*graph_lines(g), NEXT])


def _names(row: dict[str, Any], group: str) -> tuple[str, str]:
    """Title and section, or category."""
    return cut(row["title"] or "—", 80), cut(row[group] or "—", 20)


def most_linked_lines(g: RelatedGraph, n: int) -> list[str]:
    """The articles that most entries mean, and what most entries name in vain."""
    articles = g.nodes.head(g._counts["archived"]).sort("in_degree", descending=True)
    linked, named = articles.head(n), g.dangling.head(n)
    rows = [(cell(r["in_degree"]), date, *_names(r, "section")) for r, date in zip(linked, dates(linked), strict=True) if r["in_degree"]]
    lost = [(cell(r["count"]), date, *_names(r, "category")) for r, date in zip(named, dates(named), strict=True)]
    right = (True, False, False, False)
    out = ["", *grid(("linked", "date", "title", "section"), rows, right)] if rows else []
    return out + (["", *grid(("named", "date", f"not {'once ' if g.ambiguous else ''}in the archive", "category"), lost, right)] if lost else [])


def graph_html(g: RelatedGraph) -> str:
    """A graph in a notebook."""
    if g._articles._archive._snapshot is None:
        return CARD + "<b>related links</b> of a closed archive</div>"
    lags = lag_line(g)
    return "".join((
        CARD,
        f"<b>related links</b> {html.escape(_numbers(g))}<div {MUTED}>{html.escape(_nodes(g))}</div>",
        f"<div><span {MONO}>{html.escape(lags)}</span></div>" if lags else "",
        _dangling_html(g),
        f"<div {MUTED}>{html.escape(NEXT)}</div></div>",
    ))


def _dangling_html(g: RelatedGraph) -> str:
    """The most named things that the archive does not hold; where that is quick to say."""
    if g._counts["links"] > MOST_READ or g._counts["nodes"] == g._counts["archived"]:
        return ""
    named = g.dangling.head(ROWS)
    rows = [(date, *_names(r, "category"), cell(r["count"])) for r, date in zip(named, dates(named), strict=True)]
    table = grid_html(("date", "title", "category", "entries"), rows, (TEXT, TEXT, TEXT, NUMBER))
    return f"<details><summary>Dangling <span {MUTED}>({len(g.dangling):,} things, {len(rows)} most named)</span></summary>{table}</details>"
