"""Queries of every kind against a brute-force model: random archives, random queries, equal sets and counts."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews
from pynews import q

WORDS = ["harbour", "rail", "school", "storm", "council", "bridge", "solar", "railway", "schools"]
TAGS = ["Harbours", "Money", "Wind & Sun", 'the "new" rail']
SECTIONS = ["City", "World"]
FIRST = dt.date(2019, 11, 1)


def make_rows(seed: int, n: int) -> list[dict]:
    r = random.Random(seed)
    rows = []
    for i in range(n):
        day = (FIRST + dt.timedelta(days=r.randrange(500))).isoformat()
        row = {"id": f"n{i}", "title": " ".join(r.choices(WORDS, k=2)), "body": " ".join(r.choices(WORDS, k=r.randrange(1, 6)))}
        row["date"] = r.choice([day, day, day[:7], day[:4], f"{day}T10:{i % 60:02}:00Z", None])
        row["tags"] = r.sample(TAGS, r.randrange(3))
        row["section"] = r.choice([*SECTIONS, None])
        rows.append(row)
    return rows


ROWS = make_rows(7, 300)


@pytest.fixture(scope="module")
def ar(tmp_path_factory):
    path = tmp_path_factory.mktemp("queries") / "a.pna"
    pynews.build(path, ROWS[:150]).close()
    archive = pynews.open(path, "a")
    archive.add([{**row, "body": "replaced soon"} for row in ROWS[100:200]])
    archive.add(ROWS)
    return archive


# --- the model: a query is a tree of tuples, printed as text and answered row by row


def period(text: str) -> tuple[dt.date, dt.date]:
    parts = [int(p) for p in text.split("-")]
    first = dt.date(*parts, *[1] * (3 - len(parts)))
    if len(parts) == 3:
        return first, first
    after = dt.date(first.year + 1, 1, 1) if len(parts) == 1 or first.month == 12 else dt.date(first.year, first.month + 1, 1)
    return first, after - dt.timedelta(days=1)


def words_of(row: dict, title_only: bool) -> list[str]:
    return row["title"].split() + ([] if title_only else ["|", *row["body"].split()])


def holds(row: dict, tree: tuple) -> bool:
    kind, *rest = tree
    if kind == "and":
        return holds(row, rest[0]) and holds(row, rest[1])
    if kind == "or":
        return holds(row, rest[0]) or holds(row, rest[1])
    if kind == "not":
        return not holds(row, rest[0])
    if kind in ("word", "title"):
        return rest[0] in words_of(row, kind == "title")
    if kind == "phrase":
        return f" {rest[0]} " in f" {' '.join(words_of(row, False))} "
    if kind == "prefix":
        return any(w.startswith(rest[0]) for w in words_of(row, False))
    if kind == "tag":
        return rest[0] in row["tags"]
    if kind == "none":
        return not row["tags"]
    if kind == "section":
        return row["section"] == rest[0]
    if kind == "id":
        return row["id"] == rest[0]
    if row["date"] is None:
        return False
    first, last = period(row["date"][:10])
    return period(rest[0])[0] <= first and last <= period(rest[1])[1]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '\\"') + '"'


def text_of(tree: tuple) -> str:
    kind, *rest = tree
    if kind in ("and", "or"):
        return f"({text_of(rest[0])}) {kind.upper()} ({text_of(rest[1])})"
    plain = {"word": "{}", "title": "title:{}", "phrase": '"{}"', "prefix": "{}*", "none": "tag:none", "id": "id:{}", "date": "date:{}..{}"}
    if kind == "not":
        return f"NOT ({text_of(rest[0])})"
    if kind in ("tag", "section"):
        return f"{kind}:{quoted(rest[0])}"
    return plain[kind].format(*rest)


def expr_of(tree: tuple) -> pynews.Expr:
    kind, *rest = tree
    if kind == "and":
        return expr_of(rest[0]) & expr_of(rest[1])
    if kind == "or":
        return expr_of(rest[0]) | expr_of(rest[1])
    if kind == "not":
        return ~expr_of(rest[0])
    make = {"word": q.word, "phrase": q.phrase, "prefix": q.prefix, "tag": q.tag, "section": q.section, "id": q.ids, "title": q.title,
            "none": q.untagged, "date": q.date.between}
    return make[kind](*rest)


word = st.sampled_from([*WORDS, "absent"])
when = st.sampled_from(["2019", "2020", "2020-02", "2020-11", "2020-02-14", "2019-12-31"])
leaves = st.one_of(
    st.tuples(st.just("word"), word),
    st.tuples(st.just("title"), word),
    st.tuples(st.just("phrase"), st.lists(word, min_size=2, max_size=3).map(" ".join)),
    st.tuples(st.just("prefix"), st.sampled_from(["rail", "sch", "b", "zz"])),
    st.tuples(st.just("tag"), st.sampled_from(TAGS)),
    st.just(("none",)),
    st.tuples(st.just("section"), st.sampled_from(SECTIONS)),
    st.tuples(st.just("id"), st.sampled_from(["n3", "n150", "n999"])),
    st.tuples(st.just("date"), when, when),
)
trees = st.recursive(leaves, lambda t: st.one_of(st.tuples(st.just("and"), t, t), st.tuples(st.just("or"), t, t), st.tuples(st.just("not"), t)), max_leaves=8)


def expected(tree: tuple) -> set[str]:
    return {row["id"] for row in ROWS if holds(row, tree)}


@given(trees)
def test_a_query_finds_what_the_model_finds(ar, tree):
    found = ar.search(text_of(tree))
    assert {a.id for a in found} == expected(tree)
    assert len(found) == len(expected(tree))


@given(trees)
def test_an_expression_prints_as_a_query_that_reads_back_as_itself(ar, tree):
    e = expr_of(tree)
    assert q(str(e)) == e and hash(q(str(e))) == hash(e)
    assert len(ar.search(e)) == len(ar.search(text_of(tree)))


@given(trees, trees)
def test_search_and_filter_commute(ar, a, b):
    one, two = ar.search(text_of(a)).filter(text_of(b)), ar.filter(text_of(b)).search(text_of(a))
    assert [x.id for x in one] == [x.id for x in two]
    assert len(one.base) == len(two.base) == len(expected(b))


@given(trees, trees)
def test_sets_of_selections_are_sets(ar, a, b):
    x, y = ar.search(text_of(a)), ar.search(text_of(b))
    assert {i.id for i in x & y} == expected(a) & expected(b)
    assert {i.id for i in x | y} == expected(a) | expected(b)
    assert {i.id for i in x - y} == expected(a) - expected(b)


@given(trees, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_every_article_of_a_trend_is_in_a_bucket_or_unplaced(ar, tree, freq):
    t = ar.trend({"x": text_of(tree)}, freq=freq)
    assert sum(t["count"]) + sum(t.unplaced["count"]) == len(expected(tree))
    assert sum(t["total"]) + sum(t.unplaced["total"]) == len(ROWS)


@given(trees)
def test_a_trend_of_a_selection_is_the_trend_of_its_query(ar, tree):
    whole, part = ar.trend({"x": text_of(tree)}), ar.search(text_of(tree)).trend({"x": "NOT absent"})
    assert whole.to_dict() == part.to_dict()


@given(trees)
def test_counts_are_what_the_model_counts(ar, tree):
    found = expected(tree)
    table = ar.search(text_of(tree)).counts("tag")
    want = {tag: sum(tag in row["tags"] for row in ROWS if row["id"] in found) for tag in TAGS}
    assert dict(zip(table["name"], table["count"], strict=True)) == {tag: n for tag, n in want.items() if n}


@given(when, when)
def test_dates_in_brackets_narrow_the_base(ar, a, b):
    found = ar[a:b]
    want = expected(("date", a, b))
    assert {x.id for x in found} == want
    assert len(found.base) == len(want)
    t = found.trend(freq="month")
    if period(a)[0] <= period(b)[1]:
        assert t["date"][0] == period(a)[0].replace(day=1)
        assert sum(t["total"]) + sum(t.unplaced["total"]) == len(want)


def test_a_period_that_is_not_whole_buckets_has_partial_ends(ar):
    t = ar["2020-02-10":"2020-04"].trend(freq="month")
    assert t["partial"].to_list() == [True, False, False]


def test_trends_by_name_and_their_denominators(ar):
    t = ar.trend(by="tag", top=2, freq="year")
    assert t.series == [row["name"] for row in ar.counts("tag", 2)]
    tagged = ar.trend(by="tag", top=2, freq="year", share_of="tagged")
    assert t["count"].to_list() == tagged["count"].to_list()
    untagged = sum(not row["tags"] for row in ROWS)
    total = sum(tagged["total"].to_list()[: len(tagged) // 2]) + sum(tagged.unplaced["total"].to_list()[: len(tagged.unplaced) // 2])
    assert total == len(ROWS) - untagged


def test_mappings_of_names(ar):
    assert dict(ar.tags) == {tag: sum(tag in row["tags"] for row in ROWS) for tag in ar.tags}
    assert ar.tags["HARBOURS"] == ar.tags["Harbours"]
    assert list(ar.sections) == sorted(SECTIONS, key=lambda s: -ar.sections[s])
    with pytest.raises(KeyError):
        ar.tags["Harbors"]


def test_mappings_of_names_are_those_of_the_selection(ar):
    found = ar.search("NOT tag:none")["2020"]
    for mapping, by in ((found.tags, "tag"), (found.sections, "section"), (found.sources, "source"), (found.authors, "author")):
        table = found.counts(by)
        assert list(mapping.items()) == list(zip(table["name"], table["count"], strict=True)), by
        assert all(name in mapping for name in mapping) and "Harbors" not in mapping and 3 not in mapping
    one = next(iter(ar.tags))
    rest = ar.search(~q.tag(one))
    assert rest.tags[one] == 0 and one not in rest.tags and one not in list(rest.tags)
    with pytest.raises(KeyError):
        rest.tags["Harbors"]


def test_combinations_of_names_are_counted_article_by_article(ar):
    found = ar.search("NOT tag:none")["2020"]
    ids = {a.id for a in found}
    kept = [row for row in ROWS if row["id"] in ids and row["section"]]
    table = found.counts(["section", "tag"])
    assert table.columns == ["section", "tag", "count", "total", "share"]
    rows = {(r["section"], r["tag"]): r["count"] for r in table}
    assert rows == dict(Counter((row["section"], tag) for row in kept for tag in row["tags"])) and len(rows) == 8
    assert list(rows.values()) == sorted(rows.values(), reverse=True)
    assert found.counts(["section", "tag"], top=3)["count"].to_list() == list(rows.values())[:3]
    assert [len(table.articles(row)) for row in range(8)] == list(rows.values())
    assert found.counts(["tag"])["count"].to_list() == found.counts("tag")["count"].to_list()
    found = pynews.open(ar.path)
    found.attach("half", {row["id"]: "even" if int(row["id"][1:]) % 2 == 0 else "odd" for row in ROWS})
    rows = {(r["half"], r["section"]): r["count"] for r in found.counts(["half", "section"])}
    assert rows == Counter(("odd" if int(row["id"][1:]) % 2 else "even", row["section"]) for row in ROWS if row["section"])


@pytest.mark.parametrize("name", ["ОАО «Газпром»", "the „new“ rail", "“quoted”", "a «b", 'both " and »', "«»", "“"])
def test_names_with_quotation_marks_are_found_whatever_the_marks(name, tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [{"id": "x", "title": f"About {name} x", "tags": [name], "date": "2020-01-01"}, {"id": "y", "title": "Y", "tags": ["other"]}], progress=False)
    assert [a.id for a in ar.filter(tag=name)] == [a.id for a in ar.search(q.tag(name))] == ["x"]
    assert [a.id for a in ar.trend(by="tag").at("2020-01", name)] == ["x"]
    assert q(str(q.tag(name))) == q.tag(name) and q(str(q.phrase(f"about {name} x"))) == q.phrase(f"about {name} x")
    assert [a.id for a in ar.search(q.phrase(f"about {name} x"))] == ["x"]


def test_selections_are_told_from_queries_and_wrong_numbers_are_named(ar):
    for wrong in ("harbour", q("harbour"), 3):
        for join in (lambda a, b: a & b, lambda a, b: a | b, lambda a, b: a - b):
            with pytest.raises(TypeError):
                join(ar, wrong)
    with pytest.raises(TypeError, match="is a period"):
        ar[:3]
    with pytest.raises(TypeError, match="a list of such names, not 3"):
        ar.counts(3)
    with pytest.raises(TypeError, match="a list of such names"):
        ar.counts([])
    with pytest.raises(ValueError, match="once"):
        ar.counts(["tag", "tag"])
    for top in (0, -1):
        with pytest.raises(ValueError, match=f"not {top}"):
            ar.counts("tag", top)
        with pytest.raises(ValueError, match=f"not {top}"):
            ar.trend(by="tag", top=top)


def test_an_unknown_name_comes_with_names_like_it(ar):
    with pytest.raises(pynews.UnknownNameError) as e:
        ar.search("tag:Harbors")
    assert e.value.kind == "tag" and e.value.suggestions == ["Harbours"]
    assert str(e.value) == "there is no tag 'Harbors'\n  did you mean 'Harbours'?"
    with pytest.raises(pynews.UnknownNameError):
        ar.trend("section:Worlds")


@pytest.mark.parametrize(
    ("query", "position"),
    [
        ("(rail", 0),
        ("rail)", 4),
        ("OR rail", 0),
        ("rail OR", 5),
        ("rail AND AND storm", 9),
        ('storm "rail', 6),
        ("tag:", 0),
        ("date:2020-13", 0),
        ("NOT", 0),
        ("()", 1),
        ('école "', 6),
        ("section:(a b)", 0),
        ("* rail", 0),
    ],
)
def test_the_caret_points_at_what_is_wrong(ar, query, position):
    with pytest.raises(pynews.QuerySyntaxError) as e:
        ar.search(query)
    assert e.value.position == position
    assert str(e.value).splitlines()[2] == "  " + " " * position + "^"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_text_is_a_query_or_a_query_error(ar, text):
    try:
        found = ar.search(text)
    except (pynews.QuerySyntaxError, pynews.UnknownNameError) as e:
        assert str(e)
    else:
        assert 0 <= len(found) <= len(ROWS)


@given(st.text(alphabet='ab()" \\*?:.ANDORTtag~“”„«»', max_size=40))
def test_what_can_be_read_prints_as_what_reads_the_same(text):
    try:
        e = q(text)
    except pynews.QuerySyntaxError:
        return
    assert q(str(e)) == e


@pytest.mark.parametrize("query", ["(" * 300 + "a" + ")" * 300, "NOT " * 1000 + "a", " ".join(["a"] * 1100), "a" * 70000])
def test_a_limit_is_an_error_that_names_it(ar, query):
    with pytest.raises(pynews.QuerySyntaxError) as e:
        ar.search(query)
    assert e.value.limit


def test_a_truth_value_of_an_expression_is_refused_with_advice():
    with pytest.raises(TypeError, match="put comparisons in"):
        bool(q.tag("a"))
    with pytest.raises(TypeError, match=r"q\.date\.on"):
        q.date == "2020"  # noqa: B015


@pytest.mark.parametrize("made,text", [
    (q.date > "2020", "date:2021.."), (q.date > "2020-02", "date:2020-03.."), (q.date > "2020-12-31", "date:2021.."),
    (q.date >= "2020-02", "date:2020-02.."), (q.date < "2020-03", "date:..2020-02"), (q.date < "2021", "date:..2020"),
    (q.date <= "2020-02", "date:..2020-02"), (q.date.on("2020-Q1"), "date:2020-01..2020-03"), (q.date.between("2020-02", None), "date:2020-02.."),
])  # fmt: skip
def test_comparisons_of_dates_begin_and_end_at_whole_periods(made, text):
    assert str(made) == str(q(text))
