"""What a difference comes to in SEK, by area and by project: for showing it, before anything is posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from fou.imports.difference import AmountChange, Difference, Sum, sum_of
from fou.imports.references import fold
from fou.imports.stated import Checked
from fou.imports.uncollected import uncollected
from fou.model import CALLS, NO_AREA, Kind
from fou.store import Reader

#: What stands for money that is for the whole plan.
WHOLE_PLAN = "Hela planen"
#: What an amount is for: the project, call and area, each as it is written, None where it is for none.
About: TypeAlias = tuple[str | None, str | None, str | None]
#: The name that an amount is summed under, with its code if it has one.
Named: TypeAlias = tuple[str, str | None]

_NOTHING = Sum()


@dataclass(slots=True)
class Group:
    """The difference within one area, or about one project, for one kind; over all the years of the file.

    ``before`` and ``after`` (SEK excl. VAT) cover everything that the file speaks of: what is new, changed and
    unchanged, and what is missing in the file. The counts are of amounts, one for each year of a line;
    ``removed`` are those that are taken back for the file does not have them. ``code`` is a project's or a call's.
    """

    name: str
    kind: Kind
    code: str | None = None
    before: Sum = _NOTHING
    after: Sum = _NOTHING
    new: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    missing: int = 0

    @property
    def change(self) -> Decimal:
        """How much more (or less, below zero) is firm afterwards, in SEK excl. VAT."""
        return self.after.firm - self.before.firm


@dataclass(frozen=True, slots=True)
class Names:
    """What the things that amounts are for are called: folded code or name → as it is written.

    ``projects`` and ``calls`` hold (code, title); ``areas_of`` holds the area of each project that has one.
    """

    projects: Mapping[str, tuple[str, str]]
    calls: Mapping[str, tuple[str, str]]
    areas: Mapping[str, str]
    areas_of: Mapping[str, str]


def names_of(checked: Checked, reader: Reader) -> Names:
    """The names as they will be once the file is posted: what it states goes before what the database holds."""
    projects = {fold(code): (code, title) for code, title in reader.rows("SELECT code, title FROM project")}
    calls = {fold(code): (code, name) for code, name in reader.rows("SELECT code, name FROM call")}
    areas = {fold(name): name for (name,) in reader.rows("SELECT name FROM area")}
    areas_of = {
        fold(code): name
        for code, name in reader.rows("SELECT project.code, area.name FROM project JOIN area ON area.id = project.area")
    }
    for area in checked.records.get("area", ()):
        areas[area.key[0]] = area.values["name"]
    for call in checked.records.get("call", ()):
        code = call.values["code"]
        calls[call.key[0]] = (code, call.values.get("name") or calls.get(call.key[0], (code, code))[1])
    for project in checked.records.get("project", ()):
        code = project.values["code"]
        known = projects.get(project.key[0], (code, code))
        projects[project.key[0]] = (code, project.values.get("title") or known[1])
        if project.values.get("area"):
            areas_of[project.key[0]] = project.values["area"]
    return Names(projects, calls, areas, {code: areas.get(fold(area), area) for code, area in areas_of.items()})


def by_area(difference: Difference, names: Names) -> tuple[Group, ...]:
    """The difference by area and kind, the largest change first."""

    def of(about: About) -> Named:
        project, call, area = about
        if project is not None:
            return names.areas_of.get(fold(project), NO_AREA), None
        if call is not None:
            return CALLS, None
        return (names.areas.get(fold(area), area) if area is not None else WHOLE_PLAN), None

    return _grouped(difference, of)


def by_project(difference: Difference, names: Names) -> tuple[Group, ...]:
    """The difference by project and kind, the largest change first; what is for no project under what it is for."""

    def of(about: About) -> Named:
        project, call, area = about
        if project is not None:
            code, title = names.projects.get(fold(project), (project, project))
            return title, code
        if call is not None:
            code, name = names.calls.get(fold(call), (call, call))
            return name, code
        return (names.areas.get(fold(area), area) if area is not None else WHOLE_PLAN), None

    return _grouped(difference, of)


@uncollected
def _grouped(difference: Difference, of: Callable[[About], Named]) -> tuple[Group, ...]:
    groups: dict[tuple[About, Kind], Group] = {}
    by_name: dict[tuple[Named, Kind], Group] = {}

    def group_of(kind: Kind, about: About) -> Group:
        group = groups.get((about, kind))
        if group is None:
            name, code = named = of(about)
            group = groups[about, kind] = by_name.setdefault((named, kind), Group(name, kind, code))
        return group

    # Added up by what they are about and not one by one: there may be a hundred thousand.
    changes: dict[tuple[Kind, About], list[AmountChange]] = defaultdict(list)
    for change in difference.amounts:
        changes[change.kind, (change.project, change.call, change.area)].append(change)
    for (kind, about), some in changes.items():
        group = group_of(kind, about)
        group.after = group.after.plus(sum_of([line for change in some for line in change.lines]))
        for change in some:
            if change.before is None:
                group.new += 1
                continue
            group.before = group.before.plus(change.before)
            if change.lines:
                group.changed += 1
            else:
                group.removed += 1
    for lines in difference.unchanged:
        kind, _, project, call, area, _ = lines[0].subject
        group = group_of(Kind(kind), (project, call, area))
        stands = sum_of(lines)
        group.before, group.after = group.before.plus(stands), group.after.plus(stands)
        group.unchanged += 1
    for missing in difference.missing:
        group = group_of(missing.kind, (missing.project, missing.call, missing.area))
        group.before, group.after = group.before.plus(missing.stands), group.after.plus(missing.stands)
        group.missing += 1
    order = {kind: place for place, kind in enumerate(Kind)}
    return tuple(sorted(by_name.values(), key=lambda group: (-abs(group.change), group.name, order[group.kind])))
