"""What objects look like in a terminal and in a notebook: a card of a few lines, the same numbers in both.

Every card takes time by what it shows, not by what it stands for; strangers' text is escaped; nothing is loaded from anywhere.
"""

from __future__ import annotations

import datetime as dt
import html
import os
import textwrap
from collections.abc import Callable, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from pynews import _explain
from pynews._article import LINKS_AT_HAND, at_hand
from pynews._buckets import name as bucket
from pynews._errors import PynewsError
from pynews._freq import OF_DAYS, Freq
from pynews._printed import iso
from pynews._show import CARD, MONO, MUTED, NUMBER, TEXT, cell, cut, grid, grid_html, percent, places, plain, size
from pynews._spark import WIDTH, spark, squeeze, squeeze_counts

if TYPE_CHECKING:
    from pynews._archive import Archive
    from pynews._article import Article
    from pynews._articles import Articles
    from pynews._graph import Communities, Graph
    from pynews._report import Report
    from pynews._table import Table
    from pynews._trend import Trend
    from pynews._trend_stats import LeadLag

ROWS = 5                         # articles shown
TABLE_ROWS = 8
TEXT_WIDTH = 60                  # signs of a text in a table
FEW = 5                          # columns up to which there is room for twice as many
TITLE = 80                       # signs of a headline
COLUMNS = 100                    # of a terminal
BODY = 600                       # signs of an article's text
HTML_LIMIT = 4000                # bytes of a card


def _muted(text: str) -> str:
    return f"<div {MUTED}>{html.escape(text)}</div>"


def _card(*parts: str) -> str:
    return CARD + "".join(parts) + "</div>"


def _fit(make: Callable[[int], str], most: int, least: int = 0) -> str:
    """The card with the largest number of rows that stays under the limit; below none, texts get shorter."""
    for n in range(most, least - 1, -1):
        card = make(n)
        if len(card.encode()) <= HTML_LIMIT:
            break
    return card


def _room(width: int, n: int) -> int:
    """Width of a text in a card with `n` rows: half of it for each row below none."""
    return width >> max(0, -n)


# --- archive


def _day(days: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=days)


def _span(info: dict[str, Any]) -> str:
    if info["day_first"] is None:
        return "no dated articles"
    return f"{_day(info['day_first'])} … {_day(info['day_last'])}"


