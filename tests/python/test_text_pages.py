"""Text pages through the public call: variants of a page of our own, and real pages where they are present."""
import datetime as dt
import importlib
import json
import random
import re
import sys
import tarfile
import warnings
from pathlib import Path

import pytest

pynews = pytest.importorskip("pynews")
if not hasattr(pynews, "parse"):
    pytest.skip("the extension is not built", allow_module_level=True)
SHARED = Path(__file__).parents[2] / ".." / "shared"

TITLE = "Sea Wall of Marrow Bay Gets a Second Life as a Garden"
BODY = (
    "Marrow Bay, a fishing village of two thousand people, wants to plant its old sea wall with salt-loving herbs.",
    "According to the Bay Courier, the parish hopes to end what it calls a “long quarrel between the water and the "
    "bread.” Its gardeners’ guild will draw on seeds from four coasts, and on the advice of anyone who has tried.",
    "The guild's open evenings will run all summer. The Courier adds that the parish's offer includes tools and boots.",
    "In May, Marrow Bay’s school signed for the first stretch. Its pupils plan to measure salt, wind, and snails by 2023.",
)
RELATED = (
    ("Village Bakers Try Bread With Sea Fennel", "Crafts", dt.date(2022, 10, 6),
     "Three bakers of the bay have put sea fennel into their morning loaves, and the first hundred were gone before the "
     "church bell rang; the fourth baker, who had called it a fad, asked for a bag of the herb by noon of the same day"),
    ("Marrow Bay Might Soon Rebuild Its Breakwater", "Harbour", dt.date(2022, 8, 14),
     "The county plans to spend nine years and a great many stones on a breakwater that the last storm took away. "
     "According to Tide Weekly, the engineer praised “several benefits” of waiting for one more winter before the work"),
    ("Salt Meadow Opens as a Free Path", "Harbour", dt.date(2022, 8, 7),
     "Walkers may cross the salt meadow again from sunrise to sunset. They additionally get a map that the ferry "
     "office prints on paper made of reeds, which holds for about one walk and a half if it does not rain on the way"),
    ("A Net Menders' School Finds Its First Pupils", "Harbour", dt.date(2022, 6, 15),
     "The village has helped to find eleven pupils for the school of net menders and a stove for its room. According "
     "to the Bay Courier, lessons begin when the stove is mended, for which a pupil is being looked for at present"),
    ("Few Tide Mills Turn, but More Are Drawn", "Harbour", dt.date(2024, 6, 16),
     "Mills driven by the tide seem to be an idea whose hour comes twice a day. “More than half of the coast is now "
     "drawing mills or mending them,” reported the society of mills in early spring, and it has not been corrected"),
)
AP = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


def printed(day):
    return f"{AP[day.month - 1]} {day.day}, {day.year}"


HEAD = f"{TITLE}\n\nPublished at: Sept. 20, 2022\n\n"
TEXT = "\n\n".join(BODY)
ENTRIES = "\n".join(f"{title}\n{teaser} …\n{category} / {printed(day)}" for title, category, day, teaser in RELATED)
PAGE = f"{HEAD}{TEXT}\n\nTags\nRelated Posts\n{ENTRIES}"


def parse(raw):
    return pynews.parse(raw if isinstance(raw, bytes) else raw.encode(), kind="text")


def one(raw):
    [article] = parse(raw)
    return article


def swap(old, new, text=PAGE):
    assert old in text
    return text.replace(old, new, 1)


def paragraphs(article):
    return tuple(article.body.split("\n\n"))


def is_page(article, related=5, tags=()):
    assert article.title == TITLE
    assert article.date == dt.date(2022, 9, 20)
    assert paragraphs(article) == BODY
    assert [r.title for r in article.related] == [r[0] for r in RELATED[:related]]
    assert tuple(article.tags) == tags
    return article


# --- the page


def test_a_page_gives_every_field():
    a = is_page(one(PAGE))
    assert (a.date_precision, a.time, a.modified, a.section, a.source, a.url, a.language, a.teaser) == ("day",) + (None,) * 7
    assert tuple(a.authors) == () and dict(a.extra) == {}
    for entry, (title, category, day, teaser) in zip(a.related, RELATED, strict=True):
        assert (entry.title, entry.category, entry.date, entry.url) == (title, category, day, None)
        assert entry.teaser == teaser and entry.truncated
    assert a.diagnostics == ("snapshot_lower_bound",)


