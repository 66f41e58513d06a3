"""A folder of bad and odd workbooks, each made from the same good one by one small change.

``python -m tests.integration.bad_workbooks FOLDER`` writes them all, to look at or to try in the browser.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from fou.imports.template.tables import Table
from fou.imports.template.writing import write_template

BUDGET_PART = "xl/worksheets/sheet3.xml"
CITY, FORTE = "Exempelstad, socialnämnden", "Forte"
CHILDREN, HOMES, YOUTH = "Barn och familj", "Hemmaplan", "Unga vuxna"

#: The good workbook. The tests name its cells: in Budget, J is 2013, K is 2014 and L is 2015.
GOOD: dict[str, Table] = {
    "Om": [{"Uppgift": "organisation", "Värde": "Exempelstad"}],
    "Finansiärer": [{"Finansiär": CITY, "Slag": "kommun"}, {"Finansiär": FORTE, "Slag": "stat"}],
    "Områden": [
        {"Område": CHILDREN, "Första år": 2012},
        {"Område": HOMES, "Första år": 2010, "Sista år": 2012, "Ersätts av": CHILDREN},
        {"Område": YOUTH},
    ],
    "Planer": [{"År": 2013, "Plan": "FoU-plan 2013", "Läge": "beslutad", "Beslutad": date(2012, 12, 11)}],
    "Projekt": [
        {"Kod": "P-1", "Projekt": "Läxhjälp", "Område": CHILDREN, "Start": 2013, "Slut": "2014-10"},
        {"Kod": "P-2", "Projekt": "Läxhjälp, förstudie", "Område": CHILDREN, "Ingår i": "P-1"},
        {"Kod": "P-3", "Projekt": "Fältarbete", "Område": YOUTH},
    ],
    "Utlysningar": [{"Kod": "U-14", "Utlysning": "Lokala medel", "År": 2014, "Läge": "utkast"}],
    "Budget": [
        {"Finansiär": CITY, "Slag": "ram", 2013: 2_310_000},
        {"Projekt": "P-1", "Finansiär": CITY, "Slag": "föreslaget", 2013: 600_000, 2014: "ej fastställt"},
        {"Projekt": "P-1", "Finansiär": CITY, "Slag": "beviljat", 2013: Decimal("500000.50")},
        {"Projekt": "P-2", "Finansiär": FORTE, "Slag": "beviljat", "Grund": "fördelat", 2013: 137_722, 2014: 862_278},
        {"Utlysning": "U-14", "Finansiär": CITY, "Slag": "avsatt", "Villkor": "om nämnden säger ja", 2014: 2_000_000},
        {"Projekt": "P-3", "Finansiär": CITY, "Slag": "plan", 2013: 0, 2015: 40_000},
    ],
}
#: What the good workbook states: (kind, what for, funder, year, condition) → SEK excl. VAT; None is not set.
FIGURES: dict[tuple[str, str, str, int, str | None], Decimal | None] = {
    ("frame", "", CITY, 2013, None): Decimal(2_310_000),
    ("proposed", "P-1", CITY, 2013, None): Decimal(600_000),
    ("proposed", "P-1", CITY, 2014, None): None,
    ("granted", "P-1", CITY, 2013, None): Decimal("500000.50"),
    ("granted", "P-2", FORTE, 2013, None): Decimal(137_722),
    ("granted", "P-2", FORTE, 2014, None): Decimal(862_278),
    ("reserved", "U-14", CITY, 2014, "om nämnden säger ja"): Decimal(2_000_000),
    ("planned", "P-3", CITY, 2013, None): Decimal(0),
    ("planned", "P-3", CITY, 2015, None): Decimal(40_000),
}

Change: TypeAlias = Callable[[Workbook], None]
Making: TypeAlias = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Bad:
    """A file that is refused: where, with which kind of finding, and some words of the help."""

    make: Making
    sheet: str
    cell: str
    kind: str
    help: str


@dataclass(frozen=True)
class Odd:
    """A file that is taken: what it states beside or instead of FIGURES, and the kinds of its findings."""

    make: Making
    figures: dict[tuple[str, str, str, int, str | None], Decimal | None]
    kinds: tuple[str, ...]


BAD: dict[str, Bad] = {}
ODD: dict[str, Odd] = {}


def good() -> bytes:
    """The good workbook as a file."""
    buffer = BytesIO()
    write_template(buffer, GOOD)
    return buffer.getvalue()


def changed(change: Change, iso_dates: bool = False) -> Making:
    """Make a file by opening the good one and changing something in it."""

    def make(file: bytes) -> bytes:
        book = load_workbook(BytesIO(file))
        book.iso_dates = iso_dates
        change(book)
        buffer = BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    return make


def bad(place: str, kind: str, help: str, iso_dates: bool = False) -> Callable[[Change], Change]:
    """Name a change of the good workbook that must be refused at ``place``, such as ``Budget!J3``."""
    sheet, _, cell = place.partition("!")

    def register(change: Change) -> Change:
        BAD[change.__name__] = Bad(changed(change, iso_dates), sheet, cell, kind, help)
        return change

    return register


def bad_file(kind: str, help: str, place: str = "") -> Callable[[Making], Making]:
    """Name a file that must be refused although it is no changed workbook."""
    sheet, _, cell = place.partition("!")

    def register(make: Making) -> Making:
        BAD[make.__name__] = Bad(make, sheet, cell, kind, help)
        return make

    return register


def odd(*kinds: str, **figures: Decimal | int | None) -> Callable[[Change], Change]:
    """Name a change of the good workbook that is taken; ``J3=700000`` tells what that cell now states."""
    stated = {_STATED_IN[cell]: None if value is None else Decimal(value) for cell, value in figures.items()}

    def register(change: Change) -> Change:
        ODD[change.__name__] = Odd(changed(change), stated, kinds)
        return change

    return register


_STATED_IN = dict(zip(("J2", "J3", "K3", "J4", "J5", "K5", "K6", "J7", "L7"), FIGURES, strict=True))


# The layout ------------------------------------------------------------------------------------------------


@bad("", "no_table", "hämta budgetmallen")
def another_layout(book: Workbook) -> None:
    """Heads without a single amount, in a sheet that is not the template's."""
    for name in book.sheetnames[1:]:
        del book[name]
    book.worksheets[0].title = "Blad1"
    book.worksheets[0].append(["Projekt", "Konto", "Belopp"])


