"""Write a workbook in the project's budget template: one that people fill in, and one that holds a portfolio.

What the sheets and columns are is said in ``layout``; this module only gives them the looks and the help
that an administrator expects: drop-down lists, locked heads, real dates, and a first sheet that explains the
rest. Values are written as they stand in the tables, so that reading the file gives back the same cells
(dates as the day numbers that Excel keeps).

XlsxWriter, not openpyxl: it writes row by row, so that a portfolio of many thousand projects takes half the time and
hardly any memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from math import ceil
from os import PathLike
from tempfile import TemporaryDirectory
from typing import IO, Any

import xlsxwriter

from fou import model
from fou.imports.files.limits import DEFAULT_LIMITS
from fou.imports.files.texts import cell_text
from fou.imports.template.layout import (
    BUDGET_HEADS,
    BUDGET_REQUIRED_HEADS,
    BUDGET_SHEET,
    OPEN_WORD,
    README_SHEET,
    SHEET_BY_NAME,
    SHEET_BY_TABLE,
    SHEETS,
    YES_NO,
    Column,
    Takes,
)
from fou.imports.template.tables import Table

TITLE = "Budgetmall för forskning och utveckling"

#: The sheets in the order that people work in them: the money first, then what it is for.
SHEET_ORDER = (
    "Om", BUDGET_SHEET, "Projekt", "Finansiärer", "Områden", "Planer", "Utlysningar", "Prioriteringsgrunder",
    "Kopplingar", "Ansökningar", "Kostnader", "Bedömningar", "Jäv", "Ledamöter", "Scenarier",
    "Scenariorader", "Möten", "Närvaro", "Beslut", "Uppföljningar", "Uppföljningspunkter", "Rapporter", "Resultat",
)  # fmt: skip
_ALWAYS = [BUDGET_SHEET, *(sheet.name for sheet in SHEETS if sheet.required)]

_BUDGET_TAKES: dict[str, tuple[Takes, dict[str, str] | None, str | None, int]] = {
    "Projekt": (Takes.REFERENCE, None, "project", 14),
    "Benämning": (Takes.TEXT, None, None, 50),
    "Utlysning": (Takes.REFERENCE, None, "call", 13),
    "Område": (Takes.REFERENCE, None, "area", 26),
    "Finansiär": (Takes.REFERENCE, None, "funder", 34),
    "Slag": (Takes.CHOICE, {str(kind): name for kind, name in model.KIND_NAMES.items()}, None, 12),
    "Villkor": (Takes.TEXT, None, None, 26),
    "Grund": (Takes.CHOICE, {str(basis): name for basis, name in model.BASIS_NAMES.items()}, None, 11),
    "Källa": (Takes.TEXT, None, None, 48),
}
_BUDGET_COLUMNS = tuple(
    Column(head, head, takes, head in BUDGET_REQUIRED_HEADS, choices, to, width)
    for head, (takes, choices, to, width) in ((head, _BUDGET_TAKES[head]) for head in BUDGET_HEADS)
)
_BUDGET_ABOUT = (
    "Alla belopp. En rad för varje projekt, finansiär och slag; åren är kolumner. En rad utan projekt gäller "
    "en utlysning, ett område eller hela ramen."
)

_AMOUNT_WIDTH = 15
#: Points: one line of text, and the highest row that Excel takes.
_LINE_HEIGHT, _HIGHEST = 15, 409
#: Column widths that can still be read side by side on a printed page.
_PAGE_WIDTH = 190
_AMOUNT, _AMOUNT_WITH_ORE, _WHOLE, _DATE, _AS_TEXT = "#,##0", "#,##0.00", "0", "yyyy-mm-dd", "@"
#: Rows below the last filled one that still have drop-down lists.
_ROOM = 500
#: Wider columns hold running text, which Excel shows badly in cells of the format "text".
_RUNNING_TEXT_WIDTH = 60
#: The file says this date, whenever it is written, so that the same tables give the same workbook.
_WRITTEN = datetime(2026, 1, 1)

#: The last row that a sheet can have.
_LAST_ROW = 1_048_576

_BLUE, _LIGHT_BLUE, _WHITE, _DARK = "#1F4E79", "#D6E2F0", "#FFFFFF", "#1B2733"
_HEAD_LOOK = {"bold": True, "valign": "vcenter", "bottom": 1, "bottom_color": _BLUE}
_REQUIRED_LOOK = {"bg_color": _BLUE, "font_color": _WHITE}
_OPTIONAL_LOOK = {"bg_color": _LIGHT_BLUE, "font_color": _DARK}
_TEXT_LOOK = {"align": "left", "valign": "top", "text_wrap": True}
_NUMBER_LOOK = {"align": "right", "valign": "top"}
#: What may be done in a sheet whose heads are locked.
_ALLOWED = {
    "format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True, "delete_rows": True,
    "sort": True, "autofilter": True,
}  # fmt: skip
#: Excel has no days before its own first year.
_FIRST_DAY = date(1900, 3, 1)
#: XlsxWriter would take such a text for rich text with its markup; a blank after it makes it a text again.
_LIKE_RICH_TEXT = re.compile(r"<r>.*</r>", re.DOTALL)


def write_template(
    target: str | PathLike[str] | IO[bytes],
    tables: Mapping[str, Table],
    title: str = TITLE,
    years: Iterable[int] = (),
) -> None:
    """Write ``tables`` (sheet name → rows, head → value) to ``target`` as an .xlsx in the budget template.

    The required sheets and Budget are always there; another sheet is there when ``tables`` names it, empty
    or not. ``years`` are columns that Budget gets besides those that occur in its rows. Amounts are SEK
    excl. VAT. Raises ValueError for a sheet or head that the template does not have, TypeError for a value
    that no cell takes (float among them).
    """
    unknown = [name for name in tables if name not in SHEET_ORDER]
    if unknown:
        raise ValueError(f"no such sheet in the template: {', '.join(unknown)}")
    names = [name for name in SHEET_ORDER if name in tables or name in _ALWAYS]

    by_name = [(name, tables.get(name, []), _columns(name, tables.get(name, []), years)) for name in names]
    for _, table, _ in by_name:
        _refuse_what_no_cell_takes(table)
    made = BytesIO()
    with TemporaryDirectory(prefix="fou-") as folder:
        book = xlsxwriter.Workbook(made, {"constant_memory": True, "tmpdir": folder})
        book.set_properties({"title": title, "author": "Fou", "created": _WRITTEN})
        looks = _Looks(book)
        _write_readme(book.add_worksheet(README_SHEET), looks, names, title)
        for name, table, columns in by_name:
            _write_sheet(book.add_worksheet(name), looks, table, columns, names)
        book.close()
    if isinstance(target, str | PathLike):
        with open(target, "wb") as file:
            file.write(made.getbuffer())
    else:
        target.write(made.getbuffer())


def empty_template(target: str | PathLike[str] | IO[bytes], first_year: int, last_year: int) -> None:
    """Write all the sheets with heads only; Budget gets the years ``first_year`` to ``last_year``."""
    write_template(target, {name: [] for name in SHEET_ORDER}, years=range(first_year, last_year + 1))


def _columns(name: str, table: Table, years: Iterable[int]) -> list[tuple[str | int, Column | None]]:
    """Each head with its column, None for a year of Budget. Raises ValueError for an unknown head."""
    known = _BUDGET_COLUMNS if name == BUDGET_SHEET else SHEET_BY_NAME[name].columns
    found: list[tuple[str | int, Column | None]] = [(column.head, column) for column in known]
    written = {head for row in table for head in row}
    if name == BUDGET_SHEET:
        occurring = {head for head in written if isinstance(head, int)}
        found += [(year, None) for year in sorted(occurring.union(years))]
    unknown = written - {head for head, _ in found}
    if unknown:
        raise ValueError(f"no such column in {name}: {', '.join(sorted(map(str, unknown)))}")
    return found


class _Looks:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, *parts: Mapping[str, object], **more: object) -> Any:
        """The format with all these properties."""
        properties = {name: value for part in (*parts, more) for name, value in part.items()}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def head(self, head: str | int, required: bool) -> Any:
        """A column's head. Like every cell it is locked unless it says otherwise."""
        look = _REQUIRED_LOOK if required else _OPTIONAL_LOOK
        if isinstance(head, int):
            return self.get(_HEAD_LOOK, look, align="right", num_format=_WHOLE)
        return self.get(_HEAD_LOOK, look, text_wrap=True)

    def free(self, number_format: str, is_amount: bool, quoted: bool = False) -> Any:
        """A cell that people may write in."""
        look = _NUMBER_LOOK if is_amount else _TEXT_LOOK
        more = {"quote_prefix": True} if quoted else {}
        return self.get(look, more, num_format=number_format, locked=False)


