"""Work that makes a hundred thousand objects at once, without the garbage collector looking through them all."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def uncollected(function: Callable[P, T]) -> Callable[P, T]:
    """Let the collector rest while the function works, and never look through what it made.

    Nothing of that refers in circles, so it goes when nobody needs it. Looking through it would take half as long
    again as the work, and in the server every later collection would stop all sessions for as long as that.
    """

    @wraps(function)
    def work(*arguments: P.args, **named: P.kwargs) -> T:
        was_on = gc.isenabled()
        gc.disable()
        try:
            return function(*arguments, **named)
        finally:
            if was_on:
                gc.freeze()
                gc.enable()

    return work
