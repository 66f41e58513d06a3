"""Where things are on this machine, and how the server meets a network: the environment and the settings file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from fou.access import Role
from fou.errors import SettingsError

ROOT = Path(__file__).parents[1]
#: The environment variable that names the settings file. There is no default place: without it the mode is local.
VARIABLE = "FOU_SETTINGS"
#: The name that Streamlit gives to a provider that stands in ``[auth]`` itself.
UNNAMED = "default"
SHORTEST_COOKIE_SECRET = 32
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def database_path() -> Path:
    """The database file: ``FOU_DATABASE``, or ``data/fou.duckdb`` in the project."""
    return _path(os.environ.get("FOU_DATABASE"))


@lru_cache(maxsize=8)  # asked for at every reading
def _path(named: str | None) -> Path:
    return Path(named or ROOT / "data" / "fou.duckdb")


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider; ``label`` is what the button to sign in with it says, if anything."""

    name: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file says; ``LOCAL`` is what holds without one.

    ``auth`` is Streamlit's own section and holds secrets: it is shown nowhere.
    """

    file: Path | None = None
    auth: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    redirect_uri: str = ""
    providers: tuple[Provider, ...] = ()
    public: bool = False
    allowed_hosts: tuple[str, ...] = ()
    #: An e-mail address, or ``provider|subject``.
    first_admin: str | None = None
    without_role: Literal["refuse", "viewer"] = "refuse"
    #: The claim with groups or roles, and the role that each of its values gives.
    roles_claim: str | None = None
    roles: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))
    #: Providers whose e-mail addresses count as verified although they say nothing of it.
    trust_email: tuple[str, ...] = ()
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=10)
    max_sessions: int = 200
    #: The folder with the municipality's own templates for the papers of a decision; it need not exist.
    templates: Path = ROOT / "data" / "mallar"
    log: Literal["text", "json"] = "text"

    @property
    def network(self) -> bool:
        """Whether there are settings, so that people sign in or read as the public; else the mode is local."""
        return self.file is not None

    @property
    def sign_in(self) -> bool:
        """Whether one can sign in."""
        return bool(self.providers)

    @property
    def origin(self) -> str:
        """Scheme and host that browsers reach the server by, as its provider knows it; empty without sign-in."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    @property
    def https(self) -> bool:
        """Whether browsers reach the server by https."""
        return self.redirect_uri.startswith("https://")


LOCAL = Settings()


def settings_from_environment() -> Settings:
    """The settings in the file that ``FOU_SETTINGS`` names; LOCAL when it names none. Raises SettingsError."""
    named = os.environ.get(VARIABLE)
    return read_settings(Path(named)) if named else LOCAL


def read_settings(file: Path) -> Settings:
    """The settings in a TOML file. Raises SettingsError, which names the file, the key and how to mend it."""
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            f"Inställningsfilen {file}, som {VARIABLE} pekar på, kan inte läsas. Kontrollera sökvägen och vem som får "
            f"läsa filen. ({error.strerror})"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"Inställningsfilen {file} är inte giltig TOML i UTF-8. Rätta stället: {error}.") from error
    _only(file, "", content, {"auth", "fou"})
    auth = _Section(file, "auth", content.get("auth", {}))
    fou = _Section(file, "fou", content.get("fou", {}))
    redirect_uri, providers = _sign_in(auth)
    fou.only({
        "public", "allowed_hosts", "first_admin", "without_role", "roles_claim", "roles", "trust_email",
        "idle_minutes", "absolute_hours", "max_sessions", "templates", "log",
    })  # fmt: skip
    public = fou.flag("public")
    if not providers and not public:
        raise SettingsError(
            f"Inställningsfilen {file} slår varken på inloggning eller läsning för allmänheten. Skriv avsnittet [auth] "
            "med din identitetsleverantör, eller public = true under [fou]."
        )
    hosts = tuple(_host(fou, host) for host in fou.texts("allowed_hosts"))
    if not hosts:
        raise fou.wrong("allowed_hosts", 'en lista med värdnamnen som servern nås på, till exempel ["fou.kommun.se"]')
    if redirect_uri and urlsplit(redirect_uri).hostname not in hosts:
        raise auth.wrong("redirect_uri", "en adress vars värdnamn står i allowed_hosts under [fou]")
    idle, absolute = fou.number("idle_minutes", 30, 1, 24 * 60), fou.number("absolute_hours", 10, 1, 24 * 7)
    return Settings(
        file=file,
        auth=MappingProxyType(auth.content),
        redirect_uri=redirect_uri,
        providers=providers,
        public=public,
        allowed_hosts=hosts,
        first_admin=_first_admin(fou, providers),
        without_role="viewer" if fou.choice("without_role", "refuse", "viewer") == "viewer" else "refuse",
        roles_claim=fou.text("roles_claim"),
        roles=_roles(fou),
        trust_email=_trusted(fou, providers),
        idle=timedelta(minutes=idle),
        absolute=timedelta(hours=absolute),
        max_sessions=fou.number("max_sessions", 200, 1, 10_000),
        templates=_templates(fou),
        log="json" if fou.choice("log", "text", "json") == "json" else "text",
    )


