"""Read .xlsx and .xlsm files into sparse cells: streaming, within set limits, and trusting nothing in them.

openpyxl is not used here: it cannot tell a formula without a stored value from an empty cell, fills the sheet
out to its farthest cell, and gives amounts as floats. The format is ISO/IEC 29500 (Office Open XML).
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from math import inf, isfinite
from pathlib import Path
from posixpath import normpath
from typing import NoReturn
from urllib.parse import unquote
from xml.parsers.expat import ExpatError, XMLParserType

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from openpyxl.styles.numbers import is_date_format, is_datetime
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from fou.errors import ImportRefused
from fou.imports.files.cells import Broken, Sheet, Value, Workbook, cell_address, column_letters
from fou.imports.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a workbook may be. Rows and cells count only if they hold something, in all sheets together.

    ``max_ratio`` is how many times larger than the file its unpacked contents may be, once they pass
    ``free_unpacked_bytes``.
    """

    max_file_bytes: int = 50_000_000
    max_unpacked_bytes: int = 500_000_000
    max_ratio: int = 100
    free_unpacked_bytes: int = 20_000_000
    max_parts: int = 10_000
    max_sheets: int = 100
    max_rows: int = 200_000
    max_columns: int = 200
    max_cells: int = 4_000_000
    max_text: int = 100_000_000

    @property
    def last_row(self) -> int:
        """The last row number that may hold anything: rows may be skipped, but not without end."""
        return 2 * self.max_rows


DEFAULT_LIMITS = Limits()


