"""The ledger: history, tracing a figure to its sources, correcting, granting and undoing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

from fou.access import Action, Person
from fou.errors import Refused, SaveConflict, UndoRefused
from fou.model import RECORD_BY_TABLE, Basis, Batch, Entry, Kind, as_dict
from fou.store import Database, Reader, Work
from fou.store.reading import STANDING
from fou.store.work import WEEDED, from_json, revive
from fou.undoing import refuse_unlawful

_ENTRY_FIELDS = (
    "kind, year, funder, project, call, area, amount, open, condition, basis, source, document, reverses, id, batch"
)
#: What a statement is about. Statements about the same thing are corrected together.
SUBJECT = ("kind", "year", "project", "call", "area", "funder")

_ENTRY_REFERENCES = {name: name for name in ("funder", "project", "call", "area")}

#: A record's field values, or None when it does not exist.
Image: TypeAlias = dict[str, Any] | None

RECORD_NAMES = {
    "setting": "uppgiften", "funder": "finansiären", "area": "området", "plan": "planen",
    "plan_version": "planens beslut",
    "project": "projektet", "project_link": "kopplingen", "call": "utlysningen",
    "criterion": "prioriteringsgrunden", "member": "ledamoten", "account": "kontot", "proposal": "ansökan",
    "proposal_cost": "ansökans kostnad",
    "score": "bedömningen", "conflict": "jävet", "scenario": "scenariot", "scenario_line": "raden i scenariot",
    "meeting": "mötet", "attendance": "närvaron", "recommendation": "rekommendationen", "resolution": "nämndens beslut",
    "decision": "beslutet", "follow_up": "uppföljningen",
    "follow_up_item": "uppföljningspunkten", "report_due": "rapporten", "output": "resultatet",
    "alias": "svaret om vad ett namn betyder", "import_layout": "svaren om ett blads upplägg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traced:
    """One entry behind a figure, with the batch that posted it. ``stands`` is False once it is taken back."""

    entry: Entry
    batch: Batch
    stands: bool


def entries(reader: Reader, where: str = "", **parameters: object) -> list[Entry]:
    """Entries in posting order; ``where`` filters on the entry's columns."""
    rest = f"WHERE {where}" if where else ""
    return [_entry(row) for row in reader.rows(f"SELECT {_ENTRY_FIELDS} FROM entry {rest} ORDER BY id", **parameters)]


def statements(reader: Reader, where: str = "TRUE", **parameters: object) -> list[Entry]:
    """The entries that stand, in posting order."""
    sql = f"SELECT {_ENTRY_FIELDS} FROM ({STANDING}) AS standing WHERE {where} ORDER BY id"
    return [_entry(row) for row in reader.rows(sql, **parameters)]


def trace(reader: Reader, where: str, **parameters: object) -> list[Traced]:
    """Every entry behind a figure, oldest first, those since taken back too. Their sum is the figure."""
    found = entries(reader, where, **parameters)
    batches = {batch.id: batch for batch in history(reader)}
    standing = {entry.id for entry in statements(reader, where, **parameters)}
    return [Traced(entry, batches[entry.batch], entry.id in standing) for entry in found]


def history(reader: Reader, limit: int | None = None) -> list[Batch]:
    """The batches, newest first."""
    rows = reader.rows(
        "SELECT id, posted, actor, kind, note, file, sha256, undoes, entries, changes, total FROM batch ORDER BY id"
    )
    undone: dict[int, int] = {}
    # From the newest back, so that a batch whose undoing was itself undone counts as in force again.
    for row in reversed(rows):
        if row[7] is not None and row[0] not in undone:
            undone.setdefault(row[7], row[0])
    batches = [replace(Batch(*row), undone_by=undone.get(row[0])) for row in reversed(rows)]
    return batches if limit is None else batches[:limit]


def take_back(work: Work, taken: Iterable[tuple[Entry, str]]) -> None:
    """Cancel statements that stand, by entries with the signs reversed; each with the source that says so."""
    work.post(_turned(entry, -1, source) for entry, source in taken)


