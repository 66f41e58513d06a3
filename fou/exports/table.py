"""A table in a report, cell by cell, whatever file it becomes.

A cell is a text, an amount (Decimal, SEK excl. VAT) or None where nothing is stated. An amount that is not set is
the text "belopp ej fastställt": it is never 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import compress
from typing import TypeAlias

from fou.money import EN_DASH, format_number
from fou.swedish import join_words

Cell: TypeAlias = str | Decimal | None

_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SHARES = {
    "kod": 1.1, "projekt": 3.0, "utlysning": 3.0, "vad": 2.4, "villkor": 2.0, "dokument": 2.4, "post": 3.0,
    "varde": 4.0, "slag": 1.0, "antal": 0.8, "finansiar": 2.2, "darutover": 1.8, "ar": 0.8, "avvikelse": 2.2,
    "tid": 1.3, "lage": 1.1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is for open data and ``about`` says what it holds.

    An ``optional`` one is left out if it is empty, and a ``detail`` where there is room only for the main.
    """

    name: str
    head: str
    about: str
    amount: bool = False
    optional: bool = False
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is for open data, ``about`` says what a row is, and ``totals`` has a cell per column."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] | None = None

    def shown(self) -> Table:
        """The same without the optional columns in which nothing stands."""
        return self.keep([not column.optional or self._holds(column) for column in self.columns])

    def on_page(self, most: int | None = None) -> Table:
        """As ``shown``, and only the kinds of amount that are stated, without the details if others are.

        ``most`` keeps the first rows; the sums are still over all. ``about`` says what is left out.
        """
        table = self.shown()
        held = [column for column in table.columns if column.amount and table._holds(column)]
        kept = [column for column in held if not column.detail] or held
        left_out = [column for column in held if column not in kept]
        if kept:
            table = table.keep([not column.amount or column in kept for column in table.columns])
        about = table.about
        if left_out and about:
            names = join_words([column.head.removesuffix(", kr").lower() for column in left_out])
            about += f" I Excelfilen och i öppna data finns även {names}."
        if most is not None and len(table.rows) > most:
            about += f" Här står de {most} första av {len(table.rows)}; alla står i Excelfilen och i öppna data."
            about = about.strip()
            table = replace(table, rows=table.rows[:most])
        return replace(table, about=about)

    def _holds(self, column: Column) -> bool:
        index = self.columns.index(column)
        lines = self.rows if self.totals is None else (*self.rows, self.totals)
        return any(line[index] is not None for line in lines)

    def keep(self, wanted: Sequence[bool]) -> Table:
        """The same with only the columns for which ``wanted`` says so."""
        return replace(
            self,
            columns=tuple(compress(self.columns, wanted)),
            rows=tuple(tuple(compress(row, wanted)) for row in self.rows),
            totals=self.totals and tuple(compress(self.totals, wanted)),
        )


def shares(table: Table) -> list[float]:
    """How wide each column should be beside the others."""
    return [1.3 if column.amount else _SHARES.get(column.name, 1.5) for column in table.columns]


def shown(cell: Cell) -> str:
    """A cell as text, for reading: ``2 310 000``, a dash where nothing is stated."""
    if cell is None:
        return EN_DASH
    return format_number(cell) if isinstance(cell, Decimal) else cell


def clean(text: str | None) -> str | None:
    """Without the control characters that no XML file can hold; None if nothing is left."""
    if text is None:
        return None
    return _UNHOLDABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")) or None
