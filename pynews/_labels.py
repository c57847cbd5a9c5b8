"""Labels of one's own: values by article id, held in memory by the archive object they were attached to."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from pynews import _core, _plan
from pynews._errors import unknown

if TYPE_CHECKING:
    from pynews._articles import Articles
    from pynews._trend_source import Options


class Ids(tuple[str, ...]):
    """The ids that carry a value; the articles that were found by them last are kept, for they are asked for again and again."""

    _found: tuple[tuple[str, int], _core.Selection, int] | None = None

    def pick(self, of: _core.Selection) -> tuple[_core.Selection, int]:
        """Those of a snapshot, and which id is the first without an article."""
        info = of.snapshot.info()
        key = (info["archive"], info["generation"])
        if self._found is None or self._found[0] != key:
            self._found = (key, *of.pick(tuple(self)))
        return self._found[1:]


Groups = dict[str, Ids]                         # value: the ids that carry it


def grouped(labels: Any) -> Groups:
    """Ids by value, from a mapping, a pandas Series, or pairs."""
    pairs: Iterable[tuple[Any, Any]] = labels.items() if hasattr(labels, "items") else labels
    groups: dict[str, list[str]] = {}
    given: dict[str, str] = {}
    for article, value in pairs:
        if not isinstance(article, str):
            raise TypeError(f"labels are by article id, a str, not {article!r}")
        if _is_missing(value):
            continue
        first = given.setdefault(article, str(value))
        if first != str(value):
            raise ValueError(f"{article!r} has two labels, {first!r} and {str(value)!r}: an article has one; attach a second kind under another name")
        groups.setdefault(first, []).append(article)
    return {value: Ids(ids) for value, ids in groups.items()}


def _is_missing(value: Any) -> bool:
    """None, or what pandas has where there is nothing: NaN, NaT, NA."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, numbers.Real) and value != value)


def check(name: str, fields: Sequence[str]) -> None:
    """Whether a name can be one of labels."""
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"labels are named like a variable, such as 'topic', not {name!r}")
    if name in fields or name.removesuffix("s") in fields:
        raise ValueError(f"{name!r} is a field of articles: name the labels otherwise")


def check_ids(selection: _core.Selection, groups: Groups) -> None:
    """Refuses labels of articles that are not there: they would be counted nowhere."""
    for ids in groups.values():
        _, missing = ids.pick(selection)
        if missing < len(ids):
            raise KeyError(f"no article with the id {ids[missing]!r}: leave out labels of articles that the archive does not hold")


def value_of(groups: Groups, name: str, value: str) -> Ids:
    """The ids that carry a value."""
    if value not in groups:
        raise unknown(name, value, list(groups))
    return groups[value]


def joint(groups: Sequence[Ids], of: _core.Selection) -> _core.Selection:
    """The articles of a snapshot that carry one of several values."""
    found = [ids.pick(of)[0] for ids in groups]
    return reduce(lambda left, right: left.combine(right, 1), found) if found else of.pick(())[0]


@_plan.step("pick")
def _pick(snapshot: _core.Snapshot, within: _core.Selection, ids: Sequence[str]) -> _core.Selection:
    return within.combine(within.pick(tuple(ids))[0], 0)


def counted(of: Articles, groups: Groups, name: str) -> list[tuple[str, Articles]]:
    """The articles of each value, most first, ties by value; values that none of them carries are left out."""
    parts = [(value, of._picked([ids], f"{name} {value}")) for value, ids in groups.items()]
    return sorted(((value, part) for value, part in parts if len(part)), key=lambda pair: (-len(pair[1]), pair[0]))


def trend(parts: Sequence[tuple[str, Articles]], of: Articles, base: Articles, options: Options) -> tuple[_core.Table, _core.Table, int, int]:
    """The tables of a trend with a series for each part."""
    if not parts:
        return of._open().trend(base._open(), (), options)
    made = [part._open().trend(base._open(), ((value, None),), options) for value, part in parts]
    return _stacked([m[0] for m in made]), _stacked([m[1] for m in made]), made[0][2], made[0][3]


def _stacked(tables: Sequence[_core.Table]) -> _core.Table:
    columns = []
    for i, name in enumerate(tables[0].columns):
        first = tables[0].column(i)
        kind = f"{first.kind}:{first.zone}" if first.zone else first.kind
        columns.append((name, kind, [v for t in tables for v in t.column(i).values()]))
    return _core.table(tuple(columns))


def filtered(of: Articles, names: Mapping[str, str | Sequence[str]], labels: Mapping[str, Groups]) -> Articles:
    """Selection and base narrowed to articles that carry one of the values of each label."""
    for name, values in names.items():
        wanted = [values] if isinstance(values, str) else list(values)
        ids = [value_of(labels[name], name, value) for value in wanted]
        words = f"{name} {' or '.join(wanted)}"
        base = of._fixed_base()._picked(ids, words)
        picked = of._picked(ids, words)
        of = base if of._base is None else picked._inside(base)
    return of
