"""One cell's value as what its column takes, or the problem with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TypeAlias, TypeVar

from fou.imports.files.cells import Broken, Value
from fou.imports.references import fold
from fou.imports.template.layout import FIRST_YEAR, LAST_YEAR, YES_NO, Column, Takes
from fou.money import NotAnAmount, is_open_wording, parse_sek
from fou.swedish import parse_partial

T = TypeVar("T")
#: What a record's field may hold, and what turns a cell into it.
FieldValue: TypeAlias = str | int | bool | date
Taker: TypeAlias = Callable[[Value], FieldValue]

_ORE = Decimal("0.01")
_LARGEST = Decimal("9999999999999.99")
#: "600 000 + 2 × ej fastställt": a sum, how many amounts are not set, and the wording that says so.
_WITH_OPEN = re.compile(
    r"(?:(?P<sum>[^+]*[0-9][^+]*)\+\s*)?(?:(?P<times>[0-9]{1,4})\s*[×x*]\s*)?(?P<open>[^\W\d][^+]*)"
)
_LONGEST_AMOUNT = 200
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}(?:\.0+)?", re.ASCII)


class Problem(Exception):
    """A cell that cannot be used: what kind of problem, what was expected, and how to mend it."""

    def __init__(self, kind: str, expected: str, help: str) -> None:
        super().__init__(expected)
        self.kind = kind
        self.expected = expected
        self.help = help


def shown(value: Value | None) -> str:
    """The value as the person sees it in the sheet, at most 80 characters."""
    if value is None:
        return "tom cell"
    if isinstance(value, bool):
        return "SANT" if value else "FALSKT"
    return shortened(value.text if isinstance(value, Broken) else str(value))


def shortened(whole: str) -> str:
    """At most 80 characters of a text."""
    return whole if len(whole) <= 80 else f"{whole[:79]}…"


def amount(value: Value) -> tuple[Decimal, int]:
    """An amount cell as (SEK excl. VAT, open): (600000, 0), or (0, 1) when the amount is not set."""
    if isinstance(value, Decimal):
        if abs(value) > _LARGEST:  # first, for what is far larger cannot even be rounded
            raise Problem("range", "ett belopp under tio biljoner kronor", "Kontrollera beloppet.")
        if value != (whole := value.quantize(_ORE)):
            raise Problem("decimals", "ett belopp med högst två decimaler", "Avrunda beloppet till hela ören.")
        return whole, 0
    refuse_broken(value)
    if isinstance(value, str):
        if is_open_wording(value):
            return Decimal(0), 1
        try:
            return parse_sek(value), 0
        except NotAnAmount as error:
            raise Problem(error.problem, "ett belopp i kronor exklusive moms", error.expected) from error
    raise Problem("text", "ett belopp i kronor exklusive moms", "Skriv ett tal, eller ej fastställt.")


def amounts(value: Value) -> list[tuple[Decimal, int]]:
    """An amount cell as its statements: a sum, amounts that are not set, or both.

    ``600 000`` is [(600000, 0)]; ``2 × ej fastställt`` is [(0, 1), (0, 1)]; ``600 000 + ej fastställt`` is
    [(600000, 0), (0, 1)]: a part is known, and more is to come. Raises Problem for anything else.
    """
    written = value.strip() if isinstance(value, str) and len(value) <= _LONGEST_AMOUNT else ""
    if (found := _WITH_OPEN.fullmatch(written)) and is_open_wording(found["open"]):
        number = int(found["times"] or 1)
        if number:
            return [*([amount(found["sum"])] if found["sum"] else []), *[(Decimal(0), 1)] * number]
    return [amount(value)]


def taker(column: Column, date1904: bool = False) -> Taker:
    """What turns the cells of a record's column into the column's type; a reference stays the text it was.

    The function raises Problem for a cell that the column does not take.
    """
    match column.takes:
        case Takes.TEXT | Takes.REFERENCE:
            return text
        case Takes.INTEGER:
            return _integer
        case Takes.YEAR:
            return _year
        case Takes.DATE:
            return partial(_date, date1904=date1904)
        case Takes.PARTIAL_DATE:
            return partial(_partial, date1904=date1904)
        case Takes.YES_NO:
            return partial(choice, stored=YES_NO, words=tuple(YES_NO))
        case Takes.CHOICE:
            choices = column.choices or {}
            stored = {fold(word): value for value, word in choices.items()}
            return partial(choice, stored=stored, words=tuple(choices.values()))


def text(value: Value) -> str:
    """The cell as text without blanks around it."""
    if isinstance(value, str):
        return value.strip()
    refuse_broken(value)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def choice(value: Value, stored: Mapping[str, T], words: Iterable[str]) -> T:
    """What is stored for one of the words of a list; case does not matter."""
    word = fold(text(value))
    if word in stored:
        return stored[word]
    raise Problem("choice", "något av " + ", ".join(words), "Välj ett av orden i listan.")


def year_head(value: Value) -> int | None:
    """The year of a budget column's head, or None when the head is something else than a number."""
    refuse_broken(value)
    if isinstance(value, date):
        raise _not_a_year()
    if isinstance(value, str):
        written = value.strip()
        value = Decimal(written) if written.isascii() and written.isdigit() else value
    if not isinstance(value, Decimal):
        return None
    return _year(value)


