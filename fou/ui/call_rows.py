"""Rows to write in, for a call's grounds and money: what is typed is kept while the part is out of sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from fou.calling import FIRST_YEAR, LAST_YEAR, MOST_STEPS, MOST_WEIGHT
from fou.scales import HIGHEST

#: A row's cells in the order of its columns: text, a whole number, or None for nothing.
Row = tuple[Any, ...]

_NUMBER = st.column_config.NumberColumn
_TEXT = st.column_config.TextColumn
GROUND_COLUMNS = {
    "Prioriteringsgrund": _TEXT(width="large", max_chars=300),
    "Vikt": _NUMBER(min_value=1, max_value=MOST_WEIGHT, step=1, default=1, width=80),
    "Lägsta": _NUMBER(min_value=0, max_value=MOST_STEPS, step=1, default=0, width=80),
    "Högsta": _NUMBER(min_value=1, max_value=MOST_STEPS, step=1, default=HIGHEST, width=80),
    "Vägledning": _TEXT(width="large"),
}
MONEY_COLUMNS = {
    "År": _NUMBER(min_value=FIRST_YEAR, max_value=LAST_YEAR, step=1, format="%d", width=100),
    "Belopp": _TEXT(width=220),
}
_NUMBERS = ("Vikt", "Lägsta", "Högsta", "År")
#: Two lines of text, px.
_TALL = 56
#: What can be changed of the grounds once a call is open.
_UNLOCKED = "Vägledning"


def rows(prefix: str, start: Sequence[Row], columns: dict[str, Any], locked: bool = False) -> list[Row]:
    """Draw the rows, which begin as ``start``; return them as they are typed. ``locked``: only the guidance."""
    kept, begun = st.session_state.get(f"{prefix}-skrivet"), st.session_state.get(f"{prefix}-start")
    if begun is None or _editor(prefix) not in st.session_state:
        # The table begins anew, with what was typed in it.
        st.session_state[f"{prefix}-nummer"] = st.session_state.get(f"{prefix}-nummer", 0) + 1
        begun = st.session_state[f"{prefix}-start"] = list(start) if kept is None else kept
    frame = pd.DataFrame(begun, columns=list(columns), dtype="object")
    frame = frame.astype({name: "Int64" if name in _NUMBERS else "string" for name in columns})
    edited = st.data_editor(
        frame, key=_editor(prefix), hide_index=True, num_rows="fixed" if locked else "dynamic", height="content",
        disabled=[name for name in columns if name != _UNLOCKED] if locked else False, column_config=columns,
        row_height=_TALL if _UNLOCKED in columns else None, placeholder="",
        width="stretch" if _UNLOCKED in columns else "content",
        alt="Prioriteringsgrunder, att skriva i" if _UNLOCKED in columns else "Avsatta pengar per år, att skriva i",
    )  # fmt: skip
    typed = [tuple(_cell(cell) for cell in row) for row in edited.itertuples(index=False, name=None)]
    st.session_state[f"{prefix}-skrivet"] = typed
    return typed


def touched(prefix: str, start: Sequence[Row]) -> bool:
    """Whether something else than ``start`` is typed, also in what the browser has just sent."""
    kept, begun = st.session_state.get(f"{prefix}-skrivet"), st.session_state.get(f"{prefix}-start")
    sent = st.session_state.get(_editor(prefix)) or {}
    return (kept is not None and kept != list(start)) or (begun is not None and any(sent.values()))


def put(prefix: str, typed: Sequence[Row]) -> None:
    """Have the table begin anew with these rows."""
    st.session_state[f"{prefix}-skrivet"] = list(typed)
    st.session_state.pop(f"{prefix}-start", None)


def forget(prefix: str) -> None:
    """Forget what was typed."""
    for name in ("skrivet", "start"):
        st.session_state.pop(f"{prefix}-{name}", None)


def _editor(prefix: str) -> str:
    return f"{prefix}-tabell-{st.session_state.get(f'{prefix}-nummer', 0)}"


def _cell(cell: Any) -> Any:
    if cell is None or pd.isna(cell):
        return None
    return cell.strip() or None if isinstance(cell, str) else int(cell)
