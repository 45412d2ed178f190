"""What every noun of this package is besides: a table that goes anywhere."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from undeb import _undeb
from undeb.errors import UndebError
from undeb.files import place
from undeb.vocabulary import checked

if TYPE_CHECKING:
    import pandas
    from typing_extensions import Self


KEYS = ("measure", "period", "region", "sector")
"""What names a figure; further breakdowns follow them."""

WORKING = "Not released: working figures, no disclosure rule applied."


def credit(*sources: dict[str, Any]) -> str:
    """The line under working figures: that they are not released, and where they come from."""
    cited = "; ".join(dict.fromkeys(source["citation"] for source in sources))
    return f"{WORKING} Source: {cited}" if cited else WORKING


class Table:
    """A result in long form, one row for each figure. Immutable: every verb returns a new object."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Refuses what no verb has made."""
        kind = type(self).__name__
        inner: Any = getattr(_undeb, {"Survey": "Records", "Trend": "Trends", "Projection": "Projections"}.get(kind, kind), None)
        given = getattr(self, "_inner", None)
        if inner is not None and not isinstance(given, inner):
            raise UndebError(
                f"{kind} was given {type(given).__name__}; it is not made by hand but by a verb, such as "
                'undeb.data("eu27"), .estimate("density") or .assess(plan)'
            )

    def to_polars(self) -> pl.DataFrame:
        """The table as a polars frame; rates are fractions, an empty cell is not known.

        Returns
        -------
        polars.DataFrame
            One row for each figure.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("eu27").to_polars().columns[:5]
        ['measure', 'period', 'region', 'sector', 'value']
        """
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a pandas frame; needs ``undeb[pandas]``.

        Returns
        -------
        pandas.DataFrame
            The columns of :meth:`to_polars`.

        Raises
        ------
        UndebError
            pandas or pyarrow is not installed.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("eu27").to_pandas().shape[0] == len(ub.data("eu27"))
        True
        """
        try:
            return self.to_polars().to_pandas()
        except ImportError:
            raise UndebError("pandas and pyarrow are needed: pip install 'undeb[pandas]'") from None

    def to_arrow(self) -> Any:
        """The table as a pyarrow table; needs pyarrow.

        Returns
        -------
        pyarrow.Table
            The columns of :meth:`to_polars`.

        Raises
        ------
        UndebError
            pyarrow is not installed.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("eu27").to_arrow().num_rows == len(ub.data("eu27"))
        True
        """
        try:
            frame: Any = self.to_polars()
            return frame.to_arrow()
        except ImportError:
            raise UndebError("pyarrow is needed: pip install 'undeb[pandas]'") from None

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table as an Arrow stream, for any library that takes one."""
        return self.to_polars().__arrow_c_stream__(requested_schema)

    def to_dict(self) -> dict[str, list[Any]]:
        """The table as a dictionary of columns.

        Returns
        -------
        dict of str to list
            The columns of :meth:`to_polars`; what is not known is ``None``.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("eu27").to_dict()["measure"][0]
        'density'
        """
        return self.to_polars().to_dict(as_series=False)

    def to_json(self) -> str:
        """The table as JSON, an array of rows; figures keep every digit.

        Returns
        -------
        str
            One object for each row, with the columns of :meth:`to_polars`; what is not known is ``null``.

        Examples
        --------
        >>> import json, undeb as ub
        >>> json.loads(ub.data("eu27").to_json())[0]["measure"]
        'density'
        """
        return _json(self.to_polars())

    def to_great_table(self) -> Any:
        """What a reader sees as a table of great_tables, to be styled further and printed; needs ``undeb[tables]``.

        Heading, source and the words "not released" come along. Of a longer table the first 108 rows and the last 4 are in
        it, as a note then says.

        Returns
        -------
        great_tables.GT
            Cells of words, as they are shown.

        Raises
        ------
        UndebError
            great_tables is not installed.

        Examples
        --------
        >>> import undeb as ub
        >>> table = ub.Plan.read("eu-80").assess().to_great_table()
        >>> "Not released" in table.as_raw_html()
        True
        """
        try:
            great_tables: Any = importlib.import_module("great_tables")
        except ImportError:
            raise UndebError("great_tables is needed: pip install 'undeb[tables]'") from None
        shown = self._shown()
        # A breakdown may be called as a heading is; the headings of a frame are all different.
        names = [name if name not in shown.headings[:i] else f"{name} ({i + 1})" for i, name in enumerate(shown.headings)]
        rows = shown.within(len(shown.rows), ["…"] * len(names))
        frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
        table = great_tables.GT(frame).tab_header(title=shown.caption)
        table = table.cols_align("left").cols_align("right", [name for name in shown.headings if name in shown.numeric])
        folded = [f"… {shown.total - len(shown.rows):,} more rows"] if shown.total > len(shown.rows) else []
        for note in [*folded, *shown.notes]:
            table = table.tab_source_note(note)
        return table

    def __len__(self) -> int:
        return self.to_polars().height

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: object) -> Any:
        return self

    def __repr__(self) -> str:
        from undeb.showing import plain

        return plain(self)

    def _repr_html_(self) -> str:
        from undeb.showing import html

        return html(self)

    def _shown(self) -> Shown:
        """What a reader sees: heading, remarks, columns."""
        raise NotImplementedError


