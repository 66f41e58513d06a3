"""Suggestions for a scenario, from the council's own points and limits, as a second opinion beside its own list."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from fou import allocation
from fou.access import Action, Person, require
from fou.allocation import AreaLimits, Lock, Problem, Proposal, Rule, Suggestion, Why, why_best, why_rank
from fou.boards import Board, Row, board, empty_board, reserved_now
from fou.calls import conflicts_in
from fou.errors import Refused
from fou.figures import ZERO
from fou.matters import Key, Scope
from fou.model import Score
from fou.money import EN_DASH, format_sek
from fou.scales import scale_of
from fou.scenarios import as_line, spread
from fou.standings import Standings
from fou.store import Reader
from fou.swedish import join_words


@dataclass(frozen=True, slots=True)
class Limits:
    """What the council says of a distribution besides the frame: SEK per area, by its name, and how many new."""

    areas: Mapping[str, AreaLimits] = field(default_factory=dict)
    most_new: int | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a rule suggests for a scenario. ``given`` is SEK by project, 0 for those left out: for ``apply_suggestion``.

    Projects that are locked, or that the person is in conflict of interest over, are not in it.
    """

    problem: Problem
    suggestion: Suggestion
    years: tuple[int, ...]
    given: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Points:
    """The ranking's points of 100 for one proposal, exactly, and each judge's own."""

    score: Fraction | None
    votes: Mapping[int, Fraction]


_NONE = _Points(None, {})


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What rules are asked about: a scenario as the person sees it, and the points of its applications.

    ``held`` is what is set aside for each matter in the years of money (SEK), without what hangs on a condition.
    """

    board: Board
    points: Mapping[int, _Points]
    held: Mapping[Key, Decimal]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The matters that the rules are asked about: in a call its applications, in a year's plan its projects."""
        call = self.board.matters.call
        return tuple(
            row for row in self.board.rows if (row.matter.project if call is None else row.matter.applied) is not None
        )

    def problem(self, rule: Rule, limits: Limits | None = None) -> Problem:
        """What there is to distribute as the rules see it: the proposals have the projects' ids.

        Its frame is what there is for the years of money, less what the scenario gives to what no rule is asked about.
        A proposal that the person is in conflict of interest over has what the scenario gives it and no points, so
        that nothing tells of them. One that asks for no stated amount stands as the scenario has it. One that says no
        least amount is all or nothing, save to ``cut``, which may take from everybody: but in a year's plan not from
        what is set aside for a project already, which a smaller grant would not set free. Raises Refused when the
        frame is not known.
        """
        limits = limits or Limits()
        years = self.board.matters.years
        proposals = []
        for row in self.rows:
            project, proposal = row.matter.key[0], row.matter.applied
            assert project is not None
            hidden = row.matter.conflict or proposal is None
            own = _NONE if hidden or proposal is None else self.points.get(proposal.proposal.id, _NONE)
            requested = _requested(row, years)
            least = _least(row, requested, rule)
            if least is not None and requested is not None and self.board.matters.call is None:
                least = max(least, min(requested, int(self.held.get(row.matter.key, ZERO))))
            proposals.append(
                Proposal(
                    project, requested, own.score, least, row.matter.area, not row.matter.continuing,
                    Lock(_within(row, years)) if _stands(row, requested, years) else None, own.votes,
                )
            )  # fmt: skip
        names = {row.matter.key[0]: row.matter.code for row in self.rows if row.matter.key[0] is not None}
        frame = _frame(self.board, self.rows, self.held)
        return Problem(frame, tuple(proposals), limits.areas, limits.most_new, names)

    def suggest(self, rule: Rule, limits: Limits | None = None) -> Suggested:
        """What a rule suggests.

        Raises Refused when the frame is not known, or there is nothing to go by.
        """
        _refuse_without_points(self.board, rule)
        found = self.problem(rule, limits)
        suggestion = _suggestion(_Question(found, rule))
        more = [*_part_of_least(self, found), *_not_cut(self, found), *_beyond(self, found, suggestion)]
        suggestion = replace(suggestion, told=(*suggestion.told, *more))
        free = [one.id for one in found.proposals if one.lock is None and one.requested is not None]
        given = (
            {one: suggestion.amounts.get(one, 0) for one in free} if suggestion.feasible or suggestion.amounts else {}
        )
        return Suggested(found, suggestion, self.board.matters.years, given)

    def why(self, rule: Rule, limits: Limits | None = None) -> Mapping[int, Why]:
        """Why each project is in or out by a rule, and what would change it; by ``rank`` and ``best`` only.

        Those that the person is in conflict of interest over are left out.
        """
        _refuse_without_points(self.board, rule)
        if rule not in (Rule.RANK, Rule.BEST):
            raise Refused("Bara reglerna efter rangordning och flest poäng kan säga vad som skulle ändra utfallet.")
        question = _Question(self.problem(rule, limits), rule)
        with _counting:
            answers = _answers(question)
        own = {row.matter.key[0] for row in self.rows if row.matter.conflict}
        return {project: one for project, one in answers.items() if project not in own}


