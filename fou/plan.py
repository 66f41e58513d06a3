"""A budget year: its frame, what is planned, proposed, granted and reserved, and what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from fou.areas import AreaNames
from fou.figures import ZERO, Figures, total
from fou.model import CALLS, NO_AREA, Call, Criterion, Funder, Kind, Plan
from fou.snapshot import thaw_decided
from fou.store import Reader
from fou.store.reading import STANDING
from fou.sums import figures_by
from fou.whose import OWN, funders, ids, only, whose


@dataclass(frozen=True, slots=True)
class Room:
    """A year's frame and what takes it up, over the funders that have a frame that year.

    ``frame`` and ``free`` are None when no frame is stated. paid + unpaid + reserved + free = frame, where
    ``paid`` is net of what was returned and ``unpaid`` is granted but not yet paid.
    """

    year: int
    frame: Decimal | None
    paid: Decimal
    unpaid: Decimal
    reserved: Decimal
    proposed: Decimal
    free: Decimal | None
    conditional: Decimal
    open: int
    returned: Decimal = ZERO

    @property
    def granted(self) -> Decimal:
        """All that was granted, before anything was returned."""
        return self.paid + self.unpaid + self.returned

    @property
    def left_if_proposed(self) -> Decimal | None:
        """What would be free if everything that is proposed were granted."""
        return None if self.free is None else self.free - self.proposed

    @property
    def stated(self) -> bool:
        """Whether anything at all is known of the year."""
        amounts = (self.paid, self.unpaid, self.reserved, self.proposed, self.conditional)
        return self.frame is not None or any(amounts) or self.open > 0

    @property
    def taken(self) -> Decimal:
        """Granted net of returned, and reserved."""
        return self.paid + self.unpaid + self.reserved


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One priority area's figures for a year, under the name that it had that year."""

    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project's figures for a year."""

    code: str
    title: str
    area: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call's figures for a year."""

    code: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A commitment whose amount is not set, or that hangs on a condition (``amount`` is then its SEK)."""

    title: str
    code: str
    kind: Kind
    funder: str
    amount: Decimal | None
    condition: str | None
    source: str
    document: str | None


@dataclass(frozen=True, slots=True)
class FunderArea:
    """What one funder gives to one area in a year, firm amounts only. ``own`` is the municipality's own money."""

    funder: str
    own: bool
    area: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class FunderAreas:
    """Funders → areas for one kind and year, the largest area first.

    ``passed_on`` is what stands both on a programme and on its sub-projects, with the same funder: it is counted
    once, on the sub-projects. ``conditional`` (SEK) and ``open`` (number) are what the parts leave out.
    """

    parts: tuple[FunderArea, ...]
    passed_on: Decimal
    conditional: Decimal
    open: int


@dataclass(frozen=True, slots=True)
class YearPlan:
    """Everything that a year's plan holds. ``funders`` keeps each funder's figures apart.

    ``framed_areas`` counts only the funders that have a frame that year, as a plan must be compared with its
    own money; without any frame it equals ``areas``.
    """

    year: int
    plan: Plan | None
    room: Room
    figures: Figures
    areas: tuple[AreaRow, ...]
    framed_areas: tuple[AreaRow, ...]
    calls: tuple[CallRow, ...]
    funders: tuple[tuple[Funder, Figures], ...]
    open_items: tuple[OpenItem, ...]
    conditional_items: tuple[OpenItem, ...]
    project_count: int
    #: How many projects, and in how many areas, have a firm amount of each kind.
    having: Mapping[Kind, tuple[int, int]] = field(default_factory=dict)
    #: The board that has decided on the year's money, and the day, when the plan itself is not decided.
    decision: tuple[str, date] | None = None


def years(reader: Reader) -> list[int]:
    """Every year that an entry or a plan speaks of, in order."""
    return [year for (year,) in reader.rows("SELECT year FROM entry UNION SELECT year FROM plan ORDER BY year")]


def default_year(reader: Reader, today_year: int) -> int:
    """The year to open with: this year if it has a frame, else the latest with one, else the latest of all."""
    framed = [y for (y,) in reader.rows("SELECT DISTINCT year FROM entry WHERE kind = 'frame' ORDER BY year")]
    past = [year for year in framed if year <= today_year]
    return (past or framed or years(reader) or [today_year])[-1]


