"""The template filled with what the database holds: read in again it says nothing, and changed just the change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from fou.access import Action, Person, Role
from fou.demo.load import load_documents, load_example
from fou.imports.difference import Difference
from fou.imports.examining import Examined, examine, examine_read
from fou.imports.files.texts import cell_text
from fou.imports.files.xlsx import read_workbook
from fou.imports.posting import post
from fou.imports.references import fold
from fou.imports.template.filled import filled_tables, write_filled
from fou.imports.template.tables import Table, workbook_from
from fou.ledger import correct, statements
from fou.model import Area, Basis, Call, Entry, Funder, Kind, Project
from fou.store import Database, Work
from fou.store.sight import EVERYTHING
from tests.integration.conftest import opened_copy

pytestmark = pytest.mark.usefixtures("each_file_is_read_once")

ANNA = Person("Anna", Role.ADMIN)
TODAY = date(2026, 11, 21)
CITY, FORTE = "Exempelstad", "Forte"


def download(database: Database) -> bytes:
    """As the page gives it: without the scores that are not opened."""
    buffer = BytesIO()
    with database.read(None, replace(EVERYTHING, ballots=False)) as reader:
        write_filled(reader, buffer, TODAY)
    return buffer.getvalue()


def tables(database: Database) -> dict[str, Table]:
    with database.read() as reader:
        return filled_tables(reader)


def read_again(database: Database, data: bytes) -> Examined:
    return examine_read(database, read_workbook(data, "ifylld.xlsx"), "ifylld.xlsx")


def amounts_of(difference: Difference) -> list[tuple[Any, ...]]:
    return [
        (change.kind, change.year, change.project, change.funder, change.before and change.before.firm,
         change.after.firm)
        for change in difference.amounts
    ]  # fmt: skip


def said_by(examined: Examined) -> tuple[Any, ...]:
    """Everything that a person would be shown."""
    difference = examined.difference
    return (
        examined.findings, difference.amounts, difference.records, difference.missing, difference.missing_elsewhere
    )  # fmt: skip


NOTHING: tuple[Any, ...] = ([], (), (), (), 0)


# Whole portfolios ------------------------------------------------------------------------------------------

PORTFOLIOS: dict[str, Callable[[Database], int]] = {
    "documents": lambda database: load_documents(database, ANNA),
    "60 projects": lambda database: load_example(database, ANNA, 60),
    "200 projects": lambda database: load_example(database, ANNA, 200),
}


@pytest.mark.parametrize("portfolio", PORTFOLIOS)
def test_a_portfolio_downloaded_and_uploaded_says_nothing(portfolio: str, database: Database) -> None:
    PORTFOLIOS[portfolio](database)
    assert said_by(examine(database, download(database), "ifylld.xlsx")) == NOTHING


def test_two_changed_figures_are_the_whole_difference(database: Database) -> None:
    load_example(database, ANNA, 60)
    book = load_workbook(BytesIO(download(database)))
    sheet = book["Budget"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    cells = [
        sheet.cell(row, heads[2025])
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, heads["Slag"]).value == "beviljat" and sheet.cell(row, heads[2025]).value not in (None, 0)
    ]
    expected = []
    for cell in (cells[0], cells[5]):
        project, funder = (sheet.cell(cell.row, heads[head]).value for head in ("Projekt", "Finansiär"))
        expected.append((Kind.GRANTED, 2025, project, funder, cell.value, cell.value + 1_000))
        cell.value += 1_000
    changed = BytesIO()
    book.save(changed)

    difference = examine(database, changed.getvalue(), "ändrad.xlsx").difference

    assert (amounts_of(difference), difference.records, difference.missing) == (expected, (), ())


def test_a_year_written_in_the_next_free_column_is_read(database: Database) -> None:
    load_documents(database, ANNA)
    book = load_workbook(BytesIO(download(database)))
    sheet = book["Budget"]
    free = sheet.max_column + 1
    sheet.cell(1, free).value, sheet.cell(2, free).value = 2031, 2_500_000
    changed = BytesIO()
    book.save(changed)

    difference = read_again(database, changed.getvalue()).difference

    assert [(change.kind, change.year, change.after.firm) for change in difference.amounts] == [
        (Kind.FRAME, 2031, 2_500_000)
    ]


# What a cell says ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Small:
    """A database with two funders, an area, a call and two projects."""

    database: Database
    funders: list[int]
    area: int
    call: int
    projects: list[int]

    def post(self, *entries: Entry) -> None:
        with self.database.write(ANNA, Action.EDIT, "beslut") as work:
            work.post(entries)

    def granted(self, **values: Any) -> Entry:
        about = {"project": self.projects[0], "funder": self.funders[0], "source": "beslut", **values}
        return Entry(Kind.GRANTED, 2025, **about)

    def cells(self) -> list[Any]:
        """What stands for 2025 in Budget, in its order."""
        return [row.get(2025) for row in tables(self.database)["Budget"]]


@pytest.fixture
def small(database: Database) -> Small:
    with database.write(ANNA, Action.EDIT, "grund") as work:
        return Small(
            database,
            work.create_many(Funder, [{"name": CITY, "kind": "municipality"}, {"name": FORTE, "kind": "state"}]),
            work.create(Area, name="Barn och unga"),
            work.create(Call, code="U-1", name="Lokala medel", year=2025, state="open"),
            work.create_many(Project, [{"code": "P-2", "title": "Fältarbete"}, {"code": "P-1", "title": "Läxhjälp"}]),
        )


@pytest.mark.parametrize(
    ("stated", "cell"),
    [
        ([(0, 1)], "ej fastställt"),
        ([(0, 1), (0, 1)], "2 × ej fastställt"),
        ([(600_000, 0), (0, 1)], "600\u00a0000 + ej fastställt"),
        ([(600_000, 0), (0, 1), ("-0.50", 0), (0, 1)], "599\u00a0999,50 + 2 × ej fastställt"),
        ([(100, 0), (50, 0)], Decimal(150)),
        ([(-100, 0), (0, 1)], "\u2212100 + ej fastställt"),
        ([(0, 0)], Decimal(0)),
    ],
)
def test_what_stands_about_one_thing_is_one_cell(stated: list[tuple[Any, int]], cell: Any, small: Small) -> None:
    small.post(*(small.granted(amount=Decimal(amount), open=is_open) for amount, is_open in stated))
    assert small.cells() == [cell]
    assert said_by(read_again(small.database, download(small.database))) == NOTHING


def test_stated_and_spread_are_lines_of_their_own(small: Small) -> None:
    small.post(small.granted(amount=Decimal(10)), small.granted(amount=Decimal(5), basis=Basis.SPREAD))
    rows = tables(small.database)["Budget"]
    assert [(row["Grund"], row[2025]) for row in rows] == [("angivet", 10), ("fördelat", 5)]
    assert said_by(read_again(small.database, download(small.database))) == NOTHING


def test_firm_and_conditional_are_lines_of_their_own(small: Small) -> None:
    small.post(small.granted(amount=Decimal(10)), small.granted(amount=Decimal(5), condition="om det räcker"))
    rows = tables(small.database)["Budget"]
    assert [(row["Villkor"], row[2025]) for row in rows] == [(None, 10), ("om det räcker", 5)]


def test_an_amount_for_a_project_and_an_area_is_the_projects(small: Small) -> None:
    small.post(small.granted(amount=Decimal(10), area=small.area), small.granted(amount=Decimal(5)))
    assert small.cells() == [15]
    assert said_by(read_again(small.database, download(small.database))) == NOTHING


def test_changing_what_is_for_a_project_and_an_area_does_not_count_it_twice(small: Small) -> None:
    small.post(small.granted(amount=Decimal(10), area=small.area))
    changed = {**tables(small.database)}
    changed["Budget"][0][2025] = Decimal(12)
    examined = examine_read(small.database, workbook_from(changed), "ändrad.xlsx")
    post(small.database, ANNA, examined)
    with small.database.read() as reader:
        assert [entry.amount for entry in statements(reader)] == [12]


def test_an_amount_for_nothing_in_particular_is_left_out_and_not_missed(small: Small) -> None:
    small.post(
        small.granted(amount=Decimal(10), project=None), Entry(Kind.FRAME, 2025, small.funders[0], amount=Decimal(7))
    )
    assert small.cells() == [7]
    difference = read_again(small.database, download(small.database)).difference
    assert (difference.is_empty, difference.missing, difference.missing_elsewhere) == (True, (), 1)


def test_the_lines_stand_in_order_with_the_names_of_what_they_are_for(small: Small) -> None:
    small.post(
        small.granted(project=None, area=small.area, amount=Decimal(4)),
        small.granted(project=None, call=small.call, amount=Decimal(3)),
        small.granted(amount=Decimal(2)),
        small.granted(project=small.projects[1], amount=Decimal(1)),
        Entry(Kind.FRAME, 2025, small.funders[0], amount=Decimal(0)),
    )
    assert [(row["Benämning"], row[2025]) for row in tables(small.database)["Budget"]] == [
        ("Hela planen", 0), ("Läxhjälp", 1), ("Fältarbete", 2), ("Lokala medel", 3), ("Barn och unga", 4),
    ]  # fmt: skip


def test_what_an_amount_rests_on_stands_once(small: Small) -> None:
    small.post(*(small.granted(amount=Decimal(1), document=text) for text in ("Beslut 1", "Beslut 2", "Beslut 1")))
    assert [row["Källa"] for row in tables(small.database)["Budget"]] == ["Beslut 1; Beslut 2"]


def test_a_negative_amount_that_stands_is_not_asked_about_again(small: Small) -> None:
    small.post(small.granted(amount=Decimal(-10), condition="om det räcker"))
    assert read_again(small.database, download(small.database)).findings == []


def test_a_negative_amount_that_is_new_is_asked_about(small: Small) -> None:
    small.post(small.granted(amount=Decimal(-10)))
    changed = {**tables(small.database)}
    changed["Budget"][0][2025] = Decimal(-11)
    examined = examine_read(small.database, workbook_from(changed), "ändrad.xlsx")
    assert [finding.kind for finding in examined.findings] == ["negative"]


ODD_TEXTS = {
    "too long for a cell": "ö" * 40_000,
    "control characters": "Läx\x00hjälp\x0b i\x1f skolan",
    "other line breaks": "rad ett\r\nrad två\rrad tre",
    "blanks around it": "  Läxhjälp \n",
    "an escape": "_x0041_ och _x000D_",
    "a formula": "=1+1",
    "an error": "#REF!",
    "markup that a writer may take for rich text": "<r><t>Läxhjälp</t></r>",
    "digits": "007",
    "not a character": "a\ufffeb\uffffc",
}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_no_text_makes_a_difference_of_its_own(text: str, small: Small) -> None:
    small.post(small.granted(amount=Decimal(1), condition=text, document=text))
    with small.database.write(ANNA, Action.EDIT, "texten") as work:
        for number in small.projects:
            work.update(Project, number, {"title": text, "summary": text})
    assert said_by(read_again(small.database, download(small.database))) == NOTHING


@pytest.mark.parametrize("starts", ["2012", "2014-10", "2018-12-01", "1985", "1985-03-02", "1901"])
def test_a_date_comes_back_as_precise_as_it_was(starts: str, small: Small) -> None:
    with small.database.write(ANNA, Action.EDIT, "tiden") as work:
        work.update(Project, small.projects[0], {"starts": starts})
    assert said_by(read_again(small.database, download(small.database))) == NOTHING


def test_more_records_than_the_drop_down_lists_had_room_for_are_all_in_them(small: Small) -> None:
    book = load_workbook(BytesIO(download(small.database)))
    (projects,) = [r for r in book["Budget"].data_validations.dataValidation if "Projekt" in r.formula1]
    assert "$A$1048576" in projects.formula1


# Whatever there is -----------------------------------------------------------------------------------------

text = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(list(ODD_TEXTS.values())[1:])
label = text.filter(lambda name: fold(name) != "" and cell_text(name).strip() != "")
amount = st.none() | st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(100_000)]) | st.decimals(
    Decimal("-99999.99"), Decimal("9999999999.99"), places=2
)  # fmt: skip
#: Picks one of what there is; the number is taken modulo how many there are.
pick = st.integers(0, 20)


@dataclass(frozen=True)
class Statement:
    """One entry to post: whom and what it is about are picked from what there is, or None."""

    kind: Kind
    year: int
    funder: int
    project: int | None
    call: int | None
    area: int | None
    amount: Decimal | None
    condition: str | None
    basis: Basis

    def entry(self, ids: dict[str, list[int]]) -> Entry:
        about = {
            table: None if number is None or not ids[table] else ids[table][number % len(ids[table])]
            for table, number in (("project", self.project), ("call", self.call), ("area", self.area))
        }
        funder = ids["funder"][self.funder % len(ids["funder"])]
        amount = Decimal(0) if self.amount is None else self.amount
        return Entry(
            self.kind, self.year, funder, **about, amount=amount, open=int(self.amount is None),
            condition=self.condition, basis=self.basis, source="ett beslut",
        )  # fmt: skip


statement = st.builds(
    Statement,
    st.sampled_from(Kind), st.sampled_from([2013, 2014, 2030]), pick, st.none() | pick, st.none() | st.none() | pick,
    st.none() | pick, amount, st.sampled_from([None, None, "om det räcker", "Om det räcker ", ""]) | text,
    st.sampled_from(Basis),
)  # fmt: skip


@dataclass(frozen=True)
class Held:
    """What is put in a database: names of funders, areas and calls, codes and texts of projects, and amounts."""

    funders: list[str]
    areas: list[str]
    calls: list[str]
    projects: list[tuple[str, str, str]]
    statements: list[Statement]
    corrected: list[tuple[int, Decimal | None]]

    def fill(self, work: Work) -> None:
        areas = [work.create(Area, name=name) for name in self.areas]
        if len(areas) > 1:
            work.update(Area, areas[0], {"successor": areas[-1], "last_year": 2013})
        ids = {
            "funder": [work.create(Funder, name=name, kind="state") for name in self.funders],
            "area": areas,
            "call": [work.create(Call, code=code, name=code, year=2014, state="open") for code in self.calls],
            "project": [
                work.create(Project, code=code, title=title, summary=summary, area=areas[0] if areas else None)
                for code, title, summary in self.projects
            ],
        }
        work.post(each.entry(ids) for each in self.statements)


def unique(values: st.SearchStrategy[Any], least: int, by: Callable[[Any], str] = fold) -> st.SearchStrategy[Any]:
    return st.lists(values, min_size=least, max_size=3, unique_by=by)


held = st.builds(
    Held,
    unique(label, 1), unique(label, 0), unique(label, 0),
    unique(st.tuples(label, label, text), 1, lambda project: fold(project[0])),
    st.lists(statement, min_size=1, max_size=12),
    st.lists(st.tuples(pick, amount), max_size=3),
)  # fmt: skip


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database to copy, for making one takes most of the time."""
    path = tmp_path_factory.mktemp("data") / "empty.duckdb"
    Database.open(path).close()
    return path


