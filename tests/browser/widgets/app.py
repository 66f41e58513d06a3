"""Fou's server around a page that shows the parts of Streamlit that Fou's pages use."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from fou.ui import server

app = st.App(
    Path(__file__).with_name("main.py").resolve(),
    lifespan=server.lifespan,
    middleware=server.MIDDLEWARE,
    routes=server.ROUTES,
    on_script_error=server.tell_the_person,
)
