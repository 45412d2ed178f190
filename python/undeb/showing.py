"""Tables for eyes: HTML that survives the sanitising of notebooks, and its twin in plain text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from undeb.tables import Shown, Table

# Rows in sight, and rows of plain text; the rest is folded away.
OPEN, PLAIN = 12, 20

# Style sheets and classes are stripped from notebooks that are not trusted; plain inline styles stay. No colours are
# set, so that the table has those of the notebook, light or dark.
CELL = "padding:0.2em 0.7em;text-align:{};white-space:{}"

# Figures stay on one line; a cell with more words than this wraps, so that the last columns stay in sight.
LONG = 32


def percent(value: float | None) -> str:
    """A fraction as per cent with one digit, as reports print it."""
    return "" if value is None else f"{_minus(value * 100)}%"


def chance(value: float | None) -> str:
    """A probability as reports print it: never 0 or 100 per cent."""
    if value is None:
        return ""
    return "more than 99%" if value > 0.99 else "less than 1%" if value < 0.01 else f"{value * 100:.0f}%"


def points(value: float | None) -> str:
    """A difference of fractions in points with one digit and its sign."""
    if value is None:
        return ""
    text = _minus(value * 100)
    return f"{text if text[0] == '−' or float(text) == 0 else '+' + text} points"


def hundredths(value: float | None) -> str:
    """A small difference of fractions in points with two digits and its sign, as contributions are printed."""
    if value is None:
        return ""
    text = f"{abs(value * 100):.2f}"
    return f"{'' if float(text) == 0 else '−' if value < 0 else '+'}{text} points"


def error(value: float | None) -> str:
    """A standard error in points with two digits; it has no sign."""
    return "" if value is None else f"{value * 100:.2f} points"


def width(value: float | None) -> str:
    """The size of a difference in points."""
    return "" if value is None else f"{value * 100:.1f} points"


def count(value: float | None) -> str:
    """A count with separators."""
    return "" if value is None else f"{value:,.0f}".replace("-", "−")


def amount(value: float | None) -> str:
    """A number of people, an amount of pay or a ratio: whole from a thousand on, else with three digits."""
    if value is None:
        return ""
    text = f"{abs(value):,.0f}" if abs(value) >= 1000 else f"{abs(value):.3f}"
    return f"−{text}" if value < 0 else text


def _minus(value: float) -> str:
    text = f"{abs(value):.1f}"
    return f"−{text}" if value < 0 and float(text) else text


def _style(align: str, words: str) -> str:
    return CELL.format(align, "nowrap" if len(words) <= LONG else "normal;min-width:14em")


def _table(shown: Shown, rows: list[list[str]], caption: bool) -> str:
    align = ["right" if name in shown.numeric else "left" for name in shown.headings]
    head = "".join(f'<th scope="col" style="{_style(a, h)}">{escape(h)}</th>' for h, a in zip(shown.headings, align))
    body = "".join(
        "<tr>" + "".join(f'<td style="{_style(a, cell)}">{escape(cell)}</td>' for cell, a in zip(row, align)) + "</tr>"
        for row in rows
    )
    words = f'<caption style="text-align:left;font-weight:bold;padding:0.3em 0.7em">{escape(shown.caption)}</caption>' if caption else ""
    return f'<table style="border-collapse:collapse">{words}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def html(table: Table) -> str:
    """The table with its caption, long ones folded, and the lines under it."""
    shown = table._shown()  # pyright: ignore[reportPrivateUsage]
    parts = [_table(shown, shown.within(OPEN, ["⋮"] * len(shown.headings)), caption=True)]
    if shown.total > OPEN:
        folded = shown.rows[OPEN - shown.LAST : -shown.LAST]
        words = f"{shown.total - OPEN:,} more rows between them"
        if shown.total > len(shown.rows):
            words += f", the first {len(folded)} of these here; all are in .to_polars()"
        parts.append(f"<details><summary>{words}</summary>{_table(shown, folded, caption=False)}</details>")
    parts += [f'<p style="margin:0.2em 0.7em;font-size:90%">{escape(note)}</p>' for note in shown.notes]
    return "<div>" + "".join(parts) + "</div>"


def plain(table: Table) -> str:
    """The same in plain text."""
    shown = table._shown()  # pyright: ignore[reportPrivateUsage]
    rows = shown.within(PLAIN, [])
    widths = [max(len(cell) for cell in column) for column in zip(shown.headings, *filter(None, rows))] if shown.headings else []
    numeric = [name in shown.numeric for name in shown.headings]

    def line(cells: list[str]) -> str:
        if not cells:
            return f"... {shown.total - PLAIN:,} more rows ..."
        padded = (c.rjust(w) if n else c.ljust(w) for c, w, n in zip(cells, widths, numeric))
        return "  ".join(padded).rstrip()

    lines = [shown.caption, *([line(shown.headings)] if shown.headings else []), *(line(row) for row in rows)]
    return "\n".join(lines + shown.notes)
