"""Queries as trees of tuples, answered by looking at every article: slow, plain, and independent of the core.

    ("words", text)                 a word, or what is cut into several: then a phrase
    ("phrase", text, slop)          "text"~slop
    ("pattern", "b?ock*")           ("fuzzy", word, distance)          ("regex", "colou?rs?")
    ("near", n, ordered, operands)  operands: words, phrase (slop 0), pattern, fuzzy, regex, or ("or", a, b) of such
    ("atleast", n, part)            part: words, phrase (slop 0), pattern, fuzzy, regex
    ("in", region, tree)            region: "title", "body" or a number: the first words of the body
    ("name", field, name)           ("none", field)
    ("date", first, last)           periods as texts, "" for an open end
    ("id", id)   ("url", url)       ("length", low, high), None for an open end
    ("and", a, b)                   ("or", a, b)                       ("not", a)

Sets of articles are whole numbers: bit i is article i in the order of time.
"""
import datetime as dt
import functools
import itertools
import math
import re

from . import archive_model, words_model
from .archive_model import folded_name, is_character, without_held_character

GAP = 128                        # positions between title and body
FIELDS = ("tag", "section", "source", "author", "language")
K1, B = 1.2, 0.75


# --- articles

def places(text):
    """(term, position) of each word."""
    return words_model.words(text) if text else []


def interval(text):
    """First and last day of a period as it is printed."""
    week, quarter = re.fullmatch(r"(\d{4})-W(\d\d)", text), re.fullmatch(r"(\d{4})-Q(\d)", text)
    if week:
        first = dt.date.fromisocalendar(int(week[1]), int(week[2]), 1)
        return first, first + dt.timedelta(6)
    if quarter:
        month = 3 * int(quarter[2]) - 2
        return dt.date(int(quarter[1]), month, 1), month_end(int(quarter[1]), month + 2)
    year, *rest = map(int, text.split("-"))
    if len(rest) == 2:
        return (dt.date(year, *rest),) * 2
    return dt.date(year, *rest or [1], 1), month_end(year, *rest or [12])


def month_end(year, month):
    return (dt.date(year + 1, 1, 1) if month == 12 else dt.date(year, month + 1, 1)) - dt.timedelta(1)


class Text:
    """An article: its terms by position, where its title ends and its body begins, its names and its days."""

    def __init__(self, row):
        title = places(row.get("title"))
        body = places(row.get("body")) or places(row.get("summary"))
        self.id, self.url = row["id"], row.get("url")
        self.body_start = (title[-1][1] + 1 if title else 0) + GAP
        self.at = {position: term for term, position in title}
        self.at.update((self.body_start + position, term) for term, position in body)
        self.title_words, self.length = len(title), len(title) + len(body)
        one = {"section": row.get("section"), "source": row.get("source") or (self.url and archive_model.outlet_of(self.url)), "language": row.get("lang")}
        self.names = {"tag": row.get("tags") or [], "author": row.get("authors") or [], **{field: [name] if name else [] for field, name in one.items()}}
        self.keys = {field: {folded_name(name) for name in names} for field, names in self.names.items()}
        printed = row.get("date")
        self.days = interval(printed[:10]) if printed else None
        self.clock = printed[11:19] if printed and len(printed) > 10 else ""
        self.precision = 3 if not printed else {4: 2, 7: 1}.get(len(printed), 0)

    def order(self):
        """Placed articles by day and clock time, those without a time first; then months, years, undated ones."""
        return self.precision, self.days[0] if self.days else dt.date.min, self.clock


def window(article, region):
    """Positions of a region: from, to."""
    if region == "title":
        return 0, article.body_start - GAP
    if region == "text":
        return 0, math.inf
    return article.body_start, math.inf if region == "body" else article.body_start + region


# --- what one part finds in one article: (first, last position) of every occurrence

@functools.cache
def cut(text):
    """The words of a part, each with its distance from the first one and whether it stands for all words it begins."""
    words = without_held_character(words_model.words(text))
    begins = is_character(words[-1][0])
    return [(term, position - words[0][1], begins and (term, position) == words[-1]) for term, position in words]


def fits(word, term):
    return term.startswith(word[0]) if word[2] else term == word[0]


@functools.cache
def spelled(text):
    """A pattern as a regular expression; what stands between its signs is folded like a word."""
    pieces = re.split(r"([*?])", text)
    return "".join({"*": ".*", "?": "."}.get(piece) or re.escape(words_model.words(piece)[0][0] if piece else "") for piece in pieces)


