"""What records say of themselves: of whom a figure is, who is left out, and what no role can be."""

from __future__ import annotations

import datetime
import json
import pickle
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import undeb as ub

BASE = ub.synthetic_records()


def survey(**given: Any) -> ub.Survey:
    """The synthetic records, some roles given otherwise."""
    roles: dict[str, Any] = {
        "member": "member", "covered": "covered", "employee": "employee", "weight": "weight", "strata": "stratum", "psu": "psu",
        "period": "year",
    }  # fmt: skip
    return ub.survey(BASE, **(roles | given))


def test_a_domain_is_said_in_table_definition_and_chart() -> None:
    women = survey().filter(pl.col("sex") == "f", pl.col("age") > 30)
    rates = women.estimate("density", by="year")
    said = 'only a domain of the records, those for which sex == "f" and age > 30'
    assert rates.remarks == [said] and women.quantities("members").remarks == [said]
    assert f"Only{said[4:]}." in str(rates)
    assert all("in a domain" in text for text in rates.to_polars()["definition"])
    assert "in a domain" in rates.chart("trend").subtitle
    assert pickle.loads(pickle.dumps(women)).estimate("density").remarks == [said]
    assert "in a domain" not in survey().estimate("density").chart("interval").subtitle


def test_unknown_scope_is_no_no() -> None:
    unknown = pl.when(pl.col("age") > 60).then(None).otherwise(pl.col("employee"))
    rates = survey(employee=unknown).estimate("density")
    count = BASE.filter(pl.col("age") > 60).height
    assert rates.remarks == [f"{count} records are left out, as it is not known whether they are in scope"]
    assert survey().estimate("density").remarks == []


@pytest.mark.parametrize("wrong", [pl.col("member").drop_nulls(), pl.col("member").unique(), pl.col("member").max()])
def test_a_role_has_a_value_for_every_record(wrong: pl.Expr) -> None:
    with pytest.raises(ub.DataError, match=r"`member` is an expression of .* values, the records are 2,842"):
        survey(member=wrong)
    # One literal for all is one for every record.
    assert survey(weight=pl.lit(1.0)).estimate("density").to_polars()["value"][0] > 0


def test_averages_keep_their_first_period() -> None:
    rates = survey().estimate(["density", "coverage"])
    assert rates.wide("value").row(0)[:2] == ("2019", "2024")
    assert "since" not in survey().estimate("density", by="year").wide().columns
    assert rates.to_polars()["since"].to_list() == ["2019", "2019"] and "2019 to 2024" in str(rates)


def test_true_and_false_are_codes_by_their_names() -> None:
    by_age = survey().estimate("density", by=(pl.col("age") > 40).alias("over 40")).to_polars()
    assert by_age["over 40"].to_list() == ["false", "true"]


def test_columns_that_are_no_part_of_the_records_do_no_harm() -> None:
    odd = BASE.with_columns(day=pl.date(2024, 1, 1), pair=pl.struct("age", "sex"), gone=pl.lit(float("nan")))
    records = ub.survey(odd, member="member")
    assert records.to_polars().select(odd.columns).equals(odd)
    row = json.loads(ub.survey(odd.drop("pair"), member="member").to_json())[0]
    assert row["day"] == "2024-01-01" and row["gone"] is None and row["in_domain"] is True
    with pytest.raises(ub.DataError, match="column `in_domain` already"):
        ub.survey(BASE.with_columns(in_domain=1), member="member").to_polars()


def test_a_pickle_does_not_read_other_records(tmp_path: Path) -> None:
    path = tmp_path / "gss.csv"
    rows = ["year,wrkslf,wrkstat,union,vstrat,vpsu,wtssall,age"]
    rows += [f"2018,2,1,{1 + i % 4},{i % 3},{i % 2},1.0,{20 + i}" for i in range(60)]
    path.write_text("\n".join(rows) + "\n")
    try:
        old = ub.read_microdata(path, codebook="gss").filter(pl.col("age") > 40)
    except ub.UndebError as error:
        pytest.fail(str(error))
    kept = pickle.dumps((old, old.estimate("density")))
    assert pickle.loads(kept)[0].estimate("density").to_polars().equals(old.estimate("density").to_polars())
    path.write_text("\n".join([rows[0], *reversed(rows[1:]), "2018,2,1,1,0,0,1.0,99"]) + "\n")
    with pytest.raises(ub.DataError, match="has changed since its records were read"):
        pickle.loads(kept)


def test_known_totals_are_those_that_were_given() -> None:
    totals = {"sex": {"f": 1500, "m": 1500}}
    calibrated = survey(known_totals=ub.KnownTotals(totals=totals))
    before = calibrated.estimate("density").to_polars()
    totals["sex"]["f"] = 9000
    assert pickle.loads(pickle.dumps(calibrated)).estimate("density").to_polars().equals(before)


def test_a_plan_in_python_has_all_sections() -> None:
    target = ub.Target(
        id="tenth", title="A tenth", measure="coverage", region="CA", sector="private", level=0.1, deadline=2030, status="illustrative"
    )
    plan = ub.Plan.of(
        "ca", "A tenth", source="us-states", targets=[target], design_effect=1.5, trend={"model": "drift"}, projection={"within": 20},
        decomposition={"measure": "density", "by": ["region"], "changes": [{"from": 2019, "to": 2020}]},
        actions=[{"id": "a", "action": "Ask", "due": datetime.date(2027, 1, 1), "state": "pledged", "targets": ["tenth"]}],
    )  # fmt: skip
    findings = plan.assess()
    assert findings.outlook().to_polars()["within"].to_list() == [20] and findings.outlook().to_polars()["model"][0] == "drift"
    assert "decompos" in findings.plan.to_toml() and plan.actions[0]["due"] == "2027-01-01"
    for wrong, said in [({"trend": 3}, "`trend` is 3"), ({"projection": {"within": {1, 2}}}, "`projection.within` is {1, 2}")]:
        with pytest.raises(ub.PlanError, match=said):
            ub.Plan.of("ca", "A tenth", source="us-states", targets=[target], **wrong)


def test_a_report_shows_its_targets_and_tables_their_sources() -> None:
    report = ub.Plan.read("eu-80").assess().release(as_of="2026-01-01")
    shown = str(report)
    assert report.verdict in shown and "Cannot tell" in shown and "20 of 27 member states" in shown.splitlines()[2]
    rates = ub.data("us-states", ["density"], design_effect=1.5).filter(pl.col("region").is_in(["US", "CA"]), pl.col("sector") == "all")
    for table in (rates.change(2012, 2022), rates.detect(2012, 2022), rates.trend(), rates.trend().project(2030), report):
        assert ("Source: Hirsch" in str(table)) == (table is not report)


def test_completion_and_help_are_of_the_members() -> None:
    assert set(dir(ub.Kind)) == {"__doc__", "__module__", *ub.Kind.__members__}
    # What a member means stands in the help of its class, which is that of the member too.
    for words in (ub.Measure, ub.Interval, ub.Kind):
        assert all(f"    {name}\n        " in (member.__doc__ or "") for name, member in words.__members__.items())
    assert ub.Measure("density") is ub.Measure.DENSITY
    assert pickle.loads(pickle.dumps(ub.Interval.LOGIT)) is ub.Interval.LOGIT
    assert set(ub.__all__) < set(dir(ub)) and "undeb.frames" not in dir(ub) and ub.__version__.count(".") == 2
