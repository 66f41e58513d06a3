"""The settings file: what it may say, and what is said of what it may not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from fou.access import Role
from fou.errors import SettingsError
from fou.settings import LOCAL, Provider, read_settings, settings_from_environment

AUTH = {
    "redirect_uri": '"https://fou.kommun.se/oauth2callback"',
    "cookie_secret": '"0123456789abcdef0123456789abcdef"',
    "client_id": '"fou"',
    "client_secret": '"hemlig"',
    "server_metadata_url": '"https://login.kommun.se/.well-known/openid-configuration"',
}
FOU = {"allowed_hosts": '["fou.kommun.se"]'}
SHARED, ONE = dict(list(AUTH.items())[:2]), dict(list(AUTH.items())[2:])


def written(folder: Path, **sections: dict[str, str]) -> Path:
    """A settings file with these sections; `fou__roles` is [fou.roles]."""
    file = folder / "fou.toml"
    lines = [
        f"[{name.replace('__', '.')}]\n" + "\n".join(f"{key} = {value}" for key, value in section.items())
        for name, section in sections.items()
    ]
    file.write_text("\n".join(lines), "utf-8")
    return file


def test_without_a_settings_file_the_mode_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOU_SETTINGS", raising=False)
    assert settings_from_environment() is LOCAL
    assert (LOCAL.network, LOCAL.sign_in, LOCAL.public) == (False, False, False)


def test_the_least_that_turns_sign_in_on(tmp_path: Path) -> None:
    found = read_settings(written(tmp_path, auth=AUTH, fou=FOU))
    assert (found.network, found.sign_in, found.public, found.https) == (True, True, False, True)
    assert found.providers == (Provider("default"),)
    assert found.origin == "https://fou.kommun.se"
    assert (found.idle, found.absolute, found.max_sessions) == (timedelta(minutes=30), timedelta(hours=10), 200)
    assert (found.without_role, found.log) == ("refuse", "text")


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    found = read_settings(
        written(
            tmp_path,
            auth=SHARED,
            auth__entra=ONE | {"label": '"Kommunens konto"'},
            auth__keycloak=ONE | {"client_kwargs": '{ scope = "openid email" }'},
            fou={
                "public": "true", "allowed_hosts": '["FOU.kommun.se", "10.0.0.7"]', "first_admin": '"entra|abc"',
                "without_role": '"viewer"', "roles_claim": '"realm_access.roles"', "trust_email": '["entra"]',
                "idle_minutes": "15", "absolute_hours": "8", "max_sessions": "50", "log": '"json"',
                "templates": '"."',
            },
            fou__roles={'"FoU rådet"': '"member"', "administration": '"admin"'},
        )
    )  # fmt: skip
    assert found.providers == (Provider("entra", "Kommunens konto"), Provider("keycloak"))
    assert found.allowed_hosts == ("fou.kommun.se", "10.0.0.7")
    assert dict(found.roles) == {"FoU rådet": Role.MEMBER, "administration": Role.ADMIN}
    assert (found.first_admin, found.without_role, found.roles_claim) == ("entra|abc", "viewer", "realm_access.roles")
    assert (found.trust_email, found.idle, found.absolute) == (("entra",), timedelta(minutes=15), timedelta(hours=8))
    assert (found.public, found.max_sessions, found.log) == (True, 50, "json")
    assert found.templates.samefile(tmp_path)


def test_public_reading_needs_no_provider(tmp_path: Path) -> None:
    found = read_settings(written(tmp_path, fou=FOU | {"public": "true"}))
    assert (found.network, found.sign_in, found.public, found.origin) == (True, False, True, "")


def test_secrets_are_not_told_when_settings_are_shown(tmp_path: Path) -> None:
    found = read_settings(written(tmp_path, auth=AUTH, fou=FOU))
    assert "hemlig" not in repr(found)
    assert "0123456789" not in repr(found)


@pytest.mark.parametrize(
    ("auth", "fou", "said"),
    [
        ({}, {}, ["slår varken på inloggning eller läsning för allmänheten"]),
        (AUTH, {}, ["allowed_hosts", "[fou]", "saknas"]),
        (AUTH, {"allowed_hosts": '"fou.kommun.se"'}, ["allowed_hosts", "en lista"]),
        (AUTH, {"allowed_hosts": '["*"]'}, ["allowed_hosts", "inte ”*”"]),
        (AUTH, {"allowed_hosts": '["https://fou.kommun.se"]'}, ["allowed_hosts", "utan https://"]),
        (AUTH, {"allowed_hosts": '["annan.se"]'}, ["redirect_uri", "står i allowed_hosts"]),
        (AUTH, FOU | {"publik": "true"}, ["publik", "är okänt", "public"]),
        (AUTH, FOU | {"public": '"ja"'}, ["public", "true eller false"]),
        (AUTH, FOU | {"without_role": '"admin"'}, ["without_role", '"refuse" eller "viewer"']),
        (AUTH, FOU | {"idle_minutes": "0"}, ["idle_minutes", "från 1 till 1440"]),
        (AUTH, FOU | {"absolute_hours": "true"}, ["absolute_hours", "ett heltal"]),
        (AUTH, FOU | {"max_sessions": "1.5"}, ["max_sessions", "ett heltal"]),
        (AUTH, FOU | {"templates": '"finns-inte"'}, ["templates", "en mapp som finns"]),
        (AUTH, FOU | {"first_admin": '"anna"'}, ["first_admin", "en e-postadress"]),
        (AUTH, FOU | {"first_admin": '"annan|abc"'}, ["first_admin", "leverantör|subjekt"]),
        (AUTH, FOU | {"roles_claim": '"groups"'}, ["roles_claim", "[fou.roles]"]),
        (AUTH, FOU | {"roles": '{ a = "boss" }', "roles_claim": '"groups"'}, ["fou.roles", '"viewer" eller "member"']),
        (AUTH, FOU | {"trust_email": '["entra"]'}, ["trust_email", "default"]),
        (AUTH, FOU | {"log": "1"}, ["log", '"text" eller "json"']),
        (AUTH | {"cookie_secret": '"kort"'}, FOU, ["cookie_secret", "minst 32", "secrets.token_hex"]),
        (AUTH | {"cookie_secret": f'"{"a" * 40}"'}, FOU, ["cookie_secret", "slumpade"]),
        (SHARED, FOU, ["client_id", "[auth]", "saknas"]),
        (AUTH | {"client_secret": '""'}, FOU, ["client_secret"]),
        (AUTH | {"redirect_uri": '"http://fou.kommun.se/oauth2callback"'}, FOU, ["redirect_uri", "https://"]),
        (AUTH | {"redirect_uri": '"https://fou.kommun.se/"'}, FOU, ["redirect_uri", "/oauth2callback"]),
        (AUTH | {"redirect_uri": '"https://fou.kommun.se:x/oauth2callback"'}, FOU, ["redirect_uri"]),
        (AUTH | {"server_metadata_url": '"http://login.se/x"'}, FOU, ["server_metadata_url", "https://"]),
        (AUTH | {"clientid": '"x"'}, FOU, ["clientid", "är okänt", "client_id"]),
        (AUTH | {"Entra_ID": "{ }"}, FOU, ["[auth.Entra_ID]", "kan inte heta så"]),
        (AUTH | {"client_kwargs": '"x"'}, FOU, ["client_kwargs"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_section_and_what_to_write(
    tmp_path: Path, auth: dict[str, str], fou: dict[str, str], said: list[str]
) -> None:
    file = written(tmp_path, **({"auth": auth} if auth else {}), **({"fou": fou} if fou else {}))
    with pytest.raises(SettingsError) as error:
        read_settings(file)
    assert [words for words in (*said, str(file)) if words not in str(error.value)] == []
    assert "hemlig" not in str(error.value).replace("den hemlighet", "")


@pytest.mark.parametrize("content", [b"[auth", b"\xff\xfe", b"auth = 1", b"annat = 1"])
def test_a_file_that_is_no_settings_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "fou.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"fou\.toml"):
        read_settings(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOU_SETTINGS", str(tmp_path / "saknas.toml"))
    with pytest.raises(SettingsError, match="kan inte läsas"):
        settings_from_environment()
