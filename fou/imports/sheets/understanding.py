"""A whole workbook in any layout understood: each sheet laid out and sorted, its sums reconciled, its names settled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fou.imports.files.cells import Sheet, Workbook
from fou.imports.recognise import Directory
from fou.imports.references import fold
from fou.imports.sheets.choices import Choices
from fou.imports.sheets.guesses import Surroundings
from fou.imports.sheets.layout import SheetLayout, lay_out
from fou.imports.sheets.names import Names, settle_names
from fou.imports.sheets.rows import Row, RowUse, sort_rows, split_codes
from fou.imports.sheets.totals import ControlTotal, reconcile
from fou.imports.sheets.words import Use
from fou.store import Reader


@dataclass(frozen=True, slots=True)
class SheetFound:
    """A sheet with a table: how it is laid out, its rows, and the sums it states. Rows are empty if it is not read."""

    sheet: Sheet
    layout: SheetLayout
    rows: list[Row]
    totals: list[ControlTotal]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a workbook seems to say. ``names`` holds, by table, what its names mean."""

    file: str
    sheets: tuple[SheetFound, ...]
    without_table: tuple[Sheet, ...]
    names: Mapping[str, Names] = field(default_factory=dict)

    @property
    def totals(self) -> list[ControlTotal]:
        """Every stated sum of the sheets that are read."""
        return [total for found in self.sheets for total in found.totals]


@dataclass(frozen=True, slots=True)
class Background:
    """What the database knows when a file comes in."""

    directory: Directory
    own_funder: str | None
    remembered: Mapping[str, Mapping[str, Any]]


def background(reader: Reader, directory: Directory) -> Background:
    """Read the funder whose money is the board's own (if there is one only), and the layouts remembered."""
    own = reader.rows("SELECT name FROM funder WHERE kind = 'municipality'")
    layouts = reader.rows("SELECT signature, choices FROM import_layout")
    return Background(
        directory,
        own[0][0] if len(own) == 1 else None,
        {signature: json.loads(choices) for signature, choices in layouts},
    )


def understand(workbook: Workbook, file: str, known: Background, choices: Choices) -> Understanding:
    """Guess all that is not chosen."""
    directory = known.directory
    around = Surroundings(
        file=file,
        funders=directory["funder"].by_label,
        own_funder=known.own_funder,
        areas=frozenset(directory["area"].by_label),
        projects=frozenset(directory["project"].by_title),
        remembered=known.remembered,
    )
    found: list[SheetFound] = []
    without: list[Sheet] = []
    for sheet in workbook.sheets:
        if not sheet.rows:
            continue
        chosen = choices.get("sheets", {}).get(sheet.name, {})
        layout = lay_out(sheet, around, chosen)
        if layout is None:
            without.append(sheet)
            continue
        rows: list[Row] = []
        if layout.read.value:
            rows = sort_rows(sheet, layout, around, bool(choices.get("round")))
            if not layout.numbers(Use.CODE):
                rows = split_codes(rows)
        found.append(SheetFound(sheet, layout, rows, reconcile(sheet, layout, rows)))
    return Understanding(file, tuple(found), tuple(without), _settle(found, directory, choices.get("names", {})))


def project_name(row: Row) -> str:
    """The name by which a row's project is recognised and asked about."""
    return row.label or row.code or ""


def is_call(label: str, directory: Directory) -> bool:
    """Whether a row is about a call for proposals and not a project."""
    calls = directory["call"]
    folded = fold(label)
    return folded.startswith("utlysning") or folded in calls.by_title or folded in calls.by_label


def _settle(found: list[SheetFound], directory: Directory, answers: Mapping[str, Any]) -> dict[str, Names]:
    projects: dict[str, None] = {}
    calls: dict[str, None] = {}
    areas: dict[str, None] = {}
    funders: dict[str, None] = {}
    codes = directory["project"].by_label
    met: set[tuple[str | None, str]] = set()
    for sheet in found:
        by_column = [c.funder for c in sheet.layout.columns if c.use is Use.AMOUNT]
        funder_at = next(iter(sheet.layout.numbers(Use.FUNDER)), None)
        for row in sheet.rows:
            if row.use is RowUse.PROJECT:
                if (row.label or row.code) and (row.code, row.label) not in met:
                    met.add((row.code, row.label))
                    if is_call(row.label, directory):
                        calls[row.label] = None
                    elif not (row.code and fold(row.code) in codes):
                        projects[project_name(row)] = None
                if row.area:
                    areas[row.area] = None
            if (
                funder_at is not None
                and row.use in (RowUse.PROJECT, RowUse.FRAME)
                and isinstance(value := row.cells.get(funder_at), str)
                and value.strip()
            ):
                funders[value.strip()] = None
        if sheet.rows:
            for funder in (*by_column, sheet.layout.funder.value):
                if funder:
                    funders[funder] = None
    labels = {"project": projects, "call": calls, "area": areas, "funder": funders}
    return {table: settle_names(table, wanted, directory, answers.get(table, {})) for table, wanted in labels.items()}
