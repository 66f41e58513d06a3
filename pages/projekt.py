"""Projekt: one project, reached by a link."""

from __future__ import annotations

import streamlit as st

st.title("Projekt")
st.write("Här visas ett projekt: fakta, pengar per år och historik.")
