"""What each member of the council judges: their own list, one value saved at a time, and the opening of the scores."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from fou.access import Action, Person, require
from fou.calls import (
    OUT,
    Applied,
    applications,
    call_of,
    conflicts_in,
    criteria_of,
    is_opened,
    proposal_of,
)
from fou.conflicts import leads
from fou.errors import Forbidden, Refused
from fou.model import CALL_STATES, Call, Conflict, Criterion, Member, Proposal, Score, as_dict
from fou.scales import scale_of
from fou.store import Database, Reader, Work
from fou.store.sight import HOLDS, Sight

LONGEST_COMMENT = 2_000
_SOURCE = "sidan Ansökningar"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a member says of one application by one criterion: a value, "kan inte bedöma", or nothing, and a comment."""

    value: int | None = None
    cannot: bool = False
    comment: str | None = None

    @property
    def is_done(self) -> bool:
        """Whether the member has taken a stand: a comment alone is none."""
        return self.cannot or self.value is not None


@dataclass(frozen=True, slots=True)
class Mine:
    """One application in a member's list. ``judged`` is by the criterion's position, empty when in ``conflict``."""

    applied: Applied
    conflict: Conflict | None
    judged: dict[int, Judgement]
    left: int


@dataclass(frozen=True, slots=True)
class MyList:
    """What a member has to judge in a call. ``may_save``: it is being assessed and the scores are not opened."""

    call: Call
    criteria: tuple[Criterion, ...]
    rows: tuple[Mine, ...]
    may_save: bool

    @property
    def left(self) -> int:
        """How many boxes are left in all."""
        return sum(row.left for row in self.rows)

    @property
    def boxes(self) -> int:
        """How many boxes there are to fill in; none in an application that the member is in conflict over."""
        return len(self.criteria) * sum(row.conflict is None for row in self.rows)

    def next_after(self, proposal: int | None) -> Mine | None:
        """The next application with something left, from the top after the last; None when all is done."""
        at = next((at for at, row in enumerate(self.rows) if row.applied.proposal.id == proposal), -1)
        return next((row for row in (*self.rows[at + 1 :], *self.rows[: at + 1]) if row.left), None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a member has come, without a word of what they said: boxes filled in, of how many."""

    member: str
    done: int
    boxes: int
    conflicts: int


def my_list(reader: Reader, person: Person, number: int) -> MyList:
    """The member's own list in a call, in order of the applications' codes; nobody else's scores.

    Raises Forbidden for who is not a member of the council.
    """
    require(person, Action.ASSESS)
    call = call_of(reader, number)
    member = _council_member(reader, person)
    criteria = criteria_of(reader, number)
    conflicts = {
        one.proposal: one
        for one in reader.records(Conflict, f"WHERE member = $member AND {HOLDS}", member=member.id)
    }  # fmt: skip
    said: dict[int, dict[int, Judgement]] = {}
    for score in reader.records(Score, "WHERE member = $member", member=member.id):
        said.setdefault(score.proposal, {})[score.criterion] = _judgement(score)
    rows = []
    for applied in applications(reader, number):
        if applied.active:
            conflict = conflicts.get(applied.proposal.id)
            mine = {} if conflict else said.get(applied.proposal.id, {})
            done = sum(mine.get(criterion.position, Judgement()).is_done for criterion in criteria)
            rows.append(Mine(applied, conflict, mine, 0 if conflict else len(criteria) - done))
    return MyList(call, tuple(criteria), tuple(rows), call.state == "assessment" and not is_opened(call))


def save(
    database: Database, person: Person, proposal: int, position: int, said: Judgement, seen: Judgement | None = None
) -> int | None:
    """Save what the acting member says by one criterion; the batch, None when it already stands so.

    The last one written by the same member holds, in whichever of their windows. With ``seen``, what stood in the
    window, only what differs from it is written: a comment does not bring back a value that another window has changed.

    Raises Forbidden for who is not a member and for who is in conflict of interest; Refused outside the scale, and when
    the call is not being assessed.
    """
    with database.write(person, Action.ASSESS, "Bedömde en ansökan") as work:
        found = proposal_of(work, proposal)
        call = call_of(work, found.call)
        member = _council_member(work, person)
        criterion = next((one for one in criteria_of(work, call.id) if one.position == position), None)
        if criterion is None:
            raise Refused("Prioriteringsgrunden finns inte längre. Läs in sidan igen.")
        if found.state in OUT:
            raise Refused(f"{found.code} är inte kvar i utlysningen och bedöms inte. Det är inte sparat.")
        _refuse_conflict(work, proposal, member)
        _refuse_closed(call)
        now = work.records(
            Score, "WHERE proposal = $proposal AND member = $member AND criterion = $position",
            proposal=proposal, member=member.id, position=position,
        )  # fmt: skip
        stands = _judgement(now[0]) if now else Judgement()
        clean = _clean(criterion, said if seen is None else _changed(stands, seen, said))
        if clean == stands:
            return None
        values = {"value": clean.value, "cannot_judge": clean.cannot or None, "comment": clean.comment}
        if now and clean == Judgement():
            work.remove_many(Score, [as_dict(now[0])])
        elif now:
            work.update(Score, now[0].id, values, None, _SOURCE)
        else:
            work.create(Score, _SOURCE, proposal=proposal, member=member.id, criterion=position, **values)
        return work.batch


def open_scores(database: Database, person: Person, number: int, opened: bool = True) -> int | None:
    """Let the members see each other's scores, or close them again; the batch, None when it already is so.

    The chair or an administrator does it. While they are opened nobody can change a score.
    """
    note = "Öppnade bedömningarna" if opened else "Stängde bedömningarna"
    with database.write(person, Action.OPEN_SCORES, note) as work:
        call = call_of(work, number)
        if not leads(work, person):
            raise Forbidden("Bara ordföranden eller en handläggare kan öppna bedömningarna.")
        if call.state != "assessment":
            raise Refused(f"Utlysningen {call.code} är {CALL_STATES[call.state]}. Den måste vara under bedömning.")
        if is_opened(call) == opened:
            return None
        work.update(Call, number, {"scores_open": opened}, None, _SOURCE)
        return work.batch


def to_count(seen: Sight) -> Sight:
    """What ``progress`` is read with by who sees this: the chair counts boxes that are not opened yet."""
    return replace(seen, ballots=True)


def progress(reader: Reader, person: Person, number: int) -> tuple[Progress, ...]:
    """How far each member has come, for an administrator and the chair: never what they said. See ``to_count``.

    Applications that the reader is in conflict over are not counted. Raises Forbidden for others.
    """
    require(person, Action.OPEN_SCORES)
    call_of(reader, number)
    if not leads(reader, person):
        raise Forbidden("Bara ordföranden eller en handläggare ser hur långt ledamöterna har kommit.")
    criteria = {one.position for one in criteria_of(reader, number)}
    conflicts = conflicts_in(reader, number)
    own = {proposal for proposal, member in conflicts if member == person.member}
    counted = {
        proposal.id
        for proposal in reader.records(Proposal, "WHERE call = $call", call=number)
        if proposal.state not in OUT and proposal.id not in own
    }
    away = Counter(member for proposal, member in conflicts if proposal in counted)
    done = Counter(
        member
        for proposal, member, criterion in reader.rows(
            "SELECT proposal, member, criterion FROM score WHERE (value IS NOT NULL OR cannot_judge) "
            "AND proposal IN (SELECT UNNEST($counted))",
            counted=sorted(counted),
        )
        if criterion in criteria and (proposal, member) not in conflicts
    )
    return tuple(
        Progress(one.name, done[one.id], (len(counted) - away[one.id]) * len(criteria), away[one.id])
        for one in reader.records(Member, "WHERE role = 'member' ORDER BY name COLLATE sv")
    )


def _judgement(score: Score) -> Judgement:
    return Judgement(score.value, bool(score.cannot_judge), score.comment)


def _changed(stands: Judgement, seen: Judgement, said: Judgement) -> Judgement:
    """What stands, with what somebody has changed since they saw it."""
    stand = said if (said.value, said.cannot) != (seen.value, seen.cannot) else stands
    return replace(stand, comment=said.comment if said.comment != seen.comment else stands.comment)


def _council_member(reader: Reader, person: Person) -> Member:
    found = [] if person.member is None else reader.records(Member, "WHERE id = $id", id=person.member)
    if not found or found[0].role != "member":
        raise Forbidden("Bara rådets ledamöter bedömer ansökningar. Be en handläggare lägga till dig som ledamot.")
    return found[0]


def _refuse_conflict(work: Work, proposal: int, member: Member) -> None:
    if work.value(
        f"SELECT COUNT(*) FROM conflict WHERE proposal = $proposal AND member = $member AND {HOLDS}",
        proposal=proposal,
        member=member.id,
    ):
        raise Forbidden("Du är jävig i den här ansökan och bedömer den inte. Är det fel: säg till en handläggare.")


def _refuse_closed(call: Call) -> None:
    if call.state != "assessment":
        raise Refused(
            f"Utlysningen {call.code} är {CALL_STATES[call.state]}: det går inte att bedöma nu. Det är inte sparat."
        )
    if is_opened(call):
        raise Refused(
            "Bedömningarna är öppnade och kan inte ändras. Be ordföranden stänga dem om något ska rättas. Det är inte "
            "sparat."
        )


def _clean(criterion: Criterion, said: Judgement) -> Judgement:
    scale = scale_of(criterion)
    if said.value is not None and said.cannot:
        raise Refused("Välj antingen ett värde eller ”kan inte bedöma”.")
    if said.value is not None and not scale.lowest <= said.value <= scale.highest:
        raise Refused(
            f"”{criterion.name}” bedöms från {scale.lowest} till {scale.highest}. Värdet {said.value} är inte sparat."
        )
    comment = (said.comment or "").strip() or None
    if comment is not None and len(comment) > LONGEST_COMMENT:
        raise Refused(f"Kommentaren får ha högst {LONGEST_COMMENT} tecken. Den har {len(comment)}, och är inte sparad.")
    return Judgement(said.value, said.cannot, comment)
