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
    return sources_of(reader, (year,), (), money, limit)


def count_year_sources(reader: Reader, year: int, money: str = "alla") -> int:
    """How many amounts stand behind the year's figures."""
    return count_sources_of(reader, (year,), (), money)


def sources_of(
    reader: Reader,
    years: tuple[int, ...],
    kinds: tuple[Kind, ...] = (),
    money: str = "alla",
    limit: int | None = None,
    project: str = "",
    framed: bool = False,
) -> list[Sourced]:
    """The amounts of these years and kinds (empty: all), in the order of kind and size, each with its source.

    ``framed`` keeps those of the funders with a frame that year, if any has one: what a room or a plan counts.
    """
    chosen = whose(reader, money)
    rows = reader.rows(
        f"""
        {_framed(chosen)}
        SELECT standing.kind, COALESCE(project.title, call.name, area.name, 'Hela planen'),
               COALESCE(project.code, call.code, ''), funder.name,
               CASE WHEN standing.open = 0 THEN standing.amount END, standing.condition,
               standing.basis = 'spread', standing.source, standing.document, standing.batch
        {_AMOUNTS} {only(chosen)}
        ORDER BY standing.kind, standing.amount DESC, standing.id
        LIMIT $limit
        """,
        limit=10_000_000 if limit is None else limit,
        **_asked(years, kinds, project, framed),
        **ids(chosen),
    )
    return [Sourced(Kind(row[0]), *row[1:]) for row in rows]


def count_sources_of(
    reader: Reader,
    years: tuple[int, ...],
    kinds: tuple[Kind, ...] = (),
    money: str = "alla",
    project: str = "",
    framed: bool = False,
) -> int:
    """How many amounts ``sources_of`` finds without a limit."""
    chosen = whose(reader, money)
    asked = _asked(years, kinds, project, framed)
    return int(reader.value(f"{_framed(chosen)} SELECT COUNT(*) {_AMOUNTS} {only(chosen)}", **asked, **ids(chosen)))


_AMOUNTS = f"""
    FROM ({STANDING}) AS standing
    JOIN funder ON funder.id = standing.funder
    LEFT JOIN project ON project.id = standing.project
    LEFT JOIN call ON call.id = standing.call
    LEFT JOIN area ON area.id = standing.area
    WHERE standing.year IN (SELECT UNNEST($years))
      AND (LEN($kinds) = 0 OR standing.kind IN (SELECT UNNEST($kinds)))
      AND ($project = '' OR project.code = $project)
      AND (NOT $framed OR standing.funder IN (SELECT funder FROM framed WHERE framed.year = standing.year)
           OR standing.year NOT IN (SELECT year FROM framed))
"""


def _framed(chosen: tuple[int, ...] | None) -> str:
    """The funders that have a frame, by year."""
    return f"WITH framed AS (SELECT year, funder FROM ({STANDING}) AS standing WHERE kind = 'frame' {only(chosen)})"


def _asked(years: tuple[int, ...], kinds: tuple[Kind, ...], project: str, framed: bool) -> dict[str, object]:
    return {"years": list(years), "kinds": [str(kind) for kind in kinds], "project": project, "framed": framed}
