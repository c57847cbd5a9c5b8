"""Every set of real articles, held against a model that answers by going through all of them.

The first 20,000 rows of a set by default, all rows with PYNEWS_TRUST=1.  The model (models/archive_model.py) shares no code with pynews.
"""
import collections
import datetime as dt
import gc
import io
import itertools
import json
import lzma
import os
import random
import re
import sys
from pathlib import Path

import pytest

import pynews
from pynews import _core

sys.path.insert(0, str(Path(__file__).parent))
from models import archive_model

ROWS = None if os.environ.get("PYNEWS_TRUST") == "1" else 20_000
SETS = ["reuters_fulltext_2009_2011", "reuters_headlines_2007_2008", "reuters_21578_train", "arabic_ant", "chinese_xinwenlianbo",
        "portuguese_fakebr_true", "ruby_lang_17_languages", "bitcoin_optech_to_2024", "monero", "digitalgov", "crypto_cryptoprism", "lk_articles"]
Both = collections.namedtuple("Both", "archive model rng first_lines")


def first_lines(path):
    """Lines of a set, at most ROWS, and whether these are all."""
    with lzma.open(path, "rb") as f:
        lines = list(itertools.islice(f, ROWS))
        return lines, not f.read(1)


@pytest.fixture(scope="module", params=SETS)
def both(request, tmp_path_factory, data_file):
    path = data_file(f"{request.param}.jsonl.xz")
    lines, whole = first_lines(path)
    place = tmp_path_factory.mktemp("sets") / "set.pna"
    with pynews.build(place, path if whole else io.BytesIO(b"".join(lines)), progress=False) as archive:
        gc.disable()                                       # the model makes millions of objects that stay, and no cycles
        model = archive_model.Model(lines)
        gc.freeze()
        gc.enable()
        yield Both(archive, model, random.Random(request.param), lines[:300])
        gc.unfreeze()


# --- what is asked

def sampled_words(both):
    """Frequent ones, some of every kind, rare ones, and ones that are not there."""
    places = both.model.found_in
    by_count = both.model.by_count
    rare = [term for term in by_count if len(places[term]) <= 2]
    other = [term for term in by_count[300:] if len(places[term]) > 2]
    absent = [term[::-1] + "q" for term in both.rng.sample(by_count, 40)]
    return (both.rng.sample(by_count[:300], 60) + both.rng.sample(other, 80) + both.rng.sample(rare, min(60, len(rare)))
            + [term for term in absent if term not in places][:20])


def sampled_ands(both, n):
    """Words that stand in one article, two to four of them, and sometimes one from elsewhere."""
    model, rng = both.model, both.rng
    for _ in range(n):
        terms = [model.vocabulary[number] for number in set(rng.choice(model.articles).terms) - {0}]
        parts = rng.sample(sorted(terms), min(len(terms), rng.randint(2, 4)))
        if rng.random() < 0.3:
            parts.append(rng.choice(model.by_count))
        yield parts


def sampled_phrases(both, n):
    """Stretches of the texts, from the beginning of a word to the end of one; inside a word where there are no blanks."""
    texts = [text for article in both.rng.choices(both.model.articles, k=2 * n) for text in (article.title, article.body) if text]
    for text in both.rng.sample(texts, min(n, len(texts))):
        words = list(re.finditer(r"\S+", text))
        first = both.rng.randrange(len(words))
        last = words[min(len(words) - 1, first + both.rng.randint(1, 5))]
        stretch = text[words[first].start():last.end()]
        if len(stretch) > 100:
            at = both.rng.randrange(len(stretch) - 12)
            stretch = stretch[at:at + both.rng.randint(1, 12)]
        phrase = re.sub("[\\\\\"\u201c\u201d\u201e\u00ab\u00bb]", " ", stretch)
        if archive_model.words_of(phrase):
            yield phrase


def met_again(both):
    """300 rows of which half lost their ids, some of them once more, some of them once more with other words, in any order."""
    records = [json.loads(line) for line in both.first_lines]
    for record in records[::2]:
        record.pop("id", None)
    for record in records[::4]:
        record.pop("url", None)
    changed = [{**record, "title": record.get("title", "") + " once more"} for record in records[1::3]]
    records += records[::3] + changed
    both.rng.shuffle(records)
    escaped = both.rng.random() < 0.5
    return [json.dumps(record, ensure_ascii=escaped).encode() + b"\n" for record in records]


