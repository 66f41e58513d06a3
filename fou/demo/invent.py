"""The invented projects: a block of fates, told again with new words for as many as are wanted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeAlias

from fou.demo import names

#: A row of a table: head → value.
Row: TypeAlias = dict[str | int, str | int | Decimal | date | bool | None]
SEED = 20190108
FIRST_PLAN, LAST_PLAN = 2019, 2026
#: The last plan year whose books are closed.
LAST_CLOSED = 2024
#: The day it is in the example.
TODAY = date(2026, 11, 16)
#: The call that is being assessed, and the one that is assessed and waits for the council's meeting, whose number is
#: no year; the others are known by their budget year.
LIVE_CALL, MEETING_CALL = 2027, 20272
#: The calls that the board has decided nothing in.
UNDECIDED = (LIVE_CALL, MEETING_CALL)
#: How many projects there are when nobody says.
USUAL = 68


@dataclass(frozen=True, slots=True)
class Slot:
    """One fate in the block.

    ``family`` groups the projects that belong together, earlier first. ``own`` is how much of the board's
    money it takes in a year, 1 being a full study, and ``call`` the year of the call it came by, or
    MEETING_CALL (0: none). ``outcome`` is the board's (empty: undecided), ``council`` the council's when it
    differs. ``outside`` is the other funder's short name in ``names.FUNDERS``; ``spread`` says that only its whole
    grant is known. ``open_from`` and ``condition_from`` are the years from which amounts are open or conditional.
    """

    family: str
    stage: str  # pilot, study, follow_up, spread, programme, child or single
    first: int
    last: int
    own: float = 0.0
    call: int = 0
    outcome: str = "granted"
    council: str = ""
    outside: str = ""
    spread: bool = False
    open_from: int = 9999
    condition_from: int = 9999
    condition: str = ""
    no_area: bool = False


#: In an order where any beginning of the block holds something of everything. Families A–G are chains from
#: pilot study to spread, P are programmes with children, X have money from other funders, D were decided
#: without a call; S, R, W and L came through one and were granted, rejected, deferred, or are undecided. Those that
#: the council's meeting is about stand last.
BLOCK = (
    Slot("A", "pilot", 2019, 2019, 0.35),
    Slot("A", "study", 2020, 2022, 1.0, 2020),
    Slot("S1", "single", 2019, 2021, 1.0, 2019),
    Slot("P1", "programme", 2021, 2026, outside="forte", no_area=True),
    Slot("P1", "child", 2021, 2023, 0.4),
    Slot("L1", "single", 2026, 2028, 1.0, LIVE_CALL, ""),
    Slot("R1", "single", 2021, 2023, 1.0, 2021, "rejected"),
    Slot("X1", "single", 2019, 2022, outside="forte", spread=True),
    Slot("F", "pilot", 2025, 2025, 0.35),
    Slot("F", "study", 2026, 2028, 1.0, 2026, open_from=2028),
    Slot("S2", "single", 2023, 2025, 1.0, 2023),
    Slot("D2", "single", 2019, 2021, 0.8),
    Slot("A", "follow_up", 2023, 2023, 0.35),
    Slot("E", "pilot", 2024, 2024, 0.35),
    Slot("E", "study", 2025, 2027, 1.0, 2025, condition_from=2027, condition=names.STATUS_REPORT),
    Slot("X4", "single", 2024, 2025, 0.6, outside="region"),
    Slot("S3", "single", 2022, 2024, 1.0, 2022),
    Slot("R2", "single", 2024, 2025, 1.0, 2024, "rejected"),
    Slot("W1", "single", 2026, 2028, 0.3, 2026, "deferred", council="granted"),
    Slot("B", "pilot", 2020, 2020, 0.35),
    Slot("B", "study", 2021, 2023, 1.0, 2021),
    Slot("L2", "single", 2026, 2028, 1.0, LIVE_CALL, ""),
    Slot("A", "spread", 2024, 2024, 0.4),
    Slot("S4", "single", 2024, 2026, 0.9, 2024),
    Slot("P2", "programme", 2024, 2028, outside="eu", open_from=2027, no_area=True),
    Slot("P2", "child", 2025, 2027, 0.5, condition_from=2027, condition=names.EU_SUPPORT),
    Slot("R3", "single", 2019, 2021, 1.0, 2019, "rejected"),
    Slot("C", "pilot", 2021, 2021, 0.35),
    Slot("C", "study", 2022, 2024, 1.0, 2022),
    Slot("X3", "single", 2019, 2020, 0.6, outside="foundation"),
    Slot("S5", "single", 2025, 2027, 1.0, 2025),
    Slot("S6", "single", 2020, 2022, 1.0, 2020),
    Slot("P1", "child", 2022, 2024, 0.4),
    Slot("L3", "single", 2026, 2028, 0.8, LIVE_CALL, ""),
    Slot("D1", "single", 2018, 2020, 0.8, no_area=True),
    Slot("R4", "single", 2022, 2024, 1.0, 2022, "rejected", council="granted"),
    Slot("B", "follow_up", 2024, 2024, 0.35),
    Slot("D", "pilot", 2022, 2022, 0.35),
    Slot("D", "study", 2023, 2025, 1.0, 2023),
    Slot("S7", "single", 2019, 2021, 1.0, 2019),
    Slot("X5", "single", 2019, 2021, 0.5, outside="eu", no_area=True),
    Slot("C", "follow_up", 2025, 2025, 0.35),
    Slot("R5", "single", 2026, 2027, 1.0, 2026, "rejected"),
    Slot("S8", "single", 2021, 2023, 0.9, 2021),
    Slot("P1", "child", 2023, 2025, 0.4),
    Slot("L4", "single", 2026, 2028, 1.0, LIVE_CALL, ""),
    Slot("G", "pilot", 2026, 2026, 0.35),
    Slot("G", "study", 2026, 2028, 1.0, LIVE_CALL, ""),
    Slot("B", "spread", 2025, 2025, 0.4),
    Slot("R6", "single", 2020, 2022, 1.0, 2020, "rejected"),
    Slot("X2", "single", 2023, 2026, outside="forte", spread=True),
    Slot("S9", "single", 2024, 2026, 1.0, 2024),
    Slot("C", "spread", 2026, 2026, 0.4, condition_from=2026, condition=names.THREE_UNITS),
    Slot("P2", "child", 2026, 2028, 0.5),
    Slot("R7", "single", 2023, 2025, 1.0, 2023, "rejected"),
    Slot("P1", "child", 2024, 2026, 0.4),
    Slot("D", "follow_up", 2026, 2026, 0.35),
    Slot("R8", "single", 2025, 2027, 1.0, 2025, "rejected"),
    Slot("X6", "single", 2025, 2027, outside="foundation", condition_from=2027, condition=names.ETHICS),
    Slot("L5", "single", 2026, 2028, 1.2, LIVE_CALL, ""),
    Slot("M1", "single", 2026, 2027, 0.8, MEETING_CALL, ""),
    Slot("M2", "pilot", 2026, 2027, 0.35, MEETING_CALL, ""),
    Slot("D", "spread", 2026, 2027, 0.4, MEETING_CALL, ""),
    Slot("M3", "single", 2026, 2028, 1.0, MEETING_CALL, ""),
    Slot("M4", "single", 2026, 2028, 0.7, MEETING_CALL, ""),
    Slot("M5", "pilot", 2026, 2027, 0.3, MEETING_CALL, ""),
    Slot("M6", "single", 2026, 2027, 0.5, MEETING_CALL, ""),
    Slot("M7", "single", 2026, 2028, 1.1, MEETING_CALL, ""),
)
_FAMILIES = tuple(dict.fromkeys(slot.family for slot in BLOCK))
#: The stage of the earlier project → the word in Kopplingar.
LINK_WORDS = {"pilot": "förstudie", "study": "studie", "follow_up": "uppföljning"}
_GRANT_TYPES = {
    "pilot": "förstudie",
    "programme": "programbidrag",
    "follow_up": "uppdrag",
    "spread": "uppdrag",
}
_STAGE_WORDS = {"pilot": "Förstudie: ", "follow_up": "Uppföljning: ", "spread": "Spridning: "}


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that decides: whose, when and which paragraph; ``source`` is how a line refers to it."""

    body: str
    day: date
    paragraph: str
    source: str


