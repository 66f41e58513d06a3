"""A real browser for the tests: Debian's Chromium, without a screen if it is there, or Playwright's own."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # One process for all windows of a browser, so that Streamlit's scripts are parsed and compiled once: half the time.
    "--process-per-site",
    "--js-flags=--no-flush-bytecode",
    # Scripts are compiled where they are run and only once, not beside that by whoever reads them from the network: a
    # seventh less. The others are Playwright's own that matter here, for what is said last is all that holds.
    "--disable-features=ScriptStreaming,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,PaintHolding,MediaRouter,"
    "OptimizationHints,ThirdPartyStoragePartitioning,AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose",
    # The name that the README gives a municipality's server.
    "--host-resolver-rules=MAP fou.kommun.se 127.0.0.1",
]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
# A loaded machine is slow: what takes this long is broken.
expect.set_options(timeout=30_000)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
#: The page's colour in each scheme, see .streamlit/config.toml.
BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 25, 31)"}
#: No run of the page is under way.
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The shell has nothing around the page, which costs a third of the time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    installed = (shutil.which(name) for name in names)
    path = next(filter(None, installed), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def begin(browser: Browser, **options: Any) -> BrowserContext:
    """A browser's cookies and files, in Swedish, with the options of `browser.new_context`."""
    settings: dict[str, Any] = {"locale": "sv-SE", "viewport": {"width": 1440, "height": 900}} | options
    context = browser.new_context(**settings)
    # An empty page that stays, and with it the process and what it has compiled.
    page = context.new_page()
    page.route("**", lambda route: route.fulfill(body=""))
    page.goto("http://127.0.0.1/")
    return context


@pytest.fixture(scope="session")
def open_window(browser: Browser) -> Callable[..., Page]:
    """Open windows of one browser, so that Streamlit's files are fetched once; each is a session all the same.

    A window has the colours and the size that are asked for.
    """
    context = begin(browser)

    def make(
        viewport: ViewportSize | None = None,
        color_scheme: Literal["light", "dark"] = "light",
    ) -> Page:
        page = context.new_page()
        if viewport:
            page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme)
        return page

    return make


@pytest.fixture
def new_page(open_window: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """Open windows that are closed after the test."""
    with contextlib.ExitStack() as opened:

        def make(**options: Any) -> Page:
            page = open_window(**options)
            opened.callback(page.close)
            return page

        yield make


@pytest.fixture
def browser_page(new_page: Callable[..., Page]) -> Page:
    """A page of its own: light, 1440 × 900, Swedish."""
    return new_page()


def open_page(page: Page, address: str) -> None:
    """Go to an address and wait until Streamlit has run the page and the browser has drawn it."""
    page.goto(address)
    finished = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
    page.wait_for_selector(finished, timeout=60_000)
    # A grey box stands for each part of Streamlit that is still being fetched; the first window fetches them all.
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=60_000)


def open_everything(page: Page) -> None:
    """Open all that can be: "Visa som tabell" and "Så räknas det" below charts, the sources, the forms …"""
    asked = page.get_by_role("toolbar", name="Mer om diagrammet").get_by_role("button", pressed=False)
    for number in reversed(range(asked.count())):  # those that are pressed are not among them any more
        asked.nth(number).click()
    expect(asked).to_have_count(0)
    # What is pressed while the page is being drawn anew may be gone with what was there before.
    idle = page.locator(IDLE)
    expect(idle).to_be_attached()
    closed = page.locator("[data-testid=stExpander] details:not([open]) > summary")
    for _ in range(3):
        closed.evaluate_all("summaries => summaries.forEach((summary) => summary.click())")
        expect(idle).to_be_attached()
    expect(closed).to_have_count(0)
    expect(page.locator("details[open]:not(:has([data-testid=stElementContainer]))")).to_have_count(0)
    expect(idle).to_be_attached()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def main(page: Page) -> Locator:
    """The page below the navigation."""
    return page.get_by_test_id("stMain")


def be(page: Page, name: str) -> None:
    """Sit down at the screen as somebody, in local mode."""
    page.get_by_role("button", name="Jag är").click()
    page.get_by_role("combobox", name="Jag är").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Jag är {name}")).to_be_visible()
    page.keyboard.press("Escape")


def part(page: Page, name: str) -> None:
    """Go to a part of a call or of a meeting."""
    chosen = page.get_by_role("radio", name=name, exact=True)
    chosen.click()
    expect(chosen).to_be_checked()
    expect(page.locator(IDLE)).to_be_attached()


def turn(page: Page, scheme: Literal["light", "dark"], width: int, height: int) -> None:
    """Show the page that is open in other colours and another size: the same as to open it so, but much quicker."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUND[scheme])
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", WCAG)
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found["violations"]]


def complaints(page: Page) -> list[str]:
    """A list that fills with what the browser's console complains about from now on."""
    heard: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # On a deep link Streamlit looks for itself below the page's address first, and is told 404.
        if message.type == "error" and "Failed to load resource" not in message.text:
            heard.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
