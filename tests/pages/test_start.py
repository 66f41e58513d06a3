"""A database that cannot be used is told on the screen; the file is left as it is."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.pages.conftest import MAIN, unescaped


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def told(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The heading and the error of a first visit with this database."""
    monkeypatch.setenv("FOU_DATABASE", str(path))
    at = AppTest.from_file(str(MAIN), default_timeout=60).run()
    assert not at.exception
    return at.title[0].value, unescaped(at.error[0].value)


@contextmanager
def held_by_another_process(path: Path) -> Iterator[None]:
    code = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield
        finally:
            process.communicate()


def test_a_damaged_database_is_told_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "skadad.duckdb"
    path.write_bytes(b"not a database at all" * 500)
    before = fingerprint(path)
    title, error = told(path, monkeypatch)
    assert title == "Databasen kan inte öppnas"
    assert "skadad.duckdb" in error
    assert "Filen är orörd" in error
    assert fingerprint(path) == before


def test_a_newer_database_is_told_and_left_alone(
    prepared: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "nyare.duckdb"
    path.write_bytes(prepared["empty"].read_bytes())
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET version = 999")
    before = fingerprint(path)
    title, error = told(path, monkeypatch)
    assert title == "Databasen kan inte öppnas"
    assert "senare version av Fou" in error
    assert fingerprint(path) == before


def test_a_database_that_another_program_holds_is_told_and_opens_when_it_is_free(
    prepared: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "upptagen.duckdb"
    path.write_bytes(prepared["documents"].read_bytes())
    with held_by_another_process(path):
        title, error = told(path, monkeypatch)
        assert title == "Databasen kan inte öppnas"
        assert "används redan av ett annat program" in error
    at = AppTest.from_file(str(MAIN), default_timeout=60).run()
    assert at.title[0].value == "Översikt"
