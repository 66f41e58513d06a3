"""A fresh database file and somebody who may do everything with it."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import typer.main
import typer.testing

from fou.access import Person, Role
from fou.store import Database


@pytest.fixture
def admin() -> Person:
    return Person("Anna", Role.ADMIN)


@pytest.fixture(scope="session", autouse=True)
def _once() -> Iterator[None]:
    """Do once what every run of a command in a test would do anew: put all the commands together (25 ms)."""
    with pytest.MonkeyPatch.context() as patch:
        together = functools.cache(typer.main.get_command)
        patch.setattr(typer.main, "get_command", together)
        patch.setattr(typer.testing, "_get_command", together)
        yield


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new, empty database, closed: to make one takes longer than most of what is done with it."""
    path = tmp_path_factory.mktemp("new") / "fou.duckdb"
    Database.open(path).close()
    return path


def opened_copy(of: Path, path: Path) -> Database:
    """A copy of a file that is known to be whole, open; how files are looked through is for `test_store.py`."""
    shutil.copy(of, path)
    return Database(path, duckdb.connect(str(path)))


@pytest.fixture
def database(new_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A new, empty database in a file of its own."""
    database = opened_copy(new_file, tmp_path / "fou.duckdb")
    yield database
    database.close()
