"""Reading ahead: what the first visitors ask for is loaded and read before they come."""

from __future__ import annotations

import logging
import threading
from datetime import date

import duckdb

from fou.errors import FouError

log = logging.getLogger("fou")


def begin() -> threading.Thread:
    """Begin to read ahead, beside everything else; whoever comes in the meantime waits for what is being read.

    The thread is to be joined before the database is closed: it would open it again.
    """
    reading = threading.Thread(target=_read_ahead, name="read-ahead", daemon=True)
    reading.start()
    return reading


def _read_ahead() -> None:
    # What pages are drawn with is loaded by the first who draws one, unless it already is.
    from fou.ui import plan, plan_editing, portfolio, reports, show, state  # noqa: F401
    from fou.ui.head import about
    from fou.ui.views import followup, overview, project  # noqa: F401

    try:
        year = state.read(None, about, date.today().year).default_year
        page = state.read(None, overview.overview, year, "alla", "kr")
        for chart in (page.room, page.areas, page.funders):
            if chart:
                chart.figure  # noqa: B018  (drawn when it is asked for, and kept)
    except (FouError, duckdb.Error) as error:  # no database that can be used: whoever comes is told of it
        log.info("Nothing was read ahead: %s", error)
