"""The script of every run: the page's settings, the navigation, then the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).resolve().parents[2] / "pages"

st.set_page_config(
    page_title="Fou",
    layout="wide",
    initial_sidebar_state="collapsed",
    # With something to say about itself Streamlit shows its menu, and in it the choice of light or dark.
    menu_items={"About": "**Fou** visar kommunens plan, pengar och projekt för forskning och utveckling."},
)

# Registered by absolute path: the folder `pages/` lies beside app.py, not beside this script, so Streamlit's
# own discovery never finds it, and no page can be reached without passing through here.
page = st.navigation(
    [
        st.Page(PAGES / "oversikt.py", title="Översikt", default=True),
        st.Page(PAGES / "fou_plan.py", title="FoU-plan", url_path="plan"),
        st.Page(PAGES / "portfolj.py", title="Portfölj", url_path="portfolj"),
        st.Page(PAGES / "projekt.py", title="Projekt", url_path="projekt", visibility="hidden"),
        st.Page(PAGES / "importera.py", title="Import", url_path="import"),
        st.Page(PAGES / "administration.py", title="Administration", url_path="administration"),
    ],
    position="top",
)

# The head that all pages share, and the guard that stops a role from a page, come here: before the page runs.

page.run()
