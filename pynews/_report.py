"""What an ingest met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynews import _core
from pynews._table import Table


class Report(Table):
    """Remarks of an ingest, a row each: columns input, offset, line, code, severity, excerpt.

    ``line`` is the line of a page or of JSON, the row of a table below its header, the entry of a feed. ``offset`` is a byte of
    the input; of tables and feeds a byte of the JSON lines that they become.

    The first 1,000 remarks of each code are rows; ``summary`` counts them all. ``read`` is always the sum of ``stored``,
    ``replaced``, ``duplicate`` and ``skipped``. What the codes mean is in docs/DIAGNOSTICS.md.

    Attributes
    ----------
    summary : Table
        Columns code, severity, count.
    read, stored, replaced, duplicate, skipped : int
        Records read and what became of them.
    inputs, bytes : int
        Inputs looked at, and bytes of text read from them.
    unchanged : int
        Inputs that were read to their end by an earlier ``build`` or ``add``, with the same content and options: they are not
        read again, and their records are not in ``read``.
    resumed : bool
        Whether this went on with work that was interrupted; what that had read is not counted again.
    """

    def __init__(
        self, rows: _core.Table, summary: _core.Table, counts: dict[str, int], inputs: int, n_bytes: int, unchanged: int = 0, resumed: bool = False
    ) -> None:
        super().__init__(rows)
        self.summary = Table(summary)
        self.read, self.stored, self.replaced = counts["read"], counts["stored"], counts["replaced"]
        self.duplicate, self.skipped = counts["duplicate"], counts["skipped"]
        self.inputs, self.bytes, self.unchanged, self.resumed = inputs, n_bytes, unchanged, resumed

    def __repr__(self) -> str:
        from pynews import _cards

        return _cards.report_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pynews import _cards

        return {"text/plain": repr(self), "text/html": _cards.report_html(self)}


def place_of(remark: Mapping[str, Any]) -> str:
    """The input of a remark, and the byte where there is one."""
    return str(remark["input"]) + (f" at byte {remark['offset']:,}" if remark["line"] or remark["offset"] else "")


def empty_report() -> Report:
    """The report of an archive that was only opened."""
    rows = _core.table(
        (
            ("input", "string", []),
            ("offset", "int64", []),
            ("line", "int64", []),
            ("code", "dictionary", []),
            ("severity", "dictionary", []),
            ("excerpt", "string", []),
        )
    )
    summary = _core.table((("code", "string", []), ("severity", "dictionary", []), ("count", "int64", [])))
    return Report(rows, summary, dict.fromkeys(("read", "stored", "replaced", "duplicate", "skipped"), 0), 0, 0)
