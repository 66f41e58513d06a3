"""The database file: opening, refusing, migrating, copying and bringing back."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from fou.access import Action, Person, Role
from fou.check import check
from fou.errors import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseNewer,
    Forbidden,
    NotOurDatabase,
    SaveConflict,
    StoreError,
)
from fou.ledger import entries, history
from fou.model import Entry, Funder, Kind, Plan, Project
from fou.store import Database, Reader
from fou.store.database import current_version

ROOT = Path(__file__).parents[2]
BERTIL = Person("Bertil", Role.ADMIN)
VIEWER = Person("Vera", Role.VIEWER)
MEMBER = Person("Leo", Role.MEMBER)

#: Another process that holds a database until its standard input is closed.
HOLDER = """
import sys
from pathlib import Path
from fou.store import Database
database = Database.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
database.close()
"""
#: A process that writes one batch and dies before DuckDB has moved it from the log into the file.
DIES_WITH_A_LOG = """
import os, sys
from pathlib import Path
from fou.access import Action, Person, Role
from fou.model import Funder
from fou.store import Database
database = Database.open(Path(sys.argv[1]))
with database.write(Person("Anna", Role.ADMIN), Action.EDIT, "Stiftelsen") as work:
    work.create(Funder, name="Stiftelsen", kind="foundation")
os._exit(0)
"""
MIGRATION = "ALTER TABLE project ADD COLUMN mood VARCHAR;\nUPDATE project SET mood = 'glad';\n"
#: The version that the migration above leads to.
NEXT = current_version() + 1
BROKEN_MIGRATION = "DELETE FROM project;\nINSERT INTO nowhere VALUES (1);\n"


def add_projects(database: Database, person: Person, *codes: str) -> int:
    """One batch with a project for each code and 100 kr planned on it for 2025."""
    with database.write(person, Action.EDIT, f"Lade till {', '.join(codes)}") as work:
        found = work.records(Funder)
        funder = found[0].id if found else work.create(Funder, name="Staden", kind="municipality")
        for code in codes:
            project = work.create(Project, code=code, title=f"Projekt {code}")
            work.post([Entry(Kind.PLANNED, 2025, funder, project, amount=Decimal(100), source="budget › B2")])
        return work.batch


def codes(reader: Reader) -> list[str]:
    return [project.code for project in reader.records(Project, "ORDER BY id")]


def run_python(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run the code in another process, which has the path as its argument and nothing to read."""
    return subprocess.run(
        [sys.executable, "-c", code, str(path)], input="", capture_output=True, text=True, check=False, cwd=ROOT
    )


def project_codes(database: Database) -> list[str]:
    with database.read() as reader:
        return codes(reader)


