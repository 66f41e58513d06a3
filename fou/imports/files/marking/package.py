"""A workbook file as parts: what is not changed is copied as it lies, still packed.

The container is the Open Packaging Conventions (ISO/IEC 29500-2) in a zip file.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from posixpath import normpath, relpath
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

from lxml import etree

from fou.imports.files.limits import DEFAULT_LIMITS, Limits

#: An lxml element; lxml comes without types of its own.
Element: TypeAlias = Any

_TYPES_PART = "[Content_Types].xml"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
#: Transitional and strict files name the same relations differently; Microsoft's later ones have one name.
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"

#: A part that is read into a tree takes some ten times its size in memory.
_LARGEST_TREE = 20_000_000
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_UTF8_NAME, _SIZES_AFTER = 0x800, 0x8
#: New parts say the first day that a zip file can: the same marks give the same file.
_FIRST_DAY = (1 << 5) | 1


class Unusable(ValueError):
    """Something in the package is not as a workbook's parts must be."""


@dataclass(frozen=True, slots=True)
class _Packed:
    """A part as it lies in the zip file."""

    name: bytes
    flags: int
    method: int
    time: int
    day: int
    crc: int
    size: int
    attributes: int
    content: bytes | memoryview


class Package:
    """The parts of a workbook by path (case does not matter), and those that are changed, added and taken out."""

    def __init__(self, data: bytes, limits: Limits = DEFAULT_LIMITS) -> None:
        self._data = memoryview(data)
        self._archive = zipfile.ZipFile(BytesIO(data))
        self._left = limits.max_unpacked_bytes
        self._there: dict[str, zipfile.ZipInfo] = {}
        for part in self._archive.infolist():
            key = _key(part.filename)
            if key in self._there or part.flag_bits & 1:
                raise Unusable(f"two parts {part.filename}, or a locked one")
            self._there[key] = part
        #: None for a part that is taken out.
        self._changed: dict[str, _Packed | None] = {}
        self._relations: dict[str, Relations] = {}
        self._types: Element = None

    def __contains__(self, path: str) -> bool:
        key = _key(path)
        return self._changed[key] is not None if key in self._changed else key in self._there

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the file as it came."""
        return bool(self._changed)

    def read(self, path: str) -> bytes:
        """The unpacked part. Raises Unusable if it is not there or everything read becomes too large."""
        key = _key(path)
        if path not in self:
            raise Unusable(f"no part {path}")
        changed = self._changed.get(key)
        if changed is not None:
            return zlib.decompress(changed.content, -15)
        part = self._there[key]
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unusable("packed as no workbook is")
        self._left -= part.file_size
        if self._left < 0:
            raise Unusable("too large")
        return self._archive.read(part)

    def read_tree(self, path: str) -> Element:
        """The root of an XML part; document types and entities are refused."""
        content = self.read(path)
        if len(content) > _LARGEST_TREE:
            raise Unusable(f"{path} is too large")
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        root = etree.fromstring(content, parser)
        if root.getroottree().docinfo.doctype:
            raise Unusable("a document type")
        return root

    def write(self, path: str, pieces: Iterable[bytes | memoryview]) -> None:
        """Put a part in, in the place of the one that was there."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = bytearray()
        crc = size = 0
        for piece in pieces:
            packed += packer.compress(piece)
            crc = zlib.crc32(piece, crc)
            size += len(piece)
        packed += packer.flush()
        key = _key(path)
        old = self._there.get(key)
        name = old.filename if old else path
        attributes = old.external_attr if old else 0
        self._changed[key] = _Packed(
            name.encode(), 0 if name.isascii() else _UTF8_NAME, zipfile.ZIP_DEFLATED,
            0, _FIRST_DAY, crc, size, attributes, bytes(packed),
        )  # fmt: skip

    def write_tree(self, path: str, root: Element) -> None:
        """Put an XML part in."""
        self.write(path, [etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)])

    def remove(self, path: str) -> None:
        """Take a part out, with its relations and what is said of its type."""
        for gone in (path, _relations_path(path)):
            if gone in self:
                self._changed[_key(gone)] = None
        for override in self._overrides(path):
            override.getparent().remove(override)
            self._write_types()

    def unused_path(self, pattern: str) -> str:
        """The first path of a pattern such as ``xl/comments{}.xml`` that no part has."""
        number = 1
        while (path := pattern.format(number)) in self:
            number += 1
        return path

    def paths(self, ending: str) -> list[str]:
        """The parts whose path ends so."""
        new = (part.name.decode() for key, part in self._changed.items() if part and key not in self._there)
        paths = [*(part.filename for part in self._there.values()), *new]
        return [path for path in paths if path.lower().endswith(ending) and path in self]

    def relations(self, path: str) -> Relations:
        """What a part (the package itself: an empty path) refers to."""
        if path not in self._relations:
            self._relations[path] = Relations(self, path)
        return self._relations[path]

    def declare(self, path: str, content_type: str) -> None:
        """Say what type a part is of: once for all with its ending where that is free, else for it alone."""
        if not self._has_types():
            return
        ending = path.rpartition(".")[2]
        tag = f"{{{_TYPES}}}Default"
        defaults = {each.get("Extension", "").lower(): each.get("ContentType") for each in self._types.iterfind(tag)}
        if defaults.get(ending) == content_type or self._overrides(path):
            return
        if ending not in defaults and ending != "xml":
            default = etree.Element(tag, Extension=ending, ContentType=content_type)
            self._types.insert(len(defaults), default)
        else:
            etree.SubElement(self._types, f"{{{_TYPES}}}Override", PartName=f"/{path}", ContentType=content_type)
        self._write_types()

    def packed(self) -> bytes:
        """The whole file, with the parts in the order in which they were and the new ones last."""
        out = BytesIO()
        directory = bytearray()
        parts = 0
        new = [part for key, part in self._changed.items() if part and key not in self._there]
        for part in (*map(self._lying, self._there), *new):
            if part is None:
                continue
            parts += 1
            head = struct.pack(
                "<5H3I2H", 20, part.flags, part.method, part.time, part.day,
                part.crc, len(part.content), part.size, len(part.name), 0,
            )  # fmt: skip
            directory += b"PK\x01\x02" + struct.pack("<H", 20) + head
            directory += struct.pack("<3H2I", 0, 0, 0, part.attributes, out.tell()) + part.name
            out.write(b"PK\x03\x04" + head + part.name)
            out.write(part.content)
        start = out.tell()
        out.write(directory)
        out.write(b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, parts, parts, len(directory), start, 0))
        return out.getvalue()

    def _lying(self, key: str) -> _Packed | None:
        if key in self._changed:
            return self._changed[key]
        part = self._there[key]
        header = self._data[part.header_offset : part.header_offset + _LOCAL_HEADER.size]
        signature, _, _, _, time, day, _, _, _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        start = part.header_offset + _LOCAL_HEADER.size + name_length + extra_length
        content = self._data[start : start + part.compress_size]
        if signature != b"PK\x03\x04" or len(content) != part.compress_size:
            raise Unusable("the directory does not agree with the parts")
        name = part.orig_filename.encode("utf-8" if part.flag_bits & _UTF8_NAME else "cp437")
        return _Packed(
            name, part.flag_bits & ~_SIZES_AFTER, part.compress_type, time, day,
            part.CRC, part.file_size, part.external_attr, content,
        )  # fmt: skip

    def _overrides(self, path: str) -> list[Element]:
        if not self._has_types():
            return []
        tag = f"{{{_TYPES}}}Override"
        return [each for each in self._types.iterfind(tag) if _key(each.get("PartName", "")) == _key(path)]

    def _has_types(self) -> bool:
        """Excel takes no file that does not say them, but what it says of the others is not for us to invent."""
        if self._types is None and _TYPES_PART in self:
            self._types = self.read_tree(_TYPES_PART)
        return self._types is not None

    def _write_types(self) -> None:
        self.write_tree(_TYPES_PART, self._types)