def test_an_article_says_where_it_stood():
    first, second = parse(PAGE + "\n\n" + PAGE)
    assert tuple(first.origin[1:]) == (0, len(PAGE.encode()) + 2)
    assert tuple(second.origin[1:]) == (len(PAGE.encode()) + 2, len(PAGE.encode()))


# --- bytes


def test_crlf_with_a_byte_order_mark():
    a = is_page(one(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode()))
    assert {"bom_removed", "crlf_normalised"} <= set(a.diagnostics)


def test_cr_alone():
    is_page(one(PAGE.replace("\n", "\r")))


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_utf16(coding):
    assert "utf16_input" in is_page(one(("\ufeff" + PAGE).encode(coding))).diagnostics


def test_windows_1252():
    a = is_page(one(PAGE.replace("…", "...").encode("cp1252")))
    assert a.related[0].truncated and "not_utf8_decoded_as_cp1252" in a.diagnostics


def test_a_page_in_windows_1252_does_not_spoil_the_next_one():
    articles = parse(PAGE.replace("…", "...").encode("cp1252") + b"\n\n" + PAGE.encode())
    assert [is_page(article).title for article in articles] == [articles[0].title] * 2


def test_mojibake():
    careless = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in PAGE.encode())
    a = is_page(one(careless))
    assert "mojibake_repaired" in a.diagnostics


def test_nul_bytes_are_dropped():
    a = one(PAGE.encode().replace(b"fishing", b"fish\0ing"))
    assert "nul_removed" in is_page(a).diagnostics


def test_no_break_spaces():
    text = swap("Published at: Sept. 20", "Published\u00a0at:\u00a0Sept.\u00a020")
    text = swap("Harbour / Aug. 14", "Harbour\u00a0/\u00a0Aug. 14", text)
    is_page(one(swap("Related Posts", "Related\u00a0Posts ", text)))


def test_zero_width_characters_do_not_hide_a_marker_and_stay_in_text():
    a = one(swap("Related", "\u200bRel\u00adated", swap("village of", "village\u200b of")))
    assert "fishing village\u200b of" in a.body and len(a.related) == 5


# --- tags


def test_no_tags_header():
    a = is_page(one(swap("Tags\n", "")))
    assert "no_tags_section" in a.diagnostics


@pytest.mark.parametrize("block, tags", [
    ("Tags\nSea Wall\nGardens\nSchools\n", ("Sea Wall", "Gardens", "Schools")),
    ("Tags\nSea Wall, Gardens, Schools\n", ("Sea Wall", "Gardens", "Schools")),
    ("Tags: Sea Wall, Gardens\n", ("Sea Wall", "Gardens")),
    ("Tags\n#Wall #Gardens #AI\n", ("Wall", "Gardens", "AI")),
    ("TAGS\nBay\nbay\nAI\n", ("Bay", "AI")),
    ("Tags\nSea Wall | Gardens • Schools; Salt\n", ("Sea Wall", "Gardens", "Schools", "Salt")),
    ("Topics: C#, U.S.\n", ("C#", "U.S.")),
])
def test_tags_in_any_form(block, tags):
    is_page(one(swap("Tags\n", block)), tags=tags)


# --- related entries


def test_the_page_ends_before_the_related_block():
    a = is_page(one(PAGE[:PAGE.index("Related Posts")]), related=0)
    assert "no_related_section" in a.diagnostics


def test_the_related_block_is_empty():
    a = is_page(one(PAGE[:PAGE.index(RELATED[0][0])]), related=0)
    assert "no_related_section" not in a.diagnostics


def test_neither_tags_nor_related():
    a = is_page(one(PAGE[:PAGE.index("Tags")]), related=0)
    assert {"no_tags_section", "no_related_section"} <= set(a.diagnostics)


@pytest.mark.parametrize("line, category", [("/ Aug. 14", None), ("Aug. 14", None), ("Walls / Sea / Aug. 14", "Walls / Sea")])
def test_categories(line, category):
    entry = is_page(one(swap("Harbour / Aug. 14", line))).related[1]
    assert (entry.category, entry.date) == (category, dt.date(2022, 8, 14))


