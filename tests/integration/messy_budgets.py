"""Budgets as municipalities really write them: good, messy, each with the figures that it states to the krona.

``python -m tests.integration.messy_budgets FOLDER`` writes them all, to look at or to try in the browser.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import EllipsisType
from typing import Any, TypeAlias

from fou.imports.template.tables import Table
from tests.integration.grids import Book, Styled, bold, book, shown, total

#: SEK excl. VAT; None is an amount that is not set.
Amount: TypeAlias = Decimal | None
#: (kind, year, what for, funder): "Läxhjälp" is a project, "område: Äldre", "utlysning: …", "ram" a frame.
Figures: TypeAlias = dict[tuple[str, int, str, str], Amount]
Choices: TypeAlias = dict[str, Any]

#: What the database already knows when the budgets are read.
KNOWN: dict[str, Table] = {
    "Finansiärer": [
        {"Finansiär": "Socialnämnden", "Slag": "kommun"},
        {"Finansiär": "Forte", "Slag": "stat"},
        {"Finansiär": "Vetenskapsrådet", "Slag": "stat"},
    ],
    "Områden": [{"Område": "Kvarboende"}],
    "Projekt": [
        {"Kod": "F-101", "Projekt": "Nattro på särskilt boende", "Område": "Kvarboende"},
        {"Kod": "F-102", "Projekt": "Digital fixartjänst", "Område": "Kvarboende"},
    ],
    "Utlysningar": [{"Kod": "U-14", "Utlysning": "Lokala utvecklingsmedel", "År": 2014, "Läge": "utkast"}],
}

OPEN = None
#: The cell is empty: nothing is stated.
NIL = ...
NBSP, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"


@dataclass(frozen=True)
class States:
    """What some rows state: the amounts, and the area of each project that has one."""

    figures: Figures
    areas: dict[str, str]


def states(
    funder: str, columns: str, rows: dict[str, dict[str, tuple[int | str | EllipsisType | None, ...]]]
) -> States:
    """What a funder's rows state: ``columns`` is "spent 2013, planned 2014", rows are area → project → amounts."""
    figures: Figures = {}
    areas: dict[str, str] = {}
    heads = [head.split() for head in columns.split(",")]
    for area, projects in rows.items():
        for what, amounts in projects.items():
            if area:
                areas[what] = area
            for (kind, year), amount in zip(heads, amounts, strict=True):
                if not isinstance(amount, EllipsisType):
                    figures[kind, int(year), what, funder] = None if amount is None else Decimal(amount)
    return States(figures, areas)


@dataclass(frozen=True)
class Messy:
    """A messy budget: how it is written, what it states, and which of its totals agree ("Blad1!C9", or "C9" in CSV)."""

    write: Callable[[Path], None]
    file: str
    figures: Figures
    areas: dict[str, str]
    codes: dict[str, str]
    agree: tuple[str, ...]
    choices: Choices


MESSY: dict[str, Messy] = {}


def messy(
    *stated: States, agree: str = "", choices: Choices | None = None, codes: dict[str, str] | None = None
) -> Callable[[Callable[[Book], None]], Callable[[Book], None]]:
    """Name a workbook, what it states, its totals ("Blad1!C9 D9, Blad2!C7") and the answers that it needs."""

    def register(fill: Callable[[Book], None]) -> Callable[[Book], None]:
        def write(path: Path) -> None:
            with book(path) as written:
                fill(written)

        _register(fill.__name__, f"{fill.__name__}.xlsx", write, stated, agree, choices, codes)
        return fill

    return register


def messy_csv(
    *stated: States, agree: str = "", choices: Choices | None = None, codes: dict[str, str] | None = None
) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Name a CSV file in the same way; its totals are named without a sheet."""

    def register(content: Callable[[], bytes]) -> Callable[[], bytes]:
        def write(path: Path) -> None:
            path.write_bytes(content())

        _register(content.__name__, f"{content.__name__}.csv", write, stated, agree, choices, codes)
        return content

    return register


def _register(
    name: str,
    file: str,
    write: Callable[[Path], None],
    stated: tuple[States, ...],
    agree: str,
    choices: Choices | None,
    codes: dict[str, str] | None,
) -> None:
    figures: Figures = {}
    areas: dict[str, str] = {}
    for each in stated:
        assert not figures.keys() & each.figures.keys(), f"{name} says twice what is expected"
        figures |= each.figures
        areas |= each.areas
    MESSY[name] = Messy(write, file, figures, areas, codes or {}, _cells(agree), choices or {})


def _cells(agree: str) -> tuple[str, ...]:
    """The cells of "Blad1!C9 D9, Blad2!C7" one by one, each with its sheet."""
    cells: list[str] = []
    for part in filter(None, agree.split(", ")):
        sheet, _, addresses = part.rpartition("!")
        cells += [f"{sheet}!{address}" if sheet else address for address in addresses.split()]
    return tuple(cells)


def social(*sheets: str, **more: Any) -> Choices:
    """The only answer that most budgets need: whose money these sheets tell of."""
    return {"sheets": {sheet: {"funder": "Socialnämnden", **more} for sheet in sheets}}


# Titles, areas, subtotals ----------------------------------------------------------------------------------


@messy(
    states("Socialnämnden", "spent 2013, planned 2014, forecast 2015", {
        "Barn och unga": {
            "Läxhjälp": (430_000, 450_000, 460_000),
            "Fältarbete på kvällstid": (310_000, 325_000, 330_000),
            "Föräldrastöd i grupp": (NIL, 150_000, 150_000),
        },
        "Äldre": {
            "Anhörigstöd": (200_000, 210_000, 215_000),
            "Trygg hemgång": (95_000, 0, NIL),
        },
    }),
    agree="Budget 2014!B10 C10 D10 B15 C15 D15 B17 C17 D17",
    choices=social("Budget 2014"),
)  # fmt: skip
def titles_notes_and_subtotals(book: Book) -> None:
    """Title rows, tkr in the title, areas as bold lines, subtotals, a total, notes to the right and below."""
    book.sheet(
        "Budget 2014",
        (bold("Socialförvaltningen"),),
        ("FoU-budget 2014",),
        ("Belopp i tkr exkl. moms",),
        (),
        tuple(map(bold, ("Projekt", "Utfall 2013", "Budget 2014", "Prognos 2015", "Anmärkning"))),
        (bold("Barn och unga"),),
        ("Läxhjälp", 430, 450, 460, "avslutas 2016"),
        ("Fältarbete på kvällstid", 310, 325, 330),
        ("Föräldrastöd i grupp", None, 150, 150, "nytt från våren 2014"),
        ("Summa barn och unga", total("=SUM(B7:B9)", 740), total("=SUM(C7:C9)", 925), total("=SUM(D7:D9)", 940)),
        (),
        (bold("Äldre"),),
        ("Anhörigstöd", 200, 210, 215),
        ("Trygg hemgång*", 95, 0, None),
        ("Summa äldre", total("=SUM(B13:B14)", 295), total("=SUM(C13:C14)", 210), total("=SUM(D13:D14)", 215)),
        (),
        (bold("Totalt"), total("=B10+B15", 1035), total("=C10+C15", 1135), total("=D10+D15", 1155)),
        (),
        ("* beslut tas i mars",),
    )


@messy(
    states("Socialnämnden", "planned 2014, planned 2015", {
        "Barn och unga": {"Läxhjälp": (450_000, 450_000), "Kontaktfamiljer": (120_000, 125_000)},
        "Missbruk och beroende": {"Återfallsprevention": (300_000, OPEN), "Bostad först": (640_000, 655_500)},
        "Äldre": {"Anhörigstöd": (210_000, 215_000)},
    }),
    agree="Plan!B9 C9 B14 C14 B18 C18 B20 C20",
    choices=social("Plan"),
)  # fmt: skip
def areas_in_capitals_merged_over_the_width(book: Book) -> None:
    """Areas in capitals merged over the whole width, "Delsumma", "S:a", kr in the heads."""
    sheet = book.sheet(
        "Plan",
        (bold("Plan för forskning och utveckling, fördelning per område"),),
        ("antagen i december",),
        (),
        (),
        ("Benämning", "Budget 2014, kr", "Budget 2015, kr"),
        (),
        ("Läxhjälp", shown(450000, "#,##0"), shown(450000, "#,##0")),
        ("Kontaktfamiljer", shown(120000, "#,##0"), shown(125000, "#,##0")),
        ("Delsumma", total("=SUM(B7:B8)", 570000, "#,##0"), total("=SUM(C7:C8)", 575000, "#,##0")),
        (),
        (),
        ("Återfallsprevention", shown(300000, "#,##0"), "belopp fastställs senare"),
        ("Bostad först", shown(640000, "#,##0"), shown(655500, "#,##0")),
        ("Delsumma", total("=SUM(B12:B13)", 940000, "#,##0"), total("=SUM(C12:C13)", 655500, "#,##0")),
        (),
        (),
        ("Anhörigstöd", shown(210000, "#,##0"), shown(215000, "#,##0")),
        ("Delsumma", total("=SUM(B17:B17)", 210000, "#,##0"), total("=SUM(C17:C17)", 215000, "#,##0")),
        (),
        ("S:a", total("=B9+B14+B18", 1720000, "#,##0"), total("=C9+C14+C18", 1445500, "#,##0")),
    )
    book.merge(sheet, "A6:C6", "BARN OCH UNGA", bg_color="#DDDDDD")
    book.merge(sheet, "A11:C11", "MISSBRUK OCH BEROENDE", bg_color="#DDDDDD")
    book.merge(sheet, "A16:C16", "ÄLDRE", bg_color="#DDDDDD")


@messy(
    states("Socialnämnden", "planned 2014", {
        "Barn och unga": {"Läxhjälp": (450_000,), "Fältarbete på kvällstid": (325_000,)},
        "Funktionshinder": {"Meningsfull sysselsättning": (180_000,), "Personlig assistans": (90_500,)},
    }),
    codes={"Läxhjälp": "4711", "Fältarbete på kvällstid": "4712", "Personlig assistans": "4722"},
    agree="Blad1!C4 C7 C10",
    choices=social("Blad1"),
)  # fmt: skip
def an_area_line_that_carries_its_sum(book: Book) -> None:
    """The area's own line holds the sum of its projects, which stand indented under it with a code."""
    inner = {"indent": 1}
    book.sheet(
        "Blad1",
        (bold("FoU-budget, belopp i kronor"),),
        (),
        ("Kod", "Verksamhet", "Budget 2014"),
        (None, bold("Barn och unga"), total("=SUM(C5:C6)", 775000)),
        (4711, Styled("Läxhjälp", inner), 450000),
        (4712, Styled("Fältarbete på kvällstid", inner), 325000),
        (None, bold("Funktionshinder"), total("=SUM(C8:C9)", 270500)),
        (4721, Styled("Meningsfull sysselsättning", inner), 180000),
        (4722, Styled("Personlig assistans", inner), 90500),
        (None, bold("Totalt"), total("=C4+C7", 1045500)),
    )


