"""Suggestions beside the council's own list on the page Rådsmöte, and why each matter is in or out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fou import scenarios
from fou.allocation import Rule
from fou.scenarios import Listed, Wish
from fou.ui import show, state
from fou.ui.suggestions import RULES
from tests.integration.rounds import ANNA, call
from tests.pages.conftest import Visit, unescaped
from tests.pages.judged import CALL, FIRST, project

PREFIX = "forslag-granser-1-2026"


#: The part of a meeting's page that these tests open.
PART = "forslag"


def by(shown: Visit, rule: Rule) -> Visit:
    shown.at.segmented_control(key="forslag-regel-call").set_value(rule)
    shown.run()
    assert list(shown.at.exception) == []
    return shown


def told(shown: Visit) -> str:
    return " ".join(unescaped(one.value) for one in shown.at.warning)


def beside(shown: Visit) -> dict[str, list[str]]:
    """What is asked for, the scenario's amount, the suggestion's and the difference, by matter."""
    return {row[1].split(" (")[0]: row[2:] for row in shown.rows("Plats")}


def listed() -> dict[str, Listed]:
    with state.database().read() as reader:
        scope = scenarios.scope_of(scenarios.scenario_of(reader, 1))
        return {one.scenario.name: one for one in scenarios.scenarios(reader, ANNA, scope)}


def amounts(name: str) -> dict[str, int | None]:
    number = listed()[name].scenario.id
    with state.database().read() as reader:
        titles = dict(reader.rows("SELECT id, title FROM project"))
        return {titles[line.project]: line.amount for line in scenarios.lines_of(reader, number)}


def test_each_rule_says_what_it_does_and_what_it_did_beside_the_councils_own(meeting: Callable[..., Visit]) -> None:
    shown = meeting(scenario=f"{CALL}-S2")
    assert "Regeln går nedför rangordningen" in shown.text
    assert "2 ansökningar får tillsammans 400 000 kr. 100 000 kr blir över." in shown.text
    assert beside(shown) == {
        "A": ["200 000", "150 000", "200 000", "▲ +50 000"],
        "B": ["200 000", "150 000", "200 000", "▲ +50 000"],
        "C": ["200 000", "150 000", "utanför", "▼ −150 000"],
        "Summa": ["", "450 000", "400 000", ""],
    }
    cut = by(shown, Rule.CUT)
    assert "Regeln drar av lika många procent" in cut.text
    assert beside(cut)["C"] == ["200 000", "150 000", "166 666", "▲ +16 666"]
    counted = by(shown, Rule.SHARES).below("forslag", show.COUNTED)
    assert "Peters, Grzegorz Pierczyński och Piotr Skowron, Proportional Participatory Budgeting" in counted.text


def test_a_suggestion_goes_into_a_copy_named_after_its_rule_and_can_be_undone(writable: Callable[..., Visit]) -> None:
    shown = by(writable(), Rule.CUT)
    before = amounts(FIRST)
    shown.at.button(key="forslag-lagg-in").click()
    shown.run()
    assert (amounts("Osthyvel"), amounts(FIRST)) == ({"A": 166_667, "B": 166_667, "C": 166_666}, before)
    assert shown.at.query_params["scenario"] == listed()["Osthyvel"].scenario.code
    assert f"Förslaget är inlagt i Osthyvel, en kopia av {FIRST}." in shown.text
    shown.at.button(key="mote-angra-knapp").click()
    shown.run()
    assert "Osthyvel" not in listed()


def test_a_suggestion_goes_into_the_scenario_itself_when_that_is_asked_for(writable: Callable[..., Visit]) -> None:
    shown = by(writable(scenario=f"{CALL}-S2"), Rule.BEST)
    assert "följer inte med när förslaget läggs in: att C avsätts med belopp ej fastställt. Lås" in told(shown)
    shown.at.segmented_control(key="forslag-var").set_value("scenariot")
    shown.run().at.button(key="forslag-lagg-in").click()
    shown.run()
    # What is set aside without an amount in a later year goes with what is left out, which was told.
    assert amounts("Bredd") == {"A": 200_000, "B": 200_000, "C": None}
    assert "Förslaget flest poäng är inlagt i Bredd." in shown.text
    # The council's own is not a member's to change.
    assert writable("Carl").at.segmented_control(key="forslag-var").options == [f"en kopia av {FIRST}"]


def test_a_condition_that_a_suggestion_would_take_away_is_told(writable: Callable[..., Visit]) -> None:
    writable()
    key = (project(state.database(), "A"), None)
    with state.database().read() as reader:
        seen = next(line for line in scenarios.lines_of(reader, 1) if (line.project, line.call) == key)
    wish = Wish(*key, 2026, "grant", 200_000, "om kommunen är med")
    scenarios.set_line(state.database(), ANNA, 1, wish, seen)

    assert "följer inte med när förslaget läggs in: villkoret för A. Lås ärendet" in told(by(writable(), Rule.CUT))

    scenarios.lock(state.database(), ANNA, 1, key)
    assert "följer inte med" not in told(by(writable(), Rule.CUT))


def test_what_is_locked_is_marked_and_stands(writable: Callable[..., Visit]) -> None:
    shown = writable()
    number = listed()[FIRST].scenario.id
    scenarios.lock(state.database(), ANNA, number, (project(state.database(), "A"), None))
    rows = beside(by(shown, Rule.CUT))
    assert rows["A"] == ["200 000", "200 000", "200 000, låst", "–"]
    assert rows["B"][2:] == ["150 000", "▼ −50 000"]
    assert "Rådet har låst 200 000 kr till A" in shown.text


def test_limits_are_kept_and_those_that_cannot_be_are_explained(meeting: Callable[..., Visit]) -> None:
    shown = meeting()
    shown.open(f"{PREFIX}-visa").at.number_input(key=f"{PREFIX}-nya").set_value(1)
    assert beside(shown.run())["B"][2] == "utanför"
    assert "högst 1 nytt projekt" in shown.text
    shown.at.session_state[f"{PREFIX}-visa"] = False
    shown.at.session_state[f"{PREFIX}-skrivet"] = {"Barn och unga": ("300 tkr", "")}
    assert "Barn och unga minst 300 000 kr" in by(shown, Rule.BEST).text
    assert "De här gränserna går inte att hålla samtidigt: " in shown.text
    assert "minst 300 000 kr till Barn och unga" in shown.text
    assert not any(one.value.startswith("|Plats") for one in shown.at.markdown)
    assert "är kvar" not in shown.text
    assert all(one.key != "forslag-varfor" for one in shown.at.expander)
    assert all(button.key != "forslag-lagg-in" for button in shown.at.button)
    shown.at.session_state[f"{PREFIX}-skrivet"] = {"Barn och unga": ("mycket", "")}
    assert "Barn och unga: Här står ”mycket”. Skriv ett belopp i kronor" in shown.run().text
    assert shown.at.session_state[f"{PREFIX}-skrivet"] == {"Barn och unga": ("mycket", "")}


def test_why_and_why_not_is_told_when_somebody_asks(meeting: Callable[..., Visit]) -> None:
    shown = meeting()
    assert "kommer den med" not in shown.text
    outside = shown.open("forslag-varfor").rows("Ärende")
    assert [row[0].split(" (")[0] for row in outside] == ["C"]
    assert "Med 100 000 kr mer i ramen kommer den med." in outside[0][1]
    assert "poäng till kommer den med, då blir B (" in outside[0][1]
    shown.at.segmented_control(key="forslag-varfor-vad").set_value(True)
    inside = shown.run().rows("Ärende")
    assert [row[0].split(" (")[0] for row in inside] == ["B", "A"]
    assert "Med 1 kr mindre i ramen" not in inside[0][1]
    assert "Bara Efter rangordning och Flest poäng kan säga" in by(shown, Rule.SHARES).text


def test_a_member_in_conflict_is_told_nothing_of_the_matter(meeting: Callable[..., Visit]) -> None:
    shown = meeting("Dora")
    for rule in RULES:
        # The amounts are the room's; its place and what the rule makes of it are not told.
        assert beside(by(shown, rule))["B"] == ["200 000", "200 000", "jäv", "jäv"]
        assert next(row[0] for row in shown.rows("Plats") if row[1].startswith("B (")) == "–"
        assert "Rådet har låst" not in shown.text
    by(shown, Rule.BEST).open("forslag-varfor")
    assert all(not row[0].startswith("B") for row in shown.rows("Ärende"))
    assert "Du är jävig i 1 ärende: det sägs inget om dem." in shown.text


def test_a_years_plan_has_only_the_cut_and_says_what_is_missing(writable: Callable[..., Visit]) -> None:
    shown = writable(plan="2026")
    next(one for one in shown.at.button if one.label == f"Börja på ”{FIRST}”").click()
    shown.run()
    assert shown.at.segmented_control(key="forslag-regel-year").options == ["Osthyvel"]
    assert "Ramen för 2026 står inte i Fou." in shown.text


def test_the_call_is_the_first(judged_call: Path, meeting: Callable[..., Visit]) -> None:
    meeting()
    assert call(state.database()).id == int(PREFIX.split("-")[2])
