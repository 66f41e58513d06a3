"""The chain: a hash over each batch and the batch before it, by which it is seen that nothing stored was altered.

A batch's hash is SHA-256 over five digests, written one after the other in hexadecimal:

1. the hash of the batch before it (START before the first);
2. its figures, which nobody may ever alter: the batch's numbers, and its entries' in the order of their ids;
3. its words: the batch's actor, note and file with its salt, and its entries' source, document and condition;
4. its changes, in order: for each the digest of its row;
5. what it has weeded: the rows of ``weeded`` that it made.

Weeding (gallring) takes texts out of what is stored. What the owner's hash rests on is then kept in ``weeded``, with
the digest of what stands there instead, and the weeding batch's own hash is over both. So the words of a batch can be
weeded without its figures losing their place in the chain, and one change without the others. Salts are random and
are replaced when something is weeded, so that nobody can find the text again by trying names against its digest.

A row is written as its numbers and then the length in bytes of each of its texts, each followed by a semicolon, and
then the texts; what is NULL is written as nothing, and a text that is empty has the length 0. Times are microseconds
since 1970.

Whoever can write the file can also make a new chain. What shows that is a mark printed earlier (``mark``), which
``python -m fou check --expect`` looks for.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from fou.store.reading import Reader

if TYPE_CHECKING:
    from hashlib import _Hash

#: What stands for the hash before the first.
START = "0" * 64
#: How much of a hash is printed: too much for anybody to make another batch that happens to get the same.
_MARK = 16
#: Fewer digits than this would be found again by trying.
SHORTEST_MARK = 8
WORDS = "words"
CHANGE = "change"


def written(numbers: Sequence[str], texts: Sequence[str]) -> str:
    """SQL for a row's numbers and texts as one text, which no other row has."""
    parts = [*numbers, *(f"strlen({text})" for text in texts)]
    return "CONCAT(" + "".join(f"{part}, ';', " for part in parts) + ", ".join(texts) + ")"


_BATCH_FIGURES = written(("id", "epoch_us(posted)", "undoes", "entries", "changes", "total"), ("kind", "batch.sha256"))
_BATCH_WORDS = written((), ("salt", "actor", "note", "file"))
#: What a batch says of itself: its figures and its words.
HEADER = f"{_BATCH_FIGURES}, {_BATCH_WORDS}"
_ENTRY_FIGURES = written(
    ("id", "batch", "year", "funder", "project", "call", "area", "amount", "open", "reverses"), ("kind", "basis")
)
_ENTRY_WORDS = written((), ("source", "document", "condition"))
#: The digest of a change's row.
CHANGE_DIGEST = f"sha256({written(('batch', 'position', 'id'), ('salt', 'record', 'before', 'after', 'source'))})"
_WEEDED = written(("batch", "owner", "number"), ("what", "digest", "instead"))


def salts(count: int) -> list[str]:
    """Random salts, 32 hexadecimal digits each."""
    text = os.urandom(16 * count).hex()
    return [text[start : start + 32] for start in range(0, 32 * count, 32)]


