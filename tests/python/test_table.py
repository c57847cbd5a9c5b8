"""Tables leave by every door with the same cells, without copies, and live as long as anyone holds them."""
import csv
import datetime as dt
import gc
import io
import math
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews
from pynews import _core
from pynews._table import Column, Table

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "－1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")']


@pytest.fixture
def trend(demo):
    return demo.trend({"korea": "korea", "none": "zzz"}, "week")


@pytest.fixture
def gaps(make):
    """A trend with nulls."""
    return make([{"title": "rain", "date": "2020-05-01"}, {"title": "sun", "date": "2020-05-04"}]).trend("rain", "day")


@pytest.fixture
def every_kind():
    """One column of each kind, with a null where there can be one."""
    return Table(_core.table((
        ("text", "string", ["a", None, "日本", ""]),
        ("code", "dictionary", ["x", "y", "x", "x"]),
        ("day", "date32", [0, 18494, None, -141427]),
        ("whole", "int64", [1, -(2**62), 0, 7]),
        ("part", "float64", [0.5, None, math.inf, -0.0]),
        ("flag", "bool", [True, False, True, False]),
    )))  # fmt: skip


CELLS = {
    "text": ["a", None, "日本", ""],
    "code": ["x", "y", "x", "x"],
    "day": [dt.date(1970, 1, 1), dt.date(2020, 8, 20), None, dt.date(1582, 10, 15)],
    "whole": [1, -(2**62), 0, 7],
    "part": [0.5, None, math.inf, -0.0],
    "flag": [True, False, True, False],
}


def nones(values):
    """NaN and NaT of other libraries as None."""
    return [None if v is None or v != v else v for v in values]


# --- as it is


def test_cells_rows_columns_and_slices_agree(every_kind):
    assert every_kind.to_dict() == CELLS and every_kind.columns == list(CELLS) and every_kind.shape == (4, 6) and len(every_kind) == 4
    rows = [dict(zip(CELLS, cells, strict=True)) for cells in zip(*CELLS.values(), strict=True)]
    assert list(every_kind) == rows == [every_kind[i] for i in range(4)] == [every_kind[i - 4] for i in range(4)]
    assert list(every_kind[1:3]) == rows[1:3] and list(every_kind[::-2]) == rows[::-2] and list(every_kind[9:]) == []
    assert list(every_kind.head(2)) == rows[:2] and every_kind.head(0).columns == list(CELLS)
    for name, cells in CELLS.items():
        column = every_kind[name]
        assert (column.name, len(column), list(column), column.to_list(), column[1], column[1:]) == (name, 4, cells, cells, cells[1], cells[1:])
    for wrong in (4, -5, 2**70):
        with pytest.raises(IndexError):
            every_kind[wrong]


def test_a_wrong_column_name_says_which_are_like_it(trend):
    with pytest.raises(pynews.UnknownNameError, match="did you mean 'share'") as raised:
        trend["shar"]
    assert isinstance(raised.value, KeyError) and raised.value.kind == "column"


@given(st.lists(st.tuples(st.one_of(st.none(), st.text(max_size=3)), st.one_of(st.none(), st.integers(-3, 3)), st.one_of(st.none(), st.floats(allow_nan=False, width=16))), max_size=30), st.permutations(["s", "i", "f"]), st.booleans())
def test_sorting_is_that_of_python_column_by_column(rows, by, descending):
    kinds = {"s": "string", "i": "int64", "f": "float64"}
    t = Table(_core.table(tuple((name, kinds[name], [row[k] for row in rows]) for k, name in enumerate(kinds))))
    wanted = list(range(len(rows)))
    for name in reversed(by):
        cells = [row["sif".index(name)] for row in rows]
        present = sorted((i for i in wanted if cells[i] is not None), key=cells.__getitem__, reverse=descending)
        wanted = present + [i for i in wanted if cells[i] is None]
    assert list(zip(*t.sort(by, descending=descending).to_dict().values(), strict=True)) == [rows[i] for i in wanted]


