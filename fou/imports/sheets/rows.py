"""The rows below a head, sorted: projects, area lines, sums, parts of another row, the frame, and notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from fou.imports import values
from fou.imports.files.cells import Sheet, Value
from fou.imports.references import fold
from fou.imports.sheets.amounts import Amounts
from fou.imports.sheets.guesses import Sureness, Surroundings
from fou.imports.sheets.layout import SheetLayout
from fou.imports.sheets.words import RowSays, Use, row_says, says, without_years


class RowUse(StrEnum):
    """What a row is."""

    PROJECT = "project"
    AREA = "area"
    TOTAL = "total"
    FRAME = "frame"
    PART = "part"
    REST = "rest"
    HEAD = "head"
    NOTE = "note"
    SKIP = "skip"


class Row(NamedTuple):
    """One row. ``amounts`` holds (SEK excl. VAT, open) by column; ``wrong`` the cells that are no amounts.

    ``area`` is the label of the area that the row belongs to, whether it stands on the row or above it.
    """

    number: int
    use: RowUse
    label: str
    code: str | None
    area: str | None
    cells: Mapping[int, Value]
    amounts: Mapping[int, tuple[Decimal, int]]
    wrong: Mapping[int, values.Problem] = MappingProxyType({})
    sureness: Sureness = Sureness.SURE
    why: str = ""
    #: the years of the columns, where the heads were repeated above the row with other years
    years: Mapping[int, int] = MappingProxyType({})


_VERTICAL = re.compile(r"\$?[A-Z]{1,3}\$?(\d+):\$?[A-Z]{1,3}\$?(\d+)")
#: Sheets longer than this are lists out of a system: no sums above their parts are looked for in them.
_LONG = 3_000
#: A label merged over more rows than this is a decoration.
_TALLEST = 1_000


def sort_rows(sheet: Sheet, layout: SheetLayout, around: Surroundings, rounded: bool = False) -> list[Row]:
    """Sort the rows below the head; the person's choices stand over what is guessed."""
    reader = _Reader(sheet, layout, rounded)
    rows = [found for row, cells in sheet.rows if row > layout.head[1] and (found := reader.row(row, cells))]
    rows = _resolve_lone_labels(rows, reader, around)
    rows = _resolve_sums_above(rows, reader, around)
    rows = _resolve_last_sum(rows, reader)
    return _with_areas(rows, reader, around)


