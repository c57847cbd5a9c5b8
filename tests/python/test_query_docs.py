"""docs/QUERIES.md: every query in it is read and answered, every example gives what stands below it."""

import doctest
import re
from pathlib import Path

import pytest

import pynews
from pynews import q

PAGE = (Path(__file__).parents[2] / "docs" / "QUERIES.md").read_text(encoding="utf-8")


def queries():
    """What stands in the first column of the tables about queries."""
    for line in PAGE.split("## Errors and limits")[0].split("\n"):
        if line.startswith("| `"):
            for query in re.findall(r"`([^`]+)`", line.split(" | ")[0]):
                if not re.fullmatch(r"[a-z]+:", query):
                    yield query


@pytest.mark.parametrize("query", list(queries()))
def test_every_query_of_the_page_is_read_and_answered(demo, query):
    assert q(str(q(query))) == q(query)
    try:
        assert 0 <= len(demo.search(query)) <= len(demo)
    except pynews.UnknownNameError as e:
        assert e.kind in ("section", "article")


def test_the_page_shows_every_field_and_operator():
    text = " ".join(queries())
    for sign in ("title:", "body:", "lead", "atleast", "tag:", "section:", "date:", "length:", "id:", "url:", "like", "NEAR/", "PRE/", "w/5", "~", "*", "?", "/col", "OR", "NOT", "AND"):
        assert sign in text, sign
    for name in (n for n in dir(q) if not n.startswith("_") and n not in ("links_to", "linked_from", "label")):
        assert f"`{name}`" in PAGE or f"q.{name}" in PAGE, name


def test_every_example_of_the_page_gives_what_stands_below_it(demo):
    pytest.importorskip("Stemmer")
    complaints, n = [], 0
    names = {}
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S):
        test = doctest.DocTestParser().get_doctest(block, names, "QUERIES", None, 0)
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=complaints.append, clear_globs=False)
        names.update(test.globs)
        n += len(test.examples)
    assert not complaints, "".join(complaints)
    assert n >= 10
    names["ar"].close()
