"""Projekt: everything that is known about one project."""

import streamlit as st

from fou import portfolio
from fou.access import Action
from fou.charts.projects import period_text
from fou.model import STANDINGS
from fou.ui import project, show, state
from fou.ui.empty import stop_if_empty
from fou.ui.head import page_head
from fou.ui.pages import PORTFOLIO
from fou.ui.text import plain
from fou.ui.views.project import project_view

code = st.query_params.get("kod", "")
view = page_head(state.read(None, portfolio.project_title, code) or "Projekt")
stop_if_empty(view)
st.page_link(PORTFOLIO, label="Till portföljen", icon=":material/arrow_back:", query_params=view.link())
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

st.markdown(f"**{plain(project.standing_sentence(page))}**")
if page.project.summary:
    st.markdown(plain(page.project.summary))
show.chart(found.money, view.unit)

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Uppgifter", anchor=False)
    about = page.project
    show.facts(
        [
            ("Kod", about.code),
            ("Läge", STANDINGS[page.standing]),
            ("Område", page.area),
            ("Tid", period_text(about.starts, about.ends, about.period_note)),
            ("Ansvarig", about.lead),
            ("Utförare", about.performer),
            ("Värd", about.host),
            ("Deltagande enheter", about.units),
            ("Finansiärer", ", ".join(name for name, _ in page.funders) or None),
            ("Bidragstyp", about.grant_type),
            ("Nyckelord", about.keywords),
            ("Diarienummer", about.reference),
            ("Källa", about.source),
        ]
    )
with right:
    project.chain(page, view)
    project.decisions(page)
    project.reports(page, view.today)
    project.outputs(page)
project.follow_ups(page)
project.proposals(page, view)
project.sources(page, view.unit)
project.changes(page, view)
if view.may(Action.EDIT):
    project.edit(page, view)
