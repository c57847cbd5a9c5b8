"""The wheel as a user gets it: built from the source archive, installed into an empty environment, asked a question there; and the same by pip
from a checkout, installed and in editable form.

usage: python tools/check_wheel.py        (in the repository root; uses build/wheel)
"""
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

WORK = Path("build/wheel").resolve()

QUESTION = """
import pathlib, sys, tempfile
import pynews
from pynews._demo_pages import write_pages

assert "site-packages" in pynews.__file__, pynews.__file__
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    truth = write_pages(folder / "pages", n=200)
    with pynews.build(folder / "news.pna", folder / "pages") as archive:
        assert len(archive) == truth["articles"], (len(archive), truth["articles"])
        trend = archive.trend(freq="month").to_dict()
        assert sum(trend["count"]) == truth["articles"], trend
extra = {"numpy", "pandas", "pyarrow", "polars", "matplotlib", "tqdm"} & set(sys.modules)
assert not extra, f"imports {extra}, which pynews must not need"
print(f"wheel: {truth['articles']} articles built and counted with {pynews.__file__.rsplit('/', 1)[0]}")
"""


def run(*command, cwd=None):
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, env=clean_environment())
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))[:200]}\n{done.stdout}{done.stderr}\nwheel: failed")
    return done.stdout


def clean_environment():
    """Nothing that would let Python find the checkout."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH")}


def built_wheel():
    shutil.rmtree(WORK, ignore_errors=True)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", WORK / "dist", ".")     # source archive, then the wheel from it
    wheels = list((WORK / "dist").glob("*.whl"))
    assert len(wheels) == 1, wheels
    return wheels[0]


def check_tag(wheel):
    if not sysconfig.get_config_var("Py_GIL_DISABLED"):
        assert re.search(r"-cp311-abi3-", wheel.name), f"{wheel.name} is not tagged cp311-abi3"
        assert any(n.endswith("_core.abi3.so") for n in zipfile.ZipFile(wheel).namelist()), "no _core.abi3.so in the wheel"


def check_exports(wheel):
    """A symbol more would clash with another library's, or be used by one."""
    with zipfile.ZipFile(wheel) as z:
        [name] = [n for n in z.namelist() if n.endswith(".so")]
        module = z.extract(name, WORK / "unpacked")
    exported = {line.split()[-1] for line in run("nm", "-D", "--defined-only", module).splitlines()}
    assert exported - {"_init", "_fini"} == {"PyInit__core"}, f"exported: {sorted(exported)}"


def ask_outside(wheel):
    venv.create(WORK / "env", with_pip=True)
    python = WORK / "env/bin/python"
    run(python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel)
    print(run(python, "-c", QUESTION, cwd=WORK), end="")
    run(WORK / "env/bin/pynews", "--help", cwd=WORK)


def ask_installed_from_a_checkout():
    """pip install . and pip install -e . of a copy of the tree, compiled by pip as at a user's."""
    copy = WORK / "checkout"
    ignored = shutil.ignore_patterns(".git", ".venv", "build", "dist", "*.egg-info", "*.so", "__pycache__", "demo-output")
    shutil.copytree(".", copy, ignore=ignored)
    python = WORK / "env/bin/python"
    run(python, "-m", "pip", "install", "-q", "setuptools>=77")
    for how in ([copy], ["-e", copy]):
        run(python, "-m", "pip", "uninstall", "-q", "-y", "pynews")
        run(python, "-m", "pip", "install", "-q", "--no-build-isolation", "--no-deps", *how)
        print(run(python, "-c", QUESTION.replace('assert "site-packages" in pynews.__file__', 'assert pynews.__file__'), cwd=WORK), end="")


def main():
    wheel = built_wheel()
    check_tag(wheel)
    check_exports(wheel)
    ask_outside(wheel)
    ask_installed_from_a_checkout()
    print(f"wheel: ok, {wheel.name}, {wheel.stat().st_size // 1024} KiB")


main()
