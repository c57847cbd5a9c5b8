"""The text of a piece of HTML, as feeds hold it: paragraphs, without tags, scripts and styles."""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    "address article aside blockquote caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr"
    " li main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
UNREAD = frozenset(["script", "style"])
_BLANKS = re.compile(r"\s+")
_BREAKS = re.compile(r"[^\S\n]*\n[^\S\n]*")
_NO_TAG = re.compile(r"<(?=[^<>]*(?:<|\Z))")


class _Reader(HTMLParser):
    """Takes down what is read: runs of text, a line end at `br`, a blank between cells, an empty line at the edge of a block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unread = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread = tag in UNREAD
        self.pieces.append("\n\n" if tag in BLOCKS else "\n" if tag == "br" else " " if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        self._unread = False
        self.pieces.append("\n\n" if tag in BLOCKS else "")

    def handle_data(self, data: str) -> None:
        self.pieces.append("" if self._unread else _BLANKS.sub(" ", data))


def text_of(html: str) -> str:
    """The text: block elements are paragraphs, parted by an empty line; references are the characters they stand for."""
    reader = _Reader()
    reader.feed(_NO_TAG.sub("&lt;", _without_comments(html)))      # over what is never closed html.parser may take quadratic time
    reader.close()
    lines = _BREAKS.sub("\n", "".join(reader.pieces))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" {2,}", " ", lines)).strip()


def _without_comments(html: str) -> str:
    *closed, rest = html.split("-->")
    return "".join(part.partition("<!--")[0] + ("" if "<!--" in part else "-->") for part in closed) + rest


def line_of(html: str) -> str:
    """The text in one line, for a title."""
    return _BLANKS.sub(" ", text_of(html)).strip()
