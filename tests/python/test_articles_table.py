"""Tables of articles hold what the articles hold."""
import pytest

import pynews

CELLS = {
    "id": lambda a: a.id, "date": lambda a: a.date, "time": lambda a: a.time and a.time.isoformat(), "date_precision": lambda a: a.date_precision,
    "title": lambda a: a.title, "section": lambda a: a.section, "source": lambda a: a.source, "author": lambda a: a.author,
    "tags": lambda a: "; ".join(a.tags), "url": lambda a: a.url, "language": lambda a: a.language, "teaser": lambda a: a.teaser, "body": lambda a: a.body,
}  # fmt: skip
ARTICLES = [
    {"id": "1", "title": "Ä", "date": "2020-08-20T14:05:09+02:00", "authors": ["A", "B"], "tags": ["x", "y"], "section": "S", "lang": "de", "body": "eins"},
    {"id": "2", "date": "2020-08-20T14:05:00-03:30", "body": "two"}, {"id": "3", "date": "2020-08-20T00:00:00Z", "body": "three"},
    {"id": "4", "date": "2020-08-20 14:05", "summary": "only", "title": "T"}, {"id": "5", "date": "2020-08", "body": ""} | {"title": "m"},
    {"id": "6", "date": "2020", "url": "https://example.org/6", "body": "six"}, {"id": "7", "body": "seven"},
]  # fmt: skip


@pytest.mark.parametrize("of", ["all", "ranked", "demo"])
def test_every_cell_is_that_of_the_article(make, demo, of):
    ar = make(ARTICLES)
    ar.add([{"id": "8", "date": "2020-08-20T14:05:00", "body": "two words"}], progress=False)
    articles = {"all": ar, "ranked": ar.search("two OR six").top(3), "demo": demo.search("korea")}[of]
    table = articles.table(list(CELLS))
    assert table.to_dict() == {name: [cell(a) for a in articles] for name, cell in CELLS.items()}


def test_columns_come_in_the_order_asked_and_once(make):
    ar = make(ARTICLES)
    assert ar.table(["title", "id"]).columns == ["title", "id"]
    assert ar.table([]).columns == [] and ar.search("nothing").table().shape == (0, 8)
    with pytest.raises(pynews.UnknownNameError, match="titel"):
        ar.table(["titel"])
    with pytest.raises(ValueError, match="name each column once: id, title, id"):
        ar.table(["id", "title", "id"])


def test_selections_are_arrow_streams_again_and_again(make):
    pyarrow = pytest.importorskip("pyarrow")
    ar = make(ARTICLES)
    assert pyarrow.table(ar).num_rows == pyarrow.table(ar).num_rows == len(ARTICLES)


def test_one_column_may_be_named_by_itself(demo):
    assert demo.table("title").columns == ["title"] and demo.to_csv(columns="title").startswith("title\n")
