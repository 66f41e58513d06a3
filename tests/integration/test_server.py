"""The server as a network meets it: whether it starts, whom it answers, what it says of itself, and how it stops."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from fou.access import Action, Person, Role
from fou.identity import SESSION, SIGNED_IN
from fou.model import Setting
from fou.store import Database
from fou.ui import limits, server, state, who
from fou.ui.web.starting import refuse_unsafe_start, streamlits_part
from tests.conftest import ROOT, free_port, serving

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have the successor of httpx
    from starlette.testclient import TestClient

ANNA = Person("Anna", Role.ADMIN)
SECRET = "0123456789abcdef0123456789abcdef"
SETTINGS = f"""
[auth]
redirect_uri = "https://fou.kommun.se/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "fou"
client_secret = "hemlig"
server_metadata_url = "https://login.kommun.se/.well-known/openid-configuration"
label = "Kommunen"
[fou]
allowed_hosts = ["fou.kommun.se"]
roles_claim = "groups"
max_sessions = 4
log = "json"
[fou.roles]
a = "admin"
m = "member"
"""
STREAMLITS = "/_stcore/stream"
SESSION_AT = f"wss://fou.kommun.se{STREAMLITS}"


# --- Starting -----------------------------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Start the server, which must end by itself: its exit code and what it wrote to the error stream."""

    def run(settings: str | None = None, **variables: str) -> tuple[int, str]:
        file = tmp_path / "fou.toml"
        file.write_text(settings or "", "utf-8")
        named = {"FOU_SETTINGS": str(file)} if settings else {}
        usual = {
            "FOU_DATABASE": str(tmp_path / "fou.duckdb"),
            "PYTHONPATH": str(ROOT),
            "STREAMLIT_SERVER_HEADLESS": "true",
            "STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "true",  # it would ask the internet for our address,
        }
        ended = subprocess.run(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(free_port())],
            cwd=ROOT, env={**os.environ, **usual, **named, **variables}, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        return ended.returncode, ended.stderr.decode()

    return run


def test_it_does_not_listen_to_a_network_before_it_is_decided_who_may_come(
    start: Callable[..., tuple[int, str]],
) -> None:
    code, said = start(STREAMLIT_SERVER_ADDRESS="0.0.0.0")
    assert code == 1
    assert "Fou startar inte. Servern skulle lyssna på 0.0.0.0, men varken inloggning eller läsning" in said
    assert "Traceback" not in said


def test_it_does_not_start_with_settings_that_are_unsafe(start: Callable[..., tuple[int, str]]) -> None:
    code, said = start(SETTINGS.replace(SECRET, "kort"))
    assert (code, "Fou startar inte. cookie_secret" in said, "Traceback" in said) == (1, True, False)


@pytest.mark.parametrize("address", ["", "0.0.0.0", "::", "192.168.1.10", "fou.kommun.se"])
def test_only_the_machine_itself_is_no_network(local: None, address: str) -> None:
    with configured("server.address", address or None), pytest.raises(SystemExit):
        refuse_unsafe_start()


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1"])
def test_on_the_machine_itself_it_starts_as_ever(local: None, address: str) -> None:
    with configured("server.address", address):
        refuse_unsafe_start()


def test_it_lies_on_a_name_of_its_own(network: None, capsys: pytest.CaptureFixture[str]) -> None:
    with configured("server.baseUrlPath", "fou"), pytest.raises(SystemExit):
        refuse_unsafe_start()
    assert "server.baseUrlPath" in capsys.readouterr().err


@contextmanager
def configured(name: str, value: object) -> Iterator[None]:
    """Streamlit with this option, as from the command line."""
    before = config.get_option(name)
    config.set_option(name, value)
    yield
    config.set_option(name, before)


def test_streamlit_gets_the_sign_in_part_of_the_settings_and_nothing_else(network: None) -> None:
    found = streamlits_part()
    assert found is not None
    assert set(found) == {"auth"}
    assert "label" not in found["auth"]  # type: ignore[operator]


# --- Whom it answers ----------------------------------------------------------------------------------------


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.delenv("FOU_SETTINGS", raising=False)
    monkeypatch.setenv("FOU_DATABASE", str(tmp_path / "fou.duckdb"))
    yield
    state.close_database()


