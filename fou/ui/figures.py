"""The year's few large figures, read from the back of the room."""

from __future__ import annotations

import streamlit as st

from fou.charts.large import large_figures
from fou.model import Kind
from fou.money import format_whole
from fou.plan import YearPlan


def year_metrics(year: YearPlan, unit: str, *, planned: bool = False) -> None:
    """Frame, what it goes to, and what is left; open commitments beside. ``planned`` puts the plan's sum second."""
    shown = large_figures(year, unit)
    amount = year.figures.stated(Kind.PLANNED) if planned else None
    if amount is not None:
        shown.insert(1, ("Planerat", format_whole(amount, unit)))
    with st.grid(min(len(shown), 4), min_column_width=250):
        for name, value in shown:
            st.metric(name, value)