def year_plan(reader: Reader, year: int, money: str = "alla") -> YearPlan:
    """Read one year. ``money`` limits it to some funders, see ``whose``."""
    chosen = whose(reader, money)
    by_funder = figures_by(reader, "funder", "year = $year", year=year)
    people = [f for f in funders(reader) if chosen is None or f.id in chosen]
    kept = [(funder, by_funder[funder.id]) for funder in people if funder.id in by_funder]
    framed = tuple(funder.id for funder, figures in kept if Kind.FRAME in figures.firm)
    plans = reader.records(Plan, "WHERE year = $year", year=year)
    items = _items(reader, year, chosen)
    count = reader.value(
        f"SELECT COUNT(DISTINCT project) FROM ({STANDING}) AS standing WHERE year = $year {only(chosen)}",
        year=year,
        **ids(chosen),
    )
    return YearPlan(
        year=year,
        plan=plans[0] if plans else None,
        room=rooms(reader, year, year, money)[0],
        figures=total(figures for _, figures in kept),
        areas=_areas(reader, year, chosen),
        framed_areas=_areas(reader, year, framed or chosen),
        calls=_calls(reader, year, chosen),
        funders=tuple(kept),
        open_items=tuple(item for item in items if item.amount is None),
        conditional_items=tuple(item for item in items if item.amount is not None),
        project_count=int(count),
        having=_having(reader, year, chosen),
        decision=_decision(reader, year),
    )


def _having(reader: Reader, year: int, chosen: tuple[int, ...] | None) -> dict[Kind, tuple[int, int]]:
    rows = reader.rows(
        f"""
        SELECT kind, COUNT(*), COUNT(DISTINCT area)
        FROM (
            SELECT standing.kind AS kind, standing.project, MIN(COALESCE(standing.area, project.area)) AS area
            FROM ({STANDING}) AS standing
            JOIN project ON project.id = standing.project
            WHERE standing.year = $year AND standing.condition IS NULL AND standing.open = 0 {only(chosen)}
            GROUP BY 1, 2
            HAVING SUM(standing.amount) <> 0
        )
        GROUP BY kind
        """,
        year=year,
        **ids(chosen),
    )
    return {Kind(kind): (projects, areas) for kind, projects, areas in rows}


def _decision(reader: Reader, year: int) -> tuple[str, date] | None:
    """The latest decision in force that gives a year's own money, not a call's."""
    rows = reader.rows(
        "SELECT board, decided, frozen FROM resolution WHERE verdict IN ('approved', 'changed') AND number = ("
        "SELECT MAX(later.number) FROM resolution AS later WHERE later.recommendation = resolution.recommendation) "
        "ORDER BY decided DESC, id DESC"
    )
    for board, day, frozen in rows:
        found = thaw_decided(frozen)
        lines = [line for one in found.matters for line in one.said if line.choice != "out"]
        given = [line.year for line in lines if line.choice == "grant"] or [line.year for line in lines]
        if found.call is None and given and min(given) == year:
            return board, day
    return None


def year_areas(reader: Reader, year: int, money: str = "alla") -> tuple[AreaRow, ...]:
    """The year's figures by area alone, the largest first; money for calls on a row of its own."""
    return _areas(reader, year, whose(reader, money))


def year_projects(reader: Reader, year: int, money: str = "alla", limit: int | None = None) -> list[ProjectRow]:
    """The year's projects with their figures, the largest first; ``limit`` keeps the first ones only."""
    chosen = whose(reader, money)
    found = figures_by(
        reader,
        "standing.project",
        f"year = $year AND project IS NOT NULL {only(chosen)}",
        year=year,
        **ids(chosen),
    )
    order = sorted(found, key=lambda project: (-_size(found[project]), project))[:limit]
    names = {
        row[0]: row[1:]
        for row in reader.rows(
            "SELECT project.id, project.code, project.title, project.area FROM project "
            "WHERE project.id IN (SELECT UNNEST($ids))",
            ids=order,
        )
    }
    areas = AreaNames(reader)
    return [
        ProjectRow(names[p][0], names[p][1], areas.in_year(names[p][2], year), found[p]) for p in order if p in names
    ]


def announced(reader: Reader, year: int) -> tuple[tuple[Call, tuple[Criterion, ...]], ...]:
    """The year's calls, each with its grounds for priority in order."""
    calls = reader.records(Call, "WHERE year = $year ORDER BY code", year=year)
    return tuple(
        (call, tuple(reader.records(Criterion, "WHERE call = $id ORDER BY position", id=call.id))) for call in calls
    )


def rooms(reader: Reader, first: int, last: int, money: str = "alla") -> list[Room]:
    """The room bar's years, first to last."""
    chosen = whose(reader, money)
    found = _by_year_and_funder(reader, first, last, chosen)
    return [_room(year, list(found.get(year, {}).values())) for year in range(first, last + 1)]


