"""The notebooks run from the first cell to the last and give what they show."""
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_every_notebook_runs_and_gives_what_it_shows(plain_cli):
    for package in ("nbclient", "ipykernel", "matplotlib", "pandas", "networkx"):
        pytest.importorskip(package)
    done = subprocess.run([sys.executable, ROOT / "tools" / "notebooks.py", "--check"], env=plain_cli, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "notebooks give what they show" in done.stdout
