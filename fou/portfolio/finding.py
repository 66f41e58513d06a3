"""Finding projects: filters that combine, a page of what they match, and the sums over all of it.

What a filter needs of every project is read once (``read_base``, some 100 ms at 20 000 projects) and then filtered in
memory, so that each click on a filter takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fou.areas import AreaNames
from fou.model import NO_AREA, STANDINGS
from fou.portfolio.standing import CASE, COUNTS, DECIDED, REAL
from fou.search import Hits
from fou.store import Reader
from fou.store.reading import STANDING
from fou.whose import whose

_EVER = 9999


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show in the portfolio. All that is chosen must hold; of several areas or standings one is enough.

    ``hits`` are what a search found. ``areas`` are the areas' names today, ``standings`` keys of STANDINGS, ``money``
    as in ``whose``. A project belongs to the years ``first`` to ``last`` when it runs or has money then, and only the
    amounts of those years are counted. ``ends`` keeps the projects that end that year.
    """

    hits: Hits | None = None
    areas: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    money: str = "alla"
    first: int | None = None
    last: int | None = None
    ends: int | None = None

    @property
    def years(self) -> str:
        """The years chosen, for reading: ``2023``, ``2023–2025``, ``2023 och senare``; empty when all are."""
        if self.first is None and self.last is None:
            return ""
        if self.last is None:
            return f"{self.first} och senare"
        if self.first is None:
            return f"{self.last} och tidigare"
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One project in the list. Amounts are SEK excl. VAT of the filter's years; None: no amount is stated."""

    code: str
    title: str
    area: str
    standing: str
    lead: str | None
    performer: str | None
    starts: str | None
    ends: str | None
    granted: Decimal | None
    proposed: Decimal | None
    paid: Decimal | None
    open: int
    source: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter matches, in all. A sum is None when nothing states it.

    ``conditional`` is granted on a condition, beside ``granted``. ``standings`` are (key, number of projects).
    """

    total: int
    granted: Decimal | None
    proposed: Decimal | None
    open: int
    standings: tuple[tuple[str, int], ...]
    conditional: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TimeSpans:
    """Projects along time: ``rows`` in groups by area, those first that run and end soonest when not all fit.

    ``undated`` have neither start nor end. ``running`` and ``ending`` (this year) are counted over all that match.
    """

    rows: tuple[Listed, ...]
    total: int
    undated: int
    running: int
    ending: int


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """Every project with its standing and sums, a place each, in the order of the ids.

    It counts the statements of one choice of ``money`` and years. Amounts are in öre, so that sums are exact;
    ``stated`` tells where something states one. ``areas`` is -1 without an area, ``starts`` and ``ends`` are years (0
    without any date), and ``standings`` places in STANDINGS. ``entries`` and ``entries_then`` are how many statements
    the money has at all, and in the years.
    ``soft`` tells who has been granted something on a condition or without an amount.
    """

    money: str
    first: int | None
    last: int | None
    today: date
    ids: NDArray[np.int64]
    areas: NDArray[np.int64]
    standings: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    has_end: NDArray[np.bool_]
    entries: NDArray[np.int64]
    entries_then: NDArray[np.int64]
    open: NDArray[np.int64]
    soft: NDArray[np.bool_]
    amounts: dict[str, NDArray[np.int64]]
    stated: dict[str, NDArray[np.bool_]]
    names: dict[int, str]

    def sum(self, name: str, where: NDArray[np.bool_]) -> Decimal | None:
        """The sum in SEK of an amount (granted, proposed, paid, conditional); None when nothing states one."""
        stated = where & self.stated[name]
        return _sek(int(self.amounts[name][stated].sum())) if stated.any() else None

    def amount(self, name: str, place: int) -> Decimal | None:
        """One project's amount in SEK."""
        return _sek(int(self.amounts[name][place])) if self.stated[name][place] else None


#: The orders that the list can stand in: what people read → SQL over project, "" for what is sorted in memory.
ORDERS = {
    "Störst belopp": "",
    "Slutar snart": "COALESCE(SUBSTR(project.ends, 1, 4) < SUBSTR($today, 1, 4), TRUE), project.ends NULLS LAST",
    "Senast startade": "project.starts DESC NULLS LAST",
    "Namn": "project.title COLLATE sv",
    "Område": "area.name COLLATE sv NULLS LAST",
    "Läge": "",
}
_BEST = "Bäst träff"
_SUMS = ("granted", "proposed", "paid", "conditional")
_STANDINGS = tuple(STANDINGS)
_NOT_STATED = -(2**62)


