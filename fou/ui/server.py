"""The web server around Streamlit: start-up, security headers, the page in Swedish, and what errors say."""

from __future__ import annotations

import base64
import gc
import hashlib
import logging
import re
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from fou.errors import FouError
from fou.ui.state import open_database
from fou.ui.text import plain

log = logging.getLogger("fou")

HERE = Path(__file__).resolve().parent
MAIN_SCRIPT = HERE / "main.py"
STATIC = HERE / "static"
_INDEX = Path(get_static_dir()) / "index.html"


# --- Start-up ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Do once what every rerun would otherwise pay for."""
    import babel.dates
    import babel.numbers  # noqa: F401
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401

    _log_to_the_terminal()
    # A page waits this long, many times over, for a thread that is busy with an import; the usual 5 ms are felt.
    sys.setswitchinterval(0.001)
    open_database()
    # What is loaded by now lives as long as the process: taking it out of the collector's rounds halves the
    # time of a rerun.
    gc.collect()
    gc.freeze()
    yield


def _log_to_the_terminal() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


# --- The page that Streamlit serves, in Swedish -------------------------------------------------------------

#: Our own files in ``static/`` and what they are.
_OURS = {"fou.css": "text/css", "svenska.js": "text/javascript", "tables.js": "text/javascript"}
_NOSCRIPT = "<noscript><p>Fou behöver JavaScript. Slå på det i webbläsaren och ladda om sidan.</p></noscript>"


def swedish_page(html: str, versions: Mapping[str, str]) -> str:
    """Streamlit's start page with Swedish as its language, and Fou's title, style and scripts (file → version)."""
    html = re.sub(r"<html lang=\"[^\"]*\">", '<html lang="sv">', html)
    html = re.sub(r"<title>.*?</title>", "<title>Fou</title>", html)
    html = re.sub(r"<noscript>.*?</noscript>", _NOSCRIPT, html, flags=re.DOTALL)
    # Streamlit's own font is not used by our theme: loading it early would only be a waste.
    html = re.sub(r"<link\s+rel=\"preload\"[^>]*SourceSans[^>]*>", "", html)
    ours = [
        f'<script defer src="./fou/{name}?v={version}"></script>'
        if name.endswith(".js")
        else f'<link rel="stylesheet" href="./fou/{name}?v={version}">'
        for name, version in versions.items()
    ]
    return html.replace("</head>", "  " + "\n    ".join(ours) + "\n  </head>")


def _short_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


_PAGE = swedish_page(
    _INDEX.read_text(encoding="utf-8"),
    {name: _short_hash((STATIC / name).read_bytes()) for name in _OURS},
).encode()
_PAGE_ETAG = f'"{_short_hash(_PAGE)}"'
# Streamlit answers every unknown path with its start page; the file's own ETag tells it from other answers.
_INDEX_ETAG = FileResponse(_INDEX, stat_result=_INDEX.stat()).headers["etag"]


# --- Security headers ---------------------------------------------------------------------------------------


def content_security_policy(page: str) -> str:
    """The tightest policy under which Streamlit and Plotly work; ``page``'s inline scripts are allowed."""
    inline = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline]
    rules = {
        "default-src": "'self'",
        # The hash is of the one line of script in Streamlit's start page.
        "script-src": " ".join(["'self'", *(f"'sha256-{digest}'" for digest in hashes)]),
        # Streamlit (Emotion) and Plotly write their styles into the page while it is running.
        "style-src": "'self' 'unsafe-inline'",
        # data: icons in Plotly's and Streamlit's styles; blob: Plotly's "save as picture".
        "img-src": "'self' data: blob:",
        # One small mathematical font lies inside Streamlit's style sheet.
        "font-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


SECURITY_HEADERS = {
    "Content-Security-Policy": content_security_policy(_PAGE.decode()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    # Fou uses none of them; the clipboard is left alone, for copying cells out of a table.
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class SwedishAndSafe:
    """Puts the security headers on every answer, and Fou's start page in the place of Streamlit's.

    Plain ASGI: nothing is buffered, and apart from the headers every other answer passes through untouched.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; change what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        replaced = False

        async def send_changed(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                # Compression inside us marks the ETag as weak.
                if headers.get("etag", "").removeprefix("W/") == _INDEX_ETAG:
                    replaced = True
                    await self._send_page(scope, send)
                    return
                headers.update(SECURITY_HEADERS)
            if not replaced:
                await send(message)

        await self.app(scope, receive, send_changed)

    @staticmethod
    async def _send_page(scope: Scope, send: Send) -> None:
        headers = SECURITY_HEADERS | {"Cache-Control": "no-cache", "ETag": _PAGE_ETAG}
        if _PAGE_ETAG in Headers(scope=scope).get("if-none-match", ""):
            response = Response(status_code=304, headers=headers)
        else:
            response = Response(_PAGE, headers=headers, media_type="text/html")
        start = {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": response.raw_headers,
        }
        await send(start)
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else response.body})


MIDDLEWARE = [Middleware(SwedishAndSafe)]


# --- Plain routes -------------------------------------------------------------------------------------------


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})


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
    *(Route(f"/fou/{name}", _static(name, media_type)) for name, media_type in _OURS.items()),
    Route("/oversikt", _start_page),
]


# --- Errors -------------------------------------------------------------------------------------------------


def tell_the_person(error: Exception) -> bool:
    """Say in Swedish what went wrong; an unforeseen error goes to the log with a number to refer to."""
    if isinstance(error, FouError):
        st.error(plain(str(error)))
        return True
    number = secrets.token_hex(3).upper()
    log.error("Error %s", number, exc_info=error)
    st.error(
        f"Något gick fel, och sidan kunde inte visas färdigt. Ladda om sidan och försök igen. "
        f"Händer det igen: kontakta den som sköter Fou och uppge felnummer **{number}**."
    )
    return True
