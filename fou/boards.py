"""A scenario on the wall: what it does to each year's room, to areas and to what is locked in; and several together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fou.access import Action, Person, require
from fou.figures import ZERO
from fou.ledger import statements
from fou.matters import AHEAD, Key, Matter, Matters, Scope, matters
from fou.model import CALLS, NO_AREA, Criterion, Entry, Kind, Project, Scenario, ScenarioLine
from fou.plan import Room, rooms, year_areas
from fou.reservations import Outcome, Wanted, carry_out
from fou.scenarios import as_line, lines_of, scenario_of, scope_of
from fou.snapshot import Line, Year, thaw
from fou.store import Reader
from fou.store.reading import STANDING


@dataclass(frozen=True, slots=True)
class Said:
    """What a scenario says of something in all: firm SEK granted and set aside, how many amounts are not set, and what
    hangs on a condition. ``choice`` is a key of CHOICES, the strongest; None when it is not considered.
    """

    choice: str | None = None
    granted: int = 0
    reserved: int = 0
    open: int = 0
    conditional: int = 0

    @property
    def firm(self) -> int:
        """Granted and set aside, without conditions."""
        return self.granted + self.reserved


@dataclass(frozen=True, slots=True)
class Row:
    """A matter with its lines by year, and what they say in all."""

    matter: Matter
    lines: tuple[ScenarioLine, ...]
    said: Said

    @property
    def locked(self) -> bool:
        """Whether no suggestion may change it."""
        return any(line.locked for line in self.lines)

    def line(self, year: int) -> ScenarioLine | None:
        """The line of a year."""
        return next((line for line in self.lines if line.year == year), None)


@dataclass(frozen=True, slots=True)
class YearRoom:
    """One year's room, SEK excl. VAT, of the board's own money: as it is, and as it would be with the scenario.

    ``granted`` is net of what was returned. ``pot`` is what is set aside for the call and ``pot_left`` what would be
    left of it. ``here`` is what the scenario grants and sets aside, and ``taken`` what of it comes out of what is set
    aside already. ``free`` and ``free_after`` are None in a year without a frame.
    """

    year: int
    frame: Decimal | None
    granted: Decimal
    reserved: Decimal
    here: Said
    taken: Decimal
    pot: Decimal | None
    pot_left: Decimal | None
    free: Decimal | None
    free_after: Decimal | None
    own: Decimal = ZERO

    @property
    def set_aside(self) -> Decimal | None:
        """What is set aside for what it gives: for the call, and for the projects themselves. None without a call."""
        return None if self.pot is None else self.pot + self.own

    @property
    def left(self) -> Decimal | None:
        """What is left to give: of what is set aside in a call, else of the frame; None where neither is known."""
        return self.free_after if self.set_aside is None else self.set_aside - self.here.firm

    @property
    def committed(self) -> Decimal:
        """Granted and reserved already."""
        return self.granted + self.reserved

    @property
    def over(self) -> Decimal:
        """What there is not room for: beyond the frame, or where no frame is stated, beyond what is set aside."""
        if self.free_after is not None:
            return max(ZERO, -self.free_after)
        return max(ZERO, self.here.firm - self.taken) if self.pot is not None else ZERO


@dataclass(frozen=True, slots=True)
class AreaShare:
    """What the scenario gives an area in its years of money, SEK, and what is planned for it; None: nothing is."""

    name: str
    amount: int
    planned: Decimal | None


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground for priority: the mean, in points of 100, of what the scenario grants money and of what it does not."""

    criterion: Criterion
    inside: float | None
    outside: float | None


