"""The part "Mötet": plan a meeting, say who is there and who is in conflict of interest, begin it and end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from fou import conflicts, meetings
from fou.access import Action
from fou.conflicts import leads
from fou.errors import FouError, SaveConflict
from fou.meetings import MeetingForm
from fou.model import ATTENDANCE_ROLES, Attendance, Meeting
from fou.snapshot import Attendant
from fou.swedish import count, format_date, join_words
from fou.ui import calls, show, state
from fou.ui.head import View
from fou.ui.meeting import Room, done, link
from fou.ui.pages import CALLS, MEETING
from fou.ui.text import ended, for_label, plain
from fou.ui.views import meeting_day as views

#: What a meeting usually takes up, to begin from.
_AGENDA = "1. Mötet öppnas. Närvaro och jäv\n2. Ärendena och utrymmet\n3. Rådets rekommendation\n4. Mötet avslutas"
_HEADS = {"name": "Namn", "held": "Dag", "place": "Plats", "agenda": "Dagordning"}
_NEW, _TURN, _WRONG = "mote-nytt", "mote-jav-nummer", "mote-fel"
#: So many matters can be pressed; more are looked up in a list.
_PRESSED = 12


def held(view: View, room: Room) -> None:
    """The meeting that the page is about, and the others about the same thing."""
    found = view.read(views.day, view.person, room.scope, room.meeting.id if room.meeting else None)
    wrong = st.session_state.pop(_WRONG, None)
    if wrong:
        st.error(plain(wrong), icon=":material/block:")
    if found.page is None:
        st.info(
            "Inget möte är planerat om det här. "
            + ("Planera ett nedan." if view.may(Action.PLAN_MEETING) else "En handläggare planerar det."),
            icon=":material/event:",
        )
    else:
        st.markdown(f"**{plain(found.sentence)}**")
        if view.may(Action.PLAN_MEETING):
            _move(view, found.page.meeting)
    sides = st.columns(2, gap="large")
    # A member comes here to declare a conflict of interest: on a phone it stands first.
    first = not view.may(Action.PLAN_MEETING)
    with sides[1 if first else 0]:
        if found.page is not None:
            _about(view, found, found.page)
    with sides[0 if first else 1]:
        _conflicts(view, room, found)
    _others(view, room, found)
    if view.may(Action.PLAN_MEETING):
        _opened(view, "Planera ett möte", ":material/add:", "mote-planera", _plan, room, found.page is None)


def _about(view: View, found: views.Day, page: meetings.MeetingPage) -> None:
    """Who is there, and the agenda."""
    changeable = view.may(Action.PLAN_MEETING) and page.meeting.state != "closed"
    st.subheader("Närvaro", anchor=False)
    st.markdown(plain(found.attendance))
    if changeable:
        _attendance(view, page)
    st.subheader("Dagordning", anchor=False)
    st.markdown(plain(found.points) if found.points else "Mötet har ingen dagordning än.")
    if changeable:
        _opened(view, "Ändra mötet", ":material/edit:", f"mote-andra-{page.meeting.id}", _edit, page.meeting)


def _opened(
    view: View,
    label: str,
    icon: str,
    key: str,
    draw: Callable[..., None],
    given: Meeting | Room,
    expanded: bool = False,
) -> None:
    opened = st.expander(label, key=key, on_change="rerun", icon=icon, expanded=expanded)
    if opened.open:
        with opened:
            draw(view, given)


# --- The meeting --------------------------------------------------------------------------------------------


def _move(view: View, meeting: Meeting) -> None:
    """Begin it, end it, or open it again."""
    database, person, number = state.database(), view.person, meeting.id
    with st.container(horizontal=True, gap="small"):
        if meeting.state == "planned" and st.button(
            "Börja mötet", key="mote-borja", type="primary", icon=":material/play_arrow:"
        ):  # fmt: skip
            _try(lambda: meetings.start(database, person, number, view.today), "Mötet pågår.")
        if meeting.state == "open" and st.button("Avsluta mötet", key="mote-avsluta", icon=":material/stop:"):
            _try(lambda: meetings.close(database, person, number), "Mötet är avslutat.")
        if meeting.state == "closed" and st.button(
            "Öppna mötet igen", key="mote-oppna", icon=":material/lock_open:"
        ):  # fmt: skip
            _try(lambda: meetings.reopen(database, person, number), "Mötet pågår igen.")


def _plan(view: View, room: Room) -> None:
    """A form for a new meeting. What is typed stays for the session."""
    if f"{_NEW}-name" not in st.session_state:
        _fill(_NEW, MeetingForm(f"FoU-rådet, {room.title}", agenda=_AGENDA))
    form = _fields(_NEW)
    st.caption("Rådets alla ledamöter blir kallade. Det går att ändra sedan.")
    if not st.button("Planera mötet", key=f"{_NEW}-skapa", type="primary"):
        return
    try:
        number = meetings.create(state.database(), view.person, room.scope, form)
    except FouError as error:
        _refused(error)
        return
    for name in _HEADS:
        st.session_state.pop(f"{_NEW}-{name}", None)
    page = view.read(meetings.meeting_page, view.person, number)
    st.query_params["mote"] = page.meeting.code
    done(f"{form.name.strip()} är planerat.")


def _edit(view: View, meeting: Meeting) -> None:
    """Change what is said of the meeting. What somebody else changed meanwhile is told, and what was typed stays."""
    prefix = f"mote-{meeting.id}"
    seen: Meeting | None = st.session_state.get(f"{prefix}-sett")
    wanted: MeetingForm | None = st.session_state.pop(f"{prefix}-fyll", None)
    if wanted is not None:
        _fill(prefix, wanted)
    elif seen is None or f"{prefix}-name" not in st.session_state or _typed(prefix) == _form_of(seen):
        # Nothing is typed: the form says what stands now.
        _fill(prefix, _form_of(meeting))
        st.session_state[f"{prefix}-sett"] = seen = meeting
    assert seen is not None
    told = st.session_state.pop(f"{prefix}-krock", None)
    if told:
        st.error(plain(told), icon=":material/sync_problem:")
    form = _fields(prefix)
    if not st.button("Spara mötet", key=f"{prefix}-spara", type="primary"):
        return
    before = _form_of(seen)
    changed = {name: getattr(form, name) for name in _HEADS if getattr(form, name) != getattr(before, name)}
    try:
        batch = meetings.edit(state.database(), view.person, seen, replace(before, **changed))
    except SaveConflict as conflict:
        now = view.read(meetings.meeting_page, view.person, meeting.id).meeting
        theirs = [
            f"{head}: {_shown(getattr(now, name))}"
            for name, head in _HEADS.items()
            if getattr(now, name) != getattr(seen, name)
        ]
        # What the person typed stays and all else is as it is now: saving again means that theirs is to stand.
        st.session_state[f"{prefix}-fyll"] = replace(_form_of(now), **changed)
        st.session_state[f"{prefix}-sett"] = now
        st.session_state[f"{prefix}-krock"] = (
            f"{conflict} Nu gäller {ended('; '.join(theirs))} Det du skrev står kvar. Spara igen om det ska gälla."
        )
        st.rerun()
    except FouError as error:
        _refused(error)
        return
    st.session_state.pop(f"{prefix}-sett")
    done("Inget är ändrat." if batch is None else "Mötet är ändrat.", batch)


def _fields(prefix: str) -> MeetingForm:
    def key(name: str) -> dict[str, Any]:
        return {"key": f"{prefix}-{name}", "persist_state": "session"}

    with st.container(horizontal=True, gap="small"):
        st.text_input(_HEADS["name"], **key("name"), width=340, max_chars=meetings.LONGEST)
        st.date_input(
            _HEADS["held"], value=None, format="YYYY-MM-DD", min_value=date(1990, 1, 1), max_value=date(2100, 12, 31),
            **key("held"), width=190,
        )  # fmt: skip
        st.text_input(_HEADS["place"], **key("place"), width=220)
    st.text_area(_HEADS["agenda"], **key("agenda"), height=160)
    return _typed(prefix)


def _fill(prefix: str, form: MeetingForm) -> None:
    for name in _HEADS:
        st.session_state[f"{prefix}-{name}"] = getattr(form, name) or (None if name == "held" else "")


def _typed(prefix: str) -> MeetingForm:
    values = {name: st.session_state[f"{prefix}-{name}"] for name in _HEADS}
    return MeetingForm(
        (values["name"] or "").strip(), values["held"], (values["place"] or "").strip() or None,
        (values["agenda"] or "").strip() or None,
    )  # fmt: skip


def _form_of(meeting: Meeting) -> MeetingForm:
    return MeetingForm(meeting.name, meeting.held, meeting.place, meeting.agenda)


def _shown(value: Any) -> str:
    return format_date(value) if isinstance(value, date) else str(value or "tomt")


# --- Who is there -------------------------------------------------------------------------------------------


def _attendance(view: View, page: meetings.MeetingPage) -> None:
    """Press those who are there. It is saved at once, beside what others press at the same time."""
    number, key = page.meeting.id, f"mote-har-{page.meeting.id}"
    names = {one.name: views.named(one) for one in page.attendance}
    here = [one.name for one in page.attendance if one.present]
    if names:
        st.session_state[key] = here
        st.pills(
            "Tryck på dem som är här. De andra antecknas som frånvarande.", list(names), selection_mode="multi",
            format_func=lambda name: for_label(names.get(name, name)), key=key, on_change=_pressed,
            args=(view, number, key, frozenset(here)), wrap=True,
        )  # fmt: skip
        if len(here) < len(names) and st.button("Alla är här", key="mote-alla", icon=":material/done_all:"):
            _save(view, number, lambda one: replace(one, present=True))
            st.rerun()
    opened = st.expander("Ändra vilka som är kallade", key=f"mote-kallade-{number}", on_change="rerun")
    if opened.open:
        with opened:
            _called(view, page)


def _pressed(view: View, number: int, key: str, shown: frozenset[str]) -> None:
    chosen = frozenset(st.session_state[key])
    flipped = chosen ^ shown

    def said(one: Attendant) -> Attendant:
        return replace(one, present=one.name in chosen if one.name in flipped else bool(one.present))

    _save(view, number, said)


def _called(view: View, page: meetings.MeetingPage) -> None:
    """Who leads and who writes, somebody more, or somebody less."""
    turn = st.session_state.get("mote-kallade-nummer", 0)
    names = [one.name for one in page.attendance]
    before = {role: next((one.name for one in page.attendance if one.role == role), None) for role in _LEADING}
    with st.form(f"mote-kallade-{page.meeting.id}-{turn}", border=False):
        chosen: dict[str, str | None] = {}
        gone: list[str] = []
        if names:
            with st.container(horizontal=True, gap="small"):
                for role, label in _LEADING.items():
                    chosen[role] = st.selectbox(
                        label, names, index=None, key=f"mote-{role}-{page.meeting.id}-{turn}", width=240,
                        placeholder=before[role] or "ingen",
                    )  # fmt: skip
        with st.container(horizontal=True, gap="small"):
            typed = st.text_area(
                "Lägg till, ett namn per rad", key=f"mote-till-{turn}", width=240, height=120, placeholder="namn"
            )
            role = st.selectbox(
                "Som", list(ATTENDANCE_ROLES), index=list(ATTENDANCE_ROLES).index("member"),
                format_func=ATTENDANCE_ROLES.__getitem__, key=f"mote-som-{turn}", width=240,
            )  # fmt: skip
        if names:
            gone = st.multiselect("Ta bort ur kallelsen", names, key=f"mote-bort-{turn}", placeholder="ingen")
        if not st.form_submit_button("Spara", type="primary"):
            return

    def said(one: Attendant) -> Attendant | None:
        if one.name in gone:
            return None
        now = one.role
        for which, who in chosen.items():
            if who is not None:
                now = which if one.name == who else "member" if now == which else now
        return replace(one, role=now)

    # Whoever is added while the meeting goes on is there; before it they are called.
    there = True if page.meeting.state == "open" else None
    lines = dict.fromkeys(" ".join(line.split()) for line in (typed or "").splitlines())
    added = [Attendant(name, role, there) for name in lines if name]
    if _save(view, page.meeting.id, said, added):
        st.session_state["mote-kallade-nummer"] = turn + 1
    st.rerun()


_LEADING = {"chair": "Leder mötet", "secretary": "Skriver protokollet"}


def _save(
    view: View, number: int, said: Callable[[Attendant], Attendant | None], added: Sequence[Attendant] = ()
) -> bool:
    """Change the attendance as it stands now, so that two who press at once lose nothing."""
    try:
        stands = view.read(meetings.meeting_page, view.person, number).attendance
        rows = [new for one in stands if (new := said(_attendant(one))) is not None]
        meetings.save_attendance(state.database(), view.person, number, [*rows, *added], stands)
    except FouError as error:
        st.session_state[_WRONG] = str(error)
        return False
    return True


def _attendant(one: Attendance) -> Attendant:
    return Attendant(one.name, one.role, one.present)


# --- Conflicts of interest ----------------------------------------------------------------------------------


def _conflicts(view: View, room: Room, found: views.Day) -> None:
    st.subheader("Jäv", anchor=False)
    st.markdown(
        f"**{plain(found.conflicts)}** "
        + (
            "Den som är jävig deltar inte i ärendet, och ser inga bedömningar av det. Det gäller genast och står i "
            "protokollet."
            if room.call is not None
            else "I en årsplan finns inga bedömningar: jävet antecknas i protokollet."
        )
    )
    if found.table.rows:
        show.table(found.table)
    for line in found.noted:
        st.markdown(f"- {plain(line)}")
    leading = view.may(Action.DECLARE) and view.read(leads, view.person)
    if room.call is not None and leading and found.proposed:
        st.page_link(
            CALLS, label=f"Avgör {count(found.proposed, 'föreslaget', 'föreslagna')} jäv", icon=":material/gavel:",
            query_params=calls.link(view, room.call.code, "jav"),
        )  # fmt: skip
    own = [one for one in found.members if one.id == view.person.member]
    if not view.may(Action.DECLARE) or found.settled or not found.matters or not (own or leading):
        return
    if room.call is None and (found.page is None or found.page.meeting.state == "closed"):
        st.caption("Jäv i en årsplan antecknas vid ett möte som är planerat eller pågår.")
        return
    _declare(view, room, found, {one.id: one.name for one in (found.members if leading else own)}, bool(own))


def _declare(view: View, room: Room, found: views.Day, who: dict[int, str], member: bool) -> None:
    """Press the matters, say why: one's own from one's own screen, or what somebody says aloud in the room."""
    turn = st.session_state.get(_TURN, 0)
    names = dict(found.matters)
    with st.form(f"mote-jav-{turn}"):
        chosen: int | None = view.person.member
        if len(who) > 1 or not member:
            chosen = st.selectbox(
                "Vem är jävig?", list(who), key=f"mote-jav-vem-{turn}", format_func=who.__getitem__, placeholder="välj",
                index=list(who).index(chosen) if chosen in who else None,
            )  # fmt: skip
        label = "Jag är jävig i" if len(who) == 1 and member else "Jävig i"
        if len(names) <= _PRESSED:
            about = st.pills(
                label, list(names), selection_mode="multi", key=f"mote-jav-i-{turn}",
                format_func=lambda one: for_label(_short(names[one])), wrap=True,
            )  # fmt: skip
        else:
            about = st.multiselect(
                label, list(names), key=f"mote-jav-i-{turn}", format_func=names.__getitem__, placeholder="sök ärende"
            )
        reason = st.text_input("Varför?", key=f"mote-jav-skal-{turn}", placeholder="chef för den sökande …")
        st.caption("Alla i rådet ser skälet.")
        if not st.form_submit_button("Anmäl jäv", type="primary"):
            return
    if chosen is None or not about:
        st.error("Välj ärende." if chosen is not None else "Välj ledamot och ärende.", icon=":material/edit:")
        return
    batches: list[int | None] = []
    for one in about:
        try:
            batches.append(_write(view, room, found, one, names[one], chosen, reason or ""))
        except FouError as error:
            before = f" Anmält före det: {join_words([names[a] for a in about[: len(batches)]])}." if batches else ""
            st.error(plain(f"{names[one]}: {error}{before}"), icon=":material/block:")
            return
    st.session_state[_TURN] = turn + 1
    made = [batch for batch in batches if batch is not None]
    said = f"{who[chosen]} är jävig i {count(len(about), 'ärende', 'ärenden')}."
    done(said if made else "Så är det redan.", made[0] if len(made) == 1 else None)


def _write(view: View, room: Room, found: views.Day, about: int, title: str, member: int, reason: str) -> int | None:
    if room.call is not None:
        return conflicts.declare(state.database(), view.person, about, member, reason, view.today)
    assert found.page is not None
    title = title.partition(" ")[2]
    return meetings.take_down(state.database(), view.person, found.page.meeting.id, member, title, reason)


def _short(name: str) -> str:
    return name if len(name) <= 48 else f"{name[:47]}…"


# --- The others ---------------------------------------------------------------------------------------------


def _others(view: View, room: Room, found: views.Day) -> None:
    if not found.others:
        return
    st.subheader("Andra möten om samma sak", anchor=False)
    for one in found.others:
        st.page_link(
            MEETING, label=f"**{for_label(one.meeting.name)}**: {for_label(one.text)}",
            query_params=link(
                view, room.scope, room.call.code if room.call else None, mote=one.meeting.code, **{"del": "motet"}
            ),
        )  # fmt: skip


def _try(write: Callable[[], int], said: str) -> None:
    """Begin or end it. Each has its own way back, so that no "Ångra" for it stands beside what is done later."""
    try:
        write()
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    done(said)


def _refused(error: FouError) -> None:
    st.error(f"{plain(str(error))} Det du skrev står kvar.", icon=":material/block:")
