"""Where things are on this machine, from the environment."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]


def database_path() -> Path:
    """The database file: ``FOU_DATABASE``, or ``data/fou.duckdb`` in the project."""
    return Path(os.environ.get("FOU_DATABASE") or ROOT / "data" / "fou.duckdb")
