"""Ten million articles: makes them from real headlines, builds the archive, asks it, and prints Markdown tables.

usage: python benchmarks/scale.py [--data FOLDER] [--scratch FOLDER] [--articles N] [--keep]

FOLDER holds reuters_headlines_2007_2008.jsonl.xz. Each article has a real headline, section and time of day, its date moved to one of
twenty years, a body of six other headlines, one tag in three, and one related entry that points to an earlier article. At ten million
that takes 11 GB of disk for the lines and the archive, and some minutes.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import run

HEADLINES = "reuters_headlines_2007_2008.jsonl.xz"
YEARS = 20


def headlines(data: Path) -> list[tuple[str, str, str, str]]:
    """(day, title, section, URL) of every headline."""
    with lzma.open(data / HEADLINES, "rt", encoding="utf-8") as f:
        rows = (json.loads(line) for line in f)
        return [(r["day"], r["title"], r["section"], r["url"]) for r in rows if r.get("url")]


def moved(day: str, round_: int) -> str:
    """The same day of year, some years on: rounds take the two years of the headlines over twenty."""
    year = 2000 + (int(day[:4]) - 2007 + 2 * round_) % YEARS
    return f"{year}-{day[4:6]}-{'28' if day[4:] == '0229' else day[6:8]}"


def made(rows: list[tuple[str, str, str, str]], n: int) -> Iterator[str]:
    """Lines of n articles, from a fixed seed."""
    draw = random.Random(7)
    for i in range(n):
        round_, at = divmod(i, len(rows))
        day, title, section, url = rows[at]
        body = ". ".join(rows[draw.randrange(len(rows))][1] for _ in range(6))
        article: dict[str, object] = {"date": moved(day, round_), "title": title, "section": section, "url": f"{url}-{round_}", "body": body}
        if i % 3 == 0:
            article["tags"] = [section, title.split(" ", 1)[0]]
        if i:
            earlier_round, earlier = divmod(draw.randrange(i), len(rows))
            article["related"] = [{"title": rows[earlier][1], "url": f"{rows[earlier][3]}-{earlier_round}"}]
        yield json.dumps(article, ensure_ascii=False)


def timed(call: Callable[[], object]) -> tuple[float, object]:
    began = time.perf_counter()
    result = call()
    return time.perf_counter() - began, result


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(source: Path, target: Path) -> None:
    import pynews

    seconds, report = timed(lambda: pynews.build(str(target), str(source), progress=False))
    print(json.dumps({"seconds": seconds, "peak": peak_mb(), "articles": len(pynews.open(str(target)))}))


def calls(ar: object) -> Iterator[tuple[str, Callable[[], object]]]:
    """What an analyst asks, in the order of a first session."""
    yield "len, card of the archive", lambda: (len(ar), repr(ar))
    yield "trend of a word, by month", lambda: ar.trend("profit", freq="month").to_dict()
    yield "trend of four words, by week", lambda: ar.trend(["oil", "bank", "profit", "china"], freq="week").to_dict()
    yield "trend of a word by section, ten largest, as share", lambda: ar.search("profit").trend(by="section", top=10).to_dict()
    yield "search `profit`", lambda: len(ar.search("profit"))
    yield "search `oil NEAR/5 (price* OR rise*)`", lambda: len(ar.search("oil NEAR/5 (price* OR rise*)"))
    yield 'search `"of the"`', lambda: len(ar.search('"of the"'))
    yield "search `*bank*`", lambda: len(ar.search("*bank*"))
    yield "search `/[a-z]+ing/`", lambda: len(ar.search("/[a-z]+ing/"))
    yield 'search and ten best, `"central bank"`', lambda: ar.search('"central bank"').top(10)
    yield "ten best of `profit`", lambda: ar.search("profit").top(10)
    yield "filter to a year, then count by tag", lambda: ar.filter("date:2010").counts("tag")
    yield "counts by section of all", lambda: ar.counts("section")
    yield "sample of 100 out of `profit`", lambda: ar.search("profit").sample(100, seed=1)
    yield "table of 10,000 articles", lambda: ar.search("profit").head(10000)
    yield "kwic of `central bank`", lambda: ar.search('"central bank"').kwic("central bank")
    yield "words of a selection", lambda: ar.search("blockbuster").words
    yield "health", ar.health
    yield "related links, resolved", lambda: len(ar.related.edges)
    yield "PageRank of related links", lambda: ar.related.pagerank()


def ask(target: Path) -> None:
    import pynews

    rows = []
    first, ar = timed(lambda: pynews.open(str(target)))
    rows.append(["open", f"{first * 1e3:.2f} ms", ""])
    for name, call in calls(ar):
        first, _ = timed(call)
        again, _ = timed(call)
        rows.append([name, f"{first * 1e3:,.1f} ms", f"{again * 1e3:,.1f} ms"])
    run.table(["call", "first time", "again"], rows)
    print(f"peak memory of the process: {peak_mb():,.0f} MB")


def child(*words: str) -> str:
    return subprocess.run([sys.executable, __file__, *words], check=True, text=True, stdout=subprocess.PIPE).stdout


def write_lines(data: Path, source: Path, n: int) -> None:
    if source.exists():
        return
    part = source.with_suffix(".part")
    with open(part, "w", encoding="utf-8") as f:
        f.writelines(line + "\n" for line in made(headlines(data), n))
    part.rename(source)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--articles", type=int, default=10_000_000)
    parser.add_argument("--keep", action="store_true", help="leave lines and archive in the scratch folder")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        what, source, target = given.step
        return build(Path(source), Path(target)) if what == "build" else ask(Path(target))
    scratch = given.scratch or Path(tempfile.mkdtemp(prefix="pynews-scale-"))
    scratch.mkdir(exist_ok=True)
    source, target = scratch / f"made-{given.articles}.jsonl", scratch / f"made-{given.articles}.pynews"
    write_lines(given.data, source, given.articles)
    if not target.exists():
        built = json.loads(child("--step", "build", str(source), str(target)))
        size, read = run.folder_size(str(target)), source.stat().st_size
        run.table(["articles", "JSON lines", "build", "MB/s", "articles/s", "peak memory", "archive"],
                  [[f"{built['articles']:,}", f"{read / 1e6:,.0f} MB", f"{built['seconds']:.0f} s", f"{read / 1e6 / built['seconds']:.1f}",
                    f"{built['articles'] / built['seconds']:,.0f}", f"{built['peak']:,.0f} MB", f"{size / 1e6:,.0f} MB"]])
    print(child("--step", "ask", str(source), str(target)))
    if not given.keep:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
