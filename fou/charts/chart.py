"""What every chart is: a message, a sentence, a figure, a table, and how it was counted."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import plotly.graph_objects as go

from fou.charts.palette import colour
from fou.money import UNITS, format_number, format_sek

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


class Still(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that is finished: what is sent to the browser is made once, and not anew at every click."""

    def to_dict(self) -> dict[str, Any]:
        """The figure as plotly's dict; do not change it."""
        if getattr(self, "_made", None) is None:
            self._made = super().to_dict()
        made: dict[str, Any] = self._made
        return made


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. ``title`` says the message; ``sentence`` is also the figure's text for those who cannot see it.

    ``figure`` is None when there is nothing to draw (no amounts at all); the sentence and table then suffice.
    """

    name: str
    title: str
    sentence: str
    figure: Still | None
    table: Table
    counted: Counted


def show_cell(cell: Cell, unit: str) -> str:
    """A table cell as people read it."""
    if cell is None:
        return NOTHING
    return format_number(cell, unit) if isinstance(cell, Decimal) else str(cell)


def scaled(amount: Decimal, unit: str) -> float:
    """An amount as a bar's length. Only here does money become a float."""
    return float(amount / UNITS[unit])


def bar_text(amount: Decimal, unit: str) -> str:
    """An amount as it stands on a bar."""
    return format_sek(amount, unit)


def label(text: str, most: int = 60) -> str:
    """User text inside a figure: plotly reads a few HTML tags, so they are made harmless; long texts are cut."""
    short = text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def layout(height: int, **more: Any) -> Mapping[str, Any]:
    """What all figures share: Swedish figures, no ornaments, room for labels, and nothing that moves."""
    return {
        "height": height,
        "separators": ",\u00a0",
        "margin": {"l": 0, "r": 8, "t": 8, "b": 8},
        "font": {"size": 15},
        "barmode": "stack",
        "dragmode": False,
        "hovermode": False,
        "showlegend": True,
        "legend": LEGEND,
        **more,
    }  # fmt: skip


def rows_figure(
    bars: Sequence[go.Bar],
    labels: Sequence[str],
    longest: float,
    marks: Sequence[tuple[int, float]] = (),
    mark_name: str = "",
) -> Still:
    """Horizontal bars, one row for each label, the label above its bar: readable on a phone and without hovering.

    ``longest`` is the axis's end in the bars' unit. ``marks`` are (row, value) upright lines, such as a frame.
    """
    lines = max((text.count("<br>") + 1 for text in labels), default=1)
    row = 44 + 20 * lines
    rows = list(range(len(labels)))
    height = row * len(rows) + 66
    names = go.Scatter(
        # A trace and not annotations: the page's theme gives traces its text colour, light or dark.
        x=[0] * len(rows), y=[index - 0.5 + 10 * lines / row for index in rows], text=list(labels), mode="text",
        textposition="middle right", textfont={"size": 15}, cliponaxis=False, showlegend=False,
    )  # fmt: skip
    shapes = [
        {"type": "line", "xref": "x", "yref": "y", "x0": at, "x1": at, "y0": index - 0.5 + 20 * lines / row,
         "y1": index + 0.5 - 6 / row, "line": {"width": 4, "color": colour("planned")}}
        for index, at in marks
    ]  # fmt: skip
    legend = []
    if marks:
        legend.append(
            go.Scatter(
                x=[None],
                y=[None],
                mode="lines",
                name=mark_name,
                line={"width": 4, "color": colour("planned")},
            )
        )
    for bar in bars:
        bar.update(
            orientation="h", y=rows, width=28 / row, offset=-0.5 + (20 * lines + 4) / row,
        )  # fmt: skip
    return Still(
        data=[*bars, names, *legend],
        layout=layout(
            height,
            xaxis={**BARE_AXIS, "range": [0, longest * 1.02 or 1]},
            yaxis={**BARE_AXIS, "range": [len(rows) - 0.5, -0.5]},
            shapes=shapes,
            legend={**LEGEND, "y": -4 / height},
        ),
    )


def wrapped(text: str, most: int = 38) -> str:
    """A label broken into lines that fit a phone's width, made harmless for plotly."""
    return "<br>".join(label(line, 200) for line in textwrap.wrap(text, most, max_lines=3, placeholder=" …"))


#: Below the figure, in the order of the bars; clicking it does nothing.
LEGEND = {
    "orientation": "h", "yanchor": "top", "xanchor": "left", "x": 0, "font": {"size": 15}, "traceorder": "normal",
    "itemclick": False, "itemdoubleclick": False,
}  # fmt: skip
#: Axes without lines and ticks: the amounts stand at the bars.
BARE_AXIS = {"visible": False, "fixedrange": True}


def _for_csv(cell: str | Decimal | int) -> str:
    if isinstance(cell, str):
        # A text that begins like a formula would be run by a spreadsheet program.
        return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)
