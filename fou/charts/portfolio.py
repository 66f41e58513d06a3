"""The portfolio in a sentence, by area, and by how large the grants are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from statistics import quantiles
from typing import TYPE_CHECKING

from fou.charts.chart import Chart, Counted, Table
from fou.charts.drawing import Bars, Row, Series
from fou.figures import ZERO
from fou.model import NO_AREA
from fou.money import format_decimals, format_whole
from fou.swedish import count, join_words, percent

if TYPE_CHECKING:
    from fou.portfolio import AreaSums, Found, Sizes

#: Where one size of grant ends and the next begins, in SEK.
SIZES = (100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000)


def portfolio_sentence(found: Found, unit: str, years: str = "") -> str:
    """How many projects match, how they stand, and the sums over all of them; ``years`` are those that are counted."""
    if not found.total:
        return "Inga projekt."
    how = join_words([count(number, *_STANDING_WORDS[key]) for key, number in found.standings])
    parts = [f"{count(found.total, 'projekt', 'projekt')}: {how}."]
    what = f"för {years}" if years else "i allt"
    if found.granted is not None:
        more = f", därutöver {format_whole(found.conditional, unit)} på villkor" if found.conditional else ""
        parts.append(f"{format_whole(found.granted, unit)} är beviljat {what}{more}.")
    elif found.conditional:
        parts.append(f"{format_whole(found.conditional, unit)} är beviljat på villkor {what}.")
    if found.proposed is not None:
        parts.append(f"{format_whole(found.proposed, unit)} är föreslaget {what}.")
    if found.open:
        parts.append(f"{count(found.open, 'åtagande', 'åtaganden')} saknar fastställt belopp.")
    return " ".join(parts)


#: How one project stands, and several.
_STANDING_WORDS = {
    "applied": ("sökt", "sökta"), "proposed": ("föreslaget", "föreslagna"), "granted": ("beviljat", "beviljade"),
    "running": ("pågår", "pågår"), "finished": ("avslutat", "avslutade"), "rejected": ("avslaget", "avslagna"),
    "unknown": ("utan uppgift om läge", "utan uppgift om läge"),
}  # fmt: skip


def area_chart(areas: Sequence[AreaSums], unit: str, years: str = "") -> Chart:
    """What each area's projects have been granted, or what is proposed if more areas have that; the largest first."""
    kind, word, look = "granted", "beviljat", "granted"
    if sum(area.proposed is not None for area in areas) > sum(area.granted is not None for area in areas):
        kind, word, look = "proposed", "föreslaget", "proposed"
    amounts: dict[str, Decimal | None] = {area.name: getattr(area, kind) for area in areas}
    found = sorted(areas, key=lambda area: (area.name == NO_AREA, -(amounts[area.name] or ZERO), -area.projects))
    whole = sum((amount for amount in amounts.values() if amount is not None), ZERO)
    projects = sum(area.projects for area in areas)
    what = f" för {years}" if years else ""
    most = max((amounts[area.name] or ZERO for area in areas if area.name != NO_AREA), default=ZERO)
    top = [area.name for area in found if most and area.name != NO_AREA and amounts[area.name] == most]
    if len(top) == 1:
        title = f"Största området är {top[0]}: {format_whole(most, unit)} är {word}{what}"
    elif top:
        title = f"Största områdena är {join_words(top)}: {format_whole(most, unit)} är {word} till vart och ett{what}"
    else:
        title = f"Inget område har något belopp {word}{what}"
    outside = sum(area.projects for area in areas if area.name == NO_AREA)
    named = sum(area.name != NO_AREA for area in areas)
    sentence = f"{count(projects - outside, 'projekt', 'projekt')} i {count(named, 'område', 'områden')}"
    sentence += f" och {format_decimals(Decimal(outside), 0)} utan område." if outside else "."
    if whole:
        sentence += f" {format_whole(whole, unit)} är {word}{what or ' i allt'}"
        without = amounts.get(NO_AREA)
        sentence += f", varav {format_whole(without, unit)} utan område." if without else "."
    if len(top) == 1 and whole > 0:
        sentence += f" {top[0]} har {percent(most, whole)}."
    drawn = [area for area in found if amounts[area.name]]
    bare = sum(area.name != NO_AREA and amounts[area.name] is None for area in areas)
    if whole and bare:
        sentence += f" {count(bare, 'område', 'områden')} har inget {word} belopp."
    return Chart(
        name="omraden",
        title=title,
        sentence=sentence,
        drawing=Bars(
            rows=tuple(Row(area.name, _area_said(area, amounts[area.name], word, unit)) for area in drawn),
            series=(Series(word.capitalize(), look, tuple(amounts[area.name] for area in drawn)),),
            unit=unit,
        )
        if whole
        else None,
        table=Table(
            ("Område", "Projekt", "Beviljat", "Föreslaget", "Utbetalt", "Utan belopp"),
            tuple((a.name, a.projects, a.granted, a.proposed, a.paid, a.open or None) for a in found),
        ),
        counted=Counted(
            definition=f"Det som är {word} till projekten i urvalet, efter det område som projektet hör till.",
            included="Fastställda belopp utan villkor. Ett område som bytt namn eller gått upp i ett annat står under "
            "det namn det har nu.",
            left_out=_area_left_out(areas),
        ),
    )


