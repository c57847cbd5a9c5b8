"""Buckets of time as numbers: days since 1970-01-01, or seconds where they are hours. The core's own rules, for results that are bucketed again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pynews._freq import CYCLES, OF_DAYS, Freq

EPOCH = dt.date(1970, 1, 1)
HOUR, DAY = 3600, 86400
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_FINER: dict[Freq, tuple[Freq, ...]] = {            # what a bucket is made of without a rest
    "day": ("hour",), "week": ("day", "hour"), "month": ("day", "hour"), "quarter": ("month", "day", "hour"), "year": ("quarter", "month", "day", "hour"),
    "hour": (), "weekday": ("day", "hour"), "month-of-year": ("month", "day", "hour"), "hour-of-day": ("hour",),
}  # fmt: skip


def is_made_of(freq: Freq, finer: Freq) -> bool:
    """Whether every bucket of `finer` lies in one bucket of `freq`."""
    return finer == freq or finer in _FINER[freq]


def date(day: int) -> dt.date:
    """A day number as a date."""
    return EPOCH + dt.timedelta(days=day)


def start(freq: Freq, day: int) -> int:
    """First day of the bucket that holds a day."""
    d = date(day)
    if freq == "week":
        return day - d.weekday()
    if freq == "month":
        return day - d.day + 1
    if freq == "quarter":
        return (d.replace(month=d.month - (d.month - 1) % 3, day=1) - EPOCH).days
    return (d.replace(month=1, day=1) - EPOCH).days if freq == "year" else day


def following(freq: Freq, begin: int) -> int:
    """First day (of hours: second) of the next bucket."""
    if freq == "hour":
        return begin + HOUR
    return start(freq, begin + {"day": 1, "week": 7, "month": 32, "quarter": 93, "year": 366}[freq])


def local(second: int, tz: str | None) -> int:
    """What a clock on the wall shows, as seconds: of a zone at an instant, or the number itself without a zone."""
    if tz is None:
        return second
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=second)
    offset = moment.astimezone(ZoneInfo(tz)).utcoffset()
    return second + (round(offset.total_seconds()) if offset else 0)


def put(freq: Freq, finer: Freq, begins: Sequence[int], tz: str | None) -> list[int]:
    """For each bucket that begins there, the begin (of cycles: the number) of the bucket of `freq` that holds it."""
    if finer == "hour" and freq == "hour":
        return list(begins)
    walls = [local(b, tz) for b in begins] if finer == "hour" else [b * DAY for b in begins]
    if freq == "hour-of-day":
        return [w % DAY // HOUR for w in walls]
    if freq == "weekday":
        return [date(w // DAY).weekday() for w in walls]
    if freq == "month-of-year":
        return [date(w // DAY).month for w in walls]
    return [start(freq, w // DAY) for w in walls]


def cycle(freq: Freq) -> range:
    """The numbers of buckets that come again."""
    return {"weekday": range(7), "month-of-year": range(1, 13), "hour-of-day": range(24)}[freq]


def axis(freq: Freq, begins: Sequence[int]) -> list[int]:
    """All buckets from the first to the last of those that begin there."""
    if freq in CYCLES:
        return list(cycle(freq)) if begins else []
    out: list[int] = []
    for begin in sorted(set(begins)):
        while out and following(freq, out[-1]) < begin:
            out.append(following(freq, out[-1]))
        out.append(begin)
    return out


def span_in_days(first: int, last: int, tz: str | None) -> tuple[int, int]:
    """The days that are wholly inside a span of seconds."""
    return -(-local(first, tz) // DAY), (local(last, tz) + 1) // DAY - 1


def is_partial(freq: Freq, begin: int, first: int, last: int) -> bool:
    """Whether the bucket that begins there is not wholly inside first … last."""
    return freq not in CYCLES and (begin < first or following(freq, begin) - 1 > last)


def kind(freq: Freq, tz: str | None) -> tuple[str, str]:
    """Name and kind of the column that tells the bucket."""
    if freq in CYCLES:
        return CYCLES[freq], "int32"
    if freq in OF_DAYS:
        return "date", "date32"
    return "date", f"timestamp:{tz}" if tz else "timestamp"


def name(value: object, freq: str) -> str:
    """A bucket for people: as much of its begin as its width needs, or the name of the weekday or month."""
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes") if value.tzinfo else value.isoformat(" ")[:16]
    if isinstance(value, dt.date):
        if freq == "quarter":
            return f"{value.year}-Q{(value.month + 2) // 3}"
        return value.isoformat()[: {"year": 4, "month": 7}.get(freq, 10)]
    number = int(str(value))
    if freq == "hour-of-day":
        return f"{number:02d}:00"
    return WEEKDAYS[number] if freq == "weekday" else MONTHS[number - 1]
