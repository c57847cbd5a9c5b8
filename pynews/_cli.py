"""The shell's face of pynews: ``pynews COMMAND …``, or ``python -m pynews COMMAND …``.

Exit status: 0 done; 1 an error, in one plain line on standard error, or inputs none of whose records could be stored; 2 wrong
usage; 3 done, but some records were skipped and ``--strict`` was given; 130 interrupted; 141 the reader of standard output went away.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pynews import _show
from pynews._errors import ArchiveError, PynewsError

if TYPE_CHECKING:
    from pynews._concordance import Concordance
    from pynews._table import Table

OK, FAILED, USAGE, SKIPPED, INTERRUPTED, UNREAD = 0, 1, 2, 3, 130, 141
DAMAGED, UNCHECKED = 1, 2                                  # of verify and repair
MAGIC = b"\x89PNEWS\r\n"                                   # begin of every file of an archive but the lock

_ABOUT = "Ask an archive of news articles about words, tags and dates."
_EXIT = (
    "exit status: 0 done; 1 error, or nothing could be stored; 2 wrong usage; 3 done, but records were skipped and --strict was given; 130 interrupted\n"
    "pynews COMMAND --help shows examples."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    args = None
    try:
        parser = _parser()
        args, more = parser.parse_known_args(argv)
        if more:
            parser.error(_unread(args, more))
        status: int = args.run(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())      # what is still buffered goes nowhere
        return UNREAD
    except KeyboardInterrupt:
        again = args is not None and args.run in (_build, _add)
        _say("interrupted; the same command goes on where it stopped" if again else "interrupted")
        return INTERRUPTED
    except (PynewsError, OSError, ValueError, KeyError, ImportError, MemoryError) as e:
        _say(_message(e))
        return FAILED


def _unread(args: argparse.Namespace, more: Sequence[str]) -> str:
    """What to say of words that no command takes."""
    query = getattr(args, "query", None)
    advice = f"; a query of several words stands in quotation marks: '{' '.join([query, *more])}'" if query and not more[0].startswith("-") else ""
    return f"unrecognized arguments: {' '.join(more)}{advice}"


def _say(text: str) -> None:
    """A message on standard error, its lines kept, what could steer a terminal shown as escapes."""
    print("pynews: " + "\n".join(_show.plain(line) for line in text.split("\n")), file=sys.stderr)


def _message(e: BaseException) -> str:
    if isinstance(e, OSError) and not isinstance(e, PynewsError) and e.strerror:
        return f"{e.filename}: {e.strerror}" if e.filename else e.strerror
    if isinstance(e, KeyError) and not isinstance(e, PynewsError):
        return str(e.args[0]) if e.args else "not found"
    return str(e) or ("out of memory" if isinstance(e, MemoryError) else type(e).__name__)


def _articles(n: int) -> str:
    return f"{n:,} article{'' if n == 1 else 's'}"


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def _print_rows(args: argparse.Namespace, rows: Table | Concordance, facts: Callable[[], dict[str, Any]], lines: Callable[[int], list[str]]) -> None:
    """As --json, --csv, or the first -n as they are shown, and how many there are."""
    if args.json:
        _print_json(facts())
    elif args.csv:
        sys.stdout.write(rows.to_csv() or "")
    else:
        print("\n".join(lines(args.n)))
        if args.n < len(rows):
            print(f"{args.n:,} of {len(rows):,} shown · -n {len(rows)} shows all")


# --- the parser


class _Parser(argparse.ArgumentParser):
    """Examples keep their lines."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **kw)


class _Command(_Parser):
    """Options may stand anywhere: before, between and behind the other words of a command."""

    _is_mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._is_mixing:
            return super().parse_known_args(args, namespace)
        self._is_mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_mixing = False


