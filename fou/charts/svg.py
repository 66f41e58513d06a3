"""A drawing as an SVG picture, for files and for keeping: one layout, readable on paper and told apart in grey.

Lengths are the picture's own units: it is ``WIDTH`` wide, and on a sheet of A4 a unit is about 0.63 pt. The patterns
are drawn as lines cut off at the bar's edge and not as SVG patterns, whose tiles show seams in print.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from fou.charts.drawing import Bars, Columns, Drawing, Ranges, Row, Series, Spans, scaled
from fou.charts.palette import LOOKS
from fou.money import format_decimals, format_number

WIDTH = 760.0
_FAMILY = "'Source Sans Pro', 'Source Sans 3', 'Source Sans', 'Segoe UI', Arial, sans-serif"
_SIZE, _SMALL = 14.0, 12.5
_INK, _GREY, _LINE = "#1f2937", "#4b5563", "#9ca3af"
#: A letter's mean width beside its height, in regular and in bold.
_LETTER, _BOLD_LETTER = 0.49, 0.53
#: Between two lines of a pattern.
_STEP = 7.0


def svg(drawing: Drawing, title: str, sentence: str, headed: bool = False) -> str:
    """The picture. ``title`` and ``sentence`` tell it to those who cannot see; ``headed`` writes the title above."""
    sheet = _Sheet()
    top = 0.0
    if headed:
        for line in _wrapped(title, int(WIDTH / (18 * _BOLD_LETTER)), 3):
            top += 22
            sheet.text(0, top, line, size=18, bold=True)
        top += 12
    match drawing:
        case Bars():
            height = _bars(sheet, drawing, top)
        case Columns():
            height = _columns(sheet, drawing, top)
        case Spans():
            height = _spans(sheet, drawing, top)
        case Ranges():
            height = _ranges(sheet, drawing, top)
    size = f'viewBox="0 0 {_number(WIDTH)} {_number(height)}" width="{_number(WIDTH)}" height="{_number(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="rubrik text" lang="sv" '
        f"font-family={quoteattr(_FAMILY)}>"
        f'<title id="rubrik">{_escaped(title)}</title><desc id="text">{_escaped(sentence)}</desc>'
        f'<rect width="{_number(WIDTH)}" height="{_number(height)}" fill="#ffffff"/>{"".join(sheet.parts)}</svg>'
    )


@dataclass(slots=True)
class _Sheet:
    """The picture's parts as they come; ``cuts`` counts the edges at which patterns are cut off."""

    parts: list[str] = field(default_factory=list)
    cuts: int = 0

    def text(
        self, x: float, y: float, text: str, size: float = _SIZE, bold: bool = False, colour: str = _INK,
        anchor: str = "start",
    ) -> None:  # fmt: skip
        """One line whose letters stand on ``y``."""
        weight = ' font-weight="700"' if bold else ""
        where = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.parts.append(
            f'<text x="{_number(x)}" y="{_number(y)}" font-size="{_number(size)}" fill="{colour}"{weight}{where}>'
            f"{_escaped(text)}</text>"
        )

    def named(self, x: float, y: float, name: str, said: str) -> None:
        """A short name in bold and what is said of it, on one line."""
        self.parts.append(
            f'<text x="{_number(x)}" y="{_number(y)}" font-size="{_number(_SIZE)}" fill="{_GREY}">'
            f'<tspan font-weight="700" fill="{_INK}">{_escaped(name)}</tspan><tspan dx="8">'
            f"{_escaped(said)}</tspan></text>"
        )

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: str, width: float, dash: str = "") -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<path d="M{_number(x0)} {_number(y0)}L{_number(x1)} {_number(y1)}" stroke="{colour}" '
            f'stroke-width="{_number(width)}" fill="none"{dashed}/>'
        )

    def diamond(self, x: float, y: float) -> None:
        """A mark at a point."""
        self.parts.append(
            f'<path d="M{_number(x - 7)} {_number(y)}L{_number(x)} {_number(y - 7)}L{_number(x + 7)} {_number(y)}'
            f'L{_number(x)} {_number(y + 7)}Z" fill="{_INK}" stroke="#ffffff" stroke-width="1.5"/>'
        )

    def bar(self, x: float, y: float, width: float, height: float, look: str) -> None:
        """A rectangle with the look's colour and pattern."""
        if width <= 0 or height <= 0:
            return
        found = LOOKS[look]
        box = f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
        self.parts.append(f'<rect {box} fill="{"#ffffff" if found.hollow else found.colour}"/>')
        pattern = _pattern(found.shape, x, y, width, height)
        if pattern:
            self.cuts += 1
            colour, thick = (found.colour, 2.2) if found.hollow else ("#ffffff", 1.4)
            self.parts.append(
                f'<clipPath id="k{self.cuts}"><rect {box}/></clipPath>'
                f'<path clip-path="url(#k{self.cuts})" d="{pattern}" stroke="{colour}" stroke-width="{thick}" '
                'stroke-linecap="round" fill="none"/>'
            )
        edge = f'x="{_number(x + 0.5)}" y="{_number(y + 0.5)}"'
        size = f'width="{_number(max(width - 1, 0.1))}" height="{_number(max(height - 1, 0.1))}"'
        self.parts.append(f'<rect {edge} {size} fill="none" stroke="{found.colour}" stroke-width="1"/>')

    def legend(self, y: float, items: Sequence[tuple[str, str]]) -> float:
        """The names of the looks, on as many lines as they need; ``line``, ``dots``, ``diamond``
        are marks. Returns the end.
        """
        x = 0.0
        for look, name in items:
            short = name if len(name) <= 60 else f"{name[:59]}…"
            needed = 30 + len(short) * _SIZE * _LETTER
            if x and x + needed > WIDTH:
                x, y = 0.0, y + 22
            if look == "line":
                self.line(x + 11, y, x + 11, y + 16, _INK, 3.5)
            elif look == "diamond":
                self.diamond(x + 11, y + 8)
            elif look == "dots":
                self.line(x + 11, y, x + 11, y + 16, _INK, 1.6, "2.5 2.5")
            else:
                self.bar(x, y + 1, 22, 14, look)
            self.text(x + 28, y + 13, short)
            x += needed + 20
        return y + 22


