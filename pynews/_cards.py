"""What objects look like in a terminal and in a notebook: a card of a few lines, the same numbers in both.

Every card takes time by what it shows, not by what it stands for; strangers' text is escaped; nothing is loaded from anywhere.
"""

from __future__ import annotations

import html
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pynews._freq import FREQS, Freq
from pynews._show import CARD, MONO, MUTED, NUMBER, TEXT, bucket, cell, cut, grid, grid_html, percent, plain, size
from pynews._spark import WIDTH, spark, squeeze, squeeze_counts

if TYPE_CHECKING:
    from pynews._archive import Archive
    from pynews._article import Article
    from pynews._articles import Articles
    from pynews._report import Report
    from pynews._table import Table
    from pynews._trend import Trend

ROWS = 5                         # articles shown
TABLE_ROWS = 8
TITLE = 80                       # signs of a headline
BODY = 600                       # signs of an article's text
HTML_LIMIT = 4000                # bytes of a card


def _muted(text: str) -> str:
    return f"<div {MUTED}>{html.escape(text)}</div>"


def _card(*parts: str) -> str:
    return CARD + "".join(parts) + "</div>"


def _fit(make: Callable[[int], str], most: int) -> str:
    """The card with the largest number of rows that stays under the limit."""
    for n in range(most, 0, -1):
        card = make(n)
        if len(card.encode()) <= HTML_LIMIT:
            return card
    return make(0)


# --- archive


def _span(info: dict[str, Any]) -> str:
    import datetime as dt

    if info["day_first"] is None:
        return "no dated articles"
    first, last = (dt.date(1970, 1, 1) + dt.timedelta(days=info[k]) for k in ("day_first", "day_last"))
    return f"{first} … {last}"


