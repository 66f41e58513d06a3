"""FoU-plan: what is decided, line by line, beside last year; and writing, deciding and revising it."""

import streamlit as st

from fou.charts.tables import source_table
from fou.sources import year_sources
from fou.ui import show
from fou.ui.empty import stop_if_empty
from fou.ui.figures import year_metrics
from fou.ui.head import page_head
from fou.ui.plan import (
    announced_calls,
    areas,
    beside_last_year,
    conditional_items,
    decision_and_texts,
    drifted,
    open_items,
    versions,
)
from fou.ui.plan_editing import edit
from fou.ui.text import plain
from fou.ui.views.plan import plan_page

MOST_PROJECTS = 60
MOST_SOURCES = 200

view = page_head("FoU-plan")
stop_if_empty(view)

page = view.read(plan_page, view.year, view.money, view.unit, MOST_PROJECTS)
year = page.year

st.markdown(f"**{plain(page.decision)}** {plain(page.sentence)}")
year_metrics(year, view.unit, planned=True)
drifted(page, view)
edit(page, view)
versions(page, view)

if page.planned:
    areas(page, view)
    beside_last_year(page, view)
st.subheader(page.lines_title, anchor=False)
if page.lines:
    show.table(page.lines, view.unit)
    if year.project_count > page.listed:
        st.caption(f"De {page.listed} största av {year.project_count} projekt. Resten står i Portfölj.")
else:
    st.markdown("Planen har inga rader för de medel som är valda.")
open_items(page)
conditional_items(page)

show.chart(page.chart, view)
if not page.planned:
    areas(page, view)
    beside_last_year(page, view)
announced_calls(page.calls)
decision_and_texts(year.plan)

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