def test_sorting_keeps_equal_rows_in_order_and_puts_nulls_last(every_kind):
    assert every_kind.sort("day")["day"].to_list() == [CELLS["day"][3], CELLS["day"][0], CELLS["day"][1], None]
    assert every_kind.sort("day", descending=True)["day"].to_list() == [CELLS["day"][1], CELLS["day"][0], CELLS["day"][3], None]
    with pytest.raises(TypeError, match="by names of columns, not by 1"):
        every_kind.sort([1])
    with pytest.raises(pynews.UnknownNameError):
        every_kind.sort(["code", "dya"])
    assert every_kind.sort("code")["text"].to_list() == ["a", "日本", "", None]
    assert every_kind.sort("code", descending=True)["text"].to_list() == [None, "a", "日本", ""]
    assert every_kind.sort(["code", "whole"])["whole"].to_list() == [0, 1, 7, -(2**62)]


def test_tables_do_not_change_and_cannot_be_changed(trend):
    before = trend.to_dict()
    for column in trend.columns:
        with pytest.raises(TypeError):
            trend[column][0] = 1
    with pytest.raises(TypeError):
        trend["count"] = []
    assert trend.to_dict() == before


# --- the doors


def test_pandas_gets_the_same_cells_with_real_dates(trend, gaps):
    pd = pytest.importorskip("pandas")
    frame = trend.to_pandas()
    assert list(frame.columns) == trend.columns and len(frame) == len(trend)
    assert str(frame["date"].dtype) == "datetime64[s]" and frame["count"].dtype == "int64" and frame["partial"].dtype == bool
    assert [d.date() for d in frame["date"]] == trend["date"].to_list()
    assert frame["count"].tolist() == trend["count"].to_list() and list(frame["series"]) == trend["series"].to_list()
    assert nones(gaps.to_pandas()["share"].tolist()) == gaps["share"].to_list() == [1.0, None, None, 0.0]
    assert trend.to_pandas(index="date").index.name == "date"
    assert pd.DataFrame(trend.to_dict()).shape == trend.shape


def test_polars_takes_a_table_by_its_stream_and_by_its_method(every_kind):
    pl = pytest.importorskip("polars")
    for frame in (pl.DataFrame(every_kind), every_kind.to_polars()):
        got = frame.to_dict(as_series=False)
        assert got == CELLS
        assert frame.schema["day"] == pl.Date and frame.schema["whole"] == pl.Int64 and frame.schema["flag"] == pl.Boolean


def test_pyarrow_takes_tables_and_columns_and_they_are_sound(every_kind, trend):
    pa = pytest.importorskip("pyarrow")
    table = every_kind.to_arrow()
    table.validate(full=True)
    assert table.to_pydict() == CELLS and table.schema.field("day").type == pa.date32() and pa.types.is_dictionary(table.schema.field("code").type)
    for name in CELLS:
        column = pa.array(every_kind[name])
        column.validate(full=True)
        assert column.to_pylist() == CELLS[name]
    assert pa.schema(every_kind) == table.schema
    pa.table(trend).validate(full=True)
    with pytest.raises((ValueError, pa.ArrowInvalid, NotImplementedError, TypeError)):
        pa.table(trend, schema=pa.schema([("nonsense", pa.int8())]))


def test_numpy_gets_views_of_numbers_and_copies_of_what_has_nulls(trend, gaps):
    np = pytest.importorskip("numpy")
    counts = trend["count"].to_numpy()
    assert counts.dtype == np.int64 and not counts.flags.writeable and counts.tolist() == trend["count"].to_list()
    assert np.shares_memory(counts, trend["count"].to_numpy()) and np.shares_memory(counts, np.frombuffer(trend["count"], dtype="i8"))
    assert trend["date"].to_numpy().dtype == np.dtype("datetime64[D]") and trend["date"].to_numpy().tolist() == trend["date"].to_list()
    assert trend["series"].to_numpy().tolist() == trend["series"].to_list() and trend["partial"].to_numpy().dtype == bool
    assert nones(gaps["share"].to_numpy().tolist()) == gaps["share"].to_list()
    assert np.asarray(trend["count"]).sum() == sum(trend["count"]) and np.asarray(trend["count"], dtype="f4").dtype == np.float32
    structured = trend.to_numpy()
    assert structured.dtype.names == tuple(trend.columns) and structured["total"].tolist() == trend["total"].to_list()
    assert np.array(trend["count"], copy=True).flags.writeable


