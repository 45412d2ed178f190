"""Equal to R `survey` 4.5 through Python: tests/golden/README.md has the recipe of every number."""

from __future__ import annotations

import json
import math

import polars as pl
import pytest
from conftest import GOLDEN

import undeb as ub

TAYLOR = json.loads((GOLDEN / "taylor.json").read_text())
REPLICATES = json.loads((GOLDEN / "replicates.json").read_text())


def near(ours: float, theirs: float) -> bool:
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12)


def bound(frame: pl.DataFrame, **more: object) -> ub.Survey:
    roles = dict(member="union", covered="covered", employee="employee", weight="weight", strata="stratum", psu="psu")
    return ub.survey(frame, **{**roles, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by", "fpc", "name"),
    [("region", None, "labour_2024_region_wr"), ("region", "Nh", "labour_2024_region_fpc"), ("sector", None, "labour_2024_sector_wr")],
)
def test_rates_and_errors_of_a_year(labour: pl.DataFrame, by: str, fpc: str | None, name: str) -> None:
    survey = bound(labour, fpc=fpc, **{by: by}).filter(pl.col("year") == 2024)
    frame = survey.estimate(["density", "coverage"], by=[by]).to_polars()
    for measure, theirs in (("density", "union"), ("coverage", "covered")):
        rows = frame.filter(pl.col("measure") == measure)
        for i, key in enumerate(TAYLOR[name]["keys"]):
            (row,) = rows.filter(pl.col(by) == str(key[by])).iter_rows(named=True)
            assert near(row["value"], TAYLOR[name][theirs][i])
            assert near(row["se"] ** 2, TAYLOR[name][f"cov_{theirs}"][i][i])


def test_the_change_between_years_knows_the_psus_that_they_share(labour: pl.DataFrame) -> None:
    rates = bound(labour, period="year").estimate("density", by="year")
    (change,) = rates.change(2023, 2024).to_polars().iter_rows(named=True)
    assert near(change["value"], TAYLOR["year_change"]["est"]) and near(change["se"], TAYLOR["year_change"]["se"][0][0])


@pytest.mark.parametrize("rule", ["remove", "adjust", "average"])
def test_lonely_psus(rule: str) -> None:
    frame = pl.read_csv(GOLDEN / "labour_lonely.csv")
    with pytest.raises(ub.DesignError, match="only one PSU"):
        bound(frame)
    survey = bound(frame, lonely_psu=rule, region="region").filter(pl.col("year") == 2024)
    (whole,) = survey.estimate("density").to_polars().iter_rows(named=True)
    expected = TAYLOR["lonely"][rule]
    assert near(whole["value"], expected["overall"]["est"]) and near(whole["se"], expected["overall"]["se"])
    for i, row in enumerate(survey.estimate("density", by="region").to_polars().iter_rows(named=True)):
        assert near(row["value"], expected["region"]["est"][i]) and near(row["se"], expected["region"]["se"][i])


def test_replicate_weights(labour: pl.DataFrame) -> None:
    frame = pl.read_csv(GOLDEN / "labour_2psu.csv")
    factors = pl.read_csv(GOLDEN / "factors_brr.csv")
    frame = frame.join(factors, on="psu", how="left", maintain_order="left")
    survey = ub.survey(
        frame, member="union", covered="covered", employee="employee", weight="weight", region="region",
        replicates=ub.Replicates(columns="r*", kind="brr", factors=True),
    ).filter(pl.col("year") == 2024)  # fmt: skip
    rows = survey.estimate("density", by="region").to_polars()
    for i, row in enumerate(rows.iter_rows(named=True)):
        assert near(row["value"], REPLICATES["brr"]["region"][i])
        assert near(row["se"] ** 2, REPLICATES["brr"]["region_vcov"][i][i])
