"""Rådsmöte: what there is to meet about, and the table that a meeting tries amounts in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fou import meetings, scenarios
from fou.matters import Scope
from fou.meetings import MeetingForm
from fou.ui import state
from tests.integration.rounds import ANNA, CLOSED, call
from tests.pages.conftest import Visit
from tests.pages.judged import BROAD, FIRST, OWN

#: The part of a meeting's page that these tests open.
PART = "fordela"


def table(shown: Visit) -> dict[str, Any]:
    """What the browser is given to draw."""
    return told(shown)["fou.mote"]


def told(shown: Visit) -> dict[str, dict[str, Any]]:
    """What each script in the browser is told."""
    return {one.proto.component_name: json.loads(one.proto.json) for one in shown.at.get("bidi_component")}


def row(shown: Visit, title: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in table(shown)["rows"] if one["title"] == title)
    return found


def bar(shown: Visit) -> str:
    return str(shown.at.get("html")[0].proto.body).replace("\u00a0", " ")


def test_without_a_subject_the_page_says_what_there_is_to_meet_about(meeting: Callable[..., Visit]) -> None:
    shown = meeting(utlysning="")

    assert shown.title == "Rådsmöte"
    assert "Lokala utvecklingsmedel 2026, 3 ansökningar, under bedömning" in shown.text
    assert "Det finns inget att fördela för ”XYZ”." in meeting(utlysning="XYZ").text


def test_an_administrator_may_write_and_a_member_may_only_follow(meeting: Callable[..., Visit]) -> None:
    shown = meeting()
    assert table(shown)["may"]
    assert row(shown, "A")["cells"][0] == {
        "year": 2026, "text": "200\u00a0000", "notes": [], "choice": "grant", "condition": "", "asked": None,
        "seen": ["grant", 200_000, None],
    }  # fmt: skip
    assert (row(shown, "A")["whole"], row(shown, "C")["out"]) == (True, True)
    assert "Förslaget ger 2 projekt 400 000 kr. 1 ärende utanför." in shown.text
    assert "<dt>Kvar</dt><dd>100 000 kr</dd>" in bar(shown)

    assert not table(meeting("Carl"))["may"]
    assert table(meeting("Carl", scenario="LUM-2026-S3"))["may"], "a member's own"
    assert table(meeting("Berit"))["may"], "the chair"


def test_a_conflict_hides_the_place_and_what_could_be_done(meeting: Callable[..., Visit]) -> None:
    free, conflicted = meeting("Berit"), meeting("Dora")
    assert row(free, "B")["place"] == "2"
    assert row(conflicted, "B")["place"] == ""
    assert row(conflicted, "B")["conflict"]
    assert not any("Poäng" in name for name, _ in row(conflicted, "B")["more"])
    assert not row(conflicted, "A")["conflict"]


def test_a_reader_has_no_such_page(meeting: Callable[..., Visit]) -> None:
    shown = meeting("Läsare")

    assert "Sidan är för rådets ledamöter och handläggare" in shown.text
    assert not shown.at.get("bidi_component")


def test_nothing_is_written_at_an_earlier_date(meeting: Callable[..., Visit]) -> None:
    shown = meeting(per="2030-01-01")

    assert not table(shown)["may"]
    assert set(told(shown)) == {"fou.mote"}, "and nothing is followed"


def test_a_screen_is_told_what_it_has_drawn(writable: Callable[..., Visit]) -> None:
    first = told(writable("Carl"))
    assert first["fou.folj"] == {name: first["fou.mote"][name] for name in ("version", "looks")}
    assert told(writable("Carl"))["fou.folj"] == first["fou.folj"]
    database = state.database()

    # An amount is in the table, and the page around it looks as it did.
    with database.read() as reader:
        scenario = scenarios.scenario_of(reader, 1)
        key = next((line.project, line.call) for line in scenarios.lines_of(reader, 1))
    scenarios.leave_out(database, ANNA, 1, key)
    second = told(writable("Carl"))["fou.folj"]
    assert second["version"] != first["fou.folj"]["version"]
    assert second["looks"] == first["fou.folj"]["looks"]

    # Another name is in the page.
    scenarios.rename(database, ANNA, scenario, "Ett annat namn", "")
    third = told(writable("Carl"))["fou.folj"]
    assert third["version"] != second["version"]
    assert third["looks"] != second["looks"]


def test_every_part_of_the_page_is_followed_and_so_is_the_list(meeting: Callable[..., Visit]) -> None:
    for part in ("jamfor", "forslag", "motet", "beslut"):
        assert set(told(meeting(**{"del": part}))) == {"fou.folj"}
    assert told(meeting(utlysning=""))["fou.folj"]["looks"] == ""


def test_what_is_on_the_wall_is_what_is_followed(writable: Callable[..., Visit]) -> None:
    writable()
    database = state.database()
    scope = Scope(2026, call(database).id)
    number = meetings.create(database, ANNA, scope, MeetingForm("Novembermötet"))
    meetings.start(database, ANNA, number, CLOSED)
    with database.read() as reader:
        listed = {one.scenario.name: one.scenario.id for one in scenarios.scenarios(reader, ANNA, scope)}
    assert set(listed) == {FIRST, BROAD, OWN}

    meetings.show(database, ANNA, number, listed[BROAD])

    followed = writable("Dora")
    assert followed.at.selectbox(key="scenario-valt").value == "LUM-2026-S2"
    assert row(followed, "C")["cells"][1]["notes"] == ["avsätts, belopp ej fastställt"]
    assert "Novembermötet, 16 oktober 2025, pågår" in followed.text
    assert writable("Dora", scenario="LUM-2026-S1").at.selectbox(key="scenario-valt").value == "LUM-2026-S1"


def test_without_a_scenario_there_is_a_way_to_the_first(writable: Callable[..., Visit]) -> None:
    writable()
    database = state.database()
    for number in (1, 2, 3):
        scenarios.put_away(database, ANNA, number)

    shown = writable()

    assert "Här finns inget scenario än" in shown.text
    next(one for one in shown.at.button if one.label.startswith("Börja på")).click()
    shown.run()
    assert [one["considered"] for one in table(shown)["rows"]] == [False] * len(table(shown)["rows"])
