"""Every kind of table comes in, and the same rows give the same bits."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import undeb as ub

ROLES = dict(member="member", covered="covered", employee="employee", weight="weight", strata="stratum", psu="psu", period="year")


def rates(frame: object) -> pl.DataFrame:
    survey = ub.survey(frame, **ROLES)  # type: ignore[arg-type]
    return survey.filter(pl.col("age") >= 25).estimate(["density", "coverage"], by=["year", "sector"]).to_polars()


class Stream:
    """Nothing but the Arrow PyCapsule stream."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize("kind", ["lazy", "pandas", "pandas-arrow", "arrow", "reader", "duckdb", "stream", "sliced", "chunked"])
def test_the_same_rows_give_the_same_bits(records: pl.DataFrame, kind: str) -> None:
    table = records.to_arrow()
    given = {
        "lazy": lambda: records.lazy(),
        "pandas": lambda: records.to_pandas(),
        "pandas-arrow": lambda: records.to_pandas(use_pyarrow_extension_array=True),
        "arrow": lambda: table,
        "reader": lambda: table.to_reader(max_chunksize=500),
        "duckdb": lambda: duckdb.from_arrow(table),
        "stream": lambda: Stream(table),
        "sliced": lambda: pa.concat_tables([table.slice(0, 7), table]).slice(7),
        "chunked": lambda: pl.concat([records[:1000], records[1000:1003], records[1003:]], rechunk=False),
    }[kind]()
    assert rates(given).equals(rates(records))


def test_categoricals_booleans_and_small_numbers_are_read(records: pl.DataFrame) -> None:
    typed = records.with_columns(
        pl.col("sector", "region").cast(pl.Categorical),
        pl.col("member", "employee").cast(pl.Boolean),
        pl.col("covered").cast(pl.Int8),
        pl.col("year").cast(pl.Int16),
    )
    assert rates(typed).equals(rates(records))
    assert rates(typed.to_pandas()).equals(rates(records))


def test_another_order_of_rows_gives_the_same_to_twelve_digits(records: pl.DataFrame) -> None:
    shuffled = rates(records.sample(fraction=1.0, shuffle=True, seed=3))
    for name in ("value", "se", "low", "high", "missing_share"):
        assert (shuffled[name] - rates(records)[name]).abs().max() <= 1e-12  # type: ignore[operator]


