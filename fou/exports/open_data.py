"""The report as open data: a ZIP of CSV files, each column described.

The files are UTF-8 with a byte order mark, semicolons between fields and a decimal comma: what Excel in
Swedish opens with a double click, and what a program reads when told those two signs. Amounts are digits
without spaces or unit. ``underlag.csv`` holds every statement; the other files hold the report's tables,
always with all their columns.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile

from fou.exports.report import Report
from fou.exports.table import Cell, Column, Table
from fou.money import OPEN_TEXT

#: A text that begins with one of these is taken for a formula by some spreadsheet.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(report: Report) -> bytes:
    """The ZIP; a table without rows is there with its heads only."""
    target = BytesIO()
    tables = report.tables
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for table in tables:
            archive.writestr(f"{table.name}.csv", _table(table))
        archive.writestr("kolumner.csv", _columns(tables))
        archive.writestr("las-mig.txt", _read_me(report, tables).encode("utf-8-sig"))
    return target.getvalue()


def _table(table: Table) -> bytes:
    heads = [column.name for column in table.columns]
    rows = [[_field(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]
    return _csv([heads, *rows])


def _columns(tables: tuple[Table, ...]) -> bytes:
    lines = [["fil", "kolumn", "rubrik", "typ", "beskrivning"]]
    for table in tables:
        for column in table.columns:
            kind = "tal" if column.amount else "text"
            lines.append([f"{table.name}.csv", column.name, column.head, kind, column.about])
    return _csv(lines)


def _csv(lines: list[list[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _field(cell: Cell, column: Column) -> str:
    if cell is None or (column.amount and not isinstance(cell, Decimal)):
        return ""
    if isinstance(cell, Decimal):
        return str(int(cell)) if cell == cell.to_integral_value() else f"{cell:f}".replace(".", ",")
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def _read_me(report: Report, tables: tuple[Table, ...]) -> str:
    lines = [
        report.title,
        report.owner,
        "",
        report.message + ".",
        report.summary,
        "",
        *report.foot,
        f"Samma uppgifter i Fou: {report.link}",
        "",
        "Så är filerna gjorda",
        "Filerna är CSV i UTF-8, med semikolon mellan fälten och decimalkomma.",
        "kolumner.csv beskriver varje kolumn.",
        "Alla belopp är i kronor exklusive moms. Ett tomt belopp betyder att inget är angivet, inte 0 kr.",
        f"Där ett belopp inte är fastställt är fältet tomt; ej_faststallda.csv räknar upp dem ({OPEN_TEXT}).",
        "En text som Excel kunde ta för en formel börjar med en apostrof ('). Ta bort den för att få texten.",
        "",
        "Filerna",
        *(f"{table.name}.csv: {table.title}. {table.about}" for table in tables),
        "kolumner.csv: Kolumner. En kolumn i någon av filerna på varje rad.",
    ]
    return "\r\n".join(lines) + "\r\n"
