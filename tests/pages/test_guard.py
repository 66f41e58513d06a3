"""Who may open which page, by the table of pages, when people come from a network: every role, on a first deep link."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from fou import members
from fou.access import ALLOWED, Action, Person, Role
from fou.errors import Forbidden
from fou.model import Account, Member
from fou.ui import head, pages, state, who
from tests.pages.conftest import MAIN, Visit

SETTINGS = """
[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "fou"
client_secret = "hemlig"
server_metadata_url = "http://localhost:9000/.well-known/openid-configuration"
[fou]
public = {public}
allowed_hosts = ["localhost"]
roles_claim = "groups"
[fou.roles]
v = "viewer"
m = "member"
a = "admin"
"""
GROUPS = {Role.VIEWER: ["v"], Role.MEMBER: ["m"], Role.ADMIN: ["a"]}
REFUSED = "Sidan är för "
ROWS = pytest.mark.parametrize("listed", pages.TABLE, ids=lambda listed: listed.title)


def row(title: str) -> pages.Listed:
    return next(listed for listed in pages.TABLE if listed.title == title)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[bool], None]:
    """Run the pages as for people from a network; `network(True)`: with reading for the public."""

    def switch_on(public: bool = False) -> None:
        file = tmp_path / f"fou-{public}.toml"
        file.write_text(SETTINGS.format(public=str(public).lower()), "utf-8")
        monkeypatch.setenv("FOU_SETTINGS", str(file))

    return switch_on


@pytest.fixture
def example_to_write_in(use: Callable[[str], None]) -> None:
    """A copy of the example: sign-ins and refusals are written into the log of events."""
    use("example")


def claims(name: str = "Eva", **more: Any) -> dict[str, Any]:
    """What somebody has signed in with just now."""
    own = {"fou_session": uuid.uuid4().hex, "fou_signed_in": time.time(), "provider": "default", "is_logged_in": True}
    return {"sub": name.lower(), "name": name, **own, **more}


def open_as(user: dict[str, Any] | None, listed: pages.Listed = pages.TABLE[0]) -> AppTest:
    """The page as the first thing that somebody opens."""
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.user = user or {}
    if listed.url:
        at._registered_pages = _addresses()
        at.switch_page(str(listed.path))
    return at.run()


_found: dict[Any, Any] = {}


def _addresses() -> dict[Any, Any]:
    if not _found:
        _found.update(AppTest.from_file(str(MAIN), default_timeout=60).run()._registered_pages)
    return dict(_found)


def texts(at: AppTest) -> str:
    return Visit(at).text


def test_every_page_that_lies_there_has_a_row_in_the_table() -> None:
    assert sorted(pages.PAGES.glob("*.py")) == sorted(listed.path for listed in pages.TABLE)


@pytest.mark.usefixtures("example")
@ROWS
@pytest.mark.parametrize("role", list(Role))
def test_a_page_opens_for_those_who_may_do_what_its_row_says_and_for_nobody_else(
    network: Callable[[bool], None], role: Role, listed: pages.Listed
) -> None:
    network(role is Role.PUBLIC)
    at = open_as(claims(groups=GROUPS[role]) if role in GROUPS else None, listed)
    assert not at.exception
    assert any(REFUSED in warning.value for warning in at.warning) == (listed.action not in ALLOWED[role])
    assert listed.title in at.title[0].value or listed.action in ALLOWED[role]


@pytest.mark.usefixtures("example")
@ROWS
def test_who_has_not_signed_in_sees_nothing_of_any_page(network: Callable[[bool], None], listed: pages.Listed) -> None:
    network(False)
    at = open_as(None, listed)
    assert ([title.value for title in at.title], [button.label for button in at.button]) == (["Fou"], ["Logga in"])
    assert [*at.selectbox, *at.caption, *at.get("page_link"), *at.get("plotly_chart")] == []


@pytest.mark.usefixtures("example_to_write_in")
@pytest.mark.parametrize("listed", [row("Översikt"), row("Administration")], ids=lambda listed: listed.title)
@pytest.mark.parametrize(
    ("user", "says"),
    [
        (claims(groups=[]), "har ingen roll i Fou"),
        (claims(groups=["a"], fou_signed_in=time.time() - 11 * 3600), "Din session har gått ut. Logga in igen."),
        (claims(groups=["a"], provider="annan"), "är inte påslagen längre"),
    ],
    ids=["no role", "too long ago", "unknown provider"],
)
def test_who_is_not_let_in_is_told_why_and_sees_nothing_of_any_page(
    network: Callable[[bool], None], listed: pages.Listed, user: dict[str, Any], says: str
) -> None:
    network(True)
    at = open_as(user, listed)
    assert says in texts(at)
    assert ([title.value for title in at.title], [*at.selectbox, *at.caption]) == (["Fou"], [])


@pytest.mark.usefixtures("example")
def test_in_network_mode_nobody_chooses_who_they_are(network: Callable[[bool], None]) -> None:
    network(True)
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.session_state["jag"] = "Handläggare"
    at._registered_pages = _addresses()
    at.switch_page(str(pages.IMPORT))
    at.run()
    assert REFUSED in at.warning[0].value
    assert "Jag är" not in [choice.label for choice in at.selectbox]


@pytest.mark.usefixtures("example")
def test_a_name_with_markup_is_shown_as_text(network: Callable[[bool], None]) -> None:
    network(False)
    at = open_as(claims("<b>Eva</b> **A** [x](http://x)", groups=["v"]))
    at.session_state["inloggad"] = True
    at.run()
    said = next(text.value for text in at.markdown if "inloggad som" in text.value)
    assert r"\<b\>Eva" in said
    assert r"\*\*A\*\*" in said
    assert r"\[x\]\(" in said


@pytest.mark.usefixtures("example")
def test_the_address_tells_once_how_a_sign_in_went_and_nothing_but_what_is_known(
    network: Callable[[bool], None],
) -> None:
    network(False)
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params.update({"inloggning": "onabar", "felnummer": "A1B2C3"})
    at.run()
    assert "svarar inte just nu" in at.error[0].value
    assert "A1B2C3" in at.error[0].value
    assert list(at.run().error) == []
    at.query_params.update({"inloggning": "**hej**", "felnummer": "[x](http://x)"})
    assert [*at.run().error, *at.info] == []


@pytest.mark.usefixtures("example_to_write_in")
def test_a_role_that_is_taken_away_is_gone_at_the_next_click(network: Callable[[bool], None]) -> None:
    network(False)
    who.signed_in(claims("Anna", groups=["a"]))
    anna, database = Person("Anna", Role.ADMIN, None, "default|anna"), state.database()
    members.add(database, anna, members.Filled("Eva Nyman", "eva@kommun.example", "admin", None))
    eva = claims(email="eva@kommun.example", email_verified=True)
    at = open_as(eva, row("Import"))
    assert [*at.warning] == []
    with database.read() as reader:
        [account] = reader.records(Account)
        [member] = reader.records(Member, "WHERE id = $id", id=account.member)
    assert (account.subject, member.name) == ("eva", "Eva Nyman")
    stale = who.recognised(eva)
    assert stale is not None
    members.change(database, anna, member, members.Filled(member.name, member.email, "member", None))
    assert REFUSED in at.run().warning[0].value
    with pytest.raises(Forbidden), database.write(stale, Action.EDIT, "Smugglade"):
        pass
    members.block(database, anna, replace(member, role="member"))
    assert "spärrad" in texts(at.run())


@pytest.mark.usefixtures("example_to_write_in")
def test_a_write_or_read_outside_a_run_asks_for_the_role_of_now(network: Callable[[bool], None]) -> None:
    network(False)
    user = claims(groups=["a"])
    who.signed_in(user)
    shown_to = Person("Eva", Role.ADMIN, None, "default|eva")
    assert who.now(shown_to) == shown_to
    with pytest.raises(Forbidden, match="inte inloggad"):
        who.now(Person("Någon", Role.ADMIN, None, "default|nagon"))
    view = head.View(2025, "alla", "kr", None, None, shown_to)
    assert view.may(Action.EDIT)
    who.signed_out(user)
    with pytest.raises(Forbidden, match="gått ut"):
        who.now(shown_to)
    with pytest.raises(Forbidden, match="gått ut"):  # a part of the page that runs by itself
        view.read(head.about, 2025)


@pytest.mark.usefixtures("example")
def test_each_write_in_the_server_asks_who_it_is(network: Callable[[bool], None]) -> None:
    network(False)
    assert state.database().confirm is who.now


def test_local_mode_believes_what_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOU_SETTINGS", raising=False)
    person = Person("Anna", Role.ADMIN)
    assert who.now(person) is person
