"""Rådsmöte: try, compare, explain and decide how a call's or a year's money is distributed."""

import streamlit as st

from fou.ui import comparing, distributing, meeting, meeting_day, recommending, scenario_managing, suggestions
from fou.ui.empty import stop_if_empty
from fou.ui.following import followed
from fou.ui.head import View, current, page_head
from fou.ui.meeting import Room
from fou.ui.pages import MEETING

PARTS = {
    "fordela": distributing.shown,
    "jamfor": comparing.compared,
    "forslag": suggestions.suggested,
    "motet": meeting_day.held,
    "beslut": recommending.decided,
}


def page(view: View, room: Room | None) -> None:
    """What there is to meet about; or a meeting, in the part that is chosen."""
    page_head(room.title if room else "Rådsmöte", meeting.subtitle(room))
    stop_if_empty(view)
    with st.container():  # a place of its own, so that what is below it stays where it is
        meeting.say_done(view)
    if room is None:
        meeting.listed(view)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="mote-val"):
        st.page_link(MEETING, label="Alla möten", icon=":material/arrow_back:", query_params=view.link())
        part = meeting.part_chosen()
        scenario_managing.chooser(view, room)
    if room.scenario is None and part in ("fordela", "jamfor", "forslag"):
        scenario_managing.first(view, room)
    else:
        if part != "fordela":
            distributing.bar(view, room)
        PARTS[part](view, room)


shown = current()
with followed(shown) as drawn:
    about = meeting.room(shown)
    drawn.looks = about.looks if about else ""
    page(shown, about)
