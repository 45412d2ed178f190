"""What estimates are asked over time: how they changed, where they go, and what could be told at all."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from undeb.errors import DataError, UndebWarning
from undeb.listing import Listing
from undeb.tables import Remarked, credit, together
from undeb.vocabulary import as_period, checked, optional, real, several, text

if TYPE_CHECKING:
    from undeb import _undeb
    from undeb.changes import Changes
    from undeb.estimates import Estimates
    from undeb.trend import Model, Trend


class Analyses(Remarked):
    """The verbs of estimates that answer with another table."""

    __slots__ = ()

    if TYPE_CHECKING:
        _inner: _undeb.Estimates
        level: float

        @property
        def measures(self) -> list[str]: ...
        @property
        def regions(self) -> dict[str, str]: ...
        @property
        def sectors(self) -> dict[str, str]: ...

    def _whole(self) -> Estimates:
        return cast("Estimates", self)

    def _places(self) -> dict[str, str]:
        """Names of the codes of both dimensions."""
        return together(self.regions.items(), self.sectors.items())

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
        SchemaError
            What is given is not a period.
        DataError
            A period is not there, or there is only one; the correlation is not between -1 and 1, or given for records.
        DefinitionError
            An incomparable series break lies between.

        References
        ----------
        METHODS M4, M12 and M16.

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
        from undeb.changes import between_periods, compared

        return compared(self._whole(), between_periods(start, end, ratio, correlation))

    def compare(
        self,
        dimension: str,
        code: str | None = None,
        other: str | None = None,
        *,
        ratio: bool = False,
        correlation: float | None = None,
    ) -> Changes:
        r"""One code of a dimension less another, in every period and other cell.

        Every code less the whole when none is named.

        .. math:: R_a - R_b, \quad v_a + v_b - 2 c

        with :math:`R` the rates of the two codes as fractions, :math:`v` their variances and :math:`c` their
        covariance: for records the one through PSUs that both figures share, for published figures :math:`\rho s_a s_b`
        with the :math:`\rho` that is assumed, 0 without one (METHODS M16).

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
            A code or dimension is not there, or only one code is given; a part against its whole without a correlation,
            for published figures; a whole that is not in the table; a correlation that is not between -1 and 1, or for
            records.

        References
        ----------
        METHODS M4, M12 and M16.

        Examples
        --------
        >>> import undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> gap = rates.compare("sector", "public", "private").to_polars()
        >>> bool((gap.filter(region="US")["value"] > 0.15).all())
        True
        """
        from undeb.changes import between_codes, compared

        return compared(self._whole(), between_codes(dimension, code, other, ratio, correlation))

    def trend(
        self,
        *,
        model: Model | None = None,
        damping: float = 0.9,
        correlation: Iterable[float] = (),
        bridges: Iterable[str | int] | Mapping[str | int, float | None] = (),
        assumed_se: float | None = None,
        start: str | int | None = None,
    ) -> Trend:
        r"""The level and pace behind each series, by a state-space model with the sampling error of each figure known.

        .. math::

           \operatorname{logit} p_t = \mu_t + e_t, \quad \mu_{t+1} = \mu_t + \nu_t + N(0, \sigma^2_{level}), \quad
           \nu_{t+1} = d\,\nu_t + N(0, \sigma^2_{slope})

        with :math:`p_t` the figure of a period as a fraction, :math:`\mu_t` the level and :math:`\nu_t` the slope a
        step (a year or a quarter), and :math:`d` the share of the slope that is left; each model frees some of the
        parts.

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
            Incomparable breaks to be bridged by an unknown amount; as a mapping, each with the standard deviation of that
            amount on the log-odds scale before anything is seen.
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
            The one series has fewer than three figures with a known or assumed error since the last incomparable break,
            or no such break where one is to be bridged; or the correlations make no covariance.
        UndebError
            Of several series none has a trend; the message says why the first has none.
        SchemaError
            The model is not known, or what is given is not a period.
        PlanError
            The damping is not between 0 and 1, a correlation not between -1 and 1, or the assumed error no fraction.

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
            "model": None if model is None else text("model", str(model)), "damping": real("damping", damping),
            "correlation": several(real, "correlation", correlation), "bridges": _bridges(bridges),
            "assumed_se": optional(real, "assumed_se", assumed_se), "start": optional(as_period, "start", start),
        }  # fmt: skip
        inner, refused = self._inner.trend(choices)
        if refused:
            words = f"{len(refused)} series have no trend and are left out; the first: {refused[0]}"
            warnings.warn(words, UndebWarning, stacklevel=2)
        return Trend(inner, self._whole(), choices, self.level)

    def detect(
        self,
        start: str | int | None = None,
        end: str | int | None = None,
        *,
        goal: float | None = None,
        deadline: str | int | None = None,
        level: float = 0.95,
        power: float = 0.8,
        correlation: float | None = None,
    ) -> Listing:
        r"""The smallest true change between two periods that each series could tell, or when the way to a goal could be.

        .. math:: (z_{1-\alpha/2} + z_{power}) \sqrt{v_1 + v_2 - 2 \rho s_1 s_2}

        with :math:`s` the standard errors and :math:`v` their squares (METHODS M22).

        Parameters
        ----------
        start, end
            The two periods; without an end the newest figure of each series, without a start the one before the end.
        goal, deadline
            A share to be reached, and by when: ``asked`` is then the change from the newest figure, ``told_from`` the first
            period in which the straight way there is no smaller than what could be told from standing still. Figures to
            come are taken to be as precise as the newest.
        level
            Level of the test.
        power
            Probability with which the change is to be found.
        correlation
            Correlation of the sampling errors of two published figures, taken as independent without one; records know
            how their figures vary together, and refuse a correlation.

        Returns
        -------
        Listing
            ``smallest`` is the change as a fraction; where there is none, ``why_not`` says why. The other columns are
            ``measure``, ``region``, ``sector``, ``from``, ``to``, and with a goal ``asked`` (a fraction) and
            ``told_from``.

        Raises
        ------
        DataError
            No series has two figures with a stated error; a correlation is given for records; a goal without a deadline, or
            both a goal and two periods; a level, power or correlation with which nothing can be told.
        SchemaError
            What is given is not a period.
        PlanError
            The goal is no share, or the deadline not after the newest figure.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> rates = ub.data("us-states", ["density"], design_effect=1.5)
        >>> one = rates.filter(pl.col("region") == "WY", pl.col("sector") == "all")
        >>> 0.02 < one.detect(2012, 2022).to_polars()["smallest"][0] < 0.05
        True
        """
        ends = (optional(as_period, "start", start), optional(as_period, "end", end))
        if (goal is None) != (deadline is None):
            raise DataError("a goal needs a deadline, and a deadline a goal; give both, or two periods")
        if goal is not None and ends != (None, None):
            raise DataError("both two periods and a goal are given; give the one or the other")
        way = None if goal is None else (real("goal", goal), as_period("deadline", deadline))
        level, power = checked(level), real("power", power)
        asked = (level, power, optional(real, "correlation", correlation))
        frame = pl.DataFrame(self._inner.smallest_changes(ends, way, *asked))
        if frame["why_not"].null_count() == frame.height:
            frame = frame.drop("why_not")
        note = f"Found with probability {power:g} by a test at level {level:g}."
        return Listing("Smallest changes that could be told", frame, {"smallest": "width", "asked": "points"}, (note, credit(self.source)), self._places())


def _bridges(given: Any) -> list[tuple[str, float | None]]:
    if isinstance(given, Mapping):
        pairs = cast("Mapping[Any, Any]", given)
        return [(as_period("bridges", at), optional(real, "bridges", sd)) for at, sd in pairs.items()]
    return [(at, None) for at in several(as_period, "bridges", given)]
