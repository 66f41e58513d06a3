"""Importing workbooks: what is refused and where, what is taken, and what a changed workbook changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from fou import ledger
from fou.access import Person, Role
from fou.check import check
from fou.cli import app
from fou.demo.load import DOCUMENTS
from fou.errors import Forbidden, ImportRefused, SaveConflict
from fou.imports.collector import MOST_FINDINGS
from fou.imports.examining import Examined, examine
from fou.imports.findings import Finding, Severity
from fou.imports.posting import post
from fou.imports.template.tables import Table
from fou.imports.template.writing import write_template
from fou.ledger import correct, statements, trace, undo
from fou.model import Area, Entry, Kind, Project
from fou.store import Database
from tests.conftest import ROOT
from tests.integration.bad_workbooks import (
    BAD,
    CITY,
    FIGURES,
    FORTE,
    GOOD,
    HOMES,
    HOSTILE_TITLES,
    LONG_TITLE,
    ODD,
    YOUTH,
    changed,
    good,
    write_folder,
)
from tests.integration.content import content, figures

pytestmark = pytest.mark.usefixtures("each_file_is_read_once")

BODIL = Person("Bodil", Role.ADMIN)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_folder(tmp_path_factory.mktemp("workbooks"))


@pytest.fixture(scope="module")
def filled(folder: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database that holds the good workbook; no test writes in it."""
    path = tmp_path_factory.mktemp("data") / "fou.duckdb"
    database = Database.open(path)
    load(database, folder["good"])
    database.close()
    return path


