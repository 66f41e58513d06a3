"""The part "Beslut": the council leaves its recommendation, and what the board decides on it is entered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from fou import deciding, ledger
from fou.access import Action
from fou.conflicts import leads
from fou.deciding import Minutes, Verified
from fou.errors import FouError, Refused
from fou.matters import Key
from fou.model import CHOICES, RECOMMENDATION_STATES, VERDICTS, Meeting, Recommendation, Scenario
from fou.money import NotAnAmount, format_number, is_open_wording, parse_sek
from fou.scenarios import said
from fou.snapshot import Line
from fou.swedish import format_date
from fou.ui import papers, show, state
from fou.ui.head import View
from fou.ui.meeting import Room, done
from fou.ui.text import for_label, plain
from fou.ui.views import recommending as views
from fou.ui.views.recommending import Row, Shown

_VERDICTS = {name: f"{text[0].upper()}{text[1:]}" for name, text in VERDICTS.items()}
_NOTHING, _OPEN = "inget", "ej fastställt"
_CHOICES = {word: choice for choice, word in CHOICES.items()}
_COLUMNS = ("Ärende", "År", "Nu", "Beslut", "Belopp", "Villkor")
#: One row of the board's changes as it is typed: what is decided, the amount and the condition.
_Typed = tuple[str, str, str]


def decided(view: View, room: Room) -> None:
    """The recommendation that is to be made, and those that are made, with what the board did."""
    made, held = view.read(views.choices, view.person, room.scope)
    waiting = any(one.state == "made" for one in made)
    settled = bool(made) and made[0].state in ("decided", "rejected")
    if not made:
        _recommend(view, room, held)
        return
    _made(view, made)
    if not waiting:
        # What was sent back is to be recommended anew.
        opened = st.expander(
            "Lämna en ny rekommendation", key=f"rekommendera-ny-{made[0].id}-{settled}", expanded=not settled,
            on_change="rerun", icon=":material/add:",
        )  # fmt: skip
        if opened.open:
            with opened:
                _recommend(view, room, held)


# --- The recommendation -------------------------------------------------------------------------------------


def _recommend(view: View, room: Room, held: tuple[Meeting, ...]) -> None:
    """What the chosen scenario would recommend, what is left before it can, and the button."""
    st.subheader("Rådets rekommendation", anchor=False)
    scenario = room.scenario
    if scenario is None:
        st.info("Det finns inget scenario att rekommendera än. Gör ett under Fördela.", icon=":material/tune:")
        return
    meeting = _at(room, held)
    leading = view.may(Action.RECOMMEND) and view.read(leads, view.person)
    if leading and held:
        meeting = _choose(held, meeting)
    try:
        found = view.read(
            views.ready, view.person, room.scope, scenario.id, None if meeting is None else meeting.id, view.today
        )
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    if found.points:
        points = "\n".join(f"- {plain(point)}" for point in found.points)
        named = f"**{plain(scenario.name)}** ({plain(scenario.code)})"
        st.markdown(f"Med {named} rekommenderar rådet att nämnden\n\n{points}")
    if found.left:
        left = "\n".join(f"- {plain(one)}" for one in found.left)
        st.warning(f"**Kvar innan rekommendationen kan lämnas**\n\n{left}", icon=":material/checklist:")
    if found.cautions:
        cautions = "\n".join(f"- {plain(one)}" for one in found.cautions)
        st.info(f"**Att veta om pengarna**\n\n{cautions}", icon=":material/payments:")
    if found.remarks:
        remarks = "\n".join(f"- {plain(one)}" for one in found.remarks)
        st.warning(f"**Att tänka på först**\n\n{remarks}", icon=":material/group:")
    if not leading:
        st.caption("Ordföranden eller en handläggare lämnar rekommendationen.")
        return
    dissent = st.text_area(
        "Avvikande mening", key=f"rekommendera-mening-{scenario.id}", height=100, persist_state="session",
        placeholder="lämna tomt om alla är överens",
    )  # fmt: skip
    st.caption("Scenariot fryses med ramen, närvaron, jäven och poängen som de står nu, och ändras inte mer.")
    if st.button(
        "Lämna rekommendationen", key="rekommendera", type="primary", icon=":material/how_to_vote:",
        disabled=bool(found.left),
    ):  # fmt: skip
        _leave(view, scenario, meeting, dissent)


def _at(room: Room, held: tuple[Meeting, ...]) -> Meeting | None:
    """The meeting that it is made at when nobody says otherwise."""
    return next((one for one in held if room.meeting is not None and one.id == room.meeting.id), None)


def _choose(held: tuple[Meeting, ...], usual: Meeting | None) -> Meeting | None:
    by_id = {one.id: one for one in held}
    chosen = st.selectbox(
        "Vid mötet", [*by_id, None], index=[*by_id, None].index(None if usual is None else usual.id), width=420,
        key=f"rekommendera-mote-{usual.id if usual else 0}",
        format_func=lambda one: _meeting(by_id[one]) if one is not None else "inte vid ett möte",
    )  # fmt: skip
    return None if chosen is None else by_id[chosen]


def _meeting(one: Meeting) -> str:
    return f"{one.name}, {format_date(one.held)}" if one.held is not None else one.name


def _leave(view: View, scenario: Scenario, meeting: Meeting | None, dissent: str | None) -> None:
    about = None if meeting is None else meeting.id
    # What is written down afterwards was recommended on the day of the meeting.
    day = view.today if meeting is None or meeting.held is None else min(view.today, meeting.held)
    try:
        number = deciding.recommend(state.database(), view.person, scenario.id, day, about, dissent)
    except FouError as error:
        _refused(error)
        return
    st.session_state.pop(f"rekommendera-mening-{scenario.id}", None)
    shown = view.read(views.recommendation, view.person, number)
    done(f"Rekommendationen {shown.page.recommendation.code} är lämnad till nämnden.", shown.batch)


# --- What came of it ----------------------------------------------------------------------------------------


def _made(view: View, made: tuple[Recommendation, ...]) -> None:
    by_id = {one.id: one for one in made}
    number: int = made[0].id
    if len(made) > 1:
        number = st.selectbox(
            "Rekommendation", list(by_id), key="rekommendation", width=420,
            format_func=lambda one: f"{by_id[one].code}, {RECOMMENDATION_STATES[by_id[one].state]}",
        )  # fmt: skip
    shown = view.read(views.recommendation, view.person, number)
    found = shown.page.recommendation
    st.subheader(f"{for_label(found.code)}: {RECOMMENDATION_STATES[found.state]}", anchor=False)
    st.markdown(f"**{plain(shown.sentence)}**")
    _verified(shown)
    for decision in shown.decisions:
        st.markdown(f":material/gavel: {plain(decision)}")
    if shown.changed:
        st.markdown(f"**{plain(shown.changed)}**")
    if not shown.page.resolutions:
        points = "\n".join(f"- {plain(point)}" for point in shown.points)
        st.markdown(f"Rådet rekommenderar att nämnden\n\n{points}")
    if shown.page.resolutions:
        show.table(shown.beside)
    else:
        opened = st.expander("Ärende för ärende", key=f"rekommendation-arenden-{number}", on_change="rerun")
        if opened.open:
            with opened:
                show.table(shown.beside)
    if found.dissent:
        st.markdown(f"**Avvikande mening.** {plain(found.dissent)}")
    papers.offered(view, shown)
    if view.may(Action.DECIDE):
        _decide(view, shown)
    _take_back(view, shown)


def _verified(shown: Shown) -> None:
    how = shown.page.verified
    if how is Verified.BROKEN:
        st.error(plain(shown.verified), icon=":material/gpp_bad:")
    else:
        icon = {Verified.WHOLE: "verified", Verified.WEEDED: "gpp_maybe"}.get(how, "visibility_off")
        st.caption(f":material/{icon}: {plain(shown.verified)}")


def _take_back(view: View, shown: Shown) -> None:
    """Undo the last that was done, when nothing rests on it: the service refuses otherwise, and says why."""
    found, decision = shown.page.recommendation, shown.page.in_force
    batch = shown.batch if decision is None else shown.decided_in
    if batch is None or not view.may(Action.UNDO):
        return
    label = f"Ångra rekommendationen {found.code}" if decision is None else "Ångra registreringen av beslutet"
    if not st.button(label, key=f"beslut-angra-{batch}", icon=":material/undo:", type="tertiary"):
        return
    try:
        ledger.undo(state.database(), view.person, batch)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    done(f"{'Rekommendationen' if decision is None else 'Registreringen av beslutet'} är ångrad (post {batch}).")


# --- The board's decision -----------------------------------------------------------------------------------


def _decide(view: View, shown: Shown) -> None:
    found = shown.page.recommendation
    if found.state == "sent_back":
        st.markdown("Rådet lämnar en ny rekommendation, som nämnden sedan beslutar om.")
        return
    again = shown.page.in_force is not None
    opened = st.expander(
        "Rätta genom ett senare beslut" if again else "Registrera nämndens beslut",
        key=f"beslut-{found.id}-{len(shown.decisions)}", on_change="rerun", icon=":material/gavel:",
    )  # fmt: skip
    if opened.open:
        with opened:
            _form(view, shown)


def _form(view: View, shown: Shown) -> None:
    """The board's minutes, what it will post, and the button. What is typed stays for the session."""
    found = shown.page.recommendation
    prefix = f"namnd-{found.id}-{len(shown.decisions)}"
    verdict = st.radio(
        "Vad beslutade nämnden?", list(VERDICTS), format_func=_VERDICTS.__getitem__, index=None, horizontal=True,
        key=f"{prefix}-vad", persist_state="session",
    )  # fmt: skip
    if f"{prefix}-namnd" not in st.session_state:
        st.session_state[f"{prefix}-namnd"] = shown.board
    with st.container(horizontal=True, gap="small"):
        board = st.text_input("Nämnd", key=f"{prefix}-namnd", width=240, persist_state="session")
        day = st.date_input(
            "Beslutsdatum", value=None, format="YYYY-MM-DD", min_value=date(1990, 1, 1), key=f"{prefix}-dag", width=190,
            persist_state="session",
        )  # fmt: skip
        reference = st.text_input(
            "Diarienummer", key=f"{prefix}-dnr", width=200, placeholder="SN 2026/43", persist_state="session"
        )
        paragraph = st.text_input("Paragraf", key=f"{prefix}-paragraf", width=120, persist_state="session")
    immediate = st.radio(
        "Justerades paragrafen omedelbart?", ["ja", "nej"], index=None, horizontal=True, key=f"{prefix}-justering",
        persist_state="session",
    )  # fmt: skip
    text = st.text_area(
        "Vad nämnden skrev till beslutet", key=f"{prefix}-text", height=80, persist_state="session",
        placeholder="lämna tomt om inget",
    )  # fmt: skip
    st.caption("Det står i beslutet och i alla beslutsbrev. Det som bara gäller ett ärende skrivs som villkor för det.")
    lines: dict[Key, tuple[Line, ...]] = {}
    fault = None
    if verdict == "changed":
        try:
            lines = _changes(prefix, shown)
        except Refused as error:
            fault = str(error)
    if verdict is not None:
        _foresee(view, shown, verdict, lines, fault)
    if not st.button("Registrera beslutet", type="primary", key=f"{prefix}-spara", icon=":material/gavel:"):
        return
    if fault is not None:
        return
    latest = shown.page.in_force
    minutes = Minutes(
        verdict or "", board or "", day, reference or "", paragraph or None,
        {"ja": True, "nej": False}.get(immediate or ""), text or None,
    )  # fmt: skip
    try:
        batch = deciding.decide(
            state.database(), view.person, found.id, minutes, view.today, lines or None,
            None if latest is None else latest.resolution.id,
        )  # fmt: skip
    except FouError as error:
        _refused(error)
        return
    for name in [name for name in st.session_state if str(name).startswith(f"{prefix}-")]:
        del st.session_state[name]  # no answer of this one to the next, should it be undone
    what = "Återremissen av" if verdict == "sent_back" else "Nämndens beslut om"
    done(f"{what} {found.code} är {'registrerad' if verdict == 'sent_back' else 'registrerat'}.", batch)


