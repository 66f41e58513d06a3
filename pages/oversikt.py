"""Översikt: how the year stands, in one screen."""

from fou import plan
from fou.charts.areas import funder_chart, plan_chart
from fou.charts.room import room_chart
from fou.charts.year import year_sentence
from fou.ui import show
from fou.ui.empty import stop_if_empty
from fou.ui.figures import year_metrics
from fou.ui.head import page_head
from fou.ui.text import plain

import streamlit as st

view = page_head("Översikt")
stop_if_empty(view)

year = view.read(plan.year_plan, view.year, view.money)
st.markdown(f"**{plain(year_sentence(year, view.unit))}**")
year_metrics(year, view.unit)

rooms = view.read(plan.rooms, view.year, view.year + 3, view.money)
show.chart(room_chart(rooms, view.unit), view.unit)

left, right = st.columns(2, gap="large")
with left:
    show.chart(plan_chart(view.year, year.framed_areas, view.unit), view.unit)
with right:
    kind = year.figures.main_kind
    if kind is not None:
        sums = view.read(plan.funder_areas, view.year, kind, view.money)
        show.chart(funder_chart(view.year, sums, kind, view.unit), view.unit)
