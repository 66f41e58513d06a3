"""Finding a budget sheet's head: one to three rows of texts and years, above columns that hold amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from fou.imports.files.cells import Broken, Sheet, Value
from fou.imports.references import fold
from fou.imports.sheets.guesses import Surroundings
from fou.imports.sheets.words import FOOTNOTE_MARKS, Use, says
from fou.imports.template.layout import FIRST_YEAR, LAST_YEAR
from fou.money import NotAnAmount, is_open_wording, parse_sek

#: The head is looked for in this many filled rows, and may be this many rows high.
_LOOKED_THROUGH, _HIGHEST_HEAD = 60, 3
#: How many filled rows below a head are looked at to see what its columns hold.
SAMPLE = 60


@dataclass(slots=True)
class Head:
    """The first and last row of a head, and the text of each column's, with its groups' heads before it."""

    first: int
    last: int
    texts: dict[int, str]
    score: float = 0.0


def find_head(sheet: Sheet, around: Surroundings, chosen: Sequence[int] | None) -> Head | None:
    """Find the head that says most of the columns below it, or take the rows that a person has chosen."""
    rows = sheet.rows[:_LOOKED_THROUGH]
    if chosen:
        first, last = min(chosen), max(chosen)
        return Head(first, last, _head_texts(sheet, [row for row, _ in sheet.rows if first <= row <= last]))
    best: Head | None = None
    for start in range(len(rows)):
        for height in range(1, _HIGHEST_HEAD + 1):
            window = rows[start : start + height]
            if len(window) < height or window[-1][0] - window[0][0] > _HIGHEST_HEAD:
                break
            if not all(_may_be_head(cells) for _, cells in window):
                break
            if height > 1 and not (_belong_together(sheet, window) and _says_something(window[-1][1])):
                continue
            head = Head(window[0][0], window[-1][0], _head_texts(sheet, [row for row, _ in window]))
            head.score = _score(head, rows[start + height : start + height + SAMPLE], around) - 0.5 * (height - 1)
            if head.score > (best.score if best else 0):
                best = head
    return best


def _may_be_head(cells: Mapping[int, Value]) -> bool:
    """A head holds texts and years, and no amounts."""
    for value in cells.values():
        if isinstance(value, str):
            if is_amount_text(value) and as_year(value) is None:
                return False
        elif isinstance(value, Decimal):
            if as_year(value) is None:
                return False
        elif isinstance(value, bool | Broken):
            return False
    return True


def _belong_together(sheet: Sheet, window: Sequence[tuple[int, Mapping[int, Value]]]) -> bool:
    """Whether the upper rows are part of the head, and not a title over it or an area line under it."""
    width = {number for _, cells in window for number in cells}
    for row, cells in window[:-1]:
        if len(cells) >= 2:
            continue
        ((number, value),) = list(cells.items())[:1] or [(0, "")]
        spans = next((m for m in sheet.merged if m[0] == row and m[1] == number), None)
        if number == min(width) or not isinstance(value, str) or (spans and spans[3] - spans[1] + 1 >= len(width)):
            return False
    bottom = window[-1][1]
    # The last row of a head says something of several columns; a lone text in it is an area or the first project.
    return len(bottom) >= 2


def _says_something(cells: Mapping[int, Value]) -> bool:
    """Whether a lower row speaks as heads do; a project whose amounts are badly written must not pass for one."""
    for number in sorted(cells)[1:]:  # the first may be a project's name, which can say anything
        text = _head_text(cells[number])
        said = says(text)
        if said.years or (said != says("") and not any(sign.isdigit() for sign in text)):
            return True
    return False


def _head_texts(sheet: Sheet, rows: Sequence[int]) -> dict[int, str]:
    """The head of each column: the texts above each other, joined; a group's head holds for all its columns."""
    by_row = dict(sheet.rows[:200]) if rows and rows[-1] <= 10_000 else dict(sheet.rows)
    filled = {number for row in rows for number in by_row.get(row, {})}
    merged = {(m[0], m[1]): m for m in sheet.merged if rows and rows[0] <= m[0] <= rows[-1]}
    parts: dict[int, list[str]] = {}
    for i, row in enumerate(rows):
        cells = {number: _head_text(value) for number, value in by_row.get(row, {}).items()}
        spread = dict(cells)
        for number, text in cells.items():
            if span := merged.get((row, number)):
                spread.update(dict.fromkeys(range(number, min(span[3], number + 200) + 1), text))
        if i < len(rows) - 1:
            below = {number: value for later in rows[i + 1 :] for number, value in by_row.get(later, {}).items()}
            spread = _spread_groups(spread, below, sorted(filled))
        for number, text in spread.items():
            if text and text not in parts.setdefault(number, []):
                parts[number].append(text)
    return {number: " ".join(texts) for number, texts in parts.items() if texts}


