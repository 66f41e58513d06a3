"""What somebody has just done on a page: told once, with the way back for as long as they stay with it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from fou import ledger
from fou.access import Action
from fou.errors import FouError
from fou.ui import state
from fou.ui.head import View
from fou.ui.text import plain


@dataclass(frozen=True, slots=True)
class Done:
    """What is told on one kind of page; ``name`` is of its keys, ``place`` what in the address says where one is."""

    name: str
    place: tuple[str, ...]

    def tell(self, said: str, batch: int | None = None) -> None:
        """Tell it on the next run of such a page, with the way back when it is one batch."""
        st.session_state[f"{self.name}-gjort"] = (said, batch)

    def rerun(self, said: str, batch: int | None = None) -> None:
        """Tell it, and run the page again."""
        self.tell(said, batch)
        st.rerun()

    def show(self, view: View) -> None:
        """Tell what was done in the run before. The way back stays until something else is done or looked at."""
        where = {name: st.query_params.get(name) for name in self.place}
        back = f"{self.name}-angra"
        said, batch = st.session_state.pop(f"{self.name}-gjort", (None, None))
        if said:
            st.toast(plain(said), icon=":material/check:")
            st.session_state[back] = (where, said, batch)
        there, last, undoable = st.session_state.get(back, (where, "", None))
        if there != where:
            st.session_state.pop(back)
        elif undoable is not None and view.may(Action.UNDO):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f":material/check: {plain(last)}", width="content")
                if st.button("Ångra", key=f"{back}-knapp", icon=":material/undo:"):
                    self._undo(view, undoable)

    def _undo(self, view: View, batch: int) -> None:
        try:
            ledger.undo(state.database(), view.person, batch)
        except FouError as error:
            st.error(plain(str(error)), icon=":material/block:")
            return
        st.session_state.pop(f"{self.name}-angra", None)
        self.rerun(f"Det är ångrat (post {batch}).")
