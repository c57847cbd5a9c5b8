"""Articles leave as JSON lines: those that Python's json writes of them, in a file that is whole or not there."""
import errno
import json
import locale
import lzma
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import threading
import time
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynews
from pynews import _core

SETS = ["arabic_ant", "bitcoin_optech_to_2024", "chinese_xinwenlianbo", "crypto_cryptoprism", "digitalgov", "lk_articles", "monero", "portuguese_fakebr_true",
        "reuters_21578_train", "reuters_fulltext_2009_2011", "reuters_headlines_2007_2008", "ruby_lang_17_languages"]  # fmt: skip


def by_python(articles):
    """The lines as Python makes them, one article at a time: the oracle."""
    return "".join(json.dumps(article.to_dict(), ensure_ascii=False) + "\n" for article in articles).encode()


def assert_same(articles, path):
    assert articles.to_jsonl(path) == len(articles)
    assert path.read_bytes() == by_python(articles)


def certain(article):
    """An article as a dict, without the date as printed: read again, the date that was made of it is no longer in doubt."""
    return {name: value for name, value in article.to_dict().items() if name != "date_raw" or not article.date}


def assert_comes_back(ar, path, make):
    """An archive of the lines has the same articles in the same order."""
    assert [certain(a) for a in make(path)] == [certain(a) for a in ar]


# --- the same bytes


def test_the_demo_leaves_as_python_would_write_it_and_comes_back(demo, tmp_path, make):
    assert_same(demo, tmp_path / "demo.jsonl")
    assert_comes_back(demo, tmp_path / "demo.jsonl", make)


def test_a_selection_and_a_ranking_leave_in_their_order(demo, tmp_path):
    for n, found in enumerate([demo.search("korea"), demo["2020-03"], demo.search("korea").top(20), demo.search("absent")]):
        assert_same(found, tmp_path / f"{n}.jsonl")


@pytest.mark.parametrize("name", SETS)
def test_real_material_leaves_as_python_would_write_it_and_comes_back(name, data_file, tmp_path, make):
    with lzma.open(data_file(name + ".jsonl.xz"), "rb") as f:
        (tmp_path / "in.jsonl").write_bytes(b"".join(islice(f, 2000)))
    ar = make(tmp_path / "in.jsonl")
    assert_same(ar, tmp_path / "out.jsonl")
    assert_comes_back(ar, tmp_path / "out.jsonl", make)


texts = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("\x00\x01\x08\t\n\f\r\x1f\x7f\"\\/\u2028\ufeff\U0001f5de")), max_size=20)
printed = st.sampled_from(
    ["2020", "2020-08", "2020-08-20", "2020-08-20T10:11", "2020-08-20T10:11:12Z", "2020-08-20T10:11:12-09:30", "Aug. 20, 2020", "03/04/2020", "soon", "", None, 1597900000]
)
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.integers(-(10**40), 10**40), st.floats(allow_nan=False, allow_infinity=False), texts)
values = st.recursive(plain, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)), max_leaves=8)
entries = st.fixed_dictionaries({}, optional={"title": texts, "teaser": texts, "category": texts, "url": texts, "date": printed})
rows = st.fixed_dictionaries(
    {},
    optional={
        "id": texts, "title": texts, "date": printed, "modified": printed, "section": st.one_of(texts, st.lists(texts, max_size=2)), "source": texts, "url": texts, "lang": texts,
        "authors": st.lists(texts, max_size=3), "tags": st.one_of(st.none(), st.lists(texts, max_size=3)), "summary": texts, "body": texts, "related": st.lists(entries, max_size=3),
        "headline": texts, "x": values, "deep": st.dictionaries(texts, values, max_size=4),
    },
)  # fmt: skip


@given(st.lists(rows, min_size=1, max_size=5))
def test_any_articles_leave_as_python_would_write_them_and_come_back(tmp_path_factory, given_rows):
    folder = tmp_path_factory.mktemp("any")
    with pynews.build(folder / "a.pna", given_rows, progress=False) as ar:
        assert_same(ar, folder / "out.jsonl")
        if len(ar):
            assert_comes_back(ar, folder / "out.jsonl", lambda path: pynews.build(folder / "b.pna", path, progress=False))


