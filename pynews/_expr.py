"""Queries as Python expressions: ``q.tag("Blockchain") & ~q.title("market")``. Each is a query string with its meaning settled."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from operator import index
from typing import TYPE_CHECKING, Literal, NoReturn

from pynews import _core, _explain, _query
from pynews._errors import QuerySyntaxError

if TYPE_CHECKING:
    from pynews._article import Article
    from pynews._articles import Articles

When = str | dt.date
_EPOCH = dt.date(1970, 1, 1)
LIKE_MAX = 10_000


class Expr:
    """A query. Prints as its canonical string, and ``q(str(e)) == e``.

    Combine with ``&``, ``|`` and ``~``; put comparisons in parentheses: ``q.tag("AI") & (q.date >= "2020-07")``.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __and__(self, other: QueryLike) -> Expr:
        return expr(f"({self}) AND ({expr(other)})")

    def __or__(self, other: QueryLike) -> Expr:
        return expr(f"({self}) OR ({expr(other)})")

    def __rand__(self, other: QueryLike) -> Expr:
        return expr(other) & self

    def __ror__(self, other: QueryLike) -> Expr:
        return expr(other) | self

    def __invert__(self) -> Expr:
        return expr(f"NOT ({self})")

    def explain(self, archive: Articles | None = None) -> str:
        """How the query is read; with an archive or a selection, how many articles of it each part finds.

        Examples
        --------
        >>> from pynews import q
        >>> print(q("korea AND tag:AI OR storm").explain())
        parsed as (korea AND tag:AI) OR storm
        OR
        ├ AND
        │ ├ korea
        │ └ tag:AI
        └ storm
        """
        return _explain.text(_explain.read(self._text)) if archive is None else archive.search(self).explain()

    def __bool__(self) -> NoReturn:
        raise TypeError("a query is neither true nor false: join queries by & | ~, put comparisons in ( ), and use q.date.between(a, b) for a range")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expr) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"q({self._text!r})"


QueryLike = str | Expr


def expr(query: QueryLike) -> Expr:
    """The query with its canonical text, or the error that says what is wrong with it."""
    return query if isinstance(query, Expr) else Expr(_query.check(query))


