"""The fields of an article that names of one's own may stand for: ``fields=`` of `build` and `add`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from pynews import _core
from pynews._errors import unknown

TARGETS = ("id", "title", "body", "teaser", "date", "modified", "section", "source", "url", "language", "authors", "tags", "related", "extra", "-")


def check(fields: Mapping[str, str]) -> None:
    """Refuses a mapping to what is no field, and says so where it is the wrong way round.

    Raises
    ------
    ValueError
        With the fields that there are.
    """
    for name, target in fields.items():
        if target in TARGETS:
            continue
        if name in TARGETS:
            raise ValueError(f"fields: {target!r} is not a field of an article, but {name!r} is: your names come first, fields={{{target!r}: {name!r}}}")
        raise ValueError(f"fields: {unknown('field of an article', target, TARGETS)} (docs/FIELDS.md)")


def make_articles(columns: Iterable[str], options: _core._Options) -> bool:
    """Whether rows with these columns can be articles: whether a record that has a text in each of them is one."""
    [record] = _core.parse("jsonl", json.dumps(dict.fromkeys(columns, "text")).encode(), options)
    return not record["skipped"]


class Looked:
    """Which of one's own names occur in an input: as JSON writes them, wherever that is."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self.missing = {name: _as_json(name.rpartition(".")[2]) for name, _ in fields}
        self.began = False

    def at(self, data: bytes | bytearray | memoryview) -> None:
        """Looks at more of the input."""
        self.began = True
        for name in [name for name, pattern in self.missing.items() if pattern.search(data)]:
            del self.missing[name]


def _as_json(name: str) -> re.Pattern[bytes]:
    """The name in quotation marks, with its characters as they are or escaped."""
    return re.compile(b"|".join(re.escape(json.dumps(name, ensure_ascii=ascii_only).encode(errors="replace")) for ascii_only in (False, True)))


def unusable(columns: list[str]) -> str:
    """What to say of a table with these columns."""
    return f"{', '.join(columns)}: none is title, body, teaser or url; fields={{{columns[0]!r}: 'title'}} names them"
