"""What the process that reads a file sends back: small, quick to unpack, and unable to run anything.

The cells travel as numbers and texts in long rows, each different value once: pickled one by one they would take
longer than to read. What remains is pickled, and unpickled with nothing but the classes of ``_ALLOWED``.
"""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, compress, count, islice, repeat
from operator import is_
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from fou.imports.files.cells import Broken, Sheet, Value, Workbook
from fou.imports.findings import Finding, Severity

if TYPE_CHECKING:
    from fou.imports.swecris.reading import SwecrisExport

    Read: TypeAlias = Workbook | SwecrisExport

#: The module and name of every class that may be in an answer.
_ALLOWED: dict[tuple[str, str], type] = {
    (kind.__module__, kind.__qualname__): kind for kind in (Broken, Decimal, date, datetime, Finding, Severity)
}
_SWECRIS = "fou.imports.swecris.reading"
_OF_SWECRIS = ("SwecrisExport", "Grant", "Unread")
#: Makes 0 of 1 and 1 of 0.
_SWAPPED = bytes((1, 0, *range(2, 256)))
#: So many numbers are written as one text, lest all of them are held as texts at once.
_NUMBERS_AT_ONCE = 10_000
#: The longest answer, in bytes. The texts of the largest file that the limits let through are shorter.
MAX_ANSWER_BYTES = 120_000_000

PackedSheet: TypeAlias = tuple[Any, ...]


class BadAnswer(Exception):
    """What came is no answer, or is not all of it."""


def send(stream: IO[bytes], answer: object) -> None:
    """Write an answer: a workbook, an export from Swecris, findings or bytes."""
    if isinstance(answer, Workbook):
        answer = ("workbook", answer.date1904, [_packed(sheet) for sheet in answer.sheets])
    pickle.dump(answer, stream, protocol=5)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read an answer, trusting nothing in it; raises BadAnswer, and MemoryError when there is no room for it."""
    try:
        answer = _Unpickler(_Bounded(stream)).load()
        if isinstance(answer, tuple) and answer[0] == "workbook":
            _, date1904, sheets = answer
            return Workbook(tuple(_unpacked(*sheet) for sheet in sheets), bool(date1904))
    except MemoryError:
        raise
    except Exception as error:  # a garbled pickle may raise anything
        raise BadAnswer from error
    return answer


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _ALLOWED:
            return _ALLOWED[module, name]
        if module == _SWECRIS and name in _OF_SWECRIS:
            from fou.imports.swecris import reading

            return getattr(reading, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not a part of an answer")


class _Bounded:
    """A stream of which no more than the longest answer is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.left = stream, MAX_ANSWER_BYTES

    def read(self, size: int) -> bytes:
        self._take(size)
        return self.stream.read(size)

    def readinto(self, buffer: memoryview) -> int:
        self._take(len(buffer))
        return self.stream.readinto(buffer)  # type: ignore[attr-defined, no-any-return]

    def readline(self) -> bytes:
        line = self.stream.readline(1000)
        self._take(len(line))
        return line

    def _take(self, size: int) -> None:
        self.left -= size
        if size < 0 or self.left < 0:
            raise BadAnswer("too long")


def _packed(sheet: Sheet) -> PackedSheet:
    values: list[Value] = []
    columns, lengths = array("H"), array("H")
    for _, cells in sheet.rows:
        columns.extend(cells)
        lengths.append(len(cells))
        values.extend(cells.values())
    is_number = bytes(map(is_, map(type, values), repeat(Decimal)))
    numbers = map(str, compress(values, is_number))
    others = list(compress(values, is_number.translate(_SWAPPED)))
    seen: dict[Value, Value] = {}
    return (
        sheet.name, sheet.hidden, array("I", sheet.hidden_rows).tobytes(), array("H", sheet.hidden_columns).tobytes(),
        array("I", chain.from_iterable(sheet.merged)).tobytes(),
        array("I", [row for row, _ in sheet.rows]).tobytes(), lengths.tobytes(), columns.tobytes(), is_number,
        list(iter(lambda: "\n".join(islice(numbers, _NUMBERS_AT_ONCE)), "")),
        list(map(seen.setdefault, others, others)),  # equal ones made one, which pickle writes once
        _packed_texts(sheet.formats), _packed_texts(sheet.sums),
    )  # fmt: skip


def _unpacked(
    name: str, hidden: bool, hidden_rows: bytes, hidden_columns: bytes, merged: bytes, rows: bytes, lengths: bytes,
    columns: bytes, is_number: bytes, numbers: list[str], others: list[Value], formats: PackedSheet, sums: PackedSheet,
) -> Sheet:  # fmt: skip
    texts = list(chain.from_iterable(map(str.split, numbers)))
    different = {text: Decimal(text) for text in set(texts)}
    number = map(different.__getitem__, texts)
    other = iter(others)
    values = [next(number) if is_one else next(other) for is_one in is_number]
    cells = zip(array("H", columns), values, strict=True)
    areas = iter(array("I", merged))
    each_row = zip(array("I", rows), array("H", lengths), strict=True)
    return Sheet(
        name,
        [(row, dict(islice(cells, length))) for row, length in each_row],
        bool(hidden),
        frozenset(array("I", hidden_rows)),
        frozenset(array("H", hidden_columns)),
        tuple(zip(areas, areas, areas, areas, strict=True)),
        _unpacked_texts(formats),
        _unpacked_texts(sums),
    )


def _packed_texts(of_cells: Mapping[tuple[int, int], str]) -> PackedSheet:
    different = dict(zip(dict.fromkeys(of_cells.values()), count()))
    places = array("I", map(different.__getitem__, of_cells.values()))
    return list(different), array("I", chain.from_iterable(of_cells)).tobytes(), places.tobytes()


def _unpacked_texts(packed: PackedSheet) -> dict[tuple[int, int], str]:
    texts, cells, places = packed
    numbers = iter(array("I", cells))
    return dict(zip(zip(numbers, numbers, strict=True), map(texts.__getitem__, array("I", places)), strict=True))
