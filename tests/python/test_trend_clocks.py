"""Hours, weekdays, months of the year and zones: what every article gives when each is looked at alone."""
import datetime as dt
import os
import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
DAYS = st.dates(dt.date(2019, 10, 20), dt.date(2019, 11, 3)).map(dt.date.isoformat)        # Berlin's clocks change on 27 October
CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02d}:{t[1]:02d}:07")
OFFSETS = st.sampled_from(["", "Z", "+02:00", "-11:00", "+14:00", "+05:45"])
DATES = st.one_of(
    DAYS,
    st.tuples(DAYS, CLOCKS, OFFSETS).map(lambda t: f"{t[0]}T{t[1]}{t[2]}"),
    st.sampled_from(["2019-10", "2019-11", "2019", None]),
)
RECORDS = st.lists(st.tuples(DATES, st.booleans()), max_size=30).map(
    lambda rows: [{"id": str(i), "title": "T", "date": d, "body": "some rain fell" if hit else "nothing"} for i, (d, hit) in enumerate(rows)]
)


def moment(text, tz):
    """Civil day, hour (None without a clock) and begin of the hour of a printed date, in a zone if there is one."""
    if len(text) == 10:
        return dt.date.fromisoformat(text), None, None
    when = dt.datetime.fromisoformat(text)
    if tz is not None and when.tzinfo is not None:
        when = when.astimezone(ZoneInfo(tz))
        return when.date(), when.hour, when.replace(minute=0, second=0)
    if tz is not None:
        aware = when.replace(tzinfo=ZoneInfo(tz))
        return when.date(), when.hour, aware.replace(minute=0, second=0)
    return when.date(), when.hour, when.replace(minute=0, second=0, tzinfo=None)


def bucket(text, freq, tz):
    """The bucket of a date, or None."""
    if text is None or len(text) == 4:
        return None
    if len(text) == 7:
        return {"month-of-year": int(text[5:]), "month": dt.date.fromisoformat(text + "-01")}.get(freq)
    day, hour, begin = moment(text, tz)
    return {"weekday": day.weekday(), "month-of-year": day.month, "hour-of-day": hour, "hour": begin, "day": day, "month": day.replace(day=1)}[freq]


def expected(records, freq, tz):
    sums = {}
    for record in records:
        b = bucket(record["date"], freq, tz)
        if b is not None:
            k, n = sums.get(b, (0, 0))
            sums[b] = (k + ("rain" in record["body"]), n + 1)
    return sums


AXIS = {"weekday": "weekday", "month-of-year": "month", "hour-of-day": "hour"}


@given(RECORDS, st.sampled_from(["weekday", "month-of-year", "hour-of-day", "hour", "day", "month"]), st.sampled_from([None, "Europe/Berlin", "Pacific/Kiritimati"]))
def test_every_article_lies_where_its_own_date_says(tmp_path_factory, records, freq, tz):
    with pynews.build(tmp_path_factory.mktemp("clock") / "a.pna", records, progress=False) as ar:
        t = ar.trend("rain", freq, tz=tz)
        got = {b: (k, n) for b, k, n in zip(t[AXIS.get(freq, "date")], t["count"], t["total"], strict=True) if n}
        assert got == expected(records, freq, tz)
        assert sum(t["total"]) + sum(t.unplaced["total"]) == len(records)
        assert sum(t["count"]) + sum(t.unplaced["count"]) == sum("rain" in r["body"] for r in records)
        for row in [row for row in range(len(t)) if t[row]["total"]][:8]:
            behind = t.articles(row)
            assert (len(behind), len(behind.base)) == (t[row]["count"], t[row]["total"])


@given(RECORDS)
def test_hours_become_all_that_they_lie_in_and_days_become_weekdays_and_months(tmp_path_factory, records):
    records = [r for r in records if r["date"] and len(r["date"]) > 10]
    with pynews.build(tmp_path_factory.mktemp("clock") / "a.pna", records, progress=False) as ar:
        for tz in (None, "Europe/Berlin"):
            hours, days = ar.trend("rain", "hour", tz=tz), ar.trend("rain", "day", tz=tz)
            for freq in ("day", "week", "year", "weekday", "hour-of-day"):
                t = ar.trend("rain", freq, tz=tz).to_dict()
                again = hours.resample(freq).to_dict()
                assert again.pop("partial") is not None and {k: v for k, v in t.items() if k != "partial"} == again, freq
                if freq != "hour-of-day":
                    assert days.resample(freq).to_dict() == t, freq


