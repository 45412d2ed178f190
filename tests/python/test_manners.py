"""What a notebook needs: speed at the start, Ctrl-C, completion, help."""

from __future__ import annotations

import inspect
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import pytest

import undeb as ub


def python(code: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120, **options)  # type: ignore[call-overload]


def test_import_is_fast_and_needs_nothing_optional() -> None:
    code = """
import sys, time
import polars
start = time.perf_counter()
import undeb
spent = time.perf_counter() - start
loaded = [m for m in ("pandas", "pyarrow", "great_tables", "tqdm", "IPython", "duckdb", "polars_readstat") if m in sys.modules]
print(spent, loaded)
"""
    runs = [python(code).stdout.split(maxsplit=1) for _ in range(3)]
    assert all(loaded.strip() == "[]" for _, loaded in runs), runs
    # 50 ms is what is promised of a release build; a development build is larger to load.
    assert min(float(spent) for spent, _ in runs) < 0.25, runs


def test_public_names_are_few_and_documented() -> None:
    assert 20 <= len(ub.__all__) <= 28
    assert sorted(ub.__all__) == list(ub.__all__)
    shown = [n for n in dir(ub) if not n.startswith("_") and n[0].isupper()]
    assert sorted(shown) == sorted(n for n in ub.__all__ if n[0].isupper())
    for name in ub.__all__:
        thing = getattr(ub, name)
        assert inspect.getdoc(thing), name
        if inspect.isclass(thing) and not issubclass(thing, Exception):
            for member, value in vars(thing).items():
                if not member.startswith("_") and callable(value):
                    assert inspect.getdoc(value), f"{name}.{member}"


def test_errors_are_kinds_of_one() -> None:
    for name in ("PlanError", "SchemaError", "DesignError", "DataError", "DefinitionError", "DisclosureError"):
        assert issubclass(getattr(ub, name), ub.UndebError)
    assert issubclass(ub.UndebWarning, UserWarning)
    assert not issubclass(ub.UndebError, ValueError)


def test_enumerations_are_those_of_the_library() -> None:
    from undeb import _undeb
    from undeb.quantities import Quantity

    assert [str(m) for m in ub.Measure] == [name for name, _ in _undeb.measure_names()]
    with pytest.raises(ub.SchemaError) as unknown:
        ub.survey(ub.synthetic_records(), member="member").quantities("?")  # type: ignore[arg-type]
    assert str(unknown.value).partition("hoose one of ")[2].split(", ") == list(get_args(Quantity))
    rates = ub.data("us-states", ["density"], design_effect=1.5)
    for interval in ub.Interval:
        assert rates.at_level(0.9, interval).to_polars().height == len(rates)


@pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
def test_ctrl_c_comes_through_within_a_second() -> None:
    code = """
import os, time, sys
from undeb import _undeb
print("ready", flush=True)
start = time.perf_counter()
try:
    _undeb._sleep(30.0)
except KeyboardInterrupt:
    print("interrupted", flush=True)
def working():
    return any("undeb" in open(f"/proc/self/task/{task}/comm").read() for task in os.listdir("/proc/self/task"))
patience = time.perf_counter() + 20
while working() and time.perf_counter() < patience:
    time.sleep(0.05)
print("at work" if working() else "ended", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        time.sleep(0.3)
        start = time.perf_counter()
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "interrupted\n"
        assert time.perf_counter() - start < 1.0
        if Path("/proc/self/task").exists():
            # The work itself ends at its next step, here after three seconds.
            assert child.stdout.readline() == "ended\n"


def test_other_threads_run_meanwhile() -> None:
    import threading

    from undeb import _undeb

    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.wait(0.005):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    _undeb._sleep(0.5)
    done.set()
    thread.join()
    assert ticks > 20


def test_long_work_shows_a_sign_of_life_where_somebody_looks(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from undeb import _undeb, progress

    _undeb._sleep(1.4)
    assert capfd.readouterr().err == ""
    monkeypatch.setattr(progress, "watched", lambda: True)
    _undeb._sleep(1.4)
    shown = capfd.readouterr().err
    assert re.search(r"undeb  [7-9]0% \|█{14,19} +\| 1 s", shown) and shown.endswith("\r")
    _undeb._sleep(0.2)
    assert capfd.readouterr().err == ""


def test_the_options_of_a_chart_complete() -> None:
    import inspect

    from IPython.core.completer import provisionalcompleter
    from IPython.core.interactiveshell import InteractiveShell

    from undeb.chart import Options

    plan = ub.Plan.read("eu-80")
    findings = plan.assess()
    for method in (ub.data("eu27").chart, findings.chart, findings.release(as_of="2026-01-01").chart):
        assert set(Options.__annotations__) < set(inspect.signature(method).parameters)
    shell = InteractiveShell()
    shell.user_ns["findings"] = findings
    with provisionalcompleter():
        found = [c.text for c in shell.Completer.completions("findings.chart('gap', hi", 24)]
    assert "highlight=" in found


def test_results_are_not_made_by_hand() -> None:
    for kind in (ub.Estimates, ub.Findings, ub.Plan, ub.Survey):
        with pytest.raises((ub.UndebError, TypeError)) as refused:
            kind(3)  # type: ignore[call-arg]
        assert isinstance(refused.value, ub.UndebError) or "missing" in str(refused.value)
    with pytest.raises(ub.UndebError, match="Estimates was given int; it is not made by hand"):
        ub.Estimates(3)  # type: ignore[arg-type]


def test_findings_show_the_interval_that_they_rest_on() -> None:
    plan = ub.Plan.read("us-states-2030")
    shown = repr(plan.assess())
    assert "95% interval" in shown and re.search(r"\d+\.\d% to \d+\.\d%", shown)
    assert "interval" not in repr(ub.Plan.read("eu-80").assess()).splitlines()[1]


def test_synthetic_records_are_made_as_their_generator_says() -> None:
    import runpy

    from conftest import ROOT

    here = ROOT / "python" / "undeb" / "synthetic_records.csv"
    before = here.read_bytes()
    runpy.run_path(str(ROOT / "docs" / "notebooks" / "synthetic_records.py"))
    assert here.read_bytes() == before and len(before) < 150_000
    assert "Made-up" in (ub.synthetic_records.__doc__ or "")
