"""A date of a month or a year is shown as far as it was printed; what leaves for other programs is its first day."""
import datetime as dt
import pickle

import pytest

RECORDS = [
    {"id": "a", "title": "Rain", "date": "August 2020", "body": "rain"}, {"id": "b", "title": "Rain and fog", "date": "2019", "body": "rain again"},
    {"id": "c", "title": "Rain at sea", "date": "2020-08-03T10:00:00Z", "body": "rain"}, {"id": "d", "title": "Rain again", "body": "rain"},
    {"id": "e", "title": "Rain at last", "date": "2020-08-01", "body": "no rain"},
]  # fmt: skip
SHOWN = {"a": "2020-08", "b": "2019", "c": "2020-08-03", "d": "—", "e": "2020-08-01"}


def dates(card):
    """Dates of a card by id."""
    return {line.split()[0]: line.split()[1] for line in card.split("\n") if line[:1] in SHOWN and line[1:2] == " "}


def again(thing):
    return pickle.loads(pickle.dumps(thing))


@pytest.fixture
def ar(make):
    return make(RECORDS)


def test_a_table_of_articles_shows_dates_as_far_as_they_were_printed(ar):
    t = ar.table(["id", "date", "title"])
    assert dates(repr(t)) == SHOWN
    html = t._repr_mimebundle_()["text/html"]
    assert ">2020-08<" in html and ">2019<" in html and "2019-01-01" not in html and html.count("2020-08-01") == 1


def test_rows_taken_sorted_ranked_and_pickled_keep_their_own_precision(ar):
    t = ar.table(["id", "date", "title"])
    for some in (t[::-1], t[1:4], t.sort("title"), t.sort("date", descending=True)[1:], ar.search("rain").top(3).table(["id", "date"]), ar.table(["id", "date"]).head(2)):
        for one in (some, again(some), again(some)[1:], again(some[1:])):
            assert dates(repr(one)) == {name: SHOWN[name] for name in one["id"]}


def test_exported_dates_are_days_and_date_precision_tells_them_apart(ar):
    t = ar.table(["id", "date", "date_precision"])
    there = dict(zip(t["id"], zip(t["date"], t["date_precision"], strict=True), strict=True))
    assert there["a"] == (dt.date(2020, 8, 1), "month") and there["b"] == (dt.date(2019, 1, 1), "year") and there["e"] == (dt.date(2020, 8, 1), "day")
    assert "a,2020-08-01,month" in t.to_csv() and there["d"] == (None, None)


def test_a_concordance_shows_dates_as_far_as_they_were_printed(ar):
    for k in (ar.kwic("rain"), ar.search("rain").kwic("rain", sort="R1"), ar.kwic("rain")[2:]):
        shown, html = repr(k), k._repr_mimebundle_()["text/html"]
        assert [line.split()[0] for line in shown.split("\n")[1:-1]] == [{"—": "undated"}.get(SHOWN[i], SHOWN[i]) for i in k["id"]]
        assert "2020-08 " in shown and "2019-01-01" not in shown + html and ">2020-08<" in html
        assert dates(repr(k._take(range(len(k))))) == dates(repr(again(k))) == {name: SHOWN[name] for name in k[:8]["id"]}


def test_a_table_is_shown_after_its_archive_was_closed(ar):
    t = ar.table(["id", "date"])
    ar.close()
    assert dates(repr(t)) == dates(repr(again(t))) == SHOWN


def test_a_table_keeps_its_precision_when_the_archive_moves_on(ar):
    t = ar.table(["id", "date"])
    ar.add([{"id": "b", "title": "Now known", "date": "2019-05-05"}, {"id": "0", "title": "First", "date": "2001-01-01"}])
    assert dates(repr(t)) == SHOWN


# --- related entries

LINKED = [
    {"id": "a", "title": "Rain", "date": "August 2020", "modified": "2021", "related": [{"title": "Fog", "date": "2019"}, {"title": "Snow", "date": "March 2018"}]},
    {"id": "b", "title": "Fog", "date": "2019", "related": [{"title": "Rain", "date": "2020-08"}, {"title": "Snow", "date": "March 2018"}]},
    {"id": "c", "title": "Sun", "date": "2020-08-01", "related": [{"title": "Snow", "date": "2018-03-01"}, {"title": "Rain", "date": "2020-08"}]},
]  # fmt: skip


