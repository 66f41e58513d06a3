"""Rådsmöte: try, compare, explain and decide how a call's or a year's money is distributed."""

import streamlit as st

from fou.ui import comparing, distributing, meeting, meeting_day, recommending, scenario_managing, suggestions
from fou.ui.empty import stop_if_empty
from fou.ui.head import current, page_head
from fou.ui.pages import MEETING

PARTS = {
    "fordela": distributing.shown,
    "jamfor": comparing.compared,
    "forslag": suggestions.suggested,
    "motet": meeting_day.held,
    "beslut": recommending.decided,
}

view = current()
room = meeting.room(view)
page_head(room.title if room else "Rådsmöte", meeting.subtitle(room))
stop_if_empty(view)
with st.container():  # a place of its own, so that what is below it stays where it is
    meeting.say_done(view)

if room is None:
    meeting.listed(view)
    st.stop()

with meeting.followed(view):
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
