"""Concordances and marks against a plain scan of the texts."""
import contextlib
import pickle
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pynews

WORDS = ["ab", "abc", "b", "c"]
text = st.lists(st.sampled_from([*WORDS, "b.", "c!\n\n"]), max_size=12).map(" ".join)
article = st.fixed_dictionaries({"id": st.integers(0, 12).map(str), "title": text, "body": text.map(lambda t: t if t.strip() else "d"), "date": st.sampled_from(["", "2020", "2020-02-01", "2020-02-02"])})
batches = st.lists(st.lists(article, min_size=1, max_size=8), min_size=1, max_size=3)


@contextlib.contextmanager
def built(batches):
    with tempfile.TemporaryDirectory() as folder, pynews.build(Path(folder) / "a.pna", batches[0], progress=False) as ar:
        for batch in batches[1:]:
            ar.add(batch, progress=False)
        yield ar


def words_of(text):
    """(word, start, end) of each word."""
    return [(m[0], m.start(), m.end()) for m in re.finditer(r"[a-z]+", text)]


def flat(text):
    return re.sub(r"\s+", " ", text)


def scan(ar, phrase, width):
    """Rows of a concordance of one phrase (a last word may end in *) by going through all texts."""
    rows = []
    for a in ar:
        before = 0
        for whole in (a.title or "", a.body):
            words = words_of(whole)
            for i in range(len(words) - len(phrase) + 1):
                here = [w for w, _, _ in words[i : i + len(phrase)]]
                if all(w.startswith(p[:-1]) if p.endswith("*") else w == p for w, p in zip(here, phrase, strict=True)):
                    start, end = words[i][1], words[i + len(phrase) - 1][2]
                    if re.search(r"\n\s*\n", whole[start:end]):
                        continue                       # no phrase over a paragraph's end
                    left = whole[words[i - width][1] if i > width else 0 : start] if width else ""
                    last = i + len(phrase) - 1 + width
                    right = whole[end : words[last][2] if last < len(words) - 1 else None] if width else ""
                    rows.append((a.id, flat(left).lstrip(" "), whole[start:end], flat(right).rstrip(" "), before + i, here, words, i))
            before += len(words)
    return rows


def rows_of(k):
    return [(r["id"], r["left"], r["node"], r["right"], r["position"]) for r in k]


@settings(max_examples=40)
@given(batches=batches, phrase=st.sampled_from([["ab"], ["b"], ["zz"], ["ab*"], ["ab", "b"], ["b", "b"], ["c", "ab"]]), width=st.integers(0, 4))
def test_hits_are_those_of_reading_every_text(batches, phrase, width):
    with built(batches) as ar:
        query = f'"{" ".join(phrase)}"' if len(phrase) > 1 else phrase[0]
        k = ar.kwic(query, width)
        expected = scan(ar, phrase, width)
        assert [(r[0], flat(r[1]), flat(r[2]), flat(r[3]), r[4]) for r in rows_of(k)] == [(r[0], r[1], flat(r[2]), r[3], r[4]) for r in expected]
        assert (len(k), k.n_articles) == (len(expected), len({r[0] for r in expected}))


@settings(max_examples=25)
@given(batches=batches, sort=st.sampled_from(["L1", "R1", "R1R2", "L2L1", "node R1", "R2, L1"]))
def test_rows_are_sorted_by_the_words_around_the_node(batches, sort):
    def word(row, key):
        if key == "node":
            return row[5]
        at = row[7] + int(key[1:]) * (-1 if key[0] == "L" else 1)
        return [row[6][at][0]] if 0 <= at < len(row[6]) else []

    with built(batches) as ar:
        keys = re.findall("node|[LR][0-9]", sort)
        expected = sorted(scan(ar, ["ab*"], 2), key=lambda row: [word(row, key) for key in keys])
        assert [(r["id"], r["position"]) for r in ar.kwic("ab*", 2, sort=sort)] == [(r[0], r[4]) for r in expected]


