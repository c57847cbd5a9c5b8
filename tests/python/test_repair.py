"""Damage is listed, what can be read is saved, nothing is lost silently; the shell says sound, damaged or could not be checked."""
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import pynews
from pynews._cli import main


def article(i, text=""):
    body = " ".join(f"{n:x}" for n in random.Random(i).choices(range(1 << 32), k=400))     # so that a block of texts holds few of them
    return {"id": f"a{i}", "title": f"Title {i} {text}".strip(), "date": f"20{10 + i % 10}-{1 + i % 12:02}-{1 + i % 28:02}", "body": body, "tags": [f"t{i % 5}"]}


@pytest.fixture
def path(tmp_path):
    """101 articles in two segments, of which one is replaced and two are deleted; two generations kept."""
    ar = pynews.build(tmp_path / "a.pna", [article(i) for i in range(100)], progress=False)
    ar.delete("id:a50 OR id:a51")
    ar.add([article(0, "anew"), article(100)], progress=False)
    assert len(live(ar.path, ".idx")) == 2 and len(live(ar.path, ".del")) == 1
    ar.close()
    return ar.path


def contents(path):
    with pynews.open(path) as ar:
        return {a.id: (a.title, a.body, str(a.date), a.tags) for a in ar}


def files(path):
    return {each.name: each.read_bytes() for each in Path(path).iterdir() if each.name != "writer.lock"}


def live(path, end):
    """Files of a kind that the newest generation names."""
    with pynews.open(path) as ar:
        return [name for name in ar.verify()["file"].to_list() if name.endswith(end)]


def flip(path, name, at):
    with open(os.path.join(path, name), "r+b") as f:
        f.seek(at if at >= 0 else os.path.getsize(os.path.join(path, name)) + at)
        byte = f.read(1)
        f.seek(-1, os.SEEK_CUR)
        f.write(bytes([byte[0] ^ 0x10]))


def repaired(path):
    """Looks, repairs; the table of both, which agree, and what is there afterwards."""
    before = files(path)
    looked = pynews.repair(path)
    assert files(path) == before
    did = pynews.repair(path, dry_run=False)
    assert list(did) == list(looked)
    with pynews.open(path) as ar:
        ar.verify()
        assert len(ar) == len(contents(path)) == len({a.id for a in ar}) and all(ar.article(a.id).title == a.title for a in ar)
    aside = {name.split("-", 2)[2] for name in os.listdir(path) if name.startswith("damaged-")}
    for r in looked:
        assert r["file"] in aside or "no such file" in r["damage"]
    for name in os.listdir(path):
        if name.startswith("damaged-") and name not in before:
            assert files(path)[name] == before[name.split("-", 2)[2]]
    assert len(pynews.repair(path)) == 0
    return looked, contents(path)


def test_a_sound_archive_has_nothing_to_repair(path):
    before = files(path)
    for dry_run in (True, False):
        t = pynews.repair(path, dry_run=dry_run)
        assert t.shape == (0, 6) and t.columns == ["file", "offset", "damage", "articles", "lost", "action"]
    assert files(path) == before


def test_damaged_texts_cost_the_articles_of_their_blocks_and_no_other(path):
    was = contents(path)
    name = live(path, ".doc")[0]
    flip(path, name, 9000)
    with pytest.raises(pynews.CorruptArchiveError, match=name):
        pynews.open(path).verify()
    looked, now = repaired(path)
    (r,) = looked
    assert r["file"] == name and r["lost"] == len(was) - len(now) and 0 < r["lost"] < r["articles"] and "written again" in r["action"]
    assert now == {key: was[key] for key in now}


def test_damaged_words_lose_nothing(path):
    was = contents(path)
    for name, at in ((live(path, ".idx")[0], 100), (live(path, ".idx")[-1], -30)):
        flip(path, name, at)
        looked, now = repaired(path)
        assert [(r["file"], r["lost"]) for r in looked] == [(name, 0)] and now == was
    with pynews.open(path) as ar:
        assert len(ar.search("anew")) == 1 and sum(ar.trend("anew", "year")["count"]) == 1


def test_damaged_deletions_bring_deleted_articles_back_but_not_those_that_were_replaced(path):
    was = contents(path)
    (name,) = live(path, ".del")
    flip(path, name, 70)
    looked, now = repaired(path)
    assert [(r["file"], r["lost"]) for r in looked] == [(name, 0)] and "come back" in looked[0]["action"]
    assert now.keys() == was.keys() | {"a50", "a51"} and {key: now[key] for key in was} == was


def test_a_missing_file_is_damage(path):
    was = contents(path)
    os.remove(os.path.join(path, live(path, ".idx")[0]))
    looked, now = repaired(path)
    assert "no such file" in looked[0]["damage"] and now == was


