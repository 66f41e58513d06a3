"""A call's ranking for whoever asks, how what was granted met its grounds, and what was requested over the years."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import pvariance

from fou.access import Action, Person, require
from fou.areas import AreaNames
from fou.calls import (
    Applied,
    Sum,
    applications,
    call_of,
    conflicts_in,
    criteria_of,
    is_opened,
    money_of,
    scale_of,
    total,
)
from fou.errors import Refused
from fou.figures import ZERO
from fou.ledger import statements
from fou.model import NO_AREA, Call, Criterion, Score
from fou.ranking import Amount, Ballots, Ranked, gather, rank
from fou.store import Reader
from fou.store.reading import STANDING, quote_name
from fou.store.sight import OPENED, in_conflict
from fou.swedish import join_words

#: What stands for the applicant of an application that names none.
NO_APPLICANT = "Sökande saknas"


@dataclass(frozen=True, slots=True)
class Apart:
    """The ground for priority that the members differ most about, and the lowest and highest value that it was given.

    It names nobody.
    """

    criterion: Criterion
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Row:
    """An application with its place; ``requested`` is for the years that the call has money for.

    ``apart`` is there when the members disagree.
    """

    applied: Applied
    ranked: Ranked
    requested: Sum
    apart: Apart | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """A call's ranking as the acting person may see it.

    Without a ranking ``closed`` says why, in Swedish. ``conflicts`` are the applications that the person is in
    conflict of interest over: they are in no row, and the others' places are counted without them. ``years`` are
    those that the frame is for.
    """

    call: Call
    criteria: tuple[Criterion, ...]
    closed: str | None
    rows: tuple[Row, ...] = ()
    conflicts: tuple[Applied, ...] = ()
    frame: Decimal | None = None
    years: tuple[int, ...] = ()
    members: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What was requested and granted in one budget year, SEK excl. VAT, by area or applicant; or in all (None).

    Conditional grants are left out. ``projects`` asked for money, ``granted_projects`` of them were granted any: in
    all years together each is counted once.
    """

    year: int | None
    name: str
    requested: Sum
    granted: Sum
    projects: int
    granted_projects: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What requested against granted leaves out: applications that are ``out`` of their call, and ``unstated`` ones
    that say no amount; SEK granted to the others' projects on a condition, and for years that they did not ask for.
    """

    out: int
    unstated: int
    conditional: Decimal
    conditional_projects: int
    other: Decimal
    other_projects: int


@dataclass(frozen=True, slots=True)
class GroundMet:
    """How a ground for priority was met, in points of 100: a mean over the applications that were granted money, and
    over the others; None when nobody judged one. ``granted`` and ``others`` are how many were judged.
    """

    criterion: Criterion
    granted_mean: float | None
    granted: int
    others_mean: float | None
    others: int


def standings(reader: Reader, person: Person, number: int) -> Standings:
    """The ranking of a call's applications for the acting person, from what ``reader`` lets them see.

    Nothing about an application that the person is in conflict of interest over has any part in it. Nobody sees a
    ranking before the scores are opened: not an administrator either, so that the council hears it first. As of an
    earlier date it must have been opened then and be so now; and who is in conflict now was so then.

    Raises Forbidden for those who may not see scores at all, and Refused, with what to do, when there are scores that
    cannot be ranked by.
    """
    require(person, Action.SEE_SCORES)
    call, criteria = call_of(reader, number), tuple(criteria_of(reader, number))
    conflicts = conflicts_in(reader, number)
    own = {proposal for proposal, member in conflicts if member == person.member} | _own_now(reader, person)
    active = [one for one in applications(reader, number) if one.active]
    seen = [one for one in active if one.proposal.id not in own]
    kept_out = tuple(one for one in active if one.proposal.id in own)
    if not (is_opened(call) and _opened_now(reader, number)):
        return Standings(call, criteria, "Bedömningarna är inte öppnade än.", conflicts=kept_out)
    if not criteria:
        return Standings(call, criteria, "Utlysningen har inga prioriteringsgrunder.", conflicts=kept_out)
    money = money_of(reader, number)
    frame = total(money.values()).known if money else None
    requested = {one.proposal.id: _in_years(one, money) for one in seen}
    ballots = _ballots(reader, seen, criteria, conflicts)
    ranking = rank(ballots, {at: Amount(one.amount, bool(one.open)) for at, one in requested.items()}, frame)
    by_id = {one.proposal.id: one for one in seen}
    rows = [
        Row(by_id[one.proposal], one, requested[one.proposal],
            _apart(ballots, one.proposal, criteria) if one.disagreement else None)
        for one in ranking.rows
    ]  # fmt: skip
    return Standings(call, criteria, None, tuple(rows), kept_out, frame, tuple(sorted(money)), len(ballots.members))


def only(
    rows: Iterable[Row], area: str | None = None, unit: str | None = None, continuing: bool | None = None
) -> tuple[Row, ...]:
    """The rows of one area, one applicant, or new (False) or continuing (True) projects; places stay as they are."""
    return tuple(row for row in rows if matches(row.applied, area, unit, continuing))


def matches(one: Applied, area: str | None = None, unit: str | None = None, continuing: bool | None = None) -> bool:
    """Whether an application is of this area, by this applicant, and for a new (False) or continuing (True) project."""
    return (
        (area is None or (one.area or NO_AREA) == area)
        and (unit is None or unit in one.units)
        and (continuing is None or bool(one.proposal.continuing) == continuing)
    )


def asked_in_all(reader: Reader) -> tuple[Asked, ...]:
    """Requested against granted by budget year, everything together, and in all years."""
    return _asked(reader, lambda _, __: ("",))


def asked_by_area(reader: Reader) -> tuple[Asked, ...]:
    """Requested against granted by budget year and the area's name that year, and in all years with that name."""
    names = AreaNames(reader)
    return _asked(reader, lambda one, year: (names.in_year(one.project.area, year),))


