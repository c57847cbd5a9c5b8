"""Interrupted work goes on where it stopped and ends as if nothing had happened; inputs that were read before are not read again."""
import gzip
import json
import os
import random
import signal
import subprocess
import sys

import pytest

import pynews

TRUST = os.environ.get("PYNEWS_TRUST") == "1"
ROWS = 20000 if TRUST else 6000
MEMORY = 1 << 20                 # the least: much is set aside

RUN = """
import sys, pynews
path, source, how, memory = sys.argv[1:]
try:
    if how == "add":
        ar = pynews.open(path, "a")
        ar.add(source, progress=False, memory=int(memory))
    else:
        ar = pynews.build(path, source, progress=False, memory=int(memory))
except KeyboardInterrupt:
    sys.exit(3)
print(len(ar), ar.report.resumed, ar.report.unchanged, ar.report.read)
"""


def text(n, words=60):
    return " ".join(f"w{k:x}" for k in random.Random(n).choices(range(1 << 14), k=words))


def page(i):
    return f"Title {i} of {i % 50}\n\n{1 + i % 28} August 20{10 + i % 10}\n\n{text(i)}\n\nTags\nt{i % 7}\n"


def row(i):
    """Some come twice, some are replaced by what comes later."""
    number = i if i % 10 else i // 2
    return {"id": f"a{number}", "title": f"Title {i}" if i % 20 else f"Title {number}", "date": f"2020-{1 + i % 12:02}-{1 + i % 28:02}", "body": text(number, 160)}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A folder of pages, a large file of lines, the same packed; the fingerprint and the order of what becomes of each."""
    top = tmp_path_factory.mktemp("sources")
    pages = top / "pages"
    pages.mkdir()
    for i in range(2000):
        (pages / f"{i:04}.txt").write_text(page(i))
    lines = "".join(json.dumps(row(i)) + "\n" for i in range(ROWS))
    (top / "rows.jsonl").write_text(lines)
    with gzip.open(top / "rows.jsonl.gz", "wt", compresslevel=1) as f:
        f.write(lines)
    made = {}
    for name in ("pages", "rows.jsonl", "rows.jsonl.gz"):
        ar = pynews.build(top / f"{name}.pna", top / name, progress=False)
        made[name] = top / name, state(ar)
        ar.close()
    assert made["rows.jsonl"][1] == made["rows.jsonl.gz"][1]
    return made


def state(ar):
    """All that an interruption might change: what is there, and its order."""
    return ar._snapshot_open().info()["fingerprint"], [a.id for a in ar]


def files(path):
    return sorted(name for name in os.listdir(path) if name != "writer.lock")


def run_until(env, path, source, how, signals, rng, longest):
    """Runs the work again and again, interrupted at random, until it ends; how often it was interrupted."""
    for attempt in range(400):
        child = subprocess.Popen([sys.executable, "-c", RUN, path, source, how, str(MEMORY)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            out, err = child.communicate(timeout=rng.uniform(0.4, longest) * (1 + attempt / 10))
        except subprocess.TimeoutExpired:
            child.send_signal(rng.choice(signals))
            out, err = child.communicate()
        if child.returncode == 0 or (how == "build" and "FileExistsError" in err):      # stopped between its commit and its end
            return attempt
        assert child.returncode in (3, -signal.SIGKILL, -signal.SIGINT), err
    raise AssertionError("it never ended")


@pytest.mark.parametrize("name", ["pages", "rows.jsonl", *["rows.jsonl.gz"] * TRUST])
@pytest.mark.parametrize("seed", range(50 if TRUST else 1))
def test_a_build_killed_at_random_ends_as_one_that_was_not(name, seed, sources, tmp_path, plain_cli):
    source, wanted = sources[name]
    path = tmp_path / "a.pna"
    rng = random.Random(f"{name} {seed}")
    run_until(plain_cli, path, source, "build", [signal.SIGKILL, signal.SIGINT], rng, 1.5)
    with pynews.open(path) as ar:
        ar.verify()
        assert state(ar) == wanted
    with pynews.open(path, "a") as ar:
        ar.add([], progress=False)                         # killed between its commit and its end, it left them to the next writer
    assert not [name for name in files(path) if name.endswith((".part", ".tmp"))]


@pytest.mark.parametrize("seed", range(20 if TRUST else 1))
def test_an_add_killed_at_random_ends_as_one_that_was_not(seed, sources, tmp_path, plain_cli):
    source, _ = sources["rows.jsonl"]
    first = [{"id": "a3", "title": "Older", "date": "2019-01-01"}, {"id": "z", "title": "Z"}]
    whole = pynews.build(tmp_path / "whole.pna", first, progress=False)
    whole.add(source, progress=False)
    path = tmp_path / "a.pna"
    pynews.build(path, first, progress=False).close()
    reader = pynews.open(path)
    run_until(plain_cli, path, source, "add", [signal.SIGKILL, signal.SIGINT], random.Random(seed), 1.5)
    with pynews.open(path) as ar:
        ar.verify()
        assert state(ar) == state(whole) and len(reader) == 2 and [a.title for a in reader] == ["Older", "Z"]


class Stop(Exception):
    pass


def stopping_at(n):
    def told(done, total):
        if done >= n:
            raise Stop

    return told


def interrupted(path, inputs, after, how="build", **options):
    with pytest.raises(Stop):
        if how == "build":
            pynews.build(path, inputs, progress=stopping_at(after), memory=MEMORY, **options)
        else:
            with pynews.open(path, "a") as ar:
                ar.add(inputs, progress=stopping_at(after), memory=MEMORY, **options)


def test_an_unfinished_build_says_so_and_goes_on(sources, tmp_path):
    source, wanted = sources["rows.jsonl"]
    path = tmp_path / "a.pna"
    interrupted(path, source, os.path.getsize(source) * 3 // 4)
    assert [name for name in files(path) if name.endswith(".part")]
    with pytest.raises(FileNotFoundError, match="an unfinished build, not yet an archive: build it again and it goes on"):
        pynews.open(path)
    with pytest.raises(FileNotFoundError, match="unfinished build"):
        pynews.repair(path)
    ar = pynews.build(path, source, progress=False, memory=MEMORY)
    assert ar.report.resumed and 0 < ar.report.read < ROWS and "went on after an interruption" in repr(ar.report)
    assert state(ar) == wanted and not [name for name in files(path) if name.endswith(".part")]
    with pytest.raises(FileExistsError):
        pynews.build(path, source, progress=False)


def test_other_work_begins_anew(sources, tmp_path):
    source, wanted = sources["rows.jsonl"]
    for options in ({"source": "The Post"}, {"fields": {"t": "title"}}, {}):
        path = tmp_path / f"{len(options)}{list(options)}.pna"
        interrupted(path, source, os.path.getsize(source) * 3 // 4, **options)
        ar = pynews.build(path, [str(source)] if not options else source, progress=False)
        assert ar.report.resumed is (not options)
        assert state(ar) == wanted
        ar.verify()


def test_an_input_that_changed_meanwhile_is_read_anew(sources, tmp_path):
    lines = sources["rows.jsonl"][0].read_text().split("\n")
    source = tmp_path / "own.jsonl"
    source.write_text("\n".join(lines))
    path = tmp_path / "a.pna"
    interrupted(path, source, os.path.getsize(source) * 3 // 4)
    lines[0] = json.dumps({**row(0), "title": "Changed"})
    source.write_text("\n".join(lines))
    ar = pynews.build(path, source, progress=False)
    wanted = pynews.build(tmp_path / "b.pna", source, progress=False)
    assert ar.report.resumed and state(ar)[0] == state(wanted)[0] and sorted(state(ar)[1]) == sorted(state(wanted)[1])


def test_an_interrupted_add_shows_nothing_and_gives_way_to_other_changes(sources, tmp_path):
    source, _ = sources["rows.jsonl"]
    ar = pynews.build(tmp_path / "a.pna", [{"id": "z", "title": "Z"}], progress=False)
    interrupted(ar.path, source, os.path.getsize(source) * 3 // 4, "add")
    assert len(ar.refresh()) == 1 and [name for name in files(ar.path) if name.endswith(".part")]
    ar.verify()
    assert len(pynews.repair(ar.path)) == 0
    ar.add([{"id": "y", "title": "Y"}])
    assert len(ar) == 2 and not [name for name in files(ar.path) if name.endswith(".part")]
    assert not ar.add(source, progress=False).resumed


def test_damage_of_what_was_set_aside_is_only_work_done_again(sources, tmp_path):
    source, wanted = sources["rows.jsonl"]
    path = tmp_path / "a.pna"
    interrupted(path, source, os.path.getsize(source) * 3 // 4)
    for name in files(path):
        with open(path / name, "r+b") as f:
            f.seek(-20, os.SEEK_END)
            f.write(b"damage")
    ar = pynews.build(path, source, progress=False)
    assert not ar.report.resumed and state(ar) == wanted
    ar.verify()


def test_what_is_not_a_path_is_not_set_aside(tmp_path):
    rows = [row(i) for i in range(4000)]
    with pytest.raises(Stop):
        pynews.build(tmp_path / "a.pna", rows, progress=stopping_at(1 << 20), memory=MEMORY)
    assert not (tmp_path / "a.pna").exists()


# --- inputs that were read before


def test_unchanged_inputs_are_not_read_again(sources, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    for i in range(30):
        (folder / f"{i}.txt").write_text(page(i))
    ar = pynews.build(tmp_path / "a.pna", folder, progress=False)
    assert (ar.report.unchanged, ar.report.read) == (0, 30)
    (folder / "new.txt").write_text(page(100))
    (folder / "3.txt").write_text(page(3) + "changed\n")
    report = ar.add(folder, progress=False)
    assert (report.unchanged, report.read, report.inputs) == (29, 2, 31) and "29 unchanged, not read again" in repr(report)
    report = ar.add(folder, progress=False)
    assert (report.unchanged, report.read) == (31, 0)
    os.rename(folder / "new.txt", folder / "renamed.txt")
    assert ar.add(folder, progress=False).unchanged == 31
    assert ar.add(folder, source="The Post", progress=False).unchanged == 0
    ar.verify()


def test_a_large_file_is_known_by_its_content_as_well(sources, tmp_path, monkeypatch):
    from pynews import _ingest

    monkeypatch.setattr(_ingest, "AT_ONCE", 1000)
    for name in ("rows.jsonl", "rows.jsonl.gz"):
        source, wanted = sources[name]
        ar = pynews.build(tmp_path / f"{name}.pna", source, progress=False)
        assert ar.add(source, progress=False).unchanged == 1 and state(ar) == wanted
        other = tmp_path / name
        data = bytearray(source.read_bytes())
        if name == "rows.jsonl":
            data[40:41] = b"X"
            other.write_bytes(data)
            assert ar.add(other, progress=False).unchanged == 0


def test_inputs_with_damage_are_read_again(tmp_path):
    whole = gzip.compress(json.dumps({"title": "x"}).encode() + b"\n")
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[:-6])
    ar = pynews.build(tmp_path / "a.pna", tmp_path / "cut.jsonl.gz", progress=False)
    assert ar.add(tmp_path / "cut.jsonl.gz", progress=False).unchanged == 0


def test_open_files_bytes_and_dicts_are_always_read(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "1", "title": "x"}\n')
    ar = pynews.build(tmp_path / "a.pna", tmp_path / "a.jsonl", progress=False)
    ar.delete("id:1")
    assert ar.add(tmp_path / "a.jsonl", progress=False).unchanged == 1 and len(ar) == 0
    with open(tmp_path / "a.jsonl", "rb") as f:
        assert ar.add(f, progress=False).stored == 1 and len(ar) == 1


def test_a_damaged_list_of_inputs_is_refused_by_add_and_dropped_by_repair(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "1", "title": "x"}\n')
    ar = pynews.build(tmp_path / "a.pna", tmp_path / "a.jsonl", progress=False)
    with open(os.path.join(ar.path, "inputs-0000000001"), "r+b") as f:
        f.seek(70)
        f.write(b"damage")
    assert len(pynews.open(ar.path)) == 1
    for look in (lambda: ar.add(tmp_path / "a.jsonl"), ar.verify):
        with pytest.raises(pynews.CorruptArchiveError, match="inputs-0000000001"):
            look()
    (r,) = pynews.repair(ar.path, dry_run=False)
    assert (r["file"], r["lost"]) == ("inputs-0000000001", 0)
    ar.refresh()
    assert ar.add(tmp_path / "a.jsonl", progress=False).duplicate == 1 and len(ar) == 1
