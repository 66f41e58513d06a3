"""The application's shell, as a browser meets it: Swedish, safe, reachable, and usable for everybody."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_violations, complaints, open_page, turn
from tests.conftest import ROOT, Server

PAGES = {
    "": "Översikt",
    "plan": "FoU-plan",
    "portfolj": "Portfölj",
    "projekt": "Projekt",
    "ansokningar": "Ansökningar",
    "ansokan": "Ansökan",
    "radsmote": "Rådsmöte",
    "uppfoljning": "Uppföljning",
    "import": "Import",
    "administration": "Administration",
    "personuppgifter": "Personuppgifter",
    "hjalp": "Hjälp",
}
IN_NAVIGATION = [
    "Översikt", "FoU-plan", "Portfölj", "Ansökningar", "Rådsmöte", "Uppföljning", "Import", "Administration",
    "Hjälp",
]  # fmt: skip

# One address of each kind that the server answers: page, deep link, redirect, our own and Streamlit's files,
# Streamlit's own routes, and something that is not there.
ADDRESSES = [
    "/",
    "/portfolj",
    "/oversikt?ar=2013",
    "/halsa",
    "/fou/assessing.js",
    "/fou/svenska.js",
    "/fou/tables.js",
    "/fou/fou.css",
    "/favicon.png",
    "/_stcore/health",
    "/portfolj/_stcore/health",
]

# Streamlit's own words that it would show on the page of widgets, were they not translated.
ENGLISH = re.compile(
    r"Choose|Upload|per file|Download|Search|Fullscreen|Show/hide|Increment|Decrement|start date|year,|month,"
    r"|Reset|Zoom in|Autoscale|Skip to|Main menu|options available|Selected|Press Enter"
)
ALL_TEXT = """() => {
  const found = [];
  const what = NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT;
  const walker = document.createTreeWalker(document.documentElement, what);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement?.closest("script, style, noscript, .stMarkdown")) found.push(node.data);
    } else {
      for (const name of ["aria-label", "title", "placeholder", "data-title", "aria-valuetext"])
        if (node.hasAttribute(name)) found.push(node.getAttribute(name));
    }
  }
  return found;
}"""


def ask(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args: object) -> None:
            return None

    try:
        answer = urllib.request.build_opener(Stay).open(urllib.request.Request(address, headers=headers))
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


@pytest.fixture(scope="module")
def widgets(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    database = tmp_path_factory.mktemp("widgets") / "fou.duckdb"
    return serve(database, app=ROOT / "tests" / "browser" / "widgets" / "app.py")


@pytest.fixture(scope="module")
def widgets_page(widgets: Server, open_window: Callable[..., Page]) -> Iterator[Page]:
    """The page of widgets, opened once for the tests that only look at it, or press what they have to themselves."""
    page = open_window()
    open_page(page, widgets.base)
    yield page
    page.close()


@dataclass(frozen=True)
class Used:
    """What came of using the page of widgets: the browser's complaints, the file that came, and what axe-core found."""

    complaints: list[str]
    fetched: str
    violations: list[str]


@pytest.fixture(scope="module")
def used(widgets: Server, open_window: Callable[..., Page]) -> Callable[[Literal["light", "dark"]], Used]:
    """Look at the page of widgets in one scheme, upload a file and fetch one; once for each."""

    @cache
    def use(scheme: Literal["light", "dark"]) -> Used:
        page = open_window(color_scheme=scheme)
        heard = complaints(page)
        open_page(page, widgets.base)
        expect(page.locator("[data-testid=stPlotlyChart] .main-svg").first).to_be_visible()
        expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
        violations = axe_violations(page)
        page.locator("input[type=file]").set_input_files(
            {"name": "budget.xlsx", "mimeType": "application/octet-stream", "buffer": b"x"}
        )
        expect(page.get_by_test_id("stFileChipName")).to_have_text("budget.xlsx")
        with page.expect_download() as download:
            page.get_by_role("button", name="Hämta underlag").click()
        found = Used(list(heard), download.value.suggested_filename, violations)
        page.close()
        return found

    return use


# --- What the server sends ----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("content-security-policy", "frame-ancestors 'self'"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "same-origin"),
        ("permissions-policy", "camera=()"),
    ],
)
def test_every_answer_carries_the_security_headers(server: Server, address: str, header: str, value: str) -> None:
    _, headers, _ = ask(server.base + address)
    assert value in headers[header]


def test_no_script_runs_but_those_of_the_server(server: Server) -> None:
    _, headers, _ = ask(server.base)
    rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
    assert re.fullmatch(r"'self' 'sha256-[^']+'", rules["script-src"])


@pytest.mark.parametrize("address", ["/", "/portfolj", "/finns/inte"])
def test_the_page_says_that_it_is_swedish(server: Server, address: str) -> None:
    _, _, body = ask(server.base + address, **{"Accept-Encoding": "gzip"})
    assert b'<html lang="sv">' in body


def test_without_javascript_the_page_says_so_in_swedish(server: Server) -> None:
    _, _, body = ask(server.base)
    assert re.findall(r"<noscript>(.*?)</noscript>", body.decode(), flags=re.DOTALL) == [
        "<p>Fou behöver JavaScript. Slå på det i webbläsaren och ladda om sidan.</p>"
    ]


