"""Deleting and compacting: what goes is gone everywhere, what stays does not change."""
import json
from pathlib import Path

import pytest

import pynews
from pynews import q

RECORDS = [
    {"id": f"n-{i}", "title": f"Title {i}", "date": f"2020-{1 + i % 12:02d}-{1 + i % 28:02d}", "body": f"Body of number {i}, rain and wind.", "tags": ["even"] if i % 2 == 0 else []}
    for i in range(40)
]
FOG = {"id": "fog", "title": "Fog", "date": "2020-06-01", "body": "Nothing was seen."}


def ids(articles):
    return [a.id for a in articles]


def state(ar):
    """All that can be seen of an archive but where its articles were read and how it lies on disk."""
    info = ar._snapshot.info()
    facts = [info[name] for name in ("articles", "fingerprint")]
    trends = [ar.trend(["rain", "fog"], freq=freq).to_dict() for freq in ("month", "year")]
    return facts, [{k: v for k, v in a._fields.items() if k not in ("input", "offset", "length")} for a in ar], trends, dict(ar.tags), ar.counts("source").to_dict()


def in_files(ar, text):
    return [f.name for f in Path(ar.path).iterdir() if text in f.read_bytes()]


# --- delete


def test_what_a_query_finds_is_deleted_and_counted(make):
    ar = make(RECORDS)
    assert ar.delete("tag:even AND date:2020-01..2020-06") == len([r for r in RECORDS[::2] if int(r["date"][5:7]) <= 6])
    assert all(int(r["id"][2:]) % 2 or int(r["date"][5:7]) > 6 for r in RECORDS if r["id"] in ids(ar))
    assert ar.delete("fog") == 0
    assert ar.delete(q("id:n-1") | q("id:n-3")) == 2
    assert "n-1" not in ar and "n-5" in ar and ar.snapshot == "v3"
    ar.verify()


def test_an_address_that_several_articles_share_is_all_of_them_however_they_lie(make):
    shared = [{"id": f"s-{i}", "title": f"Shared {i}", "url": "https://example.com/shared"} for i in range(20)]
    ar = make(shared)
    ar.add([{**FOG, "url": "https://EXAMPLE.com/shared#top"}])
    query = "url:https://example.com/shared"
    assert len(ar.search(query)) == 21
    ar.compact()
    assert len(ar.search(query)) == 21
    assert ar.delete(" OR ".join(f"id:s-{i}" for i in range(19))) == 19
    assert set(ids(ar.search(query))) == {"s-19", "fog"} and ar.article("https://example.com/shared").id in ("s-19", "fog")
    assert ar.delete(query) == 2 and len(ar) == 0


@pytest.mark.parametrize("text, one", [("fog", "'id:fog'"), (" fog ", "'id:fog'"), ("https://example.com/mist", "'url:https://example.com/mist'"), ("n 1", """'id:"n 1"'""")])
def test_a_string_that_is_an_id_or_an_address_deletes_nothing_and_shows_both_ways(make, text, one):
    ar = make([FOG, {"id": "b", "title": "More fog"}, {"id": "n 1", "url": "https://example.com/mist", "title": "N 1 example.com"}])
    with pytest.raises(ValueError, match="nothing was deleted") as e:
        ar.delete(text)
    assert one in str(e.value) and repr(f"({text.strip()})") in str(e.value) and ar.snapshot == "v1" and len(ar) == 3
    with pynews.open(ar.path, "a") as again:
        assert again.delete(one.strip("'")) == 1


def test_the_words_of_an_id_are_deleted_where_they_are_asked_for_as_words(make):
    records = [FOG, {"id": "b", "title": "More fog"}, {"id": "c", "title": "Rain"}]
    assert [make(records).delete(words) for words in ("(fog)", q("fog"), q.word("fog"))] == [2, 2, 2]
    with pytest.raises(ValueError, match="2 now"):
        make(records).delete("fog")


def test_an_id_that_is_no_query_is_refused_with_one_way_on(make):
    ar = make([{"id": 'a"b', "title": "Rain"}])
    with pytest.raises(ValueError, match="nothing was deleted") as e:
        ar.delete('a"b')
    assert "every article" not in str(e.value) and ar.delete(q.ids('a"b')) == 1


