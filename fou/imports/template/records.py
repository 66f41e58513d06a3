"""A sheet of records, row by row: what each row states, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fou.imports import values
from fou.imports.collector import Collector
from fou.imports.files.cells import Sheet, cell_address
from fou.imports.references import Key, Labels, fold
from fou.imports.stated import Stated
from fou.imports.template.heads import Head, find_head, warn_of_what_has_no_head
from fou.imports.template.layout import SheetLayout

#: Fields that say when something begins and when it ends.
_PERIODS = (
    ("starts", "ends"), ("opens", "closes"), ("closes", "assessed"), ("assessed", "decides"),
    ("first_year", "last_year"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell that refers to a record of ``table``, to look up when every sheet is read."""

    table: str
    label: str
    folded: str
    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """What a sheet of records states, and what it refers to."""

    stated: list[Stated]
    references: list[Reference]


def read_records(
    sheet: Sheet, layout: SheetLayout, file: str, date1904: bool, known: Labels, findings: Collector
) -> RecordSheet:
    """Read one sheet. The label of each of its records is added to ``known``, also when the row has errors."""
    result = RecordSheet([], [])
    required = [column.head for column in layout.columns if column.required]
    head = find_head(sheet, {column.head: column for column in layout.columns}, required, findings)
    table, names = layout.record.TABLE, layout.record.KEY
    if head is None:
        findings.unread.add(table)
        return result
    labels = known.setdefault(table, {})
    takers = {number: (c.field, c.to, values.taker(c, date1904)) for number, c in head.columns.items()}
    needed = [(number, column.head) for number, column in head.columns.items() if column.required]
    periods = [pair for pair in _PERIODS if head.at(pair[0]) and head.at(pair[1])]
    place = f"{file} › {sheet.name} › rad "
    seen: dict[Key, int] = {}
    headless: set[int] = set()
    for row, cells in sheet.rows:
        if row <= head.row:
            continue
        found: dict[str, Any] = {}
        wrong = False
        for number, value in cells.items():
            column = takers.get(number)
            if column is None:
                if number not in head.unread:
                    headless.add(number)
                continue
            name, to, take = column
            try:
                found[name] = take(value)
            except values.Problem as problem:
                findings.problem(sheet.name, row, number, value, problem)
                wrong = True
                continue
            if to is not None:
                label = str(found[name])
                result.references.append(Reference(to, label, fold(label), sheet.name, row, number))
        if not found and not wrong:
            continue
        for number, name in needed:
            if number not in cells:
                findings.empty_cell(
                    sheet.name, row, number, f"{name} på varje rad", "Fyll i cellen, eller ta bort raden."
                )
                wrong = True
        key = tuple(_keyed(found.get(name)) for name in names)
        if len(names) == 1 and isinstance(key[0], str):
            labels.setdefault(key[0], found[names[0]])
        if wrong:
            continue
        if key in seen:
            findings.error(
                sheet.name, cell_address(row, min(cells)), _named(names, found), "en rad för varje",
                f"Samma uppgift står på rad {seen[key]}. Behåll en av raderna.", "duplicate",
            )  # fmt: skip
            continue
        seen[key] = row
        for first, last in periods:
            if first in found and last in found:
                _check_period(sheet.name, row, head, found, first, last, findings)
        result.stated.append(Stated(table, key, found, f"{place}{row}"))
    warn_of_what_has_no_head(sheet, head, headless, findings)
    return result


def _check_period(
    sheet: str, row: int, head: Head, found: Mapping[str, Any], first: str, last: str, findings: Collector
) -> None:
    start, end = found[first], found[last]
    if isinstance(start, str):
        # 2014 does not end before 2014-10: they are compared as far as both are known.
        known = min(len(start), len(end))
        start, end = start[:known], end[:known]
    if start > end:
        findings.error(
            sheet, cell_address(row, head.at(last) or 1), str(found[last]),
            f"ett slut efter början ({found[first]})", "Rätta början eller slutet.", "period",
        )  # fmt: skip


def _keyed(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value


def _named(names: tuple[str, ...], found: Mapping[str, Any]) -> str:
    return values.shortened(" / ".join(str(found[name]) for name in names))
