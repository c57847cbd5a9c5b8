"""Time zones for the core, which knows none: when the clocks of a zone were set, and to what."""

from __future__ import annotations

import array
import datetime as dt
import zoneinfo
from functools import lru_cache

from pynews._errors import unknown

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY = 86400
_EVER = -(2**63)
_MARGIN = 3                      # days an instant may lie away from the day that was printed, and one more

ZoneData = tuple[str, bytes, bytes]


@lru_cache(maxsize=16)
def zone(name: str, first_day: int, last_day: int) -> ZoneData:
    """Name, instants (int64, seconds) and offsets (int32, seconds east) of a zone, for articles of these days.

    Raises
    ------
    UnknownNameError
        If the machine's time zone data has no such zone.
    """
    try:
        tz = zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = sorted(zoneinfo.available_timezones())
        raise unknown("time zone", name, known, 0.5) from None

    def offset(instant: int) -> int:
        seconds = (_EPOCH + dt.timedelta(seconds=instant)).astimezone(tz).utcoffset()
        return round(seconds.total_seconds()) if seconds is not None else 0

    instants, offsets = [_EVER], [offset((first_day - _MARGIN) * _DAY)]
    for day in range(first_day - _MARGIN, last_day + _MARGIN):
        here = offset((day + 1) * _DAY)
        if here != offsets[-1]:
            instants.append(_change(offset, day * _DAY, (day + 1) * _DAY))
            offsets.append(here)
    return name, array.array("q", instants).tobytes(), array.array("i", offsets).tobytes()


def _change(offset: object, before: int, after: int) -> int:
    """The first instant of the new offset; `before` still has the old one."""
    assert callable(offset)
    old = offset(before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if offset(middle) == old else (before, middle)
    return after
