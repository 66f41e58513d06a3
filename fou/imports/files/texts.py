"""What of a text a cell of a workbook can hold, so that writing and comparing agree on it."""

from __future__ import annotations

import re

#: How many characters one cell holds in Excel.
LONGEST = 32_767
_CUT = " … [avkortat: en cell rymmer högst 32 767 tecken]"
#: Control characters, and what is no character at all; the reader leaves them out of what it reads, too.
_UNHELD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def cell_text(text: str) -> str:
    """The text as a cell holds it: line breaks alike, no control characters, cut where it is too long."""
    if not text.isprintable():
        text = _UNHELD.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - len(_CUT)] + _CUT


def is_same_in_a_cell(one: object, other: object) -> bool:
    """Whether two values are texts that no cell can tell apart: blanks around them do not matter either."""
    return isinstance(one, str) and isinstance(other, str) and cell_text(one).strip() == cell_text(other).strip()


def condition_text(condition: str | None) -> str | None:
    """A condition as a cell states it; a blank one is none."""
    return None if condition is None else cell_text(condition).strip() or None