def correct(
    database: Database,
    person: Person,
    statement: int,
    amount: Decimal | None,
    why: str,
    condition: str | None = None,
) -> int:
    """Replace one statement's amount (None: not set) by another; return the batch.

    Raises SaveConflict, naming who, when the statement no longer stands.
    """
    with database.write(person, Action.EDIT, why) as work:
        found = statements(work, "id = $id", id=statement)
        if not found:
            raise SaveConflict(_who_took_back(work, statement))
        old = found[0]
        source = f"ändrat: {why}"  # by whom stands in the batch, where it can be left out
        take_back(work, [(old, source)])
        work.post(
            [
                replace(
                    old, amount=amount if amount is not None else Decimal(0), open=int(amount is None),
                    condition=condition, source=source, document=None,
                )
            ]
        )  # fmt: skip
        return work.batch


def grant(work: Work, granted: Entry) -> None:
    """Post a grant and use up what was reserved for the same thing, year and funder, as far as it reaches.

    A reservation without an amount is settled by the grant. A grant on a condition uses up nothing: until the
    condition is met the money stays reserved, or it would look free. Source of the rule: only what is reserved
    is consumed when the thing that it was reserved for is granted; the other kinds stand side by side.
    """
    if granted.condition is not None:
        work.post([replace(granted, kind=Kind.GRANTED)])
        return
    reserved = statements(
        work,
        "kind = 'reserved' AND year = $year AND funder = $funder AND project IS NOT DISTINCT FROM $project "
        "AND call IS NOT DISTINCT FROM $call AND condition IS NULL "
        # What is reserved for one area is not for another, when nothing narrower says what it is for.
        "AND ($project IS NOT NULL OR $call IS NOT NULL OR area IS NOT DISTINCT FROM $area)",
        year=granted.year,
        funder=granted.funder,
        project=granted.project,
        call=granted.call,
        area=granted.area,
    )
    left = granted.amount
    consumed: list[Entry] = []
    rest: list[Entry] = []
    for entry in reserved:
        used = min(entry.amount, left)
        if not entry.open and used <= 0:
            continue
        left -= used
        consumed.append(entry)
        if entry.amount > used:
            rest.append(replace(entry, amount=entry.amount - used, reverses=None))
    take_back(work, ((entry, f"beviljat: {granted.source}") for entry in consumed))
    work.post([replace(granted, kind=Kind.GRANTED), *rest])


def undo(database: Database, person: Person, number: int) -> int:
    """Take back a whole batch by a counter-batch; return that batch's id.

    Earlier amounts stand again and records get their earlier values. Raises UndoRefused, naming the later
    batch, when that would overwrite something done since, and saying what to do when it would break a rule of a
    call's round; Forbidden when somebody else must do it. Then nothing is written.
    """
    with database.write(person, Action.UNDO, f"Ångrar post {number}", undoes=number) as work:
        batch = next((b for b in history(work) if b.id == number), None)
        if batch is None:
            raise UndoRefused(f"Det finns ingen post {number} i historiken.")
        if batch.undone_by is not None:
            raise UndoRefused(f"Post {number} är redan ångrad (genom post {batch.undone_by}).")
        if batch.kind == Action.WEED:
            raise UndoRefused(
                f"Post {number} är en gallring och kan inte ångras: det som gallrades finns inte kvar i databasen."
            )
        if not (batch.entries or batch.changes):
            raise UndoRefused(f"Post {number} innehåller inget som kan ångras.")
        # Also when the batch took back what it had itself done, so that the history shows it as undone.
        work.keep_even_if_empty()
        again = _undo_entries(work, number)
        _undo_changes(work, number)
        _refuse_lost_references(work, number, "entry", _ENTRY_REFERENCES, again)
        refuse_unlawful(work, person, number)
        return work.batch


def _undo_entries(work: Work, number: int) -> list[int]:
    """Turn every statement that the batch turned; return those that stand again."""
    # Each statement (root) with its chain of turns: whether it stood before the batch, after it, and now.
    rows = work.rows(
        """
        WITH touched AS (
            SELECT DISTINCT COALESCE(reverses, id) AS root
            FROM entry
            WHERE batch = $number
        )
        SELECT touched.root,
               root.batch < $number AND COUNT(turn.id) FILTER (WHERE turn.batch < $number) % 2 = 0 AS before,
               COUNT(turn.id) FILTER (WHERE turn.batch <= $number) % 2 = 0 AS after,
               COUNT(turn.id) % 2 = 0 AS now,
               MAX(turn.batch) AS latest
        FROM touched
        JOIN entry AS root ON root.id = touched.root
        LEFT JOIN entry AS turn ON turn.reverses = touched.root
        GROUP BY touched.root, root.batch
        """,
        number=number,
    )
    # A statement that the batch both made and took back is as it was before the batch: nothing to undo.
    moved = sorted(row for row in rows if row[1] != row[2])
    changed = [row for row in moved if row[2] != row[3]]
    if changed:
        raise UndoRefused(_later(work, number, max(row[4] for row in changed), "beloppen"))
    again = [root for root, before, *_ in moved if before]
    _refuse_doubling(work, number, again)
    roots = {entry.id: entry for entry in entries(work, "id IN (SELECT UNNEST($ids))", ids=[row[0] for row in moved])}
    work.post(_turned(roots[root], 1 if before else -1, f"ångrar post {number}") for root, before, *_ in moved)
    return again