@bad("Finansiärer", "missing_sheet", "Lägg till bladet Finansiärer")
def a_missing_sheet(book: Workbook) -> None:
    """The sheet of funders is gone."""
    del book["Finansiärer"]


@bad("Budget", "missing_sheet", "Lägg till bladet Budget")
def an_empty_budget_sheet(book: Workbook) -> None:
    """The sheet Budget is there, with nothing in it."""
    book["Budget"].delete_rows(1, 20)


@bad("Budget!A1", "missing_column", "Lägg till kolumnen Finansiär")
def a_missing_column(book: Workbook) -> None:
    """Budget has no column of funders."""
    book["Budget"].delete_cols(5)


@bad("Projekt", "missing_column", "jämför rubrikerna")
def no_heads_at_all(book: Workbook) -> None:
    """The row of heads in Projekt is gone."""
    book["Projekt"].delete_rows(1)


@bad("Budget!G1", "missing_column", "Skriv årtalet")
def no_year_columns(book: Workbook) -> None:
    """Budget has its heads, and no year."""
    book["Budget"].delete_cols(7, 6)


@bad("Budget!H1", "duplicate_column", "Rubriken står två gånger")
def a_head_twice(book: Workbook) -> None:
    """Two columns of Budget have the head Slag."""
    book["Budget"]["H1"] = "Slag"


