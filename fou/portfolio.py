"""The projects: finding them, how each stands, and everything that is known about one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from fou.figures import Figures
from fou.ledger import Traced, history, trace
from fou.model import (
    STANDINGS,
    Batch,
    Call,
    Criterion,
    Decision,
    FollowUp,
    FollowUpItem,
    Output,
    Project,
    ProjectLink,
    Proposal,
    ReportDue,
)
from fou.store import Reader
from fou.store.reading import STANDING
from fou.sums import figures_by
from fou.whose import whose


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show in the portfolio; empty means all. ``standing`` is a key of STANDINGS; ``year``: has money then."""

    text: str = ""
    area: str = ""
    standing: str = ""
    money: str = "alla"
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One project in the list. Amounts are SEK excl. VAT over all years; None: no amount is stated."""

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


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the portfolio. ``total`` and the sums are over all that match, not only ``rows``."""

    rows: tuple[Listed, ...]
    total: int
    granted: Decimal | None
    proposed: Decimal | None
    open: int
    standings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The scores of one criterion of a proposal: mean of those who judged, and how many they were."""

    criterion: str
    weight: int | None
    scale: int | None
    mean: float | None
    judges: int
    cannot_judge: int


@dataclass(frozen=True, slots=True)
class Applied:
    """A proposal with its call, scores and conflicts of interest (member, reason)."""

    proposal: Proposal
    call: Call
    judged: tuple[Judged, ...]
    conflicts: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """Everything that is known about one project."""

    project: Project
    area: str | None
    standing: str
    parent: Project | None
    children: tuple[Project, ...]
    earlier: tuple[tuple[ProjectLink, Project], ...]
    later: tuple[tuple[ProjectLink, Project], ...]
    figures: Figures
    by_year: tuple[tuple[int, Figures], ...]
    funders: tuple[tuple[str, Figures], ...]
    entries: tuple[Traced, ...]
    funder_names: dict[int, str]
    applied: tuple[Applied, ...]
    decisions: tuple[Decision, ...]
    follow_ups: tuple[tuple[FollowUp, tuple[FollowUpItem, ...]], ...]
    reports: tuple[ReportDue, ...]
    outputs: tuple[Output, ...]
    changes: tuple[tuple[Batch, str | None, str | None, str | None], ...]


# A project without a known end is not said to be running: a pilot study of 2013 hardly is.
# 2014 ends with 2014-12-31 and 2014-10 with 2014-10-31: texts compare as dates once they are filled out.
_STANDING_OF = f"""
    SELECT project.id,
           CASE
               WHEN money.given > 0 OR decided.granted > 0 THEN
                   CASE
                       WHEN project.ends || SUBSTR('9999-12-31', LENGTH(project.ends) + 1) < $today THEN 'finished'
                       WHEN project.ends IS NOT NULL
                            AND project.starts || SUBSTR('9999-01-01', LENGTH(project.starts) + 1) <= $today
                           THEN 'running'
                       ELSE 'granted'
                   END
               WHEN decided.rejected > 0 THEN 'rejected'
               WHEN money.proposed > 0 THEN 'proposed'
               WHEN money.requested > 0 THEN 'applied'
               WHEN project.ends || SUBSTR('9999-12-31', LENGTH(project.ends) + 1) < $today THEN 'finished'
               WHEN project.ends IS NOT NULL
                    AND project.starts || SUBSTR('9999-01-01', LENGTH(project.starts) + 1) <= $today
                   THEN 'running'
               ELSE 'unknown'
           END AS standing
    FROM project
    LEFT JOIN (
        SELECT project,
               COUNT(*) FILTER (WHERE kind IN ('granted', 'paid', 'spent')) AS given,
               COUNT(*) FILTER (WHERE kind IN ('proposed', 'reserved')) AS proposed,
               COUNT(*) FILTER (WHERE kind = 'requested') AS requested
        FROM ({STANDING}) AS standing
        GROUP BY project
    ) AS money ON money.project = project.id
    LEFT JOIN (
        SELECT project,
               COUNT(*) FILTER (WHERE outcome = 'granted') AS granted,
               COUNT(*) FILTER (WHERE outcome = 'rejected') AS rejected
        FROM decision
        WHERE kind = 'decision'
        GROUP BY project
    ) AS decided ON decided.project = project.id
