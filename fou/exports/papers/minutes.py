"""The extract of the council's minutes (protokollsutdrag), as a Word document."""

from __future__ import annotations

from pathlib import Path

from fou.errors import Refused
from fou.exports.papers import said
from fou.exports.papers.filling import Value
from fou.exports.papers.memo import common, values_of
from fou.exports.papers.particulars import Particulars
from fou.exports.papers.template import MINUTES, filled, load
from fou.snapshot import Held, Snapshot
from fou.swedish import format_date, join_words

_ROLES = {"chair": "ordförande", "secretary": "sekreterare"}


def render(snapshot: Snapshot, particulars: Particulars, folder: Path | None = None) -> bytes:
    """The extract, from the template in ``folder`` if there is one.

    Raises Refused when it was not recommended at a meeting, the template cannot be used, or the snapshot may not be
    the whole one: without what is kept apart the conflicts of interest would be missing from the minutes.
    """
    meeting = snapshot.meeting
    if meeting is None:
        raise Refused("Rekommendationen lämnades inte vid ett möte. Då finns inget protokoll att göra utdrag ur.")
    if not particulars.whole:
        raise Refused("Protokollsutdraget kan bara göras av den som får se hela rekommendationen, även jäven.")
    template = load(MINUTES, folder)
    values: dict[str, Value] = {
        **common(snapshot, particulars),
        "möte": said.named(meeting.name),
        "dag": format_date(meeting.held or snapshot.made),
        "plats": said.named(meeting.place),
        "närvarande": _names(meeting, True) or ("Ingen är antecknad som närvarande.",),
        "frånvarande": _names(meeting, False),
        "sekreterare": _of(meeting, "secretary"),
        "ordförande": _of(meeting, "chair"),
        "dagordning": said.paragraphs(meeting.points),
        "beslut": tuple(_recommended(snapshot)) or (f"{said.COUNCIL} lämnade ingen rekommendation.",),
        "jävsanmälningar": (*said.conflicts(snapshot), *map(said.named, meeting.noted)) or ("Inget jäv anmäldes.",),
        "avvikande mening": said.paragraphs(snapshot.dissent) or ("Ingen avvikande mening antecknades.",),
    }
    rows = [values_of(one, f"{said.COUNCIL} rekommenderar") for one in snapshot.matters if one.lines]
    heading = f"Protokollsutdrag: {said.subject(snapshot)}"
    return filled(MINUTES, template, values, rows, heading, said.named(snapshot.organisation))


def _recommended(snapshot: Snapshot) -> list[str]:
    return [f"{said.COUNCIL} rekommenderar att nämnden {what}" for what in said.resolved(snapshot.matters)]


def _names(meeting: Held, present: bool) -> tuple[str, ...]:
    """Those who were there, or not, with what they did there; nobody whose presence was never said."""
    return tuple(
        f"{said.named(one.name)}{f', {role}' if (role := _ROLES.get(one.role)) else ''}"
        for one in meeting.attendance
        if one.present is present
    )


def _of(meeting: Held, role: str) -> str:
    return join_words([said.named(one.name) for one in meeting.attendance if one.role == role and one.present])
