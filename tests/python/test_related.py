"""Related entries as links: what they resolve to, in whatever order and pieces articles come."""
import json
import lzma
import random
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pynews
from pynews import _related_cards
from pynews._demo_pages import write_pages

from .models.links_model import Links

DATA = Path(__file__).parents[3] / "shared/data"


def edges_of(graph):
    return Counter(tuple(row.values()) for row in graph.edges)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    truth = write_pages(folder / "pages", 600, truth_file=folder / "truth.json")
    return pynews.build(folder / "demo.pna", folder / "pages", progress=False), truth, json.loads((folder / "truth.json").read_text())["pages"]


# --- the demo knows what it planted


def test_every_planted_link_of_the_demo_is_found(demo):
    ar, truth, pages = demo
    g, planted = ar.related, truth["links"]
    assert (g.links, g.resolved, g.dangling_links, g.ambiguous) == (planted["entries"], planted["resolved"], planted["dangling"], 0)
    assert (g.forward, len(g.dangling)) == (planted["forward"], planted["dangling_posts"])
    title_of = {a.id: a.title for a in ar}
    path_of = {p["title"]: p["path"] for p in pages}
    got = {(path_of[title_of[e["source"]]], e["title"]): e for e in g.edges}
    for p in pages:
        for r in p["related"]:
            e = got[p["path"], r["title"]]
            assert (e["target"] and path_of[title_of[e["target"]]]) == r["path"]
            assert (e["category"], e["date"].isoformat(), e["lag_days"] > 0) == (r["category"], r["date"], r["date"] > p["date"])


def test_what_is_not_in_the_archive_is_listed_with_how_often_it_is_named(demo):
    ar, _, pages = demo
    named = Counter((r["title"], r["date"]) for p in pages for r in p["related"] if r["path"] is None)
    assert {(row["title"], row["date"].isoformat()): row["count"] for row in ar.related.dangling} == named


def test_nodes_and_endpoints_agree_with_edges(demo):
    g = demo[0].related
    nodes = g.nodes.to_dict()
    rows = list(zip(g.endpoints["source"], g.endpoints["target"], g.endpoints["lag_days"], strict=True))
    assert [(nodes["id"][s], nodes["id"][t], lag) for s, t, lag in rows] == list(zip(*(g.edges[c] for c in ("source", "target", "lag_days")), strict=True))
    assert nodes["in_degree"] == [sum(t == i for _, t, _ in rows) for i in range(len(g))]
    assert nodes["out_degree"] == [sum(s == i for s, _, _ in rows) for i in range(len(g))]
    assert nodes["archived"] == [i is not None for i in nodes["id"]] and sum(nodes["archived"]) == len(demo[0])
    assert memoryview(g.endpoints["source"]).format == "i"


def test_a_selection_has_the_edges_of_its_articles(demo):
    ar = demo[0]
    found = ar.search("blockchain")
    ids = {a.id for a in found}
    assert edges_of(found.related) == Counter({row: n for row, n in edges_of(ar.related).items() if row[0] in ids})
    inside = ar.related.subgraph(found)
    assert edges_of(inside) == Counter({row: n for row, n in edges_of(ar.related).items() if {row[0], row[1]} <= ids})
    assert set(inside.nodes["id"]) == ids and not len(inside.dangling)


def test_backward_drops_what_points_forward_and_says_how_many(demo):
    g = demo[0].related
    b = g.backward()
    assert edges_of(b) == Counter({row: n for row, n in edges_of(g).items() if row[5] is not None and row[5] <= 0})
    assert f"dropped: {g.forward:,} forward" in repr(b)


def test_an_article_and_its_entries_know_each_other(demo):
    ar = demo[0]
    pairs = {(row["source"], row["target"]) for row in ar.related.edges if row["target"]}
    for a in ar[:"2019-03"]:
        found = [r.article for r in a.related]
        assert all(b is None or (a.id, b.id) in pairs and a in b.linked_from for b in found)
        assert {b.id for b in a.linked_from} == {s for s, t in pairs if t == a.id}


def test_threads_are_components_of_near_links(demo):
    g = demo[0].related
    networkx = pytest.importorskip("networkx")
    date = dict(zip(g.nodes["id"], g.nodes["date"], strict=True))
    near = [(r["source"], r["target"]) for r in g.edges if r["target"] and abs((date[r["source"]] - date[r["target"]]).days) <= 10]
    want = networkx.Graph(near)
    threads = g.threads(max_gap_days=10)
    got = [frozenset(a.id for a in threads.articles(i)) for i in range(len(threads))]
    assert sorted(map(sorted, got)) == sorted(map(sorted, networkx.connected_components(want)))
    assert threads["articles"].to_list() == sorted(map(len, got), reverse=True) and sum(threads["links"]) == len(near)


