"""Measures pynews, and peers where they are installed, on real material; prints Markdown tables.

usage: python benchmarks/run.py [--data FOLDER] [--repeat N] [part …]        parts: parse build merge open lines trend queries graph rank (all by default)

FOLDER holds reuters_fulltext_2009_2011.jsonl.xz, reuters_headlines_2007_2008.jsonl.xz and seed_layout_digitalgov.tar.xz.
Every build runs in a process of its own, so that its peak memory is its own. Figures are medians; machines differ, so
compare rows of one run with each other, not with another run.
"""

from __future__ import annotations

import argparse
import array
import importlib.util
import json
import lzma
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ARTICLES, HEADLINES, PAGES = "reuters_fulltext_2009_2011.jsonl", "reuters_headlines_2007_2008.jsonl", "seed_layout_digitalgov.tar"
PARTS = ("parse", "build", "merge", "open", "lines", "trend", "queries", "graph", "rank")
RANKED = {
    ARTICLES: ["korea", "percent", "korea AND bank", "korea OR bank OR blockbuster", '"central bank"'],
    HEADLINES: ["korea", "update", "korea AND profit", "korea OR profit OR blockbuster", '"central bank"'],
}
WORDS = {ARTICLES: ["bank", "percent", "korea", "blockbuster"], HEADLINES: ["profit", "update", "korea", "blockbuster"]}


def median_seconds(call: Callable[[], object], repeat: int) -> float:
    """Median wall time of a call, after one that does not count."""
    call()
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def micros(call: Callable[[], object], seconds: float = 0.5) -> float:
    """Median of many calls, in microseconds."""
    call()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


def folder_size(path: str) -> int:
    return sum(os.path.getsize(os.path.join(here, f)) for here, _, files in os.walk(path) for f in files)


def table(header: list[str], rows: list[list[str]]) -> None:
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


# --- what is built, by whom: each runs in a child process


def rows_of(path: str) -> Iterator[tuple[str, str, str]]:
    """(month, title, body) as the peers store them."""
    with open(path, encoding="utf-8") as f:
        for line in f:
            row = json.loads(line)
            day = str(row.get("date") or row.get("day") or "")
            month = day[:7] if "-" in day else f"{day[:4]}-{day[4:6]}"
            yield month, row.get("title") or "", row.get("body") or ""


def build_pynews(source: str, target: str) -> None:
    import pynews

    pynews.build(target, source, progress=False)


def build_fts5(source: str, target: str) -> None:
    os.mkdir(target)
    db = sqlite3.connect(os.path.join(target, "fts.db"))
    db.executescript("CREATE TABLE doc(id INTEGER PRIMARY KEY, month TEXT); CREATE VIRTUAL TABLE text USING fts5(title, body);")
    with db:
        for n, (month, title, body) in enumerate(rows_of(source)):
            db.execute("INSERT INTO doc VALUES (?, ?)", (n, month))
            db.execute("INSERT INTO text(rowid, title, body) VALUES (?, ?, ?)", (n, title, body))
    db.close()


def build_tantivy(source: str, target: str) -> None:
    import tantivy

    os.mkdir(target)
    schema = tantivy.SchemaBuilder().add_text_field("title", stored=True).add_text_field("body", stored=True)
    schema = schema.add_date_field("date", stored=True, indexed=True, fast=True).build()
    writer = tantivy.Index(schema, path=target).writer(heap_size=256_000_000, num_threads=1)
    import datetime as dt

    for month, title, body in rows_of(source):
        when = dt.datetime(int(month[:4]), int(month[5:7]), 1)
        writer.add_document(tantivy.Document(title=title, body=body, date=when))
    writer.commit()
    writer.wait_merging_threads()


BUILDERS = {"pynews": build_pynews, "SQLite FTS5": build_fts5, "tantivy": build_tantivy}


def has(peer: str) -> bool:
    try:
        __import__({"tantivy": "tantivy"}.get(peer, "sqlite3"))
    except ImportError:
        return False
    return True


def run_child(peer: str, source: str, target: str) -> tuple[float, float]:
    """Seconds and peak megabytes of one build."""
    code = f"import sys; sys.path[:0] = {sys.path!r}; sys.argv = ['']; import runpy, time, resource\n"
    code += f"m = runpy.run_path({__file__!r}, run_name='child'); t = time.perf_counter(); m['BUILDERS'][{peer!r}]({source!r}, {target!r})\n"
    code += "print(time.perf_counter() - t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


