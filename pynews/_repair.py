"""What is damaged in an archive, and what of it can be saved."""

from __future__ import annotations

import os

from pynews import _core
from pynews._table import Table


def repair(path: str | os.PathLike[str], *, dry_run: bool = True) -> Table:
    """What is damaged in the newest snapshot of an archive; with ``dry_run=False`` every article that can be read is saved.

    Nothing is ever removed or rolled back silently. A repair commits a new snapshot. Sound segments are taken over as they are;
    of a damaged one the articles are written again whose block of text is sound; damaged words, dates or lists lose nothing,
    for they are made again from the texts. Where the newest manifest is damaged, the newest one that is not decides, and
    articles of later segments are added; where none can be read, all segments in the folder count. Damaged files are kept as
    ``damaged-<snapshot>-<name>``; remove them when you need them no more.

    Parameters
    ----------
    path : str or path
        The archive's folder.
    dry_run : bool, default True
        Only look: nothing on disk is changed, and the table says what a repair would do.

    Returns
    -------
    Table
        A row for each damaged or missing file: ``file``, ``offset`` and ``damage`` say what was found where; ``articles`` how
        many live articles depend on it (null for a manifest); ``lost`` how many of them cannot be read; ``action`` what is done
        with it. No rows: everything is sound.

    Raises
    ------
    FileNotFoundError
        If there is no archive.
    ArchiveLockedError
        With ``dry_run=False``, if a writer is at work.
    CorruptArchiveError
        With ``dry_run=False``, if not one article can be read: nothing was changed then.
    ArchiveVersionError
        If a newer pynews wrote it.

    Examples
    --------
    >>> import pynews
    >>> pynews.repair(pynews.demo().path).shape
    (0, 6)
    """
    return Table(_core.repair(os.fsencode(os.path.abspath(os.fspath(path))), dry_run))
