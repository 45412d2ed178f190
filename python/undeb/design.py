"""What is said of a sampling design beside the columns of strata and PSUs: replicate weights, stages, known totals, pay."""

from __future__ import annotations

import json
import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

from undeb.errors import DataError, DesignError, choices
from undeb.frames import Frame
from undeb.vocabulary import flag, freeze, known, made, optional, real, several, text, whole, words

LonelyPsu: TypeAlias = Literal["fail", "remove", "adjust", "average"]
"""What a stratum with a single PSU contributes; names and meaning as in R ``survey``."""

BREAKDOWNS = ("period", "region", "sector", "industry")
"""Breakdowns that records may have without a column of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """Replicate weights, in columns of the records or made from strata and PSUs; errors then come from them alone.

    Parameters
    ----------
    columns
        Names in the order of the replicates; ``*`` stands for the number of a replicate, as in ``PWSSWGT*``. When left
        out, replicates are made: ``jk1``, ``jkn``, ``brr``, ``fay`` or ``bootstrap``.
    kind
        How they were made: ``brr``, ``fay``, ``jk1``, ``jkn``, ``jk2``, ``bootstrap``, ``sdr`` or ``custom``.
    rho
        Fay's factor, for ``fay``.
    scale, rscales
        What all squared distances, and each of them, are multiplied by; those of the kind when left out.
    mse
        Distances are those from the full-sample figure; as is usual for the kind when left out.
    df
        Degrees of freedom; the rank of the weights less 1 when left out.
    factors
        The columns multiply the weight, and are no weights themselves.
    count, seed
        Number of bootstrap samples that are made, and the seed that draws them.

    References
    ----------
    METHODS M10.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.Replicates(columns="repwt*", kind="sdr").kind
    'sdr'
    """

    columns: str | Sequence[str] = ()
    kind: Literal["brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "sdr", "custom"]
    rho: float | None = None
    scale: float | None = None
    rscales: Sequence[float] | None = None
    mse: bool | None = None
    df: float | None = None
    factors: bool = False
    count: int | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        freeze(self, "columns", "rscales")

    def _given(self) -> dict[str, str | None]:
        """The two roles of which one is taken."""
        names = ["rho", "scale", "mse", "df"] if self.columns else ["rho", "mse", "count", "seed"]
        for name in () if self.columns else ("scale", "rscales", "df"):
            if getattr(self, name) is not None:
                raise DesignError(f"`{name}` is said of replicate weights in columns; those that are made have that of their kind")
        kinds: dict[str, Callable[[str, Any], Any]] = {"mse": flag, "count": whole, "seed": whole}
        given: dict[str, Any] = {name: optional(kinds.get(name, real), name, getattr(self, name)) for name in names}
        given["kind"] = text("kind", self.kind)
        if not self.columns:
            return {"replicates": None, "made_replicates": json.dumps(given)}
        rscales = optional(partial(several, real), "rscales", self.rscales)
        given |= {"columns": words("columns", self.columns), "rscales": rscales, "factors": flag("factors", self.factors)}
        return {"replicates": json.dumps(given), "made_replicates": None}

    def _found(self, frame: Frame) -> list[str]:
        """The columns of the frame that are named, patterns resolved."""
        found: list[str] = []
        for pattern in words("columns", self.columns):
            before, star, after = pattern.partition("*")
            long = len(before) + len(after)
            fits = [n for n in frame.names if star and len(n) > long and n.startswith(before) and n.endswith(after)]
            if star and not fits:
                raise DataError(f"no column fits `{pattern}` for replicates; {choices(pattern, frame.names)}")
            found += fits or [pattern]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStage:
    """Units drawn within PSUs (METHODS M10).

    Parameters
    ----------
    unit
        Column of the units; their numbers may repeat between PSUs.
    strata
        Column of the strata within PSUs.
    fpc
        Column of the units in the population of the PSU, or of the share of them that was sampled.
    remove_lonely
        A single unit in a PSU adds nothing, in place of being an error.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.SecondStage(unit="household").unit
    'household'
    """

    unit: str
    strata: str | None = None
    fpc: str | None = None
    remove_lonely: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTotals:
    """Known totals of the population that the weights are calibrated to (METHODS M11).

    Parameters
    ----------
    totals
        For each variable the number of people with each code, or one sum. Two variables joined by a colon are one margin
        of all combinations.
    method
        ``linear``, ``raking``, ``logit`` or ``bounded-linear``; a single margin needs none.
    bounds
        Smallest and largest factor of a weight.

    Examples
    --------
    >>> import undeb as ub
    >>> known = ub.KnownTotals(totals={"sex": {"f": 1500, "m": 1500}})
    >>> records = ub.synthetic_records()
    >>> survey = ub.survey(records, member="member", weight="weight", strata="stratum", psu="psu", known_totals=known)
    >>> len(survey.estimate())
    1
    """

    totals: Mapping[str, float | Mapping[str, float]]
    method: Literal["linear", "raking", "logit", "bounded-linear"] | None = None
    bounds: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        # What the caller does to a dictionary later does not reach this one.
        if isinstance(self.totals, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            kept = {name: dict(known) if isinstance(known, Mapping) else known for name, known in self.totals.items()}
            object.__setattr__(self, "totals", kept)

    def _margins(self) -> Mapping[str, float | Mapping[str, float]]:
        """The totals by variable, or an error that shows how they are written."""
        if not isinstance(self.totals, Mapping) or not self.totals:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DesignError(f"`totals` is {self.totals!r}; write totals by variable, as in {TOTALS}")
        return {text("variable of the totals", variable): known for variable, known in self.totals.items()}

    def _given(self) -> str:
        listed: list[dict[str, Any]] = []
        for variable, known in self._margins().items():
            if isinstance(known, Mapping):
                listed += [
                    {"variable": variable, "code": _code(variable, code), "total": _total(variable, total)}
                    for code, total in known.items()
                ]
            else:
                listed.append({"variable": variable, "total": _total(variable, known)})
        bounds = optional(partial(several, real), "bounds", self.bounds)
        if bounds is not None and len(bounds) != 2:
            raise DesignError(f"`bounds` is {self.bounds!r}; the smallest and the largest factor of a weight were expected")
        return json.dumps({"method": optional(text, "method", self.method), "bounds": bounds, "total": listed})


def _code(variable: str, code: object) -> str | int:
    """A code as a column holds it: a text or a whole number, those of numpy too."""
    if isinstance(code, str):
        return text(f"code of {variable}", code)
    if not isinstance(code, bool) and isinstance(code, numbers.Integral):
        return int(code)
    raise DesignError(f"`{variable}` has the code {code!r}; a text or a whole number was expected")


def _total(variable: str, total: object) -> float:
    """A known total: a number of people, not negative and not infinite."""
    number = real(f"total of {variable}", total)
    if not math.isfinite(number):
        raise DesignError(f"the total of `{variable}` is {number}; a number of people was expected")
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """What people are paid, for means and gaps of pay; see :meth:`Survey.quantities`.

    Parameters
    ----------
    amount
        Column of the amount, a number from 0 up; an empty cell is not known.
    unit
        Currency and time, such as ``GBP an hour``; it stands beside every figure.
    missing
        Values that stand for an answer that is not known, such as -9.
    weight
        Columns of weights for pay, the first that is there; the weights of everything else when left out.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.Pay(amount="wage", unit="GBP an hour").unit
    'GBP an hour'
    """

    amount: str
    unit: str
    missing: Sequence[float] = ()
    weight: str | Sequence[str] = ()

    def __post_init__(self) -> None:
        freeze(self, "missing", "weight")

    def _given(self) -> str:
        return json.dumps({
            "amount": text("amount", self.amount), "unit": text("unit", self.unit),
            "missing": several(real, "missing", self.missing), "weight": words("weight", self.weight),
        })  # fmt: skip


REPLICATES = 'undeb.Replicates(columns="repwt*", kind="sdr")'
TOTALS = 'undeb.KnownTotals(totals={"sex": {"f": 1500, "m": 1500}})'

DESIGN = ("lonely_psu", "replicates", "known_totals", "design_effect")
"""Options of a design that any records take, those of a codebook too."""


def design_options(
    lonely_psu: str, replicates: Replicates | None, known_totals: KnownTotals | None, design_effect: float | None
) -> dict[str, Any]:
    """What a user says of the design beside columns, as it is kept for making the records again."""
    known(lonely_psu, "rule for lonely PSUs", ["fail", "remove", "adjust", "average"])
    return {
        "lonely_psu": lonely_psu,
        "replicates": optional(partial(made, Replicates, how=REPLICATES), "replicates", replicates),
        "known_totals": optional(partial(made, KnownTotals, how=TOTALS), "known_totals", known_totals),
        "design_effect": optional(real, "design_effect", design_effect),
    }  # fmt: skip


def given_design(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a design as the compiled half takes them."""
    replicates: Replicates | None = options["replicates"]
    totals: KnownTotals | None = options["known_totals"]
    weights = {"replicates": None, "made_replicates": None} if replicates is None else replicates._given()  # pyright: ignore[reportPrivateUsage]
    return {**options, **weights, "known_totals": None if totals is None else totals._given()}  # pyright: ignore[reportPrivateUsage]


