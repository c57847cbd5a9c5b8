"""What health() says is there when it was put there, and not when it was not."""
import datetime as dt

import pytest

import pynews

CHECKS = ["articles", "undated", "coarse dates", "ambiguous dates", "clock times", "untagged", "without body", "copies", "stray dates", "holes", "dips", "date spikes"]


def days(n, first="2020-01-06", per_day=5, weekend=True, without=()):
    start = dt.date.fromisoformat(first)
    out = []
    for i in range(n):
        day = start + dt.timedelta(days=i)
        if day.isoformat() in without or (not weekend and day.weekday() > 4):
            continue
        out += [{"id": f"{day}-{k}", "title": f"Title {i} {k}", "date": day.isoformat(), "body": "Text.", "tags": ["A"]} for k in range(per_day)]
    return out


def of(ar, check):
    return [r for r in ar.health() if r["check"] == check]


def test_a_sound_collection_has_no_warning(make):
    health = make(days(120)).health()
    assert [r["check"] for r in health] == CHECKS and {r["level"] for r in health} == {"ok"}
    assert health.columns == ["check", "level", "value", "note", "when"]
    weekdays = make(days(120, weekend=False, per_day=40)).health()
    assert {r["level"] for r in weekdays} == {"ok"}, "weekends without news are no holes where there never are any"


def test_holes_are_days_on_which_articles_were_to_be_expected(make):
    gone = {f"2020-03-{d:02d}" for d in range(3, 8)}
    first, hole = of(make(days(120, without=gone)), "holes")
    assert (first["value"], first["level"]) == (1, "warning") and (hole["value"], hole["when"]) == (5, "2020-03-03 … 2020-03-07")
    assert "25" in hole["note"]
    rare = make([{"id": str(i), "title": f"T{i}", "date": (dt.date(2020, 1, 1) + dt.timedelta(days=9 * i)).isoformat(), "body": "x"} for i in range(40)])
    assert of(rare, "holes")[0]["level"] == "ok", "where news are rare, days without are not holes"


def test_spikes_and_dips_are_found_where_they_are(make):
    records = days(120, per_day=20)
    records += [{"id": f"x{i}", "title": f"X {i}", "date": "2020-02-01", "body": "x", "tags": ["A"]} for i in range(300)]
    records = [r for r in records if not ("2020-04-06" <= r["date"] <= "2020-04-12" and not r["id"].endswith("-0"))]
    ar = make(records)
    spike = of(ar, "date spikes")
    assert spike[0]["value"] == 1 and spike[1]["when"] == "2020-02-01" and "first of a month" in spike[1]["note"]
    dip = of(ar, "dips")
    assert dip[0]["value"] == 1 and dip[1]["when"] == "2020-04-06 … 2020-04-12"


def test_every_kind_of_article_is_counted(make):
    ar = make(
        [
            {"id": "a", "title": "Same", "date": "2020-05-05", "body": "One text.", "tags": ["A"]},
            {"id": "b", "title": "SAME", "date": "2020-05-05T10:00:00Z", "body": "Other text."},
            {"id": "c", "title": "Same", "date": "2020-05-06", "body": "x"},
            {"id": "d", "title": "Month", "date": "2020-05"},
            {"id": "e", "title": "Year", "date": "2020", "body": "x"},
            {"id": "f", "title": "None", "body": "x"},
        ]
    )
    value = {r["check"]: r["value"] for r in ar.health()}
    assert (value["articles"], value["undated"], value["coarse dates"], value["untagged"], value["copies"], value["without body"], value["clock times"]) == (6, 1, 2, 5, 1, 1, 1)
    assert {r["check"]: r["value"] for r in ar.search("id:a OR id:c").health()}["copies"] == 0


def test_copies_are_found_across_segments_and_gone_ones_do_not_count(make):
    ar = make([{"id": "a", "title": "Same", "date": "2020-05-05", "body": "x"}])
    ar.add([{"id": "b", "title": "same", "date": "2020-05-05", "body": "y"}, {"id": "c", "title": "Same", "date": "2020-05-05", "body": "z"}], progress=False)
    assert of(ar, "copies")[0]["value"] == 2
    ar.delete("id:b")
    assert of(ar, "copies")[0]["value"] == 1


def test_the_demo_has_the_forward_links_that_were_planted(demo):
    planted = sum(1 for a in demo for r in a.related if r.date is not None and a.date is not None and r.date > a.date)
    assert {r["check"]: r["value"] for r in demo.health()}["forward links"] == planted > 0


