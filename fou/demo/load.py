"""Filling an empty database: with the documents' portfolio, or with the invented Exempelkommunen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fou.access import Action, Person, require
from fou.demo.example import example_tables
from fou.demo.invent import USUAL
from fou.errors import NotEmpty
from fou.imports.examining import Examined, examine, examine_read
from fou.imports.posting import post
from fou.imports.template.tables import workbook_from
from fou.store import Database

DOCUMENTS = Path(__file__).parents[2] / "data" / "documents.xlsx"


def load_documents(database: Database, person: Person) -> int:
    """Import the documents' portfolio through the ordinary import; return the batch.

    Raises NotEmpty when the database holds anything already.
    """
    return _load(database, person, lambda: examine(database, DOCUMENTS, DOCUMENTS.name))


def load_example(database: Database, person: Person, projects: int = USUAL) -> int:
    """Import Exempelkommunen, generated with ``projects`` projects; return the batch. Raises NotEmpty."""
    name = "Exempelkommunen (påhittad)"
    return _load(database, person, lambda: examine_read(database, workbook_from(example_tables(projects)), name))


def _load(database: Database, person: Person, examined: Callable[[], Examined]) -> int:
    require(person, Action.LOAD_DEMO)
    with database.read() as reader:
        held = reader.value("SELECT COUNT(*) FROM entry") + reader.value("SELECT COUNT(*) FROM project")
    if held:
        raise NotEmpty(
            f"Databasen {database.path.name} innehåller redan uppgifter. Ett exempel läses bara in i en tom databas: "
            "ange ett nytt filnamn i FOU_DATABASE."
        )
    batch = post(database, person, examined(), Action.LOAD_DEMO)
    assert batch is not None
    return batch
