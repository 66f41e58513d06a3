"""A real table in a Word document, written as XML: python-docx takes a millisecond or two for every cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from fou.exports.table import Table, shares, shown

#: A row whose texts are shorter than this is not broken over two pages.
_PART_OF_PAGE = 400
_WITHOUT_LINE = ("left", "right", "insideV")


def table_element(table: Table, room: float) -> Any:
    """The table as an element (``w:tbl``), ``room`` (EMU) wide, with a head that repeats on each page."""
    parts = shares(table)
    widths = [room / sum(parts) * part for part in parts]
    amounts = [column.amount for column in table.columns]
    heads = [
        cell(column.head, width, column.amount, bold=True, shaded=True)
        for column, width in zip(table.columns, widths, strict=True)
    ]
    rows = [row(heads, head=True)]
    lines = [*table.rows, table.totals] if table.totals is not None else table.rows
    for line in lines:
        texts = [shown(one) for one in line]
        cells = [
            cell(text, width, amount, bold=line is table.totals)
            for text, width, amount in zip(texts, widths, amounts, strict=True)
        ]
        rows.append(row(cells, whole=all(len(text) < _PART_OF_PAGE for text in texts)))
    return element(rows, widths, table.title, table.about or table.title)


def element(rows: Sequence[str], widths: Sequence[float], title: str, about: str) -> Any:
    """A table of ready rows; ``widths`` are in EMU. It must be followed by a paragraph."""
    lines = "".join(
        f'<w:{side} w:val="{"nil" if side in _WITHOUT_LINE else "single"}" w:sz="4" w:color="9CA3AF"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:type="auto" w:w="0"/>'
        f'<w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:top w:w="45" w:type="dxa"/><w:bottom w:w="45" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" '
        f'w:noVBand="1"/><w:tblCaption w:val={quoteattr(title)}/><w:tblDescription w:val={quoteattr(about)}/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>"
    )


def row(cells: Sequence[str], head: bool = False, whole: bool = True) -> str:
    """``w:tblHeader`` is what makes a row of heads, also to a screen reader, and repeats it on each page."""
    marks = f"{'<w:cantSplit/>' if whole else ''}{'<w:tblHeader/>' if head else ''}"
    return f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cells)}</w:tr>"


def cell(text: str, width: float, amount: bool = False, bold: bool = False, shaded: bool = False, size: int = 9) -> str:
    """A cell; an amount stands to the right."""
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