@pytest.fixture(scope="module")
def standing(folder: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """An open database that holds the good workbook, for what must not write in it."""
    database = Database.open(tmp_path_factory.mktemp("data") / "fou.duckdb")
    load(database, folder["good"])
    yield database
    database.close()


def load(database: Database, source: Path | bytes, file: str = "budget.xlsx") -> int | None:
    return post(database, BODIL, examine(database, source, file))


def workbook(change: Callable[[Workbook], None]) -> bytes:
    """The good workbook after a change."""
    return changed(change)(good())


def template(budget: Table, **sheets: Table) -> bytes:
    """The good workbook with other lines in Budget, and with these sheets instead of its own."""
    buffer = BytesIO()
    write_template(buffer, {**GOOD, **sheets, "Budget": budget}, years=[2013])
    return buffer.getvalue()


def setting(**cells: Any) -> bytes:
    """The good workbook with other values in these cells of Budget."""

    def change(book: Workbook) -> None:
        for cell, value in cells.items():
            book["Budget"][cell] = value

    return workbook(change)


def errors(examined: Examined) -> list[Finding]:
    return [finding for finding in examined.findings if finding.severity is Severity.ERROR]


# What is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BAD)
def test_a_bad_workbook_is_refused_with_a_finding_at_the_cell(name: str, folder: dict[str, Path], filled: Path) -> None:
    result = CliRunner().invoke(
        app, ["import", str(folder[name]), "--check", "--json"], env={"FOU_DATABASE": str(filled)}
    )

    found = [finding for finding in json.loads(result.stdout)["findings"] if finding["severity"] == "error"]
    bad = BAD[name]
    assert result.exit_code == 1
    assert (found[0]["sheet"], found[0]["cell"], found[0]["kind"]) == (bad.sheet, bad.cell, bad.kind)
    assert bad.help in found[0]["help"]
    assert {finding["kind"] for finding in found} == {bad.kind}
    assert all(finding["found"] and finding["expected"] for finding in found)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_workbook_leaves_the_database_as_it_was(name: str, folder: dict[str, Path], standing: Database) -> None:
    version, before = standing.version, content(standing)

    examined = examine(standing, folder[name], folder[name].name)
    with pytest.raises(ImportRefused):
        post(standing, BODIL, examined)

    assert (standing.version, content(standing)) == (version, before)


@pytest.mark.parametrize(("name", "status"), [("text_where_an_amount_belongs", 1), ("good", 0)])
def test_the_command_ends_with_1_for_a_bad_workbook_and_0_for_a_good_one(
    name: str, status: int, folder: dict[str, Path], tmp_path: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "fou", "import", str(folder[name]), "--check", "--json"],
        cwd=ROOT,
        env=os.environ | {"FOU_DATABASE": str(tmp_path / "fou.duckdb")},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (status, b"")
    assert json.loads(ended.stdout)["batch"] is None


def test_an_over_large_file_is_not_even_read_into_memory(folder: dict[str, Path], database: Database) -> None:
    examined = examine(database, folder["an_over_large_file"], "budget.xlsx")
    assert (examined.sha256, errors(examined)[0].kind) == (None, "too_large")


def test_a_file_that_is_gone_is_a_finding(database: Database, tmp_path: Path) -> None:
    examined = examine(database, tmp_path / "borta.xlsx", "borta.xlsx")
    assert [finding.kind for finding in examined.findings] == ["unreadable_file"]


def test_every_bad_cell_is_told_at_once(database: Database) -> None:
    examined = examine(database, setting(J3="x", E4="Okänd", K5="1,234"), "budget.xlsx")
    assert [finding.cell for finding in errors(examined)] == ["J3", "E4", "K5"]


def test_a_record_with_a_bad_cell_is_not_also_unknown_to_those_that_refer_to_it(database: Database) -> None:
    def change(book: Workbook) -> None:
        book["Projekt"]["I2"] = "i våras"

    examined = examine(database, workbook(change), "budget.xlsx")
    assert [finding.place for finding in examined.findings] == ["Projekt › I2"]


def test_a_file_with_thousands_of_errors_tells_the_first_and_that_there_are_more(database: Database) -> None:
    lines: Table = [
        {"Projekt": f"X-{number}", "Finansiär": CITY, "Slag": "plan", 2013: 1} for number in range(MOST_FINDINGS + 9)
    ]
    examined = examine(database, template(lines), "budget.xlsx")
    assert len(examined.findings) == MOST_FINDINGS + 1
    assert examined.findings[-1].kind == "too_many"


def test_thousands_of_warnings_do_not_refuse_a_file(database: Database) -> None:
    projects: Table = [{"Kod": f"X-{number}", "Projekt": "Ett projekt"} for number in range(MOST_FINDINGS + 9)]
    lines: Table = [{"Projekt": row["Kod"], "Finansiär": CITY, "Slag": "återfört", 2013: -1} for row in projects]

    examined = examine(database, template(lines, Projekt=projects), "budget.xlsx")

    assert (errors(examined), len(examined.findings)) == ([], MOST_FINDINGS + 1)


def test_a_chain_of_thousands_of_projects_is_no_circle(database: Database) -> None:
    projects: Table = [{"Kod": "X-0", "Projekt": "Det första"}]
    projects += [
        {"Kod": f"X-{number}", "Projekt": "Ett till", "Ingår i": f"X-{number - 1}"} for number in range(1, 5_000)
    ]
    assert not examine(database, template([], Projekt=projects), "budget.xlsx").findings[1:]


def test_a_circle_that_only_closes_in_the_database_is_found(database: Database) -> None:
    load(database, good())  # where P-2 is part of P-1
    rows: Table = [{"Kod": "P-1", "Projekt": "Läxhjälp", "Ingår i": "P-2"}]

    examined = examine(database, template([{"Finansiär": CITY, "Slag": "ram", 2013: 1}], Projekt=rows), "budget.xlsx")

    assert [(finding.kind, finding.cell) for finding in examined.findings] == [("cycle", "L2")]


@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        ("2014-10", "2014", False),
        ("2014", "2014-10", False),
        ("2014-10-31", "2014-10", False),
        ("2014-10-31", "2014-09", True),
        ("2014-10", "2014-10-01", False),
        ("2014-10-02", "2014-10-01", True),
    ],
)
def test_a_period_is_judged_as_far_as_both_its_ends_are_known(
    start: str, end: str, refused: bool, database: Database
) -> None:
    def change(book: Workbook) -> None:
        book["Projekt"]["I2"], book["Projekt"]["J2"] = start, end

    kinds = [finding.kind for finding in examine(database, workbook(change), "budget.xlsx").findings]
    assert kinds == (["period"] if refused else [])


