"""The pages of the demo: their bytes, their layout, and that what is said of them is true.  Read here by plain means, not by pynews."""
import hashlib
import json
import re
from collections import Counter
from datetime import date, timedelta

import pytest

from pynews import _demo_pages as demo

N = 600
DIGEST_OF_N = "85830c7561184290224468aa2a4c4be981fa8e7ccb3978edab3b3d659b2c5a3f"            # changes only with a change of the pages that is meant
MONTH = {name: number for number, name in enumerate(demo.MONTHS, 1)}


class Page:
    """One page, read by its layout alone."""

    def __init__(self, path):
        head, self.tail = path.read_text(encoding="utf-8").split("\n\nTags\n")
        self.title, printed, *self.paragraphs = head.split("\n\n")
        self.date = day_of(printed.removeprefix("Published at: "))
        tags, related = ("\n" + self.tail).split("\nRelated Posts\n")
        self.tags = [tag for tag in tags.split("\n") if tag]
        lines = related.splitlines()
        self.related = [tuple(lines[i:i + 3]) for i in range(0, len(lines), 3)]
        self.words = set(re.findall(r"[a-z0-9]+", " ".join([self.title, *self.paragraphs]).lower()))


def day_of(printed):
    month, day, year = re.fullmatch(r"(\S+) (\d+), (\d{4})", printed).groups()
    return date(int(year), MONTH[month], int(day))


