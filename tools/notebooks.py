"""Runs the notebooks, each in a process of its own, and writes what they print into them; with --check it compares instead.

Pictures are drawn anew and not compared; text is, so a notebook never shows what pynews no longer says.
"""
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent / "notebooks"


def executed(path):
    """The notebook after all of its cells ran; a cell that raises ends it with the name of the cell."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)             # when it ran
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    return notebook


def texts(notebook):
    """What the cells print, a list a cell."""
    return [[o.get("text", o.get("data", {}).get("text/plain")) for o in cell.get("outputs", [])] for cell in notebook.cells]


def differences(path):
    """Cells whose text is not what the notebook shows."""
    shown, now = texts(nbformat.read(path, as_version=4)), texts(executed(path))
    return [f"{path.name}, cell {i}: shows\n{a}\nand gives\n{b}" for i, (a, b) in enumerate(zip(shown, now, strict=True)) if a != b]


def main():
    paths = sorted(FOLDER.glob("*.ipynb"))
    with ThreadPoolExecutor(2) as pool:
        if "--check" not in sys.argv:
            for path, notebook in zip(paths, pool.map(executed, paths), strict=True):
                nbformat.write(notebook, path)
            return 0
        found = [line for lines in pool.map(differences, paths) for line in lines]
    print("\n".join(found) or f"{len(paths)} notebooks give what they show")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
