"""A proportional rule from the members' own points: the Method of Equal Shares.

Dominik Peters, Grzegorz Pierczyński, Piotr Skowron: Proportional Participatory Budgeting with Additive Utilities,
NeurIPS 2021 (arXiv:2008.13276). Each member has an equal share of the money. A proposal c is ρ-affordable when
Σ min(what i has left, ρ·u_i(c)) = cost(c); the one with the lowest ρ is bought again and again, each paying so much,
until none is affordable.

Choices made here:

- A member's utility of a proposal is its points times the cost (the paper's utilities are any additive ones; these are
  its "cost utilities" graded by points): a krona to what a member gave 4 is worth as much as any other krona to a 4, so
  that a small sum is no merit in itself. The proposals with the highest points are then bought first, by those who
  have money left. A member with a conflict of interest, or who did not judge, has no part in a proposal and pays
  nothing for it; the others' points are scaled up to as many, so that a conflict is no drawback to the proposal.
- The cost is what is requested: a project is bought whole. What the council has locked is paid before the sharing.
- Completion, since the method as such may leave much unspent (its section on exhaustiveness): the members' shares are
  raised a hundredth at a time, as if there were more money, for as long as what is bought fits in the frame ("Add1").
  What then is left goes down the proposals by the mean of their points ("utilitarian"): whole, or a part that is not
  below the least.
- A proposal that would break an area's most, the limit on new ones, or take what other areas must have at least, cannot
  be bought.

All of it is integers and exact fractions; of equal ρ the lowest id comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd, lcm

from fou.allocation import telling
from fou.allocation.model import Clash, Problem, Proposal, Rule, Suggestion
from fou.allocation.rank import impossible
from fou.money import format_sek
from fou.swedish import count

_DOES = (
    "Regeln delar ramen lika mellan ledamöterna. Var och en betalar för det den själv har gett poäng, "
    "mer ju fler poäng den gav, och den ansökan som ger mest poäng för var krona köps först.",
    "Den som är jävig eller inte har bedömt en ansökan betalar inget för den. "
    "Metoden heter Method of Equal Shares (Peters, Pierczyński och Skowron 2021).",
)
#: By what part of itself the members' shares are raised at a time.
STEP = Fraction(1, 100)


def equal_shares(
    costs: Mapping[int, int],
    utilities: Mapping[int, Mapping[int, int]],
    voters: Sequence[int],
    budget: Fraction,
    allowed: Callable[[int, Sequence[int]], bool] = lambda candidate, bought: True,
) -> list[int]:
    """The method as such: what is bought, in order, for a budget that is split equally on the voters.

    ``utilities`` are by candidate and voter, 0 or absent when it is worth nothing to the voter. ``allowed`` says
    whether a candidate may be bought after the others; one that may not is never asked about again.
    """
    if not voters:
        return []
    # Money is integers: numerators over one denominator for all voters.
    share = budget / len(voters)
    denominator = share.denominator
    left = dict.fromkeys(voters, share.numerator)
    supporters = {
        candidate: sorted(
            (voter, worth) for voter, worth in utilities.get(candidate, {}).items() if worth > 0 and voter in left
        )
        for candidate in costs
    }
    queue = [(Fraction(0), candidate) for candidate in costs if supporters[candidate]]
    heapify(queue)
    known: dict[int, int] = {}
    bought: list[int] = []
    while queue:
        _, candidate = heappop(queue)
        if known.get(candidate) != len(bought):
            # The price only rises as the voters' money goes: an old one is a lower bound.
            rate = _rate(costs[candidate] * denominator, supporters[candidate], left)
            if rate is not None:
                known[candidate] = len(bought)
                heappush(queue, (Fraction(rate[0], rate[1] * denominator), candidate))
            continue
        if not allowed(candidate, bought):
            continue
        rate = _rate(costs[candidate] * denominator, supporters[candidate], left)
        if rate is None:
            continue
        paid, worth_sum = rate
        # Everything over worth_sum times the denominator: ρ is then a whole number for each point.
        denominator *= worth_sum
        for voter in left:
            left[voter] *= worth_sum
        for voter, worth in supporters[candidate]:
            left[voter] -= min(left[voter], paid * worth)
        bought.append(candidate)
    return bought


def _rate(cost: int, supporters: Sequence[tuple[int, int]], left: Mapping[int, int]) -> tuple[int, int] | None:
    """ρ as (numerator, denominator), None when the supporters have not the money together."""
    if sum(left[voter] for voter, _ in supporters) < cost:
        return None
    rest, payers = cost, supporters
    while True:
        # Those who cannot pay by their utility pay all they have, and the others share what remains by theirs.
        worth_sum = sum(worth for _, worth in payers)
        able = [(voter, worth) for voter, worth in payers if left[voter] * worth_sum >= rest * worth]
        if len(able) == len(payers):
            common = gcd(rest, worth_sum)
            return rest // common, worth_sum // common
        rest -= sum(left[voter] for voter, worth in payers if left[voter] * worth_sum < rest * worth)
        payers = able


@dataclass(frozen=True, slots=True)
class _Limits:
    """What may be bought besides the locked: the areas' limits and the new, less what the locked take."""

    frame: int
    least: Mapping[str, int]
    most: Mapping[str, int | None]
    new: int

    def allows(self, problem: Mapping[int, Proposal], candidate: int, bought: Sequence[int]) -> bool:
        """Whether it may be bought after the others by its area and the new."""
        one = problem[candidate]
        if one.new and sum(problem[other].new for other in bought) >= self.new:
            return False
        most = self.most.get(one.area) if one.area else None
        own = sum(problem[other].largest for other in bought if problem[other].area == one.area)
        return most is None or own + one.largest <= most

    def claims(self, problem: Mapping[int, Proposal], amounts: Mapping[int, int]) -> dict[str, int]:
        """What areas must still have of their least."""
        own = dict.fromkeys(self.least, 0)
        for proposal, amount in amounts.items():
            area = problem[proposal].area
            if area in own:
                own[area] += amount
        return {name: max(0, least - own[name]) for name, least in self.least.items()}

    def fits(self, problem: Mapping[int, Proposal], amounts: Mapping[int, int]) -> bool:
        """Whether the frame has room for so much and for what areas must still have."""
        return sum(amounts.values()) + sum(self.claims(problem, amounts).values()) <= self.frame


