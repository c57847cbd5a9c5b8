"""The related entries of articles as a dated graph."""

from __future__ import annotations

import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pynews import _cite, _core, _printed
from pynews._article import Article
from pynews._errors import unknown
from pynews._graph import DIRECTIONS, Direction, Graph
from pynews._names import FIELDS, folded
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._core import Selection

Way = Literal["url", "title+date", "title", "teaser"]
WAYS: dict[str, int] = {"url": 1, "title+date": 2, "title": 3, "teaser": 4}
Label = Literal["section", "tag", "source"]


class RelatedGraph(Graph):
    """The related entries of a selection as a directed, dated graph.

    Edges are the entries of these articles, in chronological order of the articles. Nodes are the articles, what their entries
    point to, and one node for each thing that entries name and the archive does not hold. docs/LINKS.md says how an entry finds
    its article. Immutable; the methods that narrow it give new graphs.

    Attributes
    ----------
    links, resolved, dangling_links, ambiguous, forward : int
        Edges; those that found their article; that found none; that found several and so dangle, too; that are dated after
        the article they stand on.

    Examples
    --------
    >>> import pynews
    >>> g = pynews.demo().related
    >>> g.links == g.resolved + g.dangling_links + g.ambiguous
    True
    >>> g.edges.columns
    ['source', 'target', 'title', 'category', 'date', 'lag_days', 'resolved_by']
    """

    def __init__(self, articles: Articles, related: _core.RelatedGraph, by: tuple[Way, ...] = (), backward: bool = False) -> None:
        self._articles, self._related, self._by, self._backward = articles, related, by, backward
        self._counts = related.counts()

    @property
    def links(self) -> int:
        """Edges: resolved, dangling and ambiguous ones."""
        return self._counts["links"]

    @property
    def resolved(self) -> int:
        """Edges that found their article."""
        return self._counts["resolved"]

    @property
    def dangling_links(self) -> int:
        """Edges that found no article."""
        return self._counts["dangling"]

    @property
    def ambiguous(self) -> int:
        """Edges that found several articles; they dangle, too."""
        return self._counts["ambiguous"]

    @property
    def forward(self) -> int:
        """Edges dated after the article they stand on: the page was saved later than the article was published."""
        return self._counts["forward"]

    def __len__(self) -> int:
        """Number of nodes."""
        return self._counts["nodes"]

    @cached_property
    def nodes(self) -> Table:
        """One row a node: columns id, title, date, section, archived, in_degree, out_degree.

        Articles stand first, in chronological order, then what is not in the archive (``archived`` false, ``id`` null). Its
        section is the category that most of its entries name; at a tie null, as for articles that tell no section of their own.
        """
        return self._table("nodes")

    @cached_property
    def edges(self) -> Table:
        """One row an entry: columns source, target, title, category, date, lag_days, resolved_by.

        ``source`` and ``target`` are ids; ``target`` is null where the entry dangles. ``date`` is the entry's printed date (of a
        month or year the first day, shown as 2020-08 or 2020), ``lag_days`` that date less the article's, positive when it points forward in time, null
        where one of the two has no day. ``resolved_by`` is 'url', 'title+date', 'title+date±1' (a day apart), 'title', 'teaser', or null.
        """
        return self._table("edges")

    @cached_property
    def dangling(self) -> Table:
        """What entries name and the archive does not hold: columns title, date, category, count, first, last, ambiguous.

        Most named ones first. ``first`` and ``last`` are dates of the articles that name it; ``ambiguous`` is true where the
        archive holds several that fit.
        """
        return self._table("dangling")

    @cached_property
    def endpoints(self) -> Table:
        """One row an edge: int32 columns source, target, lag_days. Source and target are rows of `nodes`, the sources ascend."""
        return self._table("endpoints")

    @cached_property
    def lags(self) -> Table:
        """Every lag there is and how many edges have it: columns lag_days, count; ascending."""
        return self._table("lags")

    def _table(self, which: str) -> Table:
        core, told = self._related.table(which)
        origin = _cite.origin_of(self._articles, call=f"Related links: {which}")
        return Table(core, self._articles.query, origin=origin, printed=_printed.of_core(told))

    @property
    def _ends(self) -> tuple[Any, Any]:
        return self.endpoints["source"], self.endpoints["target"]

    @property
    def articles(self) -> Articles:
        """The articles among the nodes."""
        return self._articles._like(self._related.members(), f"related links of {self._articles._in_words()} and what they mean")

    # --- other graphs

    def resolve(self, by: Way | Sequence[Way] = ("url", "title+date")) -> RelatedGraph:
        """The same entries resolved more strictly or more loosely.

        Parameters
        ----------
        by : sequence of {'url', 'title+date', 'title', 'teaser'}, default ('url', 'title+date')
            Ways, tried in this order. 'title+date' takes the folded title and the day, else the one article with that title a
            day before or after; 'title' the one article with that title; 'teaser' the one article whose text (or own teaser)
            begins with the words of the entry's teaser, which finds those whose headline was changed later. 'teaser' reads every
            article, the others only keys.

        Returns
        -------
        RelatedGraph

        Raises
        ------
        UnknownNameError
            For a way that there is not.

        Examples
        --------
        >>> import pynews
        >>> g = pynews.demo().related
        >>> g.resolve(by="url").resolved, g.resolve(by=["url", "title+date", "title"]).resolved >= g.resolved
        (0, True)
        """
        ways: tuple[Way, ...] = (by,) if isinstance(by, str) else tuple(by)
        for way in ways:
            if way not in WAYS:
                raise unknown("way of resolving", str(way), list(WAYS))
        if not ways or len(set(ways)) < len(ways):
            raise ValueError("name each way once, and at least one")
        return self._again(self._related.sources(), ways, self._backward, None)

    def backward(self) -> RelatedGraph:
        """Without the links that point forward in time, and without those whose lag is not known; the card says how many.

        A box of related articles is filled when a page is saved, not when the article was published: a link to a later article
        tells of the page, not of the article.

        Examples
        --------
        >>> import pynews
        >>> g = pynews.demo().related
        >>> b = g.backward()
        >>> b.links == g.links - g.forward, max(b.lags["lag_days"]) <= 0
        (True, True)
        """
        return self._again(self._related.sources(), self._by, True, None)

    def subgraph(self, articles: Articles | Iterable[str]) -> RelatedGraph:
        """The nodes that are these articles, and the links among them; nothing dangles in it.

        Parameters
        ----------
        articles : Articles or ids
            Articles that are no nodes are passed over; an id that is none is an error.

        Returns
        -------
        RelatedGraph

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> g = ar.related.subgraph(ar.search("korea"))
        >>> len(g) == len(ar.search("korea")), g.links == g.resolved
        (True, True)
        """
        from pynews._articles import Articles

        members = self._related.members()
        chosen = articles._open() if isinstance(articles, Articles) else members.at(sorted({self._place(key) for key in articles}))
        return self._again(self._related.sources().combine(chosen, 0), self._by, self._backward, members.combine(chosen, 0))

    def _again(self, sources: Selection, by: tuple[Way, ...], backward: bool, within: Selection | None) -> RelatedGraph:
        core = sources.graph(tuple(WAYS[way] for way in by), backward, within)
        return RelatedGraph(self._articles, core, by, backward)

    def _node(self, place: int) -> Any:
        """What a way consists of: articles, and the row of what the archive does not hold."""
        if place >= self._counts["archived"]:
            return self.nodes[place]
        members = self._related.members()
        return Article(members.article(place), (self._articles, members.snapshot))

    # --- tables made of it

    def degree(self, direction: Direction = "both") -> Table:
        """How many links each node has; every entry counts, also one that repeats another.

        Parameters
        ----------
        direction : {'in', 'out', 'both'}, default 'both'
            What decides the order: links that lead to the node, its own, or all.

        Returns
        -------
        Table
            The nodes with degree, the sum of in_degree and out_degree; most first.

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().related.degree("in")
        >>> t[0]["in_degree"] == max(t["in_degree"])
        True
        """
        if direction not in DIRECTIONS:
            raise unknown("direction", str(direction), DIRECTIONS)
        both = [a + b for a, b in zip(self.nodes["in_degree"], self.nodes["out_degree"], strict=True)]
        t = self._with(_core.table((("degree", "int64", both),)), "degree")
        return t if direction == "both" else t.sort(f"{direction}_degree", descending=True)

    def mixing(self, of: Label = "section") -> Table:
        """How links run between sections, tags or sources.

        Parameters
        ----------
        of : {'section', 'tag', 'source'}, default 'section'

        Returns
        -------
        Table
            Columns from, to, count, share, expected; most links first. Links with a label at both ends are counted; an article
            with several tags counts under each, so that counts of tags can add up to more than there are links. ``share`` is of
            all that is counted, ``expected`` what would be counted if links did not care: row sum times column sum by total
            (M. E. J. Newman 2003, Phys. Rev. E 67:026126).

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().related.mixing("tag")
        >>> t.columns
        ['from', 'to', 'count', 'share', 'expected']
        >>> t[0]["from"] == t[0]["to"]
        True
        """
        labels = self._labels(of)
        pairs: Counter[tuple[str, str]] = Counter()
        for source, target in self._pairs():
            pairs.update((one, other) for one in labels[source] for other in labels[target])
        rows = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
        out, into, total = Counter[str](), Counter[str](), sum(pairs.values())
        for (one, other), n in rows:
            out[one] += n
            into[other] += n
        columns = (
            ("from", "string", [one for (one, _), _ in rows]),
            ("to", "string", [other for (_, other), _ in rows]),
            ("count", "int64", [n for _, n in rows]),
            ("share", "float64", [n / total for _, n in rows]),
            ("expected", "float64", [out[one] * into[other] / total for (one, other), _ in rows]),
        )
        return Table(_core.table(columns), self._articles.query, origin=_cite.origin_of(self._articles, call=f"Mixing of links by {of}"))

    def _labels(self, of: Label) -> list[tuple[str, ...]]:
        """The labels of each node, spelled as `counts` lists them."""
        listed = {folded(name): name for name in self._related.members().names(of).column(0).values()} if of in FIELDS else {}
        return [tuple(dict.fromkeys(listed.get(folded(name), name) for name in names)) for names in self._labels_read(of)]

    def _labels_read(self, of: Label) -> list[tuple[str, ...]]:
        if of == "section":
            return [() if name is None else (name,) for name in self.nodes["section"]]
        if of not in ("tag", "source"):
            raise unknown("label", str(of), ["section", "tag", "source"])
        labels = [a.tags if of == "tag" else (a.source,) if a.source else () for a in self.articles]
        return labels + [()] * (len(self) - len(labels))

    def _pairs(self) -> Iterable[tuple[int, int]]:
        return zip(self.endpoints["source"].values(), self.endpoints["target"].values(), strict=True)

    def threads(self, max_gap_days: int = 30) -> Threads:
        """Articles that hang together by links between neighbours in time.

        Two articles belong to one thread when a link joins them, in either direction, and their dates lie at most
        `max_gap_days` apart; and so do those that are joined over others. Articles without a day are in none.

        Parameters
        ----------
        max_gap_days : int, default 30

        Returns
        -------
        Threads
            A table of the threads of two articles and more: columns thread, articles, first, last, days, links, headline (title
            of the first article); most articles first. ``.articles(row)`` gives the articles of one.

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().related.threads(max_gap_days=7)
        >>> t.columns
        ['thread', 'articles', 'first', 'last', 'days', 'links', 'headline']
        >>> len(t.articles(0)) == t[0]["articles"]
        True
        """
        if max_gap_days < 0:
            raise ValueError("a gap is 0 days or more")
        days = self._related.table("days")[0].column(0).values()
        kept = [(a, b) for a, b in self._pairs() if a != b and b < len(days) and _near(days[a], days[b], max_gap_days)]
        groups = _components(len(days), kept)
        links = Counter(groups[a] for a, _ in kept)
        members: dict[int, list[int]] = {}
        for node, group in enumerate(groups):
            if group in links:
                members.setdefault(group, []).append(node)
        ordered = sorted(members.items(), key=lambda item: (-len(item[1]), item[1][0]))
        return Threads(self._articles, self._related.members(), [places for _, places in ordered], [links[group] for group, _ in ordered], days)

    def __repr__(self) -> str:
        from pynews import _related_cards

        return _related_cards.graph_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _related_cards

        return {"text/plain": _related_cards.graph_text(self), "text/html": _related_cards.graph_html(self)}


