"""An archive: the articles of a folder, open for questions."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Literal

from pynews import _core, _deleting, _labels, _parts, _plan, _writing, _zones
from pynews._articles import Articles
from pynews._errors import UnknownNameError, unknown
from pynews._expr import QueryLike
from pynews._freq import Freq
from pynews._ingest import OnError, Progress, When, ingest, job_of
from pynews._names import FIELDS
from pynews._progress import meter
from pynews._report import Report, empty_report
from pynews._table import Table

Mode = Literal["r", "a"]


class Archive(Articles):
    """All articles of an archive, as of one snapshot.

    Made by :func:`pynews.open` and :func:`pynews.build`. An archive is an :class:`Articles`, so everything that can be asked
    of a selection can be asked of it. What other writers add later becomes visible by `refresh`. Selections, tables and
    articles stay what they were when they were made, whatever happens to the archive afterwards. An archive pickles as its
    path and snapshot, a selection as these and the steps that made it: both open read-only in another process.

    Attributes
    ----------
    path : str
        Absolute path of the archive's folder.
    snapshot : str
        Name of the generation that is open, such as ``'v12'``.
    mode : {'r', 'a'}
        Whether it was opened for reading, or for changing as well.
    report : Report
        What the last ``build`` or ``add`` through this object met; empty for an archive that was opened.
    """

    def __init__(self, path: str, snapshot: _core.Snapshot, *, mode: Mode = "r", mmap: bool = True, timeout: float = 0.0) -> None:
        self.path, self.mode = path, mode
        self.report: Report = empty_report()
        self._mmap, self._timeout = mmap, timeout
        self._held: object = None                          # what is shared with other objects (pynews/pickled.py)
        self._snapshot: _core.Snapshot | None = snapshot
        super().__init__(self, snapshot.all(), None, "", plan=_plan.ALL)
        self._whole = self._as_selection()
        self._labels: dict[str, _labels.Groups] = {}
        self._stems: dict[tuple[int, str], list[str]] = {}      # of dictionaries, by generation and language (pynews/_stem.py)

    @property
    def snapshot(self) -> str:
        """Name of the generation that is open, such as ``'v12'``."""
        return f"v{self._snapshot_open().info()['generation']}"

    # --- moving on: the object shows another snapshot, selections made before keep theirs

    def refresh(self) -> Archive:
        """Move on to the newest snapshot.

        Selections that were made before stay at theirs, with their base; make them anew to see what was added. They are not
        combined with newer ones.

        Returns
        -------
        Archive
            This object, so that ``ar.refresh().search("korea")`` reads well.

        Raises
        ------
        CorruptArchiveError, ArchiveVersionError
            If the newest snapshot cannot be trusted; the object then stays where it was.
        """
        self._snapshot_open()
        self._move(open_snapshot(self.path, 0, self._mmap))
        return self

    def _changed(self) -> None:
        """Shows what was just committed; a callable of the caller may have closed the archive meanwhile."""
        if self._snapshot is not None:
            self.refresh()

    def _move(self, snapshot: _core.Snapshot) -> None:
        self._whole._graph = None                          # it points back at them: without it what nobody holds goes at once
        self._snapshot, self._selection, self._stems = snapshot, snapshot.all(), {}
        self._whole = self._as_selection()

    def _as_selection(self) -> Articles:
        """All articles of this snapshot, as a selection that stays at it."""
        return Articles(self, self._selection, None, "", plan=_plan.ALL)

    def _fixed_base(self) -> Articles:
        return self._whole

    def _fixed(self) -> Articles:
        return self._whole

    # --- snapshots that are kept

    def pin(self, note: str = "") -> str:
        """Keep this snapshot for citations, however often the archive changes, until it is unpinned.

        The newest two snapshots are kept in any case. A pin keeps the files of its snapshot, which share what did not change
        with those of newer ones.

        Parameters
        ----------
        note : str
            What it is kept for, up to 1,000 bytes: ``'Figure 2 of the March report'``. As long as no other pin has it, it
            is a name of the snapshot, too.

        Returns
        -------
        str
            Name of the snapshot, such as ``'v12'``, for ``pynews.open(path, at='v12')``.

        Raises
        ------
        FileNotFoundError
            If the snapshot that is open here is not kept any more.
        ArchiveError, ArchiveLockedError
            If the archive was opened for reading; if another writer is at work.

        Examples
        --------
        >>> import pynews, tempfile, os
        >>> path = os.path.join(tempfile.mkdtemp(), "small.pna")
        >>> ar = pynews.build(path, [{"id": "a", "title": "Rain"}, {"id": "b", "title": "Fog"}])
        >>> ar.pin("Figure 2")
        'v1'
        >>> ar.delete("fog"), len(ar), len(pynews.open(path, at="Figure 2"))
        (1, 1, 2)
        """
        generation = int(self._snapshot_open().info()["generation"])
        with closing(self._writer("pin a snapshot")) as writer:
            if (generation, note) not in [(pinned, what) for pinned, _, what in _core.pins(os.fsencode(self.path))]:
                writer.pin(generation, int(time.time()), note)
                writer.commit()
        return f"v{generation}"

    def unpin(self, snapshot: str) -> None:
        """Let go of a snapshot that was pinned: the next change of the archive removes the files that it alone needs.

        Parameters
        ----------
        snapshot : str
            Its name, such as ``'v12'``, or the note of its pin.

        Raises
        ------
        FileNotFoundError
            If it is not pinned.
        UnknownNameError, ValueError
            If no pin has that note; if several have it.
        """
        self._snapshot_open()
        generation = _generation(self.path, snapshot)
        with closing(self._writer("unpin a snapshot")) as writer:
            writer.unpin(generation)
            writer.commit()

    @property
    def pins(self) -> Table:
        """Snapshots that are pinned now, oldest first: columns snapshot, pinned (UTC), note."""
        self._snapshot_open()
        pins = _core.pins(os.fsencode(self.path))
        columns = (
            ("snapshot", "string", [f"v{generation}" for generation, _, _ in pins]),
            ("pinned", "string", [_moment(since) for _, since, _ in pins]),
            ("note", "string", [note for _, _, note in pins]),
        )
        return Table(_core.table(columns))

    # --- labels of one's own, and parts

    def attach(self, name: str, labels: Any) -> None:
        """Give articles labels of your own: what was coded by hand, a model's topics, an outlet's leaning.

        Then ``trend(by=name)`` and ``counts(by=name)`` count by them, and ``filter(name=value)`` narrows to them. They are held
        in memory by this object, and are not written to the archive.

        Parameters
        ----------
        name : str
            A name like that of a variable, which no field of articles has. Labels of the same name are replaced.
        labels : mapping of article id to value, pandas Series by id, or pairs
            One value an article; articles without one, or with None or a missing value of pandas, carry no label. Values are taken as text.

        Raises
        ------
        ValueError
            If an id comes with two values.
        KeyError
            If an id is not in the archive. When the archive moves on, labels of articles that are gone count nowhere.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> ar.attach("desk", {a.id: "east" if "Korea" in a.body else "other" for a in ar["2020-08"]})
        >>> ar.counts("desk").to_dict()["count"]
        [53, 27]
        >>> ar.filter(desk="east").trend(freq="year").to_dict()["count"]
        [27]
        """
        _labels.check(name, FIELDS)
        groups = _labels.grouped(labels)
        _labels.check_ids(self._open(), groups)
        self._labels[name] = groups

    def partitions(self, n: int | None = None, by: Freq | None = None) -> list[Articles]:
        """The archive in parts that have no article in common, for workers: each pickles, and their trends add up to the whole.

        Parameters
        ----------
        n : int, optional
            About so many parts of consecutive days, about equally large; 1,000 at most.
        by : {'day', 'week', 'month', 'quarter', 'year'}, optional
            Instead: a part for each bucket that holds articles, 1,000 at most.

        Returns
        -------
        list of Articles
            Each its own base. Articles that lie in no single part, undated ones among them, are one part more, the last.
            A process gets a part as a pickle and gives its trend back as one; docs/TRENDS.md shows it with dask.

        Raises
        ------
        ValueError
            If there would be more than 1,000 parts.

        Examples
        --------
        >>> import pynews
        >>> ar = pynews.demo()
        >>> parts = ar.partitions(by="year")
        >>> [len(part) for part in parts]
        [913, 925, 912, 250]
        >>> sum(part.trend("korea") for part in parts).to_dict() == ar.trend("korea").to_dict()
        True
        """
        return _parts.of(self, n, by)

    # --- writing

    def _writer(self, what: str, memory: int | None = None, job: bytes | None = None) -> _core.Writer:
        """The right to write, for as long as the writer is open; `what` it is wanted for is named when it is refused."""
        self._snapshot_open()
        if self.mode != "a":
            raise _writing.refused(self.path, what)
        return _writing.open_writer(self.path, memory=memory, timeout=self._timeout, job=job)

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

        Parameters are those of :func:`pynews.build`. Files that were read to their end before, with the same content and options,
        are not read again: ``report.unchanged`` counts them. (Articles of theirs that were deleted or replaced since stay so; an
        open file, bytes and dicts are always read.) An interrupted ``add`` shows nothing, and the same call goes on with it.

        An article whose id is there already and whose content is the same is
        counted as a duplicate; with other content it replaces the older one.

        Returns
        -------
        Report
            What was read, stored, replaced, duplicate, skipped, and why.

        Raises
        ------
        ArchiveLockedError
            If another writer is at work, and still is after the `timeout` of `pynews.open`; the message names it.
        ArchiveError
            If the archive was opened for reading.
        """
        writer = self._writer("add articles", memory, job_of(inputs, kind, fields, source, base_date))
        self.report = ingest(writer, inputs, kind=kind, fields=fields, source=source, base_date=base_date, progress=progress, on_error=on_error)
        self._changed()
        return self.report

    def delete(self, what: QueryLike | Articles) -> int:
        """Delete articles; one commit, visible when the call returns.

        Other open archives and selections keep showing what they were opened with. The generation before is kept too, and the
        texts stay in the files, until `compact` rewrites them.

        Parameters
        ----------
        what : str, Expr or Articles
            A query is asked of the newest generation, whatever is open here; one article is ``"id:a1"`` or ``"url:…"``. A string
            that is itself the id or the address of an article is refused, for as a query it would mean the words in it. Of given
            articles those are deleted that are still there and unchanged: an article that was replaced since by other content stays.

        Returns
        -------
        int
            How many articles were deleted.

        Raises
        ------
        QuerySyntaxError, UnknownNameError
            For a wrong query; nothing is deleted then.
        ValueError
            If the articles are of another archive; if a string is an id or an address: the message has both queries that it may
            stand for.
        ArchiveLockedError
            If another writer is at work; the message names it.

        Examples
        --------
        >>> import pynews, tempfile, os
        >>> path = os.path.join(tempfile.mkdtemp(), "small.pna")
        >>> ar = pynews.build(path, [{"id": "a", "title": "Rain"}, {"id": "b", "title": "Fog"}, {"id": "sun", "title": "Sun"}])
        >>> ar.delete("fog")
        1
        >>> ar.delete("sun")
        Traceback (most recent call last):
            ...
        ValueError: 'sun' is the id of an article, but as a query it means the words in it: nothing was deleted
          'id:sun' is that article, '(sun)' every article with the words, 1 now
        >>> ar.delete("id:sun")
        1
        >>> [a.id for a in ar]
        ['a']
        """
        with closing(self._writer("delete articles")) as writer:
            newest = Archive(self.path, open_snapshot(self.path, 0, self._mmap), mmap=self._mmap)
            _deleting.check(newest, what)
            n = writer.delete((what if isinstance(what, Articles) else newest.search(what))._open())
            writer.commit()
        self._changed()
        return n

    def compact(self, *, progress: Progress = None) -> None:
        """Rewrite the archive as few files without what was deleted or replaced; no answer changes.

        Segments are merged into as few as their limits allow (10,000,000 articles, 2 GiB). The generations before are given
        up, but those that are pinned: afterwards no other file of the archive holds the text of an article that was deleted or
        replaced, and ``open(at=…)`` reaches none of them. Archives and selections that are open keep working. If nothing is to be done, nothing is.

        Parameters
        ----------
        progress : bool or callable, optional
            As for :func:`pynews.build`; a callable gets (done, total) in bytes of files read.

        Raises
        ------
        ArchiveLockedError
            If another writer is at work; the message names it.

        Examples
        --------
        >>> import pynews, tempfile, os
        >>> path = os.path.join(tempfile.mkdtemp(), "small.pna")
        >>> ar = pynews.build(path, [{"id": "a", "title": "Rain"}, {"id": "b", "title": "Fog"}])
        >>> ar.delete("fog")
        1
        >>> ar.compact()
        >>> len(ar)
        1
        """
        total = self._snapshot_open().info()["bytes"]
        with closing(self._writer("compact the archive")) as writer, meter(progress, total, "merging") as bar:
            writer.compact(bar.reach)
            bar.reach(total, total)
        self._changed()

    def _zone(self, tz: str | None) -> _zones.ZoneData | None:
        """A zone's clocks over the days of the archive."""
        info = self._snapshot_open().info()
        return None if tz is None else _zones.zone(tz, info["day_first"] or 0, info["day_last"] or 0)

    def _suggest(self, e: UnknownNameError) -> UnknownNameError:
        """The error with names like the one that is not there."""
        if e.kind == "article":
            return UnknownNameError(e.kind, e.name, self._ids_like(e.name))
        return unknown(e.kind, e.name, self._all().names(e.kind).column(0).values())

    def _ids_like(self, name: str) -> list[str]:
        """Ids of the articles that have this text as their address, or as their id but for blanks around it and capitals."""
        found = [self._snapshot_open().find(text) for text in (name, name.strip(), name.lower(), name.upper())]
        return list(dict.fromkeys(fields["id"] for fields in found if fields))

    def _all(self) -> _core.Selection:
        return self._snapshot_open().all()

    def verify(self, *, progress: Progress = None) -> Table:
        """Read every file of this snapshot again and check every sum and every structure.

        Parameters
        ----------
        progress : bool or callable, optional
            As for `pynews.build`, in bytes.

        Returns
        -------
        Table
            Columns file, kind, bytes (null for the manifest): the files that were checked, all of them sound.

        Raises
        ------
        CorruptArchiveError
            Naming the file and the place of the first damage; `pynews.repair` lists all of it, and what can be saved.

        Examples
        --------
        >>> import pynews
        >>> pynews.demo().verify()["kind"].to_list()
        ['manifest', 'index', 'text']
        """
        snapshot = self._snapshot_open()
        parts, info = snapshot.files(), snapshot.info()
        with meter(progress, sum(sum(part[2:]) for part in parts), "verifying") as bar:
            snapshot.verify(-1)
            for i, part in enumerate(parts):
                snapshot.verify(i)
                bar.advance(sum(part[2:]))
        rows: list[tuple[str, str, int | None]] = [(f"MANIFEST-{info['generation']:010}", "manifest", None)]
        for number, deletions, idx, doc, gone in parts:
            rows += [(f"seg-{number:010}.idx", "index", idx), (f"seg-{number:010}.doc", "text", doc)]
            rows += [(f"seg-{number:010}.{deletions:010}.del", "deletions", gone)] if deletions else []
        names, kinds, sizes = zip(*rows, strict=True)
        return Table(_core.table((("file", "string", list(names)), ("kind", "dictionary", list(kinds)), ("bytes", "int64", list(sizes)))))

    def close(self) -> None:
        """Let go of the files. Later calls raise ValueError; tables and articles already taken live on."""
        if self._snapshot is not None:
            self._whole._graph = None
            self._snapshot, self._held, self._whole = None, None, self
            del self._selection                            # nobody gets to it: _open asks for the snapshot first

    def _snapshot_open(self) -> _core.Snapshot:
        if self._snapshot is None:
            raise ValueError("the archive is closed")
        return self._snapshot

    def _handle(self, snapshot: _core.Snapshot) -> tuple[str, str, int, str, bool]:
        """What opens a snapshot of this archive again (pynews/pickled.py)."""
        info = snapshot.info()
        return self.path, info["archive"], info["generation"], info["fingerprint"], self._mmap

    def __reduce__(self) -> tuple[Any, ...]:
        from pynews import pickled

        return pickled.archive, self._handle(self._snapshot_open())

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


