"""Why and why not by the rule ``best``.

For a proposal's points, the best set with it is put against the best set without it: what is between them is what it
lacks, or has to spare. For the frame, the best set is found at every frame from the one there is, upwards and
downwards, until the proposal is in it or no longer is; for an area's most likewise. All of it by the same proven
search as the rule itself (``fou.allocation.search``), so that each change is the smallest there is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from fou.allocation.best import Solution, best_choice
from fou.allocation.choice import Choice
from fou.allocation.frontier import Area, States, TooMany, joined, settled
from fou.allocation.model import Problem
from fou.allocation.prices import Prices, Relaxation
from fou.allocation.search import (
    MOST_STATES,
    UNBOUNDED,
    Parts,
    every_set,
    items_of,
    parts,
    solve,
    weigh,
    whole,
    without_each_area,
)
from fou.allocation.why import Change, What, Why, difference, set_aside, why_of

#: A set as the order between sets has it: value, less money, less cost, members.
Key: TypeAlias = tuple[int, int, int, tuple[int, ...]]

#: So often the loss is widened for those that are not proven, and so many new more are tried.
_ROUNDS, _MORE_NEW = 6, 10
#: A frame smaller by up to this share of it is looked at.
LESS = Fraction(1, 5)
#: An area with so many undominated sets at most has all of them looked at.
_ALL_STATES = 6_000


def why_best(problem: Problem) -> dict[int, Why]:
    """The answer for every proposal; empty where the limits clash, or where the search is too large to prove it."""
    solution = best_choice(problem)
    if solution is None or not solution.proven:
        return {}
    limited = frozenset(name for name, limits in problem.areas.items() if limits.most is not None)
    found = _Answers(solution.choice, solution, limited, problem.frame)
    answers = {}
    for one in problem.proposals:
        aside = set_aside(problem, one)
        if aside is None:
            inside = one.id in solution.chosen
            aside = why_of(problem, one, inside, found.changes(one.id), found.unknown(one.id))
        answers[one.id] = aside
    return answers


@dataclass(frozen=True, slots=True, eq=False)
class _Others:
    """The sets of all areas but one, ready to be put together with that one's."""

    states: States
    capped: dict[int, States]

    def up_to(self, new: int) -> States:
        """Those with so many new at most, by money; each is better than all that need less."""
        if new not in self.capped:
            kept = self.states.take(self.states.new <= new)
            self.capped[new] = replace(kept, new=np.zeros_like(kept.new)).undominated()
        return self.capped[new]


def _together(own: States, others: _Others, frame: int, most_new: int) -> States:
    """Each own set with the best of the others' for what it leaves, where there is one."""
    pairs = []
    for new in np.unique(own.new).tolist():
        fits = others.up_to(most_new - new)
        rows = np.flatnonzero(own.new == new)
        at = np.searchsorted(fits.money, frame - own.money[rows], side="right") - 1
        one, other = own.take(rows[at >= 0]), fits.take(at[at >= 0])
        pairs.append(
            States(
                one.new, one.reach, one.money + other.money, one.cost + other.cost, one.value + other.value,
                one.members | other.members,
            )
        )  # fmt: skip
    return joined(pairs) if pairs else own.take(np.zeros(len(own), np.bool_))


def _key(states: States, row: int) -> Key:
    return (
        int(states.value[row]), -int(states.money[row]), -int(states.cost[row]), tuple(states.members[row].tolist())
    )  # fmt: skip


def _best(states: States) -> Key | None:
    if not len(states):
        return None
    return max(_key(states, row) for row in np.flatnonzero(states.value == states.value.max()).tolist())


