"""A year in a sentence or two, from its figures."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from fou.model import CALLS, NO_AREA, PLAN_STATES, Kind
from fou.money import format_sek
from fou.swedish import count

if TYPE_CHECKING:
    from fou.plan import YearPlan

_WORDS = {2: "två", 3: "tre", 4: "fyra", 5: "fem", 6: "sex", 7: "sju", 8: "åtta", 9: "nio", 10: "tio"}


def year_sentence(year: YearPlan, unit: str) -> str:
    """What the year's money goes to and how firm that is."""
    kind = year.figures.main_kind
    if kind is None and year.room.frame is None:
        return f"Det finns inga uppgifter om {year.year}."
    parts = [_state(year)]
    if year.project_count:
        areas = sum(row.name not in (NO_AREA, CALLS) for row in year.areas)
        where = f" inom {_number(areas, 'område', 'områden')}" if areas else ""
        parts.append(f"{_number(year.project_count, 'projekt', 'projekt').capitalize()}{where} {_gets(year, unit)}.")
    for call in year.calls:
        for verb, money in (
            ("föreslås", call.figures.stated(Kind.PROPOSED)),
            ("är avsatta", call.figures.stated(Kind.RESERVED)),
        ):
            if money:
                parts.append(f"{format_sek(money, unit)} {verb} till utlysningen {call.name}.")
    number = len(year.open_items)
    if number:
        parts.append(f"{_number(number, 'åtagande', 'åtaganden').capitalize()} har inget fastställt belopp.")
    return " ".join(part for part in parts if part)


def _state(year: YearPlan) -> str:
    if year.plan is None:
        return ""
    state = PLAN_STATES[year.plan.state]
    word = {"utkast": "ett utkast", "förslag": "ett förslag"}.get(state, state)
    return f"FoU-planen för {year.year} är {word}."


def _gets(year: YearPlan, unit: str) -> str:
    granted = year.figures.stated(Kind.GRANTED)
    if granted is not None:
        own = year.room.granted
        of_frame = f", varav {format_sek(own, unit)} av ramen" if year.room.frame is not None and own != granted else ""
        return f"har beviljats {format_sek(granted, unit)} för {year.year}{of_frame}"
    reserved = sum((row.figures.sum(Kind.RESERVED) for row in year.areas if row.name != CALLS), Decimal(0))
    if reserved:
        return f"har {format_sek(reserved, unit)} avsatt för {year.year}"
    money = sum((row.figures.sum(Kind.PROPOSED) for row in year.areas if row.name != CALLS), Decimal(0))
    if money and year.room.proposed:
        frame = year.room.frame
        whole = ", hela ramen" if frame == money else ""
        return f"föreslås dela på {format_sek(money, unit)}{whole}"
    return f"finns med för {year.year}"


def _number(number: int, one: str, many: str) -> str:
    """Small numbers in words, as in running text."""
    word = {1: "ett"}.get(number) or _WORDS.get(number)
    return f"{word} {one if number == 1 else many}" if word else count(number, one, many)
