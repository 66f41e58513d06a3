"""From the text that a workbook stores to the value that a person sees."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import inf, isfinite

from fou.imports.files.cells import Broken

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_MILLISECONDS_A_DAY = 86_400_000
#: Excel counts 1900 as a leap year: day 60 is its 29 February, and the days before it are one off.
_DAY_THAT_NEVER_WAS = 60


def read_number(raw: str) -> Decimal | Broken:
    """A stored number with the 15 significant digits that Excel counts with: 0.30000000000000004 is 0.3."""
    if len(raw) <= 15 and raw.isascii():
        if raw.isdigit():
            return Decimal(raw)
        # So few digits are all significant, and without a zero at the end they are as short as they get.
        if raw[-1] in "123456789" and raw.replace(".", "", 1).isdigit():
            return Decimal(raw)
    number = float(raw) if _NUMBER.fullmatch(raw := raw.strip()) else inf
    if not isfinite(number):
        return Broken("error", clean(raw[:100]))
    value = Decimal(f"{number:.15g}")
    return Decimal(f"{value:f}") if value else Decimal(0)


def day_of(number: Decimal, date1904: bool = False) -> date | None:
    """The day that Excel shows for a number of days since the epoch; None where it shows none."""
    if not 1 <= number < 3_000_000:
        return None
    days = round(number * _MILLISECONDS_A_DAY) // _MILLISECONDS_A_DAY
    if not date1904 and number < _DAY_THAT_NEVER_WAS:
        days += 1
    try:
        return (_EPOCH_1904 if date1904 else _EPOCH) + timedelta(days=days)
    except OverflowError:
        return None


def read_iso_date(raw: str) -> date | None:
    """A date stored as text (strict format); None if it says a time of day too, or is no date."""
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None
    return moment.date() if moment.time() == time() else None


def clean(text: str) -> str:
    """Text as a person sees it: escapes (``_x000D_``) resolved, line breaks alike, no control characters."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        if _SURROGATE.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text)
