"""Administration: history, codelists, members, backup."""

from __future__ import annotations

import streamlit as st

st.title("Administration")
st.write("Här finns historik med ångra, kodlistor, ledamöter och säkerhetskopia.")