def test_an_entry_without_teaser():
    entry = is_page(one(swap(RELATED[1][3] + " …\n", ""))).related[1]
    assert (entry.title, entry.teaser) == (RELATED[1][0], None)


def test_a_teaser_in_two_lines():
    a = is_page(one(swap("According to Tide Weekly", "\nAccording to Tide Weekly")))
    assert "related_teaser_multiline" in a.diagnostics and a.related[1].teaser == RELATED[1][3]


def test_teasers_without_ellipsis():
    assert not any(r.truncated for r in is_page(one(PAGE.replace(" …", ""))).related)


def test_a_last_entry_without_date():
    a = is_page(one(PAGE[:PAGE.rindex("Harbour /")]))
    assert "related_without_date" in a.diagnostics and a.related[-1].date is None


def test_a_footer_after_the_entries():
    a = is_page(one(PAGE + "\nBack to top\nCopyright 2022\n"))
    assert "trailer_text" in a.diagnostics


# --- head


@pytest.mark.parametrize("old, new, authors", [
    ("\n\nPublished", "\n\nBy Ina Marsh\n\nPublished", ("Ina Marsh",)),
    ("20, 2022\n", "20, 2022\nAuthor: Ina Marsh\n", ("Ina Marsh",)),
    ("20, 2022\n", "20, 2022\nBy Ina Marsh, Ole Reed and Una Holt\n", ("Ina Marsh", "Ole Reed", "Una Holt")),
])
def test_bylines(old, new, authors):
    assert tuple(is_page(one(swap(old, new))).authors) == authors


def test_an_update_in_its_own_line():
    a = is_page(one(swap("20, 2022\n", "20, 2022\nUpdated at: Sept. 21, 2022, 2:05 p.m.\n")))
    assert a.modified in (dt.date(2022, 9, 21), dt.datetime(2022, 9, 21, 14, 5))


def test_an_update_before_the_publication():
    a = is_page(one(swap("Published at: Sept. 20, 2022", "Published on Sept. 20, 2022 | Updated: Sept. 19, 2022")))
    assert "modified_before_published" in a.diagnostics


@pytest.mark.parametrize("text, clock", [
    ("Sept. 20, 2022, 2:05 p.m.", (14, 5)), ("Sept. 20, 2022, noon", (12, 0)), ("Sept. 20, 2022, midnight", (0, 0)),
    ("Sept. 20, 2022, 2 p.m.", (14, 0)), ("20 Sept 2022 14:05 BST", (14, 5)), ("Tuesday, September 20th 2022", None),
    ("2022-09-20T14:05:09Z", (14, 5)), ("2022-09-20 14:05:09+02:00", (14, 5)), ("20-Sep-2022", None),
])
def test_dates_in_many_forms(text, clock):
    a = is_page(one(swap("Sept. 20, 2022", text)))
    assert (None if a.time is None else (a.time.hour, a.time.minute)) == clock


def test_day_and_month_that_could_be_exchanged():
    a = one(swap("Sept. 20, 2022", "03/04/2022"))
    assert a.date == dt.date(2022, 3, 4) and "ambiguous_day_month" in a.diagnostics


def test_a_missing_title():
    a = one(PAGE[PAGE.index("Published"):])
    assert a.title is None and "missing_title" in a.diagnostics
    assert a.date == dt.date(2022, 9, 20) and paragraphs(a) == BODY and len(a.related) == 5


def test_a_missing_date():
    a = one(swap("Published at: Sept. 20, 2022\n\n", ""))
    assert (a.title, a.date) == (TITLE, None) and "missing_date" in a.diagnostics
    assert paragraphs(a) == BODY and len(a.related) == 5


def test_an_impossible_date():
    a = one(swap("Sept. 20, 2022", "Sept. 31, 2022"))
    assert (a.title, a.date) == (TITLE, None) and "impossible_date" in a.diagnostics


def test_lines_above_the_title():
    assert "preamble_text" in is_page(one("Bay Courier\nHome\nNews\n\n" + PAGE)).diagnostics


# --- markers inside the text