def orders(chosen: Filter) -> list[str]:
    """The orders that there are: the best hits first after a search, else the largest amount."""
    return [*([_BEST] if chosen.hits is not None else []), *ORDERS]


def read_base(reader: Reader, money: str, first: int | None, last: int | None, today: date) -> Base:
    """Read every project's standing and sums."""
    mine, parameters = counted_by(reader, money, first, last)
    rows = reader.rows(
        f"""
        WITH standing AS (
            SELECT standing.project, standing.kind, standing.amount, standing.open, standing.condition,
                   {mine} AS mine, standing.year BETWEEN $first AND $last AS timely,
                   standing.condition IS NULL AND standing.open = 0 AS firm
            FROM ({STANDING}) AS standing
            WHERE standing.project IS NOT NULL
        ),
        money AS (
            SELECT project,
                   {COUNTS},
                   COUNT(*) FILTER (WHERE mine) AS entries,
                   COUNT(*) FILTER (WHERE mine AND timely) AS entries_then,
                   SUM(amount) FILTER (WHERE mine AND timely AND firm AND kind = 'granted') AS granted,
                   SUM(amount) FILTER (WHERE mine AND timely AND firm AND kind = 'proposed') AS proposed,
                   SUM(amount) FILTER (WHERE mine AND timely AND firm AND kind = 'paid') AS paid,
                   SUM(amount) FILTER (WHERE mine AND timely AND kind = 'granted' AND condition IS NOT NULL
                                       AND open = 0) AS conditional,
                   SUM(open) FILTER (WHERE mine AND timely) AS open,
                   COUNT(*) FILTER (WHERE mine AND timely AND NOT firm AND kind = 'granted') AS soft
            FROM standing
            GROUP BY project
        )
        SELECT project.id, COALESCE(project.area, -1), {CASE} AS standing,
               CAST(COALESCE(SUBSTR(COALESCE(project.starts, project.ends), 1, 4), '0') AS INTEGER),
               CAST(COALESCE(SUBSTR(COALESCE(project.ends, project.starts), 1, 4), '0') AS INTEGER),
               project.ends IS NOT NULL, COALESCE(money.entries, 0), COALESCE(money.entries_then, 0),
               CAST(COALESCE(money.open, 0) AS INTEGER), COALESCE(money.soft, 0) > 0,
               {", ".join(f"CAST(money.{name} * 100 AS BIGINT)" for name in _SUMS)}
        FROM project
        LEFT JOIN money ON money.project = project.id
        LEFT JOIN ({DECIDED}) AS decided ON decided.project = project.id
        ORDER BY project.id
        """,
        **parameters,
        today=today.isoformat(),
    )
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) if rows else [()] * (10 + len(_SUMS))
    place = {standing: number for number, standing in enumerate(_STANDINGS)}
    numbers = [np.array(column, np.int64) for column in (*columns[:2], *columns[3:5], *columns[6:9])]
    ids, areas, starts, ends, entries, entries_then, is_open = numbers
    return Base(
        money, first, last, today, ids, areas,
        standings=np.array([place[standing] for standing in columns[2]], np.int64),
        starts=starts, ends=ends, has_end=np.array(columns[5], bool), entries=entries, entries_then=entries_then,
        open=is_open, soft=np.array(columns[9], bool),
        amounts={
            name: np.array([amount or 0 for amount in columns[10 + number]], np.int64)
            for number, name in enumerate(_SUMS)
        },
        stated={
            name: np.array([amount is not None for amount in columns[10 + number]], bool)
            for number, name in enumerate(_SUMS)
        },
        names=today_names(reader),
    )  # fmt: skip


def base_of(reader: Reader, chosen: Filter, today: date, known: Base | None = None) -> Base:
    """The base that the filter works on: the one already read, if it is of the same money and years."""
    asked = (chosen.money, chosen.first, chosen.last, today)
    if known is not None and (known.money, known.first, known.last, known.today) == asked:
        return known
    return read_base(reader, *asked)


