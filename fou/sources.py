"""Where a year's figures come from: every amount with its cell or decision."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fou.model import Kind
from fou.store import Reader
from fou.store.reading import STANDING
from fou.whose import ids, only, whose


@dataclass(frozen=True, slots=True)
class Sourced:
    """One standing amount of a year with where it comes from. ``amount`` is None when it is not set."""

    kind: Kind
    what: str
    code: str
    funder: str
    amount: Decimal | None
    condition: str | None
    spread: bool
    source: str
    document: str | None
    batch: int


def year_sources(reader: Reader, year: int, money: str = "alla", limit: int | None = None) -> list[Sourced]:
    """Every amount behind the year's figures, in the order of kind and size, each with its source."""
    chosen = whose(reader, money)
    rows = reader.rows(
        f"""
        SELECT standing.kind, COALESCE(project.title, call.name, area.name, 'Hela planen'),
               COALESCE(project.code, call.code, ''), funder.name,
               CASE WHEN standing.open = 0 THEN standing.amount END, standing.condition,
               standing.basis = 'spread', standing.source, standing.document, standing.batch
        FROM ({STANDING}) AS standing
        JOIN funder ON funder.id = standing.funder
        LEFT JOIN project ON project.id = standing.project
        LEFT JOIN call ON call.id = standing.call
        LEFT JOIN area ON area.id = standing.area
        WHERE standing.year = $year {only(chosen)}
        ORDER BY standing.kind, standing.amount DESC, standing.id
        LIMIT $limit
        """,
        year=year,
        limit=10_000_000 if limit is None else limit,
        **ids(chosen),
    )
    return [Sourced(Kind(row[0]), *row[1:]) for row in rows]


def count_year_sources(reader: Reader, year: int, money: str = "alla") -> int:
    """How many amounts stand behind the year's figures."""
    chosen = whose(reader, money)
    return int(
        reader.value(
            f"SELECT COUNT(*) FROM ({STANDING}) AS standing WHERE year = $year {only(chosen)}",
            year=year,
            **ids(chosen),
        )
    )
