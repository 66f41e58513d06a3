"""What is let in to the server at all: by which name, from where, to which addresses, how many at a time."""

from __future__ import annotations

import logging
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from fou.access import Action, may
from fou.errors import StoreError
from fou.settings import LOOPBACK
from fou.ui import who
from fou.ui.configured import settings
from fou.ui.limits import TOO_MANY, Full, sessions
from fou.ui.web.cookie import claims_of, has_cookie
from fou.ui.web.page import OUR_COMPONENTS

log = logging.getLogger("fou")

#: What a proxy adds to a request. In local mode nobody but the person at the machine is meant to come.
_FORWARDED = ("forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")
#: Streamlit's own addresses that its page uses. Its measurements and its doors for programs are not among them.
_STREAMLITS = (
    "/_stcore/health", "/_stcore/host-config", "/_stcore/stream", "/_stcore/upload_file/", OUR_COMPONENTS,
)  # fmt: skip
_SIGN_IN = ("/auth/login", "/auth/logout", "/oauth2callback")


class _Stop(Exception):
    """Do not let the request in; the message is for the person behind it."""

    def __init__(self, status: int, message: str, why: str) -> None:
        super().__init__(message)
        self.status, self.message, self.why = status, message, why


class Gate:
    """Refuses what should not come in, before Streamlit has seen it. Plain ASGI."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            _check_host(connection)
            _check_address(connection)
            if scope["type"] == "websocket":
                _check_origin(connection)
                _say_if_forged(connection)
                known = await run_in_threadpool(_known, connection)
                with sessions.one_more(known, settings().max_sessions):
                    await self.app(scope, receive, send)
                return
            await _check_files(connection)
            await _check_room(connection)
        except (_Stop, Full) as stop:
            status, why = (stop.status, stop.why) if isinstance(stop, _Stop) else (503, "full")
            log.warning("Refused: %s", why, extra={"event": "request_refused", "address": scope["path"][:200]})
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": ""})
            else:
                await PlainTextResponse(str(stop), status, {"Cache-Control": "no-store"})(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _known(connection: HTTPConnection) -> bool:
    try:
        # In local mode everybody is at home.
        return not settings().network or who.recognised(claims_of(connection)) is not None
    except StoreError:
        return False  # without its database the page says so to all


def _check_host(connection: HTTPConnection) -> None:
    """Only the server's own names, so that no other name can be made to lead here; in local mode no network."""
    names = Headers(scope=connection.scope).getlist("host")
    name = _host_name(names[0]) if len(names) == 1 else None
    if settings().network:
        if name not in settings().allowed_hosts:
            raise _Stop(421, "Servern svarar inte på den adressen.", f"host {names!r} is not in allowed_hosts")
        return
    if name not in LOOPBACK:
        raise _Stop(421, f"Fou körs i lokalt läge och svarar bara på den egna datorn. {_HOW}", f"host {names!r}")
    found = [header for header in _FORWARDED if header in connection.headers]
    if found:
        raise _Stop(403, f"Fou körs i lokalt läge och svarar inte genom en proxy. {_HOW}", f"headers {found}")
    for end in ("client", "server"):
        if not _is_loopback(connection.scope.get(end)):
            raise _Stop(403, f"Fou körs i lokalt läge och svarar bara på den egna datorn. {_HOW}", f"{end} not local")


_HOW = "För att nå den över ett nätverk: slå på inloggning eller läsning för allmänheten, se README."


def _host_name(host: str) -> str | None:
    try:
        parts = urlsplit(f"//{host}")
        named_port = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts.hostname if named_port and parts.netloc == host and "@" not in host else None


def _is_loopback(end: tuple[str, int] | None) -> bool:
    # A connection without an address came by a socket file on this machine.
    try:
        return end is None or ip_address(end[0]).is_loopback
    except ValueError:
        return False


def _check_address(connection: HTTPConnection) -> None:
    path = connection.scope["path"]
    if path.startswith("/_stcore/") and not path.startswith(_STREAMLITS):
        raise _Stop(404, "Sidan finns inte.", "not an address of the page's")
    if path in _SIGN_IN and not settings().sign_in:
        raise _Stop(404, "Inloggning är inte påslagen.", "sign-in is not configured")


def _check_origin(connection: HTTPConnection) -> None:
    """A page of another server may not talk here with the visitor's cookies."""
    origin = connection.headers.get("origin")
    if origin is None:
        return
    expected = urlsplit(origin).netloc
    if expected != connection.headers.get("host") or (settings().origin and origin != settings().origin):
        raise _Stop(403, "Sidan är öppnad från en annan adress.", f"origin {origin!r}")


def _say_if_forged(connection: HTTPConnection) -> None:
    """Whoever has such a cookie is nobody, and is told so on the page."""
    if settings().sign_in and has_cookie(connection.cookies) and not claims_of(connection):
        log.warning("An identity cookie was forged, or signed long ago", extra={"event": "cookie_refused"})


async def _check_room(connection: HTTPConnection) -> None:
    """Say that it is full instead of giving a page that will not come to life."""
    asks_for_page = connection.headers.get("sec-fetch-mode") == "navigate" and connection.scope["method"] == "GET"
    if not asks_for_page or connection.scope["path"] in _SIGN_IN or sessions.room(False, settings().max_sessions):
        return
    if not sessions.room(await run_in_threadpool(_known, connection), settings().max_sessions):
        raise Full(TOO_MANY)


async def _check_files(connection: HTTPConnection) -> None:
    """Files are sent here by those who may import, and fetched by those who may read."""
    path, method = connection.scope["path"], connection.scope["method"]
    uploading = path.startswith("/_stcore/upload_file/") and method != "OPTIONS"
    if not settings().network or not (uploading or (path.startswith("/media/") and not settings().public)):
        return
    try:
        person = await run_in_threadpool(who.recognised, claims_of(connection))
    except StoreError:
        person = None
    if person is None or (uploading and not may(person, Action.IMPORT)):
        raise _Stop(403, "Du får inte göra detta. Logga in igen, eller be en handläggare om hjälp.", "file")
