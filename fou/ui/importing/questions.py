"""Names that are only alike: "Är detta …?", one question for each, and what kind of funder a new one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from fou.imports.answers import Settled
from fou.imports.recognise import Candidate, Recognised
from fou.imports.references import fold
from fou.imports.sheets.understanding import Understanding
from fou.model import FUNDER_KINDS
from fou.swedish import count
from fou.ui.importing.current import choose, set_choice
from fou.ui.text import for_label, plain

_NEW = {
    "project": "Nej, ett nytt projekt",
    "area": "Nej, ett nytt område",
    "funder": "Nej, en ny finansiär",
    "call": "Nej, en ny utlysning",
}
_ONE = {"project": "projektet", "area": "området", "funder": "finansiären", "call": "utlysningen"}
#: So many questions are shown at a time.
_AT_ONCE = 8


def questions(understood: Understanding, answered: bool = True) -> None:
    """Ask about each name; with ``answered`` also those that have an answer, which can be changed."""
    asked = [
        (table, recognised, settled)
        for table, names in understood.names.items()
        for recognised, settled in names.questions()
    ]
    funders = understood.names["funder"]
    new = [(one.label, funders[one.label].funder_kind) for one in funders.recognised.values()
           if funders[one.label].kind == "new"]  # fmt: skip
    if not answered:
        asked, new = [one for one in asked if one[2].kind == "ask"], [one for one in new if one[1] is None]
    if not asked and not new:
        return
    left = [question for question in asked if question[2].kind == "ask"]
    if asked:
        st.subheader("Är det samma sak?", anchor=False)
    if left:
        names = count(len(left), "namn", "namn")
        st.markdown(plain(f"{names} i filen liknar något som redan finns. Ingenting slås ihop utan ditt svar."))
        if len(left) > 1:
            st.button(
                "Svara ja på alla förslag", on_click=choose, args=(lambda choices: _yes_to_all(choices, left),),
                icon=":material/done_all:", key="ja-till-alla",
            )  # fmt: skip
    later = left[_AT_ONCE:]
    for question in asked:  # in the order of the file, so that none moves when it is answered
        if question not in later:
            _question(*question)
    if later:
        st.caption(f"{count(len(later), 'fråga', 'frågor')} till visas när de första är besvarade.")
    for label, kind in new:
        _kind(label, kind)


def _yes_to_all(choices: Any, left: Sequence[tuple[str, Recognised, Settled]]) -> None:
    names = choices.setdefault("names", {})
    for table, recognised, _ in left:
        if recognised.candidates:
            target = recognised.candidates[0].target
            names.setdefault(table, {})[recognised.label] = {"same_as": target}
            st.session_state[_key(table, recognised)] = f"same:{target}"


def _question(table: str, recognised: Recognised, settled: Settled) -> None:
    candidates = {f"same:{candidate.target}": candidate for candidate in recognised.candidates}
    options = [*candidates, "new", "skip"]
    same = next((name for name, c in candidates.items() if fold(c.target) == fold(settled.target or "")), None)
    now = {"new": "new", "skip": "skip", "same": same}.get(settled.kind)
    key = _key(table, recognised)

    def shown(option: str) -> str:
        if option in candidates:
            return f"Ja, {_ONE[table]} {_named(candidates[option])}"
        return _NEW[table] if option == "new" else "Läs inte raderna"

    def chosen() -> None:
        answer = st.session_state[key]
        value: dict[str, Any] | None = None
        if answer in candidates:
            value = {"same_as": candidates[answer].target}
        elif answer is not None:
            value = {"new": ""} if answer == "new" else {"skip": True}
        set_choice(("names", table, recognised.label), value)

    st.selectbox(
        f"Är ”{for_label(recognised.label)}” något av detta?", options,
        index=options.index(now) if now in options else None, format_func=shown, key=key, on_change=chosen,
        placeholder="Svara ja eller nej",
    )  # fmt: skip


def _key(table: str, recognised: Recognised) -> str:
    return f"fraga-{table}-{recognised.label}"


def _named(candidate: Candidate) -> str:
    where = ", som står tidigare i filen" if candidate.in_file else ""
    return f"{candidate.shown}{where} ({min(candidate.likeness, 99)} % lika)"


def _kind(label: str, now: str | None) -> None:
    key = f"slag-{label}"
    options = list(FUNDER_KINDS)

    def chosen() -> None:
        set_choice(("names", "funder", label), {"new": st.session_state[key] or ""})

    st.selectbox(
        f"Vilket slags finansiär är ”{for_label(label)}”?", options,
        index=options.index(now) if now in options else None,
        format_func=FUNDER_KINDS.__getitem__, key=key, on_change=chosen,
        placeholder="Välj",
    )  # fmt: skip