def test_mixing_counts_links_between_labels(demo):
    ar = demo[0]
    tags = {a.id: a.tags for a in ar}
    want = Counter((x, y) for row in ar.related.edges if row["target"] for x in tags[row["source"]] for y in tags[row["target"]])
    got = ar.related.mixing("tag")
    assert {(r["from"], r["to"]): r["count"] for r in got} == want and sum(got["share"]) == pytest.approx(1)
    with pytest.raises(pynews.UnknownNameError):
        ar.related.mixing("colour")


def test_an_archive_without_links_has_an_empty_graph_with_its_columns(tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [{"id": "a", "title": "x", "date": "2020-01-01"}])
    g = ar.related
    assert (g.links, len(g), len(g.edges), len(g.dangling), len(g.threads()), len(g.mixing())) == (0, 1, 0, 0, 0, 0)
    assert g.edges.columns == ["source", "target", "title", "category", "date", "lag_days", "resolved_by"]
    assert g.nodes.columns == ["id", "title", "date", "section", "archived", "in_degree", "out_degree"]
    assert g.dangling.columns == ["title", "date", "category", "count", "first", "last", "ambiguous"]
    assert "0 links" in repr(g) and len(ar[0].linked_from) == 0


def test_ways_that_there_are_not_are_refused(demo):
    g = demo[0].related
    with pytest.raises(pynews.UnknownNameError, match="title"):
        g.resolve(by="headline")
    with pytest.raises(ValueError, match="once"):
        g.resolve(by=["url", "url"])
    with pytest.raises(ValueError, match="parsed"):
        _ = pynews.parse(b"T\n\nPublished at: Aug. 20, 2020\n\nBody.\n\nTags\nRelated Posts\n")[0].linked_from


def test_links_are_of_the_snapshot_an_article_came_from(tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [{"id": "a", "title": "A", "date": "2020-01-02", "related": [{"title": "B", "date": "2020-01-01"}]}])
    before = ar[0]
    ar.add([{"id": "b", "title": "B", "date": "2020-01-01"}])
    assert before.related[0].article is None and ar.article("a").related[0].article == ar.article("b")
    assert ar.related.resolved == 1


def test_cards_are_small_and_escape(tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [{"id": "a", "title": "A", "date": "2020-01-02", "related": [{"title": "<script>x</script>" * 50, "date": "2020-01-09"}]}])
    card = ar.related._repr_mimebundle_()
    assert len(card["text/html"].encode()) <= 4096 and "<script" not in card["text/html"] and "&lt;script" in card["text/html"]
    assert "1 link · 0 resolved · 1 dangling · 1 points forward in time" in card["text/plain"] and "median +7 d" in card["text/plain"]


# --- against looking at every article

