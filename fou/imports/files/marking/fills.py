"""Cell styles with another fill, and the way back: a fill of ours remembers the one that was there.

A cell keeps its number format, font, borders and alignment, for its style is copied with only the fill
exchanged. What the cell had is kept in the fill itself, in the background colour that a solid fill does not
show; so it comes back also when the file has been saved by Excel in the meantime, and rows have been moved.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from lxml import etree

from fou.imports.files.marking.package import Element, Unusable, namespace_of
from fou.imports.findings import Severity

#: Under dark text (contrast with black at least 12:1) and under light text (with white at least 7:1). The last
#: two bits of each part are free, see _CODE; no palette of Excel's has a colour that differs in them only.
_UNDER_DARK = {Severity.ERROR: 0xF8C0C4, Severity.WARNING: 0xFCE088, Severity.NOTE: 0xCCE0F8}
_UNDER_LIGHT = {Severity.ERROR: 0xA02028, Severity.WARNING: 0x704800, Severity.NOTE: 0x0050B0}
_OURS = {*_UNDER_DARK.values(), *_UNDER_LIGHT.values()}
#: The free bits hold 0 when nothing is remembered, else a check of what is: some programs write a background
#: colour of their own making, which must not be taken for the one that was there.
_CODE = 0x030303
#: Excel takes no more cell styles than this, and then says that the file is damaged.
_MOST_STYLES = 64_000
#: The children of a style sheet that come before each (ISO/IEC 29500-1, 18.8.39).
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")

EMPTY_STYLES = (
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b"<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class _Colour:
    """A colour as a style names it; the tint in hundredths, as finely as every program keeps it."""

    rgb: str
    theme: str
    indexed: str
    tint: int

    @classmethod
    def of(cls, element: Element | None) -> _Colour:
        values: Any = {} if element is None else element.attrib
        try:
            tint = round(float(values.get("tint", "0")) * 100)
        except (ValueError, OverflowError):
            tint = 0
        return cls(values.get("rgb", "").upper(), values.get("theme", ""), values.get("indexed", ""), tint)

    @property
    def number(self) -> int | None:
        """Red, green and blue in one; None where it is not said outright."""
        try:
            return int(self.rgb[-6:], 16) if len(self.rgb) in (6, 8) else None
        except ValueError:
            return None

    @property
    def is_light(self) -> bool:
        """Whether text of this colour needs a dark ground; a theme's first and third colours are its light ones."""
        if (number := self.number) is not None:
            red, green, blue = number >> 16, number >> 8 & 255, number & 255
            return 0.299 * red + 0.587 * green + 0.114 * blue > 160
        return (self.theme in ("0", "2") and self.tint > -25) or self.indexed in ("1", "9")

    @property
    def code(self) -> int:
        """A check of the colour, never 0, spread over the free bits of one of ours."""
        check = crc32(repr((self.rgb[-6:], self.theme, self.indexed, self.tint)).encode()) % 63 + 1
        return (check >> 4 & 3) << 16 | (check >> 2 & 3) << 8 | check & 3


class Fills:
    """The style sheet of a workbook."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._ns = namespace_of(root)
        if root.tag != f"{self._ns}styleSheet":
            raise Unusable("no style sheet")
        self._fills, self._styles = self._child("fills"), self._child("cellXfs")
        if not len(self._styles):
            self._append(self._styles, etree.Element(f"{self._ns}xf", numFmtId="0", fontId="0", fillId="0"))
        fonts = root.iterfind(f"{self._ns}fonts/{self._ns}font")
        self._light = [_Colour.of(font.find(f"{self._ns}color")).is_light for font in fonts]
        self._made: dict[tuple[int, Severity], int] = {}
        self._made_fills: dict[bytes, int] = {}
        self.is_changed = False

    def restore(self) -> None:
        """Give every fill of ours back what it remembers: all cells that have it look as they did."""
        for fill in self._fills:
            pattern = fill.find(f"{self._ns}patternFill")
            if pattern is None or pattern.get("patternType") != "solid":
                continue
            shown = _Colour.of(pattern.find(f"{self._ns}fgColor")).number
            if shown is None or shown & ~_CODE not in _OURS:
                continue
            kept = pattern.find(f"{self._ns}bgColor")
            remembered = shown & _CODE and _Colour.of(kept).code == shown & _CODE
            for child in list(pattern):
                pattern.remove(child)
            if remembered:
                etree.SubElement(pattern, f"{self._ns}fgColor", kept.attrib)
                etree.SubElement(pattern, f"{self._ns}bgColor", indexed="64")
            else:
                pattern.set("patternType", "none")
            self.is_changed = True

    def filled(self, style: int, severity: Severity) -> int | None:
        """The style that is like ``style`` with the fill of a severity; None if the workbook can take no more."""
        if not 0 <= style < len(self._styles):
            style = 0
        if (style, severity) not in self._made:
            if len(self._styles) >= _MOST_STYLES:
                return None
            self._made[style, severity] = self._copy(style, severity)
        return self._made[style, severity]

    def _copy(self, style: int, severity: Severity) -> int:
        copied = deepcopy(self._styles[style])
        colours = _UNDER_LIGHT if self._has_light_text(copied) else _UNDER_DARK
        copied.set("fillId", str(self._fill(colours[severity], copied)))
        copied.set("applyFill", "1")
        self._append(self._styles, copied)
        return len(self._styles) - 1

    def _has_light_text(self, style: Element) -> bool:
        font = _number(style.get("fontId"))
        return font < len(self._light) and self._light[font]

    def _fill(self, colour: int, style: Element) -> int:
        """The fill of ours that remembers the fill of a style."""
        before = _number(style.get("fillId"))
        kept = self._shown_by(self._fills[before]) if before < len(self._fills) else None
        if kept is not None:
            colour |= _Colour.of(kept).code
        fill = etree.Element(f"{self._ns}fill", nsmap=self.root.nsmap)
        pattern = etree.SubElement(fill, f"{self._ns}patternFill", patternType="solid")
        etree.SubElement(pattern, f"{self._ns}fgColor", rgb=f"FF{colour:06X}")
        etree.SubElement(pattern, f"{self._ns}bgColor", {"indexed": "64"} if kept is None else kept.attrib)
        key: bytes = etree.tostring(fill)
        if key not in self._made_fills:
            self._append(self._fills, fill)
            self._made_fills[key] = len(self._fills) - 1
        return self._made_fills[key]

    def _shown_by(self, fill: Element) -> Element | None:
        """The one colour that stands for a fill; hatching and gradients give their first, and no fill none."""
        pattern = fill.find(f"{self._ns}patternFill")
        if pattern is not None and pattern.get("patternType", "none") == "none":
            return None
        return next((each for each in fill.iter(f"{self._ns}fgColor", f"{self._ns}color") if each.attrib), None)

    def _child(self, name: str) -> Element:
        found = self.root.find(f"{self._ns}{name}")
        if found is None:
            earlier = {f"{self._ns}{each}" for each in _ORDER[: _ORDER.index(name)]}
            place = sum(child.tag in earlier for child in self.root)
            found = etree.Element(f"{self._ns}{name}")
            self.root.insert(place, found)
        return found

    def _append(self, parent: Element, child: Element) -> None:
        parent.append(child)
        parent.set("count", str(len(parent)))
        self.is_changed = True


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
