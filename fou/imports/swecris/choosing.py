"""What a person chooses to take from an export, what there is to choose among, and which grants stand twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any, Literal, TypeAlias, get_args
from unicodedata import normalize

from fou.errors import Refused
from fou.imports.references import fold
from fou.imports.swecris.reading import Grant, SwecrisExport, Unread
from fou.swedish import partial_bounds

Spread: TypeAlias = Literal["first_year", "by_month"]
Doubles: TypeAlias = Literal["keep_all", "count_once"]

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class SwecrisChoice:
    """What to take, and how. An empty choice takes everything.

    A grant is taken when its funder and coordinator are among those named, its year lies within the years, all
    ``words`` occur in its title, summary or subjects, and one of its subjects is among those named. ``spread``
    is how the whole grant falls on years, ``doubles`` whether likely doubles are all counted, and ``area`` the
    priority area that the projects are given.
    """

    funders: tuple[str, ...] = ()
    coordinators: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    words: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    spread: Spread = "first_year"
    doubles: Doubles = "keep_all"
    area: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The choice as it is kept and saved; ``from_json`` reads it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> SwecrisChoice:
        """The choice that was saved; what is absent is as in an empty choice. Raises ``Refused``."""
        known = {field.name: field for field in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in saved.items():
            if name not in known or not _TAKES[name](value):
                raise Refused(f"Urvalet ur Swecris går inte att läsa: {name} = {value!r}. Gör om urvalet.")
            values[name] = tuple(value) if isinstance(value, list) else value
        return cls(**values)


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(text, str) for text in value)


def _is_year(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


_TAKES: dict[str, Callable[[object], bool]] = {
    "funders": _is_texts,
    "coordinators": _is_texts,
    "first_year": _is_year,
    "last_year": _is_year,
    "words": _is_texts,
    "subjects": _is_texts,
    "spread": lambda value: value in get_args(Spread),
    "doubles": lambda value: value in get_args(Doubles),
    "area": lambda value: value is None or isinstance(value, str),
}


@dataclass(frozen=True, slots=True)
class Double:
    """Grants with the same number and title, to be shown side by side, in the order of the file.

    They are ``likely`` one grant registered several times when the amounts are equal, too. ``total`` is what
    they sum to as they stand (SEK), ``once`` what they sum to when each amount is counted once.
    """

    grants: tuple[Grant, ...]
    likely: bool
    total: Decimal
    once: Decimal


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a choice takes: the grants, and their sum (SEK) with the number that have no amount beside it.

    ``doubles`` are those among all that match, ``left_out`` those of them that are not taken because they are
    counted once. ``unread`` are the rows that cannot be read and match, or may.
    """

    grants: tuple[Grant, ...]
    total: Decimal
    open: int
    doubles: tuple[Double, ...]
    left_out: tuple[Grant, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, how many grants it has, and their sum (SEK)."""

    value: str
    number: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Options:
    """What there is to choose among: years in order, the others with the most grants first."""

    funders: tuple[Option, ...]
    coordinators: tuple[Option, ...]
    years: tuple[Option, ...]
    subjects: tuple[Option, ...]


def options(grants: Iterable[Grant]) -> Options:
    """What there is to choose among these grants, counted."""
    grants = tuple(grants)
    years = _counted((str(year), grant) for grant in grants if (year := year_of(grant)) is not None)
    return Options(
        _most_first(_counted((grant.funder, grant) for grant in grants)),
        _most_first(_counted((grant.coordinator, grant) for grant in grants if grant.coordinator)),
        tuple(sorted(years, key=lambda option: option.value)),
        _most_first(_counted((subject, grant) for grant in grants for subject in grant.subjects)),
    )


def choose(export: SwecrisExport, choice: SwecrisChoice) -> Chosen:
    """The grants of an export that a choice takes."""
    matches = _matcher(choice)
    matching = [grant for grant in export.grants if matches(grant)]
    doubles = likely_doubles(matching)
    left_out: list[Grant] = []
    if choice.doubles == "count_once":
        left_out = sorted((g for double in doubles if double.likely for g in double.grants[1:]), key=lambda g: g.row)
    gone = {grant.row for grant in left_out}
    grants = tuple(grant for grant in matching if grant.row not in gone)
    unread = tuple(row for row in export.unread if row.grant is None or matches(row.grant))
    return Chosen(grants, _sum(grants), sum(grant.amount is None for grant in grants), doubles, tuple(left_out), unread)


def likely_doubles(grants: Iterable[Grant]) -> tuple[Double, ...]:
    """The grants that stand more than once, in the order of the file.

    One number (before the funder), one title and one amount are likely one grant. Where only the amounts
    differ the grants are told of, too, and are not taken for one: several funders may share a project.
    """
    groups: dict[tuple[str, str], list[Grant]] = {}
    for grant in grants:
        groups.setdefault((fold(grant.number), fold(grant.title)), []).append(grant)
    doubles: list[Double] = []
    for group in groups.values():
        if len(group) < 2:
            continue
        amounts: dict[Decimal | None, list[Grant]] = {}
        for grant in group:
            amounts.setdefault(grant.amount, []).append(grant)
        once = sum((amount for amount in amounts if amount is not None), _NOTHING)
        if len(amounts) > 1:
            doubles.append(Double(tuple(group), False, _sum(group), once))
        for amount, same in amounts.items():
            if len(same) > 1:
                doubles.append(Double(tuple(same), True, _sum(same), amount or _NOTHING))
    return tuple(sorted(doubles, key=lambda double: (double.grants[0].row, double.likely)))


def year_of(grant: Grant) -> int | None:
    """The year that the grant is booked on: as stated, else when the money or the project begins."""
    if grant.first_year is not None:
        return grant.first_year
    begins = grant.funding_starts or grant.starts
    return partial_bounds(begins)[0].year if begins else None


def _matcher(choice: SwecrisChoice) -> Callable[[Grant], bool]:
    funders, coordinators, subjects = set(choice.funders), set(choice.coordinators), set(choice.subjects)
    words = [part for word in choice.words for part in fold(word).split()]

    def matches(grant: Grant) -> bool:
        if funders and grant.funder not in funders:
            return False
        if coordinators and grant.coordinator not in coordinators:
            return False
        if subjects and subjects.isdisjoint(grant.subjects):
            return False
        if choice.first_year is not None or choice.last_year is not None:
            year = year_of(grant)
            if year is None or not (choice.first_year or year) <= year <= (choice.last_year or year):
                return False
        if words:
            text = normalize("NFC", "\n".join((grant.title, grant.summary or "", *grant.subjects))).casefold()
            return all(word in text for word in words)
        return True

    return matches


def _counted(pairs: Iterable[tuple[str, Grant]]) -> list[Option]:
    found: dict[str, list[Grant]] = {}
    for value, grant in pairs:
        found.setdefault(value, []).append(grant)
    return [Option(value, len(grants), _sum(grants)) for value, grants in found.items()]


def _most_first(found: list[Option]) -> tuple[Option, ...]:
    return tuple(sorted(found, key=lambda option: (-option.number, fold(option.value))))


def _sum(grants: Iterable[Grant]) -> Decimal:
    return sum((grant.amount for grant in grants if grant.amount is not None), _NOTHING)
