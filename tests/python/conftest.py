"""What the Python tests share: the demo archive, small archives, real material where it is present, and how long hypothesis searches."""
import importlib.util
import os
import sys
from pathlib import Path

import pytest

if importlib.util.find_spec("hypothesis"):
    from hypothesis import HealthCheck, settings

    slow_ok = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    settings.register_profile("fast", deadline=None, max_examples=50, suppress_health_check=slow_ok, derandomize=True)
    settings.register_profile("trust", deadline=None, max_examples=2000, suppress_health_check=slow_ok)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """The demo archive is made in a folder of the test run, never in the user's cache."""
    folder, before = tmp_path_factory.mktemp("cache"), os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="session")
def demo(own_cache):
    """The demo archive; tests only read it."""
    import pynews

    with pynews.demo() as ar:
        yield ar


@pytest.fixture(autouse=True)
def no_figures_left():
    """matplotlib keeps every figure until it is closed, and warns of the twentieth."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture
def make(tmp_path):
    """make(inputs, **options): a new archive of them."""
    import pynews

    made = []

    def build(inputs, name=None, **options):
        made.append(pynews.build(tmp_path / (name or f"made-{len(made)}.pna"), inputs, progress=False, **options))
        return made[-1]

    yield build
    for ar in made:
        ar.close()


@pytest.fixture(scope="session")
def data_file():
    """data_file(name): the path of a file of real material; the test is skipped where it is not there."""

    def find(name):
        path = DATA / name
        if not path.exists():
            pytest.skip(f"the real material is not at {path}")
        return path

    return find


@pytest.fixture
def plain_cli(own_cache):
    """Environment for child processes that import this pynews."""
    import pynews

    package = str(Path(pynews.__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([package, os.environ.get("PYTHONPATH", "")]), "PYTHONIOENCODING": "utf-8"}
