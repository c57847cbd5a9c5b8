"""The fields of an article that names of one's own may stand for: ``fields=`` of `build` and `add`."""

from __future__ import annotations

from collections.abc import Mapping

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
