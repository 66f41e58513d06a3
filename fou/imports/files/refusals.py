"""Why a file cannot be read, told in Swedish: too large, damaged, locked, or something else than a workbook."""

from __future__ import annotations

import re
from pathlib import Path

from fou.errors import ImportRefused
from fou.imports.files.limits import Limits
from fou.imports.findings import Finding, Severity

WORKBOOK_EXPECTED = "en Excel-arbetsbok (.xlsx eller .xlsm)"
SAVE_AS_XLSX = "Öppna filen i Excel, välj Arkiv › Spara som och filformatet Excel-arbetsbok (.xlsx)."
TAKE_PASSWORD_AWAY = (
    "Öppna filen i Excel med lösenordet, välj Arkiv › Info › Skydda arbetsbok › Kryptera med lösenord, "
    "töm rutan, spara och läs in filen igen."
)
SAVE_AGAIN = "Öppna filen i Excel, kontrollera att allt är med, och spara den på nytt som Excel-arbetsbok (.xlsx)."
TAKE_OUT = (
    "Ta bort blad, bilder och data som inte hör till budgeten, eller kopiera budgetens blad till en ny arbetsbok."
)

#: How much of a file's beginning tells what it is.
_HEAD_BYTES = 4096
#: Begins a compound file ([MS-CFB]), in which old Office programs store, and new ones what they encrypt.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Each record of a compound file's directory is 128 bytes, at an offset of whole records.
_DIRECTORY_RECORD = 128


def refused(
    message: str,
    *,
    found: str,
    help: str,
    kind: str,
    expected: str = WORKBOOK_EXPECTED,
    sheet: str = "",
    cell: str = "",
) -> ImportRefused:
    """A refusal with one finding."""
    return ImportRefused(message, [Finding(Severity.ERROR, sheet, cell, found, expected, help, kind)])


def damaged(name: str, found: str, sheet: str = "", cell: str = "") -> ImportRefused:
    """The file was cut off or garbled."""
    return refused(
        f"{name} är skadad och går inte att läsa.",
        found=found,
        expected="en hel Excel-arbetsbok (.xlsx eller .xlsm)",
        help=SAVE_AGAIN,
        kind="damaged_file",
        sheet=sheet,
        cell=cell,
    )


def too_large(name: str, found: str, sheet: str = "", kind: str = "too_large") -> ImportRefused:
    """There is more in the file than any budget needs."""
    return refused(
        f"{name} är för stor.",
        found=found,
        expected="en arbetsbok med budgetens blad",
        help=TAKE_OUT,
        kind=kind,
        sheet=sheet,
    )


def load(source: Path | bytes, name: str, limits: Limits) -> bytes:
    """The file's bytes; raises ImportRefused when there are none, too many, or no such file."""
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > limits.max_file_bytes:
            raise too_large(name, f"{size / 1e6:.0f} MB, mer än {limits.max_file_bytes / 1e6:.0f} MB")
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise refused(
            f"{name} går inte att öppna.",
            found=f"ett fel när filen lästes: {error.strerror}",
            help="Kontrollera att filen finns kvar och att inget annat program har den öppen.",
            kind="unreadable_file",
        ) from error
    if not data:
        raise refused(
            f"{name} är tom.",
            found="en fil på 0 byte",
            help="Filen blev troligen aldrig färdig. Spara eller hämta den på nytt.",
            kind="empty_file",
        )
    return data


def refuse_what_is_no_zip(data: bytes, name: str) -> None:
    """Say what the file is, when it is something that people take for a workbook."""
    if data.startswith(b"PK\x03\x04"):
        return
    kind, found, help = _what_it_is(data)
    if kind == "password":
        raise locked(name, found)
    raise refused(f"{name} är inte en Excel-arbetsbok utan {found}.", found=found, help=help, kind=kind)


def locked(name: str, found: str = "en fil med lösenord") -> ImportRefused:
    """The file can only be opened with a password."""
    return refused(f"{name} är lösenordsskyddad.", found=found, help=TAKE_PASSWORD_AWAY, kind="password")


def _what_it_is(data: bytes) -> tuple[str, str, str]:
    """What a file is that is no zip file, and how to mend it: (kind, found, help)."""
    start = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(_COMPOUND):
        return _what_the_compound_is(data)
    if start.startswith(b"<") and b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return "xml_2003", "ett XML-kalkylblad från Excel 2003", SAVE_AS_XLSX
    if start.startswith(b"<") and re.search(rb"<(?:!doctype html|html|head|body|meta|table|style)\b", start):
        return "html", "en webbsida (HTML) som har fått ett Excelnamn", SAVE_AS_XLSX
    if start.startswith(b"%pdf"):
        return "pdf", "en PDF", "Be den som gjorde filen om arbetsboken som den kommer från."
    if _is_text(data[:_HEAD_BYTES]):
        help = f"Öppna filen i Excel med Data › Från text/CSV. {SAVE_AS_XLSX}"
        return "text", "en textfil, till exempel CSV", help
    return "not_a_workbook", "en fil av ett annat slag", SAVE_AS_XLSX


def _what_the_compound_is(data: bytes) -> tuple[str, str, str]:
    # [MS-OFFCRYPTO] 2.3.4.4: what is encrypted with a password is the stream EncryptedPackage.
    if _has_stream(data, "EncryptedPackage"):
        return "password", "en lösenordsskyddad arbetsbok", TAKE_PASSWORD_AWAY
    if _has_stream(data, "WordDocument") or _has_stream(data, "PowerPoint Document"):
        return "other_document", "ett Word- eller PowerPoint-dokument", SAVE_AS_XLSX
    help = f"{SAVE_AS_XLSX} Ta bort lösenordet om det finns ett."
    return "old_format", "en arbetsbok i Excels gamla format (.xls)", help


def _has_stream(data: bytes, name: str) -> bool:
    """Whether a record of the compound file's directory has the name: the same words in a cell do not count."""
    record = f"{name}\0".encode("utf-16-le")
    position = data.find(record)
    while position >= 0 and position % _DIRECTORY_RECORD:
        position = data.find(record, position + 1)
    return position >= 0


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 9 or 13 < byte < 32 for byte in start)
