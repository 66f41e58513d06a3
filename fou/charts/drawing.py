"""What a chart draws, apart from how: the same description becomes a figure on a page, SVG, PNG, PDF and PowerPoint.

Values are Decimal: SEK excl. VAT, shown in ``unit`` (kr, tkr, mnkr), or numbers of something else when ``unit`` is
empty. None is nothing stated, and draws nothing. Texts are as people wrote them; each renderer escapes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from fou.money import UNITS


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of bar, with a value for each row or group. ``look`` is a key of ``palette.LOOKS``."""

    name: str
    look: str
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What stands above a bar: the name in bold, and the figures in words, so that nothing must be hovered."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars, one a row; the series lie after each other along it. The first row is on top.

    ``marks`` holds an upright line for each row (such as the year's frame), called ``mark_name`` in the legend.
    """

    rows: tuple[Row, ...]
    series: tuple[Series, ...]
    unit: str
    marks: tuple[Decimal | None, ...] = ()
    mark_name: str = ""

    @property
    def longest(self) -> Decimal:
        """The longest bar or the farthest mark."""
        ends = [sum((series.values[row] or _ZERO for series in self.series), _ZERO) for row in range(len(self.rows))]
        return max([*ends, *(mark for mark in self.marks if mark is not None)], default=_ZERO)

    @property
    def legend(self) -> bool:
        """Whether the names of the series must be told: one series says in the title what it is."""
        return len(self.series) > 1 or bool(self.marks)


@dataclass(frozen=True, slots=True)
class Columns:
    """Upright bars: one group for each of ``groups`` (often years), in it one bar a series.

    ``notes`` has a text for each group that stands where it has no bar, such as "ej fastställt".
    """

    groups: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    notes: tuple[str, ...] = ()

    @property
    def highest(self) -> Decimal:
        """The highest bar."""
        return max((value for series in self.series for value in series.values if value is not None), default=_ZERO)

    @property
    def few(self) -> bool:
        """Whether there is room for each bar's amount above it; else an axis is needed."""
        return len(self.groups) * len(self.series) <= 12


@dataclass(frozen=True, slots=True)
class Span:
    """A bar along a time line, from the first to the last day. ``look`` is a key of ``palette.LOOKS``."""

    name: str
    said: str
    starts: date
    ends: date
    look: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Spans:
    """A time line with a line for today. ``names`` says what each look means; groups stand together, in order."""

    spans: tuple[Span, ...]
    names: tuple[tuple[str, str], ...]
    today: date

    @property
    def bounds(self) -> tuple[date, date]:
        """The first and the last day drawn."""
        return min(span.starts for span in self.spans), max(span.ends for span in self.spans)


@dataclass(frozen=True, slots=True)
class Range:
    """A bar from ``low`` to ``high``, with a diamond at ``mark``; None draws nothing, and None as ``high`` ends
    nowhere. ``look`` is a key of ``palette.LOOKS``.
    """

    name: str
    said: str
    low: Decimal | None
    high: Decimal | None
    mark: Decimal | None
    look: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Bars along an axis from ``first`` to ``last``, one a row; what is outside is cut off. The first is on top.

    Rows of a group stand together under its name, in order; those of the group called ``zone`` on a ground of their
    own. ``names`` says what each look means. ``line`` is an upright line beside every bar.
    """

    rows: tuple[Range, ...]
    names: tuple[tuple[str, str], ...]
    unit: str
    first: Decimal
    last: Decimal
    ticks: tuple[Decimal, ...]
    mark_name: str = ""
    zone: str = ""
    line: Decimal | None = None
    line_name: str = ""

    @property
    def placed(self) -> list[tuple[str, Range | None]]:
        """What stands on each row: a group's name, or a range."""
        found: list[tuple[str, Range | None]] = []
        group = ""
        for row in self.rows:
            if row.group != group:
                group = row.group
                found.append((group, None))
            found.append((row.name, row))
        return found

    def ends(self, row: Range) -> tuple[Decimal, Decimal] | None:
        """Where the part of the bar that is drawn begins and ends; None when nothing is."""
        if row.low is None or row.low >= self.last:
            return None
        return max(row.low, self.first), self.last if row.high is None else min(row.high, self.last)


Drawing: TypeAlias = Bars | Columns | Spans | Ranges

_ZERO = Decimal(0)


def scaled(value: Decimal, unit: str) -> float:
    """A value as a bar's length in ``unit``. Only here does money become a float."""
    return float(value / UNITS[unit]) if unit else float(value)
