"""What a recommendation rests on, read from the database at the moment that it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fou.access import Person, Role
from fou.boards import YearRoom, room_of, wanted_of
from fou.calls import Sum, criteria_of
from fou.ledger import statements
from fou.matters import Key, Matter, Scope, matters
from fou.meetings import held_of
from fou.model import Scenario, ScenarioLine
from fou.scenarios import as_line, lines_of, scope_of
from fou.snapshot import Judged, Snapshot, Year, YearAmount
from fou.snapshot import Matter as FrozenMatter
from fou.store import Reader, chain
from fou.store.sight import HOLDS

#: Sees all there is: a recommendation is the same whoever takes it down.
_EVERYBODY = Person("", Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a recommendation rests on, the applications that nothing is said of, and those that have been granted money.

    ``granted`` are (project, year) that an earlier decision in the same call has granted money: it is for a later
    decision on the same recommendation to change that.
    """

    snapshot: Snapshot
    room: tuple[YearRoom, ...]
    funder: int
    not_considered: tuple[Matter, ...]
    granted: frozenset[tuple[int | None, int]]


def basis(
    reader: Reader, scenario: Scenario, code: str, meeting: int | None, made: date, dissent: str | None, head: int
) -> Basis:
    """A scenario as a snapshot, from everything that stands. Matters that nothing is said of are left out of it."""
    lines = lines_of(reader, scenario.id)
    found = matters(reader, _EVERYBODY, scope_of(scenario), ((line.project, line.call) for line in lines))
    by_key: dict[Key, list[ScenarioLine]] = {}
    for line in lines:
        by_key.setdefault((line.project, line.call), []).append(line)
    room = room_of(reader, found, wanted_of(lines))
    conflicts = _conflicts(reader, found.scope)
    call = found.call
    snapshot = Snapshot(
        organisation=reader.value("SELECT value FROM setting WHERE name = 'organisation'"),
        code=code,
        scenario=scenario.name,
        year=scenario.year,
        call_code=None if call is None else call.code,
        call_name=None if call is None else call.name,
        meeting=None if meeting is None else held_of(reader, meeting),
        made=made,
        dissent=dissent,
        grounds=() if call is None else tuple(one.name for one in criteria_of(reader, call.id)),
        years=tuple(map(_year, room)),
        matters=tuple(
            _matter(one, by_key[one.key], conflicts.get(one.key[0], ())) for one in found.rows if one.key in by_key
        ),
        head=head,
        mark=chain.mark(reader),
    )
    granted = frozenset(
        (entry.project, entry.year)
        for entry in statements(reader, "kind = 'granted' AND call = $call", call=scenario.call)
        if call is not None
    )
    # A plan need not say anything of what goes on by itself.
    settled = {project for project, _ in granted}
    silent = tuple(
        one for one in found.rows if one.applied is not None and one.key not in by_key and one.key[0] not in settled
    )
    return Basis(snapshot, room, found.funder, silent, granted)


def _year(room: YearRoom) -> Year:
    here = room.here
    return Year(
        room.year, room.frame, room.granted, room.reserved, room.free, room.pot, Decimal(here.granted),
        Decimal(here.reserved), here.open, Decimal(here.conditional), room.pot_left, room.free_after,
        room.own,
    )  # fmt: skip


def _matter(one: Matter, lines: list[ScenarioLine], conflicts: tuple[str, ...]) -> FrozenMatter:
    project, proposal = one.project, None if one.applied is None else one.applied.proposal
    about = {} if project is None else {
        "purpose": project.summary, "performer": project.performer, "lead": project.lead, "starts": project.starts,
        "ends": project.ends, "period_note": project.period_note,
    }  # fmt: skip
    if one.call is not None:
        about = {"purpose": one.call.text}
    return FrozenMatter(
        project=one.key[0],
        call=one.key[1],
        code=project.code if project is not None else one.code,
        title=one.title,
        proposal=None if proposal is None else proposal.code,
        reference=(None if project is None else project.reference) if proposal is None else proposal.reference,
        continuing=one.continuing,
        applicants=None if proposal is None else proposal.applicants,
        area=one.area,
        least=one.least,
        requested=_amounts(one.asked),
        reserved=_amounts(one.reserved),
        granted=_amounts(one.granted),
        lines=tuple(map(as_line, lines)),
        judged=_judged(one),
        conflicts=conflicts,
        **about,
    )


def _amounts(by_year: tuple[tuple[int, Sum], ...]) -> tuple[YearAmount, ...]:
    return tuple(YearAmount(year, one.known) for year, one in by_year)


def _judged(one: Matter) -> Judged | None:
    ranked = one.ranked
    if ranked is None or ranked.place is None:
        return None
    place = ranked.place
    points = Decimal(repr(round(place.mean, 1)))
    return Judged(place.number, place.span.best, place.span.last, bool(place.tied), points, ranked.judges)


def _conflicts(reader: Reader, scope: Scope) -> dict[int | None, tuple[str, ...]]:
    """The names of those in conflict of interest by project: in this call, or in any for a year's plan."""
    rows = reader.rows(
        "SELECT DISTINCT proposal.project, member.name FROM conflict JOIN proposal ON proposal.id = conflict.proposal "
        f"JOIN member ON member.id = conflict.member WHERE {HOLDS} AND ($call IS NULL OR proposal.call = $call) "
        "ORDER BY member.name COLLATE sv",
        call=scope.call,
    )
    found: dict[int | None, tuple[str, ...]] = {}
    for project, name in rows:
        found[project] = (*found.get(project, ()), name)
    return found
