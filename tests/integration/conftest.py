"""A fresh database file and somebody who may do everything with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from fou.access import Person, Role
from fou.store import Database


@pytest.fixture
def admin() -> Person:
    return Person("Anna", Role.ADMIN)


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new, empty database, closed: to make one takes longer than most of what is done with it."""
    path = tmp_path_factory.mktemp("new") / "fou.duckdb"
    Database.open(path).close()
    return path


@pytest.fixture
def database(new_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A new, empty database in a file of its own; how files are opened and looked through is for `test_store.py`."""
    path = Path(shutil.copy(new_file, tmp_path / "fou.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    yield database
    database.close()
