"""The budget template filled with everything that the database holds, so that it can be changed and read in again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import IO, Any, TypeAlias

from fou.imports.difference import can_be_stated
from fou.imports.files.texts import condition_text
from fou.imports.references import Key
from fou.imports.template.layout import (
    BUDGET_SHEET,
    FIRST_YEAR,
    LAST_YEAR,
    OPEN_WORD,
    SHEETS,
    YES_NO,
    Column,
    SheetLayout,
    Takes,
)
from fou.imports.template.tables import Table
from fou.imports.template.writing import SHEET_ORDER, write_template
from fou.model import BASIS_NAMES, KIND_NAMES, RECORD_BY_TABLE, Basis, Kind, as_dict
from fou.money import format_number
from fou.store import Reader
from fou.store.reading import STANDING
from fou.swedish import format_date

#: What a cell of a table holds.
Cell: TypeAlias = str | int | Decimal | date | bool | None
#: Budget gets a column for this year and for as many years to come, also when nothing stands there yet.
_COMING_YEARS = 3
_WHOLE_PLAN = "Hela planen"
#: The tables that others refer to, in the order that they must be looked up.
_LABELLED = tuple(
    sorted({column.to for sheet in SHEETS for column in sheet.columns if column.to} | {"funder", "call", "area"})
)


@dataclass(slots=True)
class _Line:
    """One line of Budget: its sums (SEK excl. VAT) and how many are not set, by year, and what it rests on."""

    cells: dict[int, tuple[Decimal, int]] = field(default_factory=dict)
    documents: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Labels:
    """What the records are called, and their order in the Swedish alphabet: table → id → label, or place."""

    names: Mapping[str, Mapping[int, str]]
    order: Mapping[str, Mapping[int, int]]


def write_filled(reader: Reader, target: str | PathLike[str] | IO[bytes], today: date) -> None:
    """Write the filled template to ``target`` as an .xlsx, with columns for this year and the coming ones too."""
    years = range(today.year, min(today.year + _COMING_YEARS, LAST_YEAR) + 1)
    title = f"Budgetmall ifylld med det som stod i Fou den {format_date(today)}"
    write_template(target, filled_tables(reader), title, years)


def filled_tables(reader: Reader) -> dict[str, Table]:
    """Everything that stands, as the template's tables: sheet name → rows, head → value.

    Read in again it says nothing new. Entries that say the same thing on the same condition and basis are one
    cell, their sum; an entry about a project and an area is about the project. Left out is what no line of Budget
    can be about: an amount, other than a frame, that is for no project, call or area.
    """
    labels = _labels(reader)
    by_sheet = {layout.name: _records(reader, layout, labels) for layout in SHEETS}
    by_sheet[BUDGET_SHEET] = _budget(reader, labels)
    return {name: by_sheet[name] for name in SHEET_ORDER}


def _labels(reader: Reader) -> _Labels:
    names: dict[str, dict[int, str]] = {}
    for table in _LABELLED:
        key = RECORD_BY_TABLE[table].KEY[0]
        names[table] = dict(reader.rows(f"SELECT id, {key} FROM {table} ORDER BY {key} COLLATE sv, id"))
    order = {table: {number: place for place, number in enumerate(found)} for table, found in names.items()}
    return _Labels(names, order)


def _records(reader: Reader, layout: SheetLayout, labels: _Labels) -> Table:
    """The rows of one sheet, in the order of what they are recognised by."""
    record = layout.record
    cells = [(column.head, column.field, _writer(column, labels)) for column in layout.columns]
    rows = [as_dict(row) for row in reader.records(record)]
    own = labels.order.get(record.TABLE)
    if own is not None:
        rows.sort(key=lambda row: own[row["id"]])
    else:
        keys = [_sorter(next(c for c in layout.columns if c.field == name), labels) for name in record.KEY]
        rows.sort(key=lambda row: [key(row[name]) for key, name in zip(keys, record.KEY, strict=True)])
    return [{head: write(row[name]) for head, name, write in cells if row[name] is not None} for row in rows]


def _sorter(column: Column, labels: _Labels) -> Callable[[Any], Any]:
    if column.to:
        places = labels.order[column.to]
        return lambda value: places.get(value, -1)
    if column.choices:
        words = {stored: place for place, stored in enumerate(column.choices)}
        return lambda value: words.get(value, -1)
    return lambda value: value


def _writer(column: Column, labels: _Labels) -> Callable[[Any], Cell]:
    """What turns a record's field into the cell that is read as that field."""
    if column.to:
        return labels.names[column.to].get
    if column.takes is Takes.CHOICE and column.choices:
        choices = column.choices
        return lambda value: choices.get(value, value)
    if column.takes is Takes.YES_NO:
        words = {stored: word for word, stored in YES_NO.items()}
        return lambda value: words[value]
    if column.takes is Takes.PARTIAL_DATE:
        return _partial
    return lambda value: value


