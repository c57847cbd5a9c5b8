"""Where words stand: slop, NEAR, atleast, fuzzy, regex, lead, body and length against brute force in plain Python over small random archives."""

from __future__ import annotations

import functools
import itertools
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews
from pynews import q

WORDS = ["rail", "rails", "trail", "bank", "banks", "tax", "taxi", "sea", "seas", "lear"]
GAP = 128


def make_rows(seed: int, n: int) -> list[dict]:
    r = random.Random(seed)
    rows = []
    for i in range(n):
        paragraphs = [" ".join(r.choices(WORDS, k=r.randrange(0, 7))) for _ in range(r.randrange(1, 4))]
        rows.append({"id": f"n{i}", "title": " ".join(r.choices(WORDS, k=r.randrange(1, 4))), "body": "\n\n".join(p for p in paragraphs if p)})
    return rows


ROWS = make_rows(11, 90)


@pytest.fixture(scope="module")
def ar(tmp_path_factory):
    path = tmp_path_factory.mktemp("words") / "a.pna"
    with pynews.build(path, ROWS[:40], progress=False) as archive:
        archive.add([{**row, "body": "replaced soon"} for row in ROWS[25:60]])
        archive.add(ROWS)
        yield archive


# --- the model: an article is its words with their positions


def places(row: dict) -> tuple[list[tuple[int, str]], int]:
    """(position, word) of title and body, and the first position of the body."""
    title = row["title"].split()
    at = len(title) + GAP
    out, start = list(enumerate(title)), at
    for n, paragraph in enumerate(row["body"].split("\n\n")):
        at += n > 0
        for word in paragraph.split():
            out.append((at, word))
            at += 1
    return out, start


PLACES = [places(row) for row in ROWS]


@functools.cache
def distance(a: str, b: str) -> int:
    """Optimal string alignment."""
    d = {(i, j): max(i, j) for i in range(len(a) + 1) for j in range(len(b) + 1) if not i or not j}
    for i, j in itertools.product(range(1, len(a) + 1), range(1, len(b) + 1)):
        d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
        if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            d[i, j] = min(d[i, j], d[i - 2, j - 2] + 1)
    return d[len(a), len(b)]


@functools.cache
def fits(leaf: tuple, word: str) -> bool:
    kind, text = leaf[:2]
    if kind == "pattern":
        return re.fullmatch(text.replace("*", ".*").replace("?", "."), word) is not None
    if kind == "fuzzy":
        return distance(text, word) <= leaf[2]
    return (re.fullmatch(text, word) is not None) if kind == "regex" else text == word


def spans(leaf: tuple, words: list[tuple[int, str]]) -> list[tuple[int, int]]:
    """Exact occurrences, by first position."""
    if leaf[0] == "or":
        return sorted({s for part in leaf[1] for s in spans(part, words)})
    if leaf[0] != "phrase":
        return [(p, p) for p, word in words if fits(leaf, word)]
    want, at = leaf[1].split(), dict(words)
    return [(p, p + len(want) - 1) for p in at if all(at.get(p + i) == w for i, w in enumerate(want))]


def loose(phrase: str, slop: int, words: list[tuple[int, str]]) -> bool:
    lists = [[p for p, word in words if word == w] for w in phrase.split()]
    for choice in itertools.product(*lists):
        offs = [p - i for i, p in enumerate(choice)]
        if len(set(choice)) == len(choice) and max(offs) - min(offs) <= slop:
            return True
    return False


def near(parts: list[list[tuple[int, int]]], within: int, ordered: bool) -> bool:
    for choice in itertools.product(*parts):
        chosen = sorted(choice)
        if any(b[0] <= a[1] for a, b in itertools.pairwise(chosen)) or (ordered and list(choice) != chosen):
            continue
        if chosen[-1][1] - chosen[0][0] + 1 - sum(b - a + 1 for a, b in choice) <= within - 1:
            return True
    return False


def in_zone(zone: str, words: list[tuple[int, str]], body: int) -> list[tuple[int, str]]:
    if zone == "title":
        return [(p, w) for p, w in words if p < body]
    if zone == "body":
        return [(p, w) for p, w in words if p >= body]
    if zone.startswith("lead"):
        return [(p, w) for p, w in words if body <= p < body + int(zone[4:] or 50)]
    return words


