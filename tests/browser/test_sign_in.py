"""Signing in with a real OpenID provider in a real browser: three roles, every fault, out again; and nginx in front."""

from __future__ import annotations

import configparser
import contextlib
import http.client
import re
import shutil
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fou.access import Action
from fou.demo.load import load_example
from fou.errors import SettingsError
from fou.model import Member
from fou.settings import read_settings
from fou.store import Database
from fou.ui.pages import TABLE
from tests.browser.conftest import begin, complaints, open_page
from tests.browser.hostile import ADMIN
from tests.browser.network import CLOSED, Tab, certificate, from_readme, identity, nginx, providing, settings_file, tab
from tests.conftest import ROOT, Server, free_port, serving

HOST = "fou.kommun.se"
#: People in the list of members, by address: their names there and roles.
LISTED = {
    "erik@kommun.example": ("Erik Lind", "member"),
    "frida@kommun.example": ("Frida Dubbel", "admin"),
    "greta@kommun.example": ("Greta Bytarroll", "admin"),
}
#: Each fault: with which provider, who signs in or with which error, and what is said.
FAULTS = {
    "the provider is down": ("nere", None, "Inloggningstjänsten svarar inte just nu."),
    "the provider hangs up": ("entra", "nere", "Inloggningstjänsten svarar inte just nu."),
    "the answer is no answer": ("entra", "trasig", "gick inte att lita på"),
    "Fou has the wrong secret": ("fel", "anna", "Inloggningstjänsten sa nej."),
    "the person changed their mind": ("entra", "access_denied", "Inloggningen avbröts."),
    "the provider has a fault": ("entra", "server_error", "Inloggningstjänsten svarar inte just nu."),
    "the provider is busy": ("entra", "temporarily_unavailable", "Inloggningstjänsten svarar inte just nu."),
    "a token for another audience": ("entra", "mottagare", "gick inte att lita på"),
    "a token for another audience, asked for by us": ("entra", "azp", "gick inte att lita på"),
    "a token for several audiences": ("entra", "flera", "gick inte att lita på"),
    "a token from another provider": ("entra", "utgivare", "gick inte att lita på"),
    "a token that somebody else has signed": ("entra", "signatur", "gick inte att lita på"),
    "a token for another sign-in": ("entra", "nonce", "gick inte att lita på"),
    "the provider's clock is ahead": ("entra", "framtid", "klockan"),
    "the provider's clock is behind": ("entra", "forntid", "klockan"),
}
#: Those whom the provider lets in, and Fou does not.
REFUSED = {
    "no role": ("david", "har ingen roll i Fou"),
    "an address that is not verified": ("erik", "inte bekräftat din e-postadress"),
    "neither name nor address": ("utan", "har ingen roll i Fou"),
    "claims of other kinds than they should be": ("konstig", "har ingen roll i Fou"),
}


@dataclass(frozen=True)
class Network:
    """A server that one must sign in to, as the browser reaches it; the same for one behind nginx."""

    closed: Server
    behind: Server
    https: str
    http_port: int


