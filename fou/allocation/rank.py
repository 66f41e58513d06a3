"""Down the ranking until the money ends.

Each in turn, the highest score first and equals by id, is given what it asks for while there is room: in the frame, in
its area, and among the new. The first that has not room for all of it is given what there is, when that is at least
its least amount. The first that the frame has not even that for is where the money ends: by default nobody below it is
given anything, because a lower place is then never given money that a higher one was refused (``Edge.STOP``);
with ``Edge.SKIP`` the rule passes it by and goes on down to those that still fit. A proposal that its area's most or
the limit on new ones keeps out is always passed by: there the money has not ended.

What an area must have at least is kept for its own proposals until they have had it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Literal

from fou.allocation import telling
from fou.allocation.choice import choosable
from fou.allocation.model import Clash, Problem, Proposal, Rule, Suggestion, ranked
from fou.money import format_sek


class Edge(StrEnum):
    """What happens at the first that there is not money for."""

    STOP = "stop"
    SKIP = "skip"


class Kept(StrEnum):
    """Why a proposal is given nothing: the frame, its area's most, the limit on new, or below where the money ended."""

    FRAME = "frame"
    AREA = "area"
    NEW = "new"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Walk:
    """What came of one walk down the ranking.

    ``kept`` is why each of the others was given nothing, ``ended`` the first that the frame had not money for, and
    ``unmet`` what is still kept (SEK) for areas that have not had their least. ``next_change`` is by how many kronor
    more (or less) of the limit that was asked about something on the way first goes otherwise, None when nothing does.
    """

    amounts: Mapping[int, int]
    kept: Mapping[int, Kept]
    ended: int | None
    unmet: Mapping[str, int]
    next_change: int | None


