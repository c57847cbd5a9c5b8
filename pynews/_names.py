"""The names of a field as a mapping."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from pynews._errors import QuerySyntaxError, UnknownNameError, unknown
from pynews._expr import q

if TYPE_CHECKING:
    from pynews._articles import Articles

Field = Literal["tag", "section", "source", "author", "language"]
_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛", "\x27") | dict.fromkeys("“”„‟", "\x22"))
FIELDS: tuple[Field, ...] = ("tag", "section", "source", "author", "language")


def field_of(name: str) -> Field:
    """The field of a name, also in the plural."""
    for field in FIELDS:
        if name in (field, field + "s"):
            return field
    raise unknown("field", name, FIELDS)


def folded(name: str) -> str:
    """What names have in common that count as one: case, width and the kind of quotation mark do not matter."""
    return " ".join(unicodedata.normalize("NFKC", name).translate(_QUOTES).casefold().split())


class Names(Mapping[str, int]):
    """Names of a field and how many articles of a selection carry each, most frequent first.

    A name is found in any spelling: case, width and the kind of quotation mark do not matter. A name that the archive knows,
    but none of these articles carries, counts 0 and is not listed.
    """

    def __init__(self, articles: Articles, field: Field) -> None:
        self._articles, self._field = articles, field
        table = articles._open().names(field)
        self._counts: dict[str, int] = dict(zip(table.column(0).values(), table.column(1).values(), strict=True))

    def __getitem__(self, name: str) -> int:
        if name in self._counts:
            return self._counts[name]
        make = {"tag": q.tag, "section": q.section, "source": q.source, "author": q.author, "language": q.language}
        return len(self._articles.search(make[self._field](name)))

    def __contains__(self, name: object) -> bool:
        try:
            return isinstance(name, str) and self[name] > 0
        except (UnknownNameError, QuerySyntaxError):
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.names_text(self._field, self._counts)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._counts)