def _parser() -> argparse.ArgumentParser:
    from pynews import __version__

    parser = _Parser(prog="pynews", description=_ABOUT, epilog=_EXIT)
    parser.add_argument("--version", action="version", version=f"pynews {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Command)

    def command(name: str, run: Callable[[argparse.Namespace], int], about: str, examples: str) -> argparse.ArgumentParser:
        lines = "\n".join("  " + line for line in examples.strip().split("\n"))
        sub: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".", epilog=f"examples:\n{lines}")
        sub.set_defaults(run=run)
        return sub

    _ingest_arguments(command("build", _build, "make an archive of files and folders", _BUILD), "folder of the new archive; it must not exist")
    add = command("add", _add, "add files and folders to an archive", _ADD)
    _ingest_arguments(add, "folder of the archive")
    add.add_argument("--timeout", type=_seconds, default=0.0, metavar="S", help="seconds to wait while another writer is at work (default 0)")
    _reading_arguments(command("info", _info, "show what an archive holds", _INFO))
    search = command("search", _search, "show the articles a query finds, newest first", _SEARCH)
    _reading_arguments(search)
    search.add_argument("query", metavar="QUERY", help='words and "phrases", AND, OR, NOT, fields such as tag:"AI" (docs/QUERIES.md)')
    search.add_argument("-n", type=_number, default=10, metavar="N", help="articles shown (default 10)")
    search.add_argument("--explain", action="store_true", help="show how the query was read and what each part finds, no articles")
    _kwic_arguments(command("kwic", _kwic, "show every place where a query's words stand, with the words around them", _KWIC))
    _trend_arguments(command("trend", _trend, "count the articles of each query per bucket of time", _TREND))
    _tags_arguments(command("tags", _tags, "count the articles that carry each tag, section, source, author or language", _TAGS))
    _export_arguments(command("export", _export, "write articles into a file: JSON lines, CSV or Parquet", _EXPORT))
    delete = command("delete", _delete, "delete the articles a query finds", _DELETE)
    _archive_arguments(delete)
    delete.add_argument("query", metavar="QUERY", help="which articles, as for search")
    delete.add_argument("--yes", action="store_true", help="delete them; without it only their number is shown")
    compact = command("compact", _compact, "rewrite an archive without what was deleted or replaced", _COMPACT)
    _archive_arguments(compact)
    compact.add_argument("--quiet", action="store_true", help="no progress")
    related = command("related", _related, "show how articles link to each other by their related entries", _RELATED)
    _reading_arguments(related)
    related.add_argument("query", nargs="?", metavar="QUERY", help="only the links of articles that it finds")
    related.add_argument("-n", type=_number, default=5, metavar="N", help="rows shown of what is linked to most (default 5)")
    related.add_argument("--csv", choices=("edges", "nodes", "dangling"), help="one of the tables as comma-separated text")
    parse = command("parse", _parse, "show what is read out of pages, without an archive", _PARSE)
    parse.add_argument("files", nargs="+", metavar="FILE", help="a page or JSON lines, compressed or not; - is standard input")
    parse.add_argument("--kind", choices=("text", "jsonl", "json_array"), help="what the files are; told by their content by default")
    parse.add_argument("--base-date", metavar="DATE", help='day the pages were saved: allows dates such as "yesterday"')
    parse.add_argument("--json", action="store_true", help="JSON lines, which build and add can read")
    verify = command("verify", _verify, "read every file of an archive again and check every sum", _VERIFY)
    verify.add_argument("archive", metavar="ARCHIVE", help="folder of the archive")
    verify.description = f"{verify.description} Exit status: 0 sound; 1 damaged; 2 could not be checked."
    repair = command("repair", _repair, "list what is damaged in an archive and what can be saved; save it with --yes", _REPAIR)
    _archive_arguments(repair)
    repair.add_argument("--yes", action="store_true", help="save what can be read as a new snapshot; damaged files are kept under other names")
    inspect = command("inspect", _inspect, "show the structure of an archive or of one of its files", _INSPECT)
    inspect.add_argument("path", metavar="PATH", help="an archive's folder, or a file in it")
    return parser


