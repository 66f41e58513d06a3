"""Fördela: the table where a meeting tries amounts, and the room bar that follows each keystroke."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeAlias

import streamlit as st

from fou import scenarios
from fou.access import Action
from fou.boards import Board, board_of
from fou.errors import FouError, Refused
from fou.matters import Key
from fou.model import ScenarioLine
from fou.scenarios import Wish, as_line, said_anew
from fou.snapshot import Line
from fou.trying import typed
from fou.ui import components, room_bar, state
from fou.ui.head import View
from fou.ui.meeting import Room, known
from fou.ui.pages import APPLICATION
from fou.ui.text import plain
from fou.ui.views import distributing as views

#: What the browser sends of one thing that somebody did: see ``static/meeting.js``.
Did: TypeAlias = Mapping[str, Any]
_TABLE, _REFUSED, _DONE, _OPEN = "fordela", "fordela-fel", "fordela-gjort", "fordela-oppna"
_KEYS = "Tangenter i ett belopp: H helt, U utanför, A avsätt utan belopp, L lås, Enter nästa, Esc ångra det skrivna."
_LATE = "Servern svarar inte. Det du har gjort står kvar här och sparas när kontakten är tillbaka. Stäng inte sidan."
#: How many steps one can take back, and how many browsers' last word is remembered.
_STEPS, _BROWSERS = 50, 2000
#: The last thing that was heard from each browser's table: it sends all that it has not been answered to.
_heard: OrderedDict[str, int] = OrderedDict()
_lock = threading.Lock()


@st.fragment
def shown(view: View, room: Room) -> None:
    """The room bar and the table. A fragment: what one types runs this again, and not the page."""
    assert room.scenario is not None
    number = room.scenario.id
    try:
        wall = view.read(views.on_the_wall, view.person, number)
    except Refused as error:
        st.warning(plain(str(error)), icon=":material/search_off:")
        return
    may = _may_try(view, room)
    board, trial = _tried(wall, st.session_state.get(_TABLE))
    with room_bar.draw(board, view.unit):
        _step_back(view, number, may)
    st.markdown(plain(views.summary(board)))
    told = st.session_state.pop("fordela-angrat", None)
    if told:
        st.warning(plain(told), icon=":material/sync_problem:")
    for text in views.over(board.room):
        st.error(plain(text), icon=":material/error:")
    table = components.script("mote", "meeting.js")
    refused: dict[str, str] = st.session_state.setdefault(_REFUSED, {})
    token = (_said() or {}).get("token")
    data = {
        **views.table(board, wall.given.committed), "may": may, "caption": _KEYS if may else "",
        "token": token, "heard": _heard.get(token or "", 0), "refused": dict(refused), "trial": trial, "late": _LATE,
    }  # fmt: skip
    table(data=data, key=_TABLE, on_said_change=partial(_hear, view, number))
    opened = st.session_state.pop(_OPEN, None)
    if opened:
        st.switch_page(APPLICATION, query_params={**view.link(), "kod": opened})


def bar(view: View, room: Room) -> None:
    """The room that the chosen scenario leaves, above the parts that do not change it."""
    if room.scenario is not None:
        wall = view.read(views.on_the_wall, view.person, room.scenario.id)
        room_bar.draw(board_of(wall.given, wall.scenario, wall.lines), view.unit)


def _may_try(view: View, room: Room) -> bool:
    assert room.scenario is not None
    return view.may(Action.TRY) and view.read(scenarios.may_edit, view.person, room.scenario.id)


def _said() -> Did | None:
    said = st.session_state.get(_TABLE)
    found: Did | None = None if said is None else said.get("said")
    return found


def _tried(wall: views.OnTheWall, _run: object) -> tuple[Board, dict[str, str]]:
    """The board with what is being typed, which is not kept yet; and what is wrong with it, by cell."""
    typing = (_said() or {}).get("typing")
    lines = wall.lines
    wrong: dict[str, str] = {}
    if typing:
        try:
            key = views.key_of(typing["row"])
            wish = _wish(wall, key, typing["year"], typing["text"])
            lines = said_anew(lines, wall.scenario.id, [wish])
        except Refused:
            # Half an amount is none yet: it is said when it is kept.
            wrong = {}
    return board_of(wall.given, wall.scenario, lines), wrong


def _wish(wall: views.OnTheWall, key: Key, year: int, text: str) -> Wish:
    matter = wall.given.matters.of(key)
    if matter is None:
        raise Refused("Ärendet finns inte längre. Läs in sidan igen.")
    own = [line for line in wall.lines if (line.project, line.call) == key]
    return typed(matter, year, text, own, wall.given.matters.years)


def _hear(view: View, number: int) -> None:
    """Do what the browser says that somebody did, once each, in its order."""
    said = _said()
    if said is None:
        return
    token = str(said.get("token"))
    for did in said.get("queue") or ():
        with _lock:
            if did["n"] <= _heard.get(token, 0):
                continue
            _heard[token] = did["n"]
            _heard.move_to_end(token)
            while len(_heard) > _BROWSERS:
                _heard.popitem(last=False)
        _do(view, number, did)


def _do(view: View, number: int, did: Did) -> None:
    refused: dict[str, str] = st.session_state.setdefault(_REFUSED, {})
    cell = did.get("cell") or f"{did['row']}-{did['year']}"
    try:
        wall = view.read(views.on_the_wall, view.person, number)
        key = views.key_of(did["row"])
        if did["do"] == "open":
            matter = wall.given.matters.of(key)
            st.session_state[_OPEN] = matter.code if matter is not None and matter.applied is not None else None
            return
        _write(view, wall, key, did)
    except FouError as error:
        refused[cell] = str(error)
        return
    for stale in [name for name in refused if name == cell or (did["do"] != "amount" and name.startswith(did["row"]))]:
        del refused[stale]


def _write(view: View, wall: views.OnTheWall, key: Key, did: Did) -> None:
    database, person, number = state.database(), view.person, wall.scenario.id
    version = database.version
    before = _lines(wall.lines, key)
    what, year = did["do"], did["year"]
    done: int | None
    if what == "whole":
        done = scenarios.take_whole(database, person, number, key)
    elif what == "out":
        done = scenarios.leave_out(database, person, number, key)
    elif what == "lock":
        locked = any(line.locked for line in wall.lines if (line.project, line.call) == key)
        scenarios.lock(database, person, number, key, not locked)
        done = None
    elif what == "clear":
        done = scenarios.put_back(database, person, number, key, (), before)
    else:
        seen = did.get("seen")
        line = None if seen is None else ScenarioLine(0, number, *key, year, seen[0], seen[1], seen[2], None)
        done = scenarios.set_line(database, person, number, _said_of(wall, key, did, line), line)
    known(version)
    if done is not None:
        after = _lines(view.read(views.on_the_wall, person, number).lines, key)
        steps: list[_Step] = st.session_state.setdefault(_DONE, [])
        steps.append((number, key, before, after))
        del steps[:-_STEPS]


def _said_of(wall: views.OnTheWall, key: Key, did: Did, line: ScenarioLine | None) -> Wish:
    """What is said of one year: an amount as it is typed, what happens with it, or on which condition."""
    what, year = did["do"], did["year"]
    if what == "amount":
        return _wish(wall, key, year, did["text"])
    if what == "unset":
        return Wish(*key, year, "reserve", None, None if line is None else line.condition)
    if what == "condition":
        if line is None or line.choice == "out":
            raise Refused("Skriv ett belopp först: ett villkor gäller det.")
        return Wish(*key, year, line.choice, line.amount, did["text"])
    amount = None if line is None else line.amount
    matter = wall.given.matters.of(key)
    if amount is None and matter is not None:
        asked = dict(matter.asked).get(year)
        amount = None if asked is None or asked.known is None else int(asked.known) or None
    return Wish(*key, year, what, amount, None if line is None else line.condition)


#: A step that one can take back: which scenario and matter, and its lines before and after.
_Step: TypeAlias = tuple[int, Key, tuple[Line, ...], tuple[Line, ...]]


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
        st.session_state["fordela-angrat"] = str(error)