def _pattern(shape: str, x: float, y: float, width: float, height: float) -> str:
    """The pattern's lines over a rectangle, as an SVG path; those that slant stand out of it and are cut off."""

    def steps(start: float, length: float, step: float = _STEP) -> Iterator[float]:
        at = start + step / 2
        while at < start + length:
            yield at
            at += step

    def slant(up: bool) -> Iterator[str]:
        for at in steps(x - height, width + height, _STEP * 1.3):
            first, last = (y + height, y) if up else (y, y + height)
            yield f"M{_number(at)} {_number(first)}L{_number(at + height)} {_number(last)}"

    across = (f"M{_number(x)} {_number(at)}H{_number(x + width)}" for at in steps(y, height, _STEP * 0.72))
    upright = (f"M{_number(at)} {_number(y)}V{_number(y + height)}" for at in steps(x, width))
    dots = (f"M{_number(a)} {_number(b)}h0.01" for b in steps(y, height, 6) for a in steps(x, width, 6))
    match shape:
        case "/":
            return "".join(slant(True))
        case "\\":
            return "".join(slant(False))
        case "x":
            return "".join([*slant(True), *slant(False)])
        case "-":
            return "".join(across)
        case "|":
            return "".join(upright)
        case "+":
            return "".join([*across, *upright])
        case ".":
            return "".join(dots)
    return ""


#: A name at most this long shares its line with what is said of it.
_SHORT = 8
_ROW = 16.5
#: Where the bars begin: what is said of each stands to the left of it.
_LEFT = 330.0


def _bars(sheet: _Sheet, drawing: Bars, y: float) -> float:
    longest = scaled(drawing.longest, drawing.unit) or 1.0
    room, indent = WIDTH - _LEFT - 4, 0.0
    for index, row in enumerate(drawing.rows):
        lines = _row_lines(row)
        short = bool(row.name) and len(row.name) <= _SHORT and len(lines) == 2
        if index and not row.name:
            y -= 6  # it goes on with the row above
        height = 28.0 if short else max(_ROW * len(lines), 28.0)
        start = y + (height - _ROW * (1 if short else len(lines))) / 2
        if short:
            indent = len(row.name) * _SIZE * _BOLD_LETTER + 9
            sheet.named(0, start + 13, row.name, lines[1][0])
        else:
            for number, (text, bold) in enumerate(lines):
                x = 0 if row.name else indent
                sheet.text(x, start + _ROW * number + 13, text, bold=bold, colour=_INK if bold else _GREY)
        middle, at = y + height / 2, _LEFT
        for series in drawing.series:
            value = series.values[index]
            if value is not None and value > 0:
                width = room * scaled(value, drawing.unit) / longest
                # A white gap between the parts, except where it would eat up a small one.
                sheet.bar(at, middle - 11, width - 1.5 if width > 4 else width, 22, series.look)
                at += width
        if index < len(drawing.marks) and (mark := drawing.marks[index]) is not None:
            place = _LEFT + room * scaled(mark, drawing.unit) / longest
            sheet.line(place, middle - 15, place, middle + 15, "#ffffff", 6.5)
            sheet.line(place, middle - 15, place, middle + 15, _INK, 3.5)
        y += height + 7
    if drawing.legend:
        items = [(series.look, series.name) for series in drawing.series]
        if any(mark is not None for mark in drawing.marks):
            items.append(("line", drawing.mark_name))
        y = sheet.legend(y + 5, items)
    return y