@bad("Budget!L1", "duplicate_column", "Rubriken står två gånger")
def a_year_twice(book: Workbook) -> None:
    """Two columns of Budget are 2014."""
    book["Budget"]["L1"] = 2014


@bad("Budget!L1", "year", "Kontrollera årtalet")
def a_year_out_of_range_as_a_head(book: Workbook) -> None:
    """A column of Budget is the year 1915."""
    book["Budget"]["L1"] = 1915


@bad("Budget!L1", "formula", "Öppna filen i Excel")
def a_year_that_was_never_calculated(book: Workbook) -> None:
    """The head of a year is a formula without a stored value."""
    book["Budget"]["L1"] = "=K1+1"


@bad("Budget ", "duplicate_sheet", "Ta bort eller byt namn")
def two_sheets_of_almost_the_same_name(book: Workbook) -> None:
    """There is a sheet "Budget" and another "Budget " with a blank at the end."""
    book.copy_worksheet(book["Budget"]).title = "Budget "


# Amounts ---------------------------------------------------------------------------------------------------


@bad("Budget!J3", "text", "Skriv ett belopp i kronor")
def text_where_an_amount_belongs(book: Workbook) -> None:
    """A word stands where an amount belongs."""
    book["Budget"]["J3"] = "halva summan"


@bad("Budget!J3", "formula", "Öppna filen i Excel")
def a_formula_without_a_value(book: Workbook) -> None:
    """An amount is a formula that was never calculated."""
    book["Budget"]["J3"] = "=J2*0.25"


@bad("Budget!J3", "error_value", "Rätta formeln")
def an_error_in_a_cell(book: Workbook) -> None:
    """An amount is #REF!."""
    book["Budget"]["J3"] = "#REF!"


@bad("Budget!J3", "decimals", "hela ören")
def parts_of_an_ore(book: Workbook) -> None:
    """An amount has three decimals."""
    book["Budget"]["J3"] = 1234.567


@bad("Budget!J3", "decimals", "två decimaler")
def parts_of_an_ore_as_text(book: Workbook) -> None:
    """An amount written as text has three decimals."""
    book["Budget"]["J3"] = "1 234,567"


@bad("Budget!J3", "range", "Kontrollera beloppet")
def an_amount_beyond_all_measure(book: Workbook) -> None:
    """An amount has a hundred digits."""
    book["Budget"]["J3"] = 1e99


@bad("Budget!J3", "currency", "svenska kronor")
def euro(book: Workbook) -> None:
    """An amount is in €."""
    book["Budget"]["J3"] = "50 000 €"


@bad("Budget!J3", "currency", "Räkna om beloppet till kronor")
def an_amount_shown_in_another_currency(book: Workbook) -> None:
    """An amount is a number that its cell shows in €."""
    book["Budget"]["J3"].number_format = '#,##0 "€"'


@bad("Budget!J3", "text", "Skriv beloppet i kronor")
def an_amount_shown_as_per_cent(book: Workbook) -> None:
    """An amount is a number that its cell shows in per cent."""
    book["Budget"]["J3"].number_format = "0%"


@bad("Budget!J3", "currency", "svenska kronor")
def us_dollars(book: Workbook) -> None:
    """An amount is in USD."""
    book["Budget"]["J3"] = "USD 50 000"


@bad("Budget!J3", "currency", "svenska kronor")
def norwegian_kroner(book: Workbook) -> None:
    """An amount is in NOK."""
    book["Budget"]["J3"] = "50 000 NOK"


@bad("Budget!J3", "text", "utan moms")
def with_vat(book: Workbook) -> None:
    """An amount says that it includes VAT."""
    book["Budget"]["J3"] = "750 000 kr inkl. moms"


@bad("Budget!J3", "text", "Skriv ett tal")
def a_truth_value_as_an_amount(book: Workbook) -> None:
    """An amount is SANT."""
    book["Budget"]["J3"] = True


