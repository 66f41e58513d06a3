"""The papers of a recommendation as downloads: made when somebody asks for one, from what was frozen."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from fou.access import Action
from fou.charts.chart import Table
from fou.deciding import Verified
from fou.exports.papers import PAPERS, file_name
from fou.exports.papers.making import made, ruling_of
from fou.exports.papers.particulars import Particulars
from fou.exports.papers.template import FORMS, LETTER, MATTERS, MEMO, MINUTES, Form, faults, own_template
from fou.swedish import join_words
from fou.ui import limits, show, state
from fou.ui.configured import settings
from fou.ui.head import View
from fou.ui.reports import MIME
from fou.ui.text import plain
from fou.ui.views.recommending import Shown

_WORD = ".docx"
#: Why there are no letters of decision, by what the board has decided.
_NO_LETTERS = {
    "": "Beslutsbreven görs när nämndens beslut är registrerat.",
    "sent_back": "Nämnden återremitterade ärendet. Därför finns inga beslutsbrev.",
}
_TEMPLATES = {"memo": MEMO, "minutes": MINUTES, "letters": LETTER}
#: What the handler writes for the papers; the longer texts are paragraphs of the memo.
_SHORT = {"board": "Nämnd", "reference": "Diarienummer", "unit": "Enhet", "handler": "Handläggare"}
_LONG = {"background": "Bakgrund", "preparation": "Ärendets beredning", "call_text": "Om utlysningen"}


def offered(view: View, shown: Shown) -> None:
    """The papers that there are, and what is missing for the others."""
    st.subheader("Papper", anchor=False)
    particulars = _particulars(view, shown)
    wrong = _faults(settings().templates)
    missing: list[str] = []
    if shown.page.snapshot.meeting is None:
        missing.append("Protokollsutdrag görs av en rekommendation som lämnas vid ett möte.")
    elif not shown.whole:
        missing.append("Protokollsutdraget görs av någon som ser hela rekommendationen, även jäven.")
    with st.container(horizontal=True, gap="small"):
        for paper, after in _offered(shown):
            form = _TEMPLATES.get(paper)
            snapshot = shown.page.snapshot
            unmade = paper == "minutes" and (snapshot.meeting is None or not shown.whole)
            unmade = unmade or shown.page.verified is Verified.BROKEN
            ruling = ruling_of(shown.page) if after else None
            name = file_name(paper, snapshot, ruling)
            st.download_button(
                _label(paper, after, shown.settled), _maker(view, shown, paper, after, particulars), name,
                MIME[Path(name).suffix], key=f"papper-{paper}-{after}", icon=":material/download:", on_click="ignore",
                disabled=unmade or (form is not None and form.file in wrong),
            )  # fmt: skip
    if not shown.settled:
        latest = shown.page.in_force
        missing.append(_NO_LETTERS["" if latest is None else latest.resolution.verdict])
    if missing:
        st.caption(" ".join(missing))
    for file, told in wrong.items():
        st.error(plain(f"Er mall {file} går inte att använda. {' '.join(told)}"), icon=":material/edit_document:")
    _write(view, shown)
    if view.may(Action.EDIT):
        _templates(settings().templates)


def _offered(shown: Shown) -> list[tuple[str, bool]]:
    """The papers, and whether each is of what the board decided; the memo is of both."""
    if not shown.settled:
        return [(paper, False) for paper in PAPERS if paper != "letters"]
    return [("memo", False), *((paper, paper in ("memo", "annex", "letters")) for paper in PAPERS)]


def _label(paper: str, after: bool, settled: bool) -> str:
    name, _, suffix = PAPERS[paper]
    program = {_WORD: "Word", ".xlsx": "Excel", ".pptx": "PowerPoint", ".zip": "Word i ZIP"}[suffix]
    if paper == "memo" and settled:
        return f"Beslutet ({program})" if after else f"{name} med förslaget ({program})"
    return f"{name} ({program})"


def _maker(view: View, shown: Shown, paper: str, after: bool, particulars: Particulars) -> Callable[[], bytes]:
    def make() -> bytes:
        with limits.export(view.person), state.reading(view.person, Action.SEE_DRAFTS, view.head) as reader:
            number = shown.page.recommendation.id
            return made(reader, view.person, number, paper, particulars, settings().templates, after).content

    return make


# --- What the handler writes --------------------------------------------------------------------------------


def _particulars(view: View, shown: Shown) -> Particulars:
    """What is written for the papers, or stands already."""
    found = {name: st.session_state.get(_key(shown, name), value) for name, value in _known(view, shown).items()}
    texts: dict[str, Any] = {name: (text or "").strip() or None for name, text in found.items()}
    return Particulars(**texts, immediate=st.session_state.get(_key(shown, "immediate"), True))


def _known(view: View, shown: Shown) -> dict[str, str]:
    latest = shown.page.in_force
    return {
        **dict.fromkeys((*_SHORT, *_LONG), ""),
        "board": shown.board,
        "reference": "" if latest is None else latest.resolution.reference,
        "handler": view.person.name if view.may(Action.EDIT) and view.person.key else "",
        "preparation": shown.preparation,
    }


def _write(view: View, shown: Shown) -> None:
    opened = st.expander(
        "Skriv till i papperen", key=f"papper-uppgifter-{shown.page.recommendation.id}", on_change="rerun",
        icon=":material/edit:",
    )  # fmt: skip
    if not opened.open:
        return
    known = _known(view, shown)
    for name, text in known.items():
        st.session_state.setdefault(_key(shown, name), text)
    with opened:
        st.caption("Det som lämnas tomt utelämnas. Texterna finns kvar så länge du är inne, och går att ändra i Word.")
        with st.container(horizontal=True, gap="small"):
            for name, label in _SHORT.items():
                st.text_input(label, key=_key(shown, name), width=220, persist_state="session")
        for name, label in _LONG.items():
            st.text_area(label, key=_key(shown, name), height=90, persist_state="session")
        st.session_state.setdefault(_key(shown, "immediate"), True)
        st.checkbox("Föreslå att paragrafen justeras omedelbart", key=_key(shown, "immediate"), persist_state="session")


def _key(shown: Shown, name: str) -> str:
    return f"papper-{shown.page.recommendation.id}-{name}"


# --- Templates ----------------------------------------------------------------------------------------------


def _templates(folder: Path) -> None:
    own = [form.file for form in FORMS if (folder / form.file).is_file()]
    opened = st.expander("Mallar", key="papper-mallar", on_change="rerun", icon=":material/description:")
    if not opened.open:
        return
    with opened:
        st.markdown(
            f"Vill ni ha en egen mall: hämta Fous, ändra den i Word, och lägg den med samma filnamn i mappen "
            f"{plain(str(folder))} på servern. "
            + (f"Nu används er egen {plain(join_words(own))}." if own else "Nu används Fous mallar till alla papper.")
        )
        with st.container(horizontal=True, gap="small"):
            for form in FORMS:
                st.download_button(
                    form.file, lambda form=form: own_template(form), form.file, MIME[_WORD],  # type: ignore[misc]
                    key=f"mall-{form.file}", icon=":material/download:", on_click="ignore",
                )  # fmt: skip
        chosen = st.segmented_control(
            "Fält i mallen", list(_TEMPLATES), format_func=lambda paper: PAPERS[paper][0], key="papper-falt"
        )
        if chosen:
            show.table(_fields(_TEMPLATES[chosen]))


def _fields(form: Form) -> Table:
    rows = [(f"{{{{{name}}}}}", about, "ja" if name in form.must else "") for name, about in form.about.items()]
    rows += [
        (f"{{{{{name}}}}}", f"{about} (mellan {{{{{MATTERS}}}}} och {{{{slut}}}})",
         "ja" if name in form.matter_must else "")
        for name, about in form.matter.items()
    ]  # fmt: skip
    return Table(("Fält", "Vad som står där", "Måste finnas"), tuple(rows))


def _faults(folder: Path) -> dict[str, tuple[str, ...]]:
    """What is wrong with the municipality's own templates, by file."""
    found = {}
    for form in FORMS:
        try:
            about = (folder / form.file).stat()
        except OSError:
            continue
        told = _read(form.file, folder, about.st_mtime_ns, about.st_size)
        if told:
            found[form.file] = told
    return found


@lru_cache(maxsize=16)  # read again only when somebody has saved the file
def _read(name: str, folder: Path, _saved: int, _size: int) -> tuple[str, ...]:
    form = next(form for form in FORMS if form.file == name)
    try:
        return faults(form, (folder / name).read_bytes())
    except OSError as error:
        return (f"Den gick inte att läsa ({error.strerror or error}).",)
