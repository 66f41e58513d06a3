"""Finding projects by what people type: parts of compounds, bent words, letters without dots, and misspellings.

Every word must be found in the project. First the words are taken as they stand: the word itself, bent otherwise
(utvärderingar), as a part of a longer one (utvärdering in hemtjänstutvärdering), written together or apart (evidens
baserad), and å, ä and ö typed as a and o. Only when no project has all of them are similar words taken too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import combining, normalize

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from fou.store import Reader

#: What is searched, and how much a hit there says. The area is the one that the project was put in.
FIELDS = {
    "project.code": 10, "project.title": 8, "project.keywords": 6, "project.lead": 6, "project.performer": 4,
    "area.name": 4, "project.reference": 4, "project.host": 3, "project.units": 3, "project.summary": 2,
}  # fmt: skip
_MOST_WORDS, _LONGEST_WORD = 8, 60
#: Words that say nothing about which project is meant; they count only when there are no others.
_LIGHT = frozenset(("och", "i", "av", "för", "till", "med", "om", "på", "en", "ett", "den", "det", "de", "från", "vid",
                    "inom", "hos", "mot", "samt", "som", "att"))  # fmt: skip
#: What Swedish nouns and adjectives end in as they are bent.
_ENDINGS = (
    "", "s", "n", "ns", "en", "ens", "et", "ets", "er", "ers", "ar", "ars", "or", "ors", "an", "ans", "na", "nas",
    "erna", "ernas", "arna", "arnas", "orna", "ornas", "a", "as", "e", "es", "t", "ad", "at", "ade", "ades",
)  # fmt: skip
_STEM = 4
#: How good a hit is: the word itself, bent, as the beginning, the end or another part, and only alike.
_SAME, _BENT, _BEGINS, _ENDS, _INSIDE, _SPLIT, _ALIKE = 1.0, 0.95, 0.85, 0.75, 0.7, 0.55, 0.5
#: What a hit loses when å, ä and ö had to be read as a and o.
_WITHOUT_DOTS = 0.9
_WORD = re.compile(r"[^\W_]+")
_HYPHENED = re.compile(r"[^\W_]+(?:[-\u2010\u2011\u2013][^\W_]+)+")
_DOTS = str.maketrans("åäö", "aao")
_REPLACED = {"ø": "ö", "æ": "ä", "ß": "ss"}

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Every word of every project, in memory. ``projects`` are the ids; a word's place is its number."""

    projects: NDArray[np.int32]
    titles: tuple[str, ...]
    words: tuple[str, ...]
    shown: tuple[str, ...]
    places: dict[str, int]
    #: the words after each other, as they are and without dots, and where each begins
    text: str
    bare: tuple[str, ...]
    bare_text: str
    starts: NDArray[np.int64]
    #: a word's projects and weights stand from ``first[word]`` to ``first[word + 1]``
    first: NDArray[np.int64]
    hits: NDArray[np.int32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found. ``scores`` stand beside ``projects`` (ids): the higher the better.

    ``alike`` are the words found that do not hold what was typed. ``exact`` is False when some word typed was found
    only so.
    Without hits, ``words`` has how many projects each word was found in, and ``nearest`` what it may have meant.
    """

    projects: tuple[int, ...]
    scores: tuple[int, ...]
    exact: bool = True
    alike: tuple[str, ...] = ()
    words: tuple[tuple[str, int], ...] = ()
    nearest: tuple[tuple[str, str], ...] = ()


def index(reader: Reader) -> Index:
    """Read every project's words: half a second at 20 000 projects, so it is kept until the database changes."""
    rows = reader.rows(
        f"SELECT project.id, {', '.join(FIELDS)} FROM project LEFT JOIN area ON area.id = project.area "
        "ORDER BY project.id"
    )
    numbers = _Numbers()
    found: list[int] = []
    lengths: list[int] = []
    for column in range(1, len(FIELDS) + 1):
        for row in rows:
            text = row[column]
            words = _WORD.findall(text) if text else []
            if text and ("-" in text or "\u2013" in text):
                words += _HYPHENED.findall(text)
            found.extend(map(numbers.__getitem__, words))
            lengths.append(len(words))
    vocabulary = tuple(numbers.places)
    bare = tuple(word.translate(_DOTS) for word in vocabulary)
    first, hits, weights = _by_word(found, lengths, len(vocabulary), len(rows))
    return Index(
        projects=np.array([row[0] for row in rows], np.int32),
        titles=tuple(fold(row[2]) for row in rows),
        words=vocabulary,
        shown=tuple(numbers.shown),
        places=numbers.places,
        text="".join(f"\n{word}" for word in vocabulary),
        bare=bare,
        bare_text="".join(f"\n{word}" for word in bare),
        starts=np.cumsum([0, *(len(word) + 1 for word in vocabulary)]),
        first=first,
        hits=hits,
        weights=weights,
    )


def find(known: Index, text: str) -> Hits:
    """The projects in which every word of the text is found, the best first."""
    words = _typed(known, text)
    if not words:
        return Hits((), ())
    found = [_as_typed(known, word) for word in words]
    for round_ in range(3):
        if round_:
            found = [one | _similar(known, word, one, round_ > 1) for word, one in zip(words, found, strict=True)]
        scores, used = _together(known, words, found)
        if scores.any():
            return _ranked(known, words, scores, used)
    counts = tuple((word, int(np.count_nonzero(_score(known, one)))) for word, one in zip(words, found, strict=True))
    nearest = tuple((word, near) for word, number in counts if not number and (near := _nearest(known, word)))
    return Hits((), (), exact=False, words=counts, nearest=nearest)


def fold(text: str) -> str:
    """The text in small letters without accents; å, ä and ö stay."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    return "".join(map(_folded, normalize("NFC", folded)))


@lru_cache(maxsize=4_096)
def _folded(sign: str) -> str:
    if sign in "åäö":
        return sign
    return _REPLACED.get(sign) or "".join(part for part in normalize("NFKD", sign) if not combining(part))


class _Numbers(dict[str, int]):
    """The number of each word as it is written; words that fold to the same have the same."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, int] = {}
        self.shown: list[str] = []

    def __missing__(self, raw: str) -> int:
        word = "".join(_WORD.findall(fold(raw)))[:_LONGEST_WORD]
        number = self[raw] = self.places.setdefault(word, len(self.places))
        if number == len(self.shown):
            self.shown.append(raw[:_LONGEST_WORD])
        elif raw.islower() or (self.shown[number].isupper() and not raw.isupper()):
            self.shown[number] = raw[:_LONGEST_WORD]  # not "Utvärdering", which only began a sentence
        return number


def _by_word(
    found: list[int], lengths: list[int], vocabulary: int, projects: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Each word's projects, once each with the best weight; ``lengths`` are the words of each field of each project."""
    each = np.repeat(np.tile(np.arange(projects), len(FIELDS)), lengths)
    weights = np.repeat(np.repeat(list(FIELDS.values()), projects), lengths)
    keys = np.array(found, np.int64) * max(projects, 1) + each
    order = np.lexsort((weights, keys))
    ordered = keys[order]
    last = np.append(ordered[1:] != ordered[:-1], True) if len(ordered) else np.zeros(0, bool)
    kept = ordered[last]
    first = np.searchsorted(kept, np.arange(vocabulary + 1) * max(projects, 1))
    return first, (kept % max(projects, 1)).astype(np.int32), weights[order][last].astype(np.float32)


def _typed(known: Index, text: str) -> list[str]:
    """The words typed, folded. What is written with a hyphen is one word when there is such a word."""
    words: list[str] = []
    for part in fold(text[:500]).split():
        pieces = _WORD.findall(part)
        whole = "".join(pieces)
        if len(pieces) > 1 and whole in known.places:
            words.append(whole)
        else:
            words += pieces
    told = [word for word in dict.fromkeys(words) if word not in _LIGHT] or list(dict.fromkeys(words))
    return [word[:_LONGEST_WORD] for word in told[:_MOST_WORDS]]


def _as_typed(known: Index, word: str) -> dict[int, float]:
    """Words that hold what was typed, or are it in another form, each with how good a hit it is."""
    found: dict[int, float] = {}
    dotless = word == word.translate(_DOTS)
    # Two letters and figures are in everything: they count only where a word begins.
    anywhere = len(word) > 2 and not word.isdigit()
    for number, at in _holding(known, known.bare_text if dotless else known.text, word, anywhere):
        length = len(known.words[number])
        if length == len(word):
            good = _SAME
        elif len(word) == 1:
            continue  # a letter or a figure alone is not a beginning
        elif at == 0:
            good = _BEGINS
        elif at + len(word) == length:
            good = _ENDS
        elif len(word) > 3:
            good = _INSIDE
        else:
            continue
        if dotless and word not in known.words[number]:
            good *= _WITHOUT_DOTS
        found[number] = max(found.get(number, 0.0), good)
    for form in _forms(word):
        place = known.places.get(form)
        if place is not None:
            found[place] = max(found.get(place, 0.0), _BENT)
    return found


def _holding(known: Index, text: str, part: str, anywhere: bool) -> Iterable[tuple[int, int]]:
    """The words that hold the part, or only begin with it, and where in them it stands."""
    sought = part if anywhere else f"\n{part}"
    places: list[int] = []
    at = text.find(sought)
    while at >= 0:
        places.append(at)
        at = text.find(sought, at + 1)
    if not places:
        return []
    at_words = np.array(places) - (1 if anywhere else 0)
    numbers = np.searchsorted(known.starts, at_words, side="right") - 1
    return zip(numbers.tolist(), (at_words - known.starts[numbers]).tolist(), strict=True)


def _forms(word: str) -> set[str]:
    """The word bent in every way, right or wrong: those that exist are the ones that count."""
    if word.isdigit():
        return set()
    stems = {
        word[: len(word) - len(ending)]
        for ending in _ENDINGS
        if word.endswith(ending) and len(word) - len(ending) >= _STEM
    }
    return {stem + ending for stem in stems for ending in _ENDINGS}


def _similar(known: Index, word: str, already: dict[int, float], wide: bool) -> dict[int, float]:
    """Words spelt most like the one typed (``wide``: much like it), which are not found already."""
    found: dict[int, float] = {}
    bare = word.translate(_DOTS)
    if bare != word:
        found |= {number: good * _WITHOUT_DOTS for number, good in _as_typed(known, bare).items()}
    if len(word) >= 4 and not any(sign.isdigit() for sign in word):
        most = 1 if len(word) < 6 else 2 if len(word) < 12 else 3
        near = process.extract(bare, known.bare, scorer=OSA.distance, score_cutoff=most, limit=20)
        for _, distance, number in near:
            if wide or distance == near[0][1]:
                found[number] = max(found.get(number, 0.0), _ALIKE * (1 - distance / len(word)))
        if not (found or already) and len(word) >= 6:
            # Misspelt, and there only as a part of a longer word.
            for _, alike, number in process.extract(
                bare, known.bare, scorer=fuzz.partial_ratio, score_cutoff=86, limit=12
            ):
                if len(known.words[number]) >= len(word):
                    found[number] = _ALIKE * alike / 200
    return {number: good for number, good in found.items() if number not in already}


def _together(
    known: Index, words: Sequence[str], found: Sequence[dict[int, float]]
) -> tuple[Scores, list[dict[int, float]]]:
    """The score of each project in which every word is found (0 for the others), and the words that can have given it.

    Two words beside each other may be one compound in the project, and one compound may be two words.
    """
    used: list[dict[int, float]] = list(found)
    scores = [_score(known, one) for one in found]
    for at in range(len(words) - 1):
        pair = _as_typed(known, words[at] + words[at + 1])
        if pair:
            used.append(pair)
            both = _score(known, pair)
            scores[at], scores[at + 1] = np.maximum(scores[at], both), np.maximum(scores[at + 1], both)
    for at, word in enumerate(words):
        if not scores[at].any():
            scores[at], parts = _split(known, word)
            used += parts
    total: Scores = np.zeros(len(known.projects), np.float32)
    for score in scores:
        total += score
    for score in scores:
        total[score == 0] = 0
    return total, used


def _split(known: Index, word: str) -> tuple[Scores, list[dict[int, float]]]:
    """The projects that hold a compound's two parts as words of their own: hemtjänst and utvärdering."""
    best = np.zeros(len(known.projects), np.float32)
    used: list[dict[int, float]] = []
    for at in range(_STEM, len(word) - _STEM + 1):
        right = _whole(known, word[at:])
        if not right:
            continue
        left = _whole(known, word[:at])
        if left:
            both = np.minimum(_score(known, left), _score(known, right)) * np.float32(_SPLIT)
            if both.any():
                best = np.maximum(best, both)
                used += [left, right]
    return best, used


def _whole(known: Index, word: str) -> dict[int, float]:
    return {known.places[form]: _BENT for form in {word, *_forms(word)} if form in known.places}


def _score(known: Index, found: dict[int, float]) -> Scores:
    """How well each project holds one of the words: the best of its fields and of the words."""
    scores = np.zeros(len(known.projects), np.float32)
    numbers = np.fromiter(found, np.int64, len(found))
    starts = known.first[numbers]
    lengths = known.first[numbers + 1] - starts
    # The places of all the words' projects, without a loop: one or two letters begin many thousand words.
    at = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    good = np.repeat(np.fromiter(found.values(), np.float32, len(found)), lengths)
    np.maximum.at(scores, known.hits[at], known.weights[at] * good)
    return scores


def _ranked(known: Index, words: Sequence[str], scores: Scores, used: Sequence[dict[int, float]]) -> Hits:
    hit = np.flatnonzero(scores)
    if len(words) > 1:
        # The words after each other in the title are what was meant.
        phrase = " ".join(words)
        scores[[place for place in hit.tolist() if phrase in known.titles[place]]] += np.float32(8)
    order = hit[np.argsort(-scores[hit], kind="stable")]
    alike, exact = _alike(known, words, used, scores > 0)
    return Hits(
        projects=tuple(known.projects[order].tolist()),
        scores=tuple(np.round(scores[order] * 100).astype(int).tolist()),
        exact=exact,
        alike=alike,
    )


def _alike(
    known: Index, words: Sequence[str], used: Sequence[dict[int, float]], hit: NDArray[np.bool_]
) -> tuple[tuple[str, ...], bool]:
    """The words behind the hits that hold nothing of what was typed, the best first; and whether others do."""
    told: dict[int, float] = {}
    every = [*words, *(words[at] + words[at + 1] for at in range(len(words) - 1))]
    held: set[str] = set()
    for place, found in enumerate(used):
        typed = [words[place]] if place < len(words) else every
        for number, good in found.items():
            holds = [word for word in typed if word in known.words[number]]
            if holds and held.issuperset(holds):
                continue
            if hit[known.hits[known.first[number] : known.first[number + 1]]].any():
                held.update(holds)
                if not holds:
                    told[number] = max(told.get(number, 0.0), good)
    exact = all(any(word in one for one in held) for word in words)
    return tuple(known.shown[number] for number in sorted(told, key=lambda number: (-told[number], number))), exact


def _nearest(known: Index, word: str) -> str | None:
    """The word among all projects that is spelt most like the one typed."""
    found = process.extractOne(word.translate(_DOTS), known.bare, scorer=fuzz.ratio, score_cutoff=70)
    return None if found is None else known.shown[found[2]]
