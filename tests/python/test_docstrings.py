"""Every example in a docstring gives what it says, and everything public has a docstring."""
import doctest
import importlib
import inspect
import pkgutil

import pytest

import pynews
from pynews._mapped import mapped

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
    seen = {}
    for module in modules():
        for test in [*finder.find(module, module.__name__, globs={}), *mapped_in(module)]:
            seen[test.name] = len(test.examples)
            runner.run(test)
    assert runner.summarize(verbose=False).failed == 0
    assert all(seen[f"pynews.{name}"] for name in ("_articles.Articles.trend", "_articles.Articles.words", "_words.Words.prefix", "_archive.open"))


def modules():
    for module in pkgutil.iter_modules(pynews.__path__):
        if module.name not in ("__main__", "_core"):
            yield importlib.import_module(f"pynews.{module.name}")


def mapped_in(module):
    """The examples of attributes that doctest does not take for properties."""
    for name, thing in vars(module).items():
        if inspect.isclass(thing) and thing.__module__ == module.__name__:
            for member, value in vars(thing).items():
                if isinstance(value, mapped):
                    yield doctest.DocTestParser().get_doctest(value.__doc__, {}, f"{module.__name__}.{name}.{member}", None, 0)


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
