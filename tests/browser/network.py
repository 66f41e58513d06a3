"""A server that faces a network, as the tests meet it: its settings, its provider, its cookies, its WebSocket."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import websockets
import websockets.sync.client
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import StringArray
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME, XSRF_COOKIE_NAME

from tests.conftest import ROOT

#: What the tests' servers sign their cookies with, so that a test can make one by hand.
SECRET = "a secret that only these tests and their servers know"
#: The group at the provider that each role has, see provider/server.mjs.
GROUPS = {"admin": "fou-administration", "member": "fou-rad", "viewer": "fou-lasare"}
#: Where nobody answers.
CLOSED = "http://127.0.0.1:1"


# --- The provider -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def providing(ports: list[int], addresses: list[str]) -> Iterator[None]:
    """Run a provider on each port until the block ends, for those who sign in to Fou at the addresses."""
    # Where `make test` has installed it.
    modules = Path(sys.prefix) / "provider"
    told = json.dumps({"modules": str(modules), "ports": ports, "addresses": addresses})
    program = ROOT / "tests" / "browser" / "provider" / "server.mjs"
    with subprocess.Popen(
        ["node", str(program), told], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", "the provider did not start: run make test"
        yield
        process.terminate()


def settings_file(folder: Path, address: str, providers: dict[str, str], **fou: Any) -> Path:
    """A settings file for a server that browsers reach at the address; a provider is a name and where it answers."""
    host = urlsplit(address).hostname
    lines = ["[auth]", f'redirect_uri = "{address}/oauth2callback"', f'cookie_secret = "{SECRET}"']
    for name, issuer in providers.items():
        # One of them has forgotten its secret.
        secret = "wrong" if name == "fel" else "the-secret-of-fou"
        lines += [
            f"[auth.{name}]",
            f'label = "{name.capitalize()}"',
            'client_id = "fou"',
            f'client_secret = "{secret}"',
            f'server_metadata_url = "{issuer}/.well-known/openid-configuration"',
        ]
    given = {"allowed_hosts": sorted({host, "127.0.0.1"}), "roles_claim": "groups"} | fou
    lines += ["[fou]", *(f"{key} = {json.dumps(value)}" for key, value in given.items())]
    lines += ["[fou.roles]", *(f'"{group}" = "{role}"' for role, group in GROUPS.items())]
    file = folder / "fou.toml"
    file.write_text("\n".join(lines), "utf-8")
    return file


# --- Cookies made by hand -----------------------------------------------------------------------------------


def identity(address: str, subject: str, *, secret: str = SECRET, ago: float = 0, **claims: Any) -> dict[str, str]:
    """The cookies of who signed in so many seconds ago, name → value; another secret makes a forgery."""
    user = {
        "origin": address,
        "is_logged_in": True,
        "provider": "entra",
        "sub": subject,
        "fou_session": f"{subject}-{time.monotonic_ns()}",
        "fou_signed_in": int(time.time() - ago),
    } | claims
    made: dict[str, str] = {}

    def sign(name: str, value: str) -> bytes:
        return create_signed_value(secret, name, value)

    def keep(name: str, value: str) -> None:
        made[name] = sign(name, value).decode()

    set_cookie_with_chunks(keep, sign, USER_COOKIE_NAME, user, cookie_attr_size=0)
    return made


# --- A tab made by hand -------------------------------------------------------------------------------------


@dataclass
class Seen:
    """What a tab is sent during one run of a page."""

    messages: list[ForwardMsg] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        """Everything, names and cells of tables too, for looking for what must not be there."""
        return b"\n".join(message.SerializeToString() for message in self.messages)

    @property
    def title(self) -> str:
        """What the browser would show as the page's title."""
        titles = [m.page_config_changed.title for m in self.messages if m.WhichOneof("type") == "page_config_changed"]
        return titles[-1] if titles else ""

    def elements(self) -> Iterator[Any]:
        """Each element, and each block that can be pressed."""
        for message in self.messages:
            if message.WhichOneof("type") != "delta":
                continue
            delta = message.delta
            part = delta.new_element if delta.WhichOneof("type") == "new_element" else delta.add_block
            name = part.WhichOneof("type")
            if name:
                yield getattr(part, name)

    def says(self) -> str:
        """All texts, headings and alerts as they are read, without what keeps their signs from being marks."""
        return re.sub(r"\\(.)", r"\1", "\n".join(e.body for e in self.elements() if hasattr(e, "body")))

    def widget(self, label: str) -> str:
        """The id of what has this label."""
        return next(e.id for e in self.elements() if getattr(e, "label", "") == label and e.id)

    def opened(self) -> dict[str, WidgetState]:
        """All that is made when it is asked for, asked for: expanders, menus and what charts show below themselves."""
        states = {}
        for element in self.elements():
            if element.DESCRIPTOR.name in ("Expandable", "Popover") and element.id:
                states[element.id] = WidgetState(id=element.id, bool_value=True)
            elif element.DESCRIPTOR.name == "ButtonGroup" and element.click_mode == element.MULTI_SELECT:
                every = StringArray(data=[option.content for option in element.options])
                states[element.id] = WidgetState(id=element.id, string_array_value=every)
        return states


