"""Fördela: the table where a meeting tries amounts, and the room bar that follows each keystroke."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import streamlit as st

from fou import scenarios
from fou.access import Action
from fou.boards import Board, given
from fou.errors import FouError, Refused, SaveConflict
from fou.matters import Key
from fou.model import ScenarioLine
from fou.scenarios import Wish, as_line, said_anew, scope_of
from fou.snapshot import Line
from fou.trying import typed
from fou.ui import components, following, heard, meeting, room_bar, state
from fou.ui.head import View
from fou.ui.heard import Did
from fou.ui.meeting import Room
from fou.ui.pages import APPLICATION
from fou.ui.text import plain
from fou.ui.views import distributing as views

log = logging.getLogger("fou")

#: A step that one can take back: which scenario and matter, and its lines before and after.
_Step: TypeAlias = tuple[int, Key, tuple[Line, ...], tuple[Line, ...]]
_TABLE, _REFUSED, _DONE, _TOLD, _OPEN = "fordela", "fordela-fel", "fordela-gjort", "fordela-angrat", "fordela-oppna"
_MINE, _WHO = "fordela-mitt", "fordela-vem"
_KEYS = "Tangenter i ett belopp: H helt, U utanför, A avsätt utan belopp, L lås, Enter ned, Tab till höger, Esc ångra."
_LATE = "Servern svarar inte. Det du har gjort står kvar här och sparas när kontakten är tillbaka. Stäng inte sidan."
#: How many steps one can take back.
_STEPS = 50


@st.fragment
def shown(view: View, room: Room) -> None:
    """The room bar and the table. A fragment: what one types runs this again, and not the page."""
    assert room.scenario is not None
    number = room.scenario.id
    # Before anything is read: what changes meanwhile is asked for again.
    version, now = following.version(), meeting.room(view)
    looks = "" if now is None else now.looks
    try:
        wall = on_the_wall(view, number)
    except Refused as error:
        st.warning(plain(str(error)), icon=":material/search_off:")
        return
    if st.session_state.get(_WHO) != view.person:
        # In local mode somebody else may have sat down: what one did is no other's to take back.
        for name in (_REFUSED, _DONE, _MINE, _TOLD):
            st.session_state.pop(name, None)
        st.session_state[_WHO] = view.person
    may = _may_try(view, room)
    said = _said()
    board = _tried(wall, said)
    with room_bar.draw(board, view.unit):
        st.caption(plain(wall.scenario.name))
        _step_back(view, number, may)
    # A place of its own, so that the table below stays where it is, whatever there is to tell.
    with st.container(gap="small"):
        _told(wall, board)
    data = {
        **views.table(board, wall.given.committed), "scenario": number, "may": may, "caption": _KEYS if may else "",
        "token": heard.token(said), "heard": heard.answered(said), "late": _LATE,
        "version": version, "looks": looks,
        "refused": {cell: text for (about, cell), text in _refused().items() if about == number},
    }  # fmt: skip
    table = components.script("mote", "meeting.js")
    table(data=data, key=_TABLE, on_said_change=partial(_hear, view))
    opened = st.session_state.pop(_OPEN, None)
    if opened:
        st.switch_page(APPLICATION, query_params={**view.link(), "kod": opened})


def on_the_wall(view: View, number: int) -> views.OnTheWall:
    """The scenario with this id, and what it rests on. Raises Refused when it is gone."""
    who, stands = view.alike, view.read(views.stands, view.alike, number)
    scope = scope_of(stands.scenario)
    known = view.read_beside_scenarios(given, who, scope)
    missing = stands.keys - {matter.key for matter in known.matters.rows}
    if missing:
        # Something is said of a matter that would not be there otherwise, as one that has been withdrawn since.
        known = view.read_beside_scenarios(given, who, scope, missing)
    return views.OnTheWall(stands, known)


def _told(wall: views.OnTheWall, board: Board) -> None:
    """The scenario in a sentence, and what is wrong with it."""
    st.markdown(plain(views.summary(board)))
    if wall.stands.room is not None:
        st.caption("Scenariot är rådets rekommendation. Utrymmet visas som det var när den lämnades.")
    elif wall.stands.decided:
        st.caption("Nämnden har redan beslutat i frågan. Det här scenariot räknas ovanpå det som är beviljat.")
    told = st.session_state.pop(_TOLD, None)
    if told:
        st.warning(plain(told), icon=":material/sync_problem:")
    for text in views.over(board.room):
        st.error(plain(text), icon=":material/error:")


def bar(view: View, room: Room) -> None:
    """The room that the chosen scenario leaves, above the parts that do not change it."""
    if room.scenario is not None:
        wall = on_the_wall(view, room.scenario.id)
        room_bar.draw(wall.board(), view.unit)
        if wall.stands.room is not None:
            st.caption("Utrymmet visas som det var när rekommendationen lämnades.")


def _may_try(view: View, room: Room) -> bool:
    assert room.scenario is not None
    return view.may(Action.TRY) and view.read(scenarios.may_edit, view.person, room.scenario.id)


def _said() -> object:
    said = st.session_state.get(_TABLE)
    return None if said is None else said.get("said")


def _refused() -> dict[tuple[int, str], str]:
    """What could not be written, by scenario and box, until something else is written there."""
    refused: dict[tuple[int, str], str] = st.session_state.setdefault(_REFUSED, {})
    return refused


def _tried(wall: views.OnTheWall, said: object) -> Board:
    """The board with what is being typed, which is not kept yet. Half an amount is none: it is told when it is kept."""
    typing, lines = heard.typing(said), wall.lines
    if typing is not None and typing.scenario == wall.scenario.id:
        with suppress(Refused):
            lines = said_anew(lines, wall.scenario.id, [_wish(wall, typing)])
    return wall.board(lines)


def _wish(wall: views.OnTheWall, did: Did) -> Wish:
    matter = wall.given.matters.of(did.key)
    if matter is None:
        raise Refused("Ärendet finns inte längre. Läs in sidan igen.")
    own = [line for line in wall.lines if (line.project, line.call) == did.key]
    return typed(matter, did.year, did.text, own, wall.given.matters.years)


def _hear(view: View) -> None:
    """Do what the browser says that somebody did, once each, in its order. Whatever goes wrong is told at its box."""
    refused = _refused()
    for did in heard.anew(_said()):
        about = [name for name in refused if name[0] == did.scenario and _is_about(name[1], did)]
        try:
            _do(view, did)
        except SaveConflict as error:
            refused[did.scenario, did.cell] = f"{error} Skriv det igen om ditt ska gälla, eller tryck på Esc."
        except FouError as error:
            refused[did.scenario, did.cell] = str(error)
        except Exception:
            log.exception("What was done in the table of a meeting could not be written")
            refused[did.scenario, did.cell] = "Det gick inte att spara. Försök igen, eller säg till en handläggare."
        else:
            for name in about:
                refused.pop(name, None)


def _is_about(cell: str, did: Did) -> bool:
    if did.what in heard.WITH_YEAR:
        return cell == did.cell
    return cell == did.row or cell.startswith(f"{did.row}-")


def _do(view: View, did: Did) -> None:
    database, person, key = state.database(), view.person, did.key
    if did.what == "forget":
        return
    wall = on_the_wall(view, did.scenario)
    own = [line for line in wall.lines if (line.project, line.call) == key]
    if did.what == "open":
        matter = wall.given.matters.of(key)
        st.session_state[_OPEN] = matter.code if matter is not None and matter.applied is not None else None
        return
    if not view.may(Action.TRY):
        raise Refused("Det går inte att ändra här. Töm datumet under Visning om du ser ett tidigare läge.")
    if did.what != "unlock" and any(line.locked for line in own):
        raise Refused("Ärendet är låst. Lås upp det först.")
    before = tuple(map(as_line, own))
    # What one has just done oneself is no news to one, though one's browser had not shown it yet.
    mine: dict[tuple[int, Key], tuple[Line, ...]] = st.session_state.setdefault(_MINE, {})
    if mine.get((did.scenario, key)) == before:
        did = replace(did, seen=next((line for line in own if line.year == did.year), None))
    match did.what:
        case "whole":
            done = scenarios.take_whole(database, person, did.scenario, key)
        case "out":
            done = scenarios.leave_out(database, person, did.scenario, key)
        case "clear":
            done = scenarios.put_back(database, person, did.scenario, key, (), before)
        case "lock" | "unlock":
            scenarios.lock(database, person, did.scenario, key, did.what == "lock")
            done = None
        case _:
            done = scenarios.set_line(database, person, did.scenario, _said_of(wall, did), did.seen)
    after = _lines(view.read(views.stands, view.alike, did.scenario).lines, key)
    if done is not None:
        mine[did.scenario, key] = after
        steps: list[_Step] = st.session_state.setdefault(_DONE, [])
        steps.append((did.scenario, key, before, after))
        del steps[:-_STEPS]


def _said_of(wall: views.OnTheWall, did: Did) -> Wish:
    """What is said of one year: an amount as it is typed, what happens with it, or on which condition."""
    line = did.seen
    condition = None if line is None else line.condition
    match did.what:
        case "amount":
            return _wish(wall, did)
        case "unset":
            return Wish(*did.key, did.year, "reserve", None, condition)
        case "condition":
            if line is None or line.choice == "out":
                raise Refused("Skriv ett belopp först: ett villkor gäller det.")
            return Wish(*did.key, did.year, line.choice, line.amount, did.text)
    amount = None if line is None else line.amount
    matter = wall.given.matters.of(did.key)
    if amount is None and matter is not None:
        asked = dict(matter.asked).get(did.year)
        amount = None if asked is None or asked.known is None else int(asked.known) or None
    return Wish(*did.key, did.year, did.what, amount, condition)


def _lines(lines: tuple[ScenarioLine, ...], key: Key) -> tuple[Line, ...]:
    return tuple(as_line(line) for line in lines if (line.project, line.call) == key)


def _step_back(view: View, number: int, may: bool) -> None:
    steps: list[_Step] = [step for step in st.session_state.get(_DONE, []) if step[0] == number]
    if may:
        last = steps[-1] if steps else None
        st.button(
            "Ångra senaste", key="fordela-tillbaka", icon=":material/undo:", on_click=_undo, args=(view, last),
            disabled=last is None,
        )  # fmt: skip


def _undo(view: View, step: _Step | None) -> None:
    if step is None:
        return
    number, key, before, after = step
    st.session_state[_DONE] = [one for one in st.session_state[_DONE] if one is not step]
    try:
        scenarios.put_back(state.database(), view.person, number, key, before, after)
    except FouError as error:
        st.session_state[_TOLD] = str(error)
