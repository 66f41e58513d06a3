"""What a checked workbook would change: new, changed and unchanged, down to the single amount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fou.imports.references import Key, Known, fold
from fou.imports.stated import LINE_REFERENCES, Checked, Line, Stated
from fou.imports.template.checking import ONWARD
from fou.imports.template.layout import SHEET_BY_TABLE
from fou.model import RECORD_BY_TABLE, RECORDS, Kind, Record, as_dict
from fou.store import Reader
from fou.store.reading import STANDING

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sum:
    """What stands about one subject: firm kronor, conditional kronor, and the number without an amount."""

    firm: Decimal = Decimal(0)
    conditional: Decimal = Decimal(0)
    open: int = 0


@dataclass(frozen=True, slots=True)
class AmountChange:
    """One year's amount of one line. ``before`` is None when nothing stood there."""

    kind: Kind
    year: int
    project: str | None
    call: str | None
    area: str | None
    funder: str
    before: Sum | None
    after: Sum
    lines: tuple[Line, ...]
    replaces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record that is new (``before`` None) or has fields that differ: field → value, labels for references."""

    table: str
    key: Key
    label: str
    before: dict[str, Any] | None
    after: dict[str, Any]
    place: str
    id: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole difference. ``missing`` counts amounts that stand in the database but not in the file."""

    amounts: tuple[AmountChange, ...]
    records: tuple[RecordChange, ...]
    unchanged_amounts: int
    unchanged_records: int
    missing: int

    @property
    def is_empty(self) -> bool:
        """Whether the file says nothing that the database does not already hold."""
        return not (self.amounts or self.records)


def known(reader: Reader) -> Known:
    """What the database knows of that a file may refer to."""
    names = _names(reader)
    return Known(
        {table: {fold(name): name for name in names[table].values()} for table in names},
        {
            table: {
                fold(names[table][one]): fold(names[table][other])
                for one, other in reader.rows(f"SELECT id, {field} FROM {table} WHERE {field} IS NOT NULL")
            }
            for table, field in ONWARD.items()
        },
    )


def compare(checked: Checked, reader: Reader) -> Difference:
    """Set what the file states against what the database holds.

    An empty cell states nothing and leaves what stands untouched; what the file does not mention is counted
    as missing and left untouched too.
    """
    names = _names(reader)
    amounts, same_amounts, missing = _compare_amounts(checked.lines, reader, names, checked.records)
    records, same_records = _compare_records(checked.records, reader, names)
    return Difference(tuple(amounts), tuple(records), same_amounts, same_records, missing)


#: Tables that other records and entries refer to by their only key.
_REFERRED = tuple(
    sorted({target for record in RECORDS for target in record.REFERENCES.values()} | set(LINE_REFERENCES))
)


def _names(reader: Reader) -> dict[str, dict[int, str]]:
    return {table: dict(reader.rows(f"SELECT id, {RECORD_BY_TABLE[table].KEY[0]} FROM {table}")) for table in _REFERRED}


def _compare_amounts(
    lines: Sequence[Line],
    reader: Reader,
    names: Mapping[str, Mapping[int, str]],
    stated: Mapping[str, list[Stated]],
) -> tuple[list[AmountChange], int, int]:
    standing: dict[Key, list[tuple[int, Decimal, int, str | None, str]]] = defaultdict(list)
    folded = {table: {number: fold(name) for number, name in names[table].items()} for table in names}
    rows = reader.rows(
        "SELECT kind, year, project, call, area, funder, id, amount, open, condition, basis "
        f"FROM ({STANDING}) AS standing"
    )
    for kind, year, project, call, area, funder, number, amount, is_open, condition, basis in rows:
        subject = (
            kind, year,
            folded["project"].get(project), folded["call"].get(call), folded["area"].get(area),
            folded["funder"].get(funder),
        )  # fmt: skip
        standing[subject].append((number, amount, is_open, condition, basis))

    written: dict[str, dict[str | None, str]] = {
        table: {folded[table][number]: name for number, name in names[table].items()} for table in names
    }
    for table in LINE_REFERENCES:
        for record in stated.get(table, []):
            label = record.values[RECORD_BY_TABLE[table].KEY[0]]
            written[table].setdefault(fold(label), label)

    by_subject: dict[Key, list[Line]] = defaultdict(list)
    for line in lines:
        by_subject[line.subject].append(line)
    changes: list[AmountChange] = []
    unchanged = 0
    for subject, group in by_subject.items():
        now = standing.get(subject, [])
        if now and _grouped((n[3], n[4], n[1], n[2]) for n in now) == _grouped(
            (line.condition, line.basis, line.amount, line.open) for line in group
        ):
            unchanged += len(group)
            continue
        kind, year, project, call, area, funder = subject
        changes.append(
            AmountChange(
                kind, year,
                written["project"].get(project), written["call"].get(call), written["area"].get(area),
                written["funder"].get(funder, ""),
                _sum([(n[1], n[2], n[3]) for n in now]) if now else None,
                _sum([(line.amount, line.open, line.condition) for line in group]),
                tuple(group), tuple(n[0] for n in now),
            )
        )  # fmt: skip
    missing = sum(subject not in by_subject for subject in standing)
    return changes, unchanged, missing


