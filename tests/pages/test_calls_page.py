"""Ansökningar: the calls as each role sees them, and a call that is begun, written, moved on and copied."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fou import calling, ledger
from fou.calling import GROUNDS, CallForm, SetAside
from fou.calls import begun_in, call_page
from fou.model import Call
from fou.store import Database
from fou.ui import pages, state
from tests.integration import rounds
from tests.pages.conftest import Visit, unescaped

MEMBER = "Birgitta Sandström"
#: The call of the example that is under assessment, and one that is decided.
ASSESSED, DECIDED = "U2027", "U2024"
TODAY = date.today()
FORM = CallForm(
    "Vårens medel", 2031, TODAY, TODAY + timedelta(30), TODAY + timedelta(60), TODAY + timedelta(90), "Sök medel."
)
#: The ledger's call in ``writing``.
CODE = "VÅR-2031"


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A council and a draft that can be opened today, made once."""
    path = tmp_path_factory.mktemp("drafted") / "fou.duckdb"
    database = Database.open(path)
    rounds.council(database)
    money = [SetAside(2031, Decimal(500_000))]
    calling.create(database, rounds.ANNA, CODE, FORM, rounds.GROUNDS, money)
    database.close()
    return path


@pytest.fixture
def writing(drafted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The draft, in a database to write in."""
    monkeypatch.setenv("FOU_DATABASE", str(shutil.copy(drafted, tmp_path / "fou.duckdb")))
    return now()


def now(code: str = CODE) -> Call:
    with state.database().read() as reader:
        page = call_page(reader, code)
    assert page is not None
    return page.call


def labels(shown: Visit) -> list[str]:
    """What the page offers to press or open."""
    return [unescaped(str(found.label)) for found in (*shown.at.button, *shown.at.expander)]


def links(shown: Visit) -> list[str]:
    return [unescaped(link.label) for link in shown.at.get("page_link")]


def said(shown: Visit) -> list[str]:
    return [unescaped(toast.value) for toast in shown.at.toast]


def type_into(shown: Visit, first: str, rows: dict[int, dict[str, Any]], added: list[dict[str, Any]] = []) -> Visit:  # noqa: B006
    """Write in the table whose first column is this, as the browser sends it: the test driver has no such widget."""
    grid = next(found for found in shown.at.dataframe if found.proto.editing_mode and first in found.value.columns)
    typed = {"edited_rows": {str(row): cells for row, cells in rows.items()}, "added_rows": added, "deleted_rows": []}
    states = shown.at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=grid.proto.id, string_value=json.dumps(typed)))
    shown.at._run(states)
    return shown


# --- The list -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(
    ("who", "lead", "offered"),
    [
        ("Läsare", "2 utlysningar är under bedömning och 8 är beslutade.", ["Sökt och beviljat över åren"]),
        (
            MEMBER,
            "Du har 5 ansökningar kvar att bedöma i Lokala utvecklingsmedel 2026–2027.",
            ["Sökt och beviljat över åren"],
        ),
        (
            "Handläggare",
            "2 utlysningar är under bedömning och 8 är beslutade.",
            ["Kopiera Lokala utvecklingsmedel 2026–2027 till nästa år", "Ny utlysning", "Sökt och beviljat över åren"],
        ),
    ],
)
def test_the_list_begins_with_what_matters_to_the_reader(
    visit: Callable[..., Visit], who: str, lead: str, offered: list[str]
) -> None:
    shown = visit(pages.CALLS, jag=who)
    assert (lead in shown.text, labels(shown)) == (True, offered)
    assert any("rutor kvar" in link for link in links(shown)) == (who == MEMBER)


@pytest.mark.usefixtures("example")
def test_a_call_in_the_list_says_its_state_dates_and_money(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, enhet="tkr")
    assert "6 ansökningar (2 gemensamma) söker 15 352 tkr, varav 8 065 tkr för 2026–2027." in shown.text
    assert "2 635 tkr finns att fördela för 2026–2027: 32,7 % av det sökta." in shown.text
    assert "\nÖppnade 1 september 2026, sista ansökningsdag var 26 oktober 2026" in shown.text
    assert any("under bedömning" in link for link in links(shown))
    assert "Lokala utvecklingsmedel 2024: 3 ansökningar, sökte 7 645 tkr, beviljat 4 740 tkr" in links(shown)


@pytest.mark.usefixtures("documents")
def test_of_a_draft_in_the_plan_a_reader_learns_that_it_is_prepared_and_no_more(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, jag="Läsare", utlysning="LUM-2014", **{"del": "utlysningen"})
    assert "Utlysningen förbereds och kan sökas när den har öppnats." in shown.text
    assert "visas när utlysningen har öppnats" in shown.text
    assert "Forskningsuppdrag" in visit(pages.CALLS, utlysning="LUM-2014").text
    assert "Forskningsuppdrag" not in shown.text


def test_a_draft_is_for_members_and_administrators(writing: Call, visit: Callable[..., Visit]) -> None:
    # Of money that is set aside everybody may know what for: the copy has none.
    code = calling.copy_call(state.database(), rounds.ANNA, writing.id)
    reader = visit(pages.CALLS, jag="Läsare", utlysning=code)
    assert f"Det finns ingen utlysning med koden ”{code}”, eller så är den inte öppnad än." in reader.text
    for who, sees in (("Läsare", False), ("Berit", True), ("Handläggare", True)):
        shown = visit(pages.CALLS, jag=who)
        assert any("Vårens medel 2032" in text for text in (*links(shown), shown.text)) == sees
    assert "Ingen utlysning är öppnad vid det datumet." in visit(pages.CALLS, jag="Läsare", per="2020-01-01").text
    assert "Ny utlysning" not in labels(visit(pages.CALLS, per="2020-01-01"))


def test_where_there_is_no_call_the_page_says_how_to_begin_one(writing: Call, visit: Callable[..., Visit]) -> None:
    with state.database().read() as reader:
        begun = begun_in(reader, writing.code)
    assert begun is not None
    ledger.undo(state.database(), rounds.ANNA, begun)
    shown = visit(pages.CALLS)
    assert ("Börja på en med Ny utlysning." in shown.text, labels(shown)[:1]) == (True, ["Ny utlysning"])


# --- A call -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(
    ("who", "code", "offered", "first"),
    [
        ("Läsare", ASSESSED, ["Ansökningar", "Utlysningen"], "ansokningar"),
        (MEMBER, ASSESSED, ["Ansökningar", "Min bedömning", "Rangordning", "Jäv", "Utlysningen"], "bedomning"),
        (MEMBER, DECIDED, ["Ansökningar", "Min bedömning", "Rangordning", "Jäv", "Utlysningen"], "rangordning"),
        ("Handläggare", ASSESSED, ["Ansökningar", "Rangordning", "Jäv", "Utlysningen"], "ansokningar"),
    ],
)
def test_each_role_has_its_parts_and_begins_with_what_it_most_likely_came_for(
    visit: Callable[..., Visit], who: str, code: str, offered: list[str], first: str
) -> None:
    shown = visit(pages.CALLS, jag=who, utlysning=code)
    assert not shown.at.exception
    assert (shown.at.session_state["utlysning-del"], shown.at.query_params["del"]) == (first, first)
    choice = next(group for group in shown.at.get("button_group") if group.key == "utlysning-del")
    assert [option.content for option in choice.proto.options] == offered


@pytest.mark.usefixtures("example")
def test_who_opens_the_scores_does_it_where_the_ranking_will_stand(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, utlysning=ASSESSED, **{"del": "rangordning"})
    assert "öppnar dem under Rangordning" in shown.text
    assert "Rådets bedömning." in shown.text
    assert "Rådets bedömning." not in visit(pages.CALLS, jag=MEMBER, utlysning=ASSESSED, **{"del": "rangordning"}).text


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("part", ["bedomning", "rangordning", "jav", "nagot-annat"])
def test_a_link_to_a_part_that_one_may_not_open_leads_to_one_that_one_may(
    visit: Callable[..., Visit], part: str
) -> None:
    shown = visit(pages.CALLS, jag="Läsare", utlysning=ASSESSED, **{"del": part})
    assert (shown.at.session_state["utlysning-del"], list(shown.at.exception)) == ("ansokningar", [])


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("who", ["Läsare", MEMBER])
def test_who_may_not_change_a_call_reads_it_and_is_offered_nothing_else(visit: Callable[..., Visit], who: str) -> None:
    shown = visit(pages.CALLS, jag=who, utlysning=ASSESSED, **{"del": "utlysningen"})
    assert ["Sista ansökningsdag", "26 oktober 2026"] in shown.rows("Uppgift")
    assert shown.rows("Prioriteringsgrund")[0][:4] == ["Nytta för dem som får stöd", "3", "37,5 %", "0–10"]
    assert labels(shown) == []


@pytest.mark.usefixtures("example")
def test_at_an_earlier_date_nobody_changes_a_call(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, utlysning=ASSESSED, per=TODAY.isoformat(), **{"del": "utlysningen"})
    assert ("under bedömning" in shown.text, labels(shown)) == (True, [])


@pytest.mark.usefixtures("documents")
def test_what_is_left_to_do_is_said_beside_the_step_that_waits_for_it(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, utlysning="lum-2014")
    assert "Kvar innan du kan gå vidare. Utlysningen saknar en öppningsdag, en sista ansökningsdag" in shown.text
    assert next(button for button in shown.at.button if button.label == "Öppna utlysningen").disabled


def test_a_call_moves_on_and_back_and_each_act_can_be_undone(writing: Call, visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, utlysning=writing.code).press("Öppna utlysningen")
    assert (now().state, said(shown)) == ("open", ["Utlysningen är öppen."])
    assert "Ansökningstiden går ut" in shown.text
    shown = shown.press("Tillbaka ett steg")
    assert (now().state, said(shown)) == ("draft", ["Utlysningen gick tillbaka ett steg."])
    shown = shown.press("Ångra")
    assert (now().state, "Ångra" in labels(shown)) == ("open", False)
    assert "Det är ångrat" in said(shown)[0]


def test_next_years_call_is_one_click_away_and_can_be_undone(writing: Call, visit: Callable[..., Visit]) -> None:
    assert "Kopiera Vårens medel till nästa år" not in labels(visit(pages.CALLS))  # it is a draft itself
    calling.move_on(state.database(), rounds.ANNA, writing, TODAY)
    shown = visit(pages.CALLS).press("Kopiera Vårens medel till nästa år")
    copy = now("VÅR-2032")
    assert (shown.title, copy.state, copy.year, copy.copied_from) == ("Vårens medel 2032", "draft", 2032, writing.id)
    assert shown.at.query_params["del"] == "utlysningen"
    assert "Utlysningen saknar pengar som är avsatta eller planerade." in shown.text
    shown.press("Ångra")
    with state.database().read() as reader:
        assert call_page(reader, "VÅR-2032") is None


# --- Beginning one -------------------------------------------------------------------------------------------


def test_a_new_call_is_begun_with_the_documents_grounds_and_its_money(
    writing: Call, visit: Callable[..., Visit]
) -> None:
    shown = visit(pages.CALLS).open("utlysning-borja")
    shown.at.text_input(key="utlysning-ny-name").set_value("Nya medel")
    shown = type_into(shown, "År", {0: {"Belopp": "ej fastställt"}}).press("Skapa utkastet")
    assert "Skriv en kod för utlysningen" in shown.at.error[0].value
    shown.at.text_input(key="utlysning-ny-kod").set_value("NYA-1")
    shown.at.date_input(key="utlysning-ny-opens").set_value(date(2031, 5, 1))
    shown.at.date_input(key="utlysning-ny-closes").set_value(date(2031, 4, 1))
    shown = shown.press("Skapa utkastet")
    assert "Datumen motsäger varandra" in unescaped(shown.at.error[0].value)
    shown.at.date_input(key="utlysning-ny-closes").set_value(date(2031, 6, 1))
    shown = shown.press("Skapa utkastet")
    assert (shown.title, said(shown)) == ("Nya medel", ["Utlysningen NYA-1 är påbörjad som utkast."])
    with state.database().read() as reader:
        page = call_page(reader, "NYA-1")
    assert page is not None
    assert page.call.closes == date(2031, 6, 1)
    assert [ground.name for ground in page.criteria] == [one.name for one in GROUNDS["Lokala utvecklingsmedel 2014"]]
    assert [(year, money.open) for year, money in page.money] == [(TODAY.year + 1, 1)]
    assert "belopp ej fastställt" in shown.text


def test_other_ready_grounds_fill_the_table_and_can_then_be_changed(writing: Call, visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, utlysning=CODE, **{"del": "utlysningen"}).open("utlysning-andra-grunder")
    prefix = f"utlysning-{writing.id}-grunder"
    shown.at.selectbox(key=f"{prefix}-fardiga").set_value("Nej, delvis, ja")
    shown = type_into(shown.run(), "Vikt", {1: {"Vikt": 3}}, [{"Prioriteringsgrund": "Nytta", "Högsta": 10}])
    shown.at.button(key=f"{prefix}-spara").click()
    assert said(shown.run()) == ["Prioriteringsgrunderna är sparade."]
    assert [row[:4] for row in shown.rows("Prioriteringsgrund")] == [
        ["Behovet är tydligt beskrivet", "1", "16,7 %", "0–2"],
        ["Målen går att följa upp", "3", "50 %", "0–2"],
        ["Kostnaden är rimlig", "1", "16,7 %", "0–2"],
        ["Nytta", "1", "16,7 %", "0–10"],
    ]


# --- Changing one --------------------------------------------------------------------------------------------


def test_dates_that_contradict_are_told_at_the_form_and_what_was_typed_stays(
    writing: Call, visit: Callable[..., Visit]
) -> None:
    shown = visit(pages.CALLS, utlysning=CODE, **{"del": "utlysningen"}).open("utlysning-andra-text")
    field = f"utlysning-{writing.id}"
    shown.at.date_input(key=f"{field}-closes").set_value(TODAY - timedelta(1))
    shown.at.text_area(key=f"{field}-rules").set_value("Högst tre år.")
    shown.at.button(key=f"{field}-spara").click()
    assert "Datumen motsäger varandra" in unescaped(shown.run().at.error[0].value)
    assert shown.at.text_area(key=f"{field}-rules").value == "Högst tre år."
    assert now() == writing
    shown.at.date_input(key=f"{field}-closes").set_value(TODAY + timedelta(7))
    shown.at.button(key=f"{field}-spara").click()
    assert said(shown.run()) == ["Text och datum är sparade."]
    assert (now().closes, now().rules) == (TODAY + timedelta(7), "Högst tre år.")


def test_what_somebody_else_has_changed_meanwhile_is_told_and_what_was_typed_stays(
    writing: Call, visit: Callable[..., Visit]
) -> None:
    shown = visit(pages.CALLS, utlysning=CODE, **{"del": "utlysningen"}).open("utlysning-andra-text")
    field = f"utlysning-{writing.id}"
    # An untouched form follows what others write.
    calling.edit(state.database(), rounds.ANNA, writing, replace(FORM, name="Annas första"))
    assert shown.run().at.text_input(key=f"{field}-name").value == "Annas första"
    shown.at.text_input(key=f"{field}-name").set_value("Mitt namn").run()
    calling.edit(state.database(), rounds.ANNA, now(), replace(FORM, name="Annas namn", rules="Annas regler."))
    shown.at.button(key=f"{field}-spara").click()
    told = unescaped(shown.run().at.error[0].value)
    assert "Anna" in told
    assert "Nu gäller Namn: Annas namn; Regler: Annas regler. Det du skrev står kvar" in told
    assert shown.at.text_input(key=f"{field}-name").value == "Mitt namn"
    assert shown.at.text_area(key=f"{field}-rules").value == "Annas regler."
    shown.at.button(key=f"{field}-spara").click()
    shown.run()
    assert (now().name, now().rules) == ("Mitt namn", "Annas regler.")


def test_what_is_typed_stays_while_another_part_is_looked_at(writing: Call, visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, utlysning=CODE, **{"del": "utlysningen"})
    shown = shown.open("utlysning-andra-text", "utlysning-andra-pengar")
    shown.at.text_input(key=f"utlysning-{writing.id}-name").set_value("Mitt namn").run()
    shown = type_into(shown, "År", {0: {"Belopp": "750 tkr"}})
    shown.at.query_params["del"] = "ansokningar"
    shown.run().at.query_params["del"] = "utlysningen"
    shown = shown.run().open("utlysning-andra-text", "utlysning-andra-pengar")
    assert shown.at.text_input(key=f"utlysning-{writing.id}-name").value == "Mitt namn"
    shown.at.button(key=f"utlysning-{writing.id}-pengar-spara").click()
    assert ["Att fördela 2031", "750 000 kr"] in shown.run().rows("Uppgift")


def test_money_that_cannot_be_read_is_told_with_its_year(writing: Call, visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, utlysning=CODE, **{"del": "utlysningen"}).open("utlysning-andra-pengar")
    tries: list[tuple[dict[str, Any], str]] = [
        ({"Belopp": "massor"}, "2031: Här står ”massor”."),
        ({"Belopp": "-5"}, "2031: ett avsatt belopp ska vara större än noll."),
        ({"År": None}, "Skriv vilket år 500 000 gäller."),
    ]
    for cells, says in tries:
        shown = type_into(shown, "År", {0: cells})
        shown.at.button(key=f"utlysning-{writing.id}-pengar-spara").click()
        assert says in unescaped(shown.run().at.error[0].value)


def test_money_and_grounds_that_somebody_else_has_changed_are_told(writing: Call, visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, utlysning=CODE, **{"del": "utlysningen"})
    shown = shown.open("utlysning-andra-pengar", "utlysning-andra-grunder")
    with state.database().read() as reader:
        page = call_page(reader, CODE)
        money = calling.set_aside(reader, writing.id)
    assert page is not None
    shown = type_into(shown, "År", {0: {"Belopp": "1"}})
    shown = type_into(shown, "Vikt", {0: {"Vikt": 9}})
    calling.save_money(state.database(), rounds.ANNA, writing.id, [SetAside(2031, Decimal(2))], money)
    calling.save_grounds(state.database(), rounds.ANNA, writing.id, rounds.GROUNDS[:1], page.criteria)
    for part, says in (("pengar", "Nu är avsatt 2031: 2 kr."), ("grunder", "Nu gäller Nytta (vikt 2).")):
        shown.at.button(key=f"utlysning-{writing.id}-{part}-spara").click()
        assert says in unescaped(shown.run().at.error[0].value)
        shown.at.button(key=f"utlysning-{writing.id}-{part}-spara").click()
        shown.run()
    assert ["Att fördela 2031", "1 kr"] in shown.rows("Uppgift")
    assert [row[1] for row in shown.rows("Prioriteringsgrund")] == ["9", "1"]