def suggest_shares(problem: Problem) -> Suggestion:
    """The rule ``shares``."""
    said = [*_DOES, *telling.settled(problem), *telling.open_amounts(problem)]
    unheard = [
        one.id for one in problem.proposals if one.lock is None and one.requested and not any(one.votes.values())
    ]
    if unheard:
        said.append(f"Räknas inte med, eftersom ingen ledamot har gett dem poäng: {telling.names(problem, unheard)}.")
    broken = impossible(problem)
    if broken:
        return Suggestion(Rule.SHARES, problem.frame, {}, (*said, *telling.each_broken(problem, broken)), broken)
    free = {one.id: one for one in problem.proposals if one.lock is None and one.requested and any(one.votes.values())}
    locked = [one for one in problem.proposals if one.lock is not None and one.smallest]
    limits = _limits(problem, locked)
    voters = sorted({voter for one in problem.proposals for voter in one.votes})
    bought, raised = _raised(free, voters, limits)
    amounts = {proposal: free[proposal].largest for proposal in bought}
    added = _completed(free, amounts, limits)
    given = amounts | added
    claims = limits.claims(free, given)
    unmet = tuple(
        Clash("least", problem.areas[name].least, problem.areas[name].least - short, area=name)
        for name, short in sorted(claims.items())
        if short
    )
    given |= {one.id: one.smallest for one in locked}
    said.append(telling.sums(problem, given))
    if voters:
        each = limits.frame // len(voters)
        said.append(f"{count(len(voters), 'ledamot', 'ledamöter')} har {format_sek(each)} var att fördela.")
    if raised:
        said.append(
            f"För att mer av pengarna ska användas räknades andelarna upp med {telling.share(raised)}; "
            "det som köptes ryms ändå i ramen."
        )
    if added:
        said.append(f"Det som sedan var kvar gick i ordning efter medelpoäng till {telling.names(problem, added)}.")
    said += [*telling.parts_given(problem, given), *telling.unmet(unmet)]
    score = sum((Fraction(one.score or 0) for one in problem.proposals if one.id in given), Fraction(0))
    return Suggestion(Rule.SHARES, problem.frame, given, tuple(said), unmet, score)


