"""Who sees what: a reader, a member, a member in conflict of interest, and an administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fou.ui import pages
from tests.pages.conftest import Visit

#: In the example: a project that was decided in 2024, a member in conflict over it, and one who is not.
PROJECT, CONFLICTED, MEMBER = "EX24-003", "Gunilla Ekdahl", "Birgitta Sandström"
#: A project whose application is still under assessment.
UNDECIDED = "EX26-001"
RESTRICTED = pytest.mark.parametrize("page", [pages.IMPORT, pages.ADMINISTRATION], ids=["Import", "Administration"])
EDIT, HISTORY = "Ändra uppgifter eller belopp", "Ändringar av uppgifterna"

pytestmark = pytest.mark.usefixtures("example")


def expanders(shown: Visit) -> str:
    return " ".join(found.label for found in shown.at.expander)


@RESTRICTED
@pytest.mark.parametrize(("who", "role"), [("Läsare", "läsare"), (MEMBER, "ledamot")])
def test_a_page_for_administrators_tells_others_so(
    visit: Callable[..., Visit], page: Path, who: str, role: str
) -> None:
    assert f"Sidan är för handläggare. Du är {role}." in visit(page, jag=who).at.warning[0].value


@RESTRICTED
@pytest.mark.parametrize("who", ["Läsare", MEMBER])
def test_a_page_for_administrators_gives_others_nothing_to_use(
    visit: Callable[..., Visit], page: Path, who: str
) -> None:
    at = visit(page, jag=who).at
    assert [*at.button, *at.get("file_uploader"), *at.get("download_button"), *at.subheader] == []


def test_the_meetings_page_is_for_the_council_and_says_so(visit: Callable[..., Visit]) -> None:
    seen = visit(pages.MEETING, jag="Läsare", utlysning="S2027")
    assert "Sidan är för rådets ledamöter och handläggare. Du är läsare." in seen.at.warning[0].value
    assert "Handläggarens förslag" not in seen.text
    assert [found.label for found in seen.at.button] == ["Visning"]
    assert list(seen.at.subheader) == []
    for who in (MEMBER, "Handläggare"):
        shown = visit(pages.MEETING, jag=who)
        assert list(shown.at.warning) == []
        assert "FoU-rådets möte om samverkansmedel" in str([link.label for link in shown.at.get("page_link")])


@RESTRICTED
def test_a_page_for_administrators_opens_for_them(visit: Callable[..., Visit], page: Path) -> None:
    assert list(visit(page).at.warning) == []


@pytest.mark.parametrize(
    ("who", "sees"), [("Läsare", (False, False)), (MEMBER, (True, False)), ("Handläggare", (True, True))]
)
def test_history_is_for_members_and_changing_for_administrators(
    visit: Callable[..., Visit], who: str, sees: tuple[bool, bool]
) -> None:
    shown = expanders(visit(pages.PROJECT, jag=who, kod=PROJECT))
    assert (HISTORY in shown, EDIT in shown) == sees


def test_a_member_sees_who_changed_a_projects_facts(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PROJECT, jag=MEMBER, kod=PROJECT).open("projektets-andringar")
    assert shown.rows("När")[0][1:] == ["Anna", "exempel, post 1", "Projektet lades till"]


@pytest.mark.parametrize(
    ("who", "sees"), [("Läsare", False), (MEMBER, True), (CONFLICTED, False), ("Handläggare", True)]
)
def test_scores_are_for_members_without_a_conflict_of_interest(
    visit: Callable[..., Visit], who: str, sees: bool
) -> None:
    assert ("Medelvärde" in visit(pages.PROJECT, jag=who, kod=PROJECT).text) == sees


def test_who_sees_no_scores_is_not_told_of_conflicts_of_interest_either(visit: Callable[..., Visit]) -> None:
    assert "Jäv" not in visit(pages.PROJECT, jag="Läsare", kod=PROJECT).text


def test_a_member_in_conflict_is_told_of_their_own_conflict(visit: Callable[..., Visit]) -> None:
    assert f"Jäv: {CONFLICTED} (" in visit(pages.PROJECT, jag=CONFLICTED, kod=PROJECT).text


def test_a_member_in_conflict_over_one_project_sees_the_scores_of_another(visit: Callable[..., Visit]) -> None:
    assert "Medelvärde" in visit(pages.PROJECT, jag=CONFLICTED, kod="EX24-005").text


@pytest.mark.parametrize("who", ["Läsare", MEMBER, "Handläggare"])
def test_nobody_sees_scores_before_the_decision(visit: Callable[..., Visit], who: str) -> None:
    assert "Medelvärde" not in visit(pages.PROJECT, jag=who, kod=UNDECIDED).text


def test_nobody_changes_anything_while_looking_at_an_earlier_date(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PROJECT, kod=PROJECT, per=date.today().isoformat())
    assert EDIT not in expanders(shown)


def test_who_one_is_stays_from_page_to_page(visit: Callable[..., Visit]) -> None:
    shown = visit(jag="Läsare").go(pages.PLAN).go(pages.IMPORT)
    assert "Du är läsare" in shown.at.warning[0].value


def test_one_may_be_any_member_an_administrator_or_a_reader(visit: Callable[..., Visit]) -> None:
    assert visit().open("vem").at.selectbox(key="jag").options == [
        "Handläggare", "Birgitta Sandström", "Gunilla Ekdahl", "Jonas Wikström", "Mehdi Karimi", "Rasmus Hallberg",
        "Selma Begić", "Tuula Niemi", "Läsare",
    ]  # fmt: skip
