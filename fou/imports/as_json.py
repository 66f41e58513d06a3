"""What was found in a file, as the command line prints it: amounts are numbers in SEK excl. VAT."""

from __future__ import annotations

from typing import Any

from fou.imports.difference import AmountChange, Difference, Missing, Sum
from fou.imports.examining import Examined
from fou.imports.sheets.guesses import Guess
from fou.imports.sheets.layout import ColumnGuess
from fou.imports.sheets.totals import ControlTotal
from fou.imports.sheets.understanding import SheetFound, Understanding


def examined_json(examined: Examined, batch: int | None) -> dict[str, Any]:
    """The understanding, findings, control totals and difference; ``batch`` is None when nothing was posted."""
    understood = examined.understood
    return {
        "file": examined.file,
        "sha256": examined.sha256,
        "batch": batch,
        "understanding": understanding_json(understood) if understood else None,
        "findings": [finding.as_json() for finding in examined.findings],
        "control_totals": [_total(total) for total in understood.totals] if understood else [],
        "difference": _difference(examined.difference),
    }


def understanding_json(understood: Understanding) -> dict[str, Any]:
    """How each sheet is read and what its names mean, with how sure each guess is (0 to 4) and why."""
    return {
        "sheets": [_sheet(found) for found in understood.sheets],
        "without_table": [sheet.name for sheet in understood.without_table],
        "names": [
            {
                "table": table, "label": one.label, "means": names.settled[folded].kind,
                "same_as": names.settled[folded].target,
                "candidates": [
                    {"same_as": candidate.target, "shown": candidate.shown, "likeness": candidate.likeness}
                    for candidate in one.candidates
                ],
            }
            for table, names in understood.names.items()
            for folded, one in names.recognised.items()
        ],
    }  # fmt: skip


def _sheet(found: SheetFound) -> dict[str, Any]:
    layout = found.layout
    return {
        "sheet": layout.name,
        "read": _guess(layout.read),
        "head": list(layout.head),
        "unit": _guess(layout.unit),
        "vat": _guess(layout.vat),
        "sign": _guess(layout.sign),
        "hidden": _guess(layout.hidden),
        "kind": _guess(layout.kind),
        "year": _guess(layout.year),
        "funder": _guess(layout.funder),
        "columns": {column.letters: _column(column) for column in layout.columns},
        "rows": {str(row.number): str(row.use) for row in found.rows},
    }


def _guess(guess: Guess[Any]) -> dict[str, Any]:
    return {"value": guess.value, "sureness": int(guess.sureness), "why": guess.why}


def _column(column: ColumnGuess) -> dict[str, Any]:
    return {
        "head": column.head, "use": column.use, "kind": column.kind, "year": column.year, "unit": column.unit,
        "funder": column.funder, "sureness": int(column.sureness), "why": column.why,
    }  # fmt: skip


def _total(total: ControlTotal) -> dict[str, Any]:
    return {
        "sheet": total.sheet, "cell": total.cell, "label": total.label, "stated": total.stated,
        "computed": total.computed, "open": total.open, "agrees": total.agrees,
    }  # fmt: skip


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "amounts": [
            {
                **_about(change), "before": None if change.before is None else _sum(change.before),
                "after": _sum(change.after), "cell": change.place,
            }
            for change in difference.amounts
        ],
        "records": [
            {
                "record": change.table, "label": change.label, "new": change.before is None, "before": change.before,
                "after": change.after, "row": change.place,
            }
            for change in difference.records
        ],
        "unchanged": difference.unchanged_amounts + difference.unchanged_records,
        "missing": [{**_about(missing), "stands": _sum(missing.stands)} for missing in difference.missing],
        "missing_elsewhere": difference.missing_elsewhere,
    }  # fmt: skip


def _about(change: AmountChange | Missing) -> dict[str, Any]:
    return {
        "kind": change.kind, "year": change.year, "project": change.project, "call": change.call,
        "area": change.area, "funder": change.funder,
    }  # fmt: skip


def _sum(amounts: Sum) -> dict[str, Any]:
    return {"amount": amounts.firm, "conditional": amounts.conditional, "open": amounts.open}
