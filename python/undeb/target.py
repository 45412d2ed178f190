"""Targets of a plan, and how they are written in a plan file."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

from undeb.errors import PlanError
from undeb.vocabulary import as_period, freeze, optional, real, shown, words
from undeb.vocabulary import text as as_text

Status: TypeAlias = Literal["statutory", "adopted", "pledged", "proposed", "illustrative"]
"""Who stands behind a target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One target of a plan, for one or many cells. Exactly one of ``level``, ``change`` and ``unset`` is given.

    Parameters
    ----------
    id, title
        Name within the plan, and title in full.
    measure
        What is measured, an :class:`undeb.Measure`.
    region, sector
        A code, several, or ``"each"``.
    level
        The rate to be reached, as a fraction: 0.3 is 30 %.
    change
        The change from the baseline to be reached, as a fraction: 0.05 is five points.
    unset
        What was said in place of a number.
    status
        Who stands behind it: statutory, adopted, pledged, proposed, illustrative.
    force
        ``target`` or ``trigger``: whether the level is to be reached, or a duty arises below it.
    baseline, deadline
        Periods that changes start from, and by which the level is to be reached.
    source
        Source of the evidence; that of the plan when left out.
    proposer, reference, url, note
        Who said it, where it is written (title of the document, and address), and what a reader must know.
    path
        Shape of the way from the baseline: ``linear`` in points, or ``logit``.
    milestones
        Promised values on the way, each as ``{"period": 2027, "level": 0.2}`` or with a ``change`` from the baseline.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.Target(id="half", title="Half covered", measure="coverage", region="US", level=0.5, status="illustrative").level
    0.5
    """

    id: str
    title: str
    measure: str
    region: str | Sequence[str]
    status: Status
    sector: str | Sequence[str] = "all"
    level: float | None = None
    change: float | None = None
    unset: str | None = None
    force: Literal["target", "trigger"] = "target"
    baseline: str | int | None = None
    deadline: str | int | None = None
    source: str | None = None
    proposer: str | None = None
    note: str | None = None
    reference: str | None = None
    url: str | None = None
    path: Literal["linear", "logit"] = "linear"
    milestones: Sequence[Mapping[str, Any]] = field(default=(), hash=False)

    def __post_init__(self) -> None:
        freeze(self, "region", "sector", "milestones")

    @staticmethod
    def _of(facts: Mapping[str, Any]) -> Target:
        """A target as the compiled half tells it."""
        ((kind, value),) = facts["level"].items()
        written: dict[str, Any] = facts["reference"] or {}
        alike = {name: facts[name] for name in ("id", "title", "measure", "status", "force", "baseline", "deadline", "proposer", "note", "path")}
        steps = [{name: v for name, v in step.items() if v is not None} for step in facts["milestones"]]
        return Target(
            **alike, region=tuple(facts["regions"]), sector=tuple(facts["sectors"]), source=facts["source"] or "none",
            reference=written.get("title"), url=written.get("url"), milestones=tuple(steps),
            **{"level" if kind == "fixed" else kind: value},
        )  # fmt: skip

    def _lines(self) -> list[str]:
        """The target as a plan file has it."""
        of = f"` of the target `{self.id}"
        own = ("path", "milestones", "reference", "url")
        lines = key_lines({name: getattr(self, name) for name in Target.__dataclass_fields__ if name not in own}, of)
        if self.path != "linear":
            lines.append(f"path = {toml_value('path' + of, self.path)}")
        if self.url is not None and self.reference is None:
            raise PlanError(f"the target `{self.id}` has a `url` and no `reference`; give the title of the document too")
        if self.reference is not None:
            written = {"title": as_text("reference" + of, self.reference), "url": optional(as_text, "url" + of, self.url)}
            lines.append(f"reference = {toml_value('reference' + of, {name: v for name, v in written.items() if v is not None})}")
        steps = in_list("milestones" + of, self.milestones, 'a list of dictionaries such as {"period": 2027, "level": 0.2}')
        if steps:
            lines.append(f"milestones = {toml_value('milestones' + of, [_step(step, of) for step in steps])}")
        return lines


def must_be_targets(targets: list[Target]) -> None:
    for target in targets:
        if not isinstance(target, Target):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise PlanError(f"a plan takes targets, not {type(target).__name__}; make one with undeb.Target(...)")
        numbers = [name for name in ("level", "change", "unset") if getattr(target, name) is not None]
        if len(numbers) != 1:
            given = " and ".join(numbers) or "none of them"
            raise PlanError(f"the target `{target.id}` has {given}; give exactly one of level, change and unset")


def in_list(name: str, given: Any, how: str) -> list[Any]:
    """What stands in a list, or an error that shows one."""
    single: bool = isinstance(given, (str, bytes, Mapping, Target))
    try:
        # A numpy array without a dimension says that it can be gone through, and cannot.
        if not single:
            return list(given)
    except TypeError:
        pass
    raise PlanError(f"`{name}` is {shown(given)}; write {how}")


def section_lines(name: str, given: Any) -> list[str]:
    """The keys of a section as a plan file has them."""
    if not isinstance(given, Mapping):
        raise PlanError(f"`{name}` is {given!r}; a dictionary of the keys of this section was expected")
    entries = cast("Mapping[Any, Any]", given)
    return [f"{json.dumps(as_text(name, key))} = {toml_value(f'{name}.{key}', value)}" for key, value in entries.items() if value is not None]


def _step(given: Any, of: str) -> dict[str, Any]:
    """A milestone as a plan file has it."""
    if not isinstance(given, Mapping):
        raise PlanError(f"`milestones{of}` holds {shown(given)}; a dictionary such as {{\"period\": 2027, \"level\": 0.2}} was expected")
    step = cast("Mapping[str, Any]", given)
    return {name: as_period("period" + of, v) if name == "period" else v for name, v in step.items()}


def toml_value(name: str, value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, datetime.date):
        return json.dumps(f"{value:%Y-%m-%d}")
    if isinstance(value, Mapping):
        entries = cast("Mapping[Any, Any]", value)
        return "{ " + ", ".join(f"{json.dumps(as_text(name, k))} = {toml_value(name, v)}" for k, v in entries.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(name, v) for v in cast("list[Any]", value)) + "]"
    if isinstance(value, (str, bool, int)) or isinstance(value, float) and math.isfinite(value):
        return json.dumps(value, ensure_ascii=False)
    raise PlanError(f"`{name}` is {value!r}; a text, a number, true or false, a day, a list or a dictionary was expected")


def key_lines(values: dict[str, Any], of: str = "") -> list[str]:
    # JSON texts, numbers and lists are TOML ones too; periods of whole years are texts there.
    lines: list[str] = []
    for name, value in values.items():
        if value is None and name not in ("id", "title", "measure", "status"):
            continue
        if name in ("baseline", "deadline"):
            value = as_period(name + of, value)
        elif name in ("level", "change", "design_effect"):
            value = real(name + of, value)
            if not math.isfinite(value):
                raise PlanError(f"`{name}{of}` is {value}; a fraction was expected, 0.30 for 30 %")
        elif name in ("region", "sector", "measures", "regions", "sectors"):
            value = words(name + of, value)
            if not value:
                continue
        else:
            value = as_text(name + of, value)
            if not value.strip() and name in ("id", "title"):
                raise PlanError(f"`{name}{of}` is empty; every plan and every target needs one")
        lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    return lines
