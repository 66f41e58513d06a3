"""Projects: a time line of several, and the money of one, year by year and kind by kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from fou.charts.chart import BARE_AXIS, LEGEND, Chart, Counted, Still, Table, label, layout, scaled
from fou.charts.palette import colour, marker
from fou.figures import Figures
from fou.model import KIND_NAMES, STANDINGS, Kind
from fou.money import OPEN_TEXT, format_number, format_sek
from fou.swedish import count, format_date, format_partial, join_words, partial_bounds

if TYPE_CHECKING:
    from fou.portfolio import Listed

#: Which look a standing borrows.
_LOOK = {
    "applied": "requested", "proposed": "proposed", "granted": "granted", "running": "paid",
    "finished": "planned", "rejected": "open", "unknown": "open",
}  # fmt: skip
_MOST_ROWS = 40
_ROW = 40
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
        figure=_time_figure(drawn, today) if drawn else None,
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
        figure=_money_figure(years, kinds, open_years, unit) if kinds else None,
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


def _time_figure(drawn: Sequence[Listed], today: date) -> Still:
    rows = list(range(len(drawn)))
    traces: list[go.Bar | go.Scatter] = []
    for standing, name in STANDINGS.items():
        chosen = [(row, p) for row, p in zip(rows, drawn, strict=True) if p.standing == standing]
        if not chosen:
            continue
        traces.append(
            go.Bar(
                y=[row for row, _ in chosen],
                base=[_start(p).isoformat() for _, p in chosen],
                x=[((_end(p) - _start(p)).days + 1) * 86_400_000 for _, p in chosen],
                name=name.capitalize(),
                orientation="h",
                width=0.36,
                offset=-0.02,
                marker=marker(_LOOK[standing]),
            )
        )
    first = min(_start(p) for p in drawn)
    last = max(_end(p) for p in drawn)
    traces.append(
        go.Scatter(
            x=[first.isoformat()] * len(rows), y=[row - 0.22 for row in rows], mode="text", showlegend=False,
            text=[f"{_period(p)} · {label(p.title, 36)}" for p in drawn], textposition="middle right",
            textfont={"size": 14}, cliponaxis=False,
        )
    )  # fmt: skip
    shapes = []
    height = 110 + _ROW * len(drawn)
    if first <= today <= last:
        shapes.append(
            {"type": "line", "xref": "x", "yref": "paper", "x0": today.isoformat(), "x1": today.isoformat(), "y0": 0,
             "y1": 1, "line": {"width": 2, "dash": "dot", "color": colour("planned")}}
        )  # fmt: skip
        traces.append(
            go.Scatter(
                x=[None], y=[None], mode="lines", name="I dag",
                line={"width": 2, "dash": "dot", "color": colour("planned")},
            )
        )  # fmt: skip
    return Still(
        data=traces,
        layout=layout(
            height,
            barmode="overlay",
            xaxis={"type": "date", "tickformat": "%Y", "dtick": "M12" if last.year - first.year < 9 else "M36",
                   "fixedrange": True, "ticks": "outside", "tickfont": {"size": 14},
                   "range": [first.isoformat(), last.isoformat()]},
            yaxis={**BARE_AXIS, "range": [len(rows) - 0.4, -0.6]},
            shapes=shapes,
            legend={**LEGEND, "y": -44 / height},
        ),
    )  # fmt: skip


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


def _money_figure(
    years: Sequence[tuple[int, Figures]], kinds: Sequence[Kind], open_years: Sequence[int], unit: str
) -> Still:
    shown = list(range(years[0][0], years[-1][0] + 1))
    by_year = dict(years)
    few = len(shown) * len(kinds) <= 12
    traces: list[go.Bar | go.Scatter] = []
    for kind in kinds:
        amounts = [by_year[year].stated(kind) if year in by_year else None for year in shown]
        traces.append(
            go.Bar(
                x=list(range(len(shown))),
                y=[None if amount is None else scaled(amount, unit) for amount in amounts],
                name=KIND_NAMES[kind].capitalize(),
                text=[None if amount is None else format_number(amount, unit) for amount in amounts] if few else None,
                textposition="outside",
                textfont={"size": 15},
                cliponaxis=False,
                marker=marker(str(kind)),
            )
        )
    unset = [year - shown[0] for year in open_years if not any(kind in by_year[year].firm for kind in kinds)]
    if unset:
        traces.append(
            go.Scatter(
                x=unset, y=[0] * len(unset), mode="text", text=["ej fastställt"] * len(unset), showlegend=False,
                textposition="top center", textfont={"size": 14}, cliponaxis=False,
            )
        )  # fmt: skip
    return Still(
        data=traces,
        layout=layout(
            340,
            barmode="group",
            bargap=max(0.3, 0.9 - 0.12 * len(shown) * len(kinds)),
            xaxis={"tickvals": list(range(len(shown))), "ticktext": [str(year) for year in shown], "fixedrange": True,
                   "tickfont": {"size": 15}, "range": [-0.5, len(shown) - 0.5], "zeroline": False, "showgrid": False},
            yaxis={"fixedrange": True, "rangemode": "tozero", "tickformat": ",.0f" if unit != "mnkr" else ",.1f",
                   "title": {"text": unit}, "tickfont": {"size": 14}, "visible": not few},
            legend={**LEGEND, "y": -0.14},
            margin={"l": 0, "r": 8, "t": 28, "b": 8},
        ),
    )  # fmt: skip
