"""Read delimited text (CSV with semicolons, commas or tabs) into sparse cells, within set limits.

Nothing heavy is imported here: files are read in a process of their own.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import chain, islice, pairwise
from pathlib import PurePath

from fou.errors import ImportRefused
from fou.imports.files.cells import Sheet, Value, Workbook, cell_address
from fou.imports.files.limits import DEFAULT_LIMITS, Limits
from fou.imports.files.refusals import refused

#: In this order when nothing else tells them apart: a comma is also a decimal sign, a semicolon only a pause.
DELIMITERS = ("\t", ";", ",")


def is_delimited(data: bytes) -> bool:
    """Whether the file is text that ``read_delimited`` may be tried on: no workbook, PDF, picture or web page."""
    if data.startswith(_OTHER_FILES):
        return False
    if data.startswith(tuple(_UTF_16)):
        return True
    start = data[:_SNIFFED]
    controls = len(start) - len(start.translate(None, _CONTROLS))
    return controls <= max(_STRAY_CONTROLS, len(start) // 50) and not _MARKUP.match(start)


def first_row(data: bytes) -> list[str]:
    """The fields of the first row, by which a known layout is recognised; empty when they cannot be read."""
    head = data[:_SNIFFED]
    if len(head) < len(data) and head[:2] not in _UTF_16:
        head = head.rpartition(b"\n")[0]  # no character cut in two
    try:
        text, delimiter = find_delimiter(_decode(head, ""))
    except ImportRefused:
        return []
    return next(csv.reader(StringIO(text, newline=""), delimiter=delimiter), [])


def read_delimited(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """Read a text file as a workbook of one sheet, called as the file without its ending.

    UTF-8 with or without a byte order mark, UTF-16 with one, or cp1252. Cells are text as it stands, without
    control characters; empty cells, and cells with blanks only, are absent. Rows are counted as Excel shows
    them: a field may span several lines, and a first line ``sep=;`` is no row.

    Raises ``ImportRefused`` with one finding when the file is no such text, is damaged or is too large.
    """
    text, delimiter = find_delimiter(read_text(data, name, limits))
    rows: list[tuple[int, dict[int, Value]]] = []
    cells = 0
    for number, fields in split(text, delimiter, name):
        row: dict[int, Value] = {i: field for i, field in enumerate(fields, 1) if field and not field.isspace()}
        if not row:
            continue
        rows.append((number, row))
        cells += len(row)
        if len(rows) > limits.max_rows or number > limits.last_row:
            raise _too_large(name, f"fler än {limits.max_rows} rader")
        if cells > limits.max_cells:
            raise _too_large(name, f"fler än {limits.max_cells} ifyllda celler")
        if next(reversed(row)) > limits.max_columns:
            raise _too_large(name, f"fler än {limits.max_columns} kolumner", f"rad {number}")
    if not rows:
        raise _empty(name, "en fil utan innehåll")
    return Workbook((Sheet(PurePath(name).stem or name, rows),))


def read_text(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """The file's text without control characters; line breaks stay as they are. Raises ``ImportRefused``."""
    if len(data) > limits.max_file_bytes:
        raise _too_large(name, f"{len(data) / 1e6:.0f} MB, mer än {limits.max_file_bytes / 1e6:.0f} MB")
    if not data:
        raise _empty(name, "en fil på 0 byte")
    if not is_delimited(data):
        raise _refused(
            f"{name} är inte en textfil.",
            found="en fil av ett annat slag",
            help="Spara uppgifterna som CSV UTF-8 (kommaavgränsad) eller som Excel-arbetsbok (.xlsx).",
            kind="not_text",
        )
    return _decode(data, name)


def find_delimiter(text: str) -> tuple[str, str]:
    """The text without Excel's own ``sep=;`` line, and the character between its fields.

    The one is taken that gives most rows the same number of fields. A comma between digits, or before a blank,
    speaks for decimals and prose rather than for fields.
    """
    if told := _SEPARATOR_LINE.match(text):
        return text[told.end() :], told[1]
    sample = text[:_SAMPLED]
    best, best_rank = ";", (0.0, 0.0)
    for delimiter in DELIMITERS:
        rank = _rank(sample, delimiter, whole=len(sample) == len(text))
        if rank > best_rank:
            best, best_rank = delimiter, rank
    return text, best


