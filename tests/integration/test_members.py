"""The list of people: who may change it, what is refused, and that somebody who can administrate is always left."""

from __future__ import annotations

import pytest

from fou import members as service
from fou.access import Action, Person, Role
from fou.errors import Forbidden, Refused, SaveConflict
from fou.ledger import history, undo
from fou.members import Filled, Listed
from fou.model import Account, Member
from fou.store import Database
from fou.ui.head import about
from fou.ui.views.overview import day_before_latest

BERIT = Filled("Berit Lind", "berit@kommun.se", "member", "Skolan")
CARL = Filled("Carl Ek", "carl@kommun.se", "admin")


@pytest.fixture(autouse=True)
def people(database: Database, admin: Person) -> None:
    for filled in (BERIT, CARL):
        service.add(database, admin, filled)


def listed(database: Database, name: str) -> Listed:
    with database.read() as reader:
        found = service.members(reader, Person("Anna", Role.ADMIN))
    return next(one for one in found if one.member.name == name)


def give_account(database: Database, admin: Person, name: str) -> Account:
    with database.write(admin, Action.MANAGE_MEMBERS, "konto") as work:
        work.create(Account, provider="entra", subject="s", member=listed(database, name).member.id)
    return listed(database, name).accounts[0]


def test_somebody_is_added_in_a_batch_that_says_so(database: Database) -> None:
    assert listed(database, "Berit Lind").member == Member(1, "Berit Lind", "berit@kommun.se", "member", "Skolan")
    with database.read() as reader:
        batch = history(reader)[1]
    assert (batch.actor, batch.kind, batch.note) == ("Anna", "members", "Lade till Berit Lind som ledamot")


def test_a_change_of_role_is_told_as_one(database: Database, admin: Person) -> None:
    seen = listed(database, "Berit Lind").member
    service.change(database, admin, seen, Filled("Berit Lind", "berit@kommun.se", "viewer", "Skolan"))
    assert listed(database, "Berit Lind").member.role == "viewer"
    with database.read() as reader:
        assert history(reader)[0].note == "Ändrade rollen för Berit Lind från ledamot till läsare"


def test_what_is_filled_in_as_it_was_changes_nothing(database: Database, admin: Person) -> None:
    seen, version = listed(database, "Berit Lind").member, database.version
    assert (
        service.change(database, admin, seen, Filled(" Berit  Lind ", "berit@kommun.se ", "member", "Skolan")) is None
    )
    assert database.version == version


def test_who_is_blocked_stays_in_the_list(database: Database, admin: Person) -> None:
    service.block(database, admin, listed(database, "Berit Lind").member)
    assert listed(database, "Berit Lind").member.role == "blocked"


def test_a_change_can_be_undone(database: Database, admin: Person) -> None:
    batch = service.block(database, admin, listed(database, "Berit Lind").member)
    assert batch is not None
    undo(database, admin, batch)
    assert listed(database, "Berit Lind").member.role == "member"


def test_the_second_of_two_who_change_the_same_is_told(database: Database, admin: Person) -> None:
    seen = listed(database, "Berit Lind").member
    service.block(database, Person("Bo", Role.ADMIN), seen)
    with pytest.raises(SaveConflict, match="Bo har ändrat samma uppgift"):
        service.change(database, admin, seen, Filled("Berit Lind", "berit@kommun.se", "viewer"))
    assert listed(database, "Berit Lind").member.role == "blocked"


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        (Filled("  ", None, "member"), "Skriv ett namn"),
        (Filled("x" * 81, None, "member"), "högst 80 tecken"),
        (Filled("BERIT LIND", None, "member"), "Det finns redan en person som heter Berit Lind"),
        (Filled("Berit B", "BERIT@kommun.se", "member"), "Berit Lind har redan e-postadressen"),
        (Filled("Disa", "disa", "member"), "”disa” är ingen e-postadress"),
        (Filled("Disa", "di sa@kommun.se", "member"), "är ingen e-postadress"),
        (Filled("Disa", "d" * 200 + "@kommun.se", "member"), "högst 200 tecken"),
        (Filled("Disa", None, "kung"), "Välj en roll"),
    ],
)
def test_what_cannot_be_used_is_refused(database: Database, admin: Person, filled: Filled, said: str) -> None:
    version = database.version
    with pytest.raises(Refused, match=said):
        service.add(database, admin, filled)
    assert database.version == version


@pytest.mark.parametrize(
    "filled",
    [
        Filled("Carl Ek", "carl@kommun.se", "member"),
        Filled("Carl Ek", "carl@kommun.se", "blocked"),
        Filled("Carl Ek", None, "admin"),
    ],
)
def test_the_last_who_can_administrate_stays(database: Database, admin: Person, filled: Filled) -> None:
    seen = listed(database, "Carl Ek").member
    with pytest.raises(Refused, match="minst en handläggare som kan logga in"):
        service.change(database, admin, seen, filled)
    assert listed(database, "Carl Ek").member == seen


def test_with_another_administrator_the_first_may_go(database: Database, admin: Person) -> None:
    service.add(database, admin, Filled("Dora", "dora@kommun.se", "admin"))
    assert service.block(database, admin, listed(database, "Carl Ek").member)


def test_an_account_is_taken_away(database: Database, admin: Person) -> None:
    account = give_account(database, admin, "Berit Lind")
    service.remove_account(database, admin, account)
    assert listed(database, "Berit Lind").accounts == ()
    with pytest.raises(SaveConflict, match="redan borttaget"):
        service.remove_account(database, admin, account)


def test_the_last_way_in_of_the_last_administrator_stays(database: Database, admin: Person) -> None:
    account = give_account(database, admin, "Carl Ek")
    service.change(database, admin, listed(database, "Carl Ek").member, Filled("Carl Ek", None, "admin"))
    with pytest.raises(Refused, match="minst en handläggare som kan logga in"):
        service.remove_account(database, admin, account)


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.VIEWER, Role.MEMBER])
def test_nobody_else_changes_or_reads_the_list(database: Database, role: Role) -> None:
    person, seen = Person("Carl Ek", role, 2), listed(database, "Carl Ek").member
    acts = (
        lambda: service.add(database, person, Filled("Disa", None, "admin")),
        lambda: service.change(database, person, seen, Filled("Carl Ek", None, "admin")),
        lambda: service.block(database, person, seen),
        lambda: service.remove_account(database, person, Account(1, "entra", "s", 1, None)),
    )
    version = database.version
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    with database.read() as reader, pytest.raises(Forbidden):
        service.members(reader, person)
    assert database.version == version


def test_who_is_no_administrator_any_more_changes_nothing_from_an_old_page(database: Database, admin: Person) -> None:
    database.confirm = lambda person: Person(person.name, Role.VIEWER)
    with pytest.raises(Forbidden, match="Som läsare"):
        service.add(database, admin, Filled("Disa", None, "admin"))


def test_people_alone_are_nothing_to_show_or_to_compare_with(database: Database) -> None:
    with database.read() as reader:
        assert about(reader, 2026).empty
        assert day_before_latest(reader) is None
