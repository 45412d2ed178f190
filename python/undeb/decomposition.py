"""Why a rate moved: what the rates of cells did, and what the weights of cells did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import polars as pl

from undeb.estimates import Estimates
from undeb.listing import Listing
from undeb.showing import hundredths, percent
from undeb.tables import Shown, Written, credit, named

Form: TypeAlias = Literal["two-factors", "interaction", "nested"]
"""Into what a change is split: Kitagawa's two factors, the same with their interaction, or Das Gupta's nested ones."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Decomposition(Written):
    """A change of a rate split into effects and cells that add up to it; made by :meth:`Estimates.decompose`."""

    _facts: str
    _of: Estimates
    _asked: dict[str, Any]

    def to_polars(self) -> pl.DataFrame:
        """The cells as a polars frame, those that moved the whole most first; all values are fractions.

        Columns: ``cell``, ``codes``, ``share_from``, ``share_to``, ``rate_from``, ``rate_to``, ``rate_effect``,
        ``composition``, ``interaction``, ``total``, and their standard errors with ``_se``.

        Returns
        -------
        polars.DataFrame
            One row for each cell; ``interaction`` is empty in other forms, and an error that is not known too.

        Examples
        --------
        >>> import undeb as ub
        >>> why = ub.data("us-states", ["density"], design_effect=1.5).decompose(2019, 2020)
        >>> abs(why.to_polars()["total"].sum() - why.change) < 1e-12
        True
        """
        rows: list[dict[str, Any]] = []
        for cell in json.loads(self._facts)["cells"]:
            row: dict[str, Any] = {
                "cell": cell["name"], "codes": cell["codes"], "share_from": cell["share"][0], "share_to": cell["share"][1],
                "rate_from": cell["rate"][0], "rate_to": cell["rate"][1],
            }  # fmt: skip
            for name in ("rate_effect", "composition", "interaction", "total"):
                amount: dict[str, Any] = cell[name] or {}
                row |= {name: amount.get("value"), f"{name}_se": amount.get("se")}
            rows.append(row)
        return pl.DataFrame(rows, infer_schema_length=None)

    def effects(self) -> Listing:
        """The effects; together they are the change.

        Returns
        -------
        Listing
            ``effect``, and as fractions ``value``, ``se``, ``low`` and ``high``; an error that is not known is empty.

        Examples
        --------
        >>> import undeb as ub
        >>> why = ub.data("us-states", ["density"], design_effect=1.5).decompose(2019, 2020)
        >>> why.effects().to_polars()["effect"].to_list()
        ['composition', 'rate']
        """
        rows: list[dict[str, Any]] = []
        for effect in json.loads(self._facts)["effects"]:
            interval: dict[str, Any] = effect["interval"] or {}
            # Of the weights of which grouping, where there are several.
            words = [str(effect[name]) for name in ("effect", "of") if name in effect]
            rows.append({
                "effect": " of ".join(words), "value": effect["value"], "se": effect["se"],
                "low": interval.get("low"), "high": interval.get("high"),
            })  # fmt: skip
        ways = {**dict.fromkeys(("value", "low", "high"), "hundredths"), "se": "error"}
        return Listing("Effects", pl.DataFrame(rows, infer_schema_length=None), ways, (credit(self._of.source),))

    @property
    def change(self) -> float:
        """The whole change, as a fraction.

        Examples
        --------
        >>> import undeb as ub
        >>> round(ub.data("us-states", ["density"], design_effect=1.5).decompose(2012, 2022).change, 4)
        -0.0117
        """
        return json.loads(self._facts)["change"]["value"]

    def _shown(self) -> Shown:
        facts = json.loads(self._facts)
        frame = self.to_polars()
        rows = [
            [row["cell"], percent(row["rate_from"]), percent(row["rate_to"]), *(hundredths(row[name]) for name in ("rate_effect", "composition", "total"))]
            for row in Shown.ends(frame).iter_rows(named=True)
        ]  # fmt: skip
        headings = ["Cell", f"Rate {facts['from']}", f"Rate {facts['to']}", "Through its rate", "Through its weight", "Together"]
        effects = ", ".join(f"{row['effect']} {hundredths(row['value'])}" for row in self.effects().to_polars().iter_rows(named=True))
        notes = [f"{hundredths(self.change)} in all: {effects}.", *facts["cautions"], credit(self._of.source)]
        place = named(self._of._places().items())  # pyright: ignore[reportPrivateUsage]
        title = f"{facts['measure']}, {place(facts['region'])}, {place(facts['sector'])}, {facts['from']} to {facts['to']}"
        return Shown(title, headings, rows, notes, headings[1:], frame.height)

    def __reduce__(self) -> tuple[Callable[..., Decomposition], tuple[Any, ...]]:
        return _again, (self._of, self._asked)


def _again(of: Estimates, asked: dict[str, Any]) -> Decomposition:
    return of.decompose(**asked)
