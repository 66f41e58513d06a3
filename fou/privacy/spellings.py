"""Finding a person's name in a text, however it is written, and taking it out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from rapidfuzz import fuzz

from fou.search import fold

#: What stands for a name, or a whole text about somebody, that has been weeded (see ``fou.store.work.WEEDED``).
GONE = "[gallrat]"
#: Who wrote something, once it is weeded, when the name is not a member's.
NOBODY = "[gallrad person]"

_WORD = re.compile(r"[^\W_]+")
_BETWEEN = r"[\W_]{1,4}"
#: How alike two names must be to be told of as one, 0-100.
_ALIKE = 84
_PARTS = re.compile(r"\s*(?:;|/|&|\boch\b|\bsamt\b|\n)\s*")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One or more spellings as they may stand in a text: in capitals, without accents, as Ekdahl, Gunilla."""

    spellings: tuple[str, ...]
    expression: re.Pattern[str]

    def within(self, text: str | None) -> bool:
        """Whether the text names the person."""
        return bool(text) and self.expression.search(fold(normalize("NFC", text or ""))) is not None

    def whole(self, text: str | None) -> bool:
        """Whether the text is the person's name and nothing else."""
        return bool(text) and self.expression.fullmatch(fold(normalize("NFC", text or "")).strip()) is not None

    def without(self, text: str, instead: str = GONE) -> str:
        """The text with each naming of the person replaced; an s of the genitive goes too."""
        if not self.within(text):
            return text
        composed = normalize("NFC", text)
        places: list[int] = []
        folded: list[str] = []
        for place, sign in enumerate(composed):
            part = fold(sign)
            folded.append(part)
            places += [place] * len(part)
        places.append(len(composed))
        out: list[str] = []
        last = 0
        for found in self.expression.finditer("".join(folded)):
            out += [composed[last : places[found.start()]], instead]
            last = places[found.end()]
        return "".join((*out, composed[last:]))

    def excerpt(self, text: str, around: int = 60) -> str:
        """What stands around the first naming."""
        found = self.expression.search(fold(normalize("NFC", text)))
        if found is None or len(text) <= 2 * around:
            return " ".join(text.split())
        start, end = max(found.start() - around, 0), found.end() + around
        return ("…" if start else "") + " ".join(text[start:end].split()) + ("…" if end < len(text) else "")


def pattern(spellings: Sequence[str]) -> Pattern:
    """What finds any of these names and addresses. ValueError when there is not a letter in them."""
    forms: set[str] = set()
    for spelling in spellings:
        words = [re.escape(word) for word in words_of(spelling)]
        if words:
            forms.add(_BETWEEN.join(words))
        if len(words) > 1 and "@" not in spelling:
            forms.add(_BETWEEN.join((words[-1], *words[:-1])))
    if not forms:
        raise ValueError("no letters in the spellings")
    longest_first = "|".join(sorted(forms, key=lambda form: (-len(form), form)))
    return Pattern(tuple(spellings), re.compile(rf"(?<![^\W_])(?:{longest_first})(?:['’]?s)?(?![^\W_])"))


def words_of(text: str) -> list[str]:
    """The words of a name, folded."""
    return _WORD.findall(fold(normalize("NFC", text)))


def persons_in(text: str) -> list[str]:
    """The names in a field that holds one or more: ``Anna Lind och Bo Ek``."""
    return [part for part in (" ".join(piece.split()) for piece in _PARTS.split(text)) if part]


def likeness(asked: str, name: str) -> int:
    """How like what was typed a name is, 0–100: 100 when every word of it begins a word of the name."""
    sought, words = words_of(asked), words_of(name)
    if not sought or not words:
        return 0
    if all(any(word.startswith(part) for word in words) for part in sought):
        return 100
    # G. Ekdahl is Gunilla Ekdahl, and so is Gunilla Ekdal.
    if len(words) > 1 and sought[-1] == words[-1] and (words[0] == sought[0][:1] or sought[0] == words[0][:1]):
        return 95
    alike = int(fuzz.token_sort_ratio(_bare(sought), _bare(words)))
    return min(alike, 99) if alike >= _ALIKE else 0


def _bare(words: Iterable[str]) -> str:
    return " ".join(words).translate(str.maketrans("åäö", "aao"))
