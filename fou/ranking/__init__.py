"""The ranking of a call's proposals: what the members judged, in which order that puts them, and how firm the order is.

Pure functions on arrays, without a database. Nothing here rounds: places, ties, ranges and zones are found with
integers, and a mean becomes a decimal number first when it is shown.
"""

from fou.ranking.ballots import Ballots, Criterion, gather
from fou.ranking.money import Amount, Zone
from fou.ranking.ranked import Money, Place, Ranked, Ranking, Span, rank
from fou.ranking.spread import DISAGREEMENT

__all__ = [
    "DISAGREEMENT",
    "Amount",
    "Ballots",
    "Criterion",
    "Money",
    "Place",
    "Ranked",
    "Ranking",
    "Span",
    "Zone",
    "gather",
    "rank",
]
