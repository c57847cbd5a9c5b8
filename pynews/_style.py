"""Tables for reports, through great_tables."""

from __future__ import annotations

import importlib.util
from typing import Any

from pynews._show import plain
from pynews._table import Table

PERCENT = {"share", "lower", "upper"}


def table(t: Table) -> Any:
    """A great_tables table of the columns as they are; text is data there, never markup."""
    if importlib.util.find_spec("great_tables") is None:
        raise ImportError("great_tables is not installed: pip install great_tables, or take .to_pandas().style")
    import great_tables
    import pandas

    measure = getattr(t, "measure", "share")
    columns = {plain(name): t[name].to_list() for name in t.columns}
    gt = great_tables.GT(pandas.DataFrame(columns))
    kinds = {plain(name): t[name].dtype for name in t.columns}
    shares = [name for name in kinds if name in PERCENT and measure != "index"]
    numbers = [name for name, kind in kinds.items() if kind == "float64" and name not in shares]
    if shares:
        gt = gt.fmt_percent(columns=shares, decimals=1)
    if numbers:
        gt = gt.fmt_number(columns=numbers, n_sigfig=4)
    whole = [name for name, kind in kinds.items() if kind in ("int64", "int32") and name in ("count", "total", "count_a", "count_b", "both")]
    if whole:
        gt = gt.fmt_integer(columns=whole)
    gt = gt.sub_missing(missing_text="—")
    return gt.tab_source_note(source_note=t.cite()) if t._origin is not None else gt
