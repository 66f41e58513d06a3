"""A meeting: how soon a typed amount is seen in all figures of the page, and on the screens of the others."""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import websockets
from playwright.sync_api import Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from fou import scenarios
from fou.matters import Scope
from fou.store import Database
from tests.benchmarks.serving import ROOT, Session, serving
from tests.integration.rounds import ANNA, assessed_call, call, council

APPLICATIONS, SCREENS, AMOUNTS = 40, 30, 10
#: Seconds, as in following.js.
BETWEEN, PATIENCE = 0.1, 3.0
PAGE = "radsmote?utlysning=LUM-2026"
#: When the figure of the room bar last changed, and when a key was last pressed, by the browser's own clock.
_WATCH = """() => {
  window.fouSeen = [];
  let last = document.querySelector('.st-key-rum').innerText, pressed = 0;
  document.addEventListener('input', () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const now = document.querySelector('.st-key-rum')?.innerText;
    if (now && now !== last) { last = now; window.fouSeen.push(performance.now() - pressed); }
  }).observe(document.querySelector('.stApp'), {subtree: true, childList: true, characterData: true});
}"""


def prepare(path: Path) -> None:
    """A call with applications under assessment, and an empty scenario of the council's."""
    database = Database.open(path)
    council(database)
    assessed_call(database, *(f"Projekt {number}" for number in range(1, APPLICATIONS + 1)))
    scenarios.create(database, ANNA, Scope(2026, call(database).id), "Rådets förslag")
    database.close()


def measure(folder: Path) -> None:
    """Measure and print."""
    path = folder / "meeting.duckdb"
    prepare(path)
    with serving(ROOT / "app.py", path) as served:
        alone, _ = _type(served.port, None)
    with serving(ROOT / "app.py", path) as served:
        others = _Screens(served.port)
        together, seen = _type(served.port, others)
        others.close()
    print(f"\nA meeting on {APPLICATIONS} applications, ms in a browser from a keystroke to the new figures")
    print(f"  alone                     p50 {statistics.median(alone):6.0f}   slowest {max(alone):6.0f}")
    print(f"  with {SCREENS} other screens    p50 {statistics.median(together):6.0f}   slowest {max(together):6.0f}")
    last = [max(times) for times in seen]
    print(f"From the last keystroke to the figures of all {SCREENS} other screens, ms (0.7 s of stillness among them)")
    print(f"  p50 {statistics.median(last):6.0f}   slowest {max(last):6.0f}   of {len(last)} amounts")


def _type(port: int, others: _Screens | None) -> tuple[list[float], list[list[float]]]:
    """Type one amount after another for the first matter: each keystroke, and when the others had the whole."""
    keys: list[float] = []
    seen = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://127.0.0.1:{port}/{PAGE}")
        page.locator(".fou-mote input").first.wait_for()
        page.evaluate(_WATCH)
        for number in range(AMOUNTS):
            amount = 101_357 + 1_111 * number
            if others is not None:
                others.look_for(f"{amount:,}".replace(",", "\u00a0"))
            found, last = _keystrokes(page, str(amount))
            keys += found
            if others is not None:
                seen.append([1000 * (moment - last) for moment in others.seen()])
        browser.close()
    return keys, seen


def _keystrokes(page: Page, text: str) -> tuple[list[float], float]:
    """What each keystroke took, ms, and when the last was made."""
    page.evaluate("window.fouSeen = []")
    page.locator(".fou-mote input").first.select_text()
    last = 0.0
    for at, sign in enumerate(text, 1):
        last = time.perf_counter()
        page.keyboard.type(sign)
        page.wait_for_function("wanted => window.fouSeen.length >= wanted", arg=at, polling="raf")
    found: list[float] = page.evaluate("window.fouSeen")
    return found, last