def digest_of(folder):
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.txt"))
    return hashlib.sha256(b"".join(f.encode() + b"\0" + (folder / f).read_bytes() + b"\0" for f in files)).hexdigest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def truth(folder):
    demo.write_pages(folder, N, truth_file=folder.parent / "truth.json")
    return json.loads((folder.parent / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pages(folder, truth):
    return [Page(p) for p in sorted(folder.rglob("*.txt"))]


def test_the_same_numbers_give_the_same_bytes_everywhere(folder, truth):
    assert digest_of(folder) == DIGEST_OF_N


def test_another_seed_gives_other_pages(folder, truth, tmp_path):
    demo.write_pages(tmp_path, N, seed=7)
    assert digest_of(tmp_path) != digest_of(folder)


def test_too_few_pages_are_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match="n=49"):
        demo.write_pages(tmp_path / "x", 49)
    assert not (tmp_path / "x").exists()


def test_the_smallest_set_is_whole(tmp_path):
    assert demo.write_pages(tmp_path, 50)["articles"] == 50
    assert len(list(tmp_path.rglob("*.txt"))) == 50


def test_pages_lie_in_a_folder_a_month(folder, pages):
    assert len(pages) == N
    for path, page in zip(sorted(folder.rglob("*.txt")), pages, strict=True):
        assert path.parent.name == f"{page.date:%Y-%m}"
        assert path.parent.parent == folder


def test_dates_reach_from_the_first_day_to_the_last(truth, pages):
    days = [p.date for p in pages]
    assert (min(days), max(days)) == (date(2019, 1, 1), date(2022, 4, 14))
    assert truth["months"] == dict(Counter(f"{d:%Y-%m}" for d in sorted(days)))
    assert truth["weekdays"] == [sum(d.weekday() == i for d in days) for i in range(7)]


def test_weekends_bring_fewer_pages(truth):
    assert max(truth["weekdays"][5:]) * 2 < min(truth["weekdays"][:5])


def test_a_teaser_is_the_first_hundred_words_of_its_article(pages):
    by_title = {p.title: p for p in pages}
    known = 0
    for page in pages:
        for title, teaser, _ in page.related:
            words = teaser.removesuffix(" …").split()
            assert teaser.endswith(" …") and len(words) == 100
            if title in by_title:
                known += 1
                assert " ".join(by_title[title].paragraphs).split()[:100] == words
    assert known > N


def test_every_body_is_longer_than_its_teaser(pages):
    assert min(len(" ".join(p.paragraphs).split()) for p in pages) > 150


def test_titles_are_unique_also_among_articles_that_are_only_linked(pages):
    of_link = {}
    for page in pages:
        for title, teaser, foot in page.related:
            assert of_link.setdefault(title, (teaser, foot)) == (teaser, foot)
    assert len({p.title for p in pages}) == N


def test_links_are_counted(truth, pages):
    day = {p.title: p.date for p in pages}
    entries = [(p, title, day_of(foot.split(" / ")[1])) for p in pages for title, _, foot in p.related]
    assert all(day[title] == printed for _, title, printed in entries if title in day)
    assert truth["links"] == {
        "entries": len(entries), "resolved": sum(title in day for _, title, _ in entries), "dangling": sum(title not in day for _, title, _ in entries),
        "dangling_posts": len({title for _, title, _ in entries if title not in day}), "forward": sum(printed > p.date for p, _, printed in entries)}
    assert all(len(p.related) in (4, 5) for p in pages)
    assert not any(p.title == title for p, title, _ in entries)
    assert all(len({title for title, _, _ in p.related}) == len(p.related) for p in pages)


def test_sections_stand_in_related_entries_alone(truth, pages):
    day, section = {p.title: p.date for p in pages}, {}
    for page in pages:
        for title, _, foot in page.related:
            section.setdefault(title, set()).add(foot.split(" / ")[0])
    assert set().union(*section.values()) == {"Adoption", "Decentralization", "Regulation"}
    assert all(len(names) == 1 for names in section.values())
    assert truth["sections"] == dict(sorted(Counter(name for title, [name] in section.items() if title in day).items()))


def test_tags_are_counted_and_most_pages_have_none(truth, pages):
    assert truth["tags"] == dict(sorted(Counter(t for p in pages for t in p.tags).items()))
    assert set(truth["tags"]) == {"Blockchain", "CBDC", "Climate", "Economy", "Education", "Regulation", "Technology", "Transport"}
    assert truth["tagged"] == sum(bool(p.tags) for p in pages)
    assert 0.33 < truth["tagged"] / N < 0.43


@pytest.mark.parametrize("word", demo.WATCHED)
def test_watched_words_are_counted(truth, pages, word):
    assert truth["words"][word] == dict(Counter(f"{p.date:%Y-%m}" for p in sorted(pages, key=lambda p: p.date) if word in p.words))


@pytest.mark.parametrize(("query", "wanted"), [
    ("korea AND blockchain", {"korea", "blockchain"}), ("korea", {"korea"}), ("cbdc", {"cbdc"}), ("velorite", {"velorite"})])
def test_bursts_are_where_they_are_said_to_be(truth, pages, query, wanted):
    [burst] = [b for b in truth["bursts"] if b["query"] == query]
    first, last = date.fromisoformat(burst["first"]), date.fromisoformat(burst["last"])
    found = [p.date for p in pages if wanted <= p.words]
    assert burst["articles"] == sum(first <= d <= last for d in found)
    assert burst["elsewhere"] == len(found) - burst["articles"]
    inside, outside = burst["articles"] / ((last - first).days + 1), burst["elsewhere"] / 1200
    assert inside > 3 * outside


def test_the_invented_mineral_is_on_three_days_only(truth, pages):
    assert {p.date for p in pages if "velorite" in p.words} <= {date(2021, 3, 16) + timedelta(i) for i in range(3)}


def test_electric_is_written_about_more_and_more(truth):
    per_year = [sum(n for month, n in truth["words"]["electric"].items() if month.startswith(str(year))) for year in (2019, 2020, 2021)]
    assert per_year == sorted(per_year) and per_year[2] > 2 * per_year[0]


def test_rows_of_the_truth_file_are_the_pages(folder, truth):
    for row in truth["pages"][::20]:
        page = Page(folder / row["path"])
        assert (page.title, page.date.isoformat(), page.tags, page.paragraphs) == (row["title"], row["date"], row["tags"], row["paragraphs"])
        assert [(t, day_of(foot.split(" / ")[1]).isoformat()) for t, _, foot in page.related] == [(r["title"], r["date"]) for r in row["related"]]
        assert all((folder / r["path"]).exists() for r in row["related"] if r["path"])


def test_no_slot_of_the_grammar_is_left_open(pages):
    assert not any(c in p.title + " ".join(p.paragraphs) for p in pages for c in "{}")


def test_words_are_spread_as_in_news(pages):
    counts = Counter(w for p in pages for w in re.findall(r"[a-z]+", " ".join(p.paragraphs).lower())).most_common()
    assert counts[0][0] == "the" and len(counts) > 1500
    assert counts[0][1] > 4 * counts[20][1] > 4 * counts[200][1]


def test_pages_hold_what_the_module_says_at_full_size(tmp_path):
    truth = demo.write_pages(tmp_path / "pages")
    links = truth["links"]
    assert truth["articles"] == 3000 and 0.26 < links["dangling"] / links["entries"] < 0.30
    assert 0.05 < links["forward"] / links["entries"] < 0.15