@messy(
    states("Socialnämnden", "planned 2014", {
        "Barn och unga": {"Läxhjälp": (450_000,), "Kontaktfamiljer": (120_000,), "Spädbarnsteam": (75_000,)},
        "Äldre": {"Anhörigstöd": (210_000,), "Trygg hemgång": (95_000,)},
    }),
    agree="Blad1!D9",
    choices=social("Blad1"),
)  # fmt: skip
def an_area_written_once_for_its_projects(book: Book) -> None:
    """The area stands only on the first of its projects' rows; who is responsible stands between name and amount."""
    book.sheet(
        "Blad1",
        (bold("Budget 2014 FoU-medel (kr)"),),
        (),
        ("Område", "Projekt", "Ansvarig", "Belopp"),
        ("Barn och unga", "Läxhjälp", "K. Lind", 450000),
        (None, "Kontaktfamiljer", "K. Lind", 120000),
        (None, "Spädbarnsteam", "S. Ek", 75000),
        ("Äldre", "Anhörigstöd", "P. Berg", 210000),
        (None, "Trygg hemgång", "P. Berg", 95000),
        (None, bold("SUMMA"), None, total("=SUM(D4:D8)", 950000)),
    )


@messy(
    states("Socialnämnden", "granted 2014, granted 2015", {
        "Barn och unga": {"Läxhjälp": (450_000, 460_000), "Kontaktfamiljer": (120_000, 0)},
        "Försörjning": {"Jobbspår": (275_000, 280_000), "Bidragsfri ungdom": (OPEN, OPEN)},
    }),
    agree="Beviljat!C8 D8",
    choices=social("Beviljat"),
)  # fmt: skip
def an_area_merged_down_its_projects(book: Book) -> None:
    """The area's cell is merged down over its projects; the heads are years alone, the kind is in the title."""
    sheet = book.sheet(
        "Beviljat",
        (bold("Beviljade FoU-medel per år, tkr"),),
        (),
        ("Område", "Projekt", 2014, 2015),
        (None, "Läxhjälp", 450, 460),
        (None, "Kontaktfamiljer", 120, "-"),
        (None, "Jobbspår", 275, 280),
        (None, "Bidragsfri ungdom", "avsätts", "enligt särskilt beslut"),
        ("Totalt", None, total("=SUM(C4:C7)", 845), total("=SUM(D4:D7)", 740)),
    )
    book.merge(sheet, "A4:A5", "Barn och unga", valign="vcenter")
    book.merge(sheet, "A6:A7", "Försörjning", valign="vcenter")


@messy(
    states("Socialnämnden", "planned 2014, planned 2015", {
        "": {
            "område: Barn och unga": (1_200_000, 1_250_000),
            "område: Äldre": (640_000, 640_000),
            "område: Funktionshinder": (310_000, OPEN),
            "område: Missbruk och beroende": (160_000, 165_000),
        },
    }),
    agree="Områden!B8 C8",
    choices=social("Områden"),
)  # fmt: skip
def areas_only(book: Book) -> None:
    """A plan by priority area, with no projects at all."""
    book.sheet(
        "Områden",
        (bold("FoU-plan 2014–2015, fördelning på prioriterade områden"),),
        (),
        ("Prioriterat område", "Budget 2014 (tkr)", "Budget 2015 (tkr)"),
        ("Barn och unga", 1200, 1250),
        ("Äldre", 640, 640),
        ("Funktionshinder", 310, "ej fastställt"),
        ("Missbruk och beroende", 160, 165),
        ("Summa", total("=SUM(B4:B7)", 2310), total("=SUM(C4:C7)", 2055)),
    )


@messy(
    states("Socialnämnden", "frame 2014", {"": {"ram": (2_310_000,)}}),
    states("Socialnämnden", "planned 2014", {
        "": {
            "Läxhjälp": (450_000,), "Fältarbete på kvällstid": (325_000,), "Anhörigstöd": (210_000,),
            "Bostad först": (640_000,), "Evidensbaserad praktik": (500_000,),
        },
    }),
    agree="Budget!B10",
    choices=social("Budget"),
)  # fmt: skip
def a_frame_above_and_what_is_left_below(book: Book) -> None:
    """The year's frame stands first, and below the sum what is left to distribute, which is no project."""
    book.sheet(
        "Budget",
        (bold("FoU-medel, kr exkl. moms"),),
        (),
        (bold("Post"), bold("Budget 2014")),
        ("Budgetram 2014", 2310000),
        ("Läxhjälp", 450000),
        ("Fältarbete på kvällstid", 325000),
        ("Anhörigstöd", 210000),
        ("Bostad först", 640000),
        ("Evidensbaserad praktik", 500000),
        (bold("Summa fördelat"), total("=SUM(B5:B9)", 2125000)),
        ("Kvar att fördela", total("=B4-B10", 185000)),
    )


@messy(
    states("Socialnämnden", "planned 2014", {
        "": {"Läxhjälp": (450_000,), "Anhörigstöd": (210_000,), "Bostad först": (640_000,)},
    }),
    agree="Budget!B6",
    choices=social("Budget"),
)  # fmt: skip
def vat_added_below_the_sum(book: Book) -> None:
    """Below the sum without VAT stand the VAT and the sum with it, as in an order; none of them is a project."""
    book.sheet(
        "Budget",
        ("Belopp i kr",),
        ("Projekt", "Budget 2014"),
        ("Läxhjälp", 450000),
        ("Anhörigstöd", 210000),
        ("Bostad först", 640000),
        ("Summa exkl. moms", total("=SUM(B3:B5)", 1300000)),
        ("Moms 25 %", total("=B6*0.25", 325000)),
        ("Totalt inkl. moms", total("=B6+B7", 1625000)),
    )


