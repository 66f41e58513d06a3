"""Personuppgifter: what is kept about people and why, everything about one of them, and weeding."""

import streamlit as st

from fou.access import Action
from fou.ui import privacy
from fou.ui.head import page_head, require_page
from fou.ui.pages import ADMINISTRATION

view = page_head("Personuppgifter", "Vad som sparas om människor, utdrag för den som frågar, och gallring.")
require_page(view, Action.SEE_PERSONAL_DATA)
st.page_link(ADMINISTRATION, label="Administration", icon=":material/arrow_back:")
privacy.say_what_was_done()
privacy.again(view)

kept, person, log = st.tabs(
    ["Vad som sparas", "En person", "Händelseloggen"], key="personuppgifter-flik", on_change="rerun"
)
if kept.open:
    with kept:
        privacy.register()
if person.open:
    with person:
        privacy.person(view)
if log.open:
    with log:
        privacy.events(view)
