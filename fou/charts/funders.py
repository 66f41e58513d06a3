"""Funders → areas: whose money goes where, the municipality's own apart from others'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Behind, Chart, Counted, Table, beside
from fou.charts.drawing import Bars, Row, Series
from fou.charts.palette import series_look
from fou.model import CALLS, KIND_NAMES, NO_AREA, Kind
from fou.money import format_whole
from fou.swedish import count, percent

if TYPE_CHECKING:
    from fou.plan import FunderArea, FunderAreas

_ZERO = Decimal(0)


def funder_chart(year: int, found: FunderAreas, kind: Kind, unit: str) -> Chart:
    """One bar an area, one part a funder: the municipality's own money first along each bar."""
    parts = found.parts
    areas = list(dict.fromkeys(part.area for part in parts))
    own = {part.funder: part.own for part in parts}
    sums = {funder: _sum(p for p in parts if p.funder == funder) for funder in own}
    funders = sorted(own, key=lambda name: (not own[name], -sums[name], name))
    amounts = {(part.funder, part.area): part.amount for part in parts}
    whole = _sum(parts)
    ours = _sum(part for part in parts if part.own)
    word = KIND_NAMES[kind]
    table = _table(areas, funders, own, amounts, parts)
    counted = Counted(
        definition=f"Summan av det som är {word} {year}, efter finansiär och projektets område.",
        included=(
            "Fastställda belopp utan villkor. Ett projekt räknas i ett område, och pengarna hos den finansiär som de "
            "kommer från från början."
        ),
        left_out=f"{beside(found.conditional, found.open, unit)}{_passed_on(found.passed_on, unit)}",
    )
    if not whole:
        nothing = f"Inget är {word} {year}"
        return Chart("finansiarer", nothing, f"{nothing}.", None, table, counted)
    top = areas[0]  # money without an area, and money for calls, stand last
    top_sum = _sum(part for part in parts if part.area == top)
    if top in (NO_AREA, CALLS):
        title = f"Pengarna är inte fördelade på områden {year}"
        where = f"{format_whole(whole, unit)} är {word} {year}, inte fördelat på områden."
    else:
        title = f"Mest går till {top}"
        where = (
            f"{format_whole(whole, unit)} är {word} {year}. {top} får mest, {format_whole(top_sum, unit)} "
            f"({percent(top_sum, whole)})."
        )
    return Chart(
        "finansiarer",
        title,
        f"{where} {_who(funders, sums, ours, whole, unit)}",
        Bars(
            rows=tuple(Row(area, _said(area, parts, unit)) for area in areas),
            series=tuple(
                Series(funder, series_look(index), tuple(amounts.get((funder, area)) for area in areas))
                for index, funder in enumerate(funders)
            ),
            unit=unit,
        ),
        table,
        counted,
        Behind((year,), (kind,)),
    )


def _sum(parts: Iterable[FunderArea]) -> Decimal:
    return sum((part.amount for part in parts), _ZERO)


def _who(funders: list[str], sums: dict[str, Decimal], ours: Decimal, whole: Decimal, unit: str) -> str:
    others = whole - ours
    if len(funders) == 1:
        return f"Alla pengar kommer från {funders[0]}."
    if not ours:
        return f"Inget av det är kommunens egna medel: {count(len(funders), 'finansiär', 'finansiärer')} delar på det."
    if not others:
        return "Allt är kommunens egna medel."
    return (
        f"Kommunens egna medel är {format_whole(ours, unit)} ({percent(ours, whole)}), andra finansiärers "
        f"{format_whole(others, unit)} ({percent(others, whole)})."
    )


def _said(area: str, parts: Sequence[FunderArea], unit: str) -> str:
    here = [part for part in parts if part.area == area]
    ours = _sum(part for part in here if part.own)
    whole = _sum(here)
    if ours in (_ZERO, whole):
        return format_whole(whole, unit) + (", andras medel" if not ours and any(part.own for part in parts) else "")
    return f"{format_whole(whole, unit)}, varav eget {format_whole(ours, unit)}"


def _table(
    areas: list[str],
    funders: list[str],
    own: dict[str, bool],
    amounts: dict[tuple[str, str], Decimal],
    parts: tuple[FunderArea, ...],
) -> Table:
    both = len(set(own.values())) == 2
    heads = ("Egna medel", "Andras medel") if both else ()

    def line(name: str, here: list[FunderArea], cells: Iterable[Decimal | None]) -> tuple[str | Decimal | None, ...]:
        apart = (_sum(p for p in here if p.own), _sum(p for p in here if not p.own)) if both else ()
        return (name, *cells, *apart, _sum(here))

    rows = [
        line(area, [p for p in parts if p.area == area], [amounts.get((funder, area)) for funder in funders])
        for area in areas
    ]
    whole = [_sum(p for p in parts if p.funder == funder) for funder in funders]
    return Table(("Område", *funders, *heads, "Summa"), (*rows, line("Summa", list(parts), whole)))


def _passed_on(amount: Decimal, unit: str) -> str:
    if not amount:
        return ""
    return (
        f" {format_whole(amount, unit)} som står både på ett program och på dess delprojekt räknas en gång, hos "
        "delprojekten."
    )
