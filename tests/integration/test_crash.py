"""The process is killed at any moment: what was acknowledged is there, whole, and nothing is there by half."""

from __future__ import annotations

import os
import random
import select
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from fou.access import Person
from fou.check import check
from fou.ledger import history
from fou.store import Database

ROOT = Path(__file__).parents[2]
KILLS = 8
#: What each batch of the writer holds.
PROJECTS, AMOUNT, ENTRIES = 3, Decimal("33.33"), 40

#: Writes batches without end, and tells each one's number once it is committed. It sometimes undoes one.
WRITER = f"""
import sys
from decimal import Decimal
from fou.access import Action, Person, Role
from fou.ledger import undo
from fou.model import Entry, Funder, Kind, Project
from fou.store import Database

anna = Person("Anna", Role.ADMIN)
database = Database.open(sys.argv[1])
while True:
    with database.write(anna, Action.EDIT, "Skrev") as work:
        first = work.create_many(
            Project, [{{"code": f"{{work.batch}}-{{n}}", "title": "Nytt"}} for n in range({PROJECTS})]
        )[0]
        for _ in range(2):
            work.post(
                Entry(Kind.PLANNED, 2025, 1, first, amount=Decimal("{AMOUNT}"), source="text " * 50)
                for _ in range({ENTRIES // 2})
            )
        work.create(Funder, name=f"Finansiär {{work.batch}}", kind="state")
        batch = work.batch
    print(batch, flush=True)
    if batch % 5 == 0:
        print(undo(database, anna, batch), flush=True)
"""


def kill_while_writing(path: Path, acknowledgements: int, patience: float) -> list[int]:
    """Let the writer acknowledge so many batches and go on for a moment; return the batches it told of."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    told = b""
    while told.count(b"\n") < acknowledgements:
        part = os.read(process.stdout.fileno(), 4096)
        assert part, "the writer ended by itself"
        told += part
    # Somewhere within the next batch: waits until it is told, but no longer than the patience lasts.
    select.select([process.stdout], [], [], patience)
    process.kill()
    told += process.communicate()[0]
    assert process.returncode == -9
    return [int(line) for line in told.split()]


def test_a_killed_writer_leaves_every_acknowledged_batch_and_no_half_one(tmp_path: Path, admin: Person) -> None:
    path = tmp_path / "fou.duckdb"
    chance = random.Random(20_260_101)
    database = Database.open(path)
    database.close()
    acknowledged: list[int] = []
    for kill in range(KILLS):
        acknowledged += kill_while_writing(path, chance.randint(0, 4), chance.uniform(0, 0.05))
        database = Database.open(path)
        with database.read() as reader:
            failures = check(reader)
            batches = {batch.id: batch for batch in history(reader)}
        database.close()
        assert failures == [], f"after kill {kill}"
        assert set(acknowledged) <= batches.keys(), f"after kill {kill}"
        written = {(batch.entries, batch.changes) for batch in batches.values()}
        assert written <= {(ENTRIES, PROJECTS + 1)}, f"after kill {kill}"
    assert len(acknowledged) >= KILLS
