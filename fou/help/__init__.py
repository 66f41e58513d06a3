"""The texts of Hjälp: Markdown files in this folder, a text a role, a glossary and the accessibility statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: The texts in the order in which they are offered; each is the file of that name, and what the address says.
NAMES = ("lasare", "ledamot", "handlaggare", "ordlista", "tillganglighet")
_LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\.md\)")
_TERM = re.compile(r"^- \*\*(.+?)\*\*: (.+?)(?=\n- |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class HelpText:
    """One text in Markdown; its headings begin at the second level, and its links to other texts name their files."""

    name: str
    title: str
    body: str

    @property
    def links(self) -> tuple[str, ...]:
        """The names of the texts that it links to."""
        return tuple(dict.fromkeys(name for _, name in _LINK.findall(self.body)))

    @property
    def on_page(self) -> str:
        """The text below a heading of its own, its links as words: in running text a link would open a new tab."""
        return _LINK.sub(r"\1", re.sub(r"^#", "##", self.body, flags=re.MULTILINE))


@cache
def help_text(name: str) -> HelpText:
    """The text of this name, which is one of NAMES."""
    title, _, body = (HERE / f"{name}.md").read_text("utf-8").partition("\n")
    return HelpText(name, title.removeprefix("# "), body.strip())


@cache
def glossary() -> dict[str, str]:
    """Each word of the glossary with what it means, in the order of the alphabet."""
    return {term: " ".join(meaning.split()) for term, meaning in _TERM.findall(help_text("ordlista").body)}
