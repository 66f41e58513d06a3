"""The page that the server gives: Streamlit's in Swedish, with our style and scripts, and headers that keep it safe."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from fou.ui.configured import settings

STATIC = Path(__file__).resolve().parents[1] / "static"
_INDEX = Path(get_static_dir()) / "index.html"

#: Our own files in ``static/`` and what they are.
OURS = {
    "fou.css": "text/css",
    "svenska.js": "text/javascript",
    "tables.js": "text/javascript",
    "assessing.js": "text/javascript",
}
#: Where Streamlit serves the scripts of our own components, see fou.ui.components.
OUR_COMPONENTS = "/_stcore/bidi-components/fou."
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
    {name: _short_hash((STATIC / name).read_bytes()) for name in OURS},
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


def _headers() -> dict[str, str]:
    # Half a year, without the name's subdomains: they may be other people's.
    return SECURITY_HEADERS | ({"Strict-Transport-Security": "max-age=15768000"} if settings().https else {})


def harden_cookies(headers: MutableHeaders) -> None:
    """Let cookies travel by https only where it is used, and let a sign-in end with the browser's session.

    Streamlit sends cookies without ``Secure`` unless it ends TLS itself, and keeps a sign-in for thirty days; how
    long it lasts here is for the settings to say, and the server looks at that itself.
    """
    cookies = headers.getlist("set-cookie")
    if not cookies:
        return
    del headers["set-cookie"]
    for cookie in cookies:
        if cookie.startswith("_streamlit_user"):
            cookie = re.sub(r"; *Max-Age=[1-9]\d*", "", cookie, flags=re.IGNORECASE)
        if settings().https and not re.search(r"; *secure\b", cookie, flags=re.IGNORECASE):
            cookie += "; Secure"
        headers.append("set-cookie", cookie)


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
                headers.update(_headers())
                if scope["path"].startswith(OUR_COMPONENTS):
                    # Its address carries no version, and an old script must not draw what a new Fou says.
                    headers["Cache-Control"] = "no-cache"
                harden_cookies(headers)
            if not replaced:
                await send(message)

        await self.app(scope, receive, send_changed)

    @staticmethod
    async def _send_page(scope: Scope, send: Send) -> None:
        headers = _headers() | {"Cache-Control": "no-cache", "ETag": _PAGE_ETAG}
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
