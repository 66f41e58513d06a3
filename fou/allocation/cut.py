"""The same percentage off every amount (osthyvel).

Everyone who has asked for an amount is given the same share of it, but never less than its least amount: those that
the share would bring below it stay there, and the others are cut a little more. The share is the largest that fits in
the frame, exactly; what is over after rounding down to whole kronor goes a krona each to those that lost the most by
it, so that the frame is used to the krona. Where an area would be above its most or below its least, it has a share of
its own, and the others share what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from fou.allocation import telling
from fou.allocation.model import Clash, Problem, Proposal, Rule, Suggestion
from fou.allocation.rank import impossible
from fou.money import format_sek

_DOES = (
    "Regeln drar av lika många procent från alla belopp tills de ryms i ramen.",
    "Ingen får mindre än sitt lägsta belopp, och det som rådet har låst rörs inte.",
)


def suggest_cut(problem: Problem) -> Suggestion:
    """The rule ``cut``. All with an amount take part, judged or not."""
    said = [*_DOES, *telling.settled(problem), *telling.open_amounts(problem)]
    taking_part = [one for one in problem.proposals if one.lock is None and one.requested is not None]
    broken = impossible(problem)
    found = broken or _too_little(problem, taking_part)
    if found:
        *why, end = telling.each_broken(problem, found)
        said += why
        if not broken:
            # The rule gives to everybody: what it is asked is too much even when each has as little as can be.
            if found[-1].limit == "frame" and not any(limits.least for limits in problem.areas.values()):
                said.append("Så mycket är det som är låst och allas lägsta belopp tillsammans.")
            said.append("Ett annat sätt är att lämna en eller flera utanför och låsa dem så.")
        said.append(end)
        return Suggestion(Rule.CUT, problem.frame, {}, tuple(said), found)
    groups: dict[str | None, list[Proposal]] = {}
    for one in taking_part:
        groups.setdefault(one.area if one.area in problem.areas else None, []).append(one)
    locked = {one.id: one.smallest for one in problem.proposals if one.lock is not None and one.smallest}
    bounds = {name: _bounds(problem, name, group) for name, group in groups.items()}
    # An area's least that its own cannot be given stays with it.
    held = 0
    unmet = []
    for area, limits in sorted(problem.areas.items()):
        own = sum(one.smallest for one in problem.proposals if one.area == area and one.id in locked)
        most = own + sum(one.largest for one in groups.get(area, []))
        if most < limits.least:
            held += limits.least - most
            unmet.append(Clash("least", limits.least, most, area=area))
    money = problem.frame - sum(locked.values()) - held
    share, totals = _shared(groups, bounds, money)
    amounts = dict(locked)
    for name, group in groups.items():
        amounts |= _to_the_krona(group, totals[name])
    floor = [one.id for one in taking_part if one.smallest < one.largest and amounts[one.id] == one.smallest]
    whole = [one.id for one in taking_part if one.least is None]
    said.append(telling.sums(problem, amounts))
    if share < 1:
        said.append(f"Avdraget är {telling.share(1 - share, up=True)}.")
    else:
        said.append("Alla får vad de söker.")
    for name, group in groups.items():
        if name is not None and totals[name] != _rounded(_given(group, share)) and share < 1:
            own_share = Fraction(totals[name], sum(one.largest for one in group))
            edge = "högst" if totals[name] < _given(group, share) else "minst"
            said.append(
                f"{name} hålls vid {edge} {format_sek(totals[name])} för sina gränsers skull och får "
                f"{telling.share(own_share)} av vad som söks där."
            )
    if share < 1 and floor:
        said.append(f"Vid sitt lägsta belopp stannar {telling.names(problem, floor)}.")
    if share < 1 and whole:
        said.append(f"Skärs inte, eftersom allt eller inget gäller: {telling.names(problem, whole)}.")
    said += telling.unmet(tuple(unmet))
    score = sum((Fraction(one.score or 0) for one in problem.proposals if one.id in amounts), Fraction(0))
    return Suggestion(Rule.CUT, problem.frame, amounts, tuple(said), tuple(unmet), score)


def _too_little(problem: Problem, taking_part: Sequence[Proposal]) -> tuple[Clash, ...]:
    """What everyone's least amounts break, each limit on its own."""
    found = []
    every = [one for one in problem.proposals if one.lock is not None or one in taking_part]
    for name, limits in sorted(problem.areas.items()):
        own = sum(one.smallest for one in every if one.area == name)
        if limits.most is not None and own > limits.most:
            found.append(Clash("most", limits.most, own, area=name))
    new = sum(one.new for one in every if one.smallest)
    if problem.most_new is not None and new > problem.most_new:
        found.append(Clash("new", problem.most_new, new))
    needed = sum(
        max(limits.least, sum(one.smallest for one in every if one.area == name))
        for name, limits in problem.areas.items()
    ) + sum(one.smallest for one in every if one.area not in problem.areas)
    if needed > problem.frame:
        found.append(Clash("frame", problem.frame, needed))
    return tuple(found)


