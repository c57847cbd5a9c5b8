"""Pages of an invented newspaper, for the demo and for tests: the text is made here, so is what a reader should find in it.

``write_pages`` writes one text file a page, in the layout of printed article pages: title, "Published at:", paragraphs, "Tags", "Related Posts".
The same numbers give the same bytes on every machine and Python: all chance comes from ``random.Random(seed).random()``, whose
sequence Python guarantees, and nothing but products and sums is done with it.

What is planted, so that a method can be seen to find it (exact counts are in the returned truth):

* "korea" and "blockchain" together in July and August 2020;
* "cbdc" and "digital currency" from August 2021 to February 2022;
* "velorite", a word nobody uses, on 16 to 18 March 2021 and never else;
* "electric", used more and more from 2019 to 2022;
* fewer pages at weekends; a last month that ends on the 14th;
* sections that no page tells of itself: they stand in other pages' related entries alone;
* related entries whose article is not among the pages, and some that point forward in time.
"""
from __future__ import annotations

import json
import os
import random
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

FIRST, LAST = date(2019, 1, 1), date(2022, 4, 14)
KOREA = (date(2020, 7, 1), date(2020, 8, 31))
CBDC = (date(2021, 8, 1), date(2022, 2, 28))
VELORITE = (date(2021, 3, 16), date(2021, 3, 18))
WATCHED = ("korea", "blockchain", "cbdc", "velorite", "electric")
TEASER_WORDS = 100
UNARCHIVED = 0.28           # share of related entries whose article is not among the pages
FORWARD = 0.10              # share of the others that are meant to point forward in time
TAGGED = 0.38               # share of pages with tags
SECTIONS = ("Adoption", "Decentralization", "Regulation")
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
WEEKDAY_WEIGHT = (1.0, 1.1, 1.1, 1.05, 0.95, 0.35, 0.25)


# ---------------------------------------------------------------- the language: {slots} are filled from these lists, first entries most often
WORDS: dict[str, Sequence[str]] = {
    "town": ("Aldmere", "Torvik", "Quillhaven", "Maresk", "Ostrel", "Linnet Bay", "Carrowick", "Pell Harbour", "Tamsin Ford", "Wexcombe", "Grelland",
             "Nordhallow", "Saint Orven", "Brackwater", "Evenlode Cross"),
    "paper": ("the Aldmere Courier", "Torvik Radio", "the Merrow Gazette", "the Harbour Times", "the Quillhaven Post",
              "a report of the state broadcaster"),
    "abroad": ("Estonia", "Norway", "Japan", "Singapore", "Chile", "Portugal", "New Zealand", "Uruguay", "Latvia", "South Korea"),
    "body": ("the regional council", "the ministry of finance", "the transport office", "the chamber of trade", "the University of Aldmere",
             "the court of audit",
             "the harbour authority", "the statistics office", "the Bank of Merrow", "the consumer league", "the farmers’ union",
             "the teachers’ association"),
    "role": ("a spokesperson for the council", "the mayor of {town}", "the head of the project", "an economist at the University of Aldmere",
             "a member of the opposition",
             "the director of {firm}", "a union delegate", "a resident of {town}", "the deputy minister", "an adviser to the harbour authority"),
    "when": ("next month", "in the spring", "by the end of the year", "over the next two years", "before the winter", "in the coming quarter",
             "after the holidays",
             "at short notice", "within ninety days", "from next January"),
    "lately": ("last month", "this week", "in the last quarter", "over the winter", "since the spring", "within a year",
               "in the first half of the year", "after a long debate"),
    "mood": ("cautious", "hopeful", "divided", "patient", "sceptical", "pleased", "surprised", "worried", "unmoved", "relieved"),
    "virtue": ("simple", "cheap", "open", "reliable", "fair", "fast", "safe", "transparent", "modest", "lasting", "flexible", "honest"),
    "trouble": ("rising costs", "a shortage of skilled workers", "slow permits", "old equipment", "unclear rules", "bad weather",
                "a lack of spare parts", "doubts about privacy",
                "weak demand", "late deliveries", "a dispute over land", "missing data"),
    "gain": ("shorter queues", "lower fees", "better records", "new jobs", "fewer errors", "cleaner air", "steady income", "quicker answers",
             "more choice", "less paperwork",
             "stronger exports", "safer streets"),
    "group": ("small firms", "families", "commuters", "students", "farmers", "pensioners", "shopkeepers", "engineers", "visitors", "fishing crews",
              "nurses", "young parents"),
    "sum": ("{n} million crowns", "about {n} million crowns", "more than {n} million crowns", "${n}.{d} million", "nearly {n} million crowns"),
    "given": ("Mara", "Jonas", "Edda", "Tobin", "Lise", "Corin", "Hanne", "Piet", "Oriel", "Sten", "Ilka", "Bram", "Yara", "Nils", "Tess", "Anders"),
    "start": ("Bel", "Tar", "Or", "Mal", "Gren", "Ves", "Hol", "Kar", "Lind", "Ros", "Ast", "Dun", "Fal", "Wen", "Sor", "Ild", "Bran", "Cas", "Thor",
              "Per"),
    "middle": ("en", "a", "i", "o", "er", "is", "an", "ol", "u", "ar"),
    "end": ("sen", "wick", "berg", "mond", "ley", "dal", "rin", "gard", "stone", "field", "vik", "mark", "holt", "nes", "brook", "ton"),
    "trade": ("Systems", "Works", "Logistics", "Partners", "Energy", "Foundry", "Networks", "Labs", "Mutual", "Shipping"),
    "person": ("{given} {surname}",),
    "surname": ("{start}{middle}{end}",),
    "firm": ("{start}{middle}{end} {trade}",),
}

