"""Survey records through a codebook, from a file or a table; and made-up ones to try things on."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import polars as pl

from undeb import _undeb
from undeb.design import KnownTotals, LonelyPsu, Replicates, design_columns, design_options, given_design
from undeb.errors import DataError, UndebError
from undeb.frames import Frame, Tabular, first_line, scan, take
from undeb.records import Survey
from undeb.vocabulary import path_of


def read_microdata(
    records: str | os.PathLike[str] | Tabular,
    codebook: str | os.PathLike[str],
    *,
    replicates: Replicates | None = None,
    known_totals: KnownTotals | None = None,
    design_effect: float | None = None,
    lonely_psu: LonelyPsu = "fail",
) -> Survey:
    """Survey records through a codebook, which knows what the variables of a survey mean.

    Parameters
    ----------
    records
        A file (CSV, Parquet, Arrow IPC; SPSS, Stata and SAS files with ``undeb[readstat]``) or a table.
    codebook
        Name of a bundled codebook, see :func:`undeb.codebooks`, or the path of one of your own ending in ``.toml``.
    replicates
        Replicate weights, in columns or made; errors then come from them alone.
    known_totals
        Totals of the population that the weights are calibrated to.
    design_effect
        An assumed design effect, where the records tell nothing of the design.
    lonely_psu
        What a stratum with a single PSU contributes; see :func:`undeb.survey`.

    Returns
    -------
    Survey
        Records ready to be filtered and estimated from.

    Raises
    ------
    SchemaError
        The codebook or the rule for lonely PSUs is not known, or the file of a codebook is not one.
    UndebError
        A file is not there, or what reads SPSS, Stata and SAS files is not installed.
    DataError
        The file is not of the kind that its ending says, a column is missing, or a row is not covered by the rules of
        the codebook.
    DesignError
        Weights or design do not hold together.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.read_microdata("gss.csv", codebook="gsss")
    Traceback (most recent call last):
    undeb.errors.SchemaError: `gsss` is not a known codebook; did you mean `gss`? ...
    """
    options = design_options(lonely_psu, replicates, known_totals, design_effect)
    if not isinstance(codebook, (str, os.PathLike)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DataError(f"`codebook` is {codebook!r}; the name of a codebook, such as \"gss\", or the path of one was expected")
    book = str(path_of("codebook", codebook))
    _undeb.codebook_variables(book)
    if not isinstance(records, (str, os.PathLike)):
        return _by_codebook(take(records), None, book, options)
    path = path_of("records", records)
    if path.is_dir():
        raise DataError(f"{path} is a folder; the path of a file of records was expected")
    ending = path.suffix.lower()
    if ending in {".sav", ".zsav", ".por", ".dta", ".sas7bdat"}:
        return _by_codebook(take(_statistical(path)), None, book, options)
    inner = _undeb.Records.read(path, book, given_design(options))
    frame = scan(path)
    return Survey(inner, frame, (_by_codebook, (str(path), book, options)), _year(frame, book))


def _by_codebook(frame: Frame, path: str | None, codebook: str, options: dict[str, Any]) -> Survey:
    if path is not None:
        inner = _undeb.Records.read(Path(path), codebook, given_design(options))
    else:
        variables, required = _undeb.codebook_variables(codebook)
        needed = {name: f"the codebook `{codebook}`" for name in variables[:required]} | dict(design_columns(frame, options))
        columns = {name: frame.column(name, what) for name, what in needed.items()}
        columns |= {name: pl.col(name) for name in variables[required:] if name in frame.names}
        inner = _undeb.Records.by_codebook(frame.select(list(columns.values())), codebook, given_design(options))
    return Survey(inner, frame, (_by_codebook, (path, codebook, options)), _year(frame, codebook))


def _year(frame: Frame, codebook: str) -> dict[str, str]:
    """A year is the period, unless a column that the codebook does not read is called so."""
    taken = "year" in frame.names and "year" not in _undeb.codebook_variables(codebook)[0]
    return {} if taken else {"year": "period"}


def _statistical(path: Path) -> Tabular:
    try:
        polars_readstat: Any = importlib.import_module("polars_readstat")
    except ImportError:
        raise UndebError(f"{path.suffix} files are read through polars-readstat: pip install 'undeb[readstat]'") from None
    if not path.exists():
        raise UndebError(f"{path} is not there")
    try:
        return polars_readstat.read_readstat(str(path))
    except Exception as error:
        raise DataError(f"{path} cannot be read: {first_line(error)}; is it whole, and of the kind that its ending says?") from error


def synthetic_records() -> pl.DataFrame:
    """Made-up survey records to try things on: nobody in them exists, and their rates say nothing about any country.

    About 3,000 records of two years, 2019 and 2024, from 12 strata with 4 PSUs each, the same in both years. Columns:
    ``year``, ``region``, ``sector``, ``industry``, ``sex``, ``age``, ``stratum``, ``psu``, ``weight``, ``employee``,
    ``member``, ``covered`` and ``wage`` (per hour); ``member`` and ``covered`` are empty where the answer is not known.

    Returns
    -------
    polars.DataFrame
        One row for each record; ``employee``, ``member`` and ``covered`` are 1 or 0.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.synthetic_records().columns[:4]
    ['year', 'region', 'sector', 'industry']
    """
    return pl.read_csv(Path(__file__).with_name("synthetic_records.csv"))
