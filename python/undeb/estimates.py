"""Estimates: rates with their uncertainty, of one source."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from undeb import _undeb
from undeb.errors import DataError, UndebError, UndebWarning
from undeb.showing import count, percent, points
from undeb.tables import Shown, Table
from undeb.vocabulary import Interval, Kind, known, words

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from undeb.changes import Changes
    from undeb.chart import Chart, Options
    from undeb.findings import Findings
    from undeb.decomposition import Decomposition, Form
    from undeb.plan import Plan
    from undeb.trend import Model, Trend

KEYS = ("measure", "period", "region", "sector")
"""What names a figure; further breakdowns follow them."""

WORKING = "Not released: working figures, no disclosure rule applied."


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Estimates(Table):
    """Rates with their uncertainty, made by :meth:`Survey.estimate` or :func:`undeb.data`.

    A table in long form; the confidence level belongs to the looking and is changed with :meth:`at_level`.
    """

    _inner: _undeb.Estimates
    level: float = 0.95
    """Confidence level of the intervals shown."""
    interval: str = "wilson"
    """Method of the intervals shown, see :class:`undeb.Interval`."""
    quality: str = "ons-2025"
    """Rule set of the quality column, see :meth:`at_quality`."""
    _made: tuple[Any, ...] = ()
    _masks: tuple[pl.DataFrame, ...] = ()

    def at_level(self, level: float, interval: str | Interval | None = None) -> Estimates:
        """The same estimates with intervals at another confidence level, or by another method.

        Parameters
        ----------
        level
            Between 0 and 1; 0.95 for 95 per cent.
        interval
            Method; unchanged when left out.

        Raises
        ------
        SchemaError
            The method is not known.
        DataError
            The level is not between 0 and 1.

        Examples
        --------
        >>> import undeb as ub
        >>> rates = ub.data("us-states", design_effect=1.5)
        >>> wide, narrow = (rates.at_level(level).to_polars() for level in (0.95, 0.8))
        >>> bool((narrow["high"] <= wide["high"]).all())
        True
        """
        from undeb.trend import checked

        method = self.interval if interval is None else known(interval, "method for intervals", [str(i) for i in Interval])
        return replace(self, level=checked(level), interval=method)

    def at_quality(self, rules: str) -> Estimates:
        """The same estimates, their ``quality`` column graded by another rule set.

        Parameters
        ----------
        rules
            ``ons-2025``, ``statswales-cv``, ``statswales-n`` or ``nchs-2017``.

        Raises
        ------
        SchemaError
            The rule set is not known; the message lists the choices.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states").at_quality("nchs-2017").quality
        'nchs-2017'
        """
        self._inner.grades(rules, self.level)
        return replace(self, quality=rules)

    def filter(self, *conditions: pl.Expr) -> Estimates:
        """The estimates for which every condition holds; nothing is computed again.

        Parameters
        ----------
        *conditions
            Polars expressions over the columns of :meth:`to_polars`, each true or false.

        Raises
        ------
        DataError
            A condition is not true or false, or nothing is left.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> len(ub.data("us-states", ["density"]).filter(pl.col("region") == "US", pl.col("sector") == "all"))
        40
        """
        from undeb.frames import take

        estimates = self
        for condition in conditions:
            mask = take(estimates.to_polars()).select([condition.alias("filter")])
            if mask.height != len(estimates):
                raise DataError(f"the filter has {mask.height} rows, the estimates {len(estimates)}; compare column by column")
            estimates = replace(estimates, _inner=estimates._inner.take(mask), _masks=(*estimates._masks, mask))
        if len(estimates) == 0:
            raise DataError("no figure fits the filter; look at .regions, .sectors and .periods")
        return estimates

    def chart(self, kind: str | Kind, **asked: Unpack[Options]) -> Chart:
        """A chart of the estimates, with the words "not released"; it shows itself in a notebook.

        Parameters
        ----------
        kind
            One of :class:`undeb.Kind`.
        **asked
            ``target``, ``measure``, ``regions``, ``sectors``, ``periods``, ``highlight``, ``title``, ``titles``, ``theme``,
            ``locale``, ``width``, ``mm``: see :class:`undeb.chart.Options`. What is left out is worked out; the measure
            is the first of :attr:`measures`.

        Raises
        ------
        SchemaError
            The kind or an option is not known; the message lists the choices.
        UndebError
            There is not what the kind needs; the message says what.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states").chart("trend").to_svg()[:4]
        '<svg'
        """
        from undeb.chart import draw

        if asked.get("measure") is None and str(kind) != Kind.SCATTER and self.measures:
            # A chart shows one measure, and its title says which; a scatter holds two against each other.
            asked["measure"] = self.measures[0]
        return draw(self, kind, asked, self.level, self.interval)

    def assess(self, plan: Plan) -> Findings:
        """Holds the estimates against the targets of a plan.

        Parameters
        ----------
        plan
            A plan that asks of this source alone; :meth:`Plan.assess` gathers the evidence of several.

        Raises
        ------
        PlanError
            The plan asks of another source too.

        Examples
        --------
        >>> import undeb as ub
        >>> plan = ub.Plan.read("eu-80")
        >>> ub.data("eu27").assess(plan).counts["not_met"]
        20
        """
        return plan.assess(self)

    def change(
        self, start: str | int | None = None, end: str | int | None = None, *, ratio: bool = False, correlation: float | None = None
    ) -> Changes:
        r"""Every cell in one period less itself in another; every period less the one before it when none is named.

        .. math:: R_2 - R_1, \quad v_1 + v_2 - 2 c

        with :math:`c` the covariance through shared PSUs for records (METHODS M16), or :math:`\rho s_1 s_2` for published
        figures, where :math:`\rho` is assumed.

        Parameters
        ----------
        start, end
            The two periods.
        ratio
            The ratio in place of the difference, tested on the log scale.
        correlation
            Correlation of two published figures; taken as independent when left out, and said so in every row.

        Returns
        -------
        Changes
            One row for each pair; differences are fractions.

        Raises
        ------
        DataError
            A period is not there.
        DefinitionError
            An incomparable series break lies between.

        Examples
        --------
        >>> import undeb as ub
        >>> survey = ub.survey(
        ...     ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu", period="year"
        ... )
        >>> change = survey.estimate("density", by="year").change(2019, 2024).to_polars()
        >>> abs(change["value"].item() - (change["first"].item() - change["second"].item())) < 1e-12
        True
        """
        from undeb.changes import compared

        if (start is None) != (end is None):
            raise DataError("one period is given; give both, or none for every period against the one before it")
        periods = None if start is None else (str(start), str(end))
        against = {"periods": periods, "dimension": None, "codes": None, "ratio": ratio, "correlation": correlation}
        return compared(self, against)

    def compare(
        self,
        dimension: str,
        code: str | None = None,
        other: str | None = None,
        *,
        ratio: bool = False,
        correlation: float | None = None,
    ) -> Changes:
        """One code of a dimension less another, in every period and other cell; every code less the whole when none is named.

        Parameters
        ----------
        dimension
            ``region``, ``sector`` or a further breakdown.
        code, other
            The code that is compared, and the one that it is compared with.
        ratio
            The ratio in place of the difference.
        correlation
            Correlation of two published figures.

        Returns
        -------
        Changes
            One row for each pair; differences are fractions.

        Raises
        ------
        DataError
            A code or dimension is not there; a part against its whole without a correlation, for published figures.

        Examples
        --------
        >>> import undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> gap = rates.compare("sector", "public", "private").to_polars()
        >>> bool((gap.filter(region="US")["value"] > 0.15).all())
        True
        """
        from undeb.changes import compared

        if (code is None) != (other is None):
            raise DataError("one code is given; give both, or none for every code against the whole")
        codes = None if code is None else (code, other)
        against = {"periods": None, "dimension": dimension, "codes": codes, "ratio": ratio, "correlation": correlation}
        return compared(self, against)

    def trend(
        self,
        *,
        model: Model | None = None,
        damping: float = 0.9,
        correlation: Iterable[float] = (),
        bridges: Iterable[str | int] = (),
        assumed_se: float | None = None,
        start: str | int | None = None,
    ) -> Trend:
        r"""The level and pace behind each series, by a state-space model with the sampling error of each figure known.

        On the log-odds scale the figure is :math:`y_t = \mu_t + e_t` with the variance of :math:`e_t` given by its
        sampling error, and the level :math:`\mu_t` wanders, with or without a slope; the variances of its moves are
        integrated over (METHODS M20). Nothing is joined across an incomparable break.

        Parameters
        ----------
        model
            Chosen by one-step predictions when left out.
        damping
            Share of the slope of a damped trend that is left a year later.
        correlation
            Correlation of the sampling errors of figures one, two, ... steps apart; none when left out.
        bridges
            Incomparable breaks to be bridged by an unknown amount.
        assumed_se
            Standard error of figures without a stated one, as a fraction; they are left out otherwise.
        start
            First period that counts.

        Returns
        -------
        Trend
            One row for each period; rates are fractions, paces fractions a year. A series that has no trend is left out
            with a warning where there are others.

        Raises
        ------
        DataError
            A series has fewer than three figures with a known or assumed error since the last incomparable break.

        Warns
        -----
        UndebWarning
            Some series have no trend.

        References
        ----------
        Harvey (1989), *Forecasting, Structural Time Series Models and the Kalman Filter*; METHODS M20.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> trend = rates.filter(pl.col("region") == "US", pl.col("sector") == "private").trend()
        >>> trend.to_polars()["value"][-1] < 0.07
        True
        """
        from undeb.trend import Trend

        choices = {
            "model": model, "damping": damping, "correlation": list(correlation), "bridges": [str(b) for b in bridges],
            "assumed_se": assumed_se, "start": None if start is None else str(start),
        }  # fmt: skip
        inner, refused = self._inner.trend(choices)
        if refused:
            words = f"{len(refused)} series have no trend and are left out; the first: {refused[0]}"
            warnings.warn(words, UndebWarning, stacklevel=2)
        return Trend(inner, self, choices, self.level)

    def detect(
        self, start: str | int, end: str | int, *, level: float = 0.95, power: float = 0.8, correlation: float = 0.0
    ) -> pl.DataFrame:
        r"""The smallest true change between two periods that each series could tell.

        .. math:: (z_{1-\alpha/2} + z_{power}) \sqrt{v_1 + v_2 - 2 \rho s_1 s_2}

        with :math:`s` the standard errors and :math:`v` their squares (METHODS M22).

        Parameters
        ----------
        start, end
            The two periods.
        level
            Level of the test.
        power
            Probability with which the change is to be found.
        correlation
            Correlation of the sampling errors of the two figures.

        Returns
        -------
        polars.DataFrame
            ``smallest`` is the change as a fraction.

        Raises
        ------
        DataError
            A figure is not there, or has no stated error.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> one = rates.filter(pl.col("region") == "WY", pl.col("sector") == "all")
        >>> 0.02 < one.detect(2012, 2022)["smallest"][0] < 0.05
        True
        """
        return pl.DataFrame(self._inner.smallest_changes(str(start), str(end), level, power, correlation))

    def decompose(
        self,
        measure: str,
        start: str | int,
        end: str | int,
        *,
        by: str | Iterable[str] = (),
        form: Form = "two-factors",
        region: str | None = None,
        sector: str | None = None,
        correlation: float = 0.0,
    ) -> Decomposition:
        r"""Why a rate moved between two periods: the cells' rates, or the cells' weights.

        .. math:: R_2 - R_1 = \sum_i \bar s_i (r_{i2} - r_{i1}) + \sum_i \bar r_i (s_{i2} - s_{i1})

        with :math:`s_i` the share of cell :math:`i` in all workers, :math:`r_i` its rate, and bars for averages over the
        two periods (METHODS M24).

        Parameters
        ----------
        measure
            What is measured.
        start, end
            The two periods.
        by
            Groupings that make the cells, from the outer to the inner; all whose parts are there when left out.
        form
            ``two-factors``, ``interaction`` or ``nested``.
        region, sector
            Whose change is split; the whole when left out.
        correlation
            Correlation of two estimates of one cell in the two periods, where only published errors are known.

        Returns
        -------
        Decomposition
            One row for each cell, as fractions; all together are the change.

        Raises
        ------
        DataError
            Cells do not add up to the whole, or have no partner in the other period.
        DefinitionError
            An incomparable series break lies between, or the measure is a difference of rates.

        References
        ----------
        Kitagawa (1955), *J. Am. Stat. Assoc.* 50, 1168-1194; Das Gupta (1993), *Current Population Reports* P23-186.

        Examples
        --------
        >>> import undeb as ub
        >>> why = ub.data("us-states", ["density"], design_effect=1.5).decompose("density", 2019, 2020, by="region")
        >>> round(why.change, 4)
        0.005
        """
        from undeb.decomposition import Decomposition

        split = {
            "by": words(by), "form": known(form, "form of decomposition", ["two-factors", "interaction", "nested"]),
            "region": region, "sector": sector, "level": self.level, "correlation": correlation,
        }  # fmt: skip
        facts = self._inner.decompose(str(measure), str(start), str(end), split)
        asked = {"measure": str(measure), "start": start, "end": end, "by": words(by), "form": form, "region": region,
                 "sector": sector, "correlation": correlation}  # fmt: skip
        return Decomposition(facts, self, asked)

    def rank(
        self, measure: str, *, period: str | int | None = None, sectors: str | Iterable[str] = (), among: int = 5
    ) -> pl.DataFrame:
        """Cells in the order of their rates, with how sure their ranks are (METHODS M26).

        Parameters
        ----------
        measure
            What is measured.
        period
            The period; the newest when left out.
        sectors
            Sectors whose cells are ranked; all together when left out.
        among
            How many count as the lowest and as the highest.

        Returns
        -------
        polars.DataFrame
            ``rank`` from the lowest; ``rank_low`` and ``rank_high``, the ranks that the errors leave open at the level of
            these estimates; the probabilities of being ``among_lowest`` and ``among_highest``.

        Raises
        ------
        DataError
            There are fewer than two cells with a figure.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states", ["density"], design_effect=1.5).rank("density")["region"][-1]
        'HI'
        """
        when = None if period is None else str(period)
        facts = json.loads(self._inner.rank(str(measure), when, words(sectors), among, self.level))
        rows: list[dict[str, Any]] = []
        for cell in facts["cells"]:
            sure: dict[str, Any] = cell.pop("certainty") or {}
            interval: dict[str, Any] = cell.pop("interval") or {}
            ranks = {"rank_low": sure.get("low"), "rank_high": sure.get("high")}
            chances = {name: sure.get(name) for name in ("among_lowest", "among_highest")}
            rows.append({"period": facts["period"], **cell, "low": interval.get("low"), "high": interval.get("high"), **ranks, **chances})
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_polars(self) -> pl.DataFrame:
        """The estimates as a polars frame, one row each; rates are fractions, an empty cell is not known.

        Columns: ``measure``, ``period``, ``region``, ``sector``, further breakdowns, ``value``, ``se``, ``low``,
        ``high``, ``df``, ``n``, ``psus``, ``effective_n``, ``design_effect``, ``cv``, ``numerator``, ``denominator``,
        ``missing_share``, ``missing_low``, ``missing_high`` (the rate if all missing answers were no, or yes), ``flags``
        (what is to be known of the interval), ``error_source``, ``rolled_up``, ``note``, ``definition``, ``source``,
        ``released`` (false), ``quality``.

        Examples
        --------
        >>> import undeb as ub
        >>> row = ub.data("us-states", ["density"]).to_polars().row(0, named=True)
        >>> row["region"], row["sector"], round(row["value"], 3)
        ('US', 'all', 0.201)
        """
        frame = pl.DataFrame(self._inner.frame(self.level, self.interval))
        return frame.with_columns(pl.Series("quality", self._inner.grades(self.quality, self.level), dtype=pl.String))

    def wide(self, values: str | Iterable[str] = ("value", "low", "high")) -> pl.DataFrame:
        """One row for each cell, the measures side by side with suffixes: ``density``, ``density_low``, ``coverage``, ...

        Parameters
        ----------
        values
            Columns of :meth:`to_polars` to spread; ``value`` takes the plain name of the measure.

        Raises
        ------
        SchemaError
            There is no such column.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states", ["density", "coverage"]).wide("value").columns
        ['period', 'region', 'sector', 'density', 'coverage']
        """
        frame = self.to_polars()
        columns = [known(value, "column of the estimates", frame.columns) for value in words(values)]
        # Further breakdowns stand between the sector and the value.
        keys = frame.columns[1 : frame.columns.index("value")]
        out = frame.select(keys).unique(maintain_order=True)
        for measure in self.measures:
            one = frame.filter(pl.col("measure") == measure)
            named = [pl.col(c).alias(measure if c == "value" else f"{measure}_{c}") for c in columns]
            out = out.join(one.select(*keys, *named), on=keys, how="left")
        return out

    @property
    def measures(self) -> list[str]:
        """Measures that are here.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("eu27").measures
        ['adjusted_coverage', 'coverage', 'density']
        """
        return [d["measure"] for d in self._facts()["definitions"]]

    @property
    def source(self) -> dict[str, Any]:
        """Publisher, citation, terms, universe and series breaks of the source.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("eu27").source["id"]
        'eu27'
        """
        return self._facts()["source"]

    @property
    def regions(self) -> dict[str, str]:
        """Region codes of the source with their names.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states").regions["CA"]
        'California'
        """
        return dict(self._inner.names()[0])

    @property
    def sectors(self) -> dict[str, str]:
        """Sector codes of the source with their names.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states").sectors["private"]
        'Private sector'
        """
        return dict(self._inner.names()[1])

    @property
    def periods(self) -> list[str]:
        """Periods that are here, oldest first.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states").periods[-1]
        '2022'
        """
        return sorted(set(map(str, self.to_polars()["period"])))

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Writes the working estimates as CSV, Parquet or JSON, by the ending; a column says that they are not released.

        Raises
        ------
        UndebError
            There is such a file already, or the ending is not known.

        Examples
        --------
        >>> import tempfile, undeb as ub
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ub.data("eu27").write(folder + "/eu27.csv").name
        'eu27.csv'
        """
        return write_table(self, path, overwrite)

    def __len__(self) -> int:
        return len(self._inner)

    def _facts(self) -> dict[str, Any]:
        return json.loads(self._inner.facts())

    def _shown(self) -> Shown:
        frame, facts, names = self.to_polars(), self._facts(), self._inner.names()
        regions, sectors = (named(pairs) for pairs in names)
        further = frame.columns[len(KEYS) : frame.columns.index("value")]
        missing = frame["missing_share"].null_count() < frame.height
        interval = f"{self.level * 100:g}% interval"
        numeric = ["Rate", interval, "Sample", *(["Missing", "If all no to all yes"] if missing else [])]
        headings = ["Measure", "Period", "Region", "Sector", *further, *numeric, "Quality"]
        rows: list[list[str]] = []
        for row in frame.head(Shown.MOST).iter_rows(named=True):
            shown = points if row["measure"] == "coverage_minus_density" else percent
            between = f"{shown(row['low'])} to {shown(row['high'])}" if row["low"] is not None else ""
            cells: list[str] = [row["measure"], row["period"], regions(row["region"])]
            cells += [sectors(row["sector"]), *(str(row[name]) for name in further)]
            cells += [shown(row["value"]) or "[x]", between, count(row["n"])]
            if missing:
                cells += [percent(row["missing_share"])]
                bounds = row["missing_low"] is not None
                cells += [f"{percent(row['missing_low'])} to {percent(row['missing_high'])}" if bounds else ""]
            rows.append([*cells, "" if row["quality"] == "ok" else row["quality"].replace("_", " ")])
        errors = sorted(frame["error_source"].drop_nulls().unique())
        notes = [f"Sampling errors: {'; '.join(errors) or 'none is stated'}. Intervals: {self.interval}. Quality: {self.quality}."]
        notes += [f"{WORKING} Source: {facts['source']['citation']}"]
        return Shown(facts["source"]["title"], headings, rows, notes, numeric, frame.height)

    def __reduce__(self) -> tuple[Callable[..., Estimates], tuple[Any, ...]]:
        # Covariances are made from the records, so a pickle carries what the estimates were made from and makes them
        # again, to the same bits.
        return _again, (self._made, self._masks, self.level, self.interval, self.quality)


