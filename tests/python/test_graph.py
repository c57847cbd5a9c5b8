"""Graphs: every measure is that of networkx, parts are parts, and what leaves for other libraries is all there."""
import array
import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews
from pynews import _core
from pynews._graph import Graph
from pynews._table import Table

nx = pytest.importorskip("networkx")


def graph(n, edges, weights=None):
    ids = [f"n{i}" for i in range(n)]
    nodes = Table(_core.table((("id", "string", ids), ("title", "string", [f"Title <{i}>" for i in range(n)]))))
    values = weights or [float(i) for i in range(len(edges))]
    columns = (("source", "string", [ids[a] for a, _ in edges]), ("target", "string", [ids[b] for _, b in edges]), ("weight", "float64", values))
    return Graph(nodes, Table(_core.table(columns)), array.array("I", [a for a, _ in edges]), array.array("I", [b for _, b in edges]))


def of(t, column):
    """{id: value}"""
    return dict(zip(t["id"], t[column]))


EDGES = st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40)))


# --- measures


@given(EDGES)
def test_degrees_are_those_of_networkx(given_edges):
    g = graph(*given_edges)
    x = g.to_networkx()
    for direction, column, want in (("in", "in_degree", x.in_degree), ("out", "out_degree", x.out_degree), ("both", "degree", x.degree)):
        t = g.degree(direction)
        assert of(t, column) == dict(want)
        assert t[column].to_list() == sorted(t[column], reverse=True)


@given(EDGES, st.sampled_from([0.0, 0.5, 0.85, 0.99]), st.data())
def test_pagerank_is_that_of_networkx(given_edges, damping, data):
    g = graph(*given_edges)
    x = g.to_networkx(attributes=False)                               # networkx would weigh with the column "weight"
    want = nx.pagerank(x, damping, tol=1e-14, max_iter=100000)
    assert of(g.pagerank(damping), "pagerank") == pytest.approx(want, abs=1e-7)
    some = data.draw(st.sets(st.sampled_from(sorted(x)), min_size=1))
    want = nx.pagerank(x, damping, personalization=dict.fromkeys(some, 1), tol=1e-14, max_iter=100000)
    assert of(g.pagerank(damping, sorted(some)), "pagerank") == pytest.approx(want, abs=1e-7)


@given(EDGES)
def test_betweenness_is_that_of_networkx(given_edges):
    g = graph(*given_edges)
    assert of(g.betweenness(None), "betweenness") == pytest.approx(nx.betweenness_centrality(g.to_networkx()), abs=1e-12)
    assert of(g.betweenness(len(g)), "betweenness") == of(g.betweenness(None), "betweenness")
    assert of(g.betweenness(1, seed=3), "betweenness") == of(g.betweenness(1, seed=3), "betweenness")


@given(EDGES)
def test_components_are_those_of_networkx(given_edges):
    g = graph(*given_edges)
    for kind, components in (("weak", nx.weakly_connected_components), ("strong", nx.strongly_connected_components)):
        parts = {}
        for node, c in of(g.components(kind), "component").items():
            parts.setdefault(c, set()).add(node)
        want = sorted(components(g.to_networkx()), key=lambda c: (-len(c), min(int(v[1:]) for v in c)))
        assert [parts[c] for c in range(len(parts))] == [set(c) for c in want]


@given(EDGES)
def test_hubs_and_authorities_solve_their_equations(given_edges):
    """networkx asks a singular value decomposition, which has no one answer for several equal parts: the equations have."""
    g = graph(*given_edges)
    x, t = g.to_networkx(), g.hits()
    hub, authority = of(t, "hub"), of(t, "authority")
    if not x.number_of_edges():
        assert set(hub.values()) == set(authority.values()) == {0}
        return
    assert sum(hub.values()) == pytest.approx(1) and sum(authority.values()) == pytest.approx(1)
    gathered = {v: sum(hub[u] for u in x.predecessors(v)) for v in x}
    assert authority == pytest.approx({v: s / sum(gathered.values()) for v, s in gathered.items()}, abs=1e-8)
    handed = {v: sum(authority[u] for u in x.successors(v)) for v in x}
    assert hub == pytest.approx({v: s / sum(handed.values()) for v, s in handed.items()}, abs=1e-6)


