"""Projects: a time line of several, and the money of one, year by year and kind by kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Chart, Counted, Table
from fou.charts.drawing import Columns, Series, Span, Spans
from fou.figures import Figures
from fou.model import KIND_NAMES, STANDINGS, Kind
from fou.money import OPEN_TEXT, format_sek
from fou.swedish import count, format_date, format_partial, join_words, partial_bounds

if TYPE_CHECKING:
    from fou.portfolio import Listed

#: Which look a standing borrows.
_LOOK = {
    "applied": "requested", "proposed": "proposed", "granted": "granted", "running": "paid",
    "finished": "planned", "rejected": "open", "unknown": "forecast",
}  # fmt: skip
_MOST_ROWS = 40
_DRAWN_KINDS = (
    Kind.REQUESTED, Kind.PROPOSED, Kind.RESERVED, Kind.GRANTED, Kind.PAID, Kind.SPENT, Kind.FORECAST,
    Kind.RETURNED,
)  # fmt: skip


def time_line(projects: Sequence[Listed], total: int, today: date) -> Chart:
    """When the listed projects run; those without any date are named in the table only."""
    dated = [p for p in projects if p.starts or p.ends]
    drawn = sorted(dated, key=lambda p: (_start(p), p.title))[:_MOST_ROWS]
    ending = [p for p in dated if p.ends and partial_bounds(p.ends)[1].year == today.year and p.standing != "rejected"]
    running = [p for p in dated if p.standing == "running"]
    title = _time_title(running, ending, len(drawn), today)
    without = len(projects) - len(dated)
    sentence = (
        f"{count(len(drawn), 'projekt', 'projekt')} visas efter när de pågår. "
        + (f"{count(len(running), 'projekt pågår', 'projekt pågår')} {format_date(today)}. " if running else "")
        + (f"{count(without, 'projekt', 'projekt')} i listan saknar uppgift om tid. " if without else "")
    ).strip()
    return Chart(
        name="tidslinje",
        title=title,
        sentence=sentence,
        drawing=_spans(drawn, today) if drawn else None,
        table=Table(
            ("Projekt", "Läge", "Start", "Slut"),
            tuple((p.title, STANDINGS[p.standing], p.starts, p.ends) for p in projects),
        ),
        counted=Counted(
            definition="Varje stapel går från projektets start till dess slut, så exakt som källan anger det.",
            included=f"De projekt på den här sidan av listan som har en tid, högst {_MOST_ROWS}.",
            left_out=(
                f"{count(total - len(drawn), 'projekt', 'projekt')} som inte ryms eller saknar tid. En tid utan slut "
                "ritas så långt som källan anger, en utan start börjar vid slutet."
            ),
        ),
    )


def money_chart(years: Sequence[tuple[int, Figures]], unit: str) -> Chart:
    """One project's money per year and kind."""
    kinds = [kind for kind in _DRAWN_KINDS if any(kind in figures.firm for _, figures in years)]
    named = [kind for kind in _DRAWN_KINDS if any(_holds(figures, kind) for _, figures in years)]
    open_years = [year for year, figures in years if figures.open_count]
    table = Table(
        ("År", *(KIND_NAMES[kind].capitalize() for kind in named), "På villkor", "Utan belopp"),
        tuple(
            (
                str(year),
                *(_amount(figures, kind) for kind in named),
                figures.conditional_sum or None,
                figures.open_count or None,
            )
            for year, figures in years
        ),
    )
    return Chart(
        name="projektets-pengar",
        title=_money_title(years, kinds, open_years, unit),
        sentence=_money_sentence(years, kinds, open_years, unit),
        drawing=_columns(years, kinds, open_years, unit) if kinds else None,
        table=table,
        counted=Counted(
            definition=(
                "Alla belopp som gäller för projektet, efter år och slag. Slagen står sida vid sida och summeras inte."
            ),
            included="Alla finansiärer.",
            left_out="Belopp på villkor och åtaganden utan fastställt belopp står bara i tabellen.",
        ),
    )


def _holds(figures: Figures, kind: Kind) -> bool:
    return kind in figures.firm or kind in figures.open


def _amount(figures: Figures, kind: Kind) -> Decimal | str | None:
    if kind in figures.firm:
        return figures.firm[kind]
    return "ej fastställt" if kind in figures.open else None


