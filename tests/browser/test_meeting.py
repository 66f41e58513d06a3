"""A council's meeting in a real browser: the secretary, the chair, a member in conflict and one on a phone."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import docx
import duckdb
import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from fou.check import check
from fou.plan import rooms
from fou.store import Database
from tests.browser.conftest import IDLE, axe_violations, be, main, open_page, part
from tests.conftest import Server
from tests.pages import judged

ADDRESS = f"radsmote?utlysning={judged.CALL}"
PHONE = {"width": 390, "height": 844}
NBSP = "\u00a0"


@pytest.fixture
def server(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A round that is judged, with two scenarios of the council's."""
    path = tmp_path_factory.mktemp("meeting") / "fou.duckdb"
    judged.made(path)
    return serve(path)


@pytest.fixture
def windows(browser: Browser, server: Server) -> Iterator[dict[str, Page]]:
    """Four browser contexts at once on the meeting, by who sits at each."""
    contexts = {
        name: browser.new_context(
            locale="sv-SE",
            viewport=PHONE if name == "Dora" else {"width": 1280, "height": 800},
            bypass_csp=name in ("Berit", "Dora"),
            accept_downloads=True,
        )
        for name in ("handläggare", "Berit", "Carl", "Dora")
    }
    pages = {name: context.new_page() for name, context in contexts.items()}
    for name, page in pages.items():
        open_page(page, f"{server.base}/{ADDRESS}")
        if name != "handläggare":
            be(page, name)
    yield pages
    for context in contexts.values():
        context.close()


def press(page: Page, name: str, gone: bool = True) -> None:
    """Press a button that is no longer there when what it does is done."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_visible()
    expect(page.locator(IDLE)).to_be_attached()  # what is pressed while it is drawn anew may be gone
    button.click()
    if gone:
        expect(button).to_have_count(0)


def room(page: Page) -> Locator:
    """The room bar."""
    return page.locator(".fou-rum")


def box(page: Page, title: str) -> Locator:
    """Where a matter's amount is written."""
    return page.get_by_role("textbox", name=f"{title}, 2026", exact=True)


def row(page: Page, title: str) -> Locator:
    return page.locator(".fou-mote tbody tr", has=page.locator(".titel", has_text=re.compile(f"^{title}$")))


def kr(amount: int) -> str:
    return f"{amount:,} kr".replace(",", NBSP).replace(" kr", f"{NBSP}kr")