class Written(Table):
    """A table that is written as a file of working figures."""

    __slots__ = ()

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Writes the working figures as CSV, Parquet or JSON, by the ending; a column says that they are not released.

        Parameters
        ----------
        path
            A file ending in ``.csv``, ``.parquet`` or ``.json``.
        overwrite
            Replace a file that is there.

        Returns
        -------
        pathlib.Path
            The file, whole or not at all: the columns of :meth:`to_polars`, and ``released`` where that is not among them.

        Raises
        ------
        SchemaError
            The ending is not known.
        UndebError
            There is such a file already and ``overwrite`` is false, or it cannot be written.

        Examples
        --------
        >>> import tempfile, undeb as ub
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ub.data("eu27").write(folder + "/eu27.csv").name
        'eu27.csv'
        """

        def write(aside: Path, ending: str) -> None:
            frame = self.to_polars()
            if "released" not in frame.columns:
                frame = frame.with_columns(released=pl.lit(False))
            if ending == ".json":
                aside.write_text(_json(frame) + "\n", encoding="utf-8")
            elif ending == ".csv":
                # A cell of a CSV file holds one text.
                lists = [pl.col(name).list.join("; ") for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
                frame.with_columns(lists).write_csv(aside)
            else:
                frame.write_parquet(aside)

        return place(path, overwrite, "kind of file", [".csv", ".parquet", ".json"], write)


class Levelled(Written):
    """A table whose intervals are at a confidence level that belongs to the looking."""

    __slots__ = ()

    if TYPE_CHECKING:
        level: float

    def at_level(self, level: float) -> Self:
        """The same figures with intervals at another confidence level.

        Parameters
        ----------
        level
            Between 0.01 and 0.999999; 0.95 for 95 per cent.

        Returns
        -------
        Quantities, Trend or Projection
            The same figures, with every ``low`` and ``high`` at the level.

        Raises
        ------
        DataError
            The level is not between 0.01 and 0.999999.

        Examples
        --------
        >>> import undeb as ub
        >>> members = ub.survey(ub.synthetic_records(), member="member", weight="weight").quantities("members")
        >>> members.at_level(0.9).level
        0.9
        """
        again: Any = replace(cast(Any, self), level=checked(level))
        return again


class Remarked(Written):
    """A table with remarks on it as a whole."""

    __slots__ = ()

    if TYPE_CHECKING:
        _inner: Any

    @property
    def source(self) -> dict[str, Any]:
        """Where the figures come from: publisher, citation, terms, universe and series breaks, as far as there are any.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states").source["id"]
        'us-states'
        """
        return json.loads(self._inner.facts())["source"]

    @property
    def remarks(self) -> list[str]:
        """What is to be known of the table as a whole: an empty domain; records without a code, which are in no row of one.

        Examples
        --------
        >>> import polars as pl, undeb as ub
        >>> frame = pl.DataFrame({"m": [1, 0, 1, 0], "place": ["a", "a", "b", None]})
        >>> rates = ub.survey(frame, member="m").estimate("density", by="place")
        >>> rates.remarks
        ['1 of 4 records have no code of `place` (25.0 % of the weight): they are in no row of one, only in totals over all']
        >>> ub.survey(frame, member="m").quantities("members", by="place").remarks == rates.remarks
        True
        """
        return self._inner.remarks()


class Shown:
    """Both ends of a table made ready for eyes: headings, rows of words, and the lines around them."""

    MOST = 112
    """Rows that are ever shown."""
    LAST = 4
    """Those of them that are the last of the table, where the newest figures mostly stand."""

    __slots__ = ("caption", "headings", "notes", "numeric", "rows", "total")

    def __init__(
        self,
        caption: str,
        headings: list[str],
        rows: list[list[str]],
        notes: list[str],
        numeric: Iterable[str] = (),
        total: int | None = None,
    ) -> None:
        self.caption = caption
        self.headings = headings
        self.rows = rows
        self.notes = notes
        self.numeric = set(numeric)
        self.total = len(rows) if total is None else total

    @staticmethod
    def ends(frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a frame that are shown."""
        if frame.height <= Shown.MOST:
            return frame
        return pl.concat([frame.head(Shown.MOST - Shown.LAST), frame.tail(Shown.LAST)])

    def within(self, most: int, gap: list[str]) -> list[list[str]]:
        """So many rows from both ends, with a gap between them where others are out of sight."""
        if self.total <= most:
            return self.rows
        return [*self.rows[: most - Shown.LAST], gap, *self.rows[-Shown.LAST :]]


def named(pairs: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    """Codes into names; a code without one stays."""
    names = dict(pairs)
    return lambda code: names.get(code, code)


def together(*names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The names of several dimensions by code; a code of two meanings, such as ``all``, is the whole of both."""
    found: dict[str, str] = {}
    for code, name in chain.from_iterable(names):
        found[code] = "All" if found.get(code, name) != name else name
    return found


def of_periods(row: dict[str, Any]) -> str:
    """The period of a row; of an average all that it is over."""
    return f"{row['since']} to {row['period']}" if row["since"] else row["period"]


def _json(frame: pl.DataFrame) -> str:
    # JSON has no NaN, and a date is a text there.
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    rows = frame.with_columns(pl.col(floats).fill_nan(None)).to_dicts() if floats else frame.to_dicts()
    return json.dumps(rows, ensure_ascii=False, default=str)
