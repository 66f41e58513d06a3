"""What an empty database says: what to do next."""

from __future__ import annotations

import streamlit as st

from fou.access import Action
from fou.demo import load
from fou.errors import FouError
from fou.ui import state
from fou.ui.head import View, about
from fou.ui.pages import IMPORT
from fou.ui.text import plain


def stop_if_empty(view: View) -> None:
    """Show the ways to a first content and stop, when there is none."""
    if not state.read(None, about, view.today.year).empty:
        return
    st.info("Här finns inga uppgifter än.", icon=":material/inbox:")
    if not view.may(Action.IMPORT):
        st.stop()
    st.page_link(IMPORT, label="Läs in en budget från Excel", icon=":material/upload_file:")
    st.markdown("Eller börja med ett exempel, som kan ångras:")
    with st.container(horizontal=True):
        if st.button("Källdokumentens portfölj"):
            _load(view, "documents")
        if st.button("Påhittade Exempelkommunen"):
            _load(view, "example")
    st.stop()


def _load(view: View, which: str) -> None:
    try:
        with st.spinner("Läser in …"):
            if which == "documents":
                load.load_documents(state.database(), view.person)
            else:
                load.load_example(state.database(), view.person)
    except FouError as error:
        st.error(plain(str(error)))
        return
    st.rerun()
