"""Files with applications, each read in a process of its own: forms, lists, and what is neither."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from fou.errors import ImportRefused
from fou.imports.applications.fields import (
    CALL_SHEET,
    FORM,
    FORM_SHEET,
    HELP_SHEET,
    LIST,
    LIST_SHEET,
    MARK_CALL,
    MARK_CODE,
    MARK_KIND,
    MARK_VERSION,
    MARKS_SHEET,
    VERSION,
)
from fou.imports.applications.form_reading import FEWEST, Labels, labels_of, read_form
from fou.imports.applications.list_reading import Heads, heads_of, read_list
from fou.imports.applications.said import Said
from fou.imports.files.cells import Sheet, Workbook
from fou.imports.files.limited import read_file
from fou.imports.findings import Finding, Severity
from fou.imports.references import fold
from fou.imports.uncollected import uncollected

#: As many files are read at a time as there are places for.
_AT_ONCE = 2
_EXPECTED = "en ifylld ansökningsblankett eller en lista med ansökningar (.xlsx)"
#: What a refusal says of budgets, in words for applications.
_TAKE_OUT = "Ta bort bilder och blad som inte hör till ansökan, eller flytta svaren till en ny blankett."
#: A sheet with more cells is no form, and in a workbook with more sheets the rest are not looked at: what is read here
#: is not read in a process of its own any more.
_MOST_CELLS, _MOST_SHEETS = 5_000, 20
#: The columns of the hidden sheet: what a mark is called, and what it says.
_MARK, _MARKED = 1, 2
_VISIBLE_CALL, _TOP = re.compile(r"Utlysning (\S.{0,39}?)\.(?:\s|$)"), 10
_TOO_MUCH = ("too_large", "zip_bomb", "too_slow")


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file: the applications that it holds, and what is wrong with it as a whole.

    ``call`` is the code of the call that it says that it is for; ``is_form`` is None when it is neither form nor list.
    """

    file: str
    sha256: str
    is_form: bool | None
    call: str | None
    said: tuple[Said, ...]
    findings: tuple[Finding, ...]


def read_applications(data: bytes, file: str) -> FileRead:
    """Read one file; whatever is wrong with it is told as findings."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        read = read_file(data, file)
    except ImportRefused as refused:
        told = tuple(_for_applications(finding, refused) for finding in refused.findings)
        return FileRead(file, digest, None, None, (), told)
    if not isinstance(read, Workbook):
        found = _neither("ett utdrag ur Swecris", "Läs in det på sidan Import.")
        return FileRead(file, digest, None, None, (), (found,))
    return read_book(read, file, digest)


def read_many(
    files: Sequence[tuple[str, bytes]], told: Callable[[int], None] = lambda done: None
) -> list[FileRead]:  # fmt: skip
    """Read files, (name, content), some at a time; ``told`` is told how many are done."""
    found = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done, one in enumerate(pool.map(lambda pair: read_applications(pair[1], pair[0]), files), 1):
            found.append(one)
            told(done)
    return found


@uncollected
def read_book(book: Workbook, file: str, sha256: str) -> FileRead:
    """Find the applications in a workbook that has been read."""
    marks = _marks(book)
    findings: list[Finding] = []
    if (version := marks.get(MARK_VERSION, "")).isdigit() and int(version) > VERSION:
        findings.append(
            Finding(
                Severity.WARNING, "", "", f"en blankett av version {version}", f"version {VERSION} eller tidigare",
                "Filen är gjord med en senare Fou. Kontrollera att allt har kommit med.", "later_version",
            )
        )  # fmt: skip
    sheets = [sheet for sheet in book.sheets if sheet.rows and not _is_beside(sheet, marks)]
    kind = marks.get(MARK_KIND)
    near = sheets[:_MOST_SHEETS]
    form, count = _likest_form(sheet for sheet in near if sum(len(cells) for _, cells in sheet.rows) <= _MOST_CELLS)
    lists = sorted(((heads, sheet) for sheet in near if (heads := heads_of(sheet))), key=lambda one: -_worth(one[0]))
    call, code = marks.get(MARK_CALL) or None, marks.get(MARK_CODE) or None
    if form is not None and (kind == FORM or (kind != LIST and count >= FEWEST and count >= _columns_of(lists))):
        sheet, labels = form
        call = call or _visible_call(sheet)
        said: tuple[Said, ...] = (read_form(sheet, labels, book.date1904, code),)
        used, is_form = {sheet.name}, True
    elif lists and kind != FORM and (kind == LIST or lists[0][0].has_title):
        heads, sheet = lists[0]
        more, rows = read_list(sheet, heads, book.date1904)
        findings += more
        said, used, is_form = tuple(rows), {sheet.name}, False
        if not rows and not more:
            findings.append(
                Finding(
                    Severity.ERROR, sheet.name, "", "inga ansökningar", "minst en ansökan under rubrikerna",
                    f"Skriv en ansökan på varje rad under rad {heads.row}.", "empty",
                )
            )  # fmt: skip
    else:
        sheet_name = FORM_SHEET if kind != LIST else LIST_SHEET
        found = _neither(
            "inga av blankettens frågor och ingen lista",
            f"Hämta en ny blankett eller lista i Fou och fyll i bladet {sheet_name}. Flytta dit det som står i filen.",
            book.sheets[0].name if book.sheets else "",
        )
        return FileRead(file, sha256, None, call, (), (*findings, found))
    findings += [
        Finding(
            Severity.WARNING, sheet.name, "", "ett blad som inte läses in", "allt om ansökan i ett och samma blad",
            "Hör något i bladet till ansökan: flytta det till rätt ruta.", "sheet_not_read",
        )
        for sheet in sheets if sheet.name not in used
    ]  # fmt: skip
    return FileRead(file, sha256, is_form, call, said, tuple(findings))


def _likest_form(sheets: Iterable[Sheet]) -> tuple[tuple[Sheet, Labels] | None, int]:
    """The sheet with most of the form's labels, counted where they stand below one another."""
    best: tuple[Sheet, Labels] | None = None
    most = 0
    for sheet in sheets:
        labels = labels_of(sheet)
        count = len({row for row, _ in labels.fields.values()})
        if count > most:
            best, most = (sheet, labels), count
    return best, most


