"""What the papers say that is not in the snapshot: who writes to whom, and what the board ruled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fou.snapshot import Decided, Line

#: A matter: its project, or the call that money is set aside for.
Key = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Particulars:
    """The sender, the recipient and the texts of the papers, and the recommendation's hash.

    ``whole`` vouches that the snapshot is seen in full, conflicts of interest too: only then are there minutes.
    ``board`` is whom the memo is for and ``reference`` its case number (dnr); ``dated`` is the paper's day (None: the
    day of the recommendation). ``immediate`` asks the board to approve the minutes at once. None is left out.
    """

    hash: str | None = None
    whole: bool = False
    board: str | None = None
    unit: str | None = None
    handler: str | None = None
    reference: str | None = None
    dated: date | None = None
    immediate: bool = True
    background: str | None = None
    preparation: str | None = None
    call_text: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """The board's decision on the recommendation: day, paragraph and case number, and every matter's lines.

    ``immediate`` says that the minutes were approved at once, None that it is not known. One that ``rejected`` it gives
    nothing, and leaves what was set aside as it was.
    """

    board: str
    day: date
    reference: str
    decided: Decided
    paragraph: str | None = None
    text: str | None = None
    immediate: bool | None = None
    rejected: bool = False

    @property
    def lines(self) -> Mapping[Key, tuple[Line, ...]]:
        """What was decided, by matter. A matter that is missing was not decided."""
        return {matter.key: matter.said for matter in self.decided.matters}
