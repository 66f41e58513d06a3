"""Min bedömning: a member's own list, judged one application at a time; and the opening of the scores."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fou import assessing
from fou.access import Action
from fou.assessing import Mine, MyList
from fou.calls import CallPage, call_of, is_opened, scale_of
from fou.conflicts import declare, leads
from fou.errors import FouError
from fou.model import Call, Conflict
from fou.swedish import count, format_date
from fou.ui import show, state
from fou.ui.calls import done
from fou.ui.head import View
from fou.ui.judging import ground, unsaved
from fou.ui.pages import APPLICATION
from fou.ui.text import for_label, plain
from fou.ui.views import assessing as views

#: Longer lists are chosen from by typing.
_MOST = 60


def mine(view: View, page: CallPage) -> None:
    """What the member has to judge, and what they have said. The chair opens the scores here too, own work first."""
    # Settled here and not in the list: the box would jump to the top when the chair fills in their last one.
    _list(view, page, first=not view.read(views.my_view, view.person, page.call.id).mine.left)


# --- The opening of the scores ------------------------------------------------------------------------------


@st.fragment
def opening(view: View, page: CallPage) -> None:
    """For the chair and administrators: how far the members have come, and the button that opens the scores.

    Runs by itself when the button's popover is opened: what it says is how it stands then.
    """
    call = view.read(call_of, page.call.id)
    if call.state != "assessment" or not view.may(Action.OPEN_SCORES) or not view.read(leads, view.person):
        return
    if is_opened(call):
        _close(view, call)
        return
    seen = assessing.to_count(state.sight(view.person))
    found = state.read_as(seen, view.head, views.council_view, view.person, call.id)
    with st.container(border=True, key="bedomning-radet"):
        st.markdown(f"**Rådets bedömning.** {plain(' '.join(filter(None, [found.sentence, found.proposed])))}")
        with st.container(horizontal=True, gap="small"):
            with st.popover("Visa var och en", icon=":material/groups:"):
                show.table(found.table)
                st.caption("Vad de har sagt syns inte här. Det du själv är jävig i räknas inte med.")
            if found.members:
                _open(view, call, found)


def _open(view: View, call: Call, found: views.CouncilView) -> None:
    with st.popover(
        "Öppna bedömningarna", icon=":material/lock_open:", type="secondary" if found.left else "primary",
        key="bedomning-oppningen", on_change="rerun",
    ):  # fmt: skip
        if found.mostly_empty:
            st.warning(f"**{found.mostly_empty}** Tomma rutor räknas inte som noll.", icon=":material/warning:")
        st.markdown("Ledamöterna ser då varandras bedömningar och rangordningen, och ingen kan ändra sina värden.")
        if found.left and not found.mostly_empty:
            empty = count(found.left, "ruta är inte ifylld", "rutor är inte ifyllda")
            st.markdown(f"**{empty}.** Tomma rutor räknas inte som noll.")
        if found.proposed:
            st.markdown(f"**{plain(found.proposed)}**")
        if st.button("Öppna dem nu", key="bedomning-oppna", type="primary"):
            _set_open(view, call, True, "Bedömningarna är öppnade.")


def _close(view: View, call: Call) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption("Bedömningarna är öppnade: ledamöterna ser varandras, och ingen kan ändra sina.", width="content")
        if st.button("Stäng bedömningarna igen", key="bedomning-stang", icon=":material/lock:", type="tertiary"):
            _set_open(view, call, False, "Bedömningarna är stängda. Ledamöterna kan ändra sina.")


def _set_open(view: View, call: Call, opened: bool, said: str) -> None:
    try:
        batch = assessing.open_scores(state.database(), view.person, call.id, opened)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    done(said, batch)


# --- The member's own list ----------------------------------------------------------------------------------


@st.fragment
def _list(view: View, page: CallPage, first: bool) -> None:
    """The list with one application beside it. Runs by itself, so that a value is saved at once.

    The opening of the scores, ``first`` or last, is in it: a value that is saved changes what that says.
    """
    if first:
        opening(view, page)
    _judge(view, page.call.id)
    if not first:
        opening(view, page)


def _judge(view: View, call: int) -> None:
    person = view.person
    found = view.read(views.my_view, person, call)
    own = found.mine
    may_save = own.may_save and view.may(Action.ASSESS)
    st.markdown(f"**{plain(found.sentence)}**")
    shown = _chosen(own, f"bedomning-vald-{person.member}-{call}")
    unsaved(view, shown.applied.proposal.id if shown and may_save and not shown.conflict else None)
    if shown is None:
        return
    if own.call.state == "assessment" and not own.may_save:
        st.info(
            "Bedömningarna är öppnade och kan inte ändras. Be ordföranden stänga dem om något ska rättas.",
            icon=":material/lock:",
        )
    application, choice = st.columns([5, 2], gap="large")
    with choice:
        _choose(own.rows, f"bedomning-vald-{person.member}-{call}")
    with application:
        _application(view, own, shown, may_save)
    whole = st.expander("Alla mina bedömningar", key="bedomning-alla", on_change="rerun", icon=":material/table:")
    if whole.open:
        with whole:
            show.table(found.table)


def _chosen(own: MyList, key: str) -> Mine | None:
    """The application that is shown: the one chosen, the one in the address, or the first with something left."""
    by_id = {row.applied.proposal.id: row for row in own.rows}
    if st.session_state.get(key) not in by_id:
        asked = st.query_params.get("ansokan", "").casefold()
        first = next((row for row in own.rows if row.applied.proposal.code.casefold() == asked), None)
        first = first or own.next_after(None) or next(iter(own.rows), None)
        if first is None:
            return None
        st.session_state[key] = first.applied.proposal.id
    shown = by_id[st.session_state[key]]
    # So the same application is there when the page is loaded again.
    if st.query_params.get("ansokan") != shown.applied.proposal.code:
        st.query_params["ansokan"] = shown.applied.proposal.code
    return shown


def _choose(rows: Sequence[Mine], key: str) -> None:
    numbers = [row.applied.proposal.id for row in rows]
    names = {row.applied.proposal.id: views.name_of(row.applied) for row in rows}
    if len(rows) > _MOST:
        st.selectbox("Mina ansökningar", numbers, key=key, format_func=names.__getitem__, filter_mode="contains")
        return
    st.radio(
        "Mina ansökningar", numbers, key=key, format_func=lambda number: for_label(names[number]),
        captions=[views.row_text(row) for row in rows],
    )  # fmt: skip


def _go(key: str, number: int) -> None:
    st.session_state[key] = number


def _application(view: View, own: MyList, row: Mine, may_save: bool) -> None:
    """One application: what it says, so that one can judge without leaving, and the boxes."""
    applied, conflict = row.applied, row.conflict
    proposal = applied.proposal
    with st.container(key=f"bedoms-{proposal.id}"):
        st.subheader(plain(views.name_of(applied)), anchor=False)
        st.caption(plain(views.facts_text(applied, view.unit)))
        st.markdown(plain(applied.project.summary, "Ansökan har ingen sammanfattning."))
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.page_link(
                APPLICATION, label="Hela ansökan", icon=":material/description:",
                query_params={**view.link(), "kod": proposal.code},
            )  # fmt: skip
            if conflict is None and own.call.state != "decided" and view.may(Action.DECLARE):
                _declare(view, row)
        if conflict is not None:
            _in_conflict(conflict)
        elif may_save or row.judged:
            weighted = len({scale_of(one).weight for one in own.criteria}) > 1
            with st.grid(2, min_column_width=360, gap="medium"):
                for criterion in own.criteria:
                    with st.container(gap="xsmall"):
                        ground(view, row, criterion, weighted, may_save)
        _onward(view, own, row)


def _in_conflict(conflict: Conflict) -> None:
    """Why there are no boxes."""
    if conflict.state == "proposed":
        told = f"Det är föreslaget att du är jävig: {conflict.reason}. Det gäller tills det är avgjort"
    else:
        when = f" {format_date(conflict.declared)}" if conflict.declared else ""
        told = f"Du är jävig, anmält{when}: {conflict.reason or 'inget skäl angivet'}"
    st.info(
        f"{plain(told)}. Du bedömer inte ansökan och ser inte vad andra säger om den. Är det fel: säg till en "
        "handläggare eller ordföranden.",
        icon=":material/front_hand:",
    )


def _declare(view: View, row: Mine) -> None:
    number = row.applied.proposal.id
    member = view.person.member
    with st.popover("Jag är jävig", icon=":material/front_hand:", key=f"javig-{number}"):
        st.markdown(
            "Det gäller genast. Du bedömer inte ansökan och ser inte vad andra säger om den. Det du redan har sagt "
            "om den räknas inte."
        )
        with st.form(f"javig-{member}-{number}", border=False):
            reason = st.text_input("Varför?", key=f"javig-skal-{member}-{number}", placeholder="chef för den sökande …")
            pressed = st.form_submit_button("Anmäl att jag är jävig", type="primary")
        if not pressed or member is None:
            return
        try:
            batch = declare(state.database(), view.person, number, member, reason or "", view.today)
        except FouError as error:
            st.error(plain(str(error)), icon=":material/block:")
            return
    done(f"Du är jävig i {row.applied.proposal.code} och bedömer den inte.", batch)


def _onward(view: View, own: MyList, row: Mine) -> None:
    """To the next application with something left, or else the next in the list; and back."""
    key = f"bedomning-vald-{view.person.member}-{own.call.id}"
    numbers = [one.applied.proposal.id for one in own.rows]
    number = row.applied.proposal.id
    at = numbers.index(number)
    unfinished = own.next_after(number)
    following = numbers[(at + 1) % len(numbers)]
    if unfinished is not None and unfinished is not row:
        following = unfinished.applied.proposal.id
    if len(numbers) == 1:
        return
    with st.container(horizontal=True, gap="small", key="bedomning-vidare"):
        st.button(
            "Nästa ansökan", key="bedomning-nasta", type="primary", icon=":material/arrow_forward:",
            on_click=_go, args=(key, following),
        )  # fmt: skip
        st.button("Föregående", key="bedomning-forra", on_click=_go, args=(key, numbers[at - 1]))
