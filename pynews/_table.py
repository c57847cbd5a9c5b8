"""The one result type: named, typed columns that leave by every door analysts use."""

from __future__ import annotations

import array
import copy
import datetime as dt
import importlib.util
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self, overload
from zoneinfo import ZoneInfo

from pynews import _core
from pynews._errors import unknown

if TYPE_CHECKING:
    import numpy as np

    from pynews._articles import Articles
    from pynews._cite import Origin
    from pynews._printed import Noted, Printed, Told

_EPOCH = dt.date(1970, 1, 1)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Column(_core.Column):
    """One column of a table, immutable.

    Numbers, dates (as days since 1970-01-01) and dictionary codes offer the buffer protocol; every column offers
    ``__arrow_c_array__``. Both are views: nothing is copied.
    """

    __slots__ = ()

    @property
    def dtype(self) -> str:
        """int64, float64, date32, timestamp, bool, string, dictionary or int32."""
        return self.kind

    def __iter__(self) -> Iterator[Any]:
        return iter(self.to_list())

    @overload
    def __getitem__(self, k: int) -> Any: ...
    @overload
    def __getitem__(self, k: slice) -> list[Any]: ...
    def __getitem__(self, k: int | slice) -> Any:
        return self.to_list()[k]

    def to_list(self) -> list[Any]:
        """The cells as Python values; dates as datetime.date, times as datetime.datetime, nulls as None."""
        values = self.values()
        if self.dtype == "timestamp":
            return [None if v is None else _moment(v, self.zone) for v in values]
        if self.dtype != "date32":
            return values
        return [None if v is None else _EPOCH + dt.timedelta(days=v) for v in values]

    def to_numpy(self) -> Any:
        """The cells as a NumPy array: numbers without nulls as a view, dates as datetime64[D], times as datetime64[s]
        (in UTC where they have a zone), text as objects.

        Nulls become NaN, NaT or None.
        """
        import numpy as np

        if self.dtype in ("string", "dictionary"):
            return np.array(self.values(), dtype=object)
        if self.dtype == "bool":
            values = self.values()
            return np.array(values, dtype=object if None in values else bool)
        return self._numbers(np.frombuffer(memoryview(self), dtype={"int64": "i8", "float64": "f8", "timestamp": "i8"}.get(self.dtype, "i4")))

    def _numbers(self, view: np.ndarray[Any, Any]) -> Any:
        import numpy as np

        valid = self.valid()
        unit = {"date32": "datetime64[D]", "timestamp": "datetime64[s]"}.get(self.dtype)
        out = view.astype(unit) if unit else view
        if valid is None:
            return out
        absent = np.frombuffer(valid, dtype=np.uint8) == 0
        out = out.copy() if unit else out.astype("f8")
        out[absent] = np.datetime64("NaT") if unit else np.nan
        return out

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array_ = self.to_numpy()
        return array_ if dtype is None else array_.astype(dtype)

    def __repr__(self) -> str:
        shown = ", ".join(str(v) for v in self.to_list()[:8])
        return f"Column({self.name!r}, {self.dtype}, {len(self):,} rows: {shown}{', …' if len(self) > 8 else ''})"


