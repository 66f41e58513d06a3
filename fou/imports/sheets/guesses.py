"""A guess about a sheet, how sure it is, and what guesses may rest on besides the sheet itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Sureness(IntEnum):
    """How sure a guess is."""

    UNSURE = 0
    LIKELY = 1
    SURE = 2
    REMEMBERED = 3
    CHOSEN = 4


SURENESS_NAMES = {
    Sureness.UNSURE: "osäkert",
    Sureness.LIKELY: "troligt",
    Sureness.SURE: "säkert",
    Sureness.REMEMBERED: "som förra gången",
    Sureness.CHOSEN: "valt av dig",
}


@dataclass(frozen=True, slots=True)
class Guess(Generic[T]):
    """A guess, how sure it is, and what in the file it rests on (Swedish), with the cell if it is one."""

    value: T
    sureness: Sureness
    why: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known besides the sheet itself.

    ``funders`` (folded → as written) and ``areas`` and ``projects`` (folded names) are the database's;
    ``own_funder`` is the only municipal one, if there is only one; ``remembered`` holds earlier choices by signature.
    """

    file: str = ""
    funders: Mapping[str, str] = field(default_factory=dict)
    own_funder: str | None = None
    areas: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()
    remembered: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