def read_workbook(source: Path | bytes, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """Read every worksheet of a workbook, hidden ones too; ``name`` is what the file is called in messages.

    Numbers are Decimal with the 15 significant digits that Excel itself keeps. A number that the cell shows as
    a day is a date; one that is only meant as such stays a number (days since the epoch that
    ``Workbook.date1904`` tells). Text is as it stands in the cell. A cell whose
    value cannot be known is ``Broken``. Empty cells, and cells with blanks only, are absent.

    Raises ``ImportRefused`` with one finding when the file is no workbook, is damaged or is too large.
    """
    name = name or (source.name if isinstance(source, Path) else "Filen")
    data = _load(source, name, limits)
    _refuse_what_is_no_zip(data, name)
    if _END_RECORD not in data:
        raise _damaged(name, "filen är avbruten, slutet saknas")
    if data.count(_DIRECTORY_RECORD) > limits.max_parts:
        raise _too_large(name, "för många delar")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _read_archive(_Package(archive, len(data), name, limits))
    except DefusedXmlException as error:
        raise _refused(
            f"{name} innehåller kod som Fou inte läser.",
            found="en dokumenttypsdefinition (DTD), som inte hör hemma i en arbetsbok",
            help="Öppna filen i Excel och spara den på nytt som Excel-arbetsbok (.xlsx).",
            kind="forbidden_xml",
        ) from error
    except _DAMAGE as error:
        raise _damaged(name, "innehållet går inte att läsa") from error


# What is wrong ---------------------------------------------------------------------------------------------

_WORKBOOK_EXPECTED = "en Excel-arbetsbok (.xlsx eller .xlsm)"
_SAVE_AS_XLSX = "Öppna filen i Excel, välj Arkiv › Spara som och filformatet Excel-arbetsbok (.xlsx)."
_SAVE_AGAIN = "Öppna filen i Excel, kontrollera att allt är med, och spara den på nytt som Excel-arbetsbok (.xlsx)."
#: What zipfile, zlib, expat and decoding raise on files that were cut off, garbled or made to deceive.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, ExpatError, struct.error, EOFError, OSError, ValueError, LookupError,
    NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip


def _refused(
    message: str,
    *,
    found: str,
    help: str,
    kind: str,
    expected: str = _WORKBOOK_EXPECTED,
    sheet: str = "",
    cell: str = "",
) -> ImportRefused:
    return ImportRefused(message, [Finding(Severity.ERROR, sheet, cell, found, expected, help, kind)])


def _damaged(name: str, found: str, sheet: str = "", cell: str = "") -> ImportRefused:
    return _refused(
        f"{name} är skadad och går inte att läsa.",
        found=found,
        expected="en hel Excel-arbetsbok (.xlsx eller .xlsm)",
        help=_SAVE_AGAIN,
        kind="damaged_file",
        sheet=sheet,
        cell=cell,
    )


def _too_large(name: str, found: str, sheet: str = "", kind: str = "too_large") -> ImportRefused:
    return _refused(
        f"{name} är för stor.",
        found=found,
        expected="en arbetsbok med budgetens blad",
        help="Ta bort blad, bilder och data som inte hör till budgeten, eller kopiera budgetens blad "
        "till en ny arbetsbok.",
        kind=kind,
        sheet=sheet,
    )


# From file to parts ----------------------------------------------------------------------------------------

#: Begins each file's record in a zip file's directory. Counting it bounds what zipfile will keep in memory.
_DIRECTORY_RECORD = b"PK\x01\x02"
#: Ends a zip file, so a file without it was cut off.
_END_RECORD = b"PK\x05\x06"
_CHUNK = 1 << 16
#: Expat keeps, and rereads with each chunk, a tag that has not ended; no tag in a workbook is near this long.
_LONGEST_TAG = 1 << 20
#: No workbook nests its tags or lists its parts like this; expat and the lists would fill the memory.
_DEEPEST = 100
_MOST_LISTED = 10_000
#: Excel itself takes 65 490 cell styles.
_MOST_STYLES = 100_000
#: How many different numbers to remember in order to read each once: years and codes recur, amounts too.
_MOST_REMEMBERED = 100_000


def _load(source: Path | bytes, name: str, limits: Limits) -> bytes:
    """The file's bytes, unless there are none or too many."""
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > limits.max_file_bytes:
            raise _too_large(name, f"{size / 1e6:.0f} MB, mer än {limits.max_file_bytes / 1e6:.0f} MB")
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise _refused(
            f"{name} går inte att öppna.",
            found=f"ett fel när filen lästes: {error.strerror}",
            help="Kontrollera att filen finns kvar och att inget annat program har den öppen.",
            kind="unreadable_file",
        ) from error
    if not data:
        raise _refused(
            f"{name} är tom.",
            found="en fil på 0 byte",
            help="Filen blev troligen aldrig färdig. Spara eller hämta den på nytt.",
            kind="empty_file",
        )
    return data


def _refuse_what_is_no_zip(data: bytes, name: str) -> None:
    """Say what the file is, when it is something that people take for a workbook."""
    if data.startswith(b"PK\x03\x04"):
        return
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    help = _SAVE_AS_XLSX
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        kind = "old_or_locked"
        found = "en arbetsbok som är lösenordsskyddad eller i gammalt format (.xls)"
        help = f"Ta bort lösenordet om det finns ett. {_SAVE_AS_XLSX}"
    elif start.startswith(b"<") and b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        kind, found = "xml_2003", "ett XML-kalkylblad från Excel 2003"
    elif start.startswith(b"<") and re.search(rb"<(?:!doctype html|html|head|body|meta|table|style)\b", start):
        kind, found = "html", "en webbsida (HTML) som har fått ett Excelnamn"
    elif start.startswith(b"%pdf"):
        kind, found = "pdf", "en PDF"
        help = "Be den som gjorde filen om arbetsboken som den kommer från."
    elif _is_text(data[:4096]):
        kind, found = "text", "en textfil, till exempel CSV"
        help = f"Öppna filen i Excel med Data › Från text/CSV. {_SAVE_AS_XLSX}"
    else:
        kind, found = "not_a_workbook", "en fil av ett annat slag"
    raise _refused(f"{name} är inte en Excel-arbetsbok utan {found}.", found=found, help=help, kind=kind)


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 9 or 13 < byte < 32 for byte in start)


