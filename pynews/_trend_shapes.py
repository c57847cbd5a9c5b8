"""Other shapes of a trend: a column for each series, or a Dataset of xarray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pynews import _buckets, _cite, _core
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._trend_data import TrendData

Value = Literal["count", "share", "per_million"]


def wide(t: TrendData, value: Value) -> Table:
    if value not in ("count", "share", "per_million"):
        raise ValueError(f"value is 'count', 'share' or 'per_million', not {value!r}")
    if t._axis in t.series:
        raise ValueError(f"a series is named {t._axis!r}, like the column of the buckets: name it otherwise, as in trend({{name: query}})")
    cells = t["count" if value == "count" else "share"].to_list()
    if value == "per_million":
        cells = [None if v is None else 1e6 * v for v in cells]
    axis, kind = _buckets.kind(t.freq, t.tz)
    columns = [(name, "int64" if value == "count" else "float64", cells[t._rows_of(i)]) for i, name in enumerate(t.series)]
    return Table(_core.table(((axis, kind, t._begins()), *columns)), t.query, origin=_cite.origin_of_table(t, f"wide({value!r})"))


def to_xarray(t: TrendData) -> Any:
    import numpy as np
    import xarray

    shape = len(t.series), t._n
    variables: dict[str, Any] = {}
    for name in ("count", "total", "share", "lower", "upper"):
        variables[name] = ((t._axis, "series"), np.asarray(t[name].to_numpy()).reshape(shape).T)
    variables["partial"] = (t._axis, t["partial"].to_numpy()[: t._n])
    when = t[t._axis].to_numpy()[: t._n]
    when = when.astype("datetime64[ns]") if np.issubdtype(when.dtype, np.datetime64) else when
    return xarray.Dataset(variables, {t._axis: when, "series": t.series}, {"freq": t.freq, "measure": t.measure, "share_of": t._of})
