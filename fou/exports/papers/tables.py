"""The tables of the papers: the matters with what each gets a year, and each year's room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from fou.exports.papers import said
from fou.exports.papers.particulars import Ruling
from fou.exports.table import Cell, Column, Table
from fou.money import OPEN_TEXT, format_number
from fou.snapshot import Line, Matter, Snapshot
from fou.swedish import join_words

_OUTCOMES = {"grant": "Beviljas", "reserve": "Medel avsätts", "out": "Får inte medel"}
#: So many amounts have room beside each other on a page: with none of a million or more, and else.
_ON_PAGE, _LARGE_ON_PAGE = 4, 3
_LARGE = 1_000_000
_HEADS = {"grant": "Beviljas", "reserve": "Avsätts"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A column, and what stands in it for a matter; ``total`` is what stands below it."""

    column: Column
    cell: Callable[[Matter], Cell]
    total: Cell = None


def matters(snapshot: Snapshot) -> tuple[Table, ...]:
    """What each matter gets a year, with sums: for the memo and the minutes. One without a line is left out.

    There are as many tables as a page's width calls for. The unit stands in the document's own words before them.
    """
    rows = [one for one in snapshot.matters if one.lines]
    money = list(_money(rows, said_lines, ""))
    conditions = [part for part in money if not part.column.amount]
    amounts = [part for part in money if part.column.amount]
    first = [_name(), _Part(Column("sort", "Slag", ""), lambda one: said.kind(one) or None)]
    large = any(isinstance(part.total, Decimal) and part.total >= _LARGE for part in amounts)
    most = _LARGE_ON_PAGE if large and len(amounts) >= _ON_PAGE else _ON_PAGE
    groups = [amounts[start : start + most] for start in range(0, len(amounts), most)] or [[]]
    if conditions and len(groups[-1]) > 2:
        groups.append([])
    found = []
    for number, group in enumerate(groups, 1):
        last = conditions if number == len(groups) else []
        parts = [*(first if number == 1 else first[:1]), *group, *last]
        heading = "Förslag" if number == 1 else "Förslag, fortsättning"
        # A matter that nothing is said of in these years would be a line of dashes.
        here = [one for one in rows if number == 1 or any(part.cell(one) not in (None, "") for part in (*group, *last))]
        found.append(_on_page(_table("forslag", heading, "Belopp i kronor exklusive moms.", parts, here)))
    return tuple(found)


def _on_page(table: Table) -> Table:
    """Without the unit in every head, and with nothing rather than a dash where there is nothing to sum."""
    columns = tuple(replace(column, head=column.head.removesuffix(" kr")) for column in table.columns)
    sums = None if table.totals is None else [_total(table, at) for at in range(len(columns))]
    totals = sums and tuple("" if cell is None else cell for cell in sums)
    return replace(table, columns=columns, totals=totals or None)


def _total(table: Table, at: int) -> Cell:
    """A column's sum, and beside it how many amounts that are not set: they are in no sum."""
    total = None if table.totals is None else table.totals[at]
    unset = sum(row[at] == OPEN_TEXT for row in table.rows)
    return f"{format_number(total)} och {unset} utan belopp" if isinstance(total, Decimal) and unset else total


def annex(snapshot: Snapshot, ruling: Ruling | None) -> Table:
    """All that is known of every matter, and beside what was proposed what was decided, if the board has."""
    rows = snapshot.matters
    parts = [
        _Part(Column("kod", "Kod", "", optional=True), lambda one: said.named(one.proposal or one.code) or None),
        _name(),
        *_texts(
            ("slag", "Slag", said.kind),
            ("omrade", "Område", lambda one: said.named(one.area)),
            ("utforare", "Utförare", lambda one: said.named(one.performer)),
            ("ansvarig", "Ansvarig", lambda one: said.named(one.lead)),
            ("tid", "Tid", said.period),
            ("plats", "Plats", lambda one: "" if one.judged is None else said.rank(one)),
            ("jav", "Jäv", lambda one: join_words([said.named(name) for name in one.conflicts])),
        ),
        *_requested(rows),
        _Part(Column("lage", "Förslag", ""), lambda one: _outcome(one.lines)),
        *_money(rows, said_lines, "" if ruling is None else " enligt förslaget"),
    ]
    if ruling is not None:
        decided = ruling.lines

        def ruled(one: Matter) -> Sequence[Line]:
            return decided.get(one.key, ())

        parts.append(_Part(Column("beslut", "Beslut", ""), lambda one: _outcome(ruled(one), "Inte beslutat")))
        parts += _money(rows, ruled, " enligt beslutet")
        parts.append(_Part(Column("andring", "Ändrat", ""), lambda one: _changed(one.lines, decided.get(one.key))))
    return _table("arenden", "Ärenden", "Varje ärende med vad det får.", parts, rows)


