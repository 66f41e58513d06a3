"""What every chart is: a message, a sentence, a figure, a table, and how it was counted."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from fou.charts.drawing import Drawing
from fou.model import Kind
from fou.money import format_number, format_whole
from fou.swedish import count

if TYPE_CHECKING:
    from fou.charts.plot import Still

#: What a table cell holds: text, an amount in SEK, a number, or nothing stated.
Cell: TypeAlias = str | Decimal | int | None
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a chart; amounts are Decimal SEK excl. VAT and shown in the chosen unit."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def shown(self, unit: str) -> list[tuple[str, ...]]:
        """The rows as people read them."""
        return [tuple(show_cell(cell, unit) for cell in row) for row in self.rows]

    def numeric(self, column: int) -> bool:
        """Whether the column holds numbers (it is then set flush right)."""
        cells = [row[column] for row in self.rows if row[column] is not None]
        return any(isinstance(cell, Decimal | int) for cell in cells)

    def csv(self) -> bytes:
        """The table as Swedish Excel and other programs read it; amounts in SEK excl. VAT, whatever the page's unit."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(self.head)
        for row in self.rows:
            writer.writerow(["" if cell is None else _for_csv(cell) for cell in row])
        return out.getvalue().encode("utf-8-sig")


@dataclass(frozen=True, slots=True)
class Counted:
    """What "Så räknas det" says: the definition, what is included, and what is left out and why."""

    definition: str
    included: str
    left_out: str


@dataclass(frozen=True, slots=True)
class Behind:
    """The amounts behind a chart: of these kinds (empty: all), for these years, of one project if it has a code.

    A project's are whoever's money it is. ``framed`` leaves out the funders without a frame in a year when another
    funder has one.
    """

    years: tuple[int, ...]
    kinds: tuple[Kind, ...] = ()
    project: str = ""
    framed: bool = False


@dataclass(frozen=True)
class Chart:
    """One chart. ``title`` says the message; ``sentence`` is also the figure's text for those who cannot see it.

    ``drawing`` is None when there is nothing to draw (no amounts at all); the sentence and table then suffice.
    ``behind`` says which amounts the figures are made of, so that they can be listed with their sources.
    """

    name: str
    title: str
    sentence: str
    drawing: Drawing | None
    table: Table
    counted: Counted
    behind: Behind | None = None

    @cached_property
    def figure(self) -> Still | None:
        """The drawing as a plotly figure, made once."""
        from fou.charts.plot import plot  # plotly is heavy, and files do without it

        return None if self.drawing is None else plot(self.drawing)


def show_cell(cell: Cell, unit: str) -> str:
    """A table cell as people read it."""
    if cell is None:
        return NOTHING
    return format_number(cell, unit) if isinstance(cell, Decimal) else str(cell)


def beside(conditional: Decimal, open_count: int, unit: str) -> str:
    """What no sum may hold, with its number and why; ``conditional`` in SEK."""
    parts = []
    if open_count:
        parts.append(f"{count(open_count, 'åtagande', 'åtaganden')} utan fastställt belopp: de kan inte summeras.")
    if conditional:
        parts.append(f"{format_whole(conditional, unit)} på villkor: de gäller först när villkoret är uppfyllt.")
    return " ".join(parts) or "Inga belopp saknas och inga är på villkor."


def _for_csv(cell: str | Decimal | int) -> str:
    if isinstance(cell, str):
        # A text that begins like a formula would be run by a spreadsheet program.
        return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)
