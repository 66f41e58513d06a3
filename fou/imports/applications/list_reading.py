"""A list with one application a row, its columns found by their heads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fou.imports.applications.fields import BY_NAME, COST_WORDS, LIST_WORDS, TABLE_WORDS, Field, Takes, best, is_sum
from fou.imports.applications.said import Gathering, Said, without_year
from fou.imports.files.cells import Sheet, Value, cell_address, column_letters
from fou.imports.findings import Finding, Severity
from fou.imports.references import fold
from fou.imports.sheets.words import unit_in

#: How far down the heads may stand, and so many of them make a row the row of heads.
_HEADS_WITHIN, _FEWEST = 30, 2
#: A list with more rows is something else.
_MOST_ROWS = 2_000
_UNITS = re.compile(r"\b(?:kr|kronor|tkr|kkr|mnkr|sek|år)\b")
#: What a head of money may say besides its year: whose it is, and perhaps the type of cost. Their order is free.
_MONEY_WORDS = {
    **{f"{payer}|": words for payer, words in TABLE_WORDS.items()},
    **{
        f"{payer}|{kind}": tuple(f"{word} {cost}" for word in words for cost in costs)
        for payer, words in TABLE_WORDS.items()
        for kind, costs in COST_WORDS.items()
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Money:
    """What a column of amounts is about; ``cost_type`` is None when the head does not say."""

    year: int
    payer: str
    cost_type: str | None
    unit: str


@dataclass(frozen=True, slots=True)
class Heads:
    """The row of heads and what each column is: a field, or money."""

    row: int
    columns: dict[int, Field | Money]
    #: the unit of a field of amounts, where its head names one
    units: dict[int, str]

    @property
    def has_title(self) -> bool:
        """Whether there is a column that tells the applications apart."""
        return BY_NAME["title"] in self.columns.values()


def heads_of(sheet: Sheet) -> Heads | None:
    """The heads of a list; None when the sheet is none."""
    found: Heads | None = None
    for row, cells in sheet.rows:
        if row > _HEADS_WITHIN:
            break
        columns = _columns(cells)
        if len(columns) >= _FEWEST and (found is None or len(columns) > len(found.columns)):
            units = {
                at: unit
                for at, what in columns.items()
                if isinstance(what, Field) and what.takes is Takes.AMOUNT and (unit := unit_in(fold(str(cells[at]))))
            }
            found = Heads(row, columns, units)
    return found


def _columns(cells: dict[int, Value]) -> dict[int, Field | Money]:
    columns: dict[int, Field | Money] = {}
    alike: dict[str, tuple[float, int]] = {}
    for column, value in cells.items():
        if not isinstance(value, str):
            continue
        if money := _money(value):
            columns[column] = money
        elif (hit := best(value, LIST_WORDS)) and hit[1] > alike.get(hit[0], (0.0, 0))[0]:
            columns.pop(alike.get(hit[0], (0.0, 0))[1], None)
            alike[hit[0]] = (hit[1], column)
            columns[column] = BY_NAME[hit[0]]
    return columns


def _money(text: str) -> Money | None:
    year, rest = without_year(text)
    if year is None:
        return None
    hit = best(" ".join(_UNITS.sub(" ", fold(rest)).split()), _MONEY_WORDS)
    if hit is None:
        return None
    payer, _, kind = hit[0].partition("|")
    return Money(year, payer, kind or None, unit_in(fold(rest)) or "kr")


def read_list(sheet: Sheet, heads: Heads, date1904: bool) -> tuple[list[Finding], list[Said]]:
    """What is wrong with the sheet as a whole, and the applications on its rows."""
    below = [(row, cells) for row, cells in sheet.rows if row > heads.row]
    findings = _about_columns(sheet, heads, below)
    if not heads.has_title:
        return findings, []
    if len(below) > _MOST_ROWS:
        findings.append(
            Finding(
                Severity.ERROR, sheet.name, "", f"{len(below)} rader", f"högst {_MOST_ROWS} ansökningar",
                "Dela listan i flera filer.", "too_many",
            )
        )  # fmt: skip
        return findings, []
    return findings, [said for row, cells in below if (said := _row(sheet, heads, row, cells, date1904)) is not None]


def _row(sheet: Sheet, heads: Heads, row: int, cells: dict[int, Value], date1904: bool) -> Said | None:
    title = next((cells.get(at) for at, what in heads.columns.items() if what == BY_NAME["title"]), None)
    texts = [value for _, value in sorted(cells.items()) if isinstance(value, str)]
    if not any(at in cells for at in heads.columns) or (title is None and texts and is_sum(texts[0])):
        return None
    if isinstance(title, str) and is_sum(title) and len(texts) == 1:
        return None
    heard = Gathering(sheet, date1904)
    by_type = False
    for at, what in heads.columns.items():
        value = cells.get(at)
        if isinstance(what, Field):
            if value is None:
                heard.cells[what.name] = (sheet.name, cell_address(row, at))
            else:
                heard.take(what, row, at, value, heads.units.get(at, "kr"))
        elif value is not None:
            heard.cells.setdefault(f"{what.payer} {what.year}", (sheet.name, cell_address(row, at)))
            heard.cost(what.payer, what.year, what.cost_type or "other", row, at, value, what.unit)
            by_type |= what.cost_type is not None
    return heard.said(f"{sheet.name} › rad {row}", None, by_type)


def _about_columns(sheet: Sheet, heads: Heads, below: list[tuple[int, dict[int, Value]]]) -> list[Finding]:
    there = {what.name for what in heads.columns.values() if isinstance(what, Field)}
    findings = [
        Finding(
            Severity.ERROR if field.name == "title" else Severity.WARNING, sheet.name, f"A{heads.row}",
            f"ingen kolumn med rubriken ”{field.label}”", f"”{field.label}” som rubrik på rad {heads.row}",
            f"Skriv ”{field.label}” överst i kolumnen med det, eller lägg till en.", "missing_column",
        )
        for field in BY_NAME.values() if field.is_needed and field.name not in there
    ]  # fmt: skip
    if not any(isinstance(what, Money) for what in heads.columns.values()):
        findings.append(
            Finding(
                Severity.WARNING, sheet.name, f"A{heads.row}", "ingen kolumn med sökta belopp",
                "en kolumn för varje år, till exempel Sökt 2026",
                f"Skriv Sökt och årtalet som rubrik på rad {heads.row} ovanför beloppen.", "missing_column",
            )
        )  # fmt: skip
    titles = dict(sheet.rows)[heads.row]
    filled = sorted({at for _, cells in below for at in cells} - heads.columns.keys())
    for at in filled:
        findings.append(
            Finding(
                Severity.WARNING, sheet.name, cell_address(heads.row, at),
                f"rubriken ”{titles[at]}”" if at in titles else f"kolumn {column_letters(at)} utan rubrik",
                "en av rubrikerna i mallen", "Kolumnen läses inte in. Ändra rubriken om den ska läsas in.", "not_read",
            )
        )  # fmt: skip
    return findings
