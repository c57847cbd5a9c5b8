"""Trends: how many articles per bucket of time, of how many."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from pynews import _buckets, _core, _plan, _series, _trend_stats
from pynews._expr import When, period
from pynews._freq import CYCLES, OF_DAYS, Freq, freq_of
from pynews._series import Band
from pynews._table import Table
from pynews._trend_stats import Found, LeadLag
from pynews._zones import ZoneData

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._cite import Origin

Options = tuple[int, float, int, int, ZoneData | None, bool]      # of a trend, as the core takes them
Unit = Literal["articles", "words"]
Measure = Literal["share", "smoothed share", "cumulative share", "deseasoned share", "change", "relative change", "index"]


@dataclass(frozen=True)
class Source:
    """What a trend was asked of: enough to ask again, and to go back from a bucket to its articles."""

    of: Articles
    base: Articles
    queries: tuple[tuple[str, str | None], ...]
    options: Options
    owner: tuple[int, ...]                   # for each bucket that was asked for, the one it lies in now
    parts: tuple[Articles, ...] = ()         # of series that are no queries: their articles

    def articles(self, series: int | None, wanted: Callable[[int], bool]) -> tuple[Articles, Articles]:
        """Articles of the base, and of a series or of all of the selection, in the wanted buckets."""
        flags = bytes(wanted(b) for b in self.owner)
        query = None if series is None else self.queries[series][1]
        of = self.parts[series] if self.parts and series is not None else self.of if query is None else self.of.search(query)
        return self.base._in_buckets(self.base, self.options, flags), of._in_buckets(self.base, self.options, flags)

    def both(self, a: int, b: int, n: int) -> list[int]:
        """In each bucket, the articles that two series have in common."""
        parts = [f"({query})" for query in (self.queries[a][1], self.queries[b][1]) if query is not None]
        of = self.parts[a] & self.parts[b] if self.parts else self.of
        core = of._open().trend(self.base._open(), (("both", " AND ".join(parts) or None),), self.options)[0]
        sums = [0] * n
        for owner, count in zip(self.owner, Table(core)["count"].to_list(), strict=True):
            sums[owner] += count
        return sums


def buckets_args(options: Options, wanted: bytes) -> tuple[Any, ...]:
    """What a plan keeps of a choice of buckets: frequency, days, zone with its days, number of buckets, and the chosen ones as ranges."""
    freq, _, first, last, zone, _ = options
    edges = [i for i, (a, b) in enumerate(pairwise((0, *wanted, 0))) if bool(a) != bool(b)]
    return freq, first, last, zone and [zone[0], zone[1].hex(), zone[2].hex()], len(wanted), edges


@_plan.step("buckets")
def _choose(
    snapshot: _core.Snapshot, of: _core.Selection, base: _core.Selection, freq: int, first: int, last: int, zone: list[str] | None, n: int, edges: list[int]
) -> _core.Selection:
    wanted = bytearray(n)
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        wanted[begin:end] = b"\1" * (end - begin)
    clocks = None if zone is None else (zone[0], bytes.fromhex(zone[1]), bytes.fromhex(zone[2]))
    return of.buckets(base, (freq, 0.95, first, last, clocks, False), bytes(wanted))


class Trend(Table):
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
        origin: Origin | None = None,
    ) -> None:
        super().__init__(core, query, origin=origin)
        self.unplaced = Table(unplaced, query, origin=origin)
        self.freq, self.series, self.level, self.tz, self.unit, self.measure = freq, series, level, tz, unit, measure
        self._of, self._is_all = of, is_all        # what shares are of, in words; whether the one series is all of it
        self._span, self._source = span, source    # first and last day (of hours: second) that the axis covers

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
            from pynews._errors import UnknownNameError

            raise UnknownNameError("series", str(name), self.series)
        return self.series.index(name)

    def _plain(self, verb: str) -> None:
        """Whether this is a trend as it was asked; what was made of one keeps no rule for going on."""
        if self.measure != "share":
            raise ValueError(f"a trend whose values are a {self.measure} cannot be {verb}: do that first, on the trend itself")

    def _made(
        self,
        begins: Sequence[int],
        cells: Sequence[tuple[Sequence[int], Sequence[int], Sequence[Band]]],
        partial: Sequence[bool],
        unplaced: _core.Table | None = None,
        **changes: Any,
    ) -> Trend:
        """A trend with other rows: for each series counts, totals and values with their bands."""
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
        kept |= {"of": self._of, "is_all": self._is_all, "origin": self._origin}
        kept.update(changes)
        series, query = list(self.series), self.query
        return Trend(_core.table(columns), self.unplaced._core if unplaced is None else unplaced, series=series, query=query, level=self.level, **kept)

    def _with_values(self, bands: Sequence[Sequence[Band]], measure: Measure) -> Trend:
        """The same counts and totals with other values."""
        cells = [(counts, totals, values) for (counts, totals), values in zip(self._pairs(), bands, strict=True)]
        return self._made(self._begins(), cells, self["partial"].to_list()[: self._n], measure=measure, is_all=False)

    def _begins(self) -> list[int]:
        """Begin of each bucket as a number: day, second, or the number in its cycle."""
        values: list[int] = self[self._axis].values()[: self._n]
        return values

    # --- back to the articles

    def at(self, when: When | int, series: str | None = None) -> Articles:
        """The articles behind a point of the curve.

        Parameters
        ----------
        when : str, date, datetime or int
            The buckets that begin in this period, or else the one that holds its first day. Hours are named by a datetime or
            as ``"2020-08-20 14"``; buckets that come again by their number or name (``4`` or ``"Friday"``, ``8`` or ``"August"``).
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
        chosen = set(_places(self, when))
        return self._articles_in(self._series_index(series), chosen, f"{self.freq} {when}")

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
        base, found = self._source.articles(series, lambda b: b in chosen or 0 <= b <= upto)
        return found._behind(base, words, self._days_of(chosen) if upto < 0 else None)

    def _days_of(self, chosen: set[int]) -> tuple[int, int] | None:
        """First and last day of a bucket, where a query of dates can say it."""
        if len(chosen) != 1 or self.freq not in OF_DAYS or self.tz is not None:
            return None
        begin = self._begins()[min(chosen)]
        return begin, _buckets.following(self.freq, begin) - 1

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
        self._plain("bucketed again")
        name = freq_of(freq)
        if not _buckets.is_made_of(name, self.freq):
            raise ValueError(f"a {self.freq} does not lie in one {name}: ask for the trend again with freq={name!r}")
        homes = _buckets.put(name, self.freq, self._begins(), self.tz)
        begins = _buckets.axis(name, homes)
        place = {begin: i for i, begin in enumerate(begins)}
        owner = [place[home] for home in homes]
        span = self._span
        if self.freq == "hour" and name in OF_DAYS and span[0] <= span[1]:
            span = _buckets.span_in_days(*span, self.tz)
        partial = [_buckets.is_partial(name, begin, *span) for begin in begins]
        cells = []
        for counts, totals in self._pairs():
            k, n = _summed(counts, owner, len(begins)), _summed(totals, owner, len(begins))
            cells.append((k, n, [_series.share(a, b, self._z) for a, b in zip(k, n, strict=True)]))
        source = self._source and replace(self._source, owner=tuple(owner[b] for b in self._source.owner))
        return self._made(begins, cells, partial, freq=name, span=span, source=source)

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
        self._plain("smoothed")
        if how not in ("mean", "ewm", "loess"):
            raise ValueError(f"how is 'mean', 'ewm' or 'loess', not {how!r}")
        if window < 1:
            raise ValueError(f"a window of {window} buckets")
        if self.freq in CYCLES:
            raise ValueError(f"{self.freq} comes again and has no neighbours to smooth over")
        frame = _series.Window(window, center, how)
        return self._with_values([_series.smooth(k, n, frame, self._z) for k, n in self._pairs()], "smoothed share")

    def cumulative(self) -> Trend:
        """Everything up to and with each bucket: running counts, running totals, and the share of the one in the other."""
        self._plain("summed up")
        if self.freq in CYCLES:
            raise ValueError(f"{self.freq} comes again and has no beginning to sum from")
        cells = []
        for counts, totals in self._pairs():
            k, n = _running(counts), _running(totals)
            cells.append((k, n, [_series.share(a, b, self._z) for a, b in zip(k, n, strict=True)]))
        return self._made(self._begins(), cells, self["partial"].to_list()[: self._n], measure="cumulative share")

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
        self._plain("compared")
        if periods < 1 or self.freq in CYCLES:
            raise ValueError("a change is against 1 or more buckets before, of a trend whose buckets do not come again")

        def moved(now: tuple[int, int], before: tuple[int, int]) -> Band:
            if not relative:
                return _series.difference(now, before, self._z)
            value, lower, upper = _series.ratio(now, before, self._z)
            return tuple(None if v is None else v - 1 for v in (value, lower, upper))  # type: ignore[return-value]

        bands = []
        for counts, totals in self._pairs():
            cells = list(zip(counts, totals, strict=True))
            first: list[Band] = [_series.NONE] * min(periods, len(cells))
            bands.append([*first, *(moved(now, before) for now, before in zip(cells[periods:], cells, strict=False))])
        return self._with_values(bands, "relative change" if relative else "change")

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
        if self.measure not in ("share", "smoothed share", "deseasoned share"):
            self._plain("made an index")
        columns = self.to_dict()
        bands = []
        for i, (counts, totals) in enumerate(self._pairs()):
            at_ = self._rows_of(i)
            shares = columns["share"][at_]
            unit = self._reference(shares, counts, totals, at)
            if not unit:
                raise ValueError(f"the share of {self.series[i]!r} is 0 or missing there: it cannot be the unit of an index")
            rows = zip(shares, columns["lower"][at_], columns["upper"][at_], strict=True)
            bands.append([tuple(None if v is None else to * v / unit for v in row) for row in rows])
        return self._with_values(bands, "index")  # type: ignore[arg-type]

    def _reference(self, shares: Sequence[float | None], counts: Sequence[int], totals: Sequence[int], at: When | str) -> float | None:
        if at == "mean":
            return sum(counts) / sum(totals) if sum(totals) else None
        there = [v for v in shares if v] if at in ("max", "first") else [shares[i] for i in _places(self, at)[:1]]
        return (max(there, default=None) if at == "max" else there[0] if there else None)  # type: ignore[type-var]

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

        def of(k: int, m: int, both: int, n: int) -> Band:
            return _series.difference((k, n), (m, n), self._z, _series.phi_of(both, k, m, n))

        return self._compared(a, b, "difference", of)

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
        return self._compared(a, b, "ratio", lambda k, m, both, n: _series.ratio((k, n), (m, n), self._z, both))

    def _compared(self, a: str, b: str, name: str, of: Callable[[int, int, int, int], Band]) -> Table:
        self._plain("compared")
        i, j = self._series_index(a), self._series_index(b)
        if self._source is None:
            raise ValueError("how many articles two series share cannot be asked of a sum of trends")
        columns = self.to_dict()
        k, m, n = columns["count"][self._rows_of(i)], columns["count"][self._rows_of(j)], columns["total"][self._rows_of(i)]
        both = self._source.both(i, j, self._n) if self.unit == "articles" else [0] * self._n
        bands = [of(*row) for row in zip(k, m, both, n, strict=True)]
        axis, kind = _buckets.kind(self.freq, self.tz)
        made = (
            (axis, kind, self._begins()),
            ("count_a", "int64", k),
            ("count_b", "int64", m),
            ("both", "int64", both if self.unit == "articles" else [None] * self._n),
            ("total", "int64", n),
            *((label, "float64", [band[c] for band in bands]) for c, label in enumerate((name, "lower", "upper"))),
            ("partial", "bool", columns["partial"][: self._n]),
        )
        return Table(_core.table(made), f"{name} of {a} and {b}", origin=self._origin)

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
        self._plain("added")
        other._plain("added")
        for what in ("freq", "series", "level", "tz", "unit"):
            if getattr(self, what) != getattr(other, what):
                raise ValueError(f"trends of another {what} do not add: {getattr(self, what)!r} and {getattr(other, what)!r}")
        _check_disjoint(self._source, other._source)
        begins = _buckets.axis(self.freq, [*self._begins(), *other._begins()])
        span = min(self._span[0], other._span[0]), max(self._span[1], other._span[1])
        if not self._n or not other._n:
            span = other._span if not self._n else self._span
        cells = []
        for (k1, n1), (k2, n2) in zip(self._pairs(), other._pairs(), strict=True):
            k = _laid(begins, (self._begins(), k1), (other._begins(), k2))
            n = _laid(begins, (self._begins(), n1), (other._begins(), n2))
            cells.append((k, n, [_series.share(a, b, self._z) for a, b in zip(k, n, strict=True)]))
        partial = [_buckets.is_partial(self.freq, begin, *span) for begin in begins]
        of = self._of if self._of == other._of else f"{self._of}, {other._of}"
        is_all = self._is_all and other._is_all
        return self._made(begins, cells, partial, _unplaced_sum(self, other), span=span, source=None, of=of, is_all=is_all, origin=None)

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
        if value not in ("count", "share", "per_million"):
            raise ValueError(f"value is 'count', 'share' or 'per_million', not {value!r}")
        cells = self["count" if value == "count" else "share"].to_list()
        if value == "per_million":
            cells = [None if v is None else 1e6 * v for v in cells]
        axis, kind = _buckets.kind(self.freq, self.tz)
        columns = [(name, "int64" if value == "count" else "float64", cells[self._rows_of(i)]) for i, name in enumerate(self.series)]
        return Table(_core.table(((axis, kind, self._begins()), *columns)), self.query, origin=self._origin)

    def to_xarray(self) -> Any:
        """An xarray Dataset with dimensions (date, series) and the other columns as variables.

        ``date`` is datetime64; in a zone it is in UTC.
        """
        import numpy as np
        import xarray

        shape = len(self.series), self._n
        variables: dict[str, Any] = {}
        for name in ("count", "total", "share", "lower", "upper"):
            variables[name] = ((self._axis, "series"), np.asarray(self[name].to_numpy()).reshape(shape).T)
        variables["partial"] = (self._axis, self["partial"].to_numpy()[: self._n])
        when = self[self._axis].to_numpy()[: self._n]
        when = when.astype("datetime64[ns]") if np.issubdtype(when.dtype, np.datetime64) else when
        return xarray.Dataset(variables, {self._axis: when, "series": self.series}, {"freq": self.freq, "measure": self.measure, "share_of": self._of})

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
        return self._remade(_trend_stats.deseason(self, by), "deseasoned share")

    # --- pickles: a trend is its numbers, and the way to the articles where the archive is still there

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_source": _packed(self._source)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({**state, "_source": _unpacked(state["_source"])})

    def _remade(self, core: _core.Table, measure: Measure) -> Trend:
        """The same buckets with the cells of another table."""
        return Trend(
            core, self.unplaced._core, self.freq, self.series, self.query, self.level, self._of, self._is_all,
            span=self._span, tz=self.tz, unit=self.unit, measure=measure, source=self._source, origin=self._origin,
        )  # fmt: skip

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.trend_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": repr(self), "text/html": _cards.trend_html(self)}

    def _ipython_key_completions_(self) -> list[str]:
        return self.columns