@pytest.mark.parametrize("line, code", [
    ("Tags", "tags_marker_in_body"), ("Related Posts", "related_marker_in_body"), ("Marrow Bay / Sept. 19, 2022", None),
    ("Published on Sept. 1, 2022", None), ("-----", None),
])
def test_a_marker_inside_the_text_is_text(line, code):
    a = one(swap("According to the", line + "\n\nAccording to the"))
    assert paragraphs(a) == (BODY[0], line, *BODY[1:])
    assert (a.title, a.date, len(a.related)) == (TITLE, dt.date(2022, 9, 20), 5)
    assert code is None or code in a.diagnostics


def test_single_line_ends():
    is_page(one(re.sub(r"\n\n+", "\n", PAGE)))


# --- several pages


@pytest.mark.parametrize("glue", ["\n", "\n\n\n", "\n\n-----\n\n", "\n=====\n", "\f", "\n\f\n"])
def test_pages_strung_together(glue):
    articles = parse(glue.join([PAGE] * 3))
    assert len(articles) == 3
    for article in articles:
        is_page(article)
    assert ["split_by" in a.diagnostics for a in articles] == [False, True, True]


@pytest.mark.parametrize("end", ["Related Posts", "Tags"])
def test_shorter_pages_strung_together(end):
    short = PAGE[:PAGE.index(end)]
    articles = parse(short + "\n" + short + "\n\n" + short)
    assert len(articles) == 3
    for article in articles:
        is_page(article, related=0)


def test_nothing_gives_no_article():
    assert parse(b"") == [] and parse(b"\n\n \xc2\xa0\n") == []


def test_any_bytes_are_read():
    r = random.Random(1)
    for _ in range(300):
        parse(bytes(r.randrange(256) for _ in range(r.randrange(400))))


# --- real pages


def real(name):
    path = SHARED / "data" / name
    if not path.exists():
        pytest.skip(f"the real material is not at {path}")
    return path


def test_the_real_page():
    raw = real("seed/article.txt").read_bytes()
    [a] = pynews.parse(raw)
    lines = [line for line in raw.decode().split("\n") if line]
    at = lines.index("Related Posts")
    assert a.title == lines[0] and lines[1] == "Published at: Aug. 20, 2020" and a.date == dt.date(2020, 8, 20)
    assert paragraphs(a) == tuple(lines[2:at - 1]) and lines[at - 1] == "Tags" and tuple(a.tags) == ()
    entries = [lines[i:i + 3] for i in range(at + 1, len(lines), 3)]
    assert len(entries) == len(a.related) == 5
    for r, (title, teaser, end) in zip(a.related, entries, strict=True):
        assert (r.title, r.teaser, r.truncated) == (title, teaser.removesuffix(" …"), True)
        assert f"{r.category} / {printed(r.date)}" == end and len(r.teaser.split()) == 100
    assert (a.modified, a.url, a.section, tuple(a.authors), a.diagnostics) == (None, None, None, (), ("snapshot_lower_bound",))
    assert tuple(a.origin[1:]) == (0, len(raw))


def test_1809_real_texts_in_the_same_layout_are_exact():
    path = real("seed_layout_digitalgov.tar.xz")
    with tarfile.open(path) as tar:
        files = {Path(m.name).name: tar.extractfile(m).read() for m in tar if m.isfile()}
    truth = [json.loads(line) for line in files.pop("truth.jsonl").decode().splitlines()]
    assert len(truth) == 1809
    for t in truth:
        a = one(files[Path(t["file"]).name])
        assert (a.title, a.date.isoformat(), a.body) == (t["title"], t["date"], t["body"]), t["file"]
        assert tuple(a.tags) == tuple(dict.fromkeys(t["tags"])), t["file"]
        assert [(r.title, r.category, r.date.isoformat()) for r in a.related] == [(r["title"], r["category"], r["date"]) for r in t["related"]]


# --- the earlier prototype, where it is present


@pytest.fixture(scope="module")
def prototype():
    folder = SHARED / "reference" / "parsing"
    if not (folder / "seedgrammar.py").exists():
        pytest.skip(f"the prototype of the grammar is not at {folder}")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)      # it leaves its files open
        patch.syspath_prepend(str(folder))
        patch.setattr(sys, "dont_write_bytecode", True)
        patch.chdir(folder)
        yield folder, importlib.import_module("seedgrammar"), importlib.import_module("fuzzgen")
        for name in ("seedgrammar", "fuzzgen"):
            sys.modules.pop(name, None)