def column(card, name):
    """Cells of a column of a card without blanks in its cells."""
    lines = [line.split() for line in card.split("\n")[:-1]]
    header = next(i for i, line in enumerate(lines) if name in line)
    return [line[lines[header].index(name)] for line in lines[header + 1 :]]


@pytest.fixture
def g(make):
    return make(LINKED).related.resolve(by="title")


def test_tables_of_links_show_dates_as_far_as_they_were_printed(g):
    assert column(repr(g.edges), "date") == ["2018-03-01", "2020-08", "2019", "2018-03", "2020-08", "2018-03"]
    assert column(repr(g.nodes), "date") == ["2020-08-01", "2020-08", "2019", "2018-03-01", "2018-03"]
    assert g.edges["date"].to_list()[1] == dt.date(2020, 8, 1) and g.edges["date"].dtype == "date32" and "2020-08-01" in g.edges.to_csv()
    for html in (t._repr_mimebundle_()["text/html"] for t in (g.edges, g.nodes)):
        assert ">2020-08<" in html and ">2019<" in html and "2019-01-01" not in html


def test_first_and_last_of_what_dangles_are_as_exact_as_the_articles_are(g):
    shown = repr(g.dangling)
    assert column(shown, "date") == ["2018-03", "2018-03-01"] and column(shown, "first") == ["2019", "2020-08-01"] and column(shown, "last") == ["2020-08", "2020-08-01"]


def test_the_finer_one_of_two_dates_that_begin_together_is_shown(make):
    g = make([{"id": str(i), "title": f"Rain {i}", "date": date, "related": [{"title": "Snow"}]} for i, date in enumerate(["2020-08", "2020-08-01", "2020"])]).related
    shown = repr(g.dangling)
    assert column(shown, "first") == ["2020"] and column(shown, "last") == ["2020-08-01"]


def test_nodes_that_are_ranked_cut_and_pickled_keep_how_far_they_were_printed(g):
    want = {("Rain", "2020-08"), ("Fog", "2019"), ("Sun", "2020-08-01"), ("Snow", "2018-03-01"), ("Snow", "2018-03")}
    for t in (g.pagerank(), g.degree("in"), g.communities(), g.degree()[::-1], g.nodes.sort("title"), g.nodes[1:], g.subgraph(["a", "b"]).nodes, g.ego("a").nodes):
        for one in (t, again(t), again(t)[1:], again(t[1:])):
            shown = set(zip(column(repr(one), "title"), column(repr(one), "date"), strict=True))
            assert shown == want if len(one) == 5 else shown < want
    edges = g.ego("a").edges
    assert "2019" in column(repr(edges), "date") and column(repr(edges), "date") == column(repr(again(edges)), "date")


def test_an_article_shows_its_entries_and_its_change_as_far_as_they_were_printed(make):
    a = make(LINKED).article("a")
    html = a._repr_mimebundle_()["text/html"]
    assert "modified  2021\n" in repr(a) and ">2019<" in html and ">2018-03<" in html and "-01<" not in html
    assert [(r.date, r.date_precision) for r in a.related] == [(dt.date(2019, 1, 1), "year"), (dt.date(2018, 3, 1), "month")]
    assert repr(a.related[0]) == "Related('Fog', date=2019, category=None)"


def test_lines_of_json_keep_dates_of_entries_and_changes_as_coarse_as_they_are(make, tmp_path):
    ar = make(LINKED)
    ar.to_jsonl(tmp_path / "all.jsonl")
    back = make(tmp_path / "all.jsonl")
    for one, other in zip(ar, back, strict=True):
        assert one.to_dict() == other.to_dict() and [r.date_precision for r in one.related] == [r.date_precision for r in other.related]
    assert back.related.resolved == ar.related.resolved == 0