def rooms(snapshot: Snapshot) -> Table:
    """Each year's room with the proposal, with signs so that what is left is the sum."""
    years = [year for year in snapshot.years if year.frame is not None and year.free is not None]
    lines: list[tuple[str, list[Decimal]]] = [
        ("Ram", [year.frame or Decimal(0) for year in years]),
        ("Beviljat tidigare", [-year.granted for year in years]),
        ("Avsatt tidigare", [-year.reserved for year in years]),
        ("Återfört", [_returned(year.frame, year.free, year.granted, year.reserved) for year in years]),
        ("Beviljas nu", [-year.here_granted for year in years]),
        ("Avsätts nu", [-year.here_reserved for year in years]),
        (
            "Tas ur det som var avsatt",
            [
                (year.free_after or Decimal(0)) - (year.free or Decimal(0)) + year.here_granted + year.here_reserved
                for year in years
            ],
        ),
    ]
    rows: list[tuple[Cell, ...]] = []
    for name, amounts in lines:
        if years and (name == "Ram" or any(amounts)):
            rows.append((name, *amounts))
    columns = (Column("vad", "Utrymme", ""), *(_amount(f"ar_{year.year}", f"{year.year} kr") for year in years))
    totals = ("Fritt", *(year.free_after for year in years))
    return Table(
        "utrymme", "Utrymme", "Belopp i kronor exklusive moms.", columns, tuple(rows), totals if rows else None
    )


def said_lines(matter: Matter) -> Sequence[Line]:
    """What the council recommends."""
    return matter.lines


def _returned(frame: Decimal | None, free: Decimal | None, granted: Decimal, reserved: Decimal) -> Decimal:
    return (free or Decimal(0)) - (frame or Decimal(0)) + granted + reserved


def _name() -> _Part:
    return _Part(Column("projekt", "Ärende", ""), said.title, "Summa")


def _texts(*columns: tuple[str, str, Callable[[Matter], str]]) -> Iterator[_Part]:
    for name, head, cell in columns:
        yield _Part(Column(name, head, "", optional=True), lambda one, cell=cell: cell(one) or None)  # type: ignore[misc]


def _requested(rows: Sequence[Matter]) -> Iterator[_Part]:
    for year in sorted({asked.year for one in rows for asked in one.requested}):
        amounts = {one.key: asked.amount for one in rows for asked in one.requested if asked.year == year}

        def cell(one: Matter, amounts: dict[tuple[int | None, int | None], Decimal | None] = amounts) -> Cell:
            return (OPEN_TEXT if amounts[one.key] is None else amounts[one.key]) if one.key in amounts else None

        known = [amount for amount in amounts.values() if amount is not None]
        yield _Part(
            _amount(f"sokt_{year}", f"Sökt {year} kr"), cell, sum(known, Decimal(0)) if known else OPEN_TEXT
        )  # fmt: skip


def _money(rows: Sequence[Matter], lines: Callable[[Matter], Sequence[Line]], suffix: str) -> Iterator[_Part]:
    """A column for each year and choice in which something is said, then the conditional amounts, apart."""
    found = sorted({(line.year, line.choice) for one in rows for line in lines(one) if line.choice in _HEADS})
    for year, choice in found:
        for apart in (False, True):
            held = [
                line for one in rows for line in lines(one)
                if (line.year, line.choice, line.condition is not None) == (year, choice, apart)
            ]  # fmt: skip
            if not held:
                continue

            def cell(one: Matter, year: int = year, choice: str = choice, apart: bool = apart) -> Cell:
                for line in lines(one):
                    if (line.year, line.choice, line.condition is not None) == (year, choice, apart):
                        return OPEN_TEXT if line.amount is None else Decimal(line.amount)
                return None

            known = [Decimal(line.amount) for line in held if line.amount is not None]
            words = f"{_HEADS[choice]} {year}{' på villkor' if apart else ''}{suffix} kr"
            yield _Part(
                _amount(f"{choice}_{year}", words), cell, sum(known, Decimal(0)) if known else OPEN_TEXT
            )  # fmt: skip
    if any(line.condition is not None for one in rows for line in lines(one)):
        yield _Part(Column("villkor", f"Villkor{suffix}", "", optional=True), lambda one: _conditions(lines(one)))


def _conditions(lines: Sequence[Line]) -> str | None:
    return (
        "; ".join(f"{line.year}: {said.named(line.condition)}" for line in lines if line.condition is not None) or None
    )


def _outcome(lines: Sequence[Line], none: str = "Inte behandlat") -> str:
    """What a matter gets, in a word or two."""
    if not lines:
        return none
    found = list(dict.fromkeys(_OUTCOMES[line.choice] for line in lines))
    return join_words([found[0], *(word[0].lower() + word[1:] for word in found[1:])])


def _changed(proposed: Sequence[Line], decided: Sequence[Line] | None) -> str | None:
    if decided is None:
        return None
    return "Nej" if set(proposed) == set(decided) else "Ja"


def _amount(name: str, head: str) -> Column:
    return Column(name, head, "", amount=True)


def _table(name: str, heading: str, about: str, parts: Sequence[_Part], matters: Sequence[Matter]) -> Table:
    rows = tuple(tuple(part.cell(one) for part in parts) for one in matters)
    totals = tuple(part.total for part in parts)
    summed = any(part.column.amount for part in parts)
    return Table(name, heading, about, tuple(part.column for part in parts), rows, totals if summed else None).shown()
