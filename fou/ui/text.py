"""Text from users and files, shown as text."""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$:~^=@&\"'/])")


def plain(text: str | None, missing: str = "–") -> str:
    """The text with every sign escaped that Markdown could take for something else."""
    if not text:
        return missing
    return _MARKS.sub(r"\\\1", text).replace("\r", "").replace("\n", "  \n")
