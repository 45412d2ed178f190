"""The stubs say what the compiled module has, and everything it has is reached by the face."""

from __future__ import annotations

import ast
import inspect
import re

from conftest import ROOT

from undeb import _undeb

FACE = ROOT / "python" / "undeb"


def stubs() -> dict[str, list[str] | dict[str, list[str]]]:
    """Names in the stub file: functions with their parameters, classes with their methods."""

    def parameters(function: ast.FunctionDef) -> list[str]:
        return [a.arg.rstrip("_") for a in function.args.args if a.arg != "self"]

    found: dict[str, list[str] | dict[str, list[str]]] = {}
    for node in ast.parse((FACE / "_undeb.pyi").read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = parameters(node)
        elif isinstance(node, ast.ClassDef):
            found[node.name] = {m.name: parameters(m) for m in node.body if isinstance(m, ast.FunctionDef)}
    return found


def real(function: object) -> list[str] | None:
    try:
        return [name.rstrip("_") for name in inspect.signature(function).parameters if name != "self"]  # type: ignore[arg-type]
    except ValueError:
        return None


def test_stubs_are_the_compiled_module() -> None:
    stubbed = stubs()
    there = {name for name in dir(_undeb) if not name.startswith("__")}
    assert there == set(stubbed)
    for name, said in stubbed.items():
        thing = getattr(_undeb, name)
        if isinstance(said, list):
            assert real(thing) == said, name
            continue
        ours = {m for m in vars(thing) if not m.startswith("__") or m in ("__len__", "__arrow_c_stream__")}
        assert ours == set(said), name
        for method, parameters in said.items():
            found = real(getattr(thing, method))
            if found is not None and not method.startswith("__"):
                assert found == parameters, f"{name}.{method}"


def test_everything_that_is_exported_is_used_by_the_face() -> None:
    text = "".join(path.read_text() for path in FACE.glob("*.py"))
    for name, said in stubs().items():
        # Two are for the tests alone, and words of measures stand in an enumeration.
        if name in ("_panic", "_sleep", "measure_names", "Frame"):
            continue
        assert re.search(rf"_undeb\.{name}\b", text), name
        for method in said if isinstance(said, dict) else []:
            if not method.startswith("__"):
                assert re.search(rf"\.{method}\(", text), f"{name}.{method}"
