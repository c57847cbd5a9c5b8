"""The life of an archive: snapshots and moving on, the right to write, handles for other processes."""
import concurrent.futures
import errno
import gc
import json
import multiprocessing
import os
import pickle
import pickletools
import signal
import subprocess
import sys
import threading
import time

import pytest

import pynews
from pynews import _plan, q


def records(first, n, text="rain"):
    return [{"id": str(i), "title": f"Title {i}", "date": f"2020-{1 + i % 12:02}-{1 + i % 28:02}", "body": f"{text} number{i}"} for i in range(first, first + n)]


@pytest.fixture
def ar(make):
    return make(records(0, 20))


# --- snapshots and moving on


def test_an_open_archive_stays_at_its_snapshot_until_refresh(ar):
    reader = pynews.open(ar.path)
    ar.add(records(20, 5))
    assert (len(reader), reader.snapshot) == (20, "v1") and (len(ar), ar.snapshot) == (25, "v2")
    assert reader.refresh() is reader and (len(reader), reader.snapshot) == (25, "v2")
    assert reader.refresh().snapshot == "v2"


def test_selections_and_their_bases_stay_at_the_snapshot_they_were_made_of(ar):
    found, narrowed = ar.search("rain"), ar.filter(q.date.between("2020-01", "2020-06"))
    before = found.trend(freq="year").to_dict(), narrowed.trend("rain").to_dict(), found.trend(share_of="archive").to_dict()
    assert found.base is ar
    ar.add(records(20, 5))
    assert len(found) == 20 and len(found.base) == 20 and len(found.rebase(narrowed)) == len(narrowed)
    assert (found.trend(freq="year").to_dict(), narrowed.trend("rain").to_dict(), found.trend(share_of="archive").to_dict()) == before
    assert len(ar.search("rain")) == 25 and len(found.search("number3")) == 1
    with pytest.raises(KeyError):
        found.article("24")
    assert ar.article("24").id == "24"
    with pytest.raises(ValueError, match="different snapshots"):
        found & ar.search("rain")


def linked(i, day, to=()):
    return {"id": i, "title": f"Title {i}", "date": day, "tags": ["T"], "related": [{"title": f"Title {j}", "date": d} for j, d in to]}


def test_tables_graphs_and_articles_of_an_archive_stay_at_its_snapshot_when_it_moves_on(make):
    ar = make([linked("b", "2020-02-01", [("c", "2020-03-01")]), linked("c", "2020-03-01", [("b", "2020-02-01")])])
    table, head, counts, tags, words, graph, article, hits = ar.table(), ar.head(1), ar.counts("tag"), ar.tags, ar.words, ar.related, ar[0], ar.kwic("title")
    threads = graph.threads(90)
    ar.add([linked("a", "2020-01-01", [("b", "2020-02-01")])])
    assert [[a.id for a in table.articles(i)] for i in (0, 1)] == [["b"], ["c"]] and len(table.articles(0).base) == 2
    assert [a.id for a in head.articles(0)] == ["b"]
    assert len(counts.articles(0)) == counts[0]["count"] == 2 and [a.id for a in hits.articles(0)] == ["b"]
    assert tags["t"] == tags["T"] == words["title"] == 2 and set(words) == {"title", "b", "c"}
    assert [len(found.base) for found in (graph.articles, threads.articles(0), article.linked_from, article.similar())] == [2] * 4
    assert [a.id for a in article.linked_from] == ["c"] and sum(graph.articles.trend(freq="year")["count"]) == 2
    assert "snapshot v1 (2 articles)" in graph.edges.cite() and "2 of 2 articles" in graph.mixing("tag").cite() and len(ar.related) == 3


def test_closing_lets_go_of_files_also_after_links_were_asked_for(ar):
    def mapped():
        with open("/proc/self/maps") as maps:
            return sum(ar.path in line for line in maps)

    reader = pynews.open(ar.path)
    gc.disable()
    try:
        ar.close()
        gc.collect()
        assert reader.related.links == 0 and mapped() == 2
        with pynews.open(reader.path, "a") as writer:
            writer.add(records(20, 1))
        assert reader.refresh().related.links == 0 and mapped() == 4, "a segment more, and none of it twice"
        reader.close()
        assert not mapped()
    finally:
        gc.enable()


