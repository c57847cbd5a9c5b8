"""Errors that tell the way on: names in other capitals, mappings the wrong way round, periods that go backwards, files that are not ours."""
import pickle

import pytest

import pynews
from pynews import q
from pynews._fieldnames import TARGETS


def message(error, call):
    with pytest.raises(error) as e:
        call()
    return str(e.value)


# --- names


def test_a_name_that_differs_in_capitals_alone_is_the_one_suggested(demo):
    t = demo.trend({"korea": "korea", "Korean": "korean"}, "year")
    calls = [lambda: demo.table(["Title"]), lambda: t["Date"], lambda: t.at("2020", series="KOREA"), lambda: demo.kwic("korea", sort="r1"), lambda: demo.kwic("korea", unit="Words"),
             lambda: demo.counts("TAG"), lambda: demo.trend("korea", tz="europe/berlin"), lambda: demo.trend("korea", share_of="Tagged"),
             lambda: demo.related.resolve(by="Title"), lambda: demo.related.degree("IN"), lambda: demo.related.mixing("Tag")]  # fmt: skip
    suggested = ["title", "date", "korea", "R1", "words", "tag", "Europe/Berlin", "tagged", "title", "in", "tag"]
    for call, name in zip(calls, suggested, strict=True):
        assert message(pynews.UnknownNameError, call).endswith(f"\n  did you mean {name!r}?")


def test_did_you_mean_is_not_said_where_nothing_is_like_it(demo):
    for call in (lambda: demo.table(["xyzzy"]), lambda: demo.trend("korea", freq="xyzzy"), lambda: demo.counts("xyzzy"), lambda: demo.kwic("korea", unit="xyzzy"),
                 lambda: demo.related.resolve(by="xyzzy"), lambda: demo.related.degree("xyzzy"), lambda: demo.related.mixing("xyzzy")):  # fmt: skip
        said = message(pynews.UnknownNameError, call)
        assert "did you mean" not in said and said.count("\n  there are '") == 1
    assert message(pynews.UnknownNameError, lambda: demo.search("section:xyzzy")) == "there is no section 'xyzzy'\n  there are 'Adoption', 'Regulation', 'Decentralization'"
    with pytest.raises(pynews.UnknownNameError) as e:
        demo.trend("korea", share_of="xyzzy")
    again = pickle.loads(pickle.dumps(e.value))
    assert e.value.suggestions == [] and e.value.known == again.known == ["base", "tagged", "archive"] and str(again) == str(e.value)
    assert message(pynews.UnknownNameError, lambda: demo.trend("korea", "year").at("2020", series="xyzzy")).endswith("\n  there is only 'korea'")
    assert message(pynews.UnknownNameError, lambda: demo.trend("korea", tz="xyzzy")) == "there is no time zone 'xyzzy'"


# --- fields=


def test_a_mapping_of_fields_the_wrong_way_round_is_told(make):
    said = message(ValueError, lambda: make([{"Headline": "Rain"}], fields={"title": "Headline"}))
    assert said == "fields: 'Headline' is not a field of an article, but 'title' is: your names come first, fields={'Headline': 'title'}"
    assert make([{"Headline": "Rain"}], fields={"Headline": "title"})[0].title == "Rain"


def test_a_field_in_capitals_or_of_another_name_is_told_with_those_there_are(make):
    assert "did you mean 'title'?" in message(ValueError, lambda: make([{}], fields={"Headline": "Title"}))
    assert "there are 'id', 'title', 'body'" in message(ValueError, lambda: make([{}], fields={"Headline": "xyzzy"}))


def test_the_fields_that_are_named_are_those_that_the_core_takes():
    for target in TARGETS:
        pynews._core.parse("jsonl", b"{}\n", (None, None, False, (("mine", target),)))
    for target in ("author", "tag", "headline", "Title", ""):
        with pytest.raises(ValueError, match="is not a field of an article"):
            pynews._core.parse("jsonl", b"{}\n", (None, None, False, (("mine", target),)))


# --- periods


