"""Applications out of workbooks: forms and lists read back, moved about, bad, doubled, supplemented and undone."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from fou import applications, calling, ledger
from fou.access import Person, Role
from fou.applications import Cost, Form
from fou.calls import call_page
from fou.cli import app
from fou.errors import Forbidden, Refused, SaveConflict
from fou.imports.applications.examining import examine
from fou.imports.applications.fields import FORM_SHEET, LIST_SHEET, MARKS_SHEET
from fou.imports.applications.form import ROWS, form_workbook
from fou.imports.applications.found import Choices, Found
from fou.imports.applications.posting import found_json, post, state_of
from fou.imports.applications.reading import FileRead, read_book, read_many
from fou.imports.applications.said import Said
from fou.imports.files.xlsx import read_workbook
from fou.store import Database
from tests.integration.application_files import (
    ANSWERS,
    BAD,
    blank,
    blank_list,
    fill,
    fill_list,
    more_areas,
    page_of,
    saved,
)
from tests.integration.rounds import ANNA, CLOSED, IN_TIME, OPENS, call, council, is_whole, new_call, open_call

GOOD = Form(
    "Läxhjälp i Norr", "Enhet Norr, Enhet Söder", "Högskolan", "Eva Ek", None,
    "Barn får hjälp med läxor.\nVi mäter betygen.", "2026-02", "2026-12", True, False, date(2025, 10, 2), "SN 2025/7",
    "eva@kommun.se", 90000,
    (
        Cost(2026, "other", "co_funding", 50000), Cost(2026, "salaries", "requested", 100000),
        Cost(2027, "travel", "requested", 20000),
    ),
)  # fmt: skip


TODAY = date(2025, 10, 10)


@pytest.fixture(scope="module")
def round_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open call."""
    path = tmp_path_factory.mktemp("forms") / "fou.duckdb"
    database = Database.open(path)
    council(database)
    more_areas(database)
    open_call(database)
    database.close()
    return path


@pytest.fixture(scope="module")
def looked_at(round_file: Path) -> Iterator[Database]:
    """The same, for tests that write nothing."""
    database = Database(round_file, duckdb.connect(str(round_file)))
    yield database
    database.close()