@bad("Budget!J3", "text", "Skriv ett tal")
def a_date_as_an_amount(book: Workbook) -> None:
    """What was typed as an amount has become a day."""
    book["Budget"]["J3"] = date(2013, 5, 1)


@bad("Budget!J3", "text", "Skriv ett tal", iso_dates=True)
def a_date_stored_as_text_as_an_amount(book: Workbook) -> None:
    """An amount is a day, in the strict format."""
    book["Budget"]["J3"] = date(2013, 5, 1)


# Lines and records -----------------------------------------------------------------------------------------


@bad("Budget!E3", "unknown_funder", "bladet Finansiärer")
def an_unknown_funder(book: Workbook) -> None:
    """A line's money comes from somebody who is not among the funders."""
    book["Budget"]["E3"] = "Vinnova"


@bad("Budget!A3", "unknown_project", "bladet Projekt")
def an_unknown_project(book: Workbook) -> None:
    """A line is for a project that is nowhere."""
    book["Budget"]["A3"] = "X-99"


@bad("Projekt!C4", "unknown_area", "Menade du ”Unga vuxna”?")
def an_unknown_area(book: Workbook) -> None:
    """A project's area is misspelt."""
    book["Projekt"]["C4"] = "Unga vukna"


@bad("Planer!A2", "year", "Kontrollera årtalet")
def a_year_out_of_range_in_a_cell(book: Workbook) -> None:
    """The plan is of the year 2113."""
    book["Planer"]["A2"] = 2113


@bad("Planer!E2", "date", "Skriv datumet som")
def a_day_that_is_not(book: Workbook) -> None:
    """The plan was decided on the 31st of November."""
    book["Planer"]["E2"] = "2012-11-31"


@bad("Planer!E2", "date", "Kontrollera datumet")
def a_day_in_the_wrong_century(book: Workbook) -> None:
    """The plan was decided in 1912."""
    book["Planer"]["E2"] = "1912-12-11"


@bad("Budget!A8", "duplicate", "står redan på rad 3")
def the_same_line_twice(book: Workbook) -> None:
    """A line of Budget stands again, in other letters."""
    sheet = book["Budget"]
    sheet["A8"], sheet["E8"], sheet["F8"], sheet["J8"] = "p-1", CITY.upper(), "Föreslaget", 1


@bad("Projekt!A5", "duplicate", "står på rad 2")
def the_same_code_twice(book: Workbook) -> None:
    """Two projects have one code."""
    book["Projekt"].append(["P-1", "Ett annat projekt"])


@bad("Projekt!L2", "cycle", "Ta bort en av hänvisningarna")
def a_project_within_itself(book: Workbook) -> None:
    """P-1 is part of P-2, which is part of P-1."""
    book["Projekt"]["L2"] = "P-2"


@bad("Områden!D2", "cycle", "Ta bort en av hänvisningarna")
def areas_that_replace_each_other(book: Workbook) -> None:
    """Each of two areas is replaced by the other."""
    book["Områden"]["D2"] = HOMES


@bad("Projekt!J2", "period", "Rätta början eller slutet")
def an_end_before_the_beginning(book: Workbook) -> None:
    """A project ends the year before it starts."""
    book["Projekt"]["J2"] = "2012"


@bad("Projekt!B3", "missing_value", "Fyll i cellen")
def a_required_cell_is_empty(book: Workbook) -> None:
    """A project has no title."""
    book["Projekt"]["B3"] = None


@bad("Budget!E3", "missing_value", "finansiärens namn")
def a_line_without_a_funder(book: Workbook) -> None:
    """Nobody pays for a line."""
    book["Budget"]["E3"] = None


@bad("Budget!A3", "missing_value", "Ange vad beloppet är till")
def a_line_for_nothing(book: Workbook) -> None:
    """A line has neither project, call nor area."""
    book["Budget"]["A3"] = None


