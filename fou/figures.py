"""Sums per kind, with what may never be mixed into a sum kept beside it: open and conditional amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from fou.model import Kind

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Figures:
    """SEK excl. VAT per kind. A kind that nothing states is absent: it is not 0 kr."""

    firm: Mapping[Kind, Decimal] = field(default_factory=dict)
    conditional: Mapping[Kind, Decimal] = field(default_factory=dict)
    open: Mapping[Kind, int] = field(default_factory=dict)
    #: How many of ``open`` something firmer about the same matter and year has taken the place of.
    replaced: int = 0

    def sum(self, kind: Kind) -> Decimal:
        """The firm sum, 0 when nothing is stated."""
        return self.firm.get(kind, ZERO)

    def stated(self, kind: Kind) -> Decimal | None:
        """The firm sum, None when no amount is stated."""
        return self.firm.get(kind)

    @property
    def open_count(self) -> int:
        """The number of commitments whose amount is not set, each counted once: what is decided, not also proposed."""
        return sum(self.open.values()) - self.replaced

    @property
    def conditional_sum(self) -> Decimal:
        """All that is granted, reserved or proposed on a condition."""
        return sum(self.conditional.values(), ZERO)

    @property
    def main_kind(self) -> Kind | None:
        """What best says where the money goes: granted, else set aside, else proposed, else planned."""
        for kind in (Kind.GRANTED, Kind.RESERVED, Kind.PROPOSED, Kind.PLANNED):
            if kind in self.firm or kind in self.open or kind in self.conditional:
                return kind
        return None


def collect(rows: Iterable[tuple[Any, Kind, Decimal | None, Decimal | None, int]]) -> dict[Any, Figures]:
    """Figures from (group, kind, firm, conditional, open) rows; equal groups are added up."""
    found: dict[Any, Figures] = {}
    for group, kind, firm, conditional, is_open in rows:
        figures = found.setdefault(group, Figures({}, {}, {}))
        for into, value in (
            (figures.firm, firm),
            (figures.conditional, conditional),
            (figures.open, is_open),
        ):
            if value is not None and (value or into is not figures.open):
                into[kind] = into.get(kind, 0) + value  # type: ignore[index]
    return found


def total(parts: Iterable[Figures]) -> Figures:
    """The sum of several figures."""
    rows: list[tuple[Any, Kind, Decimal | None, Decimal | None, int]] = []
    parts = tuple(parts)
    for part in parts:
        for kind in part.firm.keys() | part.conditional.keys() | part.open.keys():
            rows.append((None, kind, part.firm.get(kind), part.conditional.get(kind), part.open.get(kind, 0)))
    return replace(collect(rows).get(None, Figures()), replaced=sum(part.replaced for part in parts))