class Relations:
    """What one part refers to inside the package: relation id → (last word of the type, path)."""

    def __init__(self, package: Package, part: str) -> None:
        self._package, self._part = package, part
        self._path = _relations_path(part)
        self._root: Element = (
            package.read_tree(self._path)
            if self._path in package
            else etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
        )
        folder = part.rpartition("/")[0]
        self.targets: dict[str, tuple[str, str]] = {}
        for relation in self._root.iterfind(f"{{{_RELATIONS}}}Relationship"):
            if relation.get("TargetMode") == "External":
                continue
            target = unquote(relation.get("Target", "")).replace("\\", "/")
            path = target if target.startswith("/") else f"{folder}/{target}"
            kind = relation.get("Type", "").rpartition("/")[2]
            self.targets[relation.get("Id", "")] = (kind, normpath(path).lstrip("/"))

    def first(self, kind: str) -> str:
        """The path of the first part of a kind; empty if there is none."""
        return next((path for found, path in self.targets.values() if found == kind), "")

    def add(self, kind: str, path: str, strict: bool) -> str:
        """Refer to a part; gives the relation's id."""
        taken = {relation.get("Id") for relation in self._root}
        number = 1
        while (name := f"rIdFou{number}") in taken:
            number += 1
        folder = self._part.rpartition("/")[0]
        target = quote(relpath(f"/{path}", f"/{folder}"))
        type_ = f"{_OFFICE_STRICT if strict else _OFFICE}/{kind}"
        etree.SubElement(self._root, f"{{{_RELATIONS}}}Relationship", Id=name, Type=type_, Target=target)
        self.targets[name] = (kind, path)
        self._package.write_tree(self._path, self._root)
        self._package.declare(self._path, _RELATIONS_TYPE)
        return name

    def remove(self, wanted: Callable[[str, str], bool]) -> None:
        """Refer no longer to the parts that ``wanted`` (kind, path) says."""
        for name, (kind, path) in list(self.targets.items()):
            if wanted(kind, path):
                del self.targets[name]
                for relation in list(self._root):
                    if relation.get("Id") == name:
                        self._root.remove(relation)
        if len(self._root):
            self._package.write_tree(self._path, self._root)
        else:
            self._package.remove(self._path)


_XML_NAME = re.compile(r"\{([^}]*)\}")


def namespace_of(element: Element) -> str:
    """The namespace of an element, in braces as lxml writes it; empty if it has none."""
    found = _XML_NAME.match(element.tag)
    return found[0] if found else ""


def is_strict(namespace: str) -> bool:
    """Whether a part is written in the strict variant of the format."""
    return "purl.oclc.org/ooxml" in namespace


def _key(path: str) -> str:
    return path.replace("\\", "/").lstrip("/").lower()


def _relations_path(part: str) -> str:
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels".lstrip("/")
