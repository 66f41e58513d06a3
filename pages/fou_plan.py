"""FoU-plan: the plan as people know it."""

from __future__ import annotations

import streamlit as st

st.title("FoU-plan")
st.write("Här visas planen för året, med ram och poster.")
