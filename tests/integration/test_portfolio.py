"""The portfolio under any filter: lists, sums, charts and sentences against the ledger added up by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou import portfolio, search
from fou.access import Person, Role
from fou.charts.portfolio import area_chart, portfolio_sentence, sizes_chart, spread
from fou.charts.sought import payments_chart, sought_amounts, sought_numbers
from fou.demo.load import load_documents, load_example
from fou.ledger import statements
from fou.model import KIND_NAMES, NO_AREA, STANDINGS, Area, Decision, Entry, Funder, Kind, Project
from fou.money import format_whole
from fou.sources import Sourced, sources_of
from fou.store import Database, Reader
from fou.swedish import partial_bounds
from fou.ui.views.project import project_view
from tests.integration.later import work_on

TODAY = date(2026, 11, 22)
ZERO = Decimal(0)


@dataclass(frozen=True, repr=False)
class Everything:
    """All that the example holds, as Python objects."""

    reader: Reader
    index: search.Index
    projects: list[Project]
    entries: list[Entry]
    decisions: list[Decision]
    areas: dict[int, Area]
    funders: dict[int, Funder]


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Everything]]:
    """The example as it is, and as it was before the latest changes: those who look at an earlier date see that."""
    database = Database.open(tmp_path_factory.mktemp("example") / "fou.duckdb")
    admin = Person("Anna", Role.ADMIN)
    load_example(database, admin)
    with database.read() as reader:
        before = taken(reader)  # while it still is now, so that what is read as of then has something to agree with
    head = work_on(database, admin)
    with database.read() as reader, database.read(head) as earlier:
        yield {"now": taken(reader), "before": replace(before, reader=earlier, index=search.index(earlier))}
    database.close()


@pytest.fixture(scope="module")
def example(moments: dict[str, Everything]) -> Everything:
    return moments["now"]


def taken(reader: Reader) -> Everything:
    return Everything(
        reader,
        search.index(reader),
        reader.records(Project),
        [entry for entry in statements(reader) if entry.project is not None],
        reader.records(Decision, "WHERE kind = 'decision'"),
        {area.id: area for area in reader.records(Area)},
        {funder.id: funder for funder in reader.records(Funder)},
    )


WHEN = st.sampled_from(["now", "before"])


@st.composite
def filters(draw: st.DrawFn) -> tuple[str, portfolio.Filter]:
    """A text to search for ("" for none) and the other filters."""
    years = sorted(draw(st.lists(st.integers(2018, 2029), max_size=2)))
    areas = st.sampled_from(["Barn och unga", "Äldre och anhöriga", "Ekonomiskt bistånd", NO_AREA])
    return draw(st.sampled_from(["", "", "äldre", "utvärdering", "barn"])), portfolio.Filter(
        areas=tuple(draw(st.lists(areas, max_size=2, unique=True))),
        standings=tuple(draw(st.lists(st.sampled_from(list(STANDINGS)), max_size=3, unique=True))),
        money=draw(st.sampled_from(["alla", "alla", "egna", "andras", "Forte"])),
        first=years[0] if years else None,
        last=years[1] if len(years) > 1 else None,
        ends=draw(st.sampled_from([None, None, 2026])),
    )


# --- By hand ------------------------------------------------------------------------------------------------


def area_of(everything: Everything, project: Project) -> str:
    """The area's name today, followed through its successors."""
    if project.area is None:
        return NO_AREA
    area = everything.areas[project.area]
    while area.last_year is not None and area.successor is not None:
        area = everything.areas[area.successor]
    return area.name


def standing_of(everything: Everything, project: Project) -> str:
    kinds = {entry.kind for entry in everything.entries if entry.project == project.id}
    outcomes = {decision.outcome for decision in everything.decisions if decision.project == project.id}
    ended = project.ends is not None and partial_bounds(project.ends)[1] < TODAY
    runs = project.ends is not None and project.starts is not None and partial_bounds(project.starts)[0] <= TODAY
    by_time = "finished" if ended else "running" if runs else ""
    if kinds & {Kind.GRANTED, Kind.PAID, Kind.SPENT} or "granted" in outcomes:
        return by_time or "granted"
    if "rejected" in outcomes:
        return "rejected"
    if kinds & {Kind.PROPOSED, Kind.RESERVED}:
        return "proposed"
    return "applied" if Kind.REQUESTED in kinds else by_time or "unknown"


def is_mine(everything: Everything, entry: Entry, money: str) -> bool:
    funder = everything.funders[entry.funder]
    own = funder.kind == "municipality"
    return money in ("alla", funder.name) or (money == "egna" and own) or (money == "andras" and not own)