def time_of(date):
    if date is None or date.second is None:
        return None
    zone = None if date.offset is None else dt.timezone(dt.timedelta(minutes=date.offset))
    return dt.datetime.combine(date.day, dt.time(), zone) + dt.timedelta(seconds=date.second)


# --- what must hold

def test_every_line_is_stored_or_accounted_for(both):
    report, model = both.archive.report, both.model
    assert report.read == report.stored + report.replaced + report.duplicate + report.skipped
    assert ((report.read, report.stored, report.replaced, report.duplicate, report.skipped)
            == (model.read, model.stored, model.replaced, model.duplicate, model.skipped))
    assert len(both.archive) == len(model.articles) == model.stored


def test_articles_that_come_again_are_known_by_id_address_or_content(both, tmp_path):
    lines = met_again(both)
    model = archive_model.Model(lines)
    with pynews.build(tmp_path / "again.pna", io.BytesIO(b"".join(lines)), progress=False) as archive:
        report = archive.report
        assert (report.stored, report.replaced, report.duplicate) == (model.stored, model.replaced, model.duplicate)
        assert report.replaced > 0 and report.duplicate > 0
        assert [article.title for article in archive] == [article.title for article in model.articles]
        for word in both.rng.sample(model.by_count, 50):
            assert len(archive.search(word)) == len(model.having(word)), word


def test_every_article_is_read_and_dated_as_the_documents_say(both):
    for got, want in zip(both.archive, both.model.articles, strict=True):
        assert got.id == want.key or isinstance(want.key, tuple)
        assert (got.date, got.date_precision, got.time) == (want.date and want.date.day, want.date and want.date.precision, time_of(want.date)), got.id
        assert (got.title, got.body, got.teaser) == (want.title, want.body or "", want.teaser), got.id
        assert (got.section, got.source, got.url, got.language) == (want.section, want.source, want.url, want.language), got.id
        assert (got.tags, got.authors, got.extra) == (want.tags, want.authors, want.extra), got.id


def test_texts_are_cut_into_the_words_of_the_model(both):
    for article in both.rng.choices(both.model.articles, k=150):
        for text in filter(None, (article.title, article.body, article.teaser)):
            assert [(term, position) for term, position, _, _ in _core.words(text)] == archive_model.words_of(text), article.id


def test_the_fast_way_of_the_model_is_the_slow_way(both):
    for article in both.rng.choices(both.model.articles, k=5):
        for text in filter(None, (article.title, (article.body or "")[:3000])):
            assert archive_model.words_of(text) == archive_model.words_model.words(text), article.id


def test_words_are_counted_and_trends_are_exact(both):
    archive, model = both.archive, both.model
    for word in sampled_words(both):
        found = model.having(word)
        assert len(archive.search(word)) == len(found), word
        trend = archive.trend(word)
        assert list(zip(trend["date"], trend["count"], trend["total"])) == model.trend(found, "month"), word
        unplaced = {row["precision"]: (row["count"], row["total"]) for row in trend.unplaced}
        assert unplaced == {"year": (0, 0), "undated": model.undated(found)}, word


def test_trends_by_week_and_year_are_exact(both):
    archive, model = both.archive, both.model
    for word in both.rng.sample(sampled_words(both), 15):
        for freq in ("week", "year"):
            trend = archive.trend(word, freq)
            assert list(zip(trend["date"], trend["count"], trend["total"])) == model.trend(model.having(word), freq), (word, freq)


def test_words_joined_by_and_narrow_exactly(both):
    archive, model = both.archive, both.model
    for parts in sampled_ands(both, 60):
        found = model.search(parts)
        assert len(archive.search(both.rng.choice([" AND ", " "]).join(parts))) == len(found), parts
        narrowed = archive.search(parts[0]).trend(parts[1])
        assert list(zip(narrowed["date"], narrowed["count"], narrowed["total"])) == model.trend(model.search(parts[:2]), "month"), parts


def test_phrases_taken_from_the_texts_find_exactly_the_articles_that_hold_them(both):
    for phrase in sampled_phrases(both, 80):
        found = both.archive.search(f'"{phrase}"')
        assert [article.id for article in found] == [both.model.articles[i].key for i in sorted(both.model.having(phrase))], phrase
