"""A plan's life on its page: begun, written line by line, decided, revised. Only for those who may."""

from __future__ import annotations

from datetime import date

import streamlit as st

from fou import planning
from fou.access import Action
from fou.errors import FouError
from fou.model import PLAN_STATES, Kind, Plan
from fou.money import format_sek
from fou.planning import Decided
from fou.ui import state
from fou.ui.head import View
from fou.ui.plan_rows import draft_lines, unsaved
from fou.ui.text import plain
from fou.ui.views.plan import PlanPage

_TEXT_HEADS = {"title": "Rubrik", "text": "Innehåll", "preparation": "Beredning"}


def edit(page: PlanPage, view: View) -> None:
    """What the person may do with the plan, depending on how far it has come."""
    _say()
    if not view.may(Action.EDIT):
        return
    plan = page.year.plan
    if plan is None:
        with st.container(horizontal=True):
            _begin(page, view, view.year)
        return
    if plan.state in planning.EDITABLE:
        _write(plan, view)
        _decide(page, plan, view)
    with st.container(horizontal=True):
        if plan.state == "revision" and page.versions:
            _cancel(page, view)
        if plan.state == "decided":
            _revise(view)
        if not page.after and view.year >= view.today.year:
            _begin(page, view, view.year + 1)


def _say() -> None:
    """Tell what was done in the run before."""
    said = st.session_state.pop("plan-gjort", None)
    if said:
        st.success(plain(said), icon=":material/check:")


def _done(said: str) -> None:
    st.session_state["plan-gjort"] = said
    st.rerun()


def _begin(page: PlanPage, view: View, year: int) -> None:
    copy = page.before if year == view.year else page.year.plan is not None
    choices = [(f"Kopiera planen för {year - 1} till {year}", True)] if copy else []
    for label, copied in (*choices, (f"Börja på en tom plan för {year}", False)):
        if not st.button(label, key=f"borja-{year}-{copied}", icon=":material/add:"):
            continue
        try:
            batch = planning.create_plan(state.database(), view.person, year, copied)
        except FouError as error:
            st.error(plain(str(error)), icon=":material/block:")
            return
        said = f"Planen för {year} är påbörjad som utkast (post {batch}). Välj {year} överst för att skriva i den."
        if copied:
            said += (
                " Ramen och utlysningarna är inte kopierade: ramen beslutas på nytt, och en utlysning hör till sitt år."
            )
        _done(said)


def _write(plan: Plan, view: View) -> None:
    opened = st.expander("Skriv i planen", key="skriv", on_change="rerun", icon=":material/edit:")
    if not opened.open:
        return
    with opened:
        lines, texts = st.tabs(["Rader", "Texter"])
        with lines:
            draft_lines(view)
        with texts:
            _texts(plan, view)


def _texts(plan: Plan, view: View) -> None:
    """A form over the plan's texts. What somebody else changed meanwhile is told, and what was typed stays."""
    fields = {name: f"plantext-{plan.year}-{name}" for name in _TEXT_HEADS}
    kept = f"plantext-sett-{plan.year}"
    if kept not in st.session_state or fields["title"] not in st.session_state:
        st.session_state[kept] = plan
        st.session_state.update({key: getattr(plan, name) or "" for name, key in fields.items()})
    told = st.session_state.pop(f"{kept}-krock", None)
    if told:
        st.error(plain(told), icon=":material/sync_problem:")
    with st.form(f"plantexter-{plan.year}"):
        typed: dict[str, str | None] = {"title": st.text_input(_TEXT_HEADS["title"], key=fields["title"])}
        for name in ("text", "preparation"):
            typed[name] = st.text_area(_TEXT_HEADS[name], key=fields[name])
        stage = plan.state
        if plan.state != "revision":
            stage = st.segmented_control(
                "Läge", ["draft", "proposed"], default=plan.state, required=True, format_func=PLAN_STATES.__getitem__,
                key=f"plantext-{plan.year}-lage-{plan.state}",
            )  # fmt: skip
        if not st.form_submit_button("Spara texterna", type="primary"):
            return
    try:
        batch = planning.save_texts(state.database(), view.person, plan.year, typed, stage, st.session_state[kept])
    except FouError as error:
        # What others have written is now seen: saving again means that this is to stand.
        st.session_state[kept] = plan
        st.session_state[f"{kept}-krock"] = f"{error} Det du skrev står kvar i formuläret."
        st.rerun()
    st.session_state.pop(kept, None)
    _done("Inget i texterna är ändrat." if batch is None else f"Texterna är sparade (post {batch}).")