@bad("Budget!F3", "choice", "Välj ett av orden")
def a_wrong_word_for_the_kind(book: Workbook) -> None:
    """A line is of the kind "lovat"."""
    book["Budget"]["F3"] = "lovat"


@bad("Finansiärer!B2", "choice", "Välj ett av orden")
def a_wrong_word_in_a_list(book: Workbook) -> None:
    """A funder is a "förening"."""
    book["Finansiärer"]["B2"] = "förening"


@bad("Budget!XFD1048576", "far_cell", "Gå till cellen")
def a_lone_cell_in_the_farthest_corner(book: Workbook) -> None:
    """Something stands in the last cell that a sheet can have."""
    book["Budget"]["XFD1048576"] = "x"


# What is no workbook ---------------------------------------------------------------------------------------


@bad_file("empty_file", "Spara eller hämta den på nytt")
def an_empty_file(file: bytes) -> bytes:
    """The file has 0 bytes."""
    return b""


@bad_file("no_table", "hämta budgetmallen")
def a_text_file(file: bytes) -> bytes:
    """A letter was given the name of a workbook."""
    return b"Hej!\nBudgeten kommer i morgon.\n"


@bad_file("pdf", "Be den som gjorde filen")
def a_pdf(file: bytes) -> bytes:
    """A PDF was given the name of a workbook."""
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


@bad_file("html", "Spara som")
def a_web_page(file: bytes) -> bytes:
    """A system has exported a web page and called it a workbook."""
    return b"<html><body><table><tr><td>Projekt</td></tr></table></body></html>"


@bad_file("old_format", "Spara som")
def an_old_xls(file: bytes) -> bytes:
    """The workbook is in the format of before 2007."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@bad_file("open_document", "Spara som")
def an_open_document(file: bytes) -> bytes:
    """The workbook is from LibreOffice, in its own format."""
    parts = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}
    return _zipped({name: text.encode() for name, text in parts.items()})


@bad_file("other_document", "Spara som")
def a_word_document(file: bytes) -> bytes:
    """A Word document was given the name of a workbook."""
    return _zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})


@bad_file("damaged_file", "spara den på nytt")
def half_a_file(file: bytes) -> bytes:
    """The download was cut off."""
    return file[: len(file) // 2]


@bad_file("too_large", "Ta bort blad, bilder")
def an_over_large_file(file: bytes) -> bytes:
    """The file is larger than 50 MB."""
    return file + bytes(50_000_000)


@bad_file("zip_bomb", "Ta bort blad, bilder", "Budget")
def a_zip_bomb(file: bytes) -> bytes:
    """A small file that unpacks to a very large one."""
    return _with_part(file, BUDGET_PART, lambda text: text + b" " * 30_000_000)


@bad_file("forbidden_xml", "spara den på nytt")
def external_entities(file: bytes) -> bytes:
    """A part asks for a file of the server's."""
    doctype = b'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return _with_part(file, BUDGET_PART, lambda text: doctype + text)


@bad_file("forbidden_xml", "spara den på nytt")
def a_billion_laughs(file: bytes) -> bytes:
    """A part's entities would unfold to a thousand million words."""
    entities = [b'<!ENTITY l0 "ha">', *(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))]
    doctype = b"<!DOCTYPE worksheet [" + b"".join(entities) + b"]>"
    return _with_part(file, BUDGET_PART, lambda text: doctype + text.replace(b"Forte", b"&l9;"))


# What is odd and taken -------------------------------------------------------------------------------------


@odd()
def title_rows_above_the_heads(book: Workbook) -> None:
    """Two rows of title stand above the heads of Budget."""
    sheet = book["Budget"]
    sheet.insert_rows(1, 3)
    sheet["A1"], sheet["A2"] = "Budget 2013–2015", "Belopp i kronor exklusive moms"


@odd()
def columns_in_another_order(book: Workbook) -> None:
    """The columns of Budget, the years too, stand in the reverse order."""
    _reverse_columns(book["Budget"])