def _row_lines(row: Row) -> list[tuple[str, bool]]:
    """The row's text, line by line, with whether it is bold: the name, then what is said of it."""
    names = _wrapped(row.name, int((_LEFT - 14) / (_SIZE * _BOLD_LETTER)), 2)
    said = _wrapped(row.said, int((_LEFT - 14) / (_SIZE * _LETTER)), 2)
    return [*((line, True) for line in names), *((line, False) for line in said)] or [("", False)]


def _columns(sheet: _Sheet, drawing: Columns, y: float) -> float:
    height = 230.0
    wide = WIDTH / max(len(drawing.groups), 1) * 0.8 / max(len(drawing.series), 1)
    # Each bar's amount above it, where there is room between the neighbours' amounts; else an axis.
    few = drawing.few and len(_figure(drawing.highest, drawing.unit)) * _SMALL * _LETTER < wide
    left = 0.0 if few else 84.0
    floor, top = y + height, y + 26
    highest = scaled(drawing.highest, drawing.unit) or 1.0
    room = (WIDTH - left) / max(len(drawing.groups), 1)
    if not few:
        for part in range(5):
            at = floor - (floor - top) * part / 4
            sheet.line(left, at, WIDTH, at, _LINE if part == 0 else "#e5e7eb", 1)
            sheet.text(left - 8, at + 4.5, _figure(drawing.highest * part / 4, drawing.unit), _SMALL, anchor="end")
        if drawing.unit:
            sheet.text(0, y + 12, drawing.unit, _SMALL, colour=_GREY)
    wide = min(room * 0.8 / max(len(drawing.series), 1), 90.0)
    for index, group in enumerate(drawing.groups):
        centre = left + room * (index + 0.5)
        x = centre - wide * len(drawing.series) / 2
        for series in drawing.series:
            value = series.values[index]
            if value is not None:
                tall = max((floor - top) * scaled(value, drawing.unit) / highest, 0.0)
                sheet.bar(x + 1, floor - tall, wide - 2, tall, series.look)
                if few:
                    sheet.text(x + wide / 2, floor - tall - 6, _figure(value, drawing.unit), _SMALL, anchor="middle")
            x += wide
        if index < len(drawing.notes) and drawing.notes[index]:
            sheet.text(centre, floor - 6, drawing.notes[index], _SMALL, colour=_GREY, anchor="middle")
        sheet.text(centre, floor + 19, _cut(group, max(int(room / (_SIZE * _LETTER)), 4)), anchor="middle")
    sheet.line(left, floor, WIDTH, floor, _LINE, 1)
    return sheet.legend(floor + 34, _names(drawing.series))


def _names(series: Sequence[Series]) -> list[tuple[str, str]]:
    return [(one.look, one.name) for one in series]


_SPAN_LEFT = 400.0


