"""A year's report as a file: Excel, Word, PowerPoint, PDF or open data, all from one description."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from fou.errors import Refused
from fou.exports.report import REPORTS, Asked, describe, holds
from fou.store import Reader

__all__ = ["KINDS", "REPORTS", "Asked", "file_name", "holds", "render", "write", "write_new"]

#: Each kind of file and its suffix.
KINDS: dict[str, str] = {
    "excel": ".xlsx",
    "word": ".docx",
    "powerpoint": ".pptx",
    "pdf": ".pdf",
    "open-data": ".zip",
}


def render(reader: Reader, kind: str, asked: Asked) -> bytes:
    """The file's content; ``kind`` is a key of KINDS. Raises Refused when the year holds nothing."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of export: {kind}")
    report = describe(reader, asked)
    # The libraries are heavy; a server that starts, or a command that exports nothing, does without them.
    writer = import_module(f"fou.exports.{kind.replace('-', '_')}")
    return bytes(writer.render(report))


def file_name(kind: str, asked: Asked) -> str:
    """What the file is best called: ``arsoversikt-2013.pdf``."""
    day = f"-per-{asked.as_of.isoformat()}" if asked.as_of else ""
    return f"{asked.report}-{asked.year}{day}{KINDS[kind]}"


def write(reader: Reader, kind: str, asked: Asked, path: Path) -> None:
    """Write the report to ``path``, which must not exist.

    Raises Refused when it exists, its folder is missing or cannot be written to, or the year holds nothing.
    """
    write_new(path, lambda: render(reader, kind, asked))


def write_new(path: Path, make: Callable[[], bytes]) -> None:
    """Write what ``make`` returns to ``path``, which must not exist. Raises Refused as ``write`` does."""
    if path.exists():
        raise _taken(path)
    if not path.parent.is_dir():
        raise Refused(f"Mappen {path.parent} finns inte. Skapa den först, eller välj en annan.")
    content = make()
    try:
        file = path.open("xb")
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with file:
            file.write(content)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _taken(path: Path) -> Refused:
    return Refused(f"{path.name} finns redan. Välj ett annat namn, så att inget skrivs över.")


def _unwritable(path: Path, error: OSError) -> Refused:
    return Refused(f"{path} gick inte att skriva ({error.strerror or error}). Välj en annan plats.")
