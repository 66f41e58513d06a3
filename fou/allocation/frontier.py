"""Sets of proposals that may be the best one, as arrays: for an area, for several, without one proposal.

A state is a set of proposals: its value, its money, how many are new, and which they are. Of two states with as many
new, one that is worth no more and needs no less money is dropped. Which is the better is a total order, so that there
is one best set and it is the same by whatever way it was found: more value, then less money, then a lower sum of least
amounts, then the one with the proposal of the lowest id that is not in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fou.allocation.choice import Choice, Integers

Words = NDArray[np.uint64]


class TooMany(Exception):
    """There are more states than is reasonable to look at."""


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Sets of proposals, one a row. ``money`` is what the frame gives for it, ``cost`` the sum of least amounts.

    ``reach`` is how much it can be given, up to the area's least. ``members`` [state × word] has a bit for each item,
    the first item's the highest.
    """

    new: Integers
    reach: Integers
    money: Integers
    cost: Integers
    value: Integers
    members: Words

    def __len__(self) -> int:
        return len(self.value)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> States:
        """Some of the rows."""
        return States(
            self.new[rows], self.reach[rows], self.money[rows], self.cost[rows], self.value[rows], self.members[rows]
        )

    def undominated(self) -> States:
        """The states without those that another with as many new (and as much reach) is better than in all."""
        if len(self) < 2:
            return self
        keys = [-self.value, self.money]
        grouped = bool(self.new.any() or self.reach.any())
        if grouped:
            keys += [self.reach, self.new]
        order = np.lexsort(keys)
        found = self.take(order)
        same = (np.diff(found.money) == 0) & (np.diff(found.value) == 0)
        if grouped:
            same &= (np.diff(found.new) == 0) & (np.diff(found.reach) == 0)
        if same.any():
            words = [~found.members[:, word] for word in range(found.members.shape[1] - 1, -1, -1)]
            exact = [*words, found.cost, -found.value, found.money]
            found = found.take(np.lexsort([*exact, found.reach, found.new] if grouped else exact))
        height = found.value
        if grouped:
            starts = np.concatenate([[False], (np.diff(found.new) != 0) | (np.diff(found.reach) != 0)])
            # A step up from group to group that no value within a group can reach.
            height = height + np.cumsum(starts) * (int(height.max()) - int(height.min()) + 1)
        best_before = np.maximum.accumulate(height)
        keep = np.concatenate([[True], height[1:] > best_before[:-1]])
        return found if keep.all() else found.take(keep)


def joined(parts: Sequence[States]) -> States:
    """All rows of several."""
    return States(
        np.concatenate([part.new for part in parts]),
        np.concatenate([part.reach for part in parts]),
        np.concatenate([part.money for part in parts]),
        np.concatenate([part.cost for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.members for part in parts]),
    )


