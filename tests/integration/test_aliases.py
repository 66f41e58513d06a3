"""Remembering what names mean and how sheets are read: posted, undone, told and migrated like everything else."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from fou.access import Action, Person
from fou.check import check
from fou.errors import UndoRefused
from fou.imports.difference import compare, group_of, head_of
from fou.imports.posting import Examined, post
from fou.imports.recognise import directory, recognise
from fou.imports.references import fold
from fou.imports.stated import Checked, Stated
from fou.ledger import entries, undo
from fou.model import Alias, Area, Call, Entry, Funder, ImportLayout, Kind, Project, columns
from fou.store import Database
from fou.store.database import current_version
from tests.integration.content import content

SCHEMA_1 = Path(__file__).with_name("schema_version_1.sql")
#: One answer of each sort, as a file's import states them.
ANSWERS = {
    "project": ("läxhjälpsprojektet", "P-1"),
    "funder": ("sthlm stad", "Staden"),
    "area": ("barn & unga", "Barn och unga"),
    "call": ("utlysningen", "U-14"),
}


def alias(table: str, label: str, target: str) -> Stated:
    return Stated("alias", (table, label), {"record": table, "label": label, table: target}, "budget.xlsx › svar")


def layout(signature: str, choices: dict[str, Any]) -> Stated:
    values = {"signature": signature, "name": "budget.xlsx › Budget", "choices": json.dumps(choices)}
    return Stated("import_layout", (fold(signature),), values, "budget.xlsx › svar")


def post_stated(database: Database, person: Person, *stated: Stated) -> int | None:
    """Post records as if a file that states nothing else had been read."""
    checked = Checked()
    for one in stated:
        checked.records.setdefault(one.table, []).append(one)
    with database.read() as reader:
        difference = compare(checked, reader)
    return post(database, person, Examined("budget.xlsx", None, checked, difference, database.version))


@pytest.fixture
def filled(database: Database, admin: Person) -> Database:
    """A database with one project, funder, area and call (batch 1)."""
    with database.write(admin, Action.EDIT, "Början") as work:
        work.create(Project, code="P-1", title="Läxhjälpen")
        work.create(Project, code="P-2", title="Bostad först")
        work.create(Funder, name="Staden", kind="municipality")
        work.create(Area, name="Barn och unga")
        work.create(Call, code="U-14", name="Utlysning 2014", year=2014, state="open")
    return database


# Posting


def test_answers_are_posted_as_aliases_and_recognised_from_then_on(filled: Database, admin: Person) -> None:
    post_stated(filled, admin, *(alias(table, *answer) for table, answer in ANSWERS.items()))
    with filled.read() as reader:
        known = directory(reader)
    found = {table: recognise(table, label, known) for table, (label, _) in ANSWERS.items()}
    assert {table: (one.how, one.target) for table, one in found.items()} == {
        table: ("alias", target) for table, (_, target) in ANSWERS.items()
    }


def test_a_database_with_aliases_and_layouts_is_whole(filled: Database, admin: Person) -> None:
    post_stated(filled, admin, *(alias(table, *answer) for table, answer in ANSWERS.items()), layout("A|B", {"A": 1}))
    with filled.read() as reader:
        assert check(reader) == []


def test_an_alias_may_mean_a_project_that_comes_with_it(filled: Database, admin: Person) -> None:
    new = Stated("project", ("p-003",), {"code": "P-003", "title": "Nattvandrarna"}, "budget.xlsx › rad 4")
    post_stated(filled, admin, new, alias("project", "nattvandring", "P-003"))
    with filled.read() as reader:
        assert recognise("project", "Nattvandring", directory(reader)).target == "P-003"


def test_the_same_answer_again_is_no_difference(filled: Database, admin: Person) -> None:
    again = (alias("project", "läxan", "P-1"), layout("A|B", {"A": 1}))
    post_stated(filled, admin, *again)
    assert post_stated(filled, admin, *again) is None


def test_another_answer_replaces_the_remembered_one(filled: Database, admin: Person) -> None:
    post_stated(filled, admin, alias("project", "läxan", "P-1"))
    post_stated(filled, admin, alias("project", "läxan", "P-2"))
    with filled.read() as reader:
        assert recognise("project", "Läxan", directory(reader)).target == "P-2"


def test_a_layout_keeps_the_choices_as_they_are(filled: Database, admin: Person) -> None:
    choices = {"head": [4, 5], "columns": {"D": {"use": "amount", "unit": "tkr"}}, "funder": "Socialnämnden å"}
    post_stated(filled, admin, layout("projekt|budget|utfall", choices))
    with filled.read() as reader:
        (kept,) = reader.records(ImportLayout)
    assert (kept.signature, json.loads(kept.choices)) == ("projekt|budget|utfall", choices)


def test_the_difference_tells_what_a_name_means(filled: Database) -> None:
    checked = Checked(records={"alias": [alias("project", "läxan", "P-1")], "import_layout": [layout("A|B", {})]})
    with filled.read() as reader:
        labels = [change.label for change in compare(checked, reader).records]
    assert labels == ["”läxan” betyder P-1", "budget.xlsx › Budget"]


@pytest.mark.parametrize("record", [Alias, ImportLayout])
def test_every_field_has_a_swedish_head(record: type[Alias | ImportLayout]) -> None:
    heads = [group_of(record.TABLE), *(head_of(record.TABLE, field) for field in columns(record)[1:])]
    assert all(head[0].isupper() for head in heads)


def test_what_has_a_sheet_is_called_as_the_sheet() -> None:
    assert group_of("funder") == "Finansiärer"


# Undoing


def test_undoing_takes_the_answers_away(filled: Database, admin: Person) -> None:
    before = content(filled)
    batch = post_stated(filled, admin, alias("project", "läxan", "P-1"), layout("A|B", {"A": 1}))
    undo(filled, admin, batch or 0)
    assert content(filled) == before


def test_undoing_brings_the_earlier_answer_back(filled: Database, admin: Person) -> None:
    post_stated(filled, admin, alias("project", "läxan", "P-1"), layout("A|B", {"A": 1}))
    before = content(filled)
    batch = post_stated(filled, admin, alias("project", "läxan", "P-2"), layout("A|B", {"A": 2}))
    undo(filled, admin, batch or 0)
    assert content(filled) == before


def test_a_project_that_a_remembered_name_means_is_not_undone_before_it(filled: Database, admin: Person) -> None:
    post_stated(filled, admin, alias("project", "läxan", "P-1"))
    with pytest.raises(UndoRefused, match="projektet har ändrats senare, i post 2"):
        undo(filled, admin, 1)


def test_an_answer_that_was_changed_later_is_not_undone(filled: Database, admin: Person) -> None:
    post_stated(filled, admin, alias("project", "läxan", "P-1"))
    post_stated(filled, admin, alias("project", "läxan", "P-2"))
    with pytest.raises(UndoRefused, match="svaret om vad ett namn betyder har ändrats senare, i post 3"):
        undo(filled, admin, 2)


def test_an_earlier_view_has_the_answers_of_then(filled: Database, admin: Person) -> None:
    post_stated(filled, admin, alias("project", "läxan", "P-1"))
    post_stated(filled, admin, alias("project", "läxan", "P-2"))
    seen = []
    for head in (1, 2, 3):
        with filled.read(head) as reader:
            seen.append(recognise("project", "Läxan", directory(reader)).target)
    assert seen == [None, "P-1", "P-2"]


def test_a_backup_carries_the_answers(filled: Database, admin: Person, tmp_path: Path) -> None:
    post_stated(filled, admin, alias("project", "läxan", "P-1"), layout("A|B", {"A": 1}))
    before = content(filled)
    filled.backup(admin, tmp_path / "copy.duckdb")
    undo(filled, admin, 2)
    filled.restore(admin, tmp_path / "copy.duckdb")
    assert content(filled) == before


# Migrating


@pytest.fixture
def version_1(tmp_path: Path, admin: Person) -> Path:
    """A database file as the first version of Fou made it, with an area, a project and an amount, in its own folder."""
    current = Database.open(tmp_path / "current.duckdb")
    with current.write(admin, Action.EDIT, "Början") as work:
        area = work.create(Area, name="Barn och unga")
        project = work.create(Project, code="P-1", title="Läxhjälpen", area=area)
        funder = work.create(Funder, name="Staden", kind="municipality")
        work.post([Entry(Kind.GRANTED, 2014, funder, project, amount=Decimal(600_000), source="beslut")])
    current.close()
    path = tmp_path / "old" / "fou.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as old:
        old.execute(SCHEMA_1.read_text("utf-8"))
        tables = [name for (name,) in old.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        old.execute(f"ATTACH '{current.path}' AS source (READ_ONLY)")
        for table in tables:
            names = ", ".join(row[0] for row in old.execute(f"DESCRIBE main.{table}").fetchall())
            old.execute(f"INSERT INTO main.{table} SELECT {names} FROM source.main.{table}")
        old.execute("UPDATE main.meta SET version = 1")
    return path


def structure(path: Path) -> list[tuple[Any, ...]]:
    """Every column with its type, and every constraint, as the file has them."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "SELECT table_name, column_index, column_name, data_type, is_nullable FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        found += connection.execute(
            "SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints() ORDER BY ALL"
        ).fetchall()
    return found


