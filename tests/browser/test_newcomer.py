"""What a newcomer meets in a real browser: the plan, a budget read in and undone, links, small and dark screens."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from fou.access import Action, Person, Role
from fou.demo.load import DOCUMENTS, load_documents, load_example
from fou.model import Project
from fou.store import Database
from tests.browser.conftest import axe_violations, complaints, open_everything, open_page, turn
from tests.conftest import ROOT, Server, serving

ADMIN = Person("Anna", Role.ADMIN)
PHONE = {"viewport": {"width": 390, "height": 844}}
DARK_PHONE = {"color_scheme": "dark", **PHONE}
#: Both colour schemes and both widths; `test_shell.py` sees every page in the other combinations.
LOOKS = {"light": {"color_scheme": "light"}, "dark phone": DARK_PHONE}
#: Each page by its name, with a project that has much to show; in both where they show different things.
PAGES = {
    "documents": {
        "Översikt": "?ar=2014", "FoU-plan": "plan?ar=2013", "Portfölj": "portfolj", "Projekt": "projekt?kod=SOR-NPF",
        "Utlysning": "ansokningar?utlysning=LUM-2014", "Import": "import", "Hjälp": "hjalp?om=ordlista",
    },
    "example": {
        "Översikt": "", "FoU-plan": "plan", "Portfölj": "portfolj", "Projekt": "projekt?kod=EX24-003",
        "Ansökningar": "ansokningar", "Ansökan": "ansokan?kod=A2027-046",
        "Ansökningarna": "ansokningar?utlysning=U2027&del=ansokningar", "Jäv": "ansokningar?utlysning=U2027&del=jav",
        "Rangordning": "ansokningar?utlysning=U2026&del=rangordning",
        "Platser": "ansokningar?utlysning=U2026&del=rangordning&rangordning=Platser",
        "Möten": "radsmote", "Rådsmöte": "radsmote?utlysning=S2027",
        "Uppföljning": "uppfoljning", "Administration": "administration", "Personuppgifter": "personuppgifter",
    },
}  # fmt: skip
#: The same parts in other figures need not be looked at in every light.
LOOKED_AT = {"documents": ["dark phone"], "example": list(LOOKS)}
EVERY_PAGE = [
    pytest.param(data, path, id=f"{data}-{name}") for data, paths in PAGES.items() for name, path in paths.items()
]
#: What somebody has written as the title of S-REG.
EVIL = "<b>Fet</b> **stjärna** :red[röd] [länk](http://x.se) $a^2$ `kod` | # ![bild](x.png) :smile: <img src=x>"
WIDER_THAN_THE_PAGE = """() => [document.scrollingElement, document.querySelector("[data-testid=stMain]")]
  .filter((box) => box.scrollWidth > box.clientWidth).map((box) => `${box.tagName}: ${box.scrollWidth}`)"""


def made(file: Path, fill: Callable[[Database, Person], object]) -> Path:
    database = Database.open(file)
    fill(database, ADMIN)
    database.close()
    return file


def load_with_evil_title(database: Database, person: Person) -> None:
    load_documents(database, person)
    with database.write(person, Action.EDIT, "Skrev märkspråk") as work:
        project = work.records(Project, "WHERE code = 'S-REG'")[0]
        work.update(Project, project.id, {"title": EVIL})


@pytest.fixture(scope="module")
def servers(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Server]:
    """A server for each set of data, for the tests that only look."""
    folder = tmp_path_factory.mktemp("look")
    return {
        name: serve(made(folder / f"{name}.duckdb", fill))
        for name, fill in (("documents", load_with_evil_title), ("example", load_example))
    }


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def go_to(page: Page, name: str) -> None:
    """Go to another page by the navigation."""
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page).to_have_title(f"{name} – Fou")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


# --- The first hour -----------------------------------------------------------------------------------------


def changed_workbook() -> bytes:
    """The documents' workbook where evaluating evidence-based practice is to get 650 000 kr and not 600 000."""
    workbook = openpyxl.load_workbook(DOCUMENTS)
    workbook["Budget"]["J3"] = 650_000
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


