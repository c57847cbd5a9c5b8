"""How a selection came to be: steps of plain data, which another process runs again on the same snapshot.

Whoever makes a selection by a new kind of step registers it here with `step` and gives the resulting `Articles` its `Plan`; without
one the selection works as ever but cannot be pickled, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pynews import _core


@dataclass(frozen=True, eq=False)
class Plan:
    """One step: its name, what it takes besides selections (as JSON knows it), and the plans of the selections it starts from."""

    step: str
    args: tuple[Any, ...] = ()
    of: tuple[Plan, ...] = ()


Step = Callable[..., _core.Selection]
F = TypeVar("F", bound=Step)
_STEPS: dict[str, Step] = {}
ALL = Plan("all")


def step(name: str) -> Callable[[F], F]:
    """Registers a function (snapshot, *selections it starts from, *args) -> selection under the name plans call it by."""

    def register(run: F) -> F:
        _STEPS[name] = run
        return run

    return register


@step("all")
def _all(snapshot: _core.Snapshot) -> _core.Selection:
    return snapshot.all()


@step("search")
def _search(snapshot: _core.Snapshot, within: _core.Selection, query: str) -> _core.Selection:
    return within.search(query)


@step("combine")
def _combine(snapshot: _core.Snapshot, left: _core.Selection, right: _core.Selection, how: int) -> _core.Selection:
    return left.combine(right, how)


def dump(plans: Sequence[Plan]) -> list[Any]:
    """The steps of some plans, each once and after those it starts from, and which of them are the plans: what JSON knows."""
    place: dict[int, int] = {}
    steps: list[list[Any]] = []
    waiting = list(reversed(plans))
    while waiting:
        plan = waiting[-1]
        missing = [each for each in plan.of if id(each) not in place]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        if id(plan) not in place:
            place[id(plan)] = len(steps)
            steps.append([plan.step, [place[id(each)] for each in plan.of], list(plan.args)])
    return [steps, [place[id(plan)] for plan in plans]]


def run(dumped: list[Any], snapshot: _core.Snapshot) -> list[tuple[_core.Selection, Plan]]:
    """Runs the steps `dump` gave; the selection and the plan of each of the plans."""
    steps, wanted = dumped
    done: list[tuple[_core.Selection, Plan]] = []
    for name, of, args in steps:
        if name not in _STEPS:
            raise ValueError(f"this pynews does not know the step {name!r}: it was pickled by a newer one")
        starts = [done[k] for k in of]
        found = _STEPS[name](snapshot, *(selection for selection, _ in starts), *args)
        done.append((found, Plan(name, tuple(args), tuple(plan for _, plan in starts))))
    return [done[k] for k in wanted]


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