@pytest.fixture
def network(local: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    file = tmp_path / "fou.toml"
    file.write_text(SETTINGS, "utf-8")
    monkeypatch.setenv("FOU_SETTINGS", str(file))
    before = config.get_option("server.cookieSecret")
    config.set_option("server.cookieSecret", SECRET)
    yield
    config.set_option("server.cookieSecret", before)


async def _hello(_request: Request) -> Response:
    answer = PlainTextResponse("hej")
    answer.set_cookie("_streamlit_user", "x", max_age=2592000)
    return answer


async def _talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hej")
    with suppress(WebSocketDisconnect):
        await socket.receive_text()


def client(host: str = "127.0.0.1:8501", scheme: str = "http", came_from: str = "127.0.0.1") -> TestClient:
    """A browser of the server's own middleware and routes, with something that answers in Streamlit's place."""
    routes = [*server.ROUTES, WebSocketRoute(STREAMLITS, _talk), Route("/{rest:path}", _hello, methods=["GET", "PUT"])]
    app = Starlette(routes=routes, middleware=server.MIDDLEWARE)
    return TestClient(app, f"{scheme}://{host}", client=(came_from, 50000), follow_redirects=False)


def cookie(**claims: object) -> dict[str, str]:
    """The cookie that Streamlit would sign for these claims."""
    usual: dict[str, object] = {
        "provider": "default", "sub": "eva", "name": "Eva", "is_logged_in": True, "origin": "https://fou.kommun.se",
        SESSION: os.urandom(8).hex(), SIGNED_IN: time.time(),
    }  # fmt: skip
    signed = create_signed_value(SECRET, "_streamlit_user", json.dumps(usual | claims))
    return {"Cookie": f"_streamlit_user={signed.decode()}"}


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "[::1]:8501", "localhost"])
def test_in_local_mode_the_machine_itself_is_answered(local: None, host: str) -> None:
    assert client().get("/", headers={"Host": host}).text == "hej"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "fou.kommun.se"}, {"Host": "127.0.0.1.evil.example"}, {"Host": "evil@127.0.0.1"}, {"Host": ""},
        {"X-Forwarded-For": "10.0.0.1"}, {"X-Forwarded-Host": "a"}, {"Forwarded": "for=10.0.0.1"}, {"Via": "1.1 p"},
        {"X-Real-IP": "10.0.0.1"},
    ],
    ids=str,
)  # fmt: skip
def test_in_local_mode_nothing_comes_from_elsewhere(local: None, headers: dict[str, str]) -> None:
    answer = client().get("/", headers=headers)
    assert answer.status_code in (403, 421)
    assert answer.text.startswith("Fou körs i lokalt läge")
    assert "frame-ancestors" in answer.headers["content-security-policy"]


def test_in_local_mode_no_other_machine_is_answered(local: None) -> None:
    assert client(came_from="10.0.0.7").get("/").status_code == 403


def test_in_a_network_only_the_servers_own_names_are_answered(network: None) -> None:
    browser = client("fou.kommun.se", "https", "10.0.0.7")
    assert browser.get("/").text == "hej"
    assert browser.get("/", headers={"Host": "FOU.kommun.se:443", "X-Forwarded-For": "10.0.0.9"}).text == "hej"
    for other in ("127.0.0.1", "annan.kommun.se", "fou.kommun.se.evil.example"):
        assert browser.get("/", headers={"Host": other}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://fou.kommun.se", "https://fou.kommun.se:8443", "null"]
)
def test_a_page_of_another_server_cannot_open_a_session(network: None, origin: str) -> None:
    browser = client("fou.kommun.se", "https")
    with (
        pytest.raises(WebSocketDisconnect),
        browser.websocket_connect(SESSION_AT, headers={"Origin": origin}),
    ):
        pass
    with browser.websocket_connect(SESSION_AT, headers={"Origin": "https://fou.kommun.se"}) as socket:
        assert socket.receive_text() == "hej"


@pytest.mark.parametrize(
    "address",
    ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/agent/openapi.json",
     "/_stcore/script-health-check", "/_stcore/message", "/_stcore/bidi-components/x"],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["local", "network"])
def test_doors_of_streamlit_that_the_page_does_not_use_are_shut(
    request: pytest.FixtureRequest, mode: str, address: str
) -> None:
    request.getfixturevalue(mode)
    host = {"local": "127.0.0.1", "network": "fou.kommun.se"}[mode]
    assert client(host).get(address).status_code == 404


@pytest.mark.parametrize("address", ["/auth/login", "/auth/logout", "/oauth2callback"])
def test_in_local_mode_there_is_no_sign_in(local: None, address: str) -> None:
    assert client().get(address).status_code == 404


@pytest.mark.parametrize(
    ("who_asks", "answer"),
    [({}, 403), ({"groups": []}, 403), ({"groups": ["m"]}, 403), ({"groups": ["a"], "origin": "https://annan"}, 403),
     ({"groups": ["a"], SIGNED_IN: 0}, 403), ({"groups": ["a"]}, 200)],
    ids=["nobody", "no role", "member", "of another server", "ended", "administrator"],
)  # fmt: skip
def test_files_are_taken_only_from_those_who_may_import(
    network: None, who_asks: dict[str, object], answer: int
) -> None:
    headers = cookie(**who_asks) if who_asks else {}
    put = client("fou.kommun.se", "https").put("/_stcore/upload_file/a/b", headers=headers)
    assert put.status_code == answer


