"""A workbook in the budget template, checked cell by cell: what it states, and what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from fou.imports import values
from fou.imports.cells import Sheet, Value, Workbook
from fou.imports.findings import Finding, Severity
from fou.imports.layout import (
    BUDGET_HEADS,
    BUDGET_REQUIRED_HEADS,
    BUDGET_SHEET,
    README_SHEET,
    SHEET_BY_NAME,
    SHEETS,
    Column,
    SheetLayout,
)
from fou.imports.xlsx import cell_address
from fou.model import BASIS_NAMES, KIND_NAMES, Basis, Kind
from fou.swedish import partial_bounds

#: What a record or line is recognised by: labels (codes, names) folded to lower case, and numbers.
Key: TypeAlias = tuple[Any, ...]
#: table -> folded label -> the label as it is written
Labels: TypeAlias = dict[str, dict[str, str]]

_KINDS = {name.casefold(): kind for kind, name in KIND_NAMES.items()}
_BASES = {name.casefold(): basis for basis, name in BASIS_NAMES.items()}
#: How many findings are kept; a file with more is wrong as a whole.
MOST_FINDINGS = 2_000
#: The heads are looked for in this many rows, so that a title may stand above them.
_HEAD_ROWS = 10


@dataclass(frozen=True, slots=True)
class Stated:
    """One record as a row of the file states it; references are labels, empty cells are absent."""

    table: str
    key: Key
    values: dict[str, Any]
    place: str


@dataclass(frozen=True, slots=True)
class Line:
    """One amount cell. ``subject`` is (kind, year, project, call, area, funder), labels folded, None where empty."""

    subject: Key
    amount: Decimal
    open: int
    condition: str | None
    basis: Basis
    place: str
    document: str | None


@dataclass(slots=True)
class Checked:
    """What a workbook states, with everything found on the way."""

    records: dict[str, list[Stated]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether anything must be mended before the file can be posted."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def fold(label: str) -> str:
    """A code or name as it is compared: case and runs of white space do not matter."""
    return " ".join(label.split()).casefold()


def check_workbook(workbook: Workbook, file: str, known: Labels) -> Checked:
    """Read every sheet of the template; ``known`` holds the labels that the database already has."""
    return _Checker(file, known, workbook.date1904).run(workbook)


@dataclass(slots=True)
class _Head:
    """Where the columns of a sheet are: column number → column (or year), and the row that the heads stand in."""

    row: int
    columns: dict[int, Column]
    years: dict[int, int]


class _Checker:
    def __init__(self, file: str, known: Labels, date1904: bool) -> None:
        self.file = file
        self.known: Labels = {table: dict(labels) for table, labels in known.items()}
        self.date1904 = date1904
        self.result = Checked()
        self.pending: list[tuple[str, str, str, str]] = []  # references to look up once every sheet is read

    def run(self, workbook: Workbook) -> Checked:
        sheets = {fold(sheet.name): sheet for sheet in workbook.sheets}
        ours = {fold(name) for name in (BUDGET_SHEET, *SHEET_BY_NAME)}
        if not ours & sheets.keys():
            names = ", ".join(sheet.name for sheet in workbook.sheets[:8]) or "inga blad"
            self.add(
                Severity.ERROR, "", "", names, "bladen i Fous budgetmall (Budget, Projekt, Finansiärer, Områden)",
                "Filen följer en annan mall. Hämta budgetmallen på sidan Import och för över uppgifterna dit.",
                "other_layout",
            )  # fmt: skip
            return self.result
        for sheet in workbook.sheets:
            if fold(sheet.name) not in ours and fold(sheet.name) != fold(README_SHEET) and sheet.rows:
                self.note(
                    sheet.name,
                    "",
                    sheet.name,
                    "ett blad i mallen",
                    "Bladet ingår inte i mallen och läses inte.",
                    "unknown_sheet",
                )
            elif sheet.hidden and sheet.rows:
                self.add(
                    Severity.WARNING, sheet.name, "", "dolt blad", "ett synligt blad",
                    "Bladet är dolt i Excel men läses in. Visa det och kontrollera att det ska med.", "hidden_sheet",
                )  # fmt: skip
        for layout in SHEETS:
            found = sheets.get(fold(layout.name))
            if found is None or not found.rows:
                if layout.required:
                    self._missing_sheet(layout.name)
            else:
                self._records(found, layout)
        budget = sheets.get(fold(BUDGET_SHEET))
        if budget is None or not budget.rows:
            self._missing_sheet(BUDGET_SHEET)
        else:
            self._budget(budget)
        self._resolve()
        self._look_for_cycles()
        return self.result

    # -- records ---------------------------------------------------------------------------------------------

    def _records(self, sheet: Sheet, layout: SheetLayout) -> None:
        required = [column.head for column in layout.columns if column.required]
        head = self._find_head(sheet, {c.head: c for c in layout.columns}, required)
        if head is None:
            return
        table = layout.record.TABLE
        seen: dict[Key, int] = {}
        stated = self.result.records.setdefault(table, [])
        needed = [(number, column) for number, column in head.columns.items() if column.required]
        for row, cells in sheet.rows:
            if row <= head.row or not cells:
                continue
            found: dict[str, Any] = {}
            wrong = False
            for number, value in cells.items():
                column = head.columns.get(number)
                if column is None:
                    continue
                try:
                    found[column.field] = values.field(column, value, self.date1904)
                except values.Problem as problem:
                    self.problem(sheet.name, row, number, value, problem)
                    wrong = True
                    continue
                if column.to is not None:
                    address = cell_address(row, number)
                    self.pending.append((column.to, found[column.field], sheet.name, address))
            if not found and not wrong:
                continue
            for number, column in needed:
                if number not in cells:
                    self.add(
                        Severity.ERROR, sheet.name, cell_address(row, number), "tom cell",
                        f"{column.head} på varje rad", "Fyll i cellen, eller ta bort raden.", "missing_value",
                    )  # fmt: skip
                    wrong = True
            if wrong:
                continue
            key = tuple(_keyed(found.get(name)) for name in layout.record.KEY)
            if key in seen:
                self.add(
                    Severity.ERROR, sheet.name, cell_address(row, min(cells)), " / ".join(str(part) for part in key),
                    "en rad för varje", f"Samma uppgift står på rad {seen[key]}. Behåll en av raderna.", "duplicate",
                )  # fmt: skip
                continue
            seen[key] = row
            self._check_period(sheet.name, row, head, found)
            stated.append(Stated(table, key, found, f"{self.file} › {sheet.name} › rad {row}"))
            label = layout.record.KEY[0]
            if len(layout.record.KEY) == 1 and isinstance(found[label], str):
                self.known.setdefault(table, {}).setdefault(fold(found[label]), found[label])

    def _check_period(self, sheet: str, row: int, head: _Head, found: Mapping[str, Any]) -> None:
        pair = (("starts", "ends"), ("opens", "closes"), ("first_year", "last_year"))
        for first, last in pair:
            start, end = found.get(first), found.get(last)
            if start is None or end is None:
                continue
            if isinstance(start, str):
                start, end = partial_bounds(start)[0], partial_bounds(end)[1]
            if start > end:
                number = next(n for n, column in head.columns.items() if column.field == last)
                self.add(
                    Severity.ERROR, sheet, cell_address(row, number), str(found[last]),
                    f"ett slut efter början ({found[first]})", "Rätta början eller slutet.", "period",
                )  # fmt: skip

    # -- budget ----------------------------------------------------------------------------------------------

    def _budget(self, sheet: Sheet) -> None:
        head = self._find_head(sheet, {h: Column(h, h) for h in BUDGET_HEADS}, BUDGET_REQUIRED_HEADS, years=True)
        if head is None:
            return
        if not head.years:
            self.add(
                Severity.ERROR, sheet.name, cell_address(head.row, max(head.columns) + 1), "ingen årskolumn",
                "minst en kolumn med ett årtal som rubrik", "Skriv årtalet, till exempel 2014, överst i kolumnen.",
                "missing_column",
            )  # fmt: skip
            return
        at = {column.field: number for number, column in head.columns.items()}
        seen: dict[Key, int] = {}
        references = [(at[h], table) for h, table in _BUDGET_REFERENCES if h in at]
        for row, cells in sheet.rows:
            if row > head.row and cells:
                self._budget_row(sheet.name, row, cells, head, at, references, seen)

    def _budget_row(
        self,
        sheet: str,
        row: int,
        cells: dict[int, Value],
        head: _Head,
        at: dict[str, int],
        references: list[tuple[int, str]],
        seen: dict[Key, int],
    ) -> None:
        labels: dict[str, str] = {}
        for number, table in references:
            value = cells.get(number)
            if value is None:
                continue
            try:
                label = str(values.field(_ANY_TEXT, value))
            except values.Problem as problem:
                self.problem(sheet, row, number, value, problem)
                return
            labels[table] = fold(label)
            if fold(label) not in self.known.get(table, {}):
                self._unknown(table, label, sheet, cell_address(row, number))
        kind = self._word(sheet, row, at["Slag"], cells, _KINDS, "Slag")
        basis = Basis.STATED
        if "Grund" in at and at["Grund"] in cells:
            word = self._word(sheet, row, at["Grund"], cells, _BASES, "Grund")
            if word is None:
                return
            basis = word
        if kind is None:
            return
        if "funder" not in labels:
            self.add(
                Severity.ERROR, sheet, cell_address(row, at["Finansiär"]), "tom cell", "vems pengar det är",
                "Skriv finansiärens namn, som i bladet Finansiärer.", "missing_value",
            )  # fmt: skip
            return
        if kind is not Kind.FRAME and not (labels.keys() & {"project", "call", "area"}):
            self.add(
                Severity.ERROR, sheet, cell_address(row, at["Projekt"]), "tom cell",
                "ett projekt, en utlysning eller ett område", "Ange vad beloppet är till.", "missing_value",
            )  # fmt: skip
            return
        texts: dict[str, str | None] = {}
        for name in ("Villkor", "Källa"):
            value = cells.get(at.get(name, 0))
            try:
                texts[name] = None if value is None else str(values.field(_ANY_TEXT, value)) or None
            except values.Problem as problem:
                assert value is not None
                self.problem(sheet, row, at[name], value, problem)
                return
        condition = texts["Villkor"]
        about = (labels.get("project"), labels.get("call"), labels.get("area"), labels["funder"])
        line = (kind, *about, condition)
        if line in seen:
            self.add(
                Severity.ERROR, sheet, cell_address(row, min(cells)), self._line_name(kind, labels),
                "en rad för varje projekt, finansiär och slag",
                f"Samma rad står redan på rad {seen[line]}. Slå ihop dem eller ta bort den ena.", "duplicate",
            )  # fmt: skip
            return
        seen[line] = row
        for number, value in cells.items():
            year = head.years.get(number)
            if year is None:
                continue
            try:
                amount, is_open = values.amount(value)
            except values.Problem as problem:
                self.problem(sheet, row, number, value, problem)
                continue
            if amount < 0:
                self.add(
                    Severity.WARNING, sheet, cell_address(row, number), values.shown(value), "ett belopp över noll",
                    "Negativa belopp minskar summan. Kontrollera att det är meningen.", "negative",
                )  # fmt: skip
            place = f"{self.file} › {sheet} › {cell_address(row, number)}"
            self.result.lines.append(
                Line((kind, year, *about), amount, is_open, condition, basis, place, texts["Källa"])
            )

    def _word(
        self,
        sheet: str,
        row: int,
        number: int,
        cells: Mapping[int, Value],
        words: Mapping[str, Any],
        head: str,
    ) -> Any:
        value = cells.get(number)
        found = words.get(fold(value)) if isinstance(value, str) else None
        if found is None:
            self.add(
                Severity.ERROR, sheet, cell_address(row, number), values.shown(value), "något av " + ", ".join(words),
                f"Välj ett av orden i listan för {head}.", "choice",
            )  # fmt: skip
        return found

    def _line_name(self, kind: Kind, labels: Mapping[str, str]) -> str:
        known = [self.known[table].get(label, label) for table, label in labels.items() if table in self.known]
        return ", ".join([KIND_NAMES[kind], *known])

    # -- heads and references --------------------------------------------------------------------------------

    def _find_head(
        self, sheet: Sheet, wanted: Mapping[str, Column], required: Iterable[str], years: bool = False
    ) -> _Head | None:
        folded = {fold(head): column for head, column in wanted.items()}
        best: tuple[int, int, dict[int, Value]] | None = None
        for row, cells in sheet.rows[:_HEAD_ROWS]:
            matches = sum(isinstance(v, str) and fold(v) in folded for v in cells.values())
            if matches and (best is None or matches > best[0]):
                best = (matches, row, cells)
        if best is None:
            self.add(
                Severity.ERROR, sheet.name, "", "inga kolumnrubriker som känns igen", "rubrikerna " + ", ".join(required),
                "Hämta mallen på sidan Import och jämför rubrikerna i bladets första rad.", "missing_column",
            )  # fmt: skip
            return None
        _, row, cells = best
        head = _Head(row, {}, {})
        for number, value in sorted(cells.items()):
            column = folded.get(fold(value)) if isinstance(value, str) else None
            if column is not None and column not in head.columns.values():
                head.columns[number] = column
                continue
            self._other_head(sheet.name, head, number, value, column, years)
        there = {column.head for column in head.columns.values()}
        missing = [name for name in required if name not in there]
        for name in missing:
            self.add(
                Severity.ERROR, sheet.name, cell_address(row, 1), f"kolumnen {name} saknas", f"kolumnen {name}",
                f"Lägg till kolumnen {name} på rad {row}, som i mallen.", "missing_column",
            )  # fmt: skip
        return None if missing else head

    def _other_head(
        self, sheet: str, head: _Head, number: int, value: Value, column: Column | None, years: bool
    ) -> None:
        address = cell_address(head.row, number)
        try:
            year = values.year_head(value) if years else None
        except values.Problem as problem:
            self.problem(sheet, head.row, number, value, problem)
            return
        if column is not None or (year is not None and year in head.years.values()):
            self.add(
                Severity.ERROR, sheet, address, values.shown(value), "varje rubrik en gång",
                "Rubriken står två gånger. Ta bort eller byt namn på den ena kolumnen.", "duplicate_column",
            )  # fmt: skip
        elif year is not None:
            head.years[number] = year
        else:
            self.note(
                sheet, address, values.shown(value), "en rubrik i mallen",
                "Kolumnen känns inte igen och läses inte.", "unknown_column",
            )  # fmt: skip

    def _resolve(self) -> None:
        for table, label, sheet, address in self.pending:
            if fold(label) not in self.known.get(table, {}):
                self._unknown(table, label, sheet, address)

    def _unknown(self, table: str, label: str, sheet: str, address: str) -> None:
        where, word = _REFERRED[table]
        known = self.known.get(table, {})
        near = difflib.get_close_matches(fold(label), known, n=1, cutoff=0.75) if len(known) <= 500 else []
        hint = f"Menade du ”{known[near[0]]}”? Annars: l" if near else "L"
        self.add(
            Severity.ERROR, sheet, address, label if len(label) <= 80 else f"{label[:79]}…",
            f"{word} som finns i bladet {where} eller i databasen", f"{hint}ägg till en rad i bladet {where}.",
            f"unknown_{table}",
        )  # fmt: skip

    def _look_for_cycles(self) -> None:
        for table, name, layout in (("project", "parent", "Projekt"), ("area", "successor", "Områden")):
            above = {s.key[0]: fold(s.values[name]) for s in self.result.records.get(table, []) if name in s.values}
            for stated in self.result.records.get(table, []):
                step, passed = above.get(stated.key[0]), 0
                while step is not None and step != stated.key[0] and passed <= len(above):
                    step, passed = above.get(step), passed + 1
                if step == stated.key[0]:
                    row = stated.place.rsplit(" ", 1)[-1]
                    self.add(
                        Severity.ERROR, layout, f"A{row}", str(stated.values[name]), "en kedja som tar slut",
                        "Raden hänvisar till sig själv, direkt eller genom andra rader. Ta bort en av hänvisningarna.",
                        "cycle",
                    )  # fmt: skip

    # -- findings --------------------------------------------------------------------------------------------

    def _missing_sheet(self, name: str) -> None:
        self.add(
            Severity.ERROR, name, "", "bladet saknas eller är tomt", f"ett blad som heter {name}",
            f"Lägg till bladet {name} med rubrikerna i mallen.", "missing_sheet",
        )  # fmt: skip

    def problem(self, sheet: str, row: int, number: int, value: Value, problem: values.Problem) -> None:
        self.add(
            Severity.ERROR, sheet, cell_address(row, number), values.shown(value), problem.expected, problem.help,
            problem.kind,
        )  # fmt: skip

    def note(self, sheet: str, cell: str, found: str, expected: str, help: str, kind: str) -> None:
        self.add(Severity.NOTE, sheet, cell, found, expected, help, kind)

    def add(self, severity: Severity, sheet: str, cell: str, found: str, expected: str, help: str, kind: str) -> None:
        if len(self.result.findings) < MOST_FINDINGS:
            self.result.findings.append(Finding(severity, sheet, cell, found, expected, help, kind))
        elif len(self.result.findings) == MOST_FINDINGS:
            self.result.findings.append(
                Finding(
                    Severity.ERROR, "", "", f"fler än {MOST_FINDINGS} anmärkningar", "en fil med färre fel",
                    "Rätta dem som visas och läs in filen igen, så visas resten.", "too_many",
                )
            )  # fmt: skip


#: Columns of Budget that refer to records.
_BUDGET_REFERENCES = (
    ("Projekt", "project"),
    ("Utlysning", "call"),
    ("Område", "area"),
    ("Finansiär", "funder"),
)
_ANY_TEXT = Column("", "")
#: Where a missing record of each referred table should be added, and what to call it.
_REFERRED = {
    "funder": ("Finansiärer", "en finansiär"),
    "area": ("Områden", "ett område"),
    "project": ("Projekt", "ett projekt"),
    "call": ("Utlysningar", "en utlysning"),
    "member": ("Ledamöter", "en ledamot"),
    "proposal": ("Ansökningar", "en ansökan"),
    "follow_up": ("Uppföljningar", "en uppföljning"),
}


def _keyed(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value
