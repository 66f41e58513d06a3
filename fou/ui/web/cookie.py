"""Who a browser says it is: the identity cookie that Streamlit signs when somebody has signed in."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import HTTPConnection
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

# Streamlit's own reading of its cookie, for there is no public one outside a page's script.
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from fou.ui.configured import settings


def claims_of(connection: HTTPConnection) -> Mapping[str, object]:
    """The claims in the cookie; empty when there is none, or it is forged, damaged or of another server."""
    try:
        signed = _get_signed_cookie_with_chunks(connection.cookies, USER_COOKIE_NAME)
        found = json.loads(signed) if signed else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or found.get("origin") != settings().origin or not found.get("is_logged_in"):
        return {}
    return found


def has_cookie(cookies: Mapping[str, str]) -> bool:
    """Whether the browser sent an identity cookie, valid or not."""
    return bool(cookies.get(USER_COOKIE_NAME))
