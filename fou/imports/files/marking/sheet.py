"""One worksheet, changed where it stands: bytes are exchanged at their places and all others stay as they were.

What a cell holds is never touched, only which style it has; cells that are not there yet are put in, in order.
The elements and their order are those of ISO/IEC 29500-1, 18.3.1.99 (worksheet).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

from fou.imports.files.cells import cell_address
from fou.imports.files.marking.package import Unusable, is_strict
from fou.imports.findings import Severity

#: Row and column, both from 1.
Place = tuple[int, int]
#: The style that is like another (by number) with the fill of a severity; None if there can be no more styles.
Filled = Callable[[int, Severity], int | None]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_BEFORE_ROWS = {"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols"}
#: What comes after legacyDrawing; AlternateContent stands for oleObjects or controls.
_AFTER_DRAWING = {
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
    "AlternateContent",
}  # fmt: skip
_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=\"'/>]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_MERGED = re.compile(rb"<(?:[\w.-]+:)?mergeCell\s[^>]*?\bref\s*=\s*[\"']([A-Z]{1,3})([0-9]+):([A-Z]{1,3})([0-9]+)[\"']")
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::.*)?", re.ASCII | re.DOTALL)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
#: Points to pixels, the widths of a column of eight characters and of one character of the usual font.
_PIXELS_A_POINT, _USUAL_WIDTH, _CHARACTER, _PADDING = 4 / 3, 64, 7, 5


def place_of(address: str) -> Place | None:
    """Row and column of an address such as ``D7``, or of an area's first cell; None if it is neither."""
    found = _ADDRESS.fullmatch(address.strip().upper())
    if not found:
        return None
    place = int(found[2]), _column(found[1])
    return place if place[0] <= LAST_ROW and place[1] <= LAST_COLUMN else None


def merged_areas(xml: bytes) -> list[tuple[int, int, int, int]]:
    """First row, first column, last row and last column of the merged areas, which stand after all rows."""
    found = _MERGED.finditer(xml, max(xml.rfind(b"sheetData"), 0))
    return [
        (int(area[2]), _column(area[1].decode()), int(area[4]), _column(area[3].decode()))
        for area in found
        if len(area[2]) < 8 and len(area[4]) < 8
    ]


def as_utf8(xml: bytes) -> bytes:
    """The part in an encoding in which ASCII is ASCII: UTF-16 becomes UTF-8."""
    if not xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return xml
    return re.sub(r"^<\?xml.*?\?>", "", xml.decode("utf-16"), count=1, flags=re.DOTALL).encode()