def _columns_of(lists: Sequence[tuple[Heads, Sheet]]) -> int:
    return _worth(lists[0][0]) if lists else 0


def _worth(heads: Heads) -> int:
    return len(heads.columns) + heads.has_title


def _marks(book: Workbook) -> dict[str, str]:
    """What the hidden sheet says: mark in column A → value in column B. Nothing when it is gone.

    Column D holds the areas to choose from, so a mark without a value has something to its right all the same.
    """
    for sheet in sorted(book.sheets, key=lambda one: (fold(one.name) != fold(MARKS_SHEET), not one.hidden)):
        found = {
            fold(str(cells[_MARK])): str(cells.get(_MARKED, "")).strip()
            for _, cells in sheet.rows[:20]
            if _MARK in cells
        }
        if found.get(MARK_KIND) in (FORM, LIST):
            return {name: found.get(name, "") for name in (MARK_KIND, MARK_VERSION, MARK_CALL, MARK_CODE)} | {
                MARKS_SHEET: sheet.name
            }
    return {}


def _visible_call(sheet: Sheet) -> str | None:
    """The call that the form names at its top, for when its hidden sheet is gone."""
    texts = (value for _, cells in sheet.rows[:_TOP] for value in cells.values() if isinstance(value, str))
    return next((found[1] for text in texts if (found := _VISIBLE_CALL.match(text))), None)


def _is_beside(sheet: Sheet, marks: dict[str, str]) -> bool:
    """Whether a sheet is one of ours that holds no answers."""
    if sheet.name == marks.get(MARKS_SHEET):
        return True
    return fold(sheet.name) in (fold(CALL_SHEET), fold(HELP_SHEET))


def _neither(found: str, help: str, sheet: str = "") -> Finding:
    return Finding(Severity.ERROR, sheet, "", found, _EXPECTED, help, "not_an_application")


def _for_applications(finding: Finding, refused: ImportRefused) -> Finding:
    """A refusal of a file, in words that fit."""
    said = str(refused).rstrip(".")
    found = said if finding.found in said else f"{said}: {finding.found}"
    help = _TAKE_OUT if finding.kind in _TOO_MUCH else finding.help
    return replace(finding, found=found, expected=_EXPECTED, help=help)
