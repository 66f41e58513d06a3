"""The list of calls, a call's head with its next step, and what the parts of a call's page share."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from fou import calling
from fou.access import Action, may
from fou.calls import NEXT, CallPage, begun_in, is_opened
from fou.errors import FouError
from fou.model import CALL_STATES, Call
from fou.swedish import count
from fou.ui import ranking, state
from fou.ui.done import Done
from fou.ui.head import View
from fou.ui.pages import CALLS
from fou.ui.text import ended, for_label, plain
from fou.ui.views import calls as views

#: The parts of a call's page by their names in the address.
PARTS = {
    "ansokningar": "Ansökningar",
    "bedomning": "Min bedömning",
    "rangordning": "Rangordning",
    "jav": "Jäv",
    "utlysningen": "Utlysningen",
}
#: What the button that moves a call on says, by the state that it is in.
_ONWARD = {
    "draft": ("Öppna utlysningen", ":material/lock_open:"),
    "open": ("Stäng utlysningen", ":material/lock:"),
    "closed": ("Börja bedömningen", ":material/rate_review:"),
    "assessment": ("Markera som beslutad", ":material/gavel:"),
}
_BADGES = {"draft": "gray", "open": "green", "closed": "orange", "assessment": "blue", "decided": "gray"}
_PART = "utlysning-del"
#: How many decided calls are listed before "Visa alla".
_MOST = 12

_told = Done("utlysning", ("utlysning", "kod"))
#: Tell what was done on the next run of a page about calls, wherever that is; make it at once; draw what was told.
tell, done, say_done = _told.tell, _told.rerun, _told.show


def link(view: View, code: str, part: str | None = None) -> dict[str, str]:
    """The query of a link to a call, and to one of its parts (a key of PARTS)."""
    return {**view.link(), "utlysning": code} | ({"del": part} if part else {})


def parts_for(view: View) -> list[str]:
    """The parts that the person may open."""
    scores = may(view.person, Action.SEE_SCORES)
    hidden = {"bedomning": not _assesses(view), "rangordning": not scores, "jav": not scores}
    return [part for part in PARTS if not hidden.get(part)]


def part_chosen(view: View, page: CallPage) -> str:
    """Draw the choice of part, which the address follows; return it (a key of PARTS)."""
    own = parts_for(view)
    asked = st.query_params.get("del")
    # Set at every run: a link to another part of the same call leads here without the choice being drawn anew.
    st.session_state[_PART] = asked if asked in own else first_part(view, page)
    chosen = st.segmented_control(
        "Del av utlysningen", own, required=True, format_func=PARTS.__getitem__, key=_PART, on_change=_remember,
        label_visibility="collapsed",
    )  # fmt: skip
    part = chosen or own[0]
    if asked != part:
        st.query_params["del"] = part
    return part


def _remember() -> None:
    st.query_params["del"] = st.session_state[_PART]


def first_part(view: View, page: CallPage) -> str:
    """The part that the person most likely came for."""
    own = parts_for(view)
    if page.call.state == "assessment" and not is_opened(page.call) and "bedomning" in own:
        return "bedomning"
    if is_opened(page.call) and "rangordning" in own:
        return "rangordning"
    return "utlysningen" if page.call.state == "draft" else "ansokningar"


def going_on(view: View) -> None:
    """The calls that are not decided, with their dates, their money and what the reader has left to do."""
    found = view.read(views.call_list, view.unit, view.today)
    left = view.read(views.left_to_judge, view.person) if _assesses(view) and view.as_of is None else {}
    if not found.current and not found.decided:
        _none(view)
        return
    st.markdown(f"**{plain(_lead(found, left))}**")
    for line in found.current:
        _current(view, line, left.get(line.call.id))


def decided(view: View) -> None:
    """The calls that are decided, and what was asked for and granted over the years."""
    found = view.read(views.call_list, view.unit, view.today).decided
    if found:
        st.subheader("Beslutade utlysningar", anchor=False)
        everyone = len(found) <= _MOST or st.session_state.get("utlysningar-hela", False)
        with st.container(gap="xsmall", key="utlysningar-beslutade"):
            for line in found if everyone else found[:_MOST]:
                st.page_link(
                    CALLS, label=f"**{for_label(line.call.name)}**: {line.figures}",
                    query_params=link(view, line.call.code),
                )  # fmt: skip
        if len(found) > _MOST:
            st.checkbox(f"Visa alla {len(found)}", key="utlysningar-hela")
    over = st.expander("Sökt och beviljat över åren", key="utlysningar-over-aren", on_change="rerun")
    if over.open:
        with over:
            ranking.asked_over_years(view)


def _lead(found: views.CallList, left: dict[int, views.Left]) -> str:
    """What the reader most wants to know: their own work first."""
    waiting = [(line.call.name, left[line.call.id]) for line in found.current if line.call.id in left]
    parts = [
        f"Du har {count(one.applications, 'ansökan', 'ansökningar')} kvar att bedöma i {name}."
        if one.applications
        else f"Du har bedömt alla dina ansökningar i {name}."
        for name, one in waiting
    ]
    return " ".join(parts) or found.sentence


def _current(view: View, line: views.Line, left: views.Left | None) -> None:
    call = line.call
    with st.container(border=True, gap="xsmall", key=f"utlysning-{call.id}"):
        badge = f":{_BADGES[call.state]}-badge[{CALL_STATES[call.state]}]"
        st.page_link(CALLS, label=f"**{for_label(call.name)}** {badge}", query_params=link(view, call.code))
        st.markdown(f"{plain(line.figures)}\n\n{plain(line.dates)}")
        if left is not None:
            label = (
                f"Bedöm: {count(left.boxes, 'ruta', 'rutor')} kvar i {left.applications} av dina {left.own} ansökningar"
                if left.boxes
                else f"Du är klar med dina {count(left.own, 'ansökan', 'ansökningar')}"
            )
            st.page_link(
                CALLS,
                label=f"**{label}**",
                icon=":material/rate_review:",
                query_params=link(view, call.code, "bedomning"),
            )


def _none(view: View) -> None:
    if view.may(Action.EDIT):
        st.info("Det finns inga utlysningar än. Börja på en med **Ny utlysning**.", icon=":material/campaign:")
    else:
        what = "vid det datumet" if view.as_of else "än"
        st.info(f"Ingen utlysning är öppnad {what}. När en öppnas står den här.", icon=":material/campaign:")


def head(view: View, found: views.CallHead) -> None:
    """Where a call stands, in figures and steps, what happens next; and for administrators the way on."""
    st.markdown(f"**{plain(found.sentence)}**\n\n{_step_line(found)}\n\n{plain(found.ahead)}")
    if view.may(Action.EDIT):
        _move(view, found.page.call)


def _step_line(found: views.CallHead) -> str:
    parts = []
    for step in found.steps:
        text = plain(f"{step.name} {step.when}".strip())
        if step.reached == 0:
            parts.append(f":blue-badge[:material/radio_button_checked: {text}]")
        elif step.reached > 0:
            parts.append(f":material/check: {text}")
        else:
            parts.append(f":material/radio_button_unchecked: {text}")
    return " → ".join(parts)


def _move(view: View, call: Call) -> None:
    """The way on, with what is left to do before it, and the way back."""
    left = view.read(calling.left_to_do, call, view.today)
    onward = _ONWARD.get(call.state)
    if left and onward:
        st.markdown(f"**Kvar innan du kan gå vidare.** {' '.join(plain(ended(one)) for one in left)}")
    moves: list[tuple[Callable[[], int | None], str]] = []
    with st.container(horizontal=True, gap="small"):
        if onward and st.button(
            onward[0], key="utlysning-vidare", type="primary", icon=onward[1], disabled=bool(left)
        ):  # fmt: skip
            said = f"Utlysningen är {CALL_STATES[NEXT[call.state]]}."
            moves.append((lambda: calling.move_on(state.database(), view.person, call, view.today), said))
        if onward and call.state != "draft" and st.button(
            "Tillbaka ett steg", key="utlysning-tillbaka", icon=":material/arrow_back:"
        ):  # fmt: skip
            said = "Utlysningen gick tillbaka ett steg."
            moves.append((lambda: calling.move_back(state.database(), view.person, call), said))
        copied = _copy_button("Kopiera till nästa år")
    for act, said in moves:
        try:
            batch = act()
        except FouError as error:
            st.error(plain(str(error)), icon=":material/block:")
            return
        done(said, batch)
    if copied:
        _copy(view, call)


def copy_latest(view: View) -> None:
    """Begin next year's call from the latest one that has not been copied, in one click."""
    found = view.read(views.to_copy)
    if found is not None and _copy_button(f"Kopiera {for_label(found.name)} till nästa år"):
        _copy(view, found)


def _copy_button(label: str) -> bool:
    return st.button(label, key="utlysning-kopiera", icon=":material/content_copy:")


def _copy(view: View, call: Call) -> None:
    try:
        code = calling.copy_call(state.database(), view.person, call.id)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    go_to(code)
    done(
        f"Utlysningen {code} är påbörjad som utkast, med datumen ett år senare. Sätt av pengar och läs igenom texten.",
        view.read(begun_in, code),
    )


def go_to(code: str) -> None:
    """Have the next run show the part "Utlysningen" of this call."""
    st.query_params.update({"utlysning": code, "del": "utlysningen"})


def _assesses(view: View) -> bool:
    return may(view.person, Action.ASSESS) and view.person.member is not None
