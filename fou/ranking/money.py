"""What is requested, cumulated down a ranking, against the money there is.

The money goes down the list and each takes all that it asks for. A proposal needs *at least* its own amount and those
of all that always come before it, and *at most* its own and those of all that may come before it or share its place.

- inside: what it needs at most fits in the frame ("ryms även om alla som kan hamna före får sitt");
- outside: what it needs at least does not ("ryms inte ens om bara de som alltid ligger före får sitt");
- zone: the rest ("beror på placeringen").

An amount that is not set, or of which a part is not, is unknown and never 0: what is needed at least then counts the
part that is known, which is still a least; what is needed at most is not known, so that neither the proposal nor those
that it may come before can be inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from fou.ranking.firmness import Rivals
from fou.ranking.means import Integers, kind_for


class Zone(StrEnum):
    """Whether the money reaches a proposal, whatever place it may have."""

    INSIDE = "inside"
    ZONE = "zone"
    OUTSIDE = "outside"


class Amount(NamedTuple):
    """What a proposal asks for, SEK: the part that is ``known``, and whether there is more that is not set."""

    known: Decimal
    open: bool


def needed(amounts: Sequence[Amount], rivals: Rivals) -> list[tuple[Decimal, Decimal | None]]:
    """What each needs at least and at most, SEK; None when an open amount makes the most unknown."""
    decimals = max((_decimals(amount.known) for amount in amounts), default=0)
    whole = [int(amount.known.scaleb(decimals)) for amount in amounts]
    sums: Integers = np.array(whole, kind_for(sum(whole)))
    openings = np.array([amount.open for amount in amounts], np.bool_)
    own = np.eye(len(amounts), dtype=np.bool_)
    least = (sums @ (rivals.always | own)).tolist()
    most = (sums @ (rivals.may | own)).tolist()
    unknown = (openings @ (rivals.may | own)).tolist()
    return [
        (Decimal(low).scaleb(-decimals), None if dark else Decimal(high).scaleb(-decimals))
        for low, high, dark in zip(least, most, unknown, strict=True)
    ]


def zone(least: Decimal, most: Decimal | None, frame: Decimal) -> Zone:
    """Where a proposal that needs this stands against the frame."""
    if least > frame:
        return Zone.OUTSIDE
    return Zone.INSIDE if most is not None and most <= frame else Zone.ZONE


def _decimals(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or amount < 0:
        raise ValueError(f"{amount} is not an amount that can be requested")
    return max(0, -exponent)
