"""A call's proposals in order, with how firm each place is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import numpy as np

from fou.figures import ZERO
from fou.ranking.ballots import Ballots
from fou.ranking.firmness import by_weights, rivals
from fou.ranking.means import Means, means, orders, places
from fou.ranking.money import Amount, Zone, needed, zone
from fou.ranking.spread import DISAGREEMENT, spreads


class Span(NamedTuple):
    """From the best place to the last; 1 is first."""

    best: int
    last: int


@dataclass(frozen=True, slots=True)
class Money:
    """What a placed proposal asks for, against the frame; SEK.

    ``cumulated`` is what is known of what all at this place or above it request; ``cumulated_open`` of them request
    more, or all, that is not set. ``least`` and ``most`` are what the money must reach for, whatever place it may have
    (see ``fou.ranking.money``); ``most`` is None when an open amount makes it unknown, ``zone`` without a frame.
    """

    cumulated: Decimal
    cumulated_open: int
    least: Decimal
    most: Decimal | None
    zone: Zone | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a proposal stands. ``number`` counts those above, so that equals share one and the next is missing.

    ``tied`` are the others that share it. ``mean`` is points of 100. ``by_weights`` is a safe outer bound and
    ``by_judges`` exact (see ``fou.ranking.firmness``); with one judge the latter cannot say anything.
    """

    number: int
    tied: tuple[int, ...]
    mean: float
    by_weights: Span
    by_judges: Span
    money: Money

    @property
    def span(self) -> Span:
        """The best and the last place by either test: "plats 3–5"."""
        return Span(min(self.by_weights.best, self.by_judges.best), max(self.by_weights.last, self.by_judges.last))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A proposal in the ranking; ``place`` is None when nobody has judged it.

    ``judges`` judged something, ``conflicted`` are left out for a conflict of interest. ``cannot`` and ``blank`` count
    "kan inte bedöma" and what is not filled in among the others' boxes. ``criteria`` are the criteria's means, in
    their order, and ``spread`` how far the judges' own means are apart (None below two; see ``fou.ranking.spread``),
    in points of 100. ``requested`` is SEK, None when it, or a part of it, is not set.
    """

    proposal: int
    place: Place | None
    judges: int
    conflicted: int
    cannot: int
    blank: int
    criteria: tuple[float | None, ...]
    spread: float | None
    disagreement: bool
    requested: Decimal | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """All proposals by place, equals by number, those without a place last; ``frame`` is the money there is, SEK."""

    rows: tuple[Ranked, ...]
    frame: Decimal | None


def rank(
    ballots: Ballots, requested: Mapping[int, Amount | Decimal | None] | None = None, frame: Decimal | None = None
) -> Ranking:
    """Rank the proposals. ``requested`` is SEK by proposal; None, or none at all, is an amount that is not set.
    An ``Amount`` may be known in part.

    Raises ValueError for an amount below 0.
    """
    everyone = means(ballots)
    amounts = [_amount((requested or {}).get(proposal)) for proposal in ballots.proposals]
    found = _places(ballots.proposals, everyone, amounts, frame)
    judges = ballots.judged.any(axis=2).sum(axis=1).tolist()
    conflicted = ballots.conflicted.sum(axis=1)
    cannot = ballots.cannot.sum(axis=(1, 2))
    boxes = (len(ballots.members) - conflicted) * len(ballots.criteria)
    blank = boxes - cannot - ballots.judged.sum(axis=(1, 2))
    shares, judged = everyone.shares[0].tolist(), everyone.judged[0].tolist()
    rows = [
        Ranked(
            proposal=proposal,
            place=found.get(at),
            judges=judges[at],
            conflicted=int(conflicted[at]),
            cannot=int(cannot[at]),
            blank=int(blank[at]),
            criteria=tuple(
                100 * share / everyone.unit if known else None
                for share, known in zip(shares[at], judged[at], strict=True)
            ),
            spread=spread,
            disagreement=spread is not None and spread >= DISAGREEMENT,
            requested=None if amounts[at].open else amounts[at].known,
        )
        for at, (proposal, spread) in enumerate(zip(ballots.proposals, spreads(ballots), strict=True))
    ]
    last = len(rows) + 1
    rows.sort(key=lambda row: (last if row.place is None else row.place.number, row.proposal))
    return Ranking(tuple(rows), frame)


def _amount(requested: Amount | Decimal | None) -> Amount:
    if isinstance(requested, Amount):
        return requested
    return Amount(ZERO, True) if requested is None else Amount(requested, False)


def _places(
    proposals: tuple[int, ...], everyone: Means, amounts: list[Amount], frame: Decimal | None
) -> dict[int, Place]:
    """The places by the proposals' index, of those that have one."""
    indices = np.flatnonzero(everyone.weights[0])
    found = everyone.of(indices)
    placed = indices.tolist()
    standing = orders(found)
    by_sample = places(standing)
    weighing = by_weights(found)
    asked = [amounts[at] for at in placed]
    needs = needed(asked, rivals(weighing, standing))
    best = (1 + (weighing < 0).sum(axis=1)).tolist()
    last = (1 + (weighing > 0).sum(axis=0)).tolist()
    there = standing >= 0
    first_of = np.where(there, by_sample, len(placed) + 1).min(axis=0).tolist()
    last_of = np.where(there, by_sample, 0).max(axis=0).tolist()
    numbers = by_sample[0].tolist()
    totals, weights = found.totals[0].tolist(), found.weights[0].tolist()
    result: dict[int, Place] = {}
    cumulated, unset = ZERO, 0
    for number, group in groupby(sorted(range(len(placed)), key=numbers.__getitem__), key=numbers.__getitem__):
        equals = list(group)
        cumulated = sum((asked[at].known for at in equals), cumulated)
        unset += sum(asked[at].open for at in equals)
        names = sorted(proposals[placed[at]] for at in equals)
        for at in equals:
            proposal, (least, most) = proposals[placed[at]], needs[at]
            result[placed[at]] = Place(
                number=number,
                tied=tuple(name for name in names if name != proposal),
                mean=100 * totals[at] / (found.unit * weights[at]),
                by_weights=Span(best[at], last[at]),
                by_judges=Span(first_of[at], last_of[at]),
                money=Money(cumulated, unset, least, most, None if frame is None else zone(least, most, frame)),
            )
    return result
