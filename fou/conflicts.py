"""Conflicts of interest (jäv): who has one in which application, and who says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from fou.access import Action, Person, Role, may, require
from fou.calls import OUT, call_of, proposal_of
from fou.errors import Forbidden, Refused, SaveConflict
from fou.model import CONFLICT_STATES, Call, Conflict, Member, Project, Proposal
from fou.search import fold
from fou.store import Database, Reader, Work
from fou.store.sight import chains, in_conflict

_LONGEST = 500
_SOURCE = "sidan Ansökningar"


@dataclass(frozen=True, slots=True)
class Declared:
    """A conflict of interest with the names of the member and the application; ``holds`` unless it is dismissed.

    ``by`` is who said so last, and ``at`` when (UTC), by the log.
    """

    conflict: Conflict
    member: str
    code: str
    title: str
    by: str | None
    at: datetime | None

    @property
    def holds(self) -> bool:
        """Whether the member is left out of the application: also when it is only proposed."""
        return self.conflict.state != "dismissed"

    @property
    def state(self) -> str:
        """A key of CONFLICT_STATES."""
        return self.conflict.state or "declared"


def conflicts(reader: Reader, call: int) -> tuple[Declared, ...]:
    """The conflicts in a call that the reader may see, by application and member."""
    names = {
        number: told
        for number, *told in reader.rows(
            "SELECT conflict.id, member.name, proposal.code, project.title, said.actor, said.posted FROM conflict "
            "JOIN proposal ON proposal.id = conflict.proposal JOIN project ON project.id = proposal.project "
            "JOIN member ON member.id = conflict.member LEFT JOIN ("
            "    SELECT change.id, ARG_MAX(batch.actor, batch.id) AS actor, MAX(batch.posted) AS posted FROM change "
            "    JOIN batch ON batch.id = change.batch WHERE change.record = 'conflict' GROUP BY change.id"
            ") AS said ON said.id = conflict.id WHERE proposal.call = $call "
            "ORDER BY proposal.code, member.name COLLATE sv",
            call=call,
        )
    }
    found = {
        one.id: one
        for one in reader.records(Conflict, "WHERE id IN (SELECT UNNEST($ids))", ids=list(names))
    }  # fmt: skip
    return tuple(Declared(found[number], *told) for number, told in names.items())


def declare(database: Database, person: Person, proposal: int, member: int, reason: str, today: date) -> int | None:
    """Declare that a member is in conflict of interest; return the batch, None when it already stands so.

    A member declares their own; an administrator, and the chair, anybody's where they are not in conflict themselves.
    What the member has scored stays, and is left out of every mean from now on. It is written for the application in
    every call that it has been moved from or to, and that is not decided.
    """
    require(person, Action.DECLARE)
    said = _reason(reason)
    with database.write(person, Action.DECLARE, "Anmälde jäv") as work:
        found = proposal_of(work, proposal)
        _refuse_decided(call_of(work, found.call))
        who = _member(work, member)
        if person.member != member:
            if not leads(work, person):
                raise Forbidden("Du kan anmäla ditt eget jäv. Be en handläggare eller ordföranden att anmäla andras.")
            _refuse_own(work, person, proposal)
        values = {"reason": said, "declared": today, "state": "declared"}
        written = False
        for place in _undecided(work, proposal):
            now = _of(work, place, member)
            if now is None:
                work.create(Conflict, _SOURCE, proposal=place, member=who.id, **values)
            elif now.state in (None, "declared") and now.reason == said:
                continue
            else:
                work.update(Conflict, now.id, values, None, _SOURCE)
            written = True
        return work.batch if written else None


def dismiss(database: Database, person: Person, seen: Conflict, reason: str) -> int:
    """Say that a member is not in conflict of interest after all, and why; return the batch.

    An administrator or the chair does it, never the member it is about or who is in conflict there too. It is written
    where ``declare`` writes. Raises SaveConflict when somebody else has changed it since ``seen`` was read.
    """
    require(person, Action.DECLARE)
    said = _reason(reason)
    with database.write(person, Action.DECLARE, "Avfärdade jäv") as work:
        if person.member == seen.member:
            raise Forbidden("Ditt eget jäv avgör en handläggare eller ordföranden.")
        if not leads(work, person):
            raise Forbidden("Bara en handläggare eller ordföranden kan avfärda jäv.")
        _refuse_own(work, person, seen.proposal)
        _refuse_decided(call_of(work, proposal_of(work, seen.proposal).call))
        now = _of(work, seen.proposal, seen.member)
        if now is None or now != seen:
            raise SaveConflict("Någon annan har ändrat jävet medan du läste. Se hur det står nu, och försök igen.")
        if now.state == "dismissed":
            raise Refused(f"Jävet är redan {CONFLICT_STATES['dismissed']}.")
        for place in _undecided(work, seen.proposal):
            one = _of(work, place, seen.member)
            if one is not None and one.state != "dismissed":
                work.update(Conflict, one.id, {"state": "dismissed", "reason": said}, None, _SOURCE)
        return work.batch


def propose(database: Database, person: Person, call: int, today: date) -> int | None:
    """Propose a conflict wherever a member's unit is applicant or performer; the batch, None when there is nothing new.

    What is proposed holds until it is dismissed, and what has been dismissed is not proposed again.
    """
    require(person, Action.EDIT)
    with database.write(person, Action.DECLARE, "Föreslog jäv efter ledamöternas enheter") as work:
        _refuse_decided(call_of(work, call))
        made = [
            propose_for(work, proposal, today)
            for proposal in work.records(Proposal, "WHERE call = $call", call=call)
            if proposal.state not in OUT
        ]
        return work.batch if any(made) else None


def propose_for(work: Work, proposal: Proposal, today: date) -> int:
    """Propose the conflicts of one application within the work under way; return how many are new."""
    if proposal.state in OUT:
        return 0
    known = {one.member for one in work.records(Conflict, "WHERE proposal = $id", id=proposal.id)}
    project = work.records(Project, "WHERE id = $id", id=proposal.project)[0]
    new = [
        (member, said)
        for member in work.records(Member, "WHERE role = 'member' ORDER BY id")
        if member.id not in known and (said := _unit_in(member.unit, proposal, project))
    ]
    work.create_many(
        Conflict,
        [
            {"proposal": proposal.id, "member": member.id, "reason": said, "declared": today, "state": "proposed"}
            for member, said in new
        ],
        [_SOURCE] * len(new),
    )
    return len(new)


def propose_of(work: Work, member: Member, today: date) -> int:
    """Propose the conflicts of one member in every call that is not decided, within the work under way; how many."""
    projects = {one.id: one for one in work.records(Project, f"WHERE id IN (SELECT project {_ACTIVE})")}
    known = {one.proposal for one in work.records(Conflict, "WHERE member = $id", id=member.id)}
    new = [
        (proposal.id, said)
        for proposal in work.records(Proposal, f"WHERE id IN (SELECT proposal.id {_ACTIVE}) ORDER BY id")
        if proposal.id not in known and (said := _unit_in(member.unit, proposal, projects[proposal.project]))
    ]
    work.create_many(
        Conflict,
        [
            {"proposal": proposal, "member": member.id, "reason": said, "declared": today, "state": "proposed"}
            for proposal, said in new
        ],
        [_SOURCE] * len(new),
    )
    return len(new)


#: The applications that somebody is to judge, or has judged, in calls where nothing is decided.
_ACTIVE = (
    "FROM proposal JOIN call ON call.id = proposal.call WHERE COALESCE(call.state, '') <> 'decided' "
    f"AND COALESCE(proposal.state, '') NOT IN {OUT}"
)


def leads(reader: Reader, person: Person) -> bool:
    """Whether the person is an administrator or the chair of the council."""
    if person.role is Role.ADMIN:
        return True
    if not may(person, Action.ASSESS) or person.member is None:
        return False
    return bool(reader.value("SELECT chair FROM member WHERE id = $id AND role = 'member'", id=person.member))


def _unit_in(unit: str | None, proposal: Proposal, project: Project) -> str | None:
    """Why a member of this unit is in conflict; None when it takes no part."""
    wanted = fold(unit or "").strip()
    if not wanted:
        return None
    whole = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    for text, role in (
        (proposal.applicants, "sökande"), (project.performer, "utförare"), (project.host, "värd"),
        (project.units, "deltagande enhet"),
    ):  # fmt: skip
        if text and whole.search(fold(text)):
            return f"{unit} är {role}"
    return None


def _of(work: Work, proposal: int, member: int) -> Conflict | None:
    found = work.records(
        Conflict, "WHERE proposal = $proposal AND member = $member", proposal=proposal, member=member
    )  # fmt: skip
    return found[0] if found else None


def _undecided(work: Work, proposal: int) -> list[int]:
    """The application in every call that it has been moved from or to, and that is not decided."""
    chain = next((one for one in chains(work) if proposal in one), [proposal])
    rows = work.rows(
        "SELECT proposal.id FROM proposal JOIN call ON call.id = proposal.call "
        "WHERE proposal.id IN (SELECT UNNEST($ids)) AND COALESCE(call.state, '') <> 'decided' ORDER BY proposal.id",
        ids=chain,
    )
    return [number for (number,) in rows]


def _member(work: Work, number: int) -> Member:
    found = work.records(Member, "WHERE id = $id AND role = 'member'", id=number)
    if not found:
        raise Refused("Personen är inte ledamot i rådet, och bedömer inga ansökningar.")
    return found[0]


def _refuse_decided(call: Call) -> None:
    if call.state == "decided":
        raise Refused(f"Utlysningen {call.code} är beslutad. Jäv kan inte ändras efter beslutet.")


def _refuse_own(work: Work, person: Person, proposal: int) -> None:
    """Who is in conflict over an application does not say who else may judge it."""
    if person.member is not None and proposal in in_conflict(work, person.member):
        raise Forbidden("Du är själv jävig i den här ansökan. Be någon annan avgöra vem mer som är det.")


def _reason(text: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > _LONGEST:
        raise Refused(f"Skriv kort varför, med högst {_LONGEST} tecken.")
    return said
