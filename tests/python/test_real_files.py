"""Real files: processes killed at any moment, full disks, one writer among many, readers meanwhile.

The parent knows what must be there.  PYNEWS_TRUST=1 does it 1,000 times where the default does it a few dozen times; figures are printed (pytest -s).
"""
import contextlib
import errno
import fcntl
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

import pytest

import pynews

TRUST = bool(os.environ.get("PYNEWS_TRUST"))
KILLS = 1000 if TRUST else 25
SIZES = 500 if TRUST else 12
WRITING_SECONDS = 60 if TRUST else 3
IDS = 40

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def tell(text):
    print(text, flush=True)


def in_child(work):
    """Runs work in a forked child; its pid."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    except BaseException as e:
        print(f"child: {type(e).__name__}: {e}", file=sys.stderr, flush=True)
    finally:
        os._exit(status)


# --- a life that is the same whoever lives it

def row(number, k):
    return {"id": f"n{number}", "title": f"Title {number} of {k}", "date": f"2020-{1 + number % 12:02}-{1 + k % 28:02}", "body": "rain " * (number % 7 + 1) + "wind sun " * (k % 300)}


class States:
    """STATES[k]: id and title of every live article after operation k; change(k): what operation k does."""

    def __init__(self):
        self.known = [{}]

    def change(self, k):
        """("add", rows) or ("delete", ids)."""
        r, there = random.Random(k), sorted(self[k - 1])
        if len(there) > 5 and r.random() < 0.3:
            return "delete", r.sample(there, 5)
        return "add", [row(number, k) for number in r.sample(range(IDS), r.randint(1, 8))]

    def __getitem__(self, k):
        while len(self.known) <= k:
            what, things = self.change(len(self.known))
            state = dict(self.known[-1])
            if what == "delete":
                state = {key: title for key, title in state.items() if key not in things}
            else:
                state.update((row["id"], row["title"]) for row in things)
            self.known.append(state)
        return self.known[k]


STATES = States()


def live(path, k):
    """Operation k."""
    what, things = STATES.change(k)
    if k == 1:
        pynews.build(path, things, progress=False).close()
        return
    with pynews.open(path, "a") as ar:
        if what == "delete":
            ar.delete(pynews.q.ids(*things))
        else:
            ar.add(things, progress=False)


def tidy(path, k):
    """Behind every seventh operation the archive is compacted."""
    if k % 7 == 0:
        with pynews.open(path, "a") as ar:
            ar.compact(progress=False)


def content_of(path):
    """Id and title of every article there is; every byte is right."""
    with pynews.open(path) as ar:
        ar.verify()
        assert {a.id for a in ar.search("rain")} == {a.id for a in ar}
        return {a.id: a.title for a in ar}


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "a.pna")


def test_a_process_killed_at_any_moment_leaves_the_last_commit_or_the_next(path):
    r, reached = random.Random(1), 1
    live(path, 1)
    began, commits = time.monotonic(), 0
    for _ in range(KILLS):
        source, sink = os.pipe()

        def work(sink=sink, first=reached + 1):
            os.write(sink, b"s")
            for k in range(first, first + 1000):
                live(path, k)
                tidy(path, k)
                os.write(sink, b".")

        pid = in_child(work)
        os.close(sink)
        os.read(source, 1)
        told = len(os.read(source, 1)) if r.random() < 0.5 else 0      # in its first commit, or in a later one
        time.sleep(r.uniform(0.001, 0.012))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        acknowledged = reached + told + len(os.read(source, 65536))
        os.close(source)
        content = content_of(path)
        assert content in (STATES[acknowledged], STATES[acknowledged + 1])
        commits = reached = acknowledged + (content != STATES[acknowledged])
    tell(f"kill -9: {KILLS:,} kills, {commits:,} commits, 0 bad, {time.monotonic() - began:.0f} s")


# --- full disks

def files_of(path):
    return {name for name in os.listdir(path) if name != "writer.lock"}


def attempt(do, path, k):
    """Operation k, or tidying behind it, on a full disk: done, or the error of the operating system and nothing left behind.  Whether it was done."""
    before = files_of(path)
    try:
        do(path, k)
    except OSError as e:
        assert e.errno in (errno.ENOSPC, errno.EFBIG), e
        assert files_of(path) == before, "files are left behind"
        return False
    return True


@contextlib.contextmanager
def small_disk(folder, kib):
    """A file system of so many KiB; root only."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True, capture_output=True)


def may_mount(folder):
    try:
        with small_disk(folder, 64):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


BEFORE, MORE = 3, 6              # operations done when the disk is made small, and those tried then
PAGES = 40                       # sizes tried in steps of a page; then with one operation more before


