"""The documents say what is there: examples run, links lead somewhere, tables of codes and layers are those of the code."""
import ast
import doctest
import inspect
import re
import shlex
from pathlib import Path

import pytest

import pynews
from pynews._cli import main
from pynews._demo_pages import write_pages

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NOT_OURS = {"build", "dist", "demo-output", "node_modules"}


def documents():
    """Every .md file of the tree, without what was built or installed."""
    for path in sorted(ROOT.rglob("*.md")):
        parts = path.relative_to(ROOT).parts
        if not any(part.startswith(".") or part in NOT_OURS or part.endswith(".egg-info") for part in parts):
            yield path


def blocks(path, *languages):
    """(language, text, line) of the fenced blocks."""
    text = path.read_text(encoding="utf-8")
    for m in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S):
        if m[1] in languages:
            yield m[1], m[2], text.count("\n", 0, m.start()) + 1


# --- examples of the README


@pytest.fixture
def after_the_demo(tmp_path, monkeypatch, demo):
    """A folder in which ./run demo has left its pages."""
    for package in ("pandas", "polars", "pyarrow"):
        pytest.importorskip(package)
    write_pages(tmp_path / "demo-output" / "pages")
    monkeypatch.chdir(tmp_path)


def check_python(text, line, names):
    test = doctest.DocTestParser().get_doctest(text, names, "README", str(README), line)
    complaints = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=complaints.append, clear_globs=False)
    assert not complaints, "".join(complaints)
    names.update(test.globs)
    return len(test.examples)


def check_console(text, line, capsys):
    commands = re.findall(r"^\$ pynews (.*)\n((?:(?!\$ ).*\n)*)", text, re.M)
    for command, want in commands:
        capsys.readouterr()
        assert main(shlex.split(command)) == 0, command
        got = capsys.readouterr().out
        assert doctest.OutputChecker().check_output(want, got, FLAGS), f"{README}:{line}: pynews {command}\nwanted\n{want}\ngot\n{got}"
    return len(commands)


def test_every_example_of_the_readme_gives_what_stands_below_it(after_the_demo, capsys):
    names, examples = {}, 0
    for language, text, line in blocks(README, "python", "console"):
        if language == "console":
            examples += check_console(text, line, capsys)
        elif text.startswith(">>>"):
            examples += check_python(text, line, names)
    assert examples >= 25
    names["ar"].close()


def test_every_command_that_the_documents_name_is_a_target():
    targets = set(re.findall(r"^([a-z-]+):.*  ## ", (ROOT / "Makefile").read_text(), re.M)) | {"help", "TARGET"}
    for path in documents():
        for target in re.findall(r"\./run ([A-Za-z-]+)", path.read_text(encoding="utf-8")):
            assert target in targets, f"{path.relative_to(ROOT)}: ./run {target}"


# --- links and names


def test_every_link_leads_to_a_file():
    n = 0
    for path in documents():
        for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)):
            if re.match(r"[a-z]+:", link) or link.startswith("#"):
                continue
            n += 1
            assert (path.parent / link.split("#")[0]).exists(), f"{path.relative_to(ROOT)}: {link}"
    assert n >= 40


def exists_somewhere(name, known):
    return name in known or any(re.fullmatch(name.replace("*", ".*"), other) for other in known)


def test_every_source_file_that_the_documents_name_exists():
    known = {p.name for folder in ("csrc", "pynews", "tests", "tools") for p in (ROOT / folder).rglob("*.[chp]*")}
    for path in documents():
        for name in re.findall(r"`(?:[\w/]+/)?((?:pn|pnpy|test|fuzz)_[\w*]+\.(?:c|h|py))`", path.read_text(encoding="utf-8")):
            assert exists_somewhere(name, known), f"{path.relative_to(ROOT)}: {name}"


def test_every_function_that_the_architecture_names_exists():
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "csrc").rglob("*.[ch]"))
    names = set(re.findall(r"`(pnp?y?_[a-z0-9_]+)`", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")))
    assert len(names) >= 40
    for name in names:
        assert re.search(rf"\b{name}\b", source), name


def test_each_folder_of_the_core_says_what_it_is_in_25_lines():
    for folder in sorted(p for p in (ROOT / "csrc").iterdir() if p.is_dir()):
        text = (folder / "README.md").read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 25, folder
        for part in ("**May include**", "**Entry points**", "**Invariants**", "**Tests**"):
            assert part in text, (folder, part)


# --- tables


def layers_of_the_tool():
    tree = ast.parse((ROOT / "tools" / "check_layers.py").read_text())
    [table] = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "MAY_INCLUDE"]
    return {layer: seen.split() for layer, seen in ast.literal_eval(table).items()}


def test_the_table_of_layers_is_the_one_that_is_enforced():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("| layer | may include |")[1].split("\n\n")[0]
    table = {layer: seen.split() for layer, seen in re.findall(r"^\| (\w+) \|([\w ]*)\|$", text, re.M)}
    assert table == layers_of_the_tool()
    assert set(table) == {p.name for p in (ROOT / "csrc").iterdir() if p.is_dir()}


def emitted_codes():
    """Literals with an underscore in the sources that make remarks; names of input fields and of kinds are none."""
    codes = set()
    for layer in ("parse", "text"):
        for path in (ROOT / "csrc" / layer).glob("*.c"):
            if path.name not in ("pn_fields.c", "pn_sniff.c", "pn_unicode_tables.c"):
                codes |= set(re.findall(r'"([a-z][a-z0-9]*(?:_[a-z0-9]+)+)"', path.read_text(encoding="utf-8")))
    for name in ("_ingest.py", "_inputs.py"):
        text = (ROOT / "pynews" / name).read_text(encoding="utf-8")
        codes |= set(re.findall(r'problem="(\w+)"', text)) | set(re.findall(r'note\(each, "(\w+)"', text))
    return codes


def test_every_code_of_a_remark_is_explained_and_no_other():
    rows = re.findall(r"^\| (`.*?) \|", (ROOT / "docs" / "DIAGNOSTICS.md").read_text(encoding="utf-8"), re.M)
    explained = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
    emitted = emitted_codes()
    assert len(emitted) > 50
    assert explained == emitted


# --- docstrings


def public_callables():
    for name in pynews.__all__:
        thing = getattr(pynews, name)
        if inspect.isfunction(thing):
            yield name, thing, 1
        elif inspect.isclass(thing):
            for member, value in vars(thing).items():
                if inspect.isfunction(value) and not member.startswith("_"):
                    yield f"{name}.{member}", value, 2


@pytest.mark.parametrize("name, function, least", [pytest.param(*each, id=each[0]) for each in public_callables()])
def test_what_takes_something_says_what_it_takes_and_what_it_gives(name, function, least):
    """A function has sections for what it takes and gives; a method of one parameter may say so in its sentence."""
    text, signature = inspect.getdoc(function) or "", inspect.signature(function)
    assert text, name
    taken = [p for p in signature.parameters if p != "self"]
    if len(taken) >= least:
        assert "Parameters" in text, name
    if least == 1 and signature.return_annotation not in (None, "None"):
        assert "Returns\n" in text, name


def test_every_public_class_has_a_docstring_of_its_own():
    for name in pynews.__all__:
        thing = getattr(pynews, name)
        if inspect.isclass(thing):
            assert "__doc__" in vars(thing) and vars(thing)["__doc__"], name


def test_the_documents_name_no_place_outside_the_tree():
    for path in documents():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(?:work|home|root|tmp)/", text), path