def sizes_chart(found: Sizes, unit: str, years: str = "") -> Chart:
    """How many projects have been granted how much: the median, the spread and the sizes."""
    amounts = found.amounts
    what = f" för {years}" if years else ""
    bounds = [ZERO, *map(Decimal, SIZES), None]
    rows: list[tuple[str, int, Decimal]] = []
    for low, high in pairwise(bounds):
        assert low is not None
        inside = [amount for amount in amounts if low <= amount and (high is None or amount < high)]
        rows.append((_size_name(low, high, unit), len(inside), sum(inside, ZERO)))
    used = [index for index, (_, number, _) in enumerate(rows) if number]
    shown = rows[used[0] : used[-1] + 1] if used else []
    counted = Counted(
        definition=(
            f"Hur mycket varje projekt i urvalet har beviljats{what or ' i allt'}, och hur många som har fått så "
            "mycket. Medianen är det mittersta beloppet: hälften av projekten har fått högst så mycket. Hälften av "
            "projekten ligger mellan den undre och den övre kvartilen."
        ),
        included=f"{count(len(amounts), 'projekt', 'projekt')} med fastställda belopp utan villkor.",
        left_out=(
            f"{count(found.left_out, 'projekt', 'projekt')} utan fastställt beviljat belopp, varav "
            f"{format_decimals(Decimal(found.waiting), 0)} har "
            "beviljats på villkor eller utan fastställt belopp."
        ),
    )
    if not amounts:
        return Chart(
            "bidragens-storlek",
            f"Inga fastställda belopp är beviljade{what}",
            f"Inget projekt i urvalet har beviljats ett fastställt belopp{what}.",
            None,
            Table(("Storlek", "Projekt", "Summa"), ()),
            counted,
        )
    lower, median, upper = spread(amounts)
    sentence = f"{count(len(amounts), 'projekt', 'projekt')} har beviljats mellan {format_whole(amounts[0], unit)} och "
    title = f"Hälften av projekten har beviljats högst {format_whole(median, unit)}{what}"
    sentence += f"{format_whole(amounts[-1], unit)}{what}, medianen är {format_whole(median, unit)}."
    if len(amounts) == 1:
        title = f"Ett projekt har beviljats {format_whole(median, unit)}{what}"
        sentence = f"{title}, inget annat i urvalet har ett fastställt beviljat belopp."
    elif len(amounts) > 3:
        sentence += f" Hälften av dem har fått mellan {format_whole(lower, unit)} och {format_whole(upper, unit)}."
    mean = sum(amounts, ZERO) / len(amounts)
    return Chart(
        "bidragens-storlek",
        title,
        sentence,
        Bars(
            rows=tuple(
                Row(name, f"{count(number, 'projekt', 'projekt')} ({percent(number, len(amounts))})")
                for name, number, _ in shown
            ),
            series=(Series("Projekt", "granted", tuple(Decimal(number) for _, number, _ in shown)),),
            unit="",
        ),
        Table(
            ("Storlek", "Projekt", "Summa"),
            (
                *shown,
                ("Alla", len(amounts), sum(amounts, ZERO)),
                ("Minst", None, amounts[0]), ("Undre kvartil", None, lower), ("Median", None, median),
                ("Övre kvartil", None, upper), ("Störst", None, amounts[-1]), ("Medelvärde", None, mean),
            ),
        ),
        counted,
    )  # fmt: skip


def spread(amounts: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """The lower quartile, the median and the upper quartile of sorted amounts."""
    if len(amounts) == 1:
        return amounts[0], amounts[0], amounts[0]
    lower, median, upper = quantiles(amounts, n=4, method="inclusive")
    return lower, median, upper


def _size_name(low: Decimal, high: Decimal | None, unit: str) -> str:
    if high is None:
        return f"{format_whole(low, unit)} eller mer"
    if not low:
        return f"under {format_whole(high, unit)}"
    return f"{format_whole(low, unit)} till under {format_whole(high, unit)}"


def _area_said(area: AreaSums, amount: Decimal | None, word: str, unit: str) -> str:
    parts = [] if amount is None else [f"{format_whole(amount, unit)} {word}"]
    parts.append(count(area.projects, "projekt", "projekt"))
    return " · ".join(parts)


def _area_left_out(areas: Sequence[AreaSums]) -> str:
    is_open = sum(area.open for area in areas)
    more = f" {count(is_open, 'åtagande', 'åtaganden')} i urvalet har inget fastställt belopp." if is_open else ""
    return f"Belopp på villkor, och det som inte hör till något projekt, till exempel utlysningar.{more}"
