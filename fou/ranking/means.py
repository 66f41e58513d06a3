"""Weighted means as integers, for everyone's ballots and for each ballot left out.

A criterion's mean is that of the members who judged it, as a share of its scale: with values v of n members on a scale
lowest–highest, Σ(v − lowest) / (n · (highest − lowest)). A proposal's mean is the weighted mean of its criteria's means
over those that at least one member judged: a criterion that nobody judged has no share, and the weights of the others
count for the more. So a blank is never a zero, and a proposal that nobody has judged has no mean and no place.

All numbers here are integers. ``unit`` is a common denominator of every criterion's mean (the scales' least common
multiple times that of the numbers of judges), so a share of it is an integer, and two means total/weight are compared
after multiplication by the weights' least common multiple. Equal is therefore equal, and a tie is a tie. The integers
are 64 bits wide where they provably fit (always with some 30 members or fewer and ordinary scales), and Python's
own, slower and without a limit, where not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fou.ranking.ballots import Ballots

#: Integers of 64 bits, or Python's own as objects.
Integers = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """Means of everyone's ballots (first), then with each member who judged anything left out.

    ``shares`` [sample × proposal × criterion] is a criterion's mean in ``unit``, 0 where not ``judged``. A proposal's
    mean as a share of 1 is ``totals / (unit · weights)`` [sample × proposal], and it has none where weights are 0.
    ``criterion_weights`` are the criteria's.
    """

    unit: int
    criterion_weights: NDArray[np.int64]
    shares: Integers
    judged: NDArray[np.bool_]
    totals: Integers
    weights: NDArray[np.int64]

    def of(self, proposals: NDArray[np.intp]) -> Means:
        """The same of some of the proposals only."""
        return replace(
            self,
            shares=self.shares[:, proposals],
            judged=self.judged[:, proposals],
            totals=self.totals[:, proposals],
            weights=self.weights[:, proposals],
        )


def kind_for(largest: int) -> type[np.int64] | type[object]:
    """The integers that hold every number up to ``largest`` and down to its negative."""
    return np.int64 if largest < 2**63 else object


def means(ballots: Ballots) -> Means:
    """The means of everyone's ballots and of those without each member."""
    present = np.flatnonzero(ballots.judged.any(axis=(0, 2)))
    # The sample first: each member's own part is taken from everyone's sum.
    sums = ballots.steps.sum(axis=1) - _with_none(ballots.steps[:, present])
    counts = ballots.judged.sum(axis=1) - _with_none(ballots.judged[:, present].astype(np.int64))
    ranges = [criterion.highest - criterion.lowest for criterion in ballots.criteria]
    weights = np.array([criterion.weight for criterion in ballots.criteria], np.int64)
    scales, judges = lcm(*ranges), lcm(*(n for n in np.unique(counts).tolist() if n))
    unit = scales * judges
    # Six times a mean's largest sum is the largest number that firmness makes of it.
    kind = kind_for(6 * unit * int(weights.sum()))
    per_step = np.array([scales // size for size in ranges], kind)
    per_judge = np.array([judges // n if n else 0 for n in range(len(ballots.members) + 1)], kind)
    shares = sums.astype(kind) * per_step * per_judge[counts]
    judged = counts > 0
    return Means(unit, weights, shares, judged, shares @ weights.astype(kind), judged @ weights)


def _with_none(parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """[proposal × member × criterion] as [sample × proposal × criterion], the first sample leaving out nothing."""
    nobody = np.zeros((parts.shape[0], 1, parts.shape[2]), np.int64)
    return np.concatenate([nobody, parts], axis=1).swapaxes(0, 1)


def orders(found: Means) -> NDArray[np.int32]:
    """How high each proposal stands in each sample: equal means alike, a higher mean higher, no mean −1."""
    known, inverse = np.unique(found.weights, return_inverse=True)
    common = lcm(*(weight for weight in known.tolist() if weight))
    kind = kind_for(found.unit * common)
    factors = np.array([common // weight if weight else 0 for weight in known.tolist()], kind)
    keys = found.totals.astype(kind) * factors[inverse]
    keys[found.weights == 0] = -1
    standing = np.stack([np.unique(row, return_inverse=True)[1] for row in keys]).astype(np.int32)
    # Where somebody has no mean, that is the lowest number there: 0 becomes −1, the others keep their order.
    standing[found.weights == 0] = -1
    return standing


def places(standing: NDArray[np.int32]) -> NDArray[np.int64]:
    """One more than the number that stand higher, per sample; those without a mean come after all that have one."""
    ordered = np.sort(standing, axis=1)
    return np.stack(
        [1 + row.size - np.searchsorted(up, row, side="right") for up, row in zip(ordered, standing, strict=True)]
    )
