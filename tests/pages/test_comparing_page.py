"""A meeting's scenarios side by side on the page Rådsmöte, and what is done with them there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from fou import meetings, scenarios
from fou.matters import Scope
from fou.money import MINUS
from fou.scenarios import Listed, Wish
from fou.ui import show, state
from tests.integration.rounds import ANNA, call
from tests.pages import judged
from tests.pages.conftest import Visit
from tests.pages.judged import BROAD, CALL, FIRST, OWN

#: The part of a meeting's page that these tests open.
PART = "jamfor"


def listed(put_away: bool = False) -> dict[str, Listed]:
    scope = Scope(2026, call(state.database()).id)
    with state.database().read() as reader:
        return {one.scenario.name: one for one in scenarios.scenarios(reader, ANNA, scope, put_away)}


def part(shown: Visit, name: str) -> Visit:
    shown.at.segmented_control(key="jamfor-vad").set_value(name)
    return shown.run()


def menu(shown: Visit, name: str) -> Visit:
    """Open the menu of scenarios at one of its parts."""
    shown.open("scenario-meny").at.segmented_control(key="scenario-gor").set_value(name)
    return shown.run()


def test_it_says_who_gains_and_who_loses_by_name_and_krona(meeting: Callable[..., Visit]) -> None:
    shown = meeting()
    assert (
        f"Mot {FIRST}: {BROAD} ger mer till C (+150 000 kr och ett belopp ej fastställt) och mindre till A "
        "(−50 000 kr) och B (−50 000 kr). De fastställda beloppen är tillsammans 50 000 kr mer."
    ) in shown.text
    rows = {row[0].split(" (")[0]: row[1:] for row in shown.rows("Ärende")}
    assert rows["A"] == ["200 000", "200 000", "150 000 ▼ −50 000"]
    assert rows["C"] == ["200 000", "utanför", "150 000 + avsatt, ej fastställt ▲ +150 000"]
    assert rows["Summa beviljat och avsatt"] == ["", "400 000", "450 000"]


def test_the_chosen_stands_first_and_the_others_are_held_against_it(meeting: Callable[..., Visit]) -> None:
    shown = meeting(scenario=f"{CALL}-S2")
    assert f"Mot {BROAD}: {FIRST} ger mer till A (+50 000 kr) och B (+50 000 kr) och mindre till C" in shown.text
    shown.at.multiselect[0].set_value([listed()[OWN].scenario.id])
    assert f"{OWN} (Carl) ger mindre till A (−150 000 kr)" in shown.run().text
    shown.at.toggle[0].set_value(True)
    assert {row[0].split(" (")[0] for row in shown.run().rows("Ärende")} >= {"A", "B", "C"}


def test_what_each_comes_to_is_told_year_by_year(meeting: Callable[..., Visit]) -> None:
    shown = meeting()
    rows = {row[0]: row[1:] for row in shown.rows("Vad det innebär")}
    assert rows["Beviljas och avsätts i allt"] == ["400 000", "450 000"]
    assert rows["Kvar av det avsatta 2026"] == ["100 000", "50 000"]
    assert rows["Låses i 2027"] == ["–", "avsatt, ej fastställt"]
    assert rows["Till nya projekt"] == ["400 000", "450 000"]
    assert f"{FIRST} låser inget; {BROAD} låser 1 belopp som inte är fastställt." in shown.text


def test_more_than_what_is_set_aside_is_told_as_such(writable: Callable[..., Visit]) -> None:
    writable()
    database = state.database()
    number = judged.project(database, "C")
    scenarios.set_line(
        database, ANNA, 1, Wish(number, None, 2026, "grant", 120_000), judged.out(database, 1, number)
    )  # fmt: skip
    rows = {row[0]: row[1:] for row in writable().rows("Vad det innebär")}
    assert rows["Kvar av det avsatta 2026"] == [f"{MINUS}20 000, mer än det avsatta", "50 000"]


def test_areas_grounds_and_changes_are_shown_when_asked_for(meeting: Callable[..., Visit]) -> None:
    shown = part(meeting(), "Områden")
    assert f"{FIRST} ger mest till Barn och unga: 100 %" in shown.text
    assert shown.below("jamfor-omraden", show.AS_TABLE).rows("Område")[0][3:] == [
        "400 000",
        "100 %",
        "450 000",
        "100 %",
    ]
    grounds = part(shown, "Grunder").rows("Prioriteringsgrund")
    assert [row[0] for row in grounds] == ["Nytta (vikt 2)", "Kvalitet (vikt 1)"]
    assert grounds[0][1:3] == ["80,0", "20,0"]
    changes = part(shown, "Vem ändrade vad").rows("När")
    assert {tuple(row[1:]) for row in changes} >= {
        ("Anna", "A", "2026", "inte behandlad", "bevilja 200 000 kr"),
        ("Anna", "C", "2026", "inte behandlad", "utanför"),
    }


def test_a_member_in_conflict_sees_the_amounts_as_all_do_with_the_matter_marked(meeting: Callable[..., Visit]) -> None:
    shown, open_to = meeting("Dora"), meeting()
    marked = {row[0]: row[1:] for row in shown.rows("Ärende")}
    b = next(name for name in marked if name.startswith("B ("))
    assert b.endswith("), jäv")
    assert marked[b] == ["200 000", "200 000", "150 000 ▼ −50 000"]
    assert sorted(marked.values()) == sorted(row[1:] for row in open_to.rows("Ärende"))
    assert "och mindre till A (−50 000 kr) och B (−50 000 kr). De fastställda" in shown.text
    assert "Du är jävig i B: du ser beloppen, som alla i rådet, men inte plats, poäng och skäl." in shown.text
    changes = [row for row in part(shown, "Vem ändrade vad").rows("När") if row[2] == "B"]
    assert [row[4:] for row in changes] == [["inte behandlad", "bevilja 200 000 kr"]]


def test_a_scenario_is_begun_copied_renamed_put_away_and_taken_out(writable: Callable[..., Visit]) -> None:
    shown = menu(writable(), "Nytt")
    shown.at.text_input(key="scenario-nytt-namn").set_value("Från början")
    shown.press("Börja på det")
    assert shown.at.query_params["scenario"] == f"{CALL}-S4"
    assert "Från början är påbörjat." in shown.text
    menu(shown, "Kopiera").at.text_input(key=f"scenario-kopia-{listed()['Från början'].scenario.id}").set_value(FIRST)
    assert f"Det finns redan ett scenario som heter {FIRST}." in shown.press("Kopiera").text
    menu(shown, "Ändra").press("Lägg undan")
    assert "Från början" not in listed()
    assert shown.at.query_params["scenario"] == f"{CALL}-S1"
    menu(shown, "Undanlagda").press("Ta fram Från början")
    number = listed()["Från början"].scenario.id
    menu(shown, "Ändra").at.text_input(key=f"scenario-namn-{number}").set_value("Annat namn")
    shown.press("Spara")
    assert "Annat namn" in listed()
    shown.press("Ångra")
    assert "Från början" in listed()


def test_a_member_copies_to_an_own_one_and_changes_only_that(writable: Callable[..., Visit]) -> None:
    shown = menu(writable("Dora"), "Ändra")
    assert "Det här scenariot kan du inte ändra." in shown.text
    menu(shown, "Kopiera").press("Kopiera")
    own = listed()[f"{FIRST}, kopia"]
    assert (own.owner, own.lines) == ("Dora", 3)
    assert f"{FIRST}, kopia (din egen)" in shown.at.selectbox(key="scenario-valt").options
    menu(shown, "Ändra").press("Lägg undan")
    assert f"{FIRST}, kopia" not in listed()


def test_an_administrator_puts_the_scenario_on_the_wall_of_an_open_meeting(writable: Callable[..., Visit]) -> None:
    scope = Scope(2026, call(state.database()).id)
    held = meetings.create(state.database(), ANNA, scope, meetings.MeetingForm("Mötet"))
    meetings.start(state.database(), ANNA, held, date(2026, 11, 3))
    assert all(button.label != "Visa på väggen" for button in writable("Carl").at.button)
    shown = writable(scenario=f"{CALL}-S2").press("Visa på väggen")
    assert f"{BROAD} · på väggen" in shown.at.selectbox(key="scenario-valt").options
    assert all(button.key != "mote-angra-knapp" for button in shown.at.button)
    # Whoever comes without asking for any sees it.
    assert f"Mot {BROAD}" in writable("Carl").text


def test_the_wall_moves_those_who_follow_and_only_tells_those_who_stay(writable: Callable[..., Visit]) -> None:
    scope = Scope(2026, call(state.database()).id)
    held = meetings.create(state.database(), ANNA, scope, meetings.MeetingForm("Mötet"))
    meetings.start(state.database(), ANNA, held, date(2026, 11, 3))
    meetings.show(state.database(), ANNA, held, listed()[FIRST].scenario.id)
    following, staying, editing = writable("Carl"), writable("Dora", scenario=f"{CALL}-S3"), writable("Berit")
    assert ("scenario" in following.at.query_params, editing.at.query_params["scenario"]) == (False, f"{CALL}-S1")
    meetings.show(state.database(), ANNA, held, listed()[BROAD].scenario.id)
    told = f"På väggen visas nu {BROAD}."
    assert f"Mot {BROAD}" in following.run().text
    assert told not in following.text
    for shown, own in ((staying, OWN), (editing, FIRST)):
        assert f"Mot {own}" in shown.run().text
        assert told in shown.text
        assert f"Mot {BROAD}" in shown.press("Följ väggen").text
        assert told not in shown.text
    # Whoever has chosen stays as well.
    following.at.selectbox(key="scenario-valt").set_value(f"{CALL}-S1")
    assert told in following.run().text


@pytest.mark.parametrize(("who", "name"), [("Berit", FIRST), ("Carl", "Mitt förslag")])
def test_the_first_scenario_is_begun_with_a_button(writable: Callable[..., Visit], who: str, name: str) -> None:
    for one in listed().values():
        scenarios.put_away(state.database(), ANNA, one.scenario.id)
    shown = writable(who)
    assert "Här finns inget scenario än." in shown.text
    shown.press(f"Börja på ”{name}”")
    assert list(listed()) == [name]


def test_nothing_is_written_while_looking_at_an_earlier_date(meeting: Callable[..., Visit]) -> None:
    shown = meeting(per=date.today().isoformat())
    assert f"Mot {FIRST}" in shown.text
    assert "scenario-meny" not in shown.at.session_state