def test_roles_may_be_expressions(records: pl.DataFrame) -> None:
    named = ub.survey(records, member="member", weight="weight")
    made = ub.survey(records, member=pl.col("member") == 1, weight=pl.col("weight") * 1.0)
    assert made.estimate().to_polars().equals(named.estimate().to_polars())
    by = named.estimate(by=[(pl.col("age") // 30).alias("age group")])
    assert by.to_polars()["age group"].n_unique() == 3


def test_a_filter_is_a_domain_and_not_a_deletion(survey: ub.Survey, records: pl.DataFrame) -> None:
    domain = survey.filter(pl.col("psu") == 1, pl.col("stratum") == 1).estimate().to_polars()
    assert domain["psus"].item() == 1 and domain["df"].item() >= 0
    assert len(survey.filter(pl.col("psu") == 1)) == len(survey) == records.height
    again = survey.filter(pl.col("sector") == "public").filter(pl.col("sex") == "f")
    at_once = survey.filter((pl.col("sector") == "public") & (pl.col("sex") == "f"))
    assert again.estimate().to_polars().equals(at_once.estimate().to_polars())
    assert again.to_polars()["in_domain"].sum() == records.filter(sector="public", sex="f").height


def test_what_is_done_to_a_frame_later_does_not_reach_the_survey(records: pl.DataFrame) -> None:
    before = rates(records)
    for frame in (records.clone(), records.to_pandas()):
        survey = ub.survey(frame, **ROLES)
        if isinstance(frame, pd.DataFrame):
            frame["weight"] = 0.0
            frame.loc[:, "age"] = 0
            del frame["sector"]
        else:
            frame.replace_column(frame.get_column_index("weight"), pl.Series("weight", [0.0] * frame.height))
            frame.drop_in_place("sector")
        after = survey.filter(pl.col("age") >= 25).estimate(["density", "coverage"], by=["year", "sector"])
        assert after.to_polars().equals(before)


def test_threads_of_python_get_the_same_bits(survey: ub.Survey) -> None:
    expected = survey.estimate(["density"], by=["region", "sector"]).to_polars()
    results: list[pl.DataFrame] = []

    def work() -> None:
        results.append(survey.estimate(["density"], by=["region", "sector"]).to_polars())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8 and all(r.equals(expected) for r in results)


def test_a_codebook_reads_files_and_frames_alike(tmp_path: Path) -> None:
    from conftest import ROOT

    path = ROOT / "tests" / "codebooks" / "gss.csv"
    frame = pl.read_csv(path)
    from_file = ub.read_microdata(path, codebook="gss", lonely_psu="adjust").estimate(by=["year", "sector"])
    assert ub.read_microdata(frame, codebook="gss", lonely_psu="adjust").estimate(by=["year", "sector"]).to_polars().equals(from_file.to_polars())
    parquet = tmp_path / "gss.parquet"
    frame.write_parquet(parquet)
    survey = ub.read_microdata(parquet, "gss", lonely_psu="adjust")
    assert survey.estimate(by=["year", "sector"]).to_polars().equals(from_file.to_polars())
    women = survey.filter(pl.col("wrkgovt") == 2).estimate(by="year")
    assert pickle.loads(pickle.dumps(women)).to_polars().equals(women.to_polars())


def test_files_of_statistical_programs_are_read(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    from conftest import ROOT

    frame = pl.read_csv(ROOT / "tests" / "codebooks" / "gss.csv")
    expected = ub.read_microdata(frame, "gss", lonely_psu="adjust").estimate(by=["year"]).to_polars()
    for ending, write in ((".sav", pyreadstat.write_sav), (".dta", pyreadstat.write_dta)):
        path = tmp_path / f"gss{ending}"
        write(frame.to_pandas(), str(path))
        assert ub.read_microdata(path, "gss", lonely_psu="adjust").estimate(by=["year"]).to_polars().equals(expected)


def test_a_lazy_frame_without_an_order_is_collected_once() -> None:
    many = pl.concat([ub.synthetic_records().with_columns(copy=pl.lit(i)) for i in range(10)])
    design = {"member": "member", "weight": "weight", "strata": "stratum", "psu": "psu"}
    public = pl.col("sector") == "public"
    for _ in range(3):
        # Every collection of this plan gives another order of rows.
        lazy = ub.survey(many.with_columns(id=pl.int_range(pl.len())).lazy().unique(), **design).filter(public)
        eager = ub.survey(many, **design).filter(public)
        assert lazy.estimate().to_polars()["value"][0] == pytest.approx(eager.estimate().to_polars()["value"][0], rel=1e-12)


def test_a_file_that_has_changed_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gss.csv"
    lines = (Path(__file__).parents[1] / "codebooks" / "gss.csv").read_text().splitlines(keepends=True)
    file.write_text("".join(lines))
    survey = ub.read_microdata(file, codebook="gss")
    survey.filter(pl.lit(True))
    file.write_text("".join([lines[0], *reversed(lines[1:])]) + "\n")
    with pytest.raises(ub.DataError, match="has changed since its records were read; read it again"):
        survey.filter(pl.lit(True))


def test_decimals_and_long_integers_are_read_as_numbers() -> None:
    records = ub.synthetic_records()
    design = {"member": "member", "strata": "stratum", "psu": "psu", "weight": "weight"}
    exact = records.with_columns(pl.col("weight").cast(pl.Decimal(20, 6)))
    by = pl.col("age").cast(pl.Int128).alias("years")
    plain = ub.survey(exact.with_columns(pl.col("weight").cast(pl.Float64)), **design).estimate(by=pl.col("age").alias("years"))
    assert ub.survey(exact, **design).estimate(by=by).to_polars().equals(plain.to_polars())


def test_a_year_of_its_own_is_no_period() -> None:
    quarter = pl.col("year").cast(pl.String) + "-Q" + (pl.col("age") % 4 + 1).cast(pl.String)
    survey = ub.survey(ub.synthetic_records().with_columns(quarter=quarter), member="member", period="quarter")
    assert survey.estimate(by="year").to_polars()["year"].to_list() == ["2019", "2024"]
    assert survey.estimate(by="period").to_polars().height == 8


@pytest.mark.parametrize("name", ["n", "value", "quality", "measure", "p", "against_region", "density"])
def test_a_breakdown_is_not_called_as_a_result_is(name: str) -> None:
    survey = ub.survey(ub.synthetic_records(), member="member")
    with pytest.raises(ub.DataError, match=f"a breakdown cannot be named `{name}`"):
        survey.estimate(by=pl.col("sex").alias(name))


def test_every_column_of_the_results_is_taken() -> None:
    survey = ub.survey(ub.synthetic_records(), member="member", weight="weight", period="year")
    rates, sums = survey.estimate(by=["year", "sex"]), survey.quantities("members", by=["year", "sex"])
    columns = {c for table in (rates, sums, rates.change(), sums.change()) for c in table.to_polars().columns}
    for name in columns - {"sex", "against_sex", "period", "region", "sector"}:
        with pytest.raises(ub.DataError, match="a breakdown cannot be named"):
            survey.estimate(by=pl.col("sex").alias(name))


def test_the_code_of_the_whole_is_taken() -> None:
    part = pl.when(pl.col("sex") == "f").then(pl.lit("all")).otherwise(pl.lit("part")).alias("part")
    with pytest.raises(ub.DataError, match="has the code `all`, which stands for the whole"):
        ub.survey(ub.synthetic_records(), member="member").estimate(by=part, margins=True)


def test_replicate_weights_need_the_weight_that_they_replicate() -> None:
    records = ub.synthetic_records().with_columns(pl.col("weight").alias(f"rep{i}") for i in range(4))
    with pytest.raises(ub.DesignError, match="but not the weight of the records"):
        ub.survey(records, member="member", replicates=ub.Replicates(columns="rep*", kind="brr"))


def test_totals_over_periods_say_that_they_are_averages() -> None:
    survey = ub.survey(ub.synthetic_records(), member="member", weight="weight", period="year")
    assert "averages of a period" in str(survey.quantities("members"))
    assert "averages of a period" not in str(survey.quantities("members", by="year"))


def test_decimal_identifiers_stay_whole() -> None:
    records = ub.synthetic_records().with_row_index("row")
    far = (pl.lit(10**17) + pl.col("row") // 3).alias("household")
    design = {"member": "member", "weight": "weight", "psu": "household"}
    whole = ub.survey(records.with_columns(far), **design).estimate()
    exact = ub.survey(records.with_columns(far.cast(pl.Decimal(38, 0))), **design).estimate()
    assert exact.to_polars()["psus"][0] == whole.to_polars()["psus"][0] > 900


def test_an_expression_does_not_hide_the_column_of_its_role() -> None:
    records = ub.synthetic_records()
    plain = ub.survey(records, member="member", weight="weight", pay=ub.Pay(amount="wage", unit="pounds"))
    turned = records.rename({"wage": "weight", "weight": "w"})
    hidden = ub.survey(turned, member="member", weight=pl.col("w"), pay=ub.Pay(amount="weight", unit="pounds"))
    mean = lambda survey: survey.quantities("pay").to_polars()["value"][0]  # noqa: E731
    assert mean(hidden) == mean(plain)


def test_members_count_as_covered_where_they_are_said_to() -> None:
    routed = pl.DataFrame({"m": [1, 1, 0, 0], "c": [None, 0, 1, 0]})
    coverage = ub.survey(routed, member="m", covered="c", members_within_covered=True).estimate("coverage").to_polars()
    assert (coverage["value"][0], coverage["n"][0]) == (0.75, 4)


def test_a_comparison_of_averages_names_their_periods() -> None:
    survey = ub.survey(ub.synthetic_records(), member="member", weight="weight", period="year")
    changes = survey.estimate(by="sex").compare("sex", "f", "m").to_polars()
    assert changes["period"].to_list() == ["2019 to 2024"]


def test_a_text_file_is_typed_by_all_of_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "gss.csv"
    header, *rows = (Path(__file__).parents[1] / "codebooks" / "gss.csv").read_text().splitlines()
    rows = [row for _ in range(20) for row in rows]
    # Synthetic columns beside those of the codebook: areas written in digits, numbers that turn out as fractions late, and flags.
    areas = ["01" if i % 3 else "1" for i in range(len(rows))]
    hours = ["40" if i < len(rows) - 1 else "37.5" for i in range(len(rows))]
    flags = ["true" if i % 2 else "False" for i in range(len(rows))]
    joined = [",".join(row) for row in zip(rows, areas, hours, flags, strict=True)]
    file.write_text("\n".join([f"{header},area,hours,flag", *joined]) + "\n")
    survey = ub.read_microdata(file, codebook="gss", lonely_psu="remove")
    frame = survey.to_polars()
    assert len(rows) > 10_000 and [str(frame[name].dtype) for name in ("year", "area", "hours", "flag")] == ["Int64", "String", "Float64", "Boolean"]
    by_area = survey.estimate(by="area").to_polars()
    assert by_area["area"].to_list() == ["01", "1"]
    assert survey.filter(pl.col("area") == "01").estimate().to_polars()["value"][0] == by_area["value"][0]
    assert survey.filter(pl.col("hours") > 40, pl.lit(True)).to_polars()["in_domain"].sum() == 0
    assert survey.filter(pl.col("flag")).to_polars()["in_domain"].sum() == len(rows) // 2
