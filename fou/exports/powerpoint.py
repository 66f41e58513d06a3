"""The report as slides: the message as a heading, a chart that can be edited, tables over several slides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_PATTERN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Cm, Emu, Pt

from fou.charts.drawing import Bars, Row
from fou.charts.palette import LOOKS
from fou.exports.deck import (
    DARK,
    HEIGHT,
    LIGHT,
    LONGEST,
    MARGIN,
    NAMES,
    ROW_HEIGHT,
    TOP,
    WIDTH,
    add_slide,
    colour,
    content,
    cut,
    new_deck,
    table_row,
    write,
)  # fmt: skip
from fou.exports.report import Report, Section
from fou.exports.table import Cell, Column, Table, shares, shown
from fou.swedish import count

_ROWS = 7
#: A deck is for a meeting; the rest is in the other files.
_MOST = 49
_CHART_LONGEST = 45
#: More bars than this cannot be read from the other end of a room; the tables have them all.
_CHART_ROWS = 12
#: PowerPoint's name for each of the palette's patterns, and for those on a ground that is left empty.
_PATTERNS = {
    "/": MSO_PATTERN.WIDE_UPWARD_DIAGONAL, "\\": MSO_PATTERN.WIDE_DOWNWARD_DIAGONAL, "x": MSO_PATTERN.DIAGONAL_CROSS,
    "-": MSO_PATTERN.NARROW_HORIZONTAL, "|": MSO_PATTERN.NARROW_VERTICAL, "+": MSO_PATTERN.HORIZONTAL_BRICK,
}  # fmt: skip
_HOLLOW = {
    "/": MSO_PATTERN.LIGHT_UPWARD_DIAGONAL, "\\": MSO_PATTERN.LIGHT_DOWNWARD_DIAGONAL,
    "-": MSO_PATTERN.LIGHT_HORIZONTAL, ".": MSO_PATTERN.PERCENT_20,
}  # fmt: skip
_OUTLINE = (
    f'<c:spPr {NAMES}><a:noFill/><a:ln w="28575"><a:solidFill><a:srgbClr val="{DARK}"/></a:solidFill></a:ln></c:spPr>'
)
_APART = (
    f'<c:barChart {NAMES}><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
    '<c:gapWidth val="35"/><c:axId val="50010"/><c:axId val="50020"/></c:barChart>'
)
_GROUPS = (
    f'<c:catAx {NAMES}><c:axId val="50010"/><c:scaling><c:orientation val="maxMin"/></c:scaling>'
    '<c:delete val="1"/><c:axPos val="r"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
    '<c:tickLblPos val="none"/><c:crossAx val="50020"/><c:crosses val="autoZero"/></c:catAx>'
)
_VALUES = (
    f'<c:valAx {NAMES}><c:axId val="50020"/><c:scaling><c:orientation val="minMax"/><c:max val="{{longest}}"/>'
    '<c:min val="0"/></c:scaling><c:delete val="1"/><c:axPos val="t"/><c:majorTickMark val="none"/>'
    '<c:minorTickMark val="none"/><c:tickLblPos val="none"/><c:crossAx val="50010"/><c:crosses val="max"/></c:valAx>'
)


def render(report: Report) -> bytes:
    """The slides: front, then section by section: its chart, and its table over as many slides as it needs."""
    deck = new_deck(report.title, report.owner, report.subtitle or "", report.message)
    _front(deck, report)
    for section in _merged(report.sections):
        drawing = section.chart.drawing if section.chart is not None else None
        if isinstance(drawing, Bars):
            _chart(deck, report, section, drawing)
        # A chart's table belongs to the longer report: a deck of few slides is for the meeting itself.
        if section.table is not None and section.table.rows and not (drawing is not None and report.one_page):
            most = _ROWS if section.name in ("kallor", "ovriga") else _MOST
            _tables(deck, report, section, section.table.on_page(), most)
    return content(deck)


def _merged(sections: Sequence[Section]) -> Iterator[Section]:
    """The sections, those below another as one table within it: a slide with a single row is half empty."""
    for number, section in enumerate(sections):
        below = takewhile(lambda part: part.level > 1, sections[number + 1 :])
        tables = [part.table for part in below if part.table is not None]
        if section.level == 1 and tables:
            first = tables[0]
            area = Column("omrade", "Område", "Områdets namn det året.")
            rows = tuple((table.title, *row) for table in tables for row in table.rows)
            whole = replace(first, columns=(area, *first.columns), rows=rows, totals=None)
            yield replace(section, table=whole)
        elif section.level == 1:
            yield section


def _front(deck: Any, report: Report) -> None:
    slide = add_slide(deck, report.title, _notes(report, report.summary), size=40)
    box = slide.shapes.add_textbox(MARGIN, Cm(3.2), WIDTH - 2 * MARGIN, Cm(8)).text_frame
    box.word_wrap = True
    lines = [(report.subtitle, 20), (report.owner, 20), (report.summary, 20)]
    for number, (line, size) in enumerate((line, size) for line, size in lines if line):
        paragraph = box.paragraphs[0] if number == 0 else box.add_paragraph()
        paragraph.space_after = Pt(10)
        write(paragraph, cut(line, 6 * LONGEST), size)
    room = (WIDTH - 2 * MARGIN) // len(report.figures)
    for number, (name, value) in enumerate(report.figures):
        made = slide.shapes.add_textbox(MARGIN + room * number, Cm(12.6), room - Cm(0.4), Cm(2.6))
        made.fill.solid()
        made.fill.fore_color.rgb = colour(LIGHT)
        frame = made.text_frame
        frame.word_wrap = True
        write(frame.paragraphs[0], name, 14)
        write(frame.add_paragraph(), value, 20 if len(report.figures) > 4 else 24, bold=True)
    foot = slide.shapes.add_textbox(MARGIN, Cm(16.4), WIDTH - 2 * MARGIN, Cm(1.6)).text_frame
    foot.word_wrap = True
    write(foot.paragraphs[0], " ".join([*report.foot, f"Samma uppgifter i Fou: {report.link}"]), 12)


def _chart(deck: Any, report: Report, section: Section, drawing: Bars) -> None:
    """A chart that can be edited: bars after each other, and a hollow bar round them for the mark (frame, plan)."""
    rows = range(min(len(drawing.rows), _CHART_ROWS))
    data: Any = CategoryChartData(number_format="#,##0")  # type: ignore[no-untyped-call]
    data.categories = [_row_label(drawing.rows[row]) for row in rows]
    series = [one for one in drawing.series if any(one.values[row] for row in rows)]
    for one in series:
        data.add_series(one.name, [one.values[row] for row in rows])
    marked = any(mark is not None for mark in drawing.marks[: len(rows)])
    if marked:
        data.add_series(drawing.mark_name, [drawing.marks[row] for row in rows])
    slide = add_slide(deck, section.title, _notes(report, section.sentence))
    graphic = slide.shapes.add_chart(
        XL_CHART_TYPE.BAR_STACKED, MARGIN, TOP, WIDTH - 2 * MARGIN, HEIGHT - TOP - Cm(1), data
    )
    graphic._element.nvGraphicFramePr.cNvPr.set("descr", f"{section.title}. {section.sentence}")
    chart = graphic.chart
    chart.font.size, chart.font.color.rgb = Pt(14 if len(rows) < 9 else 12), colour(DARK)
    chart.has_title = False
    chart.has_legend = drawing.legend
    if drawing.legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    # A bar chart starts from below; turned round, the first row comes on top.
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.fill.background()
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.visible = False
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, float(drawing.longest) * 1.02 or 1
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 70, 100
    for one, made in zip(series, plot.series, strict=False):
        _look(made, one.look)
    if marked:
        _mark_apart(chart, float(drawing.longest) * 1.02 or 1)


def _row_label(row: Row) -> str:
    name = cut(row.name, _CHART_LONGEST)
    return f"{name}: {row.said}" if name and row.said else name or row.said


def _look(series: Any, look: str) -> None:
    """The palette's colour and pattern: told apart in grey too."""
    found = LOOKS[look]
    ink, white = colour(found.colour.removeprefix("#").upper()), colour("FFFFFF")
    fill = series.format.fill
    if found.shape:
        fill.patterned()
        fill.pattern = (_HOLLOW if found.hollow else _PATTERNS)[found.shape]
        fill.fore_color.rgb, fill.back_color.rgb = (ink, white) if found.hollow else (white, ink)
    else:
        fill.solid()
        fill.fore_color.rgb = ink
    series.format.line.color.rgb = ink


