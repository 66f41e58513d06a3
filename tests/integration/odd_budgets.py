"""Messy budgets with something wrong or odd in them, each with the finding that must tell of it.

``python -m tests.integration.odd_budgets FOLDER`` writes them all, to look at or to try in the browser.
"""

from __future__ import annotations

import struct
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, TypeAlias

from xlsxwriter.worksheet import Worksheet

from tests.integration.grids import Book, Cell, Formula, Row, bold, book, shown, total
from tests.integration.messy_budgets import Choices, social

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True)
class Odd:
    """An odd file and its finding; ``sheet`` and ``cell`` are patterns (``C5``, ``C*``, ``[A-Z]5``).

    Any of ``kinds`` will do. ``choices`` are the answers that are given with it.
    ``knows`` tells whether the database holds what messy_budgets.KNOWN says, or nothing at all.
    """

    write: Callable[[Path], None]
    file: str
    severity: Severity
    sheet: str
    cell: str
    kinds: tuple[str, ...]
    choices: Choices
    knows: bool


ODD: dict[str, Odd] = {}
#: What a compound file writes where a chain of sectors ends, and where there is no entry.
_END, _NONE = 0xFFFFFFFE, 0xFFFFFFFF


def odd(
    severity: Severity, place: str, *kinds: str, choices: Choices | None = None, knows: bool = True
) -> Callable[[Callable[[Book], object]], Callable[[Book], object]]:
    """Name a workbook and the finding at ``place`` ("Budget!C5"); the sheet Budget is the board's money."""

    def register(fill: Callable[[Book], object]) -> Callable[[Book], object]:
        def write(path: Path) -> None:
            with book(path) as written:
                fill(written)

        answers = social("Budget") if choices is None else choices
        _register(fill.__name__, f"{fill.__name__}.xlsx", write, severity, place, kinds, answers, knows)
        return fill

    return register


def odd_file(severity: Severity, place: str, *kinds: str, suffix: str) -> Callable[[Callable[[], bytes]], Any]:
    """Name a file that is no workbook of Excel's own, in the same way."""

    def register(content: Callable[[], bytes]) -> Callable[[], bytes]:
        def write(path: Path) -> None:
            path.write_bytes(content())

        _register(content.__name__, f"{content.__name__}{suffix}", write, severity, place, kinds, {}, True)
        return content

    return register


def _register(
    name: str,
    file: str,
    write: Callable[[Path], None],
    severity: Severity,
    place: str,
    kinds: tuple[str, ...],
    choices: Choices,
    knows: bool,
) -> None:
    sheet, _, cell = place.partition("!")
    ODD[name] = Odd(write, file, severity, sheet, cell or "*", kinds, choices, knows)


def plain(
    book: Book,
    title: str | None = "FoU-budget, kr exkl. moms",
    name: str = "Budget",
    heads: Row = ("Projekt", "Budget 2013", "Budget 2014"),
    **cells: Cell,
) -> Worksheet:
    """A good sheet of four projects with heads in row 3, but for these cells.

    ::

        1  FoU-budget, kr exkl. moms
        3  Projekt      Budget 2013  Budget 2014
        4  Läxhjälp          440000       450000
        5  Anhörigstöd       100000       210000
        6  Bostad först      320000       640000
        7  Jobbspår          270000       275000
    """
    rows = {
        "A1": title,
        **dict(zip(("A3", "B3", "C3"), heads, strict=True)),
        **{"A4": "Läxhjälp", "B4": 440000, "C4": 450000},
        **{"A5": "Anhörigstöd", "B5": 100000, "C5": 210000},
        **{"A6": "Bostad först", "B6": 320000, "C6": 640000},
        **{"A7": "Jobbspår", "B7": 270000, "C7": 275000},
    }
    sheet = book.sheet(name)
    for address, cell in {**rows, **cells}.items():
        book.put(sheet, (cell,), at=address)
    sheet.autofit()
    return sheet


# Totals that do not agree ----------------------------------------------------------------------------------


