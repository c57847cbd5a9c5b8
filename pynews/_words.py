"""The words of articles as a mapping."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pynews import _cite, _core, _show
from pynews._errors import UnknownNameError
from pynews._expr import q
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._articles import Articles

COMPLETIONS = 1000
SHOWN = 8


class Words(Mapping[str, int]):
    """Words of a selection and how many of its articles have each, most frequent first.

    ``ar.words["korea"]`` looks one word up, in any spelling that is folded to it; iteration gives the folded words
    (docs/WORDS.md). Nothing is listed before it is asked for; listing the words of a few articles costs a walk through
    all postings of the archive.
    """

    def __init__(self, articles: Articles) -> None:
        self._articles = articles
        self._listed: dict[str, int] | None = None
        self._n: int | None = None

    def __getitem__(self, word: str) -> int:
        if self._listed is not None and word in self._listed:
            return self._listed[word]
        n = len(self._articles.search(q.word(word))) if isinstance(word, str) and _core.words(word) else 0
        if not n:
            raise UnknownNameError("word", str(word), [])
        return n

    def __iter__(self) -> Iterator[str]:
        if self._listed is None:
            table = self._articles._open().words("", sys.maxsize)
            self._listed = dict(zip(table.column(0).values(), table.column(1).values(), strict=True))
        return iter(self._listed)

    def __len__(self) -> int:
        if self._n is None:
            self._n = self._articles._open().n_words()
        return self._n

    def prefix(self, start: str, top: int = COMPLETIONS) -> Table:
        """Words that begin with `start`, most articles first.

        Parameters
        ----------
        start : str
            Beginning of a word, folded as words are; empty for all.
        top : int, default 1000
            How many words at most.

        Returns
        -------
        Table
            Columns word, count: the number of articles that have the word.

        Examples
        --------
        >>> import pynews
        >>> pynews.demo().words.prefix("blockch").to_dict()["word"]
        ['blockchain']
        """
        folded = _core.words(start)
        found = self._articles._open().words(folded[0][0] if len(folded) == 1 else start, top)
        return Table(found, origin=_cite.origin_of(self._articles, call=f"Words that begin with {start!r}" if start else "Words"))

    def __repr__(self) -> str:
        first = self.prefix("", SHOWN)
        rows = [(_show.cut(row["word"], 40), f"{row['count']:,}") for row in first]
        foot = f"{len(rows):,} of {len(self):,} words shown · [word] .prefix(\"…\")"
        return "\n".join([*_show.grid(("word", "articles"), rows, (False, True)), foot])

    def _ipython_key_completions_(self) -> list[str]:
        return self.prefix("")["word"].to_list()
