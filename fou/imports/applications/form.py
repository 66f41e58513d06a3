"""The form that an applicant fills in, one file for each application, made for its call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fou.applications import Form
from fou.areas import AreaNames
from fou.calls import CallPage
from fou.imports.applications.fields import (
    CALL_SHEET,
    FORM,
    FORM_SHEET,
    LEAST,
    OFFICE,
    SECTIONS,
    TABLES,
    Field,
    Takes,
)
from fou.imports.applications.looks import (
    Book,
    about_call,
    amount_validation,
    choices,
    high,
    validation,
    years_of,
)
from fou.imports.files.cells import cell_address
from fou.model import COST_TYPES
from fou.store import Reader
from fou.swedish import format_date

INSTRUCTION = (
    "Fyll i de gula fälten. Det som har en stjärna måste fyllas i. Spara filen som Excel-arbetsbok (.xlsx) och skicka "
    "in den. Mer om utlysningen, och hur ansökan bedöms, står i bladet Om utlysningen."
)
COSTS = "Kostnader"
MONEY = (
    "Skriv i hela kronor (inte tusental) exklusive moms, på det år då pengarna behövs. Lämna tomt där det inte är "
    "något. Summorna räknas av sig själva."
)
FOR_OFFICE = "Lämna tomt. Det här fyller förvaltningen i."
SUM, SUM_ROW = "Summa", "Summa"
#: Rows below the types of cost, for more of the same type.
_SPARE = 2
#: Per cent at which so wide columns fill a printed page.
_SCALE, _WIDTH_AT_SCALE = 76, 134
_LABEL_WIDTH, _YEAR_WIDTH, _HELP_WIDTH = 32, 14, 46
#: Everything that the form itself says in its first sheet, besides labels.
OWN_TEXTS = (
    INSTRUCTION, COSTS, MONEY, FOR_OFFICE, *(name for name, _ in SECTIONS),
    *(field.help for _, fields in SECTIONS for field in fields), LEAST.help,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """Where things stand in a form that nobody has changed: row numbers from 1; labels stand in column A."""

    fields: Mapping[str, int]
    tables: Mapping[str, int]
    sections: tuple[tuple[str, int], ...]


def _rows() -> Rows:
    fields: dict[str, int] = {}
    tables: dict[str, int] = {}
    sections: list[tuple[str, int]] = []
    row = 5
    for name, asked in SECTIONS:
        if name == OFFICE:
            sections.append((COSTS, row))
            row += 2
            for table in TABLES:
                tables[table] = row
                row += len(COST_TYPES) + _SPARE + 3
            fields[LEAST.name] = row
            row += 2
        sections.append((name, row))
        row += 2 if name == OFFICE else 1
        for field in asked:
            fields[field.name] = row
            row += 1
        row += 1
    return Rows(fields, tables, tuple(sections))


ROWS = _rows()


def areas_for(reader: Reader, year: int) -> dict[int, str]:
    """The areas that can be chosen for a call of that year: id → name."""
    return {area.id: area.name for area in AreaNames(reader).in_force(year)}


def form_workbook(
    page: CallPage, areas: Mapping[int, str], filled: Form | None = None, code: str | None = None
) -> bytes:
    """The form of a call as an .xlsx; with an application filled in when there is something to supplement.

    ``areas`` are those that can be chosen, id → name; ``code`` is the application's.
    """
    years = sorted({*years_of(page), *(cost.year for cost in filled.costs)} if filled else years_of(page))
    book = Book(f"Ansökan till {page.call.name}")
    _Writing(book, page, areas, years, filled).write(code)
    about_call(book, CALL_SHEET, page)
    book.marks(FORM, page.call.code, code, list(areas.values()))
    return book.done()


class _Writing:
    """The first sheet of a form while it is written."""

    def __init__(
        self, book: Book, page: CallPage, areas: Mapping[int, str], years: Sequence[int], filled: Form | None
    ) -> None:
        self.book, self.page, self.areas, self.years, self.filled = book, page, areas, years, filled
        self.last = len(years) + 1  # the column of the sums, to which the boxes reach
        widths = [_LABEL_WIDTH, *([_YEAR_WIDTH] * (len(years) + 1)), _HELP_WIDTH]
        self.whole = sum(widths)
        self.box = _YEAR_WIDTH * (len(years) + 1)
        self.sheet = book.sheet(FORM_SHEET, widths)
        # Not fitted to the page, for then Excel would break the page in the middle of a table.
        self.sheet.set_print_scale(_SCALE * _WIDTH_AT_SCALE // self.whole)
        self.sheet.set_h_pagebreaks([next(row for name, row in ROWS.sections if name == COSTS) - 1])

    def write(self, code: str | None) -> None:
        call, sheet = self.page.call, self.sheet
        self.book.text(sheet, 0, 0, f"Ansökan till {call.name}", "title", to=self.last + 1)
        sheet.set_row(0, 26)
        closes = f" Sista ansökningsdag: {format_date(call.closes)}." if call.closes else ""
        about = f" Ansökan {code}, att komplettera." if code else ""
        self._line(1, f"Utlysning {call.code}.{closes}{about}")
        self._line(2, INSTRUCTION)
        for name, row in ROWS.sections:
            self.book.text(sheet, row - 1, 0, name, "section", to=self.last + 1)
            sheet.set_row(row - 1, 20)
            if name == COSTS:
                self._line(row, MONEY)
            if name == OFFICE:
                self._line(row, FOR_OFFICE)
        for _, fields in SECTIONS:
            for field in fields:
                self._field(field)
        self._field(LEAST)
        for table in TABLES:
            self._table(table)
        sheet.set_selection(ROWS.fields["title"] - 1, 1, ROWS.fields["title"] - 1, 1)

    def _line(self, row: int, text: str) -> None:
        self.book.text(self.sheet, row, 0, text, "text", to=self.last + 1)
        self.sheet.set_row(row, high(text, self.whole))

    def _field(self, field: Field) -> None:
        row = ROWS.fields[field.name] - 1
        value = self._value(field)
        self.book.text(self.sheet, row, 0, f"{field.label} *" if field.is_needed else field.label, "label")
        if isinstance(value, date) or field.takes is Takes.DATE:
            self.sheet.merge_range(row, 1, row, self.last, "", self.book.look("input_date"))
            if isinstance(value, date):
                self.sheet.write_datetime(row, 1, value, self.book.look("input_date"))
        elif field.takes is Takes.AMOUNT:
            if isinstance(value, int):
                self.sheet.write_number(row, 1, value, self.book.look("input_amount"))
            else:
                self.sheet.write_blank(row, 1, None, self.book.look("input_amount"))
        else:
            look = "input_long" if field.lines > 1 else "input"
            self.book.text(self.sheet, row, 1, str(value or ""), look, to=self.last)
        self.book.text(self.sheet, row, self.last + 1, field.help, "help")
        self.sheet.set_row(
            row, max(high(field.help, _HELP_WIDTH, field.lines), high(str(value or ""), self.box, field.lines))
        )
        rule = validation(field, len(self.areas))
        if rule is not None:
            self.sheet.data_validation(row, 1, row, 1, rule)

    def _value(self, field: Field) -> str | date | int | None:
        if self.filled is None:
            return None
        value = getattr(self.filled, field.name)
        if field.takes is Takes.AREA:
            return self.areas.get(value)
        if isinstance(value, bool):
            return "ja" if value else "nej"
        return value  # type: ignore[no-any-return]

    def _table(self, table: str) -> None:
        book, sheet, top = self.book, self.sheet, ROWS.tables[table] - 1
        needed = " *" if table == "requested" else ""
        book.text(sheet, top, 0, f"{TABLES[table][0]}{needed}", "head")
        for column, year in enumerate(self.years, 1):
            sheet.write_number(top, column, year, book.look("year"))
        book.text(sheet, top, self.last, SUM, "number_head")
        words = [word.capitalize() for word in COST_TYPES.values()]
        amounts = self._amounts(table)
        first, end = top + 1, top + len(words) + _SPARE
        for row in range(first, end + 1):
            kind = list(COST_TYPES)[row - first] if row - first < len(words) else None
            book.text(sheet, row, 0, COST_TYPES[kind].capitalize() if kind else "", "input")
            for column, year in enumerate(self.years, 1):
                self._amount(row, column, amounts.get((year, kind or "")))
            total = sum(amounts.get((year, kind or ""), 0) for year in self.years)
            self._sum(row, self.last, (row, 1), (row, self.last - 1), total, "row_sum")
        sheet.data_validation(first, 0, end, 0, choices("Kostnadsslag", words))
        sheet.data_validation(first, 1, end, self.last - 1, amount_validation(TABLES[table][0]))
        book.text(sheet, end + 1, 0, SUM_ROW, "head")
        for column in range(1, self.last + 1):
            of = [*amounts.items()] if column == self.last else [
                one for one in amounts.items() if one[0][0] == self.years[column - 1]
            ]  # fmt: skip
            self._sum(end + 1, column, (first, column), (end, column), sum(amount for _, amount in of))

    def _amounts(self, table: str) -> dict[tuple[int, str], int]:
        costs = self.filled.costs if self.filled else ()
        return {(cost.year, cost.cost_type): cost.amount for cost in costs if cost.payer == table}

    def _amount(self, row: int, column: int, amount: int | None) -> None:
        look: Any = self.book.look("input_amount")
        if amount is None:
            self.sheet.write_blank(row, column, None, look)
        else:
            self.sheet.write_number(row, column, amount, look)

    def _sum(
        self, row: int, column: int, first: tuple[int, int], last: tuple[int, int], value: int, look: str = "sum"
    ) -> None:
        cells = ":".join(cell_address(at[0] + 1, at[1] + 1) for at in (first, last))
        self.sheet.write_formula(row, column, f"=SUM({cells})", self.book.look(look), value)