@dataclass(frozen=True)
class Hour:
    """A newcomer's own server and window."""

    server: Server
    page: Page


@pytest.fixture(scope="module")
def started(open_window: Callable[..., Page], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hour]:
    """The dashboard with the documents' portfolio, just opened."""
    folder = tmp_path_factory.mktemp("hour")
    with serving(ROOT / "app.py", made(folder / "fou.duckdb", load_documents), folder / "server.log") as server:
        page = open_window()
        open_page(page, server.base)
        yield Hour(server, page)
        page.close()


@pytest.fixture(scope="module")
def imported(started: Hour) -> Hour:
    """A workbook with one other amount was uploaded, looked at and read in."""
    page = started.page
    go_to(page, "Import")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "budget2013.xlsx", "mimeType": "application/octet-stream", "buffer": changed_workbook()}
    )
    expect(main(page)).to_contain_text("Budget › J3")
    page.get_by_role("button", name="Läs in", exact=True).click()
    expect(main(page)).to_contain_text("budget2013.xlsx är inläst som post 2.")
    return started


@pytest.fixture(scope="module")
def undone(imported: Hour) -> Hour:
    """What was read in was undone again, on the page Import."""
    page = imported.page
    open_page(page, f"{imported.server.base}/import")
    go_to(page, "Administration")
    page.get_by_label("Ångra en post").click()
    page.get_by_role("option", name=re.compile("^Post 2:")).click()
    page.get_by_role("button", name="Ångra", exact=True).click()
    expect(main(page)).to_contain_text("Post 2 är ångrad (post 3).")
    return imported


def test_the_first_page_shows_the_frame_of_the_plan(started: Hour) -> None:
    frame = started.page.get_by_test_id("stMetric").filter(has_text="Ram")
    expect(frame).to_contain_text("2 310 000 kr")


def test_the_plan_tells_what_is_proposed_in_a_sentence(started: Hour) -> None:
    go_to(started.page, "FoU-plan")
    expect(main(started.page)).to_contain_text("Fyra projekt inom tre områden föreslås dela på 2 310 000 kr")


IMPORTED = {
    "Översikt": "2 360 000 kr är föreslaget 2013.",
    "FoU-plan": "650 000",
    "Portfölj": "2 360 000 kr är föreslaget i allt.",
    "Administration": "Läste in budget2013.xlsx",
}


@pytest.mark.parametrize(("name", "says"), IMPORTED.items())
def test_what_was_read_in_is_seen_on_every_page(imported: Hour, name: str, says: str) -> None:
    go_to(imported.page, name)
    expect(main(imported.page)).to_contain_text(says)


def test_the_amount_that_was_read_in_leads_to_its_cell_and_the_one_before_is_there_as_replaced(imported: Hour) -> None:
    page = imported.page
    open_page(page, f"{imported.server.base}/projekt?kod=S-EBP")
    expect(main(page)).to_contain_text("650 000 kr är föreslaget för 2013.")
    page.get_by_text("Belopp och källor").click()
    after = page.locator("tr").filter(has_text="650 000").filter(has_text="gäller")
    expect(after).to_contain_text("budget2013.xlsx › Budget › J3")
    before = page.locator("tr").filter(has_text="600 000").filter(has_text="documents.xlsx")
    expect(before).to_contain_text("ersatt")


UNDONE = {
    "Översikt": "2 310 000 kr är föreslaget 2013.",
    "FoU-plan": "600 000",
    "Portfölj": "2 310 000 kr är föreslaget i allt.",
    "Administration": "ångrad genom post 3",
    "projekt?kod=S-EBP": "600 000 kr är föreslaget för 2013.",
}


@pytest.mark.parametrize(("where", "says"), UNDONE.items())
def test_after_undoing_the_old_figure_is_back_on_every_page_and_the_new_one_nowhere(
    undone: Hour, where: str, says: str
) -> None:
    if "?" in where:
        open_page(undone.page, f"{undone.server.base}/{where}")  # no page that the navigation leads to
    else:
        go_to(undone.page, where)
    expect(main(undone.page)).to_contain_text(says)
    expect(main(undone.page)).not_to_contain_text(re.compile(r"650\s000|2\s360\s000"))