_BUILD = """
pynews build coverage.pna pages/
pynews build coverage.pna pages/ more.jsonl.gz --source "The Meridian Post"
pynews build coverage.pna export.jsonl --field headline2=title --field places=-
"""
_ADD = "pynews add coverage.pna new-pages/\npynews add coverage.pna today.jsonl --strict --json\npynews add coverage.pna today.jsonl --timeout 60"
_INFO = "pynews info coverage.pna\npynews info coverage.pna --json"
_SEARCH = """
pynews search coverage.pna 'korea AND blockchain'
pynews search coverage.pna '"digital currency"' -n 50 --json
pynews search coverage.pna 'bank NEAR/5 korea' --explain
pynews search coverage.pna korea --at 'first draft'
"""
_KWIC = """
pynews kwic coverage.pna korea --sort R1
pynews kwic coverage.pna '"digital currency"' --width 12 -n 50
pynews kwic coverage.pna korea --csv > korea.csv
"""
_TREND = """
pynews trend coverage.pna korea
pynews trend coverage.pna korea '"digital currency"' --freq quarter
pynews trend coverage.pna korea --freq weekday
pynews trend coverage.pna --by tag --top 5 --share-of tagged
pynews trend coverage.pna korea cbdc --filter tag:Blockchain --filter date:2020..2021
pynews trend coverage.pna --search korea --by section
pynews trend coverage.pna korea --of words --csv > korea.csv
pynews trend coverage.pna korea --plot korea.svg
"""
_TAGS = """
pynews tags coverage.pna
pynews tags coverage.pna korea --by section
pynews tags coverage.pna date:2020 --by author --csv > authors.csv
"""
_EXPORT = """
pynews export coverage.pna korea.csv korea --columns date,title,url
pynews export coverage.pna all.jsonl
pynews export coverage.pna - 'tag:"AI"' > ai.jsonl
"""
_DELETE = "pynews delete coverage.pna 'source:\"Old Wire\"'\npynews delete coverage.pna 'date:..2015' --yes"
_COMPACT = "pynews compact coverage.pna"
_RELATED = "pynews related coverage.pna\npynews related coverage.pna korea -n 20\npynews related coverage.pna --csv edges > edges.csv"
_PARSE = "pynews parse page.txt\npynews parse pages/*.txt --json > pages.jsonl\ncurl -s https://example.com/page.txt | pynews parse -"
_VERIFY = "pynews verify coverage.pna && echo sound"
_REPAIR = "pynews repair coverage.pna\npynews repair coverage.pna --yes"
_INSPECT = "pynews inspect coverage.pna\npynews inspect coverage.pna/seg-0000000001.idx"


def _archive_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", metavar="ARCHIVE", help="folder of the archive")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def _reading_arguments(parser: argparse.ArgumentParser) -> None:
    _archive_arguments(parser)
    _at_argument(parser)


def _at_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", metavar="NAME", help="an earlier snapshot that is kept, such as v11, or the note of a pin; info lists the pins")


def _opened(args: argparse.Namespace) -> Any:
    import pynews

    return pynews.open(args.archive, at=args.at)


def _ingest_arguments(parser: argparse.ArgumentParser, about: str) -> None:
    parser.add_argument("archive", metavar="ARCHIVE", help=about)
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="a file, a folder (all files below it) or a glob pattern; - is standard input")
    parser.add_argument("--source", metavar="NAME", help="the outlet of every article")
    kinds = ("text", "jsonl", "json_array", "csv", "parquet", "arrow", "feed")
    parser.add_argument("--kind", choices=kinds, help="read every input as this; told by content by default")
    parser.add_argument("--field", action="append", default=[], type=_field, metavar="NAME=FIELD", help="an input's field and what it fills; - leaves it out")
    parser.add_argument("--base-date", metavar="DATE", help='day the pages were saved: allows dates such as "yesterday"')
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--strict", action="store_true", help="exit status 3 if a record was skipped")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")


def _kwic_arguments(parser: argparse.ArgumentParser) -> None:
    _reading_arguments(parser)
    parser.add_argument("query", metavar="QUERY", help="what to look for, as for search")
    parser.add_argument("-n", type=_number, default=20, metavar="N", help="hits shown (default 20); --csv and --json give all")
    parser.add_argument("--width", type=_number, default=8, metavar="N", help="words of context on each side (default 8)")
    parser.add_argument("--sort", default="date", metavar="ORDER", help="date, -date, node, or words around it such as R1, L2L1 (default date)")
    parser.add_argument("--csv", action="store_true", help="comma-separated text, as long as it is")