@pytest.mark.parametrize("query", ["date:2021..2020", "rain AND date:2020-05..2020-04", "fog OR date:2020-01-02..2020-01-01", "NOT date:2020-Q3..2020-Q2"])
def test_a_period_that_goes_backwards_finds_nothing_and_says_so(demo, query):
    hint = f"{query[query.index('date:'):]} goes backwards: it ends before it begins, and finds nothing"
    found = demo.search(query)
    assert hint in repr(found) and hint in found._repr_mimebundle_()["text/html"] and hint in found.explain() and hint in q(query).explain()


@pytest.mark.parametrize("query", ["date:2020..2020", "date:2020..2020-01", "date:2020-08..2020-08-01", "date:..2020", "date:2020..", '"date:2021..2020"', 'title:"a date:2021..2020 b"'])
def test_other_periods_and_texts_that_look_like_one_go_forwards(demo, query):
    assert "backwards" not in repr(demo.search(query)) + demo.search(query).explain()


def test_brackets_that_go_backwards_say_so_and_not_that_the_archive_is_empty(demo):
    card = repr(demo["2021":"2020-05"])
    assert "date:2021-01..2020-05 goes backwards" in card and "archive is empty" not in card
    assert "backwards" not in repr(demo["2020"]["2021"]) and "archive is empty" not in repr(demo["2020"]["2021"])


# --- files that are not ours


def test_inspect_and_verify_say_what_is_not_an_archive(demo, tmp_path, capsys):
    from pynews._cli import main

    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "note.txt").write_text("hello")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "note.txt").write_text("hello")
    said = {"empty": "not a file of pynews", "note.txt": "not a file of pynews", "folder": "no archive here: the folder holds no MANIFEST file", "gone": "no such file"}
    for name, words in said.items():
        assert main(["inspect", str(tmp_path / name)]) == 1
        err = capsys.readouterr().err
        assert words in err and name in err and "cannot list" not in err
        assert main(["verify", str(tmp_path / name)]) == 2
        assert "archive" in capsys.readouterr().err or name == "gone"
    assert main(["inspect", demo.path]) == 0


# --- what stands in brackets, and arguments of another type


def test_what_can_stand_in_brackets_and_arguments_is_said(demo):
    t = demo.trend("korea", "year")
    wrong = {
        lambda: demo[["date"]]: (TypeError, '.table(["date", "title"])'),
        lambda: t[[True, False]]: (TypeError, "a list of such names"),
        lambda: t[1.5]: (TypeError, "the number of a row"),
        lambda: t[["date", "Share"]]: (pynews.UnknownNameError, "did you mean 'share'?"),
        lambda: t[["date", "date"]]: (ValueError, "name each column once"),
        lambda: t.articles(300): (IndexError, "row 300 of 4"),
        lambda: demo.counts("tag").articles("AI"): (TypeError, "not 'AI'"),
        lambda: t.rebase("2020-01"): (TypeError, "rebase(at='2020-01')"),
        lambda: t.smooth("3"): (TypeError, "window is a whole number of buckets, not '3'"),
        lambda: t.change("1"): (TypeError, "periods is a whole number"),
        lambda: demo.kwic("korea", width="7"): (TypeError, "width is a whole number of words or characters, not '7'"),
    }
    for call, (error, said) in wrong.items():
        assert said in message(error, call)


def test_a_period_without_articles_names_the_span_of_the_archive(demo, make):
    assert "no articles with date:2025; the archive has 3,000 articles, 2019-01-01 … 2022-04-14" in repr(demo["2025"])
    assert "the archive is empty" in repr(make([])["2025"])


def test_the_name_of_a_file_is_no_page(tmp_path, monkeypatch):
    (tmp_path / "page.txt").write_text("A headline\n\nA text.\n")
    monkeypatch.chdir(tmp_path)
    assert "Path('page.txt')" in message(ValueError, lambda: pynews.parse("page.txt"))
    assert [a.title for a in pynews.parse("no-such-page.txt")] == ["no-such-page.txt"]
    assert [a.title for a in pynews.parse(b"page.txt")] == ["page.txt"]
    assert "pynews.build(path, inputs) reads it" in message(pynews.UnsupportedError, lambda: pynews.parse(b'<rss version="2.0"></rss>'))
