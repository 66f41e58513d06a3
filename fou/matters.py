"""The matters (ärenden) of a meeting: applications, projects that go on, and calls to set money aside for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from fou.access import Action, Person, require
from fou.areas import AreaNames
from fou.calls import Applied, Sum, applications, call_of, money_of, own_funder, total
from fou.ledger import statements
from fou.model import Call, Entry, Kind, Project
from fou.ranking import Ranked
from fou.standings import Standings, standings
from fou.store import Reader
from fou.store.sight import HOLDS

#: How many years ahead of a plan's own that its matters may reach.
AHEAD = 3

#: What a matter is about: a project's id, or a call's.
Key: TypeAlias = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a meeting or a scenario is about: a call, or a year's plan when there is none."""

    year: int
    call: int | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter as the acting person may see it, with SEK excl. VAT of the call's own funder by year.

    Either ``project`` or ``call`` is there. ``asked`` is what is requested in the call; without an application the last
    that was proposed, planned or set aside for the year, and nothing in a year that it has been granted money for.
    ``ranked`` is None without an application, before the scores are opened, and for who is in ``conflict`` of interest.
    """

    project: Project | None
    call: Call | None
    applied: Applied | None
    area: str | None
    continuing: bool | None
    asked: tuple[tuple[int, Sum], ...]
    granted: tuple[tuple[int, Sum], ...]
    reserved: tuple[tuple[int, Sum], ...]
    ranked: Ranked | None = None
    conflict: bool = False

    @property
    def key(self) -> Key:
        """A project's id, or a call's."""
        return (
            None if self.project is None else self.project.id,
            None if self.call is None or self.project is not None else self.call.id,
        )

    @property
    def code(self) -> str:
        """The application's code, else the project's, else the call's."""
        if self.applied is not None:
            return self.applied.proposal.code
        found = self.project or self.call
        return found.code if found is not None else ""

    @property
    def title(self) -> str:
        """The project's title, or the call's name."""
        if self.project is not None:
            return self.project.title
        return self.call.name if self.call is not None else ""

    @property
    def least(self) -> int | None:
        """The least that the applicant can do with, whole SEK."""
        return None if self.applied is None else self.applied.proposal.least

    def asked_in(self, years: Iterable[int]) -> Sum:
        """What is asked for in these years together."""
        wanted = set(years)
        return total(one for year, one in self.asked if year in wanted)


@dataclass(frozen=True, slots=True)
class Matters:
    """The matters in the order of a meeting: by place, then what has none, then calls.

    ``years`` are those of the money to distribute. ``standings`` is the call's ranking, None for a year's plan.
    """

    scope: Scope
    call: Call | None
    funder: int
    years: tuple[int, ...]
    rows: tuple[Matter, ...]
    standings: Standings | None

    def of(self, key: Key) -> Matter | None:
        """The matter about this."""
        return next((one for one in self.rows if one.key == key), None)


def matters(reader: Reader, person: Person, scope: Scope, also: Iterable[Key] = ()) -> Matters:
    """The matters that a meeting takes up; ``also`` are those that a scenario has lines for already.

    Of a call: its applications that are not out of it, what is set aside for other projects in its years, and the call
    itself. Of a year's plan: the projects and calls that something is proposed, planned or set aside for that year or
    the AHEAD next, of the board's own money.
    """
    require(person, Action.SEE_DRAFTS)
    funder = own_funder(reader, scope.call).id
    call = None if scope.call is None else call_of(reader, scope.call)
    applied = {} if call is None else {one.project.id: one for one in applications(reader, call.id) if one.active}
    years = tuple(sorted(money_of(reader, call.id))) if call is not None else ()
    years = years or (scope.year,)
    kinds = ["reserved"] if call is not None else ["proposed", "planned", "reserved"]
    last = max(years) if call is not None else scope.year + AHEAD
    found = reader.rows(
        "SELECT DISTINCT project, CASE WHEN project IS NULL THEN call END FROM entry "
        "WHERE funder = $funder AND kind IN (SELECT UNNEST($kinds)) AND year BETWEEN $first AND $last "
        "AND (project IS NOT NULL OR call IS NOT NULL)",
        funder=funder, kinds=kinds, first=min(years), last=last,
    )  # fmt: skip
    keys = {(project, number) for project, number in found if project is not None or call is None} | set(also)
    stated = _stated(reader, funder, scope, {*keys, *((project, None) for project in applied)})
    standing = {key for key, entries in stated.items() if any(entry.kind in kinds for entry in entries)}
    projects = {project for project, _ in (keys & standing) | set(also) if project is not None} | applied.keys()
    calls = {number for _, number in (keys & standing) | set(also) if number is not None}
    ranking = None if call is None else standings(reader, person, call.id)
    ranked = {} if ranking is None else {row.applied.proposal.id: row.ranked for row in ranking.rows}
    mine = in_conflict(reader, person, scope.call)
    areas, rows = AreaNames(reader), []
    for project in reader.records(Project, "WHERE id IN (SELECT UNNEST($ids)) ORDER BY code", ids=sorted(projects)):
        own = applied.get(project.id)
        entries = stated.get((project.id, None), [])
        hidden = project.id in mine
        rows.append(
            Matter(
                project, None, own, None if project.area is None else areas.in_year(project.area, scope.year),
                _continuing(project, own, entries, scope.year),
                own.by_year if own is not None else _asked(entries),
                _by_year(entries, Kind.GRANTED), _by_year(entries, Kind.RESERVED),
                None if own is None or hidden else ranked.get(own.proposal.id), hidden,
            )
        )  # fmt: skip
    rows.sort(key=_order)
    for other in reader.records(Call, "WHERE id IN (SELECT UNNEST($ids)) ORDER BY code", ids=sorted(calls)):
        entries = stated.get((None, other.id), [])
        rows.append(
            Matter(
                None, other, None, None, None, _asked(entries), _by_year(entries, Kind.GRANTED),
                _by_year(entries, Kind.RESERVED),
            )
        )  # fmt: skip
    return Matters(scope, call, funder, years, tuple(rows), ranking)


