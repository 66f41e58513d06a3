"""Read .xlsx and .xlsm files into sparse cells: streaming, within set limits, and trusting nothing in them.

openpyxl is not used here: it cannot tell a formula without a stored value from an empty cell, fills the sheet
out to its farthest cell, gives amounts as floats, and takes longer to load than most workbooks to read. The
format is ISO/IEC 29500 (Office Open XML).
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote
from xml.parsers.expat import ExpatError
from xml.parsers.expat.errors import XML_ERROR_NO_MEMORY
from xml.parsers.expat.errors import codes as expat_codes

from fou.imports.files import number_formats
from fou.imports.files.cells import Sheet, Value, Workbook
from fou.imports.files.limits import DEFAULT_LIMITS, Limits
from fou.imports.files.package import DIRECTORY_RECORD, END_RECORD, ForbiddenXml, Handler, Package, local
from fou.imports.files.refusals import SAVE_AS_XLSX, damaged, load, refuse_what_is_no_zip, refused, too_large
from fou.imports.files.stored import clean
from fou.imports.files.worksheet import DAY, SheetHandler, Shown

#: No workbook lists its parts like this; the lists would fill the memory.
_MOST_LISTED = 10_000
#: Excel itself takes 65 490 cell styles.
_MOST_STYLES = 100_000
#: What zipfile, zlib, expat and decoding raise on files that were cut off, garbled or made to deceive.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, ExpatError, struct.error, EOFError, OSError, ValueError, LookupError,
    NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip


def read_workbook(source: Path | bytes, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """Read every worksheet of a workbook, hidden ones too; ``name`` is what the file is called in messages.

    Numbers are Decimal with the 15 significant digits that Excel itself keeps. A number that the cell shows as
    a day is a date; one that is only meant as such stays a number (days since the epoch that
    ``Workbook.date1904`` tells). Text is as it stands in the cell. A cell whose
    value cannot be known is ``Broken``. Empty cells, and cells with blanks only, are absent.

    Raises ``ImportRefused`` with one finding when the file is no workbook, is damaged or is too large.
    """
    name = name or (source.name if isinstance(source, Path) else "Filen")
    data = load(source, name, limits)
    refuse_what_is_no_zip(data, name)
    if END_RECORD not in data:
        raise damaged(name, "filen är avbruten, slutet saknas")
    if data.count(DIRECTORY_RECORD) > limits.max_parts:
        raise too_large(name, "för många delar")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _read_archive(Package(archive, len(data), name, limits))
    except ForbiddenXml as error:
        raise refused(
            f"{name} innehåller kod som Fou inte läser.",
            found="en dokumenttypsdefinition (DTD), som inte hör hemma i en arbetsbok",
            help="Öppna filen i Excel och spara den på nytt som Excel-arbetsbok (.xlsx).",
            kind="forbidden_xml",
        ) from error
    except _DAMAGE as error:
        if getattr(error, "code", 0) == expat_codes[XML_ERROR_NO_MEMORY]:
            raise MemoryError from error
        raise damaged(name, "innehållet går inte att läsa") from error


def _read_archive(package: Package) -> Workbook:
    root = _find_workbook_part(package)
    book = _BookHandler()
    package.parse(root, book)
    relations = _relations(package, root)
    if len(book.sheets) > package.limits.max_sheets:
        raise too_large(package.name, f"{len(book.sheets)} blad, fler än {package.limits.max_sheets}")
    strings: list[str] = []
    shown: Shown = {}
    for type_, target in relations.values():
        if type_ == "styles":
            styles = _StylesHandler()
            package.parse(target, styles)
            shown = styles.shown()
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
            raise damaged(package.name, "bladets innehåll saknas", name)
        if name.lower() in names or target.lower() in targets:
            raise damaged(package.name, "bladet finns två gånger", name)
        names.add(name.lower())
        targets.add(target.lower())
        sheet = SheetHandler(package, name, strings, numbers, shown, book.date1904)
        package.parse(target, sheet, name)
        sheets.append(sheet.read(hidden))
    if not sheets:
        raise damaged(package.name, "arbetsboken har inga kalkylblad")
    return Workbook(tuple(sheets), book.date1904)


def _find_workbook_part(package: Package) -> str:
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
        raise damaged(package.name, "delar av arbetsboken saknas")
    else:
        kind, found = "not_a_workbook", "en zip-fil"
    raise refused(f"{package.name} är inte en Excel-arbetsbok utan {found}.", found=found, help=SAVE_AS_XLSX, kind=kind)


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: relation id → (last word of the relation's type, path of the part)."""
    folder, _, file = part.rpartition("/")
    path = f"{folder}/_rels/{file}.rels".lstrip("/")
    if path.lower() not in package.parts:
        return {}
    handler = _RelationsHandler(folder)
    package.parse(path, handler)
    return handler.relations


