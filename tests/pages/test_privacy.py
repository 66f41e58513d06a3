"""The page Personuppgifter: what is kept, a person found, taken out and weeded, and the log of events."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fou.access import Action, Person, Role
from fou.model import EventKind
from fou.privacy.register import REGISTER
from fou.ui import pages, state
from tests.pages.conftest import Visit, unescaped

MEMBER, LEAD = "Gunilla Ekdahl", "Olof Johansson"
TAB = "personuppgifter-flik"


def at_person(visit: Callable[..., Visit], asked: str) -> Visit:
    shown = visit(pages.PERSONAL_DATA)
    shown.at.session_state[TAB] = "En person"
    shown.run().at.text_input(key="personuppgifter-namn").set_value(asked)
    return shown.run()


def button(shown: Visit, label: str) -> object:
    return next(found for found in shown.at.button if found.label == label)


def test_the_page_lists_all_that_is_kept_and_why(visit: Callable[..., Visit], example: None) -> None:
    rows = visit(pages.PERSONAL_DATA).rows("Uppgifter")
    assert [row[0] for row in rows] == [held.name for held in REGISTER]


@pytest.mark.parametrize("who", ["Läsare", "Birgitta Sandström"])
def test_others_than_administrators_see_nothing_of_it(visit: Callable[..., Visit], example: None, who: str) -> None:
    shown = visit(pages.PERSONAL_DATA, jag=who)
    assert "Sidan är för handläggare" in shown.text
    assert [*shown.at.tabs, *shown.at.text_input, *shown.at.get("download_button")] == []


def test_a_misspelt_name_finds_the_person_and_what_there_is(visit: Callable[..., Visit], example: None) -> None:
    shown = at_person(visit, "gunila ekdal")
    shown.at.multiselect[0].select(MEMBER)
    rows = {row[0]: row[2] for row in shown.run().rows("Uppgifter")}
    assert set(rows) == {"Person", "Bedömningar", "Jäv", "Texter", "Historik"}
    assert "Om Gunilla Ekdahl" in shown.text


def test_what_is_typed_is_text_and_not_markup(visit: Callable[..., Visit], example: None) -> None:
    shown = at_person(visit, "<script>alert(1)</script> **x** [y](https://z.example)")
    assert not shown.at.exception
    assert all("<script" not in unescaped_html(found.value) for found in (*shown.at.markdown, *shown.at.caption))


def unescaped_html(markdown: str) -> str:
    """What Markdown would take for a tag: an escaped sign is none."""
    return markdown.replace("\\<", "")


def test_weeding_asks_for_a_reason_and_a_tick_and_then_the_name_is_gone(
    visit: Callable[..., Visit], use: Callable[[str], None]
) -> None:
    use("example")
    # The council's minutes say that she was called: it takes the names out of what is public too.
    shown = at_person(visit, MEMBER).open("gallra")
    shown.at.checkbox(key="gallra-beslutat").check()
    shown.run()
    assert {"Poäng i bedömningar", "Anmälda jäv", "Plats i personlistan"} <= {
        cell[0] for cell in rows_after(shown, "Det här står kvar")
    }
    assert button(shown, "Gallra för gott").disabled  # type: ignore[attr-defined]
    shown.at.text_input(key="gallra-person-skal").set_value("Begäran, dnr 2026-12")
    assert button(shown.run(), "Gallra för gott").disabled  # type: ignore[attr-defined]
    shown.at.checkbox(key="gallra-person-last").check()
    shown.run()
    button(shown, "Gallra för gott").click()  # type: ignore[attr-defined]
    assert "Gallringen är gjord" in shown.run().text
    with state.database().read() as reader:
        assert reader.value("SELECT COUNT(*) FROM member WHERE name = $name", name=MEMBER) == 0
        assert reader.value("SELECT kind FROM batch ORDER BY id DESC LIMIT 1") == "weed"
    assert "Inget namn liknar" in at_person(visit, MEMBER).text


def rows_after(shown: Visit, title: str) -> list[list[str]]:
    """The rows of the table that follows a heading in bold."""
    texts = [unescaped(found.value) for found in shown.at.markdown]
    table = texts[texts.index(title) + 1]
    return [line.split("|")[1:-1] for line in table.split("\n")[2:]]


def test_a_reason_with_the_name_in_it_is_refused(visit: Callable[..., Visit], use: Callable[[str], None]) -> None:
    use("example")
    # The council's minutes say that she was called: it takes the names out of what is public too.
    shown = at_person(visit, MEMBER).open("gallra")
    shown.at.checkbox(key="gallra-beslutat").check()
    shown.run()
    shown.at.text_input(key="gallra-person-skal").set_value(f"{MEMBER} har slutat")
    shown.at.checkbox(key="gallra-person-last").check()
    shown.run()
    button(shown, "Gallra för gott").click()  # type: ignore[attr-defined]
    assert "utan personens namn" in shown.run().at.error[0].value


def test_a_lead_of_decided_projects_has_nothing_to_weed_unless_it_is_asked_for(
    visit: Callable[..., Visit], example: None
) -> None:
    shown = at_person(visit, LEAD).open("gallra")
    assert "Det som finns ska bevaras" in shown.text
    shown.at.checkbox(key="gallra-beslutat").check()
    assert any(found.label == "Gallra för gott" for found in shown.run().at.button)


def test_old_events_are_weeded_from_the_page(visit: Callable[..., Visit], use: Callable[[str], None]) -> None:
    use("example")
    state.database().log(EventKind.REFUSED, "Bo Ek", "försökte")
    with state.database().write(Person("Anna", Role.ADMIN), Action.EDIT, "klockan") as work:
        work.rows("UPDATE event SET happened = TIMESTAMP '2020-01-01' WHERE actor = 'Bo Ek'")
        work.keep_even_if_empty()
    shown = visit(pages.PERSONAL_DATA)
    shown.at.session_state[TAB] = "Händelseloggen"
    assert "1 händelse före" in shown.run().text
    shown.at.text_input(key="gallra-handelser-skal").set_value("Rutin, dnr 2026-3")
    shown.at.checkbox(key="gallra-handelser-last").check()
    shown.run()
    button(shown, "Gallra händelserna").click()  # type: ignore[attr-defined]
    assert "Gallringen är gjord på 1 ställe" in shown.run().text