"""


def find(reader: Reader, chosen: Filter, today: date, limit: int = 50, offset: int = 0) -> Found:
    """Projects that match, the most granted (then proposed) first; one page of them and sums over all."""
    where, parameters = _conditions(chosen)
    parameters["today"] = today.isoformat()
    funders = whose(reader, chosen.money)
    only = ""
    if funders is not None:
        only = "AND funder IN (SELECT UNNEST($funders))"
        parameters["funders"] = list(funders)
        where += " AND money.entries > 0"
    matching = f"""
        SELECT project.id, project.code, project.title, area.name AS area, stands.standing, project.lead,
               project.performer, project.starts, project.ends, money.granted, money.proposed, money.paid,
               COALESCE(money.open, 0) AS open
        FROM project
        JOIN ({_STANDING_OF}) AS stands ON stands.id = project.id
        LEFT JOIN area ON area.id = project.area
        LEFT JOIN (
            SELECT project,
                   COUNT(*) AS entries,
                   SUM(amount) FILTER (WHERE kind = 'granted' AND condition IS NULL AND open = 0) AS granted,
                   SUM(amount) FILTER (WHERE kind = 'proposed' AND condition IS NULL AND open = 0) AS proposed,
                   SUM(amount) FILTER (WHERE kind = 'paid' AND condition IS NULL AND open = 0) AS paid,
                   SUM(open) AS open
            FROM ({STANDING}) AS standing
            WHERE project IS NOT NULL {only}
            GROUP BY project
        ) AS money ON money.project = project.id
        WHERE {where}
    """
    sums = reader.rows(
        f"SELECT standing, COUNT(*), SUM(granted), SUM(proposed), SUM(open) FROM ({matching}) AS m GROUP BY standing",
        **parameters,
    )
    rows = reader.rows(
        f"SELECT code, title, COALESCE(area, ''), standing, lead, performer, starts, ends, granted, proposed, paid, "
        f"CAST(open AS INTEGER) FROM ({matching}) AS m ORDER BY granted DESC NULLS LAST, proposed DESC NULLS LAST, "
        "open DESC, title COLLATE sv, code LIMIT $limit OFFSET $offset",
        **parameters,
        limit=limit,
        offset=offset,
    )
    counted = {row[0]: int(row[1]) for row in sums}
    return Found(
        rows=tuple(Listed(*row) for row in rows),
        total=sum(counted.values()),
        granted=_add(row[2] for row in sums),
        proposed=_add(row[3] for row in sums),
        open=sum(int(row[4]) for row in sums),
        standings=tuple((standing, counted[standing]) for standing in STANDINGS if standing in counted),
    )


def area_names(reader: Reader) -> list[str]:
    """Areas that have projects, in Swedish order."""
    return [
        name
        for (name,) in reader.rows(
            "SELECT DISTINCT area.name FROM area JOIN project ON project.area = area.id ORDER BY area.name COLLATE sv"
        )
    ]


def project_page(reader: Reader, code: str, today: date) -> ProjectPage | None:
    """Everything about the project with this code, or None when there is none."""
    found = reader.records(Project, "WHERE LOWER(code) = LOWER($code)", code=code)
    if not found:
        return None
    project = found[0]
    mine: dict[str, Any] = {"id": project.id}
    by_year = figures_by(reader, "standing.year", "project = $id", **mine)
    by_funder = figures_by(reader, "funder.name", "project = $id", "JOIN funder ON funder.id = standing.funder", **mine)
    names = dict(reader.rows("SELECT id, name FROM funder"))
    parents = reader.records(Project, "WHERE id = $id", id=project.parent) if project.parent is not None else []
    everything = figures_by(reader, "0", "project = $id", **mine)
    return ProjectPage(
        project=project,
        area=reader.value("SELECT name FROM area WHERE id = $id", id=project.area),
        standing=reader.value(
            f"SELECT standing FROM ({_STANDING_OF} WHERE project.id = $id) AS stands",
            id=project.id,
            today=today.isoformat(),
        ),
        parent=parents[0] if parents else None,
        children=tuple(reader.records(Project, "WHERE parent = $id ORDER BY code", **mine)),
        earlier=_chain(reader, project.id, "later", "earlier"),
        later=_chain(reader, project.id, "earlier", "later"),
        figures=everything.get(0, Figures()),
        by_year=tuple(sorted(by_year.items())),
        funders=tuple(sorted(by_funder.items())),
        entries=tuple(trace(reader, "project = $id", **mine)),
        funder_names=names,
        applied=tuple(
            _applied(reader, p) for p in reader.records(Proposal, "WHERE project = $id ORDER BY code", **mine)
        ),
        decisions=tuple(reader.records(Decision, "WHERE project = $id ORDER BY decided, kind DESC", **mine)),
        follow_ups=tuple(
            (
                follow_up,
                tuple(reader.records(FollowUpItem, "WHERE follow_up = $id ORDER BY position", id=follow_up.id)),
            )
            for follow_up in reader.records(FollowUp, "WHERE project = $id ORDER BY code", **mine)
        ),
        reports=tuple(reader.records(ReportDue, "WHERE project = $id ORDER BY due", **mine)),
        outputs=tuple(reader.records(Output, "WHERE project = $id ORDER BY position", **mine)),
        changes=_changes(reader, project.id),
    )


def project_title(reader: Reader, code: str) -> str | None:
    """The title of the project with this code, None when there is none."""
    title: str | None = reader.value("SELECT title FROM project WHERE LOWER(code) = LOWER($code)", code=code)
    return title


def project_titles(reader: Reader, codes: tuple[str, ...]) -> dict[str, str]:
    """The titles of the projects with these codes, by code."""
    return dict(reader.rows("SELECT code, title FROM project WHERE code IN (SELECT UNNEST($codes))", codes=list(codes)))


def _conditions(chosen: Filter) -> tuple[str, dict[str, Any]]:
    conditions = ["TRUE"]
    parameters: dict[str, Any] = {}
    for number, word in enumerate(chosen.text.split()[:8]):
        name = f"word{number}"
        searched = " || ' ' || ".join(
            f"COALESCE(project.{field}, '')"
            for field in (
                "code",
                "title",
                "summary",
                "lead",
                "performer",
                "host",
                "units",
                "keywords",
                "reference",
            )
        )
        conditions.append(f"LOWER({searched}) LIKE ${name} ESCAPE '!'")
        escaped = word.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
        parameters[name] = f"%{escaped}%"
    if chosen.area:
        conditions.append("area.name = $area")
        parameters["area"] = chosen.area
    if chosen.standing:
        conditions.append("stands.standing = $standing")
        parameters["standing"] = chosen.standing
    if chosen.year is not None:
        conditions.append(
            f"project.id IN (SELECT project FROM ({STANDING}) AS this_year WHERE year = $year AND project IS NOT NULL)"
        )
        parameters["year"] = chosen.year
    return " AND ".join(conditions), parameters


def _chain(reader: Reader, project: int, mine: str, theirs: str) -> tuple[tuple[ProjectLink, Project], ...]:
    links = reader.records(ProjectLink, f"WHERE {mine} = $id ORDER BY id", id=project)
    found: list[tuple[ProjectLink, Project]] = []
    for link in links:
        other = reader.records(Project, "WHERE id = $id", id=getattr(link, theirs))
        found.extend((link, project) for project in other)
    return tuple(found)


def _applied(reader: Reader, proposal: Proposal) -> Applied:
    call = reader.records(Call, "WHERE id = $id", id=proposal.call)[0]
    criteria = reader.records(Criterion, "WHERE call = $id ORDER BY position", id=call.id)
    scores = {
        row[0]: row[1:]
        for row in reader.rows(
            "SELECT criterion, AVG(value), COUNT(value), COUNT(*) FILTER (WHERE cannot_judge) FROM score "
            "WHERE proposal = $proposal AND member NOT IN (SELECT member FROM conflict WHERE proposal = $proposal) "
            "GROUP BY criterion",
            proposal=proposal.id,
        )
    }
    judged = tuple(Judged(c.name, c.weight, c.scale, *scores.get(c.position, (None, 0, 0))) for c in criteria if scores)
    conflicts = reader.rows(
        "SELECT member.name, conflict.reason FROM conflict JOIN member ON member.id = conflict.member "
        "WHERE conflict.proposal = $proposal ORDER BY member.name COLLATE sv",
        proposal=proposal.id,
    )
    return Applied(proposal, call, judged, tuple((row[0], row[1]) for row in conflicts))


def _changes(reader: Reader, project: int) -> tuple[tuple[Batch, str | None, str | None, str | None], ...]:
    rows = reader.rows(
        "SELECT batch, before, after, source FROM change WHERE record = 'project' AND id = $id "
        "ORDER BY batch DESC, position DESC",
        id=project,
    )
    batches = {batch.id: batch for batch in history(reader)} if rows else {}
    return tuple((batches[row[0]], row[1], row[2], row[3]) for row in rows)


def _add(amounts: Any) -> Decimal | None:
    stated = [amount for amount in amounts if amount is not None]
    return sum(stated, Decimal(0)) if stated else None