def _count(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _axis_freq(articles: Articles) -> Freq:
    """The finest frequency that still fits the width of a card, by the span of the archive."""
    info = articles._archive._snapshot_open().info()
    days = (info["day_last"] or 0) - (info["day_first"] or 0) + 1
    for freq, width in zip(FREQS, (1, 7, 30, 91, 365), strict=True):
        if days <= width * WIDTH:
            return freq
    return "year"


def _coverage(articles: Articles) -> str:
    """Articles over the time of their base."""
    return spark(squeeze_counts(articles.trend(freq=_axis_freq(articles))["count"].to_list()))


class _ArchiveFacts:
    """Numbers of an archive's card, asked once."""

    def __init__(self, ar: Archive) -> None:
        snapshot = ar._snapshot_open()
        self.info = snapshot.info()
        self.names = {field: snapshot.names(field) for field in ("tag", "section", "source")}
        self.tagged = snapshot.covered("tag")
        self.n = self.info["articles"]

    def top(self, field: str, k: int) -> list[tuple[str, int]]:
        t = self.names[field].take(_first(min(k, len(self.names[field]))))
        return list(zip(t.column(0).values(), t.column(1).values(), strict=True))

    def title(self) -> str:
        i = self.info
        return f"v{i['generation']} · {_count(i['segments'], 'segment')} · {size(i['bytes'])} · words with positions"

    def numbers(self) -> str:
        i = self.info
        parts = [_count(self.n, "article"), _span(i)]
        parts += [_count(len(self.names[f]), f) for f in ("section", "tag", "source") if len(self.names[f])]
        if i["related"]:
            parts.append(_count(i["related"], "related link"))
        return " · ".join(parts)

    def notes(self) -> list[str]:
        i = self.info
        notes = []
        if i["undated"]:
            notes.append(f"{_count(i['undated'], 'article')} without a date: counted nowhere in trends, last in every order")
        if i["coarse"]:
            notes.append(f"{_count(i['coarse'], 'date')} of a month or a year only: left out of finer trends (see .unplaced)")
        if i["deleted"]:
            notes.append(f"{_count(i['deleted'], 'replaced article')} still take up space")
        return notes


def _first(n: int) -> bytes:
    import array

    return array.array("q", range(n)).tobytes()


def archive_text(ar: Archive) -> str:
    """An archive in a terminal."""
    if ar._snapshot is None:
        return f"pynews.Archive  {plain(os.path.basename(ar.path))}  closed"
    f = _ArchiveFacts(ar)
    lines = [f"pynews.Archive  {plain(os.path.basename(ar.path))}  {f.title()}", f.numbers(), _coverage(ar)]
    for field, label in (("tag", "tags"), ("section", "sections"), ("source", "sources")):
        top = " · ".join(f"{cut(name, 30)} {n:,}" for name, n in f.top(field, 6))
        covered = f" ({percent(f.tagged, f.n)} of articles carry one)" if field == "tag" and top else ""
        if top:
            lines.append(f"{label:9} {top}{' · …' if len(f.names[field]) > 6 else ''}{covered}")
    lines += [f"note      {note}" for note in f.notes()]
    return "\n".join([*lines, '.search("…") .trend("…") [i] .article(id) .add(…)'])


def archive_html(ar: Archive) -> str:
    """An archive in a notebook."""
    if ar._snapshot is None:
        return _card(f"<b>pynews.Archive</b> <code>{html.escape(os.path.basename(ar.path))}</code> closed")
    f = _ArchiveFacts(ar)

    def names(field: str, label: str, k: int) -> str:
        rows = [(cut(name, 40), f"{n:,}", percent(n, f.n)) for name, n in f.top(field, k)]
        covered = f" ({percent(f.tagged, f.n)} of articles carry one)" if field == "tag" else ""
        more = len(f.names[field]) - len(rows)
        tail = _muted(f"{more:,} more") if more else ""
        table = grid_html((field, "articles", "share"), rows, (TEXT, NUMBER, NUMBER))
        return f"<details><summary>{label}<span {MUTED}>{covered}</span></summary>{table}{tail}</details>" if rows else ""

    def make(k: int) -> str:
        notes = "".join(f"<li>{html.escape(n)}</li>" for n in f.notes())
        return _card(
            f"<b>pynews.Archive</b> <code>{html.escape(plain(os.path.basename(ar.path)))}</code> <span {MUTED}>{f.title()}</span>",
            f"<div>{html.escape(f.numbers())}</div><div {MONO}>{_coverage(ar)}</div>",
            names("tag", "Tags", k) + names("section", "Sections", k) + names("source", "Sources", k),
            f"<details><summary>Notes <span {MUTED}>({len(f.notes())})</span></summary><ul>{notes}</ul></details>" if notes else "",
            _muted('.search("…") .trend("…") [i] .article(id) .add(…)'),
        )

    return _fit(make, 6)


# --- articles


def _newest(articles: Articles, n: int) -> list[Article]:
    """The last dated ones, newest first."""
    size_ = len(articles)
    return [articles[size_ - 1 - i] for i in range(min(n, size_))]


def _row(a: Article) -> tuple[str, str, str, str]:
    date = "undated" if a.date is None else a.date.isoformat()[: {"year": 4, "month": 7}.get(a.date_precision or "", 10)]
    return date, cut(a.title or "—", TITLE), cut(a.section or "—", 20), cut(", ".join(a.tags) or "—", 40)


_ARTICLE_COLUMNS = ("date", "title", "section", "tags")


def _articles_head(s: Articles) -> str:
    n, base = len(s), len(s.base)
    return f"{_count(n, 'article')} of {base:,} ({percent(n, base)})"


def _articles_foot(s: Articles, shown: int) -> str:
    return f'{shown} of {len(s):,} shown · newest first · .trend() .search("…") [i]' if shown else 'nothing found · .search("…") with fewer or other words'


def articles_text(s: Articles) -> str:
    """A selection in a terminal."""
    rows = [_row(a) for a in _newest(s, ROWS)]
    lines = [f"{_articles_head(s)}   {plain(s.query)}", _coverage(s)]
    if rows:
        lines += grid(_ARTICLE_COLUMNS, rows, (False,) * 4)
    return "\n".join([*lines, _articles_foot(s, len(rows))])


def articles_html(s: Articles) -> str:
    """A selection in a notebook."""
    articles = [_row(a) for a in _newest(s, ROWS)]

    def make(k: int) -> str:
        rows = articles[:k]
        table = grid_html(_ARTICLE_COLUMNS, rows, (TEXT,) * 4) if rows else ""
        head = f"<b>{_articles_head(s)}</b> <code>{html.escape(cut(s.query, 200))}</code><div {MONO}>{_coverage(s)}</div>"
        return _card(head, table, _muted(_articles_foot(s, len(rows))))

    return _fit(make, ROWS)


# --- one article


def _article_facts(a: Article) -> list[tuple[str, str]]:
    when = a.time.isoformat() if a.time else _row(a)[0]
    facts = [("date", when), ("modified", a.modified), ("source", a.source), ("section", a.section), ("author", a.author)]
    facts += [("tags", ", ".join(a.tags)), ("url", a.url), ("language", a.language)]
    return [(name, cut(value, 100)) for name, value in facts if value]


def _related_rows(a: Article, k: int) -> list[tuple[str, str, str]]:
    return [("—" if r.date is None else r.date.isoformat(), cut(r.title or "—", TITLE), cut(r.category or "—", 20)) for r in a.related[:k]]


def article_text(a: Article) -> str:
    """An article in a terminal."""
    lines = [plain(a.title or "(no title)"), *(f"{name:9} {value}" for name, value in _article_facts(a))]
    lines.append(cut(a.body, 300))
    if a.related:
        lines.append(f"{_count(len(a.related), 'related entry', 'related entries')}: {cut(' · '.join(r.title or '—' for r in a.related), 120)}")
    return "\n".join(lines[:12])


def article_html(a: Article) -> str:
    """An article in a notebook."""

    def make(k: int) -> str:
        facts = " · ".join(f"<span {MUTED}>{name}</span> {html.escape(value)}" for name, value in _article_facts(a))
        rows = _related_rows(a, k)
        related = grid_html(("date", "related", "category"), rows, (TEXT,) * 3) if rows else ""
        more = len(a.related) - len(rows)
        return _card(
            f"<b>{html.escape(cut(a.title or '(no title)', 200))}</b><div>{facts}</div>",
            f"<p>{html.escape(cut(a.body, BODY))}</p>",
            related + (_muted(f"{more} more related entries") if more else ""),
        )

    return _fit(make, 6)


# --- tables


def _table_rows(t: Table, n: int) -> tuple[list[str], list[list[str]], list[bool]]:
    head = t[:n]
    cells = [[cell(v) for v in head[name].to_list()] for name in t.columns]
    numbers = [t[name].dtype in ("int64", "int32", "float64") for name in t.columns]
    return t.columns, [list(row) for row in zip(*cells, strict=True)], numbers


def _table_foot(t: Table, shown: int) -> str:
    return f"{shown:,} of {_count(len(t), 'row')} shown · .to_pandas() .to_polars() .to_csv(path)" if shown < len(t) else f"{_count(len(t), 'row')}"


def table_text(t: Table) -> str:
    """A table in a terminal."""
    header, rows, numbers = _table_rows(t, TABLE_ROWS)
    return "\n".join([*grid(header, rows, numbers), _table_foot(t, len(rows))])


def _table_html(t: Table, title: str, foot: str = "") -> str:
    def make(k: int) -> str:
        header, rows, numbers = _table_rows(t, k)
        return _card(title, grid_html(header, rows, [NUMBER if n else TEXT for n in numbers]), _muted(foot or _table_foot(t, len(rows))))

    return _fit(make, TABLE_ROWS)


def table_html(t: Table) -> str:
    """A table in a notebook."""
    return _table_html(t, "")


# --- report


def _report_head(r: Report) -> str:
    parts = [f"{_count(r.read, 'record')} read", f"{r.stored:,} stored", f"{r.replaced:,} replaced", f"{r.duplicate:,} duplicate", f"{r.skipped:,} skipped"]
    return " · ".join(parts)


def report_text(r: Report) -> str:
    """A report in a terminal: what became of every record, then the remarks by code."""
    lines = [f"Report  {_report_head(r)}", f"from {_count(r.inputs, 'input')}, {size(r.bytes)} of text"]
    if len(r.summary):
        header, rows, numbers = _table_rows(r.summary, TABLE_ROWS)
        lines += grid(header, rows, numbers)
        lines.append(f'.summary counts every code · {_count(len(r), "remark")} listed: .to_pandas()')
    return "\n".join(lines)


def report_html(r: Report) -> str:
    """A report in a notebook."""
    title = f"<b>Report</b> {html.escape(_report_head(r))}"
    return _table_html(r.summary, title, f"from {_count(r.inputs, 'input')}, {size(r.bytes)} of text · {_count(len(r), 'remark')} listed: .to_pandas()")


# --- trend


def _series_row(t: Trend, name: str, columns: dict[str, list[Any]]) -> tuple[str, ...]:
    at = [i for i, s in enumerate(columns["series"]) if s == name]
    counts, totals, partial = ([columns[c][i] for i in at] for c in ("count", "total", "partial"))
    bars = squeeze(counts, totals)
    line = spark(bars, [partial[0], *[False] * (len(bars) - 2), partial[-1]] if len(bars) == len(at) > 1 else None)
    n, total = sum(counts), sum(totals)
    peak = max((i for i in at if columns["share"][i] is not None), key=lambda i: columns["share"][i], default=None)
    return cut(name, 40), line, f"{n:,}", f"{total:,}", percent(n, total), _peak(t, columns, peak)


def _peak(t: Trend, columns: dict[str, list[Any]], i: int | None) -> str:
    if i is None:
        return "—"
    share, lower, upper = (100 * columns[c][i] for c in ("share", "lower", "upper"))
    return f"{bucket(columns['date'][i], t.freq)}: {share:.1f}% [{lower:.1f}, {upper:.1f}]"


def _trend_foot(t: Trend, columns: dict[str, list[Any]]) -> str:
    n = len(t) // max(1, len(t.series))
    parts = [_count(n, t.freq), f"{sum(1 for v in columns['total'][:n] if not v)} without news"]
    if n and (columns["partial"][0] or columns["partial"][n - 1]):
        ends = [word for word, at in (("first", 0), ("last", n - 1)) if columns["partial"][at]]
        parts.append(f"{' and '.join(ends)} partial (░)" if n <= WIDTH else f"{' and '.join(ends)} partial")
    left_out = sum(t.unplaced["count"].to_list())
    if left_out:
        parts.append(f"{left_out:,} left out: .unplaced")
    return " · ".join([*parts, ".plot() .to_pandas()"])


_TREND_COLUMNS = ("series", "share", "count", "of", "overall")


def _trend_table(t: Trend) -> tuple[tuple[str, ...], list[tuple[str, ...]], dict[str, list[Any]]]:
    columns = t.to_dict()
    header = (*_TREND_COLUMNS, f"peak [{t.level:.0%}]")
    return header, [_series_row(t, name, columns) for name in t.series[:TABLE_ROWS]], columns


def trend_text(t: Trend) -> str:
    """A trend in a terminal."""
    header, rows, columns = _trend_table(t)
    lines = [f"Trend  share of all articles by {t.freq}", *grid(header, rows, (False, False, True, True, True, False))]
    if len(t.series) > len(rows):
        lines.append(f"… {len(t.series) - len(rows)} more series")
    return "\n".join([*lines, _trend_foot(t, columns)])


def trend_html(t: Trend) -> str:
    """A trend in a notebook."""
    header, rows, columns = _trend_table(t)

    def make(k: int) -> str:
        more = f"… {len(t.series) - k} more series · " if len(t.series) > k else ""
        table = grid_html(header, rows[:k], (TEXT, MONO, NUMBER, NUMBER, NUMBER, TEXT))
        return _card(f"<b>Trend</b> share of all articles by {t.freq}", table, _muted(more + _trend_foot(t, columns)))

    return _fit(make, len(rows))