@odd("negative", J4=500_000, L7=-40_000)
def amounts_as_text(book: Workbook) -> None:
    """Amounts are texts with no-break spaces, tkr, mnkr, :- and the true minus sign."""
    sheet = book["Budget"]
    sheet["J2"], sheet["J3"], sheet["J4"] = "2\u00a0310\u00a0000", "600 tkr", "0,5 mnkr"
    sheet["K5"], sheet["L7"] = "862\u202f278:-", "\u221240 000 kr"


@odd(J3=None, K3=None, J4=None, L7=None)
def wordings_for_an_amount_not_set(book: Workbook) -> None:
    """What is not set is said in several ways."""
    sheet = book["Budget"]
    sheet["J3"], sheet["K3"] = "Belopp ej fastställt.", "fastställs senare"
    sheet["J4"], sheet["L7"] = "avsätts", "EJ\u00a0FASTSTÄLLD"


@odd(L7=0)
def a_dash_for_zero(book: Workbook) -> None:
    """A dash says that it is 0 kronor."""
    book["Budget"]["L7"] = "–"


@odd("hidden_sheet")
def a_hidden_sheet(book: Workbook) -> None:
    """A sheet of the template is hidden."""
    book["Projekt"].sheet_state = "hidden"


@odd("unknown_sheet")
def a_sheet_of_ones_own(book: Workbook) -> None:
    """Somebody has kept notes on a sheet of their own."""
    book.create_sheet("Anteckningar")["A1"] = "Ring Kristina"


@odd("unknown_column")
def a_column_of_ones_own(book: Workbook) -> None:
    """Projekt has a column more than the template."""
    book["Projekt"]["Q1"] = "Kommentar"


@odd("unknown_column")
def a_year_with_a_word(book: Workbook) -> None:
    """A column's head is not just the year, so that it is not read, and warned of."""
    book["Budget"]["M1"], book["Budget"]["M3"] = "Budget 2016", 5


@odd("no_head")
def an_amount_under_no_head(book: Workbook) -> None:
    """Somebody has begun on a new year and not written which."""
    book["Budget"]["M4"] = 75_000


@odd()
def a_very_long_title(book: Workbook) -> None:
    """A project's title has 10 000 characters."""
    book["Projekt"]["B2"] = LONG_TITLE


@odd()
def markup_in_titles(book: Workbook) -> None:
    """Titles look like markup and like formulas."""
    for cell, title in zip(("B2", "B3", "B4"), HOSTILE_TITLES, strict=True):
        book["Projekt"][cell] = title
        book["Projekt"][cell].data_type = "s"


@odd()
def names_with_accents_stored_apart(book: Workbook) -> None:
    """Names come from a system that stores å as a and a ring (Unicode NFD)."""
    book["Budget"]["E3"] = "Exempelstad, socialna\u0308mnden"


LONG_TITLE = "Läxhjälp " * 1_111 + "!"
HOSTILE_TITLES = ("<script>alert(1)</script>", "=1+1", "@SUM(A1) **fet** [länk](http://exempel.se) $x$")


def _reverse_columns(sheet: Worksheet) -> None:
    for row in sheet.iter_rows():
        values = [cell.value for cell in row]
        for cell, value in zip(row, reversed(values), strict=True):
            cell.value = value


def _zipped(parts: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _with_part(file: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed as text."""
    with zipfile.ZipFile(BytesIO(file)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    return _zipped({**parts, name: change(parts[name])})


def write_folder(folder: Path) -> dict[str, Path]:
    """Write the good workbook and all that are made from it; return name → file."""
    file = good()
    makings = {"good": lambda same: same, **{name: each.make for name, each in {**BAD, **ODD}.items()}}
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.xlsx" for name in makings}
    for name, make in makings.items():
        paths[name].write_bytes(make(file))
    return paths


if __name__ == "__main__":
    print(f"{len(write_folder(Path(sys.argv[1])))} files")
