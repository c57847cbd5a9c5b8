"""Every example in a docstring gives what it says, and everything public has a docstring."""
import doctest
import inspect

import pytest

import pynews

MODULES = [pynews, *(m for name, m in vars(pynews).items() if inspect.ismodule(m))]


def public():
    for name in pynews.__all__:
        thing = getattr(pynews, name)
        yield name, thing
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                    yield f"{name}.{member}", value


@pytest.mark.parametrize("name,thing", list(public()), ids=[name for name, _ in public()])
def test_what_is_public_says_what_it_is(name, thing):
    assert inspect.getdoc(thing), name


@pytest.mark.usefixtures("demo")
def test_examples_give_what_they_say():
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    n = 0
    for name, thing in [("pynews", pynews), *((name, getattr(pynews, name)) for name in pynews.__all__)]:
        for test in finder.find(thing, name, globs={}):
            n += len(test.examples)
            runner.run(test)
    assert runner.summarize(verbose=False).failed == 0
    assert n >= 15


def test_functions_with_parameters_name_them_all():
    for name, thing in public():
        function = thing.fget if isinstance(thing, property) else thing
        text = inspect.getdoc(thing) or ""
        if inspect.isfunction(function) and "Parameters\n" in text:
            for parameter in inspect.signature(function).parameters:
                assert parameter in ("self", "kw") or parameter in text, (name, parameter)


def test_signatures_are_there_for_completion():
    for name in ("build", "open", "parse", "words", "demo"):
        assert inspect.signature(getattr(pynews, name)).return_annotation
