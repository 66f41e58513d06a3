"""The lines of a year's plan: as they stand, as a version has them, and as rows to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from fou.areas import AreaNames
from fou.figures import ZERO
from fou.ledger import statements
from fou.model import CALLS, Call, Entry, Funder, Kind, Plan, PlanVersion, Project
from fou.store import Reader
from fou.whose import OWN, funders, whose

#: What a line is about, in the order of a plan.
FRAME, AREA, PROJECT, CALL = "Ram", "Område", "Projekt", "Utlysning"
#: What a line of a plan is kept as, besides the frame.
LINE_KINDS = (Kind.PLANNED, Kind.PROPOSED)
#: Project, call and area: what a line is about.
_Subject: TypeAlias = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plan: a statement that stands (``entry``), or a row that nothing is stated for yet (None).

    ``amount`` is SEK excl. VAT. It is None when nothing is stated, and when the amount is not set (``open``).
    ``key`` knows the line again in another version: what it is about, whose money, and which of several.
    """

    key: str
    kind: Kind
    what: str
    name: str
    area: str
    project: int | None
    call: int | None
    area_id: int | None
    funder: int
    funder_name: str
    entry: int | None = None
    amount: Decimal | None = None
    open: bool = False
    condition: str | None = None

    @property
    def firm(self) -> Decimal:
        """What the line adds to a sum: nothing while its amount is not set or hangs on a condition."""
        return ZERO if self.amount is None or self.condition is not None else self.amount


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row to fill in, beside what was planned the year before and what is proposed this year.

    SEK; None when nothing is stated. ``proposed_open``: something is proposed whose amount is not set.
    """

    line: Line
    last: Decimal | None
    proposed: Decimal | None
    proposed_open: bool = False


def plan_of(reader: Reader, year: int) -> Plan | None:
    """The year's plan, if there is one."""
    return next(iter(reader.records(Plan, "WHERE year = $year", year=year)), None)


def versions(reader: Reader, year: int) -> tuple[PlanVersion, ...]:
    """The decisions of the year's plan, the first one first."""
    return tuple(reader.records(PlanVersion, "WHERE year = $year ORDER BY number", year=year))


def lines(reader: Reader, year: int, money: str = "alla") -> tuple[Line, ...]:
    """The plan's lines that stand: what is planned, or in a plan that plans no amounts what it proposes."""
    chosen = whose(reader, money)
    for kind in LINE_KINDS:
        found = _of_kind(reader, year, kind)
        if found:
            return tuple(line for line in found if chosen is None or line.funder in chosen)
    return ()


def draft_rows(reader: Reader, year: int, more: Sequence[str] = (), most: int = 200) -> tuple[DraftRow, ...]:
    """The rows of a draft: the frame, each line that is planned, and an empty row for everything that could be.

    That is the year's areas and calls, the projects that something is proposed for (at most ``most``, the largest
    first, in a plan that gives its areas no amounts), and those whose codes are in ``more``. New rows are the first
    funder's that has a frame, else our own.
    """
    names = _Names(reader, year)
    framed = _of_kind(reader, year, Kind.FRAME, names)
    planned = _of_kind(reader, year, Kind.PLANNED, names)
    proposed = _of_kind(reader, year, Kind.PROPOSED, names)
    funder = _default_funder(reader, framed)
    if funder is None:
        return ()
    if not framed:
        framed = [names.line(Entry(Kind.FRAME, year, funder.id))]
    taken = {(line.project, line.call, line.area_id) for line in planned}
    empty = [Entry(Kind.PLANNED, year, funder.id, area=area.id) for area in names.areas.in_force(year)]
    # Where the plan gives areas their amounts, its projects have no lines of their own unless somebody asks.
    whole = any(line.what == AREA for line in planned)
    largest = [] if whole else sorted((line for line in proposed if line.project), key=lambda line: -line.firm)
    projects = list(dict.fromkeys(line.project for line in largest))[:most]
    extra = [row.id for row in reader.records(Project, "WHERE code IN (SELECT UNNEST($codes))", codes=list(more))]
    empty += [Entry(Kind.PLANNED, year, funder.id, project=project) for project in dict.fromkeys([*projects, *extra])]
    calls = reader.records(Call, "WHERE year = $year ORDER BY code", year=year)
    empty += [Entry(Kind.PLANNED, year, funder.id, call=call.id) for call in calls]
    planned += [names.line(entry) for entry in empty if (entry.project, entry.call, entry.area) not in taken]
    before = _by_subject(names.areas, year, _of_kind(reader, year - 1, Kind.PLANNED))
    before_frame = [line.firm for line in _of_kind(reader, year - 1, Kind.FRAME)]
    asked = _by_subject(names.areas, year, proposed)
    rows = [DraftRow(line, sum(before_frame, ZERO) if before_frame else None, None) for line in framed]
    for line in _ordered(planned):
        about = (line.project, line.call, line.area_id)
        offered = asked.get(about, ())
        rows.append(DraftRow(line, _sum(before.get(about, ())), _sum(offered), any(other.open for other in offered)))
    return tuple(rows)


