"""Signing in and out: Streamlit's three addresses for it, with every fault told, logged and ended.

Streamlit's own routes do the same but lead every fault silently back to the start page. These take their place; the
cookie, the state and the provider's part are still those of Streamlit and Authlib.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from joserfc.errors import ClaimError, JoseError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.web.server.starlette.starlette_auth_routes import (
    _clear_auth_cookie,
    _clear_invalid_auth_cookies,
    _create_oauth_client,
    _get_provider_by_state,
    _get_provider_logout_url,
    _parse_provider_token,
    _set_auth_cookie,
)

from fou.identity import SESSION, SIGNED_IN
from fou.ui import who
from fou.ui.configured import settings
from fou.ui.sign_in import FAULT, NUMBER, Fault
from fou.ui.web.cookie import claims_of

log = logging.getLogger("fou")

#: How long the provider may take for all that it is asked in one step, and for saying where one signs out.
SECONDS = 10.0
SECONDS_TO_SIGN_OUT = 3.0
#: A browser, a proxy and Streamlit take cookies of some kB only; a longer ID token is no use as a hint at sign-out.
_LONGEST_HINT = 2000
_LONGEST_TEXT = 254
_LONGEST_SUBJECT = 255
_BACK = "fou_back"
#: Claims that may come with the sign-in and are kept; the one with roles is kept besides.
_KEPT = ("sub", "iss", "iat", "email", "email_verified", "name", "preferred_username")


async def login(request: Request) -> Response:
    """Send the browser to the provider, and remember which page it came from."""
    provider = _parse_provider_token(request.query_params.get("provider"))
    if provider is None or provider not in {known.name for known in settings().providers}:
        return await _failed(request, Fault.STALE, "the link to sign in is too old or forged", ours=False)
    request.session[_BACK] = _page_before(request)
    try:
        async with asyncio.timeout(SECONDS):
            client, redirect_uri = _create_oauth_client(provider)
            response: Response = await client.authorize_redirect(request, redirect_uri)
    except Exception as error:
        return await _failed(request, _fault(error), f"{provider} at sign-in: {_said(error)}", error)
    _clear_invalid_auth_cookies(response, request)
    return response


async def callback(request: Request) -> Response:
    """Take what the provider sends back, check it, and sign the person in; or say what is wrong."""
    asked = request.query_params
    if not {"state", "code", "error"} & set(asked):
        # The provider leads back here after sign-out as well.
        return _to("/", Fault.SIGNED_OUT)
    provider = _get_provider_by_state(request, asked.get("state"))
    if provider is None or provider not in {known.name for known in settings().providers}:
        if await run_in_threadpool(who.recognised, claims_of(request)):
            return _to("/")  # the browser's Back, after a sign-in that went well
        return await _failed(request, Fault.STALE, "unknown state: an old, repeated or forged answer", ours=False)
    if answer := asked.get("error"):
        request.session.pop(f"_state_{provider}_{asked.get('state')}", None)
        fault = _ANSWERS.get(answer, Fault.DENIED)
        said = f"{answer} {asked.get('error_description') or ''}"
        return await _failed(request, fault, f"{provider} answered: {_short(said)}")
    try:
        async with asyncio.timeout(SECONDS):
            client, _ = _create_oauth_client(provider)
            token = await client.authorize_access_token(request)
            claims = await _claims(client, token)
    except Exception as error:
        return await _failed(request, _fault(error), f"{provider} at the callback: {_said(error)}", error)
    back = request.session.pop(_BACK, "/")
    cookie = claims | {
        "origin": settings().origin,
        "is_logged_in": True,
        "provider": provider,
        SESSION: secrets.token_hex(16),
        SIGNED_IN: int(time.time()),
    }
    response = _to(back if isinstance(back, str) else "/")
    _clear_auth_cookie(response, request)
    hint = token.get("id_token")
    keep_hint = isinstance(hint, str) and len(hint) <= _LONGEST_HINT
    await _set_auth_cookie(response, cookie, {"id_token": hint} if keep_hint else {})
    await run_in_threadpool(who.signed_in, cookie)
    return response


async def logout(request: Request) -> Response:
    """Sign out: here first, whatever the provider does, then there."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        return _to("/")
    claims = claims_of(request)
    if claims:
        await run_in_threadpool(who.signed_out, claims)
    try:
        async with asyncio.timeout(SECONDS_TO_SIGN_OUT):
            elsewhere = await _get_provider_logout_url(request)
    except TimeoutError:
        log.warning("The provider did not say in time where one signs out", extra={"event": "sign_out_fault"})
        elsewhere = None
    response = RedirectResponse(elsewhere, 303) if elsewhere else _to("/", Fault.SIGNED_OUT)
    _clear_auth_cookie(response, request)
    return response


ROUTES = [
    Route("/auth/login", login, methods=["GET"]),
    Route("/auth/logout", logout, methods=["GET"]),
    Route("/oauth2callback", callback, methods=["GET"]),
]


# --- Claims -------------------------------------------------------------------------------------------------


