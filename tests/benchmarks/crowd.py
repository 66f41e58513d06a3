"""Many at once, and one in a browser: how long a click takes to be answered, and to be seen."""

from __future__ import annotations

import asyncio
import random
import shutil
import statistics
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.benchmarks.serving import ROOT, Session, serving

SESSIONS, EVERY, SECONDS = 50, 3.0, 30.0
PAGES = ["", "plan", "portfolj", "?ar=2024", "plan?ar=2024", "uppfoljning"]


def measure(database: Path, large: Path) -> None:
    """Measure and print."""
    with serving(ROOT / "app.py", database) as served:
        cold = asyncio.run(_crowd(served.port))
        found = asyncio.run(_crowd(served.port))
    print(f"\n{SESSIONS} sessions, each clicking once every {EVERY:.0f} s, ms from click to last message")
    for when, clicks in (("in the first half minute of the server", cold), ("then", found)):
        print(f"  {when:<40} p50 {statistics.median(clicks):6.1f}   p95 {_p95(clicks):6.1f}   of {len(clicks)} clicks")
    with serving(ROOT / "app.py", large) as served:
        seen = _filter_clicks(served.port)
    print("\nA filter of Portfölj in a browser, 20 000 projects, ms from click to repainted")
    print(f"  p50 {statistics.median(seen):6.1f}   slowest {max(seen):6.1f}   of {len(seen)} clicks")


def _p95(found: list[float]) -> float:
    return sorted(found)[int(len(found) * 0.95)]


async def _crowd(port: int) -> list[float]:
    chance = random.Random(3)
    taken: list[float] = []

    async def visitor(number: int) -> None:
        async with Session.open(port) as session:
            await asyncio.sleep(EVERY * number / SESSIONS)
            page = chance.choice(PAGES)
            await session.rerun_ms(page)  # the first sight of the page is not a click
            ends = time.perf_counter() + SECONDS
            while time.perf_counter() < ends:
                started = time.perf_counter()
                page = chance.choice(PAGES)
                taken.append(await session.rerun_ms(page))
                await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - started)))

    await asyncio.gather(*(visitor(number) for number in range(SESSIONS)))
    return taken


def _filter_clicks(port: int) -> list[float]:
    """Choose what ends this year in Portfölj, and all again; seen when the page's sentence has changed."""
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://127.0.0.1:{port}/portfolj")
        page.get_by_test_id("stDataFrame").first.wait_for()
        box = page.get_by_role("checkbox", name="Slutar")
        for _ in range(10):
            before = page.get_by_test_id("stMain").inner_text()
            started = time.perf_counter()
            box.locator("xpath=ancestor::label").click()
            page.wait_for_function(
                "before => document.querySelector('[data-testid=stMain]').innerText !== before"
                " && !document.querySelector('[data-testid=stStatusWidget]')",
                arg=before,
                polling="raf",
            )
            taken.append((time.perf_counter() - started) * 1000)
        browser.close()
    return taken
