"""The script of every run: the page's settings, the navigation, then the page itself."""

from __future__ import annotations

import streamlit as st

from fou.errors import StoreError
from fou.ui import head, pages, state
from fou.ui.text import plain

# Registered by absolute path: the folder `pages/` lies beside app.py, not beside this script, so Streamlit's
# own discovery never finds it, and no page can be reached without passing through here.
page = st.navigation(
    [
        st.Page(pages.OVERVIEW, title="Översikt", default=True),
        st.Page(pages.PLAN, title="FoU-plan", url_path="plan"),
        st.Page(pages.PORTFOLIO, title="Portfölj", url_path="portfolj"),
        st.Page(pages.PROJECT, title="Projekt", url_path="projekt", visibility="hidden"),
        st.Page(pages.FOLLOW_UP, title="Uppföljning", url_path="uppfoljning"),
        st.Page(pages.IMPORT, title="Import", url_path="import"),
        st.Page(pages.ADMINISTRATION, title="Administration", url_path="administration"),
        st.Page(pages.HELP, title="Hjälp", url_path="hjalp"),
    ],
    position="top",
)

st.set_page_config(
    page_title=f"{page.title} – Fou",
    layout="wide",
    initial_sidebar_state="collapsed",
    # With something to say about itself Streamlit shows its menu, and in it the choice of light or dark.
    menu_items={"About": "**Fou** visar kommunens plan, pengar och projekt för forskning och utveckling."},
)

try:
    state.database()
except StoreError as error:
    # Without its database no page has anything to say; each run tries again.
    st.title("Databasen kan inte öppnas", anchor=False)
    st.error(plain(str(error)), icon=":material/error:")
    st.stop()

head.draw()
page.run()
state.settle()