def test_a_damaged_manifest_goes_back_to_the_one_before_and_later_articles_are_added(path):
    with pynews.open(path) as ar:
        newest = ar.snapshot
    with pynews.open(path, "a") as ar:
        ar.add([article(900), article(7, "later")], progress=False)
        after = ar.snapshot
    was = contents(path)
    flip(path, f"MANIFEST-{int(after[1:]):010}", 100)
    looked, now = repaired(path)
    assert looked[0]["lost"] is None and f"back to {newest}" in looked[0]["action"] and now == was and now["a7"][0].endswith("later")
    added = looked[-1]
    assert added["file"].endswith(".doc") and added["lost"] == 0 and added["articles"] == 2
    with pynews.open(path, "a") as ar:
        assert int(ar.snapshot[1:]) == int(after[1:]) + 1
        ar.add([article(901)], progress=False)
    assert contents(path).items() >= was.items()


def test_deletions_of_a_damaged_manifest_are_undone_and_kept(path):
    was = contents(path)
    with pynews.open(path, "a") as ar:
        ar.delete("id:a7")
        after = int(ar.snapshot[1:])
    flip(path, f"MANIFEST-{after:010}", 100)
    looked, now = repaired(path)
    assert now == was and "what it deleted comes back" in looked[-1]["action"] and looked[-1]["file"].endswith(f"{after:010}.del")


def test_without_any_manifest_all_segments_are_read(tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [article(i) for i in range(30)], progress=False)
    ar.close()
    was = contents(ar.path)
    flip(ar.path, "MANIFEST-0000000001", 100)
    with pytest.raises(pynews.CorruptArchiveError):
        pynews.open(ar.path)
    looked, now = repaired(ar.path)
    assert now == was and "all segments are read" in looked[0]["action"]
    os.remove(os.path.join(ar.path, "MANIFEST-0000000002"))
    assert repaired(ar.path)[1] == was


def test_without_any_manifest_damaged_files_are_kept_too(tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [article(i) for i in range(300)], progress=False)
    ar.close()
    was = contents(ar.path)
    os.remove(os.path.join(ar.path, "MANIFEST-0000000001"))
    flip(ar.path, "seg-0000000001.doc", 9000)
    damaged = files(ar.path)["seg-0000000001.doc"]
    looked, now = repaired(ar.path)
    assert 0 < looked[-1]["lost"] == len(was) - len(now) < len(was) and now == {key: was[key] for key in now}
    assert [data for name, data in files(ar.path).items() if name.startswith("damaged-") and name.endswith(".doc")] == [damaged]


@pytest.mark.parametrize("with_part", [False, True])
def test_an_archive_that_lost_its_manifest_is_no_unfinished_build(tmp_path, with_part):
    source = tmp_path / "more.jsonl"
    source.write_text("".join(json.dumps(article(i)) + "\n" for i in range(30, 2000)))
    ar = pynews.build(tmp_path / "a.pna", [article(i) for i in range(30)], progress=False)
    was = contents(ar.path)
    if with_part:
        def stop(done, total):
            if done > os.path.getsize(source) * 3 // 4:
                raise KeyError
        with pytest.raises(KeyError):
            ar.add(source, progress=stop, memory=1 << 20)
        assert [name for name in os.listdir(ar.path) if name.endswith(".part")]
    ar.close()
    os.remove(os.path.join(ar.path, "MANIFEST-0000000001"))
    before = files(ar.path)
    for lost in (lambda: pynews.open(ar.path), lambda: pynews.open(ar.path, "a"), lambda: pynews.build(ar.path, [article(7)], progress=False)):
        with pytest.raises(pynews.CorruptArchiveError, match=r"no MANIFEST file: pynews\.repair"):
            lost()
        assert files(ar.path) == before
    pynews.repair(ar.path, dry_run=False)
    assert contents(ar.path).items() >= was.items()


def test_what_cannot_be_read_at_all_is_left_alone(tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [article(i) for i in range(30)], progress=False)
    ar.close()
    flip(ar.path, "seg-0000000001.doc", -1)
    before = files(ar.path)
    assert pynews.repair(ar.path)["lost"].to_list() == [30]
    with pytest.raises(pynews.CorruptArchiveError, match="not one article can be read"):
        pynews.repair(ar.path, dry_run=False)
    assert files(ar.path) == before
    for nothing in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(FileNotFoundError):
            pynews.repair(nothing, dry_run=False)
    assert not (tmp_path / "writer.lock").exists()


