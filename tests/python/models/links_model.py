"""Which article a related entry means, by looking at every article. Independent of the core; the rules are docs/LINKS.md."""
import datetime as dt
import unicodedata as ucd
from collections import Counter, defaultdict
from urllib.parse import urljoin, urlsplit

from .words_model import words

IGNORABLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})


def fold(title):
    kept = "".join(c for c in title or "" if c not in IGNORABLE)
    return " ".join(ucd.normalize("NFKC", ucd.normalize("NFKC", kept).casefold()).translate(QUOTES).split())


def address(url, page=None):
    """The part of normalisation that these tests use: host in lower case, no fragment, read from the page it stands on."""
    if not url:
        return None
    if url.startswith("/") and page and urlsplit(page).netloc:
        url = urljoin(page, url)
    parts = urlsplit(url)
    if not parts.netloc:
        return url.strip()
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


def day(text):
    return None if not text else dt.date.fromisoformat(text)


def beginning(text, is_teaser=False):
    """The words that a teaser is compared by: its first hundred, without the last one of a teaser that was cut."""
    found = [w for w, _ in words((text or "").removesuffix("…"))]
    return found[: len(found) - (is_teaser and text.endswith("…"))][:100]


class Links:
    """`articles`: dicts with id, title, date (ISO day or None), url, section, related (dicts with title, date, category, url)."""

    def __init__(self, articles, by=("url", "title+date")):
        self.articles = {a["id"]: a for a in articles}
        self.by_url, self.by_title = defaultdict(list), defaultdict(list)
        for a in articles:
            if a.get("url"):
                self.by_url[address(a["url"])].append(a["id"])
            if fold(a.get("title")):
                self.by_title[fold(a["title"])].append(a["id"])
        self.edges = [self.edge(a, r, by) for a in articles for r in a.get("related", ())]

    def candidates(self, page, entry, way):
        """For each step of a way: the articles that fit, and what it is called."""
        if way == "url":
            yield self.by_url[address(entry.get("url"), page.get("url"))] if entry.get("url") else [], "url"
            return
        if way == "teaser":
            quoted = beginning(entry.get("teaser") or "", is_teaser=True)
            texts = {i: [beginning(a.get("body")), beginning(a.get("teaser"))] for i, a in self.articles.items()}
            yield [i for i in texts if len(quoted) >= 8 and any(t[: len(quoted)] == quoted for t in texts[i])], "teaser"
            return
        same = self.by_title[fold(entry.get("title"))] if fold(entry.get("title")) else []
        if way == "title":
            yield same, "title"
        elif day(entry.get("date")):
            gaps = {i: abs((day(self.articles[i]["date"]) - day(entry["date"])).days) for i in same if day(self.articles[i].get("date"))}
            yield [i for i in gaps if gaps[i] == 0], "title+date"
            yield [i for i in gaps if gaps[i] <= 1], "title+date±1"

    def target(self, page, entry, by):
        ambiguous = False
        for way in by:
            for found, name in self.candidates(page, entry, way):
                if len(found) == 1:
                    return found[0], name
                if found:
                    ambiguous = True
                    break
        return None, "ambiguous" if ambiguous else None

    def edge(self, page, entry, by):
        target, how = self.target(page, entry, by)
        lag = (day(entry["date"]) - day(page["date"])).days if day(entry.get("date")) and day(page.get("date")) else None
        return page["id"], target, entry.get("title"), entry.get("category"), day(entry.get("date")), lag, how

    def rows(self):
        return Counter((*e[:6], None if e[6] == "ambiguous" else e[6]) for e in self.edges)

    def count(self, how):
        return sum(e[6] == how for e in self.edges)

    def linked_from(self, id):
        return {e[0] for e in self.edges if e[1] == id}

    def section(self, id):
        """The article's own, else the plurality of the categories under which others point to it."""
        own = self.articles[id].get("section")
        if own:
            return own
        votes = Counter(fold(e[3]) for e in self.edges if e[1] == id and e[0] != id and e[3])
        best = [name for name, n in votes.items() if n == max(votes.values())]
        return best[0] if len(best) == 1 else None

    def dangling(self):
        """Entries with the same address, or without one the same title and date, are one thing."""
        keys = Counter()
        lone = 0
        for e, (page, entry) in zip(self.edges, ((a, r) for a in self.articles.values() for r in a.get("related", ())), strict=True):
            if e[1] is None:
                key = ("url", address(entry["url"], page.get("url"))) if entry.get("url") else (fold(entry.get("title")), entry.get("date"))
                if key[0]:
                    keys[key] += 1
                else:
                    lone += 1
        return sorted([*keys.values(), *[1] * lone], reverse=True)
