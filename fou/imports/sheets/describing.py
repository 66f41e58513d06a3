"""How a sheet is read, said in one Swedish sentence and as the choices that would give the same reading."""

from __future__ import annotations

from typing import Any

from fou.imports.examining import Examined
from fou.imports.sheets.layout import SheetLayout
from fou.imports.sheets.rows import RowUse
from fou.imports.sheets.understanding import SheetFound, Understanding
from fou.imports.sheets.words import Use
from fou.model import KIND_NAMES, Kind
from fou.swedish import count, join_words

#: What the kinds are called beside a budget sheet, where a plan is called a budget.
KINDS = {**KIND_NAMES, Kind.PLANNED: "budget (plan)"}
_UNITS = {"kr": "kronor", "tkr": "tusental kronor (tkr)", "mnkr": "miljoner kronor (mnkr)", "mdkr": "miljarder kronor"}


def describe(found: SheetFound) -> str:
    """``Rubriker på rad 4–5. 12 projekt i 3 områden. Budget 2013 och 2014, i tusental kronor (tkr) exklusive moms.``"""
    layout = found.layout
    if not layout.read.value:
        return f"Läses inte: {layout.read.why}."
    first, last = layout.head
    head = f"Rubriker på rad {first}" if first == last else f"Rubriker på rad {first}–{last}"
    labels = {(row.code, row.label) for row in found.rows if row.use is RowUse.PROJECT and (row.code or row.label)}
    areas = {row.area for row in found.rows if row.use is RowUse.PROJECT and row.area}
    what = count(len(labels), "projekt", "projekt")
    if areas:
        what += f" i {count(len(areas), 'område', 'områden')}"
    vat = {"excl": "exklusive moms", "incl": "inklusive moms, som räknas bort"}[layout.vat.value]
    whose = f", från {layout.funder.value}" if layout.funder.value and not layout.numbers(Use.FUNDER) else ""
    return f"{head}. {what}. {_amounts(layout)}, i {_unit(layout)} {vat}{whose}."


def how_read(understood: Understanding | None) -> str:
    """``: Budget 2014 (rad 4–5, tkr exkl. moms, från Socialnämnden)`` for the history; empty for our own template."""
    if understood is None:
        return ""
    sheets = []
    for found in understood.sheets:
        layout = found.layout
        if layout.read.value:
            units = {c.unit or layout.unit.value for c in layout.columns if c.use is Use.AMOUNT}
            vat = "exkl. moms" if layout.vat.value == "excl" else "omräknat från inkl. moms"
            whose = f", {layout.funder.value}" if layout.funder.value and not layout.numbers(Use.FUNDER) else ""
            sheets.append(f"{layout.name} ({'/'.join(sorted(units))} {vat}{whose}: {_amounts(layout).lower()})")
    return f". Blad: {'; '.join(sheets)}" if sheets else ""


def choices_in_full(examined: Examined) -> dict[str, Any]:
    """What was chosen and what was guessed, as choices: reading the file with them gives the same again."""
    choices: dict[str, Any] = dict(examined.choices or {})
    if examined.understood is None:
        return choices
    sheets: dict[str, Any] = {}
    for found in examined.understood.sheets:
        layout = found.layout
        columns = {
            column.letters: {
                name: value
                for name, value in (
                    ("use", str(column.use)),
                    ("kind", column.kind and str(column.kind)),
                    ("year", column.year),
                    ("unit", column.unit),
                    ("funder", column.funder),
                )
                if value is not None
            }
            for column in layout.columns
        }
        whole = {
            "read": layout.read.value, "head": list(dict.fromkeys(layout.head)), "columns": columns,
            "unit": layout.unit.value, "vat": layout.vat.value, "sign": layout.sign.value,
            "hidden": layout.hidden.value, "kind": layout.kind.value and str(layout.kind.value),
            "year": layout.year.value, "funder": layout.funder.value,
            "rows": {str(row): use for row, use in layout.rows.items()},
        }  # fmt: skip
        sheets[layout.name] = {name: value for name, value in whole.items() if value not in (None, {})}
        if layout.vat.value == "incl" and "vat" not in (choices.get("sheets", {}).get(layout.name) or {}):
            # That the amounts include VAT is a question; a file of guesses must not have answered it.
            del sheets[layout.name]["vat"]
    return {**choices, "sheets": sheets}


def _amounts(layout: SheetLayout) -> str:
    """``Budget 2013 och 2014, utfall 2013`` out of the amount columns."""
    by_kind: dict[str, list[str]] = {}
    for column in layout.columns:
        if column.use is not Use.AMOUNT:
            continue
        kind = column.kind or layout.kind.value
        name = KINDS[kind] if kind else "slag enligt kolumn" if layout.numbers(Use.KIND) else "okänt slag"
        year = column.year or (None if layout.numbers(Use.YEAR) else layout.year.value)
        years = by_kind.setdefault(name, [])
        if year is not None and str(year) not in years:
            years.append(str(year))
    said = [f"{kind} {join_words(years)}".strip() for kind, years in by_kind.items()]
    text = ", ".join(said) or "inga belopp"
    return text[0].upper() + text[1:]


def _unit(layout: SheetLayout) -> str:
    units = {column.unit or layout.unit.value for column in layout.columns if column.use is Use.AMOUNT}
    return join_words([_UNITS[unit] for unit in sorted(units)]) if units else _UNITS[layout.unit.value]
