"""Thousands of random queries of every kind against a model that looks at every article; PYNEWS_TRUST=1 asks ten times as many."""
import os
import random
import sys

import pytest

import pynews

sys.path.insert(0, os.path.dirname(__file__))
from models import query_model, random_world

KINDS = {"words", "phrase", "slop", "pattern", "fuzzy", "regex", "near", "atleast", "name", "date", "identity", "length", "title", "body", "lead"}
ARCHIVES = 20
QUERIES = 10_000 if os.environ.get("PYNEWS_TRUST") else 1_000
LOOKED_AT = 20                   # of so many queries one is also ranked, counted by name and over time


def grow(r, path):
    """An archive that was added to several times, with articles replaced and deleted; the rows it must hold, in the order in which they came."""
    live = {}
    for step in range(r.randint(2, 5)):
        rows = [random_world.row(r, r.randrange(80)) for _ in range(r.randint(1, 30))]
        for row in rows:
            if live.get(row["id"]) != row:                     # the same once more is where it was
                live.pop(row["id"], None)
                live[row["id"]] = row
        if step == 0:
            pynews.build(path, rows, progress=False).close()
        else:
            with pynews.open(path, "a") as ar:
                ar.add(rows, progress=False)
                gone = r.sample(sorted(live), min(r.randrange(4), len(live) - 1))
                ar.delete(pynews.q.ids(*gone) if gone else "absent")
                for key in gone:
                    del live[key]
    return list(live.values())


@pytest.fixture(scope="module", params=range(ARCHIVES))
def pair(request, tmp_path_factory):
    """An archive and its model."""
    r = random.Random(request.param)
    path = tmp_path_factory.mktemp("random") / "a.pna"
    model = query_model.Archive(grow(r, path))
    with pynews.open(path) as ar:
        yield ar, model, r


def names_of(model):
    return {field: set().union(*(a.keys[field] for a in model.articles)) for field in query_model.FIELDS}


def is_known(tree, names):
    """Whether every name in a query is carried by some article."""
    if tree[0] == "name":
        return query_model.folded_name(tree[2]) in names[tree[1]]
    return all(is_known(part, names) for part in tree[1:] if isinstance(part, tuple))


def compare_counts(found, model, tree, members):
    for by in ("tag", "section", "author"):
        table = found.counts(by)
        got = {query_model.folded_name(name): n for name, n in zip(table["name"], table["count"])}
        assert got == model.counts(members, by), (tree, by)


def compare_trend(ar, text, model, tree, members, freq):
    trend = ar.trend({"x": text}, freq=freq)
    placed, count, total = model.trend(members, freq)
    assert list(zip(trend["date"].to_list(), trend["count"], trend["total"])) == placed, (tree, freq)
    assert (sum(trend.unplaced["count"]), sum(trend.unplaced["total"])) == (count, total), (tree, freq)


def compare_ranks(found, model, tree, members):
    if not query_model.scored(tree):
        with pytest.raises(ValueError, match="word"):
            found.top(10)
        return
    table, want = found.top(10).table(["score", "id"]), model.ranked(members, tree)[:10]
    assert table["id"].to_list() == [key for _, key in want], (tree, want)
    assert table["score"].to_list() == pytest.approx([score for score, _ in want], abs=1e-9), tree


def test_random_queries_find_what_the_model_finds_in_its_order(pair):
    ar, model, r = pair
    names = names_of(model)
    for k in range(QUERIES):
        tree = random_world.tree(r, KINDS)
        text = query_model.text_of(tree)
        if not is_known(tree, names):
            with pytest.raises(pynews.UnknownNameError):
                ar.search(text)
            continue
        found, members = ar.search(text), model.find(tree)
        assert len(found) == members.bit_count(), (text, tree)
        assert [a.id for a in found] == model.ids(members), (text, tree)
        if k % LOOKED_AT == 0:
            compare_counts(found, model, tree, members)
            compare_ranks(found, model, tree, members)
            compare_trend(ar, text, model, tree, members, r.choice(["day", "week", "month", "year"]))
