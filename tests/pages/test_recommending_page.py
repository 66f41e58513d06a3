"""Rådsmöte, Beslut: the council's recommendation, the board's decision with its changes, and the papers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fou import conflicts, deciding, meetings, scenarios
from fou.access import Action
from fou.check import check
from fou.deciding import RecommendationPage
from fou.exports.papers.template import MEMO, own_template
from fou.ledger import statements
from fou.matters import Scope
from fou.meetings import MeetingForm
from fou.model import Kind
from fou.scenarios import Wish
from fou.settings import LOCAL
from fou.store import Database
from fou.ui import pages, papers, state
from tests.integration import rounds
from tests.pages.conftest import Visit, unescaped

TODAY = date.today()
LEAVE, DECIDE = "Lämna rekommendationen", "Registrera beslutet"


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call with 500 000 kr and three applications of 200 000 kr, a scenario that leaves C, and a meeting."""
    path = tmp_path_factory.mktemp("tried") / "fou.duckdb"
    database = Database.open(path)
    rounds.council(database)
    rounds.assessed_call(database, "A", "B", "C")
    about = Scope(2026, rounds.call(database).id)
    meetings.create(database, rounds.ANNA, about, MeetingForm("Höstmötet"))
    number = scenarios.create(database, rounds.ANNA, about, "Förslaget")
    for project, amount in ((1, 150_000), (2, 200_000)):
        scenarios.set_line(database, rounds.ANNA, number, Wish(project, None, 2026, "grant", amount), None)
    database.close()
    return path


@pytest.fixture
def database(tried: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("FOU_DATABASE", str(shutil.copy(tried, tmp_path / "fou.duckdb")))
    return state.database()


@pytest.fixture
def enter(database: Database, visit: Callable[..., Visit]) -> Callable[..., Visit]:
    def start(jag: str = "Handläggare", **query: str) -> Visit:
        return visit(pages.MEETING, jag=jag, utlysning="LUM-2026", **{"del": "beslut", **query})

    return start


@pytest.fixture
def recommended(database: Database) -> Database:
    """The recommendation is made, at the meeting."""
    scenarios.leave_out(database, rounds.ANNA, 1, (3, None))
    meetings.start(database, rounds.ANNA, 1, TODAY)
    deciding.recommend(database, rounds.ANNA, 1, TODAY, 1, "Dora ville ta med C.")
    return database


def made(number: int = 1) -> RecommendationPage:
    with state.database().read() as reader:
        return deciding.recommendation_page(reader, rounds.ANNA, number)


def granted(database: Database) -> dict[int | None, int]:
    with database.read() as reader:
        return {one.project: int(one.amount) for one in statements(reader) if one.kind is Kind.GRANTED}


def labels(shown: Visit) -> list[str]:
    return [str(found.label) for found in (*shown.at.button, *shown.at.expander)]


def files(shown: Visit) -> dict[str, bool]:
    """The papers that are offered, and whether they can be made."""
    return {found.proto.label: not found.proto.disabled for found in shown.at.get("download_button")}


def minutes(shown: Visit, verdict: str, **more: Any) -> Visit:
    """Fill in the board's minutes."""
    latest = len(made().resolutions)
    shown = shown.open(f"beslut-1-{latest}")
    prefix = f"namnd-1-{latest}"
    shown.at.radio(key=f"{prefix}-vad").set_value(verdict)
    values = {"namnd": "Socialnämnden", "dag": TODAY, "dnr": "SN 2026/7", "paragraf": "§ 12"} | more
    shown.at.date_input(key=f"{prefix}-dag").set_value(values.pop("dag"))
    shown.at.radio(key=f"{prefix}-justering").set_value("ja")
    for name, value in values.items():
        shown.at.text_input(key=f"{prefix}-{name}").set_value(value)
    return shown.run()


def change(shown: Visit, rows: dict[int, dict[str, Any]]) -> Visit:
    """Write in the board's table, as the browser sends it: the test driver has no such widget."""
    grid = next(found for found in shown.at.dataframe if found.proto.editing_mode)
    typed = {"edited_rows": {str(row): cells for row, cells in rows.items()}, "added_rows": [], "deleted_rows": []}
    states = shown.at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=grid.proto.id, string_value=json.dumps(typed)))
    shown.at._run(states)
    return shown


def told(shown: Visit) -> str:
    return unescaped(" ".join(str(found.value) for found in (*shown.at.info, *shown.at.warning, *shown.at.error)))