def _refuse_doubling(work: Work, number: int, again: Sequence[int]) -> None:
    """A statement must not come back beside a later one about the same thing: it would count twice."""
    if not again:
        return
    same = " AND ".join(f"later.{name} IS NOT DISTINCT FROM old.{name}" for name in SUBJECT)
    latest = work.value(
        f"SELECT MAX(later.batch) FROM ({STANDING}) AS later JOIN entry AS old ON {same} "
        "WHERE later.batch > $number AND old.id IN (SELECT UNNEST($again))",
        number=number,
        again=list(again),
    )
    if latest is not None:
        raise UndoRefused(_later(work, number, latest, "beloppen"))


def _undo_changes(work: Work, number: int) -> None:
    # What the batch did to each record in all: from the first image before it to the last one after it.
    net: dict[str, dict[int, tuple[str | None, str | None]]] = {}
    rows = work.rows(
        "SELECT record, id, before, after FROM change WHERE batch = $number ORDER BY position", number=number
    )
    for table, identity, before, after in rows:
        first = net.setdefault(table, {}).get(identity, (before, after))[0]
        net[table][identity] = (first, after)
    removed: dict[str, list[int]] = {}
    restored: dict[str, list[int]] = {}
    for table, images in net.items():
        record = RECORD_BY_TABLE[table]
        current = {
            row.id: as_dict(row) for row in work.records(record, "WHERE id IN (SELECT UNNEST($ids))", ids=list(images))
        }
        gone, back, changed = [], [], []
        for identity, (before_text, after_text) in images.items():
            before = revive(record, from_json(before_text)) if before_text else None
            after = revive(record, from_json(after_text)) if after_text else None
            now = current.get(identity)
            if not _is_as_left(before, after, now):
                ours = [f for f in after if before is None or before[f] != after[f]] if after else []
                fields = [f for f in ours if now and after and now[f] != after[f]]
                latest = _latest_change(work, table, identity, fields, number)
                raise UndoRefused(_later(work, number, latest, RECORD_NAMES[table]))
            if before is None and now is not None:
                gone.append(now)
            elif before is not None and now is None:
                back.append(before)
            elif before is not None and now is not None and after is not None:
                earlier = {f: before[f] for f in before if before[f] != after[f]}
                if any(_is_weeded(value) for value in earlier.values()):
                    raise UndoRefused(_weeded(work, number, table))
                changed.append((now, {**now, **earlier}))
        work.remove_many(record, gone)
        work.bring_back_many(record, back)
        work.replace_many(record, changed)
        removed[table] = [row["id"] for row in gone]
        restored[table] = [row["id"] for row in (*back, *(after for _, after in changed))]
    _refuse_if_used(work, number, removed)
    for table, ids in restored.items():
        _refuse_doubles(work, number, table, ids)
        _refuse_lost_references(work, number, table, RECORD_BY_TABLE[table].REFERENCES, ids)


def _is_as_left(before: Image, after: Image, now: Image) -> bool:
    """Whether what the batch did to the record still stands; other fields may have changed since."""
    if after is None or now is None:
        return after is None and now is None
    if before is None:
        return now == after
    return all(now[name] == after[name] for name in after if before[name] != after[name])


def _is_weeded(value: Any) -> bool:
    return isinstance(value, str) and WEEDED.search(value) is not None


def _weeded(work: Work, number: int, table: str) -> str:
    by = work.value("SELECT MIN(batch) FROM weeded WHERE owner = $number AND what = 'change'", number=number)
    return (
        f"Post {number} kan inte ångras: den ändrade en personuppgift i {RECORD_NAMES[table]}, och det som stod där "
        f"före är gallrat{f' i post {by}' if by else ''}. Rätta det som är fel i en ny post."
    )


