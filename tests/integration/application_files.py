"""Forms and lists as people fill them in, and a corpus of bad ones, each made from a good one by one small change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from fou.access import Action
from fou.calls import CallPage, call_page
from fou.imports.applications.fields import FORM_SHEET, LIST_SHEET
from fou.imports.applications.form import ROWS, areas_for, form_workbook
from fou.imports.applications.listing import list_workbook
from fou.model import Area
from fou.store import Database
from tests.integration.rounds import ANNA

#: What the good form says, by field; the area is known.
ANSWERS: dict[str, Any] = {
    "title": "Läxhjälp i Norr", "summary": "Barn får hjälp med läxor.\nVi mäter betygen.", "area": "Barn och unga",
    "continuing": "nej", "starts": "2026-02", "ends": "2026-12", "applicants": "Enhet Norr, Enhet Söder", "joint": "ja",
    "performer": "Högskolan", "lead": "Eva Ek", "contact": "eva@kommun.se", "least": 90000,
    "reference": "SN 2025/7", "received": date(2025, 10, 2),
}  # fmt: skip
#: Amounts by table, row below its head and column: löner 2026 and resor 2027, co-funding other 2026.
AMOUNTS = {("requested", 1, 2): 100000, ("requested", 3, 3): 20000, ("co_funding", 7, 2): 50000}


def more_areas(database: Database) -> None:
    """As many areas as a municipality has: the hidden sheet's list of them is longer than its marks are."""
    with database.write(ANNA, Action.IMPORT, "Läste in") as work:
        for name in ("Funktionshinder", "Digitalisering", "Hemtjänst", "Missbruk", "Våld i nära relationer"):
            work.create(Area, name=name)


def page_of(database: Database) -> tuple[CallPage, dict[int, str]]:
    with database.read() as reader:
        page = call_page(reader, "LUM-2026")
        assert page is not None
        return page, areas_for(reader, page.call.year)


def blank(database: Database) -> bytes:
    return form_workbook(*page_of(database))


def blank_list(database: Database) -> bytes:
    return list_workbook(*page_of(database))


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def fill(
    form: bytes, answers: dict[str, Any] | None = None, change: Callable[[Worksheet], None] | None = None
) -> bytes:
    """The form with answers, ANSWERS unless others are given in their place, and changed when all is written."""
    book = load_workbook(BytesIO(form))
    sheet = book[FORM_SHEET]
    for name, value in {**ANSWERS, **(answers or {})}.items():
        sheet.cell(ROWS.fields[name], 2).value = value
    for (table, row, column), amount in AMOUNTS.items():
        sheet.cell(ROWS.tables[table] + row, column).value = amount
    if change is not None:
        change(sheet)
    return saved(book)


def fill_list(listed: bytes, rows: list[dict[str, Any]]) -> bytes:
    """The list with rows, by head."""
    book = load_workbook(BytesIO(listed))
    sheet = book[LIST_SHEET]
    columns = {str(cell.value).rstrip(" *"): cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, 2):
        for head, value in row.items():
            sheet.cell(number, columns[head]).value = value
    return saved(book)


@dataclass(frozen=True)
class Bad:
    """A change to the good form, and the finding that it leads to: kind, cell, whether it stops the reading."""

    change: Callable[[Worksheet], None]
    kind: str
    cell: str
    is_error: bool
    words: str = ""


def _set(cell: str, value: Any) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        sheet[cell].value = value

    return change


def _set_all(values: dict[str, Any]) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for cell, value in values.items():
            sheet[cell].value = value

    return change


def _field(name: str) -> str:
    return f"B{ROWS.fields[name]}"


