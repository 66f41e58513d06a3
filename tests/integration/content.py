"""What a database holds, told so that a test can compare it and read the difference."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fou.ledger import statements
from fou.model import RECORDS, Call, Funder, Project, as_dict
from fou.store import Database


def content(database: Database) -> dict[str, list[Any]]:
    """Every statement that stands, and every record, as they are."""
    with database.read() as reader:
        held: dict[str, list[Any]] = {"statements": list(statements(reader))}
        for record in RECORDS:
            held[record.TABLE] = [as_dict(row) for row in reader.records(record, "ORDER BY id")]
    return held


def figures(database: Database) -> dict[tuple[str, str, str, int, str | None], Decimal | None]:
    """(kind, project or call, funder, year, condition) → SEK excl. VAT; None is not set."""
    with database.read() as reader:
        names = {record: {row.id: row for row in reader.records(record)} for record in (Project, Call, Funder)}
        found: dict[tuple[str, str, str, int, str | None], Decimal | None] = {}
        for entry in statements(reader):
            about = names[Project].get(entry.project or 0) or names[Call].get(entry.call or 0)
            key = (
                str(entry.kind), getattr(about, "code", ""), names[Funder][entry.funder].name,  # type: ignore[attr-defined]
                entry.year, entry.condition,
            )  # fmt: skip
            assert key not in found, f"{key} stands twice"
            found[key] = None if entry.open else entry.amount
    return found
