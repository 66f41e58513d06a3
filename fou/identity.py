"""Who a signed-in person is here: from what the identity provider says and the list of members to a role, or a refusal.

Nothing that a provider says is taken for more than it is: an address counts when the provider has verified it, a name
is only text, and a role in the list of members outweighs what any claim says. The settings decide the rest.
"""

from __future__ import annotations

import math
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from fou.access import Action, Person, Role
from fou.errors import Refused
from fou.model import Account, EventKind, Member
from fou.settings import Settings
from fou.store import Database, Reader

#: What somebody has signed in with: the provider's claims, and what our own part of the sign-in adds to them.
Claims = Mapping[str, object]

#: Added by our own part: a number for the sign-in, and when it was (seconds since 1970 by the server's clock).
SESSION, SIGNED_IN = "fou_session", "fou_signed_in"
#: How the log of events writes the session that somebody signed out of.
SIGNED_OUT = "session "
#: How far the clocks of the provider and the server may differ, in seconds.
SKEW = 300
LONGEST_NAME, _LONGEST_SUBJECT, _LONGEST_EMAIL = 80, 255, 254
ENDED = "Din session har gått ut. Logga in igen."
_ORDER = (Role.ADMIN, Role.MEMBER, Role.VIEWER)


class Reason(StrEnum):
    """Why somebody who has signed in is not let in."""

    INCOMPLETE = "incomplete"
    UNKNOWN_PROVIDER = "unknown_provider"
    CLOCK = "clock"
    BLOCKED = "blocked"
    TAKEN = "taken"
    SHARED = "shared"
    UNVERIFIED = "unverified"
    NO_ROLE = "no_role"


@dataclass(frozen=True, slots=True)
class Recognised:
    """The person with the role that they have now. ``bind``: the account to be kept as theirs, see ``bind_account``."""

    person: Person
    bind: Account | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and in Swedish what to do about it."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What the claims say, as far as it can be used. ``email`` is None unless it is an address."""

    provider: str
    subject: str
    name: str
    email: str | None
    verified: bool

    @property
    def key(self) -> str:
        return f"{self.provider}|{self.subject}"


def recognise(reader: Reader, settings: Settings, claims: Claims, now: datetime) -> Recognised | Refusal:
    """Who this is. Never raises, whatever the claims hold.

    In order: the account that is bound to a member; the verified address of exactly one member; the first
    administrator of the settings; the role claim; and what the settings say of those without a role.
    """
    claimed = _claimed(settings, claims)
    if isinstance(claimed, Refusal):
        return claimed
    begun = _begun(claims)
    if begun is not None and begun > now.timestamp() + SKEW:
        return Refusal(
            Reason.CLOCK,
            "Klockan hos inloggningstjänsten och Fous server går olika. Logga in igen om en stund. Händer det igen: "
            "kontakta den som sköter Fou.",
        )
    members = reader.records(Member)
    bound = reader.records(
        Account, "WHERE provider = $provider AND subject = $subject", provider=claimed.provider, subject=claimed.subject
    )
    known = next((member for account in bound for member in members if member.id == account.member), None)
    if known is not None:
        return _as_member(reader, settings, claimed, known)
    named = [member for member in members if same_address(member.email, claimed.email)]
    if any(member.role == "blocked" for member in named):
        return _BLOCKED
    if named and claimed.verified:
        return _by_address(reader, settings, claimed, named)
    role = _role_without_record(settings, claimed, claims)
    if role is not None:
        return Recognised(Person(_told_apart(claimed, members), role, None, claimed.key))
    if claimed.email is not None and not claimed.verified:
        return Refusal(
            Reason.UNVERIFIED,
            f"Du är inloggad som {claimed.name}, men inloggningstjänsten har inte bekräftat din e-postadress. Bekräfta "
            "adressen där och logga in igen, eller kontakta den som sköter Fou.",
        )
    return _no_role(claimed.name)


def bind_account(database: Database, found: Recognised) -> Recognised:
    """Keep the account as the member's own, so that from now on it is known by its subject and not by an address.

    Raises Refused when somebody else's account has been bound to the member in the meantime.
    """
    account = found.bind
    if account is None:
        return found
    with database.write(found.person, Action.SIGN_IN, f"Knöt ett inloggningskonto till {found.person.name}") as work:
        others = work.records(
            Account, "WHERE provider = $provider AND (subject = $subject OR member = $member)",
            provider=account.provider, subject=account.subject, member=account.member,
        )  # fmt: skip
        if any(other.member != account.member or other.subject != account.subject for other in others):
            raise Refused(_TAKEN.text)
        if not others:
            work.create(
                Account, "inloggningen", provider=account.provider, subject=account.subject, member=account.member,
                email=account.email,
            )  # fmt: skip
    return replace(found, bind=None)


