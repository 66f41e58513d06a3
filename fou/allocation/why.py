"""Why a proposal is outside or inside, and the smallest change that makes it otherwise.

Every change is exact: made alone, it brings the proposal in (or out) by the same rule, and a krona, a step of points
or a place less does not. ``Problem.with_…`` makes it, so that anyone can try.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from fou.allocation import telling
from fou.allocation.model import AreaLimits, Points, Problem, Proposal
from fou.money import format_sek
from fou.swedish import count

#: What is changed: the frame, the proposal's own points, its area's most, or how many new there may be.
What: TypeAlias = Literal["frame", "points", "most", "new"]


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change of one thing that brings the proposal in, or out when it is in.

    ``by`` is how much more (less than 0 is less): SEK, points or a number. ``pushed`` are those that are then left
    without, and ``pulled`` the others that are then given something.
    """

    what: What
    by: Points
    pushed: tuple[int, ...]
    pulled: tuple[int, ...]

    def made(self, problem: Problem, proposal: int) -> Problem:
        """The problem with this change."""
        return changed(problem, proposal, self.what, self.by)


@dataclass(frozen=True, slots=True)
class Why:
    """Why one proposal is in or out.

    ``changes`` has one at most of each kind. A kind that is missing cannot make it otherwise on its own, unless it is
    among ``unknown``: then that was not found out. By the rule ``best`` a smaller frame is looked at down to
    ``whys_best.LESS`` of it, a larger most up to the proposal's own amount, and new up to ten more. ``told`` says it in
    Swedish.
    """

    proposal: int
    inside: bool
    changes: tuple[Change, ...]
    unknown: tuple[What, ...]
    told: tuple[str, ...]


def changed(problem: Problem, proposal: int, what: What, by: Points) -> Problem:
    """The problem with one thing changed by so much."""
    one = problem.of(proposal)
    if what == "points":
        return problem.with_score(proposal, (one.score or 0) + by)
    amount = int(by)
    if what == "frame":
        return problem.with_frame(problem.frame + amount)
    if what == "new":
        return problem.with_most_new(None if problem.most_new is None else problem.most_new + amount)
    limits = problem.limits(one.area)
    if one.area is None or limits.most is None:
        return problem
    return problem.with_area(one.area, AreaLimits(limits.least, limits.most + amount))


def why_of(problem: Problem, one: Proposal, inside: bool, changes: Iterable[Change], unknown: Iterable[What]) -> Why:
    """The answer for one proposal, with its sentences."""
    found, open_ = tuple(changes), tuple(unknown)
    return Why(one.id, inside, found, open_, tuple(_sentences(problem, one, inside, found, open_)))


def set_aside(problem: Problem, one: Proposal) -> Why | None:
    """The answer for one that no rule may choose, None for one that it may."""
    if one.lock is not None:
        inside = bool(one.smallest)
        said = f"Rådet har låst {format_sek(one.smallest)}." if inside else "Rådet har lämnat den utanför."
    elif one.requested is None:
        inside, said = False, "Beloppet är inte fastställt, så regeln kan inte ge den något."
    elif one.score is None:
        inside, said = False, "Ingen har bedömt den, så den har ingen plats i rangordningen."
    else:
        return None
    return Why(one.id, inside, (), (), (said,))


def _sentences(
    problem: Problem, one: Proposal, inside: bool, changes: tuple[Change, ...], unknown: tuple[What, ...]
) -> Iterator[str]:
    for change in changes:
        yield _sentence(problem, one, inside, change)
    kinds = {change.what for change in changes} | set(unknown)
    if inside:
        if "points" not in kinds:
            yield "Den är med även om den har 0 poäng."
        return
    if "frame" not in kinds:
        yield "Mer pengar i ramen räcker inte för att den ska komma med."
    if "points" not in kinds:
        yield "Fler poäng räcker inte för att den ska komma med."


def _sentence(problem: Problem, one: Proposal, inside: bool, change: Change) -> str:
    amount = format_sek(abs(int(change.by)))
    if change.what == "points":
        # Rounded so that it still holds: more than enough.
        number = telling.points(abs(Fraction(change.by)), up=True)
        how = f"{number} mindre" if inside else f"{number} till"
    elif change.what == "frame":
        how = f"{amount} mindre i ramen" if inside else f"{amount} mer i ramen"
    elif change.what == "most":
        how = f"om {one.area} får ha {amount} mer"
    else:
        how = f"om {count(int(change.by), 'ny till', 'nya till')} får vara med"
    verb = "faller den ut" if inside else "kommer den med"
    start = f"{how[0].upper()}{how[1:]}" if change.what in ("most", "new") else f"Med {how}"
    parts = [f"{start} {verb}"]
    if change.pushed:
        parts.append(f"då blir {telling.names(problem, change.pushed)} utan")
    if change.pulled:
        parts.append(
            f"{'och' if change.pushed else 'då kommer'} {telling.names(problem, change.pulled)}"
            f"{' kommer' if change.pushed else ''} med"
        )
    return f"{', '.join(parts)}."


def difference(
    before: Mapping[int, int] | frozenset[int], after: Mapping[int, int] | frozenset[int], but: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Who are pushed out and who come in from one outcome to another, besides one."""
    old, new = set(before), set(after)
    return tuple(sorted(old - new - {but})), tuple(sorted(new - old - {but}))