def matching(base: Base, chosen: Filter) -> NDArray[np.bool_]:
    """Which of the base's projects match."""
    where = np.ones(len(base.ids), bool)
    if chosen.hits is not None:
        where &= _scores(base, chosen.hits) > 0
    if chosen.areas:
        names = {-1: NO_AREA, **base.names}
        where &= np.isin(base.areas, [area for area, name in names.items() if name in chosen.areas])
    if chosen.money != "alla":
        where &= base.entries > 0
    if chosen.years:
        runs = (base.starts > 0) & (base.starts <= (chosen.last or _EVER)) & (base.ends >= (chosen.first or 0))
        where &= runs | (base.entries_then > 0)
    if chosen.standings:
        where &= _stands(base, chosen.standings)
    if chosen.ends is not None:
        where &= _ends_in(base, chosen.ends)
    return where


def found(reader: Reader, chosen: Filter, today: date, known: Base | None = None) -> Found:
    """The number of projects that match, and their sums."""
    base = base_of(reader, chosen, today, known)
    where = matching(base, chosen)
    numbers = np.bincount(base.standings[where], minlength=len(_STANDINGS)).tolist()
    return Found(
        total=int(where.sum()),
        granted=base.sum("granted", where),
        proposed=base.sum("proposed", where),
        open=int(base.open[where].sum()),
        standings=tuple((key, number) for key, number in zip(_STANDINGS, numbers, strict=True) if number),
        conditional=base.sum("conditional", where),
    )


def listed(
    reader: Reader,
    chosen: Filter,
    today: date,
    order: str,
    limit: int,
    offset: int = 0,
    known: Base | None = None,
) -> tuple[Listed, ...]:
    """The projects that match, in one of the ORDERS; those alike there with the largest amounts first."""
    base = base_of(reader, chosen, today, known)
    places = np.flatnonzero(matching(base, chosen))
    if sql := ORDERS.get(order, ""):
        rows = reader.rows(
            "SELECT project.id FROM project LEFT JOIN area ON area.id = project.area "
            f"WHERE project.id IN (SELECT UNNEST($ids)) ORDER BY {sql}, project.title COLLATE sv, project.id "
            "LIMIT $limit OFFSET $offset",
            ids=base.ids[places].tolist(),
            limit=limit,
            offset=offset,
            **({"today": today.isoformat()} if "$today" in sql else {}),
        )
        return _in_full(reader, base, [row[0] for row in rows])
    granted, proposed = (
        np.where(base.stated[name], base.amounts[name], _NOT_STATED)[places] for name in ("granted", "proposed")
    )
    first = np.zeros(len(places))
    if order == _BEST and chosen.hits is not None:
        first = -_scores(base, chosen.hits)[places].astype(float)
    elif order == "Läge":
        first = base.standings[places].astype(float)
    sorted_places = places[np.lexsort((-base.open[places], -proposed, -granted, first))]
    return _in_full(reader, base, base.ids[sorted_places[offset : offset + limit]].tolist())


def along_time(reader: Reader, chosen: Filter, today: date, limit: int, known: Base | None = None) -> TimeSpans:
    """At most ``limit`` of the projects that match and have a time, by area and start."""
    base = base_of(reader, chosen, today, known)
    where = matching(base, chosen)
    running = where & _stands(base, ("running",))
    rows = reader.rows(
        """
        SELECT id
        FROM (SELECT *, id IN (SELECT UNNEST($running)) AS running FROM project WHERE id IN (SELECT UNNEST($ids))) AS p
        ORDER BY CASE WHEN running THEN 0 WHEN COALESCE(ends, starts) >= SUBSTR($today, 1, 4) THEN 1 ELSE 2 END,
                 CASE WHEN running THEN ends END,
                 CASE WHEN COALESCE(ends, starts) >= SUBSTR($today, 1, 4) THEN COALESCE(starts, ends) END,
                 COALESCE(ends, starts) DESC, title COLLATE sv, id
        LIMIT $limit
        """,
        ids=base.ids[where & (base.starts > 0)].tolist(),
        running=base.ids[running].tolist(),
        today=today.isoformat(),
        limit=limit,
    )
    # Areas in Swedish order, as the database sorts them; those without an area last.
    areas = [*area_names(reader), ""]
    shown = sorted(
        _in_full(reader, base, [row[0] for row in rows]),
        key=lambda p: (areas.index(p.area), p.starts or p.ends or "", p.ends or "", p.title),
    )
    return TimeSpans(
        rows=tuple(shown),
        total=int(where.sum()),
        undated=int((where & (base.starts == 0)).sum()),
        running=int(running.sum()),
        ending=int((where & _ends_in(base, today.year)).sum()),
    )


