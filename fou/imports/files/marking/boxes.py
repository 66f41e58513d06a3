"""The boxes in which Excel shows comments: shapes in an old drawing language (VML), hidden until pointed at.

Excel writes these parts as text that is not always well-formed XML, so they are changed as text, shape by shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from fou.imports.files.marking.package import Unusable
from fou.imports.files.marking.sheet import LAST_COLUMN, LAST_ROW, Place

_NAMESPACES = {
    b"v": b"urn:schemas-microsoft-com:vml",
    b"o": b"urn:schemas-microsoft-com:office:office",
    b"x": b"urn:schemas-microsoft-com:office:excel",
}
_DECLARED = b" ".join(b'xmlns:%s="%s"' % each for each in _NAMESPACES.items())
_SHAPE_START = re.compile(rb"<((?:[\w.-]+:)?)shape(?=[\s/>])(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_IS_NOTE = re.compile(rb"\bObjectType\s*=\s*[\"']Note[\"']")
_NUMBER_OF = {name: re.compile(rb"<(?:[\w.-]+:)?%s\s*>\s*([0-9]{1,8})\s*</" % name) for name in (b"Row", b"Column")}
_ANCHOR = re.compile(rb"(<(?:[\w.-]+:)?Anchor\s*>)([\s0-9,-]*)(</)")
_CLIENT_DATA = re.compile(rb"<((?:[\w.-]+:)?)ClientData\b[^>]*>")
_BLOCKS = re.compile(rb"(<(?:[\w.-]+:)?idmap\b[^>]*?\bdata\s*=\s*[\"'])([0-9, ]*)")
_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_EMPTY = b'<xml %s><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/></o:shapelayout></xml>' % _DECLARED
#: Shape numbers are given out in blocks of this many; each drawing says which blocks are its own.
_BLOCK = 1024
#: Pixels: the box and its distance from the cell, one line of text, and one character in Tahoma 9 (rather wide).
_WIDTH, _LINE, _CHARACTER, _MARGIN, _LEAST, _MOST, _DISTANCE = 330, 15, 6.2, 16, 64, 640, 12
#: Boxes are not laid out over more rows or columns than this; hidden ones take no room.
_FARTHEST = 300


@dataclass(frozen=True, slots=True)
class Grid:
    """How wide columns and how high rows are, in pixels, counted from 1."""

    width: Callable[[int], int]
    height: Callable[[int], int]


class Boxes:
    """A drawing with comment boxes."""

    def __init__(self, content: bytes = _EMPTY) -> None:
        self.content = content

    @property
    def is_empty(self) -> bool:
        """Whether there is no shape left in the drawing, box or other."""
        return not any(True for _ in self._shapes())

    def places(self) -> set[Place]:
        """The cells that have a box."""
        return {place for _, _, place in self._shapes() if place}

    def blocks(self) -> set[int]:
        """Which blocks of shape numbers the drawing has."""
        listed = (found[2] for found in _BLOCKS.finditer(self.content))
        return {int(number) for numbers in listed for number in re.findall(rb"[0-9]{1,6}", numbers)}

    def drop(self, places: set[Place]) -> None:
        """Take out the boxes of some cells."""
        kept, done = [], 0
        for start, end, place in self._shapes():
            if place in places:
                kept.append(self.content[done:start])
                done = end
        self.content = b"".join((*kept, self.content[done:]))

    def add(self, comments: Iterable[tuple[Place, str]], grid: Grid, first_block: int) -> int:
        """Give cells boxes that their comments fit in. Gives the first block of numbers that is still free."""
        new = [_box(place, text, grid) for place, text in comments]
        if not new:
            return first_block
        blocks = range(first_block, first_block + ceil(len(new) / (_BLOCK - 1)))
        numbers = (block * _BLOCK + number for block in blocks for number in range(1, _BLOCK))
        root = self.content[: self.content.find(b">", self.content.find(b"<xml")) + 1]
        declared = b"" if all(b'xmlns:%s="%s"' % each in root for each in _NAMESPACES.items()) else b" " + _DECLARED
        shapes = b"".join(box % (declared, number) for box, number in zip(new, numbers, strict=False))
        if b"_x0000_t202" not in self.content:
            shapes = _TYPE.replace(b" ", declared + b" ", 1) + shapes
        end = self.content.rfind(b"</")
        if end < 0:
            raise Unusable("a drawing without end")
        self.content = self.content[:end] + shapes + self.content[end:]
        listed = ",".join(map(str, blocks)).encode()
        self.content = _BLOCKS.sub(
            lambda found: found[1] + (found[2] + b"," if found[2].strip() else b"") + listed, self.content, count=1
        )
        return blocks.stop

    def enlarge(self, comments: dict[Place, str], grid: Grid) -> None:
        """Make the boxes of some cells large enough for their comments; none becomes smaller."""
        pieces, done = [], 0
        for start, end, place in self._shapes():
            if place and place in comments:
                larger = _enlarged(self.content[start:end], place, comments[place], grid)
                pieces += [self.content[done:start], larger]
                done = end
        self.content = b"".join((*pieces, self.content[done:]))

    def _shapes(self) -> Iterator[tuple[int, int, Place | None]]:
        """Where each shape starts and ends, and of which cell it is the comment box."""
        position = 0
        while found := _SHAPE_START.search(self.content, position):
            position = found.end()
            if not found[0].endswith(b"/>"):
                closing = b"</%sshape>" % found[1]
                end = self.content.find(closing, position)
                if end < 0:
                    return
                position = end + len(closing)
            yield found.start(), position, _place_of(self.content[found.start() : position])


def _place_of(shape: bytes) -> Place | None:
    row, column = (_NUMBER_OF[name].search(shape) for name in (b"Row", b"Column"))
    return (int(row[1]) + 1, int(column[1]) + 1) if row and column and _IS_NOTE.search(shape) else None


def _box(place: Place, text: str, grid: Grid) -> bytes:
    """A comment box, with places for the namespaces and the number."""
    return (
        '<v:shape%b id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
        f'width:{_WIDTH * 3 / 4:g}pt;height:{_height_for(text) * 3 / 4:g}pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{_listed(_anchor(place, text, grid))}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{place[0] - 1}</x:Row><x:Column>{place[1] - 1}</x:Column></x:ClientData></v:shape>"
    ).encode()


def _anchor(place: Place, text: str, grid: Grid) -> list[int]:
    """Where a box starts and ends: column, pixels, row, pixels, twice, the columns and rows from 0."""
    row, column = place
    left, top = min(column + 1, LAST_COLUMN - 6), max(row - 1, 1)
    right, to_right = _after(left, _DISTANCE + _WIDTH, grid.width, LAST_COLUMN)
    bottom, to_bottom = _after(top, _DISTANCE // 2 + _height_for(text), grid.height, LAST_ROW)
    return [left - 1, _DISTANCE, top - 1, _DISTANCE // 2, right - 1, to_right, bottom - 1, to_bottom]


def _enlarged(shape: bytes, place: Place, text: str, grid: Grid) -> bytes:
    """A box of somebody else's that a longer text fits in."""
    found = _ANCHOR.search(shape)
    numbers = [int(number) for number in re.findall(rb"-?[0-9]{1,8}", found[2])] if found else []
    if not found or len(numbers) != 8:
        # Some programs say only how large the box is, or not even that, and leave the place to Excel.
        client = _CLIENT_DATA.search(shape)
        if not client or found:
            return shape
        anchor = b"<%sAnchor>%s</%sAnchor>" % (client[1], _listed(_anchor(place, text, grid)).encode(), client[1])
        return shape[: client.end()] + anchor + shape[client.end() :]
    left, from_left, top, from_top, right, to_right, bottom, to_bottom = numbers
    least_right = _after(left + 1, from_left + _WIDTH, grid.width, LAST_COLUMN)
    least_bottom = _after(top + 1, from_top + _height_for(text), grid.height, LAST_ROW)
    right, to_right = max((right, to_right), (least_right[0] - 1, least_right[1]))
    bottom, to_bottom = max((bottom, to_bottom), (least_bottom[0] - 1, least_bottom[1]))
    larger = _listed([left, from_left, top, from_top, right, to_right, bottom, to_bottom]).encode()
    return shape[: found.start(2)] + larger + shape[found.end(2) :]


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _height_for(text: str) -> int:
    a_line = int((_WIDTH - _MARGIN) / _CHARACTER)
    lines = sum(max(1, ceil(len(line) / a_line)) for line in text.split("\n"))
    return min(max(lines * _LINE + _MARGIN, _LEAST), _MOST)


def _after(first: int, pixels: int, size: Callable[[int], int], last: int) -> tuple[int, int]:
    """The row or column that lies some pixels after the start of ``first``, and how far into it."""
    for number in range(first, min(first + _FARTHEST, last)):
        if pixels <= (there := size(number)):
            return number, pixels
        pixels -= there
    return min(first + _FARTHEST, last), 0
