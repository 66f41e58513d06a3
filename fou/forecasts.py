"""Forecasts against outcomes: how far from what was spent the forecasts were, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fou.model import Kind
from fou.store import Reader
from fou.store.reading import STANDING
from fou.whose import ids, only, whose


@dataclass(frozen=True, slots=True)
class ForecastYear:
    """The project years that have both a forecast and an outcome, added up; SEK excl. VAT, firm amounts only.

    ``missed`` adds up how far each project's forecast was from its outcome, over and under alike: misses that
    cancel each other in ``forecast`` − ``outcome`` do not cancel here. ``only_forecast`` and ``only_outcome`` count
    the project years that cannot be compared.
    """

    year: int
    projects: int
    granted: Decimal
    forecast: Decimal
    outcome: Decimal
    missed: Decimal
    only_forecast: int
    only_outcome: int


@dataclass(frozen=True, slots=True)
class Missed:
    """One project year: forecast and outcome in SEK excl. VAT."""

    year: int
    code: str
    title: str
    forecast: Decimal
    outcome: Decimal

    @property
    def deviation(self) -> Decimal:
        """Forecast − outcome: positive when less was spent than was forecast."""
        return self.forecast - self.outcome


def forecast_years(reader: Reader, money: str = "alla") -> tuple[ForecastYear, ...]:
    """Each year for which something was forecast, in order."""
    chosen = whose(reader, money)
    rows = reader.rows(
        f"""
        WITH held AS ({_held(chosen)})
        SELECT year, COUNT(*) FILTER (WHERE {_BOTH}),
               COALESCE(SUM(granted) FILTER (WHERE {_BOTH}), 0), COALESCE(SUM(forecast) FILTER (WHERE {_BOTH}), 0),
               COALESCE(SUM(outcome) FILTER (WHERE {_BOTH}), 0),
               COALESCE(SUM(ABS(forecast - outcome)) FILTER (WHERE {_BOTH}), 0),
               COUNT(*) FILTER (WHERE outcome IS NULL AND forecast IS NOT NULL),
               COUNT(*) FILTER (WHERE forecast IS NULL AND outcome IS NOT NULL)
        FROM held GROUP BY year HAVING COUNT(forecast) > 0 ORDER BY year
        """,
        kinds=[str(kind) for kind in _KINDS],
        **ids(chosen),
    )
    return tuple(ForecastYear(*row) for row in rows)


def worst_forecasts(reader: Reader, year: int, money: str = "alla", limit: int = 10) -> tuple[Missed, ...]:
    """The year's forecasts that were farthest from their outcome, the farthest first."""
    chosen = whose(reader, money)
    rows = reader.rows(
        f"""
        WITH held AS ({_held(chosen)})
        SELECT held.year, project.code, project.title, forecast, outcome
        FROM held JOIN project ON project.id = held.project
        WHERE {_BOTH} AND held.year = $year AND forecast <> outcome
        ORDER BY ABS(forecast - outcome) DESC, project.code LIMIT $limit
        """,
        kinds=[str(kind) for kind in _KINDS],
        year=year,
        limit=limit,
        **ids(chosen),
    )
    return tuple(Missed(*row) for row in rows)


_KINDS = (Kind.FORECAST, Kind.SPENT, Kind.GRANTED)
_BOTH = "forecast IS NOT NULL AND outcome IS NOT NULL"


def _held(chosen: tuple[int, ...] | None) -> str:
    """Forecast, outcome and grant for each project and year."""
    return f"""
        SELECT project, year, SUM(amount) FILTER (WHERE kind = 'forecast') AS forecast,
               SUM(amount) FILTER (WHERE kind = 'spent') AS outcome,
               SUM(amount) FILTER (WHERE kind = 'granted') AS granted
        FROM ({STANDING}) AS standing
        WHERE project IS NOT NULL AND condition IS NULL AND open = 0
          AND kind IN (SELECT UNNEST($kinds)) {only(chosen)}
        GROUP BY project, year
    """