# --- numbers


def _summed(values: Sequence[int], owner: Sequence[int], n: int) -> list[int]:
    out = [0] * n
    for value, place in zip(values, owner, strict=True):
        out[place] += value
    return out


def _running(values: Sequence[int]) -> list[int]:
    out, total = [], 0
    for value in values:
        total += value
        out.append(total)
    return out


def _laid(begins: Sequence[int], *parts: tuple[Sequence[int], Sequence[int]]) -> list[int]:
    """Sums over a longer axis."""
    place = {begin: i for i, begin in enumerate(begins)}
    out = [0] * len(begins)
    for there, values in parts:
        for begin, value in zip(there, values, strict=True):
            out[place[begin]] += value
    return out


def _unplaced_sum(a: Trend, b: Trend) -> _core.Table:
    sums: dict[tuple[str, str], list[int]] = {}
    for row in [*a.unplaced, *b.unplaced]:
        cell = sums.setdefault((row["precision"], row["series"]), [0, 0])
        cell[0] += row["count"]
        cell[1] += row["total"]
    columns = (
        ("precision", "dictionary", [p for p, _ in sums]),
        ("series", "dictionary", [s for _, s in sums]),
        ("count", "int64", [k for k, _ in sums.values()]),
        ("total", "int64", [n for _, n in sums.values()]),
    )
    return _core.table(columns)