class Sessions:
    """The sessions of those who have signed in: how long each may last, and which have ended. Threads share it.

    What is not remembered from before a restart counts as last used when its person signed in.
    """

    def __init__(self, settings: Settings, ended: Iterable[str] = ()) -> None:
        self._idle, self._absolute = settings.idle.total_seconds(), settings.absolute.total_seconds()
        self._lock = threading.Lock()
        #: When each was last used, and when those that have ended did so: seconds since 1970.
        self._used: dict[str, float] = {}
        self._ended: dict[str, float] = dict.fromkeys(ended, math.inf)

    def use(self, claims: Claims, now: datetime) -> str | None:
        """Note that the session is used; if it has ended, what to say instead."""
        moment = now.timestamp()
        with self._lock:
            if not self._lasts(claims, moment):
                self._end(claims, moment)
                return ENDED
            self._used[_session(claims)] = moment
            return None

    def alive(self, claims: Claims, now: datetime) -> bool:
        """Whether the session has not ended; asking is no use of it."""
        with self._lock:
            return self._lasts(claims, now.timestamp())

    def end(self, claims: Claims, now: datetime) -> None:
        """End the session: its cookie is good for nothing from now on."""
        with self._lock:
            self._end(claims, now.timestamp())

    def _lasts(self, claims: Claims, moment: float) -> bool:
        begun, session = _begun(claims), _session(claims)
        if begun is None or session in self._ended or begun > moment + SKEW:
            return False
        used = max(begun, self._used.get(session, begun))
        return moment - begun <= self._absolute and moment - used <= self._idle

    def _end(self, claims: Claims, moment: float) -> None:
        self._used.pop(_session(claims), None)
        self._ended[_session(claims)] = moment
        # What began longer ago than a session may last is refused for that, and need not be remembered.
        forgotten = moment - self._absolute - SKEW
        self._ended = {name: ended for name, ended in self._ended.items() if ended >= forgotten}
        self._used = {name: used for name, used in self._used.items() if used >= forgotten}


