"""Saved feeds (RSS, Atom, RDF) as inputs: their entries as records, by the rules of docs/FIELDS.md. feedparser reads the XML; nothing is fetched."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pynews._errors import UnsupportedError
from pynews._html_text import line_of, text_of

FEED_LIMIT = 64 << 20            # a feed is read whole
CURE = 'pip install "pynews[feeds]" brings it'
_PLAIN = "text/plain"
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_NAME_AND_ADDRESS = re.compile(r"\s*[^\s@]+@\S+\s*\(([^()]+)\)\s*|\s*([^<>]*[^<>\s])\s*<[^\s@]+@\S+>\s*")

Record = dict[str, Any]


class Feed:
    """A feed that was read: its entries as records, and what is wrong with it.

    Attributes
    ----------
    problem : str or None
        Why it is not well formed, where it is not.
    lost : list of str
        What the reader said of each entry that it could not read.
    """

    def __init__(self, data: bytes) -> None:
        self.lost: list[str] = []
        try:
            parsed = _parse(data)
            self._entries, self._language = parsed["entries"], dict.get(parsed["feed"], "language")
            self.problem = _problem(parsed.get("bozo_exception"), data)
        except _BadFeedError as e:
            self._entries, self._language, self.problem = [], None, str(e)
            self._read_each(data)

    def _read_each(self, data: bytes) -> None:
        """The entries one by one: what breaks the reader costs the entry in which it stands."""
        starts = [m.start() for m in _ENTRY.finditer(data)]
        for begin, end in pairwise([*starts, len(data)]):
            try:
                parsed = _parse(data[: starts[0]] + data[begin:end])
                self._entries += parsed["entries"]
                self._language = dict.get(parsed["feed"], "language")
            except _BadFeedError as e:
                self.lost.append(str(e))

    def __len__(self) -> int:
        return len(self._entries)

    def records(self) -> Iterator[Record]:
        """A record an entry, in the order of the feed."""
        for entry in self._entries:
            yield _record(entry, self._language)


class _BadFeedError(Exception):
    """feedparser raised where it should have said what is wrong."""


def _parse(data: bytes) -> Any:
    """What feedparser makes of bytes. It gets a stream: of bytes themselves it would first ask whether they are the name of a file."""
    try:
        import feedparser
    except ImportError:
        raise UnsupportedError(f"feeds are read through feedparser, which is not installed: {CURE}") from None
    try:
        return feedparser.parse(io.BytesIO(data), resolve_relative_uris=False, sanitize_html=False)
    except Exception as e:       # whatever a library may raise at bytes from anywhere: references to no character do it
        raise _BadFeedError(f"{type(e).__name__}: {e}") from None


def _problem(e: BaseException | None, data: bytes) -> str | None:
    """Why a feed is not well formed, with its place where the reader says one. Where there is no declaration it puts one in front, a line of its own."""
    if e is None:
        return None
    line, column = getattr(e, "getLineNumber", int)(), getattr(e, "getColumnNumber", int)()
    line -= b"<?xml" not in data[:200].replace(b"\0", b"")
    reason = getattr(e, "getMessage", lambda: str(e))() or type(e).__name__
    return f"line {line}, column {column}: {reason}" if line > 0 else reason


def _record(entry: Any, language: str | None) -> Record:
    """The fields of an entry under our names, without what it does not say."""
    content = _content(entry)
    teaser, url = _text(dict.get(entry, "summary_detail")), dict.get(entry, "link")
    body = _text(content)
    published, updated = dict.get(entry, "published"), dict.get(entry, "updated")
    record = {
        "title": _title(dict.get(entry, "title_detail")),
        "url": url,
        "id": None if dict.get(entry, "id") == url else dict.get(entry, "id"),
        "date": published or updated,
        "modified": updated if published else None,
        "authors": _authors(entry),
        "tags": [name for name in (tag.get("label") or tag.get("term") for tag in dict.get(entry, "tags") or ()) if name],
        "body": body,
        "teaser": None if teaser == body else teaser,
        "language": (content or {}).get("language") or language,
        "source": dict.get(dict.get(entry, "source") or {}, "title"),
    }
    return {name: value for name, value in record.items() if value}


def _content(entry: Any) -> Any:
    """The full text of an entry: of several forms the first that is text."""
    forms = dict.get(entry, "content") or ()
    return next((form for form in forms if form.get("value") and str(form.get("type")).startswith(("text/", "application/xhtml"))), None)


def _text(detail: Any) -> str | None:
    value = None if detail is None else detail.get("value")
    return value if not value or detail.get("type") == _PLAIN else text_of(value)


def _title(detail: Any) -> str | None:
    value = None if detail is None else detail.get("value")
    return value if not value or detail.get("type") == _PLAIN else line_of(value)


def _authors(entry: Any) -> list[str]:
    """Authors by name, or by address where there is no more. feedparser takes long host names apart in the wrong place: a line of both is read here."""
    authors = dict.get(entry, "authors") or ()
    both = _NAME_AND_ADDRESS.fullmatch(dict.get(entry, "author") or "") if len(authors) < 2 else None
    names = [both[1] or both[2]] if both else [author.get("name") or author.get("email") for author in authors]
    return [name for name in names if name]