def _tags_arguments(parser: argparse.ArgumentParser) -> None:
    from pynews._names import FIELDS

    _reading_arguments(parser)
    parser.add_argument("query", nargs="?", metavar="QUERY", help="count only articles that it finds")
    parser.add_argument("--by", default="tag", metavar="FIELD", help=f"{', '.join(FIELDS)} (default tag)")
    parser.add_argument("-n", type=_number, default=20, metavar="N", help="names shown (default 20); --csv and --json give all")
    parser.add_argument("--csv", action="store_true", help="comma-separated text, as long as it is")


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", metavar="ARCHIVE", help="folder of the archive")
    parser.add_argument("file", metavar="FILE", help="its name ends in .jsonl, .csv or .parquet; - is JSON lines on standard output")
    parser.add_argument("query", nargs="?", metavar="QUERY", help="only articles that it finds")
    parser.add_argument("--columns", metavar="NAMES", help="of .csv and .parquet, joined by commas: date,title,url; body only when asked for")
    _at_argument(parser)


def _trend_arguments(parser: argparse.ArgumentParser) -> None:
    from pynews._freq import FREQS
    from pynews._names import FIELDS

    _reading_arguments(parser)
    parser.add_argument("queries", nargs="*", default=None, metavar="QUERY", help="one series a query; without any, all articles")
    parser.add_argument("--by", metavar="FIELD", help=f"instead of queries, one series a name: {', '.join(FIELDS)}")
    parser.add_argument("--top", type=_number, default=10, metavar="N", help="how many names --by takes, most frequent first (default 10)")
    parser.add_argument("--search", metavar="QUERY", help="count only articles that it finds; shares stay of all")
    parser.add_argument("--filter", action="append", default=[], metavar="QUERY", help="only articles that it finds, also in what shares are of; repeatable")
    parser.add_argument("--share-of", default="base", metavar="BASE", help="what shares are of: base, tagged (what carries a tag) or archive (default base)")
    parser.add_argument("--level", type=float, default=0.95, metavar="P", help="confidence level of the band (default 0.95)")
    parser.add_argument("--freq", default="month", metavar="FREQ", help=f"width of a bucket: {', '.join(FREQS)} (default month)")
    parser.add_argument("--of", default="articles", choices=("articles", "words"), help="what is counted: articles, or hits of all words")
    parser.add_argument("--tz", metavar="ZONE", help="zone for articles with a clock time and an offset, such as Europe/Berlin")
    parser.add_argument("--csv", action="store_true", help="comma-separated text, as long as it is")
    parser.add_argument("--plot", metavar="FILE", help="also draw it: .svg needs nothing, .png and .pdf need matplotlib")


def _field(text: str) -> tuple[str, str]:
    name, sign, field = text.rpartition("=")
    if not (name and sign and field):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FIELD")
    return name, field


def _number(text: str) -> int:
    try:
        n = int(text)
    except ValueError:
        n = -1
    if n < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 0 or more")
    return n


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


# --- commands


def _build(args: argparse.Namespace) -> int:
    import pynews

    with pynews.build(args.archive, _inputs(args), **_ingest_options(args)) as ar:
        return _reported(args, ar.report, f"{args.archive}: {_articles(len(ar))}")


def _add(args: argparse.Namespace) -> int:
    import pynews

    with pynews.open(args.archive, "a", timeout=args.timeout) as ar:
        report = ar.add(_inputs(args), **_ingest_options(args))
        return _reported(args, report, f"{args.archive}: {_articles(len(ar))}")


def _inputs(args: argparse.Namespace) -> list[Any]:
    return [sys.stdin.buffer if name == "-" else name for name in args.inputs]


def _ingest_options(args: argparse.Namespace) -> dict[str, Any]:
    options = {"kind": args.kind, "source": args.source, "base_date": args.base_date, "fields": dict(args.field)}
    return {**options, "progress": False if args.quiet else None}


def _reported(args: argparse.Namespace, report: Any, head: str) -> int:
    from pynews import _cards

    if args.json:
        counts = {name: getattr(report, name) for name in ("read", "stored", "replaced", "duplicate", "skipped", "inputs", "bytes", "unchanged", "resumed")}
        _print_json({**counts, "summary": list(report.summary), "remarks": list(report)})
    else:
        print("\n".join([_show.plain(head), *_cards.report_lines(report)]))
        _cards_errors(report)
    if not report.skipped:
        return OK
    if report.read == report.skipped:
        empty = f"\n{args.archive} is there and empty: go on with pynews add" if args.run is _build else ""
        _say(_nothing_stored(report) + empty)
        return FAILED
    _say(f"{report.skipped:,} of {report.read:,} records were skipped" + ("" if args.json else "; --json lists them"))
    return SKIPPED if args.strict else OK


