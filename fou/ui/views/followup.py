"""What Uppföljning shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fou.charts.chart import Chart, Table
from fou.charts.forecasts import forecast_chart, worst_table
from fou.forecasts import forecast_years, worst_forecasts
from fou.store import Reader


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """Uppföljning. ``worst`` is None when no forecast of the year missed."""

    forecasts: Chart
    worst: Table | None


def follow_up_page(reader: Reader, year: int, money: str, unit: str, today: date) -> FollowUpPage:
    """How good the forecasts were, over the years and for ``year`` project by project."""
    worst = worst_forecasts(reader, year, money)
    forecasts = forecast_chart(forecast_years(reader, money), today, unit)
    return FollowUpPage(forecasts, worst_table(worst) if worst else None)
