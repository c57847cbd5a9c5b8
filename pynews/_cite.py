"""Where a number comes from, in a line or two for a footnote."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pynews._show import Lines, plain

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._table import Table
    from pynews._trend_data import TrendData

QUERY = 400                      # signs of a query; a longer one is cut, and says so


@dataclass(frozen=True)
class Part:
    """The snapshot and selection that was asked, and in which words."""

    path: str
    info: dict[str, Any]
    n: int
    base: int
    of: str                      # what the articles are, as a query
    within: str
    asked: str = ""              # what stands behind the names of series
    steps: tuple[str, ...] = ()  # what was done before it became a part of a sum


@dataclass(frozen=True)
class Origin:
    """What a table was asked of: a part, or the parts of a sum; and what was made of the answer since."""

    parts: tuple[Part, ...]
    steps: tuple[str, ...] = ()
    trend: str = ""              # of a table made of a trend: which step of which trend
    call: str = ""               # what the table is: counts by section, nodes by pagerank
    of: str = ""                 # the query that the call itself takes

    def then(self, step: str) -> Origin:
        """The origin of what a step makes of it."""
        return replace(self, steps=(*self.steps, step))


def origin_of(articles: Articles, asked: str = "", call: str = "", of: str = "") -> Origin:
    """Taken down when the table is made: it stays true when the archive moves on."""
    articles = articles._fixed()
    selection = articles._open()
    info = selection.snapshot.info()
    part = Part(articles._archive.path, info, selection.count, len(articles._fixed_base()), articles._meaning(), articles._within, asked)
    return Origin((part,), call=call, of=of)


def _called(o: Origin) -> str:
    return plain(o.call) + (f" of {_cut(o.of)}" if o.of else "")


def called(o: Origin | None, call: str) -> Origin | None:
    """The origin of a table that this call made of another."""
    return o and replace(o, call=call)


def origin_of_sum(a: Origin | None, b: Origin | None) -> Origin:
    """All that both were asked of."""
    return Origin(tuple(replace(part, steps=(*part.steps, *o.steps)) for o in (a, b) if o for part in o.parts))


def origin_of_table(t: TrendData, step: str) -> Origin | None:
    """Of a table that a step makes of a trend."""
    return t._origin and replace(t._origin, steps=(), trend=f"{step} of: {_what(t)}{_steps(t._origin.steps)}")


def series(names: Iterable[tuple[str, str | None]], by: str | None) -> str:
    """What stands behind the names of series, where it is not what they say themselves."""
    if by is not None:
        return f"series by {by}"
    said = [f"{_cut(name)} = {_cut(query)}" for name, query in names if query is not None and query != name]
    return f"with {', '.join(said)}" if said else ""


def text(t: Table) -> str:
    """What was asked, and of what."""
    o = t._origin
    if o is None:
        raise ValueError("this table was not asked of an archive: there is nothing to cite")
    made = f"; {o.trend}" if o.trend else ""
    return footnote(f"{_what(t)}{made}{_steps(o.steps)}; {'sum of' if len(o.parts) > 1 else 'of'} ", o)


def footnote(what: str, o: Origin) -> str:
    """The thing and what it is a part of; then a line for each snapshot: program, archive, fingerprint."""
    archives = list(dict.fromkeys(map(_archive, o.parts)))
    if len(archives) == 1:
        return Lines(f"{what}{' + '.join(map(_part, o.parts))}.\n{archives[0]}")
    parts = " + ".join(f"[{archives.index(_archive(part)) + 1}] {_part(part)}" for part in o.parts)
    return Lines(f"{what}{parts}.\n" + "\n".join(f"[{i}] {line}" for i, line in enumerate(archives, 1)))


def _part(part: Part) -> str:
    of = " · ".join(filter(None, (_cut(part.of), _cut(part.within)))) or "all articles"
    asked = f", {part.asked}" if part.asked else ""
    steps = f" ({', '.join(part.steps)})" if part.steps else ""
    return f"{of}: {part.n:,} of {part.base:,} articles{asked}{steps}"


def _archive(part: Part) -> str:
    info = part.info
    version = f"pynews {_version()}, words {info['analyzer']}"
    archive = f"archive {plain(os.path.basename(part.path))}, id {info['archive']}, snapshot v{info['generation']} ({info['articles']:,} articles)"
    return f"{version}; {archive}, fingerprint {info['fingerprint']}."


def _steps(steps: tuple[str, ...]) -> str:
    return f"; {', '.join(steps)}" if steps else ""


def _what(t: Table) -> str:
    from pynews._trend_data import TrendData

    if not isinstance(t, TrendData):
        said = [*(part.of for part in t._origin.parts), t._origin.of] if t._origin else []
        named = f" of {_cut(t.query)}" if t.query and t.query not in said else ""
        call = _called(t._origin) if t._origin and t._origin.call else "Table"
        return f"{call}{named}, {len(t):,} row{'' if len(t) == 1 else 's'}: {', '.join(map(plain, t.columns))}"
    sums = [f"{_cut(name)} {sum(k):,} of {sum(n):,}" for name, (k, n) in zip(t.series, t._pairs(), strict=True)]
    if t.measure == "cumulative share":
        sums = [f"{_cut(name)} {max(k, default=0):,} of {max(n, default=0):,}" for name, (k, n) in zip(t.series, t._pairs(), strict=True)]
    of = _cut(t._of) if t.unit == "articles" else f"{t.unit} of {_cut(t._of)}"
    zone = f" in {t.tz}" if t.tz else ""
    band = "" if t.unit == "words" else f", {t.level:.0%} bands"
    left_out = {row["precision"]: row["total"] for row in t.unplaced if row["total"]}
    rest = f"; without a bucket: {', '.join(f'{p} {n:,}' for p, n in left_out.items())}" if left_out else ""
    return f"Trend by {t.freq}{zone}, {t.measure} of {of}{band}: {', '.join(sums) or 'no series'}{rest}"


def _cut(query: str) -> str:
    s = plain(query)
    return s if len(s) <= QUERY else s[: QUERY - 1] + "…"


def _version() -> str:
    import pynews

    return pynews.__version__
