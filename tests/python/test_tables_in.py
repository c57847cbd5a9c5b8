"""Tables become articles by the rules of fields: the same articles as from dicts, whoever made the table."""
import bz2
import csv
import datetime as dt
import gzip
import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews
from pynews import _core, _tables

pa = pytest.importorskip("pyarrow")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
feather = pytest.importorskip("pyarrow.feather")
parquet = pytest.importorskip("pyarrow.parquet")

ROWS = [
    {"id": "1", "headline": 'Rain, "heavy"', "published": "2020-01-01", "text": "It rained.\n\nAll day.", "keywords": ["A", "B"], "words": 17},
    {"id": "007", "headline": "Sun", "published": "2020-02-03", "text": "東京 is sunny", "keywords": [], "words": 3},
]


def seen(articles):
    """What an analyst sees of each article."""
    return [{k: v for k, v in a.to_dict().items() if k != "origin"} for a in articles]


@pytest.fixture
def expected(make):
    return seen(make(ROWS))


@pytest.mark.parametrize("of", [pa.Table.from_pylist, lambda rows: pl.DataFrame(rows), lambda rows: pa.Table.from_pylist(rows).to_reader()], ids=["pyarrow", "polars", "reader"])
def test_a_table_gives_the_articles_that_its_rows_give(make, expected, of):
    ar = make(of(ROWS))
    assert ar.report.stored == 2 and not len(ar.report)
    assert seen(ar) == expected


def test_a_frame_of_pandas_is_read_and_midnight_is_a_day(make):
    frame = pd.DataFrame(ROWS)
    frame["published"] = pd.to_datetime(frame["published"])
    ar = make(frame)
    assert [(a.id, a.date, a.date_precision, a.time, a.tags) for a in ar] == [
        ("1", dt.date(2020, 1, 1), "day", None, ("A", "B")),
        ("007", dt.date(2020, 2, 3), "day", None, ()),
    ]


def test_our_own_results_are_tables_too(make, demo):
    table = demo.search("korea").table(["id", "date", "title", "tags"])
    again = make(table)
    assert [a.title for a in again] == [a.title for a in demo.search("korea")]


def test_tables_and_other_inputs_can_be_mixed(make):
    ar = make([pa.Table.from_pylist(ROWS[:1]), ROWS[1], b'{"title": "Fog", "date": "2020-03-01"}\n'])
    assert [a.title for a in ar] == ['Rain, "heavy"', "Sun", "Fog"]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
values = st.one_of(st.none(), texts, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.lists(texts, max_size=3))


@given(st.lists(st.tuples(texts, texts, st.dates(dt.date(1700, 1, 1), dt.date(2100, 1, 1))), min_size=1, max_size=6), st.data())
def test_any_rows_give_the_same_articles_as_dicts(tmp_path_factory, rows, data):
    kind = data.draw(st.sampled_from([texts, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.lists(texts, max_size=3)]))
    records = [{"title": "t" + t, "body": b, "day": d, "own": data.draw(st.one_of(st.none(), kind))} for t, b, d in rows]
    folder = tmp_path_factory.mktemp("any")
    # A table has a column or it has not: a missing value is left out, as None in a dict says nothing.
    plain = [{k: v for k, v in r.items() if v is not None} for r in records]
    table = pa.Table.from_pylist(records)
    from_table = pynews.build(folder / "t", table)
    from_dicts = pynews.build(folder / "d", plain)
    assert seen(from_table) == seen(from_dicts)


def test_every_batch_of_a_stream_is_read(make):
    batches = pa.Table.from_pylist([{"title": f"t{i}", "date": "2020-01-01"} for i in range(1000)]).to_batches(max_chunksize=7)
    assert len(make(pa.Table.from_batches(batches))) == 1000


def test_an_empty_table_is_no_error(make):
    assert len(make(pa.table({"title": pa.array([], pa.string())}))) == 0


def test_a_column_that_is_not_read_is_named(make):
    with pytest.raises(pynews.UnsupportedError, match="column 'gap'.*cast it to text"):
        make(pa.table({"title": ["a"], "gap": pa.array([None], pa.month_day_nano_interval())}))


def test_a_stream_that_fails_stores_nothing_and_says_why(tmp_path):
    def batches():
        yield pa.RecordBatch.from_pylist([{"title": "a"}])
        raise ValueError("the disk is on fire")

    with pytest.raises(OSError, match="the disk is on fire"):
        pynews.build(tmp_path / "a", pa.RecordBatchReader.from_batches(pa.schema([("title", pa.string())]), batches()))
    with pytest.raises(FileNotFoundError):
        pynews.open(tmp_path / "a")


def test_a_stream_is_used_up_once():
    stream = pa.Table.from_pylist(ROWS).__arrow_c_stream__()
    _core.arrow_rows(stream)
    with pytest.raises(ValueError, match="used up"):
        _core.arrow_rows(stream)
    with pytest.raises(ValueError, match="PyCapsule"):
        _core.arrow_rows(object())


