"""Projects: a time line of several, and the money of one, year by year and kind by kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Behind, Chart, Counted, Table
from fou.charts.drawing import Columns, Series, Span, Spans
from fou.figures import Figures
from fou.model import KIND_NAMES, NO_AREA, STANDINGS, Kind
from fou.money import OPEN_TEXT, format_sek
from fou.swedish import count, format_date, format_partial, join_words, partial_bounds

if TYPE_CHECKING:
    from fou.model import Project
    from fou.portfolio import Listed, ProjectPage, TimeSpans

#: The standings in which a project that ends, ends for real: it has been decided, or it runs.
ENDING = ("granted", "running", "finished")
#: Which look a standing borrows.
_LOOK = {
    "applied": "requested", "proposed": "proposed", "granted": "granted", "running": "paid",
    "finished": "planned", "rejected": "open", "unknown": "forecast",
}  # fmt: skip
_DRAWN_KINDS = (
    Kind.PLANNED, Kind.REQUESTED, Kind.PROPOSED, Kind.RESERVED, Kind.GRANTED, Kind.PAID, Kind.SPENT, Kind.FORECAST,
    Kind.RETURNED,
)  # fmt: skip


def time_line(found: TimeSpans, today: date) -> Chart:
    """When the projects run, by area; those that do not fit are counted, those without any time too."""
    dated = found.total - found.undated
    parts = []
    if found.running:
        parts.append(f"{count(found.running, 'projekt pågår', 'projekt pågår')} {format_date(today)}")
    if found.ending:
        parts.append(f"{count(found.ending, 'projekt slutar', 'projekt slutar')} {today.year}")
    sentence = f"{' och '.join(parts)}." if parts else f"Inget av projekten pågår {format_date(today)}."
    if len(found.rows) < dated:
        sentence += (
            f" Här visas {len(found.rows)} av {count(dated, 'projekt', 'projekt')} med uppgift om tid: först de som "
            "pågår och slutar närmast."
        )
    if found.undated:
        sentence += f" {count(found.undated, 'projekt', 'projekt')} saknar uppgift om tid."
    return Chart(
        name="tidslinje",
        title=_time_title(found, today),
        sentence=sentence,
        drawing=_spans(found.rows, today) if found.rows else None,
        table=Table(
            ("Område", "Projekt", "Läge", "Start", "Slut", "Slutar i år"),
            tuple(
                (p.area or NO_AREA, p.title, STANDINGS[p.standing], p.starts, p.ends, _this_year(p, today).capitalize())
                for p in found.rows
            ),
        ),
        counted=Counted(
            definition=(
                "Varje stapel går från projektets start till dess slut, så exakt som källan anger. En tid utan slut "
                "ritas så långt som källan anger; en utan start börjar vid slutet. ”Slutar” räknar beviljade, pågående "
                f"och avslutade projekt vars slut är {today.year}."
            ),
            included=f"{count(len(found.rows), 'projekt', 'projekt')} i urvalet, under det namn som området har nu.",
            left_out=(
                f"{count(dated - len(found.rows), 'projekt', 'projekt')} som inte ryms och "
                f"{count(found.undated, 'projekt', 'projekt')} utan uppgift om tid. De står i listan."
            ),
        ),
    )


def time_sources(drawn: Sequence[Listed]) -> Table:
    """Where the times in the time line come from."""
    return Table(("Projekt", "Start", "Slut", "Källa"), tuple((p.title, p.starts, p.ends, p.source) for p in drawn))


def money_chart(years: Sequence[tuple[int, Figures]], unit: str, code: str) -> Chart:
    """The money of the project with this code, per year and kind."""
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
        behind=Behind(tuple(year for year, _ in years), _DRAWN_KINDS, code),
    )


def funder_table(funders: Sequence[tuple[str, Figures]]) -> Table:
    """Who pays what, over all years; the kinds stand side by side."""
    named = [kind for kind in _DRAWN_KINDS if any(_holds(figures, kind) for _, figures in funders)]
    return Table(
        ("Finansiär", *(KIND_NAMES[kind].capitalize() for kind in named), "På villkor", "Utan belopp"),
        tuple(
            (
                name, *(_amount(figures, kind) for kind in named), figures.conditional_sum or None,
                figures.open_count or None,
            )
            for name, figures in funders
        ),
    )  # fmt: skip


def project_sentence(page: ProjectPage, unit: str) -> str:
    """How the project stands and until when, who does it, how much money it has and from whom."""
    parts = [_until(page), _who(page.project), _how_much(page, unit)]
    return " ".join(part for part in parts if part) or "Källorna säger inte hur projektet står."


def _until(page: ProjectPage) -> str:
    about = page.project
    # A note says it better than half a period: "tre år från 2013".
    note = None if about.starts and about.ends else about.period_note
    when = note or period_text(about.starts, about.ends, None)
    if page.standing == "running" and about.ends:
        return f"Pågår till {_day(about.ends)}."
    if page.standing == "finished" and about.ends:
        return f"Avslutades {_day(about.ends)}."
    how = "" if page.standing == "unknown" else STANDINGS[page.standing].capitalize()
    if when == "uppgift saknas":
        return f"{how}." if how else ""
    return f"{how}, {when[:1].lower() + when[1:]}." if how else f"{when[:1].upper() + when[1:]}."


def _day(text: str) -> str:
    """A partial date as the end of something: the year 2026 is "slutet av 2026"."""
    return f"slutet av {text}" if len(text) == 4 else format_partial(text)


def _who(about: Project) -> str:
    if about.lead and about.performer:
        return f"Ansvarig är {about.lead}, {about.performer}."
    if about.lead:
        return f"Ansvarig är {about.lead}."
    return f"Utförs av {about.performer}." if about.performer else ""


def _how_much(page: ProjectPage, unit: str) -> str:
    figures = page.figures
    shown = next((k for k in (Kind.GRANTED, Kind.RESERVED, Kind.PROPOSED, Kind.REQUESTED) if k in figures.firm), None)
    if shown is None:
        return f"{OPEN_TEXT.capitalize()}." if figures.open_count else ""
    payers = [name for name, own in page.funders if shown in own.firm]
    text = f"{format_sek(figures.sum(shown), unit)} är {KIND_NAMES[shown]}"
    if len(payers) <= 3:
        text += f" av {join_words(payers)}" if shown is Kind.GRANTED else f" ur medel från {join_words(payers)}"
    text += "."
    conditional = figures.conditional.get(Kind.GRANTED)
    if conditional:
        text += f" Därutöver är {format_sek(conditional, unit)} beviljat på villkor."
    paid = figures.stated(Kind.PAID)
    if paid is not None:
        text += f" {format_sek(paid, unit)} är utbetalt."
    return text


def _holds(figures: Figures, kind: Kind) -> bool:
    return kind in figures.firm or kind in figures.open


def _amount(figures: Figures, kind: Kind) -> Decimal | str | None:
    if kind in figures.firm:
        return figures.firm[kind]
    return "ej fastställt" if kind in figures.open else None


def _time_title(found: TimeSpans, today: date) -> str:
    if found.ending:
        return f"{count(found.ending, 'projekt slutar', 'projekt slutar')} {today.year}"
    if found.running:
        return f"{count(found.running, 'projekt pågår', 'projekt pågår')} nu"
    return "Inget av projekten pågår nu" if found.rows else "Projekten saknar uppgift om tid"


def _this_year(project: Listed, today: date) -> str:
    """Said in words and not by a colour: that a real project ends in the year of today."""
    if project.ends is None or project.ends[:4] != str(today.year) or project.standing not in ENDING:
        return ""
    return "slutar i år" if _end(project) >= today else "slutade i år"


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
        spans=tuple(
            Span(p.title, _said(p, today), _start(p), _end(p), _LOOK[p.standing], p.area or NO_AREA) for p in drawn
        ),
        names=tuple((_LOOK[key], name.capitalize()) for key, name in STANDINGS.items() if key in standings),
        today=today,
    )


def _said(project: Listed, today: date) -> str:
    return " · ".join(part for part in (_period(project), _this_year(project, today)) if part)


def _period(project: Listed) -> str:
    first, last = (project.starts or "")[:4], (project.ends or "")[:4]
    if not last:
        return f"från {first}"
    if not first:
        return f"till {last}"
    return first if first == last else f"{first}–{last}"


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
