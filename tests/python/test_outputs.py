"""Results go anywhere, travel, and show themselves."""

from __future__ import annotations

import copy
import html
import html.parser
import json
import pickle
import re
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import undeb as ub


@pytest.fixture(scope="session")
def nouns(states: ub.Estimates, survey: ub.Survey) -> dict[str, object]:
    plan = ub.Plan.read("eu-80")
    findings = plan.assess()
    one = states.filter(pl.col("region") == "CA", pl.col("sector") == "private", pl.col("measure") == "density")
    trend = one.trend()
    paid = ub.survey(
        ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu", period="year",
        pay=ub.Pay(amount="wage", unit="pounds an hour"),
    )  # fmt: skip
    return {
        "estimates": states, "records": survey.filter(pl.col("sex") == "f").estimate(["density"], by=["year", "industry"]),
        "plan": plan, "findings": findings, "report": findings.release(as_of="2026-01-01"), "trend": trend,
        "decomposition": states.decompose(2019, 2022, by="region"), "changes": states.filter(pl.col("sector") == "all").change(2012, 2022).test(margin=0.01),
        "projection": trend.project(2030, goal=0.1), "catalogue": ub.data(), "survey": survey,
        "quantities": paid.quantities(["members", "pay_gap_membership"], by="year"),
        "quantity changes": paid.quantities(["members", "pay_members"], by="year").change(2019, 2024),
        "outlook": (ahead := ub.Plan.read("us-states-2030").assess().outlook()), "fan": ahead.fan(),
        "milestones": ahead.milestones(), "ranks": states.rank(), "smallest changes": one.detect(2012, 2022),
        "priorities": ub.Plan.read("us-states-2030").assess().priorities(), "effects": states.decompose(2019, 2022, by="region").effects(),
        "first met": trend.project(2030, goal=0.1).first_met(),
    }  # fmt: skip


NOUNS = ["estimates", "records", "plan", "findings", "report", "trend", "projection", "changes", "decomposition", "catalogue", "survey",
         "quantities", "quantity changes", "outlook", "fan", "milestones", "ranks", "smallest changes", "priorities", "effects", "first met"]  # fmt: skip


@pytest.mark.parametrize("name", NOUNS)
def test_everything_is_a_table(nouns: dict[str, ub.Estimates], name: str) -> None:
    noun = nouns[name]
    frame = noun.to_polars()
    assert frame.height > 0 and pl.DataFrame(noun).equals(frame)
    assert pa.table(noun).num_rows == noun.to_arrow().num_rows == frame.height
    assert isinstance(noun.to_pandas(), pd.DataFrame) and list(noun.to_pandas().columns) == frame.columns
    assert list(noun.to_dict()) == frame.columns
    json.loads(noun.to_json())


@pytest.mark.parametrize("name", NOUNS)
def test_pickles_and_copies_are_the_same(nouns: dict[str, ub.Estimates], name: str) -> None:
    noun = nouns[name]
    assert copy.copy(noun) is noun and copy.deepcopy(noun) is noun
    if name == "report":
        with pytest.raises(ub.DisclosureError, match="not pickled"):
            pickle.dumps(noun)
        return
    again = pickle.loads(pickle.dumps(noun))
    assert again.to_polars().equals(noun.to_polars()) and type(again) is type(noun)


@pytest.mark.parametrize("name", NOUNS)
def test_objects_are_immutable(nouns: dict[str, ub.Estimates], name: str) -> None:
    with pytest.raises((AttributeError, TypeError)):
        nouns[name].level = 0.5  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        nouns[name].colour = "red"  # type: ignore[attr-defined]


