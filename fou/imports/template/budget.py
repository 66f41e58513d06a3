"""The sheet Budget, line by line: each amount cell as a statement, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from fou.imports import values
from fou.imports.collector import Collector
from fou.imports.files.cells import Sheet, Value, cell_address, column_letters
from fou.imports.references import Key, Labels, fold
from fou.imports.sheets.amounts import in_kronor
from fou.imports.stated import LINE_REFERENCES, Line
from fou.imports.template.heads import Head, find_head, warn_of_what_has_no_head
from fou.imports.template.layout import BUDGET_HEADS, BUDGET_REQUIRED_HEADS, Column
from fou.model import BASIS_NAMES, KIND_NAMES, Basis, Kind

W = TypeVar("W")

_KINDS = {fold(name): kind for kind, name in KIND_NAMES.items()}
_BASES = {fold(name): basis for basis, name in BASIS_NAMES.items()}
_REFERENCE_HEADS = ("Projekt", "Utlysning", "Område", "Finansiär")


def read_budget(
    sheet: Sheet, file: str, known: Labels, negative: Mapping[Key, Decimal], findings: Collector
) -> list[Line]:
    """Read the sheet's amounts; ``known`` holds the labels that its lines may refer to.

    ``negative`` holds the sums below zero that the database has already: see ``Known``.
    """
    wanted = {head: Column(head, head) for head in BUDGET_HEADS}
    head = find_head(sheet, wanted, BUDGET_REQUIRED_HEADS, findings, years=True)
    if head is None:
        return []
    if not head.years:
        findings.error(
            sheet.name, cell_address(head.row, max(head.columns) + 1), "ingen årskolumn",
            "minst en kolumn med ett årtal som rubrik", "Skriv årtalet, till exempel 2014, överst i kolumnen.",
            "missing_column",
        )  # fmt: skip
        return []
    return _Budget(sheet, head, file, known, negative, findings).read()


class _Budget:
    def __init__(
        self,
        sheet: Sheet,
        head: Head,
        file: str,
        known: Labels,
        negative: Mapping[Key, Decimal],
        findings: Collector,
    ) -> None:
        self.sheet, self.head, self.known, self.negative, self.findings = sheet, head, known, negative, findings
        self.columns = {column.head: number for number, column in head.columns.items()}
        heads = zip(_REFERENCE_HEADS, LINE_REFERENCES, strict=True)
        self.references = [(self.columns[head], table) for head, table in heads if head in self.columns]
        self.years = {
            number: (year, f"{file} › {sheet.name} › {column_letters(number)}") for number, year in head.years.items()
        }
        self.with_head = head.columns.keys() | head.years.keys() | head.unread
        self.headless: set[int] = set()
        self.told_of_area = False
        self.seen: dict[Key, int] = {}
        self.lines: list[Line] = []

    def read(self) -> list[Line]:
        for row, cells in self.sheet.rows:
            if row > self.head.row:
                try:
                    self._read_row(row, cells)
                except _UselessRow:
                    continue
                finally:
                    self.headless |= cells.keys() - self.with_head
        warn_of_what_has_no_head(self.sheet, self.head, self.headless, self.findings)
        return self.lines

    def _read_row(self, row: int, cells: Mapping[int, Value]) -> None:
        if not cells.keys() & self.with_head:
            return
        labels = self._labels(row, cells)
        if "project" in labels and "area" in labels:
            # A project belongs to its own area. Were the line about the area as well, the same line without it
            # would be about something else, and the two would both stand and count twice.
            del labels["area"]
            self._tell_of_the_projects_area(row)
        kind = self._word(row, "Slag", cells, _KINDS)
        basis = self._word(row, "Grund", cells, _BASES) if self._holds("Grund", cells) else Basis.STATED
        if "funder" not in labels:
            self.findings.empty_cell(
                self.sheet.name, row, self.columns["Finansiär"], "vems pengar det är",
                "Skriv finansiärens namn, som i bladet Finansiärer.",
            )  # fmt: skip
            raise _UselessRow
        if kind is not Kind.FRAME and not (labels.keys() & {"project", "call", "area"}):
            self.findings.empty_cell(
                self.sheet.name, row, self.columns["Projekt"], "ett projekt, en utlysning eller ett område",
                "Ange vad beloppet är till.",
            )  # fmt: skip
            raise _UselessRow
        condition, document = self._text(row, "Villkor", cells), self._text(row, "Källa", cells)
        about = (labels.get("project"), labels.get("call"), labels.get("area"), labels["funder"])
        line = (kind, *about, condition, basis)
        if line in self.seen:
            self.findings.error(
                self.sheet.name, cell_address(row, min(cells)), self._name(kind, labels),
                "en rad för varje projekt, finansiär, slag, villkor och grund",
                f"Samma rad står redan på rad {self.seen[line]}. Slå ihop dem eller ta bort den ena.", "duplicate",
            )  # fmt: skip
            raise _UselessRow
        self.seen[line] = row
        for number, value in cells.items():
            if number not in self.years:
                continue
            try:
                code = self.sheet.formats.get((row, number))
                if code is not None and isinstance(value, Decimal):
                    value = in_kronor(value, code)
                amounts = values.amounts(value)
            except values.Problem as problem:
                self.findings.problem(self.sheet.name, row, number, value, problem)
                continue
            year, place = self.years[number]
            subject = (kind, year, *about)
            if amounts[0][0] < 0 and self.negative.get((*subject, condition, basis)) != amounts[0][0]:
                self.findings.warn(
                    self.sheet.name, cell_address(row, number), values.shown(value), "ett belopp över noll",
                    "Negativa belopp minskar summan. Kontrollera att det är meningen.", "negative",
                )  # fmt: skip
            place = f"{place}{row}"
            self.lines += [
                Line(subject, amount, is_open, condition, basis, place, document) for amount, is_open in amounts
            ]

    def _tell_of_the_projects_area(self, row: int) -> None:
        if not self.told_of_area:
            self.told_of_area = True
            self.findings.note(
                self.sheet.name, cell_address(row, self.columns["Område"]), "ett område på en rad med projekt",
                "området bara på rader utan projekt",
                "Projektets område läses från bladet Projekt. Områden på projektens rader läses inte.",
                "area_of_project",
            )  # fmt: skip

    def _labels(self, row: int, cells: Mapping[int, Value]) -> dict[str, str]:
        """What the line is about: table → folded label."""
        labels: dict[str, str] = {}
        for number, table in self.references:
            if number in cells:
                label = self._take(row, number, cells[number])
                labels[table] = fold(label)
                if labels[table] not in self.known.get(table, {}):
                    address = cell_address(row, number)
                    self.findings.unknown(table, label, self.sheet.name, address, self.known)
        return labels

    def _text(self, row: int, head: str, cells: Mapping[int, Value]) -> str | None:
        number = self.columns.get(head)
        return self._take(row, number, cells[number]) if number is not None and number in cells else None

    def _take(self, row: int, number: int, value: Value) -> str:
        try:
            return values.text(value)
        except values.Problem as problem:
            self.findings.problem(self.sheet.name, row, number, value, problem)
            raise _UselessRow from problem

    def _word(self, row: int, head: str, cells: Mapping[int, Value], words: Mapping[str, W]) -> W:
        value = cells.get(self.columns[head])
        found = words.get(fold(value)) if isinstance(value, str) else None
        if found is None:
            self.findings.error(
                self.sheet.name, cell_address(row, self.columns[head]), values.shown(value),
                "något av " + ", ".join(words), f"Välj ett av orden i listan för {head}.", "choice",
            )  # fmt: skip
            raise _UselessRow
        return found

    def _holds(self, head: str, cells: Mapping[int, Value]) -> bool:
        return self.columns.get(head) in cells

    def _name(self, kind: Kind, labels: Mapping[str, str]) -> str:
        known = [self.known.get(table, {}).get(label, label) for table, label in labels.items()]
        return values.shortened(", ".join([KIND_NAMES[kind], *known]))


class _UselessRow(Exception):
    """Nothing more can be read from a row; why has been told."""
