"""Ranking: BM25 against going through all articles, golden numbers, the newest and the oldest."""
import contextlib
import datetime as dt
import math
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pynews

sys.path.insert(0, str(Path(__file__).parent))
from models.rank_model import Model, norm_length, text_of

WORDS = ["ab", "abc", "b", "c", "d"]
text = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
long_text = st.tuples(text, st.sampled_from([1, 1, 1, 5, 30])).map(lambda t: " ".join([t[0]] * t[1]))
article = st.fixed_dictionaries({"id": st.integers(0, 30).map(str), "title": text, "body": long_text.map(lambda t: t if t.strip() else "d"), "date": st.sampled_from(["", "2020", "2020-02", *(f"2020-02-0{d}" for d in range(1, 6))])})
batches = st.lists(st.lists(article, min_size=1, max_size=12), min_size=1, max_size=4)
leaf = st.sampled_from(["ab", "b", "c", "zz", "a*", "ab*", "ab b", "b b", "c d ab"])


@contextlib.contextmanager
def built(batches):
    """An archive to which each batch was added by itself."""
    with tempfile.TemporaryDirectory() as folder, pynews.build(Path(folder) / "a.pna", batches[0], progress=False) as ar:
        for batch in batches[1:]:
            ar.add(batch, progress=False)
        yield ar


def model_of(ar):
    return Model([(a.title or "", a.body) for a in ar])


@settings(max_examples=40)
@given(batches=batches, leaves=st.lists(leaf, min_size=1, max_size=4), joined=st.sampled_from([" OR ", " AND "]), k=st.integers(0, 12), gone=st.sampled_from(["", "c", "abc"]))
def test_the_best_are_those_of_scoring_every_article(batches, leaves, joined, k, gone):
    with built(batches) as ar:
        if gone and 0 < len(ar.search(gone)) < len(ar):
            ar.delete(gone)
        model = model_of(ar)
        found = ar.search(joined.join(map(text_of, leaves)))
        place = {a.id: i for i, a in enumerate(ar)}
        expected = model.top([place[a.id] for a in found], leaves, k)
        best = found.top(k)
        assert [place[a.id] for a in best] == [i for i, _ in expected]
        assert best.table(["score"])["score"].to_list() == pytest.approx([score for _, score in expected], abs=1e-9, rel=0)


@settings(max_examples=40)
@given(
    bodies=st.lists(st.lists(st.sampled_from(["ab", "b", "c"]), min_size=1, max_size=9).map(" ".join), min_size=1, max_size=40),
    leaves=st.lists(st.sampled_from(["ab b~1", "b ab~3", "b b~2", "ab b c~4", "ab b", "c"]), min_size=1, max_size=3),
    k=st.integers(1, 6),
)
def test_loose_phrases_count_every_beginning(bodies, leaves, k):
    """Also more often than the rarest of their words stands there."""
    with built([[{"id": str(i), "date": "2020-01-01", "body": body} for i, body in enumerate(bodies)]]) as ar:
        found = ar.search(" OR ".join(map(text_of, leaves)))
        assert [(a.id, s) for a, s in scored(found)][:k] == [(a.id, s) for a, s in zip(found.top(k), found.top(k).table(["score"])["score"] if found else [], strict=True)]
        expected = model_of(ar).top([int(a.id) for a in found], leaves, k)
        assert [int(a.id) for a in found.top(k)] == [i for i, _ in expected]


@settings(max_examples=20)
@given(batches=batches, leaves=st.lists(leaf, min_size=1, max_size=3), k=st.integers(1, 40))
def test_what_has_none_of_the_words_comes_last(batches, leaves, k):
    with built(batches) as ar:
        found = ar.search(" OR ".join([*map(text_of, leaves), "NOT zzz"]))
        expected = model_of(ar).top(range(len(ar)), leaves, k)
        places = {a.id: i for i, a in enumerate(ar)}
        assert [places[a.id] for a in found.top(k)] == [i for i, _ in expected]


@settings(max_examples=20)
@given(batches=batches, leaves=st.lists(leaf, min_size=1, max_size=3))
def test_a_ranking_does_not_depend_on_segments(batches, leaves):
    last = {a["id"]: a for batch in batches for a in batch}
    with built(batches) as many:
        with built([[last[a.id] for a in many]]) as one:
            query = " OR ".join(map(text_of, leaves))
            assert [(a.id, s) for a, s in scored(one.search(query))] == [(a.id, s) for a, s in scored(many.search(query))]


def scored(found):
    best = found.top(len(found))
    return list(zip(best, best.table(["score"])["score"] if found else [], strict=True))


def test_many_windows_of_articles_are_ranked_as_one(tmp_path):
    """More articles than a window and a block hold, with rare and common words, ties everywhere."""

    def made(i):
        return {"id": str(i), "title": "", "date": f"20{i % 20:02}-01-01", "body": "common " * (1 + i % 3) + ("rare " * (i % 7) if i % 97 == 0 else "") + "other " * (i % 50)}

    with pynews.build(tmp_path / "a.pna", [made(i) for i in range(6000)], progress=False) as ar:
        ar.add([made(i) for i in range(6000, 8000)], progress=False)
        articles = [(a.title or "", a.body) for a in ar]
        model = Model(articles)
        dfs = {word: model.df(word) for word in ("common", "rare", "other")}
        model.df = dfs.__getitem__
        ids = [a.id for a in ar]
        for query, leaves in (("rare", ["rare"]), ("common", ["common"]), ("common OR rare OR other", ["common", "rare", "other"]), ("common rare", ["common", "rare"]), ('"common other"', ["common other"]),
                              ('"rare rare" OR "common rare" OR "common other"', ["rare rare", "common rare", "common other"])):
            enough = any if " OR " in query else all
            chosen = [i for i, (_, body) in enumerate(articles) if enough(leaf in body for leaf in leaves)]
            for k in (1, 10, 700):
                assert [a.id for a in ar.search(query).top(k)] == [ids[i] for i, _ in model.top(chosen, leaves, k)], (query, k)


