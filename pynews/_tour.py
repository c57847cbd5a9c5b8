"""The tour ``./run demo`` gives: from a folder of pages to an archive, its answers and its pictures, in the words a user would type."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

FOLDER = Path("demo-output")
WIDTH = 100

# A line of text says what comes next; a line that begins with ">>> " is run and its value shown.
STEPS = """
What you have: a folder of pages, one text file an article.
>>> print(page.read_text()[:200] + " …")
One call makes an archive of it: it reads, understands and indexes every page.
>>> ar = pynews.build(FOLDER / "demo.pna", FOLDER / "pages", source="The Meridian Post")
>>> ar.report
Nothing is lost silently: what was read is what was stored, replaced, duplicate or skipped. And this is what is in it now:
>>> ar
Ask for words and "phrases". The answer knows what it is a part of.
>>> ar.search('korea AND "land register"')
How did the attention move? Every share comes with its count, its total and its 95% band; the quarter that is not over is marked.
>>> t = ar.trend({"Korea": "korea", "Digital currency": '"digital currency"', "Electric": "electric"}, freq="quarter")
>>> t
When was much more written than usual, and how much does that weigh?
>>> t.bursts()
Something happened in the summer of 2020. Its months, and the hits of one of them between the words beside them:
>>> months = ar.trend("korea AND blockchain")
>>> months[18:20]
>>> months.at("2020-08").kwic("korea", width=6)[:3]
An article from that summer, every field as it was read, and where it was read:
>>> found = ar.search('korea blockchain "solar credits"')
>>> found[0]
>>> found[0].origin
The boxes of related articles are a graph with dates: what points where, and how far back:
>>> ar.related
How a text is cut into words, here and in a query alike:
>>> pynews.words("Daegu’s Covid-19 plan costs $48.2 billion")
Every result is a table that goes where you work: .to_pandas() .to_polars() .to_arrow() .to_csv(path), and a picture:
>>> ar.trend("korea").plot(backend="svg").save(FOLDER / "trend.svg")
"""
PNG = """
matplotlib is installed, so the three trends become a figure of it:
>>> t.plot().figure.savefig(FOLDER / "trend.png", dpi=150)
"""


def main() -> int:
    """Run the tour in the current folder; returns the exit status."""
    began = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    names = _pages()
    steps = STEPS.strip() + (PNG.rstrip() if importlib.util.find_spec("matplotlib") else "")
    for line in steps.split("\n"):
        _step(line, names)
    _goodbye(time.monotonic() - began)
    return 0


def _pages() -> dict[str, Any]:
    """The pages of the demo on disk, and the names that the steps use."""
    import pynews
    from pynews._demo_pages import write_pages

    write_pages(FOLDER / "pages")
    pages = sorted((FOLDER / "pages" / "2020-08").iterdir())
    _say(f"3,000 pages of an invented newspaper, written into {FOLDER / 'pages'}.")
    return {"pynews": pynews, "FOLDER": FOLDER, "page": pages[0]}


def _say(text: str) -> None:
    print()
    for line in textwrap.wrap(text, WIDTH):
        print(f"\033[1m{line}\033[0m" if sys.stdout.isatty() else f"# {line}")


def _step(line: str, names: dict[str, Any]) -> None:
    """Show a line; run it as the interactive interpreter would."""
    if not line.startswith(">>> "):
        _say(line)
        return
    print(line)
    exec(compile(line[4:], "<tour>", "single"), names)


def _goodbye(seconds: float) -> None:
    _say(f"Done in {seconds:.1f} s. What is there now:")
    for path, what in (
        ("trend.png", "the three trends, drawn by matplotlib"),
        ("trend.svg", "one trend, drawn by pynews itself: open it in a browser"),
        ("demo.pna", "the archive: pynews.open('demo-output/demo.pna'), or in a shell: pynews info demo-output/demo.pna"),
        ("pages", "the pages it was made of"),
    ):
        if (FOLDER / path).exists():
            print(f"  {FOLDER / path!s:22} {what}")


if __name__ == "__main__":
    raise SystemExit(main())
