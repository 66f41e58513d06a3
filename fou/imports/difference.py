"""What a checked workbook would change: new, changed and unchanged, down to the single amount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from fou.imports.files.texts import condition_text, is_same_in_a_cell
from fou.imports.references import Key, Known, fold
from fou.imports.stated import LINE_REFERENCES, Checked, Line, Stated
from fou.imports.template.checking import ONWARD
from fou.imports.template.layout import SHEET_BY_TABLE
from fou.model import RECORD_BY_TABLE, RECORDS, Alias, ImportLayout, Kind, Record, as_dict
from fou.store import Reader
from fou.store.reading import STANDING

_NOTHING = Decimal(0)

#: Where an amount that is taken back, for it is missing in the file, is said to come from.
NOT_IN_THE_FILE = "står inte i filen"
#: What becomes of an amount that stands in the database but not in the file: it stays, or it is taken back.
MissingMeans: TypeAlias = Literal["keep", "remove"]


class Sum(NamedTuple):
    """What stands about one subject: firm kronor, conditional kronor, and the number without an amount."""

    firm: Decimal = Decimal(0)
    conditional: Decimal = Decimal(0)
    open: int = 0

    def plus(self, other: Sum) -> Sum:
        """Both together."""
        return Sum(self.firm + other.firm, self.conditional + other.conditional, self.open + other.open)


class AmountChange(NamedTuple):
    """One year's amount of one line. ``before`` is None when nothing stood there.

    ``lines`` is empty when what stands is not in the file and is to be taken back.
    ``replaces`` holds the ids of the entries that are taken back.
    """

    kind: Kind
    year: int
    project: str | None
    call: str | None
    area: str | None
    funder: str
    before: Sum | None
    lines: tuple[Line, ...]
    replaces: tuple[int, ...]

    @property
    def after(self) -> Sum:
        """What will stand: nothing, when it is to be taken back."""
        return sum_of(self.lines)

    @property
    def place(self) -> str:
        """The cell that says so, with file and sheet; or that the file does not have it."""
        return self.lines[0].place if self.lines else NOT_IN_THE_FILE


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands about one subject in the database, but not in a file that speaks of its kind, year and funder."""

    kind: Kind
    year: int
    project: str | None
    call: str | None
    area: str | None
    funder: str
    stands: Sum
    entries: tuple[int, ...]


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
    """The whole difference.

    ``unchanged`` holds the lines of each subject that stands as the file says. ``missing`` is what stands in the
    database but not in the file, within the combinations of kind, year and funder that the file says anything
    about; it is empty when missing means "remove", for then it is among ``amounts``. ``missing_elsewhere`` counts
    the subjects outside those: the file says nothing of them, and they are never touched.
    """

    amounts: tuple[AmountChange, ...] = ()
    records: tuple[RecordChange, ...] = ()
    unchanged: tuple[tuple[Line, ...], ...] = ()
    unchanged_records: int = 0
    missing: tuple[Missing, ...] = ()
    missing_elsewhere: int = 0

    @property
    def unchanged_amounts(self) -> int:
        """How many amounts of the file stand in the database already."""
        return sum(map(len, self.unchanged))

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
                for one, other in reader.rows(f"SELECT id, {onward} FROM {table} WHERE {onward} IS NOT NULL")
            }
            for table, onward in ONWARD.items()
        },
        _negative(reader, names),
    )


def _negative(reader: Reader, names: Mapping[str, Mapping[int, str]]) -> dict[Key, Decimal]:
    rows = reader.rows(
        "SELECT kind, year, project, call, CASE WHEN project IS NULL THEN area END, funder, condition, basis, "
        f"SUM(amount) FROM ({STANDING}) AS standing GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING SUM(amount) < 0"
    )
    return {
        (
            kind,
            year,
            *(
                fold(names[table][number]) if number in names[table] else None
                for table, number in zip(LINE_REFERENCES, about, strict=True)
            ),
            condition_text(condition),
            basis,
        ): amount
        for kind, year, *about, condition, basis, amount in rows
    }


