"""Every figure of Översikt, in both data sets, whatever the head says, against sums made one entry at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou.access import Person, Role
from fou.demo.load import load_documents, load_example
from fou.ledger import statements
from fou.model import Decision, Entry, Funder, Kind
from fou.money import format_whole
from fou.sources import count_sources_of, sources_of
from fou.store import Database
from fou.ui.views.overview import Overview, overview
from tests.integration.later import work_on

ADMIN = Person("Anna", Role.ADMIN)
ZERO = Decimal(0)
YEARS = {"documents": (2012, 2030), "example": (2018, 2029)}


@dataclass(frozen=True, repr=False)
class Books:
    """A data set, and all that stands in it as plain objects; read as of batch ``head`` if that is set."""

    database: Database
    head: int | None
    entries: list[Entry]
    funders: dict[int, Funder]
    decided: set[int]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Books]]:
    found = {}
    for name, load in (("documents", load_documents), ("example", load_example)):
        database = Database.open(tmp_path_factory.mktemp(name) / "fou.duckdb")
        load(database, ADMIN)
        before = taken(database)  # while it still is now, so that what is read as of then has something to agree with
        found[f"{name} before"] = replace(before, head=work_on(database, ADMIN))
        found[f"{name} now"] = taken(database)
    yield found
    for name in YEARS:
        found[f"{name} now"].database.close()


def taken(database: Database) -> Books:
    with database.read() as reader:
        return Books(
            database,
            None,
            statements(reader),
            {funder.id: funder for funder in reader.records(Funder)},
            {one.project for one in reader.records(Decision) if one.kind == "decision"},
        )


@st.composite
def heads(draw: st.DrawFn) -> tuple[str, int, str, str]:
    """Data set, as it is or as it was before the latest changes; year, whose money and unit."""
    name = f"{draw(st.sampled_from(sorted(YEARS)))} {draw(st.sampled_from(['now', 'now', 'before']))}"
    money = draw(st.sampled_from(["alla", "egna", "andras", "Forte"]))
    return name, draw(st.integers(*YEARS[name.split()[0]])), money, draw(st.sampled_from(["kr", "tkr", "mnkr"]))


def seen(books: Books, year: int, money: str, unit: str) -> Overview:
    with books.database.read(books.head) as reader:
        return overview(reader, year, money, unit)


def chosen(books: Books, year: int, money: str) -> list[Entry]:
    def counts(funder: Funder) -> bool:
        own = funder.kind == "municipality"
        return money in ("alla", funder.name) or (money == "egna" and own) or (money == "andras" and not own)

    return [entry for entry in books.entries if entry.year == year and counts(books.funders[entry.funder])]


def firm(entries: list[Entry], kind: Kind) -> Decimal:
    return sum((e.amount for e in entries if e.kind == kind and e.condition is None and not e.open), ZERO)


def room_by_hand(books: Books, year: int, money: str) -> dict[str, Decimal | None]:
    """The room of a year, by the rule: over the funders that have a frame, else over all."""
    entries = chosen(books, year, money)
    framed = {entry.funder for entry in entries if entry.kind == Kind.FRAME}
    entries = [entry for entry in entries if not framed or entry.funder in framed]
    held = {(e.project, e.funder) for e in entries if e.kind in (Kind.GRANTED, Kind.RESERVED) and e.project}
    undecided = [
        e
        for e in entries
        if e.kind != Kind.PROPOSED
        or e.project is None
        or (e.project not in books.decided and (e.project, e.funder) not in held)
    ]
    granted, paid = firm(entries, Kind.GRANTED), firm(entries, Kind.PAID)
    returned, reserved = firm(entries, Kind.RETURNED), firm(entries, Kind.RESERVED)
    frame = firm(entries, Kind.FRAME) if framed else None
    return {
        "Ram": frame,
        "Utbetalt": paid - returned or None,
        "Beviljat, inte utbetalt": granted - paid or None,
        "Avsatt": reserved or None,
        "Fritt": None if frame is None else frame - granted - reserved + returned,
        "Föreslaget": firm(undecided, Kind.PROPOSED) or None,
    }


@settings(max_examples=25)
@given(heads())
def test_the_room_bars_table_is_what_the_entries_add_up_to(
    books: dict[str, Books], head: tuple[str, int, str, str]
) -> None:
    name, year, money, unit = head
    table = seen(books[name], year, money, unit).room.table
    for row in table.rows:
        cells = dict(zip(table.head, row, strict=True))
        expected = room_by_hand(books[name], int(str(cells["År"])), money)
        assert {key: cells[key] for key in expected} == expected


@settings(max_examples=25)
@given(heads())
def test_the_funders_table_is_what_the_entries_add_up_to(
    books: dict[str, Books], head: tuple[str, int, str, str]
) -> None:
    name, year, money, unit = head
    page = seen(books[name], year, money, unit)
    if page.funders is None:
        return
    entries = chosen(books[name], year, money)
    kind = page.year.figures.main_kind
    assert kind is not None
    by_funder = {
        books[name].funders[funder].name: firm([e for e in entries if e.funder == funder], kind)
        for funder in {e.funder for e in entries if e.kind == kind and e.condition is None and not e.open}
    }
    sums = dict(zip(page.funders.table.head, page.funders.table.rows[-1], strict=True))
    assert {funder: sums[funder] for funder in by_funder} == by_funder
    assert sums["Summa"] == sum(by_funder.values(), ZERO)


@settings(max_examples=25)
@given(heads())
def test_every_amount_in_the_sentences_is_one_that_the_entries_add_up_to(
    books: dict[str, Books], head: tuple[str, int, str, str]
) -> None:
    name, year, money, unit = head
    page = seen(books[name], year, money, unit)
    known = amounts_by_hand(books[name], page, year, money)
    said = " ".join(
        [page.lead, page.more, page.room.title, page.room.sentence, page.areas.title, page.areas.sentence]
        + ([page.funders.title, page.funders.sentence] if page.funders else [])
    )
    told = re.findall(rf"-?\d[\d\u00a0]*(?:,\d+)?\u00a0{unit}\b", said)
    assert [amount for amount in told if amount not in {format_whole(one, unit) for one in known}] == []


@settings(max_examples=25)
@given(heads())
def test_the_sources_of_the_room_bar_add_up_to_what_it_shows(
    books: dict[str, Books], head: tuple[str, int, str, str]
) -> None:
    name, year, money, unit = head
    page = seen(books[name], year, money, unit)
    behind = page.room.behind
    assert behind is not None
    with books[name].database.read(books[name].head) as reader:
        found = sources_of(reader, replace(behind, years=(year,)), money)
        assert count_sources_of(reader, replace(behind, years=(year,)), money) == len(found)
    firm_grants = [one.amount for one in found if one.kind == Kind.GRANTED and one.amount and one.condition is None]
    assert sum(firm_grants, ZERO) == page.year.room.granted


def amounts_by_hand(books: Books, page: Overview, year: int, money: str) -> set[Decimal]:
    """What a sentence may speak of: sums by kind, of the rooms, of the areas, and their differences."""
    known: set[Decimal] = set()
    later: dict[str, Decimal] = {}
    for number, row in enumerate(page.room.table.rows):
        cells = dict(zip(page.room.table.head, row, strict=True))
        room = room_by_hand(books, int(str(cells["År"])), money)
        taken = sum((room[key] or ZERO for key in ("Utbetalt", "Beviljat, inte utbetalt", "Avsatt")), ZERO)
        entries = chosen(books, int(str(cells["År"])), money)
        free, proposed = room["Fritt"], room["Föreslaget"] or ZERO
        conditional = cells["På villkor"] or ZERO
        assert isinstance(conditional, Decimal)
        known |= {amount for amount in room.values() if amount is not None} | {taken, proposed, conditional}
        known |= {firm(entries, kind) for kind in Kind}
        known |= {firm([e for e in entries if e.project or e.area], kind) for kind in Kind}
        for call in {entry.call for entry in entries}:  # a year can have money set aside for several calls
            known |= {firm([e for e in entries if e.call == call], kind) for kind in Kind}
        known |= {abs(free), abs(free - proposed)} if free is not None else set()
        granted = page.year.room.granted
        known |= {granted, page.year.room.returned, page.year.room.paid + page.year.room.returned}
        if number:
            for key, amount in (("taken", taken), ("proposed", proposed), ("conditional", conditional)):
                later[key] = later.get(key, ZERO) + amount
    known |= set(later.values())
    for table in (page.areas.table, *([page.funders.table] if page.funders else [])):
        cells = [[cell for cell in column if isinstance(cell, Decimal)] for column in zip(*table.rows, strict=True)]
        known |= {abs(cell) for column in cells for cell in column} | {sum(column, ZERO) for column in cells}
    known |= {row.figures.sum(kind) for row in page.year.areas for kind in Kind}
    return known
