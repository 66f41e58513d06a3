"""The decision memo (tjänsteutlåtande) from administration to board, as a Word document."""

from __future__ import annotations

from pathlib import Path

from fou.errors import Refused
from fou.exports.papers import said, tables
from fou.exports.papers.filling import Tables, Value
from fou.exports.papers.particulars import Particulars, Ruling
from fou.exports.papers.template import MEMO, filled, load
from fou.snapshot import Line, Matter, Snapshot, as_decided
from fou.swedish import format_date, join_words

_WHO = "Förvaltningen föreslår"


def render(
    snapshot: Snapshot, particulars: Particulars, folder: Path | None = None, ruling: Ruling | None = None
) -> bytes:
    """The memo, from the template in ``folder`` if there is one; with a ruling it says what the board decided.

    Raises Refused when nothing is recommended or decided, or the template cannot be used.
    """
    shot = snapshot if ruling is None else as_decided(snapshot, ruling.decided)
    if not any(matter.lines for matter in shot.matters):
        raise Refused("Rekommendationen säger inget om något ärende. Då finns inget att föreslå nämnden.")
    template = load(MEMO, folder)
    heading = said.subject(shot)
    who = _WHO if ruling is None else f"{said.ruler(ruling)} har beslutat"
    values: dict[str, Value] = {
        **common(shot, particulars),
        "handling": "Tjänsteutlåtande",
        "beslutsrubrik": "Förslag till beslut",
        "förslag till beslut": said.points(shot, particulars),
        "sammanfattning": said.summary(shot),
        "bakgrund": said.paragraphs(particulars.background),
        "beredning": said.preparation(shot, particulars),
        "om tabellen": "Tabellen visar vad varje ärende föreslås få, i kronor exklusive moms.",
        "utlysning": _call(shot, particulars, who),
    }
    if ruling is not None:
        values |= {
            "nämnd": said.named(ruling.board),
            "diarienummer": said.named(ruling.reference),
            "datum": format_date(particulars.dated or ruling.day),
            "handling": "Beslut",
            "beslutsrubrik": "Beslut",
            "förslag till beslut": said.decided_points(shot, ruling),
            "sammanfattning": said.decided_summary(snapshot, ruling),
            "om tabellen": "Tabellen visar vad varje ärende får enligt beslutet, i kronor exklusive moms.",
            "utrymme": (*said.room(shot, "beslutet"), *said.moved(shot, ruling)),
            "underlag": f"{said.ruled(ruling)} {common(snapshot, particulars)['underlag']}",
        }
    recommended = {one.key: one.lines for one in snapshot.matters}
    projects = [
        values_of(one, who) | _changed(one, recommended[one.key], who)
        for one in shot.matters
        if one.lines and one.call is None
    ]
    return filled(MEMO, template, values, projects, heading, said.named(snapshot.organisation))


def _changed(matter: Matter, recommended: tuple[Line, ...], who: str) -> dict[str, Value]:
    """What the council recommended too, where the board decided otherwise."""
    if not recommended or set(recommended) == set(matter.lines):
        return {}
    council = said.proposal(matter, f"{said.COUNCIL} rekommenderade", recommended)
    return {"förslag": f"{said.proposal(matter, who)} {council}"}


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
        "utrymme": (*said.room(snapshot), *said.moved(snapshot)),
        "utrymmestabell": Tables((tables.rooms(snapshot),)),
    }


def values_of(matter: Matter, who: str) -> dict[str, Value]:
    """The fields of one matter; ``who`` says what is proposed."""
    return {
        "namn": said.title(matter),
        "kod": said.named(matter.proposal or matter.code),
        "slag": said.kind(matter),
        "syfte": said.purpose(matter),
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


def _call(snapshot: Snapshot, particulars: Particulars, who: str) -> tuple[str, ...]:
    """The handler's text, or else the calls' own, and what is set aside for each."""
    calls = [one for one in snapshot.matters if one.call is not None and one.lines]
    written = said.paragraphs(particulars.call_text)
    told = [
        line
        for one in calls
        for line in (
            *(() if written else said.purpose(one)),
            f"{said.title(one)}: {said.proposal(one, who)}",
        )
    ]
    return (*written, *told)