def _again(made: tuple[Any, ...], masks: tuple[pl.DataFrame, ...], level: float, interval: str, quality: str) -> Estimates:
    make, *arguments = made
    estimates: Estimates = make(*arguments)
    inner = estimates._inner  # pyright: ignore[reportPrivateUsage]
    for mask in masks:
        inner = inner.take(mask)
    return replace(estimates, _inner=inner, level=level, interval=interval, quality=quality, _masks=masks)


def named(pairs: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    """Codes into names; a code without one stays."""
    names = dict(pairs)
    return lambda code: names.get(code, code)


def write_table(table: Table, path: str | os.PathLike[str], overwrite: bool) -> Path:
    """Writes a table aside and moves it into place, so that no half of a file is ever there."""
    target = Path(path)
    ending = known(target.suffix.lower(), "kind of file", [".csv", ".parquet", ".json"])
    if target.exists() and not overwrite:
        raise UndebError(f"{target} is there already; give overwrite=True to replace it")
    aside = target.with_name(f".{target.name}.part")
    frame = table.to_polars()
    try:
        if ending == ".csv":
            frame.write_csv(aside)
        elif ending == ".parquet":
            frame.write_parquet(aside)
        else:
            aside.write_text(table.to_json() + "\n", encoding="utf-8")
        aside.replace(target)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise UndebError(f"cannot write {target}: {error}; nothing was changed") from error
    return target
