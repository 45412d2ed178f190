"""Every example in a docstring runs and prints what it says; every public verb has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import undeb as ub
from undeb.tables import Table

MODULES = [importlib.import_module(f"undeb.{m.name}") for m in pkgutil.iter_modules(ub.__path__) if m.name != "_undeb"]
TESTS = [t for m in [ub, *MODULES] for t in doctest.DocTestFinder(exclude_empty=True).find(m) if t.examples]


@pytest.mark.parametrize("example", TESTS, ids=lambda test: test.name)
def test_examples(example: doctest.DocTest) -> None:
    printed: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    outcome = runner.run(example, out=printed.append)
    assert outcome.failed == 0, "".join(printed)


def tables(base: type = Table) -> list[type]:
    """Every noun that is a table, those that verbs answer with too."""
    return [kind for below in base.__subclasses__() for kind in (below, *tables(below))]


def test_every_public_verb_has_an_example() -> None:
    without: list[str] = []
    for name in ub.__all__:
        thing = getattr(ub, name)
        if not inspect.isclass(thing):
            without += [name] * (">>>" not in (inspect.getdoc(thing) or ""))
    nouns = {thing for name in ub.__all__ if inspect.isclass(thing := getattr(ub, name)) and not issubclass(thing, Warning | Exception)}
    for thing in {*nouns, *tables()}:
        for member, value in inspect.getmembers(thing, callable):
            if not member.startswith("_") and value.__qualname__.startswith(thing.__name__ + "."):
                without += [f"{thing.__name__}.{member}"] * (">>>" not in (inspect.getdoc(value) or ""))
    assert without == []
    assert {"Changes", "Trend", "Projection", "Decomposition", "Quantities", "Outlook", "Listing"} <= {t.__name__ for t in tables()}
    assert len(TESTS) > 40
