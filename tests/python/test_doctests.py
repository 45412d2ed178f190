"""Every example in a docstring runs and prints what it says; every public verb has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import undeb as ub

MODULES = [importlib.import_module(f"undeb.{m.name}") for m in pkgutil.iter_modules(ub.__path__) if m.name != "_undeb"]
TESTS = [t for m in [ub, *MODULES] for t in doctest.DocTestFinder(exclude_empty=True).find(m) if t.examples]


@pytest.mark.parametrize("example", TESTS, ids=lambda test: test.name)
def test_examples(example: doctest.DocTest) -> None:
    printed: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    outcome = runner.run(example, out=printed.append)
    assert outcome.failed == 0, "".join(printed)


def test_every_public_verb_has_an_example() -> None:
    without: list[str] = []
    for name in ub.__all__:
        thing = getattr(ub, name)
        if inspect.isclass(thing) and issubclass(thing, Warning | Exception):
            continue
        if not inspect.isclass(thing):
            without += [name] * (">>>" not in (inspect.getdoc(thing) or ""))
            continue
        for member, value in inspect.getmembers(thing, callable):
            if not member.startswith("_") and value.__qualname__.startswith(name + "."):
                without += [f"{name}.{member}"] * (">>>" not in (inspect.getdoc(value) or ""))
    assert without == []
    assert len(TESTS) > 40