class _Package:
    """The parts of an open workbook, and how much of the limits its reading has used up."""

    def __init__(self, archive: zipfile.ZipFile, file_bytes: int, name: str, limits: Limits) -> None:
        self.archive, self.file_bytes, self.name, self.limits = archive, file_bytes, name, limits
        self.parts: dict[str, zipfile.ZipInfo] = {}
        self.unpacked = self.rows = self.cells = self.text = 0
        for part in archive.infolist():
            key = part.filename.replace("\\", "/").lower()
            if key in self.parts:
                raise _damaged(name, f"delen {part.filename} finns två gånger")
            if part.flag_bits & 1:
                raise _refused(
                    f"{name} är lösenordsskyddad.",
                    found="en fil med lösenord",
                    help=f"Ta bort lösenordet. {_SAVE_AS_XLSX}",
                    kind="old_or_locked",
                )
            self.parts[key] = part

    def parse(self, path: str, handler: _Handler, sheet: str = "") -> None:
        """Feed one part through the handler's ``start``, ``end`` and ``data``."""
        part = self.parts.get(path.lower())
        if part is None:
            raise _damaged(self.name, f"delen {path} saknas", sheet)
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # The other methods unpack without a bound on how much comes out at once.
            raise _damaged(self.name, f"delen {path} är packad på ett sätt som inte används i Excel", sheet)
        # The guard refuses document types and entities; its own slower tree building is not wanted.
        expat = DefusedXMLParser(forbid_dtd=True).parser
        expat.DefaultHandlerExpand = None
        expat.ordered_attributes = False
        expat.buffer_text = True
        expat.StartElementHandler = handler.start
        expat.EndElementHandler = handler.end
        expat.CharacterDataHandler = handler.pieces.append
        try:
            self._feed(expat, part, sheet)
        finally:
            # Else the parser, part of a reference cycle, would hold on to the cells for a while.
            expat.StartElementHandler = expat.EndElementHandler = expat.CharacterDataHandler = None

    def _feed(self, expat: XMLParserType, part: zipfile.ZipInfo, sheet: str) -> None:
        fed = 0
        for chunk in self._unpack(part, sheet):
            expat.Parse(chunk, False)
            fed += len(chunk)
            if fed - expat.CurrentByteIndex > _LONGEST_TAG:
                raise _damaged(self.name, f"delen {part.filename} har en orimligt lång tagg", sheet)
        expat.Parse(b"", True)

    def _unpack(self, part: zipfile.ZipInfo, sheet: str) -> Iterator[bytes]:
        """Unpack a part piece by piece, counting what really comes out."""
        if self.unpacked + part.file_size > self.limits.max_unpacked_bytes:
            self._refuse_size(sheet)
        with self.archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                self.unpacked += len(chunk)
                if self.unpacked > self.limits.max_unpacked_bytes or (
                    self.unpacked > self.limits.free_unpacked_bytes
                    and self.unpacked > self.limits.max_ratio * self.file_bytes
                ):
                    self._refuse_size(sheet)
                yield chunk

    def keep_text(self, text: str) -> str:
        """The text cleaned, counted against the limit; empty if there is nothing to see in it."""
        text = _clean(text)
        self.text += len(text)
        if self.text > self.limits.max_text:
            raise _too_large(self.name, "för mycket text")
        return text if text.strip() else ""

    def _refuse_size(self, sheet: str) -> NoReturn:
        raise _too_large(self.name, "innehållet blir orimligt stort när filen packas upp", sheet, "zip_bomb")


# From parts to workbook ------------------------------------------------------------------------------------


def _read_archive(package: _Package) -> Workbook:
    root = _find_workbook_part(package)
    book = _BookHandler()
    package.parse(root, book)
    relations = _relations(package, root)
    if len(book.sheets) > package.limits.max_sheets:
        raise _too_large(package.name, f"{len(book.sheets)} blad, fler än {package.limits.max_sheets}")
    strings: list[str] = []
    days: frozenset[str] = frozenset()
    for type_, target in relations.values():
        if type_ == "styles":
            styles = _StylesHandler()
            package.parse(target, styles)
            days = styles.days()
        if type_ == "sharedStrings":
            handler = _StringsHandler(package)
            package.parse(target, handler)
            strings = handler.strings

    sheets: list[Sheet] = []
    names: set[str] = set()
    targets: set[str] = set()
    numbers: dict[str, Value] = {}
    for name, relation, hidden in book.sheets:
        type_, target = relations.get(relation, ("", ""))
        if type_ in ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"):
            continue
        if type_ != "worksheet":
            raise _damaged(package.name, "bladets innehåll saknas", name)
        if name.lower() in names or target.lower() in targets:
            raise _damaged(package.name, "bladet finns två gånger", name)
        names.add(name.lower())
        targets.add(target.lower())
        cells = _CellsHandler(package, name, strings, numbers, days, book.date1904)
        package.parse(target, cells, name)
        sheets.append(Sheet(name, cells.rows, hidden))
    if not sheets:
        raise _damaged(package.name, "arbetsboken har inga kalkylblad")
    return Workbook(tuple(sheets), book.date1904)


