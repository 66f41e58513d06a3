"""The way of a file before anything is written: read, understand, check, and compare with the database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fou.errors import ImportRefused
from fou.imports.difference import Difference, MissingMeans, compare, known
from fou.imports.files.cells import Workbook
from fou.imports.files.limited import read_file
from fou.imports.files.limits import DEFAULT_LIMITS
from fou.imports.files.refusals import load
from fou.imports.findings import Finding, Severity
from fou.imports.recognise import directory
from fou.imports.rounds import against_the_rules
from fou.imports.sheets.choices import Choices, check_choices
from fou.imports.sheets.stating import state
from fou.imports.sheets.understanding import Understanding, background, understand
from fou.imports.stated import Checked
from fou.imports.swecris import stating as swecris
from fou.imports.swecris.choosing import SwecrisChoice
from fou.imports.template.checking import check_workbook, is_template
from fou.imports.uncollected import uncollected
from fou.store import Database, Reader

if TYPE_CHECKING:
    from fou.imports.files.answers import Read


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that has been read, understood, checked and compared; ``version`` is the database's at that moment.

    ``understood`` is None for a file in our own template or from Swecris, whose layout needs no guessing, and for
    one that cannot be read. ``choices`` is what the person has chosen, see ``sheets/choices.py``.
    """

    file: str
    sha256: str | None
    checked: Checked
    difference: Difference
    version: tuple[int, int]
    understood: Understanding | None = None
    choices: Mapping[str, Any] | None = None

    @property
    def findings(self) -> list[Finding]:
        """Everything found in the file."""
        return self.checked.findings

    @property
    def missing_means(self) -> MissingMeans:
        """What was to become of amounts that the file does not have: see ``compare``."""
        return missing_means(self.choices or {})


def examine(database: Database, source: Path | bytes, file: str, choices: Choices | None = None) -> Examined:
    """Read, understand, check and compare; nothing is written. A file that cannot be read is a finding, too.

    Raises ImportRefused when ``choices`` are no choices.
    """
    digest: str | None = None
    try:
        data = load(source, file, DEFAULT_LIMITS)
        digest = hashlib.sha256(data).hexdigest()
        read = read_file(data, file)
    except ImportRefused as refused:
        checked = Checked(findings=list(refused.findings))
        return Examined(file, digest, checked, Difference(), database.version, None, choices)
    return examine_read(database, read, file, digest, choices)


@uncollected
def examine_read(
    database: Database, read: Read, file: str, sha256: str | None = None, choices: Choices | None = None
) -> Examined:
    """Understand, check and compare a file that has been read (or a workbook that was made)."""
    choices = choices or {}
    check_choices(choices)
    version = database.version
    understood: Understanding | None = None
    with database.read() as reader:
        if not isinstance(read, Workbook):
            choice = SwecrisChoice.from_json(choices.get("swecris", {}))
            checked = swecris.state(read, choice, file, known(reader))
            checked.findings += swecris.tell_of_other_years(checked, reader)
        elif is_template(read):
            checked = check_workbook(read, file, known(reader))
        else:
            ours = background(reader, directory(reader))
            understood = understand(read, file, ours, choices)
            checked = state(understood, ours, choices)
        if sha256 is not None:
            _note_if_seen(checked, reader, sha256)
        difference = Difference()
        if not checked.has_errors and isinstance(read, Workbook):
            difference = compare(checked, reader, missing_means(choices))
            checked.findings += against_the_rules(checked, difference, reader, read)
            if checked.has_errors:
                # What a file may not change is not told either: there may be scores in it that nobody has opened.
                difference = Difference()
        elif not checked.has_errors:
            # Out of Swecris one takes a choice: what is left out of it is not missing.
            found = compare(checked, reader)
            elsewhere = found.missing_elsewhere + len(found.missing)
            difference = replace(found, missing=(), missing_elsewhere=elsewhere)
    return Examined(file, sha256, checked, difference, version, understood, choices)


def missing_means(choices: Choices) -> MissingMeans:
    """What the person has chosen for amounts that the file does not have."""
    return "remove" if choices.get("missing") == "remove" else "keep"


def _note_if_seen(checked: Checked, reader: Reader, sha256: str) -> None:
    row = reader.row("SELECT MAX(id) FROM batch WHERE sha256 = $sha256", sha256=sha256)
    if row and row[0] is not None:
        checked.findings.append(
            Finding(
                Severity.NOTE, "", "", f"samma fil som post {row[0]}", "en ny eller ändrad fil",
                "Filen har lästs in förut. Bara det som skiljer sig från databasen läses in nu.", "seen_before",
            )
        )  # fmt: skip
