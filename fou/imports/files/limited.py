"""Read and mark files in a process of their own, so that no file can take the server down or slow it."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import TYPE_CHECKING, Any, cast

from fou.errors import ImportRefused
from fou.imports.files import worker
from fou.imports.files.answers import BadAnswer, receive
from fou.imports.files.limits import DEFAULT_LIMITS
from fou.imports.files.refusals import SAVE_AGAIN, TAKE_OUT, load, refused, too_large
from fou.imports.uncollected import uncollected

if TYPE_CHECKING:
    from fou.imports.files.annotate import Mark
    from fou.imports.files.answers import Read

#: From the start of the process until its whole answer is here.
SECONDS = 90
#: How long a process that broke off may take to end, so that it can be told why.
_SECONDS_TO_END = 2
_CPU_TIME_IS_OUT = -getattr(signal, "SIGXCPU", 0)
_AT_ONCE = BoundedSemaphore(2)
_START = (
    "import sys; cut = sys.argv.index('--'); sys.path = sys.argv[1:cut]; sys.argv = sys.argv[:1] + sys.argv[cut + 1:]; "
    f"from {worker.__name__} import main; main()"
)
_ROOT = Path(__file__).resolve().parents[3]
#: What of the environment a Python may need in order to start; nothing else is the file's business.
_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")


def read_file(data: bytes, name: str) -> Read:
    """Read a workbook, a text file or an export from Swecris; ``name`` is what the file is called in messages.

    Two files are read at a time; a third waits. Raises ``ImportRefused`` when the file cannot be read, or not
    within the limits on time and memory.
    """
    load(data, name, DEFAULT_LIMITS)
    return cast("Read", _ask("read", data, name))


def annotate_file(data: bytes, name: str, marks: Sequence[Mark]) -> bytes:
    """The file as a workbook with the marks in it, made as ``read_file`` reads; raises ``ImportRefused``."""
    load(data, name, DEFAULT_LIMITS)
    return cast(bytes, _ask("annotate", data, name, marks))


def _folders() -> list[str]:
    """Where this process finds its libraries: a Python may be found through variables that the other does not get."""
    return [str(_ROOT), *(str(Path(folder).absolute()) for folder in sys.path if folder)]


def _ask(what: str, data: bytes, name: str, *more: object) -> Any:
    with _AT_ONCE:
        process = subprocess.Popen(
            # No variables and no folders but those that this process itself runs from decide what it runs.
            [sys.executable, "-E", "-s", "-c", _START, *_folders(), "--", what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={key: os.environ[key] for key in _ENVIRONMENT if key in os.environ},
            start_new_session=True,
        )
        watch = _Watch(SECONDS, _kill, [process])
        watch.start()
        try:
            answer = _converse(process, data, (name, *more))
        except BadAnswer as error:
            watch.stop()
            raise _refusal(process, name, watch.has_struck) from error
        except MemoryError as error:
            raise _needs_too_much(name) from error
        finally:
            watch.stop()
            _kill(process)
            process.wait()
    if isinstance(answer, tuple) and answer[0] == "refused":
        _, message, findings = answer
        raise ImportRefused(message, findings)
    return answer


@uncollected
def _converse(process: subprocess.Popen[bytes], data: bytes, task: tuple[object, ...]) -> Any:
    """Give the task and get the answer. The process takes the whole task before it answers."""
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdout:
        try:
            with process.stdin:
                pickle.dump(task, process.stdin, protocol=5)
                process.stdin.write(data)
        except OSError as error:
            raise BadAnswer from error
        return receive(process.stdout)


class _Watch(Timer):
    """Kills the process when its time is out."""

    has_struck = False

    def run(self) -> None:
        self.finished.wait(self.interval)
        if not self.finished.is_set():
            self.has_struck = True
            self.function(*self.args)

    def stop(self) -> None:
        """From now on it does not strike."""
        self.cancel()
        self.join()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it may have started, unless it is over already."""
    if process.returncode is not None:
        return
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it ended just now
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _refusal(process: subprocess.Popen[bytes], name: str, is_late: bool) -> ImportRefused:
    """What to tell of a process that gave no whole answer."""
    try:
        code = process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        code = None
    if is_late or code == _CPU_TIME_IS_OUT:
        return refused(
            f"{name} tar för lång tid att läsa.",
            found=f"en fil som tar mer än {worker.CPU_SECONDS if not is_late else SECONDS} sekunder att läsa",
            expected="en arbetsbok med budgetens blad",
            help=TAKE_OUT,
            kind="too_slow",
        )
    if code == worker.OUT_OF_MEMORY:
        return _needs_too_much(name)
    return refused(
        f"{name} går inte att läsa.",
        found="innehåll som avbröt läsningen",
        help=SAVE_AGAIN,
        kind="unreadable_file",
    )


def _needs_too_much(name: str) -> ImportRefused:
    return too_large(name, "innehållet tar mer minne än en fil får ta")
