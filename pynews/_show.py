"""Strangers' text on a screen: cut to size, controls made visible, HTML escaped."""

from __future__ import annotations

import datetime as dt
import html
import unicodedata
from collections.abc import Sequence
from typing import Any

NUMBER = 'style="text-align:right;font-variant-numeric:tabular-nums"'
TEXT = 'style="text-align:left"'
MONO = 'style="font-family:var(--jp-code-font-family,monospace);white-space:pre;text-align:left"'
MUTED = 'style="opacity:.65"'
CARD = '<div style="font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;line-height:1.45;max-width:60em;overflow-x:auto">'
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Lines(str):
    """Text of several lines, which a notebook shows as it reads and not as a string with escapes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def plain(text: object) -> str:
    """Text that cannot steer a terminal: control and direction signs are shown as escapes, line ends as blanks."""
    out = []
    for c in str(text):
        if c in "\n\t\r":
            out.append(" ")
        elif unicodedata.category(c) in ("Cc", "Cs") or c in _BIDI:
            out.append(f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}")
        else:
            out.append(c)
    return "".join(out)


def cut(text: object, width: int) -> str:
    """At most `width` signs, the last an ellipsis where something was cut."""
    s = plain(text)
    return s if len(s) <= width else s[: width - 1] + "…"


def columns_wide(text: str) -> int:
    """How many terminal cells a text takes: wide characters two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, width: int, right: bool = False) -> str:
    """Filled up with blanks to `width` terminal cells."""
    blanks = " " * max(0, width - columns_wide(text))
    return blanks + text if right else text + blanks


def grid(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Lines of an aligned table."""
    widths = [max(columns_wide(r[i]) for r in [header, *rows]) for i in range(len(header))]
    return ["  ".join(pad(c, w, r) for c, w, r in zip(line, widths, right, strict=True)).rstrip() for line in [header, *rows]]


def grid_html(header: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str]) -> str:
    """An HTML table; cells are escaped here."""
    head = "".join(f"<th {s if s != MONO else TEXT}>{html.escape(h)}</th>" for h, s in zip(header, styles, strict=True))
    body = "".join("<tr>" + "".join(f"<td {s}>{html.escape(c)}</td>" for c, s in zip(r, styles, strict=True)) + "</tr>" for r in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def cell(value: Any, width: int = 60) -> str:
    """A value of a table for people."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return cut(value, width)


def size(n: int) -> str:
    """Bytes for people."""
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n >= one:
            return f"{n / one:.1f} {unit}"
    return f"{n} B"


def places(share: float) -> int:
    """Decimals of a percentage, so that the largest share of a series tells something: one, of rare things more."""
    return 1 if share >= 0.01 or not share else 2 if share >= 0.001 else 3 if share >= 0.0001 else 4


def percent(part: int, whole: int, decimals: int = 1) -> str:
    """A share that never rounds a small part to nothing nor a large one to all."""
    if not whole:
        return "—"
    share, least = 100 * part / whole, 10**-decimals
    if 0 < share < least:
        return f"<{least:.{decimals}f}%"
    if 100 - least < share < 100:
        return f">{100 - least:.{decimals}f}%"
    return f"{share:.{decimals}f}%" if share % 1 else f"{share:.0f}%"