# --- Links and going from page to page ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "title"),
    [("plan", "FoU-plan"), ("projekt?kod=S-EBP", "Projekt"), ("import", "Import")],
    ids=["for everybody", "outside the navigation", "restricted"],
)
def test_the_first_request_of_all_may_be_a_link_to_any_kind_of_page(
    browser_page: Page, tmp_path: Path, path: str, title: str
) -> None:
    heard = complaints(browser_page)
    with serving(ROOT / "app.py", tmp_path / "fou.duckdb", tmp_path / "server.log") as fresh:
        open_page(browser_page, f"{fresh.base}/{path}")
        expect(browser_page).to_have_title(f"{title} – Fou")
        expect(browser_page.get_by_role("heading", level=1)).to_be_visible()
    assert [told for told in heard if "WebSocket" not in told] == []


def test_a_link_opens_the_very_view_that_it_was_copied_from(servers: dict[str, Server], browser_page: Page) -> None:
    open_page(browser_page, f"{servers['documents'].base}/?ar=2014&enhet=tkr")
    expect(browser_page.get_by_test_id("stMetric").filter(has_text="Föreslaget")).to_contain_text("2 000 tkr")


@pytest.fixture(scope="module")
def chosen(servers: dict[str, Server], open_window: Callable[..., Page]) -> Iterator[Page]:
    """A page with other choices in its head than the first ones."""
    page = open_window()
    open_page(page, f"{servers['documents'].base}/?ar=2014&enhet=tkr&medel=egna")
    yield page
    page.close()


@pytest.mark.parametrize("name", ["FoU-plan", "Portfölj", "Uppföljning", "Import", "Administration", "Hjälp"])
def test_what_is_chosen_in_the_head_stays_in_the_address_of_the_next_page(chosen: Page, name: str) -> None:
    go_to(chosen, name)
    expect(chosen).to_have_url(re.compile(r"(?=.*ar=2014)(?=.*enhet=tkr)(?=.*medel=egna)"))


def test_what_is_chosen_in_the_head_holds_on_the_next_page(servers: dict[str, Server], browser_page: Page) -> None:
    open_page(browser_page, f"{servers['documents'].base}/?ar=2014&enhet=tkr")
    go_to(browser_page, "FoU-plan")
    expect(browser_page.get_by_test_id("stMetric").filter(has_text="Föreslaget")).to_contain_text("2 000 tkr")


def test_a_choice_made_on_the_page_can_be_copied_from_the_address(
    servers: dict[str, Server], browser_page: Page
) -> None:
    open_page(browser_page, servers["documents"].base)
    browser_page.get_by_test_id("stButtonGroup").get_by_text("mnkr").click()
    expect(browser_page.get_by_test_id("stMetric").filter(has_text="Ram")).to_contain_text("2,3 mnkr")
    expect(browser_page).to_have_url(re.compile(r"enhet=mnkr"))


def test_a_project_links_to_the_one_it_builds_on(servers: dict[str, Server], browser_page: Page) -> None:
    open_page(browser_page, f"{servers['documents'].base}/projekt?kod=S-BARNAHUS")
    browser_page.get_by_role("link", name="Förstudie för utvärdering av Barnahus").click()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Förstudie för utvärdering av Barnahus")


# --- Text that users have written ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def evil(servers: dict[str, Server], open_window: Callable[..., Page]) -> Iterator[Page]:
    """The page of the project whose title is full of markup."""
    page = open_window()
    open_page(page, f"{servers['documents'].base}/projekt?kod=S-REG")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield page
    page.close()


def test_markup_in_a_title_is_shown_as_it_was_written(evil: Page) -> None:
    expect(evil.get_by_role("heading", level=1)).to_have_text(EVIL)


