"""What a server that faces a network lets out and takes in, when who is at the other end does not play fair."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.exceptions import InvalidStatus

from fou.access import Action, Person, Role, may
from fou.model import RECORDS
from fou.store import Database
from fou.ui.pages import TABLE, Listed
from tests.browser import hostile
from tests.browser.conftest import begin, complaints, open_everything, open_page
from tests.browser.network import CLOSED, GROUPS, Seen, identity, settings_file, tab
from tests.conftest import ROOT, Server, free_port, serving

#: A first deep link to each page, with a choice in it that shows much.
DEEP = {
    "": "?ar=2024",
    "plan": "plan?ar=2024",
    "portfolj": "portfolj?sok=a",
    "projekt": "projekt?kod=EX24-003",
    "ansokningar": "ansokningar?utlysning=U2027&del=utlysningen",
    "ansokan": "ansokan?kod=A2027-046",
    "radsmote": "radsmote?utlysning=S2027",
    "uppfoljning": "uppfoljning?ar=2023",
    "import": "import",
    "administration": "administration",
    "personuppgifter": "personuppgifter",
    "hjalp": "hjalp?om=ordlista",
}
#: And to a project that has what that one lacks, and to the other parts of a call.
MORE = {
    "projekt": ["projekt?kod=EX20-001"],
    "ansokningar": [
        "ansokningar",
        "ansokningar?utlysning=U2027&del=ansokningar",
        "ansokningar?utlysning=U2027&del=jav",
        "ansokningar?utlysning=U2026&del=rangordning",
        "ansokningar?utlysning=U2026&del=rangordning&rangordning=Grunder",
    ],
    "radsmote": [
        "radsmote",
        *(f"radsmote?utlysning=S2027&del={part}" for part in ("jamfor", "forslag", "motet", "beslut")),
        # Where the board has decided.
        *(f"radsmote?plan=2026&del={part}" for part in ("fordela", "jamfor", "motet", "beslut")),
    ],
}
EVERYWHERE = [*DEEP.values(), *(path for paths in MORE.values() for path in paths)]
#: Texts that no page shows to anybody.
NOWHERE = {
    "account.subject", "account.email", "alias.label", "import_layout.signature", "import_layout.name",
    "funder.note", "criterion.source", "project_link.source", "area.description", "output.source", "change.source",
    "follow_up_item.source",
    # What a member has said of an application is for that member only, and for the boxes where it was written.
    "score.comment",
}  # fmt: skip
#: Tables and fields whose texts are for some roles only.
WITHIN = {
    "member", "conflict", "score", "proposal.contact", "account", "alias", "import_layout", "batch.actor", "batch.note",
    "change.source", "scenario", "scenario_line", "meeting", "attendance", "recommendation",
}  # fmt: skip
HIDDEN = {
    Role.PUBLIC: WITHIN,
    Role.VIEWER: WITHIN,
    Role.MEMBER: {"account", "member.email", "proposal.contact"},
    Role.ADMIN: set[str](),
}
TEXTS = [(record.TABLE, field) for record in RECORDS for field in hostile.texts(record)]
TEXTS += [("batch", "actor"), ("batch", "note"), ("change", "source")]
TEXTS += [("entry", "condition"), ("entry", "source"), ("entry", "document")]


def ask(address: str, method: str = "GET", data: bytes | None = None, **headers: str) -> tuple[int, str]:
    """The status of an answer and what it says or where it leads, without going there."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args: object) -> None:
            return None

    request = urllib.request.Request(address, data, {k.replace("_", "-"): v for k, v in headers.items()}, method=method)
    try:
        answer = urllib.request.build_opener(Stay).open(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers.get("location") or answer.read().decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that anybody may read, with texts that are hostile."""
    folder, port = tmp_path_factory.mktemp("network"), free_port()
    database = folder / "fou.duckdb"
    hostile.fill(database)
    settings = settings_file(folder, f"http://127.0.0.1:{port}", {"entra": CLOSED}, public=True)
    with serving(ROOT / "app.py", database, folder / "log", port, FOU_SETTINGS=str(settings)) as running:
        yield running


@pytest.fixture(scope="module")
def cookies(server: Server) -> Callable[[Role], dict[str, str]]:
    """The cookies of somebody with the role."""

    @cache
    def give(role: Role) -> dict[str, str]:
        if role is Role.PUBLIC:
            return {}
        return identity(server.base, f"somebody-{role}", name=f"Någon {role}", groups=[GROUPS[role]])

    return give


@pytest.fixture(scope="module")
def shown(server: Server, cookies: Callable[[Role], dict[str, str]]) -> Callable[[Role, str], Seen]:
    """What a page sends to a role, when it is the first that is opened and all on it is opened."""

    @cache
    def open_all(role: Role, path: str) -> Seen:
        with tab(server.base, cookies(role)) as opened:
            return opened.open_all(path)

    return open_all


# --- What comes out: role × page × first deep link ----------------------------------------------------------


def test_each_page_has_a_deep_link_here() -> None:
    assert set(DEEP) == {listed.url for listed in TABLE}


@pytest.mark.parametrize("listed", TABLE, ids=lambda listed: listed.title)
@pytest.mark.parametrize("role", Role)
def test_a_first_deep_link_shows_the_page_to_those_who_may_open_it_and_to_nobody_else(
    shown: Callable[[Role, str], Seen], role: Role, listed: Listed
) -> None:
    seen = shown(role, DEEP[listed.url])
    assert seen.title == f"{listed.title} – Fou"
    assert ("Sidan är för " in seen.says()) is not may(Person("Någon", role), listed.action)
    assert "felnummer" not in seen.says()


@pytest.mark.parametrize("listed", TABLE, ids=lambda listed: listed.title)
@pytest.mark.parametrize("role", Role)
def test_a_page_sends_nothing_that_is_not_for_the_role(
    shown: Callable[[Role, str], Seen], role: Role, listed: Listed
) -> None:
    sent = b"".join(shown(role, path).content for path in [DEEP[listed.url], *MORE.get(listed.url, [])])
    hidden = [f"{t}.{f}" for t, f in TEXTS if {t, f"{t}.{f}"} & HIDDEN[role] and hostile.mark(t, f).encode() in sent]
    assert hidden == []


# --- What goes in: messages made by hand --------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """What stands in a database: the last batch, with the hash over it and all before it."""

    batches: int
    actor: str


def written(server: Server, folder: Path) -> Written:
    """What has been written so far, read in a copy: the server holds the file."""
    for file in server.database.parent.glob("fou.duckdb*"):
        if file.is_file():
            shutil.copy(file, folder / file.name)
    database = Database.open(folder / "fou.duckdb")
    with database.read() as reader:
        row = reader.row("SELECT id, actor FROM batch ORDER BY id DESC LIMIT 1")
    database.close()
    return Written(*row)


def filled_in(seen: Seen) -> list[WidgetState]:
    """All that can be filled in and pressed on a page, filled in and pressed."""
    states = []
    for element in seen.elements():
        kind = element.DESCRIPTOR.name
        if not getattr(element, "id", "") or element.id.endswith("logga-ut"):
            continue
        if kind in ("TextInput", "TextArea"):
            text = "mallory@kommun.example" if element.id.endswith("email") else "Mallory"
            states.append(WidgetState(id=element.id, string_value=text))
        elif kind == "Selectbox" and element.options and not element.HasField("default"):
            states.append(WidgetState(id=element.id, string_value=element.options[0]))
        elif kind == "Expandable" or kind == "Checkbox":
            states.append(WidgetState(id=element.id, bool_value=True))
        elif kind == "Button":
            states.append(WidgetState(id=element.id, trigger_value=True))
    return states


def test_what_an_administrator_writes_by_a_message_made_by_hand_is_written(
    server: Server, cookies: Callable[[Role], dict[str, str]], shown: Callable[[Role, str], Seen], tmp_path: Path
) -> None:
    before = written(server, tmp_path)
    with tab(server.base, cookies(Role.ADMIN)) as mine:
        states = filled_in(mine.open_all("administration"))
        mine.open("administration", *states)
    assert written(server, tmp_path) == Written(before.batches + 1, "Någon admin")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_the_same_message_from_anybody_else_writes_nothing(
    server: Server,
    cookies: Callable[[Role], dict[str, str]],
    shown: Callable[[Role, str], Seen],
    role: Role,
    tmp_path: Path,
) -> None:
    before = written(server, tmp_path)
    with tab(server.base, cookies(role)) as mine:
        for path in EVERYWHERE:
            mine.open(path, *filled_in(shown(Role.ADMIN, path)))
    assert written(server, tmp_path) == before


def test_a_tab_that_is_left_open_after_signing_out_writes_and_shows_nothing_more(
    server: Server, tmp_path: Path
) -> None:
    before = written(server, tmp_path)
    mine = identity(server.base, "leaves", name="Går hem", groups=[GROUPS["admin"]])
    with tab(server.base, mine) as left:
        states = filled_in(left.open_all("administration"))
        ask(server.base + "/auth/logout", Cookie="; ".join(f"{name}={value}" for name, value in mine.items()))
        seen = left.open("administration", *states)
    assert written(server, tmp_path) == before
    assert hostile.mark("member", "email").encode() not in seen.content


@pytest.mark.parametrize(
    "sent",
    [
        BackMsg(clear_cache=True),
        BackMsg(load_git_info=True),
        BackMsg(debug_disconnect_websocket=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(set_run_on_save=True),
        BackMsg(),
    ],
    ids=lambda sent: sent.WhichOneof("type") or "nothing",
)
def test_a_message_that_no_page_sends_stops_nobody(server: Server, sent: BackMsg) -> None:
    with tab(server.base) as hostile_one, tab(server.base) as other:
        hostile_one.connection.send(sent.SerializeToString())
        assert other.open("plan").title == "FoU-plan – Fou"


@pytest.mark.parametrize("sent", [b"\xff" * 100, "text", b""], ids=["not a message", "text", "empty"])
def test_what_is_not_a_message_stops_nobody_and_tells_nothing(server: Server, sent: bytes | str) -> None:
    with tab(server.base) as hostile_one, tab(server.base) as other:
        hostile_one.connection.send(sent)
        assert other.open("plan").title == "FoU-plan – Fou"


def test_a_session_is_not_taken_over_by_somebody_else_who_knows_its_number(
    server: Server, cookies: Callable[[Role], dict[str, str]]
) -> None:
    """A tab whose connection was lost comes back to its session; the cookies must be those it was opened with."""
    with tab(server.base, cookies(Role.ADMIN)) as mine:
        assert "Sidan är för handläggare." not in mine.open("administration").says()
        number = mine.session
    with tab(server.base, cookies(Role.VIEWER), session=number) as theirs:
        assert "Sidan är för handläggare." in theirs.open("administration").says()


@pytest.mark.parametrize("role", Role)
def test_a_file_is_taken_from_those_who_may_import_only(
    server: Server, cookies: Callable[[Role], dict[str, str]], role: Role
) -> None:
    token = generate_xsrf_token_string()
    sent = cookies(role) | {"_streamlit_xsrf": token}
    with tab(server.base, cookies(role)) as mine:
        mine.open("import")
        status, _ = ask(
            f"{server.base}/_stcore/upload_file/{mine.session}/a-file", "PUT",
            b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\n\r\na;b\r\n--x--\r\n',
            Cookie="; ".join(f"{name}={value}" for name, value in sent.items()), X_Xsrftoken=token,
            Content_Type="multipart/form-data; boundary=x",
        )  # fmt: skip
    assert status == (204 if may(Person("Någon", role), Action.IMPORT) else 403)


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/interact",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/plan/_stcore/agent/mcp",
    ],
)
def test_doors_that_no_page_needs_are_shut(server: Server, path: str) -> None:
    status, said = ask(server.base + path)
    assert status == 404 or "<noscript>" in said


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "127.0.0.1.elsewhere.example", "127.0.0.1@elsewhere.example", ""]
)
def test_another_host_name_is_not_answered(server: Server, host: str) -> None:
    status, said = ask(server.base, Host=host)
    assert (status, "Fou" in said) in ((421, False), (400, False))


@pytest.mark.parametrize("headers", [{"Origin": "http://elsewhere.example"}, {"Host": "elsewhere.example"}])
def test_a_page_elsewhere_cannot_talk_here(server: Server, headers: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused, tab(server.base, **headers):
        pass
    assert refused.value.response.status_code == 403


# --- Markup and script in every text there is ---------------------------------------------------------------

#: What has become an element although somebody wrote it as text.
BECOME_SOMETHING = """elsewhere => {
  const made = [".evil", "main script", "iframe:not([srcdoc])", "[onerror]", "[onload]", "[href^='javascript:' i]",
    `[href*='${elsewhere}']`, `[src*='${elsewhere}']`].flatMap((what) => [...document.querySelectorAll(what)]);
  const styled = [...document.querySelectorAll("strong, em, code, h1, h2, h3, .katex, [style*=background]")]
    .filter((element) => ["evil", "kod", "x"].includes(element.textContent.trim()));
  return [...made, ...styled].map((element) => element.outerHTML.slice(0, 200));
}"""


@pytest.fixture(scope="module")
def window(server: Server, cookies: Callable[[Role], dict[str, str]], browser: Browser) -> Iterator[Page]:
    """A window that an administrator has signed in by."""
    context = begin(browser)
    context.add_cookies([{"name": n, "value": v, "url": server.base} for n, v in cookies(Role.ADMIN).items()])
    yield context.new_page()
    context.close()


def watched(page: Page) -> list[str]:
    """A list that fills with what runs, or goes somewhere else, although it should be text."""
    heard = complaints(page)

    def ask_elsewhere(request: Request) -> None:
        if hostile.ELSEWHERE in request.url:
            heard.append(request.url)

    page.on("request", ask_elsewhere)
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    return heard


@pytest.mark.parametrize("path", EVERYWHERE)
def test_nothing_that_somebody_has_written_runs_or_becomes_more_than_text(
    server: Server, window: Page, path: str
) -> None:
    heard = watched(window)
    open_page(window, f"{server.base}/{path}")
    open_everything(window)
    assert "felnummer" not in window.get_by_test_id("stMain").inner_text()
    assert window.evaluate(BECOME_SOMETHING, hostile.ELSEWHERE) == []
    assert heard == []


def test_the_trap_springs_where_nothing_is_escaped(browser_page: Page) -> None:
    heard = watched(browser_page)
    browser_page.set_content(hostile.marked("a", "b", 0) + hostile.marked("a", "b", 1), wait_until="commit")
    browser_page.wait_for_function("document.querySelector('iframe')")
    assert len(browser_page.evaluate(BECOME_SOMETHING, hostile.ELSEWHERE)) > 3
    assert "3" in heard


def test_every_text_that_can_be_written_is_shown_on_one_of_these_pages(shown: Callable[[Role, str], Seen]) -> None:
    sent = b"".join(shown(Role.ADMIN, path).content for path in EVERYWHERE)
    missing = {f"{t}.{f}" for t, f in TEXTS if hostile.mark(t, f).encode() not in sent}
    assert missing == NOWHERE