@odd("error", "Budget!C8", "total_differs")
def a_total_that_is_a_thousand_too_large(book: Book) -> None:
    """The total was typed, and a figure changed afterwards."""
    plain(book, A8="Summa", B8=1130000, C8=1576000)


@odd("error", "Budget!C8", "total_differs")
def a_total_that_leaves_out_the_last_row(book: Book) -> None:
    """A row was added below the range that the formula adds up."""
    plain(book, A8="Summa", B8=total("=SUM(B4:B7)", 1130000), C8=total("=SUM(C4:C6)", 1300000))


@odd("error", "Budget!B8", "total_differs", choices=social("Budget", hidden="skip"))
def a_total_that_agrees_only_with_the_hidden_row(book: Book) -> None:
    """A hidden row is left out by the person's own answer, and the total counts it."""
    sheet = plain(book, heads=("Projekt", "Budget 2014", None), C4=None, C5=None, C6=None, C7=None)
    book.put(sheet, ("Summa", 1130000), at="A8")
    sheet.set_row(4, None, None, {"hidden": True})


@odd("error", "Budget!B11", "total_differs")
def a_total_that_counts_the_subtotals_too(book: Book) -> None:
    """The last formula adds up everything above it, the subtotals as well."""
    book.sheet(
        "Budget",
        ("Belopp i kr",),
        (),
        ("Projekt", "Budget 2014"),
        (bold("Barn och unga"),),
        ("Läxhjälp", 450000),
        ("Summa barn och unga", total("=SUM(B5)", 450000)),
        (bold("Äldre"),),
        ("Anhörigstöd", 210000),
        ("Trygg hemgång", 95000),
        ("Summa äldre", total("=SUM(B8:B9)", 305000)),
        ("Totalt", total("=SUM(B5:B10)", 1510000)),
    )


@odd("error", "Budget!B6", "total_differs")
def a_subtotal_that_does_not_agree(book: Book) -> None:
    """The total agrees, but one area's sum has a krona of the other's."""
    book.sheet(
        "Budget",
        ("Projekt", "Budget 2014, kr"),
        (bold("Barn och unga"),),
        ("Läxhjälp", 450000),
        ("Spädbarnsteam", 75000),
        ("Kontaktfamiljer", 120000),
        ("Summa barn och unga", 645001),
        (bold("Äldre"),),
        ("Anhörigstöd", 210000),
        ("Trygg hemgång", 95000),
        ("Summa äldre", 305000),
        ("Totalt", 950000),
    )


@odd("warning", "Budget![A-Z]4", "unsure_area")
def a_first_row_that_is_the_sum_of_those_below(book: Book) -> None:
    """The first row, typed and without the word sum, is what the others come to: read as a project it counts twice."""
    plain(book, A4="Barn och unga", B4=690000, C4=1125000)


@odd("warning", "Budget!C8", "total_unknown")
def a_total_that_was_never_calculated(book: Book) -> None:
    """The total is a formula from a program that did not calculate it."""
    plain(book, A8="Summa", B8=total("=SUM(B4:B7)", 1130000), C8=Formula("=SUM(C4:C7)", ""))


# Amounts that cannot be read -------------------------------------------------------------------------------


@odd("error", "Budget!B4", "text")
def a_first_project_without_a_single_amount(book: Book) -> None:
    """All amounts of the first two rows are badly written, so that they could pass for rows of the head."""
    plain(book, B4="44O 000", C4="45O 000", B5="se bilaga", C5="se bilaga")


@odd("error", "Budget!C5", "text")
def a_letter_o_in_an_amount(book: Book) -> None:
    """Somebody typed the letter O for a nought."""
    plain(book, C5="21O 000")


@odd("error", "Budget!C5", "text")
def a_point_that_can_be_read_either_way(book: Book) -> None:
    """1.234 is a thousand and more to some, little over one to others."""
    plain(book, C5="1.234")


