"""JSON lines through the public call: what becomes of fields, dates, tags, mistakes; and the real files where they are present."""
import datetime as dt
import json
import lzma
from itertools import islice
from pathlib import Path

import pytest

pynews = pytest.importorskip("pynews")
if not hasattr(pynews, "parse"):
    pytest.skip("the extension is not built", allow_module_level=True)
DATA = Path(__file__).parents[2] / ".." / "shared" / "data"


def lines(*records):
    return "\n".join(json.dumps(r, ensure_ascii=False) for r in records).encode()


def one(**fields):
    [article] = pynews.parse(lines(fields), kind="jsonl")
    return article


def real(name, n=None):
    """The first n records of a real file (all with n=None) as (bytes, dicts)."""
    path = DATA / f"{name}.jsonl.xz"
    if not path.exists():
        pytest.skip(f"the real material is not at {path}")
    with lzma.open(path, "rb") as f:
        raw = list(islice(f, n))
    return b"".join(raw), [json.loads(r) for r in raw]


def test_our_fields_arrive_under_our_names():
    a = one(id="n-1", source="Example", lang="en", title="T", date="2020-08-20T14:05:09+02:00", url="http://example.com/a",
            section="News", tags=["x", "y"], authors=["Ann Lee"], summary="S", body="P1\n\nP2", places=["Seoul"], n=3)
    assert (a.id, a.source, a.language, a.title, a.url, a.section) == ("n-1", "Example", "en", "T", "http://example.com/a", "News")
    assert (a.teaser, a.body, tuple(a.tags), tuple(a.authors)) == ("S", "P1\n\nP2", ("x", "y"), ("Ann Lee",))
    assert a.date == dt.date(2020, 8, 20) and a.date_precision == "second"
    assert dict(a.extra) == {"places": ["Seoul"], "n": 3}
    assert a.diagnostics == ()


def test_json_lines_are_recognised_by_their_content():
    assert [a.title for a in pynews.parse(lines({"title": "A"}, {"title": "B"}))] == ["A", "B"]


def test_escapes_and_characters_above_the_basic_plane_survive():
    text = "caf\u00e9 \U0001f600 \"quoted\" \\ / \b\f\n\r\t \u4e2d"
    for ascii_only in (False, True):
        raw = json.dumps({"title": "T", "body": text}, ensure_ascii=ascii_only).encode()
        [a] = pynews.parse(raw, kind="jsonl")
        assert a.body == text


def test_a_broken_line_costs_only_itself():
    raw = lines({"title": "A"}) + b'\n{"title": "broken\n[1, 2]\n\n' + lines({"title": "B"})
    assert [a.title for a in pynews.parse(raw, kind="jsonl")] == ["A", "B"]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter():
    raw = b"\xef\xbb\xbf" + lines({"title": "A"}, {"title": "B"}).replace(b"\n", b"\r\n") + b"\r\n"
    assert [a.title for a in pynews.parse(raw, kind="jsonl")] == ["A", "B"]


@pytest.mark.parametrize("fields, want", [
    ({"maintext": "B", "date_publish": "2020-08-20 14:05:09"}, "B"),
    ({"text": "B", "raw_text": "R"}, "B"),
    ({"body": {"summary": ["S"], "sections": [{"headline": ["H"], "paragraphs": ["P"]}]}}, "H\n\nP"),
    ({"content": "B", "publishedAt": "2020-08-20T14:05:09Z"}, "B"),
    ({"article": "B"}, "B"),
    ({"body": ["P1", "P2"]}, "P1\n\nP2"),
])
def test_bodies_of_common_formats_are_found(fields, want):
    assert one(title="T", **fields).body == want


@pytest.mark.parametrize("name", ["date", "published", "published_at", "publishedAt", "publishedDate", "datePublished",
                                  "date_publish", "publishing_date", "created_at", "day", "ts", "date_raw", "pubDate"])
def test_usual_names_of_the_date_are_read(name):
    assert one(title="T", **{name: "2020-08-20"}).date == dt.date(2020, 8, 20)


def test_tags_keep_order_and_first_spelling():
    assert tuple(one(title="T", tags=["Markets", "b", "MARKETS", " b "]).tags) == ("Markets", "b")
    assert tuple(one(title="T", tags="a; b;c").tags) == ("a", "b", "c")
    assert tuple(one(title="T", keywords="a, b").tags) == ("a", "b")


def test_a_list_of_sections_gives_the_first_and_keeps_the_rest():
    for value in (["A", "B"], "['A', 'B']"):
        a = one(title="T", section=value)
        assert a.section == "A" and a.extra["section"] == value


def test_the_outlet_falls_back_to_the_host():
    assert one(title="T", url="https://www.Example.com/a").source == "example.com"


def test_related_articles_are_read():
    a = one(title="T", related=[{"title": "R", "teaser": "Cut …", "category": "DeFi", "date": "July 14, 2020"}, "Another"])
    assert [r.title for r in a.related] == ["R", "Another"]
    assert a.related[0].teaser == "Cut"


def test_what_is_doubtful_is_told():
    assert "date_not_understood" in one(title="T", date="early spring").diagnostics
    assert "missing_title" in one(body="B", date="2020-08-20").diagnostics
    assert "ambiguous_day_month" in one(title="T", date="03/04/2020").diagnostics


@pytest.mark.parametrize("name, n, undated", [
    ("digitalgov", None, 1), ("monero", None, 1), ("crypto_cryptoprism", None, 0), ("bitcoin_optech_to_2024", None, 0),
    ("ruby_lang_17_languages", None, 0), ("reuters_21578_train", 3000, 0), ("reuters_fulltext_2009_2011", 2000, 0),
    ("chinese_xinwenlianbo", 2000, 0), ("reuters_headlines_2007_2008", 5000, 0), ("lk_articles", 2000, 0),
])
def test_real_records_are_read_whole(name, n, undated):
    raw, records = real(name, n)
    articles = pynews.parse(raw, kind="jsonl")
    assert len(articles) == len(records)
    for a, r in zip(articles, records):
        if r.get("title", "").strip():
            assert a.title == r["title"].strip()
        if r.get("body", "").strip():
            assert a.body == r["body"].lstrip("\ufeff")
    assert sum(a.date is None for a in articles) <= undated


def test_real_dates_equal_the_iso_dates_beside_them():
    raw, records = real("reuters_21578_train", 3000)
    for a, r in zip(pynews.parse(raw, kind="jsonl"), records):
        if "date" in r:
            assert a.date == dt.date.fromisoformat(r["date"][:10])
