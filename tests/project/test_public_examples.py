"""Every public name says what it takes, gives and refuses, and its example is run."""

import doctest
import inspect

import pytest

import maml_verify
import problems
from maml_verify import statements

NAMES = [
    (f"{module.__name__}.{name}", getattr(module, name))
    for module in (maml_verify, problems, statements)
    for name in module.__all__
]
CALLABLE = [pytest.param(*pair, id=pair[0]) for pair in NAMES if callable(pair[1])]


def sections(thing):
    """Sections of a numpydoc docstring that hold something."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    rules = [
        k for k, line in enumerate(lines) if line and set(line) == {"-"} and len(line) == len(lines[k - 1])
    ]
    return {lines[k - 1] for k in rules if k + 1 < len(lines) and lines[k + 1].strip()}


@pytest.mark.parametrize(("name", "thing"), CALLABLE)
def test_a_public_name_has_every_section(name, thing):
    kind = {"Attributes"} if inspect.isclass(thing) else {"Parameters", "Returns", "Raises"}
    assert sections(thing) >= kind | {"Examples"}


@pytest.mark.parametrize(("name", "thing"), CALLABLE)
def test_every_parameter_is_described(name, thing):
    if not inspect.isclass(thing):
        text = inspect.getdoc(thing).partition("Parameters\n")[2].partition("Returns\n")[0]
        heads = {part.strip() for line in text.splitlines() if not line.startswith(" ") for part in
                 line.partition(" : ")[0].split(",")}  # fmt: skip
        named = inspect.signature(thing).parameters.values()
        assert {p.name for p in named if p.kind != inspect.Parameter.VAR_KEYWORD} <= heads


@pytest.mark.parametrize(("name", "thing"), CALLABLE)
def test_its_example_is_true(name, thing):
    runner = doctest.DocTestRunner()
    (test,) = doctest.DocTestFinder(recurse=False).find(thing, name, globs={})
    said = []
    runner.run(test, out=said.append)
    assert test.examples
    assert not runner.failures, "".join(said)


def test_what_is_no_function_is_told_of_by_its_module():
    for name, thing in NAMES:
        if not callable(thing) and not name.endswith("__"):
            module, _, own = name.rpartition(".")
            assert f"`{own}`" in (inspect.getdoc(__import__(module)) or "")


def test_a_section_that_is_empty_or_missing_is_seen():
    def f():
        """Text.

        Parameters
        ----------
        x : int

        Returns
        -------

        Raises
        """

    assert sections(f) == {"Parameters"}