@messy(
    states("Socialnämnden", "planned 2014, granted 2014", {
        "": {"Läxhjälp": (450_000, 0), "Anhörigstöd": (210_000, 0), "Bostad först": (640_000, 0)},
    }),
    agree="Budget!B8",
    choices=social("Budget"),
)  # fmt: skip
def nothing_granted_yet_and_figures_that_are_no_money(book: Book) -> None:
    """A column of nothing but dashes, and columns of participants, accounts and years that are no amounts."""
    book.sheet(
        "Budget",
        ("Belopp i kr",),
        (),
        ("Projekt", "Budget 2014", "Beviljat 2014", "Antal deltagare 2014", "Konto", "Startår"),
        ("Läxhjälp", 450000, "-", 45, 4010, 2013),
        ("Anhörigstöd", 210000, "-", 120, 4010, 2014),
        ("Bostad först", 640000, "-", 18, 4020, 2012),
        (),
        ("Totala kostnader", 1300000, "-", 183),
    )


@messy(
    states("Socialnämnden", "planned 2014, spent 2014", {
        "": {
            "Läxhjälp": (450_000, 447_312), "Anhörigstöd": (210_000, 198_050), "Bostad först": (640_000, 655_400),
            "Jobbspår": (275_000, 0), "Spädbarnsteam": (75_000, 75_000),
        },
    }),
    agree="Uppföljning!D21 G21",
    choices=social("Uppföljning"),
)  # fmt: skip
def parts_blank_rows_and_blank_columns(book: Book) -> None:
    """The table begins in C9, with "varav" rows, blank rows and blank columns between."""
    book.sheet(
        "Uppföljning",
        ("Benämning", "Budget 2014", None, None, "Utfall 2014"),
        ("Läxhjälp", 450000, None, None, 447312),
        ("varav lokaler", 60000, None, None, 58000),
        (),
        ("Anhörigstöd", 210000, None, None, 198050),
        (),
        ("Bostad först", 640000, None, None, 655400),
        ("  varav bostadssamordnare", 410000, None, None, 415000),
        ("Jobbspår", 275000, None, None, 0),
        (),
        ("Spädbarnsteam", 75000, None, None, 75000),
        (),
        (bold("Summa"), total("=D10+D13+D15+D17+D19", 1650000), None, None, total("=G10+G13+G15+G17+G19", 1375762)),
        at="C9",
    )


@messy(
    states("Socialnämnden", "spent 2013, planned 2014", {
        "Barn och unga": {"Läxhjälp": (NIL, 450_000), "Spädbarnsteam": (NIL, 75_000)},
        "Äldre": {"Anhörigstöd": (95_000, 210_000), "Trygg hemgång": (90_000, NIL)},
    }),
    agree="Budget!B6 C6 B10 C10 B12 C12",
    choices=social("Budget"),
)  # fmt: skip
def an_area_that_is_new_this_year(book: Book) -> None:
    """One area had nothing last year: its cells are empty, and its formula makes 0 of them."""
    book.sheet(
        "Budget",
        ("FoU-budget 2014, beslutad 2013-12-10",),
        ("Projekt", "Utfall 2013 (kr)", "Budget 2014 (kr)"),
        (bold("Barn och unga"),),
        ("Läxhjälp", None, 450000),
        ("Spädbarnsteam", None, 75000),
        ("Summa barn och unga", total("=SUM(B4:B5)", 0), total("=SUM(C4:C5)", 525000)),
        (bold("Äldre"),),
        ("Anhörigstöd", 95000, 210000),
        ("Trygg hemgång", 90000),
        ("Summa äldre", total("=SUM(B8:B9)", 185000), total("=SUM(C8:C9)", 210000)),
        (),
        ("Totalt", total("=B6+B10", 185000), total("=C6+C10", 735000)),
    )


# Years and kinds in the heads ------------------------------------------------------------------------------


@messy(
    states("Socialnämnden", "spent 2012, spent 2013, planned 2014, planned 2015, planned 2016", {
        "": {
            "Läxhjälp": (410_000, 430_000, 450_000, 460_000, 460_000),
            "Anhörigstöd": (0, 95_000, 210_000, 215_000, 220_000),
            "Bostad först": (NIL, 320_000, 640_000, 655_000, OPEN),
            "Jobbspår": (265_000, 270_000, 275_000, NIL, NIL),
        },
    }),
    codes={"Läxhjälp": "S-LÄX", "Bostad först": "S-BOF"},
    agree="Blad1!C9 D9 E9 F9 G9",
    choices=social("Blad1"),
)  # fmt: skip
def merged_heads_in_two_rows(book: Book) -> None:
    """Two rows of heads: "Utfall" and "Budget" merged over their years; codes in letters."""
    sheet = book.sheet(
        "Blad1",
        (bold("FoU-projekt, utfall och budget i kronor"),),
        (),
        ("Kod", "Projekt"),
        (None, None, 2012, 2013, 2014, 2015, 2016),
        ("S-LÄX", "Läxhjälp", 410000, 430000, 450000, 460000, 460000),
        ("S-ANH", "Anhörigstöd", "–", 95000, 210000, 215000, 220000),
        ("S-BOF", "Bostad först", None, 320000, 640000, 655000, "fastställs i särskilt ärende"),
        ("S-JOB", "Jobbspår", 265000, 270000, 275000),
        (
            "Summa", None, total("=SUM(C5:C8)", 675000), total("=SUM(D5:D8)", 1115000),
            total("=SUM(E5:E8)", 1575000), total("=SUM(F5:F8)", 1330000), total("=SUM(G5:G8)", 680000),
        ),
    )  # fmt: skip
    book.merge(sheet, "A3:A4", "Kod")
    book.merge(sheet, "B3:B4", "Projekt")
    book.merge(sheet, "C3:D3", "Utfall")
    book.merge(sheet, "E3:G3", "Budget")


@messy(
    states("Socialnämnden", "planned 2013, planned 2014, planned 2015, spent 2013, spent 2014", {
        "": {
            "Läxhjälp": (440_000, 450_000, 460_000, 430_000, 447_000),
            "Anhörigstöd": (100_000, 210_000, 215_000, 95_000, 198_000),
            "Spädbarnsteam": (70_000, 75_000, 80_000, 69_000, 75_000),
        },
    }),
    agree="Blad1!B7 C7 D7 E7 F7",
    choices=social("Blad1"),
)  # fmt: skip
def heads_centred_across_cells_that_are_not_merged(book: Book) -> None:
    """Budget and Utfall are centred across their years by formatting: the text is in the leftmost cell."""
    across = {"align": "center_across", "bold": True}
    book.sheet(
        "Blad1",
        (bold("FoU-budget, tkr"),),
        (
            None, Styled("Budget", across), Styled("", across), Styled("", across),
            Styled("Utfall", across), Styled("", across),
        ),
        ("Projekt", 2013, 2014, 2015, 2013, 2014),
        ("Läxhjälp", 440, 450, 460, 430, 447),
        ("Anhörigstöd", 100, 210, 215, 95, 198),
        ("Spädbarnsteam", 70, 75, 80, 69, 75),
        (
            "Totalt", total("=SUM(B4:B6)", 610), total("=SUM(C4:C6)", 735), total("=SUM(D4:D6)", 755),
            total("=SUM(E4:E6)", 594), total("=SUM(F4:F6)", 720),
        ),
    )  # fmt: skip


@messy(
    states("Socialnämnden", "planned 2013, planned 2014, planned 2015, spent 2011, spent 2012, spent 2013", {
        "": {
            "Läxhjälp": (440_000, 450_000, 460_000, 390_000, 410_000, 430_000),
            "Anhörigstöd": (100_000, 210_000, 215_000, 0, 0, 95_000),
            "Jobbspår": (270_000, 275_000, NIL, 250_000, 265_000, 270_000),
        },
    }),
    agree="Blad1!B8 C8 D8 E8 F8 G8",
    choices=social("Blad1"),
)  # fmt: skip
def group_heads_typed_over_the_middle_year(book: Book) -> None:
    """Budget and Utfall are typed over the middle one of their three years, so that they look centred."""
    book.sheet(
        "Blad1",
        (bold("FoU-projekt"),),
        ("tkr",),
        (None, None, "Budget", None, None, "Utfall"),
        ("Projekt", 2013, 2014, 2015, 2011, 2012, 2013),
        ("Läxhjälp", 440, 450, 460, 390, 410, 430),
        ("Anhörigstöd", 100, 210, 215, "-", "-", 95),
        ("Jobbspår", 270, 275, None, 250, 265, 270),
        ("Summa", 810, 935, 675, 640, 675, 795),
    )


