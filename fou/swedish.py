"""Swedish words, dates and counts for what people read, and partial dates as people write them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from fou.money import EN_DASH, NO_BREAK_SPACE, format_decimals

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip

_SWEDEN = ZoneInfo("Europe/Stockholm")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_TIME = r"[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_ISO = re.compile(rf"([0-9]{{4}})(?:-([0-9]{{1,2}})(?:-([0-9]{{1,2}})(?:{_TIME})?)?)?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_WORDS = re.compile(r"(?:(?:den )?([0-9]{1,2}) )?([a-z]+)\.? ([0-9]{4})")


def format_date(day: date) -> str:
    """``17 oktober 2024``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_timestamp(utc: datetime) -> str:
    """A stored time (UTC, without zone) as the clock on a Swedish wall: ``2024-10-17 14:05``."""
    return utc.replace(tzinfo=UTC).astimezone(_SWEDEN).strftime("%Y-%m-%d %H:%M")


def local_date(utc: datetime) -> date:
    """The Swedish day of a stored time (UTC, without zone)."""
    return utc.replace(tzinfo=UTC).astimezone(_SWEDEN).date()


def parse_partial(text: str) -> str:
    """Normalise a date of which only the year or month may be known: ``2012``, ``2014-10``, ``2018-12-01``.

    Takes those forms, ``okt 2014``, ``1 september 2019``, ``20190901`` and a date with a time of day, which
    is left out. Raises ``ValueError`` with a Swedish message for anything else.
    """
    plain = " ".join(text.lower().split())
    if found := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
        year, month, day = (int(part) if part else None for part in found.groups())
    elif (found := _WORDS.fullmatch(plain)) and (month := _month(found[2])):
        year, day = int(found[3]), int(found[1]) if found[1] else None
    else:
        raise _not_a_date(text)
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _not_a_date(text)
    if month is None:
        return f"{year}"
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= monthrange(year, month)[1]):
        raise _not_a_date(text)
    return f"{year}-{month:02}" if day is None else f"{year}-{month:02}-{day:02}"


def format_partial(text: str) -> str:
    """Write a partial date for reading: ``2012``, ``oktober 2014`` or ``1 december 2018``."""
    year, *rest = parse_partial(text).split("-")
    if not rest:
        return year
    month = MONTHS[int(rest[0]) - 1]
    return f"{month} {year}" if len(rest) == 1 else f"{int(rest[1])} {month} {year}"


def partial_bounds(text: str) -> tuple[date, date]:
    """The first and the last day that a partial date may mean."""
    year, *rest = map(int, parse_partial(text).split("-"))
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    if len(rest) == 1:
        return date(year, rest[0], 1), date(year, rest[0], monthrange(year, rest[0])[1])
    return date(year, *rest), date(year, *rest)


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: ``1 post``, ``6 poster``; thousands are set apart by no-break spaces."""
    return f"{format_decimals(Decimal(number), 0)} {one if number == 1 else many}"


def join_words(words: Sequence[str]) -> str:
    """``a, b och c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} och {words[-1]}"


def percent(part: Decimal | int, whole: Decimal | int) -> str:
    """How much of ``whole`` that ``part`` is: ``12,5 %``, ``50 %``, or a dash when there is no whole."""
    if whole == 0:
        return EN_DASH
    share = round(Decimal(part) * 100 / Decimal(whole), 1)
    return f"{format_decimals(share, 0 if share == int(share) else 1)}{NO_BREAK_SPACE}%"


def _month(word: str) -> int | None:
    """The number of a month written out or shortened to three letters or more ("okt", "sept")."""
    if len(word) < 3:
        return None
    return next((number for number, month in enumerate(MONTHS, 1) if month.startswith(word)), None)


def _not_a_date(text: str) -> ValueError:
    shown = text if len(text) <= 40 else f"{text[:39]}…"
    return ValueError(f"Här står ”{shown}”. Skriv ett år (2012), en månad (2014-10) eller en dag (2018-12-01).")