def _find_workbook_part(package: _Package) -> str:
    """The path of the main part; says so when the package is something else than a workbook."""
    parts = package.parts
    for type_, target in _relations(package, "").values():
        if type_ == "officeDocument" and target.lower().endswith(".xml"):
            if target.lower().startswith(("word/", "ppt/")):
                break
            return target
    if "content.xml" in parts and "mimetype" in parts:
        kind, found = "open_document", "ett OpenDocument-kalkylblad (.ods)"
    elif "xl/workbook.bin" in parts:
        kind, found = "binary_workbook", "en binär arbetsbok (.xlsb)"
    elif any(part.startswith(("word/", "ppt/")) for part in parts):
        kind, found = "other_document", "ett Word- eller PowerPoint-dokument"
    elif "[content_types].xml" in parts or any(part.startswith("xl/") for part in parts):
        raise _damaged(package.name, "delar av arbetsboken saknas")
    else:
        kind, found = "not_a_workbook", "en zip-fil"
    raise _refused(
        f"{package.name} är inte en Excel-arbetsbok utan {found}.", found=found, help=_SAVE_AS_XLSX, kind=kind
    )


def _relations(package: _Package, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: relation id → (last word of the relation's type, path of the part)."""
    folder, _, file = part.rpartition("/")
    path = f"{folder}/_rels/{file}.rels".lstrip("/")
    if path.lower() not in package.parts:
        return {}
    handler = _RelationsHandler(folder)
    package.parse(path, handler)
    return handler.relations


class _Handler:
    """Gets a part tag by tag. ``pieces`` is the text since the last opening tag; ``start`` clears it."""

    __slots__ = ("depth", "pieces")

    def __init__(self) -> None:
        self.depth = 0
        self.pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.pieces.clear()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("tags nested too deep")

    def end(self, name: str) -> None:
        self.depth -= 1


class _RelationsHandler(_Handler):
    """Collects the relations of one part; those to something outside the file are left out."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        self.relations: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if _local(name) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = unquote(attributes.get("Target", "")).replace("\\", "/")
        path = target if target.startswith("/") else f"{self.folder}/{target}"
        type_ = attributes.get("Type", "").rpartition("/")[2]
        self.relations[attributes.get("Id", "")] = (type_, normpath(path).lstrip("/"))
        if len(self.relations) > _MOST_LISTED:
            raise ValueError("too many relations")


class _BookHandler(_Handler):
    """Collects the sheets in order as (name, relation id, is hidden), and which epoch dates count from."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []
        self.date1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        local = _local(name)
        if local == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((_clean(attributes.get("name", "")), relation, hidden))
            if len(self.sheets) > _MOST_LISTED:
                raise ValueError("too many sheets")
        elif local == "workbookPr":
            self.date1904 = attributes.get("date1904", "0") in ("1", "true")


class _StringsHandler(_Handler):
    """Collects the shared strings: the runs of a rich text joined, reading aids (phonetic runs) left out."""

    def __init__(self, package: _Package) -> None:
        super().__init__()
        self.package = package
        self.strings: list[str] = []
        self.runs: list[str] = []
        self.phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        local = _local(name)
        if local == "si":
            self.runs.clear()
        elif local == "rPh":
            self.phonetic = True

    def end(self, name: str) -> None:
        super().end(name)
        local = _local(name)
        if local == "t":
            if not self.phonetic:
                self.runs.extend(self.pieces)
        elif local == "si":
            self.strings.append(self.package.keep_text("".join(self.runs)))
            if len(self.strings) > self.package.limits.max_cells:
                raise _too_large(self.package.name, "för många texter")
        elif local == "rPh":
            self.phonetic = False


class _StylesHandler(_Handler):
    """Collects the number format of each cell style, to tell which of them show a number as a day."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.formats: list[str] = []
        self.in_cell_styles = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        local = _local(name)
        if local == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif local == "cellXfs":
            self.in_cell_styles = True
        elif local == "xf" and self.in_cell_styles:
            self.formats.append(attributes.get("numFmtId", "0"))
        if len(self.codes) + len(self.formats) > _MOST_STYLES:
            raise ValueError("too many styles")

    def end(self, name: str) -> None:
        super().end(name)
        if _local(name) == "cellXfs":
            self.in_cell_styles = False

    def days(self) -> frozenset[str]:
        """The styles, as cells name them, that show a day."""
        return frozenset(str(style) for style, number in enumerate(self.formats) if self._is_day(number))

    def _is_day(self, number: str) -> bool:
        if number in self.codes:
            return is_date_format(self.codes[number]) and is_datetime(self.codes[number]) != "time"
        return number in _DAY_FORMATS


class _CellsHandler(_Handler):
    """Collects the cells of one sheet that hold something.

    ``start`` and ``end`` are called for every tag of the sheet, hundreds of thousands of times: they compare
    whole qualified names, keep state in slots, and do no more for a blank cell than see that it is blank.
    """

    __slots__ = (
        "cells", "column", "columns", "date1904", "days", "formula", "formula_text", "masters", "numbers", "package",
        "phonetic",
        "raw", "reference", "row", "row_text", "rows", "runs", "sheet", "strings", "style",
        "tag_c", "tag_f", "tag_is", "tag_row", "tag_rph", "tag_t", "tag_v", "type",
    )  # fmt: skip

    def __init__(
        self,
        package: _Package,
        sheet: str,
        strings: list[str],
        numbers: dict[str, Value],
        days: frozenset[str],
        date1904: bool,
    ) -> None:
        super().__init__()
        self.package, self.sheet, self.strings, self.numbers = package, sheet, strings, numbers
        self.days, self.date1904 = days, date1904
        self.style: str | None = None
        self.rows: list[tuple[int, dict[int, Value]]] = []
        self.columns = _ColumnNumbers()
        self.masters: dict[str, str] = {}
        self.row, self.row_text, self.column = 0, "", 0
        self.cells: dict[int, Value] = {}
        self.reference: str | None = None
        self.type: str | None = None
        self.raw: str | None = None
        self.formula: dict[str, str] | None = None
        self.formula_text = ""
        self.runs: list[str] = []
        self.phonetic = False
        self._name_tags("")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.pieces.clear()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("tags nested too deep")
        if name == self.tag_v:
            return
        if name == self.tag_c:
            self.reference = attributes.get("r")
            self.type = attributes.get("t")
            self.style = attributes.get("s")
            self.raw = None
            self.formula = None
        elif name == self.tag_row:
            self._start_row(attributes.get("r"))
        elif name == self.tag_f:
            self.formula = attributes
        elif name == self.tag_is:
            self.runs.clear()
        elif name == self.tag_rph:
            self.phonetic = True
        elif self.depth == 1:
            namespace, _, local = name.rpartition("}")
            if local != "worksheet":
                raise ValueError("not a worksheet")
            self._name_tags(f"{namespace}}}" if namespace else "")

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == self.tag_v:
            self.raw = "".join(self.pieces)
        elif name == self.tag_c:
            self._end_cell()
        elif name == self.tag_row:
            if self.cells:
                self._end_row()
        elif name == self.tag_f:
            self.formula_text = "".join(self.pieces)
        elif name == self.tag_t:
            if not self.phonetic:
                self.runs.extend(self.pieces)
        elif name == self.tag_is:
            self.raw = "".join(self.runs)
        elif name == self.tag_rph:
            self.phonetic = False

    def _name_tags(self, namespace: str) -> None:
        self.tag_c, self.tag_v, self.tag_f = f"{namespace}c", f"{namespace}v", f"{namespace}f"
        self.tag_row, self.tag_is, self.tag_t = f"{namespace}row", f"{namespace}is", f"{namespace}t"
        self.tag_rph = f"{namespace}rPh"

    def _start_row(self, number: str | None) -> None:
        """A row may leave out its number, and then follows the one before; it may not go back."""
        row = self.row + 1 if number is None else int(number)
        if row <= self.row:
            raise _damaged(self.package.name, f"rad {row} står efter rad {self.row}", self.sheet)
        self.row, self.row_text, self.column = row, number or str(row), 0
        if self.cells:
            self.cells = {}

    def _end_row(self) -> None:
        package, limits = self.package, self.package.limits
        package.rows += 1
        package.cells += len(self.cells)
        if package.rows > limits.max_rows:
            raise _too_large(package.name, f"fler än {limits.max_rows} rader med innehåll", self.sheet, "too_many_rows")
        if package.cells > limits.max_cells:
            raise _too_large(
                package.name, f"fler än {limits.max_cells} celler med innehåll", self.sheet, "too_many_cells"
            )
        if self.row > limits.last_row:
            raise self._far_away(min(self.cells))
        self.rows.append((self.row, self.cells))

    def _end_cell(self) -> None:
        reference = self.reference
        if reference is None:
            column = self.column + 1
        else:
            split = len(reference) - len(self.row_text)
            if reference[split:] != self.row_text or split < 1:
                raise _damaged(self.package.name, f"en cell på fel rad ({self.row})", self.sheet, reference[:20])
            column = self.columns[reference[:split]]
        self.column = column

        raw, type_ = self.raw, self.type
        value: Value | None
        if raw:
            if type_ is None or type_ == "n":
                value = self.numbers.get(raw)
                if value is None:
                    value = self._number(raw)
                if self.style in self.days:
                    value = _shown_day(value, self.date1904)
            elif type_ == "s":
                value = self._shared_string(raw)
            else:
                value = self._other(raw, type_)
            if self.formula is not None:
                self._remember_formula()
        elif self.formula is not None:
            self._remember_formula()
            # A text formula may well give an empty text; any other without a value was never calculated.
            value = "" if type_ == "str" and raw is not None else Broken("formula", self._formula_shown())
        else:
            return
        if value == "":
            return
        if column > self.package.limits.max_columns:
            raise self._far_away(column)
        if column in self.cells:
            raise _damaged(self.package.name, "cellen finns två gånger", self.sheet, self._address(column))
        self.cells[column] = value

    def _number(self, raw: str) -> Value:
        value = _read_number(raw)
        if len(self.numbers) < _MOST_REMEMBERED:
            self.numbers[raw] = value
        return value

    def _shared_string(self, raw: str) -> str:
        index = int(raw)
        if not 0 <= index < len(self.strings):
            raise _damaged(self.package.name, "en text som saknas", self.sheet, self._address(self.column))
        return self.strings[index]

    def _other(self, raw: str, type_: str) -> Value:
        if type_ in ("str", "inlineStr"):
            return self.package.keep_text(raw)
        if type_ == "b":
            return raw.strip() in ("1", "true")
        if type_ == "d":
            return _read_iso_date(raw) or self.package.keep_text(raw)
        return Broken("error", self.package.keep_text(raw))

    def _remember_formula(self) -> None:
        """Cells that share a formula hold it in the first of them only."""
        formula = self.formula or {}
        if self.formula_text and formula.get("t") == "shared":
            self.masters.setdefault(formula.get("si", ""), self._address(self.column))

    def _formula_shown(self) -> str:
        if self.formula_text:
            return self.package.keep_text(f"={self.formula_text}")
        master = self.masters.get((self.formula or {}).get("si", ""))
        return f"samma formel som i {master}" if master else "=…"

    def _address(self, column: int) -> str:
        return cell_address(self.row, column)

    def _far_away(self, column: int) -> ImportRefused:
        limits, address = self.package.limits, self._address(column)
        return _refused(
            f"{self.package.name} har innehåll långt utanför tabellen, i {self.sheet} › {address}.",
            found="innehåll långt utanför tabellen",
            expected=f"högst {limits.max_columns} kolumner (till {column_letters(limits.max_columns)}) "
            f"och {limits.last_row} rader",
            help="Gå till cellen, radera det som står där och annat som står utanför tabellen, och spara.",
            kind="far_cell",
            sheet=self.sheet,
            cell=address,
        )


class _ColumnNumbers(dict[str, int]):
    """Column letters → column number, worked out once for each column."""

    def __missing__(self, letters: str) -> int:
        if not _LETTERS.fullmatch(letters):
            raise ValueError("not a column")
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - ord("A") + 1
        self[letters] = number
        return number


# From text to values ---------------------------------------------------------------------------------------

_LETTERS = re.compile(r"[A-Z]{1,3}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
#: The built-in number formats that show a day (14–17 and 22, and those of East Asia).
_DAY_FORMATS = {str(number) for number in (*range(14, 18), 22, *range(27, 32), 36, *range(50, 59))}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def _local(name: str) -> str:
    """A tag's name without its namespace, of which there are two kinds (transitional and strict)."""
    return name.rpartition("}")[2]


def _read_number(raw: str) -> Decimal | Broken:
    """A stored number with the 15 significant digits that Excel counts with: 0.30000000000000004 is 0.3."""
    if len(raw) <= 15 and raw.isdigit() and raw.isascii():
        return Decimal(raw)
    number = float(raw) if _NUMBER.fullmatch(raw := raw.strip()) else inf
    if not isfinite(number):
        return Broken("error", _clean(raw[:100]))
    value = Decimal(f"{number:.15g}")
    return Decimal(f"{value:f}") if value else Decimal(0)


def _shown_day(value: Value, date1904: bool) -> Value:
    """The day that a number is shown as; the number itself where Excel would show none."""
    try:
        found = from_excel(float(value), CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return value
    return found.date() if isinstance(found, datetime) else value


def _read_iso_date(raw: str) -> date | None:
    """A date stored as text (strict format); None if it says a time of day too, or is no date."""
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None
    return moment.date() if moment.time() == time() else None


def _clean(text: str) -> str:
    """Text as a person sees it: escapes (``_x000D_``) resolved, line breaks alike, no control characters."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        if _SURROGATE.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text)
