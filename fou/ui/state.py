"""What the server process holds: the one open database, and what has been read from it."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from fou.errors import StoreError
from fou.settings import database_path
from fou.store import Database, Reader

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("fou")
_lock = threading.Lock()
_opened: Database | None = None
#: What pages have read, by function, arguments and the database's version; the oldest falls out.
_kept: OrderedDict[tuple[object, ...], object] = OrderedDict()
_KEEP = 256


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
                _opened = Database.open(path)
    return _opened


def close_database() -> None:
    """Let go of the file, after the write under way."""
    global _opened
    with _lock:
        if _opened is not None:
            _opened.close()
            _opened = None
        _kept.clear()


def read(head: int | None, function: Callable[Concatenate[Reader, P], T], *arguments: P.args, **named: P.kwargs) -> T:
    """``function(reader, …)`` as of batch ``head`` (None: now), read once for each state of the database.

    The arguments must be hashable and the result must not be changed: sessions share it.
    """
    current = database()
    key = (function, arguments, tuple(sorted(named.items())), head, _path(current), current.version)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]  # type: ignore[return-value]
    with current.read(head) as reader:
        found = function(reader, *arguments, **named)
    with _lock:
        _kept[key] = found
        while len(_kept) > _KEEP:
            _kept.popitem(last=False)
    return found


def _path(current: Database) -> Path:
    return current.path
