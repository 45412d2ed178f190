"""The words that the verbs take, as enumerations for completion; plain strings do as well."""

from __future__ import annotations

import numbers
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum, EnumMeta
from pathlib import Path
from typing import Any, TypeVar, cast

import polars as pl

from undeb.errors import DataError, SchemaError, choices


class _Members(EnumMeta):
    """Completion and ``help`` show the members, not what every text can do."""

    def __dir__(cls) -> list[str]:
        return ["__doc__", "__module__", *cls.__members__]


class _Word(str, Enum, metaclass=_Members):
    """A word out of a few."""

    __str__ = str.__str__


class Measure(_Word):
    """What a rate measures. They are different measures, never options of one another.

    Attributes
    ----------
    DENSITY
        Union members among employees.
    COVERAGE
        Employees whose pay or conditions are set by a collective agreement, among all employees.
    ADJUSTED_COVERAGE
        Covered employees among those with the right to bargain.
    PAY_SET
        Employees whose pay is set with reference to a collective agreement, as employers report it.
    COVERED_NONMEMBERS
        Covered employees who are not members, among all employees; only where members are part of the covered.
    COVERAGE_MINUS_DENSITY
        Coverage minus density, signed; the answer where members are not part of the covered.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.data("us-states", [ub.Measure.DENSITY]).measures
    ['density']
    """

    DENSITY = "density"
    COVERAGE = "coverage"
    ADJUSTED_COVERAGE = "adjusted_coverage"
    PAY_SET = "pay_set"
    COVERED_NONMEMBERS = "covered_nonmembers"
    COVERAGE_MINUS_DENSITY = "coverage_minus_density"


class Interval(_Word):
    """How a confidence interval is made; names and formulas are those of METHODS M2 in the documentation.

    Attributes
    ----------
    WILSON
        Score interval on the effective sample; the default, and what findings are judged by.
    LOGIT
        Symmetric on the log-odds scale, turned back; none at 0 and 1. R ``svyciprop(method = "xlogit")``.
    WALD
        Estimate plus and minus t times its standard error. R ``svyciprop(method = "mean")``.
    KORN_GRAUBARD
        Clopper and Pearson's on the effective sample. R ``svyciprop(method = "beta")``.
    KORN_GRAUBARD_NCHS
        Korn and Graubard's with an effective sample of at most the sample, as the NCHS standards ask.
    AGRESTI_COULL
        Wald's around Wilson's centre.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.data("us-states", design_effect=1.5).at_level(0.9, ub.Interval.LOGIT).interval
    'logit'
    """

    WILSON = "wilson"
    LOGIT = "logit"
    WALD = "wald"
    KORN_GRAUBARD = "korn-graubard"
    KORN_GRAUBARD_NCHS = "korn-graubard-nchs"
    AGRESTI_COULL = "agresti-coull"


class Kind(_Word):
    """Kinds of chart.

    Attributes
    ----------
    TREND
        Lines over time with their intervals, the path of a target, and breaks that no line crosses.
    SMALL_MULTIPLES
        One small line chart for each region or sector, the whole behind it.
    INTERVAL
        Estimates with their intervals in one period, highest first.
    GAP
        Baseline, latest figure and target of every cell of a target.
    HEATMAP
        A measure by sector and region.
    TILES
        A tile-grid map.
    SLOPE
        Two periods, joined.
    WATERFALL
        Contributions that add up to a change.
    BOUNDS
        The rate of valid answers between the bounds that missing answers leave.
    SCATTER
        Density against coverage, with the diagonal.
    FUNNEL
        Estimates against their sample, with the limits that sampling alone would leave.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.data("us-states").chart(ub.Kind.TREND).kind
    'trend'
    """

    TREND = "trend"
    SMALL_MULTIPLES = "small-multiples"
    INTERVAL = "interval"
    GAP = "gap"
    HEATMAP = "heatmap"
    TILES = "tiles"
    SLOPE = "slope"
    WATERFALL = "waterfall"
    BOUNDS = "bounds"
    SCATTER = "scatter"
    FUNNEL = "funnel"


Kept = TypeVar("Kept")


def known(given: object, what: str, names: Iterable[str]) -> str:
    """A word that is one of the names, or an error that lists them."""
    names = list(names)
    if isinstance(given, str) and str(given) in names:
        return str(given)
    words, near = (text(what, given), str(given)) if isinstance(given, str) else (shown(given), "")
    raise SchemaError(f"`{words}` is not {'an' if what[0] in 'aeiou' else 'a'} {what}; {choices(near, names)}")


def shown(given: object) -> str:
    """What was given, in a message: a whole frame or series would bury what is said of it."""
    words = repr(given)
    return words if len(words) < 80 and "\n" not in words else f"a {type(given).__name__}"


