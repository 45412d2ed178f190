"""Questions put to published rates in one line each: where they go, why they moved, what could be told, where to look."""

from __future__ import annotations

import pickle
from pathlib import Path

import polars as pl
import pytest

import undeb as ub


@pytest.fixture(scope="module")
def rates() -> ub.Estimates:
    return ub.data("us-states").estimate(["density", "coverage"], design_effect=1.5)


def test_measures_of_a_table_are_chosen_and_keep_what_was_filtered(rates: ub.Estimates) -> None:
    assert rates.measures == ["density", "coverage"]
    assert rates.estimate("coverage").measures == ["coverage"] and rates.estimate("coverage").rank().title == "Ranks of coverage"
    one = ub.data("us-states").at_level(0.9).filter(pl.col("region") == "CA").estimate("coverage", design_effect=2)
    assert (one.measures, one.level, set(one.to_polars()["region"])) == (["coverage"], 0.9, {"CA"})
    assert one.to_polars()["se"].null_count() == 0
    again = rates.estimate("coverage").to_polars()
    assert again.equals(rates.to_polars().filter(pl.col("measure") == "coverage"))
    survey = ub.survey(ub.synthetic_records(), member="member", weight="weight")
    with pytest.raises(ub.DesignError, match="a design effect is assumed for published tables"):
        survey.estimate().estimate("density", design_effect=1.5)
    with pytest.raises(ub.SchemaError, match="did you mean `coverage`"):
        rates.estimate("covrage")


def test_a_change_is_split_without_naming_the_measure(rates: ub.Estimates) -> None:
    first = rates.decompose(2019, 2020)
    assert repr(first).startswith("density, United States, All sectors, 2019 to 2020")
    named = rates.decompose(2019, 2020, measure="density", by=["region", "sector"])
    # Members fell and employees fell by more: by state and by public and private, the rates rose.
    effects = dict(named.effects().to_polars().select("effect", "value").iter_rows())
    assert effects["rate"] == pytest.approx(0.00330, abs=5e-6) and effects["composition"] == pytest.approx(0.00174, abs=5e-6)
    by_state = dict(rates.decompose(2019, 2020, by="region").effects().to_polars().select("effect", "value").iter_rows())
    assert by_state["composition"] < 0
    assert rates.decompose(2019, 2020, measure="coverage").change != first.change
    with pytest.raises(ub.DataError, match="the correlation 2 is not between -1 and 1"):
        rates.decompose(2019, 2020, correlation=2)


def test_what_could_be_told_of_the_newest_change(rates: ub.Estimates) -> None:
    told = rates.detect().to_polars()
    assert told.height == rates.to_polars().select("measure", "region", "sector").n_unique()
    whole = told.filter(measure="density", region="US", sector="all").row(0, named=True)
    assert (whole["from"], whole["to"]) == ("2021", "2022")
    frame = rates.to_polars().filter(measure="density", region="US", sector="all")
    a, b = (frame.filter(period=p)["se"].item() for p in ("2021", "2022"))
    assert whole["smallest"] == pytest.approx((1.959963984540054 + 0.8416212335729143) * (a * a + b * b) ** 0.5, rel=1e-9)


