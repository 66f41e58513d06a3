"""What has changed in a year's money since an earlier batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from fou.figures import Figures, collect, total
from fou.model import Kind
from fou.store import Reader
from fou.whose import ids, only, whose


@dataclass(frozen=True, slots=True)
class Changed:
    """One subject's figures of one kind, before and now. ``when`` (UTC) and ``who`` tell of the latest change."""

    what: str
    code: str
    kind: Kind
    funder: str
    before: Figures
    now: Figures
    when: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs for a year: the largest change first, and the sums by kind before and now."""

    rows: tuple[Changed, ...]
    before: Figures
    now: Figures


def changes(reader: Reader, since: int, year: int, money: str = "alla") -> Changes:
    """What stands now otherwise than after batch ``since`` (0: before the first), for one year.

    Amounts are SEK excl. VAT. What was changed and changed back does not count.
    """
    chosen = whose(reader, money)
    # What stood then are the entries up to that batch that nothing up to that batch had taken back.
    rows = reader.rows(
        f"""
        WITH turned AS (
            SELECT reverses, COUNT(*) AS turns, COUNT(*) FILTER (WHERE batch <= $since) AS turns_then
            FROM entry WHERE reverses IS NOT NULL GROUP BY reverses
        ), standing AS (
            SELECT entry.*,
                   COALESCE(turned.turns, 0) % 2 = 0 AS stands,
                   entry.batch <= $since AND COALESCE(turned.turns_then, 0) % 2 = 0 AS stood
            FROM entry LEFT JOIN turned ON turned.reverses = entry.id
            WHERE entry.reverses IS NULL AND entry.year = $year
        ), summed AS (
            SELECT kind, project, call, area, funder,
                   SUM(amount) FILTER (WHERE stood AND condition IS NULL AND open = 0) AS firm_then,
                   SUM(amount) FILTER (WHERE stood AND condition IS NOT NULL AND open = 0) AS conditional_then,
                   COALESCE(SUM(open) FILTER (WHERE stood), 0) AS open_then,
                   SUM(amount) FILTER (WHERE stands AND condition IS NULL AND open = 0) AS firm_now,
                   SUM(amount) FILTER (WHERE stands AND condition IS NOT NULL AND open = 0) AS conditional_now,
                   COALESCE(SUM(open) FILTER (WHERE stands), 0) AS open_now
            FROM standing WHERE TRUE {only(chosen)}
            GROUP BY ALL
        ), latest AS (
            SELECT kind, project, call, area, funder, MAX(batch) AS batch FROM entry WHERE year = $year GROUP BY ALL
        )
        SELECT COALESCE(project.title, call.name, area.name, 'Hela planen'), COALESCE(project.code, call.code, ''),
               summed.kind, funder.name, firm_then, conditional_then, open_then, firm_now, conditional_now, open_now,
               batch.posted, batch.actor
        FROM summed
        JOIN latest ON latest.kind = summed.kind AND latest.funder = summed.funder
         AND latest.project IS NOT DISTINCT FROM summed.project AND latest.call IS NOT DISTINCT FROM summed.call
         AND latest.area IS NOT DISTINCT FROM summed.area
        JOIN batch ON batch.id = latest.batch
        JOIN funder ON funder.id = summed.funder
        LEFT JOIN project ON project.id = summed.project
        LEFT JOIN call ON call.id = summed.call
        LEFT JOIN area ON area.id = summed.area
        WHERE (firm_then, conditional_then, open_then) IS DISTINCT FROM (firm_now, conditional_now, open_now)
        ORDER BY ABS(COALESCE(firm_now, 0) - COALESCE(firm_then, 0)) DESC, 1, summed.kind
        """,
        since=since,
        year=year,
        **ids(chosen),
    )
    found = tuple(
        Changed(
            row[0], row[1], kind := Kind(row[2]), row[3], _figures(kind, row[4:7]), _figures(kind, row[7:10]), *row[10:]
        )
        for row in rows
    )
    return Changes(found, total(row.before for row in found), total(row.now for row in found))


def _figures(kind: Kind, sums: tuple[Decimal | None, Decimal | None, int]) -> Figures:
    firm, conditional, is_open = sums
    return collect([(None, kind, firm, conditional, int(is_open))])[None]
