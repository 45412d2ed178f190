"""Estimates held against one another: changes between periods, differences between groups, and their tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import polars as pl

from undeb import _undeb
from undeb.errors import DataError
from undeb.estimates import Estimates
from undeb.quantities import Quantities
from undeb.showing import amount, points
from undeb.tables import Shown, Written, credit, named
from undeb.vocabulary import Interval, as_period, checked, flag, known, optional, real, text

Adjustment: TypeAlias = Literal["benjamini-hochberg", "benjamini-yekutieli", "holm"]
"""How p-values are adjusted for the number of tests in the table."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Changes(Written):
    """Differences or ratios of estimates or quantities, each with interval and test; made by :meth:`Estimates.change` and ``compare``.

    The error of a difference of records is that of the joint design: PSUs that both figures share count once.
    """

    _inner: _undeb.Changes
    _of: Estimates | Quantities
    _against: dict[str, Any]
    level: float = 0.95
    """Confidence level of intervals, and of what could have been detected."""
    interval: str = "wilson"
    """Method of the intervals of single figures, where that of a difference is made from those."""
    margin: float | None = None
    """A difference within this margin counts as maintained."""
    power: float = 0.8
    """Probability with which the smallest detectable change is found."""
    adjustment: str = "benjamini-hochberg"
    """How p-values are adjusted."""

    def at_level(self, level: float, interval: str | Interval | None = None) -> Changes:
        """The same changes at another confidence level.

        Parameters
        ----------
        level
            Between 0.01 and 0.999999; 0.95 for 95 per cent.
        interval
            Method of the intervals of single figures, where that of a difference is made from those; unchanged when
            left out.

        Returns
        -------
        Changes
            The same differences, with ``low``, ``high``, ``maintained`` and ``detectable`` at the level.

        Raises
        ------
        SchemaError
            The method is not known.
        DataError
            The level is not between 0 and 1; where it is outside 0.01 to 0.999999, the table says so when it is looked
            at.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states", ["density"], design_effect=1.5).change(2012, 2022).at_level(0.9).level
        0.9
        """
        method = self.interval if interval is None else known(interval, "method for intervals", [str(i) for i in Interval])
        return replace(self, level=checked(level), interval=method)

    def test(
        self, *, margin: float | None = None, power: float = 0.8, adjustment: Adjustment = "benjamini-hochberg"
    ) -> Changes:
        r"""The same changes with other tests: against no change, and where a margin is given for being maintained.

        .. math:: t = (R_2 - R_1) / \sqrt{v_1 + v_2 - 2 c}

        with :math:`v` the variances and :math:`c` the covariance (METHODS M12, M16). The table has ``t``, ``df``, ``p``,
        ``p_adjusted`` for the number of tests in it, ``p_maintained`` and ``maintained`` (two one-sided tests), and
        ``detectable``, the smallest change that would have been found.

        Parameters
        ----------
        margin
            A difference within it counts as maintained, as a fraction: 0.01 is one point. Of quantities it is in their
            unit; a ratio is maintained within a factor of one and the margin.
        power
            Probability with which ``detectable`` is found.
        adjustment
            ``benjamini-hochberg``, ``benjamini-yekutieli`` or ``holm``.

        Returns
        -------
        Changes
            The same differences at the same level, with these tests.

        Raises
        ------
        DataError
            The margin is not above 0, or the power not between 0 and 1.
        SchemaError
            The adjustment is not known; the message lists the choices.

        References
        ----------
        Benjamini and Hochberg (1995), *J. R. Stat. Soc. B* 57, 289-300.

        Examples
        --------
        >>> import undeb as ub
        >>> changes = ub.data("us-states", ["density"], design_effect=1.5).change(2012, 2022).test(margin=0.01)
        >>> {"p", "p_adjusted", "maintained"} <= set(changes.to_polars().columns)
        True
        """
        name = known(adjustment, "adjustment of tests", ["benjamini-hochberg", "benjamini-yekutieli", "holm"])
        asked = optional(real, "margin", margin)
        view = replace(self, margin=asked, power=real("power", power), adjustment=name)
        view.to_polars()
        return view

    def to_polars(self) -> pl.DataFrame:
        """The changes as a polars frame, one row for each pair; differences are fractions.

        Columns: ``measure``, ``period``, ``region``, ``sector`` and further breakdowns of the first figure, the same
        with ``against_`` of the second; ``contrast`` (``difference`` or ``ratio``), ``value`` (first less second, or
        first over second), ``se``, ``low``, ``high``, ``t``, ``df``, ``p``, ``p_adjusted``, ``p_maintained``,
        ``maintained``, ``detectable`` (the smallest change that would have been found; of a ratio the factor),
        ``first``, ``first_se``, ``second``, ``second_se``, ``first_unit`` (of the two figures: ``fraction``, or what is
        counted or paid), ``unit`` (of ``value``, ``se``, ``low``, ``high`` and ``detectable``: ``ratio``, what is
        counted or paid, or ``points`` for a difference of rates, which stands there as a fraction, 0.01 for one point),
        ``flags`` (what is to be known of the row, joined by spaces), ``error_source``, ``cautions`` (notes of breaks
        that lie between), ``definition``, ``source``, ``released`` (false).

        Returns
        -------
        polars.DataFrame
            An empty cell is not known; ``flags`` says why there is no value or no interval.

        Raises
        ------
        DataError
            The level is not between 0.01 and 0.999999.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states", ["density"], design_effect=1.5).change(2012, 2022).to_polars()["p"].is_between(0, 1).all()
        True
        """
        view = (self.level, self.interval, self.margin, self.power, self.adjustment)
        return pl.DataFrame(self._inner.frame(*view))

    def _shown(self) -> Shown:
        frame = self.to_polars()
        ratio = bool(self._against["ratio"])
        interval = f"{self.level * 100:g}% interval"
        regions, sectors = (named(names) for names in self._of._inner.names())  # pyright: ignore[reportPrivateUsage]
        places = {"region": regions, "sector": sectors}
        keyed = frame.columns[1 : frame.columns.index("against_period")]
        unit = ["Unit"] if any(unit not in ("points", "ratio") for unit in frame["unit"].unique()) else []
        tests = [] if self.margin is None else ["Maintained", "Detectable"]
        rows: list[list[str]] = []
        for row in Shown.ends(frame).iter_rows(named=True):
            shown = points if row["unit"] == "points" else amount
            ends = [tuple(places.get(name, str)(row[one]) for one in (name, "against_" + name)) for name in keyed]
            keys = [one if one == other else f"{one} / {other}" for one, other in ends]
            between = "" if row["low"] is None else f"{shown(row['low'])} to {shown(row['high'])}"
            p = "" if row["p_adjusted"] is None else "< 0.001" if row["p_adjusted"] < 0.001 else f"{row['p_adjusted']:.3f}"
            cells = [shown(row["value"]) or "[x]", between, *([row["unit"]] if unit else []), p]
            if tests:
                cells += [{True: "yes", False: "not shown", None: ""}[row["maintained"]], shown(row["detectable"])]
            rows.append([row["measure"], *keys, *cells, row["flags"]])
        numeric = ["Ratio" if ratio else "Change", interval, "Adjusted p", *tests]
        headings = ["Measure", *(name.capitalize() for name in keyed), *numeric[:2], *unit, *numeric[2:], "Flags"]
        tested = frame.height if frame.height > 1 else 0
        notes = [f"p-values are adjusted by {self.adjustment} for the {tested:,} rows of the table; intervals are not."] if tested else []
        said = list(dict.fromkeys(map(str, frame["cautions"].drop_nulls())))
        # A table of many breaks says the first, and that there are more.
        notes += [f"caution: {caution}" for caution in said[:4]] + ([f"caution: {len(said) - 4} more, in .to_polars()"] if len(said) > 4 else [])
        notes += [credit(self._of.source)]
        return Shown("Changes", headings, rows, notes, numeric, frame.height)

    def __reduce__(self) -> tuple[Callable[..., Changes], tuple[Any, ...]]:
        view = {name: getattr(self, name) for name in ("level", "interval", "margin", "power", "adjustment")}
        return _again, (self._of, self._against, view)


