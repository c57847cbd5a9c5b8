"""The words of articles as a mapping."""
import collections

import pytest

import pynews


def test_words_count_live_articles_of_all_segments(make):
    ar = make([{"id": "a", "title": "Rain", "body": "rain and sun"}, {"id": "b", "body": "Sun, snow"}])
    ar.add([{"id": "c", "body": "sun"}, {"id": "b", "body": "hail and Hail"}], progress=False)
    counts = {"and": 2, "sun": 2, "hail": 1, "rain": 1}
    assert dict(ar.words) == counts and list(ar.words) == list(counts) and len(ar.words) == 4
    assert ar.words["SUN"] == 2 and "snow" not in ar.words and ar.words.get("snow", 0) == 0
    assert ar.words.prefix("s").to_dict() == {"word": ["sun"], "count": [2]}
    ar.delete("sun")
    assert dict(ar.words) == {"and": 1, "hail": 1}


def test_words_are_those_of_reading_all_articles(demo):
    texts = [f"{a.title}\n\n\n{a.body}" for a in demo]
    counts = collections.Counter(word for text in texts for word in {w for w, *_ in pynews._core.words(text)})
    assert dict(demo.words) == counts and len(demo.words) == len(counts)
    assert demo.words.prefix("", 5)["word"].to_list() == sorted(counts, key=lambda w: (-counts[w], w))[:5]


def test_words_of_a_selection_are_those_of_its_articles(make):
    texts = {"a": "rain and sun", "b": "sun snow", "c": "sun sun", "d": "hail sun"}
    ar = make([{"id": k, "body": text, "date": "2020-01-01"} for k, text in texts.items() if k in "ab"])
    ar.add([{"id": k, "body": texts[k]} for k in "cd"], progress=False)
    ar.delete("id:b")
    for query in ("sun", "rain OR hail", "date:2020", "sun AND NOT id:c", "snow"):
        found = ar.search(query)
        counts = collections.Counter(word for a in found for word in set(a.body.split()))
        assert dict(found.words) == counts and len(found.words) == len(counts), query
        assert list(found.words) == sorted(counts, key=lambda w: (-counts[w], w))
    found = ar.search("rain OR hail")
    assert found.words["SUN"] == 2 and "snow" not in found.words and found.words.prefix("h").to_dict() == {"word": ["hail"], "count": [1]}
    assert dict(found.top(1, by="newest").words) == dict.fromkeys(["and", "rain", "sun"], 1)


def test_words_of_part_of_the_demo_are_those_of_reading_it(demo):
    found = demo["2020-08"].search("korea OR bank")
    counts = collections.Counter(word for a in found for word in {w for w, *_ in pynews._core.words(f"{a.title}\n\n\n{a.body}")})
    assert dict(found.words) == counts and len(found) > 10


def test_listed_words_are_not_asked_for_one_by_one(demo, monkeypatch):
    words = demo.search("korea").words
    listed = list(words)
    monkeypatch.setattr(pynews.Articles, "search", None)
    assert dict(words) == {word: words[word] for word in listed} and len(listed) > 100


def test_a_word_that_no_article_has_is_named(demo):
    for word in ("zzzz", "", "…", 3):
        assert word not in demo.words
    with pytest.raises(pynews.UnknownNameError, match="zzzz"):
        demo.words["zzzz"]


def test_completion_is_capped_and_the_card_counts_all(demo):
    assert len(demo.words._ipython_key_completions_()) == 1000
    assert f"8 of {len(demo.words):,} words" in repr(demo.words)


def test_the_beginning_of_a_word_is_folded_as_words_are(demo):
    assert demo.words.prefix("BLOCKCH").to_dict() == demo.words.prefix("Blockch").to_dict() == demo.words.prefix("blockch").to_dict()
    assert demo.words.prefix("Blockch")["word"].to_list() == ["blockchain"]
