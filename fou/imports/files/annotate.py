"""Give people their own workbook back with what was found in it: coloured cells, and a comment in each.

The file is changed where it must be and nowhere else: charts, pictures, pivot tables, macros, stored values and
everything else is copied as it lies. What an earlier marking put in is taken out first, so that a cell which has
been mended is no longer red.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from lxml import etree

from fou.imports.files.cells import Broken, Value, Workbook, cell_address
from fou.imports.files.marking import comments as commenting
from fou.imports.files.marking import fills as filling
from fou.imports.files.marking.boxes import Boxes, Grid
from fou.imports.files.marking.comments import Comments, Conversations, Persons
from fou.imports.files.marking.fills import Fills
from fou.imports.files.marking.package import Element, Package, Relations, Unusable, is_strict, namespace_of
from fou.imports.files.marking.sheet import Place, SheetXml, as_utf8, merged_areas, place_of
from fou.imports.files.refusals import damaged
from fou.imports.files.stored import clean
from fou.imports.findings import SEVERITY_NAMES, Finding, Severity

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_COMMENTS_TYPE = f"{_SPREADSHEET}.comments+xml"
_STYLES_TYPE = f"{_SPREADSHEET}.styles+xml"
_BOXES_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
#: What zipfile, zlib, expat, lxml and decoding raise on files that were cut off, garbled or made to deceive.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, ExpatError, etree.LxmlError, struct.error, EOFError, OSError, ValueError,
    LookupError, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_MAIN_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_WORST_FIRST = list(Severity)
#: What one cell holds at most, what Excel allows in a sheet's name, and how wide a column is made (pixels).
_LONGEST_TEXT, _LONGEST_NAME, _NOT_IN_NAMES, _WIDEST = 32_767, 31, "[]:*?/\\", 400


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of one cell; ``cell`` is empty for the whole sheet, ``sheet`` for the whole file."""

    sheet: str
    cell: str
    severity: Severity
    text: str


def marks_of(findings: Iterable[Finding]) -> list[Mark]:
    """The findings as marks, in the order of their cells' first ones; those of one cell are one, the worst first."""
    cells: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        cells.setdefault((finding.sheet, finding.cell), []).append(finding)
    return [
        _joined([Mark(sheet, cell, finding.severity, _told(finding)) for finding in found])
        for (sheet, cell), found in cells.items()
    ]


def annotate(data: bytes, name: str, marks: Sequence[Mark]) -> bytes:
    """The workbook (.xlsx or .xlsm, stays what it is) with the marked cells coloured and a comment in each.

    A mark on a whole sheet is a comment in A1; one on the file, or on a sheet that is not there, is a comment in
    A1 of the first visible sheet. A cell inside a merged area is marked where the area begins. ``name`` is what
    the file is called in messages. Raises ``ImportRefused`` with one finding when the file is damaged.
    """
    try:
        package = Package(data)
        _Marking(package).mark(marks)
        return package.packed() if package.is_changed else data
    except _DAMAGE as error:
        raise damaged(name, "innehållet går inte att märka") from error