@dataclass(frozen=True, slots=True)
class Board:
    """A scenario with everything that follows from it. ``room`` has the years of money and those that it reaches into.

    ``locked_in`` is what it says of the years after those of the money, together. ``new`` and ``continuing`` are what
    it grants and sets aside (SEK, firm) for projects that are so. ``grounds`` is empty before the scores are opened.
    """

    scenario: Scenario
    matters: Matters
    rows: tuple[Row, ...]
    room: tuple[YearRoom, ...]
    total: Said
    areas: tuple[AreaShare, ...]
    new: int
    continuing: int
    locked_in: Said
    grounds: tuple[Ground, ...]

    @property
    def not_considered(self) -> tuple[Matter, ...]:
        """What the meeting is to come to and nothing is said of: a call's applications, a year's plan's projects."""
        silent = [row.matter for row in self.rows if not row.lines and row.matter.project is not None]
        return tuple(one for one in silent if self.matters.call is None or one.applied is not None)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a project has been granted in years that a board speaks of: SEK, net of what was returned, no conditions."""

    project: Project
    granted: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Given:
    """What a board rests on besides the scenario's own lines: read once, while people try one amount after another.

    ``rooms`` has the years that anything may reach into, ``reserved`` what is set aside now, and ``planned`` what is
    planned for each area of the scenario's year (SEK), by its name. ``committed`` are earlier years' decisions.
    """

    matters: Matters
    rooms: Mapping[int, Room]
    reserved: tuple[Entry, ...]
    planned: Mapping[str, Decimal]
    committed: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A matter across scenarios, in their order, and what each gives it against the first (SEK, firm).

    A gain is None when nobody can say whether it is one: an amount that is not set, or one on a condition, is all that
    differs, or weighs against what is firm. ``differs`` tells where anything at all is said otherwise.
    """

    matter: Matter
    said: tuple[Said, ...]
    gains: tuple[int | None, ...]
    differs: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scenarios about the same thing, side by side. ``winners`` and ``losers`` are against the first, by scenario."""

    boards: tuple[Board, ...]
    rows: tuple[Compared, ...]

    def winners(self, at: int) -> tuple[Matter, ...]:
        """Who gets more in this scenario than in the first."""
        return tuple(row.matter for row in self.rows if (row.gains[at] or 0) > 0)

    def losers(self, at: int) -> tuple[Matter, ...]:
        """Who gets less in this scenario than in the first."""
        return tuple(row.matter for row in self.rows if (row.gains[at] or 0) < 0)


def board(reader: Reader, person: Person, number: int) -> Board:
    """A scenario as the acting person may see it. Raises Refused when it is gone."""
    require(person, Action.SEE_DRAFTS)
    scenario = scenario_of(reader, number)
    lines = lines_of(reader, number)
    also = frozenset((line.project, line.call) for line in lines)
    known = given(reader, person, scope_of(scenario), also)
    return board_of(known, scenario, lines, recommended_room(reader, number))


def recommended_room(reader: Reader, number: int) -> tuple[YearRoom, ...] | None:
    """The room as it was when this scenario was recommended; None when it is not the council's recommendation.

    When the board has decided, what it gives is granted: counted again, it would seem to be given twice.
    """
    found = reader.rows(
        "SELECT state, frozen FROM recommendation WHERE scenario = $id ORDER BY id DESC LIMIT 1", id=number
    )
    if not found or found[0][0] not in ("made", "decided"):
        return None
    return tuple(map(_as_it_was, thaw(found[0][1]).years))


def decided_otherwise(reader: Reader, scenario: Scenario) -> bool:
    """Whether the board has decided on another scenario about the same thing."""
    found = reader.value(
        "SELECT COUNT(*) FROM recommendation JOIN scenario ON scenario.id = recommendation.scenario "
        "WHERE recommendation.state = 'decided' AND scenario.id <> $id AND scenario.year = $year "
        "AND scenario.call IS NOT DISTINCT FROM $call",
        id=scenario.id, year=scenario.year, call=scenario.call,
    )  # fmt: skip
    return bool(found)


def _as_it_was(year: Year) -> YearRoom:
    granted, reserved = int(year.here_granted), int(year.here_reserved)
    choice = "grant" if granted else "reserve" if reserved or year.open or year.conditional else None
    here = Said(choice, granted, reserved, year.open, int(year.conditional))
    if year.free is not None and year.free_after is not None:
        taken = here.firm - (year.free - year.free_after)
    elif year.pot is not None and year.pot_left is not None:
        taken = year.pot - year.pot_left
    else:
        taken = ZERO
    return YearRoom(
        year.year, year.frame, year.granted, year.reserved, here, taken, year.pot, year.pot_left, year.free,
        year.free_after, year.own,
    )  # fmt: skip


def given(reader: Reader, person: Person, scope: Scope, also: frozenset[Key] = frozenset()) -> Given:
    """What boards about this rest on, as the acting person may see it; ``also`` as for ``matters``."""
    require(person, Action.SEE_DRAFTS)
    found = matters(reader, person, scope, also)
    years = [scope.year, *found.years, *(year for matter in found.rows for year, _ in matter.asked)]
    # Further than the applications reach, for an amount that somebody tries in a later year.
    first, last = min(years), max(years) + AHEAD
    planned = {
        area.name: stated
        for area in year_areas(reader, scope.year, "egna")
        if (stated := area.figures.stated(Kind.PLANNED)) is not None
    }
    return Given(
        found, {room.year: room for room in rooms(reader, first, last, "egna")},
        tuple(reserved_now(reader, found.funder)), planned, _committed(reader, found.funder, first, last),
    )  # fmt: skip


def _committed(reader: Reader, funder: int, first: int, last: int) -> tuple[Commitment, ...]:
    rows = reader.rows(
        "SELECT project, year, SUM(CASE WHEN kind = 'returned' THEN -amount ELSE amount END) "
        f"FROM ({STANDING}) AS standing WHERE funder = $funder AND kind IN ('granted', 'returned') "
        "AND condition IS NULL AND project IS NOT NULL AND year BETWEEN $first AND $last "
        "GROUP BY project, year ORDER BY year",
        funder=funder, first=first, last=last,
    )  # fmt: skip
    sums: dict[int, dict[int, Decimal]] = {}
    for project, year, amount in rows:
        if amount:
            sums.setdefault(project, {})[year] = amount
    found = reader.records(Project, "WHERE id IN (SELECT UNNEST($ids)) ORDER BY code", ids=sorted(sums))
    return tuple(Commitment(project, sums[project.id]) for project in found)


def empty_board(reader: Reader, person: Person, scope: Scope) -> Board:
    """What there is to distribute, before anything is said of any matter; its scenario has no id and no name."""
    require(person, Action.SEE_DRAFTS)
    nothing = Scenario(0, "", scope.call, scope.year, "", None, None, None, None)
    return board_of(given(reader, person, scope), nothing, ())


def compare(reader: Reader, person: Person, numbers: Sequence[int]) -> Comparison:
    """Several scenarios side by side, the first being what the others are held against."""
    require(person, Action.SEE_DRAFTS)
    chosen = [scenario_of(reader, number) for number in numbers]
    lines = [lines_of(reader, one.id) for one in chosen]
    also = {(line.project, line.call) for own in lines for line in own}
    boards = []
    known: dict[Scope, Given] = {}
    for scenario, own in zip(chosen, lines, strict=True):
        scope = scope_of(scenario)
        if scope not in known:
            known[scope] = given(reader, person, scope, frozenset(also))
        boards.append(board_of(known[scope], scenario, own, recommended_room(reader, scenario.id)))
    order: dict[Key, Matter] = {}
    for one in boards:
        for row in one.rows:
            order.setdefault(row.matter.key, row.matter)
    by_key = [{row.matter.key: row for row in one.rows} for one in boards]
    rows = []
    for key, matter in order.items():
        across = [found.get(key) or Row(matter, (), Said()) for found in by_key]
        said = tuple(row.said for row in across)
        stated = [{as_line(line) for line in row.lines} for row in across]
        rows.append(
            Compared(
                matter, said, tuple(_gain(said[0], one) for one in said), tuple(one != stated[0] for one in stated)
            )
        )  # fmt: skip
    return Comparison(tuple(boards), tuple(rows))


def _gain(first: Said, other: Said) -> int | None:
    by = other.firm - first.firm
    beside = (other.open - first.open, other.conditional - first.conditional)
    if any(beside) and (not by or any(one * by < 0 for one in beside)):
        return None
    return by


def summed(lines: Iterable[Line]) -> Said:
    """What lines say together."""
    granted = reserved = unset = conditional = 0
    choices = set()
    for line in lines:
        choices.add(line.choice)
        if line.condition is not None and line.amount is not None:
            conditional += line.amount
        elif line.choice == "grant":
            granted += line.firm
        elif line.choice == "reserve":
            reserved += line.firm
        unset += line.open
    strongest = next((one for one in ("grant", "reserve", "out") if one in choices), None)
    return Said(strongest, granted, reserved, unset, conditional)


def wanted_of(lines: Iterable[ScenarioLine]) -> list[Wanted]:
    """A scenario's lines as a distribution."""
    return [Wanted(line.project, line.call, as_line(line)) for line in lines]


