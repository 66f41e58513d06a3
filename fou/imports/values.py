"""One cell's value as what its column takes, or the problem with it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from fou.imports.cells import Broken, Value
from fou.imports.layout import FIRST_YEAR, LAST_YEAR, YES_NO, Column, Takes
from fou.money import NotAnAmount, is_open_wording, parse_sek
from fou.swedish import parse_partial

_ORE = Decimal("0.01")
_LARGEST = Decimal("9999999999999.99")


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
    text = value.text if isinstance(value, Broken) else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def amount(value: Value) -> tuple[Decimal, int]:
    """An amount cell as (SEK excl. VAT, open): (600000, 0), or (0, 1) when the amount is not set."""
    if isinstance(value, Decimal):
        if value != (whole := value.quantize(_ORE)):
            raise Problem("decimals", "ett belopp med högst två decimaler", "Avrunda beloppet till hela ören.")
        if abs(value) > _LARGEST:
            raise Problem("range", "ett belopp under tio biljoner kronor", "Kontrollera beloppet.")
        return whole, 0
    _refuse_broken(value)
    if isinstance(value, str):
        if is_open_wording(value):
            return Decimal(0), 1
        try:
            return parse_sek(value), 0
        except NotAnAmount as error:
            raise Problem(error.problem, "ett belopp i kronor exklusive moms", error.expected) from error
    raise Problem("text", "ett belopp i kronor exklusive moms", "Skriv ett tal, eller ej fastställt.")


def field(column: Column, value: Value, date1904: bool = False) -> str | int | bool | date:
    """A record's cell as its column's type; a reference stays the text that stood there."""
    _refuse_broken(value)
    match column.takes:
        case Takes.TEXT | Takes.REFERENCE:
            return _text(value)
        case Takes.INTEGER:
            return _integer(value)
        case Takes.YEAR:
            return _year(value)
        case Takes.DATE:
            return _date(value, date1904)
        case Takes.PARTIAL_DATE:
            return _partial(value, date1904)
        case Takes.YES_NO:
            return _choice(value, {word: stored for word, stored in YES_NO.items()})
        case Takes.CHOICE:
            assert column.choices is not None
            return _choice(value, {word.casefold(): stored for stored, word in column.choices.items()})


def year_head(value: Value | None) -> int | None:
    """The year of a budget column's head, or None when the head is no number at all."""
    if isinstance(value, str) and value.strip().isdigit():
        value = Decimal(value.strip())
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        return None
    return _year(value)


def _refuse_broken(value: Value) -> None:
    if isinstance(value, Broken):
        if value.what == "formula":
            raise Problem(
                "formula",
                "ett uträknat värde",
                "Formeln har inget sparat värde. Öppna filen i Excel, spara den och läs in den igen.",
            )
        raise Problem("error_value", "ett värde", "Cellen visar ett fel i Excel. Rätta formeln eller skriv värdet.")


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _integer(value: Value) -> int:
    text = _text(value)
    try:
        number = Decimal(text)
        if number == number.to_integral_value() and abs(number) < 1_000_000_000:
            return int(number)
    except ArithmeticError:
        pass
    raise Problem("integer", "ett heltal", "Skriv ett heltal utan decimaler.")


def _year(value: Value) -> int:
    try:
        year = _integer(value)
    except Problem as problem:
        raise Problem("year", "ett årtal", "Skriv årtalet med fyra siffror, till exempel 2014.") from problem
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Problem("year", f"ett år mellan {FIRST_YEAR} och {LAST_YEAR}", "Kontrollera årtalet.")
    return year


def _date(value: Value, date1904: bool) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    problem = Problem("date", "ett datum", "Skriv datumet som 2014-10-31.")
    if isinstance(value, Decimal):
        try:
            found = from_excel(float(value), CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900)
        except (ValueError, OverflowError) as error:
            raise problem from error
        if isinstance(found, datetime) and FIRST_YEAR <= found.year <= LAST_YEAR:
            return found.date()
        raise problem
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError as error:
        raise problem from error


def _partial(value: Value, date1904: bool) -> str:
    if isinstance(value, Decimal) and FIRST_YEAR <= value <= LAST_YEAR and value == value.to_integral_value():
        return str(int(value))
    if isinstance(value, Decimal | date):
        return _date(value, date1904).isoformat()
    try:
        return parse_partial(str(value))
    except ValueError as error:
        raise Problem("date", "ett datum, en månad eller ett år", str(error)) from error


def _choice(value: Value, stored: dict[str, str] | dict[str, bool]) -> str | bool:
    word = _text(value).casefold()
    if word in stored:
        return stored[word]
    raise Problem("choice", "något av " + ", ".join(stored), "Välj ett av orden i listan.")
