"""The portfolio in figures: areas, sought against granted, when decided money is paid, and how large grants are.

Everything is over the projects that a filter matches, and over the amounts that its money and years leave. Amounts
are SEK excl. VAT; firm amounts are set and without a condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from fou.figures import ZERO
from fou.model import NO_AREA, STANDINGS
from fou.portfolio.finding import Base, Filter, area_names, base_of, counted_by, matching
from fou.store import Reader
from fou.store.reading import STANDING


@dataclass(frozen=True, slots=True)
class AreaSums:
    """One area's projects, by its name today. A sum is None when nothing states it."""

    name: str
    projects: int
    granted: Decimal | None
    proposed: Decimal | None
    paid: Decimal | None
    open: int


@dataclass(frozen=True, slots=True)
class SoughtYear:
    """One budget year (None: all of them), and the projects that have sought money for it.

    ``granted`` and ``granted_projects`` are of those that sought; ``conditional`` and ``open`` what they were granted
    on a condition (SEK) and without an amount (number). ``other`` and ``other_projects`` were granted for the year
    without any application being stated.
    """

    year: int | None
    projects: int
    granted_projects: int
    rejected_projects: int
    sought: Decimal
    granted: Decimal
    conditional: Decimal
    open: int
    other: Decimal
    other_projects: int

    @property
    def waiting_projects(self) -> int:
        """Neither granted for the year nor rejected."""
        return self.projects - self.granted_projects - self.rejected_projects


@dataclass(frozen=True, slots=True)
class Payments:
    """The board's own money by (year of its first decision to grant, year of payment).

    Left out: ``others`` is paid by other funders, whose decisions are not recorded; ``undated`` is paid to
    ``undated_projects`` without a dated decision.
    """

    sums: tuple[tuple[int, int, Decimal], ...]
    projects: int
    others: Decimal
    undated: Decimal
    undated_projects: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """What each project has been granted, the smallest first. The others have no firm amount above 0.

    Of those left out, ``waiting`` have been granted on a condition or without an amount.
    """

    amounts: tuple[Decimal, ...]
    left_out: int
    waiting: int


def by_area(reader: Reader, chosen: Filter, today: date, known: Base | None = None) -> tuple[AreaSums, ...]:
    """The areas in Swedish order; projects without one last."""
    base = base_of(reader, chosen, today, known)
    where = matching(base, chosen)
    found = []
    for name in (*area_names(reader), NO_AREA):
        numbers = [-1] if name == NO_AREA else [area for area, own in base.names.items() if own == name]
        inside = where & np.isin(base.areas, numbers)
        if inside.any():
            granted, proposed, paid = (base.sum(kind, inside) for kind in ("granted", "proposed", "paid"))
            found.append(AreaSums(name, int(inside.sum()), granted, proposed, paid, int(base.open[inside].sum())))
    return tuple(found)


def sought(reader: Reader, chosen: Filter, today: date, known: Base | None = None) -> tuple[SoughtYear, ...]:
    """All years together first, then each year that money was sought or granted for."""
    known = base_of(reader, chosen, today, known)
    counted, parameters = counted_by_filter(reader, chosen, today, known)
    rows = reader.rows(
        f"""
        {counted},
        yearly AS (
            SELECT counted.project, counted.year, counted.project IN (SELECT UNNEST($rejected)) AS rejected,
                   COUNT(*) FILTER (WHERE kind = 'requested') AS asks,
                   COUNT(*) FILTER (WHERE kind = 'granted') AS grants,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'requested' AND firm), 0) AS sought,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'granted' AND firm), 0) AS granted,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'granted' AND open = 0 AND condition IS NOT NULL), 0)
                       AS conditional,
                   COALESCE(SUM(open) FILTER (WHERE kind = 'granted'), 0) AS open
            FROM counted
            WHERE kind IN ('requested', 'granted')
            GROUP BY counted.project, counted.year
        )
        SELECT yearly.year,
               COUNT(DISTINCT yearly.project) FILTER (WHERE asks > 0),
               COUNT(DISTINCT yearly.project) FILTER (WHERE asks > 0 AND grants > 0),
               COUNT(DISTINCT yearly.project) FILTER (WHERE asks > 0 AND rejected AND grants = 0),
               COALESCE(SUM(yearly.sought), 0),
               COALESCE(SUM(yearly.granted) FILTER (WHERE asks > 0), 0),
               COALESCE(SUM(yearly.conditional) FILTER (WHERE asks > 0), 0),
               CAST(COALESCE(SUM(yearly.open) FILTER (WHERE asks > 0), 0) AS INTEGER),
               COALESCE(SUM(yearly.granted) FILTER (WHERE asks = 0), 0),
               COUNT(DISTINCT yearly.project) FILTER (WHERE asks = 0 AND grants > 0)
        FROM yearly
        GROUP BY GROUPING SETS ((yearly.year), ())
        ORDER BY yearly.year NULLS FIRST
        """,
        **parameters,
        rejected=known.ids[known.standings == list(STANDINGS).index("rejected")].tolist(),
    )
    return tuple(SoughtYear(*row) for row in rows)