class _Reader:
    """Reads one row at a time into what can be said of it alone."""

    def __init__(self, sheet: Sheet, layout: SheetLayout, rounded: bool) -> None:
        self.sheet, self.layout = sheet, layout
        by_use: dict[Use, int] = {}
        for column in layout.columns:
            if column.use not in (Use.NOTHING, Use.AMOUNT, Use.TOTAL):
                by_use.setdefault(column.use, column.number)
        #: whether rows are about different kinds or years, and so cannot be added up
        self.by_row = bool(by_use.keys() & {Use.KIND, Use.YEAR})
        self.title, self.code, self.area = by_use.get(Use.TITLE), by_use.get(Use.CODE), by_use.get(Use.AREA)
        hidden = sheet.hidden_columns if layout.hidden.value == "skip" else frozenset()
        readers: dict[str, Amounts] = {}
        self.amounts: dict[int, Amounts] = {}
        for column in layout.columns:
            if column.use in (Use.AMOUNT, Use.TOTAL) and column.number not in hidden:
                unit = column.unit or layout.unit.value
                readers.setdefault(unit, Amounts(unit, layout.vat.value, layout.sign.value, rounded))
                self.amounts[column.number] = readers[unit]
        self.plain = {column.number for column in layout.columns if column.use is Use.AMOUNT} & self.amounts.keys()
        first = min(self.plain, default=1_000)
        labels = [number for number in (self.title, self.code, self.area) if number is not None]
        self.labels = labels
        aside = {by_use[use] for use in by_use if use not in (Use.TITLE, Use.CODE, Use.AREA)} | self.amounts.keys()
        self.before = [number for number in range(1, first) if number not in aside and number not in labels]
        self.beside = [number for number in range(1, first) if number not in labels]
        self.heads = {column.number: without_years(column.head) for column in layout.columns if column.head}
        bottom = dict(sheet.rows[:200]).get(layout.head[1], {})
        self.bottom = {number: without_years(value) for number, value in bottom.items() if isinstance(value, str)}
        self.head_texts = {*self.heads.values(), *self.bottom.values()}
        self.years: Mapping[int, int] = {}
        self.formats, self.sums = sheet.formats, sheet.sums
        self.summing = {row for row, _ in sheet.sums}
        self.skipped = sheet.hidden_rows if layout.hidden.value == "skip" else frozenset()
        self.wide = {m[0]: m for m in sheet.merged if m[0] == m[2] and m[3] > m[1]}
        self.down = self._merged_down(labels)

    def _merged_down(self, labels: Sequence[int]) -> dict[tuple[int, int], Value]:
        """The labels that are merged over several rows, for each row below the one that holds them."""
        tall = [m for m in self.sheet.merged if m[2] > m[0] and m[1] in labels]
        if not tall:
            return {}
        rows = dict(self.sheet.rows)
        return {
            (row, m[1]): rows[m[0]][m[1]]
            for m in tall
            if m[1] in rows.get(m[0], {})
            for row in range(m[0] + 1, min(m[2], m[0] + _TALLEST) + 1)
        }

    def row(self, number: int, cells: Mapping[int, Value]) -> Row | None:
        if self.down:
            above = {at: self.down[number, at] for at in self.labels if (number, at) in self.down and at not in cells}
            if above:
                cells = {**cells, **above}
        chosen = self.layout.rows.get(number)
        if number in self.skipped:
            chosen = "skip"
        label = _text(cells.get(self.title)) if self.title is not None else ""
        code = (_text(cells.get(self.code)) or None) if self.code is not None else None
        area = (_text(cells.get(self.area)) or None) if self.area is not None else None
        found: dict[int, tuple[Decimal, int]] = {}
        wrong: dict[int, values.Problem] = {}
        for column, amounts in self.amounts.items():
            value = cells.get(column)
            if value is not None:
                format = self.formats.get((number, column)) if self.formats else None
                try:
                    found[column] = amounts.read(value, format)
                except values.Problem as problem:
                    wrong[column] = problem
        has_amounts = bool(found) or bool(wrong)
        shown = label or code or area or ""
        if not shown:
            shown = next((text for at in self.before if (text := _text(cells.get(at)))), "")
        if chosen == "skip":
            return Row(number, RowUse.SKIP, shown, code, area, cells, found, wrong, Sureness.CHOSEN)
        if chosen is not None:
            return Row(number, RowUse(chosen), shown, code, area, cells, found, wrong, Sureness.CHOSEN)
        if self._repeats_head(cells):
            repeated = {n: says(str(v)).year for n, v in cells.items() if n in self.plain and not isinstance(v, bool)}
            self.years = {n: year for n, year in repeated.items() if year is not None}
            return Row(number, RowUse.HEAD, shown, code, area, cells, {}, {})
        said = self._says(cells, label, code, area, shown)
        if said is not None and (has_amounts or said is RowSays.TOTAL):
            return Row(number, RowUse(said.value), shown, code, area, cells, found, wrong)
        if has_amounts and area and not label and not code and self.labels != [self.area]:
            return Row(number, RowUse.AREA, area, None, area, cells, found, wrong, Sureness.LIKELY)
        if has_amounts:
            if self.labels == [self.area]:
                shown = ""  # the areas are what the sheet is about
            if not shown and not area:
                summed = any((number, column) in self.sums for column in found)
                return Row(number, RowUse.TOTAL if summed else RowUse.PROJECT, "", None, None, cells, found, wrong)
            if self._adds_up_rows(number, found):
                return Row(number, RowUse.TOTAL, shown, code, area, cells, found, wrong, Sureness.LIKELY, "formel")
            return Row(number, RowUse.PROJECT, shown, code, area, cells, found, wrong, years=self.years)
        if not shown:
            return None
        if code is not None and (label or self.title is None):
            return Row(number, RowUse.PROJECT, shown, code, area, cells, {}, {})
        if self.area is not None and label and (area or self.area in cells):
            return Row(number, RowUse.PROJECT, shown, code, area, cells, {}, {})
        return Row(number, RowUse.NOTE, shown, code, area, cells, {}, {})

    def _says(
        self, cells: Mapping[int, Value], label: str, code: str | None, area: str | None, shown: str
    ) -> RowSays | None:
        for text in (label, code, area):
            if text and (said := row_says(text)):
                return said
        for at in self.beside:
            value = cells.get(at)
            if isinstance(value, str) and (said := row_says(value)):
                return said
        return row_says(shown) if shown else None

    def _repeats_head(self, cells: Mapping[int, Value]) -> bool:
        """Whether the row has the table's heads again, perhaps with other years."""
        if len(cells) < 2:
            return False
        label = next((cells[at] for at in self.labels if at in cells), None)
        if self.labels and not (isinstance(label, str) and without_years(label) in self.head_texts):
            return False
        same = 0
        for number, value in cells.items():
            if isinstance(value, str):
                head = self.heads.get(number)
                if head is None or len(value) > 80:
                    continue
                text = without_years(value)
                same += text == head or text == self.bottom.get(number)
        return same >= 2 and same * 2 >= len(cells)

    def _adds_up_rows(self, number: int, found: Mapping[int, object]) -> bool:
        """Whether an amount is a formula that adds up other rows: then it is a sum, whatever its label says."""
        if number not in self.summing:
            return False
        for column in found:
            formula = self.sums.get((number, column))
            if formula and column in self.plain:
                for first, last in _VERTICAL.findall(formula):
                    if int(first) != int(last) and not int(first) <= number <= int(last) and int(last) < number:
                        return True
        return False

    def adds_up_below(self, row: Row) -> bool:
        """Whether the row's amounts are formulas that add up rows below it."""
        for column in row.amounts:
            formula = self.sums.get((row.number, column))
            if formula and column in self.plain:
                for first, _ in _VERTICAL.findall(formula):
                    if int(first) > row.number:
                        return True
        return False


