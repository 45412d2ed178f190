"""A finished list: the answer of a verb that is not asked anything further."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from undeb.showing import chance, count, error, hundredths, percent, points, width
from undeb.tables import Shown, Written, named

WAYS: dict[str, Callable[[Any], str]] = {
    "percent": percent, "chance": chance, "points": points, "hundredths": hundredths, "error": error, "width": width, "count": count,
}  # fmt: skip
"""How a number is shown."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Listing(Written):
    """A list with its heading: ranks, priorities, smallest changes that could be told."""

    title: str
    """What the list is of."""
    _frame: pl.DataFrame
    _ways: dict[str, str] = field(default_factory=dict[str, str])
    _notes: tuple[str, ...] = ()
    _names: dict[str, str] = field(default_factory=dict[str, str])
    """Names of the region and sector codes."""

    def to_polars(self) -> pl.DataFrame:
        """The list as a polars frame; rates are fractions, an empty cell is not known.

        Returns
        -------
        polars.DataFrame
            A copy; the verb that made the list says what its columns are.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states", ["density"], design_effect=1.5).rank().to_polars()["rank"][0]
        1
        """
        return self._frame.clone()

    def _shown(self) -> Shown:
        place = named(self._names.items())

        def words(name: str, value: object) -> str:
            if value is None:
                return ""
            if name in ("region", "sector"):
                return place(str(value))
            if isinstance(value, bool):
                return "yes" if value else "no"
            if isinstance(value, list):
                return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            way = WAYS.get(self._ways.get(name, ""))
            return way(value) if way else str(value).replace("_", " ")

        rows = [[words(*cell) for cell in row.items()] for row in Shown.ends(self._frame).iter_rows(named=True)]
        headings = {name: name.replace("_", " ").capitalize() for name in self._frame.columns}
        numeric = [headings[name] for name, dtype in self._frame.schema.items() if dtype.is_numeric()]
        return Shown(self.title, list(headings.values()), rows, list(self._notes), numeric, self._frame.height)

    def __reduce__(self) -> tuple[Callable[..., Listing], tuple[Any, ...]]:
        return Listing, (self.title, self._frame, self._ways, self._notes, self._names)
