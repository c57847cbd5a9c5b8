"""Which buckets of a trend a date, a number or a name stands for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pynews import _buckets
from pynews._expr import When, period
from pynews._freq import CYCLES, Freq

if TYPE_CHECKING:
    from pynews._trend_data import TrendData


_NUMBER = re.compile("[0-9]{1,2}")


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
        told = _NUMBER.fullmatch(text if freq != "hour-of-day" else text.removesuffix(":00"))
        number = int(text.removesuffix(":00")) if told else -1
    return [i for i, begin in enumerate(begins) if begin == number]


def _places_of_time(t: TrendData, begins: Sequence[int], when: When | int) -> list[int]:
    if t.freq == "hour" and t.tz is not None and (instant := _instant(when)) is not None:
        return [i for i, begin in enumerate(begins) if begin <= instant < _end(begins, i)]
    first, last = _moments(when) if t.freq == "hour" else period(str(when) if isinstance(when, int) else when)
    walls = [_buckets.local(b, t.tz) for b in begins] if t.freq == "hour" else begins
    inside = [i for i, begin in enumerate(walls) if first <= begin <= last]
    if inside:
        return inside
    return [i for i, begin in enumerate(begins) if begin <= first < _buckets.following(t.freq, begin)] if t.freq != "hour" else []


def _end(begins: Sequence[int], i: int) -> int:
    """Where an hour ends: after an hour, or where the next one begins because clocks were set."""
    return min([begins[i] + _buckets.HOUR, *begins[i + 1 : i + 2]])


def _clock(when: When | int) -> When | int:
    """A datetime, where the text of one was given."""
    if isinstance(when, str) and len(when) > 10 and when[10] in " T":
        return dt.datetime.fromisoformat(when if len(when) > 13 else when + ":00")
    return when


def _instant(when: When | int) -> int | None:
    """The second at which it is, where it says its offset: of an hour that comes twice it names one."""
    moment = _clock(when)
    return int(moment.timestamp()) if isinstance(moment, dt.datetime) and moment.tzinfo is not None else None


def _moments(when: When | int) -> tuple[int, int]:
    """First and last second of an hour or a longer period, on the wall."""
    when = _clock(when)
    if isinstance(when, dt.datetime):
        second = int((when.replace(tzinfo=None, minute=0, second=0, microsecond=0) - dt.datetime(1970, 1, 1)).total_seconds())
        return second, second + _buckets.HOUR - 1
    if isinstance(when, int):
        raise ValueError(f"an hour is named by a datetime or as '2020-08-20 14', not {when!r}")
    first, last = period(when)
    return first * _buckets.DAY, (last + 1) * _buckets.DAY - 1
