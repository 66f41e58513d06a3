"""The people who act in Fou: who they are, what they may do, and the accounts that they sign in with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from fou.access import Action, Person, require
from fou.conflicts import propose_of
from fou.errors import Refused, SaveConflict
from fou.identity import LONGEST_NAME, clean_text, same_address
from fou.model import ROLES, Account, Member, as_dict
from fou.store import Database, Reader, Work

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in the list, with the accounts that are bound to them."""

    member: Member
    accounts: tuple[Account, ...]

    @property
    def can_administrate(self) -> bool:
        """Whether they are an administrator who has something to sign in with."""
        return self.member.role == "admin" and bool(self.accounts or self.member.email)


@dataclass(frozen=True, slots=True)
class Filled:
    """What is filled in about somebody. ``role`` is a key of ROLES."""

    name: str
    email: str | None
    role: str
    unit: str | None = None


def members(reader: Reader, person: Person) -> tuple[Listed, ...]:
    """Everybody in the list, in Swedish order of names. Raises Forbidden for those who may not manage it."""
    require(person, Action.MANAGE_MEMBERS)
    return _listed(reader)


def add(database: Database, person: Person, filled: Filled) -> int:
    """Add somebody to the list; return the batch. Raises Refused when what is filled in cannot be used.

    A member of the council whose unit takes part in an application under assessment is proposed as in conflict there.
    """
    require(person, Action.MANAGE_MEMBERS)
    clean = _clean(filled)
    with database.write(person, Action.MANAGE_MEMBERS, f"Lade till {clean.name} som {ROLES[clean.role]}") as work:
        _refuse_doubles(work, clean, None)
        number = work.create(
            Member, "Personer och roller", name=clean.name, email=clean.email, role=clean.role, unit=clean.unit
        )
        _propose_conflicts(work, number)
        return work.batch


def change(database: Database, person: Person, seen: Member, filled: Filled) -> int | None:
    """Change what is known of somebody, or their role; return the batch, None when nothing differs.

    Raises SaveConflict when somebody else has changed the same since ``seen`` was read, Refused when what is filled
    in cannot be used, or when nobody would be left who can administrate. Conflicts of interest are proposed as when
    somebody is added.
    """
    require(person, Action.MANAGE_MEMBERS)
    clean = _clean(filled)
    values = {"name": clean.name, "email": clean.email, "role": clean.role, "unit": clean.unit}
    changed = {name: value for name, value in values.items() if value != getattr(seen, name)}
    note = (
        f"Ändrade rollen för {clean.name} från {ROLES.get(seen.role, seen.role)} till {ROLES[clean.role]}"
        if "role" in changed
        else f"Ändrade uppgifterna om {clean.name}"
    )
    with database.write(person, Action.MANAGE_MEMBERS, note) as work:
        before = _listed(work)
        _refuse_doubles(work, clean, seen.id)
        found = work.update(
            Member, seen.id, changed, {name: getattr(seen, name) for name in changed}, "Personer och roller"
        )
        _refuse_nobody_left(before, work)
        if found and not changed.keys().isdisjoint(("role", "unit")):
            _propose_conflicts(work, seen.id)
        return work.batch if found else None


def block(database: Database, person: Person, seen: Member) -> int | None:
    """Refuse somebody whatever their account says, from their next click; see ``change``."""
    require(person, Action.MANAGE_MEMBERS)
    return change(database, person, seen, Filled(seen.name, seen.email, "blocked", seen.unit))


def set_chair(database: Database, person: Person, seen: Member, chair: bool) -> int | None:
    """Let a member of the council be its chair, or no longer; return the batch, None when it already is so."""
    require(person, Action.MANAGE_MEMBERS)
    if chair and seen.role != "member":
        raise Refused("Bara en ledamot kan vara ordförande.")
    note = f"{seen.name} är {'' if chair else 'inte längre '}ordförande"
    with database.write(person, Action.MANAGE_MEMBERS, note) as work:
        if bool(seen.chair) == chair:
            return None
        done = work.update(Member, seen.id, {"chair": chair}, {"chair": seen.chair}, "Personer och roller")
        return work.batch if done else None


def remove_account(database: Database, person: Person, account: Account) -> int:
    """Take an account away from whom it is bound to; return the batch.

    Whoever signs in with it next is a stranger, or is bound anew if the address is the one in the list.
    """
    with database.write(person, Action.MANAGE_MEMBERS, "Tog bort ett inloggningskonto") as work:
        before = _listed(work)
        whose = next((listed.member for listed in before if account in listed.accounts), None)
        if whose is None:
            raise SaveConflict("Kontot är redan borttaget. Läs in sidan igen.")
        work.remove_many(Account, [as_dict(account)])
        _refuse_nobody_left(before, work)
        return work.batch


def _propose_conflicts(work: Work, number: int) -> None:
    for member in work.records(Member, "WHERE id = $id AND role = 'member'", id=number):
        propose_of(work, member, date.today())


def _listed(reader: Reader) -> tuple[Listed, ...]:
    accounts: dict[int, list[Account]] = {}
    for account in reader.records(Account, "ORDER BY provider, id"):
        accounts.setdefault(account.member, []).append(account)
    return tuple(
        Listed(member, tuple(accounts.get(member.id, ())))
        for member in reader.records(Member, "ORDER BY name COLLATE sv, id")
    )


def _clean(filled: Filled) -> Filled:
    name = clean_text(filled.name, LONGEST_NAME + 1)
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"Skriv ett namn med högst {LONGEST_NAME} tecken.")
    email = (filled.email or "").strip() or None
    if email is not None and not (re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email) and email.isprintable()):
        raise Refused(f"”{clean_text(email, 60)}” är ingen e-postadress. Skriv den som namn@kommun.se.")
    if email is not None and len(email) > _LONGEST:
        raise Refused(f"E-postadressen får ha högst {_LONGEST} tecken.")
    if filled.role not in ROLES:
        raise Refused("Välj en roll.")
    return Filled(name, email, filled.role, clean_text(filled.unit, _LONGEST) or None)


def _refuse_doubles(work: Work, clean: Filled, own: int | None) -> None:
    """Two people must not be taken for one: not in the history, which goes by names, and not at sign-in."""
    for other in work.records(Member):
        if other.id == own:
            continue
        if other.name.casefold() == clean.name.casefold():
            raise Refused(f"Det finns redan en person som heter {other.name}. Lägg till något som skiljer dem åt.")
        if same_address(other.email, clean.email):
            raise Refused(f"{other.name} har redan e-postadressen {clean.email}. Två personer kan inte dela adress.")


def _refuse_nobody_left(before: tuple[Listed, ...], work: Work) -> None:
    """The last administrator who can sign in must stay one, or nobody could let anybody in again."""
    if any(listed.can_administrate for listed in before) and not any(
        listed.can_administrate for listed in _listed(work)
    ):
        raise Refused(
            "Det måste finnas minst en handläggare som kan logga in. Gör någon annan till handläggare först, med "
            "e-postadress."
        )
