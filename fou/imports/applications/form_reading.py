"""A filled-in form, found by its labels: rows and columns may have been put in, and words be a little different."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import fuzz

from fou.imports.applications.fields import (
    BY_NAME,
    COST_WORDS,
    FIELD_WORDS,
    FIELDS,
    TABLE_WORDS,
    TABLES,
    Takes,
    best,
    is_sum,
)
from fou.imports.applications.form import OWN_TEXTS, ROWS
from fou.imports.applications.said import Gathering, Said, year_in
from fou.imports.files.cells import Broken, Sheet, Value, cell_address
from fou.imports.findings import Severity
from fou.imports.references import fold
from fou.imports.sheets.words import unit_in
from fou.model import COST_TYPES
from fou.money import format_sek

#: So many of the labels make a sheet a form.
FEWEST = 3
_OWN = [fold(text) for text in OWN_TEXTS]
_SAME_TEXT = 85.0
#: How far below a table's head its years may stand.
_YEARS_BELOW = 2
#: So many cells that were not understood are told of in each form.
_MOST_LEFT_OVER = 30
_COST_TYPES = ", ".join(COST_TYPES.values())


@dataclass(frozen=True, slots=True)
class Labels:
    """Where a sheet has the labels of the form: (row, column) of each field, and of each cost table's head."""

    fields: dict[str, tuple[int, int]]
    tables: dict[str, tuple[int, int]]


def labels_of(sheet: Sheet) -> Labels:
    """The labels that a sheet has. Of two that are alike, the one counts that stands where most labels do."""
    hits = [(name, score, row, column) for row, column, text in _texts(sheet) for name, score in _hit(text)]
    columns = Counter(column for _, _, _, column in hits)
    chosen: dict[str, tuple[int, int]] = {}
    for name, _, row, column in sorted(hits, key=lambda hit: (-columns[hit[3]], -hit[1], hit[2])):
        chosen.setdefault(name, (row, column))
    tables: dict[str, tuple[int, int]] = {}
    heads = [(row, column, table) for row, column, text in _texts(sheet) if (table := best(text, TABLE_WORDS))]
    for row, column, (name, score) in sorted(heads, key=lambda head: (-head[2][1], head[0])):
        if _years(sheet, row, column)[1] or (score == 100 and name not in tables):
            tables.setdefault(name, (row, column))
    taken = set(tables.values())
    return Labels({name: at for name, at in chosen.items() if at not in taken}, tables)


def _hit(text: str) -> list[tuple[str, float]]:
    found = best(text, FIELD_WORDS)
    # The section's name is much like what is asked for in it.
    return [found] if found and fold(text) not in _OWN else []


def _texts(sheet: Sheet) -> Iterator[tuple[int, int, str]]:
    for row, cells in sheet.rows:
        for column, value in cells.items():
            if isinstance(value, str):
                yield row, column, value


def read_form(sheet: Sheet, labels: Labels, date1904: bool, code: str | None) -> Said:
    """The application that the sheet holds."""
    return _Form(sheet, labels, date1904).read(code)