class SheetXml:
    """A worksheet read tag by tag, and what is to be exchanged in it."""

    def __init__(self, xml: bytes, fills: Mapping[Place, Severity], filled: Filled) -> None:
        """Give the cells of ``fills`` their fill. Raises Unusable or ExpatError if this is no worksheet."""
        self._xml, self._filled = xml, filled
        self._wanted: dict[int, list[tuple[int, Severity]]] = {}
        for (row, column), severity in sorted(fills.items()):
            self._wanted.setdefault(row, []).append((column, severity))
        self._rows_left = sorted(self._wanted, reverse=True)
        #: The columns still to come in the row that is being read.
        self._columns_left: list[tuple[int, Severity]] | None = None
        self._edits: list[tuple[int, int, bytes]] = []

        self.prefix = ""
        self.is_strict = False
        #: The relation id of the sheet's drawing with comment boxes; empty if it has none.
        self.drawing = ""
        self._drawing_at: int | None = None
        self._place_for_drawing: int | None = None
        self._columns: list[tuple[int, int, int | None, int]] = []
        self._heights: dict[int, int] = {}
        self._usual_width, self._usual_height = _USUAL_WIDTH, 20

        self._depth = 0
        self._in_rows = self._has_rows = False
        self._row = self._column = self._row_start = 0
        self._row_style = -1
        self._is_widened = False
        self._read()

    @property
    def is_changed(self) -> bool:
        """Whether anything is to be exchanged."""
        return bool(self._edits)

    def refer_to_drawing(self, relation: str) -> None:
        """Put in which drawing holds the comment boxes, of which the sheet had none."""
        place = self._place_for_drawing
        namespace = _RELATIONS_STRICT if self.is_strict else _RELATIONS
        tag = f'<{self.prefix}legacyDrawing xmlns:r="{namespace}" r:id="{relation}"/>'
        self._edits.append((place or 0, place or 0, tag.encode()))

    def drop_drawing(self) -> None:
        """Take out which drawing holds the comment boxes."""
        if self._drawing_at is not None:
            start, end = self._tag_at(self._drawing_at)
            if not self._xml[start:end].endswith(b"/>"):
                end = self._xml.index(b">", end) + 1
            self._edits.append((start, end, b""))

    def pieces(self) -> Iterator[bytes | memoryview]:
        """The whole part, changed."""
        whole, done = memoryview(self._xml), 0
        for start, end, new in sorted(self._edits, key=lambda edit: edit[:2]):
            yield whole[done:start]
            yield new
            done = end
        yield whole[done:]

    def width(self, column: int) -> int:
        """The width of a column in pixels, in the usual font."""
        return next((width for first, last, _, width in self._columns if first <= column <= last), self._usual_width)

    def height(self, row: int) -> int:
        """The height of a row in pixels."""
        return self._heights.get(row, self._usual_height)

    # Reading -------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._parser = parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.Parse(self._xml, True)
        finally:
            # Else the parser, part of a reference cycle, would hold on to the sheet for a while.
            parser.StartElementHandler = parser.EndElementHandler = parser.StartDoctypeDeclHandler = None
            del self._parser
        if self._place_for_drawing is None:
            raise Unusable("no worksheet")

    def _refuse_document_type(self, *_: object) -> None:
        raise Unusable("a document type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._in_rows:
            if self._depth == 4:
                if self._columns_left and name == self._c:
                    self._start_cell(attributes)
            elif self._depth == 3 and name == self._r:
                self._start_row(attributes)
        elif self._depth == 1:
            self._start_sheet(name, attributes)
        elif self._depth == 2:
            self._start_child(name.removeprefix(self.prefix) if name.startswith(self.prefix) else name, attributes)
        elif self._depth == 3 and name == f"{self.prefix}col":
            self._start_column(attributes)

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._in_rows:
            if self._depth == 2:
                if self._columns_left:
                    self._end_row()
            elif self._depth == 1:
                self._end_rows()
        elif self._depth == 0:
            here = self._parser.CurrentByteIndex
            if not self._xml.startswith(b"</", here):
                raise Unusable("a worksheet without content")
            if not self._has_rows:
                self._put_rows_in(here)
            self._remember_place()

    def _start_sheet(self, name: str, attributes: dict[str, str]) -> None:
        prefix, _, local = name.rpartition(":")
        if local != "worksheet":
            raise Unusable("no worksheet")
        self.prefix = f"{prefix}:" if prefix else ""
        self.is_strict = is_strict(attributes.get(f"xmlns:{prefix}" if prefix else "xmlns", ""))
        self._c, self._r = f"{self.prefix}c", f"{self.prefix}row"

    def _start_child(self, local: str, attributes: dict[str, str]) -> None:
        local = "AlternateContent" if local.endswith(":AlternateContent") else local
        here = self._parser.CurrentByteIndex
        if local == "sheetData":
            self._in_rows = self._has_rows = True
            self._rows_start = here
        elif local == "sheetFormatPr":
            self._remember_usual_sizes(attributes)
        elif local == "legacyDrawing":
            self.drawing = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self._drawing_at = here
        elif not self._has_rows and local not in _BEFORE_ROWS:
            self._put_rows_in(here)
        if local in _AFTER_DRAWING and self._has_rows:
            self._remember_place()

    def _remember_place(self) -> None:
        if self._place_for_drawing is None:
            self._place_for_drawing = self._parser.CurrentByteIndex

    # Rows and cells ------------------------------------------------------------------------------------------

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self._row = row = int(number) if number else self._row + 1
        if "ht" in attributes or "hidden" in attributes:
            hidden = attributes.get("hidden") in ("1", "true")
            self._heights[row] = 0 if hidden else _pixels(attributes.get("ht"), self._usual_height)
        left = self._rows_left
        if not left or left[-1] > row:
            return
        while left and left[-1] < row:
            self._insert(self._parser.CurrentByteIndex, self._new_row(left.pop()))
        if left and left[-1] == row:
            left.pop()
            self._columns_left = self._wanted[row][::-1]
            self._column = 0
            self._row_start = self._parser.CurrentByteIndex
            self._is_widened = False
            own_style = attributes.get("customFormat") in ("1", "true")
            self._row_style = _style(attributes.get("s")) if own_style else -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r")
        place = place_of(address) if address else (self._row, self._column + 1)
        if place is None or place[0] != self._row:
            raise Unusable("a cell in another row")
        self._column = column = place[1]
        left = self._columns_left
        if not left:
            return
        here = self._parser.CurrentByteIndex
        while left and left[-1][0] < column:
            self._insert_cells(here, self._new_cell(*left.pop()))
        if left and left[-1][0] == column:
            _, severity = left.pop()
            style = self._filled(_style(attributes.get("s")), severity)
            if style is not None:
                start, end = self._tag_at(here)
                self._edits.append((start, end, _with_attribute(self._xml[start:end], b"s", str(style).encode())))

    def _end_row(self) -> None:
        """Put in the cells that come after the last one of the row."""
        cells = b"".join(self._new_cell(*each) for each in reversed(self._columns_left or []))
        self._columns_left = None
        if not cells:
            return
        start, end = self._tag_at(self._row_start)
        tag = self._xml[start:end]
        if tag.endswith(b"/>"):
            opened = _without_attribute(tag[:-2], b"spans")
            self._edits.append((start, end, opened + b">" + cells + f"</{self._r}>".encode()))
        else:
            self._insert_cells(self._parser.CurrentByteIndex, cells)

    def _insert(self, here: int, new: bytes) -> None:
        if new:
            self._edits.append((here, here, new))

    def _insert_cells(self, here: int, new: bytes) -> None:
        """Cells put into a row; which columns it spans it may leave unsaid, but must not say wrongly."""
        if new and not self._is_widened:
            self._is_widened = True
            start, end = self._tag_at(self._row_start)
            tag = self._xml[start:end]
            if (without := _without_attribute(tag, b"spans")) != tag:
                self._edits.append((start, end, without))
        self._insert(here, new)

    def _end_rows(self) -> None:
        self._in_rows = False
        rows = b"".join(map(self._new_row, reversed(self._rows_left)))
        self._rows_left = []
        if not rows:
            return
        start, end = self._tag_at(self._rows_start)
        tag = self._xml[start:end]
        if tag.endswith(b"/>"):
            self._edits.append((start, end, tag[:-2].rstrip() + b">" + rows + f"</{self.prefix}sheetData>".encode()))
        else:
            self._insert(self._parser.CurrentByteIndex, rows)

    def _put_rows_in(self, here: int) -> None:
        """A sheet without the element that holds its rows gets one if it needs it."""
        self._has_rows = True
        rows = b"".join(map(self._new_row, reversed(self._rows_left)))
        self._rows_left = []
        if rows:
            name = f"{self.prefix}sheetData"
            self._insert(here, f"<{name}>".encode() + rows + f"</{name}>".encode())

    def _new_row(self, row: int) -> bytes:
        self._row, before = row, self._row
        self._row_style = -1
        cells = b"".join(self._new_cell(*each) for each in self._wanted[row])
        self._row = before
        return f'<{self._r} r="{row}">'.encode() + cells + f"</{self._r}>".encode() if cells else b""

    def _new_cell(self, column: int, severity: Severity) -> bytes:
        """An empty cell; it looks as its row or column does."""
        style = self._row_style
        if style < 0:
            style = next((own or 0 for first, last, own, _ in self._columns if first <= column <= last), 0)
        new = self._filled(style, severity)
        return b"" if new is None else f'<{self._c} r="{cell_address(self._row, column)}" s="{new}"/>'.encode()

    # Sizes ---------------------------------------------------------------------------------------------------

    def _start_column(self, attributes: dict[str, str]) -> None:
        hidden = attributes.get("hidden") in ("1", "true")
        width = 0 if hidden else _width(attributes.get("width"), self._usual_width)
        style = _style(attributes["style"]) if "style" in attributes else None
        self._columns.append((int(attributes["min"]), int(attributes["max"]), style, width))

    def _remember_usual_sizes(self, attributes: dict[str, str]) -> None:
        self._usual_width = _width(attributes.get("defaultColWidth"), _USUAL_WIDTH)
        hidden = attributes.get("zeroHeight") in ("1", "true")
        self._usual_height = 0 if hidden else _pixels(attributes.get("defaultRowHeight"), 20)

    def _tag_at(self, start: int) -> tuple[int, int]:
        found = _TAG.match(self._xml, start)
        if not found:
            raise Unusable("a tag without end")
        return found.span()


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _style(text: str | None) -> int:
    return int(text) if text else 0


def _pixels(points: str | None, otherwise: int) -> int:
    return round(min(float(points), 409.5) * _PIXELS_A_POINT) if points else otherwise


def _width(characters: str | None, otherwise: int) -> int:
    return round(min(float(characters), 255) * _CHARACTER) + _PADDING if characters else otherwise


def _with_attribute(tag: bytes, name: bytes, value: bytes) -> bytes:
    """A tag with an attribute set to a value, in its old place if it had one."""
    new = b" " + name + b'="' + value + b'"'
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name:
            return tag[: found.start()] + new + tag[found.end() :]
    end = -2 if tag.endswith(b"/>") else -1
    return tag[:end].rstrip() + new + tag[end:]


def _without_attribute(tag: bytes, name: bytes) -> bytes:
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name:
            return tag[: found.start()] + tag[found.end() :]
    return tag
