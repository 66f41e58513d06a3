"""`make bench`: one run that prints every figure beside what it is compared with."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd

from fou.access import Person, Role
from fou.demo.load import load_documents, load_example
from fou.imports.posting import examine, post
from fou.imports.template.writing import write_template
from fou.store import Database
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
        print()
        _import(folder)


def _pages(label: str) -> list[str]:
    return ["", "plan", "portfolj", PAGES[label], "import", "administration"]


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


def _import(folder: Path) -> None:
    """20 000 lines of the template: read, checked, compared and posted, against pandas only reading it."""
    path = folder / "budget.xlsx"
    write_template(path, dict(_budget(20_000)))
    started = time.perf_counter()
    pd.read_excel(path, sheet_name=None, engine="openpyxl")
    reading = time.perf_counter() - started
    database = Database.open(folder / "import.duckdb")
    started = time.perf_counter()
    examined = examine(database, path, path.name)
    middle = time.perf_counter()
    batch = post(database, ME, examined)
    posting = time.perf_counter() - middle
    assert batch is not None
    whole = time.perf_counter() - started
    print("Import of 20 000 budget lines, seconds")
    print(f"  pandas.read_excel, only to read   {reading:6.2f}")
    print(f"  Fou, read, check and compare      {whole - posting:6.2f}")
    print(f"  Fou, post                         {posting:6.2f}")
    print(f"  Fou in all                        {whole:6.2f}  ({whole / reading:.2f} of pandas)")
    database.close()


def _budget(lines: int) -> Iterator[tuple[str, list[dict[str | int, str | int | Decimal | None]]]]:
    projects = lines // 4
    kinds = ("sökt", "beviljat", "utbetalt", "utfall")
    yield (
        "Budget",
        [
            {
                "Projekt": f"P{project:05}", "Benämning": f"Projekt nummer {project}", "Finansiär": "Socialnämnden",
                "Slag": kind, "Källa": "mätning",
                **{2019 + (project + i) % 8: Decimal(100_000 + project + i) for i in range(3)},
            }
            for project in range(projects)
            for kind in kinds
        ],
    )  # fmt: skip
    yield (
        "Projekt",
        [{"Kod": f"P{n:05}", "Projekt": f"Projekt nummer {n}", "Område": "Barn och unga"} for n in range(projects)],
    )
    yield "Finansiärer", [{"Finansiär": "Socialnämnden", "Slag": "kommun"}]
    yield "Områden", [{"Område": "Barn och unga"}]


if __name__ == "__main__":
    main()