# What is taken ---------------------------------------------------------------------------------------------


def test_the_good_workbook_is_posted_to_the_krona(database: Database) -> None:
    load(database, good())
    assert figures(database) == FIGURES


@pytest.mark.parametrize("name", ODD)
def test_an_odd_workbook_is_posted_to_the_krona(name: str, folder: dict[str, Path], database: Database) -> None:
    load(database, folder[name])
    assert figures(database) == {**FIGURES, **ODD[name].figures}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_workbook_is_told_of(name: str, folder: dict[str, Path], database: Database) -> None:
    examined = examine(database, folder[name], folder[name].name)
    assert tuple(finding.kind for finding in examined.findings) == ODD[name].kinds


def test_titles_that_look_like_markup_or_formulas_stay_text(folder: dict[str, Path], database: Database) -> None:
    load(database, folder["markup_in_titles"])
    with database.read() as reader:
        assert tuple(project.title for project in reader.records(Project, "ORDER BY code")) == HOSTILE_TITLES


def test_a_long_title_is_kept_whole(folder: dict[str, Path], database: Database) -> None:
    load(database, folder["a_very_long_title"])
    with database.read() as reader:
        assert reader.value("SELECT title FROM project WHERE code = 'P-1'") == LONG_TITLE


def test_an_empty_cell_states_nothing(database: Database) -> None:
    load(database, good())
    assert ("proposed", "P-1", CITY, 2015, None) not in figures(database)


def test_an_area_keeps_what_replaces_it_and_a_project_its_programme(database: Database) -> None:
    load(database, good())
    with database.read() as reader:
        areas = {area.name: area for area in reader.records(Area)}
        projects = {project.code: project for project in reader.records(Project)}
    assert areas[HOMES].successor == projects["P-1"].area
    assert projects["P-2"].parent == projects["P-1"].id
    assert projects["P-3"].area == areas[YOUTH].id


def test_a_start_typed_as_a_number_is_a_year(database: Database) -> None:
    def change(book: Workbook) -> None:
        book["Projekt"]["I2"] = 1987

    load(database, workbook(change))
    with database.read() as reader:
        assert reader.value("SELECT starts FROM project WHERE code = 'P-1'") == "1987"


def test_an_imported_database_is_whole(database: Database) -> None:
    load(database, DOCUMENTS)
    with database.read() as reader:
        assert check(reader) == []


# What a changed workbook changes ---------------------------------------------------------------------------


def test_the_documents_imported_again_say_nothing_new(database: Database) -> None:
    load(database, DOCUMENTS)
    again = examine(database, DOCUMENTS, DOCUMENTS.name)
    assert (again.difference.amounts, again.difference.records) == ((), ())


def test_what_says_nothing_new_leaves_no_batch(database: Database) -> None:
    first = load(database, good())
    assert (load(database, good()), database.version[1]) == (None, first)


def test_the_same_file_again_is_noted(database: Database) -> None:
    file = good()
    load(database, file)
    (finding,) = examine(database, file, "budget.xlsx").findings
    assert (finding.severity, finding.kind, finding.found) == (Severity.NOTE, "seen_before", "samma fil som post 1")


def test_one_changed_amount_is_the_whole_difference(database: Database) -> None:
    load(database, good())

    difference = examine(database, setting(J3=650_000), "ny.xlsx").difference

    (change,) = difference.amounts
    assert change.before is not None
    assert (change.kind, change.year, change.project) == (Kind.PROPOSED, 2013, "P-1")
    assert (change.before.firm, change.after.firm) == (600_000, 650_000)
    assert change.lines[0].place == "ny.xlsx › Budget › J3"
    assert (difference.records, difference.missing, difference.missing_elsewhere) == ((), (), 0)


