"""The downloads on a page: the two reports, as every kind of file, made when somebody asks for one."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from fou.access import Action
from fou.exports import KINDS, REPORTS, Asked, file_name, holds, render
from fou.ui import limits, state
from fou.ui.head import View

_LABELS = {
    "pdf": "PDF",
    "word": "Word",
    "powerpoint": "PowerPoint",
    "excel": "Excel",
    "open-data": "Öppna data (CSV)",
}
_ABOUT = {
    "arsoversikt": "Året på en sida: ramen, områdena, finansiärerna och det som är öppet.",
    "portfoljrapport": "Årsöversikten, och alla projekt efter område med belopp, tid och ansvarig.",
}
MIME = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
assert _LABELS.keys() == KINDS.keys()


def downloads(view: View, first: str = "arsoversikt") -> None:
    """The button "Ladda ner". ``first`` is the report that is chosen from the start, a key of REPORTS."""
    menu = st.popover("Ladda ner", icon=":material/download:", key="ladda-ner", on_change="rerun")
    if not menu.open:
        return
    with menu:
        if not view.read(holds, view.year, view.money):
            st.markdown(f"Det finns inga uppgifter om {view.year} att skriva ut.")
            return
        names = list(REPORTS)
        chosen = st.radio(
            "Rapport", names, index=names.index(first), format_func=REPORTS.__getitem__,
            captions=[_ABOUT[name] for name in names], key=f"rapport-{first}",
        )  # fmt: skip
        asked = Asked(chosen or first, view.year, view.money, view.as_of, _base())
        with st.container(horizontal=True, gap="small"):
            for kind, label in _LABELS.items():
                st.download_button(
                    label, _maker(view, kind, asked), file_name(kind, asked), MIME[KINDS[kind]],
                    key=f"hamta-{asked.report}-{kind}", on_click="ignore",
                )  # fmt: skip


def _maker(view: View, kind: str, asked: Asked) -> Callable[[], bytes]:
    """Makes the file of what is registered when it is called, or as of the view's date if that is set."""

    def make() -> bytes:
        with limits.export(view.person), state.reading(view.person, Action.EXPORT, view.head) as reader:
            return render(reader, kind, asked)

    return make


def _base() -> str:
    """The address that the dashboard is reached by; empty when the browser does not tell."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/portfolj').rstrip('/')}" if parts.netloc else ""
