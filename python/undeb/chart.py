"""Charts that show themselves, with words for those who do not see them."""

from __future__ import annotations

import base64
import inspect
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal, TypedDict, TypeVar

import polars as pl

from undeb import _undeb
from undeb.errors import DataError, choices
from undeb.files import place
from undeb.vocabulary import Kind, as_period, known, optional, real, several, text, words


class Options(TypedDict, total=False):
    """What may be asked of a chart; what is left out is worked out from the subject."""

    target: str | None
    """Target of the plan, where there are several."""
    measure: str | None
    """Measure, where there are several."""
    regions: str | Iterable[str]
    """Region codes."""
    sectors: str | Iterable[str]
    """Sector codes."""
    periods: str | int | Iterable[str | int]
    """Periods, as many as the kind takes."""
    highlight: str | Iterable[str]
    """Codes of regions or sectors that stand out, in every kind but ``waterfall``."""
    title: str | None
    """A title in place of the computed one."""
    titles: Literal["inside", "page"]
    """Whether titles and notes stand in the picture."""
    theme: str
    """``light``, ``dark`` and others; an unknown one lists the choices."""
    locale: Literal["en", "cy"]
    """Language of the words and form of the numbers."""
    width: float
    """Width in pixels, 720 when left out."""
    mm: float | None
    """Width in millimetres in place of pixels, for print."""


DEFAULTS: dict[str, Any] = {
    "target": None, "measure": None, "regions": (), "sectors": (), "periods": (), "highlight": (), "title": None,
    "titles": "inside", "theme": "light", "locale": "en", "width": 720.0, "mm": None,
}  # fmt: skip
"""What each option is when it is left out."""

Method = TypeVar("Method", bound=Callable[..., Any])


