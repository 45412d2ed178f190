"""Reports: what may be published."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import polars as pl

from undeb import _undeb
from undeb.chart import Chart, Options, draw, with_options
from undeb.errors import DisclosureError, SchemaError
from undeb.files import place
from undeb.tables import Shown, Table
from undeb.vocabulary import Kind, flag, path_of

if TYPE_CHECKING:
    from typing_extensions import Unpack


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Report(Table):
    """Findings and estimates that have passed the quality and confidentiality rules; made by :meth:`Findings.release`.

    Examples
    --------
    >>> import undeb as ub
    >>> report = ub.Plan.read("eu-80").assess().release(as_of="2026-01-01")
    >>> report.to_polars().filter(measure="adjusted_coverage", region="IT", period="2018")["value"].to_list()
    [0.8]
    """

    _inner: _undeb.Report

    @with_options
    def chart(self, kind: str | Kind, **asked: Unpack[Options]) -> Chart:
        """A chart of the report; it shows itself in a notebook.

        Parameters
        ----------
        kind
            One of :class:`undeb.Kind`.
        **asked
            ``target``, ``measure``, ``regions``, ``sectors``, ``periods``, ``highlight``, ``title``, ``titles``, ``theme``,
            ``locale``, ``width``, ``mm``: see :class:`undeb.chart.Options`. What is left out is worked out.

        Returns
        -------
        Chart
            The drawing of released figures, at the plan's level.

        Raises
        ------
        SchemaError
            The kind or an option is not known; the message lists the choices.
        DataError
            There are no figures in a period that is named.
        UndebError
            There is not what the kind needs; the message says what.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().release(as_of="2026-01-01").chart("gap").to_svg()[:4]
        '<svg'
        """
        return draw(self, kind, asked, lambda: self.to_polars()["period"])

    @property
    def verdict(self) -> str:
        """The verdict in one sentence, computed from the findings.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().release(as_of="2026-01-01").verdict
        '20 of 27 member states stood below 80% by figures of 2014 to 2018, where the duty arises; 7 did not, ...'
        """
        return self._inner.verdict()

    @property
    def assumptions(self) -> list[str]:
        """What is assumed, approximated or withheld, in sentences.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().release(as_of="2026-01-01").assumptions[0]
        'No figure here can be graded by the quality rule: what it looks at is not published.'
        """
        return self._inner.assumptions()

    def to_polars(self) -> pl.DataFrame:
        """The released estimates as a polars frame; numbers and marks stand in columns of their own.

        Columns: ``measure``, ``period``, ``region``, ``sector``, ``value``, ``se``, ``low``, ``high`` (fractions, at
        the plan's level), ``n`` (records), ``numerator`` and ``denominator`` (people or jobs), ``error_source``,
        ``quality`` (``ok``, ``limited``, ``review``, ``low``, ``withhold`` or ``not_assessable``), ``mark`` (``[u]``
        low reliability, ``[c]`` confidential, ``[x]`` not available), ``source``, ``rolled_up`` (summed here from lower
        regions), ``since`` (the first period of an average over several), ``note``.

        Returns
        -------
        polars.DataFrame
            One row for each estimate that the report carries; where a figure is withheld its numbers are empty.

        Examples
        --------
        >>> import undeb as ub
        >>> report = ub.Plan.read("eu-80").assess().release(as_of="2026-01-01")
        >>> report.to_polars().columns[:5]
        ['measure', 'period', 'region', 'sector', 'value']
        """
        return pl.DataFrame(self._inner.frame())

    def to_json(self) -> str:
        """The whole report as JSON, as docs/REPORT_JSON.md describes it.

        Returns
        -------
        str
            One object; rates are fractions, the other units are those of that page.

        Examples
        --------
        >>> import json, undeb as ub
        >>> report = ub.Plan.read("eu-80").assess().release(as_of="2026-01-01")
        >>> json.loads(report.to_json())["schema"]
        'undeb-report/1'
        """
        return self._inner.json()

    def to_html(self) -> str:
        """The report as one HTML page that needs no network.

        Returns
        -------
        str
            The page, with its charts.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().release(as_of="2026-01-01").to_html()[:15]
        '<!DOCTYPE html>'
        """
        return self._inner.html()

    def to_markdown(self) -> str:
        """The report as Markdown.

        Returns
        -------
        str
            The text; it links to the charts that :meth:`write` puts beside it.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().release(as_of="2026-01-01").to_markdown()[0]
        '#'
        """
        return self._inner.markdown()

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Writes the report: the page alone where the path ends in ``.html``, else a folder with everything.

        A folder holds ``report.html``, ``report.md``, ``report.json``, ``estimates.csv`` and the charts. It is written
        aside and moved into place whole; when anything fails, what was there stays as it was.

        Parameters
        ----------
        path
            A folder, or a file ending in ``.html``.
        overwrite
            Replace an earlier report.

        Returns
        -------
        pathlib.Path
            The page.

        Raises
        ------
        SchemaError
            The name ends as a file that is no page.
        UndebError
            There is an earlier report and ``overwrite`` is false; the folder holds files that are not a report's; it
            cannot be written.

        Examples
        --------
        >>> import tempfile, undeb as ub
        >>> report = ub.Plan.read("eu-80").assess().release(as_of="2026-01-01")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     report.write(folder + "/eu-80").name
        'report.html'
        """
        target = path_of("path", path)
        ending = target.suffix.lower()
        if ending in {".pdf", ".md", ".txt", ".json", ".csv", ".parquet", ".xlsx", ".docx", ".png", ".svg"}:
            raise SchemaError(f"a report is a folder, or one page that ends in .html; `{ending}` is neither, and what it may mean is in the folder")
        if ending not in {".html", ".htm"}:
            return self._inner.write(target, flag("overwrite", overwrite))[0]
        page = self.to_html()
        return place(target, overwrite, "kind of page", [".html", ".htm"], lambda aside, _: aside.write_text(page, encoding="utf-8"))

    def __len__(self) -> int:
        return len(self._inner)

    def _shown(self) -> Shown:
        rows = [
            [title, status, *(str(n) if any(counts) else "" for n in counts), said]
            for title, status, counts, said in self._inner.targets()
        ]
        numeric = ["Met", "Not met", "Cannot tell"]
        notes = [self.verdict, *self.assumptions, f"{len(self):,} released estimates are in .to_polars(); the whole report is in .write()."]
        return Shown(self._inner.title(), ["Target", "Status", *numeric, "In words"], rows, notes, numeric)

    def __reduce__(self) -> NoReturn:
        raise DisclosureError(
            "a report is not pickled: its evidence would travel with it unseen; write it with .write(), or pickle the findings"
        )
