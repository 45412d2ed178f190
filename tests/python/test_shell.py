"""Results are those of the Rust core, to the bit: the shell program is asked the same."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import polars as pl
import pytest
from conftest import ROOT

import undeb as ub

UNDEB = ROOT / "target" / "debug" / "undeb"


def shell(*arguments: object) -> pl.DataFrame:
    done = subprocess.run([UNDEB, *map(str, arguments), "--format", "csv"], capture_output=True, text=True, check=True)
    return pl.read_csv(io.StringIO(done.stdout), infer_schema=False)


def same(ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
    text = io.StringIO()
    ours.select(theirs.columns).write_csv(text)
    assert pl.read_csv(io.StringIO(text.getvalue()), infer_schema=False).equals(theirs)


@pytest.mark.parametrize("source", ["us-states", "us-national", "eu27", "uk-sectors", "uk-nations", "wales-pay-set"])
def test_published_tables(source: str) -> None:
    same(ub.data(source, design_effect=1.5).to_polars(), shell("estimates", source, "--design-effect", 1.5))


@pytest.mark.parametrize("plan", ["eu-80", "wales-2030", "us-states-2030", "gov-skills-2008"])
def test_a_notebook_for_a_plan_is_ready_to_run(plan: str, tmp_path: Path) -> None:
    out = tmp_path / "plan.ipynb"
    subprocess.run([UNDEB, "notebook", plan, "--out", out], check=True)
    assert subprocess.run([UNDEB, "notebook", plan, "--out", out], capture_output=True).returncode == 2
    cells = json.loads(out.read_text())["cells"]
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            *before, last = cell["source"].splitlines()
            exec("\n".join(before), names)
            shown = None if last.startswith("#") else eval(last, names)
            assert shown is None or shown._repr_html_()


@pytest.mark.parametrize("codebook", ["gss", "uk-lfs", "us-cps-org"])
def test_records(codebook: str) -> None:
    path = ROOT / "tests" / "codebooks" / f"{codebook}.csv"
    survey = ub.read_microdata(path, codebook, lonely_psu="adjust")
    measures = ub.codebooks(codebook).to_polars()["measures"].item().to_list()
    theirs = shell("estimate", path, "--codebook", codebook, "--by", "period,sector", "--lonely-psu", "adjust", "--margins")
    same(survey.estimate(measures, by=["period", "sector"], margins=True).to_polars(), theirs)