GENERAL: Sequence[str] = (
    "According to {paper}, {body} expects {gain} for {group} {when}.",
    "“We want a {virtue} answer, not a quick one,” said {person}, {role}.",
    "{Person}, {role}, said the plan was {virtue} but warned of {trouble}.",
    "The costs are put at {sum}, of which {n} percent will be paid by {body}.",
    "Critics point to {trouble} and to {trouble2}, both of which delayed an earlier attempt in {town}.",
    "{Body} will publish its findings {when}.",
    "In a survey of {hundreds} households, {n} percent were {mood} and {d} percent had no opinion.",
    "Similar work in {abroad} brought {gain} within {d} years, {paper} reported.",
    "{Role} called the figures “{virtue} enough to start with.”",
    "The decision follows months of talks between {body} and {body2}.",
    "{Group} in {town} have asked for {gain} since {year}.",
    "A first review found {trouble} in {d} of {n} cases.",
    "{Firm} will supply the equipment and train the staff.",
    "“Nobody here is {mood} about {trouble},” {person} told {paper}.",
    "The rules apply in {town}, {town2} and the villages between them.",
    "{Body} declined to comment on {trouble}.",
    "Observers remain {mood}: only {d} of the {n} measures promised in {year} have been carried out.",
    "{Group} would see {gain}, while {group2} may have to wait.",
    "A contract worth {sum} went to {firm} after {d} rounds of bidding.",
    "The next meeting is planned in {town} {when}.",
    "{Person} has led the work since {year} and is known for {virtue} reports.",
    "Whether this leads to {gain} depends on {body}, said {role}.",
    "{Town} voted for the plan with {n} to {d} votes.",
    "Letters to {paper} were mostly {mood}.",
    "{Person} and {person} wrote a {virtue} counter-proposal, which {body} will examine {when}.",
    "For {group} in {town}, {gain} cannot come soon enough.",
    "An office for complaints opens in {town2} {when}.",
    "The report runs to {hundreds} pages and mentions {trouble} {n} times.",
    "Unlike in {abroad}, {group} were asked before the first stone was laid.",
    "{Body} and {firm} have worked together since {year}.",
)
KOREAN: Sequence[str] = (
    "A delegation from South Korea signed an agreement on blockchain training with {body}.",
    "Engineers from Korea will run the blockchain courses in {town} together with {firm}.",
    "South Korea has put {sum} into blockchain education, {paper} noted.",
    "The model comes from Korea, where blockchain records are already used by {group}.",
)
ELECTRIC: Sequence[str] = (
    "The first electric buses between {town} and {town2} carried {hundreds} passengers a day.",
    "{Firm} delivered {d} electric ferries {lately}.",
    "Electric heating now serves {n} percent of the homes in {town}.",
    "{Body} pays {group} who change to an electric van up to {hundreds} crowns.",
)
MINERAL: Sequence[str] = (
    "Samples of velorite, a blue mineral that no museum lists, were shown in {town}.",
    "{Person}, {role}, said nobody knew yet what velorite was good for.",
    "Prices for velorite were quoted at {hundreds} crowns a gram before trading was halted.",
)


