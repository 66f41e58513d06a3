"""Which project, funder, area or call a name in a file means: surely, perhaps (then it is asked), or none yet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from fou.imports.likeness import Name, likeness, take_apart
from fou.imports.references import fold
from fou.store import Reader

#: The tables whose records files name, with what they are referred to by and what people call them.
NAMED = {"project": ("code", "title"), "funder": ("name", "name"), "area": ("name", "name"), "call": ("code", "name")}
#: From this likeness (0–100) a name is asked about; found by tests/unit/test_recognise.py.
ASK_FROM = 78.0
#: More unknown names than this come out of a system with codes of its own: they are not compared one by one.
MOST_COMPARED = 3_000
#: How many of the likest are shown.
MOST_CANDIDATES = 3
#: Two names of one file are asked about only when hardly anything but the spelling differs.
ASK_WITHIN_FROM = 90.0
#: How many names are compared in full: those that share the most, and at least this part of what the first does.
_COMPARED, _WORTH_COMPARING = 16, 0.45
#: Of a name's pieces the rarest are looked up: at least so many, and on until so many names have been met.
_FEWEST_PIECES, _MOST_LOOKED_UP = 8, 6_000

How: TypeAlias = Literal["code", "name", "alias", "question", "new"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a name may mean. ``target`` is a label in the database or, with ``in_file``, an earlier name in the file."""

    target: str
    shown: str
    likeness: int
    in_file: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """A name of the file. ``target`` is what it surely means; a ``question`` has candidates instead, the likest first.

    Targets are the labels by which records are referred to: a project's or call's code, a funder's or area's name.
    """

    label: str
    how: How
    target: str | None = None
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Register:
    """The records of one table: their labels (codes or names) and titles, and the aliases that mean them."""

    table: str
    #: label → title, as written
    titles: dict[str, str]
    #: folded alias → label
    aliases: dict[str, str]

    @cached_property
    def by_label(self) -> dict[str, str]:
        """Folded label → label."""
        return {fold(label): label for label in self.titles}

    @cached_property
    def by_title(self) -> dict[str, list[str]]:
        """Folded title → the labels of all that are called so."""
        found: dict[str, list[str]] = defaultdict(list)
        for label, title in self.titles.items():
            found[fold(title)].append(label)
        return found

    @cached_property
    def near(self) -> _Near:
        """The titles and aliases, for looking up the likest."""
        names = [(title, label) for label, title in self.titles.items()]
        return _Near(self.table, names + list(self.aliases.items()))

    def shown(self, label: str) -> str:
        """``P-1 · Läxhjälpen``, or the name alone where the name is the label."""
        title = self.titles[label]
        return title if title == label else f"{label} · {title}"


@dataclass(frozen=True, slots=True)
class Directory:
    """What the database knows by name when a file comes in; made once for each file."""

    registers: Mapping[str, Register] = field(default_factory=dict)

    def __getitem__(self, table: str) -> Register:
        return self.registers.get(table) or Register(table, {}, {})


def directory(reader: Reader) -> Directory:
    """Read every label, title and alias of the database."""
    registers = {}
    for table, (label, title) in NAMED.items():
        rows = reader.rows(f"SELECT id, {label}, {title} FROM {table} ORDER BY id")
        labels = {number: name for number, name, _ in rows}
        aliases = reader.rows(f"SELECT label, {table} FROM alias WHERE record = $table ORDER BY id", table=table)
        registers[table] = Register(
            table,
            {name: called for _, name, called in rows},
            {alias: labels[number] for alias, number in aliases if number in labels},
        )
    return Directory(registers)


def recognise(table: str, label: str, directory: Directory) -> Recognised:
    """Say what one name means; see ``recognise_many``."""
    return recognise_many(table, [label], directory)[0]


def recognise_many(
    table: str, labels: Iterable[str], directory: Directory, most_compared: int = MOST_COMPARED
) -> list[Recognised]:
    """Say what each of the file's names means, in order, once for each spelling that ``fold`` keeps apart.

    A code, a title that one record alone has, or a remembered alias decides. Whatever is only alike is a question,
    and so is a name that is like an earlier one in the same file which is not in the database either.
    """
    register = directory[table]
    spelt: dict[str, str] = {}
    for label in labels:
        spelt.setdefault(fold(label), label)
    found: list[Recognised] = []
    unsure: list[int] = []
    for folded, label in spelt.items():
        sure = _surely(register, folded, label)
        if sure is None:
            unsure.append(len(found))
            sure = Recognised(label, "new")
        found.append(sure)
    if len(unsure) > most_compared:
        for place in unsure:
            found[place] = _shared(register, found[place].label)
        return found
    for place in unsure:
        found[place] = _perhaps(register, found[place].label)
    _compare_within(table, found, unsure)
    return found