def with_options(method: Method) -> Method:
    """Writes the options of a chart into the signature of a method, where notebooks complete from and ``help`` reads."""
    written = inspect.signature(method)
    given = [p for p in written.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=DEFAULTS[name], annotation=kind.__forward_arg__)
        for name, kind in Options.__annotations__.items()
    ]
    setattr(method, "__signature__", written.replace(parameters=[*given, *options]))
    return method


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Chart:
    """A finished chart: it shows itself in a notebook, and describes itself in words.

    Made by ``.chart(kind)`` of estimates, findings and reports.

    Examples
    --------
    >>> import undeb as ub
    >>> ub.Plan.read("eu-80").assess().chart("gap").kind
    'gap'
    """

    _inner: _undeb.Chart
    kind: str
    """Kind of the chart."""
    _of: tuple[Any, dict[str, Any]]

    @property
    def title(self) -> str:
        """The finding that the chart shows, computed from its figures and their intervals.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().chart("gap").title
        '7 of 27 member states are at or above the 80% line, 20 below it'
        """
        return self._inner.words()[0]

    @property
    def subtitle(self) -> str:
        """Measure, population, unit and period.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states", ["density"]).chart("trend").subtitle
        'Union density, all sectors, % of all wage and salary workers, 1983 to 2022'
        """
        return self._inner.words()[1]

    @property
    def source(self) -> str:
        """Where the figures are from.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().chart("gap").source[:45]
        'Visser, J. (2019), ICTWSS Database, version 6'
        """
        return self._inner.words()[2]

    def describe(self) -> str:
        """Everything the chart shows, in words: what a reader hears in place of the drawing.

        Returns
        -------
        str
            Title, subtitle and the figures, in sentences.

        Examples
        --------
        >>> import undeb as ub
        >>> "80" in ub.Plan.read("eu-80").assess().chart("gap").describe()
        True
        """
        return self._inner.describe()

    def numbers(self) -> pl.DataFrame:
        """The numbers behind the picture, one row for each figure drawn; rates are fractions.

        Columns of every kind but ``waterfall``: ``name`` (of the cell), ``measure``, ``period``, ``region``,
        ``sector``, ``value``, ``low``, ``high``, ``n`` (records), ``mark`` (``[u]`` low reliability, ``[c]``
        confidential, ``[x]`` not available), and last ``released``. Between ``mark`` and ``released`` stand those of
        the kind:

        - ``trend``: ``path``, the level of the target's path.
        - ``small-multiples``: ``target``, and beside the last figure ``from_period``, ``from_mark``, ``change``,
          ``change_low``, ``change_high`` (fractions), ``answer`` (``rise``, ``fall``, ``unclear``, ``not_comparable``).
        - ``slope``: ``from_period``, ``from_value``, ``from_mark``, and the four columns of the change.
        - ``interval``: with a target ``target``, and ``answer`` (``met``, ``not_met``, ``cannot_tell``) where its level is
          one for all; where regions are held against their whole, ``whole`` (its rate) and ``answer`` (``above``,
          ``below``, ``cannot_tell``).
        - ``gap``: ``baseline_period``, ``baseline``, ``target``, ``gap`` (positive is short), ``gap_low``,
          ``gap_high``, ``gap_workers`` (people or jobs), ``answer`` (``unset`` too).
        - ``scatter``: ``other_measure``, ``other_value``, ``other_low``, ``other_high``.
        - ``bounds``: ``missing_share``, ``missing_low``, ``missing_high``.
        - ``funnel``: ``centre``, ``effective_n``, ``limit_low``, ``limit_high``, ``answer`` (``inside``, ``outside``).
        - ``heatmap``, ``tiles``: none.

        A picture of nothing but missing figures has every one of them, and the columns of every kind alone.

        A ``waterfall`` has ``name``, ``measure``, the codes of the cell, ``share_from``, ``share_to``, ``rate_from``,
        ``rate_to``, ``contribution``, ``low``, ``high``, ``through_rate``, ``through_composition`` (fractions),
        ``released``.

        Returns
        -------
        polars.DataFrame
            An empty cell is not known.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.Plan.read("eu-80").assess().chart("gap").numbers().height
        27
        """
        return pl.DataFrame(self._inner.numbers())

    def to_svg(self) -> str:
        """The drawing as an SVG document.

        Returns
        -------
        str
            The document; its text is set in Open Sans where that is installed.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states").chart("trend").to_svg()[:4]
        '<svg'
        """
        return self._inner.svg()

    def to_png(self, scale: float = 2.0) -> bytes:
        """The drawing as PNG, ``scale`` device pixels to a pixel.

        Parameters
        ----------
        scale
            Above 0 and at most 8; 2 makes 1,440 device pixels of a width of 720.

        Returns
        -------
        bytes
            The content of a file.

        Raises
        ------
        UndebError
            The scale is not above 0 and at most 8.

        Examples
        --------
        >>> import undeb as ub
        >>> ub.data("us-states").chart("trend").to_png(1)[1:4]
        b'PNG'
        """
        return self._inner.png(real("scale", scale))

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False, scale: float = 2.0) -> Path:
        """Writes the drawing as SVG or PNG, by the ending of the name.

        Parameters
        ----------
        path
            A file ending in ``.svg`` or ``.png``.
        overwrite
            Replace a file that is there.
        scale
            Device pixels to a pixel, for PNG.

        Returns
        -------
        pathlib.Path
            The file, whole or not at all.

        Raises
        ------
        SchemaError
            The ending is not known.
        UndebError
            There is such a file already and ``overwrite`` is false, it cannot be written, or the scale is not above 0
            and at most 8.

        Examples
        --------
        >>> import tempfile, undeb as ub
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ub.data("us-states").chart("trend").write(folder + "/trend.svg").name
        'trend.svg'
        """
        def write(aside: Path, ending: str) -> None:
            aside.write_bytes(self.to_svg().encode() if ending == ".svg" else self.to_png(scale))

        return place(path, overwrite, "kind of picture file", [".svg", ".png"], write)

    def _repr_html_(self) -> str:
        # Bare SVG is dropped from notebooks that are not trusted; an image with its own words stays.
        image = base64.b64encode(self.to_svg().encode()).decode()
        alt = escape(self.describe(), quote=True)
        return f'<figure style="margin:0"><img alt="{alt}" src="data:image/svg+xml;base64,{image}" style="max-width:100%"></figure>'

    def __repr__(self) -> str:
        return f"{self.describe()}\nSource: {self.source}"

    def __copy__(self) -> Chart:
        return self

    def __deepcopy__(self, memo: object) -> Chart:
        return self

    def __reduce__(self) -> tuple[Callable[..., Chart], tuple[Any, ...]]:
        subject, asked = self._of
        return _again, (subject, self.kind, asked)


def draw(
    subject: Any,
    kind: str | Kind,
    asked: Options,
    there: Callable[[], Iterable[str]],
    level: float | None = None,
    interval: str = "wilson",
    quality: str | None = None,
) -> Chart:
    """A chart of a subject that has figures in the periods that are there."""
    name = known(kind, "kind of chart", _undeb.chart_kinds())
    unknown = sorted(set(asked) - set(Options.__annotations__))
    if unknown:
        known(unknown[0], "option of a chart", Options.__annotations__)
    given: dict[str, Any] = {**DEFAULTS, **asked}
    given["width"] = real("width", given["width"])
    given["mm"] = optional(real, "mm", given["mm"])
    for option in ("regions", "sectors", "highlight"):
        given[option] = words(option, given[option])
    for option in ("target", "measure", "title"):
        given[option] = optional(text, option, given[option])
    for option in ("titles", "theme", "locale"):
        given[option] = text(option, given[option])
    periods = given["periods"]
    one = isinstance(periods, (str, int))
    asked_for = [as_period("periods", periods)] if one else several(as_period, "periods", periods)
    given["periods"] = asked_for
    if absent := sorted(set(asked_for) - set(there())) if asked_for else []:
        raise DataError(f"there are no figures in {absent[0]}; {choices(absent[0], sorted(set(there())))}")
    inner = subject._inner.chart(name, {**given, "level": level, "interval": interval, "quality": quality})
    # What was a generator is empty by now; a pickle draws again.
    kept = {option: given[option] for option in asked}
    return Chart(inner, name, (subject, kept))


def _again(subject: Any, kind: str, asked: dict[str, Any]) -> Chart:
    return subject.chart(kind, **asked)
