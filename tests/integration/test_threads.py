"""Many read while a few write: nobody sees half of what belongs together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from fou.access import Action, Person
from fou.check import check
from fou.ledger import history, undo
from fou.model import Entry, Funder, Kind, Project
from fou.store import Database
from tests.conftest import CORES

READERS = 4
WRITERS = 2
BATCHES_EACH = 6
#: What every batch holds: two projects, and amounts that sum to an even hundred together but not apart.
PARTS = (Decimal("33.33"), Decimal("66.66"), Decimal("0.01"))

#: In one statement, so that it tells what one moment looked like: batches, amounts and projects.
MOMENT = """
    SELECT (SELECT COUNT(*) FROM batch WHERE undoes IS NULL), (SELECT SUM(amount) FROM entry),
           (SELECT COUNT(*) FROM project), (SELECT COUNT(*) FROM batch), (SELECT SUM(entries) FROM batch),
           (SELECT COUNT(*) FROM entry)
"""


@pytest.fixture(autouse=True)
def _databases_own_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a database has as many threads of its own as it has in the server."""
    monkeypatch.delenv(CORES)


def write_batches(database: Database, person: Person, name: str, undo_every: int) -> None:
    for number in range(1, BATCHES_EACH + 1):
        with database.write(person, Action.EDIT, f"{name} {number}") as work:
            projects = [work.create(Project, code=f"{name}{number}{side}", title="Nytt") for side in "ab"]
            for part in PARTS:
                work.post([Entry(Kind.PLANNED, 2025, 1, projects[0], amount=part, source="tråd")])
            batch = work.batch
        if number % undo_every == 0:
            undo(database, person, batch)


def run(database: Database, person: Person, look: Callable[[], str | None], undo_every: int) -> list[str]:
    """What the readers saw that they must not see, while the writers wrote all their batches."""
    with database.write(person, Action.EDIT, "Början") as work:
        work.create(Funder, name="Staden", kind="municipality")
    done = threading.Event()
    started = threading.Barrier(READERS + WRITERS)

    def keep_looking() -> list[str]:
        started.wait()
        seen = [look()]
        while not done.is_set():
            seen.append(look())
        return [wrong for wrong in seen if wrong]

    def write(name: str) -> None:
        started.wait()
        write_batches(database, person, name, undo_every)

    with ThreadPoolExecutor(READERS + WRITERS) as pool:
        readers = [pool.submit(keep_looking) for _ in range(READERS)]
        writers = [pool.submit(write, name) for name in "XY"[:WRITERS]]
        try:
            for writer in writers:
                writer.result()
        finally:
            done.set()
        return [wrong for reader in readers for wrong in reader.result()]


def test_no_reader_sees_half_a_batch(database: Database, admin: Person) -> None:
    def look() -> str | None:
        with database.read() as reader:
            batches, total, projects, _, _, _ = reader.rows(MOMENT)[0]
        written = batches - 1
        whole = ((total or 0), projects) == (100 * written, 2 * written)
        return None if whole else f"{batches} batches, {total} kr, {projects} projects"

    assert run(database, admin, look, undo_every=BATCHES_EACH + 1) == []


def test_questions_within_one_reading_answer_about_the_same_moment(database: Database, admin: Person) -> None:
    def look() -> str | None:
        with database.read() as reader:
            first = reader.rows(MOMENT)
            counted = (len(history(reader)), reader.value("SELECT COUNT(*) FROM entry"))
            again = reader.rows(MOMENT)
        same = first == again and counted == (first[0][3], first[0][5]) and (first[0][4] or 0) == first[0][5]
        return None if same else f"{first} {counted} {again}"

    assert run(database, admin, look, undo_every=3) == []


def test_an_earlier_moment_looks_the_same_while_others_write(database: Database, admin: Person) -> None:
    with database.write(admin, Action.EDIT, "Före") as work:
        work.create(Project, code="Före", title="Före")

    def look() -> str | None:
        with database.read(1) as reader:
            found = reader.rows(MOMENT)[0]
        return None if found == (1, None, 1, 1, 0, 0) else str(found)

    assert run(database, admin, look, undo_every=3) == []


def test_the_version_never_runs_ahead_of_what_can_be_read(database: Database, admin: Person) -> None:
    def look() -> str | None:
        version = database.version
        with database.read() as reader:
            head = reader.value("SELECT MAX(id) FROM batch")
        return None if head >= version[1] else f"version {version}, latest batch {head}"

    assert run(database, admin, look, undo_every=3) == []


def test_everything_written_at_once_is_whole_all_the_time_and_there_afterwards(
    database: Database, admin: Person
) -> None:
    def look() -> str | None:
        with database.read() as reader:
            return "; ".join(failure.message for failure in check(reader)) or None

    assert run(database, admin, look, undo_every=3) == []
    undone = WRITERS * (BATCHES_EACH // 3)
    with database.read() as reader:
        found = (len(history(reader)), reader.value("SELECT COUNT(*) FROM project"), check(reader))
    assert found == (1 + WRITERS * BATCHES_EACH + undone, 2 * (WRITERS * BATCHES_EACH - undone), [])