def quote(text: str) -> str:
    """Text as it stands in a query between quotation marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one_word(text: str, what: str) -> str:
    """Text that stands in a query as it is, for signs behind it."""
    for place, c in enumerate(text):
        if c.isspace() or c in '"“”„«»():/~*?':
            raise QuerySyntaxError(f"{what} takes one word", text, place, "join several by & or |")
    return text


def period(when: When) -> tuple[int, int]:
    """First and last day, since 1970-01-01, of a date or a part of one."""
    if isinstance(when, dt.datetime):
        when = when.date()
    text = when.isoformat() if isinstance(when, dt.date) else str(when)
    days = _core.period(text)
    if days is None:
        raise ValueError(f"a date is '2020', '2020-08', '2020-08-20', '2020-W34', '2020-Q3' or a datetime.date, not {when!r}")
    return days


def _iso(day: int) -> str:
    return (_EPOCH + dt.timedelta(days=day)).isoformat()


def _range(first: int | None, last: int | None) -> str:
    """A range of days as a query names it: by years or months where it consists of such, as 2020..2021 or 2020-08."""
    begin, behind = ("" if day is None else _iso(day) for day in (first, None if last is None else last + 1))
    signs = 4 if all(day[4:] in ("", "-01-01") for day in (begin, behind)) else 7 if all(day[7:] in ("", "-01") for day in (begin, behind)) else 10
    end = "" if last is None else _iso(last)[:signs]
    return begin[:signs] if begin and begin[:signs] == end else f"{begin[:signs]}..{end}"


class DateField:
    """Dates in queries: ``q.date >= "2020-08"``, ``q.date.between("2020", "2021-06")``, ``q.date.on("2020-08-20")``.

    An article is found when the whole of its printed date lies inside; parts of dates are inclusive.
    """

    def __ge__(self, when: When) -> Expr:
        return expr(f"date:{_range(period(when)[0], None)}")

    def __gt__(self, when: When) -> Expr:
        return expr(f"date:{_range(period(when)[1] + 1, None)}")

    def __le__(self, when: When) -> Expr:
        return expr(f"date:{_range(None, period(when)[1])}")

    def __lt__(self, when: When) -> Expr:
        return expr(f"date:{_range(None, period(when)[0] - 1)}")

    def __eq__(self, when: object) -> NoReturn:
        raise TypeError("ask for a day by q.date.on(day), for a range by q.date.between(first, last)")

    __hash__ = None  # type: ignore[assignment]

    def between(self, start: When | None, end: When | None) -> Expr:
        """From the first day of `start` to the last of `end`, both inclusive; None leaves an end open."""
        if start is None and end is None:
            raise ValueError("a range needs at least one end")
        return expr(f"date:{_range(None if start is None else period(start)[0], None if end is None else period(end)[1])}")

    def on(self, when: When) -> Expr:
        """The day, week, month, quarter or year."""
        return self.between(when, when)


class Q:
    """Makes queries: ``q("korea OR tag:AI")`` from a string, the methods from parts. Several values in one call mean OR."""

    date = DateField()

    def __call__(self, query: QueryLike) -> Expr:
        """A query string as an expression."""
        return expr(query)

    def word(self, *words: str, field: Literal["any", "title", "lead", "body"] = "any") -> Expr:
        """Articles with one of the words: in title or body, or in the title, the body or its first 50 words alone."""
        if field not in ("any", "title", "lead", "body"):
            raise ValueError(f"a word stands in any, title, lead or body, not {field!r}")
        return self._either("" if field == "any" else f"{field}:", words)

    def phrase(self, text: str, slop: int = 0) -> Expr:
        """Articles in which the words stand one after the other, or moved by at most `slop` places in all."""
        return expr(quote(text) + (f"~{index(slop)}" if slop else ""))

    def near(self, *terms: QueryLike, within: int = 5, ordered: bool = False) -> Expr:
        """Articles in which the terms stand near each other: at most ``within - 1`` other words between all of them.

        Parameters
        ----------
        *terms : str or Expr
            Two to eight words, phrases, patterns, or alternatives of these: ``q.word("bank", "broker")``.
        within : int, default 5
            1 to 100: 1 is side by side.
        ordered : bool, default False
            Whether they must stand in the order given.
        """
        if len(terms) < 2:
            raise TypeError("at least two terms are needed")
        return expr(f" {'PRE' if ordered else 'NEAR'}/{index(within)} ".join(f"({expr(term)})" for term in terms))

    def at_least(self, n: int, term: QueryLike) -> Expr:
        """Articles in which the word, phrase or pattern stands at least `n` times."""
        return expr(f"atleast{index(n)}:({expr(term)})")

    def prefix(self, start: str) -> Expr:
        """Articles with a word that begins so."""
        return expr(_one_word(start, "a prefix") + "*")

    def fuzzy(self, word: str, distance: int = 2) -> Expr:
        """Articles with a word that differs by at most `distance` (1 or 2) letters put in, left out, changed, or exchanged with a neighbour."""
        return expr(f"{_one_word(word, 'a fuzzy search')}~{index(distance)}")

    def regex(self, pattern: str) -> Expr:
        """Articles with a word that the regular expression matches as a whole: docs/QUERIES.md says what it may hold."""
        for place, c in enumerate(pattern):
            if c.isspace():
                raise QuerySyntaxError("a regular expression matches one word: it has no blanks", pattern, place, "use q.near or q.phrase for several words")
        if not pattern:
            raise QuerySyntaxError("a regular expression needs something to match", hint="q.regex('colou?rs?')")
        return expr("/" + re.sub(r"(\\.)|/", lambda m: m[1] or r"\/", pattern, flags=re.DOTALL) + "/")

    def title(self, query: QueryLike) -> Expr:
        """Articles whose title has the words of the query."""
        return expr(f"title:({expr(query)})")

    def body(self, query: QueryLike) -> Expr:
        """Articles whose body has the words of the query."""
        return expr(f"body:({expr(query)})")

    def lead(self, query: QueryLike, words: int = 50) -> Expr:
        """Articles that have the words of the query among the first `words` of the body."""
        return expr(f"lead{index(words)}:({expr(query)})")

    def length(self, low: int | None = None, high: int | None = None) -> Expr:
        """Articles with `low` to `high` words in title and body, both inclusive; None leaves an end open."""
        if low is None and high is None:
            raise ValueError("a range needs at least one end")
        return expr(f"length:{'' if low is None else index(low)}..{'' if high is None else index(high)}")

    def tag(self, *tags: str) -> Expr:
        """Articles with one of the tags."""
        return self._either("tag:", tags)

    def untagged(self) -> Expr:
        """Articles without any tag."""
        return expr("tag:none")

    def section(self, *sections: str) -> Expr:
        """Articles of one of the sections."""
        return self._either("section:", sections)

    def source(self, *sources: str) -> Expr:
        """Articles of one of the outlets."""
        return self._either("source:", sources)

    def author(self, *authors: str) -> Expr:
        """Articles by one of the authors."""
        return self._either("author:", authors)

    def language(self, *languages: str) -> Expr:
        """Articles in one of the languages, as given by their inputs."""
        return self._either("lang:", languages)

    def ids(self, *ids: Article | str) -> Expr:
        """The articles with these ids."""
        return self._either("id:", map(_id_of, ids))

    def links_to(self, *ids: Article | str) -> Expr:
        """Articles with a related entry that means one of these articles (ids or addresses)."""
        return self._either("links_to:", map(_id_of, ids))

    def linked_from(self, *ids: Article | str) -> Expr:
        """The articles that related entries of these articles mean (ids or addresses)."""
        return self._either("linked_from:", map(_id_of, ids))

    def like(self, article: Article | str, k: int = 20) -> Expr:
        """The `k` articles of the archive (1 to 10,000) most like this one, an article or its id, without itself (docs/RANKING.md)."""
        if not 1 <= index(k) <= LIKE_MAX:
            raise ValueError(f"k is 1 to {LIKE_MAX:,} articles, not {k}")
        return expr(f"like{index(k)}:{quote(_id_of(article))}")

    def url(self, *urls: str) -> Expr:
        """The articles with these addresses."""
        return self._either("url:", urls)

    def _either(self, field: str, values: Iterable[str]) -> Expr:
        parts = [field + quote(_text(value)) for value in values]
        if not parts:
            raise TypeError("at least one value is needed")
        return expr(" OR ".join(parts))


def _id_of(article: Article | str) -> str:
    return article if isinstance(article, str) else article.id


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a value of a query is a str, not {type(value).__name__}")
    return value


q = Q()
