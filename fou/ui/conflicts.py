"""Jäv: who is in conflict of interest where, what is proposed and must be settled, and declaring it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from fou import conflicts
from fou.access import Action
from fou.calls import Applied, CallPage
from fou.conflicts import Declared, leads
from fou.errors import FouError
from fou.model import Member
from fou.ui import show, state
from fou.ui.calls import done
from fou.ui.head import View
from fou.ui.text import plain
from fou.ui.views import assessing as views

#: Counts what has been declared or settled, so that the next form begins empty.
_TURN = "jav-nummer"


def listed(view: View, page: CallPage) -> None:
    """The conflicts of interest that the person may see, and what they may do with them."""
    found = view.read(views.conflicts_view, page.call.id)
    st.markdown(f"**{plain(found.sentence)}** Den som är jävig bedömer inte ansökan, och ser inga bedömningar av den.")
    changeable = page.call.state != "decided" and view.may(Action.DECLARE)
    leading = changeable and view.read(leads, view.person)
    if leading:
        _settle(view, [one for one in found.found if one.holds and one.conflict.member != view.person.member])
    if found.found:
        show.table(found.table)
    if changeable:
        active = [one for one in page.applications if one.active]
        own = [one for one in found.members if one.id == view.person.member]
        if active and (own or leading):
            _declare(view, active, found.members if leading else tuple(own))
    if changeable and view.may(Action.EDIT):
        _propose(view, page)


def _settle(view: View, holding: list[Declared]) -> None:
    """Confirm or dismiss, with a reason: what is proposed first."""
    if not holding:
        return
    by_id = {one.conflict.id: one for one in sorted(holding, key=lambda one: one.state != "proposed")}
    waiting = sum(one.state == "proposed" for one in holding)
    label = f"Avgör föreslaget jäv ({waiting})" if waiting else "Avfärda ett jäv"
    opened = st.expander(label, key="jav-avgor", expanded=bool(waiting), on_change="rerun", icon=":material/gavel:")
    if not opened.open:
        return
    turn = st.session_state.get(_TURN, 0)
    with opened:
        number = st.selectbox(
            "Jäv", list(by_id), key=f"jav-vilket-{turn}", format_func=lambda one: _named(by_id[one]),
        )  # fmt: skip
        one = by_id[number]
        reason = st.text_input(
            "Varför?", key=f"jav-varfor-{turn}-{number}", value=one.conflict.reason if one.state == "proposed" else "",
            max_chars=500,
        )  # fmt: skip
        with st.container(horizontal=True, gap="small"):
            confirm = one.state == "proposed" and st.button("Bekräfta jävet", key="jav-bekrafta", type="primary")
            dismiss = st.button("Avfärda jävet", key="jav-avfarda")
        said = reason or ""
        if dismiss and one.state == "proposed" and said == one.conflict.reason:
            st.error("Skriv varför ledamoten inte är jävig.", icon=":material/edit:")
        elif dismiss:
            _try(
                lambda: conflicts.dismiss(state.database(), view.person, one.conflict, said),
                f"{one.member} är inte jävig i {one.code}.",
            )
        elif confirm:
            about = one.conflict
            _try(
                lambda: conflicts.declare(
                    state.database(), view.person, about.proposal, about.member, said, view.today
                ),
                f"{one.member} är jävig i {one.code}.",
            )


def _declare(view: View, active: list[Applied], members: tuple[Member, ...]) -> None:
    """Declare it: one's own, or for who leads anybody's."""
    own = len(members) == 1 and members[0].id == view.person.member
    opened = st.expander(
        "Anmäl att jag är jävig" if own else "Anmäl jäv", key="jav-anmal", on_change="rerun",
        icon=":material/front_hand:",
    )  # fmt: skip
    if not opened.open:
        return
    turn = st.session_state.get(_TURN, 0)
    applications = {one.proposal.id: views.name_of(one) for one in active}
    names = {one.id: one.name for one in members}
    with opened, st.form(f"jav-anmal-{turn}", border=False):
        proposal = st.selectbox(
            "Ansökan", list(applications), index=None, key=f"jav-ansokan-{turn}", placeholder="välj",
            format_func=applications.__getitem__,
        )  # fmt: skip
        member: int | None = members[0].id
        if not own:
            member = st.selectbox(
                "Ledamot", list(names), index=None, key=f"jav-ledamot-{turn}", placeholder="välj",
                format_func=names.__getitem__,
            )  # fmt: skip
        reason = st.text_input("Varför?", key=f"jav-skal-{turn}", placeholder="chef för den sökande …")
        if not st.form_submit_button("Anmäl jäv", type="primary"):
            return
        if proposal is None or member is None:
            st.error("Välj ansökan." if own else "Välj ansökan och ledamot.", icon=":material/edit:")
            return
        chosen, who = proposal, member
        _try(
            lambda: conflicts.declare(state.database(), view.person, chosen, who, reason or "", view.today),
            f"Jäv är anmält för {next(one.name for one in members if one.id == who)}.",
        )


def _propose(view: View, page: CallPage) -> None:
    """Look for members whose unit is applicant or performer."""
    if st.button("Föreslå jäv efter ledamöternas enheter", key="jav-foresla", icon=":material/person_search:"):
        _try(
            lambda: conflicts.propose(state.database(), view.person, page.call.id, view.today),
            "Jäv är föreslaget där en ledamots enhet söker eller deltar. Det gäller tills det är avgjort.",
            "Inget nytt jäv att föreslå: ingen annan ledamots enhet söker eller deltar.",
        )


def _try(write: Callable[[], int | None], said: str, nothing: str = "Så är det redan.") -> None:
    try:
        batch = write()
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    done(nothing if batch is None else said, batch)


def _named(one: Declared) -> str:
    return f"{one.code} {one.title}, {one.member}: {one.conflict.reason or 'inget skäl'}"