def test_a_cookie_signed_with_another_secret_is_nobodys(network: None) -> None:
    forged = create_signed_value("a" * 32, "_streamlit_user", json.dumps({"sub": "eva", "groups": ["a"]}))
    headers = {"Cookie": f"_streamlit_user={forged.decode()}"}
    assert client("fou.kommun.se").put("/_stcore/upload_file/a/b", headers=headers).status_code == 403


def test_a_forged_cookie_is_told_in_the_log(
    network: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.log, "propagate", True)
    with client("fou.kommun.se").websocket_connect(SESSION_AT, headers={"Cookie": "_streamlit_user=forged"}):
        assert "An identity cookie was forged" in caplog.text


def test_made_files_are_given_to_those_who_may_read(network: None) -> None:
    browser = client("fou.kommun.se", "https")
    assert browser.get("/media/x.csv").status_code == 403
    assert browser.get("/media/x.csv", headers=cookie(groups=["m"])).status_code == 200


def test_cookies_travel_by_https_only_and_end_with_the_browser(network: None) -> None:
    said = client("fou.kommun.se", "https").get("/").headers["set-cookie"]
    assert "; Secure" in said
    assert "Max-Age" not in said


def test_browsers_are_told_to_come_by_https_only_where_it_is_used(network: None) -> None:
    assert "max-age" in client("fou.kommun.se", "https").get("/halsa").headers["strict-transport-security"]


def test_in_local_mode_nothing_is_said_of_https(local: None) -> None:
    answer = client().get("/")
    assert "strict-transport-security" not in answer.headers
    assert "Secure" not in answer.headers["set-cookie"]


def test_those_who_are_not_known_leave_room_for_the_others(network: None) -> None:
    browser = client("fou.kommun.se", "https")
    with ExitStack() as opened:
        for _ in range(2):  # half of max_sessions
            opened.enter_context(browser.websocket_connect(SESSION_AT)).receive_text()
        with pytest.raises(WebSocketDisconnect), browser.websocket_connect(SESSION_AT):
            pass
        page = browser.get("/", headers={"Sec-Fetch-Mode": "navigate"})
        assert (page.status_code, page.text) == (503, limits.TOO_MANY)
        known = cookie(groups=["m"])
        assert browser.get("/", headers={"Sec-Fetch-Mode": "navigate"} | known).status_code == 200
        opened.enter_context(browser.websocket_connect(SESSION_AT, headers=known)).receive_text()
        opened.pop_all().close()
    assert browser.get("/", headers={"Sec-Fetch-Mode": "navigate"}).status_code == 200


def test_the_public_makes_few_files_at_once_and_few_a_minute() -> None:
    minute = iter([0.0, 1.0, 2.0, 3.0, 61.5])
    exports = limits.Exports(at_once=1, per_minute=2, clock=lambda: next(minute))
    with exports.one_more(), pytest.raises(limits.Full, match="Vänta en minut"), exports.one_more():
        pass
    with exports.one_more():
        pass
    with pytest.raises(limits.Full), exports.one_more():
        pass
    with exports.one_more():
        pass