def _bounds(problem: Problem, name: str | None, group: Sequence[Proposal]) -> tuple[int, int]:
    """The least and the most that a group can be given in all."""
    low, high = sum(one.smallest for one in group), sum(one.largest for one in group)
    if name is None:
        return low, high
    limits = problem.limits(name)
    own = sum(one.smallest for one in problem.proposals if one.area == name and one.lock is not None)
    top = high if limits.most is None else min(high, limits.most - own)
    return min(top, max(low, limits.least - own)), top


def _given(group: Sequence[Proposal], share: Fraction) -> Fraction:
    """What a group is given at a share, before rounding."""
    return sum((max(Fraction(one.smallest), share * one.largest) for one in group), Fraction(0))


def _rounded(amount: Fraction) -> int:
    return amount.numerator // amount.denominator


def _shared(
    groups: dict[str | None, list[Proposal]], bounds: dict[str | None, tuple[int, int]], money: int
) -> tuple[Fraction, dict[str | None, int]]:
    """The largest share of 1 at which all groups fit, and whole kronor for each group."""

    def total(share: Fraction) -> Fraction:
        return sum(
            (
                min(max(_given(group, share), Fraction(bounds[name][0])), Fraction(bounds[name][1]))
                for name, group in groups.items()
            ),
            Fraction(0),
        )

    share = Fraction(1)
    if total(share) > money:
        # What everyone is given together is a line between any two of these shares.
        corners = {Fraction(0), Fraction(1)}
        for name, group in groups.items():
            corners |= {Fraction(one.smallest, one.largest) for one in group}
            corners |= {_share_for(group, Fraction(bound)) for bound in bounds[name]}
        points = sorted(corners)
        low, high = 0, len(points) - 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if total(points[middle]) <= money else (low, middle)
        under, over = total(points[low]), total(points[high])
        share = points[low] + (points[high] - points[low]) * (money - under) / (over - under)
    exact = {
        name: min(max(_given(group, share), Fraction(bounds[name][0])), Fraction(bounds[name][1]))
        for name, group in groups.items()
    }
    totals = {name: _rounded(amount) for name, amount in exact.items()}
    over_all = _rounded(sum(exact.values(), Fraction(0))) - sum(totals.values())
    for name in sorted(exact, key=lambda name: (totals[name] - exact[name], name or ""))[:over_all]:
        totals[name] += 1
    return share, totals


def _share_for(group: Sequence[Proposal], wanted: Fraction) -> Fraction:
    """At which share a group is given so much in all; 0 or 1 beyond what it can be."""
    points = sorted({Fraction(0), Fraction(1), *(Fraction(one.smallest, one.largest) for one in group)})
    if _given(group, points[0]) >= wanted:
        return Fraction(0)
    for low, high in pairwise(points):
        under, over = _given(group, low), _given(group, high)
        if under <= wanted <= over and under < over:
            return low + (high - low) * (wanted - under) / (over - under)
    return Fraction(1)


def _to_the_krona(group: Sequence[Proposal], total: int) -> dict[int, int]:
    """The group's total by the same share to all, in whole kronor that add up to it."""
    share = _share_for(group, Fraction(total))
    exact = {one.id: max(Fraction(one.smallest), share * one.largest) for one in group}
    amounts = {proposal: _rounded(amount) for proposal, amount in exact.items()}
    over = total - sum(amounts.values())
    for proposal in sorted(exact, key=lambda proposal: (amounts[proposal] - exact[proposal], proposal))[:over]:
        amounts[proposal] += 1
    return amounts