def _nothing_stored(report: Any) -> str:
    """Why not one record was stored: the codes, the first place, and the way on where names of fields may help."""
    errors = [r for r in report.summary if r["severity"] == "error"] or list(report.summary)
    codes = ", ".join(f"{r['code']} {r['count']:,}" for r in errors)
    first = next((r for r in report if r["code"] == errors[0]["code"]), None) if errors else None
    where = f"; first in {first['input']}" + (f": {_show.cut(first['excerpt'], 200)}" if first["excerpt"] else "") if first else ""
    nameless = {"no_known_columns", "empty_record"} & set(report.summary["code"].to_list())
    hint = "\n--field NAME=FIELD says what a name of yours stands for: --field Heading=title (docs/FIELDS.md)" if nameless else ""
    return f"nothing was stored: {report.skipped:,} skipped ({codes}){where}{hint}"


def _cards_errors(report: Any, most: int = 10) -> None:
    """The first records that were skipped, and why."""
    from pynews._report import place_of

    errors = [r for r in report if r["severity"] == "error"]
    for r in errors[:most]:
        excerpt = f" ({_show.cut(r['excerpt'], 80)})" if r["excerpt"] else ""
        print(f"  {_show.plain(place_of(r))}: {r['code']}{excerpt}")
    if len(errors) > most:
        print(f"  … and {len(errors) - most:,} more")


def _info(args: argparse.Namespace) -> int:
    from pynews import _cards

    with _opened(args) as ar:
        if args.json:
            _print_json({**_cards.archive_facts(ar), "pins": list(ar.pins)})
        else:
            print("\n".join(_cards.archive_lines(ar)))
            for pin in ar.pins:
                print(_show.plain(f"pinned    {pin['snapshot']} since {pin['pinned']}  {pin['note']}".rstrip()))
    return OK


def _search(args: argparse.Namespace) -> int:
    from pynews import _cards

    with _opened(args) as ar:
        found = ar.search(args.query)
        if args.explain:
            print(found.explain())
            return OK
        shown = min(args.n, len(found))
        if args.json:
            newest = [_as_dict(a) for a in found.top(shown, by="newest")]
            _print_json({"query": args.query, "count": len(found), "of": len(found.base), "articles": newest})
            return OK
        print("\n".join(_cards.articles_lines(found, args.n)))
        if shown < len(found):
            print(f"{shown:,} of {len(found):,} shown, newest first · -n {len(found)} shows all")
    return OK


def _tags(args: argparse.Namespace) -> int:
    from pynews import _cards

    with _opened(args) as ar:
        of = ar.search(args.query) if args.query else ar
        t = of.counts(args.by)
        facts = {"query": args.query or "", "by": args.by, "of": len(of)}
        _print_rows(args, t, lambda: {**facts, "counts": list(t)}, lambda n: _cards.counts_lines(t, n))
    return OK


def _export(args: argparse.Namespace) -> int:
    kind = ".jsonl" if args.file == "-" else os.path.splitext(args.file)[1].lower()
    if kind not in (".jsonl", ".csv", ".parquet"):
        raise ValueError(f"{args.file}: the name of the file ends in .jsonl, .csv or .parquet; - is JSON lines on standard output")
    if args.columns and kind == ".jsonl":
        raise ValueError("--columns is for .csv and .parquet: JSON lines hold whole articles")
    with _opened(args) as ar:
        found = ar.search(args.query) if args.query else ar
        if args.file == "-":
            for article in found:
                _print_json(article.to_dict())
            return OK
        if kind == ".jsonl":
            found.to_jsonl(args.file)
        else:
            t = found.table([name.strip() for name in args.columns.split(",")] if args.columns else None)
            (t.to_csv if kind == ".csv" else t.to_parquet)(args.file)
        print(f"{_show.plain(args.file)}: {_articles(len(found))}")
    return OK


