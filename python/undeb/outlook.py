"""Where findings are heading: trend and projection held against the targets of a plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from undeb.listing import Listing
from undeb.showing import chance, hundredths, percent
from undeb.tables import Shown, Written, named

if TYPE_CHECKING:
    from undeb.findings import Findings

KEYS: dict[str, pl.DataType] = {
    "target": pl.String(), "measure": pl.String(), "region": pl.String(), "sector": pl.String(),
}  # fmt: skip

SCHEMA: dict[str, pl.DataType] = {
    **KEYS, "period": pl.String(), "goal": pl.Float64(), "deadline": pl.String(), "model": pl.String(), "value": pl.Float64(), "low": pl.Float64(),
    "high": pl.Float64(), "pace": pl.Float64(), "pace_low": pl.Float64(), "pace_high": pl.Float64(),
    "required_pace": pl.Float64(), "required_workers": pl.Float64(), "met_at": pl.Float64(), "met_by": pl.Float64(),
    "already": pl.Float64(), "early": pl.String(), "median": pl.String(), "late": pl.String(), "never": pl.Float64(),
    "within": pl.Int64(), "detectable": pl.Float64(), "told_from": pl.String(), "anchor": pl.Float64(), "missing": pl.String(),
}  # fmt: skip

FAN: dict[str, pl.DataType] = {
    **KEYS, "period": pl.String(), "median": pl.Float64(),
    **{f"{band}_{end}": pl.Float64() for band in ("half", "most", "whole", "figure") for end in ("low", "high")},
    "met_at": pl.Float64(), "met_by": pl.Float64(), "employees": pl.Float64(), "workers_needed": pl.Float64(),
}  # fmt: skip

MILESTONES: dict[str, pl.DataType] = {
    **KEYS, "period": pl.String(), "level": pl.Float64(), "standing": pl.String(), "probability": pl.Float64(),
}  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Outlook(Written):
    """Trend, pace and projection of each finding, held against its target; made by :meth:`Findings.outlook`."""

    _of: Findings
    _targets: str

    def to_polars(self) -> pl.DataFrame:
        """The outlook as a polars frame, one row for each finding; rates are fractions, paces fractions a year.

        Columns: ``target``, ``measure``, ``region``, ``sector``, ``period`` (of the last figure), ``goal``, ``deadline``,
        ``model``, ``value`` (the level of the trend then), ``low``, ``high``, ``pace``, ``pace_low``, ``pace_high``, ``required_pace``,
        ``required_workers`` (a year), ``met_at`` (probability at the deadline), ``met_by`` (by then), ``already`` (now),
        ``early``, ``median``, ``late`` (the periods by which 10, 50 and 90 per cent of simulated paths have met the goal;
        empty where that is later than ``within`` years), ``never`` (the share that has not by then), ``within``,
        ``detectable`` (the smallest change that could be told), ``told_from`` (first period in which
        the change that is asked for, or the rise that is needed from the newest figure, could be told), ``anchor`` (level of the
        trend in the baseline period, which the probabilities of a change are of), ``missing`` (why there is no trend or projection).

        Returns
        -------
        polars.DataFrame
            ``required_workers`` are people or jobs; an empty cell is not known, or does not apply.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("us-states-2030").assess().outlook().to_polars()["within"].drop_nulls().unique().to_list()
        [30]
        """
        rows: list[dict[str, Any]] = []
        for keys, finding, target, ahead in self._each():
            interval, pace, required, first = (_part(ahead, name) for name in ("interval", "pace", "required", "first_met"))
            around = _part(pace, "interval")
            rows.append({
                **keys, "period": finding["period"], "goal": finding["level"], "deadline": target["deadline"], "model": ahead["model"],
                "value": ahead["level"], "low": interval.get("low"), "high": interval.get("high"),
                "pace": pace.get("per_year"), "pace_low": around.get("low"), "pace_high": around.get("high"),
                "required_pace": required.get("per_year"), "required_workers": required.get("workers_per_year"),
                "met_at": ahead["met_at"], "met_by": ahead["met_by"],
                **{name: first.get(name) for name in ("already", "early", "median", "late", "never", "within")},
                "detectable": _part(ahead, "detectable").get("smallest"), "told_from": _told_from(ahead),
                "anchor": ahead["anchor"], "missing": ahead["missing"],
            })  # fmt: skip
        return pl.DataFrame(rows, schema=SCHEMA)

    def fan(self) -> Listing:
        """The periods to come of every projection: the median, and bands of a half, four fifths and the plan's level.

        ``figure_low`` and ``figure_high`` are for the figure that a survey as large as the last would give.

        Returns
        -------
        Listing
            ``target``, ``measure``, ``region``, ``sector``, ``period``, ``median``; ``half_``, ``most_``, ``whole_``
            and ``figure_`` with ``low`` and ``high``, fractions; ``met_at`` and ``met_by``, probabilities;
            ``employees`` and ``workers_needed``, people or jobs.

        Examples
        --------
        >>> import undeb as ub
        >>> fan = ub.Plan.read("us-states-2030").assess().outlook().fan().to_polars()
        >>> bool((fan["whole_low"] <= fan["half_low"]).all())
        True
        """
        rows: list[dict[str, Any]] = []
        for keys, _, _, ahead in self._each():
            for one in ahead["fan"]:
                bands = {f"{band}_{end}": one[band][end] for band in ("half", "most", "whole", "figure") for end in ("low", "high")}
                rows.append({**keys, **{name: one.get(name) for name in FAN if name in one}, **bands})
        ways = dict.fromkeys(("met_at", "met_by"), "chance") | dict.fromkeys(("median", *(name for name in FAN if name.endswith(("_low", "_high")))), "percent")
        ways |= dict.fromkeys(("employees", "workers_needed"), "count")
        return Listing("Projections", pl.DataFrame(rows, schema=FAN), ways, (self._of._credit(),), self._places())  # pyright: ignore[reportPrivateUsage]

    def milestones(self) -> Listing:
        """Milestones and deadlines: what is asked for then, and how the figures or the projection stand to it.

        Returns
        -------
        Listing
            ``target``, ``measure``, ``region``, ``sector``, ``period``, ``level`` (a fraction), ``standing``
            (``ahead``, ``on``, ``behind``, ``cannot_tell``) and ``probability`` (of one to come) (METHODS M23).

        Examples
        --------
        >>> import undeb as ub
        >>> asked = ub.Plan.read("us-states-2030").assess().outlook().milestones().to_polars()
        >>> set(asked["standing"]) <= {"ahead", "on", "behind", "cannot_tell"}
        True
        """
        rows = [{**keys, **one} for keys, _, _, ahead in self._each() for one in ahead["milestones"]]
        ways = {"level": "percent", "probability": "chance"}
        return Listing("Milestones", pl.DataFrame(rows, schema=MILESTONES), ways, (self._of._credit(),), self._places())  # pyright: ignore[reportPrivateUsage]

    def _places(self) -> dict[str, str]:
        return self._of._places()  # pyright: ignore[reportPrivateUsage]

    @property
    def reasons(self) -> dict[str, list[str]]:
        """For each finding in words why its model was chosen, and what was assumed.

        Examples
        --------
        >>> import undeb as ub
        >>> len(ub.Plan.read("us-states-2030").assess().outlook().reasons) > 0
        True
        """
        return {" ".join(keys.values()): ahead["reasons"] for keys, _, _, ahead in self._each() if ahead["reasons"]}

    def _each(self) -> Iterator[tuple[dict[str, str], dict[str, Any], dict[str, Any], dict[str, Any]]]:
        """Keys, finding, target and outlook of every finding that has one."""
        for one in json.loads(self._targets):
            for finding in one["findings"]:
                if finding["outlook"]:
                    yield {name: finding[name] for name in KEYS}, finding, one["target"], finding["outlook"]

    def _shown(self) -> Shown:
        frame, name = self.to_polars(), named(self._places().items())
        titles = {t.id: t.title for t in self._of.plan.targets}
        rows: list[list[str]] = []
        for row in Shown.ends(frame).iter_rows(named=True):
            pace = hundredths(row["pace"]).removesuffix(" points")
            needed = row["required_pace"]
            # Above the level nothing is needed.
            required = "" if needed is None else hundredths(needed).removesuffix(" points") if needed > 0 else "none"
            when = "" if row["within"] is None else row["median"] or f"after {row['within']} years or never"
            when = f"already in {when}" if when and when == row["period"] else when
            rows.append([
                titles[row["target"]], name(row["region"]), name(row["sector"]), percent(row["value"]), pace, required,
                row["deadline"] or "", chance(row["met_at"]), when, row["missing"] or "",
            ])  # fmt: skip
        headings = [
            "Target", "Region", "Sector", "Trend", "Points a year", "Needed a year", "Deadline", "Met then", "Met by half of the paths", "Missing",
        ]  # fmt: skip
        if not any(row[-1] for row in rows):
            headings, rows = headings[:-1], [row[:-1] for row in rows]
        note = "A projection carries the trend on; it is no forecast of what anybody will do."
        return Shown(f"Outlook: {self._of.plan.title}", headings, rows, [note, self._of._credit()], ["Trend", "Points a year", "Needed a year", "Met then"], frame.height)

    def __reduce__(self) -> tuple[Callable[..., Outlook], tuple[Any, ...]]:
        return _again, (self._of,)


def _told_from(ahead: dict[str, Any]) -> str | None:
    """Where no change from the baseline is asked for, the rise that is needed from the newest figure."""
    for of in (_part(ahead, "detectable"), _part(ahead, "rise")):
        if abs(of.get("asked", 0.0)) >= 5e-4:
            return of["path_from"]
    return None


def _part(of: dict[str, Any], name: str) -> dict[str, Any]:
    return of.get(name) or {}


def _again(of: Findings) -> Outlook:
    return of.outlook()
