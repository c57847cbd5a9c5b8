"""How many articles carry each name of a field, or each combination of names of several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pynews import _cite, _core, _labels
from pynews._names import field_of
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._articles import Articles

Counted = tuple[tuple[str, ...], int]           # names, articles


def names(of: Articles, by: str, top: int | None = None) -> list[Counted]:
    """The names of a field or of labels among these articles, most frequent first."""
    labels = of._archive._labels.get(by)
    if labels is not None:
        return [((value,), len(part)) for value, part in _labels.counted(of, labels, by)[:top]]
    found = Table(of._open().names(field_of(by)))[:top]
    return [((name,), n) for name, n in zip(found["name"].to_list(), found["count"].to_list(), strict=True)]


def _crossed(of: Articles, fields: Sequence[str]) -> Iterator[Counted]:
    for (name,), n in names(of, fields[0]):
        if len(fields) == 1:
            yield (name,), n
        else:
            yield from (((name, *rest), m) for rest, m in _crossed(of._named(fields[0], name), fields[1:]))


def combinations(of: Articles, fields: Sequence[str], top: int | None) -> list[Counted]:
    """The combinations of names that at least one article carries, most frequent first, ties by names."""
    return sorted(_crossed(of, fields), key=lambda row: (-row[1], row[0]))[:top]


def _behind(of: Articles, fields: Sequence[str], wanted: Sequence[str]) -> Articles:
    for field, name in zip(fields, wanted, strict=True):
        of = of._named(field, name)
    return of


def table(of: Articles, by: str | Sequence[str], top: int | None) -> Table:
    """Names, count, total and share of each; the rows lead to their articles."""
    fields = [by] if isinstance(by, str) else list(by) if isinstance(by, Sequence) else []
    if not fields or not all(isinstance(field, str) for field in fields):
        raise TypeError(f"by is the name of a field, or a list of such names, not {by!r}")
    if len(set(fields)) < len(fields):
        raise ValueError("name each field once")
    rows = names(of, fields[0], top) if len(fields) == 1 else combinations(of, fields, top)
    n, counts = len(of), [count for _, count in rows]
    titles = ["name"] if isinstance(by, str) else fields
    columns: tuple[tuple[str, str, list[Any]], ...] = (
        *((title, "string", [row[i] for row, _ in rows]) for i, title in enumerate(titles)),
        ("count", "int64", counts),
        ("total", "int64", [n] * len(counts)),
        ("share", "float64", [count / n for count in counts]),
    )
    call = f"Counts by {' and '.join(fields)}" + (f", top {top:,}" if top is not None else "")
    return Table(_core.table(columns), of._query, origin=_cite.origin_of(of, call=call), behind=lambda row: _behind(of, fields, rows[row][0]))
