"""What Fördela shows: the table of matters to write amounts in, and the room that is left, in words and figures.

Everything that follows from an amount is counted and worded here; the browser only draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from fou.access import Action, Person, require
from fou.boards import (
    Board,
    Commitment,
    Given,
    Row,
    Said,
    YearRoom,
    board_of,
    decided_otherwise,
    recommended_room,
)
from fou.calls import Sum
from fou.figures import ZERO
from fou.matters import Key, Matter
from fou.model import Scenario, ScenarioLine
from fou.money import OPEN_TEXT, format_decimals, format_number, format_sek, format_whole
from fou.scenarios import lines_of, scenario_of, whole
from fou.store import Reader
from fou.swedish import count, join_words
from fou.ui.heard import row_name

#: What goes to the browser: plain JSON.
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stands:
    """A scenario as it stands; ``room`` as it was when it was recommended, if it is.

    ``decided``: the board has decided on another scenario about the same thing.
    """

    scenario: Scenario
    lines: tuple[ScenarioLine, ...]
    room: tuple[YearRoom, ...] | None
    decided: bool

    @property
    def keys(self) -> frozenset[Key]:
        """The matters that it says something of."""
        return frozenset((line.project, line.call) for line in self.lines)


@dataclass(frozen=True, slots=True)
class OnTheWall:
    """A scenario as it stands, and what its board rests on."""

    stands: Stands
    given: Given

    @property
    def scenario(self) -> Scenario:
        """Which it is."""
        return self.stands.scenario

    @property
    def lines(self) -> tuple[ScenarioLine, ...]:
        """What it says of each matter and year."""
        return self.stands.lines

    def board(self, lines: tuple[ScenarioLine, ...] | None = None) -> Board:
        """What follows from its lines, or if they were these."""
        return board_of(self.given, self.scenario, self.lines if lines is None else lines, self.stands.room)


def stands(reader: Reader, person: Person, number: int) -> Stands:
    """The scenario with this id. Raises Refused when it is gone."""
    require(person, Action.SEE_DRAFTS)
    scenario = scenario_of(reader, number)
    return Stands(
        scenario, lines_of(reader, number), recommended_room(reader, number), decided_otherwise(reader, scenario)
    )  # fmt: skip


def years_shown(board: Board) -> tuple[int, ...]:
    """The years that have a column: those of the money, and those that something is asked for or said of."""
    asked = {year for row in board.rows for year, _ in row.matter.asked if year >= board.matters.scope.year}
    said = {line.year for row in board.rows for line in row.lines}
    return tuple(sorted({*board.matters.years, *asked, *said}))


def table(board: Board, committed: Sequence[Commitment]) -> Json:
    """The table as the browser draws it."""
    years = years_shown(board)
    return {
        "places": any(row.matter.ranked is not None for row in board.rows),
        "asked": _asked_word(board).capitalize(),
        "years": [{"year": year, "title": str(year)} for year in years],
        "rows": [
            {**_row(row, board.matters.years, years, _asked_word(board)), "group": group}
            for row, group in zip(board.rows, _groups(board), strict=True)
        ],
        "committed": [_committed(one, years) for one in committed if any(year in one.granted for year in years)],
        "committedTitle": _committed_title(committed, years),
        "foot": _foot(board, years),
    }


def room_text(room: YearRoom, unit: str) -> tuple[tuple[str, str], ...]:
    """What a year's room is, as (what, amount): the first is the sum of the others."""
    here = format_whole(room.here.firm, unit)
    if room.set_aside is not None and room.left is not None:
        said = [("Avsatt", format_whole(room.set_aside, unit)), ("Förslaget", here)]
        kept = room.left
        said.append(("Över det avsatta", format_whole(-kept, unit)) if kept < 0 else ("Kvar", format_whole(kept, unit)))
        return tuple(said)
    if room.frame is None or room.free_after is None:
        return ("Ram", "ej fastställd"), ("Intecknat", format_whole(room.committed, unit)), ("Förslaget", here)
    beside = room.frame - room.free_after - room.here.firm
    return (
        ("Ram", format_whole(room.frame, unit)), ("Intecknat", format_whole(beside, unit)), ("Förslaget", here),
        _left("Fritt", room.free_after, unit),
    )  # fmt: skip


def parts(room: YearRoom) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """A year's room as lengths in SEK: committed besides this, this, free, and what there is not room for."""
    here = Decimal(room.here.firm)
    if room.set_aside is not None:
        whole = room.set_aside
        return ZERO, min(here, whole), max(ZERO, whole - here), max(ZERO, here - whole)
    if room.frame is None or room.free_after is None:
        return room.committed, here, ZERO, ZERO
    beside = room.frame - room.free_after - here
    over = max(ZERO, -room.free_after)
    return max(ZERO, beside), max(ZERO, here - over), max(ZERO, room.free_after), over