# --- golden numbers, worked out by hand from the formula


def two(make):
    return make([{"id": "a", "date": "2020-01-01", "body": "rain rain sun"}, {"id": "b", "date": "2020-01-02", "body": "sun"}])


def test_one_word(make):
    """N 2, df 1: idf = ln(1 + 1.5/1.5) = ln 2; mean length 2, length 3, tf 2: K = 1.2 (0.25 + 0.75 * 1.5) = 1.65; ln 2 * 2 / 3.65."""
    [row] = two(make).search("rain").top().table(["score"])
    assert row["score"] == pytest.approx(math.log(2) * 2 / 3.65, abs=1e-12)


def test_two_words(make):
    """sun: df 2, idf = ln(1 + 0.5/2.5) = ln 1.2; a: K 1.65, tf 1; b: length 1, K = 1.2 (0.25 + 0.375) = 0.75."""
    a, b = two(make).search("rain OR sun").top().table(["id", "score"])
    assert (a["id"], b["id"]) == ("a", "b")
    assert a["score"] == pytest.approx(math.log(2) * 2 / 3.65 + math.log(1.2) / 2.65, abs=1e-12)
    assert b["score"] == pytest.approx(math.log(1.2) / 1.75, abs=1e-12)


def test_a_phrase(make):
    """"rain sun" stands once in a: (ln 2 + ln 1.2) / 2.65; the words of NOT count nothing."""
    [row] = two(make).search('"rain sun" NOT snow').top().table(["score"])
    assert row["score"] == pytest.approx((math.log(2) + math.log(1.2)) / 2.65, abs=1e-12)


def test_a_loose_phrase_may_stand_more_often_than_its_rarest_word(make):
    """"ab b"~3 begins at 0 and 4 in the first, at -1, 0 and 2 in the second, which has "ab" once: three are more than two."""
    ar = make([{"id": "two", "date": "2020-01-01", "body": "ab b c c ab b"}, {"id": "three", "date": "2020-01-02", "body": "b b ab b c c"}])
    assert [a.id for a in ar.search('"ab b"~3').top(1)] == ["three"]


def test_lengths_are_as_coarse_as_the_norm_byte():
    assert [norm_length(n) for n in (0, 40, 41, 42, 43, 55, 56, 57, 60, 87, 88, 1000)] == [0, 40, 40, 42, 42, 54, 56, 56, 60, 84, 88, 984]


# --- what a ranking is


def test_a_replaced_article_counts_no_more(make):
    ar = two(make)
    ar.add([{"id": "b", "date": "2020-01-02", "body": "snow"}], progress=False)
    [row] = ar.search("sun").top().table(["score"])
    assert row["score"] == pytest.approx(math.log(2) / 2.65, abs=1e-12)      # df 1 of 2, mean length 2, as if b had never had another text


def test_a_ranking_keeps_base_and_query_and_can_be_asked(make):
    found = two(make).search("rain OR sun")
    best = found.top(1)
    assert (len(best), len(best.base), best.query) == (1, 2, found.query)
    assert [a.id for a in best] == [best[0].id] == ["a"]
    assert sum(best.trend(freq="year")["count"]) == 1
    assert len(best & found) == 1 and len(found - best) == 1
    assert [a.id for a in found.top(2) | found] == ["a", "b"]


def test_tables_of_rankings_begin_with_rank_and_score(make):
    found = two(make).search("rain OR sun")
    assert found.top().table().columns[:3] == ["rank", "score", "id"]
    assert found.top(by="newest").table().columns[:2] == ["rank", "id"]
    assert found.table().columns[0] == "id"
    with pytest.raises(pynews.UnknownNameError):
        found.table(["rank"])


def test_newest_and_oldest_put_coarse_dates_last(make):
    dates = {"d1": "2020-05-01", "d2": "2020-05-02", "t": "2020-05-02T10:00", "m": "2021-06", "y": "2022", "none": ""}
    ar = make([{"id": i, "date": d, "body": "x"} for i, d in dates.items()])
    assert [a.id for a in ar.top(6, by="newest")] == ["t", "d2", "d1", "m", "y", "none"]
    assert [a.id for a in ar.top(6, by="oldest")] == ["d1", "d2", "t", "m", "y", "none"]
    assert [a.id for a in ar.top(4, by="newest").top(2, by="oldest")] == ["d1", "d2"]
    assert ar.top(2, by="newest")[0].date == dt.date(2020, 5, 2)


def test_what_cannot_be_ranked_says_the_way_on(make):
    ar = two(make)
    with pytest.raises(ValueError, match=r"no query to rank by: \.search"):
        ar.top()
    with pytest.raises(ValueError, match=r"no word to rank by: \.search"):
        ar.search("NOT snow").top()
    with pytest.raises(ValueError, match="-1"):
        ar.search("sun").top(-1)
    assert len(ar.search("sun").top(2**64)) == len(ar.top(2**64 + 1, by="oldest")) == len(ar.sample(2**64)) == 2
    with pytest.raises(pynews.UnknownNameError, match="best"):
        ar.search("sun").top(by="best")


def test_cards_say_in_which_order_they_stand(make):
    found = two(make).search("rain OR sun")
    assert "best first" in repr(found.top()) and "newest first" in repr(found)
