"""What Portfölj shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fou import portfolio
from fou.charts.chart import Chart
from fou.charts.portfolio import portfolio_sentence
from fou.charts.projects import time_line
from fou.store import Reader


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """Portfölj: one page of what matches."""

    found: portfolio.Found
    sentence: str
    time_line: Chart


def portfolio_page(
    reader: Reader, chosen: portfolio.Filter, unit: str, today: date, rows: int, page: int
) -> PortfolioPage:
    """Page ``page`` (from 1) of the projects that match."""
    found = portfolio.find(reader, chosen, today, rows, (page - 1) * rows)
    return PortfolioPage(found, portfolio_sentence(found, unit), time_line(found.rows, found.total, today))