# --- The parts of the file ----------------------------------------------------------------------------------


class _Section:
    """One section of the file: gives checked values, and says what is wrong with the others."""

    def __init__(self, file: Path, name: str, content: object) -> None:
        self.file, self.name = file, name
        if not isinstance(content, dict):
            raise SettingsError(f"I inställningsfilen {file} ska [{name}] vara ett avsnitt, inte ett värde.")
        self.content: dict[str, object] = content

    def wrong(self, key: str, expected: str) -> SettingsError:
        state = "har fel värde" if key in self.content else "saknas"
        return SettingsError(
            f"{key} i avsnittet [{self.name}] i inställningsfilen {self.file} {state}. Skriv {expected}."
        )

    def only(self, known: set[str]) -> None:
        _only(self.file, self.name, self.content, known)

    def text(self, key: str) -> str | None:
        value = self.content.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "text inom citattecken")
        return value.strip()

    def required(self, key: str, expected: str) -> str:
        value = self.content.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, expected)
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(part, str) and part.strip() for part in value):
            raise self.wrong(key, 'en lista av texter, till exempel ["a", "b"]')
        return tuple(part.strip() for part in value)

    def flag(self, key: str) -> bool:
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "true eller false")
        return value

    def number(self, key: str, usual: int, least: int, most: int) -> int:
        value = self.content.get(key, usual)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"ett heltal från {least} till {most}")
        return value

    def choice(self, key: str, *choices: str) -> str:
        value = self.content.get(key, choices[0])
        if value not in choices:
            raise self.wrong(key, " eller ".join(f'"{choice}"' for choice in choices))
        return str(value)


_PROVIDER = {"client_id", "client_secret", "server_metadata_url", "client_kwargs", "label"}
_SHARED = {"redirect_uri", "cookie_secret"}


def _sign_in(auth: _Section) -> tuple[str, tuple[Provider, ...]]:
    """The address to come back to, and the providers. Each is an own section, or [auth] itself is the only one."""
    if not auth.content:
        return "", ()
    named = {name: part for name, part in auth.content.items() if isinstance(part, dict) and name != "client_kwargs"}
    auth.only(_SHARED | _PROVIDER | set(named))
    redirect_uri = auth.required(
        "redirect_uri", 'adressen som leverantören skickar tillbaka till: "https://fou.kommun.se/oauth2callback"'
    )
    if not _safe_address(redirect_uri) or urlsplit(redirect_uri).path != "/oauth2callback":
        raise auth.wrong("redirect_uri", "en adress som börjar med https:// (http:// bara för localhost) och slutar "
                         "med /oauth2callback direkt efter värdnamnet")  # fmt: skip
    secret = auth.required("cookie_secret", f"minst {SHORTEST_COOKIE_SECRET} slumpade tecken; {_HOW_TO_DRAW}")
    if len(secret) < SHORTEST_COOKIE_SECRET or len(set(secret)) < 8:
        raise auth.wrong("cookie_secret", f"minst {SHORTEST_COOKIE_SECRET} slumpade tecken; {_HOW_TO_DRAW}")
    providers = []
    if not named or _PROVIDER & set(auth.content):
        providers.append(_provider(auth, UNNAMED))
    for name, content in named.items():
        section = _Section(auth.file, f"auth.{name}", content)
        section.only(_PROVIDER)
        # Streamlit keeps the name between underscores, Fou before a |, and both put it in addresses.
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or name == UNNAMED:
            raise SettingsError(
                f"Avsnittet [auth.{name}] i inställningsfilen {auth.file} kan inte heta så. Skriv ett namn av små "
                f"bokstäver a–z, siffror och bindestreck, men inte {UNNAMED}, till exempel [auth.entra]."
            )
        providers.append(_provider(section, name))
    return redirect_uri, tuple(providers)


