"""Projekt: everything that is known about one project."""

import streamlit as st

from fou import portfolio
from fou.access import Action
from fou.ui import project, show, state
from fou.ui.empty import stop_if_empty
from fou.ui.head import page_head
from fou.ui.pages import PORTFOLIO
from fou.ui.portfolio import link
from fou.ui.text import plain
from fou.ui.views.project import project_view

code = st.query_params.get("kod", "")
view = page_head(state.read(None, portfolio.project_title, code) or "Projekt")
stop_if_empty(view)
st.page_link(PORTFOLIO, label="Till portföljen", icon=":material/arrow_back:", query_params=link(view))
if not code:
    st.info("Välj ett projekt i portföljen.", icon=":material/info:")
    st.stop()
found = view.read(project_view, code, view.unit, view.today)
if found is None:
    st.warning(
        f"Det finns inget projekt med koden ”{plain(code)}”"
        + (" vid det datumet." if view.as_of else ". Kontrollera länken, eller sök i portföljen."),
        icon=":material/search_off:",
    )
    st.stop()
page = found.page

st.markdown(f"**{plain(found.sentence)}**")
if page.project.summary:
    st.markdown(plain(page.project.summary))
show.chart(found.money, view)
if found.funders is not None:
    st.subheader("Finansiärer", anchor=False)
    show.table(found.funders, view.unit)

left, right = st.columns(2, gap="large")
with left:
    project.facts(page)
with right:
    project.chain(page, view)
    project.reports(page, view.today)
    project.outputs(page)
project.decisions(page)
project.follow_ups(page)
project.proposals(page)
project.sources(page, view.unit)
project.changes(page)
if view.may(Action.EDIT):
    project.edit(page, view)
