"""The year's few large figures, read from the back of the room and on the first line of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fou.model import Kind
from fou.money import format_whole

if TYPE_CHECKING:
    from fou.plan import YearPlan


def large_figures(year: YearPlan, unit: str) -> list[tuple[str, str]]:
    """(name, value): frame, what it goes to, and what is left; open commitments beside. Öre are left to the tables."""
    room = year.room
    shown = [("Ram", "ej fastställd" if room.frame is None else format_whole(room.frame, unit))]
    granted = room.granted
    if granted:
        shown.append(("Beviljat" if room.frame is None else "Beviljat av ramen", format_whole(granted, unit)))
    if room.returned:
        shown.append(("Återfört", format_whole(room.returned, unit)))
    if room.reserved:
        shown.append(("Avsatt", format_whole(room.reserved, unit)))
    if room.proposed:
        shown.append(("Föreslaget", format_whole(room.proposed, unit)))
    if room.free is not None:
        left = room.left_if_proposed
        assert left is not None
        shown.append(("Kvar om förslagen beviljas" if room.proposed else "Fritt", format_whole(left, unit)))
    others = year.figures.sum(Kind.GRANTED) - granted
    if others:
        shown.append(("Beviljat av andra finansiärer", format_whole(others, unit)))
    if year.open_items:
        shown.append(("Åtaganden utan belopp", str(len(year.open_items))))
    return shown
