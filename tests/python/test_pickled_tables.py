"""Tables and trends that travel between processes, and parts of an archive that dask counts."""
import copy
import doctest
import gc
import multiprocessing
import pickle
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import pynews
from pynews import _core

DAYS = ["2019-12-30", "2020-01-02", "2020-01-02", "2020-02-11", "2020-02-12", "2020-05-01", None, "2020"]


def again(thing):
    return pickle.loads(pickle.dumps(thing))


@pytest.fixture
def small(make):
    return make([{"id": str(i), "title": "rain" if i % 2 else "sun", "date": day, "tags": ["Sky"]} for i, day in enumerate(DAYS)])


def test_a_column_of_every_kind_comes_out_of_a_pickle_as_it_went_in():
    columns = (
        ("a", "int32", [1, None]), ("b", "int64", [None, -(2**62)]), ("c", "float64", [None, float("inf")]), ("d", "date32", [-5, None]),
        ("e", "bool", [True, None]), ("f", "string", ["ü", None]), ("g", "dictionary", [None, ""]), ("h", "timestamp", [3, None]),
        ("i", "timestamp:Europe/Berlin", [3, None]),
    )  # fmt: skip
    t = pynews.Table(_core.table(columns), "what")
    back = again(t)
    assert back.to_dict() == t.to_dict() and back.query == "what"
    assert [c.dtype for c in map(back._column, back.columns)] == [c.dtype for c in map(t._column, t.columns)]
    assert again(t[2:]).shape == (0, 9)


def test_a_table_keeps_its_citation_and_says_that_the_articles_stayed_behind(small):
    t = small.counts("tag")
    back = again(t)
    assert back.to_dict() == t.to_dict() and back.cite() == t.cite()
    with pytest.raises(ValueError, match="a pickle keeps the numbers alone"):
        back.articles(0)


@pytest.mark.parametrize("freq, tz", [("month", None), ("weekday", None), ("hour", "Europe/Berlin")])
def test_a_trend_comes_out_of_a_pickle_as_it_went_in(demo, freq, tz):
    t = demo.trend({"Korea": "korea", "Electric": "electric"}, freq, tz=tz)
    back = again(t)
    assert type(back) is pynews.Trend and repr(back) == repr(t) and back.cite() == t.cite()
    assert back.to_dict() == t.to_dict() and back.unplaced.to_dict() == t.unplaced.to_dict()


def test_a_trend_out_of_a_pickle_finds_its_articles_while_the_archive_is_there(small):
    back = again(small.trend("rain", "month"))
    assert [a.id for a in back.at("2020-01")] == ["1"] and len(back.articles(1).base) == 2
    packed, counts = pickle.dumps(back.resample("quarter")), back.resample("quarter")["count"].to_list()
    del back                                               # it holds the snapshot, which whoever unpickles would share
    gc.collect()
    shutil.rmtree(small.path)
    lost = pickle.loads(packed)
    assert lost["count"].to_list() == counts
    with pytest.raises(ValueError, match="its archive is gone"):
        lost.at("2020")


def test_what_was_found_in_a_trend_and_a_report_travel_whole(demo, small):
    bursts = demo.trend("korea").bursts()
    assert again(bursts).to_dict() == bursts.to_dict() and len(again(bursts).articles(0)) == len(bursts.articles(0))
    lead = demo.trend({"a": "korea", "b": "electric"}).lead_lag("a", "b")
    assert again(lead).says == lead.says
    assert again(small.report).stored == len(DAYS) and again(small.report).summary.columns == small.report.summary.columns


def test_concordances_and_threads_travel_as_the_table_of_their_rows(demo):
    for t in (demo.kwic("korea")[3:9], demo.related.threads()):
        back = again(t)
        assert type(back) is pynews.Table and back.to_dict() == t.to_dict() and back.cite().split("\n")[1] == t.cite().split("\n")[1]


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy])
def test_copies_are_equal_and_keep_the_way_to_the_articles(demo, how):
    t = demo.trend({"Korea": "korea", "Electric": "electric"})
    for one in (t, t[1:3], t.bursts(), demo.counts("tag"), demo.search("korea").table(), demo.kwic("korea")[3:9], demo.related.threads()):
        other = how(one)
        assert type(other) is type(one) and repr(other) == repr(one) and other.to_dict() == one.to_dict() and other.cite() == one.cite()
        assert [a.id for a in other.articles(1)] == [a.id for a in one.articles(1)]
    other = copy.deepcopy(t)
    other.series.append("x")
    assert t.series == ["Korea", "Electric"]


