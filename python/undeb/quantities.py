"""Totals, means of pay and raw pay gaps: figures in a unit of their own, which are no shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import polars as pl

from undeb import _undeb
from undeb.showing import amount, count, percent
from undeb.tables import KEYS, Levelled, Remarked, Shown, credit, named, of_periods

if TYPE_CHECKING:
    from undeb.changes import Changes

Quantity: TypeAlias = Literal[
    "employees", "members", "nonmembers", "covered", "uncovered",
    "pay", "pay_members", "pay_nonmembers", "pay_covered", "pay_uncovered",
    "pay_gap_membership", "pay_gap_coverage", "pay_ratio_membership", "pay_ratio_coverage",
]  # fmt: skip
"""Numbers of people, means of pay, and differences and ratios of those means."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Quantities(Levelled, Remarked):
    """Totals, means and pay gaps of records, each in its unit; made by :meth:`Survey.quantities`."""

    _inner: _undeb.Quantities
    _made: tuple[Any, ...]
    level: float = 0.95
    """Confidence level of the intervals shown, which are symmetric (METHODS M2)."""

    def change(self, start: str | int | None = None, end: str | int | None = None, *, ratio: bool = False) -> Changes:
        r"""Every figure in one period less itself in another; every period less the one before it when none is named.

        .. math:: Q_2 - Q_1, \quad v_1 + v_2 - 2 c

        with :math:`Q` the figures in their unit, :math:`v` their variances and :math:`c` the covariance through shared
        PSUs.

        Parameters
        ----------
        start, end
            The two periods.
        ratio
            The ratio in place of the difference.

        Returns
        -------
        Changes
            One row for each pair, differences in the unit of the figures; the error counts PSUs that both periods share
            (METHODS M16).

        Raises
        ------
        SchemaError
            What is given is not a period.
        DataError
            A period is not there, or there is only one.
        DefinitionError
            An incomparable series break lies between.

        Examples
        --------
        >>> import undeb as ub
        >>> survey = ub.survey(
        ...     ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu", period="year"
        ... )
        >>> survey.quantities("members", by="year").change(2019, 2024).to_polars()["unit"].to_list()
        ['person']
        """
        from undeb.changes import between_periods, compared

        return compared(self, between_periods(start, end, ratio, None))

    def compare(self, dimension: str, code: str | None = None, other: str | None = None, *, ratio: bool = False) -> Changes:
        r"""One code of a dimension less another, in every period and other cell.

        Every code less the whole when none is named.

        .. math:: Q_a - Q_b, \quad v_a + v_b - 2 c

        with :math:`Q` the figures of the two codes in their unit, :math:`v` their variances and :math:`c` the
        covariance through PSUs that both share (METHODS M16).

        Parameters
        ----------
        dimension
            ``region``, ``sector`` or a further breakdown.
        code, other
            The code that is compared, and the one that it is compared with.
        ratio
            The ratio in place of the difference.

        Returns
        -------
        Changes
            One row for each pair, differences in the unit of the figures.

        Raises
        ------
        DataError
            A code or dimension is not there, only one code is given, or the whole is not in the table.

        Examples
        --------
        >>> import undeb as ub
        >>> survey = ub.survey(ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu")
        >>> len(survey.quantities("members", by="sex").compare("sex", "f", "m"))
        1
        """
        from undeb.changes import between_codes, compared

        return compared(self, between_codes(dimension, code, other, ratio, None))

    def to_polars(self) -> pl.DataFrame:
        """The figures as a polars frame, one row each, in the unit that the row names; an empty cell is not known.

        Columns: ``measure``, ``period``, ``region``, ``sector``, further breakdowns, ``value``, ``se``, ``low``, ``high``,
        ``df``, ``n``, ``psus``, ``cv``, ``missing_share``, ``flags``, ``error_source``, ``rolled_up``, ``since`` (the first
        period of an average over several), ``unit``, ``definition``, ``source``, ``released`` (false).

        Returns
        -------
        polars.DataFrame
            ``value``, ``se``, ``low`` and ``high`` are in ``unit``; ``n`` counts records; ``cv`` and ``missing_share``
            are fractions.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.survey(ub.synthetic_records(), member="member", weight="weight").quantities("members").to_polars()["measure"][0]
        'members'
        """
        return pl.DataFrame(self._inner.frame(self.level))

    def __len__(self) -> int:
        return len(self._inner)

    def _shown(self) -> Shown:
        frame, source = self.to_polars(), self.source
        region, sector = (named(names) for names in self._inner.names())
        further = frame.columns[len(KEYS) : frame.columns.index("value")]
        interval = f"{self.level * 100:g}% interval"
        rows: list[list[str]] = []
        for row in Shown.ends(frame).iter_rows(named=True):
            # People and jobs are whole; pay and ratios are not.
            shown = count if row["unit"] in ("person", "job") else amount
            between = "" if row["low"] is None else f"{shown(row['low'])} to {shown(row['high'])}"
            rows.append([
                row["measure"].replace("_", " "), of_periods(row), region(row["region"]), sector(row["sector"]),
                *(str(row[name]) for name in further), shown(row["value"]) or "[x]", shown(row["se"]), between, row["unit"],
                count(row["n"]), percent(row["missing_share"]),
            ])  # fmt: skip
        numeric = ["Value", "Standard error", interval, "Sample", "Missing"]
        headings = ["Quantity", "Period", "Region", "Sector", *further, *numeric[:3], "Unit", *numeric[3:]]
        errors = sorted(frame["error_source"].drop_nulls().unique())
        notes = [f"Sampling errors: {'; '.join(errors) or 'none is stated'}."]
        if frame["since"].is_not_null().any():
            notes += ["Figures of several periods are averages of a period, not sums over them."]
        if any(name.startswith(("pay_gap", "pay_ratio")) for name in frame["measure"].unique()):
            notes += ["Gaps are raw: nothing but the answer tells the two groups apart, so a gap is no effect of unions."]
        notes += [f"{remark[:1].upper()}{remark[1:]}." for remark in self.remarks]
        return Shown(source["title"], headings, rows, [*notes, credit(source)], numeric, frame.height)

    def __reduce__(self) -> tuple[Callable[..., Quantities], tuple[Any, ...]]:
        return _again, (self._made, self.level)


def _again(made: tuple[Any, ...], level: float) -> Quantities:
    make, *arguments = made
    return replace(make(*arguments), level=level)
