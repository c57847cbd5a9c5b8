"""The right to write: one writer an archive, and how long the next one waits."""

from __future__ import annotations

import errno
import os
import time

from pynews import _core
from pynews._errors import ArchiveError, ArchiveLockedError

LOOK_EVERY = 0.05                # seconds between two looks at a lock that another writer holds


def open_writer(path: str, *, is_new: bool = False, memory: int | None = None, timeout: float = 0.0, job: bytes | None = None) -> _core.Writer:
    """The archive's writer, which holds its lock until it is closed: the one door for everything that changes an archive.

    Of a `job` (pynews/_resume.py) that was interrupted the writer takes up what was set aside.

    Raises
    ------
    ArchiveLockedError
        If another writer still holds the lock after `timeout` seconds.
    """
    until = time.monotonic() + timeout
    while True:
        try:
            return _core.writer(os.fsencode(path), is_new, memory or 0, job)
        except ArchiveLockedError:
            left = until - time.monotonic()
            if left <= 0:
                raise
            time.sleep(min(LOOK_EVERY, left))


def check_writable(path: str) -> None:
    """Raises OSError when files of the archive's folder cannot be made here, by this user."""
    if os.access(path, os.W_OK | os.X_OK):
        return
    is_there = os.path.isdir(path)
    on_read_only = is_there and os.statvfs(path).f_flag & os.ST_RDONLY
    if is_there:
        code = errno.EROFS if on_read_only else errno.EACCES
        raise OSError(code, "the archive cannot be written, only read: " + os.strerror(code).lower(), path)


def refused(path: str, what: str) -> ArchiveError:
    """The error of a change through an archive that was opened for reading."""
    return ArchiveError(f"{path}: opened for reading; to {what}, open it with pynews.open(path, mode='a')")