@odd("error", "Budget!C5", "decimals")
def a_number_with_three_decimals(book: Book) -> None:
    """A number that holds parts of an öre, as when 1.234 was typed for 1 234."""
    plain(book, C5=1.234)


@odd("error", "Budget!C5", "decimals")
def thousands_with_parts_of_an_ore(book: Book) -> None:
    """In tkr, a number with six decimals is no whole number of öre."""
    plain(book, title="FoU-budget, tkr", B4=440, C4=450, B5=100, C5=210.123456, B6=320, C6=640, B7=270, C7=275)


@odd("error", "Budget!C5", "currency")
def euros_written_out(book: Book) -> None:
    """One amount is in euros."""
    plain(book, C5="12 000 EUR")


@odd("error", "Budget!C5", "currency")
def euros_in_the_number_format(book: Book) -> None:
    """One amount is a plain number that is shown with a euro sign."""
    plain(book, C5=shown(12000, "[$€-2] #,##0"))


@odd("error", "Budget!C5", "text")
def per_cent_among_amounts(book: Book) -> None:
    """One amount is shown as 45 %, of what is not said."""
    plain(book, C5=shown(0.45, "0%"))


@odd("error", "Budget!C5", "text")
def a_date_among_amounts(book: Book) -> None:
    """Excel has made a day of what was typed."""
    plain(book, C5=date(2014, 3, 1))


@odd("error", "Budget!C5", "text")
def true_among_amounts(book: Book) -> None:
    """A cell holds SANT."""
    plain(book, C5=True)


@odd("error", "Budget!C5", "error_value")
def a_reference_that_is_gone(book: Book) -> None:
    """A formula shows #REF!."""
    plain(book, C5=Formula("=#REF!*2", "#REF!"))


@odd("error", "Budget!C5", "error_value")
def a_value_that_is_none(book: Book) -> None:
    """A formula shows #VALUE! (#VÄRDEFEL! in Swedish)."""
    plain(book, C5=Formula('="a"*2', "#VALUE!"))


@odd("error", "Budget!C5", "formula")
def an_amount_that_was_never_calculated(book: Book) -> None:
    """An amount is a formula without a stored value."""
    plain(book, C5=Formula("=B5*2.1", ""))


@odd("error", "Budget!C5", "range")
def an_amount_beyond_all_budgets(book: Book) -> None:
    """Three noughts were typed three times too many."""
    plain(book, C5=23_100_000_000_000_000)


@odd("error", "Budget!C5", "text")
def about_half_a_million(book: Book) -> None:
    """An amount is only about so much."""
    plain(book, C5="ca 500 000")


@odd("error", "Budget!C5", "text")
def from_one_amount_to_another(book: Book) -> None:
    """An amount is a range."""
    plain(book, C5="500-600 tkr")


@odd("error", "Budget!C5", "text")
def see_the_annex(book: Book) -> None:
    """The amount stands elsewhere."""
    plain(book, C5="se bilaga")


@odd("error", "Budget!C5", "text")
def two_amounts_in_one_cell(book: Book) -> None:
    """A line break parts two amounts within the cell."""
    plain(book, C5="110 000\n100 000")


@odd("error", "Budget!C5", "text")
def an_apostrophe_for_thousands(book: Book) -> None:
    """Thousands are parted the Swiss way."""
    plain(book, C5="210'000")


@odd("error", "Budget!C5", "text")
def a_blank_in_the_wrong_place(book: Book) -> None:
    """A digit too many, or a blank too early: 21 0000."""
    plain(book, C5="21 0000")


@odd("error", "Budget!C5", "text")
def an_apostrophe_before_the_amount(book: Book) -> None:
    """The apostrophe that makes text of a number in Excel became part of it elsewhere."""
    plain(book, C5="'210 000")


@odd("warning", "Budget!C5", "negative")
def a_single_negative_amount(book: Book) -> None:
    """One budgeted amount is below nothing."""
    plain(book, C5=-210000)


# Who, when, what, whose ------------------------------------------------------------------------------------


