"""How soon long calls stop after Ctrl-C: from the moment SIGINT is sent to the moment KeyboardInterrupt is caught.

usage: python benchmarks/stops.py ARCHIVE SOURCE [--times N] [--only CALL …]        ARCHIVE: any archive; SOURCE: JSON lines, to build and to add

Each call runs in a process of its own, again and again, and is interrupted N times at random moments. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time

CALLS = {
    "build": "pynews.build(fresh(), source, progress=False)",
    "add": "pynews.build(fresh(), [{'title': 'T'}], progress=False).add(source, progress=False)",
    "build, one record of 60 MB": "pynews.build(fresh(), [record('body')], progress=False)",
    "build, one record of 4 million tags": "pynews.build(fresh(), [record('tags')], progress=False)",
    "search, patterns": "ar.search('pri* OR price~2 OR /mark[a-z]+/ OR oil NEAR/3 price')",
    "top 5,000 by BM25": "ar.search('bank OR price OR year').top(5000)",
    "sample": "ar.sample(5000, seed=turn, stratify='month')",
    "similar": "ar[turn % len(ar)].similar(20)",
    "kwic": "ar.kwic('year OR bank', sort='R1R2')",
    "words of a selection": "dict(ar.search('bank').words)",
    "table with bodies": "ar.table(['id', 'title', 'body'])",
    "rows of a table sorted": "rows().sort('title')",
    "to_csv": "rows().to_csv(fresh())",
    "labels of all articles": "ar.attach('label', labels())",
    "to_jsonl": "ar.to_jsonl(fresh())",
    "save": "ar.search('year').save(fresh())",
    "trend by tag": "ar.trend(by='tag', top=40, freq='day', of='words')",
    "bursts": "ar.trend(by='tag', top=40, freq='day').bursts()",
    "changepoints": "ar.trend(by='tag', top=40, freq='day').changepoints()",
    "health": "ar.health()",
    "related links": "pynews.open(archive).related.nodes",
    "edges": "pynews.open(archive).related.edges",
    "names": "pynews.open(archive).tags",
    "related by teaser": "pynews.open(archive).related.resolve(by=['url', 'title+date', 'teaser']).nodes",
    "verify": "ar.verify(progress=False)",
}

CHILD = """
import functools, itertools, json, os, random, shutil, signal, sys, tempfile, time, pynews
signal.signal(signal.SIGINT, signal.default_int_handler)        # a shell lets its background work ignore it
archive, source, scratch = sys.argv[1:]
ar = pynews.open(archive)
def fresh():
    for name in os.listdir(scratch):
        path = os.path.join(scratch, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    return tempfile.mktemp(dir=scratch)
@functools.cache
def record(name):
    words = [f"w{i:x}" for i in range(60_000)]
    value = [f"t{i}" for i in range(4_000_000)] if name == "tags" else " ".join(random.choices(words, k=10_000_000))
    return json.dumps({"title": "T", name: value}).encode()
rows = functools.cache(lambda: ar.table(["id", "title", "date"]))
labels = functools.cache(lambda: [(id, "x") for id in rows()["id"].to_list()])
for needed in ("record('body')", "record('tags')", "rows()", "labels()"):          # made before the first call
    if needed in %r: eval(needed)
while True:
    try:
        for turn in itertools.count():
            began = time.monotonic()
            if turn == 0: print("on", flush=True)
            CALL
            if turn == 0: print("took", time.monotonic() - began, flush=True)
    except KeyboardInterrupt:
        print("stopped", time.monotonic(), flush=True)
"""


def answer(child: subprocess.Popen[str], wanted: str) -> float:
    """The number behind the next line that begins with a word."""
    while True:
        assert child.stdout
        word, _, number = child.stdout.readline().partition(" ")
        if not word:
            raise SystemExit("the call failed; its message is above")
        if word.strip() == wanted:
            return float(number or 0)


def delays(call: str, archive: str, source: str, times: int) -> tuple[float, list[float]]:
    """How long one whole call takes, and the seconds until each stop."""
    dice, waited = random.Random(call), []
    with tempfile.TemporaryDirectory() as scratch:
        code = CHILD.replace("%r", repr(call)).replace("CALL", call)
        child = subprocess.Popen([sys.executable, "-c", code, archive, source, scratch], stdout=subprocess.PIPE, text=True)
        took = answer(child, "took")
        for _ in range(times):
            time.sleep(dice.uniform(0.02, max(0.1, took)))
            sent = time.monotonic()
            child.send_signal(signal.SIGINT)
            waited.append(answer(child, "stopped") - sent)
            answer(child, "on")
        child.kill()
        child.wait()
    return took, waited


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("archive")
    options.add_argument("source")
    options.add_argument("--times", type=int, default=30)
    options.add_argument("--only", nargs="+", choices=CALLS, default=list(CALLS), metavar="CALL", help="some of the calls")
    args = options.parse_args()
    print("| call | one whole call | median until it stops | longest |\n|---|---|---|---|", flush=True)
    for name in args.only:
        took, waited = delays(CALLS[name], args.archive, args.source, args.times)
        print(f"| {name} | {took:,.2f} s | {statistics.median(waited) * 1000:.0f} ms | {max(waited) * 1000:.0f} ms |", flush=True)


if __name__ == "__main__":
    main()