_HOW_TO_DRAW = 'kommandot  python3 -c "import secrets; print(secrets.token_hex(32))"  ger sådana'


def _provider(section: _Section, name: str) -> Provider:
    section.required("client_id", "det id som leverantören gav när Fou registrerades där")
    section.required("client_secret", "den hemlighet som leverantören gav när Fou registrerades där")
    address = section.required("server_metadata_url", f"{_METADATA} hos leverantören")
    if not _safe_address(address):
        raise section.wrong("server_metadata_url", f"{_METADATA}, och den ska börja med https://")
    if not isinstance(section.content.get("client_kwargs", {}), dict):
        raise section.wrong("client_kwargs", '{ scope = "openid email profile" } eller liknande')
    return Provider(name, section.text("label"))


_METADATA = "adressen som slutar på /.well-known/openid-configuration"


def _safe_address(address: str) -> bool:
    """Whether it is https, or http that does not leave the machine."""
    try:
        parts = urlsplit(address)
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host_is_told = bool(parts.hostname) and not parts.username
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return port_is_a_number and host_is_told and safe


def _host(fou: _Section, host: str) -> str:
    # A name or an address without scheme, port and wildcard: what is checked is the whole name.
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]|[0-9A-Fa-f]*:[0-9A-Fa-f:]+", host):
        raise fou.wrong("allowed_hosts", f"hela värdnamn utan https://, port och *, inte ”{host}”")
    return host.lower().strip("[]")


def _first_admin(fou: _Section, providers: tuple[Provider, ...]) -> str | None:
    given = fou.text("first_admin")
    if given is None:
        return None
    name, bar, subject = given.partition("|")
    right = bool(subject) and name in {p.name for p in providers} if bar else re.fullmatch(r"[^@\s]+@[^@\s]+", given)
    if not right:
        raise fou.wrong("first_admin", "en e-postadress, eller leverantör|subjekt med en leverantör som står i [auth]")
    return given


def _roles(fou: _Section) -> Mapping[str, Role]:
    given = fou.content.get("roles", {})
    if not isinstance(given, dict):
        raise fou.wrong("roles", 'ett avsnitt [fou.roles] med rader som "grupp" = "member"')
    section = _Section(fou.file, "fou.roles", given)
    roles = {value: Role(section.choice(value, "viewer", "member", "admin")) for value in given}
    if bool(roles) != bool(fou.text("roles_claim")):
        raise fou.wrong(
            "roles_claim",
            'namnet på uppgiften med grupper, till exempel "groups", och avsnittet [fou.roles] som säger vilken roll '
            "varje grupp ger; båda eller ingendera",
        )
    return MappingProxyType(roles)


def _templates(fou: _Section) -> Path:
    """The folder that is named, from where the settings file is; one that is named must be there."""
    given = fou.text("templates")
    if given is None:
        return LOCAL.templates
    folder = fou.file.parent / given
    if not folder.is_dir():
        raise fou.wrong("templates", f"sökvägen till en mapp som finns; {folder} är ingen mapp")
    return folder


def _trusted(fou: _Section, providers: tuple[Provider, ...]) -> tuple[str, ...]:
    names = {provider.name for provider in providers}
    trusted = fou.texts("trust_email")
    if not names.issuperset(trusted):
        there_are = _listed(names) or "ingen finns"
        raise fou.wrong("trust_email", f"en lista av leverantörer i [auth]: {there_are}")
    return trusted


def _only(file: Path, section: str, content: Mapping[str, object], known: set[str]) -> None:
    for key in content:
        if key not in known:
            where = f"avsnittet [{section}] i inställningsfilen {file}" if section else f"inställningsfilen {file}"
            raise SettingsError(f"{key} i {where} är okänt. Rätta eller ta bort det. Här kan stå: {_listed(known)}.")


def _listed(words: set[str]) -> str:
    return ", ".join(sorted(words))