def test_what_is_left_is_what_a_build_of_it_would_be(make):
    ar, rest = make(RECORDS), make([r for r in RECORDS if r["id"] not in ("n-7", "n-12", "n-39")])
    assert ar.delete("id:n-7 OR id:n-12 OR id:n-39") == 3
    assert state(ar) == state(rest) == state(pynews.open(ar.path))


def test_a_selection_is_deleted_and_others_keep_what_they_show(make):
    ar = make(RECORDS)
    other = pynews.open(ar.path)
    found, kept = other.search("tag:even"), ids(other)
    assert ar.delete(found) == 20
    assert len(ar) == 20 and ids(other) == kept and len(found) == 20
    assert ar.delete(found) == 0 and ar.snapshot == "v2"
    assert len(pynews.open(ar.path, at="v1")) == 40


def test_a_query_is_asked_of_the_newest_generation(make):
    ar = make(RECORDS)
    pynews.open(ar.path, "a").add([FOG])
    assert len(ar.search("fog")) == 0
    assert ar.delete("(fog)") == 1


def test_of_older_articles_only_the_unchanged_are_deleted(make):
    ar = make(RECORDS)
    old = ar.search("id:n-0 OR id:n-1 OR id:n-2 OR id:n-3")
    ar.add([{**RECORDS[1], "body": "Corrected."}])
    ar.delete("id:n-2")
    ar.add([RECORDS[2]])                         # the same as before, in another segment
    ar.delete("id:n-3")
    assert ar.delete(old) == 2                   # n-0 where it was, n-2 where it is now; n-1 has other content, n-3 is gone
    assert [i for i in ("n-0", "n-1", "n-2", "n-3") if i in ar] == ["n-1"]
    assert ar.article("n-1").body == "Corrected."


def test_articles_of_another_archive_are_refused(make):
    ar, other = make(RECORDS), make(RECORDS)
    with pytest.raises(ValueError, match="another archive"):
        ar.delete(other.search("rain"))
    with pytest.raises(pynews.QuerySyntaxError):
        ar.delete("(rain")
    with pytest.raises(pynews.UnknownNameError):
        ar.delete("tag:odd")
    assert len(pynews.open(ar.path)) == 40 and pynews.open(ar.path).snapshot == "v1"
    ar.add([FOG])                                # the lock was released


def test_all_can_be_deleted_and_added_again(make):
    ar, fresh = make(RECORDS), make(RECORDS)
    assert ar.delete(ar) == 40
    assert len(ar) == 0 and len(ar.tags) == 0 and ar._snapshot.info()["segments"] == 0
    ar.verify()
    ar.add(RECORDS)
    assert state(ar) == state(fresh)


def test_a_deleted_article_may_come_again(make):
    ar = make(RECORDS)
    ar.delete("id:n-5")
    report = ar.add([RECORDS[5], RECORDS[6]])
    assert (report.stored, report.duplicate) == (1, 1)
    assert "n-5" in ar and len(ar) == 40


