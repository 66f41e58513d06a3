"""What the workbooks for applicants have in common: cells that people fill in, lists to choose from, hidden marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter

from fou.calls import CallPage, Sum
from fou.imports.applications.fields import (
    MARK_CALL,
    MARK_CODE,
    MARK_KIND,
    MARK_VERSION,
    MARKS_SHEET,
    VERSION,
    Field,
    Takes,
)
from fou.imports.files.texts import cell_text
from fou.imports.template.layout import FIRST_YEAR, LAST_YEAR, YES_NO
from fou.model import CALL_KINDS
from fou.money import OPEN_TEXT, format_sek
from fou.swedish import format_date

#: The years that a form has room for when the call's money says no more.
_YEARS = 3
#: The file says this date, whenever it is written, so that the same call gives the same workbook.
_WRITTEN = datetime(2026, 1, 1)
_BLUE, _PALE, _YELLOW, _GREY, _LINE = "#1F4E79", "#D6E2F0", "#FFF8DC", "#4A5560", "#8A97A6"
_LOOKS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16, "font_color": _BLUE, "text_wrap": True},
    "text": {"text_wrap": True},
    "section": {"bold": True, "font_size": 12, "font_color": "#FFFFFF", "bg_color": _BLUE, "valign": "vcenter"},
    "label": {"bold": True, "text_wrap": True},
    "help": {"font_color": _GREY, "italic": True, "text_wrap": True, "indent": 1},
    "head": {"bold": True, "bg_color": _PALE, "text_wrap": True},
    "year": {"bold": True, "bg_color": _PALE, "align": "right", "num_format": "0"},
    "number_head": {"bold": True, "bg_color": _PALE, "align": "right", "text_wrap": True},
    "sum": {"bold": True, "num_format": "#,##0", "top": 1, "top_color": _LINE, "align": "right"},
    # A row without amounts shows no sum.
    "row_sum": {"bold": True, "num_format": "#,##0;-#,##0;", "top": 1, "top_color": _LINE, "align": "right"},
    "input": {"num_format": "@", "text_wrap": True, "align": "left"},
    "input_quoted": {"num_format": "@", "text_wrap": True, "align": "left", "quote_prefix": True},
    # Long texts show badly in cells of the format "text".
    "input_long": {"num_format": "General", "text_wrap": True, "align": "left"},
    "input_date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "input_amount": {"num_format": "#,##0", "align": "right"},
}
#: What may be done although the questions are locked, without a password.
_ALLOWED = {
    "format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True, "insert_columns": True,
    "delete_rows": True, "sort": True, "autofilter": True,
}  # fmt: skip
#: Column widths that can still be read side by side on a printed page.
_PAGE_WIDTH = 190
#: XlsxWriter would take such a text for rich text with its markup; a blank after it makes it a text again.
_LIKE_RICH_TEXT = re.compile(r"<r>.*</r>", re.DOTALL)
LINE_HEIGHT, HIGHEST = 15, 409


class Book:
    """A workbook while it is written."""

    def __init__(self, title: str) -> None:
        self._bytes = BytesIO()
        self.book: Any = xlsxwriter.Workbook(self._bytes, {"in_memory": True})
        self.book.set_properties({"title": title, "author": "Fou", "created": _WRITTEN})
        self._made: dict[str, Any] = {}

    def look(self, name: str) -> Any:
        """A cell format by its name; what people fill in is yellow, framed and not locked."""
        if name not in self._made:
            free = {"bg_color": _YELLOW, "border": 1, "border_color": _LINE, "locked": False}
            look = {"valign": "top", **_LOOKS[name], **(free if name.startswith("input") else {})}
            self._made[name] = self.book.add_format(look)
        return self._made[name]

    def sheet(self, name: str, widths: Sequence[int], landscape: bool = True) -> Any:
        """A new sheet that prints as wide as its pages, with its questions locked but without a password."""
        sheet = self.book.add_worksheet(name)
        for number, width in enumerate(widths):
            sheet.set_column(number, number, width)
        sheet.protect("", _ALLOWED)
        sheet.hide_gridlines(2)
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(ceil(sum(widths) / _PAGE_WIDTH), 0)
        return sheet

    def text(self, sheet: Any, row: int, column: int, text: str, look: str = "text", to: int | None = None) -> None:
        """Write a text as a text, whatever it looks like; over several columns when ``to`` says so."""
        written = cell_text(text)
        if look == "input" and written.startswith(("=", "+", "-", "@")):
            look = "input_quoted"
        if to is not None and to > column:
            sheet.merge_range(row, column, row, to, "", self.look(look))
        if written:
            shielded = f"{written} " if _LIKE_RICH_TEXT.fullmatch(written) else written
            sheet.write_string(row, column, shielded, self.look(look))
        elif to is None:
            sheet.write_blank(row, column, None, self.look(look))

    def marks(self, kind: str, call: str, code: str | None, areas: Sequence[str]) -> None:
        """The hidden sheet: what the workbook is, and the areas that its list gives to choose from."""
        sheet = self.book.add_worksheet(MARKS_SHEET)
        marks = {MARK_KIND: kind, MARK_VERSION: str(VERSION), MARK_CALL: call, MARK_CODE: code or ""}
        for row, (name, value) in enumerate(marks.items()):
            self.text(sheet, row, 0, name)
            self.text(sheet, row, 1, value)
        for row, area in enumerate(areas):
            self.text(sheet, row, 3, area)
        sheet.hide()

    def done(self) -> bytes:
        """The file."""
        self.book.close()
        return self._bytes.getvalue()


def validation(field: Field, areas: int) -> dict[str, object] | None:
    """What Excel lets people write in a field's cell, and what it says when it is something else."""
    title = field.label[:32]
    if field.takes is Takes.YES_NO:
        return _list(title, list(YES_NO))
    if field.takes is Takes.AREA and areas:
        return _list(title, f"={MARKS_SHEET}!$D$1:$D${areas}")
    if field.takes is Takes.AMOUNT:
        return amount_validation(title)
    if field.takes is Takes.DATE:
        return {
            "validate": "date", "criteria": "between", "minimum": date(FIRST_YEAR, 1, 1),
            "maximum": date(LAST_YEAR, 12, 31), "error_title": title, "error_message": "Skriv dagen som 2026-09-15.",
        }  # fmt: skip
    return None