def _decide(page: PlanPage, plan: Plan, view: View) -> None:
    opened = st.expander("Registrera nämndens beslut", key="besluta", on_change="rerun", icon=":material/gavel:")
    seen_key = f"beslut-sett-{plan.year}"
    if not opened.open:
        st.session_state.pop(seen_key, None)
        return
    seen = st.session_state.setdefault(seen_key, state.database().version[1])
    revision = bool(page.versions)
    with opened:
        st.markdown(
            "Planen låses som den står på den här sidan"
            + (f" och blir version {len(page.versions) + 1}." if revision else ".")
            + " Den kan ändras genom en revidering, och då finns den här versionen kvar."
        )
        frame, planned = page.year.room.frame, page.year.figures.stated(Kind.PLANNED)
        if frame is not None and planned is not None and planned > frame:
            over = plain(format_sek(planned - frame, view.unit))
            st.warning(f"Planens rader är {over} mer än ramen.", icon=":material/warning:")
        with st.form(f"beslut-{plan.year}"):
            board = st.text_input("Nämnd", value=plan.board or "", key=f"beslut-namnd-{plan.year}")
            day = st.date_input(
                "Beslutsdatum", value=None, format="YYYY-MM-DD", min_value=date(1990, 1, 1),
                key=f"beslut-datum-{plan.year}",
            )  # fmt: skip
            reference = st.text_input("Diarienummer", placeholder="SN 2026/0043", key=f"beslut-dnr-{plan.year}")
            immediate = st.radio(
                "Justerades protokollet omedelbart?", ["ja", "nej"], index=None, horizontal=True,
                key=f"beslut-justering-{plan.year}",
            )  # fmt: skip
            note = st.text_input("Vad revideringen ändrar", key=f"beslut-vad-{plan.year}") if revision else None
            pressed = st.form_submit_button("Registrera beslutet", type="primary")
        if not pressed:
            return
        if unsaved(plan.year):
            st.error("Det finns rader som inte är sparade. Spara dem först, eller ångra det du skrev.")
            return
        decided = Decided(board, day, reference, {"ja": True, "nej": False}.get(immediate or ""), note)
        try:
            batch = planning.decide(state.database(), view.person, plan.year, decided, view.today, seen)
        except FouError as error:
            st.session_state.pop(seen_key, None)
            st.error(f"{plain(str(error))} Det du skrev står kvar.", icon=":material/block:")
            return
        st.session_state.pop(seen_key, None)
        _done(f"Beslutet om planen för {plan.year} är registrerat (post {batch}).")


def _revise(view: View) -> None:
    if not st.button("Revidera planen", key="revidera", icon=":material/edit_document:"):
        return
    try:
        batch = planning.begin_revision(state.database(), view.person, view.year)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    _done(f"Planen för {view.year} är öppen för ändringar (post {batch}). Den beslutade versionen finns kvar.")


def _cancel(page: PlanPage, view: View) -> None:
    if not st.button("Avbryt revideringen", key="avbryt", icon=":material/undo:"):
        return
    try:
        batch = planning.cancel_revision(state.database(), view.person, view.year)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    _done(f"Revideringen är avbruten (post {batch}). Version {len(page.versions)} gäller.")
