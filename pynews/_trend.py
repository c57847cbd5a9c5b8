"""Trends: how many articles per bucket of time, of how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pynews import _core
from pynews._freq import Freq
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._articles import Articles


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
    unplaced : Table
        Articles whose printed date is coarser than the bucket, and undated ones: columns precision, series, count, total.
    """

    def __init__(self, core: _core.Table, unplaced: _core.Table, freq: Freq, series: list[str], query: str, level: float, is_all: bool) -> None:
        super().__init__(core, query)
        self.unplaced = Table(unplaced, query)
        self.freq, self.series, self.level = freq, series, level
        self._is_all = is_all          # the one series is all articles: its shares say nothing

    def plot(self, *, backend: Literal["matplotlib", "svg"] | None = None, value: Literal["share", "count"] | None = None, **kw: Any) -> Any:
        """Draw the trend: shares with their band, or counts, over the dates.

        Parameters
        ----------
        backend : {'matplotlib', 'svg'}, optional
            matplotlib where it is installed, inline SVG where not.
        value : {'share', 'count'}, optional
            What is drawn: shares, or counts where the trend is one of all articles.
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


def make_trend(
    articles: Articles, core: _core.Table, unplaced: _core.Table, freq: Freq, series: tuple[tuple[str, str | None], ...], level: float
) -> Trend:
    """A trend as `Articles.trend` gives it."""
    is_all = not articles.query and all(query is None for _, query in series)
    return Trend(core, unplaced, freq, [name for name, _ in series], articles.query, level, is_all)