def refuse_broken(value: Value) -> None:
    """Raise Problem for a formula that was never calculated and for an error such as #REF!."""
    if isinstance(value, Broken):
        if value.what == "formula":
            raise Problem(
                "formula",
                "ett uträknat värde",
                "Formeln har inget sparat värde. Öppna filen i Excel, spara den och läs in den igen.",
            )
        raise Problem("error_value", "ett värde", "Cellen visar ett fel i Excel. Rätta formeln eller skriv värdet.")


def _integer(value: Value) -> int:
    written = text(value)
    if _INTEGER.fullmatch(written):
        return int(Decimal(written))
    raise Problem("integer", "ett heltal", "Skriv ett heltal utan decimaler.")


def _year(value: Value) -> int:
    refuse_broken(value)
    try:
        year = _integer(value)
    except Problem as problem:
        raise _not_a_year() from problem
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Problem("year", f"ett år mellan {FIRST_YEAR} och {LAST_YEAR}", "Kontrollera årtalet.")
    return year


def _not_a_year() -> Problem:
    return Problem("year", "ett årtal", "Skriv årtalet med fyra siffror, till exempel 2014.")


def _date(value: Value, date1904: bool) -> date:
    refuse_broken(value)
    found = _day(value, date1904)
    if found is None:
        raise Problem("date", "ett datum", "Skriv datumet som 2014-10-31.")
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Problem("date", f"ett datum mellan {FIRST_YEAR} och {LAST_YEAR}", "Kontrollera datumet.")
    return found


def _day(value: Value, date1904: bool) -> date | None:
    """The day that a cell tells: a date, Excel's number for one, or a text; None when it is none."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, Decimal):
        # All of openpyxl comes with it (0.3 s), and few cells tell a day as a number.
        from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

        try:
            found = from_excel(float(value), CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900)
        except (ValueError, OverflowError):
            return None
        return found.date() if isinstance(found, datetime) else None
    try:
        written = parse_partial(value) if isinstance(value, str) else ""
        return date.fromisoformat(written)
    except ValueError:  # no date, or a month or a year only
        return None


def _partial(value: Value, date1904: bool) -> str:
    refuse_broken(value)
    if isinstance(value, Decimal) and 1900 <= value < 2200 and value == value.to_integral_value():
        return str(int(value))
    if not isinstance(value, str):
        return _date(value, date1904).isoformat()
    try:
        return parse_partial(value)
    except ValueError as error:
        raise Problem("date", "ett datum, en månad eller ett år", str(error)) from error
