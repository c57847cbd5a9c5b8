"""Random articles and random queries over them: a small vocabulary, so that most queries find something."""
import datetime as dt

WORDS = ["harbour", "harbours", "harbor", "rail", "railway", "rails", "school", "schools", "storm", "bridge", "solar", "the", "café", "naïve", "Schloß", "Covid-19",
         "state-of-the-art", "O’Brien", "don't", "U.S.", "2,5", "新聞", "新聞記者", "台北市", "新", "北", "ひらがな", "한국어", "サッカー", "ﬁlm"]
WRITTEN = [*WORDS, "HARBOUR", "Rail", "cafe", "naive", "covid", "19", "o'brien", "don’t", "us", "新聞記", "absent", "ｒａｉｌ"]
TAGS = ["Harbours", "Money", "Wind & Sun", 'the "new" rail', "新聞"]
SECTIONS, SOURCES, AUTHORS, LANGUAGES = ["City", "World"], ["Post", "The Times"], ["A. Adams", "Bo Söder", "C. O'Brien"], ["en", "zh"]
FIRST, DAYS = dt.date(2019, 11, 1), 500
PATTERNS = ["rail*", "sch*", "*s", "h*r", "h?rbour", "r?il*", "*新*", "caf?*", "zz*", "s*o*l", "新*"]
REGEXES = ["harbou?rs?", "rail(way|s)?", "s.*", "[a-c].*", "(storm|solar)", "scho{2}ls?", ".*[0-9].*", "[^a-z]+", "x+"]
FUZZY = ["harbour", "rial", "schol", "storms", "cafe", "brigde", "solr", "zzzzz"]
PERIODS = ["2019", "2020", "2020-02", "2020-11", "2020-02-14", "2019-12-31", "2020-W07", "2020-Q3", "2021-01"]


def text(r, low, high):
    words = r.choices(WORDS, k=r.randint(low, high))
    return "".join(word + r.choice([" ", " ", " ", " ", ", ", ". ", "\n\n", " “", "” "]) for word in words).strip()


def printed_date(r):
    day = (FIRST + dt.timedelta(r.randrange(DAYS))).isoformat()
    return r.choice([day, day, day, day[:7], day[:4], f"{day}T{r.randrange(24):02}:{r.randrange(60):02}:{r.randrange(60):02}Z", None])


def row(r, number):
    """One article; its number is its id."""
    out = {"id": f"n{number}", "title": text(r, 1, 5), "date": printed_date(r), "tags": r.sample(TAGS, r.choice([0, 1, 1, 2]))}
    if r.random() < 0.9:
        out["body"] = text(r, 1, r.choice([6, 25, 60]))
    else:
        out["summary"] = text(r, 2, 6)
    for key, names in (("section", SECTIONS), ("source", SOURCES), ("lang", LANGUAGES)):
        if r.random() < 0.8:
            out[key] = r.choice(names)
    if r.random() < 0.5:
        out["authors"] = r.sample(AUTHORS, r.randint(1, 2))
    if r.random() < 0.5:
        out["url"] = f"https://example.org/{number}"
    return out


# --- queries: `kinds` are those that may be drawn

def words(r):
    return ("words", r.choice(WRITTEN))


def phrase(r):
    return ("phrase", " ".join(r.choices(WRITTEN, k=r.randint(2, 3))), 0)


def slop(r):
    return ("phrase", " ".join(r.choices(WRITTEN, k=r.randint(2, 3))), r.choice([1, 2, 3, 5, 10, 100]))


def pattern(r):
    return ("pattern", r.choice(PATTERNS))


def fuzzy(r):
    return ("fuzzy", r.choice(FUZZY), r.randint(1, 2))


def regex(r):
    return ("regex", r.choice(REGEXES))


SPANS = {"words": words, "phrase": phrase, "pattern": pattern, "fuzzy": fuzzy, "regex": regex}


def a_part(r, kinds):
    return SPANS[r.choice([kind for kind in SPANS if kind in kinds])](r)


def operand(r, kinds):
    return ("or", a_part(r, kinds), a_part(r, kinds)) if r.random() < 0.15 else a_part(r, kinds)


def near(r, kinds):
    return ("near", r.choice([1, 2, 3, 5, 10, 100]), r.random() < 0.4, tuple(operand(r, kinds) for _ in range(r.choice([2, 2, 2, 3]))))


def atleast(r, kinds):
    return ("atleast", r.choice([1, 2, 2, 3, 5]), a_part(r, kinds))


def name(r):
    field, names = r.choice([("tag", TAGS), ("section", SECTIONS), ("source", SOURCES), ("author", AUTHORS), ("language", LANGUAGES)])
    return ("none", field) if r.random() < 0.15 else ("name", field, r.choice([str, str.upper])(r.choice(names)))


def date(r):
    a, b = r.choice(PERIODS), r.choice(PERIODS)
    return ("date", *r.choice([(a, a), (a, b), (a, ""), ("", b)]))


def length(r):
    low, high = r.randrange(40), r.randrange(70)
    return ("length", *r.choice([(low, high), (low, None), (None, high), (low, low)]))


def identity(r):
    number = r.randrange(80)
    return ("id", f"n{number}") if r.random() < 0.6 else ("url", f"HTTPS://example.org:443/{number}")


def leaf(r, kinds):
    kind = r.choice([*(["words"] * 3), *kinds])
    if kind in ("near", "atleast"):
        return {"near": near, "atleast": atleast}[kind](r, kinds)
    return {"slop": slop, "name": name, "date": date, "length": length, "identity": identity, **SPANS}.get(kind, words)(r)


IN_REGIONS = {"words", "phrase", "slop", "pattern", "fuzzy", "regex", "near"}


def tree(r, kinds, parts=6):
    """A random query; regions (title, body, lead) are drawn where `kinds` has them."""
    draw = r.random()
    regions = [kind for kind in ("title", "body", "lead") if kind in kinds]
    if regions and draw < 0.2:
        region = r.choice(regions)
        return ("in", r.choice([50, 1, 5, 30]) if region == "lead" else region, tree(r, kinds & IN_REGIONS, 3))
    if parts <= 1 or draw < 0.45:
        return leaf(r, sorted(kinds - {"title", "body", "lead"}))
    if draw < 0.6:
        return ("not", tree(r, kinds, parts - 1))
    left = r.randrange(1, parts)
    return (r.choice(["and", "or"]), tree(r, kinds, left), tree(r, kinds, parts - left))
