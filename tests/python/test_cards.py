"""Cards: small, the same numbers as text and as HTML, and strangers' text can neither run nor steer."""
import html.parser
import re

import pytest

import pynews
from pynews import _cards, _show
from pynews._report import Report
from pynews._show import percent

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "' onmouseover='alert(1)", "</td></table><h1>x", "<!--", "]]>", "&lt;b&gt;",
    "javascript:alert(1)", "<style>*{display:none}</style>", "{{7*7}}", "${7*7}", "<a href='http://x'>", "\x00\x01\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\u202eevil\u2066",
    "a\nb\rc\td", "\ud7ff\ue000\uffff", "\U0001f600" * 30, "e\u0301" * 50, "x" * 5000, "日本" * 500, "&" * 3000, "<" * 3000,
]  # fmt: skip
TAGS = {"div", "span", "b", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li", "p"}
ATTRIBUTES = {"style"}
STYLES = {"font-family", "font-size", "line-height", "max-width", "overflow-x", "opacity", "text-align", "font-variant-numeric", "white-space"}


class Checker(html.parser.HTMLParser):
    """Only the tags, attributes and styles that cards use; every tag closed in order; the text collected."""

    def __init__(self):
        super().__init__()
        self.open, self.words = [], []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, name
            assert {part.split(":")[0] for part in value.split(";")} <= STYLES and "url(" not in value
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        raise AssertionError("a comment")

    handle_decl = unknown_decl = handle_pi = handle_comment


def checked(card):
    assert len(card.encode()) <= 4096, len(card.encode())
    checker = Checker()
    checker.feed(card)
    checker.close()
    assert checker.open == []
    return " ".join(checker.words)


def both(thing):
    """Text and HTML of a card, checked."""
    bundle = thing._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"} and bundle["text/plain"] == repr(thing)
    text, words = bundle["text/plain"], checked(bundle["text/html"])
    assert text.count("\n") < 14
    for line in text.split("\n"):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", line), repr(line)
    return text, words


def numbers(text):
    """Numbers with what makes them ones: 3,000 and 42.3% and 2020-07."""
    return re.findall(r"\d[\d,.\-]*\d%?|\d%?", text)


@pytest.fixture
def hostile(make):
    records = [{"id": f"{i}", "title": h, "body": h * 3, "section": h[:50], "source": h[:60], "url": "http://x/" + h[:30], "teaser": h, "tags": [h[:40], "t"], "authors": [h[:40]], "date": "2020-05-05",
                "language": h[:10], "related": [{"title": h, "category": h, "date": "2020-01-01", "teaser": h}] * 9} for i, h in enumerate(HOSTILE)]  # fmt: skip
    return make([*records, b'{"x": <script>alert(1)</script>\n\x1b[31m"' + b"<b>" * 400 + b"\n"])


def test_cards_of_hostile_articles_are_small_sound_and_silent(hostile):
    things = [hostile, hostile.report, hostile.search("alert"), hostile.trend({h[:200]: "alert" for h in HOSTILE}), hostile.trend("alert").unplaced, hostile.report.summary, hostile.trend("alert", "day")]
    for thing in [*things, *hostile]:
        _, words = both(thing)
        assert "\x1b" not in words


def test_strangers_text_is_shown_and_not_lost(hostile):
    text, words = both(hostile.article("0"))
    assert "<script>alert(1)</script>" in text and "<script>alert(1)</script>" in words
    text, words = both(hostile.article("13"))
    assert "\\x1b[31mred" in text and "\\x1b[31mred" in words
    text, _ = both(hostile.article("15"))
    assert "\\u202eevil\\u2066" in text


def test_every_number_of_the_text_is_in_the_html(demo):
    for thing in (demo.search("korea"), demo.search("zzz"), demo.trend(["korea", "cbdc"]), demo.trend(), demo.trend("korea", "day"), demo.trend("korea").head(3)):
        text, words = both(thing)
        assert set(numbers(text)) <= set(numbers(words)), thing
    text, words = both(demo)
    assert {"3,000", "13,488", "37.8%", "2019-01-01", "2022-04-14"} <= set(numbers(text)) & set(numbers(words))


def test_cards_say_what_numbers_they_are(demo):
    assert repr(demo.search("korea AND blockchain")).startswith("68 articles of 3,000 (2.3%)   korea AND blockchain\n")
    assert repr(demo.trend("korea")).split("\n")[2].split()[-4:] == ["11.0%", "2020-07:", "42.3%", "[31.5,", "53.8]"][-4:]
    assert "40 months · 0 without news · last partial (░)" in repr(demo.trend("korea"))
    assert "1,200 days · 179 without news" in repr(demo.trend("korea", "day"))
    assert "share" not in repr(demo.trend()).split("\n")[0] and "2021-03: 112" in repr(demo.trend())


def test_a_share_of_nothing_has_no_peak(demo):
    row = repr(demo.trend("zzz")).split("\n")[2]
    assert row.endswith("0%  —") and set(row.split()[1]) <= {"▁", "░"}


def test_the_lowest_bar_is_zero_and_nothing_else_is(demo):
    from pynews._spark import spark

    assert spark([0, 1, 1000, None, 500]) == "▁▂█·▅" and spark([0, 0]) == "▁▁" and spark([]) == "" and spark([None, None]) == "··"
    assert spark([1, 1, 1], [True, False, True]) == "░█░"


def test_cards_of_what_is_empty_say_so(make):
    empty = make([])
    for thing in (empty, empty.search("x"), empty.trend("x"), empty.trend(), empty.trend("x").unplaced, empty.report, pynews.open(empty.path).report, make([{"title": "undated"}]).trend("undated")):
        both(thing)
    undated = make([{"title": None, "body": "only a body"}])
    assert "(no title)" in both(undated[0])[0] and "1 article without a date" in both(undated)[0]
    assert "the archive is empty" in repr(empty.search("x"))
    assert "nothing found" in repr(make([{"title": "a"}]).search("b"))


def test_cards_of_a_closed_archive_say_so_and_ask_nothing(make):
    ar = make([{"title": "rain", "date": "2020-05-05"}])
    found, article, t, report = ar.search("rain"), ar[0], ar.trend("rain"), ar.report
    ar.close()
    assert "closed" in both(ar)[0] and "closed" in both(found)[0]
    for thing in (article, t, report):
        both(thing)


def test_columns_in_which_nothing_stands_are_not_shown(demo, make):
    assert repr(demo.search("korea")).split("\n")[2].split() == ["date", "title", "section", "tags"]
    plain = make([{"title": "rain", "date": "2020-05-05"}, {"title": "rain rain", "date": "2020"}])
    assert repr(plain.search("rain")).split("\n")[2].split() == ["date", "title"]
    assert "2020 " in repr(plain.search("rain")) and "2020-01-01" not in repr(plain.search("rain")).split("date")[1]


def test_reports_show_counts_that_add_up(make):
    ar = make([b'{"title": "A"}\n{"broken\n', {"id": "x", "title": "X"}, {"id": "x", "title": "X"}, {"id": "x", "title": "Y"}])
    text, words = both(ar.report)
    assert "5 records read · 2 stored · 1 replaced · 1 duplicate · 1 skipped" in text and "5 records read · 2 stored · 1 replaced · 1 duplicate · 1 skipped" in words
    assert "bad_json" in text and "bad_json" in words and isinstance(ar.report, Report)


def test_wide_signs_are_aligned_in_a_terminal(make):
    ar = make([{"title": t, "date": "2020-05-05", "tags": ["tag"], "body": "x"} for t in ("韩国区块链", "short", "é" * 3, "e\u0301" * 3)])
    lines = [line for line in repr(ar.search("x")).split("\n") if line.endswith("tag")]
    assert len({_show.columns_wide(line[: line.index("tag")]) for line in lines}) == 1 and len(lines) == 4


def test_shares_are_never_rounded_to_none_or_to_all():
    assert [_show.percent(a, b) for a, b in ((0, 10), (10, 10), (1, 100000), (99999, 100000), (1, 3), (0, 0))] == ["0%", "100%", "<0.1%", ">99.9%", "33.3%", "—"]


def test_a_trend_says_what_its_shares_are_of(demo):
    korea = demo.search("korea")
    for t, of in (
        (demo.trend("korea"), "share of all articles"),
        (demo.filter(tag="Economy").trend("korea"), "share of articles with tag:Economy"),
        (demo.trend("korea", share_of="tagged"), "share of tagged articles"),
        (demo.filter(tag="Economy").trend(share_of="archive"), "share of all articles"),
        (demo.trend("cbdc", share_of=korea), "share of articles with korea"),
        (demo.trend(), "all articles"),
        (demo.filter(tag="Economy").trend(), "articles with tag:Economy"),
    ):
        text, words = both(t)
        assert text.startswith(f"Trend  {of} by month\n") and f"{of} by month" in words
        assert f"{of} by month".lower() in t.plot(backend="svg").title.lower()


def test_selections_joined_by_signs_say_what_they_are(demo):
    economy, korea, cbdc = demo.filter(tag="Economy"), demo.search("korea"), demo.search("cbdc")
    for joined, query, filtered in (
        (korea & cbdc, "korea AND cbdc", ""),
        (korea | cbdc, "korea OR cbdc", ""),
        (korea - cbdc, "korea AND NOT cbdc", ""),
        (economy & korea, "korea", "tag:Economy"),
        (economy | korea, "tag:Economy OR korea", ""),
    ):
        assert (joined.query, joined._filtered) == (query, filtered)
        found = demo.filter(filtered) if filtered else demo
        again = found.search(query)
        assert [a.id for a in again] == [a.id for a in joined] and len(again.base) == len(joined.base)


def test_a_trend_by_names_that_nothing_carries_says_so(make):
    t = make([{"title": "Rain", "date": "2020-01-01"}]).trend(by="tag")
    assert repr(t) == "Trend  share of all articles by month\nno series: none of these articles carries such a name"
    assert "no series: none of these articles" in t._repr_mimebundle_()["text/html"] and "<table>" not in t._repr_mimebundle_()["text/html"]


def test_percentages_of_rare_things_have_as_many_places_as_tell_something(make):
    ar = make([{"id": str(i), "title": "avian flu" if i % 500 == 0 else "rain", "date": f"2020-0{1 + i % 2}-01"} for i in range(3000)])
    t = ar.trend(["avian", "rain"])
    assert re.search(r"avian .* 0\.20%  2020-01: 0\.40% \[0\.18, 0\.87\]", repr(t)) and "99.8%" in repr(t)
    assert any(re.fullmatch(r"2020-01 .* 1,500  0\.40%  99\.6%", line.rstrip()) for line in _cards.trend_lines(t))
    assert any(re.search(r"0\.40%   0\.18 … 0\.87", line) for line in _cards.trend_lines(ar.trend("avian")))
    assert [percent(1, n, k) for n, k in ((3000, 1), (3000, 2), (30000, 3), (10, 1))] == ["<0.1%", "0.03%", "0.003%", "10%"] and percent(2999, 3000) == ">99.9%"


def test_whole_numbers_have_no_places_and_notes_of_narrow_tables_are_not_cut(make):
    ar = make([{"title": f"t{i}", "date": "2020-01-01", "body": "rain"} for i in range(3)])
    assert re.search(r"^articles +ok +3  in this selection", repr(ar.health()), re.M) and 'carry no tag: take share_of="tagged" for shares of tags' in repr(ar.health())
    assert "0.3333" in repr(ar.trend("t1")[:])


def test_a_trend_of_words_says_words_where_it_counts_them(make):
    t = make([{"title": "rain", "date": "2020-01-01", "body": "a b c"}, {"title": "rain", "body": "it rained all day"}]).trend("rain", of="words")
    assert "5 words without a date that fits" in repr(t)
