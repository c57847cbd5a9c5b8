"""Statistics of trends: what the methods of Trend do. The sums are made in the core; here are names, checks and words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from pynews import _cite, _core
from pynews._errors import unknown
from pynews._freq import CYCLES, FREQS
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._cite import Origin
    from pynews._trend import Trend

Season = Literal["weekday", "month-of-year"]
SEASONS: tuple[Season, ...] = ("weekday", "month-of-year")
DETREND = (None, "diff", "deseason")


def _place(t: Trend, what: str) -> int:
    """The frequency's number, of a trend over time."""
    if t.freq in CYCLES:
        raise ValueError(f"{what} needs buckets that follow one another: those of {t.freq!r} come again")
    return FREQS.index(t.freq)


def _shares(t: Trend, what: str) -> _core.Table:
    """The trend's table, of shares that can differ from 1 and of counts as they were counted."""
    if t.measure == "cumulative share":
        raise ValueError(f"{what} needs the counts of each bucket, and these are running sums")
    if t._is_all:
        raise ValueError(f"{what} needs a share, and this trend counts all there is: give a query, or by=")
    return t._core


class Found(Table):
    """What was found in a trend: each row is of a series and of some of its buckets, and knows its articles."""

    def __init__(self, core: _core.Table, trend: Trend, first: str, last: str, step: str) -> None:
        super().__init__(core, trend.query, origin=_cite.origin_of_table(trend, step))
        self._trend, self._from, self._to = trend, first, last

    def _back(self) -> Callable[[int], Articles]:
        return self._row

    def _row(self, row: int) -> Articles:
        """The articles counted in the buckets of a row."""
        cells, t = self[row], self._trend
        first, last = (self[name].values()[row] for name in (self._from, self._to))
        chosen = {i for i, begin in enumerate(t._begins()) if first <= begin <= last}
        words = " … ".join(dict.fromkeys((str(cells[self._from]), str(cells[self._to]))))
        return t._articles_in(t.series.index(cells["series"]), chosen, words)


def bursts(t: Trend, s: float, gamma: float, levels: int) -> Found:
    if levels < 1:
        raise ValueError(f"levels of bursts are 1 or more, not {levels}")
    core = _core.bursts(_shares(t, "bursts()"), _place(t, "bursts()"), s, gamma, levels)
    return Found(core, t, "start", "end", f"bursts(s={s:g}, gamma={gamma:g}, levels={levels})")


def changepoints(t: Trend, penalty: float | Literal["bic"]) -> Table:
    _place(t, "changepoints()")
    if isinstance(penalty, str) and penalty != "bic":
        raise ValueError(f"the penalty of a change is 'bic' or a number, not {penalty!r}")
    core = _core.changepoints(_shares(t, "changepoints()"), None if isinstance(penalty, str) else penalty, t.level)
    return Table(core, t.query, origin=_cite.origin_of_table(t, f"changepoints(penalty={penalty!r})"))


def anomalies(t: Trend, alpha: float) -> Found:
    core = _core.anomalies(_shares(t, "anomalies()"), t.freq == "day", alpha)
    return Found(core, t, t._axis, t._axis, f"anomalies(alpha={alpha:g})")


def entropy(t: Trend) -> Table:
    return Table(_core.entropy(t._core), t.query, origin=_cite.origin_of_table(t, "entropy()"))


def _season(t: Trend, by: str | None) -> int:
    if by is None:
        by = "weekday" if t.freq == "day" else "month-of-year"
    if by not in SEASONS:
        raise unknown("season", str(by), SEASONS)
    return SEASONS.index(by)


def deseason(t: Trend, by: Season | None) -> Trend:
    t._plain("freed of a season")
    season = _season(t, by)
    core = _core.deseason(_shares(t, "deseason()"), season, _place(t, "deseason()"), t.level)
    return t._remade(core, "deseasoned share", f"deseason({SEASONS[season]!r})")


# --- lead and lag


def lead_lag(t: Trend, a: str, b: str, max_lag: int, detrend: str | None, seed: int) -> LeadLag:
    if detrend not in DETREND:
        raise ValueError(f"detrend is 'diff', 'deseason' or None, not {detrend!r}")
    t._plain("held against another")
    first, second = _series(t, a), _series(t, b)
    if first == second:
        raise ValueError("two different series are compared")
    core = _core.lead_lag(_shares(t, "lead_lag()"), first, second, max_lag, DETREND.index(detrend), _season(t, None), _place(t, "lead_lag()"), seed, t.level)
    step = f"lead_lag({a!r}, {b!r}, max_lag={max_lag}, detrend={detrend!r}, seed={seed})"
    return LeadLag(core, t.query, a, b, t.freq, t.level, _cite.origin_of_table(t, step))


def _series(t: Trend, name: str) -> int:
    if name not in t.series:
        raise unknown("series", str(name), t.series)
    return t.series.index(name)


class LeadLag(Table):
    """Correlation of two series at lags, with the band of chance: columns lag, correlation, lower, upper, beyond.

    A positive lag: the first series moves first. ``beyond`` marks what lies outside the band.

    Attributes
    ----------
    says : str
        What may be said: that one leads the other only if the largest correlation lies outside the band.
    """

    def __init__(self, core: _core.Table, query: str, a: str, b: str, freq: str, level: float, origin: Origin | None) -> None:
        super().__init__(core, query, origin=origin)
        self._names, self._freq, self._level = (a, b), freq, level

    @property
    def says(self) -> str:
        """What may be said of the two series, in a sentence."""
        best = max(self, key=lambda row: (abs(row["correlation"]), -abs(row["lag"])))
        r, band, lag = best["correlation"], best["upper"], best["lag"]
        measure = f"r = {r:.2f}, band of chance ±{band:.2f} at {self._level:.0%}"
        (a, b), steps = self._names, f"{abs(lag)} {self._freq}{'' if abs(lag) == 1 else 's'}"
        if not best["beyond"]:
            return f"No lead can be told between {a} and {b}: the largest correlation is inside what chance gives ({measure})."
        if lag == 0:
            return f"{a} and {b} move {'together' if r > 0 else 'against each other'} in the same {self._freq}, and neither leads ({measure})."
        first, second = (a, b) if lag > 0 else (b, a)
        return f"{first} leads {second} by {steps}{'' if r > 0 else ', the other way round: where one rises the other falls'} ({measure})."

    def strongest(self, n: int = 5) -> Table:
        """The lags with the largest correlations, either sign, the largest first."""
        r = self["correlation"].to_list()
        return self._take(sorted(range(len(r)), key=lambda i: -abs(r[i]))[:n])

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.lead_lag_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": repr(self), "text/html": _cards.lead_lag_html(self)}
