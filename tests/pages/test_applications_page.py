"""A call's applications: the list, the form, and an application's own page, for each who looks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fou import applications, calling
from fou.applications import Cost, Form
from fou.calling import SetAside
from fou.calls import call_of, requested_of
from fou.model import Proposal
from fou.store import Database
from fou.ui import pages, state
from tests.integration.rounds import ANNA, FORM, GROUNDS, IN_TIME, OPENS, apply, council, form, open_call
from tests.pages.conftest import Visit, unescaped

FIRST, SECOND = "LUM-2026-01", "LUM-2026-02"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An open call with two applications; Berit's unit has applied for the second."""
    database = Database.open(tmp_path_factory.mktemp("round") / "fou.duckdb")
    council(database)
    open_call(database)
    apply(database, "Alfa", costs=(Cost(2026, "salaries", "requested", 200_000),), starts="2026-01", ends="2026-12")
    apply(database, "Beta", applicants="Vuxenenheten", summary=None, least=150_000)
    database.close()
    return database.path


@pytest.fixture
def round_(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages show a copy of it to write in."""
    shutil.copy(ready, tmp_path / "fou.duckdb")
    monkeypatch.setenv("FOU_DATABASE", str(tmp_path / "fou.duckdb"))


pytestmark = pytest.mark.usefixtures("round_")


def call_page(visit: Callable[..., Visit], jag: str = "Handläggare") -> Visit:
    return visit(pages.CALLS, jag=jag, utlysning="LUM-2026", **{"del": "ansokningar"})


def offered(shown: Visit) -> set[str]:
    """The buttons and sections that write."""
    labels = {unescaped(button.label) for button in shown.at.button}
    return labels | {unescaped(str(found.label)) for found in shown.at.get("expander")}


def write_costs(shown: Visit, cells: dict[int, dict[str, str]]) -> Visit:
    """Write in the table of costs (row → column → text) as the browser sends it: the test driver has no such widget."""
    grid = next(found for found in shown.at.dataframe if found.proto.editing_mode)
    states = shown.at._tree.get_widget_states()
    edits = {"edited_rows": {str(row): texts for row, texts in cells.items()}, "added_rows": [], "deleted_rows": []}
    states.widgets.append(WidgetState(id=grid.proto.id, string_value=json.dumps(edits)))
    shown.at._run(states)
    return shown


def saved(number: int) -> tuple[Form, Proposal]:
    with state.database().read() as reader:
        return applications.form_of(reader, number), reader.records(Proposal, "WHERE id = $id", id=number)[0]


def asked(number: int) -> dict[int, Decimal]:
    with state.database().read() as reader:
        found = reader.records(Proposal, "WHERE id = $id", id=number)
        return {entry.year: entry.amount for entry in requested_of(reader, found)[number]}


# --- The list ---------------------------------------------------------------------------------------------------


def test_the_list_says_what_each_asks_for_and_lacks_and_can_be_searched(visit: Callable[..., Visit]) -> None:
    applications.withdraw(state.database(), ANNA, 1, "Ångrade sig")
    shown = call_page(visit)
    rows = shown.at.dataframe[0].value.to_dict("records")
    assert [(row["Kod"], row["Läge"]) for row in rows] == [(SECOND, "inkommen"), (FIRST, "återkallad")]
    assert (rows[0]["Söker (kr)"], rows[0]["Minst (kr)"], rows[0]["Saknas"]) == (200_000, 150_000, "sammanfattning")
    assert "1 ansökan, och 1 som är ute ur utlysningen. 1 saknar något" in shown.text
    shown.at.text_input(key="ansokan-sok").set_value("enhet ALFA")
    assert list(shown.run().at.dataframe[0].value["Kod"]) == [FIRST]
    shown.at.text_input(key="ansokan-sok").set_value("finns inte")
    assert "Ingen ansökan har ”finns inte”" in shown.run().text


@pytest.mark.parametrize(("jag", "writes"), [("Handläggare", True), ("Berit", False), ("Läsare", False)])
def test_only_an_administrator_is_offered_to_enter_one(visit: Callable[..., Visit], jag: str, writes: bool) -> None:
    shown = call_page(visit, jag)
    assert ("Ny ansökan" in offered(shown)) == writes
    marked = "Jäv" in shown.at.dataframe[0].value.columns
    assert marked == (jag == "Berit")


# --- The form ---------------------------------------------------------------------------------------------------


def test_what_is_wrong_is_told_where_it_is_and_what_was_typed_is_kept_until_it_is_saved(
    visit: Callable[..., Visit],
) -> None:
    shown = call_page(visit).open("ny-ansokan-1")
    shown.at.text_input(key="ansokan-ny-1-starts").set_value("någon gång")
    shown.at.text_input(key="ansokan-ny-1-least").set_value("1 mnkr")
    write_costs(shown, {0: {"Sökt 2026": "300 tkr", "Medfinansiering 2026": "50 000"}, 2: {"Sökt 2026": "mycket"}})
    assert ["Sökt", "300 000", "300 000"] in shown.rows("Kostnad")
    for told in (
        "Här står ”någon gång”", "Resor, sökt 2026: Här står ”mycket”. Skriv hela kronor",
        "Det lägsta beloppet, 1 000 000 kr, är större än det sökta",
    ):  # fmt: skip
        assert told in shown.text
    shown.press("Lägg in ansökan")
    assert "Inget är sparat. Rätta detta, det du skrev står kvar: Projektets namn, Börjar, Kostnader." in shown.text
    shown.at.text_input(key="ansokan-ny-1-title").set_value("Gamma *med* stjärnor")
    shown.at.text_input(key="ansokan-ny-1-starts").set_value("2026-03")
    shown.at.multiselect(key="ansokan-ny-1-applicants").set_value(["Enhet Alfa", "Boendeenheten"])
    shown.at.segmented_control(key="ansokan-ny-1-joint").set_value(True)
    write_costs(shown, {0: {"Sökt 2026": "1 200 000", "Medfinansiering 2026": "50 000"}, 2: {"Sökt 2026": ""}})
    assert "Ansökan söker 1 200 000 kr för 2026, men utlysningen har 500 000 kr." in shown.text
    shown.press("Lägg in ansökan")
    assert (shown.title, "LUM-2026-03 är inlagd." in shown.text) == ("Gamma *med* stjärnor", True)
    said, about = saved(3)
    assert (said.starts, said.least, said.joint, about.applicants) == (
        "2026-03", 1_000_000, True, "Enhet Alfa, Boendeenheten",
    )  # fmt: skip
    assert said.costs == (
        Cost(2026, "salaries", "co_funding", 50_000), Cost(2026, "salaries", "requested", 1_200_000),
    )  # fmt: skip


def test_the_same_application_is_told_with_the_ways_on(visit: Callable[..., Visit]) -> None:
    shown = call_page(visit).open("ny-ansokan-1")
    shown.at.text_input(key="ansokan-ny-1-title").set_value("ALFA")
    shown.at.text_input(key="ansokan-ny-1-reference").set_value("SN 2025/Alfa")
    shown.press("Lägg in ansökan")
    assert f"{FIRST} har redan diarienumret SN 2025/Alfa" in shown.text
    assert list(shown.at.checkbox) == []  # a number is nobody else's
    shown.at.text_input(key="ansokan-ny-1-reference").set_value("SN 2025/9")
    shown.press("Lägg in ansökan")
    assert "ser ut att vara samma ansökan" in shown.text
    assert f"Se {FIRST}" in shown.text
    shown.at.checkbox(key="ansokan-ny-1-annan").check()
    shown.run().press("Lägg in ansökan")
    assert "LUM-2026-03 är inlagd." in shown.text


def test_a_supplement_is_shown_before_and_after_and_can_be_undone(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.APPLICATION, kod=FIRST).open("ansokan-andra")
    shown.at.text_input(key="ansokan-1-lead").set_value("Karin Lind")
    shown.at.text_input(key="ansokan-1-why").set_value("Sökanden kompletterade")
    write_costs(shown, {0: {"Sökt 2026": "180 000"}})
    shown.press("Spara ändringarna")
    assert f"{FIRST} är ändrad." in shown.text
    assert "Handläggare. Sökanden kompletterade" in shown.text
    assert changes(shown) == [
        ["Ansvarig", "inget", "Karin Lind"], ["2026, löner, sökt", "200 000 kr", "180 000 kr"],
    ]  # fmt: skip
    shown.press("Ångra")
    assert (asked(1), saved(1)[0].lead) == ({2026: 200_000}, None)


def test_what_somebody_else_changed_is_told_and_neither_is_lost(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.APPLICATION, kod=FIRST).open("ansokan-andra")
    seen = saved(1)[0]
    applications.change(state.database(), ANNA, 1, seen, replace(seen, lead="Annas", performer="Annas"), date.today())
    shown.at.text_input(key="ansokan-1-lead").set_value("Min")
    shown.at.text_area(key="ansokan-1-summary").set_value("Min text")
    shown.press("Spara ändringarna")
    assert "Anna har ändrat samma uppgift medan du skrev" in shown.text
    assert shown.at.text_input(key="ansokan-1-lead").value == "Min"
    shown.press("Spara ändringarna")
    said = saved(1)[0]
    assert (said.lead, said.performer, said.summary) == ("Min", "Annas", "Min text")


# --- The page ---------------------------------------------------------------------------------------------------


def test_an_application_is_marked_withdrawn_and_that_is_undone(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.APPLICATION, kod=SECOND)
    assert "Saknas för bedömningen" in shown.text
    shown.press("Väntar på komplettering")
    shown.press("Markera som komplett ändå")
    assert "Markerad som komplett, fastän detta saknas" in shown.text
    shown.open("ansokan-aterkalla")
    shown.press("Återkalla ansökan")
    assert "Skriv varför ansökan återkallas." in shown.text
    shown.at.text_input(key="aterkalla-2").set_value("Enheten läggs ner")
    shown.press("Återkalla ansökan")
    assert "Ansökan är återkallad och prövas inte" in shown.text
    assert "Återkalla" not in offered(shown)
    shown.press("Ångra")
    assert (asked(2), saved(2)[1].state) == ({2026: 200_000}, "complete")


def test_an_application_is_moved_and_leads_to_itself_both_ways(visit: Callable[..., Visit]) -> None:
    database = state.database()
    calling.create(database, ANNA, "U", replace(FORM, name="Andra"), GROUNDS, [SetAside(2026, Decimal(9))])
    with database.read() as reader:
        other = call_of(reader, 2)
    calling.move_on(database, ANNA, other, OPENS)
    applications.enter(database, ANNA, 2, form("Alfa", reference="1"), IN_TIME, again=True)
    shown = visit(pages.APPLICATION, kod=FIRST).open("ansokan-flytta")
    shown.at.selectbox(key="flytta-1").set_value(2)
    shown.press("Flytta ansökan")
    assert "U-01 i Andra ser ut att vara samma ansökan" in shown.text
    shown.at.checkbox(key="flytta-annan-1").check()
    shown.run().press("Flytta ansökan")
    assert f"{FIRST} är flyttad och heter nu U-02." in shown.text
    assert f"Flyttad från: {FIRST}" in shown.text
    assert "Flyttad till: U-02" in visit(pages.APPLICATION, kod=FIRST).text


@pytest.mark.parametrize(
    ("jag", "contact", "changed", "conflict", "writes"),
    [
        ("Handläggare", True, True, False, True), ("Carl", False, True, False, False),
        ("Berit", False, True, True, False), ("Läsare", False, False, False, False),
    ],
)  # fmt: skip
def test_everybody_reads_the_application_and_each_what_they_may(
    visit: Callable[..., Visit], jag: str, contact: bool, changed: bool, conflict: bool, writes: bool
) -> None:
    applications.mark(state.database(), ANNA, 2, "incomplete")
    shown = visit(pages.APPLICATION, jag=jag, kod=SECOND.lower())
    assert shown.title == "Beta"
    for told in ("Vuxenenheten söker 200 000 kr för 2026 och klarar sig med 150 000 kr", "Sammanfattning saknas."):
        assert told in shown.text
    assert ["Löner, sökt", "200 000", "200 000"] in shown.rows("Kostnad")
    assert ("Beta@kommun.se" in shown.text) == contact
    assert "Kontakt saknas" not in shown.text
    assert ("Ändrat sedan ansökan kom in" in shown.text) == changed
    if changed:
        assert changes(shown) == [["Läge", "inkommen", "väntar på komplettering"]]
    assert ("Jäv: du deltar inte i bedömningen" in shown.text) == conflict
    assert ("Markera som komplett ändå" in offered(shown)) == writes
    assert ("Be den sökande beskriva projektet" in shown.text) == writes


def test_the_application_is_shown_as_it_was_and_nothing_is_written_then(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.APPLICATION, kod=FIRST, per=date.today().isoformat())
    assert (shown.title, "Markera som komplett" in offered(shown)) == ("Alfa", False)
    assert "vid det datumet" in visit(pages.APPLICATION, kod=FIRST, per="2020-01-01").text


def changes(shown: Visit) -> list[list[str]]:
    """The table of what was changed."""
    for found in shown.at.markdown:
        lines = [unescaped(line) for line in str(found.value).split("\n")]
        if lines[0] == "|Uppgift|Före|Efter|":
            return [line.strip("|").split("|") for line in lines[2:]]
    raise AssertionError(shown.text)