def _time_title(running: Sequence[Listed], ending: Sequence[Listed], drawn: int, today: date) -> str:
    if ending:
        return f"{count(len(ending), 'projekt slutar', 'projekt slutar')} {today.year}"
    if running:
        return f"{count(len(running), 'projekt pågår', 'projekt pågår')} nu"
    return "Inget av projekten pågår nu" if drawn else "Projekten saknar uppgift om tid"


def _start(project: Listed) -> date:
    if project.starts:
        return partial_bounds(project.starts)[0]
    assert project.ends
    return partial_bounds(project.ends)[0]


def _end(project: Listed) -> date:
    """Where the source ends it; without an end, as far as the start reaches (a start in 2013: to the end of 2013)."""
    return partial_bounds(project.ends or str(project.starts))[1]


def _spans(drawn: Sequence[Listed], today: date) -> Spans:
    standings = {p.standing for p in drawn}
    return Spans(
        spans=tuple(Span(p.title, _period(p), _start(p), _end(p), _LOOK[p.standing]) for p in drawn),
        names=tuple((_LOOK[key], name.capitalize()) for key, name in STANDINGS.items() if key in standings),
        today=today,
    )


def _period(project: Listed) -> str:
    if project.starts and project.ends and project.starts[:4] == project.ends[:4]:
        return project.starts[:4]
    return f"{(project.starts or '')[:4]}–{(project.ends or '')[:4]}"


def period_text(starts: str | None, ends: str | None, note: str | None) -> str:
    """A project's period in words, with the source's precision."""
    parts = []
    if starts and ends:
        parts.append(format_partial(starts) if starts == ends else f"{format_partial(starts)} – {format_partial(ends)}")
    elif starts:
        parts.append(f"från {format_partial(starts)}")
    elif ends:
        parts.append(f"till {format_partial(ends)}")
    if note:
        parts.append(note[:1].lower() + note[1:] if parts else note)
    return ", ".join(parts) or "uppgift saknas"


def _money_title(
    years: Sequence[tuple[int, Figures]], kinds: Sequence[Kind], open_years: Sequence[int], unit: str
) -> str:
    for kind in (Kind.GRANTED, Kind.PROPOSED, Kind.REQUESTED, *kinds):
        if kind in kinds:
            total = sum((figures.sum(kind) for _, figures in years), Decimal(0))
            return f"{format_sek(total, unit)} {KIND_NAMES[kind]} i allt"
    if open_years:
        return f"{OPEN_TEXT.capitalize()} för {_span(open_years)}"
    return "Inga belopp är kända"


def _money_sentence(
    years: Sequence[tuple[int, Figures]], kinds: Sequence[Kind], open_years: Sequence[int], unit: str
) -> str:
    parts = []
    for kind in kinds:
        stated = [(year, figures.firm[kind]) for year, figures in years if kind in figures.firm]
        total = sum((amount for _, amount in stated), Decimal(0))
        parts.append(f"{format_sek(total, unit)} är {KIND_NAMES[kind]} för {_span([year for year, _ in stated])}")
    sentence = f"{join_words(parts)}." if parts else ""
    conditional = sum((figures.conditional_sum for _, figures in years), Decimal(0))
    if conditional:
        sentence += f" {format_sek(conditional, unit)} gäller på villkor och räknas för sig."
    if open_years:
        sentence += f" För {_span(open_years)} finns åtaganden vars belopp inte är fastställda."
    return sentence.strip() or "Källorna anger inga belopp för projektet."


def _span(years: Sequence[int]) -> str:
    ordered = sorted(set(years))
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]}–{ordered[-1]}"
    return join_words([str(year) for year in ordered])


def _columns(
    years: Sequence[tuple[int, Figures]], kinds: Sequence[Kind], open_years: Sequence[int], unit: str
) -> Columns:
    shown = list(range(years[0][0], years[-1][0] + 1))
    by_year = dict(years)
    unset = {year for year in open_years if not any(kind in by_year[year].firm for kind in kinds)}
    return Columns(
        groups=tuple(str(year) for year in shown),
        series=tuple(
            Series(
                KIND_NAMES[kind].capitalize(),
                str(kind),
                tuple(by_year[year].stated(kind) if year in by_year else None for year in shown),
            )
            for kind in kinds
        ),
        unit=unit,
        notes=tuple("ej fastställt" if year in unset else "" for year in shown) if unset else (),
    )
