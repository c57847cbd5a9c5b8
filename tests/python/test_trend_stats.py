"""Statistics of trends: what is planted is found, and what is found is what trying everything finds."""
import datetime as dt
import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews
from pynews import _core, _demo_pages

FIRST = 18631                                      # 2021-01-04, a Monday


def table(counts, totals, n_series=1):
    """The core's table of a trend by day."""
    n = len(counts) // n_series
    return _core.table((
        ("date", "date32", [FIRST + i % n for i in range(len(counts))]),
        ("series", "dictionary", [f"s{i // n}" for i in range(len(counts))]),
        ("count", "int64", counts),
        ("total", "int64", totals),
        ("partial", "bool", [False] * len(counts)),
    ))


def rows(core):
    names = core.columns
    return [dict(zip(names, cells)) for cells in zip(*(core.column(i).values() for i in range(len(names))))]


BUCKETS = st.lists(st.integers(0, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=8)


# --- bursts


def burst_cost(states, buckets, s, gamma, p0, batches):
    """Kleinberg's cost of a sequence of states, of buckets with news."""
    cost, before = 0.0, 0
    for state, (k, n) in zip(states, buckets):
        p = min(p0 * s**state, 0.9999)
        cost += max(0, state - before) * gamma * math.log(batches) - k * math.log(p) - (n - k) * math.log1p(-p)
        before = state
    return cost


@given(BUCKETS, st.sampled_from([1.5, 2, 3]), st.sampled_from([0, 0.3, 1]), st.integers(1, 2))
def test_no_sequence_of_states_is_cheaper_than_the_one_of_bursts(buckets, s, gamma, levels):
    counts, totals = [k for k, _ in buckets], [n for _, n in buckets]
    found = rows(_core.bursts(table(counts, totals), 0, s, gamma, levels))
    news = [(i, b) for i, b in enumerate(buckets) if b[1]]
    p0 = sum(counts) / max(1, sum(totals))
    if not 0 < p0 < 0.9999:
        assert not found
        return
    levels = next((j for j in range(1, levels + 1) if p0 * s**j >= 0.9999), levels)
    states = [max((r["level"] for r in found if r["start"] <= FIRST + i <= r["end"]), default=0) for i, _ in news]
    costs = [burst_cost(each, [b for _, b in news], s, gamma, p0, len(news)) for each in itertools.product(range(levels + 1), repeat=len(news))]
    assert burst_cost(states, [b for _, b in news], s, gamma, p0, len(news)) == pytest.approx(min(costs), rel=1e-12, abs=1e-9)


@given(BUCKETS)
def test_bursts_add_up(buckets):
    counts, totals = [k for k, _ in buckets], [n for _, n in buckets]
    for row in rows(_core.bursts(table(counts, totals), 0, 2, 0.5, 3)):
        inside = range(row["start"] - FIRST, row["end"] - FIRST + 1)
        assert row["count"] == sum(counts[i] for i in inside)
        assert row["expected"] == pytest.approx(sum(counts) / sum(totals) * sum(totals[i] for i in inside))
        shares = [counts[i] / totals[i] if totals[i] else -1 for i in inside]
        assert shares[row["peak"] - row["start"]] == pytest.approx(max(shares))
        assert row["weight"] >= -1e-9


def test_the_planted_bursts_are_found_and_no_others(demo):
    t = demo.trend({"Korea": "korea", "CBDC": "cbdc", "velorite": "velorite"}, freq="month")
    found = {row["series"]: row for row in t.bursts()}
    assert len(t.bursts()) == 3
    for name, (first, last) in {"Korea": _demo_pages.KOREA, "CBDC": _demo_pages.CBDC}.items():
        assert (found[name]["start"], found[name]["end"]) == (first, last)
    assert found["velorite"]["peak"] == dt.date(2021, 3, 1)
    [row] = demo.trend("velorite", freq="day").bursts()
    assert (row["start"], row["end"]) == _demo_pages.VELORITE
    assert len(demo[row["start"] : row["end"]].search("velorite")) == row["count"] == len(demo.search("velorite"))


def test_what_was_found_leads_to_its_articles(demo):
    t = demo.trend({"K": "korea", "C": "cbdc"}, freq="week")
    for table in (t.bursts(levels=2), t.anomalies(0.5)):
        assert len(table) > 2
        for i, row in enumerate(table):
            articles = table.articles(i)
            assert len(articles) == row["count"]
            assert all(row["series"] != "K" or "korea" in pynews.words(f"{a.title}\n{a.body}") for a in articles)
    assert len(demo.trend({"K": "korea"}, freq="weekday").anomalies(1).articles(0)) > 0


def test_levels_are_nested_and_a_higher_price_leaves_fewer(demo):
    t = demo.trend("korea", freq="month")
    deep = list(t.bursts(levels=3))
    assert {row["level"] for row in deep} > {1}
    for row in deep:
        if row["level"] > 1:
            assert any(o["level"] == row["level"] - 1 and o["start"] <= row["start"] and row["end"] <= o["end"] for o in deep)
    assert len(t.bursts(gamma=50)) == 0


# --- changes


def segment_cost(buckets):
    k, n = sum(b[0] for b in buckets), sum(b[1] for b in buckets)
    return -2 * sum(x * math.log(x / n) for x in (k, n - k) if x)


@given(BUCKETS, st.sampled_from([0.0, 0.5, 2.0, 5.0]))
def test_no_cut_is_better_than_the_changepoints(buckets, penalty):
    counts, totals = [k for k, _ in buckets], [n for _, n in buckets]
    news = [i for i, b in enumerate(buckets) if b[1]]

    def cost(starts):
        edges = [0, *starts, len(buckets)]
        return sum(segment_cost(buckets[a:b]) for a, b in zip(edges, edges[1:])) + penalty * len(starts)

    choices = [[i for i, cut in zip(news[1:], cuts) if cut] for cuts in itertools.product([0, 1], repeat=max(0, len(news) - 1))]
    found = rows(_core.changepoints(table(counts, totals), penalty, 0.95))
    starts = [row["date"] - FIRST for row in found]
    assert cost(starts) == pytest.approx(min(map(cost, choices)), rel=1e-12, abs=1e-9)
    edges = [0, *starts, len(buckets)]
    for row, a, at, b in zip(found, edges, edges[1:], edges[2:]):
        before, after = buckets[a:at], buckets[at:b]
        assert row["gain"] == pytest.approx(segment_cost(before + after) - segment_cost(before) - segment_cost(after), abs=1e-9)
        assert row["gain"] >= penalty - 1e-9
        assert row["before_lower"] <= row["before"] <= row["before_upper"]


def test_pruning_loses_nothing_on_long_series():
    """Against plain dynamic programming over every last segment."""
    r = random.Random(3)
    for _ in range(5):
        totals = [r.choice([0, 5, 50, 200]) for _ in range(150)]
        counts = [sum(r.random() < (0.05 if i % 60 < 40 else 0.2) for _ in range(n)) for i, n in enumerate(totals)]
        buckets, penalty = list(zip(counts, totals)), 6.0
        best = [-penalty]
        for end in range(1, 151):
            best.append(min(best[a] + segment_cost(buckets[a:end]) + penalty for a in range(end)))
        starts = [row["date"] - FIRST for row in rows(_core.changepoints(table(counts, totals), penalty, 0.95))]
        edges = [0, *starts, 150]
        assert sum(segment_cost(buckets[a:b]) for a, b in zip(edges, edges[1:])) + penalty * len(starts) == pytest.approx(best[-1])


def test_the_planted_changes_are_found(demo):
    t = demo.trend({"Korea": "korea", "CBDC": "cbdc"}, freq="month")
    dates = [(row["series"], row["date"]) for row in t.changepoints()]
    month_after = [dt.date(2020, 9, 1), dt.date(2022, 3, 1)]
    assert dates == [("Korea", _demo_pages.KOREA[0]), ("Korea", month_after[0]), ("CBDC", _demo_pages.CBDC[0]), ("CBDC", month_after[1])]
    assert len(t.changepoints(penalty=1e6)) == 0
    with pytest.raises(ValueError, match="bic"):
        t.changepoints(penalty="aic")


# --- anomalies


def g2(k1, n1, k2, n2):
    k, n = k1 + k2, n1 + n2
    cells = [(k1, n1 * k / n), (k2, n2 * k / n), (n1 - k1, n1 * (n - k) / n), (n2 - k2, n2 * (n - k) / n)]
    return max(0, 2 * sum(o * math.log(o / e) for o, e in cells if o))


@given(st.lists(st.integers(0, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=40), st.booleans())
def test_anomalies_follow_their_formula(buckets, by_weekday):
    counts, totals = [k for k, _ in buckets], [n for _, n in buckets]
    z = {}
    for i, (k, n) in enumerate(buckets):
        others = [b for j, b in enumerate(buckets) if j != i and (not by_weekday or j % 7 == i % 7)]
        ko, no = sum(b[0] for b in others), sum(b[1] for b in others)
        if n and no:
            z[i] = math.copysign(math.sqrt(g2(k, n, ko, no)), k / n - ko / no)
    sizes = sorted(map(abs, z.values()))
    median = (sizes[(len(sizes) - 1) // 2] + sizes[len(sizes) // 2]) / 2 if sizes else 0
    root = max(1, median / 0.6744897501960817)
    p = {i: math.erfc(abs(v) / root / math.sqrt(2)) for i, v in z.items()}
    ranked = sorted(p, key=lambda i: (p[i], i))
    found = rows(_core.anomalies(table(counts, totals), by_weekday, 1))
    assert [row["date"] - FIRST for row in found] == sorted(p)
    for row in found:
        i = row["date"] - FIRST
        assert row["z"] == pytest.approx(z[i] / root, abs=1e-6)
        assert row["p"] == pytest.approx(p[i], abs=1e-6)
        assert row["q"] == pytest.approx(min([1, *(p[j] * len(p) / (r + 1) for r, j in enumerate(ranked) if r >= ranked.index(i))]), abs=1e-5)


def test_a_day_is_held_against_the_same_weekdays_and_a_week_against_all_others(demo):
    for freq in ("day", "week"):
        t = demo.trend("korea", freq)
        found = t.anomalies(1.0)
        assert len(found) == sum(1 for n in t["total"] if n) > 100
        for row in found.head(40):
            others = [r for r in t if r["date"] != row["date"] and (freq == "week" or r["date"].weekday() == row["date"].weekday())]
            assert row["expected"] == pytest.approx(sum(r["count"] for r in others) / sum(r["total"] for r in others), abs=1e-12)


def test_q_is_that_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    r = random.Random(1)
    totals = [50] * 60
    counts = [sum(r.random() < (0.3 if i > 54 else 0.1) for _ in range(50)) for i in range(60)]
    found = rows(_core.anomalies(table(counts, totals), False, 1))
    assert [row["q"] for row in found] == pytest.approx(list(stats.false_discovery_control([row["p"] for row in found])), rel=1e-12)
    assert [row["p"] for row in found] == pytest.approx([2 * stats.norm.sf(abs(row["z"])) for row in found], rel=1e-9)


def test_false_alarms_are_rare_where_nothing_happened():
    r = random.Random(5)
    alarms = sum(
        bool(rows(_core.anomalies(table([sum(r.random() < 0.2 for _ in range(40)) for _ in range(50)], [40] * 50), False, 0.05))) for _ in range(100)
    )
    assert alarms <= 12                            # of 100 at 5%


def test_planted_days_are_abnormal(demo):
    first, last = _demo_pages.VELORITE
    found = list(demo.trend("velorite", freq="day").anomalies())
    assert [row["date"] for row in found] == [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]
    assert all(row["z"] > 0 and row["q"] <= 0.01 for row in found)


# --- lead and lag


def noisy(seed, n):
    r = random.Random(seed)
    return [r.randint(20, 60) for _ in range(n)]


def trend(counts, totals, names, is_all=False, freq="day"):
    from pynews._trend import Trend

    core = table(counts, totals, len(names))
    columns = core.columns
    named = _core.table(tuple(
        (name, kind, [names[int(v[1:])] for v in core.column(i).values()] if name == "series" else core.column(i).values())
        for i, (name, kind) in enumerate(zip(columns, ("date32", "dictionary", "int64", "int64", "bool")))
    ))
    unplaced = _core.table((("precision", "string", []), ("series", "string", []), ("count", "int64", []), ("total", "int64", [])))
    return Trend(named, unplaced, freq, list(names), "", 0.95, "all articles", is_all)


def test_correlations_follow_their_formula():
    a, b, n = noisy(1, 50), noisy(2, 50), 50
    t = trend(a + b, [100] * 100, ("A", "B"))
    x, y = ([v / 100 for v in s] for s in (a, b))
    mx, my = sum(x) / n, sum(y) / n
    norm = math.sqrt(sum((v - mx) ** 2 for v in x) * sum((v - my) ** 2 for v in y))
    for row in t.lead_lag("A", "B", max_lag=4, detrend=None):
        want = sum((x[i] - mx) * (y[i + row["lag"]] - my) for i in range(n) if 0 <= i + row["lag"] < n) / norm
        assert row["correlation"] == pytest.approx(want, abs=1e-12)


@pytest.mark.parametrize("n,level", [(50, 0.95), (28, 0.95), (61, 0.9)])
def test_the_band_of_chance_is_the_quantile_of_the_largest_correlations_of_all_turns(n, level):
    np = pytest.importorskip("numpy")
    a, b, most = noisy(1, n), noisy(2, n), 3
    x, y = np.array(a) / 100 - np.mean(a) / 100, np.array(b) / 100 - np.mean(b) / 100
    norm = math.sqrt((x**2).sum() * (y**2).sum())

    def largest(turned):
        return max(abs((x[max(0, -lag) : n - max(0, lag)] * turned[max(0, lag) : n - max(0, -lag)]).sum()) / norm for lag in range(-most, most + 1))

    maxima = sorted(largest(np.roll(y, -by)) for by in range(most + 1, n - most))
    want = maxima[math.ceil(round(level * (len(maxima) + 1), 9)) - 1]
    t = trend(a + b, [100] * (2 * n), ("A", "B"))
    t.level = level
    rows = t.lead_lag("A", "B", max_lag=most, detrend=None)
    assert rows["upper"].to_list() == pytest.approx([want] * 7, abs=1e-12) and rows["lower"].to_list() == pytest.approx([-want] * 7, abs=1e-12)


def test_a_lead_is_said_in_the_right_direction():
    a = noisy(3, 80)
    b = noisy(4, 2) + a[:-2]
    t = trend(a + b, [100] * 160, ("A", "B"))
    assert t.lead_lag("A", "B").says.startswith("A leads B by 2 days (r = 0.9")
    assert t.lead_lag("B", "A").says.startswith("A leads B by 2 days (r = 0.9")
    against = trend(a + [100 - v for v in b], [100] * 160, ("A", "B"))
    assert "A leads B by 2 days, the other way round" in against.lead_lag("A", "B").says
    together = trend(a + a, [100] * 160, ("A", "B"))
    assert "move together in the same day, and neither leads" in together.lead_lag("A", "B").says


def test_what_is_not_bound_rarely_is_said_to_lead():
    said = sum("leads" in trend(noisy(2 * i, 60) + noisy(2 * i + 1, 60), [100] * 120, ("A", "B")).lead_lag("A", "B", seed=i).says for i in range(100, 160))
    assert said <= 8                               # of 60 at 5%


def test_the_same_seed_gives_the_same_band_and_another_one_nearly():
    a, b = noisy(5, 1500), noisy(6, 1500)
    t = trend(a + b, [100] * 3000, ("A", "B"))
    bands = [t.lead_lag("A", "B", seed=s)[0]["upper"] for s in (1, 1, 2)]
    assert bands[0] == bands[1] and bands[0] == pytest.approx(bands[2], rel=0.2)


def test_lead_lag_asks_for_what_it_needs(demo):
    t = demo.trend({"A": "korea", "B": "cbdc", "C": "nobodywritesthis"}, freq="month")
    with pytest.raises(ValueError, match="at most 9"):
        t.lead_lag("A", "B", max_lag=12)
    with pytest.raises(ValueError, match="never changes"):
        t.lead_lag("A", "C")
    with pytest.raises(pynews.UnknownNameError, match="no series 'D'"):
        t.lead_lag("A", "D")
    with pytest.raises(ValueError, match="detrend"):
        t.lead_lag("A", "B", detrend="linear")
    with pytest.raises(ValueError, match="different"):
        t.lead_lag("A", "A")


# --- entropy, seasons


def test_entropy_is_that_of_the_golden_counts():
    [row] = trend([50, 30, 15, 5], [100] * 4, ("a", "b", "c", "d")).entropy()
    assert (row["count"], row["entropy"], row["effective"], row["hhi"]) == (
        100, pytest.approx(1.1421200429883351, rel=1e-12), pytest.approx(3.1334042802620585, rel=1e-12), pytest.approx(0.365, rel=1e-12))
    [none] = trend([0, 0], [3, 3], ("a", "b")).entropy()
    assert none["count"] == 0 and none["entropy"] is none["effective"] is none["hhi"] is None


def test_a_share_without_rhythm_keeps_its_shares():
    t = trend([10] * 28, [40] * 28, ("a",))
    assert t.deseason()["share"].to_list() == pytest.approx([0.25] * 28)


def without_season(counts, totals, seasons, round_):
    """The formula of docs/STATISTICS.md, one bucket after the other; of an even round the outermost two count half."""
    np = pytest.importorskip("numpy")
    k, n, half = np.array(counts, float), np.array(totals, float), round_ // 2
    weights = np.array([0.5 if round_ % 2 == 0 and abs(i) == half else 1.0 for i in range(-half, half + 1)])
    inside = range(half, len(k) - half)
    level = {i: (weights * k[i - half : i + half + 1]).sum() / (weights * n[i - half : i + half + 1]).sum() for i in inside}

    def odds_ratio(places):
        hits, whole, usual = sum(k[i] for i in places), sum(n[i] for i in places), sum(n[i] * level[i] for i in places)
        return hits / (whole - hits) / (usual / (whole - usual))

    factor = {s: odds_ratio([i for i in inside if seasons[i] == s]) / odds_ratio(inside) for s in set(seasons)}
    odds = k / (n - k) / np.array([factor[s] for s in seasons])
    return (odds / (1 + odds)).tolist()


@pytest.mark.parametrize("freq,round_", [("month", 12), ("day", 7)])
def test_a_share_without_season_follows_its_formula(demo, freq, round_):
    t = demo.trend("korea OR blockchain", "month") if freq == "month" else trend([5 + 3 * i % 11 for i in range(40)], [20 + 7 * i % 13 for i in range(40)], ("A",))
    seasons = [d.month if freq == "month" else d.weekday() for d in t["date"]]
    assert t.deseason()["share"].to_list() == pytest.approx(without_season(t["count"].to_list(), t["total"].to_list(), seasons, round_), abs=1e-12)


def test_deseason_keeps_counts_and_stays_between_0_and_1(demo):
    t = demo.trend({"E": "electric", "K": "korea"}, freq="day")
    d = t.deseason()
    assert (d["count"].to_list(), d["total"].to_list(), d.series) == (t["count"].to_list(), t["total"].to_list(), t.series)
    for row, was in zip(d, t):
        assert (row["share"] is None) == (was["share"] is None)
        if row["share"] is not None:
            assert 0 <= row["lower"] <= row["share"] <= row["upper"] <= 1
    assert d["share"].to_list() != t["share"].to_list()
    with pytest.raises(ValueError, match="only a trend by day"):
        demo.trend("korea", freq="month").deseason("weekday")
    with pytest.raises(ValueError, match="two rounds"):
        demo["2020"].trend("korea", freq="month").deseason()
    with pytest.raises(pynews.UnknownNameError, match="season"):
        t.deseason("lunar")


# --- all of them


def test_a_trend_of_all_there_is_has_no_share_to_look_at(demo):
    t = demo.trend(freq="month")
    for ask in (t.bursts, t.changepoints, t.anomalies, t.deseason):
        with pytest.raises(ValueError, match="give a query"):
            ask()


def test_empty_trends_give_tables_with_their_columns(make):
    t = make([{"id": "1", "title": "Rain", "body": "It rained."}]).trend("rain", freq="day")
    assert len(t) == 0
    assert t.bursts().columns == ["series", "start", "end", "level", "weight", "count", "expected", "peak"]
    assert t.changepoints().columns == ["series", "date", "before", "before_lower", "before_upper", "after", "after_lower", "after_upper", "gain"]
    assert t.anomalies().columns == ["series", "date", "count", "total", "share", "expected", "z", "p", "q"]
    assert t.entropy().columns == ["date", "count", "entropy", "effective", "hhi"]
    assert [len(x) for x in (t.bursts(), t.changepoints(), t.anomalies(), t.entropy())] == [0, 0, 0, 0]


def test_wrong_options_are_named(demo):
    t = demo.trend("korea", freq="year")
    for call, word in ((lambda: t.bursts(s=1), "above 1"), (lambda: t.bursts(gamma=-1), "0 or more"), (lambda: t.bursts(levels=0), "1 or more"),
                       (lambda: t.bursts(levels=99), "1 to 20"), (lambda: t.changepoints(penalty=-2), "0 or more"), (lambda: t.anomalies(0), "above 0")):
        with pytest.raises(ValueError, match=word):
            call()


def test_the_card_of_lead_and_lag_says_it_and_stays_small(demo):
    t = demo.trend({"<b>A": "korea", "B": "cbdc"}, freq="month")
    result = t.lead_lag("<b>A", "B")
    html = result._repr_mimebundle_()["text/html"]
    assert "No lead can be told between &lt;b&gt;A and B" in html and len(html.encode()) <= 4096
    assert repr(result).startswith(result.says)
    strongest = result.strongest(3)
    assert [row["lag"] for row in strongest] == [row["lag"] for row in sorted(result, key=lambda row: -abs(row["correlation"]))[:3]]
    assert "the 5 strongest of 15 lags" in repr(result)


@pytest.mark.parametrize("made", [lambda t: t.smooth(3), lambda t: t.change(), lambda t: t.rebase(), lambda t: t.deseason(), lambda t: t.cumulative()])
def test_what_is_worked_out_of_counts_does_not_pretend_to_be_of_other_values(demo, made):
    t = made(demo.trend({"Korea": "korea", "CBDC": "cbdc"}))
    for ask in (lambda: t.deseason(), lambda: t.lead_lag("Korea", "CBDC")):
        with pytest.raises(ValueError, match=f"whose values are an? {t.measure} cannot be"):
            ask()


def test_of_two_lags_that_correlate_alike_the_nearer_one_is_said():
    from pynews import _core
    from pynews._trend_stats import LeadLag

    lags, r = [-2, -1, 0, 1, 2], [0.9, 0.1, 0.2, -0.9, 0.9]
    cells = (("lag", "int64", lags), ("correlation", "float64", r), ("lower", "float64", [-0.5] * 5), ("upper", "float64", [0.5] * 5), ("beyond", "bool", [abs(v) > 0.5 for v in r]))
    assert LeadLag(_core.table(cells), "", "A", "B", "day", 0.95, None).says.startswith("A leads B by 1 day, the other way round")
