"""What a user runs into on the second day: plans built wrong, tables written, filters by name, messages that help."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import undeb as ub

CODES = {"id": "a", "title": "A", "measure": "density", "region": "CA", "level": 0.2, "status": "illustrative"}


def records(frame: Any = None, **options: Any) -> ub.Survey:
    given = ub.synthetic_records() if frame is None else frame
    return ub.survey(given, **{"member": "member", "weight": "weight", "strata": "stratum", "psu": "psu", "period": "year", **options})


def target(**changed: Any) -> ub.Target:
    return ub.Target(**{**CODES, **changed})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"targets": [target(status="zzz")]}, "the target `a`, `status`: unknown variant `zzz`, expected one of"),
        ({"targets": [target(), target(id="b", region="XX")]}, "the target `b`, `region`: `XX` is no region code"),
        ({"targets": [target()], "source": "us-stat"}, "the plan, `source`: `us-stat` is not a known source; did you mean"),
        ({"targets": [target()], "trend": {"modle": "level"}}, "`trend`, `modle`: unknown field `modle`"),
        ({"targets": [target()], "actions": None}, "`actions` is None; write a list of dictionaries"),
        ({"targets": "a"}, "`targets` is 'a'; write a list of undeb.Target"),
        ({"targets": {"a": 1}}, "`targets` is {'a': 1}; write a list of undeb.Target"),
    ],
)
def test_a_plan_that_is_built_wrong_names_target_and_option(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ub.PlanError, match="^" + re.escape(message)) as refused:
        ub.Plan.of("p", "P", **{"source": "us-states", **options})
    assert "the plan:" not in str(refused.value) and str(refused.value).count("expected one of") <= 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: records(replicates=ub.Replicates(columns="rep*", kind="sdr")), "no column fits `rep*` for replicates; choose one of year, region"),
        (lambda: records(psu=pl.duration(days=pl.col("psu"))), "is of type duration"),
        (lambda: records(pl.DataFrame({"member": [1, 0], "weight": [1e-320] * 2}), strata=None, psu=None, period=None), "multiply them by one number"),
        (lambda: records().filter(pl.col("age", "sex").is_not_null()), "which is several conditions"),
        (lambda: records().estimate(by=pl.col("sex").alias("")), "a breakdown has no name"),
        (lambda: records().estimate(pool=0), "`pool` is 0; a whole number from 1"),
        (lambda: records().estimate(level=0.9999999), "is not between 0.01 and 0.999999"),
        (lambda: ub.data("us-states").decompose(True, 2022), "`start` is True; a year such as 2024"),
        (lambda: ub.Plan.read(""), "`plan` is ''; the name of a plan, or the path of a file, was expected"),
        (lambda: ub.data("us-states").rank(among=pl.Series(range(100))), "`among` is a Series; a whole number"),
        (lambda: ub.data("us-states").chart("trend", measure="pay_set"), "`pay_set` is not a measure that is here"),
        (lambda: ub.Plan.read("eu-80").assess().release(as_of="2026-01-01").write("report.pdf"), "`.pdf` is neither"),
        (lambda: records(lonely_psu="fail", strata="psu"), "`lonely_psu` remove, adjust or average"),
    ],
)
def test_messages_say_what_to_do(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ub.UndebError, match=re.escape(message)):
        call()


def test_a_pandas_column_of_two_types_names_a_row_of_each() -> None:
    frame = ub.synthetic_records().to_pandas()
    frame["weight"] = frame["weight"].astype(object)
    frame.loc[3, "weight"] = "abc"
    with pytest.raises(ub.DataError, match=re.escape("the column `weight` cannot be read: it mixes types: row 1 is 0.69 (float), row 4 is 'abc' (str)")):
        records(frame)


def test_a_measure_named_twice_is_estimated_once() -> None:
    rates = records().estimate(["density", "density"], by="year")
    assert len(rates) == 2 and rates.wide().height == 2
    assert len(records().quantities(["members", "members"])) == 1


def test_filters_by_name_are_filters() -> None:
    rates = ub.data("us-states", ["density"])
    one = rates.filter(pl.col("region") == "US", sector="all")
    assert one.to_polars().equals(rates.filter(region="US", sector="all").to_polars()) and len(one) == 40
    public = records().filter(sector="public")
    assert public.to_polars()["in_domain"].sum() == records().filter(pl.col("sector") == "public").to_polars()["in_domain"].sum()
    assert public.estimate().remarks == ['only a domain of the records, those for which sector == "public"']
    with pytest.raises(ub.DataError, match="there is no column `sectr`"):
        records().filter(sectr="public")


def test_every_table_of_figures_is_written(tmp_path: Path) -> None:
    rates = ub.data("us-states", ["density"], design_effect=1.5).filter(region="CA", sector="private")
    findings = ub.Plan.read("us-states-2030").assess()
    tables = {
        "rates": rates, "changes": rates.change(2012, 2022), "findings": findings, "trend": rates.trend(),
        "projection": rates.trend().project(2025), "outlook": findings.outlook(), "ranks": ub.data("us-states", ["density"], design_effect=1.5).rank(),
        "parts": ub.data("us-states", ["density"], design_effect=1.5).decompose(2019, 2020),
    }  # fmt: skip
    for name, table in tables.items():
        for ending in (".csv", ".parquet", ".json"):
            path = table.write(tmp_path / (name + ending))
            read = {".csv": pl.read_csv, ".parquet": pl.read_parquet, ".json": pl.read_json}[ending]
            again = read(path)
            assert again.height == len(table) and not again["released"].any(), path
    with pytest.raises(ub.UndebError, match="is there already"):
        rates.write(tmp_path / "rates.csv")
    plan = ub.Plan.read(findings.plan.write(tmp_path / "plan.toml"))
    assert plan.to_toml() == findings.plan.to_toml()
    assert not hasattr(ub.Survey, "write")


@pytest.mark.parametrize("name", ub.plans().to_polars()["name"].to_list())
def test_a_plan_that_was_read_is_built_again_from_its_targets(name: str) -> None:
    read = ub.Plan.read(name)
    facts = read._facts()
    again = ub.Plan.of(read.id, read.title, source=facts["source"], targets=read.targets)
    assert again.targets == read.targets
    one = target(region="US", change=0.01, level=None, baseline=2012, deadline=2030, path="logit", reference="A page", url="https://example.org",
                 milestones=[{"period": 2025, "level": 0.105}, {"period": "2027", "change": 0.005}])  # fmt: skip
    built = ub.Plan.of("p", "P", source="us-states", targets=[one])
    (kept,) = built.targets
    assert (kept.path, kept.reference, kept.url, len(kept.milestones)) == ("logit", "A page", "https://example.org", 2)
    assert ub.Plan.of("p", "P", source="us-states", targets=built.targets).to_polars().equals(built.to_polars())


def test_what_is_frozen_can_be_a_key() -> None:
    assert len({target(region=["CA", "NY"]), target(region=("CA", "NY"))}) == 1
    assert ub.Pay(amount="w", unit="u", missing=[-9]) == ub.Pay(amount="w", unit="u", missing=(-9,))


def test_tables_say_what_their_words_rest_on() -> None:
    rates = ub.data("us-states", ["density"], design_effect=1.5)
    shown = repr(rates.filter(region="CA").change(2012, 2022))
    assert "caution: 2020: Pandemic" in shown and "for the 5 rows of the table; intervals are not" in shown
    assert "No sampling error is stated, so the figure alone decides." in repr(ub.Plan.read("eu-80").assess())
    assert "judged by intervals at a confidence of 95%" in repr(ub.Plan.read("us-states-2030").assess())
    assert "All regions" in repr(records().quantities("members"))


def test_records_that_were_not_asked_are_counted() -> None:
    gss = pl.DataFrame({
        "year": [2018] * 4, "wrkstat": [1] * 4, "wrkslf": [2] * 4, "union": [1, 4, None, None], "wrkgovt": [1] * 4,
        "wtssall": [1.0] * 4, "vstrat": [1, 1, 2, 2], "vpsu": [1, 2, 1, 2], "region": [1] * 4, "indus10": [770] * 4,
    })  # fmt: skip
    rates = ub.read_microdata(gss, codebook="gss").estimate("density")
    assert rates.to_polars()["n"].item() == 2
    assert rates.remarks == ["2 of 4 records count as not asked: they are in no rate, no share of missing answers and no bounds"]


def test_a_day_is_a_day(tmp_path: Path) -> None:
    findings = ub.Plan.read("eu-80").assess()
    assert findings.release(as_of=datetime.date(2026, 1, 1)).verdict == findings.release(as_of="2026-01-01").verdict


def test_a_chart_of_nothing_but_missing_answers_says_so() -> None:
    records = pl.DataFrame({
        "weight": [1.0] * 4,
        "member": pl.Series([None] * 4, dtype=pl.Boolean),
        "region": ["WLS", "SCT"] * 2,
        "year": [2023, 2023, 2024, 2024],
    })
    estimates = ub.survey(records, weight="weight", member="member", region="region", period="year").estimate(
        "density", by=["year", "region"]
    )
    for kind in ["trend", "interval", "tiles", "slope", "heatmap", "small-multiples", "scatter", "funnel", "waterfall"]:
        chart = estimates.chart(kind)
        assert chart.title == "No figures"
        assert "No evidence" in chart.describe()
    # What the missing answers allow is known all the same.
    bounds = estimates.chart("bounds", periods=["2024"])
    assert bounds.title == "Missing answers leave 100.0 points open in each of 2 regions"
