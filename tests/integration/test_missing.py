"""What stands in the database but not in the file: told within what the file speaks of, kept or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fou.access import Action, Person, Role
from fou.check import check
from fou.errors import SaveConflict
from fou.imports.difference import Sum
from fou.imports.examining import Examined, examine_read
from fou.imports.groups import Group, by_area, by_project, names_of
from fou.imports.posting import post
from fou.imports.template.tables import Table, workbook_from
from fou.ledger import correct, entries, statements, undo
from fou.model import Entry, Kind
from fou.store import Database
from tests.integration.conftest import opened_copy
from tests.integration.content import content, figures

ANNA, BODIL = Person("Anna", Role.ADMIN), Person("Bodil", Role.ADMIN)
CITY, FORTE = "Exempelstad", "Forte"

RECORDS: dict[str, Table] = {
    "Finansiärer": [{"Finansiär": CITY, "Slag": "kommun"}, {"Finansiär": FORTE, "Slag": "stat"}],
    "Områden": [{"Område": "Barn"}, {"Område": "Äldre"}],
    "Projekt": [
        {"Kod": "P-1", "Projekt": "Läxhjälp", "Område": "Barn"},
        {"Kod": "P-2", "Projekt": "Fältarbete", "Område": "Barn"},
        {"Kod": "P-3", "Projekt": "Minnesvård", "Område": "Äldre"},
    ],
    "Utlysningar": [{"Kod": "U-1", "Utlysning": "Lokala medel", "År": 2025, "Läge": "öppen"}],
}
#: What the database holds before the file comes.
HELD: Table = [
    {"Finansiär": CITY, "Slag": "ram", 2025: 1_000},
    {"Projekt": "P-1", "Finansiär": CITY, "Slag": "plan", 2025: 100, 2026: 110},
    {"Projekt": "P-2", "Finansiär": CITY, "Slag": "plan", 2025: 200, 2026: "ej fastställt"},
    {"Projekt": "P-3", "Finansiär": CITY, "Slag": "plan", 2025: 300},
    {"Projekt": "P-3", "Finansiär": CITY, "Slag": "plan", "Villkor": "om det räcker", 2025: 30},
    {"Projekt": "P-1", "Finansiär": FORTE, "Slag": "beviljat", 2025: 400},
    {"Utlysning": "U-1", "Finansiär": CITY, "Slag": "avsatt", 2025: 500},
]
#: The file speaks of what the city plans for 2025, and has lost P-3.
FILE: Table = [
    {"Projekt": "P-1", "Finansiär": CITY, "Slag": "plan", 2025: 150},
    {"Projekt": "P-2", "Finansiär": CITY, "Slag": "plan", 2025: 200},
]


def workbook(budget: Table) -> Any:
    return workbook_from({**RECORDS, "Budget": budget})


@pytest.fixture(scope="module")
def begun(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with what the tests begin with; each gets a copy."""
    database = opened_copy(new_file, tmp_path_factory.mktemp("begun") / "fou.duckdb")
    post(database, ANNA, examine_read(database, workbook(HELD), "först.xlsx"))
    database.close()
    return database.path


@pytest.fixture
def held(begun: Path, tmp_path: Path) -> Iterator[Database]:
    """The same, open."""
    database = opened_copy(begun, tmp_path / "fou.duckdb")
    yield database
    database.close()


def examined(database: Database, means: str = "keep", budget: Table = FILE) -> Examined:
    return examine_read(database, workbook(budget), "ny.xlsx", choices={"missing": means})


# What is missing -------------------------------------------------------------------------------------------


def test_what_is_missing_is_named_with_what_stands_there(held: Database) -> None:
    (missing,) = examined(held).difference.missing
    assert (missing.kind, missing.year, missing.project, missing.call, missing.area, missing.funder) == (
        Kind.PLANNED, 2025, "P-3", None, None, CITY,
    )  # fmt: skip
    assert missing.stands == Sum(Decimal(300), Decimal(30), 0)


def test_what_is_missing_points_at_its_entries(held: Database) -> None:
    (missing,) = examined(held).difference.missing
    with held.read() as reader:
        assert {entry.amount for entry in statements(reader) if entry.id in missing.entries} == {300, 30}


