"""Import: from a workbook to a batch."""

from __future__ import annotations

import streamlit as st

st.title("Import")
st.write("Här läses en budgetfil in: ladda upp, kontrollera, jämför och bokför.")