def test_arrow_shares_the_memory_that_numpy_sees(trend):
    np, pa = pytest.importorskip("numpy"), pytest.importorskip("pyarrow")
    arrow = pa.table(trend).column("count").chunk(0)
    assert np.shares_memory(arrow.to_numpy(zero_copy_only=True), trend["count"].to_numpy())
    assert np.shares_memory(pa.array(trend["count"]).to_numpy(zero_copy_only=True), trend["count"].to_numpy())


def test_buffers_are_read_only_and_text_has_none(every_kind):
    for name in ("day", "whole", "part", "code"):
        if name in ("whole",):
            assert memoryview(every_kind[name]).readonly and memoryview(every_kind[name]).tolist() == CELLS[name]
        else:
            assert memoryview(every_kind[name]).readonly
    for name in ("text", "flag"):
        with pytest.raises((TypeError, BufferError)):
            memoryview(every_kind[name])
    with pytest.raises(TypeError):
        memoryview(every_kind["whole"])[0] = 1


def test_csv_reads_back_the_same(every_kind, trend, tmp_path):
    rows = list(csv.reader(io.StringIO(every_kind.to_csv())))
    assert rows[0] == list(CELLS) and rows[2] == ["", "y", "2020-08-20", str(-(2**62)), "", "False"]
    trend.to_csv(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == trend.to_csv()
    back = list(csv.DictReader(io.StringIO(trend.to_csv())))
    assert [float(r["share"]) for r in back] == trend["share"].to_list(), "every digit of a share survives"


def test_csv_defuses_what_a_spreadsheet_would_run_and_leaves_numbers_alone(demo):
    for formula in FORMULAS:
        rows = list(csv.reader(io.StringIO(demo.trend({formula: "korea"}, "year").to_csv(), newline="")))
        assert rows[1][1] == "'" + formula
    table = Table(_core.table((("n", "int64", [-5]), ("f", "float64", [-0.5]), ("t", "string", ["a=b"]))))
    assert table.to_csv().split("\n")[1] == "-5,-0.5,a=b"


def test_csv_quotes_what_would_break_a_line_or_a_cell(demo):
    for name in ('a,b', 'a"b', "a\nb", "a\rb", "a\r\nb", '"', " a ", ""):
        text = demo.trend({name: "korea"}, "year").to_csv()
        assert list(csv.reader(io.StringIO(text, newline="")))[1][1] == name and text.endswith("\n")


def test_completion_offers_the_columns(trend):
    assert trend._ipython_key_completions_() == trend.columns


# --- lifetimes


def test_a_stream_may_be_taken_twice_and_not_taken_at_all(trend):
    pa = pytest.importorskip("pyarrow")
    first, second = pa.table(trend), pa.table(trend)
    assert first == second
    capsule = trend.__arrow_c_stream__()
    del capsule
    schema, array = trend["count"].__arrow_c_array__()
    del schema
    del array
    assert pa.table(trend) == first


def test_a_capsule_that_was_used_is_refused_the_second_time(trend):
    pa = pytest.importorskip("pyarrow")

    class Once:
        capsule = trend.__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema=None):
            return self.capsule

    assert pa.table(Once()).num_rows == len(trend)
    with pytest.raises((ValueError, pa.ArrowInvalid)):
        pa.table(Once())


