"""Administration: the history with undo, backup and restore, and the check of the whole."""

import streamlit as st

from fou import ledger
from fou.access import Action
from fou.ui import administration
from fou.ui import members as people
from fou.ui.head import page_head, require_page
from fou.ui.history import batch_table, say_undone, undo
from fou.ui.pages import PERSONAL_DATA

view = page_head("Administration", "Allt som har skrivits, och vägen tillbaka.")
require_page(view, Action.UNDO)
say_undone()

st.subheader("Historik", anchor=False)
batches = view.read(ledger.history)
if not batches:
    st.info("Ingenting är skrivet än. Börja på sidan Import.", icon=":material/inbox:")
else:
    can = {
        b.id: f"Post {b.id}: {b.note}"
        for b in batches
        if b.undone_by is None and (b.entries or b.changes) and b.kind != Action.WEED
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Ångra en post",
            list(can),
            format_func=lambda n: can[n],
            index=None,
            placeholder="välj en post",
            width=480,
        )
        if st.button("Ångra", icon=":material/undo:", disabled=chosen is None) and chosen is not None:
            undo(chosen, view)
    shown = st.session_state.get("hela-historiken", False)
    batch_table(batches if shown else batches[:30])
    if len(batches) > 30:
        st.checkbox(f"Visa alla {len(batches)}", key="hela-historiken")

people.members(view)
st.page_link(
    PERSONAL_DATA, label="Personuppgifter: vad som sparas, utdrag och gallring", icon=":material/privacy_tip:",
)  # fmt: skip

left, right = st.columns(2, gap="large")
with left:
    administration.backup(view)
    administration.check()
with right:
    administration.restore(view)
