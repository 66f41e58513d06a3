"""How alike two names are, as Swedish budgets spell the same thing differently from year to year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import combining, normalize

from rapidfuzz import fuzz

from fou.imports.funders import SHORT_FORMS, SHORT_WORDS

#: Words that say little about which thing is meant, with the share of their length that they weigh.
_LIGHT = {
    **dict.fromkeys(
        (
            "och", "i", "av", "för", "till", "med", "om", "på", "en", "ett", "den", "det", "de", "från", "vid", "inom",
            "hos", "under", "mot", "mellan", "samt", "som", "att", "per",
        ),
        0.25,
    ),
    **dict.fromkeys(
        (
            "projekt", "studie", "utveckling", "stöd", "arbete", "insatser", "insats", "metod", "metoder", "kommun",
            "kommunen", "stad", "stads", "region", "verksamhet", "intervjustudie", "registerstudie", "enkätstudie",
            "kartläggning", "utvärdering",
        ),
        0.5,
    ),
}  # fmt: skip
#: What is written short in every kind of name.
_SHORT_WORDS = {
    "o": "och",
    "ifo": "individ och familjeomsorg",
    "äo": "äldreomsorg",
    "åk": "årskurs",
    "vt": "våren",
    "ht": "hösten",
}
_REPLACED = {"&": " och ", "+": " och ", "/": " ", "ø": "ö", "æ": "ä", "ß": "ss"}
_SHORT_TEXTS = re.compile(r"\b(m\. ?m|m\. ?fl|bl\. ?a|t\. ?ex|s\. ?k|o\. ?s\. ?v)\.(?!\w)")
_JOINED_LETTER = re.compile(r"\b([a-zåäö])-(?=\w)")
_WORD = re.compile(r"([^\W_]+)(\.?)")
_LEADING = re.compile(
    r"^(?:fou[- ]?(?:projekt(?:et)?|insats)|(?:del)?projekt(?:et)?|(?:prioriterat |insats)?område(?:t)?"
    r"|utvärdering(?:en)? av)(?:\s*[:–-]\s*|\s+)(?=\w)"
)
_YEARS = r"(?:19|20)\d\d(?:\s?[-–/]\s?(?:(?:19|20)?\d\d))?"
_TRAILING = re.compile(
    rf"[\s,:;(–-]+(?:(?:vt|ht|hösten|våren|budget|åren|år)?\s?{_YEARS}|år \d|forts(?:\.|ätt(?:er|ning))?|projektet)"
    r"\s?\)?[.:]?$"
)
_LEADING_YEAR = re.compile(rf"^(?:år )?{_YEARS}[\s:,–-]+(?=\w)")
_PROJECT_WORD = re.compile(r"(.{4,}?)s?(?:-?projekt(?:et|en)?)")
#: A word with a capital that does not begin a sentence or a part of one.
_PROPER = re.compile(r"(?<=[\wåäö] )[A-ZÅÄÖ][\wåäöÅÄÖ]+")
#: Undertakings of their own, before or after the one that they are about (see LINK_KINDS).
_BEFORE_OR_AFTER = {"förstudie", "pilotstudie", "uppföljning", "spridning"}
_STAGES = {"etapp", "etappen", "del", "fas", "steg", "omgång", "grupp", "nr", "delprojekt"}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}

#: How much of a name is looked at: a cell may hold a whole page.
_LONGEST = 300
#: What two names lose of which one is a pilot study or follow-up and the other not, which name different places,
#: which have different stages or numbers, and of which only one has any.
_OTHER_UNDERTAKING, _OTHER_PLACE, _OTHER_STAGE, _ONE_HAS_STAGE = 24.0, 20.0, 14.0, 4.0
#: What a name that is wholly part of another is worth, and how much of it (in letters) must say something.
_PART, _PART_LETTERS = 88.0, 7.0
#: From here two words, and two rests of names written together, count as the same word spelt differently.
_SAME_WORD, _SAME_REST = 78.0, 86.0


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart. ``words`` are what it says, ``stages`` what tells the parts of one undertaking apart."""

    words: tuple[str, ...]
    #: the words that end in a full stop, as abbreviations do
    cut: frozenset[str]
    stages: frozenset[str]
    #: the words that are names of their own: written with a capital within the name, as places are
    proper: frozenset[str]
    #: whether noise (years, "FoU-projekt", "forts.") was taken away
    trimmed: bool
    #: what the words say in all, in letters that count
    weight: float


