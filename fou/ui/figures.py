"""The year's few large figures, read from the back of the room."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import streamlit as st

from fou.model import Kind
from fou.money import format_sek
from fou.plan import YearPlan


def year_metrics(year: YearPlan, unit: str) -> None:
    """Frame, what it goes to, and what is left; open commitments beside."""
    room = year.room
    shown = [("Ram", "ej fastställd" if room.frame is None else _large(room.frame, unit))]
    granted = room.granted
    if granted:
        shown.append(("Beviljat" if room.frame is None else "Beviljat av ramen", _large(granted, unit)))
    if room.returned:
        shown.append(("Återfört", _large(room.returned, unit)))
    if room.reserved:
        shown.append(("Avsatt", _large(room.reserved, unit)))
    if room.proposed:
        shown.append(("Föreslaget", _large(room.proposed, unit)))
    if room.free is not None:
        left = room.left_if_proposed
        assert left is not None
        shown.append(("Kvar om förslagen beviljas" if room.proposed else "Fritt", _large(left, unit)))
    others = year.figures.sum(Kind.GRANTED) - granted
    if others:
        shown.append(("Beviljat av andra finansiärer", _large(others, unit)))
    if year.open_items:
        shown.append(("Åtaganden utan belopp", str(len(year.open_items))))
    with st.grid(min(len(shown), 4), min_column_width=250):
        for name, value in shown:
            st.metric(name, value)


def _large(amount: Decimal, unit: str) -> str:
    """Whole kronor: the öre stand in the tables."""
    return format_sek(amount.quantize(Decimal(1), ROUND_HALF_EVEN) if unit == "kr" else amount, unit)