def test_other_years_kinds_and_funders_are_only_counted(held: Database) -> None:
    # The frame, what is planned for 2026 (two), what Forte has granted and what is reserved for the call.
    assert examined(held).difference.missing_elsewhere == 5


def test_a_file_without_amounts_misses_nothing(held: Database) -> None:
    file: Table = [{"Projekt": "P-1", "Finansiär": CITY, "Slag": "plan", 2025: None}]
    difference = examined(held, "remove", file).difference
    assert (difference.amounts, difference.missing, difference.missing_elsewhere) == ((), (), 8)


def test_an_amount_that_is_not_set_can_be_missing_too(held: Database) -> None:
    file: Table = [{"Projekt": "P-1", "Finansiär": CITY, "Slag": "plan", 2026: 110}]
    (missing,) = examined(held, "keep", file).difference.missing
    assert (missing.project, missing.stands) == ("P-2", Sum(open=1))


# What missing means ----------------------------------------------------------------------------------------


def test_kept_it_stands_as_it_was(held: Database) -> None:
    before = figures(held)
    post(held, ANNA, examined(held, "keep"))
    assert figures(held) == {**before, ("planned", "P-1", CITY, 2025, None): 150}


def test_removed_it_is_a_change_to_nothing(held: Database) -> None:
    difference = examined(held, "remove").difference
    removal = next(change for change in difference.amounts if not change.lines)
    assert (removal.project, removal.before, removal.after, removal.place) == (
        "P-3", Sum(Decimal(300), Decimal(30)), Sum(), "står inte i filen",
    )  # fmt: skip
    assert difference.missing == ()


def test_removed_it_is_taken_back_and_nothing_else_is(held: Database) -> None:
    before = figures(held)
    post(held, ANNA, examined(held, "remove"))
    expected = {key: amount for key, amount in before.items() if key[:2] != ("planned", "P-3")}
    assert figures(held) == {**expected, ("planned", "P-1", CITY, 2025, None): 150}


def test_what_takes_it_back_says_that_it_is_not_in_the_file(held: Database) -> None:
    batch = post(held, ANNA, examined(held, "remove"))
    with held.read() as reader:
        sources = {entry.source for entry in entries(reader, "batch = $batch AND amount IN (-300, -30)", batch=batch)}
    assert sources == {"ny.xlsx (står inte i filen)"}


def test_a_file_that_only_lacks_something_is_posted_when_that_means_removing_it(held: Database) -> None:
    file: Table = [{"Projekt": "P-1", "Finansiär": CITY, "Slag": "plan", 2026: 110}]
    post(held, ANNA, examined(held, "remove", file))
    assert ("planned", "P-2", CITY, 2026, None) not in figures(held)


def test_removing_is_undone_with_the_rest_of_the_batch(held: Database) -> None:
    before = content(held)
    batch = post(held, ANNA, examined(held, "remove"))
    assert batch is not None
    undo(held, ANNA, batch)
    assert content(held) == before


def test_the_database_is_whole_after_removing(held: Database) -> None:
    post(held, ANNA, examined(held, "remove"))
    with held.read() as reader:
        assert check(reader) == []


def test_what_is_for_nothing_in_particular_is_never_removed(held: Database) -> None:
    with held.write(ANNA, Action.EDIT, "hela planen") as work:
        funder = statements(work, "kind = 'frame'")[0].funder
        work.post([Entry(Kind.PLANNED, 2025, funder, amount=Decimal(77), source="nämnden")])
    assert 77 not in [change.before and change.before.firm for change in examined(held, "remove").difference.amounts]


# Somebody else at the same time ----------------------------------------------------------------------------


def statement(database: Database, where: str) -> int:
    with database.read() as reader:
        return statements(reader, where)[0].id


def test_what_is_to_be_removed_and_somebody_has_changed_is_a_conflict(held: Database) -> None:
    seen = examined(held, "remove")
    correct(held, BODIL, statement(held, "amount = 300"), Decimal(310), "höjt")
    with pytest.raises(SaveConflict, match="Bodil"):
        post(held, ANNA, seen)


