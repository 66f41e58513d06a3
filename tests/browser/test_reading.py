"""Reading Översikt and Portfölj as a politician does: by keyboard alone, from a link, and with the files."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, expect
from pptx import Presentation
from pypdf import PdfReader

from fou.access import Person, Role
from fou.demo.load import load_example
from fou.store import Database
from tests.browser.conftest import IDLE, open_page
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


def settle(page: Page) -> None:
    """Wait until the page has answered what was done last: a key pressed while it is drawn again may be lost."""
    page.evaluate("new Promise((drawn) => setTimeout(() => requestAnimationFrame(drawn), 100))")
    page.wait_for_selector(IDLE)


def choose(page: Page, label: str, text: str, address: str) -> None:
    """Choose in a list by keyboard, and wait until the address tells it."""
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(address))


def fetch(page: Page, press: Callable[[], None]) -> Download:
    """The file that comes when something is pressed."""
    with page.expect_download() as coming:
        press()
    return coming.value


def content(file: Download) -> bytes:
    return Path(file.path()).read_bytes()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the keyboard stands on what is wanted, or on something within it."""
    settle(page)
    target = wanted.first.element_handle()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("target => target.contains(document.activeElement)", target):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


#: What stands under the keyboard: its name, and where it is.
FOCUSED = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect();
    const named = at.closest("[role=radiogroup], [role=toolbar]") || at.closest("[data-testid=stDateInput]") || at;
    const name = named.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.getAttribute("aria-label")
        || at.innerText;
    return at === document.body ? null : [name, box.x, box.y, box.width, box.height];
}"""
HEAD = ["Hoppa till innehållet", "Översikt", "FoU-plan", "Portfölj", "Uppföljning", "Hjälp", "År", "Vems medel",
        "Enhet", "Som det var den", "Jag är"]  # fmt: skip
#: A toolbar is one stop: within it one goes with the arrows.
CHART = ["Mer om diagrammet"]
FILTERS = ["Sök", "Område", "Läge", "Från år", "Till år", "Slutar", "Visa"]


@pytest.mark.parametrize(
    ("address", "controls"),
    [
        ("?ar=2025", [*HEAD, "Ladda ner", *CHART * 3, "Jämför med hur det var den"]),
        ("portfolj?visa=Områden&lage=pågår", [*HEAD, *FILTERS, "Rensa filtren", *CHART, "Ladda ner"]),
    ],
)
def test_every_control_is_reached_by_tab_and_looks_otherwise_then(
    example: Server, browser_page: Page, address: str, controls: list[str]
) -> None:
    # So high that nothing is scrolled when the keyboard goes on, and pictures can be compared.
    browser_page.set_viewport_size({"width": 1440, "height": 2400})
    open_page(browser_page, f"{example.base}/{address}")
    reached, unseen = [], []
    for _ in range(MOST_STOPS):
        browser_page.keyboard.press("Tab")
        found = browser_page.evaluate(FOCUSED)
        if found is None:
            break
        name, x, y, width, height = found
        reached.append(name or "")
        if not name or height > 200:  # the page's main part
            continue
        around = {"x": max(x - 30, 0), "y": max(y - 6, 0), "width": width + 40, "height": height + 12}
        seen = browser_page.screenshot(clip=around, caret="hide", animations="disabled")
        browser_page.evaluate("window.was = document.activeElement; was.blur()")
        if browser_page.screenshot(clip=around, caret="hide", animations="disabled") == seen:
            unseen.append(name)
        browser_page.evaluate("was.focus()")
    missing = [name for name in set(controls) if sum(name in one for one in reached) < controls.count(name)]
    assert (missing, unseen) == ([], [])


def test_oversikt_is_used_by_keyboard_alone(example: Server, browser_page: Page) -> None:
    page, press = browser_page, browser_page.keyboard.press
    open_page(page, example.base)
    tab_to(page, page.get_by_label("År", exact=True))
    page.keyboard.type("2024")
    press("Enter")
    expect(main(page)).to_contain_text("FoU-planen för 2024")
    choose(page, "Vems medel", "egna", "medel=egna")
    tab_to(page, page.get_by_role("radio", name="kr", exact=True))
    press("ArrowRight")
    press("Space")
    expect(page).to_have_url(re.compile("enhet=tkr"))
    below = page.get_by_role("toolbar", name="Mer om diagrammet")
    tab_to(page, below)
    press("Enter")
    expect(page.locator("th", has_text="Beviljat, inte utbetalt")).to_be_visible()
    press("ArrowRight")
    press("Space")
    expect(main(page)).to_contain_text("Fritt = ram − beviljat − avsatt + återfört")
    expect(main(page)).to_contain_text(re.compile(r"\d+ belopp ligger bakom"))
    tab_to(page, page.get_by_label("år, Jämför med hur det var den"))
    page.keyboard.type("20201231")
    press("Tab")
    press("Tab")
    expect(page).to_have_url(re.compile("sedan=2020-12-31"))
    tab_to(page, page.get_by_label("år, Som det var den"))
    page.keyboard.type("20201231")
    press("Tab")
    press("Tab")
    expect(main(page)).to_contain_text("Du ser det som var registrerat 31 december 2020")


def test_oversikts_files_are_fetched_by_keyboard_alone(example: Server, browser_page: Page) -> None:
    page, press = browser_page, browser_page.keyboard.press
    open_page(page, f"{example.base}/?ar=2025")
    tab_to(page, page.get_by_role("toolbar", name="Mer om diagrammet"))
    press("ArrowRight")
    press("ArrowRight")
    press("Enter")
    tab_to(page, page.get_by_role("button", name="Tabellen (CSV)"))
    assert fetch(page, lambda: press("Enter")).suggested_filename == "utrymme.csv"
    tab_to(page, page.get_by_role("button", name="Ladda ner"))
    press("Enter")
    tab_to(page, page.get_by_role("radio", name="Årsöversikt"))
    press("ArrowDown")
    tab_to(page, page.get_by_role("button", name="PDF"))
    assert fetch(page, lambda: press("Enter")).suggested_filename == "portfoljrapport-2025.pdf"
    press("Escape")
    expect(page.get_by_role("button", name="PDF")).to_have_count(0)


def test_portfoljs_filters_and_charts_are_used_by_keyboard_alone(example: Server, browser_page: Page) -> None:
    page, press = browser_page, browser_page.keyboard.press
    open_page(page, f"{example.base}/portfolj")
    before = main(page).locator("strong").first.inner_text()
    choose(page, "Sök", "barn", "sok=barn")
    expect(main(page).locator("strong").first).not_to_have_text(before)
    choose(page, "Område", "Barn", "omrade=Barn")
    choose(page, "Läge", "pågår", "lage=p")
    choose(page, "Från år", "2024", "fran=2024")
    choose(page, "Till år", "2026", "till=2026")
    tab_to(page, page.get_by_label("Barn och unga").first)
    press("Backspace")
    expect(page).not_to_have_url(re.compile("omrade="))
    tab_to(page, page.get_by_role("button", name="Rensa filtren"))
    press("Enter")
    expect(main(page).locator("strong").first).to_have_text(before)
    tab_to(page, page.get_by_role("checkbox", name="Slutar"))
    press("Space")
    expect(page).to_have_url(re.compile("slutar=true"))
    tab_to(page, page.get_by_role("radio", name="Lista"))
    press("ArrowRight")
    press("ArrowRight")
    press("Space")
    expect(page).to_have_url(re.compile("visa=Omr"))
    tab_to(page, page.get_by_role("toolbar", name="Mer om diagrammet"))
    press("ArrowRight")
    press("Enter")
    expect(main(page)).to_contain_text(re.compile(r"\d+ belopp ligger bakom"))


def test_portfoljs_list_is_used_by_keyboard_alone(example: Server, browser_page: Page) -> None:
    page, press = browser_page, browser_page.keyboard.press
    open_page(page, f"{example.base}/portfolj")
    choose(page, "Ordning", "Namn", "ordning=Namn")
    tab_to(page, page.get_by_role("button", name="Nästa sida"))
    press("Enter")
    expect(page).to_have_url(re.compile("sida=2"))
    tab_to(page, page.get_by_test_id("data-grid-canvas"))
    press("ArrowDown")
    press("Shift+Space")
    expect(page).to_have_url(re.compile("projekt.*kod="))
    tab_to(page, page.get_by_role("link", name="Till portföljen"))
    press("Enter")
    expect(page).not_to_have_url(re.compile("kod="))
    tab_to(page, page.get_by_label("Öppna ett projekt", exact=True))
    press("ArrowDown")
    press("Enter")
    expect(page).to_have_url(re.compile("projekt.*kod="))


def test_a_link_shows_the_same_in_another_browser(example: Server, browser: Browser, browser_page: Page) -> None:
    open_page(browser_page, f"{example.base}/?ar=2024&enhet=tkr&medel=egna")
    drawn = ".js-plotly-plot .main-svg:first-child"
    expect(main(browser_page).locator(drawn)).to_have_count(2)
    shown = main(browser_page).inner_text()
    elsewhere = browser.new_context(locale="sv-SE", viewport={"width": 1440, "height": 900})
    other = elsewhere.new_page()
    open_page(other, browser_page.url)
    expect(other.get_by_test_id("stMain")).to_contain_text("FoU-planen för 2024")
    expect(main(other).locator(drawn)).to_have_count(2)
    assert other.get_by_test_id("stMain").inner_text() == shown
    elsewhere.close()


def test_the_reports_are_fetched_as_files_with_the_figures_of_the_page(example: Server, browser_page: Page) -> None:
    open_page(browser_page, f"{example.base}/?ar=2025")
    lead = main(browser_page).locator("strong").first.inner_text()
    figures = browser_page.get_by_test_id("stMetricValue").all_inner_texts()
    assert "2025" in lead
    assert len(figures) > 2
    browser_page.get_by_role("button", name="Ladda ner").click()
    lacking = {}
    for kind, (button, file) in {
        "pdf": ("PDF", "arsoversikt-2025.pdf"),
        "word": ("Word", "arsoversikt-2025.docx"),
        "powerpoint": ("PowerPoint", "arsoversikt-2025.pptx"),
        "excel": ("Excel", "arsoversikt-2025.xlsx"),
        "open-data": ("Öppna data (CSV)", "arsoversikt-2025.zip"),
    }.items():
        fetched = fetch(browser_page, browser_page.get_by_role("button", name=button).click)
        assert fetched.suggested_filename == file
        text = together(texts(kind, content(fetched)))
        # The last figure, what other funders give, stands in no row of its own among the open data.
        wanted = [lead, *(figures[:-1] if kind == "open-data" else figures)]
        lacking[kind] = [one for one in wanted if together([one]).removesuffix("kr") not in text]
    assert {kind: found for kind, found in lacking.items() if found} == {}


def together(texts: list[str]) -> str:
    """Without spaces, which a file sets and breaks its own way."""
    return re.sub(r"[\s\u200b]", "", "".join(texts))


def texts(kind: str, file: bytes) -> list[str]:
    """Every text and number in a file, opened with what reads such files."""
    if kind == "pdf":
        return [page.extract_text() for page in PdfReader(BytesIO(file)).pages]
    if kind == "word":
        return [part.text or "" for part in Document(BytesIO(file)).element.body.iter() if part.tag.endswith("}t")]
    if kind == "powerpoint":
        shapes = [shape for slide in Presentation(BytesIO(file)).slides for shape in slide.shapes]
        return [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    if kind == "excel":
        return [str(v) for sheet in load_workbook(BytesIO(file)) for row in sheet.values for v in row if v is not None]
    with ZipFile(BytesIO(file)) as archive:
        return [archive.read(name).decode("utf-8-sig") for name in archive.namelist()]


def test_a_chart_is_fetched_as_files_with_its_figures(example: Server, browser_page: Page) -> None:
    open_page(browser_page, f"{example.base}/?ar=2025")
    frame = together(browser_page.get_by_test_id("stMetricValue").first.all_inner_texts()).removesuffix("kr")
    browser_page.get_by_role("button", name="Hämta", exact=True).first.click()
    png, svg, table = (
        fetch(browser_page, browser_page.get_by_role("button", name=name).first.click)
        for name in ("Bild (PNG)", "Bild (SVG)", "Tabellen (CSV)")
    )
    assert [file.suggested_filename for file in (png, svg, table)] == ["utrymme.png", "utrymme.svg", "utrymme.csv"]
    with Image.open(BytesIO(content(png))) as picture:
        picture.load()
        colours = picture.convert("L").getcolors() or []
    assert (len(colours) > 10, max(colours)[1]) == (True, 255)
    assert frame in together(list(ElementTree.fromstring(content(svg)).itertext()))
    rows = list(csv.DictReader(StringIO(content(table).decode("utf-8-sig")), delimiter=";"))
    assert rows[0]["Ram"].removesuffix(",00") == frame
