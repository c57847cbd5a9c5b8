"""Which buckets of a trend a date, a number or a name stands for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pynews import _buckets
from pynews._expr import When, period
from pynews._freq import CYCLES, Freq

if TYPE_CHECKING:
    from pynews._trend_data import TrendData


def places(t: TrendData, when: When | int) -> list[int]:
    """Places of the buckets that `when` names, never none."""
    begins = t._begins()
    found = _places_of_cycle(t.freq, begins, when) if t.freq in CYCLES else _places_of_time(t, begins, when)
    if not found:
        there = [_buckets.name(v, t.freq) for v in (t[t._axis].to_list()[0], t[t._axis].to_list()[t._n - 1])] if t._n else []
        raise ValueError(f"the trend has no {t.freq} {when}" + (f": it goes from {there[0]} to {there[1]}" if there else ": it is empty"))
    return found


def _places_of_cycle(freq: Freq, begins: Sequence[int], when: When | int) -> list[int]:
    names = {"weekday": _buckets.WEEKDAYS, "month-of-year": ("", *_buckets.MONTHS)}.get(freq, ())
    text = str(when).casefold()
    number = next((i for i, name in enumerate(names) if name and len(text) > 2 and name.casefold().startswith(text)), None)
    if number is None:
        number = int(text[:2] if freq == "hour-of-day" else text) if text[:1].isdecimal() else -1
    return [i for i, begin in enumerate(begins) if begin == number]


def _places_of_time(t: TrendData, begins: Sequence[int], when: When | int) -> list[int]:
    first, last = _moments(when) if t.freq == "hour" else period(when) if not isinstance(when, int) else (when, when)
    walls = [_buckets.local(b, t.tz) for b in begins] if t.freq == "hour" else begins
    inside = [i for i, begin in enumerate(walls) if first <= begin <= last]
    if inside:
        return inside
    return [i for i, begin in enumerate(begins) if begin <= first < _buckets.following(t.freq, begin)] if t.freq != "hour" else []


def _moments(when: When | int) -> tuple[int, int]:
    """First and last second of an hour or a longer period, on the wall."""
    if isinstance(when, str) and len(when) > 10 and when[10] in " T":
        when = dt.datetime.fromisoformat(when if len(when) > 13 else when + ":00")
    if isinstance(when, dt.datetime):
        second = int((when.replace(tzinfo=None, minute=0, second=0, microsecond=0) - dt.datetime(1970, 1, 1)).total_seconds())
        return second, second + _buckets.HOUR - 1
    if isinstance(when, int):
        raise ValueError(f"an hour is named by a datetime or as '2020-08-20 14', not {when!r}")
    first, last = period(when)
    return first * _buckets.DAY, (last + 1) * _buckets.DAY - 1
