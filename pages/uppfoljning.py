"""Uppföljning: how what was forecast came out."""

import streamlit as st

from fou.ui import show
from fou.ui.empty import stop_if_empty
from fou.ui.head import page_head
from fou.ui.views.followup import follow_up_page

view = page_head("Uppföljning")
stop_if_empty(view)
page = view.read(follow_up_page, view.year, view.money, view.unit, view.today)

show.chart(page.forecasts, view)

st.subheader(f"Prognoserna som avvek mest {view.year}", anchor=False)
if page.worst:
    show.table(page.worst, view.unit)
    if view.year >= view.today.year:
        st.caption(f"{view.year} är inte slut: utfallet är det som hittills är redovisat.")
    st.caption("Avvikelse = prognos − utfall. Ett positivt tal betyder att det gick åt mindre än prognosen.")
else:
    st.markdown(f"Inget projekt har både prognos och utfall som skiljer sig åt {view.year}.")
