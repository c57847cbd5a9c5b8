"""Progress of long work: shown when it lasts and someone watches, by tqdm or by a plain line."""

from __future__ import annotations

import io
import sys

import pytest

from pynews import _progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def watch(monkeypatch, screen=None):
    """Someone watches this screen; set inside the test, for pytest puts its own stderr in place before each phase."""
    screen = Terminal() if screen is None else screen
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(_progress, "EVERY", 0.0)
    return screen


def work(choice, total=1000, steps=10):
    with _progress.meter(choice, total, "reading") as bar:
        for _ in range(steps):
            bar.advance(100)
    return bar.done


def test_a_plain_line_where_tqdm_is_not_installed(monkeypatch):
    terminal = watch(monkeypatch)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert work(True) == 1000
    shown = terminal.getvalue()
    assert shown.startswith("\rreading") and shown.endswith("\n") and "100%" in shown


def test_tqdm_where_it_is_installed(monkeypatch):
    terminal = watch(monkeypatch)
    pytest.importorskip("tqdm")
    assert work(True) == 1000
    assert "reading: 100%" in terminal.getvalue()


def test_short_work_shows_nothing_by_default(monkeypatch):
    terminal = watch(monkeypatch)
    assert work(None) == 1000
    assert terminal.getvalue() == ""


def test_lasting_work_is_shown_by_default_only_where_someone_watches(monkeypatch):
    terminal = watch(monkeypatch)
    monkeypatch.setattr(_progress, "SHOW_AFTER", 0.0)
    work(None)
    assert "reading" in terminal.getvalue()
    quiet = watch(monkeypatch, io.StringIO())
    work(None)
    assert quiet.getvalue() == ""


def test_false_shows_nothing_and_a_callable_is_told(monkeypatch):
    terminal = watch(monkeypatch)
    work(False)
    told = []
    work(lambda done, total: told.append((done, total)))
    assert terminal.getvalue() == ""
    assert told[-1] == (1000, 1000) and len(told) == 10


def test_the_line_ends_when_the_work_fails(monkeypatch):
    terminal = watch(monkeypatch)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(RuntimeError), _progress.meter(True, None, "reading") as bar:
        bar.advance(5)
        raise RuntimeError
    assert terminal.getvalue().endswith("\n")