class _Column:
    """One column while its sheet is written: the formats are looked up once, not for every cell."""

    def __init__(self, looks: _Looks, head: str | int, column: Column | None) -> None:
        self.head, self.column = head, column
        self.is_amount = column is None
        self.width = column.width if column else _AMOUNT_WIDTH
        self.empty = looks.free(_number_format(column), self.is_amount)
        self.quoted = looks.free(_number_format(column), self.is_amount, quoted=True)
        self.day = looks.free(_DATE, is_amount=False)
        self.whole = looks.free(_AMOUNT if self.is_amount else _WHOLE, self.is_amount)
        self.ore = looks.free(_AMOUNT_WITH_ORE if self.is_amount else _WHOLE, self.is_amount)


def _write_sheet(
    sheet: Any, looks: _Looks, table: Table, columns: Sequence[tuple[str | int, Column | None]], names: Sequence[str]
) -> None:
    """Write one table. The heads are locked, without a password; everything else may be written in."""
    is_budget = sheet.get_name() == BUDGET_SHEET
    made = [_Column(looks, head, column) for head, column in columns]
    for number, each in enumerate(made):
        sheet.set_column(number, number, each.width, each.empty)
        if each.column:
            _add_list(sheet, number, len(table) + _ROOM, each.column, names)
    # In the free columns beside the table people keep notes, and in Budget they add years.
    free = looks.free(_AMOUNT, is_amount=True) if is_budget else looks.free("General", is_amount=False)
    widest = sheet.dim_colmax
    sheet.set_column(len(made), DEFAULT_LIMITS.max_columns - 1, _AMOUNT_WIDTH, free)
    sheet.dim_colmax = widest  # or XlsxWriter takes them for a part of the table, and looks for them in every row
    sheet.protect("", _ALLOWED)
    sheet.freeze_panes(1, 2 if is_budget else 1)
    sheet.autofilter(0, 0, len(table), len(made) - 1)
    _set_print(sheet, sum(each.width for each in made))
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)

    sheet.set_row(0, 30)
    for number, each in enumerate(made):
        _write_head(sheet, looks, 0, number, each.head, each.column is not None and each.column.required)
    for row_number, row in enumerate(table, 1):
        lines = 1
        for number, each in enumerate(made):
            value = row.get(each.head)
            if value is not None and value != "":
                _write_value(sheet, row_number, number, value, each)
                if each.column and isinstance(value, str):
                    lines = max(lines, _lines(value, each.width))
        if lines > 1:
            sheet.set_row(row_number, min(lines * _LINE_HEIGHT, _HIGHEST))