def test_a_changed_amount_replaces_the_one_before(database: Database) -> None:
    load(database, good())
    load(database, setting(J3=650_000))
    assert figures(database) == {**FIGURES, ("proposed", "P-1", CITY, 2013, None): Decimal(650_000)}


def test_a_changed_amount_is_traced_to_its_cell_and_to_the_one_that_it_replaced(database: Database) -> None:
    load(database, good(), "budget.xlsx")
    load(database, setting(J3=650_000), "ny.xlsx")

    with database.read() as reader:
        traced = trace(reader, "kind = 'proposed' AND year = 2013")

    assert [(each.entry.amount, each.entry.source, each.stands) for each in traced] == [
        (600_000, "budget.xlsx › Budget › J3", False),
        (-600_000, "ny.xlsx › Budget › J3", False),
        (650_000, "ny.xlsx › Budget › J3", True),
    ]


@pytest.mark.parametrize(
    "cells",
    [
        {"J3": 650_000},
        {"J3": "ej fastställt", "K3": 5},
        {"G4": "om det räcker"},
        {"G6": None, "K6": 1},
        {"A7": "P-2", "L7": 7},
    ],
    ids=["an amount", "not set and set", "a condition", "no condition", "another project"],
)
def test_undoing_a_changed_workbook_restores_everything(cells: dict[str, Any], database: Database) -> None:
    load(database, good())
    before = content(database)
    batch = load(database, setting(**cells))
    assert batch is not None
    assert content(database) != before

    undo(database, BODIL, batch)

    assert content(database) == before


def test_undoing_changed_records_restores_everything(database: Database) -> None:
    load(database, good())
    before = content(database)

    def change(book: Workbook) -> None:
        projects = book["Projekt"]
        projects["B2"], projects["C3"], projects["L3"] = "Läxhjälp i skolan", YOUTH, "P-3"
        projects.append(["P-4", "Ett nytt projekt", YOUTH])
        book["Planer"]["C2"] = "avslutad"
        book["Budget"].append(["P-4", None, None, None, FORTE, "sökt", None, None, None, 90_000])

    batch = load(database, workbook(change))
    assert batch is not None
    undo(database, BODIL, batch)

    assert content(database) == before


def test_undoing_the_first_import_leaves_nothing(database: Database) -> None:
    empty = content(database)
    batch = load(database, DOCUMENTS)
    assert batch is not None
    undo(database, BODIL, batch)
    assert content(database) == empty


def test_an_emptied_cell_leaves_what_stands(database: Database) -> None:
    load(database, good())
    examined = examine(database, setting(J3=None, K3=None), "budget.xlsx")
    assert examined.difference.is_empty
    assert examined.difference.missing_elsewhere == 2  # nothing else is proposed from the city


def test_an_emptied_field_leaves_what_stands(database: Database) -> None:
    load(database, good())

    def change(book: Workbook) -> None:
        book["Projekt"]["C2"] = None

    assert examine(database, workbook(change), "budget.xlsx").difference.is_empty


def test_a_conditional_amount_that_becomes_firm_is_not_counted_twice(database: Database) -> None:
    load(database, good())
    load(database, setting(G6=None))
    held = figures(database)
    assert ("reserved", "U-14", CITY, 2014, "om nämnden säger ja") not in held
    assert held["reserved", "U-14", CITY, 2014, None] == 2_000_000


