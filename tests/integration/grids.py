"""Write small workbooks as people do: rows as they stand, with bold, formulas, number formats, merged and hidden."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet


@dataclass(frozen=True)
class Styled:
    """A cell with a look: ``style`` is what XlsxWriter calls a format's properties."""

    value: Any
    style: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Formula:
    """A formula with the value that Excel would have stored; ``""`` when it was never calculated."""

    formula: str
    value: Any
    style: dict[str, Any] = field(default_factory=dict)


Cell: TypeAlias = Styled | Formula | str | int | float | Decimal | date | bool | None
Row: TypeAlias = tuple[Cell, ...]


def bold(value: Any, **style: Any) -> Styled:
    """A bold cell."""
    return Styled(value, {"bold": True, **style})


def shown(value: Any, number_format: str) -> Styled:
    """A number shown in a number format."""
    return Styled(value, {"num_format": number_format})


def total(formula: str, value: Any, number_format: str = "") -> Formula:
    """A bold formula with its stored value."""
    return Formula(formula, value, {"bold": True} | ({"num_format": number_format} if number_format else {}))


class Book:
    """A workbook being written."""

    def __init__(self, target: Path | BytesIO) -> None:
        self.file = xlsxwriter.Workbook(target)
        self._formats: dict[str, Any] = {}

    def sheet(self, name: str, *rows: Row, at: str = "A1") -> Worksheet:
        """Add a sheet with these rows from the cell ``at``."""
        sheet = self.file.add_worksheet(name)
        self.put(sheet, *rows, at=at)
        sheet.autofit()
        return sheet

    def put(self, sheet: Worksheet, *rows: Row, at: str = "A1") -> None:
        """Write rows of cells; None leaves a cell as it is."""
        top, left = xl_cell_to_rowcol(at)
        for down, row in enumerate(rows):
            for right, cell in enumerate(row):
                if cell is not None:
                    self._write(sheet, top + down, left + right, cell)

    def merge(self, sheet: Worksheet, cells: str, text: Any, **style: Any) -> None:
        """Merge cells over a text, centred and bold."""
        sheet.merge_range(cells, text, self.format(bold=True, align="center", **style))

    def format(self, **style: Any) -> Any:
        """The format with these properties."""
        key = repr(sorted(style.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format(style)
        return self._formats[key]

    def _write(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        style = cell.style if isinstance(cell, Styled | Formula) else {}
        if isinstance(cell, Formula):
            sheet.write_formula(row, column, cell.formula, self.format(**style), cell.value)
            return
        value = cell.value if isinstance(cell, Styled) else cell
        if isinstance(value, date):
            sheet.write_datetime(row, column, value, self.format(num_format="yyyy-mm-dd", **style))
        elif isinstance(value, str):
            sheet.write_string(row, column, value, self.format(**style))
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        else:
            sheet.write_number(row, column, value, self.format(**style))


@contextmanager
def book(target: Path | BytesIO) -> Iterator[Book]:
    """Write a workbook to a file that is closed when the block ends."""
    written = Book(target)
    yield written
    written.file.close()
