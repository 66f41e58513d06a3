"""What happens to a data set after it was read in, so that it can be looked at as it was before."""

from __future__ import annotations

from fou.access import Action, Person
from fou.ledger import correct, statements, undo
from fou.model import Area, Kind, Project
from fou.store import Database


def work_on(database: Database, person: Person) -> int:
    """Correct amounts, take one correction back, and move projects to other areas; return the batch before it all."""
    with database.read() as reader:
        before = int(reader.value("SELECT MAX(id) FROM batch"))
        found = statements(reader)
        areas = [area.id for area in reader.records(Area)]
        projects = reader.records(Project)
    batches = []
    for number, entry in enumerate(found[:: max(1, len(found) // 12)]):
        is_open = number % 5 == 1 and entry.kind != Kind.FRAME
        amount = None if is_open else entry.amount + 1_000 * (number + 1)
        batches.append(correct(database, person, entry.id, amount, "nytt besked", entry.condition))
    undo(database, person, batches[-1])
    with database.write(person, Action.EDIT, "Flyttade projekt") as work:
        for project in projects[::5]:
            others = [area for area in areas if area != project.area]
            if others:
                work.update(Project, project.id, {"area": others[0]}, {"area": project.area}, "prov")
    return before
