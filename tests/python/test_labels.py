"""Labels of one's own reach the articles they were given to, however many there are and wherever these lie."""
import random

import pytest

import pynews


@pytest.fixture(scope="module")
def scattered(tmp_path_factory):
    """Articles in several segments, some replaced, some deleted; every third has an address."""
    dice, path = random.Random(4), tmp_path_factory.mktemp("labels") / "a.pna"
    def article(i, text="first"):
        return {"id": f"n{i}", "title": f"T {i}", "body": f"{text} " * dice.randrange(1, 400), "date": f"2020-{1 + i % 12:02}-05"} | ({"url": f"https://x.org/{i}"} if i % 3 == 0 else {})

    ar = pynews.build(path, [article(i) for i in range(300)], progress=False)
    for begin in (300, 500):
        ar.add([article(i) for i in range(begin, begin + 150)], progress=False)
    ar.add([article(i, "second") for i in range(0, 600, 7)], progress=False)
    ar.delete(" OR ".join(f"id:n{i}" for i in range(0, 600, 11)))
    ar.refresh()
    yield ar
    ar.close()


def living(ar):
    return set(ar.table(["id"])["id"].to_list())


def test_labels_of_many_articles_in_any_order_find_just_these(scattered):
    alive = sorted(living(scattered))
    assert len(alive) > 400
    for seed in range(5):
        dice = random.Random(seed)
        kinds = {i: dice.choice(["a", "b", None]) for i in dice.sample(alive, dice.randrange(1, len(alive)))}
        scattered.attach("kind", kinds)
        for kind in {kind for kind in kinds.values() if kind}:
            assert living(scattered.filter(kind=kind)) == {i for i, k in kinds.items() if k == kind}


def test_an_article_may_be_named_by_its_address_and_twice(scattered):
    alive = living(scattered)
    by_address = [f"HTTPS://X.org/{i}#top" for i in range(0, 600, 3) if f"n{i}" in alive]
    scattered.attach("kind", [(name, "c") for name in [*by_address, "n1", "n1", by_address[0]]])
    assert living(scattered.filter(kind="c")) == {f"n{name.split('/')[-1].split('#')[0]}" for name in by_address} | {"n1"}


@pytest.mark.parametrize("gone", ["n11", "n9999", "https://x.org/33", ""])
def test_the_first_article_that_is_not_there_is_named(scattered, gone):
    with pytest.raises(KeyError, match=repr(gone)):
        scattered.attach("kind", [("n1", "a"), (gone, "a"), ("n22", "a")])


def test_labels_go_with_the_snapshot_that_is_asked(make):
    ar = make([{"id": i, "title": "T"} for i in "abc"])
    ar.attach("kind", {"a": "x", "b": "x", "c": "y"})
    before = ar.filter(kind="x")
    assert len(before) == len(ar.filter(kind=["x"])) == 2 and len(ar.filter(kind=["x", "y"])) == 3
    ar.delete("id:a")
    ar.add([{"id": "b", "title": "New"}, {"id": "d", "title": "T"}], progress=False)
    ar.refresh()
    assert living(ar.filter(kind="x")) == {"b"} and living(before) == {"a", "b"} == living(before.filter(kind="x"))
    assert ar.filter(kind="x").head(1)[0]["title"] == "New" and [(row["name"], row["count"]) for row in ar.counts("kind")] == [("x", 1), ("y", 1)]