def test_reading_leaves_nothing_allocated():
    before = _core.live()
    reader = _core.arrow_rows(pa.Table.from_pylist(ROWS).__arrow_c_stream__())
    assert reader.next(1)[1] == 1
    del reader
    assert _core.live() == before


# --- files


def without_list(rows):
    return [{k: "|".join(v) if isinstance(v, list) else v for k, v in r.items()} for r in rows]


def csv_bytes(rows, delimiter=",", bom=b""):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return bom + out.getvalue().encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_csv_is_read_whatever_stands_between_its_columns(make, tmp_path, delimiter, bom):
    rows = without_list(ROWS)
    rows[0]["keywords"] = "A"
    (tmp_path / "t.csv").write_bytes(csv_bytes(rows, delimiter, bom))
    ar = make(tmp_path / "t.csv")
    assert [(a.id, a.title, a.body, a.tags) for a in ar] == [("1", 'Rain, "heavy"', "It rained.\n\nAll day.", ("A",)), ("007", "Sun", "東京 is sunny", ())]


def test_a_row_of_csv_with_a_wrong_number_of_columns_costs_itself(make, tmp_path):
    (tmp_path / "t.csv").write_text("title,date\na,2020-01-01\nb\nc,2020-01-03\n")
    ar = make(tmp_path / "t.csv")
    assert [a.title for a in ar] == ["a", "c"]
    assert (ar.report.read, ar.report.skipped) == (3, 1)
    assert ar.report[0]["code"] == "bad_row" and "row 2: 1 columns where the header has 2" in ar.report[0]["excerpt"]


def test_rows_are_counted_as_they_stand_in_the_file(make, tmp_path, monkeypatch):
    monkeypatch.setattr(pynews._tables, "CHUNK", 200)
    bad = {1, 5, 6, 19, 40}
    rows = ["short" if i in bad else f"t{i},{'2020-01-01' if i % 4 else 'soon'},\"two\nlines\"" for i in range(1, 41)]
    (tmp_path / "t.csv").write_text("title,date,body\n" + "\n".join(rows) + "\n")
    ar = make(tmp_path / "t.csv")
    remarks = [r for r in ar.report if r["code"] == "date_not_understood"]
    assert [r["line"] for r in remarks] == [i for i in range(4, 41, 4) if i not in bad] and len(ar) == 35
    assert [r["excerpt"].split(":")[0] for r in ar.report if r["code"] == "bad_row"] == [f"row {i}" for i in sorted(bad)]
    places = sorted(a.origin[1:] for a in ar)
    assert all(at + n < after for (at, n), (after, _) in zip(places, places[1:]))


def test_csv_that_is_not_utf8_is_read_as_windows_1252_and_said_so(make, tmp_path):
    (tmp_path / "t.csv").write_bytes("title,date\nCafé – 5 €,2020-01-01\n".encode("cp1252"))
    ar = make(tmp_path / "t.csv")
    assert ar[0].title == "Café – 5 €"
    assert ar.report[0]["code"] == "not_utf8_decoded_as_cp1252"


@pytest.mark.parametrize("header", ["", "a,a\n1,2\n"])
def test_csv_without_a_usable_header_is_refused_and_counted(make, tmp_path, header):
    (tmp_path / "t.csv").write_text(header or "\n")
    report = make(tmp_path / "t.csv", kind="csv").report
    assert report.skipped == 1 and report[0]["code"] == "bad_table"


@pytest.mark.parametrize("write", [parquet.write_table, lambda t, p: feather.write_feather(t, p, compression="zstd")], ids=["parquet", "feather"])
@pytest.mark.parametrize("pack", [lambda b: b, gzip.compress, bz2.compress], ids=["plain", "gzip", "bzip2"])
def test_files_of_rows_are_told_by_content(make, tmp_path, expected, write, pack):
    write(pa.Table.from_pylist(ROWS), str(tmp_path / "rows"))
    (tmp_path / "file").write_bytes(pack((tmp_path / "rows").read_bytes()))
    ar = make(tmp_path / "file")
    assert seen(ar) == expected
    assert ar[0].origin[0] == "file"


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.99])
@pytest.mark.parametrize("write", [parquet.write_table, feather.write_feather], ids=["parquet", "feather"])
def test_a_damaged_file_of_rows_costs_itself(make, tmp_path, write, cut):
    write(pa.Table.from_pylist(ROWS * 50), str(tmp_path / "rows"))
    data = (tmp_path / "rows").read_bytes()
    (tmp_path / "rows").write_bytes(data[: int(len(data) * cut)])
    (tmp_path / "good.jsonl").write_text('{"title": "Fog", "date": "2020-03-01"}\n')
    ar = make([tmp_path / "rows", tmp_path / "good.jsonl"])
    assert [a.title for a in ar] == ["Fog"]
    assert ar.report.skipped == 1


def test_polars_reads_where_pyarrow_is_not_installed(make, tmp_path, expected, monkeypatch):
    parquet.write_table(pa.Table.from_pylist(ROWS), str(tmp_path / "rows"))
    (tmp_path / "t.csv").write_bytes(csv_bytes(without_list(ROWS)))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert seen(make(tmp_path / "rows")) == expected
    assert [a.title for a in make(tmp_path / "t.csv")] == ['Rain, "heavy"', "Sun"]


