"""Dates as they were printed: ``August 2020`` is kept as its first day, and shown as 2020-08."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from pynews import _core

SIGNS = {"year": 4, "month": 7}                   # of an ISO date, by precision; all of a day
_PRECISIONS = {1: "year", 2: "month"}             # of pn_precision, those coarser than a day


def iso(date: dt.date, precision: str | None) -> str:
    """A date with as much of it as was printed."""
    return date.isoformat()[: SIGNS.get(precision or "", 10)]


class Printed:
    """How much was printed of the dates in a table of articles. It is looked up for the rows that are shown, and for all by a pickle."""

    def __init__(self, of: _core.Selection, article: Callable[[int], dict[str, Any] | None], rows: Sequence[int]) -> None:
        self._of, self._article, self._rows = of, article, rows

    def __call__(self, row: int) -> str | None:
        fields = self._article(self._rows[row])
        return _PRECISIONS.get(fields["date"][5]) if fields and fields["date"] else None

    def taken(self, rows: Sequence[int]) -> Printed:
        """Of a table of some of the rows."""
        return Printed(self._of, self._article, [self._rows[row] for row in rows])

    def __reduce__(self) -> tuple[Any, ...]:
        facts = self._of.facts()
        coarse = facts["month"] + facts["year"]
        found = {row: self(row) for row in range(len(self._rows))} if coarse else {}
        return Noted, ({row: precision for row, precision in found.items() if precision},)


class Noted:
    """The same, written down."""

    def __init__(self, precisions: dict[int, str]) -> None:
        self._precisions = precisions

    def __call__(self, row: int) -> str | None:
        return self._precisions.get(row)

    def taken(self, rows: Sequence[int]) -> Noted:
        """Of a table of some of the rows."""
        return Noted({i: self._precisions[row] for i, row in enumerate(rows) if row in self._precisions})


def of_places(of: _core.Selection) -> Printed:
    """Of a table whose rows are the articles of a selection, in its order."""
    return Printed(of, of.article, range(of.count))


def of_ids(of: _core.Selection, ids: Callable[[], list[str]], n: int) -> Printed:
    """Of a table whose rows name articles by their ids, which are asked for once."""
    find, listed = of.snapshot.find, cache(ids)
    return Printed(of, lambda row: find(listed()[row]), range(n))
