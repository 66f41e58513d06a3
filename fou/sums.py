"""Summing the ledger in SQL, grouped as a page asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fou.figures import Figures, collect
from fou.model import Kind
from fou.store import Reader
from fou.store.reading import STANDING

#: The kinds that something firmer can take the place of.
_WEAK = {Kind.REQUESTED, Kind.PLANNED, Kind.PROPOSED}
#: What is open in the council's or the plan's words, when something firmer stands for the same matter, year and funder.
_REPLACED = """(
    (standing.kind = 'proposed' AND standing.project IN (SELECT project FROM decision WHERE kind = 'decision'))
    OR (
        standing.kind IN ('requested', 'planned', 'proposed')
        AND (standing.project IS NOT NULL OR standing.call IS NOT NULL)
        AND EXISTS (
            SELECT 1
            FROM entry AS later
            WHERE later.year = standing.year
              AND later.funder = standing.funder
              AND later.project IS NOT DISTINCT FROM standing.project
              AND (standing.project IS NOT NULL OR later.call = standing.call)
              AND (
                  later.kind IN ('granted', 'reserved')
                  OR (later.kind = 'proposed' AND standing.kind <> 'proposed')
              )
            GROUP BY later.year
            HAVING SUM(later.amount) <> 0 OR SUM(later.open) <> 0
        )
    )
)"""


def figures_by(
    reader: Reader, group: str, where: str = "TRUE", join: str = "", **parameters: object
) -> dict[Any, Figures]:
    """Figures by the value of one SQL expression over ``standing`` (the entries that stand)."""
    rows = reader.rows(
        f"""
        SELECT {group}, standing.kind,
               SUM(standing.amount) FILTER (WHERE standing.condition IS NULL AND standing.open = 0),
               SUM(standing.amount) FILTER (WHERE standing.condition IS NOT NULL AND standing.open = 0),
               SUM(standing.open)
        FROM ({STANDING}) AS standing
        {join}
        WHERE {where}
        GROUP BY 1, 2
        """,
        **parameters,
    )
    found = collect((row[0], Kind(row[1]), *row[2:]) for row in rows)
    if any(_WEAK & figures.open.keys() for figures in found.values()):
        twice = reader.rows(
            f"""
            SELECT {group}, SUM(standing.open)
            FROM ({STANDING}) AS standing
            {join}
            WHERE ({where}) AND standing.open = 1 AND {_REPLACED}
            GROUP BY 1
            """,
            **parameters,
        )
        for key, number in twice:
            found[key] = replace(found[key], replaced=int(number))
    return found