def _grouped(rows: Iterable[tuple[str | None, str, Decimal, int]]) -> dict[tuple[str | None, str], tuple[Decimal, int]]:
    """Firm and conditional, stated and spread apart: one payment in two parts equals the same in one."""
    sums: dict[tuple[str | None, str], tuple[Decimal, int]] = {}
    for condition, basis, amount, is_open in rows:
        before = sums.get((condition, basis), (Decimal(0), 0))
        sums[condition, basis] = (before[0] + amount, before[1] + is_open)
    return sums


def _sum(rows: Sequence[tuple[Decimal, int, str | None]]) -> Sum:
    if len(rows) == 1 and rows[0][2] is None:  # as most are, of a hundred thousand
        return Sum(rows[0][0], _NOTHING, rows[0][1])
    firm = conditional = _NOTHING
    number = 0
    for amount, is_open, condition in rows:
        number += is_open
        if condition is None:
            firm += amount
        else:
            conditional += amount
    return Sum(firm, conditional, number)


def _compare_records(
    stated: Mapping[str, list[Stated]], reader: Reader, names: Mapping[str, Mapping[int, str]]
) -> tuple[list[RecordChange], int]:
    changes: list[RecordChange] = []
    unchanged = 0
    for record in RECORDS:
        rows = stated.get(record.TABLE)
        if not rows:
            continue
        existing = _existing(record, reader, names)
        for row in rows:
            now = existing.get(row.key)
            if now is None:
                changes.append(
                    RecordChange(record.TABLE, row.key, _label(record, row.values), None, row.values, row.place, None)
                )
                continue
            differing = {
                name: value
                for name, value in row.values.items()
                if now[name] != value
                and not (name in record.REFERENCES and now[name] is not None and fold(now[name]) == fold(value))
            }
            if not differing:
                unchanged += 1
                continue
            before = {name: now[name] for name in differing}
            changes.append(
                RecordChange(record.TABLE, row.key, _label(record, row.values), before, differing, row.place, now["id"])
            )
    return changes, unchanged


def _existing(
    record: type[Record], reader: Reader, names: Mapping[str, Mapping[int, str]]
) -> dict[Key, dict[str, Any]]:
    """The database's records with labels for references, by key."""
    found: dict[Key, dict[str, Any]] = {}
    for row in reader.records(record):
        values = as_dict(row)
        for field, table in record.REFERENCES.items():
            values[field] = names[table].get(values[field])
        key = tuple(fold(values[name]) if isinstance(values[name], str) else values[name] for name in record.KEY)
        found[key] = values
    return found


def _label(record: type[Record], values: Mapping[str, Any]) -> str:
    parts = [str(values[name]) for name in record.KEY if name in values]
    for name in ("title", "name"):
        if name in values and name not in record.KEY:
            parts.append(str(values[name]))
    return " · ".join(parts)


def head_of(table: str, field: str) -> str:
    """The Swedish column head of a record's field."""
    return next(column.head for column in SHEET_BY_TABLE[table].columns if column.field == field)