def _count(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _axis_freq(articles: Articles) -> Freq:
    """The finest frequency that still fits the width of a card, by the span of the archive."""
    info = articles._archive._snapshot_open().info()
    days = (info["day_last"] or 0) - (info["day_first"] or 0) + 1
    for freq, width in zip(OF_DAYS, (1, 7, 30, 91, 365), strict=True):
        if days <= width * WIDTH:
            return freq
    return "year"


def _coverage(articles: Articles) -> tuple[str, str]:
    """Articles over the time of their base, as bars and what they stand for; empty where there is nothing to draw."""
    t = articles.trend(freq=_axis_freq(articles))
    counts, days = t["count"].to_list(), t["date"].to_list()
    if not any(counts):
        return "", ""
    span = bucket(days[0], t.freq) if len(days) == 1 else f"{bucket(days[0], t.freq)} … {bucket(days[-1], t.freq)}"
    return spark(squeeze_counts(counts)), f"by {t.freq}, {span}"


def _coverage_html(articles: Articles) -> str:
    bars, words = _coverage(articles)
    return f'<div><span {MONO}>{bars}</span> <span {MUTED}>{words}</span></div>' if bars else ""


class _ArchiveFacts:
    """Numbers of an archive's card, asked once."""

    def __init__(self, ar: Archive, whole: bool = False) -> None:
        snapshot = ar._snapshot_open()
        self.info = snapshot.info()
        near = whole or at_hand(snapshot)                      # sections may have to be told by links
        self.links = ar.related if 0 < self.info["related"] <= LINKS_AT_HAND else None
        fields = [field for field in ("tag", "section", "source") if field != "section" or near]
        self.names = {field: snapshot.all().names(field) for field in fields}
        self.tagged = snapshot.covered("tag")
        self.n, self.report = self.info["articles"], ar.report

    def top(self, field: str, k: int) -> list[tuple[str, int]]:
        if field not in self.names:
            return []
        t = self.names[field].take(_first(min(k, len(self.names[field]))))
        return list(zip(t.column(0).values(), t.column(1).values(), strict=True))

    def title(self) -> str:
        i = self.info
        return f"v{i['generation']} · {_count(i['segments'], 'segment')} · {size(i['bytes'])} · words with positions"

    def numbers(self) -> str:
        i = self.info
        parts = [_count(self.n, "article"), _span(i)]
        parts += [_count(len(self.names[f]), f) for f in ("section", "tag", "source") if len(self.names.get(f, ()))]
        if self.links is not None:
            lost = self.links.links - self.links.resolved
            parts.append(_count(self.links.links, "related link") + (f" ({lost:,} dangling)" if lost else ""))
        elif i["related"]:
            parts.append(_count(i["related"], "related link"))
        return " · ".join(parts)

    def notes(self) -> list[str]:
        i = self.info
        notes = []
        if self.report.skipped:
            notes.append(_skipped(self.report))
        if i["undated"]:
            notes.append(f"{_count(i['undated'], 'article')} without a date: counted nowhere in trends, last in every order")
        if i["coarse"]:
            notes.append(f"{_count(i['coarse'], 'date')} of a month or a year only: left out of finer trends (see .unplaced)")
        if i["deleted"]:
            notes.append(f"{_count(i['deleted'], 'deleted or replaced article')} still in the files: .compact()")
        return notes


def _skipped(r: Report) -> str:
    """That records were left out, and what helps where the fields have names of their own."""
    nameless = {"empty_record", "no_known_columns"} & set(r.summary["code"].to_list())
    hint = '; names of your own: build(…, fields={"Heading": "title", "Copy": "body"})' if nameless else ""
    return f"{r.skipped:,} of {_count(r.read, 'record')} read last {'was' if r.skipped == 1 else 'were'} skipped: .report says why{hint}"


def _first(n: int) -> bytes:
    import array

    return array.array("q", range(n)).tobytes()


def archive_facts(ar: Archive) -> dict[str, Any]:
    """The numbers of an archive's card for programs."""
    f = _ArchiveFacts(ar, True)
    days = {k: None if f.info[k] is None else _day(f.info[k]).isoformat() for k in ("day_first", "day_last")}
    names = {f"{field}s": dict(f.top(field, len(f.names[field]))) for field in f.names}
    kept = ("archive", "generation", "articles", "segments", "deleted", "bytes", "fingerprint", "words", "related", "undated", "coarse", "analyzer")
    return {"path": ar.path, **{k: f.info[k] for k in kept}, "first": days["day_first"], "last": days["day_last"], "tagged": f.tagged, **names}


def archive_lines(ar: Archive) -> list[str]:
    """An archive's numbers, coverage and most frequent names."""
    f = _ArchiveFacts(ar)
    lines = [f"pynews.Archive  {plain(os.path.basename(ar.path))}  {f.title()}", f.numbers(), "  ".join(_coverage(ar))]
    for field, label in (("tag", "tags"), ("section", "sections"), ("source", "sources")):
        top = " · ".join(f"{cut(name, 30)} {n:,}" for name, n in f.top(field, 6))
        covered = f" ({percent(f.tagged, f.n)} of articles carry one)" if field == "tag" and top else ""
        if top:
            lines.append(f"{label:9} {top}{' · …' if len(f.names[field]) > 6 else ''}{covered}")
    lines += [f"note      {note}" for note in f.notes()]
    return [line for line in lines if line.strip()]


def archive_text(ar: Archive) -> str:
    """An archive in a terminal."""
    if ar._snapshot is None:
        return f"pynews.Archive  {plain(os.path.basename(ar.path))}  closed"
    return "\n".join([*archive_lines(ar), '.search("…") .trend("…") [i] .article(id) .add(…)'])


def archive_html(ar: Archive) -> str:
    """An archive in a notebook."""
    if ar._snapshot is None:
        return _card(f"<b>pynews.Archive</b> <code>{html.escape(os.path.basename(ar.path))}</code> closed")
    f = _ArchiveFacts(ar)

    def names(field: str, label: str, k: int) -> str:
        rows = [(cut(name, 40), f"{n:,}", percent(n, f.n)) for name, n in f.top(field, k)]
        covered = f" ({percent(f.tagged, f.n)} of articles carry one)" if field == "tag" else ""
        more = len(f.names.get(field, ())) - len(rows)
        tail = _muted(f"{more:,} more") if more else ""
        table = grid_html((field, "articles", "share"), rows, (TEXT, NUMBER, NUMBER))
        return f"<details><summary>{label}<span {MUTED}>{covered}</span></summary>{table}{tail}</details>" if rows else ""

    def make(k: int) -> str:
        notes = "".join(f"<li>{html.escape(n)}</li>" for n in f.notes())
        return _card(
            f"<b>pynews.Archive</b> <code>{html.escape(plain(os.path.basename(ar.path)))}</code> <span {MUTED}>{f.title()}</span>",
            f"<div>{html.escape(f.numbers())}</div>{_coverage_html(ar)}",
            names("tag", "Tags", k) + names("section", "Sections", k) + names("source", "Sources", k),
            f"<details><summary>Notes <span {MUTED}>({len(f.notes())})</span></summary><ul>{notes}</ul></details>" if notes else "",
            _muted('.search("…") .trend("…") [i] .article(id) .add(…)'),
        )

    return _fit(make, 6)


def names_text(field: str, counts: dict[str, int]) -> str:
    """Names of a field in a terminal."""
    rows = [(cut(name, 40), f"{n:,}") for name, n in list(counts.items())[:TABLE_ROWS]]
    foot = f"{len(rows)} of {_count(len(counts), field)} shown" if len(rows) < len(counts) else _count(len(counts), field)
    return "\n".join([*grid((field, "articles"), rows, (False, True)), foot])


# --- articles


def _shown(articles: Articles, n: int) -> list[Article]:
    """The best of a ranking, else the newest: the first rows of a card."""
    first = articles if articles._open().is_ranked else articles.top(n, by="newest")
    return [first[i] for i in range(min(n, len(first)))]


def _order(articles: Articles) -> str:
    """The order of a card's rows, in words."""
    selection = articles._open()
    return "best first, by BM25" if selection.has_scores else "in the order of .top()" if selection.is_ranked else "newest first"


def _row(a: Article) -> tuple[str, str, str, str]:
    date = "undated" if a.date is None else iso(a.date, a.date_precision)
    return date, cut(a.title or "—", TITLE), cut(a._section_at_hand() or "—", 20), cut(", ".join(a.tags) or "—", 40)


_ARTICLE_COLUMNS = ("date", "title", "section", "tags")


def _articles_table(articles: Sequence[Article]) -> tuple[list[str], list[list[str]]]:
    """Header and rows, without the columns in which nothing stands."""
    rows = [_row(a) for a in articles]
    kept = [i for i in range(len(_ARTICLE_COLUMNS)) if i < 2 or any(r[i] != "—" for r in rows)]
    return [_ARTICLE_COLUMNS[i] for i in kept], [[r[i] for i in kept] for r in rows]


def _articles_head(s: Articles) -> str:
    n, base = len(s), len(s.base)
    return f"{_count(n, 'article')} of {base:,} ({percent(n, base)})" + (f" in {plain(s._within)}" if s._within and not s._open().is_ranked else "")


def _articles_foot(s: Articles, shown: int) -> str:
    if not len(s.base):
        info = s._archive._snapshot_open().info()
        if not info["articles"]:
            return "the archive is empty · .add(…)"
        of = f"; the archive has {_count(info['articles'], 'article')}, {_span(info)}" if "date:" in s.base._filtered else ""
        return f"there are no {plain(s.base._title())}{of}"
    if not shown:
        return "nothing found · .explain() shows what each part of the query finds"
    return f'{shown:,} of {len(s):,} shown · {_order(s)} · .trend() .search("…") [i]'


def _query_notes(s: Articles) -> list[str]:
    """What people may read otherwise than it was read: signs of other systems, a period that goes backwards, AND beside OR, a period that narrows the
    count but not the total."""
    meaning = s._meaning()
    remarks = [cut(remark, 200) for remark in _explain.remarks(_explain.read(meaning))] if meaning else []
    if not s.query:
        return remarks
    part = _explain.read(s.query)
    notes = [*remarks, *([f"parsed as {cut(_explain.spelled(part), 400)}"] if _explain.mixes(part) else [])]
    if _explain.has(part, "date"):
        whole = s.base is s._archive
        of = f"the whole archive, {_span(s._archive._snapshot_open().info())}" if whole else f"{len(s.base):,} {s.base._title()}"
        notes.append(f"date is part of the search: the total is of {cut(of, 120)} · .filter(…) narrows both")
    return notes


def articles_lines(s: Articles, n: int) -> list[str]:
    """Head, coverage and the `n` newest or best of a selection."""
    lines = [f"{_articles_head(s)}   {plain(s.query)}".rstrip(), *_query_notes(s), "  ".join(_coverage(s))]
    header, rows = _articles_table(_shown(s, n))
    return [line for line in lines if line.strip()] + (grid(header, rows, (False,) * len(header)) if rows else [])


def articles_text(s: Articles) -> str:
    """A selection in a terminal."""
    if s._archive._snapshot is None:
        return _closed("Articles", s.query)
    return "\n".join([*articles_lines(s, ROWS), _articles_foot(s, min(ROWS, len(s)))])


def articles_html(s: Articles) -> str:
    """A selection in a notebook."""
    if s._archive._snapshot is None:
        return _card(f"<b>Articles</b> <code>{html.escape(cut(s.query, 200))}</code> of a closed archive")
    header, rows = _articles_table(_shown(s, ROWS))
    query = f" <code>{html.escape(cut(s.query, 200))}</code>" if s.query else ""
    head = f"<b>{_articles_head(s)}</b>{query}{''.join(_muted(cut(note, 200)) for note in _query_notes(s))}{_coverage_html(s)}"

    def make(k: int) -> str:
        table = grid_html(header, rows[:k], (TEXT,) * len(header)) if rows else ""
        return _card(head, table, _muted(_articles_foot(s, min(k, len(rows)))))

    return _fit(make, ROWS)


def _closed(what: str, name: str) -> str:
    return f"{what}  {cut(name, 60)}  of a closed archive"


# --- one article


def _article_facts(a: Article) -> list[tuple[str, str]]:
    when = a.time.isoformat() if a.time else _row(a)[0]
    facts = [("date", when), ("modified", a._modified_text()), ("source", a.source), ("section", a._section_at_hand()), ("author", a.author)]
    facts += [("tags", ", ".join(a.tags)), ("url", a.url), ("language", a.language)]
    return [(name, cut(value, 100)) for name, value in facts if value]


def related_rows(a: Article, k: int) -> list[tuple[str, str, str]]:
    """Entries of the list of related articles: date, title, category."""
    return [(r._date_text() or "—", cut(r.title or "—", TITLE), cut(r.category or "—", 20)) for r in a.related[:k]]


def wrap(text: str, most: int | None = None) -> list[str]:
    """A paragraph as lines of a terminal, at most `most` of them."""
    return textwrap.wrap(plain(" ".join(text.split())), COLUMNS, max_lines=most, placeholder=" …")


def article_head(a: Article) -> list[str]:
    """Title and facts."""
    return [cut(a.title or "(no title)", 200), *(f"{name:9} {value}" for name, value in _article_facts(a))]


def article_text(a: Article) -> str:
    """An article in a terminal."""
    lines = article_head(a)
    related = a.related
    room = 12 - len(lines) - bool(related)
    lines += wrap(a.body, max(1, min(4, room)))
    if related:
        titles = " · ".join(r.title or "—" for r in related)
        lines.append(cut(f"{_count(len(related), 'related entry', 'related entries')}: {titles}", COLUMNS))
    return "\n".join(lines[:12])


def _marked(parts: Sequence[tuple[str, bool]], width: int) -> str:
    """At most `width` signs of a text as HTML, its hits marked."""
    out, left = [], width
    for text, is_hit in parts:
        shown = html.escape(cut(text, left))
        out.append(f"<mark>{shown}</mark>" if is_hit else shown)
        left -= len(plain(text))
        if left <= 0:
            break
    if len(out) < len(parts) and left == 0:
        out.append("…")
    return "".join(out)


def _body(a: Article) -> list[tuple[str, bool]]:
    """The article's text, and what of it a search found; all the same where the archive cannot be asked any more."""
    try:
        return a.highlight(a._found_by)._body if a._found_by else [(a.body, False)]
    except PynewsError:
        return [(a.body, False)]


def article_html(a: Article) -> str:
    """An article in a notebook; where a search found it, with the hits marked."""
    body = _body(a)

    def make(k: int) -> str:
        facts = " · ".join(f"<span {MUTED}>{name}</span> {html.escape(cut(value, _room(100, k)))}" for name, value in _article_facts(a))
        rows = related_rows(a, max(0, k))
        related = grid_html(("date", "related", "category"), rows, (TEXT,) * 3) if rows else ""
        more = len(a.related) - len(rows)
        return _card(
            f"<b>{html.escape(cut(a.title or '(no title)', _room(200, k)))}</b><div>{facts}</div>",
            f"<p>{_marked(body, _room(BODY, k))}</p>",
            related + (_muted(f"{more} more related entries") if more else ""),
        )

    return _fit(make, 6, -4)


# --- tables


def _cells(values: list[Any], width: int) -> list[str]:
    """A column for people; fractions with the same number of places, so that they can be compared, whole numbers without."""
    biggest = max((abs(v) for v in values if isinstance(v, float)), default=0.0)
    if not any(isinstance(v, float) for v in values) or biggest >= 1e9:
        return [cell(v, width) for v in values]
    whole = biggest > 1 and all(v == int(v) for v in values if isinstance(v, float) and isfinite(v))
    k = 0 if whole else 4 if biggest < 10 else 2
    return [f"{v:,.{k}f}" if isinstance(v, float) and (not v or abs(v) >= 10**-k) else cell(v, width) for v in values]


def dates(t: Table, name: str = "date") -> list[str]:
    """Dates as far as they were printed, where the table knows."""
    known = t._printed or (lambda row, column: None)
    return [cell(v) if v is None else iso(v, known(i, name)) for i, v in enumerate(t[name].to_list())]


def _table_rows(t: Table, n: int) -> tuple[list[str], list[list[str]], list[bool]]:
    head, width = t[:n], TEXT_WIDTH if len(t.columns) > FEW else 2 * TEXT_WIDTH
    cells = [dates(head, name) if t[name].dtype == "date32" else _cells(head[name].to_list(), width) for name in t.columns]
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


def counts_lines(t: Table, n: int) -> list[str]:
    """The first names of a table of counts, with the share each has."""
    rows = [(cut(r["name"], TITLE), f"{r['count']:,}", percent(r["count"], r["total"])) for r in t[:n]]
    return grid(("name", "articles", "share"), rows, (False, True, True)) if len(t) else ["none of these articles carries such a name"]


def table_html(t: Table) -> str:
    """A table in a notebook."""
    return _table_html(t, "")


def _lead_lag_foot(t: LeadLag) -> str:
    return f"the {min(ROWS, len(t))} strongest of {_count(len(t), 'lag')}; positive: the first moves first · .to_pandas()"


def lead_lag_text(t: LeadLag) -> str:
    """What may be said of two series, and the strongest correlations, in a terminal."""
    return "\n".join([plain(t.says), *grid(*_table_rows(t.strongest(ROWS), ROWS)), _lead_lag_foot(t)])


def lead_lag_html(t: LeadLag) -> str:
    """The same in a notebook."""
    return _table_html(t.strongest(ROWS), f"<b>Lead and lag</b> {html.escape(plain(t.says))}", _lead_lag_foot(t))


# --- graphs


def _graph_head(g: Graph) -> str:
    return f"{_count(len(g), 'node')} · {_count(len(g.edges), 'edge')}"


def _most_linked(g: Graph, n: int) -> Table:
    return g.degree("in")[:n]


GRAPH_FOOT = "most linked to · .pagerank() .communities() .components() .plot() .to_networkx()"


def graph_text(g: Graph) -> str:
    """A graph in a terminal."""
    lines = grid(*_table_rows(_most_linked(g, ROWS), ROWS)) if len(g) else []
    return "\n".join([f"{type(g).__name__}  {_graph_head(g)}", *lines, GRAPH_FOOT])


def graph_html(g: Graph) -> str:
    """A graph in a notebook."""
    return _table_html(_most_linked(g, ROWS), f"<b>{type(g).__name__}</b> {_graph_head(g)}", GRAPH_FOOT)


def communities_line(t: Communities) -> str:
    """How many there are, how large, how far apart."""
    sizes = t.sizes()
    shown = ", ".join(f"{n:,}" for n in sizes[:5]) + (", …" if len(sizes) > 5 else "")
    many = f"{len(sizes):,} {'community' if len(sizes) == 1 else 'communities'}"
    return f"{many} of {shown} nodes · modularity {t.modularity:.2f}" if sizes else many


def communities_html(t: Communities) -> str:
    """Communities in a notebook."""
    return _table_html(t, f"<b>Communities</b> {communities_line(t)}")


# --- report


def _report_head(r: Report) -> str:
    parts = [f"{_count(r.read, 'record')} read", f"{r.stored:,} stored", f"{r.replaced:,} replaced", f"{r.duplicate:,} duplicate", f"{r.skipped:,} skipped"]
    return " · ".join(parts)


_NOTHING_READ = "nothing was read: it tells of the last build or add through this object"


def _report_inputs(r: Report) -> str:
    unchanged = f" · {r.unchanged:,} unchanged, not read again" if r.unchanged else ""
    return f"from {_count(r.inputs, 'input')}, {size(r.bytes)} of text{unchanged}" + (" · went on after an interruption" if r.resumed else "")


def report_lines(r: Report) -> list[str]:
    """What became of every record, then the remarks by code."""
    lines = [_report_head(r), _report_inputs(r)]
    return lines + (grid(*_table_rows(r.summary, TABLE_ROWS)) if len(r.summary) else [])


def report_text(r: Report) -> str:
    """A report in a terminal."""
    if not r.inputs:
        return f"Report  {_NOTHING_READ}"
    foot = [f".summary counts every code · {_count(len(r), 'remark')} listed: .to_pandas()"] if len(r.summary) else []
    return "\n".join(["Report  " + report_lines(r)[0], *report_lines(r)[1:], *foot])


def report_html(r: Report) -> str:
    """A report in a notebook."""
    if not r.inputs:
        return _card(f"<b>Report</b> {_NOTHING_READ}")
    title = f"<b>Report</b> {html.escape(_report_head(r))}"
    return _table_html(r.summary, title, f"{_report_inputs(r)} · {_count(len(r), 'remark')} listed: .to_pandas()")


# --- trend


def _series_row(t: Trend, name: str, columns: dict[str, list[Any]], at: range) -> tuple[str, ...]:
    counts, totals, partial = ([columns[c][i] for i in at] for c in ("count", "total", "partial"))
    bars: Sequence[float | None] = squeeze_counts(counts) if t._is_all else squeeze(counts, totals)
    if t.measure != "share":
        return _made_row(t, name, columns, at)
    line = spark(bars, [partial[0], *[False] * (len(bars) - 2), partial[-1]] if len(bars) == len(at) > 1 else None)
    n, total = sum(counts), sum(totals)
    if t._is_all:
        top = max(at, key=lambda i: columns["count"][i], default=None)
        return cut(name, 40), line, f"{n:,}", "—" if top is None else f"{bucket(columns[t._axis][top], t.freq)}: {columns['count'][top]:,}"
    peak = max((i for i in at if columns["share"][i]), key=lambda i: columns["share"][i], default=None)
    overall = percent(n, total, places(n / total if total else 0)) if t.unit == "articles" else _per_million(n, total)
    return cut(name, 40), line, f"{n:,}", f"{total:,}", overall, _peak(t, columns, peak)


def _decimals(columns: dict[str, list[Any]], at: range) -> int:
    """Of the percentages of a series."""
    return places(max((columns["share"][i] or 0 for i in at), default=0))


def _per_million(n: int, total: int) -> str:
    return f"{1e6 * n / total:,.0f} a million" if total else "—"


def _made_row(t: Trend, name: str, columns: dict[str, list[Any]], at: range) -> tuple[str, ...]:
    """A series of what was made of shares: its values as they are, of long ones every so many."""
    values: list[float | None] = [columns["share"][i] for i in at]
    there = [v for v in values if v is not None]
    low = min([0.0, *there])
    bars = [None if v is None else v - low for v in values[:: max(1, -(-len(values) // WIDTH))]]
    ends = [max(at, key=lambda i: sign * columns["share"][i] if columns["share"][i] is not None else -float("inf"), default=None) for sign in (-1, 1)]
    least, most = (f"{bucket(columns[t._axis][i], t.freq)}: {_made_value(t, columns['share'][i])}" if i is not None and there else "—" for i in ends)
    total = max if t.measure == "cumulative share" else sum
    return cut(name, 40), spark(bars), f"{total([0, *(columns['count'][i] for i in at)]):,}", least, most


def _made_value(t: Trend, value: float) -> str:
    if t.measure == "index":
        return f"{value:.1f}"
    if t.unit == "words" and t.measure != "relative change":
        return f"{1e6 * value:,.0f} a million"
    return f"{100 * value:+.1f}{' points' if t.measure == 'change' else '%'}" if "change" in t.measure else f"{100 * value:.1f}%"


def _peak(t: Trend, columns: dict[str, list[Any]], i: int | None) -> str:
    if i is None:
        return "—"
    if t.unit == "words":
        return f"{bucket(columns[t._axis][i], t.freq)}: {1e6 * columns['share'][i]:,.0f} a million"
    share, lower, upper = (100 * columns[c][i] for c in ("share", "lower", "upper"))
    k = places(columns["share"][i])
    return f"{bucket(columns[t._axis][i], t.freq)}: {share:.{k}f}% [{lower:.{k}f}, {upper:.{k}f}]"


def _trend_foot(t: Trend, columns: dict[str, list[Any]]) -> str:
    n = len(t) // max(1, len(t.series))
    parts = [_count(n, t.freq, None if t.freq in OF_DAYS or t.freq == "hour" else "buckets"), f"{sum(1 for v in columns['total'][:n] if not v)} without news"]
    if n and (columns["partial"][0] or columns["partial"][n - 1]):
        ends = [word for word, at in (("first", 0), ("last", n - 1)) if columns["partial"][at]]
        parts.append(f"{' and '.join(ends)} partial (░)" if n <= WIDTH else f"{' and '.join(ends)} partial")
    left_out = sum(row["total"] for row in t.unplaced if row["series"] == t.series[0]) if t.series else 0
    if left_out:
        parts.append(f"{left_out:,}{' words' if t.unit == 'words' else ''} without a date that fits: .unplaced")
    return " · ".join([*parts, ".plot() .to_pandas()"])


def _trend_table(t: Trend) -> tuple[tuple[str, ...], list[tuple[str, ...]], dict[str, list[Any]]]:
    columns = t.to_dict()
    n = len(t) // max(1, len(t.series))
    rows = [_series_row(t, name, columns, range(i * n, i * n + n)) for i, name in enumerate(t.series[:TABLE_ROWS])]
    if t.measure != "share":
        return ("series", t.measure, "count", "least", "most"), rows, columns
    if t._is_all:
        return ("series", t.unit, "count", "most"), rows, columns
    return ("series", "share", "count", "of", "overall", f"peak [{t.level:.0%}]" if t.unit == "articles" else "peak"), rows, columns


def _trend_title(t: Trend) -> str:
    of = ("the words of " if t.unit == "words" else "") + cut(t._of, 80)
    if t._is_all:
        what = of
    elif t.measure == "index":
        what = f"index of shares of {of}"
    else:
        what = f"{t.measure} of {'the share of ' if 'change' in t.measure else ''}{of}"
    return f"{what} by {t.freq}{f', {plain(t.tz)}' if t.tz else ''}"


def _numbers(header: Sequence[str]) -> list[bool]:
    """Which columns between the bars and the last one are numbers."""
    return [name != "least" for name in header[2:-1]]


def _trend_notes(t: Trend) -> list[str]:
    """What people may mean otherwise than a series was read."""
    queries = [query for _, query in t._source.queries if query] if t._source else []
    remarks = [remark for query in queries[:TABLE_ROWS] for remark in _explain.remarks(_explain.read(query))]
    return [cut(remark, 200) for remark in dict.fromkeys(remarks)]


NAMELESS = "no series: none of these articles carries such a name"


def trend_text(t: Trend) -> str:
    """A trend in a terminal."""
    if not t.series:
        return f"Trend  {_trend_title(t)}\n{NAMELESS}"
    header, rows, columns = _trend_table(t)
    lines = [f"Trend  {_trend_title(t)}", *_trend_notes(t), *grid(header, rows, (False, False, *_numbers(header), False))]
    if len(t.series) > len(rows):
        lines.append(f"… {len(t.series) - len(rows)} more series")
    return "\n".join([*lines, _trend_foot(t, columns)])


def trend_html(t: Trend) -> str:
    """A trend in a notebook."""
    if not t.series:
        return _card(f"<b>Trend</b> {html.escape(_trend_title(t))}", _muted(NAMELESS))
    header, rows, columns = _trend_table(t)

    def make(k: int) -> str:
        more = f"… {len(t.series) - k} more series · " if len(t.series) > k else ""
        table = grid_html(header, rows[:k], (TEXT, MONO, *(NUMBER if n else TEXT for n in _numbers(header)), TEXT))
        return _card(f"<b>Trend</b> {html.escape(_trend_title(t))}", *map(_muted, _trend_notes(t)), table, _muted(more + _trend_foot(t, columns)))

    return _fit(make, len(rows))


def trend_lines(t: Trend) -> list[str]:
    """All buckets of a trend for reading: one series with its band, several side by side."""
    if not t.series:
        return trend_text(t).split("\n")
    columns = t.to_dict()
    n = len(t) // max(1, len(t.series))
    *summary, foot = trend_text(t).split("\n")
    highest = max((v for v in columns["count" if t._is_all else "share"] if v is not None), default=0)
    rows = [_bucket_row(t, columns, i, n, highest) for i in range(n)]
    names = [cut(name, 24) for name in t.series]
    if t._is_all:
        head, right = ["", "articles", ""], [False, True, False]
    elif len(names) == 1:
        head, right = ["", "count", "of", "share", f"[{t.level:.0%}]", ""], [False, True, True, True, False, False]
    else:
        head, right = ["", "of", *names], [False, True, *[True] * len(names)]
    return [*summary, "", *grid(head, rows, right), "", foot.replace(" · .plot() .to_pandas()", "")]


def _bucket_row(t: Trend, columns: dict[str, list[Any]], i: int, n: int, highest: float) -> list[str]:
    day = bucket(columns[t._axis][i], t.freq) + (" ░" if columns["partial"][i] else "")
    count, total = columns["count"], columns["total"]
    if t._is_all:
        return [day, f"{count[i]:,}", _bar(count[i], highest)]
    if len(t.series) > 1:
        return [day, f"{total[i]:,}", *(percent(count[k], total[k], _decimals(columns, range(k - i, k - i + n))) for k in range(i, len(t), n))]
    if not total[i]:
        return [day, "0", "0", "—", "", ""]
    if t.unit == "words":
        return [day, f"{count[i]:,}", f"{total[i]:,}", _per_million(count[i], total[i]), "", _bar(columns["share"][i], highest)]
    k = _decimals(columns, range(n))
    band = f"{100 * columns['lower'][i]:5.{k}f} … {100 * columns['upper'][i]:.{k}f}"
    return [day, f"{count[i]:,}", f"{total[i]:,}", percent(count[i], total[i], k), band, _bar(columns["share"][i], highest)]


def _bar(value: float, highest: float) -> str:
    """A bar of at most 30 cells, in eighths."""
    eighths = max(round(value / highest * 240), 1) if value else 0
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]