def _mark_apart(chart: Any, longest: float) -> None:
    """Move the last series to axes of its own, as bars without filling that go round the others."""
    area = chart._chartSpace.chart.plotArea
    stacked = area.find(qn("c:barChart"))
    mark = stacked.findall(qn("c:ser"))[-1]
    stacked.remove(mark)
    for old in mark.findall(qn("c:spPr")):
        mark.remove(old)
    mark.find(qn("c:tx")).addnext(parse_xml(_OUTLINE))
    apart = parse_xml(_APART)
    apart.find(qn("c:gapWidth")).addprevious(mark)
    stacked.addnext(apart)
    last = area.findall(qn("c:valAx"))[-1]
    for made in reversed([parse_xml(_GROUPS), parse_xml(_VALUES.format(longest=longest))]):
        last.addnext(made)


def _tables(deck: Any, report: Report, section: Section, table: Table, most: int) -> None:
    lines = [*table.rows[:most], *([table.totals] if table.totals is not None else [])]
    title = f"{table.title} {report.year}" if section.chart is not None else section.title
    if len(table.rows) > most:
        title += f": de {most} första av {count(len(table.rows), 'rad', 'rader')}"
    # A slide for the last row or two is a slide too many.
    rows = len(lines) if len(lines) <= _ROWS + 2 else _ROWS
    parts = [lines[start : start + rows] for start in range(0, len(lines), rows)]
    for number, part in enumerate(parts, 1):
        place = f" ({number} av {len(parts)})" if len(parts) > 1 else ""
        whole = [cell for line in part for cell in line if isinstance(cell, str) and len(cell) > LONGEST]
        slide = add_slide(deck, cut(title) + place, "\n".join([_notes(report, section.sentence), *whole]))
        graphic = slide.shapes.add_table(
            1, len(table.columns), MARGIN, TOP, WIDTH - 2 * MARGIN, ROW_HEIGHT * (len(part) + 1)
        )
        graphic.name = table.title
        graphic._element.nvGraphicFramePr.cNvPr.set("descr", table.about or section.title)
        _fill(graphic.table, table, part)


def _fill(made: Any, table: Table, lines: Sequence[Sequence[Cell]]) -> None:
    """The rows, written as XML: python-pptx takes some milliseconds for every cell."""
    parts = shares(table)
    room = (WIDTH - 2 * MARGIN) / sum(parts)
    for column, part in zip(made.columns, parts, strict=True):
        column.width = Emu(int(room * part))
    amounts = [column.amount for column in table.columns]
    rows = [table_row([column.head for column in table.columns], amounts, "FFFFFF", DARK, bold=True)]
    for line in lines:
        total = line is table.totals
        rows.append(table_row([shown(cell) for cell in line], amounts, DARK, LIGHT if total else "", bold=total))
    grid = made._tbl
    grid.remove(grid.tr_lst[0])
    for row in rows:
        grid.append(parse_xml(row))


def _notes(report: Report, sentence: str) -> str:
    return "\n".join([sentence, " ".join(report.foot), f"Samma uppgifter i Fou: {report.link}"])