@odd("error", "Budget![A-Z]6", "duplicate")
def the_same_project_twice(book: Book) -> None:
    """A project stands on two rows with different amounts."""
    plain(book, A6="Läxhjälp")


@odd("error", "Budget!C*", "duplicate_column", "duplicate")
def the_same_year_twice(book: Book) -> None:
    """Two columns are the budget of the same year."""
    plain(book, heads=("Projekt", "Budget 2014", "Budget 2014"))


@odd("error", "Sammanställning", "duplicate", choices=social("Budget", "Sammanställning"))
def a_summary_that_says_it_all_again(book: Book) -> None:
    """A second sheet sums up the first: read naively, all the money would be there twice."""
    plain(book)
    plain(book, name="Sammanställning")


@odd("error", "Budget![A-Z]6", "amount_without_name")
def an_amount_on_a_row_without_a_name(book: Book) -> None:
    """A row has its amounts, and nothing says what for."""
    plain(book, A6=None)


@odd("error", "Budget!A5", "is_this")
def a_name_that_is_nearly_a_known_project(book: Book) -> None:
    """The database knows Digital fixartjänst."""
    plain(book, A5="Digital fixartjanst")


@odd("error", "2014!A5", "is_this", choices=social("2013", "2014"))
def a_name_spelt_in_two_ways(book: Book) -> None:
    """The same project with a letter too few the next year."""
    one = ("Projekt", "Budget, kr", None)
    plain(book, name="2013", heads=one, A5="Föräldrastöd i grupp", C4=None, C5=None, C6=None, C7=None)
    plain(book, name="2014", heads=one, A5="Föräldrastöd i grup", C4=None, C5=None, C6=None, C7=None)


@odd("error", "Budget!B5", "is_this", choices={})
def a_funder_with_a_letter_missing(book: Book) -> None:
    """The database knows Socialnämnden; one row says Socialnämden."""
    heads = ("Projekt", "Finansiär", "Budget 2014")
    own = "Socialnämnden"
    plain(book, heads=heads, B4=own, B5="Socialnämden", B6=own, B7=own)


@odd("error", "Budget", "no_funder", choices={}, knows=False)
def nobody_knows_whose_money(book: Book) -> None:
    """Neither the sheet nor the database names a funder."""
    plain(book)


@odd("error", "Budget", "no_year")
def no_year_anywhere(book: Book) -> None:
    """Neither a head, a title, the sheet nor the file says which year."""
    plain(book, heads=("Projekt", "Budget", "Utfall"))


@odd("error", "Budget", "no_year")
def no_year_but_that_of_the_printing(book: Book) -> None:
    """The only year in the sheet is that of the day on which it was printed, which says nothing of the budget's."""
    plain(book, heads=("Projekt", "Budget", "Utfall"), A2="Utskriven 2015-01-12")


@odd("error", "Blad1", "no_kind", choices=social("Blad1"))
def no_kind_anywhere(book: Book) -> None:
    """The years are there, and nothing says whether it is a budget, an outcome or a wish."""
    plain(book, title="Projekt, kronor", name="Blad1", heads=("Projekt", "2013", "2014"))


@odd("error", "Budget!A5", "no_year")
def words_for_a_year(book: Book) -> None:
    """A word stands in the column of years."""
    _list_of_years(book, "nästa år")


@odd("error", "Budget!A5", "no_year")
def a_year_with_a_digit_too_many(book: Book) -> None:
    """20144 stands in the column of years."""
    _list_of_years(book, 20144)


def _list_of_years(book: Book, in_a5: Cell) -> None:
    book.sheet(
        "Budget",
        ("Belopp i kr",),
        (),
        ("År", "Projekt", "Budget"),
        (2014, "Läxhjälp", 450000),
        (in_a5, "Anhörigstöd", 210000),
        (2014, "Bostad först", 640000),
        (2015, "Läxhjälp", 460000),
        (2015, "Bostad först", 655000),
    )


