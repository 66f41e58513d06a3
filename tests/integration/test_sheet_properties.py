"""However a budget is laid out, what is read is what was written, or an error says that it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from random import Random
from typing import Any, Literal, TypeAlias

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from fou.imports.examining import Examined, examine_read
from fou.imports.files.xlsx import read_workbook
from fou.imports.findings import Severity
from fou.store import Database
from tests.integration.grids import Cell, Styled, bold, book
from tests.integration.messy_budgets import MINUS, NARROW, NBSP, Figures
from tests.integration.understood import figures_of, know, projects_of

SHEET = "Blad1"
OWN = "Socialnämnden"
TITLES = (
    "Läxhjälp", "Anhörigstöd", "Bostad först", "Jobbspår", "Spädbarnsteam", "Kontaktfamiljer", "Trygg hemgång",
    "Samtal på nätet", "Evidensbaserad praktik", "Fältarbete på kvällstid", "Våldsförebyggande arbete",
)  # fmt: skip
AREAS = ("Barn och unga", "Äldre", "Funktionshinder", "Missbruk och beroende")
KINDS = {"planned": "Budget", "spent": "Utfall", "forecast": "Prognos", "granted": "Beviljat", "requested": "Sökt"}
SCALES = {"kr": 1, "tkr": 1_000, "mnkr": 1_000_000}
IN_TITLES = {"kr": ("Belopp i kr", "kronor"), "tkr": ("Belopp i tkr", "(tkr)"), "mnkr": ("Miljoner kronor", "mnkr")}
OPEN_WORDINGS = ("ej fastställt", "avsätts", "belopp fastställs senare", "Enligt särskilt beslut")

#: (title, kind, year) → SEK; None is not set.
Amounts: TypeAlias = dict[tuple[str, str, int], Decimal | None]


@dataclass(frozen=True)
class Layout:
    """How a budget is written."""

    years: Literal["heads", "kinds_above", "years_above", "column", "list"]
    unit: Literal["kr", "tkr", "mnkr"]
    unit_in: Literal["title", "head", "cell"]
    titles: int
    numbers: Literal["number", "text"]
    thousands: str
    minus: str
    zero: Literal["0", "-", "–"]
    group_heads: Literal["merged", "repeated"]
    area: Literal["none", "column", "lines"]
    sums: Literal["none", "below", "on_the_line"]
    total: Literal["", "Summa", "Totalt", "S:a", "SUMMA"]
    codes: bool
    notes: bool
    blank_columns: int
    blank_rows: bool
    left: int
    top: int
    #: which of all orders the columns stand in
    order: int


@dataclass(frozen=True)
class Budget:
    """The projects with their areas, and what is stated of them."""

    areas: dict[str, str]
    amounts: Amounts


layouts = st.builds(
    Layout,
    years=st.sampled_from(("heads", "kinds_above", "years_above", "column", "list")),
    unit=st.sampled_from(tuple(SCALES)),
    unit_in=st.sampled_from(("title", "head", "cell")),
    titles=st.integers(0, 2),
    numbers=st.sampled_from(("number", "text")),
    thousands=st.sampled_from((" ", NBSP, NARROW, "")),
    minus=st.sampled_from(("-", MINUS, "–", "()")),
    zero=st.sampled_from(("0", "-", "–")),
    group_heads=st.sampled_from(("merged", "repeated")),
    area=st.sampled_from(("none", "column", "lines")),
    sums=st.sampled_from(("none", "below", "on_the_line")),
    total=st.sampled_from(("", "Summa", "Totalt", "S:a", "SUMMA")),
    codes=st.booleans(),
    notes=st.booleans(),
    blank_columns=st.integers(0, 2),
    blank_rows=st.booleans(),
    left=st.integers(0, 3),
    top=st.integers(0, 5),
    order=st.integers(0, 999),
)


@st.composite
def budgets(draw: st.DrawFn, unit: str) -> Budget:
    """A small budget whose amounts are whole öre when they are written in ``unit`` with at most two decimals."""
    chosen = draw(st.lists(st.sampled_from(TITLES), min_size=2, max_size=7, unique=True))
    areas = {title: draw(st.sampled_from(AREAS)) for title in chosen}
    years = draw(st.lists(st.integers(2012, 2017), min_size=1, max_size=3, unique=True))
    kinds = draw(st.lists(st.sampled_from(tuple(KINDS)), min_size=1, max_size=2, unique=True))
    written = {
        "kr": st.one_of(st.integers(1_000, 3_000_000).map(Decimal), st.decimals(1_000, 900_000, places=2)),
        "tkr": st.one_of(st.integers(1, 3_000).map(Decimal), st.decimals(1, 900, places=1)),
        "mnkr": st.decimals(Decimal("0.01"), 40, places=2),
    }[unit]
    amount = st.one_of(
        written, written, written, written,
        written.map(lambda value: -value), st.just(Decimal(0)), st.none(), st.just(...),
    )  # fmt: skip
    amounts: Amounts = {}
    for title in chosen:
        for kind in kinds:
            for year in years:
                value = draw(amount)
                if value is not ...:
                    amounts[title, kind, year] = value if value is None else value * SCALES[unit]
    for title in chosen:  # each has something, so that each is there
        if not any(about[0] == title for about in amounts):
            amounts[title, kinds[0], years[0]] = draw(written) * SCALES[unit]
    return Budget(areas, amounts)


@st.composite
def written_budgets(draw: st.DrawFn) -> tuple[Budget, Layout]:
    layout = draw(layouts)
    if layout.sums == "on_the_line" and not layout.codes and not layout.total:
        # Nobody could tell an area with one project from two projects of the same amount.
        layout = replace(layout, total="Summa")
    budget = draw(budgets(layout.unit))
    if layout.sums == "on_the_line" and not layout.codes:
        # Nor an area whose sum is nothing from a project that got nothing; no money depends on it.
        sums: dict[str, Decimal] = {}
        for (project, _, _), amount in budget.amounts.items():
            area = budget.areas[project]
            sums[area] = sums.get(area, Decimal(0)) + (amount or 0)
        assume(all(sums.values()))
    return budget, layout


# Writing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column: its heads from above, and what stands in it for the rows of each label."""

    heads: tuple[Cell, ...]
    cell: Callable[[Any], Cell]
    #: what an amount column adds up; None in the others
    about: Callable[[Any], Decimal | None] | None = None
    name: bool = False


