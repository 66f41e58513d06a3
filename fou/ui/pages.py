"""Where the pages' scripts lie: Streamlit wants the very path that a page was registered by."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "pages"

OVERVIEW = PAGES / "oversikt.py"
PLAN = PAGES / "fou_plan.py"
PORTFOLIO = PAGES / "portfolj.py"
PROJECT = PAGES / "projekt.py"
FOLLOW_UP = PAGES / "uppfoljning.py"
IMPORT = PAGES / "importera.py"
ADMINISTRATION = PAGES / "administration.py"
HELP = PAGES / "hjalp.py"
