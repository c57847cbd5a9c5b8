"""Attributes whose keys IPython completes: it reads no ``property`` while something is being typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar, overload

_Owner = TypeVar("_Owner")
_Value = TypeVar("_Value")


class mapped(Generic[_Owner, _Value]):
    """A read-only attribute, as `property` makes one: for mappings that cost little and change nothing when they are read."""

    def __init__(self, get: Callable[[_Owner], _Value]) -> None:
        self._get, self.__doc__ = get, get.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, obj: None, owner: type) -> mapped[_Owner, _Value]: ...
    @overload
    def __get__(self, obj: _Owner, owner: type | None = None) -> _Value: ...
    def __get__(self, obj: _Owner | None, owner: type | None = None) -> mapped[_Owner, _Value] | _Value:
        return self if obj is None else self._get(obj)

    def __set__(self, obj: _Owner, value: object) -> NoReturn:
        raise AttributeError(f"{self._name} cannot be set")
