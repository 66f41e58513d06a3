"""Reading Översikt and Portfölj as a politician does: by keyboard alone, from a link, and with the pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fou.access import Person, Role
from fou.demo.load import load_example
from fou.store import Database
from tests.browser.conftest import open_page
from tests.conftest import Server

#: More stops than a page has; whoever has not arrived by then never will.
MOST_STOPS = 120


@pytest.fixture(scope="module")
def example(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    path = Path(tmp_path_factory.mktemp("reading")) / "example.duckdb"
    database = Database.open(path)
    load_example(database, Person("Anna", Role.ADMIN))
    database.close()
    return serve(path)


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the keyboard stands on what is wanted, or on something within it."""
    target = wanted.first.element_handle()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("target => target.contains(document.activeElement)", target):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


def test_oversikts_year_is_chosen_by_keyboard_alone(example: Server, browser_page: Page) -> None:
    open_page(browser_page, example.base)
    tab_to(browser_page, browser_page.get_by_label("År", exact=True))
    browser_page.keyboard.type("2024")
    browser_page.keyboard.press("Enter")
    expect(main(browser_page)).to_contain_text("FoU-planen för 2024")


def test_oversikts_figures_are_seen_as_a_table_by_keyboard_alone(example: Server, browser_page: Page) -> None:
    open_page(browser_page, f"{example.base}/?ar=2025")
    tab_to(browser_page, browser_page.locator("summary", has_text="Visa som tabell"))
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("th", has_text="Beviljat, inte utbetalt")).to_be_visible()


def test_oversikts_counting_and_sources_are_opened_by_keyboard_alone(example: Server, browser_page: Page) -> None:
    open_page(browser_page, f"{example.base}/?ar=2025")
    tab_to(browser_page, browser_page.locator("summary", has_text="Så räknas det"))
    browser_page.keyboard.press("Enter")
    expect(main(browser_page)).to_contain_text("Fritt = ram − beviljat − avsatt + återfört")
    expect(main(browser_page)).to_contain_text(re.compile(r"\d+ belopp ligger bakom"))


def test_portfoljs_search_is_used_by_keyboard_alone(example: Server, browser_page: Page) -> None:
    open_page(browser_page, f"{example.base}/portfolj")
    before = main(browser_page).locator("strong").first.inner_text()
    tab_to(browser_page, browser_page.get_by_label("Sök", exact=True))
    browser_page.keyboard.type("anhöriga")
    browser_page.keyboard.press("Enter")
    expect(main(browser_page).locator("strong").first).not_to_have_text(before)
    expect(browser_page).to_have_url(re.compile("sok="))


def test_a_link_shows_the_same_in_another_browser(example: Server, browser: Browser, browser_page: Page) -> None:
    open_page(browser_page, f"{example.base}/?ar=2024&enhet=tkr&medel=egna")
    shown = main(browser_page).inner_text()
    elsewhere = browser.new_context(locale="sv-SE", viewport={"width": 1440, "height": 900})
    other = elsewhere.new_page()
    open_page(other, browser_page.url)
    expect(other.get_by_test_id("stMain")).to_contain_text("FoU-planen för 2024")
    assert other.get_by_test_id("stMain").inner_text() == shown
    elsewhere.close()


@pytest.mark.parametrize(
    ("name", "file", "starts"),
    [
        ("Bild (PNG)", "utrymme.png", b"\x89PNG"),
        ("Bild (SVG)", "utrymme.svg", b"<svg"),
        ("Tabellen (CSV)", "utrymme.csv", b"\xef\xbb\xbf"),
    ],
)
def test_a_chart_is_fetched_as_a_file(example: Server, browser_page: Page, name: str, file: str, starts: bytes) -> None:
    open_page(browser_page, f"{example.base}/?ar=2025")
    browser_page.locator("summary", has_text=re.compile("^Hämta")).first.click()
    with browser_page.expect_download() as download:
        browser_page.get_by_role("button", name=name).first.click()
    assert download.value.suggested_filename == file
    assert Path(download.value.path()).read_bytes().startswith(starts)