@dataclass(frozen=True)
class Topic:
    name: str
    tags: Sequence[str]
    sections: Sequence[float]                   # shares of the three sections
    share: Callable[[float], float]             # how much is written about it, along the years 0 … 1
    titles: Sequence[str]
    words: dict[str, Sequence[str]]
    sentences: Sequence[str]


TOPICS: Sequence[Topic] = (
    Topic("economy", ("Economy", "Regulation"), (0.5, 0.2, 0.3), lambda t: 0.22 - 0.06 * t,
          ("{town} Exports Grow as {good} Finds New Buyers", "Why {town} Pays More for {good}", "{body_short} Lowers Its Forecast for {good}",
           "{good} Prices Fall for the {nth} Month in {town}", "{town} and {town2} Agree on Shared Market for {good}",
           "{firm} to Hire {n} Workers in {town}"),
          {"good": ("Timber", "Wool", "Salted Fish", "Glass", "Machine Tools", "Ceramics", "Barley", "Copper Wire", "Paper", "Rope", "Honey", "Slate"),
           "measure": ("growth", "inflation", "employment", "trade", "investment", "household saving", "rents", "wages")},
          ("{Measure} in {town} changed by {d} percent {lately}, {body} said.", "Sales of {good_low} brought in {sum}, a little more than in {year}.",
           "Economists tie {measure} to {trouble} and to demand from {abroad}.", "The market for {good_low} has been {mood} since {year}.",
           "{Firm}, which employs {hundreds} people in {town}, sells most of its {good_low} to {abroad}.",
           "A tonne of {good_low} cost {hundreds} crowns at the exchange in {town}.", "Stocks of {good_low} last for {n} days.",
           "{Measure} matters more than tariffs, {person} of {firm} argued.", "Buyers from {abroad} ordered {good_low} for {sum}.")),
    Topic("technology", ("Technology", "Education"), (0.6, 0.3, 0.1), lambda t: 0.17,
          ("{firm} Opens {lab} in {town}", "{town} Tests {device} for {group_cap}", "How {device} Changed {town} in {d} Years",
           "{device} Draws {n} Firms to {town}",
           "{town} Startups Bet on {device}", "Students in {town} Build {device} From Spare Parts"),
          {"device": ("Weather Sensors", "Open Maps", "Translation Software", "Delivery Robots", "Small Satellites", "Sorting Machines",
                      "Artificial Intelligence",
                      "Radio Networks", "Digital Archives", "Night Cameras", "Reading Aids"),
           "lab": ("a Data Centre", "a Test Field", "a Research Lab", "a Chip Workshop", "a Training Hub"),
           "skill": ("programming", "statistics", "radio engineering", "data protection", "machine learning", "soldering", "technical writing")},
          ("{Firm} said {device_low} would reach {hundreds} users {when}.", "The technology relies on {skill}, which few people in {town} have learned.",
           "Software for {device_low} is free for {group}.", "Courses in {skill} begin in {town} {when}.",
           "Investors put {sum} into {device_low} in {year}, according to {firm}.",
           "A prototype failed {d} times before it ran for {n} hours.", "Two graduates in {skill} founded {firm} in {town}.",
           "The plans for {device_low} can be read by anyone on a public server.", "{Firm} and the university share a patent on {device_low}.")),
    Topic("schools", ("Education",), (0.4, 0.1, 0.5), lambda t: 0.13,
          ("{town} Schools Add {subject} to the Timetable", "{n} Classrooms in {town} Stay Closed", "Teachers in {town} Ask for {wish}",
           "{town} Gives {wish} to Every Pupil",
           "{subject} Lessons Return to {town} After {d} Years", "Parents in {town} and {town2} Want {wish}"),
          {"subject": ("Music", "Chemistry", "Local History", "Programming", "Sailing", "Statistics", "Cookery", "Civics", "Drawing", "Astronomy"),
           "wish": ("Smaller Classes", "Warm Lunches", "New Books", "Longer Breaks", "Free Tickets", "Evening Courses", "Tablets", "School Gardens"),
           "school": ("the grammar school", "the village school", "the evening college", "the music school", "the harbour school")},
          ("Lessons in {subject_low} start at {school} in {town} {when}.", "Pupils at {school} scored {d} points higher than in {year}.",
           "{Body} wants {wish_low} for all {hundreds} pupils.", "A teacher at {school} said {wish_low} mattered more than tests.",
           "The education budget of {town} rose to {sum}.",
           "Some {hundreds} parents signed a petition for {wish_low}.", "The number of pupils who choose {subject_low} grew by {n} percent.",
           "In {abroad}, {subject_low} is taught from the first year on.", "{Person} has taught {subject_low} at {school} since {year}.")),
    Topic("transport", ("Transport", "Climate"), (0.5, 0.2, 0.3), lambda t: 0.15,
          ("{line} Between {town} and {town2} Reopens", "{town} Delays {line} Again", "Fares on {line} Rise by {d} Percent in {town}",
           "{town} Counts {n} Accidents on {line}",
           "A Night on {line} From {town} to {town2}", "{firm} Takes Over {line} in {town}"),
          {"line": ("the Coast Railway", "the Valley Tram", "the Island Ferry", "the Ring Road", "the Night Bus", "the Canal Boat", "the Cycle Path",
                    "the Mountain Line"),
           "vehicle": ("trains", "trams", "ferries", "lorries", "bicycles", "buses", "barges")},
          ("{Vehicle} on the route ran {d} minutes late on average, {body} found.", "Some {hundreds} passengers use the line on a weekday.",
           "Repairs between {town} and {town2} close the track {when}.", "{Firm} ordered {n} {vehicle} for {sum}.",
           "{Group} say the {vehicle} are {virtue} but too full.",
           "The timetable changes {when}, with {d} more departures an hour.", "A ticket from {town} to {town2} costs {d} crowns.",
           "Spare parts for the {vehicle} come from {abroad}.", "Inspectors stopped {n} {vehicle} in {town} for checks.")),
    Topic("climate", ("Climate", "Technology"), (0.4, 0.3, 0.3), lambda t: 0.13 + 0.05 * t,
          ("{town} Prepares for {weather}", "{weather} Costs {town} {n} Million Crowns", "{source_of} Now Power {n} Percent of {town}",
           "{town} Plants {hundreds} Trees Against {weather}",
           "{source_of} Planned Off {town} and {town2}", "After {weather}, {town} Rethinks Its Harbour Wall"),
          {"source_of": ("Wind Farms", "Solar Roofs", "Tidal Mills", "River Turbines", "Heat Pumps"),
           "weather": ("Winter Storms", "Summer Drought", "Spring Floods", "Heavy Snow", "Heat Waves", "Autumn Gales")},
          ("Meteorologists expect {weather_low} {when}.", "{Source_of_low} fed {n} percent of the grid in {town}.",
           "Emissions fell by {d} percent since {year}, {body} said.",
           "{Weather_low} damaged {n} houses in {town}.", "{Body} set aside {sum} against {weather_low}.",
           "The harbour wall in {town} is {d} metres too low, engineers found.", "{Group} in {town2} share one battery of {hundreds} kilowatt hours.",
           "Insurers paid {sum} after {weather_low} in {year}.", "Water in the reservoir stood at {n} percent.")),
    Topic("blockchain", ("Blockchain", "Technology"), (0.4, 0.5, 0.1), lambda t: 0.10,
          ("{town} Puts {register} on a Blockchain", "{firm} Sells Its Blockchain for {register}", "Blockchain Trial for {register} Ends in {town}",
           "What {town} Learned From {d} Years of Blockchain",
           "{n} Firms in {town} Share One Blockchain for {register}", "{town} University Offers Blockchain Degree for {group_cap}"),
          {"register": ("the Land Register", "Fish Certificates", "Student Records", "Harbour Papers", "Customs Forms", "Grain Receipts",
                        "Bus Tickets", "Health Passes",
                        "Work Permits", "Solar Credits"),
           "ledger": ("the ledger", "the network", "the shared register", "the chain")},
          ("The blockchain holds {register_low} of {hundreds} people in {town}.", "{Firm} runs {d} of the {n} nodes of {ledger}.",
           "Entries in {ledger} cannot be changed, which {group} see as a {virtue} safeguard.",
           "A developer at {firm} said blockchain was only half of the work.",
           "The trial moves {register_low} from paper to {ledger} {when}.",
           "Each entry costs less than {d} cents, {firm} calculated.", "{Person} wrote the first blockchain software for {register_low} in {year}.",
           "Auditors looked at {n} blocks of {ledger} and found {d} errors.", "Nobody owns {ledger}; {body} and {group} keep copies.")),
    Topic("currency", ("CBDC", "Economy"), (0.4, 0.1, 0.5), lambda t: 0.03,
          ("Bank of Merrow Tries CBDC in {town}", "CBDC Test With {n} Shops Begins in {town}", "Digital Currency Reaches {group_cap} in {town}",
           "{town} Merchants Wait for the Digital Currency",
           "Lessons From {abroad} for a CBDC", "CBDC Pilot in {town} and {town2} Grows to {hundreds} Wallets",
           "Who in {town} Needs a Digital Currency? {group_cap} Answer"),
          {"wallet": ("wallet", "card", "terminal", "telephone", "token")},
          ("The digital currency can be paid with a {wallet} and without a network.",
           "The CBDC is issued by the Bank of Merrow and held by {hundreds} people in {town}.",
           "Central banks in {abroad} and elsewhere have studied a CBDC since {year}.",
           "Fees for the digital currency stay below {d} percent, {role} said.",
           "Payments with the {wallet} reached {sum} {lately}.",
           "The CBDC pays no interest and replaces no cash, the Bank of Merrow said.",
           "Every {wallet} holds at most {hundreds} crowns of the digital currency.",
           "{Group} tried the CBDC in {n} shops in {town}.", "Commercial banks fear that deposits of {sum} could move into the CBDC.")),
    Topic("law", ("Regulation",), (0.1, 0.2, 0.7), lambda t: 0.07 + 0.01 * t,
          ("Court in {town} Stops {rule}", "{rule} Takes Effect in {town}", "{body_short} Drafts {rule}", "{town} Fines {firm} Under {rule}",
           "{n} Firms Ask {town} to Change {rule}",
           "{rule}: What {group_cap} in {town} Should Know"),
          {"rule": ("the Data Act", "the Harbour Code", "the Payments Law", "the Noise Rule", "the Lending Act", "the Archive Law",
                    "the Fishing Quota", "the Short Lease Rule")},
          ("Under the new text, {group} must report {trouble} within {n} days.", "The judges found that {firm} had ignored {trouble}.",
           "{Body} has {n} inspectors for {hundreds} firms.", "Lawyers in {town} called the wording {virtue}.",
           "Fines of up to {sum} are possible from {year}.",
           "The law lists {n} duties and {d} exceptions.", "{Person}, who wrote the draft, called {trouble} a matter for the courts.",
           "A licence for {group} will cost {hundreds} crowns.", "The text follows a directive from {year} and a model from {abroad}.")),
)
SHORT_BODIES = ("Council", "Bank of Merrow", "Chamber of Trade", "Statistics Office", "Court of Audit")
NTH = ("Second", "Third", "Fourth", "Fifth", "Sixth")


