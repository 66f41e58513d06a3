"""A workbook as sparse cells: what a reader gives and what everything after it works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose value cannot be known: a formula never calculated, or an error such as #REF!."""

    what: str  # "formula" or "error"
    text: str  # the formula or the error as it stands


Value: TypeAlias = str | Decimal | bool | date | Broken


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; ``rows`` holds (row number, {column number: value}), both from 1; empty cells are absent.

    Of the hidden rows, ``hidden_rows`` names those that hold something. ``merged`` holds (first row, first
    column, last row, last column). ``formats`` holds the number format of the numbers whose format says more
    than how many decimals to show: a unit, a currency, per cent, or a scale.
    ``sums`` holds the formula of the cells that add up others (SUM, SUBTOTAL), without the equals sign.
    """

    name: str
    rows: list[tuple[int, dict[int, Value]]]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    sums: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets in order. ``date1904`` tells which day the date numbers count from."""

    sheets: tuple[Sheet, ...]
    date1904: bool = False


def column_letters(column: int) -> str:
    """The letters of a column, counted from 1: 1 → ``A``, 27 → ``AA``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column, counted from 1: ``A`` → 1, ``AA`` → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cell_address(row: int, column: int) -> str:
    """The address of a cell, both counted from 1: row 7, column 4 → ``D7``."""
    return f"{column_letters(column)}{row}"
