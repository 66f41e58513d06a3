"""What a distribution is suggested from, and what a suggestion says. All money is whole kronor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import Literal, TypeAlias

#: Points: a whole number, or an exact fraction as the ranking has them. Never a float.
Points: TypeAlias = int | Fraction


class Rule(StrEnum):
    """How a distribution is suggested."""

    RANK = "rank"
    BEST = "best"
    CUT = "cut"
    SHARES = "shares"


@dataclass(frozen=True, slots=True)
class Lock:
    """What the council has settled already: an amount (SEK) that no rule changes, or 0 for left out."""

    amount: int

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("a locked amount is 0 or more")


#: So many of what a suggestion tells first are what its rule does, whatever it is asked about.
DOES = 2

#: The proposal is left out whatever a rule says.
OUT = Lock(0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as the rules see it.

    ``score`` is its points in the ranking, None when nobody has judged it. ``requested`` is SEK, None when the amount
    is not set. ``least`` is the smallest amount (SEK) it can do with, None when it is all or nothing. ``votes`` are
    the members' own points (0 or more) by member; one with a conflict of interest, or who did not judge, is absent.
    """

    id: int
    requested: int | None
    score: Points | None = None
    least: int | None = None
    area: str | None = None
    new: bool = True
    lock: Lock | None = None
    votes: Mapping[int, Points] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.requested is not None and self.requested <= 0:
            raise ValueError("a requested amount is more than 0")
        if self.least is not None and not 0 < self.least <= (self.requested or self.least):
            raise ValueError("the least amount is more than 0 and at most what is requested")
        if (self.score is not None and self.score < 0) or any(points < 0 for points in self.votes.values()):
            raise ValueError("points are 0 or more")

    @property
    def smallest(self) -> int:
        """The smallest amount it can be given, SEK; 0 when what is requested is not set."""
        return (self.least or self.requested or 0) if self.lock is None else self.lock.amount

    @property
    def largest(self) -> int:
        """The largest amount it can be given, SEK; 0 when what is requested is not set."""
        return (self.requested or 0) if self.lock is None else self.lock.amount


@dataclass(frozen=True, slots=True)
class AreaLimits:
    """The least and the most (SEK) an area may be given in all; None is no limit."""

    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """The frame (SEK), what limits the distribution of it, and the proposals in any order.

    ``names`` are what the proposals are called in sentences; one without a name is called "ansökan 7".
    Raises ValueError for two proposals with the same id.
    """

    frame: int
    proposals: tuple[Proposal, ...]
    areas: Mapping[str, AreaLimits] = field(default_factory=dict)
    most_new: int | None = None
    names: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [proposal.id for proposal in self.proposals]
        if len(set(ids)) < len(ids):
            raise ValueError("each proposal has an id of its own")
        # The order that they came in never matters: the only order is by id.
        object.__setattr__(self, "proposals", tuple(sorted(self.proposals, key=lambda proposal: proposal.id)))

    def limits(self, area: str | None) -> AreaLimits:
        """The limits of an area, none for no area."""
        return AreaLimits() if area is None else self.areas.get(area, AreaLimits())

    def name(self, proposal: int) -> str:
        """What a proposal is called."""
        return self.names.get(proposal, f"ansökan {proposal}")

    def of(self, proposal: int) -> Proposal:
        """The proposal with this id; KeyError when there is none."""
        for one in self.proposals:
            if one.id == proposal:
                return one
        raise KeyError(proposal)

    @property
    def step(self) -> Fraction:
        """The smallest difference between two sums of the scores that count: one of their common denominator."""
        scores = [one.score for one in self.proposals if one.lock is None and one.requested is not None]
        return Fraction(1, lcm(*(Fraction(score).denominator for score in scores if score is not None)))

    def with_frame(self, frame: int) -> Problem:
        """The same with another frame (SEK)."""
        return replace(self, frame=frame)

    def with_score(self, proposal: int, score: Points) -> Problem:
        """The same with other points for one proposal."""
        return replace(
            self, proposals=tuple(replace(one, score=score) if one.id == proposal else one for one in self.proposals)
        )

    def with_area(self, area: str, limits: AreaLimits) -> Problem:
        """The same with other limits for one area."""
        return replace(self, areas={**self.areas, area: limits})

    def with_most_new(self, most_new: int | None) -> Problem:
        """The same with another limit on new proposals."""
        return replace(self, most_new=most_new)


Limit: TypeAlias = Literal["frame", "least", "most", "new", "lock"]


@dataclass(frozen=True, slots=True)
class Clash:
    """A limit that cannot be kept together with the others that are listed with it.

    ``area`` is the area's of "least" and "most", ``proposal`` the locked one's. ``amount`` is the limit itself: SEK,
    for "new" a number. ``possible`` is what it would have to be when the others stay as they are, None when changing
    it alone is not enough.
    """

    limit: Limit
    amount: int
    possible: int | None = None
    area: str | None = None
    proposal: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a rule suggests.

    ``amounts`` is SEK by proposal, of those that are given anything, and ``left`` what is over of the frame. Where the
    limits cannot all be kept, ``clashes`` are the smallest set of limits that clash and ``amounts`` is empty. The
    rules that do not look ahead (all but ``best``) may also leave an area below its least: ``clashes`` then has that
    area's, with what it was given as ``possible``, ``amounts`` is what could be given, and the rest of the area's least
    is part of ``left``. No amount ever breaks a most, a lock or the frame.
    ``told`` are sentences in plain Swedish: first DOES on what the rule does, then what it did. ``score`` is the sum of
    points of those that are given anything. ``unique`` is False when another choice of proposals would have had as many
    points (``best``; None when that is not known); the one that was taken is always the same.
    """

    rule: Rule
    frame: int
    amounts: Mapping[int, int]
    told: tuple[str, ...]
    clashes: tuple[Clash, ...] = ()
    score: Fraction = Fraction(0)
    unique: bool | None = True

    @property
    def left(self) -> int:
        """What is over of the frame, SEK."""
        return self.frame - sum(self.amounts.values())

    @property
    def feasible(self) -> bool:
        """Whether all limits are kept."""
        return not self.clashes


def whole_kronor(amount: Decimal) -> int:
    """An amount in SEK as an integer; ValueError when it has öre, which nobody has asked to round away."""
    if amount != amount.to_integral_value():
        raise ValueError(f"{amount} is not whole kronor")
    return int(amount)


def ranked(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The judged proposals, the highest score first and equals by id."""
    judged = [(one.score, one) for one in proposals if one.score is not None]
    return [one for _, one in sorted(judged, key=lambda pair: (-pair[0], pair[1].id))]
