"""The forty lines of a first notebook run as they stand, each by itself."""
import ast
from pathlib import Path

import pytest

OURS = Path(__file__).parents[2] / "notebooks" / "forty_lines.py"
CONTRACT = Path(__file__).parents[2] / ".." / "shared" / "reference" / "analysis" / "notebook40.py"
NOT_YET = ("keyness", "collocates", "cooccurrence", "stories")


def run(path):
    """Runs the statements of a file and looks at what each gives; returns how many there were."""
    text, names, n = path.read_text(encoding="utf-8"), {}, 0
    for statement in ast.parse(text).body:
        if any(name in ast.get_source_segment(text, statement) for name in NOT_YET):
            continue
        n += 1
        if isinstance(statement, ast.Expr):
            repr(eval(compile(ast.Expression(statement.value), path.name, "eval"), names))
        else:
            exec(compile(ast.Module([statement], []), path.name, "exec"), names)
    return n


@pytest.mark.parametrize("path", [OURS, CONTRACT], ids=["ours", "contract"])
def test_every_line_runs(path, demo, capsys):
    for package in ("matplotlib", "pandas", "networkx"):
        pytest.importorskip(package)
    if not path.exists():
        pytest.skip(f"{path} is not there")
    import matplotlib

    matplotlib.use("agg")
    assert run(path) >= 34
    assert "did you mean 'Blockchain'?" in capsys.readouterr().out


def test_our_lines_are_those_of_the_contract_but_for_what_is_not_built():
    if not CONTRACT.exists():
        pytest.skip(f"{CONTRACT} is not there")
    kept = [line for line in CONTRACT.read_text(encoding="utf-8").splitlines() if not any(name in line for name in NOT_YET)]
    assert OURS.read_text(encoding="utf-8").splitlines() == kept
