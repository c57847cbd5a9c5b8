"""Query strings on their way to the core: errors get the query, the place in it, and advice."""

from __future__ import annotations

from pynews import _core
from pynews._errors import InputLimitError, QuerySyntaxError


def check(query: object) -> str:
    """The query's canonical text, or the error that says what is wrong with it and where."""
    if not isinstance(query, str):
        raise TypeError(f"a query is a str or an expression of q, not {type(query).__name__}")
    try:
        return _core.canonical(query)
    except UnicodeEncodeError as e:
        raise QuerySyntaxError("the query holds half of a character (a lone surrogate)", query, e.start) from None
    except QuerySyntaxError as e:
        raise QuerySyntaxError(e.message, query, _character(query, e.position), e.hint) from None
    except InputLimitError as e:
        raise too_large(query, e) from None


def too_large(query: str, e: InputLimitError) -> QuerySyntaxError:
    """A limit of the core met by a query: never a shortened answer."""
    return QuerySyntaxError(str(e), query, _character(query, e.offset), e.hint or "ask for less at a time", limit=str(e))


def _character(query: str, byte: int) -> int:
    """The character of a query that holds a byte of it."""
    return len(query.encode()[:byte].decode(errors="ignore"))
