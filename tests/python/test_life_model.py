"""An archive that is added to, corrected, opened again and interrupted, in any order, beside a model that is a list of rows.

After every step the newest snapshot and every older one that is still open answer as the model did when they were opened.
PYNEWS_TRUST=1 plays more and longer lives.
"""
import itertools
import json
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import pynews

sys.path.insert(0, os.path.dirname(__file__))
from models import query_model, random_world
from test_random_queries import KINDS, is_known, names_of

TRUST = bool(os.environ.get("PYNEWS_TRUST"))
SNAPSHOTS = 4
HASHES = {}

numbers = st.lists(st.integers(0, 30), min_size=1, max_size=8)
versions = st.integers(0, 3)
seeds = st.integers(0, 10**6)


def row_of(number, version):
    return random_world.row(random.Random(100 * number + version), number)


def fingerprint_of(row):
    """What an archive of this one article calls itself."""
    key = json.dumps(row, sort_keys=True)
    if key not in HASHES:
        with tempfile.TemporaryDirectory() as folder, pynews.build(os.path.join(folder, "a.pna"), [row], progress=False) as ar:
            HASHES[key] = int(ar._snapshot_open().info()["fingerprint"], 16)
    return HASHES[key]


class Model:
    """The live rows in the order in which they came."""

    def __init__(self, live):
        self.live = live
        self.queries = query_model.Archive(live.values())
        self.fingerprint = sum(map(fingerprint_of, live.values())) % 2**128

    def after_add(self, rows):
        live = dict(self.live)
        for row in rows:
            if live.get(row["id"]) != row:                     # the same once more is where it was
                live.pop(row["id"], None)
                live[row["id"]] = row
        return Model(live)

    def after_delete(self, ids):
        return Model({key: row for key, row in self.live.items() if key not in ids})


def same_answers(ar, model, tree):
    assert int(ar._snapshot_open().info()["fingerprint"], 16) == model.fingerprint
    assert [a.id for a in ar] == model.queries.ids(model.queries.everything)
    if is_known(tree, names_of(model.queries)):
        text = query_model.text_of(tree)
        assert [a.id for a in ar.search(text)] == model.queries.ids(model.queries.find(tree)), text


def generation_of(ar):
    return int(ar.snapshot[1:])


