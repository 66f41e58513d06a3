"""Text from users and files, shown as text."""

from __future__ import annotations

import re
from functools import lru_cache

_INLINE = re.compile(r"([\\`*_\[\]$:~<>|])")
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$:~^=@&\"'/])")


@lru_cache(maxsize=4096)  # a page shows the same texts at every click
def plain(text: str | None, missing: str = "–") -> str:
    """The text with every sign escaped that Markdown could take for something else."""
    if not text:
        return missing
    return _MARKS.sub(r"\\\1", text).replace("\r", "").replace("\n", "  \n")


@lru_cache(maxsize=4096)
def for_label(text: str) -> str:
    """The text as a widget's label: only what acts within a line is escaped, for a screen reader reads the rest too."""
    return _INLINE.sub(r"\\\1", " ".join(text.split()))


def ended(text: str) -> str:
    """The text with a full stop, unless it has one or asks something."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
