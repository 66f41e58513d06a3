"""The report as slides: the message as a heading, a chart that can be edited, tables over several slides."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.util import Cm, Emu, Pt

from fou.exports.report import Report, Table, shares, shown
from fou.money import OPEN_TEXT
from fou.swedish import count

_LANGUAGE = "sv-SE"
_WIDTH, _HEIGHT, _MARGIN = Cm(33.867), Cm(19.05), Cm(1.5)
_TOP = Cm(3.9)
_ROWS = 7
#: A deck is for a meeting; the rest is in the other files.
_MOST = 49
#: Longer texts are cut on the slide and stand whole in its notes.
_LONGEST = 110
_CHART_LONGEST = 45
_DARK, _LIGHT = "1F2937", "E5E7EB"
#: Told apart in grey too.
_COLOURS = {"planned_sek": "9CA3AF", "proposed_sek": "B45309", "granted_sek": "1D4ED8", "paid_sek": "047857"}


def render(report: Report) -> bytes:
    """The slides: front, areas as a chart, then table by table; tables without rows are left out."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDTH, _HEIGHT
    _set_up(deck, report)
    _front(deck, report)
    _chart(deck, report)
    for table in report.tables:
        if table.rows and table not in (report.facts, report.areas):
            _tables(deck, report, table.on_page(), most=_ROWS if table is report.sources else _MOST)
    _set_language(deck)
    target = BytesIO()
    deck.save(target)
    return target.getvalue()


def _set_up(deck: Any, report: Report) -> None:
    properties = deck.core_properties
    properties.title, properties.author, properties.language = report.title, report.owner, _LANGUAGE
    properties.subject, properties.comments = report.subtitle or "", report.message[:255]
    # The built-in layouts are made for the old, narrower format.
    title = _layout(deck).placeholders[0]
    title.left, title.top, title.width, title.height = _MARGIN, Cm(0.8), _WIDTH - 2 * _MARGIN, Cm(2.6)
    for place in [p for p in _layout(deck).placeholders if p.placeholder_format.idx != 0]:
        place._element.getparent().remove(place._element)


def _layout(deck: Any) -> Any:
    return deck.slide_layouts.get_by_name("Title Only")


def _add_slide(deck: Any, title: str, notes: str, size: int = 28) -> Any:
    slide = deck.slides.add_slide(_layout(deck))
    frame = slide.shapes.title.text_frame
    frame.word_wrap = True
    _write(frame.paragraphs[0], _cut(title), size, bold=True)
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    slide.notes_slide.notes_text_frame.text = notes
    return slide


def _front(deck: Any, report: Report) -> None:
    slide = _add_slide(deck, report.title, _notes(report), size=40)
    box = slide.shapes.add_textbox(_MARGIN, _TOP, _WIDTH - 2 * _MARGIN, Cm(12)).text_frame
    box.word_wrap = True
    lines = [report.subtitle, report.owner, f"{report.message}.", report.dated]
    for number, line in enumerate(line for line in lines if line):
        paragraph = box.paragraphs[0] if number == 0 else box.add_paragraph()
        paragraph.space_after = Pt(12)
        _write(paragraph, _cut(line, 2 * _LONGEST), 20)


def _chart(deck: Any, report: Report) -> None:
    table = report.areas
    series = [
        index
        for index, column in enumerate(table.columns)
        if column.name in _COLOURS and any(isinstance(row[index], Decimal) for row in table.rows)
    ]
    against = [index for index in series if table.columns[index].name in ("planned_sek", "granted_sek")]
    # More than two bars an area cannot be read from the other end of a room; the tables have them all.
    series = against if len(against) == 2 else series[:2]
    if not series:
        return
    data: Any = CategoryChartData(number_format="#,##0")  # type: ignore[no-untyped-call]
    rows = table.rows
    data.categories = [
        _cut(shown(row[0]), _CHART_LONGEST) + (f" ({OPEN_TEXT})" if OPEN_TEXT in row else "") for row in rows
    ]
    for index in series:
        values = [row[index] if isinstance(row[index], Decimal) else None for row in rows]
        data.add_series(table.columns[index].head.removesuffix(", kr"), values)
    slide = _add_slide(deck, report.message, _notes(report))
    graphic = slide.shapes.add_chart(
        XL_CHART_TYPE.BAR_CLUSTERED, _MARGIN, _TOP, _WIDTH - 2 * _MARGIN, _HEIGHT - _TOP - Cm(1), data
    )
    graphic._element.nvGraphicFramePr.cNvPr.set("descr", f"{report.message}. {' '.join(report.sentences)}")
    _style_chart(graphic.chart, report.year, [table.columns[index].name for index in series])


