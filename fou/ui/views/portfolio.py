"""What Portfölj shows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from fou import portfolio, search
from fou.charts.chart import Chart, Table
from fou.charts.portfolio import area_chart, portfolio_sentence, sizes_chart
from fou.charts.projects import time_line, time_sources
from fou.charts.sought import payments_chart, sought_amounts, sought_numbers
from fou.charts.tables import source_table
from fou.model import STANDINGS
from fou.money import UNITS
from fou.store import Reader

#: How many projects a page of the list holds, and how many the time line draws.
ROWS, MOST_SPANS = 50, 40


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters let one choose among."""

    areas: tuple[str, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """What the filter matches, in a sentence. ``pages`` is how many pages the list has."""

    found: portfolio.Found
    sentence: str
    pages: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list: the projects' codes and titles, and the table as it is shown."""

    titles: dict[str, str]
    table: pa.Table


def choices(reader: Reader) -> Choices:
    """The areas and years that projects have."""
    return Choices(tuple(portfolio.area_names(reader)), tuple(portfolio.project_years(reader)))


def hits(_: Reader, index: search.Index, text: str) -> search.Hits:
    """What a search finds; kept like everything else that is read."""
    return search.find(index, text)


def matching(reader: Reader, chosen: portfolio.Filter, unit: str, base: portfolio.Base) -> Matching:
    """How many projects match, how they stand and what they have been granted."""
    found = portfolio.found(reader, chosen, base.today, base)
    return Matching(found, portfolio_sentence(found, unit, chosen.years), -(-found.total // ROWS))


def listing(
    reader: Reader, chosen: portfolio.Filter, unit: str, base: portfolio.Base, order: str, page: int
) -> Listing:
    """Page ``page`` (from 1) of the projects that match."""
    rows = portfolio.listed(reader, chosen, base.today, order, ROWS, (page - 1) * ROWS, base)
    what = f"{chosen.years}, {unit}" if chosen.years else unit
    lines = [
        {
            "Projekt": row.title,
            "Läge": STANDINGS[row.standing],
            f"Beviljat ({what})": _scaled(row.granted, unit),
            f"Föreslaget ({what})": _scaled(row.proposed, unit),
            f"Utbetalt ({what})": _scaled(row.paid, unit),
            "Utan belopp": row.open or None,
            "Start": row.starts,
            "Slut": row.ends,
            "Område": row.area or None,
            "Ansvarig": row.lead,
            "Utförare": row.performer,
        }
        for row in rows
    ]
    # Arrow and not pandas: it is sent as it stands, and not turned over at every click.
    return Listing({row.code: row.title for row in rows}, pa.Table.from_pylist(lines))


def along_time(reader: Reader, chosen: portfolio.Filter, _unit: str, base: portfolio.Base) -> Chart:
    """The time line."""
    return time_line(portfolio.along_time(reader, chosen, base.today, MOST_SPANS, base), base.today)


def dates(reader: Reader, chosen: portfolio.Filter, base: portfolio.Base) -> Table:
    """The projects in the time line, each with where its time comes from."""
    return time_sources(portfolio.along_time(reader, chosen, base.today, MOST_SPANS, base).rows)


def sources(
    reader: Reader, figure: portfolio.Figure, chosen: portfolio.Filter, base: portfolio.Base, limit: int | None
) -> Table:
    """The amounts behind a chart, with their sources."""
    return source_table(portfolio.sources_behind(reader, figure, chosen, base.today, base, limit))


def count_sources(reader: Reader, figure: portfolio.Figure, chosen: portfolio.Filter, base: portfolio.Base) -> int:
    """How many amounts stand behind a chart."""
    return portfolio.count_sources_behind(reader, figure, chosen, base.today, base)


def areas(reader: Reader, chosen: portfolio.Filter, unit: str, base: portfolio.Base) -> Chart:
    """The money by area."""
    return area_chart(portfolio.by_area(reader, chosen, base.today, base), unit, chosen.years)


def sought(reader: Reader, chosen: portfolio.Filter, unit: str, base: portfolio.Base) -> tuple[Chart, Chart]:
    """Sought against granted, in SEK and in number."""
    years = portfolio.sought(reader, chosen, base.today, base)
    return sought_amounts(years, unit), sought_numbers(years)


def payments(reader: Reader, chosen: portfolio.Filter, unit: str, base: portfolio.Base) -> Chart:
    """Year of payment against year of decision."""
    return payments_chart(portfolio.payments(reader, chosen, base.today, base), unit)


def sizes(reader: Reader, chosen: portfolio.Filter, unit: str, base: portfolio.Base) -> Chart:
    """How large the grants are."""
    return sizes_chart(portfolio.sizes(reader, chosen, base.today, base), unit, chosen.years)


def _scaled(amount: Decimal | None, unit: str) -> Decimal | None:
    """The amount in the unit, as a number that the table can sort."""
    return None if amount is None else amount / UNITS[unit]