def test_what_is_left_is_said_before_the_recommendation_can_be_made(
    database: Database, enter: Callable[..., Visit]
) -> None:
    conflicts.declare(database, rounds.ANNA, 1, 2, "Chef", TODAY)
    shown = enter()
    assert "beviljar 350 000 kr exklusive moms ur 2026 års budget till 2 projekt." in shown.text
    assert "Att veta om pengarna" not in told(shown)
    assert "C (LUM-2026-03) är inte behandlat. Ge det ett belopp" in told(shown)
    assert "Mötet har inte börjat." in told(shown)
    assert next(button for button in shown.at.button if button.label == LEAVE).disabled
    scenarios.leave_out(database, rounds.ANNA, 1, (3, None))
    meetings.start(database, rounds.ANNA, 1, TODAY)
    shown = shown.run()
    assert ("Kvar innan" in told(shown), "Närvaron är inte ifylld." in told(shown)) == (False, True)
    # A member reads it; the chair and administrators leave it.
    assert [LEAVE in labels(enter(who)) for who in ("Carl", "Berit")] == [False, True]
    shown.at.text_area(key="rekommendera-mening-1").set_value("Dora ville ta med C.")
    shown = shown.press(LEAVE)
    found = made()
    assert (found.recommendation.dissent, found.snapshot.meeting is not None) == ("Dora ville ta med C.", True)
    assert "LUM-2026-R1: lämnad till nämnden" in shown.text
    assert "Oförändrat sedan det frystes: kontrollsumman stämmer." in shown.text
    # Who is in conflict cannot check it all, and is told so.
    theirs = enter("Carl")
    assert "Du är jävig och ser inte hela underlaget." in theirs.text
    assert files(theirs)["Protokollsutdrag (Word)"] is False
    shown.press("Ångra rekommendationen LUM-2026-R1")
    with database.read() as reader:
        assert (deciding.recommendations(reader, rounds.ANNA), check(reader)) == ((), [])


@pytest.mark.usefixtures("recommended")
def test_the_boards_change_is_foreseen_posted_and_shown_beside_what_was_recommended(
    database: Database, enter: Callable[..., Visit]
) -> None:
    shown = minutes(enter(), "changed")
    assert "Skriv nämndens ändringar i tabellen" in told(shown)
    shown = change(shown, {0: {"Belopp": "hundra"}}).press(DECIDE)
    assert "Här står ”hundra”." in told(shown)
    shown = change(shown, {0: {"Belopp": "100 tkr"}, 2: {"Beslut": "avsätt", "Belopp": "ej fastställt"}})
    assert (
        "2026: beviljat ökar med 300 000 kr, avsatt minskar med 300 000 kr och 1 avsättning utan belopp tillkommer"
        in told(shown)
    )
    assert granted(database) == {}
    shown = shown.press(DECIDE)
    assert granted(database) == {1: 100_000, 2: 200_000}
    assert "Nämnden ändrade 2 ärenden av 3. Sammanlagt 50 000 kr mindre." in shown.text
    assert shown.rows("Ärende")[0][1:] == ["2026: bevilja 150 000 kr", "2026: bevilja 100 000 kr", "ja"]
    assert [row[-1] for row in shown.rows("Ärende")] == ["ja", "nej", "ja"]
    assert "§ 12, dnr SN 2026/7, omedelbart justerat: beslut med ändringar." in shown.text
    with database.read() as reader:
        assert check(reader) == []
    shown.press("Ångra registreringen av beslutet")
    assert (granted(database), made().recommendation.state) == ({}, "made")


@pytest.mark.usefixtures("recommended")
def test_what_is_missing_is_told_and_what_was_typed_stays(database: Database, enter: Callable[..., Visit]) -> None:
    shown = minutes(enter(), "changed", dag=None, dnr="").press(DECIDE)
    assert "Fyll i vilket datum beslutet togs och beslutets diarienummer." in told(shown)
    shown = change(shown, {1: {"Belopp": "199 999"}})
    # Somebody looks at another part, and comes back.
    shown.at.query_params["del"] = "motet"
    shown.run().at.query_params["del"] = "beslut"
    shown = shown.run().open("beslut-1-0")
    assert shown.at.radio(key="namnd-1-0-vad").value == "changed"
    shown.at.date_input(key="namnd-1-0-dag").set_value(TODAY)
    shown.at.text_input(key="namnd-1-0-dnr").set_value("SN 2026/7")
    shown.run().press(DECIDE)
    assert granted(database) == {1: 150_000, 2: 199_999}