def bytes_in(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file in the folder: nothing changed, added or left behind."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir() if file.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with 500 projects, from which each test gets its own copy."""
    database = Database.open(tmp_path_factory.mktemp("made") / "fou.duckdb")
    with database.write(Person("Anna", Role.ADMIN), Action.IMPORT, "Läste in budget.xlsx") as work:
        funder = work.create(Funder, name="Staden", kind="municipality")
        projects = work.create_many(Project, [{"code": f"P{n}", "title": f"Projekt {n}"} for n in range(500)])
        work.post(
            Entry(Kind.PLANNED, 2025, funder, project, amount=Decimal(100), source=f"budget › B{project}")
            for project in projects
        )
    database.close()
    return database.path


@pytest.fixture
def closed(tmp_path: Path, made: Path) -> Path:
    """A database file with 500 projects that nobody has open, alone in its folder."""
    folder = tmp_path / "closed"
    folder.mkdir()
    return Path(shutil.copy(made, folder))


def refusal(path: Path) -> StoreError:
    """The error that opening the file gives; no file in its folder may change or appear."""
    before = bytes_in(path.parent)
    with pytest.raises(StoreError) as caught:
        Database.open(path)
    assert bytes_in(path.parent) == before
    return caught.value


# Creating and opening


def test_opening_a_name_that_no_file_has_makes_an_empty_database(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "new" / "fou.duckdb")
    assert project_codes(database) == []
    database.close()


def test_a_new_database_is_whole(database: Database) -> None:
    with database.read() as reader:
        assert check(reader) == []


def test_what_was_written_is_there_when_the_file_is_opened_again(tmp_path: Path, admin: Person) -> None:
    first = Database.open(tmp_path / "fou.duckdb")
    add_projects(first, admin, "A", "B")
    first.close()
    second = Database.open(tmp_path / "fou.duckdb")
    assert project_codes(second) == ["A", "B"]
    second.close()


def test_opening_and_closing_does_not_change_the_file(closed: Path) -> None:
    before = bytes_in(closed.parent)
    Database.open(closed).close()
    assert bytes_in(closed.parent) == before


def test_what_a_dead_process_had_committed_is_there(closed: Path) -> None:
    run_python(DIES_WITH_A_LOG, closed)
    database = Database.open(closed)
    with database.read() as reader:
        assert [funder.name for funder in reader.records(Funder, "ORDER BY id")] == ["Staden", "Stiftelsen"]
    database.close()


def test_a_database_that_could_not_be_made_is_not_found_later(tmp_path: Path) -> None:
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    (migrations / "9999_not_text.sql").write_bytes(b"\xff")
    blocked = tmp_path / "file" / "fou.duckdb"
    blocked.parent.write_text("not a folder")
    with pytest.raises(StoreError, match="går inte att skapa"):
        Database.open(blocked, migrations)
    assert blocked.parent.read_text() == "not a folder"


def test_a_half_made_file_is_neither_found_nor_in_the_way(tmp_path: Path) -> None:
    run_python(HALF_MADE, tmp_path / "fou.duckdb")
    assert [file.suffix for file in tmp_path.iterdir() if file.suffix != ".wal"] == [".part"]
    database = Database.open(tmp_path / "fou.duckdb")
    assert project_codes(database) == []
    database.close()


#: Dies in the middle of making the database: the schema ends in something that stops the process.
HALF_MADE = """
import os, sys
from pathlib import Path
from fou.store import database as store

class StopsHere(type(Path())):
    def read_text(self, *args):
        os._exit(0)

store.SCHEMA = StopsHere(store.SCHEMA)
store.Database.open(Path(sys.argv[1]))
"""


def test_the_log_of_a_database_that_is_gone_is_not_played_into_a_new_one(closed: Path) -> None:
    run_python(DIES_WITH_A_LOG, closed)
    closed.unlink()
    assert "fou.duckdb.wal ligger kvar" in str(refusal(closed))


# Files that cannot be used


def test_an_empty_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "fou.duckdb"
    path.touch()
    error = refusal(path)
    assert isinstance(error, DatabaseDamaged)
    assert "är tom (0 byte)" in str(error)


@pytest.mark.parametrize("offset", [0, 3, 12, 100, 4100, 8200, 8800])
def test_a_flipped_byte_in_the_head_is_damage(closed: Path, offset: int) -> None:
    content = bytearray(closed.read_bytes())
    content[offset] ^= 0xFF
    closed.write_bytes(content)
    error = refusal(closed)
    assert isinstance(error, DatabaseDamaged)
    assert "Filen är orörd" in str(error)


@pytest.mark.parametrize("part", range(24))
def test_a_flipped_byte_anywhere_is_told_or_what_can_be_read_is_whole(closed: Path, part: int) -> None:
    content = bytearray(closed.read_bytes())
    content[12_288 + (len(content) - 12_288) * part // 24 + 1000] ^= 0xFF
    closed.write_bytes(content)
    before = bytes_in(closed.parent)
    try:
        database = Database.open(closed)
    except DatabaseDamaged:
        assert bytes_in(closed.parent) == before
        return
    with database.read() as reader:
        assert (len(reader.records(Project)), check(reader)) == (500, [])
    database.close()


@pytest.mark.parametrize("length", [100, 4096, 5000, 12_288, 300_000])
def test_a_cut_off_file_is_damaged(closed: Path, length: int) -> None:
    closed.write_bytes(closed.read_bytes()[:length])
    assert isinstance(refusal(closed), DatabaseDamaged)


def test_a_text_file_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "fou.duckdb"
    path.write_text("Projekt;Belopp\n" * 1000, "utf-8")
    error = refusal(path)
    assert isinstance(error, NotOurDatabase)
    assert "ingen databas som Fou kan läsa" in str(error)


def test_a_database_of_another_sort_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "fou.duckdb"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE meta (application, version)")
    other.close()
    assert isinstance(refusal(path), NotOurDatabase)


@pytest.mark.parametrize(
    "tables",
    [
        "CREATE TABLE thing (id INTEGER)",
        "CREATE TABLE meta (name VARCHAR)",
        "CREATE TABLE meta (application VARCHAR, version INTEGER)",
        "CREATE TABLE meta AS SELECT 'other' AS application, 1 AS version",
    ],
    ids=["no meta", "another meta", "an empty meta", "another application"],
)
def test_a_database_of_something_else_is_not_ours(tmp_path: Path, tables: str) -> None:
    path = tmp_path / "fou.duckdb"
    with duckdb.connect(str(path)) as other:
        other.execute(tables)
    error = refusal(path)
    assert isinstance(error, NotOurDatabase)
    assert "är en databas, men inte Fous" in str(error)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "fou.duckdb").mkdir()
    assert "finns inte eller är ingen fil" in str(refusal(tmp_path / "fou.duckdb"))


def test_a_database_from_a_later_fou_is_refused(closed: Path) -> None:
    with duckdb.connect(str(closed)) as later:
        later.execute("UPDATE meta SET version = 99")
    error = refusal(closed)
    assert isinstance(error, DatabaseNewer)
    assert "senare version av Fou (version 99" in str(error)


def test_a_file_from_a_later_duckdb_is_refused(closed: Path) -> None:
    content = bytearray(closed.read_bytes())
    struct.pack_into("<Q", content, 12, 999)  # the storage version
    struct.pack_into("<Q", content, 0, duckdb_checksum(bytes(content[8:4096])))
    closed.write_bytes(content)
    error = refusal(closed)
    assert isinstance(error, DatabaseNewer)
    assert "senare version av DuckDB" in str(error)


def duckdb_checksum(block: bytes) -> int:
    """The checksum that DuckDB keeps first in each block."""
    total = 5381
    for (word,) in struct.iter_unpack("<Q", block):
        total ^= word * 0xBF58476D1CE4E5B9 & 0xFFFF_FFFF_FFFF_FFFF
    return total


@pytest.fixture
def holder(closed: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the database open."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(closed)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    yield process
    process.communicate()


@pytest.mark.usefixtures("holder")
def test_a_database_that_another_process_holds_is_locked(closed: Path) -> None:
    error = refusal(closed)
    assert isinstance(error, DatabaseLocked)
    assert "används redan av ett annat program" in str(error)


def test_a_database_can_be_opened_once_the_other_process_lets_go(closed: Path, holder: subprocess.Popen[str]) -> None:
    holder.communicate()
    Database.open(closed).close()
    assert holder.returncode == 0


def test_trying_to_open_it_twice_keeps_other_processes_out(database: Database) -> None:
    with pytest.raises(DatabaseLocked):
        Database.open(database.path)
    assert "DatabaseLocked" in run_python(HOLDER, database.path).stderr


# Migrating


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A folder with one migration, to the version after this one."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / f"{NEXT:04}_mood.sql").write_text(MIGRATION, "utf-8")
    return folder


def test_an_older_database_is_migrated(closed: Path, migrations: Path) -> None:
    database = Database.open(closed, migrations)
    with database.read() as reader:
        assert reader.row("SELECT version, (SELECT COUNT(*) FROM project WHERE mood = 'glad') FROM meta") == (
            NEXT,
            500,
        )
    database.close()


def test_migrating_puts_a_copy_aside_first(closed: Path, migrations: Path) -> None:
    before = bytes_in(closed.parent)["fou.duckdb"]
    Database.open(closed, migrations).close()
    (aside,) = closed.parent.glob(f"fou.version-{NEXT - 1}-*.duckdb")
    assert bytes_in(closed.parent)[aside.name] == before


def test_the_copy_put_aside_holds_what_was_still_in_the_log(closed: Path, migrations: Path) -> None:
    run_python(DIES_WITH_A_LOG, closed)
    Database.open(closed, migrations).close()
    (aside,) = closed.parent.glob(f"fou.version-{NEXT - 1}-*.duckdb")
    copy = Database.open(aside)
    with copy.read() as reader:
        assert [funder.name for funder in reader.records(Funder, "ORDER BY id")] == ["Staden", "Stiftelsen"]
    copy.close()


def test_a_migrated_database_is_not_migrated_again(closed: Path, migrations: Path) -> None:
    Database.open(closed, migrations).close()
    before = bytes_in(closed.parent)
    Database.open(closed, migrations).close()
    assert bytes_in(closed.parent) == before


def test_a_migration_that_fails_leaves_the_file_as_it_was(closed: Path, migrations: Path) -> None:
    (migrations / f"{NEXT + 1:04}_broken.sql").write_text(BROKEN_MIGRATION, "utf-8")
    before = bytes_in(closed.parent)["fou.duckdb"]
    with pytest.raises(StoreError, match="Inget är ändrat, och en kopia ligger bredvid"):
        Database.open(closed, migrations)
    assert bytes_in(closed.parent)["fou.duckdb"] == before


def test_this_fou_refuses_the_database_that_a_later_one_has_migrated(closed: Path, migrations: Path) -> None:
    Database.open(closed, migrations).close()
    assert isinstance(refusal(closed), DatabaseNewer)


# Writing


def test_each_write_changes_the_version(database: Database, admin: Person) -> None:
    before = database.version
    add_projects(database, admin, "A")
    assert database.version > before


def test_a_write_that_fails_leaves_nothing(database: Database, admin: Person) -> None:
    def fail() -> None:
        with database.write(admin, Action.EDIT, "Avbryts") as work:
            work.create(Project, code="A", title="Halv")
            raise ValueError("avbrott")

    with pytest.raises(ValueError, match="avbrott"):
        fail()
    with database.read() as reader:
        assert (codes(reader), history(reader), reader.rows("SELECT * FROM change")) == ([], [], [])


def test_the_write_after_a_failed_one_goes_through(database: Database, admin: Person) -> None:
    with pytest.raises(duckdb.Error), database.write(admin, Action.EDIT, "Fel") as work:
        work.rows("SELECT * FROM nowhere")
    assert add_projects(database, admin, "A") == 1


def test_a_write_that_posts_nothing_leaves_no_batch(database: Database, admin: Person) -> None:
    with database.write(admin, Action.EDIT, "Inget") as work:
        work.rows("SELECT 1")
    with database.read() as reader:
        assert history(reader) == []


def test_a_writer_sees_what_it_has_itself_written(database: Database, admin: Person) -> None:
    with database.write(admin, Action.EDIT, "Nytt") as work:
        work.create(Project, code="A", title="Nytt")
        assert codes(work) == ["A"]


@pytest.mark.parametrize("person", [VIEWER, MEMBER], ids=lambda person: person.role)
@pytest.mark.parametrize(
    "act",
    [
        lambda database, person: add_projects(database, person, "B"),
        lambda database, person: database.backup(person, database.path.with_name("copy.duckdb")),
        lambda database, person: database.restore(person, database.path.with_name("copy.duckdb")),
    ],
    ids=["write", "backup", "restore"],
)
def test_only_an_admin_may_write(
    database: Database, admin: Person, person: Person, act: Callable[[Database, Person], object]
) -> None:
    add_projects(database, admin, "A")
    before = set(database.path.parent.iterdir())
    with pytest.raises(Forbidden):
        act(database, person)
    assert (project_codes(database), set(database.path.parent.iterdir())) == (["A"], before)


def test_a_clock_set_back_does_not_change_the_order(database: Database, admin: Person) -> None:
    add_projects(database, admin, "A")
    ahead = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=300)
    execute(database, "UPDATE batch SET posted = $ahead", ahead=ahead)
    add_projects(database, admin, "B")
    with database.read() as reader:
        assert [batch.posted for batch in history(reader)] == [ahead, ahead]
        # It is only seen that the clock was set past the one door.
        assert [failure.rule for failure in check(reader)] == ["batches_fit_the_chain"]


def execute(database: Database, sql: str, **parameters: object) -> None:
    """Change the database past the one door, as no code in Fou does."""
    database.close()
    with duckdb.connect(str(database.path)) as connection:
        connection.execute(sql, parameters)
    database.__dict__.update(Database.open(database.path).__dict__)


def test_a_time_of_day_is_not_taken_for_a_date(database: Database, admin: Person) -> None:
    with (
        pytest.raises(TypeError, match="cannot be logged"),
        database.write(admin, Action.EDIT, "Fel slag") as work,
    ):
        work.create(Plan, year=2025, title="Plan", state="draft", decided=datetime(2024, 12, 3, 9, 30))


# Two people at once


@pytest.fixture
def project(database: Database, admin: Person) -> int:
    """A project that Bertil has given another title after Anna read it, and Cecilia another lead after that."""
    with database.write(admin, Action.EDIT, "Nytt projekt") as work:
        number = work.create(Project, code="A", title="Ett", lead="Siv")
    with database.write(BERTIL, Action.EDIT, "Titel") as work:
        work.update(Project, number, {"title": "Två"})
    with database.write(Person("Cecilia", Role.ADMIN), Action.EDIT, "Ansvarig") as work:
        work.update(Project, number, {"lead": "Ulla"})
    return number


def test_saving_over_what_somebody_else_has_saved_tells_who(database: Database, admin: Person, project: int) -> None:
    with (
        pytest.raises(SaveConflict, match=r"^Bertil har ändrat .*post 2 .*”Två”"),
        database.write(admin, Action.EDIT, "Titel") as work,
    ):
        work.update(Project, project, {"title": "Tre"}, seen={"title": "Ett"})


def test_a_save_conflict_saves_nothing(database: Database, admin: Person, project: int) -> None:
    with pytest.raises(SaveConflict), database.write(admin, Action.EDIT, "Titel") as work:
        work.update(Project, project, {"title": "Tre"}, seen={"title": "Ett"})
    with database.read() as reader:
        assert [(row.title, row.lead) for row in reader.records(Project)] == [("Två", "Ulla")]


def test_two_people_may_change_different_fields(database: Database, admin: Person, project: int) -> None:
    with database.write(admin, Action.EDIT, "Utförare") as work:
        assert work.update(Project, project, {"performer": "FoU i Väst"}, seen={"performer": None})


def test_saving_what_is_already_there_is_no_conflict(database: Database, admin: Person, project: int) -> None:
    with database.write(admin, Action.EDIT, "Titel") as work:
        assert not work.update(Project, project, {"title": "Två"}, seen={"title": "Ett"})


def test_changing_what_somebody_has_removed_is_a_conflict(database: Database, admin: Person) -> None:
    with (
        pytest.raises(SaveConflict, match="har tagits bort"),
        database.write(admin, Action.EDIT, "Titel") as work,
    ):
        work.update(Project, 7, {"title": "Tre"})


# Reading as of an earlier batch


def test_reading_as_of_a_batch_shows_the_records_of_then(database: Database, project: int) -> None:
    seen = []
    for head in range(4):
        with database.read(head) as reader:
            seen.append([(row.title, row.lead) for row in reader.records(Project)])
    assert seen == [[], [("Ett", "Siv")], [("Två", "Siv")], [("Två", "Ulla")]]


def test_reading_as_of_a_batch_shows_the_entries_of_then(database: Database, admin: Person) -> None:
    add_projects(database, admin, "A")
    add_projects(database, admin, "B", "C")
    with database.read(1) as reader:
        assert [entry.batch for entry in entries(reader)] == [1]


def test_reading_as_of_a_batch_gives_every_type_of_value_back(database: Database, admin: Person) -> None:
    with database.write(admin, Action.EDIT, "Plan") as work:
        work.create(
            Plan, year=2025, title='Å ”plan” \\ "null"\n\t😀', state="draft", decided=date(2024, 12, 3),
            immediate_approval=False, text="", source="null",
        )  # fmt: skip
    with database.read() as now, database.read(1) as then:
        assert then.records(Plan) == now.records(Plan)


def test_an_earlier_view_does_not_disturb_other_readers(database: Database, admin: Person) -> None:
    add_projects(database, admin, "A")
    add_projects(database, admin, "B")
    with database.read(1) as then, database.read() as now:
        assert (codes(then), codes(now)) == (["A"], ["A", "B"])


def test_a_reader_sees_the_same_although_somebody_writes(database: Database, admin: Person) -> None:
    add_projects(database, admin, "A")
    with database.read() as reader:
        before = codes(reader)
        add_projects(database, admin, "B")
        assert codes(reader) == before


def test_a_day_is_reckoned_in_swedish_time(database: Database, admin: Person) -> None:
    add_projects(database, admin, "A")
    add_projects(database, admin, "B")
    execute(database, "UPDATE batch SET posted = TIMESTAMP '2025-06-30 21:59:59.999999' WHERE id = 1")
    execute(database, "UPDATE batch SET posted = TIMESTAMP '2025-06-30 22:00:00' WHERE id = 2")
    days = [date(2025, 6, 29), date(2025, 6, 30), date(2025, 7, 1)]
    assert [database.head_on(day) for day in days] == [0, 1, 2]


@pytest.mark.parametrize("name", ["backup.duckdb", "entry.duckdb", "fou copy.duckdb", 'fou"1".duckdb', "fou's.db"])
def test_the_name_of_the_file_does_not_matter(tmp_path: Path, admin: Person, name: str) -> None:
    database = Database.open(tmp_path / name)
    add_projects(database, admin, "A")
    database.backup(admin, tmp_path / f"copy of {name}")
    add_projects(database, admin, "B")
    database.restore(admin, tmp_path / f"copy of {name}")
    with database.read(1) as reader:
        assert codes(reader) == ["A"]
    database.close()


# Backup and restore


def test_a_backup_holds_everything(database: Database, admin: Person, tmp_path: Path) -> None:
    add_projects(database, admin, "A", "B")
    database.backup(admin, tmp_path / "copy.duckdb")
    copy = Database.open(tmp_path / "copy.duckdb")
    with copy.read() as theirs, database.read() as ours:
        assert (codes(theirs), entries(theirs), history(theirs)) == (codes(ours), entries(ours), history(ours))
    copy.close()


def test_a_backup_is_one_file(database: Database, admin: Person, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    add_projects(database, admin, "A")
    database.backup(admin, folder / "copy.duckdb")
    assert [file.name for file in folder.iterdir()] == ["copy.duckdb"]


def test_a_backup_never_replaces_a_file(database: Database, admin: Person, tmp_path: Path) -> None:
    (tmp_path / "copy.duckdb").write_text("viktigt")
    with pytest.raises(StoreError, match=r"copy\.duckdb finns redan"):
        database.backup(admin, tmp_path / "copy.duckdb")
    assert (tmp_path / "copy.duckdb").read_text() == "viktigt"


def test_a_backup_into_a_folder_that_is_missing_is_refused(database: Database, admin: Person, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="finns inte"):
        database.backup(admin, tmp_path / "nowhere" / "copy.duckdb")


def test_what_a_stopped_backup_left_is_not_in_the_way(database: Database, admin: Person, tmp_path: Path) -> None:
    add_projects(database, admin, "A")
    (tmp_path / "copy.duckdb.part").write_bytes(b"half")
    (tmp_path / "copy.duckdb.part.wal").write_bytes(b"half")
    database.backup(admin, tmp_path / "copy.duckdb")
    Database.open(tmp_path / "copy.duckdb").close()
    assert not list(tmp_path.glob("*.part*"))


def test_a_backup_keeps_other_processes_out(database: Database, admin: Person, tmp_path: Path) -> None:
    database.backup(admin, tmp_path / "copy.duckdb")
    assert "DatabaseLocked" in run_python(HOLDER, database.path).stderr


def test_backups_taken_while_others_write_are_whole(database: Database, admin: Person, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            add_projects(database, admin, f"A{number}", f"B{number}")

    writers = [threading.Thread(target=write)]
    for writer in writers:
        writer.start()
    for number in range(5):
        database.backup(admin, tmp_path / f"copy{number}.duckdb")
    done.set()
    for writer in writers:
        writer.join()
    found = []
    for number in range(5):
        copy = Database.open(tmp_path / f"copy{number}.duckdb")
        with copy.read() as reader:
            found.append((check(reader), len(codes(reader)) == 2 * len(history(reader))))
        copy.close()
    assert found == [([], True)] * 5


@pytest.fixture
def backup(database: Database, admin: Person, tmp_path: Path) -> Path:
    """A backup of a database with project A, to which B has been added since."""
    add_projects(database, admin, "A")
    database.backup(admin, tmp_path / "copy.duckdb")
    add_projects(database, admin, "B")
    return tmp_path / "copy.duckdb"


def test_restoring_brings_back_what_the_backup_holds(database: Database, admin: Person, backup: Path) -> None:
    database.restore(admin, backup)
    assert project_codes(database) == ["A"]


def test_restoring_keeps_a_copy_of_what_was_there(database: Database, admin: Person, backup: Path) -> None:
    kept = Database.open(database.restore(admin, backup))
    assert project_codes(kept) == ["A", "B"]
    kept.close()


def test_restoring_is_in_the_history(database: Database, admin: Person, backup: Path) -> None:
    database.restore(admin, backup)
    with database.read() as reader:
        latest = history(reader)[0]
    assert (latest.id, latest.actor, latest.kind, latest.file) == (2, "Anna", "restore", "copy.duckdb")


def test_a_restored_database_is_whole_and_can_be_written(database: Database, admin: Person, backup: Path) -> None:
    database.restore(admin, backup)
    add_projects(database, admin, "C")
    with database.read() as reader:
        assert (codes(reader), check(reader)) == (["A", "C"], [])


def test_no_version_comes_back_after_a_restore(database: Database, admin: Person, backup: Path) -> None:
    seen = [database.version]
    database.restore(admin, backup)
    seen.append(database.version)
    add_projects(database, admin, "C")
    seen.append(database.version)
    assert len(set(seen)) == 3


def test_restoring_twice_keeps_both_copies(database: Database, admin: Person, backup: Path) -> None:
    kept = {database.restore(admin, backup), database.restore(admin, backup)}
    assert [file.exists() for file in kept] == [True, True]


def test_a_reader_sees_the_old_content_while_it_is_replaced(database: Database, admin: Person, backup: Path) -> None:
    with database.read() as reader:
        before = codes(reader)
        database.restore(admin, backup)
        assert codes(reader) == before == ["A", "B"]


def test_nothing_written_around_a_restore_is_lost(database: Database, admin: Person, backup: Path) -> None:
    """Each project is in the database, or in the copy that was kept: nobody writes in between."""
    written: list[str] = []
    restored = threading.Event()

    def write() -> None:
        while not restored.is_set():
            code = f"W{len(written)}"
            add_projects(database, admin, code)
            written.append(code)

    writer = threading.Thread(target=write)
    writer.start()
    copies = [database.restore(admin, backup) for _ in range(4)]
    restored.set()
    writer.join()
    found = set(project_codes(database))
    for file in copies:
        copy = Database.open(file)
        found |= set(project_codes(copy))
        copy.close()
    assert set(written) <= found


@pytest.mark.parametrize("offset", [100, 4100, "middle"])
def test_a_damaged_backup_is_refused_and_nothing_changes(
    database: Database, admin: Person, closed: Path, offset: int | str
) -> None:
    add_projects(database, admin, "A")
    content = bytearray(closed.read_bytes())
    if offset == "middle":
        content[300_000:] = bytes(len(content) - 300_000)
    else:
        content[int(offset)] ^= 0xFF
    closed.write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        database.restore(admin, closed)
    assert project_codes(database) == ["A"]


def test_something_else_than_a_backup_is_refused(database: Database, admin: Person, tmp_path: Path) -> None:
    add_projects(database, admin, "A")
    (tmp_path / "text.duckdb").write_text("hej " * 1000)
    with pytest.raises(NotOurDatabase):
        database.restore(admin, tmp_path / "text.duckdb")
    assert project_codes(database) == ["A"]


def test_a_backup_of_another_version_is_refused(
    database: Database, admin: Person, backup: Path, migrations: Path
) -> None:
    Database.open(backup, migrations).close()
    with pytest.raises(StoreError, match=f"är av version {NEXT}"):
        database.restore(admin, backup)
    assert project_codes(database) == ["A", "B"]


def test_a_missing_backup_is_refused(database: Database, admin: Person, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="finns inte"):
        database.restore(admin, tmp_path / "nowhere.duckdb")


@pytest.mark.parametrize("other_name", ["symlink_to", "hardlink_to"])
def test_a_database_cannot_be_restored_from_itself(
    database: Database, admin: Person, tmp_path: Path, other_name: str
) -> None:
    add_projects(database, admin, "A")
    same = tmp_path / "same.duckdb"
    getattr(same, other_name)(database.path)
    with pytest.raises(StoreError, match="är den databas som är öppen"):
        database.restore(admin, same)
    assert project_codes(database) == ["A"]


def test_a_copy_of_the_closed_file_is_a_backup_too(
    database: Database, admin: Person, closed: Path, tmp_path: Path
) -> None:
    shutil.copy(closed, tmp_path / "plain copy.duckdb")
    database.restore(admin, tmp_path / "plain copy.duckdb")
    assert len(project_codes(database)) == 500
