"""Files that somebody else touches while an archive is open: the right answer, or an error that names the file."""

from __future__ import annotations

import os
import shutil

import pytest

import pynews

QUESTIONS = [
    lambda ar: len(ar.search("rain")),
    lambda ar: ar.trend("rain").to_dict(),
    lambda ar: ar[3].title,
    lambda ar: [a.id for a in ar],
    lambda ar: ar.article("n5").body,
    lambda ar: dict(ar.tags),
]


@pytest.fixture
def path(tmp_path):
    rows = [{"id": f"n{i}", "title": f"rain {i}", "date": f"2020-01-{i % 28 + 1:02}", "tags": ["wet"], "body": "rain and sun"} for i in range(60)]
    pynews.build(tmp_path / "a.pna", rows).close()
    return tmp_path / "a.pna"


def overwrite(file, at):
    with open(file, "r+b") as f:
        f.seek(at)
        byte = f.read(1)
        f.seek(at)
        f.write(bytes([byte[0] ^ 1]))


@pytest.mark.parametrize("suffix", [".idx", ".doc"])
@pytest.mark.parametrize("ask", QUESTIONS)
def test_a_file_written_over_in_place_is_an_error_that_names_it(path, ask, suffix):
    ar = pynews.open(path)
    before = ask(ar)
    [file] = path.glob(f"*{suffix}")
    for at in range(0, os.path.getsize(file), max(1, os.path.getsize(file) // 5)):
        overwrite(file, at)
        with pytest.raises(pynews.ArchiveChangedError, match=file.name):
            ask(ar)
    assert before


@pytest.mark.parametrize("ask", QUESTIONS)
def test_a_file_cut_short_is_an_error_and_never_a_crash(path, ask):
    ar = pynews.open(path)
    ask(ar)
    for file in path.glob("seg-*"):
        os.truncate(file, 10)
    with pytest.raises(pynews.ArchiveError):
        ask(ar)


def test_an_archive_read_into_memory_does_not_care(path):
    ar = pynews.open(path, mmap=False)
    before = [ask(ar) for ask in QUESTIONS]
    for file in path.glob("seg-*"):
        overwrite(file, 100)
    assert [ask(ar) for ask in QUESTIONS] == before


def test_a_folder_that_was_removed_still_answers(path):
    ar = pynews.open(path)
    before = [ask(ar) for ask in QUESTIONS]
    shutil.rmtree(path)
    assert [ask(ar) for ask in QUESTIONS] == before
