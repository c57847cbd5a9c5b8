"""One article, as it was read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from pynews import _core, _query
from pynews._concordance import Highlight, pieces
from pynews._errors import InputLimitError
from pynews._expr import QueryLike, expr, q
from pynews._plan import ALL, Plan, step
from pynews._printed import iso

if TYPE_CHECKING:
    from pynews._articles import Articles

Precision = Literal["year", "month", "day", "second"] | None
_PRECISIONS: tuple[Precision, ...] = (None, "year", "month", "day", "second")
_When = tuple[int, int, int, int, int | None, int, int] | None


def _date(when: _When) -> dt.date | None:
    return dt.date(*when[:3]) if when else None


def _precision(when: _When) -> Precision:
    return _PRECISIONS[when[5]] if when else None


def _written(when: _When) -> str | None:
    """A date, with its clock time where there is one, as it is read back the same; of a month or a year no more than that."""
    time, date = _time(when), _date(when)
    return time.isoformat() if time else None if date is None else iso(date, _precision(when))


def _time(when: _When) -> dt.datetime | None:
    """Date and clock time as printed; with its zone's offset where one was read."""
    if when is None or when[3] < 0:
        return None
    zone = None if when[4] is None else dt.timezone(dt.timedelta(minutes=when[4]))
    return dt.datetime(*when[:3], tzinfo=zone) + dt.timedelta(seconds=when[3])


LINKS_AT_HAND = 100_000          # related entries that are resolved in the blink of an eye


@step("like")
def _like(snapshot: _core.Snapshot, within: _core.Selection, article: str, k: int) -> _core.Selection:
    return within.like(article, k)


def at_hand(snapshot: _core.Snapshot) -> bool:
    """Whether links can be asked about without work that is felt."""
    return snapshot.links_made() or snapshot.info()["related"] <= LINKS_AT_HAND


class Related:
    """An entry of a page's list of related articles.

    Attributes
    ----------
    title, teaser, category, url : str or None
        As printed; the teaser without its final ellipsis.
    truncated : bool
        Whether the teaser was cut, that is ended in an ellipsis.
    date : datetime.date or None
        The entry's printed date; of year and month precision the first day. It may lie after the article's own: the page was made later.
    """

    __slots__ = ("_of", "_ordinal", "_when", "category", "date", "teaser", "title", "truncated", "url")

    def __init__(
        self,
        title: str | None,
        teaser: str | None,
        truncated: bool,
        category: str | None,
        url: str | None,
        when: _When,
        of: Article | None = None,
        ordinal: int = 0,
    ) -> None:
        self.title, self.teaser, self.truncated, self.category, self.url = title, teaser, truncated, category, url
        self.date, self._when = _date(when), when
        self._of, self._ordinal = of, ordinal

    @property
    def date_precision(self) -> Precision:
        """How much of the date was printed: 'year', 'month', 'day', 'second', or None without one."""
        return _precision(self._when)

    @property
    def article(self) -> Article | None:
        """The article of the archive that the entry means, found by URL, else by title and date; None where it dangles.

        None, too, on a page that was parsed without an archive.
        """
        if self._of is None or self._of._home is None:
            return None
        home = self._of._home
        home[0]._open()
        fields = home[1].link(self._of._ref, self._ordinal)
        return None if fields is None else Article(fields, home)

    def to_dict(self) -> dict[str, Any]:
        """The entry as a plain dict; empty fields are left out."""
        out = {"title": self.title, "teaser": self.teaser, "category": self.category, "url": self.url}
        out["date"] = _written(self._when)
        return {name: value for name, value in out.items() if value}

    def _date_text(self) -> str | None:
        """The date as far as it was printed."""
        return None if self.date is None else iso(self.date, self.date_precision)

    def __repr__(self) -> str:
        return f"Related({self.title!r}, date={self._date_text()}, category={self.category!r})"