def test_markup_in_a_title_makes_no_element(evil: Page) -> None:
    expect(main(evil).locator("h1 b, h1 img, h1 code, h1 strong, h1 .katex")).to_have_count(0)


def test_an_address_in_a_title_leads_nowhere_but_to_what_it_says(evil: Page) -> None:
    links = main(evil).locator("h1 a").evaluate_all("links => links.map((a) => [a.textContent, a.href])")
    assert [link for link in links if link[0].rstrip("/") != link[1].rstrip("/")] == []


# --- Every page, light, dark and on a phone, with everything open -------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What was found on one page with everything on it open, in each look; what is too wide on a phone also before."""

    violations: dict[str, list[str]]
    wider: list[str]


@pytest.fixture(scope="module")
def look(servers: dict[str, Server], open_window: Callable[..., Page]) -> Callable[[str, str], Seen]:
    """Examine one page of one set of data, once: on a dark phone, and then in the light on a screen."""

    @cache
    def examine(data: str, path: str) -> Seen:
        page = open_window(**DARK_PHONE)
        open_page(page, f"{servers[data].base}/{path}")
        wider = page.evaluate(WIDER_THAN_THE_PAGE)
        open_everything(page)
        wider += page.evaluate(WIDER_THAN_THE_PAGE)
        violations = {"dark phone": axe_violations(page)}
        if "light" in LOOKED_AT[data]:
            turn(page, "light", 1440, 900)
            violations["light"] = axe_violations(page)
        page.close()
        return Seen(violations, wider)

    return examine


@pytest.mark.parametrize(
    ("data", "path", "how"),
    [
        pytest.param(data, path, how, id=f"{data}-{name}-{how}")
        for data, paths in PAGES.items()
        for name, path in paths.items()
        for how in LOOKED_AT[data]
    ],
)
def test_a_page_with_everything_open_breaks_no_rule_of_wcag(
    look: Callable[[str, str], Seen], data: str, path: str, how: str
) -> None:
    assert look(data, path).violations[how] == []


@pytest.mark.parametrize(("data", "path"), EVERY_PAGE)
def test_no_page_scrolls_sideways_on_a_phone(look: Callable[[str, str], Seen], data: str, path: str) -> None:
    assert look(data, path).wider == []


@pytest.fixture(scope="module")
def popover(servers: dict[str, Server], open_window: Callable[..., Page]) -> Iterator[Page]:
    """The head's popover, open on a dark phone."""
    page = open_window(**DARK_PHONE)
    open_page(page, f"{servers['example'].base}/import")
    page.get_by_role("button", name="Jag är").click()
    expect(page.get_by_test_id("stPopoverBody").get_by_role("combobox")).to_be_visible()
    yield page
    page.close()


@pytest.mark.parametrize(("scheme", "width", "height"), [("dark", 390, 844), ("light", 1440, 900)])
def test_the_heads_popover_breaks_no_rule_of_wcag(
    popover: Page, scheme: Literal["light", "dark"], width: int, height: int
) -> None:
    turn(popover, scheme, width, height)
    expect(popover.get_by_test_id("stPopoverBody").get_by_role("combobox")).to_be_visible()
    assert axe_violations(popover) == []


def test_a_table_wider_than_a_phone_is_scrolled_by_the_keyboard(
    servers: dict[str, Server], new_page: Callable[..., Page]
) -> None:
    page = new_page(**PHONE)
    open_page(page, f"{servers['documents'].base}/administration")
    table = page.get_by_role("group", name="Tabell som går att rulla i sidled").first
    table.focus()
    page.keyboard.press("ArrowRight")
    expect(table).to_be_focused()
    page.wait_for_function("box => box.scrollLeft > 0", arg=table.element_handle())


def test_a_table_that_fits_is_no_stop_for_the_keyboard(servers: dict[str, Server], browser_page: Page) -> None:
    open_page(browser_page, f"{servers['documents'].base}/administration")
    expect(browser_page.locator("[data-testid=stMarkdownContainer] table").first).to_be_visible()
    expect(browser_page.get_by_role("group", name="Tabell som går att rulla i sidled")).to_have_count(0)
