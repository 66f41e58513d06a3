"""What an understood workbook states: which project, area, funder and call its names mean, and the records."""

from __future__ import annotations

import json
from typing import Any

from fou.imports.answers import aliases_to_remember
from fou.imports.collector import Collector
from fou.imports.recognise import next_codes
from fou.imports.references import Key, fold
from fou.imports.sheets.amount_rows import SheetStating
from fou.imports.sheets.choices import Choices
from fou.imports.sheets.layout import to_remember
from fou.imports.sheets.rows import RowUse
from fou.imports.sheets.telling import tell_of_names, tell_of_no_table, tell_of_sheet, tell_of_totals
from fou.imports.sheets.understanding import Background, SheetFound, Understanding, is_call, project_name
from fou.imports.sheets.words import says
from fou.imports.stated import Checked, Line, Stated


def state(understood: Understanding, known: Background, choices: Choices) -> Checked:
    """Turn what was understood into records and amounts; what must be answered first is told as errors."""
    return Statement(understood, known, choices).run()


class Statement:
    """The whole file's statement under way: its sheets add to it."""

    def __init__(self, understood: Understanding, known: Background, choices: Choices) -> None:
        self.understood, self.known, self.choices = understood, known, choices
        self.file, self.directory = understood.file, known.directory
        self.names = understood.names
        self.findings = Collector()
        self.checked = Checked(findings=self.findings.findings)
        self.records: dict[str, dict[Key, Stated]] = {}
        #: the first line that states each subject (with its condition, if any)
        self.seen: dict[Key, Line] = {}
        self.areas: dict[str, str | None] = {}
        self.adds_up = choices.get("duplicates") == "sum"
        self.targets: dict[tuple[str | None, str], str | None] = {}
        #: new funders whose kind nobody has said, in order
        self.unsettled: dict[str, None] = {}
        #: the codes of new projects, by folded name
        self.new_codes: dict[str, str] = {}

    def run(self) -> Checked:
        """State every sheet that is read, and tell of everything else."""
        read = [found for found in self.understood.sheets if found.layout.read.value]
        if not read:
            tell_of_no_table(self.understood, self.findings)
        for found in self.understood.sheets:
            tell_of_sheet(found, self.findings)
        for sheet in self.understood.without_table if read else ():
            self.findings.note(
                sheet.name, "", sheet.name, "ett blad med en budgettabell",
                "Bladet har ingen tabell med projekt och belopp och läses inte.", "unread_sheet",
            )  # fmt: skip
        self.targets = self._project_targets(read)
        for found in read:
            SheetStating(self, found).read()
            tell_of_totals(found, self.choices, self.findings)
        tell_of_names(self.understood, self.records, self.unsettled, self.directory, self.findings)
        self._remember(read)
        self.checked.records = {table: list(by_key.values()) for table, by_key in self.records.items()}
        return self.checked

    # Names ---------------------------------------------------------------------------------------------------

    def _project_targets(self, read: list[SheetFound]) -> dict[tuple[str | None, str], str | None]:
        """Each project's code: the database's, the file's own, or a new one; None where it is asked about.

        By the code and the name that stand on its rows. Calls are not among them.
        """
        projects, known = self.names["project"], self.directory["project"].by_label
        targets: dict[tuple[str | None, str], str | None] = {}
        later: dict[tuple[str | None, str], str] = {}
        for found in read:
            for row in found.rows:
                key = (row.code, row.label)
                if row.use is not RowUse.PROJECT or not (row.code or row.label) or key in targets:
                    continue
                if is_call(row.label, self.directory):
                    continue
                if row.code and fold(row.code) in known:
                    targets[key] = known[fold(row.code)]
                    continue
                name = project_name(row)
                settled = projects[name]
                targets[key] = settled.target if settled.kind == "same" and not settled.in_file else None
                if settled.kind == "new" and row.code:
                    self.new_codes.setdefault(fold(name), row.code)
                    # One name with two codes is two projects: who gave them codes tells them apart.
                    targets[key] = row.code
                elif settled.kind == "new" or settled.in_file:
                    later[key] = fold(settled.target or name)
        lacking = [name for name in dict.fromkeys(later.values()) if name not in self.new_codes]
        taken = [code for code in targets.values() if code]
        self.new_codes.update(zip(lacking, next_codes(self.directory, len(lacking), taken), strict=True))
        return targets | {key: self.new_codes[name] for key, name in later.items()}

    def _label(self, table: str, label: str, place: str) -> tuple[str | None, bool]:
        """What a name is called in the end, and whether it is new; None where it is asked about or left out."""
        settled = self.names[table][label]
        if settled.kind == "same" and not settled.in_file:
            return self._rely(table, settled.target), False
        if settled.kind == "new" or settled.in_file:
            return settled.target or self.names[table].recognised[fold(label)].label, True
        return None, False

    def area(self, label: str, place: str) -> str | None:
        """The area's name in the database or, for a new one, as it will be called; None while it is asked about."""
        if label not in self.areas:
            self.areas[label] = self._area(label, place)
        return self.areas[label]

    def _area(self, label: str, place: str) -> str | None:
        name, new = self._label("area", label, place)
        if name is None or not new:
            return name
        name = name.rstrip(" :").strip()
        name = name.capitalize() if name.isupper() else name
        self.record("area", (fold(name),), {"name": name}, place)
        return name

    def funder(self, label: str, place: str) -> str | None:
        """The funder's name in the database or, for a new one whose kind is known, in the file."""
        name, new = self._label("funder", label, place)
        if name is None or not new:
            return name
        kind = self.names["funder"][name].funder_kind
        if kind is None:
            self.unsettled.setdefault(name)
            return None
        self.record("funder", (fold(name),), {"name": name, "kind": kind}, place)
        return name

    def call(self, label: str, years: list[int], place: str) -> str | None:
        """The call's code; a new call gets the code of its year."""
        name, new = self._label("call", label, place)
        if name is None or not new:
            return name
        if not years:
            return None
        for stated in self.records.get("call", {}).values():
            if stated.values["name"] == name:
                return str(stated.values["code"])
        year = says(name).year or min(years)
        taken = {*self.directory["call"].by_label, *(key[0] for key in self.records.get("call", {}))}
        code = next(c for n in range(1, 10_000) if fold(c := f"U-{year}{'' if n == 1 else f'-{n}'}") not in taken)
        self.record("call", (fold(code),), {"code": code, "name": name, "year": year, "state": "draft"}, place)
        return code

    def _rely(self, table: str, target: str | None) -> str | None:
        if target is not None:
            self.checked.relies_on.add((table, fold(target)))
        return target

    def record(self, table: str, key: Key, fields: dict[str, Any], place: str) -> None:
        """State a record, or fill in what an earlier row did not say of it."""
        by_key = self.records.setdefault(table, {})
        if key in by_key:
            for name, value in fields.items():
                by_key[key].values.setdefault(name, value)
        else:
            by_key[key] = Stated(table, key, fields, place)

    def _remember(self, read: list[SheetFound]) -> None:
        """Keep the answers that the file alone does not give, for the next one."""
        for found in read:
            chosen = self.choices.get("sheets", {}).get(found.layout.name)
            kept = to_remember(found.layout, chosen) if chosen else {}
            if kept:
                signature = found.layout.signature
                self.record(
                    "import_layout", (fold(signature),),
                    {
                        "signature": signature, "name": f"{self.file} › {found.layout.name}",
                        "choices": json.dumps(kept, ensure_ascii=False, sort_keys=True),
                    },
                    f"{self.file} › {found.layout.name}",
                )  # fmt: skip
        for table, names in self.names.items():
            codes = dict(self.new_codes) if table == "project" else self._call_codes() if table == "call" else {}
            recognised = list(names.recognised.values())
            for alias in aliases_to_remember(table, recognised, names.settled, codes, self.file):
                self.record("alias", alias.key, alias.values, alias.place)
                target = alias.values[table]
                if fold(target) in self.directory[table].by_label:
                    self._rely(table, target)

    def _call_codes(self) -> dict[str, str]:
        return {fold(stated.values["name"]): stated.values["code"] for stated in self.records.get("call", {}).values()}