def fill(file: Path) -> Path:
    database = Database.open(file)
    load_example(database, ADMIN)
    with database.write(ADMIN, Action.MANAGE_MEMBERS, "Lade till några") as work:
        for email, (name, role) in LISTED.items():
            work.create(Member, name=name, email=email, role=role)
    database.close()
    return file


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Two servers, nginx before one of them, and two providers."""
    closed, behind, https, http, entra, keycloak = (free_port() for _ in range(6))
    with contextlib.ExitStack() as running, socket.socket() as silent:
        # It takes calls, and never answers.
        silent.bind(("127.0.0.1", 0))
        silent.listen(50)
        here, there = f"http://127.0.0.1:{closed}", f"https://{HOST}:{https}"
        running.enter_context(providing([entra, keycloak], [here, there]))
        issuers = [f"http://127.0.0.1:{port}" for port in (entra, keycloak)]
        providers = {
            "entra": issuers[0], "keycloak": issuers[1], "fel": issuers[0], "nere": CLOSED,
            "tyst": f"http://127.0.0.1:{silent.getsockname()[1]}",
        }  # fmt: skip
        folders = [tmp_path_factory.mktemp(name) for name in ("closed", "behind")]
        settings = [settings_file(folders[0], here, providers), folders[1] / "fou.toml"]
        settings[1].write_text(settings_of_the_readme(there, *issuers), "utf-8")
        (folders[1] / "mallar").mkdir()
        shutil.copy(fill(folders[0] / "fou.duckdb"), folders[1])

        def start(folder: Path, port: int, settings: Path) -> Server:
            server = serving(ROOT / "app.py", folder / "fou.duckdb", folder / "log", port, FOU_SETTINGS=str(settings))
            return running.enter_context(server)

        with ThreadPoolExecutor() as at_once:
            servers = list(at_once.map(start, folders, (closed, behind), settings))
        certificate(folders[1], HOST)
        running.enter_context(nginx(folders[1], site_of_the_readme(http, https, folders[1], servers[1])))
        yield Network(*servers, there, http)


def settings_of_the_readme(address: str, entra: str, keycloak: str) -> str:
    return from_readme(
        "toml",
        {
            f"https://{HOST}/": f"{address}/",
            "<64 random hexadecimal digits>": "0123456789abcdef" * 4,
            "00000000-0000-0000-0000-000000000000": "fou",
            '"from the provider"': '"the-secret-of-fou"',
            "https://login.microsoftonline.com/<tenant>/v2.0": entra,
            "https://id.region.se/realms/<realm>": keycloak,
            f'["{HOST}"]': f'["{HOST}", "127.0.0.1"]',
            "public = false": "public = true",
            'without_role = "refuse"': 'without_role = "viewer"',
        },
    )


def site_of_the_readme(http_port: int, https_port: int, folder: Path, server: Server) -> str:
    return from_readme(
        "nginx",
        {
            "listen 80;": f"listen 127.0.0.1:{http_port};",
            "listen 443 ": f"listen 127.0.0.1:{https_port} ",
            "/etc/ssl/fou/": f"{folder}/",
            "http://127.0.0.1:8501": server.base,
        },
    )


@pytest.fixture(scope="module")
def shared(browser: Browser) -> Iterator[BrowserContext]:
    """One browser's cookies and files for all these tests, so that Streamlit's files are fetched once."""
    context = begin(browser, ignore_https_errors=True)
    yield context
    context.close()


@pytest.fixture
def window(shared: BrowserContext) -> Iterator[Page]:
    """A window where nobody is signed in."""
    shared.clear_cookies()
    page = shared.new_page()
    yield page
    page.close()


def sign_in(page: Page, who: str | None, provider: str = "entra") -> None:
    """Press the button, and choose who to be; None when the provider does not come so far."""
    page.get_by_role("button", name=f"Logga in med {provider.capitalize()}").click()
    if who is not None:
        page.locator(f"#{who}").click()


def sign_out(page: Page) -> None:
    """Sign out here, and then at the provider, which asks with the same word."""
    page.get_by_role("button", name="Logga ut").click()
    expect(page).to_have_url(re.compile("/session/end"))
    page.get_by_role("button", name="Logga ut").click()


# --- In -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "name", "role", "opens"),
    [
        ("anna", "Anna Handläggare", "handläggare", ["Import", "Administration"]),
        ("bo", "Bo Ledamot", "ledamot", []),
        ("cecilia", "Cecilia Läsare", "läsare", []),
    ],
)
def test_three_people_sign_in_with_three_roles(
    network: Network, window: Page, who: str, name: str, role: str, opens: list[str]
) -> None:
    heard = complaints(window)
    open_page(window, f"{network.closed.base}/hjalp?om=ordlista")
    expect(window.get_by_role("link", name="Portfölj")).to_have_count(0)
    sign_in(window, who)
    # The page that was asked for, before it was known who asks.
    expect(window).to_have_title("Hjälp – Fou")
    expect(window).to_have_url(re.compile(r"/hjalp\?.*om=ordlista"))
    for page in ("Import", "Administration"):
        expect(window.get_by_role("link", name=page)).to_have_count(int(page in opens))
    window.get_by_role("button", name=name).click()
    expect(window.get_by_text(f"Du är inloggad som {name}, {role}.")).to_be_visible()
    assert "Jag är" not in window.content()
    assert heard == []
    assert f"signed_in: {name}" in network.closed.log.read_text("utf-8")


def test_one_signs_in_with_either_of_several_providers(network: Network, window: Page) -> None:
    open_page(window, f"{network.closed.base}/hjalp")
    sign_in(window, "bo", "keycloak")
    expect(window.get_by_role("button", name="Bo Ledamot")).to_be_visible()


def test_an_address_in_the_list_of_members_gives_the_name_and_the_role_there(network: Network, window: Page) -> None:
    open_page(window, f"{network.closed.base}/hjalp")
    sign_in(window, "frida")
    expect(window.get_by_role("link", name="Administration")).to_be_visible()
    window.get_by_role("button", name="Frida Dubbel").click()
    expect(window.get_by_text("Du är inloggad som Frida Dubbel, handläggare.")).to_be_visible()


def test_of_two_accounts_with_one_address_the_second_is_told_what_to_do(network: Network, window: Page) -> None:
    with tab(network.closed.base, identity(network.closed.base, "frida", name="F", email="frida@kommun.example",
                                           email_verified=True)) as first:  # fmt: skip
        assert "Administration" in first.open("administration").title
    open_page(window, network.closed.base)
    sign_in(window, "frida2")
    expect(window.get_by_test_id("stAlert")).to_contain_text("e-postadress")
    expect(window.get_by_role("link", name="Portfölj")).to_have_count(0)


def test_markup_in_a_name_is_shown_as_it_was_written(network: Network, window: Page) -> None:
    heard = complaints(window)
    window.on("dialog", lambda dialog: heard.append(dialog.message))
    open_page(window, f"{network.closed.base}/hjalp")
    sign_in(window, "uppmarkning")
    window.get_by_role("button", name="<img src=x onerror=alert(1)> **Gun** [länk]").click()
    expect(window.get_by_text("Du är inloggad som <img src=x onerror=alert(1)> **Gun**")).to_be_visible()
    expect(window.locator("img[src=x], [href^='javascript:'], .katex, strong:text-is('Gun')")).to_have_count(0)
    assert heard == []


# --- Not in -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trying(shared: BrowserContext, network: Network) -> Iterator[Page]:
    """A window at the page where one signs in, and is again after each try that fails."""
    shared.clear_cookies()
    page = shared.new_page()
    open_page(page, f"{network.closed.base}/plan?ar=2024")
    yield page
    page.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_logged_and_leaves_nobody_signed_in(network: Network, trying: Page, fault: str) -> None:
    provider, who, told = FAULTS[fault]
    sign_in(trying, who, provider)
    said_and_logged(network.closed, trying, told)


@pytest.mark.parametrize("fault", REFUSED)
def test_who_is_signed_in_but_not_let_in_is_told_why(network: Network, window: Page, fault: str) -> None:
    who, told = REFUSED[fault]
    open_page(window, network.closed.base)
    sign_in(window, who)
    expect(window.get_by_test_id("stAlert")).to_contain_text(told)
    expect(window.get_by_role("link", name="Portfölj")).to_have_count(0)
    expect(window.get_by_role("button", name="Logga ut")).to_be_visible()
    assert f"Refused account: entra|{who}" in network.closed.log.read_text("utf-8")


def test_a_provider_that_does_not_answer_keeps_nobody_waiting_for_long(
    network: Network, shared: BrowserContext
) -> None:
    """At the first step, and at the last: both at once, for each takes what Fou waits."""
    shared.clear_cookies()
    first, last = shared.new_page(), shared.new_page()
    for page in (first, last):
        open_page(page, network.closed.base)
    sign_in(first, None, "tyst")
    sign_in(last, "langsam")
    for page in (first, last):
        said_and_logged(network.closed, page, "Inloggningstjänsten svarar inte just nu.")
        page.close()


def said_and_logged(server: Server, page: Page, told: str) -> None:
    """It is told in Swedish, with a number that stands in the log, and nobody is signed in."""
    alert = page.get_by_test_id("stAlert").filter(has_text=told)
    expect(alert).to_be_visible()
    number = re.findall(r"[Ff]elnummer ([0-9A-F]{6})", alert.inner_text())[0]
    assert f"Sign-in failed, {number}" in server.log.read_text("utf-8")
    # Back where one was, and the next look at the page does not tell it again.
    expect(page).to_have_url(re.compile(rf"^{re.escape(server.base)}/(plan\?ar=2024)?$"))
    expect(page.get_by_role("button", name="Logga in med Entra")).to_be_visible()
    expect(page.get_by_role("link", name="Portfölj")).to_have_count(0)
    assert [cookie for cookie in page.context.cookies() if cookie["name"].startswith("_streamlit_user")] == []


# --- Cookies that are not, or no longer, good ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("cookies", "told"),
    [
        ({"secret": "what somebody has guessed, long enough"}, "Din inloggning gäller inte längre. Logga in igen."),
        ({"address": "http://elsewhere.example"}, "Din inloggning gäller inte längre. Logga in igen."),
        ({"ago": 31 * 60}, "Din session har gått ut. Logga in igen."),
        ({"ago": 11 * 3600}, "Din session har gått ut. Logga in igen."),
        ({"ago": -3600}, "Logga in igen"),
        ({"fou_signed_in": None}, "Logga in igen"),
        ({"provider": "another"}, "är inte påslagen längre. Logga ut och logga in igen."),
    ],
    ids=["forged", "another server's", "idle", "too long", "from the future", "no time", "no provider"],
)
def test_a_cookie_that_is_not_good_opens_nothing(network: Network, cookies: dict[str, Any], told: str) -> None:
    given = {"address": network.closed.base, "subject": "anna", "groups": ["fou-administration"]} | cookies
    with tab(network.closed.base, identity(**given)) as mine:
        for path in ("", "administration", "import", "projekt?kod=EX24-003"):
            seen = mine.open(path)
            assert told in seen.says()
            assert seen.title == "Logga in – Fou"
            assert b"EX24" not in seen.content


def test_the_same_cookie_that_is_good_opens_the_page(network: Network) -> None:
    mine = identity(network.closed.base, "anna", name="Anna", groups=["fou-administration"], ago=29 * 60)
    with tab(network.closed.base, mine) as opened:
        assert opened.open("administration").title == "Administration – Fou"


@pytest.mark.parametrize("url", [listed.url for listed in TABLE])
def test_without_public_reading_a_first_deep_link_shows_the_way_in_and_nothing_else(network: Network, url: str) -> None:
    with tab(network.closed.base) as mine:
        seen = mine.open(f"{url}?kod=EX24-003")
    assert seen.title == "Logga in – Fou"
    assert "Exempelkommunen" not in seen.content.decode("utf-8", "replace")


# --- Out ----------------------------------------------------------------------------------------------------


def test_signing_out_ends_it_here_at_the_provider_in_other_tabs_and_for_a_copied_cookie(
    network: Network, window: Page, shared: BrowserContext
) -> None:
    open_page(window, f"{network.closed.base}/hjalp")
    sign_in(window, "anna")
    expect(window.get_by_role("link", name="Portfölj")).to_be_visible()
    copied = {str(c["name"]): str(c["value"]) for c in shared.cookies() if c["name"].startswith("_streamlit_user")}
    with tab(network.closed.base, copied) as other:
        assert other.open("portfolj").title == "Portfölj – Fou"
        window.get_by_role("button", name="Anna Handläggare").click()
        sign_out(window)
        expect(window.get_by_test_id("stAlert")).to_contain_text("Du har loggat ut.")
        assert [cookie for cookie in shared.cookies() if cookie["name"].startswith("_streamlit_user")] == []
        assert other.open("plan").title == "Logga in – Fou"
    with tab(network.closed.base, copied) as again:
        assert again.open("plan").title == "Logga in – Fou"
    assert "signed_out: Anna Handläggare" in network.closed.log.read_text("utf-8")


def test_a_role_that_is_taken_away_is_gone_at_the_next_click(network: Network, window: Page) -> None:
    open_page(window, f"{network.closed.base}/import")
    sign_in(window, "greta")
    expect(window.get_by_role("heading", level=1)).to_have_text("Import")

    with administration(network) as (list_of_members, states):
        seen = list_of_members.open("administration", *states)
        role = WidgetState(id=seen.widget("Roll"), string_value="läsare")
        save = WidgetState(id=seen.widget("Spara"), trigger_value=True)
        assert "Greta Bytarroll är sparad" in list_of_members.open("administration", *states, role, save).says()
    window.get_by_role("button", name="1. Välj fil").click()
    expect(window.get_by_test_id("stAlert")).to_contain_text("Du är läsare.")
    expect(window.get_by_role("link", name="Administration")).to_have_count(0)

    with administration(network) as (list_of_members, states):
        block = list_of_members.open("administration", *states).widget("Spärra")
        list_of_members.open("administration", *states, WidgetState(id=block, trigger_value=True))
    window.get_by_role("link", name="Portfölj").click()
    expect(window.get_by_test_id("stAlert")).to_contain_text("spärrad")
    expect(window.get_by_role("link", name="Portfölj")).to_have_count(0)


@contextlib.contextmanager
def administration(network: Network) -> Iterator[tuple[Tab, list[WidgetState]]]:
    """Another administrator's tab, and what to choose there to come to Greta in the list of members."""
    mine = identity(network.closed.base, "anna", name="Anna Handläggare", groups=["fou-administration"])
    with tab(network.closed.base, mine) as opened:
        shown = opened.open_all("administration")
        states = [*shown.opened().values()]
        whom = WidgetState(id=shown.widget("Lägg till eller ändra"), string_value="Greta Bytarroll")
        yield opened, [*states, whom]