@dataclass(frozen=True, slots=True)
class Invented:
    """One project, numbered from 0; ``parent`` is a code, ``previous`` a code and its stage."""

    slot: Slot
    number: int
    code: str
    title: str
    area: str | None
    summary: str
    lead: str
    performer: str
    units: tuple[str, ...]
    starts: date
    ends: date
    parent: str | None
    previous: tuple[str, str] | None
    reference: str
    keywords: str

    @property
    def place(self) -> int:
        """Its place in the block, by which it is chosen for what happens to some."""
        return self.number % len(BLOCK)

    @property
    def granted(self) -> bool:
        """Whether the board has said yes."""
        return self.slot.outcome == "granted"

    @property
    def finished(self) -> bool:
        """Whether it has ended by the day it is in the example."""
        return self.granted and self.ends < TODAY

    @property
    def source(self) -> str:
        """Källa of the project itself: the decision, or the proposal if there is none yet."""
        if self.slot.outcome:
            return board_meeting(self.slot.first, decided_in_spring(self)).source
        return source(f"ansökan {proposal_code(self)}")

    def partial(self, day: date) -> str:
        """A date of the project as precisely as its source has it: to the day, the month or the year."""
        whole_years = self.starts.month == 1
        length = 10 if self.slot.spread else 7 if self.number % 3 or not whole_years else 4
        return day.isoformat()[:length]

    @property
    def grant_type(self) -> str:
        """Bidragstyp."""
        return _GRANT_TYPES.get(self.slot.stage, "projektbidrag")