def news(make):
    return make([
        {"id": "a", "date": "2020-01-01", "title": "Rain in Rome", "body": "It rained. The rain in Rome was cold! Nobody\nsaw the sun."},
        {"id": "b", "date": "2020-01-02", "title": "Sun", "body": "Rain came. \n\nThen <b>rain & sun</b>; rain again."},
    ])


def test_text_around_by_words_characters_and_sentence(make):
    ar = news(make)
    assert rows_of(ar.kwic("cold", 2)) == [("a", "Rome was ", "cold", "! Nobody saw", 10)]
    assert rows_of(ar.kwic("cold", 3, unit="chars")) == [("a", "as ", "cold", "! N", 10)]
    assert rows_of(ar.kwic("cold", unit="sentence")) == [("a", "The rain in Rome was ", "cold", "!", 10)]
    assert rows_of(ar.kwic("cold", 0)) == [("a", "", "cold", "", 10)]
    assert rows_of(ar.kwic("title:rome", 99)) == [("a", "Rain in ", "Rome", "", 2)]
    assert rows_of(ar.kwic("came", unit="sentence")) == [("b", "Rain ", "came", ".", 2)]


def test_orders_of_time(make):
    ar = news(make)
    assert [(r["id"], r["position"]) for r in ar.kwic("rain")] == [("a", 0), ("a", 6), ("b", 1), ("b", 5), ("b", 8)]
    newest = [r["id"] for r in ar.kwic("rain", sort="-date")]
    assert newest == sorted(newest, reverse=True)
    positions = [r["position"] for r in ar.kwic("rain", sort="-date") if r["id"] == "b"]
    assert positions == sorted(positions) and len(positions) == 3


def test_nodes_of_phrases_near_or_and_not(make):
    ar = news(make)
    assert [r["node"] for r in ar.kwic('"rain sun"~1 NOT snow')] == ["rain & sun"]
    assert [r["node"] for r in ar.kwic("rain NEAR/3 rome")] == ["Rain in Rome", "rain in Rome"]
    assert [r["node"] for r in ar.kwic("(cold OR then) NOT snow")] == ["cold", "Then"]
    assert [r["node"] for r in ar.kwic("sun NOT cold")] == ["Sun", "sun"]
    assert [r["id"] for r in ar.kwic("atleast3:rain")] == ["b"] * 3
    assert len(ar.kwic("rain OR rain OR rai*")) == len(ar.kwic("rain OR rained"))
    assert len(ar.search("sun").kwic("cold")) == 1 and len(ar.search("NOT cold").kwic("cold")) == 0


def test_characters_of_scripts_without_spaces_map_one_to_one(make):
    ar = make([{"id": "a", "title": "新闻联播", "body": "今天北京天气很好。北京大学开学了。", "date": "2020-01-01"}])
    assert rows_of(ar.kwic("北京", 2)) == [("a", "今天", "北京", "天气", 6), ("a", "很好。", "北京", "大学", 12)]
    assert [r["node"] for r in ar.kwic("北京大学", 1)] == ["北京大学"]
    assert [r["node"] for r in ar.kwic("天")] == ["天", "天"]
    assert rows_of(ar.kwic("开学", unit="sentence")) == [("a", "北京大学", "开学", "了。", 16)]
    assert ar[0].highlight("北京 OR 天").html.count("<mark>") == 2      # 天, 北京 and 天 touch


def test_an_article_of_teaser_alone(make):
    ar = make([{"id": "a", "title": "T", "summary": "Only rain here", "date": "2020-01-01"}])
    assert rows_of(ar.kwic("rain", 1)) == [("a", "Only ", "rain", " here", 2)]
    assert str(ar[0].highlight("rain")) == "T\n\nOnly ⟦rain⟧ here"


def test_marks_are_escaped_and_those_that_overlap_are_one(make):
    ar = news(make)
    shown = ar.article("b").highlight('"rain sun" OR sun')
    assert shown.hits == 2 and shown.html == "<b><mark>Sun</mark></b><p>Rain came. </p><p>Then &lt;b&gt;<mark>rain &amp; sun</mark>&lt;/b&gt;; rain again.</p>"
    assert "⟦rain & sun⟧" in repr(shown) and "<mark>rain &amp; sun</mark>" in shown._repr_html_()
    assert ar.article("a").highlight("snow").hits == 0


