"""What FoU-plan shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from fou import plan
from fou.areas import AreaNames
from fou.charts.areas import plan_chart
from fou.charts.chart import Chart, Table
from fou.charts.plan_versions import decision_sentence
from fou.charts.tables import against_last_year, area_table, line_table
from fou.charts.year import year_sentence
from fou.model import KIND_NAMES, Call, Criterion, Kind, PlanVersion
from fou.money import OPEN_TEXT, format_sek
from fou.plan_lines import DraftRow, Line, draft_rows, lines, plan_of, planned_by_area, versions
from fou.sources import count_year_sources
from fou.store import Reader
from fou.ui.text import plain


@dataclass(frozen=True, slots=True)
class PlanPage:
    """FoU-plan. ``last`` is None when nothing is known of the year before.

    ``planned``: the plan states amounts of its own, for areas or calls, and not only what projects get. ``before``
    and ``after``: there is a plan for the year before, and for the year after. ``open_list`` and ``conditional_list``
    are Markdown, written once: at 20 000 projects they take a tenth of a click.
    """

    year: plan.YearPlan
    decision: str
    sentence: str
    planned: bool
    lines_title: str
    lines: Table | None
    listed: int
    chart: Chart
    areas: Table
    last: Table | None
    calls: tuple[tuple[Call, tuple[Criterion, ...]], ...]
    sources: int
    open_list: str
    conditional_list: str
    versions: tuple[PlanVersion, ...]
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class VersionLines:
    """A plan's lines at one moment, with its frame and sum (SEK, None when nothing is stated)."""

    lines: tuple[Line, ...]
    frame: Decimal | None
    planned: Decimal | None


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The rows of a draft and what was planned for each area the year before; ``head`` is the batch that they show."""

    rows: tuple[DraftRow, ...]
    last: tuple[tuple[str, Decimal], ...]
    head: int


def plan_page(reader: Reader, year: int, money: str, unit: str, most: int) -> PlanPage:
    """The plan line by line, with at most ``most`` projects."""
    found = plan.year_plan(reader, year, money)
    before = plan.year_plan(reader, year - 1, money)
    projects = plan.year_projects(reader, year, money, most)
    decisions = versions(reader, year)
    planned = Kind.PLANNED in found.figures.firm or Kind.PLANNED in found.figures.open
    return PlanPage(
        year=found,
        decision=decision_sentence(year, found.plan, decisions),
        # Its first sentence would say again how firm the plan is.
        sentence=year_sentence(replace(found, plan=None), unit),
        planned=planned,
        lines_title=f"Projekt och utlysningar {year}" if planned else f"Planen {year}, rad för rad",
        lines=line_table(found, projects) if projects or found.calls else None,
        listed=len(projects),
        chart=plan_chart(year, found.framed_areas, unit),
        areas=area_table(found),
        last=against_last_year(found, before, AreaNames(reader).became(year)) if before.areas else None,
        calls=plan.announced(reader, year),
        sources=count_year_sources(reader, year, money),
        open_list=_listed(_OPEN, [_open_line(item) for item in found.open_items[:_MOST]], len(found.open_items)),
        conditional_list=_listed(
            _CONDITIONAL,
            [_conditional_line(item, unit) for item in found.conditional_items[:_MOST]],
            len(found.conditional_items),
        ),
        versions=decisions,
        before=before.plan is not None,
        after=plan_of(reader, year + 1) is not None,
    )


def version_lines(reader: Reader, year: int, money: str) -> VersionLines:
    """The plan's lines as the reader shows them: now, or at a version's batch."""
    found = lines(reader, year, money)
    kind = found[0].kind if found else Kind.PLANNED
    figures = plan.year_plan(reader, year, money)
    return VersionLines(found, figures.room.frame, figures.figures.stated(kind))


def draft_page(reader: Reader, year: int, more: tuple[str, ...]) -> DraftPage:
    """The draft's rows, with those of the projects whose codes are in ``more``."""
    head = int(reader.value("SELECT COALESCE(MAX(id), 0) FROM batch"))
    return DraftPage(draft_rows(reader, year, more), planned_by_area(reader, year), head)


_MOST = 60
_OPEN = "De räknas inte in i någon summa."
_CONDITIONAL = "De räknas inte in i någon summa förrän villkoret är uppfyllt."


def _listed(text: str, lines: list[str], number: int) -> str:
    rest = f"\n\nDe första {_MOST} av {number}. Alla står bland beloppen och deras källor längst ned."
    return f"{text}\n\n" + "\n".join(lines) + (rest if number > _MOST else "")


def _open_line(item: plan.OpenItem) -> str:
    return f"- **{plain(item.title)}** – {OPEN_TEXT} ({KIND_NAMES[item.kind]}, {plain(item.funder)})"


def _conditional_line(item: plan.OpenItem, unit: str) -> str:
    amount = plain(format_sek(item.amount or 0, unit))
    return (
        f"- **{plain(item.title)}** – {amount} {KIND_NAMES[item.kind]}, {plain(item.condition)} ({plain(item.funder)})"
    )