def test_refresh_of_a_damaged_archive_stays_where_it_was(ar):
    reader = pynews.open(ar.path)
    ar.add(records(20, 1))
    newest = os.path.join(ar.path, "MANIFEST-0000000002")
    with open(newest, "r+b") as f:
        f.write(b"damage")
    with pytest.raises(pynews.CorruptArchiveError):
        reader.refresh()
    assert len(reader) == 20 and reader.snapshot == "v1" and len(reader.search("rain")) == 20


def test_a_snapshot_that_is_not_kept_says_which_are(ar):
    for k in range(3):
        ar.add(records(20 + k, 1))
    with pytest.raises(FileNotFoundError, match=r"snapshot v1 is not kept \(kept: v3, v4\)"):
        pynews.open(ar.path, at="v1")
    with pytest.raises(FileNotFoundError, match="no archive"):
        pynews.open(ar.path + "x", at="v1")


# --- snapshots that are kept


def test_a_pinned_snapshot_is_there_however_much_changes(ar):
    assert ar.pins.shape == (0, 3)
    cited = ar.search("rain").trend("rain", "year").to_dict()
    assert ar.pin("Figure 2") == "v1" and ar.snapshot == "v1"
    for k in range(5):
        ar.add(records(20 + k, 1))
    ar.delete("number3")
    old = pynews.open(ar.path, at="v1")
    assert len(old) == 20 and old.search("rain").trend("rain", "year").to_dict() == cited and len(ar) == 24
    old.verify()
    pins = pynews.open(ar.path).pins
    assert pins["snapshot"].to_list() == ["v1"] and pins["note"].to_list() == ["Figure 2"] and pins["pinned"].to_list()[0].endswith("Z")


def test_a_pin_is_let_go_by_unpin_and_its_files_with_the_next_change(ar):
    ar.pin()
    ar.add(records(0, 20, "snow"))
    ar.add(records(20, 1))
    assert len(pynews.open(ar.path, at="v1").search("rain")) == 20
    ar.unpin("v1")
    ar.add(records(21, 1))
    with pytest.raises(FileNotFoundError, match="snapshot v1 is not kept"):
        pynews.open(ar.path, at="v1")
    with pytest.raises(FileNotFoundError, match="snapshot v1 is not pinned"):
        ar.unpin("v1")
    with pytest.raises(pynews.UnknownNameError, match="no snapshot '1'"):
        ar.unpin("1")


def test_pinning_again_changes_the_note_and_pinning_the_same_changes_nothing(ar):
    ar.pin("one")
    newest = pynews.open(ar.path).snapshot
    assert ar.pin("one") == "v1" and pynews.open(ar.path).snapshot == newest
    ar.pin("two")
    assert [tuple(pin.values())[::2] for pin in ar.pins] == [("v1", "two")]
    with pytest.raises(pynews.InputLimitError, match="1000 bytes"):
        ar.pin("x" * 1001)
    with pytest.raises(pynews.ArchiveError, match="opened for reading; to pin a snapshot"):
        pynews.open(ar.path).pin()


def test_the_note_of_a_pin_is_a_name_of_its_snapshot(ar):
    ar.pin("Figure 2")
    ar.add(records(20, 1))
    ar.add(records(21, 1))
    assert pynews.open(ar.path, at="Figure 2").snapshot == "v1" and len(pynews.open(ar.path, at="Figure 2")) == 20
    with pytest.raises(pynews.UnknownNameError, match="no snapshot 'figure 2'\n  did you mean 'Figure 2'"):
        pynews.open(ar.path, at="figure 2")
    with pytest.raises(pynews.UnknownNameError, match="there are 'Figure 2', 'v1', 'v3', 'v4'"):
        pynews.open(ar.path, at="paper")
    ar.unpin("Figure 2")
    assert len(ar.pins) == 0


