"""What is wrong or odd in a budget of any layout is told, at its cell, and nothing is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from fou.cli import app
from fou.store import Database
from tests.integration.content import content
from tests.integration.odd_budgets import ODD, Odd, write_folder
from tests.integration.understood import know

REFUSED = [name for name, each in ODD.items() if each.severity == "error"]
WARNED = [name for name, each in ODD.items() if each.severity == "warning"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_folder(tmp_path_factory.mktemp("odd"))


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Closed databases: one that knows what KNOWN says, and one that is empty. Tests copy them."""
    paths: dict[bool, Path] = {}
    for knows in (True, False):
        paths[knows] = tmp_path_factory.mktemp("data") / "fou.duckdb"
        database = Database.open(paths[knows])
        if knows:
            know(database)
        database.close()
    return paths


@dataclass(frozen=True)
class Asked:
    """What the command line answered: its exit status and findings, and what the database held before and after."""

    status: int
    findings: list[dict[str, Any]]
    before: dict[str, list[Any]]
    after: dict[str, list[Any]]

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [finding for finding in self.findings if finding["severity"] == "error"]

    @property
    def brief(self) -> list[tuple[str, str, str, str]]:
        return [(one["severity"], one["sheet"], one["cell"], one["kind"]) for one in self.findings]


@pytest.fixture(scope="module")
def asked(
    databases: dict[bool, Path], folder: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Asked]:
    """Each file is asked about only once; one that is wrong is not just checked: it is told to be read in."""
    # Each file is asked about in a copy of one of the two databases.
    first = {knows: held(path) for knows, path in databases.items()}

    @cache
    def ask(name: str) -> Asked:
        odd = ODD[name]
        path = Path(shutil.copy(databases[odd.knows], tmp_path_factory.mktemp("data") / "fou.duckdb"))
        mapping = path.with_name("svar.json")
        mapping.write_text(json.dumps(odd.choices), "utf-8")
        arguments = ["import", str(folder[name]), "--json", "--mapping", str(mapping)]
        result = CliRunner().invoke(
            app, arguments + ["--check"] * (odd.severity == "warning"), env={"FOU_DATABASE": str(path)}
        )
        # A file that is the same to the last byte need not be opened to be compared.
        same = path.read_bytes() == databases[odd.knows].read_bytes()
        after = first[odd.knows] if same else held(path)
        return Asked(result.exit_code, json.loads(result.stdout)["findings"], first[odd.knows], after)

    return ask


def held(path: Path) -> dict[str, list[Any]]:
    database = Database(path, duckdb.connect(str(path)))
    try:
        return content(database)
    finally:
        database.close()


def is_told(odd: Odd, finding: dict[str, Any]) -> bool:
    return (
        finding["severity"] == odd.severity
        and fnmatchcase(finding["sheet"], odd.sheet)
        and fnmatchcase(finding["cell"], odd.cell)
        and finding["kind"] in odd.kinds
    )


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_told_at_its_cell(name: str, asked: Callable[[str], Asked]) -> None:
    answer = asked(name)
    assert answer.status == 1
    assert any(is_told(ODD[name], finding) for finding in answer.errors), answer.brief
    assert {finding["kind"] for finding in answer.errors} <= set(ODD[name].kinds)
    assert all(finding["found"] and finding["expected"] and finding["help"] for finding in answer.errors)


@pytest.mark.parametrize("name", WARNED)
def test_what_is_odd_is_told_and_does_not_stop(name: str, asked: Callable[[str], Asked]) -> None:
    answer = asked(name)
    assert any(is_told(ODD[name], finding) for finding in answer.findings), answer.brief
    assert (answer.status, answer.errors) == (0, [])


@pytest.mark.parametrize("name", ODD)
def test_what_is_wrong_or_only_looked_at_writes_nothing(name: str, asked: Callable[[str], Asked]) -> None:
    answer = asked(name)
    assert answer.after == answer.before
