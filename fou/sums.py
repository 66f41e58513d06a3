"""Summing the ledger in SQL, grouped as a page asks."""

from __future__ import annotations

from typing import Any

from fou.figures import Figures, collect
from fou.model import Kind
from fou.store import Reader
from fou.store.reading import STANDING


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
    return collect((row[0], Kind(row[1]), *row[2:]) for row in rows)