def by_hand(everything: Everything, chosen: portfolio.Filter) -> tuple[dict[int, Project], dict[int, str], list[Entry]]:
    """The projects that match, how they stand, and the entries that count."""
    first, last = chosen.first or 0, chosen.last or 9999
    mine = [entry for entry in everything.entries if is_mine(everything, entry, chosen.money)]
    counted = [entry for entry in mine if first <= entry.year <= last]
    projects, standings = {}, {}
    for project in everything.projects:
        starts, ends = project.starts or project.ends, project.ends or project.starts
        runs = starts is not None and ends is not None and int(starts[:4]) <= last and int(ends[:4]) >= first
        standing = standing_of(everything, project)
        if (
            (chosen.hits is None or project.id in chosen.hits.projects)
            and (not chosen.areas or area_of(everything, project) in chosen.areas)
            and (not chosen.standings or standing in chosen.standings)
            and (chosen.money == "alla" or any(entry.project == project.id for entry in mine))
            and (not chosen.years or runs or any(entry.project == project.id for entry in counted))
            and (
                chosen.ends is None
                or ((project.ends or "")[:4] == str(chosen.ends) and standing in ("granted", "running", "finished"))
            )
        ):
            projects[project.id], standings[project.id] = project, standing
    return projects, standings, [entry for entry in counted if entry.project in projects]


def firm(entries: list[Entry], kind: Kind, **more: int) -> Decimal | None:
    """The sum of the firm amounts of a kind, None when there are none."""
    amounts = [
        entry.amount
        for entry in entries
        if entry.kind == kind and not entry.open and entry.condition is None
        and all(getattr(entry, name) == value for name, value in more.items())
    ]  # fmt: skip
    return sum(amounts, ZERO) if amounts else None


# --- The list and its sums ----------------------------------------------------------------------------------


@settings(max_examples=25)
@given(WHEN, filters(), st.sampled_from(["kr", "tkr", "mnkr"]))
def test_the_sentence_and_the_list_are_what_the_ledger_adds_up_to(
    moments: dict[str, Everything], when: str, wish: tuple[str, portfolio.Filter], unit: str
) -> None:
    example = moments[when]
    chosen = complete(example, wish)
    projects, standings, entries = by_hand(example, chosen)
    found = portfolio.found(example.reader, chosen, TODAY)
    listed = portfolio.listed(example.reader, chosen, TODAY, "Namn", 1000)
    granted, proposed = firm(entries, Kind.GRANTED), firm(entries, Kind.PROPOSED)
    assert (found.total, found.granted, found.proposed) == (len(projects), granted, proposed)
    assert found.open == sum(entry.open for entry in entries)
    assert dict(found.standings) == {key: list(standings.values()).count(key) for key in set(standings.values())}
    assert {row.code: (row.area or NO_AREA, row.standing, row.granted, row.paid) for row in listed} == {
        project.code: (
            area_of(example, project), standings[number], firm(entries, Kind.GRANTED, project=number),
            firm(entries, Kind.PAID, project=number),
        )
        for number, project in projects.items()
    }  # fmt: skip
    sentence = portfolio_sentence(found, unit, chosen.years)
    assert sentence.startswith(f"{len(projects)} projekt: " if projects else "Inga projekt.")
    assert (granted is not None and f"{format_whole(granted, unit)} är beviljat" in sentence) == (granted is not None)
    assert ("föreslaget" in sentence.partition(". ")[2]) == (proposed is not None)


def complete(everything: Everything, wish: tuple[str, portfolio.Filter]) -> portfolio.Filter:
    text, chosen = wish
    hits = search.find(everything.index, text) if text else None
    return portfolio.Filter(hits, chosen.areas, chosen.standings, chosen.money, chosen.first, chosen.last, chosen.ends)


@pytest.mark.parametrize("order", list(portfolio.ORDERS))
def test_the_pages_of_the_list_hold_each_project_once_in_every_order(example: Everything, order: str) -> None:
    pages = [portfolio.listed(example.reader, portfolio.Filter(), TODAY, order, 25, at) for at in (0, 25, 50)]
    assert sorted(row.code for page in pages for row in page) == sorted(p.code for p in example.projects)


def test_the_best_hit_stands_first_after_a_search(example: Everything) -> None:
    chosen = complete(example, ("äldre", portfolio.Filter()))
    assert chosen.hits is not None
    first = portfolio.listed(example.reader, chosen, TODAY, portfolio.orders(chosen)[0], 50)[0]
    assert "äldre" in first.title.lower()


