"""Anything tabular in: polars, pandas, pyarrow, duckdb, or whatever streams Arrow.

Columns are shared, not copied, where the other library keeps them as Arrow does: polars, pyarrow, duckdb. What their
owners do not change stays as it is; memory that a numpy array shares with such a column is changed with the array. Three
things are copied: a pandas frame, once, because it can be changed in place; text that is stored with plain offsets, which
becomes views; and weights that lie in several chunks or are not 64-bit floats. A LazyFrame is collected once, whole:
select the columns that are needed first where it has many.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias, Union, cast, runtime_checkable

import polars as pl

from undeb.errors import DataError, UndebError, choices
from undeb.vocabulary import shown


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
    file: Path | None = None
    """The file that a lazy frame scans, where it stays a file."""
    stamp: tuple[int, int] = (0, 0)
    """Size of the file, and when it was last written."""

    def column(self, name: str, role: str | None = None) -> pl.Expr:
        """A column by name, or an error that says which there are."""
        what = "" if role is None or role == name else f" for {role}"
        if name in self.unreadable:
            raise DataError(f"the column `{name}`{what} cannot be read: {self.unreadable[name]}")
        if name not in self.names:
            raise DataError(f"there is no column `{name}`{what}; {choices(name, self.names)}")
        return pl.col(name)

    def select(self, expressions: list[pl.Expr]) -> pl.DataFrame:
        """The columns of expressions, worked out now."""
        for name in {root for expression in expressions for root in expression.meta.root_names()} - {"*"}:
            self.column(name)
        self.must_be_unchanged()
        try:
            return _readable(self._collected(expressions).select(expressions))
        except UndebError:
            raise
        except (pl.exceptions.PolarsError, OSError) as error:
            words = first_line(error)
            hint = '; periods are texts, as in pl.col("period") == "2012"' if "compare string with numeric" in words else ""
            raise DataError(f"the expression cannot be worked out: {words}{hint}") from None
        except Exception as error:
            # What a function of the caller's own raises inside an expression.
            raise DataError(f"the expression cannot be worked out: {type(error).__name__}: {first_line(error)}") from error

    def must_be_unchanged(self) -> None:
        """Refuses a file that has changed since its records were read."""
        if self.file is not None and stamp(self.file) != self.stamp:
            raise DataError(f"{self.file} has changed since its records were read; read it again")

    def whole(self) -> pl.DataFrame:
        """Every column as it came in, those too that no record can be made of."""
        self.must_be_unchanged()
        return self._collected([pl.all()])

    def for_every_row(self, name: str, role: str, expression: pl.Expr) -> pl.Series:
        """A column that an expression makes: one value for every row, or the same literal for all."""
        made = self.select([expression.alias(name)])[name]
        rows = self.select([pl.len().alias("rows")])["rows"].item()
        if made.len() == rows:
            return made
        if made.len() == 1 and not expression.meta.root_names():
            return made[[0] * rows]
        raise DataError(
            f"`{role}` is an expression of {made.len():,} values, the records are {rows:,}; "
            "a role has a value for every record, empty where it is not known"
        )

    def _collected(self, expressions: list[pl.Expr]) -> pl.DataFrame:
        """The columns that expressions speak of, in memory."""
        if isinstance(self.data, pl.DataFrame):
            return self.data
        roots = [expression.meta.root_names() for expression in expressions]
        # Expressions over all columns, and those that name none, say nothing of what they need.
        whole = any(not names or "*" in names for names in roots) or any(e.meta.has_multiple_outputs() for e in expressions)
        columns = self.data if whole else self.data.select(sorted({name for names in roots for name in names}))
        frame = columns.collect()
        return _typed(frame) if self.file is not None and self.file.suffix.lower() == ".csv" else frame


def take(table: Tabular) -> Frame:
    """Takes a table in."""
    if isinstance(table, pl.DataFrame):
        # The clone shares every column; what is done to the caller's frame later does not reach it.
        return Frame(table.clone(), table.columns)
    if isinstance(table, pl.LazyFrame):
        # Collected once: a plan without a fixed order of rows would give another one every time.
        try:
            frame = table.collect()
        except Exception as error:
            hint = "; is its source still there?" if isinstance(error, OSError) else ""
            raise DataError(f"the lazy frame cannot be collected: {first_line(error)}{hint}") from None
        return Frame(frame, frame.columns)
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
        raise DataError(f"a column is there twice: {first_line(error)}; give every column a name of its own") from None
    except (Exception, pl.exceptions.PanicException) as error:
        raise DataError(f"the table cannot be read: {first_line(error)}") from None
    return Frame(frame, frame.columns)


def scan(path: Path) -> Frame:
    """A file that stays one: its columns are read when they are asked for, and refused once it has changed."""
    scanned = {".csv": _scan_csv, ".parquet": pl.scan_parquet}.get(path.suffix.lower(), pl.scan_ipc)(path)
    try:
        names = scanned.collect_schema().names()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"{path} cannot be read: {first_line(error)}") from None
    return Frame(scanned, names, file=path, stamp=stamp(path))


def _scan_csv(path: Path) -> pl.LazyFrame:
    # As texts: what a column is can only be told from the whole of it, and `01` is no 1.
    return pl.scan_csv(path, infer_schema=False)


def _typed(texts: pl.DataFrame) -> pl.DataFrame:
    """Columns of texts as numbers or true and false where every cell is one; numbers with a leading zero are names."""
    return texts.select([_typed_column(column) for column in texts.iter_columns()])


def _typed_column(texts: pl.Series) -> pl.Series:
    if texts.null_count() == texts.len() or texts.str.contains(r"^[+-]?0\d").any():
        return texts
    for kind in (pl.Int64, pl.Float64):
        numbers = texts.to_frame().select(pl.first().cast(kind, strict=False)).to_series()
        if numbers.null_count() == texts.null_count():
            return numbers
    lower = texts.str.to_lowercase()
    return lower == "true" if bool(lower.is_in(["true", "false"]).all()) else texts


def stamp(path: Path) -> tuple[int, int]:
    """What tells whether a file is still the same."""
    try:
        about = path.stat()
    except OSError as error:
        raise DataError(f"{path} is no longer there: {error.strerror or error}") from None
    return about.st_size, about.st_mtime_ns


def first_line(error: BaseException) -> str:
    """The first line of what an error says."""
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


def _readable(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in types that records have: decimals as floats, long integers as integers; what is no single value is refused."""
    wide = tuple(kind for kind in (getattr(pl, "Int128", None), getattr(pl, "UInt128", None)) if kind is not None)
    casts: list[pl.Expr] = []
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.Decimal):
            # Numbers without digits behind the point may be identifiers, which a float would run together.
            casts.append(pl.col(name).cast(pl.Int64 if dtype.scale == 0 else pl.Float64))
        elif dtype in wide:
            casts.append(pl.col(name).cast(pl.Int64))
        elif dtype.is_nested() or isinstance(dtype, (pl.Object, pl.Binary)):
            raise DataError(f"the column `{name}` is of type {dtype}; a column of single numbers, texts, dates or true and false was expected")
    try:
        return frame.with_columns(casts) if casts else frame
    except pl.exceptions.PolarsError as error:
        raise DataError(f"a column has numbers too large for 64 bits: {first_line(error)}") from None