def test_without_a_reader_the_report_names_the_cure(make, tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_text("title\na\n")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "polars", None)
    report = make(tmp_path / "t.csv").report
    assert report.skipped == 1 and _tables.CURE in report[0]["excerpt"]
    with pytest.raises(pynews.UnsupportedError, match="pip install"):
        make(tmp_path / "t.csv", on_error="raise")


# --- names of columns, UTF-16


def codes(report):
    return {r["code"]: r["count"] for r in report.summary}


def test_columns_in_other_capitals_are_known(make, tmp_path):
    (tmp_path / "t.csv").write_text("ID,Title,Date,Body,Tags\n17,Rain,2020-01-01,It rained.,Weather\n")
    [a] = make(tmp_path / "t.csv")
    assert (a.id, a.title, a.date, a.body, a.tags) == ("17", "Rain", dt.date(2020, 1, 1), "It rained.", ("Weather",))


def test_a_name_as_the_table_writes_it_wins_over_one_in_other_capitals(make):
    [a] = make([{"Title": "shouted", "title": "said", "HEADLINE": "third"}])
    assert a.title == "said" and dict(a.extra) == {"Title": "shouted", "HEADLINE": "third"}
    [b] = make([{"TITLE": "late", "headline": "exact"}])
    assert b.title == "exact"


def test_a_table_without_a_known_column_is_one_remark_that_names_its_columns(make, tmp_path):
    (tmp_path / "odd.csv").write_text("Kopf,Tag,Wann\n" + "a,b,2020-01-01\n" * 3000)
    report = make(tmp_path / "odd.csv").report
    assert codes(report) == {"no_known_columns": 1} and report.skipped == 1
    assert "Kopf, Tag, Wann" in report[0]["excerpt"] and "fields={'Kopf': 'title'}" in report[0]["excerpt"]
    assert make(tmp_path / "odd.csv", fields={"Kopf": "title", "Wann": "date"}).report.stored == 1


def test_a_name_that_no_record_has_is_said_once_an_input(make, tmp_path):
    (tmp_path / "a.csv").write_text("title,Rubrik\nx,y\n")
    (tmp_path / "b.jsonl").write_text('{"title": "z", "\\u00dcberschrift": "w"}\n')
    report = make([tmp_path / "a.csv", tmp_path / "b.jsonl"], fields={"Überschrift": "title", "Rubrik": "section"}).report
    assert [(r["input"], r["code"], r["excerpt"].split(":")[0]) for r in report if r["code"] == "field_not_found"] == [
        ("a.csv", "field_not_found", "Überschrift"),
        ("b.jsonl", "field_not_found", "Rubrik"),
    ]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_json_lines_and_csv_in_utf16_are_read_as_in_utf8(make, tmp_path, encoding, pack):
    csv_text, lines = "title,date\nCafé 東京 😀,2020-01-01\n" + "b,2020-01-02\n" * 5000, '{"title": "Café 東京 😀", "date": "2020-01-01"}\n{"title": "b"}\n'
    for name, text in (("t.csv", csv_text), ("t.jsonl", lines), ("t.json", "[" + lines.strip().replace("\n", ",\n") + "]")):
        (tmp_path / name).write_bytes(pack(("\ufeff" + text).encode(encoding)))
        ar = make(tmp_path / name)
        assert ar.report.skipped == 0 and codes(ar.report)["utf16_input"] == 1
        assert [a.title for a in ar] == ["Café 東京 😀", "b"]


def test_pages_in_utf16_stay_pages_for_the_core_to_decode():
    [page] = pynews.parse("A headline of a page\n\nJanuary 2, 2020\n\nThe body.\n".encode("utf-16"))
    assert page.title == "A headline of a page" and "utf16_input" in page.diagnostics
    assert [a.title for a in pynews.parse('{"title": "ä"}\n{"title": "b"}\n'.encode("utf-16"))] == ["ä", "b"]


def test_a_damaged_stream_of_utf16_gives_what_lies_before(make, tmp_path):
    whole = gzip.compress("".join(f'{{"title": "t{i}", "x": "{i * 7919 % 10007}"}}\n' for i in range(20000)).encode("utf-16"))
    (tmp_path / "t.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    report = make(tmp_path / "t.jsonl.gz").report
    assert report.stored > 5000 and codes(report)["damaged_compression"] == 1


def test_a_name_in_the_header_of_csv_may_hold_line_ends_and_commas(make, tmp_path):
    (tmp_path / "t.csv").write_bytes(b'"the\nheading, in full",date\r\nRain,2020-01-01\r\n"Two\nlines",2020-01-02\r\n')
    ar = make(tmp_path / "t.csv", fields={"the\nheading, in full": "title"})
    assert [(a.title, a.date.isoformat()) for a in ar] == [("Rain", "2020-01-01"), ("Two\nlines", "2020-01-02")]
