"""How a query was read, as a tree, and what each part of it finds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pynews import _core
from pynews._show import Lines, plain

MANY = 60                        # parts shown of one operator
OPERATORS = ("and", "or", "not")
_FIELD = re.compile(r"(title|body|lead|tag|section|source|author|lang|language|date|length|id|url)[=<>]", re.I)


@dataclass(slots=True)
class Part:
    """A leaf, or an operator and what it joins."""

    kind: str
    text: str
    count: int | None
    terms: int | None
    parts: list[Part] = field(default_factory=list)


def tree(table: _core.Table) -> Part:
    """The rows of the core, operators behind what they join, as a tree; neighbours under the same operator lie side by side."""
    stack: list[Part] = []
    kinds, parts, texts, counts, terms = (table.column(i).values() for i in range(5))
    for kind, n, text, count, term in zip(kinds, parts, texts, counts, terms, strict=True):
        joined = stack[len(stack) - n :]
        del stack[len(stack) - n :]
        if kind in ("and", "or") and joined[0].kind == kind:
            joined[:1] = joined[0].parts
        stack.append(Part(kind, text, count, term, joined))
    return stack[0]


def read(query: str) -> Part:
    """A query as it is read."""
    return tree(_core.explain(query))


def spelled(part: Part) -> str:
    """The query with every parenthesis that the order of binding lets one leave out between AND and OR."""
    if not part.parts or part.kind == "near":
        return part.text
    inner = [f"({spelled(p)})" if p.kind in ("and", "or") else spelled(p) for p in part.parts]
    return f"NOT {inner[0]}" if part.kind == "not" else f" {part.text} ".join(inner)


def mixes(part: Part) -> bool:
    """Whether an AND stands bare between ORs: then people read it in two ways."""
    return (part.kind == "or" and any(p.kind == "and" for p in part.parts)) or any(mixes(p) for p in part.parts)


def has(part: Part, kind: str) -> bool:
    """Whether a part of this kind is anywhere in the tree."""
    return part.kind == kind or any(has(p, kind) for p in part.parts)


def remarks(part: Part) -> list[str]:
    """What to say of each part that people may mean otherwise than it is read."""
    if part.parts:
        return list(dict.fromkeys(said for p in part.parts for said in remarks(p)))
    return [*_backwards(part), *_foreign(part.text)]


def _backwards(part: Part) -> list[str]:
    """Of a period that ends before it begins: it finds nothing, whatever is there."""
    first, _, last = part.text.removeprefix("date:").partition("..")
    begin, end = (_core.period(day) if day and part.kind == "date" else None for day in (first, last))
    if begin is None or end is None or begin[0] <= end[1]:
        return []
    return [f"{part.text} goes backwards: it ends before it begins, and finds nothing"]


def _foreign(text: str) -> list[str]:
    """Of signs and words by which other systems join, leave out and name fields, and which are text here."""
    if text.lower() in OPERATORS:
        return [f"{text} is a word here, and looked for; the operator is {text.upper()}"]
    if text[:1] in ("-", "!") and text[1:2].isalnum():
        return [f"{text} is read as {text[1:]}; to leave out what has it, write NOT {text[1:]}"]
    field = _FIELD.match(text)
    return [f"{text} is read as words; a field has a colon: {field[1].lower()}:…"] if field else []


def lines(part: Part) -> list[str]:
    """The tree, a line a part: articles found, then the part."""
    rows = list(_rows(part, "", ""))
    width = max(len(count) for count, _ in rows)
    return [f"{count:>{width}}  {text}".rstrip() if width else text for count, text in rows]


def _rows(part: Part, first: str, rest: str) -> list[tuple[str, str]]:
    words = "" if part.terms is None else f"   ({part.terms:,} {'word' if part.terms == 1 else 'words'})"
    empty = "   ← nothing" if part.count == 0 and not part.parts else ""
    rows = [("" if part.count is None else f"{part.count:,}", f"{first}{plain(part.text)}{words}{empty}")]
    shown = part.parts[:MANY]
    for i, p in enumerate(shown):
        last = i + 1 == len(part.parts)
        rows += _rows(p, rest + ("└ " if last else "├ "), rest + ("  " if last else "│ "))
    if len(part.parts) > MANY:
        rows.append(("", f"{rest}└ … and {len(part.parts) - MANY:,} more"))
    return rows


def verdict(part: Part) -> str:
    """Why a query finds nothing; empty when it finds something."""
    if part.count != 0:
        return ""
    empty = _needed(part)
    if not empty:
        return "every part finds something, but no article has all of them"
    return "nothing is found because of " + ", ".join(map(plain, empty[:5])) + (" …" if len(empty) > 5 else "")


def _needed(part: Part) -> list[str]:
    """The parts that find nothing and without which the whole cannot find anything."""
    if part.count != 0:
        return []
    if not part.parts or part.kind == "not":
        return [spelled(part)]
    needed = [name for p in part.parts for name in _needed(p)]
    return needed or ([part.text] if part.kind == "near" else [])


def text(part: Part, head: str = "") -> str:
    """All of it."""
    why = verdict(part)
    return Lines("\n".join([*([head] if head else []), f"parsed as {plain(spelled(part))}", *lines(part), *([why] if why else []), *map(plain, remarks(part))]))