@messy(
    states("Socialnämnden", "planned 2013, spent 2013, planned 2014, forecast 2014", {
        "": {
            "Läxhjälp": (440_000, 430_000, 450_000, 447_000),
            "Anhörigstöd": (100_000, 95_000, 210_000, 198_000),
            "Bostad först": (320_000, 318_500, 640_000, 655_000),
            "Jobbspår": (270_000, 270_000, 275_000, 275_000),
        },
    }),
    agree="2013-2014!B9 C9 E9 F9",
    choices=social("2013-2014"),
)  # fmt: skip
def years_above_kinds_with_deviation_and_per_cent(book: Book) -> None:
    """Merged years above Budget, Utfall, Avvikelse and per cent; deviations are formulas and no statements."""
    sheet = book.sheet(
        "2013-2014",
        (bold("Budgetuppföljning FoU"),),
        ("Belopp i kronor",),
        ("Projekt",),
        (None, "Budget", "Utfall", "Avvikelse", "Årsbudget", "Helårsprognos", "Avvikelse", "Avv. %"),
        (
            "Läxhjälp", 440000, 430000, total("=B5-C5", 10000), 450000, 447000,
            total("=E5-F5", 3000), shown(0.0067, "0.0%"),
        ),
        (
            "Anhörigstöd", 100000, 95000, total("=B6-C6", 5000), 210000, 198000,
            total("=E6-F6", 12000), shown(0.0571, "0.0%"),
        ),
        (
            "Bostad först", 320000, 318500, total("=B7-C7", 1500), 640000, 655000,
            total("=E7-F7", -15000), shown(-0.0234, "0.0%"),
        ),
        ("Jobbspår", 270000, 270000, total("=B8-C8", 0), 275000, 275000, total("=E8-F8", 0), shown(0, "0.0%")),
        (
            "Totalt", total("=SUM(B5:B8)", 1130000), total("=SUM(C5:C8)", 1113500), total("=SUM(D5:D8)", 16500),
            total("=SUM(E5:E8)", 1575000), total("=SUM(F5:F8)", 1575000), total("=SUM(G5:G8)", 0),
        ),
    )  # fmt: skip
    book.merge(sheet, "B3:D3", 2013)
    book.merge(sheet, "E3:H3", 2014)


@messy(
    states("Socialnämnden", "spent 2012, planned 2013, planned 2014, planned 2015", {
        "Barn och unga": {
            "Läxhjälp": (410_000, 440_000, 450_000, 460_000),
            "Spädbarnsteam": (0, 70_000, 75_000, 80_000),
        },
        "Äldre": {"Anhörigstöd": (0, 100_000, 210_000, 215_000)},
    }),
    agree="FoU!C9 D9 E9 F9",
    choices=social("FoU"),
)  # fmt: skip
def bokslut_budget_and_plan(book: Book) -> None:
    """The heads of a municipal budget: Bokslut, Budget, Plan, Plan; the area stands on every row."""
    book.sheet(
        "FoU",
        (bold("Socialnämndens drift, del: forskning och utveckling"),),
        ("(tkr)",),
        (),
        ("Område", "Projekt", "Bokslut 2012", "Budget 2013", "Plan 2014", "Plan 2015"),
        ("Barn och unga", "Läxhjälp", 410, 440, 450, 460),
        ("Barn och unga", "Spädbarnsteam", "–", 70, 75, 80),
        ("Äldre", "Anhörigstöd", "–", 100, 210, 215),
        (),
        (
            "Summa", None, total("=SUM(C5:C8)", 410), total("=SUM(D5:D8)", 610),
            total("=SUM(E5:E8)", 735), total("=SUM(F5:F8)", 755),
        ),
    )  # fmt: skip


@messy(
    states("Socialnämnden", "spent 2013, planned 2014, forecast 2014", {
        "": {
            "Läxhjälp": (430_000, 450_000, 447_000),
            "Anhörigstöd": (95_000, 210_000, 198_000),
            "Bostad först": (318_500, 640_000, 655_000),
        },
    }),
    agree="Blad1!B6 C6 D6",
    choices=social("Blad1"),
)  # fmt: skip
def heads_shortened_to_a_letter(book: Book) -> None:
    """The heads are "U 2013", "B 2014" and "P 2014"; amounts with one decimal in tkr."""
    book.sheet(
        "Blad1",
        ("Projekt (tkr)", "U 2013", "B 2014", "P 2014"),
        ("Läxhjälp", 430, 450, 447),
        ("Anhörigstöd", 95, 210, 198),
        ("Bostad först", 318.5, 640, 655),
        (),
        ("Totalt", 843.5, 1300, 1300),
    )


@messy(
    states("Socialnämnden", "requested 2014, granted 2014", {
        "": {
            "Läxhjälp": (500_000, 450_000), "Anhörigstöd": (250_000, 210_000), "Bostad först": (800_000, 640_000),
            "Samtal på nätet": (180_000, 0), "Jobbspår": (275_000, OPEN),
        },
    }),
    codes={"Läxhjälp": "2013/114", "Jobbspår": "2013/131"},
    agree="Ansökningar!E10 F10",
    choices=social("Ansökningar"),
)  # fmt: skip
def applications_with_dates_and_people(book: Book) -> None:
    """A list of applications: codes with a slash, dates and people between, sought and granted, a signature below."""
    book.sheet(
        "Ansökningar",
        (bold("Ansökningar om FoU-medel 2014"),),
        ("Belopp i kr exklusive moms",),
        (),
        ("Kod", "Projekt", "Inkom", "Projektledare", "Sökt belopp 2014", "Beviljat belopp 2014", "Kommentar"),
        ("2013/114", "Läxhjälp", date(2013, 9, 2), "Karin Lind", 500000, 450000),
        ("2013/118", "Anhörigstöd", date(2013, 9, 5), "Per Berg", 250000, 210000, "minskad omfattning"),
        ("2013/120", "Bostad först", date(2013, 9, 9), "Sara Ek", 800000, 640000),
        ("2013/127", "Samtal på nätet", date(2013, 9, 12), "Ali Nord", 180000, "-", "avslag"),
        ("2013/131", "Jobbspår", date(2013, 9, 13), "Eva Sund", 275000, "fastställs senare"),
        (None, bold("Summa"), None, None, total("=SUM(E5:E9)", 2005000), total("=SUM(F5:F9)", 1300000)),
        (),
        ("Upprättad 2013-10-01",),
        ("Karin Lind, utredare, tfn 012-34 56 78",),
    )


# Years and kinds down the rows, and a sheet for each year --------------------------------------------------


@messy(
    states("Socialnämnden", "planned 2013, planned 2014, spent 2013", {
        "": {
            "Läxhjälp": (440_000, 450_000, 430_000), "Anhörigstöd": (100_000, 210_000, "95250.50"),
            "Bostad först": (320_000, 640_000, NIL),
        },
    }),
    states("Forte", "granted 2013, granted 2014", {"": {"Bostad först": (500_000, 525_000)}}),
    codes={"Läxhjälp": "4711", "Bostad först": "4713"},
    agree="Data!G13",
)  # fmt: skip
def years_and_kinds_as_columns_of_a_list(book: Book) -> None:
    """A list from a system: one amount a row, year, kind and funder in columns, and a date that is none of them."""
    book.sheet(
        "Data",
        ("Kod", "Projekt", "Finansiär", "År", "Slag", "Bokfört", "Belopp (kr)"),
        (4711, "Läxhjälp", "Socialnämnden", 2013, "Budget", date(2012, 12, 11), 440000),
        (4711, "Läxhjälp", "Socialnämnden", 2014, "Budget", date(2013, 12, 10), 450000),
        (4711, "Läxhjälp", "Socialnämnden", 2013, "Utfall", date(2014, 1, 31), 430000),
        (4712, "Anhörigstöd", "Socialnämnden", 2013, "Budget", date(2012, 12, 11), 100000),
        (4712, "Anhörigstöd", "Socialnämnden", 2014, "Budget", date(2013, 12, 10), 210000),
        (4712, "Anhörigstöd", "Socialnämnden", 2013, "Utfall", date(2014, 1, 31), 95250.5),
        (4713, "Bostad först", "Socialnämnden", 2013, "Budget", date(2012, 12, 11), 320000),
        (4713, "Bostad först", "Socialnämnden", 2014, "Budget", date(2013, 12, 10), 640000),
        (4713, "Bostad först", "Forte", 2013, "Beviljat", date(2012, 11, 5), 500000),
        (4713, "Bostad först", "Forte", 2014, "Beviljat", date(2012, 11, 5), 525000),
        (),
        ("Totalt", None, None, None, None, None, total("=SUM(G2:G11)", 3710250.5)),
    )


