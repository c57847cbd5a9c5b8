"""Trends: every count, total, share and band equals what counting the articles one by one gives."""
import datetime as dt
import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews

FREQS = ("day", "week", "month", "quarter", "year")
COLUMNS = ["date", "series", "count", "total", "share", "lower", "upper", "partial"]
WIDTH = {"day": 0, "month": 2, "year": 4}             # how coarse a date is
FINEST = {"day": 0, "week": 1, "month": 2, "quarter": 3, "year": 4}


# --- the same in plain Python


def bucket_of(day, freq):
    if freq == "week":
        return day - dt.timedelta(days=day.weekday())
    if freq == "quarter":
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[freq]


def next_bucket(day, freq):
    step = {"day": 1, "week": 7, "month": 32, "quarter": 93, "year": 366}[freq]
    return bucket_of(day + dt.timedelta(days=step), freq)


def last_day(text):
    """The last day that the printed date can mean."""
    if len(text) == 10:
        return dt.date.fromisoformat(text)
    year, month = int(text[:4]), int(text[5:7] or 12) if len(text) == 7 else 12
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def first_day(text):
    return dt.date.fromisoformat(text + "2020-01-01"[len(text) :])


def precision(text):
    return {4: "year", 7: "month", 10: "day"}[len(text)]


def fits(text, freq):
    """Whether the whole printed date lies inside one bucket of this width."""
    return text is not None and bucket_of(first_day(text), freq) == bucket_of(last_day(text), freq) and (precision(text) == "day" or FINEST[freq] >= WIDTH[precision(text)])


def wilson(k, n, level=0.95):
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle, spread = k + z * z / 2, z * math.sqrt(k * (n - k) / n + z * z / 4)
    return (middle - spread) / (n + z * z), (middle + spread) / (n + z * z)


def brute(records, freq):
    """{bucket: (count of 'rain', total)} over the whole axis."""
    placed = [(bucket_of(first_day(r["date"]), freq), "rain" in r["body"]) for r in records if fits(r["date"], freq)]
    out = {}
    if placed:
        day, end = min(d for d, _ in placed), max(d for d, _ in placed)
        while day <= end:
            out[day] = (0, 0)
            day = next_bucket(day, freq)
    for day, hit in placed:
        out[day] = (out[day][0] + hit, out[day][1] + 1)
    return out


DATES = st.one_of(
    st.dates(dt.date(2019, 11, 1), dt.date(2021, 2, 28)).map(dt.date.isoformat),
    st.tuples(st.integers(2019, 2021), st.integers(1, 12)).map(lambda t: f"{t[0]}-{t[1]:02d}"),
    st.integers(2019, 2021).map(str),
    st.none(),
)
RECORDS = st.lists(st.tuples(DATES, st.booleans()), max_size=40).map(
    lambda rows: [{"id": str(i), "title": "T", "date": d, "body": "some rain fell" if hit else "nothing"} for i, (d, hit) in enumerate(rows)]
)


@given(RECORDS)
def test_counts_totals_and_axis_equal_counting_one_by_one(tmp_path_factory, records):
    with pynews.build(tmp_path_factory.mktemp("trend") / "a.pna", records, progress=False) as ar:
        for freq in FREQS:
            t = ar.trend("rain", freq)
            expected = brute(records, freq)
            got = {day: (k, n) for day, k, n in zip(t["date"], t["count"], t["total"], strict=True)}
            assert {d: v for d, v in got.items() if v[1]} == {d: v for d, v in expected.items() if v[1]}, freq
            assert list(got) == axis(got, freq), "the axis has no hole"
            left_out = [r for r in records if not fits(r["date"], freq)]
            assert sum(t.unplaced["total"]) == len(left_out)
            assert sum(t.unplaced["count"]) == sum("rain" in r["body"] for r in left_out)
            assert sum(t["total"]) + sum(t.unplaced["total"]) == len(records)


def axis(days, freq):
    out = [min(days)] if days else []
    while out and out[-1] < max(days):
        out.append(next_bucket(out[-1], freq))
    return out


