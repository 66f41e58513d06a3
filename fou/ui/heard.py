"""What the table in somebody's browser says that they did: read with care, and each thing done once.

The browser sends all that it has had no answer to, over and over if need be (see ``static/meeting.js``), so that
nothing is lost with a connection. What it sends is data like any other: what does not make sense is passed over.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from fou.matters import Key
from fou.model import CHOICES, ScenarioLine
from fou.scenarios import FIRST_YEAR, LAST_YEAR

#: What one can do with a matter, and with one of its years.
WITH_MATTER = ("whole", "out", "lock", "unlock", "clear", "open")
WITH_YEAR = ("amount", "unset", "grant", "reserve", "condition", "forget")
#: The longest text that is read, the most that one browser has unanswered, and how many browsers are remembered.
_LONGEST, _MOST, _BROWSERS = 600, 1000, 2000


@dataclass(frozen=True, slots=True)
class Did:
    """One thing that somebody did: with which matter of which scenario, and for a year, over which line they saw."""

    number: int
    scenario: int
    what: str
    row: str
    key: Key
    year: int
    text: str = ""
    seen: ScenarioLine | None = None

    @property
    def cell(self) -> str:
        """What the browser calls the box that it was written in."""
        if self.what not in WITH_YEAR:
            return self.row
        return f"{self.row}-{self.year}-villkor" if self.what == "condition" else f"{self.row}-{self.year}"


_heard: OrderedDict[str, int] = OrderedDict()
_lock = threading.Lock()


def token(said: object) -> str:
    """Which browser's table it is; empty when it has not said anything."""
    found = said.get("token") if isinstance(said, Mapping) else None
    return found if isinstance(found, str) and len(found) <= 64 else ""


def answered(said: object) -> int:
    """The number of the last thing that has been heard from it."""
    return _heard.get(token(said), 0)


def anew(said: object) -> Iterator[Did]:
    """What it says that has not been heard before, in the order that it was done; it is heard as it is taken."""
    own = token(said)
    queue = said.get("queue") if isinstance(said, Mapping) else None
    if not own or not isinstance(queue, list):
        return
    for one in queue[:_MOST]:
        number = one.get("n") if isinstance(one, Mapping) else None
        if not _whole(number):
            continue
        with _lock:
            if number <= _heard.get(own, 0):
                continue
            _heard[own] = number
            _heard.move_to_end(own)
            while len(_heard) > _BROWSERS:
                _heard.popitem(last=False)
        did = _read(number, one)
        if did is not None:
            yield did


def typing(said: object) -> Did | None:
    """What is being typed just now, and is not kept yet."""
    one = said.get("typing") if isinstance(said, Mapping) else None
    return _read(0, {**one, "do": "amount"}) if isinstance(one, Mapping) else None


def row_name(key: Key) -> str:
    """What the browser calls a matter."""
    project, call = key
    return f"p{project}" if project is not None else f"c{call}"


def _read(number: int, one: Mapping[str, Any]) -> Did | None:
    what, row, year, text = one.get("do"), one.get("row"), one.get("year"), one.get("text", "")
    scenario = one.get("scenario")
    key = _key(row)
    if key is None or not _whole(scenario) or not isinstance(text, str) or what not in (*WITH_MATTER, *WITH_YEAR):
        return None
    if what not in WITH_YEAR:
        return Did(number, scenario, what, str(row), key, 0)
    if not _whole(year) or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    seen = _line(scenario, key, year, one.get("seen"))
    return Did(number, scenario, what, str(row), key, year, text[:_LONGEST], seen)


def _key(row: object) -> Key | None:
    if not isinstance(row, str) or row[:1] not in ("p", "c") or not row[1:].isascii() or not row[1:].isdigit():
        return None
    number = int(row[1:10])
    return (number, None) if row[0] == "p" else (None, number)


def _line(scenario: int, key: Key, year: int, seen: object) -> ScenarioLine | None:
    if not isinstance(seen, list) or len(seen) != 3:
        return None
    choice, amount, condition = seen
    if choice not in CHOICES or not (amount is None or _whole(amount)):
        return None
    if not (condition is None or isinstance(condition, str)):
        return None
    return ScenarioLine(0, scenario, *key, year, choice, amount, condition, None)


def _whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number that the database can hold."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
