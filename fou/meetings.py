"""The council's meetings: when, with whom, what on the agenda, and which scenario is on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fou.access import Action, Person, require
from fou.calls import call_of
from fou.conflicts import leads
from fou.errors import Forbidden, Refused, SaveConflict
from fou.matters import Scope
from fou.model import ATTENDANCE_ROLES, MEETING_STATES, Attendance, Meeting, Member, as_dict
from fou.scenarios import scenario_of, scope_of
from fou.snapshot import NOTED, Attendant, Held
from fou.store import Database, Reader, Work
from fou.swedish import format_date

LONGEST = 200
_SOURCE = "sidan Rådsmöte"
#: The steps that a meeting can take.
_STEPS = {("planned", "open"), ("open", "closed"), ("closed", "open")}


@dataclass(frozen=True, slots=True)
class MeetingForm:
    """What is filled in about a meeting."""

    name: str
    held: date | None = None
    place: str | None = None
    agenda: str | None = None


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """A meeting with who was called to it, the chair first."""

    meeting: Meeting
    attendance: tuple[Attendance, ...]

    @property
    def present(self) -> tuple[Attendance, ...]:
        """Those who were there."""
        return tuple(one for one in self.attendance if one.present)


def meetings(reader: Reader, person: Person, scope: Scope | None = None) -> tuple[Meeting, ...]:
    """The meetings, of this or of all, the latest first."""
    require(person, Action.SEE_DRAFTS)
    found = reader.records(Meeting, "ORDER BY held DESC NULLS FIRST, id DESC")
    return tuple(one for one in found if scope is None or Scope(one.year, one.call) == scope)


def meeting_page(reader: Reader, person: Person, number: int) -> MeetingPage:
    """A meeting with its attendance. Raises Refused when it is gone."""
    require(person, Action.SEE_DRAFTS)
    return MeetingPage(_meeting(reader, number), _attendance(reader, number))


def create(database: Database, person: Person, scope: Scope, form: MeetingForm) -> int:
    """Plan a meeting, with all members of the council called to it; return its id."""
    require(person, Action.PLAN_MEETING)
    clean = _clean(form)
    with database.write(person, Action.PLAN_MEETING, f"Planerade mötet {clean.name}") as work:
        if scope.call is not None and call_of(work, scope.call).year != scope.year:
            raise Refused("Utlysningen är för ett annat år. Läs in sidan igen.")
        prefix = f"{scope.year}" if scope.call is None else call_of(work, scope.call).code
        taken = {code for (code,) in work.rows("SELECT code FROM meeting")}
        code = next(one for one in (f"{prefix}-M{n}" for n in range(1, 100_000)) if one not in taken)
        number = work.create(
            Meeting, _SOURCE, code=code, call=scope.call, year=scope.year, state="planned", **_values(clean)
        )
        work.create_many(
            Attendance,
            [
                {"meeting": number, "member": one.id, "name": one.name, "role": "chair" if one.chair else "member"}
                for one in work.records(Member, "WHERE role = 'member' ORDER BY chair DESC NULLS LAST, name COLLATE sv")
            ],
        )
        return number


def edit(database: Database, person: Person, seen: Meeting, form: MeetingForm) -> int | None:
    """Change what is said of a meeting; the batch, None when nothing differs. Raises SaveConflict by ``seen``."""
    require(person, Action.PLAN_MEETING)
    values = _values(_clean(form))
    changed = {name: value for name, value in values.items() if value != getattr(seen, name)}
    with database.write(person, Action.PLAN_MEETING, f"Ändrade mötet {seen.name}") as work:
        _not_closed(_meeting(work, seen.id))
        before = {name: getattr(seen, name) for name in changed}
        return work.batch if work.update(Meeting, seen.id, changed, before, _SOURCE) else None


def save_attendance(
    database: Database, person: Person, number: int, rows: Sequence[Attendant], seen: Sequence[Attendance]
) -> int | None:
    """Say who was called and who is there; those who are left out were not called. None when it stands so.

    A name that is a member's is bound to the member. Raises SaveConflict when somebody has changed what was ``seen``.
    """
    with database.write(person, Action.PLAN_MEETING, "Ändrade närvaron vid ett möte") as work:
        _not_closed(_meeting(work, number))
        now = {one.name: one for one in _attendance(work, number)}
        members = {one.name: one.id for one in work.records(Member)}
        wanted = {one.name: one for one in map(_clean_row, rows)}
        if len(wanted) < len(rows):
            raise Refused("Samma namn står två gånger. Skriv något som skiljer dem åt.")
        if sum(one.role == "chair" for one in wanted.values()) > 1:
            raise Refused("Bara en kan vara mötets ordförande.")
        values = {
            name: {"meeting": number, "member": members.get(name), "name": name, "role": one.role,
                   "present": one.present}
            for name, one in wanted.items()
        }  # fmt: skip
        stands = {name: {**as_dict(one)} for name, one in now.items()}
        if {name: _without_id(one) for name, one in stands.items()} == values:
            return None
        if {one.name: as_dict(one) for one in seen} != stands:
            raise SaveConflict("Någon annan har ändrat närvaron medan du skrev. Läs in sidan igen.")
        work.remove_many(Attendance, [one for name, one in stands.items() if name not in values])
        work.replace_many(
            Attendance,
            [(stands[name], {**stands[name], **value}) for name, value in values.items()
             if name in stands and _without_id(stands[name]) != value],
        )  # fmt: skip
        work.create_many(Attendance, [value for name, value in values.items() if name not in stands])
        return work.batch


def take_down(database: Database, person: Person, number: int, member: int, title: str, reason: str) -> int:
    """Let the minutes say that a member took no part in a matter; return the batch.

    For what is no application, where ``fou.conflicts.declare`` has nothing to declare it in. A member takes down their
    own, an administrator and the chair anybody's.
    """
    with database.write(person, Action.DECLARE, "Antecknade jäv vid ett möte") as work:
        now = _meeting(work, number)
        _not_closed(now)
        if person.member != member and not leads(work, person):
            raise Forbidden("Du kan anmäla ditt eget jäv. Be en handläggare eller ordföranden att anmäla andras.")
        found = work.records(Member, "WHERE id = $id AND role = 'member'", id=member)
        if not found:
            raise Refused("Personen är inte ledamot i rådet.")
        about, why = (" ".join(text.split()).rstrip(".") for text in (title, reason))
        if not about or not why or len(why) > LONGEST:
            raise Refused(f"Säg vilket ärende det gäller och kort varför, med högst {LONGEST} tecken.")
        line = f"{NOTED}{found[0].name} anmälde jäv i ärendet {about} ({why}) och deltog inte i det."
        if line in (now.agenda or "").splitlines():
            raise Refused("Det står redan i protokollet.")
        agenda = f"{now.agenda}\n{line}" if now.agenda else line
        work.update(Meeting, number, {"agenda": agenda}, None, _SOURCE)
        return work.batch


def start(database: Database, person: Person, number: int, today: date) -> int:
    """Begin a meeting; one without a day, or planned for a later one, is held today. Return the batch."""
    with database.write(person, Action.PLAN_MEETING, "Öppnade ett möte") as work:
        now = _move(work, number, "open")
        if now.held is None or now.held > today:
            work.update(Meeting, number, {"held": today}, None, _SOURCE)
        return work.batch


def close(database: Database, person: Person, number: int) -> int:
    """End a meeting; its attendance stands from then on. Return the batch."""
    with database.write(person, Action.PLAN_MEETING, "Avslutade ett möte") as work:
        _move(work, number, "closed")
        return work.batch


def reopen(database: Database, person: Person, number: int) -> int:
    """Open a meeting that was ended, to put something right. Refused once a recommendation was made at it."""
    with database.write(person, Action.PLAN_MEETING, "Öppnade ett avslutat möte igen") as work:
        if work.value("SELECT COUNT(*) FROM recommendation WHERE meeting = $id", id=number):
            raise Refused("Mötet har lämnat en rekommendation och kan inte öppnas igen. Planera ett nytt möte.")
        _move(work, number, "open")
        return work.batch


def show(database: Database, person: Person, number: int, scenario: int | None) -> int | None:
    """Put a scenario on the wall, or none; the batch, None when it is there. It must be about what the meeting is."""
    with database.write(person, Action.PLAN_MEETING, "Bytte scenario på väggen") as work:
        now = _meeting(work, number)
        _not_closed(now)
        if scenario is not None:
            chosen = scenario_of(work, scenario)
            if scope_of(chosen) != Scope(now.year, now.call):
                raise Refused(f"{chosen.name} gäller något annat än mötet.")
            if chosen.put_away:
                raise Refused(f"{chosen.name} är undanlagt. Ta fram det först.")
        return work.batch if work.update(Meeting, number, {"scenario": scenario}, None, _SOURCE) else None


def held_of(reader: Reader, number: int) -> Held:
    """A meeting as a recommendation keeps it."""
    meeting = _meeting(reader, number)
    return Held(
        meeting.code, meeting.name, meeting.held, meeting.place, meeting.agenda,
        tuple(Attendant(one.name, one.role, one.present) for one in _attendance(reader, number)),
    )  # fmt: skip


def _meeting(reader: Reader, number: int) -> Meeting:
    found = reader.records(Meeting, "WHERE id = $id", id=number)
    if not found:
        raise Refused("Mötet finns inte längre. Läs in sidan igen.")
    return found[0]


def _attendance(reader: Reader, number: int) -> tuple[Attendance, ...]:
    roles = list(ATTENDANCE_ROLES)
    found = reader.records(Attendance, "WHERE meeting = $id ORDER BY name COLLATE sv", id=number)
    return tuple(sorted(found, key=lambda one: roles.index(one.role)))


def _move(work: Work, number: int, state: str) -> Meeting:
    now = _meeting(work, number)
    if (now.state, state) not in _STEPS:
        raise Refused(f"Mötet är {MEETING_STATES[now.state]}. Läs in sidan igen.")
    work.update(Meeting, number, {"state": state}, None, _SOURCE)
    return now


def _not_closed(meeting: Meeting) -> None:
    if meeting.state == "closed":
        raise Refused("Mötet är avslutat. Öppna det igen om något ska rättas.")


def _clean(form: MeetingForm) -> MeetingForm:
    name = " ".join(form.name.split())
    if not name or len(name) > LONGEST:
        raise Refused(f"Skriv vad mötet heter, med högst {LONGEST} tecken.")
    if form.held is not None and not 1990 <= form.held.year <= 2100:
        raise Refused(f"{format_date(form.held)} är inte en rimlig dag för ett möte.")
    place, agenda = ((said or "").strip() or None for said in (form.place, form.agenda))
    return replace(form, name=name, place=place, agenda=agenda)


def _clean_row(row: Attendant) -> Attendant:
    name = " ".join(row.name.split())
    if not name or len(name) > LONGEST:
        raise Refused(f"Skriv vad den heter som var kallad, med högst {LONGEST} tecken.")
    if row.role not in ATTENDANCE_ROLES:
        raise Refused(f"{name}: välj en roll.")
    return replace(row, name=name)


def _values(form: MeetingForm) -> dict[str, Any]:
    return {"name": form.name, "held": form.held, "place": form.place, "agenda": form.agenda}


def _without_id(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "id"}