@given(RECORDS)
def test_shares_are_the_quotient_and_bands_are_wilsons(tmp_path_factory, records):
    with pynews.build(tmp_path_factory.mktemp("trend") / "a.pna", records, progress=False) as ar:
        for level in (0.5, 0.95, 0.999):
            for row in ar.trend("rain", "month", level=level):
                k, n = row["count"], row["total"]
                if not n:
                    assert row["share"] is None and row["lower"] is None and row["upper"] is None
                    continue
                lower, upper = wilson(k, n, level)
                assert row["share"] == k / n
                assert row["lower"] == pytest.approx(max(0, lower), abs=1e-9) and row["upper"] == pytest.approx(min(1, upper), abs=1e-9)
                assert 0 <= row["lower"] <= row["share"] <= row["upper"] <= 1


@given(RECORDS)
def test_coarser_buckets_are_the_sums_of_finer_ones(tmp_path_factory, records):
    records = [r for r in records if r["date"] and len(r["date"]) == 10]
    with pynews.build(tmp_path_factory.mktemp("trend") / "a.pna", records, progress=False) as ar:
        days = ar.trend("rain", "day")
        for freq in FREQS[1:]:
            sums = {}
            for row in days:
                k, n = sums.get(bucket_of(row["date"], freq), (0, 0))
                sums[bucket_of(row["date"], freq)] = (k + row["count"], n + row["total"])
            t = ar.trend("rain", freq)
            assert dict(zip(t["date"], zip(t["count"], t["total"], strict=True), strict=True)) == sums


# --- golden values


@pytest.mark.parametrize("k,n,lower,upper", [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)])
def test_bands_have_the_published_values(k, n, lower, upper, make):
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    ar = make([{"id": str(i), "title": "T", "date": "2020-05-05", "body": "rain" if i < k else "sun"} for i in range(n)])
    [row] = ar.trend("rain", "day")
    assert (row["count"], row["total"]) == (k, n)
    assert (round(row["lower"], 4), round(row["upper"], 4)) == (lower, upper)


def test_the_band_of_nothing_begins_at_exactly_zero_and_that_of_all_ends_at_exactly_one(make):
    ar = make([{"id": str(i), "title": "T", "date": "2020-05-05", "body": "rain"} for i in range(10)])
    [none], [every] = ar.trend("sun", "day"), ar.trend("rain", "day")
    z2 = NormalDist().inv_cdf(0.975) ** 2
    assert none["lower"] == 0.0 and none["upper"] == pytest.approx(z2 / (10 + z2), abs=1e-12)
    assert every["upper"] == 1.0 and every["lower"] == pytest.approx(10 / (10 + z2), abs=1e-12)


def test_a_level_that_is_none_is_refused(demo):
    for level in (0, 1, -1, 2, float("nan"), float("inf")):
        with pytest.raises(ValueError):
            demo.trend("korea", level=level)


def test_the_demo_gives_what_was_planted(demo, tmp_path):
    from pynews._demo_pages import write_pages

    truth = write_pages(tmp_path / "pages")
    for query in ("korea", "cbdc", "velorite", "electric"):
        t = demo.trend(query)
        got = {d.isoformat()[:7]: k for d, k in zip(t["date"], t["count"], strict=True) if k}
        assert got == truth["words"][query], query
    assert {d.isoformat()[:7]: n for d, n in zip(demo.trend()["date"], demo.trend()["total"], strict=True)} == truth["months"]
    for burst in truth["bursts"]:
        query = burst["query"] if " AND " in burst["query"] else f'"{burst["query"]}"'
        t = demo.trend(query, "day")
        inside = sum(k for d, k in zip(t["date"], t["count"], strict=True) if burst["first"] <= d.isoformat() <= burst["last"])
        assert (inside, sum(t["count"]) - inside) == (burst["articles"], burst["elsewhere"])


# --- series


def test_several_series_stand_one_after_the_other_and_equal_each_alone(demo):
    queries = {"K": "korea", "both": "korea blockchain", "phrase": '"digital currency"', "none": "zzz"}
    t = demo.trend(queries, "quarter")
    assert t.series == list(queries) and t.freq == "quarter" and len(t) == 4 * 14
    for i, (name, query) in enumerate(queries.items()):
        part, alone = t[14 * i : 14 * i + 14].to_dict(), demo.trend(query, "quarter").to_dict()
        assert set(part.pop("series")) == {name} and set(alone.pop("series")) == {query}
        assert part == alone


