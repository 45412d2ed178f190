"""What the tests of the package share."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import undeb as ub

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"


@pytest.fixture(scope="session")
def labour() -> pl.DataFrame:
    """The records of the golden cases, whose results are R's."""
    return pl.read_csv(GOLDEN / "labour.csv").with_columns(pl.col("union", "covered").cast(pl.Int64))


@pytest.fixture(scope="session")
def records() -> pl.DataFrame:
    return ub.synthetic_records()


@pytest.fixture(scope="session")
def survey(records: pl.DataFrame) -> ub.Survey:
    return ub.survey(
        records, member="member", covered="covered", employee=pl.col("employee") == 1, weight="weight", strata="stratum",
        psu="psu", period="year", region="region", sector="sector",
    )  # fmt: skip


@pytest.fixture(scope="session")
def states() -> ub.Estimates:
    return ub.data("us-states", ["density", "coverage"], design_effect=1.5)
