"""The limits that a suggestion is to keep, as the council writes them; what is typed is kept while they are closed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from fou.money import NotAnAmount, format_sek, parse_sek
from fou.swedish import count, join_words
from fou.ui.meeting import Room
from fou.ui.text import plain
from fou.ui.views.suggesting import Limited

#: What is typed for an area: its least and its most.
Typed = dict[str, tuple[str, str]]

_AREA, _LEAST, _MOST = "Område", "Minst (kr)", "Högst (kr)"


def limits(room: Room, areas: tuple[str, ...]) -> Limited | None:
    """Draw the limits; return them, None while something that is typed is no amount."""
    prefix = f"forslag-granser-{room.scope.call}-{room.scope.year}"
    new_key = f"{prefix}-nya"
    typed: Typed = st.session_state.setdefault(f"{prefix}-skrivet", {})
    opened = st.expander("Gränser", key=f"{prefix}-visa", on_change="rerun", icon=":material/tune:")
    if opened.open:
        with opened:
            st.number_input(
                "Högst så många nya projekt", min_value=0, step=1, value=None, key=new_key, placeholder="ingen gräns",
                width=280, persist_state="session",
            )  # fmt: skip
            if areas:
                st.caption(
                    "Minst och högst i kronor till vart område: skriv i tabellen, till exempel 500 000 eller 500 tkr. "
                    "Tomt är ingen gräns."
                )
                typed = _areas(prefix, areas, typed)
    said, wrong = _read(typed, st.session_state.get(new_key), areas)
    if said != Limited():
        st.markdown(f"Gränser som gäller: {plain(_in_words(said))}.")
    for text in wrong:
        st.error(plain(text), icon=":material/error:")
    return None if wrong else said


def _areas(prefix: str, areas: tuple[str, ...], typed: Typed) -> Typed:
    """The areas' least and most, to write in."""
    start_key, number_key = f"{prefix}-start", f"{prefix}-nummer"
    begun = st.session_state.get(start_key)
    editor = f"{prefix}-tabell-{st.session_state.get(number_key, 0)}"
    if begun is None or tuple(area for area, _, _ in begun) != areas or editor not in st.session_state:
        # The table begins anew, with what was typed in it.
        st.session_state[number_key] = st.session_state.get(number_key, 0) + 1
        begun = st.session_state[start_key] = [(area, *typed.get(area, ("", ""))) for area in areas]
        editor = f"{prefix}-tabell-{st.session_state[number_key]}"
    text = st.column_config.TextColumn
    edited = st.data_editor(
        pd.DataFrame(begun, columns=[_AREA, _LEAST, _MOST], dtype="string"), key=editor, hide_index=True,
        num_rows="fixed", disabled=[_AREA], height="content", placeholder="", alt="Områdenas gränser, att skriva i",
        column_config={_AREA: text(width="large"), _LEAST: text(width=160), _MOST: text(width=160)},
    )  # fmt: skip
    found = {
        area: ("" if pd.isna(least) else least.strip(), "" if pd.isna(most) else most.strip())
        for area, least, most in edited.itertuples(index=False, name=None)
    }
    st.session_state[f"{prefix}-skrivet"] = found
    return found


def _read(typed: Typed, most_new: int | None, areas: tuple[str, ...]) -> tuple[Limited, list[str]]:
    """The limits that are typed, and what is wrong with the rest."""
    found, wrong = [], []
    for area in areas:
        amounts: list[int | None] = []
        for text in typed.get(area, ("", "")):
            try:
                amount = parse_sek(text) if text else None
            except NotAnAmount as error:
                wrong.append(f"{area}: {error}")
                break
            if amount is not None and (amount < 0 or amount != int(amount)):
                wrong.append(f"{area}: skriv hela kronor, 0 eller mer.")
                break
            amounts.append(None if amount is None else int(amount))
        else:
            least, most = amounts
            if least is not None and most is not None and least > most:
                wrong.append(f"{area}: det minsta, {format_sek(least)}, är mer än det högsta, {format_sek(most)}.")
            elif least or most is not None:
                found.append((area, least or 0, most))
    return Limited(most_new, tuple(found)), wrong


def _in_words(said: Limited) -> str:
    parts = [] if said.most_new is None else [f"högst {count(said.most_new, 'nytt projekt', 'nya projekt')}"]
    for area, least, most in said.areas:
        ends = [f"minst {format_sek(least)}"] if least else []
        ends += [] if most is None else [f"högst {format_sek(most)}"]
        parts.append(f"{area} {join_words(ends)}")
    return join_words(parts)