def _near(a: int | None, b: int | None, gap: int) -> bool:
    return a is not None and b is not None and abs(a - b) <= gap


def _components(n: int, pairs: list[tuple[int, int]]) -> list[int]:
    """For each of `n` nodes the number of what it hangs together with."""
    ends = array.array("I", [a for a, _ in pairs]), array.array("I", [b for _, b in pairs])
    return _core.graph(n, *ends).components(False).column(0).values()


class Threads(Table):
    """Threads of a graph of related articles: columns thread, articles, first, last, days, links, headline."""

    def __init__(self, articles: Articles, members: _core.Selection, places: list[list[int]], links: list[int], days: list[int | None]) -> None:
        self._from, self._members, self._places = articles, members, places
        first = [days[group[0]] or 0 for group in places]
        last = [days[group[-1]] or 0 for group in places]
        columns = (
            ("thread", "int64", list(range(1, len(places) + 1))),
            ("articles", "int64", [len(group) for group in places]),
            ("first", "date32", first),
            ("last", "date32", last),
            ("days", "int64", [b - a + 1 for a, b in zip(first, last, strict=True)]),
            ("links", "int64", links),
            ("headline", "string", [Article(members.article(group[0])).title for group in places]),
        )
        super().__init__(_core.table(columns), articles.query, origin=_cite.origin_of(articles, call="Threads of related links"))

    def articles(self, row: int) -> Articles:
        """The articles of the thread in a row."""
        place = range(len(self._places))[row]
        return self._from._like(self._members.at(self._places[place]), f"thread {place + 1:,} of related links of {self._from._in_words()}")

    def __reduce__(self) -> tuple[Any, ...]:
        """A plain table of its rows."""
        return self._reduced_to_rows()