def annotated_table(workbook: Workbook, marks: Sequence[Mark]) -> bytes:
    """A new .xlsx with the cells of what was a text file, marked in the same way. Text never acts as a formula."""
    import xlsxwriter  # here, for most files are workbooks already

    names = _sheet_names([sheet.name for sheet in workbook.sheets])
    buffer = BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        as_text, as_day = book.add_format({"quote_prefix": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in workbook.sheets:
            target = book.add_worksheet(names[sheet.name])
            for row, cells in sheet.rows:
                for column, value in cells.items():
                    _write(target, row - 1, column - 1, value, as_text, as_day)
            target.autofit(_WIDEST)
    renamed = [replace(mark, sheet=names.get(mark.sheet, mark.sheet)) for mark in marks]
    return annotate(buffer.getvalue(), "Filen", renamed)


# What is said ----------------------------------------------------------------------------------------------


def _told(finding: Finding) -> str:
    """``Fel: här står tolv. Väntat: ett tal. Gör så här: Skriv ett tal.``"""
    found = finding.found.strip()
    if finding.cell and found == "tom cell":
        found = "cellen är tom"
    elif finding.cell and found and not found.endswith(" saknas"):
        found = f"här står {found}"
    parts = [
        f"{SEVERITY_NAMES[finding.severity]}:",
        _ended(found),
        f"Väntat: {_ended(finding.expected)}" if finding.expected.strip() else "",
        f"Gör så här: {_ended(finding.help)}" if finding.help.strip() else "",
    ]
    return " ".join(filter(None, parts))


def _ended(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def _joined(marks: Sequence[Mark]) -> Mark:
    """The marks of one cell as one: the worst first, and as severe as that."""
    ordered = sorted(marks, key=lambda mark: _WORST_FIRST.index(mark.severity))
    return replace(ordered[0], text="\n\n".join(_with_severity(mark) for mark in ordered))


def _with_severity(mark: Mark, where: str = "") -> str:
    """The text with the word for how severe it is, for colour alone tells nobody; and where it belongs."""
    word = SEVERITY_NAMES[mark.severity]
    said = mark.text.removeprefix(f"{word}:").lstrip()
    if where:
        return f"{word} i {where}: {said}"
    return mark.text if mark.text.startswith((f"{word}:", f"{word} i ")) else f"{word}: {said}"


# The workbook ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    path: str
    hidden: bool


class _Marking:
    """The marking of one open workbook."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._book = package.relations("").first("officeDocument")
        root = package.read_tree(self._book)
        self._relations = package.relations(self._book)
        self._strict = is_strict(namespace_of(root))
        self._sheets = self._list_sheets(root)
        self._styles_path = self._relations.first("styles")
        self._fills: Fills | None = None
        self._persons_path = self._relations.first("person")
        self._persons = Persons(package.read_tree(self._persons_path)) if self._persons_path in package else None
        #: The first block of shape numbers that no drawing in the workbook has; 0 before that is known.
        self._block = 0

    def mark(self, marks: Sequence[Mark]) -> None:
        """Take out the marks of before and put these in."""
        if self._styles_path in self._package:
            self._fills = Fills(self._package.read_tree(self._styles_path))
            self._fills.restore()
        by_sheet = self._sorted(marks)
        for sheet in self._sheets:
            self._mark_sheet(sheet, by_sheet.get(sheet.path, []))
        if self._fills and self._fills.is_changed:
            self._save_styles(self._fills)

    def _list_sheets(self, root: Element) -> list[_Sheet]:
        sheets = []
        namespace = namespace_of(root)
        for each in root.iterfind(f"{namespace}sheets/{namespace}sheet"):
            relation = next((value for key, value in each.attrib.items() if key.endswith("}id")), "")
            kind, path = self._relations.targets.get(relation, ("", ""))
            if kind == "worksheet":
                hidden = each.get("state", "visible") != "visible"
                sheets.append(_Sheet(clean(each.get("name", "")), path, hidden))
        if not sheets:
            raise Unusable("no sheets")
        return sheets

    def _sorted(self, marks: Sequence[Mark]) -> dict[str, list[Mark]]:
        """The marks by the path of their sheet; what has no sheet goes to the first one that people see."""
        first = next((sheet for sheet in self._sheets if not sheet.hidden), self._sheets[0])
        paths = {sheet.name.casefold(): sheet.path for sheet in self._sheets}
        sorted_: dict[str, list[Mark]] = {}
        for mark in marks:
            path = paths.get(mark.sheet.casefold())
            if path is None:
                where = " › ".join(part for part in (mark.sheet, mark.cell) if part)
                path, mark = first.path, Mark(first.name, "", mark.severity, _with_severity(mark, where))
            sorted_.setdefault(path, []).append(mark)
        return sorted_

    def _mark_sheet(self, sheet: _Sheet, marks: list[Mark]) -> None:
        package, relations = self._package, self._package.relations(sheet.path)
        talks = (path for kind, path in relations.targets.values() if kind in ("comments", "threadedComment"))
        if not marks and not any(self._may_have_ours(path) for path in talks):
            return
        xml = as_utf8(package.read(sheet.path))
        said, fills = _by_place(marks, xml)
        content = SheetXml(xml, fills, self._filled)
        self._comment(content, relations, said)
        if content.is_changed:
            package.write(sheet.path, content.pieces())

    def _may_have_ours(self, path: str) -> bool:
        return path in self._package and commenting.may_have_ours(as_utf8(self._package.read(path)))

    def _filled(self, style: int, severity: Severity) -> int | None:
        if self._fills is None:
            self._fills = Fills(etree.fromstring(filling.EMPTY_STYLES))
        return self._fills.filled(style, severity)

    def _save_styles(self, fills: Fills) -> None:
        path = self._styles_path
        if path not in self._package:
            path = "xl/styles.xml"  # some programs look nowhere else
            self._relations.add("styles", path, self._strict)
            self._package.declare(path, _STYLES_TYPE)
        self._package.write_tree(path, fills.root)

    # Comments ------------------------------------------------------------------------------------------------

    def _comment(self, content: SheetXml, relations: Relations, said: dict[Place, str]) -> None:
        package = self._package
        path = relations.first("comments")
        comments = Comments(package.read_tree(path)) if path in package else None
        boxes_path = relations.targets.get(content.drawing, ("", ""))[1] if content.drawing else ""
        boxes = Boxes(as_utf8(package.read(boxes_path))) if boxes_path in package else None

        if comments is None:
            comments = Comments.empty(_MAIN_STRICT if content.is_strict else _MAIN)
        else:
            dropped = comments.drop_ours()
            if boxes:
                boxes.drop({place for place in map(place_of, dropped) if place})
        self._converse(relations, said)
        theirs = {place_of(cell) for cell, _ in comments.cells()}
        for place, text in said.items():
            comments.add(cell_address(*place), text)

        if not comments.is_changed:
            return
        texts = {at: text for cell, text in comments.cells() if (at := place_of(cell))}
        if not texts:
            self._drop_comments(content, relations, path, boxes, boxes_path)
            return
        boxes = boxes or Boxes()
        grid = Grid(content.width, content.height)
        there = boxes.places()
        missing = [each for each in texts.items() if each[0] not in there]
        self._block = boxes.add(missing, grid, self._first_block())
        boxes.enlarge({place: texts[place] for place in said if place in theirs and place in there}, grid)

        if path not in package:
            path = package.unused_path("xl/comments{}.xml")
            relations.add("comments", path, content.is_strict)
            package.declare(path, _COMMENTS_TYPE)
        package.write_tree(path, comments.root)
        if boxes_path not in package:
            boxes_path = package.unused_path("xl/drawings/vmlDrawing{}.vml")
            package.declare(boxes_path, _BOXES_TYPE)
            content.drop_drawing()
            content.refer_to_drawing(relations.add("vmlDrawing", boxes_path, content.is_strict))
        package.write(boxes_path, [boxes.content])

    def _drop_comments(
        self, content: SheetXml, relations: Relations, path: str, boxes: Boxes | None, boxes_path: str
    ) -> None:
        """A sheet that has no comments left gets rid of the parts that held ours."""
        gone = {path}
        if boxes is not None:
            if boxes.is_empty:
                gone.add(boxes_path)
                content.drop_drawing()
            else:
                self._package.write(boxes_path, [boxes.content])
        relations.remove(lambda kind, target: kind in ("comments", "vmlDrawing") and target in gone)
        for each in filter(None, gone):
            self._package.remove(each)

    def _converse(self, relations: Relations, said: dict[Place, str]) -> None:
        path = relations.first("threadedComment")
        if self._persons is None or path not in self._package:
            return
        conversations = Conversations(self._package.read_tree(path))
        conversations.drop_ours(self._persons)
        answered = [conversations.answer(cell_address(*place), text) for place, text in said.items()]
        if any(answered) and self._persons.add_us():
            self._package.write_tree(self._persons_path, self._persons.root)
        if conversations.is_changed:
            self._package.write_tree(path, conversations.root)

    def _first_block(self) -> int:
        if not self._block:
            drawings = (Boxes(as_utf8(self._package.read(path))) for path in self._package.paths(".vml"))
            self._block = max((max(drawing.blocks(), default=0) for drawing in drawings), default=0) + 1
        return self._block


def _by_place(marks: list[Mark], xml: bytes) -> tuple[dict[Place, str], dict[Place, Severity]]:
    """What is said in which cell, and which cells are coloured: not the one that speaks for the whole sheet."""
    places = [place_of(mark.cell) for mark in marks]
    starts = _area_starts({place for place in places if place}, xml)
    by_place: dict[Place, list[Mark]] = {}
    fills: dict[Place, Severity] = {}
    for mark, named in zip(marks, places, strict=True):
        if named is None:
            by_place.setdefault((1, 1), []).append(mark)
            continue
        place = starts.get(named, named)
        by_place.setdefault(place, []).append(mark)
        fills[place] = min(fills.get(place, mark.severity), mark.severity, key=_WORST_FIRST.index)
    said = {place: commenting.as_data(_joined(found).text) for place, found in sorted(by_place.items())}
    return said, fills


def _area_starts(places: set[Place], xml: bytes) -> dict[Place, Place]:
    """Where the merged area of each place begins, for the places that are in one."""
    starts: dict[Place, Place] = {}
    by_row = sorted(places)
    for first_row, first_column, last_row, last_column in merged_areas(xml) if places else []:
        for place in by_row[bisect_left(by_row, (first_row, 0)) : bisect_left(by_row, (last_row + 1, 0))]:
            if first_column <= place[1] <= last_column:
                starts[place] = first_row, first_column
    return starts


# A table ---------------------------------------------------------------------------------------------------


def _sheet_names(names: Sequence[str]) -> dict[str, str]:
    """What each sheet can be called in a workbook."""
    allowed: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        new = "".join(sign for sign in name if sign not in _NOT_IN_NAMES).strip("' ")[:_LONGEST_NAME].strip("' ")
        taken = {each.casefold() for each in allowed.values()} | {"history"}
        allowed[name] = new if new and new.casefold() not in taken else f"Blad {number}"
    return allowed


def _write(target: Worksheet, row: int, column: int, value: Value, as_text: Format, as_day: Format) -> None:
    match value:
        case bool():
            target.write_boolean(row, column, value)
        case Decimal() if Decimal(repr(float(value))) == value:
            target.write_number(row, column, float(value))
        case date() if value.year > 1900:
            target.write_datetime(row, column, value, as_day)
        case _:
            text = value.text if isinstance(value, Broken) else str(value)
            acts = text.startswith(("=", "+", "-", "@"))
            target.write_string(row, column, text[:_LONGEST_TEXT], as_text if acts else None)