def asked_by_applicant(reader: Reader) -> tuple[Asked, ...]:
    """Requested against granted by budget year and applicant, and in all years. A joint application counts whole for
    each of them, so that the applicants' sums are not to be added up.
    """
    return _asked(reader, lambda one, _: one.units or (NO_APPLICANT,))


def asked_left_out(reader: Reader) -> LeftOut:
    """What requested against granted leaves out, and why."""
    found = applications(reader)
    active = [one for one in found if one.active]
    asked = {(one.project.id, year) for one in active for year, _ in one.by_year}
    projects = {project for project, _ in asked}
    conditional: list[tuple[int, Decimal]] = []
    other: list[tuple[int, Decimal]] = []
    for entry in statements(reader, "kind = 'granted' AND project IS NOT NULL"):
        assert entry.project is not None
        if entry.project in projects:
            if entry.condition is not None:
                conditional.append((entry.project, entry.amount))
            elif (entry.project, entry.year) not in asked:
                other.append((entry.project, entry.amount))
    return LeftOut(
        out=len(found) - len(active),
        unstated=sum(not one.by_year for one in active),
        conditional=sum((amount for _, amount in conditional), ZERO),
        conditional_projects=len({project for project, _ in conditional}),
        other=sum((amount for _, amount in other), ZERO),
        other_projects=len({project for project, _ in other}),
    )


def grounds_met(reader: Reader, person: Person, number: int) -> tuple[GroundMet, ...]:
    """How each ground for priority was met by the applications that were granted money; nothing before it is open.

    Nothing about an application that the person is in conflict of interest over has any part in it.
    """
    found = standings(reader, person, number)
    granted = _granted_projects(reader)
    result = []
    for at, criterion in enumerate(found.criteria) if found.closed is None else ():
        means: dict[bool, list[float]] = {True: [], False: []}
        for row in found.rows:
            mean = row.ranked.criteria[at]
            if mean is not None:
                means[row.applied.project.id in granted].append(mean)
        yes, no = means[True], means[False]
        result.append(
            GroundMet(
                criterion, sum(yes) / len(yes) if yes else None, len(yes), sum(no) / len(no) if no else None, len(no)
            )
        )
    return tuple(result)


def _ballots(
    reader: Reader, seen: list[Applied], criteria: tuple[Criterion, ...], conflicts: set[tuple[int, int]]
) -> Ballots:
    numbers = [one.proposal.id for one in seen]
    positions = {criterion.position for criterion in criteria}
    scores = [
        (score.proposal, score.member, score.criterion, score.value, score.cannot_judge)
        for score in reader.records(Score, "WHERE proposal IN (SELECT UNNEST($ids)) ORDER BY id", ids=numbers)
        if score.criterion in positions
    ]
    members = sorted({score[1] for score in scores} | {member for (member,) in reader.rows(
        "SELECT id FROM member WHERE role = 'member'")})  # fmt: skip
    try:
        return gather(numbers, members, [scale_of(one) for one in criteria], scores, conflicts)
    except ValueError as error:  # no service writes such a score, but an older file may hold one
        raise Refused(_unusable(seen, criteria, scores, conflicts)) from error


