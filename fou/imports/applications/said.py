"""What one application says in a workbook, with the cell of everything; and how its cells are taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from fou.applications import MOST, Cost, Form
from fou.calls import units_of
from fou.imports import values
from fou.imports.applications.fields import BY_NAME, Field, Takes
from fou.imports.files.cells import Sheet, Value, cell_address
from fou.imports.findings import Finding, Severity
from fou.imports.sheets.amounts import Amounts
from fou.imports.template import layout
from fou.imports.template.layout import YES_NO
from fou.money import format_sek

#: A place in a workbook: sheet and cell.
Place: TypeAlias = tuple[str, str]

_YEAR = re.compile(r"(?<![0-9])(?:19|20|21)[0-9]{2}(?![0-9])")
_LONGEST_YEAR = 24
_YES_NO = {
    "continuing": {"fortsättning": True, "nytt": False, "ny": False, "nytt projekt": False},
    "joint": {"gemensam": True, "flera": True, "en": False, "enskild": False},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bare:
    """An amount of whole kronor, SEK, that was written as a number without its unit; ``payer`` as in ``Cost``."""

    place: Place
    payer: str
    amount: int


@dataclass(frozen=True, slots=True)
class Said:
    """One application as a workbook says it.

    ``where`` is the sheet, or its row. ``area`` is what stands in the area's cell: ``form.area`` is always empty.
    ``code`` is the application that it says that it is. ``cells`` has the place of each field by its name, and of each
    year's money by ``requested 2026``. ``by_type`` is False when costs are told as sums only. ``bare`` are the amounts
    of the costs that could be meant in another unit.
    """

    where: str
    form: Form
    area: str | None
    code: str | None
    cells: Mapping[str, Place]
    findings: tuple[Finding, ...]
    by_type: bool = True
    bare: tuple[Bare, ...] = ()


@dataclass(slots=True)
class Gathering:
    """One application while it is read out of a sheet."""

    sheet: Sheet
    date1904: bool
    findings: list[Finding] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, Place] = field(default_factory=dict)
    costs: dict[tuple[int, str, str], int] = field(default_factory=dict)
    bare: list[Bare] = field(default_factory=list)

    def tell(
        self, severity: Severity, row: int, column: int, found: Value | str | None, expected: str, help: str, kind: str
    ) -> None:
        """Add a finding about a cell; column 0 is the whole row, row 0 the whole sheet."""
        cell = cell_address(row, column) if row and column else ""
        self.findings.append(Finding(severity, self.sheet.name, cell, values.shown(found), expected, help, kind))

    def take(self, asked: Field, row: int, column: int, value: Value, unit: str = "kr") -> None:
        """Keep what a field's cell holds, or tell what is wrong with it."""
        self.cells[asked.name] = (self.sheet.name, cell_address(row, column))
        try:
            taken = self._taken(asked, value, unit, (row, column))
        except values.Problem as problem:
            self.tell(Severity.ERROR, row, column, value, problem.expected, problem.help, problem.kind)
            return
        if taken is not None and taken != "":
            self.values[asked.name] = taken

    def cost(self, payer: str, year: int, cost_type: str, row: int, column: int, value: Value, unit: str) -> int | None:
        """Keep one cost; several of the same type and year are added up. None when the cell cannot be used."""
        try:
            amount = self._kronor(value, unit, (row, column))
        except values.Problem as problem:
            self.tell(Severity.ERROR, row, column, value, problem.expected, problem.help, problem.kind)
            return None
        if amount:
            key = (year, cost_type, payer)
            self.costs[key] = self.costs.get(key, 0) + amount
            if _is_bare(value, amount):
                self.bare.append(Bare((self.sheet.name, cell_address(row, column)), payer, amount))
        return amount

    def said(self, where: str, code: str | None, by_type: bool = True) -> Said:
        """The whole application."""
        if not self.values.get("title") and not any(one.kind in _NO_TITLE for one in self.findings):
            sheet, cell = self.cells.get("title", (self.sheet.name, ""))
            self.findings.append(
                Finding(
                    Severity.ERROR, sheet, cell, "tom cell", "vad projektet heter",
                    f"Skriv projektets namn i rutan efter ”{BY_NAME['title'].label}”.", "missing_title",
                )
            )  # fmt: skip
        given = {name: value for name, value in self.values.items() if name not in ("area", "code")}
        given["title"] = given.get("title", "")
        costs = tuple(sorted(Cost(year, kind, payer, sum_) for (year, kind, payer), sum_ in self.costs.items()))
        area, own = self.values.get("area"), self.values.get("code")
        form, bare = Form(**given, costs=costs), tuple(self.bare)
        return Said(where, form, area, own or code, self.cells, tuple(self.findings), by_type, bare)

    def _taken(self, asked: Field, value: Value, unit: str, at: tuple[int, int]) -> str | bool | date | int | None:
        match asked.takes:
            case Takes.YES_NO:
                stored = {**YES_NO, **_YES_NO[asked.name]}
                return values.choice(value, stored, tuple(YES_NO))
            case Takes.AMOUNT:
                return self._kronor(value, unit, at) or None
            case Takes.DATE | Takes.PARTIAL_DATE:
                column = layout.Column(asked.label, asked.name, layout.Takes(asked.takes))
                return values.taker(column, self.date1904)(value)
            case _:
                return _text(asked.name, values.text(value))

    def _kronor(self, value: Value, unit: str, at: tuple[int, int]) -> int:
        try:
            amount, unset = Amounts(unit).read(value, self.sheet.formats.get(at))
        except values.Problem as problem:
            if not problem.help.startswith("Skriv ett belopp"):
                raise
            said = "Skriv beloppet med siffror, i hela kronor exklusive moms, till exempel 250\u00a0000."
            raise values.Problem("text", "ett belopp i hela kronor", said) from problem
        if unset:
            raise values.Problem(
                "open", "ett belopp i hela kronor", "En ansökan söker ett bestämt belopp. Skriv beloppet."
            )
        if amount != amount.to_integral_value():
            raise values.Problem("decimals", "ett belopp i hela kronor", "Avrunda beloppet till hela kronor.")
        if amount < 0:
            raise values.Problem("negative", "ett belopp som är större än noll", "Ta bort minustecknet.")
        if amount > MOST:
            raise values.Problem("range", f"högst {format_sek(Decimal(MOST))}", "Kontrollera beloppet.")
        return int(amount)


