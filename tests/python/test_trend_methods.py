"""What is made of trends: sums first, then the division; and from every number back to its articles."""
import datetime as dt
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews

COLUMNS = ["date", "series", "count", "total", "share", "lower", "upper", "partial"]
DATES = st.one_of(
    st.dates(dt.date(2019, 11, 1), dt.date(2020, 3, 31)).map(dt.date.isoformat),
    st.sampled_from(["2019-12", "2020-01", "2019", "2020", None]),
)
RECORDS = st.lists(st.tuples(DATES, st.booleans(), st.integers(0, 3)), max_size=40).map(
    lambda rows: [{"id": str(i), "title": f"t{part}", "date": d, "body": "some rain fell" if hit else "nothing"} for i, (d, hit, part) in enumerate(rows)]
)
FREQS = ("day", "week", "month", "quarter", "year", "weekday", "month-of-year")


def archive(factory, records):
    return pynews.build(factory.mktemp("methods") / "a.pna", records, progress=False)


def share_is_the_quotient(t):
    for row in t:
        assert row["share"] == (row["count"] / row["total"] if row["total"] else None)


@given(RECORDS, st.sampled_from(FREQS[1:]))
def test_however_a_trend_is_bucketed_again_the_share_is_the_sum_of_counts_over_the_sum_of_totals(tmp_path_factory, records, freq):
    with archive(tmp_path_factory, records) as ar:
        days = ar.trend(["rain", "nothing"], "day")
        t = days.resample(freq)
        share_is_the_quotient(t)
        assert sum(t["count"]) == sum(days["count"]) and sum(t["total"]) == sum(days["total"])
        assert t.unplaced.to_dict() == days.unplaced.to_dict() and t.columns[1:] == COLUMNS[1:]
        for row in range(len(t)):
            assert len(t.articles(row)) == t[row]["count"] and len(t.articles(row).base) == t[row]["total"]


@given(RECORDS, st.integers(1, 4), st.sampled_from(FREQS))
def test_trends_of_the_parts_add_up_to_the_trend_of_the_whole(tmp_path_factory, records, parts, freq):
    with archive(tmp_path_factory, records) as ar:
        bases = [ar.filter(f"title:t{i}") for i in range(parts - 1)]
        bases.append(ar.filter(" ".join(f"NOT title:t{i}" for i in range(parts - 1))) if parts > 1 else ar)
        whole = ar.trend(["rain", "nothing"], freq)
        trends = [base.trend(["rain", "nothing"], freq) for base in bases]
        total = trends[0]
        for t in trends[1:]:
            total = total + t
        assert total.to_dict() == whole.to_dict()
        unplaced = {(r["precision"], r["series"]): (r["count"], r["total"]) for r in total.unplaced}
        assert unplaced == {(r["precision"], r["series"]): (r["count"], r["total"]) for r in whole.unplaced}


