"""A fresh database file and somebody who may do everything with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fou.access import Person, Role
from fou.store import Database


@pytest.fixture
def admin() -> Person:
    return Person("Anna", Role.ADMIN)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty database in a file of its own."""
    database = Database.open(tmp_path / "fou.duckdb")
    yield database
    database.close()
