"""How soon a thread that computes lets the others have their turn."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds. A click is answered in a few of the long turns, and each change of turns costs; but a page would wait a
#: long turn many times over for a thread that has much to compute, such as an import.
LONG, SHORT = 0.005, 0.001
_lock = threading.Lock()
_at_work = 0


@contextmanager
def short() -> Iterator[None]:
    """Take short turns in the block, so that clicks are answered beside what is computed there."""
    global _at_work
    with _lock:
        _at_work += 1
        sys.setswitchinterval(SHORT)
    try:
        yield
    finally:
        with _lock:
            _at_work -= 1
            if not _at_work:
                sys.setswitchinterval(LONG)
