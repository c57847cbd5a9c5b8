"""What several questions ask together: periods, queries, and words where no query can say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynews._expr import expr

if TYPE_CHECKING:
    from pynews._articles import Articles

Days = tuple[int, int]           # the first and the last
NO_DAY = -(2**31)                # PN_DAY_NONE
EVER = (NO_DAY, NO_DAY)          # a period with open ends


def meet(one: Days, other: Days) -> Days:
    """The days in both of two periods, ends of which may be open."""
    last = max(one[1], other[1]) if NO_DAY in (one[1], other[1]) else min(one[1], other[1])
    return max(one[0], other[0]), last


def said(*words: str) -> str:
    """What narrowed them, all of it."""
    return " · ".join(dict.fromkeys(filter(None, words)))


def said_of_either(one: Articles, other: Articles) -> str:
    """What narrowed the articles of either of two selections, where no query can say it."""
    if one._within == other._within:
        return one._within
    parts = [each._in_words() for each in (one, other)]
    return "" if "all articles" in parts else " or ".join(parts)


def both(one: str, other: str) -> str:
    """The query of what two queries both find, either of which may be empty."""
    return str(expr(f"({one}) AND ({other})")) if one and other else one or other


def either(one: str, other: str) -> str:
    """The query of what either of two queries finds; an empty one finds everything."""
    return str(expr(f"({one}) OR ({other})")) if one and other else ""