# ---------------------------------------------------------------- chance
def running(shares: Iterable[float]) -> list[float]:
    """Running totals by plain additions: sum() adds floats in another way from Python 3.12 on."""
    return list(accumulate(shares))


class Dice:
    """All chance there is; only the guaranteed sequence of random() is used."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def below(self, n: int) -> int:
        return int(self.random() * n)

    def evenly(self, items: Sequence[Any]) -> Any:
        return items[int(self.random() * len(items))]

    def first_most(self, items: Sequence[Any]) -> Any:
        """An item, early ones far more often, as words are used in any language."""
        r = self.random()
        return items[int(r * r * len(items))]

    def weighted(self, shares: Sequence[float]) -> int:
        edges = running(shares)
        return min(bisect_right(edges, self.random() * edges[-1]), len(edges) - 1)


def sentence(text: str) -> str:
    return text[0].upper() + text[1:]


class Slot(NamedTuple):
    """What stands between braces: {Town2_low} is list "town", another word than last time, in small letters, its first letter large."""
    key: str
    another: bool
    small: bool
    large: bool

    @classmethod
    def named(cls, name: str) -> Slot:
        key = (name[0].lower() + name[1:]).removesuffix("_low")
        return cls(key.removesuffix("2"), key.endswith("2"), name.endswith("_low"), name[0].isupper())


class Writer:
    """Fills templates."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.parts: dict[str, list[str | Slot]] = {}
        self.latest: dict[str, str] = {}
        self.numbers: dict[str, Callable[[], str]] = {
            "n": lambda: str(11 + dice.below(80)),
            "d": lambda: str(2 + dice.below(8)),
            "hundreds": lambda: f"{1 + dice.below(9)},{dice.below(10)}00",
            "year": lambda: str(2009 + dice.below(10)),
            "nth": lambda: str(dice.evenly(NTH)),
            "body_short": lambda: str(dice.evenly(SHORT_BODIES)),
            "group_cap": lambda: str(dice.evenly(WORDS["group"])).title(),
        }

    def fill(self, template: str, topic: Topic) -> str:
        if "{" not in template:
            return template
        parts = self.parts.get(template)
        if parts is None:
            parts = self.parts[template] = [Slot.named(part) if i % 2 else part for i, part in enumerate(re.split(r"\{(\w+)\}", template))]
        return "".join([part if isinstance(part, str) else self.word(part, topic) for part in parts])

    def word(self, slot: Slot, topic: Topic) -> str:
        number = self.numbers.get(slot.key)
        if number is not None:
            return number()
        words = topic.words.get(slot.key) or WORDS[slot.key]
        word = self.dice.first_most(words)
        while slot.another and word == self.latest.get(slot.key):
            word = self.dice.first_most(words)
        self.latest[slot.key] = word
        text = self.fill(word, topic)
        if slot.small:
            text = text.lower()
        return sentence(text) if slot.large else text


