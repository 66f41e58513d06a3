"""What a report on one year says, whatever file it becomes: its sections in order, and its tables for computers.

Sentences and charts are those of the pages (``fou.charts``), figures those of ``fou.plan`` and ``fou.portfolio``: a
report and a page cannot disagree. Amounts are in kr.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from fou import plan, portfolio
from fou.charts.areas import plan_chart
from fou.charts.chart import Chart
from fou.charts.funders import funder_chart
from fou.charts.large import large_figures
from fou.charts.room import room_chart
from fou.charts.year import year_more, year_sentence
from fou.errors import Refused
from fou.exports import tables
from fou.exports.table import Table, clean
from fou.figures import ZERO, Figures, total
from fou.model import NO_AREA, Kind, Setting
from fou.money import format_sek
from fou.plan import OpenItem, ProjectRow, YearPlan
from fou.portfolio import Listed
from fou.sources import year_sources
from fou.store import Reader, chain
from fou.store.database import LOCAL_TIME
from fou.swedish import count, format_date, format_timestamp, join_words

INVENTED = "påhittad exempelkommun"
#: The reports there are, each with the page that it goes back to.
REPORTS: dict[str, str] = {"arsoversikt": "Årsöversikt", "portfoljrapport": "Portföljrapport"}
_PAGES = {"arsoversikt": "/", "portfoljrapport": "/portfolj"}
_MOST_PROJECTS = 10_000_000
_ROWS_ON_PAPER = 1000
#: How many projects Årsöversikt lists.
_LARGEST = 10
_WORDS = {
    Kind.GRANTED: "beviljat", Kind.RESERVED: "avsatt", Kind.PROPOSED: "föreslaget", Kind.PLANNED: "planerat",
}  # fmt: skip
_WHOSE = {"egna": "Gäller bara kommunens egna medel.", "andras": "Gäller bara andra finansiärers medel."}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: which report (a key of REPORTS), year, whose money, as of which day; ``base`` is the
    address that the dashboard is reached by, empty when it is not known.
    """

    report: str
    year: int
    money: str = "alla"
    as_of: date | None = None
    base: str = ""

    @property
    def link(self) -> str:
        """The page that shows the same, with its query."""
        query = {"ar": str(self.year)}
        if self.money != "alla":
            query["medel"] = self.money
        if self.as_of is not None:
            query["per"] = self.as_of.isoformat()
        return f"{self.base.rstrip('/')}{_PAGES[self.report]}?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class Section:
    """A message as a heading, a sentence, and then the chart, the table or both.

    ``level`` is 2 below another section, and ``later`` says that it is about the year after. ``names`` are those
    whom the section is about, in short, for a page that has no room for the table.
    """

    name: str
    title: str
    sentence: str
    chart: Chart | None = None
    table: Table | None = None
    level: int = 1
    names: tuple[str, ...] = ()
    later: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """``message`` is the year in one line, ``summary`` in a paragraph, ``figures`` its large figures.

    ``text`` is what the plan says of itself. ``tables`` are for Excel and open data: with all columns, and last
    every amount that stands behind the figures. ``posted`` is when the newest batch was (UTC), ``version`` its
    number and the beginning of its hash in the chain: the same version is the same data.
    """

    asked: Asked
    subtitle: str | None
    organisation: str | None
    invented: bool
    posted: datetime | None
    version: str
    printed: date
    message: str
    summary: str
    figures: tuple[tuple[str, str], ...]
    text: str | None
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]

    @property
    def year(self) -> int:
        """The budget year."""
        return self.asked.year

    @property
    def one_page(self) -> bool:
        """Whether the whole must fit a sheet of paper."""
        return self.asked.report == "arsoversikt"

    @property
    def title(self) -> str:
        """The report's name."""
        return f"{REPORTS[self.asked.report]} {self.year}"

    @property
    def owner(self) -> str:
        """The organisation, with the mark that an invented one must bear."""
        mark = f"({INVENTED})" if self.invented else None
        return " ".join(part for part in (self.organisation, mark) if part)

    @property
    def foot(self) -> tuple[str, ...]:
        """When the file was made, of which data, and how its amounts are to be read; ``link`` stands beside."""
        as_of = self.asked.as_of
        posted = f"inskrivna {format_timestamp(self.posted)}" if self.posted else "utan poster"
        lines = [f"Framställd {format_date(self.printed)}."]
        lines += [f"Visar det som var registrerat {format_date(as_of)}."] if as_of else []
        lines += [f"Uppgifterna: {self.version}, {posted}."]
        if self.asked.money != "alla":
            lines += [_WHOSE.get(self.asked.money, f"Gäller bara medel från {self.asked.money}.")]
        return (*lines, "Belopp i kronor exklusive moms.")

    @property
    def link(self) -> str:
        """The page that shows the same."""
        return self.asked.link

    @property
    def rows_on_paper(self) -> int:
        """How many rows a table may have on paper: in all about a thousand projects, as more make nobody wiser."""
        return max(_ROWS_ON_PAPER // max(sum(section.level > 1 for section in self.sections), 1), 20)


def holds(reader: Reader, year: int, money: str = "alla") -> bool:
    """Whether there is anything to report on: a plan, or an amount."""
    return _says_something(plan.year_plan(reader, year, money))


def _says_something(found: YearPlan) -> bool:
    return found.plan is not None or found.figures != Figures()


def describe(reader: Reader, asked: Asked) -> Report:
    """Read the report. Raises Refused when no plan and no amount speaks of the year."""
    year, money = asked.year, asked.money
    found = plan.year_plan(reader, year, money)
    if not _says_something(found):
        raise Refused(f"Det finns inga uppgifter om {year}. Läs in årets budget eller välj ett annat år.")
    settings = {setting.name: setting.value for setting in reader.records(Setting)}
    rooms = plan.rooms_ahead(reader, year, money)
    today = datetime.now(UTC).astimezone(LOCAL_TIME).date()
    projects = plan.year_projects(reader, year, money)
    whole = asked.report == "portfoljrapport"
    chosen = portfolio.Filter(money=money) if whole else portfolio.Filter(money=money, first=year, last=year)
    listed = portfolio.listed(reader, chosen, asked.as_of or today, "Störst belopp", _MOST_PROJECTS)
    known = {project.code: project for project in listed}
    entries = tables.entries(year_sources(reader, year, money))
    room = room_chart(rooms, "kr")
    sections = [*_year(reader, asked, found, rooms, room)]
    if whole:
        sections += [*_projects(found, projects, listed, known), *_tail(found, entries)]
    elif projects:
        sections.append(_largest(found, projects, known))
    data = [
        tables.facts(found), tables.room(found), tables.rooms(rooms), tables.areas(found.areas, found.figures),
        *((tables.projects(projects, known), tables.portfolio(listed)) if whole else ()),
        tables.funders(found), tables.open_items(found.open_items), tables.conditional_items(found.conditional_items),
        tables.calls(found), tables.sources(entries), *((entries,) if whole else ()),
    ]  # fmt: skip
    return Report(
        asked=asked,
        subtitle=clean(found.plan.title) if found.plan and found.plan.title != f"FoU-plan {year}" else None,
        organisation=clean(settings.get("organisation")),
        invented=(settings.get("påhittad") or "").casefold() == "ja",
        posted=reader.value("SELECT MAX(posted) FROM batch"),
        version=_version(reader),
        printed=today,
        message=room.title,
        summary=clean(f"{year_sentence(found, 'kr')} {year_more(found, rooms, 'kr')}".strip()) or "",
        figures=tuple(large_figures(found, "kr")),
        text=clean(found.plan.text) if found.plan else None,
        sections=tuple(sections),
        tables=tuple(data),
    )


def _year(reader: Reader, asked: Asked, found: YearPlan, rooms: Sequence[plan.Room], room: Chart) -> Iterator[Section]:
    """The year's part: what takes up the frame, areas, funders, and what has no firm amount."""
    year, money = asked.year, asked.money
    yield _charted(room, tables.rooms([r for r in rooms if any(row[0] == str(r.year) for row in room.table.rows)]))
    areas = plan_chart(year, found.framed_areas, "kr")
    yield _charted(areas, tables.against_plan(year, found.framed_areas) or tables.areas(found.areas, found.figures))
    kind = found.figures.main_kind
    if len(found.funders) > 1 and kind is not None:
        given = plan.funder_areas(reader, year, kind, money)
        if len({part.funder for part in given.parts}) > 1:
            yield _charted(funder_chart(year, given, kind, "kr"), tables.funders(found))
    yield from _items(found)
    # What is already agreed for the year after, but not for how much, is seen in no sum.
    for section in _items(plan.year_plan(reader, year + 1, money)):
        yield replace(section, later=True)


def _charted(chart: Chart, table: Table) -> Section:
    return Section(chart.name, clean(chart.title) or "", clean(chart.sentence) or "", chart, table)


def _items(found: YearPlan) -> Iterator[Section]:
    """The commitments whose amount is not set, and those that hang on a condition, by name."""
    if found.open_items:
        number = count(len(found.open_items), "åtagande", "åtaganden")
        yield Section(
            "ej_faststallda",
            f"{number} har inget fastställt belopp {found.year}",
            "De räknas för sig och ingår inte i någon summa.",
            table=tables.open_items(found.open_items),
            names=tuple(_names(found.open_items)),
        )
    if found.conditional_items:
        amount = format_sek(sum((item.amount or ZERO for item in found.conditional_items), ZERO))
        yield Section(
            "pa_villkor",
            f"{amount} är utlovat på villkor {found.year}",
            "Beloppen gäller först när villkoret är uppfyllt, och ingår inte i någon summa.",
            table=tables.conditional_items(found.conditional_items),
            names=tuple(_names(found.conditional_items)),
        )


def _names(items: Sequence[OpenItem]) -> Iterator[str]:
    for item in items:
        title = clean(item.title) or ""
        yield title if item.amount is None else f"{title}, {format_sek(item.amount)}"


def _largest(found: YearPlan, projects: Sequence[ProjectRow], known: dict[str, Listed]) -> Section:
    return Section(
        "projekten",
        _having(found, projects),
        "",
        table=tables.largest_projects(projects[:_LARGEST], known, len(projects)),
    )


def _having(found: YearPlan, projects: Sequence[ProjectRow]) -> str:
    number = count(len(projects), "projekt", "projekt")
    return f"{number} har belopp {found.year}" if found.figures.firm else f"{number} är med {found.year}"


def _projects(
    found: YearPlan, projects: Sequence[ProjectRow], listed: Sequence[Listed], known: dict[str, Listed]
) -> Iterator[Section]:
    """The year's projects area by area in the order of the plan, then those without amounts this year."""
    by_area: dict[str, list[ProjectRow]] = {}
    for row in projects:
        by_area.setdefault(row.area or NO_AREA, []).append(row)
    if projects:
        yield Section(
            "projekten",
            _having(found, projects),
            f"De står efter område, det största först. {count(len(listed), 'projekt', 'projekt')} finns i portföljen.",
        )
    order = {row.name: place for place, row in enumerate(found.areas)}
    for area in sorted(by_area, key=lambda name: (order.get(name, len(order)), name)):
        rows = by_area[area]
        yield Section(
            "projekten-i-omradet",
            clean(area) or NO_AREA,
            f"{_sums(total(row.figures for row in rows))} till {count(len(rows), 'projekt', 'projekt')}.",
            table=tables.area_projects(clean(area) or NO_AREA, rows, known),
            level=2,
        )
    if found.calls:
        yield Section(
            "utlysningar",
            f"{_sums(total(row.figures for row in found.calls))} till "
            f"{count(len(found.calls), 'utlysning', 'utlysningar')}",
            "Pengarna har inte gått till något projekt än.",
            table=tables.calls(found),
        )
    with_money = {row.code for row in projects}
    others = [project for project in listed if project.code not in with_money]
    if others:
        number = count(len(others), "projekt", "projekt")
        yield Section(
            "ovriga",
            f"{number} i portföljen har inga belopp {found.year}",
            "De pågår andra år, eller källorna anger inga belopp för dem.",
            table=tables.other_projects(others, found.year),
        )


def _sums(figures: Figures) -> str:
    """What best says where the money goes: ``810 000 kr är föreslaget``; what has no amount beside it."""
    kind = next((kind for kind in _WORDS if figures.stated(kind) is not None), None)
    said = [] if kind is None else [f"{format_sek(figures.sum(kind))} är {_WORDS[kind]}"]
    if figures.open_count:
        said.append(count(figures.open_count, "belopp är inte fastställt", "belopp är inte fastställda"))
    return join_words(said) or "Inga belopp är beviljade"


def _tail(found: YearPlan, entries: Table) -> Iterator[Section]:
    facts, sources = tables.facts(found), tables.sources(entries)
    known = tuple(row for row in facts.rows if row[-1] is not None)
    if known:
        yield Section("planen", "Om planen", "", table=replace(facts, about="", rows=known))
    if sources.rows:
        yield Section(
            "kallor",
            f"Uppgifterna kommer från {count(len(sources.rows), 'källa', 'källor')}",
            "Varje belopp med sin källa står i Excelfilen och i öppna data.",
            table=sources,
        )


def _version(reader: Reader) -> str:
    """``post 12:3fa9c01b…``: the newest batch, with the mark by which it is proven later what the data were."""
    mark = chain.mark(reader)
    return f"post {mark}" if mark else "inga poster"
