"""What pickles of archives and selections call: they hold a path, a snapshot and a plan, never articles and never code.

A pickle opens the archive again for reading, at the very snapshot it was made of, in any process that sees the same path.
Tables hold their numbers instead, and need no archive.
"""

from __future__ import annotations

import json
import weakref
from typing import Any

from pynews import _core, _plan
from pynews._archive import Archive, open_snapshot
from pynews._articles import Articles
from pynews._errors import ArchiveChangedError
from pynews._table import Table


class _Shared:
    """A snapshot that all objects unpickled from it share, as long as one of them lives."""

    def __init__(self, snapshot: _core.Snapshot) -> None:
        self.snapshot = snapshot


_shared: weakref.WeakValueDictionary[tuple[Any, ...], _Shared] = weakref.WeakValueDictionary()


def archive(path: str, archive_id: str, generation: int, fingerprint: str, mmap: bool) -> Archive:
    """The archive at `path`, open for reading at this snapshot.

    Raises
    ------
    FileNotFoundError
        If there is no archive at the path, or it keeps the snapshot no longer (``Archive.pin`` makes it keep one).
    ArchiveChangedError
        If another archive lies at the path, or its snapshot of this name holds other articles.
    """
    key = (path, archive_id, generation, fingerprint, mmap)
    held = _shared.get(key)
    if held is None:
        held = _Shared(_same(open_snapshot(path, generation, mmap), path, archive_id, generation, fingerprint))
        _shared[key] = held
    opened = Archive(path, held.snapshot, mmap=mmap)
    opened._held = held
    return opened


def articles(path: str, archive_id: str, generation: int, fingerprint: str, mmap: bool, plan: str) -> Articles:
    """The selection that `plan` makes of that archive; raises what `archive` raises."""
    opened = archive(path, archive_id, generation, fingerprint, mmap)
    steps, facts = json.loads(plan)
    made: Articles | None = None                           # from the outermost base to the selection
    for (selection, how), (query, filtered, days, within) in zip(reversed(_plan.run(steps, opened._snapshot_open())), reversed(facts), strict=True):
        is_whole = made is None and how.step == "all" and not query and not filtered
        made = opened._whole if is_whole else Articles(opened, selection, made, query, filtered, tuple(days), how, within)
    assert made is not None
    return made


def rows(table: Table) -> Table:
    """The rows of a concordance, or of threads: a plain table."""
    return table


def _same(snapshot: _core.Snapshot, path: str, archive_id: str, generation: int, fingerprint: str) -> _core.Snapshot:
    info = snapshot.info()
    if info["archive"] != archive_id:
        raise ArchiveChangedError(f"{path}: another archive than the one that was pickled")
    if info["fingerprint"] != fingerprint:
        raise ArchiveChangedError(f"{path}: snapshot v{generation} holds other articles than when it was pickled")
    return snapshot
