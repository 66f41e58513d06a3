"""The report as a Word document in Swedish: headings, pictures with texts, and tables whose heads repeat."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Length, Pt, RGBColor

from fou.charts.chart import Chart
from fou.exports.picture import chart_png
from fou.exports.report import Report
from fou.exports.table import Table, shares, shown

_LANGUAGE = "sv-SE"
_FONT = "Calibri"
#: A row whose texts are shorter than this is not broken over two pages.
_PART_OF_PAGE = 400
_INK = RGBColor(0x1F, 0x29, 0x37)
_MARGIN = Cm(2)
#: Width and height.
_Page: TypeAlias = tuple[Length, Length]
_PORTRAIT: _Page = (Cm(21), Cm(29.7))
_LANDSCAPE: _Page = (Cm(29.7), Cm(21))


_WITHOUT_LINE = ("left", "right", "insideV")


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
        _row([_cell(name, width, shaded=True) for (name, _), width in zip(figures, widths, strict=True)], head=True),
        _row([_cell(value, width, bold=True, size=13) for (_, value), width in zip(figures, widths, strict=True)]),
    ]
    _insert(document, rows, widths, "Årets siffror", "Namnet ovanför beloppet.")


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
    parts = shares(table)
    room = (page[0] - 2 * _MARGIN) / sum(parts)
    widths = [room * part for part in parts]
    amounts = [column.amount for column in table.columns]
    heads = [
        _cell(column.head, width, column.amount, bold=True, shaded=True)
        for column, width in zip(table.columns, widths, strict=True)
    ]
    rows = [_row(heads, head=True)]
    lines = [*table.rows, table.totals] if table.totals is not None else table.rows
    for line in lines:
        texts = [shown(cell) for cell in line]
        cells = [
            _cell(text, width, amount, bold=line is table.totals)
            for text, width, amount in zip(texts, widths, amounts, strict=True)
        ]
        rows.append(_row(cells, whole=all(len(text) < _PART_OF_PAGE for text in texts)))
    _insert(document, rows, widths, table.title, table.about or table.title)


def _insert(document: Docx, rows: Sequence[str], widths: Sequence[float], title: str, about: str) -> None:
    """A real table, written as XML: python-docx takes a millisecond or two for every cell."""
    lines = "".join(
        f'<w:{side} w:val="{"nil" if side in _WITHOUT_LINE else "single"}" w:sz="4" w:color="9CA3AF"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    made = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:type="auto" w:w="0"/>'
        f'<w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:top w:w="45" w:type="dxa"/><w:bottom w:w="45" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" '
        f'w:noVBand="1"/><w:tblCaption w:val={quoteattr(title)}/><w:tblDescription w:val={quoteattr(about)}/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>"
    )
    # A table must be followed by a paragraph; this one is also the space below it.
    document.add_paragraph()._p.addprevious(made)


def _row(cells: Sequence[str], head: bool = False, whole: bool = True) -> str:
    """``w:tblHeader`` is what makes a row of heads, also to a screen reader, and repeats it on each page."""
    marks = f"{'<w:cantSplit/>' if whole else ''}{'<w:tblHeader/>' if head else ''}"
    return f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(
    text: str, width: float, amount: bool = False, bold: bool = False, shaded: bool = False, size: int = 9
) -> str:
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E5E7EB"/>' if shaded else ""
    look = f'<w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{2 * size}"/></w:rPr>'
    runs = f"<w:r>{look}<w:br/></w:r>".join(
        f'<w:r>{look}<w:t xml:space="preserve">{escape(line)}</w:t></w:r>' for line in text.split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{_twips(width)}"/>{shade}</w:tcPr><w:p><w:pPr><w:spacing w:after="0"/>'
        f'<w:jc w:val="{"right" if amount else "left"}"/></w:pPr>{runs}</w:p></w:tc>'
    )


def _twips(length: float) -> int:
    """A length as Word writes it, in twentieths of a point."""
    return round(length / 635)