def reserved_now(reader: Reader, funder: int) -> list[Entry]:
    """The funder's reservations that stand."""
    return statements(reader, "kind = 'reserved' AND funder = $funder", funder=funder)


def room_of(reader: Reader, found: Matters, wanted: Sequence[Wanted]) -> tuple[YearRoom, ...]:
    """The room in the years of money, those that the distribution reaches into, and those between."""
    years = _years(found, wanted)
    before = {room.year: room for room in rooms(reader, min(years), max(years), "egna")}
    return _room(found, wanted, before, reserved_now(reader, found.funder))


def _years(found: Matters, wanted: Iterable[Wanted]) -> set[int]:
    asked = {year for matter in found.rows for year, _ in matter.asked if year >= found.scope.year}
    return {*found.years, *(one.line.year for one in wanted), *asked}


def _room(
    found: Matters, wanted: Sequence[Wanted], before: Mapping[int, Room], reserved: Sequence[Entry]
) -> tuple[YearRoom, ...]:  # fmt: skip
    outcome = carry_out(wanted, reserved, found.scope.call, found.funder, "prövat")
    years = _years(found, wanted)
    pot = _pots(reserved, found.scope.call)
    left = _pots([*(one for one in reserved if one not in outcome.gone), *outcome.rest, *_posted(outcome)],
                 found.scope.call)  # fmt: skip
    rows = []
    for year in range(min(years), max(years) + 1):
        room = before.get(year) or Room(year, None, ZERO, ZERO, ZERO, ZERO, None, ZERO, 0)
        here = summed(one.line for one in wanted if one.line.year == year)
        granted, kept, taken = _moved(outcome, year)
        rows.append(
            YearRoom(
                year, room.frame, room.granted - room.returned, room.reserved, here, taken,
                pot.get(year), left.get(year, ZERO) if year in pot else None, room.free,
                None if room.free is None else room.free - granted - kept, _own(outcome, year),
            )
        )  # fmt: skip
    return tuple(rows)


