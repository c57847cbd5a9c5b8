"""What somebody types who knows data frames and not pynews: it works, or says what to type."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest

import pynews


def test_every_result_about_links_and_words_can_be_cited(demo):
    fingerprint = demo._snapshot.info()["fingerprint"]
    g = demo.search("korea").related
    tables = [g.nodes, g.edges, g.dangling, g.endpoints, g.lags, g.degree(), g.pagerank(), g.hits(), g.communities(), g.mixing("section"), g.threads()]
    tables += [g.ego(demo.search("korea")[0], 1).edges, g.subgraph(demo.search("korea")["2020"]).pagerank()]
    for table in tables:
        assert "331 of 3,000 articles" in table.cite().split("\n")[0] and fingerprint in table.cite()
    assert fingerprint in demo.words.prefix("block").cite()


def test_selections_and_archives_can_be_cited(demo):
    assert demo.search("korea").cite().startswith("Articles of korea: 331 of 3,000 articles.\npynews ")
    assert demo.cite().startswith("Articles of all articles: 3,000 of 3,000 articles.\n")


@pytest.mark.parametrize("n", [0, 1, 7, 40, 1000, -3])
def test_a_head_is_the_first_rows_of_the_whole_table_over_several_segments(make, n):
    ar = make([{"id": f"a{i}", "date": f"2020-{i % 12 + 1:02}-03", "title": "Rain" if i % 3 else "", "body": "rain " * (i % 5 + 1)} for i in range(40)])
    ar.add([{"id": f"b{i}", "date": f"2020-{i % 12 + 1:02}-02", "body": "rain sun", "section": "City"} for i in range(30)], progress=False)
    for articles in (ar, ar.search("rain"), ar.search("sun").top(9), ar.search("none such")):
        assert articles.head(n).to_dict() == articles.table()[:n].to_dict()


def test_selections_have_a_head_and_go_to_csv(demo, tmp_path):
    found = demo.search("korea")
    assert found.head().to_dict() == found.table().head(5).to_dict() and len(found.head(2)) == 2
    assert found.top(3).head(1)["rank"].to_list() == [1]
    found.to_csv(tmp_path / "found.csv", ["date", "title"])
    assert len(pd.read_csv(tmp_path / "found.csv")) == 331 and found.to_csv(columns=["date", "title"]).startswith("date,title\n")


def test_records_of_a_data_frame_may_have_nothing_in_a_cell(tmp_path):
    rows = [{"title": "Rain", "date": pd.Timestamp("2020-08-01"), "text": math.nan, "n": 1.5}, {"title": "Fog", "date": pd.NaT, "text": "It is grey", "section": pd.NA}]
    ar = pynews.build(tmp_path / "a.pna", rows)
    assert ar.report.stored == 2 and ar.report.skipped == 0
    assert [(a.title, a.body, a.section) for a in ar] == [("Rain", "", None), ("Fog", "It is grey", None)]
    assert "date_not_understood" not in ar.report.summary["code"].to_list()


@pytest.mark.parametrize(
    ("typed", "error", "advice"),
    [
        (lambda ar: ar[:3], TypeError, r"\.head\(n\)"),
        (lambda ar: ar.top("korea"), TypeError, r"\.search\('korea'\)\.top\(\)"),
        (lambda ar: ar.filter(year=2020), TypeError, r'\["2020-08"\]'),
        (lambda ar: ar.trend(["korea", "electric"]).at("2020-08"), ValueError, r"series='korea'"),
        (lambda ar: pynews.open(ar.path, at=1), ValueError, r"'v12'.*\.pins"),
        (lambda ar: pynews.open(__file__), NotADirectoryError, r"pynews\.build"),
        (lambda ar: ar.trend("korea").to_pandas(index="Date"), pynews.UnknownNameError, "did you mean 'date'"),
        (lambda ar: pynews.q.tag(5), TypeError, "a value of a query is a str, not int"),
        (lambda ar: ar.search("korea") in ar, TypeError, "a & b"),
        (lambda ar: pynews.build("new.pna", "https://example.org/feed.xml"), FileNotFoundError, "nothing is fetched: save what is there"),
    ],
)
def test_what_is_typed_by_habit_gets_the_words_that_do_it(demo, typed, error, advice):
    with pytest.raises(error, match=advice):
        typed(demo)


@pytest.mark.parametrize(("typed", "completed"), [('ar.tags["Blo', "Blockchain"), ('ar.sections["Ad', "Adoption"), ('ar.words["blockch', "blockchain"), ('t["sha', "share")])
def test_names_are_completed_while_they_are_typed(demo, typed, completed):
    from IPython.core.completer import IPCompleter, provisionalcompleter

    completer = IPCompleter(namespace={"ar": demo, "t": demo.trend("korea")}, use_jedi=False)
    with provisionalcompleter():
        assert completed in [c.text for c in completer.completions(typed, len(typed))]


def test_the_card_says_when_records_were_skipped_and_how_columns_get_their_meaning(tmp_path):
    frame = pd.DataFrame({"Heading": ["Rain", "Sun"], "Copy": ["It rained", "It shone"]})
    card = repr(pynews.build(tmp_path / "a.pna", frame))
    assert "note      1 of 1 record read last was skipped: .report says why; names of your own: build(…, fields=" in card
    named = pynews.build(tmp_path / "b.pna", frame, fields={"Heading": "title", "Copy": "body"})
    assert [a.title for a in named] == ["Rain", "Sun"] and "skipped" not in repr(named)
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"title": "Fog", "body": "grey"}\nnope\n')
    assert "1 of 2 records read last was skipped: .report says why\n" in repr(pynews.build(tmp_path / "c.pna", broken))


def test_names_are_read_not_set(demo):
    with pytest.raises(AttributeError, match="tags cannot be set"):
        demo.tags = {}
    assert "most frequent first" in pynews.Archive.tags.__doc__


def test_a_day_in_brackets_and_an_article_in_a_query_do_as_they_are(demo):
    assert len(demo[dt.date(2020, 8, 5)]) == len(demo["2020-08-05"]) == 2 and len(demo[dt.date(2020, 8, 5)].base) == 2
    a = demo["2020-08-05"][0]
    assert [found.id for found in demo.search(pynews.q.ids(a))] == [a.id]
    assert pynews.q.links_to(a, "x") == pynews.q.links_to(a.id, "x") and pynews.q.linked_from(a) == pynews.q.linked_from(a.id)