def test_articles_of_no_archive_have_nothing_to_look_up(make):
    ar = news(make)
    alone = pickle.loads(pickle.dumps(ar[0]))
    assert alone == ar[0]
    with pytest.raises(ValueError, match="archive"):
        alone.highlight("rain")


def test_an_article_is_marked_as_it_was_when_it_was_taken(make):
    ar = news(make)
    before = ar.article("b")
    ar.add([{"id": "b", "date": "2020-01-02", "title": "Other", "body": "words"}], progress=False)
    assert before.highlight("sun").hits == 2 and ar.article("b").highlight("sun").hits == 0


def test_slices_are_concordances_and_make_only_their_rows(make):
    k = news(make).kwic("rain")
    assert type(k[1:3]) is type(k) and rows_of(k[1:3]) == rows_of(k)[1:3] and rows_of(k[1:3][1:]) == rows_of(k)[2:3]
    assert k[-1] == list(k)[-1] and k.shape == (5, 8) and len(k[::2]) == 3
    assert k["node"].to_list() == [r["node"] for r in k] and len(k[5:]) == 0
    assert k.sort("position").shape == k.shape


def test_cards_show_all_hits_or_say_how_many_are_left(make):
    ar = make([{"id": str(i), "title": "T", "body": f"left {i} word <right>", "date": "2020-01-01"} for i in range(30)])
    card = repr(ar.kwic("word"))
    assert "30 hits in 30 articles" in card and "10 of 30 rows shown" in card
    assert "left 0 │ word │ <right>" in card and len({line.index("│") for line in card.split("\n") if "│" in line}) == 1
    page = ar.kwic("word")._repr_mimebundle_()["text/html"]
    assert "&lt;right&gt;" in page and "<right>" not in page
    assert "nothing found" in repr(ar.kwic("snow"))


def test_wrong_orders_units_and_widths_are_named(make):
    ar = news(make)
    for wrong in ({"sort": "X1"}, {"sort": ""}, {"unit": "lines"}):
        with pytest.raises(pynews.UnknownNameError):
            ar.kwic("rain", **wrong)
    for wrong in ({"width": -1}, {"sort": "L0"}, {"sort": "R101"}, {"sort": "R1" * 9}):
        with pytest.raises(ValueError):
            ar.kwic("rain", **wrong)
    with pytest.raises(pynews.QuerySyntaxError):
        ar.kwic('"rain')


def test_the_command_line_shows_the_same(make, capsys):
    from pynews import _cli

    ar = news(make)
    assert _cli.main(["kwic", ar.path, "rain", "-n", "2", "--sort", "R1"]) == 0
    out = capsys.readouterr().out
    assert "5 hits in 2 articles" in out and out.count("│") == 4 and "2 of 5 shown · -n 5 shows all" in out
    assert _cli.main(["kwic", ar.path, "cold", "--width", "2", "--csv"]) == 0
    assert capsys.readouterr().out == ar.kwic("cold", 2).to_csv()
    assert _cli.main(["kwic", ar.path, "cold", "--json"]) == 0
    assert '"node": "cold"' in capsys.readouterr().out
    assert _cli.main(["kwic", ar.path, "cold", "--sort", "X"]) == 1


def test_a_card_marks_what_found_the_article(make):
    ar = news(make)
    page = ar.search("sun OR title:rome")[1]._repr_mimebundle_()["text/html"]
    assert "&lt;b&gt;rain &amp; <mark>sun</mark>&lt;/b&gt;" in page and "<mark>" not in ar[1]._repr_mimebundle_()["text/html"]
    long = make([{"id": "a", "title": "T", "body": "x y " * 2000, "date": "2020"}], "long.pna")
    page = long.search("y")[0]._repr_mimebundle_()["text/html"]
    assert 3000 < len(page.encode()) <= 4000 or page.count("<mark>") > 20