class _RelationsHandler(Handler):
    """Collects the relations of one part; those to something outside the file are left out."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        self.relations: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if local(name) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = unquote(attributes.get("Target", "")).replace("\\", "/")
        path = target if target.startswith("/") else f"{self.folder}/{target}"
        type_ = attributes.get("Type", "").rpartition("/")[2]
        self.relations[attributes.get("Id", "")] = (type_, normpath(path).lstrip("/"))
        if len(self.relations) > _MOST_LISTED:
            raise ValueError("too many relations")


class _BookHandler(Handler):
    """Collects the sheets in order as (name, relation id, is hidden), and which epoch dates count from."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []
        self.date1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        tag = local(name)
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((clean(attributes.get("name", "")), relation, hidden))
            if len(self.sheets) > _MOST_LISTED:
                raise ValueError("too many sheets")
        elif tag == "workbookPr":
            self.date1904 = attributes.get("date1904", "0") in ("1", "true")


class _StringsHandler(Handler):
    """Collects the shared strings: the runs of a rich text joined, reading aids (phonetic runs) left out."""

    def __init__(self, package: Package) -> None:
        super().__init__()
        self.package = package
        self.strings: list[str] = []
        self.runs: list[str] = []
        self.phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        tag = local(name)
        if tag == "si":
            self.runs.clear()
        elif tag == "rPh":
            self.phonetic = True

    def end(self, name: str) -> None:
        super().end(name)
        tag = local(name)
        if tag == "t":
            if not self.phonetic:
                self.runs.extend(self.pieces)
        elif tag == "si":
            self.strings.append(self.package.keep_text("".join(self.runs)))
            if len(self.strings) > self.package.limits.max_cells:
                raise too_large(self.package.name, "för många texter")
        elif tag == "rPh":
            self.phonetic = False


class _StylesHandler(Handler):
    """Collects the number format of each cell style, to tell what it shows a number as."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.formats: list[str] = []
        self.in_cell_styles = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        tag = local(name)
        if tag == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self.in_cell_styles = True
        elif tag == "xf" and self.in_cell_styles:
            self.formats.append(attributes.get("numFmtId", "0"))
        if len(self.codes) + len(self.formats) > _MOST_STYLES:
            raise ValueError("too many styles")

    def end(self, name: str) -> None:
        super().end(name)
        if local(name) == "cellXfs":
            self.in_cell_styles = False

    def shown(self) -> Shown:
        """What the styles, as cells name them, show numbers as; a cell that names none has the first."""
        of_format = {number: self._shown(number) for number in set(self.formats)}
        found = ((style, of_format[number]) for style, number in enumerate(self.formats))
        shown: dict[str | None, str] = {str(style): code for style, code in found if code is not None}
        if "0" in shown:
            shown[None] = shown["0"]
        return shown

    def _shown(self, number: str) -> str | None:
        code = self.codes.get(number)
        if number_formats.is_day(int(number), code):
            return DAY
        return number_formats.telling(int(number), code)