def open(path: str | os.PathLike[str], mode: Mode = "r", *, at: str | None = None, mmap: bool = True, timeout: float = 0.0) -> Archive:
    """Open an archive.

    Parameters
    ----------
    path : str or path
        The archive's folder.
    mode : {'r', 'a'}, default 'r'
        'r' for reading: nothing on disk is ever changed, and the folder need not be writable. 'a' for changing it as well.
        Readers and a writer never wait for each other; two writers do: each takes its turn for the time of a call.
    at : str, optional
        Name of an earlier snapshot that is still kept, such as ``'v11'``, or the note of a pin; the newest by default. The
        newest two are kept, and those that were pinned.
    mmap : bool, default True
        Map the files; False reads them into memory (for network file systems). Answers are the same.
    timeout : float, default 0
        Seconds that a call which changes the archive waits while another writer is at work; 0 refuses at once. Ctrl-C ends
        the waiting.

    Returns
    -------
    Archive

    Raises
    ------
    FileNotFoundError
        If there is no archive, or no such snapshot.
    UnknownNameError, ValueError
        If `at` is neither the name of a snapshot nor the note of a pin; if several pins have that note.
    CorruptArchiveError, ArchiveVersionError
        If it cannot be trusted or was written by a newer pynews.
    OSError
        With ``mode='a'``, if the folder cannot be written.

    Examples
    --------
    >>> import pynews
    >>> demo = pynews.demo()
    >>> with pynews.open(demo.path) as ar:
    ...     ar.snapshot, len(ar)
    ('v1', 3000)
    """
    if mode not in ("r", "a"):
        raise ValueError(f"mode is 'r' for reading or 'a' for changing, not {mode!r}")
    if not timeout >= 0:
        raise ValueError("timeout is a number of seconds, 0 or more")
    full = os.path.abspath(os.fspath(path))
    if os.path.isfile(full):
        raise NotADirectoryError(20, "an archive is a folder and this is a file; pynews.build makes an archive of it", full)
    generation = 0 if at is None else _generation(full, at)
    snapshot = open_snapshot(full, generation, mmap)
    if mode == "a":
        _writing.check_writable(full)
    return Archive(full, snapshot, mode=mode, mmap=mmap, timeout=timeout)