def test_a_firm_and_a_conditional_amount_for_the_same_thing_stand_side_by_side(database: Database) -> None:
    lines: Table = [
        {"Projekt": "P-1", "Finansiär": CITY, "Slag": "beviljat", 2013: 100},
        {"Projekt": "P-1", "Finansiär": CITY, "Slag": "beviljat", "Villkor": "om det räcker", 2013: 50},
    ]
    load(database, template(lines))
    assert figures(database) == {
        ("granted", "P-1", CITY, 2013, None): 100,
        ("granted", "P-1", CITY, 2013, "om det räcker"): 50,
    }


def test_names_are_the_same_however_they_are_cased_or_spaced(database: Database) -> None:
    load(database, good())
    assert examine(database, setting(A3=" p-1", E3="EXEMPELSTAD,  socialnämnden"), "budget.xlsx").difference.is_empty


# Somebody else at the same time ----------------------------------------------------------------------------


def first_statement(database: Database, where: str) -> Entry:
    with database.read() as reader:
        return statements(reader, where)[0]


def test_an_amount_that_somebody_else_changed_meanwhile_is_a_conflict(database: Database, admin: Person) -> None:
    load(database, good())
    examined = examine(database, setting(J3=650_000), "ny.xlsx")
    correct(database, admin, first_statement(database, "kind = 'proposed' AND year = 2013").id, Decimal(1), "fel")
    before = content(database)

    with pytest.raises(SaveConflict, match="Anna"):
        post(database, BODIL, examined)

    assert content(database) == before


def test_an_unchanged_amount_that_somebody_else_changed_meanwhile_is_a_conflict(
    database: Database, admin: Person
) -> None:
    load(database, good())
    examined = examine(database, setting(J3=650_000), "ny.xlsx")
    correct(database, admin, first_statement(database, "kind = 'frame'").id, Decimal(1), "fel")
    with pytest.raises(SaveConflict):
        post(database, BODIL, examined)


def test_what_somebody_else_has_already_imported_is_a_conflict(database: Database) -> None:
    one, other = (examine(database, good(), "budget.xlsx") for _ in range(2))
    post(database, BODIL, one)
    with pytest.raises(SaveConflict):
        post(database, BODIL, other)


def test_a_project_that_was_undone_meanwhile_is_a_conflict(database: Database) -> None:
    first = load(database, template([]))
    assert first is not None
    lines: Table = [{"Projekt": "P-9", "Finansiär": "forte", "Slag": "plan", 2013: 1}]
    rows: Table = [{"Kod": "P-9", "Projekt": "Nytt", "Område": YOUTH}]
    examined = examine(database, template(lines, Finansiärer=[], Områden=[], Projekt=rows, Utlysningar=[]), "ny.xlsx")
    assert errors(examined) == []
    undo(database, BODIL, first)

    with pytest.raises(SaveConflict):
        post(database, BODIL, examined)


def test_what_somebody_else_does_elsewhere_is_no_conflict(database: Database, admin: Person) -> None:
    load(database, good())
    examined = examine(database, setting(J3=650_000), "ny.xlsx")
    with database.write(admin, ledger.Action.EDIT, "ett annat år") as work:
        frame = first_statement(database, "kind = 'frame'")
        work.post([Entry(Kind.FRAME, 2019, frame.funder, amount=Decimal(5), source="nämnden")])

    post(database, BODIL, examined)

    assert figures(database) == {
        **FIGURES,
        ("proposed", "P-1", CITY, 2013, None): 650_000,
        ("frame", "", CITY, 2019, None): 5,
    }


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_only_an_admin_may_import(role: Role, database: Database) -> None:
    examined = examine(database, good(), "budget.xlsx")
    with pytest.raises(Forbidden):
        post(database, Person("Cecilia", role), examined)


def test_an_area_on_a_projects_line_makes_no_second_amount(database: Database) -> None:
    load(database, good())
    again = examine(database, setting(D3=YOUTH), "budget.xlsx")
    assert [(finding.severity, finding.cell, finding.kind) for finding in again.findings] == [
        (Severity.NOTE, "D3", "area_of_project")
    ]
    assert again.difference.is_empty
