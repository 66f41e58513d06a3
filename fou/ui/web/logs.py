"""What the server says of itself, line by line: as text to read, or as JSON for a system that collects logs."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, TypeAlias

#: What each record of Python's logging has; the rest was given by ``extra=`` and is told as well.
_USUAL = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "color_message"}
_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class _OneLine(logging.Formatter):
    """Text in which nothing that came from outside can look like a line of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return _CONTROL.sub(" ", super().formatMessage(record))

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802
        # What an error says can have lines of its own.
        return "\n".join(f"    {_CONTROL.sub(' ', line)}" for line in super().formatException(ei).splitlines())


class _Json(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and what else the record tells."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: value for name, value in vars(record).items() if name not in _USUAL}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def log_as(form: Literal["text", "json"]) -> None:
    """Send our own lines to the terminal in this form; as JSON those of the libraries too."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if form == "json" else _OneLine())
    ours = logging.getLogger("fou")
    ours.handlers[:] = [handler]
    ours.setLevel(logging.INFO)
    ours.propagate = False
    if form == "json":
        for name in ("", "streamlit", "uvicorn", "uvicorn.error"):
            other = logging.getLogger(name)
            other.handlers[:] = [handler] if name in ("", "streamlit") else []
            other.propagate = name.startswith("uvicorn")
