"""The parts of an application's page: what it says, what it lacks, what was changed, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from fou import applications as service
from fou.access import Action
from fou.applications import Supplement
from fou.charts.chart import Table
from fou.errors import AlreadyThere, FouError
from fou.model import CALL_STATES
from fou.swedish import format_timestamp
from fou.ui import application_form, application_import, applications, calls, show, state
from fou.ui.head import View
from fou.ui.pages import APPLICATION, CALLS, PROJECT
from fou.ui.text import for_label, plain
from fou.ui.views.applications import Application, batch_of, calls_to_move_to, state_said

#: How many acts of change are shown before "Tidigare ändringar".
_MOST = 3
#: A text longer than this is a paragraph.
_LONG = 80
_ANOTHER = "Det är en annan ansökan"
_MARKS = {
    "complete": ("Markera som komplett", ":material/check_circle:"),
    "incomplete": ("Väntar på komplettering", ":material/hourglass_empty:"),
    "received": ("Åter till inkommen", ":material/inbox:"),
}


def ways(found: Application, view: View) -> None:
    """The links to the call and the project, and to the applications beside this one."""
    with st.container(horizontal=True, gap="medium"):
        st.page_link(
            CALLS, label=for_label(found.call.name), icon=":material/arrow_back:", width="content",
            query_params=calls.link(view, found.call.code, "ansokningar"),
        )  # fmt: skip
        for code, label, icon in (
            (found.before, "Föregående", ":material/chevron_left:"), (found.after, "Nästa", ":material/chevron_right:"),
            (found.came_from, "Flyttad från", ":material/redo:"), (found.went_to, "Flyttad till", ":material/redo:"),
        ):  # fmt: skip
            if code:
                st.page_link(
                    APPLICATION, label=f"{label}: {for_label(code)}", icon=icon, width="content",
                    query_params={**view.link(), "kod": code},
                )  # fmt: skip
        st.page_link(
            PROJECT, label="Projektets sida", icon=":material/science:", width="content",
            query_params={**view.link(), "kod": found.applied.project.code},
        )  # fmt: skip


def conflict(found: Application, view: View) -> None:
    """Say that whoever looks is in conflict of interest. The application itself they see: it is a public record."""
    if found.applied.proposal.id in applications.in_conflict(view, found.call.id):
        st.info(
            "Jäv: du deltar inte i bedömningen. Du ser ansökan, men inte hur andra bedömer den.",
            icon=":material/person_off:",
        )


def lacks(found: Application, view: View) -> None:
    """What must be there before it can be assessed, and what else to look at; with what to do for who can."""
    if not found.lacks:
        return
    may = view.may(Action.EDIT)
    for blocks, head in ((True, "Saknas för bedömningen"), (False, "Att tänka på")):
        lines = [f"- {plain(lack.text if may else lack.what)}" for lack in found.lacks if lack.blocks == blocks]
        if not lines:
            continue
        if blocks and found.state == "complete":
            head = "Markerad som komplett, fastän detta saknas"
        text = f"**{head}**\n\n" + "\n".join(lines)
        if blocks and found.state != "complete":
            st.warning(text, icon=":material/report:")
        else:
            st.markdown(text)


def facts(found: Application) -> None:
    """What the application says."""
    st.subheader("Ansökan", anchor=False)
    show.facts(found.facts)


def costs(found: Application, view: View) -> None:
    """What it costs, by year and type."""
    st.subheader("Kostnader", anchor=False)
    if found.costs is None:
        st.markdown("Inga kostnader är inlagda.")
        return
    show.table(found.costs, view.unit)
    st.caption(f"Belopp i {view.unit} exklusive moms.")


def changes(found: Application, view: View) -> None:
    """What has been changed since it came in, the latest first: before and after, by whom and why."""
    if not found.supplements:
        return
    st.subheader("Ändrat sedan ansökan kom in", anchor=False)
    for one in found.supplements[:_MOST]:
        _change(one)
    earlier = found.supplements[_MOST:]
    if earlier:
        opened = st.expander(f"Tidigare ändringar ({len(earlier)})", key="ansokan-tidigare", on_change="rerun")
        if opened.open:
            with opened:
                for one in earlier:
                    _change(one)


def _change(one: Supplement) -> None:
    st.markdown(f"**{format_timestamp(one.posted)}, {plain(one.actor)}.** {plain(one.note)}")
    short = tuple(change for change in one.changes if max(map(len, change)) <= _LONG)
    if short:
        show.table(Table(("Uppgift", "Före", "Efter"), short))
    for what, before, after in one.changes:
        if max(len(before), len(after)) > _LONG:
            # A paragraph and no table cell: a phone has no room for two such columns.
            st.markdown(f"**{plain(what)}, före.** {plain(before)}\n\n**{plain(what)}, efter.** {plain(after)}")


def act(found: Application, view: View) -> None:
    """What an administrator can do with the application."""
    if not view.may(Action.EDIT):
        return
    if not found.can_change:
        st.caption(f"Ansökan kan inte ändras: {plain(_why_not(found))}.")
        return
    _close_forms()
    st.subheader("Handlägg", anchor=False)
    with st.container(horizontal=True, gap="small"):
        for mark, (label, icon) in _MARKS.items():
            if mark == found.state:
                continue
            if mark == "complete" and any(lack.blocks for lack in found.lacks):
                label = "Markera som komplett ändå"
            if st.button(label, key=f"ansokan-{mark}", icon=icon):
                _mark(found, mark, view)
        about = found.applied.proposal
        application_import.filled_button(view, found.call.code, about.id, about.code)
    for key, label, icon, draw in (
        ("ansokan-andra", "Ändra eller komplettera", ":material/edit:", application_form.edit),
        ("ansokan-aterkalla", "Återkalla", ":material/cancel:", _withdraw),
        ("ansokan-flytta", "Flytta till en annan utlysning", ":material/redo:", _move),
    ):  # fmt: skip
        opened = st.expander(label, key=key, on_change="rerun", icon=icon)
        if opened.open:
            with opened:
                draw(view, found)


def _why_not(found: Application) -> str:
    if not found.applied.active:
        return f"den {state_said(found.state)}"
    return f"utlysningen är {CALL_STATES[found.call.state]}"


def _mark(found: Application, mark: str, view: View) -> None:
    about = found.applied.proposal
    try:
        batch = service.mark(state.database(), view.person, about.id, mark)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    calls.done(f"{about.code} {state_said(mark)}.", batch)


def _withdraw(view: View, found: Application) -> None:
    about = found.applied.proposal
    st.markdown("Ansökan blir kvar att läsa, men prövas inte, och det den söker räknas inte längre.")
    why = st.text_input("Varför återkallas ansökan?", key=f"aterkalla-{about.id}", max_chars=300, on_change="ignore")
    if not st.button("Återkalla ansökan", key="ansokan-aterkalla-nu", type="primary"):
        return
    try:
        batch = service.withdraw(state.database(), view.person, about.id, why or "")
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    _done(f"{about.code} är återkallad.", batch)


def _move(view: View, found: Application) -> None:
    about = found.applied.proposal
    others = view.read(calls_to_move_to, found.call.id)
    if not others:
        st.markdown("Ingen annan utlysning tar emot ansökningar nu. Öppna den som ansökan ska till först.")
        return
    st.markdown("Ansökan får en ny kod i den andra utlysningen och börjar om där, med samma kostnader och jäv.")
    to = st.selectbox(
        "Utlysning", list(others), index=None, format_func=others.__getitem__, placeholder="välj",
        key=f"flytta-{about.id}", width=420,
    )  # fmt: skip
    place = st.container()
    another = f"flytta-annan-{about.id}"
    again = bool(st.session_state.get(another))
    if not st.button("Flytta ansökan", key="ansokan-flytta-nu", type="primary"):
        if again:
            place.checkbox(_ANOTHER, key=another)
        return
    if to is None:
        st.error("Välj vilken utlysning ansökan ska till.")
        return
    try:
        code = service.move(state.database(), view.person, about.id, to, view.today, again)
    except AlreadyThere as error:
        place.error(f"{plain(str(error))} Inget är sparat.", icon=":material/file_copy:")
        place.checkbox(_ANOTHER, key=another)
        return
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.query_params["kod"] = code
    _done(f"{about.code} är flyttad och heter nu {code}.", view.read(batch_of, code))


def _done(said: str, batch: int | None) -> None:
    st.session_state["ansokan-stang"] = True
    calls.done(said, batch)


def _close_forms() -> None:
    """Close what was opened for something that is done: it cannot be closed when it is drawn already."""
    if st.session_state.pop("ansokan-stang", False):
        for key in ("ansokan-andra", "ansokan-aterkalla", "ansokan-flytta"):
            st.session_state[key] = False
