"""What a concordance looks like: the nodes below each other, in a terminal and in a notebook."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from pynews._cards import _card, _count, _fit, _muted
from pynews._printed import iso
from pynews._show import MUTED, TEXT, columns_wide, cut, pad, plain

if TYPE_CHECKING:
    from pynews._concordance import Concordance

ROWS = 10
CONTEXT = 44                     # signs left and right of a node


def _tail(text: str, width: int) -> str:
    """The last `width` signs, the first an ellipsis where something was cut."""
    s = plain(text)
    return s if len(s) <= width else "…" + s[len(s) - width + 1 :]


def _concordance_rows(k: Concordance, n: int) -> list[tuple[str, str, str, str]]:
    """Date, left, node, right of the first rows."""
    first = k[:n]
    printed = first._printed or (lambda row, column: None)
    return [_concordance_row(row, printed(i, "date")) for i, row in enumerate(first)]


def _concordance_row(row: dict[str, Any], precision: str | None) -> tuple[str, str, str, str]:
    date = "undated" if row["date"] is None else iso(row["date"], precision)
    return date, _tail(row["left"].rstrip(), CONTEXT), cut(row["node"], CONTEXT), cut(row["right"].lstrip(), CONTEXT)


def _concordance_head(k: Concordance) -> str:
    n = len(k._kwic)
    rows = "" if len(k) == n else f", rows {k._rows_shown.start:,} to {k._rows_shown.stop - 1:,}" if len(k) else ", no row"
    return f"{_count(n, 'hit')} in {_count(k.n_articles, 'article')}{rows}, sorted by {k._sort}"


def concordance_lines(k: Concordance, n: int) -> list[str]:
    """What it is of, and its first `n` rows, nodes below each other."""
    rows = _concordance_rows(k, n)
    left, node = (max((columns_wide(row[i]) for row in rows), default=0) for i in (1, 2))
    lines = [f"{d:10}  {pad(a, left, True)} │ {pad(b, node)} │ {c}".rstrip() for d, a, b, c in rows]
    return [f"concordance of {cut(k.query, 60)}: {_concordance_head(k)}", *lines]


def concordance_text(k: Concordance) -> str:
    """A concordance in a terminal."""
    return "\n".join([*concordance_lines(k, ROWS), _concordance_foot(k, min(ROWS, len(k)))])


def _concordance_foot(k: Concordance, shown: int) -> str:
    if not len(k):
        return "nothing found"
    more = f"{shown:,} of {_count(len(k), 'row')} shown · [{shown}:{min(2 * shown, len(k))}] · " if shown < len(k) else ""
    return f'{more}sort="R1" · .to_pandas() .to_csv(path)'


def concordance_html(k: Concordance) -> str:
    """A concordance in a notebook."""
    rows = _concordance_rows(k, ROWS)
    head = f"<b>concordance</b> <code>{html.escape(cut(k.query, 100))}</code> <span {MUTED}>{html.escape(_concordance_head(k))}</span>"

    def make(n: int) -> str:
        lines = "".join(_line_html(*row) for row in rows[:n])
        return _card(head, f"<table><tbody>{lines}</tbody></table>" if lines else "", _muted(_concordance_foot(k, min(n, len(rows)))))

    return _fit(make, len(rows))


def _line_html(date: str, left: str, node: str, right: str) -> str:
    left, node, right = map(html.escape, (left, node, right))
    return f'<tr><td {MUTED}>{date}</td><td style="text-align:right">{left}</td><td {TEXT}><b>{node}</b></td><td {TEXT}>{right}</td></tr>'
