"""Two series of one trend, bucket by bucket: what difference and ratio of Trend do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pynews import _buckets, _cite, _core, _series
from pynews._series import Band
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._trend_data import TrendData


def difference(t: TrendData, a: str, b: str) -> Table:
    def of(k: int, m: int, both: int, n: int) -> Band:
        return _series.difference((k, n), (m, n), t._z, _series.phi_of(both, k, m, n))

    return _compared(t, a, b, "difference", of)


def ratio(t: TrendData, a: str, b: str) -> Table:
    return _compared(t, a, b, "ratio", lambda k, m, both, n: _series.ratio((k, n), (m, n), t._z, both))


def _compared(t: TrendData, a: str, b: str, name: str, of: Callable[[int, int, int, int], Band]) -> Table:
    t._plain("compared")
    i, j = t._series_index(a), t._series_index(b)
    if t._source is None:
        raise ValueError("how many articles two series share cannot be asked of a sum of trends")
    columns = t.to_dict()
    k, m, n = columns["count"][t._rows_of(i)], columns["count"][t._rows_of(j)], columns["total"][t._rows_of(i)]
    both = t._source.both(i, j, t._n) if t.unit == "articles" else [0] * t._n
    bands = [of(*row) for row in zip(k, m, both, n, strict=True)]
    axis, kind = _buckets.kind(t.freq, t.tz)
    made = (
        (axis, kind, t._begins()),
        ("count_a", "int64", k),
        ("count_b", "int64", m),
        ("both", "int64", both if t.unit == "articles" else [None] * t._n),
        ("total", "int64", n),
        *((label, "float64", [band[c] for band in bands]) for c, label in enumerate((name, "lower", "upper"))),
        ("partial", "bool", columns["partial"][: t._n]),
    )
    return Table(_core.table(made), f"{name} of {a} and {b}", origin=_cite.origin_of_table(t, f"{name}({a!r}, {b!r})"))