def _partial(text: str) -> Cell:
    """A year as a number and a day as a date, where reading takes them as such; else the text itself."""
    if len(text) == 4 and text.isascii() and text.isdigit() and "1900" <= text < "2200":
        return int(text)
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return text
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else text


def _budget(reader: Reader, labels: _Labels) -> Table:
    lines: dict[Key, _Line] = {}
    rows = reader.rows(
        "SELECT kind, year, project, call, area, funder, amount, open, condition, basis, document "
        f"FROM ({STANDING}) AS standing ORDER BY id"
    )
    for kind, year, project, call, area, funder, amount, is_open, condition, basis, document in rows:
        if project is not None:
            area = None
        if not can_be_stated((kind, year, project, call, area, funder)):
            continue
        key = (kind, project, call, area, funder, condition_text(condition), basis)
        line = lines.get(key)
        if line is None:
            line = lines[key] = _Line()
        before = line.cells.get(year)
        line.cells[year] = (amount, is_open) if before is None else (before[0] + amount, before[1] + is_open)
        if document:
            line.documents[document] = None
    order = labels.order
    kinds = {str(kind): place for place, kind in enumerate(Kind)}

    def place(key: Key) -> tuple[Any, ...]:
        """The whole plan first, then the projects, the calls and the areas, each by name, kind and funder."""
        kind, project, call, area, funder, condition, basis = key
        about = (
            -1 if project is None else order["project"][project],
            -1 if call is None else order["call"][call],
            -1 if area is None else order["area"][area],
        )
        group = (project is None, call is None) if any(number >= 0 for number in about) else (False, False)
        is_whole = not any(number >= 0 for number in about)
        return (not is_whole, *group, *about, kinds[kind], order["funder"][funder], condition or "", basis != "stated")

    titles = dict(reader.rows("SELECT id, title FROM project"))
    calls = dict(reader.rows("SELECT id, name FROM call"))
    table: Table = []
    for key in sorted(lines, key=place):
        kind, project, call, area, funder, condition, basis = key
        line = lines[key]
        row: dict[str | int, Cell] = {
            "Projekt": labels.names["project"].get(project),
            "Benämning": titles.get(project) or calls.get(call) or labels.names["area"].get(area) or _WHOLE_PLAN,
            "Utlysning": labels.names["call"].get(call),
            "Område": labels.names["area"].get(area),
            "Finansiär": labels.names["funder"][funder],
            "Slag": KIND_NAMES[Kind(kind)],
            "Villkor": condition,
            "Grund": BASIS_NAMES[Basis(basis)],
            "Källa": "; ".join(line.documents) or None,
        }
        row |= {year: _amount(*cell) for year, cell in line.cells.items()}
        table.append(row)
    return table


def _amount(amount: Decimal, is_open: int) -> Cell:
    """``600000``, ``ej fastställt``, ``2 × ej fastställt`` or ``600 000 + ej fastställt``."""
    if not is_open:
        return amount
    not_set = OPEN_WORD if is_open == 1 else f"{is_open} × {OPEN_WORD}"
    return f"{format_number(amount)} + {not_set}" if amount else not_set
