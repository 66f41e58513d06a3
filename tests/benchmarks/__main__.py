"""`make bench`: one run that prints every figure beside what it is compared with."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fou.access import Person, Role
from fou.demo.load import load_documents, load_example
from fou.store import Database
from tests.benchmarks import allocation, crowd, importing, meeting, ranking, reports
from tests.benchmarks.serving import ROOT, Served, rerun_ms, serving

ME = Person("mätning", Role.ADMIN)
PAGES = {"documents": "projekt?kod=S-EBP", "example": "projekt?kod=EX19-002"}
CLICKS = 25
_BARE = """
import gc
from contextlib import asynccontextmanager
import streamlit as st

@asynccontextmanager
async def warm(app):
    gc.collect(); gc.freeze(); yield

app = st.App("main.py", lifespan=warm)
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bare").mkdir()
        (folder / "bare" / "main.py").write_text("import streamlit as st\nst.write('x')\n")
        (folder / "bare" / "app.py").write_text(_BARE)
        print("Rerun of each page, median ms from click to last message (multiple of a bare st.App's empty rerun)\n")
        print(
            f"{'portfolio':<22}"
            + "".join(f"{page:>21}" for page in (*_pages("documents"),))
            + f"{'MiB':>7}{'start s':>9}"
        )
        for label, size in (
            ("documents", None),
            ("example", 60),
            ("example", 200),
            ("example", 2_000),
            ("example", 20_000),
        ):
            database = folder / f"{label}{size or ''}.duckdb"
            loading = _prepare(database, size)
            # The bare server runs beside, so that both are measured under the same load of the machine.
            with serving(folder / "bare" / "app.py") as bare, serving(ROOT / "app.py", database) as fou:
                print(
                    _row(f"{label} {size or ''}", _pages(label), bare, fou) + f"   (loaded in {loading:.1f} s)",
                    flush=True,
                )
        crowd.measure(folder / "example60.duckdb", folder / "example20000.duckdb")
        reports.measure(folder / "example60.duckdb")
        importing.measure(folder)
        ranking.measure()
        ranking.measure_page(folder, folder / "example60.duckdb")
        allocation.measure()
        meeting.measure(folder)


def _pages(label: str) -> list[str]:
    return ["", "plan", "portfolj", PAGES[label], "uppfoljning", "import", "administration", "hjalp"]


def _prepare(path: Path, size: int | None) -> float:
    started = time.perf_counter()
    code = (
        "import sys; from pathlib import Path; from fou.store import Database; "
        "from tests.benchmarks.__main__ import fill; fill(Path(sys.argv[1]), int(sys.argv[2]))"
    )
    # In a process of its own: what loading leaves in memory is not this one's.
    subprocess.run([sys.executable, "-c", code, str(path), str(size or 0)], cwd=ROOT, check=True)
    return time.perf_counter() - started


def fill(path: Path, size: int) -> None:
    """Make the database to measure: the documents' portfolio, or the example with ``size`` projects."""
    database = Database.open(path)
    if size:
        load_example(database, ME, size)
    else:
        load_documents(database, ME)
    database.close()


def _row(label: str, pages: list[str], bare: Served, fou: Served) -> str:
    cells = []
    for page in pages:
        _, floor = rerun_ms(bare, "", CLICKS)
        first, again = rerun_ms(fou, page, CLICKS)
        cells.append(f"{again:6.1f} ({again / floor:4.1f}x) {first:5.0f}f".rjust(21))
    return f"{label:<22}" + "".join(cells) + f"{fou.resident_mib():7.0f}{fou.healthy_after:9.1f}"


if __name__ == "__main__":
    main()
