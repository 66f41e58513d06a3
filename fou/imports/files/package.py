"""A workbook's file as its parts: a zip file of XML, unpacked piece by piece and never beyond its limits."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any, NoReturn
from xml.parsers import expat

from fou.imports.files.limits import Limits
from fou.imports.files.refusals import damaged, locked, too_large
from fou.imports.files.stored import clean

#: Begins each file's record in a zip file's directory. Counting it bounds what zipfile will keep in memory.
DIRECTORY_RECORD = b"PK\x01\x02"
#: Ends a zip file, so a file without it was cut off.
END_RECORD = b"PK\x05\x06"
_CHUNK = 1 << 16
#: Expat keeps, and rereads with each chunk, a tag that has not ended; no tag in a workbook is near this long.
_LONGEST_TAG = 1 << 20
#: No workbook nests its tags like this; expat would fill the memory.
DEEPEST = 100


class ForbiddenXml(Exception):
    """A document type or an entity, which no workbook has."""


class Handler:
    """Gets a part tag by tag. ``pieces`` is the text since the last opening tag; ``start`` clears it."""

    __slots__ = ("depth", "pieces")

    def __init__(self) -> None:
        self.depth = 0
        self.pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an opening tag with its attributes; ``name`` is ``namespace}tag``."""
        self.pieces.clear()
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError("tags nested too deep")

    def end(self, name: str) -> None:
        """Take a closing tag."""
        self.depth -= 1


def local(name: str) -> str:
    """A tag's name without its namespace, of which there are two kinds (transitional and strict)."""
    return name.rpartition("}")[2]


class Package:
    """The parts of an open workbook, and how much of the limits its reading has used up."""

    def __init__(self, archive: zipfile.ZipFile, file_bytes: int, name: str, limits: Limits) -> None:
        self.archive, self.file_bytes, self.name, self.limits = archive, file_bytes, name, limits
        self.parts: dict[str, zipfile.ZipInfo] = {}
        self.unpacked = self.rows = self.cells = self.text = self.formulas = 0
        for part in archive.infolist():
            key = part.filename.replace("\\", "/").lower()
            if key in self.parts:
                raise damaged(name, f"delen {part.filename} finns två gånger")
            if part.flag_bits & 1:
                raise locked(name)
            self.parts[key] = part

    def parse(self, path: str, handler: Handler, sheet: str = "") -> None:
        """Feed one part through the handler's ``start`` and ``end``."""
        part = self.parts.get(path.lower())
        if part is None:
            raise damaged(self.name, f"delen {path} saknas", sheet)
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # The other methods unpack without a bound on how much comes out at once.
            raise damaged(self.name, f"delen {path} är packad på ett sätt som inte används i Excel", sheet)
        parser = expat.ParserCreate(namespace_separator="}")
        # Without a document type there are no entities; the other two are for what expat may yet come to allow.
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _forbid
        parser.buffer_text = True
        parser.StartElementHandler = handler.start
        parser.EndElementHandler = handler.end
        parser.CharacterDataHandler = handler.pieces.append
        try:
            self._feed(parser, part, sheet)
        finally:
            # Else the parser, part of a reference cycle, would hold on to the cells for a while.
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None

    def _feed(self, parser: expat.XMLParserType, part: zipfile.ZipInfo, sheet: str) -> None:
        fed = 0
        for chunk in self._unpack(part, sheet):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise damaged(self.name, f"delen {part.filename} har en orimligt lång tagg", sheet)
        parser.Parse(b"", True)

    def _unpack(self, part: zipfile.ZipInfo, sheet: str) -> Iterator[bytes]:
        """Unpack a part piece by piece, counting what really comes out."""
        limits = self.limits
        most = min(limits.max_unpacked_bytes, max(limits.free_unpacked_bytes, limits.max_ratio * self.file_bytes))
        if self.unpacked + part.file_size > most:
            self._refuse_size(sheet)
        with self.archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                self.unpacked += len(chunk)
                if self.unpacked > most:
                    self._refuse_size(sheet)
                yield chunk

    def keep_text(self, text: str) -> str:
        """The text cleaned, counted against the limit; empty if there is nothing to see in it."""
        text = clean(text)
        self.text += len(text)
        if self.text > self.limits.max_text:
            raise too_large(self.name, "för mycket text")
        return text if text.strip() else ""

    def keep_formula(self, text: str) -> str:
        """The formula as it stands, counted against the limit."""
        self.formulas += len(text)
        if self.formulas > self.limits.max_formulas:
            raise too_large(self.name, "för många och för långa formler")
        return text

    def _refuse_size(self, sheet: str) -> NoReturn:
        raise too_large(self.name, "innehållet blir orimligt stort när filen packas upp", sheet, "zip_bomb")


def _forbid(*_: Any) -> NoReturn:
    raise ForbiddenXml
