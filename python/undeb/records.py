"""Survey records: bind the design once, then filter and estimate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import polars as pl

from undeb import _undeb
from undeb.errors import DataError, choices
from undeb.estimates import Estimates
from undeb.frames import Frame
from undeb.quantities import Quantities, Quantity
from undeb.tables import Shown, Table
from undeb.vocabulary import Interval, filters, flag, optional, several, some, text, whole


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Survey(Table):
    """Survey records with the design they were drawn by; made by :func:`undeb.survey` or :func:`undeb.read_microdata`.

    A filter keeps every record in the design and takes it out of the domain only, so that errors stay right; what is
    estimated says then that it is of a domain, and of which.

    Examples
    --------
    >>> import undeb as ub
    >>> survey = ub.survey(ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu")
    >>> round(survey.estimate("density").to_polars()["value"].item(), 3)
    0.253
    """

    _inner: _undeb.Records
    _frame: Frame
    _made: tuple[Callable[..., Survey], tuple[Any, ...]]
    _names: dict[str, str]
    _masks: tuple[pl.Series, ...] = ()

    def filter(self, *conditions: pl.Expr, **equal: Any) -> Survey:
        """The same records with a smaller domain: those for which every condition holds.

        Records outside the domain stay in the design: a domain is not a subset, and its errors need the empty PSUs.
        A condition that is not known for a record does not hold.

        Parameters
        ----------
        *conditions
            Polars expressions over the columns of the frame, each true or false.
        **equal
            Columns with the value that each is to have, such as ``sector="public"``.

        Returns
        -------
        Survey
            All records, with the smaller domain.

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
        for condition in filters(conditions, equal):
            survey = survey._narrowed(condition)
        return survey

    def _narrowed(self, condition: pl.Expr) -> Survey:
        mask = self._frame.select([condition.alias("filter")])["filter"]
        if mask.dtype != pl.Boolean:
            raise DataError(
                f"the filter is of type {mask.dtype}, not of true and false; "
                'compare with a value, as in pl.col("sector") == "public"'
            )
        if mask.len() == 1 and len(self._inner) != 1 and not condition.meta.root_names():
            # One answer for all, as polars has it: pl.lit(True) begins many a filter.
            mask = pl.Series("filter", [mask.item()] * len(self._inner), dtype=pl.Boolean)
        if mask.len() != len(self._inner):
            raise DataError(
                f"the filter has {mask.len()} rows, the records {len(self._inner)}; compare record by record, "
                'as in pl.col("age") > 30'
            )
        return self._within(mask.alias(_words(condition)))

    def _within(self, mask: pl.Series) -> Survey:
        """The domain where the mask is true; its name is the condition in words."""
        return replace(self, _inner=self._inner.filter(mask.to_frame(), mask.name), _masks=(*self._masks, mask))

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
            Method of the intervals, an :class:`undeb.Interval`. The default is Wilson's, as everywhere in the package:
            findings are judged by it, so that a table and a verdict never differ, and it has an interval where nobody or
            everybody is a member, where ``logit`` has none (METHODS M2).
        level
            Confidence level; :meth:`Estimates.at_level` changes it later without estimating again.

        Returns
        -------
        Estimates
            One row for each cell of the full grid; a cell without a valid answer has no value. Rates are fractions.

        Raises
        ------
        SchemaError
            The measure or the method of intervals is not known; the message lists the choices.
        DefinitionError
            The records have no answers for the measure.
        DataError
            A breakdown is not there, or there are more cells than the kernel holds; periods are to be averaged without
            the breakdown ``period``; the level is not between 0 and 1.

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
        made = _estimate(self, some("measures", measures), _axes(by), flag("margins", margins), pool)
        return made.at_level(level, interval)

    def quantities(
        self,
        quantities: Quantity | Iterable[Quantity],
        by: str | pl.Expr | Iterable[str | pl.Expr] = (),
        *,
        margins: bool = False,
        pool: int | None = None,
        level: float = 0.95,
    ) -> Quantities:
        r"""Totals, means of pay, and raw pay gaps by breakdowns, each in its unit, with errors that follow the design.

        .. math:: T = \sum_i w_i y_i, \quad M = \sum_i w_i y_i a_i / \sum_i w_i y_i

        with :math:`y_i` 1 for those in the group and :math:`a_i` their pay, where it is known; a gap is
        :math:`M_1 - M_2`, a ratio :math:`M_1 / M_2` (METHODS M9 and M17). Raw: nothing but the answer tells the two groups
        apart, so a gap is no effect of unions.

        Parameters
        ----------
        quantities
            ``employees``, ``members``, ``nonmembers``, ``covered``, ``uncovered`` (numbers of people); ``pay`` (the mean),
            ``pay_members``, ``pay_nonmembers``, ``pay_covered``, ``pay_uncovered``; ``pay_gap_membership``,
            ``pay_gap_coverage``, ``pay_ratio_membership``, ``pay_ratio_coverage``.
        by
            Breakdowns, as in :meth:`estimate`.
        margins
            Every margin too.
        pool
            Average each period with those before it, this many in all; needs the breakdown ``period``.
        level
            Confidence level; :meth:`Quantities.at_level` changes it later without estimating again.

        Returns
        -------
        Quantities
            One row for each cell. Totals count those who gave the answer, without a guess for those who did not; over
            several periods they are the average of a period, never their sum.

        Raises
        ------
        SchemaError
            The quantity is not known; the message lists the choices.
        DefinitionError
            The records have no pay, or no answers to the question.
        DesignError
            Pay has weights of its own beside replicate or calibrated weights.
        DataError
            A breakdown is not there; periods are to be averaged without the breakdown ``period``; the level is not
            between 0 and 1.

        References
        ----------
        METHODS M9, M14 and M17.

        Examples
        --------
        >>> import undeb as ub
        >>> survey = ub.survey(
        ...     ub.synthetic_records(), member="member", weight="weight", strata="stratum", psu="psu", period="year",
        ...     pay=ub.Pay(amount="wage", unit="pounds an hour"),
        ... )
        >>> gap = survey.quantities("pay_gap_membership", by="year").to_polars()
        >>> gap["unit"].unique().to_list()
        ['pounds an hour']
        """
        return _quantities(self, some("quantities", quantities), _axes(by), flag("margins", margins), pool).at_level(level)

    def _broken_down(self, by: list[str | pl.Expr]) -> tuple[_undeb.Records, list[str]]:
        """The records with every breakdown that is asked for, and their names."""
        records = self._inner
        names: list[str] = []
        for one in by:
            name = self._names.get(one, one) if isinstance(one, str) else one.meta.output_name()
            if not name.strip():
                raise DataError("a breakdown has no name; give it one, as in .alias(\"age group\")")
            if isinstance(one, pl.Expr) or (name not in records.dimensions() and name in self._frame.names):
                column = self._frame.select([one.alias(name) if isinstance(one, pl.Expr) else pl.col(name)])
                if column.height != len(records):
                    raise DataError(
                        f"the breakdown `{name}` has {column.height} rows, the records {len(records)}; "
                        "a breakdown has a code for every record"
                    )
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
        """The frame that the records came from, with a column ``in_domain``: whether every filter holds.

        A record in the domain may still be out of scope, or have no answer.

        Returns
        -------
        polars.DataFrame
            One row for each record, in the order of the frame.

        Raises
        ------
        DataError
            The frame has a column ``in_domain`` already, or its file has changed.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> bool(ub.survey(ub.synthetic_records(), member="member").to_polars()["in_domain"].all())
        True
        """
        domain = pl.lit(True)
        for mask in self._masks:
            domain = domain & pl.lit(mask.fill_null(False))
        if "in_domain" in self._frame.names:
            raise DataError("the records have a column `in_domain` already; give it another name")
        return self._frame.whole().with_columns(domain.alias("in_domain"))

    def __len__(self) -> int:
        return len(self._inner)

    def _shown(self) -> Shown:
        facts = self._inner.facts()
        rows = [[name, value] for name, value in facts]
        return Shown(f"{len(self):,} survey records", ["Design", ""], rows, ["Not released: records are never shown."])

    def __reduce__(self) -> tuple[Callable[..., Survey], tuple[Any, ...]]:
        return _again, (self._made, self._frame, self._masks)


def _axes(by: str | pl.Expr | Iterable[str | pl.Expr]) -> list[str | pl.Expr]:
    def axis(name: str, given: Any) -> str | pl.Expr:
        if not isinstance(given, pl.Expr):
            return text(name, given)
        if given.meta.has_multiple_outputs():
            raise DataError(f"`{name}` is {given}, which is several columns; name one at a time")
        return given

    return [axis("by", by)] if isinstance(by, (str, pl.Expr)) else several(axis, "by", by)


def _estimate(survey: Survey, measures: list[str], by: list[str | pl.Expr], margins: bool, pool: int | None) -> Estimates:
    records, names = survey._broken_down(by)  # pyright: ignore[reportPrivateUsage]
    inner = records.estimate(measures, names, margins, optional(partial(whole, least=1), "pool", pool))
    return Estimates(inner, _made=(_estimate, survey, measures, by, margins, pool))


def _quantities(survey: Survey, quantities: list[str], by: list[str | pl.Expr], margins: bool, pool: int | None) -> Quantities:
    records, names = survey._broken_down(by)  # pyright: ignore[reportPrivateUsage]
    inner = records.quantities(quantities, names, margins, optional(partial(whole, least=1), "pool", pool))
    return Quantities(inner, _made=(_quantities, survey, quantities, by, margins, pool))


def _again(made: tuple[Callable[..., Survey], tuple[Any, ...]], frame: Frame, masks: tuple[pl.Series, ...]) -> Survey:
    frame.must_be_unchanged()
    make, arguments = made
    survey = make(frame, *arguments)
    for mask in masks:
        survey = survey._within(mask)  # pyright: ignore[reportPrivateUsage]
    return survey


_READ = (
    (r"dyn \w+: ", ""),
    (r'col\("([^"]+)"\)', r"\1"),
    (r"\.strict_cast\(\w+\)", ""),
    (r"\.is_in\(\[(\[[^\]]*\])\]\)", r" in \1"),
    # Brackets around a name, a text or a number alone, and around the whole.
    (r'(?<!\w)\((\w[\w ]*|"[^"]*"|-?[\d.]+)\)', r"\1"),
    (r"^\[([^\[\]]*)\]$", r"\1"),
)
"""What polars writes, and what a reader would."""


def _words(condition: pl.Expr) -> str:
    """A condition as a reader would write it: columns by name, without casts and the types of literals; a long one is cut."""
    words = " ".join(str(condition).split())
    for written, read in _READ:
        words = re.sub(written, read, words)
    return words if len(words) <= 160 else f"{words[:159]}…"
