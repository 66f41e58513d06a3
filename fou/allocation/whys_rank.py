"""Why and why not by the rule ``rank``: the walk is repeated at every change that makes any step of it go otherwise."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from fou.allocation.model import AreaLimits, Problem, Proposal
from fou.allocation.rank import Edge, Walk, impossible, order_of, walk
from fou.allocation.why import Change, What, Why, difference, set_aside, why_of

#: So many changes of a walk are followed for one limit.
_MOST_STEPS = 4_000


def why_rank(problem: Problem, edge: Edge = Edge.STOP) -> dict[int, Why]:
    """The answer for every proposal; empty where the limits clash."""
    if impossible(problem):
        return {}
    order = order_of(problem)
    base = walk(problem, order, edge)
    return _Answers(problem, edge, order, base).all()


class _Answers:
    def __init__(self, problem: Problem, edge: Edge, order: list[Proposal], base: Walk) -> None:
        self.problem, self.edge, self.order, self.base = problem, edge, order, base
        self.outside = {one.id for one in order if one.id not in base.amounts}
        self.step = problem.step
        # Whole steps of points: they are compared very often.
        self.steps = [int(Fraction(one.score or 0) / self.step) for one in order]

    def all(self) -> dict[int, Why]:
        """Every answer."""
        frame, frame_whole = self._grown(None, self.outside)
        inside = {one.id for one in self.order} - self.outside
        less, less_whole = self._grown(None, inside, -1)
        areas: dict[int, Change] = {}
        unknown: dict[int, list[What]] = {one.id: [] for one in self.order}
        if not frame_whole:
            for proposal in self.outside - set(frame):
                unknown[proposal].append("frame")
        if not less_whole:
            for proposal in inside - set(less):
                unknown[proposal].append("frame")
        for name, limits in sorted(self.problem.areas.items()):
            own = {one.id for one in self.order if one.area == name} & self.outside
            if own and limits.most is not None:
                found, whole = self._grown(name, own)
                areas |= found
                if not whole:
                    for proposal in own - set(found):
                        unknown[proposal].append("most")
        new = self._more_new()
        answers = {}
        at = {one.id: place for place, one in enumerate(self.order)}
        for one in self.problem.proposals:
            aside = set_aside(self.problem, one)
            if aside is not None:
                answers[one.id] = aside
                continue
            points = self._points(at[one.id], one.id in inside)
            changes = [points, (less | frame).get(one.id), areas.get(one.id), new.get(one.id)]
            answers[one.id] = why_of(
                self.problem, one, one.id in inside, (change for change in changes if change), unknown[one.id]
            )
        return answers

    def _walk(self, problem: Problem) -> Walk:
        return walk(problem, order_of(problem), self.edge)

    def _change(self, proposal: int, what: What, by: int | Fraction, after: Mapping[int, int]) -> Change:
        return Change(what, by, *difference(self.base.amounts, after, proposal))

    def _grown(self, area: str | None, wanted: set[int], sign: Literal[1, -1] = 1) -> tuple[dict[int, Change], bool]:
        """At what increase (or decrease) of a limit each first goes otherwise, and whether every one was looked at."""
        found: dict[int, Change] = {}
        problem, by, left = self.problem, 0, set(wanted)
        done = walk(problem, self.order, self.edge, area, sign)
        for _ in range(_MOST_STEPS):
            if not left or done.next_change is None:
                return found, True
            by += sign * done.next_change
            if area is not None:
                limits = self.problem.areas[area]
                problem = self.problem.with_area(area, AreaLimits(limits.least, (limits.most or 0) + by))
            elif self.problem.frame + by >= 0:
                problem = self.problem.with_frame(self.problem.frame + by)
            if self.problem.frame + by < 0 or (sign < 0 and impossible(problem)):
                return found, True
            done = walk(problem, self.order, self.edge, area, sign)
            for proposal in [one for one in left if (one in done.amounts) == (sign > 0)]:
                found[proposal] = self._change(proposal, "frame" if area is None else "most", by, done.amounts)
                left.discard(proposal)
        return found, not left

    def _more_new(self) -> dict[int, Change]:
        found: dict[int, Change] = {}
        if self.problem.most_new is None:
            return found
        left = {one.id for one in self.order if one.new} & self.outside
        for by in range(1, len(left) + 1):
            done = self._walk(self.problem.with_most_new(self.problem.most_new + by))
            for proposal in [one for one in left if one in done.amounts]:
                found[proposal] = self._change(proposal, "new", by, done.amounts)
                left.discard(proposal)
            if not left:
                break
        return found

    def _points(self, place: int, inside: bool) -> Change | None:
        """The fewest points up or down for the one at this place. Where it stands is all that counts, so only others'
        scores are tried.

        Higher up there is never less left for it, so halving finds the first that makes it otherwise. What comes below
        it does not matter to it: a try goes no further down than to where it stands.
        """
        one, own = self.order[place], self.steps[place]
        rest = [*self.order[:place], *self.order[place + 1 :]]
        others = [*self.steps[:place], *self.steps[place + 1 :]]
        keys = [(-steps, other.id) for steps, other in zip(others, rest, strict=True)]
        if inside:
            tries = [steps - nudge for steps in others if steps <= own for nudge in (0, 1)]
            tries = [steps for steps in [*tries, 0] if 0 <= steps < own]
        else:
            tries = [steps + nudge for steps in reversed(others) if steps >= own for nudge in (0, 1)]
            tries = [steps for steps in tries if steps > own]
        low, high = 0, len(tries)
        while low < high:
            middle = (low + high) // 2
            at = bisect_left(keys, (-tries[middle], one.id))
            if (one.id in walk(self.problem, [*rest[:at], one], self.edge).amounts) != inside:
                high = middle
            else:
                low = middle + 1
        if low == len(tries):
            return None
        at = bisect_left(keys, (-tries[low], one.id))
        done = walk(self.problem, [*rest[:at], one, *rest[at:]], self.edge)
        return self._change(one.id, "points", (tries[low] - own) * self.step, done.amounts)
