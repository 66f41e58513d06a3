"""The table of pages: where each page's script lies, what it is called, and what one must be allowed to open it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from fou.access import Action

PAGES = Path(__file__).resolve().parents[2] / "pages"

OVERVIEW = PAGES / "oversikt.py"
PLAN = PAGES / "fou_plan.py"
PORTFOLIO = PAGES / "portfolj.py"
PROJECT = PAGES / "projekt.py"
CALLS = PAGES / "ansokningar.py"
APPLICATION = PAGES / "ansokan.py"
MEETING = PAGES / "radsmote.py"
FOLLOW_UP = PAGES / "uppfoljning.py"
IMPORT = PAGES / "importera.py"
ADMINISTRATION = PAGES / "administration.py"
PERSONAL_DATA = PAGES / "personuppgifter.py"
HELP = PAGES / "hjalp.py"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page. Streamlit wants the very path that it was registered by; ``url`` is empty for the start page.

    One with a ``small_head`` needs the screen for what it shows, and year and funder say nothing there.
    """

    path: Path
    title: str
    url: str
    action: Action
    in_navigation: bool = True
    small_head: bool = False


#: Every page there is: none can be opened that has no row here, nor by who may not do what the row says.
TABLE = (
    Listed(OVERVIEW, "Översikt", "", Action.READ),
    Listed(PLAN, "FoU-plan", "plan", Action.READ),
    Listed(PORTFOLIO, "Portfölj", "portfolj", Action.READ),
    Listed(PROJECT, "Projekt", "projekt", Action.READ, in_navigation=False),
    Listed(CALLS, "Ansökningar", "ansokningar", Action.READ),
    Listed(APPLICATION, "Ansökan", "ansokan", Action.READ, in_navigation=False),
    Listed(MEETING, "Rådsmöte", "radsmote", Action.SEE_DRAFTS, small_head=True),
    Listed(FOLLOW_UP, "Uppföljning", "uppfoljning", Action.READ),
    Listed(IMPORT, "Import", "import", Action.IMPORT),
    Listed(ADMINISTRATION, "Administration", "administration", Action.BACKUP),
    Listed(PERSONAL_DATA, "Personuppgifter", "personuppgifter", Action.SEE_PERSONAL_DATA, in_navigation=False),
    Listed(HELP, "Hjälp", "hjalp", Action.READ),
)


def registered(listed: Listed, visible: bool) -> Page:
    """The page as ``st.navigation`` takes it, for one run of the script."""
    # A copy of its own for each run: Streamlit notes in it which page this run may run.
    return copy.copy(_made(listed, visible))


@lru_cache(maxsize=64)  # the file is looked for once, and not at every click
def _made(listed: Listed, visible: bool) -> Page:
    return st.Page(
        listed.path,
        title=listed.title,
        url_path=listed.url or None,
        default=not listed.url,
        visibility="visible" if visible else "hidden",
    )
