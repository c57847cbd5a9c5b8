"""Whether a collection can be trusted: what is missing, doubled, or dated by machines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from pynews import _buckets, _cite, _core
from pynews._show import percent
from pynews._table import Table

if TYPE_CHECKING:
    from pynews._articles import Articles

WEEKS = 4                        # on both sides: what is usual for a weekday is the median of these
HOLE = 14.0                      # a hole: days without news where so many articles were to be expected (by chance once in e^14)
SPIKE, DIP = 5.0, 0.5            # times the usual number
FAR = 3 * 365                    # days without an article that part what is far from the rest
STRAY = 0.001                    # of all dated articles, or one article: so few may be strays
LISTED = 10                      # rows of a kind; the first one counts all
LEVELS = ("warning", "info", "ok")
Row = tuple[str, str, float, str, str | None]


def table(articles: Articles) -> Table:
    """The checks as rows, what is to be looked at first."""
    rows = [*_facts(articles._open().facts()), *_strays(articles), *_days(articles)]
    rows.sort(key=lambda row: LEVELS.index(row[1]))
    columns = (
        ("check", "string", [r[0] for r in rows]),
        ("level", "dictionary", [r[1] for r in rows]),
        ("value", "float64", [float(r[2]) for r in rows]),
        ("note", "string", [r[3] for r in rows]),
        ("when", "string", [r[4] for r in rows]),
    )
    return Table(_core.table(columns), articles.query, origin=_cite.origin_of(articles, call="Health"))


def _row(check: str, n: int, of: int, note: str, bad: float = 0.0) -> Row:
    """A count that is a warning where it is more than `bad` of all."""
    level = "ok" if not n else "warning" if n > bad * of else "info"
    return check, level, n, f"{percent(n, of)} of {of:,} {note}" if of else note, None


def _facts(f: dict[str, int]) -> Iterator[Row]:
    n = f["articles"]
    yield "articles", "ok" if n else "warning", n, "in this selection" if n else "nothing to check", None
    yield _row("undated", f["undated"], n, "have no date: in no trend, last in every order", 0.01)
    yield _row("coarse dates", f["month"] + f["year"], n, f"are dated to a month ({f['month']:,}) or a year ({f['year']:,}): not in finer buckets", 0.01)
    yield _row("ambiguous dates", f["ambiguous"], n, "have a day and a month that could be exchanged")
    yield "clock times", "ok", f["timed"], f"{percent(f['timed'], n)} have one: only these are in hours, and moved by tz=", None
    yield _row("untagged", f["untagged"], n, "carry no tag: take share_of=\"tagged\" for shares of tags", 0.5)
    yield _row("without body", f["empty"], n, "have no words but those of title and teaser", 0.05)
    yield _row("copies", f["copies"], n, "have the title of an earlier article of the same day: each is counted (docs/FIELDS.md, Identity)", 0.01)
    if f["entries"]:
        note = "related entries dated to the day point forward in time: the boxes were filled when the page was saved"
        yield _row("forward links", f["forward"], f["dated_entries"], note, 0.5)


# --- far from the rest


def _strays(articles: Articles) -> Iterator[Row]:
    """Articles before or behind years without any: their dates are more often mistyped than true."""
    t = articles.rebase().trend(freq="month")
    there = [(begin, total) for begin, total in zip(t._begins(), t["total"].to_list(), strict=True) if total]
    most = max(1.0, STRAY * sum(total for _, total in there))
    found = sorted([*_cut_off(there, most, 1), *_cut_off(there[::-1], most, -1)])
    what = "far from all others in time, more than three years without an article between"
    n = sum(total for _, total in found)
    note = f"dated {what}: look at their months, as ar[\"{_month(found[0][0])}\"]" if n else f"no articles {what}"
    yield "stray dates", "warning" if n else "ok", n, note, None
    for begin, total in found[:LISTED]:
        yield "stray dates", "warning", total, "dated to this month", _month(begin)


def _cut_off(there: Sequence[tuple[int, int]], most: float, way: int) -> list[tuple[int, int]]:
    """Months at this end that a long gap parts from the rest, and which hold at most so many articles together."""
    n, out = 0, 0
    for i, ((begin, total), (after, _)) in enumerate(pairwise(there), 1):
        n += total
        if n > most:
            break
        if way * (after - begin) - 31 > FAR:
            out = i
    return list(there[:out])


def _month(begin: int) -> str:
    return _buckets.date(begin).isoformat()[:7]


# --- day by day


def _days(articles: Articles) -> Iterator[Row]:
    t = articles.rebase().trend(freq="day")
    begins, totals = t._begins(), t["total"].to_list()
    usual = [_usual(totals, i) for i in range(len(totals))]
    yield from _listed("holes", "day", _holes(begins, totals, usual), "without news where some were to be expected")
    yield from _listed("dips", "week", _dips(begins, totals), "with less than half of the usual number")
    yield from _listed("date spikes", "day", _spikes(begins, totals, usual), "with more than five times the usual number")


def _usual(totals: Sequence[int], i: int) -> float:
    """Median of the same weekday, four weeks on both sides."""
    around = [totals[k] for k in range(i - 7 * WEEKS, i + 7 * WEEKS + 1, 7) if 0 <= k < len(totals) and k != i]
    return float(median(around)) if around else 0.0


def _listed(check: str, unit: str, found: list[tuple[float, str, str]], what: str) -> Iterator[Row]:
    """One row with the number, then the largest ones."""
    if not found:
        yield check, "ok", 0, f"no {unit} {what}", None
        return
    more = f", the {LISTED} largest below" if len(found) > LISTED else ""
    yield check, "warning", len(found), f"{unit}s or runs of them {what}{more}", None
    for value, note, when in sorted(found, key=lambda f: -f[0])[:LISTED]:
        yield check, "warning", value, note, when


def _name(begin: int, end: int) -> str:
    first, last = _buckets.date(begin).isoformat(), _buckets.date(end).isoformat()
    return first if first == last else f"{first} … {last}"


def _holes(begins: Sequence[int], totals: Sequence[int], usual: Sequence[float]) -> list[tuple[float, str, str]]:
    out, first = [], None
    for i, total in enumerate([*totals, 1]):
        if not total and first is None:
            first = i
        if total and first is not None:
            expected = sum(_long_usual(totals, first, i - 1, k) for k in range(first, i))
            if expected >= HOLE:
                note = f"{i - first} days without an article; about {expected:.0f} were to be expected"
                out.append((float(i - first), note, _name(begins[first], begins[i - 1])))
            first = None
    return out


def _long_usual(totals: Sequence[int], first: int, last: int, i: int) -> float:
    """What is usual on the weekday of place i, by the weeks around a run of days."""
    before = [totals[k] for k in range(i - 7 * ((i - first) // 7 + 1), -1, -7)][:WEEKS]
    after = [totals[k] for k in range(i + 7 * ((last - i) // 7 + 1), len(totals), 7)][:WEEKS]
    return float(median([*before, *after])) if before or after else 0.0


def _dips(begins: Sequence[int], totals: Sequence[int]) -> list[tuple[float, str, str]]:
    start = next((i for i, b in enumerate(begins) if _buckets.date(b).weekday() == 0), len(begins))
    weeks = [(begins[i], sum(totals[i : i + 7])) for i in range(start, len(begins) - 6, 7)]
    out = []
    for i, (begin, total) in enumerate(weeks):
        around = [weeks[k][1] for k in range(max(0, i - WEEKS), min(len(weeks), i + WEEKS + 1)) if k != i]
        usual = float(median(around)) if around else 0.0
        if total and total < DIP * usual and usual - total > 4 * usual**0.5:
            out.append((usual - total, f"{total:,} articles in a week; {usual:.0f} are usual", _name(begin, begin + 6)))
    return out


def _spikes(begins: Sequence[int], totals: Sequence[int], usual: Sequence[float]) -> list[tuple[float, str, str]]:
    out = []
    for begin, total, here in zip(begins, totals, usual, strict=True):
        if total > SPIKE * (here + 1) and total > here + 6 * (here + 1) ** 0.5:
            out.append((float(total), f"{total:,} articles; {here:.0f} are usual{_default(_buckets.date(begin))}", _name(begin, begin)))
    return out


def _default(day: dt.date) -> str:
    if (day.month, day.day) == (1, 1):
        return "; the first of January is what machines write for a year"
    return "; the first of a month is what machines write for a month" if day.day == 1 else ""