def area_names(reader: Reader) -> list[str]:
    """The areas that have projects, by the names of today, in Swedish order."""
    names = today_names(reader)
    used = reader.rows(
        "SELECT DISTINCT area.id, area.name FROM area JOIN project ON project.area = area.id "
        "ORDER BY area.name COLLATE sv"
    )
    current = {names[area] for area, _ in used}
    in_order = [
        name
        for (name,) in reader.rows(
            "SELECT name FROM area WHERE name IN (SELECT UNNEST($names)) ORDER BY name COLLATE sv", names=list(current)
        )
    ]
    return list(dict.fromkeys(in_order))


def today_names(reader: Reader) -> dict[int, str]:
    """Each area's name today: what it was renamed to or merged into, if it was."""
    names = AreaNames(reader)
    return {area: names.in_year(area, _EVER) for (area,) in reader.rows("SELECT id FROM area")}


def project_years(reader: Reader) -> list[int]:
    """Every year in which a project runs or has money, in order."""
    return [
        int(year)
        for (year,) in reader.rows(
            "SELECT year FROM entry WHERE project IS NOT NULL UNION "
            "SELECT CAST(SUBSTR(starts, 1, 4) AS INTEGER) FROM project WHERE starts IS NOT NULL UNION "
            "SELECT CAST(SUBSTR(ends, 1, 4) AS INTEGER) FROM project WHERE ends IS NOT NULL ORDER BY 1"
        )
    ]


def counted_by(reader: Reader, money: str, first: int | None, last: int | None) -> tuple[str, dict[str, Any]]:
    """SQL that tells whether a statement in ``standing`` is of the money chosen; its parameters, and the years'."""
    parameters: dict[str, Any] = {"first": first or 0, "last": last or _EVER}
    funders = whose(reader, money)
    if funders is None:
        return "TRUE", parameters
    return "standing.funder IN (SELECT UNNEST($funders))", {**parameters, "funders": list(funders)}


def _in_full(reader: Reader, base: Base, ids: list[int]) -> tuple[Listed, ...]:
    rows = {
        row[0]: row[1:]
        for row in reader.rows(
            "SELECT id, code, title, lead, performer, starts, ends, source FROM project "
            "WHERE id IN (SELECT UNNEST($ids))",
            ids=ids,
        )
    }
    places = np.searchsorted(base.ids, ids).tolist()
    found = []
    for number, place in zip(ids, places, strict=True):
        code, title, lead, performer, starts, ends, source = rows[number]
        area, standing = base.names.get(int(base.areas[place]), ""), _STANDINGS[base.standings[place]]
        granted, proposed, paid = (base.amount(name, place) for name in ("granted", "proposed", "paid"))
        is_open = int(base.open[place])
        found.append(
            Listed(code, title, area, standing, lead, performer, starts, ends, granted, proposed, paid, is_open, source)
        )
    return tuple(found)


def _scores(base: Base, hits: Hits) -> NDArray[np.int64]:
    """How good a hit each of the base's projects is; 0 is none."""
    scores = np.zeros(len(base.ids), np.int64)
    places = np.searchsorted(base.ids, np.array(hits.projects, np.int64))
    scores[places] = np.maximum(np.array(hits.scores, np.int64), 1)
    return scores


def _stands(base: Base, standings: Iterable[str]) -> NDArray[np.bool_]:
    return np.isin(base.standings, [_STANDINGS.index(standing) for standing in standings])


def _ends_in(base: Base, year: int) -> NDArray[np.bool_]:
    """Ends that year for real."""
    ends: NDArray[np.bool_] = base.has_end & (base.ends == year)
    return ends & _stands(base, REAL)


def _sek(ore: int) -> Decimal:
    return Decimal(ore).scaleb(-2)
