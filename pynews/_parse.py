"""Pages to articles and text to words, without an archive."""

from __future__ import annotations

import os

from pynews import _core, _inputs, _tables
from pynews._article import Article
from pynews._errors import PynewsError, UnsupportedError
from pynews._ingest import READABLE, When, options_of

PATH_MAX = 4096


def parse(page: bytes | str | os.PathLike[str], *, kind: str | None = None, url: str | None = None, base_date: When | None = None) -> list[Article]:
    """The articles of one page, without an archive.

    Parameters
    ----------
    page : bytes, str or path
        The page itself as bytes or text; or a path object that names a file (compressed or not).
    kind : {'text', 'jsonl', 'json_array'}, optional
        What it is; told by content by default.
    url : str, optional
        Address of the page, for articles that do not give one.
    base_date : date or str, optional
        Day the page was saved: allows relative dates.

    Returns
    -------
    list of Article
        Empty for an empty page.

    Raises
    ------
    UnsupportedError
        For a kind that cannot be read.
    ValueError
        For a str that is the name of a file that is there: it is a page, not a path.
    PynewsError
        If nothing in the page could be read; the message says why and where.

    Examples
    --------
    >>> import pynews
    >>> [a] = pynews.parse('{"headline": "Rain", "published": "20 August 2020"}')
    >>> a.title, a.date.isoformat(), a.date_precision
    ('Rain', '2020-08-20', 'day')
    """
    if isinstance(page, str):
        _check_no_path(page)
    data, name = _bytes_of(page)
    found = kind or _inputs.kind_of(data[: _inputs.HEAD])
    if found in ("jsonl", "json_array") and _inputs.is_utf16(data):
        data = data.decode("utf-16", "replace").encode()
    if found not in READABLE:
        more = "; pynews.build(path, inputs) reads it" if found == "feed" or found in _tables.TABLE_KINDS else ""
        raise UnsupportedError(f"{name}: {found} is not read here, only text pages and JSON are{more}")
    records = _core.parse(found, data, options_of(None, None, base_date))
    articles = [Article({**fields, "input": name, "url": fields["url"] or url}) for fields in records if not fields["skipped"]]
    if not articles:
        _complain(records, name)
    return articles


def _check_no_path(page: str) -> None:
    """A page of one line that is the name of a file that is there was meant as its name."""
    if page and len(page) < PATH_MAX and "\n" not in page and "\0" not in page and os.path.isfile(page):
        raise ValueError(f"the text {page!r} is the name of a file: give Path({page!r}) for what is in it, or bytes for a page of that one line")


def _bytes_of(page: bytes | str | os.PathLike[str]) -> tuple[bytes, str]:
    if isinstance(page, (bytes, bytearray, memoryview)):
        return bytes(page), "<bytes>"
    if isinstance(page, str):
        return page.encode(errors="replace"), "<text>"
    with open(page, "rb") as raw:
        name = os.path.basename(os.fspath(page))
        try:
            return _inputs.open_unpacked(raw)[1].read(), name
        except _inputs.DamagedInputError as e:
            raise PynewsError(f"{name}: {e}") from None


def _complain(records: list[dict[str, object]], name: str) -> None:
    """An input in which nothing could be read is an error where there is no report to look at."""
    for fields in records:
        for code, severity, line, offset, excerpt in fields["diagnostics"]:  # type: ignore[attr-defined]
            if severity == "error":
                raise PynewsError(f"{name} at byte {offset:,} (line {line}): {code}" + (f" ({excerpt})" if excerpt else ""))


def words(text: str) -> list[str]:
    """How a text is cut into words: the terms an archive knows it by (docs/WORDS.md).

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of str
        The terms in the order of the text; for scripts without spaces, overlapping pairs of characters.

    Examples
    --------
    >>> import pynews
    >>> pynews.words("Daegu’s Covid-19 plan costs $48.2 billion")
    ['daegu', 'covid', '19', 'plan', 'costs', '48.2', 'billion']
    """
    return [word for word, _, _, _ in _core.words(text)]
