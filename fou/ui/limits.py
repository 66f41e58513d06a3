"""How much at a time: sessions, and the files that are made for the public."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fou.access import Action, Person, may, require
from fou.errors import FouError
from fou.ui import turns

TOO_MANY = "Just nu är det för många som använder Fou. Vänta en stund och ladda om sidan."


class Full(FouError):
    """There is no room for one more right now."""


class Sessions:
    """The browser tabs that are open. Those who are not known get half of the places, so that the others get in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = {True: 0, False: 0}

    def room(self, known: bool, most: int) -> bool:
        """Whether there is a place for one more."""
        return sum(self._open.values()) < most and (known or self._open[False] < max(1, most // 2))

    @contextmanager
    def one_more(self, known: bool, most: int) -> Iterator[None]:
        """Hold a place during the block. Raises Full when there is none."""
        with self._lock:
            if not self.room(known, most):
                raise Full(TOO_MANY)
            self._open[known] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[known] -= 1


class Exports:
    """The files made for those who are not signed in: a few at once and some per minute, for all of them together."""

    def __init__(self, at_once: int = 2, per_minute: int = 20, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._at_once, self._per_minute, self._clock = at_once, per_minute, clock
        self._under_way = 0
        self._begun: deque[float] = deque()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Make one file in the block. Raises Full when too many are asked for."""
        with self._lock:
            now = self._clock()
            while self._begun and now - self._begun[0] >= 60:
                self._begun.popleft()
            if self._under_way >= self._at_once or len(self._begun) >= self._per_minute:
                raise Full("Många hämtar filer just nu. Vänta en minut och försök igen.")
            self._begun.append(now)
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1


sessions = Sessions()
exports = Exports()


@contextmanager
def export(person: Person) -> Iterator[None]:
    """Make a file for the person in the block. Raises Full when they are many who want one and are not signed in."""
    if may(person, Action.EXPORT_FREELY):
        with turns.short():
            yield
        return
    require(person, Action.EXPORT)
    with exports.one_more(), turns.short():
        yield