def holds(tree: tuple, words: list[tuple[int, str]], body: int) -> bool:
    kind, *rest = tree
    if kind == "zone":
        return holds(rest[1], in_zone(rest[0], words, body), body)
    if kind == "near":
        return near([spans(leaf, words) for leaf in rest[0]], rest[1], rest[2])
    if kind == "loose":
        return loose(rest[0], rest[1], words)
    if kind == "atleast":
        return len(spans(rest[1], words)) >= rest[0]
    if kind == "length":
        return rest[0] <= len(words) <= rest[1]
    if kind in ("and", "both"):
        return holds(rest[0], words, body) and holds(rest[1], words, body)
    if kind in ("or_", "either"):
        return holds(rest[0], words, body) or holds(rest[1], words, body)
    return not holds(rest[0], words, body) if kind == "not" else bool(spans(tree, words))


def expected(tree: tuple) -> list[str]:
    return [row["id"] for row, (words, body) in zip(ROWS, PLACES, strict=True) if holds(tree, words, body)]


def text_of(tree: tuple) -> str:
    kind, *rest = tree
    if kind == "zone":
        return f"{rest[0]}:({text_of(rest[1])})"
    if kind == "near":
        return f" {'PRE' if rest[2] else 'NEAR'}/{rest[1]} ".join(text_of(leaf) for leaf in rest[0])
    if kind in ("loose", "phrase"):
        return f'"{rest[0]}"' + (f"~{rest[1]}" if kind == "loose" else "")
    if kind == "or":
        return "(" + " OR ".join(text_of(leaf) for leaf in rest[0]) + ")"
    if kind == "not":
        return f"NOT ({text_of(rest[0])})"
    if kind in ("and", "or_"):
        return f"({text_of(rest[0])}) {'AND' if kind == 'and' else 'OR'} ({text_of(rest[1])})"
    made = {"word": "{}", "pattern": "{}", "fuzzy": "{}~{}", "regex": "/{}/", "length": "length:{}..{}"}
    return f"atleast{rest[0]}:{text_of(rest[1])}" if kind == "atleast" else made[kind].format(*rest)


def expr_of(tree: tuple) -> pynews.Expr:
    kind, *rest = tree
    if kind == "zone":
        inner = expr_of(rest[1])
        return q.title(inner) if rest[0] == "title" else q.body(inner) if rest[0] == "body" else q.lead(inner, words=int(rest[0][4:] or 50))
    if kind == "near":
        return q.near(*map(expr_of, rest[0]), within=rest[1], ordered=rest[2])
    if kind == "or":
        return expr_of(rest[0][0]) if len(rest[0]) == 1 else expr_of(rest[0][0]) | expr_of(("or", rest[0][1:]))
    if kind in ("and", "or_"):
        one, two = map(expr_of, rest)
        return one & two if kind == "and" else one | two
    if kind == "not":
        return ~expr_of(rest[0])
    if kind == "atleast":
        return q.at_least(rest[0], expr_of(rest[1]))
    if kind == "pattern":
        return q(rest[0])
    make = {"word": q.word, "phrase": q.phrase, "loose": q.phrase, "fuzzy": q.fuzzy, "regex": q.regex, "length": q.length}
    return make[kind](*rest)


word = st.sampled_from(WORDS)
phrases = st.lists(word, min_size=2, max_size=4).map(" ".join)
exact = st.one_of(
    st.tuples(st.just("word"), word),
    st.tuples(st.just("phrase"), st.lists(word, min_size=2, max_size=2).map(" ".join)),
    st.tuples(st.just("pattern"), st.sampled_from(["rail*", "*ail", "?ax", "t*", "b?nk*", "*a*s"])),
    st.tuples(st.just("fuzzy"), st.sampled_from(["rial", "bnak", "tax", "sae", "real"]), st.integers(1, 2)),
    st.tuples(st.just("regex"), st.sampled_from(["rails?", "(t|b)a.*", "[^rt].*", ".{3}", "sea|tax", "(ra|tr)[a-i]+l{1,2}s*", "b.+", "[a-c]ank(s){0,1}"])),
)
part = st.one_of(exact, st.tuples(st.just("or"), st.lists(exact, min_size=2, max_size=3)))
nears = st.tuples(st.just("near"), st.lists(part, min_size=2, max_size=4), st.integers(1, 6), st.booleans())
loosely = st.tuples(st.just("loose"), phrases, st.integers(1, 5))
placed = st.recursive(
    st.one_of(exact, nears, loosely),
    lambda t: st.one_of(st.tuples(st.just("not"), t), st.tuples(st.just("and"), t, t), st.tuples(st.just("or_"), t, t)),
    max_leaves=3,
)
zones = st.tuples(st.just("zone"), st.sampled_from(["title", "body", "lead", "lead3", "lead6"]), placed)
counts = st.tuples(st.just("atleast"), st.integers(1, 4), exact)
lengths = st.tuples(st.just("length"), st.integers(0, 12), st.integers(0, 20))
trees = st.recursive(
    st.one_of(exact, nears, loosely, zones, counts, lengths),
    lambda t: st.one_of(st.tuples(st.just("not"), t), st.tuples(st.just("and"), t, t), st.tuples(st.just("or_"), t, t)),
    max_leaves=4,
)


