"""Forecasts against outcomes, drawn: how wrong they were over the years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Behind, Chart, Counted, Table
from fou.charts.drawing import Columns, Series
from fou.model import Kind
from fou.money import format_whole
from fou.swedish import count, percent

if TYPE_CHECKING:
    from fou.forecasts import ForecastYear, Missed

_ZERO = Decimal(0)


def forecast_chart(years: Sequence[ForecastYear], today: date, unit: str) -> Chart:
    """Forecast beside outcome for each year that is over and has both."""
    compared = [year for year in years if year.projects and year.year < today.year]
    counted = Counted(
        definition=(
            "Träffsäkerheten räknas projekt för projekt: hur långt prognosen låg från utfallet, åt vilket håll som "
            "helst, i förhållande till utfallet. Avvikelse = prognos − utfall."
        ),
        included=(
            "Projekt som har både prognos och utfall för samma år, när året är slut. Den senaste prognosen gäller."
        ),
        left_out=_left_out(years, today),
    )
    table = Table(
        ("År", "Projekt", "Prognos", "Utfall", "Avvikelse", "Avvikelse, %", "Genomsnittligt fel, %"),
        tuple(
            (str(y.year), y.projects, y.forecast, y.outcome, y.forecast - y.outcome,
             percent(y.forecast - y.outcome, y.outcome), percent(y.missed, y.outcome))
            for y in compared
        ),
    )  # fmt: skip
    if not compared:
        nothing = "Det finns inget avslutat år med både prognos och utfall"
        return Chart("prognoser", nothing, f"{nothing}, så prognoserna kan inte bedömas än.", None, table, counted)
    last = compared[-1]
    gap = last.forecast - last.outcome
    side = "högre" if gap > 0 else "lägre"
    title = (
        f"Prognosen för {last.year} stämde precis i summa"
        if not gap
        else f"Prognosen för {last.year} var {format_whole(abs(gap), unit)} {side} än utfallet"
    )
    missed, outcome = sum((y.missed for y in compared), _ZERO), sum((y.outcome for y in compared), _ZERO)
    over = sum(y.forecast > y.outcome for y in compared)
    sentence = (
        f"För {last.year} var prognosen {format_whole(last.forecast, unit)} och utfallet "
        f"{format_whole(last.outcome, unit)} i {count(last.projects, 'projekt', 'projekt')}. "
    )
    if len(compared) > 1:
        sentence += (
            f"Över {count(len(compared), 'år', 'år')} har projektens prognoser i genomsnitt missat med "
            f"{percent(missed, outcome)} av utfallet. Prognosen var för hög i summa {over} av {len(compared)} år."
        )
    else:
        sentence += f"Projektens prognoser missade i genomsnitt med {percent(missed, outcome)} av utfallet."
    drawing = Columns(
        groups=tuple(str(y.year) for y in compared),
        series=(
            Series("Prognos", "forecast", tuple(y.forecast for y in compared)),
            Series("Utfall", "spent", tuple(y.outcome for y in compared)),
        ),
        unit=unit,
    )
    behind = Behind(tuple(y.year for y in compared), (Kind.FORECAST, Kind.SPENT))
    return Chart("prognoser", title, sentence, drawing, table, counted, behind)


def worst_table(rows: Sequence[Missed]) -> Table:
    """Project by project, the forecast that was farthest off first."""
    return Table(
        ("Projekt", "Prognos", "Utfall", "Avvikelse", "Avvikelse, %"),
        tuple(
            (row.title, row.forecast, row.outcome, row.deviation, percent(row.deviation, row.outcome)) for row in rows
        ),
    )


def _left_out(years: Sequence[ForecastYear], today: date) -> str:
    forecast, outcome = sum(y.only_forecast for y in years), sum(y.only_outcome for y in years)
    running = sum(y.projects for y in years if y.year >= today.year)
    parts = []
    if running:
        parts.append(f"{count(running, 'projekt', 'projekt')} för år som inte är slut: utfallet är inte hela årets.")
    if forecast:
        parts.append(f"{count(forecast, 'prognos', 'prognoser')} utan utfall.")
    if outcome:
        parts.append(f"{count(outcome, 'utfall', 'utfall')} utan prognos.")
    parts.append("Belopp på villkor och belopp som inte är fastställda.")
    return " ".join(parts)
