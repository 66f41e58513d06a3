"""A workbook as sparse cells: what a reader gives and what everything after it works on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from fou.imports.layout import BUDGET_HEADS, BUDGET_SHEET, SHEET_BY_NAME


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose value cannot be known: a formula never calculated, or an error such as #REF!."""

    what: str  # "formula" or "error"
    text: str  # the formula or the error as it stands


Value: TypeAlias = str | Decimal | bool | date | Broken
#: A table as people think of it: one dict a row, column head → value; budget years are int heads.
Table: TypeAlias = list[dict[str | int, str | int | Decimal | date | bool | None]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; ``rows`` holds (row number, {column number: value}), both from 1; empty cells are absent."""

    name: str
    rows: list[tuple[int, dict[int, Value]]]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets in order. ``date1904`` tells which day the date numbers count from."""

    sheets: tuple[Sheet, ...]
    date1904: bool = False


def heads(sheet: str, table: Iterable[Mapping[str | int, object]]) -> list[str | int]:
    """The column heads of a template sheet, in order; the sheet Budget ends with the years that occur."""
    if sheet != BUDGET_SHEET:
        return [column.head for column in SHEET_BY_NAME[sheet].columns]
    years = sorted({head for row in table for head in row if isinstance(head, int)})
    return [*BUDGET_HEADS, *years]


def workbook_from(tables: Mapping[str, Table]) -> Workbook:
    """The same workbook that reading a file with these tables would give, heads in row 1."""
    return Workbook(tuple(_sheet(name, table) for name, table in tables.items()))


def _sheet(name: str, table: Table) -> Sheet:
    order = heads(name, table)
    rows: list[tuple[int, dict[int, Value]]] = [(1, {i: _cell(head) for i, head in enumerate(order, 1)})]
    for number, row in enumerate(table, 2):
        cells = {i: _cell(row[head]) for i, head in enumerate(order, 1) if row.get(head) not in (None, "")}
        rows.append((number, cells))
    return Sheet(name, rows)


def _cell(value: object) -> Value:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, str | Decimal | date):
        return value
    raise TypeError(f"not a cell value: {value!r}")