def _style_chart(chart: Any, year: int, names: list[str]) -> None:
    chart.font.size, chart.font.color.rgb = Pt(12), _colour(_DARK)
    chart.has_title = True
    _write(chart.chart_title.text_frame.paragraphs[0], f"Områdena {year}, kr exklusive moms", 14)
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    # A bar chart starts from below; turned round, the first area comes on top.
    chart.category_axis.reverse_order = True
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.visible = False
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 60, 0
    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "#,##0", False
    plot.data_labels.font.size = Pt(11)
    for name, series in zip(names, plot.series, strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _colour(_COLOURS[name])


def _tables(deck: Any, report: Report, table: Table, most: int) -> None:
    lines = [*table.rows[:most], *([table.totals] if table.totals is not None else [])]
    title = f"{table.title} {report.year}"
    if len(table.rows) > most:
        title += f": de {most} första av {count(len(table.rows), 'rad', 'rader')}"
    parts = [lines[start : start + _ROWS] for start in range(0, len(lines), _ROWS)]
    for number, part in enumerate(parts, 1):
        place = f" ({number} av {len(parts)})" if len(parts) > 1 else ""
        whole = [cell for line in part for cell in line if isinstance(cell, str) and len(cell) > _LONGEST]
        slide = _add_slide(deck, title + place, "\n".join([table.about, *whole, _notes(report)]))
        graphic = slide.shapes.add_table(
            len(part) + 1, len(table.columns), _MARGIN, _TOP, _WIDTH - 2 * _MARGIN, Cm(1.2) * (len(part) + 1)
        )
        graphic.name = table.title
        graphic._element.nvGraphicFramePr.cNvPr.set("descr", table.about)
        _fill(graphic.table, table, [tuple(column.head for column in table.columns), *part])


def _fill(made: Any, table: Table, lines: list[tuple[Any, ...]]) -> None:
    parts = shares(table)
    room = (_WIDTH - 2 * _MARGIN) / sum(parts)
    for column, part in zip(made.columns, parts, strict=True):
        column.width = Emu(int(room * part))
    for number, line in enumerate(lines):
        for index, cell in enumerate(line):
            place = made.cell(number, index)
            place.margin_left = place.margin_right = Cm(0.15)
            paragraph = place.text_frame.paragraphs[0]
            head, total = number == 0, line is table.totals
            _write(paragraph, _cut(shown(cell)), 11, bold=head or total, colour="FFFFFF" if head else _DARK)
            if head or total:
                place.fill.solid()
                place.fill.fore_color.rgb = _colour(_DARK if head else _LIGHT)
            if table.columns[index].amount:
                paragraph.alignment = PP_ALIGN.RIGHT


def _write(paragraph: Any, text: str, size: int, bold: bool = False, colour: str = _DARK) -> None:
    run = paragraph.add_run()
    # A line break would become a sign that PowerPoint draws as _x000A_.
    run.text = " ".join(text.split("\n")).replace("\t", " ")
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = _colour(colour)


def _colour(name: str) -> RGBColor:
    return RGBColor.from_string(name)  # type: ignore[no-untyped-call,no-any-return]


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _notes(report: Report) -> str:
    return " ".join([*report.sentences, report.dated])


def _set_language(deck: Any) -> None:
    for part in _text_roots(deck):
        for run in part.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"):
            run.set("lang", _LANGUAGE)
        for run in part.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}r"):
            run.get_or_add_rPr().set("lang", _LANGUAGE)


def _text_roots(deck: Any) -> Iterator[Any]:
    for slide in deck.slides:
        yield slide._element
        yield slide.notes_slide._element
        for shape in slide.shapes:
            if shape.has_chart:
                yield shape.chart._chartSpace
