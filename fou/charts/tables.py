"""Tables that pages show as they are: the plan's lines, and amounts with their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from fou.charts.chart import Cell, Table
from fou.figures import Figures, total
from fou.model import KIND_NAMES, Kind
from fou.money import OPEN_TEXT
from fou.swedish import join_words

if TYPE_CHECKING:
    from fou.plan import ProjectRow, YearPlan
    from fou.sources import Sourced

_PLAN_KINDS = (
    Kind.PLANNED, Kind.REQUESTED, Kind.PROPOSED, Kind.GRANTED, Kind.RESERVED, Kind.PAID, Kind.SPENT,
    Kind.FORECAST, Kind.RETURNED,
)  # fmt: skip


def kinds_in(figures: Figures) -> list[Kind]:
    """The kinds that something states, in the order of a plan."""
    return [kind for kind in _PLAN_KINDS if kind in figures.firm or kind in figures.open]


def area_table(year: YearPlan) -> Table:
    """One row an area and call with the year's kinds, and a sum."""
    kinds = kinds_in(total(row.figures for row in year.areas))
    rows = [(row.name, *_cells(row.figures, kinds)) for row in year.areas]
    whole = total(row.figures for row in year.areas)
    return Table(("Område", *_heads(kinds)), (*rows, ("Summa", *_sums(whole, kinds))))


def line_table(year: YearPlan, projects: Sequence[ProjectRow]) -> Table:
    """The plan as people know it: each project and call with its amounts, grouped by area."""
    whole = total([*(p.figures for p in projects), *(c.figures for c in year.calls)])
    kinds = [kind for kind in kinds_in(whole) if kind is not Kind.REQUESTED]
    order = {row.name: index for index, row in enumerate(year.areas)}
    rows: list[tuple[Cell, ...]] = [
        (p.title, *_cells(p.figures, kinds), p.area)
        for p in sorted(projects, key=lambda p: order.get(p.area, len(order)))
    ]
    rows += [(call.name, *_cells(call.figures, kinds), "Utlysning") for call in year.calls]
    return Table(("Projekt eller utlysning", *_heads(kinds), "Område"), tuple(rows))


def against_last_year(this: YearPlan, last: YearPlan, became: Mapping[str, str] = MappingProxyType({})) -> Table:
    """Areas this year beside last, and their sum: plan beside plan, or without plans what best says where money goes.

    ``became`` tells which of last year's areas are called something else now: theirs are added up there, and the
    earlier names are told. An amount that is not set makes no difference that can be counted.
    """
    planned = Kind.PLANNED in this.figures.firm and Kind.PLANNED in last.figures.firm
    kind = Kind.PLANNED if planned else this.figures.main_kind or Kind.GRANTED
    before = Kind.PLANNED if planned else last.figures.main_kind or kind
    now = {row.name: row.figures for row in this.areas}
    then: dict[str, list[Figures]] = {}
    earlier: dict[str, list[str]] = {}
    for row in last.areas:
        name = became.get(row.name, row.name)
        then.setdefault(name, []).append(row.figures)
        if name != row.name:
            earlier.setdefault(name, []).append(row.name)
    rows: list[tuple[Cell, ...]] = []
    for name in [*now, *(name for name in then if name not in now)]:
        shown = f"{name} (tidigare {join_words(sorted(earlier[name]))})" if name in earlier else name
        old, new = _cell(total(then.get(name, ())), before), _cell(now.get(name, Figures()), kind)
        if old is not None or new is not None:
            rows.append((shown, *_change(old, new)))
    if len(rows) > 1:
        sums = [total(row.figures for row in year.areas).firm.get(k) for year, k in ((last, before), (this, kind))]
        rows.append(("Summa", *_change(*sums)))
    return Table(
        ("Område", f"{KIND_NAMES[before].capitalize()} {last.year}", f"{KIND_NAMES[kind].capitalize()} {this.year}",
         "Skillnad"),
        tuple(rows),
    )  # fmt: skip


def _change(old: Cell, new: Cell) -> tuple[Cell, Cell, Cell]:
    unknown = isinstance(old, str) or isinstance(new, str) or (old is None and new is None)
    return old, new, None if unknown else Decimal(new or 0) - Decimal(old or 0)


def source_table(rows: Sequence[Sourced]) -> Table:
    """Amounts with the cell or decision that they come from."""
    return Table(
        ("Slag", "År", "Vad", "Finansiär", "Belopp", "Villkor", "Källa", "Står i", "Post"),
        tuple(
            (
                KIND_NAMES[row.kind].capitalize(), str(row.year), row.what, row.funder,
                OPEN_TEXT if row.amount is None else row.amount, row.condition,
                f"{row.document or ''}{' (fördelat)' if row.spread else ''}".strip() or None, row.source, row.batch,
            )
            for row in rows
        ),
    )  # fmt: skip


def _heads(kinds: Sequence[Kind]) -> list[str]:
    return [KIND_NAMES[kind].capitalize() for kind in kinds]


def _cells(figures: Figures, kinds: Sequence[Kind]) -> list[Cell]:
    return [_cell(figures, kind) for kind in kinds]


def _cell(figures: Figures, kind: Kind) -> Cell:
    if kind in figures.firm:
        return figures.firm[kind]
    if kind in figures.open:
        return "ej fastställt"
    return None


def _sums(figures: Figures, kinds: Sequence[Kind]) -> list[Cell]:
    return [figures.firm.get(kind) for kind in kinds]