# --- parts


def part_parse(data: Path, scratch: Path, repeat: int) -> None:
    """Text pages to articles: the core's parser alone, page by page and as one dump of all pages."""
    from pynews import _core

    with tarfile.open(data / (PAGES + ".xz")) as tar:
        pages = [tar.extractfile(m).read() for m in tar if m.name.endswith(".txt")]  # type: ignore[union-attr]
    options = (None, None, False, ())
    whole = b"\n\n".join(pages)
    n_bytes = sum(map(len, pages))
    each = median_seconds(lambda: [_core.parse("text", p, options) for p in pages], repeat)
    at_once = median_seconds(lambda: _core.parse("text", whole, options), repeat)
    rows = [[name, f"{len(pages):,}", f"{n_bytes / 1e6:.1f} MB", f"{s * 1e3:.1f} ms", f"{len(pages) / s:,.0f}", f"{n_bytes / s / 1e6:,.0f}"]
            for name, s in (("page by page", each), ("one dump", at_once))]
    print("Text pages to Python articles (parsing, words not cut, Python objects made):\n")
    table(["input", "pages", "bytes", "time", "pages/s", "MB/s"], rows)


def part_build(data: Path, scratch: Path, repeat: int) -> None:
    """A whole archive from JSON lines, one process, beside peers that store the same text with positions."""
    for name in (ARTICLES, HEADLINES):
        source = str(scratch / name)
        size = os.path.getsize(source)
        rows = []
        for peer in BUILDERS:
            if not has(peer):
                continue
            target = str(scratch / f"{name}-{peer.replace(' ', '')}")
            shutil.rmtree(target, ignore_errors=True)
            seconds, peak = run_child(peer, source, target)
            on_disk = folder_size(target)
            rows.append([peer, f"{seconds:.1f} s", f"{size / seconds / 1e6:.1f}", f"{peak:.0f} MB", f"{on_disk / 1e6:.0f} MB", f"{on_disk / size:.2f}"])
        print(f"Build of {name} ({size / 1e6:.0f} MB of JSON lines):\n")
        table(["", "time", "MB/s", "peak memory", "size", "of input"], rows)