def _refuse_what_no_cell_takes(table: Table) -> None:
    for row in table:
        for value in row.values():
            if value is not None and not isinstance(value, str | int | Decimal | date):
                raise TypeError(f"not a cell value: {value!r}")


def _write_head(sheet: Any, looks: _Looks, row: int, number: int, head: str | int, required: bool) -> None:
    write = sheet.write_number if isinstance(head, int) else sheet.write_string
    write(row, number, head, looks.head(head, required))


def _write_value(sheet: Any, row: int, number: int, value: object, column: _Column) -> None:
    """Put ``value`` in the cell as it is: text stays text, whatever it looks like."""
    if isinstance(value, bool):
        value = "ja" if value else "nej"
    elif isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) < _FIRST_DAY:
        value = value.isoformat()
    if isinstance(value, str):
        # =, and error words such as #REF!, must not act. The prefix keeps it so when the cell is edited.
        look = column.quoted if value.startswith(("=", "+", "-", "@")) else column.empty
        sheet.write_string(row, number, _shielded(cell_text(value)), look)
    elif isinstance(value, date):
        sheet.write_datetime(row, number, value, column.day)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, number, value, column.whole if value == int(value) else column.ore)


def _shielded(text: str) -> str:
    return f"{text} " if _LIKE_RICH_TEXT.fullmatch(text) else text


