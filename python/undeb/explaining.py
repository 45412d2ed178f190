"""Why estimates moved, how sure their order is, and where effort would count."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from undeb.analyses import Analyses
from undeb.listing import Listing
from undeb.tables import credit
from undeb.vocabulary import as_period, known, optional, real, text, whole, words

if TYPE_CHECKING:
    from undeb.decomposition import Decomposition, Form


EFFORT = (
    "cell", "in_set", "value", "low", "high", "workers", "uncovered", "below_whole", "reach", "capped", "gain", "share_of_gap",
    "short", "codes",
)  # fmt: skip
"""Columns of priorities."""


class Explaining(Analyses):
    """The verbs that explain and order estimates of one measure."""

    __slots__ = ()

    def decompose(
        self,
        start: str | int,
        end: str | int,
        *,
        measure: str | None = None,
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
        start, end
            The two periods.
        measure
            What is measured; the first of :attr:`measures` when left out.
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
            Cells do not add up to the whole, have no partner in the other period, or have no numbers of workers; a
            period or grouping is not there.
        DefinitionError
            An incomparable series break lies between, or the measure is a difference of rates.
        SchemaError
            The measure, form, region or sector is not known, or what is given is not a period.

        References
        ----------
        Kitagawa (1955), *J. Am. Stat. Assoc.* 50, 1168-1194; Das Gupta (1993), *Current Population Reports* P23-186.

        Examples
        --------
        >>> import undeb as ub
        >>> why = ub.data("us-states", ["density"], design_effect=1.5).decompose(2019, 2020, by="region")
        >>> round(why.change, 4)
        0.005
        """
        from undeb.decomposition import Decomposition

        what, rho, cells = self._measure(measure), real("correlation", correlation), words("by", by)
        split = {
            "by": cells, "form": known(form, "form of decomposition", ["two-factors", "interaction", "nested"]),
            "region": optional(text, "region", region),
            "sector": optional(text, "sector", sector),
            "level": self.level, "correlation": rho,
        }  # fmt: skip
        facts = self._inner.decompose(what, as_period("start", start), as_period("end", end), split)
        asked = {"start": start, "end": end, "measure": what, "by": cells, "form": form, "region": region,
                 "sector": sector, "correlation": correlation}  # fmt: skip
        return Decomposition(facts, self._whole(), asked)

    def rank(
        self,
        measure: str | None = None,
        *,
        period: str | int | None = None,
        sectors: str | Iterable[str] = (),
        among: int = 5,
    ) -> Listing:
        r"""Cells in the order of their rates, with how sure their ranks are (METHODS M26).

        .. math:: P(\mathrm{rank}_i = r) = E_{X_i} P(\#\{j \ne i: X_j < X_i\} = r - 1), \quad X_i \sim N(p_i, s_i^2)

        with :math:`p_i` the rate of cell :math:`i` as a fraction and :math:`s_i` its standard error; cells are taken as
        independent.

        Parameters
        ----------
        measure
            What is measured; the first of :attr:`measures` when left out.
        period
            The period; the newest when left out.
        sectors
            Sectors whose cells are ranked; all together when left out.
        among
            How many count as the lowest and as the highest.

        Returns
        -------
        Listing
            ``rank`` from the lowest; ``rank_low`` and ``rank_high``, the ranks that the errors leave open at the level
            of these estimates; the probabilities of being ``among_lowest`` and ``among_highest``. These four are empty
            unless every cell has an error. The other columns are ``period``, ``region``, ``sector``, ``name``, and as
            fractions ``value``, ``low`` and ``high``.

        Raises
        ------
        DataError
            There are fewer than two cells with a figure, or not more cells than ``among``.
        SchemaError
            The measure or a sector is not known, or what is given is not a period.

        References
        ----------
        Mogstad, Romano, Shaikh and Wilhelm (2024), *Review of Economic Studies* 91, 476-518; METHODS M26.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states", ["density"], design_effect=1.5).rank().to_polars()["region"][-1]
        'HI'
        """
        what, when = self._measure(measure), optional(as_period, "period", period)
        facts = json.loads(self._inner.rank(what, when, words("sectors", sectors), whole("among", among), self.level))
        rows: list[dict[str, Any]] = []
        for cell in facts["cells"]:
            sure: dict[str, Any] = cell.pop("certainty") or {}
            interval: dict[str, Any] = cell.pop("interval") or {}
            ranks = {"rank_low": sure.get("low"), "rank_high": sure.get("high")}
            chances = {name: sure.get(name) for name in ("among_lowest", "among_highest")}
            rows.append({"period": facts["period"], **cell, "low": interval.get("low"), "high": interval.get("high"), **ranks, **chances})
        frame = pl.DataFrame(rows, infer_schema_length=None)
        ways = {"value": "percent", "low": "percent", "high": "percent", "among_lowest": "chance", "among_highest": "chance"}
        note = f"Ranks from the lowest; rank_low to rank_high is what the errors leave open at level {self.level:g}."
        out = len(facts["left_out"])
        out_of = f"{frame.height} of {frame.height + out} cells are ranked: the others have no figure in {facts['period']}."
        over = (f"Averages over {facts['since']} to {facts['period']}.",) if facts["since"] else ()
        return Listing(f"Ranks of {what}", frame, ways, (note, *over, *((out_of,) if out else ()), credit(self.source)), self._places())

    def priorities(
        self,
        goal: float | None = None,
        *,
        rate: float | None = None,
        deadline: str | int | None = None,
        cap: float | None = None,
        measure: str | None = None,
        by: str | Iterable[str] = (),
        region: str | None = None,
        sector: str | None = None,
        period: str | int | None = None,
        smallest: Literal["cells", "workers"] = "cells",
    ) -> Listing:
        r"""Where effort would count: cells by what they could add, and the smallest set that would reach a goal.

        .. math:: G = g N - Y, \quad g_i = N_i (\max(r_i, \min(r, r_i + c\,t)) - r_i)

        with :math:`G` the workers that the whole of :math:`N` employees is short of the goal :math:`g`, and :math:`g_i`
        those that cell :math:`i` gains on the way from its rate :math:`r_i` to the stated one :math:`r`, at a pace of no
        more than :math:`c` in each of the :math:`t` years (METHODS M27). Arithmetic on the employees of the period, not a
        forecast of what any action does.

        Parameters
        ----------
        goal
            The rate that the whole should stand at, as a fraction; without one there is no gap, and a gain is what lifting
            a cell to the rate of the whole would add.
        rate
            The rate that a cell would move to, as a fraction; the goal when left out.
        deadline
            When the goal is to be reached; a cap needs it.
        cap
            The most that a cell can rise in a year, as a fraction.
        measure
            What is measured; the first of :attr:`measures` when left out.
        by
            Groupings that make the cells; all whose parts are there when left out.
        region, sector
            The whole; everything when left out.
        period
            Period of the figures; the newest when left out.
        smallest
            Whether the set has the fewest ``cells`` or the fewest ``workers``.

        Returns
        -------
        Listing
            The largest gain first: ``uncovered`` workers, ``below_whole`` (how far the rate is below that of the
            whole), ``reach``, ``gain``, ``share_of_gap``, and ``in_set``: whether the cell is in the smallest set that
            closes the gap. The notes say it in words, and what binds where no set closes it. ``workers``, ``uncovered``
            and ``gain`` are numbers of people or jobs; ``value``, ``low``, ``high``, ``below_whole``, ``reach`` and
            ``share_of_gap`` are fractions; ``cell`` and ``codes`` name the cell, ``capped`` says whether the cap holds
            its rate back, and ``short`` is empty here.

        Raises
        ------
        PlanError
            A goal, rate or cap that is no fraction, or a cap without a deadline.
        DataError
            There is no figure or no number of workers for the whole, or the cells do not make it up.
        DefinitionError
            The measure is a difference of rates.
        SchemaError
            The measure, region, sector or the word for ``smallest`` is not known, or what is given is not a period.

        References
        ----------
        METHODS M27.

        Examples
        --------
        >>> import undeb as ub
        >>> where = ub.data("us-states", ["density"], design_effect=1.5).priorities(0.11, rate=0.12, by="region").to_polars()
        >>> round(where.filter(where["in_set"])["share_of_gap"].sum(), 1) >= 1
        True
        """
        effort = {
            "goal": optional(real, "goal", goal), "rate": optional(real, "rate", rate),
            "cap": optional(real, "cap", cap), "deadline": optional(as_period, "deadline", deadline),
            "period": optional(as_period, "period", period), "by": words("by", by),
            "region": optional(text, "region", region),
            "sector": optional(text, "sector", sector),
            "smallest": known(smallest, "way to be small", ["cells", "workers"]), "level": self.level,
        }  # fmt: skip
        found = json.loads(self._inner.priorities(self._measure(measure), effort))
        return effort_listing(found["priorities"], found["sentences"], self._places(), credit(self.source))

    def _measure(self, given: str | None) -> str:
        """The measure that was named, or the first: one is answered at a time, and the answer says which."""
        return self.measures[0] if given is None else known(given, "measure of these estimates", self.measures)


def effort_listing(found: dict[str, Any], sentences: Iterable[str], places: dict[str, str], credited: str) -> Listing:
    """Priorities as a list."""
    rows: list[dict[str, Any]] = []
    for cell in found["cells"]:
        interval: dict[str, Any] = cell["interval"] or {}
        ends = {"low": interval.get("low"), "high": interval.get("high")}
        rows.append({**cell, **ends, "cell": cell["name"], "below_whole": cell["distance"]})
    frame = pl.DataFrame(rows, infer_schema_length=None).select(EFFORT)
    ways = dict.fromkeys(("value", "low", "high", "share_of_gap", "reach"), "percent") | {"below_whole": "points"}
    ways |= dict.fromkeys(("uncovered", "gain", "workers", "short"), "count")
    return Listing(f"Where effort would count: {found['measure']}", frame, ways, (*sentences, credited), places)