# --- Statistics ---------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(WHEN, filters())
def test_the_areas_sizes_and_payments_are_what_the_ledger_adds_up_to(
    moments: dict[str, Everything], when: str, wish: tuple[str, portfolio.Filter]
) -> None:
    example = moments[when]
    chosen = complete(example, wish)
    projects, _, entries = by_hand(example, chosen)
    areas = portfolio.by_area(example.reader, chosen, TODAY)
    assert sum(area.projects for area in areas) == len(projects)
    for area in areas:
        inside = [e for e in entries if e.project and area_of(example, projects[e.project]) == area.name]
        assert (area.granted, area.paid) == (firm(inside, Kind.GRANTED), firm(inside, Kind.PAID))
    sums = [firm(entries, Kind.GRANTED, project=number) for number in projects]
    sizes = portfolio.sizes(example.reader, chosen, TODAY)
    assert sizes.amounts == tuple(sorted(amount for amount in sums if amount))
    assert sizes.left_out == len(projects) - len(sizes.amounts)
    found = portfolio.payments(example.reader, chosen, TODAY)
    decided = {
        number: min((d.decided.year for d in example.decisions
                     if d.project == number and d.outcome == "granted" and d.decided), default=None)
        for number in projects
    }  # fmt: skip
    own = [entry for entry in entries if example.funders[entry.funder].kind == "municipality"]
    cells: dict[tuple[int, int], Decimal] = {}
    for entry in own:
        year = decided[entry.project or 0]
        if entry.kind == Kind.PAID and entry.condition is None and year is not None:
            cells[year, entry.year] = cells.get((year, entry.year), ZERO) + entry.amount
    assert {(one, other): amount for one, other, amount in found.sums} == cells
    everything_paid = sum(cells.values(), ZERO) + found.undated + found.others
    assert everything_paid == (firm(entries, Kind.PAID) or ZERO)
    proposed = sum(area.proposed is not None for area in areas) > sum(area.granted is not None for area in areas)
    charts = [
        (area_chart(areas, "kr", chosen.years), firm(entries, Kind.PROPOSED if proposed else Kind.GRANTED)),
        (sizes_chart(sizes, "kr", chosen.years), sizes.amounts[-1] if sizes.amounts else None),
        (payments_chart(found, "kr"), sum(cells.values(), ZERO)),
    ]
    for chart, said in charts:
        assert chart.sentence.endswith(".")
        assert (format_whole(said) if said else "") in chart.sentence


@settings(max_examples=15)
@given(WHEN, filters())
def test_the_sources_of_each_chart_add_up_to_what_it_shows(
    moments: dict[str, Everything], when: str, wish: tuple[str, portfolio.Filter]
) -> None:
    example = moments[when]
    chosen = complete(example, wish)
    base = portfolio.read_base(example.reader, chosen.money, chosen.first, chosen.last, TODAY)
    found: dict[portfolio.Figure, list[Sourced]] = {}
    for figure in get_args(portfolio.Figure):
        found[figure] = portfolio.sources_behind(example.reader, figure, chosen, TODAY, base)
        assert portfolio.count_sources_behind(example.reader, figure, chosen, TODAY, base) == len(found[figure])
    areas = portfolio.by_area(example.reader, chosen, TODAY, base)
    for kind in (Kind.GRANTED, Kind.PROPOSED, Kind.PAID):
        assert listed_sum(found["by_area"], kind) == sum((getattr(area, kind) or ZERO for area in areas), ZERO)
    assert sum(one.amount is None for one in found["by_area"]) == sum(area.open for area in areas)
    for year in portfolio.sought(example.reader, chosen, TODAY, base):
        inside = [one for one in found["sought"] if year.year in (None, one.year)]
        assert (listed_sum(inside, Kind.REQUESTED), listed_sum(inside, Kind.GRANTED)) == (year.sought, year.granted)
        assert len({one.code for one in inside}) == year.projects
    paid = portfolio.payments(example.reader, chosen, TODAY, base).sums
    by_year = {year: sum((n for _, other, n in paid if other == year), ZERO) for _, year, _ in paid}
    assert {one.year for one in found["payments"]} == by_year.keys()
    for year_paid, amount in by_year.items():
        assert listed_sum([one for one in found["payments"] if one.year == year_paid], Kind.PAID) == amount
    codes = {one.code for one in found["sizes"]}
    sums = [listed_sum([one for one in found["sizes"] if one.code == code], Kind.GRANTED) for code in codes]
    assert tuple(sorted(sums)) == portfolio.sizes(example.reader, chosen, TODAY, base).amounts


def listed_sum(found: list[Sourced], kind: Kind) -> Decimal:
    """The sum of the firm amounts of a kind."""
    return sum((one.amount for one in found if one.kind == kind and one.amount and one.condition is None), ZERO)


