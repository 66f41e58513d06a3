"""Who a signed-in person is: every way to a role, every refusal, and how long a session lasts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from fou.access import Action, Person, Role
from fou.errors import Refused
from fou.identity import (
    ENDED,
    SESSION,
    SIGNED_IN,
    Reason,
    Recognised,
    Refusal,
    Sessions,
    bind_account,
    clean_text,
    ended_sessions,
    recognise,
    same_address,
)
from fou.ledger import history
from fou.model import Account, EventKind, Member
from fou.settings import Provider, Settings
from fou.store import Database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADMIN = Person("Anna", Role.ADMIN)
SETTINGS = Settings(
    file=Path("fou.toml"),
    providers=(Provider("entra"), Provider("keycloak")),
    first_admin="forst@kommun.se",
    roles_claim="groups",
    roles={"fou-admin": Role.ADMIN, "fou-rad": Role.MEMBER, "alla": Role.VIEWER},
    trust_email=("entra",),
)
#: In the list: name, address, role.
PEOPLE = (
    ("Berit Lind", "berit@kommun.se", "member"),
    ("Carl Ek", "carl@kommun.se", "admin"),
    ("Doris Ål", "doris@kommun.se", "blocked"),
    ("Erik Ett", "samma@kommun.se", "member"),
    ("Erik Två", "samma@kommun.se", "admin"),
    ("Lena Läs", "lena@kommun.se", "viewer"),
)


def claims(sub: str = "nytt", provider: str = "keycloak", **others: object) -> dict[str, object]:
    return {"provider": provider, "sub": sub, "name": "Någon", "iat": NOW.timestamp(), "is_logged_in": True} | others


def verified(email: str, **others: object) -> dict[str, object]:
    return claims(email=email, email_verified=True, **others)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "fou.duckdb"
    database = Database.open(path)
    with database.write(ADMIN, Action.EDIT, "personer") as work:
        for name, email, role in PEOPLE:
            number = work.create(Member, name=name, email=email, role=role)
            if name.startswith(("Carl", "Doris")):
                work.create(Account, provider="keycloak", subject=f"konto-{name}", member=number, email=email)
    database.close()
    return path


@pytest.fixture
def database(filled: Path, tmp_path: Path) -> Iterator[Database]:
    path = Path(shutil.copy(filled, tmp_path / "fou.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    yield database
    database.close()


@pytest.fixture(scope="module")
def looked_at(filled: Path) -> Iterator[Database]:
    """The same, for tests that write nothing."""
    database = Database(filled, duckdb.connect(str(filled)))
    yield database
    database.close()


def who(database: Database, said: dict[str, object], settings: Settings = SETTINGS) -> Recognised | Refusal:
    with database.read() as reader:
        return recognise(reader, settings, said, NOW)


def role_of(database: Database, said: dict[str, object], settings: Settings = SETTINGS) -> Role | Reason:
    found = who(database, said, settings)
    return found.person.role if isinstance(found, Recognised) else found.reason


# --- The ways to a role -------------------------------------------------------------------------------------


def test_an_account_that_is_bound_is_its_member_whatever_else_it_says(looked_at: Database) -> None:
    found = who(looked_at, claims("konto-Carl Ek", name="Kalle", email="lena@kommun.se", email_verified=True))
    assert found == Recognised(Person("Carl Ek", Role.ADMIN, 2, "keycloak|konto-Carl Ek"))


def test_the_same_subject_at_another_provider_is_somebody_else(looked_at: Database) -> None:
    assert role_of(looked_at, claims("konto-Carl Ek", provider="entra")) is Reason.NO_ROLE


def test_a_verified_address_in_the_list_is_its_member_and_the_account_is_to_be_bound(looked_at: Database) -> None:
    found = who(looked_at, verified("Berit@Kommun.se"))
    bind = Account(0, "keycloak", "nytt", 1, "Berit@Kommun.se")
    assert found == Recognised(Person("Berit Lind", Role.MEMBER, 1, "keycloak|nytt"), bind)


def test_the_list_outweighs_the_claim(looked_at: Database) -> None:
    assert role_of(looked_at, verified("lena@kommun.se", groups=["fou-admin"])) is Role.VIEWER


@pytest.mark.parametrize("said", [False, "false", "ja", 1, None, [True]])
def test_an_address_that_is_not_verified_is_nobodys(looked_at: Database, said: object) -> None:
    assert role_of(looked_at, claims(email="carl@kommun.se", email_verified=said)) is Reason.UNVERIFIED


def test_a_missing_word_on_verification_counts_only_where_the_settings_trust_the_provider(
    looked_at: Database,
) -> None:
    said = claims(email="berit@kommun.se", provider="entra")
    assert role_of(looked_at, said) is Role.MEMBER
    assert role_of(looked_at, said, replace(SETTINGS, trust_email=())) is Reason.UNVERIFIED
    assert role_of(looked_at, said | {"email_verified": False}) is Reason.UNVERIFIED


def test_the_first_administrator_of_the_settings_is_one_without_being_in_the_list(looked_at: Database) -> None:
    assert role_of(looked_at, verified("forst@kommun.se")) is Role.ADMIN
    assert role_of(looked_at, claims(email="forst@kommun.se")) is Reason.UNVERIFIED
    by_subject = replace(SETTINGS, first_admin="keycloak|nytt")
    assert role_of(looked_at, claims(), by_subject) is Role.ADMIN
    assert role_of(looked_at, claims(provider="entra"), by_subject) is Reason.NO_ROLE


def test_the_first_administrator_is_not_kept_out_by_a_lower_role_in_the_list(
    looked_at: Database, database: Database
) -> None:
    first = replace(SETTINGS, first_admin="berit@kommun.se")
    # Carl has an account, so that there is somebody to ask.
    assert role_of(looked_at, verified("berit@kommun.se"), first) is Role.MEMBER
    with database.write(ADMIN, Action.EDIT, "utan konto") as work:
        accounts = work.records(Account)
        work.remove_many(
            Account, [{"id": a.id, "provider": a.provider, "subject": a.subject, "member": a.member, "email": a.email}
                      for a in accounts],
        )  # fmt: skip
    assert role_of(database, verified("berit@kommun.se"), first) is Role.ADMIN


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ("fou-rad", Role.MEMBER),
        (["alla", "fou-admin", "fou-rad"], Role.ADMIN),
        (("alla",), Role.VIEWER),
        (["Fou-Admin"], Reason.NO_ROLE),
        ({"fou-admin": True}, Reason.NO_ROLE),
        ([["fou-admin"]], Reason.NO_ROLE),
        (None, Reason.NO_ROLE),
    ],
)
def test_a_claim_gives_the_highest_role_that_the_settings_say(
    looked_at: Database, groups: object, role: Role | Reason
) -> None:
    assert role_of(looked_at, claims(groups=groups)) is role


def test_roles_are_found_inside_a_claim_as_well(looked_at: Database) -> None:
    inside = replace(SETTINGS, roles_claim="realm_access.roles")
    assert role_of(looked_at, claims(realm_access={"roles": ["fou-rad"]}), inside) is Role.MEMBER
    assert role_of(looked_at, claims(realm_access="roles"), inside) is Reason.NO_ROLE


def test_who_has_no_role_is_a_reader_where_the_settings_say_so(looked_at: Database) -> None:
    assert role_of(looked_at, claims(), replace(SETTINGS, without_role="viewer")) is Role.VIEWER


def test_a_stranger_by_a_members_name_is_told_apart_in_the_history(looked_at: Database) -> None:
    found = who(looked_at, claims(name="carl ek", groups="fou-admin"))
    assert isinstance(found, Recognised)
    assert found.person.name == "carl ek (nytt)"


def test_a_name_from_a_claim_is_only_text(looked_at: Database) -> None:
    name = "<b>Åsa</b>\u202e\u0000 \n [x](javascript:1)" + "x" * 500
    found = who(looked_at, claims(name=name, groups="alla"))
    assert isinstance(found, Recognised)
    assert found.person.name.startswith("<b>Åsa</b> [x](javascript:1)x")
    assert len(found.person.name) == 80


# --- Every refusal ------------------------------------------------------------------------------------------

REFUSED = {
    Reason.INCOMPLETE: (claims(""), "Inloggningstjänsten sa inte vem du är. Logga in igen."),
    Reason.UNKNOWN_PROVIDER: (claims(provider="gammal"), "är inte påslagen längre. Logga ut och logga in igen."),
    Reason.CLOCK: (claims(iat=NOW.timestamp() + 301), "går olika. Logga in igen om en stund."),
    Reason.BLOCKED: (claims("konto-Doris Ål", groups="fou-admin"), "Du är spärrad i Fou. Kontakta en handläggare"),
    Reason.TAKEN: (verified("carl@kommun.se"), "be en handläggare ta bort det gamla kontot under Personer och roller"),
    Reason.SHARED: (verified("samma@kommun.se"), "Be en handläggare rätta adresserna under Personer och roller."),
    Reason.UNVERIFIED: (claims(email="x@kommun.se"), "har inte bekräftat din e-postadress. Bekräfta adressen där"),
    Reason.NO_ROLE: (claims(), "Du är inloggad som Någon men har ingen roll i Fou. Be en handläggare lägga till dig."),
}


def test_every_refusal_is_tried() -> None:
    assert set(REFUSED) == set(Reason)


@pytest.mark.parametrize("reason", list(REFUSED))
def test_a_refusal_says_what_to_do(looked_at: Database, reason: Reason) -> None:
    said, text = REFUSED[reason]
    found = who(looked_at, said)
    assert isinstance(found, Refusal)
    assert found.reason is reason
    assert text in found.text


@pytest.mark.parametrize("said", [verified("DORIS@kommun.se"), claims(email="doris@kommun.se", groups="fou-admin")])
def test_who_is_blocked_is_refused_by_address_too(looked_at: Database, said: dict[str, object]) -> None:
    assert role_of(looked_at, said, replace(SETTINGS, without_role="viewer")) is Reason.BLOCKED


@pytest.mark.parametrize("sub", [None, 7, "", " ", "a\nb", "x" * 256])
def test_a_subject_that_is_none_is_nobody(looked_at: Database, sub: object) -> None:
    assert role_of(looked_at, claims() | {"sub": sub, "groups": "fou-admin"}) is Reason.INCOMPLETE


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["entra", "keycloak", "konto-Carl Ek", "konto-Doris Ål", "fou-admin", "fou-rad", "alla", "true"])
    | st.sampled_from([email for _, email, _ in PEOPLE]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
_CLAIMS = st.dictionaries(
    st.sampled_from(["provider", "sub", "email", "email_verified", "name", "iat", "groups", SESSION, SIGNED_IN]),
    _VALUES,
)


def _most(said: dict[str, object]) -> set[Role]:
    """The roles that the rules can give for these claims, worked out by the words of the rules."""
    allowed = set()
    groups = said.get("groups")
    values = groups if isinstance(groups, list) else [groups]
    allowed |= {SETTINGS.roles[value] for value in values if isinstance(value, str) and value in SETTINGS.roles}
    if said.get("provider") == "keycloak" and said.get("sub") == "konto-Carl Ek":
        allowed.add(Role.ADMIN)
    trusted = said.get("email_verified") in (True, "true") or (
        said.get("email_verified") is None and said.get("provider") == "entra"
    )
    if trusted:
        allowed |= {Role(role) for _, email, role in PEOPLE if email == said.get("email") and role in set(Role)}
    return allowed


@rules(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extra=_CLAIMS)
def test_whatever_the_claims_hold_nobody_gets_a_role_above_what_the_rules_say(
    looked_at: Database, extra: dict[str, object]
) -> None:
    said = claims() | extra
    found = who(looked_at, said)
    if isinstance(found, Recognised):
        assert found.person.role in _most(said)
        assert found.person.key == f"{said['provider']}|{said['sub']}"
    else:
        assert found.text
    Sessions(SETTINGS).use(said, NOW)


# --- Binding an account -------------------------------------------------------------------------------------


def test_a_bound_account_is_known_when_the_address_has_changed(database: Database) -> None:
    found = who(database, verified("berit@kommun.se"))
    assert isinstance(found, Recognised)
    assert bind_account(database, found) == replace(found, bind=None)
    assert role_of(database, claims(email="annan@kommun.se")) is Role.MEMBER
    with database.read() as reader:
        latest = history(reader)[0]
    assert (latest.actor, latest.kind, latest.note) == (
        "Berit Lind", "sign_in", "Knöt ett inloggningskonto till Berit Lind",
    )  # fmt: skip


def test_of_two_accounts_with_one_address_the_second_is_refused(database: Database) -> None:
    first, second = (who(database, verified("berit@kommun.se", sub=sub)) for sub in ("ett", "två"))
    assert isinstance(first, Recognised)
    assert isinstance(second, Recognised)
    bind_account(database, first)
    assert role_of(database, verified("berit@kommun.se", sub="två")) is Reason.TAKEN
    with pytest.raises(Refused, match="Ett annat konto med samma e-postadress"):
        bind_account(database, second)


def test_an_account_is_bound_once(database: Database) -> None:
    found = who(database, verified("berit@kommun.se"))
    assert isinstance(found, Recognised)
    bind_account(database, found)
    version = database.version
    bind_account(database, found)
    assert database.version == version


def test_a_member_may_have_one_account_at_each_provider(database: Database) -> None:
    assert role_of(database, verified("carl@kommun.se", provider="entra")) is Role.ADMIN


# --- Sessions -----------------------------------------------------------------------------------------------


def after(**time: float) -> datetime:
    return NOW + timedelta(**time)


def test_a_session_lasts_while_it_is_used() -> None:
    sessions, said = Sessions(SETTINGS), claims()
    assert [sessions.use(said, after(minutes=29 * n)) for n in range(1, 5)] == [None] * 4


def test_a_session_that_is_not_used_goes_out_and_does_not_come_back() -> None:
    sessions, said = Sessions(SETTINGS), claims()
    assert sessions.use(said, after(minutes=10)) is None
    assert sessions.use(said, after(minutes=41)) == ENDED
    assert sessions.use(said, after(minutes=11)) == ENDED


def test_looking_whether_a_session_lasts_is_no_use_of_it() -> None:
    sessions, said = Sessions(SETTINGS), claims()
    assert sessions.alive(said, after(minutes=29))
    assert not sessions.alive(said, after(minutes=31))


def test_no_session_lasts_longer_than_the_settings_say() -> None:
    sessions, said = Sessions(SETTINGS), claims()
    used = [sessions.use(said, after(minutes=20 * n)) for n in range(1, 32)]
    assert used == [None] * 30 + [ENDED]


def test_who_has_signed_out_cannot_use_the_cookie_again() -> None:
    sessions, said = Sessions(SETTINGS), claims()
    sessions.end(said, after(minutes=1))
    assert not sessions.alive(said, after(minutes=1))
    assert sessions.use(claims("annan"), after(minutes=1)) is None


def test_after_a_restart_who_signed_in_long_ago_signs_in_again() -> None:
    said = claims()
    assert Sessions(SETTINGS).use(said, after(minutes=29)) is None
    assert Sessions(SETTINGS).use(said, after(minutes=31)) == ENDED


def test_after_a_restart_who_signed_out_is_still_out(database: Database) -> None:
    said = claims() | {SESSION: "abc123", SIGNED_IN: datetime.now(UTC).timestamp()}
    database.log(EventKind.SIGNED_OUT, "Berit Lind", "session abc123")
    with database.read() as reader:
        ended = ended_sessions(reader, SETTINGS, datetime.now(UTC))
    assert not Sessions(SETTINGS, ended).alive(said, datetime.now(UTC))
    assert Sessions(SETTINGS).alive(said, datetime.now(UTC))


@pytest.mark.parametrize("begun", [None, "nu", True, float("nan"), float("inf"), 10**20, NOW.timestamp() + 301])
def test_a_session_whose_beginning_is_not_known_is_none(begun: object) -> None:
    assert Sessions(SETTINGS).use(claims(iat=begun), NOW) == ENDED


# --- Texts --------------------------------------------------------------------------------------------------


@given(st.text(), st.integers(1, 20))
def test_a_cleaned_text_is_short_and_on_one_line(text: str, longest: int) -> None:
    clean = clean_text(text, longest)
    assert len(clean) <= longest
    assert clean.isprintable()
    assert clean_text(clean, longest) == clean


def test_only_upper_and_lower_case_may_differ_in_an_address() -> None:
    assert same_address("Anna@Kommun.SE ", "anna@kommun.se")
    assert not same_address("\u212aarl@kommun.se", "karl@kommun.se")
    assert not same_address(None, None)
