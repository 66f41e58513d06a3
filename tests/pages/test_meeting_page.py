"""Rådsmöte, Mötet: planned, held with those who are there, and conflicts of interest that are declared in the room."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fou import conflicts, deciding, meetings, scenarios
from fou.access import Action, Person, Role
from fou.check import check
from fou.errors import Forbidden
from fou.matters import Scope
from fou.meetings import MeetingForm, MeetingPage
from fou.model import Member
from fou.scenarios import Wish
from fou.store import Database
from fou.ui import pages, state
from tests.integration import rounds
from tests.pages.conftest import Visit, unescaped

TODAY = date.today()


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A council of three and a call with three applications, and a meeting about it that is planned."""
    path = tmp_path_factory.mktemp("assessed") / "fou.duckdb"
    database = Database.open(path)
    rounds.council(database)
    rounds.assessed_call(database, "A", "B", "C")
    about = Scope(2026, rounds.call(database).id)
    meetings.create(database, rounds.ANNA, about, MeetingForm("Höstmötet", None, "Sal 2", "Fördelning"))
    database.close()
    return path


@pytest.fixture
def database(assessed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("FOU_DATABASE", str(shutil.copy(assessed, tmp_path / "fou.duckdb")))
    return state.database()


@pytest.fixture
def enter(database: Database, visit: Callable[..., Visit]) -> Callable[..., Visit]:
    """Open the meeting's page as somebody."""

    def start(jag: str = "Handläggare", **query: str) -> Visit:
        return visit(pages.MEETING, jag=jag, utlysning="LUM-2026", **{"del": "motet", **query})

    return start


def held(number: int = 1) -> MeetingPage:
    with state.database().read() as reader:
        return meetings.meeting_page(reader, rounds.ANNA, number)


def here() -> dict[str, bool | None]:
    return {one.name: one.present for one in held().attendance}


def labels(shown: Visit) -> list[str]:
    return [str(found.label) for found in (*shown.at.button, *shown.at.expander)]


def declare(shown: Visit, reason: str, *about: int, who: int | None = None) -> Visit:
    if who is not None:
        shown.at.selectbox(key="mote-jav-vem-0").set_value(who)
    boxes = [*shown.at.button_group, *shown.at.multiselect]
    next(box for box in boxes if box.key == "mote-jav-i-0").set_value(list(about))
    shown.at.text_input(key="mote-jav-skal-0").set_value(reason)
    return shown.press("Anmäl jäv")


def test_a_meeting_is_begun_with_those_who_are_there_ended_and_opened_again(enter: Callable[..., Visit]) -> None:
    shown = enter()
    assert "Höstmötet, Sal 2. Mötet är planerat." in shown.text
    assert "3 är kallade: Berit (ordförande), Carl och Dora." in shown.text
    shown = shown.press("Börja mötet").press("Alla är här")
    assert (held().meeting.state, here()) == ("open", {"Berit": True, "Carl": True, "Dora": True})
    shown.at.button_group(key="mote-har-1").set_value(["Berit", "Dora"])
    assert "Närvarande (2): Berit (ordförande) och Dora. Frånvarande (1): Carl." in shown.run().text
    shown = shown.open("mote-kallade-1")
    shown.at.text_area(key="mote-till-0").set_value("Eva Ek\n\n Åke  Berg \nEva Ek")
    shown = shown.press("Spara")
    assert "Närvarande (4): Berit (ordförande), Dora, Eva Ek och Åke Berg." in shown.text
    shown = shown.press("Avsluta mötet")
    assert "Ångra" not in labels(shown)
    assert ("Alla är här" in labels(shown), held().meeting.state) == (False, "closed")
    assert held(1).meeting.held == TODAY
    shown.press("Öppna mötet igen")
    assert held().meeting.state == "open"


def test_two_who_say_who_is_there_at_once_lose_nothing(enter: Callable[..., Visit]) -> None:
    one, other = enter(), enter()
    one.at.button_group(key="mote-har-1").set_value(["Berit"])
    one.run()
    # The other screen has not followed yet.
    other.at.button_group(key="mote-har-1").set_value(["Dora"])
    other.run()
    assert here() == {"Berit": True, "Carl": False, "Dora": True}


def test_a_member_declares_their_own_at_once_and_it_stands_in_the_minutes(
    database: Database, enter: Callable[..., Visit]
) -> None:
    enter().press("Börja mötet")
    shown = enter("Carl")
    assert "mote-jav-vem-0" not in [box.key for box in shown.at.selectbox]
    assert "Alla i rådet ser skälet." in shown.text
    shown = declare(shown, "")
    assert "Välj ärende." in unescaped(shown.at.error[0].value)
    shown = declare(shown, " ", 1, 2)
    assert "Skriv kort varför" in unescaped(shown.at.error[0].value)
    shown = declare(shown, "Min enhet söker", 1, 2)
    assert "2 jäv gäller i 2 ärenden." in shown.text
    assert [row[1:] for row in shown.rows("Ärende")] == [["Carl", "Min enhet söker", "anmält"]] * 2
    # Dora sees it on her screen; Carl's own is out of the matter from now on.
    assert len(enter("Dora").rows("Ärende")) == 2
    about = Scope(2026, rounds.call(database).id)
    number = scenarios.create(database, rounds.ANNA, about, "Förslaget")
    for project in (1, 2, 3):
        scenarios.set_line(database, rounds.ANNA, number, Wish(project, None, 2026, "grant", 100_000), None)
    made = deciding.recommend(database, rounds.ANNA, number, TODAY, 1)
    with database.read() as reader:
        snapshot = deciding.recommendation_page(reader, rounds.ANNA, made).snapshot
        assert check(reader) == []
    assert [one.conflicts for one in snapshot.matters] == [("Carl",), ("Carl",), ()]


def test_the_chair_registers_what_is_said_aloud_in_the_room(database: Database, enter: Callable[..., Visit]) -> None:
    shown = declare(enter("Berit"), "Känner den sökande", 3, who=3)
    assert [row[1] for row in shown.rows("Ärende")] == ["Dora"]
    assert "Dora är jävig i 1 ärende." in [unescaped(toast.value) for toast in shown.at.toast]
    # What Berit is in conflict over herself she leaves to others.
    conflicts.declare(database, rounds.ANNA, 1, 1, "Egen enhet", TODAY)
    shown = declare(enter("Berit"), "Känner den sökande", 1, who=3)
    assert "Du är själv jävig" in unescaped(shown.at.error[0].value)
    # Of a matter that one is in conflict over one learns nothing of the others'.
    assert [row[0][-1] for row in enter("Dora").rows("Ärende")] == ["A", "C"]


def test_what_somebody_else_has_changed_of_the_meeting_is_told_and_what_was_typed_stays(
    database: Database, enter: Callable[..., Visit]
) -> None:
    shown = enter().open("mote-andra-1")
    assert shown.at.text_area(key="mote-1-agenda").value == "Fördelning"
    shown.at.text_input(key="mote-1-place").set_value("Sal 3").run()
    meetings.edit(database, rounds.ANNA, held().meeting, MeetingForm("Höstmötet", None, "Sal 9", "Annat"))
    shown = shown.run().press("Spara mötet")
    assert "Nu gäller Plats: Sal 9; Dagordning: Annat." in unescaped(shown.at.error[0].value)
    assert [field.value for field in (shown.at.text_input(key="mote-1-place"), shown.at.text_area[0])] == [
        "Sal 3", "Annat"
    ]  # fmt: skip
    shown.press("Spara mötet")
    assert (held().meeting.place, held().meeting.agenda) == ("Sal 3", "Annat")


def test_another_meeting_is_planned_and_the_first_is_listed_with_what_it_recommended(
    database: Database, enter: Callable[..., Visit]
) -> None:
    number = scenarios.create(database, rounds.ANNA, Scope(2026, rounds.call(database).id), "Förslaget")
    for project in (1, 2, 3):
        scenarios.leave_out(database, rounds.ANNA, number, (project, None))
    meetings.start(database, rounds.ANNA, 1, TODAY)
    meetings.show(database, rounds.ANNA, 1, number)
    assert "Mötet pågår. På väggen: Förslaget (LUM-2026-S1)." in enter("Dora").text
    deciding.recommend(database, rounds.ANNA, number, TODAY, 1)
    meetings.close(database, rounds.ANNA, 1)
    shown = enter().open("mote-planera")
    shown.at.text_input(key="mote-nytt-name").set_value("Extra möte")
    shown = shown.press("Planera mötet")
    assert "Extra möte. Mötet är planerat." in shown.text
    assert "Rekommenderade LUM-2026-R1 (lämnad till nämnden)" in shown.text
    assert [one.name for one in held(2).attendance] == ["Berit", "Carl", "Dora"]


def test_only_administrators_plan_and_nobody_at_an_earlier_date(enter: Callable[..., Visit]) -> None:
    assert not {"Börja mötet", "Ändra mötet", "Planera ett möte"} & set(labels(enter("Berit")))
    assert labels(enter(per=TODAY.isoformat()))[:1] != ["Börja mötet"]
    assert "Anmäl jäv" not in labels(enter("Carl", per=TODAY.isoformat()))


def test_in_a_years_plan_a_conflict_is_taken_down_in_the_minutes(
    use: Callable[[str], None], visit: Callable[..., Visit]
) -> None:
    use("documents")
    database = state.database()
    with database.write(rounds.ANNA, Action.IMPORT, "Läste in") as work:
        work.create(Member, name="Carl", role="member")
    number = meetings.create(database, rounds.ANNA, Scope(2013), MeetingForm("Planmötet", agenda="1. Planen"))
    meetings.start(database, rounds.ANNA, number, date(2013, 9, 20))
    query = {"plan": "2013", "del": "motet"}
    shown = visit(pages.MEETING, jag="Carl", **query)
    with database.read() as reader:
        project, title = reader.rows("SELECT id, title FROM project WHERE code = 'S-KONT'")[0]
    shown = declare(shown, "Leder enheten", project)
    dora = Person("Dora", Role.MEMBER, 99)
    with pytest.raises(Forbidden, match="ditt eget jäv"):
        meetings.take_down(database, dora, number, 1, title, "Chef")
    said = f"Carl anmälde jäv i ärendet {title} (Leder enheten) och deltog inte i det."
    assert said in shown.text
    with database.read() as reader:
        kept = meetings.held_of(reader, number)
        assert check(reader) == []
    assert (kept.points, kept.noted) == ("1. Planen", (said,))
    assert "Det står redan i protokollet." in unescaped(
        declare(visit(pages.MEETING, jag="Carl", **query), "Leder enheten", project).at.error[0].value
    )