_SOUGHT, _SALARIES = ROWS.tables["requested"], ROWS.tables["requested"] + 1
BAD = {
    "no title": Bad(_set(_field("title"), None), "missing_title", _field("title"), True),
    "label gone": Bad(
        _set(f"A{ROWS.fields['applicants']}", None), "missing_label", f"A{ROWS.fields['applicants']}", True,
        "Skriv ”Sökande” i en cell till vänster om svaret",
    ),
    "label of little weight gone": Bad(
        _set(f"A{ROWS.fields['lead']}", None), "missing_label", f"A{ROWS.fields['lead']}", False
    ),
    "table gone": Bad(_set(f"A{_SOUGHT}", None), "missing_label", f"A{_SOUGHT}", True, "”Sökta medel”"),
    "no years": Bad(
        lambda sheet: [setattr(sheet.cell(_SOUGHT, column), "value", None) for column in (2, 3, 4)] and None,
        "no_years", f"A{_SOUGHT}", True,
    ),
    "words for an amount": Bad(_set(f"B{_SALARIES}", "mycket"), "text", f"B{_SALARIES}", True),
    "not set": Bad(_set(f"B{_SALARIES}", "ej fastställt"), "open", f"B{_SALARIES}", True),
    "euro": Bad(_set(f"B{_SALARIES}", "1 000 €"), "currency", f"B{_SALARIES}", True),
    "parts of a krona": Bad(_set(f"B{_SALARIES}", 100.5), "decimals", f"B{_SALARIES}", True),
    "negative": Bad(_set(f"B{_SALARIES}", -5), "negative", f"B{_SALARIES}", True),
    "far too much": Bad(_set(f"B{_SALARIES}", 9e12), "range", f"B{_SALARIES}", True),
    "a formula never worked out": Bad(_set(f"B{_SALARIES}", "=1+1"), "formula", f"B{_SALARIES}", True),
    "unknown type of cost": Bad(_set(f"A{_SALARIES}", "Fika"), "unknown_cost_type", f"A{_SALARIES}", True, "Välj"),
    "no type of cost": Bad(_set(f"B{_SALARIES + 7}", 500), "unknown_cost_type", f"A{_SALARIES + 7}", True),
    "a typed sum that is wrong": Bad(_set(f"E{_SALARIES}", 5), "total_differs", f"E{_SALARIES}", False, "Raderna"),
    "year before the call's": Bad(_set(f"B{_SOUGHT}", 2024), "year_before", f"B{_SOUGHT}", True, "årtalet"),
    "more than the call has": Bad(_set(f"B{_SALARIES}", 600000), "over_money", f"B{_SOUGHT}", False, "lägsta"),
    "least is more": Bad(_set(_field("least"), 900000), "least", _field("least"), False),
    "ends before it begins": Bad(_set(_field("ends"), "2026-01"), "dates_contradict", _field("ends"), True, "motsäger"),
    "no date": Bad(_set(_field("starts"), "snart"), "date", _field("starts"), True),
    "came tomorrow": Bad(_set(_field("received"), date(2025, 10, 11)), "not_yet", _field("received"), True),
    "came before the call opened": Bad(_set(_field("received"), date(2025, 8, 1)), "early", _field("received"), False),
    "neither yes nor no": Bad(_set(_field("joint"), "kanske"), "choice", _field("joint"), True),
    "joint but alone": Bad(_set(_field("applicants"), "Enhet Norr"), "joint", _field("joint"), False, "komma emellan"),
    "unknown area": Bad(_set(_field("area"), "Barn o ungdom"), "unknown_area", _field("area"), True, "Barn och unga"),
    "thousands beside kronor": Bad(
        _set(f"B{_SALARIES}", 150), "thousands", f"B{_SALARIES}", True,
        "Menas 150\u00a0000\u00a0kr (tusental)? Rätta cellen.",
    ),
    "thousands beside tkr": Bad(
        _set_all({f"B{_SALARIES}": "150 tkr", f"C{_SALARIES + 2}": 10}), "thousands", f"C{_SALARIES + 2}", True,
    ),
    "no summary": Bad(_set(_field("summary"), None), "missing_value", _field("summary"), False),
    "a note beside": Bad(_set("H40", "ring mig"), "not_read", "H40", False, "flytta"),
}  # fmt: skip
