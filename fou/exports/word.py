"""The report as a Word document in Swedish: headings, and real tables whose heads repeat on each page."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.text.paragraph import Paragraph

from fou.exports.report import Cell, Report, Table, shares, shown

_LANGUAGE = "sv-SE"
_FONT = "Calibri"
#: A row whose texts are shorter than this is not broken over two pages.
_PART_OF_PAGE = 400
_INK = RGBColor(0x1F, 0x29, 0x37)
_MARGIN, _WIDTH, _HEIGHT = Cm(2), Cm(29.7), Cm(21)


def render(report: Report) -> bytes:
    """The document: what the year holds in words, then table by table; tables without rows are left out."""
    document = Document()
    _set_up(document, report)
    document.add_paragraph(report.title, style="Title")
    for line in (report.subtitle, report.owner):
        if line:
            document.add_paragraph(line, style="Subtitle")
    document.add_heading(report.message, 1)
    document.add_paragraph(" ".join(report.sentences))
    if report.text:
        document.add_paragraph(report.text)
    document.add_paragraph(f"Alla belopp är i kronor exklusive moms. {report.dated}")
    for table in report.tables:
        if table.rows:
            _add(document, table.on_page())
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _set_up(document: Docx, report: Report) -> None:
    properties = document.core_properties
    properties.title, properties.author = report.title, report.owner
    properties.subject, properties.language = report.subtitle or "", _LANGUAGE
    properties.comments = report.message[:255]
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = _WIDTH, _HEIGHT
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _MARGIN
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _LANGUAGE)
    for name, size in (("Normal", 11), ("Title", 26), ("Subtitle", 13), ("Heading 1", 16), ("Heading 2", 13)):
        style: Any = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), _INK
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    footer = section.footer.paragraphs[0]
    footer.add_run(" · ".join(part for part in (report.title, report.owner) if part) + " · sida ")
    _add_page_number(footer)


def _add_page_number(paragraph: Any) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _add(document: Docx, table: Table) -> None:
    document.add_heading(table.title, 2)
    document.add_paragraph(table.about).paragraph_format.keep_with_next = True
    lines = [tuple(column.head for column in table.columns), *table.rows]
    if table.totals is not None:
        lines.append(table.totals)
    made: Any = document.add_table(rows=len(lines), cols=len(table.columns), style="Table Grid")
    made.autofit = False
    _describe(made, table)
    widths = _widths(table)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    # Asked for by index, python-docx counts the whole table's cells for each one.
    for number, (row, line) in enumerate(zip(made._tbl.tr_lst, lines, strict=True)):
        bold = number == 0 or line is table.totals
        if number == 0:
            _mark(row, "w:tblHeader")
        if all(len(shown(cell)) < _PART_OF_PAGE for cell in line):
            _mark(row, "w:cantSplit")
        for index, (place, cell) in enumerate(zip(row.tc_lst, line, strict=True)):
            place.width = widths[index]
            _fill(made, place, cell, table.columns[index].amount, bold, number == 0)


def _fill(made: Any, place: Any, cell: Cell, amount: bool, bold: bool, head: bool) -> None:
    paragraph = Paragraph(place.p_lst[0], made._parent)
    run = paragraph.add_run(shown(cell))
    run.bold = bold
    run.font.size = Pt(9)
    paragraph.paragraph_format.space_after = Pt(0)
    if amount:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if head:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "E5E7EB")
        place.get_or_add_tcPr().append(shade)


def _mark(row: Any, word: str) -> None:
    """``w:tblHeader`` is what makes a row of heads, also to a screen reader, and repeats it on each page."""
    row.get_or_add_trPr().append(OxmlElement(word))


def _describe(made: Any, table: Table) -> None:
    for tag, text in (("w:tblCaption", table.title), ("w:tblDescription", table.about)):
        element = OxmlElement(tag)
        element.set(qn("w:val"), text)
        made._tbl.tblPr.append(element)


def _widths(table: Table) -> list[Emu]:
    parts = shares(table)
    room = (_WIDTH - 2 * _MARGIN) / sum(parts)
    return [Emu(int(room * part)) for part in parts]