#: What names or sorts a row, and so is never an amount in a group of amounts.
_LABELS = frozenset({Use.TITLE, Use.CODE, Use.AREA, Use.FUNDER, Use.KIND, Use.YEAR, Use.LEAD, Use.PERFORMER})


def _spread_groups(upper: dict[int, str], below: Mapping[int, Value], columns: Sequence[int]) -> dict[int, str]:
    """Give each column the group's head above it, though it is typed over one of the group's columns only.

    Years that begin anew begin a group, wherever above them its head is typed; else a head holds until the next.
    """
    groups = {n: text for n, text in upper.items() if (said := says(text)).is_amount or said.use is None or said.years}
    years = {number: year for number in columns if (year := as_year(below.get(number, ""))) is not None}
    runs: list[list[int]] = []
    for number in sorted(years):
        if runs and years[number] > years[runs[-1][-1]] and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    held = [[number for number in run if number in groups] for run in runs]
    if len(runs) > 1 and all(len(heads) == 1 for heads in held):
        return upper | {number: groups[heads[0]] for run, heads in zip(runs, held, strict=True) for number in run}
    spread = dict(upper)
    group: str | None = None
    for number in columns:
        if number in upper:
            group = groups.get(number)
        elif isinstance(text := below.get(number), str) and says(text).use in _LABELS:
            group = None  # a column of names beside the group is not of the group
        elif number in below and group is not None:
            spread[number] = group
    return spread


def _head_text(value: Value) -> str:
    if isinstance(value, date) and (value.month, value.day) in ((1, 1), (12, 31)):
        return str(value.year)  # a year shown out of a date
    if isinstance(value, Decimal):
        return f"{value:f}"
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)


def _score(head: Head, below: Sequence[tuple[int, Mapping[int, Value]]], around: Surroundings) -> float:
    """How much the head says, counting only amount columns that hold amounts."""
    if not below:
        return 0
    held = amount_columns(below)
    dashed = held | dash_columns(below)
    score = 0.0
    labels = amounts = 0
    for number, text in head.texts.items():
        said = says(text)
        if said.use in (Use.TITLE, Use.CODE, Use.AREA):
            labels += 1
            score += 3
        elif said.is_amount and number in dashed:
            amounts += 1
            score += 2 + (said.kind is not None) + (said.year is not None)
        elif said.is_amount or said.use is not None:
            score += 1
        elif number in held and fold(text) in around.funders:
            amounts += 1
            score += 3
        if len(text) > 60:
            score -= 2
    if not amounts or len(head.texts) < 2:
        return 0
    first = below[0][1]
    still = sum(number in held and isinstance(v, str) and not _may_be_amount(v) for number, v in first.items())
    if still >= 2:
        score /= 3  # the row below belongs to the head, too
    return score if labels else score - 1


def amount_columns(rows: Sequence[tuple[int, Mapping[int, Value]]]) -> set[int]:
    """The columns that hold amounts in at least one of these rows."""
    return {number for _, cells in rows for number, value in cells.items() if _may_be_amount(value)}


def dash_columns(rows: Sequence[tuple[int, Mapping[int, Value]]]) -> set[int]:
    """The columns that hold a lone dash: nothing, under a head that speaks of amounts; a mark under any other."""
    return {
        number
        for _, cells in rows
        for number, value in cells.items()
        if isinstance(value, str) and value.strip() in ("-", "\u2013", "\u2212")
    }


def _may_be_amount(value: Value) -> bool:
    if isinstance(value, str):
        return is_open_wording(value) or is_amount_text(value)
    return isinstance(value, Decimal) or (isinstance(value, Broken) and value.what == "formula")


@lru_cache(maxsize=65536)
def is_amount_text(text: str) -> bool:
    """Whether a text is an amount, a mark for a footnote apart."""
    if not any(sign.isdigit() for sign in text) or len(text) > 40:
        return False
    try:
        parse_sek(text.rstrip(FOOTNOTE_MARKS))
    except NotAnAmount:
        return False
    return True


def as_year(value: Value) -> int | None:
    """The year that a cell holds, alone."""
    if isinstance(value, str):
        value = value.strip()
        if not (len(value) == 4 and value.isascii() and value.isdigit()):
            return None
        value = Decimal(value)
    if isinstance(value, Decimal) and value == value.to_integral_value() and FIRST_YEAR <= value <= LAST_YEAR:
        return int(value)
    return None
