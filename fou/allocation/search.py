"""The best choice of proposals, exactly: frontiers by area, put together within a loss that is widened until proven.

At prices λ for a krona of the frame, p for one in an area and ν for a new proposal, no allowed set is worth more than
the sum of what each area is worth at best plus λ·frame + ν·most new (the Lagrangian bound, for whatever prices). A
set's loss is how far below it stays. Every set within a loss is looked at; when the best of them is within it, every
set that was not looked at is worse. All of it is integers, so that this is a proof and not a tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from fou.allocation.choice import Choice
from fou.allocation.frontier import Area, States, TooMany, Weighing, crossed, losses, nothing, settled
from fou.allocation.prices import Prices, Relaxation

#: So many states in one area, and so many pairs of two areas' states.
MOST_STATES, MOST_PAIRS = 20_000, 600_000
_BITS = 60
#: Within such a loss is every set.
UNBOUNDED = 1 << 61


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Each area's sets that keep its limits and the highest worth in each.

    ``relaxed`` is the worth that the linear relaxation says that it has at best; ``weighing.within`` is within what
    loss against ``best`` every set is there.
    """

    choice: Choice
    weighing: Weighing
    states: tuple[States, ...]
    best: tuple[int, ...]
    relaxed: tuple[int, ...]

    @property
    def bound(self) -> int:
        """What no allowed set is worth more than, scaled."""
        return sum(self.best) + self.weighing.frame * self.choice.frame + self.weighing.new * self.choice.most_new


def weigh(choice: Choice, prices: Prices, within: float) -> Weighing:
    """The prices as integers; ``within`` is a loss in values."""
    top = max(
        1, int(np.abs(choice.value).sum()), int(max(prices.frame, *prices.areas) * (choice.frame + sum(choice.least)))
    )
    top = max(top, int(prices.new * choice.most_new))
    scale = 1 << max(1, min(40, _BITS - top.bit_length() - 2))
    return Weighing(
        scale=scale,
        frame=round(prices.frame * scale),
        areas=tuple(round(price * scale) for price in prices.areas),
        new=round(prices.new * scale),
        within=min(int(within * scale), UNBOUNDED),
    )


def every_set(choice: Choice, limit: int) -> dict[int, States]:
    """All sets that keep an area's limits, of the areas with at most so many undominated ones on the way."""
    free = Weighing(1, 0, (0,) * len(choice.least), 0, UNBOUNDED)
    found = {}
    for at, (least, most) in enumerate(zip(choice.least, choice.most, strict=True)):
        with suppress(TooMany):
            found[at] = settled(Area(choice, at, free, most, limit).all(), least, most)
    return found


def parts(choice: Choice, weighing: Weighing, known: Mapping[int, States] | None = None) -> Parts | None:
    """Every area's sets within the loss; None when an area has none at all.

    ``known`` are all sets of some areas already.
    """
    found, best, relaxed, within = [], [], [], weighing.within
    for at in range(len(choice.least)):
        if known and at in known:
            states = known[at]
            if not len(states):
                return None
            loss = losses(states, weighing, 0)
            top = -int(loss.min())
            found.append(states.take(loss + top <= weighing.within))
            best.append(top)
            relaxed.append(top)
            continue
        area = Area(choice, at, weighing, min(choice.most[at], choice.frame), MOST_STATES)
        states = settled(area.all(), choice.least[at], choice.most[at])
        # What the linear relaxation says that the area is worth at best; sets not looked at lose more than within.
        bound = relaxed_worth(area, weighing, choice.least[at], choice.most[at])
        if not len(states):
            return None
        top = bound - int(losses(states, weighing, bound).min())
        within = min(within, weighing.within - (bound - top))
        found.append(states)
        best.append(top)
        relaxed.append(bound)
    return Parts(choice, replace(weighing, within=within), tuple(found), tuple(best), tuple(relaxed))


def relaxed_worth(area: Area, weighing: Weighing, least: int, most: int) -> int:
    """What an area is worth at best at the frame's price when parts of proposals are allowed, scaled."""
    dearer = weighing.areas[area.area] - weighing.frame
    return int(area.gains[area.items].sum()) + max(dearer * least, dearer * most)


def whole(found: Parts) -> States:
    """Every area's sets put together."""
    states, best = nothing(found.choice), 0
    for at in range(len(found.states)):
        states, best = _with_area(found, states, best, at)
    return states


def without_each_area(found: Parts) -> list[States]:
    """For each area the sets of all the others, put together."""
    count = len(found.states)
    before, after = [(nothing(found.choice), 0)], [(nothing(found.choice), 0)]
    for at in range(count - 1):
        before.append(_with_area(found, *before[-1], at))
        after.append(_with_area(found, *after[-1], count - 1 - at))
    return [_crossed(found, *before[at], *after[count - 1 - at]) for at in range(count)]


def _with_area(found: Parts, states: States, best: int, at: int) -> tuple[States, int]:
    return _crossed(found, states, best, found.states[at], found.best[at]), best + found.best[at]


def _crossed(found: Parts, one: States, one_best: int, other: States, other_best: int) -> States:
    weighing = found.weighing
    return crossed(
        one, losses(one, weighing, one_best), other, losses(other, weighing, other_best),
        found.choice, weighing, found.choice.frame, MOST_PAIRS,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The best set: which items (indices), their value, the money it needs, and within which loss it was proven."""

    items: tuple[int, ...]
    value: int
    money: int
    within: float


def items_of(members: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> tuple[int, ...]:
    """The items whose bits are set."""
    bits = np.unpackbits(members.astype(">u8").view(np.uint8))
    return tuple(np.flatnonzero(bits).tolist())


def solve(choice: Choice, prices: Prices | None = None, first: float | None = None) -> Found | None:
    """The best set, None when no set is allowed. Raises TooMany when it cannot be found in reasonable time."""
    if choice.impossible:
        return None
    prices = prices or Relaxation(choice).prices(choice)
    if prices is None:
        return None
    within = first or max(1.0, float(choice.value.max(initial=0)) / 10)
    # No set loses more: all values, once for itself and once for prices that are not quite right.
    everything = 8.0 * (float(np.abs(choice.value).sum()) + 1)
    ceiling = everything * 2
    while within < ceiling:
        weighing = weigh(choice, prices, within)
        more = within
        try:
            found = parts(choice, weighing)
            states = None if found is None or found.weighing.within < 0 else whole(found)
        except TooMany:
            # Where many sets are nearly as good, the best may lose next to nothing: that is looked for first.
            if ceiling < everything:
                raise
            ceiling, within = within, within / 64
            continue
        if found is not None and states is not None and len(states):
            row = best_row(states)
            value = int(states.value[row])
            short = found.bound - weighing.scale * value - found.weighing.within
            if short <= 0:
                return Found(items_of(states.members[row]), value, int(states.money[row]), within)
            # So much more is enough: the best that is found next loses no more than this one.
            more = min(within, short / weighing.scale + 1)
        if within > everything:
            return None
        within += more
    raise TooMany


def best_row(states: States) -> int:
    """The row of the best set by the order that there is between sets."""
    rows = np.flatnonzero(states.value == states.value.max())
    rows = rows[states.money[rows] == states.money[rows].min()]
    rows = rows[states.cost[rows] == states.cost[rows].min()]
    return int(max(rows.tolist(), key=lambda row: tuple(states.members[row].tolist())))
