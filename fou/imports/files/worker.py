"""The process that reads or marks one file: takes a task on stdin, answers on stdout, and is gone.

``limited`` starts it with ``read`` or ``annotate`` as its argument. Nothing of the file has been touched when the
limits are set, and after that the process can neither grow, linger, write files nor have heirs.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import sys
from collections.abc import Callable
from typing import Any

from fou.errors import ImportRefused

#: How the process ends when the file needs more memory than it may have.
OUT_OF_MEMORY = 3
MEMORY_BYTES = 1536 * 1024 * 1024
CPU_SECONDS = 60
_OPEN_FILES = 32
_NICENESS = 10
_LONGEST_TRACE = 4000


def main() -> None:
    """Do the task that comes on stdin."""
    gc.disable()  # nothing that is read refers in circles, and the process is short
    work = _reading() if sys.argv[1] == "read" else _annotating()
    from fou.imports.files.answers import send

    limit()
    try:
        task = pickle.load(sys.stdin.buffer)
        data = sys.stdin.buffer.read()
        try:
            answer = work(data, *task)
        except ImportRefused as refused:
            answer = ("refused", str(refused), refused.findings)
        send(sys.stdout.buffer, answer)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BrokenPipeError:
        os._exit(1)  # nobody waits for the answer any more
    except Exception:
        import traceback

        sys.stderr.write(traceback.format_exc(limit=20)[-_LONGEST_TRACE:])
        os._exit(1)


def _reading() -> Callable[..., Any]:
    from fou.imports.files.delimited import first_row, is_delimited, read_delimited
    from fou.imports.files.xlsx import read_workbook
    from fou.imports.swecris.reading import is_swecris, read_swecris

    def read(data: bytes, name: str) -> Any:
        if not data or not is_delimited(data):
            return read_workbook(data, name)
        return read_swecris(data, name) if is_swecris(first_row(data)) else read_delimited(data, name)

    return read


def _annotating() -> Callable[..., Any]:
    from fou.imports.files.annotate import annotate, annotated_table
    from fou.imports.files.delimited import is_delimited, read_delimited

    def mark(data: bytes, name: str, marks: Any) -> bytes:
        if data and is_delimited(data):
            return annotated_table(read_delimited(data, name), marks)
        return annotate(data, name, marks)

    return mark


def limit() -> None:
    """Limit this process for good; where the system has no such limits, only the time that others wait holds."""
    _die_with_parent()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        import resource
    except ImportError:
        return
    for what, most, beyond in (
        (resource.RLIMIT_AS, MEMORY_BYTES, 0),
        # At the first limit the system says why it ends the process, at the second it no longer does.
        (resource.RLIMIT_CPU, CPU_SECONDS, 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        hard = resource.getrlimit(what)[1]
        last = most + beyond if hard == resource.RLIM_INFINITY else min(most + beyond, hard)
        with contextlib.suppress(ValueError, OSError):  # some systems have the limit but do not let it be set
            resource.setrlimit(what, (min(most, last), last))


def _die_with_parent() -> None:
    """On Linux, be killed when the thread that waits for the answer is no more."""
    if sys.platform == "linux":
        import ctypes
        import signal

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