def fields_of_prototype(x):
    return (x.title, x.published.iso if x.published else None, x.modified.iso if x.modified else None, x.body, x.tags, x.byline,
            [(r.title, r.teaser, r.truncated, r.category, r.date.iso if r.date else None) for r in x.related])


def day(value):
    return value.isoformat()[:10] if value else None


def fields_of(a):
    return (a.title, day(a.date), day(a.modified), list(paragraphs(a)) if a.body else [], list(a.tags), a.authors[0] if a.authors else None,
            [(r.title, r.teaser, r.truncated, r.category, day(r.date)) for r in a.related])


def test_the_variants_of_the_prototype_give_the_same_fields(prototype):
    folder, seedgrammar, _ = prototype
    inputs = []

    def record(raw, order="mdy", **options):
        if order == "mdy":
            inputs.append(raw)
        return seedgrammar.parse(raw, order=order, **options)

    source = (folder / "test_seed.py").read_text(encoding="utf-8").split("if __name__")[0]
    space = {"__name__": "variants"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        exec(compile(source, "variants", "exec"), space)
    space["parse"] = record
    cases = [case for case in space["P"] if case.__name__ not in ("garbage", "last_related_undated")]      # it leaves the ellipsis on an undated entry
    assert len(cases) == 41
    for case in cases:
        inputs.clear()
        case()
        assert inputs, case.__name__
        for raw in inputs:
            expected, _ = seedgrammar.parse(raw)
            assert [fields_of(a) for a in parse(raw)] == [fields_of_prototype(x) for x in expected], case.__name__


def test_random_dumps_are_read_at_least_as_well_as_by_the_prototype(prototype):
    _, _, fuzzgen = prototype
    r = random.Random(7)
    files = split = articles = 0
    right = dict.fromkeys(("title", "date", "body", "tags", "related"), 0)
    for _ in range(2000):
        truths, lines = [], []
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            page, truth = fuzzgen.gen(r)
            lines += page + r.choice([[""], ["", ""], [], ["-----"]])
            truths.append(truth)
        found = parse(r.choice(["\n", "\n", "\n", "\r\n"]).join(lines).encode())
        files += 1
        articles += len(truths)
        if len(found) != len(truths):
            continue
        split += 1
        for a, t in zip(found, truths, strict=True):
            right["title"] += a.title == t["title"]
            right["date"] += day(a.date) == t["date"]
            right["body"] += list(paragraphs(a)) == t["body"]
            right["tags"] += list(a.tags) == t["tags"]
            right["related"] += [(e.title, e.category, day(e.date)) for e in a.related] == t["rel"]
    assert split >= 0.997 * files
    least = {"title": 0.997, "date": 0.997, "related": 0.997, "tags": 0.996, "body": 0.99}
    assert {k: v / articles >= least[k] for k, v in right.items()} == dict.fromkeys(right, True), (right, articles)


def test_a_corrected_page_stands_beside_the_older_one_until_that_is_deleted(tmp_path):
    def write(text):
        (tmp_path / "pages" / "rail.txt").write_text(f"Rail line opens\n\nPublished at: Aug. 20, 2020\n\n{text}\n\nA second paragraph.\n\nTags\nRail\nRelated Posts\n")

    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "other.txt").write_text("Bus line opens\n\nPublished at: Aug. 20, 2020\n\nBuses ran.\n\nTags\nBus\nRelated Posts\n")
    write("Trains ran on time.")
    ar = pynews.build(tmp_path / "a.pna", tmp_path / "pages", progress=False)
    write("Trains ran late.")
    report = ar.add(tmp_path / "pages", progress=False)
    both = ar.search('title:"rail line opens" AND date:2020-08-20')
    assert (report.stored, report.replaced, report.unchanged, len(both)) == (1, 0, 1, 2) and len({a.id for a in both}) == 2
    assert next(r["value"] for r in ar.health() if r["check"] == "copies") == 1
    assert ar.delete(f"id:{next(a.id for a in both if 'on time' in a.body)}") == 1
    assert ar.delete('title:"rail line opens" AND date:2020-08-20') == 1
    write("Trains ran very late.")
    ar.add(tmp_path / "pages", progress=False)
    assert [a.body.split("\n")[0] for a in ar.search("title:rail")] == ["Trains ran very late."] and len(ar) == 2
