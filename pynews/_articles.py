"""Selections of articles, and the archive they are selected from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from pynews import _cite, _core, _counts, _explain, _labels, _plan, _query
from pynews._article import Article
from pynews._asked import EVER, NO_DAY, Days, both, either, meet, said, said_of_either
from pynews._errors import InputLimitError, UnknownNameError, unknown
from pynews._expr import Expr, QueryLike, When, expr, period, q
from pynews._freq import FREQS, Freq, freq_of
from pynews._listed import RUN, Listed
from pynews._mapped import mapped
from pynews._names import Field, Names, field_of
from pynews._plan import Plan
from pynews._reading import Reading
from pynews._settled import settled
from pynews._show import Lines
from pynews._table import Table
from pynews._trend import Trend
from pynews._trend_data import Unit
from pynews._trend_source import Options, Source, buckets_args
from pynews._words import Words

if TYPE_CHECKING:
    from pynews._archive import Archive
    from pynews._related import RelatedGraph

_T = TypeVar("_T")
Series = QueryLike | Sequence[QueryLike] | Mapping[str, QueryLike] | None
LABEL_LENGTH = 40
TAGGED = "NOT tag:none"
BOTH, EITHER, WITHOUT = 0, 1, 2


class Articles(Reading, Listed):
    """A selection of articles inside a base, in chronological order, or in the order of `top`.

    ``search`` narrows the selection; ``filter`` and dates in brackets narrow the base with it. So every share has its
    denominator: ``len(found)`` of ``len(found.base)``. Undated articles come last. A selection is cheap, immutable and safe
    to use from any thread. ``a & b``, ``a | b`` and ``a - b`` combine selections of one archive.
    """

    def __init__(
        self,
        archive: Archive,
        selection: _core.Selection,
        base: Articles | None,
        query: str,
        filtered: str = "",
        days: Days = EVER,
        plan: Plan | None = None,
        within: str = "",
    ) -> None:
        self._archive, self._selection, self._base, self._query = archive, selection, base, query
        self._filtered, self._days, self._plan = filtered, days, plan
        self._within = within                      # what narrowed them that no query can say, in words
        self._graph: RelatedGraph | None = None    # once it was asked for

    @property
    def base(self) -> Articles:
        """What shares are taken of."""
        return self if self._base is None else self._archive if self._base is self._archive._whole else self._base

    def _fixed_base(self) -> Articles:
        """The base as it is now: an archive object may move on to a newer snapshot, a selection stays."""
        return self._base or self

    @property
    def query(self) -> str:
        """The query that selects these articles; empty for all of them."""
        return self._query

    def __len__(self) -> int:
        return self._open().count

    def __bool__(self) -> bool:
        return len(self) > 0

    @settled
    def __iter__(self) -> Iterator[Article]:
        selection = self._open()
        home = (self, selection.snapshot)
        for place in range(0, selection.count, RUN):
            for fields in selection.articles(place, min(RUN, selection.count - place)):
                yield Article(fields, home)

    def __contains__(self, article: Article | str) -> bool:
        if not isinstance(article, (Article, str)):
            raise TypeError(f"what is in a selection is an article or its id, not {type(article).__name__}; what two selections share: a & b")
        return self._open().has(article.id if isinstance(article, Article) else article)

    @overload
    def __getitem__(self, k: int) -> Article: ...
    @overload
    def __getitem__(self, k: str | dt.date | slice) -> Articles: ...
    @settled
    def __getitem__(self, k: int | str | dt.date | slice) -> Article | Articles:
        """An article by its place, or the articles of a period.

        ``ar[0]`` and ``ar[-1]`` are the first and the last in chronological order. ``ar["2020-08"]`` and
        ``ar["2020":"2021-06"]`` narrow selection and base to the period, both ends inclusive; an article is inside when the
        whole of its printed date is.
        """
        if isinstance(k, (str, dt.date)):
            return self._between(k, k)
        if isinstance(k, slice):
            if k.step is not None:
                raise TypeError("a period has no step")
            if isinstance(k.start, int) or isinstance(k.stop, int):
                raise TypeError('a slice of articles is a period, such as ["2020-08":"2021"]; the first ones: .head(n)')
            return self._between(k.start, k.stop)
        if not hasattr(k, "__index__"):
            raise TypeError(f'in brackets stands a place, as ar[0], or a period, as ar["2020-08"], not {type(k).__name__}; columns: .table(["date", "title"])')
        n = len(self)
        place = k.__index__()
        if not -n <= place < n:
            raise IndexError(f"place {place} of {n:,} articles")
        selection = self._open()
        return Article(selection.article(place % n), (self, selection.snapshot))

    @settled
    def article(self, id_or_url: str) -> Article:
        """The article with this id, or with this URL.

        Raises
        ------
        KeyError
            If the selection holds no such article.
        """
        snapshot = self._open().snapshot
        fields = snapshot.find(id_or_url)
        if fields is None or not self._open().has(fields["id"]):
            raise KeyError(f"no article with the id or URL {id_or_url!r}")
        return Article(fields, (self, snapshot))

    @mapped
    def tags(self) -> Names:
        """Tags and how many of these articles carry each: ``ar.tags["AI"]``, most frequent first."""
        return Names(self._fixed(), "tag")

    @mapped
    def sections(self) -> Names:
        """Sections and how many of these articles stand in each."""
        return Names(self._fixed(), "section")

    @mapped
    def sources(self) -> Names:
        """Sources and how many of these articles each has."""
        return Names(self._fixed(), "source")

    @mapped
    def authors(self) -> Names:
        """Authors and how many of these articles each has."""
        return Names(self._fixed(), "author")

    @mapped
    def words(self) -> Words:
        """Words and how many of these articles have each: ``ar.words["korea"]``, most frequent first.

        Examples
        --------
        >>> import pynews
        >>> found = pynews.demo().search('"south korea" blockchain')
        >>> found.words["korea"] == len(found), found.words.prefix("blockch").to_dict()["word"]
        (True, ['blockchain'])
        """
        return Words(self._fixed())

    @property
    @settled
    def related(self) -> RelatedGraph:
        """The related entries of these articles as a graph: who points to whom, when, and what is not in the archive."""
        from pynews._related import RelatedGraph

        selection = self._open()
        if self._graph is None:
            self._graph = RelatedGraph(self, selection.graph((), False, None))
        return self._graph

    def _everything(self) -> Articles:
        """All articles of the snapshot that these are of."""
        return Articles(self._archive, self._open().snapshot.all(), None, "", plan=_plan.ALL)

    def _like(self, selection: _core.Selection, words: str) -> Articles:
        """Articles of the same snapshot, which these words tell; their base is all of it."""
        return Articles(self._archive, selection, self._everything(), "", within=words)

    @settled
    def _between(self, start: When | None, end: When | None) -> Articles:
        if start is None and end is None:
            return self
        narrowed = self.filter(q.date.between(start, end))
        days = meet(self._days, (NO_DAY if start is None else period(start)[0], NO_DAY if end is None else period(end)[1]))
        narrowed._days = narrowed._fixed_base()._days = days
        return narrowed

    @settled
    def search(self, query: QueryLike) -> Articles:
        """Those of these articles that the query finds; the base stays.

        Parameters
        ----------
        query : str or Expr
            Words, "phrases", ``"near phrases"~3``, ``block*``, ``korea~1``, ``/colou?r/``, ``a NEAR/5 b``, ``atleast3:korea``; places (``title:``,
            ``body:``, ``lead30:``); fields (``tag:AI``, ``section:``, ``source:``, ``author:``, ``lang:``, ``date:2020..2021-06``, ``length:``, ``id:``,
            ``url:``); joined by ``AND`` (or nothing), ``OR``, ``NOT`` and parentheses: docs/QUERIES.md. Words are cut and folded
            like the text (docs/WORDS.md): case, accents of Latin letters and the
            kind of quotation mark do not matter, ``Covid-19`` finds "covid 19".

        Returns
        -------
        Articles

        Raises
        ------
        QuerySyntaxError
            With the place in the query, a hint, and the limit if one was exceeded.
        UnknownNameError
            For a tag, section, source, author or language that no article of the archive carries, with names like it.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> found = ar.search("korea AND blockchain")
        >>> len(found) < len(found.base) == len(ar)
        True
        >>> len(ar.search("korea OR cbdc")) == len(ar.search("korea")) + len(ar.search("cbdc NOT korea"))
        True
        """
        text = str(expr(query))
        joined = str(expr(f"({self._query}) AND ({text})")) if self._query else text
        return Articles(self._archive, self._find(text), self._fixed_base(), joined, self._filtered, self._days, self._step("search", text), self._within)

    @settled
    def explain(self) -> str:
        """How the query of these articles was read, and how many articles of the base each part finds.

        Returns
        -------
        str
            The query with all its parentheses, then a line for each part: the articles of the base that it finds, and for patterns, fuzzy words and regular
            expressions the words of the archive it stands for. When nothing is found, which part is to blame.

        Examples
        --------
        >>> import pynews
        >>> print(pynews.demo().search('block* AND (korea OR "land registrar")').explain())
        68 of 3,000 articles
        parsed as block* AND (korea OR "land registrar")
         68  AND
        364  ├ block*   (2 words)
        331  └ OR
        331    ├ korea
          0    └ "land registrar"   ← nothing
        """
        head = f"{len(self):,} of {len(self._fixed_base()):,} articles"
        if not self._query:
            return Lines(head)
        return _explain.text(_explain.tree(self._fixed_base()._asked(lambda selection: selection.explain(self._query), self._query)), head)

    @settled
    def filter(self, *queries: QueryLike, **names: str | Sequence[str]) -> Articles:
        """Narrow selection and base alike: what the filter leaves out is in no share.

        Parameters
        ----------
        *queries : str or Expr
            All of them must find an article.
        **names
            ``tag=``, ``section=``, ``source=``, ``author=``, ``language=``, or labels that were attached: a name, or several of
            which one must fit.

        Returns
        -------
        Articles

        Raises
        ------
        QuerySyntaxError, UnknownNameError
            As for `search`.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> tagged = ar.filter(tag="Blockchain")
        >>> len(tagged) == len(tagged.base) < len(ar)
        True
        """
        own = {name: values for name, values in names.items() if name in self._archive._labels}
        if own:
            rest = {name: values for name, values in names.items() if name not in own}
            return _labels.filtered(self, own, self._archive._labels).filter(*queries, **rest)
        parts = [expr(query) for query in queries] + [_names(field, values) for field, values in names.items()]
        if not parts:
            return self
        text = str(expr(" AND ".join(f"({part})" for part in parts)))
        filtered = both(self._filtered, text)
        whole = self._fixed_base()
        base = Articles(self._archive, whole._find(text), None, "", filtered, self._days, whole._step("search", text), whole._within)
        if self._base is None:
            return base
        return Articles(self._archive, self._find(text), base, self._query, filtered, self._days, self._step("search", text), self._within)

    @settled
    def rebase(self, base: Articles | None = None) -> Articles:
        """The same articles as a share of another base; of themselves without one."""
        if base is None:
            return Articles(self._archive, self._open(), None, "", self._meaning(), self._days, self._plan, self._within)
        return self._of(base._fixed(), self._query if base._filtered == self._filtered else self._meaning())

    def _of(self, base: Articles, query: str) -> Articles:
        """Those of these articles that are in a base; the query says what selects them there."""
        joint, within = self._open().combine(base._open(), BOTH), said(base._within, self._within)
        return Articles(self._archive, joint, base, query, base._filtered, base._days, self._joined(base, BOTH), within)

    @settled
    def __and__(self, other: Articles) -> Articles:
        if not isinstance(other, Articles):
            return NotImplemented
        mine, theirs = self._fixed_base(), other._fixed_base()
        within = said(mine._within, theirs._within)
        base = mine._combined(theirs, BOTH, None, "", both(mine._filtered, theirs._filtered), meet(mine._days, theirs._days), within)
        within = said(self._within, other._within)
        return self._combined(other, BOTH, base, both(self._query, other._query), base._filtered, meet(self._days, other._days), within)

    @settled
    def __or__(self, other: Articles) -> Articles:
        if not isinstance(other, Articles):
            return NotImplemented
        mine, theirs = self._fixed_base(), other._fixed_base()
        days = mine._days if mine._days == theirs._days else EVER
        base = mine._combined(theirs, EITHER, None, "", either(mine._filtered, theirs._filtered), days, said_of_either(mine, theirs))
        same = self._filtered == other._filtered
        query = either(self._query, other._query) if same else either(self._meaning(), other._meaning())
        return self._combined(other, EITHER, base, query, base._filtered, days, said_of_either(self, other))

    @settled
    def __sub__(self, other: Articles) -> Articles:
        if not isinstance(other, Articles):
            return NotImplemented
        meaning = other._meaning()
        is_query = meaning and not other._within
        query = both(self._query, f"NOT ({meaning})") if is_query else self._query
        within = self._within if is_query else said(self._within, f"without {other._in_words()}")
        return self._combined(other, WITHOUT, self._fixed_base(), query, self._filtered, self._days, within)

    def _combined(self, other: Articles, how: int, base: Articles | None, query: str, filtered: str, days: Days, within: str) -> Articles:
        return Articles(self._archive, self._open().combine(other._open(), how), base, query, filtered, days, self._joined(other, how), within)

    # --- plans (pynews/_plan.py)

    def _step(self, name: str, *args: Any) -> Plan | None:
        """The plan of what a step makes of these articles."""
        return None if self._plan is None else Plan(name, args, (self._plan,))

    def _joined(self, other: Articles, how: int) -> Plan | None:
        return None if self._plan is None or other._plan is None else Plan("combine", (how,), (self._plan, other._plan))

    def _fixed(self) -> Articles:
        """These articles as an object that stays at its snapshot."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Path, snapshot and plan: pynews/pickled.py."""
        from pynews import pickled

        chain: list[Articles] = []
        each: Articles | None = self
        while each is not None:
            if each._plan is None:
                raise TypeError(f"these articles cannot be pickled: no plan says how to make them again ({each.query or 'no query'})")
            chain.append(each)
            each = each._base
        facts = [[each._query, each._filtered, list(each._days), each._within] for each in chain]
        plan = _plan.to_json([_plan.dump([each._plan for each in chain if each._plan]), facts])
        return pickled.articles, (*self._archive._handle(self._open().snapshot), plan)

    def _meaning(self) -> str:
        """The query of all that is asked of these articles, filters included."""
        return both(self._filtered, self._query)

    def _in_words(self) -> str:
        """All that is asked of these articles, in words that stand inside others."""
        words = said(self._meaning(), self._within)
        return f"({words})" if words else "all articles"

    def _title(self) -> str:
        """What these articles are as a denominator, in words."""
        text = self._meaning()
        if self._within:
            return f"articles of {self._within}" + (f" with {text}" if text else "")
        return "all articles" if not text else "tagged articles" if text == TAGGED else f"articles with {text}"

    @settled
    def counts(self, by: Field | str | Sequence[Field | str], top: int | None = None) -> Table:
        """How many of these articles carry each tag, section, source, author, language or label of one's own.

        Parameters
        ----------
        by : {'tag', 'section', 'source', 'author', 'language'} or str, or a list of them
            Or the name of labels that were attached (`Archive.attach`). Of a list, every combination that an article carries is
            counted; that takes a search for each name of all but the last, so put the one with fewer names first.
        top : int, optional
            Only the most frequent ones.

        Returns
        -------
        Table
            Columns name, count, total, share: most articles first, ties by name. ``total`` is the number of these
            articles; shares of tags do not add up to one, for an article has several or none. Of a list, one column for each of
            its names in place of ``name``.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> ar.counts("source").to_dict()
        {'name': ['The Meridian Post'], 'count': [3000], 'total': [3000], 'share': [1.0]}
        >>> ar.counts(["section", "tag"], top=1).columns
        ['section', 'tag', 'count', 'total', 'share']
        """
        _check_top(top)
        return _counts.table(self, by, top)

    @settled
    def trend(
        self,
        queries: Series = None,
        freq: Freq | str = "month",
        *,
        by: Field | str | None = None,
        top: int = 10,
        of: Unit = "articles",
        share_of: Literal["base", "tagged", "archive"] | Articles = "base",
        tz: str | None = None,
        level: float = 0.95,
    ) -> Trend:
        """How many of these articles there are per bucket of time, of how many in the base.

        Parameters
        ----------
        queries : query, sequence of queries, mapping of name to query, or None
            One series per query; each counts the articles of this selection that the query finds. None counts the
            selection itself. Series are named by their queries, long ones cut; a mapping names them.
        freq : {'hour', 'day', 'week', 'month', 'quarter', 'year', 'weekday', 'month-of-year', 'hour-of-day'}, default 'month'
            Width of a bucket, or what comes again. Weeks begin on Monday. Buckets are labelled by their first day, hours by
            their begin; ``weekday`` (0 is Monday), ``month`` and ``hour`` take the place of ``date`` where buckets come again.
            Articles without a clock time are in no hour. Names of pandas and polars, such as ``"W"`` or ``"1mo"``, do as well.
        by : {'tag', 'section', 'source', 'author', 'language'} or str, optional
            Instead of queries: a series for each of the most frequent names, or values of labels (`Archive.attach`).
        top : int, default 10
            How many names `by` takes.
        of : {'articles', 'words'}, default 'articles'
            What is counted. ``'words'``: how often the words, phrases and patterns of the query that stand under no NOT stand in
            the articles it finds (all words of these, where the query has none), of all words of the base; without a band.
        share_of : {'base', 'tagged', 'archive'} or Articles, default 'base'
            The denominator: the base, the articles of the base that carry a tag, all of the archive, or a selection. What
            lies outside it is not counted.
        tz : str, optional
            Zone into which articles are put that have a clock time and an offset, such as ``'Europe/Berlin'``; all others stay
            where they are printed. By default every article stays there.
        level : float, default 0.95
            Confidence level of the band.

        Returns
        -------
        Trend
            Columns date, series, count, total, share, lower, upper, partial. ``share`` is count / total, null where
            nothing was published; the band is Wilson's score interval (E. B. Wilson 1927, JASA 22:209-212);
            ``partial`` marks a bucket that the base, or the period in brackets, does not cover wholly. Articles whose
            printed date is coarser than the bucket are in ``Trend.unplaced``.

        Raises
        ------
        QuerySyntaxError, UnknownNameError
            For a wrong query; for an unknown name or frequency.
        ValueError
            For two series of one name.

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
        if by is not None and queries is not None:
            raise TypeError("a trend is of queries or by names, not both: .search(query).trend(by=…) has the names of what a query finds")
        _check_top(top)
        base = self._denominator(share_of)
        counted = self if base is self._fixed_base() else self._of(base, self._query) if share_of == "tagged" else self.rebase(base)
        if of not in ("articles", "words"):
            raise ValueError(f"of is 'articles' or 'words', not {of!r}")
        options: Options = FREQS.index(name), float(level), *base._days, self._archive._zone(tz), of == "words"
        labels = self._archive._labels.get(by or "")
        parts = _labels.counted(counted, labels, by or "")[:top] if labels is not None else []
        if labels is not None:
            series: tuple[tuple[str, str | None], ...] = tuple((value, None) for value, _ in parts)
            trend, unplaced, first, last = _labels.trend(parts, counted, base, options)
        else:
            series = counted._by_name(field_of(by), top) if by is not None else self._series(queries)
            try:
                trend, unplaced, first, last = counted._open().trend(base._open(), series, options)
            except UnknownNameError as e:
                raise self._archive._suggest(e) from None
        is_all = by is None and queries is None and not self._query and base is self._fixed_base()
        buckets = tuple(range(len(trend) // max(1, len(series))))
        source = Source(counted._fixed(), base._fixed(), series, options, buckets, tuple(part for _, part in parts))
        return Trend(
            trend, unplaced, name, [label for label, _ in series], self._query, level, base._title(), is_all,
            span=(first, last), tz=tz, unit=of, source=source, origin=_cite.origin_of(counted, _cite.series(series, by)),
        )  # fmt: skip

    @settled
    def cite(self) -> str:
        """Where these articles come from, for a footnote: what was asked, of how many, and of which snapshot of which archive.

        Returns
        -------
        str
            Two lines, as of `Table.cite`.

        Examples
        --------
        >>> import pynews
        >>> print(pynews.demo().search("korea").cite().split("\\n")[0])
        Articles of korea: 331 of 3,000 articles.
        """
        return _cite.footnote("Articles of ", _cite.origin_of(self))

    @settled
    def health(self) -> Table:
        """Whether these articles can be trusted: what is missing, doubled, or dated by machines.

        Returns
        -------
        Table
            Columns check, level (warning, info, ok), value, note, when; what is to be looked at comes first. Holes are days without news
            where, by the same weekdays of four weeks on both sides, 14 articles or more were to be expected; dips are weeks with less than half of the median
            of the weeks around; date spikes are days with more than five times what is usual on that weekday; copies share the
            folded title and the day with an earlier article; forward links are related entries dated later than their article.
            Stray dates are those before or behind more than three years without an article, where at most one article, or one in a thousand,
            lies beyond: look at them by their months, as ``ar["2051-03"]``. The number of each comes first, then the largest ten.

        Examples
        --------
        >>> import pynews
        >>> health = pynews.demo().health()
        >>> health.columns
        ['check', 'level', 'value', 'note', 'when']
        >>> next(row["value"] for row in health if row["check"] == "forward links")
        1080.0
        """
        from pynews import _health

        return _health.table(self)

    # --- parts of these articles

    @settled
    def _picked(self, groups: Sequence[_labels.Ids], words: str) -> Articles:
        """Those of these articles that have one of the ids."""
        mine = self._open()
        found = mine.combine(_labels.joint(groups, mine), BOTH)
        step = self._step("pick", [i for ids in groups for i in ids])
        return Articles(self._archive, found, self._base, self._query, self._filtered, self._days, step, said(self._within, words))

    def _inside(self, base: Articles) -> Articles:
        """The same selection in another base that holds it."""
        return Articles(self._archive, self._selection, base, self._query, self._filtered, self._days, self._plan, self._within)

    @settled
    def _only(self, place: int) -> Articles:
        return self._one(self[place].id, f"article {place:,}")

    def _one(self, article: str, words: str) -> Articles:
        """The one with this id."""
        return self._picked([_labels.Ids([article])], words)._inside(self._fixed_base())

    @settled
    def _named(self, by: str, name: str) -> Articles:
        """Those with a name of a field, or with a value of a label."""
        labels = self._archive._labels.get(by)
        if labels is None:
            return self.search(_names(by, name))
        return self._picked([labels[name]], f"{by} {name}")._inside(self._fixed_base())

    def _in_buckets(self, base: Articles, options: Options, wanted: bytes) -> Articles:
        """Those of these articles that lie in the wanted buckets of a trend of `base`."""
        found = self._open().buckets(base._open(), options, wanted)
        plan = None if self._plan is None or base._plan is None else Plan("buckets", buckets_args(options, wanted), (self._plan, base._plan))
        return Articles(self._archive, found, None, self._query, self._filtered, self._days, plan, self._within)

    def _behind(self, base: Articles, words: str, days: Days | None, span: Days) -> Articles:
        """These articles inside that base, both of one bucket: of so many days, of which the base covers those in `span`, or of what only words can say."""
        words = "" if days else words
        filtered = both(base._filtered, str(_days_query(days))) if days else base._filtered
        covered = meet(days, span) if days else EVER
        narrowed = Articles(self._archive, base._selection, None, "", filtered, covered, base._plan, said(base._within, words))
        return Articles(self._archive, self._selection, narrowed, self._query, filtered, narrowed._days, self._plan, said(self._within, words))

    def _denominator(self, share_of: Literal["base", "tagged", "archive"] | Articles) -> Articles:
        if isinstance(share_of, Articles):
            return share_of._fixed()
        base = self._fixed_base()
        if share_of == "base":
            return base
        if share_of == "archive":
            return base if base is self._archive._whole else self._everything()
        if share_of == "tagged":
            plan = base._step("search", TAGGED)
            return Articles(self._archive, base._find(TAGGED), None, "", both(base._filtered, TAGGED), base._days, plan, base._within)
        raise unknown("denominator", str(share_of), ["base", "tagged", "archive"])

    def _by_name(self, field: Field, top: int) -> tuple[tuple[str, str | None], ...]:
        names = Table(self._open().names(field))["name"].to_list()[:top]
        return tuple((name, str(_names(field, name))) for name in names)

    def _series(self, queries: Series) -> tuple[tuple[str, str | None], ...]:
        if queries is None:
            return ((_label(self._query or self._filtered) or "all articles", None),)
        if isinstance(queries, (str, Expr)):
            return ((_label(str(queries)), str(expr(queries))),)
        pairs = [(str(name), query) for name, query in queries.items()] if isinstance(queries, Mapping) else _labelled(list(queries))
        series = tuple((name, str(expr(query))) for name, query in pairs)
        [(double, n)] = Counter(name for name, _ in series).most_common(1) or [("", 0)]
        if n > 1:
            raise ValueError(f"{n} series are named {double!r}: name each once, as in trend({{name: query, …}})")
        return series

    def _find(self, text: str) -> _core.Selection:
        """The selection a query finds here; limits and unknown names get their explanation."""
        return self._asked(lambda selection: selection.search(text), text)

    def _asked(self, ask: Callable[[_core.Selection], _T], text: str) -> _T:
        """What the core answers about a query, or the error that explains itself."""
        try:
            return ask(self._open())
        except InputLimitError as e:
            raise _query.too_large(text, e) from None
        except UnknownNameError as e:
            raise self._archive._suggest(e) from None

    def _open(self) -> _core.Selection:
        self._archive._snapshot_open()
        return self._selection

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.articles_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": _cards.articles_text(self), "text/html": _cards.articles_html(self)}


_EPOCH = dt.date(1970, 1, 1)


def _days_query(days: Days) -> Expr:
    return q.date.between(_EPOCH + dt.timedelta(days=days[0]), _EPOCH + dt.timedelta(days=days[1]))


def _label(query: str) -> str:
    """A long query makes a bad column label: cut, with the sign that it was cut."""
    return query if len(query) <= LABEL_LENGTH else query[: LABEL_LENGTH - 1] + "…"


def _labelled(queries: list[QueryLike]) -> list[tuple[str, QueryLike]]:
    """Queries with their labels; those that would look the same once they are cut stay whole."""
    many = Counter(_label(str(query)) for query in queries)
    return [(str(query) if many[_label(str(query))] > 1 else _label(str(query)), query) for query in queries]


def _check_top(top: int | None) -> None:
    if top is not None and top < 1:
        raise ValueError(f"top is a number of names from 1, not {top}")


def _names(field: str, values: str | Sequence[str]) -> Expr:
    if field in ("date", "year", "month", "day"):
        raise TypeError(f'filter takes no {field}: dates stand in brackets, as ["2020-08"] and ["2020":"2021-06"]')
    names = [values] if isinstance(values, str) else list(values)
    make = {"tag": q.tag, "section": q.section, "source": q.source, "author": q.author, "language": q.language}
    return make[field_of(field)](*names)