def _foresee(
    view: View, shown: Shown, verdict: str, lines: dict[Key, tuple[Line, ...]], fault: str | None
) -> None:  # fmt: skip
    """What the decision will post, before anybody presses."""
    if verdict == "changed" and not lines and fault is None:
        st.info("Skriv nämndens ändringar i tabellen, så står det här vad som bokförs.", icon=":material/edit:")
        return
    if verdict == "sent_back" and shown.page.in_force is None:
        st.info("Inget bokförs. Rådet kan sedan lämna en ny rekommendation.", icon=":material/undo:")
        return
    try:
        if fault is not None:
            raise Refused(fault)
        number = shown.page.recommendation.id
        told = view.read(views.foreseen, view.person, number, verdict, tuple(lines.items()))
    except FouError as error:
        _refused(error)
        return
    points = "\n".join(f"- {plain(one)}" for one in told)
    st.info(f"**Det här bokförs när du registrerar beslutet**\n\n{points}", icon=":material/receipt_long:")


def _changes(prefix: str, shown: Shown) -> dict[Key, tuple[Line, ...]]:
    """The table that the board's changes are written in; what differs from what was recommended, by matter.

    Raises Refused when an amount cannot be read, or is for nothing.
    """
    typed = _table(prefix, shown.rows, "Gäller nu" if shown.gives else "Rekommenderat")
    st.caption(
        f"Ändra bara det nämnden ändrade. Kronor exklusive moms, eller ”{_OPEN}” för det som avsätts utan belopp."
    )
    wanted: dict[Key, list[Line]] = {row.key: [] for row in shown.rows}
    for row, cells in zip(shown.rows, typed, strict=True):
        line = _line(row, cells)
        if line is not None:
            wanted[row.key].append(line)
    recommended = {one.key: set(one.lines) for one in shown.page.snapshot.matters}
    return {key: tuple(own) for key, own in wanted.items() if set(own) != recommended[key]}


