"""What Förslag shows: what a rule suggests beside a scenario, and why each matter is in or out by it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from fou import boards
from fou.allocation import DOES, AreaLimits, Change, Rule
from fou.boards import Row
from fou.charts.chart import Table
from fou.charts.comparing import CONFLICTED, OTHERWISE, gain_text, said_text
from fou.charts.ranking import asked_text, place_text
from fou.money import EN_DASH, NO_BREAK_SPACE, OPEN_TEXT, format_number, format_sek
from fou.scenarios import as_line
from fou.suggesting import Asked, Limits, Suggested
from fou.ui.text import plain

#: A title longer than this is cut in a sentence, where its code stands beside it.
_LONG = 44


@dataclass(frozen=True, slots=True)
class Limited:
    """Limits as they can be kept: the most new projects, and (area, least, most) in SEK; None is no limit."""

    most_new: int | None = None
    areas: tuple[tuple[str, int, int | None], ...] = ()

    @property
    def limits(self) -> Limits:
        """As the service takes them."""
        return Limits({area: AreaLimits(least, most) for area, least, most in self.areas}, self.most_new)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A suggestion beside a scenario. ``does`` and ``more`` say what the rule does, ``did`` what it did.

    ``beside`` is the table as Markdown. ``hidden`` names the matters that the reader is in conflict over. ``lost`` is
    what of the scenario no rule can say, and that goes when the suggestion is put into it.
    """

    found: Suggested
    does: str
    more: str
    did: tuple[str, ...]
    beside: str
    file: Table
    years: str
    hidden: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Why one matter is in or out. ``name`` and ``told`` are plain text; ``nearest`` is SEK to what would change it."""

    name: str
    told: str
    nearest: int | None


@dataclass(frozen=True, slots=True)
class Answers:
    """Why each is outside, the nearest first, and why each is inside, the one that is closest to the edge first."""

    outside: tuple[Answer, ...]
    inside: tuple[Answer, ...]
    hidden: tuple[str, ...]

    def table(self, inside: bool) -> Table:
        """One row a matter."""
        head = ("Ärende", "Hur nära det var" if inside else "Vad som skulle ta med det")
        return Table(head, tuple((one.name, one.told) for one in (self.inside if inside else self.outside)))


def areas(about: Asked) -> tuple[str, ...]:
    """The areas of what the rules are asked about."""
    return tuple(sorted({row.matter.area for row in about.rows if row.matter.area is not None}))


@lru_cache(maxsize=32)  # made once for what is read, and not at every click
def opinion(about: Asked, rule: Rule, limited: Limited, name: str, unit: str) -> Opinion:
    """What a rule suggests beside the scenario, which is called ``name``. Raises Refused when it has nothing to say."""
    found = about.suggest(rule, limited.limits)
    titled = _titled(about.rows)
    hidden = [row.matter.code for row in about.rows if row.matter.conflict]
    # What is said by name of what the scenario gives: of a matter that the reader is in conflict over nothing is.
    told = [titled(text) for text in found.suggestion.told if not any(code in text for code in hidden)]
    return Opinion(
        found=found,
        does=told[0],
        more=" ".join(told[1:DOES]),
        did=tuple(told[DOES:]),
        beside=_beside(about, found, name, unit),
        file=_file(about.rows, found, name),
        years=_years(found.years),
        hidden=tuple(row.matter.title for row in about.rows if row.matter.conflict),
        lost=tuple(text for row in about.rows for text in _lost(row, found)),
    )


def _lost(row: Row, found: Suggested) -> Iterator[str]:
    given = found.given.get(row.matter.key[0] or 0)
    if given is None:
        return
    # A matter that is left out keeps nothing; another keeps what is said of later years.
    lines = [line for line in row.lines if not given or line.year in found.years]
    title = row.matter.title
    if any(line.condition for line in lines):
        yield f"villkoret för {title}"
    if any(line.choice == "reserve" and line.amount is None for line in lines):
        yield f"att {title} avsätts med {OPEN_TEXT}"


@lru_cache(maxsize=16)
def answers(about: Asked, rule: Rule, limited: Limited) -> Answers:
    """Why each matter is in or out by the rule. It may take seconds."""
    found = about.why(rule, limited.limits)
    titled = _titled(about.rows)
    inside: list[Answer] = []
    outside: list[Answer] = []
    for row in about.rows:
        why = found.get(row.matter.key[0] or 0)
        if why is None:
            continue
        told = titled(" ".join(why.told)) or "Ingenting som prövats ändrar det."
        (inside if why.inside else outside).append(
            Answer(f"{row.matter.title} ({row.matter.code})", told, _nearest(why.changes))
        )
    return Answers(
        tuple(sorted(outside, key=_near)), tuple(sorted(inside, key=_near)),
        tuple(row.matter.title for row in about.rows if row.matter.conflict),
    )  # fmt: skip


def _near(answer: Answer) -> tuple[bool, int]:
    return answer.nearest is None, answer.nearest or 0


def _nearest(changes: Iterable[Change]) -> int | None:
    return next((abs(int(one.by)) for one in changes if one.what == "frame"), None)


def _titled(rows: Iterable[Row]) -> Callable[[str], str]:
    """Puts titles beside the codes in what the rules say."""
    names = {
        row.matter.code: f"{textwrap.shorten(row.matter.title, _LONG, placeholder=' …')} ({row.matter.code})"
        for row in rows
    }
    if not names:
        return str
    codes = "|".join(re.escape(code) for code in sorted(names, key=len, reverse=True))
    known = re.compile(rf"(?<![\w-])(?:{codes})(?![\w-])")
    return lambda text: known.sub(lambda code: names[code[0]], text)


def _years(years: tuple[int, ...]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}{EN_DASH}{years[-1]}"


def _beside(about: Asked, found: Suggested, name: str, unit: str) -> str:
    amounts, years = found.suggestion.amounts, found.years
    ranked = any(row.matter.ranked for row in about.rows)
    heads = [*(["Plats"] if ranked else []), "Ärende", f"Sökt {_years(years)} ({unit})", name, "Förslaget", "Skillnad"]
    sides = ["---", *["---:"] * 4]
    lines = [_line(map(plain, heads)), _line(["---:", *sides] if ranked else sides)]
    here = left = 0
    for row in about.rows:
        title = plain(f"{row.matter.title} ({row.matter.code})")
        said = boards.summed(as_line(line) for line in row.lines if line.year in years or line.choice == "out")
        project = row.matter.key[0] or 0
        given = amounts.get(project, 0)
        here, left = here + said.firm, left + given
        amounts_of = [title, plain(asked_text(row.matter.asked_in(years), unit)), plain(said_text(said, unit))]
        if row.matter.conflict:
            # The amounts are the room's business and the sums tell them; what a rule makes of it is not for the reader.
            lines.append(_line([*(["–"] if ranked else []), *amounts_of, CONFLICTED, CONFLICTED]))
            continue
        place = None if row.matter.ranked is None else row.matter.ranked.place
        cells = [
            *([plain(place_text(place) if place else None)] if ranked else []),
            *amounts_of,
            *_suggested(row, found, given, unit),
        ]
        unlike = bool(said.open or said.conditional)
        gain = given - said.firm
        locked = project not in found.given
        apart = None if locked else OTHERWISE if unlike else gain_text(gain, unit) if gain else "lika"
        lines.append(_line([*cells, plain(apart)]))
    sums = ["", *(f"**{plain(format_number(amount, unit))}**" for amount in (here, left)), ""]
    lines.append(_line([*([""] if ranked else []), "**Summa**", *sums]))
    return "\n".join(lines)


def _suggested(row: Row, found: Suggested, given: int, unit: str) -> list[str]:
    project = row.matter.key[0] or 0
    if found.problem.of(project).lock is not None:
        return [plain(f"{format_number(given, unit) if given else 'utanför'},{NO_BREAK_SPACE}låst")]
    if found.problem.of(project).requested is None:
        return [plain(OPEN_TEXT)]
    if not found.given:
        return [plain(None)]
    return [f"**{plain(format_number(given, unit))}**" if given else "utanför"]


def _file(rows: Iterable[Row], found: Suggested, name: str) -> Table:
    cells = []
    for row in rows:
        asked = row.matter.asked_in(found.years)
        said = boards.summed(as_line(line) for line in row.lines if line.year in found.years)
        given = found.suggestion.amounts.get(row.matter.key[0] or 0, 0)
        cells.append(
            (
                row.matter.code, row.matter.title, asked_text(asked, "kr") if asked.known is None else asked.known,
                Decimal(said.firm), CONFLICTED if row.matter.conflict else Decimal(given),
                "låst" if row.locked else None,
            )
        )  # fmt: skip
    return Table(("Kod", "Ärende", f"Sökt {_years(found.years)}", name, "Förslaget", "Låst"), tuple(cells))


def _line(cells: Iterable[str]) -> str:
    return f"|{'|'.join(cells)}|"


def left_text(found: Suggested, unit: str) -> str:
    """What is left of the money by the suggestion."""
    left, frame = found.suggestion.left, format_sek(found.problem.frame, unit)
    return f"{format_sek(left, unit)} av {frame} är kvar." if left else f"Inget är kvar av {frame}."