def split(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row's number, from 1, and its fields, with line breaks as ``\\n``.

    Raises ``ImportRefused`` when a quotation mark that is never closed, or closed far below, has swallowed rows.
    """
    number = 0
    try:
        for number, fields in _split(text, delimiter, name, strict=True):
            yield number, fields
    except csv.Error:
        # A quotation mark out of place: read what people mean by it, but look for what it may have swallowed.
        yield from islice(_split(text, delimiter, name, strict=False), number, None)


# How text is told from other files --------------------------------------------------------------------------

_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_OTHER_FILES = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"{\\rtf",
    b"\x1f\x8b",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
)
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:[!?]|html|head|body|table|meta)", re.IGNORECASE)
_SNIFFED = 65_536
#: Text may hold a few stray control characters; more than one in fifty makes it something else.
_STRAY_CONTROLS = 3
_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})
_CONTROLS_IN_UTF_8 = (re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"\xef\xbf[\xbe\xbf]"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def _decode(data: bytes, name: str) -> str:
    if encoding := _UTF_16.get(data[:2]):
        try:
            return _CONTROL.sub("", data[2:].decode(encoding))
        except UnicodeDecodeError as error:
            raise _undecodable(name, "UTF-16", 0) from error
    data = data.translate(None, _CONTROLS)
    marked = data.startswith(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if marked or _is_mostly_utf_8(data):
            raise _undecodable(name, "UTF-8", data.count(b"\n", 0, error.start) + 1) from error
    else:
        # Looking through the bytes first is many times faster than through the text.
        odd = any(pattern.search(data) for pattern in _CONTROLS_IN_UTF_8)
        return _CONTROL.sub("", text) if odd else text
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _undecodable(name, "UTF-8 eller Windows-1252", data.count(b"\n", 0, error.start) + 1) from error


def _is_mostly_utf_8(data: bytes) -> bool:
    """Whether most letters outside ASCII are whole in UTF-8, so that the others are damage, not cp1252."""
    ascii_bytes = len(data.translate(None, bytes(range(128, 256))))
    whole = len(data.decode("utf-8", "ignore").encode()) - ascii_bytes
    return whole > len(data) - ascii_bytes - whole


# How the delimiter is found ---------------------------------------------------------------------------------

_SEPARATOR_LINE = re.compile(r'"?sep=([;,\t])"?[ \t;,]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_SAMPLED = 262_144


def _rank(sample: str, delimiter: str, whole: bool) -> tuple[float, float]:
    """How well the rows agree on their number of fields, first with regard to what a comma may mean, then without."""
    csv.field_size_limit(_LONGEST_FIELD)
    rows = [fields for fields in csv.reader(StringIO(sample, newline=""), delimiter=delimiter) if any(fields)]
    if not whole and len(rows) > 1:
        del rows[-1]  # which was cut off
    widths = Counter(len(fields) for fields in rows if len(fields) > 1)
    if not widths:
        return 0.0, 0.0
    width, agreeing = max(widths.items(), key=lambda found: (found[1], found[0]))
    share = agreeing / len(rows)
    if delimiter != ",":
        return share, share
    pairs = [(left, right) for fields in rows if len(fields) == width for left, right in pairwise(fields)]
    decimals = sum(left[-1:].isdigit() and right[:1].isdigit() for left, right in pairs)
    if width == 2 and decimals == len(pairs):
        return 0.0, 0.0  # a single column of decimals
    pauses = sum(right.startswith(" ") for _, right in pairs)
    return share * max(len(pairs) - decimals - pauses, 0) / len(pairs), share


# How quotation marks are held to their fields ---------------------------------------------------------------

_LONGEST_FIELD = 2**31 - 1
_AFTER_LAST = "\ue000"


def _split(text: str, delimiter: str, name: str, strict: bool) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_FIELD)
    row: list[str] = []  # the lines of the row at hand
    lines = _held(StringIO(text, newline=""), row, () if strict else (_AFTER_LAST,))
    rows = _strict_rows(lines, delimiter) if strict else csv.reader(lines, delimiter=delimiter)
    width = 0
    for number, fields in enumerate(rows, 1):
        if row[-1] is _AFTER_LAST:
            if len(row) > 1:  # a quotation mark still open at the end takes even this line into its field
                raise _open_quote(name, number, len(fields), fields[-1].removesuffix(_AFTER_LAST))
            return
        if len(row) > 1:
            for i, field in enumerate(fields):
                if "\r" in field:
                    field = fields[i] = field.replace("\r\n", "\n").replace("\r", "\n")
                if (
                    delimiter in field
                    and "\n" in field
                    and (_holds_rows(field, delimiter, width) or (not strict and not _is_strict(row, delimiter)))
                ):
                    raise _open_quote(name, number, i + 1, field)
        width = max(width, len(fields))
        row.clear()
        yield number, fields


def _strict_rows(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    """Each row's fields. A line without any quotation mark is a row as it stands, and need not be searched."""
    peeked: list[str] = []
    reader = csv.reader(_with_first(peeked, lines), delimiter=delimiter, strict=True)
    for line in lines:
        if '"' in line:
            peeked.append(line)
            yield next(reader)
        else:
            plain = line.rstrip("\r\n")
            yield plain.split(delimiter) if plain else []


def _with_first(first: list[str], rest: Iterator[str]) -> Iterator[str]:
    """The line that has been looked at already, when there is one, then those that follow."""
    while True:
        line = first.pop() if first else next(rest, None)
        if line is None:
            return
        yield line


def _held(lines: Iterable[str], row: list[str], after: tuple[str, ...]) -> Iterator[str]:
    """The lines, and those of ``after``, each added to ``row`` as it is read."""
    for line in chain(lines, after):
        row.append(line)
        yield line


def _holds_rows(field: str, delimiter: str, width: int) -> bool:
    """Whether a line inside the field is a whole row of the table: as many delimiters, and something between."""
    if width < 3 or field.count(delimiter) < width - 1:
        return False
    return any(
        line.count(delimiter) == width - 1 and sum(map(bool, line.split(delimiter))) > 1
        for line in field.split("\n")[1:-1]
    )


def _is_strict(row: list[str], delimiter: str) -> bool:
    """Whether the quotation marks of a row pair up.

    When one is missing, the next field's opening mark closes the field before, and text follows it.
    """
    try:
        list(csv.reader(row, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


# What is wrong ----------------------------------------------------------------------------------------------

_TEXT_EXPECTED = "en textfil (CSV) med semikolon, komma eller tabb mellan fälten"


def _refused(message: str, *, found: str, help: str, kind: str, cell: str = "") -> ImportRefused:
    return refused(message, found=found, expected=_TEXT_EXPECTED, help=help, kind=kind, cell=cell)


def _empty(name: str, found: str) -> ImportRefused:
    return _refused(
        f"{name} är tom.",
        found=found,
        help="Filen blev troligen aldrig färdig. Spara eller hämta den på nytt.",
        kind="empty_file",
    )


def _too_large(name: str, found: str, cell: str = "") -> ImportRefused:
    return _refused(
        f"{name} är för stor.",
        found=found,
        help="Ta bort rader och kolumner som inte behövs, eller dela filen i flera.",
        kind="too_large",
        cell=cell,
    )


def _undecodable(name: str, encoding: str, line: int) -> ImportRefused:
    return _refused(
        f"{name} innehåller tecken som inte går att läsa.",
        found=f"tecken som inte är {encoding}",
        help="Öppna filen i det program som den kommer från och spara den som CSV UTF-8.",
        kind="undecodable",
        cell=f"filens rad {line}" if line else "",
    )


def _open_quote(name: str, row: int, column: int, text: str) -> ImportRefused:
    start = text.lstrip().partition("\n")[0].strip()
    return _refused(
        f"{name} har ett citattecken som aldrig avslutas, så att flera rader flyter ihop.",
        found=start if len(start) <= 80 else f"{start[:79]}…",
        help=f'Sök efter citattecken (") från rad {row}. Ta bort det som är ensamt, eller skriv det dubbelt ("").',
        kind="open_quote",
        cell=cell_address(row, column),
    )