def nothing(choice: Choice) -> States:
    """The empty set."""
    zero = np.zeros(1, np.int64)
    return States(zero, zero, zero, zero, zero, np.zeros((1, (len(choice.ids) + 63) // 64 or 1), np.uint64))


def of_item(choice: Choice, item: int) -> States:
    """The set of one item."""
    members = np.zeros((1, (len(choice.ids) + 63) // 64), np.uint64)
    members[0, item // 64] = np.uint64(1 << (63 - item % 64))
    row = slice(item, item + 1)
    return States(choice.new[row], choice.reach[row], choice.cost[row], choice.cost[row], choice.value[row], members)


@dataclass(frozen=True, slots=True)
class Weighing:
    """Prices as integers: ``scale`` for a value of 1, ``frame``, ``areas`` a krona and ``new`` a new proposal.

    A set's worth is its value less its money (or costs) and its new at these prices. What a set is worth less than the
    best conceivable one is its loss; states with a loss above ``within`` are not looked at.
    """

    scale: int
    frame: int
    areas: tuple[int, ...]
    new: int
    within: int


class Area:
    """The states of one area's items."""

    def __init__(self, choice: Choice, area: int, weighing: Weighing, most: int, limit: int) -> None:
        self.choice, self.area, self.most, self.limit = choice, area, most, limit
        self.items = np.flatnonzero(choice.area == area).tolist()
        self.scale, self.price, self.new = weighing.scale, weighing.areas[area], weighing.new
        self.within = weighing.within
        worth = self.scale * choice.value - self.price * choice.cost - self.new * choice.new
        self.worth: list[int] = worth.tolist()
        self.gains = np.maximum(worth, 0)
        # The most decisive first: the worse way with them soon loses too much, and sets stay few for long.
        self.items.sort(key=lambda item: (-abs(self.worth[item]), item))

    def all(self) -> States:
        """Every set that may matter."""
        return self.add(nothing(self.choice), self.items, 0)

    def add(self, states: States, items: Sequence[int], best: int) -> States:
        """The states with and without each of the items. ``best`` is the highest conceivable worth so far."""
        for item in items:
            if self.worth[item] < -self.within:
                continue
            best += max(0, self.worth[item])
            added = self.with_item(states, item)
            if self.worth[item] <= self.within:
                added = joined([states, added])
            states = self.within_loss(added, best)
            if len(states) > 1:
                states = states.undominated()
            if len(states) > self.limit:
                raise TooMany
        return states

    def with_item(self, states: States, item: int) -> States:
        """The states that have room for an item, with it."""
        one = self.choice
        cost = states.money + one.cost[item]
        rows = (cost <= self.most) & (states.new + one.new[item] <= one.most_new)
        fits = states if rows.all() else states.take(rows)
        members = fits.members.copy()
        members[:, item // 64] |= np.uint64(1 << (63 - item % 64))
        cost = fits.money + one.cost[item]
        reach = np.minimum(fits.reach + one.reach[item], one.least[self.area])
        return States(fits.new + one.new[item], reach, cost, cost, fits.value + one.value[item], members)

    def within_loss(self, states: States, best: int) -> States:
        """The states whose loss is not too large."""
        loss = best - (self.scale * states.value - self.price * states.money - self.new * states.new)
        rows = loss <= self.within
        return states if rows.all() else states.take(rows)

    def without_each(self) -> Iterator[tuple[int, States]]:
        """Every set of the other items, for each item."""
        yield from self._without(nothing(self.choice), self.items, 0)

    def _without(self, states: States, items: list[int], best: int) -> Iterator[tuple[int, States]]:
        if len(items) < 2:
            for item in items:
                yield item, states
            return
        half = len(items) // 2
        first, second = items[:half], items[half:]
        yield from self._without(self.add(states, second, best), first, best + int(self.gains[second].sum()))
        yield from self._without(self.add(states, first, best), second, best + int(self.gains[first].sum()))


def settled(states: States, least: int, most: int) -> States:
    """An area's sets that keep its limits, with the money that the frame must give for them."""
    rows = (states.cost <= most) & (states.reach >= least)
    kept = states if rows.all() else states.take(rows)
    return replace(kept, money=np.maximum(kept.cost, least), reach=np.zeros_like(kept.reach)).undominated()


def losses(states: States, weighing: Weighing, best: int) -> Integers:
    """What each set is worth less than ``best``, at the frame's price."""
    worth: Integers = weighing.scale * states.value - weighing.frame * states.money - weighing.new * states.new
    return best - worth


def crossed(
    one: States,
    one_loss: Integers,
    other: States,
    other_loss: Integers,
    choice: Choice,
    weighing: Weighing,
    top: int,
    limit: int,
) -> States:
    """Every set of one with every set of the other whose losses together are within, for at most ``top`` kronor."""
    order = np.argsort(other_loss, kind="stable")
    counts = np.searchsorted(other_loss[order], weighing.within - one_loss, side="right")
    total = int(counts.sum())
    if total > limit:
        raise TooMany
    left = np.repeat(np.arange(len(one)), counts)
    starts = np.cumsum(counts) - counts
    right = order[np.arange(total) - np.repeat(starts, counts)]
    money = one.money[left] + other.money[right]
    new = one.new[left] + other.new[right]
    rows = (money <= top) & (new <= choice.most_new)
    if not rows.all():
        left, right, money, new = left[rows], right[rows], money[rows], new[rows]
    zero = np.zeros(len(left), np.int64)
    return States(
        new, zero, money, one.cost[left] + other.cost[right], one.value[left] + other.value[right],
        one.members[left] | other.members[right],
    ).undominated()  # fmt: skip
