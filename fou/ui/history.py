"""The history of batches, and the way to undo one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fou import ledger
from fou.access import ACTION_NAMES, Action
from fou.charts.chart import Table
from fou.errors import FouError
from fou.model import Batch
from fou.swedish import format_timestamp
from fou.ui import show, state
from fou.ui.head import View
from fou.ui.text import plain


def batch_table(batches: Sequence[Batch]) -> None:
    """The batches as a table, newest first."""
    rows = [
        (
            b.id, format_timestamp(b.posted), b.actor, ACTION_NAMES.get(Action(b.kind), b.kind), _what(b),
            f"{b.entries} belopp, {b.changes} uppgifter",
            f"ångrad genom post {b.undone_by}" if b.undone_by else "gäller",
        )
        for b in batches
    ]  # fmt: skip
    show.table(
        Table(("Post", "När", "Vem", "Slag", "Vad", "Innehåll", "Läge"), tuple(rows)),
    )


def _what(batch: Batch) -> str:
    """What was done; for an import also the beginning of the checksum by which the very file is known again."""
    return f"{batch.note} · SHA-256 {batch.sha256[:12]}…" if batch.sha256 else batch.note


def undo_button(batch: Batch, view: View, where: str) -> None:
    """Undo this batch; a refusal says which later batch stands in the way."""
    if not view.may(Action.UNDO):
        return
    if st.button(f"Ångra post {batch.id}", key=f"angra-{where}-{batch.id}", icon=":material/undo:"):
        undo(batch.id, view)


def undo(number: int, view: View) -> None:
    """Undo and say so on the next run."""
    try:
        with st.spinner("Ångrar …"):
            by = ledger.undo(state.database(), view.person, number)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.session_state["angrad"] = f"Post {number} är ångrad (post {by})."
    st.rerun()


def say_undone() -> None:
    """Tell what was undone in the run before."""
    said = st.session_state.pop("angrad", None)
    if said:
        st.success(said, icon=":material/undo:")
