"""An archive: the articles of a folder, open for questions."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from pynews import _core
from pynews._articles import Articles, Field
from pynews._errors import UnknownNameError
from pynews._expr import QueryLike, q
from pynews._ingest import OnError, Progress, When, ingest
from pynews._report import Report, empty_report


class Archive(Articles):
    """All articles of an archive, as of one snapshot.

    Made by :func:`pynews.open` and :func:`pynews.build`. An archive is an :class:`Articles`, so everything that can be asked
    of a selection can be asked of it. What other writers add later becomes visible by opening it again.

    Attributes
    ----------
    path : str
        Absolute path of the archive's folder.
    snapshot : str
        Name of the generation that is open, such as ``'v12'``.
    report : Report
        What the last ``build`` or ``add`` through this object met; empty for an archive that was opened.
    """

    def __init__(self, path: str, snapshot: _core.Snapshot, *, mmap: bool = True) -> None:
        self.path = path
        self.report: Report = empty_report()
        self._mmap = mmap
        self._snapshot: _core.Snapshot | None = snapshot
        super().__init__(self, snapshot.all(), None, "")

    @property
    def snapshot(self) -> str:
        """Name of the generation that is open, such as ``'v12'``."""
        return f"v{self._snapshot_open().info()['generation']}"

    def add(
        self,
        inputs: Any,
        *,
        kind: str | None = None,
        fields: Mapping[str, str] | None = None,
        source: str | None = None,
        base_date: When | None = None,
        progress: Progress = None,
        on_error: OnError = "collect",
        memory: int | None = None,
    ) -> Report:
        """Add articles; they become visible all at once when the call returns.

        Parameters are those of :func:`pynews.build`. An article whose id is there already and whose content is the same is
        counted as a duplicate; with other content it replaces the older one.

        Returns
        -------
        Report
            What was read, stored, replaced, duplicate, skipped, and why.

        Raises
        ------
        ArchiveLockedError
            If another writer is at work; the message names it.
        """
        self._snapshot_open()
        writer = _core.writer(os.fsencode(self.path), False, memory or 0)
        self.report = ingest(writer, inputs, kind=kind, fields=fields, source=source, base_date=base_date, progress=progress, on_error=on_error)
        self._show(self._newest())
        return self.report

    def delete(self, what: QueryLike | Articles) -> int:
        """Delete articles; one commit, visible when the call returns.

        Other open archives and selections keep showing what they were opened with. The generation before is kept too, and the
        texts stay in the files, until `compact` rewrites them.

        Parameters
        ----------
        what : str, Expr or Articles
            A query is asked of the newest generation, whatever is open here. Of given articles those are deleted that are still
            there and unchanged: an article that was replaced since by other content stays.

        Returns
        -------
        int
            How many articles were deleted.

        Raises
        ------
        QuerySyntaxError, UnknownNameError
            For a wrong query; nothing is deleted then.
        ValueError
            If the articles are of another archive.
        ArchiveLockedError
            If another writer is at work; the message names it.

        Examples
        --------
        >>> import pynews, tempfile, os
        >>> path = os.path.join(tempfile.mkdtemp(), "small.pna")
        >>> ar = pynews.build(path, [{"id": "a", "title": "Rain"}, {"id": "b", "title": "Fog"}])
        >>> ar.delete("fog")
        1
        >>> [a.id for a in ar]
        ['a']
        """
        self._snapshot_open()
        with closing(_core.writer(os.fsencode(self.path), False, 0)) as writer:
            newest = Archive(self.path, self._newest(), mmap=self._mmap)
            n = writer.delete((what if isinstance(what, Articles) else newest.search(what))._open())
            writer.commit()
        self._show(self._newest())
        return n

    def _newest(self) -> _core.Snapshot:
        return _core.open(os.fsencode(self.path), 0, not self._mmap)

    def _show(self, snapshot: _core.Snapshot) -> None:
        self._snapshot, self._selection = snapshot, snapshot.all()

    @property
    def tags(self) -> Names:
        """Tags and the number of articles that carry each: ``ar.tags["AI"]``, most frequent first."""
        return Names(self, "tag")

    @property
    def sections(self) -> Names:
        """Sections and their numbers of articles."""
        return Names(self, "section")

    @property
    def sources(self) -> Names:
        """Sources and their numbers of articles."""
        return Names(self, "source")

    @property
    def authors(self) -> Names:
        """Authors and their numbers of articles."""
        return Names(self, "author")

    def _suggest(self, e: UnknownNameError) -> UnknownNameError:
        """The error with names like the one that is not there."""
        names = self._all().names(e.kind).column(0).values()
        folded = {name.casefold(): name for name in names}
        close = difflib.get_close_matches(e.name.casefold(), folded, 3, 0.6)
        return UnknownNameError(e.kind, e.name, [folded[name] for name in close])

    def _all(self) -> _core.Selection:
        return self._snapshot_open().all()

    def verify(self) -> None:
        """Read every file again and check every sum and every structure.

        Raises
        ------
        CorruptArchiveError
            Naming the file and the place of the first damage.
        """
        self._snapshot_open().verify()

    def close(self) -> None:
        """Let go of the files. Later calls raise ValueError; tables and articles already taken live on."""
        self._snapshot = None

    def _snapshot_open(self) -> _core.Snapshot:
        if self._snapshot is None:
            raise ValueError("the archive is closed")
        return self._snapshot

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.archive_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": _cards.archive_text(self), "text/html": _cards.archive_html(self)}


class Names(Mapping[str, int]):
    """Names of a field and how many articles of the archive carry each, most frequent first.

    A name is found in any spelling: case, width and the kind of quotation mark do not matter.
    """

    def __init__(self, archive: Archive, field: Field) -> None:
        self._archive, self._field = archive, field
        table = archive._all().names(field)
        self._counts: dict[str, int] = dict(zip(table.column(0).values(), table.column(1).values(), strict=True))

    def __getitem__(self, name: str) -> int:
        if name in self._counts:
            return self._counts[name]
        make = {"tag": q.tag, "section": q.section, "source": q.source, "author": q.author, "language": q.language}
        return len(self._archive.search(make[self._field](name)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.names_text(self._field, self._counts)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._counts)


def open(path: str | os.PathLike[str], *, at: str | None = None, mmap: bool = True) -> Archive:
    """Open an archive.

    Parameters
    ----------
    path : str or path
        The archive's folder.
    at : str, optional
        Name of an earlier generation that is still kept, such as ``'v11'``; the newest by default.
    mmap : bool, default True
        Map the files; False reads them into memory (for network file systems). Answers are the same.

    Returns
    -------
    Archive

    Raises
    ------
    FileNotFoundError
        If there is no archive.
    CorruptArchiveError, ArchiveVersionError
        If it cannot be trusted or was written by a newer pynews.
    """
    full = os.path.abspath(os.fspath(path))
    return Archive(full, _core.open(os.fsencode(full), _generation(at), not mmap), mmap=mmap)


def _generation(at: str | None) -> int:
    if at is None:
        return 0
    if not at.startswith("v") or not at[1:].isdecimal() or not 0 < int(at[1:]) < 2**32:
        raise ValueError(f"a snapshot is named like 'v12', not {at!r}")
    return int(at[1:])


def build(
    path: str | os.PathLike[str],
    inputs: Any,
    *,
    kind: str | None = None,
    fields: Mapping[str, str] | None = None,
    source: str | None = None,
    base_date: When | None = None,
    progress: Progress = None,
    on_error: OnError = "collect",
    memory: int | None = None,
) -> Archive:
    """Make an archive of what is on disk.

    Parameters
    ----------
    path : str or path
        Folder of the new archive; it must not exist, or be empty.
    inputs
        A path, a folder (all files below it), a glob pattern, an open binary file, bytes, an iterable of dicts, a table
        (anything with ``__arrow_c_stream__``: frames of pandas and polars, tables of pyarrow), or a list of these. Files may be
        text pages, JSON lines, CSV, Parquet or Arrow, plain or compressed by gzip, bzip2, xz or zstd: the kind is told by
        content, but for CSV, which is told by its name. CSV, Parquet and Arrow files need pyarrow or polars.
    kind : {'text', 'jsonl', 'json_array', 'csv', 'parquet', 'arrow'}, optional
        Read every input as this, whatever it looks like.
    fields : mapping of str to str, optional
        Names of input fields and the fields of an article they fill, tried before the usual names (docs/FIELDS.md); ``'-'``
        leaves a field out. Dotted names reach into nested objects.
    source : str, optional
        The outlet of every article.
    base_date : date or str, optional
        Day the pages were saved: allows relative dates such as "yesterday" and refuses later ones.
    progress : bool or callable, optional
        Show progress; by default if the call lasts and someone is watching. A callable gets (done, total or None) in bytes.
    on_error : {'collect', 'skip', 'raise'}, default 'collect'
        A record that cannot be read is skipped, counted and listed; 'skip' only counts it; 'raise' stops at the first one
        and stores nothing.
    memory : int, optional
        Bytes the writer may hold, 512 MiB by default.

    Returns
    -------
    Archive
        Its ``report`` says what was read, stored, replaced, duplicate and skipped, and why.

    Raises
    ------
    FileExistsError
        If the path exists.
    FileNotFoundError
        If an input does not exist.

    Examples
    --------
    >>> import pynews, tempfile, os
    >>> folder = tempfile.mkdtemp()
    >>> ar = pynews.build(os.path.join(folder, "small.pna"), [{"title": "Rain", "date": "2020-08-20", "body": "It rained."}])
    >>> len(ar), ar[0].title
    (1, 'Rain')
    """
    full = os.path.abspath(os.fspath(path))
    writer = _core.writer(os.fsencode(full), True, memory or 0)
    report = ingest(writer, inputs, kind=kind, fields=fields, source=source, base_date=base_date, progress=progress, on_error=on_error)
    archive = open(full)
    archive.report = report
    return archive

