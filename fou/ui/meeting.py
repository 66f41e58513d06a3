"""Rådsmöte: what a meeting is about, the scenario that is shown, and what the parts of its page share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

import streamlit as st

from fou.matters import Scope
from fou.model import MEETING_STATES, Call, Meeting, Scenario
from fou.scenarios import Listed
from fou.swedish import format_date
from fou.ui.done import Done
from fou.ui.head import View
from fou.ui.pages import MEETING
from fou.ui.text import for_label, plain
from fou.ui.views import meeting as views

#: The parts of a meeting's page by their names in the address.
PARTS = {
    "fordela": "Fördela",
    "jamfor": "Jämför",
    "forslag": "Förslag",
    "motet": "Mötet",
    "beslut": "Beslut",
}
_PART = "mote-del"

_told = Done("mote", ("utlysning", "plan"))
#: Tell what was done on the page's next run, which is made at once; and draw what was told.
done, say_done = _told.rerun, _told.show


@dataclass(frozen=True, slots=True)
class Room:
    """What a meeting's page is about, and what it shows: ``scenario`` is the chosen one, None before there is any.

    ``meeting`` is the one under way, else the one to come, else the latest. ``wall`` is the scenario on its wall.
    """

    scope: Scope
    call: Call | None
    title: str
    scenarios: tuple[Listed, ...]
    scenario: Scenario | None
    meeting: Meeting | None
    wall: int | None

    @property
    def looks(self) -> str:
        """A word for how the page looks beside its table: another when anything is, but the amounts in scenarios."""
        shown = replace(self, scenarios=tuple(replace(one, lines=0, granted=0) for one in self.scenarios))
        return sha256(repr(shown).encode()).hexdigest()[:16]


def link(view: View, scope: Scope, code: str | None, **query: str) -> dict[str, str]:
    """The query of a link to a meeting's page about this; ``code`` is the call's."""
    about = {"utlysning": code} if code else {"plan": str(scope.year)}
    return {**view.link(), **about, **query}


def room(view: View) -> Room | None:
    """What the address asks for: None when it says nothing, or what is not there."""
    code, year = st.query_params.get("utlysning"), st.query_params.get("plan", "")
    if not code and not year.isdecimal():
        return None
    found = view.read(views.hand, view.alike, code, int(year) if year.isdecimal() else None)
    if found is None:
        return None
    meeting = _meeting(found)
    wall = meeting.scenario if meeting is not None and meeting.state == "open" else None
    return Room(
        found.scope, found.call, found.title, found.scenarios, _chosen(found, wall), meeting, wall
    )  # fmt: skip


def _meeting(found: views.Hand) -> Meeting | None:
    asked = st.query_params.get("mote")
    order = {"open": 0, "planned": 1, "closed": 2}
    ranked = sorted(found.meetings, key=lambda one: (one.code != asked, order[one.state]))
    return ranked[0] if ranked else None


def _chosen(found: views.Hand, wall: int | None) -> Scenario | None:
    asked = st.query_params.get("scenario")
    own = [one.scenario for one in found.scenarios]
    named = next((one for one in own if one.code == asked), None)
    shown = next((one for one in own if one.id == wall), None)
    return named or shown or (own[0] if own else None)


def subtitle(room: Room | None) -> str | None:
    """Which meeting it is, below the page's title."""
    if room is None or room.meeting is None:
        return None
    held = f", {format_date(room.meeting.held)}" if room.meeting.held else ""
    return f"{room.meeting.name}{held}, {MEETING_STATES[room.meeting.state]}"


def part_chosen() -> str:
    """Draw the choice of part, which the address follows; return it (a key of PARTS)."""
    asked = st.query_params.get("del")
    st.session_state[_PART] = asked if asked in PARTS else "fordela"
    chosen = st.segmented_control(
        "Del av mötet", list(PARTS), required=True, format_func=PARTS.__getitem__, key=_PART, on_change=_remember,
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    # A link from the list is followed without the address being told: it is when something is put in it.
    if asked != (chosen or "fordela"):
        st.query_params["del"] = chosen or "fordela"
    return chosen or "fordela"


def _remember() -> None:
    st.query_params["del"] = st.session_state[_PART]


def listed(view: View) -> None:
    """What there is to meet about: meetings to come, what can be distributed now, and what is settled."""
    code, year = st.query_params.get("utlysning"), st.query_params.get("plan")
    if code or year:
        st.warning(f"Det finns inget att fördela för ”{plain(code or year)}”.", icon=":material/search_off:")
    for name in ("utlysning", "plan", "mote", "scenario", "del"):
        st.query_params.pop(name, None)
    found = view.read(views.agenda, view.person)
    if found.convened:
        st.subheader("Möten", anchor=False)
        for one in found.convened:
            about = one.subject
            _link(view, about.scope, about.code, f"**{for_label(one.meeting.name)}**: {for_label(about.title)}",
                  one.text, mote=one.meeting.code)  # fmt: skip
    st.subheader("Att fördela", anchor=False)
    if not found.current:
        st.markdown(
            "Inget väntar på att fördelas. En utlysning kommer hit när den har stängt, och en FoU-plan medan den är "
            "utkast eller förslag."
        )
    for about in found.current:
        _link(view, about.scope, about.code, f"**{for_label(about.title)}**", about.text)
    if not found.earlier:
        return
    earlier = st.expander(f"Tidigare ({len(found.earlier)})", key="mote-tidigare", on_change="rerun")
    if earlier.open:
        with earlier:
            for about in found.earlier:
                _link(view, about.scope, about.code, f"**{for_label(about.title)}**", about.text)


def _link(view: View, scope: Scope, code: str | None, label: str, text: str, **query: str) -> None:
    with st.container(key=f"mote-till-{code or scope.year}-{query.get('mote', '')}"):
        st.page_link(MEETING, label=f"{label}, {for_label(text)}", query_params=link(view, scope, code, **query))
