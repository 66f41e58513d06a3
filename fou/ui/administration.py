"""Backup, restore and check, as the page Administration offers them."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import streamlit as st

from fou.check import check as find_failures
from fou.errors import FouError
from fou.ui import privacy, state
from fou.ui.head import View
from fou.ui.text import plain


def backup(view: View) -> None:
    """A copy of the whole database, made when it is asked for."""
    st.subheader("Säkerhetskopia", anchor=False)
    st.markdown("Filen innehåller allt: belopp, projekt, historik. Spara den där den är skyddad.")

    def copy() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "kopia.duckdb"
            state.database().backup(view.person, target)
            return target.read_bytes()

    st.download_button(
        "Hämta säkerhetskopia", copy, f"fou-{date.today().isoformat()}.duckdb", "application/octet-stream",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def restore(view: View) -> None:
    """Replace everything by a backup; what was there is kept beside."""
    st.subheader("Återställ", anchor=False)
    st.markdown("Byter ut allt mot en säkerhetskopia. Det som finns nu sparas bredvid databasen.")
    upload = st.file_uploader("Säkerhetskopia (.duckdb)", type=["duckdb"], key="kopia", max_upload_size=2048)
    if upload is None or not st.button("Återställ från filen", icon=":material/restore:"):
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "kopia.duckdb"
        source.write_bytes(upload.getvalue())
        try:
            with st.spinner("Återställer …"):
                kept = state.database().restore(view.person, source)
        except FouError as error:
            st.error(plain(str(error)), icon=":material/block:")
            return
    st.success(
        f"Databasen är återställd. Det som fanns före ligger i {plain(kept.name)}.",
        icon=":material/check_circle:",
    )
    privacy.remind(view)


def check() -> None:
    """Verify every invariant on request."""
    st.subheader("Kontroll", anchor=False)
    st.markdown("Kontrollerar att varje belopp, summa och ändring stämmer med historiken.")
    if not st.button("Kontrollera databasen", icon=":material/fact_check:"):
        return
    with st.spinner("Kontrollerar …"), state.database().read() as reader:
        failures = find_failures(reader)
    if failures:
        st.error("\n".join(f"- {plain(failure.message)}" for failure in failures[:50]))
    else:
        st.success("Databasen är hel: alla kontroller stämmer.", icon=":material/check_circle:")
