"""Selections leave as tables and as JSON lines."""

from __future__ import annotations

import pytest

import pynews

ROWS = [
    {"id": "a", "title": "Rail opens", "date": "2020-08-20T10:00:00+02:00", "tags": ["Rail", "City"], "authors": ["A. Berg", "C. Holt"], "body": "One.\n\nTwo.", "x": {"y": [1]}},
    {"id": "b", "title": "Storm", "date": "2020-08", "section": "World", "url": "http://news.example/b", "summary": "Short.", "lang": "en"},
    {"id": "c", "title": "Undated", "tags": [], "related": [{"title": "Rail opens", "date": "2020-08-20", "category": "City", "teaser": "One."}]},
]


@pytest.fixture
def ar(tmp_path):
    return pynews.build(tmp_path / "a.pna", ROWS)


def test_a_table_has_a_row_an_article_in_chronological_order(ar):
    t = ar.table()
    assert t.columns == ["id", "date", "title", "section", "source", "author", "tags", "url"]
    assert t["id"].to_list() == [a.id for a in ar] == ["a", "b", "c"]
    assert t["tags"].to_list() == ["Rail; City", "", ""]
    assert t["author"].to_list() == ["A. Berg, C. Holt", None, None]


def test_a_table_has_the_columns_asked_for(ar):
    t = ar.search("rail").table(["time", "date_precision", "body"])
    assert t.to_dict() == {"time": ["2020-08-20T10:00:00+02:00"], "date_precision": ["second"], "body": ["One.\n\nTwo."]}
    with pytest.raises(pynews.UnknownNameError) as e:
        ar.table(["titel"])
    assert e.value.suggestions[0] == "title"


def test_an_empty_table_keeps_its_columns(ar):
    assert ar.search("absent").table().columns == ar.table().columns


def test_frames_of_a_selection(ar):
    assert ar.to_pandas()["title"].tolist() == ["Rail opens", "Storm", "Undated"]
    assert ar.to_polars(["title"])["title"].to_list() == ["Rail opens", "Storm", "Undated"]
    assert ar.to_arrow(["id"])["id"].to_pylist() == ["a", "b", "c"]


def test_json_lines_build_the_same_archive_again(ar, tmp_path):
    assert ar.to_jsonl(tmp_path / "out.jsonl") == 3
    again = pynews.build(tmp_path / "b.pna", tmp_path / "out.jsonl")
    assert [a.to_dict() for a in again] == [a.to_dict() for a in ar]
    assert again._snapshot.info()["fingerprint"] == ar._snapshot.info()["fingerprint"]


def test_iteration_crosses_runs_of_articles(tmp_path):
    ar = pynews.build(tmp_path / "many.pna", ({"id": f"n{i}", "title": f"t {i}", "date": "2020-01-01"} for i in range(700)))
    assert [a.id for a in ar] == [f"n{i}" for i in range(700)]