@lru_cache(maxsize=65_536)
def take_apart(table: str, label: str) -> Name:
    """The name without what often differs although the thing is the same: case, signs, accents, noise words, years.

    å, ä and ö stay apart from a and o. A call keeps its years: they are what tells one call from the next.
    """
    label = normalize("NFC", " ".join(label[:_LONGEST].split()))
    text = "".join(map(_plain, label.casefold()))
    text = _JOINED_LETTER.sub(r"\1", _SHORT_TEXTS.sub(" ", text)).strip()
    bare = _without_noise(text, keep_years=table == "call")
    found = _in_full(_WORD.findall(bare), _SHORT_WORDS)
    if table == "funder":
        found = _in_full(_funders_in_full(found), SHORT_WORDS)
    words, stages = _without_stages(found)
    cut = frozenset(word for word, dot in found if dot)
    proper = frozenset(word.casefold() for word in _PROPER.findall(label) if not label.isupper())
    return Name(tuple(words), cut, frozenset(stages), proper, bare != text, sum(map(_weight, words)))


def likeness(one: Name, other: Name) -> float:
    """0 to 100. 100 is the same words in any order; two different stages of one thing are never that much."""
    if not one.words or not other.words:
        return 100.0 if one == other else 0.0
    same, other_places = _compared(one, other)
    score = _scored(same, one.weight, other.weight)
    if one.stages != other.stages:
        if (one.stages ^ other.stages) & _BEFORE_OR_AFTER:
            score -= _OTHER_UNDERTAKING
        else:
            score -= _OTHER_STAGE if one.stages and other.stages else _ONE_HAS_STAGE
    if other_places:
        score -= _OTHER_PLACE
    if one.trimmed != other.trimmed:
        score -= 1.0
    return max(score, 0.0)


@lru_cache(maxsize=4_096)
def _plain(sign: str) -> str:
    """One sign of a name without its accent, and what stands for a word as that word."""
    if sign in "åäö":
        return sign
    return _REPLACED.get(sign) or "".join(part for part in normalize("NFKD", sign) if not combining(part))


def _without_noise(text: str, keep_years: bool) -> str:
    bare = text
    while True:
        shorter = _LEADING.sub("", bare)
        if not keep_years:
            shorter = _TRAILING.sub("", _LEADING_YEAR.sub("", shorter))
        if shorter == bare or not shorter:
            return bare
        bare = shorter


def _in_full(found: list[tuple[str, str]], short: Mapping[str, str]) -> list[tuple[str, str]]:
    written: list[tuple[str, str]] = []
    for word, dot in found:
        written += [(part, "") for part in short[word].split()] if word in short else [(word, dot)]
    return written