def open_snapshot(path: str, generation: int, mmap: bool) -> _core.Snapshot:
    """A snapshot, 0 for the newest; says which ones are kept where this one is not."""
    try:
        return _core.open(os.fsencode(path), generation, not mmap)
    except FileNotFoundError:
        kept = _kept(path)
        if generation and not kept:
            raise FileNotFoundError(2, "no archive here: the folder holds no MANIFEST file", path) from None
        if generation in [0, *kept]:
            raise
        names = ", ".join(f"v{n}" for n in kept)
        raise FileNotFoundError(2, f"snapshot v{generation} is not kept (kept: {names}); Archive.pin keeps one", path) from None


def _moment(seconds: int) -> str | None:
    """A moment of a file, which may be any number."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None


def _kept(path: str) -> list[int]:
    """Snapshots whose manifest is in the folder."""
    try:
        names = os.listdir(path)
    except OSError:
        return []
    return sorted(int(name[9:]) for name in names if name.startswith("MANIFEST-") and len(name) == 19 and name[9:].isascii() and name[9:].isdecimal())


def _generation(path: str, name: str) -> int:
    """The number of a snapshot that is named like 'v12', or by the note of its pin."""
    if not isinstance(name, str):
        raise ValueError(f"a snapshot is named like 'v12' or by the note of its pin, not {name!r}: .snapshot names the open one, .pins lists the pins")
    if name.startswith("v") and name[1:].isdecimal() and 0 < int(name[1:]) < 2**32:
        return int(name[1:])
    pins = _core.pins(os.fsencode(path))
    noted = [generation for generation, _, note in pins if note == name != ""]
    if len(noted) > 1:
        raise ValueError(f"{len(noted)} pins have the note {name!r}: {', '.join(f'v{n}' for n in noted)}; say which of them")
    if not noted:
        raise unknown("snapshot", name, [*(note for _, _, note in pins if note), *(f"v{n}" for n in _kept(path))])
    return noted[0]


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
        Folder of the new archive; it must not exist, or be empty, or hold a build that was interrupted. The same call goes on
        with that where it was last set aside, which is whenever half of `memory` was filled; another one begins anew.
    inputs
        A path, a folder (all files below it), a glob pattern, an open binary file, bytes, an iterable of dicts, a table
        (anything with ``__arrow_c_stream__``: frames of pandas and polars, tables of pyarrow), or a list of these. Files may be
        text pages, JSON lines, CSV, Parquet or Arrow, or saved feeds (RSS, Atom, RDF), plain or compressed by gzip, bzip2, xz or
        zstd: the kind is told by content, but for CSV, which is told by its name. CSV, Parquet and Arrow files need pyarrow or
        polars, feeds need feedparser; nothing is ever fetched.
    kind : {'text', 'jsonl', 'json_array', 'csv', 'parquet', 'arrow', 'feed'}, optional
        Read every input as this, whatever it looks like.
    fields : mapping of str to str, optional
        Names of input fields and the fields of an article they fill, tried before the usual names (docs/FIELDS.md); ``'-'``
        leaves a field out. Dotted names reach into nested objects.
    source : str, optional
        The outlet of every article. Articles without id and address are known by it, too: give the same one whenever they come
        again (docs/FIELDS.md).
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
    writer = _writing.open_writer(full, is_new=True, memory=memory, job=job_of(inputs, kind, fields, source, base_date))
    report = ingest(writer, inputs, kind=kind, fields=fields, source=source, base_date=base_date, progress=progress, on_error=on_error)
    archive = open(full, "a")
    archive.report = report
    return archive

