"""Concordances: every hit of a query with the words around it; and an article with its hits marked."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from pynews import _cite, _core, _printed, _show
from pynews._errors import unknown
from pynews._table import Column, Table

if TYPE_CHECKING:
    from pynews._articles import Articles

Unit = Literal["words", "chars", "sentence"]
UNITS: tuple[Unit, ...] = ("words", "chars", "sentence")
COLUMNS = ["id", "date", "title", "section", "left", "node", "right", "position"]
_KEY = re.compile(r"node|[LR][0-9]{1,3}")
_SORT = re.compile(r"-?date|(?:(?:node|[LR][0-9]{1,3})[ ,-]*)+")


def sort_keys(sort: str) -> tuple[tuple[int, ...], bool]:
    """Numbers of the words to sort by, left ones below 0, and whether the newest article comes first."""
    if not isinstance(sort, str) or not _SORT.fullmatch(sort):
        raise unknown("order of a concordance", str(sort), ["date", "-date", "L1", "R1", "R1R2", "L2L1", "node"])
    keys = [0 if key == "node" else int(key[1:]) * (-1 if key[0] == "L" else 1) for key in _KEY.findall(sort)]
    if any(key == 0 for key, name in zip(keys, _KEY.findall(sort), strict=True) if name != "node"):
        raise ValueError("words are counted from 1: L1 is the word left of the node, R1 the one right of it")
    return tuple(keys), sort == "-date"


class Concordance(Table):
    """Every hit of a query with the words around it: a `Table` that makes the text of its rows when they are looked at.

    Columns id, date, title, section, left, node, right, position. A slice is again a concordance; everything else a table
    can do makes all rows first.

    Attributes
    ----------
    n_articles : int
        How many articles have a hit.
    """

    def __init__(self, kwic: _core.Kwic, query: str, sort: str, unit: Unit, width: int, rows: range | None = None, of: Articles | None = None) -> None:
        self._of, self._way_back = of, None
        self._origin = None if of is None else _cite.origin_of(of, call=f"Concordance, sorted by {sort},", of=query)
        self._kwic, self.query, self._sort, self._unit, self._width = kwic, query, sort, unit, width
        self._rows_shown = range(len(kwic)) if rows is None else rows
        self._made: _core.Table | None = None
        self._printed = None if of is None else _printed.of_ids(of._open(), lambda: self._core.column(0).values(), len(self._rows_shown))

    @property
    def _core(self) -> _core.Table:  # type: ignore[override]
        if self._made is None:
            self._made = self._kwic.table(self._rows_shown.start, len(self._rows_shown), UNITS.index(self._unit), self._width)
        return self._made

    @property
    def n_articles(self) -> int:
        """How many articles have a hit of the query."""
        return self._kwic.articles

    def _back(self) -> Callable[[int], Articles] | None:
        return None if self._of is None else self._row

    def _row(self, place: int) -> Articles:
        """The article of a hit."""
        assert self._of is not None
        return self._of._one(self[place]["id"], f"hit {place:,}")

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(COLUMNS)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self), len(COLUMNS)

    def __len__(self) -> int:
        return len(self._rows_shown)

    @overload
    def __getitem__(self, k: str) -> Column: ...
    @overload
    def __getitem__(self, k: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, k: slice | list[str]) -> Table: ...
    def __getitem__(self, k: str | int | slice | list[str]) -> Any:
        if isinstance(k, slice) and self._rows_shown[k].step == 1:
            return Concordance(self._kwic, self.query, self._sort, self._unit, self._width, self._rows_shown[k], self._of)
        if isinstance(k, int) and -len(self) <= k < len(self):
            [row] = self[k % len(self) : k % len(self) + 1]._rows()
            return row
        return super().__getitem__(k)

    def __reduce__(self) -> tuple[Any, ...]:
        """A plain table of its rows."""
        return self._reduced_to_rows()

    def __repr__(self) -> str:
        from pynews import _concordance_card

        return _concordance_card.concordance_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _concordance_card

        return {"text/plain": repr(self), "text/html": _concordance_card.concordance_html(self)}


Piece = tuple[str, bool]                      # a run of text, and whether it is a hit


def pieces(text: str, marks: Sequence[tuple[int, int]]) -> list[Piece]:
    """Text cut at byte ranges that ascend and do not touch."""
    raw, at, out = text.encode(), 0, []
    for start, end in marks:
        out += [(raw[at:start].decode(), False), (raw[start:end].decode(), True)]
        at = end
    return [piece for piece in [*out, (raw[at:].decode(), False)] if piece[0]]


class Highlight:
    """An article's text with the hits of a query marked.

    In a notebook it shows itself with ``<mark>`` around each hit; ``print`` sets them in ⟦ ⟧.

    Attributes
    ----------
    hits : int
        Number of marked places; hits that overlap are one.
    html : str
        The whole text as HTML, escaped.
    """

    def __init__(self, title: list[Piece], body: list[Piece]) -> None:
        self._title, self._body = title, body

    @property
    def hits(self) -> int:
        """Number of marked places."""
        return sum(is_hit for _, is_hit in self._title + self._body)

    @property
    def html(self) -> str:
        """The whole text as HTML: the title in bold, paragraphs, ``<mark>`` around each hit."""
        body = "".join(marked_html(self._body)).replace("\n\n", "</p><p>")
        return f"<b>{''.join(marked_html(self._title))}</b><p>{body}</p>"

    def _repr_html_(self) -> str:
        return f"{_show.CARD}{self.html}</div>"

    def __repr__(self) -> str:
        return "\n\n".join(text for text in (marked_text(self._title), marked_text(self._body)) if text)


def marked_html(parts: Sequence[Piece]) -> list[str]:
    """Escaped HTML of each piece."""
    return [f"<mark>{html.escape(text)}</mark>" if is_hit else html.escape(text) for text, is_hit in parts]


def marked_text(parts: Sequence[Piece]) -> str:
    """For a terminal: line ends stay, controls are shown as escapes."""
    return "".join(f"⟦{_lines(text)}⟧" if is_hit else _lines(text) for text, is_hit in parts)


def _lines(text: str) -> str:
    return "\n".join(_show.plain(line) for line in text.split("\n"))