def _check_disjoint(a: Source | None, b: Source | None) -> None:
    """Refuses bases of one archive that overlap."""
    common = 0 if a is None or b is None else _in_common(a.base, b.base)
    if common:
        raise ValueError(f"the bases of the two trends have {common:,} articles in common: only trends of different articles add")


def _in_common(a: Articles, b: Articles) -> int:
    """How many articles two selections share; those of one snapshot that was opened twice, as by a pickle, are brought together."""
    mine, theirs = a._open(), b._open()
    if a._archive is not b._archive:
        if b._plan is None or a._archive._handle(mine.snapshot)[1:4] != b._archive._handle(theirs.snapshot)[1:4]:
            return 0
        [(theirs, _)] = _plan.run(_plan.dump([b._plan]), mine.snapshot)
    return mine.combine(theirs, 0).count


def _packed(source: Source | None) -> bytes | None:
    """A source in a pickle of its own; None where a selection has no plan."""
    try:
        return None if source is None else pickle.dumps(source)
    except TypeError:
        return None


def _unpacked(packed: bytes | None) -> Source | None:
    """The source again; None where the archive, or its snapshot, is not there any more."""
    try:
        source: Source | None = None if packed is None else pickle.loads(packed)
        return source
    except OSError:
        return None


# --- naming buckets