def test_a_note_of_two_pins_is_refused_with_both_snapshots(ar):
    ar.pin("paper")
    ar.add(records(20, 1))
    newer = ar.pin("paper")
    for call in (lambda: pynews.open(ar.path, at="paper"), lambda: ar.unpin("paper")):
        with pytest.raises(ValueError, match=f"2 pins have the note 'paper': v1, {newer}; "):
            call()
    assert len(ar.pins) == 2 and len(pynews.open(ar.path, at=newer)) == 21


def test_no_note_names_a_snapshot_that_is_named_like_one_or_has_none(ar):
    ar.pin("v9")
    with pytest.raises(FileNotFoundError, match="snapshot v9 is not kept"):
        pynews.open(ar.path, at="v9")
    ar.pin("")
    with pytest.raises(pynews.UnknownNameError):
        pynews.open(ar.path, at="")
    with pytest.raises(FileNotFoundError, match="no such folder"):
        pynews.open(ar.path + "x", at="paper")


def test_a_snapshot_that_is_gone_is_not_pinned(ar):
    old = pynews.open(ar.path, "a")
    for k in range(3):
        ar.add(records(20 + k, 1))
    with pytest.raises(FileNotFoundError, match="snapshot v1 is not kept"):
        old.pin()
    assert len(old) == 20


def test_info_lists_the_pins(ar, plain_cli):
    ar.pin("Figure \x1b[2J")
    text = subprocess.run([sys.executable, "-m", "pynews", "info", ar.path], env=plain_cli, capture_output=True, text=True).stdout
    assert "pinned    v1 since 20" in text and "\x1b" not in text
    told = json.loads(subprocess.run([sys.executable, "-m", "pynews", "info", ar.path, "--json"], env=plain_cli, capture_output=True, text=True).stdout)
    assert told["pins"][0]["snapshot"] == "v1"


# --- the right to write


def test_an_archive_opened_for_reading_is_never_changed(ar):
    reader = pynews.open(ar.path)
    with pytest.raises(pynews.ArchiveError, match="opened for reading; to add articles, open it with"):
        reader.add(records(20, 1))
    assert reader.mode == "r" and pynews.open(ar.path, "a").mode == "a" and len(reader.refresh()) == 20
    for wrong in ("w", "rb", ""):
        with pytest.raises(ValueError, match="mode is"):
            pynews.open(ar.path, wrong)
    for wrong in (-1, float("nan")):
        with pytest.raises(ValueError, match="timeout"):
            pynews.open(ar.path, timeout=wrong)


HOLD = """
import sys, pynews
def slowly():
    yield {"id": "held", "title": "Held", "date": "2020-01-01", "body": "x"}
    print("holding", flush=True)
    sys.stdin.readline()
pynews.open(sys.argv[1], "a").add(slowly(), progress=False)
"""