def design_columns(frame: Frame, options: dict[str, Any]) -> list[tuple[str, str]]:
    """The columns that the options of a design name, each with what it is for."""
    replicates: Replicates | None = options["replicates"]
    totals: KnownTotals | None = options["known_totals"]
    needed: list[tuple[str, str]] = []
    if replicates is not None:
        needed += [(name, "replicates") for name in replicates._found(frame)]  # pyright: ignore[reportPrivateUsage]
    if totals is not None:
        # A variable may be a breakdown of the records in place of a column.
        variables = {name for variable in totals._margins() for name in variable.split(":")}
        needed += [(name, "known_totals") for name in sorted(variables) if name not in BREAKDOWNS or name in frame.names]
    return needed


def stage(second: SecondStage | None) -> tuple[str | None, list[tuple[str, str]]]:
    """A second stage as the compiled half takes it, and its columns."""
    if second is None:
        return None, []
    made(SecondStage, "second_stage", second, 'undeb.SecondStage(unit="household")')
    given = {
        "unit": text("unit", second.unit), "strata": optional(text, "strata", second.strata),
        "fpc": optional(text, "fpc", second.fpc), "remove_lonely": flag("remove_lonely", second.remove_lonely),
    }  # fmt: skip
    return json.dumps(given), [(name, "second_stage") for name in given.values() if isinstance(name, str)]


def pay_column(pay: Pay | None, frame: Frame) -> tuple[str | None, list[tuple[str, str]]]:
    """Pay as the compiled half takes it, and its columns; of several weights those that are there."""
    if pay is None:
        return None, []
    made(Pay, "pay", pay, 'undeb.Pay(amount="wage", unit="GBP an hour")')
    named = words("weight", pay.weight)
    weights = [name for name in named if name in frame.names]
    if named and not weights:
        raise DataError(f"there is no column `{named[0]}` for the weight of pay; {choices(named[0], frame.names)}")
    return pay._given(), [(pay.amount, "pay"), *((name, "weight of pay") for name in weights)]  # pyright: ignore[reportPrivateUsage]