def _refuse_if_used(work: Work, number: int, removed: Mapping[str, list[int]]) -> None:
    """A record that later entries or records point at cannot go away."""
    for table, ids in removed.items():
        if ids and table in _ENTRY_REFERENCES:
            later = work.value(
                f"SELECT MAX(batch) FROM ({STANDING}) AS standing WHERE {table} IN (SELECT UNNEST($ids))",
                ids=ids,
            )
            if later is not None:
                raise UndoRefused(_later(work, number, later, RECORD_NAMES[table]))
        for other in RECORD_BY_TABLE.values():
            for field, target in other.REFERENCES.items():
                if target != table or not ids:
                    continue
                user = work.value(f"SELECT MIN(id) FROM {other.TABLE} WHERE {field} IN (SELECT UNNEST($ids))", ids=ids)
                if user is not None:
                    latest = _latest_change(work, other.TABLE, user, [field])
                    raise UndoRefused(_later(work, number, latest, RECORD_NAMES[table]))


def _refuse_doubles(work: Work, number: int, table: str, ids: Sequence[int]) -> None:
    """A record must not come back beside a later one that people know by the same name."""
    key = RECORD_BY_TABLE[table].KEY
    same = " AND ".join(f"other.{name} IS NOT DISTINCT FROM one.{name}" for name in key)
    other = work.value(
        f"SELECT MAX(other.id) FROM {table} AS one JOIN {table} AS other ON {same} AND other.id <> one.id "
        "WHERE one.id IN (SELECT UNNEST($ids))",
        ids=list(ids),
    )
    if other is not None:
        raise UndoRefused(_later(work, number, _latest_change(work, table, other, key), RECORD_NAMES[table]))


def _refuse_lost_references(
    work: Work, number: int, table: str, references: Mapping[str, str], ids: Sequence[int]
) -> None:
    """What comes back must not point at a record that has been taken away since."""
    for field, target in references.items() if ids else ():
        lost = work.value(
            f"SELECT MIN({field}) FROM {table} WHERE id IN (SELECT UNNEST($ids)) "
            f"AND {field} NOT IN (SELECT id FROM {target})",
            ids=list(ids),
        )
        if lost is not None:
            raise UndoRefused(_later(work, number, _latest_change(work, target, lost), RECORD_NAMES[target]))


def _latest_change(work: Work, table: str, identity: int, fields: Sequence[str] = (), since: int = 0) -> int:
    """The latest batch, after ``since``, that changed one of these fields, or made or removed the record."""
    differs = "".join(f" OR (before ->> '{name}') IS DISTINCT FROM (after ->> '{name}')" for name in fields)
    return int(
        work.value(
            "SELECT MAX(batch) FROM change WHERE record = $table AND id = $id AND batch > $since "
            f"AND (before IS NULL OR after IS NULL{differs})",
            table=table,
            id=identity,
            since=since,
        )
    )


def _later(work: Work, number: int, later: int, what: str) -> str:
    row = work.row("SELECT actor, note FROM batch WHERE id = $id", id=later)
    who, note = row if row else ("någon", "")
    return (
        f"Post {number} kan inte ångras: {what} har ändrats senare, i post {later} ({note}, {who}). "
        f"Ångra post {later} först, eller rätta det som är fel i en ny post."
    )


def _who_took_back(work: Work, statement: int) -> str:
    row = work.row(
        "SELECT batch.actor, batch.id FROM entry JOIN batch ON batch.id = entry.batch "
        "WHERE entry.reverses = $id ORDER BY entry.id DESC LIMIT 1",
        id=statement,
    )
    if row is None:
        raise Refused(f"Det finns inget belopp med nummer {statement}.")
    return (
        f"{row[0]} har ändrat samma belopp medan du skrev (post {row[1]} i historiken). Ditt är inte sparat: läs in "
        "sidan igen och avgör vad som ska gälla."
    )


def _turned(root: Entry, sign: int, source: str) -> Entry:
    # Written out, for `replace` takes most of the time when a large import is undone.
    return Entry(
        root.kind, root.year, root.funder, root.project, root.call, root.area, sign * root.amount,
        sign * root.open, root.condition, root.basis, source, root.document, root.id,
    )  # fmt: skip


def _entry(row: Sequence[Any]) -> Entry:
    kind, *subject, basis, source, document, reverses, number, batch = row
    year, funder, project, call, area, amount, is_open, condition = subject
    return Entry(
        Kind(kind), year, funder, project, call, area, amount, is_open, condition, Basis(basis), source, document,
        reverses, number, batch,
    )  # fmt: skip