class _Form:
    """One form while it is read. ``used`` are the cells that have been understood."""

    def __init__(self, sheet: Sheet, labels: Labels, date1904: bool) -> None:
        self.sheet, self.labels = sheet, labels
        self.rows = dict(sheet.rows)
        self.heard = Gathering(sheet, date1904)
        self.used = {*labels.fields.values(), *labels.tables.values()}
        self.label_rows = {row for row, _ in self.used}

    def read(self, code: str | None) -> Said:
        for asked in FIELDS:
            at = self.labels.fields.get(asked.name)
            if at is None:
                self._missing(asked.label, ROWS.fields[asked.name], asked.is_needed, "svaret")
            else:
                self._field(asked.name, *at)
        for table, (head, _) in TABLES.items():
            at = self.labels.tables.get(table)
            if at is None:
                self._missing(head, ROWS.tables[table], table == "requested", "beloppen, med årtalen på samma rad")
            else:
                self._table(table, *at)
        self._left_over()
        return self.heard.said(self.sheet.name, code)

    def _missing(self, label: str, row: int, is_needed: bool, what: str) -> None:
        column = Counter(column for _, column in self.labels.fields.values()).most_common(1)
        letter_of = column[0][0] if column else 1
        severity = Severity.ERROR if is_needed else Severity.WARNING
        letters = cell_address(1, letter_of)[:-1]
        self.heard.tell(
            severity, row, letter_of, f"ingen cell med ”{label}”",
            f"”{label}” i kolumn {letters}, omkring rad {row}, i bladet {self.sheet.name}",
            f"Skriv ”{label}” i en cell till vänster om {what}. Eller flytta svaren till en ny blankett.",
            "missing_label",
        )  # fmt: skip

    def _field(self, name: str, row: int, column: int) -> None:
        asked = BY_NAME[name]
        label = self.rows[row][column]
        unit = unit_in(fold(label)) if isinstance(label, str) else None
        answers = [
            (row, at, value)
            for at, value in sorted(self.rows[row].items())
            if at > column and (row, at) not in self.used and not _is_own(value)
        ]
        if not answers and asked.takes is Takes.TEXT:
            below = self.rows.get(row + 1, {}).get(column)
            if below is not None and (row + 1, column) not in self.used and not _is_own(below):
                answers = [(row + 1, column, below)]
        if not answers:
            self.heard.cells[name] = (self.sheet.name, cell_address(row, column + 1))
            return
        texts = [value for _, _, value in answers if isinstance(value, str)]
        if asked.takes is Takes.TEXT and len(texts) == len(answers) > 1:
            joined = ", " if name in ("applicants", "contact") else " "
            self.used.update((at_row, at) for at_row, at, _ in answers)
            self.heard.take(asked, answers[0][0], answers[0][1], joined.join(texts))
            return
        at_row, at, value = answers[0]
        self.used.add((at_row, at))
        self.heard.take(asked, at_row, at, value, unit or "kr")

    def _table(self, table: str, row: int, column: int) -> None:
        year_row, years = _years(self.sheet, row, column)
        head = self.rows[row][column]
        if not years:
            self.heard.tell(
                Severity.ERROR, row, column, head, "årtal till höger på samma rad, till exempel 2026 och 2027",
                "Skriv ett årtal ovanför varje kolumn med belopp.", "no_years",
            )  # fmt: skip
            return
        for at, year in years.items():
            self.used.add((year_row, at))
            self.heard.cells[f"{table} {year}"] = (self.sheet.name, cell_address(year_row, at))
        unit = unit_in(fold(str(head))) or "kr"
        sums = {at for at, value in self.rows[year_row].items() if isinstance(value, str) and is_sum(value)}
        self.used.update((year_row, at) for at in sums)
        totals = dict.fromkeys(years, 0)
        for number, cells in self.sheet.rows:
            if number <= year_row:
                continue
            if number in self.label_rows or any(
                isinstance(value, str) and fold(value) in _OWN for value in cells.values()
            ):
                break
            if self._cost_row(table, number, cells, column, years, sums, totals, unit):
                break

    def _cost_row(
        self, table: str, row: int, cells: dict[int, Value], column: int, years: dict[int, int], sums: set[int],
        totals: dict[int, int], unit: str,
    ) -> bool:  # fmt: skip
        """Read one row of a cost table; True when it is the row of sums, which ends it."""
        label = cells.get(column)
        if not isinstance(label, str):
            # A column may have been put in between the types and the amounts, or the label stand beside its own.
            label = next((v for at, v in sorted(cells.items()) if isinstance(v, str) and at < min(years)), None)
        text = label if isinstance(label, str) else ""
        amounts = {at: cells[at] for at in years if at in cells}
        if is_sum(text):
            self._mark(row, cells, column, years, sums)
            for at, value in amounts.items():
                self._agrees(row, at, value, totals[at], unit)
            return True
        kind = best(text, COST_WORDS)
        if kind is None and amounts:
            said = all(isinstance(value, Broken) for value in amounts.values())
            if said:
                return False
            found = text or "ingenting"
            self.heard.tell(
                Severity.ERROR, row, column, found, f"ett kostnadsslag: {_COST_TYPES}",
                "Välj ett kostnadsslag i listan till vänster om beloppet.", "unknown_cost_type",
            )  # fmt: skip
            self._mark(row, cells, column, years, sums)
            return False
        if kind is None:
            return False
        self._mark(row, cells, column, years, sums)
        whole = 0
        for at, value in amounts.items():
            amount = self.heard.cost(table, years[at], kind[0], row, at, value, unit)
            totals[at] += amount or 0
            whole += amount or 0
        for at in sums & cells.keys():
            self._agrees(row, at, cells[at], whole, unit)
        return False

    def _mark(self, row: int, cells: dict[int, Value], column: int, years: dict[int, int], sums: set[int]) -> None:
        self.used.update((row, at) for at in cells if at in years or at in sums or at <= column)
        self.used.update((row, at) for at, value in cells.items() if at < min(years) and isinstance(value, str))

    def _agrees(self, row: int, column: int, value: Value, total: int, unit: str) -> None:
        """A sum that was typed, or worked out before something else was changed, tells of a mistake."""
        if isinstance(value, Decimal) and unit == "kr" and value not in (total, 0):
            self.heard.tell(
                Severity.WARNING, row, column, format_sek(value), f"{format_sek(total)}, som raderna ger",
                "Kontrollera beloppen. Raderna gäller, inte summan.", "total_differs",
            )  # fmt: skip

    def _left_over(self) -> None:
        """Tell of what stands in the form but was not understood, so that nothing is lost without a word."""
        first = min((row for row, _ in self.used), default=1)
        told = 0
        for row, cells in self.sheet.rows:
            if row < first:
                continue
            for column, value in cells.items():
                if (row, column) in self.used or isinstance(value, Broken) or _is_own(value):
                    continue
                if isinstance(value, str) and (best(value, COST_WORDS) or is_sum(value)):
                    continue
                if value == 0 or told == _MOST_LEFT_OVER:  # a sum of nothing; or no answers but another table
                    continue
                told += 1
                self.heard.tell(
                    Severity.WARNING, row, column, value, "inget, eller svaret på en fråga till vänster i samma rad",
                    "Det här läses inte in. Hör det till ett svar: flytta det till svarets ruta.", "not_read",
                )  # fmt: skip


def _is_own(value: Value) -> bool:
    """Whether a text is one of the form's own."""
    if not isinstance(value, str):
        return False
    text = fold(value)
    return any(fuzz.ratio(text, own, score_cutoff=_SAME_TEXT) for own in _OWN)


def _years(sheet: Sheet, row: int, column: int) -> tuple[int, dict[int, int]]:
    """The row of a table's years and the year of each column; no years when no row near its head has any."""
    near = {number: cells for number, cells in sheet.rows if row <= number <= row + _YEARS_BELOW}
    for number, cells in sorted(near.items()):
        right = {at: value for at, value in cells.items() if at > column}
        years = {at: year for at, value in right.items() if (year := year_in(value)) is not None}
        numbers = [at for at, value in right.items() if isinstance(value, Decimal)]
        if years and set(numbers) <= years.keys():
            return number, years
    return row, {}
