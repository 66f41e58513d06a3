"""Översikt: what the year's money goes to."""

from __future__ import annotations

import streamlit as st

st.title("Översikt")
st.write("Här visas årets pengar: utbetalt, beviljat, avsatt och fritt.")
