"""Översikt: how the year stands, on one page that suffices alone."""

from datetime import date

import streamlit as st

from fou.ui import show, state
from fou.ui.empty import stop_if_empty
from fou.ui.figures import year_metrics
from fou.ui.head import page_head
from fou.ui.pages import PLAN
from fou.ui.reports import downloads
from fou.ui.text import plain
from fou.ui.views.overview import MOST_PROJECTS, day_before_latest, overview, since

view = page_head("Översikt")
stop_if_empty(view)
page = view.read(overview, view.year, view.money, view.unit)

st.markdown(f"**{plain(page.lead)}** {plain(page.more)}")
year_metrics(page.year, view.unit)
downloads(view)
show.chart(page.room, view)

left, right = st.columns(2, gap="large")
with left:
    show.chart(page.areas, view)
with right:
    if page.funders:
        show.chart(page.funders, view)
    elif page.projects:
        st.subheader(f"Projekten {view.year}", anchor=False)
        show.table(page.projects, view.unit)
        if page.year.project_count > MOST_PROJECTS:
            st.caption(f"De {MOST_PROJECTS} största av {page.year.project_count}.")
        st.page_link(PLAN, label="Hela planen", icon=":material/arrow_forward:", query_params=view.link())

st.subheader("Ändrat sedan sist", anchor=False)
earlier = view.read(day_before_latest)
day = st.date_input(
    "Jämför med hur det var den", value=None, format="YYYY-MM-DD", min_value=date(1990, 1, 1), max_value=view.today,
    key="sedan", bind="query-params", width=220,
)  # fmt: skip
compared = day or earlier
if compared is None:
    st.markdown("Allt är registrerat samma dag. Det finns inget tidigare att jämföra med.")
else:
    found = view.read(since, state.database().head_on(compared), compared, view.year, view.money, view.unit)
    st.markdown(plain(found.sentence))
    if found.table:
        show.table(found.table, view.unit)
    if found.more:
        st.caption(f"De största ändringarna visas; {found.more} till står i historiken.")
