"""How far the members are from each other about a proposal."""

from __future__ import annotations

from math import lcm

import numpy as np

from fou.ranking.ballots import Ballots
from fou.ranking.means import Integers, kind_for

#: The members disagree when the spread of their own means is at least this many points of 100.
DISAGREEMENT = 15
_DECIMALS = 6


def spreads(ballots: Ballots) -> list[float | None]:
    """Per proposal: the standard deviation of the judges' own weighted means, in points of 100.

    A member's own mean is over the criteria that the member judged. All the judges are counted, they are no sample.
    None below two judges. Rounded to a millionth of a point, far above what calculating costs in exactness, so that a
    spread of exactly the limit is on it. The means are added from the lowest up: the members' order never matters.
    """
    if not ballots.members:
        return [None] * len(ballots.proposals)
    ranges = [criterion.highest - criterion.lowest for criterion in ballots.criteria]
    weights = np.array([criterion.weight for criterion in ballots.criteria], np.int64)
    scales, own_weights = lcm(*ranges), ballots.judged @ weights
    kind = kind_for(scales * int(weights.sum()))
    worth: Integers = np.array([w * (scales // size) for w, size in zip(weights.tolist(), ranges, strict=True)], kind)
    whole = scales * np.maximum(own_weights, 1).astype(kind)
    points = 100 * ((ballots.steps.astype(kind) @ worth) / whole).astype(np.float64)
    # Those who judged nothing are put last and add nothing.
    own = np.sort(np.where(own_weights > 0, points, np.inf), axis=1)
    there = np.isfinite(own)
    judges = there.sum(axis=1)
    some = np.maximum(judges, 1)
    middle = np.cumsum(np.where(there, own, 0), axis=1)[:, -1:] / some[:, None]
    squares = np.cumsum(np.where(there, (own - middle), 0) ** 2, axis=1)[:, -1] / some
    return [
        round(spread, _DECIMALS) if n > 1 else None
        for spread, n in zip(np.sqrt(squares).tolist(), judges.tolist(), strict=True)
    ]
