"""Dates as they were printed: ``August 2020`` is kept as its first day, and shown as 2020-08."""

from __future__ import annotations

import array
import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache, cached_property
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

    def __call__(self, row: int, column: str = "date") -> str | None:
        fields = self._article(self._rows[row]) if column == "date" else None
        return _PRECISIONS.get(fields["date"][5]) if fields and fields["date"] else None

    def taken(self, rows: Sequence[int]) -> Printed:
        """Of a table of some of the rows."""
        return Printed(self._of, self._article, [self._rows[row] for row in rows])

    def __reduce__(self) -> tuple[Any, ...]:
        facts = self._of.facts()
        coarse = facts["month"] + facts["year"]
        found = {("date", row): self(row) for row in range(len(self._rows))} if coarse else {}
        return Noted, ({place: precision for place, precision in found.items() if precision},)


class Noted:
    """The same, written down: by column and row."""

    def __init__(self, precisions: dict[tuple[str, int], str]) -> None:
        self._precisions = precisions

    def __call__(self, row: int, column: str = "date") -> str | None:
        return self._precisions.get((column, row))

    def taken(self, rows: Sequence[int]) -> Noted:
        """Of a table of some of the rows."""
        columns = {column for column, _ in self._precisions}
        return Noted({(c, i): self._precisions[c, row] for c in columns for i, row in enumerate(rows) if (c, row) in self._precisions})


class Told:
    """The same of a table that the core made: it tells them in columns of the same names, rows in the same order."""

    def __init__(self, core: _core.Table, names: Sequence[str]) -> None:
        self._core, self._names = core, names

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        return {name: self._core.column(self._core.columns.index(name)).values() for name in self._names}

    def __call__(self, row: int, column: str = "date") -> str | None:
        return _PRECISIONS.get(self._columns[column][row]) if column in self._names else None

    def taken(self, rows: Sequence[int]) -> Told:
        """Of a table of some of the rows."""
        return Told(self._core.take(array.array("q", rows)), self._names)

    def beside(self, core: _core.Table, by: int, descending: bool) -> Told:
        """Of a table whose rows stand in the order of a column of another one."""
        return Told(self._core.beside(core, by, descending), self._names)

    def __reduce__(self) -> tuple[Any, ...]:
        return Noted, ({(name, row): _PRECISIONS[value] for name in self._names for row, value in enumerate(self._columns[name]) if value is not None},)


def of_places(of: _core.Selection) -> Printed:
    """Of a table whose rows are the articles of a selection, in its order."""
    return Printed(of, of.article, range(of.count))


def of_ids(of: _core.Selection, ids: Callable[[], list[str]], n: int) -> Printed:
    """Of a table whose rows name articles by their ids, which are asked for once."""
    find, listed = of.snapshot.find, cache(ids)
    return Printed(of, lambda row: find(listed()[row]), range(n))


def of_core(core: _core.Table | None) -> Told | None:
    """Of a table of the core, from the one that tells how far its dates were printed, if there is one."""
    return None if core is None else Told(core, core.columns)
