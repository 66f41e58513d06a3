"""Portfölj and a project's page as people use them: search, filters, the list, the charts and the links."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fou.ui import pages, show
from tests.pages.conftest import Visit, unescaped

VIEWS = ["Lista", "Tidslinje", "Områden", "Sökt och beviljat", "Utbetalt", "Storlek"]


def titles(shown: Visit) -> list[str]:
    return list(shown.at.dataframe[0].value["Projekt"])


@pytest.mark.usefixtures("example")
def test_a_search_without_dots_finds_and_says_which_words_it_took(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PORTFOLIO, sok="aldre lakemedel")
    assert ("Läkemedelsberoende hos äldre" in titles(shown)[0], "Visar liknande ord" in shown.text) == (True, True)


@pytest.mark.usefixtures("example")
def test_a_search_that_finds_nothing_says_which_word_and_offers_the_nearest(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PORTFOLIO, sok="äldre fallstudiemetodik")
    assert "Inget projekt har ”fallstudiemetodik”" in shown.text
    shown.at.button[0].click()
    assert len(titles(shown.run())) > 0


@pytest.mark.usefixtures("example")
def test_filters_combine_and_come_from_the_link(visit: Callable[..., Visit]) -> None:
    shown = visit(
        pages.PORTFOLIO, omrade=["Barn och unga", "Äldre och anhöriga"], lage=["pågår"], fran="2026", till="2026"
    )
    frame = shown.at.dataframe[0].value
    assert (set(frame["Område"]), set(frame["Läge"])) == ({"Barn och unga", "Äldre och anhöriga"}, {"pågår"})
    assert "Visar bara: Barn och unga eller Äldre och anhöriga · pågår · år 2026" in shown.text


@pytest.mark.usefixtures("example")
def test_the_active_filters_are_taken_away_with_one_button(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PORTFOLIO, lage=["pågår"], slutar="true")
    assert "68 projekt:" not in shown.text
    shown.at.button[0].click()
    assert "68 projekt:" in shown.run().text


@pytest.mark.usefixtures("example")
def test_with_years_chosen_only_their_amounts_are_counted_and_the_table_says_so(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PORTFOLIO, fran="2024", till="2023", enhet="tkr")
    assert ("är beviljat för 2023–2024" in shown.text, "Beviljat (2023–2024, tkr)" in shown.at.dataframe[0].value) == (
        True, True,
    )  # fmt: skip


@pytest.mark.usefixtures("example")
def test_the_list_stands_in_the_order_chosen(visit: Callable[..., Visit]) -> None:
    found = titles(visit(pages.PORTFOLIO, ordning="Namn"))
    assert found[0].startswith("Att fråga") or found[0] < found[-1]


@pytest.mark.parametrize("data", ["documents", "example"])
@pytest.mark.parametrize("shown", VIEWS)
def test_each_view_of_the_portfolio_can_be_linked_to(
    look: Callable[[str], None], visit: Callable[..., Visit], data: str, shown: str
) -> None:
    look(data)
    page = visit(pages.PORTFOLIO, visa=shown)
    assert (list(page.at.exception), len(page.at.dataframe)) == ([], int(shown == "Lista"))


@pytest.mark.usefixtures("example")
def test_a_chart_of_the_portfolio_lists_the_amounts_of_the_projects_chosen(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PORTFOLIO, sok="EX24-002", visa="Områden").below("omraden", show.COUNTED)
    rows = shown.rows("Slag")
    assert {row[2] for row in rows} == {"En intervjustudie om bedömningsinstrument i handläggningen"}
    assert f"{len(rows)} belopp ligger bakom:" in shown.text


@pytest.mark.usefixtures("example")
def test_a_projects_chart_lists_its_amounts_whoever_pays(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PROJECT, kod="EX24-002", medel="egna").below("projektets-pengar", show.COUNTED)
    assert "14 belopp ligger bakom" in shown.text


@pytest.mark.usefixtures("example")
def test_a_project_can_be_opened_without_a_mouse(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PORTFOLIO)
    shown.at.selectbox(key="oppna").select("EX21-001")
    assert shown.run().title.startswith("En väg in – ett program")


@pytest.mark.usefixtures("example")
def test_a_projects_page_begins_with_until_when_who_and_how_much(visit: Callable[..., Visit]) -> None:
    assert (
        "Pågår till slutet av 2026. Ansvarig är Olof Nilsson, Nordslättens universitet, centrum för barnforskning. "
        "14 915 000 kr är beviljat av Forte. 13 658 000 kr är utbetalt."
    ) in visit(pages.PROJECT, kod="EX21-001").text


@pytest.mark.usefixtures("example")
def test_a_projects_page_shows_what_each_funder_gives(visit: Callable[..., Visit]) -> None:
    assert [row[0] for row in visit(pages.PROJECT, kod="EX24-002").rows("Finansiär")] == [
        "Exempelkommunen, socialnämnden", "Region Exempellän",
    ]  # fmt: skip


@pytest.mark.usefixtures("example")
def test_a_projects_page_leads_to_its_whole_chain_in_order(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PROJECT, kod="EX23-002")
    found = [unescaped(link.label).partition(" – ")[0] for link in shown.at.page_link if "familjehem" in link.label]
    assert found == [
        "Förstudie: Stöd till familjehem i Lillsjödalen", "Stöd till familjehem i Lillsjödalen",
        "Spridning: Stöd till familjehem i Lillsjödalen",
    ]  # fmt: skip
