"""What the council recommended and the board decided, frozen: dataclasses, canonical JSON and a hash, no database.

Every paper is made from a snapshot alone, so that they agree. Amounts are SEK excl. VAT; None is one that is not set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from types import UnionType
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")

#: Which shape of snapshot this is, should a later one be another.
VERSION = 1
#: What a line of a meeting's agenda begins with that takes down a conflict of interest: where there is no application
#: to declare it in, as for a year's plan.
NOTED = "Jäv: "


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of a matter in one budget year; ``choice`` is a key of CHOICES, ``amount`` whole SEK."""

    year: int
    choice: str
    amount: int | None = None
    condition: str | None = None

    @property
    def firm(self) -> int:
        """What it adds to a sum: nothing while its amount is not set or hangs on a condition."""
        return self.amount or 0 if self.condition is None else 0

    @property
    def open(self) -> bool:
        """Whether money is set aside without an amount."""
        return self.choice == "reserve" and self.amount is None


@dataclass(frozen=True, slots=True)
class YearAmount:
    """What is asked for, or stands, in one budget year; ``amount`` None when it is not set."""

    year: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A place in the ranking, with the best and the last that it could be, and the points of 100, to one decimal."""

    place: int
    best: int
    last: int
    tied: bool
    points: Decimal
    judges: int


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter as it stood: a project, or a call that money is set aside for (``call`` is then its id).

    ``proposal`` is its code as an application. ``continuing`` is None when it is not known. ``reserved`` is what was
    set aside for it already, ``granted`` what was granted. ``judged`` and ``conflicts`` (names of the members who took
    no part) are kept apart: None and empty for a reader who may not see them.
    """

    project: int | None
    call: int | None
    code: str
    title: str
    proposal: str | None = None
    reference: str | None = None
    continuing: bool | None = None
    purpose: str | None = None
    performer: str | None = None
    lead: str | None = None
    applicants: str | None = None
    starts: str | None = None
    ends: str | None = None
    period_note: str | None = None
    area: str | None = None
    least: int | None = None
    requested: tuple[YearAmount, ...] = ()
    reserved: tuple[YearAmount, ...] = ()
    granted: tuple[YearAmount, ...] = ()
    lines: tuple[Line, ...] = ()
    judged: Judged | None = None
    conflicts: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int | None, int | None]:
        """What it is about: a project or a call."""
        return self.project, self.call


@dataclass(frozen=True, slots=True)
class Year:
    """One budget year's room when the recommendation was made, and as it would be with it.

    ``pot`` is what was set aside for the call, ``pot_left`` what of it would be left. ``open`` is how many amounts that
    are set aside here without being set, ``conditional`` the sum that hangs on a condition. ``own`` is what projects
    are given of what was set aside for themselves, besides the call's.
    """

    year: int
    frame: Decimal | None
    granted: Decimal
    reserved: Decimal
    free: Decimal | None
    pot: Decimal | None
    here_granted: Decimal
    here_reserved: Decimal
    open: int
    conditional: Decimal
    pot_left: Decimal | None
    free_after: Decimal | None
    own: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Attendant:
    """Somebody called to the meeting; ``role`` is a key of ATTENDANCE_ROLES, ``present`` None when it was not said."""

    name: str
    role: str
    present: bool | None


def agenda_points(agenda: str | None) -> str:
    """What an agenda says besides the conflicts of interest that are taken down in it."""
    return "\n".join(line for line in (agenda or "").splitlines() if not line.startswith(NOTED)).strip()


def agenda_noted(agenda: str | None) -> tuple[str, ...]:
    """The conflicts of interest that are taken down in an agenda, a sentence each."""
    return tuple(line.removeprefix(NOTED) for line in (agenda or "").splitlines() if line.startswith(NOTED))


