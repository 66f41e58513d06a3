"""The codes and names by which cells refer to records: how they are compared, and which are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias
from unicodedata import normalize

from fou.imports.files.texts import cell_text

#: What a record or line is recognised by: labels (codes, names) folded, and numbers.
Key: TypeAlias = tuple[Any, ...]
#: table -> folded label -> the label as it is written
Labels: TypeAlias = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the database already knows: its labels, and for each folded label the one that it points on to.

    ``onward`` holds the projects' programmes and the areas' successors, by table. ``negative`` holds the sums (SEK
    excl. VAT) below zero that stand, by a line's subject, condition and basis: nobody is asked about those again.
    """

    labels: Labels = field(default_factory=dict)
    onward: dict[str, dict[str, str]] = field(default_factory=dict)
    negative: dict[Key, Decimal] = field(default_factory=dict)


def fold(label: str) -> str:
    """A code or name as it is compared: case, runs of white space and how accents are stored do not matter.

    Neither does what no cell can hold.
    """
    return _fold(label) if len(label) <= _REMEMBERED_LENGTH else _fold.__wrapped__(label)


#: Names and codes recur on thousands of rows; running texts do not, and would fill the memory.
_REMEMBERED_LENGTH = 150


@lru_cache(maxsize=65_536)
def _fold(label: str) -> str:
    if not label.isprintable():
        label = cell_text(label)
    if not label.isascii():
        label = normalize("NFC", label)
    return " ".join(label.split()).casefold()


def in_circles(onward: Mapping[str, str]) -> set[str]:
    """The labels from which one comes back to where one began."""
    circling: set[str] = set()
    done: set[str] = set()
    for start in onward:
        path: dict[str, int] = {}
        step: str | None = start
        while step is not None and step not in done and step not in path:
            path[step] = len(path)
            step = onward.get(step)
        if step in path:
            circling.update(list(path)[path[step] :])
        done.update(path)
    return circling