def test_series_that_cannot_be_told_say_why() -> None:
    gaps = ub.data("eu27", design_effect=2)
    with pytest.raises(ub.DataError, match="no figure of Belgium has a sampling error"):
        gaps.detect()
    survey = ub.survey(ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu", period="year")
    rates = survey.estimate("density", by=["year", "region"]).filter((pl.col("period") != "2019") | (pl.col("region") != "North"))
    region = rates.to_polars()["region"][0]
    rates = rates.filter((pl.col("period") != "2019") | (pl.col("region") != region))
    told = rates.detect().to_polars()
    left = told.filter(region=region).row(0, named=True)
    assert left["smallest"] is None and "a change needs two figures" in left["why_not"]
    assert told.filter(pl.col("region") != region)["smallest"].null_count() == 0


def test_where_effort_would_count(rates: ub.Estimates) -> None:
    lifted = rates.priorities(by="region")
    frame = lifted.to_polars()
    assert frame["share_of_gap"].null_count() == frame.height and not frame["in_set"].any()
    assert frame["gain"].to_list() == sorted(frame["gain"], reverse=True)
    wanted = rates.priorities(0.11, rate=0.12, by="region").to_polars()
    assert wanted.filter(pl.col("in_set"))["share_of_gap"].sum() >= 1
    assert "no fewer states would do" in repr(rates.priorities(0.11, rate=0.12, by="region"))
    bound = repr(rates.priorities(0.11, rate=0.12, by="region", cap=0.0001, deadline=2030))
    assert "The cap on the pace binds" in bound
    plan = ub.Plan.read("us-states-2030").assess()
    assert plan.priorities().to_polars().columns == wanted.columns


def test_codes_are_shown_as_names(rates: ub.Estimates) -> None:
    texas = rates.filter(pl.col("region") == "TX", pl.col("sector") == "private").estimate("density")
    for shown in (texas.detect(), texas.trend().project(2030), texas.change(2012, 2022), texas.trend().project(2030, goal=0.1).first_met()):
        assert "Texas" in repr(shown) and "Private sector" in repr(shown) and "TX" not in repr(shown)
    assert "51 regions" in repr(ub.Plan.read("us-states-2030")) and "+0.0 points" not in repr(ub.Plan.read("us-states-2030"))


def test_priorities_say_below_only_of_what_lies_below(rates: ub.Estimates) -> None:
    shown = repr(rates.priorities(0.3, region="CA"))
    assert "Farthest below the whole’s 16.1% is private sector (6.8 points)" in shown.replace("Private", "private")


def test_one_sum_is_a_known_total_and_made_replicates_have_their_own_scale() -> None:
    design = {"member": "member", "weight": "weight", "strata": "stratum", "psu": "psu"}
    known = ub.KnownTotals(totals={"age": 120_000}, method="linear")
    rate = ub.survey(ub.synthetic_records(), **design, known_totals=known).estimate().to_polars()["value"].item()
    assert 0 < rate < 1
    with pytest.raises(ub.DesignError, match="`scale` is said of replicate weights in columns"):
        ub.survey(ub.synthetic_records(), **design, replicates=ub.Replicates(kind="jkn", scale=5))


def test_everything_about_a_codebook_reads_down_and_names_its_variables(tmp_path: Path) -> None:
    shown = repr(ub.codebooks("uk-lfs"))
    assert "Needs       REFWKY, HSERIALP, STATR, UNION, TUCOV\n" in shown
    assert max(map(len, ub.codebooks("gss").to_polars()["may_use"][0])) < 20
    with pytest.raises(ub.UndebError):
        ub.codebooks(str(tmp_path / "mine.toml"))


def test_when_the_way_to_a_goal_could_be_told(states: ub.Estimates) -> None:
    wyoming = states.filter(pl.col("region") == "WY", pl.col("sector") == "all", pl.col("measure") == "density")
    row = wyoming.detect(goal=0.1, deadline=2030).to_polars().row(0, named=True)
    newest = wyoming.to_polars().filter(pl.col("period") == "2022").row(0, named=True)
    # Two figures as precise as the newest: (1.960 + 0.842) sqrt(2) standard errors.
    assert row["smallest"] == pytest.approx(2.801585218 * 2**0.5 * newest["se"], rel=1e-9)
    assert row["asked"] == pytest.approx(0.1 - newest["value"], abs=1e-12)
    years = int(row["told_from"]) - 2022
    assert row["asked"] * years / 8 >= row["smallest"] > row["asked"] * (years - 1) / 8
    with pytest.raises(ub.DataError, match="a goal needs a deadline"):
        wyoming.detect(goal=0.1)
    with pytest.raises(ub.PlanError, match="is not after the newest figure"):
        wyoming.detect(goal=0.1, deadline=2010)


def test_a_projection_counts_employees_as_it_is_told(states: ub.Estimates) -> None:
    trend = states.filter(pl.col("region") == "CA", pl.col("sector") == "all", pl.col("measure") == "density").trend()
    needed = lambda employment: trend.project(2024, goal=0.2, employment=employment).to_polars()["workers_needed"][-1]  # noqa: E731
    assert needed(20e6) - needed(10e6) == pytest.approx(2e6, abs=1e-6)
    assert needed("trend") > needed("flat")
    assert "Goal: 20.0%." in str(trend.project(2024, goal=0.2))
    with pytest.raises(ub.SchemaError, match="way to count employees"):
        trend.project(2024, goal=0.2, employment="up")
    again = pickle.loads(pickle.dumps(trend.project(2024, goal=0.2, employment="trend", within=10)))
    assert again.first_met().to_polars()["within"][0] == 10


def test_a_number_of_employees_is_that_of_one_series(states: ub.Estimates) -> None:
    two = states.filter(pl.col("region").is_in(["CA", "WY"]), pl.col("sector") == "all", pl.col("measure") == "density")
    with pytest.raises(ub.DataError, match="is that of one series"):
        two.trend().project(2024, goal=0.2, employment=300_000)
    with pytest.raises(ub.PlanError, match="outside of 0 to 100 %"):
        two.trend().project(2024, change=(2012, -0.5))


def test_a_deadline_that_has_passed_is_answered_by_the_trend_then(rates: ub.Estimates) -> None:
    one = rates.filter(pl.col("region") == "WY", pl.col("sector") == "all").trend().project(2015, goal=0.1)
    assert len(one) == 0 and one.first_met().to_polars()["met_at"][0] < 0.5
    assert "by the trend the goal was met then with a probability of " in repr(one)