@pytest.mark.usefixtures("recommended")
def test_a_later_decision_corrects_and_a_recommendation_that_is_sent_back_is_made_anew(
    database: Database, enter: Callable[..., Visit]
) -> None:
    shown = minutes(enter(), "approved").press(DECIDE)
    assert "Nämnden beslutade som rådet rekommenderade." in shown.text
    shown = minutes(shown, "rejected", dnr="SN 2026/9")
    assert "2026: beviljat minskar med 350 000 kr och avsatt ökar med 350 000 kr" in told(shown)
    shown = shown.press(DECIDE)
    assert granted(database) == {}
    assert shown.rows("Ärende")[0][2:] == ["2026: bevilja 150 000 kr", "avslag"]
    assert {"Beslutet (Word)", "Beslutsbrev (Word i ZIP)"} < files(shown).keys()
    for _ in range(2):
        shown = shown.press("Ångra registreringen av beslutet")
    # No answer to a decision that was undone is left for the next.
    assert "namnd-1-0-justering" not in shown.at.session_state
    shown = minutes(shown, "sent_back")
    assert "Inget bokförs." in told(shown)
    shown = shown.press(DECIDE)
    assert {LEAVE, "Registrera nämndens beslut"} & set(labels(shown)) == {LEAVE}
    assert "Nämnden återremitterade ärendet. Därför finns inga beslutsbrev." in shown.text
    with database.read() as reader:
        (line, *_) = scenarios.lines_of(reader, 1)
    scenarios.set_line(database, rounds.ANNA, 1, Wish(line.project, None, 2026, "grant", 450_000), line)
    assert "150 000 kr mer än det avsatta" in told(shown.run())
    with database.read() as reader:
        assert check(reader) == []


@pytest.mark.usefixtures("recommended")
def test_papers_are_offered_as_they_can_be_made_and_a_templates_faults_are_told(
    database: Database, enter: Callable[..., Visit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = enter()
    assert files(shown) == dict.fromkeys(
        ("Tjänsteutlåtande (Word)", "Protokollsutdrag (Word)", "Bilaga med tabell (Excel)",
         "Bilder till mötet (PowerPoint)"), True,
    )  # fmt: skip
    assert "Beslutsbreven görs när nämndens beslut är registrerat." in shown.text
    shown = minutes(shown, "approved").press(DECIDE)
    assert {"Tjänsteutlåtande med förslaget (Word)", "Beslutet (Word)", "Beslutsbrev (Word i ZIP)"} < files(
        shown
    ).keys()
    # A municipality's own template, first a bad one.
    settings = type("Own", (), {"templates": tmp_path})()
    monkeypatch.setattr(papers, "settings", lambda: settings)
    (tmp_path / MEMO.file).write_bytes(b"%PDF")
    shown = shown.run()
    assert "Er mall tjansteutlatande.docx går inte att använda." in told(shown)
    assert files(shown)["Beslutet (Word)"] is False
    (tmp_path / MEMO.file).write_bytes(own_template(MEMO))
    shown = shown.open("papper-mallar")
    assert ("Nu används er egen tjansteutlatande.docx" in shown.text, told(shown)) == (True, "")
    shown.at.button_group(key="papper-falt").set_value("memo")
    assert ["{{tabell}}", "ärendena med belopp per år och summor", "ja"] in shown.run().rows("Fält")
    assert LOCAL.templates.name == "mallar"


@pytest.mark.usefixtures("recommended")
def test_nobody_but_administrators_enters_decisions_and_nobody_at_an_earlier_date(enter: Callable[..., Visit]) -> None:
    for shown in (enter("Berit"), enter(per=TODAY.isoformat())):
        assert not {"Registrera nämndens beslut", "Ångra rekommendationen LUM-2026-R1"} & set(labels(shown))


@pytest.mark.usefixtures("recommended")
def test_of_what_has_been_tampered_with_no_papers_are_made_and_it_is_said(
    database: Database, enter: Callable[..., Visit]
) -> None:
    changed = made().recommendation.frozen.replace('"amount":150000,', '"amount":950000,')
    with database.write(rounds.ANNA, Action.EDIT, "Fuskade") as work:
        work.rows("UPDATE recommendation SET frozen = $text", text=changed)
        work.keep_even_if_empty()
    shown = enter()
    assert "Det som frystes är ändrat. Lita inte på det" in told(shown)
    assert not any(files(shown).values())