def database_with(what: Held, empty: Path) -> Database:
    path = empty.with_name("fou.duckdb")
    path.unlink(missing_ok=True)
    database = opened_copy(empty, path)
    with database.write(ANNA, Action.EDIT, "allt") as work:
        what.fill(work)
    for number, amount in what.corrected:
        with database.read() as reader:
            standing = statements(reader)
        correct(database, ANNA, standing[number % len(standing)].id, amount, "rättat")
    return database


few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(held)
def test_whatever_there_is_the_filled_template_says_nothing_new(empty: Path, what: Held) -> None:
    database = database_with(what, empty)
    try:
        found = read_again(database, download(database))
    finally:
        database.close()
    assert (found.findings, found.difference.amounts, found.difference.records, found.difference.missing) == (
        [], (), (), (),
    )  # fmt: skip


@few
@given(held, pick, st.sampled_from([2013, 2014, 2030]))
def test_whatever_there_is_a_changed_cell_is_the_whole_difference(
    empty: Path, what: Held, number: int, year: int
) -> None:
    database = database_with(what, empty)
    try:
        changed = tables(database)
        budget = changed["Budget"] or [{"Finansiär": what.funders[0], "Slag": "ram"}]
        changed["Budget"] = budget
        line = budget[number % len(budget)]
        line[year] = Decimal(123_456) if line.get(year) != 123_456 else Decimal(1)
        difference = examine_read(database, workbook_from(changed), "ändrad.xlsx").difference
    finally:
        database.close()
    assert ([change.year for change in difference.amounts], difference.records) == ([year], ())
