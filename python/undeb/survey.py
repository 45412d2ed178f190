"""Survey records: bind the design once, then filter and estimate."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, Union

import polars as pl

from undeb import _undeb
from undeb.errors import DataError, UndebError, choices
from undeb.estimates import Estimates
from undeb.frames import Frame, Tabular, take
from undeb.tables import Shown, Table
from undeb.vocabulary import Interval, known, words

Column: TypeAlias = Union[str, pl.Expr]
"""A column by its name, or a polars expression that makes one."""

LonelyPsu: TypeAlias = Literal["fail", "remove", "adjust", "average"]
"""What a stratum with a single PSU contributes; names and meaning as in R ``survey``."""

BREAKDOWNS = ("period", "region", "sector")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """Replicate weights, in columns of the records or made from strata and PSUs; errors then come from them alone.

    Parameters
    ----------
    columns
        Names in the order of the replicates; ``*`` stands for the number of a replicate, as in ``PWSSWGT*``. When left
        out, replicates are made: ``jk1``, ``jkn``, ``brr``, ``fay`` or ``bootstrap``.
    kind
        How they were made: ``brr``, ``fay``, ``jk1``, ``jkn``, ``jk2``, ``bootstrap``, ``sdr`` or ``custom``.
    rho
        Fay's factor, for ``fay``.
    scale, rscales
        What all squared distances, and each of them, are multiplied by; those of the kind when left out.
    mse
        Distances are those from the full-sample figure; as is usual for the kind when left out.
    df
        Degrees of freedom; the rank of the weights less 1 when left out.
    factors
        The columns multiply the weight, and are no weights themselves.
    count, seed
        Number of bootstrap samples that are made, and the seed that draws them.

    References
    ----------
    METHODS M10.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.Replicates(columns="repwt*", kind="sdr").kind
    'sdr'
    """

    columns: str | Sequence[str] = ()
    kind: Literal["brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "sdr", "custom"]
    rho: float | None = None
    scale: float | None = None
    rscales: Sequence[float] | None = None
    mse: bool | None = None
    df: float | None = None
    factors: bool = False
    count: int | None = None
    seed: int | None = None

    def _given(self) -> dict[str, str | None]:
        """The two roles of which one is taken."""
        names = ["rho", "scale", "mse", "df"] if self.columns else ["rho", "mse", "count", "seed"]
        given: dict[str, Any] = {"kind": self.kind, **{name: getattr(self, name) for name in names}}
        if not self.columns:
            return {"replicates": None, "made_replicates": json.dumps(given)}
        rscales = None if self.rscales is None else list(self.rscales)
        given |= {"columns": words(self.columns), "rscales": rscales, "factors": self.factors}
        return {"replicates": json.dumps(given), "made_replicates": None}

    def _found(self, frame: Frame) -> list[str]:
        """The columns of the frame that are named, patterns resolved."""
        found: list[str] = []
        for pattern in words(self.columns):
            before, star, after = pattern.partition("*")
            long = len(before) + len(after)
            fits = [n for n in frame.names if star and len(n) > long and n.startswith(before) and n.endswith(after)]
            found += fits or ([] if star else [pattern])
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStage:
    """Units drawn within PSUs (METHODS M10).

    Parameters
    ----------
    unit
        Column of the units; their numbers may repeat between PSUs.
    strata
        Column of the strata within PSUs.
    fpc
        Column of the units in the population of the PSU, or of the share of them that was sampled.
    remove_lonely
        A single unit in a PSU adds nothing, in place of being an error.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.SecondStage(unit="household").unit
    'household'
    """

    unit: str
    strata: str | None = None
    fpc: str | None = None
    remove_lonely: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTotals:
    """Known totals of the population that the weights are calibrated to (METHODS M11).

    Parameters
    ----------
    totals
        For each variable the number of people with each code, or one sum. Two variables joined by a colon are one margin
        of all combinations.
    method
        ``linear``, ``raking``, ``logit`` or ``bounded-linear``; a single margin needs none.
    bounds
        Smallest and largest factor of a weight.

    Examples
    --------
    >>> import undeb as ub
    >>> known = ub.KnownTotals(totals={"sex": {"f": 1500, "m": 1500}})
    >>> records = ub.synthetic_records()
    >>> survey = ub.survey(records, member="member", weight="weight", strata="stratum", psu="psu", known_totals=known)
    >>> len(survey.estimate())
    1
    """

    totals: Mapping[str, float | Mapping[str, float]]
    method: Literal["linear", "raking", "logit", "bounded-linear"] | None = None
    bounds: tuple[float, float] | None = None

    def _given(self) -> str:
        listed: list[dict[str, Any]] = []
        for variable, known in self.totals.items():
            codes = known.items() if isinstance(known, Mapping) else [(None, known)]
            listed += [{"variable": variable, "code": code, "total": total} for code, total in codes]
        return json.dumps({"method": self.method, "bounds": self.bounds, "total": listed})


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Survey(Table):
    """Survey records with the design they were drawn by; made by :func:`undeb.survey` or :func:`undeb.read_microdata`.

    A filter keeps every record in the design and takes it out of the domain only, so that errors stay right.
    """

    _inner: _undeb.Records
    _frame: Frame
    _made: tuple[Any, ...]
    _names: dict[str, str]
    _masks: tuple[pl.Series, ...] = ()

    def filter(self, *conditions: pl.Expr) -> Survey:
        """The same records with a smaller domain: those for which every condition holds.

        Records outside the domain stay in the design: a domain is not a subset, and its errors need the empty PSUs.
        A condition that is not known for a record does not hold.

        Parameters
        ----------
        *conditions
            Polars expressions over the columns of the frame, each true or false.

        Raises
        ------
        DataError
            A condition is not true or false, names a column that is not there, or gives another number of rows.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> workers = ub.survey(ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu")
        >>> int(workers.filter(pl.col("sector") == "public").to_polars()["in_domain"].sum())
        673
        """
        survey = self
        for condition in conditions:
            survey = survey._narrowed(condition)
        return survey

    def _narrowed(self, condition: pl.Expr) -> Survey:
        mask = self._frame.select([condition.alias("filter")])["filter"]
        if mask.dtype != pl.Boolean:
            raise DataError(
                f"the filter is of type {mask.dtype}, not of true and false; "
                'compare with a value, as in pl.col("sector") == "public"'
            )
        if mask.len() != len(self._inner):
            raise DataError(
                f"the filter has {mask.len()} rows, the records {len(self._inner)}; has the file behind the frame changed?"
            )
        return replace(self, _inner=self._inner.filter(mask.to_frame()), _masks=(*self._masks, mask))

    def estimate(
        self,
        measures: str | Iterable[str] = ("density",),
        by: str | pl.Expr | Iterable[str | pl.Expr] = (),
        *,
        margins: bool = False,
        pool: int | None = None,
        interval: str | Interval = Interval.WILSON,
        level: float = 0.95,
    ) -> Estimates:
        r"""Rates of valid answers by breakdowns, with errors that follow the design.

        .. math:: R = \sum_i w_i y_i / \sum_i w_i

        over records with a valid answer, :math:`w_i` the weight, :math:`y_i` 1 for a yes. The variance is linearised
        over PSUs in strata (METHODS M9); missing answers are shown by their share and by the rates if all of them had
        said no or yes.

        Parameters
        ----------
        measures
            Names of measures, or members of :class:`undeb.Measure`.
        by
            Breakdowns: the names of roles (``period``, ``region``, ``sector``, ``industry`` with a codebook), of columns,
            or polars expressions with a name.
        margins
            Every margin too: regions rolled up to every level, sectors to the whole.
        pool
            Average each period with those before it, this many in all; needs the breakdown ``period``. People who return
            in another period are in the error.
        interval
            Method of the intervals, an :class:`undeb.Interval`.
        level
            Confidence level; :meth:`Estimates.at_level` changes it later without estimating again.

        Returns
        -------
        Estimates
            One row for each cell of the full grid; a cell without a valid answer has no value. Rates are fractions.

        Raises
        ------
        DefinitionError
            The records have no answers for the measure.
        DataError
            A breakdown is not there, or there are more cells than the kernel holds.

        References
        ----------
        Lumley (2010), *Complex Surveys*; METHODS M8 and M9.

        Examples
        --------
        >>> import undeb as ub
        >>> survey = ub.survey(
        ...     ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu", period="year"
        ... )
        >>> rates = survey.estimate(["density"], by=["year"])
        >>> rates.to_polars()["period"].to_list()
        ['2019', '2024']
        """
        axes: list[str | pl.Expr] = [by] if isinstance(by, (str, pl.Expr)) else list(by)
        made = _estimate(self, words(measures), axes, margins, pool)
        return made.at_level(level, interval)

    def _broken_down(self, by: list[str | pl.Expr]) -> tuple[_undeb.Records, list[str]]:
        """The records with every breakdown that is asked for, and their names."""
        records = self._inner
        names: list[str] = []
        for one in by:
            name = self._names.get(one, one) if isinstance(one, str) else one.meta.output_name()
            if isinstance(one, pl.Expr) or (name not in records.dimensions() and name in self._frame.names):
                column = self._frame.select([one.alias(name) if isinstance(one, pl.Expr) else pl.col(name)])
                records = records.with_breakdown(column)
            elif name not in records.dimensions():
                raise DataError(
                    f"the records have no breakdown `{name}`; {choices(name, [*records.dimensions(), *self._frame.names])}"
                )
            names.append(name)
        return records, names

    @property
    def dimensions(self) -> list[str]:
        """Breakdowns that were named; every other column of the frame can be one too.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.survey(ub.synthetic_records(), member="member", period="year").dimensions
        ['period']
        """
        return self._inner.dimensions()

    def to_polars(self) -> pl.DataFrame:
        """The frame that the records came from, with a column ``in_domain``.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> bool(ub.survey(ub.synthetic_records(), member="member").to_polars()["in_domain"].all())
        True
        """
        domain = pl.lit(True)
        for mask in self._masks:
            domain = domain & pl.lit(mask.fill_null(False))
        return self._frame.select([pl.all(), domain.alias("in_domain")])

    def __len__(self) -> int:
        return len(self._inner)

    def _shown(self) -> Shown:
        facts = self._inner.facts()
        rows = [[name, value] for name, value in facts]
        return Shown(f"{len(self):,} survey records", ["Design", ""], rows, ["Not released: records are never shown."])

    def __reduce__(self) -> tuple[Callable[..., Survey], tuple[Any, ...]]:
        return _again, (self._made, self._frame, self._masks)


def _estimate(
    survey: Survey, measures: list[str], by: list[str | pl.Expr], margins: bool, pool: int | None
) -> Estimates:
    records, names = survey._broken_down(by)  # pyright: ignore[reportPrivateUsage]
    inner = records.estimate(measures, names, margins, pool)
    return Estimates(inner, _made=(_estimate, survey, measures, by, margins, pool))


def _again(made: tuple[Any, ...], frame: Frame, masks: tuple[pl.Series, ...]) -> Survey:
    kind, *arguments = made
    survey = {"roles": _by_roles, "codebook": _by_codebook}[kind](frame, *arguments)
    for mask in masks:
        survey = replace(survey, _inner=survey._inner.filter(mask.to_frame()), _masks=(*survey._masks, mask))
    return survey


def survey(
    frame: Tabular,
    *,
    member: Column | None = None,
    covered: Column | None = None,
    employee: Column | None = None,
    weight: Column | None = None,
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

    Each role takes the name of a column or a polars expression. An empty cell of ``member`` or ``covered`` means *not
    known*, never no.

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
    known(lonely_psu, "rule for lonely PSUs", ["fail", "remove", "adjust", "average"])
    options = {
        "lonely_psu": lonely_psu, "unique_psus": unique_psus, "members_within_covered": members_within_covered,
        "replicates": replicates, "second_stage": second_stage, "known_totals": known_totals,
        "design_effect": design_effect, "title": title,
    }  # fmt: skip
    return _by_roles(take(frame), columns, options)


def _by_roles(frame: Frame, columns: dict[str, Column | None], options: dict[str, Any]) -> Survey:
    roles: dict[str, str | None] = {}
    expressions: dict[str, pl.Expr] = {}
    named = [given for given in columns.values() if isinstance(given, str)]
    for role, given in columns.items():
        if given is None:
            roles[role] = None
        elif isinstance(given, str):
            expressions[given] = frame.column(given, role)
            roles[role] = given
        elif isinstance(given, pl.Expr):  # pyright: ignore[reportUnnecessaryIsInstance]
            name = role if role not in named else f"{role} (expression)"
            expressions[name] = given.alias(name)
            roles[role] = name
        else:
            raise DataError(f"`{role}` takes the name of a column or a polars expression, not {type(given).__name__}")
    if not expressions:
        raise DataError("no column is named for members or covered employees; give `member`, `covered` or both")
    given, needed = _design(frame, options)
    for name, role in needed:
        expressions.setdefault(name, frame.column(name, role))
    inner = _undeb.Records.by_roles(frame.select(list(expressions.values())), {**options, **roles, "others": [], **given})
    names = {given: role for role, given in columns.items() if isinstance(given, str) and role in BREAKDOWNS}
    return Survey(inner, frame, ("roles", columns, options), {**names, "year": "period"} if roles["period"] else names)


def _design(frame: Frame, options: dict[str, Any]) -> tuple[dict[str, str | None], list[tuple[str, str]]]:
    """What of the design is written as JSON, and the columns that it names."""
    replicates: Replicates | None = options["replicates"]
    stage: SecondStage | None = options["second_stage"]
    known: KnownTotals | None = options["known_totals"]
    given: dict[str, str | None] = {
        "second_stage": None if stage is None else json.dumps(asdict(stage)),
        "known_totals": None if known is None else known._given(),  # pyright: ignore[reportPrivateUsage]
        "replicates": None,
        "made_replicates": None,
    }
    needed: list[tuple[str, str]] = []
    if replicates is not None:
        given |= replicates._given()  # pyright: ignore[reportPrivateUsage]
        needed += [(name, "replicates") for name in replicates._found(frame)]  # pyright: ignore[reportPrivateUsage]
    if stage is not None:
        needed += [(name, "second_stage") for name in (stage.unit, stage.strata, stage.fpc) if name is not None]
    if known is not None:
        # A variable may be a breakdown of the records in place of a column.
        variables = {name for variable in known.totals for name in variable.split(":")}
        needed += [(name, "known_totals") for name in sorted(variables) if name not in BREAKDOWNS or name in frame.names]
    return given, needed


def read_microdata(
    records: str | os.PathLike[str] | Tabular, codebook: str | os.PathLike[str], *, lonely_psu: LonelyPsu = "fail"
) -> Survey:
    """Survey records through a codebook, which knows what the variables of a survey mean.

    Parameters
    ----------
    records
        A file (CSV, Parquet, Arrow IPC; SPSS, Stata and SAS files with ``undeb[readstat]``) or a table.
    codebook
        Name of a bundled codebook, see :func:`undeb.codebooks`, or the path of one of your own ending in ``.toml``.
    lonely_psu
        What a stratum with a single PSU contributes; see :func:`undeb.survey`.

    Returns
    -------
    Survey
        Records ready to be filtered and estimated from.

    Raises
    ------
    SchemaError
        The codebook is not known.
    DataError
        The file cannot be read, or a row is not covered by the rules of the codebook.
    DesignError
        Weights or design do not hold together.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.read_microdata("gss.csv", codebook="gsss")
    Traceback (most recent call last):
    undeb.errors.SchemaError: `gsss` is not a known codebook; did you mean `gss`? ...
    """
    known(lonely_psu, "rule for lonely PSUs", ["fail", "remove", "adjust", "average"])
    book = os.fspath(codebook)
    _undeb.codebook_variables(book)
    if not isinstance(records, (str, os.PathLike)):
        return _by_codebook(take(records), None, book, lonely_psu)
    path = Path(records)
    ending = path.suffix.lower()
    if ending in {".sav", ".zsav", ".por", ".dta", ".sas7bdat"}:
        return _by_codebook(take(_statistical(path)), None, book, lonely_psu)
    inner = _undeb.Records.read(path, book, lonely_psu)
    scan = {".csv": _scan_csv, ".parquet": pl.scan_parquet}.get(ending, pl.scan_ipc)
    return Survey(inner, take(scan(path)), ("codebook", str(path), book, lonely_psu), {"year": "period"})


def _scan_csv(path: Path) -> pl.LazyFrame:
    return pl.scan_csv(path, infer_schema_length=10_000)


def _by_codebook(frame: Frame, path: str | None, codebook: str, lonely_psu: str) -> Survey:
    if path is not None:
        inner = _undeb.Records.read(Path(path), codebook, lonely_psu)
    else:
        variables, required = _undeb.codebook_variables(codebook)
        needed = [frame.column(name, f"the codebook `{codebook}`") for name in dict.fromkeys(variables[:required])]
        others = [pl.col(name) for name in dict.fromkeys(variables[required:]) if name in frame.names]
        inner = _undeb.Records.by_codebook(frame.select([*needed, *others]), codebook, lonely_psu)
    return Survey(inner, frame, ("codebook", path, codebook, lonely_psu), {"year": "period"})


def _statistical(path: Path) -> Tabular:
    try:
        polars_readstat: Any = importlib.import_module("polars_readstat")
    except ImportError:
        raise UndebError(f"{path.suffix} files are read through polars-readstat: pip install 'undeb[readstat]'") from None
    if not path.exists():
        raise UndebError(f"{path} is not there")
    try:
        return polars_readstat.read_readstat(str(path))
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{path} cannot be read: {reason}; is it whole, and of the kind that its ending says?") from error


def synthetic_records() -> pl.DataFrame:
    """Made-up survey records to try things on: nobody in them exists, and their rates say nothing about any country.

    About 3,000 records of two years, 2019 and 2024, from 12 strata with 4 PSUs each, the same in both years. Columns:
    ``year``, ``region``, ``sector``, ``industry``, ``sex``, ``age``, ``stratum``, ``psu``, ``weight``, ``employee``,
    ``member``, ``covered`` and ``wage`` (per hour); ``member`` and ``covered`` are empty where the answer is not known.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.synthetic_records().columns[:4]
    ['year', 'region', 'sector', 'industry']
    """
    return pl.read_csv(Path(__file__).with_name("synthetic_records.csv"))
