"""What Översikt shows, read and drawn in one go, so that it is kept whole until the database changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from fou import plan
from fou.access import ABOUT_PEOPLE
from fou.changes import changes
from fou.charts.areas import plan_chart
from fou.charts.changes import changes_sentence, changes_table, left_out
from fou.charts.chart import Chart, Table
from fou.charts.funders import funder_chart
from fou.charts.room import room_chart
from fou.charts.tables import line_table
from fou.charts.year import year_more, year_sentence
from fou.ledger import history
from fou.store import Reader
from fou.swedish import local_date

#: How many projects Översikt lists.
MOST_PROJECTS = 12


@dataclass(frozen=True, slots=True)
class Overview:
    """Översikt; ``lead`` and ``more`` are the year in one paragraph.

    With one funder only, the year's largest projects stand where the funders would.
    """

    year: plan.YearPlan
    lead: str
    more: str
    room: Chart
    areas: Chart
    funders: Chart | None
    projects: Table | None


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed since a day; ``table`` is None when nothing has, ``more`` counts what it has no room for."""

    sentence: str
    table: Table | None
    more: int


def overview(reader: Reader, year: int, money: str, unit: str) -> Overview:
    """The year in one screen."""
    found = plan.year_plan(reader, year, money)
    rooms = plan.rooms_ahead(reader, year, money)
    kind = found.figures.main_kind
    given = None if kind is None else plan.funder_areas(reader, year, kind, money)
    several = given is not None and len({part.funder for part in given.parts}) > 1
    projects = [] if several else plan.year_projects(reader, year, money, MOST_PROJECTS)
    return Overview(
        year=found,
        lead=year_sentence(found, unit),
        more=year_more(found, rooms, unit),
        room=room_chart(rooms, unit),
        areas=plan_chart(year, found.framed_areas, unit),
        funders=funder_chart(year, given, kind, unit) if several and given and kind is not None else None,
        projects=line_table(found, projects) if projects else None,
    )


def day_before_latest(reader: Reader) -> date | None:
    """The day before the last one that something was posted on: what most want to compare with. None: all is new."""
    days = sorted({local_date(batch.posted) for batch in history(reader) if batch.kind not in ABOUT_PEOPLE})
    return days[-1] - timedelta(days=1) if len(days) > 1 else None


def since(reader: Reader, head: int, day: date, year: int, money: str, unit: str) -> Since:
    """What differs from how it was at the end of ``day``, when ``head`` was the latest batch."""
    found = changes(reader, head, year, money)
    sentence = changes_sentence(found, year, day, unit)
    return Since(sentence, changes_table(found) if found.rows else None, left_out(found))