@odd("error", "Budget!C3", "no_year")
def several_years_in_one_column(book: Book) -> None:
    """A column holds the sum of three years."""
    plain(book, heads=("Projekt", "Budget 2013", "Budget 2014–2016"))


@odd("error", "Budget!C3", "no_year")
def a_school_year(book: Book) -> None:
    """A column is of a school year, which is half of each of two years."""
    plain(book, heads=("Projekt", "Budget 2013", "Budget 2014/15"))


@odd("warning", "2013", "unsure_year", choices=social("2013"))
def a_title_and_a_sheet_that_name_different_years(book: Book) -> None:
    """The sheet was copied from last year's and its name was not changed."""
    one = ("Projekt", "Budget, kr", None)
    plain(book, title="FoU-budget 2014", name="2013", heads=one, C4=None, C5=None, C6=None, C7=None)


# Units and VAT ---------------------------------------------------------------------------------------------


@odd("error", "Budget!A1", "vat")
def vat_that_nobody_has_answered_for(book: Book) -> None:
    """The title says "inkl. moms"."""
    plain(book, title="FoU-budget, kr inkl. moms")


@odd("warning", "Budget", "unsure_unit")
def no_unit_and_small_numbers(book: Book) -> None:
    """The amounts look like thousands, and nothing says so."""
    plain(book, title="FoU-budget", B4=440, C4=450, B5=100, C5=210, B6=320, C6=640, B7=270, C7=275)


@odd("warning", "Budget", "unsure_unit")
def two_units_that_contradict(book: Book) -> None:
    """The title says tkr, and the head of the amounts says kr."""
    plain(book, title="FoU-budget, belopp i tkr", heads=("Projekt", "Budget 2013 (kr)", "Budget 2014 (kr)"))


@odd("warning", "Budget!C5", "unsure_unit")
def one_amount_in_kronor_among_thousands(book: Book) -> None:
    """The sheet is in tkr, and somebody wrote one amount in kronor: a thousand times too much."""
    plain(book, title="FoU-budget, tkr", B4=440, C4=450, B5=100, C5=210000, B6=320, C6=640, B7=270, C7=275)


@odd("warning", "Budget", "unsure_unit")
def kronor_under_a_title_of_millions(book: Book) -> None:
    """The title says millions, and the amounts are hundreds of thousands: milliards, if one believes it."""
    plain(book, title="FoU-budget, mnkr")


# What is hidden, beside or missing -------------------------------------------------------------------------


@odd("warning", "Budget![A-Z]5", "hidden_row")
def a_hidden_row(book: Book) -> None:
    """A project's row is hidden."""
    plain(book).set_row(4, None, None, {"hidden": True})


@odd("warning", "Budget!B*", "hidden_column")
def a_hidden_column(book: Book) -> None:
    """Last year's column is hidden."""
    plain(book).set_column("B:B", None, None, {"hidden": True})


@odd("warning", "Gammal", "hidden_sheet")
def a_hidden_sheet_beside(book: Book) -> None:
    """An older budget is hidden in the workbook."""
    plain(book)
    plain(book, name="Gammal", heads=("Projekt", "Budget 2011", "Budget 2012")).hide()


@odd("error", "*", "no_table")
def the_only_figures_are_hidden(book: Book) -> None:
    """The sheet that is seen holds a sentence; the one with the figures is hidden, and not read unasked."""
    book.sheet("Blad1", ("Budgeten är under arbete.",)).activate()
    plain(book).hide()


@odd("warning", "Budget![A-Z]5", "part_row")
def a_part_of_the_row_above(book: Book) -> None:
    """A "varav" row tells a part of the amount above it."""
    plain(book, A5="varav läromedel", B5=40000, C5=45000)


@odd("warning", "Budget!D*", "unread_column")
def amounts_under_no_head(book: Book) -> None:
    """A column of amounts has no head, so that nothing says what they are."""
    plain(book, D4=460000, D5=215000, D6=655000, D7=280000)


