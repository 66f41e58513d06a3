"""Who is at the screen: asked at every run, before every write, and when a file comes or goes.

In local mode it is whoever one says one is. In network mode it is who signed in, with the role they have now, and not
when the page was shown; or the public.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from fou.access import ROLE_NAMES, Person, Role
from fou.errors import Forbidden, FouError, StoreError
from fou.identity import (
    ENDED,
    SESSION,
    SIGNED_OUT,
    Claims,
    Recognised,
    Refusal,
    Sessions,
    bind_account,
    clean_text,
    ended_sessions,
    recognise,
)
from fou.model import EventKind
from fou.store import Database
from fou.ui import state
from fou.ui.configured import settings

log = logging.getLogger("fou")

PUBLIC = Person("Allmänhet", Role.PUBLIC)


@dataclass(frozen=True, slots=True)
class Seen:
    """Who is at the screen. Without a person nothing may be read; ``refusal`` says why if somebody has signed in."""

    person: Person | None
    refusal: str | None = None
    signed_in: bool = False


def begin() -> None:
    """Note under which settings the server runs."""
    chosen = settings()
    if not chosen.network:
        return
    providers = ", ".join(provider.name for provider in chosen.providers) or "ingen"
    public = "på" if chosen.public else "av"
    _note(EventKind.CONFIGURED, "", f"inloggning: {providers}; läsning för allmänheten: {public}")


# --- At every run -------------------------------------------------------------------------------------------


def look() -> Seen:
    """Who is at the screen in network mode. Counts as use, so that the session does not go out."""
    claims = _claims_at_the_screen()
    if not claims:
        return Seen(PUBLIC if settings().public else None)
    seen = _seen(claims, use=True)
    if seen.refusal == ENDED and _first_told(str(claims.get(SESSION))):
        _note(EventKind.SESSION_ENDED, _named(claims), "")
    return seen


#: The sessions that are known to have ended, so that it is noted once.
_told_ended: set[str] = set()


def _first_told(session: str) -> bool:
    with _lock:
        if session in _told_ended:
            return False
        if len(_told_ended) >= _MOST:
            _told_ended.clear()
        _told_ended.add(session)
        return True


def now(person: Person) -> Person:
    """The person with the role that they have now. Raises Forbidden when they may not be here any more.

    For what happens outside a whole run of a page: a callback, a part of a page that runs by itself, a download.
    """
    if not settings().network:
        return person
    claims = _claims_at_the_screen() if get_script_run_ctx(suppress_warning=True) else _latest.get(person.key, {})
    if not claims:
        if person.role is Role.PUBLIC and settings().public:
            return person
        raise Forbidden("Du är inte inloggad längre. Ladda om sidan och logga in igen.")
    seen = _seen(claims, use=False)
    if seen.person is None or seen.person.key != person.key:
        raise Forbidden(seen.refusal or "Du är inte den som sidan visades för. Ladda om sidan.")
    return seen.person


def _let_writes_ask(database: Database) -> None:
    database.confirm = now


# However late the database can be opened: no write goes by without asking.
state.when_opened = _let_writes_ask


def recognised(claims: Claims) -> Person | None:
    """The person with these claims; None for nobody, and for who is not let in or whose session has ended."""
    return _seen(claims, use=False).person if claims else None


# --- Signing in and out -------------------------------------------------------------------------------------


def signed_in(claims: Claims) -> None:
    """Note that somebody has signed in, let in or not."""
    seen = _seen(claims, use=True)
    if seen.person is not None:
        _note(EventKind.SIGNED_IN, seen.person.name, f"som {ROLE_NAMES[seen.person.role]}")
    else:
        refused(_named(claims), seen.refusal or "")
        # So can the settings name as first administrator somebody whose address the provider does not vouch for.
        log.info("Refused account: %s|%s", claims.get("provider"), clean_text(claims.get("sub"), 255))


def signed_out(claims: Claims) -> None:
    """End the session everywhere, and note it."""
    alive = _sessions().alive(claims, _clock())
    _sessions().end(claims, _clock())
    _first_told(str(claims.get(SESSION)))
    if alive:
        _note(EventKind.SIGNED_OUT, _named(claims), f"{SIGNED_OUT}{claims.get(SESSION)}")


_refusals: deque[float] = deque(maxlen=30)


def refused(who: str, why: str) -> None:
    """Note that somebody was not let in. More than thirty a minute are in the log only: strangers can cause them."""
    now = time.monotonic()
    if len(_refusals) == _refusals.maxlen and now - _refusals[0] < 60:
        log.warning("Refused: %s %s", who, why, extra={"event": EventKind.REFUSED.value, "person": who})
        return
    _refusals.append(now)
    _note(EventKind.REFUSED, who, why)


def _note(kind: EventKind, who: str, note: str) -> None:
    log.info("%s: %s, %s", kind.value, who or "?", note, extra={"event": kind.value, "person": who})
    try:
        state.database().log(kind, who, note)
    except StoreError as error:
        log.error("The event could not be kept: %s", error)


# --- How it is known ----------------------------------------------------------------------------------------

_lock = threading.Lock()
#: What is known of claims, under the state of the database that it was read from. Sessions share it.
_known: dict[str, tuple[object, Recognised | Refusal]] = {}
#: The claims that each person was last seen with, for what runs without a page.
_latest: dict[str, Claims] = {}
_MOST = 10_000
_open_sessions: tuple[object, Sessions] | None = None


def _claims_at_the_screen() -> Claims:
    claims = st.user.to_dict() if settings().sign_in else {}
    return claims if claims.get("is_logged_in") else {}


def _seen(claims: Claims, use: bool) -> Seen:
    moment, sessions = _clock(), _sessions()
    ended = sessions.use(claims, moment) if use else (None if sessions.alive(claims, moment) else ENDED)
    if ended:
        return Seen(None, ended, signed_in=True)
    found = _recognise(claims, moment)
    if isinstance(found, Refusal):
        return Seen(None, found.text, signed_in=True)
    with _lock:
        _latest[found.person.key] = claims
    if use and found.bind is not None:
        try:
            bind_account(state.database(), found)
        except FouError as error:  # somebody else's account has become the member's in the meantime
            return Seen(None, str(error), signed_in=True)
    return Seen(found.person, signed_in=True)


def _recognise(claims: Claims, moment: datetime) -> Recognised | Refusal:
    session = str(claims.get(SESSION))
    database = state.database()
    under = (database.path, database.version, settings())
    with _lock:
        known = _known.get(session)
    if known is not None and known[0] == under:
        return known[1]
    with database.read() as reader:
        found = recognise(reader, settings(), claims, moment)
    with _lock:
        if len(_known) >= _MOST:
            _known.clear()
        _known[session] = (under, found)
    return found


def _sessions() -> Sessions:
    global _open_sessions
    with _lock:
        under = (settings(), state.database())
        if _open_sessions is None or _open_sessions[0] != under:
            with under[1].read() as reader:
                ended = ended_sessions(reader, settings(), _clock())
            _open_sessions = (under, Sessions(settings(), ended))
        return _open_sessions[1]


def _named(claims: Claims) -> str:
    return str(claims.get("name") or claims.get("email") or claims.get("sub") or "")[:100]


def _clock() -> datetime:
    return datetime.now(UTC)
