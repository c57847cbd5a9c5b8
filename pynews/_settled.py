"""Methods that ask of one snapshot from beginning to end, also where an archive object moves on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

_Method = TypeVar("_Method", bound=Callable[..., Any])


def settled(ask: _Method) -> _Method:
    """The method, called with articles that stay at their snapshot: what it gives may keep them, and goes on telling of the same ones."""

    @wraps(ask)
    def asked(self: Any, /, *args: Any, **kw: Any) -> Any:
        return ask(self._fixed(), *args, **kw)

    return cast("_Method", asked)
