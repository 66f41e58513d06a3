"""Who may do what."""

from __future__ import annotations

import pytest

from fou.access import ACTION_NAMES, ALLOWED, ROLE_NAMES, Action, Person, Role, may, require
from fou.errors import Forbidden
from fou.model import ROLES

PEOPLE = {role: Person(f"En {name}", role) for role, name in ROLE_NAMES.items()}

#: The table once more, by what each role may beyond the one before: whoever changes what a role may, changes it here.
MORE = {
    Role.PUBLIC: {Action.READ, Action.EXPORT},
    Role.VIEWER: {Action.EXPORT_FREELY, Action.SIGN_IN},
    Role.MEMBER: {
        Action.SEE_HISTORY, Action.SEE_SCORES, Action.SEE_DRAFTS, Action.ASSESS, Action.OPEN_SCORES, Action.DECLARE,
        Action.TRY, Action.RECOMMEND,
    },
    Role.ADMIN: {
        Action.SEE_EMAIL, Action.SEE_PERSONAL_DATA, Action.SEE_LOG, Action.IMPORT, Action.EDIT, Action.DECIDE,
        Action.UNDO, Action.LOAD_DEMO, Action.BACKUP, Action.RESTORE, Action.MANAGE_MEMBERS, Action.WEED,
        Action.SEE_BALLOTS, Action.PLAN_MEETING,
    },
}  # fmt: skip
READING = {
    Action.READ, Action.EXPORT, Action.EXPORT_FREELY, Action.SEE_HISTORY, Action.SEE_SCORES, Action.SEE_DRAFTS,
    Action.SEE_EMAIL, Action.SEE_PERSONAL_DATA, Action.SEE_LOG, Action.SEE_BALLOTS,
}  # fmt: skip
#: What the public, readers and members may write: that their own account is theirs, and the council's own work.
OWN = {Action.SIGN_IN, Action.ASSESS, Action.OPEN_SCORES, Action.DECLARE, Action.TRY, Action.RECOMMEND}


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_what_the_table_says_and_no_more(role: Role, action: Action) -> None:
    roles = list(Role)
    expected = any(action in MORE[lower] for lower in roles[: roles.index(role) + 1])
    assert may(PEOPLE[role], action) == expected


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", list(Role))
def test_what_one_may_not_is_refused_with_what_to_do(role: Role, action: Action) -> None:
    if may(PEOPLE[role], action):
        assert require(PEOPLE[role], action) is None
        return
    said = "Logga in" if role is Role.PUBLIC else rf"^Som {ROLE_NAMES[role]} kan du inte göra detta\. Be en handläggare"
    with pytest.raises(Forbidden, match=said):
        require(PEOPLE[role], action)


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.VIEWER, Role.MEMBER])
def test_only_an_administrator_writes(role: Role) -> None:
    assert set(ACTION_NAMES) & ALLOWED[role] <= OWN


def test_the_public_binds_no_account() -> None:
    assert not may(PEOPLE[Role.PUBLIC], Action.SIGN_IN)


def test_every_action_either_reads_or_has_a_name_for_the_history() -> None:
    assert READING.isdisjoint(ACTION_NAMES)
    assert READING | set(ACTION_NAMES) == set(Action)


def test_every_role_is_given_its_actions_and_a_name() -> None:
    assert set(ALLOWED) == set(ROLE_NAMES) == set(Role)


def test_the_roles_are_those_that_a_person_in_the_list_can_be_given() -> None:
    given = {str(role): name for role, name in ROLE_NAMES.items() if role is not Role.PUBLIC}
    assert given | {"blocked": "spärrad"} == ROLES
