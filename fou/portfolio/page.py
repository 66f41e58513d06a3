"""Everything that is known about one project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fou.calls import is_opened
from fou.figures import Figures
from fou.ledger import Traced, history, trace
from fou.model import (
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
from fou.portfolio.standing import CASE, COUNTS, DECIDED
from fou.store import Reader
from fou.store.reading import STANDING
from fou.store.sight import HOLDS
from fou.sums import figures_by


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
    """Everything that is known about one project. ``earlier`` and ``later`` are its whole chain, the nearest first."""

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
            f"SELECT {CASE} FROM project "
            f"LEFT JOIN (SELECT project, {COUNTS} FROM ({STANDING}) AS standing WHERE project = $id GROUP BY project) "
            f"AS money ON money.project = project.id "
            f"LEFT JOIN ({DECIDED}) AS decided ON decided.project = project.id WHERE project.id = $id",
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


def _chain(reader: Reader, project: int, mine: str, theirs: str) -> tuple[tuple[ProjectLink, Project], ...]:
    """Everything before (or after) the project in its chain, the nearest first."""
    found: list[tuple[ProjectLink, Project]] = []
    seen, near = {project}, [project]
    while near:
        links = reader.records(ProjectLink, f"WHERE {mine} IN (SELECT UNNEST($near)) ORDER BY id", near=near)
        near = []
        for link in links:
            other = getattr(link, theirs)
            if other not in seen:
                seen.add(other)
                near.append(other)
                found += [(link, project) for project in reader.records(Project, "WHERE id = $id", id=other)]
    return tuple(found)


def _applied(reader: Reader, proposal: Proposal) -> Applied:
    call = reader.records(Call, "WHERE id = $id", id=proposal.call)[0]
    criteria = reader.records(Criterion, "WHERE call = $id ORDER BY position", id=call.id)
    scores = {
        row[0]: row[1:]
        for row in reader.rows(
            "SELECT criterion, AVG(value) FILTER (WHERE NOT COALESCE(cannot_judge, FALSE)), "
            "COUNT(value) FILTER (WHERE NOT COALESCE(cannot_judge, FALSE)), COUNT(*) FILTER (WHERE cannot_judge) "
            "FROM score WHERE proposal = $proposal AND member NOT IN "
            f"(SELECT member FROM conflict WHERE proposal = $proposal AND {HOLDS}) GROUP BY criterion",
            proposal=proposal.id,
        )
        # Until they are opened they are nobody's but each member's own, also for who may read all tables.
        if is_opened(call)
    }
    judged = tuple(Judged(c.name, c.weight, c.scale, *scores.get(c.position, (None, 0, 0))) for c in criteria if scores)
    conflicts = reader.rows(
        "SELECT member.name, conflict.reason FROM conflict JOIN member ON member.id = conflict.member "
        f"WHERE conflict.proposal = $proposal AND {HOLDS} ORDER BY member.name COLLATE sv",
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