def _places(t: Trend, when: When | int) -> list[int]:
    """Places of the buckets that `when` names, never none."""
    begins = t._begins()
    places = _places_of_cycle(t.freq, begins, when) if t.freq in CYCLES else _places_of_time(t, begins, when)
    if not places:
        there = [_buckets.name(v, t.freq) for v in (t[t._axis].to_list()[0], t[t._axis].to_list()[t._n - 1])] if t._n else []
        raise ValueError(f"the trend has no {t.freq} {when}" + (f": it goes from {there[0]} to {there[1]}" if there else ": it is empty"))
    return places


def _places_of_cycle(freq: Freq, begins: Sequence[int], when: When | int) -> list[int]:
    names = {"weekday": _buckets.WEEKDAYS, "month-of-year": ("", *_buckets.MONTHS)}.get(freq, ())
    text = str(when).casefold()
    number = next((i for i, name in enumerate(names) if name and len(text) > 2 and name.casefold().startswith(text)), None)
    if number is None:
        number = int(text[:2] if freq == "hour-of-day" else text) if text[:1].isdecimal() else -1
    return [i for i, begin in enumerate(begins) if begin == number]


def _places_of_time(t: Trend, begins: Sequence[int], when: When | int) -> list[int]:
    first, last = _moments(when) if t.freq == "hour" else period(when) if not isinstance(when, int) else (when, when)
    walls = [_buckets.local(b, t.tz) for b in begins] if t.freq == "hour" else begins
    inside = [i for i, begin in enumerate(walls) if first <= begin <= last]
    if inside:
        return inside
    return [i for i, begin in enumerate(begins) if begin <= first < _buckets.following(t.freq, begin)] if t.freq != "hour" else []


def _moments(when: When | int) -> tuple[int, int]:
    """First and last second of an hour or a longer period, on the wall."""
    if isinstance(when, str) and len(when) > 10 and when[10] in " T":
        when = dt.datetime.fromisoformat(when if len(when) > 13 else when + ":00")
    if isinstance(when, dt.datetime):
        second = int((when.replace(tzinfo=None, minute=0, second=0, microsecond=0) - dt.datetime(1970, 1, 1)).total_seconds())
        return second, second + _buckets.HOUR - 1
    if isinstance(when, int):
        raise ValueError(f"an hour is named by a datetime or as '2020-08-20 14', not {when!r}")
    first, last = period(when)
    return first * _buckets.DAY, (last + 1) * _buckets.DAY - 1
