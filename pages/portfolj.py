"""Portfölj: the projects, found and put in order."""

from decimal import Decimal

import pandas as pd
import streamlit as st

from fou import portfolio
from fou.model import STANDINGS
from fou.money import UNITS
from fou.ui import show
from fou.ui.empty import stop_if_empty
from fou.ui.head import page_head
from fou.ui.pages import PROJECT
from fou.ui.text import plain
from fou.ui.views.portfolio import portfolio_page

ROWS = 50
ALL = "alla"

view = page_head("Portfölj")
stop_if_empty(view)

with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    text = st.text_input("Sök", key="sok", bind="query-params", placeholder="titel, ansvarig, utförare …", width=320)
    area = st.selectbox("Område", [ALL, *view.read(portfolio.area_names)], key="omrade", bind="query-params", width=280)
    names = {name: key for key, name in STANDINGS.items()}
    standing = st.selectbox("Läge", [ALL, *names], key="lage", bind="query-params", width=180)
    this_year = st.checkbox(f"Bara med belopp {view.year}", key="bara_ar", bind="query-params")
chosen = portfolio.Filter(
    text=(text or "").strip(),
    area="" if area in (ALL, None) else area,
    standing=names.get(standing or "", ""),
    money=view.money,
    year=view.year if this_year else None,
)

page = view.read(portfolio_page, chosen, view.unit, view.today, ROWS, 1)
st.markdown(f"**{plain(page.sentence)}**")
pages = -(-page.found.total // ROWS)
if pages > 1:
    number = st.pagination(pages, key="sida", bind="query-params")
    page = view.read(portfolio_page, chosen, view.unit, view.today, ROWS, number)
found = page.found

if found.rows:

    def scale(amount: Decimal | None) -> Decimal | None:
        """The amount in the chosen unit, as a number that the table can sort."""
        return None if amount is None else amount / UNITS[view.unit]

    frame = pd.DataFrame(
        [
            {
                "Projekt": row.title,
                "Läge": STANDINGS[row.standing],
                f"Beviljat ({view.unit})": scale(row.granted),
                f"Föreslaget ({view.unit})": scale(row.proposed),
                "Utan belopp": row.open or None,
                "Start": row.starts,
                "Slut": row.ends,
                "Område": row.area,
                "Ansvarig": row.lead,
                "Utförare": row.performer,
            }
            for row in found.rows
        ]
    )
    st.caption("Markera en rad för att öppna projektet.")
    event = st.dataframe(
        frame,
        hide_index=True,
        placeholder="–",
        key="projekten",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Projekt": st.column_config.TextColumn(width="large"),
            **{
                name: st.column_config.NumberColumn(format="localized")
                for name in (f"Beviljat ({view.unit})", f"Föreslaget ({view.unit})", "Utan belopp")
            },
        },
        alt="Projekten i urvalet med läge, belopp, tid, område och ansvarig",
    )
    if event.selection.rows:
        code = found.rows[event.selection.rows[0]].code
        st.switch_page(PROJECT, query_params={**view.link(), "kod": code})
    show.chart(page.time_line, view.unit)
else:
    st.info(
        "Inget projekt passar urvalet. Ta bort ett filter eller sök på något annat.",
        icon=":material/search_off:",
    )
