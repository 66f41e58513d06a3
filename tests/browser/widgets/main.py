"""One page with every part of Streamlit that Fou's pages use, for the tests of the shell."""

from __future__ import annotations

import datetime

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from fou.charts.palette import marker
from fou.errors import Refused

st.set_page_config(page_title="Delar", layout="wide")
st.title("Delar")
st.file_uploader("Budgetfil", type=["xlsx"])
st.download_button("Hämta underlag", "a;b", file_name="a.csv")
st.selectbox("Område", ["Skola", "Äldreomsorg"], index=None)
st.multiselect("Finansiärer", ["Kommunen", "Staten", "En stiftelse"])
st.date_input("Per", datetime.date(2013, 5, 1), format="YYYY-MM-DD")
st.number_input("Belopp", min_value=0, max_value=10, value=3)
st.text_input("Sök")
st.segmented_control("Enhet", ["kr", "tkr"], default="kr")
st.dataframe(pd.DataFrame({"Projekt": ["A", "B"], "kr": [1, 2]}), hide_index=True)
st.caption("En bildtext.")
st.tabs(["Diagram", "Tabell"])
st.metric("Fritt", "1 234 kr")
bars = [go.Bar(y=["2013"], x=[3], name=kind, orientation="h", marker=marker(kind)) for kind in ("paid", "free")]
st.plotly_chart(go.Figure(bars), alt="Utbetalt 3 kr, fritt 3 kr.")
st.markdown("Search")
if st.button("Gå sönder"):
    raise ZeroDivisionError("hemligheten")
if st.button("Vägra"):
    raise Refused("Filen är redan inläst.")
