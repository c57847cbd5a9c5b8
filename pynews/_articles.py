"""Selections of articles, and the archive they are selected from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pynews import _query
from pynews._article import Article
from pynews._errors import InputLimitError
from pynews._freq import FREQS, Freq, freq_of
from pynews._trend import Trend, make_trend

if TYPE_CHECKING:
    from pynews import _core
    from pynews._archive import Archive

Series = str | Sequence[str] | Mapping[str, str] | None
LABEL_LENGTH = 40


class Articles:
    """A selection of articles inside a base, in chronological order.

    ``search`` narrows the selection; the base stays, so every share has its denominator: ``len(found)`` of
    ``len(found.base)``. Undated articles come last. A selection is cheap, immutable and safe to use from any thread.
    """

    def __init__(self, archive: Archive, selection: _core.Selection, base: Articles | None, query: str) -> None:
        self._archive, self._selection, self._base, self._query = archive, selection, base, query

    @property
    def base(self) -> Articles:
        """What shares are taken of."""
        return self._base or self

    @property
    def query(self) -> str:
        """The query that selects these articles; empty for all of them."""
        return self._query

    def __len__(self) -> int:
        return self._open().count

    def __bool__(self) -> bool:
        return len(self) > 0

    def __iter__(self) -> Iterator[Article]:
        selection = self._open()
        for place in range(selection.count):
            yield Article(selection.article(place))

    def __contains__(self, article: Article | str) -> bool:
        return self._open().has(article.id if isinstance(article, Article) else article)

    def __getitem__(self, k: int) -> Article:
        """The article at place `k` of the chronological order; negative places count from the end."""
        n = len(self)
        place = k.__index__()
        if not -n <= place < n:
            raise IndexError(f"place {place} of {n:,} articles")
        return Article(self._open().article(place % n))

    def article(self, id_or_url: str) -> Article:
        """The article with this id, or with this URL.

        Raises
        ------
        KeyError
            If the selection holds no such article.
        """
        fields = self._archive._snapshot_open().find(id_or_url)
        if fields is None or not self._open().has(fields["id"]):
            raise KeyError(f"no article with the id or URL {id_or_url!r}")
        return Article(fields)

    def search(self, query: str) -> Articles:
        """Those of these articles that the query finds; the base stays.

        Parameters
        ----------
        query : str
            Words and "phrases", all of which an article must have in title or body; ``AND`` between them may be written or
            left out. Words are cut and folded like the text (docs/WORDS.md): case, accents of Latin letters and the kind
            of quotation mark do not matter, ``Covid-19`` finds "covid 19".

        Returns
        -------
        Articles

        Raises
        ------
        QuerySyntaxError
            With the place in the query, a hint, and the limit if one was exceeded.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> found = ar.search("korea AND blockchain")
        >>> len(found) < len(found.base) == len(ar)
        True
        """
        text = _query.check(query)
        try:
            found = self._open().search(text)
        except InputLimitError as e:
            raise _query.too_large(text, e) from None
        joined = f"{self._query} {text}" if self._query else text
        return Articles(self._archive, found, self.base, joined)

    def trend(self, queries: Series = None, freq: Freq | str = "month", *, level: float = 0.95) -> Trend:
        """How many of these articles there are per bucket of time, of how many in the base.

        Parameters
        ----------
        queries : str, sequence of str, mapping of name to str, or None
            One series per query; each counts the articles of this selection that the query finds. None counts the
            selection itself.
        freq : {'day', 'week', 'month', 'quarter', 'year'}, default 'month'
            Width of a bucket. Weeks begin on Monday. Buckets are labelled by their first day.
        level : float, default 0.95
            Confidence level of the band.

        Returns
        -------
        Trend
            Columns date, series, count, total, share, lower, upper, partial. ``share`` is count / total, null where
            nothing was published; the band is Wilson's score interval (E. B. Wilson 1927, JASA 22:209-212);
            ``partial`` marks a bucket that the base does not cover wholly. Articles whose printed date is coarser than
            the bucket are in ``Trend.unplaced``.

        Raises
        ------
        QuerySyntaxError, UnknownNameError
            For a wrong query; for a wrong frequency.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> t = ar.trend("korea", freq="year")
        >>> t.columns
        ['date', 'series', 'count', 'total', 'share', 'lower', 'upper', 'partial']
        >>> sum(t["total"]) == len(ar)
        True
        """
        name = freq_of(freq)
        series = self._series(queries)
        trend, unplaced = self._open().trend(self.base._open(), series, FREQS.index(name), float(level))
        return make_trend(self, trend, unplaced, name, series, level)

    def _series(self, queries: Series) -> tuple[tuple[str, str | None], ...]:
        if queries is None:
            return ((_label(self._query) or "all articles", None),)
        if isinstance(queries, str):
            return ((_label(queries), _query.check(queries)),)
        if isinstance(queries, Mapping):
            return tuple((str(name), _query.check(text)) for name, text in queries.items())
        return tuple((_label(text), _query.check(text)) for text in queries)

    def _open(self) -> _core.Selection:
        self._archive._snapshot_open()
        return self._selection

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.articles_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": _cards.articles_text(self), "text/html": _cards.articles_html(self)}


def _label(query: str) -> str:
    """A long query makes a bad column label: cut, with the sign that it was cut."""
    return query if len(query) <= LABEL_LENGTH else query[: LABEL_LENGTH - 1] + "…"