def rooms_ahead(reader: Reader, year: int, money: str = "alla") -> list[Room]:
    """The year, the next three, and up to two more as long as something is stated for each."""
    found = rooms(reader, year, year + 5, money)
    while len(found) > 4 and not found[4].stated:
        del found[4:]
    while len(found) > 5 and not found[5].stated:
        del found[5:]
    return found


def funder_areas(reader: Reader, year: int, kind: Kind, money: str = "alla") -> FunderAreas:
    """Whose money goes where, for one kind and year."""
    chosen = whose(reader, money)
    rows = reader.rows(
        f"""
        SELECT funder.id, standing.project, project.parent,
               CASE WHEN {_CALL_ONLY} THEN -1 ELSE COALESCE(standing.area, project.area) END AS area,
               SUM(standing.amount)
        FROM ({STANDING}) AS standing
        JOIN funder ON funder.id = standing.funder
        LEFT JOIN project ON project.id = standing.project
        WHERE standing.year = $year AND standing.kind = $kind AND standing.condition IS NULL
          AND standing.open = 0 {only(chosen)}
        GROUP BY ALL
        """,
        year=year,
        kind=str(kind),
        **ids(chosen),
    )
    held = {(funder, project): amount for funder, project, _, _, amount in rows if project is not None}
    below: dict[tuple[int, int], Decimal] = {}
    for funder, _, parent, _, amount in rows:
        if parent is not None and (funder, parent) in held:
            below[funder, parent] = below.get((funder, parent), ZERO) + amount
    twice = {key: max(min(amount, held[key]), ZERO) for key, amount in below.items()}
    names, known = AreaNames(reader), {funder.id: funder for funder in funders(reader)}
    sums: dict[tuple[int, str], Decimal] = {}
    for funder, project, _, area, amount in rows:
        key = (funder, CALLS if area == -1 else names.in_year(area, year))
        sums[key] = sums.get(key, ZERO) + amount - twice.get((funder, project), ZERO)
    size: dict[str, Decimal] = {}
    for (_, area), amount in sums.items():
        size[area] = size.get(area, ZERO) + amount
    parts = [
        FunderArea(known[funder].name, known[funder].kind == OWN, area, amount)
        for (funder, area), amount in sums.items()
    ]
    parts.sort(key=lambda p: (p.area in (NO_AREA, CALLS), -size[p.area], p.area, not p.own, -p.amount, p.funder))
    apart = figures_by(
        reader, "1", f"year = $year AND kind = $kind {only(chosen)}", year=year, kind=str(kind), **ids(chosen)
    )
    beside = apart.get(1, Figures())
    return FunderAreas(
        tuple(parts), sum(twice.values(), ZERO), beside.conditional.get(kind, ZERO), beside.open.get(kind, 0)
    )


#: Leaves out proposals that the board has decided on, or that have been granted or set aside since.
UNDECIDED = """(
    standing.kind <> 'proposed'
    OR (standing.project IS NULL AND standing.call IS NULL)
    OR (
        standing.project IS NULL
        AND NOT EXISTS (
            SELECT 1
            FROM entry AS later
            WHERE later.call = standing.call
              AND later.year = standing.year
              AND later.funder = standing.funder
              AND later.kind IN ('granted', 'reserved')
            GROUP BY later.call
            HAVING SUM(later.amount) <> 0 OR SUM(later.open) <> 0
        )
    )
    OR (
        standing.project NOT IN (SELECT project FROM decision WHERE kind = 'decision')
        AND NOT EXISTS (
            SELECT 1
            FROM entry AS later
            WHERE later.project = standing.project
              AND later.year = standing.year
              AND later.funder = standing.funder
              AND later.kind IN ('granted', 'reserved')
            GROUP BY later.project
            HAVING SUM(later.amount) <> 0 OR SUM(later.open) <> 0
        )
    )
)"""
_CALL_ONLY = "standing.call IS NOT NULL AND standing.project IS NULL AND standing.area IS NULL"


def _areas(reader: Reader, year: int, chosen: tuple[int, ...] | None) -> tuple[AreaRow, ...]:
    found = figures_by(
        reader,
        f"CASE WHEN {_CALL_ONLY} THEN -1 ELSE COALESCE(standing.area, project.area) END",
        f"standing.year = $year AND standing.kind <> 'frame' {only(chosen)}",
        "LEFT JOIN project ON project.id = standing.project",
        year=year,
        **ids(chosen),
    )
    names = AreaNames(reader)
    by_name: dict[str, list[Figures]] = {}
    for area, figures in found.items():
        by_name.setdefault(CALLS if area == -1 else names.in_year(area, year), []).append(figures)
    rows = [AreaRow(name, total(parts)) for name, parts in by_name.items()]
    return tuple(sorted(rows, key=lambda row: (row.name in (NO_AREA, CALLS), -_size(row.figures), row.name)))