def test_numbers_of_other_fields_are_those_of_python(make, tmp_path):
    pick = random.Random(1)
    bits = [pick.getrandbits(64) for _ in range(5000)]
    numbers = [x for x in (struct.unpack("<d", struct.pack("<Q", b))[0] for b in bits) if abs(x) < float("inf")]
    numbers += [2.0**e for e in range(-1074, 1024)] + [n / 100 for n in range(2000)] + [float(f"1e{e}") for e in range(-323, 309)]
    forms = [f(x) for x in numbers for f in (repr, "{:.17E}".format, "{:.3e}".format)] + ["-0", "-0.0", "1E5", "1.10", "0.1e1", "12345678901234567890.123", "5e-325"]
    (tmp_path / "in.jsonl").write_text("".join(f'{{"id": "{n}", "title": "T", "x":{{"y":[{form}]}}}}\n' for n, form in enumerate(forms)))
    ar = make(tmp_path / "in.jsonl")
    assert len(ar) == len(forms) > 20_000
    assert_same(ar, tmp_path / "out.jsonl")


def test_a_number_that_no_float_holds_stays_as_it_was_written(make, tmp_path):
    """Python would write Infinity, which is no JSON, or refuse."""
    (tmp_path / "in.jsonl").write_text('{"id": "a", "title": "T", "x":1e400,"y":[-2.5E+999],"z":' + "9" * 5000 + "}\n")
    make(tmp_path / "in.jsonl").to_jsonl(tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == '{"id": "a", "title": "T", "x": 1e400, "y": [-2.5E+999], "z": ' + "9" * 5000 + "}\n"


def test_other_fields_with_names_that_come_twice_are_those_of_python(make, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id":"a","body":"B","x":1,"y":{"p":1,"q":{"r":1,"r":2},"p":[{"s":1,"s":[]}]},"x":{"t":"\\u00e9\\/","\\u0074":0},"title":"","headline":null}\n')
    ar = make(tmp_path / "in.jsonl")
    assert len(ar) == 1
    assert_same(ar, tmp_path / "out.jsonl")


def test_very_long_articles_leave_as_python_would_write_them(make, tmp_path):
    pick = random.Random(2)
    long = "".join(pick.choices("abc \n\t\"\\\x01é新🗞", k=3_000_000))
    rows = [{"id": "a", "body": long, "x": {"y": long}}, {"id": "b", "body": "b" * 1_000_000}, {"id": "c", "title": "C", "related": [{"title": f"t{i}"} for i in range(60_000)]}]
    ar = make(rows)
    assert len(ar) == 3
    assert_same(ar, tmp_path / "out.jsonl")


def test_a_locale_with_a_comma_changes_nothing(make, tmp_path):
    before = locale.setlocale(locale.LC_NUMERIC)
    for name in ("de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ps_AF"):
        try:
            locale.setlocale(locale.LC_NUMERIC, name)
            break
        except locale.Error:
            continue
    else:
        pytest.skip("no locale with a comma is installed")
    try:
        assert_same(make([{"id": "a", "title": "T", "x": [1.5, 1e-7, 123456.789]}]), tmp_path / "out.jsonl")
    finally:
        locale.setlocale(locale.LC_NUMERIC, before)


# --- the file


@pytest.fixture
def ar(make):
    return make([{"id": f"a{i}", "title": f"Title {i}", "date": "2020-05-05", "body": "word " * 200} for i in range(2000)])


def test_a_file_is_replaced_and_nothing_else_is_left_in_the_folder(ar, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "x.jsonl").write_text("before\n" * 1_000_000)
    monkeypatch.chdir(folder)
    for path in (folder / "x.jsonl", "x.jsonl", str(folder / ("n" * 250)), str(folder / ("é" * 125))):
        assert ar.to_jsonl(path) == 2000
        with open(path, "rb") as f:
            assert f.read() == by_python(ar)
    assert sorted(os.listdir(folder)) == ["n" * 250, "x.jsonl", "é" * 125]


def test_of_a_link_the_file_it_leads_to_is_written(ar, tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far" / "x.jsonl")
    for _ in range(2):
        ar.to_jsonl(tmp_path / "link")
        assert (tmp_path / "link").is_symlink() and (tmp_path / "far" / "x.jsonl").read_bytes() == by_python(ar)
    assert os.listdir(tmp_path / "far") == ["x.jsonl"]


def test_into_a_pipe_go_the_same_lines(ar, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    assert ar.to_jsonl(tmp_path / "pipe") == 2000
    reader.join()
    assert read == [by_python(ar)]
    assert ar.to_jsonl(os.devnull) == 2000 and not os.path.isfile(os.devnull)
    with pytest.raises(IndexError):
        ar._open().lines(1999, 2)


@pytest.mark.parametrize("path, kind", [("nowhere/x.jsonl", FileNotFoundError), (".", IsADirectoryError), ("file/x.jsonl", NotADirectoryError), ("x" * 5000, OSError)])
def test_a_path_that_cannot_be_written_is_named(path, kind, ar, tmp_path):
    (tmp_path / "file").write_text("")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(kind) as e:
        ar.to_jsonl(tmp_path / path)
    assert os.fspath(e.value.filename).endswith(os.fspath(tmp_path / path)[-150:])
    assert sorted(os.listdir(tmp_path)) == before


def test_a_file_that_may_not_grow_is_named_and_the_earlier_one_stays(ar, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text("before")
    before, soft = sorted(os.listdir(tmp_path)), resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (100, 300_000, 2_000_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, soft[1]))
        try:
            with pytest.raises(OSError) as e:
                ar.to_jsonl(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, soft)
        assert e.value.errno == errno.EFBIG and e.value.filename == str(path)
        assert path.read_text() == "before" and sorted(os.listdir(tmp_path)) == before


def test_a_full_disk_is_named_and_the_earlier_file_stays(ar, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("only root mounts")
    try:
        (disk / "x.jsonl").write_text("before")
        with pytest.raises(OSError, match="No space left") as e:
            ar.to_jsonl(disk / "x.jsonl")
        assert e.value.filename == str(disk / "x.jsonl") and os.listdir(disk) == ["x.jsonl"] and (disk / "x.jsonl").read_text() == "before"
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


STOPPED = """
import signal, sys, pynews
signal.signal(signal.SIGINT, signal.default_int_handler)
ar, path = pynews.open(sys.argv[1]), sys.argv[2]
try:
    print("on", flush=True)
    while True:
        ar.to_jsonl(path)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.parametrize("signal_, after", [(signal.SIGINT, 0.0), (signal.SIGINT, 0.05), (signal.SIGINT, 0.2), (signal.SIGKILL, 0.05), (signal.SIGKILL, 0.2)])
def test_stopped_or_killed_at_any_moment_the_file_is_whole(signal_, after, ar, tmp_path, plain_cli):
    path = tmp_path / "out" / "x.jsonl"
    path.parent.mkdir()
    ar.to_jsonl(path)
    child = subprocess.Popen([sys.executable, "-c", STOPPED, ar.path, str(path)], env=plain_cli, stdout=subprocess.PIPE)
    child.stdout.readline()
    time.sleep(after)
    child.send_signal(signal_)
    out, _ = child.communicate(timeout=60)
    assert path.read_bytes() == by_python(ar)
    if signal_ == signal.SIGINT:
        assert out == b"interrupted\n" and os.listdir(path.parent) == ["x.jsonl"]


def test_one_very_long_article_is_no_reason_to_wait(make, tmp_path, plain_cli):
    long = make([{"id": "a", "body": "\x01" * 30_000_000, "x": ["long " * 1_000_000]}])
    child = subprocess.Popen([sys.executable, "-c", STOPPED, long.path, str(tmp_path / "x.jsonl")], env=plain_cli, stdout=subprocess.PIPE)
    child.stdout.readline()
    time.sleep(0.15)
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=60)
    assert out == b"interrupted\n" and time.monotonic() - began < 1.5
    assert [name for name in os.listdir(tmp_path) if name.endswith(".tmp")] == []


def test_others_run_while_lines_are_made(ar, tmp_path):
    done, turns = threading.Event(), []

    def write():
        for _ in range(20):
            ar.to_jsonl(tmp_path / "x.jsonl")
        done.set()

    writer = threading.Thread(target=write)
    before = sys.getswitchinterval()
    sys.setswitchinterval(10)                              # who keeps the GIL keeps it for long
    try:
        writer.start()
        while not done.is_set():
            turns.append(time.sleep(0.0001))
    finally:
        sys.setswitchinterval(before)
    writer.join()
    assert len(turns) > 20


def test_calls_leak_nothing(ar, tmp_path):
    ar.to_jsonl(tmp_path / "x.jsonl")                      # its order is kept
    before = _core.live()
    ar.to_jsonl(tmp_path / "x.jsonl")
    with pytest.raises(OSError):
        ar.to_jsonl(tmp_path / "no" / "x.jsonl")
    assert _core.live() == before