def compare(checked: Checked, reader: Reader, missing_means: MissingMeans = "keep") -> Difference:
    """Set what the file states against what the database holds.

    An empty cell states nothing. What stands there, and whatever else the file does not mention, is left
    untouched with ``missing_means`` "keep"; with "remove" it is a change to nothing if the file says anything of
    the same kind, year and funder.
    """
    names = _names(reader)
    records, same_records = _compare_records(checked.records, reader, names)
    found = _compare_amounts(checked.lines, reader, names, checked.records)
    if missing_means == "remove":
        found.changes += [
            AmountChange(m.kind, m.year, m.project, m.call, m.area, m.funder, m.stands, (), m.entries)
            for m in found.missing
        ]
        found.missing = []
    return Difference(
        tuple(found.changes), tuple(records), tuple(found.unchanged), same_records, tuple(found.missing),
        found.elsewhere,
    )  # fmt: skip


#: Tables that other records and entries refer to by their only key.
_REFERRED = tuple(
    sorted({target for record in RECORDS for target in record.REFERENCES.values()} | set(LINE_REFERENCES))
)


def _names(reader: Reader) -> dict[str, dict[int, str]]:
    return {table: dict(reader.rows(f"SELECT id, {RECORD_BY_TABLE[table].KEY[0]} FROM {table}")) for table in _REFERRED}


@dataclass(slots=True)
class _Amounts:
    changes: list[AmountChange] = field(default_factory=list)
    unchanged: list[tuple[Line, ...]] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    elsewhere: int = 0


def _compare_amounts(
    lines: Sequence[Line],
    reader: Reader,
    names: Mapping[str, Mapping[int, str]],
    stated: Mapping[str, list[Stated]],
) -> _Amounts:
    standing = _standing(reader, names)
    written: dict[str, dict[str | None, str]] = {
        table: {fold(name): name for name in names[table].values()} for table in names
    }
    for table in LINE_REFERENCES:
        for record in stated.get(table, []):
            label = record.values[RECORD_BY_TABLE[table].KEY[0]]
            written[table].setdefault(fold(label), label)

    named = _namer(written)
    by_subject: dict[Key, list[Line]] = defaultdict(list)
    for line in lines:
        by_subject[line.subject].append(line)
    found = _Amounts()
    for subject, group in by_subject.items():
        now = standing.get(subject)
        if now is None:
            found.changes.append(AmountChange(*named(subject), None, tuple(group), ()))
        elif _grouped(now) == _grouped(group):
            found.unchanged.append(tuple(group))
        else:
            found.changes.append(
                AmountChange(*named(subject), sum_of(now), tuple(group), tuple(each.id for each in now))
            )
    spoken_of = {(subject[0], subject[1], subject[5]) for subject in by_subject}
    for subject, now in standing.items():
        if subject in by_subject:
            continue
        if (subject[0], subject[1], subject[5]) in spoken_of and can_be_stated(subject):
            found.missing.append(Missing(*named(subject), sum_of(now), tuple(each.id for each in now)))
        else:
            found.elsewhere += 1
    return found


def can_be_stated(subject: Key) -> bool:
    """Whether a line of a budget can be about this: only a frame is for nothing in particular."""
    return bool(subject[0] == Kind.FRAME or any(about is not None for about in subject[2:5]))


class _Standing(NamedTuple):
    """An entry that stands."""

    id: int
    amount: Decimal
    open: int
    condition: str | None
    basis: str


