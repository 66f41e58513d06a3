"""The formulas of cells that add up others, and what a shared formula is in each cell that shares it."""

from __future__ import annotations

import re

from fou.imports.files.cells import column_letters, column_number

#: Excel takes no longer formula, so one that is comes from elsewhere and is not worth keeping.
LONGEST_FORMULA = 8192
_ADDS_UP = re.compile(r"(?<![A-Z0-9_.])(?:SUM|SUBTOTAL)\(", re.I)
#: A text, a sheet's name in quotes, or a reference to a cell (B2, $B2) or a column of a range (B:B).
_REFERENCE = re.compile(
    r""""[^"]*"|'(?:[^']|'')*'"""
    r"|(?<![\w.$\\])(?P<fixed>\$?)(?P<column>[A-Z]{1,3})(?P<anchored>\$?)(?P<row>[1-9][0-9]{0,6})(?![\w.(!\[])"
    r"|(?<![\w.$\\])(?P<fixed_1>\$?)(?P<column_1>[A-Z]{1,3}):(?P<fixed_2>\$?)(?P<column_2>[A-Z]{1,3})(?![\w.(!\[])"
)
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576


def adds_up(formula: str) -> bool:
    """Whether a formula has SUM or SUBTOTAL in it."""
    return _ADDS_UP.search(formula) is not None


def shifted(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads in a cell so many rows down and columns to the right; fixed ($) references stay."""

    def shift(found: re.Match[str]) -> str:
        if found["row"]:
            row = int(found["row"]) + (0 if found["anchored"] else rows)
            column = _shifted_column(found["column"], 0 if found["fixed"] else columns)
            if not column or not 1 <= row <= _LAST_ROW:
                return "#REF!"
            return f"{found['fixed']}{column}{found['anchored']}{row}"
        if found["column_1"]:
            first = _shifted_column(found["column_1"], 0 if found["fixed_1"] else columns)
            last = _shifted_column(found["column_2"], 0 if found["fixed_2"] else columns)
            return f"{found['fixed_1']}{first}:{found['fixed_2']}{last}" if first and last else "#REF!"
        return found[0]

    return _REFERENCE.sub(shift, formula)


def _shifted_column(letters: str, columns: int) -> str:
    number = column_number(letters) + columns
    return column_letters(number) if 1 <= number <= _LAST_COLUMN else ""