def asked(reader: Reader, person: Person, about: int | Scope) -> Asked:
    """A scenario (its id), or a call or year from scratch, to ask rules about."""
    require(person, Action.SEE_SCORES)
    found = empty_board(reader, person, about) if isinstance(about, Scope) else board(reader, person, about)
    held: dict[Key, Decimal] = {}
    for entry in reserved_now(reader, found.matters.funder):
        if entry.condition is None and entry.year in found.matters.years:
            key = (entry.project, None if entry.project is not None else entry.call)
            held[key] = held.get(key, ZERO) + entry.amount
    return Asked(found, _points(reader, found.matters.standings), held)


def problem(
    reader: Reader, person: Person, about: int | Scope, rule: Rule, limits: Limits | None = None
) -> Problem:  # fmt: skip
    """A scenario (its id), or a call or year from scratch, as the rules see it."""
    return asked(reader, person, about).problem(rule, limits)


def suggest(reader: Reader, person: Person, about: int | Scope, rule: Rule, limits: Limits | None = None) -> Suggested:
    """What a rule suggests for a scenario (its id), or from scratch."""
    return asked(reader, person, about).suggest(rule, limits)


def why(
    reader: Reader, person: Person, about: int | Scope, rule: Rule, limits: Limits | None = None
) -> Mapping[int, Why]:
    """Why each project is in or out by a rule, and what would change it."""
    return asked(reader, person, about).why(rule, limits)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a rule is asked. Most that happens in a meeting leaves it as it was: then it is not counted again."""

    problem: Problem
    rule: Rule

    def __hash__(self) -> int:
        return hash((self.problem.frame, self.problem.most_new, len(self.problem.proposals), self.rule))


#: One counts at a time what takes seconds: whoever asks the same meanwhile gets what was counted.
_counting = threading.Lock()


@lru_cache(maxsize=64)
def _suggestion(question: _Question) -> Suggestion:
    return allocation.suggest(question.problem, question.rule)


@lru_cache(maxsize=16)
def _answers(question: _Question) -> Mapping[int, Why]:
    return why_rank(question.problem) if question.rule is Rule.RANK else why_best(question.problem)


def _stands(row: Row, requested: int | None, years: Iterable[int]) -> bool:
    """Whether no rule may say otherwise of it than the scenario does."""
    return row.locked or row.matter.conflict or (requested is None and bool(_within(row, years)))


def _frame(found: Board, rows: Iterable[Row], held: Mapping[Key, Decimal]) -> int:
    """What is set aside for the call; or what is free of the year's frame, with what is set aside for its projects."""
    years = found.matters.years
    own = {row.matter.key for row in rows}
    beside = [row for row in found.rows if row.matter.key not in own]
    money = ZERO
    for room in found.room:
        if room.year not in years:
            continue
        if found.matters.call is not None:
            if room.pot is not None:
                money += room.pot
        elif room.free is None:
            raise Refused(f"Ramen för {room.year} står inte i Fou. Skriv den på sidan FoU-plan först.")
        else:
            money += room.free
    if found.matters.call is not None:
        if any(sums.open for row in beside if row.matter.call for year, sums in row.matter.reserved if year in years):
            raise Refused("Det som är avsatt till utlysningen har inget fastställt belopp. Skriv ett belopp först.")
        # What the council keeps for the call is not to be handed out.
        kept = sum(_within(row, years) for row in beside if row.matter.call is not None)
    else:
        money += sum((_freed(row, years, held.get(row.matter.key, ZERO)) for row in found.rows), ZERO)
        kept = sum(_within(row, years) for row in beside)
    if money - kept < 0:
        raise Refused("Det finns inga pengar kvar att fördela.")
    return int(money - kept)


def _freed(row: Row, years: Iterable[int], held: Decimal) -> Decimal:
    """How much of what is set aside for a matter can be given: see ``fou.reservations`` for what each choice uses."""
    requested = _requested(row, years)
    if row.matter.project is not None and requested is not None and not _stands(row, requested, years):
        return min(held, Decimal(requested))
    lines = [as_line(line) for line in row.lines if line.choice == "out" or line.year in years]
    if any(line.choice != "grant" for line in lines):
        return held
    return min(held, Decimal(sum(line.firm for line in lines)))


def _not_cut(asked: Asked, found: Problem) -> list[str]:
    """Whom a year's plan cannot take from, since money is set aside for them."""
    if asked.board.matters.call is not None:
        return []
    held = [
        found.name(one.id)
        for one in found.proposals
        if one.lock is None and one.requested is not None and asked.held.get((one.id, None))
    ]
    return [f"Det som redan är avsatt för {join_words(held)} skärs inte."] if held else []