def test_what_would_be_removed_unseen_is_a_conflict(held: Database) -> None:
    seen = examined(held, "remove")
    with held.write(BODIL, Action.EDIT, "ett till") as work:
        old = statements(work, "amount = 500")[0]
        work.post([Entry(Kind.PLANNED, 2025, old.funder, call=old.call, amount=Decimal(9), source="nämnden")])
    with pytest.raises(SaveConflict, match="Bodil"):
        post(held, ANNA, seen)


def test_what_is_kept_and_somebody_has_changed_is_no_conflict(held: Database) -> None:
    seen = examined(held, "keep")
    correct(held, BODIL, statement(held, "amount = 300"), Decimal(310), "höjt")
    post(held, ANNA, seen)
    assert figures(held)["planned", "P-3", CITY, 2025, None] == 310


# What it comes to ------------------------------------------------------------------------------------------


def groups(database: Database, found: Examined) -> tuple[dict[Any, Group], dict[Any, Group]]:
    with database.read() as reader:
        names = names_of(found.checked, reader)
    areas, projects = by_area(found.difference, names), by_project(found.difference, names)
    return {(g.name, g.kind): g for g in areas}, {(g.code or g.name, g.kind): g for g in projects}


def test_each_area_is_summed_with_what_is_unchanged_and_missing(held: Database) -> None:
    areas, _ = groups(held, examined(held))
    assert areas == {
        ("Barn", Kind.PLANNED): Group(
            "Barn", Kind.PLANNED, None, Sum(Decimal(300)), Sum(Decimal(350)), changed=1, unchanged=1
        ),
        ("Äldre", Kind.PLANNED): Group(
            "Äldre", Kind.PLANNED, None, Sum(Decimal(300), Decimal(30)), Sum(Decimal(300), Decimal(30)), missing=1
        ),
    }


def test_what_is_removed_leaves_nothing_in_its_area(held: Database) -> None:
    areas, _ = groups(held, examined(held, "remove"))
    older = areas["Äldre", Kind.PLANNED]
    assert (older.after, older.change, older.removed, older.missing) == (Sum(), -300, 1, 0)


def test_each_project_is_summed_under_its_code_and_title(held: Database) -> None:
    _, projects = groups(held, examined(held))
    first = projects["P-1", Kind.PLANNED]
    assert (first.name, first.before.firm, first.after.firm, first.change) == ("Läxhjälp", 100, 150, 50)


def test_the_largest_change_comes_first(held: Database) -> None:
    with held.read() as reader:
        found = examined(held, "remove")
        assert [group.code for group in by_project(found.difference, names_of(found.checked, reader))] == [
            "P-3", "P-1", "P-2",
        ]  # fmt: skip


def test_calls_and_the_whole_plan_have_groups_of_their_own(held: Database) -> None:
    file: Table = [
        {"Finansiär": CITY, "Slag": "ram", 2025: 1_500},
        {"Utlysning": "U-1", "Finansiär": CITY, "Slag": "avsatt", 2025: 450},
        {"Område": "Äldre", "Finansiär": CITY, "Slag": "plan", 2027: 60},
    ]
    areas, projects = groups(held, examined(held, "keep", file))
    assert {key: group.change for key, group in areas.items()} == {
        ("Hela planen", Kind.FRAME): 500, ("Utlysningar", Kind.RESERVED): -50, ("Äldre", Kind.PLANNED): 60,
    }  # fmt: skip
    assert [projects["U-1", Kind.RESERVED].name, projects["Äldre", Kind.PLANNED].new] == ["Lokala medel", 1]


def test_a_new_project_is_in_the_area_that_the_file_says(held: Database) -> None:
    new: Table = [{"Kod": "P-9", "Projekt": "Nytt", "Område": "äldre"}]
    file: Table = [{"Projekt": "P-9", "Finansiär": FORTE, "Slag": "sökt", 2025: "ej fastställt"}]
    book = workbook_from({**RECORDS, "Projekt": [*RECORDS["Projekt"], *new], "Budget": file})
    areas, _ = groups(held, examine_read(held, book, "ny.xlsx"))
    assert areas["Äldre", Kind.REQUESTED].after == Sum(open=1)
