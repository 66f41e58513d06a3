"""The unit of work: everything that one act writes, as one batch."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

import duckdb
import pyarrow as pa

from fou.errors import SaveConflict
from fou.model import (
    RECORD_BY_TABLE,
    RECORDS,
    Entry,
    EventKind,
    Record,
    Scenario,
    ScenarioLine,
    as_dict,
    columns,
)
from fou.store import chain, events
from fou.store.reading import Reader, sql_types

R = TypeVar("R", bound=Record)

_ARROW = {
    "INTEGER": pa.int32(),
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "DECIMAL": pa.decimal128(15, 2),
}
_ENTRY = {
    "id": "INTEGER", "batch": "INTEGER", "kind": "VARCHAR", "year": "INTEGER", "funder": "INTEGER",
    "project": "INTEGER", "call": "INTEGER", "area": "INTEGER", "amount": "DECIMAL", "open": "INTEGER",
    "condition": "VARCHAR", "basis": "VARCHAR", "source": "VARCHAR", "document": "VARCHAR",
    "reverses": "INTEGER",
}  # fmt: skip
#: What an entry says; its id and batch are given to it.
ENTRY_FIELDS = tuple(name for name in _ENTRY if name not in ("id", "batch"))
_CHANGE = {
    "batch": "INTEGER", "position": "INTEGER", "record": "VARCHAR", "id": "INTEGER", "before": "VARCHAR",
    "after": "VARCHAR", "source": "VARCHAR", "salt": "VARCHAR",
}  # fmt: skip


_WEEDED = {
    "batch": "INTEGER", "what": "VARCHAR", "owner": "INTEGER", "number": "INTEGER", "digest": "VARCHAR",
    "instead": "VARCHAR",
}  # fmt: skip
#: What stands in the place of something that has been weeded: [gallrat], [gallrat 3] or [gallrad person 3].
WEEDED = re.compile(r"\[gallra[dt](?: person)?(?: [0-9]+)?\]")
#: What is to stand instead of a text that is weeded, or what makes it of the text.
Instead: TypeAlias = str | Callable[[str], str | None] | None

#: The tables of what a meeting tries.
SCENARIOS = frozenset({Scenario.TABLE, ScenarioLine.TABLE})


class Work(Reader):
    """What one batch writes. Got from ``Database.write``; it also reads, within the same transaction."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        actor: str,
        kind: str,
        note: str,
        *,
        file: str | None,
        sha256: str | None,
        undoes: int | None,
    ) -> None:
        super().__init__(cursor)
        latest = self.row("SELECT COALESCE(MAX(id), 0), MAX(posted), ARG_MAX(hash, id) FROM batch")
        assert latest is not None
        now = datetime.now(UTC).replace(tzinfo=None)
        self.batch: int = latest[0] + 1
        # A clock that was set back must not make a later batch look earlier.
        self._posted = max(now, latest[1]) if latest[1] else now
        self._before = latest[2] or chain.START
        self._about = (actor, str(kind), note, file, sha256, undoes)
        self._next: dict[str, int] = {}
        self._entries = 0
        self._changes = 0
        self._total = Decimal(0)
        self._keep = False
        self._touched: set[str] = set()
        # What has been weeded, with the digests before: places in batches, and events.
        self._weeded: dict[tuple[str, int, int], str] = {}
        self._weeded_events: dict[int, str] = {}

    def create(self, record: type[Record], source: str | None = None, **values: Any) -> int:
        """Add one record; return its id. Fields not given are empty."""
        return self.create_many(record, [values], [source])[0]

    def create_many(
        self,
        record: type[Record],
        rows: Sequence[Mapping[str, Any]],
        sources: Sequence[str | None] | None = None,
    ) -> list[int]:
        """Add records; return their ids, in order. ``sources`` tells each one's sheet and row."""
        if not rows:
            return []
        first = self._take_ids(record.TABLE, len(rows))
        names = columns(record)[1:]
        records: list[dict[str, Any]] = [
            {"id": number, **{name: row.get(name) for name in names}} for number, row in enumerate(rows, first)
        ]
        self._insert(record.TABLE, dict(zip(columns(record), sql_types(record), strict=True)), records)
        self._log(record.TABLE, [(row["id"], None, row) for row in records], sources)
        return [row["id"] for row in records]

    def update(
        self,
        record: type[R],
        number: int,
        values: Mapping[str, Any],
        seen: Mapping[str, Any] | None = None,
        source: str | None = None,
    ) -> bool:
        """Change some fields of one record; False when nothing differs.

        ``seen`` holds the values that the person had before them. If somebody has changed one of them since,
        SaveConflict tells who, when and what, and nothing is saved.
        """
        found = self.records(record, "WHERE id = $id", id=number)
        if not found:
            raise SaveConflict("Det du ändrar har tagits bort av någon annan. Läs in sidan igen.")
        before = as_dict(found[0])
        for name, value in (seen or {}).items():
            if before[name] != value and values.get(name, value) != before[name]:
                raise SaveConflict(self._who_changed(record, number, name, before[name]))
        after = {**before, **values}
        if after == before:
            return False
        self.replace_many(record, [(before, after)], [source])
        return True

    def replace_many(
        self,
        record: type[Record],
        pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
        sources: Sequence[str | None] | None = None,
    ) -> None:
        """Change records from (before, after) pairs, each a whole record with its id."""
        if not pairs:
            return
        kinds = dict(zip(columns(record), sql_types(record), strict=True))
        self._cursor.register("incoming", _as_arrow(kinds, [after for _, after in pairs]))
        settings = ", ".join(f"{name} = incoming.{name}" for name in columns(record)[1:])
        self._cursor.execute(
            f"UPDATE {record.TABLE} SET {settings} FROM incoming WHERE {record.TABLE}.id = incoming.id"
        )
        self._cursor.unregister("incoming")
        self._log(record.TABLE, [(before["id"], before, after) for before, after in pairs], sources)

    def remove_many(self, record: type[Record], images: Sequence[Mapping[str, Any]]) -> None:
        """Take records away; they stay in the log and come back if this batch is undone."""
        if not images:
            return
        self._cursor.execute(
            f"DELETE FROM {record.TABLE} WHERE id IN (SELECT UNNEST($ids))",
            {"ids": [row["id"] for row in images]},
        )
        self._log(record.TABLE, [(row["id"], row, None) for row in images], None)

    def bring_back_many(self, record: type[Record], images: Sequence[Mapping[str, Any]]) -> None:
        """Add removed records again under the ids that they had."""
        if not images:
            return
        self._insert(record.TABLE, dict(zip(columns(record), sql_types(record), strict=True)), images)
        self._log(record.TABLE, [(row["id"], None, row) for row in images], None)

    def post(self, entries: Iterable[Entry]) -> list[int]:
        """Add entries to the ledger; return their ids. Their own ``id`` and ``batch`` are not looked at."""
        posted = list(entries)
        return self.post_columns({name: [getattr(e, name) for e in posted] for name in ENTRY_FIELDS})

    def post_columns(self, columns: Mapping[str, Sequence[Any]]) -> list[int]:
        """Add entries given column by column (each of ENTRY_FIELDS), as an import of a hundred thousand does."""
        count = len(columns["amount"])
        if not count:
            return []
        first = self._take_ids("entry", count)
        numbers = range(first, first + count)
        # A kind is text already, but not to Arrow.
        texts = {name: list(map(str, columns[name])) for name in ("kind", "basis")}
        values: dict[str, Any] = {**columns, **texts, "id": numbers, "batch": [self.batch] * count}
        arrays = [pa.array(values[name], _ARROW[kind]) for name, kind in _ENTRY.items()]
        self._insert_arrow("entry", pa.table(arrays, list(_ENTRY)))
        self._entries += count
        self._total += sum(columns["amount"], Decimal(0))
        return list(numbers)

    def keep_even_if_empty(self) -> None:
        """Leave a batch in the history although it holds neither entries nor changes."""
        self._keep = True

    def log(self, kind: EventKind, note: str = "") -> None:
        """Tell of something in the event log, in the same transaction. A batch that is not kept takes it along."""
        events.append(self, kind, self._about[0], note)

    @property
    def has_weeded(self) -> bool:
        """Whether texts have been taken out of what was posted earlier."""
        return bool(self._weeded or self._weeded_events)

    @property
    def beside_scenarios(self) -> bool:
        """Whether anything else is changed than what a meeting tries (SCENARIOS)."""
        return bool(self._touched - SCENARIOS) or self._entries > 0 or self._keep or self.has_weeded

    def finish(self) -> bool:
        """Write the batch itself; False when there is nothing to keep."""
        if not (self._entries or self._changes or self._keep or self.has_weeded):
            return False
        (header,) = self.rows(
            "INSERT INTO batch VALUES ($id, $posted, $actor, $kind, $note, $file, $sha256, $undoes, "
            f"$entries, $changes, $total, $salt, '') RETURNING {chain.HEADER}",
            **dict(zip(("actor", "kind", "note", "file", "sha256", "undoes"), self._about, strict=True)),
            id=self.batch,
            posted=self._posted,
            entries=self._entries,
            changes=self._changes,
            total=self._total,
            salt=chain.salts(1)[0],
        )
        self._tell_of_weeded()
        its_hash = chain.seal(
            self, self.batch, self._before, header, self._entries > 0, self._changes > 0, bool(self._weeded)
        )
        self._cursor.execute("UPDATE batch SET hash = $hash WHERE id = $id", {"hash": its_hash, "id": self.batch})
        chain.write_tip(self._cursor, self.batch, its_hash)
        if self.has_weeded:
            self._tell_of_weeded_events(chain.mark(self))
            self._cursor.execute("UPDATE meta SET weeded = weeded + 1")
        return True

    def _take_ids(self, table: str, count: int) -> int:
        if table not in self._next:
            # Ids of removed records are not given out again: the log still speaks of them.
            if table in RECORD_BY_TABLE:
                used = "SELECT COALESCE(MAX(id), 0) FROM change WHERE record = $table"
                self._next[table] = int(self.value(used, table=table)) + 1
            else:
                self._next[table] = int(self.value(f"SELECT COALESCE(MAX(id), 0) FROM {table}")) + 1
        first = self._next[table]
        self._next[table] += count
        return first

    def _insert(self, table: str, kinds: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        self._insert_arrow(table, _as_arrow(kinds, rows))

    def _insert_arrow(self, table: str, incoming: pa.Table) -> None:
        self._cursor.register("incoming", incoming)
        names = ", ".join(incoming.column_names)
        self._cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming")
        self._cursor.unregister("incoming")

    def _log(
        self,
        table: str,
        images: Sequence[tuple[int, Mapping[str, Any] | None, Mapping[str, Any] | None]],
        sources: Sequence[str | None] | None,
    ) -> None:
        its_salts = chain.salts(len(images))
        rows: list[dict[str, Any]] = [
            {
                "batch": self.batch,
                "position": self._changes + offset,
                "record": table,
                "id": number,
                "before": None if before is None else to_json(before),
                "after": None if after is None else to_json(after),
                "source": sources[offset] if sources else None,
                "salt": its_salts[offset],
            }
            for offset, (number, before, after) in enumerate(images)
        ]
        self._insert("change", _CHANGE, rows)
        self._changes += len(rows)
        self._touched.add(table)

    # Weeding (gallring): what takes texts out of what is already posted, and nothing else does.

    def redact_record(self, record: type[Record], number: int, instead: Mapping[str, Instead]) -> int:
        """Put other texts in fields of one record, as it is now and in every image of it; return how many held one.

        ``instead`` has for each field what is to stand there, or a function from the text to what is to stand there.
        A field that is empty stays so.
        """
        kinds = dict(zip(columns(record), sql_types(record), strict=True))
        places = 0
        for row in self.records(record, "WHERE id = $id", id=number):
            before = as_dict(row)
            after = _without(before, instead)
            if after != before:
                places += 1
                settings = ", ".join(f"{name} = CAST(${name} AS {kinds[name]})" for name in instead)
                values = {name: after[name] for name in instead}
                self.rows(f"UPDATE {record.TABLE} SET {settings} WHERE id = $id", id=number, **values)
        found = self.rows(
            "SELECT batch, position, before, after, source FROM change WHERE record = $table AND id = $id",
            table=record.TABLE,
            id=number,
        )

        def redacted(image: str | None) -> str | None:
            return None if image is None else to_json(_without(from_json(image), instead))

        pairs = [(row, (*row[:2], redacted(row[2]), redacted(row[3]), row[4])) for row in found]
        return places + self._replace_changes([new for old, new in pairs if new != old])

    def redact_texts(self, table: str, texts: Mapping[int, Mapping[str, str]]) -> int:
        """Put other texts in columns of batches, entries or events, by id; return how many rows.

        A batch has ``actor``, ``note`` and ``file``, an entry ``source``, ``condition`` and ``document``, an event
        ``actor`` and ``note``.
        """
        if table == "event":
            rows = self.rows(
                f"SELECT id, {events.DIGEST} FROM event WHERE id IN (SELECT UNNEST($ids)) ORDER BY id", ids=list(texts)
            )
            for number, digest in rows:
                self._weeded_events.setdefault(number, digest)
            its_salts = zip(texts.items(), chain.salts(len(texts)), strict=True)
            texts = {number: {**columns, "salt": salt} for (number, columns), salt in its_salts}
        elif table == "entry":
            owners = self.rows("SELECT DISTINCT batch FROM entry WHERE id IN (SELECT UNNEST($ids))", ids=list(texts))
            self._remember_words(batch for (batch,) in owners)
        else:
            self._remember_words(texts)
        for column in sorted({column for one in texts.values() for column in one}):
            changed = {number: one[column] for number, one in texts.items() if column in one}
            numbers, values = pa.array(changed, pa.int32()), pa.array(changed.values(), pa.string())
            self._cursor.register("incoming", pa.table([numbers, values], ["id", "text"]))
            self._cursor.execute(
                f"UPDATE {table} SET {column} = incoming.text FROM incoming WHERE {table}.id = incoming.id"
            )
            self._cursor.unregister("incoming")
        return len(texts)

    def redact_change_sources(self, sources: Mapping[tuple[int, int], str]) -> int:
        """Put other sources in changes, by batch and position; return how many."""
        found = self.rows(
            "SELECT batch, position, before, after FROM change WHERE batch IN (SELECT UNNEST($batches))",
            batches=sorted({batch for batch, _ in sources}),
        )
        return self._replace_changes([(*row, sources[row[0], row[1]]) for row in found if (row[0], row[1]) in sources])

    def _replace_changes(self, rows: Sequence[tuple[Any, ...]]) -> int:
        """Put other images and sources in changes: (batch, position, before, after, source)."""
        if not rows:
            return 0
        incoming = _as_arrow(
            _CHANGE,
            [
                dict(zip(_CHANGE, (batch, position, None, None, before, after, source, salt), strict=True))
                for (batch, position, before, after, source), salt in zip(rows, chain.salts(len(rows)), strict=True)
            ],
        )
        self._cursor.register("incoming", incoming)
        same = "change.batch = incoming.batch AND change.position = incoming.position"
        for batch, position, digest in self.rows(
            f"SELECT batch, position, {chain.CHANGE_DIGEST} FROM change "
            f"WHERE batch < $batch AND EXISTS (SELECT 1 FROM incoming WHERE {same})",
            batch=self.batch,
        ):
            self._weeded.setdefault((chain.CHANGE, batch, position), digest)
        self.rows(
            "UPDATE change SET before = incoming.before, after = incoming.after, source = incoming.source, "
            f"salt = incoming.salt FROM incoming WHERE {same}"
        )
        self._cursor.unregister("incoming")
        return len(rows)

    def _remember_words(self, batches: Iterable[int]) -> None:
        """Before the words of batches are weeded: keep their digests, and give them other salts."""
        earlier = sorted({batch for batch in batches if batch < self.batch})
        for content in chain.contents(self, earlier) if earlier else ():
            self._weeded.setdefault((chain.WORDS, content.batch, 0), content.words_now)
        for batch, salt in zip(earlier, chain.salts(len(earlier)), strict=True):
            self.rows("UPDATE batch SET salt = $salt WHERE id = $id", id=batch, salt=salt)

    def _tell_of_weeded(self) -> None:
        """Keep what the hashes of the weeded batches rest on, and the digests of what stands there instead."""
        owners = {owner for _, owner, _ in self._weeded}
        if not owners:
            return
        now: dict[tuple[str, int, int], str] = {
            (chain.WORDS, content.batch, 0): content.words_now for content in chain.contents(self, sorted(owners))
        }
        for batch, position, digest in self.rows(
            f"SELECT batch, position, {chain.CHANGE_DIGEST} FROM change WHERE batch IN (SELECT UNNEST($owners))",
            owners=sorted(owners),
        ):
            now[chain.CHANGE, batch, position] = digest
        rows = [
            dict(zip(_WEEDED, (self.batch, *place, before, now[place]), strict=True))
            for place, before in sorted(self._weeded.items())
        ]
        self._insert("weeded", _WEEDED, rows)

    def _tell_of_weeded_events(self, mark: str) -> None:
        """Log the weeding: its batch goes when an older backup is restored, and the log then tells what to do again."""
        told = events.next_event(self)
        for number, before in sorted(self._weeded_events.items()):
            self.rows(
                f"INSERT INTO event_weeded SELECT $told, id, $before, {events.DIGEST} FROM event WHERE id = $id",
                told=told, id=number, before=before,
            )  # fmt: skip
        self.log(EventKind.WEEDED, f"{mark} {self._about[2]}")

    def _who_changed(self, record: type[Record], number: int, field: str, now: Any) -> str:
        # The last one who changed this very field: somebody else may have changed another since.
        who = self.row(
            "SELECT batch.actor, batch.id FROM change JOIN batch ON batch.id = change.batch "
            "WHERE change.record = $table AND change.id = $id "
            f"AND (before ->> '{field}') IS DISTINCT FROM (after ->> '{field}') "
            "ORDER BY change.batch DESC LIMIT 1",
            table=record.TABLE,
            id=number,
        )
        name, batch = who if who else ("någon", "?")
        return (
            f"{name} har ändrat samma uppgift medan du skrev (post {batch} i historiken). Nu står det "
            f"”{now if now is not None else 'inget'}”. Ditt är inte sparat: läs in sidan igen och avgör vad som "
            "ska gälla."
        )


def _as_arrow(kinds: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    # Arrow, because executemany takes a hundred times as long.
    return pa.table([pa.array([row[name] for row in rows], _ARROW[kind]) for name, kind in kinds.items()], list(kinds))


def _without(values: Mapping[str, Any], instead: Mapping[str, Instead]) -> dict[str, Any]:
    """A record's values with other texts in the fields that are not empty."""

    def text(name: str, value: Any) -> Any:
        if name not in instead or value is None:
            return value
        other = instead[name]
        return other(value) if callable(other) else other

    return {name: text(name, value) for name, value in values.items()}


def to_json(values: Mapping[str, Any]) -> str:
    """A record as the log keeps it: JSON with ISO dates."""
    return json.dumps(values, ensure_ascii=False, default=_iso)


def from_json(text: str) -> dict[str, Any]:
    """The log's JSON as field → JSON value; dates stay ISO text."""
    image: dict[str, Any] = json.loads(text)
    return image


def revive(record: type[Record], image: Mapping[str, Any]) -> dict[str, Any]:
    """The log's field values with dates as dates again; a column that the record has got since is empty."""
    kinds = dict(zip(columns(record), sql_types(record), strict=True))
    return dict.fromkeys(kinds) | {
        name: date.fromisoformat(value) if kinds[name] == "DATE" and value is not None else value
        for name, value in image.items()
    }


def _iso(value: object) -> str:
    # A datetime is a date to Python, but its text could not be read back as one.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"cannot be logged: {value!r}")


assert all(set(sql_types(record)) <= set(_ARROW) for record in RECORDS)
