"""A judged call and what the council has tried, for the pages of its meetings.

Three applications of 200 000 kr each (A, B and C, in the order of their points) want 500 000 kr. Dora is in conflict
of interest over B. The council has two scenarios, and Carl one of his own.
"""

from __future__ import annotations

from pathlib import Path

from fou import conflicts, scenarios
from fou.access import Person, Role
from fou.assessing import Judgement, open_scores, save
from fou.matters import Scope
from fou.model import ScenarioLine
from fou.scenarios import Wish
from fou.store import Database
from tests.integration.rounds import ANNA, CLOSED, assessed_call, call, council

CALL = "LUM-2026"
FIRST, BROAD, OWN = "Rådets förslag", "Bredd", "Carls tanke"
CARL = Person("Carl", Role.MEMBER, 2)
#: What each member gave on the two grounds.
SCORES = {"A": (5, 7), "B": (3, 4), "C": (1, 2)}


def made(path: Path) -> None:
    """Make the database in the file."""
    database = Database.open(path)
    people = council(database)
    numbers = dict(zip(SCORES, assessed_call(database, *SCORES), strict=True))
    for title, values in SCORES.items():
        for person in (people.berit, people.carl, people.dora):
            for ground, value in enumerate(values, 1):
                save(database, person, numbers[title], ground, Judgement(value))
    open_scores(database, ANNA, call(database).id)
    conflicts.declare(database, people.dora, numbers["B"], people.dora.member or 0, "Min syster söker", CLOSED)
    scope = Scope(2026, call(database).id)
    first = scenarios.create(database, ANNA, scope, FIRST, "Som vi brukar göra.")
    for title in "AB":
        scenarios.take_whole(database, ANNA, first, (project(database, title), None))
    scenarios.leave_out(database, ANNA, first, (project(database, "C"), None))
    broad = scenarios.copy(database, ANNA, first, BROAD)
    for title, amount in (("A", 150_000), ("B", 150_000), ("C", 150_000)):
        key = (project(database, title), None)
        scenarios.leave_out(database, ANNA, broad, key)
        scenarios.set_line(database, ANNA, broad, Wish(*key, 2026, "grant", amount), out(database, broad, key[0]))
    scenarios.set_line(database, ANNA, broad, Wish(project(database, "C"), None, 2027, "reserve"), None)
    scenarios.create(database, CARL, scope, OWN)
    database.close()


def out(database: Database, scenario: int, number: int) -> ScenarioLine:
    """The line that leaves a project out."""
    with database.read() as reader:
        return next(line for line in scenarios.lines_of(reader, scenario) if line.project == number)


def project(database: Database, title: str) -> int:
    """A project by its title."""
    with database.read() as reader:
        return int(reader.value("SELECT id FROM project WHERE title = $title", title=title))
