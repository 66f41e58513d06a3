"""The head's choices: year, whose money, unit and date, in the address and from page to page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fou.ui import pages
from tests.pages.conftest import Visit

CHOICES = {"ar": "2014", "medel": "egna", "enhet": "tkr"}
#: Long before anything was read in.
BEFORE = "2013-05-01"
WITH_CHOICES = pytest.mark.parametrize(
    "page", [pages.OVERVIEW, pages.PLAN, pages.PORTFOLIO], ids=["Översikt", "FoU-plan", "Portfölj"]
)
HOSTILE = ["<script>alert(1)</script>", "' OR 1=1 --", "**x** [y](z)", "å" * 5_000, "%_!%", "\x00", "S-EBP/../x"]

pytestmark = pytest.mark.usefixtures("documents")


@pytest.mark.parametrize(("name", "value"), CHOICES.items())
def test_a_link_sets_each_choice(visit: Callable[..., Visit], name: str, value: str) -> None:
    assert visit(**CHOICES).at.session_state[name] == value


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_stays_from_page_to_page(visit: Callable[..., Visit], name: str) -> None:
    shown = visit(**CHOICES).go(pages.PLAN).go(pages.PORTFOLIO).go(pages.IMPORT).go(pages.OVERVIEW)
    assert shown.at.session_state[name] == CHOICES[name]


def test_a_choice_holds_on_the_very_next_page(visit: Callable[..., Visit]) -> None:
    assert visit(**CHOICES).go(pages.PLAN).metrics["Föreslaget"] == "2 000 tkr"


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_stays_in_the_address_from_page_to_page(visit: Callable[..., Visit], name: str) -> None:
    assert visit(**CHOICES).go(pages.PLAN).at.query_params[name] == CHOICES[name]


@pytest.mark.parametrize(("unit", "frame"), [("kr", "2 310 000 kr"), ("tkr", "2 310 tkr"), ("mnkr", "2,3 mnkr")])
def test_amounts_are_shown_in_the_chosen_unit(visit: Callable[..., Visit], unit: str, frame: str) -> None:
    assert visit(ar="2013", enhet=unit).metrics["Ram"] == frame


@pytest.mark.parametrize(
    ("unit", "amount"), [("kr", "600 000"), ("tkr", "600"), ("mnkr", "0,6")], ids=["kr", "tkr", "mnkr"]
)
def test_the_plans_lines_are_in_the_chosen_unit(visit: Callable[..., Visit], unit: str, amount: str) -> None:
    lines = visit(pages.PLAN, ar="2013", enhet=unit).rows("Projekt eller utlysning")
    assert amount in [line[1] for line in lines]


def test_the_portfolios_table_is_in_the_chosen_unit(visit: Callable[..., Visit]) -> None:
    assert visit(pages.PORTFOLIO, enhet="tkr").at.dataframe[0].value["Beviljat (tkr)"].max() == 4_958


@pytest.mark.parametrize(
    ("money", "granted"), [("alla", "1 652 667 kr"), ("andras", "1 652 667 kr"), ("Forte", "1 652 667 kr")]
)
def test_money_is_limited_to_whose_it_is(visit: Callable[..., Visit], money: str, granted: str) -> None:
    assert visit(ar="2019", medel=money).metrics["Beviljat"] == granted


def test_what_others_pay_is_not_ours(visit: Callable[..., Visit]) -> None:
    assert "Beviljat" not in visit(ar="2019", medel="egna").metrics


# --- As it was on an earlier day ----------------------------------------------------------------------------


@WITH_CHOICES
def test_an_earlier_date_is_told_on_every_page(visit: Callable[..., Visit], page: Path) -> None:
    assert "Du ser det som var registrerat 1 maj 2013." in visit(page, per=BEFORE).text


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (pages.OVERVIEW, "Det finns inga uppgifter om 2013."),
        (pages.PLAN, "Planen har inga rader för de medel som är valda."),
        (pages.PORTFOLIO, "Inga projekt."),
    ],
    ids=["Översikt", "FoU-plan", "Portfölj"],
)
def test_before_anything_was_read_in_there_is_nothing_and_the_page_says_so(
    visit: Callable[..., Visit], page: Path, says: str
) -> None:
    assert says in visit(page, ar="2013", per=BEFORE).text


@WITH_CHOICES
def test_no_amount_leaks_into_an_earlier_date(visit: Callable[..., Visit], page: Path) -> None:
    assert "2 310 000" not in visit(page, ar="2013", per=BEFORE).text


def test_a_project_that_was_not_there_yet_is_said_not_to_be(visit: Callable[..., Visit]) -> None:
    warning = visit(pages.PROJECT, kod="S-EBP", per=BEFORE).at.warning[0].value
    assert "vid det datumet" in warning


# --- Addresses that nobody has made -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("ar", "1066"), ("ar", "abc"), ("medel", "x'; DROP TABLE entry"), ("enhet", "öre"), ("per", "igår")],
)
def test_a_choice_that_does_not_exist_is_passed_over(visit: Callable[..., Visit], name: str, value: str) -> None:
    assert visit(**{name: value}).metrics["Ram"] == "2 310 000 kr"


@pytest.mark.parametrize("code", HOSTILE)
def test_a_project_that_does_not_exist_is_told(visit: Callable[..., Visit], code: str) -> None:
    assert "Det finns inget projekt med koden" in visit(pages.PROJECT, kod=code).at.warning[0].value


def test_a_link_without_a_project_leads_to_the_portfolio(visit: Callable[..., Visit]) -> None:
    assert "Välj ett projekt i portföljen." in visit(pages.PROJECT).text


def test_a_projects_code_is_found_whatever_the_case(visit: Callable[..., Visit]) -> None:
    assert visit(pages.PROJECT, kod="s-ebp").title.startswith("Utvärdering: evidensbaserad praktik")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_search_for_anything_at_all_is_answered(visit: Callable[..., Visit], text: str) -> None:
    shown = visit(pages.PORTFOLIO, sok=text)
    assert ("Inga projekt." in shown.text or " projekt: " in shown.text, list(shown.at.exception)) == (True, [])


@pytest.mark.parametrize(("name", "value"), [("omrade", "x"), ("lage", "<b>"), ("sida", "-4"), ("sida", "9999")])
def test_a_filter_that_does_not_exist_filters_nothing(visit: Callable[..., Visit], name: str, value: str) -> None:
    assert "31 projekt:" in visit(pages.PORTFOLIO, **{name: value}).text
