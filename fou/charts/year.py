"""A year in a sentence or two, from its figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.model import CALLS, NO_AREA, PLAN_STATES, Kind
from fou.money import format_whole
from fou.swedish import count, format_date, join_words, percent

if TYPE_CHECKING:
    from fou.plan import Room, YearPlan

_WORDS = {2: "två", 3: "tre", 4: "fyra", 5: "fem", 6: "sex", 7: "sju", 8: "åtta", 9: "nio", 10: "tio"}


def year_sentence(year: YearPlan, unit: str) -> str:
    """What the year's money goes to and how firm that is."""
    kind = year.figures.main_kind
    if kind is None and year.room.frame is None:
        return f"Det finns inga uppgifter om {year.year}."
    parts = [_state(year)]
    if year.project_count:
        gets, of_kind = _gets(year, unit)
        areas = sum(row.name not in (NO_AREA, CALLS) for row in year.areas)
        number, within = (year.project_count, areas) if of_kind is None else year.having.get(
            of_kind, (year.project_count, areas)
        )  # fmt: skip
        where = f" inom {_number(within, 'område', 'områden')}" if within else ""
        others = year.project_count - number
        more = f" Ytterligare {_number(others, 'projekt', 'projekt')} finns med för {year.year}." if others else ""
        parts.append(f"{_number(number, 'projekt', 'projekt').capitalize()}{where} {gets}.{more}")
    for call in year.calls:
        # What is decided takes the place of what was proposed.
        verb, money = "är avsatta", call.figures.stated(Kind.RESERVED)
        if not money and not call.figures.open.get(Kind.RESERVED):
            verb, money = "föreslås", call.figures.stated(Kind.PROPOSED)
        if money:
            parts.append(f"{format_whole(money, unit)} {verb} till utlysningen {call.name}.")
    number = len(year.open_items)
    if number:
        parts.append(f"{_number(number, 'åtagande', 'åtaganden').capitalize()} har inget fastställt belopp.")
    return " ".join(part for part in parts if part)


def year_more(year: YearPlan, rooms: Sequence[Room], unit: str) -> str:
    """What follows ``year_sentence`` in a paragraph that suffices alone.

    The largest area, what is left of the frame, and what is already locked in for the years after (``rooms``, the
    year itself first).
    """
    parts = (_largest(year, unit), _left(year.room, unit), _later(rooms[1:], unit))
    return " ".join(part for part in parts if part)


def _largest(year: YearPlan, unit: str) -> str:
    kind = year.figures.main_kind
    if kind is None:
        return ""
    sums = {row.name: row.figures.sum(kind) for row in year.areas if row.name not in (NO_AREA, CALLS)}
    largest = max(sums, key=lambda name: (sums[name], name), default="")
    whole = sum((row.figures.sum(kind) for row in year.areas), Decimal(0))
    if len(sums) < 2 or sums[largest] <= 0:
        return ""
    return f"Mest går till {largest}, {format_whole(sums[largest], unit)} ({percent(sums[largest], whole)})."


def _left(room: Room, unit: str) -> str:
    if room.frame is None or room.free is None:
        return ""
    frame = format_whole(room.frame, unit)
    if room.free < 0:
        return f"Det är {format_whole(-room.free, unit)} mer än ramen på {frame}."
    left = room.left_if_proposed
    if room.proposed and left is not None and left:
        word = "blir kvar" if left > 0 else "fattas"
        return f"Beviljas allt {word} {format_whole(abs(left), unit)} av ramen på {frame}."
    if room.proposed:
        return ""
    return f"Av ramen på {frame} är {format_whole(room.free, unit)} fritt."


def _later(rooms: Sequence[Room], unit: str) -> str:
    """What the years after are already bound to; open commitments by number, for they have no sum."""
    bound = [room for room in rooms if room.taken or room.open or room.proposed or room.conditional]
    if not bound:
        return ""
    parts = []
    for word, amount in (
        ("beviljat eller avsatt", sum((room.taken for room in bound), Decimal(0))),
        ("föreslaget", sum((room.proposed for room in bound), Decimal(0))),
        ("på villkor", sum((room.conditional for room in bound), Decimal(0))),
    ):
        if amount:
            parts.append(f"{format_whole(amount, unit)} {word}")
    number = sum(room.open for room in bound)
    if number:
        parts.append(f"{count(number, 'åtagande', 'åtaganden')} utan fastställt belopp")
    first, last = bound[0].year, bound[-1].year
    when = str(first) if first == last else f"{first}–{last}"
    return f"För {when} finns redan {join_words(parts)}."


def _state(year: YearPlan) -> str:
    if year.plan is None:
        return ""
    if year.decision is not None and year.plan.state in ("draft", "proposed"):
        board, day = year.decision
        return f"{board} beslutade om FoU-medlen för {year.year} den {format_date(day)}."
    state = PLAN_STATES[year.plan.state]
    word = {"utkast": "ett utkast", "förslag": "ett förslag"}.get(state, state)
    return f"FoU-planen för {year.year} är {word}."


def _gets(year: YearPlan, unit: str) -> tuple[str, Kind | None]:
    """What the year's projects get, and which kind of amount those have that get it; None: all are meant."""
    granted = year.figures.stated(Kind.GRANTED)
    if granted is not None:
        own = year.room.granted
        of_frame = (
            f", varav {format_whole(own, unit)} av ramen" if year.room.frame is not None and own != granted else ""
        )
        return f"har beviljats {format_whole(granted, unit)} för {year.year}{of_frame}", Kind.GRANTED
    reserved = sum((row.figures.sum(Kind.RESERVED) for row in year.areas if row.name != CALLS), Decimal(0))
    if reserved:
        return f"har {format_whole(reserved, unit)} avsatt för {year.year}", Kind.RESERVED
    money = sum((row.figures.sum(Kind.PROPOSED) for row in year.areas if row.name != CALLS), Decimal(0))
    if money and year.room.proposed:
        frame = year.room.frame
        whole = ", hela ramen" if frame == money else ""
        return f"föreslås dela på {format_whole(money, unit)}{whole}", Kind.PROPOSED
    return f"finns med för {year.year}", None


def _number(number: int, one: str, many: str) -> str:
    """Small numbers in words, as in running text."""
    word = {1: "ett"}.get(number) or _WORDS.get(number)
    return f"{word} {one if number == 1 else many}" if word else count(number, one, many)
