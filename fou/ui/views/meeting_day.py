"""What the part "Mötet" shows: a meeting with who is there, who is in conflict of interest, and the other meetings."""

from __future__ import annotations

from dataclasses import dataclass

from fou import deciding, meetings
from fou.access import Person
from fou.calls import applications
from fou.charts.chart import Table
from fou.conflicts import Declared, conflicts
from fou.matters import Scope, matters
from fou.meetings import MeetingPage
from fou.model import (
    ATTENDANCE_ROLES,
    CONFLICT_STATES,
    MEETING_STATES,
    RECOMMENDATION_STATES,
    Attendance,
    Meeting,
    Member,
    Scenario,
)
from fou.snapshot import agenda_noted, agenda_points
from fou.store import Reader
from fou.swedish import count, format_date, join_words

_NONE = "–"


@dataclass(frozen=True, slots=True)
class Other:
    """Another meeting about the same thing, and what came of it."""

    meeting: Meeting
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    """A meeting; ``matters`` are names by what a conflict is declared in: a proposal's id, or a project's for a plan.

    ``declared`` are the conflicts that the reader may see, ``noted`` those that are taken down in the minutes only.
    ``settled`` says that a decided call's conflicts cannot be changed.
    """

    page: MeetingPage | None
    sentence: str
    attendance: str
    points: str
    declared: tuple[Declared, ...]
    noted: tuple[str, ...]
    conflicts: str
    table: Table
    matters: tuple[tuple[int, str], ...]
    members: tuple[Member, ...]
    settled: bool
    others: tuple[Other, ...]

    @property
    def proposed(self) -> int:
        """How many conflicts wait to be settled."""
        return sum(one.state == "proposed" for one in self.declared)


def day(reader: Reader, person: Person, scope: Scope, number: int | None) -> Day:
    """The meeting with this id, if any, and the others about the same thing."""
    page = None if number is None else meetings.meeting_page(reader, person, number)
    agenda = None if page is None else page.meeting.agenda
    declared: tuple[Declared, ...] = ()
    about: list[tuple[int, str]]
    settled = False
    if scope.call is not None:
        declared = tuple(one for one in conflicts(reader, scope.call) if one.holds)
        found = applications(reader, scope.call)
        about = [(one.proposal.id, f"{one.proposal.code} {one.project.title}") for one in found if one.active]
        settled = reader.value("SELECT state FROM call WHERE id = $id", id=scope.call) == "decided"
    else:
        rows = matters(reader, person, scope).rows
        about = [(one.project.id, f"{one.code} {one.title}") for one in rows if one.project is not None]
    noted = agenda_noted(agenda)
    rows_of = tuple(
        (f"{one.code} {one.title}", one.member, one.conflict.reason or _NONE, CONFLICT_STATES[one.state])
        for one in declared
    )
    return Day(
        page,
        "" if page is None else _sentence(reader, page.meeting),
        "" if page is None else _attendance(page.attendance),
        agenda_points(agenda),
        declared,
        noted,
        _conflicts(declared, noted, scope),
        Table(("Ärende", "Ledamot", "Skäl", "Läge"), rows_of),
        tuple(about),
        tuple(reader.records(Member, "WHERE role = 'member' ORDER BY name COLLATE sv")),
        settled,
        _others(reader, person, scope, number),
    )


def named(one: Attendance) -> str:
    """Who was called, with what they do at the meeting when that is more than to take part."""
    return one.name if one.role == "member" else f"{one.name} ({ATTENDANCE_ROLES[one.role]})"


def _sentence(reader: Reader, meeting: Meeting) -> str:
    when = [format_date(meeting.held)] if meeting.held is not None else []
    where = [meeting.place] if meeting.place else []
    said = f"{', '.join([meeting.name, *when, *where])}. Mötet {_STATES[meeting.state]}."
    if meeting.scenario is None:
        return said
    shown = reader.records(Scenario, "WHERE id = $id", id=meeting.scenario)
    return f"{said} På väggen: {shown[0].name} ({shown[0].code})." if shown else said


_STATES = {"planned": "är planerat", "open": "pågår", "closed": "är avslutat"}
assert _STATES.keys() == MEETING_STATES.keys()


def _attendance(called: tuple[Attendance, ...]) -> str:
    if not called:
        return "Ingen är kallad än."
    if all(one.present is None for one in called):
        return f"{count(len(called), 'är kallad', 'är kallade')}: {join_words([named(one) for one in called])}."
    here = [named(one) for one in called if one.present]
    away = [named(one) for one in called if not one.present]
    parts = [f"Närvarande ({len(here)}): {join_words(here)}." if here else "Ingen är antecknad som närvarande."]
    parts += [f"Frånvarande ({len(away)}): {join_words(away)}."] if away else []
    return " ".join(parts)


def _conflicts(declared: tuple[Declared, ...], noted: tuple[str, ...], scope: Scope) -> str:
    what = "utlysningens ansökningar" if scope.call is not None else "planens ärenden"
    number = len(declared) + len(noted)
    if not number:
        return f"Ingen har anmält jäv i {what}."
    matters_of = len({one.conflict.proposal for one in declared}) + len(noted)
    return f"{count(number, 'jäv gäller', 'jäv gäller')} i {count(matters_of, 'ärende', 'ärenden')}."


def _others(reader: Reader, person: Person, scope: Scope, number: int | None) -> tuple[Other, ...]:
    made: dict[int | None, list[str]] = {}
    for one in reversed(deciding.recommendations(reader, person, scope)):
        made.setdefault(one.meeting, []).append(f"{one.code} ({RECOMMENDATION_STATES[one.state]})")
    found = []
    for meeting in meetings.meetings(reader, person, scope):
        if meeting.id == number:
            continue
        when = [format_date(meeting.held)] if meeting.held is not None else []
        said = f"{', '.join([*when, MEETING_STATES[meeting.state]])}"
        left = made.get(meeting.id)
        said += f". Rekommenderade {join_words(left)}" if left else ", utan rekommendation"
        found.append(Other(meeting, said))
    return tuple(found)
