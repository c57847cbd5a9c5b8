"""Every line of the phrase book that is ours runs on the demo archive."""
import ast
import re
from pathlib import Path

import pytest

import pynews

BOOK = Path(__file__).parents[2] / "docs" / "PHRASE_BOOK.md"
WRITES = ("ar.delete", "ar.pin", "pynews.build", "pynews.open")       # shown in the book, run on a copy of their own


def lines():
    """(heading, code) of every piece of code in the last column of a table."""
    heading = ""
    for line in BOOK.read_text(encoding="utf-8").splitlines():
        heading = line.removeprefix("## ") if line.startswith("## ") else heading
        if not line.startswith("| ") or set(line) <= set("|- "):
            continue
        cell = re.split(r"(?<!\\) \| ", line.strip("| "))[-1]
        for code in re.findall(r"`([^`]+)`", cell):
            code = code.replace("\\|", "|")
            if re.match(r"(ar|s|t|pynews|list|len|for)\b", code):
                yield heading, code


@pytest.fixture
def names(demo, make, tmp_path, monkeypatch):
    """What the book's lines speak of; files go to a folder of the test."""
    frame = pytest.importorskip("pandas").DataFrame({"title": ["Rain"], "date": ["2020-01-01"]})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.jsonl").write_text('{"title": "Rain", "date": "2020-01-01"}\n')
    s = demo.search("korea")
    return {"pynews": pynews, "ar": demo, "s": s, "t": s.trend(), "path": tmp_path / "new.pna", "folder": tmp_path / "folder", "frame": frame}


@pytest.mark.parametrize("heading, code", list(lines()))
def test_a_line_of_the_phrase_book_runs(names, make, heading, code):
    pytest.importorskip("matplotlib").use("agg")
    if code.startswith(WRITES):
        names["ar"] = make([{"title": "Rain", "date": "2020-01-01", "tags": ["Test"]}])
    if code.startswith("pynews.open"):
        names["path"] = names["ar"].path
        names["ar"].pin("paper")
    before, tree = set(names), ast.parse(code)
    *others, last = tree.body
    exec(compile(ast.Module(others, []), BOOK.name, "exec"), names)
    if isinstance(last, ast.Expr):
        files = set(Path().iterdir())
        answer = eval(compile(ast.Expression(last.value), f"{BOOK.name}, {heading}", "eval"), names)
        assert answer is not None or set(Path().iterdir()) - files, "an answer or a file"
    else:
        exec(compile(ast.Module([last], []), BOOK.name, "exec"), names)
        assert set(names) - before, "a name for the answer"


def test_the_book_has_something_for_everyone():
    assert {heading for heading, _ in lines()} == {
        "From Media Cloud", "From Elasticsearch, OpenSearch and Kibana", "From quanteda", "From AntConc, CQPweb and Sketch Engine", "From pandas"
    }