def pages_of(path):
    return sum(-(-os.path.getsize(os.path.join(path, name)) // 4096) for name in os.listdir(path)) + 2


def fill(disk, model, before, kib):
    """Goes on with a copy of the model on a disk of so many KiB, until it is full; then with more room.  Whether it was full."""
    with small_disk(disk, kib):
        path, k = os.path.join(disk, "a.pna"), before
        shutil.copytree(model, path)
        has_room = True
        while has_room and k < before + MORE:
            has_room = attempt(live, path, k + 1)
            k += has_room
            has_room = has_room and attempt(tidy, path, k)
        assert content_of(path) == STATES[k]
        if not has_room:
            subprocess.run(["mount", "-o", f"remount,size={kib + 4096}k", disk], check=True, capture_output=True)
            live(path, k + 1)
            assert content_of(path) == STATES[k + 1]
        return not has_room


def test_a_disk_of_any_size_is_full_without_harm(tmp_path):
    model, disk = str(tmp_path / "model.pna"), str(tmp_path / "disk")
    full, done, began = 0, 0, time.monotonic()
    os.mkdir(disk)
    if not may_mount(disk):
        pytest.skip("only root can mount a small disk; the limit of a file's size is tested below")
    for size in range(SIZES):
        while done < BEFORE + size // PAGES:
            done += 1
            live(model, done)
        full += fill(disk, model, done, 4 * (pages_of(model) + size % PAGES))
    assert full
    tell(f"full disks: {SIZES} sizes, {full} of them too small, 0 bad, {time.monotonic() - began:.0f} s")


def test_a_limit_of_a_files_size_is_a_full_disk(tmp_path):
    refused, began = 0, time.monotonic()
    model = str(tmp_path / "model.pna")
    for k in range(1, BEFORE + 1):
        live(model, k)
    for size in range(SIZES):
        path = str(tmp_path / f"{size}.pna")
        shutil.copytree(model, path)

        def work(path=path, size=size):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (64 + 97 * (size % 100),) * 2)
            done = attempt(live, path, BEFORE + 1)
            os._exit(0 if done else 3)

        status = os.waitstatus_to_exitcode(os.waitpid(in_child(work), 0)[1])
        assert status in (0, 3)
        refused += status == 3
        k = BEFORE + (status == 0)
        assert content_of(path) == STATES[k]
        shutil.rmtree(path)
    assert refused
    tell(f"limits of a file's size: {SIZES}, {refused} of them too small, 0 bad, {time.monotonic() - began:.0f} s")


# --- one writer among many processes, readers meanwhile

WRITERS, READERS, BATCH = 8, 2, 10


def batch(writer, n, owner):
    """Ten articles; while they are taken, the writer's lock is held, and so must `owner` be, by this process alone."""
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.write(2, b"two owners\n")
        os._exit(9)
    for i in range(BATCH):
        yield {"id": f"{writer}-{n}-{i}", "title": f"Batch {writer}-{n}", "body": "rain"}
    fcntl.flock(owner, fcntl.LOCK_UN)


def write_on(path, writer, first, log, owner):
    """Adds batch after batch, again and again when another is at it; notes each that was acknowledged."""
    for n in range(first, first + 100000):
        while True:
            try:
                with pynews.open(path, "a") as ar:
                    ar.add(batch(writer, n, owner), progress=False)
                break
            except pynews.ArchiveLockedError:
                time.sleep(random.uniform(0.0005, 0.003))
        os.write(log, f"{writer}-{n}\n".encode())


def batches_of(ar):
    counts = {}
    for a in ar.search("rain"):
        counts[a.title] = counts.get(a.title, 0) + 1
    return counts


def acknowledged(log_path):
    with open(log_path) as f:
        return [f"Batch {line.strip()}" for line in f]


def read_on(path, log_path):
    """Opens again and again: whole batches, nothing that was acknowledged is missing, nothing goes away."""
    generation, size, opened = 0, 0, 0
    while os.getppid() == read_on.parent and not os.path.exists(log_path + ".end"):
        known = acknowledged(log_path)
        with pynews.open(path) as ar:
            counts = batches_of(ar)
            now = int(ar.snapshot[1:]), len(ar)
            assert set(counts.values()) <= {BATCH} and not set(known) - set(counts), "a batch is lost or in pieces"
            assert now >= (generation, size) and now[1] >= size, "an archive went back"
            generation, size = now
            if opened % 20 == 0:
                ar.verify()
        opened += 1
    os.write(read_on.sink, f"{opened}\n".encode())


def test_of_many_writers_one_writes_and_no_commit_is_lost(path, tmp_path):
    log_path, r = str(tmp_path / "log"), random.Random(3)
    owner = os.open(tmp_path / "owner", os.O_CREAT | os.O_RDWR)      # the first descriptor to be closed when a process dies
    os.close(owner)
    log = os.open(log_path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    source, sink = os.pipe()
    read_on.parent, read_on.sink = os.getpid(), sink
    pynews.build(path, [{"id": "first", "title": "First"}], progress=False).close()

    def writer(w, first):
        write_on(path, w, first, log, os.open(tmp_path / "owner", os.O_RDWR))

    def next_of(w):
        return 1 + max((int(line.split("-")[-1]) for line in acknowledged(log_path) if line.startswith(f"Batch {w}-")), default=0)

    readers = [in_child(lambda: read_on(path, log_path)) for _ in range(READERS)]
    pids = {in_child(lambda w=w: writer(w, 1)): w for w in range(WRITERS)}
    began, kills = time.monotonic(), 0
    while time.monotonic() - began < WRITING_SECONDS:
        time.sleep(r.uniform(0.01, 0.08))
        pid = r.choice(list(pids))
        os.kill(pid, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL, "two owners"
        w = pids.pop(pid)
        kills += 1
        pids[in_child(lambda w=w: writer(w, next_of(w) + 1))] = w         # the one it was killed at may be there
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL, "two owners"
    open(log_path + ".end", "w").close()
    for pid in readers:
        assert os.waitpid(pid, 0)[1] == 0, "a reader found a wrong state"
    os.close(sink)
    opened = sum(int(n) for n in os.read(source, 4096).split())
    os.close(source)
    os.close(log)
    known = acknowledged(log_path)
    with pynews.open(path) as ar:
        ar.verify()
        counts = batches_of(ar)
        assert set(counts.values()) <= {BATCH} and not set(known) - set(counts)
    assert known and opened
    tell(f"one writer among {WRITERS} processes: {len(known):,} commits acknowledged, {kills:,} kills, {opened:,} openings by {READERS} readers, none lost, "
         f"never two owners, {time.monotonic() - began:.0f} s")