def planned_by_area(reader: Reader, year: int) -> tuple[tuple[str, Decimal], ...]:
    """What was planned the year before for each area and for calls, under the names that they have in ``year``."""
    names = AreaNames(reader).became(year)
    sums: dict[str, Decimal] = {}
    for line in _of_kind(reader, year - 1, Kind.PLANNED):
        area = names.get(line.area, line.area)
        sums[area] = sums.get(area, ZERO) + line.firm
    return tuple(sums.items())


def _by_subject(areas: AreaNames, year: int, found: Iterable[Line]) -> dict[_Subject, list[Line]]:
    """The lines by what they are about, areas as what they have become by ``year``."""
    groups: dict[_Subject, list[Line]] = {}
    for line in found:
        area = None if line.area_id is None else areas.successor(line.area_id, year)
        groups.setdefault((line.project, line.call, area), []).append(line)
    return groups


def _sum(found: Sequence[Line]) -> Decimal | None:
    amounts = [line.firm for line in found if line.amount is not None and line.condition is None]
    return sum(amounts, ZERO) if amounts else None


class _Names:
    """What lines are called in one year."""

    def __init__(self, reader: Reader, year: int) -> None:
        self.year = year
        self.areas = AreaNames(reader)
        self._reader = reader
        self._funders = {funder.id: funder.name for funder in funders(reader)}
        self._calls = {call.id: call.name for call in reader.records(Call)}
        self._projects: dict[int, tuple[str, int | None]] = {}

    def look_up(self, projects: Iterable[int]) -> None:
        """Read the titles and areas of these projects at once."""
        missing = [project for project in projects if project not in self._projects]
        for project in self._reader.records(Project, "WHERE id IN (SELECT UNNEST($ids))", ids=missing):
            self._projects[project.id] = (project.title, project.area)

    def line(self, entry: Entry) -> Line:
        """The entry as a line; an entry without an id is a row that nothing is stated for."""
        what, name, area = FRAME, f"Ram {self.year}", ""
        if entry.project is not None:
            self.look_up([entry.project])
            title, its_area = self._projects.get(entry.project, ("", None))
            what, name, area = PROJECT, title, self.areas.in_year(entry.area or its_area, self.year)
        elif entry.call is not None:
            what, name, area = CALL, self._calls.get(entry.call, ""), CALLS
        elif entry.area is not None:
            name = self.areas.in_year(entry.area, self.year)
            what, area = AREA, name
        elif entry.kind is not Kind.FRAME:
            name = "Hela planen"
        stated = bool(entry.id)
        return Line(
            key=f"{entry.kind} {entry.project or ''} {entry.call or ''} {entry.area or ''} {entry.funder}",
            kind=entry.kind, what=what, name=name, area=area, project=entry.project, call=entry.call,
            area_id=entry.area, funder=entry.funder, funder_name=self._funders.get(entry.funder, ""),
            entry=entry.id if stated else None, amount=entry.amount if stated and not entry.open else None,
            open=bool(entry.open), condition=entry.condition,
        )  # fmt: skip


def _of_kind(reader: Reader, year: int, kind: Kind, names: _Names | None = None) -> list[Line]:
    names = names or _Names(reader, year)
    found = statements(reader, "year = $year AND kind = $kind", year=year, kind=str(kind))
    names.look_up({entry.project for entry in found if entry.project is not None})
    return _ordered(_told_apart(names.line(entry) for entry in found))


def _told_apart(found: Iterable[Line]) -> list[Line]:
    """Several statements about the same thing get a number each."""
    seen: dict[str, int] = {}
    told = []
    for line in found:
        seen[line.key] = seen.get(line.key, 0) + 1
        told.append(line if seen[line.key] == 1 else replace(line, key=f"{line.key} {seen[line.key]}"))
    return told


def _ordered(found: Iterable[Line]) -> list[Line]:
    """An area's own line before those of its projects; calls last."""
    return sorted(found, key=lambda line: (line.what == CALL, line.area, line.what != AREA, line.name, line.key))


def _default_funder(reader: Reader, framed: Sequence[Line]) -> Funder | None:
    known = funders(reader)
    with_frame = {line.funder for line in framed}
    for funder in known:
        if funder.id in with_frame:
            return funder
    return next((funder for funder in known if funder.kind == OWN), known[0] if known else None)