def _key_of(choice: Choice, items: list[int]) -> Key:
    money = 0
    for at, least in enumerate(choice.least):
        money += max(least, sum(int(choice.cost[item]) for item in items if choice.area[item] == at))
    words = [0] * ((len(choice.ids) + 63) // 64 or 1)
    for item in items:
        words[item // 64] |= 1 << (63 - item % 64)
    return int(choice.value[items].sum()), -money, -int(choice.cost[items].sum()), tuple(words)


class _Answers:
    def __init__(self, choice: Choice, solution: Solution, limited: frozenset[str | None], frame: int) -> None:
        self.choice, self.chosen = choice, solution.chosen
        self.at = {proposal: item for item, proposal in enumerate(choice.ids)}
        self.inside = frozenset(self.at[proposal] for proposal in solution.chosen)
        self.found: dict[int, list[Change]] = {item: [] for item in range(len(choice.ids))}
        self.open: dict[int, list[What]] = {item: [] for item in range(len(choice.ids))}
        self.relaxation = Relaxation(choice)
        self.first_within = max(1.0, float(choice.value.max(initial=0)) / 6)
        self.within, self.frame = self.first_within * 1.5, frame
        self.others: list[_Others] = []
        self.limited = limited
        self.prepared: Parts | None = None
        self.prepared_within = 0.0
        items = [self.at[proposal] for proposal in solution.chosen]
        self.base = _key_of(choice, items)
        prices = self.relaxation.prices(choice)
        if prices is not None and len(choice.ids):
            self.prices: Prices = prices
            self.known = every_set(choice, _ALL_STATES)
            self._points()
            self._mosts()
            self._frames(up=True)
            self._frames(up=False)
            self._new()

    def changes(self, proposal: int) -> list[Change]:
        """What was found about a proposal."""
        return self.found[self.at[proposal]]

    def unknown(self, proposal: int) -> list[What]:
        """What could not be found out."""
        return self.open[self.at[proposal]]

    def _add(self, item: int, what: What, by: int, members: tuple[int, ...]) -> None:
        after = frozenset(self.choice.ids[one] for one in items_of(np.array(members, np.uint64)))
        amount = by * self.choice.unit if what == "points" else by
        self.found[item].append(Change(what, amount, *difference(self.chosen, after, self.choice.ids[item])))

    # ---- points ------------------------------------------------------------------------------------------------

    def _points(self) -> None:
        left = {item for item in range(len(self.choice.ids)) if item in self.inside or not self._hopeless(item)}
        gone: set[int] = set()
        own_within = self.within
        for _ in range(_ROUNDS):
            found = self._prepare()
            if found is None:
                break
            weighing = weigh(self.choice, self.prices, 0)
            short_others, short_own = 0, 0
            for at in range(len(self.choice.least)):
                if not left & set(np.flatnonzero(self.choice.area == at).tolist()):
                    continue
                weighing = replace(weighing, within=UNBOUNDED if at in self.known else int(own_within * weighing.scale))
                area = Area(self.choice, at, weighing, min(self.choice.most[at], self.choice.frame), MOST_STATES)
                try:
                    for item, states in area.without_each():
                        if item in left:
                            others, own = self._point(found, area, item, states)
                            if others <= 0 and own <= 0:
                                left.discard(item)
                            short_others, short_own = max(short_others, others), max(short_own, own)
                except TooMany:
                    # More of its sets would have to be looked at each time: it is left unknown.
                    gone |= left & set(area.items)
                    left -= gone
            if not left:
                break
            if short_others > 0:
                self.within += min(self.within, short_others / found.weighing.scale + 1)
            own_within += min(own_within, short_own / found.weighing.scale + 1) if short_own > 0 else 0
        for item in left | gone:
            self.open[item].append("points")

    def _prepare(self) -> Parts | None:
        """The areas' sets within the loss so far, widened until the others of each area are there."""
        if self.prepared is not None and self.prepared_within == self.within:
            return self.prepared
        for _ in range(_ROUNDS):
            try:
                found = parts(self.choice, weigh(self.choice, self.prices, self.within), self.known)
                if found is not None and found.weighing.within >= 0:
                    self.others = [_Others(states, {}) for states in without_each_area(found)]
                    self.prepared, self.prepared_within = found, self.within
                    return found
            except TooMany:
                return None
            self.within *= 2
        return None

    def _hopeless(self, item: int) -> bool:
        """Whether an item is too large, or too new, for any set."""
        one, at = self.choice, int(self.choice.area[item])
        cost = int(one.cost[item])
        rest = sum(one.least) - one.least[at]
        return cost > one.most[at] or max(cost, one.least[at]) + rest > one.frame or int(one.new[item]) > one.most_new

    def _point(self, found: Parts, area: Area, item: int, states: States) -> tuple[int, int]:
        """Compare the best sets with and without an item; by how much the two losses were too small to prove it.

        A set that was not looked at has either others that lose too much, or items of its own area that do.
        """
        one, at, weighing = self.choice, area.area, found.weighing
        inside = item in self.inside
        own = settled(states if inside else area.with_item(states, item), one.least[at], one.most[at])
        best = _best(_together(own, self.others[at], one.frame, one.most_new))
        value = weighing.scale * (best[0] if best else 0)
        rest = found.bound - found.best[at]
        worth = weighing.scale * own.value - weighing.frame * own.money - weighing.new * own.new
        others_short = rest + int(worth.max()) - weighing.within - value if len(own) else 0
        # To put it in where it is not worth its price, or leave it out where it is, is itself a loss.
        loss = abs(area.worth[item]) if (area.worth[item] > 0) == inside else 0
        own_short = 0 if at in self.known else rest + found.relaxed[at] - loss - area.within - value
        if others_short <= 0 and own_short <= 0 and best is not None:
            self._settle(item, inside, best)
        return others_short, own_short

    def _settle(self, item: int, inside: bool, best: Key) -> None:
        gap = self.base[0] - best[0]
        by = gap if best[1:] > self.base[1:] else gap + 1
        if not inside:
            self._add(item, "points", by, best[3])
        elif by <= int(self.choice.value[item]):
            self._add(item, "points", -by, best[3])

    # ---- limits ------------------------------------------------------------------------------------------------

    def _mosts(self) -> None:
        for at, name in enumerate(self.choice.names):
            own = {item for item in np.flatnonzero(self.choice.area == at).tolist() if item not in self.inside}
            if name in self.limited and own and not self._most(at, own):
                for item in own:
                    if all(change.what != "most" for change in self.found[item]):
                        self.open[item].append("most")

    def _most(self, at: int, wanted: set[int]) -> bool:
        """At which most of an area each of its items first comes in; whether all were looked at.

        The most is raised by no more than an item's own cost: one that needs more is not kept out by its area.
        """
        one = self.choice
        top = one.most[at] + max(int(one.cost[item]) for item in wanted)
        for _ in range(_ROUNDS):
            found = self._prepare()
            if found is None:
                return False
            weighing = replace(found.weighing, within=UNBOUNDED)
            try:
                area = Area(one, at, weighing, min(top, one.frame), _ALL_STATES)
                own = settled(area.all(), one.least[at], top)
            except TooMany:
                return False
            own = own.take(np.argsort(own.money, kind="stable"))
            total = _together(replace(own, reach=own.money), self.others[at], one.frame, one.most_new)
            # In ``reach`` now stands the area's own money, in whose order its most lets the sets in.
            total = total.take(np.argsort(total.reach, kind="stable"))
            worth = weighing.scale * own.value - weighing.frame * own.money - weighing.new * own.new
            rest = found.bound - found.best[at] - found.weighing.within
            best, short = self.base, 0
            first: dict[int, tuple[int, tuple[int, ...]]] = {}
            above = total.take((total.reach > one.most[at]) & (total.reach <= top) & (total.value >= best[0]))
            steps = []
            for row in range(len(above)):
                key = _key(above, row)
                if key > best:
                    best = key
                    steps.append((int(above.reach[row]), key))
            for place, (money, key) in enumerate(steps):
                if place + 1 < len(steps) and steps[place + 1][0] == money:
                    continue
                for item in items_of(np.array(key[3], np.uint64)):
                    first.setdefault(item, (money, key[3]))
            # At the largest most, where it is hardest, what was not looked at must still be worse.
            ends = [
                (money, steps[place - 1][1][0] if place else self.base[0]) for place, (money, _) in enumerate(steps)
            ]
            ends.append((int(own.money.max(initial=0)), best[0]))
            for money, value in ends:
                under = worth[own.money <= money]
                short = max(short, rest + int(under.max(initial=-UNBOUNDED)) - weighing.scale * value)
            if short <= 0:
                for item in wanted & set(first):
                    money, members = first[item]
                    if money - one.most[at] <= int(one.cost[item]):
                        self._add(item, "most", money - one.most[at], members)
                return True
            self.within += min(self.within, short / weighing.scale + 1)
        return False

    def _frames(self, up: bool) -> None:
        """At which frame each first comes in, or falls out: the best set at every frame, a stretch at a time."""
        one = self.choice
        every = [int(one.cost[one.area == at].sum()) for at in range(len(one.least))]
        most = sum(max(least, min(most, all_)) for least, most, all_ in zip(one.least, one.most, every, strict=True))
        end = most if up else max(sum(one.least), one.frame - int(self.frame * LESS))
        left = {item for item in range(len(one.ids)) if (item in self.inside) != up}
        at, span, within, tries = one.frame, max(1, one.frame // 40), self.first_within, 0
        while left and tries < _ROUNDS and (at <= end if up else at >= end):
            low, high = (at, at + span) if up else (max(end, at - span), at)
            stretch, short = self._stretch(low, high, within, up)
            reached = at
            for start, stop, members in stretch if up else reversed(stretch):
                if (start if up else stop) != reached:
                    break
                now = set(items_of(np.array(members, np.uint64)))
                for item in [item for item in left if (item in now) == up]:
                    self._add(item, "frame", (start if up else stop) - one.frame, members)
                    left.discard(item)
                reached = stop + 1 if up else start - 1
            if reached == at:
                tries += 1
                if short:
                    within += max(short, within / 2)
                else:
                    span = max(1, span // 4)
                continue
            if reached > high if up else reached < low:
                span, within = span * 2, max(self.first_within, within * 0.8)
            at, tries = reached, 0
        if tries >= _ROUNDS:
            for item in left:
                self.open[item].append("frame")

    def _stretch(
        self, low: int, high: int, within: float, up: bool
    ) -> tuple[list[tuple[int, int, tuple[int, ...]]], float]:
        """The best set from frame to frame (both included), where it is proven, and what loss more would prove more."""
        prices = self.relaxation.prices(self.choice.with_frame((low + high) // 2))
        if prices is None:
            return [], within
        try:
            weighing = weigh(self.choice, prices, within)
            found = parts(self.choice.with_frame(high), weighing, self.known)
            if found is None:
                return [], within
            if found.weighing.within < 0:
                return [], min(within, -found.weighing.within / weighing.scale + within / 4)
            states = whole(found)
        except TooMany:
            return [], 0
        best = replace(states, new=np.zeros_like(states.new)).undominated()
        rest = found.bound - weighing.frame * high
        stretch = []
        money = best.money.tolist()
        short = within
        for row, start in enumerate(money):
            stop = money[row + 1] - 1 if row + 1 < len(money) else high
            # The higher the frame, the more could one that was not looked at be worth: so far is it proven.
            room = weighing.scale * int(best.value[row]) + found.weighing.within - rest
            proven = min(stop, room // weighing.frame) if weighing.frame else stop if room >= 0 else -1
            if proven < stop:
                missing = (weighing.frame * stop - room) / weighing.scale
                if (up and start <= low <= stop) or (not up and start <= high <= stop):
                    short = missing + 1
            if max(start, low) <= proven and (up or proven == stop):
                stretch.append((max(start, low), proven, tuple(best.members[row].tolist())))
        return stretch, min(short, within)

    def _new(self) -> None:
        one = self.choice
        left = {item for item in range(len(one.ids)) if item not in self.inside and one.new[item]}
        if one.most_new >= int(one.new.sum()):
            return
        for by in range(1, _MORE_NEW + 1):
            more = replace(one, most_new=one.most_new + by)
            try:
                found = solve(more, self.relaxation.prices(more))
            except TooMany:
                found = None
            if found is None:
                break
            for item in left & set(found.items):
                self._add(item, "new", by, _key_of(one, list(found.items))[3])
                left.discard(item)
            if int(one.new[list(found.items)].sum()) < more.most_new:
                return
        for item in left:
            self.open[item].append("new")