def payments(reader: Reader, chosen: Filter, today: date, known: Base | None = None) -> Payments:
    """When the money that the board has decided on is paid."""
    counted, parameters = counted_by_filter(reader, chosen, today, known)
    rows = reader.rows(
        f"""
        {counted}
        SELECT funder.kind = 'municipality' AS own, decided.year, counted.year, SUM(counted.amount),
               COUNT(DISTINCT counted.project)
        FROM counted
        JOIN funder ON funder.id = counted.funder
        LEFT JOIN ({DECIDED_IN}) AS decided ON decided.project = counted.project
        WHERE counted.kind = 'paid' AND counted.firm
        GROUP BY GROUPING SETS ((funder.kind = 'municipality', decided.year, counted.year),
                                (funder.kind = 'municipality', decided.year))
        ORDER BY 1, 2, 3
        """,
        **parameters,
    )
    # A project is decided in one year only, so that its projects can be added up over the years of decision.
    cells = [row for row in rows if row[2] is not None]
    whole = [row for row in rows if row[2] is None]
    return Payments(
        sums=tuple((row[1], row[2], row[3]) for row in cells if row[0] and row[1] is not None),
        projects=sum(row[4] for row in whole if row[0] and row[1] is not None),
        others=sum((row[3] for row in whole if not row[0]), ZERO),
        undated=sum((row[3] for row in whole if row[0] and row[1] is None), ZERO),
        undated_projects=sum(row[4] for row in whole if row[0] and row[1] is None),
    )


def sizes(reader: Reader, chosen: Filter, today: date, known: Base | None = None) -> Sizes:
    """How much the projects have been granted each."""
    base = base_of(reader, chosen, today, known)
    where = matching(base, chosen)
    has = where & base.stated["granted"] & (base.amounts["granted"] > 0)
    amounts = np.sort(base.amounts["granted"][has]).tolist()
    rest = where & ~has
    return Sizes(tuple(Decimal(ore).scaleb(-2) for ore in amounts), int(rest.sum()), int((rest & base.soft).sum()))


#: The year of the board's first decision to grant, for the projects that have a day of it.
DECIDED_IN = """
    SELECT project, CAST(MIN(EXTRACT(YEAR FROM decided)) AS INTEGER) AS year
    FROM decision
    WHERE kind = 'decision' AND outcome = 'granted' AND decided IS NOT NULL
    GROUP BY project
"""


def counted_by_filter(reader: Reader, chosen: Filter, today: date, known: Base | None) -> tuple[str, dict[str, Any]]:
    """The beginning of a statement, WITH ``counted``: the statements about the projects that match, and parameters.

    ``firm`` tells a set amount without a condition.
    """
    base = base_of(reader, chosen, today, known)
    mine, parameters = counted_by(reader, chosen.money, chosen.first, chosen.last)
    sql = f"""
    WITH counted AS (
        SELECT standing.*, standing.condition IS NULL AND standing.open = 0 AS firm
        FROM ({STANDING}) AS standing
        WHERE {mine} AND standing.year BETWEEN $first AND $last AND standing.project IN (SELECT UNNEST($ids))
    )
    """
    return sql, {**parameters, "ids": base.ids[matching(base, chosen)].tolist()}