class Table:
    """Named, typed, immutable columns.

    ``t["name"]`` is a column, ``t[["date", "count"]]`` a table of columns, ``t[3]`` a row as a dict, ``t[2:5]`` a table of
    rows. Takes itself to pandas, polars, pyarrow, NumPy or CSV; anything that reads the Arrow stream interface takes it as it
    is, without a copy: ``polars.DataFrame(t)``, ``pyarrow.table(t)``, DuckDB.

    Attributes
    ----------
    columns : list of str
        Names of the columns.
    shape : tuple of int
        Rows and columns.
    query : str
        The question the table answers.
    """

    _printed: Printed | Noted | Told | None = None       # how much was printed of the dates, where that may be less than a day

    def __init__(
        self,
        core: _core.Table,
        query: str = "",
        *,
        origin: Origin | None = None,
        behind: Callable[[int], Articles] | None = None,
        printed: Printed | Noted | Told | None = None,
    ) -> None:
        self._core, self.query, self._printed = core, query, printed
        self._origin, self._way_back = origin, behind      # what it was asked of; from a row to its articles

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._core.columns

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self._core), len(self.columns)

    def __len__(self) -> int:
        return len(self._core)

    @overload
    def __getitem__(self, k: str) -> Column: ...
    @overload
    def __getitem__(self, k: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, k: slice | list[str]) -> Table: ...
    def __getitem__(self, k: str | int | slice | list[str]) -> Any:
        if isinstance(k, str):
            return self._column(k)
        if isinstance(k, slice):
            return self._take(range(*k.indices(len(self))))
        if isinstance(k, list) and k and all(isinstance(name, str) for name in k):
            return self._with_columns(k)
        if isinstance(k, list) or not hasattr(k, "__index__"):
            raise TypeError(f"in brackets stands the name of a column, a list of such names, the number of a row or a slice of rows, not {_brief(k)}")
        place = k.__index__()
        if not -len(self) <= place < len(self):
            raise IndexError(f"row {place} of {len(self):,}")
        [row] = self._take([place % len(self)])._rows()
        return row

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._rows())

    def _back(self) -> Callable[[int], Articles] | None:
        """The way from a row to its articles, if there is one."""
        return self._way_back

    def _column(self, name: str) -> Column:
        names = self.columns
        if name not in names:
            raise unknown("column", name, names)
        return self._core.column(names.index(name), Column)

    def _with_columns(self, names: list[str]) -> Table:
        """A table of these columns; its rows stand for the same articles."""
        if len(set(names)) < len(names):
            raise ValueError(f"name each column once: {', '.join(names)}")
        columns = [self._column(name) for name in names]
        core = _core.table(tuple((c.name, f"{c.kind}:{c.zone}" if c.zone else c.kind, c.values()) for c in columns))
        return Table(core, self.query, origin=self._origin, behind=self._back(), printed=self._printed)

    def _take(self, rows: Sequence[int]) -> Table:
        places = list(rows)
        way_back = self._back()
        behind = None if way_back is None else lambda row: way_back(places[row])
        printed = self._printed and self._printed.taken(places)
        return Table(self._core.take(array.array("q", places)), self.query, origin=self._origin, behind=behind, printed=printed)

    def _rows(self) -> list[dict[str, Any]]:
        columns = self.to_dict()
        return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]

    def head(self, n: int = 5) -> Table:
        """The first `n` rows."""
        return self[:n]

    def sort(self, by: str | Sequence[str], descending: bool = False) -> Table:
        """The rows ordered by one column or several; equal rows keep their order, nulls and NaN come last.

        Parameters
        ----------
        by : str or sequence of str
            Column names, the first decides first.
        descending : bool, default False
            Largest first.
        """
        columns = self.columns
        for name in (names := [by] if isinstance(by, str) else list(by)):
            if not isinstance(name, str):
                raise TypeError(f"a table is sorted by names of columns, not by {_brief(name)}")
            self._column(name)
        order = array.array("q", self._core.order(tuple(map(columns.index, names)), descending))
        return self._take(order)

    def articles(self, row: int) -> Articles:
        """The articles that a row stands for.

        Raises
        ------
        ValueError
            If rows of this table stand for no articles, or if it comes out of a pickle.
        IndexError
            If there is no such row.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> tags = ar.counts("tag", top=3)
        >>> tags[1]["count"], len(tags.articles(1))
        (253, 253)
        """
        way_back = self._back()
        if way_back is None:
            raise ValueError("rows of this table do not stand for articles, or it was pickled: a pickle keeps the numbers alone")
        if not hasattr(row, "__index__"):
            raise TypeError(f"articles takes the number of a row, not {_brief(row)}")
        if not -len(self) <= row < len(self):
            raise IndexError(f"row {row} of {len(self):,}")
        return way_back(row % len(self))

    def cite(self) -> str:
        """Where these numbers come from, for a footnote: what was asked, of how many articles, and of which snapshot of which archive.

        Returns
        -------
        str
            What it is, with what methods made of it and, where names of series do not say it, their queries; then a line for
            the snapshot, or of a sum of trends for each. The fingerprint is that of the snapshot's articles: two archives with
            the same one hold the same articles.

        Raises
        ------
        ValueError
            For a table that was not asked of an archive.

        Examples
        --------
        >>> import pynews
        >>> print(pynews.demo().trend("korea", "year").cite().split("\\n")[0])
        Trend by year, share of all articles, 95% bands: korea 331 of 3,000; of all articles: 3,000 of 3,000 articles.
        """
        from pynews import _cite

        return _cite.text(self)

    def style(self) -> Any:
        """A great_tables table (``great_tables.GT``) for a report: numbers aligned, shares in percent, dates as dates.

        Raises
        ------
        ImportError
            If great_tables is not installed.
        """
        from pynews import _style

        return _style.table(self)

    def to_dict(self) -> dict[str, list[Any]]:
        """Columns as lists of Python values."""
        return {name: self._core.column(i, Column).to_list() for i, name in enumerate(self.columns)}

    def to_numpy(self) -> Any:
        """A NumPy structured array, one field a column."""
        import numpy as np

        arrays = {name: self[name].to_numpy() for name in self.columns}
        out = np.empty(len(self), dtype=[(name, a.dtype) for name, a in arrays.items()])
        for name, a in arrays.items():
            out[name] = a
        return out

    def to_arrow(self) -> Any:
        """A pyarrow Table that shares this table's memory."""
        import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> Any:
        """A polars DataFrame."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self, *, index: str | None = None) -> Any:
        """A pandas DataFrame; dates and times as datetime64[s].

        Parameters
        ----------
        index : str, optional
            Column that becomes the index.
        """
        import numpy as np
        import pandas

        if index is not None:
            self._column(index)                        # says which columns there are where this is none

        def cells(name: str) -> Any:
            column = self[name]
            if column.dtype == "dictionary":
                return pandas.Categorical(column.to_list())
            a = column.to_numpy()
            if column.zone:
                return pandas.Series(a).dt.tz_localize("UTC").dt.tz_convert(column.zone)
            return a.astype("datetime64[s]") if np.issubdtype(a.dtype, np.datetime64) else a

        frame = pandas.DataFrame({name: cells(name) for name in self.columns})
        return frame if index is None else frame.set_index(index)

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """Comma-separated text, UTF-8, one header line.

        Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers are never touched.

        Parameters
        ----------
        path : str or path, optional
            File to write; without it the text is returned.
        """
        pieces = list(self._csv())
        if path is None:
            return "".join(pieces)
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.writelines(pieces)
        return None

    def _csv(self) -> Iterator[str]:
        """The lines of the file, thousands at a time: between two of them a caller can stop it."""
        yield _csv_line(self.columns)
        rows = zip(*self.to_dict().values(), strict=True)
        while piece := "".join(_csv_line(map(_cell, row)) for row in itertools.islice(rows, 4096)):
            yield piece

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write a Parquet file, by pyarrow or by polars.

        Parameters
        ----------
        path : str or path

        Raises
        ------
        ImportError
            If neither is installed.
        """
        if importlib.util.find_spec("pyarrow") is not None:
            import pyarrow.parquet

            pyarrow.parquet.write_table(self.to_arrow(), os.fspath(path))
        elif importlib.util.find_spec("polars") is not None:
            self.to_polars().write_parquet(os.fspath(path))
        else:
            raise ImportError("Parquet is written by pyarrow or polars, and neither is installed: pip install pyarrow")

    def __copy__(self) -> Self:
        made = object.__new__(type(self))
        vars(made).update(vars(self))
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy in this process keeps the way to the articles; what never changes, the columns above all, is shared."""
        made = self.__copy__()
        vars(made).update({name: copy.deepcopy(value, memo) for name, value in vars(self).items() if isinstance(value, (list, dict, Table))})
        return made

    def __getstate__(self) -> dict[str, Any]:
        """What a pickle holds: numbers, query and citation, without the way to the articles."""
        return {**vars(self), "_core": self._cells(), "_way_back": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _core=_core.table(state["_core"]))

    def _reduced_to_rows(self) -> tuple[Any, ...]:
        """The pickle of a table that is more than its rows, and whose rest does not travel."""
        from pynews import pickled

        return pickled.rows, (Table(self._core, self.query, origin=self._origin, printed=self._printed),)

    def _cells(self) -> tuple[tuple[str, str, list[Any]], ...]:
        """The columns as `_core.table` takes them."""
        columns = [self._core.column(i) for i in range(len(self.columns))]
        return tuple((c.name, f"{c.kind}:{c.zone}" if c.zone else c.kind, c.values()) for c in columns)

    def __arrow_c_schema__(self) -> object:
        return self._core.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._core.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.table_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": repr(self), "text/html": _cards.table_html(self)}

    def _ipython_key_completions_(self) -> list[str]:
        return self.columns


def _brief(thing: Any) -> str:
    text = repr(thing)
    return text if len(text) <= 40 else text[:39] + "…"


def _moment(second: int, zone: str | None) -> dt.datetime:
    if zone is None:
        return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=second)
    return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=second)).astimezone(ZoneInfo(zone))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return "'" + value
    return repr(value) if isinstance(value, float) else str(value)


def _csv_line(cells: Iterable[str]) -> str:
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(cell: str) -> str:
    """A cell as RFC 4180 wants it. The csv module leaves a lone carriage return bare, which other readers take for the end of the line."""
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\r\n') else cell
