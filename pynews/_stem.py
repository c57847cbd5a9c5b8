"""The forms of a word that an archive holds, as a query: its words that share a stem, by the Snowball algorithms of PyStemmer."""

from __future__ import annotations

import sys
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from pynews import _core
from pynews._errors import QuerySyntaxError, unknown
from pynews._expr import Expr, expr, q
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._archive import Archive

END = "\0"                       # between a stem and a word; no word holds it


def forms(archive: Archive, snapshot: _core.Snapshot, text: str, language: str) -> Expr:
    """The words of a text, each with the other words of the dictionary that share its stem, joined by AND."""
    stemmer = _stemmer(language)
    if not isinstance(text, str):
        raise TypeError(f"stem takes words, not {type(text).__name__}")
    parts = [part for part in text.split() if _core.words(part)]
    if not parts:
        raise QuerySyntaxError("there is no word here", text, hint="stem takes a word, or several")
    stems = _stems(archive, snapshot, language)
    return expr(" AND ".join(f"({_alternatives(stemmer, stems, part)})" for part in parts))


def _alternatives(stemmer: Any, stems: list[str], part: str) -> Expr:
    """What a part stands for: its forms, or itself where it is cut into several words or has none."""
    cut = _core.words(part)
    bare = part.encode()[cut[0][2] : cut[-1][3]].decode()
    if len(cut) > 1:
        return q.phrase(bare)
    # The dictionary is folded, so its stems are those of words without accents; the word as it was given has the better stem.
    wanted = stemmer.stemWord(cut[0][0]), *(word for word, *_ in _core.words(stemmer.stemWord(bare.lower())))
    found = {word for stem in wanted for word in _of(stems, stem)}
    return q.word(*sorted(found or [cut[0][0]]))


def _of(stems: list[str], stem: str) -> list[str]:
    """Words with this stem."""
    begin, end = bisect_left(stems, stem + END), bisect_left(stems, stem + chr(ord(END) + 1))
    return [each[len(stem) + 1 :] for each in stems[begin:end]]


def _stems(archive: Archive, snapshot: _core.Snapshot, language: str) -> list[str]:
    """Stem and word of each word of a snapshot's dictionary, in order; made once for a snapshot and language."""
    key = snapshot.info()["generation"], language
    made = archive._stems.get(key)
    if made is None:
        words = [word for word in Table(snapshot.all().words("", sys.maxsize))["word"].values() if word.isascii() or _is_whole(word)]
        made = sorted(stem + END + word for stem, word in zip(_stemmer(language).stemWords(words), words, strict=True))
        archive._stems[key] = made
    return made


def _is_whole(word: str) -> bool:
    """Whether this is a word, and not the two characters that scripts without spaces are indexed by."""
    return len(_core.words(word)) == 1


def _stemmer(language: str) -> Any:
    """A stemmer of one's own: it serves one thread at a time."""
    try:
        import Stemmer
    except ImportError:
        raise ImportError('PyStemmer is not installed: pip install "pynews[stem]"') from None
    try:
        return Stemmer.Stemmer(str(language), 0)
    except KeyError:
        raise unknown("language of stems", str(language), Stemmer.algorithms()) from None
