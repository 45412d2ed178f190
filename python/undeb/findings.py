"""Findings: what the figures answer to a plan."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from undeb import _undeb
from undeb.chart import Chart, Options, draw, with_options
from undeb.errors import PlanError
from undeb.estimates import Estimates
from undeb.explaining import effort_listing
from undeb.listing import Listing
from undeb.outlook import Outlook
from undeb.plan import Plan
from undeb.report import Report
from undeb.showing import percent, points
from undeb.tables import Shown, Written, credit, named, together
from undeb.vocabulary import Kind, optional, text

if TYPE_CHECKING:
    from typing_extensions import Unpack

ANSWERS = {"met": "met", "not_met": "not met", "cannot_tell": "cannot tell", "unset": "no number was set"}

SCHEMA: dict[str, pl.DataType] = {
    "target": pl.String(), "measure": pl.String(), "region": pl.String(), "sector": pl.String(), "period": pl.String(),
    "answer": pl.String(), "reason": pl.String(), "judged_by": pl.String(), "value": pl.Float64(), "low": pl.Float64(),
    "high": pl.Float64(), "level": pl.Float64(), "at_line": pl.Boolean(), "gap": pl.Float64(), "gap_low": pl.Float64(),
    "gap_high": pl.Float64(), "gap_workers": pl.Float64(), "required_pace": pl.Float64(), "observed_pace": pl.Float64(),
    "path": pl.String(), "status": pl.String(), "force": pl.String(), "deadline": pl.String(), "cautions": pl.List(pl.String()),
}  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Findings(Written):
    """Met, not met, or cannot tell: one row for each target and cell. Working results; they leave as a report.

    Examples
    --------
    >>> import undeb as ub
    >>> findings = ub.Plan.read("eu-80").assess()
    >>> findings.to_polars().filter(region="LT").select("answer", "value", "level").row(0)
    ('not_met', 0.071, 0.8)
    """

    _inner: _undeb.Findings
    plan: Plan
    """The plan that was assessed."""
    _evidence: tuple[Estimates, ...]

    def release(self, quality: str | None = None, *, as_of: str | datetime.date | None = None) -> Report:
        """Applies quality and confidentiality rules and makes the report, the only thing that may be published.

        Parameters
        ----------
        quality
            Rule set; that of the plan when left out.
        as_of
            Day on which actions are late or not; that of the plan, or today, when left out. A text such as
            ``2026-01-01``.

        Returns
        -------
        Report
            The figures that the rules let pass, with their marks, and the findings that rest on them (METHODS M6).

        Raises
        ------
        DisclosureError
            The evidence is not released and the rule set has no confidentiality threshold.
        SchemaError
            The rule set is not known.
        PlanError
            ``as_of`` is not a day.

        Examples
        --------
        >>> import undeb as ub
        >>> report = ub.Plan.read("eu-80").assess().release(as_of="2026-01-01")
        >>> report.verdict[:39]
        '20 of 27 member states stood below 80% '
        """
        day = f"{as_of:%Y-%m-%d}" if isinstance(as_of, datetime.date) else optional(text, "as_of", as_of)
        return Report(self._inner.release(optional(text, "quality", quality), day))

    @with_options
    def chart(self, kind: str | Kind, **asked: Unpack[Options]) -> Chart:
        """A chart of the findings, with the words "not released"; it shows itself in a notebook.

        Parameters
        ----------
        kind
            One of :class:`undeb.Kind`.
        **asked
            ``target``, ``measure``, ``regions``, ``sectors``, ``periods``, ``highlight``, ``title``, ``titles``, ``theme``,
            ``locale``, ``width``, ``mm``: see :class:`undeb.chart.Options`. What is left out is worked out.

        Returns
        -------
        Chart
            The drawing, at the plan's level.

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
        >>> ub.Plan.read("eu-80").assess().chart("gap").to_svg()[:4]
        '<svg'
        """
        return draw(self, kind, asked, lambda: [p for e in self._evidence for p in e.periods])

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each answer.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().counts
        {'met': 7, 'not_met': 20, 'cannot_tell': 0, 'unset': 0}
        """
        counts = self._facts()["counts"]
        return {answer: counts[answer] for answer in ANSWERS}

    def outlook(self) -> Outlook:
        r"""Where every finding is heading: trend, pace, and the probability that its target is met, as the plan asks.

        .. math:: \frac{l - v}{T - s}, \quad
           P(\text{met at } T) = 1 - \sum_k w_k \, \Phi\left((\operatorname{logit} l - m_k) / \sqrt{P_k}\right)

        with :math:`v` the figure of period :math:`s` and :math:`l` the level asked for, both fractions, so that the
        first is the pace that is needed to the deadline :math:`T`; :math:`w_k`, :math:`m_k` and :math:`P_k` as in
        :meth:`undeb.trend.Trend.project`. For a change, the projected level is held against that of the baseline
        period.

        Returns
        -------
        Outlook
            One row for each finding; rates are fractions, paces fractions a year (METHODS M20 to M23).

        Raises
        ------
        PlanError
            The plan has no sections ``[trend]`` and ``[projection]``.

        Examples
        --------
        >>> import undeb as ub
        >>> ahead = ub.Plan.read("us-states-2030").assess().outlook().to_polars()
        >>> bool((ahead["met_at"] <= ahead["met_by"] + 1e-9).all())
        True
        """
        targets = self._facts()["targets"]
        if not any(f["outlook"] for one in targets for f in one["findings"]):
            raise PlanError(f"the plan `{self.plan.id}` has no sections `[trend]` and `[projection]`; add them, or read another plan")
        return Outlook(self, json.dumps(targets))

    def priorities(self) -> Listing:
        """Where effort would count: the cells of the plan's section ``[priorities]``, by what they could add.

        Returns
        -------
        Listing
            ``uncovered`` workers, ``below_whole`` (how far the rate is below that of the whole), ``gain`` in reach,
            ``share_of_gap``, and ``in_set``: whether the cell is in the smallest set that closes the gap (METHODS M27).
            The columns are those of :meth:`Estimates.priorities`; ``short`` are the workers that a cell is short of the
            level that the target asks of it.

        Raises
        ------
        PlanError
            The plan has no such section.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().priorities()
        Traceback (most recent call last):
        undeb.errors.PlanError: the plan `eu-80` has no section `[priorities]`; add one, or read another plan
        """
        found = self._facts()["explanations"]["priorities"]
        if found is None:
            raise PlanError(f"the plan `{self.plan.id}` has no section `[priorities]`; add one, or read another plan")
        said: list[str] = self._inner.effort()
        return effort_listing(found, said, self._places(), self._credit())

    def to_polars(self) -> pl.DataFrame:
        """The findings as a polars frame, one row each; rates and gaps are fractions, paces fractions a year.

        Columns: ``target``, ``measure``, ``region``, ``sector``, ``period`` (of the figure), ``answer`` (``met``,
        ``not_met``, ``cannot_tell``, ``unset``), ``reason`` (why the figures cannot tell), ``judged_by`` (``interval``,
        ``point`` or ``nothing``), ``value``, ``low``, ``high`` (at the plan's level), ``level`` (that is asked for; for
        a change, baseline plus change), ``at_line`` (value and level are equal to the last digit), ``gap`` (level less
        value; positive is short of it), ``gap_low``, ``gap_high``, ``gap_workers`` (people or jobs), ``required_pace``
        (from the figure to the deadline), ``observed_pace`` (over the plan's window), ``path`` (``ahead``, ``behind``,
        ``cannot_tell``), ``status``, ``force`` and ``deadline`` of the target, ``cautions`` (a list of sentences).

        Returns
        -------
        polars.DataFrame
            An empty cell is not known, or does not apply.

        References
        ----------
        METHODS M5.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().to_polars()["answer"].value_counts().sort("answer").rows()
        [('met', 7), ('not_met', 20)]
        """
        rows: list[dict[str, Any]] = []
        for one in self._facts()["targets"]:
            target = one["target"]
            for f in one["findings"]:
                interval, gap, pace, path = (_part(f, name) for name in ("interval", "gap", "observed_pace", "path"))
                around = _part(gap, "interval")
                rows.append({
                    **{name: f.get(name) for name in SCHEMA},
                    "low": interval.get("low"), "high": interval.get("high"), "gap": gap.get("value"),
                    "gap_low": around.get("low"), "gap_high": around.get("high"), "gap_workers": gap.get("workers"),
                    "observed_pace": pace.get("per_year"), "path": path.get("answer"),
                    "status": target["status"], "force": target["force"], "deadline": target["deadline"],
                })  # fmt: skip
        return pl.DataFrame(rows, schema=SCHEMA)

    def __len__(self) -> int:
        return sum(self.counts.values())

    def _facts(self) -> dict[str, Any]:
        return json.loads(self._inner.facts())

    def _shown(self) -> Shown:
        frame = self.to_polars()
        # Figures without a sampling error have no interval; a column of nothing would say nothing.
        interval = [f"{self.plan.level * 100:g}% interval"] if frame["low"].is_not_null().any() else []
        headings = ["Target", "Region", "Sector", "Period", "Rate", *interval, "Level", "Gap", "Answer"]
        name = named(self._places().items())
        titles = {t.id: t.title for t in self.plan.targets}
        rows: list[list[str]] = [
            [
                titles[row["target"]], name(row["region"]), name(row["sector"]),
                row["period"] or "", percent(row["value"]) or "[x]",
                *["" if row["low"] is None else f"{percent(row['low'])} to {percent(row['high'])}" for _ in interval], percent(row["level"]), points(row["gap"]),
                ANSWERS[row["answer"]] + (f" ({row['reason'].replace('_', ' ')})" if row["reason"] else ""),
            ]
            for row in Shown.ends(frame).iter_rows(named=True)
        ]  # fmt: skip
        counted = ", ".join(f"{number} {ANSWERS[answer]}" for answer, number in self.counts.items() if number)
        said = f"{counted}." if counted else "No target is held against figures."
        notes = ["[x]: there is no figure."] if any("[x]" in row for row in rows) else []
        judged = set(frame["judged_by"].drop_nulls()) & {"interval", "point"}
        how = {
            "interval": f"Answers are judged by intervals at a confidence of {self.plan.level * 100:g}%",
            "point": "Where no sampling error is stated the figure alone decides" if len(judged) > 1 else "No sampling error is stated, so the figure alone decides",
        }  # fmt: skip
        notes += [f"{'. '.join(how[one] for one in sorted(judged))}. A gap is level minus rate, and a positive one is short."] if judged else []
        return Shown(self.plan.title, headings, rows, [said, *notes, self._credit()], ["Rate", *interval, "Level", "Gap"], len(self))

    def _credit(self) -> str:
        return credit(*(e.source for e in self._evidence))

    def _places(self) -> dict[str, str]:
        return together(*(names.items() for e in self._evidence for names in (e.regions, e.sectors)))

    def __reduce__(self) -> tuple[Callable[..., Findings], tuple[Any, ...]]:
        return _again, (self.plan, self._evidence)


def _part(of: dict[str, Any], name: str) -> dict[str, Any]:
    return of.get(name) or {}


def _again(plan: Plan, evidence: tuple[Estimates, ...]) -> Findings:
    return plan.assess(*evidence)
