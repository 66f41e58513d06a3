"""FoU-plan: the plan as people know it, line by line."""

import streamlit as st

from fou import plan
from fou.charts.areas import plan_chart
from fou.charts.tables import against_last_year, area_table, line_table, source_table
from fou.charts.year import year_sentence
from fou.model import PLAN_STATES
from fou.swedish import count, format_date
from fou.ui import show
from fou.ui.empty import stop_if_empty
from fou.ui.figures import year_metrics
from fou.ui.head import page_head
from fou.ui.plan import conditional_items, open_items
from fou.ui.text import plain

MOST_PROJECTS = 60
MOST_SOURCES = 200

view = page_head("FoU-plan")
stop_if_empty(view)

year = view.read(plan.year_plan, view.year, view.money)
st.markdown(f"**{plain(year_sentence(year, view.unit))}**")
year_metrics(year, view.unit)

projects = view.read(plan.year_projects, view.year, view.money, MOST_PROJECTS)
st.subheader(f"Planen {view.year}, rad för rad", anchor=False)
if projects or year.calls:
    show.table(line_table(year, projects), view.unit, f"FoU-planens rader {view.year}")
    if year.project_count > len(projects):
        st.caption(f"De {len(projects)} största av {count(year.project_count, 'projekt', 'projekt')}. Alla finns i Portfölj.")
else:
    st.markdown("Planen har inga rader för de medel som är valda.")
open_items(year)
conditional_items(year, view.unit)

show.chart(plan_chart(view.year, year.framed_areas, view.unit), view.unit)

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Områden", anchor=False)
    show.table(area_table(year), view.unit, f"Områden {view.year}")
with right:
    last = view.read(plan.year_plan, view.year - 1, view.money)
    st.subheader(f"Mot {last.year}", anchor=False)
    if last.areas:
        show.table(against_last_year(year, last), view.unit, f"Områden {view.year} mot {last.year}")
    else:
        st.markdown(f"Det finns inga uppgifter om {last.year} att jämföra med.")

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

number = view.read(plan.count_sources, view.year, view.money)
listed = st.expander(f"Alla belopp {view.year} och deras källor ({number})", key="kallor", on_change="rerun")
if listed.open:
    with listed:
        found = view.read(plan.sources, view.year, view.money, MOST_SOURCES)
        show.table(source_table(found), view.unit, f"Belopp {view.year} med källa")
        if number > len(found):
            st.caption(f"De första {len(found)} av {number}. Filen har alla.")
        st.download_button(
            "Hämta alla (CSV)",
            lambda: source_table(view.read(plan.sources, view.year, view.money)).csv(),
            f"belopp-{view.year}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
