"""The year's few large figures, read from the back of the room."""

from __future__ import annotations

import streamlit as st

from fou.charts.large import large_figures
from fou.plan import YearPlan


def year_metrics(year: YearPlan, unit: str) -> None:
    """Frame, what it goes to, and what is left; open commitments beside."""
    shown = large_figures(year, unit)
    with st.grid(min(len(shown), 4), min_column_width=250):
        for name, value in shown:
            st.metric(name, value)
