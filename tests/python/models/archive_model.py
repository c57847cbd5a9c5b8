"""An archive as a list of articles in memory: every answer by going through all of them.  Independent of the core.

Reads the JSON lines of the real sets after docs/FIELDS.md, their dates after docs/DATES.md, their words after docs/WORDS.md.
"""
import array
import bisect
import collections
import datetime as dt
import functools
import itertools
import json
import re
import unicodedata as ucd
from typing import NamedTuple

from . import words_model

# --- dates: (day, second of the day or None, minutes east of UTC or None, precision), or None

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
ZONES = {"EST": -300, "EDT": -240, "Z": 0}


class When(NamedTuple):
    day: dt.date
    second: int | None = None
    offset: int | None = None

    @property
    def precision(self):
        return "day" if self.second is None else "second"


def offset_of(zone):
    if not zone or zone in ZONES:
        return ZONES.get(zone)
    sign, digits = zone[0], zone[1:].replace(":", "")
    return (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if sign == "-" else 1)


def when(year, month, day, hour=None, minute=0, second=0, zone=None):
    """None for what is not in the calendar, on the clock, or inside 1600 to 2200."""
    try:
        date = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    if not 1600 <= date.year <= 2200:
        return None
    if hour is None:
        return When(date)
    hour, minute, second = int(hour), int(minute), int(second or 0)
    second = 59 if second == 60 else second
    if (hour, minute, second) == (24, 0, 0):
        date, hour = date + dt.timedelta(1), 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    return When(date, hour * 3600 + minute * 60 + second, offset_of(zone))


def of_twelve(hour, half):
    hour = int(hour)
    return hour if hour > 12 else hour % 12 + (12 if half.lower() == "pm" else 0)


def iso(year, month, day, hour, minute, second, zone):
    return when(year, month, day, hour, minute, second, zone)


def no_signs(year, month, day, hour, minute, half, zone):
    return when(year, month, day, hour and of_twelve(hour, half), minute or 0, 0, zone)


def numbers(a, b, year, hour, minute):
    """A number above 12 is the day; where both could be the month, the month comes first."""
    if len(year) == 2:
        year = ("19" if year >= "70" else "20") + year
    day, month = (a, b) if int(a) > 12 else (b, a)
    return when(year, month, day, hour, minute or 0)


def with_month_name(day, name, year, hour, minute, second):
    return when(year, MONTHS.index(name.lower()) + 1, day, hour, minute, second)


def american(name, day, year, hour, minute, half, zone):
    return when(year, MONTHS.index(name.lower()) + 1, day, of_twelve(hour, half), minute, 0, zone)


FORMS = [(re.compile(form), reader) for form, reader in [
    (r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d?):(\d\d)(?::(\d\d))? ?(Z|[+-]\d\d:?\d\d)?)?", iso),
    (r"(\d{4})-(\d\d)-(\d\d)T(\d\d)(\d\d)(\d\d)()", iso),
    (r"(\d{4})(\d\d)(\d\d)(?: (\d\d):(\d\d) ([AP]M) (E[SD]T))?", no_signs),
    (r"(\d\d?)/(\d\d?)/(\d{4}|\d\d)(?: (\d\d?)h(\d\d))?", numbers),
    (rf"(\d\d?)-(?i:({'|'.join(MONTHS)}))-(\d{{4}}) +(\d\d):(\d\d):(\d\d)(?:\.\d+)?", with_month_name),
    (rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?i:({'|'.join(MONTHS)})) (\d\d?), (\d{{4}}) (\d\d?):(\d\d)([ap]m) (E[SD]T)", american),
]]


def read_date(text):
    for form, reader in FORMS:
        found = form.fullmatch(text)
        if found:
            return reader(*found.groups())
    return None


def refines(a, b):
    """b has a clock time that a lacks, or a zone at the same clock time."""
    if a.second is None:
        return b.second is not None
    return a.second == b.second and a.offset is None and b.offset is not None


