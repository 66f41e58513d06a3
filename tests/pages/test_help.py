"""Hjälp: every text opens for everybody, says what is there, and leads nowhere that is not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from fou.help import HERE, NAMES, glossary, help_text
from fou.ui import pages
from tests.conftest import ROOT
from tests.pages.conftest import Visit, unescaped

#: Where a word of the glossary may be used: in what the app writes, and in the texts but the glossary itself.
SAID = "\n".join(
    path.read_text("utf-8").casefold()
    for folder, kind in (("fou", "*.py"), ("pages", "*.py"), ("fou/help", "*.md"))
    for path in (ROOT / folder).rglob(kind)
    if path.name != "ordlista.md"
)
NAVIGATION = [listed.title for listed in pages.TABLE if listed.in_navigation]
ROLES = NAMES[:3]
#: What the texts for a role tell people to press, open or fill in.
NAMED = sorted({name for role in ROLES for name in re.findall(r"\*\*(.+?)\*\*", help_text(role).body)})

pytestmark = pytest.mark.usefixtures("example")


def test_every_text_in_the_folder_is_offered() -> None:
    assert sorted(path.stem for path in HERE.glob("*.md")) == sorted(NAMES)


@pytest.mark.parametrize("who", ["Läsare", "Birgitta Sandström", "Handläggare"])
@pytest.mark.parametrize("name", NAMES)
def test_every_text_opens_by_its_address(visit: Callable[..., Visit], name: str, who: str) -> None:
    shown = visit(pages.HELP, jag=who, om=name)
    assert [unescaped(found.value) for found in shown.at.header] == [help_text(name).title]
    assert shown.at.query_params["om"] == name


@pytest.mark.parametrize(
    ("who", "name"), [("Läsare", "lasare"), ("Birgitta Sandström", "ledamot"), ("Handläggare", "handlaggare")]
)
def test_everybody_first_gets_the_text_for_their_role(visit: Callable[..., Visit], who: str, name: str) -> None:
    assert visit(pages.HELP, jag=who).at.query_params["om"] == name


def test_an_address_of_no_text_opens_ones_own(visit: Callable[..., Visit]) -> None:
    assert visit(pages.HELP, om="../../README").at.query_params["om"] == "handlaggare"


def test_a_text_that_is_chosen_stands_in_the_address(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.HELP)
    shown.at.get("button_group")[-1].set_value("ordlista")
    assert shown.run().at.query_params["om"] == "ordlista"


@pytest.mark.parametrize("name", NAMES)
def test_every_text_that_a_text_links_to_is_there_and_can_be_opened(visit: Callable[..., Visit], name: str) -> None:
    text = help_text(name)
    links = [link.value for link in visit(pages.HELP, om=name).at.page_link]
    assert links == [help_text(other).title for other in text.links]
    assert "](" not in text.on_page


@pytest.mark.parametrize("page", NAVIGATION)
def test_every_page_of_the_navigation_is_told_of(page: str) -> None:
    assert page == "Hjälp" or any(f"**{page}**" in help_text(name).body for name in NAMES)


@pytest.mark.parametrize("term", glossary())
def test_every_word_of_the_glossary_is_used(term: str) -> None:
    assert term.casefold().removesuffix(" medel") in SAID


def test_the_glossary_stands_in_the_order_of_the_alphabet() -> None:
    letters = {letter: at for at, letter in enumerate("abcdefghijklmnopqrstuvwxyzåäö ", 1)}
    assert list(glossary()) == sorted(glossary(), key=lambda term: [letters.get(sign, 0) for sign in term.casefold()])
    assert len(glossary()) == help_text("ordlista").body.count("\n- ")


@pytest.mark.parametrize("name", NAMED)
def test_what_a_text_tells_one_to_look_for_is_called_so(name: str) -> None:
    said = [*SAID.split("\n"), *(term.casefold() for term in glossary())]
    assert any(name.casefold() in line and f"**{name.casefold()}**" not in line for line in said)
