"""Text from users and files, shown as text."""

from __future__ import annotations

import re
from functools import lru_cache

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$:~^=@&\"'/])")


@lru_cache(maxsize=4096)  # a page shows the same texts at every click
def plain(text: str | None, missing: str = "–") -> str:
    """The text with every sign escaped that Markdown could take for something else."""
    if not text:
        return missing
    return _MARKS.sub(r"\\\1", text).replace("\r", "").replace("\n", "  \n")
