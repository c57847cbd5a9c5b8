"""Running out of disk, of memory, of time: the named error, the archive as it was, and the next call works."""
import errno
import os
import random
import subprocess
import sys

import pytest

import pynews

ROWS = [{"id": f"a{i}", "title": f"Title {i}", "date": "2020-05-05", "body": " ".join(f"{n:x}" for n in random.Random(i).choices(range(1 << 30), k=120))} for i in range(600)]

ADD = """
import json, resource, sys
import pynews
path, limit, what, rows = sys.argv[1], int(sys.argv[2]), sys.argv[3], json.load(sys.stdin)
ar = pynews.open(path, "a")
if what == "RLIMIT_AS":                                    # counted from what is in use
    with open("/proc/self/statm") as f:
        limit += int(f.read().split()[0]) * resource.getpagesize()
    rows.append({"id": "large", "body": "many words " * 3_000_000})
resource.setrlimit(getattr(resource, what), (limit, limit))
try:
    ar.add(rows, progress=False)
except OSError as e:
    print(e.errno, e.filename)
except MemoryError:
    print("no memory")
else:
    print("done", len(ar))
resource.setrlimit(getattr(resource, what), (limit, limit))
assert len(ar.search("title")) == len(ar)
"""


@pytest.fixture
def ar(tmp_path):
    archive = pynews.build(tmp_path / "a.pna", ROWS[:50], progress=False)
    yield archive
    archive.close()


def add_under(ar, limit, what, env):
    import json

    done = subprocess.run([sys.executable, "-c", ADD, ar.path, str(limit), what], env=env, input=json.dumps(ROWS), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def listing(path):
    return {name: os.path.getsize(os.path.join(path, name)) for name in os.listdir(path) if name != "writer.lock"}


@pytest.mark.parametrize("limit", [100, 5000, 100_000])
def test_a_file_that_may_not_grow_is_named_and_nothing_changes(ar, limit, plain_cli):
    before = listing(ar.path)
    code, *file = add_under(ar, limit, "RLIMIT_FSIZE", plain_cli)
    assert int(code) == errno.EFBIG and file[0].startswith(ar.path) and "seg-" in file[0]
    assert listing(ar.path) == before
    assert ar.add(ROWS, progress=False).stored == 550 and len(ar.refresh()) == 600
    ar.verify()


@pytest.mark.parametrize("megabytes", [20, 50, 100, 150])
def test_too_little_memory_is_a_memory_error_and_nothing_changes(ar, megabytes, plain_cli):
    before = listing(ar.path)
    told = add_under(ar, megabytes << 20, "RLIMIT_AS", plain_cli)
    assert told == ["no", "memory"] or told[0] == str(errno.ENOMEM)
    assert listing(ar.path) == before
    ar.verify()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KiB."""
    there = tmp_path / "disk"
    there.mkdir()
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", there], capture_output=True).returncode:
        pytest.skip("only root mounts")
    yield there
    subprocess.run(["umount", "--lazy", there], check=True)


def test_a_full_disk_is_an_error_that_names_the_file_and_nothing_is_lost(small_disk):
    path = small_disk / "a.pna"
    ar = pynews.build(path, ROWS[:20], progress=False)
    before = listing(path)
    with pytest.raises(OSError, match="No space left") as e:
        ar.add(ROWS, progress=False)
    assert e.value.errno == errno.ENOSPC and str(e.value.filename).startswith(str(path))
    assert listing(path) == before and len(ar) == 20 and ar.search("title").query == "title"
    ar.verify()
    assert ar.add(ROWS[20:30], progress=False).stored == 10
    with pytest.raises(OSError, match="No space left"):
        pynews.build(small_disk / "b.pna", ROWS, progress=False)
    assert not (small_disk / "b.pna").exists()
    ar.close()
