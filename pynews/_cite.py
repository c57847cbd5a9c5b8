"""Where a number comes from, in a line or two for a footnote."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pynews._show import plain

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._table import Table

QUERY = 400                      # signs of a query; a longer one is cut, and says so


@dataclass(frozen=True)
class Origin:
    """The archive, snapshot and selection that a table was asked of."""

    path: str
    info: dict[str, Any]
    n: int
    base: int
    of: str                      # what the articles are, as a query
    within: str


def origin_of(articles: Articles) -> Origin:
    """Taken down when the table is made: it stays true when the archive moves on."""
    selection = articles._open()
    return Origin(articles._archive.path, selection.snapshot.info(), selection.count, len(articles.base), articles._meaning(), articles._within)


def text(t: Table) -> str:
    """What was asked, and of what."""
    o = t._origin
    if o is None:
        raise ValueError("this table was not asked of an archive: there is nothing to cite")
    return footnote(f"{_what(t)}; of ", o)


def footnote(what: str, o: Origin) -> str:
    """Two lines: the thing and what it is a part of; program, archive and snapshot."""
    of = " · ".join(filter(None, (_cut(o.of), o.within))) or "all articles"
    asked = f"{what}{of}: {o.n:,} of {o.base:,} articles"
    version = f"pynews {_version()}, words {o.info['analyzer']}"
    archive = f"archive {plain(os.path.basename(o.path))}, id {o.info['archive']}, snapshot v{o.info['generation']} ({o.info['articles']:,} articles)"
    return f"{asked}.\n{version}; {archive}, fingerprint {o.info['fingerprint']}."


def _what(t: Table) -> str:
    from pynews._trend import Trend

    if not isinstance(t, Trend):
        named = f" of {_cut(t.query)}" if t.query and t.query != (t._origin.of if t._origin else "") else ""
        return f"Table{named}, {len(t):,} rows: {', '.join(map(plain, t.columns))}"
    sums = [f"{_cut(name)} {sum(k):,} of {sum(n):,}" for name, (k, n) in zip(t.series, t._pairs(), strict=True)]
    if t.measure == "cumulative share":
        sums = [f"{_cut(name)} {max(k, default=0):,} of {max(n, default=0):,}" for name, (k, n) in zip(t.series, t._pairs(), strict=True)]
    zone = f" in {t.tz}" if t.tz else ""
    band = "" if t.unit == "words" else f", {t.level:.0%} bands"
    left_out = {row["precision"]: row["total"] for row in t.unplaced if row["total"]}
    rest = f"; without a bucket: {', '.join(f'{p} {n:,}' for p, n in left_out.items())}" if left_out else ""
    return f"Trend by {t.freq}{zone}, {t.measure} of {t.unit} of {_cut(t._of)}{band}: {', '.join(sums) or 'no series'}{rest}"


def _cut(query: str) -> str:
    s = plain(query)
    return s if len(s) <= QUERY else s[: QUERY - 1] + "…"


def _version() -> str:
    import pynews

    return pynews.__version__
