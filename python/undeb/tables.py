"""What every noun of this package is besides: a table that goes anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import polars as pl

from undeb.errors import UndebError

if TYPE_CHECKING:
    import pandas


class Table:
    """A result in long form, one row for each figure. Immutable: every verb returns a new object."""

    __slots__ = ()

    def to_polars(self) -> pl.DataFrame:
        """The table as a polars frame; rates are fractions, an empty cell is not known.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("eu27").to_polars().columns[:5]
        ['measure', 'period', 'region', 'sector', 'value']
        """
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a pandas frame; needs ``undeb[pandas]``.

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

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("eu27").to_dict()["measure"][0]
        'density'
        """
        return self.to_polars().to_dict(as_series=False)

    def to_json(self) -> str:
        """The table as JSON, an array of rows; figures keep every digit.

        Examples
        --------
        >>> import json, undeb as ub
        >>> json.loads(ub.data("eu27").to_json())[0]["measure"]
        'density'
        """
        return json.dumps(self.to_polars().to_dicts(), ensure_ascii=False)

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


class Shown:
    """The head of a table made ready for eyes: headings, rows of words, and the lines around them."""

    MOST = 112
    """Rows that are ever shown."""

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
        self.rows = rows[: Shown.MOST]
        self.notes = notes
        self.numeric = set(numeric)
        self.total = len(rows) if total is None else total