def _part_of_least(asked: Asked, found: Problem) -> list[str]:
    """What is counted of a least amount for more years than there is money for: less than the application says."""
    least = {row.matter.key[0]: row.matter.least for row in asked.rows}
    free = [one for one in found.proposals if one.lock is None and one.least is not None]
    if not any((one.least or 0) < (least[one.id] or 0) for one in free):
        return []
    years = asked.board.matters.years
    span = str(years[0]) if len(years) == 1 else f"{years[0]}{EN_DASH}{years[-1]}"
    return [
        f"Ett lägsta belopp för flera år räknas bara med den del som faller på {span}, lika stor del som av det sökta: "
        "därför är det lägre här än i ansökan."
    ]


def _beyond(asked: Asked, found: Problem, suggestion: Suggestion) -> list[str]:
    """A rule sees the years of money as one: where there is more of it than in one of them, that is told."""
    years = asked.board.matters.years
    if len(years) < 2 or not suggestion.amounts:
        return []
    left = {room.year: room.pot or ZERO for room in asked.board.room if room.year in years}
    settled = {one.id for one in found.proposals if one.lock is not None}
    for row in asked.board.rows:
        project = row.matter.key[0]
        if project is None or project in settled:
            parts = [(line.year, as_line(line).firm) for line in row.lines if line.year in years]
        elif project in suggestion.amounts:
            parts = spread(suggestion.amounts[project], row.matter, years)
        else:
            continue
        for year, amount in parts:
            left[year] -= amount
    return [
        f"År för år ryms det inte: {year} fattas {format_sek(-amount)} av det som är avsatt då. Flytta pengar mellan "
        "åren, eller minska något."
        for year, amount in sorted(left.items())
        if amount < 0
    ]


def _requested(row: Row, years: Iterable[int]) -> int | None:
    asked = row.matter.asked_in(years)
    return int(asked.amount) or None if asked.known is not None else None


def _least(row: Row, requested: int | None, rule: Rule) -> int | None:
    """The part of the least amount that falls on the years of money, as what is asked for does; rounded up."""
    least = row.matter.least
    if requested is None:
        return None
    if not least:
        return 1 if rule is Rule.CUT else None
    whole = sum((one.amount for _, one in row.matter.asked), ZERO)
    part = -(-Fraction(least) * requested // Fraction(whole))
    return max(1, min(requested, int(part)))


def _within(row: Row, years: Iterable[int]) -> int:
    within = set(years)
    return sum(line.firm for line in map(as_line, row.lines) if line.year in within)


def _refuse_without_points(found: Board, rule: Rule) -> None:
    ranking = found.matters.standings
    if rule is Rule.CUT:
        return
    if ranking is None:
        raise Refused("Ett års plan har inga bedömningar: bara osthyveln kan föreslå något där.")
    if ranking.closed is not None:
        raise Refused(f"{ranking.closed} Därför finns inget att gå efter.")


def _points(reader: Reader, ranking: Standings | None) -> dict[int, _Points]:
    """As ``fou.ranking`` counts them, in exact fractions.

    A criterion's mean is of those who judged it, a proposal's the weighted mean of its criteria's, and a member's own
    that of what the member judged.
    """
    if ranking is None or ranking.closed is not None:
        return {}
    scales = {one.position: scale_of(one) for one in ranking.criteria}
    away = conflicts_in(reader, ranking.call.id)
    said: dict[int, dict[int, dict[int, Fraction]]] = {}
    wanted = [row.applied.proposal.id for row in ranking.rows]
    for one in reader.records(Score, "WHERE proposal IN (SELECT UNNEST($ids)) ORDER BY id", ids=wanted):
        scale = scales.get(one.criterion)
        if scale is None or one.value is None or one.cannot_judge or (one.proposal, one.member) in away:
            continue
        share = Fraction(100 * (one.value - scale.lowest), scale.highest - scale.lowest)
        said.setdefault(one.proposal, {}).setdefault(one.member, {})[one.criterion] = share
    found = {}
    for proposal, by_member in said.items():
        by_criterion: dict[int, list[Fraction]] = {}
        for own in by_member.values():
            for criterion, share in own.items():
                by_criterion.setdefault(criterion, []).append(share)
        means = {criterion: sum(shares, Fraction(0)) / len(shares) for criterion, shares in by_criterion.items()}
        weights = {criterion: scale.weight for criterion, scale in scales.items()}
        found[proposal] = _Points(
            _weighted(means, weights), {member: _weighted(own, weights) for member, own in by_member.items()}
        )
    return found


def _weighted(shares: Mapping[int, Fraction], weights: Mapping[int, int]) -> Fraction:
    whole = sum(weights[criterion] for criterion in shares)
    return sum((share * weights[criterion] for criterion, share in shares.items()), Fraction(0)) / whole
