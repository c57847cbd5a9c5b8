"""Saved feeds as inputs: RSS, Atom and RDF become the articles that they print, and nothing is fetched."""
import datetime as dt
import gzip
import socket
import sys
import time

import pytest

import pynews
from pynews import _feeds
from pynews._cli import main
from pynews._html_text import line_of, text_of

feedparser = pytest.importorskip("feedparser")

RSS = """<?xml version="1.0" encoding="utf-8"?>
<!-- saved by hand -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Harbour Post</title><language>en-gb</language>
<item>
<title>Ferry &amp;amp; rail &lt;b&gt;open&lt;/b&gt;</title><link>https://post.example/a</link><guid>https://post.example/a</guid>
<pubDate>Thu, 20 Aug 2020 08:15:00 +0900</pubDate><dc:creator>Ada Lund</dc:creator><dc:creator>Bo Chan</dc:creator>
<category>Rail</category><category>Sea, ports</category><description>Short &amp;mdash; and early.</description>
<content:encoded><![CDATA[<p>It ran on&nbsp;time.</p><script>var x = "<p>no</p>";</script><p>All<br>day.<!-- <p>not this</p> --><ul><li>one<li>two</ul>]]></content:encoded>
</item>
<item><title>Fog</title><link>https://www.post.example/b</link><guid isPermaLink="false">b-17</guid>
<pubDate>Fri, 21 Aug 2020 10:00 EST</pubDate><description>&lt;p&gt;No ferry.&lt;/p&gt;</description><author>ann@post.example (Ann Lee)</author></item>
</channel></rss>
"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Hafen</title>
<entry><title type="html">A &amp;lt; B</title><id>tag:hafen.example,2020:1</id><link href="https://hafen.example/1"/>
<published>2020-08-19T10:00:00+02:00</published><updated>2020-08-20T11:00:00Z</updated><author><name>Cy</name></author><category term="t" label="Tee"/>
<summary>Kurz.</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins</p><p>Zwei</p></div></content></entry></feed>
"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>c</title></channel>
<item rdf:about="https://r.example/1"><title>R</title><link>https://r.example/1</link><dc:date>2020-08-20T01:00+09:00</dc:date><description>d</description></item></rdf:RDF>
"""


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Whoever opens a connection fails the test."""
    monkeypatch.setattr(socket, "socket", lambda *a, **kw: pytest.fail("a connection was opened"))
    monkeypatch.setattr(socket, "create_connection", lambda *a, **kw: pytest.fail("a connection was opened"))


def remarks(ar):
    return [(row["code"], row["severity"]) for row in ar.report]


def test_an_entry_of_rss_is_an_article_with_all_that_it_prints(make):
    a, b = make(RSS.encode())
    assert (a.title, a.url, a.id, a.source, a.language) == ("Ferry & rail open", "https://post.example/a", "https://post.example/a", "post.example", "en-gb")
    assert (a.authors, a.tags, a.teaser) == (("Ada Lund", "Bo Chan"), ("Rail", "Sea, ports"), "Short — and early.")
    assert a.body == "It ran on time.\n\nAll\nday.\n\none\n\ntwo"
    assert (b.title, b.id, b.source, b.authors, b.body, b.teaser) == ("Fog", "b-17", "post.example", ("Ann Lee",), "", "No ferry.")


def test_dates_are_read_as_they_are_printed_with_their_zones(make):
    a, b = make(RSS.encode())
    assert (a.date, a.time.isoformat()) == (dt.date(2020, 8, 20), "2020-08-20T08:15:00+09:00")
    assert (b.date, b.time.utcoffset()) == (dt.date(2020, 8, 21), dt.timedelta(hours=-5))
    [c] = make(ATOM.encode())
    assert (c.time.isoformat(), c.modified.isoformat()[:10]) == ("2020-08-19T10:00:00+02:00", "2020-08-20")


def test_atom_and_rdf_are_read_too(make):
    [a], [b] = make(ATOM.encode()), make(RDF.encode())
    assert (a.title, a.id, a.url, a.authors, a.tags, a.language) == ("A < B", "tag:hafen.example,2020:1", "https://hafen.example/1", ("Cy",), ("Tee",), "de")
    assert (a.body, a.teaser) == ("Eins\n\nZwei", "Kurz.")
    assert (b.title, b.teaser, b.date, b.source) == ("R", "d", dt.date(2020, 8, 20), "r.example")


def test_an_article_without_a_body_is_found_by_its_teaser(make):
    assert [a.title for a in make(RSS.encode()).search("ferry")] == ["Ferry & rail open", "Fog"]


@pytest.mark.parametrize("feed", [RSS, ATOM, RDF])
@pytest.mark.parametrize("packed", [False, True])
def test_feeds_are_told_by_their_content_among_other_files(make, tmp_path, feed, packed):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(gzip.compress(feed.encode()) if packed else feed.encode())
    (folder / "b.jsonl").write_text('{"title": "Sun", "date": "2020-08-20"}\n')
    ar = make(folder)
    assert ar.report.stored == feed.count("</item>") + feed.count("</entry>") + 1 and not ar.report.skipped
    assert {a.origin[0] for a in ar} == {"in/a.txt", "in/b.jsonl"}


def test_fields_and_source_are_what_the_caller_says(make):
    ar = make(RSS.encode(), fields={"id": "-", "teaser": "body"}, source="The Post")
    assert [(a.id, a.source, a.body) for a in ar][1] == ("https://www.post.example/b", "The Post", "No ferry.")


def test_the_line_of_a_remark_is_the_number_of_its_entry(make):
    [row] = make(RSS.replace("Fri, 21 Aug 2020", "not a day").encode()).report
    assert (row["code"], row["line"]) == ("date_not_understood", 2)


# --- what is broken


def test_a_feed_that_is_not_well_formed_keeps_what_can_be_read_and_says_where(make):
    ar = make(RSS.replace("<title>Fog", "<title>Fog & <mist").encode())
    assert ar.report.stored == 2 and remarks(ar) == [("broken_feed", "warning")]
    assert ar.report[0]["excerpt"].startswith("line 11, column 18: ") and ar.report[0]["input"] == "<bytes>"


def test_a_feed_that_ends_too_early_keeps_the_entries_before(make):
    ar = make(RSS[: RSS.index("<pubDate>Fri")].encode())
    assert [a.title for a in ar] == ["Ferry & rail open", "Fog"] and ("broken_feed", "warning") in remarks(ar)


def test_one_bad_entry_costs_itself(make):
    bad = "<item><title>Bad &#xD800; &#99999999999;</title></item>"
    ar = make(RSS.replace("<item>", bad + "<item>", 1).replace("</channel>", "<item><title> </title></item></channel>").encode())
    assert ar.report.stored == 2 and ar.report.skipped == 2 and ar.report.read == 4
    assert sorted({code for code, _ in remarks(ar)}) == ["broken_entry", "broken_feed", "empty_record"]


def test_a_feed_without_entries_and_what_is_no_feed_are_in_the_report(make):
    for data, code in ((b"<rss><channel/></rss>", ("feed_without_entries", "warning")), (b"some words", ("broken_feed", "error")), (b"<p>x", ("broken_feed", "error"))):
        ar = make(data, kind="feed")
        assert remarks(ar) == [code] and len(ar) == 0 and ar.report.skipped == (code[1] == "error")
    with pytest.raises(pynews.PynewsError, match="broken_feed"):
        make(b"some words", kind="feed", on_error="raise")


def test_another_character_set_than_the_one_declared_is_a_remark(make):
    ar = make(RSS.encode().replace(b"Fog", b"F\xf6hn"))
    assert [a.title for a in ar][1] == "Föhn" and remarks(ar) == [("broken_feed", "warning")]
    assert [a.title for a in make(RSS.replace("utf-8", "iso-8859-1").encode("latin-1").replace(b"Fog", b"F\xf6hn"))][1] == "Föhn"


def test_what_lies_before_damaged_compression_is_read(make, tmp_path):
    many = RSS.replace("</channel>", "".join(f"<item><title>Number {i * 7919} of many</title></item>" for i in range(400)) + "</channel>")
    path = tmp_path / "a.xml.gz"
    path.write_bytes(gzip.compress(many.encode())[:-400])
    ar = make(path)
    assert ar.report.stored > 2 and ("damaged_compression", "error") in remarks(ar)


def test_a_feed_over_the_limit_is_refused(make, monkeypatch):
    monkeypatch.setattr(_feeds, "FEED_LIMIT", 1000)
    assert remarks(make(RSS.encode())) == [("input_too_large", "error")]


# --- nothing from elsewhere


def test_addresses_and_file_names_are_never_opened(make, tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_text(RSS)
    for data in (b"http://127.0.0.1:9/feed.xml", b"file://" + bytes(secret), bytes(secret)):
        ar = make(data, kind="feed")
        assert len(ar) == 0 and remarks(ar) == [("broken_feed", "error")]
    with pytest.raises(FileNotFoundError):
        make("http://127.0.0.1:9/feed.xml", kind="feed")


def test_entities_from_elsewhere_are_not_resolved(make, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2")
    for doctype in (f'<!DOCTYPE rss [<!ENTITY e SYSTEM "file://{secret}">]>', f'<!DOCTYPE rss SYSTEM "file://{secret}">', "<!DOCTYPE rss SYSTEM 'http://127.0.0.1:9/x.dtd'>"):
        ar = make((doctype + RSS.split("-->", 1)[1].replace("Fog", "Fog &e;")).encode())
        assert ar.report.stored == 2 and not ar.search("hunter2")


def test_entities_of_entities_do_not_grow(make):
    bomb = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    ar = make((f'<!DOCTYPE rss [<!ENTITY e0 "lol">{bomb}]>' + RSS.split("-->", 1)[1].replace("Fog", "Fog &e11;")).encode())
    assert ar.report.stored == 2 and max(len(a.title) for a in ar) < 100


# --- again, and in a shell


def test_a_feed_is_read_again_only_when_it_has_changed(make, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(RSS)
    ar = make(path)
    assert ar.add(path).unchanged == 1
    path.write_text(RSS.replace("No ferry", "No boat"))
    report = ar.add(path)
    assert (report.unchanged, report.replaced, report.duplicate) == (0, 1, 1)
    assert ar.article("b-17").teaser == "No boat."


def test_feeds_are_inputs_in_a_shell(tmp_path, capsys):
    (tmp_path / "a.xml").write_text(RSS)
    assert main(["build", str(tmp_path / "x.pna"), str(tmp_path / "a.xml"), "--kind", "feed"]) == 0
    assert len(pynews.open(tmp_path / "x.pna")) == 2


def test_a_missing_reader_is_named_with_the_command_that_brings_it(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "feedparser", None)
    ar = make(RSS.encode())
    assert remarks(ar) == [("unsupported_kind", "error")] and 'pip install "pynews[feeds]"' in ar.report[0]["excerpt"]
    with pytest.raises(pynews.UnsupportedError, match="feedparser"):
        make(RSS.encode(), on_error="raise")


# --- HTML


@pytest.mark.parametrize("html, text", [
    ("", ""), ("plain  text\n\nas it is", "plain text as it is"), ("<p>a</p>\n<p>b", "a\n\nb"), ("a<br>b<br/>c", "a\nb\nc"), ("<b>a</b><i>b</i> c", "ab c"),
    ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n\n3"), ("<h1>a</h1>b", "a\n\nb"), ("x<script>if (a<b) {c>d}</script>y<style>p{}</style>z", "xyz"),
    ("caf&eacute; &lt;b&gt; &amp;amp; &nosuch; &#233;", "café <b> &amp; &nosuch; é"), ("&#xD800;", "\ufffd"), ("a < b and <c", "a < b and <c"),
    ("a<!-- <p>b</p> -->c --> d <!-- e", "ac --> d <!-- e"), ("<div><div><p>a</p></div></div><hr>b", "a\n\nb"), ("<unknown>a</unknown>", "a"),
])  # fmt: skip
def test_html_is_read_as_paragraphs(html, text):
    assert text_of(html) == text


def test_a_title_is_one_line():
    assert line_of("<p>a</p> <p>b<br>c</p>") == "a b c"


@pytest.mark.parametrize("piece", ["<a ", "<!--", "<!", "</a ", "<a b='", "&#", "<![CDATA[", "<?", "<", "<script>"])
def test_what_is_never_closed_takes_no_longer_for_it(piece):
    began = time.process_time()
    text_of(piece * 20_000)
    assert time.process_time() - began < 5


def test_a_feed_in_utf16_is_a_feed(make, tmp_path):
    feed = '<?xml version="1.0" encoding="utf-16"?><rss version="2.0"><channel><item><title>Regen</title></item></channel></rss>'
    (tmp_path / "feed.xml").write_bytes(feed.encode("utf-16"))
    assert [a.title for a in make(tmp_path / "feed.xml")] == ["Regen"]
