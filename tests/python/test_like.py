"""More like this: against weighing every word and scoring every article in plain Python."""
import math
import pickle
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pynews
from pynews import q

sys.path.insert(0, str(Path(__file__).parent))
from models.rank_model import Model

ALPHABET = [a + b for a in "abcdefgh" for b in "abcdefgh"]


def telling(model, i):
    """The 25 words of article i with the largest tf * idf that another article has as well; ties by bytes (docs/RANKING.md)."""
    words = [word for part in model.texts[i] for word in part]
    weights = {}
    for word in set(words):
        df = model.df(word)
        if df >= 2:
            weights[word] = words.count(word) * math.log(1 + (len(model.texts) - df + 0.5) / (df + 0.5))
    return sorted(weights, key=lambda word: (-weights[word], word.encode()))[:25]


def like(model, i, k):
    """(place, score) of the k articles most like article i."""
    others = [j for j in range(len(model.texts)) if j != i]
    return [(j, score) for j, score in model.top(others, telling(model, i), k) if score > 0]


def made(r, i):
    """A random article: some words are common, some rare, texts are of every length, many alike."""
    words = [ALPHABET[int(len(ALPHABET) * r.random() ** 2)] for _ in range(r.choice([0, 1, 3, 12, 60]))]
    date = r.choice(["", "2020", "2020-02", f"2020-02-{r.randrange(1, 29):02}"])
    return {"id": f"n{i}", "title": " ".join(r.choices(ALPHABET, k=r.randrange(4))), "body": " ".join(words) or "aa", "date": date}


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(1, 15), min_size=1, max_size=5), k=st.sampled_from([1, 2, 5, 20, 10_000]), gone=st.sampled_from(["", "ab", "ba", "ca"]))
def test_the_articles_most_like_one_are_those_of_scoring_every_article(tmp_path_factory, seed, sizes, k, gone):
    r = random.Random(seed)
    path = tmp_path_factory.mktemp("like") / "a.pna"
    with pynews.build(path, [made(r, r.randrange(40)) for _ in range(sizes[0])], progress=False) as ar:
        for size in sizes[1:]:
            ar.add([made(r, r.randrange(40)) for _ in range(size)], progress=False)
        if gone and 0 < len(ar.search(gone)) < len(ar):
            ar.delete(gone)
        articles = list(ar)
        model = Model([(a.title or "", a.body) for a in articles])
        for i in r.sample(range(len(articles)), min(len(articles), 4)):
            want = like(model, i, k)
            found = articles[i].similar(k)
            assert [a.id for a in found] == [articles[j].id for j, _ in want]
            assert found.table(["score"])["score"].to_list() == pytest.approx([score for _, score in want], abs=1e-9, rel=0)
            assert {a.id for a in ar.search(q.like(articles[i], k))} == {articles[j].id for j, _ in want}


@pytest.fixture
def ar(make):
    r = random.Random(7)
    archive = make([made(r, i) for i in range(30)])
    archive.add([made(r, i) for i in range(20, 60)], progress=False)
    return archive


def ids(articles):
    return {a.id for a in articles}


def test_it_joins_with_other_queries_and_is_always_of_the_whole_archive(ar):
    a = next(a for a in ar if len(a.similar(9)) == 9)
    near = ids(a.similar(9))
    assert ids(ar.search(f"like9:{a.id} AND length:10..")) == near & ids(ar.search("length:10.."))
    assert ids(ar.search(~q.like(a, 9))) == ids(ar) - near
    assert ids(ar.search(q.like(a, 9) | q.ids(a.id))) == near | {a.id}
    assert ids(ar.search("length:10..").search(q.like(a, 9))) == near & ids(ar.search("length:10.."))
    assert ids(ar.filter(q.like(a, 9)).search("aa")) == near & ids(ar.search("aa"))


def test_the_text_of_a_query_reads_back():
    assert str(q.like("a b", 7)) == 'like7:"a b"'
    assert q("like:x") == q("like20:x") == q.like("x")
    for expression in (q.like('say "no"'), q.like("https://example.org/a"), ~q.like("x", 1) & q("korea"), q.like("none", 10_000)):
        assert q(str(expression)) == expression


def test_similar_articles_are_a_ranking_of_the_archive(ar):
    a = next(a for a in ar if len(a.similar(3)) == 3)
    best = a.similar(3)
    assert best.table().columns[:2] == ["rank", "score"]
    assert len(best.base) == len(ar) and best.query == f"like3:{a.id}" and a not in best
    assert [x.id for x in pickle.loads(pickle.dumps(best))] == [x.id for x in best]
    assert [x.id for x in a.similar(2)] == [x.id for x in best][:2]


def test_an_article_without_a_word_of_others_is_like_none(make):
    ar = make([{"id": "a", "body": "one two"}, {"id": "b", "body": "three four"}, {"id": "c", "body": "..."}])
    assert [len(ar.article(name).similar()) for name in "abc"] == [0, 0, 0]
    assert len(ar.search("like:a OR three")) == 1


def test_explain_shows_what_it_finds(ar):
    a = next(a for a in ar if len(a.similar(3)) == 3)
    assert ar.search(f"like3:{a.id} OR zzzz").explain().split("\n")[3] == f"3  ├ like3:{a.id}"
    assert q(f"like3:{a.id}").explain().endswith(f"like3:{a.id}")


def test_an_unknown_article_is_named_and_one_like_it_offered(make):
    ar = make([{"id": "Abc", "url": "https://example.org/x", "body": "rain"}, {"id": "d", "body": "rain"}])
    for query, suggestions in (("like:nobody", []), ("rain OR like5:d OR like:ABc", []), ('like:" Abc"', ["Abc"]), ("like:https://example.org/x", ["Abc"])):
        with pytest.raises(pynews.UnknownNameError) as e:
            ar.search(query)
        assert e.value.kind == "article" and e.value.suggestions == suggestions
    a = ar.article("Abc")
    ar.delete("id:Abc")
    with pytest.raises(pynews.UnknownNameError, match="there is no article 'Abc'"):
        ar.search(q.like(a))


@pytest.mark.parametrize("k", [0, -1, 10_001, 10**12])
def test_one_to_ten_thousand_articles_may_be_asked_for(ar, k):
    with pytest.raises(ValueError, match="10,000"):
        q.like("n1", k)
    with pytest.raises(ValueError, match="10,000"):
        ar[0].similar(k)
    if k >= 0:
        with pytest.raises(pynews.QuerySyntaxError, match="like finds 1 to 10,000 articles"):
            q(f"korea like{k}:n1")


def test_an_article_of_no_archive_is_like_none_of_it(ar):
    with pytest.raises(ValueError, match="of none"):
        pickle.loads(pickle.dumps(ar[0])).similar()
