"""Posting what a file states as one batch."""

from __future__ import annotations

from typing import Any

from fou.access import Action, Person, require
from fou.errors import ImportRefused, SaveConflict
from fou.imports.difference import AmountChange, RecordChange, compare, known
from fou.imports.examining import Examined
from fou.imports.references import fold
from fou.imports.rounds import against_the_rules
from fou.imports.sheets.describing import how_read
from fou.imports.uncollected import uncollected
from fou.ledger import take_back
from fou.model import RECORD_BY_TABLE, RECORDS, Entry, Record, as_dict
from fou.store import Database, Work
from fou.store.reading import STANDING


@uncollected
def post(database: Database, person: Person, examined: Examined, action: Action = Action.IMPORT) -> int | None:
    """Post what was examined as one batch; return its id, or None when there was nothing new.

    Raises ImportRefused when there are errors, and SaveConflict when the database has changed since so that
    the difference is no longer the one that was shown. Either way nothing is written.
    """
    require(person, action)
    if examined.checked.has_errors:
        raise ImportRefused("Filen har fel som måste rättas först. Ingenting är inläst.", examined.findings)
    if examined.difference.is_empty:
        return None
    note = f"Läste in {examined.file}{how_read(examined.understood)}"
    with database.write(person, action, note, file=examined.file, sha256=examined.sha256) as work:
        if database.version != examined.version and _is_outdated(work, examined):
            who = work.row("SELECT actor, id FROM batch ORDER BY id DESC LIMIT 1")
            name, number = who if who else ("Någon", "?")
            raise SaveConflict(
                f"{name} har ändrat i databasen sedan du såg skillnaden (post {number} i historiken). Ingenting är "
                "inläst. Granska den nya skillnaden och läs in igen."
            )
        if database.version != examined.version:
            # The rounds may have come further meanwhile, although what the file would change is the same.
            refused = against_the_rules(examined.checked, examined.difference, work)
            if refused:
                raise ImportRefused(f"Ingenting är inläst. {refused[0].place}: {refused[0].help}", refused)
        _post_records(work, examined.difference.records)
        _post_amounts(work, examined.difference.amounts, examined.file)
        return work.batch


def _is_outdated(work: Work, examined: Examined) -> bool:
    """Whether what the file changes is no longer what was shown, or refers to something that is gone."""
    now, shown = compare(examined.checked, work, examined.missing_means), examined.difference
    if (now.amounts, now.records) != (shown.amounts, shown.records):
        return True
    labels = known(work).labels
    return any(label not in labels[table] for table, label in examined.checked.relies_on)


def _post_records(work: Work, changes: tuple[RecordChange, ...]) -> None:
    for record in RECORDS:
        ours = [change for change in changes if change.table == record.TABLE]
        if not ours:
            continue
        new = [change for change in ours if change.id is None]
        # References within the sheet itself (a project's programme) can only be filled once all have ids.
        inner = {field for field, table in record.REFERENCES.items() if table == record.TABLE}
        ids = _ids(work, record)
        created = work.create_many(
            record,
            [_resolved(change.after, record, ids, without=inner) for change in new],
            [change.place for change in new],
        )
        if inner:
            ids = _ids(work, record)
        _replace(work, record, [change for change in ours if change.id is not None], ids)
        later = [
            (number, {field: change.after[field] for field in inner if field in change.after}, change.place)
            for number, change in zip(created, new, strict=True)
            if inner & change.after.keys()
        ]
        _fill(work, record, later, ids)


def _replace(work: Work, record: type[Record], changes: list[RecordChange], ids: dict[str, dict[str, int]]) -> None:
    _fill(
        work,
        record,
        [(change.id, change.after, change.place) for change in changes if change.id is not None],
        ids,
    )


def _fill(
    work: Work,
    record: type[Record],
    values: list[tuple[int, dict[str, Any], str]],
    ids: dict[str, dict[str, int]],
) -> None:
    if not values:
        return
    now = {row.id: as_dict(row) for row in work.records(record)}
    work.replace_many(
        record,
        [(now[number], {**now[number], **_resolved(fields, record, ids)}) for number, fields, _ in values],
        [place for _, _, place in values],
    )


def _ids(work: Work, record: type[Record]) -> dict[str, dict[str, int]]:
    return {
        table: {fold(label): number for number, label in work.rows(f"SELECT id, {_label(table)} FROM {table}")}
        for table in set(record.REFERENCES.values())
    }


def _label(table: str) -> str:
    return RECORD_BY_TABLE[table].KEY[0]


def _resolved(
    values: dict[str, Any],
    record: type[Record],
    ids: dict[str, dict[str, int]],
    without: set[str] | None = None,
) -> dict[str, Any]:
    return {
        name: ids[record.REFERENCES[name]][fold(value)] if name in record.REFERENCES else value
        for name, value in values.items()
        if name not in (without or ())
    }


def _post_amounts(work: Work, changes: tuple[AmountChange, ...], file: str) -> None:
    ids = {
        table: {fold(label): number for number, label in work.rows(f"SELECT id, {_label(table)} FROM {table}")}
        for table in ("project", "call", "area", "funder")
    }
    replaced = {number: change for change in changes for number in change.replaces}
    if replaced:
        rows = work.rows(
            "SELECT kind, year, funder, project, call, area, amount, open, condition, basis, source, document, "
            f"reverses, id, batch FROM ({STANDING}) AS standing WHERE id IN (SELECT UNNEST($ids))",
            ids=list(replaced),
        )
        sources = {
            number: change.place if change.lines else f"{file} ({change.place})" for number, change in replaced.items()
        }
        take_back(work, ((entry, sources[entry.id]) for entry in (Entry(*row) for row in rows)))
    lines = [line for change in changes for line in change.lines]
    kinds, years, projects, calls, areas, funders = (
        zip(*(line.subject for line in lines), strict=True) if lines else [()] * 6
    )
    work.post_columns(
        {
            "kind": kinds,
            "year": years,
            "funder": [ids["funder"][funder] for funder in funders],
            "project": [None if project is None else ids["project"][project] for project in projects],
            "call": [None if call is None else ids["call"][call] for call in calls],
            "area": [None if area is None else ids["area"][area] for area in areas],
            "amount": [line.amount for line in lines],
            "open": [line.open for line in lines],
            "condition": [line.condition for line in lines],
            "basis": [line.basis for line in lines],
            "source": [line.place for line in lines],
            "document": [line.document for line in lines],
            "reverses": [None] * len(lines),
        }
    )
