"""What a trend is made of: its table, its axis, and how another trend is made of the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pynews import _buckets, _core, _trend_source
from pynews._errors import unknown
from pynews._freq import CYCLES, OF_DAYS, Freq
from pynews._series import Band
from pynews._table import Table
from pynews._trend_source import Source

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._cite import Origin
    from pynews._trend import Trend

Unit = Literal["articles", "words"]
Measure = Literal["share", "smoothed share", "cumulative share", "deseasoned share", "change", "relative change", "index"]


class TrendData(Table):
    """The rows of a trend and what is known of them; the questions to them are the methods of Trend."""

    def __init__(
        self,
        core: _core.Table,
        unplaced: _core.Table,
        freq: Freq,
        series: list[str],
        query: str,
        level: float,
        of: str,
        is_all: bool,
        *,
        span: tuple[int, int] = (1, 0),
        tz: str | None = None,
        unit: Unit = "articles",
        measure: Measure = "share",
        source: Source | None = None,
        bases: tuple[Articles, ...] = (),
        origin: Origin | None = None,
    ) -> None:
        super().__init__(core, query, origin=origin)
        self.unplaced = Table(unplaced, query, origin=origin)
        self.freq, self.series, self.level, self.tz, self.unit, self.measure = freq, series, level, tz, unit, measure
        self._of, self._is_all = of, is_all        # what shares are of, in words; whether the one series is all of it
        self._span, self._source = span, source    # first and last day (of hours: second) that the axis covers
        self._bases = (source.base,) if source else bases        # what is in the totals: of a sum the articles of all its parts

    # --- parts

    @property
    def _axis(self) -> str:
        """Name of the column that tells the bucket."""
        return CYCLES.get(self.freq, "date")

    @property
    def _n(self) -> int:
        """Buckets of a series."""
        return len(self) // max(1, len(self.series))

    @property
    def _z(self) -> float | None:
        return None if self.unit == "words" else _core.normal_z(self.level)

    def _rows_of(self, i: int) -> slice:
        return slice(i * self._n, (i + 1) * self._n)

    def _pairs(self) -> Iterator[tuple[list[int], list[int]]]:
        """Counts and totals of each series."""
        counts, totals = self["count"].to_list(), self["total"].to_list()
        for i in range(len(self.series)):
            yield counts[self._rows_of(i)], totals[self._rows_of(i)]

    def _series_index(self, name: str | None) -> int:
        if name is None and len(self.series) == 1:
            return 0
        if name is None and self.series:
            raise ValueError(f"this trend has {len(self.series)} series: say whose articles, .at(when, series={self.series[0]!r})")
        if name not in self.series:
            raise unknown("series", str(name), self.series)
        return self.series.index(name)

    def _plain(self, verb: str) -> None:
        """Whether this is a trend as it was asked; what was made of one keeps no rule for going on."""
        if self.measure != "share":
            what = f"{'an' if self.measure == 'index' else 'a'} {self.measure}"
            raise ValueError(f"a trend whose values are {what} cannot be {verb}: do that first, on the trend itself")

    def _made(
        self,
        begins: Sequence[int],
        cells: Sequence[tuple[Sequence[int], Sequence[int], Sequence[Band]]],
        partial: Sequence[bool],
        step: str = "",
        unplaced: _core.Table | None = None,
        **changes: Any,
    ) -> Trend:
        """A trend with other rows, made by a step: for each series counts, totals and values with their bands."""
        from pynews._trend import Trend

        freq, tz = changes.get("freq", self.freq), self.tz
        axis, kind = _buckets.kind(freq, tz)
        values = [band for _, _, bands in cells for band in bands]
        columns = (
            (axis, kind, list(begins) * len(cells)),
            ("series", "dictionary", [name for name in self.series for _ in begins]),
            ("count", "int64", [k for counts, _, _ in cells for k in counts]),
            ("total", "int64", [n for _, totals, _ in cells for n in totals]),
            ("share", "float64", [v for v, _, _ in values]),
            ("lower", "float64", [low for _, low, _ in values]),
            ("upper", "float64", [up for _, _, up in values]),
            ("partial", "bool", list(partial) * len(cells)),
        )
        kept: dict[str, Any] = {"span": self._span, "tz": tz, "unit": self.unit, "measure": self.measure, "source": self._source, "freq": freq}
        kept["bases"] = self._bases
        kept |= {"of": self._of, "is_all": self._is_all, "origin": self._origin and self._origin.then(step)}
        kept.update(changes)
        series, query = list(self.series), self.query
        return Trend(_core.table(columns), self.unplaced._core if unplaced is None else unplaced, series=series, query=query, level=self.level, **kept)

    def _with_values(self, bands: Sequence[Sequence[Band]], measure: Measure, step: str) -> Trend:
        """The same counts and totals with other values."""
        cells = [(counts, totals, values) for (counts, totals), values in zip(self._pairs(), bands, strict=True)]
        return self._made(self._begins(), cells, self["partial"].to_list()[: self._n], step, measure=measure, is_all=False)

    def _begins(self) -> list[int]:
        """Begin of each bucket as a number: day, second, or the number in its cycle."""
        values: list[int] = self[self._axis].values()[: self._n]
        return values

    def _remade(self, core: _core.Table, measure: Measure, step: str) -> Trend:
        """The same buckets with the cells of another table."""
        from pynews._trend import Trend

        return Trend(
            core, self.unplaced._core, self.freq, self.series, self.query, self.level, self._of, self._is_all,
            span=self._span, tz=self.tz, unit=self.unit, measure=measure, source=self._source, bases=self._bases,
            origin=self._origin and self._origin.then(step),
        )  # fmt: skip

    # --- pickles: a trend is its numbers, and the way to the articles where the archive is still there

    def __getstate__(self) -> dict[str, Any]:
        bases = () if self._source else self._bases
        return {**super().__getstate__(), "_source": _trend_source.packed(self._source), "_bases": [_trend_source.packed(base) for base in bases]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        source, there = _trend_source.unpacked(state["_source"]), map(_trend_source.unpacked, state["_bases"])
        super().__setstate__({**state, "_source": source, "_bases": (source.base,) if source else tuple(filter(None, there))})

    # --- back to the articles

    def _back(self) -> Callable[[int], Articles] | None:
        return None if self._source is None else self._row

    def _row(self, place: int) -> Articles:
        """The articles counted in a row."""
        bucket = _buckets.name(self[self._axis].to_list()[place], self.freq)
        return self._articles_in(place // self._n, {place % self._n}, f"{self.freq} {bucket}")

    def _articles_in(self, series: int, chosen: set[int], words: str) -> Articles:
        if self._source is None:
            raise ValueError("this trend is a sum, or was pickled and its archive is gone: ask a trend of one part for the articles")
        upto = max(chosen) if self.measure == "cumulative share" else -1
        words = f"up to {words}" if upto >= 0 else words
        base, found = self._source.articles(series, lambda b: b in chosen or 0 <= b <= upto)
        return found._behind(base, words, self._days_of(chosen) if upto < 0 else None, self._span)

    def _days_of(self, chosen: set[int]) -> tuple[int, int] | None:
        """First and last day of a bucket, where a query of dates can say it."""
        if len(chosen) != 1 or self.freq not in OF_DAYS or self.tz is not None:
            return None
        begin = self._begins()[min(chosen)]
        return begin, _buckets.following(self.freq, begin) - 1