def test_a_selection_asked_for_a_trend_counts_itself_inside_its_base(demo):
    found = demo.search("korea")
    assert found.trend()["count"].to_list() == demo.trend("korea")["count"].to_list()
    assert found.trend()["total"].to_list() == demo.trend("korea")["total"].to_list()
    assert found.trend("blockchain")["count"].to_list() == demo.trend("korea AND blockchain")["count"].to_list()
    assert found.trend().series == ["korea"] and demo.trend().series == ["all articles"]
    assert demo.trend()["count"].to_list() == demo.trend()["total"].to_list()


def test_long_queries_are_cut_in_labels_and_whole_in_names(demo):
    query = " ".join(["korea"] * 20)
    [label] = demo.trend(query).series
    assert len(label) == 40 and label.endswith("…")
    assert demo.trend({"x" * 100: "korea"}).series == ["x" * 100]


def test_an_empty_answer_keeps_columns_and_axis(demo, make):
    t = demo.trend("zzz")
    assert t.columns == COLUMNS and len(t) == 40 and set(t["count"]) == {0} and set(t["share"]) == {0.0}
    for empty in (make([]).trend("x"), make([{"title": "undated"}]).trend(["x", "y"]), demo.trend([])):
        assert empty.columns == COLUMNS and len(empty) == 0
        assert empty.to_pandas().shape == (0, 8) and empty.to_csv() == ",".join(COLUMNS) + "\n"


def test_undated_articles_are_counted_beside_the_trend(make):
    ar = make([{"title": "rain"}, {"title": "sun"}, {"title": "rain", "date": "2020-05-05"}])
    t = ar.trend("rain")
    assert (t["count"].to_list(), t["total"].to_list()) == ([1], [1])
    undated = next(r for r in t.unplaced if r["precision"] == "undated")
    assert (undated["count"], undated["total"]) == (1, 2)


def test_an_archive_of_one_article_has_one_bucket_of_every_width(make):
    ar = make([{"title": "rain", "date": "2020-05-06"}])
    starts = {"day": "2020-05-06", "week": "2020-05-04", "month": "2020-05-01", "quarter": "2020-04-01", "year": "2020-01-01"}
    for freq in FREQS:
        [row] = ar.trend("rain", freq)
        assert (row["date"].isoformat(), row["count"], row["total"], row["share"]) == (starts[freq], 1, 1, 1.0)
        assert row["partial"] == (freq != "day")


def test_a_bucket_is_partial_where_the_articles_begin_or_end_inside_it(make):
    def partial(first, last, freq):
        ar = make([{"title": "a", "date": first}, {"title": "b", "date": last}])
        return ar.trend(freq=freq)["partial"].to_list()

    assert partial("2020-01-01", "2020-03-31", "month") == [False, False, False]
    assert partial("2020-01-02", "2020-03-30", "month") == [True, False, True]
    assert partial("2020-01-06", "2020-01-19", "week") == [False, False]
    assert partial("2020-01-07", "2020-01-19", "week") == [True, False]
    assert partial("2020-01-01", "2020-12-31", "year") == [False]
    assert partial("2020-01-01", "2020-12-30", "year") == [True]
    assert not any(partial("2020-01-07", "2020-02-01", "day"))


def test_days_without_news_are_gaps_and_not_zeros(make):
    ar = make([{"title": "rain", "date": "2020-05-01"}, {"title": "sun", "date": "2020-05-04"}])
    t = ar.trend("rain", "day")
    assert t["total"].to_list() == [1, 0, 0, 1] and t["share"].to_list() == [1.0, None, None, 0.0]