class Article:
    """One article: every field as it was read, and where it came from.

    Articles come from an archive (``ar[0]``, iteration, ``ar.article(id)``) or from :func:`pynews.parse`.

    Examples
    --------
    >>> import pynews
    >>> page = "Rail line opens\\n\\nPublished at: Aug. 20, 2020\\n\\nTrains ran on time.\\n\\nTags\\nRail\\nRelated Posts\\n"
    >>> [article] = pynews.parse(page)
    >>> article.title, article.date, article.tags
    ('Rail line opens', datetime.date(2020, 8, 20), ('Rail',))
    """

    __slots__ = ("_fields", "_home", "_ref")

    def __init__(self, fields: dict[str, Any], home: tuple[Articles, _core.Snapshot] | None = None) -> None:
        self._ref: int = fields.pop("ref", 0)
        self._fields, self._home = fields, home                # where it came from, and its number there: for its links

    def _text(self, name: str) -> str | None:
        value: str | None = self._fields[name]
        return value

    def _texts(self, name: str) -> tuple[str, ...]:
        values: tuple[str, ...] = self._fields[name]
        return values

    @property
    def id(self) -> str:
        """The article's key: the id its input gave, else its normalised URL, else a hash of its content."""
        return str(self._fields["id"])

    @property
    def title(self) -> str | None:
        """The headline."""
        return self._text("title")

    @property
    def body(self) -> str:
        """The text; paragraphs are separated by one blank line."""
        return self._text("body") or ""

    @property
    def teaser(self) -> str | None:
        """Summary, description or standfirst."""
        return self._text("teaser")

    @property
    def date(self) -> dt.date | None:
        """Civil date as printed; of year and month precision the first day. See ``date_precision``."""
        return _date(self._fields["date"])

    @property
    def time(self) -> dt.datetime | None:
        """Date and clock time as printed, with the zone's offset where one was read; None without a clock time."""
        return _time(self._fields["date"])

    @property
    def date_precision(self) -> Precision:
        """How much of the date was printed: 'year', 'month', 'day', 'second', or None for an undated article."""
        return _precision(self._fields["date"])

    @property
    def date_raw(self) -> str | None:
        """The date as printed, where it was not understood or not certain."""
        return self._text("date_raw")

    @property
    def modified(self) -> dt.date | None:
        """Date of the last change, if the page named one; of year and month precision the first day."""
        return _date(self._fields["modified"])

    def _modified_text(self) -> str | None:
        """The same as far as it was printed."""
        return None if self.modified is None else iso(self.modified, _precision(self._fields["modified"]))

    @property
    def section(self) -> str | None:
        """The section the article stood in, else the one that others' related entries tell of it (docs/LINKS.md)."""
        return self._text("section") or self._told_section()

    @property
    def section_from(self) -> Literal["article", "related"] | None:
        """Where the section comes from: 'article', or 'related' where only other pages' related entries tell it."""
        return "article" if self._text("section") else "related" if self._told_section() else None

    def _told_section(self) -> str | None:
        return None if self._home is None else self._home[1].section(self._ref)

    def _section_at_hand(self) -> str | None:
        """The section as far as it can be said without work: for cards."""
        return self.section if self._home is not None and at_hand(self._home[1]) else self._text("section")

    @property
    def source(self) -> str | None:
        """The outlet: as given when adding, else as the input said, else the URL's host."""
        return self._text("source")

    @property
    def authors(self) -> tuple[str, ...]:
        """Names in the order printed."""
        return self._texts("authors")

    @property
    def author(self) -> str | None:
        """The authors joined by commas."""
        return ", ".join(self.authors) or None

    @property
    def url(self) -> str | None:
        """Address as given."""
        return self._text("url")

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags in the order printed, repeats dropped."""
        return self._texts("tags")

    @property
    def language(self) -> str | None:
        """Language code as given."""
        return self._text("language")

    @property
    def related(self) -> tuple[Related, ...]:
        """The page's list of related articles; ``.article`` of each is the one of the archive that it means."""
        entries = enumerate(self._fields["related"])
        return tuple(Related(title, teaser, cut, category, url, when, self, i) for i, (title, teaser, cut, category, url, when) in entries)

    @property
    def linked_from(self) -> Articles:
        """The articles of the archive that link to this one: those with a related entry that means it.

        Raises
        ------
        ValueError
            For an article that was parsed without an archive.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> target = ar[-1].related[0].article
        >>> target is None or ar[-1] in target.linked_from
        True
        """
        if self._home is None:
            raise ValueError("an article that was parsed without an archive is linked from nowhere")
        articles, _ = self._home
        articles._open()
        return articles._everything().search(q.links_to(self.id))

    def similar(self, k: int = 10) -> Articles:
        """The `k` articles of the archive most like this one, best first.

        Parameters
        ----------
        k : int, default 10
            How many, 1 to 10,000; fewer where fewer share a telling word with it.

        Returns
        -------
        Articles
            In rank order, without this one: iteration, ``[i]`` and ``table()``, which begins with rank and score. Their base is all of the
            archive. ``ar.search(q.like(article, k))`` finds the same ones, to be joined with other queries.

        Raises
        ------
        ValueError
            If `k` is out of range, or the article is of no archive: `pynews.parse` made it, or it was unpickled.

        Notes
        -----
        Of the words of title and text the 25 with the largest tf * idf are asked for, joined by OR: tf is how often the word stands in this
        article, idf = ln(1 + (N - df + 0.5) / (df + 0.5)), N the live articles of the archive, df >= 2 of which have the word. Articles are
        ranked by BM25 as `Articles.top` does; equal scores stand in the order of time. docs/RANKING.md.

        Examples
        --------
        >>> import pynews
        >>> a = pynews.demo().search("korea")[0]
        >>> best = a.similar(5)
        >>> len(best), a in best
        (5, False)
        """
        from pynews._articles import Articles

        if self._home is None:
            raise ValueError("an article is like others of an archive, and this one is of none: pynews.build makes one")
        query = str(q.like(self, k))
        articles, snapshot = self._home
        articles._open()
        return Articles(articles._archive, snapshot.all().like(self.id, k), articles._everything(), query, plan=Plan("like", (self.id, k), (ALL,)))

    @property
    def extra(self) -> Mapping[str, Any]:
        """Fields of the input that have no place of their own."""
        raw = self._fields["extra"]
        return MappingProxyType(json.loads(raw) if raw else {})

    @property
    def origin(self) -> tuple[str, int, int]:
        """Where it was read: name of the input, byte offset, length.

        Of pages and JSON these are bytes of the input, after decompression. Rows of tables and entries of feeds become JSON
        lines first: offset and length are those of the line among all lines of that input.
        """
        return (self._fields["input"] or "", self._fields["offset"], self._fields["length"])

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """Codes of what was repaired or doubtful when it was read (docs/DIAGNOSTICS.md)."""
        return tuple(d[0] for d in self._fields["diagnostics"])

    def to_dict(self) -> dict[str, Any]:
        """The article as a plain dict that JSON can hold and `pynews.build` reads back; empty fields are left out."""
        out: dict[str, Any] = {"id": self.id, "title": self.title, "date": self._written("date"), "date_raw": self.date_raw}
        out |= {"modified": self._written("modified"), "section": self._text("section"), "source": self.source}
        out |= {"authors": list(self.authors), "url": self.url, "lang": self.language, "summary": self.teaser, "body": self.body}
        out |= {"related": [r.to_dict() for r in self.related]}
        out = {name: value for name, value in out.items() if value}
        if self._fields["tags_present"]:
            out["tags"] = list(self.tags)
        return out | {name: value for name, value in self.extra.items() if name not in out}

    def _written(self, name: str) -> str | None:
        return _written(self._fields[name])

    def highlight(self, query: QueryLike) -> Highlight:
        """The article's text with the places marked at which the query's words stand: the hits of `Articles.kwic`.

        Parameters
        ----------
        query : str or Expr
            It need not find the article: what stands there is marked.

        Returns
        -------
        Highlight
            Shows itself in a notebook with ``<mark>`` around each hit; ``html`` is the same as text.

        Raises
        ------
        ValueError
            If the article is of no archive: `pynews.parse` made it, or it was unpickled.

        Examples
        --------
        >>> import pynews
        >>> a = pynews.demo().search("korea")[0]
        >>> a.highlight("korea").hits > 0
        True
        """
        if self._home is None:
            raise ValueError("hits are looked up in an archive, and this article is of none: pynews.build makes one")
        text = str(expr(query))
        try:
            marks = self._home[1].all().marks(self.id, text)
        except InputLimitError as e:
            raise _query.too_large(text, e) from None
        body = self.body if _core.words(self.body) else self.teaser or ""
        in_title, in_body = ([(start, end) for side, start, end in marks if side == at] for at in (False, True))
        return Highlight(pieces(self.title or "", in_title), pieces(body, in_body))

    @property
    def _found_by(self) -> str:
        """The query of the selection it was taken from."""
        return self._home[0].query if self._home else ""

    def __reduce__(self) -> tuple[Any, ...]:
        return Article, (self._fields,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Article) and self._fields == other._fields

    def __hash__(self) -> int:
        return hash(self._fields["id"])

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.article_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": _cards.article_text(self), "text/html": _cards.article_html(self)}