async def _claims(client: object, token: Mapping[str, object]) -> dict[str, object]:
    """The claims that are kept, from the ID token and, for what it lacks, the provider's user information."""
    told = token.get("userinfo")
    if not isinstance(told, Mapping) or not isinstance(told.get("sub"), str) or not told["sub"]:
        raise ValueError("no ID token with a subject")
    # Authlib is content with a token for another audience if only its azp is ours.
    audience, client_id = told.get("aud"), getattr(client, "client_id", None)
    if client_id != audience and not (isinstance(audience, list) and client_id in audience):
        raise ValueError("the ID token is for another audience")
    wanted = [name for name in ("email", settings().roles_claim) if name and _at(told, name) is None]
    if wanted:
        told = await _completed(client, token, told)
    if len(str(told["sub"])) > _LONGEST_SUBJECT:
        raise ValueError("the subject is longer than the standard allows")
    found = {name: _limited(name, told[name]) for name in _KEPT if name in told}
    if settings().roles_claim:
        # A person can be in hundreds of groups: only those that mean something here find room in a cookie.
        given = _at(told, settings().roles_claim or "")
        values = given if isinstance(given, list) else [given]
        known = [value for value in values if isinstance(value, str) and value in settings().roles]
        found[settings().roles_claim or ""] = known
    return {name: value for name, value in found.items() if value is not None}


async def _completed(client: object, token: Mapping[str, object], told: Mapping[str, object]) -> Mapping[str, object]:
    ask: Callable[..., object] = getattr(client, "userinfo")  # noqa: B009  (Authlib has no types)
    metadata: Mapping[str, object] = getattr(client, "server_metadata", {})
    if "userinfo_endpoint" not in metadata or "access_token" not in token:
        return told
    more = await ask(token=token)  # type: ignore[misc]
    # Another person's answer must not be mixed in.
    return {**more, **told} if isinstance(more, Mapping) and more.get("sub") == told["sub"] else told


def _at(claims: Mapping[str, object], name: str) -> object:
    """The claim of that name, or the one within others: ``realm_access.roles``."""
    if name in claims:
        return claims[name]
    first, dot, rest = name.partition(".")
    inner = claims.get(first)
    return _at(inner, rest) if dot and isinstance(inner, Mapping) else None


def _limited(name: str, value: object) -> object:
    if isinstance(value, str) and len(value) > _LONGEST_TEXT and name != "sub":
        # Half a name is still a name; half an address would be another's.
        return value[:_LONGEST_TEXT] if name == "name" else None
    return value if isinstance(value, str | bool | int | float) else None


# --- Faults -------------------------------------------------------------------------------------------------

_ANSWERS = {
    "access_denied": Fault.CANCELLED,
    "interaction_required": Fault.CANCELLED,
    "login_required": Fault.CANCELLED,
    "account_selection_required": Fault.CANCELLED,
    "temporarily_unavailable": Fault.UNREACHABLE,
    "server_error": Fault.UNREACHABLE,
    "invalid_grant": Fault.STALE,
    "mismatching_state": Fault.STALE,
}
#: What is explained by its name; of anything else the log keeps where it came from.
_FORESEEN = (TimeoutError, httpx.HTTPError, httpx.InvalidURL, JoseError, AuthlibBaseError, ValueError)


def _fault(error: Exception) -> Fault:
    if isinstance(error, TimeoutError | httpx.HTTPError | httpx.InvalidURL):
        return Fault.UNREACHABLE
    if isinstance(error, ClaimError) and error.claim in ("exp", "iat", "nbf"):
        return Fault.CLOCK
    if isinstance(error, JoseError):
        return Fault.INVALID
    if isinstance(error, AuthlibBaseError):
        return _ANSWERS.get(str(error.error), Fault.DENIED)
    return Fault.INVALID


async def _failed(
    request: Request, fault: Fault, why: str, error: Exception | None = None, *, ours: bool = True
) -> Response:
    """Log it, and lead to the page that says it. Nobody is signed in after a sign-in of ours that failed.

    Anybody can make a link that looks like a sign-in (``ours`` false): it neither signs out nor fills the event log.
    """
    number = secrets.token_hex(3).upper()
    unforeseen = None if isinstance(error, _FORESEEN) else error
    log.warning("Sign-in failed, %s: %s", number, why, exc_info=unforeseen,
                extra={"event": "sign_in_failed", "fault": fault.value, "number": number})  # fmt: skip
    response = _to(_back(request), fault, number)
    if ours:
        await run_in_threadpool(who.refused, "", f"inloggning misslyckades ({fault.value}), felnummer {number}")
        _clear_auth_cookie(response, request)
    else:
        _clear_invalid_auth_cookies(response, request)
    return response


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {_short(str(error))}"


def _short(text: str) -> str:
    return re.sub(r"[^\w .,:;()/='\"@-]", " ", text)[:300]


# --- Addresses ----------------------------------------------------------------------------------------------


def _page_before(request: Request) -> str:
    """The page of this server that the browser was on, with its query; else the start page."""
    before = request.headers.get("referer", "")[:1000]
    try:
        parts = urlsplit(before)
    except ValueError:
        return "/"
    if f"{parts.scheme}://{parts.netloc}" != settings().origin:
        return "/"
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name not in (FAULT, NUMBER)])
    return _local(parts.path) + (f"?{query}" if query else "")


def _local(path: str) -> str:
    # Two slashes at the beginning would lead to another server.
    return path if re.fullmatch(r"/([\w%.~-]+(/[\w%.~-]+)*)?", path) and path not in _OURS else "/"


_OURS = tuple(route.path for route in ROUTES)


def _back(request: Request) -> str:
    back = request.session.get(_BACK)
    return back if isinstance(back, str) else "/"


def _to(address: str, fault: Fault | None = None, number: str | None = None) -> RedirectResponse:
    told = {FAULT: fault.value} if fault else {}
    told |= {NUMBER: number} if number else {}
    joint = "&" if "?" in address else "?"
    return RedirectResponse(quote(address, safe="/?&=%+-._~:,;@") + (joint + urlencode(told) if told else ""), 303)