def test_frequencies_have_the_names_people_type(demo):
    for name, freq in (("M", "month"), ("MS", "month"), ("W", "week"), ("months", "month"), ("1mo", "month"), ("Daily", "day"), ("YE", "year"), ("QS", "quarter")):
        assert demo.trend("korea", name).freq == freq
    with pytest.raises(pynews.UnknownNameError, match="month") as raised:
        demo.trend("korea", "mnth")
    assert isinstance(raised.value, KeyError) and raised.value.suggestions[0] == "month"
    for wrong in ("", "fortnight", "1m"):
        with pytest.raises(pynews.UnknownNameError):
            demo.trend("korea", wrong)


def test_clock_times_and_zones_do_not_move_an_article_to_another_day(make):
    ar = make([{"id": str(i), "title": "T", "date": d} for i, d in enumerate(("2020-05-05T00:30:00+14:00", "2020-05-05T23:30:00-11:00", "2020-05-05", "May 5, 2020"))])
    assert [(r["date"], r["count"]) for r in ar.trend(freq="day")] == [(dt.date(2020, 5, 5), 4)]


def test_a_trend_of_one_word_reads_few_blocks_whatever_the_word(demo):
    from pynews import _core

    before = _core.blocks_decoded()
    demo.trend("the", "month")
    assert _core.blocks_decoded() - before <= 2 * 41


def test_real_headlines_are_counted_exactly(data_file, tmp_path):
    """Every month of 50,000 real headlines against counting them in Python."""
    import json
    import lzma
    from collections import Counter

    with lzma.open(data_file("reuters_headlines_2007_2008.jsonl.xz")) as f:
        raw = [next(f) for _ in range(50_000)]
    with pynews.build(tmp_path / "r.pna", b"".join(raw), progress=False) as ar:
        assert ar.report.read == 50_000 == ar.report.stored + ar.report.replaced + ar.report.duplicate + ar.report.skipped
        own = Counter(a.date.isoformat()[:7] for a in ar if a.date and "oil" in pynews.words(a.title or ""))
        t = ar.trend("oil")
        got = {d.isoformat()[:7]: k for d, k in zip(t["date"], t["count"], strict=True) if k}
        assert got == dict(own) and json.loads(raw[0])["title"]


def test_long_queries_that_begin_alike_are_series_of_their_own(demo):
    queries = [" OR ".join([*"abcdefghijklmnop", word]) for word in ("korea", "electric")]
    t = demo.trend(queries, "year")
    assert t.series == queries and [[len(t.at(str(year), name)) for year in range(2019, 2023)] for name in queries] == [list(t.wide("count")[name]) for name in queries]
    assert [len(t.articles(i)) for i in range(len(t))] == t["count"].to_list()


@pytest.mark.parametrize("queries", [["korea", "cbdc", "korea"], {"1": "korea", 1: "cbdc"}])
def test_two_series_of_one_name_are_refused(demo, queries):
    with pytest.raises(ValueError, match="2 series are named '(korea|1)': name each once"):
        demo.trend(queries, "year")


def test_a_period_in_brackets_outlives_and_without_and_or(demo):
    part = demo["2018-12":"2019-06"]
    axis = part.trend("korea")["date"].to_list()
    korea, cbdc = part.search("korea"), part.search("cbdc")
    for found in (korea & cbdc, korea & demo.search("cbdc"), demo.search("cbdc") & korea, korea - cbdc, korea | cbdc):
        t = found.trend(freq="month")
        assert t["date"].to_list() == axis and not any(t["partial"])
    assert len((korea - cbdc)["2019":].trend(freq="month")) == 6
    assert len((korea | demo.search("cbdc")).trend(freq="month")) == 40


def test_the_bucket_behind_a_point_covers_no_more_than_the_trend_did(demo):
    for t, first, last in ((demo["2020-08-05":"2020-08-20"].trend("korea"), "2020-08-05", "2020-08-20"), (demo.trend("korea"), "2022-04-01", "2022-04-14")):
        inside = t.at(first[:7])
        days = inside.trend(freq="day")["date"].to_list()
        assert (days[0].isoformat(), days[-1].isoformat()) == (first, last)
        assert inside.trend(freq="month")["partial"].to_list() == [True] and len(inside) == t.at(first).trend(freq="year")["count"][0]
    assert not any(demo.trend("korea").at("2020-08").trend(freq="month")["partial"])
