"""What a budget in a layout of its own states, by the names that people use, so that a test can compare it."""

from __future__ import annotations

from io import BytesIO

from fou.access import Person, Role
from fou.imports.examining import Examined, examine
from fou.imports.posting import post
from fou.imports.template.writing import write_template
from fou.ledger import statements
from fou.model import Area, Call, Funder, Project
from fou.store import Database, Reader
from tests.integration.messy_budgets import KNOWN, Figures

BODIL = Person("Bodil", Role.ADMIN)


def know(database: Database) -> None:
    """Post the funders, projects and calls of KNOWN."""
    buffer = BytesIO()
    write_template(buffer, {**KNOWN, "Budget": []}, years=[2014])
    post(database, BODIL, examine(database, buffer.getvalue(), "känt.xlsx"))


def figures_of(examined: Examined, reader: Reader) -> Figures:
    """What would be posted."""
    projects = {project.code: project.title for project in reader.records(Project)}
    calls = {call.code: call.name for call in reader.records(Call)}
    for record in examined.difference.records:
        if record.table == "project" and record.before is None:
            projects[record.after["code"]] = record.after["title"]
    found: Figures = {}
    for change in examined.difference.amounts:
        about = _about(projects.get(change.project or ""), calls.get(change.call or ""), change.area)
        key = (str(change.kind), change.year, about, change.funder)
        assert key not in found, f"{key} stands twice"
        assert not change.after.conditional
        found[key] = None if change.after.open else change.after.firm
    return found


def figures_in(reader: Reader) -> Figures:
    """What the ledger holds."""
    projects = {project.id: project.title for project in reader.records(Project)}
    calls = {call.id: call.name for call in reader.records(Call)}
    areas = {area.id: area.name for area in reader.records(Area)}
    funders = {funder.id: funder.name for funder in reader.records(Funder)}
    found: Figures = {}
    for entry in statements(reader):
        about = _about(projects.get(entry.project or 0), calls.get(entry.call or 0), areas.get(entry.area or 0))
        key = (str(entry.kind), entry.year, about, funders[entry.funder])
        assert key not in found, f"{key} stands twice"
        found[key] = None if entry.open else entry.amount
    return found


def projects_of(examined: Examined, reader: Reader) -> dict[str, tuple[str, str]]:
    """Title → (code, area) of every project, as it would be after posting; no area is an empty text."""
    areas = {area.id: area.name for area in reader.records(Area)}
    found = {project.title: (project.code, areas.get(project.area or 0, "")) for project in reader.records(Project)}
    for record in examined.difference.records:
        if record.table == "project" and record.before is None:
            found[record.after["title"]] = (record.after["code"], record.after.get("area") or "")
    return found


def _about(project: str | None, call: str | None, area: str | None) -> str:
    if project:
        return project
    if call:
        return f"utlysning: {call}"
    return f"område: {area}" if area else "ram"
