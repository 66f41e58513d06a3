"""Jämför: a meeting's scenarios side by side, and who changed what in them."""

from __future__ import annotations

import streamlit as st

from fou.scenarios import Listed
from fou.swedish import count, join_words
from fou.ui import show
from fou.ui.head import View
from fou.ui.meeting import Room
from fou.ui.ranking import as_seen
from fou.ui.scenario_managing import first, named
from fou.ui.text import plain
from fou.ui.views import comparing as views

#: What is compared below who gets what.
MONEY, AREAS, GROUNDS, CHANGES = "Pengarna", "Områden", "Grunder", "Vem ändrade vad"
#: So many scenarios stand side by side at most.
_MOST = 4
#: From so many matters only those that differ are shown at first.
_MANY = 15


def compared(view: View, room: Room) -> None:
    """The chosen scenario beside up to three others: who gets what, and what it comes to."""
    if room.scenario is None:
        first(view, room)
        return
    own = next(one for one in room.scenarios if one.scenario.id == room.scenario.id)
    chosen = (own, *_others(view, room, own))
    names = tuple(named(view, one) for one in chosen)
    numbers = tuple(one.scenario.id for one in chosen)
    found = view.read(views.side_by_side, as_seen(view), numbers, names, view.unit)
    if len(chosen) == 1:
        st.info("Välj ett scenario till att jämföra med, eller kopiera det här och ändra i kopian.")
    else:
        told = found.sentences
        lead = f"Mot {plain(names[0])}:"
        st.markdown(f"{lead} {told[0]}" if len(told) == 1 else f"{lead}\n\n" + "\n".join(f"- {one}" for one in told))
    if found.over is not None:
        st.warning(plain(found.over), icon=":material/warning:")
    if found.hidden:
        st.caption(
            f"Du är jävig i {plain(join_words(found.hidden))}: du ser beloppen, som alla i rådet, men inte plats, "
            "poäng och skäl."
        )
    _who_gets_what(view, room, found, len(chosen))
    _notes(chosen, names)
    part = st.segmented_control(
        "Mer att jämföra", (MONEY, AREAS, GROUNDS, CHANGES), default=MONEY, required=True, key="jamfor-vad",
        persist_state="session",
    )  # fmt: skip
    if part == AREAS:
        show.chart(found.areas, view)
    elif part == GROUNDS:
        _grounds(found)
    elif part == CHANGES:
        _changes(view, chosen, names)
    else:
        st.markdown(plain(found.later))
        show.table(found.figures, view.unit)
        st.caption(
            f"Belopp i {view.unit} exklusive moms, egna medel. Fritt kvar är det som blir kvar av årets ram när det "
            "som redan är beviljat och avsatt, och scenariot, är räknat."
        )


def _others(view: View, room: Room, own: Listed) -> tuple[Listed, ...]:
    """The scenarios to hold against the chosen one: at first the council's own."""
    others = {one.scenario.id: one for one in room.scenarios if one is not own}
    if not others:
        return ()
    key = f"jamfor-{own.scenario.id}"
    if key not in st.session_state:
        council = [number for number, one in others.items() if one.scenario.owner is None]
        st.session_state[key] = council[:2] or list(others)[:1]
    # One that somebody has put away is no longer there to choose.
    st.session_state[key] = [number for number in st.session_state[key] if number in others]
    picked = st.multiselect(
        f"Jämför {plain(own.scenario.name)} med", list(others), key=key, max_selections=_MOST - 1,
        format_func=lambda number: named(view, others[number]), placeholder="Välj scenarier", persist_state="session",
    )  # fmt: skip
    return tuple(others[number] for number in picked)


def _who_gets_what(view: View, room: Room, found: views.SideBySide, number: int) -> None:
    several = number > 1
    only = False
    if several and found.differing is not None:
        key = f"jamfor-skiljer-{room.scope.call}-{room.scope.year}"
        st.session_state.setdefault(key, len(found.found.rows) >= _MANY)
        only = st.toggle("Visa bara det som skiljer", key=key, persist_state="session")
    if several and found.differing is None:
        st.markdown("De säger detsamma om varje ärende.")
    st.markdown(found.differing if only and found.differing is not None else found.every)
    marks = " ▲ och ▼: mer och mindre än i det första. ≠: annat än belopp skiljer." if several else ""
    st.caption(f"Belopp i {view.unit} exklusive moms, för alla år. –: inte behandlad än.{marks}")
    if show.below("jamfor", (show.FILES,)):
        st.download_button(
            "Jämförelsen (CSV)", found.file.csv(), "scenarier.csv", "text/csv", key="csv-jamfor",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _notes(chosen: tuple[Listed, ...], names: tuple[str, ...]) -> None:
    # A copy has the note of what it was copied from until somebody writes another.
    first_said = {one.scenario.note: name for one, name in reversed(list(zip(chosen, names, strict=True)))}
    told = [f"**{plain(name)}**: {plain(note)}" for note, name in reversed(first_said.items()) if note]
    if told:
        st.markdown("  \n".join(told))


def _grounds(found: views.SideBySide) -> None:
    if found.closed is not None:
        st.info(plain(found.closed), icon=":material/lock:")
        return
    st.markdown(plain(found.grounds_said))
    show.table(found.grounds)
    st.caption(
        "Medelpoäng 0–100 för de ansökningar som scenariot beviljar pengar, och för de övriga. "
        "Det som är avsatt räknas till de övriga."
    )


def _changes(view: View, chosen: tuple[Listed, ...], names: tuple[str, ...]) -> None:
    """The latest changes of one of the scenarios."""
    by_id = {one.scenario.id: name for one, name in zip(chosen, names, strict=True)}
    number = chosen[0].scenario.id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(chosen) > 1:
            key = "jamfor-andringar"
            if st.session_state.get(key) not in by_id:
                st.session_state[key] = number
            number = st.selectbox("I scenariot", list(by_id), format_func=by_id.__getitem__, key=key, width=360)
        every = st.toggle("Visa alla", key="jamfor-alla-andringar")
    found = view.read(views.history, as_seen(view), number, views.ALL if every else views.LATEST)
    if not found.table.rows:
        st.info("Inget är ändrat i scenariot än.", icon=":material/history:")
        return
    show.table(found.table)
    if found.more:
        st.caption(f"De {count(len(found.table.rows), 'senaste', 'senaste')} ändringarna. Alla finns i historiken.")