def _funders_in_full(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """``VR`` is Vetenskapsrådet, alone or beside words that say nothing more; ``FAS (Forte)`` is the last one named."""
    whole = " ".join(word for word, _ in found)
    known = [whole] if whole in SHORT_FORMS else [word for word, _ in found if word in SHORT_FORMS]
    if known and (whole in known or all(word in known or word in _BESIDE_SHORT_FORM for word, _ in found)):
        return [(word, "") for word in SHORT_FORMS[known[-1]].split()]
    return found


#: What may stand beside a short form without saying anything more.
_BESIDE_SHORT_FORM = {"medel", "från", "bidrag", "anslag", "rådet", "svenska", "statsbidrag"}


def _without_stages(found: list[tuple[str, str]]) -> tuple[list[str], set[str]]:
    words: list[str] = []
    stages: set[str] = set()
    before = ""
    for position, (word, _) in enumerate(found, 1):
        # "del i arbetet" is no part one.
        lettered = before in _STAGES and len(word) == 1 and (word != "i" or position == len(found))
        undertaking = word in _BEFORE_OR_AFTER and position in (1, len(found))
        if word.isdigit() or lettered or undertaking or word in {"ii", "iii", "iv"}:
            stages.add(_ROMAN.get(word, word.lstrip("0") or "0"))
            if words and words[-1] in _STAGES:
                words.pop()
        else:
            project = _PROJECT_WORD.fullmatch(word)
            words.append(project[1] if project else word)
        before = word
    return (words, stages) if words else ([word for word, _ in found], set())


def _compared(one: Name, other: Name) -> tuple[float, bool]:
    """What the two have in common, in letters that count, and whether their places differ."""
    left, right = list(one.words), list(other.words)
    same = 0.0
    for word in one.words:
        if word in right:
            left.remove(word)
            right.remove(word)
            same += _weight(word)
    for word in sorted(left, key=len, reverse=True) if right else ():
        best, likest = 0.0, ""
        for candidate in right:
            alike = _alike(word, candidate, one.cut, other.cut)
            if alike > best:
                best, likest = alike, candidate
        if likest:
            left.remove(word)
            right.remove(likest)
            same += best * (_weight(word) + _weight(likest)) / 2
    if left and right:
        same += _rest(left, right)
    other_places = not one.proper.isdisjoint(left) and not other.proper.isdisjoint(right)
    return same, other_places


def _alike(one: str, other: str, one_cut: frozenset[str], other_cut: frozenset[str]) -> float:
    """0 to 1: whether two words may be the same one, shortened, inflected or misspelt."""
    if (one in one_cut and other.startswith(one)) or (other in other_cut and one.startswith(other)):
        return 1.0
    return _same_word(one, other)


@lru_cache(maxsize=262_144)
def _same_word(one: str, other: str) -> float:
    if one.isdigit() or other.isdigit() or min(len(one), len(other)) < 4:
        return 0.0
    if _inflected(one, other):
        return 0.97
    return fuzz.ratio(one, other, score_cutoff=_SAME_WORD) / 100


#: What Swedish nouns end in as they are bent.
_ENDINGS = {
    "", "s", "n", "en", "et", "t", "ens", "ets", "ns", "er", "ar", "or", "erna", "arna", "orna", "na", "ers", "a", "e",
}  # fmt: skip


def _inflected(one: str, other: str) -> bool:
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    return shared >= 4 and one[shared:] in _ENDINGS and other[shared:] in _ENDINGS


def _rest(left: list[str], right: list[str]) -> float:
    """What the words left over have in common: the same letters divided differently, or the initials of the others."""
    one, other = "".join(left), "".join(right)
    both = (sum(map(_weight, left)) + sum(map(_weight, right))) / 2
    alike = fuzz.ratio(one, other, score_cutoff=_SAME_REST)
    if alike:
        return both * alike / 100
    for short, long in ((left, right), (right, left)):
        initials = {"".join(word[0] for word in long), "".join(word[0] for word in long if word not in _LIGHT)}
        if len(short) == 1 and len(long) > 1 and len(short[0]) > 1 and short[0] in initials:
            return both
    return 0.0


def _scored(same: float, one: float, other: float) -> float:
    """The likeness of names that say ``one`` and ``other`` in all and have ``same`` in common.

    A short name is often the beginning of a long one, but only a name that says something counts as a part.
    """
    shorter = min(one, other)
    return max(200.0 * same / (one + other), _PART * same / shorter if shorter >= _PART_LETTERS else 0.0)


@lru_cache(maxsize=65_536)
def _weight(word: str) -> float:
    return min(len(word), 12) * _LIGHT.get(word, 1.0)
