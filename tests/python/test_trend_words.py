"""Trends of words: how often the words of a query stand in the articles it finds, of all words, against reading every text."""
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews

WORDS = ("rain", "fog", "sun", "rainy")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
DATES = st.one_of(st.dates(dt.date(2020, 1, 20), dt.date(2020, 3, 10)).map(dt.date.isoformat), st.sampled_from(["2020-02", "2020", None]))
RECORDS = st.lists(st.tuples(DATES, TEXTS, TEXTS), max_size=25).map(
    lambda rows: [{"id": str(i), "title": f"t{i % 3} {title}", "date": d, "body": body} for i, (d, title, body) in enumerate(rows)]
)


def cut(record):
    """Words of title and body; the gap between them is a word that nobody looks for."""
    return record["title"].split(), record["body"].split()


def times(part, words):
    return sum(part[i : i + len(words)] == list(words) for i in range(len(part)))


def both(record, *words):
    title, body = cut(record)
    return times(title, words) + times(body, words)


QUERIES = {                                            # whether an article is found, and its hits
    "rain": (lambda r: both(r, "rain"), lambda r: both(r, "rain")),
    "rain OR fog": (lambda r: both(r, "rain") or both(r, "fog"), lambda r: both(r, "rain") + both(r, "fog")),
    "rain NOT fog": (lambda r: both(r, "rain") and not both(r, "fog"), lambda r: both(r, "rain")),
    '"rain fog"': (lambda r: both(r, "rain", "fog"), lambda r: both(r, "rain", "fog")),
    "rain*": (lambda r: both(r, "rain") + both(r, "rainy"), lambda r: both(r, "rain") + both(r, "rainy")),
    "title:rain": (lambda r: times(cut(r)[0], ["rain"]), lambda r: times(cut(r)[0], ["rain"])),
    "body:rain": (lambda r: times(cut(r)[1], ["rain"]), lambda r: times(cut(r)[1], ["rain"])),
    "title:t1": (lambda r: "t1" in cut(r)[0], lambda r: 1),
    "id:1": (lambda r: r["id"] == "1", lambda r: sum(map(len, cut(r)))),
}


def month(record):
    date = record["date"]
    return None if date is None or len(date) == 4 else dt.date.fromisoformat(date[:7] + "-01")


def sums(records, query):
    found, hits = QUERIES[query]
    out = {}
    for r in records:
        k, n = out.get(month(r), (0, 0))
        out[month(r)] = (k + (hits(r) if found(r) else 0), n + sum(map(len, cut(r))))
    return out


@given(RECORDS, st.sampled_from(sorted(QUERIES)), st.booleans())
def test_hits_and_words_equal_reading_every_text(tmp_path_factory, records, query, changed):
    with pynews.build(tmp_path_factory.mktemp("words") / "a.pna", [], progress=False) as ar:
        if changed:                                     # the same, after older versions and articles that are gone again
            ar.add([{**r, "body": "rain fog rain sun"} for r in records] + [{"id": "gone", "title": "rain", "date": "2020-02-02", "body": "rain fog"}], progress=False)
            ar.delete("id:gone")
        ar.add(records, progress=False)
        for articles, kept in ((ar, records), (ar.filter("title:t1 OR title:t2"), [r for r in records if r["title"][1] in "12"])):
            t = articles.trend(query, of="words")
            expected = sums(kept, query)
            left_out = expected.pop(None, (0, 0))
            assert {d: (k, n) for d, k, n in zip(t["date"], t["count"], t["total"], strict=True) if n} == {d: v for d, v in expected.items() if v[1]}
            assert (sum(t.unplaced["count"]), sum(t.unplaced["total"])) == left_out


@given(RECORDS)
def test_a_trend_of_words_is_bucketed_again_and_added_like_any_other(tmp_path_factory, records):
    with pynews.build(tmp_path_factory.mktemp("words") / "a.pna", records, progress=False) as ar:
        assert ar.trend("rain", "day", of="words").resample("week").to_dict() == ar.trend("rain", "week", of="words").to_dict()
        whole = ar.trend("rain", "month", of="words")
        parts = [ar.filter("title:t1").trend("rain", of="words"), ar.filter("NOT title:t1").trend("rain", of="words")]
        assert (parts[0] + parts[1]).to_dict() == whole.to_dict()


def test_words_have_no_band_and_articles_and_words_do_not_add(demo):
    t = demo.trend("korea", "year", of="words")
    assert t.unit == "words" and set(t["lower"]) == set(t["upper"]) == {None}
    assert sum(t["total"]) == demo.trend("korea", "year", of="words", by=None)["total"].to_numpy().sum() and t[0]["share"] == t[0]["count"] / t[0]["total"]
    assert set(t.smooth(3)["lower"]) == {None} and t.smooth(3)[1]["share"] == pytest.approx(sum(t["count"][:3]) / sum(t["total"][:3]), abs=1e-15)
    with pytest.raises(ValueError, match="unit"):
        t + demo.trend("korea", "year")
    with pytest.raises(ValueError, match="articles"):
        demo.trend("korea", of="stories")
    assert "a million" in repr(t) and len(t.at("2020")) == demo.trend("korea", "year")[1]["count"]


def test_a_trend_of_one_word_counts_its_hits_without_reading_texts(demo):
    from pynews import _core

    before = _core.blocks_decoded()
    t = demo.trend("the", "month", of="words")
    assert _core.blocks_decoded() - before <= 2 * 41
    assert sum(t["count"]) == sum(pynews.words(f"{a.title}\n\n{a.body}").count("the") for a in demo)


def test_without_a_query_all_words_are_counted_and_by_name_those_of_its_articles(demo):
    t = demo.trend(of="words", freq="year")
    assert t["count"].to_list() == t["total"].to_list() and sum(t["total"]) == sum(len(pynews.words(f"{a.title}\n\n{a.body}")) for a in demo)
    [tag] = demo.trend(by="tag", top=1, of="words", freq="year").series
    words = sum(len(pynews.words(f"{a.title}\n\n{a.body}")) for a in demo.search(f"tag:{tag}"))
    assert sum(demo.trend(by="tag", top=1, of="words", freq="year")["count"]) == words
