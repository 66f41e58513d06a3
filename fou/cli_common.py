"""What the commands of the command line share."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer

from fou.access import Person, Role
from fou.errors import StoreError
from fou.settings import database_path
from fou.store import Database

Json = Annotated[bool, typer.Option("--json", help="Skriv maskinläsbart; belopp i kr exklusive moms.")]


@contextmanager
def open_database(create: bool = False) -> Iterator[Database]:
    """The database, open until the block ends. Raises StoreError when there is none, unless it may be created."""
    path = database_path()
    if not create and not path.exists():
        # An empty database made by asking for a plan would look like a plan without money.
        raise StoreError(f"Det finns ingen databas i {path}. Läs in en portfölj först: python -m fou demo documents")
    database = Database.open(path)
    try:
        yield database
    finally:
        database.close()


def person() -> Person:
    """Who runs the command."""
    # On the machine itself one may do everything, as in local mode; the log keeps the account's name.
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "okänd"
    return Person(f"{name} (kommandoraden)", Role.ADMIN)


def print_json(value: Any) -> None:
    """Print a value as JSON; amounts are numbers."""
    # Escaped where the stream may lack a character, so that none is replaced.
    escaped = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(value, ensure_ascii=escaped, indent=1, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot be printed as JSON: {value!r}")