def source(document: str) -> str:
    """Källa: always says that it is made up."""
    return f"{names.ORGANISATION} (påhittad), {document}"


def board_meeting(year: int, spring: bool = False) -> Meeting:
    """The board's meeting that decides on the budget year: in December before it, or in May."""
    day = _tuesday_from(date(year, 5, 15)) if spring else _tuesday_from(date(year - 1, 12, 8))
    paragraph = f"§ {41 + year % 7 if spring else 118 + year % 11}"
    return Meeting(names.BOARD, day, paragraph, source(f"beslut SN {day} {paragraph}"))


def council_meeting(year: int, spring: bool = False) -> Meeting:
    """The council's meeting three weeks before the board's."""
    day = board_meeting(year, spring).day - timedelta(weeks=3)
    paragraph = f"§ {3 + year % 4}"
    return Meeting("FoU-rådet", day, paragraph, source(f"FoU-rådets protokoll {day} {paragraph}"))


def decided_in_spring(project: Invented) -> bool:
    """Follow-ups and spreading are decided in May; everything else in December before the year."""
    return project.slot.stage in ("follow_up", "spread")


def call_code(call: int) -> str:
    """The code of a call."""
    return "S2027" if call == MEETING_CALL else f"U{call}"


def proposal_code(project: Invented) -> str:
    """The code of the project's proposal."""
    return f"A{call_code(project.slot.call).removeprefix('U')}-{project.number + 1:03d}"


def invent(count: int) -> list[Invented]:
    """``count`` projects, the same each time; the first ones are the same at every size."""
    random = Random(SEED)
    titles = _Titles(random)
    codes: Counter[int] = Counter()
    projects: list[Invented] = []
    family: dict[tuple[int, str], Invented] = {}
    for number in range(count):
        block, place = divmod(number, len(BLOCK))
        slot = BLOCK[place]
        before = family.get((block, slot.family))
        project = _project(random, titles, codes, slot, number, block, before)
        projects.append(project)
        if slot.stage != "child":
            family[block, slot.family] = project
    return projects


