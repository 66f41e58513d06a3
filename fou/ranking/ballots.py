"""What the members of a call have judged, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Criterion:
    """A ground for priority. ``weight`` counts against the other criteria's; a value is ``lowest``–``highest``.

    ``position`` is its number in the call. Raises ValueError for a weight below 1 or a scale without two steps.
    """

    position: int
    weight: int
    lowest: int
    highest: int

    def __post_init__(self) -> None:
        if self.weight < 1 or self.highest <= self.lowest:
            raise ValueError(f"criterion {self.position} needs a weight of at least 1 and a scale of two steps or more")


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """Values per proposal × member × criterion, in the order of the three tuples; made by ``gather``.

    ``steps`` is how far a value is above its scale's lowest, and 0 where ``judged`` is False. ``cannot`` marks "kan
    inte bedöma". Where ``conflicted`` (proposal × member) both are False, whatever the member has written.
    """

    proposals: tuple[int, ...]
    members: tuple[int, ...]
    criteria: tuple[Criterion, ...]
    steps: NDArray[np.int64]
    judged: NDArray[np.bool_]
    cannot: NDArray[np.bool_]
    conflicted: NDArray[np.bool_]


def gather(
    proposals: Sequence[int],
    members: Sequence[int],
    criteria: Sequence[Criterion],
    scores: Iterable[tuple[int, int, int, int | None, bool | None]],
    conflicts: Iterable[tuple[int, int]] = (),
) -> Ballots:
    """Put the scores (proposal, member, criterion's position, value, can't judge) in their places.

    Scores and conflicts (proposal, member) of proposals that are not asked for are left out, so that those withdrawn
    need no filter of their own. "Can't judge" goes before a value. Raises ValueError for a member or a criterion that
    is not in the list, for a value outside its scale and for the same score twice: dropping any of them would move
    places without a word.
    """
    shape = len(proposals), len(members), len(criteria)
    # Where each begins in the arrays laid out in one line.
    places = {proposal: at * shape[1] * shape[2] for at, proposal in enumerate(proposals)}
    seats = {member: at * shape[2] for at, member in enumerate(members)}
    columns = {criterion.position: at for at, criterion in enumerate(criteria)}
    if (len(places), len(seats), len(columns)) != shape:
        raise ValueError("the same proposal, member or criterion is listed twice")
    declared = set(conflicts)
    conflicted = np.array([(p, m) in declared for p in proposals for m in members], np.bool_).reshape(shape[:2])
    asked = [score for score in scores if score[0] in places]
    try:
        where = np.array([places[p] + seats[m] + columns[c] for p, m, c, _, _ in asked], np.intp)
    except KeyError as error:
        raise ValueError(f"a score names {error.args[0]}, which is no member or criterion of the call") from None
    if (np.bincount(where) > 1).any():
        raise ValueError("the same member has two values for the same proposal and criterion")
    cannot, judged = np.zeros((2, *shape), np.bool_)
    values = np.zeros(shape, np.int64)
    cannot.reshape(-1)[where] = [bool(score[4]) for score in asked]
    judged.reshape(-1)[where] = [score[3] is not None for score in asked]
    values.reshape(-1)[where] = [score[3] or 0 for score in asked]
    cannot[conflicted] = False
    judged[cannot] = False
    judged[conflicted] = False
    lowest = np.array([criterion.lowest for criterion in criteria], np.int64)
    highest = np.array([criterion.highest for criterion in criteria], np.int64)
    if (judged & ((values < lowest) | (values > highest))).any():
        raise ValueError("a value is outside its criterion's scale")
    return Ballots(
        proposals=tuple(proposals),
        members=tuple(members),
        criteria=tuple(criteria),
        steps=np.where(judged, values - lowest, 0),
        judged=judged,
        cannot=cannot,
        conflicted=conflicted,
    )