class Parsed(html.parser.HTMLParser):
    """Tags and words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.attributes: set[str] = set()
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("name", NOUNS)
def test_tables_survive_the_sanitising_of_notebooks(nouns: dict[str, ub.Estimates], name: str) -> None:
    page = Parsed(nouns[name]._repr_html_())
    kept = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p", "details", "summary"}
    assert set(page.tags) <= kept and page.attributes <= {"style", "scope"}
    plain = repr(nouns[name])
    for line in plain.splitlines()[:1]:
        assert line in page.words
    assert "object at 0x" not in plain


@pytest.mark.parametrize("name", NOUNS)
def test_great_tables_have_every_word_that_the_table_shows(nouns: dict[str, ub.Estimates], name: str) -> None:
    table = html.unescape(nouns[name].to_great_table().as_raw_html())
    shown = nouns[name]._shown()
    words = {shown.caption, *shown.headings, *shown.notes, *(cell for row in shown.rows for cell in row)}
    assert [w for w in words if w not in table] == []
    assert ("more rows" in table) == (shown.total > len(shown.rows))


def test_the_table_of_records_says_what_stands_behind_it(nouns: dict[str, ub.Estimates]) -> None:
    words = Parsed(nouns["records"]._repr_html_()).words
    for said in ("Not released", "strata and clusters", "Missing", "95% interval", "ons-2025", "Source:"):
        assert said in words, said
    assert "more rows" in Parsed(nouns["estimates"]._repr_html_()).words
    assert len(nouns["estimates"]._repr_html_()) < 120_000


def test_text_of_others_is_escaped(records: pl.DataFrame) -> None:
    frame = records.with_columns(pl.lit("<script>alert(1)</script>").alias("<b>"))
    rates = ub.survey(frame, member="member", title="<img src=x>").estimate(by="<b>")
    assert "<script" not in rates._repr_html_() and "<img" not in rates._repr_html_() and "<b>" not in rates._repr_html_()


@pytest.mark.parametrize("kind", list(ub.Kind))
def test_charts_show_themselves_and_describe_themselves(nouns: dict[str, ub.Estimates], kind: str) -> None:
    try:
        chart = nouns["estimates"].filter(pl.col("sector") == "all").chart(kind)
    except ub.UndebError as refused:
        # A gap needs a target, and so on: the message says what.
        assert ";" in str(refused) or "needs" in str(refused), refused
        return
    page = Parsed(chart._repr_html_())
    assert page.tags == ["figure", "img"] and page.attributes == {"style", "alt", "src"}
    assert "data:image/svg+xml;base64," in chart._repr_html_() and chart.describe() in repr(chart)
    assert chart.title and chart.source and chart.numbers().height > 0
    assert pickle.loads(pickle.dumps(chart)).to_svg() == chart.to_svg() and copy.copy(chart) is chart


def test_charts_are_written_whole_or_not_at_all(nouns: dict[str, ub.Report], tmp_path: Path) -> None:
    chart = nouns["report"].chart("gap", theme="dark", width=600)
    for ending in ("svg", "png"):
        path = chart.write(tmp_path / f"gap.{ending}")
        with pytest.raises(ub.UndebError, match="overwrite=True"):
            chart.write(path)
    with pytest.raises(ub.SchemaError, match="kind of picture file"):
        chart.write(tmp_path / "gap.pdf")
    with pytest.raises(ub.UndebError, match="scale"):
        chart.to_png(0)
    assert "Not released" not in chart.to_svg() and "Not released" in nouns["findings"].chart("gap").to_svg()


def test_unknown_words_of_charts_list_the_choices(nouns: dict[str, ub.Estimates]) -> None:
    states = nouns["estimates"]
    with pytest.raises(ub.SchemaError, match="`pie` is not a kind of chart; choose one of trend, small-multiples"):
        states.chart("pie")
    with pytest.raises(ub.SchemaError, match="`colour` is not an option of a chart"):
        states.chart("trend", colour="red")  # type: ignore[call-arg]
    with pytest.raises(ub.UndebError, match="`dim` is not a theme; choose one of light, dark, print"):
        states.chart("trend", theme="dim")
    with pytest.raises(ub.UndebError, match="locale"):
        states.chart("trend", locale="fr")  # type: ignore[arg-type]


def test_long_form_has_every_column(nouns: dict[str, ub.Estimates]) -> None:
    columns = nouns["records"].to_polars().columns
    wanted = ["measure", "period", "region", "sector", "value", "se", "low", "high", "df", "n", "missing_share",
              "missing_low", "missing_high", "quality", "definition", "source"]  # fmt: skip
    assert [c for c in wanted if c not in columns] == []


def test_wide_form_has_suffixes(states: ub.Estimates) -> None:
    wide = states.wide()
    assert wide.columns[:9] == ["period", "region", "sector", "density", "density_low", "density_high", "coverage",
                                "coverage_low", "coverage_high"]  # fmt: skip
    assert wide.height == len(states) / 2
    row = states.to_polars().filter(period="2022", region="CA", sector="private", measure="coverage").row(0, named=True)
    assert wide.filter(period="2022", region="CA", sector="private")["coverage"].item() == row["value"]


def test_the_level_belongs_to_the_looking(states: ub.Estimates) -> None:
    narrow, wide = states.at_level(0.5).to_polars(), states.at_level(0.99).to_polars()
    assert (narrow["high"] - narrow["low"] <= wide["high"] - wide["low"]).all()
    assert narrow["value"].equals(wide["value"]) and states.level == 0.95


def test_figures_keep_every_digit(states: ub.Estimates) -> None:
    rows = json.loads(states.to_json())
    assert [row["value"] for row in rows] == states.to_dict()["value"]


def test_a_plan_built_in_python_reads_as_it_was_written() -> None:
    targets = [
        ub.Target(id="a", title='With "quotes"\nand ŵ', measure="density", region=["CA", "NY"], sector="private", change=0.05,
                  baseline=2012, deadline=2030, status="proposed", proposer="Nobody", note="\\ a backslash"),
        ub.Target(id="b", title="B", measure="coverage", region="each", unset="more", status="pledged"),
    ]  # fmt: skip
    plan = ub.Plan.of("mine", "Mine", source="us-states", targets=targets, measures=["density"], design_effect=1.5, reason="a guess")
    again = ub.Plan.from_toml(plan.to_toml())
    assert again.targets == plan.targets and again.to_polars().equals(plan.to_polars())
    assert plan.targets[0].title == targets[0].title and plan.targets[0].note == targets[0].note
    findings = ub.data("us-states", design_effect=1.5).assess(plan)
    assert len(findings) == 2 + 51 or len(findings) > 50
    assert findings.to_polars()["answer"].is_in(["met", "not_met", "cannot_tell", "unset"]).all()


def test_a_report_says_what_the_shell_says() -> None:
    report = ub.Plan.read("eu-80").assess().release(as_of="2026-01-01")
    parsed = json.loads(report.to_json())
    assert parsed["verdict"]["sentence"] == report.verdict and report.verdict in report.to_markdown()
    assert re.search(r"<h1[ >]", report.to_html())


def test_both_ends_of_a_long_table_are_in_sight() -> None:
    rates = ub.data("us-states", ["density"])
    newest = rates.to_polars().row(-1, named=True)
    for text in (repr(rates), Parsed(rates._repr_html_()).words):
        assert f"{newest['value'] * 100:.1f}%" in text and rates.sectors[newest["sector"]] in text
    assert f"... {len(rates) - 20:,} more rows ..." in repr(rates)
    assert f"{len(rates) - 12:,} more rows between them, the first 100 of these here" in Parsed(rates._repr_html_()).words
    short = rates.filter(pl.col("region") == "US", pl.col("sector") == "all").filter(pl.col("period") > "2002")
    assert "more rows" not in repr(short) and len(repr(short).splitlines()) == 20 + 4


def test_an_enum_keeps_its_order() -> None:
    bands = pl.Enum(["under 30", "30 to 49", "50 and over"])
    frame = ub.synthetic_records().with_columns(
        band=pl.when(pl.col("age") < 30).then(pl.lit("under 30")).when(pl.col("age") < 50).then(pl.lit("30 to 49"))
        .otherwise(pl.lit("50 and over")).cast(bands)
    )  # fmt: skip
    survey = ub.survey(frame, member="member", weight="weight")
    assert survey.estimate(by="band").to_polars()["band"].to_list() == bands.categories.to_list()
    texts = survey.estimate(by=pl.col("band").cast(pl.String)).to_polars()
    assert texts["band"].to_list() == sorted(bands.categories)
    assert sorted(texts["value"]) == sorted(survey.estimate(by="band").to_polars()["value"])


def test_a_wide_table_has_no_two_columns_of_one_name() -> None:
    frame = pl.DataFrame({"m": [1, 0, 1, 0], "density_low": ["a", "a", "b", "b"]})
    with pytest.raises(ub.SchemaError, match="the breakdown `density_low` is called as a column of the wide table"):
        ub.survey(frame, member="m").estimate(by="density_low").wide()


def test_changes_of_amounts_show_their_unit() -> None:
    survey = ub.survey(ub.synthetic_records(), member="member", weight="weight", period="year")
    assert "person" in repr(survey.quantities("members", by="year").change())
    assert "Unit" not in repr(survey.estimate(by="year").change())


def test_averages_say_what_they_are_over() -> None:
    survey = ub.survey(ub.synthetic_records(), member="member", weight="weight", period="year", region="region", title="Made up")
    rates = survey.estimate(by=["year", "region"], pool=2)
    assert "Figures are averages over 2019 to 2024." in rates.chart("interval").describe()
    assert "Averages over 2019 to 2024." in repr(rates.rank(among=2))
