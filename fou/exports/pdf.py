"""The report as a PDF in Swedish with selectable text, a title and bookmarks.

ReportLab, because it lets a row that is higher than a page run on to the next and repeats a table's heads.
The typeface that comes with it lacks letters that names in Sweden need (ć, ł, ş), so the typeface is Source
Sans, which comes as a package of its own; signs that it lacks too are drawn as boxes, but can be copied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from fou.exports.report import Cell, Report, Table, shares, shown

_REGULAR, _BOLD = "SourceSans", "SourceSans-Bold"
_MARGIN = 2 * cm
#: Words in Hebrew, Arabic and their kin, with the spaces between them.
_LEFTWARD = re.compile("{word}(?:\\s+{word})*".format(word="[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+"))
_INK, _LINE, _SHADE = HexColor("#1f2937"), HexColor("#9ca3af"), HexColor("#e5e7eb")


def render(report: Report) -> bytes:
    """The document: what the year holds in words, then table by table; tables without rows are left out."""
    _typefaces()
    styles = _styles()
    parts: list[Flowable] = [_heading(report.title, styles["title"], 0)]
    parts += [_paragraph(line, styles["text"]) for line in (report.subtitle, report.owner) if line]
    parts.append(_heading(report.message, styles["heading"], 1))
    parts.append(_paragraph(" ".join(report.sentences), styles["text"]))
    if report.text:
        parts.append(_paragraph(report.text, styles["text"]))
    parts.append(_paragraph(f"Alla belopp är i kronor exklusive moms. {report.dated}", styles["text"]))
    for table in report.tables:
        if table.rows:
            parts += _table(table.on_page(), styles)
    target = BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=landscape(A4),
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=report.title,
        author=report.owner,
        subject=report.subtitle or "",
        lang="sv",
        displayDocTitle=1,
    )
    foot = _foot(report)
    document.build(parts, onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


class _Heading(Paragraph):
    """A paragraph that is also a bookmark."""

    level = 0

    def draw(self) -> None:
        key = f"{self.level}-{id(self)}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(self.getPlainText(), key, self.level)
        super().draw()


@cache
def _typefaces() -> tuple[TTFont, ...]:
    """Regular and bold, registered once: documents made at the same time share them."""
    found = find_spec("font_source_sans_pro")
    assert found is not None
    assert found.origin is not None
    files = Path(found.origin).parent / "files"
    fonts = (
        TTFont(_REGULAR, files / "SourceSansPro-Regular.ttf"),
        TTFont(_BOLD, files / "SourceSansPro-Bold.ttf"),
    )
    for font in fonts:
        registerFont(font)
    registerFontFamily(_REGULAR, normal=_REGULAR, bold=_BOLD, italic=_REGULAR, boldItalic=_BOLD)
    return fonts


def _styles() -> dict[str, ParagraphStyle]:
    text = ParagraphStyle("text", fontName=_REGULAR, fontSize=11, leading=15, spaceAfter=6, textColor=_INK)
    cell = ParagraphStyle("cell", text, fontSize=9, leading=11.5, spaceAfter=0, splitLongWords=True)
    head = ParagraphStyle("head", cell, fontName=_BOLD)
    return {
        "text": text,
        "title": ParagraphStyle("title", text, fontName=_BOLD, fontSize=24, leading=29),
        "heading": ParagraphStyle("heading", text, fontName=_BOLD, fontSize=14, leading=18, spaceBefore=12),
        "cell": cell,
        "bold": head,
        "amount": ParagraphStyle("amount", cell, alignment=TA_RIGHT),
        "bold amount": ParagraphStyle("bold amount", head, alignment=TA_RIGHT),
    }


def _heading(text: str, style: ParagraphStyle, level: int) -> Flowable:
    made = _Heading(_marked_up(text), style)
    made.level = level
    return made


def _paragraph(text: str, style: ParagraphStyle) -> Flowable:
    return Paragraph(_marked_up(text), style)


def _marked_up(text: str) -> str:
    for font in _typefaces():
        for sign in set(text):
            # ReportLab drops a sign that the typeface lacks. As an empty box it can be found and copied.
            font.face.charToGlyph.setdefault(ord(sign), 0)
    return escape(_in_drawing_order(text)).replace("\n", "<br/>")


def _in_drawing_order(text: str) -> str:
    """With words written from right to left turned round: a PDF keeps signs in the order they are drawn."""
    return _LEFTWARD.sub(lambda found: found[0][::-1], text)


def _table(table: Table, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    def line(cells: tuple[Cell, ...], bold: bool) -> list[Flowable]:
        plain, amount = ("bold", "bold amount") if bold else ("cell", "amount")
        looks = [amount if column.amount else plain for column in table.columns]
        return [_paragraph(shown(cell), styles[look]) for cell, look in zip(cells, looks, strict=True)]

    lines = [line(tuple(column.head for column in table.columns), True)]
    lines += [line(row, False) for row in table.rows]
    if table.totals is not None:
        lines.append(line(table.totals, True))
    parts = shares(table)
    room = (landscape(A4)[0] - 2 * _MARGIN) / sum(parts)
    # LongTable measures a hundred rows, not all, and splitInRow lets one that fills a page run on.
    made = LongTable(lines, colWidths=[room * part for part in parts], repeatRows=1, splitInRow=1)
    made.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 5),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return [
        # Room for the heading, the heads and a few rows; keeping all together would leave half pages empty.
        CondPageBreak(4.5 * cm),
        _heading(table.title, styles["heading"], 1),
        _paragraph(table.about, styles["text"]),
        made,
        Spacer(0, 0.4 * cm),
    ]


def _foot(report: Report) -> Callable[[Canvas, Any], None]:
    text = " · ".join(part for part in (report.title, report.owner) if part)

    def draw(canvas: Canvas, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(_REGULAR, 9)
        canvas.setFillColor(_INK)
        canvas.drawString(_MARGIN, 1.1 * cm, text if len(text) <= 150 else f"{text[:149]}…")
        canvas.drawRightString(landscape(A4)[0] - _MARGIN, 1.1 * cm, f"sida {document.page}")
        canvas.restoreState()

    return draw