@dataclass(frozen=True, slots=True)
class Held:
    """The meeting that it was made at."""

    code: str
    name: str
    held: date | None
    place: str | None
    agenda: str | None
    attendance: tuple[Attendant, ...] = ()

    @property
    def points(self) -> str:
        """The agenda without what is taken down of conflicts of interest."""
        return agenda_points(self.agenda)

    @property
    def noted(self) -> tuple[str, ...]:
        """The conflicts of interest that are taken down, a sentence each."""
        return agenda_noted(self.agenda)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the council recommended, with all that it rested on.

    ``call_code`` and ``call_name`` are None for a year's plan. ``grounds`` are the grounds for priority by name.
    ``head`` is the batch whose data it shows, and ``mark`` the database's own mark of it.
    """

    organisation: str | None
    code: str
    scenario: str
    year: int
    call_code: str | None
    call_name: str | None
    meeting: Held | None
    made: date
    dissent: str | None
    grounds: tuple[str, ...]
    years: tuple[Year, ...]
    matters: tuple[Matter, ...]
    head: int
    mark: str
    version: int = VERSION

    def with_lines(self, lines: Mapping[tuple[int | None, int | None], tuple[Line, ...]]) -> Snapshot:
        """The same with other lines for some matters: as the board decided them."""
        return replace(
            self, matters=tuple(replace(one, lines=lines.get(one.key, one.lines)) for one in self.matters)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What a decided line used of what was set aside: for a project, for a call, or for a project within a call."""

    project: int | None
    call: int | None
    year: int
    amount: Decimal
    open: int
    condition: str | None
    area: int | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """A decided line, what it used of what was set aside, and the ledger's entry that states it (None: nothing new)."""

    line: Line
    taken: tuple[Taken, ...] = ()
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class DecidedMatter:
    """One matter as the board decided it."""

    project: int | None
    call: int | None
    code: str
    title: str
    lines: tuple[Carried, ...] = ()

    @property
    def key(self) -> tuple[int | None, int | None]:
        """What it is about: a project or a call."""
        return self.project, self.call

    @property
    def said(self) -> tuple[Line, ...]:
        """Its lines alone."""
        return tuple(one.line for one in self.lines)


@dataclass(frozen=True, slots=True)
class Decided:
    """All that the board decided by a resolution; no matters when it sent the recommendation back or rejected it."""

    funder: int
    call: int | None
    matters: tuple[DecidedMatter, ...] = ()
    version: int = VERSION


class Frozen(NamedTuple):
    """A snapshot as it is kept: the text that all members may see, the one kept apart, and the hash over both."""

    open: str
    apart: str
    hash: str


_APART = ("judged", "conflicts")


def freeze(snapshot: Snapshot) -> Frozen:
    """The snapshot as canonical JSON, in two parts, with its hash."""
    plain = _plain(snapshot)
    apart: dict[str, Any] = {}
    for at, matter in enumerate(plain["matters"]):
        apart[_name(matter)] = {"at": at, **{name: matter.pop(name) for name in _APART}}
    # Their order is the ranking's, and says as much as it does.
    plain["matters"].sort(key=_unranked)
    texts = _canonical(plain), _canonical(apart)
    return Frozen(*texts, digest(*texts))


def thaw(text: str, apart: str = "") -> Snapshot:
    """The snapshot again; without what was kept apart, and in no order of rank, when ``apart`` is empty.

    Raises ValueError for another text.
    """
    plain, beside = json.loads(text), json.loads(apart) if apart else {}
    for at, matter in enumerate(plain["matters"]):
        matter |= {"at": at, "judged": None, "conflicts": [], **beside.get(_name(matter), {})}
    plain["matters"].sort(key=lambda matter: matter.pop("at"))
    return _read(Snapshot, plain)


def freeze_decided(decided: Decided) -> tuple[str, str]:
    """A decision as canonical JSON, and its hash."""
    plain = _plain(decided)
    plain["matters"].sort(key=_unranked)
    text = _canonical(plain)
    return text, digest(text)


def thaw_decided(text: str) -> Decided:
    """The decision again. Raises ValueError for another text."""
    return _read(Decided, json.loads(text))


