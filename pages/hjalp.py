"""Hjälp: what one can do here, what the words mean, and for whom Fou does not work well yet."""

import streamlit as st

from fou.access import Role
from fou.help import NAMES, help_text
from fou.ui.head import page_head
from fou.ui.pages import HELP
from fou.ui.text import plain

FOR = {Role.PUBLIC: "lasare", Role.VIEWER: "lasare", Role.MEMBER: "ledamot", Role.ADMIN: "handlaggare"}


def remember() -> None:
    """Put the choice in the address. ``bind`` would write the title there, and leave out a first choice."""
    st.query_params["om"] = st.session_state["hjalptext"]


view = page_head("Hjälp", "Vad du kan göra här, vad orden betyder och hur tillgänglig Fou är.")

asked = st.query_params.get("om")
st.session_state["hjalptext"] = asked if asked in NAMES else FOR[view.person.role]
chosen = st.pills(
    "Läs om",
    NAMES,
    required=True,
    format_func=lambda name: help_text(name).title,
    key="hjalptext",
    on_change=remember,
    label_visibility="collapsed",
)
text = help_text(chosen or NAMES[0])
st.query_params["om"] = text.name  # also when a link on this very page led here, which leaves the address as it was

with st.container(width=760):  # longer lines are hard to read
    st.header(plain(text.title), anchor=False)
    st.markdown(text.on_page)
    for name in text.links:
        st.page_link(
            HELP, label=help_text(name).title, icon=":material/arrow_forward:", query_params={**view.link(), "om": name}
        )