def _calls(reader: Reader, year: int, chosen: tuple[int, ...] | None) -> tuple[CallRow, ...]:
    found = figures_by(
        reader,
        "call",
        f"year = $year AND call IS NOT NULL AND project IS NULL {only(chosen)}",
        year=year,
        **ids(chosen),
    )
    names = {row[0]: row[1:] for row in reader.rows("SELECT id, code, name FROM call ORDER BY code")}
    return tuple(CallRow(code, name, found[call]) for call, (code, name) in names.items() if call in found)


def _items(reader: Reader, year: int, chosen: tuple[int, ...] | None) -> list[OpenItem]:
    rows = reader.rows(
        f"""
        SELECT COALESCE(project.title, call.name, area.name, 'Hela planen') AS title,
               COALESCE(project.code, call.code, ''),
               standing.kind, funder.name, CASE WHEN standing.open = 0 THEN standing.amount END,
               standing.condition, standing.source, standing.document
        FROM ({STANDING}) AS standing
        JOIN funder ON funder.id = standing.funder
        LEFT JOIN project ON project.id = standing.project
        LEFT JOIN call ON call.id = standing.call
        LEFT JOIN area ON area.id = standing.area
        WHERE standing.year = $year AND (standing.open = 1 OR standing.condition IS NOT NULL)
          AND {UNDECIDED} {only(chosen)}
        ORDER BY title COLLATE sv, standing.id
        """,
        year=year,
        **ids(chosen),
    )
    return [OpenItem(row[0], row[1], Kind(row[2]), *row[3:]) for row in rows]


#: Leaves out what is proposed within a call that money is set aside for: that money is counted already.
_OUTSIDE_POTS = """(
    standing.kind <> 'proposed'
    OR standing.project IS NULL
    OR standing.call IS NULL
    OR NOT EXISTS (
        SELECT 1
        FROM entry AS pot
        WHERE pot.call = standing.call
          AND pot.year = standing.year
          AND pot.funder = standing.funder
          AND pot.project IS NULL
          AND pot.kind = 'reserved'
        GROUP BY pot.call
        HAVING SUM(pot.amount) <> 0 OR SUM(pot.open) <> 0
    )
)"""


def _by_year_and_funder(
    reader: Reader, first: int, last: int, chosen: tuple[int, ...] | None
) -> dict[int, dict[int, Figures]]:
    """Figures by year and funder; what is proposed counts while it is undecided, unless it is set aside already."""
    found = figures_by(
        reader,
        "CAST(standing.year AS VARCHAR) || ' ' || CAST(standing.funder AS VARCHAR)",
        f"year BETWEEN $first AND $last AND {UNDECIDED} AND {_OUTSIDE_POTS} {only(chosen)}",
        first=first,
        last=last,
        **ids(chosen),
    )
    by_year: dict[int, dict[int, Figures]] = {}
    for key, figures in found.items():
        year, funder = key.split()
        by_year.setdefault(int(year), {})[int(funder)] = figures
    return by_year


def _room(year: int, funders_figures: Sequence[Figures]) -> Room:
    """Over the funders with a frame; in a year where no funder has one, over all of them."""
    framed = [figures for figures in funders_figures if Kind.FRAME in figures.firm]
    figures = total(framed or funders_figures)
    frame = figures.stated(Kind.FRAME)
    granted, paid = figures.sum(Kind.GRANTED), figures.sum(Kind.PAID)
    returned, reserved = figures.sum(Kind.RETURNED), figures.sum(Kind.RESERVED)
    kinds = (Kind.GRANTED, Kind.RESERVED, Kind.PROPOSED)
    return Room(
        year=year,
        frame=frame,
        paid=paid - returned,
        unpaid=granted - paid,
        reserved=reserved,
        proposed=figures.sum(Kind.PROPOSED),
        free=None if frame is None else frame - granted - reserved + returned,
        conditional=sum((figures.conditional.get(kind, ZERO) for kind in kinds), ZERO),
        open=sum(figures.open.get(kind, 0) for kind in kinds),
        returned=returned,
    )


def _size(figures: Figures) -> Decimal:
    kind = figures.main_kind
    return ZERO if kind is None else figures.sum(kind)