def _standing(reader: Reader, names: Mapping[str, Mapping[int, str]]) -> dict[Key, list[_Standing]]:
    """What stands, by subject with folded labels.

    A project belongs to its own area, and no line of a file is about both: an entry that names both is about
    the project.
    """
    folded = {table: {number: fold(name) for number, name in names[table].items()} for table in LINE_REFERENCES}
    standing: dict[Key, list[_Standing]] = defaultdict(list)
    rows = reader.rows(
        "SELECT kind, year, project, call, CASE WHEN project IS NULL THEN area END, funder, "
        f"id, amount, open, condition, basis FROM ({STANDING}) AS standing"
    )
    projects, calls, areas, funders = (folded[table] for table in LINE_REFERENCES)
    for kind, year, project, call, area, funder, *entry in rows:
        subject = (kind, year, projects.get(project), calls.get(call), areas.get(area), funders.get(funder))
        standing[subject].append(_Standing(*entry))
    return standing


def _namer(
    written: Mapping[str, Mapping[str | None, str]],
) -> Callable[[Key], tuple[Kind, int, str | None, str | None, str | None, str]]:
    """What gives a subject with its labels as they are written."""
    projects, calls, areas, funders = (written[table] for table in LINE_REFERENCES)

    def named(subject: Key) -> tuple[Kind, int, str | None, str | None, str | None, str]:
        kind, year, project, call, area, funder = subject
        return (
            kind if type(kind) is Kind else Kind(kind), year,
            projects.get(project), calls.get(call), areas.get(area), funders.get(funder, ""),
        )  # fmt: skip

    return named


def _grouped(lines: Iterable[Line | _Standing]) -> dict[tuple[str | None, str], tuple[Decimal, int]]:
    """Firm and conditional, stated and spread apart: one payment in two parts equals the same in one."""
    sums: dict[tuple[str | None, str], tuple[Decimal, int]] = {}
    for line in lines:
        kind = (condition_text(line.condition), line.basis)
        amount, is_open = sums.get(kind, (_NOTHING, 0))
        sums[kind] = (amount + line.amount, is_open + line.open)
    return sums


def sum_of(lines: Sequence[Line | _Standing]) -> Sum:
    """What they come to together."""
    if len(lines) == 1 and lines[0].condition is None:  # as most are, of a hundred thousand
        return Sum(lines[0].amount, _NOTHING, lines[0].open)
    firm = conditional = _NOTHING
    number = 0
    for line in lines:
        number += line.open
        if line.condition is None:
            firm += line.amount
        else:
            conditional += line.amount
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
                and not is_same_in_a_cell(now[name], value)
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
        for reference, table in record.REFERENCES.items():
            values[reference] = names[table].get(values[reference])
        key = tuple(fold(values[name]) if isinstance(values[name], str) else values[name] for name in record.KEY)
        found[key] = values
    return found


def _label(record: type[Record], values: Mapping[str, Any]) -> str:
    if record is Alias:
        return f"”{values['label']}” betyder {values[values['record']]}"
    if record is ImportLayout:
        return str(values["name"])
    parts = [str(values[name]) for name in record.KEY if name in values]
    for name in ("title", "name"):
        if name in values and name not in record.KEY:
            parts.append(str(values[name]))
    return " · ".join(parts)


#: What has no sheet in the template: what it is called together, and its fields.
_WITHOUT_SHEET = {
    "alias": (
        "Namn att minnas",
        {
            "record": "Slag av uppgift", "label": "Så står det i filer", "project": "Projekt",
            "funder": "Finansiär", "area": "Område", "call": "Utlysning",
        },
    ),
    "import_layout": (
        "Upplägg att minnas",
        {"signature": "Så ser bladet ut", "name": "Lärt av", "choices": "Så läses det"},
    ),
}  # fmt: skip


def group_of(table: str) -> str:
    """What a table's records are called together: the sheet of the template that holds them, if any does."""
    return _WITHOUT_SHEET[table][0] if table in _WITHOUT_SHEET else SHEET_BY_TABLE[table].name


def head_of(table: str, field: str) -> str:
    """The Swedish column head of a record's field."""
    if table in _WITHOUT_SHEET:
        return _WITHOUT_SHEET[table][1][field]
    return next(column.head for column in SHEET_BY_TABLE[table].columns if column.field == field)