@functools.cache
def distance(a, b):
    """Optimal string alignment: insert, delete, substitute, swap neighbours."""
    rows = [list(range(len(b) + 1))]
    for i in range(1, len(a) + 1):
        row = [i]
        for j in range(1, len(b) + 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@functools.cache
def is_of(part, term):
    """Whether a pattern, an approximate word or a regular expression stands for a term."""
    kind, text, *rest = part
    if kind == "pattern":
        return re.fullmatch(spelled(text), term, re.S) is not None
    if kind == "regex":
        return re.fullmatch(text, term) is not None
    return distance(words_model.words(text)[0][0], term) <= rest[0]


def spans(article, part, region="text"):
    """Every occurrence of a part that lies wholly in the region."""
    low, high = window(article, region)
    kind = part[0]
    if kind == "or":
        return sorted(set(spans(article, part[1], region) + spans(article, part[2], region)))
    if kind in ("words", "phrase"):
        words = cut(part[1])
        found = [(p, p + words[-1][1]) for p in article.at if all(p + at in article.at and fits(word, article.at[p + at]) for word in words for at in [word[1]])]
    else:
        found = [(p, p) for p, term in article.at.items() if is_of(part, term)]
    return sorted(span for span in found if low <= span[0] and span[1] < high)


def loose_places(article, text, slop, region="text"):
    """A phrase with slop takes a position for each word, all different, whose shifts differ by at most `slop`: every least shift."""
    low, high = window(article, region)
    words = cut(text)
    choices = [[p for p, term in article.at.items() if fits(word, term) and low <= p < high] for word in words]
    found = set()

    def go_on(i, taken, least, most):
        if i == len(words):
            found.add(least)
            return
        for p in choices[i]:
            shift = p - words[i][1]
            a, b = min(least, shift), max(most, shift)
            if b - a <= slop and p not in taken:
                go_on(i + 1, taken | {p}, a, b)

    go_on(0, frozenset(), math.inf, -math.inf)
    return found


def holds_near(article, n, ordered, operands, region):
    """One span for each operand, none overlapping, with at most n - 1 positions between first and last that belong to none."""
    choices = [spans(article, operand, region) for operand in operands]
    for chosen in itertools.product(*choices):
        by_place = sorted(chosen)
        if ordered and by_place != list(chosen):
            continue
        if any(a[1] >= b[0] for a, b in itertools.pairwise(by_place)):
            continue
        if max(b for _, b in chosen) - by_place[0][0] + 1 - sum(b - a + 1 for a, b in chosen) <= n - 1:
            return True
    return False


def holds(article, tree, region="text"):
    """Whether an article is found by a part that looks at nothing but one article."""
    kind, *rest = tree
    if kind == "phrase" and rest[1]:
        return bool(loose_places(article, *rest, region))
    if kind in ("words", "phrase", "pattern", "fuzzy", "regex"):
        return bool(spans(article, tree, region))
    if kind == "near":
        return holds_near(article, *rest, region)
    if kind == "atleast":
        return len(spans(article, rest[1], region)) >= rest[0]
    if kind == "name":
        return folded_name(rest[1]) in article.keys[rest[0]]
    if kind == "none":
        return not article.keys[rest[0]]
    if kind == "id":
        return article.id == rest[0]
    if kind == "url":
        return article.url is not None and archive_model.normal_url(article.url) == archive_model.normal_url(rest[0])
    if kind == "length":
        return (rest[0] or 0) <= article.length <= (math.inf if rest[1] is None else rest[1])
    return article.days is not None and all([not rest[0] or interval(rest[0])[0] <= article.days[0], not rest[1] or article.days[1] <= interval(rest[1])[1]])


# --- an archive

def norm_words(length):
    """The length that the byte of a length stands for: exact up to 40, then an eighth of a power of two."""
    if length < 40:
        return length
    v = length - 24
    step = 1 << (v.bit_length() - 4)
    return 24 + v // step * step


class Archive:
    """The live articles in the order of time; `rows` in the order in which they came."""

    def __init__(self, rows):
        self.articles = sorted(map(Text, rows), key=Text.order)
        self.everything = (1 << len(self.articles)) - 1
        self.remembered = {}

    def find(self, tree, region="text"):
        """The set of articles that a tree finds."""
        kind, *rest = tree
        if kind == "and":
            return self.find(rest[0], region) & self.find(rest[1], region)
        if kind == "or":
            return self.find(rest[0], region) | self.find(rest[1], region)
        if kind == "not":
            return self.everything & ~self.find(rest[0], region)
        if kind == "in":
            return self.find(rest[1], rest[0])
        found = self.remembered.get((tree, region))
        if found is None:
            found = self.remembered[tree, region] = sum(1 << i for i, article in enumerate(self.articles) if holds(article, tree, region))
        return found

    def members(self, found):
        return [article for i, article in enumerate(self.articles) if found >> i & 1]

    def ids(self, found):
        return [article.id for article in self.members(found)]

    def counts(self, found, field):
        """How many articles of a set carry each name, by folded name."""
        total = {}
        for article in self.members(found):
            for key in article.keys[field]:
                total[key] = total.get(key, 0) + 1
        return total

    def trend(self, found, freq):
        """(first day, count, total) of every bucket from the first to the last that holds an article; counts without a bucket."""
        least = {"month": 1, "year": 2, "week": 0, "day": 0}[freq]
        of = [archive_model.bucket(a.days[0], freq) if freq != "day" else a.days[0] for a in self.articles if a.precision <= least]
        hits = [archive_model.bucket(a.days[0], freq) if freq != "day" else a.days[0] for a in self.members(found) if a.precision <= least]
        axis = []
        while of and (not axis or axis[-1] < max(of)):
            axis.append(min(of) if not axis else bucket_after(axis[-1], freq))
        placed = [(day, hits.count(day), of.count(day)) for day in axis]
        return placed, found.bit_count() - len(hits), len(self.articles) - len(of)

    # --- BM25

    @functools.cached_property
    def mean_length(self):
        return sum(article.length for article in self.articles) / max(1, len(self.articles))

    @functools.cached_property
    def vocabulary(self):
        return sorted({term for article in self.articles for term in article.at.values()})

    @functools.cache  # noqa: B019
    def df(self, term):
        return sum(term in article.at.values() for article in self.articles)

    def idf_of(self, df):
        return math.log(1 + (len(self.articles) - df + 0.5) / (df + 0.5))

    def idf(self, term):
        return self.idf_of(self.df(term))

    def score(self, article, tree):
        """The sum over the words, phrases and patterns of a query that do not stand under a NOT."""
        return sum(self.part_score(article, part) for part in scored(tree))

    def ranked(self, found, tree):
        """(score, id) of a set, best first; what is equal but for the last digits is in the order of time."""
        scores = [(self.score(article, tree), article.id) for article in self.members(found)]
        return sorted(scores, key=lambda pair: -round(pair[0], 8))

    def part_score(self, article, part):
        if part[0] not in ("words", "phrase"):
            return sum(self.weigh(article, self.idf(term), list(article.at.values()).count(term)) for term in set(article.at.values()) if is_of(part, term))
        words = cut(part[1])
        if len(words) == 1 and words[0][2]:
            return sum(self.weigh(article, self.idf(term), list(article.at.values()).count(term)) for term in set(article.at.values()) if fits(words[0], term))
        return self.weigh(article, sum(map(self.idf_in_phrase, words)), self.occurrences(article, part))

    @staticmethod
    def occurrences(article, part):
        return len(loose_places(article, *part[1:]) if part[0] == "phrase" and part[2] else spans(article, part))

    def idf_in_phrase(self, word):
        """That of a term; a word that stands for several has their numbers of articles added up, at most all."""
        return self.idf_of(min(len(self.articles), sum(self.df(term) for term in self.vocabulary if fits(word, term))))

    def weigh(self, article, idf, tf):
        return idf * tf / (tf + K1 * (1 - B + B * norm_words(article.length) / self.mean_length)) if tf else 0.0


def bucket_after(day, freq):
    return day + dt.timedelta(1) if freq == "day" else archive_model.bucket(day + dt.timedelta({"week": 7, "month": 31, "year": 366}[freq]), freq)


def scored(tree):
    kind, *rest = tree
    if kind in ("words", "phrase", "pattern", "fuzzy", "regex"):
        return [tree]
    if kind in ("and", "or"):
        return scored(rest[0]) + scored(rest[1])
    if kind in ("in", "atleast"):
        return scored(rest[1])
    return [part for operand in rest[2] for part in scored(operand)] if kind == "near" else []


# --- as an analyst writes it

def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def text_of(tree):
    kind, *rest = tree
    if kind in ("and", "or"):
        return f"({text_of(rest[0])}) {kind.upper()} ({text_of(rest[1])})"
    if kind == "not":
        return f"NOT ({text_of(rest[0])})"
    if kind in ("words", "pattern"):
        return rest[0]
    if kind == "phrase":
        return f'"{rest[0]}"' + (f"~{rest[1]}" if rest[1] else "")
    if kind == "fuzzy":
        return f"{rest[0]}~{rest[1]}"
    if kind == "regex":
        return f"/{rest[0]}/"
    if kind == "near":
        return f" {'PRE' if rest[1] else 'NEAR'}/{rest[0]} ".join(f"({text_of(o)})" if o[0] == "or" else text_of(o) for o in rest[2])
    if kind == "atleast":
        return f"atleast{rest[0]}:{text_of(rest[1])}"
    if kind == "in":
        return f"{rest[0] if isinstance(rest[0], str) else f'lead{rest[0]}'}:({text_of(rest[1])})"
    if kind == "name":
        return f"{rest[0].replace('language', 'lang')}:{quoted(rest[1])}"
    if kind == "none":
        return f"{rest[0].replace('language', 'lang')}:none"
    if kind in ("date", "length"):
        low, high = ("" if end is None else end for end in rest)
        return f"{kind}:{low}" if low == high else f"{kind}:{low}..{high}"
    return f"{kind}:{rest[0]}"
