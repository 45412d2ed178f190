"""What can go wrong, by kind, and what is worth a warning.

Every message says what, where, and what to do about it. ``except undeb.UndebError`` catches all of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UndebError(Exception):
    """Anything that this package refuses to do; the other errors are kinds of it."""


class PlanError(UndebError):
    """A plan is wrong, or asks for something that does not exist."""


class SchemaError(UndebError):
    """A name is not known: a measure, region, sector, source, codebook, rule set or kind of chart."""


class DesignError(UndebError):
    """Weights, strata, sampling units or replicates do not make a sampling design."""


class DataError(UndebError):
    """The figures or records themselves are wrong: a column, a type, a value, a filter."""


class DefinitionError(UndebError):
    """Numbers of different definitions, or from both sides of a series break, were about to be combined."""


class DisclosureError(UndebError):
    """Something was about to leave that the release rules cannot clear."""


class UndebWarning(UserWarning):
    """Something to know about a result that is given all the same; each is said once."""


def choices(given: str, known: Iterable[str]) -> str:
    """The rest of a message about an unknown name: the nearest one, and what there is."""
    names = list(known)
    listed = ", ".join(names[:24]) + (f", ... ({len(names)} in all)" if len(names) > 24 else "")
    folded = {name.casefold(): name for name in reversed(names)}
    near = difflib.get_close_matches(given.casefold(), folded, 1, 0.6)
    return (f"did you mean `{folded[near[0]]}`? " if near else "") + f"Choose one of {listed or 'none: there are none'}"
