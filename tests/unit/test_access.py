"""Who may do what."""

from __future__ import annotations

import pytest

from fou.access import ACTION_NAMES, ALLOWED, ROLE_NAMES, Action, Person, Role, may, require
from fou.errors import Forbidden
from fou.model import ROLES

VIEWER = Person("Vera", Role.VIEWER)
MEMBER = Person("Leo", Role.MEMBER)
ADMIN = Person("Anna", Role.ADMIN)

WRITING = [
    Action.IMPORT, Action.EDIT, Action.DECIDE, Action.UNDO, Action.LOAD_DEMO, Action.BACKUP, Action.RESTORE,
]  # fmt: skip


@pytest.mark.parametrize("person", [VIEWER, MEMBER, ADMIN], ids=lambda person: person.role)
def test_everyone_may_read(person: Person) -> None:
    assert may(person, Action.READ)


@pytest.mark.parametrize("action", WRITING)
def test_a_viewer_may_write_nothing(action: Action) -> None:
    assert not may(VIEWER, action)


@pytest.mark.parametrize("action", WRITING)
def test_a_member_may_write_nothing(action: Action) -> None:
    assert not may(MEMBER, action)


@pytest.mark.parametrize("action", list(Action))
def test_an_admin_may_do_everything(action: Action) -> None:
    assert may(ADMIN, action)


@pytest.mark.parametrize("action", [Action.SEE_HISTORY, Action.SEE_SCORES])
def test_a_member_sees_what_a_viewer_does_not(action: Action) -> None:
    assert [may(person, action) for person in (VIEWER, MEMBER)] == [False, True]


def test_every_action_is_either_reading_or_writing() -> None:
    assert set(Action) == {Action.READ, Action.SEE_HISTORY, Action.SEE_SCORES, *WRITING}


def test_every_role_is_given_its_actions_and_a_name() -> None:
    assert set(ALLOWED) == set(ROLE_NAMES) == set(Role)


def test_the_roles_are_those_that_a_member_can_be_given() -> None:
    assert {str(role): name for role, name in ROLE_NAMES.items()} == ROLES


def test_every_writing_action_has_a_name_for_the_history() -> None:
    assert set(ACTION_NAMES) == set(WRITING)


def test_what_is_allowed_passes() -> None:
    assert require(ADMIN, Action.RESTORE) is None


def test_the_refusal_says_which_role_the_person_has() -> None:
    with pytest.raises(Forbidden, match=r"^Som läsare kan du inte göra detta\."):
        require(VIEWER, Action.EDIT)