def _delete(args: argparse.Namespace) -> int:
    import pynews
    from pynews import _deleting

    with pynews.open(args.archive, "a" if args.yes else "r") as ar:
        _deleting.check(ar, args.query)
        n = ar.delete(args.query) if args.yes else len(ar.search(args.query))
        if args.json:
            _print_json({"query": args.query, "found": n, "deleted": n if args.yes else 0, "articles": len(ar)})
        elif args.yes:
            print(f"{_show.plain(args.archive)}: {_articles(n)} deleted, {len(ar):,} left")
        else:
            print(f"{_show.plain(args.archive)}: {n:,} of {_articles(len(ar))} would be deleted; --yes deletes them")
    return OK


def _compact(args: argparse.Namespace) -> int:
    import pynews

    with pynews.open(args.archive, "a") as ar:
        before = ar._snapshot_open().info()
        ar.compact(progress=False if args.quiet else None)
        after = ar._snapshot_open().info()
    if args.json:
        _print_json({"articles": after["articles"], **{n: {"before": before[n], "after": after[n]} for n in ("segments", "deleted", "bytes")}})
    else:
        sizes = f"{_show.size(before['bytes'])} → {_show.size(after['bytes'])}"
        print(f"{_show.plain(args.archive)}: {_articles(after['articles'])}, segments {before['segments']:,} → {after['segments']:,}, {sizes}")
    return OK


def _related(args: argparse.Namespace) -> int:
    from pynews import _related_cards

    with _opened(args) as ar:
        g = (ar.search(args.query) if args.query else ar).related
        if args.csv:
            sys.stdout.write({"edges": g.edges, "nodes": g.nodes, "dangling": g.dangling}[args.csv].to_csv() or "")
        elif args.json:
            numbers = {"links": g.links, "resolved": g.resolved, "dangling": g.dangling_links, "ambiguous": g.ambiguous, "forward": g.forward}
            _print_json({"query": args.query or "", **numbers, "edges": list(g.edges), "nodes": list(g.nodes)})
        else:
            print("\n".join([*_related_cards.graph_lines(g), *_related_cards.most_linked_lines(g, args.n)]))
    return OK


def _kwic(args: argparse.Namespace) -> int:
    from pynews import _concordance_card

    with _opened(args) as ar:
        k = ar.kwic(args.query, args.width, sort=args.sort)
        facts = {"query": k.query, "count": len(k), "articles": k.n_articles}
        _print_rows(args, k, lambda: {**facts, "hits": list(k)}, lambda n: _concordance_card.concordance_lines(k, n))
    return OK


def _trend(args: argparse.Namespace) -> int:
    from pynews import _cards

    if args.plot:
        _check_picture(args.plot)
    if args.by and args.queries:
        raise ValueError("a trend is of queries or by names, not both: --search QUERY --by FIELD has the names of what a query finds")
    with _opened(args) as ar:
        of = ar.filter(*args.filter)
        of = of.search(args.search) if args.search else of
        t = of.trend(args.queries or None, args.freq, by=args.by, top=args.top, of=args.of, share_of=args.share_of, tz=args.tz, level=args.level)
    if args.plot:
        _save_picture(t, args.plot)
    if args.json:
        _print_json({"freq": t.freq, "series": t.series, "level": t.level, "rows": list(t), "unplaced": list(t.unplaced)})
    elif args.csv:
        sys.stdout.write(t.to_csv() or "")
    else:
        print("\n".join(_cards.trend_lines(t)))
    return OK


def _check_picture(path: str) -> None:
    kind = os.path.splitext(path)[1].lower()
    if kind not in (".svg", ".png", ".pdf"):
        raise ValueError(f"{path}: a picture's name ends in .svg, .png or .pdf")


def _save_picture(t: Any, path: str) -> None:
    if path.lower().endswith(".svg"):
        t.plot(backend="svg").save(path)
    else:
        t.plot(backend="matplotlib").figure.savefig(path, dpi=150)
    print(f"pynews: wrote {_show.plain(path)}", file=sys.stderr)


