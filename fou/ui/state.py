"""What the server process holds: the one open database, and what has been read from it."""

from __future__ import annotations

import gc
import logging
import sys
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
#: How many views have been computed; and how many modules and views there were when the process last settled.
_computed = 0
_settled = (0, 0)
_times = 0
_SETTLE_ALL = 200


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


def settle() -> None:
    """Take what was loaded and read since out of the garbage collector's rounds.

    Streamlit collects after every run, and plotly loads much of itself when a page is first drawn: without this
    each later run would look through all of it again (20 of 30 ms). What has fallen out of the kept views is let
    go at every ``_SETTLE_ALL``th time, when everything is looked through.
    """
    global _settled, _times
    loaded = (len(sys.modules), _computed)
    if loaded == _settled:
        return
    _settled = loaded
    _times += 1
    if _times % _SETTLE_ALL == 0:
        gc.unfreeze()
    gc.collect()
    gc.freeze()


def read(head: int | None, function: Callable[Concatenate[Reader, P], T], *arguments: P.args, **named: P.kwargs) -> T:
    """``function(reader, …)`` as of batch ``head`` (None: now), read once for each state of the database.

    The arguments must be hashable and the result must not be changed: sessions share it.
    """
    global _computed
    current = database()
    key = (function, arguments, tuple(sorted(named.items())), head, _path(current), current.version)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]  # type: ignore[return-value]
    with current.read(head) as reader:
        found = function(reader, *arguments, **named)
    with _lock:
        _computed += 1
        _kept[key] = found
        # Nobody asks for an earlier state of the database again, and a search's index is large.
        for stale in [other for other in _kept if other[-1] != current.version]:
            del _kept[stale]
        while len(_kept) > _KEEP:
            _kept.popitem(last=False)
    return found


def _path(current: Database) -> Path:
    return current.path
