"""What weights a fifth up or down, or any one judge left out, could do to the order.

*Weights.* Let every weight w be multiplied by a t of its own from 4/5 to 6/5. Of two proposals a and b with the same
judged criteria, and shares a_c and b_c, a is above b when Σ w_c t_c (a_c − b_c) > 0. Each term is largest at one end of
its t, so the largest sum is Σ z_c + Σ|z_c| / 5 with z_c = w_c (a_c − b_c): a is above b for *some* weights exactly when
that is above 0, and for *all* weights exactly when b's over a is below 0.

When one lacks a criterion that the other has, the weights of each are spread over other criteria. A mean does not
change when a missing criterion is filled in with the mean itself: with both filled in, they are again compared over
the same criteria. What is filled in moves with t, but only from the lowest to the highest mean that the proposal can
have. Taking a's highest and b's lowest gives a sum that is never too small: the answer "a is never above b" is then
always true, and "a may be above b" may be too cautious. They are rounded outwards to a hundredth of a point, not to
the unit of this call's integers, so that the answer depends on the shares and the weights' proportions alone.

Best place = 1 + the number that are above for all weights; last place = 1 + the number that are above for some. These
are *safe outer bounds*: no weights within a fifth give a place outside them. Each single exchange of places is there
for some weights (when the judged criteria are the same), but one set of weights need not bring all of them at once,
so the bounds themselves need not be reached. Finding the exact ones is choosing the most of several hundred
inequalities that hold together, for which no quick method is known.

*Judges.* With each member left out in turn everything is counted again: these places are exact, and reached. A
proposal judged by one member only has no place when that member is left out; those below it then move up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fou.ranking.means import Integers, Means, kind_for

#: Weights move by one part in this many.
SWING = 5
#: So many proposals at a time are compared with all the others: what is worked on stays in the processor's cache.
_ROWS = 64
#: What is filled in for a missing criterion is rounded outwards to one part in this many of its scale.
_FINE = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """Two yes-or-no tables [a × b] over all weights within a fifth and every judge left out: one after the other.

    ``may``: a can come before b or share its place. ``always``: a is above b whenever b has a place.
    """

    may: NDArray[np.bool_]
    always: NDArray[np.bool_]


def by_weights(found: Means) -> NDArray[np.int8]:
    """[a × b] can a be above b for some weights: 1 yes, 0 level with it at most, −1 neither."""
    weights = found.criterion_weights
    shares, judged = found.shares[0], found.judged[0]
    high = low = shares
    if not judged.all():
        # In finer units, in which what is filled in is whole.
        shares = shares.astype(kind_for(6 * found.unit * _FINE * int(weights.sum()))) * _FINE
        highest, lowest = _extremes(shares, judged, weights, found.unit)
        high = np.where(judged, shares, highest[:, None])
        low = np.where(judged, shares, lowest[:, None])
    high, low = high * weights.astype(shares.dtype), low * weights.astype(shares.dtype)
    result = np.empty((len(shares), len(shares)), np.int8)
    for first in range(0, len(shares), _ROWS):
        rows = slice(first, first + _ROWS)
        result[rows] = np.sign(_ahead(high[rows], low, judged[rows], judged))
    return result


def _ahead(high: Integers, low: Integers, judged_a: NDArray[np.bool_], judged_b: NDArray[np.bool_]) -> Integers:
    """[a × b] SWING · Σ z + Σ|z|, with z the weighted share of a less that of b."""
    most: Integers = np.subtract.outer(SWING * high.sum(axis=1), SWING * low.sum(axis=1))
    ahead = np.empty_like(most)
    for criterion in range(high.shape[1]):
        np.subtract.outer(high[:, criterion], low[:, criterion], out=ahead)
        lacks_a, lacks_b = ~judged_a[:, criterion], ~judged_b[:, criterion]
        if lacks_a.any() and lacks_b.any():  # a criterion that both lack says nothing of them
            both = np.ix_(lacks_a, lacks_b)
            most[both] -= SWING * ahead[both]
            ahead[both] = 0
        most += np.abs(ahead, out=ahead)
    return most


def _extremes(
    shares: Integers, judged: NDArray[np.bool_], weights: NDArray[np.int64], unit: int
) -> tuple[Integers, Integers]:
    """The highest and the lowest mean that each proposal can have, rounded outwards to ``1 / _FINE`` of the scale.

    A weighted mean is highest when everything above it has its highest weight and everything below its lowest: with
    the shares in falling order one of the C + 1 ways to cut them is the best. ``shares`` and the answer are in
    ``1 / (unit · _FINE)``.
    """
    order = np.argsort(-shares, axis=1, kind="stable")
    weight = np.where(judged, weights, 0).astype(shares.dtype)
    weight, sorted_shares = np.take_along_axis(weight, order, 1), np.take_along_axis(shares, order, 1)
    worth = weight * sorted_shares
    nothing = np.zeros((len(shares), 1), shares.dtype)
    top_weight = np.concatenate([nothing, np.cumsum(weight, axis=1)], axis=1)
    top_worth = np.concatenate([nothing, np.cumsum(worth, axis=1)], axis=1)
    all_weight, all_worth = top_weight[:, -1:], top_worth[:, -1:]
    up, down = SWING + 1, SWING - 1
    highest = -(-(down * all_worth + 2 * top_worth) // (unit * (down * all_weight + 2 * top_weight)))
    lowest = (up * all_worth - 2 * top_worth) // (unit * (up * all_weight - 2 * top_weight))
    return highest.max(axis=1) * unit, lowest.min(axis=1) * unit


def rivals(weighing: NDArray[np.int8], standing: NDArray[np.int32]) -> Rivals:
    """Who may come before whom; ``standing`` are the orders of each sample, everyone's first."""
    may, not_always = weighing >= 0, weighing.T >= 0
    for row in standing.astype(np.int16 if standing.shape[1] < 2**15 else np.int32):
        placed = row >= 0
        level = row[:, None] >= row[None, :]
        may |= level & placed[None, :]
        not_always |= level.T & placed[None, :]
    return Rivals(may, ~not_always)