def test_a_repeated_hour_is_two_buckets_and_the_axis_of_hours_has_no_hole(make):
    ar = make([{"id": str(i), "title": "T", "date": d} for i, d in enumerate(("2019-10-27T00:30:00Z", "2019-10-27T01:30:00Z", "2019-10-27T04:00:00Z"))])
    t = ar.trend(freq="hour", tz="Europe/Berlin")
    assert [(d.isoformat(), k) for d, k in zip(t["date"], t["count"], strict=True)] == [
        ("2019-10-27T02:00:00+02:00", 1), ("2019-10-27T02:00:00+01:00", 1), ("2019-10-27T03:00:00+01:00", 0),
        ("2019-10-27T04:00:00+01:00", 0), ("2019-10-27T05:00:00+01:00", 1)]  # fmt: skip
    assert [d.isoformat() for d in ar.trend(freq="hour")["date"]][:2] == ["2019-10-27T00:00:00", "2019-10-27T01:00:00"]
    assert len(t.at("2019-10-27 02")) == 2 and len(t.at(dt.datetime(2019, 10, 27, 5, 40))) == 1 and len(t.at("2019-10-27")) == 3


def test_hours_leave_as_timestamps_with_their_zone(make):
    ar = make([{"title": "T", "date": "2020-07-01T12:10:00Z"}])
    t, bare = ar.trend(freq="hour", tz="Europe/Berlin"), ar.trend(freq="hour")
    assert str(t.to_arrow().schema.field("date").type) == "timestamp[s, tz=Europe/Berlin]" and str(bare.to_arrow().schema.field("date").type) == "timestamp[s]"
    assert t["date"].dtype == "timestamp" and t["date"].zone == "Europe/Berlin" and bare["date"].zone is None
    assert str(t.to_pandas()["date"][0]) == "2020-07-01 14:00:00+02:00" and str(bare.to_pandas()["date"][0]) == "2020-07-01 12:00:00"
    assert str(t["date"].to_numpy()[0]) == "2020-07-01T12:00:00" and "2020-07-01 14:00:00+02:00" in t.to_csv()
    assert t.to_polars()["date"][0].hour == 14


def test_what_has_no_clock_time_is_in_no_hour_and_counted_beside(make):
    ar = make([{"title": "rain", "date": "2020-05-05"}, {"title": "rain", "date": "2020-05-05T10:00:00"}, {"title": "x", "date": "2020-05"}, {"title": "rain"}])
    for freq in ("hour", "hour-of-day"):
        t = ar.trend("rain", freq)
        assert (sum(t["count"]), sum(t["total"])) == (1, 1)
        assert {r["precision"]: (r["count"], r["total"]) for r in t.unplaced} == {"day": (1, 1), "month": (0, 1), "year": (0, 0), "undated": (1, 1)}
    assert {r["precision"] for r in ar.trend("rain", "weekday").unplaced} == {"month", "year", "undated"}
    assert ar.trend("rain", "month-of-year")["total"].to_list() == [0, 0, 0, 0, 3] + 7 * [0]


def test_an_unknown_zone_is_named_with_names_like_it(demo):
    with pytest.raises(pynews.UnknownNameError, match="Europe/Berlin") as raised:
        demo.trend("korea", tz="Europe/Berln")
    assert raised.value.kind == "time zone"
    with pytest.raises(pynews.UnknownNameError):
        demo.trend("korea", tz="../../etc/passwd")


def test_dates_are_the_same_whatever_the_zone_of_the_machine(tmp_path):
    records = [{"id": str(i), "title": "rain", "date": d} for i, d in enumerate(
        ("2020-03-29T01:30:00+01:00", "2020-05-05", "May 5, 2020", "2020-12-31T23:59:59-11:00", "2020-01-01T00:00:01+14:00", "2020-10"))]  # fmt: skip
    code = (
        "import sys, pynews\n"
        f"ar = pynews.build(sys.argv[1], {records!r}, progress=False)\n"
        "for freq in ('day', 'week', 'month', 'hour', 'weekday', 'hour-of-day'):\n"
        "    for tz in (None, 'Europe/Berlin'):\n"
        "        print(freq, tz, ar.trend('rain', freq, tz=tz).to_csv(), [a.date for a in ar.trend('rain', freq, tz=tz).articles(0)])\n"
    )
    seen = set()
    for i, tz in enumerate(("Pacific/Kiritimati", "UTC", "America/Los_Angeles")):
        run = subprocess.run([sys.executable, "-c", code, str(tmp_path / f"{i}.pna")], env={**os.environ, "TZ": tz}, capture_output=True, text=True, check=True)
        seen.add(run.stdout)
    assert len(seen) == 1 and "2020-05-05" in seen.pop()


