"""The log of events: what was done that is not a batch, each with a hash over itself and the event before it.

An event's hash is SHA-256 over three digests: the hash of the event before it, that of its own row, and that of the
rows of ``event_weeded`` that it tells of. A row is written as the chain of batches writes its rows (``chain.written``).
The log is not replaced when a backup is restored.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from fou.model import Event, EventKind
from fou.store import chain
from fou.store.reading import Reader

DIGEST = f"sha256({chain.written(('id', 'epoch_us(happened)'), ('salt', 'kind', 'actor', 'note'))})"
_TOLD = chain.written(("told", "event"), ("digest", "instead"))


def events(reader: Reader, where: str = "TRUE", limit: int | None = None, **parameters: object) -> list[Event]:
    """The events, newest first; ``where`` filters on the event's columns."""
    rest = "" if limit is None else f"LIMIT {int(limit)}"
    rows = reader.rows(
        f"SELECT id, happened, kind, actor, note FROM event WHERE {where} ORDER BY id DESC {rest}", **parameters
    )
    return [Event(number, happened, EventKind(kind), actor, note) for number, happened, kind, actor, note in rows]


def append(writer: Reader, kind: EventKind, actor: str, note: str) -> int:
    """Add an event to the log within the transaction under way; return its id. Only the store calls this."""
    ((latest, moment, before, has_weeded),) = writer.rows(
        "SELECT MAX(id), MAX(happened), ARG_MAX(hash, id), EXISTS (SELECT 1 FROM event_weeded) FROM event"
    )
    number = (latest or 0) + 1
    now = datetime.now(UTC).replace(tzinfo=None)
    ((own,),) = writer.rows(
        f"INSERT INTO event VALUES ($id, $happened, $kind, $actor, $note, $salt, '') RETURNING {DIGEST}",
        # A clock that was set back must not make a later event look earlier.
        id=number, happened=max(now, moment) if moment else now, kind=str(kind), actor=actor, note=note,
        salt=chain.salts(1)[0],
    )  # fmt: skip
    told = _told(writer) if has_weeded else {}
    its_hash = chain.digest(before or chain.START, own, told.get(number, chain.digest()))
    writer.rows("UPDATE event SET hash = $hash WHERE id = $id", hash=its_hash, id=number)
    writer.rows("UPDATE meta SET event = $event, event_hash = $hash", event=number, hash=its_hash)
    return number


def next_event(reader: Reader) -> int:
    """The id that the next event gets."""
    return int(reader.value("SELECT COALESCE(MAX(id), 0) + 1 FROM event"))


def _told(reader: Reader) -> dict[int, str]:
    """The digest of what each event tells was weeded, for those that tell of any."""
    texts: dict[int, list[str]] = {}
    for told, text in reader.rows(f"SELECT told, {_TOLD} FROM event_weeded ORDER BY told, event"):
        texts.setdefault(told, []).append(text)
    return {told: chain.digest(*rows) for told, rows in texts.items()}


def misfits(reader: Reader) -> Iterator[str]:
    """What does not fit the log's chain, in Swedish, the first event first."""
    first: dict[int, str] = {}
    last: dict[int, str] = {}
    for event, before, instead in reader.rows(
        "SELECT event, digest, instead FROM event_weeded WHERE told IN (SELECT id FROM event) ORDER BY told"
    ):
        first.setdefault(event, before)
        last[event] = instead if last.get(event, before) == before else ""
    told = _told(reader)
    previous, latest = chain.START, 0
    for number, own, stored in reader.rows(f"SELECT id, {DIGEST}, hash FROM event ORDER BY id"):
        expected = chain.digest(previous, first.get(number, own), told.get(number, chain.digest()))
        if stored != expected or last.get(number, own) != own:
            yield (
                f"Händelse {number} i loggen stämmer inte med kedjan: den är ändrad, eller händelsen före den är "
                "ändrad eller borta."
            )
        previous, latest = stored, number
    if reader.rows("SELECT event, event_hash FROM meta") != [(latest, previous)]:
        yield f"Loggen slutar inte med händelse {latest}, som är den sista: händelser efter den är borta eller ändrade."
