"""The report as an Excel workbook: one real table a sheet, typed amounts, and sums that are formulas.

XlsxWriter, not openpyxl: it stores a formula's value beside the formula, so that a preview and a program that
does not calculate show the sum too. Every text is written as a text, whatever it begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from fou.exports.report import Report
from fou.exports.table import Cell, Table, shown
from fou.money import OPEN_TEXT

#: What Excel holds in one cell.
_LONGEST = 32_767
_SHEETS = {
    "planen": "Planen",
    "utrymme": "Ram och utrymme",
    "ar_for_ar": "År för år",
    "omraden": "Områden",
    "projekt": "Projekt",
    "portfolj": "Hela portföljen",
    "utlysningar": "Utlysningar",
    "finansiarer": "Finansiärer",
    "ej_faststallda": "Ej fastställt",
    "pa_villkor": "På villkor",
    "kallor": "Källor",
    "underlag": "Underlag",
}
_WIDE = {"projekt", "utlysning", "vad", "villkor", "dokument", "kalla", "post", "varde", "fil"}


def render(report: Report) -> bytes:
    """The workbook; tables without rows get no sheet."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties(
        {
            "title": report.title,
            "author": report.owner,
            "subject": report.subtitle or "",
            "comments": report.message,
        }
    )
    formats = _formats(book)
    tables = [table.shown() for table in report.tables if table.rows]
    _front(book, formats, report, tables)
    for table in tables:
        _sheet(book, formats, table, _SHEETS[table.name])
    book.close()
    return target.getvalue()


def render_tables(title: str, lines: Sequence[str], tables: Sequence[Table]) -> bytes:
    """A workbook of tables that are no report: the lines and what the sheets hold on the first, then a table a sheet.

    A table's title is its sheet's name: unique, at most 31 signs. Tables without rows get no sheet.
    """
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": title})
    formats = _formats(book)
    sheet = book.add_worksheet("Om")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 100)
    for number, line in enumerate((title, *lines)):
        _put(sheet, number, 0, line, formats["text" if number else "title"], formats)
    held = [table for table in tables if table.rows]
    for number, table in enumerate(held, len(lines) + 2):
        sheet.write_url(number, 0, f"internal:'{table.title}'!A1", string=f"{table.title}: {table.about}")
    for table in held:
        _sheet(book, formats, table, table.title)
    book.close()
    return target.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    text = {"text_wrap": True, "valign": "top"}
    amount = {"align": "right", "valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "text_wrap": True, "valign": "top"}),
        "message": book.add_format({"bold": True, "font_size": 12, "text_wrap": True, "valign": "top"}),
        "text": book.add_format(text),
        # Excel shows the value with the apostrophe mark, and leaves it a text when somebody edits the cell.
        "guarded": book.add_format({**text, "quote_prefix": True}),
        "head": book.add_format({**text, "bold": True}),
        "total": book.add_format({**text, "bold": True}),
        "whole": book.add_format({**amount, "num_format": "#,##0"}),
        "ore": book.add_format({**amount, "num_format": "#,##0.00"}),
        "total_whole": book.add_format({**amount, "bold": True, "num_format": "#,##0"}),
        "total_ore": book.add_format({**amount, "bold": True, "num_format": "#,##0.00"}),
    }


def _front(book: Any, formats: dict[str, Any], report: Report, tables: list[Table]) -> None:
    sheet = book.add_worksheet("Rapport")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 100)
    lines = [(report.title, "title"), (report.subtitle, "text"), (report.owner, "text")]
    lines += [(report.message, "message"), (report.summary, "text")]
    lines += [(f"{name}: {value}", "text") for name, value in report.figures]
    for section in report.sections:
        if section.chart is not None or section.names:
            lines += [(section.title, "message"), (section.sentence, "text")]
    lines += [
        (report.text, "text"),
        (" ".join(report.foot), "text"),
        (f"Samma uppgifter i Fou: {report.link}", "text"),
        ("Ett streck betyder att inget belopp är angivet.", "text"),
        (f"”{OPEN_TEXT}” betyder att beloppet inte är känt. Det räknas inte som 0 kr.", "text"),
        ("Summorna är formler: de räknar de rader som syns när du filtrerar.", "text"),
    ]
    for number, (line, look) in enumerate((line, look) for line, look in lines if line):
        _put(sheet, number, 0, line, formats[look], formats)
    start = sum(bool(line) for line, _ in lines) + 1
    for number, table in enumerate(tables):
        name = _SHEETS[table.name]
        sheet.write_url(start + number, 0, f"internal:'{name}'!A1", string=f"{name}: {table.about}")


def _sheet(book: Any, formats: dict[str, Any], table: Table, name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    heads = []
    for index, column in enumerate(table.columns):
        cells = [row[index] for row in table.rows]
        look = "ore" if any(isinstance(cell, Decimal) and _has_ore(cell) for cell in cells) else "whole"
        width = 18 if column.amount else 60 if column.name in _WIDE else 26
        sheet.set_column(index, index, width, formats["text"])
        head: dict[str, Any] = {"header": column.head, "header_format": formats["head"]}
        if column.amount:
            head["format"] = formats[look]
        for number, row in enumerate(table.rows, 1):
            _put(sheet, number, index, row[index], formats[look if column.amount else "text"], formats)
        heads.append(head | _total(table, index, formats))
    last = len(table.rows) + (table.totals is not None)
    sheet.add_table(
        0,
        0,
        last,
        len(table.columns) - 1,
        {
            "name": f"Fou_{table.name}",
            "columns": heads,
            "style": "Table Style Light 9",
            "total_row": table.totals is not None,
        },
    )
    if table.totals is not None:
        for index, cell in enumerate(table.totals):
            if isinstance(cell, Decimal):
                formula = f"=SUBTOTAL(109,Fou_{table.name}[{table.columns[index].head}])"
                strong = formats["total_ore" if _has_ore(cell) else "total_whole"]
                sheet.write_formula(last, index, formula, strong, _number(cell))


def _total(table: Table, index: int, formats: dict[str, Any]) -> dict[str, Any]:
    """What the table says of its total row; where nothing is stated there is no sum to take."""
    if table.totals is None:
        return {}
    cell = table.totals[index]
    if isinstance(cell, Decimal):
        return {"total_function": "sum", "total_value": _number(cell)}
    return {"total_string": shown(cell) if table.columns[index].amount or cell else ""}


def _put(sheet: Any, row: int, column: int, cell: Cell, look: Any, formats: dict[str, Any]) -> None:
    if isinstance(cell, Decimal):
        sheet.write_number(row, column, _number(cell), look)
        return
    text = shown(cell)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 1]}…"
    guarded = look is formats["text"] and text[0] in "=+-@"
    sheet.write_string(row, column, text, formats["guarded"] if guarded else look)


def _number(amount: Decimal) -> int | float:
    """What the file keeps: Excel's numbers hold 15 digits, as many as the ledger's amounts have."""
    return float(amount) if _has_ore(amount) else int(amount)


def _has_ore(amount: Decimal) -> bool:
    return amount != amount.to_integral_value()