# --- Signing in, as far as it goes without a provider -------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/auth/login", "/auth/login?provider=x", "/oauth2callback?state=x&code=y", "/oauth2callback?error=<b>"]
)
def test_an_old_or_forged_link_leads_to_a_page_that_says_so(
    network: None, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = with_sessions()
    answer = browser.get(address, headers=cookie(groups=["m"]) if "login" in address else {})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/?inloggning=gammal&felnummer=")
    assert "set-cookie" not in answer.headers  # who is signed in stays so
    with state.database().read() as reader:
        assert reader.value("SELECT COUNT(*) FROM event") == 0  # a stranger does not fill the log of events


def test_who_goes_back_to_the_callback_after_signing_in_is_not_disturbed(network: None) -> None:
    answer = with_sessions().get("/oauth2callback?state=x&code=y", headers=cookie(groups=["m"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_coming_back_from_signing_out_at_the_provider_is_no_fault(network: None) -> None:
    assert with_sessions().get("/oauth2callback").headers["location"] == "/?inloggning=utloggad"


def test_signing_out_ends_the_session_for_good(network: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(_request: Request) -> None:
        return None

    monkeypatch.setattr("fou.ui.web.sign_in._get_provider_logout_url", nowhere)
    browser, kept = with_sessions(), cookie(groups=["m"])
    assert browser.get("/media/x.csv", headers=kept).status_code == 200
    assert browser.get("/auth/logout", headers=kept | {"Sec-Fetch-Site": "cross-site"}).headers["location"] == "/"
    assert browser.get("/media/x.csv", headers=kept).status_code == 200
    assert browser.get("/auth/logout", headers=kept).headers["location"] == "/?inloggning=utloggad"
    assert browser.get("/media/x.csv", headers=kept).status_code == 403
    who._open_sessions = None  # as after a restart
    assert browser.get("/media/x.csv", headers=kept).status_code == 403


def with_sessions() -> TestClient:
    """As `client`, with the cookie that keeps a sign-in under way."""
    from starlette.middleware.sessions import SessionMiddleware

    browser = client("fou.kommun.se", "https")
    browser.app = SessionMiddleware(browser.app, SECRET)
    return TestClient(browser.app, "https://fou.kommun.se", client=("10.0.0.7", 1), follow_redirects=False)


# --- Health, errors, and the end ----------------------------------------------------------------------------


def test_health_is_also_that_the_database_answers(local: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (client().get("/halsa").status_code, client().get("/halsa").text) == (200, "ok")
    damaged = tmp_path / "trasig.duckdb"
    damaged.write_bytes(b"inte en databas")
    monkeypatch.setenv("FOU_DATABASE", str(damaged))
    assert client().get("/halsa").status_code == 503


def test_what_is_new_is_told_when_it_is(local: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = client()
    seen = browser.get("/fou/version").text
    assert seen == browser.get("/fou/version?seen=annat").text

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(lambda: browser.get(f"/fou/version?seen={seen}").text)
        with state.database().write(ANNA, Action.IMPORT, "En inställning") as work:
            work.create(Setting, name="organisation", value="Kommunen")
        told = asking.result()
    assert told == browser.get("/fou/version").text
    assert told != seen

    monkeypatch.setattr(server, "_HELD", 0.0)
    assert browser.get(f"/fou/version?seen={told}").text == told
    damaged = tmp_path / "trasig.duckdb"
    damaged.write_bytes(b"inte en databas")
    monkeypatch.setenv("FOU_DATABASE", str(damaged))
    assert browser.get("/fou/version").status_code == 503


def test_a_browser_does_not_keep_the_script_of_an_older_fou(local: None) -> None:
    assert client().get("/_stcore/bidi-components/fou.mote/meeting.js").headers["cache-control"] == "no-cache"
    assert "cache-control" not in client().get("/_stcore/health").headers


def test_an_unforeseen_error_gives_the_browser_a_number_and_nothing_else(
    local: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_request: Request) -> Response:
        raise RuntimeError("the secret is 4711")

    app = Starlette(routes=[Route("/", broken)], exception_handlers=server.EXCEPTION_HANDLERS)
    monkeypatch.setattr(server.log, "propagate", True)
    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert "4711" not in answer.text
    number = answer.text.rstrip(".").rpartition(" ")[2]
    assert f"Error {number}" in caplog.text
    assert "4711" in caplog.text


def test_stopping_waits_for_the_write_under_way(local: None, tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with state.database().write(Person("Anna", Role.ADMIN), Action.EDIT, "Bytte namn") as work:
            begun.set()
            go_on.wait(10)
            work.create(Setting, "prov", name="organisation", value="Prov")

    async def run() -> None:
        async with server.lifespan(None):  # type: ignore[arg-type]
            thread.start()
            begun.wait(10)
            asyncio.get_running_loop().call_later(0.2, go_on.set)

    thread = threading.Thread(target=write)
    # In a thread of its own: where a browser has been driven before, this one has an event loop already.
    server_thread = threading.Thread(target=lambda: asyncio.run(run()))
    server_thread.start()
    server_thread.join(60)
    thread.join(10)
    found = Database.open(tmp_path / "fou.duckdb")
    with found.read() as reader:
        assert [setting.value for setting in reader.records(Setting)] == ["Prov"]
    found.close()


def test_a_server_tells_of_itself_in_lines_of_json_and_closes_its_database(tmp_path: Path) -> None:
    file, log = tmp_path / "fou.toml", tmp_path / "log"
    file.write_text(SETTINGS.replace("https://fou.kommun.se", "http://127.0.0.1:8501").replace(
        '["fou.kommun.se"]', '["127.0.0.1"]'), "utf-8")  # fmt: skip
    with serving(ROOT / "app.py", tmp_path / "fou.duckdb", log, FOU_SETTINGS=str(file)):
        pass
    lines = [line for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
    told = [json.loads(line) for line in lines]
    assert [line["event"] for line in told if "event" in line] == ["configured", "stopped"]
    assert {"time", "level", "logger", "message"} <= set(told[0])
    assert not (tmp_path / "fou.duckdb.wal").exists()
    assert SECRET not in log.read_text("utf-8")
