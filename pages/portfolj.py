"""Portfölj: every project."""

from __future__ import annotations

import streamlit as st

st.title("Portfölj")
st.write("Här visas alla projekt, med filter, tidslinje och tabell.")