def board_of(
    known: Given, scenario: Scenario, lines: Sequence[ScenarioLine], room: tuple[YearRoom, ...] | None = None
) -> Board:
    """The scenario if its lines were these: counted from what is read already, so that a keystroke costs no reading.

    ``room`` is that of a scenario that is recommended, see ``recommended_room``.
    """
    found = known.matters
    by_key: dict[Key, list[ScenarioLine]] = {}
    for line in lines:
        by_key.setdefault((line.project, line.call), []).append(line)
    drawn = tuple(
        Row(matter, tuple(own), summed(map(as_line, own)))
        for matter in found.rows
        for own in [by_key.get(matter.key, [])]
    )
    kinds = {True: 0, False: 0}
    for row in drawn:
        if row.matter.project is not None:
            kinds[bool(row.matter.continuing)] += row.said.firm
    later = [as_line(line) for line in lines if line.year > max(found.years)]
    as_it_was = {one.year: one for one in room or ()}
    now = _room(found, wanted_of(lines), known.rooms, known.reserved)
    return Board(
        scenario, found, drawn, tuple(as_it_was.get(one.year, one) for one in now),
        summed(map(as_line, lines)), _areas(known, drawn), kinds[False], kinds[True], summed(later),
        _grounds(found, by_key),
    )  # fmt: skip


