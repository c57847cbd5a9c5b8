"""Names of bucket widths."""

from __future__ import annotations

from typing import Literal

from pynews._errors import unknown

Freq = Literal["day", "week", "month", "quarter", "year", "hour", "weekday", "month-of-year", "hour-of-day"]
FREQS: tuple[Freq, ...] = ("day", "week", "month", "quarter", "year", "hour", "weekday", "month-of-year", "hour-of-day")   # in the order of pn_freq
OF_DAYS: tuple[Freq, ...] = FREQS[:5]                     # buckets of whole days
CYCLES: dict[Freq, str] = {"weekday": "weekday", "month-of-year": "month", "hour-of-day": "hour"}   # buckets that come again, and their column
_ALIASES: dict[str, Freq] = {
    "d": "day", "1d": "day", "daily": "day",
    "w": "week", "1w": "week", "weekly": "week", "w-sun": "week",
    "m": "month", "ms": "month", "me": "month", "1mo": "month", "monthly": "month",
    "q": "quarter", "qs": "quarter", "qe": "quarter", "1q": "quarter", "quarterly": "quarter", "q-dec": "quarter", "qe-dec": "quarter", "qs-jan": "quarter",
    "y": "year", "ys": "year", "ye": "year", "a": "year", "as": "year", "1y": "year", "yearly": "year", "a-dec": "year", "ye-dec": "year", "ys-jan": "year",
    "h": "hour", "1h": "hour", "hourly": "hour",
    "day-of-week": "weekday", "dayofweek": "weekday",
}  # fmt: skip


def freq_of(name: str) -> Freq:
    """The frequency a name or a pandas or polars alias stands for."""
    key = str(name).lower().replace("_", "-").replace(" ", "-")
    for freq in FREQS:
        if key in (freq, freq + "s"):
            return freq
    if key in _ALIASES:
        return _ALIASES[key]
    raise unknown("frequency", str(name), FREQS)