# --- Behind nginx, as the README sets it up -----------------------------------------------------------------


def test_behind_nginx_one_reads_signs_in_with_many_groups_and_signs_out(
    network: Network, window: Page, shared: BrowserContext
) -> None:
    heard = complaints(window)
    open_page(window, f"{network.https}/hjalp?om=ordlista")
    expect(window).to_have_title("Hjälp – Fou")
    window.get_by_role("button", name="Logga in", exact=True).click()
    window.get_by_role("button", name="Logga in med kommunens konto").click()
    window.locator("#langt").click()
    window.get_by_role("button", name="Långt Långt").click()
    expect(window.get_by_text(re.compile("Du är inloggad som Långt Långt .*, läsare."))).to_be_visible()
    expect(window).to_have_url(re.compile(rf"^{re.escape(network.https)}/hjalp\?.*om=ordlista"))
    kept = shared.cookies(network.https)
    assert {"_streamlit_user", "_streamlit_xsrf"} <= {cookie["name"] for cookie in kept}
    assert {(cookie["secure"], cookie["sameSite"]) for cookie in kept} == {(True, "Lax")}
    assert all(cookie["httpOnly"] for cookie in kept if cookie["name"] != "_streamlit_xsrf")
    sign_out(window)
    expect(window.get_by_test_id("stAlert")).to_contain_text("Du har loggat ut.")
    assert heard == []