@messy(
    states("Socialnämnden", "planned 2013, planned 2014, planned 2015", {
        "Barn och unga": {"Läxhjälp": (440_000, 450_000, OPEN), "Kontaktfamiljer": (NIL, 120_000, 125_000)},
        "Äldre": {"Anhörigstöd": (100_000, 210_000, 215_000)},
    }),
    agree="Budget!D12",
    choices=social("Budget"),
)  # fmt: skip
def years_as_a_column(book: Book) -> None:
    """The year stands in a column and the amounts in one: the same project on a row for each year."""
    book.sheet(
        "Budget",
        (bold("Budget för FoU-projekt, belopp i tkr"),),
        (),
        ("Budgetår", "Prioriterat område", "Projekt", "Budget", "Anm."),
        (2013, "Barn och unga", "Läxhjälp", 440),
        (2013, "Äldre", "Anhörigstöd", 100),
        (2014, "Barn och unga", "Läxhjälp", 450),
        (2014, "Barn och unga", "Kontaktfamiljer", 120, "ny"),
        (2014, "Äldre", "Anhörigstöd", 210),
        (2015, "Barn och unga", "Läxhjälp", "ej fastställt"),
        (2015, "Barn och unga", "Kontaktfamiljer", 125),
        (2015, "Äldre", "Anhörigstöd", 215),
        ("Summa", None, None, total("=SUM(D4:D11)", 1660)),
    )


@messy(
    states("Socialnämnden", "planned 2014, spent 2014", {
        "": {
            "Läxhjälp": (450_000, 447_000), "Anhörigstöd": (210_000, 198_000), "Jobbspår": (275_000, 280_000),
            "Spädbarnsteam": (75_000, NIL),
        },
    }),
    choices=social("FoU 2014"),
)  # fmt: skip
def kinds_as_rows_under_each_other(book: Book) -> None:
    """What is budgeted and what was spent stand in a column "Typ", with one column of amounts for the title's year."""
    book.sheet(
        "FoU 2014",
        (bold("FoU-medel 2014"),),
        (),
        ("Projekt", "Typ", "Belopp, kr"),
        ("Läxhjälp", "Budget", 450000),
        ("Läxhjälp", "Utfall", 447000),
        ("Anhörigstöd", "Budget", 210000),
        ("Anhörigstöd", "Utfall", 198000),
        ("Jobbspår", "Budget", 275000),
        ("Jobbspår", "Utfall", 280000),
        ("Spädbarnsteam", "Budget", 75000),
    )


@messy(
    states("Socialnämnden", "planned 2013, spent 2013, planned 2014, spent 2014, planned 2015", {
        "": {
            "Läxhjälp": (440_000, 430_000, 450_000, 447_000, 460_000),
            "Anhörigstöd": (100_000, 95_000, 210_000, 198_000, 215_000),
            "Jobbspår": (270_000, 270_000, NIL, NIL, NIL),
            "Spädbarnsteam": (NIL, NIL, 75_000, 75_000, 80_000),
        },
    }),
    agree="2013!B6 C6, 2014!B6 C6, 2015!B6",
    choices=social("2013", "2014", "2015"),
)  # fmt: skip
def a_sheet_for_each_year_named_by_it(book: Book) -> None:
    """One sheet a year; the year stands nowhere but in the sheet's name."""
    book.sheet(
        "2013",
        ("Belopp i kr",),
        ("Projekt", "Budget", "Utfall"),
        ("Läxhjälp", 440000, 430000),
        ("Anhörigstöd", 100000, 95000),
        ("Jobbspår", 270000, 270000),
        ("Summa", total("=SUM(B3:B5)", 810000), total("=SUM(C3:C5)", 795000)),
    )
    book.sheet(
        "2014",
        ("Belopp i kr",),
        ("Projekt", "Budget", "Utfall"),
        ("Läxhjälp", 450000, 447000),
        ("Anhörigstöd", 210000, 198000),
        ("Spädbarnsteam", 75000, 75000),
        ("Summa", total("=SUM(B3:B5)", 735000), total("=SUM(C3:C5)", 720000)),
    )
    book.sheet(
        "2015",
        ("Belopp i kr",),
        ("Projekt", "Budget", "Utfall"),
        ("Läxhjälp", 460000),
        ("Anhörigstöd", 215000),
        ("Spädbarnsteam", 80000),
        ("Summa", total("=SUM(B3:B5)", 755000)),
    )


@messy(
    states("Socialnämnden", "granted 2013, granted 2014", {
        "": {
            "Läxhjälp": (440_000, 450_000), "Anhörigstöd": (100_000, 210_000), "Bostad först": (320_000, NIL),
            "Kontaktfamiljer": (NIL, 120_000),
        },
    }),
    agree="Blad1!B9, Blad2!C8",
    choices=social("Blad1", "Blad2"),
)  # fmt: skip
def a_sheet_for_each_year_told_by_its_title(book: Book) -> None:
    """One sheet a year with the year in its title only, and the columns not in the same place in both."""
    book.sheet(
        "Blad1",
        (bold("Beviljade FoU-medel år 2013"),),
        ("Belopp i kronor",),
        (),
        ("Projekt", "Beviljat", "Beslutsdatum"),
        ("Läxhjälp", 440000, date(2012, 12, 11)),
        ("Anhörigstöd", 100000, date(2012, 12, 11)),
        ("Bostad först", 320000, date(2013, 2, 5)),
        (),
        ("Totalt", 860000),
    )
    book.sheet(
        "Blad2",
        (bold("Beviljade FoU-medel år 2014"),),
        ("Belopp i kronor",),
        (),
        ("Nr", "Projekt", "Beviljat"),
        (1, "Läxhjälp", 450000),
        (2, "Anhörigstöd", 210000),
        (3, "Kontaktfamiljer", 120000),
        (None, "Totalt", 780000),
    )


@messy(
    states("Socialnämnden", "planned 2014", {
        "": {"Läxhjälp": (450_000,), "Anhörigstöd": (210_000,), "Bostad först": (640_000,)},
    }),
    agree="Blad1!B8",
    choices=social("Blad1"),
)  # fmt: skip
def a_title_with_the_day_of_the_decision(book: Book) -> None:
    """The title tells the year, and the day in the year before on which it was decided."""
    book.sheet(
        "Blad1",
        (bold("FoU-budget 2014, beslutad 2013-12-10"),),
        ("Utskriven 2013-12-12. Belopp i kr.",),
        (),
        ("Projekt", "Budget"),
        ("Läxhjälp", 450000),
        ("Anhörigstöd", 210000),
        ("Bostad först", 640000),
        ("Summa", 1300000),
    )


@messy(
    states("Socialnämnden", "planned 2013, planned 2014", {
        "": {
            "Läxhjälp": (440_000, 450_000), "Anhörigstöd": (100_000, 210_000), "Bostad först": (320_000, 640_000),
            "Jobbspår": (270_000, NIL), "Kontaktfamiljer": (NIL, 120_000),
        },
    }),
    agree="Budget!B7 B16",
    choices=social("Budget"),
)  # fmt: skip
def two_tables_under_each_other(book: Book) -> None:
    """Two tables in one sheet with the heads repeated, each with its year and its total."""
    book.sheet(
        "Budget",
        (bold("FoU-budget (tkr)"),),
        ("Projekt", "Budget 2013"),
        ("Läxhjälp", 440),
        ("Anhörigstöd", 100),
        ("Bostad först", 320),
        ("Jobbspår", 270),
        (bold("Summa"), total("=SUM(B3:B6)", 1130)),
        (),
        (),
        (),
        ("Projekt", "Budget 2014"),
        ("Läxhjälp", 450),
        ("Anhörigstöd", 210),
        ("Bostad först", 640),
        ("Kontaktfamiljer", 120),
        (bold("Summa"), total("=SUM(B12:B15)", 1420)),
    )


# Units, numbers and how they are written -------------------------------------------------------------------


