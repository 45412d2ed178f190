"""Designs and quantities equal to R `survey` through Python: tests/golden/README.md has the recipe of every number."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from conftest import GOLDEN

import undeb as ub

RECORDS = pl.read_csv(GOLDEN / "records_R.csv", schema_overrides={"first": pl.String, "second": pl.String})
QUANTITIES = pl.read_csv(GOLDEN / "quantities_R.csv")


def near(ours: float, theirs: float) -> bool:
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12)


def bound(frame: pl.DataFrame, **more: object) -> ub.Survey:
    roles = dict(
        member="union", employee="employee", weight="weight", strata="stratum", psu="psu", region="region", sector="sector"
    )
    return ub.survey(frame, **{**roles, **more})  # type: ignore[arg-type]


def totals(file: str, **more: object) -> ub.KnownTotals:
    known: dict[str, dict[str, float]] = {}
    for variable, code, total in pl.read_csv(GOLDEN / f"{file}.csv", schema_overrides={"code": pl.String}).rows():
        known.setdefault(variable, {})[code] = total
    return ub.KnownTotals(totals=known, **more)  # type: ignore[arg-type]


def compare(case: str, survey: ub.Survey, by: list[str]) -> None:
    """Compares every rate and error that R made under the name of a case."""
    frame = survey.estimate("density", by=by, margins=True).to_polars()
    rows = RECORDS.filter(pl.col("case") == case, pl.col("measure") == "union")
    assert rows.height > 1
    for row in rows.iter_rows(named=True):
        (ours,) = frame.filter(region=row["first"], sector=row["second"]).iter_rows(named=True)
        assert near(ours["value"], row["value"]), (case, row)
        if row["variance"] < 1e-24:
            # Nobody differs from anybody there: no spread is no error of nought.
            assert ours["se"] is None, (case, row)
        else:
            assert near(ours["se"], math.sqrt(row["variance"])), (case, row)
        assert ours["n"] == row["n"], (case, row)


CASES: Mapping[str, dict[str, object]] = {
    "poststratified": {"known_totals": totals("known_cells")},
    "linear": {"known_totals": totals("known_totals", method="linear")},
    "raking": {"known_totals": totals("known_totals", method="raking")},
    "logit": {"known_totals": totals("known_totals", method="logit", bounds=(0.5, 2))},
    "jkn": {"replicates": ub.Replicates(kind="jkn")},
    "jkn_raking": {"replicates": ub.Replicates(kind="jkn"), "known_totals": totals("known_totals", method="raking")},
}


@pytest.mark.parametrize("case", CASES)
def test_calibration_and_made_replicates(labour: pl.DataFrame, case: str) -> None:
    compare(case, bound(labour, **CASES[case]).filter(pl.col("year") == 2024), ["region", "sector"])


def coded(labour: pl.DataFrame) -> pl.DataFrame:
    """The same records under the names and codes of the codebook `gss`."""
    return labour.select(
        "year", "region", "sex", "id", union=pl.when(pl.col("union") == 1).then(1).otherwise(4), wrkgovt=1, wrkstat=1,
        wrkslf=pl.when(pl.col("employee") == 1).then(2).otherwise(1), indus10=170, vstrat="stratum", vpsu="psu", wtssall="weight",
    )  # fmt: skip


@pytest.mark.parametrize("ending", ["frame", "parquet", "csv"])
@pytest.mark.parametrize("case", CASES)
def test_the_same_options_beside_a_codebook(labour: pl.DataFrame, tmp_path: Path, case: str, ending: str) -> None:
    frame = coded(labour)
    path = tmp_path / f"records.{ending}"
    if ending != "frame":
        getattr(frame, f"write_{ending}")(path)
    survey = ub.read_microdata(frame if ending == "frame" else path, codebook="gss", **CASES[case])  # type: ignore[arg-type]
    rates = survey.filter(pl.col("year") == 2024).estimate("density", by="region").to_polars()
    for row in RECORDS.filter(pl.col("case") == case, pl.col("first") != "all", pl.col("second") == "all").iter_rows(named=True):
        (ours,) = rates.filter(region=f"D{row['first']}").iter_rows(named=True)
        assert near(ours["value"], row["value"]) and near(ours["se"], math.sqrt(row["variance"])), (case, row)
    again = pickle.loads(pickle.dumps(survey)).filter(pl.col("year") == 2024).estimate("density", by="region")
    assert again.to_polars().equals(rates)


def test_replicates_in_columns_and_an_assumed_design_effect_beside_a_codebook(labour: pl.DataFrame) -> None:
    frame = pl.read_csv(GOLDEN / "labour_2psu.csv").with_columns(pl.col("union").cast(pl.Int64))
    frame = coded(frame).join(pl.read_csv(GOLDEN / "factors_brr.csv").rename({"psu": "vpsu"}), on="vpsu", how="left", maintain_order="left")
    weights = ub.Replicates(columns="r*", kind="brr", factors=True)
    rates = ub.read_microdata(frame, codebook="gss", replicates=weights).filter(pl.col("year") == 2024).estimate("density", by="region")
    theirs = json.loads((GOLDEN / "replicates.json").read_text())["brr"]
    for i, row in enumerate(rates.to_polars().drop_nulls("value").iter_rows(named=True)):
        assert near(row["value"], theirs["region"][i]) and near(row["se"] ** 2, theirs["region_vcov"][i][i])
    with pytest.raises(ub.DesignError, match="design effect"):
        ub.read_microdata(frame, codebook="gss", design_effect=1.5)
    with pytest.raises(ub.SchemaError, match="did you mean `remove`"):
        ub.read_microdata(frame, codebook="gss", lonely_psu="removed")  # type: ignore[arg-type]
    with pytest.raises(ub.DataError, match="no column `sexx` for known_totals"):
        ub.read_microdata(frame, codebook="gss", known_totals=ub.KnownTotals(totals={"sexx": {"1": 5}}))


def test_years_that_are_one_domain_and_years_that_are_averaged(labour: pl.DataFrame) -> None:
    compare("pooled", bound(labour), ["region", "sector"])
    # Averaged, each year counts alike: the mean of the two rates, with the covariance of shared PSUs in its error.
    rates = bound(labour, period="year").estimate("density", by="period").to_polars()
    (last,) = bound(labour, period="year").estimate("density", by="period", pool=2).to_polars().filter(period="2024").iter_rows(named=True)
    assert (last["since"], last["period"]) == ("2023", "2024") and last["n"] == rates["n"].sum()
    assert rates["value"].min() < last["value"] < rates["value"].max()


@pytest.mark.parametrize(("design", "fpc"), [("both", ("N", "M")), ("first", ("N", None)), ("none", (None, None))])
def test_a_second_stage(design: str, fpc: tuple[str | None, str | None]) -> None:
    frame = pl.read_csv(GOLDEN / "two_stage.csv")
    stage = None if design == "first" else ub.SecondStage(unit="household", fpc=fpc[1])
    survey = ub.survey(
        frame, member="union", weight="weight", strata="stratum", psu="psu", fpc=fpc[0], second_stage=stage, region="region",
        pay=ub.Pay(amount="wage", unit="made up"),
    )  # fmt: skip
    theirs = pl.read_csv(GOLDEN / "two_stage_R.csv").filter(pl.col("i") == pl.col("j"))
    by_region = survey.estimate("density", by="region").to_polars()
    for i, row in enumerate(theirs.filter(design=f"{design}_region").iter_rows(named=True)):
        assert near(by_region["value"][i], row["estimate"]) and near(by_region["se"][i] ** 2, row["covariance"])
    for quantity, which, i in (("members", "total", 0), ("pay", "mean", 1)):
        row = theirs.filter(design=f"{design}_{which}").row(i, named=True)
        (ours,) = survey.quantities(quantity).to_polars().iter_rows(named=True)
        assert near(ours["value"], row["estimate"]) and near(ours["se"] ** 2, row["covariance"])


def paid(labour: pl.DataFrame, **more: object) -> ub.Survey:
    return bound(labour, covered="covered", period="year", pay=ub.Pay(amount="wage", unit="GBP an hour"), **more)


def test_totals_means_and_pay_gaps(labour: pl.DataFrame) -> None:
    asked = QUANTITIES.filter(~pl.col("quantity").str.contains("change|fpc|sector"))["quantity"].unique(maintain_order=True)
    figures = paid(labour).quantities(asked.to_list(), by=["year", "region"], margins=True)
    frame = figures.to_polars()
    compared = 0
    for row in QUANTITIES.filter(pl.col("quantity").is_in(asked.implode())).iter_rows(named=True):
        keys = {"measure": row["quantity"], "period": str(row["year"]), "region": row["region"], "sector": "all"}
        (ours,) = frame.filter(**keys).iter_rows(named=True)
        assert near(ours["value"], row["value"]) and near(ours["se"], row["se"]), row
        compared += 1
    assert compared == 140
    assert set(frame["unit"]) == {"person", "GBP an hour", "ratio"} and not frame["released"].any()


def test_changes_of_quantities(labour: pl.DataFrame) -> None:
    changes = paid(labour).quantities(["members", "pay_members", "pay_gap_membership"], by="year").change(2023, 2024).to_polars()
    for name, measure in (("change_members", "members"), ("change_pay_members", "pay_members"), ("change_gap_membership", "pay_gap_membership")):
        theirs = QUANTITIES.filter(quantity=name).row(0, named=True)
        (ours,) = changes.filter(measure=measure).iter_rows(named=True)
        assert near(ours["value"], theirs["value"]) and near(ours["se"], theirs["se"]), name


def test_sampling_fractions_of_totals(labour: pl.DataFrame) -> None:
    (ours,) = paid(labour, fpc="Nh").quantities("members", by="year").to_polars().filter(period="2024").iter_rows(named=True)
    theirs = QUANTITIES.filter(quantity="fpc_members").row(0, named=True)
    assert near(ours["value"], theirs["value"]) and near(ours["se"], theirs["se"])


def test_households_stand_in_for_psus_and_people_return(labour: pl.DataFrame) -> None:
    whole = bound(labour).estimate("density").to_polars().row(0, named=True)
    by_household = bound(labour, psu=None, household="psu").estimate("density").to_polars().row(0, named=True)
    assert near(whole["value"], by_household["value"]) and near(whole["se"], by_household["se"])
    assert "household" in by_household["error_source"]
    # Everybody answers twice with the same answer: the error of the change is nought when people are known, else it is not.
    twice = pl.concat([labour.filter(year=2023), labour.filter(year=2023).with_columns(year=pl.lit(2024, pl.Int64))])
    plain = dict(strata=None, psu=None, period="year")
    (known,) = bound(twice, **plain, person="id").estimate("density", by="year").change(2023, 2024).to_polars().iter_rows(named=True)
    (unknown,) = bound(twice, **plain).estimate("density", by="year").change(2023, 2024).to_polars().iter_rows(named=True)
    assert known["value"] == unknown["value"] == 0
    assert (known["se"] or 0.0) < 1e-9 < unknown["se"]
