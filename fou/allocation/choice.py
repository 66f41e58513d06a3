"""The bare choice of proposals behind the rule ``best``: integers only, in the order of their ids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from fou.allocation.model import Problem, Proposal

Integers = NDArray[np.int64]
#: Sums of values stay below this, so that they can be weighed against each other in 64 bits.
_LARGEST = 2**48


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Which items to take so that their values' sum is the largest.

    ``cost`` is the least amount of each, ``reach`` the largest, ``new`` 1 or 0, ``area`` an index. A set is allowed
    when in each area the costs are at most ``most`` and the reaches at least ``least``; when the areas' money (costs,
    or ``least`` where that is more) is at most ``frame``; and when at most ``most_new`` are new. Locked proposals are
    in none of it: what they take is already off the limits. ``unit`` points are a value of 1.
    """

    ids: tuple[int, ...]
    value: Integers
    cost: Integers
    reach: Integers
    new: Integers
    area: Integers
    names: tuple[str | None, ...]
    least: tuple[int, ...]
    most: tuple[int, ...]
    frame: int
    most_new: int
    unit: Fraction

    @property
    def impossible(self) -> bool:
        """Whether a limit is broken whatever is taken."""
        return (
            self.frame < sum(self.least)
            or self.most_new < 0
            or any(low > high for low, high in zip(self.least, self.most, strict=True))
        )

    def with_frame(self, frame: int) -> Choice:
        """The same with other money."""
        return replace(self, frame=frame)

    def with_most(self, area: int, most: int) -> Choice:
        """The same with another most for an area, by its index."""
        return replace(self, most=(*self.most[:area], most, *self.most[area + 1 :]))

    def with_least(self, area: int, least: int) -> Choice:
        """The same with another least for an area, by its index."""
        return replace(self, least=(*self.least[:area], least, *self.least[area + 1 :]))


def choosable(proposal: Proposal) -> bool:
    """Whether a rule that goes by points may choose it: judged, with an amount, and not settled already."""
    return proposal.lock is None and proposal.score is not None and proposal.requested is not None


def choice(problem: Problem) -> Choice:
    """The choice that is left when the locked have theirs; a limit that they break is negative."""
    free = [one for one in problem.proposals if choosable(one)]
    locked = [one for one in problem.proposals if one.lock is not None and one.lock.amount]
    # All areas, so that an area has the same index whatever is locked.
    every_area = {one.area for one in problem.proposals} | set(problem.areas)
    names = sorted(every_area, key=lambda name: (name is not None, name or ""))
    if not names:
        names = [None]
    taken = {name: sum(one.smallest for one in locked if one.area == name) for name in names}
    all_taken = sum(one.smallest for one in locked)
    new_taken = sum(one.new for one in locked)
    frame = problem.frame - all_taken
    least = [max(0, problem.limits(name).least - taken[name]) for name in names]
    # Without a most, all that there is to give in the area is as good as no limit.
    every = {
        name: max(least[at], sum(one.smallest for one in free if one.area == name)) for at, name in enumerate(names)
    }
    most = [every[name] if (limit := problem.limits(name).most) is None else limit - taken[name] for name in names]
    most_new = len(free) if problem.most_new is None else problem.most_new - new_taken
    scores = [Fraction(one.score or 0) for one in free]
    common = lcm(*(score.denominator for score in scores))
    if sum(scores) * common >= _LARGEST:
        raise ValueError("the scores have too many different denominators to be added exactly in 64 bits")
    at = {name: index for index, name in enumerate(names)}
    return Choice(
        ids=tuple(one.id for one in free),
        value=np.array([int(score * common) for score in scores], np.int64),
        cost=np.array([one.smallest for one in free], np.int64),
        reach=np.array([one.largest for one in free], np.int64),
        new=np.array([one.new for one in free], np.int64),
        area=np.array([at[one.area] for one in free], np.int64),
        names=tuple(names),
        least=tuple(least),
        most=tuple(most),
        frame=frame,
        most_new=min(most_new, len(free)),
        unit=Fraction(1, common),
    )
