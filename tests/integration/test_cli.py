"""The command line: what each command does, prints and ends with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from fou import scenarios
from fou.access import Person, Role
from fou.cli import run
from fou.demo.load import DOCUMENTS
from fou.matters import Scope, matters
from fou.money import format_sek
from fou.store import Database
from tests.conftest import ROOT
from tests.integration.bad_workbooks import BAD, good
from tests.integration.content import content

KINDS = {"planned", "requested", "proposed", "reserved", "granted", "paid", "spent", "returned", "forecast"}


@dataclass(frozen=True)
class Ended:
    """How a command ended: 0 done, 1 refused because of the data, 2 wrong usage."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the commands' database is, or will be."""
    return tmp_path / "fou.duckdb"


@pytest.fixture
def fou(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run ``python -m fou`` with these arguments, in this process."""
    monkeypatch.setenv("FOU_DATABASE", str(path))

    def command(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["fou", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run()
        told = capsys.readouterr()
        return Ended(int(ended.value.code or 0), told.out, told.err)

    return command


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database that holds the documents' portfolio as post 1; tests copy it."""
    path = tmp_path_factory.mktemp("loaded") / "fou.duckdb"
    assert real(path, "demo", "documents").status == 0
    return path


@pytest.fixture
def documents(fou: Callable[..., Ended], loaded: Path, path: Path) -> Callable[..., Ended]:
    """The same, over a copy of it."""
    shutil.copy(loaded, path)
    return fou


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    (tmp_path / "budget.xlsx").write_bytes(good())
    return tmp_path / "budget.xlsx"


def real(path: Path, *arguments: str, **environment: str) -> Ended:
    """The command as a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "fou", *arguments],
        cwd=ROOT,
        env=os.environ | {"FOU_DATABASE": str(path)} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@contextmanager
def held_by_another_process(path: Path) -> Iterator[None]:
    holder = (
        "import sys; from fou.store import Database; d = Database.open(sys.argv[1]); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.stdin.close()


def held(path: Path) -> dict[str, list[Any]]:
    database = Database.open(path)
    try:
        return content(database)
    finally:
        database.close()


# plan ------------------------------------------------------------------------------------------------------


def test_plan_2013_has_its_frame_and_the_four_projects_that_fill_it(documents: Callable[..., Ended]) -> None:
    plan = documents("plan", 2013, "--json").json
    assert (plan["frame"], plan["proposed"]) == (2_310_000, 2_310_000)
    assert {project["code"]: project["proposed"] for project in plan["projects"]} == {
        "S-EBP": 600_000,
        "S-IMPL": 770_000,
        "S-KONT": 210_000,
        "S-INSATS": 730_000,
    }


def test_plan_2014_counts_six_open_amounts_beside_what_is_set(documents: Callable[..., Ended]) -> None:
    plan = documents("plan", 2014, "--json").json
    assert (plan["open"], plan["proposed"]) == (6, 2_000_000)
    assert sum(project["open"] for project in plan["projects"]) == 6


def test_a_year_without_a_frame_has_neither_frame_nor_room(documents: Callable[..., Ended]) -> None:
    plan = documents("plan", 2014, "--json").json
    assert (plan["frame"], plan["free"]) == (None, None)


@pytest.mark.parametrize(
    ("year", "granted"), [(2018, 137_722), (2019, 1_652_667), (2020, 1_652_667), (2021, 1_514_944)]
)
def test_a_grant_over_several_years_has_each_years_part(
    documents: Callable[..., Ended], year: int, granted: int
) -> None:
    assert documents("plan", year, "--json").json["granted"] == granted


def test_plan_as_json_has_the_documented_fields(documents: Callable[..., Ended]) -> None:
    plan = documents("plan", 2013, "--json").json
    assert set(plan) == {"year", "frame", "free", "open", "conditional", "areas", "projects", *KINDS}
    assert {frozenset(area) for area in plan["areas"]} == {frozenset({"name", "open", *KINDS})}
    assert {frozenset(row) for row in plan["projects"]} == {frozenset({"code", "title", "area", "open", *KINDS})}


def test_ore_are_kept_in_json(fou: Callable[..., Ended], workbook: Path) -> None:
    fou("import", workbook)
    assert fou("plan", 2013, "--json").json["projects"][0]["granted"] == 500_000.5


def test_a_conditional_amount_is_no_part_of_the_sum(fou: Callable[..., Ended], workbook: Path) -> None:
    fou("import", workbook)
    plan = fou("plan", 2014, "--json").json
    assert (plan["reserved"], plan["conditional"]) == (0, {"reserved": 2_000_000})


def test_plan_in_words_names_the_frame_and_what_is_not_set(documents: Callable[..., Ended]) -> None:
    assert "ram: 2\u00a0310\u00a0000\u00a0kr" in documents("plan", 2013).out
    assert documents("plan", 2014).out.count("belopp ej fastställt") == 6


def test_plan_as_of_a_day_before_the_import_holds_nothing(documents: Callable[..., Ended]) -> None:
    plan = documents("plan", 2013, "--as-of", "2000-01-01", "--json").json
    assert (plan["frame"], plan["proposed"], plan["projects"]) == (None, 0, [])


def test_plan_as_of_today_holds_what_is_imported(documents: Callable[..., Ended]) -> None:
    assert documents("plan", 2013, "--as-of", "2999-12-31", "--json").json["frame"] == 2_310_000


# import, history, undo -------------------------------------------------------------------------------------


def test_import_posts_and_says_how_to_undo(fou: Callable[..., Ended], workbook: Path) -> None:
    ended = fou("import", workbook)
    assert (ended.status, ended.err) == (0, "")
    assert "Inläst som post 1. Ångra med: python -m fou undo 1" in ended.out


def test_import_as_json_tells_batch_findings_and_difference(fou: Callable[..., Ended], workbook: Path) -> None:
    told = fou("import", workbook, "--json").json
    wanted = {"file", "sha256", "batch", "understanding", "findings", "control_totals", "difference"}
    assert set(told) == wanted
    assert (told["file"], told["batch"], told["findings"]) == ("budget.xlsx", 1, [])
    assert told["difference"]["amounts"][2] == {
        "kind": "proposed", "year": 2014, "project": "P-1", "call": None, "area": None,
        "funder": "Exempelstad, socialnämnden", "before": None,
        "after": {"amount": 0, "conditional": 0, "open": 1}, "cell": "budget.xlsx › Budget › K3",
    }  # fmt: skip


def test_import_check_writes_nothing(fou: Callable[..., Ended], workbook: Path, path: Path) -> None:
    ended = fou("import", workbook, "--check")
    assert (ended.status, held(path)["statements"], fou("history", "--json").json) == (0, [], [])
    assert "Ingenting är inläst" in ended.out


def test_import_of_the_same_file_again_says_that_there_is_nothing_new(
    fou: Callable[..., Ended], workbook: Path
) -> None:
    fou("import", workbook)
    ended = fou("import", workbook)
    assert (ended.status, len(fou("history", "--json").json)) == (0, 1)
    assert "Filen säger inget nytt" in ended.out


def test_import_of_a_bad_file_tells_the_cell_and_ends_with_1(fou: Callable[..., Ended], workbook: Path) -> None:
    workbook.write_bytes(BAD["text_where_an_amount_belongs"].make(good()))
    ended = fou("import", workbook)
    assert (ended.status, ended.err) == (1, "Filen har fel. Ingenting är inläst.\n")
    assert ended.out.startswith("Fel i Budget › J3: halva summan. Väntat: ett belopp i kronor exklusive moms.")


def test_import_of_a_bad_file_writes_nothing(documents: Callable[..., Ended], workbook: Path, path: Path) -> None:
    workbook.write_bytes(BAD["text_where_an_amount_belongs"].make(good()))
    before = held(path)
    documents("import", workbook)
    assert held(path) == before


def test_history_as_json_is_newest_first(documents: Callable[..., Ended]) -> None:
    documents("undo", 1)
    newest, first = documents("history", "--json").json
    assert set(first) == {"batch", "posted", "actor", "kind", "note", "file", "undone_by"}
    assert (newest["batch"], newest["kind"], newest["undone_by"]) == (2, "undo", None)
    assert (first["batch"], first["kind"], first["file"], first["undone_by"]) == (1, "demo", "documents.xlsx", 2)
    assert first["posted"].endswith("+00:00")


def test_history_in_words_says_who_did_what_and_what_is_undone(documents: Callable[..., Ended]) -> None:
    documents("undo", 1)
    newest, first = documents("history").out.splitlines()
    assert "(kommandoraden): Ångrar post 1" in newest
    assert first.endswith("Läste in documents.xlsx – ångrad genom post 2")


def test_undo_takes_a_post_back(documents: Callable[..., Ended]) -> None:
    ended = documents("undo", 1)
    assert (ended.status, ended.out) == (0, "Post 1 är ångrad genom post 2.\n")
    assert documents("plan", 2013, "--json").json["frame"] is None


def test_undo_twice_is_refused(documents: Callable[..., Ended]) -> None:
    documents("undo", 1)
    ended = documents("undo", 1)
    assert (ended.status, ended.out, ended.err) == (1, "", "Post 1 är redan ångrad (genom post 2).\n")


def test_undo_of_a_post_that_is_not_there_is_refused(documents: Callable[..., Ended]) -> None:
    ended = documents("undo", 7)
    assert (ended.status, ended.err) == (1, "Det finns ingen post 7 i historiken.\n")


# backup, restore, check ------------------------------------------------------------------------------------


def test_restore_brings_back_what_the_backup_holds(documents: Callable[..., Ended], tmp_path: Path, path: Path) -> None:
    before = held(path)
    assert documents("backup", tmp_path / "kopia.duckdb").status == 0
    documents("undo", 1)

    ended = documents("restore", tmp_path / "kopia.duckdb")

    assert (ended.status, held(path)) == (0, before)
    assert "Databasen är återställd" in ended.out


def test_a_backup_over_a_file_is_refused(documents: Callable[..., Ended], workbook: Path) -> None:
    before = workbook.read_bytes()
    ended = documents("backup", workbook)
    assert (ended.status, workbook.read_bytes()) == (1, before)
    assert "finns redan" in ended.err


def test_restore_from_what_is_not_there_is_refused(documents: Callable[..., Ended], tmp_path: Path) -> None:
    assert documents("restore", tmp_path / "borta.duckdb").status == 1


def test_restore_from_something_else_is_refused_and_changes_nothing(
    documents: Callable[..., Ended], workbook: Path, path: Path
) -> None:
    before = held(path)
    ended = documents("restore", workbook)
    assert (ended.status, held(path)) == (1, before)
    assert "Traceback" not in ended.err


def test_check_finds_nothing_in_a_whole_database(documents: Callable[..., Ended]) -> None:
    whole, mark = documents("check").out.splitlines()
    assert whole == "Databasen är hel: alla kontroller stämmer."
    assert re.match(r"Märket är nu 1:[0-9a-f]{16}\. ", mark)
    assert documents("check", "--json").json == []


def test_check_tells_whether_a_printed_mark_is_still_in_the_chain(documents: Callable[..., Ended]) -> None:
    (mark,) = re.findall(r"1:[0-9a-f]{16}", documents("check").out)
    ended = documents("check", "--expect", mark)
    assert ended.out.splitlines()[1] == (
        f"Märket {mark} finns i kedjan: inget som var bokfört då är ändrat, utom det som gallrats."
    )
    assert ended.status == 0
    other = documents("check", "--json", "--expect", "1:00000000")
    assert (other.status, [failure["rule"] for failure in other.json]) == (1, ["expected_mark"])
    assert documents("check", "--expect", "3f9a").status == 2


def test_check_of_a_tampered_database_ends_with_1_and_says_what_is_wrong(
    documents: Callable[..., Ended], path: Path
) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE entry SET amount = amount + 1 WHERE id = 1")

    ended = documents("check", "--json")

    assert ended.status == 1
    assert "batches_are_whole" in {failure["rule"] for failure in ended.json}
    assert {frozenset(failure) for failure in ended.json} == {frozenset({"rule", "message"})}


# demo ------------------------------------------------------------------------------------------------------


def test_the_example_has_as_many_projects_as_asked_for(fou: Callable[..., Ended], path: Path) -> None:
    ended = fou("demo", "example", "--projects", 12)
    assert (ended.status, len(held(path)["project"])) == (0, 12)


@pytest.mark.parametrize("which", ["documents", "example"])
def test_a_demo_is_not_loaded_over_anything(documents: Callable[..., Ended], path: Path, which: str) -> None:
    before = held(path)
    ended = documents("demo", which)
    assert (ended.status, ended.out, held(path)) == (1, "", before)
    assert "innehåller redan uppgifter" in ended.err


# Wrong usage, and what stands in the way -------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("planera",),
        ("plan",),
        ("plan", "i år"),
        ("plan", "1789"),
        ("plan", "2013", "--as-of", "igår"),
        ("plan", "2013", "--csv"),
        ("import", "finns-inte.xlsx"),
        ("undo", "den senaste"),
        ("demo", "stockholm"),
        ("demo", "example", "--projects", "3"),
        ("backup",),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_touches_nothing(
    fou: Callable[..., Ended], path: Path, arguments: tuple[str, ...]
) -> None:
    ended = fou(*arguments)
    assert (ended.status, ended.out, path.exists()) == (2, "", False)
    assert ended.err != ""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A database that another process holds."""
    path = tmp_path_factory.mktemp("busy") / "fou.duckdb"
    with held_by_another_process(path):
        yield path


@pytest.mark.parametrize("arguments", [("plan", "2013"), ("import", str(DOCUMENTS)), ("history", "--json")])
def test_a_database_that_another_process_holds_is_told_in_plain_words(busy: Path, arguments: tuple[str, ...]) -> None:
    ended = real(busy, *arguments)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        "Databasen fou.duckdb används redan av ett annat program, troligen Fous server. Gör det du vill göra i "
        "webbläsaren (sidan Import eller Administration), eller stäng servern först och försök igen.\n"
    )


