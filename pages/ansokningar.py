"""Ansökningar: the calls; and one call with its applications, assessments and ranking."""

import streamlit as st

from fou.access import Action
from fou.ui import applications, assessing, call_editing, calls, conflicts, ranking
from fou.ui.empty import stop_if_empty
from fou.ui.head import current, page_head
from fou.ui.pages import CALLS
from fou.ui.text import plain
from fou.ui.views.calls import call_head

PARTS = {
    "ansokningar": applications.listed,
    "bedomning": assessing.mine,
    "rangordning": ranking.shown,
    "jav": conflicts.listed,
    "utlysningen": call_editing.announcement,
}

code = st.query_params.get("utlysning", "")
view = current()
found = view.read(call_head, code, view.unit, view.today) if code else None
page_head(found.page.call.name if found else "Ansökningar")
stop_if_empty(view)
calls.say_done(view)

if found is None:
    if code:
        st.warning(
            f"Det finns ingen utlysning med koden ”{plain(code)}”"
            + (" vid det datumet." if view.as_of else ", eller så är den inte öppnad än."),
            icon=":material/search_off:",
        )
    calls.going_on(view)
    if view.may(Action.EDIT):
        call_editing.begin(view)
    calls.decided(view)
    st.stop()

with st.container(key="utlysningar-alla"):
    st.page_link(CALLS, label="**Alla utlysningar**", icon=":material/arrow_back:", query_params=view.link())
calls.head(view, found)
part = calls.part_chosen(view, found.page)
if part == "rangordning":
    assessing.opening(view, found.page)
PARTS[part](view, found.page)