def _mixture(column: Any) -> str | None:
    """Where a column of objects is of two types: the first row of each."""
    first: dict[str, str] = {}
    values: list[Any] = list(column)
    for row, value in enumerate(values, 1):
        if value is None or value != value:
            continue
        kind = type(value).__name__
        first.setdefault(kind, f"row {row} is {shown(value)} ({kind})")
        if len(first) == 2:
            one, other = first.values()
            return f"it mixes types: {one}, {other}; make them one first, as in .astype(str)"
    return None


def _pandas(table: Any) -> Frame:
    if type(table).__name__ != "DataFrame":
        raise DataError(f"a {type(table).__name__} of pandas is not a table; give a DataFrame")
    if not table.columns.is_unique:
        twice = sorted({str(name) for name in table.columns[table.columns.duplicated()]})
        raise DataError(f"the columns {', '.join(twice)} are there twice; give every column a name of its own")
    try:
        pa: Any = importlib.import_module("pyarrow")
    except ImportError:
        raise UndebError("pandas frames are read through pyarrow, which is not installed: pip install 'undeb[pandas]'") from None
    columns: dict[str, pl.Series] = {}
    unreadable: dict[str, str] = {}
    texts = [str(name) for name in table.columns]
    if alike := sorted({name for i, name in enumerate(texts) if name in texts[:i]}):
        raise DataError(f"several columns are called {', '.join(alike)} once their names are texts; give them different names")
    for name in table.columns:
        try:
            array = pa.Array.from_pandas(table[name].copy())
            columns[str(name)] = pl.Series(str(name), array)
        except Exception as error:
            # pyarrow has many kinds of refusal, and every one says the same: this column is not of one type.
            unreadable[str(name)] = _mixture(table[name]) or f"{first_line(error)} (it holds what is no number, text or date)"
    frame = pl.DataFrame(list(columns.values()))
    return Frame(frame, [str(name) for name in table.columns], unreadable)
