"""Bad input is refused before work starts, by a message that says what, where, and what to do."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import undeb as ub


def weighted(records: pl.DataFrame, weight: object) -> ub.Survey:
    return ub.survey(records.with_columns(w=weight), member="member", weight="w")  # type: ignore[arg-type]


def test_a_weight_column_that_is_missing_gets_the_nearest_name(records: pl.DataFrame) -> None:
    with pytest.raises(ub.DataError, match="there is no column `wieght` for weight; did you mean `weight`"):
        ub.survey(records, member="member", weight="wieght")
    with pytest.raises(ub.DataError, match="did you mean `weight`"):
        ub.survey(records, member="member", weight=pl.col("Weight"))


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (pl.lit("1.0"), "of type str.*weights are numbers"),
        (pl.when(pl.col("age") == 40).then(None).otherwise(1.0), r"row \d+ is missing \(\d+ such rows\)"),
        (pl.when(pl.col("age") == 40).then(float("nan")).otherwise(1.0), r"row \d+ is NaN"),
        (pl.when(pl.col("age") == 40).then(-1.0).otherwise(1.0), r"row \d+ is -1"),
        (pl.lit(0.0), "all weights in column `w` are zero"),
    ],
)
def test_weights_that_are_none(records: pl.DataFrame, weight: pl.Expr, words: str) -> None:
    with pytest.raises(ub.DesignError, match=words):
        weighted(records, weight)


def test_a_lazy_frame_whose_source_is_gone(records: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    records.write_parquet(path)
    lazy = pl.scan_parquet(path)
    survey = ub.survey(lazy, member="member", weight="weight")
    path.unlink()
    # What was collected is kept.
    assert len(survey.filter(pl.col("age") > 40).estimate(by="sex")) == 2
    with pytest.raises(ub.DataError, match="is its source still there"):
        ub.survey(pl.scan_parquet(path), member="member")


def test_a_file_that_changes_behind_the_survey(records: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    records.write_csv(path)
    survey = ub.survey(pl.scan_csv(path), member="member", weight="weight")
    records[:100].write_csv(path)
    assert len(survey.filter(pl.col("age") > 40)) == len(records)


def test_object_columns_that_mix_types(records: pl.DataFrame) -> None:
    frame = records.to_pandas()
    frame["mixed"] = pd.Series([1, "two", 3.0] * (len(frame) // 3) + [None] * (len(frame) % 3), dtype=object)
    ub.survey(frame, member="member")
    with pytest.raises(ub.DataError, match="the column `mixed` .*cannot be read.*mixes types"):
        ub.survey(frame, member="mixed")
    with pytest.raises(ub.DataError, match="`mixed` cannot be read"):
        ub.survey(frame, member="member").filter(pl.col("mixed") == 1)


def test_categoricals_with_unknown_codes(records: pl.DataFrame) -> None:
    words = records.with_columns(pl.col("member").replace_strict({1: "yes", 0: "no"}).cast(pl.Categorical))
    with pytest.raises(ub.DataError, match=r"column `member` holds `no` in \d+ rows.*a codebook maps other codes"):
        ub.survey(words, member="member")
    with pytest.raises(ub.DataError, match=r"column `member` holds `no`"):
        ub.survey(words.to_pandas(), member="member")
    broken = pd.DataFrame({"m": pd.Categorical.from_codes([0, 1, -1], ["0", "1"])})
    assert ub.survey(broken.assign(m=broken["m"].astype("float")), member="m").estimate().to_polars()["missing_share"].item() > 0


def test_duplicate_columns(records: pl.DataFrame) -> None:
    twice = pd.concat([records.to_pandas(), records.to_pandas()[["weight"]]], axis=1)
    with pytest.raises(ub.DataError, match="weight are there twice"):
        ub.survey(twice, member="member")
    table = pa.table([[1, 0], [1, 0]], names=["m", "m"])
    with pytest.raises(ub.DataError, match="twice"):
        ub.survey(table, member="m")


def test_an_empty_frame(records: pl.DataFrame) -> None:
    for frame in (records.clear(), records.clear().to_pandas(), records.clear().to_arrow(), records.clear().lazy()):
        with pytest.raises(ub.DataError, match="there are no records"):
            ub.survey(frame, member="member")
    with pytest.raises(ub.DataError, match="no column `member`"):
        ub.survey(pl.DataFrame(), member="member")


def test_what_is_no_table() -> None:
    for thing in ({"m": [1]}, [1, 2], np.zeros(3), "records.csv", None):
        with pytest.raises(ub.DataError, match="is not a table; give a polars"):
            ub.survey(thing, member="m")  # type: ignore[arg-type]


def test_a_role_that_is_no_column(records: pl.DataFrame) -> None:
    with pytest.raises(ub.DataError, match="`weight` takes the name of a column or a polars expression, not list"):
        ub.survey(records, member="member", weight=[1.0])  # type: ignore[arg-type]
    with pytest.raises(ub.DataError, match="give `member`, `covered` or both"):
        ub.survey(records, weight="weight")
    with pytest.raises(ub.SchemaError, match="did you mean `adjust`"):
        ub.survey(records, member="member", lonely_psu="adjusted")  # type: ignore[arg-type]


def test_a_filter_that_is_not_boolean(survey: ub.Survey, states: ub.Estimates) -> None:
    with pytest.raises(ub.DataError, match="the filter is of type Int64, not of true and false"):
        survey.filter(pl.col("age"))
    with pytest.raises(ub.DataError, match="there is no column `sektor`; did you mean `sector`"):
        survey.filter(pl.col("sektor") == "public")
    with pytest.raises(ub.DataError, match="rows, the records"):
        survey.filter(pl.col("age").max() > 3)
    with pytest.raises(ub.DataError, match="not of true and false"):
        states.filter(pl.col("value"))
    with pytest.raises(ub.DataError, match="no figure fits"):
        states.filter(pl.col("region") == "ZZ")


def test_unknown_words_list_the_choices(survey: ub.Survey, states: ub.Estimates, records: pl.DataFrame) -> None:
    with pytest.raises(ub.SchemaError, match="`densty` is not a measure; did you mean `density`"):
        survey.estimate("densty")
    with pytest.raises(ub.SchemaError, match="us-states"):
        ub.data("us-state")
    with pytest.raises(ub.SchemaError, match="did you mean `uk-lfs`"):
        ub.read_microdata(records, codebook="uk-lf")
    with pytest.raises(ub.SchemaError, match="did you mean `uk-lfs`"):
        ub.codebooks("uk-lf")
    with pytest.raises(ub.PlanError, match="did you mean `eu-80`"):
        ub.Plan.read("eu-8")
    with pytest.raises(ub.SchemaError, match="did you mean `logit`"):
        states.at_level(0.9, "logits")
    with pytest.raises(ub.SchemaError, match="ons-2025"):
        states.at_quality("ons")
    with pytest.raises(ub.DataError, match="no breakdown `secto`; did you mean `sector`"):
        survey.estimate(by="secto")
    with pytest.raises(ub.SchemaError, match="`vlue` is not a column of the estimates; did you mean `value`"):
        states.wide("vlue")


def test_charts_of_what_there_is_not(states: ub.Estimates) -> None:
    with pytest.raises(ub.SchemaError, match="`trends` is not a kind of chart; did you mean `trend`. Choose one of"):
        states.chart("trends")
    with pytest.raises(ub.UndebError, match="Californa"):
        states.chart("trend", regions="Californa")
    findings = ub.Plan.read("us-states-2030").assess()
    for subject in (states, findings, findings.release(as_of="2026-01-01")):
        for asked in (1950, ["2022", "1950"]):
            with pytest.raises(ub.DataError, match="there are no figures in 1950; "):
                subject.chart("slope", periods=asked)
    with pytest.raises(ub.UndebError, match="did you mean `density`"):
        states.chart("trend", measure="densty")


def test_pay_that_is_none(records: pl.DataFrame) -> None:
    def paid(frame: pl.DataFrame = records, **pay: object) -> ub.Survey:
        given = {"amount": "wage", "unit": "pounds an hour", **pay}
        return ub.survey(frame, member="member", weight="weight", pay=ub.Pay(**given))  # type: ignore[arg-type]

    with pytest.raises(ub.DataError, match="there is no column `wge` for pay; did you mean `wage`"):
        paid(amount="wge")
    with pytest.raises(ub.DataError, match="the unit of pay in column `wage` is not said"):
        paid(unit="")
    with pytest.raises(ub.DataError, match="pay in column `wage`, row 1 is -9"):
        paid(records.with_columns(wage=-9.0))
    with pytest.raises(ub.DataError, match="pay is a number"):
        paid(records.with_columns(wage=pl.lit("ten")))
    with pytest.raises(ub.DataError, match="there is no column `piwt` for the weight of pay; choose one of year"):
        paid(weight="piwt")
    with pytest.raises(ub.DefinitionError, match="have no pay, which pay_members needs"):
        ub.survey(records, member="member").quantities("pay_members")
    with pytest.raises(ub.DefinitionError, match="no answers for coverage"):
        paid().quantities("covered")
    with pytest.raises(ub.SchemaError, match="`member` is not a quantity; did you mean `members`"):
        paid().quantities("member")  # type: ignore[arg-type]
    with pytest.raises(ub.DataError, match="one period is given"):
        paid().quantities("members").change(2019)
    with pytest.raises(ub.DataError, match="not between 0 and 1"):
        paid().quantities("members", level=95)


def test_an_outlook_that_was_not_asked_for() -> None:
    with pytest.raises(ub.PlanError, match=r"`eu-80` has no sections `\[trend\]` and `\[projection\]`"):
        ub.Plan.read("eu-80").assess().outlook()


def test_measures_that_the_records_do_not_have(records: pl.DataFrame) -> None:
    with pytest.raises(ub.DefinitionError, match="no answers for coverage"):
        ub.survey(records, member="member").estimate("coverage")


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, float("nan"), "0.9"])
def test_levels_that_are_none(states: ub.Estimates, level: object) -> None:
    with pytest.raises(ub.DataError, match="not between 0 and 1; write 0.95 for 95 %|a number was expected"):
        states.at_level(level)  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", [".sav", ".dta", ".sas7bdat"])
def test_an_unreadable_file_of_a_statistical_program(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"records{ending}"
    path.write_bytes(b"this is no such file" * 50)
    with pytest.raises(ub.DataError, match="cannot be read"):
        ub.read_microdata(path, codebook="gss")
    with pytest.raises(ub.UndebError, match="is not there"):
        ub.read_microdata(tmp_path / f"absent{ending}", codebook="gss")


def test_a_damaged_or_absent_file_of_records(tmp_path: Path) -> None:
    with pytest.raises(ub.UndebError, match="absent.csv"):
        ub.read_microdata(tmp_path / "absent.csv", codebook="gss")
    path = tmp_path / "records.parquet"
    path.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(ub.DataError, match="records.parquet"):
        ub.read_microdata(path, codebook="gss")


def target(**more: object) -> ub.Target:
    given = dict(id="t", title="T", measure="coverage", region="US", level=0.5, status="illustrative")
    return ub.Target(**{**given, **more})  # type: ignore[arg-type]


def plan(*targets: ub.Target, **more: object) -> ub.Plan:
    return ub.Plan.of("p", "P", **{"source": "us-states", "targets": targets, **more})  # type: ignore[arg-type]


def test_plans_with_conflicting_targets() -> None:
    with pytest.raises(ub.PlanError, match="`t` and `u` ask for different levels of coverage in US at once"):
        plan(target(), target(id="u", level=0.6))
    with pytest.raises(ub.PlanError, match="in CA at once"):
        plan(target(region="each", deadline=2030), target(id="u", region=["CA"], level=0.6, deadline="2030", source="us-states"))
    plan(target(), target(id="u", level=0.6, deadline=2030))
    plan(target(), target(id="u", level=0.6, status="proposed"))
    with pytest.raises(ub.PlanError, match="has level and change; give exactly one"):
        plan(target(change=0.1))
    with pytest.raises(ub.PlanError, match="has none of them; give exactly one"):
        plan(target(level=None))
    with pytest.raises(ub.PlanError, match="the target id `t` is there twice"):
        plan(target(), target(region="CA"))
    with pytest.raises(ub.PlanError, match="a plan takes targets, not dict"):
        plan({"id": "t"})  # type: ignore[arg-type]


def test_plans_that_ask_for_what_there_is_not() -> None:
    with pytest.raises(ub.UndebError, match="`covrage` is not a measure; did you mean `coverage`"):
        plan(target(measure="covrage"))
    with pytest.raises(ub.UndebError, match="`Californa` is no region code of `us-states`; choose one of US"):
        plan(target(region="Californa"))
    with pytest.raises(ub.UndebError, match="us-states"):
        plan(target(), source="us-stats")
    with pytest.raises(ub.PlanError, match="fraction"):
        plan(target(level=50))


def test_a_plan_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ub.UndebError, match="cannot read the plan"):
        ub.Plan.read(tmp_path / "absent.toml")
    path = tmp_path / "plan.toml"
    path.write_text("[plan]\nid = 3\n")
    with pytest.raises(ub.PlanError, match="plan.toml:2:6"):
        ub.Plan.read(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ub.PlanError, match="not UTF-8"):
        ub.Plan.read(path)


def test_a_report_is_not_written_over_an_earlier_one(tmp_path: Path) -> None:
    report = ub.Plan.read("eu-80").assess().release(as_of="2026-01-01")
    for name in ("report", "report.html"):
        report.write(tmp_path / name)
        with pytest.raises(ub.UndebError, match="overwrite=True|earlier report"):
            report.write(tmp_path / name)
        report.write(tmp_path / name, overwrite=True)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    with pytest.raises(ub.UndebError, match="mine.txt.*not part of a report"):
        report.write(tmp_path / "notes", overwrite=True)
    assert (tmp_path / "notes" / "mine.txt").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes", "report", "report.html"]


def test_estimates_are_not_written_over_a_file(states: ub.Estimates, tmp_path: Path) -> None:
    for ending in ("csv", "parquet", "json"):
        path = states.write(tmp_path / f"rates.{ending}")
        with pytest.raises(ub.UndebError, match="overwrite=True"):
            states.write(path)
    with pytest.raises(ub.SchemaError, match="kind of file"):
        states.write(tmp_path / "rates.xls")
    assert not [p for p in tmp_path.iterdir() if p.suffix == ".part"]
    assert not pl.read_csv(tmp_path / "rates.csv")["released"].any()


def test_working_figures_leave_by_no_rule_set_without_a_threshold(survey: ub.Survey) -> None:
    with pytest.raises(ub.UndebError):
        ub.Plan.read("eu-80").assess().release("no-such-rules")


def test_a_period_that_is_not_there(states: ub.Estimates) -> None:
    one = states.filter(pl.col("region") == "US", pl.col("sector") == "all", pl.col("measure") == "density")
    with pytest.raises(ub.UndebError, match="1950"):
        one.detect(1950, 2020)
    with pytest.raises(ub.UndebError, match="1950"):
        states.change(1950, 2020)
    with pytest.raises(ub.DataError, match="one period is given"):
        states.change(2012)
    with pytest.raises(ub.UndebError, match="Q5"):
        states.compare("region", "Q5", "US")
    with pytest.raises(ub.UndebError, match="period"):
        one.detect("soon", 2020)
    with pytest.raises(ub.DataError, match="2020 to 2020 is no change; name two periods"):
        one.detect(2020, 2020)


def test_trends_and_projections_that_cannot_be(states: ub.Estimates) -> None:
    one = states.filter(pl.col("region") == "CA", pl.col("sector") == "private", pl.col("measure") == "density")
    with pytest.raises(ub.SchemaError, match="`lin` is not a model of a trend; choose one of local_level, drift"):
        one.trend(model="lin")  # type: ignore[arg-type]
    with pytest.raises(ub.PlanError, match="the damping is 2; it lies between 0 and 1"):
        one.trend(damping=2)
    with pytest.raises(ub.PlanError, match="correlation of sampling errors is 2"):
        one.trend(correlation=[2])
    with pytest.raises(ub.DataError, match="no break at 1990 to bridge; breaks: 1994, 2003, 2020"):
        one.trend(bridges=[1990])
    with pytest.raises(ub.DataError, match="has 2 figures for a trend, and 3 are needed; a longer series"):
        one.filter(pl.col("period").is_in(["2020", "2021"])).trend()
    trend = one.trend()
    with pytest.raises(ub.PlanError, match="the target 10 is outside of 0 to 100 %.*0.1 for 10 per cent"):
        trend.project(2030, goal=10)
    with pytest.raises(ub.DataError, match="both a goal and a change are given"):
        trend.project(2030, goal=0.1, change=(2012, 0.0))
    with pytest.raises(ub.DataError, match="no trend in 1900.*runs from 1983 to 2022"):
        trend.project(2030, change=(1900, 0.0))
    with pytest.raises(ub.DataError, match="to 3000 is more than 100 years long"):
        trend.project(3000)


def test_decompositions_and_priorities_that_cannot_be(states: ub.Estimates) -> None:
    with pytest.raises(ub.SchemaError, match="did you mean `density`"):
        states.decompose(2019, 2020, measure="densty")
    with pytest.raises(ub.DataError, match="no grouping `regoin`; did you mean `region`"):
        states.decompose(2019, 2020, by="regoin")
    with pytest.raises(ub.DataError, match="2020 to 2020 is no change; name two periods"):
        states.decompose(2020, 2020, by="region")
    with pytest.raises(ub.DataError, match="the 50 cells hold .* workers in 2019, but United States"):
        states.filter(pl.col("region") != "CA").decompose(2019, 2020, by="region")
    with pytest.raises(ub.SchemaError, match="`pay_set` is not a measure of these estimates"):
        states.rank("pay_set")
    with pytest.raises(ub.PlanError, match="the goal 11.0 is not a fraction between 0 and 1|the goal 11 is not"):
        states.priorities(11)
    with pytest.raises(ub.PlanError, match="a cap on the pace needs a deadline"):
        states.priorities(0.11, cap=0.001)
    with pytest.raises(ub.DataError, match="there is no figure of density for US, all in 1950"):
        states.priorities(0.11, period=1950)
    with pytest.raises(ub.PlanError, match=r"the plan `eu-80` has no section `\[priorities\]`"):
        ub.Plan.read("eu-80").assess().priorities()


def test_a_relation_that_is_gone() -> None:
    connection = duckdb.connect()
    relation = connection.sql("select 1 as m")
    connection.close()
    with pytest.raises(ub.DataError, match="the table cannot be read"):
        ub.survey(relation, member="m")


def test_a_panic_stays_on_its_side() -> None:
    from undeb import _undeb

    with pytest.raises(ub.UndebError, match="a fault in undeb itself.*asked to panic.*please report"):
        _undeb._panic()


def test_a_model_or_a_seed_that_is_none(states: ub.Estimates) -> None:
    one = states.filter(pl.col("region") == "US", pl.col("sector") == "all", pl.col("measure") == "density")
    with pytest.raises(ub.SchemaError, match="`3` is not a model of a trend; choose one of local_level"):
        one.trend(model=3)  # type: ignore[arg-type]
    with pytest.raises(ub.DataError, match="`seed` is -1; a whole number from 0"):
        one.trend().project(2030, seed=-1)