def _number_format(column: Column | None) -> str:
    """The format of a column's empty cells, so that what people type stays what they typed."""
    if column is None:
        return _AMOUNT
    if column.takes is Takes.DATE:
        return _DATE
    if column.takes in (Takes.INTEGER, Takes.YEAR):
        return _WHOLE
    # As text, 2014-10 is not made into a day and 007 not into 7.
    return "General" if column.width >= _RUNNING_TEXT_WIDTH else _AS_TEXT


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of that width; not all programs make the row high enough."""
    if len(text) <= width and "\n" not in text:
        return 1
    return sum(ceil(len(line) / width) or 1 for line in text.split("\n"))


def _add_list(sheet: Any, number: int, last_row: int, column: Column, names: Sequence[str]) -> None:
    """Give a column its drop-down list; in a reference, which may be a name too, it only helps."""
    strict = column.takes is not Takes.REFERENCE
    source: list[str] | str
    if column.takes is Takes.CHOICE and column.choices:
        source = list(column.choices.values())
    elif column.takes is Takes.YES_NO:
        source = list(YES_NO)
    elif column.to and SHEET_BY_TABLE[column.to].name in names:
        # As long as what is filled in: with empty lines in its list, Excel opens it at them.
        place = f"'{SHEET_BY_TABLE[column.to].name}'!$A$2"
        source = f"=OFFSET({place},0,0,MAX(1,COUNTA({place}:$A${_LAST_ROW})),1)"
    else:
        return
    rule: dict[str, object] = {"validate": "list", "source": source, "show_error": strict}
    if strict:
        rule |= {"error_title": column.head, "error_message": "Välj ett av orden i listan."}
    sheet.data_validation(1, number, min(last_row, _LAST_ROW - 1), number, rule)


def _set_print(sheet: Any, width: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(ceil(width / _PAGE_WIDTH), 0)


_README_WIDTHS = (24, 78, 44)
_READ_ME = (
    (
        "Vad filen är",
        (
            "Filen håller en portfölj för forskning och utveckling: projekten, finansiärerna, planerna och "
            "pengarna. Fyll i filen och läs in den i Fou. Du kan rätta i den och läsa in den igen.",
            f"De här bladen ska alltid finnas: {', '.join(_ALWAYS)}. Andra blad får du ta bort.",
            "Ändra inte bladens namn. Rubrikerna på rad 1 är låsta, utan lösenord. Mörkblå rubrik: kolumnen måste "
            "fyllas i.",
        ),
    ),
    (
        "Så skrivs belopp",
        (
            "I svenska kronor (SEK) exklusive moms, inte i tusental.",
            "Tom cell: ingenting är sagt om året.",
            "0: det är verkligen noll kronor.",
            f"{OPEN_WORD}: pengar är utlovade eller föreslagna, men beloppet är inte bestämt. Det räknas aldrig som 0.",
            f"600 000 + {OPEN_WORD}: en del är bestämd och en del inte. 2 × {OPEN_WORD}: två belopp är inte bestämda.",
            "Lägg till ett år genom att skriva årtalet som rubrik i nästa lediga kolumn i bladet Budget.",
            "Skriv inga summarader. Summor räknas av Fou.",
        ),
    ),
    (
        "Så fylls bladen i",
        (
            "Benämning i bladet Budget är till för den som läser. Den läses inte in.",
            "Slag i bladet Budget: " + ", ".join(model.KIND_NAMES.values()) + ".",
            "Grund: angivet när källan själv har årets belopp, fördelat när ett helt belopp har delats upp "
            "på flera år.",
            "När ett blad hänvisar till ett projekt, en utlysning eller en finansiär: skriv koden eller "
            "namnet så som det står i det andra bladet, eller välj i listan.",
            "Start, Slut och Publicerad skrivs så noga som källan anger: 2012, 2014-10 eller 2018-12-01. "
            "Andra datum skrivs som 2018-12-01.",
            "Källa: varifrån uppgiften kommer, så att någon annan kan hitta den.",
        ),
    ),
)


def _write_readme(sheet: Any, looks: _Looks, names: Sequence[str], title: str) -> None:
    """The first sheet: what the file is, how amounts are written, and what each of its sheets is for."""
    text, heading_look = looks.get(_TEXT_LOOK), looks.get(_TEXT_LOOK, bold=True)
    for number, width in enumerate(_README_WIDTHS):
        sheet.set_column(number, number, width)
    sheet.protect()
    sheet.hide_gridlines(2)
    _set_print(sheet, sum(_README_WIDTHS))

    sheet.write_string(0, 0, _shielded(cell_text(title)), looks.get(bold=True, font_size=16))
    row = 2
    for heading, lines in _READ_ME:
        sheet.write_string(row, 0, heading, heading_look)
        for line in lines:
            sheet.merge_range(row, 1, row, 2, line, text)
            _set_height(sheet, row, (line, sum(_README_WIDTHS[1:])))
            row += 1
        row += 1
    for number, head in enumerate(("Blad", "Till för", "Måste fyllas i")):
        _write_head(sheet, looks, row, number, head, required=False)
    for name in names:
        row += 1
        about = _BUDGET_ABOUT if name == BUDGET_SHEET else SHEET_BY_NAME[name].about
        required = ", ".join(
            column.head for _, column in _columns(name, [], ()) if column is not None and column.required
        )
        if name == BUDGET_SHEET:
            required = "Finansiär, Slag, och på en rad om ett projekt också Projekt"
        for number, said in enumerate((name, about, required)):
            sheet.write_string(row, number, said, text)
        _set_height(sheet, row, (about, _README_WIDTHS[1]), (required, _README_WIDTHS[2]))


def _set_height(sheet: Any, row: int, *cells: tuple[str, int]) -> None:
    lines = max(_lines(text, width) for text, width in cells)
    if lines > 1:
        sheet.set_row(row, lines * _LINE_HEIGHT)
