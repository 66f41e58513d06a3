"""The first step: a file, an import to take up again, or a template to fill in; and the imports made before."""

from __future__ import annotations

import io
from datetime import date

import streamlit as st

from fou import ledger
from fou.access import Action
from fou.imports.template.filled import write_filled
from fou.imports.template.writing import empty_template
from fou.swedish import format_timestamp
from fou.ui import state
from fou.ui.head import View
from fou.ui.history import batch_table
from fou.ui.importing.current import FILE_KINDS, MOST_MEGABYTES, STEPS, drafts, resume, start
from fou.ui.text import plain

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def choose_file(view: View) -> None:
    """The uploader; a file that was left half-way is offered beside it."""
    upload = st.file_uploader(
        "Välj en budget i Excel eller CSV, eller ett utdrag ur Swecris", type=FILE_KINDS,
        max_upload_size=MOST_MEGABYTES, key="fil-att-lasa",
    )  # fmt: skip
    if upload is not None:
        start(upload, view.person)
    _under_way(view)


def templates(view: View) -> None:
    """The budget template, empty or filled with what the database holds."""

    def empty() -> bytes:
        out = io.BytesIO()
        empty_template(out, view.today.year, view.today.year + 4)
        return out.getvalue()

    def filled() -> bytes:
        out = io.BytesIO()
        with state.reading(view.person, Action.IMPORT, ballots=False) as reader:
            write_filled(reader, out, date.today())
        return out.getvalue()

    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Hämta tom budgetmall", empty, "budgetmall.xlsx", _XLSX, icon=":material/download:", on_click="ignore",
            key="tom-mall",
        )  # fmt: skip
        st.download_button(
            "Hämta mallen ifylld", filled, "budget.xlsx", _XLSX, icon=":material/download:", on_click="ignore",
            key="ifylld-mall",
            help="Med allt i databasen utom bedömningar som inte är öppnade: ändra i den och läs in den igen.",
        )  # fmt: skip


def _under_way(view: View) -> None:
    for draft in drafts().of(view.person)[:5]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            when = format_timestamp(draft.created)
            step = STEPS[min(max(draft.step, 1), len(STEPS) - 1)]
            st.markdown(
                f":material/pending: {plain(draft.file)}, påbörjad {plain(when)}. Nästa: {plain(step.lower())}."
            )
            if st.button("Fortsätt", key=f"fortsatt-{draft.id}"):
                resume(draft)
                st.rerun()
            if st.button("Släng", key=f"slang-{draft.id}", type="tertiary"):
                drafts().discard(draft)
                st.rerun()


def earlier(view: View) -> None:
    """Earlier imports, each with its undo."""
    batches = [batch for batch in view.read(ledger.history) if batch.file is not None]
    if not batches:
        return
    st.subheader("Tidigare importer", anchor=False)
    batch_table(batches[:20])