def test_behind_nginx_http_leads_to_https_and_another_name_to_nothing(network: Network) -> None:
    def answer(port: int, host: str, context: ssl.SSLContext | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with contextlib.closing(connection), socket.create_connection(("127.0.0.1", port), 30) as opened:
            connection.sock = context.wrap_socket(opened, server_hostname=host) if context else opened
            connection.request("GET", "/portfolj?ar=2024", headers={"Host": host})
            return connection.getresponse()

    moved = answer(network.http_port, HOST)
    assert (moved.status, moved.headers["location"]) == (301, f"https://{HOST}/portfolj?ar=2024")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    https_port = int(network.https.rpartition(":")[2])
    assert "max-age=" in answer(https_port, HOST, trusting).headers["strict-transport-security"]
    with pytest.raises(ssl.SSLError):
        answer(https_port, "elsewhere.example", trusting)


def test_the_readmes_settings_are_of_no_use_before_the_secret_is_ones_own(tmp_path: Path) -> None:
    (tmp_path / "fou.toml").write_text(from_readme("toml", {}), "utf-8")
    with pytest.raises(SettingsError, match="cookie_secret"):
        read_settings(tmp_path / "fou.toml")


def test_the_readmes_unit_runs_a_program_and_files_that_are_there() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read_string(from_readme("ini", {}))
    folder = unit["Service"]["WorkingDirectory"]
    program, run, script, *options = unit["Service"]["ExecStart"].split()
    assert (program, run) == (f"{folder}/.venv/bin/streamlit", "run")
    assert (ROOT / script).is_file()
    # The rest is in .streamlit/config.toml, where the address is 127.0.0.1.
    assert options == ["--server.headless", "true", "--server.port", "8501"]
