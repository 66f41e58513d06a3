"""A piece of the person's own sheet, with its row numbers and column letters, as she sees it in Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import streamlit as st

from fou.imports import values
from fou.imports.files.cells import Sheet, Value, column_letters
from fou.money import MINUS, format_decimals
from fou.ui.text import plain

_LONGEST = 40
#: What amounts are written with in words and tables.
_MOST_DECIMALS = 2


def grid(
    sheet: Sheet,
    rows: Sequence[int],
    columns: Sequence[int],
    marked: tuple[int, int] | None = None,
    above: Mapping[int, str] | None = None,
    beside: Mapping[int, str] | None = None,
) -> None:
    """Show cells. ``marked`` is a (row, column); ``above`` and ``beside`` say what columns and rows are read as."""
    cells = dict(sheet.rows)
    letters = [column_letters(number) for number in columns]
    head = ["Rad", *([] if beside is None else ["Läses som"]), *letters]
    numeric = {number for number in columns if any(isinstance(cells.get(row, {}).get(number), Decimal) for row in rows)}
    rule = ["---:", *([] if beside is None else ["---"]), *("---:" if n in numeric else "---" for n in columns)]
    lines = [f"|{'|'.join(head)}|", f"|{'|'.join(rule)}|"]
    if above is not None:
        said = [plain(above[number]) if above.get(number) else "" for number in columns]
        lines.append(
            "| |"
            + ("**Kolumnen läses som**|" if beside is not None else "")
            + "|".join(f"**{s}**" if s else " " for s in said)
            + "|"
        )
    for row in rows:
        shown = []
        for number in columns:
            text = _shown(cells.get(row, {}).get(number))
            if marked == (row, number):
                text = f":red-background[**{text or 'tom cell'}**]"
            shown.append(text or " ")
        use = [] if beside is None else [plain(beside[row]) if row in beside else " "]
        lines.append("|" + "|".join([str(row), *use, *shown]) + "|")
    st.markdown("\n".join(lines))


def _shown(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        places = max(0, -int(value.as_tuple().exponent)) if value.is_finite() else 0
        # A year is no amount: it has no blank in it.
        if value == value.to_integral_value() and 1900 <= value <= 2200:
            return f"{value:f}"
        if places > _MOST_DECIMALS:  # as it stands: nothing is rounded away where somebody looks for a mistake
            return f"{value:f}".replace(".", ",").replace("-", MINUS)
        return format_decimals(value, places)
    if isinstance(value, date):
        return value.isoformat().replace("-", "\u2011")
    text = " ".join(values.shown(value).split())
    return plain(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
