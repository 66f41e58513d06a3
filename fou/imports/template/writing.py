"""Write a workbook in the project's budget template: one that people fill in, and one that holds a portfolio.

What the sheets and columns are is said in ``layout``; this module only gives them the looks and the help
that an administrator expects: drop-down lists, frozen heads, real dates, and a first sheet that explains the
rest. Values are written as they stand in the tables, so that reading the file gives back the same cells
(dates as the day numbers that Excel keeps).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from os import PathLike
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from fou import model
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

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "Budgetmall för forskning och utveckling"

#: The sheets in the order that people work in them: the money first, then what it is for.
SHEET_ORDER = (
    "Om", BUDGET_SHEET, "Projekt", "Finansiärer", "Områden", "Planer", "Utlysningar", "Prioriteringsgrunder",
    "Kopplingar", "Ansökningar", "Bedömningar", "Jäv", "Ledamöter", "Beslut", "Uppföljningar",
    "Uppföljningspunkter", "Rapporter", "Resultat",
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
#: What one cell can hold in Excel; openpyxl would cut there without a word.
_LONGEST = 32767
_CUT = " … [avkortat: en cell rymmer högst 32 767 tecken]"
#: Wider columns hold running text, which Excel shows badly in cells of the format "text".
_RUNNING_TEXT_WIDTH = 60
#: The file says this date, whenever it is written, so that the same tables give the same workbook.
_WRITTEN = datetime(2026, 1, 1)

_REQUIRED_FILL = PatternFill("solid", fgColor="1F4E79")
_OPTIONAL_FILL = PatternFill("solid", fgColor="D6E2F0")
_REQUIRED_FONT = Font("Calibri", 11, bold=True, color="FFFFFF")
_OPTIONAL_FONT = Font("Calibri", 11, bold=True, color="1B2733")
_HEAD_ALIGNMENT = Alignment(vertical="center", wrap_text=True)
_TEXT_ALIGNMENT = Alignment(horizontal="left", vertical="top", wrap_text=True)
_YEAR_HEAD_ALIGNMENT = Alignment(horizontal="right", vertical="center")
_NUMBER_ALIGNMENT = Alignment(horizontal="right", vertical="top")
_HEAD_BORDER = Border(bottom=Side("thin", color="1F4E79"))


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

    book = Workbook()
    book.properties.creator = "Fou"
    book.properties.title = title
    book.properties.created = book.properties.modified = _WRITTEN
    del book["Sheet"]
    _write_readme(book.create_sheet(README_SHEET), names, title)
    for name in names:
        table = tables.get(name, [])
        _write_sheet(book.create_sheet(name), table, _columns(name, table, years), names)
    # Workbook.save would put today's date in the file.
    with ZipFile(target, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        ExcelWriter(book, archive).save()


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


def _write_sheet(
    sheet: Worksheet, table: Table, columns: Sequence[tuple[str | int, Column | None]], names: Sequence[str]
) -> None:
    last_row = len(table) + 1 + _ROOM
    for number, (head, column) in enumerate(columns, 1):
        _write_head(sheet, 1, number, head, column is not None and column.required)
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = column.width if column else _AMOUNT_WIDTH
        dimension.number_format = _number_format(column)
        dimension.alignment = _TEXT_ALIGNMENT if column else _NUMBER_ALIGNMENT
        if column:
            _add_list(sheet, get_column_letter(number), last_row, column, names)
    for row_number, row in enumerate(table, 2):
        for number, (head, column) in enumerate(columns, 1):
            value = row.get(head)
            if value is not None and value != "":
                _write_value(_cell(sheet, row_number, number), value, column)
        _set_height(
            sheet,
            row_number,
            [(row.get(column.head), column.width) for _, column in columns if column is not None],
        )
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "C2" if sheet.title == BUDGET_SHEET else "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(table) + 1}"
    _set_print(sheet)


def _cell(sheet: Worksheet, row: int, number: int) -> Cell:
    cell = sheet.cell(row, number)
    assert isinstance(cell, Cell)  # a new sheet has no merged cells in the way
    return cell


def _write_head(sheet: Worksheet, row: int, number: int, head: str | int, required: bool) -> None:
    cell = sheet.cell(row, number, head)
    cell.font = _REQUIRED_FONT if required else _OPTIONAL_FONT
    cell.fill = _REQUIRED_FILL if required else _OPTIONAL_FILL
    cell.alignment = _YEAR_HEAD_ALIGNMENT if isinstance(head, int) else _HEAD_ALIGNMENT
    cell.border = _HEAD_BORDER
    cell.number_format = _WHOLE if isinstance(head, int) else "General"


def _write_value(cell: Cell, value: object, column: Column | None) -> None:
    """Put ``value`` in the cell as it is: text stays text, whatever it looks like."""
    if isinstance(value, bool):
        value = "ja" if value else "nej"
    if isinstance(value, str):
        _write_text(cell, value)
        cell.alignment = _TEXT_ALIGNMENT if column else _NUMBER_ALIGNMENT
        cell.number_format = _number_format(column)
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = _DATE
        cell.alignment = _TEXT_ALIGNMENT
    elif isinstance(value, int | Decimal):
        cell.value = value
        whole = _AMOUNT if value == int(value) else _AMOUNT_WITH_ORE
        cell.number_format = _WHOLE if column else whole
        cell.alignment = _TEXT_ALIGNMENT if column else _NUMBER_ALIGNMENT
    else:
        raise TypeError(f"not a cell value: {value!r}")


def _write_text(cell: Cell, text: str) -> None:
    # A .xlsx cannot hold control characters.
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.value = text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT
    # Otherwise =, and error words such as #REF!, would act. The prefix keeps it so when the cell is edited.
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))


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


def _set_height(sheet: Worksheet, row: int, cells: Iterable[tuple[object, int]]) -> None:
    """Make the row as high as its longest text needs in a column of that width; not all programs do."""
    lines = max(
        sum(ceil(len(line) / width) or 1 for line in value.split("\n"))
        for value, width in ((text if isinstance(text, str) else "", width) for text, width in cells)
    )
    if lines > 1:
        sheet.row_dimensions[row].height = min(lines * _LINE_HEIGHT, _HIGHEST)


def _add_list(sheet: Worksheet, letter: str, last_row: int, column: Column, names: Sequence[str]) -> None:
    """Give a column its drop-down list; in a reference, which may be a name too, it only helps."""
    strict = column.takes is not Takes.REFERENCE
    if column.takes is Takes.CHOICE and column.choices:
        formula = '"' + ",".join(column.choices.values()) + '"'
    elif column.takes is Takes.YES_NO:
        formula = '"' + ",".join(YES_NO) + '"'
    elif column.to and SHEET_BY_TABLE[column.to].name in names:
        # As long as what is filled in: with empty lines in its list, Excel opens it at them.
        place = f"'{SHEET_BY_TABLE[column.to].name}'!$A$2"
        formula = f"OFFSET({place},0,0,MAX(1,COUNTA({place}:$A$5000)),1)"
    else:
        return
    rule = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=strict)
    if strict:
        rule.errorTitle = column.head
        rule.error = "Välj ett av orden i listan."
    rule.add(f"{letter}2:{letter}{last_row}")
    sheet.add_data_validation(rule)


def _set_print(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    width = sum(dimension.width for dimension in sheet.column_dimensions.values())
    sheet.page_setup.fitToWidth = ceil(width / _PAGE_WIDTH)
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.title != README_SHEET:
        sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"


_READ_ME = (
    (
        "Vad filen är",
        (
            "Filen håller en portfölj för forskning och utveckling: projekten, finansiärerna, planerna och "
            "pengarna. Fyll i filen och läs in den i Fou. Du kan rätta i den och läsa in den igen.",
            f"De här bladen ska alltid finnas: {', '.join(_ALWAYS)}. Andra blad får du ta bort.",
            "Ändra inte bladens namn eller rubrikerna på rad 1. Mörkblå rubrik: kolumnen måste fyllas i.",
        ),
    ),
    (
        "Så skrivs belopp",
        (
            "I svenska kronor (SEK) exklusive moms, inte i tusental.",
            "Tom cell: ingenting är sagt om året.",
            "0: det är verkligen noll kronor.",
            f"{OPEN_WORD}: pengar är utlovade eller föreslagna, men beloppet är inte bestämt. Det räknas aldrig som 0.",
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


def _write_readme(sheet: Worksheet, names: Sequence[str], title: str) -> None:
    """The first sheet: what the file is, how amounts are written, and what each of its sheets is for."""
    for letter, width in zip("ABC", (24, 78, 44), strict=True):
        sheet.column_dimensions[letter].width = width
    _write_text(_cell(sheet, 1, 1), title)
    sheet["A1"].font = Font("Calibri", 16, bold=True)
    row = 3
    for heading, lines in _READ_ME:
        sheet.cell(row, 1, heading).font = Font("Calibri", 11, bold=True)
        sheet.cell(row, 1).alignment = _TEXT_ALIGNMENT
        for line in lines:
            sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=3)
            sheet.cell(row, 2, line).alignment = _TEXT_ALIGNMENT
            _set_height(sheet, row, [(line, 122)])
            row += 1
        row += 1
    for number, head in enumerate(("Blad", "Till för", "Måste fyllas i"), 1):
        _write_head(sheet, row, number, head, required=False)
    for name in names:
        row += 1
        about = _BUDGET_ABOUT if name == BUDGET_SHEET else SHEET_BY_NAME[name].about
        required = ", ".join(
            column.head for _, column in _columns(name, [], ()) if column is not None and column.required
        )
        if name == BUDGET_SHEET:
            required = "Finansiär, Slag, och på en rad om ett projekt också Projekt"
        for number, text in enumerate((name, about, required), 1):
            sheet.cell(row, number, text).alignment = _TEXT_ALIGNMENT
        _set_height(sheet, row, [(about, 78), (required, 44)])
    sheet.sheet_view.showGridLines = False
    _set_print(sheet)