def amount_validation(title: str) -> dict[str, object]:
    """An amount in whole kronor."""
    return {
        "validate": "integer", "criteria": ">=", "value": 0, "error_title": title,
        "error_message": "Skriv beloppet i hela kronor, med siffror och utan ord. Lämna tomt om det inte är något.",
    }  # fmt: skip


def choices(title: str, words: Sequence[str]) -> dict[str, object]:
    """A list to choose from."""
    return _list(title, list(words))


def _list(title: str, source: list[str] | str) -> dict[str, object]:
    message = "Välj ett av orden i listan."
    return {"validate": "list", "source": source, "error_title": title, "error_message": message}


def years_of(page: CallPage) -> list[int]:
    """The years that can be applied for: from the call's, as far as its money goes, at least three."""
    last = max([page.call.year + _YEARS - 1, *(year for year, _ in page.money)])
    return list(range(page.call.year, last + 1))


def lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of that width; not all programs make the row high enough."""
    return sum(ceil(len(line) / width) or 1 for line in text.split("\n"))


def high(text: str, width: int, least: int = 1) -> int:
    """The height of a row that shows a text in a column of that width, points."""
    return min(max(lines(text, width), least) * LINE_HEIGHT + 3, HIGHEST)


_CALL_WIDTHS = (26, 62, 10, 12)


def about_call(book: Book, sheet_name: str, page: CallPage) -> None:
    """A sheet with what there is to know of the call: dates, money, text, rules and grounds for priority."""
    call = page.call
    sheet = book.sheet(sheet_name, _CALL_WIDTHS, landscape=False)
    book.text(sheet, 0, 0, call.name, "title", to=3)
    sheet.set_row(0, high(call.name, 60) + 8)
    facts = {
        "Kod": call.code,
        "Öppnar": format_date(call.opens) if call.opens else None,
        "Sista ansökningsdag": format_date(call.closes) if call.closes else None,
        "Beslut väntas": format_date(call.decides) if call.decides else None,
        "Gäller": f"bara {CALL_KINDS[call.kinds]}" if call.kinds else "nya projekt och fortsättningar",
        "Att fördela": "\n".join(f"{year}: {_money(one)}" for year, one in page.money) or None,
        "Om utlysningen": call.text,
        "Regler": call.rules,
    }
    row = 2
    for name, text in facts.items():
        if text:
            book.text(sheet, row, 0, name, "label")
            book.text(sheet, row, 1, text, "text", to=3)
            sheet.set_row(row, high(text, sum(_CALL_WIDTHS[1:])))
            row += 1
    if not page.criteria:
        return
    row += 1
    for column, head in enumerate(("Så bedöms ansökan", "Vägledning", "Vikt", "Skala")):
        book.text(sheet, row, column, head, "head")
    for one in page.criteria:
        row += 1
        scale = "" if one.scale is None else f"{one.lowest or 0}–{one.scale}"
        for column, said in enumerate((one.name, one.guidance or "", str(one.weight or 1), scale)):
            book.text(sheet, row, column, said, "label" if column == 0 else "text")
        sheet.set_row(row, max(high(one.name, _CALL_WIDTHS[0]), high(one.guidance or "", _CALL_WIDTHS[1])))


def _money(one: Sum) -> str:
    return format_sek(one.known) if one.known is not None else OPEN_TEXT
