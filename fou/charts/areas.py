"""Areas: plan against granted, and whose money goes where."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Chart, Counted, Table
from fou.charts.drawing import Bars, Row, Series
from fou.charts.palette import series_look
from fou.model import CALLS, KIND_NAMES, NO_AREA, Kind
from fou.money import format_sek
from fou.swedish import count, percent

if TYPE_CHECKING:
    from fou.plan import AreaRow

_ZERO = Decimal(0)


def plan_chart(year: int, rows: Sequence[AreaRow], unit: str) -> Chart:
    """Planned against granted per area, the largest deviation first; without a plan, what is stated instead."""
    if any(Kind.PLANNED in row.figures.firm for row in rows):
        return _against_plan(year, rows, unit)
    return _without_plan(year, rows, unit)


def funder_chart(year: int, sums: Sequence[tuple[str, str, Decimal]], kind: Kind, unit: str) -> Chart:
    """Funders → areas for one kind and year: one bar an area, one part a funder."""
    areas = list(dict.fromkeys(area for _, area, _ in sums))
    by_funder: dict[str, Decimal] = {}
    for funder, _, amount in sums:
        by_funder[funder] = by_funder.get(funder, _ZERO) + amount
    funders = sorted(by_funder, key=lambda name: -by_funder[name])
    amounts = {(funder, area): amount for funder, area, amount in sums}
    whole = sum(by_funder.values(), _ZERO)
    word = KIND_NAMES[kind]
    table = Table(
        ("Område", *funders, "Summa"),
        (
            *(
                (area, *(amounts.get((funder, area)) for funder in funders),
                 sum((amounts.get((funder, area), _ZERO) for funder in funders), _ZERO))
                for area in areas
            ),
            ("Summa", *(by_funder[funder] for funder in funders), whole),
        ),
    )  # fmt: skip
    counted = Counted(
        definition=f"Summan av det som är {word} {year}, efter finansiär och projektets område.",
        included="Fastställda belopp utan villkor. Ett projekt räknas i ett område.",
        left_out="Belopp på villkor och åtaganden utan fastställt belopp.",
    )
    if not whole:
        return Chart(
            "finansiarer",
            f"Inga belopp är {word} {year}",
            f"För {year} är inga belopp {word}.",
            None,
            table,
            counted,
        )
    top = areas[0]  # money without an area, and money for calls, stand last
    top_sum = sum((amounts.get((funder, top), _ZERO) for funder in funders), _ZERO)
    if len(funders) == 1:
        who = f"Alla pengar kommer från {funders[0]}."
    else:
        who = (
            f"{funders[0]} står för {percent(by_funder[funders[0]], whole)}, "
            f"{count(len(funders) - 1, 'annan finansiär', 'andra finansiärer')} för resten."
        )
    if top in (NO_AREA, CALLS):
        title = f"Pengarna är inte fördelade på områden {year}"
        where = f"{format_sek(whole, unit)} är {word} {year}, inte fördelat på områden."
    else:
        title = f"Mest går till {top}"
        where = (
            f"{format_sek(whole, unit)} är {word} {year}. {top} får mest, {format_sek(top_sum, unit)} "
            f"({percent(top_sum, whole)})."
        )
    sums_by_area = [sum((amounts.get((funder, area), _ZERO) for funder in funders), _ZERO) for area in areas]
    drawing = Bars(
        rows=tuple(Row(area, format_sek(amount, unit)) for area, amount in zip(areas, sums_by_area, strict=True)),
        series=tuple(
            Series(funder, series_look(index), tuple(amounts.get((funder, area)) for area in areas))
            for index, funder in enumerate(funders)
        ),
        unit=unit,
    )
    return Chart(
        "finansiarer",
        title,
        f"{where} {who}",
        drawing,
        table,
        counted,
    )


def _against_plan(year: int, rows: Sequence[AreaRow], unit: str) -> Chart:
    found = sorted(
        (
            (
                row.name,
                row.figures.stated(Kind.PLANNED),
                row.figures.sum(Kind.GRANTED),
                row.figures.stated(Kind.SPENT),
            )
            for row in rows
            if row.figures.stated(Kind.PLANNED) is not None or row.figures.stated(Kind.GRANTED) is not None
        ),
        key=lambda row: (row[0] in (NO_AREA, CALLS), -abs((row[1] or _ZERO) - row[2]), row[0]),
    )
    planned = sum((row[1] or _ZERO for row in found), _ZERO)
    granted = sum((row[2] for row in found), _ZERO)
    name, plan, given, _ = found[0]
    gap = (plan or _ZERO) - given
    where = f"{name} skiljer mest: {_gap(gap, plan, unit)}."
    over = (
        f"{format_sek(granted, unit)} är beviljat av planens {format_sek(planned, unit)} ({percent(granted, planned)})."
    )
    drawing = Bars(
        rows=tuple(Row(name, _gap((plan or _ZERO) - given, plan, unit)) for name, plan, given, _ in found),
        series=(Series("Beviljat", "granted", tuple(row[2] for row in found)),),
        unit=unit,
        marks=tuple(row[1] for row in found),
        mark_name="Plan",
    )
    return Chart(
        "plan-mot-beviljat",
        where[:-1],
        f"{over} {where}",
        drawing,
        Table(
            ("Område", "Plan", "Beviljat", "Avvikelse", "Utfall"),
            tuple((n, p, g, (p or _ZERO) - g, s) for n, p, g, s in found),
        ),
        Counted(
            definition="Avvikelse = plan − beviljat. Ett positivt tal betyder att det finns pengar kvar i planen.",
            included=f"Plan och beviljade belopp för {year}, efter område med det namn som området hade då.",
            left_out=(
                "Andra finansiärers pengar än de som har en ram för året. Belopp på villkor, åtaganden utan fastställt "
                "belopp och det som bara är sökt eller föreslaget."
            ),
        ),
    )


def _without_plan(year: int, rows: Sequence[AreaRow], unit: str) -> Chart:
    kinds = [kind for kind in (Kind.GRANTED, Kind.RESERVED, Kind.PROPOSED) if any(kind in r.figures.firm for r in rows)]
    counted = Counted(
        definition=f"Belopp för {year} efter projektets område.",
        included="Fastställda belopp utan villkor.",
        left_out="Planen för året anger inga belopp per område. Åtaganden utan fastställt belopp kan inte summeras.",
    )
    if not kinds:
        open_count = sum(row.figures.open_count for row in rows)
        table = Table(("Område", "Utan belopp"), tuple((row.name, row.figures.open_count) for row in rows))
        if open_count:
            title = f"{count(open_count, 'åtagande', 'åtaganden')} {year}, inget med fastställt belopp"
            sentence = (
                f"För {year} finns {count(open_count, 'åtagande', 'åtaganden')}, men beloppen är inte fastställda."
            )
        else:
            title, sentence = f"Inga belopp för {year}", f"Det finns inga belopp för {year}."
        return Chart("plan-mot-beviljat", title, sentence, None, table, counted)
    kind = kinds[0]
    found = sorted(
        ((row.name, row.figures.stated(kind), row.figures.open_count) for row in rows),
        key=lambda row: (row[0] in (NO_AREA, CALLS), -(row[1] or _ZERO), row[0]),
    )
    drawn = [(name, amount) for name, amount, _ in found if amount is not None]
    whole = sum((amount for _, amount in drawn), _ZERO)
    name = drawn[0][0]
    first = drawn[0][1]
    word = KIND_NAMES[kind]
    drawing = Bars(
        rows=tuple(Row(name, format_sek(amount, unit)) for name, amount in drawn),
        series=(Series(word.capitalize(), str(kind), tuple(amount for _, amount in drawn)),),
        unit=unit,
    )
    open_count = sum(row[2] for row in found)
    if name in (NO_AREA, CALLS):
        title = f"{format_sek(whole, unit)} är {word}, inget av det till ett område än"
        where = "Det är inte fördelat på områden."
    else:
        gets = "allt" if len(drawn) == 1 else "mest"
        title = f"{name} får {gets}: {format_sek(first, unit)} är {word}"
        where = f"{name} får {gets}, {format_sek(first, unit)} ({percent(first, whole)})."
    more = f" {count(open_count, 'åtagande', 'åtaganden')} saknar fastställt belopp." if open_count else ""
    return Chart(
        "plan-mot-beviljat",
        title,
        f"{format_sek(whole, unit)} är {word} {year}. {where}{more}",
        drawing,
        Table(("Område", word.capitalize(), "Utan belopp"), tuple(found)),
        counted,
    )


def _gap(gap: Decimal, plan: Decimal | None, unit: str) -> str:
    if not plan:
        return f"{format_sek(-gap, unit)} beviljat utan belopp i planen"
    if gap == 0:
        return "precis enligt plan"
    side = "under" if gap > 0 else "över"
    return f"{format_sek(abs(gap), unit)} ({percent(abs(gap), plan)}) {side} plan"