def test_a_council_meets_decides_and_walks_out_with_the_memo(windows: dict[str, Page], server: Server) -> None:
    admin, berit, carl, dora = windows.values()

    # The meeting is planned and begun, and who is there is taken down.
    part(admin, "Mötet")
    press(admin, "Planera mötet", gone=False)
    press(admin, "Börja mötet")
    press(admin, "Alla är här")
    part(admin, "Fördela")
    press(admin, "Visa på väggen")

    # What the secretary types is in all figures at once, and on the others' screens.
    expect(room(admin)).to_contain_text(f"Kvar{kr(100_000)}")
    box(admin, "A").select_text()
    admin.keyboard.type("17")
    expect(room(admin)).to_contain_text(f"Förslaget{kr(200_017)}")
    admin.keyboard.type("0 000")
    expect(room(admin)).to_contain_text(f"Kvar{kr(130_000)}")
    for other in (berit, carl, dora):
        expect(room(other)).to_contain_text(f"Kvar{kr(130_000)}")
    expect(row(carl, "A")).to_contain_text(f"170{NBSP}000")
    expect(box(carl, "A")).to_have_count(0)

    # By keyboard alone: down to the next matter, which is left out; and the step is taken back.
    admin.keyboard.press("Enter")
    expect(box(admin, "B")).to_be_focused()
    admin.keyboard.press("u")
    expect(room(dora)).to_contain_text(f"Kvar{kr(330_000)}")
    press(admin, "Ångra senaste", gone=False)
    expect(room(dora)).to_contain_text(f"Kvar{kr(130_000)}")

    # Two write at once and lose nothing: the chair goes on typing while the secretary's amount comes in.
    box(berit, "C").click()
    berit.keyboard.type("9")
    box(admin, "B").select_text()
    admin.keyboard.type("190000")
    admin.keyboard.press("Enter")
    expect(box(berit, "B")).to_have_value(f"190{NBSP}000")
    expect(box(berit, "C")).to_be_focused()
    berit.keyboard.type("0 000")
    berit.keyboard.press("Enter")
    expect(box(admin, "C")).to_have_value(f"90{NBSP}000")
    expect(room(carl)).to_contain_text(f"Kvar{kr(50_000)}")

    # What is no amount is told where it was written, and stays.
    box(admin, "C").fill("mycket")
    admin.keyboard.press("Enter")
    expect(row(admin, "C").get_by_role("alert")).to_contain_text("är inget belopp")
    expect(box(admin, "C")).to_have_value("mycket")
    box(admin, "C").fill("90 000")
    admin.keyboard.press("Enter")
    expect(row(admin, "C").get_by_role("alert")).to_have_count(0)

    # A conflict is declared in the meeting, and takes effect at once.
    expect(row(carl, "A").locator(".plats")).to_have_text("1")
    part(carl, "Mötet")
    carl.get_by_role("button", name=re.compile("01 A$")).click()
    carl.get_by_label("Varför?").fill("Kusin till den sökande")
    carl.get_by_role("button", name="Anmäl jäv").click()
    expect(main(carl)).to_contain_text("Kusin till den sökande")
    part(carl, "Fördela")
    expect(row(carl, "A")).to_contain_text("Jäv: du deltar inte i ärendet")
    expect(row(carl, "A").locator(".plats")).to_have_text("")
    assert axe_violations(berit) == []
    assert axe_violations(dora) == []

    # The two scenarios side by side.
    part(admin, "Jämför")
    expect(main(admin)).to_contain_text(f"{judged.BROAD} ger mer till")

    # The recommendation, and what the board changed in it.
    part(admin, "Beslut")
    admin.get_by_label("Avvikande mening").fill("Dora vill ge C mer.")
    press(admin, "Lämna rekommendationen")
    expect(main(admin)).to_contain_text("LUM-2026-R1")
    admin.get_by_text("Registrera nämndens beslut").click()
    admin.locator("[data-testid=stRadio] label", has_text="Beslut med ändringar").click()
    admin.get_by_role("textbox", name="Nämnd", exact=True).last.fill("Socialnämnden")
    admin.get_by_role("textbox", name="Diarienummer").last.fill("SN 2025/77")
    admin.get_by_role("textbox", name="Paragraf").fill("§ 12")
    for name, digits in zip(("år", "månad", "dag"), date.today().isoformat().split("-"), strict=True):
        admin.get_by_role("spinbutton", name=f"{name}, Beslutsdatum").press_sequentially(digits)
    change(admin, "150000")
    expect(main(admin)).to_contain_text(f"430{NBSP}000")
    admin.get_by_role("button", name="Registrera beslutet").click()
    expect(main(admin)).to_contain_text("Nämndens beslut om LUM-2026-R1 är registrerat")

    # The memo says what the ledger says.
    expect(admin.locator(IDLE)).to_be_attached()
    with admin.expect_download() as download:
        admin.get_by_role("button", name=re.compile(r"^Beslutet \(Word\)")).click()
    memo = docx.Document(io.BytesIO(Path(download.value.path()).read_bytes()))
    rows = [[cell.text for cell in line.cells] for table in memo.tables for line in table.rows]
    told = "\n".join([*(paragraph.text for paragraph in memo.paragraphs), *(cell for row in rows for cell in row)])
    database = Database(server.database, duckdb.connect(str(copied(server.database))))
    with database.read() as reader:
        granted = rooms(reader, 2026, 2026, "egna")[0].granted
        assert check(reader) == []
    database.close()
    assert granted == 150_000 + 190_000 + 90_000
    for title, amount in (("A", 150_000), ("B", 190_000), ("C", 90_000), ("Summa", 430_000)):
        assert [row for row in rows if row[0] == title and f"{amount:,}".replace(",", NBSP) in row], title
    assert "Kusin" not in told
    assert "SN 2025/77" in told