def test_results_outlive_the_archive_and_its_files(make):
    pa = pytest.importorskip("pyarrow")
    ar = make([{"id": str(i), "title": "rain", "date": f"2020-05-{1 + i % 28:02d}"} for i in range(200)])
    t = ar.trend("rain", "day")
    counts, stream, column, article = t["count"].to_numpy(), t.__arrow_c_stream__(), t["share"], ar[0]
    expected, arrow = t.to_dict(), pa.table(t)
    ar.close()
    shutil.rmtree(ar.path)
    del ar, t
    gc.collect()
    assert counts.tolist() == expected["count"] and arrow.to_pydict() == expected and column.to_list() == expected["share"] and article.title == "rain"

    class Kept:
        def __arrow_c_stream__(self, requested_schema=None):
            return stream

    assert pa.table(Kept()).to_pydict() == expected


def test_every_reference_is_given_back(demo):
    pa, pl, np = pytest.importorskip("pyarrow"), pytest.importorskip("polars"), pytest.importorskip("numpy")
    demo.trend("korea"), gc.collect()
    before = _core.live()
    t = demo.trend("korea", "week")
    assert _core.live() > before
    keep = [pa.table(t), pl.DataFrame(t), t["count"].to_numpy(), memoryview(t["total"]), t.__arrow_c_stream__(), t["count"].__arrow_c_array__(), t.__arrow_c_schema__(),
            t[1:3], t.sort("count"), t["series"], np.frombuffer(t["lower"]), t.to_pandas()]  # fmt: skip
    for name in t.columns:
        pa.array(t[name])
    del t
    gc.collect()
    assert _core.live() > before
    while keep:
        keep.pop()
    gc.collect()
    assert _core.live() == before


def test_errors_give_back_what_they_took(demo):
    gc.collect()
    before = _core.live()
    for _ in range(5):
        for wrong in (lambda: demo.search('"open'), lambda: demo.trend("x" * 70000), lambda: demo.trend("korea", level=7.0), lambda: demo.search("word " * 2000)):
            with pytest.raises(ValueError):
                wrong()
        with pytest.raises((TypeError, ValueError)):
            _core.table((("a", "int64", [1, "x"]),))
        with pytest.raises((TypeError, ValueError)):
            _core.table((("a", "int64", [1]), ("b", "nonsense", [1])))
        with pytest.raises((TypeError, ValueError, pynews.PynewsError)):
            _core.table((("a", "int64", [1]), ("b", "int64", [1, 2])))
        with pytest.raises((IndexError, ValueError)):
            demo.trend("korea")._core.take((99).to_bytes(8, "little"))
    gc.collect()
    assert _core.live() == before


def test_columns_of_an_empty_table_leave_by_every_door(demo):
    pa, pl = pytest.importorskip("pyarrow"), pytest.importorskip("polars")
    t = demo.trend([])
    assert pa.table(t).num_rows == 0 and pl.DataFrame(t).shape == (0, 8) and t.to_pandas().shape == (0, 8) and t.to_numpy().shape == (0,)
    for name in t.columns:
        column = t[name]
        assert isinstance(column, Column) and column.to_list() == [] and len(column.to_numpy()) == 0 and len(pa.array(column)) == 0


def test_a_list_of_names_gives_a_table_of_these_columns_with_the_way_to_articles(demo, every_kind):
    for table in [every_kind] if isinstance(every_kind, pynews.Table) else every_kind:
        names = table.columns[::-1][:2]
        part = table[names]
        assert part.columns == names and len(part) == len(table)
        assert all(part[name].to_list() == table[name].to_list() and part[name].dtype == table[name].dtype for name in names)
    counts = demo.counts("tag")[["share", "name"]]
    assert len(counts.articles(1)) == 253 and "Counts by tag" in counts.cite()
    assert demo.table()[["date", "title"]][:1].columns == ["date", "title"]


def test_rows_without_a_value_come_last_in_their_order_both_ways():
    from pynews import _core, _table

    t = _table.Table(_core.table((("n", "int64", [1, None, 3, None, 2]), ("name", "string", list("abcde")))))
    assert t.sort("n")["name"].to_list() == ["a", "e", "c", "b", "d"] and t.sort("n", descending=True)["name"].to_list() == ["c", "e", "a", "b", "d"]
