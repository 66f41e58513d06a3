"""The sums that a sheet states itself: control totals, set against what its rows come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from fou.imports.files.cells import Broken, Sheet, cell_address
from fou.imports.sheets.layout import SheetLayout
from fou.imports.sheets.rows import Row, RowUse
from fou.imports.sheets.words import Use, says

_NONE, _ONE = (Decimal(0), 0), (Decimal(1), 0)


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """One stated sum, SEK excl. VAT. ``computed`` is what the rows come to; ``agrees`` is None when it is unknown.

    ``open`` counts the rows within it whose amount is not set, and which are therefore not part of the sum.
    ``unread`` counts those whose cell cannot be read: with one of them mended the sum may well agree.
    """

    sheet: str
    cell: str
    label: str
    stated: Decimal | None
    computed: Decimal
    open: int
    agrees: bool | None
    unread: int = 0


def reconcile(sheet: Sheet, layout: SheetLayout, rows: Sequence[Row]) -> list[ControlTotal]:
    """Set every stated sum, down the columns and along the rows, against the rows that it may be the sum of."""
    columns = layout.numbers(Use.AMOUNT)
    parts = list(_parts(rows))
    found = [total for column in columns for total in _down(sheet, parts, column)]
    return [*found, *_along(sheet, layout, rows, columns)]


class _Sums:
    """The sum, the open amounts and the rows so far in one column, and since when each of several sums runs."""

    __slots__ = ("area", "group", "now", "table")

    def __init__(self) -> None:
        self.now = self.group = self.area = self.table = _Sum()

    def since(self, start: _Sum) -> _Sum:
        """What has come since then."""
        now = self.now
        return _Sum(now.amount - start.amount, now.open - start.open, now.rows - start.rows, now.unread - start.unread)


@dataclass(frozen=True, slots=True)
class _Sum:
    amount: Decimal = Decimal(0)
    open: int = 0
    rows: int = 0
    unread: int = 0

    def plus(self, projects: Sequence[Row], column: int) -> _Sum:
        """With the amounts that these rows have in the column."""
        stated = [row.amounts[column] for row in projects if column in row.amounts]
        return _Sum(
            sum(map(itemgetter(0), stated), self.amount),
            sum(map(itemgetter(1), stated), self.open),
            self.rows + len(stated),
            self.unread + sum(column in row.wrong for row in projects),
        )


def _parts(rows: Sequence[Row]) -> Iterator[tuple[list[Row], Row | None]]:
    """The projects down to each row that may state a sum, with that row; None comes after the last of them."""
    projects: list[Row] = []
    for row in rows:
        if row.use is RowUse.PROJECT:
            projects.append(row)
        elif row.use in (RowUse.AREA, RowUse.TOTAL, RowUse.HEAD):
            yield projects, row
            projects = []
    yield projects, None


def _down(sheet: Sheet, parts: Iterable[tuple[list[Row], Row | None]], column: int) -> list[ControlTotal]:
    """The sums in one column: of a group above or below them, of a table, or of everything."""
    found: list[ControlTotal] = []
    sums = _Sums()
    above: Row | None = None  # an area line that carries the sum of what follows
    first: list[Row] = []  # sums above all rows
    for projects, row in parts:
        sums.now = sums.now.plus(projects, column)
        if above is not None and (row is None or row.use is not RowUse.HEAD):
            found.append(_total(sheet, above, column, [sums.since(sums.area)]))
            above = None
        if row is None:
            break
        use = row.use
        states = column in row.amounts or column in row.wrong
        if use is RowUse.AREA:
            above = row if states else None
        elif use is RowUse.HEAD:
            sums.table = sums.now
        elif states and sums.now.rows + sums.now.unread == 0 and row.amounts.get(column, _ONE)[0]:
            first.append(row)
        elif states:
            starts = [sums.group, sums.area, sums.table, _Sum()]
            found.append(_total(sheet, row, column, [sums.since(start) for start in starts]))
        sums.group = sums.now
        if use is not RowUse.HEAD:
            sums.area = sums.now
    return [*found, *(_total(sheet, row, column, [sums.now]) for row in first)]


def _total(sheet: Sheet, row: Row, column: int, candidates: Sequence[_Sum]) -> ControlTotal:
    """The stated sum beside the candidate that it equals, or else the one that it is nearest to."""
    address = cell_address(row.number, column)
    if column not in row.amounts:
        broken = isinstance(row.cells.get(column), Broken)
        nearest = next((candidate for candidate in candidates if candidate.rows), candidates[-1])
        return ControlTotal(
            sheet.name, address, row.label, None, nearest.amount, nearest.open, None if broken else False
        )
    stated, _ = row.amounts[column]
    filled = [c for c in candidates if c.rows or c.unread or not stated] or list(candidates[-1:])
    best = min(filled, key=lambda candidate: abs(candidate.amount - stated))
    unread = 0 if best.amount == stated else max(candidate.unread for candidate in filled)
    agrees = None if unread else best.amount == stated
    return ControlTotal(sheet.name, address, row.label, stated, best.amount, best.open, agrees, unread)


def _along(sheet: Sheet, layout: SheetLayout, rows: Sequence[Row], columns: Sequence[int]) -> list[ControlTotal]:
    """The sums at the end of each row, of the columns before them or of those of one kind."""
    by_number = {column.number: column for column in layout.columns}
    found: list[ControlTotal] = []
    for total in layout.numbers(Use.TOTAL):
        said = says(by_number[total].head)
        parts = [n for n in columns if said.kind is None or (by_number[n].kind or layout.kind.value) == said.kind]
        if len(said.years) == 2:
            first, last = sorted(said.years)
            parts = [n for n in parts if (year := by_number[n].year) is None or first <= year <= last]
        elif said.year is not None:
            parts = [n for n in parts if by_number[n].year in (None, said.year)]
        rows_with = [
            row
            for row in rows
            if total in row.amounts and row.use in (RowUse.PROJECT, RowUse.AREA, RowUse.TOTAL, RowUse.FRAME)
        ]
        if not parts or not rows_with:
            continue
        kinds = dict.fromkeys(by_number[number].kind for number in parts)
        choices = [[n for n in parts if by_number[n].kind == kind] for kind in kinds]
        choices += [parts] if len(kinds) > 1 else []
        # Beside columns of several kinds, the sum is of those that it adds up to in most rows.
        agreeing = [sum(_sum_of(row, some)[0] == row.amounts[total][0] for row in rows_with) for some in choices]
        best = max(range(len(choices)), key=agreeing.__getitem__)
        if len(choices) > 1 and not agreeing[best]:
            top = rows_with[0]
            cell = cell_address(top.number, total)
            found.append(ControlTotal(sheet.name, cell, top.label, top.amounts[total][0], Decimal(0), 0, None))
            continue
        for row in rows_with:
            stated, _ = row.amounts[total]
            computed, open_ = _sum_of(row, choices[best])
            unread = 0 if computed == stated else sum(number in row.wrong for number in choices[best])
            found.append(
                ControlTotal(
                    sheet.name, cell_address(row.number, total), row.label, stated, computed, open_,
                    None if unread else computed == stated, unread,
                )
            )  # fmt: skip
    return found


def _sum_of(row: Row, columns: Sequence[int]) -> tuple[Decimal, int]:
    amounts = [row.amounts.get(number, _NONE) for number in columns]
    return sum((amount for amount, _ in amounts), Decimal(0)), sum(is_open for _, is_open in amounts)
