"""The list workbook: one application a row, for whoever has them in a register of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fou.calls import CallPage
from fou.imports.applications.fields import (
    CODE,
    HELP_SHEET,
    LEAST,
    LIST,
    LIST_SHEET,
    SECTIONS,
    TABLES,
    Field,
    Takes,
)
from fou.imports.applications.looks import Book, amount_validation, high, validation, years_of

_ROOM = 500
_AMOUNT_WIDTH = 16
#: The fields in the order of the columns, before and after those for money.
BEFORE: tuple[Field, ...] = (CODE, *(field for _, fields in SECTIONS[:-1] for field in fields))
AFTER: tuple[Field, ...] = (LEAST, *SECTIONS[-1][1])
_HELP = (
    "Skriv en ansökan på varje rad i bladet Ansökningar. Rubrikerna på rad 1 är låsta, utan lösenord. Det som har en "
    "stjärna måste fyllas i.",
    "Skriv belopp i hela kronor exklusive moms, ett år i varje kolumn. Lämna tomt där det inte är något.",
    "Vill du säga vad pengarna går till: lägg till en kolumn med till exempel rubriken Sökt 2026 löner. Annars räknas "
    "de som övriga kostnader.",
    "Behövs fler år: lägg till kolumner med rubriker som Sökt 2030.",
    "Läs in filen i Fou. Du ser vad som är fel och vad som kommer in innan något ändras.",
)


def list_workbook(page: CallPage, areas: Mapping[int, str]) -> bytes:
    """The list of a call as an .xlsx, with columns for the years that can be applied for.

    ``areas`` are those that can be chosen, id → name.
    """
    book = Book(f"Ansökningar till {page.call.name}")
    money = [f"{_HEADS[table]} {year}" for table in TABLES for year in years_of(page)]
    columns: list[tuple[str, int, Field | None]] = [
        *((_head(field), field.width, field) for field in BEFORE),
        *((head, _AMOUNT_WIDTH, None) for head in money),
        *((_head(field), field.width, field) for field in AFTER),
    ]
    sheet = book.sheet(LIST_SHEET, [width for _, width, _ in columns])
    sheet.set_row(0, 33)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    for number, (head, _, field) in enumerate(columns):
        look, rule = _column(field, len(areas))
        sheet.set_column(number, number, columns[number][1], book.look(look))
        book.text(sheet, 0, number, head, "number_head" if look == "input_amount" else "head")
        if rule is not None:
            sheet.data_validation(1, number, _ROOM, number, rule)
    _explain(book, page)
    book.marks(LIST, page.call.code, None, list(areas.values()))
    return book.done()


_HEADS = {"requested": "Sökt", "co_funding": "Medfinansiering"}


def _head(field: Field) -> str:
    return f"{field.label} *" if field.is_needed else field.label


def _column(field: Field | None, areas: int) -> tuple[str, dict[str, object] | None]:
    if field is None or field.takes is Takes.AMOUNT:
        return "input_amount", amount_validation("Belopp")
    if field.takes is Takes.DATE:
        return "input_date", validation(field, areas)
    return "input_long" if field.lines > 1 else "input", validation(field, areas)


def _explain(book: Book, page: CallPage) -> None:
    sheet: Any = book.sheet(HELP_SHEET, (34, 80), landscape=False)
    book.text(sheet, 0, 0, f"Ansökningar till {page.call.name} ({page.call.code})", "title", to=1)
    sheet.set_row(0, 26)
    row = 2
    for line in _HELP:
        book.text(sheet, row, 0, line, "text", to=1)
        sheet.set_row(row, high(line, 110))
        row += 1
    row += 1
    book.text(sheet, row, 0, "Kolumn", "head")
    book.text(sheet, row, 1, "Vad som ska stå", "head")
    for field in (*BEFORE, *AFTER):
        row += 1
        book.text(sheet, row, 0, _head(field), "label")
        book.text(sheet, row, 1, field.help, "text")