def _spans(sheet: _Sheet, drawing: Spans, y: float) -> float:
    first, last = drawing.bounds
    days = max((last - first).days + 1, 1)
    room = WIDTH - _SPAN_LEFT - 4

    def place(day: date) -> float:
        return _SPAN_LEFT + room * (day - first).days / days

    rows: list[str] = []
    for span in drawing.spans:
        if span.group and span.group not in rows:
            rows.append(span.group)
    top, floor = y + 8, y + 8 + 22.0 * (len(drawing.spans) + len(rows))
    every = max(1, -(-(last.year - first.year + 1) // 9))
    for year in range(first.year, last.year + 1):
        day = date(year, 1, 1)
        if day >= first and (year - first.year) % every == 0:
            sheet.line(place(day), top, place(day), floor, "#e5e7eb", 1)
            sheet.text(place(day) + 2, floor + 15, str(year), _SMALL, colour=_GREY)
    group, at = "", top
    for span in drawing.spans:
        if span.group and span.group != group:
            group = span.group
            sheet.text(0, at + 15, _cut(group, 50), bold=True)
            at += 22
        sheet.text(0, at + 15, _cut(span.name, 44))
        sheet.text(_SPAN_LEFT - 12, at + 15, _cut(span.said, 22), _SMALL, colour=_GREY, anchor="end")
        start, end = place(span.starts), _SPAN_LEFT + room * ((span.ends - first).days + 1) / days
        sheet.bar(start, at + 4, max(end - start, 3), 14, span.look)
        at += 22
    items = [(look, name) for look, name in drawing.names if any(span.look == look for span in drawing.spans)]
    if first <= drawing.today <= last:
        today = place(drawing.today)
        sheet.line(today, top - 6, today, floor, _INK, 1.6, "2.5 2.5")
        items.append(("dots", "I dag"))
    return sheet.legend(floor + 28, items)


def _ranges(sheet: _Sheet, drawing: Ranges, y: float) -> float:
    first, last = scaled(drawing.first, drawing.unit), scaled(drawing.last, drawing.unit)
    room = WIDTH - _LEFT - 4

    def place(value: Decimal) -> float:
        return _LEFT + room * (scaled(value, drawing.unit) - first) / ((last - first) or 1.0)

    ends_at = -1.0
    for tick in drawing.ticks:
        text = _figure(tick, drawing.unit)
        half = len(text) * _SMALL * _LETTER / 2
        centre = min(max(place(tick), _LEFT + half), WIDTH - half)
        if centre - half > ends_at:
            sheet.text(centre, y + 12, text, _SMALL, colour=_GREY, anchor="middle")
            ends_at = centre + half + 6
    y += 20
    grounds = len(sheet.parts)
    marks: list[tuple[float, float]] = []
    beside: list[tuple[float, float]] = []
    zone: list[tuple[float, float]] = []
    for name, row in drawing.placed:
        if row is None:
            y += 22
            sheet.text(0, y - 7, _cut(name, 60), bold=True)
            continue
        lines = _row_lines(Row(name, row.said))
        height = max(_ROW * len(lines), 28.0)
        for number, (text, bold) in enumerate(lines):
            sheet.text(0, y + _ROW * number + 13, text, bold=bold, colour=_INK if bold else _GREY)
        ends, middle = drawing.ends(row), y + height / 2
        if ends is not None:
            sheet.bar(place(ends[0]), middle - 9, max(place(ends[1]) - place(ends[0]), 1.5), 18, row.look)
        if row.mark is not None and drawing.first <= row.mark <= drawing.last:
            marks.append((place(row.mark), middle))
        if drawing.line is not None:
            beside.append((place(drawing.line), middle))
        if row.group and row.group == drawing.zone:
            zone.append((y - 3, height + 7))
        y += height + 7
    for at, middle in beside:
        sheet.line(at, middle - 14, at, middle + 14, "#ffffff", 5.5)
        sheet.line(at, middle - 14, at, middle + 14, _INK, 2.5)
    for at, middle in marks:
        sheet.diamond(at, middle)
    # Behind the bars: the ground of the zone.
    sheet.parts[grounds:grounds] = [
        f'<rect x="0" y="{_number(start)}" width="{_number(WIDTH)}" height="{_number(height)}" fill="#efe6d6"/>'
        for start, height in zone
    ]
    items = [*drawing.names, *([("diamond", drawing.mark_name)] if marks else [])]
    if drawing.line is not None:
        items.append(("line", drawing.line_name))
    shown = {row.look for row in drawing.rows}
    return sheet.legend(y + 5, [(look, name) for look, name in items if look in (*shown, "line", "diamond")])


def _figure(value: Decimal, unit: str) -> str:
    return format_number(value, unit) if unit else format_decimals(value, 0)


def _wrapped(text: str, most: int, lines: int) -> list[str]:
    return textwrap.wrap(text, most, max_lines=lines, placeholder=" …", break_on_hyphens=False)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _escaped(text: str) -> str:
    """Without what no XML file can hold, and on one line."""
    kept = "".join(sign if sign.isprintable() or sign in "\u00a0\u200d\u2060\u00ad" else " " for sign in text)
    return escape(kept)