def digest(*texts: str) -> str:
    """SHA-256 over texts, each with its length before it so that nothing can be moved from one to the next."""
    found = sha256()
    for text in texts:
        data = text.encode()
        found.update(f"{len(data)}:".encode() + data)
    return found.hexdigest()


def as_decided(recommended: Snapshot, decided: Decided) -> Snapshot:
    """The snapshot with what the board decided in the place of what was recommended, and the room as that leaves it.

    A matter that the board decided nothing of has no lines.
    """
    said = {one.key: one.said for one in decided.matters}
    shot = recommended.with_lines({one.key: said.get(one.key, ()) for one in recommended.matters})
    carried = [(matter, one) for matter in decided.matters for one in matter.lines]
    return replace(shot, years=tuple(_room(year, carried, decided.call) for year in recommended.years))


def _room(year: Year, carried: Sequence[tuple[DecidedMatter, Carried]], call: int | None) -> Year:
    lines = [(matter, one.line) for matter, one in carried if one.line.year == year.year]
    granted, reserved = (
        Decimal(sum(line.firm for _, line in lines if line.choice == choice)) for choice in ("grant", "reserve")
    )
    taken = [one for _, line in carried for one in line.taken if one.year == year.year and one.condition is None]
    used = sum((one.amount for one in taken), Decimal(0))
    of_pot = sum((one.amount for one in taken if one.project is None and one.call == call), Decimal(0))
    into_pot = sum(line.firm for matter, line in lines if matter.project is None and matter.call == call)
    return replace(
        year,
        here_granted=granted,
        here_reserved=reserved,
        open=sum(line.open for _, line in lines),
        conditional=Decimal(sum(line.amount or 0 for _, line in lines if line.condition is not None)),
        pot_left=None if year.pot is None else year.pot - of_pot + into_pot,
        free_after=None if year.free is None else year.free - granted - reserved + used,
        own=sum((_own(one) for matter, one in carried if matter.project is not None and one.line.year == year.year),
                Decimal(0)),
    )  # fmt: skip


def _own(carried: Carried) -> Decimal:
    """What a project is given of what was set aside for itself, without conditions."""
    held = sum((one.amount for one in carried.taken if one.project is not None and one.condition is None), Decimal(0))
    return min(Decimal(carried.line.firm), held)


class Difference(NamedTuple):
    """A matter that the board decided otherwise than the council recommended."""

    code: str
    title: str
    recommended: tuple[Line, ...]
    decided: tuple[Line, ...]


def difference(recommended: Snapshot, decided: Decided) -> tuple[Difference, ...]:
    """The matters that were changed between the recommendation and the decision, in the recommendation's order."""
    said = {one.key: one.said for one in decided.matters}
    return tuple(
        Difference(one.code, one.title, one.lines, said.get(one.key, ()))
        for one in recommended.matters
        if set(one.lines) != set(said.get(one.key, ()))
    )


def _unranked(matter: Mapping[str, Any]) -> tuple[bool, int]:
    """An order that tells nothing: projects as they came, then calls."""
    return matter["project"] is None, matter["project"] or 0


def _name(matter: Mapping[str, Any]) -> str:
    return f"project {matter['project']}" if matter["project"] is not None else f"call {matter['call']}"


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """What JSON can say of it, one way only: an amount is a text without needless zeros, a day is ISO."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else value


def _read(kind: Callable[..., T], plain: Mapping[str, Any]) -> T:
    known = _hints(kind)
    if plain.get("version", VERSION) != VERSION or plain.keys() - known.keys():
        raise ValueError("the text is from another version of Fou")
    return kind(**{name: _value(known[name], value) for name, value in plain.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UnionType):
        return _value(next(one for one in get_args(kind) if one is not type(None)), value)
    if get_origin(kind) is tuple:
        return tuple(_value(get_args(kind)[0], one) for one in value)
    if kind is Decimal:
        return Decimal(value)
    if kind is date:
        return date.fromisoformat(value)
    return value if kind in (str, int, bool) else _read(kind, value)
