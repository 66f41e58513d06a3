"""The script of every run: who it is, the navigation with the pages they may open, then the page itself."""

from __future__ import annotations

from contextlib import nullcontext

import streamlit as st

from fou.access import Action, may
from fou.errors import StoreError
from fou.ui import head, pages, sign_in, state, turns
from fou.ui.text import plain


def _begin(title: str) -> None:
    st.set_page_config(
        page_title=f"{title} – Fou" if title else "Fou",
        layout="wide",
        initial_sidebar_state="collapsed",
        # With something to say about itself Streamlit shows its menu, and in it the choice of light or dark.
        menu_items={"About": "**Fou** visar kommunens plan, pengar och projekt för forskning och utveckling."},
    )


try:
    state.database()
    seen = head.look()
except StoreError as error:
    # Without its database no page has anything to say; each run tries again.
    _begin("")
    st.title("Databasen kan inte öppnas", anchor=False)
    st.error(plain(str(error)), icon=":material/error:")
    st.stop()

# Registered by absolute path: the folder `pages/` lies beside app.py, not beside this script, so Streamlit's
# own discovery never finds it, and no page can be reached without passing through here.
registered = [
    pages.registered(listed, listed.in_navigation and seen.person is not None and may(seen.person, listed.action))
    for listed in pages.TABLE
]
page = st.navigation(registered, position="top" if seen.person else "hidden")
listed = next(listed for listed in pages.TABLE if listed.url == page.url_path)
_begin(page.title if seen.person else "Logga in")

if seen.person is None:
    sign_in.page(seen.refusal, seen.signed_in)
    st.stop()

head.draw(seen.person, small=listed.small_head)
if head.allowed(listed.title, listed.action):
    # Where files are read in and everything is gone through, the page itself has much to compute.
    with nullcontext() if listed.action in (Action.READ, Action.SEE_DRAFTS) else turns.short():
        page.run()
state.settle()
