"""What is deleted: a query as it is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynews._errors import PynewsError
from pynews._expr import q

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._expr import QueryLike


def check(archive: Articles, what: QueryLike | Articles) -> None:
    """Refuses a string that is the id or the address of an article: as a query it would mean the words in it.

    Raises
    ------
    ValueError
        With the two queries that it may stand for.
    """
    text = what.strip() if isinstance(what, str) else ""
    fields = archive._open().snapshot.find(text) if text else None
    if fields is None:
        return
    is_id = fields["id"] == text
    one = str(q.ids(text) if is_id else q.url(text))
    raise ValueError(
        f"{text!r} is the {'id' if is_id else 'address'} of an article, but as a query it means the words in it: nothing was deleted\n"
        f"  {one!r} is that article{_by_words(archive, text)}"
    )


def _by_words(archive: Articles, text: str) -> str:
    try:
        n = len(archive.search(f"({text})"))
    except PynewsError:                       # no query at all: there is one way on
        return ""
    return f", {f'({text})'!r} every article with the words, {n:,} now"