def test_trends_that_do_not_add_are_refused(demo):
    t = demo["2019"].trend("korea")
    for other, why in (
        (demo["2020"].trend("korea", "week"), "freq"), (demo["2020"].trend("cbdc"), "series"), (demo["2020"].trend("korea", level=0.9), "level"),
        (demo["2020"].trend("korea", tz="UTC"), "tz"), (demo["2019-12":"2020"].trend("korea"), "in common"), (demo["2020"].trend("korea").smooth(3), "smoothed"),
        (demo["2020"].trend(by="tag", top=2), "series"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=why):
            t + other
    with pytest.raises(TypeError):
        t + 1
    joined = t + demo["2021"].trend("korea")
    assert joined["total"].to_list()[12:24] == [0] * 12 and len(joined) == 36
    with pytest.raises(ValueError, match="a sum"):
        joined.at("2019-03")


def test_a_point_of_the_curve_gives_the_articles_that_were_counted(demo):
    t = demo.filter(tag="Technology").trend({"K": "korea", "B": "blockchain"}, "month", share_of="archive")
    for when, series in (("2020-08", "K"), ("2020-08-20", "B"), (dt.date(2021, 3, 9), "K"), ("2020", "B"), ("2020-Q3", "K")):
        rows = [r for r in t if r["series"] == series and r["date"].isoformat().startswith(str(when)[:7])]
        if when in ("2020", "2020-Q3"):
            last = "2020-09" if when == "2020-Q3" else "2020-12"
            rows = [r for r in t if r["series"] == series and ("2020-07" if when == "2020-Q3" else "2020-01") <= r["date"].isoformat()[:7] <= last]
        found = t.at(when, series)
        assert (len(found), len(found.base)) == (sum(r["count"] for r in rows), sum(r["total"] for r in rows))
        assert all("Technology" in a.tags for a in found)
    peak = demo.trend("korea").at("2020-08")
    assert peak.query == "korea" and len(peak.trend()) == 1 and len(demo["2020-08"].search("korea") - peak) == 0
    assert len(peak.search("blockchain")) == len(demo["2020-08"].search("korea blockchain"))
    with pytest.raises(ValueError, match="2019-01 to 2022-04"):
        demo.trend("korea").at("2031")
    with pytest.raises(ValueError, match="series='K'"):
        t.at("2020-08")
    with pytest.raises(pynews.UnknownNameError, match="K"):
        t.at("2020-08", series="Q")


def test_coarse_dates_are_behind_the_buckets_that_count_them_and_no_others(make):
    ar = make([{"title": "rain", "date": d} for d in ("2020-08", "2020-08-03", "2020-08-31", "2020", "2020-09-01")])
    assert len(ar.trend("rain", "month").at("2020-08")) == 3
    assert len(ar.trend("rain", "day").at("2020-08")) == 2
    assert len(ar.trend("rain", "month").at("2020")) == 4 and len(ar.trend("rain", "year").at("2020-08")) == 5


# --- smoothing


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted), min_size=1, max_size=30), st.integers(1, 9), st.booleans())
def test_a_smoothed_share_is_a_ratio_of_sums(cells, window, center):
    from pynews import _series

    counts, totals = [k for k, _ in cells], [n for _, n in cells]
    got = _series.smooth(counts, totals, _series.Window(window, center, "mean"), 1.96)
    for i, (value, lower, upper) in enumerate(got):
        first = i - (window // 2 if center else window - 1)
        at = range(max(0, first), min(len(cells), first + window))
        k, n = sum(counts[j] for j in at), sum(totals[j] for j in at)
        if not n:
            assert value is lower is upper is None
            continue
        assert value == pytest.approx(k / n, abs=1e-12) and lower <= value + 1e-12 and value <= upper + 1e-12
        p = k / n
        middle, half = p + 1.96**2 / (2 * n), 1.96 * math.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n * n))
        assert upper == pytest.approx(1.0 if k == n else (middle + half) / (1 + 1.96**2 / n), abs=1e-9)


def test_smoothing_keeps_counts_and_totals(demo):
    t = demo.trend(["korea", "cbdc"])
    for how in ("mean", "ewm", "loess"):
        s = t.smooth(5, how=how)
        assert s["count"].to_list() == t["count"].to_list() and s["total"].to_list() == t["total"].to_list()
        assert s.measure == "smoothed share" and s.unplaced.to_dict() == t.unplaced.to_dict()
        assert all(r["lower"] <= r["share"] <= r["upper"] for r in s)
        assert len(s.at("2020-08", "korea")) == len(t.at("2020-08", "korea"))
    assert t.smooth(1)["share"].to_numpy() == pytest.approx(t["share"].to_numpy(), abs=1e-15)


def test_a_fitted_line_follows_a_straight_one_to_its_ends_and_weights_fall():
    from pynews import _series

    totals = [10, 20, 40, 10, 30, 20, 10]
    counts = [n * (i + 1) // 10 for i, n in enumerate(totals)]
    line = _series.smooth(counts, totals, _series.Window(5, True, "loess"), 1.96)
    assert [v for v, *_ in line] == pytest.approx([(i + 1) / 10 for i in range(7)], abs=1e-12)
    step = _series.smooth([0, 0, 10, 10], [10] * 4, _series.Window(3, False, "ewm"), 1.96)
    assert [v for v, *_ in step] == pytest.approx([0, 0, 1 / 1.75, 1.5 / 1.875], abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted), min_size=1, max_size=20), st.integers(1, 9), st.booleans())
def test_falling_weights_are_those_of_the_formula(cells, window, center):
    from pynews import _series

    counts, totals = [k for k, _ in cells], [n for _, n in cells]
    got = _series.smooth(counts, totals, _series.Window(window, center, "ewm"), 1.96)
    for i, (value, lower, upper) in enumerate(got):
        weights = [(1 - 2 / (window + 1)) ** abs(i - j) if center or j <= i else 0.0 for j in range(len(cells))]
        k, n = (sum(w * v for w, v in zip(weights, values, strict=True)) for values in (counts, totals))
        assert (value is None) == (n == 0)
        if value is not None:
            assert value == pytest.approx(k / n, abs=1e-12) and lower <= value + 1e-12 and value <= upper + 1e-12


