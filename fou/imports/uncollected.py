"""Work that makes a hundred thousand objects at once, without the garbage collector looking through them all."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_lock = Lock()
#: How many are at such work in this process, and whether the collector was on before the first of them began.
_at_work = 0
_was_on = False


def uncollected(function: Callable[P, T]) -> Callable[P, T]:
    """Let the collector rest while the function works, and never look through what it made.

    Nothing of that refers in circles, so it goes when nobody needs it. Looking through it would take half as long
    again as the work, and in the server every later collection would stop all sessions for as long as that.
    """

    @wraps(function)
    def work(*arguments: P.args, **named: P.kwargs) -> T:
        _begin()
        try:
            return function(*arguments, **named)
        finally:
            _end()

    return work


def _begin() -> None:
    global _at_work, _was_on
    with _lock:
        _at_work += 1
        if _at_work == 1:
            _was_on = gc.isenabled()
            gc.disable()
            gc.callbacks.append(_pass_by)


def _end() -> None:
    global _at_work
    with _lock:
        _at_work -= 1
        if _at_work == 0:
            gc.callbacks.remove(_pass_by)
            if _was_on:
                gc.freeze()
                gc.enable()


def _pass_by(phase: str, _: object) -> None:
    """Let a collection that somebody asks for meanwhile pass by all that there is.

    Streamlit asks for one after each run of a page, in whatever session. Without this each of them would look
    through what has been made so far: at the end of a large import that takes three reruns' time.
    """
    if phase == "start":
        gc.freeze()
