"""Who may do what: one table of roles and actions, asked by every write."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fou.errors import Forbidden


class Role(StrEnum):
    """Läsare, ledamot, handläggare."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"


ROLE_NAMES = {Role.VIEWER: "läsare", Role.MEMBER: "ledamot", Role.ADMIN: "handläggare"}


class Action(StrEnum):
    """What a person may want to do. Each write names its action, and the batch keeps it as its kind."""

    READ = "read"
    SEE_HISTORY = "see_history"
    SEE_SCORES = "see_scores"
    IMPORT = "import"
    EDIT = "edit"
    DECIDE = "decide"
    UNDO = "undo"
    LOAD_DEMO = "demo"
    BACKUP = "backup"
    RESTORE = "restore"


ACTION_NAMES = {
    Action.IMPORT: "import",
    Action.EDIT: "ändring",
    Action.DECIDE: "beslut",
    Action.UNDO: "ångra",
    Action.LOAD_DEMO: "exempel",
    Action.BACKUP: "säkerhetskopia",
    Action.RESTORE: "återställning",
}

_READING = frozenset({Action.READ})
ALLOWED: dict[Role, frozenset[Action]] = {
    Role.VIEWER: _READING,
    Role.MEMBER: _READING | {Action.SEE_HISTORY, Action.SEE_SCORES},
    Role.ADMIN: frozenset(Action),
}


@dataclass(frozen=True, slots=True)
class Person:
    """The acting person, however they signed in."""

    name: str
    role: Role


def may(person: Person, action: Action) -> bool:
    """Whether the person's role allows the action."""
    return action in ALLOWED[person.role]


def require(person: Person, action: Action) -> None:
    """Raise Forbidden unless the person's role allows the action."""
    if not may(person, action):
        raise Forbidden(f"Som {ROLE_NAMES[person.role]} kan du inte göra detta. Be en handläggare om hjälp.")