@pytest.fixture
def holder(ar, plain_cli):
    """Another process in the middle of an add; a line on its input ends it."""
    child = subprocess.Popen([sys.executable, "-c", HOLD, ar.path], env=plain_cli, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "holding\n"
    yield child
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()


def test_a_second_writer_is_refused_at_once_with_who_and_since_when(ar, holder):
    began = time.monotonic()
    with pytest.raises(pynews.ArchiveLockedError, match=f"locked by pid {holder.pid} since 20") as e:
        ar.add(records(20, 1))
    assert time.monotonic() - began < 0.1 and e.value.pid == holder.pid
    assert abs(e.value.since.timestamp() - time.time()) < 60
    assert len(ar) == 20 and len(pynews.open(ar.path).search("rain")) == 20


def test_a_second_writer_waits_as_long_as_it_is_told(ar, holder):
    patient = pynews.open(ar.path, "a", timeout=0.3)
    began = time.monotonic()
    with pytest.raises(pynews.ArchiveLockedError):
        patient.add(records(20, 1))
    assert 0.3 <= time.monotonic() - began < 1.5
    patient = pynews.open(ar.path, "a", timeout=30)
    threading.Timer(0.2, lambda: (holder.stdin.write("\n"), holder.stdin.flush())).start()
    patient.add(records(20, 1))
    assert len(patient) == 22 and "held" in patient


def test_a_lock_of_a_killed_process_is_free(ar, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    ar.add(records(20, 1))
    assert len(ar) == 21


def test_waiting_for_a_writer_stops_on_ctrl_c(ar, holder, plain_cli):
    code = "import sys, pynews\nar = pynews.open(sys.argv[1], 'a', timeout=60)\nprint('waiting', flush=True)\nar.add([{'title': 'x'}])"
    child = subprocess.Popen([sys.executable, "-c", code, ar.path], env=plain_cli, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "waiting\n"
    time.sleep(0.2)
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert time.monotonic() - began < 1.5 and "KeyboardInterrupt" in err


def test_the_shell_waits_as_well(ar, holder, plain_cli):
    command = [sys.executable, "-m", "pynews", "add", ar.path, "-", "--timeout", "0.2"]
    done = subprocess.run(command, env=plain_cli, input='{"title": "x"}\n', capture_output=True, text=True)
    assert done.returncode == 1 and f"locked by pid {holder.pid}" in done.stderr


def test_a_lock_file_of_a_stranger_is_text_at_most(ar, tmp_path):
    for note in (b"", b"pid 99999999999999999999 since never", b"pid 7 since 2026-99-99T00:00:00Z", b"\x1b[2J\xff", b"pid 12 since 2026-01-02T03:04:05Z"):
        e = pynews.ArchiveLockedError("locked by " + note.decode("latin-1"))
        assert e.pid in (None, 7, 12) and (e.since is None or e.since.year == 2026)


# --- handles for other processes


def same(a, b):
    assert len(a) == len(b) and [x.id for x in a] == [x.id for x in b] and a.query == b.query
    assert a._meaning() == b._meaning() and len(a.base) == len(b.base)
    assert a.trend("korea", "year").to_dict() == b.trend("korea", "year").to_dict()


def selections(ar):
    korea, cbdc = ar.search("korea"), ar.search("cbdc")
    yield from (korea, korea & cbdc, korea | cbdc, korea - cbdc, korea.rebase(cbdc), korea.rebase(), ar["2020":"2021-03"], ar["2020"].search("korea")["2020-05":])
    yield from (ar.filter(tag="Blockchain").search("korea"), ar.filter("korea").filter("cbdc"), (korea | ar.filter(tag="Blockchain")) - cbdc, korea.search("cbdc").base, ar.search("tag:none"))


def test_archives_and_selections_come_back_from_a_pickle_as_they_were(demo):
    for found in [demo, *selections(demo)]:
        back = pickle.loads(pickle.dumps(found))
        same(back, found)
        same(pickle.loads(pickle.dumps(back)), found)
    back = pickle.loads(pickle.dumps(demo))
    assert (back.path, back.snapshot, back.mode) == (demo.path, demo.snapshot, "r")


def test_what_was_unpickled_can_be_combined(demo):
    whole, korea, cbdc = (pickle.loads(pickle.dumps(each)) for each in (demo, demo.search("korea"), demo.search("cbdc")))
    same(korea & cbdc, demo.search("korea") & demo.search("cbdc"))
    assert len(whole.search("korea") - korea) == 0
    korea._archive.close()
    assert len(whole.search("korea")) and len(cbdc)


def test_a_pickle_holds_a_path_a_snapshot_and_steps_and_nothing_that_runs(demo):
    for found in [demo, *selections(demo)]:
        names = {f"{arg}" for op, arg, _ in pickletools.genops(pickle.dumps(found, 4)) if isinstance(arg, str)}
        ops = [op.name for op, _, _ in pickletools.genops(pickle.dumps(found, 4))]
        assert ops.count("STACK_GLOBAL") == 1 and ops.count("REDUCE") == 1 and "pynews.pickled" in names and names & {"archive", "articles"}
        assert len(pickle.dumps(found)) < 2000


def test_long_chains_of_steps_pickle_in_a_line_each(demo):
    found = demo.search("korea")
    for _ in range(3000):                                  # twice as many steps each time, were they written out
        found = pynews.Articles(demo, found._selection, None, "", plan=found._joined(found, 0))
    assert len(_plan.dump([found._plan])[0]) == 3002
    assert len(pickle.loads(pickle.dumps(found))) == len(demo.search("korea"))


def test_a_selection_without_a_plan_says_so(demo):
    with pytest.raises(TypeError, match="cannot be pickled: no plan"):
        pickle.dumps(pynews.Articles(demo, demo.search("korea")._selection, None, "korea"))


def test_selections_of_an_older_snapshot_pickle_with_it(ar):
    found = ar.search("rain")
    ar.add(records(20, 5))
    assert len(pickle.loads(pickle.dumps(found))) == 20 and len(pickle.loads(pickle.dumps(ar.search("rain")))) == 25


def test_pickles_that_no_longer_fit_raise_named_errors(make, tmp_path):
    ar = make(records(0, 10), "one.pna")
    kept, found = pickle.dumps(ar), pickle.dumps(ar.search("rain"))
    for k in range(2):
        ar.add(records(10 + k, 1))
    with pytest.raises(FileNotFoundError, match="snapshot v1 is not kept"):
        pickle.loads(found)
    os.rename(ar.path, ar.path + ".away")
    with pytest.raises(FileNotFoundError, match="no archive|no such file|No such file"):
        pickle.loads(kept)
    make(records(0, 10), "one.pna")
    with pytest.raises(pynews.ArchiveChangedError, match="another archive"):
        pickle.loads(found)


def test_a_snapshot_with_other_articles_under_its_name_is_refused(ar):
    handle = list(ar.__reduce__()[1])
    handle[3] = "0" * 32
    with pytest.raises(pynews.ArchiveChangedError, match="holds other articles"):
        pynews.pickled.archive(*handle)


def test_a_closed_archive_cannot_be_pickled(ar):
    found = ar.search("rain")
    ar.close()
    for each in (ar, found):
        with pytest.raises(ValueError, match="closed"):
            pickle.dumps(each)


def test_every_error_comes_back_from_another_process():
    made = [pynews.UnknownNameError("tag", "x", ["y"]), pynews.QuerySyntaxError("no", "a b", 2, "hint", "limit"), pynews.CorruptArchiveError("m", "f", 3)]
    for e in [*made, pynews.ArchiveLockedError("locked by pid 12 since 2026-01-02T03:04:05Z"), pynews.ArchiveChangedError("m")]:
        back = pickle.loads(pickle.dumps(e))
        assert type(back) is type(e) and str(back) == str(e) and vars(back) == vars(e)


def counted(found):
    return os.getpid(), len(found), found.trend("korea", "year")["count"].to_list()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_handles_work_in_processes(demo, method):
    parts = [demo[year].search("korea") for year in ("2019", "2020", "2021")]
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
        there = list(pool.map(counted, [*parts, demo.search("korea"), demo]))
    here = [counted(each) for each in [*parts, demo.search("korea"), demo]]
    assert [each[1:] for each in there] == [each[1:] for each in here] and os.getpid() not in {each[0] for each in there}


def test_readers_go_on_in_a_forked_child_and_while_their_parent_writes(ar):
    found = ar.search("rain")
    answers, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            text = json.dumps([len(ar), len(found), ar[3].title, len(pynews.open(ar.path)), sum(found.trend(freq="year")["count"])])
        except BaseException as e:
            text = repr(e)
        os.write(told, text.encode())
        os._exit(0)
    for k in range(5):
        ar.add(records(20 + k, 1))
    os.waitpid(child, 0)
    os.close(told)
    got = json.loads(os.read(answers, 1000))
    os.close(answers)
    assert got[:3] == [20, 20, found[3].title] and 20 <= got[3] <= 25 and got[4] == 20 and len(ar) == 25


def test_a_writer_does_not_work_in_a_forked_child(ar):
    writer = pynews._writing.open_writer(ar.path)
    child = os.fork()
    if child == 0:
        try:
            writer.counts()
        except ValueError as e:
            writer.close()
            os._exit(7 if "another process" in str(e) else 8)
        os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    with pytest.raises(pynews.ArchiveLockedError):
        ar.add(records(20, 1))
    writer.close()
    ar.add(records(20, 1))
    assert len(ar) == 21


# --- media that cannot be written


def contents(path):
    return {name: (os.stat(os.path.join(path, name)).st_mtime_ns, os.stat(os.path.join(path, name)).st_size) for name in os.listdir(path)} | {".": os.stat(path).st_mtime_ns}


def everything(path):
    """Every kind of question to a reader."""
    with pynews.open(path) as ar:
        assert len(ar.search("rain")) == 20 and sum(ar.trend("rain", "year")["count"]) == 20 and ar.article("3").id == "3"
        assert len(ar.table()) == 20 and len(pickle.loads(pickle.dumps(ar.search("rain")))) == 20 and repr(ar)
        ar.verify()


def test_a_reader_changes_nothing_on_disk(ar):
    before = contents(ar.path)
    everything(ar.path)
    assert contents(ar.path) == before


READER = """
import os, sys
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
import pynews
ar = pynews.open(sys.argv[1])
assert len(ar.search("rain")) == 20 and sum(ar.trend("rain", "year")["count"]) == 20 and repr(ar)
ar.verify()
try:
    pynews.open(sys.argv[1], "a")
except OSError as e:
    print(e.errno, e, flush=True)
"""


def test_a_folder_without_the_right_to_write_is_read_as_ever(ar, plain_cli):
    parent = os.path.dirname(ar.path)
    while parent != "/":                                   # a user without rights must get to it
        os.chmod(parent, os.stat(parent).st_mode | 0o055)
        parent = os.path.dirname(parent)
    for name in os.listdir(ar.path):
        os.chmod(os.path.join(ar.path, name), 0o444)
    os.chmod(ar.path, 0o555)
    before = contents(ar.path)
    done = subprocess.run([sys.executable, "-c", READER, ar.path], env=plain_cli, capture_output=True, text=True)
    if "ModuleNotFoundError" in done.stderr or "ermission" in done.stderr:
        pytest.skip("a user without rights cannot read this Python")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{errno.EACCES} ") and "cannot be written, only read" in done.stdout
    assert contents(ar.path) == before
    os.chmod(ar.path, 0o755)


def test_a_read_only_mount_is_read_as_ever(ar, tmp_path, plain_cli):
    there = tmp_path / "mounted"
    there.mkdir()
    mounts = [["mount", "--bind", ar.path, there], ["mount", "-o", "remount,ro,bind", there]]
    if os.getuid() != 0 or any(subprocess.run(m, capture_output=True).returncode for m in mounts):
        subprocess.run(["umount", there], capture_output=True)
        pytest.skip("only root mounts")
    try:
        before = contents(there)
        everything(there)
        with pytest.raises(OSError, match="cannot be written, only read") as e:
            pynews.open(there, "a")
        assert e.value.errno == errno.EROFS and e.value.filename == str(there)
        done = subprocess.run([sys.executable, "-m", "pynews", "add", there, "-"], env=plain_cli, input='{"title": "x"}', capture_output=True, text=True)
        assert done.returncode == 1 and "cannot be written, only read" in done.stderr
        assert contents(there) == before
    finally:
        gc.collect()                                       # what was unpickled still has files mapped
        subprocess.run(["umount", "--lazy", there], check=True)


def test_inspect_shows_any_file_of_an_archive(ar, plain_cli, capsys):
    from pynews._cli import main

    ar.pin("Figure \x1b[2J")
    ar.delete("number3")
    shown = {}
    for name in sorted(os.listdir(ar.path)):
        assert main(["inspect", os.path.join(ar.path, name)]) == 0
        shown[name] = capsys.readouterr().out
    newest = shown["MANIFEST-0000000003"]
    assert "articles    19" in newest and "1: 20 articles, 1 deleted" in newest and "pinned      v1 since 1" in newest
    assert "lock" in shown["writer.lock"] and f"pid {os.getpid()}" in shown["writer.lock"]
    assert not any("\x1b" in text for text in shown.values()) and "all agree" in shown["seg-0000000001.0000000003.del"]
    with open(os.path.join(ar.path, "writer.lock"), "wb") as f:
        f.write(b"\x1b[2J\xff" * 1000)
    assert main(["inspect", os.path.join(ar.path, "writer.lock")]) == 0 and "\x1b" not in capsys.readouterr().out
