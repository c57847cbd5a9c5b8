"""Trends: how many articles per bucket of time, of how many."""

from __future__ import annotations

from typing import Any, Literal

from pynews import _core
from pynews._freq import Freq
from pynews._table import Table


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

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.trend_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": repr(self), "text/html": _cards.trend_html(self)}

    def _ipython_key_completions_(self) -> list[str]:
        return self.columns
