"""The web server around Streamlit: what it is made of, how it starts and stops, and what errors say."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from fou.errors import FouError, StoreError
from fou.ui import following, state, warm, who
from fou.ui.configured import settings
from fou.ui.text import plain
from fou.ui.web import sign_in
from fou.ui.web.gate import Gate
from fou.ui.web.logs import log_as
from fou.ui.web.page import OURS, SECURITY_HEADERS, STATIC, SwedishAndSafe
from fou.ui.web.queue import keep_what_is_drawn
from fou.ui.web.starting import refuse_unsafe_start, streamlits_part
from fou.ui.web.theme import keep_theme

__all__ = [
    "EXCEPTION_HANDLERS", "MAIN_SCRIPT", "MIDDLEWARE", "ROUTES", "lifespan", "refuse_unsafe_start", "streamlits_part",
    "tell_the_person",
]  # fmt: skip

log = logging.getLogger("fou")

#: How long a question about what is new is held when nothing is, which is also how long the server may take to stop;
#: and how often it is looked at meanwhile. Seconds.
_HELD, _BETWEEN = 2.0, 0.05

MAIN_SCRIPT = Path(__file__).resolve().parent / "main.py"


# --- Starting and stopping ----------------------------------------------------------------------------------


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Do once what every rerun would otherwise pay for; at the end, let go of the database."""
    import babel.dates
    import babel.numbers  # noqa: F401
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401

    log_as(settings().log)
    keep_theme()
    keep_what_is_drawn()
    state.open_database()
    who.begin()
    # What is loaded by now lives as long as the process: taking it out of the collector's rounds halves the
    # time of a rerun.
    gc.collect()
    gc.freeze()
    reading = warm.begin()
    yield
    await run_in_threadpool(reading.join)
    # Waits for the write under way; what has not begun by now is not begun.
    await run_in_threadpool(state.close_database)
    log.info("Stopped", extra={"event": "stopped"})


MIDDLEWARE = [Middleware(SwedishAndSafe), Middleware(Gate)]


# --- Plain routes -------------------------------------------------------------------------------------------


async def _health(_request: Request) -> Response:
    headers = {"Cache-Control": "no-store"}
    try:
        await run_in_threadpool(_ask_the_database)
    except StoreError:
        return PlainTextResponse("databasen kan inte läsas", 503, headers)
    return PlainTextResponse("ok", headers=headers)


def _ask_the_database() -> None:
    with state.database().read() as reader:
        reader.value("SELECT COUNT(*) FROM meta")


async def _version(request: Request) -> Response:
    """Which version there is, as soon as it is another than the one seen; after a while, whichever it is.

    Every screen that follows a meeting asks all the time: nothing is read.
    """
    seen, until = request.query_params.get("seen"), time.monotonic() + _HELD
    headers = {"Cache-Control": "no-store"}
    try:
        found = await run_in_threadpool(following.version)  # which opens the database if nobody has
        while found == seen and time.monotonic() < until:
            await asyncio.sleep(_BETWEEN)
            found = following.version()
        return PlainTextResponse(found, headers=headers)
    except StoreError:
        return PlainTextResponse("", 503, headers)


def _static(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        # The address carries a version (see swedish_page), so that a browser may keep the file.
        keep = {"Cache-Control": "public, max-age=31536000"}
        return FileResponse(STATIC / name, media_type=media_type, headers=keep)

    return answer


async def _start_page(request: Request) -> Response:
    # Streamlit gives its default page the address "/" only.
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse("./" + quote(query, safe="?&=%+-._~:,;@/"), status_code=307)


ROUTES = [
    Route("/halsa", _health),
    Route("/fou/version", _version),
    *(Route(f"/fou/{name}", _static(name, media_type)) for name, media_type in OURS.items()),
    Route("/oversikt", _start_page),
    *sign_in.ROUTES,
]


# --- Errors -------------------------------------------------------------------------------------------------


def tell_the_person(error: Exception) -> bool:
    """Say in Swedish what went wrong; an unforeseen error goes to the log with a number to refer to."""
    if isinstance(error, FouError):
        st.error(plain(str(error)))
        return True
    number = _logged(error)
    st.error(
        f"Något gick fel, och sidan kunde inte visas färdigt. Ladda om sidan och försök igen. "
        f"Händer det igen: kontakta den som sköter Fou och uppge felnummer **{number}**."
    )
    return True


async def _tell_the_browser(_request: Request, error: Exception) -> Response:
    text = f"Något gick fel. Händer det igen: kontakta den som sköter Fou och uppge felnummer {_logged(error)}."
    return PlainTextResponse(text, 500, SECURITY_HEADERS | {"Cache-Control": "no-store"})


def _logged(error: Exception) -> str:
    number = secrets.token_hex(3).upper()
    log.error("Error %s", number, exc_info=error, extra={"event": "error", "number": number})
    return number


EXCEPTION_HANDLERS = {Exception: _tell_the_browser}
