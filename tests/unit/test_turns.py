"""Turns between threads are short while somebody computes, and long again when the last has done."""

from __future__ import annotations

import sys

from fou.ui.turns import LONG, SHORT, short


def test_turns_are_short_until_the_last_who_computes_has_done() -> None:
    taken = []
    with short():
        with short():
            taken.append(sys.getswitchinterval())
        taken.append(sys.getswitchinterval())
    assert [round(seconds, 4) for seconds in (*taken, sys.getswitchinterval())] == [SHORT, SHORT, LONG]
