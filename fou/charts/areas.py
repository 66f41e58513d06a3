"""Areas: plan, granted and outcome, the largest deviation first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Behind, Chart, Counted, Table, beside
from fou.charts.drawing import Bars, Row, Series
from fou.model import CALLS, KIND_NAMES, NO_AREA, Kind
from fou.money import format_whole
from fou.swedish import count, percent

if TYPE_CHECKING:
    from fou.plan import AreaRow

_ZERO = Decimal(0)


def plan_chart(year: int, rows: Sequence[AreaRow], unit: str) -> Chart:
    """Planned against granted per area, the largest deviation first; without a plan, what is stated instead."""
    if any(Kind.PLANNED in row.figures.firm for row in rows):
        return _against_plan(year, rows, unit)
    return _without_plan(year, rows, unit)


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
    where = f"{name} skiljer mest: {gap_in_words(gap, plan, unit)}."
    share = percent(granted, planned)
    over = f"{format_whole(granted, unit)} är beviljat av planens {format_whole(planned, unit)} ({share})."
    told = any(row[3] is not None for row in found)
    unspent = tuple(given - _spent(given, spent) for _, _, given, spent in found)
    drawing = Bars(
        rows=tuple(Row(name, _compared(plan, given, spent, unit)) for name, plan, given, spent in found),
        series=(
            Series("Upparbetat", "spent", tuple(_spent(given, spent) for _, _, given, spent in found)),
            Series("Beviljat, inte upparbetat", "granted", unspent),
        )
        if told
        else (Series("Beviljat", "granted", tuple(row[2] for row in found)),),
        unit=unit,
        marks=tuple(row[1] for row in found),
        mark_name="Plan",
    )
    return Chart(
        "plan-mot-beviljat",
        where[:-1],
        f"{over} {where}{_outcome([row[3] for row in found], granted, unit)}",
        drawing,
        Table(
            ("Område", "Plan", "Beviljat", "Avvikelse", "Avvikelse, %", "Utfall"),
            tuple((n, p, g, (p or _ZERO) - g, percent((p or _ZERO) - g, p or _ZERO), s) for n, p, g, s in found),
        ),
        Counted(
            definition=(
                "Avvikelse = plan − beviljat. Ett positivt tal betyder att det finns pengar kvar i planen. Utfall är "
                "det som är upparbetat; i stapeln ritas det högst så långt som det beviljade."
            ),
            included=f"Plan, beviljat och utfall för {year}, efter område med det namn som området hade då.",
            left_out=_left_out_of_plan(rows, unit),
        ),
        Behind((year,), (Kind.PLANNED, Kind.GRANTED, Kind.SPENT), framed=True),
    )


def _spent(granted: Decimal, spent: Decimal | None) -> Decimal:
    return min(spent or _ZERO, max(granted, _ZERO))


def _compared(plan: Decimal | None, granted: Decimal, spent: Decimal | None, unit: str) -> str:
    said = gap_in_words((plan or _ZERO) - granted, plan, unit)
    return said if spent is None else f"{said}, utfall {format_whole(spent, unit)}"


def _outcome(spent: Sequence[Decimal | None], granted: Decimal, unit: str) -> str:
    stated = [amount for amount in spent if amount is not None]
    if not stated:
        return ""
    whole = sum(stated, _ZERO)
    return f" Utfallet är {format_whole(whole, unit)} ({percent(whole, granted)} av det beviljade)."


def _left_out_of_plan(rows: Sequence[AreaRow], unit: str) -> str:
    kinds = (Kind.PLANNED, Kind.GRANTED)
    number = sum(row.figures.open.get(kind, 0) for row in rows for kind in kinds)
    conditional = sum((row.figures.conditional.get(kind, _ZERO) for row in rows for kind in kinds), _ZERO)
    return " ".join(
        [
            beside(conditional, number, unit),
            "Andra finansiärers pengar än de som har en ram för året: planen gäller inte dem.",
            "Det som bara är sökt eller föreslaget: det är inte beslutat.",
        ]
    )


def _without_plan(year: int, rows: Sequence[AreaRow], unit: str) -> Chart:
    kinds = [kind for kind in (Kind.GRANTED, Kind.RESERVED, Kind.PROPOSED) if any(kind in r.figures.firm for r in rows)]
    open_count = sum(row.figures.open_count for row in rows)
    counted = Counted(
        definition=f"Belopp för {year} efter projektets område.",
        included="Fastställda belopp utan villkor.",
        left_out=(
            f"{beside(sum((row.figures.conditional_sum for row in rows), _ZERO), open_count, unit)} Planen för året "
            "anger inga belopp per område, så det finns inget att jämföra med."
        ),
    )
    if not kinds:
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
        rows=tuple(Row(name, format_whole(amount, unit)) for name, amount in drawn),
        series=(Series(word.capitalize(), str(kind), tuple(amount for _, amount in drawn)),),
        unit=unit,
    )
    if name in (NO_AREA, CALLS):
        title = f"{format_whole(whole, unit)} är {word}, inget av det till ett område än"
        where = "Det är inte fördelat på områden."
    else:
        gets = "allt" if len(drawn) == 1 else "mest"
        title = f"{name} får {gets}: {format_whole(first, unit)} är {word}"
        where = f"{name} får {gets}, {format_whole(first, unit)} ({percent(first, whole)})."
    more = f" {count(open_count, 'åtagande', 'åtaganden')} saknar fastställt belopp." if open_count else ""
    return Chart(
        "plan-mot-beviljat",
        title,
        f"{format_whole(whole, unit)} är {word} {year}. {where}{more}",
        drawing,
        Table(("Område", word.capitalize(), "Utan belopp"), tuple(found)),
        counted,
        Behind((year,), (kind,), framed=True),
    )


def gap_in_words(gap: Decimal, plan: Decimal | None, unit: str) -> str:
    """How far granted is from the plan: ``100 000 kr (20 %) under plan``; ``gap`` is plan − granted in SEK."""
    if not plan:
        return f"{format_whole(-gap, unit)} beviljat utan belopp i planen"
    if gap == 0:
        return "precis enligt plan"
    side = "under" if gap > 0 else "över"
    return f"{format_whole(abs(gap), unit)} ({percent(abs(gap), plan)}) {side} plan"