@messy(
    states("Socialnämnden", "planned 2014, planned 2015", {
        "": {
            "Läxhjälp": (1_250_000, 1_300_000), "Anhörigstöd": (210_000, 215_500), "Bostad först": (640_000, OPEN),
            "Evidensbaserad praktik": (2_000_000, 2_000_000), "Spädbarnsteam": (75_000, 0),
        },
    }),
    agree="Blad1!B8 C8",
    choices=social("Blad1"),
)  # fmt: skip
def millions_with_decimals(book: Book) -> None:
    """Millions in the heads, some numbers and some texts with a decimal comma."""
    book.sheet(
        "Blad1",
        ("Plan för FoU",),
        ("Projekt", "Budget 2014 (mnkr)", "Budget 2015 (mnkr)"),
        ("Läxhjälp", shown(1.25, "0.00"), "1,30"),
        ("Anhörigstöd", shown(0.21, "0.00"), "0,2155"),
        ("Bostad först", shown(0.64, "0.00"), "avsätts"),
        ("Evidensbaserad praktik", 2, "2,0"),
        ("Spädbarnsteam", "0,075", "–"),
        ("Summa", 4.175, "3,5155"),
    )


@messy(
    states("Socialnämnden", "planned 2014, planned 2015", {
        "": {
            "Läxhjälp": (450_000, 460_000), "Anhörigstöd": (1_200_000, OPEN), "Bostad först": (75_000, 0),
            "Jobbspår": (275_500, NIL), "Kontaktfamiljer": (OPEN, OPEN),
        },
    }),
    choices=social("Blad1"),
)  # fmt: skip
def the_unit_in_each_cell(book: Book) -> None:
    """Each amount says its own unit, and they differ: tkr, mnkr, kr and ":-"."""
    book.sheet(
        "Blad1",
        ("Projekt", "Budget 2014", "Budget 2015"),
        ("Läxhjälp", "450 tkr", "460 tkr"),
        ("Anhörigstöd", "1,2 mnkr", "avsätts"),
        ("Bostad först", "75 000 kr", "–"),
        ("Jobbspår", "275 500:-"),
        ("Kontaktfamiljer", "belopp ej fastställt", "enligt särskilt beslut"),
    )


@messy(
    states("Socialnämnden", "spent 2013, planned 2014, planned 2015", {
        "": {
            "Läxhjälp": (430_000, 450_000, 460_000), "Anhörigstöd": (95_250, 210_000, 215_000),
            "Bostad först": (318_500, 640_000, 655_000), "Jobbspår": (NIL, 275_000, 0),
        },
    }),
    agree="Blad1!B6 C6 D6",
    choices=social("Blad1"),
)  # fmt: skip
def the_unit_in_number_formats(book: Book) -> None:
    """The number formats say the unit: "kr" after whole kronor, "tkr" after thousands, "tkr" after a scaled number."""
    kr, tkr, scaled = '#,##0" kr"', '#,##0" tkr"', '#,##0," tkr"'
    book.sheet(
        "Blad1",
        ("Projekt", "Utfall 2013", "Budget 2014", "Budget 2015"),
        ("Läxhjälp", shown(430000, kr), shown(450, tkr), shown(460000, scaled)),
        ("Anhörigstöd", shown(95250, kr), shown(210, tkr), shown(215000, scaled)),
        ("Bostad först", shown(318500, kr), shown(640, tkr), shown(655000, scaled)),
        ("Jobbspår", None, shown(275, tkr), shown(0, scaled)),
        (
            "Totalt", total("=SUM(B2:B5)", 843750, kr), total("=SUM(C2:C5)", 1575, tkr),
            total("=SUM(D2:D5)", 1330000, scaled),
        ),
    )  # fmt: skip


@messy(
    states("Socialnämnden", "planned 2014, planned 2015", {
        "": {
            "Läxhjälp": (450_000, 460_000), "Anhörigstöd": (210_400, 215_000), "Bostad först": (640_000, 655_000),
        },
    }),
    agree="Budget!B7 C7",
    choices=social("Budget"),
)  # fmt: skip
def whole_kronor_shown_as_thousands(book: Book) -> None:
    """The title says tkr and the cells hold kronor: a comma last in the number format shows them as thousands."""
    scaled = "#,##0,"
    book.sheet(
        "Budget",
        (bold("FoU-budget"),),
        ("Belopp i tkr",),
        ("Projekt", "Budget 2014", "Budget 2015"),
        ("Läxhjälp", shown(450000, scaled), shown(460000, scaled)),
        ("Anhörigstöd", shown(210400, scaled), shown(215000, scaled)),
        ("Bostad först", shown(640000, scaled), shown(655000, scaled)),
        ("Summa", total("=SUM(B4:B6)", 1300400, scaled), total("=SUM(C4:C6)", 1330000, scaled)),
    )


@messy(
    states("Socialnämnden", "spent 2013, planned 2014", {
        "": {
            "Läxhjälp": (1_430_000, 1_450_000), "Anhörigstöd": (95_250, 210_000), "Bostad först": (-12_500, 640_000),
            "Jobbspår": (-3_000, 275_000), "Kontaktfamiljer": (0, 0), "Spädbarnsteam": (NIL, "75000.50"),
            "Samtal på nätet": (-500, OPEN),
        },
    }),
    agree="Blad1!B11 C11",
    choices=social("Blad1"),
)  # fmt: skip
def amounts_as_text_of_every_kind(book: Book) -> None:
    """Amounts are texts: blanks that do not break, a true minus, an en dash, parentheses, lone dashes, empty cells."""
    book.sheet(
        "Blad1",
        ("FoU-projekt, kr",),
        (),
        ("Projekt", "Utfall 2013", "Budget 2014"),
        ("Läxhjälp", f"1{NBSP}430{NBSP}000", f"1{NARROW}450{NARROW}000"),
        ("Anhörigstöd", "95 250", " 210 000 "),
        ("Bostad först", f"{MINUS}12{NBSP}500", f"640{NBSP}000 kr"),
        ("Jobbspår", "(3 000)", "275000"),
        ("Kontaktfamiljer", "-", "–"),
        ("Spädbarnsteam", None, "75 000,50"),
        ("Samtal på nätet", "–500", "Fastställs senare."),
        ("Summa", f"1{NBSP}509{NBSP}250", f"2{NBSP}650{NBSP}000,50"),
    )


@messy(
    states("Socialnämnden", "reserved 2014, reserved 2015", {
        "": {
            "Läxhjälp": (450_000, OPEN), "Anhörigstöd": (OPEN, OPEN), "Bostad först": (OPEN, 655_000),
            "Jobbspår": (OPEN, NIL), "Kontaktfamiljer": (0, OPEN),
        },
    }),
    agree="Avsatt!B9 C9",
    choices=social("Avsatt"),
)  # fmt: skip
def many_wordings_for_an_amount_not_set(book: Book) -> None:
    """Amounts that are not set yet, said in as many ways as there are clerks."""
    book.sheet(
        "Avsatt",
        (bold("Avsatta medel för FoU"),),
        ("tkr",),
        ("Projekt", "Avsatt 2014", "Avsatt 2015"),
        ("Läxhjälp", 450, "avsätts"),
        ("Anhörigstöd", "Ej fastställt", "belopp fastställs senare"),
        ("Bostad först", "enligt särskilt beslut", 655),
        ("Jobbspår", "Fastställs i särskilt ärende"),
        ("Kontaktfamiljer", "-", "(ej fastställt)"),
        ("Summa", 450, 655),
    )


@messy(
    states("Socialnämnden", "planned 2014", {
        "": {
            "Läxhjälp": (500_000,), "Anhörigstöd": (50_000,), "Bostad först": (80,), "Jobbspår": (1_000,),
            "Kontaktfamiljer": (OPEN,),
        },
    }),
    agree="Budget!B9",
    choices=social("Budget", vat="incl"),
)  # fmt: skip
def amounts_with_vat_that_somebody_has_answered_for(book: Book) -> None:
    """The title says "inkl. moms", and the person has said that it is so: the amounts are a fifth smaller."""
    book.sheet(
        "Budget",
        (bold("FoU-budget 2014"),),
        ("Belopp i kr inkl. moms",),
        ("Projekt", "Budget 2014"),
        ("Läxhjälp", 625000),
        ("Anhörigstöd", 62500),
        ("Bostad först", 100),
        ("Jobbspår", 1250),
        ("Kontaktfamiljer", "ej fastställt"),
        ("Summa", total("=SUM(B4:B8)", 688850)),
    )


