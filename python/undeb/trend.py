"""Trends of series, where they lead, and when a goal is met."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import polars as pl

from undeb import _undeb
from undeb.errors import DataError
from undeb.estimates import Estimates
from undeb.listing import Listing
from undeb.showing import chance, count, hundredths, percent, points
from undeb.tables import Levelled, Shown, credit, named
from undeb.vocabulary import as_period, known, optional, real, whole

Model: TypeAlias = Literal["local_level", "drift", "smooth_trend", "local_linear_trend", "damped_trend"]
"""How the level of a series moves on the log-odds scale."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Trend(Levelled):
    """Level and pace behind one or many series; made by :meth:`Estimates.trend`."""

    _inner: _undeb.Trends
    _of: Estimates
    _choices: dict[str, Any]
    level: float = 0.95
    """Confidence level of the intervals shown."""

    def project(
        self,
        to: str | int,
        *,
        goal: float | None = None,
        change: tuple[str | int, float] | None = None,
        employment: Literal["flat", "trend"] | float = "flat",
        within: int = 30,
        paths: int = 2000,
        seed: int = 1,
    ) -> Projection:
        r"""Carries the trends on to a period, what is not known of their variances counted in.

        .. math:: P(\text{met at } T) = 1 - \sum_k w_k \, \Phi\left((\operatorname{logit} g - m_k) / \sqrt{P_k}\right)

        with :math:`g` the goal as a fraction, :math:`w_k` the weight of a point of the grid of variances, and
        :math:`m_k` and :math:`P_k` mean and variance of the level on the log-odds scale at the deadline :math:`T`
        there.

        The level on the log-odds scale is a mixture of normals over the grid of variances; bands are its quantiles,
        carried back to shares (METHODS M21).

        Parameters
        ----------
        to
            Last period: the deadline.
        goal
            A share to be reached, as a fraction; for each period the probability of meeting it then, and by then.
        change
            In place of ``goal``, a period and a change from it, as a fraction.
        employment
            Employees that ``workers_needed`` is counted with: ``flat``, as many as at the newest figure; ``trend``, growing
            as over the last ten figures; or their number at the deadline, reached in equal steps.
        within
            Years after the newest figure within which the goal is looked for.
        paths
            Simulated paths.
        seed
            Seed of the simulated paths that tell when the goal is first met; the same seed, the same answer.

        Returns
        -------
        Projection
            One row for each period ahead; shares are fractions. A series with figures of the deadline or later has no
            rows.

        Raises
        ------
        PlanError
            The goal is no share, the change no fraction or one that leads to no share, the number of employees not
            above 0, or there is not one path or not one year.
        DataError
            The deadline lies before the series, more than 100 years after it, or is a quarter where the series has
            years; the trend does not reach back to the period of the change; both a goal and a change are given, or a
            number of employees for several series.
        SchemaError
            What is given is not a period, or not a way to count employees.

        References
        ----------
        METHODS M21.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> one = rates.filter(pl.col("region") == "CA", pl.col("sector") == "private")
        >>> fan = one.trend().project(2030, goal=0.1)
        >>> bool((fan.to_polars()["met_at"] <= fan.to_polars()["met_by"] + 1e-9).all())
        True
        """
        if goal is not None and change is not None:
            raise DataError("both a goal and a change are given; give one of them")
        level = optional(real, "goal", goal)
        if change is not None and not (isinstance(change, (tuple, list)) and len(change) == 2):  # pyright: ignore[reportUnnecessaryIsInstance, reportUnnecessaryComparison]
            raise DataError(f"`change` is {change!r}; a period and a change were expected, such as (2024, 0.05)")
        since = None if change is None else (as_period("change", change[0]), real("change", change[1]))
        ways = known(employment, "way to count employees", ["flat", "trend"]) if isinstance(employment, str) else "supplied"
        if ways == "supplied" and len(json.loads(self._inner.facts())) > 1:
            raise DataError("a number of employees is that of one series, and there are several; filter to one, or say flat or trend")
        asked: dict[str, Any] = {
            "to": as_period("to", to), "goal": level, "change": since, "seed": whole("seed", seed),
            "paths": whole("paths", paths, 10**6), "within": whole("within", within, 100),
            "employment": ways,
            "employees": 0.0 if isinstance(employment, str) else real("employment", employment),
        }  # fmt: skip
        return Projection(self._inner.project(asked), self, asked, self.level)

    def to_polars(self) -> pl.DataFrame:
        """The trends as a polars frame, one row for each period of each series.

        Columns: ``measure``, ``region``, ``sector``, ``period``, ``figure``, ``value`` (the level), ``low``, ``high``,
        ``pace`` (fractions a year), ``pace_low``, ``pace_high``, ``model``.

        Returns
        -------
        polars.DataFrame
            ``figure``, ``value``, ``low`` and ``high`` are fractions. ``figure`` is empty in a period without one,
            ``pace`` where the model has no slope.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> rates.filter(pl.col("region") == "US", pl.col("sector") == "all").trend().to_polars().height
        40
        """
        return pl.DataFrame(self._inner.frame(self.level))

    @property
    def reasons(self) -> dict[str, list[str]]:
        """For each series in words why its model was chosen, and what was assumed or left out.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> one = rates.filter(pl.col("region") == "US", pl.col("sector") == "all")
        >>> len(one.trend().reasons)
        1
        """
        return {f"{one['measure']}, {one['place']}": one["reasons"] for one in json.loads(self._inner.facts())}

    def _shown(self) -> Shown:
        facts = json.loads(self._inner.facts())
        latest = self.to_polars().group_by("measure", "region", "sector", maintain_order=True).last()
        interval = f"{self.level * 100:g}% interval"
        rows = [
            [
                row["measure"], one["place"], row["period"], percent(row["figure"]), percent(row["value"]),
                f"{percent(row['low'])} to {percent(row['high'])}", f"{hundredths(row['pace'])} a year" if row["pace"] is not None else "none",
                one["model"].replace("_", " "),
            ]
            for row in Shown.ends(latest.with_row_index("series")).iter_rows(named=True)
            for one in [facts[row["series"]]]
        ]  # fmt: skip
        headings = ["Measure", "Series", "Latest", "Figure", "Level", interval, "Pace", "Model"]
        reasons: list[str] = facts[0]["reasons"] if len(facts) == 1 else []
        return Shown("Trends", headings, rows, [*reasons, credit(self._of.source)], ["Figure", "Level", interval, "Pace"], latest.height)

    def __reduce__(self) -> tuple[Callable[..., Trend], tuple[Any, ...]]:
        return _trend_again, (self._of, self._choices, self.level)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Projection(Levelled):
    """Where trends lead: a fan to the deadline and the probability of a goal; made by :meth:`Trend.project`."""

    _inner: _undeb.Projections
    _of: Trend
    _asked: dict[str, Any]
    level: float = 0.95
    """Level of the bands shown."""

    def to_polars(self) -> pl.DataFrame:
        """The projection as a polars frame, one row for each period ahead of each series.

        Columns: ``measure``, ``region``, ``sector``, ``period``, ``value`` (the median), ``mean``, ``low``, ``high``,
        ``figure_low``, ``figure_high`` (of the figure that a survey would give), ``met_at``, ``met_by``, ``employees``,
        ``workers_needed``.

        Returns
        -------
        polars.DataFrame
            ``value``, ``mean`` and their bands are fractions, ``met_at`` and ``met_by`` probabilities, ``employees``
            and ``workers_needed`` numbers of people or jobs. What is of the goal is empty without one.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> one = rates.filter(pl.col("region") == "CA", pl.col("sector") == "private")
        >>> one.trend().project(2030).to_polars()["period"].to_list()[-1]
        '2030'
        """
        return pl.DataFrame(self._inner.frame(self.level))

    def first_met(self) -> Listing:
        """For each series the probability at the deadline and by it, and when the goal is first met.

        Columns: ``measure``, ``region``, ``sector``, ``place``, ``met_at``, ``met_by``, ``workers_needed``, ``already``
        (the probability that it is met now), ``early``, ``median``, ``late`` (the periods by which 10, 50 and 90 per
        cent of simulated paths have met it; empty where that is later than ``within`` years), ``never``, ``within``.

        Returns
        -------
        Listing
            One row for each series, with its name as ``place``; what is of the goal is empty without one.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> one = rates.filter(pl.col("region") == "CA", pl.col("sector") == "private")
        >>> one.trend().project(2030, goal=0.1).first_met().to_polars()["within"].to_list()
        [30]
        """
        schema = {"measure": pl.String, "region": pl.String, "sector": pl.String, "place": pl.String, "met_at": pl.Float64,
                  "met_by": pl.Float64, "workers_needed": pl.Float64, "already": pl.Float64, "early": pl.String,
                  "median": pl.String, "late": pl.String, "never": pl.Float64, "within": pl.Int64}  # fmt: skip
        ways = {**{name: "chance" for name in ("met_at", "met_by", "already", "never")}, "workers_needed": "count"}
        frame, places = pl.DataFrame(json.loads(self._inner.first_met()), schema=schema), self._of._of._places()  # pyright: ignore[reportPrivateUsage]
        return Listing("When the goal is first met", frame, ways, (credit(self._of._of.source),), places)  # pyright: ignore[reportPrivateUsage]

    def _shown(self) -> Shown:
        interval, frame = f"{self.level * 100:g}% band", self.to_polars()
        place = named(self._of._of._places().items())  # pyright: ignore[reportPrivateUsage]
        rows = [
            [
                row["measure"], place(row["region"]), place(row["sector"]), row["period"], percent(row["value"]),
                f"{percent(row['low'])} to {percent(row['high'])}", chance(row["met_at"]), chance(row["met_by"]), count(row["workers_needed"]),
            ]
            for row in Shown.ends(frame).iter_rows(named=True)
        ]  # fmt: skip
        headings = ["Measure", "Region", "Sector", "Period", "Median", interval, "Met then", "Met by then", "Workers needed"]
        goal, change = self._asked["goal"], self._asked["change"]
        towards = [] if goal is None else [f"Goal: {percent(goal)}."]
        towards += [] if change is None else [f"Goal: {points(change[1])} on the trend of {change[0]}."]
        if any(row[-1] for row in rows):
            employees = {"flat": "as many employees as at the newest figure", "trend": "employees growing as over the last ten figures"}
            counted = employees.get(self._asked["employment"], f"{count(self._asked['employees'])} employees at the end")
            towards += [f"Workers needed are those beyond the newest figure's, with {counted}; below 0 there are more than the goal asks for."]
        note = "A projection carries the trend on; it is no forecast of what anybody will do."
        late = [] if rows else [f"Every series has figures of {self._asked['to']} or later, so that nothing is left to project."]
        if late and towards:
            # The deadline has passed: the trend then is the answer.
            for row in self.first_met().to_polars().head(5).iter_rows(named=True):
                late += [f"{place(row['region'])}, {place(row['sector'])}: by the trend the goal was met then with a probability of {chance(row['met_at'])}."]
        return Shown("Projection", headings, rows, [*late, *towards, note, credit(self._of._of.source)], headings[4:], frame.height)

    def __reduce__(self) -> tuple[Callable[..., Projection], tuple[Any, ...]]:
        return _projection_again, (self._of, self._asked, self.level)


def _trend_again(of: Estimates, choices: dict[str, Any], level: float) -> Trend:
    given: dict[str, Any] = {**choices, "bridges": dict(choices["bridges"])}
    return of.trend(**given).at_level(level)


def _projection_again(of: Trend, asked: dict[str, Any], level: float) -> Projection:
    return Projection(of._inner.project(asked), of, asked, level)  # pyright: ignore[reportPrivateUsage]