def test_nothing_to_check_keeps_the_columns(make):
    health = make([]).health()
    assert health.columns == ["check", "level", "value", "note", "when"] and [r["check"] for r in health] == CHECKS
    assert health[0]["level"] == "warning" and make([{"title": "<b>x</b>"}]).health()._repr_mimebundle_()["text/html"].count("<b>") == 0


# --- citations, ways back, labels


def test_every_table_of_an_archive_says_where_it_comes_from(demo):
    t = demo.trend({"K": "korea", "C": "cbdc"}, "year")
    info = demo._snapshot.info()
    tables = [t, t.smooth(3), t.cumulative(), t.wide(), t.ratio("K", "C"), t.unplaced, t.bursts(), t.entropy(), demo.counts("tag"), demo.health(), demo.search("korea").table(), t[1:3], demo.kwic("korea")]
    for table in tables:
        lines = table.cite().split("\n")
        assert len(lines) == 2 and info["archive"] in lines[1] and info["fingerprint"] in lines[1] and "snapshot v1" in lines[1] and info["analyzer"] in lines[1]
    assert "K 331 of 3,000" in t.cite() and "331 of 3,000 articles" in demo.search("korea").counts("tag").cite()
    with pytest.raises(ValueError, match="nothing to cite"):
        demo.report.cite()


def test_from_a_row_to_its_articles(demo):
    tags = demo.counts("tag", top=4)
    for i in range(4):
        assert len(tags.articles(i)) == tags[i]["count"] and len(tags.articles(i).base) == len(demo)
    assert len(tags.sort("count").articles(0)) == tags[3]["count"] and len(tags[2:].articles(0)) == tags[2]["count"]
    listed = demo.search("korea").table(["title"])
    assert [a.title for a in listed.articles(7)] == [listed[7]["title"]]
    hits = demo.kwic("korea")
    assert [a.id for a in hits.articles(5)] == [hits[5]["id"]] == [a.id for a in hits[3:].articles(2)]
    with pytest.raises(IndexError):
        tags.articles(4)
    with pytest.raises(ValueError, match="do not stand for articles"):
        demo.health().articles(0)


def test_labels_of_ones_own_count_filter_and_lead_back(make):
    ar = make([{"id": str(i), "title": "rain" if i % 2 else "sun", "date": f"2020-0{1 + i % 3}-05"} for i in range(12)])
    ar.attach("desk", {str(i): "east" if i < 4 else "west" for i in range(10)} | {"11": None})
    assert ar.counts("desk").to_dict() == {"name": ["west", "east"], "count": [6, 4], "total": [12, 12], "share": [0.5, 4 / 12]}
    t = ar.trend(by="desk")
    assert t.series == ["west", "east"] and sum(t["count"]) == 10 and set(t["total"]) == {4}
    for row in range(len(t)):
        assert len(t.articles(row)) == t[row]["count"] and len(t.articles(row).base) == t[row]["total"]
    rain = ar.search("rain").filter(desk="east")
    assert (len(rain), len(rain.base), rain.query) == (2, 4, "rain")
    east = ar.filter(desk="east")
    assert (len(east), len(east.base), len(ar.search("rain").filter(desk="east"))) == (4, 4, 2)
    assert len(ar.filter("rain", desk=["east", "west"])) == 5 and len(ar.counts("desk").articles(1)) == 4
    assert t.difference("west", "east")["both"].to_list() == [0, 0, 0]
    assert ar.trend(by="desk", of="words", top=1).series == ["west"]
    ar.delete("id:0")
    assert ar.counts("desk")["count"].to_list() == [6, 3], "labels of articles that are gone count nowhere"
    ar.attach("desk", [("1", "north")])
    assert ar.counts("desk")["name"].to_list() == ["north"]


def test_labels_that_cannot_be_are_refused(make):
    ar = make([{"id": "a", "title": "x"}])
    for name, labels, error in (("tag", {}, ValueError), ("sections", {}, ValueError), ("no name", {}, ValueError), ("t", {"zz": 1}, KeyError), ("t", {1: "x"}, TypeError)):
        with pytest.raises(error):
            ar.attach(name, labels)
    ar.attach("topic", {"a": "economy"})
    with pytest.raises(pynews.UnknownNameError, match="economy"):
        ar.filter(topic="economi")
    with pytest.raises(pynews.UnknownNameError):
        ar.trend(by="topics_")
    pandas = pytest.importorskip("pandas")
    ar.attach("topic", pandas.Series({"a": "war"}))
    assert ar.counts("topic")["name"].to_list() == ["war"]


