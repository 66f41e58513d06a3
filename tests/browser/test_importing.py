"""The page Import in a real browser: the whole way of a messy budget, odd workbooks, and what is downloaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from fou.access import Person, Role
from fou.demo.load import load_documents
from fou.store import Database
from tests.browser.conftest import IDLE, axe_violations, complaints, open_page
from tests.conftest import ROOT, Server, serving
from tests.integration.grids import bold, book, total
from tests.integration.odd_budgets import ODD, plain

#: High enough that nothing must be scrolled to.
WINDOW = {"viewport": {"width": 1440, "height": 1800}}
KNOWN = "Kontaktperson/kontaktfamilj med skolstödjande uppdrag"
SPELT = "Kontaktpersoner med skolstödjande uppdrag"
#: Where axe-core looks.
STEPS = ("begun", "understood", "corrected", "checked", "mended", "compared", "read in")
EVIL = "<b>F</b> **s** :red[x] $a$ | <img src=x>"


def messy_budget() -> bytes:
    """A budget in tkr under title rows and a head of two rows, with areas and sums; two cells hold no amount.

    "Anslag" is taken for a frame, but here it is what was granted.
    """
    out = BytesIO()
    with book(out) as written:
        sheet = written.sheet(
            "Budget",
            (bold("Socialförvaltningen, FoU-budget 2014"),),
            ("Belopp i tkr exkl. moms",),
            (),
            ("Projekt", None, None, "Anslag"),
            (None, 2013, 2014, "2014"),
            (bold("Försörjning"),),
            ("Läxhjälp på kvällstid", 430, 450, 500),
            (SPELT, 200, "21O", 250),
            ("Summa försörjning", total("=SUM(B7:B8)", 630), total("=SUM(C7:C8)", 660), total("=SUM(D7:D8)", 750)),
            (bold("Äldre"),),
            ("Anhörigstöd", 95, 210, "kommer"),
            ("Trygg hemgång", 90, 120, 130),
            ("Summa äldre", total("=SUM(B11:B12)", 185), total("=SUM(C11:C12)", 330), total("=SUM(D11:D12)", 340)),
            (bold("Totalt"), total("=B9+B13", 815), total("=C9+C13", 990), total("=D9+D13", 1090)),
        )
        written.merge(sheet, "B4:C4", "Budget")
    return out.getvalue()


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def upload(page: Page, content: bytes, name: str = "budget 2014.xlsx") -> None:
    """Choose a file in the uploader that is on the page."""
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def settle(page: Page) -> None:
    """Wait until the page has been run and drawn."""
    expect(page.locator(IDLE)).to_be_attached()
    expect(page.locator("[data-stale=true]")).to_have_count(0)


def pick(page: Page, label: str | re.Pattern[str], option: str | re.Pattern[str]) -> None:
    """Choose in a list."""
    box = page.get_by_role("combobox", name=label, exact=isinstance(label, str))
    expect(box).to_be_visible()
    settle(page)
    box.click()
    wanted = page.get_by_role("option", name=option, exact=isinstance(option, str))
    try:
        wanted.wait_for(timeout=5_000)
    except TimeoutError:
        box.click()  # the page was drawn anew under the list, and closed it
    wanted.click()


def download(page: Page, label: str) -> tuple[str, bytes]:
    """Press a button that gives a file; its name and what is in it."""
    settle(page)
    with page.expect_download() as awaited:
        page.get_by_role("button", name=label).click()
    return awaited.value.suggested_filename, Path(awaited.value.path()).read_bytes()


@dataclass
class Way:
    """What somebody saw on the way: the page's text and what axe-core found at each stop, and the file that came."""

    text: dict[str, str] = field(default_factory=dict)
    violations: dict[str, list[str]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    marked_name: str = ""
    marked: bytes = b""

    def stop(self, page: Page, name: str) -> None:
        settle(page)
        self.text[name] = " ".join(main(page).inner_text().replace("\u2011", "-").split())
        if name in STEPS:
            self.violations[name] = axe_violations(page)


def mended(marked: bytes) -> bytes:
    """The marked workbook with amounts in the two cells that had none."""
    workbook = openpyxl.load_workbook(BytesIO(marked))
    workbook["Budget"]["C8"] = 210
    workbook["Budget"]["D11"] = 210
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("import") / "fou.duckdb"
    opened = Database.open(file)
    load_documents(opened, Person("Anna", Role.ADMIN))
    opened.close()
    return file


@pytest.fixture(scope="module")
def server(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of their own for those who read files in."""
    with serving(ROOT / "app.py", database, tmp_path_factory.mktemp("server") / "server.log") as running:
        yield running


@pytest.fixture(scope="module")
def way(server: Server, open_window: Callable[..., Page]) -> Way:
    """The whole way: upload, a guess corrected, the page reloaded, two cells mended, a question, and read in."""
    seen = Way()
    page = open_window(**WINDOW)
    seen.complaints = complaints(page)
    open_page(page, f"{server.base}/import")
    seen.stop(page, "begun")
    upload(page, messy_budget())
    expect(page.get_by_role("button", name="Nästa: kontroll")).to_be_visible()
    seen.stop(page, "understood")
    page.get_by_text("Ändra en kolumn").click()
    pick(page, "Kolumn", "D: Anslag 2014")
    pick(page, "Slag", "Beviljat")
    expect(main(page)).to_contain_text("beviljat 2014, i tusental")
    seen.stop(page, "corrected")
    page.reload()
    expect(page.get_by_role("button", name="Nästa: kontroll")).to_be_visible()
    seen.stop(page, "reloaded")
    page.get_by_role("button", name="Nästa: kontroll").click()
    expect(main(page)).to_contain_text("Budget › C8")
    seen.stop(page, "checked")
    seen.marked_name, seen.marked = download(page, "Hämta din fil med felen markerade")
    upload(page, mended(seen.marked), seen.marked_name)
    expect(main(page)).not_to_contain_text("Budget › C8")
    seen.stop(page, "mended")
    pick(page, f"Är ”{SPELT}” något av detta?", re.compile("^Ja, projektet S-KONT"))
    page.get_by_role("button", name="Nästa: skillnad").click()
    expect(page.get_by_role("button", name="Läs in", exact=True)).to_be_visible()
    seen.stop(page, "compared")
    page.get_by_role("button", name="Läs in", exact=True).click()
    expect(main(page)).to_contain_text("är inläst som post 2")
    seen.stop(page, "read in")
    open_page(page, f"{server.base}/?ar=2014")
    seen.stop(page, "overview")
    page.close()
    return seen


def test_a_messy_budget_is_understood(way: Way) -> None:
    said = "Rubriker på rad 4–5. 4 projekt i 2 områden. Budget (plan) 2013 och 2014, ram 2014, i tusental kronor (tkr)"
    assert said in way.text["understood"]


def test_a_wrong_guess_is_corrected_on_the_page(way: Way) -> None:
    assert "Budget (plan) 2013 och 2014, beviljat 2014, i tusental kronor" in way.text["corrected"]


def test_a_page_that_is_loaded_anew_goes_on_where_it_was(way: Way) -> None:
    assert "Budget (plan) 2013 och 2014, beviljat 2014, i tusental kronor" in way.text["reloaded"]


@pytest.mark.parametrize("told", ["Budget › C8. Här står: 21O.", "Budget › D11. Här står: kommer."])
def test_what_is_wrong_is_on_the_screen_with_its_cell(way: Way, told: str) -> None:
    assert told in way.text["checked"]


def test_the_marked_file_is_called_after_the_persons_own(way: Way) -> None:
    assert way.marked_name == "budget 2014 med markeringar.xlsx"


@pytest.mark.parametrize(("cell", "stood"), [("C8", "21O"), ("D11", "kommer")])
def test_a_wrong_cell_is_coloured_and_commented_in_the_persons_own_workbook(way: Way, cell: str, stood: str) -> None:
    found = openpyxl.load_workbook(BytesIO(way.marked))["Budget"][cell]
    assert (found.value, found.fill.patternType, f"här står {stood}" in found.comment.text) == (stood, "solid", True)


def test_a_right_cell_is_as_it_was_in_the_persons_own_workbook(way: Way) -> None:
    found = openpyxl.load_workbook(BytesIO(way.marked))["Budget"]["C7"]
    assert (found.value, found.fill.patternType, found.comment) == (450, None, None)


def test_the_mended_file_leaves_but_the_question(way: Way) -> None:
    assert "1 sak måste rättas eller besvaras" in way.text["mended"]


def test_the_correction_of_the_guess_holds_for_the_mended_file(way: Way) -> None:
    assert "beviljat 2014 ökar med 1 090 000 kr" in way.text["compared"]


def test_the_answer_gives_the_amount_to_the_project_that_is_there(way: Way) -> None:
    assert f"S-KONT · {KNOWN}" in way.text["compared"]


def test_what_was_read_in_is_confirmed(way: Way) -> None:
    assert "är inläst som post 2." in way.text["read in"]


def test_the_figure_is_seen_on_the_overview(way: Way) -> None:
    assert "1 090 000 kr" in way.text["overview"]


@pytest.mark.parametrize("stop", STEPS)
def test_no_step_breaks_a_rule_of_wcag(way: Way, stop: str) -> None:
    assert way.violations[stop] == []


def test_the_browser_complains_of_nothing_on_the_way(way: Way) -> None:
    assert way.complaints == []


# --- Odd workbooks ------------------------------------------------------------------------------------------


@pytest.fixture
def at_import(server: Server, new_page: Callable[..., Page]) -> Page:
    """The page Import, open and without a file."""
    page = new_page(**WINDOW)
    open_page(page, f"{server.base}/import")
    return page


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("the_same_project_twice", "Budget › "),
        ("a_total_that_is_a_thousand_too_large", "Budget › C8. Här står: Summa: 1 576 000 kr."),
        ("a_workbook_with_a_password", "lösenord"),
    ],
)
def test_what_is_odd_is_on_the_screen_with_its_cell(at_import: Page, tmp_path: Path, name: str, told: str) -> None:
    ODD[name].write(tmp_path / "odd")
    upload(at_import, (tmp_path / "odd").read_bytes(), ODD[name].file)
    at_import.get_by_role("button", name="3. Kontroll").click()
    expect(main(at_import)).to_contain_text(told)


def test_markup_in_cells_makes_no_element(at_import: Page) -> None:
    out = BytesIO()
    with book(out) as written:
        plain(written, A5=EVIL, heads=("Projekt", "Budget 2013", "Budget 2014"))
    upload(at_import, out.getvalue())
    expect(main(at_import).get_by_role("cell", name=EVIL, exact=True)).to_be_visible()
    expect(main(at_import).locator("td b, td img, td .katex, td em")).to_have_count(0)


def test_a_new_funder_can_be_written_by_hand(at_import: Page) -> None:
    out = BytesIO()
    with book(out) as written:
        plain(written)
    upload(at_import, out.getvalue())
    box = at_import.get_by_role("combobox", name="Vems pengar", exact=True)
    expect(box).to_be_visible()
    settle(at_import)
    box.fill("Sparbanksstiftelsen Ekot")
    box.press("Enter")
    expect(main(at_import)).to_contain_text("från Sparbanksstiftelsen Ekot.")


# --- The template -------------------------------------------------------------------------------------------


def test_the_empty_template_opens_with_a_sheet_for_the_budget(at_import: Page) -> None:
    _, content = download(at_import, "Hämta tom budgetmall")
    assert "Budget" in openpyxl.load_workbook(BytesIO(content)).sheetnames


def test_the_filled_template_read_in_again_changes_nothing(at_import: Page) -> None:
    name, content = download(at_import, "Hämta mallen ifylld")
    upload(at_import, content, name)
    expect(main(at_import)).to_contain_text("Filen säger inget som inte redan står i databasen.")
