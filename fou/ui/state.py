"""What the server process holds: the one open database, and what has been read from it."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from fou.access import Action, Person, require
from fou.errors import StoreError
from fou.settings import database_path
from fou.store import Database, Reader
from fou.store.sight import EVERYTHING, Sight, members_apart, sight_of
from fou.ui import turns

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("fou")
_lock = threading.Lock()
_opened: Database | None = None
#: What is done with the database when it has been opened.
when_opened: Callable[[Database], None] | None = None
#: What pages have read, by function, arguments and the database's version; the oldest falls out.
_kept: OrderedDict[tuple[Any, ...], object] = OrderedDict()
_KEEP = 256
#: How many views have been computed; and how many modules and views there were when the process last settled.
_computed = 0
_settled = (0, 0)
_settled_at = 0.0
_times = 0
_SETTLE_ALL, _SETTLE_EVERY = 200, 10.0
#: What of the database is to have changed for a view to be read again.
_VERSION = attrgetter("version")
_BESIDE_SCENARIOS = attrgetter("version_beside_scenarios")
#: The views being computed just now: who else asks for one waits, instead of computing it too.
_under_way: dict[tuple[object, ...], threading.Event] = {}


def open_database() -> None:
    """Open the database at start-up; a database that cannot be used is told on every page instead."""
    try:
        database()
    except StoreError as error:
        log.error("%s", error)


def database() -> Database:
    """The open database; opens it at the first call. Raises StoreError when it cannot be used."""
    global _opened
    path = database_path()
    if _opened is None or _opened.path != path:
        with _lock:
            if _opened is None or _opened.path != path:
                if _opened is not None:
                    _opened.close()
                    _kept.clear()
                    _opened = None
                opened = Database.open(path)
                if when_opened is not None:
                    when_opened(opened)
                _opened = opened
    return _opened


def close_database() -> None:
    """Let go of the file, after the write under way."""
    global _opened
    with _lock:
        if _opened is not None:
            _opened.close()
            _opened = None
        _kept.clear()


def settle() -> None:
    """Take what was loaded and read since out of the garbage collector's rounds.

    What is loaded lives as long as the process, and so do most of the kept views: the collector would look through
    all of it again and again while people wait. What has fallen out of the kept views is let go at every
    ``_SETTLE_ALL``th time, when everything is looked through.
    """
    global _settled, _settled_at, _times
    loaded = (len(sys.modules), _computed)
    # Looking through everything holds all sessions up: not while many views are being computed for the first time.
    if loaded == _settled or time.monotonic() < _settled_at + _SETTLE_EVERY:
        return
    _settled, _settled_at = loaded, time.monotonic()
    _times += 1
    if _times % _SETTLE_ALL == 0:
        gc.unfreeze()
    gc.collect()
    gc.freeze()


def read(head: int | None, function: Callable[Concatenate[Reader, P], T], *arguments: P.args, **named: P.kwargs) -> T:
    """``read_as`` for somebody who sees everything: for what is not shown to whoever looks."""
    return read_as(EVERYTHING, head, function, *arguments, **named)


def sight(person: Person) -> Sight:
    """What the person may see. Members share what they read, save those with something that only they see or do not."""
    found = sight_of(person)
    if found.member is None or found.member in read(None, members_apart):
        return found
    return replace(found, member=None)


@contextmanager
def reading(person: Person, action: Action, head: int | None = None, ballots: bool = True) -> Iterator[Reader]:
    """What the person may see now, for a file that is made later than its page was drawn.

    Without ``ballots`` no other member's score that is not opened is in it, whatever the person may do with scores.
    Raises Forbidden when they may not do this any more.
    """
    current = database()
    if current.confirm is not None:
        person = current.confirm(person)
    require(person, action)
    seen = sight(person)
    with current.read(head, replace(seen, ballots=ballots and seen.ballots)) as reader:
        yield reader


def read_as(
    seen: Sight,
    head: int | None,
    function: Callable[Concatenate[Reader, P], T],
    *arguments: P.args,
    **named: P.kwargs,
) -> T:
    """``function(reader, …)`` as of batch ``head`` (None: now) for those who see this, read once for each state of
    the database.

    The arguments must be hashable and the result must not be changed: sessions share it.
    """
    return _read(_VERSION, seen, head, function, *arguments, **named)


def read_beside_scenarios_as(
    seen: Sight,
    head: int | None,
    function: Callable[Concatenate[Reader, P], T],
    *arguments: P.args,
    **named: P.kwargs,
) -> T:
    """As ``read_as``, for what does not rest on any scenario: it is not read again when only they have changed."""
    return _read(_BESIDE_SCENARIOS, seen, head, function, *arguments, **named)


def _read(
    version: Callable[[Database], tuple[int, int]],
    seen: Sight,
    head: int | None,
    function: Callable[Concatenate[Reader, P], T],
    *arguments: P.args,
    **named: P.kwargs,
) -> T:
    global _computed
    current = database()
    key = (function, arguments, tuple(sorted(named.items())), head, seen, _path(current), version, version(current))
    while True:
        with _lock:
            if key in _kept:
                _kept.move_to_end(key)
                return _kept[key]  # type: ignore[return-value]
            waited = _under_way.get(key)
            if waited is None:
                done = _under_way[key] = threading.Event()
                break
        waited.wait()
    try:
        with turns.short(), current.read(head, seen) as reader:
            found = function(reader, *arguments, **named)
        with _lock:
            _computed += 1
            _kept[key] = found
            # Nobody asks for an earlier state of the database again, and a search's index is large.
            for stale in [other for other in _kept if other[-1] != other[-2](current)]:
                del _kept[stale]
            while len(_kept) > _KEEP:
                _kept.popitem(last=False)
        return found
    finally:
        with _lock:
            del _under_way[key]
        done.set()


def _path(current: Database) -> Path:
    return current.path