def check(ar, tree: tuple) -> None:
    found = ar.search(text_of(tree))
    assert sorted(a.id for a in found) == sorted(expected(tree)), text_of(tree)


@given(exact)
def test_words_phrases_patterns_fuzzy_words_and_expressions_find_what_the_model_finds(ar, tree):
    check(ar, tree)


@given(loosely)
def test_phrases_with_slop_find_what_every_choice_of_places_allows(ar, tree):
    check(ar, tree)


@given(nears)
def test_near_and_pre_find_what_every_choice_of_spans_allows(ar, tree):
    check(ar, tree)


@given(zones)
def test_title_body_and_lead_find_what_lies_wholly_inside(ar, tree):
    check(ar, tree)


@given(counts)
def test_atleast_counts_occurrences_of_title_and_body(ar, tree):
    check(ar, tree)


@given(lengths)
def test_lengths_are_words_of_title_and_body(ar, tree):
    check(ar, tree)


@given(trees)
def test_all_of_them_together_find_what_the_model_finds(ar, tree):
    check(ar, tree)


@given(trees)
def test_every_expression_prints_as_a_query_that_reads_back_as_itself(ar, tree):
    e = expr_of(tree)
    assert q(str(e)) == e and str(q(str(e))) == str(e)
    assert len(ar.search(e)) == len(expected(tree))


@given(st.text(alphabet="ab", max_size=6), st.text(alphabet="ab", max_size=6))
def test_the_distance_of_the_model_is_a_distance(a, b):
    assert distance(a, b) == distance(b, a) and (distance(a, b) == 0) == (a == b) and abs(len(a) - len(b)) <= distance(a, b)


# --- regular expressions against Python's, over words of few letters


TERMS = ["".join(t) for n in range(1, 5) for t in itertools.product("abc", repeat=n)]


@pytest.fixture(scope="module")
def terms(tmp_path_factory):
    with pynews.build(tmp_path_factory.mktemp("terms") / "t.pna", [{"id": t, "title": t} for t in TERMS], progress=False) as archive:
        yield archive


atoms = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "[a-c]", "[^b-c]", "(ab)"])
expressions = st.recursive(
    atoms,
    lambda x: st.one_of(
        st.tuples(x, x).map("".join),
        st.tuples(x, x).map(lambda t: f"({t[0]}|{t[1]})"),
        st.tuples(x, st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}", "{2,3}"])).map(lambda t: f"({t[0]}){t[1]}"),
    ),
    max_leaves=8,
)


@given(expressions)
def test_a_regular_expression_matches_what_that_of_python_matches(terms, expression):
    want = sorted(t for t in TERMS if re.fullmatch(expression, t))
    assert sorted(a.id for a in terms.search(f"/{expression}/")) == want


@given(st.text(alphabet="abc", min_size=1, max_size=5), st.integers(1, 2))
def test_a_fuzzy_word_finds_the_terms_within_its_distance(terms, text, most):
    assert sorted(a.id for a in terms.search(f"{text}~{most}")) == sorted(t for t in TERMS if distance(text, t) <= most)


def test_a_range_of_days_is_written_by_years_and_months_where_it_consists_of_such():
    on, between = pynews.q.date.on, pynews.q.date.between
    for query, text in (
        (on("2020"), "date:2020"), (on("2020-02"), "date:2020-02"), (on("2020-Q3"), "date:2020-07..2020-09"), (on("2020-W34"), "date:2020-08-17..2020-08-23"), (on("2020-08-05"), "date:2020-08-05"),
        (between("2019", "2020-06"), "date:2019-01..2020-06"), (between("2020-08-01", "2020-08-31"), "date:2020-08"), (between("2020-02", "2020-02-28"), "date:2020-02-01..2020-02-28"),
        (between("2019", None), "date:2019.."), (between(None, "2020-08"), "date:..2020-08"), (pynews.q.date > "2020", "date:2021.."), (pynews.q.date < "2020-08-01", "date:..2020-07"),
    ):  # fmt: skip
        assert str(query) == text and pynews.q(text) == query