def test_hits_are_those_of_networkx_where_the_answer_is_one():
    pytest.importorskip("scipy")
    x = nx.gnp_random_graph(40, 0.15, seed=2, directed=True)
    g = graph(40, list(x.edges))
    hubs, authorities = nx.hits(x, max_iter=1000, tol=1e-12)
    t = g.hits()
    assert of(t, "hub") == pytest.approx({f"n{v}": h for v, h in hubs.items()}, abs=1e-7)
    assert of(t, "authority") == pytest.approx({f"n{v}": a for v, a in authorities.items()}, abs=1e-7)


@given(EDGES, st.integers(0, 5))
def test_communities_hang_together_and_modularity_is_that_of_networkx(given_edges, seed):
    n, edges = given_edges
    g = graph(n, edges)
    t = g.communities(seed=seed)
    parts = {}
    for node, c in of(t, "community").items():
        parts.setdefault(c, set()).add(node)
    assert list(t.sizes()) == [len(parts[c]) for c in range(len(parts))] == sorted(t.sizes(), reverse=True)
    x = nx.MultiGraph()
    x.add_nodes_from(f"n{i}" for i in range(n))
    x.add_edges_from((f"n{a}", f"n{b}") for a, b in set(edges))
    assert all(nx.is_connected(x.subgraph(c)) for c in parts.values())
    if edges:
        assert t.modularity == pytest.approx(nx.community.modularity(x, list(parts.values())), abs=1e-9)
        assert t.modularity >= nx.community.modularity(x, list(nx.connected_components(x))) - 1e-9
    assert of(g.communities(seed=seed), "community") == of(t, "community")


def test_communities_are_about_as_good_as_those_of_networkx():
    x = nx.gaussian_random_partition_graph(200, 25, 5, 0.3, 0.01, directed=True, seed=1)
    g = graph(200, list(x.edges))
    both_ways = nx.MultiGraph(list(x.edges))
    best = max(nx.community.modularity(both_ways, nx.community.louvain_communities(both_ways, seed=s)) for s in range(3))
    assert g.communities().modularity >= best - 0.03


# --- parts and ways


@given(EDGES, st.integers(0, 4), st.data())
def test_what_lies_around_a_node_is_that_of_networkx(given_edges, hops, data):
    g = graph(*given_edges)
    x = g.to_networkx()
    node = data.draw(st.sampled_from(sorted(x)))
    around, want = g.ego(node, hops), nx.ego_graph(x, node, hops, undirected=True)
    assert set(around.nodes["id"]) == set(want)
    assert set(around.to_networkx().edges) == set(want.edges)
    assert all((row["source"], row["target"]) in want.edges for row in around.edges)


@given(EDGES, st.data())
def test_ways_are_as_short_as_those_of_networkx(given_edges, data):
    g = graph(*given_edges)
    x = g.to_networkx()
    a, b = data.draw(st.sampled_from(sorted(x))), data.draw(st.sampled_from(sorted(x)))
    way = [row["id"] for row in g.path(a, b)]
    if not nx.has_path(x, a, b):
        assert way == []
        return
    assert len(way) == nx.shortest_path_length(x, a, b) + 1 and way[0] == a and way[-1] == b
    assert nx.is_path(x, way)


@given(EDGES, st.data())
def test_a_part_has_the_edges_inside_it_with_their_rows(given_edges, data):
    g = graph(*given_edges)
    keep = sorted(data.draw(st.sets(st.sampled_from(g.nodes["id"].to_list()))))
    part = g.subgraph(keep)
    assert sorted(part.nodes["id"]) == keep
    assert list(part.edges) == [row for row in g.edges if row["source"] in keep and row["target"] in keep]
    assert set(part.to_networkx().edges) == set(g.to_networkx().subgraph(keep).edges)


# --- to other libraries


EXAMPLE = (5, [(0, 1), (1, 2), (2, 0), (2, 3), (0, 1)])


def test_networkx_gets_all_columns():
    x = graph(*EXAMPLE).to_networkx()
    assert x.nodes["n0"] == {"id": "n0", "title": "Title <0>"}
    assert x.edges["n0", "n1"]["weight"] == 4.0                       # of two edges the last
    bare = graph(*EXAMPLE).to_networkx(attributes=False)
    assert bare.nodes["n0"] == {} and set(bare.edges) == set(x.edges)


def test_igraph_and_rustworkx_get_all_edges():
    ig, rx = pytest.importorskip("igraph"), pytest.importorskip("rustworkx")
    g = graph(*EXAMPLE).to_igraph()
    assert isinstance(g, ig.Graph) and g.is_directed() and g.get_edgelist() == EXAMPLE[1]
    assert g.vs["name"] == ["n0", "n1", "n2", "n3", "n4"] and g.vs["title"][3] == "Title <3>" and g.es["weight"] == [0.0, 1.0, 2.0, 3.0, 4.0]
    r = graph(*EXAMPLE).to_rustworkx()
    assert isinstance(r, rx.PyDiGraph) and list(r.edge_list()) == EXAMPLE[1] and r[3]["title"] == "Title <3>" and r.edges()[4]["weight"] == 4.0


