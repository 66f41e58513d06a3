"""The pages as Streamlit runs them, without a browser, each test on a copy of a prepared database."""

from __future__ import annotations

import functools
import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from fou.access import Person, Role
from fou.demo.load import DOCUMENTS, load_documents, load_example
from fou.store import Database
from fou.ui import pages, state
from tests.pages import judged

MAIN = pages.PAGES.parent / "fou" / "ui" / "main.py"
ADMIN = Person("Anna", Role.ADMIN)
#: Every page by its name in the navigation.
PAGES = {
    "Översikt": pages.OVERVIEW,
    "FoU-plan": pages.PLAN,
    "Portfölj": pages.PORTFOLIO,
    "Projekt": pages.PROJECT,
    "Ansökningar": pages.CALLS,
    "Ansökan": pages.APPLICATION,
    "Rådsmöte": pages.MEETING,
    "Uppföljning": pages.FOLLOW_UP,
    "Import": pages.IMPORT,
    "Administration": pages.ADMINISTRATION,
    "Hjälp": pages.HELP,
}
_TEXTS = (
    "title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success", "page_link",
    "expander",
)  # fmt: skip


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The databases that tests start from, made once."""
    folder = tmp_path_factory.mktemp("prepared")
    for name, load in (("documents", load_documents), ("example", load_example), ("empty", None)):
        database = Database.open(folder / f"{name}.duckdb")
        if load is not None:
            load(database, ADMIN)
        database.close()
    return {name: folder / f"{name}.duckdb" for name in ("documents", "example", "empty")}


@pytest.fixture(scope="session", autouse=True)
def _once() -> Iterator[None]:
    """Do once what every AppTest would do anew: look through all installed packages for components (0.2 s)."""
    with pytest.MonkeyPatch.context() as patch:
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield
    state.close_database()


@pytest.fixture
def look(prepared: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Show a prepared database that the test only looks at: `look("documents")`. It stays open for the next test."""

    def show(name: str) -> None:
        monkeypatch.setenv("FOU_DATABASE", str(prepared[name]))

    return show


@pytest.fixture
def use(prepared: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give the pages a copy of a prepared database to write in: `use("documents")`."""

    def give(name: str) -> None:
        copy = tmp_path / "fou.duckdb"
        shutil.copy(prepared[name], copy)
        monkeypatch.setenv("FOU_DATABASE", str(copy))

    return give


@pytest.fixture
def documents(look: Callable[[str], None]) -> None:
    """The pages show the documents' portfolio, and the test writes nothing."""
    look("documents")


@pytest.fixture
def example(look: Callable[[str], None]) -> None:
    """The pages show the invented Exempelkommunen, and the test writes nothing."""
    look("example")


@dataclass
class Visit:
    """Somebody at the screen, in a session of their own."""

    at: AppTest

    def go(self, page: Path, **query: str) -> Visit:
        """Open a page from the navigation, or by a link with this query."""
        self.at.switch_page(str(page))
        self.at.query_params.update(query)
        return self.run()

    def run(self) -> Visit:
        """Run the page again, after something was typed, chosen or clicked."""
        self.at.run()
        return self

    def press(self, label: str) -> Visit:
        """Press the button with this label."""
        next(button for button in self.at.button if unescaped(button.label) == label).click()
        self.run()
        assert list(self.at.exception) == []
        return self

    def open(self, *keys: str) -> Visit:
        """Open expanders and popovers by their keys."""
        for key in keys:
            self.at.session_state[key] = True
        return self.run()

    def below(self, chart: str, *what: str) -> Visit:
        """Ask for what a chart shows below itself: `below("utrymme", AS_TABLE)`."""
        self.at.session_state[f"mer-{chart}"] = list(what)
        return self.run()

    @property
    def text(self) -> str:
        """All that can be read on the page, with ordinary spaces and hyphens, without Markdown's escapes."""
        parts = []
        for kind in _TEXTS:
            parts += [str(found.label if kind == "expander" else found.value) for found in self.at.get(kind)]
        parts += [f"{found.label}: {found.value}" for found in self.at.metric]
        parts += [" | ".join(map(str, row)) for found in self.at.table for row in found.value.reset_index().values]
        return unescaped("\n".join(parts))

    @property
    def metrics(self) -> dict[str, str]:
        """The year's large figures."""
        return {found.label: unescaped(found.value) for found in self.at.metric}

    @property
    def title(self) -> str:
        """The page's heading."""
        return unescaped(self.at.title[0].value)

    def rows(self, first_head: str) -> list[list[str]]:
        """The rows of the table whose first column has this head."""
        for found in self.at.markdown:
            head, *lines = [
                [unescaped(cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in found.value.split("\n")
            ]
            if head and head[0] == first_head:
                return lines[1:]
        raise AssertionError(f"no table begins with {first_head}: {self.text}")


def unescaped(markdown: str) -> str:
    """Markdown as it is read."""
    plain = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)
    return plain.replace("\u00a0", " ").replace("\u2011", "-").replace("**", "")


@pytest.fixture
def visit() -> Callable[..., Visit]:
    """Follow a link into the dashboard: `visit(page, jag="Läsare", ar="2014")`; each is a session of its own."""

    def start(page: Path = pages.OVERVIEW, jag: str = "Handläggare", **query: str) -> Visit:
        at = AppTest.from_file(str(MAIN), default_timeout=60)
        at.session_state["jag"] = jag
        if page != pages.OVERVIEW:
            at._registered_pages = _addresses()
            at.switch_page(str(page))
        at.query_params.update(query)
        return Visit(at).run()

    return start


@functools.cache
def _addresses() -> dict[Any, Any]:
    """The pages' addresses, which an AppTest learns from its first run: known before, it can begin with any page."""
    return dict(AppTest.from_file(str(MAIN), default_timeout=60).run()._registered_pages)


def changed_documents(**cells: object) -> bytes:
    """The documents' workbook with other values in some cells of the sheet Budget: `J3=650_000`."""
    workbook = openpyxl.load_workbook(DOCUMENTS)
    for place, value in cells.items():
        workbook["Budget"][place] = value
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


# --- A call that is judged, and its meeting: see judged.py ---------------------------------------------------


@pytest.fixture(scope="session")
def judged_call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database with the call, not to be written in."""
    path = tmp_path_factory.mktemp("judged") / "fou.duckdb"
    judged.made(path)
    return path


@pytest.fixture
def meeting(
    judged_call: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, visit: Callable[..., Visit]
) -> Callable[..., Visit]:
    """Open the module's PART of the meeting's page, only to look: `meeting("Dora", scenario="LUM-2026-S2")`."""
    monkeypatch.setenv("FOU_DATABASE", str(judged_call))

    def start(jag: str = "Handläggare", **query: str) -> Visit:
        about = {} if "plan" in query else {"utlysning": judged.CALL}
        shown = visit(pages.MEETING, jag, **{**about, "del": request.module.PART, **query})
        assert list(shown.at.exception) == []
        return shown

    return start


@pytest.fixture
def writable(
    judged_call: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meeting: Callable[..., Visit]
) -> Callable[..., Visit]:
    """The same, on a copy to write in."""
    monkeypatch.setenv("FOU_DATABASE", str(shutil.copy(judged_call, tmp_path / "fou.duckdb")))
    return meeting