@messy(
    states("Socialnämnden", "planned 2014, spent 2014", {
        "": {
            "Läxhjälp": (450_000, 447_312), "Anhörigstöd": (210_000, 198_050), "Bostad först": (640_000, 655_400),
            "Jobbspår": (0, -2_500),
        },
    }),
    agree="Resultat!B7 C7",
    choices=social("Resultat", sign="turned"),
)  # fmt: skip
def costs_as_negative_numbers(book: Book) -> None:
    """An economy system writes costs as negative numbers, and the person has answered that the signs are turned."""
    book.sheet(
        "Resultat",
        ("Resultatrapport FoU, kr",),
        ("Projekt", "Budget 2014", "Utfall 2014", "Avvikelse"),
        ("Läxhjälp", -450000, -447312, 2688),
        ("Anhörigstöd", -210000, -198050, 11950),
        ("Bostad först", -640000, -655400, -15400),
        ("Jobbspår", 0, 2500, 2500),
        ("Summa", total("=SUM(B3:B6)", -1300000), total("=SUM(C3:C6)", -1298262), total("=SUM(D3:D6)", 1738)),
    )


# Codes, funders, and what is known already -----------------------------------------------------------------


@messy(
    states("Socialnämnden", "planned 2014", {
        "Barn och unga": {"Läxhjälp": (450_000,), "Kontaktfamiljer": (120_000,)},
        "Äldre": {"Anhörigstöd": (210_000,), "Trygg hemgång": (95_000,)},
    }),
    codes={"Läxhjälp": "4711", "Kontaktfamiljer": "4712", "Anhörigstöd": "4720", "Trygg hemgång": "S-EBP"},
    agree="Blad1!B10",
    choices=social("Blad1"),
)  # fmt: skip
def code_and_name_in_one_cell(book: Book) -> None:
    """Code and name stand in the same cell, under the areas' own lines."""
    book.sheet(
        "Blad1",
        ("Budget 2014, tkr",),
        (),
        ("Projekt", "Budget"),
        (bold("Barn och unga"),),
        ("4711 Läxhjälp", 450),
        ("4712 Kontaktfamiljer", 120),
        (bold("Äldre"),),
        ("4720 Anhörigstöd", 210),
        ("S-EBP Trygg hemgång", 95),
        (bold("Totalt"), total("=SUM(B5:B9)", 875)),
    )


@messy(
    states("Socialnämnden", "granted 2014", {
        "": {"Läxhjälp": (450_000,), "Anhörigstöd": (210_000,), "Bostad först": (140_000,), "Jobbspår": (NIL,)},
    }),
    states("Forte", "granted 2014", {"": {"Bostad först": (500_000,), "Jobbspår": (275_000,), "Anhörigstöd": (0,)}}),
    states("Vetenskapsrådet", "granted 2014", {"": {"Läxhjälp": (OPEN,), "Bostad först": (320_000,)}}),
    agree="Finansiering!B9 C9 D9 E9",
)  # fmt: skip
def funders_as_columns(book: Book) -> None:
    """The amount columns are headed by the funders; year, kind and unit stand in the title."""
    book.sheet(
        "Finansiering",
        (bold("Finansiering av FoU-projekt 2014, beviljade medel i kr"),),
        (),
        ("Projekt", "Socialnämnden", "Forte", "Vetenskapsrådet", "Summa"),
        ("Läxhjälp", 450000, None, "ej fastställt", total("=SUM(B4:D4)", 450000)),
        ("Anhörigstöd", 210000, "-", None, total("=SUM(B5:D5)", 210000)),
        ("Bostad först", 140000, 500000, 320000, total("=SUM(B6:D6)", 960000)),
        ("Jobbspår", None, 275000, None, total("=SUM(B7:D7)", 275000)),
        (),
        (
            "Totalt", total("=SUM(B4:B7)", 800000), total("=SUM(C4:C7)", 775000), total("=SUM(D4:D7)", 320000),
            total("=SUM(E4:E7)", 1895000),
        ),
    )  # fmt: skip


@messy(
    states("Socialnämnden", "planned 2014, planned 2015", {"": {"Läxhjälp": (450_000, 460_000)}}),
    states("Forte", "planned 2014, planned 2015", {"": {"Bostad först": (500_000, 525_000)}}),
    states("Region Exempel", "planned 2014, planned 2015", {
        "": {"Bostad först": (140_000, OPEN), "Trygg hemgång": (95_000, 0)},
    }),
    agree="Blad1!C8 D8",
    choices={"names": {"funder": {"Region Exempel": {"new": "region"}}}},
)  # fmt: skip
def funders_as_a_column_one_of_them_new(book: Book) -> None:
    """The funder stands in a column, and one of them is new; the total column to the right adds up the years."""
    book.sheet(
        "Blad1",
        ("Budget FoU-projekt i tkr",),
        (),
        ("Projekt", "Finansiär", 2014, 2015, "Totalt"),
        ("Läxhjälp", "Socialnämnden", 450, 460, total("=C4+D4", 910)),
        ("Bostad först", "Forte", 500, 525, total("=C5+D5", 1025)),
        ("Bostad först", "Region Exempel", 140, "fastställs senare", total("=SUM(C6:D6)", 140)),
        ("Trygg hemgång", "Region Exempel", 95, "–", total("=SUM(C7:D7)", 95)),
        ("Summa", None, total("=SUM(C4:C7)", 1185), total("=SUM(D4:D7)", 985), total("=SUM(E4:E7)", 2170)),
    )


@messy(
    states("Socialnämnden", "planned 2014", {
        "Kvarboende": {"Nattro på särskilt boende": (180_000,), "Digital fixartjänst": (60_000,)},
    }),
    states("Socialnämnden", "planned 2014", {"": {"Läxhjälp": (450_000,)}}),
    codes={"Nattro på särskilt boende": "F-101", "Digital fixartjänst": "F-102"},
    agree="Blad1!B5",
    choices={**social("Blad1"), "names": {"project": {"Digitala fixare": {"same_as": "F-102"}}}},
)  # fmt: skip
def projects_known_by_other_spellings(book: Book) -> None:
    """Known projects in capitals with blanks too many, and by another name that the person has answered for."""
    book.sheet(
        "Blad1",
        ("Projekt", "Budget 2014, kr"),
        ("NATTRO  PÅ SÄRSKILT BOENDE ", 180000),
        ("Digitala fixare", 60000),
        ("Läxhjälp", 450000),
        ("Summa", 690000),
    )


@messy(
    states("Socialnämnden", "reserved 2014", {
        "": {"utlysning: Lokala utvecklingsmedel": (800_000,), "Läxhjälp": (450_000,), "Jobbspår": (OPEN,)},
    }),
    codes={"Läxhjälp": "4711"},
    agree="Avsatt 2014!C7",
)  # fmt: skip
def money_set_aside_for_a_known_call(book: Book) -> None:
    """A title row names the board whose money it is; one row is a call that the database knows by its code."""
    book.sheet(
        "Avsatt 2014",
        (bold("Socialnämnden"),),
        ("Avsatta FoU-medel 2014, kr exkl. moms",),
        ("Kod", "Benämning", "Avsatt"),
        ("U-14", "Lokala utvecklingsmedel", 800000),
        (4711, "Läxhjälp", 450000),
        (4712, "Jobbspår", "enligt särskilt beslut"),
        (None, "Summa", total("=SUM(C4:C6)", 1250000)),
    )


@messy(
    states("Socialnämnden", "granted 2014", {"": {"Läxhjälp": (450_000,), "Jobbspår": (275_000,)}}),
    states("Forte", "granted 2014", {"": {"Läxhjälp": (500_000,), "Bostad först": (320_000,)}}),
    states("Vetenskapsrådet", "granted 2014", {"": {"Läxhjälp": (OPEN,)}}),
    agree="Blad1!C8",
)  # fmt: skip
def a_project_merged_down_its_funders(book: Book) -> None:
    """The project's cell is merged down over a row for each of its funders."""
    sheet = book.sheet(
        "Blad1",
        ("Beviljade medel 2014, tkr",),
        ("Projekt", "Finansiär", "Belopp"),
        (None, "Socialnämnden", 450),
        (None, "Forte", 500),
        (None, "Vetenskapsrådet", "ej fastställt"),
        ("Jobbspår", "Socialnämnden", 275),
        ("Bostad först", "Forte", 320),
        ("Summa", None, total("=SUM(C3:C7)", 1545)),
    )
    book.merge(sheet, "A3:A5", "Läxhjälp", valign="vcenter")


# What is hidden, and what is no budget ---------------------------------------------------------------------