def _unusable(
    seen: list[Applied],
    criteria: tuple[Criterion, ...],
    scores: Iterable[tuple[int, int, int, int | None, bool | None]],
    conflicts: set[tuple[int, int]],
) -> str:
    """Which scores cannot be ranked by, and what to do; it names no member and no value."""
    scales = {one.position: (one.name, scale_of(one)) for one in criteria}
    codes = {one.proposal.id: one.proposal.code for one in seen}
    wrong = set()
    for proposal, member, position, value, cannot in scores:
        name, scale = scales[position]
        if value is None or cannot or (proposal, member) in conflicts:
            continue
        if not scale.lowest <= value <= scale.highest:
            wrong.add(f"{codes[proposal]} (”{name}”, {scale.lowest}–{scale.highest})")
    where = f" utanför skalan: {join_words(sorted(wrong))}" if wrong else " som inte hör till utlysningens grunder"
    return (
        f"Rangordningen går inte att räkna ut. Det finns bedömningar{where}. Stäng bedömningarna och be ledamöterna "
        "bedöma om dem, eller ångra det som ändrade grunderna eller bedömningarna, på sidan Administration."
    )


def _apart(ballots: Ballots, proposal: int, criteria: tuple[Criterion, ...]) -> Apart | None:
    """The ground with the greatest variance, as shares of its scale; the first of several."""
    at = ballots.proposals.index(proposal)
    found: Apart | None = None
    widest = Fraction(0)
    for column, (criterion, scale) in enumerate(zip(criteria, ballots.criteria, strict=True)):
        steps = ballots.steps[at, :, column][ballots.judged[at, :, column]].tolist()
        variance = pvariance([Fraction(step, scale.highest - scale.lowest) for step in steps]) if steps else Fraction(0)
        if variance > widest:
            widest = variance
            found = Apart(criterion, scale.lowest + min(steps), scale.lowest + max(steps))
    return found


def _stored(reader: Reader, name: str) -> str:
    """The table as it is now, also where the reader sees an earlier date or not all of it."""
    return f"{quote_name(reader.value('SELECT current_database()'))}.main.{name} AS {name}"


def _own_now(reader: Reader, person: Person) -> frozenset[int]:
    """The applications that the person is in conflict over now: their scores are hidden at every date."""
    if person.member is None:
        return frozenset()
    return in_conflict(reader, person.member, lambda name: _stored(reader, name))


def _opened_now(reader: Reader, number: int) -> bool:
    return bool(reader.value(f"SELECT {OPENED} FROM {_stored(reader, 'call')} WHERE id = $id", id=number))


def _in_years(one: Applied, money: dict[int, Sum]) -> Sum:
    """What it asks for in the years that the call has money for; all of it when the call says no years."""
    years = [asked for year, asked in one.by_year if not money or year in money]
    return total(years) if years or one.by_year else Sum(open=1)


def _asked(reader: Reader, names: Callable[[Applied, int], tuple[str, ...]]) -> tuple[Asked, ...]:
    granted: dict[tuple[int, int], Sum] = {}
    for entry in statements(reader, "kind = 'granted' AND project IS NOT NULL AND condition IS NULL"):
        assert entry.project is not None
        about = (entry.project, entry.year)
        granted[about] = total([granted.get(about, Sum()), Sum(entry.amount, entry.open)])
    found: dict[tuple[int, str], dict[int, tuple[Sum, Sum]]] = {}
    for one in applications(reader):
        for year, asked in one.by_year if one.active else ():
            for name in names(one, year):
                # By the project, so that one that has applied in two calls is granted its money once.
                rows = found.setdefault((year, name), {})
                before = rows.get(one.project.id, (Sum(), Sum()))[0]
                known = granted.get((one.project.id, year), Sum())
                rows[one.project.id] = (max(before, asked, key=lambda sums: (sums.amount, sums.open)), known)
    together: dict[str, dict[int, tuple[Sum, Sum]]] = {}
    for (_, name), rows in found.items():
        whole = together.setdefault(name, {})
        for project, sums in rows.items():
            so_far = whole.get(project, (Sum(), Sum()))
            whole[project] = total([so_far[0], sums[0]]), total([so_far[1], sums[1]])
    each = sorted(found.items(), key=lambda item: (-item[0][0], item[0][1]))
    return (
        *(_sums(None, name, rows) for name, rows in sorted(together.items())),
        *(_sums(year, name, rows) for (year, name), rows in each),
    )


def _sums(year: int | None, name: str, rows: dict[int, tuple[Sum, Sum]]) -> Asked:
    return Asked(
        year, name, total(asked for asked, _ in rows.values()), total(given for _, given in rows.values()),
        len(rows), sum(given != Sum() for _, given in rows.values()),
    )  # fmt: skip


def _granted_projects(reader: Reader) -> set[int]:
    rows = reader.rows(
        f"SELECT DISTINCT project FROM ({STANDING}) AS standing WHERE kind = 'granted' AND project IS NOT NULL"
    )
    return {project for (project,) in rows}
