"""A workbook in the budget template, checked cell by cell: what it states, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fou.imports.collector import Collector
from fou.imports.files.cells import Sheet, Workbook, cell_address
from fou.imports.references import Known, Labels, fold, in_circles
from fou.imports.stated import LINE_REFERENCES, Checked, Stated
from fou.imports.template.budget import read_budget
from fou.imports.template.heads import HEAD_ROWS
from fou.imports.template.layout import (
    BUDGET_REQUIRED_HEADS,
    BUDGET_SHEET,
    README_SHEET,
    SHEET_BY_NAME,
    SHEET_BY_TABLE,
    SHEETS,
)
from fou.imports.template.records import Reference, read_records

#: The fields by which a record points on to another of its kind, table → field.
ONWARD = {"project": "parent", "area": "successor"}


def is_template(workbook: Workbook) -> bool:
    """Whether a workbook follows the template: its budget's heads are there, or those of two other sheets.

    A sheet that only has the name of one of ours does not make a template: most budgets have a sheet "Budget".
    """
    complete = set()
    for sheet in workbook.sheets:
        name = fold(sheet.name)
        if name == fold(BUDGET_SHEET):
            required: Iterable[str] = BUDGET_REQUIRED_HEADS
        elif name in _LAYOUTS:
            required = [column.head for column in _LAYOUTS[name].columns if column.required]
        else:
            continue
        rows = [{fold(v) for v in cells.values() if isinstance(v, str)} for _, cells in sheet.rows[:HEAD_ROWS]]
        if any({fold(head) for head in required} <= heads for heads in rows):
            complete.add(name)
    return fold(BUDGET_SHEET) in complete or len(complete) >= 2


_LAYOUTS = {fold(name): layout for name, layout in SHEET_BY_NAME.items()}


def check_workbook(workbook: Workbook, file: str, known: Known) -> Checked:
    """Read every sheet of the template (see ``is_template``); ``known`` is what the database already has."""
    findings = Collector()
    checked = Checked(findings=findings.findings)
    sheets = _our_sheets(workbook, findings)
    labels = {table: dict(names) for table, names in known.labels.items()}
    references: list[Reference] = []
    for layout in SHEETS:
        sheet = sheets.get(fold(layout.name))
        if sheet is not None:
            read = read_records(sheet, layout, file, workbook.date1904, labels, findings)
            checked.records[layout.record.TABLE] = read.stated
            references += read.references
        elif layout.required:
            findings.missing_sheet(layout.name)
            findings.unread.add(layout.record.TABLE)
    budget = sheets.get(fold(BUDGET_SHEET))
    if budget is None:
        findings.missing_sheet(BUDGET_SHEET)
    else:
        checked.lines = read_budget(budget, file, labels, known.negative, findings)
    _look_up(references, labels, findings)
    _look_for_circles(checked.records, references, known.onward, findings)
    checked.relies_on = _relied_on(checked, references)
    return checked


def _our_sheets(workbook: Workbook, findings: Collector) -> dict[str, Sheet]:
    """The template's sheets that hold something, by folded name; others, and hidden ones, are told of."""
    ours = {fold(name) for name in (BUDGET_SHEET, *SHEET_BY_NAME)}
    found: dict[str, Sheet] = {}
    others: list[Sheet] = []
    for sheet in workbook.sheets:
        name = fold(sheet.name)
        if not sheet.rows or name == fold(README_SHEET):
            continue
        if name not in ours:
            others.append(sheet)
            continue
        if name in found:
            findings.error(
                sheet.name, "", "två blad med samma namn", f"ett blad som heter {found[name].name}",
                "Bladens namn skiljer sig bara i mellanslag. Ta bort eller byt namn på det ena.", "duplicate_sheet",
            )  # fmt: skip
            continue
        found[name] = sheet
        if sheet.hidden:
            findings.warn(
                sheet.name, "", "dolt blad", "ett synligt blad",
                "Bladet är dolt i Excel men läses in. Visa det och kontrollera att det ska med.", "hidden_sheet",
            )  # fmt: skip
    for sheet in others:
        findings.note(
            sheet.name, "", sheet.name, "ett blad i mallen", "Bladet ingår inte i mallen och läses inte.",
            "unknown_sheet",
        )  # fmt: skip
    return found


def _look_up(references: Iterable[Reference], labels: Labels, findings: Collector) -> None:
    for reference in references:
        if reference.folded not in labels.get(reference.table, {}):
            address = cell_address(reference.row, reference.column)
            findings.unknown(reference.table, reference.label, reference.sheet, address, labels)


def _relied_on(checked: Checked, references: Iterable[Reference]) -> set[tuple[str, str]]:
    referred = {(reference.table, reference.folded) for reference in references}
    for about in {line.subject[2:] for line in checked.lines}:
        referred.update((table, label) for table, label in zip(LINE_REFERENCES, about, strict=True) if label)
    return referred - {(table, record.key[0]) for table, stated in checked.records.items() for record in stated}


def _look_for_circles(
    records: Mapping[str, list[Stated]],
    references: Iterable[Reference],
    onward: Mapping[str, Mapping[str, str]],
    findings: Collector,
) -> None:
    """Find programmes within themselves and areas that replace themselves, with what the database holds."""
    for table, name in ONWARD.items():
        stated = {s.key[0]: fold(s.values[name]) for s in records.get(table, []) if name in s.values}
        circling = in_circles({**onward.get(table, {}), **stated}) & stated.keys()
        if not circling:
            continue
        sheet = SHEET_BY_TABLE[table].name
        cells = {r.row: (r.sheet, r.column) for r in references if (r.table, fold(r.sheet)) == (table, fold(sheet))}
        for record in records[table]:
            if record.key[0] in circling:
                row = int(record.place.rpartition(" ")[2])
                name_there, column = cells[row]
                findings.error(
                    name_there, cell_address(row, column), str(record.values[name]),
                    "en kedja som tar slut",
                    "Raden hänvisar till sig själv, direkt eller genom andra rader. Ta bort en av hänvisningarna.",
                    "cycle",
                )  # fmt: skip
