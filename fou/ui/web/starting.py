"""Whether the server may start: it meets no network before it is decided who may come."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from ipaddress import ip_address
from typing import cast

from authlib.deprecate import AuthlibDeprecationWarning
from streamlit import config
from streamlit.runtime.secrets import SecretsValue

from fou.errors import SettingsError
from fou.settings import VARIABLE, Settings
from fou.ui.configured import settings

#: How Streamlit is set when people come from a network, whatever its own file or the command line says.
_HARDENED: dict[str, object] = {
    # Headless: a message from the browser must not have files written beside the program.
    "server.headless": True,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.corsAllowedOrigins": [],
    # A header that names the user would be believed before the sign-in.
    "server.trustedUserHeaders": {},
    "server.enableStaticServing": False,
    "server.scriptHealthCheckEnabled": False,
    "client.showErrorDetails": "none",
    "global.developmentMode": False,
}


def refuse_unsafe_start() -> None:
    """End the process with exit code 1, and say why in Swedish, unless it is safe to start as it is asked to."""
    try:
        chosen = settings()
        _check(chosen)
    except SettingsError as error:
        print(f"Fou startar inte. {error}", file=sys.stderr)
        raise SystemExit(1) from None
    # Programs that click for somebody are no visitors of ours, in either mode.
    config.set_option("server.enableAgentApi", False)
    # Authlib says when it is first used that httpx is getting old; whoever reads the log can do nothing about it.
    warnings.filterwarnings("ignore", category=AuthlibDeprecationWarning)
    if chosen.network:
        for name, value in _HARDENED.items():
            config.set_option(name, value)
        if chosen.sign_in:
            # With this the browser's half-done sign-in is signed, and goes on when the server has been restarted.
            config.set_option("server.cookieSecret", chosen.auth["cookie_secret"])


def _check(chosen: Settings) -> None:
    address = config.get_option("server.address")
    if not chosen.network and not _is_loopback(address):
        raise SettingsError(
            f"Servern skulle lyssna på {address or 'alla adresser'}, men varken inloggning eller läsning för "
            "allmänheten är vald. Låt server.address vara 127.0.0.1, eller skriv en inställningsfil och peka ut den "
            f"med {VARIABLE}; README visar hur."
        )
    if chosen.network and config.get_option("server.baseUrlPath"):
        raise SettingsError("Fou ligger på ett eget värdnamn och inte under en sökväg. Ta bort server.baseUrlPath.")


def _is_loopback(address: str | None) -> bool:
    try:
        return address == "localhost" or ip_address(address or "").is_loopback
    except ValueError:
        return False


def streamlits_part() -> dict[str, SecretsValue] | None:
    """The secrets that Streamlit's sign-in needs, from our file and not from a file of its own."""
    if not settings().sign_in:
        return None

    def own(section: Mapping[str, object]) -> dict[str, object]:
        # The label is ours.
        inner = {key: own(value) if isinstance(value, dict) else value for key, value in section.items()}
        return {key: value for key, value in inner.items() if key != "label"}

    return {"auth": cast("SecretsValue", own(settings().auth))}
