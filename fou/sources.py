"""Where figures come from: every amount with its cell or decision."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fou.charts.chart import Behind
from fou.model import Kind
from fou.store import Reader
from fou.store.reading import STANDING
from fou.whose import ids, only, whose


@dataclass(frozen=True, slots=True)
class Sourced:
    """One standing amount (SEK excl. VAT) with where it comes from. ``amount`` is None when it is not set."""

    kind: Kind
    year: int
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
    return sources_of(reader, Behind((year,)), money, limit)


def count_year_sources(reader: Reader, year: int, money: str = "alla") -> int:
    """How many amounts stand behind the year's figures."""
    return count_sources_of(reader, Behind((year,)), money)


def sources_of(reader: Reader, behind: Behind, money: str = "alla", limit: int | None = None) -> list[Sourced]:
    """The amounts behind a chart, in the order of kind, year and size, each with its source."""
    sql, parameters = _statements(reader, behind, money)
    return list_sources(reader, sql, limit, **parameters)


def count_sources_of(reader: Reader, behind: Behind, money: str = "alla") -> int:
    """How many amounts ``sources_of`` finds without a limit."""
    sql, parameters = _statements(reader, behind, money)
    return count_sources(reader, sql, **parameters)


def list_sources(reader: Reader, statements: str, limit: int | None, **parameters: object) -> list[Sourced]:
    """The statements that the SQL ``statements`` selects whole, in the order of kind, year and size."""
    rows = reader.rows(
        f"""
        SELECT standing.kind, standing.year, COALESCE(project.title, call.name, area.name, 'Hela planen'),
               COALESCE(project.code, call.code, ''), funder.name,
               CASE WHEN standing.open = 0 THEN standing.amount END, standing.condition,
               standing.basis = 'spread', standing.source, standing.document, standing.batch
        FROM ({statements}) AS standing
        JOIN funder ON funder.id = standing.funder
        LEFT JOIN project ON project.id = standing.project
        LEFT JOIN call ON call.id = standing.call
        LEFT JOIN area ON area.id = standing.area
        ORDER BY standing.kind, standing.year, standing.amount DESC, standing.id
        LIMIT $limit
        """,
        limit=10_000_000 if limit is None else limit,
        **parameters,
    )
    return [Sourced(Kind(row[0]), *row[1:]) for row in rows]


def count_sources(reader: Reader, statements: str, **parameters: object) -> int:
    """How many statements the SQL selects."""
    return int(reader.value(f"SELECT COUNT(*) FROM ({statements})", **parameters))


def _statements(reader: Reader, behind: Behind, money: str) -> tuple[str, dict[str, object]]:
    """SQL for the statements behind a chart, and its parameters."""
    chosen = whose(reader, money)
    sql = f"""
        WITH framed AS (SELECT year, funder FROM ({STANDING}) AS standing WHERE kind = 'frame' {only(chosen)})
        SELECT standing.*
        FROM ({STANDING}) AS standing
        WHERE standing.year IN (SELECT UNNEST($years))
          AND (LEN($kinds) = 0 OR standing.kind IN (SELECT UNNEST($kinds)))
          AND ($project = '' OR standing.project IN (SELECT id FROM project WHERE code = $project))
          AND (NOT $framed OR standing.funder IN (SELECT funder FROM framed WHERE framed.year = standing.year)
               OR standing.year NOT IN (SELECT year FROM framed))
          {only(chosen)}
    """
    return sql, {
        "years": list(behind.years), "kinds": [str(kind) for kind in behind.kinds], "project": behind.project,
        "framed": behind.framed, **ids(chosen),
    }  # fmt: skip
