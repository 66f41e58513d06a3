"""How long each report takes to make."""

from __future__ import annotations

import time
from pathlib import Path

from fou.exports import KINDS, REPORTS, Asked, render
from fou.store import Database


def measure(database: Path) -> None:
    """Measure and print: the first file of each kind, made as a server makes it, with the libraries loaded once."""
    opened = Database.open(database)
    print("\nReports of the example's 60 projects, seconds (the best of 3)")
    with opened.read() as reader:
        for report in REPORTS:
            for kind in KINDS:
                taken = []
                for _ in range(3):
                    started = time.perf_counter()
                    made = render(reader, kind, Asked(report, 2025))
                    taken.append(time.perf_counter() - started)
                print(f"  {report:<16}{kind:<12}{min(taken):6.2f}   {len(made) / 1000:8.0f} kB")
    opened.close()
