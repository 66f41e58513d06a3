"""What was sought against what was granted, and when the money that was decided on is paid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Cell, Chart, Counted, Table
from fou.charts.drawing import Bars, Columns, Row, Series
from fou.figures import ZERO
from fou.money import format_decimals, format_whole
from fou.swedish import count, join_words, percent

if TYPE_CHECKING:
    from fou.portfolio import Payments, SoughtYear

#: Years from the decision to the payment, and the look that each is drawn with.
_DELAYS = (
    (-1, "Före beslutsåret", "planned"), (0, "Samma år", "paid"), (1, "Året efter", "reserved"),
    (2, "Två år efter", "proposed"), (3, "Tre år efter eller senare", "requested"),
)  # fmt: skip


def sought_amounts(years: Sequence[SoughtYear], unit: str) -> Chart:
    """SEK sought and granted per budget year. ``years`` are all together first, as ``fou.portfolio.sought`` gives."""
    whole, each = _apart(years)
    table = Table(
        ("År", "Sökt", "Beviljat av det sökta", "Andel", "På villkor", "Utan belopp"),
        tuple(
            (
                "Alla år" if year.year is None else str(year.year), year.sought, year.granted,
                percent(year.granted, year.sought), year.conditional or None, year.open or None,
            )
            for year in ((*each, whole) if whole else ())
        ),
    )  # fmt: skip
    counted = Counted(
        definition=(
            "Sökt är vad projekten i urvalet har sökt för budgetåret. Beviljat är vad samma projekt har beviljats för "
            "samma år. Ett projekt som söker för tre år räknas i vart och ett av dem."
        ),
        included="Fastställda belopp utan villkor, för projekt som det finns en ansökan för året om.",
        left_out=_left_out(whole, unit),
    )
    if whole is None or not whole.projects:
        return Chart("sokt-och-beviljat", *_nothing_sought(), None, table, counted)
    share = percent(whole.granted, whole.sought)
    most = max(each, key=lambda year: year.sought)
    sentence = (
        f"{format_whole(whole.sought, unit)} är sökt för {_span(each)}, och "
        f"{format_whole(whole.granted, unit)} ({share}) är beviljat till samma projekt."
    )
    if len(each) > 1:
        sentence += f" Mest söktes för {most.year}: {format_whole(most.sought, unit)}."
    return Chart(
        name="sokt-och-beviljat",
        title=f"{share} av det sökta är beviljat" if whole.sought else "Inga fastställda belopp är sökta",
        sentence=sentence,
        drawing=Columns(
            groups=tuple(str(year.year) for year in each),
            series=(
                Series("Sökt", "requested", tuple(year.sought for year in each)),
                Series("Beviljat av det sökta", "granted", tuple(year.granted for year in each)),
            ),
            unit=unit,
        ),
        table=table,
        counted=counted,
    )


def sought_numbers(years: Sequence[SoughtYear]) -> Chart:
    """How many projects sought money per budget year, and how many of them were granted any."""
    whole, each = _apart(years)
    table = Table(
        ("År", "Sökte", "Beviljades", "Andel", "Avslogs", "Varken eller"),
        tuple(
            (
                "Alla år" if year.year is None else str(year.year), year.projects, year.granted_projects,
                percent(year.granted_projects, year.projects), year.rejected_projects, year.waiting_projects,
            )
            for year in ((*each, whole) if whole else ())
        ),
    )  # fmt: skip
    counted = Counted(
        definition=(
            "Hur många projekt i urvalet som har sökt för budgetåret, och hur många av dem som har beviljats något för "
            "samma år. Raden Alla år räknar varje projekt en gång."
        ),
        included="Också ansökningar och beviljanden på villkor eller utan fastställt belopp.",
        left_out=(
            f"{count(whole.other_projects if whole else 0, 'projekt', 'projekt')} som har beviljats pengar för år som "
            "ingen ansökan är känd för. ”Varken eller” är projekt som inte är avgjorda eller har pengar avsatta."
        ),
    )
    if whole is None or not whole.projects:
        return Chart("antal-sokta", *_nothing_sought(), None, table, counted)
    rest = []
    if whole.rejected_projects:
        rest.append(f"{_number(whole.rejected_projects)} har fått avslag")
    if whole.waiting_projects:
        rest.append(f"{_number(whole.waiting_projects)} har varken beviljats eller fått avslag")
    sentence = (
        f"{count(whole.projects, 'projekt', 'projekt')} har sökt pengar för {_span(each)}, och "
        f"{_number(whole.granted_projects)} av dem ({percent(whole.granted_projects, whole.projects)}) har beviljats."
    )
    if rest:
        sentence += f" {join_words(rest)}."
    return Chart(
        name="antal-sokta",
        title=f"{_number(whole.granted_projects)} av {_number(whole.projects)} projekt som sökte har beviljats",
        sentence=sentence,
        drawing=Columns(
            groups=tuple(str(year.year) for year in each),
            series=(
                Series("Sökte", "requested", tuple(Decimal(year.projects) for year in each)),
                Series("Beviljades", "granted", tuple(Decimal(year.granted_projects) for year in each)),
            ),
            unit="",
        ),
        table=table,
        counted=counted,
    )


def payments_chart(found: Payments, unit: str) -> Chart:
    """The year of payment against the year of the decision: how long the money takes."""
    decided = sorted({year for year, _, _ in found.sums})
    paid = sorted({year for _, year, _ in found.sums})
    cells = {(one, other): amount for one, other, amount in found.sums}
    whole = sum(cells.values(), ZERO)
    by_decision = [sum((cells.get((d, p), ZERO) for p in paid), ZERO) for d in decided]
    by_payment = [sum((cells.get((d, p), ZERO) for d in decided), ZERO) for p in paid]
    delays = {delay: sum((n for (d, p), n in cells.items() if _delay(d, p) == delay), ZERO) for delay, _, _ in _DELAYS}
    rows: list[tuple[Cell, ...]] = [
        (str(d), *(cells.get((d, p)) for p in paid), own) for d, own in zip(decided, by_decision, strict=True)
    ]
    if rows:
        rows.append(("Summa", *by_payment, whole))
    table = Table(("Beslutsår", *(f"Utbetalt {year}" for year in paid), "Summa"), tuple(rows))
    counted = Counted(
        definition=(
            "Beslutsåret är året för nämndens första beslut att bevilja projektet. Utbetalningsåret är det år som "
            "utbetalningen hör till."
        ),
        included=f"Utbetalningar av kommunens egna medel till {count(found.projects, 'projekt', 'projekt')} i urvalet.",
        left_out=(
            f"{format_whole(found.undated, unit)} till {count(found.undated_projects, 'projekt', 'projekt')} utan "
            f"beslutsdag, och {format_whole(found.others, unit)} från andra finansiärer: deras beslut finns inte i Fou."
        ),
    )
    if not whole:
        return Chart(
            "beslut-och-utbetalning",
            "Inga utbetalningar kan jämföras med ett beslut",
            "I urvalet finns inga utbetalningar av kommunens egna medel till projekt med känd beslutsdag.",
            None,
            table,
            counted,
        )
    soon = sum((delays[delay] for delay in (-1, 0, 1)), ZERO)
    later = [f"{percent(delays[delay], whole)} {name.lower()}" for delay, name, _ in _DELAYS[1:] if delays[delay]]
    before = f" {percent(delays[-1], whole)} betalades före beslutsåret." if delays[-1] else ""
    return Chart(
        name="beslut-och-utbetalning",
        title=f"{percent(soon, whole)} betalas ut senast året efter beslutet",
        sentence=(
            f"{format_whole(whole, unit)} är utbetalt till {count(found.projects, 'projekt', 'projekt')} med känd "
            f"beslutsdag: {join_words(later)}.{before}"
            if later
            else f"{format_whole(whole, unit)} är utbetalt till {count(found.projects, 'projekt', 'projekt')} med känd "
            f"beslutsdag.{before}"
        ),
        drawing=Bars(
            rows=tuple(
                Row(f"Beslut {year}", f"{format_whole(own, unit)} utbetalt")
                for year, own in zip(decided, by_decision, strict=True)
            ),
            series=tuple(
                Series(name, look, tuple(
                    sum((n for (d, p), n in cells.items() if d == year and _delay(d, p) == delay), ZERO)
                    for year in decided
                ))
                for delay, name, look in _DELAYS if delays[delay]
            ),
            unit=unit,
        ),
        table=table,
        counted=counted,
    )  # fmt: skip


def _apart(years: Sequence[SoughtYear]) -> tuple[SoughtYear | None, list[SoughtYear]]:
    """All years together, and the years that somebody sought money for."""
    whole = next((year for year in years if year.year is None), None)
    return whole, [year for year in years if year.year is not None and year.projects]


def _nothing_sought() -> tuple[str, str]:
    return "Inga ansökningar är kända", "Det finns inga sökta belopp för projekten i urvalet."


def _left_out(whole: SoughtYear | None, unit: str) -> str:
    if whole is None:
        return "Inget."
    return (
        f"{format_whole(whole.other, unit)} till {count(whole.other_projects, 'projekt', 'projekt')} för år som ingen "
        f"ansökan är känd för, {format_whole(whole.conditional, unit)} som är beviljat på villkor och "
        f"{count(whole.open, 'beviljat åtagande', 'beviljade åtaganden')} utan fastställt belopp."
    )


def _span(each: Sequence[SoughtYear]) -> str:
    first, last = each[0].year, each[-1].year
    return str(first) if first == last else f"{first}–{last}"


def _delay(decided: int, paid: int) -> int:
    return max(-1, min(paid - decided, 3))


def _number(number: int) -> str:
    return format_decimals(Decimal(number), 0)
