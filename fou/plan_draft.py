"""What somebody has typed into a draft's rows: the changes that it means, the sums that it gives, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fou.figures import ZERO
from fou.model import CALLS, NO_AREA, Kind
from fou.money import NO_BREAK_SPACE, UNITS, NotAnAmount, is_open_wording, parse_sek
from fou.plan_lines import AREA, PROJECT, DraftRow, Line
from fou.planning import LineEdit

#: What a cell says when the amount is not set.
OPEN_CELL = "ej fastställt"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it would be if it were saved now; amounts are SEK excl. VAT.

    ``areas`` are (name, planned, planned the year before). ``problems`` name the row and say what was expected; a
    row with a problem counts as it was. ``both`` names the areas that have a line of their own beside their projects'.
    """

    edits: tuple[LineEdit, ...]
    problems: tuple[str, ...]
    frame: Decimal | None
    planned: Decimal
    conditional: Decimal
    open: int
    last: Decimal | None
    areas: tuple[tuple[str, Decimal | None, Decimal | None], ...]
    both: tuple[str, ...]

    @property
    def left(self) -> Decimal | None:
        """What the frame leaves unplanned; None without a frame."""
        return None if self.frame is None else self.frame - self.planned

    @property
    def stated(self) -> bool:
        """Whether any amount is planned: without one the sum is not 0 kr but nothing."""
        return any(planned is not None for _, planned, _ in self.areas)

    @property
    def change(self) -> Decimal | None:
        """What is planned less what was planned the year before; None when nothing was."""
        return None if self.last is None else self.planned - self.last


def cell_text(line: Line, unit: str) -> str:
    """The line's amount exactly as it can be typed back in ``unit``; empty when nothing is stated."""
    return OPEN_CELL if line.open else "" if line.amount is None else amount_text(line.amount, unit)


def amount_text(amount: Decimal, unit: str) -> str:
    """An amount in ``unit`` with every decimal that it has, and no more."""
    whole, _, decimals = f"{amount / UNITS[unit]:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return whole.replace(",", NO_BREAK_SPACE) + (f",{decimals}" if decimals else "")


def read_draft(
    rows: Sequence[DraftRow], typed: Mapping[str, str], unit: str, last: Sequence[tuple[str, Decimal]] = ()
) -> Draft:
    """Read what was typed (row key → text, where it differs), an amount without a unit of its own being in ``unit``."""
    edits: list[LineEdit] = []
    problems: list[str] = []
    after: list[tuple[Line, Decimal | None, bool]] = []
    for row in rows:
        line = row.line
        amount, is_open = line.amount, line.open
        if line.key in typed:
            try:
                amount, is_open = _amount(typed[line.key], unit)
            except NotAnAmount as error:
                problems.append(f"{line.name}: {error}")
            else:
                if (amount, is_open) != (line.amount, line.open):
                    edits.append(LineEdit(line, amount, is_open))
        after.append((line, amount, is_open))
    frames = [amount for line, amount, _ in after if line.kind is Kind.FRAME and amount is not None]
    planned = [(line, amount, is_open) for line, amount, is_open in after if line.kind is not Kind.FRAME]
    firm = [(line, amount) for line, amount, _ in planned if amount is not None and line.condition is None]
    areas: dict[str, Decimal] = {}
    for line, amount in firm:
        areas[line.area] = areas.get(line.area, ZERO) + amount
    before = dict(last)
    names = sorted({line.area for line, _, _ in planned if line.what == AREA} | set(areas) | set(before))
    whole = {line.area for line, _ in firm if line.what == AREA}
    parts = {line.area for line, _ in firm if line.what == PROJECT}
    return Draft(
        edits=tuple(edits),
        problems=tuple(problems),
        frame=sum(frames, ZERO) if frames else None,
        planned=sum((amount for _, amount in firm), ZERO),
        conditional=sum((a for line, a, _ in planned if a is not None and line.condition is not None), ZERO),
        open=sum(is_open for _, _, is_open in planned),
        last=sum(before.values(), ZERO) if before else None,
        areas=tuple(
            (name, areas.get(name), before.get(name))
            for name in sorted(names, key=lambda name: (name in (NO_AREA, CALLS), name))
        ),
        both=tuple(sorted(whole & parts)),
    )


def _amount(text: str, unit: str) -> tuple[Decimal | None, bool]:
    if not text.strip():
        return None, False
    if is_open_wording(text):
        return None, True
    amount = parse_sek(text, UNITS[unit])
    if amount < 0:
        raise NotAnAmount(text, "range", "Ett belopp i planen kan inte vara mindre än noll.")
    return amount, False
