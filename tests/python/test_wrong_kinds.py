"""An option of the wrong kind is named with its value and what was expected, by an error of the package's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import undeb as ub


def records(**options: Any) -> ub.Survey:
    return ub.survey(ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu", **options)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rates: rates.detect(correlation="x"), "`correlation` is 'x'; a number was expected"),
        (lambda rates: rates.detect(level="high"), "`level` is 'high'; a number was expected"),
        (lambda rates: rates.detect(power=None), "`power` is None; a number was expected"),
        (lambda rates: rates.change(2012, 2022, correlation="x"), "`correlation` is 'x'"),
        (lambda rates: rates.change(2012, 2022).test(margin="1"), "`margin` is '1'"),
        (lambda rates: rates.compare(5), "`dimension` is 5; a text was expected"),
        (lambda rates: rates.compare("region", 5, 6), "`code` is 5; a text was expected"),
        (lambda rates: rates.trend(damping="much"), "`damping` is 'much'"),
        (lambda rates: rates.trend(assumed_se=True), "`assumed_se` is True"),
        (lambda rates: rates.trend(correlation=["x"]), "`correlation` is 'x'"),
        (lambda rates: rates.trend().project(2030, goal="half"), "`goal` is 'half'"),
        (lambda rates: rates.trend().project(2030, change=(2012, "up")), "`change` is 'up'"),
        (lambda rates: rates.trend().project(2030, goal=0.1, seed=-1), "`seed` is -1; a whole number from 0"),
        (lambda rates: rates.trend().project(2030, goal=0.1, seed=2**64), "a whole number from 0 to 18446744073709551615"),
        (lambda rates: rates.decompose(2019, 2020, region=5), "`region` is 5; a text was expected"),
        (lambda rates: rates.decompose(2019, 2020, correlation="x"), "`correlation` is 'x'"),
        (lambda rates: rates.rank(among=2.5), "`among` is 2.5; a whole number"),
        (lambda rates: rates.priorities("half"), "`goal` is 'half'"),
        (lambda rates: rates.chart("trend", width="wide"), "`width` is 'wide'"),
        (lambda rates: rates.chart("trend").to_png("big"), "`scale` is 'big'"),
        (lambda rates: ub.data("us-states", design_effect="1.5"), "`design_effect` is '1.5'"),
        (lambda rates: ub.data(5), "`source` is 5; a text was expected"),
        (lambda rates: ub.survey(ub.synthetic_records(), member="member", design_effect="x"), "`design_effect` is 'x'"),
        (lambda rates: ub.survey(ub.synthetic_records(), member="member").estimate(pool="all"), "`pool` is 'all'"),
        (lambda rates: rates.filter("region"), "`filter` is 'region'; write a polars expression"),
        (lambda rates: rates.estimate(None), "`measures` is None; a text or a list of texts was expected"),
        (lambda rates: rates.wide(3), "`values` is 3; a text or a list of texts was expected"),
        (lambda rates: rates.at_quality(None), "`rules` is None; a text was expected"),
        (lambda rates: rates.assess("eu-80"), "`plan` is 'eu-80'; write a plan"),
        (lambda rates: rates.write(None), "`path` is None; the path of a file was expected"),
        (lambda rates: rates.trend(correlation=0.5), "`correlation` is 0.5; a list was expected"),
        (lambda rates: rates.trend(bridges=2000), "`bridges` is 2000; a list was expected"),
        (lambda rates: rates.trend().project(2030, change=0.05), "`change` is 0.05; a period and a change were expected"),
        (lambda rates: rates.trend().project(2030, change=(2012,)), "`change` is (2012,); a period and a change"),
        (lambda rates: rates.trend().project(2030.5), "`to` is 2030.5; a year such as 2024"),
        (lambda rates: rates.change(2012, 2022, ratio="yes"), "`ratio` is 'yes'; True or False was expected"),
        (lambda rates: rates.change(2012.5, 2022), "`start` is 2012.5; a year such as 2024"),
        (lambda rates: rates.priorities(deadline=2030.5), "`deadline` is 2030.5; a year such as 2024"),
        (lambda rates: rates.priorities(by=5), "`by` is 5; a text or a list of texts"),
        (lambda rates: rates.chart("trend", regions=5), "`regions` is 5; a text or a list of texts"),
        (lambda rates: rates.chart("trend", periods=2012.5), "`periods` is 2012.5; a list was expected"),
        (lambda rates: rates.chart("trend", theme=None), "`theme` is None; a text was expected"),
        (lambda rates: rates.chart("trend").write(5), "`path` is 5; the path of a file"),
        (lambda rates: ub.Plan.read(None), "`plan` is None; the name of a plan, or the path of a file"),
        (lambda rates: ub.Plan.read("eu-80").assess([rates]), "write the estimates one after the other"),
        (lambda rates: ub.Plan.read("eu-80").assess(ub.data("eu27")).release(as_of=2026), "`as_of` is 2026; a text was expected"),
        (lambda rates: ub.codebooks(5), "`name` is 5; a text was expected"),
        (lambda rates: records(title=None), "`title` is None; a text was expected"),
        (lambda rates: records(unique_psus="yes"), "`unique_psus` is 'yes'; True or False"),
        (lambda rates: records(replicates="rw*"), "`replicates` is 'rw*'; write undeb.Replicates("),
        (lambda rates: records(known_totals={}), "`known_totals` is {}; write undeb.KnownTotals("),
        (lambda rates: records(pay="wage"), "`pay` is 'wage'; write undeb.Pay("),
        (lambda rates: records(second_stage="household"), "`second_stage` is 'household'; write undeb.SecondStage("),
        (lambda rates: records(replicates=ub.Replicates(kind="fay", rho="0.5")), "`rho` is '0.5'; a number was expected"),
        (lambda rates: records(replicates=ub.Replicates(kind="bootstrap", seed=-1)), "`seed` is -1; a whole number"),
        (lambda rates: records(known_totals=ub.KnownTotals(totals={"sex": {"f": 1}}, bounds=3)), "`bounds` is 3; a list was expected"),
        (lambda rates: records(pay=ub.Pay(amount="wage", unit=None)), "`unit` is None; a text was expected"),
        (lambda rates: records().estimate(by=5), "`by` is 5; a list was expected"),
        (lambda rates: records().estimate(by=pl.all()), "which is several columns; name one at a time"),
        (lambda rates: records().estimate(margins="yes"), "`margins` is 'yes'; True or False"),
        (lambda rates: records().quantities(None), "`quantities` is None; a text or a list of texts"),
        (lambda rates: records().filter(True), "`filter` is True; write a polars expression"),
        (lambda rates: rates.detect(correlation=-5), "the correlation -5 is not between -1 and 1"),
        (lambda rates: rates.at_level(10**400), "`level` is a number of more than 300 digits"),
        (lambda rates: rates.wide(np.array("value")), "a list was expected"),
        (lambda rates: rates.wide([]), "`values` is an empty list"),
        (lambda rates: rates.estimate([]), "`measures` is an empty list"),
        (lambda rates: ub.data("us-states", []), "`measures` is an empty list"),
        (lambda rates: ub.data("us-states", registry=1), "`registry` is 1; the path of a file"),
        (lambda rates: ub.data("\ud800"), "which is no text: it has half of a character"),
        (lambda rates: rates.change("\ud800", 2022), "`start` is '\\ud800', which is no text"),
        (lambda rates: rates.trend(model="\ud800"), "`model` is '\\ud800', which is no text"),
        (lambda rates: rates.chart("trend", highlight="\ud800"), "`highlight` is '\\ud800', which is no text"),
        (lambda rates: rates.write("/tmp/a\0.csv"), "`path` is '/tmp/a\\x00.csv'; the path of a file"),
        (lambda rates: rates.write("/tmp/a.csv", overwrite="no"), "`overwrite` is 'no'; True or False"),
        (lambda rates: rates.chart("trend").write("/tmp/a.svg", overwrite=1), "`overwrite` is 1; True or False"),
        (lambda rates: rates.filter(pl.col("period") == 2012), "periods are texts, as in pl.col(\"period\") == \"2012\""),
        (lambda rates: ub.Plan.from_toml(3), "`text` is 3; a text was expected"),
        (lambda rates: ub.Plan.read("eu-80").assess(ub.data("eu27")).release(3), "`quality` is 3; a text was expected"),
        (lambda rates: ub.read_microdata(ub.synthetic_records(), codebook=None), "`codebook` is None; the name of a codebook"),
        (lambda rates: ub.survey(pd.Series([1]), member="a"), "a Series of pandas is not a table; give a DataFrame"),
        (lambda rates: records(second_stage=ub.SecondStage(unit=1)), "`unit` is 1; a text was expected"),
        (lambda rates: records(second_stage=ub.SecondStage(unit="sex", remove_lonely=1)), "`remove_lonely` is 1"),
        (lambda rates: records(known_totals=ub.KnownTotals(totals={1: {"f": 1}})), "`variable of the totals` is 1"),
        (lambda rates: records().quantities("members", by="sex").compare("period", "2019", "2024"), "with .change(start, end)"),
        (lambda rates: records().quantities([]), "`quantities` is an empty list"),
        (lambda rates: records().filter((pl.col("age") > 30).any()), "the filter has 1 rows, the records 2842"),
        (lambda rates: records().estimate(by=pl.lit("a").alias("g")), "the breakdown `g` has 1 rows"),
        (lambda rates: records().estimate(by=pl.concat_list("age").alias("g")), "the column `g` is of type List(Int64)"),
        (
            lambda rates: records().filter(pl.col("age").map_elements(lambda age: 1 / 0, return_dtype=pl.Boolean)),
            "the expression cannot be worked out: ZeroDivisionError",
        ),
    ],
)
def test_options_of_the_wrong_kind(states: ub.Estimates, call: Callable[[ub.Estimates], object], message: str) -> None:
    one = states.filter(pl.col("region") == "WY", pl.col("sector") == "all")
    with pytest.raises(ub.DataError, match=re.escape(message)):
        call(one)


def test_numbers_of_numpy_are_numbers(states: ub.Estimates) -> None:
    half = ub.Target(id="half", title="Half", measure="coverage", region=np.array(["US", "WY"]), level=np.float64(0.5),
                     deadline=np.int64(2030), status="illustrative")  # fmt: skip
    plan = ub.Plan.of("half", "Half", source="us-states", targets=[half], level=np.float32(0.9))
    assert "level = 0.5" in plan.to_toml() and 'deadline = "2030"' in plan.to_toml() and 'region = ["US", "WY"]' in plan.to_toml()
    with pytest.raises(ub.PlanError, match="`targets` is a Target; write a list"):
        ub.Plan.of("half", "Half", source="us-states", targets=half)
    years = states.filter(pl.col("region") == "WY", pl.col("sector") == "all")
    assert "2012" in years.chart("slope", periods=np.array([2012, 2022])).subtitle


@pytest.mark.parametrize(
    ("totals", "bounds", "message"),
    [
        (None, None, "`totals` is None; write totals by variable"),
        ({"sex": {True: 1.0}}, None, "`sex` has the code True; a text or a whole number"),
        ({"sex": {"f": float("nan")}}, None, "the total of `sex` is nan"),
        ({"sex": {"f": 1.0}}, [1.0], "`bounds` is [1.0]; the smallest and the largest factor"),
    ],
)
def test_known_totals_of_the_wrong_kind(totals: Any, bounds: Any, message: str) -> None:
    with pytest.raises(ub.DesignError, match=re.escape(message)):
        records(known_totals=ub.KnownTotals(totals=totals, bounds=bounds))


def test_known_totals_by_codes_of_numpy() -> None:
    totals = {"stratum": {np.int64(code): 270.0 for code in range(1, 13)}}
    assert len(records(known_totals=ub.KnownTotals(totals=totals)).estimate()) == 1


def test_a_name_too_long_for_the_disk_is_an_error_of_the_package(states: ub.Estimates) -> None:
    with pytest.raises(ub.UndebError, match="nothing was changed"):
        states.write("/tmp/" + "x" * 300 + ".csv")
    with pytest.raises(ub.UndebError, match="cannot read the plan"):
        ub.Plan.read("x" * 100_000)
    with pytest.raises(ub.UndebError, match="the title has 16000 characters"):
        states.chart("trend", title="x" * 16_000)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("level", "x", "`level` of the target `a` is 'x'; a number"),
        ("level", float("nan"), "`level` of the target `a` is nan"),
        ("title", None, "`title` of the target `a` is None; a text"),
        ("id", "", "`id` of the target `` is empty"),
    ],
)
def test_a_target_of_the_wrong_kind_names_itself(option: str, value: Any, message: str) -> None:
    given: dict[str, Any] = {"id": "a", "title": "T", "measure": "coverage", "region": "US", "level": 0.5, "status": "illustrative"}
    with pytest.raises(ub.UndebError, match=re.escape(message)):
        ub.Plan.of("x", "X", source="us-states", targets=[ub.Target(**{**given, option: value})])