_NO_TITLE = ("missing_label", "missing_column")


def _is_bare(value: Value, amount: int) -> bool:
    """Whether a cell counts in kronor without saying so itself, as 250 does and 250 kr and 0,25 tkr do not."""
    if isinstance(value, str):
        return value.strip().replace("\u00a0", "").replace(" ", "") == str(amount)
    return value == amount


def _text(name: str, written: str) -> str:
    """A text as the application keeps it: lines only in the summary, units set apart by commas."""
    if name == "summary":
        return written.replace("\r", "").strip()
    if name == "applicants":
        return ", ".join(" ".join(unit.split()) for unit in units_of(written))
    return " ".join(written.split())


def year_in(value: Value | None) -> int | None:
    """The year that a head names, when it names one and says little else."""
    if isinstance(value, Decimal) and value == value.to_integral_value() and 1900 <= value < 2200:
        return int(value)
    if isinstance(value, str) and len(value) <= _LONGEST_YEAR:
        found = _YEAR.findall(value)
        return int(found[0]) if len(found) == 1 else None
    return None


def without_year(text: str) -> tuple[int | None, str]:
    """A head's year and the rest of its words; no year when it names none, or several."""
    found = _YEAR.findall(text)
    return (int(found[0]) if len(found) == 1 else None), _YEAR.sub(" ", text)
