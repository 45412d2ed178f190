"""Anything tabular in: polars, pandas, pyarrow, duckdb, or whatever streams Arrow.

Columns are shared, not copied, where the other library keeps them as Arrow does and cannot change them afterwards:
polars, pyarrow, duckdb. Three things are copied: a pandas frame, once, because it can be changed in place; text that is
stored with plain offsets, which becomes views; and weights that lie in several chunks or are not 64-bit floats.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, Union, cast, runtime_checkable

import polars as pl

from undeb.errors import DataError, UndebError, choices


@runtime_checkable
class ArrowStream(Protocol):
    """Anything with the Arrow PyCapsule stream."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Tabular: TypeAlias = Union[pl.DataFrame, pl.LazyFrame, ArrowStream]
"""A polars, pandas, pyarrow or duckdb table, or anything else that streams Arrow."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A table as it came in, with the reasons why some columns cannot be read."""

    data: pl.DataFrame | pl.LazyFrame
    names: list[str]
    unreadable: dict[str, str] = field(default_factory=dict[str, str])

    def column(self, name: str, role: str | None = None) -> pl.Expr:
        """A column by name, or an error that says which there are."""
        what = "" if role is None else f" for {role}"
        if name in self.unreadable:
            raise DataError(f"the column `{name}`{what} cannot be read: {self.unreadable[name]}")
        if name not in self.names:
            raise DataError(f"there is no column `{name}`{what}; {choices(name, self.names)}")
        return pl.col(name)

    def select(self, expressions: list[pl.Expr]) -> pl.DataFrame:
        """The columns of expressions, worked out now."""
        for name in {root for expression in expressions for root in expression.meta.root_names()} - {"*"}:
            self.column(name)
        try:
            selected = self.data.select(expressions)
            return selected.collect() if isinstance(selected, pl.LazyFrame) else selected
        except (pl.exceptions.PolarsError, OSError) as error:
            lazy = isinstance(self.data, pl.LazyFrame)
            where = "the lazy frame cannot be collected" if lazy else "the expression cannot be worked out"
            remedy = "; is its source still there?" if lazy else ""
            raise DataError(f"{where}: {str(error).splitlines()[0]}{remedy}") from error


def take(table: Tabular) -> Frame:
    """Takes a table in."""
    if isinstance(table, pl.DataFrame):
        # The clone shares every column; what is done to the caller's frame later does not reach it.
        return Frame(table.clone(), table.columns)
    if isinstance(table, pl.LazyFrame):
        try:
            return Frame(table, table.collect_schema().names())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise DataError(
                f"the lazy frame has no schema: {str(error).splitlines()[0]}; is its source still there?"
            ) from error
    if type(table).__module__.partition(".")[0] == "pandas":
        return _pandas(table)
    if not isinstance(table, ArrowStream):  # pyright: ignore[reportUnnecessaryIsInstance]
        shown = type(table).__name__
        raise DataError(
            f"{shown} is not a table; give a polars, pandas, pyarrow or duckdb table, or anything with `__arrow_c_stream__`"
        )
    try:
        frame = pl.DataFrame(cast(Any, table))
    except pl.exceptions.DuplicateError as error:
        raise DataError(f"a column is there twice: {str(error).splitlines()[0]}; give every column a name of its own") from None
    except Exception as error:
        raise DataError(f"the table cannot be read: {str(error).splitlines()[0]}") from error
    return Frame(frame, frame.columns)


def _pandas(table: Any) -> Frame:
    if not table.columns.is_unique:
        twice = sorted({str(name) for name in table.columns[table.columns.duplicated()]})
        raise DataError(f"the columns {', '.join(twice)} are there twice; give every column a name of its own")
    try:
        pa: Any = importlib.import_module("pyarrow")
    except ImportError:
        raise UndebError("pandas frames are read through pyarrow, which is not installed: pip install 'undeb[pandas]'") from None
    columns: dict[str, pl.Series] = {}
    unreadable: dict[str, str] = {}
    for name in table.columns:
        try:
            array = pa.Array.from_pandas(table[name].copy())
            columns[str(name)] = pl.Series(str(name), array)
        except Exception as error:
            # pyarrow has many kinds of refusal, and every one says the same: this column is not of one type.
            unreadable[str(name)] = f"{str(error).splitlines()[0]} (it mixes types, or holds what is no number, text or date)"
    frame = pl.DataFrame(list(columns.values()))
    return Frame(frame, [str(name) for name in table.columns], unreadable)
