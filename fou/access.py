"""Who may do what: one table of roles and actions, asked by every write and by everything sensitive that is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fou.errors import Forbidden


class Role(StrEnum):
    """Allmänhet, läsare, ledamot, handläggare. Allmänhet is whoever reads without having signed in."""

    PUBLIC = "public"
    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"


ROLE_NAMES = {Role.PUBLIC: "allmänhet", Role.VIEWER: "läsare", Role.MEMBER: "ledamot", Role.ADMIN: "handläggare"}


class Action(StrEnum):
    """What a person may want to do. Each write names its action, and the batch keeps it as its kind."""

    READ = "read"
    EXPORT = "export"
    #: without the limits that the public has
    EXPORT_FREELY = "export_freely"
    SEE_HISTORY = "see_history"
    SEE_SCORES = "see_scores"
    #: the members' scores also before they are opened; services show an administrator only how many there are
    SEE_BALLOTS = "see_ballots"
    SEE_DRAFTS = "see_drafts"
    SEE_EMAIL = "see_email"
    SEE_PERSONAL_DATA = "see_personal_data"
    SEE_LOG = "see_log"
    #: that the account one signs in with is bound to one's place in the list of members
    SIGN_IN = "sign_in"
    IMPORT = "import"
    EDIT = "edit"
    DECIDE = "decide"
    #: score applications, as a member of the council
    ASSESS = "assess"
    #: let the members see each other's scores, as the chair of the council
    OPEN_SCORES = "open_scores"
    #: declare or dismiss a conflict of interest
    DECLARE = "declare"
    #: the council's meetings: when, with whom, which scenario is on the wall
    PLAN_MEETING = "plan_meeting"
    #: try amounts in a scenario: a member in their own, the chair and an administrator in the council's
    TRY = "try"
    #: freeze what the council recommends, as its chair
    RECOMMEND = "recommend"
    UNDO = "undo"
    LOAD_DEMO = "demo"
    BACKUP = "backup"
    RESTORE = "restore"
    MANAGE_MEMBERS = "members"
    WEED = "weed"


#: What the history calls the actions that write.
ACTION_NAMES = {
    Action.SIGN_IN: "inloggning",
    Action.IMPORT: "import",
    Action.EDIT: "ändring",
    Action.DECIDE: "beslut",
    Action.ASSESS: "bedömning",
    Action.OPEN_SCORES: "öppnade bedömningar",
    Action.DECLARE: "jäv",
    Action.PLAN_MEETING: "möte",
    Action.TRY: "scenario",
    Action.RECOMMEND: "rekommendation",
    Action.UNDO: "ångra",
    Action.LOAD_DEMO: "exempel",
    Action.BACKUP: "säkerhetskopia",
    Action.RESTORE: "återställning",
    Action.MANAGE_MEMBERS: "behörigheter",
    Action.WEED: "gallring",
}

#: The actions that write of people and their accounts only, and nothing that the pages show.
ABOUT_PEOPLE = (Action.SIGN_IN, Action.MANAGE_MEMBERS, Action.WEED)

_PUBLIC = frozenset({Action.READ, Action.EXPORT})
_VIEWER = _PUBLIC | {Action.EXPORT_FREELY, Action.SIGN_IN}
_MEMBER = _VIEWER | {
    Action.SEE_HISTORY, Action.SEE_SCORES, Action.SEE_DRAFTS, Action.ASSESS, Action.OPEN_SCORES, Action.DECLARE,
    Action.TRY, Action.RECOMMEND,
}  # fmt: skip
#: The table: what is not here is not allowed. Whoever may do more may do all that those below may.
ALLOWED: dict[Role, frozenset[Action]] = {
    Role.PUBLIC: _PUBLIC,
    Role.VIEWER: _VIEWER,
    Role.MEMBER: _MEMBER,
    Role.ADMIN: frozenset(Action),
}


@dataclass(frozen=True, slots=True)
class Person:
    """The acting person, however they signed in.

    ``member`` is the id of their record in the list of members, None for who has none. ``key`` is
    ``provider|subject`` for who signed in, empty in local mode, on the command line and for the public.
    """

    name: str
    role: Role
    member: int | None = None
    key: str = ""


def may(person: Person, action: Action) -> bool:
    """Whether the person's role allows the action."""
    return action in ALLOWED[person.role]


def require(person: Person, action: Action) -> None:
    """Raise Forbidden unless the person's role allows the action."""
    if may(person, action):
        return
    if person.role is Role.PUBLIC:
        raise Forbidden("Det här kräver att du är inloggad. Logga in och försök igen.")
    raise Forbidden(f"Som {ROLE_NAMES[person.role]} kan du inte göra detta. Be en handläggare om hjälp.")