def compared(of: Estimates | Quantities, against: dict[str, Any]) -> Changes:
    """Estimates or quantities held against one another."""
    inner = of._inner.compare(against)  # pyright: ignore[reportPrivateUsage]
    return Changes(inner, of, against, of.level, of.interval if isinstance(of, Estimates) else "wald")


def between_periods(start: str | int | None, end: str | int | None, ratio: bool, correlation: float | None) -> dict[str, Any]:
    """A comparison of two periods, or of each with the one before it."""
    if (start is None) != (end is None):
        raise DataError("one period is given; give both, or none for every period against the one before it")
    periods = None if start is None else (as_period("start", start), as_period("end", end))
    return {"periods": periods, "dimension": None, "codes": None, "ratio": flag("ratio", ratio), "correlation": optional(real, "correlation", correlation)}


def between_codes(
    dimension: str, code: str | None, other: str | None, ratio: bool, correlation: float | None
) -> dict[str, Any]:
    """A comparison of two codes, or of each with the whole."""
    if text("dimension", dimension) == "period":
        raise DataError("periods are compared with .change(start, end); .compare() takes the codes of another breakdown")
    if (code is None) != (other is None):
        raise DataError("one code is given; give both, or none for every code against the whole")
    codes = None if code is None else (text("code", code), text("other", other))
    return {"periods": None, "dimension": text("dimension", dimension), "codes": codes, "ratio": flag("ratio", ratio), "correlation": optional(real, "correlation", correlation)}


def _again(of: Estimates | Quantities, against: dict[str, Any], view: dict[str, Any]) -> Changes:
    return replace(compared(of, against), **view)
