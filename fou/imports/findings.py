"""What is wrong or odd in a file, said in cells."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """An error stops the posting; a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


SEVERITY_NAMES = {Severity.ERROR: "Fel", Severity.WARNING: "Varning", Severity.NOTE: "Upplysning"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell about a file, in Swedish.

    ``cell`` is an address such as ``D7`` (empty when the finding is about a whole sheet, and ``sheet`` is empty
    when it is about the file). ``found`` is what stood there, ``expected`` what should, ``help`` how to mend it.
    ``kind`` is a stable English name that findings are grouped by.
    """

    severity: Severity
    sheet: str
    cell: str
    found: str
    expected: str
    help: str
    kind: str

    @property
    def place(self) -> str:
        """``Budget › D7``, ``Budget`` or ``filen``."""
        return " › ".join(part for part in (self.sheet, self.cell) if part) or "filen"

    def as_json(self) -> dict[str, Any]:
        """The finding as the command line prints it."""
        return asdict(self)