@pytest.fixture
def round_of(round_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy to write in."""
    path = Path(shutil.copy(round_file, tmp_path / "fou.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    yield database
    database.close()


@pytest.fixture(scope="module")
def form(looked_at: Database) -> bytes:
    return blank(looked_at)


def read(data: bytes, name: str = "ansokan.xlsx") -> FileRead:
    """As ``read_many`` reads, without a process of its own."""
    return read_book(read_workbook(data, name), name, str(hash(data)))


def only(file: FileRead) -> Said:
    (said,) = file.said
    return said


def held(database: Database, *files: FileRead, **choices: Any) -> Found:
    with database.read() as reader:
        return examine(reader, call(database).id, files, Choices(**choices), TODAY)


def kinds(found: Found) -> list[str]:
    return [one.kind for file in found.files for one in file.all_findings()]


def stored(database: Database) -> list[tuple[str, Form]]:
    with database.read() as reader:
        rows = reader.rows("SELECT id, code FROM proposal ORDER BY code")
        return [(code, applications.form_of(reader, number)) for number, code in rows]


def test_a_form_that_is_filled_in_says_what_was_written(round_of: Database, form: bytes) -> None:
    file = read(fill(form))
    said = only(file)
    assert (file.is_form, file.call, file.findings) == (True, "LUM-2026", ())
    assert (said.form, said.area, said.code, said.findings) == (GOOD, "Barn och unga", None, ())
    found = held(round_of, file)
    assert (found.has_errors, kinds(found)) == (False, [])
    batch, codes = post(round_of, ANNA, found, TODAY)
    assert codes == ("LUM-2026-01",)
    assert stored(round_of) == [("LUM-2026-01", replace(GOOD, area=1))]
    with round_of.read() as reader:
        kept = next(one for one in ledger.history(reader) if one.id == batch)
        assert reader.value("SELECT source FROM proposal") == "ansokan.xlsx › Ansökan"
    assert (kept.kind, kept.file, kept.sha256) == ("import", "ansokan.xlsx", file.sha256)
    assert is_whole(round_of)


def test_an_empty_form_says_that_it_is_empty_and_a_filled_one_is_written_back_as_it_was(
    round_of: Database, form: bytes
) -> None:
    found = held(round_of, read(form))
    assert "missing_title" in kinds(found)
    assert found.incoming == ()
    page, areas = page_of(round_of)
    again = only(read(form_workbook(page, areas, replace(GOOD, area=1), "LUM-2026-01")))
    assert (again.form, again.area, again.code, again.findings) == (GOOD, "Barn och unga", "LUM-2026-01", ())


def test_the_form_has_lists_locked_questions_sums_and_texts_that_stay_texts(form: bytes) -> None:
    book = load_workbook(BytesIO(form))
    sheet = book[FORM_SHEET]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert sheet[f"B{ROWS.fields['title']}"].protection.locked is False
    assert sheet[f"E{ROWS.tables['requested'] + 1}"].value.startswith("=SUM(")
    ranges = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert ranges[f"B{ROWS.fields['joint']}"] == '"ja,nej"'
    assert ranges[f"B{ROWS.fields['area']}"].startswith(f"{MARKS_SHEET}!")
    assert book[MARKS_SHEET].sheet_state == "hidden"
    assert "Kvalitet" in [cell.value for row in book["Om utlysningen"] for cell in row]


def test_a_text_that_looks_like_a_formula_is_a_text_on_the_way_out_and_in(round_of: Database) -> None:
    page, areas = page_of(round_of)
    hostile = '=HYPERLINK("http://x")'
    made = form_workbook(page, areas, Form(hostile, summary="+1 <r>a</r>"), None)
    cell = load_workbook(BytesIO(made))[FORM_SHEET][f"B{ROWS.fields['title']}"]
    assert (cell.data_type, cell.value) == ("s", hostile)
    assert only(read(made)).form.title == hostile


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_in_a_form_is_told_in_its_cell(looked_at: Database, form: bytes, name: str) -> None:
    bad = BAD[name]
    found = held(looked_at, read(fill(form, change=bad.change)))
    (told,) = [one for file in found.files for one in file.all_findings() if one.kind == bad.kind][:1]
    assert (told.sheet, told.cell) == (FORM_SHEET, bad.cell)
    assert bad.words in f"{told.expected} {told.help}"
    assert found.has_errors == bad.is_error
    assert bool(found.incoming) != bad.is_error


_LABELS = st.sampled_from([str.upper, str.lower, lambda text: f"1. {text}:", lambda text: f" {text} (obligatoriskt)"])


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.integers(1, 50), max_size=4), columns=st.lists(st.integers(1, 5), max_size=2),
    reworded=st.dictionaries(st.sampled_from(sorted(ROWS.fields)), _LABELS, max_size=4),
    name=st.sampled_from(["Blad1", "Ansökan", "Vår ansökan"]),
    title=st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30), amount=st.integers(1, 400_000),
)  # fmt: skip
def test_cells_that_are_moved_and_labels_a_little_reworded_are_found(
    form: bytes, rows: list[int], columns: list[int], reworded: dict[str, Any], name: str, title: str, amount: int
) -> None:
    def move(sheet: Worksheet) -> None:
        sheet.cell(ROWS.tables["requested"] + 1, 2).value = amount
        for field, change in reworded.items():
            label = sheet.cell(ROWS.fields[field], 1)
            label.value = change(label.value)
        # openpyxl moves the cells but not what is merged, and a merged cell swallows what comes to stand in it.
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        for row in rows:
            sheet.insert_rows(row)
        for column in columns:
            sheet.insert_cols(column)
        sheet.title = name

    said = only(read(fill(form, {"title": title}, move)))
    costs = (GOOD.costs[0], Cost(2026, "salaries", "requested", amount), GOOD.costs[2])
    assert said.form == replace(GOOD, title=title, costs=costs)
    assert [one.kind for one in said.findings] == []


def test_amounts_are_read_in_the_unit_that_they_are_written_in(form: bytes) -> None:
    row = ROWS.tables["requested"]

    def in_thousands(sheet: Worksheet) -> None:
        sheet.cell(row, 1).value = "Sökta medel (tkr)"
        sheet.cell(row + 1, 2).value = 100
        sheet.cell(row + 3, 3).value = "0,02 mnkr"

    assert only(read(fill(form, change=in_thousands))).form == GOOD


def test_amounts_that_look_like_thousands_are_asked_about_and_come_in_when_they_are_right(
    round_of: Database, form: bytes
) -> None:
    row = ROWS.tables["requested"]

    def small(salaries: object, travel: object, lead: str = "Eva Ek") -> FileRead:
        def change(sheet: Worksheet) -> None:
            sheet.cell(row + 1, 2).value = salaries
            sheet.cell(row + 3, 3).value = travel
            sheet.cell(ROWS.fields["least"], 2).value = None

        return read(fill(form, {"lead": lead}, change))

    file = small(250, 40)
    found = held(round_of, file)
    (candidate,), (told,) = found.candidates, found.files[0].all_findings()
    assert (told.kind, told.cell, told.found) == ("thousands", f"B{row + 1}", "290\u00a0kr sökt i allt")
    assert told.help.replace("\u00a0", " ") == (
        "Menas 290 000 kr (tusental)? Rätta cellerna. Är 290 kr rätt: svara på sidan Ansökningar."
    )
    assert found.incoming == ()
    answered = held(round_of, file, small=frozenset([candidate.key]))
    assert [one.requested for one in answered.incoming] == [290]
    # Who writes the unit has said what is meant.
    assert [kinds(held(round_of, small(*said))) for said in (("250 kr", "40 kr"), ("0,2 tkr", 10_000))] == [[], []]
    with round_of.read() as reader:
        here = examine(reader, call(round_of).id, [file], Choices(), TODAY, "här ovanför")
    assert [one.help[-18:] for one in here.files[0].all_findings()] == ["svara här ovanför."]
    # What is in the application already is not asked about again.
    post(round_of, ANNA, answered, TODAY)
    assert [one.code for one in held(round_of, small(250, 40, "Bo")).incoming] == ["LUM-2026-01"]
    assert kinds(held(round_of, small(240, 40))) == ["thousands"]


def test_two_rows_of_the_same_cost_are_added_up(form: bytes) -> None:
    def split(sheet: Worksheet) -> None:
        row = ROWS.tables["requested"]
        sheet.cell(row + 1, 2).value = 60000
        sheet.cell(row + 8, 1).value = "Löner"
        sheet.cell(row + 8, 2).value = 40000

    assert only(read(fill(form, change=split))).form == GOOD


def test_a_list_has_one_application_a_row(round_of: Database) -> None:
    rows = [
        {
            "Projektets namn": f"Projekt {n}", "Sökande": "Enhet A", "Prioriterat område": "Barn och unga",
            "Sammanfattning": "Text", "Sökt 2026": 10_000 * n, "Medfinansiering 2027": 5_000,
            "Inkom": date(2025, 10, 3), "Är ansökan gemensam?": "nej",
        }
        for n in (1, 2)
    ]  # fmt: skip
    file = read(fill_list(blank_list(round_of), [*rows, {"Projektets namn": "Summa", "Sökt 2026": 30_000}]))
    assert file.is_form is False
    assert [said.form.costs for said in file.said] == [
        (Cost(2026, "other", "requested", 10_000 * n), Cost(2027, "other", "co_funding", 5_000)) for n in (1, 2)
    ]
    found = held(round_of, file)
    assert kinds(found) == ["no_cost_types"]
    post(round_of, ANNA, found, TODAY)
    assert [form.title for _, form in stored(round_of)] == ["Projekt 1", "Projekt 2"]
    # The list again, with a type of cost in the head and a word changed: a supplement by its code.
    again = [{"Kod": "LUM-2026-02", **rows[1], "Sökande": "Enhet B"}, {"Kod": "X-9", "Projektets namn": "Ny"}]
    data = fill_list(blank_list(round_of), again)
    supplement, unknown = held(round_of, read(data)).candidates
    assert (supplement.code, supplement.changes) == ("LUM-2026-02", (("Sökande", "Enhet A", "Enhet B"),))
    assert [one.kind for one in unknown.findings if one.cell == "A3"] == ["unknown_code"]


def test_a_list_with_other_heads_tells_of_the_columns_that_are_not_read(round_of: Database) -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (
        ["Våra ansökningar"], ["Projektnamn", "Enhet", "Löner sökt 2026 (tkr)", "Dnr"], ["Läxhjälp", "Norr", 5, "7"],
    ):  # fmt: skip
        sheet.append(row)
    file = read(saved(book))
    found = held(round_of, file)
    (candidate,) = found.candidates
    assert candidate.form.costs == (Cost(2026, "salaries", "requested", 5000),)
    assert candidate.form.reference == "7"
    assert ("not_read", "B2") in [(one.kind, one.cell) for one in file.findings]
    assert {"missing_column", "no_call"} <= set(kinds(found))


def test_files_that_are_neither_are_told_of_and_the_rest_can_come_in(round_of: Database, form: bytes) -> None:
    empty = Workbook()
    other = fill(form, change=lambda sheet: setattr(sheet.parent[MARKS_SHEET]["B3"], "value", "LUM-2019"))
    password = BytesIO()
    with zipfile.ZipFile(password, "w") as archive:
        archive.writestr("hej.txt", "hej")
    found = held(
        round_of,
        *read_many(
            [
                ("bra.xlsx", fill(form)), ("tom.xlsx", saved(empty)), ("annan.xlsx", other),
                ("brev.pdf", b"%PDF-1.7 x"),
                ("gammal.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), ("noll.xlsx", b""),
                ("paket.xlsx", password.getvalue()),
            ]
        ),
    )  # fmt: skip
    told = {file.file: [one.kind for one in file.findings] for file in found.files}
    assert told == {
        "bra.xlsx": [], "tom.xlsx": ["not_an_application"], "annan.xlsx": ["other_call"], "brev.pdf": ["pdf"],
        "gammal.xls": ["old_format"], "noll.xlsx": ["empty_file"], "paket.xlsx": ["not_a_workbook"],
    }  # fmt: skip
    assert [one.file for one in found.incoming] == ["bra.xlsx"]
    _, codes = post(round_of, ANNA, found, TODAY)
    assert codes == ("LUM-2026-01",)


def test_the_same_application_twice_is_told_and_one_is_left_out(round_of: Database, form: bytes) -> None:
    first, same, other = fill(form), fill(form, {"lead": None}), fill(form, {"lead": "Bo", "reference": "SN 9"})
    found = held(round_of, read(first, "a"), read(first, "b"), read(same, "c"), read(other, "d"))
    assert kinds(found) == ["same_file", "same_in_files", "same_in_files"]
    assert [one.file for one in found.incoming] == ["a"]
    mended = held(round_of, read(fill(form, change=BAD["euro"].change), "fel"), read(first, "a"))
    assert (kinds(mended), [one.file for one in mended.incoming]) == (["currency"], ["a"])
    keys = {one.file: one.key for one in found.candidates}
    found = held(round_of, *(read(data, name) for data, name in ((first, "a"), (same, "c"), (other, "d"))),
                 left=frozenset([keys["a"]]), other=frozenset([keys["d"]]))  # fmt: skip
    assert [one.file for one in found.incoming] == ["c", "d"]
    _, codes = post(round_of, ANNA, found, TODAY)
    assert len(codes) == 2


def test_a_form_that_comes_again_with_changes_is_a_supplement(round_of: Database, form: bytes) -> None:
    post(round_of, ANNA, held(round_of, read(fill(form))), TODAY)
    (one,) = held(round_of, read(fill(form))).candidates
    assert (state_of(one), one.code) == ("unchanged", "LUM-2026-01")

    def less(sheet: Worksheet) -> None:
        sheet.cell(ROWS.tables["requested"] + 1, 2).value = 80000

    changed = fill(form, {"lead": "Bo Bok", "contact": None}, less)
    found = held(round_of, read(changed))
    (one,) = found.incoming
    assert one.changes == (
        ("Ansvarig för projektet", "Eva Ek", "Bo Bok"),
        ("Sökta medel 2026, löner", "100\u00a0000\u00a0kr", "80\u00a0000\u00a0kr"),
    )
    batch, _ = post(round_of, ANNA, found, TODAY)
    assert stored(round_of)[0][1].lead == "Bo Bok"
    assert stored(round_of)[0][1].contact == "eva@kommun.se"  # what a form leaves empty stays
    assert batch is not None
    ledger.undo(round_of, ANNA, batch)
    assert stored(round_of) == [("LUM-2026-01", replace(GOOD, area=1))]
    assert is_whole(round_of)


def test_without_a_reference_number_one_is_asked_whether_it_is_the_same(round_of: Database, form: bytes) -> None:
    post(round_of, ANNA, held(round_of, read(fill(form, {"reference": None}))), TODAY)
    file = read(fill(form, {"reference": None, "lead": "Bo"}))
    found = held(round_of, file)
    (one,) = found.candidates
    assert (kinds(found), one.like, found.incoming) == (["same_application"], "LUM-2026-01", ())
    (same,) = held(round_of, file, same=frozenset([one.key])).incoming
    assert (same.code, same.changes) == ("LUM-2026-01", (("Ansvarig för projektet", "Eva Ek", "Bo"),))
    found = held(round_of, file, other=frozenset([one.key]))
    assert post(round_of, ANNA, found, TODAY)[1] == ("LUM-2026-02",)


def test_an_unknown_area_is_answered_and_the_day_it_came_in_is_filled_in(looked_at: Database, form: bytes) -> None:
    file = read(fill(form, {"area": "Barn o ungdom", "received": None}))
    found = held(looked_at, file)
    assert found.unknown_areas == (("Barn o ungdom", 1),)
    for answer in (1, None):
        (one,) = held(looked_at, file, areas=(("barn o ungdom", answer),), received=IN_TIME).incoming
        assert (one.form.area, one.form.received) == (answer, IN_TIME)
    found = held(looked_at, read(fill(form, {"area": "Barn o unga"})))
    assert (kinds(found), found.incoming[0].form.area) == (["spelt_area"], 1)


def test_all_or_none_is_written_when_somebody_else_was_there_first(round_of: Database, form: bytes) -> None:
    other = {"title": "Fältarbete", "reference": "SN 8"}
    files = read(fill(form, other), "a"), read(fill(form), "b")
    found = held(round_of, *files)
    applications.enter(round_of, ANNA, call(round_of).id, replace(GOOD, title="Annat"), TODAY)
    with pytest.raises(Refused, match=r"b › Ansökan: LUM-2026-01 har redan diarienumret SN 2025/7.*Ingenting"):
        post(round_of, ANNA, found, TODAY)
    assert [code for code, _ in stored(round_of)] == ["LUM-2026-01"]
    found = held(round_of, *files)  # now b is a supplement to what was entered
    with round_of.read() as reader:
        number = reader.value("SELECT id FROM proposal")
    applications.change(round_of, ANNA, number, stored(round_of)[0][1], replace(GOOD, title="Tredje"), TODAY)
    with pytest.raises(SaveConflict, match="Anna har ändrat"):
        post(round_of, ANNA, found, TODAY)
    assert len(stored(round_of)) == 1


def test_a_call_that_takes_no_applications_takes_no_files(database: Database, form: bytes, round_of: Database) -> None:
    council(database)
    draft = new_call(database)
    with pytest.raises(Refused, match="är utkast och tar inte emot"):
        held(database, read(fill(form)))
    calling.move_on(database, ANNA, draft, OPENS)
    post(round_of, ANNA, held(round_of, read(fill(form))), TODAY)
    for day in (CLOSED, CLOSED):
        calling.move_on(round_of, ANNA, call(round_of), day)
    supplement, new = read(fill(form, {"lead": "Bo"})), read(fill(form, {"title": "Ny", "reference": "SN 1"}))
    found = held(round_of, supplement, new)
    assert kinds(found) == ["closed"]
    assert [one.code for one in found.incoming] == ["LUM-2026-01"]


def test_only_an_administrator_reads_in(round_of: Database, form: bytes) -> None:
    found = held(round_of, read(fill(form)))
    with pytest.raises(Forbidden):
        post(round_of, Person("Carl", Role.MEMBER, 2), found, TODAY)
    assert stored(round_of) == []


def test_the_command_line_reads_all_files_or_none(
    round_of: Database, form: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOU_DATABASE", str(round_of.path))
    round_of.close()
    good, bad = tmp_path / "bra.xlsx", tmp_path / "fel.xlsx"
    good.write_bytes(fill(form, {"received": None}))
    bad.write_bytes(fill(form, {"title": None}))

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["call", "import", "LUM-2026", *arguments])
        if isinstance(done.exception, Refused):
            return 1, str(done.exception)
        return done.exit_code, done.output

    assert run(str(good), str(bad)) == (1, "Det finns fel. Ingenting är inläst.")
    code, output = run(str(good), "--check", "--json")
    told = json.loads(output)
    assert (code, told["batch"], told["files"][0]["applications"][0]["requested"]) == (0, None, 120000)
    code, output = run(str(good), "--received", "2025-10-04")
    assert (code, output.splitlines()[-1][:38]) == (0, "1 ansökan i LUM-2026, inläst som post ")
    assert run(str(tmp_path / "borta.xlsx"))[0] == 1
    database = Database.open(round_of.path)
    with database.read() as reader:
        page = call_page(reader, "LUM-2026")
    assert page is not None
    assert [one.proposal.code for one in page.applications] == ["LUM-2026-01"]
    database.close()


def test_what_is_told_as_json_can_be_written(round_of: Database, form: bytes) -> None:
    found = held(round_of, read(fill(form, {"area": "Okänt"})))
    told = found_json(found, None)["files"][0]
    assert (told["kind"], told["applications"][0]["state"]) == ("form", "wrong")
    assert ANSWERS["title"] == told["applications"][0]["title"]
    assert LIST_SHEET == "Ansökningar"