@odd("warning", "Budget!D*", "unread_column", "unsure_kind")
def an_outcome_so_far(book: Book) -> None:
    """A column holds what has been spent so far in the year: read or not, that has to be told."""
    plain(book, D3="Ack. utfall 2014", D4=300000, D5=150000, D6=400000, D7=200000)


@odd("error", "*", "no_table", choices={})
def an_empty_workbook(book: Book) -> None:
    """Nobody has written anything."""
    book.sheet("Blad1")


@odd("error", "*", "no_table", choices={})
def only_a_title(book: Book) -> None:
    """A sheet with a title, and nothing below."""
    book.sheet("Blad1", (bold("FoU-budget 2014"),), ("Belopp i tkr",))


@odd("error", "*", "no_table", choices={})
def a_letter_instead_of_a_budget(book: Book) -> None:
    """Somebody has written a letter in Excel."""
    book.sheet(
        "Blad1",
        ("Hej!",),
        ("Här kommer snart budgeten för 2014.",),
        ("Vi räknar med 450 tkr till läxhjälpen.",),
        ("Hälsningar, Karin",),
    )


@odd("error", "*", "no_table", "amount_without_name", "no_kind", choices=social("Blad1"))
def a_crosstab_without_names(book: Book) -> None:
    """Accounts by years, as a pivot table gives them: no head and no name says what the amounts are for."""
    book.sheet(
        "Blad1",
        (None, 2013, 2014, 2015),
        (4010, 440000, 450000, 460000),
        (4020, 100000, 210000, 215000),
        (4030, 320000, 640000, 655000),
    )


# Other files -----------------------------------------------------------------------------------------------


@odd_file("error", "", "password", suffix=".xlsx")
def a_workbook_with_a_password() -> bytes:
    """Excel wraps a workbook with a password in the container of the old format."""
    return _container("EncryptedPackage")


@odd_file("error", "", "old_format", suffix=".xls")
def a_workbook_from_before_2007() -> bytes:
    """The workbook is an old .xls."""
    return _container("Workbook")


def _container(stream: str) -> bytes:
    """A compound file ([MS-CFB]) of version 3 that holds an empty stream of that name."""
    header = struct.pack(
        "<8s16x5H6x9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    sectors = struct.pack("<I", 0) + b"\xff" * 432
    allocation = struct.pack("<2I", 0xFFFFFFFD, _END) + b"\xff" * 504
    entries = _entry("Root Entry", 5, child=1) + _entry(stream, 2) + _entry("", 0) * 2
    return header + sectors + allocation + entries


def _entry(name: str, type_: int, child: int = _NONE) -> bytes:
    letters = name.encode("utf-16-le")
    length = len(letters) + 2 if name else 0
    return struct.pack("<64sHBB3I36xIQ", letters, length, type_, 1, _NONE, _NONE, child, _END, 0)


@odd_file("error", "", "html", suffix=".xls")
def a_web_page_called_xls() -> bytes:
    """A system exports web pages and calls them workbooks."""
    return b"<html><body><table><tr><td>Projekt</td><td>Budget 2014</td></tr></table></body></html>"


@odd_file("error", "", "open_document", suffix=".ods")
def an_open_document_sheet() -> bytes:
    """The workbook is LibreOffice's own."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    return buffer.getvalue()


@odd_file("error", "*!C3", "text", suffix=".csv")
def thousands_by_point_in_a_csv() -> bytes:
    """An export writes 1.210,50 the German way."""
    lines = (
        "Projekt;Finansiär;Budget 2014 (kr)",
        "Läxhjälp;Socialnämnden;450000,00",
        "Anhörigstöd;Socialnämnden;1.210,50",
        "Bostad först;Socialnämnden;640000,00",
    )
    return "\r\n".join(lines).encode("utf-8-sig")


def write_folder(folder: Path) -> dict[str, Path]:
    """Write all the files; return name → file."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / each.file for name, each in ODD.items()}
    for name, path in paths.items():
        ODD[name].write(path)
    return paths


if __name__ == "__main__":
    print(f"{len(write_folder(Path(sys.argv[1])))} files")
