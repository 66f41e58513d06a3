"""FoU-plan: the plan as people know it, line by line."""

import streamlit as st

from fou.charts.tables import source_table
from fou.model import PLAN_STATES
from fou.sources import year_sources
from fou.swedish import format_date
from fou.ui import show
from fou.ui.empty import stop_if_empty
from fou.ui.figures import year_metrics
from fou.ui.head import page_head
from fou.ui.plan import announced_calls, conditional_items, open_items
from fou.ui.text import plain
from fou.ui.views.plan import plan_page

MOST_PROJECTS = 60
MOST_SOURCES = 200

view = page_head("FoU-plan")
stop_if_empty(view)

page = view.read(plan_page, view.year, view.money, view.unit, MOST_PROJECTS)
year = page.year

st.markdown(f"**{plain(page.sentence)}**")
year_metrics(year, view.unit)

st.subheader(f"Planen {view.year}, rad för rad", anchor=False)
if page.lines:
    show.table(page.lines, view.unit)
    if year.project_count > page.listed:
        st.caption(f"De {page.listed} största av {year.project_count} projekt. Resten står i Portfölj.")
else:
    st.markdown("Planen har inga rader för de medel som är valda.")
open_items(year)
conditional_items(year, view.unit)

show.chart(page.chart, view.unit)

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Områden", anchor=False)
    show.table(page.areas, view.unit)
with right:
    st.subheader(f"Mot {view.year - 1}", anchor=False)
    if page.last:
        show.table(page.last, view.unit)
    else:
        st.markdown(f"Det finns inga uppgifter om {view.year - 1} att jämföra med.")

announced_calls(page.calls)

st.subheader("Planens beslut och texter", anchor=False)
if year.plan is None:
    st.markdown(f"Det finns ingen registrerad plan för {view.year}, bara belopp.")
else:
    decided = year.plan.decided
    show.facts(
        [
            ("Plan", year.plan.title),
            ("Läge", PLAN_STATES[year.plan.state]),
            ("Nämnd", year.plan.board),
            ("Beslutad", format_date(decided) if decided else "datum inte angivet i källan"),
            ("Diarienummer", year.plan.reference),
            ("Omedelbar justering", {True: "ja", False: "nej", None: None}[year.plan.immediate_approval]),
            ("Beredning", year.plan.preparation),
            ("Innehåll", year.plan.text),
            ("Källa", year.plan.source),
        ]
    )

listed = st.expander(f"Alla belopp {view.year} och deras källor ({page.sources})", key="kallor", on_change="rerun")
if listed.open:
    with listed:
        found = view.read(year_sources, view.year, view.money, MOST_SOURCES)
        show.table(source_table(found), view.unit)
        if page.sources > len(found):
            st.caption(f"De första {len(found)} av {page.sources}. Filen har alla.")
        st.download_button(
            "Hämta alla (CSV)",
            lambda: source_table(view.read(year_sources, view.year, view.money)).csv(),
            f"belopp-{view.year}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
