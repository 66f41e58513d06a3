"""What the council recommended, frozen: everything that the papers of a decision say, without the database.

Amounts are SEK excluding VAT. What a line gives is whole kronor; a frame and what was committed before may have öre.
None for an amount is "belopp ej fastställt", never 0. An amount on a condition stands apart from every sum, as in
the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

#: What is recommended or decided for a matter in a year: it gets the money, money is set aside for it, or neither.
Choice: TypeAlias = Literal["grant", "reserve", "out"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """What a matter gets in a budget year; ``amount`` is None only for a reservation that is not set, and for "out"."""

    year: int
    choice: Choice
    amount: int | None = None
    condition: str | None = None

    @property
    def open(self) -> bool:
        """Whether money is set aside without saying how much."""
        return self.choice == "reserve" and self.amount is None

    @property
    def firm(self) -> int:
        """SEK that count in the sums: neither open nor on a condition."""
        return 0 if self.condition is not None else self.amount or 0


@dataclass(frozen=True, slots=True)
class YearAmount:
    """An amount of one budget year; None is not set."""

    year: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Jav:
    """A member's conflict of interest in a matter, and why."""

    member: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Matter:
    """A project, or a call that money is set aside for (``call``), and what the council recommends for it.

    ``lines`` has at most one line a year, in the order of the years; none means that it was not considered.
    ``rank`` is the first and last place that it shares. ``continuing`` is None when nothing says.
    """

    code: str
    title: str
    lines: tuple[Line, ...] = ()
    call: bool = False
    continuing: bool | None = None
    purpose: str | None = None
    performer: str | None = None
    lead: str | None = None
    units: str | None = None
    period: str | None = None
    area: str | None = None
    applicant: str | None = None
    reference: str | None = None
    requested: tuple[YearAmount, ...] = ()
    rank: tuple[int, int] | None = None
    points: str | None = None
    conflicts: tuple[Jav, ...] = ()
    reason: str | None = None

    @property
    def considered(self) -> bool:
        """Whether anything is recommended for it."""
        return bool(self.lines)

    def line(self, year: int) -> Line | None:
        """What it gets that year."""
        return next((line for line in self.lines if line.year == year), None)


@dataclass(frozen=True, slots=True)
class Room:
    """A budget year's money before the recommendation: the frame (None: not set), what is committed (granted and
    reserved, less what came back), how much of that the recommendation consumes (``released``: reserved for what is
    now granted), and how many earlier commitments have no amount.
    """

    year: int
    frame: Decimal | None
    committed: Decimal = _ZERO
    released: Decimal = _ZERO
    open: int = 0


@dataclass(frozen=True, slots=True)
class Attending:
    """Somebody called to the meeting; ``role`` is chair, member, secretary or other."""

    name: str
    role: str
    present: bool = True


@dataclass(frozen=True, slots=True)
class Sitting:
    """The council's meeting."""

    held: date
    name: str | None = None
    place: str | None = None
    attending: tuple[Attending, ...] = ()
    agenda: str | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written and not counted: of the year's plan and the call."""

    summary: str | None = None
    background: str | None = None
    preparation: str | None = None
    call: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A recommendation with its data. ``year`` is the scenario's; ``head`` the newest batch it was made of.

    ``hash`` is the SHA-256 of what was frozen. ``immediate``: the board is asked to approve the minutes at once.
    """

    organisation: str | None
    board: str | None
    year: int
    matters: tuple[Matter, ...]
    rooms: tuple[Room, ...]
    made: date
    head: int
    hash: str
    scenario: str
    unit: str | None = None
    handler: str | None = None
    reference: str | None = None
    call: str | None = None
    sitting: Sitting | None = None
    texts: Texts = Texts()
    dissent: str | None = None
    immediate: bool = False
    invented: bool = False

    @property
    def years(self) -> tuple[int, ...]:
        """The budget years that it speaks of, in order."""
        return tuple(sorted({self.year, *(line.year for matter in self.matters for line in matter.lines)}))


@dataclass(frozen=True, slots=True)
class Decided:
    """The board's decision on a snapshot: each matter's lines by its code, as decided.

    A matter that is not in ``lines`` was not decided on (sent back). ``approval`` is immediate approval of the minutes.
    """

    day: date
    board: str
    reference: str
    lines: dict[str, tuple[Line, ...]]
    paragraph: str | None = None
    approval: bool = False
    text: str | None = None


def firm(matters: Iterable[Matter], year: int, choice: Choice) -> int:
    """The sum (SEK) of one kind of line in a year, without what is open or on a condition."""
    return sum(line.firm for matter in matters for line in matter.lines if (line.year, line.choice) == (year, choice))


def conditional(matters: Iterable[Matter], year: int) -> int:
    """The sum (SEK) of what is given or set aside on a condition in a year."""
    return sum(
        line.amount or 0
        for matter in matters
        for line in matter.lines
        if line.year == year and line.condition is not None
    )


def open_matters(matters: Iterable[Matter], year: int) -> tuple[Matter, ...]:
    """The matters that money is set aside for in a year without saying how much."""
    return tuple(matter for matter in matters if (line := matter.line(year)) is not None and line.open)