def _line(row: Row, cells: _Typed) -> Line | None:
    what, amount, condition = cells
    where = f"{row.title}, {row.year}"
    if what in ("", _NOTHING, CHOICES["out"]):
        if amount:
            raise Refused(f"{where}: ett belopp är skrivet. Välj {CHOICES['grant']} eller {CHOICES['reserve']}.")
        return None if what != CHOICES["out"] else Line(row.year, "out")
    return Line(row.year, _CHOICES[what], _amount(where, amount), condition or None)


def _amount(where: str, text: str) -> int | None:
    if is_open_wording(text):
        return None
    try:
        amount = parse_sek(text)
    except NotAnAmount as error:
        raise Refused(f"{where}: {error}") from error
    if amount != amount.to_integral_value():
        raise Refused(f"{where}: skriv hela kronor.")
    return int(amount)


def _table(prefix: str, rows: Sequence[Row], now: str) -> list[_Typed]:
    """Draw the rows, with what was typed in them before the part was out of sight; return them as they are typed."""
    key, kept = f"{prefix}-tabell", f"{prefix}-skrivet"
    turn = st.session_state.get(f"{prefix}-nummer", 0)
    if f"{key}-{turn}" not in st.session_state:
        turn = st.session_state[f"{prefix}-nummer"] = turn + 1
        st.session_state[f"{prefix}-start"] = st.session_state.get(kept) or [_cells(row.now) for row in rows]
    begun: list[_Typed] = st.session_state[f"{prefix}-start"]
    frame = pd.DataFrame(
        [
            (row.title, row.year, said(row.now) if row.now else _NOTHING, *cells)
            for row, cells in zip(rows, begun, strict=True)
        ],
        columns=list(_COLUMNS),
    )  # fmt: skip
    edited = st.data_editor(
        frame, key=f"{key}-{turn}", hide_index=True, num_rows="fixed", height="content",
        disabled=list(_COLUMNS[:3]), width="stretch",
        alt="Ärendena, att skriva nämndens ändringar i", placeholder="",
        column_config={
            "Ärende": st.column_config.TextColumn(width="large"),
            "År": st.column_config.NumberColumn(format="%d", width=70),
            "Nu": st.column_config.TextColumn(now, width="medium"),
            "Beslut": st.column_config.SelectboxColumn(options=[*_CHOICES, _NOTHING], required=True, width=110),
            "Belopp": st.column_config.TextColumn(width=130),
            "Villkor": st.column_config.TextColumn(width="medium"),
        },
    )  # fmt: skip
    typed = [
        (_text(what), _text(amount), _text(condition))
        for what, amount, condition in zip(edited["Beslut"], edited["Belopp"], edited["Villkor"], strict=True)
    ]
    st.session_state[kept] = typed
    return typed


def _cells(line: Line | None) -> _Typed:
    if line is None:
        return _NOTHING, "", ""
    amount = "" if line.choice == "out" else _OPEN if line.amount is None else format_number(Decimal(line.amount))
    return CHOICES[line.choice], amount, line.condition or ""


def _text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _refused(error: FouError) -> None:
    st.error(f"{plain(str(error))} Det du skrev står kvar.", icon=":material/block:")
