"""Portfölj: the projects, found, put in order and told in figures."""

import streamlit as st

from fou.ui import portfolio
from fou.ui.empty import stop_if_empty
from fou.ui.head import page_head
from fou.ui.reports import downloads
from fou.ui.text import plain
from fou.ui.views.portfolio import matching

view = page_head("Portfölj")
stop_if_empty(view)

# What the filters match stands above them: on a phone the answer is on the first screen.
answer = st.container()
chosen, base, text = portfolio.filters(view)
page = view.read(matching, chosen, view.unit, base)
with answer:
    st.markdown(f"**{plain(page.sentence)}**")
    if not page.found.total:
        portfolio.nothing(chosen.hits)
        st.stop()
    if chosen.hits is not None:
        portfolio.told(text, chosen.hits)

shown = portfolio.view_chosen()
if shown == portfolio.LIST:
    portfolio.projects(view, chosen, base, page.pages)
else:
    portfolio.statistics(view, chosen, base, shown)

downloads(view, "portfoljrapport")
