"""The best sum of scores within the frame and all limits, exactly.

A proposal that is given at least its least amount counts with its whole score: with that the project can be done, and
half a project has no half merit. So the rule first chooses which proposals (the best sum of scores; of equals the one
that needs the least money, then see ``fou.allocation.frontier``) and then gives each its least amount. What the chosen
leave of the frame goes to them down the ranking: to each in turn as much as it asks for and the limits allow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from fou.allocation import telling
from fou.allocation.choice import Choice, choice
from fou.allocation.clashes import clashing
from fou.allocation.frontier import TooMany
from fou.allocation.milp import solve_milp
from fou.allocation.model import Problem, Rule, Suggestion, ranked
from fou.allocation.prices import Relaxation
from fou.allocation.search import Found, solve

_DOES = (
    "Regeln väljer de ansökningar som tillsammans har flest poäng och ryms i ramen med alla gränser.",
    "Den som får minst sitt lägsta belopp räknas med alla sina poäng. "
    "Det som sedan är kvar av ramen går till de valda, i rangordning, upp till vad de söker.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The best choice: which proposals besides the locked, their summed score, and whether there is another as good.

    ``unique`` is None when that is not known, and ``proven`` is False when so many choices are nearly as good that only
    the solver's word stands for it; no choice has more than ``at_most`` points.
    """

    choice: Choice
    chosen: frozenset[int]
    score: Fraction
    unique: bool | None
    proven: bool
    at_most: Fraction


def best_choice(problem: Problem) -> Solution | None:
    """The best choice, None when the limits clash."""
    whole = choice(problem)
    if whole.impossible:
        return None
    try:
        relaxation = Relaxation(whole)
        prices = relaxation.prices(whole)
        found = None if prices is None else solve(whole, prices)
        if found is None:
            return None
        items, unique, proven, at_most = found.items, _only(whole, found, relaxation), True, None
    except TooMany:
        solved = solve_milp(whole)
        if solved is None:
            return None
        items, unique, proven, at_most = solved.items, None, False, solved.at_most
    chosen = frozenset(whole.ids[item] for item in items)
    value = int(whole.value[list(items)].sum())
    return Solution(whole, chosen, value * whole.unit, unique, proven, max(value, at_most or 0) * whole.unit)


def suggest_best(problem: Problem) -> Suggestion:
    """The rule ``best``."""
    said = [*_DOES, *telling.settled(problem), *telling.open_amounts(problem), *telling.unjudged(problem)]
    solution = best_choice(problem)
    if solution is None:
        found = clashing(problem)
        return Suggestion(Rule.BEST, problem.frame, {}, (*said, *telling.clashes(problem, found)), found)
    amounts = handed_out(problem, solution.chosen)
    score = sum((Fraction(one.score or 0) for one in problem.proposals if one.id in amounts), Fraction(0))
    said.append(telling.sums(problem, amounts))
    if solution.at_most > solution.score:
        more = telling.points(solution.at_most - solution.score, up=True)
        said.append(
            f"Deras poäng är tillsammans {telling.points(score)}. Så många förslag är nästan lika bra att det inte "
            f"gick att pröva alla: något kan ha upp till {more} mer."
        )
    else:
        said.append(f"Deras poäng är tillsammans {telling.points(score)}, och mer går inte att få.")
    if solution.unique is False:
        said.append(
            "Det finns fler förslag med lika många poäng. Här visas det som behöver minst pengar, "
            "och av lika dyra det med lägst nummer."
        )
    said += telling.parts_given(problem, amounts)
    return Suggestion(Rule.BEST, problem.frame, amounts, tuple(said), score=score, unique=solution.unique)


def handed_out(problem: Problem, chosen: Iterable[int]) -> dict[int, int]:
    """The amounts (SEK) of the chosen and the locked: the least of each, then the rest down the ranking.

    What an area must have at least and its least amounts do not reach is kept for it first.
    """
    taken = set(chosen)
    given = {one.id: one.smallest for one in problem.proposals if one.id in taken or (one.lock and one.lock.amount)}
    of_area = dict.fromkeys(problem.areas, 0)
    for one in problem.proposals:
        if one.id in given and one.area in of_area:
            of_area[one.area] += given[one.id]
    kept = {name: max(0, problem.areas[name].least - amount) for name, amount in of_area.items()}
    free = problem.frame - sum(given.values()) - sum(kept.values())
    for one in ranked(one for one in problem.proposals if one.id in taken):
        more = one.largest - one.smallest
        own = 0
        if one.area in of_area:
            most = problem.areas[one.area].most
            more = more if most is None else min(more, most - of_area[one.area])
            own = kept[one.area]
        more = max(0, min(more, own + free))
        from_own = min(more, own)
        if one.area in of_area:
            kept[one.area] -= from_own
            of_area[one.area] += more
        free -= more - from_own
        given[one.id] += more
    return given


def _only(whole: Choice, found: Found, relaxation: Relaxation) -> bool | None:
    """Whether no other set has the same value: the best that has as little as possible in common with it is itself."""
    count = len(whole.ids) + 1
    value = whole.value * count
    value[list(found.items)] -= 1
    twin = replace(whole, value=value)
    prices = relaxation.prices(whole)
    if prices is None:
        return None
    scaled = replace(
        prices, frame=prices.frame * count, areas=[p * count for p in prices.areas], new=prices.new * count
    )
    try:
        other = solve(twin, scaled, found.within * count)
    except TooMany:
        return None
    if other is None:
        return None
    return other.items == found.items or int(whole.value[list(other.items)].sum()) < found.value
