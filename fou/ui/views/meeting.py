"""What Rådsmöte shows before a part is chosen: what there is to meet about, and what a meeting has at hand."""

from __future__ import annotations

from dataclasses import dataclass

from fou import meetings, scenarios
from fou.access import Person
from fou.calls import calls
from fou.matters import Scope
from fou.model import CALL_STATES, MEETING_STATES, Call, Meeting, Plan
from fou.plan import years
from fou.scenarios import Listed
from fou.store import Reader
from fou.swedish import count, format_date


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to meet about, and what is said of it; ``code`` is the call's, None: a year's plan."""

    scope: Scope
    code: str | None
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Convened:
    """A meeting in the list, with what it is about."""

    meeting: Meeting
    subject: Subject
    text: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """What there is to meet about: meetings under way or to come, what to distribute now, and what is settled."""

    convened: tuple[Convened, ...]
    current: tuple[Subject, ...]
    earlier: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Hand:
    """What a meeting has at hand: what it is about, its scenarios that are not put away, its meetings, latest first."""

    scope: Scope
    title: str
    call: Call | None
    scenarios: tuple[Listed, ...]
    meetings: tuple[Meeting, ...]


def agenda(reader: Reader, person: Person) -> Agenda:
    """The calls and the years' plans with what can be distributed, those that can be worked on now first."""
    listed = {one.call.id: one for one in calls(reader)}
    held = meetings.meetings(reader, person)
    tried = {(one.call, one.year) for one in held}
    tried |= set(reader.rows("SELECT DISTINCT call, year FROM scenario"))
    current: list[Subject] = []
    earlier: list[Subject] = []
    for row in sorted(listed.values(), key=lambda row: (-row.call.year, row.call.code)):
        if row.call.state in ("draft", "open") or not row.applications:
            continue
        subject = _of_call(row.call, row.applications)
        (earlier if row.call.state == "decided" else current).append(subject)
    for plan in reader.records(Plan, "ORDER BY year DESC"):
        subject = _of_plan(plan.year)
        (current if plan.state in ("draft", "proposed", "revision") else earlier).append(subject)
    by_scope = {one.scope: one for one in (*current, *earlier)}
    convened = [
        Convened(one, _subject(reader, by_scope, Scope(one.year, one.call)), _when(one))
        for one in held
        if one.state != "closed"
    ]
    convened.sort(key=lambda one: (one.meeting.state != "open", one.meeting.held is None, one.meeting.held))
    # What has been tried or met about comes first among what is settled: somebody may look for it.
    earlier.sort(key=lambda one: ((one.scope.call, one.scope.year) not in tried, -one.scope.year))
    return Agenda(tuple(convened), tuple(current), tuple(earlier))


def hand(reader: Reader, person: Person, code: str | None, year: int | None) -> Hand | None:
    """What a meeting about a call (its code), or a year's plan, has at hand. None when there is no such thing."""
    call = None
    if code:
        call = next(iter(reader.records(Call, "WHERE code = $code", code=code)), None)
        if call is None:
            return None
        scope, title = Scope(call.year, call.id), call.name
    elif year is not None and year in years(reader):
        scope, title = Scope(year), _title(year)
    else:
        return None
    return Hand(
        scope, title, call, scenarios.scenarios(reader, person, scope), meetings.meetings(reader, person, scope)
    )  # fmt: skip


def _subject(reader: Reader, known: dict[Scope, Subject], scope: Scope) -> Subject:
    if scope in known:
        return known[scope]
    if scope.call is None:
        return _of_plan(scope.year)
    return _of_call(reader.records(Call, "WHERE id = $id", id=scope.call)[0], 0)


def _of_call(call: Call, applications: int) -> Subject:
    text = f"{count(applications, 'ansökan', 'ansökningar')}, {CALL_STATES[call.state]}"
    return Subject(Scope(call.year, call.id), call.code, call.name, text)


def _title(year: int) -> str:
    return f"FoU-plan {year}"


def _of_plan(year: int) -> Subject:
    return Subject(Scope(year), None, _title(year), "projekten i planen")


def _when(meeting: Meeting) -> str:
    said = [MEETING_STATES[meeting.state]]
    if meeting.held is not None:
        said.append(format_date(meeting.held))
    if meeting.place:
        said.append(meeting.place)
    return ", ".join(said)
