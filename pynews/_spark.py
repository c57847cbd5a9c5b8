"""Numbers as a line of small bars: readable in a terminal, in a notebook, in a diff."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
NOTHING = "·"                    # nothing was published: there is no share
PARTIAL = "░"                    # a bucket that is not wholly covered
WIDTH = 40


def spark(values: Sequence[float | None], partial: Sequence[bool] | None = None) -> str:
    """One sign a value, scaled to the largest: the lowest bar is zero and nothing else is; None is a dot, a partial first or
    last value a grey block."""
    top = max((v for v in values if v is not None), default=0)
    signs = [NOTHING if v is None else BARS[max(1, round(v / top * 7))] if v else BARS[0] for v in values]
    for at in (0, -1):
        if partial and len(signs) > 2 and partial[at]:
            signs[at] = PARTIAL
    return "".join(signs)


def squeeze(counts: Sequence[int], totals: Sequence[int], width: int = WIDTH) -> list[float | None]:
    """Shares of at most `width` groups of neighbouring buckets: sums first, then the division."""
    group = max(1, -(-len(counts) // width))
    out: list[float | None] = []
    for i in range(0, len(counts), group):
        total = sum(totals[i : i + group])
        out.append(sum(counts[i : i + group]) / total if total else None)
    return out


def squeeze_counts(counts: Sequence[int], width: int = WIDTH) -> list[int]:
    """Sums of at most `width` groups of neighbouring buckets."""
    group = max(1, -(-len(counts) // width))
    return [sum(counts[i : i + group]) for i in range(0, len(counts), group)]
