"""The binding under misuse: whatever it is called with, it answers or raises, keeps no memory and never falls over."""
import array
import copy
import gc
import itertools
import os
import pickle
import subprocess
import sys
import textwrap
import threading

import pytest

import pynews
from pynews import _core

OPTIONS = (None, None, False, ())
ZONE = ("UTC", array.array("q", [-(2**63)]).tobytes(), array.array("i", [0]).tobytes())
LINE = b'{"id": "a", "title": "One two", "date": "2020-01-02", "body": "three"}\n'


class Odd:
    """An object whose every conversion does what the test wants."""

    def __init__(self, act=lambda: None, value=1):
        self.act, self.value = act, value

    def __index__(self):
        self.act()
        return self.value

    def __bool__(self):
        self.act()
        return True

    def __float__(self):
        self.act()
        return 1.0


def boom():
    raise ZeroDivisionError


THINGS = [
    None, True, -1, 0, 1, 2**31, 2**32, 2**63, 2**64, -(2**63), -(2**70), 1.5, float("nan"), 1e300, "", "a", "\0", "\ud800", "é" * 300, "x" * 70000, '"', "*",
    b"", b"a", b"\xff", bytearray(), bytearray(b"abc"), memoryview(b"abcdefghi")[1:], memoryview(b"abcdefgh")[::2], memoryview(b"abcdefgh").cast("H"), memoryview(b""),
    array.array("q", [0, 1]), array.array("q", [-1]), array.array("d", [1.0]), array.array("b"), array.array("i", [1, 2, 3]), memoryview(bytes(16)).cast("B", (4, 4)),
    (), (1,), ("a", "b"), (("a", "b"),), (("a", None),), (("a",),), ([1, 2],), ("a", "string", [1]), (("a", "string", [1]),), (("a", "int64", [1]),), [], {}, set(),
    object(), Odd(), Odd(boom), int, _core, OPTIONS, (None, 2**40, False, ()), (None, -(2**31), False, ()), (None, Odd(boom), Odd(boom), ()),
]


@pytest.fixture
def archive(tmp_path):
    pynews.build(tmp_path / "a.pna", [{"id": str(i), "title": f"Title {i}", "date": "2020-01-02", "body": "some words here", "tags": ["x"]} for i in range(20)], progress=False).close()
    return tmp_path / "a.pna"


@pytest.fixture
def snapshot(archive):
    return _core.open(os.fsencode(archive), 0, False)


def writer(tmp_path, name="w.pna"):
    return _core.writer(os.fsencode(tmp_path / name), True, 0)


def calls_of(o):
    return [getattr(o, n) for n in dir(o) if callable(getattr(o, n)) and (not n.startswith("__") or n.startswith("__arrow"))]


def try_with(call, args):
    try:
        return call(*args)
    except (Exception, KeyboardInterrupt) as e:
        assert not isinstance(e, (MemoryError, KeyboardInterrupt)), f"{call} {args!r}"
        return None


