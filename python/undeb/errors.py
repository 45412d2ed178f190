"""What can go wrong, by kind, and what is worth a warning.

Every message says what, where, and what to do about it. ``except undeb.UndebError`` catches all of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UndebError(Exception):
    """Anything that this package refuses to do; the other errors are kinds of it.

    Raised itself where a file cannot be read or written, a package that is needed is not installed, or a chart or a
    trend has nothing to show.

    Examples
    --------
    >>> import undeb as ub
    >>> try:
    ...     ub.data("us-stats")
    ... except ub.UndebError as error:
    ...     print(type(error).__name__)
    SchemaError
    """


class PlanError(UndebError):
    """A plan is wrong, or asks for something that does not exist.

    Values that a plan may hold too (a goal, a deadline, a damping, the day of a report) raise it
    wherever they are given.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.Plan.read("eu-90")
    Traceback (most recent call last):
    undeb.errors.PlanError: `eu-90` is not a known plan; ...
    """


class SchemaError(UndebError):
    """A name is not known: a measure, region, sector, source, codebook, rule set or kind of chart.

    Also a text that is no period, the ending of a file that nothing is written as, and a registry or codebook of one's
    own that is wrong.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.data("us-stats")
    Traceback (most recent call last):
    undeb.errors.SchemaError: `us-stats` is not a known source; did you mean `us-states`? ...
    """


class DesignError(UndebError):
    """Weights, strata, sampling units or replicates do not make a sampling design.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.survey(ub.synthetic_records(), member="member", weight="sector")
    Traceback (most recent call last):
    undeb.errors.DesignError: the weights in column `sector` are of type str: row 1 is `private`; weights are numbers
    """


class DataError(UndebError):
    """The figures or records themselves are wrong: a column, a type, a value, a filter.

    Also an option of the wrong kind, such as a text where a number was expected.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.survey(ub.synthetic_records(), member="membr")
    Traceback (most recent call last):
    undeb.errors.DataError: there is no column `membr` for member; did you mean `member`? ...
    """


class DefinitionError(UndebError):
    """Numbers of different definitions, or from both sides of a series break, were about to be combined.

    Also a measure that the definitions of a source, or the answers of records, do not give.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.data("wales-pay-set").change(2005, 2009)
    Traceback (most recent call last):
    undeb.errors.DefinitionError: pay_set of 2005 and 2009 lie on both sides of the series break of 2006: ...
    """


class DisclosureError(UndebError):
    """Something was about to leave that the release rules cannot clear.

    Examples
    --------
    >>> import pickle, undeb as ub
    >>> pickle.dumps(ub.Plan.read("eu-80").assess().release(as_of="2026-01-01"))
    Traceback (most recent call last):
    undeb.errors.DisclosureError: a report is not pickled: ...
    """


class UndebWarning(UserWarning):
    """Something to know about a result that is given all the same; each is said once.

    Examples
    --------
    >>> import warnings, polars as pl, undeb as ub
    >>> private, late = pl.col("sector") == "private", (pl.col("sector") == "public") & (pl.col("period") > "2020")
    >>> rates = ub.data("us-states", ["density"], design_effect=1.5).filter(pl.col("region") == "US", private | late)
    >>> with warnings.catch_warnings(record=True) as said:
    ...     warnings.simplefilter("always")
    ...     trends = rates.trend()
    >>> said[0].category.__name__, str(said[0].message)[:41]
    ('UndebWarning', '1 series have no trend and are left out; ')
    """


def choices(given: str, known: Iterable[str]) -> str:
    """The rest of a message about an unknown name: the nearest one, and what there is."""
    names = list(dict.fromkeys(known))
    listed = ", ".join(names[:24]) + (f", ... ({len(names)} in all)" if len(names) > 24 else "")
    folded = {name.casefold(): name for name in reversed(names)}
    near = difflib.get_close_matches(given.casefold(), folded, 1, 0.6)
    if not names:
        return "there are none"
    return (f"did you mean `{folded[near[0]]}`? " if near else "") + f"{'Choose' if near else 'choose'} one of {listed}"
