"""The tour of ``./run demo``: it shows what there is, on two screens of text, and leaves its pictures."""
import importlib.util

from pynews import _tour

SCREENS = 2 * 60                 # lines


def test_the_tour_shows_bursts_hits_and_links_and_writes_its_pictures(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert _tour.main() == 0
    lines = capsys.readouterr().out.split("\n")
    asked = [line for line in _tour.STEPS.split("\n") if line.startswith(">>> ")]
    assert [line for line in lines if line in asked] == asked and len(lines) <= SCREENS
    for sign in ("series            start       end ", "concordance of korea: 25 hits", "related links  13,488 links", "Trend  share of all articles by quarter"):
        assert any(line.startswith(sign) for line in lines), sign
    assert (tmp_path / "demo-output" / "trend.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (tmp_path / "demo-output" / "trend.png").exists() == (importlib.util.find_spec("matplotlib") is not None)