def date_of(record):
    """The date of a record, and the names of the date fields that are done with."""
    printed = [(name, text_of(record.get(name))) for name in ("date", "date_raw", "ts", "day")]
    read = [(name, read_date(text)) for name, text in printed if text]
    read = [(name, date) for name, date in read if date]
    if not read:
        first = [name for name, text in printed if text][:1]
        return None, first
    (taken, date), others = read[0], read[1:]
    done = [taken]
    for name, other in others:
        if other.day == date.day:
            done.append(name)
            date = other if refines(date, other) else date
    return date, done


# --- fields

def text_of(value):
    """Trimmed text, or None where the value says nothing."""
    return (value.lstrip("\ufeff").strip() if isinstance(value, str) else None) or None


def running_text(value):
    """Text as it is; blanks alone say nothing."""
    if not isinstance(value, str) or not value.lstrip("\ufeff").strip():
        return None
    return value.removeprefix("\ufeff").replace("\0", "")


def texts_of(value):
    """The texts of a list, also of one printed as text."""
    if isinstance(value, str) and value.startswith("['"):
        value = re.findall(r"'([^']*)'", value)
    return list(filter(None, map(text_of, value if isinstance(value, list) else [value])))


def folded_name(name):
    return " ".join(ucd.normalize("NFKC", name).casefold().split())


def names_of(values):
    """Names of a list; those that fold to the same are kept once, in the first spelling."""
    kept = {}
    for name in filter(None, map(text_of, values or [])):
        kept.setdefault(folded_name(name), name)
    return tuple(kept.values())


