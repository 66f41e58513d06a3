"""What each page shows, read and drawn in one go, so that it is kept whole until the database changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fou import plan, portfolio
from fou.charts.areas import funder_chart, plan_chart
from fou.charts.chart import Chart, Table
from fou.charts.portfolio import portfolio_sentence
from fou.charts.projects import money_chart, time_line
from fou.charts.room import room_chart
from fou.charts.tables import against_last_year, area_table, line_table
from fou.charts.year import year_sentence
from fou.model import Call, Criterion
from fou.sources import count_year_sources
from fou.store import Reader

#: How many years the room bar shows: the year itself and the next three.
_ROOM_YEARS = 4
#: How many projects Översikt lists.
MOST_PROJECTS = 12


@dataclass(frozen=True, slots=True)
class Overview:
    """Översikt. With one funder only, the year's largest projects stand where the funders would."""

    year: plan.YearPlan
    sentence: str
    room: Chart
    areas: Chart
    funders: Chart | None
    projects: Table | None


@dataclass(frozen=True, slots=True)
class PlanPage:
    """FoU-plan. ``last`` is None when nothing is known of the year before."""

    year: plan.YearPlan
    sentence: str
    lines: Table | None
    listed: int
    chart: Chart
    areas: Table
    last: Table | None
    calls: tuple[tuple[Call, tuple[Criterion, ...]], ...]
    sources: int


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """Portfölj: one page of what matches."""

    found: portfolio.Found
    sentence: str
    time_line: Chart


@dataclass(frozen=True, slots=True)
class ProjectView:
    """Projekt."""

    page: portfolio.ProjectPage
    money: Chart


def overview(reader: Reader, year: int, money: str, unit: str) -> Overview:
    """The year in one screen."""
    found = plan.year_plan(reader, year, money)
    kind = found.figures.main_kind
    sums = [] if kind is None else plan.funder_areas(reader, year, kind, money)
    several = len({funder for funder, _, _ in sums}) > 1
    projects = [] if several else plan.year_projects(reader, year, money, MOST_PROJECTS)
    return Overview(
        year=found,
        sentence=year_sentence(found, unit),
        room=room_chart(plan.rooms(reader, year, year + _ROOM_YEARS - 1, money), unit),
        areas=plan_chart(year, found.framed_areas, unit),
        funders=funder_chart(year, sums, kind, unit) if several and kind is not None else None,
        projects=line_table(found, projects) if projects else None,
    )


def plan_page(reader: Reader, year: int, money: str, unit: str, most: int) -> PlanPage:
    """The plan line by line, with at most ``most`` projects."""
    found = plan.year_plan(reader, year, money)
    before = plan.year_plan(reader, year - 1, money)
    projects = plan.year_projects(reader, year, money, most)
    return PlanPage(
        year=found,
        sentence=year_sentence(found, unit),
        lines=line_table(found, projects) if projects or found.calls else None,
        listed=len(projects),
        chart=plan_chart(year, found.framed_areas, unit),
        areas=area_table(found),
        last=against_last_year(found, before) if before.areas else None,
        calls=plan.announced(reader, year),
        sources=count_year_sources(reader, year, money),
    )


def portfolio_page(
    reader: Reader, chosen: portfolio.Filter, unit: str, today: date, rows: int, page: int
) -> PortfolioPage:
    """Page ``page`` (from 1) of the projects that match."""
    found = portfolio.find(reader, chosen, today, rows, (page - 1) * rows)
    return PortfolioPage(found, portfolio_sentence(found, unit), time_line(found.rows, found.total, today))


def project_view(reader: Reader, code: str, unit: str, today: date) -> ProjectView | None:
    """One project, None when there is none with this code."""
    page = portfolio.project_page(reader, code, today)
    return None if page is None else ProjectView(page, money_chart(page.by_year, unit))
