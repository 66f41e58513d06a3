"""What has changed since an earlier day, in a sentence and a table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Cell, Table
from fou.figures import Figures
from fou.model import KIND_NAMES, Kind
from fou.money import OPEN_TEXT, format_sek
from fou.swedish import count, format_date, format_timestamp, join_words

if TYPE_CHECKING:
    from fou.changes import Changes

#: The kinds whose sums the sentence speaks of, in the order of what is firmest.
_TOLD = (Kind.FRAME, Kind.GRANTED, Kind.RESERVED, Kind.PROPOSED, Kind.PLANNED, Kind.PAID, Kind.SPENT)
_MOST = 20


def changes_sentence(found: Changes, year: int, since: date, unit: str) -> str:
    """How many amounts differ and what that does to the sums."""
    if not found.rows:
        return f"Inget belopp för {year} har ändrats sedan {format_date(since)}."
    moved = []
    for kind in _TOLD:
        gap = found.now.sum(kind) - found.before.sum(kind)
        if gap:
            moved.append(f"{KIND_NAMES[kind]} har {'ökat' if gap > 0 else 'minskat'} med {format_sek(abs(gap), unit)}")
    said = join_words(moved)
    number = count(len(found.rows), "belopp", "belopp")
    ending = f": {said}" if said else ""
    return f"{number} för {year} har ändrats sedan {format_date(since)}{ending}."


def changes_table(found: Changes) -> Table:
    """From and to for each, the largest change first; at most twenty."""
    return Table(
        ("Vad", "Slag", "Då", "Nu", "Skillnad", "Ändrat", "Av"),
        tuple(
            (row.what, KIND_NAMES[row.kind].capitalize(), _cell(row.before, row.kind), _cell(row.now, row.kind),
             _gap(row.before, row.now, row.kind), format_timestamp(row.when), row.who)
            for row in found.rows[:_MOST]
        ),
    )  # fmt: skip


def left_out(found: Changes) -> int:
    """How many changes the table has no room for."""
    return max(0, len(found.rows) - _MOST)


def _cell(figures: Figures, kind: Kind) -> Cell:
    if (amount := figures.stated(kind)) is not None:
        return amount
    if figures.open.get(kind):
        return OPEN_TEXT
    if (conditional := figures.conditional.get(kind)) is not None:
        return f"{format_sek(conditional)} på villkor"
    return None


def _gap(before: Figures, now: Figures, kind: Kind) -> Decimal | None:
    """The difference, None where an amount that is not set makes none that can be counted."""
    if kind not in before.firm and kind not in now.firm:
        return None
    if (before.open.get(kind) and kind not in before.firm) or (now.open.get(kind) and kind not in now.firm):
        return None
    return now.sum(kind) - before.sum(kind)
