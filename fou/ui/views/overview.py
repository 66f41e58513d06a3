"""What Översikt shows, read and drawn in one go, so that it is kept whole until the database changes."""

from __future__ import annotations

from dataclasses import dataclass

from fou import plan
from fou.charts.areas import funder_chart, plan_chart
from fou.charts.chart import Chart, Table
from fou.charts.room import room_chart
from fou.charts.tables import line_table
from fou.charts.year import year_sentence
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
