"""Samples: the same articles whatever the segments are; shares of each bucket; and selections saved as archives."""
import collections
import pickle

import pytest

import pynews


def made(n, start=0):
    return [{"id": f"n{i}", "title": f"T{i}", "body": "word", "date": ["2020-01-05", "2020-02-03", "2020-02-07", "2020", "", "2021-03-01"][i % 6]} for i in range(start, start + n)]


def ids(articles):
    return [a.id for a in articles]


@pytest.fixture
def one_and_many(make):
    one, many = make(made(120)), make(made(50))
    many.add(made(40, 80), progress=False)
    many.add(made(30, 50), progress=False)
    return one, many


@pytest.mark.parametrize("stratify", [None, "month", "year", "week"])
def test_a_sample_does_not_depend_on_segments_or_order(one_and_many, stratify):
    one, many = one_and_many
    for n in (0, 1, 7, 60, 120, 500):
        sample = one.sample(n, 3, stratify=stratify)
        assert sorted(ids(sample)) == sorted(ids(many.sample(n, 3, stratify=stratify))) and len(sample) == min(n, 120)


def test_seeds_differ_and_smaller_samples_are_parts_of_larger_ones(make):
    ar = make(made(120))
    assert set(ids(ar.sample(10))) < set(ids(ar.sample(30)))
    assert ids(ar.sample(30, 1)) != ids(ar.sample(30, 2))
    assert ids(ar.sample(30, -1)) == ids(ar.sample(30, 2**64 - 1))
    taken = collections.Counter(i for seed in range(60) for i in ids(ar.sample(30, seed)))
    assert set(taken.values()) <= set(range(3, 32)) and len(taken) == 120      # 15 of 60 each on average, none left out


def test_a_sample_stays_in_the_selection_and_keeps_base_and_order(make):
    ar = make(made(120))
    some = ar.search("t5 OR t6 OR t7").sample(2)
    assert len(some) == 2 and set(ids(some)) < {"n5", "n6", "n7"} and len(some.base) == 120
    places = [ids(ar).index(i) for i in ids(ar.sample(20))]
    assert places == sorted(places)
    assert ids(pickle.loads(pickle.dumps(some))) == ids(some)
    ranked = ar.search("word").top(5)
    assert ids(pickle.loads(pickle.dumps(ranked))) == ids(ranked)


@pytest.mark.parametrize("n", [1, 5, 13, 119])
def test_each_bucket_gives_its_share_by_largest_remainders(make, n):
    ar = make(made(119))
    buckets = collections.Counter(bucket(a) for a in ar)
    order = sorted(buckets)
    shares = {b: divmod(n * buckets[b], 119) for b in order}
    left = n - sum(whole for whole, _ in shares.values())
    extra = sorted(order, key=lambda b: (-shares[b][1], b))[:left]
    expected = {b: shares[b][0] + (b in extra) for b in order}
    got = collections.Counter(bucket(a) for a in ar.sample(n, stratify="month"))
    assert got == collections.Counter({b: k for b, k in expected.items() if k})


def bucket(a):
    return a.date.isoformat()[:7] if a.date_precision in ("day", "month") else "~"


def test_wrong_samples_are_named(make):
    ar = make(made(6))
    with pytest.raises(ValueError, match="-1"):
        ar.sample(-1)
    for freq in ("century", "weekday", "hour"):
        with pytest.raises(pynews.UnknownNameError):
            ar.sample(2, stratify=freq)


# --- saving


def fingerprint(ar):
    return ar._snapshot.info()["fingerprint"]


def test_a_saved_selection_holds_the_same_articles(make, tmp_path, demo):
    with demo.save(tmp_path / "all.pna") as saved:
        assert list(saved) == list(demo) and fingerprint(saved) == fingerprint(demo)
        saved.verify()
    found = demo.search("korea")
    with found.save(tmp_path / "some.pna") as saved:
        assert list(saved) == list(found) and saved.query == "" and len(saved.base) == len(found)
        assert [a.origin for a in saved] == [a.origin for a in found] and [len(a.related) for a in saved] == [len(a.related) for a in found]
    with found.top(9).save(tmp_path / "best.pna") as saved:
        assert ids(saved) == ids(found.top(9) & found)


def test_ids_of_every_kind_stay(make, tmp_path):
    ar = make([{"id": "given", "body": "a", "date": "2020"}, {"url": "https://example.org/x", "body": "b"}, {"title": "no id", "body": "c"}, {"id": "t", "title": "T", "summary": "only"}])
    ar.add([{"id": "given", "body": "replaced", "date": "2020"}], progress=False)
    with ar.save(tmp_path / "saved.pna") as saved:
        assert list(saved) == list(ar) and fingerprint(saved) == fingerprint(ar)
        saved.add([{"url": "https://example.org/x", "body": "b"}], progress=False)
        assert saved.report.duplicate == 1


def test_saving_nothing_and_saving_where_something_is(make, tmp_path):
    ar = make(made(6))
    with ar.search("nothing").save(tmp_path / "empty.pna") as saved:
        assert len(saved) == 0
    with pytest.raises(FileExistsError):
        ar.save(tmp_path / "empty.pna")