def digest(*parts: str) -> str:
    """SHA-256 over the parts one after the other, in hexadecimal."""
    return hashlib.sha256("".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Content:
    """What is stored of a batch, as digests.

    ``words`` and ``changes`` are as they were before any weeding, ``words_now`` as they stand. ``altered`` tells that
    what was put in the place of something weeded is not what stands there.
    """

    batch: int
    hash: str
    figures: str
    words: str
    words_now: str
    changes: str
    weeded: str
    altered: bool

    def after(self, before: str) -> str:
        """The hash that the batch should have, after a batch with the hash ``before``."""
        return digest(before, self.figures, self.words, self.changes, self.weeded)


def contents(reader: Reader, batches: Sequence[int] | None = None) -> list[Content]:
    """These batches, or all of them, in order."""
    only = "" if batches is None else "WHERE {} IN (SELECT UNNEST($batches))"
    asked: dict[str, object] = {} if batches is None else {"batches": list(batches)}
    first, last = _weeded(reader)
    altered: set[int] = set()

    def original(place: tuple[str, int, int], now: str) -> str:
        if last.get(place, now) != now:
            altered.add(place[1])
        return first.get(place, now)

    hashes: dict[int, str] = {}
    figures, words, changes, weeded = (_Hashers() for _ in range(4))
    for number, stored, numbers, texts in reader.rows(
        f"SELECT id, hash, {HEADER} FROM batch {only.format('id')} ORDER BY id", **asked
    ):
        hashes[number] = stored
        figures[number].update(numbers.encode())
        words[number].update(texts.encode())
    for number, numbers, texts in _entries(reader, only.format("batch"), asked):
        figures[number].update(numbers)
        words[number].update(texts)
    for number, position, own in _changes(reader, only.format("batch"), asked):
        changes[number].update(original((CHANGE, number, position), own).encode())
    for number, row in _weedings(reader, only.format("batch"), asked):
        weeded[number].update(row.encode())
    found = []
    for number, stored in hashes.items():
        now = words[number].hexdigest()
        its_words = original((WORDS, number, 0), now)
        found.append(
            Content(
                number, stored, figures[number].hexdigest(), its_words, now, changes[number].hexdigest(),
                weeded[number].hexdigest(), number in altered,
            )
        )  # fmt: skip
    return found


class _Hashers(dict[int, "_Hash"]):
    """A digest under way for each batch."""

    def __missing__(self, batch: int) -> _Hash:
        return self.setdefault(batch, hashlib.sha256())


def _entries(reader: Reader, where: str, asked: Mapping[str, object]) -> Iterator[tuple[int, memoryview, memoryview]]:
    """The entries' figures and words in order, many of the same batch at a time, as UTF-8."""
    import pyarrow.compute as pc  # 0.2 s, and only what writes or checks needs it

    sql = f"SELECT batch, {_ENTRY_FIGURES}, {_ENTRY_WORDS} FROM entry {where} ORDER BY batch, id"
    # Not as rows: to make a hundred thousand strings of them takes longer than to digest them.
    for part in reader.arrow(sql, **asked):
        runs = pc.run_end_encode(part.column(0))
        start = 0
        for number, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            yield number, _utf8(part.column(1), start, end), _utf8(part.column(2), start, end)
            start = end


def _utf8(texts: Any, start: int, end: int) -> memoryview:
    """The texts from ``start`` to ``end`` one after the other, as Arrow keeps them."""
    _, offsets, data = texts.buffers()
    places = memoryview(offsets).cast("i")[texts.offset :]
    return memoryview(data)[places[start] : places[end]]


def _changes(reader: Reader, where: str, asked: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Batch, position and digest of each change, in order."""
    return reader.rows(
        f"SELECT batch, position, {CHANGE_DIGEST} AS own FROM change {where} ORDER BY batch, position, own", **asked
    )


def _weedings(reader: Reader, where: str, asked: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Batch and row of each thing that was weeded, in order."""
    return reader.rows(f"SELECT batch, {_WEEDED} FROM weeded {where} ORDER BY batch, what, owner, number", **asked)


def _weeded(reader: Reader) -> tuple[dict[tuple[str, int, int], str], dict[tuple[str, int, int], str]]:
    """Of each place that was weeded, the digest before the first time and the one after the last."""
    first: dict[tuple[str, int, int], str] = {}
    last: dict[tuple[str, int, int], str] = {}
    for what, owner, number, before, instead in reader.rows(
        # What no batch has done is no weeding, and leaves the owner as the one that does not fit.
        "SELECT what, owner, number, digest, instead FROM weeded WHERE batch IN (SELECT id FROM batch) ORDER BY batch"
    ):
        place = (what, owner, number)
        first.setdefault(place, before)
        # A weeding that does not begin where the one before it ended leaves nothing that could stand there.
        last[place] = instead if last.get(place, before) == before else ""
    return first, last


def seal(
    reader: Reader, batch: int, before: str, header: Sequence[str], entries: bool, changes: bool, weeded: bool
) -> str:
    """The hash of a batch that has just been written, with this HEADER and what it is said to hold beside it."""
    figures, words = (hashlib.sha256(text.encode()) for text in header)
    where, asked = "WHERE batch = $batch", {"batch": batch}
    # What there is nothing of is not asked for: each question takes longer than all the rest of a small batch.
    for _, numbers, texts in _entries(reader, where, asked) if entries else ():
        figures.update(numbers)
        words.update(texts)
    its_changes = digest(*(own for _, _, own in _changes(reader, where, asked))) if changes else digest()
    its_weedings = digest(*(row for _, row in _weedings(reader, where, asked))) if weeded else digest()
    return digest(before, figures.hexdigest(), words.hexdigest(), its_changes, its_weedings)


def seal_all(cursor: duckdb.DuckDBPyConnection) -> None:
    """Give the batches of a file from before the chain their salts and hashes, and write the tip."""
    reader = Reader(cursor)
    for table, key in (("batch", ("id",)), ("change", ("batch", "position"))):
        rows = reader.rows(f"SELECT {', '.join(key)} FROM {table} ORDER BY ALL")
        incoming = {name: pa.array([row[place] for row in rows], pa.int32()) for place, name in enumerate(key)}
        _set(cursor, table, key, "salt", {**incoming, "salt": pa.array(salts(len(rows)), pa.string())})
    before = START
    numbers, hashes = [], []
    for content in contents(reader):
        before = content.after(before)
        numbers.append(content.batch)
        hashes.append(before)
    _set(cursor, "batch", ("id",), "hash", {"id": pa.array(numbers, pa.int32()), "hash": pa.array(hashes, pa.string())})
    write_tip(cursor, max(numbers, default=0), before)
    cursor.execute("UPDATE meta SET event = 0, event_hash = $start", {"start": START})


def _set(
    cursor: duckdb.DuckDBPyConnection, table: str, key: Sequence[str], column: str, values: dict[str, Any]
) -> None:
    cursor.register("incoming", pa.table(values))
    same = " AND ".join(f"{table}.{name} = incoming.{name}" for name in key)
    cursor.execute(f"UPDATE {table} SET {column} = incoming.{column} FROM incoming WHERE {same}")
    cursor.unregister("incoming")


def write_tip(cursor: duckdb.DuckDBPyConnection, batch: int, its_hash: str) -> None:
    """Note which batch is the latest, so that it is seen if the last ones are gone."""
    cursor.execute("UPDATE meta SET batch = $batch, hash = $hash", {"batch": batch, "hash": its_hash})


def misfits(reader: Reader) -> Iterator[str]:
    """What does not fit the chain, in Swedish, the first batch first."""
    before = START
    latest = 0
    for content in contents(reader):
        if content.hash != content.after(before) or content.altered:
            yield (
                f"Post {content.batch} stämmer inte med kedjan: något i den är ändrat sedan den bokfördes, eller "
                "posten före den är ändrad eller borta."
            )
        before, latest = content.hash, content.batch
    if reader.rows("SELECT batch, hash FROM meta") != [(latest, before)]:
        yield f"Kedjan slutar inte med post {latest}, som är den sista: poster efter den är borta eller ändrade."


def mark(reader: Reader) -> str:
    """What is printed to prove what the data were: the latest batch and the beginning of its hash, ``57:3f9a2c1b…``.

    Empty before the first batch.
    """
    row = reader.row("SELECT id, hash FROM batch ORDER BY id DESC LIMIT 1")
    return f"{row[0]}:{row[1][:_MARK]}" if row else ""


def is_mark(text: str) -> bool:
    """Whether the text looks like a mark: a batch and at least SHORTEST_MARK hexadecimal digits."""
    return re.fullmatch(rf"[0-9]{{1,9}}:[0-9a-f]{{{SHORTEST_MARK},64}}", text) is not None


def holds(reader: Reader, printed: str) -> bool:
    """Whether a mark is in the chain. That the chain itself is whole is for ``misfits`` to tell."""
    batch, _, beginning = printed.partition(":")
    found = reader.value("SELECT hash FROM batch WHERE id = $id", id=int(batch))
    return found is not None and str(found).startswith(beginning)
