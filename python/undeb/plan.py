"""Plans of targets: read from a file, taken from the package, or built in Python."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from undeb import _undeb
from undeb.errors import PlanError, UndebError
from undeb.files import place
from undeb.showing import percent, points
from undeb.tables import Shown, Table, named
from undeb.target import Target, in_list, key_lines, must_be_targets, section_lines
from undeb.vocabulary import checked, made, optional, path_of, real, words
from undeb.vocabulary import text as as_text

if TYPE_CHECKING:
    from undeb.estimates import Estimates
    from undeb.findings import Findings


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Plan(Table):
    """Targets and actions, checked against what the sources offer.

    Read one with :meth:`Plan.read`, or build one with :meth:`Plan.of`.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.Plan.read("eu-80").to_polars().select("measure", "level", "force").rows()
    [('adjusted_coverage', 0.8, 'trigger')]
    """

    _inner: _undeb.Plan
    _text: str
    _name: str
    _folder: str | None = field(default=None)

    @staticmethod
    def read(plan: str | os.PathLike[str]) -> Plan:
        """Reads a plan: a TOML file, or by name one of :func:`undeb.plans`.

        Parameters
        ----------
        plan
            A name such as ``eu-80``, or the path of a file; a registry or rule set of its own is looked for beside the
            file.

        Returns
        -------
        Plan
            The plan, checked against what its sources offer.

        Raises
        ------
        PlanError
            The name is not known, or the file is not a plan; the message points at line and column.
        UndebError
            The file cannot be read.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").level
        0.95
        """
        path = path_of("plan", plan, "the name of a plan, or the path of a file,")
        try:
            if path.suffix != ".toml" and not path.is_file():
                name = str(path)
                text = _undeb.plan_text(name)
                return Plan(_undeb.Plan.from_toml(f"{name}.toml", text, None), text, f"{name}.toml")
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise PlanError(f"{path} is not UTF-8 text; save the plan as UTF-8") from None
        except OSError as error:
            names = ", ".join(_undeb.plan_names())
            raise UndebError(f"cannot read the plan {path}: {error.strerror}; give a file, or one of {names}") from None
        folder = str(path.parent)
        return Plan(_undeb.Plan.from_toml(str(path), text, folder), text, str(path), folder)

    @staticmethod
    def from_toml(text: str) -> Plan:
        """A plan from its text.

        Parameters
        ----------
        text
            TOML as in a plan file, such as :meth:`to_toml` gives.

        Returns
        -------
        Plan
            The plan, checked against what its sources offer.

        Raises
        ------
        PlanError
            The text is not a plan; the message points at line and column.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.from_toml(ub.Plan.read("eu-80").to_toml()).id
        'eu-80'
        """
        given = as_text("text", text)
        return Plan(_undeb.Plan.from_toml("the plan", given, None), given, "the plan")

    @staticmethod
    def of(
        id: str,
        title: str,
        *,
        source: str,
        targets: Iterable[Target],
        measures: str | Iterable[str] = (),
        regions: str | Iterable[str] | None = None,
        sectors: str | Iterable[str] | None = None,
        level: float = 0.95,
        quality: str = "ons-2025",
        summary: str | None = None,
        design_effect: float | None = None,
        reason: str | None = None,
        actions: Iterable[Mapping[str, Any]] = (),
        trend: Mapping[str, Any] | None = None,
        projection: Mapping[str, Any] | None = None,
        decomposition: Mapping[str, Any] | None = None,
        priorities: Mapping[str, Any] | None = None,
    ) -> Plan:
        """A plan built in Python.

        Parameters
        ----------
        id, title, summary
            Short name, title of the report, and what the plan is.
        source
            Source of the figures, one of :func:`undeb.data`.
        targets
            The targets.
        measures, regions, sectors
            What the report carries besides; all regions and sectors when left out.
        level
            Confidence level.
        quality
            Rule set of the report.
        design_effect, reason
            An assumed design effect where the publisher states no error, and why.
        actions
            What is to be done, each as ``{"id": ..., "action": ..., "owner": ..., "due": ..., "state": ..., "targets": [...]}``.
        trend, projection, decomposition, priorities
            How to look ahead, back and around, with the keys of these sections in a plan file; an empty dictionary asks for
            the outlook as it comes.

        Returns
        -------
        Plan
            The plan, checked against what its sources offer.

        Raises
        ------
        PlanError
            A target has no number or two, an id is there twice, two targets of one cell ask for different levels at
            once, or a name is not known.
        DataError
            The confidence level is not between 0 and 1.

        Examples
        --------
        >>> import undeb as ub
        >>> half = ub.Target(id="half", title="Half", measure="coverage", region="US", level=0.5, status="illustrative")
        >>> plan = ub.Plan.of("us-half", "Half of all covered", source="us-states", targets=[half])
        >>> ub.data("us-states").assess(plan).counts["not_met"]
        1

        With an outlook, of which the target needs a deadline:

        >>> soon = ub.Target(
        ...     id="soon", title="A tenth", measure="coverage", region="CA", sector="private", level=0.1, deadline=2030,
        ...     status="illustrative",
        ... )
        >>> ahead = ub.Plan.of("ca", "A tenth in California", source="us-states", targets=[soon], design_effect=1.5, projection={})
        >>> 0 < ahead.assess().outlook().to_polars()["met_at"][0] < 1
        True
        """
        how = "a list of undeb.Target(...)"
        listed = in_list("targets", targets, how)
        must_be_targets(listed)
        head: dict[str, Any] = {
            "id": id, "title": title, "summary": summary, "source": source, "measures": words("measures", measures),
            "regions": optional(words, "regions", regions),
            "sectors": optional(words, "sectors", sectors),
            "level": checked(level), "quality": quality,
        }  # fmt: skip
        lines = ["[plan]", *key_lines(head)]
        if design_effect is not None or reason is not None:
            deff = optional(real, "design_effect", design_effect)
            lines += ["", "[plan.assumptions]", *key_lines({"design_effect": deff, "reason": reason})]
        for target in listed:
            lines += ["", "[[target]]", *target._lines()]  # pyright: ignore[reportPrivateUsage]
        for action in in_list("actions", actions, 'a list of dictionaries such as {"id": "a", "action": "..."}'):
            lines += ["", "[[action]]", *section_lines("action", action)]
        sections = {"trend": trend, "projection": projection, "decomposition": decomposition, "priorities": priorities}
        for name, section in sections.items():
            if section is not None:
                lines += ["", f"[{name}]", *section_lines(name, section)]
        try:
            return Plan.from_toml("\n".join(lines) + "\n")
        except PlanError as error:
            raise PlanError(_placed(str(error), lines)) from None

    def assess(self, *evidence: Estimates) -> Findings:
        r"""Holds evidence against the plan; that of its own sources when none is given.

        .. math:: d = v - l, \quad d_{low} \ge 0 \text{: met}, \quad d_{high} < 0 \text{: not met}

        with :math:`v` the newest figure of a cell and :math:`l` the level that the target asks of it, both fractions,
        and :math:`d_{low}`, :math:`d_{high}` the interval of their difference at the plan's level; otherwise the
        figures cannot tell. Where no error is stated, the difference itself decides.

        Parameters
        ----------
        *evidence
            Estimates of every source that the targets ask of, in any order; others are not looked at.

        Returns
        -------
        Findings
            One row for each target and cell.

        Raises
        ------
        PlanError
            The estimates of a source are not there, or a change leads to a rate that is no share.
        DataError, DefinitionError
            The estimates lack what the plan's ``[priorities]`` or ``[decomposition]`` asks for.
        UndebError
            Without evidence: what :meth:`evidence` raises.

        References
        ----------
        METHODS M5.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().counts["met"]
        7
        """
        from undeb.estimates import Estimates
        from undeb.findings import Findings

        how = "the estimates one after the other, as in plan.assess(us, uk)"
        found = tuple(made(Estimates, "evidence", e, how) for e in evidence) or self.evidence()
        inner = [e._inner for e in found]  # pyright: ignore[reportPrivateUsage]
        return Findings(self._inner.assess(inner), self, tuple(found))

    def evidence(self) -> tuple[Estimates, ...]:
        """The estimates that the plan asks for, from its own sources.

        Returns
        -------
        tuple of Estimates
            One for each source, with the measures of the plan and its targets; rates are fractions.

        Raises
        ------
        DataError
            A table breaks a promise of its registry entry.
        UndebError
            A table of the plan's own registry cannot be read.

        Examples
        --------
        >>> import undeb as ub
        >>> [len(estimates) for estimates in ub.Plan.read("eu-80").evidence()]
        [1044]
        """
        from undeb.estimates import Estimates

        return tuple(Estimates(inner, _made=(_gathered, self, i)) for i, inner in enumerate(self._inner.gather()))

    def to_toml(self) -> str:
        """The plan as it is written in a file.

        Returns
        -------
        str
            The TOML text that the plan was made from.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").to_toml().splitlines()[0]
        '[plan]'
        """
        return self._text

    def to_polars(self) -> pl.DataFrame:
        """The targets as a polars frame, one row each; levels and changes are fractions.

        Columns: ``id``, ``title``, ``measure``, ``regions`` and ``sectors`` (lists of codes), ``level`` (the rate to be
        reached), ``change`` (from the baseline), ``unset`` (what was said in place of a number; one of the three is
        given), ``baseline`` and ``deadline`` (periods), ``status`` (who stands behind it), ``force`` (``target`` or
        ``trigger``), ``source``.

        Returns
        -------
        polars.DataFrame
            An empty cell was not stated.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").to_polars()["level"].to_list()
        [0.8]
        """
        schema = {
            "id": pl.String, "title": pl.String, "measure": pl.String, "regions": pl.List(pl.String),
            "sectors": pl.List(pl.String), "level": pl.Float64, "change": pl.Float64, "unset": pl.String,
            "baseline": pl.String, "deadline": pl.String, "status": pl.String, "force": pl.String, "source": pl.String,
        }  # fmt: skip
        names = {"fixed": "level", "change": "change", "unset": "unset"}
        rows: list[dict[str, Any]] = []
        for target in self._facts()["targets"]:
            ((kind, value),) = target["level"].items()
            rows.append({**{name: target.get(name) for name in schema}, "level": None, names[kind]: value})
        return pl.DataFrame(rows, schema=schema)

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Writes the plan as a TOML file.

        Parameters
        ----------
        path
            A file ending in ``.toml``.
        overwrite
            Replace a file that is there.

        Returns
        -------
        pathlib.Path
            The file, whole or not at all.

        Raises
        ------
        SchemaError
            The ending is not known.
        UndebError
            There is such a file already and ``overwrite`` is false, or it cannot be written.

        Examples
        --------
        >>> import tempfile, undeb as ub
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ub.Plan.read(ub.Plan.read("eu-80").write(folder + "/mine.toml")).id
        'eu-80'
        """
        return place(path, overwrite, "kind of plan file", [".toml"], lambda aside, _: aside.write_text(self._text, encoding="utf-8"))

    @property
    def id(self) -> str:
        """Short name.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").id
        'eu-80'
        """
        return self._facts()["id"]

    @property
    def title(self) -> str:
        """Title of the report.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").title
        'The 80 per cent threshold of the EU directive on adequate minimum wages'
        """
        return self._facts()["title"]

    @property
    def level(self) -> float:
        """Confidence level.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").level
        0.95
        """
        return self._facts()["level"]

    @property
    def targets(self) -> list[Target]:
        """The targets, as :meth:`Plan.of` takes them: with the codes that they name and the source that they ask of.

        Examples
        --------
        >>> from dataclasses import replace
        >>> import undeb as ub
        >>> (line,) = ub.Plan.read("eu-80").targets
        >>> line.id, line.level, len(line.region)
        ('coverage-80', 0.8, 27)
        >>> lower = replace(line, level=0.7, status="illustrative", force="target", title="70 per cent (illustrative)")
        >>> ub.Plan.of("eu-70", "Lower", source="eu27", targets=[lower]).assess().counts["met"]
        10
        """
        return [Target._of(facts) for facts in self._facts()["targets"]]  # pyright: ignore[reportPrivateUsage]

    @property
    def actions(self) -> list[dict[str, Any]]:
        """The actions, as dictionaries.

        Examples
        --------
        >>> import undeb as ub
        >>> first = ub.Plan.read("gov-skills-2008").actions[0]
        >>> first["action"], first["due"], first["owner"]
        ('Produce an updated model learning agreement', '2008-10-31', 'Government Skills')
        """
        return self._facts()["actions"]

    def _facts(self) -> dict[str, Any]:
        return json.loads(self._inner.facts())

    def _shown(self) -> Shown:
        facts, place = self._facts(), named(self._inner.names())
        rows: list[list[str]] = []
        for row in self.to_polars().iter_rows(named=True):
            since = f" on {row['baseline']}" if row["baseline"] else ""
            asked = percent(row["level"]) or (points(row["change"]) + since if row["change"] is not None else row["unset"])
            cells = [_several([place(code) for code in row[key]], key) for key in ("regions", "sectors")]
            rows.append([row["title"], row["measure"], *cells, asked, row["deadline"] or "", row["status"]])
        headings = ["Target", "Measure", "Regions", "Sectors", "Level", "Deadline", "Status"]
        notes = [facts["summary"]] if facts["summary"] else []
        actions = len(facts["actions"])
        return Shown(facts["title"], headings, rows, [*notes, f"Source: {facts['source']}. Actions: {actions}."])

    def __reduce__(self) -> tuple[Callable[..., Plan], tuple[Any, ...]]:
        return _again, (self._text, self._name, self._folder)


def _again(text: str, name: str, folder: str | None) -> Plan:
    inner = _undeb.Plan.from_toml(name, text, None if folder is None else Path(folder))
    return Plan(inner, text, name, folder)


def _gathered(plan: Plan, at: int) -> Estimates:
    return plan.evidence()[at]


def _several(names: list[str], what: str) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{len(names)} {what}"


def _placed(message: str, lines: list[str]) -> str:
    """A message of a plan that was built: the target and the option in place of line and column of a text nobody wrote."""
    found = re.match(r"the plan:(\d+):\d+: ", message)
    if found is None:
        return message
    at = min(int(found[1]), len(lines)) - 1
    start = max(i for i in range(at + 1) if lines[i].startswith("[") or i == 0)
    section = lines[start].strip("[]")
    named = (line.split(" = ", 1)[1].strip('"') for line in lines[start + 1 : at + 20] if line.startswith("id = "))
    owner = "the plan" if section == "plan" else f"the {section} `{next(named, '')}`" if section in ("target", "action") else f"`{section}`"
    option = lines[at].split(" = ", 1)[0].strip('"')
    where = f"{owner}, `{option}`" if " = " in lines[at] else owner
    return f"{where}: {message[found.end():]}"