def _project(
    random: Random,
    titles: _Titles,
    codes: Counter[int],
    slot: Slot,
    number: int,
    block: int,
    before: Invented | None,
) -> Invented:
    family = _FAMILIES.index(slot.family)
    words = names.AREAS[(family + 3 * block) % len(names.AREAS)]
    method = random.choice(list(names.METHODS))
    title, subject = titles.make((block, slot.family), slot.stage, words, method)
    codes[slot.first] += 1
    starts, ends = _period(slot)
    units = random.sample(words.units, random.choice((1, 1, 2, 2, 3)))
    lead = f"{random.choice(names.FIRST_NAMES)} {random.choice(names.LAST_NAMES)}"
    child = slot.stage == "child" and before is not None
    chained = before is not None and not child
    return Invented(
        slot=slot,
        number=number,
        code=f"EX{slot.first % 100}-{codes[slot.first]:03d}",
        title=title,
        area=None if slot.no_area else area_name(words.name, slot.first),
        summary=_summary(random, slot, words, method, subject),
        lead=before.lead if chained and before else lead,
        performer=before.performer if chained and before else random.choice(names.PERFORMERS),
        units=tuple(units),
        starts=starts,
        ends=ends,
        parent=before.code if child and before else None,
        previous=(before.code, before.slot.stage) if chained and before else None,
        reference=f"SN {starts.year - (starts.month == 1)}/{100 + number * 3:04d}",
        keywords=f"{words.keyword}, {method.removeprefix('en ')}",
    )


def area_name(name: str, year: int) -> str:
    """What an area is called in a year."""
    return names.NEW_AREA if name == names.OLD_AREA and year >= names.RENAMED_FROM else name


def _period(slot: Slot) -> tuple[date, date]:
    if slot.spread:
        return date(slot.first, 7, 1), date(slot.last, 6, 30)
    if slot.call in UNDECIDED:
        return date(slot.first, 12, 1), date(slot.last, 11, 30)
    if slot.stage in ("follow_up", "spread"):
        return date(slot.first, 6, 1), date(slot.last, 12, 31)
    return date(slot.first, 1, 1), date(slot.last, 12, 31)


def _summary(random: Random, slot: Slot, words: names.AreaWords, method: str, subject: str) -> str:
    about = f"{'Programmet' if slot.stage == 'programme' else 'Projektet'} handlar om {subject}."
    how = names.STAGE_SUMMARIES.get(slot.stage, names.METHODS[method])
    return " ".join((words.need, about, how, random.choice(names.USES)))


def _tuesday_from(day: date) -> date:
    """The first Tuesday on or after the day."""
    return day + timedelta(days=(1 - day.weekday()) % 7)


def _started(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[0].upper() + text[1:]


class _Titles:
    """Gives every project a title of its own; the projects of a chain share their subject and place."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._used: set[str] = set()
        self._chains: dict[tuple[int, str], tuple[str, str]] = {}

    def make(self, family: tuple[int, str], stage: str, words: names.AreaWords, method: str) -> tuple[str, str]:
        """The title, and what the project is about in the middle of a sentence."""
        for _ in range(12):
            title, subject = self._try(family, stage, words, method)
            if title not in self._used:
                break
            if stage == "pilot":
                self._chains.pop(family, None)
        number = 2
        unnumbered = title
        while title in self._used:
            title = f"{unnumbered}, del {number}"
            number += 1
        self._used.add(title)
        return title, subject

    def _try(self, family: tuple[int, str], stage: str, words: names.AreaWords, method: str) -> tuple[str, str]:
        random = self._random
        place = random.choice(("", *(f" i {place}" for place in random.sample(names.PLACES, 3))))
        subject = random.choice(words.subjects)
        if stage == "programme":
            return f"{random.choice(names.PROGRAMMES)} – ett program om {subject}", subject
        if stage == "single" and random.random() < 0.2:
            question, subject = random.choice(words.questions)
            return f"{question} {_started(method)}{place}", subject
        if stage == "single" and method in names.METHODS_ABOUT and random.random() < 0.4:
            return f"{_started(method)} om {subject}{place}", subject
        if stage in ("pilot", "study", "follow_up", "spread"):
            subject, place = self._chains.setdefault(family, (subject, place))
        if stage in _STAGE_WORDS:
            return f"{_STAGE_WORDS[stage]}{_started(subject)}{place}", subject
        return f"{_started(subject)}{place} – {method}", subject
