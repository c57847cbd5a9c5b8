"""Trends: how many articles per bucket of time, of how many."""

from __future__ import annotations

from typing import Any, Literal

from pynews import _core, _trend_stats
from pynews._freq import Freq
from pynews._table import Table
from pynews._trend_stats import LeadLag


class Trend(Table):
    """Articles per bucket of time: columns date, series, count, total, share, lower, upper, partial.

    Long form: the buckets of the first series, then those of the next. Counts and totals are exact and always there, so any
    share can be taken again from them.

    Attributes
    ----------
    freq : str
        Width of a bucket: day, week, month, quarter or year. ``date`` is a bucket's first day.
    series : list of str
        Names of the series.
    level : float
        Confidence level of the band.
    unplaced : Table
        Articles whose printed date is coarser than the bucket, and undated ones: columns precision, series, count, total.
    """

    def __init__(self, core: _core.Table, unplaced: _core.Table, freq: Freq, series: list[str], query: str, level: float, of: str, is_all: bool) -> None:
        super().__init__(core, query)
        self.unplaced = Table(unplaced, query)
        self.freq, self.series, self.level = freq, series, level
        self._of, self._is_all = of, is_all        # what shares are of, in words; whether the one series is all of it

    def plot(self, *, backend: Literal["matplotlib", "svg"] | None = None, value: Literal["share", "count"] | None = None, **kw: Any) -> Any:
        """Draw the trend: shares with their band, or counts, over the dates.

        Parameters
        ----------
        backend : {'matplotlib', 'svg'}, optional
            matplotlib where it is installed, inline SVG where not.
        value : {'share', 'count'}, optional
            What is drawn: shares, or counts where the one series is all there is.
        **kw
            For matplotlib: ``ax`` to draw into, ``figsize``, ``title``. For SVG: ``title``.

        Returns
        -------
        matplotlib.axes.Axes or Svg
            Partial buckets are drawn dashed; the band is the Wilson interval of the share.
        """
        from pynews import _plot

        return _plot.trend(self, backend, value, **kw)

    # --- statistics: docs/STATISTICS.md

    def bursts(self, *, s: float = 2, gamma: float = 1, levels: int = 1) -> Table:
        """When much more was written than usual, and how much that weighs.

        Kleinberg's automaton for batches, against the totals: a bucket is a batch of ``total`` articles of which ``count``
        are relevant. At rest the share of all buckets together holds; in a burst `s` times it. The cheapest sequence of
        states is found, where a state costs what it makes the counts unlikely, -ln(p^count (1-p)^(total-count)), and the
        begin of a burst costs gamma * ln(number of buckets).

        Parameters
        ----------
        s : float, default 2
            How many times the usual share a burst has, above 1. The share of a burst is cut at 0.9999: with a usual share
            above 1 / `s`, take a smaller one.
        gamma : float, default 1
            Price of a burst. A higher one leaves fewer and longer bursts.
        levels : int, default 1
            Nested bursts up to this level; level j has `s` ** j times the usual share.

        Returns
        -------
        Table
            Columns series, start (first bucket), end (last day of the last bucket; with hours its begin), level, weight,
            count, expected (at the usual share), peak (bucket of the highest share). ``weight`` is the cost saved against
            the level below: a log-likelihood ratio. A bucket without news neither begins nor ends a burst.

        Notes
        -----
        J. Kleinberg (2003), "Bursty and hierarchical structure in streams", Data Mining and Knowledge Discovery 7: 373-397,
        section 4.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> ar.trend({"velorite": "velorite"}, freq="day").bursts()
        series    start       end         level  weight  count  expected  peak
        velorite  2021-03-16  2021-03-18      1  8.2896     12    0.0760  2021-03-16
        1 row
        """
        return _trend_stats.bursts(self, s, gamma, levels)

    def changepoints(self, *, penalty: float | Literal["bic"] = "bic") -> Table:
        """Where the level of a share moved, and from what to what.

        The axis is cut into segments of constant share so that the sum of -2 ln(binomial likelihood) and of a penalty for
        each change is smallest; the cut is exact (PELT).

        Parameters
        ----------
        penalty : float or 'bic', default 'bic'
            Price of a change. ``'bic'`` is 2 ln(buckets with news): a change has two parameters, its place and a share.
            News come in clusters, which a binomial law does not know of: where there are more changes than you can
            believe, take a multiple.

        Returns
        -------
        Table
            Columns series, date (first bucket of the new level), before, before_lower, before_upper, after, after_lower,
            after_upper, gain. Shares of the segments on both sides with Wilson bands of the trend's level; ``gain`` is G
            squared of the two, always above the penalty. The bands do not know that the place was chosen.

        Notes
        -----
        R. Killick, P. Fearnhead, I. A. Eckley (2012), "Optimal detection of changepoints with a linear computational cost",
        JASA 107: 1590-1598.

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().trend({"cbdc": '"digital currency" OR cbdc'}, freq="month")
        >>> [row["date"].isoformat() for row in t.changepoints()]
        ['2021-08-01', '2022-03-01']
        """
        return _trend_stats.changepoints(self, penalty)

    def anomalies(self, alpha: float = 0.01) -> Table:
        """Buckets whose share is not that of the others, given how much was published.

        Each bucket with news is held against all others of its series, in trends by day against those of the same weekday.
        z is the signed root of G squared of the two shares, divided by the dispersion of the series,
        max(1, (median abs(z) / 0.6745)^2): news come in clusters. A series that rises all the time has anomalies at its
        ends; look at ``changepoints`` first, and at a period with one level.

        Parameters
        ----------
        alpha : float, default 0.01
            Of the buckets listed, so large a share may be false alarms, on average.

        Returns
        -------
        Table
            Columns series, date, count, total, share, expected (the others' share), z, p (two-sided), q. Rows with
            ``q <= alpha``: Benjamini and Hochberg's false discovery rate over all buckets of all series.

        Notes
        -----
        G squared: T. Dunning (1993), Computational Linguistics 19: 61-74. Dispersion: P. McCullagh, J. A. Nelder (1989),
        "Generalized Linear Models". q: Y. Benjamini, Y. Hochberg (1995), Journal of the Royal Statistical Society B 57:
        289-300.

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().trend({"velorite": "velorite"}, freq="day")
        >>> [row["date"].isoformat() for row in t.anomalies()]
        ['2021-03-16', '2021-03-17', '2021-03-18']
        """
        return _trend_stats.anomalies(self, alpha)

    def lead_lag(self, a: str, b: str, *, max_lag: int = 7, detrend: Literal["diff", "deseason"] | None = "diff", seed: int = 0) -> LeadLag:
        """Whether one series moves before another: correlations at lags on both sides, and the band of chance.

        Parameters
        ----------
        a, b : str
            Names of the series.
        max_lag : int, default 7
            Farthest lag, in buckets.
        detrend : {'diff', 'deseason', None}, default 'diff'
            What is correlated: differences of neighbouring shares; shares less the mean of their weekday (trends by day) or
            month; the shares themselves. Two series that merely grow correlate at every lag: take differences.
        seed : int, default 0
            Of the shifts drawn, where there are more than 999.

        Returns
        -------
        LeadLag
            A table with a sentence, ``says``. Columns lag (positive: `a` moves first), correlation, lower, upper, beyond.
            The band holds the largest correlation of all lags for 95% (the trend's level) of circular shifts of `b`.

        Raises
        ------
        ValueError
            For a series that never changes, or an axis too short for `max_lag`.

        Notes
        -----
        Cross-correlation function: G. E. P. Box, G. M. Jenkins (1976), "Time Series Analysis", chapter 11. A lead is no cause:
        both may follow a third.

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().trend({"Korea": "korea", "CBDC": "cbdc"}, freq="month")
        >>> print(t.lead_lag("Korea", "CBDC").says)
        No lead can be told between Korea and CBDC: the largest correlation is inside what chance gives
        (r = 0.29, band of chance ±0.55 at 95%).
        """
        return _trend_stats.lead_lag(self, a, b, max_lag, detrend, seed)

    def entropy(self) -> Table:
        """How evenly each bucket's counts are spread over the series: is coverage concentrating?

        An article in several series counts in each.

        Returns
        -------
        Table
            Columns date, count (of all series), entropy (Shannon's, in nats), effective (exp(entropy): so many equally
            frequent series would be as varied), hhi (sum of squared parts: 1 where all is one series). Null where the
            count is 0.

        Notes
        -----
        C. E. Shannon (1948); M. O. Hill (1973), "Diversity and evenness", Ecology 54: 427-432; A. O. Hirschman (1945).

        Examples
        --------
        >>> import pynews
        >>> e = pynews.demo().trend(by="tag", top=5, freq="year").entropy()
        >>> e.columns
        ['date', 'count', 'entropy', 'effective', 'hhi']
        >>> all(1 <= row["effective"] <= 5 for row in e)
        True
        """
        return _trend_stats.entropy(self)

    def deseason(self, by: Literal["weekday", "month-of-year"] | None = None) -> Trend:
        """The trend with shares as they would be without the rhythm of the week or the year.

        A season's factor is its odds over those of a whole round centred on each of its buckets (ratio to moving average;
        sums first, divided last). The odds of ``share``, ``lower`` and ``upper`` are divided by it; ``count`` and ``total``
        stay as they were counted. Three Julys are few: what happened in one of them is taken for a season.

        Parameters
        ----------
        by : {'weekday', 'month-of-year'}, optional
            The rhythm: of the week (trends by day only, and their default) or of the year.

        Returns
        -------
        Trend
            Of the same buckets and series.

        Raises
        ------
        ValueError
            For fewer than two rounds: 14 days; 24 months, 104 weeks or 730 days.

        Notes
        -----
        F. R. Macaulay (1931), "The Smoothing of Time Series"; J. Shiskin, A. H. Young, J. C. Musgrave (1967), X-11.

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().trend("electric", freq="month")
        >>> t.deseason().columns == t.columns
        True
        """
        return self._with(_trend_stats.deseason(self, by))

    def _with(self, core: _core.Table) -> Trend:
        """The same trend with other cells."""
        return Trend(core, self.unplaced._core, self.freq, self.series, self.query, self.level, self._of, self._is_all)

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.trend_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": repr(self), "text/html": _cards.trend_html(self)}

    def _ipython_key_completions_(self) -> list[str]:
        return self.columns
