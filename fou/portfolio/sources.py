"""Where the portfolio's charts come from: the amounts of the projects and years that a filter chooses."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

from fou.portfolio.finding import Base, Filter
from fou.portfolio.statistics import DECIDED_IN, counted_by_filter
from fou.sources import Sourced, count_sources, list_sources
from fou.store import Reader

#: The portfolio's figures that are made of amounts, by the function that adds them up.
Figure: TypeAlias = Literal["by_area", "sought", "payments", "sizes"]

#: Which of the statements in ``counted`` each figure is made of: those that it counts as not set too.
_BEHIND: dict[Figure, str] = {
    "by_area": "(kind IN ('granted', 'proposed', 'paid') AND firm) OR open = 1",
    "sought": """
        kind = 'requested' OR (
            kind = 'granted' AND (project, year) IN (SELECT (project, year) FROM counted WHERE kind = 'requested')
        )
    """,
    "payments": f"""
        kind = 'paid' AND firm AND funder IN (SELECT id FROM funder WHERE kind = 'municipality')
        AND project IN (SELECT project FROM ({DECIDED_IN}))
    """,
    "sizes": """
        kind = 'granted' AND firm AND project IN (
            SELECT project FROM counted WHERE kind = 'granted' AND firm GROUP BY project HAVING SUM(amount) > 0
        )
    """,
}


def sources_behind(
    reader: Reader, figure: Figure, chosen: Filter, today: date, known: Base | None = None, limit: int | None = None
) -> list[Sourced]:
    """The amounts behind a figure of the projects that match, in the order of kind, year and size."""
    counted, parameters = counted_by_filter(reader, chosen, today, known)
    return list_sources(reader, f"{counted} SELECT * FROM counted WHERE {_BEHIND[figure]}", limit, **parameters)


def count_sources_behind(reader: Reader, figure: Figure, chosen: Filter, today: date, known: Base | None = None) -> int:
    """How many amounts ``sources_behind`` finds without a limit."""
    counted, parameters = counted_by_filter(reader, chosen, today, known)
    return count_sources(reader, f"{counted} SELECT * FROM counted WHERE {_BEHIND[figure]}", **parameters)
