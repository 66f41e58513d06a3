"""Finding the row of heads in a sheet, and which column holds what."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from fou.imports import values
from fou.imports.collector import Collector
from fou.imports.files.cells import Sheet, Value, cell_address
from fou.imports.references import fold
from fou.imports.template.layout import Column

#: The heads are looked for in this many rows, so that a title may stand above them.
HEAD_ROWS = 10
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")


@dataclass(slots=True)
class Head:
    """Where the columns of a sheet are: column number → column, or → year; and the row of the heads."""

    row: int
    columns: dict[int, Column] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    unread: set[int] = field(default_factory=set)

    def at(self, name: str) -> int | None:
        """The number of the column that fills this field."""
        return next((number for number, column in self.columns.items() if column.field == name), None)


def find_head(
    sheet: Sheet,
    wanted: Mapping[str, Column],
    required: Iterable[str],
    findings: Collector,
    years: bool = False,
) -> Head | None:
    """Find the heads of a sheet; None, with the findings that say why, when a required one is missing.

    With ``years`` a year, too, is a head.
    """
    required = list(required)
    folded = {fold(head): column for head, column in wanted.items()}
    row, cells = max(sheet.rows[:HEAD_ROWS], key=lambda candidate: _matches(candidate[1], folded))
    if not _matches(cells, folded):
        findings.error(
            sheet.name, "", "inga kolumnrubriker som känns igen", "rubrikerna " + ", ".join(required),
            "Hämta mallen på sidan Import och jämför rubrikerna i bladets första rad.", "missing_column",
        )  # fmt: skip
        return None
    head = Head(row)
    for number, value in sorted(cells.items()):
        column = folded.get(fold(value)) if isinstance(value, str) else None
        if column is not None and column not in head.columns.values():
            head.columns[number] = column
        else:
            _read_other_head(sheet.name, head, number, value, column, findings, years)
    there = {column.head for column in head.columns.values()}
    missing = [name for name in required if name not in there]
    for name in missing:
        findings.error(
            sheet.name, cell_address(row, 1), f"kolumnen {name} saknas", f"kolumnen {name}",
            f"Lägg till kolumnen {name} på rad {row}, som i mallen.", "missing_column",
        )  # fmt: skip
    return None if missing else head


def warn_of_what_has_no_head(sheet: Sheet, head: Head, columns: Collection[int], findings: Collector) -> None:
    """Warn once for each of these columns, which hold something under an empty head."""
    for number in sorted(columns):
        row = next(row for row, cells in sheet.rows if row > head.row and number in cells)
        findings.warn(
            sheet.name, cell_address(row, number), "innehåll i en kolumn utan rubrik", "en rubrik på kolumnen",
            f"Kolumnen läses inte. Skriv rubriken på rad {head.row}, eller radera innehållet.", "no_head",
        )  # fmt: skip


def _matches(cells: Mapping[int, Value], folded: Mapping[str, Column]) -> int:
    return sum(isinstance(value, str) and fold(value) in folded for value in cells.values())


def _read_other_head(
    sheet: str,
    head: Head,
    number: int,
    value: Value,
    column: Column | None,
    findings: Collector,
    years: bool,
) -> None:
    """Read a head that is no column's: a year, one that is there twice, or one to leave unread."""
    head.unread.add(number)
    address, shown = cell_address(head.row, number), values.shown(value)
    try:
        year = values.year_head(value) if years else None
    except values.Problem as problem:
        findings.problem(sheet, head.row, number, value, problem)
        return
    if column is not None or (year is not None and year in head.years.values()):
        findings.error(
            sheet, address, shown, "varje rubrik en gång",
            "Rubriken står två gånger. Ta bort eller byt namn på den ena kolumnen.", "duplicate_column",
        )  # fmt: skip
    elif year is not None:
        head.years[number] = year
    elif years and _YEAR.search(shown):
        findings.warn(
            sheet, address, shown, "bara årtalet som rubrik",
            "Kolumnen läses inte. Är det årets belopp: skriv bara årtalet, till exempel 2014.", "unknown_column",
        )  # fmt: skip
    else:
        findings.note(
            sheet, address, shown, "en rubrik i mallen", "Kolumnen känns inte igen och läses inte.",
            "unknown_column",
        )  # fmt: skip