def normal_url(url):
    """One spelling for one address."""
    found = re.fullmatch(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#]*@)?([^/?#:]+)(?::(\d*))?([^#]*)(?:#.*)?", url, re.S)
    if not found:
        return url
    scheme, host, port, rest = found[1].lower(), lower_ascii(found[2]), found[3], found[4]
    port = f":{port}" if port and (scheme, port) not in (("http", "80"), ("https", "443")) else ""
    rest = rest if rest.startswith("/") else "/" + rest
    return f"{scheme}://{host}{port}{re.sub('%([0-9A-Fa-f]{2})?', escape, rest)}"


def lower_ascii(text):
    return re.sub("[A-Z]", lambda letter: letter[0].lower(), text)


def escape(found):
    if not found[1]:
        return "%25"
    c = chr(int(found[1], 16))
    return c if re.match("[A-Za-z0-9._~-]", c) else found[0].upper()


OURS = ("id", "title", "body", "summary", "section", "source", "url", "lang", "authors", "tags")


class Article:
    """What an analyst sees of a record, its key, and its words: one row of term numbers, 0 where no word stands."""

    __slots__ = ("authors", "body", "date", "extra", "id", "key", "language", "section", "source", "tags", "teaser", "terms", "title", "url")

    def __init__(self, record):
        self.id, self.title, self.url, self.language = (text_of(record.get(name)) for name in ("id", "title", "url", "lang"))
        self.body, self.teaser = running_text(record.get("body")), running_text(record.get("summary"))
        sections = texts_of(record.get("section"))
        self.section = sections[0] if sections else None
        self.source = text_of(record.get("source")) or (self.url and outlet_of(self.url))
        self.authors, self.tags = names_of(record.get("authors")), names_of(record.get("tags"))
        self.date, done = date_of(record)
        taken = {*OURS, *done} - ({"section"} if len(sections) > 1 else set())      # of which a part was used
        self.extra = {name: value for name, value in record.items() if name not in taken and (name not in OURS or value)}
        self.key = self.id or (self.url and normal_url(self.url)) or ("content", self.source, self.title, self.date, self.body)
        self.terms = None

    def content(self):
        return [getattr(self, name) for name in self.__slots__ if name not in ("key", "terms")]

    def place(self):
        """Order in time: those without a clock time come first in their day, undated articles come last."""
        if self.date is None:
            return (1,)
        return (0, self.date.day, -1 if self.date.second is None else self.date.second)


def outlet_of(url):
    found = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#:]+)", url)
    return found and lower_ascii(found[1]).removeprefix("www.")


# --- words, piece by piece: each distinct piece is cut once

for name in ("is_dropped", "decomposed", "is_latin_or_greek", "single", "kind", "is_paragraph_break"):
    setattr(words_model, name, functools.cache(getattr(words_model, name)))

BLANK = words_model.BLANK


def parts_words(c):
    """Whether c parts words whatever stands beside it: it folds to signs that are no joints."""
    if ucd.category(c)[0] not in "PS" or words_model.is_dropped(c):
        return False
    folded = words_model.folded(c)
    return folded != "" and all(ucd.category(f)[0] in "PS" and f not in "'.,+#" for f in folded)


EVERY = [chr(c) for c in range(0x10000) if not 0xd800 <= c < 0xe000]
PARTING = "".join(re.escape(c) for c in EVERY if parts_words(c))
PIECES = re.compile(f"[^{BLANK}{PARTING}]+")
BLANKS = re.compile(f"[{BLANK}]{{2,}}|\u2029")
STRAYS = re.compile(f"[{''.join(filter(words_model.is_dropped, EVERY))}]+(?![^{BLANK}])")     # dropped, at the end of a piece
HAN = "\u4e00-\u9fff"
IS_PLAIN_CHINESE = re.compile(f"[\\x21-\\x7e{HAN}，．]+").fullmatch       # nothing here could belong to a run of Han but Han
IS_HAN = re.compile(f"[{HAN}]").match
HAN_PIECES = re.compile(f"[{HAN}]+|[^{HAN}]+")


def pairs(run):
    """Words of a run of Chinese characters: each with the next one, the last by itself."""
    return [*map("".join, zip(run, run[1:])), run[-1]]


@functools.cache
def slow_terms(piece):
    return [term for term, _ in words_model.words(piece)]


def quick_terms(piece):
    core = piece.strip(".,'")
    if core.isascii() and core.isalnum() and len(core) < 200:
        return [core.lower()]
    if IS_PLAIN_CHINESE(piece) and not piece.isascii():
        return [term for part in HAN_PIECES.findall(piece) for term in (pairs(part) if IS_HAN(part) else slow_terms(part))]
    return slow_terms(piece)


class Pieces(dict):
    """The terms of pieces without blanks; short ones come again and are remembered."""

    def __missing__(self, piece):
        terms = quick_terms(piece)
        if len(piece) < 20:
            self[piece] = terms
        return terms


piece_terms = Pieces().__getitem__


def paragraphs(text):
    if not text.isascii():
        text = STRAYS.sub("", text)
    start = 0
    for run in BLANKS.finditer(text):
        if words_model.is_paragraph_break(run[0]):
            yield text[start:run.start()]
            start = run.end()
    yield text[start:]


def cut(text):
    """The terms of a text in order, None where a position stays free: as words_model.words, but faster."""
    out = []
    for paragraph in paragraphs(text):
        terms = list(itertools.chain.from_iterable(map(piece_terms, PIECES.findall(paragraph))))
        if terms:
            out += [None, *terms] if out else terms
    return out


def words_of(text):
    """(term, position) of each word."""
    return [(term, position) for position, term in enumerate(cut(text)) if term]


# --- the archive

class Numbers(dict):
    """Numbers of terms in the order in which they are met; 0 is no term."""

    def __missing__(self, term):
        self[term] = len(self)
        return self[term]


class Model:
    def __init__(self, lines):
        self.numbers, self.by_freq = Numbers({None: 0}), {}
        self.live, self.read, self.stored, self.replaced, self.duplicate, self.skipped = {}, 0, 0, 0, 0, 0
        for line in lines:
            self.read += 1
            self.add(json.loads(line))
        self.articles = sorted(self.live.values(), key=Article.place)      # stable: the order of arrival decides
        for article in self.articles:
            article.terms = self.terms_of(article)
        self.vocabulary = list(self.numbers)                   # by number
        self.found_in = self.inverted()

    def add(self, record):
        article = Article(record)
        if not (article.title or article.body or article.teaser or article.url):
            self.skipped += 1
            return
        before = self.live.get(article.key)
        if before is None:
            self.stored += 1
        elif before.content() == article.content():
            self.duplicate += 1
            return
        else:
            self.replaced += 1
            del self.live[article.key]
        self.live[article.key] = article

    def row(self, text):
        return array.array("I", map(self.numbers.__getitem__, cut(text or "")))

    def terms_of(self, article):
        return self.row(article.title) + array.array("I", [0, 0]) + (self.row(article.body) or self.row(article.teaser))

    def inverted(self):
        found_in = [[] for _ in self.vocabulary]
        for i, article in enumerate(self.articles):
            for number in set(article.terms):
                found_in[number].append(i)
        return dict(zip(self.vocabulary[1:], found_in[1:]))

    @functools.cached_property
    def by_count(self):
        """All terms, those in most articles first."""
        return sorted(self.found_in, key=lambda term: -len(self.found_in[term]))

    # --- questions: sets of places in `articles`

    def having(self, part):
        """Articles that have a word or phrase."""
        words = without_held_character(words_of(part))
        choices = [{term} & self.found_in.keys() for term, _ in words]
        if is_character(words[-1][0]):
            choices[-1] = self.beginning_with(words[-1][0])
        found = set.intersection(*(set().union(*map(self.found_in.get, terms)) for terms in choices))
        if len(words) == 1 or not found:
            return found
        wanted = [({self.numbers[term] for term in terms}, position - words[0][1]) for terms, (_, position) in zip(choices, words)]
        return {i for i in found if stands_in(self.articles[i].terms, wanted)}

    @functools.cached_property
    def in_order(self):
        return sorted(self.found_in)

    def beginning_with(self, prefix):
        first = bisect.bisect_left(self.in_order, prefix)
        return set(itertools.takewhile(lambda term: term.startswith(prefix), itertools.islice(self.in_order, first, None)))

    def search(self, parts):
        return set.intersection(*map(self.having, parts))

    def buckets_of(self, freq):
        """The bucket of every article (None if undated), how many each bucket holds, and all buckets from the first to the last."""
        if freq not in self.by_freq:
            of_article = [article.date and bucket(article.date.day, freq) for article in self.articles]
            total = collections.Counter(filter(None, of_article))
            self.by_freq[freq] = of_article, total, buckets(total, freq)
        return self.by_freq[freq]

    def trend(self, places, freq):
        """(first day, count, total) of every bucket from the first to the last that holds an article."""
        of_article, total, axis = self.buckets_of(freq)
        count = collections.Counter(of_article[i] for i in places)
        return [(start, count[start], total[start]) for start in axis]

    def undated(self, places):
        of_article, total, _ = self.buckets_of("year")
        return sum(of_article[i] is None for i in places), len(of_article) - sum(total.values())


def is_character(term):
    """A character of a script without spaces, by itself."""
    return words_model.kind(term[0]) in words_model.KINDS and len(words_model.run_words(term)) == 1


def without_held_character(words):
    """The last character of such a run adds nothing where the pair before it holds it already."""
    if len(words) > 1 and is_character(words[-1][0]):
        (before, at), (last, end) = words[-2:]
        if at + 1 == end and before.endswith(last) and not is_character(before) and words_model.kind(before[0]) in words_model.KINDS:
            return words[:-1]
    return words


def stands_in(row, wanted):
    """Whether a phrase stands in a row of numbers: at some place of its first word every word stands at its distance."""
    [first], at, end = wanted[0][0], -1, len(row) - wanted[-1][1]
    for _ in range(row.count(first)):
        at = row.index(first, at + 1)
        if at < end and all(row[at + shift] in numbers for numbers, shift in wanted):
            return True
    return False


def bucket(day, freq):
    if freq == "week":
        return day - dt.timedelta(day.weekday())
    return day.replace(day=1) if freq == "month" else day.replace(month=1, day=1)


def buckets(days, freq):
    if not days:
        return []
    out, last = [min(days)], max(days)
    while out[-1] < last:
        out.append(bucket(out[-1] + dt.timedelta({"week": 7, "month": 31, "year": 366}[freq]), freq))
    return out