#: A mark that points to a footnote.
_FOOTNOTE = re.compile(r"\s*(?:\*+|(?<=\s)\(?\d\))$")


def _text(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.strip() if "\n" not in value else " ".join(value.split())
        return _FOOTNOTE.sub("", text) if text[-1:] in "*)" else text
    try:
        return values.text(value)
    except values.Problem:
        return values.shown(value)


# Labels without amounts ----------------------------------------------------------------------------------------


def _resolve_lone_labels(rows: list[Row], reader: _Reader, around: Surroundings) -> list[Row]:
    """Rows with a label and no amounts: area lines where projects follow, else notes or projects without amounts."""
    lone = [i for i, row in enumerate(rows) if row.use is RowUse.NOTE]
    if not lone:
        return rows
    last = max((i for i, row in enumerate(rows) if row.use in (RowUse.PROJECT, RowUse.TOTAL)), default=-1)
    # The area of a row follows from its own column, unless a lone text stands in that very column or another.
    grouped = any(row.use is RowUse.TOTAL for row in rows[:last])
    resolved = list(rows)
    coded = _are_coded([row for row in rows if row.use is RowUse.PROJECT])
    doubtful: list[int] = []
    for i in lone:
        row = rows[i]
        if i > last:
            continue
        if fold(row.label) in around.projects and fold(row.label) not in around.areas:
            resolved[i] = row._replace(use=RowUse.PROJECT)
            continue
        below = next((later for later in rows[i + 1 :] if later.use is not RowUse.HEAD), None)
        if below is None or below.use not in (RowUse.PROJECT, RowUse.NOTE, RowUse.PART):
            if below is not None and below.use in (RowUse.TOTAL, RowUse.FRAME) and reader.title in row.cells:
                resolved[i] = row._replace(use=RowUse.PROJECT, sureness=Sureness.UNSURE)
            continue
        texts = sum(isinstance(value, str) for value in row.cells.values())
        known = fold(row.label) in around.areas
        marked = row.number in reader.wide or row.label.isupper() or row.label.endswith(":")
        above = next((earlier for earlier in reversed(resolved[:i]) if earlier.use is not RowUse.HEAD), None)
        apart = above is None or above.use in (RowUse.TOTAL, RowUse.AREA, RowUse.FRAME, RowUse.REST)
        apart = apart or row.number - above.number > 1 or (coded and not _CODED.fullmatch(row.label))  # type: ignore[union-attr]
        if known:
            resolved[i] = row._replace(use=RowUse.AREA)
        elif texts == 1 and len(row.label) <= 90 and (marked or apart):
            resolved[i] = row._replace(use=RowUse.AREA, sureness=Sureness.LIKELY)
        elif reader.title in row.cells or reader.code in row.cells:
            doubtful.append(i)
    grouped = grouped or any(row.use is RowUse.AREA for row in resolved)
    for i in doubtful:
        # Beside other area lines it is one of them; alone it is a project that has no amounts yet.
        use = RowUse.AREA if grouped and len(rows[i].label) <= 90 else RowUse.PROJECT
        resolved[i] = rows[i]._replace(use=use, sureness=Sureness.UNSURE)
    return resolved


def _is_coded(row: Row) -> bool:
    return row.code is not None or _CODED.fullmatch(row.label) is not None


def _are_coded(projects: Sequence[Row]) -> bool:
    """Whether projects have codes of their own, in a column or before the name: half the rows, for areas have none."""
    coded = sum(map(_is_coded, projects))
    return coded >= 2 and coded * 2 >= len(projects)


# Sums that stand above what they add up ------------------------------------------------------------------------


def _resolve_sums_above(rows: list[Row], reader: _Reader, around: Surroundings) -> list[Row]:
    """Rows with amounts that are their area's sum: by a formula, a known area's name, or by adding up exactly."""
    if len(rows) > _LONG or reader.area is not None or reader.by_row:
        return rows
    resolved = list(rows)
    found = False
    coded = _are_coded([row for row in rows if row.use is RowUse.PROJECT])
    for i, row in enumerate(rows):
        if row.use is not RowUse.PROJECT or row.code is not None:
            continue
        below = rows[i + 1] if i + 1 < len(rows) else None
        if coded and not _is_coded(row) and below is not None and below.use is RowUse.PROJECT and _is_coded(below):
            resolved[i], found = row._replace(use=RowUse.AREA, sureness=Sureness.LIKELY), True
            continue
        if reader.adds_up_below(row):
            resolved[i], found = row._replace(use=RowUse.AREA, sureness=Sureness.SURE, why="formel"), True
        elif fold(row.label) in around.areas and fold(row.label) not in around.projects:
            resolved[i], found = row._replace(use=RowUse.AREA, sureness=Sureness.LIKELY), True
    if found or any(row.use is RowUse.AREA for row in rows):
        return resolved
    projects = [row for row in rows if row.use is RowUse.PROJECT]
    totals = [row for row in rows if row.use is RowUse.TOTAL]
    stated = _sums(totals[-1:], reader.plain)
    if any(stated.values()) and _sums(projects, reader.plain) == stated:
        return resolved  # the sheet's own sum counts every row
    heads, groups = _partition(projects, reader.plain)
    # One row a group is too little to go by, unless the sheet's own sum counts the heads alone.
    if groups < 2 and not (totals and _sums([row for row in projects if row.number in heads], reader.plain) == stated):
        return resolved
    return [
        row._replace(use=RowUse.AREA, sureness=Sureness.UNSURE, why="summan av raderna under")
        if row.number in heads
        else row
        for row in rows
    ]


def _partition(rows: Sequence[Row], columns: Iterable[int]) -> tuple[set[int], int]:
    """The rows that head groups, if every row is in a group whose head is its exact sum; and a sum's most parts."""
    heads: set[int] = set()
    groups: list[int] = []
    i = 0
    while i < len(rows):
        wanted = {column: rows[i].amounts.get(column, (Decimal(0), 0))[0] for column in columns}
        if not any(wanted.values()):
            return set(), 0
        sums = dict.fromkeys(wanted, Decimal(0))
        j = i + 1
        while j < len(rows):
            for column in sums:
                sums[column] += rows[j].amounts.get(column, (Decimal(0), 0))[0]
            j += 1
            if sums == wanted:
                break
        else:
            return set(), 0
        # Rows without firm amounts (open, zero) still belong to the group above them.
        while j < len(rows) and not any(rows[j].amounts.get(c, (Decimal(0), 0))[0] for c in sums):
            j += 1
        heads.add(rows[i].number)
        groups.append(sum(any(row.amounts.get(c, (0, 0))[0] for c in sums) for row in rows[i + 1 : j]))
        i = j
    return heads, max(groups, default=0)


def _sums(rows: Sequence[Row], columns: Iterable[int]) -> dict[int, Decimal]:
    return {
        column: sum((row.amounts[column][0] for row in rows if column in row.amounts), Decimal(0)) for column in columns
    }


def _resolve_last_sum(rows: list[Row], reader: _Reader) -> list[Row]:
    """A last row that is exactly the sum of all the others is their sum, whatever it is called."""
    projects = [i for i, row in enumerate(rows) if row.use is RowUse.PROJECT and row.amounts]
    if len(projects) < 3 or any(row.use is RowUse.TOTAL for row in rows) or reader.by_row:
        return rows
    *others, last = projects
    if sum(any(amount for amount, _ in rows[i].amounts.values()) for i in others) < 2:
        return rows  # two equal amounts are two equal amounts
    if rows[last].code is not None and any(rows[i].code is None for i in others):
        return rows
    sums = _sums([rows[i] for i in others], reader.plain)
    if not any(sums.values()) or sums != _sums([rows[last]], reader.plain):
        return rows
    return [
        row._replace(use=RowUse.TOTAL, sureness=Sureness.UNSURE, why="summan av raderna ovanför") if i == last else row
        for i, row in enumerate(rows)
    ]


# Which area each row belongs to --------------------------------------------------------------------------------


def _with_areas(rows: list[Row], reader: _Reader, around: Surroundings) -> list[Row]:
    """Give each project row its area: its own, the one above in a column filled once a group, or the area line."""
    lines = any(row.use is RowUse.AREA for row in rows)
    if not lines and reader.area is None:
        return rows
    standing: str | None = None
    result: list[Row] = []
    for i, row in enumerate(rows):
        if row.use is RowUse.AREA:
            standing = row.label
            follows = next((later.use for later in rows[i + 1 :] if later.use is not RowUse.HEAD), None)
            if row.amounts and follows is not RowUse.PROJECT:
                # No projects of its own follow: the amount is the area's, and not a sum.
                row = row._replace(use=RowUse.PROJECT, label="", area=row.label)
        elif row.use is RowUse.TOTAL:
            standing = None
        elif row.use in (RowUse.PROJECT, RowUse.PART):
            if row.area is not None:
                standing = row.area if not lines else standing
            elif standing is not None:
                row = row._replace(area=standing)
        result.append(row)
    return result


# Codes and names in one cell -----------------------------------------------------------------------------------

_CODED = re.compile(
    r"(?P<code>[A-ZÅÄÖ]{0,5}[-_]?\d{2,}[\w-]*|[A-ZÅÄÖ]{1,6}-[A-ZÅÄÖ0-9-]+)[\s:–-]+(?P<name>[^\W\d].{2,})"
)


def split_codes(rows: list[Row]) -> list[Row]:
    """Take "4711 Läxhjälp" apart where most of the projects are written so."""
    projects = [row for row in rows if row.use is RowUse.PROJECT and row.label and row.code is None]
    coded = {row.number: found for row in projects if (found := _CODED.fullmatch(row.label)) and not _is_year(found)}
    if len(coded) < 2 or len(coded) * 10 < len(projects) * 6:
        return rows
    return [
        row._replace(code=found["code"], label=found["name"]) if (found := coded.get(row.number)) else row
        for row in rows
    ]


def _is_year(found: re.Match[str]) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", found["code"]))