@pytest.mark.parametrize("arguments", [("plan", "2013"), ("history",), ("check",), ("undo", "1")])
def test_asking_a_database_that_does_not_exist_is_refused_and_makes_none(
    fou: Callable[..., Ended], path: Path, arguments: tuple[str, ...]
) -> None:
    ended = fou(*arguments)
    assert ended.status == 1
    assert "Det finns ingen databas" in ended.err
    assert not path.exists()


def test_a_file_that_is_no_database_is_told_in_plain_words(fou: Callable[..., Ended], path: Path) -> None:
    path.write_text("Projekt;2013\n")
    ended = fou("plan", 2013)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("fou.duckdb är ingen databas som Fou kan läsa.")


def test_a_terminal_without_swedish_letters_stops_nothing(documents: Callable[..., Ended], path: Path) -> None:
    assert real(path, "plan", "2014", PYTHONIOENCODING="ascii").status == 0


def test_json_keeps_every_letter_whatever_the_terminal(documents: Callable[..., Ended], path: Path) -> None:
    plan = real(path, "plan", "2014", "--json", PYTHONIOENCODING="ascii").json
    assert plan == documents("plan", 2014, "--json").json


# --- The council's meeting ----------------------------------------------------------------------------------


def test_a_scenario_is_listed_shown_compared_and_decided(fou: Callable[..., Ended], path: Path) -> None:
    assert fou("demo", "documents").status == 0
    database = Database.open(path)
    anna, about = Person("Anna", Role.ADMIN), Scope(2013)
    one = scenarios.create(database, anna, about, "Förslaget")
    with database.read() as reader:
        found = matters(reader, anna, about)
    for matter in found.rows:
        scenarios.take_whole(database, anna, one, matter.key)
    two = scenarios.copy(database, anna, one, "Utan utlysning")
    scenarios.leave_out(database, anna, two, found.rows[-1].key)
    database.close()
    assert [row["code"] for row in fou("scenario", "list", "--json").json] == ["2013-S1", "2013-S2"]
    shown = fou("scenario", "show", "2013-s1", "--json").json
    assert [(row["year"], row["granted"], row["reserved"], row["open"], row["free"]) for row in shown["years"]] == [
        (2013, 2_310_000, 0, 0, 0), (2014, 0, 2_000_000, 6, None)
    ]  # fmt: skip
    assert "S-EBP" in fou("scenario", "show", "2013-S1").out
    compared = fou("scenario", "compare", "2013-S1", "2013-S2", "--json").json
    assert [row["gains"] for row in compared["matters"] if any(row["gains"])] == [[0, -2_000_000]]
    lines = fou("scenario", "compare", "2013-S1", "2013-S2").out.splitlines()
    assert lines[0] == "Ärende: 2013-S1 Förslaget | 2013-S2 Utan utlysning"
    assert f"Summa utan villkor: {format_sek(4_310_000)} | {format_sek(2_310_000)}" in lines
    cut = fou("allocate", "2013", "--rule", "cut", "--json").json
    assert (cut["frame"], sum(row["amount"] for row in cut["proposals"]), cut["left"]) == (2_310_000, 2_310_000, 0)
    assert fou("allocate", "2013", "--rule", "best").status == 1
    batches = len(fou("history", "--json").json)
    for wrong in (("--date", "2100-01-01"), ("--reference", " "), ("--verdict", "changed"), ("--verdict", "maybe")):
        usual = {"--scenario": "2013-S1", "--date": "2013-10-22", "--reference": "SN 1"} | dict([wrong])
        assert fou("decide", *(text for pair in usual.items() for text in pair)).status == 1
    assert len(fou("history", "--json").json) == batches
    decided = fou("decide", "--scenario", "2013-S1", "--date", "2013-10-22", "--reference", "SN 1", "--immediate")
    assert (decided.status, decided.err) == (0, "")
    plan = fou("plan", "2013", "--json").json
    assert (plan["granted"], plan["free"]) == (2_310_000, 0)
    again = fou("decide", "--scenario", "2013-S1", "--date", "2013-10-22", "--reference", "SN 1")
    assert (again.status, "redan" in again.err) == (1, True)
    assert fou("scenario", "show", "2013-S9").status == 1
    assert fou("check").status == 0