def part_merge(data: Path, scratch: Path, repeat: int) -> None:
    """Seven segments into one, beside building the same archive at once; and many small adds."""
    import pynews

    lines = (scratch / ARTICLES).read_bytes().splitlines(keepends=True)
    n, rows = len(lines), []
    in_turn, mixed = [lines[n * i // 7 : n * (i + 1) // 7] for i in range(7)], [lines[i::7] for i in range(7)]
    for how, parts in (("one after the other in time", in_turn), ("all over the same time", mixed)):
        target = str(scratch / "merge-pynews")
        shutil.rmtree(target, ignore_errors=True)
        ar = pynews.build(target, b"".join(parts[0]), progress=False)
        for part in parts[1:]:
            ar.add(b"".join(part), progress=False)
        before = ar._snapshot_open().info()
        clock = time.process_time()
        ar.compact(progress=False)
        seconds = time.process_time() - clock
        size = before["bytes"] / 1e6
        rows.append([how, f"{before['segments']}", f"{size:.0f} MB", f"{seconds:.2f} s", f"{size / seconds:.0f}", f"{len(ar) / seconds:,.0f}"])
    shutil.rmtree(target, ignore_errors=True)
    clock = time.process_time()
    pynews.build(target, b"".join(lines), progress=False)
    seconds = time.process_time() - clock
    rows.append(["for comparison: built at once", "–", "–", f"{seconds:.2f} s", "–", f"{len(ar) / seconds:,.0f}"])
    print(f"Seven segments of {n:,} articles into one (processor time):\n")
    table(["segments", "how many", "files", "compact", "MB/s", "articles/s"], rows)
    small_adds(lines[:2000], str(scratch / "small-pynews"))


def small_adds(lines: list[bytes], target: str) -> None:
    """Two hundred adds of ten articles: how many segments stay, how much is written again."""
    import pynews

    shutil.rmtree(target, ignore_errors=True)
    ar = pynews.build(target, b"", progress=False)
    clock = time.process_time()
    for i in range(0, len(lines), 10):
        ar.add(b"".join(lines[i : i + 10]), progress=False)
    seconds = time.process_time() - clock
    print(f"{len(lines) // 10} adds of 10 articles: {seconds / len(lines) * 1e4:.1f} ms each, {ar._snapshot_open().info()['segments']} segments at the end\n")


def archives(scratch: Path) -> Iterator[tuple[str, str]]:
    for name in (ARTICLES, HEADLINES):
        target = str(scratch / f"{name}-pynews")
        if not os.path.isdir(target):
            build_pynews(str(scratch / name), target)
        yield name, target


def part_open(data: Path, scratch: Path, repeat: int) -> None:
    """Opening an archive, and the first answer after it."""
    import pynews

    def first_answer(path: str) -> None:
        with pynews.open(path) as ar:
            ar.trend("korea")

    rows = []
    for name, path in archives(scratch):
        rows.append([name, f"{micros(lambda p=path: pynews.open(p).close()) / 1e3:.2f} ms", f"{micros(lambda p=path: first_answer(p)) / 1e3:.2f} ms"])
    print("Open (warm page cache):\n")
    table(["archive", "open and close", "open, first trend, close"], rows)


def part_lines(data: Path, scratch: Path, repeat: int) -> None:
    import pynews

    rows, out = [], str(scratch / "lines.jsonl")
    for _, target in archives(scratch):
        with pynews.open(target) as ar:
            began, worked = time.perf_counter(), time.process_time()
            n = ar.to_jsonl(out)
            seconds, processor, size = time.perf_counter() - began, time.process_time() - worked, os.path.getsize(out) / 1e6
        rows.append([f"{n:,}", f"{size:,.0f} MB", f"{seconds:.2f} s", f"{processor:.2f} s", f"{n / processor:,.0f}", f"{size / processor:,.0f}"])
        os.unlink(out)
    print("\nArticles as JSON lines, by `to_jsonl`; rates of processor time:\n")
    table(["articles", "written", "time", "processor time", "lines/s", "MB/s"], rows)


def fts5_trend(path: str, word: str) -> Callable[[], object]:
    db = sqlite3.connect(path)
    sql = "SELECT doc.month, count(*) FROM text JOIN doc ON doc.id = text.rowid WHERE text MATCH ? GROUP BY doc.month"
    return lambda: db.execute(sql, (word,)).fetchall()


def tantivy_trend(path: str, word: str) -> Callable[[], object]:
    """Its histogram knows fixed intervals only: 30 days stand for a month."""
    import tantivy

    index = tantivy.Index.open(path)
    searcher = index.searcher()
    query = index.parse_query(word, ["title", "body"])
    histogram = {"month": {"date_histogram": {"field": "date", "fixed_interval": "30d"}}}
    return lambda: searcher.aggregate(query, histogram)


def part_trend(data: Path, scratch: Path, repeat: int) -> None:
    """Monthly trend of one word: the whole Python call, and the core's part of it."""
    import pynews

    for name, path in archives(scratch):
        ar = pynews.open(path)
        selection, rows = ar._selection, []
        for word in WORDS[name]:
            row = [word, f"{len(ar.search(word)):,}"]
            row.append(f"{micros(lambda w=word: ar.trend(w)):.0f} µs")
            row.append(f"{micros(lambda w=word: selection.trend(selection, ((w, w),), (2, 0.95, -(2**31), -(2**31), None, False))):.0f} µs")
            for peer, make, file in (("SQLite FTS5", fts5_trend, "fts.db"), ("tantivy", tantivy_trend, "")):
                other = scratch / f"{name}-{peer.replace(' ', '')}" / file
                row.append(f"{micros(make(str(other), word)):,.0f} µs" if has(peer) and other.exists() else "–")
            rows.append(row)
        print(f"Monthly trend of a word, {name}, {len(ar):,} articles:\n")
        table(["word", "articles", "pynews, Python call", "pynews, core and table", "SQLite FTS5", "tantivy, 30-day buckets"], rows)


# --- ranking


def build_tantivy_text(source: str, target: str) -> None:
    """Title and text in one field, as pynews ranks them; in the order of the input."""
    import tantivy

    os.mkdir(target)
    schema = tantivy.SchemaBuilder().add_integer_field("row", stored=True).add_text_field("text").build()
    writer = tantivy.Index(schema, path=target).writer(heap_size=256_000_000, num_threads=1)
    for row, (_, title, body) in enumerate(rows_of(source)):
        writer.add_document(tantivy.Document(row=row, text=f"{title}\n\n{body}"))
    writer.commit()
    writer.wait_merging_threads()


def tantivy_of(scratch: Path, name: str) -> object | None:
    if not has("tantivy"):
        return None
    import tantivy

    target = scratch / f"{name}-tantivy-text"
    if not target.is_dir():
        build_tantivy_text(str(scratch / name), str(target))
    return tantivy.Index.open(str(target))


def texts_of(source: str, rows: list[int]) -> list[tuple[str, str]]:
    """Title and text of some rows of an input."""
    wanted = set(rows)
    found = {n: (title.strip(), body.strip()) for n, (_, title, body) in enumerate(rows_of(source)) if n in wanted}
    return [found[n] for n in rows]


def same_of_ten(ar: object, query: str, index: object, source: str) -> str:
    """How many of the ten best are the same texts; at the last score several may be equal, then either choice is right."""
    ours = ar.search(query).top(10)  # type: ignore[attr-defined]
    searcher = index.searcher()  # type: ignore[attr-defined]
    hits = searcher.search(index.parse_query(query, ["text"]), 10).hits  # type: ignore[attr-defined]
    theirs = texts_of(source, [searcher.doc(address)["row"][0] for _, address in hits])
    last = ours.table(["score"])["score"].to_list()[-1:] or [0.0]
    all_equal = {(a.title or "").strip() for a, s in zip(ours, ours.table(["score"])["score"], strict=True)}
    return f"{sum(title in all_equal for title, _ in theirs)} of {len(theirs)} (last {last[0]:.3f}, {hits[-1][0] / 2.2 if hits else 0:.3f})"


def part_rank(data: Path, scratch: Path, repeat: int) -> None:
    """The ten best by BM25, and the number of articles found."""
    import pynews

    for name, path in archives(scratch):
        ar, index, rows = pynews.open(path), tantivy_of(scratch, name), []
        for query in RANKED[name]:
            found = ar.search(query)
            selection = found._selection
            row = [query, f"{len(found):,}", f"{micros(lambda q=query: ar.search(q).top(10)):,.0f} µs"]
            row.append(f"{micros(lambda s=selection, q=query: s.top(q, 10)):,.0f} µs")
            row.append(f"{micros(lambda q=query: len(ar.search(q))):,.0f} µs")
            if index is not None:
                searcher, parsed = index.searcher(), index.parse_query(query, ["text"])
                row.append(f"{micros(lambda s=searcher, p=parsed: s.search(p, 10, count=False)):,.0f} µs")
                row.append(f"{micros(lambda s=searcher, p=parsed: s.search(p, 1, count=True).count):,.0f} µs")
                row.append(same_of_ten(ar, query, index, str(scratch / name)))
            rows.append(row)
        print(f"Ten best by BM25, {name}, {len(ar):,} articles:\n")
        header = ["query", "articles", "search and top 10", "of it ranking", "count", "tantivy, top 10", "tantivy, count", "same titles"]
        table(header[: len(rows[0])], rows)


QUERIES = [
    "profit", '"interest rates"', '"interest rate"~3', "bank NEAR/5 rate", "bank PRE/5 rate", "oil NEAR/5 (price* OR rise*)", "the NEAR/3 of",
    '"of the"', '"the of"~5', "profit*", "*bank*", "prifit~1", "prifit~2", "/pro(fit|duct)s?/", "/.*bank.*/", "/[a-z]+ing/", "title:bank", "body:bank",
    "lead30:bank", "atleast2:bank", "length:5..8",
]  # fmt: skip


def part_queries(data: Path, scratch: Path, repeat: int) -> None:
    """A selection by each kind of query: the least processor time of some calls, and what it finds."""
    import pynews

    found: dict[str, list[str]] = {query: [] for query in QUERIES}
    header = ["query"]
    for name, path in archives(scratch):
        ar = pynews.open(path)
        header += [f"{len(ar):,} of {name.split('.')[0]}", "time"]
        for query, row in found.items():
            times = []
            for _ in range(repeat):
                began = time.process_time()
                n = len(ar.search(query))
                times.append(time.process_time() - began)
            row += [f"{n:,}", f"{min(times) * 1e3:.1f} ms"]
    print("Queries of every kind (processor time):\n")
    table(header, [[f"`{query}`", *row] for query, row in found.items()])


def unpack(data: Path, scratch: Path, names: list[str]) -> None:
    for name in names:
        if not (scratch / name).exists():
            with lzma.open(data / (name + ".xz")) as packed, open(scratch / name, "wb") as out:
                shutil.copyfileobj(packed, out, 1 << 20)


# --- graphs


def made_graph(n: int, m: int) -> tuple[array.array[int], array.array[int]]:
    """Edges from anywhere to small numbers most, as links go to what many know."""
    chance = random.Random(1)
    return array.array("I", (int(n * chance.random()) for _ in range(m))), array.array("I", (int(n * chance.random() ** 3) for _ in range(m)))


def graph_calls(name: str, n: int, sources: array.array[int], targets: array.array[int]) -> tuple[Callable[[], object], dict[str, Callable[[object], object]]]:
    """How one makes the graph of the edges, and asks it."""
    if name == "pynews":
        from pynews import _core

        return lambda: _core.graph(n, sources, targets), {
            "degree": lambda g: g.degree(),
            "weak components": lambda g: g.components(False),
            "strong components": lambda g: g.components(True),
            "PageRank": lambda g: g.pagerank(0.85, None),
        }
    edges = list(zip(sources, targets))
    if name == "networkx":
        import networkx as nx

        return lambda: nx.DiGraph(edges), {
            "degree": lambda g: list(g.degree),
            "weak components": lambda g: list(nx.weakly_connected_components(g)),
            "strong components": lambda g: list(nx.strongly_connected_components(g)),
            "PageRank": lambda g: nx.pagerank(g, tol=1e-10 / n, max_iter=1000),
        }
    if name == "igraph":
        import igraph

        return lambda: igraph.Graph(n=n, edges=edges, directed=True), {
            "degree": lambda g: g.degree(),
            "weak components": lambda g: g.connected_components("weak").membership,
            "strong components": lambda g: g.connected_components("strong").membership,
            "PageRank": lambda g: g.pagerank(),
        }
    import rustworkx as rx

    def made() -> object:
        g = rx.PyDiGraph(multigraph=True)
        g.add_nodes_from(range(n))
        g.add_edges_from_no_data(edges)
        return g

    return made, {
        "degree": lambda g: [g.in_degree(v) + g.out_degree(v) for v in range(n)],
        "weak components": rx.weakly_connected_components,
        "strong components": rx.strongly_connected_components,
        "PageRank": lambda g: rx.pagerank(g, tol=1e-10, max_iter=1000),
    }


def measure_graph(name: str, n: int, sources: array.array[int], targets: array.array[int]) -> list[str]:
    """Processor seconds of making the graph and of each question, asked once; all use one thread."""
    make, calls = graph_calls(name, n, sources, targets)
    began = time.process_time()
    g = make()
    cells = [f"{1000 * (time.process_time() - began):,.1f} ms"]
    for call in calls.values():
        began = time.process_time()
        call(g)
        cells.append(f"{1000 * (time.process_time() - began):,.1f} ms")
    return [name, *cells]


def part_graph(data: Path, scratch: Path, repeat: int) -> None:
    for n, m, peers in ((1_000_000, 10_000_000, ("igraph", "rustworkx")), (20_000, 200_000, ("networkx", "igraph", "rustworkx"))):
        print(f"\n{n:,} nodes, {m:,} edges:\n")
        sources, targets = made_graph(n, m)
        rows = [measure_graph(name, n, sources, targets) for name in ("pynews", *(p for p in peers if importlib.util.find_spec(p)))]
        table(["", "made of edges", "degree", "weak components", "strong components", "PageRank"], rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure")
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--repeat", type=int, default=5)
    options.add_argument("--scratch", type=Path, help="kept and used again; a temporary folder by default")
    args = options.parse_args()
    parts = args.parts or list(PARTS)
    if parts != ["graph"] and not (args.data / (ARTICLES + ".xz")).exists():
        sys.exit(f"benchmarks: {args.data} does not hold the material (--data FOLDER)")
    with tempfile.TemporaryDirectory(prefix="pynews-bench-") as temporary:
        scratch = args.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        unpack(args.data, scratch, [ARTICLES, HEADLINES] if set(parts) - {"parse", "graph"} else [])
        for part in parts:
            globals()[f"part_{part}"](args.data, scratch, args.repeat)


if __name__ == "__main__":
    main()
