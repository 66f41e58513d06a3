"""Personer och roller on Administration."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fou import members as service
from fou.access import Person, Role
from fou.members import Filled
from fou.model import Member
from fou.store.sight import EVERYTHING
from fou.ui import pages, state
from tests.pages.conftest import Visit

ANNA, MEMBER = Person("Anna", Role.ADMIN), "Birgitta Sandström"


@pytest.fixture
def shown(use: Callable[[str], None], visit: Callable[..., Visit]) -> Visit:
    use("example")
    return visit(pages.ADMINISTRATION).open("personer")


def choose(shown: Visit, name: str) -> int:
    """Take somebody up to change them; their number."""
    number = member(name).id
    shown.at.selectbox(key="person").set_value(number)
    shown.run()
    return number


def member(name: str) -> Member:
    with state.database().read() as reader:
        return next(one.member for one in service.members(reader, ANNA) if one.member.name == name)


def test_the_list_is_read_when_it_is_opened(use: Callable[[str], None], visit: Callable[..., Visit]) -> None:
    use("example")
    shown = visit(pages.ADMINISTRATION)
    assert MEMBER not in shown.text
    assert [MEMBER, "ledamot"] in [row[:2] for row in shown.open("personer").rows("Namn")]


def test_somebody_is_added(shown: Visit) -> None:
    shown.at.text_input(key="person-0-name").set_value("Nils *Ny*")
    shown.at.text_input(key="person-0-email").set_value("nils@kommun.se")
    shown.at.selectbox(key="person-0-role").set_value("admin")
    shown.press("Lägg till")
    assert "Nils *Ny* är sparad" in shown.text
    assert ["Nils *Ny*", "handläggare", "nils@kommun.se"] in [row[:3] for row in shown.rows("Namn")]
    assert shown.at.text_input(key="person-0-name").value == ""


def test_what_is_wrong_is_said_and_what_was_typed_stays(shown: Visit) -> None:
    shown.at.text_input(key="person-0-name").set_value(MEMBER)
    shown.press("Lägg till")
    assert f"Det finns redan en person som heter {MEMBER}." in shown.text
    assert shown.at.text_input(key="person-0-name").value == MEMBER


def test_a_role_is_changed_and_a_person_blocked(shown: Visit) -> None:
    number = choose(shown, MEMBER)
    shown.at.selectbox(key=f"person-{number}-role").set_value("viewer")
    shown.press("Spara")
    assert [MEMBER, "läsare"] in [row[:2] for row in shown.rows("Namn")]
    shown.press("Spärra")
    assert f"{MEMBER} är spärrad" in shown.text
    assert shown.at.selectbox(key=f"person-{number}-role").value == "blocked"


def test_what_somebody_else_changed_is_told(shown: Visit) -> None:
    number = choose(shown, MEMBER)
    seen = member(MEMBER)
    service.change(state.database(), ANNA, seen, Filled(seen.name, seen.email, "admin", seen.unit))
    shown.at.selectbox(key=f"person-{number}-role").set_value("viewer")
    shown.press("Spara")
    assert "Anna har ändrat samma uppgift medan du skrev" in shown.text
    assert shown.at.selectbox(key=f"person-{number}-role").value == "viewer"
    shown.press("Spara")
    assert [MEMBER, "läsare"] in [row[:2] for row in shown.rows("Namn")]


@pytest.mark.usefixtures("example")
def test_only_who_is_in_conflict_of_interest_has_a_reading_of_their_own() -> None:
    somebody, in_conflict = member("Sofia Abrahamsson").id, member("Gunilla Ekdahl").id
    assert state.sight(Person("Sofia Abrahamsson", Role.ADMIN, somebody)) == EVERYTHING
    assert state.sight(Person("Gunilla Ekdahl", Role.MEMBER, in_conflict)).member == in_conflict
