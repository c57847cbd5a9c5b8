"""Threads: many ask one archive at once while another adds, and every answer is the right one of its snapshot."""
import threading
import time

import pytest

import pynews
from pynews._articles import Articles

SECONDS = 1.5
N = 400


def records(first, n):
    return [{"id": str(i), "title": f"Title {i}", "date": f"2020-{1 + i % 12:02d}-{1 + i % 28:02d}", "body": f"rain {'wind' if i % 2 else 'sun'} filler{i % 50}"} for i in range(first, first + n)]


def together(*jobs):
    """Runs the jobs at the same moment; raises the first thing any of them raised."""
    gate, failed = threading.Barrier(len(jobs)), []

    def guard(job):
        try:
            gate.wait()
            job()
        except BaseException as e:
            failed.append(e)

    threads = [threading.Thread(target=guard, args=(job,)) for job in jobs]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if failed:
        raise failed[0]


def test_eight_threads_ask_one_archive_while_another_adds(make):
    ar = make(records(0, N), memory=1 << 20)
    reader = pynews.open(ar.path)
    expected = {q: ([a.id for a in reader.search(q)], reader.trend(q).to_dict()) for q in ("rain", "wind", '"rain sun"', "filler7 wind", "nothing")}
    order, end, added = [a.id for a in reader], time.monotonic() + SECONDS, []

    def ask(k):
        def job():
            n = 0
            while time.monotonic() < end or not n:
                for q, (ids, trend) in list(expected.items())[k % 3 :]:
                    found = reader.search(q)
                    assert len(found) == len(ids) and found.trend("rain").shape[0] == 12
                    assert reader.trend(q).to_dict() == trend
                    assert [a.id for a in found] == ids
                assert reader[k].id == order[k] and repr(reader) and len(pynews.open(ar.path)) >= N
                n += 1

        return job

    def add():
        while time.monotonic() < end or not added:
            ar.add(records(N + 10 * len(added), 10))
            added.append(1)

    together(*(ask(k) for k in range(8)), add)
    assert len(reader) == N and len(ar) == N + 10 * len(added) == len(pynews.open(ar.path))
    ar.verify()


@pytest.mark.parametrize("step", ["_find", "_denominator", "_step"])
def test_a_call_is_of_one_snapshot_also_where_another_thread_moves_the_archive_on_in_the_middle_of_it(make, monkeypatch, step):
    ar = make(records(0, N))
    do = getattr(Articles, step)

    def and_move_on(self, *args):
        done = do(self, *args)
        together(lambda: ar.add(records(len(ar), 1)))
        return done

    monkeypatch.setattr(Articles, step, and_move_on)
    for ask in (lambda: ar.search("rain"), lambda: ar.filter("rain"), lambda: ar["2020"], lambda: ar.top(3, by="newest")):
        before = len(ar)
        found = ask()
        assert len(found.base) == before, (step, before)
        assert sum(found.trend("rain", "year")["total"]) == len(found.base)
    assert len(ar) > N


def test_the_first_look_at_the_order_may_be_taken_by_many_at_once(make):
    parts = make(records(0, 50))
    for i in range(1, 6):
        parts.add(records(50 * i, 50))
    for _ in range(20):
        fresh, seen = pynews.open(parts.path), []
        together(*[lambda fresh=fresh, seen=seen: seen.append([a.id for a in fresh])] * 6)
        assert len(seen) == 6 and all(s == seen[0] for s in seen) and len(seen[0]) == 300


def test_the_demo_may_be_made_by_many_at_once(tmp_path, monkeypatch):
    from pynews import _demo

    write_pages = _demo.write_pages
    monkeypatch.setattr(_demo, "write_pages", lambda folder: write_pages(folder, 200))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    sizes = []
    together(*[lambda: sizes.append(len(pynews.demo()))] * 4)
    assert sizes == [200] * 4 and [p.name for p in (tmp_path / "pynews").iterdir()] == ["demo-2.pna"]


def test_only_one_of_two_writers_gets_in_and_the_other_is_told(make):
    ar = make(records(0, 10))
    outcome = []

    def write(k):
        def job():
            try:
                pynews.open(ar.path, "a").add(records(1000 * k, 200))
                outcome.append("added")
            except pynews.ArchiveLockedError:
                outcome.append("locked")

        return job

    together(*(write(k) for k in range(1, 5)))
    assert "added" in outcome and len(outcome) == 4
    assert len(pynews.open(ar.path)) == 10 + 200 * outcome.count("added")


def test_closing_while_others_ask_is_an_error_and_never_a_crash(make):
    for _ in range(10):
        ar = make(records(0, 200))

        def ask(ar=ar):
            with pytest.raises(ValueError, match="closed"):
                while True:
                    ar.search("rain").trend("wind").to_dict()
                    [a.title for a in ar.search("filler7")]

        together(ask, ask, ask, lambda ar=ar: (time.sleep(0.02), ar.close()))


def test_results_are_freed_by_whichever_thread_lets_go_last(demo):
    import gc

    from pynews import _core

    gc.collect()
    demo.trend("korea")
    before, kept = _core.live(), []
    together(*[lambda: kept.extend([demo.trend("korea", "week"), demo.search("korea"), demo.trend("cbdc")["count"]])] * 8)
    together(*[lambda: [kept.pop() for _ in range(3)]] * 8)
    gc.collect()
    assert kept == [] and _core.live() == before