@dataclass(slots=True)
class _Screen:
    """One screen: its connection, and what it has drawn, as in following.js."""

    connection: websockets.ClientConnection
    drawn: str = ""
    looks: str = ""
    fragment: str = ""
    whole: bool = False
    asked: float | None = None
    patience: float = PATIENCE
    running: bool = False
    heard: dict[str, str] = field(default_factory=dict)

    async def look(self, asks: httpx.AsyncClient) -> None:
        """Ask again and again, until the connection is closed."""
        seen = ""
        with suppress(websockets.ConnectionClosed):
            while True:
                await asyncio.sleep(BETWEEN)
                seen = seen if self.asked else self.drawn
                found = seen = (await asks.get("/fou/version", params={"seen": seen})).text
                late = not self.asked or time.perf_counter() > self.asked + self.patience
                if found == self.drawn or not late or (self.running and not self.asked):
                    continue
                if self.asked:
                    self.patience, self.whole = 2 * self.patience, True
                await self.ask("" if self.whole else self.fragment)

    async def ask(self, fragment: str) -> None:
        """Ask for a fragment, or the page. What a browser says of its widgets is left out: nobody has touched any."""
        self.asked = time.perf_counter()
        found = BackMsg()
        found.rerun_script.page_name, _, found.rerun_script.query_string = PAGE.partition("?")
        found.rerun_script.fragment_id = fragment
        await self.connection.send(found.SerializeToString())

    def draw(self, message: ForwardMsg) -> None:
        """Note whether a run is under way, and what a component tells of what has been drawn."""
        kind = message.WhichOneof("type")
        self.running = kind == "new_session" or (self.running and kind != "script_finished")
        delta = message.delta
        component = delta.new_element.bidi_component
        if self.heard.get(component.component_name) == component.json:
            return  # Streamlit tells a component nothing when its data are the same
        self.heard[component.component_name] = component.json
        if component.component_name == "fou.folj":
            said = json.loads(component.json)
            self.looks = said["looks"]
            self._has_drawn(said["version"])
        elif component.component_name == "fou.mote":
            said, self.fragment = json.loads(component.json), delta.fragment_id
            if said["looks"] == self.looks:
                self._has_drawn(said["version"])
            elif self.drawn and not self.whole:
                self.whole, self.asked = True, None

    def _has_drawn(self, version: str) -> None:
        if version != self.drawn:
            self.drawn, self.asked, self.patience, self.whole = version, None, PATIENCE, False


class _Screens:
    """Other people's screens, without their browsers: each asks as a browser does, and notes when it has an amount."""

    def __init__(self, port: int) -> None:
        self._looked_for: bytes | None = None
        self._seen: dict[int, float] = {}
        self._all = threading.Event()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._tasks = [asyncio.run_coroutine_threadsafe(self._screen(port, n), self._loop) for n in range(SCREENS)]
        time.sleep(8)  # all have the page

    def look_for(self, text: str) -> None:
        """Note from now on when each screen has the text."""
        self._seen = {}
        self._all.clear()
        self._looked_for = text.encode()

    def seen(self) -> list[float]:
        """When each screen had the text."""
        until = time.perf_counter() + 30
        while len(self._seen) < SCREENS and time.perf_counter() < until:
            # A screen that shows the amount before may tell that all have it.
            self._all.wait(1)
            self._all.clear()
        if len(self._seen) < SCREENS:
            faults = [task.exception() for task in self._tasks if task.done()]
            missing = sorted(set(range(SCREENS)) - self._seen.keys())
            raise RuntimeError(f"screens {missing} have not seen it: {faults}")
        return list(self._seen.values())

    def close(self) -> None:
        """Go."""
        for task in self._tasks:
            task.cancel()

    async def _screen(self, port: int, number: int) -> None:
        async with Session.open(port) as session, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as asks:
            await asyncio.sleep(number / SCREENS)
            screen = _Screen(session.connection)
            await screen.ask("")
            looking = asyncio.create_task(screen.look(asks))
            try:
                async for raw in session.connection:
                    if self._looked_for is not None and self._looked_for in bytes(raw):
                        self._note(number)
                    message = ForwardMsg()
                    message.ParseFromString(bytes(raw))
                    screen.draw(message)
                    if message.delta.new_element.WhichOneof("type") == "exception":
                        raise RuntimeError(message.delta.new_element.exception.message)
            finally:
                looking.cancel()

    def _note(self, number: int) -> None:
        self._seen.setdefault(number, time.perf_counter())
        if len(self._seen) == SCREENS:
            self._all.set()
