"""Puts the pages of the documentation site together in build/site-pages: documents, notebooks with what they show, and the API.

Links out of the documents to files that are no pages (sources, tests) become code: the site stands by itself.
"""
import re
import shutil
import sys
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "build" / "site-pages"
DOCUMENTS = {ROOT / "README.md": "index.md"} | {ROOT / name: name for name in ("ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")}
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")

API = {
    "Archives": ["build", "open", "demo", "parse", "words", "repair", "Archive", "Names", "Words", "Report"],
    "Selections": ["Articles", "Article", "Related", "Highlight", "Concordance"],
    "Queries": ["q", "Expr"],
    "Results": ["Table", "Trend", "Found", "LeadLag", "Column"],
    "Graphs": ["Graph", "RelatedGraph", "Communities"],
    "Errors": [],
}


def documents():
    """(file, name of its page) of every document of the tree."""
    yield from DOCUMENTS.items()
    for path in sorted((ROOT / "docs").rglob("*.md")):
        inside = path.relative_to(ROOT / "docs")
        yield path, "documents.md" if str(inside) == "README.md" else str(inside)


def with_links_that_lead_somewhere(text, path, pages):
    """Links between documents become links between pages; other files are named, not linked."""

    def replace(m):
        shown, target = m[1], m[2]
        file, _, anchor = target.partition("#")
        if "://" in target or not file:
            return m[0]
        page = pages.get((path.parent / file).resolve())
        if page is None:
            return shown if shown.startswith("`") else f"`{shown}`" if "/" in shown or "." in shown else shown
        up = "../" * pages[path.resolve()].count("/")
        return f"[{shown}]({up}{page}{'#' + anchor if anchor else ''})"

    return LINK.sub(replace, text)


def write_documents():
    pages = {path.resolve(): name for path, name in documents()}
    for path, name in documents():
        target = PAGES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(with_links_that_lead_somewhere(path.read_text(encoding="utf-8"), path, pages), encoding="utf-8")


def write_notebooks():
    """Each notebook as a page, its pictures beside it."""
    folder = PAGES / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        text, extras = MarkdownExporter().from_notebook_node(nbformat.read(path, as_version=4))
        for name, data in extras["outputs"].items():
            (folder / f"{path.stem}-{name}").write_bytes(data)
        text = re.sub(r"!\[([^\]]*)\]\((output_[^)]+)\)", rf"![\1]({path.stem}-\2)", text)
        (folder / f"{path.stem}.md").write_text(text, encoding="utf-8")


def write_api():
    """A page for each group of public names; what is in none of them is an error of this table."""
    import pynews

    groups = {title: [name for name in names if name in pynews.__all__] for title, names in API.items()}
    groups["Errors"] = [name for name in pynews.__all__ if name.endswith("Error")]
    left = set(pynews.__all__) - {name for names in groups.values() for name in names} - {"__version__", "options"}
    if left:
        sys.exit(f"tools/make_site.py: not in the table of the API: {', '.join(sorted(left))}")
    folder = PAGES / "api"
    folder.mkdir(parents=True, exist_ok=True)
    for title, names in groups.items():
        blocks = "".join(f"\n::: pynews.{name}\n" for name in names)
        (folder / f"{title.lower()}.md").write_text(f"# {title}\n{blocks}", encoding="utf-8")


def main():
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    write_documents()
    write_notebooks()
    write_api()


if __name__ == "__main__":
    main()
