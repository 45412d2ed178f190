"""Survey records by naming the part that each column plays."""

from __future__ import annotations

from typing import Any, TypeAlias, Union

import polars as pl

from undeb import _undeb
from undeb.design import (
    DESIGN,
    KnownTotals,
    LonelyPsu,
    Pay,
    Replicates,
    SecondStage,
    design_columns,
    design_options,
    given_design,
    pay_column,
    stage,
)
from undeb.errors import DataError
from undeb.frames import Frame, Tabular, take
from undeb.records import Survey
from undeb.vocabulary import flag, text

Column: TypeAlias = Union[str, pl.Expr]
"""A column by its name, or a polars expression that makes one."""


def survey(
    frame: Tabular,
    *,
    member: Column | None = None,
    covered: Column | None = None,
    employee: Column | None = None,
    weight: Column | None = None,
    pay: Pay | None = None,
    strata: Column | None = None,
    psu: Column | None = None,
    fpc: Column | None = None,
    household: Column | None = None,
    person: Column | None = None,
    second_stage: SecondStage | None = None,
    replicates: Replicates | None = None,
    known_totals: KnownTotals | None = None,
    design_effect: float | None = None,
    lonely_psu: LonelyPsu = "fail",
    unique_psus: bool = False,
    period: Column | None = None,
    region: Column | None = None,
    sector: Column | None = None,
    members_within_covered: bool = False,
    title: str = "survey records",
) -> Survey:
    """Survey records, by naming the part that each column plays.

    Each role takes the name of a column or a polars expression with a value for every record. An empty cell of ``member``
    or ``covered`` means *not known*, never no; a record whose ``employee`` is empty is left out, and a remark counts those.

    Parameters
    ----------
    frame
        A polars DataFrame or LazyFrame, a pandas frame, a pyarrow Table or RecordBatchReader, a duckdb relation, or
        anything else with ``__arrow_c_stream__``. Columns are shared and not copied, but for pandas frames.
    member, covered
        True or 1 for members, for covered employees; false or 0 for others. At least one is needed.
    employee
        True or 1 for employees in scope; everybody when left out.
    weight
        Weights, numbers from 0 up; 1 when left out.
    pay
        What people are paid, for :meth:`Survey.quantities`.
    strata, psu
        Strata and primary sampling units; without ``psu`` every record is its own.
    fpc
        PSUs in the population of the stratum, or the share of them that was sampled.
    household, person
        Households, which stand in for PSUs where those are not known, and people who may return in another period.
    second_stage
        Units drawn within PSUs.
    replicates
        Replicate weights, in columns or made; errors then come from them alone.
    known_totals
        Totals of the population that the weights are calibrated to.
    design_effect
        An assumed design effect, where the records tell nothing of the design; said wherever errors show.
    lonely_psu
        What a stratum with a single PSU contributes, as in R ``survey``: ``fail`` refuses, ``remove`` nothing, ``adjust``
        its distance from the mean of all PSUs, ``average`` what other strata contribute.
    unique_psus
        PSU numbers are unique over strata; a PSU in two strata is then an error.
    period, region, sector
        Columns of the year, the region and the sector; any other column can be a breakdown as well.
    members_within_covered
        Members count as covered, as in the United States; only then is there ``covered_nonmembers``.
    title
        Name of the survey, for tables and reports.

    Returns
    -------
    Survey
        Records ready to be filtered and estimated from.

    Raises
    ------
    DataError
        A column is missing or holds what it must not.
    DesignError
        Weights or design do not hold together.
    SchemaError
        The rule for lonely PSUs is not known.

    Examples
    --------
    >>> import polars as pl, undeb as ub
    >>> survey = ub.survey(
    ...     ub.synthetic_records(), member="member", covered="covered", weight="weight",
    ...     strata="stratum", psu="psu", period="year",
    ... )
    >>> public = survey.filter(pl.col("sector") == "public")
    >>> public.estimate(["density"], by=["period"]).to_polars()["value"].is_between(0, 1).all()
    True
    """
    columns = {
        "member": member, "covered": covered, "employee": employee, "weight": weight, "strata": strata, "psu": psu,
        "fpc": fpc, "household": household, "person": person, "period": period, "region": region, "sector": sector,
    }  # fmt: skip
    options = {
        "unique_psus": flag("unique_psus", unique_psus),
        "members_within_covered": flag("members_within_covered", members_within_covered), "second_stage": second_stage,
        "pay": pay, "title": text("title", title), **design_options(lonely_psu, replicates, known_totals, design_effect),
    }  # fmt: skip
    return _by_roles(take(frame), columns, options)


def _by_roles(frame: Frame, columns: dict[str, Column | None], options: dict[str, Any]) -> Survey:
    roles: dict[str, str | None] = {}
    expressions: dict[str, pl.Expr] = {}
    for role, given in columns.items():
        if given is None:
            roles[role] = None
        elif isinstance(given, str):
            expressions[given] = frame.column(given, role)
            roles[role] = given
        elif isinstance(given, pl.Expr):  # pyright: ignore[reportUnnecessaryIsInstance]
            # A column of that name may be asked for in another role.
            name = role if role not in frame.names else f"{role} (expression)"
            expressions[name] = pl.lit(frame.for_every_row(name, role, given))
            roles[role] = name
        else:
            raise DataError(f"`{role}` takes the name of a column or a polars expression, not {type(given).__name__}")
    if not expressions:
        raise DataError("no column is named for members or covered employees; give `member`, `covered` or both")
    design = {name: options[name] for name in DESIGN}
    second, of_stage = stage(options["second_stage"])
    pay, of_pay = pay_column(options["pay"], frame)
    for name, role in (*design_columns(frame, design), *of_stage, *of_pay):
        expressions.setdefault(name, frame.column(name, role))
    others = {name: options[name] for name in ("unique_psus", "members_within_covered", "title")}
    parts: dict[str, Any] = {**others, **roles, "second_stage": second, "pay": pay, "others": []}
    inner = _undeb.Records.by_roles(frame.select(list(expressions.values())), parts, given_design(design))
    names = {given: role for role, given in columns.items() if isinstance(given, str) and role in ("period", "region", "sector")}
    # A year is the period, unless a column of its own is called so.
    if roles["period"] and "year" not in frame.names:
        names["year"] = "period"
    return Survey(inner, frame, (_by_roles, (columns, options)), names)
