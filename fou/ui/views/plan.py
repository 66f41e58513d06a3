"""What FoU-plan shows."""

from __future__ import annotations

from dataclasses import dataclass

from fou import plan
from fou.charts.areas import plan_chart
from fou.charts.chart import Chart, Table
from fou.charts.tables import against_last_year, area_table, line_table
from fou.charts.year import year_sentence
from fou.model import Call, Criterion
from fou.sources import count_year_sources
from fou.store import Reader


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
