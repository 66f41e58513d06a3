"""A council's whole round in a real browser: an administrator and three members, each in a window of their own."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from fou import calling
from fou.calling import CallForm, SetAside
from fou.store import Database
from tests.browser.conftest import IDLE, axe_violations, be, main, open_page, part
from tests.conftest import Server
from tests.integration.rounds import ANNA, GROUNDS, call, council

CODE = "LUM-2026"
OPENED, LAST_DAY = date.today() - timedelta(days=40), date.today() - timedelta(days=1)
#: The applications by their names, and what each member says by the two grounds (0–5, and 1–7 of half the weight).
SAID = {"Alfa": ("3", "4"), "Beta": ("1", "1"), "Gamma": ("5", "7")}
#: Whom nobody but Carl knows to be the neighbour of who applies.
NEIGHBOUR = "Gamma"


@pytest.fixture(scope="module")
def server(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A council whose call has been open, and whose last day was yesterday."""
    path = tmp_path_factory.mktemp("round") / "fou.duckdb"
    database = Database.open(path)
    council(database)
    form = CallForm(
        "Lokala utvecklingsmedel 2026",
        2026,
        OPENED,
        LAST_DAY,
        date.today(),
        date.today(),
        "Sök medel.",
        "Högst tre år.",
    )
    calling.create(database, ANNA, CODE, form, GROUNDS, [SetAside(2026, Decimal(500_000))])
    calling.move_on(database, ANNA, call(database), OPENED)
    database.close()
    return serve(path)


@pytest.fixture
def windows(browser: Browser, server: Server) -> Iterator[dict[str, Page]]:
    """Four browser contexts at once on the call, by who sits at each."""
    contexts = {
        name: browser.new_context(locale="sv-SE", viewport={"width": 1280, "height": 900})
        for name in ("handläggare", "Berit", "Carl", "Dora")
    }
    pages = {name: context.new_page() for name, context in contexts.items()}
    for name, page in pages.items():
        open_page(page, f"{server.base}/ansokningar?utlysning={CODE}")
        if name != "handläggare":
            be(page, name)
    yield pages
    for context in contexts.values():
        context.close()


def listed() -> bytes:
    """The applications as a workbook with one a row, as an administrator may have kept them."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(("Projekt", "Sammanfattning", "Område", "Sökande", "Inkom", "Dnr", "Sökt 2026"))
    for at, name in enumerate(SAID, 1):
        sheet.append((name, f"Vad {name} gör.", "Barn och unga", f"Enhet {name}", LAST_DAY, f"SN 2025/{at}", 200_000))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def judge(page: Page, applications: list[str]) -> None:
    """Fill in all boxes by keyboard: a digit for each ground, its comment passed over, and on to the next."""
    left = 2 * len(applications)
    for name in applications:
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        first = page.get_by_role("radiogroup", name=re.compile("^Nytta"))
        if name == applications[0]:
            first.get_by_role("radio").first.focus()
        expect(first.locator(":focus")).to_have_count(1)
        for value, ground in zip(SAID[name], ("Nytta", "Kvalitet"), strict=True):
            page.keyboard.press(value)
            chosen = page.get_by_role("radiogroup", name=re.compile(f"^{ground}"))
            expect(chosen.get_by_role("radio", name=value, exact=True)).to_be_checked()
            left -= 1
            expect(main(page)).to_contain_text(f"Du har {left} av" if left else "Du är klar")
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
        if name != applications[-1]:
            expect(page.get_by_role("button", name="Nästa ansökan")).to_be_focused()
            page.keyboard.press("Enter")


def ranking(page: Page) -> dict[str, str]:
    """What the list says of each application, by its name: the whole row."""
    part(page, "Rangordning")
    table = page.locator("table", has=page.get_by_role("columnheader", name="Plats", exact=True))
    expect(table).to_be_visible()
    rows = table.locator("tbody tr").all_inner_texts()
    return {name: " ".join(row.split()) for row in rows for name in SAID if name in row}


def test_a_council_makes_its_round_and_sees_its_ranking(windows: dict[str, Page]) -> None:
    admin, berit, carl, dora = windows.values()

    # What has come in is read in, and the assessment begins.
    part(admin, "Ansökningar")
    admin.locator("summary", has_text="Läs in från Excel").click()
    admin.locator("input[type=file]").set_input_files(
        {"name": "inkomna.xlsx", "mimeType": "application/octet-stream", "buffer": listed()}
    )
    admin.get_by_role("button", name="Läs in 3 ansökningar").click()
    expect(main(admin)).to_contain_text("3 ansökningar")
    for step in ("Stäng utlysningen", "Börja bedömningen"):
        admin.get_by_role("button", name=step).click()
        expect(admin.get_by_role("button", name=step)).to_have_count(0)

    # Each in their own window: Carl is in conflict over one, and Berit loses contact while she writes.
    for member in (berit, carl, dora):
        part(member, "Jäv")  # the next run shows what the administrator has done
        part(member, "Min bedömning")
        expect(main(member)).to_contain_text("Du har 6 av 6 rutor kvar i 3 ansökningar.")
    carl.locator("[data-testid=stRadio] label", has_text=NEIGHBOUR).click()
    expect(carl.get_by_role("heading", name=NEIGHBOUR)).to_be_visible()
    expect(carl.locator(IDLE)).to_be_attached()  # or it is the button of the one before that is pressed
    carl.get_by_role("button", name="Jag är jävig").click()
    carl.get_by_label("Varför?").fill("Granne till den sökande")
    carl.get_by_role("button", name="Anmäl att jag är jävig").click()
    expect(main(carl)).to_contain_text("Du har 4 av 4 rutor kvar i 2 ansökningar. Du är jävig i 1 ansökan.")
    expect(main(carl).get_by_label(re.compile("^Kommentar till"))).to_have_count(0)
    carl.locator("[data-testid=stRadio] label", has_text="Alfa").click()
    judge(carl, ["Alfa", "Beta"])
    comment = berit.get_by_label("Kommentar till Nytta")
    comment.press_sequentially("Når många")
    expect(main(berit)).to_contain_text("Sparat")  # while she is still in the box
    expect(comment).to_be_focused()
    open_page(berit, berit.url)  # and the session is gone
    be(berit, "Berit")
    part(berit, "Min bedömning")
    expect(comment).to_have_value("Når många")
    judge(berit, list(SAID))
    assert axe_violations(dora) == []
    judge(dora, list(SAID))

    # The chair opens the scores, and each sees the ranking that is theirs to see.
    part(berit, "Jäv")
    part(berit, "Min bedömning")
    expect(main(berit)).to_contain_text("Alla 3 ledamöter är klara.")
    berit.get_by_role("button", name="Öppna bedömningarna").click()
    berit.get_by_role("button", name="Öppna dem nu").click()
    expect(main(berit)).to_contain_text("Bedömningarna är öppnade")
    whole = {name: ranking(windows[name]) for name in ("handläggare", "Berit", "Dora")}
    for seen in whole.values():
        assert [seen[name].split()[0] for name in ("Gamma", "Alfa", "Beta")] == ["1", "2", "3"]
        assert all(points in seen[name] for name, points in (("Gamma", "100"), ("Alfa", "56,7"), ("Beta", "13,3")))
    own = ranking(carl)
    assert [own[name].split()[0] for name in ("Alfa", "Beta")] == ["1", "2"]
    assert "Jäv: du ser inte bedömningen" in own["Gamma"]
    assert "100" not in own["Gamma"].replace("200 000", "")
    expect(main(carl)).not_to_contain_text("Når många")