class Life(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="pynews-life-")
        self.path = os.path.join(self.folder, "a.pna")
        first = [row_of(0, 0)]
        self.open = [(pynews.build(self.path, first, progress=False), Model({}).after_add(first))]
        self.asked = ("words", "rail")
        self.pinned = {}
        self.compacted = 0                                     # the first generation that the last compaction left

    @property
    def newest(self):
        return self.open[-1][1]

    def remember(self, ar, model):
        self.open.append((ar, model))
        if len(self.open) > SNAPSHOTS:
            self.open.pop(0)[0].close()

    @rule(numbers=numbers, version=versions)
    def add(self, numbers, version):
        rows = [row_of(number, version) for number in numbers]
        writer = pynews.open(self.path, "a")
        report = writer.add(rows, progress=False)
        assert report.read == report.stored + report.replaced + report.duplicate + report.skipped == len(rows)
        self.remember(writer, self.newest.after_add(rows))

    @rule(seed=seeds, older=st.booleans())
    def delete(self, seed, older):
        """What a query finds in the newest snapshot, or in an older one: of that, what is still there and unchanged."""
        ar, seen = self.open[0 if older else -1]
        tree = random_world.tree(random.Random(seed), KINDS, 2)
        if not is_known(tree, names_of(seen.queries)):
            return
        now = self.newest
        gone = {i for i in seen.queries.ids(seen.queries.find(tree)) if now.live.get(i) == seen.live[i]}
        with pynews.open(self.path, "a") as writer:
            assert writer.delete(ar.search(query_model.text_of(tree)) if older else query_model.text_of(tree)) == len(gone)
        self.remember(pynews.open(self.path), now.after_delete(gone))

    def on_disk(self):
        return [int(name.removeprefix("MANIFEST-")) for name in os.listdir(self.path) if name.startswith("MANIFEST-")]

    @rule()
    def compact(self):
        with pynews.open(self.path, "a") as writer:
            writer.compact(progress=False)
            assert writer._snapshot_open().info()["deleted"] == 0
        unpinned = {generation for generation in self.on_disk() if f"v{generation}" not in self.pinned}
        self.compacted = max(self.compacted, min(unpinned, default=0))    # it may give up what came before, and says so
        self.remember(pynews.open(self.path), self.newest)

    @precondition(lambda self: len(self.pinned) < 3)
    @rule(note=st.text(max_size=10))
    def pin(self, note):
        with pynews.open(self.path, "a") as writer:
            self.pinned[writer.pin(note)] = self.newest

    @precondition(lambda self: self.pinned)
    @rule()
    def unpin(self):
        with pynews.open(self.path, "a") as writer:
            name, _ = self.pinned.popitem()
            writer.unpin(name)
            assert set(writer.pins["snapshot"]) == set(self.pinned)

    @rule(place=st.integers(0, SNAPSHOTS - 1))
    def refresh(self, place):
        """An open snapshot moves on to the newest."""
        newest = self.newest
        ar, _ = self.open.pop(place % len(self.open))
        self.open.append((ar.refresh(), newest))

    @rule(place=st.integers(0, SNAPSHOTS - 1))
    def pickle(self, place):
        """What another process would get: the newest two snapshots are there still, but for those that a compaction gave up."""
        ar, model = self.open[place % len(self.open)]
        with pynews.open(self.path) as now:                   # pins make generations, too
            newest = generation_of(now)
        if generation_of(ar) >= max(self.compacted, newest - 1):
            self.open.insert(0, (pickle.loads(pickle.dumps(ar)), model))

    @rule(mmap=st.booleans())
    def reopen(self, mmap):
        self.remember(pynews.open(self.path, mmap=mmap), self.newest)

    @rule(numbers=numbers, version=versions)
    def give_up(self, numbers, version):
        """The input fails before the commit."""

        def rows():
            yield from (row_of(number, version) for number in numbers)
            raise ZeroDivisionError

        with pynews.open(self.path, "a") as ar, pytest.raises(ZeroDivisionError):
            ar.add(rows(), progress=False)

    @rule(numbers=numbers, version=versions)
    def crash(self, numbers, version):
        """The process dies before the commit."""
        child = os.fork()
        if child == 0:
            rows = itertools.chain((row_of(number, version) for number in numbers), (os.kill(os.getpid(), signal.SIGKILL) for _ in "x"))
            try:
                pynews.open(self.path, "a").add(rows, progress=False)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL

    @rule(seed=seeds)
    def ask(self, seed):
        self.asked = random_world.tree(random.Random(seed), KINDS)

    @precondition(lambda self: len(self.open) > 1)
    @rule()
    def forget_the_oldest(self):
        self.open.pop(0)[0].close()

    @rule()
    def verify(self):
        with pynews.open(self.path) as ar:
            ar.verify()

    @invariant()
    def every_snapshot_answers_as_when_it_was_opened(self):
        for ar, model in self.open:
            same_answers(ar, model, self.asked)
        for name, model in self.pinned.items():
            with pynews.open(self.path, at=name) as ar:
                same_answers(ar, model, self.asked)

    def teardown(self):
        with pynews.open(self.path) as ar:
            ar.verify()
            same_answers(ar, self.newest, self.asked)
        for ar, _ in self.open:
            ar.close()
        shutil.rmtree(self.folder)


Life.TestCase.settings = settings(max_examples=300 if TRUST else 25, stateful_step_count=30 if TRUST else 20, deadline=None,
                                  suppress_health_check=list(HealthCheck), derandomize=not TRUST)
TestLife = Life.TestCase
