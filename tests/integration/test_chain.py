"""The chain over batches and events: what is altered, dropped or moved is named, and weeding leaves it whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou.access import Action, Person, Role
from fou.check import RULES, check, check_mark
from fou.errors import Forbidden
from fou.ledger import correct, undo
from fou.model import RECORDS, Attendance, Entry, Event, EventKind, Kind, Member, Project, columns
from fou.snapshot import Decided, digest, freeze_decided
from fou.store import Database, Reader, chain, events
from fou.store.database import current_version
from fou.store.reading import sql_types

ANNA = Person("Anna", Role.ADMIN)
#: Somebody who is everywhere, and is to be weeded.
NAME = "Zebrahilda Qvist"
GONE = "gallrad person 1"
#: The tables of the two chains, and the columns that tell to which batch or event a row belongs.
CHAINED = {
    "batch": "id", "entry": "batch", "change": "batch", "weeded": "owner, batch", "event": "id",
    "event_weeded": "event, told",
}  # fmt: skip
#: The columns with texts that can be weeded, save those of changes.
WORDS = {
    "batch": ("actor", "note", "file"), "entry": ("source", "document", "condition"), "event": ("actor", "note"),
}  # fmt: skip
#: The rule that sees to the records; the others take their time.
REPLAY = next(rule for rule in RULES if rule.__name__ == "_changes_replay_to_today")
SCHEMAS = {version: Path(__file__).with_name(f"schema_version_{version}.sql") for version in (1, 3)}
TEXT = "text; med ”tecken” \\ 1:2"
_VALUES = {"INTEGER": 1, "VARCHAR": TEXT, "BOOLEAN": True, "DATE": date(2014, 2, 11)}
_DECIDED, _ITS_HASH = freeze_decided(Decided(1, None))
#: What one record of each type holds, where the type of the field does not tell.
_SPECIAL: dict[str, dict[str, Any]] = {
    "area": {"successor": None},
    "project": {"parent": None, "lead": NAME},
    "member": {"name": NAME, "email": "zebrahilda.qvist@exempel.se"},
    "account": {"subject": "s-1"},
    "alias": {"record": "project", "funder": None, "area": None, "call": None},
    "plan": {"year": 2014},
    "plan_version": {"year": 2014},
    "scenario_line": {"call": None, "choice": "grant"},
    "attendance": {"name": NAME},
    "recommendation": {"hash": digest(TEXT, TEXT)},
    "resolution": {"frozen": _DECIDED, "hash": _ITS_HASH},
}


def fill(database: Database) -> None:
    """Batches of every sort, with a record of each type, amounts with and without texts, and a few events."""
    with database.write(ANNA, Action.IMPORT, "Läste in budget.xlsx", file="budget.xlsx", sha256="ab" * 32) as work:
        for record in RECORDS:
            kinds = zip(columns(record), sql_types(record), strict=True)
            values = {name: _VALUES[kind] for name, kind in kinds if name != "id"}
            work.create_many(record, [values | _SPECIAL.get(record.TABLE, {})], ["budget.xlsx › Blad 1"])
        work.post(
            Entry(
                Kind.PLANNED, 2010 + number, 1, 1 if number % 2 else None, amount=Decimal(number) / 4,
                condition="" if number % 3 else None, source=f"budget.xlsx › Ark ”å” › B{number}",
                document="rad;1" if number % 2 else None,
            )
            for number in range(1, 6)
        )  # fmt: skip
    database.log(EventKind.SIGNED_IN, NAME, "Entra")
    correct(database, Person(NAME, Role.ADMIN), 1, Decimal(80), f"enligt {NAME}")
    with database.write(ANNA, Action.EDIT, f"{NAME}s titel") as work:
        work.update(Member, 1, {"unit": "FoU", "name": f"{NAME} "}, source=f"skriven av {NAME}")
        work.update(Member, 1, {"name": NAME})
    with database.write(ANNA, Action.EDIT, "Mer") as work:
        work.post([Entry(Kind.GRANTED, 2025, 1, 1, open=1, source="beslut", document=NAME)])
    undo(database, ANNA, work.batch)
    database.log(EventKind.REFUSED, "okänd", f"{NAME} saknar roll")


def weed(database: Database) -> int:
    """Take the name out of everything; return the batch."""
    with database.write(ANNA, Action.WEED, "Gallring enligt beslut 12") as work:
        work.redact_record(Member, 1, {"name": GONE, "email": None})
        work.redact_record(Project, 1, {"lead": lambda lead: lead.replace(NAME, GONE)})
        work.redact_record(Attendance, 1, {"name": GONE})
        for name in WORDS:
            work.redact_texts(name, texts_with(work, name, NAME, GONE))
        sources = work.rows("SELECT batch, position, source FROM change WHERE CONTAINS(source, $name)", name=NAME)
        work.redact_change_sources({row[:2]: row[2].replace(NAME, GONE) for row in sources})
        return work.batch


def texts_with(reader: Reader, name: str, old: str, new: str) -> dict[int, dict[str, str]]:
    """The columns of a table's rows that hold the old text, with the new one instead."""
    found: dict[int, dict[str, str]] = {}
    for column in WORDS[name]:
        sql = f"SELECT id, {column} FROM {name} WHERE CONTAINS({column}, $old)"
        for number, text in reader.rows(sql, old=old):
            found.setdefault(number, {})[column] = text.replace(old, new)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Closed databases that are filled, and filled and then weeded."""
    folder = tmp_path_factory.mktemp("made")
    database = Database.open(folder / "filled.duckdb")
    fill(database)
    database.backup(ANNA, folder / "copy.duckdb")
    database.close()
    weeded = Database.open(folder / "copy.duckdb")
    weed(weeded)
    with weeded.write(ANNA, Action.EDIT, "Efter gallringen") as work:
        work.update(Project, 1, {"title": "Ny titel"})
    weeded.log(EventKind.SIGNED_OUT, "Anna")
    weeded.close()
    return {"filled": folder / "filled.duckdb", "weeded": folder / "copy.duckdb"}


@pytest.fixture
def opened(made: dict[str, Path], tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    """A copy of one of them, opened."""
    databases = []

    def open_copy(name: str) -> Database:
        path = Path(shutil.copy(made[name], tmp_path / f"{name}-{len(databases)}.duckdb"))
        databases.append(Database(path, duckdb.connect(str(path))))
        return databases[-1]

    yield open_copy
    for database in databases:
        database.close()


@pytest.fixture
def filled(opened: Callable[[str], Database]) -> Database:
    return opened("filled")


@pytest.fixture
def weeded(opened: Callable[[str], Database]) -> Database:
    return opened("weeded")


@pytest.fixture(scope="module")
def shared(made: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The weeded database, for tests that alter it only inside a reading, which is never committed."""
    path = Path(shutil.copy(made["weeded"], tmp_path_factory.mktemp("shared") / "fou.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    yield database
    database.close()


def failures(database: Database) -> list[str]:
    with database.read() as reader:
        return [failure.message for failure in check(reader)]


def mark(database: Database, head: int | None = None) -> str:
    with database.read(head) as reader:
        return chain.mark(reader)


def log(database: Database) -> list[Event]:
    with database.read() as reader:
        return events.events(reader)


# The same hashes, reckoned in another way


def written(numbers: list[Any], texts: list[str | None]) -> bytes:
    """A row as the chain's description says."""
    lengths = [None if text is None else len(text.encode()) for text in texts]
    head = "".join(f"{'' if value is None else value};" for value in (*numbers, *lengths))
    return (head + "".join(text or "" for text in texts)).encode()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def table(database: Database, name: str, order: str) -> list[dict[str, Any]]:
    with database.read() as reader:
        names = [row[0] for row in reader.rows(f"DESCRIBE {name}")]
        return [dict(zip(names, row, strict=True)) for row in reader.rows(f"SELECT * FROM {name} ORDER BY {order}")]


def microseconds(moment: datetime) -> int:
    since = moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def pick(row: dict[str, Any], names: str) -> list[Any]:
    return [row[name] for name in names.split()]


def hashes_in_python(database: Database) -> list[str]:
    """Every batch's hash from what is stored, without the store's code."""
    entries = table(database, "entry", "id")
    changes = table(database, "change", "batch, position")
    weedings = table(database, "weeded", "batch, what, owner, number")
    kept = {(row["what"], row["owner"], row["number"]): row["digest"] for row in reversed(weedings)}
    hashes = []
    before = "0" * 64
    for batch in table(database, "batch", "id"):
        number = batch["id"]
        figures = written(
            [number, microseconds(batch["posted"]), *pick(batch, "undoes entries changes total")],
            pick(batch, "kind sha256"),
        )
        words = written([], pick(batch, "salt actor note file"))
        for entry in [row for row in entries if row["batch"] == number]:
            numbers = pick(entry, "id batch year funder project call area amount open reverses")
            figures += written(numbers, pick(entry, "kind basis"))
            words += written([], pick(entry, "source document condition"))
        digests = ""
        for change in [row for row in changes if row["batch"] == number]:
            own = sha(written(pick(change, "batch position id"), pick(change, "salt record before after source")))
            digests += kept.get(("change", number, change["position"]), own)
        its_weedings = b"".join(
            written(pick(row, "batch owner number"), pick(row, "what digest instead"))
            for row in weedings
            if row["batch"] == number
        )
        its_words = kept.get(("words", number, 0), sha(words))
        before = sha((before + sha(figures) + its_words + sha(digests.encode()) + sha(its_weedings)).encode())
        hashes.append(before)
    return hashes


@pytest.mark.parametrize("name", ["filled", "weeded"])
def test_the_hashes_are_what_plain_python_makes_of_what_is_stored(opened: Callable[[str], Database], name: str) -> None:
    database = opened(name)
    assert [batch["hash"] for batch in table(database, "batch", "id")] == hashes_in_python(database)


def test_the_logs_hashes_are_what_plain_python_makes_of_what_is_stored(weeded: Database) -> None:
    told = table(weeded, "event_weeded", "told, event")
    kept = {row["event"]: row["digest"] for row in told}
    before, expected, stored = "0" * 64, [], []
    for event in table(weeded, "event", "id"):
        number = event["id"]
        own = sha(written([number, microseconds(event["happened"])], pick(event, "salt kind actor note")))
        its_told = b"".join(
            written(pick(row, "told event"), pick(row, "digest instead")) for row in told if row["told"] == number
        )
        before = sha((before + kept.get(number, own) + sha(its_told)).encode())
        expected.append(before)
        stored.append(event["hash"])
    assert stored == expected


@pytest.mark.parametrize("name", ["filled", "weeded"])
def test_an_untouched_database_is_whole(opened: Callable[[str], Database], name: str) -> None:
    assert failures(opened(name)) == []


# Altering


#: Another value of each type, whatever the value is; a text that is NULL becomes empty.
OTHER_VALUE = {
    "INTEGER": "COALESCE({}, 0) + 1000",
    "DECIMAL(15,2)": "{} + 0.01",
    "DECIMAL(18,2)": "{} + 0.01",
    "TIMESTAMP": "{} + INTERVAL 1 MICROSECOND",
    "VARCHAR": "COALESCE({} || ' ', '')",
}


@pytest.mark.parametrize(("name", "about"), CHAINED.items(), ids=CHAINED.keys())
def test_each_value_in_the_chain_that_is_altered_is_named(shared: Database, name: str, about: str) -> None:
    """With the number of the batch or event that it belongs to: every column, of up to five rows."""
    with shared.read() as reader:
        kinds = [row[:2] for row in reader.rows(f"DESCRIBE {name}")]
        rows = reader.rows(f"SELECT rowid, {about} FROM {name} ORDER BY rowid")
    is_event = "event" in name
    says = "Händelse {} i loggen stämmer inte" if is_event else "Post {} stämmer inte"
    unseen = []
    for (column, kind), (row, *numbers) in product(kinds, rows[:: max(1, len(rows) // 4)]):
        with shared.read() as reader:
            reader.rows(f"UPDATE {name} SET {column} = {OTHER_VALUE[kind].format(column)} WHERE rowid = {row}")
            found = next((events if is_event else chain).misfits(reader), "nothing")
        if (name, column) in (("batch", "id"), ("event", "id")):
            # There is then a gap, so that the next one does not fit; and what one that weeded has taken out of the
            # first ones is without an explanation.
            numbers += [numbers[0] + 1, numbers[0] + 1000, 1]
        if not any(found.startswith(says.format(number)) for number in numbers):
            unseen.append((column, numbers, found))
    assert rows
    assert unseen == []


@settings(max_examples=20)
@given(data=st.data())
def test_any_value_of_any_record_that_is_altered_is_named(shared: Database, data: st.DataObject) -> None:
    record = data.draw(st.sampled_from(RECORDS))
    column, kind = data.draw(st.sampled_from(list(zip(columns(record), sql_types(record), strict=True))))
    with shared.read() as reader:
        old = reader.value(f"SELECT {column} FROM {record.TABLE}")
        new = data.draw(
            {
                "INTEGER": st.integers(0, 2**31 - 1),
                "VARCHAR": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
                "BOOLEAN": st.booleans(),
                "DATE": st.dates(date(1900, 1, 1)),
            }[kind].filter(lambda value: value != old)
        )
        reader.rows(f"UPDATE {record.TABLE} SET {column} = $new", new=new)
        told = list(REPLAY(reader))
    assert f"{record.TABLE} 1 är inte vad ändringarna i historiken säger." in told


@pytest.mark.parametrize("column", ["batch", "hash", "event", "event_hash"])
def test_a_tip_that_is_altered_is_named(shared: Database, column: str) -> None:
    with shared.read() as reader:
        kind = "INTEGER" if column in ("batch", "event") else "VARCHAR"
        reader.rows(f"UPDATE meta SET {column} = {OTHER_VALUE[kind].format(column)}")
        told = [failure.message for failure in check(reader)]
    assert [message for message in told if "slutar inte med" in message] == told
    assert len(told) == 1


# Dropping and moving

_DROP = "DELETE FROM batch WHERE id = {0}; DELETE FROM entry WHERE batch = {0}; DELETE FROM change WHERE batch = {0};"
_NUMBER = (
    "UPDATE batch SET id = {1} WHERE id = {0}; UPDATE entry SET batch = {1} WHERE batch = {0}; "
    "UPDATE change SET batch = {1} WHERE batch = {0}; UPDATE weeded SET batch = {1} WHERE batch = {0}; "
    "UPDATE weeded SET owner = {1} WHERE owner = {0};"
)


def first_misfit(database: Database, sql: str) -> str:
    with database.read() as reader:
        for statement in filter(None, sql.split(";")):
            reader.rows(statement)
        return next(chain.misfits(reader), "nothing")


def test_a_batch_that_is_dropped_is_noticed_at_the_one_after_it(shared: Database) -> None:
    latest = shared.version[1]
    for number in range(1, latest):
        # The batch that weeded is gone: what it took out of earlier batches is then without an explanation.
        expected = {number + 1} if number != latest - 1 else {1}
        found = first_misfit(shared, _DROP.format(number))
        assert any(found.startswith(f"Post {one} stämmer inte") for one in expected), (number, found)


def test_a_batch_that_is_dropped_and_the_gap_closed_is_noticed(filled: Database) -> None:
    latest = filled.version[1]
    for number in range(1, latest):
        closed = "".join(_NUMBER.format(later, later - 1) for later in range(number + 1, latest + 1))
        found = first_misfit(filled, _DROP.format(number) + closed)
        assert found.startswith(f"Post {number} stämmer inte"), (number, found)


def test_the_last_batches_that_are_dropped_are_noticed(filled: Database) -> None:
    latest = filled.version[1]
    found = first_misfit(filled, _DROP.format(latest) + _DROP.format(latest - 1))
    assert found.startswith(f"Kedjan slutar inte med post {latest - 2}")


def test_batches_that_change_places_are_noticed(filled: Database) -> None:
    for number in range(1, filled.version[1]):
        swapped = ((number, 1000), (number + 1, number), (1000, number + 1))
        found = first_misfit(filled, "".join(_NUMBER.format(*pair) for pair in swapped))
        assert found.startswith(f"Post {number} stämmer inte"), (number, found)


def test_an_event_that_is_dropped_is_noticed(shared: Database) -> None:
    latest = len(log(shared))
    for number in range(1, latest + 1):
        with shared.read() as reader:
            reader.rows(f"DELETE FROM event WHERE id = {number}")
            assert list(events.misfits(reader)) != []


def test_a_weeding_that_no_batch_has_done_hides_nothing(filled: Database) -> None:
    with filled.read() as reader:
        (before,) = chain.contents(reader, [2])
        reader.rows("UPDATE batch SET note = 'något annat' WHERE id = 2")
        (after,) = chain.contents(reader, [2])
        reader.rows(
            "INSERT INTO weeded VALUES (99, 'words', 2, 0, $before, $after)",
            before=before.words, after=after.words_now,
        )  # fmt: skip
        assert next(chain.misfits(reader)).startswith("Post 2 stämmer inte")


# Marks


def test_a_mark_is_in_the_chain_for_ever(filled: Database) -> None:
    marks = [mark(filled, head) for head in range(1, filled.version[1] + 1)]
    with filled.write(ANNA, Action.EDIT, "Mer") as work:
        work.create(Project, code="Q", title="Q")
    weed(filled)
    with filled.read() as reader:
        assert [check_mark(reader, one) for one in marks] == [[]] * len(marks)
        assert all(chain.is_mark(one) for one in marks)


def test_a_mark_of_a_chain_that_was_made_anew_is_not_in_it(filled: Database) -> None:
    old = mark(filled)
    with filled.read() as reader:
        reader.rows("UPDATE entry SET amount = amount + 1 WHERE id = 2")
        reader.rows("UPDATE batch SET total = total + 1 WHERE id = 1")
        chain.seal_all(reader._cursor)
        assert list(chain.misfits(reader)) == []
        (failure,) = check_mark(reader, old)
    assert failure.message == (
        f"Märket {old} finns inte i kedjan: post 5 har en annan kontrollsumma. Det som var bokfört då är ändrat eller "
        "borttaget."
    )


@pytest.mark.parametrize(
    "text", ["", "57", "57:", "57:3f9a", "57:3F9A2C1B", "-1:3f9a2c1b", "x:3f9a2c1b", "7:" + "a" * 65]
)
def test_what_is_no_mark_is_told_from_one(text: str) -> None:
    assert not chain.is_mark(text)


def test_an_empty_database_has_no_mark(database: Database) -> None:
    assert (mark(database), failures(database)) == ("", [])


# Weeding


def places_with(database: Database, sought: str) -> list[str]:
    """Every column of every table that holds the text."""
    found = []
    with database.read() as reader:
        for name, column in reader.rows("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"):
            held = reader.value(f"SELECT COUNT(*) FROM {name} WHERE CONTAINS(CAST({column} AS VARCHAR), '{sought}')")
            found += [f"{name}.{column}"] * bool(held)
    return sorted(found)


def test_weeding_takes_the_text_out_of_every_table(filled: Database) -> None:
    places = [
        "attendance.name", "batch.actor", "batch.note", "change.after", "change.before", "change.source",
        "entry.document", "entry.source", "event.actor", "event.note", "member.name", "project.lead",
    ]  # fmt: skip
    assert places_with(filled, "Zebrahilda") == places
    weed(filled)
    assert (places_with(filled, "Zebrahilda"), places_with(filled, "zebrahilda.qvist@")) == ([], [])


def test_weeding_takes_the_text_out_of_the_file_when_it_is_closed(filled: Database) -> None:
    weed(filled)
    filled.close()
    assert "Zebrahilda" not in "".join(path.read_bytes().decode("latin-1") for path in [filled.path])
    assert [path.name for path in filled.path.parent.glob("*filled-0*")] == [filled.path.name]
    again = Database.open(filled.path)
    assert (failures(again), again.version) == ([], filled.version)
    again.close()


def test_what_a_stopped_process_weeded_is_out_of_the_file_when_it_is_closed_the_next_time(filled: Database) -> None:
    weed(filled)
    filled._connection.close()  # as if the process had been stopped
    assert b"ebrahild" in filled.path.read_bytes()
    Database.open(filled.path).close()
    assert b"ebrahild" not in filled.path.read_bytes()


def test_weeding_leaves_the_chain_the_figures_and_the_marks(filled: Database) -> None:
    with filled.read() as reader:
        before = [(content.figures, content.hash) for content in chain.contents(reader)]
        amounts = reader.rows("SELECT id, amount, open FROM entry ORDER BY id")
    weed(filled)
    with filled.read() as reader:
        assert [(content.figures, content.hash) for content in chain.contents(reader)][: len(before)] == before
        assert reader.rows("SELECT id, amount, open FROM entry ORDER BY id") == amounts
    assert failures(filled) == []


def test_weeding_twice_leaves_the_chain_whole(weeded: Database) -> None:
    with weeded.write(ANNA, Action.WEED, "En gång till") as work:
        work.redact_record(Member, 1, {"name": "någon"})
        work.redact_record(Member, 1, {"unit": None})
        for name, (old, new) in product(("batch", "event"), ((GONE, "någon"), ("någon", "ingen"))):
            work.redact_texts(name, texts_with(work, name, old, new))
    assert failures(weeded) == []
    with weeded.read() as reader:
        owner = reader.value("SELECT MIN(owner) FROM weeded WHERE what = 'change'")
        reader.rows("UPDATE change SET after = replace(after, 'någon', 'Bo') WHERE record = 'member'")
        assert next(chain.misfits(reader)).startswith(f"Post {owner} stämmer inte")


def test_earlier_moments_are_weeded_too(weeded: Database) -> None:
    with weeded.read(1) as reader:
        assert [(row.name, row.email) for row in reader.records(Member)] == [(GONE, None)]
        assert [row.lead for row in reader.records(Project)] == [GONE]


def test_only_what_holds_the_text_is_weeded(filled: Database) -> None:
    with filled.write(ANNA, Action.EDIT, "Ansvarig") as work:
        work.update(Project, 1, {"lead": "Siv"})
    weed(filled)
    with filled.read() as reader:
        assert [row.lead for row in reader.records(Project)] == ["Siv"]
        changed = reader.rows("SELECT before ->> 'lead', after ->> 'lead' FROM change WHERE record = 'project'")
        assert changed == [(None, GONE), (GONE, "Siv")]
        assert [row[0] for row in reader.rows("SELECT note FROM batch ORDER BY id")][2] == f"{GONE}s titel"


def test_the_salts_of_what_was_weeded_are_gone(filled: Database) -> None:
    """With the salt, a digest that is kept would tell whether a guessed name is the one that was weeded."""

    def salts() -> set[str]:
        with filled.read() as reader:
            return {row[0] for name in ("batch", "change", "event") for row in reader.rows(f"SELECT salt FROM {name}")}

    before = salts()
    weed(filled)
    with filled.read() as reader:
        number = reader.value("SELECT COUNT(*) FROM weeded") + reader.value("SELECT COUNT(*) FROM event_weeded")
    assert len(before - salts()) == number > 5


def test_weeding_that_finds_nothing_leaves_no_batch(filled: Database) -> None:
    before = filled.version
    with filled.write(ANNA, Action.WEED, "Inget") as work:
        found = (
            work.redact_record(Member, 77, {"name": "X"}), work.redact_texts("batch", {}),
            work.redact_texts("entry", {}), work.redact_texts("event", {}), work.redact_change_sources({}),
        )  # fmt: skip
    assert (found, filled.version) == ((0, 0, 0, 0, 0), before)


# Older files


def made_of_version(version: int, source: Path, folder: Path) -> Path:
    """The database as an earlier version of Fou would have made it: less what that version did not have."""
    path = folder / f"version-{version}.duckdb"
    with duckdb.connect(str(path)) as old:
        old.execute(SCHEMAS[version].read_text("utf-8"))
        old.execute(f"ATTACH '{source}' AS source (READ_ONLY)")
        for (name,) in old.execute("SELECT table_name FROM duckdb_tables() WHERE database_name <> 'source'").fetchall():
            names = ", ".join(row[0] for row in old.execute(f"DESCRIBE main.{name}").fetchall())
            old.execute(f"INSERT INTO main.{name} SELECT {names} FROM source.main.{name}")
        tables = [row[0] for row in old.execute("SHOW TABLES").fetchall()]
        # Nor did its log speak of columns that it did not have.
        for record in RECORDS:
            had = {row[0] for row in old.execute(f"DESCRIBE main.{record.TABLE}").fetchall()} if (
                record.TABLE in tables) else set(columns(record))  # fmt: skip
            values = {"new": json.dumps(dict.fromkeys(set(columns(record)) - had)), "table": record.TABLE}
            for name in ("before", "after") if had != set(columns(record)) else ():
                patched = f"UPDATE main.change SET {name} = json_merge_patch({name}, $new)"
                old.execute(f"{patched} WHERE record = $table AND {name} IS NOT NULL", values)
        missing = [record.TABLE for record in RECORDS if record.TABLE not in tables]
        removed = "DELETE FROM main.change WHERE record IN (SELECT UNNEST($missing)) RETURNING batch"
        for (batch,) in old.execute(removed, {"missing": missing}).fetchall():
            old.execute("UPDATE main.batch SET changes = changes - 1 WHERE id = $batch", {"batch": batch})
        old.execute("UPDATE main.meta SET version = $version", {"version": version})
    return path


@pytest.mark.parametrize("version", [1, 3])
def test_an_older_file_is_sealed_when_it_is_opened(made: dict[str, Path], tmp_path: Path, version: int) -> None:
    migrated = Database.open(made_of_version(version, made["filled"], tmp_path))
    with migrated.read() as reader:
        assert reader.value("SELECT version FROM meta") == current_version()
        assert [content.hash for content in chain.contents(reader)] == hashes_in_python(migrated)
        salts = [row[0] for row in reader.rows("SELECT salt FROM batch UNION ALL SELECT salt FROM change")]
    assert failures(migrated) == []
    assert {len(salt) for salt in salts} == {32}
    assert len(set(salts)) == len(salts)
    migrated.log(EventKind.CONFIGURED, "servern")
    weed(migrated)
    assert failures(migrated) == []
    migrated.close()


# The log


def test_an_event_says_who_what_and_when_and_leaves_what_is_read_as_it_was(database: Database) -> None:
    before = database.version
    started = datetime.now(UTC).replace(tzinfo=None)
    database.log(EventKind.SIGNED_IN, "Bo", "Entra")
    (event,) = log(database)
    assert replace(event, happened=started) == Event(1, started, EventKind.SIGNED_IN, "Bo", "Entra")
    assert (event.happened >= started, database.version) == (True, before)


def test_events_from_many_threads_make_one_chain(database: Database) -> None:
    threads = [
        threading.Thread(target=lambda: [database.log(EventKind.REFUSED, "okänd") for _ in range(5)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(log(database)), failures(database)) == (20, [])


def test_a_write_inside_a_write_is_an_error_and_not_a_wait_without_end(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write(ANNA, Action.EDIT, "Ett"):
        database.log(EventKind.SIGNED_OUT, "Anna")
    database.log(EventKind.SIGNED_OUT, "Anna")
    assert len(log(database)) == 1


def test_a_backup_is_in_the_log(database: Database, tmp_path: Path) -> None:
    database.backup(ANNA, tmp_path / "copy.duckdb")
    assert [(event.kind, event.actor, event.note) for event in log(database)] == [
        (EventKind.BACKUP_TAKEN, "Anna", "copy.duckdb")
    ]


def test_restoring_keeps_the_log_and_tells_of_itself(filled: Database, tmp_path: Path) -> None:
    filled.backup(ANNA, tmp_path / "backup.duckdb")
    with filled.write(ANNA, Action.EDIT, "Mer") as work:
        work.create(Project, code="Q", title="Q")
    late = mark(filled)
    before = log(filled)
    filled.restore(ANNA, tmp_path / "backup.duckdb")
    event, *earlier = log(filled)
    assert (earlier, event.kind) == (before, EventKind.RESTORED)
    assert event.note == f"backup.duckdb: {late} → {mark(filled)}"
    assert failures(filled) == []
    with filled.read() as reader:
        (failure,) = check_mark(reader, late)
    assert "Databasen återställdes" in failure.message


def test_after_an_older_backup_is_restored_the_log_tells_which_weeding_to_do_again(
    filled: Database, tmp_path: Path
) -> None:
    filled.backup(ANNA, tmp_path / "backup.duckdb")
    weed(filled)
    (told,) = [event for event in log(filled) if event.kind == EventKind.WEEDED]
    its_mark, _, note = told.note.partition(" ")
    assert (its_mark, note) == (mark(filled), "Gallring enligt beslut 12")
    filled.restore(ANNA, tmp_path / "backup.duckdb")
    with filled.read() as reader:
        assert not chain.holds(reader, its_mark)
    assert told in log(filled)
    assert (failures(filled), places_with(filled, "Zebrahilda")[-3:]) == (
        [], ["entry.source", "member.name", "project.lead"],
    )  # fmt: skip


# The person as they are now


def test_what_a_person_may_do_now_is_asked_before_each_write(database: Database, tmp_path: Path) -> None:
    asked = []

    def confirm(person: Person) -> Person:
        asked.append(person.name)
        return replace(person, role=Role.VIEWER)

    database.confirm = confirm
    for act in (
        lambda: database.write(ANNA, Action.EDIT, "Ett").__enter__(),
        lambda: database.backup(ANNA, tmp_path / "copy.duckdb"),
        lambda: database.restore(ANNA, tmp_path / "copy.duckdb"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (asked, list(tmp_path.glob("copy*"))) == (["Anna"] * 3, [])


def test_a_role_taken_away_while_one_waits_for_another_to_write_is_not_used(database: Database) -> None:
    role = Role.ADMIN
    asked = threading.Event()
    refused = []

    def confirm(person: Person) -> Person:
        if person.name == "Bo":
            asked.set()
        return replace(person, role=role if person.name == "Bo" else Role.ADMIN)

    def try_to_write() -> None:
        try:
            with database.write(Person("Bo", Role.ADMIN), Action.EDIT, "Bos") as work:
                work.create(Project, code="BO", title="Bo")
        except Forbidden:
            refused.append("Bo")

    database.confirm = confirm
    bo = threading.Thread(target=try_to_write)
    with database.write(ANNA, Action.EDIT, "Tar bort Bos roll") as work:
        bo.start()
        assert asked.wait(10)
        work.create(Project, code="A", title="Ett")
        role = Role.VIEWER
    bo.join()
    with database.read() as reader:
        assert ([row.code for row in reader.records(Project)], refused) == (["A"], ["Bo"])


def test_the_batch_has_the_name_that_the_person_has_now(database: Database) -> None:
    database.confirm = lambda person: replace(person, name="Anna Ny")
    with database.write(ANNA, Action.EDIT, "Ett") as work:
        work.create(Project, code="A", title="Ett")
    with database.read() as reader:
        assert reader.value("SELECT actor FROM batch") == "Anna Ny"


def test_a_reader_with_the_same_hashes_reads_the_same(filled: Database, tmp_path: Path) -> None:
    filled.backup(ANNA, tmp_path / "copy.duckdb")
    copy = Database.open(tmp_path / "copy.duckdb")
    assert mark(copy) == mark(filled)
    copy.close()
