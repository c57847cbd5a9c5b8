"""Whatever was added, replaced, deleted and compacted, in whatever order: the archive answers as one that was built at once of what is left."""
import pytest

import pynews

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

KEYS = 40
DATES = ["2020-05-01", "2020-05-01T08:30:00", "2020-05-01T08:30:00", "2020-05", "2020", None, "2020-05-02", "2019-12-31", "2020-05-01"]
WORDS = ["rain", "fog", "storm", "sun"]
QUERIES = ["rain", "rain OR fog", '"rain fog"', "tag:odd", "title:storm", "date:2020-05", "NOT sun"]
PLACES = ("input", "offset", "length", "roles", "diagnostics")         # where an article was read


def article(key, version):
    n = key * 7 + version
    tags = {"tags": ["odd", "Odd"][: 1 + n % 2]} if n % 3 else {}
    other = (key * 3 + version) % KEYS
    related = [{"title": f"{WORDS[other * 7 % 4]} {other}", "date": DATES[other % len(DATES)], "category": ["World", "City"][n % 2]}] * (n % 3)
    return {
        "id": f"k{key}", "title": f"{WORDS[n % 4]} {key}", "date": DATES[key % len(DATES)], "section": ["City", "city"][n % 2],
        "body": " ".join(WORDS[(n * i) % 4] for i in range(1, 2 + n % 9)) + f" version{version}", "source": "Wire", "related": related, **tags,
    }  # fmt: skip


keys = st.integers(0, KEYS - 1)
adds = st.tuples(st.just("add"), st.lists(st.tuples(keys, st.integers(0, 2)), min_size=1, max_size=12))
deletes = st.tuples(st.just("delete"), st.lists(keys, min_size=1, max_size=6, unique=True))
compacts = st.tuples(st.just("compact"), st.none())


def answers(ar):
    found = [ar.search(query) for query in QUERIES if query != "tag:odd" or "odd" in {t.casefold() for t in ar.tags}]
    return {
        "fingerprint": ar._snapshot.info()["fingerprint"],
        "articles": [{k: v for k, v in a._fields.items() if k not in PLACES} for a in ar],
        "found": [[a.id for a in f] for f in found],
        "ranked": [f.top(10).table(["rank", "score", "id"]).to_dict() for f in found[:3]],
        "sampled": [[a.id for a in f.sample(4, seed=7)] for f in found],
        "trends": [(t.to_dict(), t.unplaced.to_dict()) for f in (*found, ar) for freq in ("day", "month", "year") for t in [f.trend(freq=freq)]],
        "related": [ar.related.edges.to_dict(), ar.related.nodes.to_dict(), ar.related.dangling.to_dict()],
        "names": [ar.counts(by).to_dict() for by in ("tag", "section", "source")],
    }


@settings(max_examples=max(10, settings.default.max_examples // 4), deadline=None)
@given(st.lists(st.one_of(adds, adds, deletes, compacts), min_size=1, max_size=14))
def test_any_life_ends_as_one_build_of_what_is_left(tmp_path_factory, life):
    folder = tmp_path_factory.mktemp("life")
    ar, left = pynews.build(folder / "life.pna", []), {}               # left: key to version, in order of arrival
    for what, argument in life:
        if what == "add":
            ar.add([article(key, version) for key, version in argument], progress=False)
            for key, version in argument:
                if left.get(key) != version:
                    left.pop(key, None)
                    left[key] = version
        elif what == "delete":
            n = ar.delete(" OR ".join(f"id:k{key}" for key in argument))
            assert n == sum(left.pop(key, None) is not None for key in argument)
        else:
            ar.compact(progress=False)
            assert ar._snapshot.info()["deleted"] == 0 and ar._snapshot.info()["segments"] <= 1
    whole = pynews.build(folder / "whole.pna", [article(key, version) for key, version in left.items()], progress=False)
    assert answers(ar) == answers(whole)
    ar.verify()
