"""Översikt: how the year stands, in one screen."""

import streamlit as st

from fou.ui import show
from fou.ui.empty import stop_if_empty
from fou.ui.figures import year_metrics
from fou.ui.head import page_head
from fou.ui.pages import PLAN
from fou.ui.text import plain
from fou.ui.views.overview import MOST_PROJECTS, overview

view = page_head("Översikt")
stop_if_empty(view)
page = view.read(overview, view.year, view.money, view.unit)

st.markdown(f"**{plain(page.sentence)}**")
year_metrics(page.year, view.unit)
show.chart(page.room, view.unit)

left, right = st.columns(2, gap="large")
with left:
    show.chart(page.areas, view.unit)
with right:
    if page.funders:
        show.chart(page.funders, view.unit)
    elif page.projects:
        st.subheader(f"Projekten {view.year}", anchor=False)
        show.table(page.projects, view.unit)
        if page.year.project_count > MOST_PROJECTS:
            st.caption(f"De {MOST_PROJECTS} största av {page.year.project_count}.")
        st.page_link(PLAN, label="Hela planen", icon=":material/arrow_forward:", query_params=view.link())