@contextlib.contextmanager
def tab(address: str, cookies: dict[str, str] | None = None, session: str = "", **headers: str) -> Iterator[Tab]:
    """Connect as a browser's tab with these cookies does, and stay connected until the block ends.

    ``session`` is the one to come back to, as a tab says whose connection was lost.
    """
    token = generate_xsrf_token_string()
    sent = {XSRF_COOKIE_NAME: token} | (cookies or {})
    origin = headers.pop("Origin", address)
    with websockets.sync.client.connect(
        f"ws{address.removeprefix('http')}/_stcore/stream",
        subprotocols=[websockets.Subprotocol(part) for part in ("streamlit", token, session) if part],
        additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in sent.items())} | headers,
        origin=websockets.Origin(origin),
        max_size=None,
        proxy=None,
    ) as connection:
        yield Tab(connection)


@dataclass
class Tab:
    """A browser's connection to a server, without the browser: it can say what no page would."""

    connection: websockets.sync.client.ClientConnection
    session: str = ""

    def open(self, page: str, *states: WidgetState, fragment: str = "") -> Seen:
        """Run a page, with its query, as if widgets had these states."""
        message = BackMsg()
        message.rerun_script.page_name, _, message.rerun_script.query_string = page.partition("?")
        message.rerun_script.widget_states.widgets.extend(states)
        message.rerun_script.fragment_id = fragment
        return self.send(message)

    def open_all(self, page: str) -> Seen:
        """Run a page, and again until all on it that can be opened is open."""
        seen, opened = self.open(page), dict[str, WidgetState]()
        while seen.opened().keys() - opened.keys():
            opened |= seen.opened()
            seen = self.open(page, *opened.values())
        return seen

    def send(self, message: BackMsg) -> Seen:
        """Send anything, and give what comes back until the run has ended."""
        self.connection.send(message.SerializeToString())
        seen = Seen()
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(bytes(self.connection.recv(timeout=30)))
            seen.messages.append(answer)
            if answer.WhichOneof("type") == "new_session":
                self.session = answer.new_session.initialize.session_id or self.session
            again = ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if answer.WhichOneof("type") == "script_finished" and answer.script_finished != again:
                return seen


# --- What the README's chapter about a server says ----------------------------------------------------------


def from_readme(language: str, instead: Mapping[str, str]) -> str:
    """The README's block of code in this language, with its own words replaced: each must stand there."""
    text = re.search(rf"^```{language}\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert text is not None
    found = text[1]
    for old, new in instead.items():
        assert old in found, old
        found = found.replace(old, new)
    return found


def certificate(folder: Path, host: str) -> None:
    """Write a certificate for the host that nobody but a test trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "privkey.pem").write_bytes(private)


@contextlib.contextmanager
def nginx(folder: Path, site: str) -> Iterator[None]:
    """Run nginx with a site of its own until the block ends."""
    places = [*os.environ["PATH"].split(os.pathsep), "/usr/sbin", str(Path(sys.prefix) / "nginx" / "usr" / "sbin")]
    program = shutil.which("nginx", path=os.pathsep.join(places))
    assert program is not None, "there is no nginx: run make test"
    kept = "".join(f"{what}_temp_path {folder};\n" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "site.conf").write_text(site, "utf-8")
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{kept}include {folder}/site.conf;\n}}\n",
        "utf-8",
    )
    with (folder / "error.log").open("ab") as log:
        process = subprocess.Popen([program, "-e", "stderr", "-c", str(folder / "nginx.conf")], stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)