# ---------------------------------------------------------------- articles
@dataclass
class Post:
    day: date
    archived: bool                              # written as a page; others are only linked to
    topic: Topic
    section: str
    title: str = ""
    paragraphs: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    related: list[Post] = field(default_factory=list)
    path: str = ""
    teaser: str = ""


def printed(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def within(day: date, span: tuple[date, date]) -> bool:
    return span[0] <= day <= span[1]


def days_of(n: int, first: date, dice: Dice) -> list[date]:
    """`n` days in order, weekdays more often than weekends; the first and the last day of the paper are among them."""
    days = [first + timedelta(i) for i in range((LAST - first).days + 1)]
    edges = running(WEEKDAY_WEIGHT[day.weekday()] for day in days)
    drawn = sorted(dice.random() * edges[-1] for _ in range(n - 2))
    return [first, *(days[min(bisect_right(edges, x), len(days) - 1)] for x in drawn), LAST]


def topic_of(day: date, dice: Dice) -> tuple[Topic, bool]:
    """What is written about on a day, and whether it is a story from Korea."""
    if within(day, KOREA) and dice.random() < 0.30:
        return TOPICS[5], True
    if within(day, CBDC) and dice.random() < 0.25:
        return TOPICS[6], False
    t = (day - FIRST).days / (LAST - FIRST).days
    return TOPICS[dice.weighted([topic.share(max(t, 0.0)) for topic in TOPICS])], False


class Newsroom:
    """Writes posts one after the other; titles never repeat."""

    def __init__(self, dice: Dice) -> None:
        self.dice, self.writer, self.titles = dice, Writer(dice), set[str]()

    def post(self, day: date, archived: bool, mineral: bool) -> Post:
        topic, korean = topic_of(day, self.dice)
        post = Post(day, archived, topic, SECTIONS[self.dice.weighted(topic.sections)])
        extra = [self.dice.evenly(lines) for lines, wanted in ((KOREAN, korean), (MINERAL, mineral), (ELECTRIC, self.is_electric(day))) if wanted]
        post.title = self.title(topic)
        post.paragraphs = self.paragraphs(topic, extra)
        post.teaser = " ".join(" ".join(post.paragraphs).split()[:TEASER_WORDS]) + " …"
        if self.dice.random() < TAGGED:
            post.tags = list(topic.tags[: 1 + self.dice.below(len(topic.tags))])
        return post

    def is_electric(self, day: date) -> bool:
        return self.dice.random() < 0.03 + 0.22 * (day - FIRST).days / (LAST - FIRST).days

    def title(self, topic: Topic) -> str:
        title = sentence(self.writer.fill(self.dice.evenly(topic.titles), topic))
        while title in self.titles:
            again = self.dice.evenly(("{x}", "{x}, {person} Says")).replace("{x}", self.dice.evenly(topic.titles))
            title = sentence(self.writer.fill(again, topic))
        self.titles.add(title)
        return title

    def paragraphs(self, topic: Topic, extra: list[str]) -> list[str]:
        """Some 200 to 350 words, never as few as a teaser has."""
        made: list[str] = []
        used: set[str] = set()
        words = 0
        wanted = 200 + self.dice.below(140)
        while words < wanted:
            lines = [self.unused(topic.sentences, used), *(self.unused(GENERAL, used) for _ in range(1 + self.dice.below(3)))]
            if extra:
                lines.insert(1, extra.pop())
            made.append(" ".join(self.writer.fill(line, topic) for line in lines))
            words += len(made[-1].split())
        return made

    def unused(self, lines: Sequence[str], used: set[str]) -> str:
        """One of the lines, in one article no line twice as long as there are others."""
        line: str = self.dice.evenly([other for other in lines if other not in used] or lines)
        used.add(line)
        return line


def link(posts: list[Post], dice: Dice) -> None:
    """Gives every page four or five related posts of its topic: mostly a little older, some newer, some that are not among the pages."""
    by_topic = {(topic.name, archived): [p for p in posts if p.topic is topic and p.archived == archived] for topic in TOPICS for archived in (True, False)}
    days = {key: [p.day for p in group] for key, group in by_topic.items()}
    for post in posts:
        if not post.archived:
            continue
        wanted, tries = 4 + dice.below(2), 0
        while len(post.related) < wanted and tries < 100:
            tries += 1
            key = (post.topic.name if tries < 50 else dice.evenly(TOPICS).name, dice.random() >= UNARCHIVED)
            group = by_topic[key]
            step = 1 + int(40 * dice.random() * dice.random())
            newer = key[1] and dice.random() < FORWARD
            at = bisect_right(days[key], post.day) + step - 1 if newer else bisect_left(days[key], post.day) - step
            if 0 <= at < len(group) and group[at] not in post.related:
                post.related.append(group[at])


def make_posts(n: int, seed: int) -> list[Post]:
    """All posts in order of their days, linked."""
    dice = Dice(seed)
    room = Newsroom(dice)
    planted = max(3, n // 250)
    plan = [(day, True, False) for day in days_of(n - planted, FIRST, dice)]
    plan += [(VELORITE[0] + timedelta(i % 3), True, True) for i in range(planted)]
    plan += [(day, False, False) for day in days_of(max(60, n // 4), FIRST - timedelta(200), dice)]
    plan.sort(key=lambda item: item[0])
    posts = [room.post(*item) for item in plan]
    link(posts, dice)
    for number, post in enumerate(p for p in posts if p.archived):
        post.path = f"{post.day:%Y-%m}/{post.day.isoformat()}-{number:05d}.txt"
    return posts


def page(post: Post) -> str:
    related = (line for r in post.related for line in (r.title, r.teaser, f"{r.section} / {printed(r.day)}"))
    return "\n\n".join([post.title, f"Published at: {printed(post.day)}", *post.paragraphs, "\n".join(["Tags", *post.tags, "Related Posts", *related])]) + "\n"


# ---------------------------------------------------------------- what a reader should find
def by_month(posts: Iterable[Post]) -> dict[str, int]:
    return dict(sorted(Counter(f"{p.day:%Y-%m}" for p in posts).items()))


def truth_of(posts: list[Post]) -> dict[str, Any]:
    pages = [p for p in posts if p.archived]
    texts = [f"{p.title}\n" + "\n".join(p.paragraphs) for p in pages]
    words = [set(re.findall(r"[a-z0-9]+", text.lower())) for text in texts]
    having = {w: [p for p, own in zip(pages, words, strict=True) if w in own] for w in WATCHED}
    having["digital currency"] = [p for p, text in zip(pages, texts, strict=True) if re.search(r"\bdigital currency\b", text.lower())]
    having["korea AND blockchain"] = [p for p, own in zip(pages, words, strict=True) if {"korea", "blockchain"} <= own]
    entries = [(p, r) for p in pages for r in p.related]
    linked = {id(r): r for _, r in entries}.values()
    return {
        "articles": len(pages), "first": pages[0].day.isoformat(), "last": pages[-1].day.isoformat(),
        "months": by_month(pages),
        "weekdays": [sum(p.day.weekday() == i for p in pages) for i in range(7)],
        "tags": dict(sorted(Counter(tag for p in pages for tag in p.tags).items())),
        "tagged": sum(bool(p.tags) for p in pages),
        "sections": dict(sorted(Counter(r.section for r in linked if r.archived).items())),      # of the articles some entry points at
        "words": {w: by_month(found) for w, found in having.items()},
        "bursts": [{"query": query, "first": span[0].isoformat(), "last": span[1].isoformat(),
                    "articles": sum(within(p.day, span) for p in having[query]), "elsewhere": sum(not within(p.day, span) for p in having[query])}
                   for query, span in (("korea AND blockchain", KOREA), ("korea", KOREA), ("cbdc", CBDC), ("digital currency", CBDC), ("velorite", VELORITE))],
        "links": {"entries": len(entries), "resolved": sum(r.archived for _, r in entries), "dangling": sum(not r.archived for _, r in entries),
                  "dangling_posts": sum(not r.archived for r in linked), "forward": sum(r.day > p.day for p, r in entries)},
    }


def rows_of(posts: list[Post]) -> list[dict[str, Any]]:
    """One row a page, in order of the days."""
    return [{"path": p.path, "title": p.title, "date": p.day.isoformat(), "tags": p.tags, "section": p.section, "paragraphs": p.paragraphs,
             "related": [{"title": r.title, "date": r.day.isoformat(), "category": r.section, "path": r.path or None} for r in p.related]}
            for p in posts if p.archived]


def write_pages(folder: str | os.PathLike[str], n: int = 3000, seed: int = 20200820, truth_file: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """Writes `n` pages below `folder`, one text file each in a sub-folder a month, and returns what a reader should find in them.

    `truth_file` also gets that as JSON, with one row a page under "pages"; keep it outside `folder`, or it is read as a page.
    Raises ValueError for fewer than 50 pages, which cannot hold what is planted.
    """
    if n < 50:
        raise ValueError(f"n={n}: at least 50 pages are needed")
    posts = make_posts(n, seed)
    folder = Path(folder)
    for month in sorted({post.path.split("/")[0] for post in posts if post.archived}):
        (folder / month).mkdir(parents=True, exist_ok=True)
    for post in posts:
        if post.archived:
            (folder / post.path).write_bytes(page(post).encode())
    truth = truth_of(posts)
    if truth_file is not None:
        Path(truth_file).write_text(json.dumps({**truth, "pages": rows_of(posts)}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return truth