def test_what_another_process_counts_comes_back_with_its_card_and_citation(demo):
    """In a fresh interpreter, so nothing is inherited."""
    part = demo["2020"].search("korea")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        trend, table = pool.submit(pynews.Articles.trend, part).result(), pool.submit(pynews.Articles.counts, part, "tag").result()
    for there, here in ((trend, part.trend()), (table, part.counts("tag")), (trend.smooth(3), part.trend().smooth(3))):
        assert there.to_dict() == here.to_dict() and repr(there) == repr(here) and there.cite() == here.cite()
        assert there._repr_mimebundle_() == here._repr_mimebundle_()
    assert (trend + demo["2021"].search("korea").trend()).cite().count(" + ") == 1


def test_trends_of_the_same_articles_do_not_add_whichever_way_they_came(small):
    one, other = small["2020-01"].trend("rain"), small["2020-02"].trend("rain")
    assert (again(one) + other).to_dict() == (one + again(other)).to_dict() == (one + other).to_dict()
    for a, b in ((again(one), one), (one, again(one)), (again(one), again(one)), (small.trend("rain"), again(other))):
        with pytest.raises(ValueError, match="2 articles in common"):
            a + b


def test_trends_of_two_archives_add_after_a_pickle_too(small, make):
    other = make([{"id": "z", "title": "rain", "date": "2020-01-02"}])
    assert (again(small.trend("rain")) + again(other.trend("rain")))["count"].to_list() == [0, 2, 1, 0, 0, 1]


def test_trends_are_summed_by_sum(small):
    trends = [part.trend("rain") for part in small.partitions(3)]
    assert sum(trends).to_dict() == small.trend("rain").to_dict()
    for wrong in (1, "a"):
        with pytest.raises(TypeError):
            wrong + trends[0]


# --- dask


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes"])
@pytest.mark.parametrize("how", [{"n": 5}, {"by": "quarter"}])
def test_dask_counts_parts_and_their_sum_is_the_trend_of_the_whole(small, demo, scheduler, how):
    bag = pytest.importorskip("dask.bag")

    def trend(part):
        return part.trend({"a": "rain OR korea", "b": "sun OR electric"}, "month")

    for ar in (small, demo):
        total = bag.from_sequence(ar.partitions(**how)).map(trend).sum().compute(scheduler=scheduler, num_workers=2)
        whole = trend(ar)
        assert total.to_dict() == whole.to_dict() and total.unplaced.to_dict() == whole.unplaced.to_dict()


def test_delayed_calls_take_parts_and_give_trends_and_tables(demo):
    dask = pytest.importorskip("dask")
    parts = demo.partitions(4)
    tasks = [(dask.delayed(pynews.Articles.trend)(part, "korea"), dask.delayed(pynews.Articles.counts)(part, "tag")) for part in parts]
    done = dask.compute(*tasks, scheduler="processes", num_workers=2)
    assert sum(t for t, _ in done).to_dict() == demo.trend("korea").to_dict()
    first = parts[0].counts("tag")
    assert done[0][1].to_dict() == first.to_dict()


def test_the_recipe_of_the_page_about_trends_gives_what_stands_below_it(demo):
    pytest.importorskip("dask.bag")
    page = (Path(__file__).parents[2] / "docs" / "TRENDS.md").read_text(encoding="utf-8")
    complaints, [block] = [], re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    doctest.DocTestRunner().run(doctest.DocTestParser().get_doctest(block, {}, "TRENDS", None, 0), out=complaints.append)
    assert not complaints, "".join(complaints)


def test_series_by_name_add_where_the_names_are_given(demo):
    parts, names = demo.partitions(3), demo.counts("tag", top=3)["name"].to_list()
    total = sum(part.trend({name: pynews.q.tag(name) for name in names}) for part in parts)
    assert total.to_dict() == demo.trend({name: pynews.q.tag(name) for name in names}).to_dict()
    with pytest.raises(ValueError, match="of another series do not add"):
        sum(part.trend(by="tag", top=3) for part in parts)
