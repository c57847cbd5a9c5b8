"""Wrong queries of every kind, and exactly what the analyst reads: golden/wrong_queries.txt.

`python tests/python/test_wrong_queries.py` writes the answers behind the questions anew; read the difference before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import pynews
from pynews import q

GOLDEN = Path(__file__).parent / "golden" / "wrong_queries.txt"
ASK = ">>> "


def questions() -> list[tuple[str, str]]:
    """(question, answer) of the file; comments begin with #."""
    blocks = [b for b in GOLDEN.read_text(encoding="utf-8").split("\n\n") if b.startswith(ASK)]
    return [(question.removeprefix(ASK), answer) for question, _, answer in (b.rstrip("\n").partition("\n") for b in blocks)]


def answer(question: str, ar: pynews.Archive) -> str:
    """What the question raises, as a terminal shows it."""
    try:
        found = eval(question, {"ar": ar, "q": q, "pynews": pynews})
    except Exception as e:
        return f"{type(e).__name__}: {e}"
    return f"no error: {found!r}"


@pytest.mark.parametrize(("question", "want"), questions())
def test_a_wrong_query_says_what_is_wrong_where_and_the_way_on(demo, question, want):
    assert answer(question, demo) == want


def test_the_file_holds_wrong_queries_of_every_kind():
    kinds = {want.split(":")[0] for _, want in questions()}
    assert kinds >= {"QuerySyntaxError", "UnknownNameError", "TypeError", "ValueError"} and "no error" not in kinds
    assert len(questions()) > 90


def test_every_syntax_error_has_its_place_under_a_caret_and_most_have_advice(demo):
    advice = 0
    for question, _ in questions():
        try:
            eval(question, {"ar": demo, "q": q, "pynews": pynews})
        except pynews.QuerySyntaxError as e:
            lines = str(e).split("\n")
            assert lines[0] == e.message and 0 <= e.position <= len(e.query), question
            assert not e.query or lines[2].strip() == "^", question
            assert (e.hint or "") in lines[-1] and "\n" not in e.message
            advice += e.hint is not None
        except (pynews.UnknownNameError, TypeError, ValueError):
            pass
    assert advice > 60


# --- any text at all


VALID = [
    'korea AND "land register"~3 OR NOT title:(block* NEAR/5 (harbour OR /rail.*/)) AND tag:Economy',
    'lead30:korea~1 atleast3:"a b" length:100..500 date:2020..2021-06 tag:none near5:"a b c" a PRE/3 b w/2 c',
    "/(a|b)c{2,3}[^d-f]+/ body:(x OR y) id:1 url:https://example.com/a author:\"a \\\"b\\\"\" “c d” 北京 中",
]
PIECES = ['"', "“", "(", ")", "~", "~2", "*", "?", "/", "[", "]", "{", "}", "|", "\\", ":", "NEAR/5", "PRE/2", "AND", "OR", "NOT", "title:", "lead3:", "atleast2:", "tag:", "length:", "..", " ", "a", "北", "\u0301", "é", "\x00"]
mutations = st.tuples(st.sampled_from(VALID), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 6), st.sampled_from(PIECES)), min_size=1, max_size=5))


def mutated(text: str, changes: list[tuple[int, int, str]]) -> str:
    for at, cut, put in changes:
        text = text[:at] + put + text[at + cut :]
    return text


def check_any(ar: pynews.Archive, query: str) -> None:
    try:
        e = q(query)
    except pynews.QuerySyntaxError as error:
        assert 0 <= error.position <= len(query) and str(error)
        return
    assert q(str(e)) == e and str(e) == str(q(str(e)))
    assert e.explain()
    try:
        found = ar.search(query)
    except pynews.UnknownNameError as error:
        assert str(error)
    except pynews.QuerySyntaxError as error:
        assert error.limit
    else:
        assert 0 <= len(found) <= len(ar) and len(ar.search(str(e))) == len(found)
        assert found.explain().startswith(f"{len(found):,} of")


@given(mutations)
def test_a_changed_query_is_read_or_refused_by_name(demo, given_):
    check_any(demo, mutated(*given_))


@given(st.text(max_size=60))
@example("title:")
@example("/(/")
@example("a NEAR/5")
def test_any_text_is_read_or_refused_by_name(demo, query):
    check_any(demo, query)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_signs_in_any_order_are_read_or_refused_by_name(demo, query):
    check_any(demo, query)


if __name__ == "__main__":
    with pynews.demo() as archive:
        text = GOLDEN.read_text(encoding="utf-8")
        blocks = text.split("\n\n")
        made = [b if not b.startswith(ASK) else f"{b.splitlines()[0]}\n{answer(b.splitlines()[0].removeprefix(ASK), archive)}" for b in blocks]
        GOLDEN.write_text("\n\n".join(b.rstrip("\n") for b in made) + "\n", encoding="utf-8")