def write(budget: Budget, layout: Layout) -> bytes:
    """The budget as a workbook of one sheet."""
    rows = _rows(budget, layout)
    columns = _arranged(_columns(budget, layout), layout)
    grid: list[list[Cell]] = [[title] for title in _titles(layout)]
    first_head = len(grid)
    for depth in range(2 if _two_heads(layout) else 1):
        grid.append([column.heads[depth] if column and depth < len(column.heads) else None for column in columns])
    if layout.area == "lines":
        for area, group in groupby(rows, key=lambda row: budget.areas[row[0]]):
            members = list(group)
            grid.append(_area_line(columns, area, members, layout))
            grid += [[column.cell(row) if column else None for column in columns] for row in members]
            if layout.sums == "below":
                grid.append(_sum_row(columns, f"Summa {area.lower()}", members, layout))
            if layout.blank_rows:
                grid.append([])
    else:
        grid += [[column.cell(row) if column else None for column in columns] for row in rows]
    if layout.blank_rows:
        grid.append([])
    if layout.total:
        grid.append(_sum_row(columns, layout.total, rows, layout))

    buffer = BytesIO()
    with book(buffer) as written:
        sheet = written.file.add_worksheet(SHEET)
        for number, row in enumerate(grid):
            for column, cell in enumerate(row):
                if cell is not None:
                    written._write(sheet, layout.top + number, layout.left + column, cell)
        if _two_heads(layout) and layout.group_heads == "merged":
            _merge(written, sheet, grid[first_head], layout.top + first_head, layout.left)
    return buffer.getvalue()


def _two_heads(layout: Layout) -> bool:
    return layout.years in ("kinds_above", "years_above")


