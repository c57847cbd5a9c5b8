"""A date of a month or a year is shown as far as it was printed; what leaves for other programs is its first day."""
import datetime as dt
import pickle

import pytest

RECORDS = [
    {"id": "a", "title": "Rain", "date": "August 2020", "body": "rain"}, {"id": "b", "title": "Rain and fog", "date": "2019", "body": "rain again"},
    {"id": "c", "title": "Rain at sea", "date": "2020-08-03T10:00:00Z", "body": "rain"}, {"id": "d", "title": "Rain again", "body": "rain"},
    {"id": "e", "title": "Rain at last", "date": "2020-08-01", "body": "no rain"},
]  # fmt: skip
SHOWN = {"a": "2020-08", "b": "2019", "c": "2020-08-03", "d": "—", "e": "2020-08-01"}


def dates(card):
    """Dates of a card by id."""
    return {line.split()[0]: line.split()[1] for line in card.split("\n") if line[:1] in SHOWN and line[1:2] == " "}


def again(thing):
    return pickle.loads(pickle.dumps(thing))


@pytest.fixture
def ar(make):
    return make(RECORDS)


def test_a_table_of_articles_shows_dates_as_far_as_they_were_printed(ar):
    t = ar.table(["id", "date", "title"])
    assert dates(repr(t)) == SHOWN
    html = t._repr_mimebundle_()["text/html"]
    assert ">2020-08<" in html and ">2019<" in html and "2019-01-01" not in html and html.count("2020-08-01") == 1


def test_rows_taken_sorted_ranked_and_pickled_keep_their_own_precision(ar):
    t = ar.table(["id", "date", "title"])
    for some in (t[::-1], t[1:4], t.sort("title"), t.sort("date", descending=True)[1:], ar.search("rain").top(3).table(["id", "date"]), ar.table(["id", "date"]).head(2)):
        for one in (some, again(some), again(some)[1:], again(some[1:])):
            assert dates(repr(one)) == {name: SHOWN[name] for name in one["id"]}


def test_exported_dates_are_days_and_date_precision_tells_them_apart(ar):
    t = ar.table(["id", "date", "date_precision"])
    there = dict(zip(t["id"], zip(t["date"], t["date_precision"], strict=True), strict=True))
    assert there["a"] == (dt.date(2020, 8, 1), "month") and there["b"] == (dt.date(2019, 1, 1), "year") and there["e"] == (dt.date(2020, 8, 1), "day")
    assert "a,2020-08-01,month" in t.to_csv() and there["d"] == (None, None)


def test_a_concordance_shows_dates_as_far_as_they_were_printed(ar):
    for k in (ar.kwic("rain"), ar.search("rain").kwic("rain", sort="R1"), ar.kwic("rain")[2:]):
        shown, html = repr(k), k._repr_mimebundle_()["text/html"]
        assert [line.split()[0] for line in shown.split("\n")[1:-1]] == [{"—": "undated"}.get(SHOWN[i], SHOWN[i]) for i in k["id"]]
        assert "2020-08 " in shown and "2019-01-01" not in shown + html and ">2020-08<" in html
        assert dates(repr(k._take(range(len(k))))) == dates(repr(again(k))) == {name: SHOWN[name] for name in k[:8]["id"]}


def test_a_table_is_shown_after_its_archive_was_closed(ar):
    t = ar.table(["id", "date"])
    ar.close()
    assert dates(repr(t)) == dates(repr(again(t))) == SHOWN


def test_a_table_keeps_its_precision_when_the_archive_moves_on(ar):
    t = ar.table(["id", "date"])
    ar.add([{"id": "b", "title": "Now known", "date": "2019-05-05"}, {"id": "0", "title": "First", "date": "2001-01-01"}])
    assert dates(repr(t)) == SHOWN
