"""What a trend was asked of, and the way from its buckets back to articles."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pynews import _core, _plan
from pynews._table import Table
from pynews._zones import ZoneData

if TYPE_CHECKING:
    from pynews._articles import Articles

Options = tuple[int, float, int, int, ZoneData | None, bool]      # of a trend, as the core takes them


@dataclass(frozen=True)
class Source:
    """What a trend was asked of: enough to ask again, and to go back from a bucket to its articles."""

    of: Articles
    base: Articles
    queries: tuple[tuple[str, str | None], ...]
    options: Options
    owner: tuple[int, ...]                   # for each bucket that was asked for, the one it lies in now
    parts: tuple[Articles, ...] = ()         # of series that are no queries: their articles

    def articles(self, series: int, wanted: Callable[[int], bool]) -> tuple[Articles, Articles]:
        """Articles of the base, and of a series, in the wanted buckets."""
        flags = bytes(wanted(b) for b in self.owner)
        query = self.queries[series][1]
        of = self.parts[series] if self.parts else self.of if query is None else self.of.search(query)
        return self.base._in_buckets(self.base, self.options, flags), of._in_buckets(self.base, self.options, flags)

    def both(self, a: int, b: int, n: int) -> list[int]:
        """In each bucket, the articles that two series have in common."""
        parts = [f"({query})" for query in (self.queries[a][1], self.queries[b][1]) if query is not None]
        of = self.parts[a] & self.parts[b] if self.parts else self.of
        core = of._open().trend(self.base._open(), (("both", " AND ".join(parts) or None),), self.options)[0]
        sums = [0] * n
        for owner, count in zip(self.owner, Table(core)["count"].to_list(), strict=True):
            sums[owner] += count
        return sums


def buckets_args(options: Options, wanted: bytes) -> tuple[Any, ...]:
    """What a plan keeps of a choice of buckets: frequency, days, zone with its days, number of buckets, and the chosen ones as ranges."""
    freq, _, first, last, zone, _ = options
    edges = [i for i, (a, b) in enumerate(pairwise((0, *wanted, 0))) if bool(a) != bool(b)]
    return freq, first, last, zone and [zone[0], zone[1].hex(), zone[2].hex()], len(wanted), edges


def packed(asked: Source | Articles | None) -> bytes | None:
    """What was asked in a pickle of its own; None where it cannot be asked again from elsewhere."""
    try:
        return None if asked is None else pickle.dumps(asked)
    except (TypeError, ValueError):                        # no plan; the archive was closed
        return None


def unpacked(there: bytes | None) -> Any:
    """The same again; None where the archive, or its snapshot, is not there any more."""
    try:
        return None if there is None else pickle.loads(there)
    except OSError:
        return None


@_plan.step("buckets")
def _choose(
    snapshot: _core.Snapshot, of: _core.Selection, base: _core.Selection, freq: int, first: int, last: int, zone: list[str] | None, n: int, edges: list[int]
) -> _core.Selection:
    wanted = bytearray(n)
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        wanted[begin:end] = b"\1" * (end - begin)
    clocks = None if zone is None else (zone[0], bytes.fromhex(zone[1]), bytes.fromhex(zone[2]))
    return of.buckets(base, (freq, 0.95, first, last, clocks, False), bytes(wanted))
