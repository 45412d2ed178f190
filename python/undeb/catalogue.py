"""What travels inside the package: published tables, codebooks and plans."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, overload

import polars as pl

from undeb import _undeb
from undeb.estimates import Estimates
from undeb.tables import Shown, Table
from undeb.vocabulary import optional, path_of, real, some, text


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Catalogue(Table):
    """A list of what there is: a table like every other."""

    title: str
    _rows: list[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        """The names, to be given to the function that made the list.

        Examples
        --------
        >>> import undeb as ub
        >>> "uk-lfs" in ub.codebooks().names
        True
        """
        return [row["name"] for row in self._rows]

    def to_polars(self) -> pl.DataFrame:
        """The list as a polars frame.

        Returns
        -------
        polars.DataFrame
            One row for each name; the columns are those of the list.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.plans().to_polars().columns
        ['name', 'title', 'targets', 'actions']
        """
        return pl.DataFrame(self._rows, infer_schema_length=None)

    def _shown(self) -> Shown:
        headings = [name.replace("_", " ").capitalize() for name in self._rows[0]] if self._rows else []
        texts = [[_text(value) for value in row.values()] for row in self._rows]
        if len(texts) == 1:
            # Everything about one reads down, not across.
            return Shown(self.title, ["Field", "Value"], [list(pair) for pair in zip(headings, texts[0], strict=True)], [])
        return Shown(self.title, headings, texts, [])

    def __reduce__(self) -> tuple[Callable[..., Catalogue], tuple[Any, ...]]:
        return Catalogue, (self.title, self._rows)


def _text(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    listed = [str(one) for one in cast("list[Any]", value)]
    # Sentences follow one another; names are listed.
    return (" " if all(one.endswith(".") for one in listed) else ", ").join(listed)


@overload
def data() -> Catalogue: ...
@overload
def data(
    source: str,
    measures: str | Iterable[str] | None = None,
    *,
    design_effect: float | None = None,
    registry: str | os.PathLike[str] | None = None,
) -> Estimates: ...
def data(
    source: str | None = None,
    measures: str | Iterable[str] | None = None,
    *,
    design_effect: float | None = None,
    registry: str | os.PathLike[str] | None = None,
) -> Catalogue | Estimates:
    r"""Rates of a published table; without a name, the list of the tables inside the package.

    .. math:: R = Y / X

    with :math:`Y` the members or covered employees and :math:`X` the employees of the cell, in persons or jobs
    (METHODS M1). Published rates are taken as they are.

    Parameters
    ----------
    source
        Name of a source, such as ``us-states``.
    measures
        Measures wanted; every one that the source has when left out.
    design_effect
        An assumed design effect, for approximate errors where the publisher states none; said wherever they show.
    registry
        A registry file of one's own, for other sources.

    Returns
    -------
    Estimates or Catalogue
        Rates are fractions. The list has ``name``, ``title``, ``publisher``, ``measures`` (a list) and ``terms``.

    Raises
    ------
    SchemaError
        The source or a measure is not known; the message lists the choices. Or the registry is wrong.
    DefinitionError
        The source does not have the measure.
    DataError
        A file of one's own breaks a promise of its registry entry.
    PlanError
        The design effect is not a positive number.
    UndebError
        The registry cannot be read.

    Examples
    --------
    >>> import undeb as ub
    >>> rates = ub.data("us-states", ["density", "coverage"])
    >>> len(rates)
    26000
    >>> "us-states" in ub.data().names
    True
    """
    if source is None:
        rows = [
            {
                "name": one["id"], "title": one["title"], "publisher": one["publisher"],
                "measures": [m["id"] for m in one["measure"]], "terms": one["terms"],
            }
            for one in json.loads(_undeb.sources())
        ]  # fmt: skip
        return Catalogue("Published tables: undeb.data(name)", rows)
    file = optional(path_of, "registry", registry)
    effect = optional(real, "design_effect", design_effect)
    return published(text("source", source), optional(some, "measures", measures), file, effect)


def published(source: str, wanted: list[str] | None, registry: Path | None, design_effect: float | None) -> Estimates:
    """Estimates of a published table, which know what they were made from."""
    inner = _undeb.published(source, wanted, registry, design_effect)
    return Estimates(inner, _made=(published, source, wanted, registry, design_effect))


def codebooks(name: str | None = None) -> Catalogue:
    """The codebooks inside the package; with a name, everything about that one, the variables that it needs too.

    Parameters
    ----------
    name
        Name of a codebook, such as ``uk-lfs``, or the path of one of your own ending in ``.toml``.

    Returns
    -------
    Catalogue
        Of all: ``name``, ``title``, ``measures`` (a list) and ``cannot`` (how many things the survey cannot give). Of
        one, in a single row: ``name``, ``title``, ``publisher``, ``universe``, ``measures``, ``cannot``, ``notes``,
        ``terms``, ``references``, ``needs`` (variables that must be there) and ``may_use`` (those that are used where
        they are); of one of your own ``name``, ``title``, ``needs`` and ``may_use``.

    Raises
    ------
    SchemaError
        The codebook is not known; the message lists the choices. Or the file is not a codebook.
    UndebError
        The file cannot be read.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.codebooks("gss").to_polars()["measures"].to_list()
    [['density']]
    """
    books = json.loads(_undeb.codebooks())
    if name is not None:
        variables, required = _undeb.codebook_variables(text("name", name))
        # A codebook of one's own is not among those inside the package.
        book: dict[str, Any] = next((b for b in books if b["id"] == name), {"title": name})
        columns = {"needs": list(dict.fromkeys(variables[:required])), "may_use": variables[required:]}
        return Catalogue(book["title"], [{"name": book.pop("id", name), **book, **columns}])
    rows = [{"name": b["id"], "title": b["title"], "measures": b["measures"], "cannot": len(b["cannot"])} for b in books]
    return Catalogue("Codebooks: undeb.read_microdata(records, codebook=name)", rows)


def plans() -> Catalogue:
    """The plans inside the package.

    Returns
    -------
    Catalogue
        ``name``, ``title``, and the number of ``targets`` and of ``actions`` of each plan.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.plans().names
    ['us-states-2030', 'eu-80', 'wales-2030', 'gov-skills-2008']
    """
    from undeb.plan import Plan

    read = [Plan.read(name) for name in _undeb.plan_names()]
    rows = [{"name": p.id, "title": p.title, "targets": len(p.targets), "actions": len(p.actions)} for p in read]
    return Catalogue("Plans: undeb.Plan.read(name)", rows)
