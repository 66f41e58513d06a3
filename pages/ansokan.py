"""Ansökan: everything about one application, but how it is judged."""

import streamlit as st

from fou.access import Action, may
from fou.ui import application, calls, head
from fou.ui.empty import stop_if_empty
from fou.ui.head import page_head
from fou.ui.pages import CALLS
from fou.ui.text import plain
from fou.ui.views import applications as views

code = st.query_params.get("kod", "")
view = head.current()
page_head(view.read(views.title, code) or "Ansökan")
stop_if_empty(view)
calls.say_done(view)
found = view.read(views.application, code, view.unit, may(view.person, Action.SEE_EMAIL))
if found is None:
    st.page_link(CALLS, label="Till utlysningarna", icon=":material/arrow_back:", query_params=view.link())
    st.warning(
        f"Det finns ingen ansökan med koden ”{plain(code)}”"
        + (" vid det datumet." if view.as_of else ". Den kan ha ångrats. Välj den i dess utlysning."),
        icon=":material/search_off:",
    )
    st.stop()

application.ways(found, view)
st.markdown(f"**{plain(found.sentence)}**")
application.conflict(found, view)
application.lacks(found, view)
if found.form.summary:
    st.markdown(plain(found.form.summary))
left, right = st.columns(2, gap="large")
with left:
    application.facts(found)
with right:
    application.costs(found, view)
application.changes(found, view)
application.act(found, view)
