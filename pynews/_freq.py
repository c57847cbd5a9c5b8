"""Names of bucket widths."""

from __future__ import annotations

import difflib
from typing import Literal

from pynews._errors import UnknownNameError

Freq = Literal["day", "week", "month", "quarter", "year"]
FREQS: tuple[Freq, ...] = ("day", "week", "month", "quarter", "year")   # in the order of pn_freq
_ALIASES: dict[str, Freq] = {
    "d": "day", "1d": "day", "daily": "day",
    "w": "week", "1w": "week", "weekly": "week", "w-sun": "week",
    "m": "month", "ms": "month", "me": "month", "1mo": "month", "monthly": "month",
    "q": "quarter", "qs": "quarter", "qe": "quarter", "1q": "quarter", "quarterly": "quarter",
    "y": "year", "ys": "year", "ye": "year", "a": "year", "1y": "year", "yearly": "year",
}  # fmt: skip


def freq_of(name: str) -> Freq:
    """The frequency a name or a pandas or polars alias stands for."""
    key = str(name).lower()
    for freq in FREQS:
        if key in (freq, freq + "s"):
            return freq
    if key in _ALIASES:
        return _ALIASES[key]
    raise UnknownNameError("frequency", str(name), difflib.get_close_matches(key, FREQS, 3, 0.4) or list(FREQS))