def test_the_shell_deletes_with_yes_alone(make, capsys):
    from pynews._cli import main

    path = make(RECORDS).path
    assert main(["delete", path, "tag:even"]) == 0
    assert "20 of 40 articles would be deleted; --yes" in capsys.readouterr().out
    assert main(["delete", path, "tag:even", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"query": "tag:even", "found": 20, "deleted": 20, "articles": 20}
    assert main(["delete", path, "tag:odd", "--yes"]) == 1
    assert len(pynews.open(path)) == 20


# --- compact


def test_compacting_changes_nothing_that_can_be_seen(make):
    ar, rest = make(RECORDS[:20]), make([{**r, "body": "Changed, rain."} if i == 3 else r for i, r in enumerate(RECORDS) if i not in (7, 12, 39)])
    for r in (*RECORDS[20:], {**RECORDS[3], "body": "Changed, rain."}):
        ar.add([r])
    ar.delete("id:n-7 OR id:n-12 OR id:n-39")
    before, other = state(ar), pynews.open(ar.path)
    ar.compact()
    assert (ar._snapshot.info()["segments"], ar._snapshot.info()["deleted"]) == (1, 0)
    ar.verify()
    assert state(ar) == before == state(other) == state(pynews.open(ar.path))
    assert sorted(ids(ar)) == sorted(ids(rest)) and state(ar)[0] == state(rest)[0]


def test_after_delete_and_compact_no_file_holds_the_text(make):
    stays, goes, changes = b"abalone", b"xylophonist", b"quizmaster"        # found in dictionaries, whatever is compressed
    ar = make([{"id": word.decode(), "title": word.decode()} for word in (stays, goes, changes)])
    ar.add([{"id": "quizmaster", "title": "other"}])
    ar.delete("(xylophonist)")
    assert in_files(ar, stays) and in_files(ar, goes)
    ar.compact()
    assert in_files(ar, stays) and not in_files(ar, goes)
    assert not ar.search("quizmaster") and ids(ar) == ["abalone", "quizmaster"]
    snapshot = ar.snapshot
    ar.compact()
    assert ar.snapshot == snapshot


def test_deleting_all_and_compacting_leaves_an_empty_archive(make):
    ar = make(RECORDS)
    ar.delete("rain")
    ar.compact()
    assert len(ar) == 0 and not list(Path(ar.path).glob("seg-*"))
    ar.add(RECORDS)
    assert len(ar) == 40


def test_progress_of_compacting_ends_at_the_whole(make):
    ar, seen = make(RECORDS), []
    ar.add([FOG])
    total = ar._snapshot.info()["bytes"]
    ar.compact(progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (total, total) and seen == sorted(seen)


def test_the_shell_compacts(make, capsys):
    from pynews._cli import main

    ar = make(RECORDS)
    ar.delete("tag:even")
    assert main(["compact", ar.path, "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["articles"] == 20 and out["deleted"] == {"before": 20, "after": 0} and out["bytes"]["after"] < out["bytes"]["before"]
    assert main(["compact", ar.path]) == 0
    assert "20 articles, segments 1 → 1" in capsys.readouterr().out


@pytest.mark.parametrize("yes", [[], ["--yes"]])
def test_the_shell_refuses_an_id_for_a_query(make, capsys, yes):
    from pynews._cli import main

    ar = make([FOG, {"id": "b", "title": "More fog"}])
    assert main(["delete", ar.path, "fog", *yes]) != 0
    assert "'id:fog' is that article, '(fog)' every article with the words, 2 now" in capsys.readouterr().err
    assert main(["delete", ar.path, "(fog)"]) == 0 and "2 of 2 articles would be deleted" in capsys.readouterr().out


# --- merges on add


def test_many_small_adds_leave_few_segments_and_the_order_of_one_build(make):
    records = [{"id": f"m-{i}", "title": f"Story {i}", "date": f"2021-03-{1 + i % 28:02d}", "body": f"Text {i} of rain."} for i in range(640)]
    ar, whole = make(records[:5]), make(records)
    for i in range(5, 640, 5):
        ar.add(records[i : i + 5])
    assert ar._snapshot.info()["segments"] <= 12
    assert state(ar) == state(whole)
    ar.verify()


def test_replacing_again_and_again_does_not_pile_up_deleted_articles(make):
    ar = make(RECORDS)
    for version in range(12):
        ar.add([{**r, "body": f"Version {version}."} for r in RECORDS[::2]])
        info = ar._snapshot.info()
        assert info["deleted"] <= 0.25 * (info["deleted"] + info["articles"])
    assert len(ar) == 40 and len(ar.search("version")) == 20


def test_a_pinned_snapshot_outlives_compaction_and_goes_when_it_is_unpinned(make):
    ar = make(RECORDS)
    pinned = ar.pin("before the pruning")
    ar.delete("tag:even")
    ar.compact()
    assert len(pynews.open(ar.path, at=pinned)) == 40 and len(ar) == 20
    ar.unpin(pinned)
    ar.compact()
    with pytest.raises(FileNotFoundError):
        pynews.open(ar.path, at=pinned)
    assert len(list(Path(ar.path).glob("seg-*"))) == 2 and len(pynews.open(ar.path)) == 20


def test_selections_that_are_open_keep_working_while_files_go(make):
    ar = make(RECORDS)
    found, other = ar.search("tag:even"), pynews.open(ar.path)
    ar.delete("tag:even")
    ar.compact()
    assert len(found) == 20 and found[0].tags == ("even",) and other.search("rain").trend(freq="year")[0]["count"] == 40