def _titles(layout: Layout) -> list[Cell]:
    titles: list[Cell] = [bold("Socialförvaltningen"), "Forskning och utveckling"][: layout.titles]
    if layout.unit_in == "title":
        titles.append(IN_TITLES[layout.unit][layout.titles % 2])
    return titles


def _rows(budget: Budget, layout: Layout) -> list[tuple[Any, ...]]:
    """The data rows: (title,), (title, year) or (title, kind, year), the areas' together."""
    about = {
        "column": lambda key: (key[0], key[2]),
        "list": lambda key: key,
    }.get(layout.years, lambda key: (key[0],))
    return sorted(dict.fromkeys(map(about, budget.amounts)), key=lambda row: AREAS.index(budget.areas[row[0]]))


def _columns(budget: Budget, layout: Layout) -> list[list[Column]]:
    """The columns, in blocks that stay together."""
    deep = _two_heads(layout)

    def plain(head: str, cell: Callable[[Any], Cell], name: bool = False) -> list[Column]:
        return [Column((None, head) if deep else (head,), cell, name=name)]

    titles = list(budget.areas)
    blocks = [plain("Projekt", lambda row: row[0], name=True)]
    if layout.area == "column":
        blocks.append(plain("Område", lambda row: budget.areas[row[0]]))
    if layout.codes:
        blocks.append(plain("Kod", lambda row: 4711 + titles.index(row[0])))
    if layout.notes:
        blocks.append(plain("Anmärkning", lambda row: "beslut 2014-02-11, klart 2015" if row[0] == titles[0] else None))
    if layout.years in ("column", "list"):
        blocks.append(plain("År", lambda row: row[-1]))
    if layout.years == "list":
        blocks.append(plain("Slag", lambda row: KINDS[row[1]]))
    return blocks + _amount_blocks(budget, layout)


def _amount_blocks(budget: Budget, layout: Layout) -> list[list[Column]]:
    kinds = list(dict.fromkeys(key[1] for key in budget.amounts))
    years = sorted({key[2] for key in budget.amounts})
    unit = f" ({layout.unit})" if layout.unit_in == "head" else ""

    def column(about: Callable[[Any], tuple[str, str, int]], *heads: Cell) -> Column:
        return Column(
            heads,
            lambda row: _amount(budget.amounts.get(about(row), ...), layout),
            lambda row: budget.amounts.get(about(row)),
        )

    match layout.years:
        case "heads":
            return [
                [column(lambda row, k=kind, y=year: (row[0], k, y), f"{KINDS[kind]} {year}{unit}")]
                for kind in kinds
                for year in years
            ]
        case "kinds_above":
            return [
                [column(lambda row, k=kind, y=year: (row[0], k, y), f"{KINDS[kind]}{unit}", year) for year in years]
                for kind in kinds
            ]
        case "years_above":
            return [
                [column(lambda row, k=kind, y=year: (row[0], k, y), year, f"{KINDS[kind]}{unit}") for kind in kinds]
                for year in years
            ]
        case "column":
            return [[column(lambda row, k=kind: (row[0], k, row[1]), f"{KINDS[kind]}{unit}")] for kind in kinds]
        case "list":
            return [[column(lambda row: row, f"Belopp{unit}")]]


def _arranged(blocks: list[list[Column]], layout: Layout) -> list[Column | None]:
    """The blocks in any order, with blank columns (None) between some of them."""
    blocks = list(blocks)
    random = Random(layout.order)
    random.shuffle(blocks)
    arranged: list[list[Column | None]] = [list(block) for block in blocks]
    for _ in range(layout.blank_columns):
        arranged.insert(random.randint(1, len(arranged)), [None])
    return [column for block in arranged for column in block]


def _area_line(columns: list[Column | None], area: str, members: list[Any], layout: Layout) -> list[Cell]:
    if layout.sums == "on_the_line":
        return _sum_row(columns, area, members, layout)
    return [bold(area) if column and column.name else None for column in columns]