def also(room: YearRoom, unit: str) -> str:
    """What is said of a year besides its figures."""
    told = [f"Dessutom {beside(room.here)}."] if room.here.open or room.here.conditional else []
    if room.own:
        told.append(f"{format_whole(room.own, unit)} är avsatt till projekten själva, det andra till utlysningen.")
    if room.pot is not None and room.frame is not None and room.free_after is not None:
        beside_it = format_whole(room.frame - room.free_after - room.here.firm, unit)
        name, left = _left("fritt", room.free_after, unit)
        told.append(f"Ram {format_whole(room.frame, unit)}, intecknat {beside_it}, {name.lower()} {left}.")
    elif room.pot is not None and room.frame is None:
        told.append("Ramen är inte fastställd.")
    elif room.over and room.free_after is None:
        told.append(f"Fattas: {format_whole(room.over, unit)}.")
    if room.left is not None and 0 <= room.left < room.here.conditional:
        told.append(f"Uppfylls villkoren fattas {format_whole(room.here.conditional - room.left, unit)}.")
    return " ".join(told)


def beside(said: Said) -> str:
    """What does not add to the sums: amounts that are not set, and those that hang on a condition."""
    told = []
    if said.open:
        told.append(f"{count(said.open, 'ärende avsätts', 'ärenden avsätts')} med {OPEN_TEXT}")
    if said.conditional:
        told.append(f"{format_whole(said.conditional)} med villkor")
    return join_words(told)


def summary(board: Board) -> str:
    """The scenario in one sentence: what it grants, sets aside, leaves out and has not come to yet."""
    said = board.total
    granted = sum(any(line.choice == "grant" for line in row.lines) for row in board.rows)
    out = sum(row.said.choice == "out" for row in board.rows)
    told = []
    if granted:
        told.append(f"ger {count(granted, 'projekt', 'projekt')} {format_whole(said.granted)}")
    if said.reserved:
        told.append(f"avsätter {format_whole(said.reserved)}")
    more = beside(said)
    text = f"Förslaget {join_words(told)}." if told else "Förslaget ger inget ännu."
    if more:
        text += f" Dessutom: {more}."
    if out:
        text += f" {count(out, 'ärende', 'ärenden')} utanför."
    left = len(board.not_considered)
    return (
        f"{text} {count(left, 'ärende', 'ärenden')} är inte {'behandlat' if left == 1 else 'behandlade'}."
        if left
        else text
    )


def over(rooms: Iterable[YearRoom]) -> tuple[str, ...]:
    """What there is not room for, by year."""
    return tuple(f"{room.year} fattas {format_whole(room.over)}." for room in rooms if room.over)


def _left(name: str, amount: Decimal, unit: str) -> tuple[str, str]:
    return ("Fattas", format_whole(-amount, unit)) if amount < 0 else (name, format_whole(amount, unit))


def _groups(board: Board) -> list[str]:
    """What stands above each row: a head where another kind of matter begins, in a call."""
    kinds = [_kind(row.matter) for row in board.rows]
    if board.matters.call is None:
        return [""] * len(kinds)
    return [kind if kind and (not at or kinds[at - 1] != kind) else "" for at, kind in enumerate(kinds)]


def _kind(matter: Matter) -> str:
    if matter.applied is not None:
        return ""
    return "Det som utlysningen behåller" if matter.project is None else "Andra projekt som har pengar avsatta"


def _asked_word(board: Board) -> str:
    """Applicants ask for money; in a year's plan somebody has proposed it."""
    return "föreslaget" if board.matters.call is None else "sökt"


def _row(row: Row, money_years: Sequence[int], years: Sequence[int], word: str) -> Json:
    matter = row.matter
    asked = dict(matter.asked)
    return {
        "id": row_name(matter.key),
        "place": _place(matter),
        "code": matter.code,
        "title": matter.title,
        "about": _about(matter),
        "conflict": matter.conflict,
        "asked": _asked(matter),
        "least": _least(row),
        "short": _short(row),
        "cells": [_cell(row, year, asked, word if len(years) > 1 else None) for year in years],
        "whole": _is_whole(row, money_years),
        "out": row.said.choice == "out",
        "locked": row.locked,
        "considered": bool(row.lines),
        "more": _more(matter),
        "application": matter.applied is not None,
    }


def _least(row: Row) -> str | None:
    """The least that the applicant can do with."""
    least = row.matter.least
    if not least:
        return None
    return f"{'för lite: ' if _short(row) else ''}minst {format_number(least)}"


def _short(row: Row) -> bool:
    """Whether it gets less than that, all years together and with what hangs on a condition."""
    given = row.said.firm + row.said.conditional
    return not row.said.open and 0 < given < (row.matter.least or 0)


