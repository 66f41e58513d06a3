"""The portfolio in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fou.model import STANDINGS
from fou.money import format_sek
from fou.swedish import count, join_words

if TYPE_CHECKING:
    from fou.portfolio import Found


def portfolio_sentence(found: Found, unit: str) -> str:
    """How many projects match, how they stand, and the sums over all of them."""
    if not found.total:
        return "Inga projekt."
    how = join_words([f"{number} {_plural(standing, number)}" for standing, number in found.standings])
    parts = [f"{count(found.total, 'projekt', 'projekt')}: {how}."]
    if found.granted is not None:
        parts.append(f"{format_sek(found.granted, unit)} är beviljat i allt.")
    if found.proposed is not None:
        parts.append(f"{format_sek(found.proposed, unit)} är föreslaget i allt.")
    if found.open:
        parts.append(f"{count(found.open, 'åtagande', 'åtaganden')} saknar fastställt belopp.")
    return " ".join(parts)


_PLURALS = {
    "applied": "sökta", "proposed": "föreslagna", "granted": "beviljade", "running": "pågår",
    "finished": "avslutade", "rejected": "avslagna", "unknown": "utan uppgift om läge",
}  # fmt: skip


def _plural(standing: str, number: int) -> str:
    if standing == "unknown":
        return _PLURALS[standing]
    return STANDINGS[standing] if number == 1 else _PLURALS[standing]
