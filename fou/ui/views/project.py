"""What a project's page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fou import portfolio
from fou.charts.chart import Chart, Table
from fou.charts.projects import funder_table, money_chart, project_sentence
from fou.store import Reader


@dataclass(frozen=True, slots=True)
class ProjectView:
    """Projekt. ``funders`` is None when no money is known."""

    page: portfolio.ProjectPage
    sentence: str
    money: Chart
    funders: Table | None


def project_view(reader: Reader, code: str, unit: str, today: date) -> ProjectView | None:
    """One project, None when there is none with this code."""
    page = portfolio.project_page(reader, code, today)
    if page is None:
        return None
    return ProjectView(
        page=page,
        sentence=project_sentence(page, unit),
        money=money_chart(page.by_year, unit, page.project.code),
        funders=funder_table(page.funders) if page.funders else None,
    )
