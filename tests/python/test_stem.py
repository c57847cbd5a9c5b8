"""Words in all their forms: queries made of the words of an archive that share a stem."""
import builtins
import collections
import json
import lzma
import re
import unicodedata
from pathlib import Path

import pytest

import pynews
from pynews import _core, _stem, q

PAGE = Path(__file__).parents[2] / "docs" / "QUERIES.md"


@pytest.fixture(autouse=True)
def stemmer():
    return pytest.importorskip("Stemmer")


@pytest.fixture
def small(make):
    titles = ["Rivals organise", "Organised labour", "An organisation", "Organisations", "Organs", "Courses of trials", "A course, one trial", "新华社北京电", "Covid-19"]
    return make([{"id": str(i), "title": title, "date": "2020-01-05"} for i, title in enumerate(titles)])


def ids(found):
    return [a.id for a in found]


def test_a_word_stands_for_all_words_of_the_archive_that_share_its_stem(small):
    e = small.stem("organising", "english")
    assert str(e) == "organisation OR organisations OR organise OR organised"
    assert ids(small.search(e)) == ["0", "1", "2", "3"] == ids(small.search(str(e)))
    assert small.stem("organs", "english") == q.word("organs") and small["2020"].search("covid").stem("organising", "en") == e


def test_several_words_must_all_be_there_in_some_form(small):
    e = small.stem("course trials", "en")
    assert e == q("(course OR courses) AND (trial OR trials)") and ids(small.search(e)) == ["5", "6"]


def test_an_expression_of_forms_is_one_like_any_other(small):
    e = small.stem("organised", "english")
    assert ids(small.search(e & ~q.word("labour"))) == ["0", "2", "3"]
    assert ids(small.search(q.near(e, "labour", within=1, ordered=True) | q.title(small.stem("organ", "en")))) == ["1", "4"]
    assert small.trend({"o": e}, "year")["count"].to_list() == [4] and len(small.kwic(e)) == 4


def test_a_word_of_which_there_is_no_form_is_itself_and_finds_nothing(small):
    e = small.stem("Zeppelins", "english")
    assert e == q.word("zeppelins") and not small.search(e)


def test_what_is_cut_into_several_words_is_taken_as_it_stands(small):
    assert small.stem("«Covid-19»", "english") == q.phrase("Covid-19")
    assert small.stem("北京 trials", "english") == q('"北京" AND (trial OR trials)') and ids(small.search(small.stem("北京", "english"))) == ["7"]
    [stems] = small._stems.values()
    assert not [each for each in stems if "北" in each]


def test_words_that_are_operators_are_words(small):
    assert small.stem("OR", "english") == q.word("or") and small.stem("'course,", "english") == q("course OR courses")


def test_a_word_with_accents_brings_the_better_stem(make):
    ar = make([{"title": "organisé organisée organiser organisait"}, {"title": "Größe größer"}])
    assert ar.stem("organisée", "french") == q.word("organisait", "organise", "organisee", "organiser")
    assert ar.stem("organiser", "fr") == q.word("organisait", "organise", "organiser")     # organisee is missed: docs/QUERIES.md
    assert ar.stem("Größen", "german") == q.word("grosse", "grosser")


def test_more_forms_than_a_query_may_have_parts_are_the_error_of_a_query(make):
    ar = make([{"title": f"word{i:04}s"} for i in range(1100)])
    with pytest.raises(pynews.QuerySyntaxError, match="1024") as e:
        ar.stem(" ".join(f"word{i:04}" for i in range(1100)), "english")
    assert e.value.limit


@pytest.mark.parametrize("words", ["", " ", "…", '"', "«»"])
def test_without_a_word_there_is_no_query(small, words):
    with pytest.raises(pynews.QuerySyntaxError, match="no word here"):
        small.stem(words, "english")
    with pytest.raises(TypeError):
        small.stem(["organising"], "english")


def test_an_unknown_language_is_named_with_those_that_there_are(small, stemmer):
    for language in ("klingon", "", None):
        with pytest.raises(pynews.UnknownNameError) as e:
            small.stem("trial", language)
        assert e.value.suggestions == [] and e.value.known == stemmer.algorithms()
    with pytest.raises(pynews.UnknownNameError, match="stems 'English'\n  did you mean 'english'"):
        small.stem("trial", "English")


def test_the_dictionary_is_stemmed_once_for_a_snapshot_and_language(small, monkeypatch):
    small.stem("trial", "english")
    made = dict(small._stems)
    monkeypatch.setattr(_stem, "_is_whole", lambda word: pytest.fail("stemmed again"))
    small["2020"].search("course").stem("labour", "english")
    assert small._stems == made
    monkeypatch.undo()
    small.stem("trial", "german")
    assert len(small._stems) == 2
    before = small.search("course")
    small.add([{"title": "coursed"}])
    assert small.stem("course", "english") == q.word("course", "coursed", "courses")
    assert before.stem("course", "english") == q.word("course", "courses")                    # a selection stays at its snapshot


def test_words_of_deleted_articles_are_no_forms(small):
    small.delete("trial")
    assert small.stem("trial", "english") == q.word("trials")


def test_a_missing_stemmer_is_named_with_the_command_that_brings_it(small, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kw):
        if name == "Stemmer":
            raise ImportError(name)
        return real(name, *args, **kw)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r'pip install "pynews\[stem\]"'):
        small.stem("trial", "english")


# --- what is missed: the table of docs/QUERIES.md


def words_of(path, language):
    """The different words of a language's articles, as printed but for capitals, and what an archive holds of each."""
    words = set()
    for line in lzma.open(path, "rt", encoding="utf-8"):
        article = json.loads(line)
        if article.get("lang", "pt") == language:
            text = unicodedata.normalize("NFC", f"{article.get('title') or ''}\n{article.get('body') or ''}").lower()
            words |= set(re.findall(r"[^\W\d_]{3,}", text))
    cut = {word: _core.words(word) for word in words}
    return {word: rows[0][0] for word, rows in cut.items() if len(rows) == 1}


def shares(folded, stemmer):
    """Of all pairs of a word and another one with its stem, accents kept: the share that is found; and of what is found, the share that is such a pair."""
    true, held = collections.defaultdict(set), collections.defaultdict(set)
    for word, plain in folded.items():
        true[stemmer.stemWord(word)].add(plain)
        held[stemmer.stemWord(plain)].add(plain)
    stems = sorted(stem + _stem.END + word for stem, words in held.items() for word in words)
    both = wanted = found = 0
    for word, plain in folded.items():
        forms = set(re.findall(r"\w+", str(_stem._alternatives(stemmer, stems, word)))) - {"OR", plain}
        truth = true[stemmer.stemWord(word)] - {plain}
        if truth:
            both, wanted, found = both + len(forms & truth), wanted + len(truth), found + len(forms)
    return both / wanted, both / found


@pytest.mark.parametrize("language", ["fr", "es", "de", "it", "pl", "tr", "ru", "cs"])
def test_the_page_says_how_much_is_missed_for_want_of_accents(data_file, stemmer, language):
    rows = dict(re.findall(r"^\| `(\w\w)`[^|]*\|([^|]+\|[^|]+)\|$", PAGE.read_text(encoding="utf-8"), re.M))
    found, right = (float(cell.strip(" %")) for cell in rows[language].split("|"))
    name = "bitcoin_optech_to_2024.jsonl.xz" if language == "cs" else "ruby_lang_17_languages.jsonl.xz"
    measured = shares(words_of(data_file(name), language), stemmer.Stemmer(language))
    assert measured == pytest.approx((found / 100, right / 100), abs=0.02)