def ended_sessions(reader: Reader, settings: Settings, now: datetime) -> frozenset[str]:
    """The sessions that people have signed out of, as far back as one may last: for ``Sessions`` after a restart."""
    since = (now - settings.absolute).astimezone(UTC).replace(tzinfo=None)
    notes = reader.rows(
        "SELECT note FROM event WHERE kind = $kind AND happened >= $since",
        kind=str(EventKind.SIGNED_OUT),
        since=since,
    )
    return frozenset(note.rpartition(SIGNED_OUT)[2] for (note,) in notes if SIGNED_OUT in note)


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two e-mail addresses are the same; upper and lower case do not matter, but nothing else is folded."""
    return one is not None and other is not None and _folded(one) == _folded(other)


def clean_text(value: object, longest: int) -> str:
    """A text from elsewhere on one line: without control signs and signs that turn the direction of writing."""
    if not isinstance(value, str):
        return ""
    kept = "".join(
        " " if unicodedata.category(sign) in ("Zs", "Zl", "Zp") or sign in "\t\n\r" else sign
        for sign in value[: 4 * longest]
        if not unicodedata.category(sign).startswith("C") or sign in "\t\n\r"
    )
    return " ".join(kept.split())[:longest].strip()


_BLOCKED = Refusal(Reason.BLOCKED, "Du är spärrad i Fou. Kontakta en handläggare om det är fel.")
_TAKEN = Refusal(
    Reason.TAKEN,
    "Ett annat konto med samma e-postadress används redan i Fou. Logga in med det. Är det fel: be en handläggare ta "
    "bort det gamla kontot under Personer och roller.",
)
_SHARED = Refusal(
    Reason.SHARED,
    "Flera personer i Fou har din e-postadress, så det går inte att veta vem du är. Be en handläggare rätta adresserna "
    "under Personer och roller.",
)
_INCOMPLETE = Refusal(
    Reason.INCOMPLETE,
    "Inloggningstjänsten sa inte vem du är. Logga in igen. Händer det igen: kontakta den som sköter Fou.",
)
_UNKNOWN_PROVIDER = Refusal(
    Reason.UNKNOWN_PROVIDER, "Inloggningstjänsten som du använde är inte påslagen längre. Logga ut och logga in igen."
)


def _no_role(name: str) -> Refusal:
    return Refusal(
        Reason.NO_ROLE, f"Du är inloggad som {name} men har ingen roll i Fou. Be en handläggare lägga till dig."
    )


def _claimed(settings: Settings, claims: Claims) -> _Claimed | Refusal:
    provider, subject = claims.get("provider"), claims.get("sub")
    if not isinstance(provider, str) or provider not in {known.name for known in settings.providers}:
        return _UNKNOWN_PROVIDER
    if not isinstance(subject, str) or not subject or clean_text(subject, _LONGEST_SUBJECT) != subject:
        return _INCOMPLETE
    email = claims.get("email")
    address = clean_text(email, _LONGEST_EMAIL + 1)
    is_one = address == email and len(address) <= _LONGEST_EMAIL and address.count("@") == 1 and " " not in address
    said = claims.get("email_verified")
    name = next((text for text in _names(claims) if text), subject[:LONGEST_NAME])
    return _Claimed(
        provider, subject, name, address if is_one else None,
        # Some providers write it as a text. What says nothing counts only where the settings trust the provider.
        verified=is_one and (said is True or said == "true" or (said is None and provider in settings.trust_email)),
    )  # fmt: skip


def _names(claims: Claims) -> Iterator[str]:
    return (clean_text(claims.get(name), LONGEST_NAME) for name in ("name", "preferred_username", "email"))


def _as_member(reader: Reader, settings: Settings, claimed: _Claimed, member: Member) -> Recognised | Refusal:
    if member.role == "blocked":
        return _BLOCKED
    if member.role not in _ORDER:
        return _no_role(member.name)
    role = Role(member.role)
    if role is not Role.ADMIN and _is_first_admin(settings, claimed) and not _has_admin(reader):
        # Somebody who was in the list before sign-in was turned on must not be kept out of it by their own entry.
        role = Role.ADMIN
    return Recognised(Person(member.name, role, member.id, claimed.key))


def _by_address(reader: Reader, settings: Settings, claimed: _Claimed, named: list[Member]) -> Recognised | Refusal:
    if len(named) > 1:
        return _SHARED
    member = named[0]
    others = reader.records(
        Account, "WHERE provider = $provider AND member = $member", provider=claimed.provider, member=member.id
    )
    if others:
        return _TAKEN
    found = _as_member(reader, settings, claimed, member)
    if isinstance(found, Refusal):
        return found
    return replace(found, bind=Account(0, claimed.provider, claimed.subject, member.id, claimed.email))


def _has_admin(reader: Reader) -> bool:
    """Whether any administrator in the list has an account to sign in with."""
    return bool(
        reader.value(
            "SELECT COUNT(*) FROM member JOIN account ON account.member = member.id WHERE member.role = 'admin'"
        )
    )


def _is_first_admin(settings: Settings, claimed: _Claimed) -> bool:
    first = settings.first_admin
    if first is None:
        return False
    return first == claimed.key or (claimed.verified and same_address(first, claimed.email))


def _role_without_record(settings: Settings, claimed: _Claimed, claims: Claims) -> Role | None:
    if _is_first_admin(settings, claimed):
        return Role.ADMIN
    given = {settings.roles[value] for value in _values(settings.roles_claim, claims) if value in settings.roles}
    role = next((role for role in _ORDER if role in given), None)
    return Role.VIEWER if role is None and settings.without_role == "viewer" else role


def _values(claim: str | None, claims: Claims) -> tuple[str, ...]:
    """What the role claim holds: a text or a list of them. ``realm_access.roles`` is looked for inside as well."""
    if claim is None:
        return ()
    found: object = claims.get(claim)
    if found is None and "." in claim:
        found = claims
        for name in claim.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list | tuple) else (found,)
    return tuple(value for value in values if isinstance(value, str))


def _told_apart(claimed: _Claimed, members: Iterable[Member]) -> str:
    """The name; with the account beside it when a member is called the same, for the history goes by names."""
    if all(member.name.casefold() != claimed.name.casefold() for member in members):
        return claimed.name
    return f"{claimed.name} ({claimed.email or claimed.subject})"


def _begun(claims: Claims) -> float | None:
    """When the person signed in, seconds since 1970; None when nothing tells."""
    for name in (SIGNED_IN, "iat"):
        said = claims.get(name)
        if isinstance(said, int | float) and not isinstance(said, bool) and abs(said) < 1e12:
            return float(said)
    return None


def _session(claims: Claims) -> str:
    own = claims.get(SESSION)
    return own if isinstance(own, str) and own else f"{claims.get('provider')}|{claims.get('sub')}|{claims.get('iat')}"


def _folded(address: str) -> str:
    # Beyond ASCII different letters become one in lower case: the Kelvin sign a k.
    return address.strip().lower() if address.isascii() else address.strip()
