"""The decision memo (tjänsteutlåtande) from administration to board, as a Word document."""

from __future__ import annotations

from pathlib import Path

from fou.errors import Refused
from fou.exports.papers import said, tables
from fou.exports.papers.filling import Tables, Value
from fou.exports.papers.particulars import Particulars
from fou.exports.papers.template import MEMO, filled, load
from fou.snapshot import Matter, Snapshot
from fou.swedish import format_date, join_words

_WHO = "Förvaltningen föreslår"


def render(snapshot: Snapshot, particulars: Particulars, folder: Path | None = None) -> bytes:
    """The memo, from the template in ``folder`` if there is one.

    Raises Refused when nothing is recommended, or the template cannot be used.
    """
    if not any(matter.lines for matter in snapshot.matters):
        raise Refused("Rekommendationen säger inget om något ärende. Då finns inget att föreslå nämnden.")
    template = load(MEMO, folder)
    heading = said.subject(snapshot)
    values: dict[str, Value] = {
        **common(snapshot, particulars),
        "förslag till beslut": said.points(snapshot, particulars),
        "sammanfattning": said.summary(snapshot),
        "bakgrund": said.paragraphs(particulars.background),
        "beredning": said.preparation(snapshot, particulars),
        "utlysning": _call(snapshot, particulars),
    }
    projects = [values_of(one, _WHO) for one in snapshot.matters if one.lines and one.call is None]
    return filled(MEMO, template, values, projects, heading, said.named(snapshot.organisation))


def common(snapshot: Snapshot, particulars: Particulars) -> dict[str, Value]:
    """The fields that stand in more than one paper."""
    return {
        "rubrik": said.subject(snapshot),
        "nämnd": said.named(particulars.board),
        "organisation": said.named(snapshot.organisation),
        "enhet": said.named(particulars.unit),
        "handläggare": said.named(particulars.handler),
        "diarienummer": said.named(particulars.reference),
        "datum": format_date(particulars.dated or snapshot.made),
        "år": str(snapshot.year),
        "underlag": said.basis(snapshot, particulars),
        "tabell": Tables(tables.matters(snapshot)),
        "utrymme": said.room(snapshot),
        "utrymmestabell": Tables((tables.rooms(snapshot),)),
    }


def values_of(matter: Matter, who: str) -> dict[str, Value]:
    """The fields of one matter; ``who`` says what is proposed."""
    return {
        "namn": said.title(matter),
        "kod": said.named(matter.proposal or matter.code),
        "slag": said.kind(matter),
        "syfte": said.paragraphs(matter.purpose),
        "utförare": said.named(matter.performer),
        "ansvarig": said.named(matter.lead),
        "sökande": said.named(matter.applicants),
        "tid": said.period(matter),
        "område": said.named(matter.area),
        "sökt": said.requested(matter),
        "rangordning": said.rank(matter),
        "förslag": said.proposal(matter, who),
        "jäv": join_words([said.named(name) for name in matter.conflicts]),
    }


def _call(snapshot: Snapshot, particulars: Particulars) -> tuple[str, ...]:
    """The handler's text, or else the calls' own, and what is set aside for each."""
    calls = [one for one in snapshot.matters if one.call is not None and one.lines]
    written = said.paragraphs(particulars.call_text)
    told = [
        line
        for one in calls
        for line in (
            *(() if written else said.paragraphs(one.purpose)),
            f"{said.title(one)}: {said.proposal(one, _WHO)}",
        )
    ]
    return (*written, *told)