@messy(
    states("Socialnämnden", "planned 2014", {
        "": {"Läxhjälp": (450_000,), "Anhörigstöd": (210_000,), "Jobbspår": (275_000,)},
    }),
    agree="Budget!C6",
    choices=social("Budget", hidden="skip"),
)  # fmt: skip
def last_years_figures_in_a_hidden_column(book: Book) -> None:
    """Last year's budget stands in a hidden column, and the person has said that what is hidden is left out."""
    sheet = book.sheet(
        "Budget",
        ("Projekt (tkr)", "Budget 2013", "Budget 2014"),
        ("Läxhjälp", 440, 450),
        ("Anhörigstöd", 100, 210),
        ("Jobbspår", 270, 275),
        (),
        ("Summa", total("=SUM(B2:B4)", 810), total("=SUM(C2:C4)", 935)),
    )
    sheet.set_column("B:B", None, None, {"hidden": True})


@messy(
    states("Socialnämnden", "planned 2014", {
        "": {
            "Läxhjälp": (450_000,), "Anhörigstöd": (210_000,), "Jobbspår": (275_000,), "Spädbarnsteam": (75_000,),
        },
    }),
    agree="Budget!B7",
    choices=social("Budget", hidden="read"),
)  # fmt: skip
def hidden_rows_that_belong(book: Book) -> None:
    """Two rows are hidden but part of the total, and the person has said that what is hidden is read."""
    sheet = book.sheet(
        "Budget",
        ("Kronor",),
        ("Projekt", "Budget 2014"),
        ("Läxhjälp", 450000),
        ("Anhörigstöd", 210000),
        ("Jobbspår", 275000),
        ("Spädbarnsteam", 75000),
        ("Summa", total("=SUM(B3:B6)", 1010000)),
    )
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.set_row(5, None, None, {"hidden": True})


@messy(
    states("Socialnämnden", "planned 2014", {
        "": {"Läxhjälp": (450_000,), "Anhörigstöd": (210_000,), "Jobbspår": (275_000,)},
    }),
    agree="FoU 2014!B6",
    choices={"sheets": {"FoU 2014": {"funder": "Socialnämnden"}, "Gammal 2012": {"read": False}}},
)  # fmt: skip
def among_instructions_charts_and_old_hidden_sheets(book: Book) -> None:
    """The budget is one sheet among instructions, a chart sheet, a sheet with only a chart, and an old hidden one."""
    book.sheet(
        "Läs mig",
        (bold("Så fyller du i budgeten"),),
        ("1. Skriv projektets namn i kolumn A.",),
        ("2. Skriv budgeten för 2014 i tusental kronor i kolumn B.",),
        ("3. Skicka filen till ekonomienheten senast 2013-11-15.",),
    )
    book.sheet(
        "FoU 2014",
        ("Belopp i tkr",),
        ("Projekt", "Budget 2014"),
        ("Läxhjälp", 450),
        ("Anhörigstöd", 210),
        ("Jobbspår", 275),
        ("Summa", total("=SUM(B3:B5)", 935)),
    )
    series = {"categories": "='FoU 2014'!$A$3:$A$5", "values": "='FoU 2014'!$B$3:$B$5"}
    chart_sheet = book.file.add_chartsheet("Diagram")
    chart = book.file.add_chart({"type": "column"})
    chart.add_series(series)
    chart_sheet.set_chart(chart)
    inserted = book.file.add_chart({"type": "bar"})
    inserted.add_series(series)
    book.sheet("Stapeldiagram").insert_chart("B2", inserted)
    book.sheet(
        "Gammal 2012",
        ("Belopp i tkr",),
        ("Projekt", "Budget 2012"),
        ("Läxhjälp", 410),
        ("Barnkonventionen i praktiken", 90),
    ).hide()


# CSV -------------------------------------------------------------------------------------------------------


def _lines(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)


@messy_csv(
    states("Socialnämnden", "planned 2014, spent 2013", {
        "Barn och unga": {"Läxhjälp": (450_000, 430_000), "Kontaktfamiljer; familjehem": (120_000, NIL)},
        "Äldre": {"Anhörigstöd": (210_000, "95250.50")},
    }),
    states("Forte", "planned 2014, spent 2013", {"Äldre": {"Trygg hemgång": (OPEN, 0)}}),
    agree="D9 E9",
)  # fmt: skip
def semicolons_and_byte_order_mark() -> bytes:
    """CSV from Excel: semicolons, a byte order mark, a title row, a decimal comma, a quoted name with a semicolon."""
    return _lines(
        "FoU-budget 2014, belopp i kr;;;;",
        ";;;;",
        "Område;Projekt;Finansiär;Budget 2014;Utfall 2013",
        "Barn och unga;Läxhjälp;Socialnämnden;450 000;430 000",
        'Barn och unga;"Kontaktfamiljer; familjehem";Socialnämnden;120 000;',
        "Äldre;Anhörigstöd;Socialnämnden;210 000;95 250,50",
        "Äldre;Trygg hemgång;Forte;ej fastställt;-",
        ";;;;",
        "Summa;;;780 000;525 250,50",
    ).encode("utf-8-sig")


@messy_csv(
    states("Socialnämnden", "planned 2013, planned 2014, spent 2013", {
        "": {"Läxhjälp": (440_000, 450_000, 430_000), "Anhörigstöd": (100_000, 210_000, "95250.50")},
    }),
    states("Vetenskapsrådet", "granted 2014", {"": {"Bostad först": (500_000,)}}),
    codes={"Läxhjälp": "4711", "Bostad först": "4713"},
)  # fmt: skip
def tabs_without_a_mark() -> bytes:
    """CSV with tabs, UTF-8 without a mark: a list with one amount a row."""
    return _lines(
        "Kod\tProjekt\tFinansiär\tÅr\tSlag\tBelopp i kronor",
        "4711\tLäxhjälp\tSocialnämnden\t2013\tBudget\t440000,00",
        "4711\tLäxhjälp\tSocialnämnden\t2014\tBudget\t450000,00",
        "4711\tLäxhjälp\tSocialnämnden\t2013\tUtfall\t430000,00",
        "4712\tAnhörigstöd\tSocialnämnden\t2013\tBudget\t100000,00",
        "4712\tAnhörigstöd\tSocialnämnden\t2014\tBudget\t210000,00",
        "4712\tAnhörigstöd\tSocialnämnden\t2013\tUtfall\t95250,50",
        "4713\tBostad först\tVetenskapsrådet\t2014\tBeviljat\t500000,00",
    ).encode()


@messy_csv(
    states("Socialnämnden", "granted 2014, granted 2015", {
        "": {"Läxhjälp": (450_000, 460_000), "Anhörigstöd": (210_000, -5_000), "Återgång i arbete": (75_500, 0)},
    }),
    agree="C6 D6",
)  # fmt: skip
def windows_letters_and_decimal_commas() -> bytes:
    """CSV in Windows' own letters (cp1252) with semicolons, en dashes, no-break spaces and thousands of kronor."""
    return _lines(
        "Finansiär;Projekt;Beviljat 2014 (tkr);Beviljat 2015 (tkr)",
        "Socialnämnden;Läxhjälp;450,0;460,0",
        "Socialnämnden;Anhörigstöd;210,0;–5,0",
        "Socialnämnden;Återgång i arbete;75,5;–",
        ";;;",
        "Totalt;;735,5;455,0",
    ).encode("cp1252")


@messy_csv(
    states("Forte", "requested 2014, granted 2014", {
        "": {
            "Läxhjälp, högstadiet": (1_500_000, "450000.50"), "Anhörigstöd": (250_000, 0), "Bostad först": (NIL, OPEN),
        },
    }),
    agree="C6 D6",
)  # fmt: skip
def commas_and_quotes() -> bytes:
    """CSV with commas, everything quoted, a note with a line break in it."""
    return _lines(
        '"Projekt","Finansiär","Sökt 2014 (kr)","Beviljat 2014 (kr)","Kommentar"',
        '"Läxhjälp, högstadiet","Forte","1 500 000,00","450 000,50","beslut\nunder våren"',
        '"Anhörigstöd","Forte","250 000,00","0,00",""',
        '"Bostad först","Forte","","fastställs senare",""',
        '"","","","",""',
        '"Summa","","1 750 000,00","450 000,50",""',
    ).encode()


def write_folder(folder: Path) -> dict[str, Path]:
    """Write all the budgets; return name → file."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / each.file for name, each in MESSY.items()}
    for name, path in paths.items():
        MESSY[name].write(path)
    return paths


if __name__ == "__main__":
    print(f"{len(write_folder(Path(sys.argv[1])))} files")