def change(page: Page, amount: str) -> None:
    """Write another amount for the first matter in the table of what the board decided."""
    grid = page.get_by_test_id("stDataFrame").locator("canvas").first
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 60, "y": 52}, force=True)  # its own layer for scrolling lies above
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    editor = page.locator("#portal input, #portal textarea")
    editor.fill(amount)
    editor.press("Enter")
    expect(page.locator(IDLE)).to_be_attached()


def copied(path: Path) -> Path:
    """The server holds the file: what it has written so far, in a copy."""
    copy = path.with_name("copy.duckdb")
    for end in ("", ".wal"):
        beside = path.with_name(path.name + end)
        if beside.exists():
            copy.with_name(copy.name + end).write_bytes(beside.read_bytes())
    return copy


def test_what_is_lost_on_the_way_to_a_screen_comes_anyhow(browser: Browser, server: Server) -> None:
    """Streamlit can drop the end of a run, and a network anything: the screen asks for what it has not drawn."""
    secretary, other = (browser.new_page(locale="sv-SE", viewport={"width": 1280, "height": 800}) for _ in range(2))
    asked, lost = [0], [0]

    def between(socket: WebSocketRoute) -> None:
        theirs = socket.connect_to_server()

        def ask(message: str | bytes) -> None:
            asked[0] += losing.is_set()
            theirs.send(message)

        def answer(message: str | bytes) -> None:
            if losing.is_set() and asked[0] < 2:  # what it asks for the first time is lost
                lost[0] += 1
            else:
                socket.send(message)

        socket.on_message(ask)
        theirs.on_message(answer)

    losing = threading.Event()
    other.route_web_socket(re.compile("/_stcore/stream"), between)
    for page in (secretary, other):
        open_page(page, f"{server.base}/{ADDRESS}")
    losing.set()
    box(secretary, "A").fill("170000")
    secretary.keyboard.press("Enter")

    expect(room(secretary)).to_contain_text(f"Kvar{kr(130_000)}")
    expect(room(other)).to_contain_text(f"Kvar{kr(130_000)}", timeout=30_000)
    expect(box(other, "A")).to_have_value(f"170{NBSP}000")
    assert asked[0] >= 2
    assert lost[0] > 0
    for page in (secretary, other):
        page.close()


def test_a_refusal_is_told_to_whoever_may_not_write_any_more(browser_page: Page, server: Server) -> None:
    """The scenario was recommended while somebody pressed Helt."""
    open_page(browser_page, f"{server.base}/{ADDRESS}")
    row = {
        "id": "p1", "place": "1", "code": "K", "title": "A", "about": "", "conflict": False, "asked": "1",
        "least": None, "cells": [], "whole": False, "out": False, "locked": False, "considered": True, "more": [],
        "application": True, "group": "",
    }  # fmt: skip
    data = {
        "scenario": 1, "may": False, "places": True, "asked": "Sökt", "years": [{"year": 2026, "title": "2026"}],
        "rows": [row], "committed": [], "committedTitle": None, "foot": [], "caption": "", "token": "", "heard": 0,
        "late": "", "refused": {"p1": "Scenariot är rådets rekommendation."}, "version": "", "looks": "",
    }  # fmt: skip
    drawn = browser_page.evaluate(
        """async data => {
          const { default: draw } = await import(`${location.origin}/_stcore/bidi-components/fou.mote/meeting.js?prov`);
          const place = document.createElement("div");
          draw({ data, parentElement: place, setStateValue: () => {}, setTriggerValue: () => {} });
          return place.innerText;
        }""",
        data,
    )
    assert "Scenariot är rådets rekommendation." in drawn
    assert "Med" in drawn


def test_what_is_chosen_in_the_head_stays_on_the_way_by_the_meeting(browser_page: Page, server: Server) -> None:
    page, chosen = browser_page, "enhet=tkr&medel=egna"
    open_page(page, f"{server.base}/{ADDRESS}&{chosen}")
    year = page.get_by_role("combobox", name="År")
    expect(year).to_be_hidden()
    page.get_by_role("button", name="Visning").click()
    expect(year).to_be_visible()
    page.get_by_role("button", name="Dölj visning").click()
    expect(year).to_be_hidden()

    page.get_by_role("link", name="FoU-plan", exact=True).click()
    for one in chosen.split("&"):
        expect(page).to_have_url(re.compile(rf"/plan\?.*{one}"))