def in_conflict(reader: Reader, person: Person, call: int | None) -> frozenset[int]:
    """The projects whose applications in a call (None: in any) the person is in conflict of interest over.

    What was declared over a project's application in an earlier call says nothing of its next.
    """
    if person.member is None:
        return frozenset()
    rows = reader.rows(
        "SELECT DISTINCT proposal.project FROM conflict JOIN proposal ON proposal.id = conflict.proposal "
        f"WHERE conflict.member = $member AND {HOLDS} AND ($call IS NULL OR proposal.call = $call)",
        member=person.member, call=call,
    )  # fmt: skip
    return frozenset(project for (project,) in rows)


def _stated(reader: Reader, funder: int, scope: Scope, keys: Iterable[Key]) -> dict[Key, list[Entry]]:
    wanted = set(keys)
    if scope.call is not None:
        wanted.add((None, scope.call))
    entries = statements(
        reader,
        "funder = $funder AND kind IN ('proposed', 'planned', 'reserved', 'granted') AND "
        "(project IN (SELECT UNNEST($projects)) OR (project IS NULL AND call IN (SELECT UNNEST($calls))))",
        funder=funder,
        projects=sorted({project for project, _ in wanted if project is not None}),
        calls=sorted({call for _, call in wanted if call is not None}),
    )
    found: dict[Key, list[Entry]] = {}
    for entry in entries:
        key = (entry.project, None) if entry.project is not None else (None, entry.call)
        # What was granted before the year matters too: it tells that a project goes on.
        if entry.year >= scope.year or entry.kind is Kind.GRANTED:
            found.setdefault(key, []).append(entry)
    return found


def _asked(entries: Iterable[Entry]) -> tuple[tuple[int, Sum], ...]:
    last: dict[int, Kind] = {}
    own = list(entries)
    for entry in sorted(own, key=lambda entry: (entry.kind is Kind.GRANTED, entry.id)):
        last[entry.year] = entry.kind
    sums = {kind: dict(_by_year(own, kind)) for kind in set(last.values()) - {Kind.GRANTED}}
    return tuple((year, sums[kind][year]) for year, kind in sorted(last.items()) if kind is not Kind.GRANTED)


def _by_year(entries: Iterable[Entry], kind: Kind) -> tuple[tuple[int, Sum], ...]:
    """What hangs on a condition counts too: it is what was said of the matter."""
    found: dict[int, Sum] = {}
    for entry in entries:
        if entry.kind is kind:
            found[entry.year] = total([found.get(entry.year, Sum()), Sum(entry.amount, entry.open)])
    return tuple(sorted(found.items()))


def _continuing(project: Project, applied: Applied | None, entries: Iterable[Entry], year: int) -> bool | None:
    """Whether it goes on from before: as its application says, else whether it began or had money before the year."""
    if applied is not None and applied.proposal.continuing is not None:
        return applied.proposal.continuing
    if any(entry.kind is Kind.GRANTED and entry.year < year for entry in entries):
        return True
    return None if project.starts is None else project.starts[:4] < str(year)


def _order(matter: Matter) -> tuple[int, int, str]:
    place = None if matter.ranked is None else matter.ranked.place
    if place is not None:
        return 0, place.number, matter.code
    # What has no place stands in the order that it came: the applications, and then what else has money set aside.
    return 1 if matter.applied is not None else 2, 0 if matter.project is None else matter.project.id, matter.code
