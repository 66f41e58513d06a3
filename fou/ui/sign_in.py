"""Signing in, as the pages show it: the page for who must, the buttons, and what is said when it failed."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

import streamlit as st

from fou.settings import UNNAMED, Provider
from fou.ui.configured import settings
from fou.ui.text import plain
from fou.ui.web.cookie import has_cookie

#: Where the address says how a sign-in went, and the number to find it by in the log.
FAULT, NUMBER = "inloggning", "felnummer"


class Fault(StrEnum):
    """How a sign-in can end without one; the values stand in the address."""

    CANCELLED = "avbruten"
    DENIED = "nekad"
    UNREACHABLE = "onabar"
    STALE = "gammal"
    CLOCK = "klocka"
    INVALID = "ogiltig"
    SIGNED_OUT = "utloggad"


_TEXTS = {
    Fault.CANCELLED: "Inloggningen avbröts. Du är inte inloggad. Logga in igen när du vill.",
    Fault.DENIED: "Inloggningstjänsten sa nej. Försök igen. Händer det igen: kontakta den som sköter Fou.",
    Fault.UNREACHABLE: "Inloggningstjänsten svarar inte just nu. Vänta en stund och logga in igen.",
    Fault.STALE: "Inloggningen var för gammal eller redan använd. Logga in igen.",
    Fault.CLOCK: (
        "Inloggningen gäller inte, för klockan hos inloggningstjänsten och Fous server går olika. Försök igen. Händer "
        "det igen: kontakta den som sköter Fou."
    ),
    Fault.INVALID: (
        "Inloggningstjänstens svar gick inte att lita på, så du är inte inloggad. Försök igen. Händer det igen: "
        "kontakta den som sköter Fou."
    ),
    Fault.SIGNED_OUT: "Du har loggat ut.",
}


def say_how_it_went() -> bool:
    """Say once what the address tells of a sign-in; whether it told anything."""
    asked = st.query_params.to_dict()
    told, number = asked.get(FAULT), asked.get(NUMBER, "")
    for name in (FAULT, NUMBER):
        if name in asked:
            del st.query_params[name]
    # Anybody can write such an address: only what is known here is shown.
    if told not in set(Fault):
        return False
    text = _TEXTS[Fault(told)]
    if re.fullmatch(r"[0-9A-F]{6}", number):
        text += f" Felnummer **{number}**."
    if told in (Fault.SIGNED_OUT, Fault.CANCELLED):
        st.info(text, icon=":material/info:")
    else:
        st.error(text, icon=":material/error:")
    return True


def buttons(first: bool = True) -> None:
    """A button for each provider that one can sign in with; ``first``: it is what one is here for."""
    kind: Literal["primary", "secondary"] = "primary" if first else "secondary"
    for provider in settings().providers:
        if st.button(_label(provider), key=f"logga-in-{provider.name}", icon=":material/login:", type=kind):
            st.login(None if provider.name == UNNAMED else provider.name)


def _label(provider: Provider) -> str:
    named = f"Logga in med {provider.label}" if provider.label else "Logga in"
    return plain(named)


def page(refusal: str | None, signed_in: bool) -> None:
    """What who may not read sees in the place of every page: why, and how to sign in or out."""
    st.title("Fou", anchor=False)
    st.markdown("Kommunens plan, pengar och projekt för forskning och utveckling.")
    told = say_how_it_went()
    if refusal:
        st.warning(plain(refusal), icon=":material/lock:")
    elif not told and has_cookie(st.context.cookies):
        # Forged, of an earlier cookie secret, or simply too old.
        st.warning("Din inloggning gäller inte längre. Logga in igen.", icon=":material/lock:")
    with st.container(horizontal=True):
        buttons()
        if signed_in:
            st.button("Logga ut", key="logga-ut", icon=":material/logout:", on_click=st.logout)
