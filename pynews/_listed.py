"""What leaves a selection as rows: tables, and files of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from pynews import _cite, _core, _printed
from pynews._errors import unknown
from pynews._settled import settled
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._articles import Articles

RUN = 256                        # articles fetched at a time
COLUMNS = ("id", "date", "time", "date_precision", "title", "section", "source", "author", "tags", "url", "language", "teaser", "body")
DEFAULT_COLUMNS = ("rank", "score", "id", "date", "title", "section", "source", "author", "tags", "url")


class Listed:
    """The part of `Articles` that lists: a class of its own only to keep files short."""

    if TYPE_CHECKING:
        _query: str

        def _open(self) -> _core.Selection: ...
        def _only(self, place: int) -> Articles: ...

    @settled
    def table(self, columns: Sequence[str] | None = None) -> Table:
        """These articles as a table, in chronological order, or in that of `top`.

        Parameters
        ----------
        columns : sequence of str, optional
            Of id, date, time, date_precision, title, section, source, author, tags, url, language, teaser, body. By default
            id, date, title, section, source, author, tags, url: the text only when asked for. What `top` gives has rank
            (1 is the best) before these and, ranked by BM25, score.

        Returns
        -------
        Table
            ``date`` is the first day of the printed date, a day even where only a month or a year was printed: what is displayed
            is cut to what was printed (2020-08), what is exported is not, and ``date_precision`` tells them apart. ``time`` is its
            text with clock time and zone; ``tags`` are joined by "; ", ``author`` by ", ".

        Examples
        --------
        >>> import pynews
        >>> t = pynews.demo().search("korea").table(["date", "title"])
        >>> t.shape
        (331, 2)
        """
        return self._table(columns)

    def _table(self, columns: Sequence[str] | None, most: int | None = None) -> Table:
        """The first `most` rows of `table`, or all."""
        selection = self._open()
        known = (*["rank"][: selection.is_ranked], *["score"][: selection.has_scores], *COLUMNS)
        names = [name for name in known if name in DEFAULT_COLUMNS] if columns is None else [columns] if isinstance(columns, str) else list(columns)
        for name in names:
            if name not in known:
                raise unknown("column", name, known)
        if len(set(names)) < len(names):
            raise ValueError(f"name each column once: {', '.join(names)}")
        printed = _printed.of_places(selection) if "date" in names else None
        made = selection.table(tuple(names), selection.count if most is None else most)
        return Table(made, self._query, origin=_cite.origin_of(cast("Articles", self), call="List of articles"), behind=self._only, printed=printed)

    @settled
    def head(self, n: int = 5) -> Table:
        """The first `n` rows of `table`: the earliest articles, or the best of `top`."""
        return self._table(None, n) if n >= 0 else self.table().head(n)

    def to_csv(self, path: str | os.PathLike[str] | None = None, columns: Sequence[str] | None = None) -> str | None:
        """`table` as comma-separated text, UTF-8, one header line.

        Parameters
        ----------
        path : str or path, optional
            File to write; without it the text is returned.
        columns : sequence of str, optional
            As of `table`.

        Returns
        -------
        str or None
            The text, where there is no path.

        Examples
        --------
        >>> import pynews
        >>> pynews.demo().search("land register").to_csv(columns=["date"]).split("\\n")[0]
        'date'
        """
        return self.table(columns).to_csv(path)

    def to_pandas(self, columns: Sequence[str] | None = None) -> Any:
        """`table` as a pandas DataFrame."""
        return self.table(columns).to_pandas()

    def to_polars(self, columns: Sequence[str] | None = None) -> Any:
        """`table` as a polars DataFrame."""
        return self.table(columns).to_polars()

    def to_arrow(self, columns: Sequence[str] | None = None) -> Any:
        """`table` as a pyarrow Table."""
        return self.table(columns).to_arrow()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """`table` for whoever reads the Arrow stream interface: ``polars.DataFrame(found)``; a new stream at each call."""
        return self.table().__arrow_c_stream__(requested_schema)

    def to_jsonl(self, path: str | os.PathLike[str]) -> int:
        """Write these articles as JSON lines, which `pynews.build` reads back to the same articles.

        Parameters
        ----------
        path : str or path
            File to write. One that is there is replaced once all lines are on the disk: where the disk is full, or the work is stopped,
            it stays as it was. Into a pipe or a device the lines go as they are made.

        Returns
        -------
        int
            Number of lines written.

        Raises
        ------
        OSError
            If the file cannot be written; it names the path.

        Notes
        -----
        UTF-8, one object a line, in the order of these articles. Its members, in this order: id, title, date, date_raw, modified, section, source,
        authors, url, lang, summary, body, related, tags, and the other fields of the input (`Article.extra`), as `Article.to_dict` has them.
        Empty ones are left out, but for tags: ``[]`` says that there was a place for tags, and none in it. Dates are written as far as they were printed:
        2020, 2020-08, 2020-08-20 or 2020-08-20T10:00:00+02:00. Where an article was read (`Article.origin`) and what was remarked (`Article.diagnostics`)
        is not written: `save` keeps that, too. More in docs/FIELDS.md.

        Examples
        --------
        >>> import pynews, tempfile, os
        >>> path = os.path.join(tempfile.mkdtemp(), "korea.jsonl")
        >>> pynews.demo().search("korea").to_jsonl(path)
        331
        >>> len(pynews.build(path + ".pna", path, progress=False))
        331
        """
        selection = self._open()
        if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
            with open(path, "wb") as pipe:
                for place in range(0, selection.count, RUN):
                    pipe.write(selection.lines(place, min(RUN, selection.count - place)))
        else:                                              # of a link, the file that it leads to
            selection.jsonl(os.fsencode(os.path.realpath(path) if os.path.islink(path) else path))
        return selection.count
