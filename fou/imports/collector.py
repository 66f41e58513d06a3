"""Gathering what is found in a file, up to a number that somebody can still read."""

from __future__ import annotations

import difflib

from fou.imports import values
from fou.imports.files.cells import Value, cell_address
from fou.imports.findings import Finding, Severity
from fou.imports.references import Labels, fold

#: How many errors, and how many warnings and notes, are kept; a file with more is wrong as a whole.
MOST_FINDINGS = 2_000
#: Looking for what an unknown name may have meant takes its time, so only so many are looked for, among so many.
_MOST_HINTS, _MOST_COMPARED, _LONGEST_COMPARED = 50, 500, 100
#: Where a missing record of each table should be added, and what to call it.
_REFERRED = {
    "funder": ("Finansiärer", "en finansiär"),
    "area": ("Områden", "ett område"),
    "project": ("Projekt", "ett projekt"),
    "call": ("Utlysningar", "en utlysning"),
    "member": ("Ledamöter", "en ledamot"),
    "proposal": ("Ansökningar", "en ansökan"),
    "follow_up": ("Uppföljningar", "en uppföljning"),
}


class Collector:
    """The findings of one file, in the order in which they were met."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        #: Tables whose sheet is missing or cannot be read: that is told once, not for every reference to them.
        self.unread: set[str] = set()
        self._errors = self._others = 0
        self._hints: dict[tuple[str, str], str] = {}

    def error(self, sheet: str, cell: str, found: str, expected: str, help: str, kind: str) -> None:
        """Add what must be mended before the file can be posted."""
        self._errors += 1
        if self._errors <= MOST_FINDINGS:
            self.findings.append(Finding(Severity.ERROR, sheet, cell, found, expected, help, kind))
        elif self._errors == MOST_FINDINGS + 1:
            self.findings.append(_too_many(Severity.ERROR, "fel"))

    def warn(self, sheet: str, cell: str, found: str, expected: str, help: str, kind: str) -> None:
        """Add what may well be a mistake."""
        self._add_other(Finding(Severity.WARNING, sheet, cell, found, expected, help, kind))

    def note(self, sheet: str, cell: str, found: str, expected: str, help: str, kind: str) -> None:
        """Add what is good to know."""
        self._add_other(Finding(Severity.NOTE, sheet, cell, found, expected, help, kind))

    def problem(self, sheet: str, row: int, column: int, value: Value, problem: values.Problem) -> None:
        """Add a cell that cannot be used."""
        address = cell_address(row, column)
        self.error(sheet, address, values.shown(value), problem.expected, problem.help, problem.kind)

    def unknown(self, table: str, label: str, sheet: str, cell: str, known: Labels) -> None:
        """Add a reference to a record that is neither in the file nor in the database."""
        if table in self.unread:
            return
        where, word = _REFERRED[table]
        self.error(
            sheet,
            cell,
            values.shortened(label),
            f"{word} som finns i bladet {where} eller i databasen",
            self._hint(table, label, known.get(table, {}), f"ägg till en rad i bladet {where}."),
            f"unknown_{table}",
        )

    def missing_sheet(self, name: str) -> None:
        """Add a required sheet that is not there."""
        self.error(
            name, "", "bladet saknas eller är tomt", f"ett blad som heter {name}",
            f"Lägg till bladet {name} med rubrikerna i mallen.", "missing_sheet",
        )  # fmt: skip

    def empty_cell(self, sheet: str, row: int, column: int, expected: str, help: str) -> None:
        """Add a cell that must hold something and does not."""
        self.error(sheet, cell_address(row, column), "tom cell", expected, help, "missing_value")

    def _add_other(self, finding: Finding) -> None:
        self._others += 1
        if self._others <= MOST_FINDINGS:
            self.findings.append(finding)
        elif self._others == MOST_FINDINGS + 1:
            self.findings.append(_too_many(Severity.NOTE, "varningar och upplysningar"))

    def _hint(self, table: str, label: str, known: dict[str, str], add: str) -> str:
        folded = fold(label[:_LONGEST_COMPARED])
        if (table, folded) not in self._hints:
            near: list[str] = []
            if len(self._hints) < _MOST_HINTS and len(known) <= _MOST_COMPARED:
                near = difflib.get_close_matches(folded, known, n=1, cutoff=0.75)
            else:
                return f"L{add}"
            self._hints[table, folded] = f"Menade du ”{known[near[0]]}”? Annars: l{add}" if near else f"L{add}"
        return self._hints[table, folded]


def _too_many(severity: Severity, what: str) -> Finding:
    return Finding(
        severity, "", "", f"fler än {MOST_FINDINGS} {what}", f"en fil med färre {what}",
        "Rätta dem som visas och läs in filen igen, så visas resten.", "too_many",
    )  # fmt: skip
