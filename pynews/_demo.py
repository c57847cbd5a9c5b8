"""An archive that is ready to try: pages of a region that does not exist, written by pynews itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from pynews._archive import Archive, build, open
from pynews._demo_pages import write_pages

_VERSION = "2"                   # of the pages: a new one is built beside the old


def demo() -> Archive:
    """An archive of 3,000 generated articles, 2019-01-01 to 2022-04-14, built on first use.

    It lies in the user's cache folder, or in a temporary folder where that cannot be written.

    Returns
    -------
    Archive

    Examples
    --------
    >>> import pynews
    >>> len(pynews.demo())
    3000
    """
    path = _cache_folder() / f"demo-{_VERSION}.pna"
    try:
        return open(path)
    except FileNotFoundError:
        return _build(path)


def _cache_folder() -> Path:
    """Where the demo archive lies; made if it is not there."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(home) / "pynews"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="pynews-"))


def _build(path: Path) -> Archive:
    """Pages into a scratch folder, an archive of them beside its final place, then one rename: whoever comes second finds it."""
    scratch = Path(tempfile.mkdtemp(prefix="pynews-demo-", dir=path.parent))
    try:
        write_pages(scratch / "pages")
        build(scratch / "demo.pna", scratch / "pages", source="The Meridian Post", progress=False).close()
        try:
            os.rename(scratch / "demo.pna", path)
        except OSError:
            if not path.exists():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return open(path)