def _areas(known: Given, rows: Iterable[Row]) -> tuple[AreaShare, ...]:
    """By the area's name that year; what is set aside for calls stands on a line of its own."""
    sums: dict[str, int] = {}
    for row in rows:
        name = CALLS if row.matter.project is None else row.matter.area or NO_AREA
        amount = sum(line.firm for line in map(as_line, row.lines) if line.year in known.matters.years)
        sums[name] = sums.get(name, 0) + amount
    planned = known.planned
    names = {name: None for name, amount in sums.items() if amount or name in planned} | dict.fromkeys(planned)
    shares = [AreaShare(name, sums.get(name, 0), planned.get(name)) for name in names]
    return tuple(sorted(shares, key=lambda share: (share.name in (NO_AREA, CALLS), -share.amount, share.name)))


def _grounds(found: Matters, by_key: Mapping[Key, Sequence[ScenarioLine]]) -> tuple[Ground, ...]:
    ranking = found.standings
    if ranking is None or ranking.closed is not None:
        return ()
    result = []
    for at, criterion in enumerate(ranking.criteria):
        means: dict[bool, list[float]] = {True: [], False: []}
        for row in ranking.rows:
            mean = row.ranked.criteria[at]
            lines = by_key.get((row.applied.project.id, None), ())
            if mean is not None:
                means[any(line.choice == "grant" for line in lines)].append(mean)
        result.append(Ground(criterion, _mean(means[True]), _mean(means[False])))
    return tuple(result)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _posted(outcome: Outcome) -> list[Entry]:
    return [effect.posted for effect in outcome.effects if effect.posted is not None]


def _pots(reserved: Iterable[Entry], call: int | None) -> dict[int, Decimal]:
    """What is set aside for the call by year, without conditions."""
    found: dict[int, Decimal] = {}
    for entry in reserved:
        if call is not None and (entry.kind, entry.call, entry.project, entry.condition) == (
            Kind.RESERVED, call, None, None
        ):  # fmt: skip
            found[entry.year] = found.get(entry.year, ZERO) + entry.amount
    return found


def _own(outcome: Outcome, year: int) -> Decimal:
    """What projects are given of what was set aside for themselves, without conditions."""
    found = ZERO
    for effect in outcome.effects:
        line = effect.wanted.line
        if effect.wanted.project is not None and line.year == year and line.condition is None:
            held = (one.amount for one in effect.taken if one.project is not None and one.condition is None)
            found += min(Decimal(line.firm), sum(held, ZERO))
    return found


def _moved(outcome: Outcome, year: int) -> tuple[Decimal, Decimal, Decimal]:
    """More granted, more reserved (net), and what was used of what was reserved, without conditions."""
    posted = [one for one in _posted(outcome) if one.year == year and one.condition is None]
    granted = sum((one.amount for one in posted if one.kind is Kind.GRANTED), ZERO)
    reserved = sum((one.amount for one in posted if one.kind is Kind.RESERVED), ZERO)
    taken = sum(
        (
            one.amount
            for effect in outcome.effects
            for one in effect.taken
            if one.year == year and one.condition is None
        ),
        ZERO,
    )
    return granted, reserved - taken, taken