def test_running_sums_are_sums(demo):
    t, c = demo.trend("korea"), demo.trend("korea").cumulative()
    assert c["count"].to_list()[-1] == sum(t["count"]) and c["total"].to_list() == [sum(t["total"].to_list()[: i + 1]) for i in range(len(t))]
    share_is_the_quotient(c)
    assert len(c.articles(11)) == c[11]["count"] == len(demo["2019"].search("korea"))


# --- comparing: published values


def test_the_difference_of_independent_shares_has_the_published_band():
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10."""
    from pynews import _core, _series

    z = _core.normal_z(0.95)
    for a, b, lower, upper in (
        ((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062), ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775), ((0, 10), (0, 10), -0.2775, 0.2775), ((10, 10), (0, 20), 0.6791, 1.0), ((10, 10), (0, 10), 0.6075, 1.0),
    ):  # fmt: skip
        value, low, up = _series.difference(a, b, z)
        assert value == a[0] / a[1] - b[0] / b[1]
        assert (round(low, 4), round(up, 4)) == (pytest.approx(lower, abs=1e-4), pytest.approx(upper, abs=1e-4))


def test_the_bands_of_ratios_follow_their_formulas():
    from pynews import _core, _series

    z = _core.normal_z(0.95)
    value, low, up = _series.ratio((15, 100), (10, 200), z)
    half = math.exp(1.959963984540054 * math.sqrt(1 / 15 - 1 / 100 + 1 / 10 - 1 / 200))
    assert (value, low, up) == (pytest.approx(3.0), pytest.approx(3 / half, abs=1e-12), pytest.approx(3 * half, abs=1e-12))
    value, low, up = _series.ratio((20, 100), (10, 100), z, 5)
    half = math.exp(1.959963984540054 * math.sqrt((15 + 5) / (20 * 10)))
    assert (value, low, up) == (pytest.approx(2.0), pytest.approx(2 / half, abs=1e-12), pytest.approx(2 * half, abs=1e-12))
    assert _series.ratio((1, 10), (0, 10), z) == (None, None, None) and _series.ratio((0, 10), (1, 10), z) == (0.0, None, None)


def test_a_change_is_against_so_many_buckets_before(demo):
    t = demo.trend(["korea", "electric"], "quarter")
    c, r = t.change(4), t.change(4, relative=True)
    n = len(t) // 2
    for i in range(2 * n):
        if i % n < 4:
            assert c[i]["share"] is r[i]["share"] is c[i]["lower"] is None
            continue
        now, before = t[i]["share"], t[i - 4]["share"]
        assert c[i]["share"] == now - before and r[i]["share"] == pytest.approx(now / before - 1, abs=1e-12)
        assert c[i]["lower"] <= c[i]["share"] <= c[i]["upper"] and r[i]["lower"] <= r[i]["share"] <= r[i]["upper"]
    assert (c.measure, r.measure) == ("change", "relative change") and c["count"].to_list() == t["count"].to_list()


def test_two_series_are_compared_on_the_articles_they_share(demo):
    t = demo.trend({"a": "korea", "b": "blockchain"}, "quarter")
    n = len(t) // 2
    both = demo.trend("korea AND blockchain", "quarter")["count"].to_list()
    d, r = t.difference("a", "b"), t.ratio("a", "b")
    assert d["both"].to_list() == r["both"].to_list() == both and any(both)
    for i in range(n):
        p, q = t[i]["share"], t[n + i]["share"]
        assert d[i]["difference"] == pytest.approx(p - q, abs=1e-12) and r[i]["ratio"] == pytest.approx(p / q, abs=1e-12)
        assert d[i]["lower"] <= d[i]["difference"] <= d[i]["upper"] and r[i]["lower"] <= r[i]["ratio"] <= r[i]["upper"]
    either = demo.trend({"a": "korea OR cbdc", "b": "electric OR blockchain"}, "year")
    assert either.ratio("a", "b")["both"].to_list() == demo.trend("(korea OR cbdc) AND (electric OR blockchain)", "year")["count"].to_list()
    same = t.difference("a", "a")
    assert set(same["difference"]) == {0.0} and t.ratio("a", "a")[0]["upper"] == 1.0
    assert demo.trend({"a": "korea", "b": "blockchain"}, "month").resample("quarter").difference("a", "b").to_dict() == d.to_dict()


def test_an_index_is_a_share_divided_by_the_share_at_its_point(demo):
    t = demo.trend(["korea", "electric"], "year")
    for at, unit in (("max", [127 / 925, 56 / 250]), ("first", [81 / 913, 48 / 913]), ("mean", [331 / 3000, 417 / 3000]), ("2021", [96 / 912, 192 / 912])):
        index = t.rebase(100, at=at)
        assert index["share"].to_list() == pytest.approx([100 * row["share"] / unit[i // 4] for i, row in enumerate(t)], abs=1e-9)
        assert all(r["lower"] <= r["share"] <= r["upper"] for r in index)
    with pytest.raises(ValueError, match="zzz"):
        demo.trend("zzz").rebase()


# --- shapes


def test_wide_has_a_column_a_series(demo):
    t = demo.trend({"K": "korea", "C": "cbdc"}, "year")
    w = t.wide()
    assert w.columns == ["date", "K", "C"] and w["K"].to_list() == t["share"].to_list()[:4]
    assert t.wide("count")["C"].to_list() == t["count"].to_list()[4:] and t.wide("per_million")[0]["K"] == 1e6 * t[0]["share"]
    with pytest.raises(ValueError, match="per_million"):
        t.wide("percent")


def test_xarray_has_the_numbers_of_the_table(demo):
    t = demo.trend({"K": "korea", "C": "cbdc"}, "year")
    x = t.to_xarray()
    assert dict(x.sizes) == {"date": 4, "series": 2} and list(x["count"].sel(series="C").values) == t["count"].to_list()[4:]
    assert x["share"].sel(series="K").values == pytest.approx(t["share"].to_numpy()[:4]) and str(x["date"].values[1])[:10] == "2020-01-01"
    assert list(demo.trend("korea", "weekday").to_xarray()["weekday"].values) == list(range(7))


def test_what_cannot_be_made_of_a_trend_says_why(demo):
    t = demo.trend("korea", "week")
    for act, why in (
        (lambda: t.resample("month"), "does not lie in one month"), (lambda: t.resample("day"), "does not lie"), (lambda: t.smooth(3).resample("year"), "smoothed share"),
        (lambda: t.smooth(0), "window"), (lambda: t.smooth(3, how="median"), "loess"), (lambda: t.smooth(3).smooth(3), "smoothed"), (lambda: t.cumulative().change(), "cumulative"),
        (lambda: t.change(0), "1 or more"), (lambda: demo.trend("korea", "weekday").smooth(3), "comes again"), (lambda: demo.trend("korea", "weekday").cumulative(), "comes again"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=why):
            act()


def test_everything_made_of_an_empty_trend_keeps_its_columns(make, demo):
    for t in (make([]).trend("x"), make([{"title": "undated"}]).trend(["x", "y"]), demo.trend([])):
        for made in (t, t.smooth(3), t.cumulative(), t.change(), t.resample("year"), t.smooth(3, how="loess")):
            assert made.columns == COLUMNS and len(made) == 0 and made.to_pandas().shape == (0, 8)
            assert repr(made) and made._repr_mimebundle_()["text/html"]
        assert t.resample("month-of-year").columns[0] == "month" and t.wide().columns == ["date", *t.series]


def test_adding_nothing_changes_nothing(make):
    empty = make([]).trend("x")
    assert (empty + empty).columns == COLUMNS and len(empty + empty) == 0
    t = make([{"title": "x", "date": "2020-05-06"}]).trend("x")
    assert (t + empty).to_dict() == (empty + t).to_dict() == t.to_dict()


def test_arrow_takes_every_kind_of_trend_twice(demo):
    pa = pytest.importorskip("pyarrow")
    for t in (demo.trend("korea", "weekday"), demo.trend("korea").smooth(3), demo.trend("korea").change(12), demo.trend({"a": "korea", "b": "cbdc"}).ratio("a", "b"), demo.trend("korea").wide()):
        assert pa.table(t).equals(pa.table(t)) and pa.table(t).column_names == t.columns


def test_cards_of_made_trends_are_small_and_escaped(demo):
    name = "<script>alert(1)</script>"
    for t in (demo.trend({name: "korea"}, f) for f in ("day", "weekday", "month-of-year", "hour-of-day", "hour")):
        for made in (t, *([t.smooth(3), t.change(), t.cumulative(), t.rebase()] if t.freq == "day" else [])):
            card = made._repr_mimebundle_()["text/html"]
            assert len(card.encode()) <= 4000 and "<script" not in card and len(repr(made).split("\n")) <= 12


def test_a_sum_knows_what_is_in_it_and_takes_no_article_twice(demo):
    a, b, c = (demo[year].trend("korea", "year") for year in ("2019", "2020", "2021"))
    assert sum([a, b, c])["total"].to_list() == (a + (b + c))["total"].to_list() == [913, 925, 912]
    overlapping = [lambda: a + b + a, lambda: a + (b + c) + b, lambda: (a + b) + (c + a), lambda: (a + b).resample("year") + a]
    for add in overlapping:
        with pytest.raises(ValueError, match="9(13|25) articles in common"):
            add()
    again = pickle.loads(pickle.dumps(a + b))
    with pytest.raises(ValueError, match="925 articles in common"):
        again + pickle.loads(pickle.dumps(b))
    assert (again + pickle.loads(pickle.dumps(c))).to_dict() == sum([a, b, c]).to_dict()


def test_trends_add_and_pickle_when_their_archive_was_closed(demo):
    with pynews.open(demo.path) as ar:
        a, b = ar["2019"].trend("korea", "year"), ar["2020"].trend("korea", "year")
    total = a + b
    assert total["total"].to_list() == [913, 925]
    for t in (a, total, a.bursts(s=1.1)):
        assert pickle.loads(pickle.dumps(t)).to_dict() == t.to_dict()
    with pytest.raises(ValueError, match="913 articles in common"):
        total + a


def test_a_window_of_even_size_has_one_bucket_more_before_than_after():
    from pynews import _series

    counts, totals = [0, 0, 0, 1, 0, 0, 0], [1] * 7
    assert [value for value, _, _ in _series.smooth(counts, totals, _series.Window(4, True, "mean"), 1.96)] == [0, 0, 0.25, 0.25, 0.25, 0.25, 0]
    assert [value for value, _, _ in _series.smooth(counts, totals, _series.Window(4, False, "mean"), 1.96)] == [0, 0, 0, 0.25, 0.25, 0.25, 0.25]


def test_the_weights_of_a_fitted_line_reach_half_a_bucket_beyond_the_window():
    from pynews import _series

    for window, reach in ((3, 2.0), (5, 3.0)):
        half = window // 2
        weights = [(1 - (abs(d) / reach) ** 3) ** 3 for d in range(-half, half + 1)]
        counts = [1 if i == half else 0 for i in range(window)]
        value = _series.smooth(counts, [1] * window, _series.Window(window, True, "loess"), 1.96)[half][0]
        assert value == pytest.approx(1 / sum(weights), abs=1e-12)


@pytest.mark.parametrize("both,a,b,n", [(30, 40, 50, 100), (8, 10, 12, 20), (2, 30, 40, 100), (0, 5, 5, 20), (5, 10, 10, 20), (21, 40, 50, 100)])
def test_the_band_of_a_paired_difference_follows_its_formula(both, a, b, n):
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 2635-2650, method 10: φ with n/2 taken off a positive product, no further than 0."""
    from pynews import _core, _series

    z = _core.normal_z(0.95)
    e, f, g, h = both, a - both, b - both, n - a - b + both
    product = e * h - f * g
    phi = (max(product - n / 2, 0) if product > 0 else product) / math.sqrt((e + f) * (g + h) * (e + g) * (f + h))
    (l1, u1), (l2, u2), p, q = _core.wilson(a, n, z), _core.wilson(b, n, z), a / n, b / n
    down = (p - l1) ** 2 - 2 * phi * (p - l1) * (u2 - q) + (u2 - q) ** 2
    up = (u1 - p) ** 2 - 2 * phi * (u1 - p) * (q - l2) + (q - l2) ** 2
    value, lower, upper = _series.difference((a, n), (b, n), z, _series.phi_of(both, a, b, n))
    assert (value, lower, upper) == (p - q, pytest.approx(p - q - math.sqrt(down), abs=1e-12), pytest.approx(p - q + math.sqrt(up), abs=1e-12))


def test_an_index_at_a_period_is_of_its_first_bucket(demo):
    t = demo.trend("korea").rebase(at="2020")
    assert t.at("2020-01").trend("korea", "month")["share"][0] == demo.trend("korea").at("2020-01").trend("korea", "month")["share"][0]
    assert [row["share"] for row in t if row["date"] == dt.date(2020, 1, 1)] == [100.0]


def test_no_series_takes_the_place_of_the_column_of_buckets(demo):
    t = demo.trend({"date": "korea", "weekday": "cbdc"}, "year")
    with pytest.raises(ValueError, match="a series is named 'date', like the column of the buckets"):
        t.wide()
    with pytest.raises(ValueError, match="a series is named 'weekday'"):
        demo.trend({"date": "korea", "weekday": "cbdc"}, "weekday").wide()