def test_a_page_the_browser_has_already_is_not_sent_again(server: Server) -> None:
    _, headers, _ = ask(server.base)
    status, _, body = ask(server.base, **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")


def test_the_start_page_has_a_name_that_keeps_the_query(server: Server) -> None:
    status, headers, _ = ask(server.base + "/oversikt?ar=2013&medel=egna")
    assert (status, headers["location"]) == (307, "./?ar=2013&medel=egna")


# --- Pages --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """What a browser met at one address: the page's title and language, the navigation, and its own complaints.

    And what axe-core found, light on a phone and dark on a screen.
    """

    title: str
    language: str | None
    navigation: list[str]
    complaints: list[str]
    violations: dict[str, list[str]]


@pytest.fixture(scope="module")
def opened(server: Server, open_window: Callable[..., Page]) -> Callable[[str], Opened]:
    """Open a deep link; each is opened only once."""

    @cache
    def open_once(path: str) -> Opened:
        page = open_window()
        heard = complaints(page)
        open_page(page, f"{server.base}/{path}")
        expect(page).to_have_title(re.compile(" – Fou$"))
        links = page.locator("[data-testid=stTopNavLink]").all_inner_texts()
        title, language = page.title(), page.locator("html").get_attribute("lang")
        violations = {}
        turn(page, "light", 390, 900)
        violations["light phone"] = axe_violations(page)
        turn(page, "dark", 1440, 900)
        violations["dark screen"] = axe_violations(page)
        page.close()
        return Opened(title, language, links, heard, violations)

    return open_once


@pytest.mark.parametrize(("path", "name"), PAGES.items())
def test_a_deep_link_opens_its_page(opened: Callable[[str], Opened], path: str, name: str) -> None:
    assert opened(path).title == f"{name} – Fou"


def test_the_start_page_opens_by_its_name(server: Server, browser_page: Page) -> None:
    open_page(browser_page, f"{server.base}/oversikt")
    expect(browser_page).to_have_title("Översikt – Fou")


@pytest.mark.parametrize("path", ["", "projekt"])
def test_the_navigation_is_there_also_on_a_page_outside_it(opened: Callable[[str], Opened], path: str) -> None:
    assert opened(path).navigation == IN_NAVIGATION


def test_on_a_phone_the_navigation_opens_and_leads_on(server: Server, new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    open_page(page, server.base)
    page.get_by_role("button", name="Öppna menyn").click()
    page.get_by_role("link", name="Portfölj").click()
    expect(page).to_have_title("Portfölj – Fou")


def test_the_page_stays_swedish_when_streamlit_has_run(opened: Callable[[str], Opened]) -> None:
    assert opened("").language == "sv"


@pytest.mark.parametrize("path", PAGES)
def test_the_browser_has_nothing_to_complain_about(opened: Callable[[str], Opened], path: str) -> None:
    assert opened(path).complaints == []


@pytest.mark.parametrize("look", ["light phone", "dark screen"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_of_wcag(opened: Callable[[str], Opened], path: str, look: str) -> None:
    assert opened(path).violations[look] == []


# --- Streamlit's parts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_tables_and_files_work_under_the_policy(used: Callable[[str], Used], scheme: str) -> None:
    assert (used(scheme).complaints, used(scheme).fetched) == ([], "a.csv")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_streamlits_parts_break_no_rule_of_wcag(used: Callable[[str], Used], scheme: str) -> None:
    assert used(scheme).violations == []


def test_streamlits_own_words_are_swedish(widgets_page: Page) -> None:
    expect(widgets_page.locator("[data-testid=stPlotlyChart] .modebar").first).to_be_attached()
    assert [text for text in widgets_page.evaluate(ALL_TEXT) if ENGLISH.search(text)] == []


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("stFileUploaderDropzoneInstructions", "Högst 50 MB per fil"),
        ("stFileUploader", "Välj fil"),
    ],
)
def test_uploading_is_explained_in_swedish(widgets_page: Page, part: str, says: str) -> None:
    expect(widgets_page.get_by_test_id(part)).to_contain_text(says)


def test_a_search_without_a_hit_says_so_in_swedish(widgets_page: Page) -> None:
    widgets_page.get_by_label("Område", exact=True).fill("xyz")
    expect(widgets_page.get_by_test_id("stSelectboxVirtualDropdown")).to_contain_text("Inga träffar")
    widgets_page.keyboard.press("Escape")


def test_what_fou_has_written_is_left_alone(widgets_page: Page) -> None:
    expect(widgets_page.locator(".stMarkdown").get_by_text("Search", exact=True)).to_be_visible()


def test_a_refusal_is_told_in_its_own_words(widgets_page: Page) -> None:
    widgets_page.get_by_role("button", name="Vägra").click()
    expect(widgets_page.get_by_test_id("stAlert")).to_have_text("Filen är redan inläst.")


def test_an_unforeseen_error_gives_a_number_that_stands_in_the_log_and_shows_nothing_of_the_programs_inside(
    widgets: Server, widgets_page: Page
) -> None:
    # Last, for it leaves half a page behind.
    widgets_page.get_by_role("button", name="Gå sönder").click()
    told = widgets_page.get_by_test_id("stAlert")
    expect(told).to_contain_text(re.compile(r"felnummer [0-9A-F]{6}\."))
    number = re.findall(r"felnummer ([0-9A-F]{6})", told.inner_text())[0]
    assert f"Error {number}" in widgets.log.read_text("utf-8")
    expect(told).not_to_contain_text("hemligheten")
