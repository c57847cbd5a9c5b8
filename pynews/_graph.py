"""Graphs: nodes and edges as tables, measures of them, and the way to other libraries."""

from __future__ import annotations

import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pynews import _cite, _core
from pynews._errors import UnknownNameError, unknown
from pynews._printed import Told
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._article import Article
    from pynews._articles import Articles

Direction = Literal["in", "out", "both"]
DIRECTIONS: tuple[Direction, ...] = ("in", "out", "both")
SAMPLES = 256


class Graph:
    """Nodes and the directed edges between them.

    Measures give the table of nodes with one or more columns more, the highest first. They count an edge that is there
    twice once.

    Attributes
    ----------
    nodes : Table
        One row a node.
    edges : Table
        One row an edge.
    """

    def __init__(self, nodes: Table, edges: Table, sources: Any, targets: Any) -> None:
        self._tables, self._given = (nodes, edges), (sources, targets)

    @property
    def nodes(self) -> Table:
        """One row a node."""
        return self._tables[0]

    @property
    def edges(self) -> Table:
        """One row an edge."""
        return self._tables[1]

    @property
    def _ends(self) -> tuple[Any, Any]:
        """Of each edge, the rows of its ends in nodes: two buffers of 32-bit numbers."""
        return self._given

    @cached_property
    def _wired(self) -> _core.Graph:
        """What the core measures."""
        return _core.graph(len(self), *self._ends)

    def __len__(self) -> int:
        return len(self.nodes)

    # --- nodes by name

    def _key_column(self) -> str:
        return "id" if "id" in self.nodes.columns else self.nodes.columns[0]

    def _keys(self) -> list[Any]:
        """What each node is called elsewhere: its id, or its number where it has none."""
        return [i if key is None else key for i, key in enumerate(self.nodes[self._key_column()].to_list())]

    @cached_property
    def _places(self) -> dict[Any, int]:
        return {key: i for i, key in enumerate(self._keys())}

    def _place(self, node: Article | str) -> int:
        """The row of a node."""
        key = node if isinstance(node, str) else node.id
        if key not in self._places:
            raise UnknownNameError("node", key, [])
        return self._places[key]

    def _places_of(self, articles: Articles | Iterable[str]) -> list[int]:
        from pynews._articles import Articles

        if isinstance(articles, Articles):
            return [i for i, key in enumerate(self._keys()) if isinstance(key, str) and key in articles]
        return [self._place(key) for key in articles]

    # --- measures

    def _with(self, core: _core.Table, by: str, descending: bool = True, how: str = "") -> Table:
        """Nodes beside columns of numbers, ordered by one of these."""
        origin = _cite.called(self.nodes._origin, f"Nodes by {by}{how}")
        order = core, core.columns.index(by), descending
        told = self.nodes._printed
        return Table(self.nodes._core.beside(*order), self.nodes.query, origin=origin, printed=told.beside(*order) if isinstance(told, Told) else None)

    def degree(self, direction: Direction = "both") -> Table:
        """How many edges each node has.

        Parameters
        ----------
        direction : {'in', 'out', 'both'}, default 'both'
            What decides the order: edges that lead to the node, that start from it, or all.

        Returns
        -------
        Table
            The nodes with in_degree, out_degree and degree (their sum), most first.
        """
        if direction not in DIRECTIONS:
            raise unknown("direction", str(direction), DIRECTIONS)
        return self._with(self._wired.degree(), {"in": "in_degree", "out": "out_degree", "both": "degree"}[direction])

    def pagerank(self, damping: float = 0.85, personalize: Articles | Iterable[str] | None = None) -> Table:
        """Which nodes a reader who follows links at random sees most.

        Parameters
        ----------
        damping : float, default 0.85
            Probability of following a link, 0 or more and below 1; else, and from a node without links, the reader goes on
            anywhere.
        personalize : Articles or ids, optional
            Where "anywhere" is: these nodes alone, all alike.

        Returns
        -------
        Table
            The nodes with pagerank, highest first; the sum is 1.

        Notes
        -----
        S. Brin, L. Page (1998), Computer Networks 30: 107-117; iterated until the ranks change by less than 1e-10 in sum.

        Examples
        --------
        >>> import pynews
        >>> g = pynews.demo().related
        >>> [row["title"] for row in g.pagerank().head(2)]
        ['Digital Currency Reaches Young Parents in Quillhaven', 'Digital Currency Reaches Pensioners in Tamsin Ford']
        """
        if personalize is None:
            return self._with(self._wired.pagerank(damping, None), "pagerank", how=f", damping {damping:g}")
        weights = array.array("d", bytes(8 * len(self)))
        for i in self._places_of(personalize):
            weights[i] = 1
        return self._with(self._wired.pagerank(damping, weights), "pagerank", how=f", damping {damping:g}, personalized")

    def hits(self) -> Table:
        """Hubs point to good authorities; authorities are pointed to by good hubs.

        Returns
        -------
        Table
            The nodes with hub and authority, the highest authority first; each sums to 1.

        Notes
        -----
        J. Kleinberg (1999), "Authoritative sources in a hyperlinked environment", Journal of the ACM 46: 604-632.
        """
        return self._with(self._wired.hits(), "authority")

    def betweenness(self, samples: int | None = SAMPLES, seed: int = 0) -> Table:
        """Which nodes lie on the shortest ways between others.

        Parameters
        ----------
        samples : int or None, default 256
            From so many nodes, drawn at random, ways are followed, and the sums scaled up; None, or more than there are:
            from all of them, exactly.
        seed : int, default 0
            Of the draw.

        Returns
        -------
        Table
            The nodes with betweenness, highest first: the share of all ways between other nodes, along the edges.

        Notes
        -----
        U. Brandes (2001), Journal of Mathematical Sociology 25: 163-177; sampling: U. Brandes, C. Pich (2007). Time grows
        with samples * (nodes + edges).
        """
        if samples is not None and samples < 1:
            raise ValueError(f"betweenness needs at least one sample, not {samples}")
        how = "" if samples is None else f", {samples:,} samples, seed {seed}"
        return self._with(self._wired.betweenness(min(2**32 - 1, len(self) + 1 if samples is None else samples), seed), "betweenness", how=how)

    def components(self, kind: Literal["weak", "strong"] = "weak") -> Table:
        """What hangs together.

        Parameters
        ----------
        kind : {'weak', 'strong'}, default 'weak'
            Weak: connected when directions do not count. Strong: each reaches each along the edges.

        Returns
        -------
        Table
            The nodes with component: 0 is the largest.
        """
        if kind not in ("weak", "strong"):
            raise unknown("kind of components", str(kind), ["weak", "strong"])
        return self._with(self._wired.components(kind == "strong"), "component", descending=False)

    def communities(self, resolution: float = 1.0, seed: int = 0) -> Communities:
        """Groups that link among themselves more than with others.

        Parameters
        ----------
        resolution : float, default 1.0
            Larger gives more and smaller groups.
        seed : int, default 0
            Of the order in which nodes are looked at. Another seed gives somewhat other groups: what is not there in most of
            them is not there.

        Returns
        -------
        Communities
            The nodes with community: 0 is the largest. ``modularity`` says how much more they link inside than chance would.

        Notes
        -----
        Louvain: V. D. Blondel et al. (2008), J. Stat. Mech. P10008, without directions; a community in pieces is cut.

        Examples
        --------
        >>> import pynews
        >>> groups = pynews.demo().related.communities()
        >>> groups.modularity > 0.5, sum(groups.sizes()) == len(groups)
        (True, True)
        """
        core, modularity = self._wired.communities(resolution, seed)
        t = self._with(core, "community", descending=False, how=f", resolution {resolution:g}, seed {seed}")
        return Communities(t, modularity)

    # --- parts and ways

    def _kept(self, places: Iterable[int]) -> Graph:
        """The graph of the nodes in these rows."""
        keep = bytearray(len(self))
        for i in places:
            keep[i] = 1
        rows, sources, targets = _core.edges_inside(keep, *self._ends)
        nodes = self.nodes._take([i for i, kept in enumerate(keep) if kept])
        edges = self.edges._take(memoryview(rows).cast("q").tolist())
        return Graph(nodes, edges, array.array("I", sources), array.array("I", targets))

    def subgraph(self, articles: Articles | Iterable[str]) -> Graph:
        """The graph between some of the nodes.

        Parameters
        ----------
        articles : Articles or ids
            The nodes that stay. Articles that are no nodes are passed over; an id that is none is an error.

        Returns
        -------
        Graph
            These nodes and the edges with both ends among them.
        """
        return self._kept(self._places_of(articles))

    def ego(self, article: Article | str, hops: int = 1) -> Graph:
        """What lies around a node.

        Parameters
        ----------
        article : Article or str
            The node, or its id.
        hops : int, default 1
            How far, along edges in either direction.

        Returns
        -------
        Graph
            The nodes within so many hops, and all edges between them.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> around = ar.related.ego(ar[100], hops=1)
        >>> ar[100].id in set(around.nodes["id"])
        True
        """
        if hops < 0:
            raise ValueError(f"hops are 0 or more, not {hops}")
        far = self._wired.hops(self._place(article), min(hops, 2**32 - 2)).column(0).values()
        return self._kept(i for i, n in enumerate(far) if n is not None)

    def path(self, a: Article | str, b: Article | str) -> list[Any]:
        """A shortest way from one node to another along the edges.

        Parameters
        ----------
        a, b : Article or str
            First and last node, or their ids.

        Returns
        -------
        list
            The nodes on the way, both ends included; empty where no way leads there.
        """
        return [self._node(i) for i in self._wired.path(self._place(a), self._place(b)).column(0).values()]

    def _node(self, place: int) -> Any:
        """What a way consists of."""
        return self.nodes[place]

    # --- to other libraries

    def _attributes(self, table: Table, attributes: bool) -> list[dict[str, Any]]:
        return list(table) if attributes else [{} for _ in range(len(table))]

    def to_networkx(self, *, attributes: bool = True) -> Any:
        """A networkx.DiGraph whose nodes are the ids; a node without one is its number.

        Parameters
        ----------
        attributes : bool, default True
            Whether the columns of both tables become attributes.

        Returns
        -------
        networkx.DiGraph
            Of edges between the same nodes the last one's attributes stay.
        """
        import networkx

        g, keys = networkx.DiGraph(), self._keys()
        g.add_nodes_from(zip(keys, self._attributes(self.nodes, attributes), strict=True))
        ends = zip(*self._ends, self._attributes(self.edges, attributes), strict=True)
        g.add_edges_from((keys[a], keys[b], values) for a, b, values in ends)
        return g

    def to_igraph(self) -> Any:
        """An igraph.Graph, directed, with the columns of both tables as attributes; ``name`` is the id.

        Returns
        -------
        igraph.Graph
        """
        import igraph

        vertices = {name: values for name, values in self.nodes.to_dict().items() if name != "name"}
        g = igraph.Graph(n=len(self), edges=list(zip(*self._ends, strict=True)), directed=True)
        g.vs["name"] = [str(key) for key in self._keys()]
        for name, values in vertices.items():
            g.vs[name] = values
        for name, values in self.edges.to_dict().items():
            g.es[name] = values
        return g

    def to_rustworkx(self) -> Any:
        """A rustworkx.PyDiGraph; rows of the tables, as dicts, are the payloads.

        Returns
        -------
        rustworkx.PyDiGraph
        """
        import rustworkx

        g = rustworkx.PyDiGraph(multigraph=True)
        g.add_nodes_from(list(self.nodes))
        g.add_edges_from(list(zip(*self._ends, self.edges, strict=True)))
        return g

    def to_scipy(self, weight: str | None = None) -> Any:
        """The adjacency matrix: row = source, column = target, in the order of ``nodes``.

        Parameters
        ----------
        weight : str, optional
            A column of numbers of ``edges``: cells are its sums, nulls count as 0. Without it cells are 1, and the column
            indices are the graph's own memory, not a copy.

        Returns
        -------
        scipy.sparse.csr_array
            Read-only indices where they are shared; ``.copy()`` gives a matrix of your own.
        """
        import numpy as np
        from scipy.sparse import coo_array, csr_array

        shape = (len(self), len(self))
        if weight is not None:
            values = np.nan_to_num(np.asarray(self.edges[weight].to_numpy(), dtype="f8"))
            rows, columns = (np.frombuffer(ends, "i4") for ends in self._ends)
            return coo_array((values, (rows, columns)), shape=shape).tocsr()
        off, to = (np.frombuffer(memoryview(t.column(0)), kind) for t, kind in zip(self._wired.rows(), ("i8", "i4"), strict=True))
        return csr_array((np.ones(len(to), dtype="i1"), to, off.astype("i4")), shape=shape, copy=False)

    # --- pictures

    def plot(self, max_nodes: int = 200, **kw: Any) -> Any:
        """Draw the graph: who hangs together, who is linked to most.

        Parameters
        ----------
        max_nodes : int, default 200
            Of more, those with most edges are drawn, and the picture says so; nodes without edges are left out.
        **kw
            ``backend`` ('matplotlib' or 'svg'; the first where it is installed), ``seed`` of the places, ``labels`` (how many
            nodes are named, default 15), ``title``; for matplotlib also ``ax`` and ``figsize``.

        Returns
        -------
        matplotlib.axes.Axes or Svg
            A dot's area grows with the edges that lead to it, colours are communities, edges bend to the right on their way;
            what is not in the archive is hollow.

        Notes
        -----
        Places: T. M. J. Fruchterman, E. M. Reingold (1991), Software: Practice and Experience 21: 1129-1164.
        """
        from pynews import _graph_plot

        return _graph_plot.plot(self, max_nodes, **kw)

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.graph_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": repr(self), "text/html": _cards.graph_html(self)}


class Communities(Table):
    """Nodes with the community each belongs to.

    Attributes
    ----------
    modularity : float
        Share of edges inside communities, less what chance would give with the same degrees: 0 is chance, near 1 is apart.
    """

    def __init__(self, nodes: Table, modularity: float) -> None:
        super().__init__(nodes._core, nodes.query, origin=nodes._origin, printed=nodes._printed)
        self.modularity = modularity

    def sizes(self) -> Sequence[int]:
        """How many nodes each community has, the largest first."""
        many = Counter(self["community"].to_list())
        return [many[c] for c in range(len(many))]

    def __repr__(self) -> str:
        from pynews import _cards

        return f"{_cards.communities_line(self)}\n{super().__repr__()}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": repr(self), "text/html": _cards.communities_html(self)}
