"""What is read out of a selection: the best articles, a sample."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal, cast

from pynews import _core, _query, _stem
from pynews._concordance import UNITS, Concordance, Unit, sort_keys
from pynews._errors import InputLimitError, UnknownNameError, unknown
from pynews._expr import Expr, QueryLike, expr
from pynews._freq import FREQS, OF_DAYS, Freq, freq_of
from pynews._plan import Plan, step
from pynews._settled import settled

if TYPE_CHECKING:
    from pynews._archive import Archive
    from pynews._articles import Articles

By = Literal["bm25", "newest", "oldest", "linked"]
BY: tuple[By, ...] = ("bm25", "newest", "oldest", "linked")
WIDTH_MAX = 1_000_000


@step("top")
def _top(snapshot: _core.Snapshot, within: _core.Selection, query: str, k: int) -> _core.Selection:
    return within.top(query, k)


@step("top_dated")
def _top_dated(snapshot: _core.Snapshot, within: _core.Selection, newest: bool, k: int) -> _core.Selection:
    return within.top_dated(newest, k)


@step("top_linked")
def _top_linked(snapshot: _core.Snapshot, within: _core.Selection, k: int) -> _core.Selection:
    return within.top_linked(k)


@step("sample")
def _sample(snapshot: _core.Snapshot, within: _core.Selection, n: int, seed: int, freq: int) -> _core.Selection:
    return within.sample(n, seed, freq)


class Reading:
    """The part of `Articles` that reads: a class of its own only to keep files short."""

    if TYPE_CHECKING:
        _archive: Archive
        _query: str
        _filtered: str
        _days: tuple[int, int]
        _within: str

        def _fixed_base(self) -> Articles: ...
        def _open(self) -> _core.Selection: ...
        def _step(self, name: str, *args: Any) -> Plan | None: ...

    def _those(self, selection: _core.Selection, step: Plan | None, words: str) -> Articles:
        """Some of these articles, with the same base and query; the words say which."""
        from pynews._articles import Articles

        within = f"{self._within} · {words}" if self._within else words
        return Articles(self._archive, selection, self._fixed_base(), self._query, self._filtered, self._days, step, within)

    @settled
    def top(self, k: int = 10, *, by: By = "bm25") -> Articles:
        """The `k` best, newest, oldest or most linked to of these articles, in that order.

        Parameters
        ----------
        k : int, default 10
            How many; fewer where the selection is smaller.
        by : {'bm25', 'newest', 'oldest', 'linked'}, default 'bm25'
            'bm25' ranks by the words of the query that made the selection, those under a NOT left out; it needs one. Articles
            with a date of a month or a year only, and undated ones, come last in 'newest' and 'oldest' alike. 'linked'
            counts the related entries, on all pages of the archive, that mean an article (docs/LINKS.md); those that none
            means are left out.

        Returns
        -------
        Articles
            In rank order: iteration, ``[i]`` and ``table()``, which begins with rank and score. The base stays.

        Raises
        ------
        ValueError
            If the selection has no query with a word in it.

        Notes
        -----
        The score of an article is the sum, over the query's words, of idf / (1 + K / tf) with tf the word's occurrences in
        title and text, K = 1.2 (0.25 + 0.75 length / mean length), idf = ln(1 + (N - df + 0.5) / (df + 0.5)), of the N live
        articles of the archive, df of which have the word: Okapi BM25 (S. E. Robertson et al., TREC-3, 1994) as Lucene
        computes it. Equal scores stand in the order of time. docs/RANKING.md says how phrases and patterns count.

        Examples
        --------
        >>> import pynews
        >>> best = pynews.demo().search("korea").top(3)
        >>> best.table(["rank", "title"]).shape
        (3, 2)
        """
        if isinstance(k, str):
            raise TypeError(f"k is a number of articles, not {k!r}: ask first, .search({k!r}).top()")
        if k < 0:
            raise ValueError(f"k is a number of articles, not {k}")
        if by not in BY:
            raise unknown("ranking", by, list(BY))
        selection = self._open()
        k = min(k, selection.count)
        if by == "bm25":
            return self._those(self._best(selection, k), self._step("top", self._query, k), f"the best {k:,} by BM25")
        if by == "linked":
            return self._those(selection.top_linked(k), self._step("top_linked", k), f"the {k:,} most linked")
        return self._those(selection.top_dated(by == "newest", k), self._step("top_dated", by == "newest", k), f"the {k:,} {by}")

    def _best(self, selection: _core.Selection, k: int) -> _core.Selection:
        if not self._query:
            raise ValueError('there is no query to rank by: .search("…").top(), or .top(by="newest")')
        try:
            return selection.top(self._query, k)
        except InputLimitError as e:
            raise _query.too_large(self._query, e) from None
        except ValueError as e:
            raise ValueError(f'{e}: .search("…") with a word, or .top(by="newest")') from None

    @settled
    def sample(self, n: int, seed: int = 0, *, stratify: Freq | str | None = None) -> Articles:
        """Some of these articles by chance, the same ones every time.

        Parameters
        ----------
        n : int
            How many; fewer where the selection is smaller.
        seed : int, default 0
            Another seed gives another sample. Of two samples with one seed the smaller is part of the larger, unless
            stratified.
        stratify : {'day', 'week', 'month', 'quarter', 'year'}, optional
            Draw from each bucket of time in proportion to its articles: its share of `n` rounded down, and one more for the
            largest remainders (earlier buckets first). Articles whose date is coarser, and undated ones, are a bucket of
            their own.

        Returns
        -------
        Articles
            In chronological order; the base stays.

        Notes
        -----
        Taken are the articles with the smallest hash of seed and id. So a sample depends on which articles there are alone, not on the
        order in which they came or how the archive stores them, and articles added later change it as little as can be.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> some = ar.sample(40, seed=1)
        >>> len(some), [a.id for a in some] == [a.id for a in ar.sample(40, seed=1)]
        (40, True)
        """
        if n < 0:
            raise ValueError(f"n is a number of articles, not {n}")
        freq = -1
        if stratify is not None:
            name = freq_of(stratify)
            if name not in OF_DAYS:
                raise unknown("frequency to stratify by", name, OF_DAYS)
            freq = FREQS.index(name)
        selection = self._open()
        n, seed = min(n, selection.count), seed % 2**64
        words = f"a sample of {n:,}, seed {seed}" + (f", by {FREQS[freq]}" if freq >= 0 else "")
        return self._those(selection.sample(n, seed, freq), self._step("sample", n, seed, freq), words)

    @settled
    def kwic(self, query: QueryLike, width: int = 8, *, sort: str = "date", unit: Unit = "words") -> Concordance:
        """Every place in these articles where the query's words stand, with the words around it: a concordance.

        Parameters
        ----------
        query : str or Expr
            Of the selection, articles that it finds; its hits are the occurrences of each word, phrase and pattern that no
            NOT stands over. Words joined by NEAR give the smallest stretches in which they stand near each other.
        width : int, default 8
            How many words, or characters, of context on each side. It ends with the title or the text.
        sort : str, default 'date'
            'date' or '-date' (newest first); or words around the node, nearest to farthest or as you like: 'L1' the word left of
            it, 'R1' the word right of it, 'node' itself, joined: 'R1R2', 'L2L1', 'node R1'. Words are compared folded; equal rows
            stand in the order of time.
        unit : {'words', 'chars', 'sentence'}, default 'words'
            What `width` counts; 'sentence' shows the rest of the sentence instead.

        Returns
        -------
        Concordance
            A table with the columns id, date, title, section, left, node, right, position: one row a hit. ``position`` is the
            number of words of title and text before the node. Texts are as printed, runs of white space as one blank. ``date`` is
            that of `table`: displayed as far as it was printed, exported as its first day.

        Raises
        ------
        QuerySyntaxError, UnknownNameError
            As for `search`; UnknownNameError for an unknown order or unit.

        Examples
        --------
        >>> import pynews
        >>> k = pynews.demo().kwic("korea", width=3, sort="R1")
        >>> k.columns
        ['id', 'date', 'title', 'section', 'left', 'node', 'right', 'position']
        >>> k[0]["node"].casefold()
        'korea'
        """
        if unit not in UNITS:
            raise unknown("unit", str(unit), UNITS)
        if not hasattr(width, "__index__"):
            raise TypeError(f"width is a whole number of words or characters, not {width!r}")
        if not 0 <= width <= WIDTH_MAX:
            raise ValueError(f"width is 0 to {WIDTH_MAX:,}, not {width}")
        keys, newest_first = sort_keys(sort)
        text = str(expr(query))
        try:
            kwic = self._open().kwic(text, keys, newest_first)
        except InputLimitError as e:
            raise _query.too_large(text, e) from None
        except UnknownNameError as e:
            raise self._archive._suggest(e) from None
        return Concordance(kwic, text, sort, unit, width, of=cast("Articles", self))

    @settled
    def stem(self, words: str, language: str) -> Expr:
        """A query for a word in all its forms: the words of the archive that share its stem.

        Parameters
        ----------
        words : str
            A word, or several, each of which must be there in some form. They are words and no query: ``or`` is a word. What is cut
            into several, such as *Covid-19*, and Chinese, Japanese, Korean or Thai is taken as it stands.
        language : str
            Whose rules make the stem: ``'english'`` or ``'en'``, ``'german'`` or ``'de'``, and the other languages of the
            Snowball project.

        Returns
        -------
        Expr
            The forms joined by ``OR``, several words by ``AND``: an expression like any other, whose text names every word that was
            counted. A word of which the archive has no form is left as it is, and finds nothing.

        Raises
        ------
        ImportError
            If PyStemmer is not installed.
        UnknownNameError
            For a language without rules, with those that have some.
        QuerySyntaxError
            If there is no word, or the words have more forms than a query may have parts (1,024); none is left out.

        Notes
        -----
        A stem is what rules leave of a word (M. F. Porter 1980, Program 14:130-137), not its dictionary form: read the words before you
        count them. The words of an archive have no accents of Latin letters, which some rules look at; docs/QUERIES.md says what is missed. The
        words of all of the archive are stemmed at the first call for a language, and kept while the archive is open at its snapshot.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> ar.stem("planning", "english")
        q('plan OR planned OR plans')
        >>> len(ar.search(ar.stem("planning", "english") & "korea"))
        281
        """
        selection = self._open()
        return _stem.forms(self._archive, selection.snapshot, words, language)

    @settled
    def save(self, path: str | os.PathLike[str]) -> Archive:
        """Write these articles into an archive of their own.

        Parameters
        ----------
        path : str or path
            Folder of the new archive; it must not exist, or be empty.

        Returns
        -------
        Archive
            The same articles with ids, texts, dates, tags, related entries and origin, in the same order; what selected them
            is not kept. Its fingerprint depends on them alone.

        Raises
        ------
        FileExistsError
            If the path exists.

        Examples
        --------
        >>> import pynews, tempfile, os
        >>> found = pynews.demo().search("korea")
        >>> with found.save(os.path.join(tempfile.mkdtemp(), "korea.pna")) as small:
        ...     [a.id for a in small] == [a.id for a in found]
        True
        """
        from pynews import _archive

        full = os.path.abspath(os.fspath(path))
        self._open().save(os.fsencode(full))
        return _archive.open(full, mode="a")
