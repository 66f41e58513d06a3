"""Personer och roller, as Administration offers it: who is in the list, what they may do, and how they sign in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from fou import members as service
from fou.access import Action
from fou.charts.chart import Table
from fou.errors import FouError, SaveConflict
from fou.members import Filled, Listed
from fou.model import ROLES
from fou.settings import UNNAMED
from fou.ui import show, state
from fou.ui.configured import settings
from fou.ui.head import View
from fou.ui.text import plain

_HEADS = {"name": "Namn", "role": "Roll", "email": "E-post", "unit": "Enhet"}
_NEW = "Lägg till en person"
_SAID = "person-gjort"


def members(view: View) -> None:
    """The list, and the ways to change it."""
    said = st.session_state.pop(_SAID, None)
    if said:
        st.success(plain(said), icon=":material/check:")
    opened = st.expander("Personer och roller", key="personer", on_change="rerun", icon=":material/group:")
    if not opened.open:
        return
    with opened:
        listed = view.read(service.members, view.person)
        st.markdown(_about())
        if listed:
            show.table(Table((*_HEADS.values(), "Loggar in med"), tuple(_row(one) for one in listed)))
        if not view.may(Action.MANAGE_MEMBERS):
            return
        by_id = {one.member.id: one for one in listed}
        chosen = st.selectbox(
            "Lägg till eller ändra", [0, *by_id], key="person", width=400,
            format_func=lambda number: _NEW if number == 0 else by_id[number].member.name if number in by_id else "",
        )  # fmt: skip
        _form(by_id.get(chosen or 0), view)


def _about() -> str:
    if not settings().network:
        return (
            "I lokalt läge väljer den som sitter vid datorn vem den är. När inloggning slås på gäller listan: den som "
            "loggar in med en bekräftad e-postadress som står här får rollen som står bredvid."
        )
    return (
        "Den som loggar in med en bekräftad e-postadress som står här får rollen som står bredvid. En ändring gäller "
        "från personens nästa klick."
    )


def _row(one: Listed) -> tuple[str | None, ...]:
    about = one.member
    accounts = ", ".join(dict.fromkeys(_provider(account.provider) for account in one.accounts))
    return (about.name, ROLES.get(about.role, about.role), about.email, about.unit, accounts or None)


def _provider(name: str) -> str:
    label = next((provider.label for provider in settings().providers if provider.name == name), None)
    return label or ("kommunens inloggning" if name == UNNAMED else name)


def _form(one: Listed | None, view: View) -> None:
    """A form over one person. What somebody else changed meanwhile is told, and what was typed stays."""
    number = one.member.id if one else 0
    fields = {name: f"person-{number}-{name}" for name in _HEADS}
    kept = f"person-sett-{number}"
    if kept not in st.session_state or fields["name"] not in st.session_state:
        st.session_state[kept] = one.member if one else None
        for name, key in fields.items():
            st.session_state[key] = getattr(one.member, name) or "" if one else "member" if name == "role" else ""
    told = st.session_state.pop(f"{kept}-krock", None)
    if told:
        st.error(plain(told), icon=":material/sync_problem:")
    with st.form(f"person-{number}"):
        left, right = st.columns(2)
        with left:
            st.text_input(_HEADS["name"], key=fields["name"])
            st.text_input(_HEADS["email"], key=fields["email"], placeholder="namn@kommun.se")
        with right:
            st.selectbox(_HEADS["role"], list(ROLES), format_func=ROLES.__getitem__, key=fields["role"])
            st.text_input(_HEADS["unit"], key=fields["unit"])
        pressed = st.form_submit_button("Spara" if one else "Lägg till", type="primary")
    if pressed:
        typed = {name: st.session_state[key] for name, key in fields.items()}
        _save(one, typed, kept, view)
    if one is not None:
        _ways_out(one, kept, view)


def _save(one: Listed | None, typed: dict[str, str], kept: str, view: View) -> None:
    filled = Filled(typed["name"], typed["email"], typed["role"], typed["unit"])
    try:
        if one is None:
            batch: int | None = service.add(state.database(), view.person, filled)
        else:
            batch = service.change(state.database(), view.person, st.session_state[kept], filled)
    except SaveConflict as conflict:
        # What the other wrote is now seen: saving again means that this is to stand.
        st.session_state[kept] = one.member if one else None
        st.session_state[f"{kept}-krock"] = f"{conflict} Det du skrev står kvar i formuläret."
        st.rerun()
    except FouError as error:
        st.error(f"{plain(str(error))} Inget är sparat.", icon=":material/block:")
        return
    st.session_state.pop(kept, None)
    _done("Inget är ändrat." if batch is None else f"{filled.name.strip()} är sparad (post {batch}).")


def _ways_out(one: Listed, kept: str, view: View) -> None:
    about = one.member
    with st.container(horizontal=True, gap="small"):
        if about.role != "blocked" and st.button(
            "Spärra", key=f"sparra-{about.id}", icon=":material/block:",
            help="Personen nekas vad inloggningstjänsten än säger, och kan släppas in igen med en ny roll.",
        ):  # fmt: skip
            _do(
                partial(service.block, state.database(), view.person, about),
                f"{about.name} är spärrad och nekas från nästa klick.",
                kept,
            )
        for account in one.accounts:
            label = f"Ta bort kontot hos {plain(_provider(account.provider))}"
            if st.button(label, key=f"konto-{account.id}", icon=":material/link_off:"):
                _do(
                    partial(service.remove_account, state.database(), view.person, account),
                    f"Kontot är borttaget från {about.name}. Nästa gång räknas bara e-postadressen.",
                    kept,
                )


def _do(act: Callable[[], object], said: str, kept: str) -> None:
    try:
        act()
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.session_state.pop(kept, None)
    _done(said)


def _done(said: str) -> None:
    st.session_state[_SAID] = said
    st.rerun()