TITLES = st.sampled_from(["Rain", "RAIN", "ra\u200bin", "Snow", "‘Fog’", "'fog'", "Hail", None])
DAYS = st.sampled_from([None, *[f"2020-01-{d:02}" for d in range(1, 8)]])
URLS = st.sampled_from([None, None, "https://example.org/1", "https://EXAMPLE.org/1#x", "/1", "/2", "https://example.org/2"])
TEXTS = st.tuples(st.sampled_from(["It rained. ", "it RAINED – "]), st.integers(5, 12), st.sampled_from(["", "o", "last"])).map(
    lambda t: t[0] + "and so on, " * (t[1] // 3) + "again " * (t[1] % 3) + t[2])
QUOTES = st.none() | st.tuples(TEXTS, st.sampled_from(["", "…", " …"])).map("".join)
ENTRIES = st.fixed_dictionaries({"title": TITLES, "date": DAYS, "url": URLS, "teaser": QUOTES, "category": st.sampled_from([None, "Sea", "sea", "Weather", "Town"])})
ARTICLES = st.fixed_dictionaries({
    "id": st.sampled_from("abcdefgh"), "title": TITLES, "date": DAYS, "url": URLS, "section": st.sampled_from([None, None, "Own"]), "body": TEXTS,
    "teaser": st.none() | TEXTS, "related": st.lists(ENTRIES, max_size=4)})
BATCHES = st.lists(st.lists(ARTICLES, min_size=1, max_size=5), min_size=1, max_size=4)


def plain(record):
    """Without what JSON lines leave out, and without entries that say nothing of what they mean."""
    kept = {name: value for name, value in record.items() if value}
    if "related" in kept:
        kept["related"] = [r for r in map(plain, kept["related"]) if r.get("title", "").strip() or r.get("url")]
    return kept


def check_against(ar, model, by):
    g = ar.related.resolve(by)
    assert edges_of(g) == model.rows()
    assert (g.ambiguous, g.links) == (model.count("ambiguous"), len(model.edges))
    assert sorted(g.dangling["count"], reverse=True) == model.dangling()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES, deleted=st.sets(st.sampled_from("abcdefgh"), max_size=3))
def test_links_are_what_looking_at_every_article_finds(tmp_path_factory, batches, deleted):
    path = tmp_path_factory.mktemp("links") / "a.pna"
    now = {}
    ar = pynews.build(path, [plain(a) for a in batches[0]], progress=False)
    for batch in batches[1:]:
        ar.add([plain(a) for a in batch], progress=False)
    for batch in batches:
        for a in batch:
            now[a["id"]] = plain(a)
    if deleted & set(now):
        ar.delete(" OR ".join(f"id:{i}" for i in sorted(deleted & set(now))))
    model = [a for i, a in now.items() if i not in deleted]
    check_against(ar, Links(model), ("url", "title+date"))
    check_against(ar, Links(model, ("title", "url")), ("title", "url"))
    check_against(ar, Links(model, ("url", "teaser", "title")), ("url", "teaser", "title"))
    links = Links(model)
    for a in ar:
        assert {b.id for b in a.linked_from} == links.linked_from(a.id)
        assert (a.section and a.section.casefold()) == (links.section(a.id) and links.section(a.id).casefold())
    ar.verify()
    ar.close()


# --- real links

LINKS = DATA / "links_graph.tsv"
REAL = {"bitcoinops": "bitcoin_optech_to_2024.jsonl.xz", "digitalgov": "digitalgov.jsonl.xz"}


def real_articles(name, addresses):
    """The set's articles, each with the links of the table as related entries: title and date of the other, with or without its address."""
    with lzma.open(DATA / REAL[name], "rt") as f:
        rows = {r["file"]: r for r in map(json.loads, f) if r.get("title") and r.get("date")}
    links = {}
    for line in LINKS.read_text().splitlines():
        of, source, target = line.split("\t")
        if of == name and source in rows and target in rows:
            links.setdefault(source, []).append(target)
    out = []
    for file, r in rows.items():
        related = [{"title": rows[t]["title"], "date": rows[t]["date"][:10], "category": rows[t].get("lang", ""), "to": rows[t]["id"]} for t in links.get(file, ())]
        for entry, t in zip(related, links.get(file, ()), strict=True):
            entry |= {"url": rows[t].get("url") or f"/{t}"} if addresses else {}
        out.append({"id": r["id"], "title": r["title"], "date": r["date"][:10], "body": r.get("body", "")[:200], "url": r.get("url") or f"/{file}", "related": related})
    return out


def without_to(a):
    return {**a, "related": [{k: v for k, v in r.items() if k != "to"} for r in a["related"]]}


@pytest.mark.skipif(not LINKS.exists(), reason="the real sets are not here")
@pytest.mark.parametrize("addresses", [True, False])
@pytest.mark.parametrize("name", REAL)
def test_real_links_come_to_the_right_articles(tmp_path, name, addresses):
    articles = real_articles(name, addresses)
    names = Counter((a["title"], a["date"]) for a in articles)
    alone = {a["id"] for a in articles if names[a["title"], a["date"]] == 1}     # translations share title and date
    intended = Counter((a["id"], r["title"], r["to"]) for a in articles for r in a["related"])
    random.Random(7).shuffle(articles)
    at_once = pynews.build(tmp_path / "once.pna", [without_to(a) for a in articles], progress=False)
    fifth = -(-len(articles) // 5)
    pieces = pynews.build(tmp_path / "pieces.pna", [without_to(a) for a in articles[:fifth]], progress=False)
    for at in range(fifth, len(articles), fifth):
        pieces.add([without_to(a) for a in articles[at : at + fifth]], progress=False)
    model = Links([without_to(a) for a in articles])
    assert edges_of(at_once.related) == edges_of(pieces.related) == model.rows()
    found = Counter((e["source"], e["title"], e["target"]) for e in at_once.related.edges if e["target"])
    assert found == Counter({link: n for link, n in intended.items() if addresses or link[2] in alone})     # all that can be told, none wrong
    assert (at_once.related.links, at_once.related.dangling_links) == (intended.total(), 0)

    # after deletes and replaces: the graph of what is left
    gone = {a["id"] for a in articles[::7]}
    changed = {a["id"]: {**a, "title": a["title"] + " (again)"} for a in articles[3::11] if a["id"] not in gone}
    ids = sorted(gone)
    for at in range(0, len(ids), 200):
        pieces.delete(pynews.q.ids(*ids[at : at + 200]))
    pieces.add([without_to(a) for a in changed.values()], progress=False)
    left = [without_to(changed.get(a["id"], a)) for a in articles if a["id"] not in gone]
    fresh = pynews.build(tmp_path / "fresh.pna", left, progress=False)
    assert edges_of(pieces.related) == edges_of(fresh.related)
    if hasattr(pieces, "compact"):
        pieces.compact()
        assert edges_of(pieces.related) == edges_of(fresh.related)


# --- queries and sections


def test_queries_find_who_links_to_an_article_and_to_whom_it_links(demo):
    ar = demo[0]
    pairs = {(row["source"], row["target"]) for row in ar.related.edges if row["target"]}
    some = [a for a in ar if a.linked_from][:5]
    for a in some:
        assert {b.id for b in ar.search(pynews.q.links_to(a.id))} == {s for s, t in pairs if t == a.id}
        assert {b.id for b in ar.search(f"linked_from:{a.id}")} == {t for s, t in pairs if s == a.id}
        assert a.linked_from.query == f"links_to:{a.id}" and len(a.linked_from.base) == len(ar)
    both = ar.search(pynews.q.links_to(some[0].id, some[1].id))
    assert {b.id for b in both} == {s for s, t in pairs if t in (some[0].id, some[1].id)}
    assert len(ar.search("links_to:nobody")) == 0 and len(ar.search("NOT links_to:nobody")) == len(ar)


def test_the_most_linked_articles_come_first(demo):
    ar = demo[0]
    counts = Counter(row["target"] for row in ar.related.edges if row["target"])
    place = {a.id: i for i, a in enumerate(ar)}
    want = sorted(counts, key=lambda i: (-counts[i], place[i]))
    assert [a.id for a in ar.top(20, by="linked")] == want[:20]
    found = ar.search("blockchain")
    ids = {a.id for a in found}
    assert [a.id for a in found.top(1000, by="linked")] == [i for i in want if i in ids]
    five = found.top(5, by="linked")
    top = {a.id for a in five}
    assert len(ar.top(0, by="linked")) == 0 and len(five.base) == len(ar)
    assert edges_of(five.related) == Counter({row: n for row, n in edges_of(ar.related).items() if row[0] in top})


def test_an_address_names_an_article_in_links_to(tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [{"id": "a", "title": "A", "date": "2020-01-02", "url": "https://Example.org/a"},
                                           {"id": "b", "title": "B", "related": [{"url": "https://example.org/a#top"}]}])
    assert [x.id for x in ar.search("links_to:https://example.org/a")] == ["b"]


def test_sections_that_others_tell_are_asked_counted_and_drawn_like_own_ones(demo):
    ar, truth, _ = demo
    assert dict(ar.sections) == truth["sections"]      # the demo's pages name none, and its entries agree
    told = {a.id: a.section for a in ar}
    for name, n in truth["sections"].items():
        assert {a.id for a in ar.search(pynews.q.section(name.upper()))} == {i for i, s in told.items() if s == name}
        assert len(ar.filter(section=name)) == n
    assert {a.id for a in ar.search("section:none")} == {i for i, s in told.items() if s is None}
    assert {a.section_from for a in ar} == {"related", None}
    t = ar.trend(by="section", freq="year")
    assert {name: sum(t[i]["count"] for i in range(len(t)) if t[i]["series"] == name) for name in t.series} == truth["sections"]
    found = ar.search("blockchain")
    assert {row["name"]: row["count"] for row in found.counts("section")} == Counter(told[a.id] for a in found if told[a.id])
    assert ar.table(["section"])["section"].to_list() == list(told.values())
    with pytest.raises(pynews.UnknownNameError, match="did you mean 'Adoption'"):
        ar.search("section:Adoptoin")


def test_a_told_section_is_no_part_of_the_article(demo, tmp_path):
    ar = demo[0]
    ar[:"2019-02"].to_jsonl(tmp_path / "x.jsonl")
    assert all("section" not in json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines())


def test_own_sections_stand_and_links_are_left_alone_where_all_have_one(tmp_path):
    rows = [{"id": "a", "title": "A", "date": "2020-01-02", "section": "Own", "related": [{"title": "B", "date": "2020-01-01", "category": "Sea"}]},
            {"id": "b", "title": "B", "date": "2020-01-01", "section": "Own"}]
    ar = pynews.build(tmp_path / "a.pna", rows)
    assert [a.section for a in ar] == ["Own", "Own"] and len(ar.search("section:Own")) == 2
    assert not ar._snapshot.links_made()
    with pytest.raises(pynews.UnknownNameError):
        ar.search("section:Sea")


# --- real pages


@pytest.mark.skipif(not (DATA / "seed").exists(), reason="the real sets are not here")
def test_the_first_page_has_five_dangling_entries_one_of_them_from_two_years_later(tmp_path):
    g = pynews.build(tmp_path / "a.pna", DATA / "seed/article.txt", progress=False).related
    assert (g.links, g.dangling_links, g.forward, len(g)) == (5, 5, 2, 6)
    assert g.edges["lag_days"].to_list() == [17, -37, -44, -97, 634]
    assert g.dangling["category"].to_list() == ["Decentralization", "Adoption", "Adoption", "Adoption", "Adoption"]


@pytest.mark.skipif(not (DATA / "seed_layout_digitalgov.tar.xz").exists(), reason="the real sets are not here")
def test_pages_of_one_layout_link_as_their_printed_entries_say(tmp_path):
    with tarfile.open(DATA / "seed_layout_digitalgov.tar.xz") as t:
        t.extractall(tmp_path, filter="data")
    ar = pynews.build(tmp_path / "a.pna", tmp_path / "seed_layout_digitalgov/pages", progress=False)
    model = Links([a.to_dict() for a in ar])
    assert edges_of(ar.related) == model.rows()
    assert ar.related.resolved > 0.9 * ar.related.links > 0
    for a in list(ar)[::20]:
        assert (a.section or "").casefold() == (model.section(a.id) or "").casefold()


def test_cards_of_large_archives_do_not_resolve_links(demo, monkeypatch):
    from pynews import _article, _cards

    for module in (_article, _cards):
        monkeypatch.setattr(module, "LINKS_AT_HAND", 10)
    ar = pynews.open(demo[0].path)
    for thing in (ar, ar.search("blockchain"), ar[0]):
        assert thing._repr_mimebundle_()
    assert not ar._snapshot.links_made() and "dangling" not in repr(ar) and "sections" not in repr(ar)
    assert ar[0].section in (None, "Adoption", "Decentralization", "Regulation") and ar._snapshot.links_made()
    assert "sections" in repr(ar)


def test_what_the_archive_holds_several_times_is_not_said_to_be_missing(make):
    twice = [{"id": str(i), "title": "Rain", "date": "2020-01-01", "body": str(i)} for i in range(2)]
    g = make([*twice, {"id": "c", "title": "Fog", "date": "2020-01-02", "related": [{"title": "Rain", "date": "2020-01-01"}]}]).related
    assert g.ambiguous == 1 and "1 that the archive does not hold, or holds several times" in repr(g)
    assert any("not once in the archive" in line for line in _related_cards.most_linked_lines(g, 3))


def test_mixing_takes_names_in_any_spelling_for_one_as_counts_do(make):
    day = "2020-05-0{}".format
    spelled = [("AI", "News"), ("ai", "NEWS"), ("ＡＩ", "News"), ("What’s On", "Kids' Corner"), ("what's on", "kids’ corner")]
    ar = make([
        {"id": str(i), "title": f"T {i}", "date": day(i + 1), "tags": [tag], "section": section, "related": [{"title": f"T {k}", "date": day(k + 1)} for k in range(i)]}
        for i, (tag, section) in enumerate(spelled)
    ])  # fmt: skip
    for of in ("tag", "section"):
        names = ar.counts(of)["name"].to_list()
        assert len(names) == 2 and [(r["from"], r["to"], r["count"]) for r in ar.related.mixing(of)] == [(names[1], names[0], 6), (names[0], names[0], 3), (names[1], names[1], 1)]
