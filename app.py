"""The web application: `streamlit run app.py`, or any ASGI server with `app:app`."""

from __future__ import annotations

import streamlit as st

from fou.ui import server

server.refuse_unsafe_start()

app = st.App(
    server.MAIN_SCRIPT,
    secrets=server.streamlits_part(),
    lifespan=server.lifespan,
    middleware=server.MIDDLEWARE,
    routes=server.ROUTES,
    on_script_error=server.tell_the_person,
    exception_handlers=server.EXCEPTION_HANDLERS,
)