def freeze(made: object, *names: str) -> None:
    """Makes tuples of the lists that a frozen object was given: it holds nothing that could change."""
    for name in names:
        given = getattr(made, name)
        if isinstance(given, list):
            object.__setattr__(made, name, tuple(cast("list[Any]", given)))


def several(kind: Callable[[str, Any], Kept], name: str, given: Any) -> list[Kept]:
    """A list of what is of a kind such as :func:`real`, or an error that names the option."""
    try:
        # A numpy array without a dimension says that it can be gone through, and cannot.
        members = None if isinstance(given, (str, bytes)) else list(given)
    except TypeError:
        members = None
    if members is None:
        raise DataError(f"`{name}` is {shown(given)}; a list was expected")
    return [kind(name, one) for one in members]


def words(name: str, given: Any) -> list[str]:
    """One word or several, as a list of plain strings, or an error that names the option."""
    if isinstance(given, str):
        return [text(name, given)]
    if not isinstance(given, Iterable):
        raise DataError(f"`{name}` is {shown(given)}; a text or a list of texts was expected")
    return several(text, name, given)


def some(name: str, given: Any) -> list[str]:
    """One word or several, each once, but not none."""
    listed = list(dict.fromkeys(words(name, given)))
    if not listed:
        raise DataError(f"`{name}` is an empty list; name at least one")
    return listed


def flag(name: str, given: Any) -> bool:
    """True or false, or an error that names the option."""
    if isinstance(given, bool):
        return given
    raise DataError(f"`{name}` is {shown(given)}; True or False was expected")


def made(kind: type[Kept], name: str, given: Any, how: str) -> Kept:
    """What is made by a class of the package, or an error that says how."""
    if isinstance(given, kind):
        return given
    raise DataError(f"`{name}` is {shown(given)}; write {how}")


def filters(given: Iterable[Any], equal: Mapping[str, Any]) -> Iterator[pl.Expr]:
    """Conditions of a filter, those of columns that are to equal a value last; or an error that shows one."""
    for condition in given:
        asked = made(pl.Expr, "filter", condition, 'a polars expression, such as pl.col("region") == "CA"')
        if asked.meta.has_multiple_outputs():
            raise DataError(f"`filter` is {asked}, which is several conditions; give each its own, or join them with & or |")
        yield asked
    for name, value in equal.items():
        yield pl.col(name) == value


def path_of(name: str, given: Any, what: str = "the path of a file") -> Path:
    """A path, or an error that names the option."""
    if isinstance(given, (str, os.PathLike)):
        path = text(name, str(os.fspath(given)))  # pyright: ignore[reportUnknownArgumentType]
        if path.strip() and "\0" not in path:
            return Path(path)
    raise DataError(f"`{name}` is {shown(given)}; {what} was expected")  # pyright: ignore[reportUnknownArgumentType]


def real(name: str, given: Any) -> float:
    """A number, or an error that names the option."""
    if isinstance(given, bool) or not isinstance(given, numbers.Real):
        raise DataError(f"`{name}` is {shown(given)}; a number was expected")
    try:
        return float(given)
    except OverflowError:
        raise DataError(f"`{name}` is a number of more than 300 digits; a number that a computer holds was expected") from None


def whole(name: str, given: Any, most: int = 2**64 - 1, least: int = 0) -> int:
    """A whole number, or an error that names the option."""
    if isinstance(given, bool) or not isinstance(given, numbers.Integral) or not least <= int(given) <= most:
        raise DataError(f"`{name}` is {shown(given)}; a whole number from {least} to {most} was expected")
    return int(given)


def text(name: str, given: Any) -> str:
    """A name or code, or an error that names the option."""
    if not isinstance(given, str):
        raise DataError(f"`{name}` is {shown(given)}; a text was expected")
    try:
        given.encode()
    except UnicodeEncodeError:
        raise DataError(f"`{name}` is {given!r}, which is no text: it has half of a character") from None
    return str(given)


def optional(kind: Callable[[str, Any], Kept], name: str, given: Any) -> Kept | None:
    """What may be left out, or is of a kind such as :func:`real`."""
    return None if given is None else kind(name, given)


def as_period(name: str, given: Any) -> str:
    """A period as text: a year, or a quarter such as ``2024-Q3``; whether it is one is said by who reads it."""
    if isinstance(given, str):
        return text(name, given)
    if not isinstance(given, bool) and isinstance(given, numbers.Integral) and abs(int(given)) < 10**6:
        return str(given)
    raise DataError(f"`{name}` is {shown(given)}; a year such as 2024 or a quarter such as '2024-Q3' was expected")


def checked(level: float) -> float:
    """A level that is a probability, and one for which every interval can be worked out."""
    if not 0 < real("level", level) < 1:
        raise DataError(f"the confidence level {level} is not between 0 and 1; write 0.95 for 95 %")
    if not 0.01 <= level <= 0.999999:
        raise DataError(f"the confidence level {level} is not between 0.01 and 0.999999; intervals are not worked out beyond")
    return float(level)
