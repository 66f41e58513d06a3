"""What a project's page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fou import portfolio
from fou.charts.chart import Chart
from fou.charts.projects import money_chart
from fou.store import Reader


@dataclass(frozen=True, slots=True)
class ProjectView:
    """Projekt."""

    page: portfolio.ProjectPage
    money: Chart


def project_view(reader: Reader, code: str, unit: str, today: date) -> ProjectView | None:
    """One project, None when there is none with this code."""
    page = portfolio.project_page(reader, code, today)
    return None if page is None else ProjectView(page, money_chart(page.by_year, unit))
