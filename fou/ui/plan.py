"""Commitments that are no sums: without an amount, or on a condition. By name, never as 0 kr."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fou.model import CALL_STATES, KIND_NAMES, Call, Criterion
from fou.money import OPEN_TEXT, format_sek
from fou.plan import YearPlan
from fou.swedish import count, format_date
from fou.ui import show
from fou.ui.text import plain

_MOST = 60


def open_items(year: YearPlan) -> None:
    """The year's commitments whose amount is not set."""
    if not year.open_items:
        return
    number = len(year.open_items)
    st.subheader(f"{count(number, 'åtagande', 'åtaganden')} utan fastställt belopp", anchor=False)
    st.markdown("De räknas inte in i någon summa.")
    st.markdown(
        "\n".join(
            f"- **{plain(item.title)}** – {OPEN_TEXT} ({KIND_NAMES[item.kind]}, {plain(item.funder)})"
            for item in year.open_items[:_MOST]
        )
    )
    _rest(number)


def conditional_items(year: YearPlan, unit: str) -> None:
    """The year's amounts that hang on a condition."""
    if not year.conditional_items:
        return
    number = len(year.conditional_items)
    st.subheader(f"{count(number, 'belopp', 'belopp')} på villkor", anchor=False)
    st.markdown("De räknas inte in i någon summa förrän villkoret är uppfyllt.")
    st.markdown(
        "\n".join(
            f"- **{plain(item.title)}** – {plain(format_sek(item.amount or 0, unit))} {KIND_NAMES[item.kind]}, "
            f"{plain(item.condition)} ({plain(item.funder)})"
            for item in year.conditional_items[:_MOST]
        )
    )
    _rest(number)


def announced_calls(calls: Sequence[tuple[Call, tuple[Criterion, ...]]]) -> None:
    """The year's calls: their dates, text and grounds for priority."""
    for call, criteria in calls:
        st.subheader(f"Utlysning: {plain(call.name)}", anchor=False)
        show.facts(
            [
                ("Läge", CALL_STATES[call.state]),
                ("Öppnar", format_date(call.opens) if call.opens else None),
                ("Stänger", format_date(call.closes) if call.closes else None),
                ("Text", call.text),
                ("Källa", call.source),
            ]
        )
        if criteria:
            weights = [f", vikt {criterion.weight}" if criterion.weight is not None else "" for criterion in criteria]
            st.markdown(
                "**Prioriteringsgrunder**\n\n"
                + "\n".join(f"{c.position}. {plain(c.name)}{w}" for c, w in zip(criteria, weights, strict=True))
            )


def _rest(number: int) -> None:
    if number > _MOST:
        st.caption(f"De första {_MOST} av {number}. Alla står bland beloppen och deras källor längst ned.")