def test_the_matrix_is_the_memory_of_the_graph():
    np = pytest.importorskip("numpy")
    pytest.importorskip("scipy")
    g = graph(*EXAMPLE)
    m = g.to_scipy()
    assert m.toarray().tolist() == [[0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [1, 0, 0, 1, 0], [0] * 5, [0] * 5]
    assert np.shares_memory(m.indices, np.frombuffer(memoryview(g._wired.rows()[1].column(0)), "i4"))
    del g
    assert (m @ np.ones(5)).tolist() == [1, 1, 2, 0, 0]               # outlives the graph
    assert graph(*EXAMPLE).to_scipy("weight").toarray()[0, 1] == 4.0 + 0.0
    with pytest.raises(pynews.UnknownNameError):
        graph(*EXAMPLE).to_scipy("colour")


# --- words and errors


def test_what_is_wrong_is_named():
    g = graph(*EXAMPLE)
    for call, error, word in (
        (lambda: g.degree("up"), pynews.UnknownNameError, "direction"),
        (lambda: g.components("loose"), pynews.UnknownNameError, "kind of components"),
        (lambda: g.pagerank(1.0), ValueError, "below 1"),
        (lambda: g.pagerank(personalize=[]), ValueError, "no node to begin at"),
        (lambda: g.pagerank(personalize=["nobody"]), pynews.UnknownNameError, "nobody"),
        (lambda: g.betweenness(0), ValueError, "at least one"),
        (lambda: g.communities(0), ValueError, "above 0"),
        (lambda: g.ego("n0", -1), ValueError, "0 or more"),
        (lambda: g.path("n0", "nobody"), pynews.UnknownNameError, "nobody"),
        (lambda: g.plot(0), ValueError, "at least one"),
        (lambda: g.plot(colour="red"), TypeError, "colour"),
        (lambda: _core.graph(2, array.array("I", [0]), array.array("I", [2])), ValueError, "edge 0"),
        (lambda: _core.graph(2, array.array("I", [0]), array.array("I", [])), ValueError, "equally long"),
        (lambda: _core.graph(2, array.array("q", [0]), array.array("q", [0])), ValueError, "32-bit"),
    ):
        with pytest.raises(error, match=word):
            call()


def test_a_graph_without_nodes_has_tables_without_rows():
    g = graph(0, [])
    assert len(g) == 0 and g.to_networkx().number_of_nodes() == 0
    for t in (g.degree(), g.pagerank(), g.hits(), g.betweenness(), g.components(), g.communities()):
        assert len(t) == 0 and t.columns[:2] == ["id", "title"] and len(t.columns) > 2
    assert "0 nodes · 0 edges" in repr(g)
    assert "<svg" in str(g.plot(backend="svg"))


def test_cards_say_how_much_there_is_and_stay_small():
    g = graph(*EXAMPLE)
    assert repr(g).startswith("Graph  5 nodes · 5 edges\nid  title      in_degree")
    html = g._repr_mimebundle_()["text/html"]
    assert "Title &lt;1&gt;" in html and len(html.encode()) <= 4096
    c = g.communities()
    assert repr(c).startswith("3 communities of 2, 2, 1 nodes · modularity 0.00") and "modularity" in c._repr_mimebundle_()["text/html"]


# --- pictures


def marks(svg):
    root = ET.fromstring(str(svg))
    return {tag: [e for e in root.iter() if e.tag.endswith("}" + tag)] for tag in ("circle", "path", "text", "desc")}


def test_a_picture_shows_linked_nodes_and_says_what_it_leaves_out():
    m = marks(graph(*EXAMPLE).plot(backend="svg"))
    assert len(m["circle"]) == 4 and len(m["path"]) == 5
    assert m["desc"][0].text.startswith("4 of 5 nodes, 5 of 5 edges · those with edges")
    cut = marks(graph(*EXAMPLE).plot(3, backend="svg"))
    assert len(cut["circle"]) == 3 and cut["desc"][0].text.startswith("3 of 5 nodes, 4 of 5 edges · those with most edges")


def test_what_the_archive_does_not_hold_is_hollow(demo):
    m = marks(demo.related.plot(backend="svg"))
    hollow = [c for c in m["circle"] if "stroke-width" in c.attrib]
    assert 0 < len(hollow) < len(m["circle"]) <= 200
    assert m["desc"][0].text.endswith("hollow: not in the archive")
    assert "hollow" not in marks(demo.related.subgraph(demo.search("korea")).plot(backend="svg"))["desc"][0].text


# --- of the archive


def test_measures_of_related_entries_are_those_of_networkx(demo):
    g = demo.related
    x = g.to_networkx(attributes=False)
    keys = g._keys()
    ranks, want = dict(zip(keys, g._wired.pagerank(0.85, None).column(0).values())), nx.pagerank(x, tol=1e-13, max_iter=1000)
    assert ranks == pytest.approx(want, abs=1e-8)
    assert [row["id"] for row in g.pagerank().head(3)] == sorted((k for k in want if isinstance(k, str)), key=lambda k: -want[k])[:3]
    assert max(g.components()["component"]) + 1 == nx.number_weakly_connected_components(x)
    assert g.pagerank().head(3).columns[:3] == ["id", "title", "date"]


def test_a_way_consists_of_articles_and_what_lies_around_has_the_rest(demo):
    g = demo.related
    x = g.to_networkx(attributes=False)
    start = demo[2000]
    far = nx.single_source_shortest_path(x, start.id)
    end = max((k for k in far if isinstance(k, str)), key=lambda k: len(far[k]))
    way = g.path(start, end)
    assert len(way) == len(far[end]) > 2 and all(isinstance(a, pynews.Article) for a in way) and (way[0].id, way[-1].id) == (start.id, end)
    around = g.ego(start, 2)
    assert len(around) == len(nx.ego_graph(x, start.id, 2, undirected=True))
    assert not all(around.nodes["archived"])


# --- more of pictures


def test_the_dot_with_most_edges_to_it_is_the_largest_and_named():
    edges = [(i, 0) for i in range(1, 30)] + [(1, 2)]
    m = marks(graph(30, edges).plot(backend="svg", labels=1))
    sizes = [float(c.get("r")) for c in m["circle"]]
    assert sizes.index(max(sizes)) == 0 and max(sizes) > 2 * sorted(sizes)[-2]
    assert [t.text for t in m["text"]][-1] == "Title <0>"


def test_names_do_not_touch_each_other():
    x = nx.gnp_random_graph(200, 0.02, seed=4, directed=True)
    from pynews import _graph_plot

    sheet = _graph_plot._sheet(graph(200, list(x.edges)), 200, 0, 25, None)
    assert len(sheet.names) >= 10
    boxes = []
    for name in sheet.names:
        wide = 0.6 * _graph_plot.LABEL_SIZE * len(name.text)
        left = name.x - {"start": 0, "middle": wide / 2, "end": wide}[name.anchor]
        boxes.append((left, name.y - 8, left + wide, name.y + 2))
    assert not any(_graph_plot._hits(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    for d in sheet.dots:
        assert 0 <= d.x - d.radius and d.x + d.radius <= _graph_plot.WIDTH and d.y + d.radius <= _graph_plot.HEIGHT
    middle = sheet.arcs[0]
    assert math.dist(middle.over, ((middle.start.x + middle.end.x) / 2, (middle.start.y + middle.end.y) / 2)) > 0


def test_matplotlib_draws_the_same():
    pytest.importorskip("matplotlib")
    ax = graph(*EXAMPLE).plot(backend="matplotlib", title="Mine & yours")
    assert len(ax.patches) == 4
    assert "Mine & yours" in [t.get_text() for t in ax.texts]
    assert graph(*EXAMPLE).plot(ax=ax) is ax


def test_an_id_given_twice_weighs_no_more_than_once(demo):
    g = demo.related
    a, b = (row["id"] for row in g.nodes.head(2))
    assert g.pagerank(personalize=[a, b, a]).to_dict() == g.pagerank(personalize=[a, b]).to_dict()


def test_an_edge_without_a_weight_weighs_nothing(make):
    pytest.importorskip("scipy")
    ar = make([
        {"id": "a", "title": "A", "date": "2020-05-01", "related": [{"title": "B", "date": "2020-05-03"}, {"title": "C", "url": "http://x.org/c"}]},
        {"id": "b", "title": "B", "date": "2020-05-03"},
        {"id": "c", "title": "C", "url": "http://x.org/c"},
    ])  # fmt: skip
    g = ar.related
    assert g.edges["lag_days"].to_list() == [2, None] and g.to_scipy("lag_days").sum() == 2 and g.to_scipy().sum() == 2
