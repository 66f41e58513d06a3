"""How a distribution meets what is set aside: what each line uses of it, and what is left. Pure, no database.

The rules, in the order that they are done:

- A grant uses what is reserved for the project itself in the same year, within whatever call that was, and then what is
  reserved for the call that it is granted in, as far as it reaches. A reservation for the project without an amount is
  settled; one for the call stands, since other grants are to come of it. A grant on a condition uses nothing: until
  it is met the money would look free.
- Money set aside for a project takes the place of what was set aside for it before. What more it takes comes from the
  call's reservation as far as that reaches, unless its amount is not set or hangs on a condition.
- Money set aside for a call takes the place of what is left of it: the line says what is set aside besides the grants.
- What is left out loses what is set aside for it, that year and later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from fou.model import Entry, Kind
from fou.snapshot import Line, Taken

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a distribution, with what it is about: a project, or a call to set money aside for."""

    project: int | None
    call: int | None
    line: Line


@dataclass(frozen=True, slots=True)
class Effect:
    """What one line used, and the entry (granted or reserved) that states it; None when it states nothing."""

    wanted: Wanted
    taken: tuple[Taken, ...]
    posted: Entry | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All effects, in the order of the lines; the reservations that no longer stand, and those that stand instead."""

    effects: tuple[Effect, ...]
    gone: tuple[Entry, ...]
    rest: tuple[Entry, ...]


@dataclass(slots=True)
class _Pot:
    """A reservation that stands, and what has not been used of it."""

    entry: Entry
    amount: Decimal
    open: int

    def take(self, amount: Decimal, open: int) -> Taken:
        self.amount -= amount
        self.open -= open
        one = self.entry
        return Taken(one.project, one.call, one.year, amount, open, one.condition, one.area)


class _Pots:
    def __init__(self, reserved: Iterable[Entry]) -> None:
        self._all = [_Pot(entry, entry.amount, entry.open) for entry in reserved]

    def use(self, which: Callable[[Entry], bool], amount: Decimal, settle: bool) -> list[Taken]:
        """Up to this amount of what is firm; with ``settle`` those without an amount too."""
        used = []
        for pot in self._all:
            if pot.entry.condition is not None or not which(pot.entry):
                continue
            if pot.open and settle:
                used.append(pot.take(ZERO, pot.open))
            elif (part := min(pot.amount, amount)) > 0:
                amount -= part
                used.append(pot.take(part, 0))
        return used

    def release(self, which: Callable[[Entry], bool]) -> list[Taken]:
        """All of it, also what hangs on a condition."""
        return [pot.take(pot.amount, pot.open) for pot in self._all if (pot.amount or pot.open) and which(pot.entry)]

    def outcome(self, effects: Iterable[Effect]) -> Outcome:
        touched = [pot for pot in self._all if (pot.amount, pot.open) != (pot.entry.amount, pot.entry.open)]
        rest = (
            replace(pot.entry, amount=pot.amount, open=pot.open, reverses=None)
            for pot in touched
            if pot.amount or pot.open
        )
        return Outcome(tuple(effects), tuple(pot.entry for pot in touched), tuple(rest))


def carry_out(
    lines: Sequence[Wanted], reserved: Iterable[Entry], call: int | None, funder: int, source: str
) -> Outcome:
    """What a distribution does. ``reserved`` are the reservations that stand; ``call`` is whose money it is, if any."""
    pots = _Pots(sorted((entry for entry in reserved if entry.funder == funder), key=lambda entry: entry.id))
    effects: dict[int, Effect] = {}
    for place in sorted(range(len(lines)), key=lambda place: (_turn(lines[place]), place)):
        wanted = lines[place]
        taken = tuple(_taken(pots, wanted, call))
        effects[place] = Effect(wanted, taken, _posted(wanted, taken, call, funder, source))
    return pots.outcome(effects[place] for place in range(len(lines)))


def _turn(wanted: Wanted) -> int:
    if wanted.line.choice == "grant":
        return 0
    return 3 if wanted.line.choice == "out" else 1 if wanted.project is not None else 2


def _taken(pots: _Pots, wanted: Wanted, call: int | None) -> list[Taken]:
    line = wanted.line
    own, pot = _own(wanted), _pot_of(call, line.year)
    if line.choice == "out":
        return pots.release(lambda entry: own(entry) and entry.year >= line.year)
    if line.choice == "reserve":
        before = pots.release(lambda entry: own(entry) and entry.year == line.year)
        held = sum((one.amount for one in before if one.condition is None), ZERO)
        more = Decimal(line.firm) - held if wanted.project is not None else ZERO
        return before + (pots.use(pot, more, False) if more > 0 else [])
    if line.condition is not None:
        return []
    amount = Decimal(line.firm)
    used = pots.use(lambda entry: own(entry) and entry.year == line.year, amount, True)
    left = amount - sum((one.amount for one in used), ZERO)
    return used + (pots.use(pot, left, False) if left > 0 else [])


def _own(wanted: Wanted) -> Callable[[Entry], bool]:
    """The reservations for the matter itself: a project's within any call, a call's for no project yet."""
    if wanted.project is not None:
        return lambda entry: entry.project == wanted.project
    return lambda entry: entry.project is None and entry.call == wanted.call


def _pot_of(call: int | None, year: int) -> Callable[[Entry], bool]:
    return lambda entry: call is not None and entry.project is None and entry.call == call and entry.year == year


def _posted(
    wanted: Wanted, taken: Sequence[Taken], call: int | None, funder: int, source: str
) -> Entry | None:  # fmt: skip
    line = wanted.line
    if line.choice == "out":
        return None
    if call is None:
        # What was set aside within a call stays that call's money when a year's plan grants it.
        call = next((one.call for one in taken if one.project is not None and one.call is not None), None)
    kind = Kind.GRANTED if line.choice == "grant" else Kind.RESERVED
    return Entry(
        kind, line.year, funder, wanted.project, call if wanted.project is not None else wanted.call,
        amount=Decimal(line.amount or 0), open=int(line.amount is None), condition=line.condition, source=source,
    )  # fmt: skip