def test_a_database_of_version_1_keeps_its_content(version_1: Path) -> None:
    with duckdb.connect(str(version_1), read_only=True) as old:
        before = old.execute("SELECT code, title, area FROM project").fetchall()
    migrated = Database.open(version_1)
    with migrated.read() as reader:
        now = [(one.code, one.title, one.area) for one in reader.records(Project)]
        sums = [(entry.kind, entry.amount) for entry in entries(reader)]
    migrated.close()
    assert (now, sums) == (before, [(Kind.GRANTED, Decimal(600_000))])


def test_a_migrated_database_is_whole(version_1: Path) -> None:
    migrated = Database.open(version_1)
    with migrated.read() as reader:
        assert (reader.value("SELECT version FROM meta"), check(reader)) == (current_version(), [])
    migrated.close()


def test_a_migrated_database_is_built_like_a_new_one(version_1: Path, tmp_path: Path) -> None:
    Database.open(version_1).close()
    Database.open(tmp_path / "new.duckdb").close()
    assert structure(version_1) == structure(tmp_path / "new.duckdb")


def test_the_file_as_it_was_is_put_aside(version_1: Path) -> None:
    before = version_1.read_bytes()
    Database.open(version_1).close()
    (aside,) = version_1.parent.glob("fou.version-1-*.duckdb")
    assert aside.read_bytes() == before


def test_a_migrated_database_remembers_answers(version_1: Path, admin: Person) -> None:
    migrated = Database.open(version_1)
    post_stated(migrated, admin, alias("project", "läxan", "P-1"), layout("A|B", {"A": 1}))
    with migrated.read() as reader:
        assert (recognise("project", "Läxan", directory(reader)).target, check(reader)) == ("P-1", [])
    migrated.close()