def _parse(args: argparse.Namespace) -> int:
    status = OK
    for n, name in enumerate(args.files):
        try:
            articles = _parsed(name, args)
        except (PynewsError, OSError) as e:
            _say(_message(e))
            status = FAILED
            continue
        for k, article in enumerate(articles):
            if args.json:
                _print_json(_as_dict(article))
            else:
                print("\n".join(([""] if n or k else []) + _article_lines(article)))
    return status


def _parsed(name: str, args: argparse.Namespace) -> Any:
    from pathlib import Path

    import pynews

    page = sys.stdin.buffer.read() if name == "-" else Path(name)
    return pynews.parse(page, kind=args.kind, base_date=args.base_date)


def _verify(args: argparse.Namespace) -> int:
    import pynews

    try:
        with pynews.open(args.archive) as ar:
            ar.verify(progress=None if sys.stderr.isatty() else False)
            print(f"{_show.plain(args.archive)}: every file is sound, {_articles(len(ar))}")
    except (pynews.CorruptArchiveError, pynews.ArchiveChangedError) as e:
        _say(_message(e))
        return DAMAGED
    except (PynewsError, OSError) as e:
        _say(_message(e))
        return UNCHECKED
    return OK


def _repair(args: argparse.Namespace) -> int:
    import pynews

    found = pynews.repair(args.archive, dry_run=not args.yes)
    if args.json:
        _print_json({"archive": args.archive, "repaired": args.yes, "damage": list(found)})
        return OK if args.yes or not len(found) else DAMAGED
    for r in found:
        lost = "" if r["lost"] is None else f"; {r['lost']:,} of {r['articles']:,} articles lost"
        print(_show.plain(f"{r['file']} at byte {r['offset']:,}: {r['damage']}{lost}; {r['action']}"))
    if not len(found):
        print(f"{_show.plain(args.archive)}: every file is sound, nothing to repair")
    elif args.yes:
        with pynews.open(args.archive) as ar:
            print(f"{_show.plain(args.archive)}: repaired as {ar.snapshot}, {_articles(len(ar))}")
    else:
        print("nothing was changed; --yes repairs")
    return OK if args.yes or not len(found) else DAMAGED


def _inspect(args: argparse.Namespace) -> int:
    from pynews import _core

    if os.path.basename(args.path) == "writer.lock":
        with open(args.path, "rb") as f:
            note = _show.plain(f.read(64).decode(errors="replace"))
        print(f"file        {_show.plain(args.path)}\nkind        lock\nlast held   by {note}")
        return OK
    _check_ours(args.path)
    for line in _core.inspect(os.fsencode(args.path)).splitlines():
        print(_show.plain(line))
    return OK


def _check_ours(path: str) -> None:
    """Whether it is an archive's folder or a file of one, as far as names and first bytes tell."""
    if os.path.isdir(path):
        if not any(name.startswith("MANIFEST-") for name in os.listdir(path)):
            raise ArchiveError(f"{path}: no archive here: the folder holds no MANIFEST file")
    elif os.path.exists(path):
        begin = b""
        if os.path.isfile(path):
            with open(path, "rb") as f:
                begin = f.read(len(MAGIC))
        if begin != MAGIC:
            raise ArchiveError(f"{path}: not a file of pynews, or its first bytes are damaged; inspect takes an archive's folder or a file in it")


# --- articles


def _as_dict(a: Any) -> dict[str, Any]:
    """An article as JSON that build and add read back; what is not there is left out."""
    fields = {
        "id": a.id, "title": a.title, "date": a._written("date") or a.date_raw,
        "modified": a._written("modified"), "source": a.source, "section": a.section, "authors": list(a.authors), "tags": list(a.tags), "url": a.url,
        "language": a.language, "teaser": a.teaser, "body": a.body, "related": [r.to_dict() for r in a.related], **a.extra,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def _article_lines(a: Any) -> list[str]:
    """All of an article for reading."""
    from pynews import _cards

    lines = _cards.article_head(a)
    for paragraph in a.body.split("\n\n"):
        lines += ["", *_cards.wrap(paragraph)] if paragraph else []
    if a.related:
        lines += ["", f"related   {len(a.related)}"]
        lines += ["  " + "  ".join(row) for row in _cards.related_rows(a, len(a.related))]
    if a.diagnostics:
        lines += ["", "remarks   " + ", ".join(a.diagnostics)]
    return lines