def _limits(problem: Problem, locked: Sequence[Proposal]) -> _Limits:
    taken = {name: sum(one.smallest for one in locked if one.area == name) for name in problem.areas}
    return _Limits(
        frame=problem.frame - sum(one.smallest for one in locked),
        least={name: max(0, limits.least - taken[name]) for name, limits in problem.areas.items()},
        most={
            name: None if limits.most is None else limits.most - taken[name] for name, limits in problem.areas.items()
        },
        new=len(problem.proposals) if problem.most_new is None else problem.most_new - sum(one.new for one in locked),
    )


def _raised(free: Mapping[int, Proposal], voters: Sequence[int], limits: _Limits) -> tuple[list[int], Fraction]:
    """What is bought with the shares raised for as long as it fits, and by what part of themselves they were."""
    costs = {proposal: one.largest for proposal, one in free.items()}
    utilities = _utilities(free, len(voters))

    def within(candidate: int, bought: Sequence[int]) -> bool:
        return limits.allows(free, candidate, bought)

    def bought_for(raised: Fraction) -> list[int] | None:
        found = equal_shares(costs, utilities, voters, limits.frame * (1 + raised), within)
        return found if limits.fits(free, {proposal: costs[proposal] for proposal in found}) else None

    def kept(candidate: int, bought: Sequence[int]) -> bool:
        after = {proposal: costs[proposal] for proposal in [*bought, candidate]}
        return within(candidate, bought) and limits.fits(free, after)

    # With the shares as they are, what areas must have is kept for them from the start.
    best, raised = equal_shares(costs, utilities, voters, Fraction(limits.frame), kept), Fraction(0)
    while len(best) < len(free) and raised < 1:
        more = bought_for(raised + STEP)
        if more is None:
            break
        best, raised = more, raised + STEP
    return best, raised


def _utilities(free: Mapping[int, Proposal], voters: int) -> dict[int, dict[int, int]]:
    """Points times cost, as integers; scaled up by how many of the voters have judged the proposal."""
    fractions = lcm(*(Fraction(points).denominator for one in free.values() for points in one.votes.values()))
    judges = lcm(*(len(one.votes) for one in free.values()))
    return {
        proposal: {
            voter: int(Fraction(points) * fractions) * (judges // len(one.votes)) * one.largest
            for voter, points in one.votes.items()
        }
        for proposal, one in free.items()
    }


def _completed(free: Mapping[int, Proposal], amounts: Mapping[int, int], limits: _Limits) -> dict[int, int]:
    """What the others are given of what is left, the highest mean of points first: whole, or a part."""
    given = dict(amounts)
    added: dict[int, int] = {}

    def mean(one: Proposal) -> Fraction:
        return sum((Fraction(points) for points in one.votes.values()), Fraction(0)) / len(one.votes)

    for one in sorted(free.values(), key=lambda one: (-mean(one), one.id)):
        if one.id in given or (one.new and sum(free[other].new for other in given) >= limits.new):
            continue
        claims = limits.claims(free, given)
        room = limits.frame - sum(given.values()) - sum(claims.values()) + claims.get(one.area or "", 0)
        most = limits.most.get(one.area) if one.area else None
        if most is not None:
            room = min(room, most - sum(amount for other, amount in given.items() if free[other].area == one.area))
        amount = min(one.largest, room)
        if amount >= one.smallest:
            given[one.id] = added[one.id] = amount
    return added