@settings(max_examples=15)
@given(st.data())
def test_the_sources_of_a_projects_money_add_up_to_its_chart(example: Everything, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(sorted(project.code for project in example.projects)))
    shown = project_view(example.reader, code, "kr", TODAY)
    assert shown is not None
    assert shown.money.behind is not None
    found = sources_of(example.reader, shown.money.behind)
    for row in shown.money.table.rows:
        cells = dict(zip(shown.money.table.head, row, strict=True))
        year = [one for one in found if str(one.year) == cells["År"]]
        for kind in {one.kind for one in year if one.amount and one.condition is None}:
            assert listed_sum(year, kind) == cells[KIND_NAMES[kind].capitalize()]
        assert sum(one.amount is None for one in year) == (cells["Utan belopp"] or 0)
        assert sum((one.amount or ZERO for one in year if one.condition), ZERO) == (cells["På villkor"] or 0)


@settings(max_examples=20)
@given(WHEN, filters())
def test_sought_against_granted_is_what_the_ledger_adds_up_to(
    moments: dict[str, Everything], when: str, wish: tuple[str, portfolio.Filter]
) -> None:
    example = moments[when]
    chosen = complete(example, wish)
    _, _, entries = by_hand(example, chosen)
    asked = {(entry.project, entry.year) for entry in entries if entry.kind == Kind.REQUESTED}
    given_to = {(entry.project, entry.year) for entry in entries if entry.kind == Kind.GRANTED}
    of_those = [entry for entry in entries if (entry.project, entry.year) in asked]
    years = portfolio.sought(example.reader, chosen, TODAY)
    for row in years:
        year = {} if row.year is None else {"year": row.year}
        assert row.sought == (firm(entries, Kind.REQUESTED, **year) or ZERO)
        assert row.granted == (firm(of_those, Kind.GRANTED, **year) or ZERO)
        assert row.granted + row.other == (firm(entries, Kind.GRANTED, **year) or ZERO)
        pairs = {pair for pair in asked if row.year in (None, pair[1])}
        assert row.projects == len({project for project, _ in pairs})
        assert row.granted_projects == len({project for project, _ in pairs & given_to})
    whole = years[0]
    if whole.projects and whole.sought:
        sentence = sought_amounts(years, "kr").sentence
        assert f"{format_whole(whole.sought)} är sökt" in sentence
        assert f"{format_whole(whole.granted)} (" in sentence
        assert sought_numbers(years).title.startswith(f"{whole.granted_projects} av {whole.projects} projekt")


def test_half_of_the_grants_are_at_most_the_median_and_half_lie_between_the_quartiles(example: Everything) -> None:
    amounts = portfolio.sizes(example.reader, portfolio.Filter(), TODAY).amounts
    lower, median, upper = spread(amounts)
    assert sum(amount <= median for amount in amounts) * 2 >= len(amounts)
    assert abs(sum(lower <= amount <= upper for amount in amounts) / len(amounts) - 0.5) < 0.1


def test_a_project_is_counted_in_one_size_only(example: Everything) -> None:
    chart = sizes_chart(portfolio.sizes(example.reader, portfolio.Filter(), TODAY), "kr")
    *sizes, whole = chart.table.rows[:-6]
    assert (sum(row[1] for row in sizes), sum(row[2] for row in sizes)) == whole[1:]


# --- The time line and the documents ------------------------------------------------------------------------


def test_the_time_line_counts_every_project_also_those_that_do_not_fit(example: Everything) -> None:
    found = portfolio.along_time(example.reader, portfolio.Filter(), TODAY, 10)
    standings = {project.id: standing_of(example, project) for project in example.projects}
    ending = [
        p
        for p in example.projects
        if (p.ends or "")[:4] == "2026" and standings[p.id] in ("running", "finished", "granted")
    ]
    assert (len(found.rows), found.total, found.running, found.ending) == (
        10, len(standings), list(standings.values()).count("running"), len(ending),
    )  # fmt: skip
    assert {row.standing for row in found.rows} == {"running"}


def test_the_documents_projects_stand_in_the_time_line_by_area(database: Database, admin: Person) -> None:
    load_documents(database, admin)
    with database.read() as reader:
        rows = portfolio.along_time(reader, portfolio.Filter(), TODAY, 40).rows
    names = [row.area for row in rows]
    assert names == [name for name in dict.fromkeys(names) for _ in range(names.count(name))]


def test_a_chain_is_followed_to_both_its_ends(example: Everything) -> None:
    chains = [portfolio.project_page(example.reader, p.code, TODAY) for p in example.projects if p.code == "EX20-001"]
    page = chains[0]
    assert page is not None
    assert [other.title.partition(":")[0] for _, other in (*page.earlier, *page.later)] == [
        "Förstudie", "Uppföljning", "Spridning",
    ]  # fmt: skip
