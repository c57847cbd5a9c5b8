"""Arithmetic of series: counts k out of totals n, bucket after bucket. Sums first, then the division; bands with every quotient.

Formulas and their sources stand in docs/TRENDS.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pynews import _core

Value = float | None
Band = tuple[Value, Value, Value]           # a value with its lower and upper bound
NONE: Band = (None, None, None)


def share(k: float, n: float, z: float | None) -> Band:
    """k of n with its band; nothing where n is 0; no band where z is None."""
    if not n:
        return NONE
    if z is None:
        return k / n, None, None
    return (k / n, *_core.wilson(k, n, z))


# --- smoothing: a weighted mean of neighbouring shares, the weights growing with the totals


@dataclass(frozen=True)
class Window:
    """Which neighbours a smoothed value is made of."""

    size: int
    center: bool
    how: str

    def places(self, i: int, n: int) -> range:
        """Neighbours of bucket i of n; fewer at the ends."""
        back = self.size // 2 if self.center else self.size - 1
        return range(max(0, i - back), min(n, i - back + self.size))

    def weight(self, distance: int) -> float:
        """Weight of a neighbour, before its total is counted in."""
        if self.how == "mean":
            return 1.0
        reach = self.size / 2 + 0.5 if self.center else float(self.size)
        return float((1 - (abs(distance) / reach) ** 3) ** 3)


def smooth(counts: Sequence[int], totals: Sequence[int], window: Window, z: float | None) -> list[Band]:
    """Smoothed shares with their bands."""
    if window.how == "ewm":
        return _exponential(counts, totals, window, z)
    n = len(counts)
    out = []
    for i in range(n):
        around = [j for j in window.places(i, n) if totals[j]]
        parts = [(counts[j], totals[j], window.weight(j - i), float(j - i)) for j in around]
        out.append(_pooled(_line_weights(parts) if window.how == "loess" else [w * total for _, total, w, _ in parts], parts, z))
    return out


def _exponential(counts: Sequence[int], totals: Sequence[int], window: Window, z: float | None) -> list[Band]:
    """Weights that fall by the same factor a bucket: sums that are carried on from neighbour to neighbour, in both directions if centred."""
    fall = 1 - 2 / (window.size + 1)
    sums = [_carried(values, factor, window.center) for values, factor in ((counts, fall), (totals, fall), (totals, fall * fall))]
    out: list[Band] = []
    for k, n, square in zip(*sums, strict=True):
        if not n:
            out.append(NONE)
        elif z is None:
            out.append((k / n, None, None))
        else:
            size, value = n * n / square, min(1.0, k / n)
            out.append((value, *_core.wilson(min(value * size, size), size, z)))
    return out


def _carried(values: Sequence[int], factor: float, center: bool) -> list[float]:
    """Σ factor^distance · value, over the buckets up to each, or over all."""

    def run(there: Sequence[int]) -> list[float]:
        out, total = [], 0.0
        for value in there:
            total = factor * total + value
            out.append(total)
        return out

    before = run(values)
    if not center:
        return before
    return [a + b - v for a, b, v in zip(before, reversed(run(values[::-1])), values, strict=True)]


def _line_weights(parts: Sequence[tuple[int, int, float, float]]) -> list[float]:
    """What each share weighs in the value at 0 of the line fitted by weighted least squares."""
    m = [w * total for _, total, w, _ in parts]
    s0 = math.fsum(m)
    s1 = math.fsum(a * x for a, (*_, x) in zip(m, parts, strict=True))
    s2 = math.fsum(a * x * x for a, (*_, x) in zip(m, parts, strict=True))
    rest = s0 * s2 - s1 * s1
    if rest <= 1e-12 * max(1.0, s0 * s2):              # one place only: a line has no slope there
        return m
    return [a * (s2 - s1 * x) / rest for a, (*_, x) in zip(m, parts, strict=True)]


def _pooled(weights: Sequence[float], parts: Sequence[tuple[int, int, float, float]], z: float | None) -> Band:
    """Σ l share with Σ l = 1, and the band of as many articles as have the same variance: 1 / Σ (l² / n)."""
    whole = math.fsum(weights)
    if not whole:
        return NONE
    value = math.fsum(a * k / n for a, (k, n, *_) in zip(weights, parts, strict=True)) / whole
    value = min(1.0, max(0.0, value)) if z is not None else max(0.0, value)
    if z is None:
        return value, None, None
    size = whole * whole / math.fsum(a * a / n for a, (_, n, *_) in zip(weights, parts, strict=True))
    return (value, *_core.wilson(min(value * size, size), size, z))


# --- comparing


def difference(a: tuple[int, int], b: tuple[int, int], z: float | None, phi: float = 0.0) -> Band:
    """k/n of a less that of b. Newcombe's square-and-add band: of independent shares with phi 0, of paired ones with their correlation."""
    if not a[1] or not b[1]:
        return NONE
    p, q = a[0] / a[1], b[0] / b[1]
    if z is None:
        return p - q, None, None
    (l1, u1), (l2, u2) = _core.wilson(*a, z), _core.wilson(*b, z)
    down, up = (p - l1, u2 - q), (u1 - p, q - l2)
    lower, upper = (math.sqrt(max(0.0, x * x - 2 * phi * x * y + y * y)) for x, y in (down, up))
    return p - q, max(-1.0, p - q - lower), min(1.0, p - q + upper)


def phi_of(both: int, a: int, b: int, n: int) -> float:
    """Correlation of two marks on the same n articles, with Newcombe's correction (1998, method 10): both, a, b carry them."""
    e, f, g, h = both, a - both, b - both, n - a - b + both
    margins = (e + f) * (g + h) * (e + g) * (f + h)
    if not margins:
        return 0.0
    cross = e * h - f * g
    return (max(0.0, cross - n / 2) if cross > 0 else cross) / math.sqrt(margins)


def ratio(a: tuple[int, int], b: tuple[int, int], z: float | None, both: int | None = None) -> Band:
    """k/n of a over that of b with a band on the log scale: Katz (1978) for independent shares; for paired ones, of which `both`
    articles carry the two marks, the variance (a + b - 2 both) / (a b). No value where b's share is 0, no band where a's is."""
    if not a[1] or not b[1] or not b[0]:
        return NONE
    value = (a[0] / a[1]) / (b[0] / b[1])
    if z is None or not a[0]:
        return value, None, None
    variance = 1 / a[0] - 1 / a[1] + 1 / b[0] - 1 / b[1] if both is None else (a[0] + b[0] - 2 * both) / (a[0] * b[0])
    half = math.exp(z * math.sqrt(max(0.0, variance)))
    return value, value / half, value * half