def test_a_selection_by_labels_pickles(make):
    import pickle

    ar = make([{"id": str(i), "title": "rain", "date": "2020-01-05"} for i in range(6)])
    ar.attach("desk", {"2": "east", "4": "east"})
    found = pickle.loads(pickle.dumps(ar.filter(desk="east").search("rain")))
    assert [a.id for a in found] == ["2", "4"] and len(found.base) == 2


def test_more_parts_than_a_query_can_name_are_refused_with_the_way_on(make):
    ar = make([{"title": "T", "id": str(i), "date": str(dt.date(2000, 1, 1) + dt.timedelta(days=i))} for i in range(1001)])
    with pytest.raises(ValueError, match="1,001 parts, and at most 1,000 .* a longer period"):
        ar.partitions(by="day")
    assert sum(map(len, ar.partitions(1000))) == sum(map(len, ar.partitions(by="week"))) == 1001


def test_partitions_hold_every_article_once(make):
    dates = [None, "2019", "2020-02", *(f"2020-{m:02d}-{d:02d}" for m in (1, 2, 5) for d in (1, 9, 9, 20))]
    ar = make([{"id": str(i), "title": "rain" if i % 2 else "sun", "date": d} for i, d in enumerate(dates)])
    for parts in (ar.partitions(1), ar.partitions(3), ar.partitions(100), *(ar.partitions(by=f) for f in ("day", "week", "month", "quarter", "year"))):
        assert sorted(a.id for part in parts for a in part) == sorted(a.id for a in ar)
        total = parts[0].trend("rain")
        for part in parts[1:]:
            total = total + part.trend("rain")
        assert total.to_dict() == ar.trend("rain").to_dict()
    assert [len(p) for p in ar.partitions(3)][:3] == [4, 4, 4] and len(make([]).partitions(4)) == 1
    for wrong in ({}, {"n": 2, "by": "month"}, {"n": 0}, {"by": "weekday"}):
        with pytest.raises((TypeError, ValueError)):
            ar.partitions(**wrong)


def test_tables_go_to_parquet_and_to_reports(demo, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    t = demo.trend("korea", "year")
    t.to_parquet(tmp_path / "t.parquet")
    assert pq.read_table(tmp_path / "t.parquet").to_pydict()["count"] == t["count"].to_list()
    pytest.importorskip("great_tables")
    html = demo.trend({"<b>K</b>": "korea"}, "year").style().as_raw_html()
    assert "8.9%" in html and "fingerprint" in html and "<b>K</b>" not in html


def test_what_is_missing_is_named_with_its_cure(demo, monkeypatch, tmp_path):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name in ("great_tables", "pyarrow", "polars") else real(name, *a))
    with pytest.raises(ImportError, match="pip install great_tables"):
        demo.trend("korea").style()
    with pytest.raises(ImportError, match="pip install pyarrow"):
        demo.trend("korea").to_parquet(tmp_path / "x.parquet")


# --- dates far from the rest


def stray_rows(ar):
    return [(r["level"], r["value"], r["when"]) for r in ar.health() if r["check"] == "stray dates"]


def test_a_mistyped_year_far_from_the_rest_is_told_with_its_month(make):
    pages = [{"title": f"t{i}", "date": f"20{10 + i % 10}-0{1 + i % 9}-11"} for i in range(300)]
    assert stray_rows(make(pages)) == [("ok", 0, None)]
    ar = make([*pages, {"title": "typo", "date": "2051-03-02"}])
    assert stray_rows(ar) == [("warning", 1, None), ("warning", 1, "2051-03")] and [a.title for a in ar["2051-03"]] == ["typo"]
    assert stray_rows(make([*pages, {"title": "typo", "date": "1920-03-02"}]))[1] == ("warning", 1, "1920-03")


def test_what_is_near_or_many_is_no_stray(make):
    pages = [{"title": f"t{i}", "date": f"2010-0{1 + i % 9}-11"} for i in range(300)]
    assert stray_rows(make([*pages, {"title": "a", "date": "2013-01-02"}])) == [("ok", 0, None)]
    assert stray_rows(make([*pages, {"title": "a", "date": "2051-01-02"}, {"title": "b", "date": "2051-02-02"}])) == [("ok", 0, None)]