def test_an_archive_without_a_live_article_is_repaired_too(tmp_path):
    source = tmp_path / "one.jsonl"
    source.write_text(json.dumps(article(1)) + "\n")
    ar = pynews.build(tmp_path / "a.pna", source, progress=False)
    ar.delete("id:a1")
    ar.close()
    (name,) = (each for each in files(ar.path) if each.startswith("inputs-"))
    flip(ar.path, name, 70)
    assert pynews.repair(ar.path, dry_run=False)["file"].to_list() == [name]
    assert contents(ar.path) == {} and f"damaged-{3:010}-{name}" in files(ar.path)


def test_a_huge_number_in_a_name_is_refused_at_once(tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [article(i) for i in range(30)], progress=False)
    ar.close()
    os.remove(os.path.join(ar.path, "MANIFEST-0000000001"))
    stray = Path(ar.path) / "seg-4294967295.idx"
    stray.touch()
    for dry_run in (True, False):
        with pytest.raises(pynews.InputLimitError, match="no room for new ones"):
            pynews.repair(ar.path, dry_run=dry_run)
    stray.unlink()
    (Path(ar.path) / "seg-0900000000.idx").touch()
    pynews.repair(ar.path, dry_run=False)
    assert len(contents(ar.path)) == 30


def test_every_block_of_an_archive_may_be_damaged(tmp_path):
    ar = pynews.build(tmp_path / "a.pna", [article(i) for i in range(40)], progress=False)
    ar.close()
    was, sound = contents(ar.path), files(ar.path)
    for name in ("seg-0000000001.doc", "seg-0000000001.idx", "MANIFEST-0000000001"):
        for at in range(10, len(sound[name]), 4096 * (1 if name.endswith('.doc') else 5)):
            for left in os.listdir(ar.path):
                os.remove(os.path.join(ar.path, left))
            for each, data in sound.items():
                with open(os.path.join(ar.path, each), "wb") as f:
                    f.write(data)
            flip(ar.path, name, at)
            lost = sum(n or 0 for n in pynews.repair(ar.path)["lost"])
            if lost == len(was):
                continue
            pynews.repair(ar.path, dry_run=False)
            now = contents(ar.path)
            assert len(now) == len(was) - lost and now == {key: was[key] for key in now} and (lost == 0 or name.endswith(".doc"))


def test_repair_is_refused_while_a_writer_is_at_work(path):
    held = pynews._writing.open_writer(path)
    flip(path, live(path, ".idx")[0], 100)
    with pytest.raises(pynews.ArchiveLockedError):
        pynews.repair(path, dry_run=False)
    assert len(pynews.repair(path)) == 1
    held.close()
    assert len(pynews.repair(path, dry_run=False)) == 1


# --- the shell


def shell(*words, env):
    done = subprocess.run([sys.executable, "-m", "pynews", *map(str, words)], env=env, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_verify_tells_sound_damaged_and_not_checked_apart(path, tmp_path, plain_cli, capsys):
    assert main(["verify", path]) == 0 and "every file is sound" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "nowhere")]) == 2
    assert shell("verify", env=plain_cli)[0] == 2
    flip(path, live(path, ".doc")[0], 9000)
    assert main(["verify", path]) == 1 and "seg-" in capsys.readouterr().err
    for name in os.listdir(path):
        if name.startswith("MANIFEST"):
            flip(path, name, 70)
    assert main(["verify", path]) == 1


def test_the_shell_repairs_with_yes_alone(path, capsys):
    name = live(path, ".doc")[0]
    flip(path, name, 9000)
    assert main(["repair", path]) == 1
    out = capsys.readouterr().out
    assert name in out and "articles lost" in out and "--yes repairs" in out
    assert main(["repair", path, "--json"]) == 1 and json.loads(capsys.readouterr().out)["damage"][0]["file"] == name
    assert main(["repair", path, "--yes"]) == 0 and "repaired as v" in capsys.readouterr().out
    assert main(["repair", path]) == 0 and main(["verify", path]) == 0


def test_verify_lists_what_it_read_and_shows_progress(path):
    seen = []
    with pynews.open(path) as ar:
        t = ar.verify(progress=lambda done, total: seen.append((done, total)))
    assert set(t["file"].to_list()) <= set(os.listdir(path)) and set(t["kind"].to_list()) == {"manifest", "index", "text", "deletions"}
    assert seen[-1][0] == seen[-1][1] == sum(n for n in t["bytes"].to_list() if n)
    for r in t:
        assert r["bytes"] in (None, os.path.getsize(os.path.join(path, r["file"])))


def test_verify_reads_manifest_and_deletions_again(path):
    for name in (f"MANIFEST-{3:010}", live(path, ".del")[0]):
        with pynews.open(path) as ar:
            flip(path, name, 80)
            with pytest.raises(pynews.CorruptArchiveError, match=name):
                ar.verify()
            flip(path, name, 80)
            ar.verify()
