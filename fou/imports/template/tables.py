"""The template's sheets as tables in memory, and as the workbook that reading them from a file would give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from fou.imports.files.cells import Sheet, Value, Workbook
from fou.imports.template.layout import BUDGET_HEADS, BUDGET_SHEET, SHEET_BY_NAME

#: A table as people think of it: one dict a row, column head → value; budget years are int heads.
Table: TypeAlias = list[dict[str | int, str | int | Decimal | date | bool | None]]


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
