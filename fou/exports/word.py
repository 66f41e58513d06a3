"""The report as a Word document in Swedish: headings, pictures with texts, and tables whose heads repeat."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, TypeAlias

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor

from fou.charts.chart import Chart
from fou.exports.picture import chart_png
from fou.exports.report import Report
from fou.exports.table import Table
from fou.exports.word_table import cell, element, row, table_element

_LANGUAGE = "sv-SE"
_FONT = "Calibri"
_INK = RGBColor(0x1F, 0x29, 0x37)
_MARGIN = Cm(2)
#: Width and height.
_Page: TypeAlias = tuple[Length, Length]
_PORTRAIT: _Page = (Cm(21), Cm(29.7))
_LANDSCAPE: _Page = (Cm(29.7), Cm(21))


def render(report: Report) -> bytes:
    """The document: the year in words, then section by section with its picture and its table."""
    document = Document()
    page = _PORTRAIT if report.one_page else _LANDSCAPE
    _set_up(document, report, page)
    document.add_paragraph(report.title, style="Title")
    for line in (report.subtitle, report.owner):
        if line:
            document.add_paragraph(line, style="Subtitle")
    document.add_paragraph(report.summary)
    _figures(document, report.figures, page)
    if report.text:
        document.add_paragraph(report.text)
    for section in report.sections:
        document.add_heading(section.title, section.level)
        if section.sentence:
            document.add_paragraph(section.sentence).paragraph_format.keep_with_next = True
        if section.chart is not None and section.chart.drawing is not None:
            _picture(document, section.chart)
        if section.table is not None and section.table.rows:
            _add(document, section.table.on_page(report.rows_on_paper), page)
    _foot(document, report)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _figures(document: Docx, figures: Sequence[tuple[str, str]], page: _Page) -> None:
    """The large figures, side by side: names above values."""
    widths = [(page[0] - 2 * _MARGIN) / len(figures)] * len(figures)
    rows = [
        row([cell(name, width, shaded=True) for (name, _), width in zip(figures, widths, strict=True)], head=True),
        row([cell(value, width, bold=True, size=13) for (_, value), width in zip(figures, widths, strict=True)]),
    ]
    _insert(document, element(rows, widths, "Årets siffror", "Namnet ovanför beloppet."))


def _picture(document: Docx, chart: Chart) -> None:
    shape = document.add_picture(BytesIO(chart_png(chart, headed=False)), width=Cm(17))
    shape._inline.docPr.set("descr", chart.sentence)
    shape._inline.docPr.set("title", chart.title)


def _foot(document: Docx, report: Report) -> None:
    paragraph = document.add_paragraph(" ".join(report.foot) + f" Samma uppgifter i Fou: {report.link}")
    for run in paragraph.runs:
        run.font.size = Pt(9)


def _set_up(document: Docx, report: Report, page: _Page) -> None:
    properties = document.core_properties
    properties.title, properties.author = report.title, report.owner
    properties.subject, properties.language = report.subtitle or "", _LANGUAGE
    properties.comments = report.message[:255]
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT if report.one_page else WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = page
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


def _add(document: Docx, table: Table, page: _Page) -> None:
    if table.about:
        document.add_paragraph(table.about).paragraph_format.keep_with_next = True
    _insert(document, table_element(table, page[0] - 2 * _MARGIN))


def _insert(document: Docx, table: Any) -> None:
    # A table must be followed by a paragraph; this one is also the space below it.
    document.add_paragraph()._p.addprevious(table)