def test_a_missing_value_of_any_library_is_no_label_and_two_labels_are_refused(make):
    ar = make([{"id": c, "title": "x"} for c in "abcdefg"])
    pandas, numpy = pytest.importorskip("pandas"), pytest.importorskip("numpy")
    ar.attach("topic", {"a": pandas.NA, "b": pandas.NaT, "c": None, "d": float("nan"), "e": numpy.float32("nan"), "f": "war"})
    assert ar.counts("topic").to_dict()["name"] == ["war"]
    ar.attach("topic", pandas.Series(["war", pandas.NA], index=["a", "b"], dtype="string"))
    assert ar.counts("topic").to_dict()["count"] == [1]
    for labels in ([("a", "war"), ("a", "peace")], pandas.Series([1, 2], index=["a", "a"])):
        with pytest.raises(ValueError, match="'a' has two labels, '(war|1)' and '(peace|2)'"):
            ar.attach("topic", labels)
    ar.attach("topic", [("a", "war"), ("a", "war"), ("b", None)])
    assert ar.counts("topic").to_dict()["count"] == [1]


def days_of(counts, first="2020-01-06"):
    """So many articles on each day, from a Monday on."""
    begin = dt.date.fromisoformat(first)
    return [{"id": f"{i}-{k}", "title": f"T {i} {k}", "date": (begin + dt.timedelta(days=i)).isoformat()} for i, n in enumerate(counts) for k in range(n)]


def found_by(ar, check):
    return next(row["value"] for row in ar.health() if row["check"] == check)


@pytest.mark.parametrize("days,holes", [(6, 0), (7, 1)])
def test_a_hole_is_where_fourteen_articles_were_to_be_expected(make, days, holes):
    assert found_by(make(days_of([2] * 35 + [0] * days + [2] * 35)), "holes") == holes


@pytest.mark.parametrize("articles,spikes", [(6, 0), (7, 1)])
def test_a_few_articles_on_an_empty_weekday_are_no_spike(make, articles, spikes):
    assert found_by(make(days_of([1, 0, articles if week == 5 else 0, 0, 0, 0, 0][day] for week in range(10) for day in range(7))), "date spikes") == spikes


@pytest.mark.parametrize("usual,there,dips", [(1, 3, 0), (10, 30, 1), (10, 36, 0)])
def test_a_dip_is_less_than_half_and_more_than_chance(make, usual, there, dips):
    week = [there // 7 + (day < there % 7) for day in range(7)]
    assert found_by(make(days_of([usual] * 35 + week + [usual] * 35)), "dips") == dips


@pytest.mark.parametrize("month,strays", [("2015-02", 0), ("2015-01", 0), ("2014-12", 1), ("2014-01", 1)])
def test_strays_lie_more_than_three_years_away(make, month, strays):
    ar = make([{"id": "far", "title": "T", "date": f"{month}-15"}, *days_of([1] * 25, "2018-01-01")])
    assert found_by(ar, "stray dates") == strays


def test_ties_stand_in_the_order_of_names(make):
    ar = make([{"id": str(i), "title": "T", "section": s, "tags": t} for i, (s, t) in enumerate([("Z", ["x"]), ("Z", ["y"]), ("Z", []), ("A", ["y"]), ("A", ["x"])])])
    ar.attach("desk", [("0", "z"), ("1", "a"), ("2", "m"), ("3", "m")])
    assert ar.counts("desk")["name"].to_list() == ar.trend(by="desk").series == ["m", "a", "z"]
    assert [(r["section"], r["tag"]) for r in ar.counts(["section", "tag"])] == [("A", "x"), ("A", "y"), ("Z", "x"), ("Z", "y")]


def test_what_is_to_be_looked_at_comes_first(demo, make):
    for ar in (demo, make([{"title": "a", "date": "2020-01-01"}, {"title": "b"}, {"title": "c", "date": "2024-05-01", "tags": ["x"]}])):
        levels = ar.health()["level"].to_list()
        assert levels == sorted(levels, key=["warning", "info", "ok"].index) and "warning" in levels and "ok" in levels


def test_what_is_usual_on_a_day_is_told_by_other_weeks_alone(make):
    assert found_by(make(days_of([1] * 7 + [1, 1, 14, 1, 1, 1, 1])), "date spikes") == 1


def test_counts_are_of_the_selection_and_not_of_its_base(demo):
    found = demo.search("korea")
    for counts in (found.counts("tag"), found.counts(["section", "tag"])):
        assert set(counts["total"]) == {331} and counts[0]["share"] == counts[0]["count"] / 331
        assert len(counts.articles(0)) == counts[0]["count"] and len(counts.articles(0).base) == 3000
