"""A meeting's scenarios: choose one, begin and copy, rename, put away and take out again, and put one on the wall."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import streamlit as st

from fou import conflicts, meetings, scenarios
from fou.access import Action
from fou.errors import FouError
from fou.model import RECOMMENDATION_STATES, Scenario
from fou.scenarios import LONGEST, Listed
from fou.ui import state
from fou.ui.head import View
from fou.ui.meeting import Room, done
from fou.ui.text import for_label, plain

T = TypeVar("T")

_CHOICE = "scenario-valt"
#: The scenario that the address says without anybody having chosen it.
_HELD = "scenario-holls"
_MENU = "scenario-meny"
#: Whether the menu is to be closed at the next run.
_CLOSE = "scenario-stang"
#: What the menu offers.
_COPY, _NEW, _CHANGE, _STORED = "Kopiera", "Nytt", "Ändra", "Undanlagda"
#: What the first scenario is called: the council's, or a member's own.
_FIRST, _OWN = "Rådets förslag", "Mitt förslag"


def chooser(view: View, room: Room) -> None:
    """A compact row: which scenario is shown, and for those who may, new ones and what can be done with this one."""
    if st.session_state.pop(_CLOSE, False):
        st.session_state[_MENU] = False
    if room.scenario is None:
        return
    if view.as_of is None and may_change(view, room.scenario):
        # Whoever may write here is never moved to another scenario while typing, whatever is put on the wall.
        if st.query_params.get("scenario") != room.scenario.code:
            st.query_params["scenario"] = st.session_state[_HELD] = room.scenario.code
    elif st.session_state.pop(_HELD, "") == st.query_params.get("scenario"):
        # Somebody else is at the screen now, who has not chosen it.
        _follow_wall()
        st.rerun()
    by_code = {one.scenario.code: one for one in room.scenarios}
    # Set at every run: the address and the wall decide what is shown.
    st.session_state[_CHOICE] = room.scenario.code
    with st.container(gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.selectbox(
                "Scenario", list(by_code), key=_CHOICE, on_change=_remember, width=240, label_visibility="collapsed",
                format_func=lambda code: _label(view, room, by_code[code]) if code in by_code else code,
            )  # fmt: skip
            if view.may(Action.PLAN_MEETING) and room.meeting is not None and room.meeting.state == "open":
                _wall(view, room, room.scenario)
            if view.may(Action.TRY) and may_begin(view):
                _menu(view, room, room.scenario)
        _elsewhere(view, room, room.scenario)


def first(view: View, room: Room) -> None:
    """What to do when there is no scenario: a button that makes the first one."""
    st.info(
        "Här finns inget scenario än. Ett scenario är ett sätt att fördela pengarna: vad varje ärende får, vad som "
        "avsätts och vad som lämnas utanför. Det går att ändra, kopiera och jämföra, och inget gäller förrän nämnden "
        "har beslutat.",
        icon=":material/inbox:",
    )
    if view.as_of is not None:
        st.caption("Töm datumet för att börja på ett.")
        return
    if not view.may(Action.TRY) or not may_begin(view):
        st.caption("Ordföranden eller en handläggare börjar på det första.")
        return
    name = _FIRST if _leads(view) else _OWN
    if st.button(f"Börja på ”{name}”", key="scenario-forsta", type="primary", icon=":material/add:"):
        made = attempt(lambda: scenarios.create(state.database(), view.person, room.scope, name))
        if made is not None:
            go_to(view, made, f"{name} är påbörjat. Fördela pengarna ärende för ärende.")
    _away(view, room)


def named(view: View, listed: Listed) -> str:
    """A scenario's name, with whose own it is when it is not the council's."""
    scenario = listed.scenario
    if scenario.owner is None:
        return scenario.name
    return f"{scenario.name} ({'din egen' if _mine(view, scenario) else listed.owner or 'en ledamots eget'})"


def may_change(view: View, scenario: Scenario) -> bool:
    """Whether the person may write in the scenario, as far as whose it is decides."""
    if not view.may(Action.TRY):
        return False
    if scenario.owner is None or view.may(Action.PLAN_MEETING):
        return _leads(view)
    return _mine(view, scenario)


def attempt(write: Callable[[], T]) -> T | None:
    """What the write returns; None when it was refused, which is then told."""
    try:
        return write()
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return None


def go_to(view: View, number: int, said: str) -> None:
    """Show the scenario with this id that was just made, with the way back, and close what it was made in."""
    with state.database().read() as reader:
        made = scenarios.scenario_of(reader, number)
        batch = scenarios.begun_in(reader, number)
    st.query_params["scenario"] = made.code
    st.session_state[_CLOSE] = True
    done(said, batch)


def _label(view: View, room: Room, listed: Listed) -> str:
    parts = [named(view, listed)]
    if listed.scenario.id == room.wall:
        parts.append("på väggen")
    if listed.recommended is not None:
        parts.append(f"rekommendation, {RECOMMENDATION_STATES[listed.recommended]}")
    return " · ".join(parts)


def _remember() -> None:
    st.query_params["scenario"] = st.session_state[_CHOICE]
    st.session_state.pop(_HELD, None)


def _elsewhere(view: View, room: Room, scenario: Scenario) -> None:
    """What is on the wall now, for somebody who stays at another, and the way there."""
    wall = next((one for one in room.scenarios if one.scenario.id == room.wall), None)
    if wall is None or wall.scenario.id == scenario.id:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"På väggen visas nu {plain(named(view, wall))}.", width="content")
        st.button("Följ väggen", key="scenario-folj", icon=":material/cast_connected:", on_click=_follow_wall)


def _follow_wall() -> None:
    st.query_params.pop("scenario", None)


def _wall(view: View, room: Room, scenario: Scenario) -> None:
    """Put the scenario on the wall of the meeting under way, unless it is there."""
    if scenario.id == room.wall:
        return
    if st.button("Visa på väggen", key="scenario-vaggen", icon=":material/cast:") and room.meeting is not None:
        meeting = room.meeting.id
        batch = attempt(lambda: meetings.show(state.database(), view.person, meeting, scenario.id))
        if batch is not None:
            # It has its own way back: another scenario is put there.
            done(f"{scenario.name} visas på väggen.")


def _menu(view: View, room: Room, scenario: Scenario) -> None:
    """Begin a new one, copy this one, rename it or put it away, and take out what is put away."""
    menu = st.popover("Scenarier", key=_MENU, on_change="rerun", icon=":material/add:")
    if not menu.open:
        return
    with menu:
        chosen = st.segmented_control(
            "Gör", (_COPY, _NEW, _CHANGE, _STORED), default=_COPY, required=True, key="scenario-gor",
            label_visibility="collapsed",
        )  # fmt: skip
        if chosen == _NEW:
            _new(view, room)
        elif chosen == _CHANGE:
            _change(view, scenario)
        elif chosen == _STORED:
            _away(view, room)
        else:
            _copy(view, scenario)


def _new(view: View, room: Room) -> None:
    with st.form("scenario-nytt-form", border=False):
        name = st.text_input("Vad det nya scenariot heter", max_chars=LONGEST, key="scenario-nytt-namn")
        st.caption(f"Det börjar tomt.{_whose(view)}")
        if st.form_submit_button("Börja på det", type="primary"):
            made = attempt(lambda: scenarios.create(state.database(), view.person, room.scope, name))
            if made is not None:
                go_to(view, made, f"{' '.join(name.split())} är påbörjat.")


def _copy(view: View, scenario: Scenario) -> None:
    key = f"scenario-kopia-{scenario.id}"
    if key not in st.session_state:
        st.session_state[key] = f"{scenario.name}, kopia"[:LONGEST]
    with st.form("scenario-kopia-form", border=False):
        name = st.text_input(f"Vad kopian av {for_label(scenario.name)} heter", max_chars=LONGEST, key=key)
        st.caption(f"Belopp, villkor och lås följer med.{_whose(view)}")
        if st.form_submit_button("Kopiera", type="primary"):
            made = attempt(lambda: scenarios.copy(state.database(), view.person, scenario.id, name))
            if made is not None:
                go_to(view, made, f"{' '.join(name.split())} är en kopia av {scenario.name}.")


def _change(view: View, scenario: Scenario) -> None:
    """Its name and note, and away with it."""
    if not may_change(view, scenario):
        st.caption("Det här scenariot kan du inte ändra. Kopiera det och ändra i kopian.")
        return
    _rename(view, scenario)
    if st.button("Lägg undan", key="scenario-undan", icon=":material/inventory_2:"):
        batch = attempt(lambda: scenarios.put_away(state.database(), view.person, scenario.id))
        if batch is not None:
            st.query_params.pop("scenario", None)
            st.session_state[_CLOSE] = True
            done(f"{scenario.name} är undanlagt. Det finns kvar under ”{_STORED}”.", batch)


def _rename(view: View, scenario: Scenario) -> None:
    """A form over its name and note; what somebody else changed meanwhile is told, and what was typed stays."""
    name_key, note_key, seen_key = (f"scenario-{what}-{scenario.id}" for what in ("namn", "text", "sett"))
    if seen_key not in st.session_state or name_key not in st.session_state:
        st.session_state[seen_key] = scenario
        st.session_state[name_key], st.session_state[note_key] = scenario.name, scenario.note or ""
    with st.form("scenario-byt-form", border=False):
        name = st.text_input("Namn", key=name_key, max_chars=LONGEST)
        note = st.text_area("Anteckning", key=note_key, placeholder="Vad scenariot prövar", height=80)
        if not st.form_submit_button("Spara"):
            return
    try:
        batch = scenarios.rename(state.database(), view.person, st.session_state[seen_key], name, note)
    except FouError as error:
        # What others have written is now seen: saving again means that this is to stand.
        st.session_state[seen_key] = scenario
        st.error(f"{plain(str(error))} Det du skrev står kvar.", icon=":material/sync_problem:")
        return
    st.session_state.pop(seen_key, None)
    st.session_state[_CLOSE] = True
    done("Inget är ändrat." if batch is None else f"{' '.join(name.split())} är sparat.", batch)


def _away(view: View, room: Room) -> None:
    """What is put away, to take out again."""
    shown = {one.scenario.id for one in room.scenarios}
    found = [
        one
        for one in view.read(scenarios.scenarios, view.person, room.scope, True)
        if one.scenario.id not in shown and may_change(view, one.scenario)
    ]
    if not found:
        if room.scenario is not None:
            st.caption("Inget är undanlagt.")
        return
    if room.scenario is None:
        st.markdown("**Undanlagda**")
    for one in found:
        number, label = one.scenario.id, f"Ta fram {for_label(named(view, one))}"
        if not st.button(label, key=f"scenario-fram-{number}", icon=":material/unarchive:"):
            continue
        batch = attempt(partial(scenarios.put_away, state.database(), view.person, number, False))
        if batch is not None:
            st.query_params["scenario"] = one.scenario.code
            st.session_state[_CLOSE] = True
            done(f"{one.scenario.name} är framtaget.", batch)


def _whose(view: View) -> str:
    return "" if _leads(view) else " Det blir ditt eget: de andra ser det, men bara du ändrar det."


def _mine(view: View, scenario: Scenario) -> bool:
    return scenario.owner is not None and scenario.owner == view.person.member


def _leads(view: View) -> bool:
    return view.read(conflicts.leads, view.person)


def may_begin(view: View) -> bool:
    """Whether the person can make a scenario: a member of the council, or who leads it."""
    return view.person.member is not None or _leads(view)