class _Changes:
    """The smallest increase that makes a comparison come out otherwise.

    An amount here is its kronor and its slope: how many more for each krona more of the limit that is asked about.
    """

    __slots__ = ("first",)

    def __init__(self) -> None:
        self.first = 0

    def reaches(self, kronor: int, slope: int, wanted: int, wanted_slope: int = 0) -> bool:
        """Whether there is as much as is wanted."""
        gap, closing = wanted - kronor, slope - wanted_slope
        if closing:
            if gap > 0 and closing > 0:
                self._at(-(-gap // closing))
            elif gap <= 0 and closing < 0:
                self._at(-gap // -closing + 1)
        return gap <= 0

    def _at(self, increase: int) -> None:
        if not self.first or increase < self.first:
            self.first = increase


_ENDLESS = 1 << 62


def walk(
    problem: Problem, order: Sequence[Proposal], edge: Edge, more: str | None = None, sign: Literal[1, -1] = 1
) -> Walk:
    """Give each in this order what there is room for; the locked have theirs first.

    ``more`` is the area whose most ``next_change`` asks about, None for the frame; by how much less with ``sign`` −1.
    """
    locked = [one for one in problem.proposals if one.lock is not None and one.lock.amount]
    amounts = {one.id: one.smallest for one in locked}
    room: dict[str, tuple[int, int]] = {
        name: (_ENDLESS if limits.most is None else limits.most, sign if name == more else 0)
        for name, limits in problem.areas.items()
    }
    claim = {name: (limits.least, 0) for name, limits in problem.areas.items()}
    new_left = (len(problem.proposals) if problem.most_new is None else problem.most_new) - sum(
        one.new for one in locked
    )
    for one in locked:
        if one.area in claim:
            claim[one.area] = max(0, claim[one.area][0] - one.smallest), 0
            room[one.area] = room[one.area][0] - one.smallest, room[one.area][1]
    free = problem.frame - sum(amounts.values()) - sum(kronor for kronor, _ in claim.values())
    free_slope: int = sign if more is None else 0
    kept: dict[int, Kept] = {}
    changes = _Changes()
    reaches = changes.reaches
    ended: int | None = None
    for one in order:
        if one.new and new_left < 1:
            kept[one.id] = Kept.NEW
            continue
        asked = one.requested or 0
        least = one.least or asked
        area = one.area if one.area in claim else None
        own, own_slope = claim[area] if area is not None else (0, 0)
        open_ = ended is None or edge is Edge.SKIP
        most, slope = (own + free, own_slope + free_slope) if open_ else (own, own_slope)
        if area is not None and reaches(most, slope, *room[area]):
            most, slope = room[area]
        if reaches(most, slope, asked):
            given, given_slope = asked, 0
        elif least < asked and reaches(most, slope, least):
            given, given_slope = most, slope
        else:
            if area is not None and not reaches(*room[area], least):
                kept[one.id] = Kept.AREA
            else:
                kept[one.id] = Kept.FRAME if open_ else Kept.BELOW
                ended = one.id if ended is None else ended
            continue
        amounts[one.id] = given
        new_left -= one.new
        if area is not None:
            from_own = (given, given_slope) if reaches(own, own_slope, given, given_slope) else (own, own_slope)
            claim[area] = own - from_own[0], own_slope - from_own[1]
            room[area] = room[area][0] - given, room[area][1] - given_slope
            given, given_slope = given - from_own[0], given_slope - from_own[1]
        free, free_slope = free - given, free_slope - given_slope
    unmet = {name: kronor for name, (kronor, _) in claim.items() if kronor}
    return Walk(amounts, kept, ended, unmet, changes.first or None)


def order_of(problem: Problem) -> list[Proposal]:
    """Those that the rule can give to, in its order."""
    return ranked(one for one in problem.proposals if choosable(one))


def impossible(problem: Problem) -> tuple[Clash, ...]:
    """The limits that the locked amounts break already, before the rule has begun."""
    locked = [one for one in problem.proposals if one.lock is not None and one.smallest]
    found = []
    claims = 0
    for name, limits in sorted(problem.areas.items()):
        own = sum(one.smallest for one in locked if one.area == name)
        claims += max(limits.least, own)
        if limits.most is not None and max(own, limits.least) > limits.most:
            found.append(Clash("most", limits.most, max(own, limits.least), area=name))
    new = sum(one.new for one in locked)
    if problem.most_new is not None and new > problem.most_new:
        found.append(Clash("new", problem.most_new, new))
    needed = claims + sum(one.smallest for one in locked if one.area not in problem.areas)
    if needed > problem.frame:
        found.append(Clash("frame", problem.frame, needed))
    return tuple(found)


def suggest_rank(problem: Problem, edge: Edge = Edge.STOP) -> Suggestion:
    """The rule ``rank``."""
    said = ["Regeln går nedför rangordningen och ger var och en vad den söker så länge pengarna räcker."]
    if edge is Edge.STOP:
        said.append(
            "Den första som inte får plats helt får en del, om resten räcker till dess lägsta belopp. "
            "När pengarna inte räcker ens till det är det slut: ingen längre ned får före den som blev utan."
        )
    else:
        said.append(
            "Den som inte får plats helt får en del, om resten räcker till dess lägsta belopp. "
            "Annars hoppar regeln över den och fortsätter nedåt."
        )
    said += [*telling.settled(problem), *telling.open_amounts(problem), *telling.unjudged(problem)]
    broken = impossible(problem)
    if broken:
        return Suggestion(Rule.RANK, problem.frame, {}, (*said, *telling.each_broken(problem, broken)), broken)
    order = order_of(problem)
    done = walk(problem, order, edge)
    unmet = tuple(
        Clash("least", problem.areas[name].least, problem.areas[name].least - short, area=name)
        for name, short in sorted(done.unmet.items())
    )
    score = sum((Fraction(one.score or 0) for one in problem.proposals if one.id in done.amounts), Fraction(0))
    said += [telling.sums(problem, done.amounts), *telling.parts_given(problem, done.amounts)]
    said += [*_edge(problem, done, order, edge), *telling.unmet(unmet)]
    return Suggestion(Rule.RANK, problem.frame, done.amounts, tuple(said), unmet, score)


def _edge(problem: Problem, done: Walk, order: Sequence[Proposal], edge: Edge) -> list[str]:
    said = []
    if done.ended is not None:
        first = problem.of(done.ended)
        need = (
            f"som behöver minst {format_sek(first.smallest)}"
            if first.least
            else f"som söker {format_sek(first.largest)}"
        )
        said.append(f"Pengarna tar slut vid {problem.name(first.id)}, {need}.")
    for reason, text in ((Kept.AREA, "Ryms inte i sitt område"), (Kept.NEW, "Ryms inte bland de nya")):
        out = [one.id for one in order if done.kept.get(one.id) is reason]
        if out:
            said.append(f"{text}: {telling.names(problem, out)}.")
    for _, group in groupby(order, key=lambda one: one.score):
        equals = list(group)
        if len({done.amounts.get(one.id, 0) > 0 for one in equals}) == 2:
            names = telling.names(problem, (one.id for one in equals))
            said.append(f"{names} har lika många poäng men får inte alla pengar. Här går lägst nummer först.")
    passed = [one.id for one in order if one.id in done.amounts]
    if edge is Edge.SKIP and done.ended is not None:
        at = [one.id for one in order].index(done.ended)
        below = [one for one in passed if one in {later.id for later in order[at + 1 :]}]
        if below:
            said.append(f"Längre ned men ändå med, eftersom pengarna räcker till dem: {telling.names(problem, below)}.")
    return said
