"""Trends: how many articles per bucket of time, of how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pynews import _trend_pairs, _trend_shapes, _trend_stats, _trend_sum, _trend_values
from pynews._expr import When
from pynews._freq import Freq
from pynews._table import Table
from pynews._trend_data import TrendData
from pynews._trend_places import places
from pynews._trend_stats import Found, LeadLag

if TYPE_CHECKING:
    from pynews._articles import Articles


class Trend(TrendData):
    """Articles per bucket of time: columns date, series, count, total, share, lower, upper, partial.

    Long form: the buckets of the first series, then those of the next. Counts and totals are exact and always there, so any
    share can be taken again from them. What every method does with them is in docs/TRENDS.md.

    Attributes
    ----------
    freq : str
        Width of a bucket. ``date`` is a bucket's first day, or the time at which an hour begins; buckets that come again have
        ``weekday`` (0 is Monday), ``month`` (1 to 12) or ``hour`` (0 to 23) in its place.
    series : list of str
        Names of the series.
    level : float
        Confidence level of the band.
    tz : str or None
        The zone into which clock times were converted.
    unit : str
        What is counted: 'articles', or 'words': hits and words, whose shares have no band.
    measure : str
        What the column ``share`` holds: 'share', or what a method made of it: 'smoothed share', 'cumulative share', 'deseasoned share', 'change',
        'relative change', 'index'.
    unplaced : Table
        Articles whose printed date is coarser than the bucket, and undated ones: columns precision, series, count, total.
    """

    def at(self, when: When | int, series: str | None = None) -> Articles:
        """The articles behind a point of the curve.

        Parameters
        ----------
        when : str, date, datetime or int
            The buckets that begin in this period, or else the one that holds its first day. Hours are named by a datetime or
            as ``"2020-08-20 14"``, in a zone one of two that a clock shows alike by a datetime with its offset; buckets that come
            again by their number or name (``4`` or ``"Friday"``, ``8`` or ``"August"``).
        series : str, optional
            Whose articles; may be left out where there is one series.

        Returns
        -------
        Articles
            Exactly those that were counted, inside a base of exactly those of the total: ``len(a)`` is the bucket's count,
            ``len(a.base)`` its total.

        Raises
        ------
        ValueError
            If the trend has no such bucket, is a sum of trends, or comes out of a pickle whose archive is not there any more.

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().trend("korea", "month")
        >>> peak = t.at("2020-08")
        >>> len(peak), len(peak.base)
        (27, 80)
        >>> t[19]["count"], t[19]["total"]
        (27, 80)
        """
        chosen = set(places(self, when))
        return self._articles_in(self._series_index(series), chosen, f"{self.freq} {when}")

    # --- other buckets

    def resample(self, freq: Freq | str) -> Trend:
        """The same counts in wider buckets: counts and totals are summed, then divided.

        Parameters
        ----------
        freq : str
            A frequency whose buckets hold those of this trend whole: days become anything but hours, hours anything; months
            become quarters, years and ``'month-of-year'``. Weeks lie across months and become nothing else.

        Returns
        -------
        Trend
            ``unplaced`` is carried along: what had no bucket before has none now. Asking the archive again, with
            ``trend(freq=)``, gives coarse dates their place.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> ar.trend("korea", "day").resample("year").to_dict() == ar.trend("korea", "year").to_dict()
        True
        """
        return _trend_values.resample(self, freq)

    # --- other values

    def smooth(self, window: int = 3, *, center: bool = True, how: Literal["mean", "ewm", "loess"] = "mean") -> Trend:
        """A calmer curve: sums of counts over sums of totals of neighbouring buckets, never means of shares.

        Parameters
        ----------
        window : int, default 3
            Buckets that count; fewer at the ends. For ``'ewm'`` the span: weights fall by 1 - 2 / (window + 1) a bucket.
        center : bool, default True
            Around each bucket; False takes it and those before it.
        how : {'mean', 'ewm', 'loess'}, default 'mean'
            Equal weights; exponentially falling ones; a line fitted to the shares around each bucket, with tricube weights
            times totals (W. S. Cleveland 1979, JASA 74:829-836, of degree one, without robustness steps).

        Returns
        -------
        Trend
            ``share``, ``lower`` and ``upper`` are smoothed; ``count`` and ``total`` stay as they were. The band is Wilson's, of
            as many articles as have the variance of the weighted mean; neighbouring bands share articles.

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().trend("korea").smooth(3)
        >>> row = t[1]
        >>> three = t["count"][0:3], t["total"][0:3]
        >>> row["share"] == sum(three[0]) / sum(three[1])
        True
        """
        return _trend_values.smooth(self, window, center, how)

    def cumulative(self) -> Trend:
        """Everything up to and with each bucket: running counts, running totals, and the share of the one in the other."""
        return _trend_values.cumulative(self)

    def change(self, periods: int = 1, *, relative: bool = False) -> Trend:
        """How the share moved against so many buckets before.

        Parameters
        ----------
        periods : int, default 1
            12 compares months with the year before.
        relative : bool, default False
            The difference of the shares; True: as a part of the earlier one (0.5 is half as much again).

        Returns
        -------
        Trend
            ``share``, ``lower`` and ``upper`` hold the change, null in the first buckets and where there is nothing to compare
            with. Band of a difference: R. G. Newcombe 1998, Statistics in Medicine 17:873-890, method 10; of a relative
            change: D. Katz et al. 1978, Biometrics 34:469-474. ``count`` and ``total`` stay.
        """
        return _trend_values.change(self, periods, relative)

    def rebase(self, to: float = 100.0, at: When | Literal["max", "first", "mean"] = "max") -> Trend:
        """As an index: each series divided by its own share at one point, times `to`.

        Parameters
        ----------
        to : float, default 100
        at : {'max', 'first', 'mean'} or a date, default 'max'
            The largest share of the series, its first one that is not 0, all its counts over all its totals, or its share in the bucket
            of a date.

        Returns
        -------
        Trend
            The band is scaled with the share; that the reference is uncertain as well is not in it.
        """
        return _trend_values.rebase(self, to, at)

    # --- two series

    def difference(self, a: str, b: str) -> Table:
        """How much more of the coverage one series has than another, bucket by bucket.

        Parameters
        ----------
        a, b : str
            Names of two series.

        Returns
        -------
        Table
            Columns date, count_a, count_b, both, total, difference, lower, upper, partial. The two are counted on the same
            articles, so ``both`` is asked of the archive and the band is the one of paired shares: R. G. Newcombe 1998,
            Statistics in Medicine 17:2635-2650, method 10.

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().trend({"Korea": "korea", "Electric": "electric"}, "year")
        >>> t.difference("Korea", "Electric").columns
        ['date', 'count_a', 'count_b', 'both', 'total', 'difference', 'lower', 'upper', 'partial']
        """
        return _trend_pairs.difference(self, a, b)

    def ratio(self, a: str, b: str) -> Table:
        """How many times as much of the coverage one series has as another, bucket by bucket.

        Parameters
        ----------
        a, b : str
            Names of two series.

        Returns
        -------
        Table
            Columns date, count_a, count_b, both, total, ratio, lower, upper, partial. Null where b has no article. The band is
            Wald's on the log scale for paired shares, with variance (a + b - 2 both) / (a b) of the log: M. W. Fagerland,
            S. Lydersen, P. Laake 2014, Statistics in Medicine 33:2850-2875; null where a has none.
        """
        return _trend_pairs.ratio(self, a, b)

    # --- sums and shapes

    def __add__(self, other: Trend) -> Trend:
        """The trend of two bases together: counts and totals add, exactly.

        Raises
        ------
        ValueError
            If the trends differ in frequency, series, level or zone, or if their bases have articles in common.
        """
        if not isinstance(other, Trend):
            return NotImplemented
        return _trend_sum.add(self, other)

    def __radd__(self, other: int) -> Trend:
        """What `sum` begins with is 0."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def wide(self, value: Literal["count", "share", "per_million"] = "share") -> Table:
        """One row a bucket, one column a series.

        Parameters
        ----------
        value : {'count', 'share', 'per_million'}, default 'share'

        Returns
        -------
        Table
            The bucket's column, then the series by name.

        Examples
        --------
        >>> import pynews
        >>> pynews.demo().trend({"Korea": "korea", "Electric": "electric"}, "year").wide("count")
        date        Korea  Electric
        2019-01-01     81        48
        2020-01-01    127       121
        2021-01-01     96       192
        2022-01-01     27        56
        4 rows
        """
        return _trend_shapes.wide(self, value)

    def to_xarray(self) -> Any:
        """An xarray Dataset with dimensions (date, series) and the other columns as variables.

        ``date`` is datetime64; in a zone it is in UTC.
        """
        return _trend_shapes.to_xarray(self)

    def plot(
        self, *, backend: Literal["matplotlib", "svg"] | None = None, value: Literal["share", "count"] | None = None,
        kind: Literal["line", "area"] = "line", events: Any = None, **kw: Any,
    ) -> Any:  # fmt: skip
        """Draw the trend: shares with their band, or counts, over the dates; buckets that come again as bars.

        Parameters
        ----------
        backend : {'matplotlib', 'svg'}, optional
            matplotlib where it is installed, inline SVG where not.
        value : {'share', 'count'}, optional
            What is drawn: shares, or counts where the one series is all there is.
        kind : {'line', 'area'}, default 'line'
            ``'area'`` stands the series on each other: for a `by` whose names share the coverage among them.
        events : mapping of date to name, pairs, or a table, optional
            Upright lines with names over the curves. A table or DataFrame has a column date (or start) and one of names (label, event,
            name, title or series): ``events=t.bursts()`` does. More than twelve are drawn without names.
        **kw
            For matplotlib: ``ax`` to draw into, ``figsize``, ``title``. For SVG: ``title``.

        Returns
        -------
        matplotlib.axes.Axes or Svg
            Partial buckets are drawn dashed, in areas hatched; the band is that of ``lower`` and ``upper``.
        """
        from pynews import _plot

        return _plot.trend(self, backend, value, kind, events, **kw)

    # --- statistics: docs/STATISTICS.md

    def bursts(self, *, s: float = 2, gamma: float = 1, levels: int = 1) -> Found:
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
            the level below: a log-likelihood ratio. ``.articles(row)`` are those counted. A bucket without news neither begins nor ends a burst.

        Notes
        -----
        J. Kleinberg (2003), "Bursty and hierarchical structure in streams", Data Mining and Knowledge Discovery 7: 373-397,
        section 4.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> found = ar.trend({"velorite": "velorite"}, freq="day").bursts()
        >>> found
        series    start       end         level  weight  count  expected  peak
        velorite  2021-03-16  2021-03-18      1  8.2896     12    0.0760  2021-03-16
        1 row
        >>> len(found.articles(0))
        12
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

    def anomalies(self, alpha: float = 0.01) -> Found:
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
            ``q <= alpha``: Benjamini and Hochberg's false discovery rate over all buckets of all series. ``.articles(row)``
            are those counted.

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
            For a series that never changes, an axis too short for `max_lag`, or a trend whose values are no longer its shares.

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
            For fewer than two rounds: 14 days; 24 months, 104 weeks or 730 days; for a trend whose values are no longer its shares.

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
        return _trend_stats.deseason(self, by)

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.trend_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": repr(self), "text/html": _cards.trend_html(self)}

    def _ipython_key_completions_(self) -> list[str]:
        return self.columns