def _cell(row: Row, year: int, asked: Mapping[int, Sum], word: str | None) -> Json:
    line = row.line(year)
    notes = []
    if line is not None and line.choice == "reserve":
        notes.append("avsätts" if line.amount is not None else f"avsätts, {OPEN_TEXT}")
    if line is not None and line.condition:
        notes.append(line.condition)
    return {
        "year": year,
        "text": written(line),
        "notes": notes,
        "choice": None if line is None else line.choice,
        "condition": (line.condition if line is not None else None) or "",
        "asked": None if word is None else _asked_here(asked.get(year), line, word),
        "seen": None if line is None else [line.choice, line.amount, line.condition],
    }  # fmt: skip


def _asked_here(asked: Sum | None, line: ScenarioLine | None, word: str) -> str | None:
    """What is asked for in a year, unless the box says that."""
    if asked is None or (not asked.open and not asked.amount):
        return None
    same = line is not None and line.choice != "out" and line.amount == (None if asked.open else int(asked.amount))
    return None if same else f"{word} {asked.text('kr') if asked.open else format_number(asked.amount)}"


def written(line: ScenarioLine | None) -> str:
    """A line as it stands in its box: an amount, a question mark for one that is not set (the words stand below), or
    nothing.
    """
    if line is None or line.choice == "out":
        return ""
    return "?" if line.amount is None else format_number(line.amount)


def _place(matter: Matter) -> str:
    if matter.conflict or matter.ranked is None or matter.ranked.place is None:
        return ""
    return str(matter.ranked.place.number)


def _about(matter: Matter) -> str:
    if matter.project is None:
        return "utlysning"
    kind = {True: "fortsättning", False: "nytt", None: None}[matter.continuing]
    return ", ".join(word for word in (matter.project.performer, kind, matter.area) if word)


def _asked(matter: Matter) -> str:
    asked = matter.asked_in(year for year, _ in matter.asked)
    if not matter.asked:
        return "–"
    if not asked.open:
        return format_number(asked.amount)
    return f"{format_number(asked.amount)} och {OPEN_TEXT}" if asked.amount else OPEN_TEXT


def _is_whole(row: Row, money_years: Iterable[int]) -> bool:
    wanted = {(one.year, one.choice, one.amount) for one in whole(row.matter, money_years)}
    return bool(wanted) and wanted == {(line.year, line.choice, line.amount) for line in row.lines}


def _more(matter: Matter) -> list[list[str]]:
    """What one may want to know of a matter while it is being talked about, as pairs."""
    project = matter.project
    told = []
    if project is not None:
        told += [("Vad det gäller", project.summary), ("Ansvarig", project.lead), ("Utförare", project.performer)]
    for name, sums in (("Redan beviljat", matter.granted), ("Redan avsatt", matter.reserved)):
        words = [f"{year}: {one.text('kr')}" for year, one in sums]
        told.append((name, "; ".join(words)))
    place = None if matter.conflict or matter.ranked is None else matter.ranked.place
    if place is not None:
        told.append(("Poäng av 100", format_decimals(Decimal(repr(round(place.mean, 1))), 1)))
    return [[name, text] for name, text in told if text]


def _committed(one: Commitment, years: Iterable[int]) -> Json:
    return {
        "code": one.project.code,
        "title": one.project.title,
        "cells": [format_number(one.granted[year]) if year in one.granted else "" for year in years],
    }


def _committed_title(committed: Sequence[Commitment], years: Sequence[int]) -> Json | None:
    own = [one for one in committed if any(year in one.granted for year in years)]
    if not own:
        return None
    sums = [sum((one.granted.get(year, ZERO) for one in own), ZERO) for year in years]
    return {
        "title": f"Redan beviljat: {count(len(own), 'projekt', 'projekt')}",
        "cells": [format_number(one) if one else "" for one in sums],
    }


def _foot(board: Board, years: Sequence[int]) -> list[Json]:
    rooms = {room.year: room for room in board.room}
    asked = [
        sum((one.amount for row in board.rows for at, one in row.matter.asked if at == year), ZERO) for year in years
    ]
    here = [rooms[year].here for year in years]
    foot: list[Json] = [
        {"title": f"Summa {_asked_word(board)}", "cells": [format_number(one) if one else "" for one in asked]},
        {"title": "Det här förslaget", "cells": [format_sek(one.firm) if one.firm else "" for one in here]},
    ]
    left = [_foot_left(rooms[year]) for year in years]
    if any(left):
        foot.append({"title": "Kvar", "cells": left, "last": True})
    return foot


def _foot_left(room: YearRoom) -> str:
    if room.left is None:
        return ""
    return f"{format_sek(-room.left)} för mycket" if room.left < 0 else format_sek(room.left)
