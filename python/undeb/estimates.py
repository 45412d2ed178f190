"""Estimates: rates with their uncertainty, of one source."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from undeb import _undeb
from undeb.chart import Chart, Options, draw, with_options
from undeb.errors import DataError, DesignError, SchemaError
from undeb.explaining import Explaining
from undeb.showing import count, percent, points
from undeb.tables import KEYS, Shown, credit, named, of_periods
from undeb.vocabulary import Interval, Kind, checked, filters, known, made, real, some, text

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from undeb.findings import Findings
    from undeb.plan import Plan


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Estimates(Explaining):
    """Rates with their uncertainty, made by :meth:`Survey.estimate` or :func:`undeb.data`.

    A table in long form; the confidence level belongs to the looking and is changed with :meth:`at_level`.

    Examples
    --------
    >>> import polars as pl, undeb as ub
    >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
    >>> latest = rates.filter(pl.col("region") == "HI", pl.col("sector") == "all", pl.col("period") == "2022")
    >>> [round(end, 3) for end in latest.to_polars().select("low", "value", "high").row(0)]
    [0.195, 0.217, 0.241]
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

        Returns
        -------
        Estimates
            The same figures, with ``low`` and ``high`` at the level. A level outside 0.01 to 0.999999 leaves them
            empty.

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
        method = self.interval if interval is None else known(interval, "method for intervals", [str(i) for i in Interval])
        return replace(self, level=checked(level), interval=method)

    def at_quality(self, rules: str) -> Estimates:
        """The same estimates, their ``quality`` column graded by another rule set.

        Parameters
        ----------
        rules
            ``ons-2025``, ``statswales-cv``, ``statswales-n`` or ``nchs-2017``.

        Returns
        -------
        Estimates
            The same figures, with ``quality`` one of ``ok``, ``limited``, ``review``, ``low``, ``withhold`` and
            ``not_assessable`` (METHODS M6).

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
        self._inner.grades(text("rules", rules), self.level)
        return replace(self, quality=rules)

    def filter(self, *conditions: pl.Expr, **equal: Any) -> Estimates:
        """The estimates for which every condition holds; nothing is computed again.

        Parameters
        ----------
        *conditions
            Polars expressions over the columns of :meth:`to_polars`, each true or false.
        **equal
            Columns with the value that each is to have, such as ``region="US"``; a period is a text.

        Returns
        -------
        Estimates
            The rows that are left, at the same level, by the same method and rule set.

        Raises
        ------
        DataError
            A condition is not true or false, names a column that is not there, or nothing is left.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> rates = ub.data("us-states", ["density"])
        >>> len(rates.filter(pl.col("region") == "US", pl.col("sector") == "all"))
        40
        >>> len(rates.filter(region="US", sector="all"))
        40
        """
        from undeb.frames import take

        estimates = self
        for condition in filters(conditions, equal):
            mask = take(estimates.to_polars()).select([condition.alias("filter")])
            if mask.height == 1 and not condition.meta.root_names():
                # One answer for all, as polars has it.
                mask = mask[[0] * len(estimates)]
            if mask.height != len(estimates):
                raise DataError(f"the filter has {mask.height} rows, the estimates {len(estimates)}; compare column by column")
            estimates = replace(estimates, _inner=estimates._inner.take(mask), _masks=(*estimates._masks, mask))
        if len(estimates) == 0:
            raise DataError("no figure fits the filter; look at .regions, .sectors and .periods")
        return estimates

    def estimate(self, measures: str | Iterable[str], *, design_effect: float | None = None) -> Estimates:
        """The estimates of some measures alone; of a published table also with another assumed design effect.

        Parameters
        ----------
        measures
            One or several of :attr:`measures`.
        design_effect
            An assumed design effect, for approximate errors of published figures whose publisher states none.

        Returns
        -------
        Estimates
            The rows of the measures, and of the filters before; rates are fractions.

        Raises
        ------
        SchemaError
            The measure is not here; the message lists those that are.
        DesignError
            A design effect is assumed for records, whose errors come from their design.
        PlanError
            The design effect is not a positive number.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> one = ub.data("us-states").filter(pl.col("region") == "US", pl.col("sector") == "all")
        >>> rates = one.estimate("density", design_effect=1.5)
        >>> one.to_polars()["se"].null_count(), rates.to_polars()["se"].null_count()
        (80, 0)
        """
        from undeb.catalogue import published

        wanted = [known(measure, "measure of these estimates", self.measures) for measure in some("measures", measures)]
        if design_effect is None:
            return self.filter(pl.col("measure").is_in(wanted))
        if self._made[:1] != (published,):
            raise DesignError("a design effect is assumed for published tables; for records, say it to undeb.survey")
        _, source, _, registry, _ = self._made
        again = published(source, wanted, registry, real("design_effect", design_effect))
        again = replace(again, level=self.level, interval=self.interval, quality=self.quality)
        key = pl.concat_str(KEYS, separator="\n")
        return again.filter(key.is_in(self.to_polars().select(key).to_series().to_list()))

    @with_options
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

        Returns
        -------
        Chart
            The drawing, at the level of these estimates and by their method.

        Raises
        ------
        SchemaError
            The kind or an option is not known; the message lists the choices.
        DataError
            There are no figures in a period that is named.
        UndebError
            There is not what the kind needs; the message says what.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states").chart("trend").to_svg()[:4]
        '<svg'
        """
        if asked.get("measure") is None and str(kind) != Kind.SCATTER and self.measures:
            # A chart shows one measure, and its title says which; a scatter holds two against each other.
            asked["measure"] = self.measures[0]
        return draw(self, kind, asked, lambda: self.periods, self.level, self.interval, self.quality)

    def assess(self, plan: Plan) -> Findings:
        """Holds the estimates against the targets of a plan.

        Parameters
        ----------
        plan
            A plan that asks of this source alone; :meth:`Plan.assess` gathers the evidence of several.

        Returns
        -------
        Findings
            One row for each target and cell, judged as METHODS M5 says.

        Raises
        ------
        PlanError
            The plan asks of another source too, or a change leads to a rate that is no share.
        DataError, DefinitionError
            The estimates lack what the plan's ``[priorities]`` or ``[decomposition]`` asks for.

        Examples
        --------
        >>> import undeb as ub
        >>> plan = ub.Plan.read("eu-80")
        >>> ub.data("eu27").assess(plan).counts["not_met"]
        20
        """
        from undeb.plan import Plan

        return made(Plan, "plan", plan, "a plan, such as undeb.Plan.read(\"eu-80\")").assess(self)

    def to_polars(self) -> pl.DataFrame:
        """The estimates as a polars frame, one row each; rates are fractions, an empty cell is not known.

        Columns: ``measure``, ``period``, ``region``, ``sector``, further breakdowns, ``value``, ``se``, ``low``,
        ``high``, ``df``, ``n``, ``psus``, ``effective_n``, ``design_effect``, ``cv``, ``numerator``, ``denominator``,
        ``missing_share``, ``missing_low``, ``missing_high`` (the rate if all missing answers were no, or yes), ``flags``
        (what is to be known of the interval), ``error_source``, ``rolled_up``, ``since`` (the first period of an average
        over several), ``note``, ``definition``, ``source``, ``released`` (false), ``quality``.

        Returns
        -------
        polars.DataFrame
            ``n`` counts records, ``numerator`` and ``denominator`` people or jobs; ``cv`` is a fraction of the rate.

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

        Returns
        -------
        polars.DataFrame
            ``period`` (of averages ``since`` first), ``region``, ``sector``, further breakdowns, and the columns that are
            spread; a measure that a cell does not have is empty.

        Raises
        ------
        SchemaError
            There is no such column, or a breakdown is called as one of the wide table.
        DataError
            No column is named.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states", ["density", "coverage"]).wide("value").columns
        ['period', 'region', 'sector', 'density', 'coverage']
        """
        frame = self.to_polars()
        columns = [known(value, "column of the estimates", frame.columns) for value in dict.fromkeys(some("values", values))]
        # Further breakdowns stand between the sector and the value.
        keys = frame.columns[1 : frame.columns.index("value")]
        if frame["since"].is_not_null().any():
            # An average keeps the first of its periods, so that it is not taken for the figure of its last.
            keys = ["since", *keys]
        spread = [measure if c == "value" else f"{measure}_{c}" for measure in self.measures for c in columns]
        if both := sorted(set(keys) & set(spread)):
            raise SchemaError(f"the breakdown `{both[0]}` is called as a column of the wide table; give its column another name")
        out = frame.select(keys).unique(maintain_order=True)
        for measure in self.measures:
            one = frame.filter(pl.col("measure") == measure)
            named = [pl.col(c).alias(measure if c == "value" else f"{measure}_{c}") for c in columns]
            out = out.join(one.select(*keys, *named), on=keys, how="left", nulls_equal=True)
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
        for row in Shown.ends(frame).iter_rows(named=True):
            shown = points if row["measure"] == "coverage_minus_density" else percent
            between = f"{shown(row['low'])} to {shown(row['high'])}" if row["low"] is not None else ""
            cells: list[str] = [row["measure"], of_periods(row), regions(row["region"])]
            cells += [sectors(row["sector"]), *(str(row[name]) for name in further)]
            cells += [shown(row["value"]) or "[x]", between, count(row["n"])]
            if missing:
                cells += [percent(row["missing_share"])]
                bounds = row["missing_low"] is not None
                cells += [f"{percent(row['missing_low'])} to {percent(row['missing_high'])}" if bounds else ""]
            rows.append([*cells, "" if row["quality"] == "ok" else row["quality"].replace("_", " ")])
        errors = sorted(frame["error_source"].drop_nulls().unique())
        notes = [f"Sampling errors: {'; '.join(errors) or 'none is stated'}. Intervals: {self.interval}. Quality: {self.quality}."]
        notes += [f"{remark[:1].upper()}{remark[1:]}." for remark in self.remarks]
        notes += [credit(facts["source"])]
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