def _sum_row(columns: list[Column | None], label: str, members: list[Any], layout: Layout) -> list[Cell]:
    """A row that adds up the others; in a list, an amount of each kind and year is added to the same sum."""
    row: list[Cell] = []
    for column in columns:
        if column is None or not (column.about or column.name):
            row.append(None)
        elif column.about is None:
            row.append(bold(label))
        else:
            sums = [amount for member in members if (amount := column.about(member)) is not None]
            row.append(_amount(sum(sums, Decimal(0)), layout))
    return row


def _amount(amount: Any, layout: Layout) -> Cell:
    """SEK as the layout writes it."""
    if amount is ...:
        return None
    if amount is None:
        return OPEN_WORDINGS[layout.order % len(OPEN_WORDINGS)]
    value = (amount / SCALES[layout.unit]).normalize()
    if value == 0 and layout.zero != "0":
        return layout.zero
    if layout.numbers == "number" and layout.unit_in != "cell":
        return Styled(value, {"num_format": "#,##0.00"})
    digits = f"{abs(value):,f}".replace(",", layout.thousands).replace(".", ",")
    if layout.unit_in == "cell":
        digits = f"{digits} {layout.unit}"
    if value >= 0:
        return digits
    return f"({digits})" if layout.minus == "()" else f"{layout.minus}{digits}"


def _merge(written: Any, sheet: Any, heads: list[Cell], row: int, left: int) -> None:
    """Merge the upper heads that are the same over columns beside each other."""
    at = 0
    for head, same in groupby(heads):
        width = len(list(same))
        if head is not None and width > 1:
            style = written.format(bold=True, align="center")
            sheet.merge_range(row, left + at, row, left + at + width - 1, head, style)
        at += width


# What must hold --------------------------------------------------------------------------------------------


def stated(budget: Budget) -> Figures:
    return {(kind, year, title, OWN): amount for (title, kind, year), amount in budget.amounts.items()}


def errors(examined: Examined) -> list[str]:
    return [f"{one.kind} {one.cell}: {one.found}" for one in examined.findings if one.severity is Severity.ERROR]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database that knows the funders; nothing is posted in it."""
    database = Database.open(tmp_path_factory.mktemp("data") / "fou.duckdb")
    know(database)
    yield database
    database.close()


def read(database: Database, budget: Budget, layout: Layout) -> Examined:
    """What is understood; a file of nothing but negative amounts may mean costs, so that is answered too."""
    workbook = read_workbook(write(budget, layout), "budget.xlsx")
    choices = {"sheets": {SHEET: {"funder": OWN, "sign": "as_is"}}}
    return examine_read(database, workbook, "budget.xlsx", choices=choices)


@settings(max_examples=30)
@given(written_budgets())
def test_what_is_read_is_what_was_written_or_an_error_is_told(
    standing: Database, written: tuple[Budget, Layout]
) -> None:
    budget, layout = written
    examined = read(standing, budget, layout)
    for one in errors(examined):
        event(one.split()[0])
    event("refused" if examined.checked.has_errors else "read")
    if not examined.checked.has_errors:
        with standing.read() as reader:
            assert figures_of(examined, reader) == stated(budget)


@settings(max_examples=25)
@given(written_budgets())
def test_a_budget_with_its_unit_above_and_its_years_in_one_row_of_heads_is_read(
    standing: Database, written: tuple[Budget, Layout]
) -> None:
    budget, layout = written
    layout = replace(layout, years="heads", unit_in="title", sums="none", blank_columns=0)
    examined = read(standing, budget, layout)
    with standing.read() as reader:
        assert (errors(examined), figures_of(examined, reader)) == ([], stated(budget))


@settings(max_examples=25)
@given(written_budgets())
def test_areas_go_to_their_own_projects(standing: Database, written: tuple[Budget, Layout]) -> None:
    budget, layout = written
    examined = read(standing, budget, layout)
    if not examined.checked.has_errors and layout.area != "none":
        with standing.read() as reader:
            areas = {title: area for title, (_, area) in projects_of(examined, reader).items()}
        assert {title: areas[title] for title in budget.areas} == budget.areas