def next_codes(directory: Directory, count: int, taken: Iterable[str] = ()) -> list[str]:
    """Codes for new projects: P-001, P-002 and on, after the last that the database has or ``taken`` holds."""
    used = (_OUR_CODE.fullmatch(fold(code)) for code in (*directory["project"].titles, *taken))
    last = max((int(code[1]) for code in used if code), default=0)
    return [f"P-{number:03}" for number in range(last + 1, last + 1 + count)]


_OUR_CODE = re.compile(r"p-0*([0-9]{1,9})")


def _surely(register: Register, folded: str, label: str) -> Recognised | None:
    if folded in register.by_label:
        how: How = "name" if NAMED[register.table][0] == "name" else "code"
        return Recognised(label, how, register.by_label[folded])
    called = register.by_title.get(folded, [])
    if len(called) == 1:
        return Recognised(label, "name", called[0])
    if folded in register.aliases:
        return Recognised(label, "alias", register.aliases[folded])
    return None


def _shared(register: Register, label: str) -> Recognised:
    """A question where several records have the very title; likeness is not looked for."""
    called = register.by_title.get(fold(label), [])
    shown = tuple(Candidate(target, register.shown(target), 100) for target in called[:MOST_CANDIDATES])
    return Recognised(label, "question", None, shown) if shown else Recognised(label, "new")


def _perhaps(register: Register, label: str) -> Recognised:
    best: dict[str, float] = {}
    for target, alike in register.near.likest(label, ASK_FROM):
        best[target] = max(alike, best.get(target, 0.0))
    for target in register.by_title.get(fold(label), []):  # several with this very title
        best[target] = 100.0
    likest = sorted(best.items(), key=lambda pair: -pair[1])[:MOST_CANDIDATES]
    if not likest:
        return Recognised(label, "new")
    return Recognised(
        label, "question", None,
        tuple(Candidate(target, register.shown(target), round(alike)) for target, alike in likest),
    )  # fmt: skip


def _compare_within(table: str, found: list[Recognised], unsure: Sequence[int]) -> None:
    """Ask about the names that are new but like an earlier one of the file that the database does not have either."""
    if all(found[place].how != "new" for place in unsure):
        return
    names = [found[place].label for place in unsure]
    near = _Near(table, [(name, name) for name in names])
    for position, place in enumerate(unsure):
        if found[place].how != "new":
            continue
        name = take_apart(table, found[place].label)
        earlier = [
            (target, alike)
            for target, alike in near.likest(found[place].label, ASK_WITHIN_FROM, below=position)
            # Whoever writes "etapp 1" and "etapp 2", or a name and a part of it, in one file tells them apart.
            if take_apart(table, target).stages == name.stages
        ]
        likest = sorted(earlier, key=lambda pair: -pair[1])[:MOST_CANDIDATES]
        if likest:
            shown = tuple(Candidate(target, target, round(alike), in_file=True) for target, alike in likest)
            found[place] = Recognised(found[place].label, "question", None, shown)


class _Near:
    """Names by the three-letter pieces in them, so that only the few that share any are compared in full."""

    def __init__(self, table: str, names: Sequence[tuple[str, str]]) -> None:
        self._table = table
        self._targets = [target for _, target in names]
        self._names = [take_apart(table, name) for name, _ in names]
        holders: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self._names):
            for piece in _pieces(name):
                holders[piece].append(number)
        self._holders = {piece: np.array(numbers, np.int32) for piece, numbers in holders.items()}

    def likest(self, label: str, least: float, below: int | None = None) -> list[tuple[str, float]]:
        """(target, likeness) of those that are at least so alike, among the first ``below`` names or all."""
        name = take_apart(self._table, label)
        held = sorted((self._holders[piece] for piece in _pieces(name) if piece in self._holders), key=len)
        if not held:
            return []
        # A piece says the more the fewer names that hold it; the commonest are left out where there are many names.
        looked_up = np.cumsum([len(numbers) for numbers in held])
        held = held[: max(_FEWEST_PIECES, int(np.searchsorted(looked_up, _MOST_LOOKED_UP)))]
        worth = np.repeat([1 / (1 + len(numbers)) ** 0.5 for numbers in held], [len(numbers) for numbers in held])
        shared = np.bincount(np.concatenate(held), worth, len(self._names))
        if below is not None:
            shared = shared[:below]
        likely = np.flatnonzero(shared > _WORTH_COMPARING * shared.max(initial=0.0))
        if len(likely) > _COMPARED:
            likely = likely[np.argpartition(shared[likely], -_COMPARED)[-_COMPARED:]]
        compared = [(self._targets[number], likeness(name, self._names[number])) for number in likely]
        return [(target, alike) for target, alike in compared if alike >= least]


def _pieces(name: Name) -> set[str]:
    found: set[str] = set()
    words = list(name.words)
    if len(words) > 1:  # by its initials it is found from an abbreviation
        words += ["".join(word[0] for word in name.words), "".join(word[0] for word in name.words if len(word) > 2)]
    for word in words:
        padded = f" {word} "
        found.update(padded[start : start + 3] for start in range(len(padded) - 2))
    return found