def test_every_call_with_every_wrong_thing_answers_or_raises(snapshot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = snapshot.all().names("tag")
    handles = [_core.open, _core.writer, _core.zstd_stream, _core.parse, _core.words, _core.sniff, _core.json_is_valid, _core.inspect, _core.table, _core.canonical, _core.period]
    for o in (snapshot, snapshot.all(), table, table.column(0), table.column(1), _core.zstd_stream()):
        handles += calls_of(o)
    for call in handles:
        try_with(call, ())
        for thing in THINGS:
            try_with(call, (thing,))
        for n in (2, 3, 4, 7):
            for k in range(len(THINGS)):
                try_with(call, tuple(THINGS[(k * 7 + i * 11) % len(THINGS)] for i in range(n)))


def test_every_argument_of_a_good_call_replaced_by_every_wrong_thing(snapshot, tmp_path):
    everything = snapshot.all()
    good = [
        (_core.open, (b"nowhere", 0, False)),
        (_core.parse, ("jsonl", LINE, OPTIONS)),
        (_core.parse, ("text", b"A title\n\nText.", OPTIONS)),
        (_core.zstd_stream().read, (b"", 10)),
        (everything.trend, (everything, (("s", "words"),), (2, 0.95, -(2**31), -(2**31), None, False))),
        (everything.buckets, (everything, (2, 0.95, -(2**31), -(2**31), None, False), b"")),
        (everything.combine, (everything.search("words"), 2)),
        (everything.articles, (0, 5)),
        (_core.table, ((("a", "int32", [1]), ("b", "string", ["x"])),)),
        (snapshot.all().names("tag").column, (0, _core.Column)),
    ]
    w = writer(tmp_path)
    for call, args in [*good, (w.note, ("n", "code", 1, 0, None, False)), (w.add, ("jsonl", "n", LINE, OPTIONS, 0, 1))]:
        for i, thing in itertools.product(range(len(args)), THINGS):
            try_with(call, (*args[:i], thing, *args[i + 1 :]))
    w.close()


@pytest.mark.parametrize("kind", ["int32", "int64", "float64", "date32", "bool", "string", "dictionary", "nothing"])
def test_tables_of_odd_values(kind):
    for values in ([], [None], [1], [2**40], [-(2**63)], ["a", None, "", "\0"], ["\ud800"], [Odd(boom)], [Odd()], [object()]):
        t = try_with(_core.table, ((("c", kind, values),),))
        if t is not None:
            assert len(t.column(0).values()) == len(values)
    assert try_with(_core.table, ((("a", "int64", [1]), ("b", "int64", [1, 2])),)) is None
    assert len(_core.table(())) == 0


def test_values_that_empty_their_list_while_it_is_read():
    values = []
    values += [Odd(values.clear), Odd(), Odd()]
    try_with(_core.table, ((("c", "int64", values),),))
    values += [Odd(lambda: values.extend([1] * 1000) if len(values) < 5000 else None)]
    try_with(_core.table, ((("c", "float64", values),),))


# --- tables and columns


def test_rows_come_as_whole_and_possibly_crooked_int64(snapshot):
    t = _core.table((("n", "int64", [10, 11, 12]),))
    assert t.take(array.array("q", [2, 0])).column(0).values() == [12, 10]
    assert t.take(b"").column(0).values() == []
    crooked = memoryview(b"x" + array.array("q", [1, 1]).tobytes())[1:]
    assert t.take(crooked).column(0).values() == [11, 11]
    for rows in (b"1234567", array.array("q", [3]), array.array("q", [-1])):
        with pytest.raises(ValueError):
            t.take(rows)


def test_handles_cannot_be_made_copied_or_pickled(snapshot):
    table = snapshot.all().names("tag")
    for o in (snapshot, snapshot.all(), table, table.column(0), _core.zstd_stream()):
        for act in (type(o), lambda o=o: object.__new__(type(o)), lambda o=o: copy.copy(o), lambda o=o: pickle.dumps(o), lambda o=o: type(o).__new__(type(o))):
            with pytest.raises(TypeError):
                act()


def test_a_subclass_of_column_cannot_be_made_without_a_table(snapshot):
    class Mine(_core.Column):
        pass

    class Forced(_core.Column):
        def __new__(cls):
            return object.__new__(cls)

    class Wild(_core.Column):
        def __init__(self, *args):
            self.me = self

    for make in (Mine, Forced, lambda: _core.Column.__new__(Mine)):
        with pytest.raises(TypeError):
            make()
    column = snapshot.all().names("tag").column(0, Wild)
    column.me = column
    del column
    gc.collect()


def test_a_column_outlives_its_table_and_its_views_outlive_the_column():
    view = memoryview(_core.table((("n", "int64", [1, 2, 3]),)).column(0))
    gc.collect()
    assert view.tolist() == [1, 2, 3] and view.readonly
    assert memoryview(_core.table((("n", "int64", []),)).column(0)).tolist() == []


# --- writers


def test_a_closed_writer_says_so(tmp_path):
    w = writer(tmp_path)
    w.close()
    w.close()
    for call in (w.commit, w.counts, w.report, w.summary, lambda: w.add("jsonl", "n", LINE, OPTIONS, 0, 1), lambda: w.note("n", "c", 1, 0, None, False)):
        with pytest.raises(ValueError, match="closed"):
            call()


@pytest.mark.parametrize("where", range(3))
def test_an_argument_that_closes_the_writer(tmp_path, where):
    w = writer(tmp_path)
    calls = [
        lambda: w.add("jsonl", "n", LINE, OPTIONS, 0, Odd(w.close)),
        lambda: w.add("jsonl", "n", LINE, (None, Odd(w.close, 18000), Odd(w.close), ()), 0, 1),
        lambda: w.note("n", "c", Odd(w.close), 0, None, Odd(w.close)),
    ]
    with pytest.raises(ValueError, match="closed"):
        calls[where]()


def test_two_threads_on_one_writer_take_turns_or_are_told(tmp_path):
    w, outcomes, gate = writer(tmp_path), [], threading.Barrier(4)
    data = b"".join(b'{"id": "%d", "title": "T", "body": "%s"}\n' % (i, b"some words " * 50) for i in range(500))

    def job(k):
        gate.wait()
        for _ in range(6):
            try:
                [lambda: w.add("jsonl", "n", data, OPTIONS, 0, 1), w.counts, w.summary, lambda: w.note("n", "c", 0, 0, None, False)][k % 4]()
                outcomes.append("done")
            except RuntimeError as e:
                assert "another call" in str(e)
                outcomes.append("told")

    threads = [threading.Thread(target=job, args=(k,)) for k in (0, 0, 1, 3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert "done" in outcomes
    counts = w.counts()
    assert counts["read"] == counts["stored"] + counts["duplicate"] and counts["stored"] == 500
    w.commit()
    w.close()


def test_a_signal_handler_cannot_close_a_writer_at_work(tmp_path):
    script = """
        import os, signal, sys
        from pynews import _core
        w = _core.writer(os.fsencode(sys.argv[1]), True, 0)
        seen = []
        def handler(*_):
            try:
                w.close()
            except RuntimeError as e:
                seen.append(e)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        data = b"".join(b'{"id": "%d", "title": "T", "body": "%s"}\\n' % (i, b"some words %d " % i * 40) for i in range(4000))
        for _ in range(100):
            try:
                w.add("jsonl", "n", data, (None, None, False, ()), 0, 1)
            except ValueError:
                break
            if seen:
                break
        signal.setitimer(signal.ITIMER_REAL, 0)
        print("told" if seen else "closed")
    """
    done = run(script, str(tmp_path / "w.pna"))
    assert done.returncode == 0 and done.stdout.strip() in ("told", "closed"), done.stderr


def test_a_writer_that_failed_can_only_be_closed(tmp_path):
    w = writer(tmp_path)
    w.add("jsonl", "n", LINE, OPTIONS, 0, 1)
    with pytest.raises(pynews.UnsupportedError):
        w.add("html", "n", b"<a/>", OPTIONS, 0, 1)
    w.add("jsonl", "n", LINE, OPTIONS, 0, 1)               # nothing was taken of it: the writer goes on
    os.rename(tmp_path / "w.pna", tmp_path / "gone.pna")
    with pytest.raises(OSError):
        w.commit()
    for call in (w.commit, lambda: w.add("jsonl", "n", LINE, OPTIONS, 0, 1)):
        with pytest.raises(ValueError, match="failed"):
            call()
    assert w.counts()["read"] == 2
    w.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_leaves_its_parents_writer_alone(tmp_path):
    w = writer(tmp_path)
    w.add("jsonl", "n", LINE, OPTIONS, 0, 1)
    for act in ("call", "close", "drop"):
        child = os.fork()
        if child == 0:
            code = 3
            try:
                if act == "call":
                    w.add("jsonl", "n", LINE, OPTIONS, 0, 1)
                elif act == "close":
                    w.close()
                    code = 0
                else:
                    del w
                    gc.collect()
                    code = 0
            except ValueError as e:
                code = 0 if "process" in str(e) else 4
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, act
    w.commit()
    w.close()
    assert len(pynews.open(tmp_path / "w.pna")) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_asks_on(archive):
    ar = pynews.open(archive)
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if len(ar.search("words")) == 20 and len(ar.trend("title")) else 3)
        finally:
            os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


# --- files and callables of the caller that misbehave


class Reader:
    def __init__(self, read):
        self._read, self.name = read, "odd"

    def read(self, n=-1, /):
        return self._read(n)

    def readable(self):
        return True


@pytest.mark.parametrize(
    "read, error",
    [
        (lambda n: "text", Exception),
        (lambda n: None, Exception),
        (lambda n: 7, Exception),
        (lambda n: boom(), ZeroDivisionError),
    ],
)
def test_a_file_object_that_reads_nonsense(tmp_path, read, error):
    try:
        pynews.build(tmp_path / "x.pna", Reader(read), progress=False).close()
    except error:
        assert not (tmp_path / "x.pna").exists()


def test_a_file_object_that_gives_more_than_was_asked(make):
    pieces = iter([LINE * 3, LINE[:20], LINE[20:] + LINE, b""])
    assert len(make(Reader(lambda n: next(pieces, b"")))) == 1


def test_an_archive_that_cannot_be_written_is_not_blamed_on_the_input(tmp_path):
    """The folder goes away while it is filled: the error is the archive's, and nothing is tried after it."""
    line = b'{"id": "%d", "title": "T", "body": "' + b"some words " * 2000 + b'"}\n'

    def pieces():
        yield b"".join(line % i for i in range(20))
        os.rename(tmp_path / "x.pna", tmp_path / "elsewhere.pna")
        for k in range(1, 20):
            yield b"".join(line % i for i in range(20 * k, 20 * k + 20)) + b'{"id": "half'

    source = pieces()
    with pytest.raises(FileNotFoundError, match=r"x\.pna/"):
        pynews.build(tmp_path / "x.pna", Reader(lambda n: next(source, b"")), progress=False, memory=1 << 20)


@pytest.mark.parametrize("act", [boom, lambda: sys.exit(3)])
def test_a_progress_callable_that_raises_stores_nothing(tmp_path, act):
    pieces = iter([LINE * 100, LINE])
    with pytest.raises((ZeroDivisionError, SystemExit)):
        pynews.build(tmp_path / "x.pna", Reader(lambda n: next(pieces, b"")), progress=lambda *_: act())
    assert not (tmp_path / "x.pna").exists()


def test_a_progress_callable_that_closes_the_archive_it_adds_to(make, tmp_path):
    ar = make([{"id": "1", "title": "T", "body": "b"}])
    ar.add([{"id": "2", "title": "T", "body": "b"}], progress=lambda *_: ar.close())
    assert len(pynews.open(ar.path)) == 2


def test_a_progress_callable_that_adds_to_the_same_archive_is_told(make):
    ar = make([{"id": "1", "title": "T", "body": "b"}])
    told = []

    def again(*_):
        try:
            ar.add([{"id": "3"}], progress=False)
        except pynews.ArchiveLockedError as e:
            told.append(e)

    ar.add([{"id": "2", "title": "T", "body": "b"}], progress=again)
    assert told and len(pynews.open(ar.path)) == 2


# --- errors


@pytest.mark.parametrize("folder", [b"\xff\xfe", "archive-é".encode(), b"a" * 200 + "ñ".encode() * 20, "新".encode() * 70])
def test_an_error_names_any_path(tmp_path, folder):
    with pytest.raises(FileNotFoundError):
        _core.open(os.fsencode(tmp_path) + b"/" + folder, 0, False)
    with pytest.raises(FileNotFoundError):
        _core.inspect(os.fsencode(tmp_path) + b"/" + folder)


def test_an_error_shows_a_cut_character_instead_of_failing(snapshot):
    with pytest.raises(pynews.PynewsError):
        _core.canonical("OR " + "é" * 500)
    with pytest.raises(ValueError):
        _core.parse("é" * 400, b"", OPTIONS)


@pytest.mark.parametrize("day", [2**31, -(2**31) - 1, 2**40, -(2**70), -(2**31), 2**31 - 1, -719162, 2932896])
def test_a_base_day_anywhere(tmp_path, day):
    options = (None, day, False, ())
    page = b"A title that is long enough\n\nYesterday\n\nSome text.\n"
    for kind, data in (("text", page), ("jsonl", b'{"title": "t", "date": "2 days ago"}\n'), ("jsonl", b'{"title": "t", "date": "3 January"}\n')):
        try_with(_core.parse, (kind, data, options))
        w = writer(tmp_path)
        if try_with(lambda: (w.add(kind, "n", data, options, 0, 1), w.commit(), 1), ()):
            _core.open(os.fsencode(tmp_path / "w.pna"), 0, False).verify(0)
            subprocess.run(["rm", "-r", str(tmp_path / "w.pna")], check=True)
        w.close()


# --- memory


def grows_by(act, rounds):
    """Blocks of Python and of the core that `rounds` more rounds leave behind."""
    for _ in range(20):
        act()
    gc.collect()
    before = sys.getallocatedblocks(), _core.live()
    for _ in range(rounds):
        act()
    gc.collect()
    return sys.getallocatedblocks() - before[0], _core.live() - before[1]


def rounds_of(snapshot, tmp_path):
    everything, table = snapshot.all(), snapshot.all().names("tag")
    path = os.fsencode(tmp_path / "a.pna")
    jsonl = _core.zstd_stream()
    return {
        "open": lambda: _core.open(path, 0, True),
        "open nothing": lambda: try_with(_core.open, (b"/nowhere", 0, False)),
        "info": snapshot.info,
        "verify": lambda: snapshot.verify(0),
        "find": lambda: (snapshot.find("3"), snapshot.find("no")),
        "names": lambda: snapshot.all().names("tag"),
        "names of nothing": lambda: try_with(everything.names, ("x",)),
        "covered": lambda: snapshot.covered("tag"),
        "search": lambda: everything.search("words").article(0),
        "wrong query": lambda: try_with(everything.search, ('"',)),
        "has": lambda: everything.has("3"),
        "combine": lambda: (everything.combine(everything, 2).count, try_with(everything.combine, (everything, 3))),
        "articles": lambda: (everything.articles(0, 20), try_with(everything.articles, (19, 2))),
        "article": lambda: (everything.article(19), try_with(everything.article, (20,))),
        "trend": lambda: everything.trend(everything, (("s", "words"), ("t", None)), (2, 0.9, -(2**31), -(2**31), None, False)),
        "trend in a zone": lambda: everything.trend(everything, (("s", "words"),), (5, 0.9, -(2**31), -(2**31), ZONE, True)),
        "buckets": lambda: everything.buckets(everything, (6, 0.9, -(2**31), -(2**31), ZONE, True), bytes(7)).count,
        "wrong buckets": lambda: try_with(everything.buckets, (everything, (6, 0.9, -(2**31), -(2**31), ZONE, True), bytes(8))),
        "wrong zone": lambda: try_with(everything.trend, (everything, (), (5, 0.9, 0, 0, ("UTC", b"", b""), False))),
        "wrong trend": lambda: try_with(everything.trend, (everything, (("s", "words"), ("t", '"')), (2, 0.9, 18000, 18100, None, False))),
        "band": lambda: (_core.wilson(1, 2, _core.normal_z(0.9)), try_with(_core.wilson, (3, 2, 1.0)), try_with(_core.normal_z, (2.0,))),
        "take": lambda: table.take(array.array("q", [0, 0])),
        "wrong take": lambda: try_with(table.take, (array.array("q", [9]),)),
        "columns": lambda: (table.columns, table.column(0).values(), table.column(1).valid(), memoryview(table.column(1)).tolist()),
        "arrow": lambda: (table.__arrow_c_schema__(), table.__arrow_c_stream__(), table.column(0).__arrow_c_array__()),
        "table": lambda: _core.table((("a", "string", ["x", None]), ("b", "dictionary", ["x", "y"]))),
        "wrong table": lambda: try_with(_core.table, ((("a", "string", ["x", 1]),),)),
        "parse": lambda: (_core.parse("jsonl", LINE, OPTIONS), _core.parse("text", b"A title\n\nText", OPTIONS)),
        "wrong parse": lambda: (try_with(_core.parse, ("xml", LINE, OPTIONS)), try_with(_core.parse, ("jsonl", LINE, (None, None, False, (("a", "b"),))))),
        "words": lambda: (_core.words("some words"), try_with(_core.words, ("\ud800",))),
        "sniff": lambda: (_core.sniff(b"{}"), _core.json_is_valid(b"[1]"), _core.json_is_valid(b"[")),
        "inspect": lambda: _core.inspect(path),
        "query": lambda: (_core.canonical("a b"), _core.period("2020-W34"), try_with(_core.canonical, ("(",))),
        "zstd": lambda: (_core.zstd_stream(), jsonl.read(b"", 5), try_with(_core.zstd_stream().read, (b"nonsense", 5))),
    }


def test_no_call_keeps_memory(snapshot, tmp_path):
    for name, act in rounds_of(snapshot, tmp_path).items():
        rounds = 300 if name in ("open", "verify", "inspect") else 2000
        blocks, core = grows_by(act, rounds)
        assert core == 0 and abs(blocks) < 50, f"{name}: {blocks} blocks of Python, {core} of the core"


def test_no_writer_keeps_memory(tmp_path):
    names = (f"w{i}" for i in itertools.count())

    def round_of_writer():
        w = writer(tmp_path, next(names))
        w.add("jsonl", "n", LINE, OPTIONS, 0, 1)
        w.note("n", "code", 1, 0, "e", False)
        w.report(), w.summary(), w.counts()
        try_with(w.add, ("jsonl", "n", LINE, (None, None, False, (("a", 1),)), 0, 1))
        w.close()

    blocks, core = grows_by(round_of_writer, 200)
    assert core == 0 and abs(blocks) < 50


def test_handles_in_cycles_are_collected(archive):
    gc.collect()
    before = _core.live()
    for _ in range(20):
        cycle = [_core.open(os.fsencode(archive), 0, False)]
        cycle += [cycle, cycle[0].all(), cycle[0].all().names("tag"), _core.zstd_stream()]
    del cycle
    gc.collect()
    assert _core.live() == before


# --- the module itself


def run(script, *args):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([os.path.dirname(os.path.dirname(pynews.__file__)), os.environ.get("PYTHONPATH", "")])}
    return subprocess.run([sys.executable, "-X", "faulthandler", "-P", "-c", textwrap.dedent(script), *args], capture_output=True, text=True, timeout=120, env=env)


def test_the_module_can_be_loaded_again_and_again(archive):
    script = """
        import gc, os, sys
        path = os.fsencode(sys.argv[1])
        kept = []
        for i in range(20):
            for name in [n for n in sys.modules if n.startswith("pynews")]:
                del sys.modules[name]
            from pynews import _core
            s = _core.open(path, 0, False)
            kept.append((s, s.all(), s.all().names("tag").column(0)))
            gc.collect()
        for s, all, column in kept:
            assert all.search("words").count == 20 and column.values() == ["x"]
            try:
                all.search('"')
            except Exception as e:
                assert type(e).__name__ == "QuerySyntaxError"
        foreign = kept[0][1]
        try:
            kept[1][1].trend(foreign, (("s", None),), (2, 0.9, -(2**31), -(2**31), None, False))
        except TypeError:
            print("good")
    """
    done = run(script, str(archive))
    assert done.stdout == "good\n", done.stderr


def test_subinterpreters_have_their_own_module(archive):
    script = """
        import sys
        try:
            import _xxsubinterpreters as sub
        except ImportError:
            import _interpreters as sub
        import pynews
        code = "import sys; sys.path[:] = %r; import os; from pynews import _core; s = _core.open(os.fsencode(%r), 0, False); assert s.all().search('words').count == 20" % (sys.path, sys.argv[1])
        for _ in range(5):
            i = sub.create()
            failed = sub.run_string(i, code) if hasattr(sub, "run_string") else sub.exec(i, code)
            assert not failed, failed
            sub.destroy(i)
        assert pynews.open(sys.argv[1]).search("words")
        print("good")
    """
    done = run(script, str(archive))
    if "No module named '_interpreters'" in done.stderr:
        pytest.skip("this Python has no subinterpreters")
    assert done.stdout == "good\n", done.stderr


def test_objects_that_outlive_everything(archive):
    script = """
        import os, sys
        from pynews import _core
        class Last:
            def __init__(self, *o):
                self.o, self.me = o, self
            def __del__(self):
                for f in (lambda: self.o[0].all(), lambda: self.o[0].all().search('"'), lambda: self.o[1].counts(), lambda: self.o[1].close(), lambda: self.o[0].all().names("tag")):
                    try:
                        f()
                    except BaseException:
                        pass
        w = _core.writer(os.fsencode(sys.argv[1] + "2"), True, 0)
        sys.kept = Last(_core.open(os.fsencode(sys.argv[1]), 0, False), w)
        kept = Last(_core.open(os.fsencode(sys.argv[1]), 0, False), w)
    """
    done = run(script, str(archive))
    assert done.returncode == 0, done.stderr