def test_articles_behind_a_bucket_pickle(make):
    import pickle

    ar = make([{"id": str(i), "title": "rain", "date": f"2020-05-{i + 1:02d}T0{i % 3}:10:00Z"} for i in range(20)])
    for freq, when in (("hour-of-day", 3), ("weekday", "Friday"), ("month", "2020-05"), ("hour", "2020-05-04 02"), ("day", "2020-05")):
        found = ar.trend("rain", freq, tz="Europe/Berlin").at(when)
        again = pickle.loads(pickle.dumps(found))
        assert [a.id for a in again] == [a.id for a in found] and len(found) and len(again.base) == len(found.base)
        assert repr(again) == repr(found)


def test_buckets_that_come_again_have_numbers_and_names(demo):
    t = demo.trend("korea", "weekday")
    assert t.columns[0] == "weekday" and t["weekday"].to_list() == list(range(7)) and not any(t["partial"])
    assert len(t.at("Friday")) == len(t.at("fri")) == len(t.at(4)) == t[4]["count"]
    months = demo.trend("korea", "month-of-year")
    assert months["month"].to_list() == list(range(1, 13)) and len(months.at("August")) == len(months.at(8)) == months[7]["count"]
    for wrong in ("Fryday", 9, ""):
        with pytest.raises(ValueError, match="no weekday"):
            t.at(wrong)


@pytest.fixture
def night(make):
    """Two days around the night in which Berlin's clocks go back; the second hour from two to three is full of rain."""
    rows = [(hour, "rain" if hour == 25 or hour % 3 == 0 else "fog", k) for hour in range(48) for k in range(20 if hour == 25 else 3)]
    begin = EPOCH.replace(year=2019, month=10, day=26)
    return make([{"id": f"{h}-{k}", "title": text, "date": (begin + dt.timedelta(hours=h, minutes=k)).isoformat()} for h, text, k in rows])


def test_each_of_the_two_hours_that_a_clock_shows_twice_leads_to_its_own_articles(night):
    t = night.trend("rain", "hour", tz="Europe/Berlin")
    twice = [row for row in t if row["date"].isoformat().startswith("2019-10-27T02")]
    assert [(row["date"].isoformat()[-6:], row["total"]) for row in twice] == [("+02:00", 3), ("+01:00", 20)]
    for row in t:
        for when in (row["date"], row["date"].isoformat(), row["date"].astimezone(dt.UTC), row["date"].astimezone(dt.UTC) + dt.timedelta(minutes=59)):
            found = t.at(when)
            assert (len(found), len(found.base)) == (row["count"], row["total"]), when
    assert len(t.at("2019-10-27 02").base) == 23                    # what a clock shows, without an offset, is both
    found = t.anomalies(1.0)
    assert [len(found.articles(i)) for i in range(len(found))] == found["count"].to_list() and max(found["count"]) == 20


def test_trends_of_a_zone_whose_clocks_are_set_by_half_an_hour_add_up(make):
    begin = dt.datetime(2021, 4, 3, tzinfo=dt.UTC)
    ar = make([{"id": str(i), "title": "rain" if i % 2 else "fog", "date": (begin + dt.timedelta(minutes=20 * i)).isoformat()} for i in range(144)])
    whole = ar.trend("rain", "hour", tz="Australia/Lord_Howe")
    assert sum(ar.filter(word).trend("rain", "hour", tz="Australia/Lord_Howe") for word in ("rain", "fog")).to_dict() == whole.to_dict()
    assert whole.resample("hour").to_dict() == whole.to_dict()


@pytest.mark.parametrize("when", ["9:30", "100", 100, "4th", "Fri day", "-1", "²"])
@pytest.mark.parametrize("freq", ["weekday", "hour-of-day"])
def test_no_bucket_that_comes_again_is_guessed(night, freq, when):
    with pytest.raises(ValueError, match=f"the trend has no {freq} {when}: it goes from"):
        night.trend("rain", freq).at(when)


def test_hours_and_years_are_named_as_people_write_them(night):
    hours = night.trend("rain", "hour-of-day")
    assert len(hours.at("9:00").base) == len(hours.at("09:00").base) == len(hours.at(9).base) == len(hours.at("09").base) == 6
    assert len(night.trend("rain", "year").at(2019).base) == len(night)


def test_days_made_of_hours_are_partial_where_the_hours_begin_or_end_inside_them(night):
    for tz, partial in ((None, [False, False]), ("Europe/Berlin", [True, False, True]), ("Asia/Tokyo", [True, False, True])):
        assert night.trend("rain", "hour", tz=tz).resample("day")["partial"].to_list() == partial, tz
    assert night.trend("rain", "hour", tz="Europe/Berlin").resample("month")["partial"].to_list() == [True]
