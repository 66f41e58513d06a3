"""Imports under way, kept on disk: a dropped session, a reload or a restart resumes where it was.

Each draft is two files in one folder, ``<id>.data`` (the uploaded file as it came) and ``<id>.json`` (everything
else). The second is what makes it a draft, and is always replaced whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from fou.access import Action, Person, Role, require
from fou.errors import Refused, SaveConflict

#: A draft that nobody has touched for so long is thrown away.
KEPT_DAYS = 30
#: How much all drafts together may take.
MOST_BYTES = 500_000_000

_DAY = 24 * 60 * 60
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
#: One at a time in the process: what is saved depends on what was there.
_LOCK = threading.RLock()


@dataclass(slots=True)
class Draft:
    """One import under way.

    ``created`` is UTC without zone. ``step`` and ``choices`` are the page's own; ``choices`` takes what JSON takes.
    ``batch`` is the one that it was posted as, None until then. Change these three and ``save`` the draft.
    """

    id: str
    created: datetime
    person: str
    file: str
    sha256: str
    size: int
    step: int = 0
    choices: dict[str, Any] = field(default_factory=dict)
    batch: int | None = None
    #: What was on disk when it was read or saved: what differs from this is what this session has changed.
    seen: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


def folder_of(database: Path) -> Path:
    """Where the drafts of a database lie: ``fou.duckdb.importer`` beside it."""
    return database.with_name(f"{database.name}.importer")


class Drafts:
    """The drafts in a folder, which is made when it is needed. Old ones go when it is opened."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._purge()

    def start(self, person: Person, file: str, data: bytes) -> Draft:
        """Keep an uploaded file as a new draft.

        Raises Refused when there is no room: the oldest drafts make way, but none that was touched today.
        """
        require(person, Action.IMPORT)
        draft = Draft(
            secrets.token_urlsafe(16), datetime.now(UTC).replace(tzinfo=None, microsecond=0), person.name, file,
            hashlib.sha256(data).hexdigest(), len(data),
        )  # fmt: skip
        with _LOCK:
            self._purge()
            self._make_room(len(data))
            try:
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._write(f"{draft.id}.data", data)
                self._keep(draft)
            except OSError as error:
                self._remove(draft.id)
                raise _not_kept(error) from error
        return draft

    def save(self, draft: Draft) -> None:
        """Keep what has been changed in the draft.

        What another session has changed meanwhile, elsewhere in the choices, is kept too, and is in ``draft``
        afterwards; of two who change the same choice the later one counts. Raises SaveConflict when the draft is
        gone.
        """
        with _LOCK:
            kept = self._read(draft.id)
            if kept is None:
                raise SaveConflict(
                    "Importen är avslutad eller borttagen i ett annat fönster. Välj filen igen för att börja om."
                )
            merged = _merged(draft.seen, _changing(draft), _changing(kept))
            draft.step, draft.choices, draft.batch = merged["step"], merged["choices"], merged["batch"]
            try:
                self._keep(draft)
            except OSError as error:
                raise _not_kept(error) from error

    def open(self, id: str, person: Person) -> Draft | None:
        """The draft with this id, for the one whose it is or an administrator; otherwise None."""
        require(person, Action.IMPORT)
        draft = self._read(id) if _ID.fullmatch(id) else None
        if draft is None or not (draft.person == person.name or person.role is Role.ADMIN):
            return None
        return draft

    def of(self, person: Person) -> list[Draft]:
        """The person's own drafts, the newest first."""
        require(person, Action.IMPORT)
        found = [draft for id in self._ids() if (draft := self._read(id)) is not None and draft.person == person.name]
        return sorted(found, key=lambda draft: (draft.created, self._touched(draft.id)), reverse=True)

    def data(self, draft: Draft) -> bytes:
        """The uploaded file, as it came. Raises Refused when it is gone or is no longer what it was."""
        try:
            data = self._path(draft.id, "data").read_bytes()
        except OSError:
            data = None
        if data is None or hashlib.sha256(data).hexdigest() != draft.sha256:
            raise Refused(f"{draft.file} finns inte kvar på servern så som du lämnade den. Välj filen igen.")
        return data

    def discard(self, draft: Draft) -> None:
        """Throw the draft away, and the uploaded file with it."""
        with _LOCK:
            self._remove(draft.id)

    def holding(self, person: Person, holds: Callable[[Path], bool]) -> dict[str, Draft | None]:
        """The drafts, whosever they are, with a file of which ``holds`` is true; None for one that is damaged."""
        require(person, Action.SEE_PERSONAL_DATA)
        found: dict[str, Draft | None] = {}
        for id, paths in self._groups().items():
            with suppress(FileNotFoundError):  # posted or thrown away in between
                if any(holds(path) for path in paths):
                    found[id] = self._read(id)
        return found

    def weed(self, person: Person, ids: Iterable[str]) -> None:
        """Throw drafts away, whosever they are, with their files."""
        require(person, Action.WEED)
        with _LOCK:
            for id in ids:
                self._remove(id)

    def _path(self, id: str, ending: str) -> Path:
        if not _ID.fullmatch(id):
            raise ValueError(f"not the id of a draft: {id!r}")
        return self.folder / f"{id}.{ending}"

    def _ids(self) -> list[str]:
        return [path.stem for path in self._files() if path.suffix == ".json" and _ID.fullmatch(path.stem)]

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.glob("*") if path.is_file())

    def _read(self, id: str) -> Draft | None:
        path = self._path(id, "json")
        try:
            text = path.read_bytes()
        except OSError:
            return None
        try:
            return _from_json(id, json.loads(text))
        except (ValueError, KeyError, TypeError, RecursionError):
            # Put aside for whoever wants to see what became of it; it is not met, and not told of, again.
            with suppress(FileNotFoundError):  # another session was first
                os.replace(path, path.with_suffix(f".damaged-{secrets.token_hex(4)}"))
            return None

    def _keep(self, draft: Draft) -> None:
        changing = _changing(draft)
        about = {
            "created": draft.created.isoformat(), "person": draft.person, "file": draft.file,
            "sha256": draft.sha256, "size": draft.size, **changing,
        }  # fmt: skip
        self._write(f"{draft.id}.json", json.dumps(about, ensure_ascii=False, allow_nan=False).encode())
        draft.seen = deepcopy(changing)

    def _write(self, name: str, data: bytes) -> None:
        """Write a file so that it is there whole or not at all, also after a power cut."""
        descriptor, part = mkstemp(prefix=f"{name.partition('.')[0]}.", suffix=".part", dir=self.folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, self.folder / name)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _groups(self) -> dict[str, list[Path]]:
        """All the files that belong to each draft, damaged and half-written ones among them."""
        groups: dict[str, list[Path]] = {}
        for path in self._files():
            id = path.name.partition(".")[0]
            if _ID.fullmatch(id):
                groups.setdefault(id, []).append(path)
        return groups

    def _touched(self, id: str) -> float:
        return max((_modified(path) for path in self._groups().get(id, [])), default=0.0)

    def _purge(self) -> None:
        with _LOCK:
            for id, paths in self._groups().items():
                if max(map(_modified, paths)) < time.time() - KEPT_DAYS * _DAY:
                    self._remove(id)

    def _make_room(self, wanted: int) -> None:
        """Throw the oldest drafts away until there is room; those touched today only once they are posted."""
        groups = self._groups()
        sizes = {id: sum(map(_size, paths)) for id, paths in groups.items()}
        touched = {id: max(map(_modified, paths)) for id, paths in groups.items()}
        too_much = sum(sizes.values()) + wanted - self._most_bytes
        going: list[str] = []
        for id in sorted(groups, key=touched.__getitem__):
            if too_much <= 0:
                break
            if touched[id] < time.time() - _DAY or self._is_posted(id):
                going.append(id)
                too_much -= sizes[id]
        if too_much > 0:
            raise Refused(
                "Det pågår så många importer att filen inte får plats på servern just nu. Läs in eller avbryt en "
                "import som pågår och försök igen."
            )
        for id in going:
            self._remove(id)

    def _is_posted(self, id: str) -> bool:
        draft = self._read(id)
        return draft is not None and draft.batch is not None

    def _remove(self, id: str) -> None:
        # The JSON first: without it the rest is no draft, should the server stop in between.
        paths = self._groups().get(id, [])
        for path in sorted(paths, key=lambda path: path.suffix != ".json"):
            path.unlink(missing_ok=True)


def _changing(draft: Draft) -> dict[str, Any]:
    return {"step": draft.step, "choices": draft.choices, "batch": draft.batch}


def _from_json(id: str, found: dict[str, Any]) -> Draft:
    """The draft that a file holds. Raises ValueError, KeyError or TypeError when it holds none."""
    draft = Draft(
        id, datetime.fromisoformat(found["created"]), found["person"], found["file"], found["sha256"],
        found["size"], found["step"], found["choices"], found["batch"],
    )  # fmt: skip
    texts = (draft.person, draft.file, draft.sha256)
    numbers = (draft.size, draft.step, 0 if draft.batch is None else draft.batch)
    if not (
        all(isinstance(text, str) for text in texts)
        and all(type(number) is int for number in numbers)
        and isinstance(draft.choices, dict)
        and draft.created.tzinfo is None
    ):
        raise ValueError("not a draft")
    draft.seen = deepcopy(_changing(draft))
    return draft


def _merged(seen: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """What is on disk (``theirs``) with what has been changed here since it was ``seen``, key by key."""
    result = dict(theirs)
    for key in seen.keys() | mine.keys():
        if key not in mine:
            result.pop(key, None)
        elif key not in seen or seen[key] != mine[key]:
            parts = (seen.get(key), mine[key], theirs.get(key))
            inner = [part for part in parts if isinstance(part, dict)]
            result[key] = _merged(inner[0], inner[1], inner[2]) if len(inner) == len(parts) else mine[key]
    return result


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # it was taken away in between
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _not_kept(error: OSError) -> Refused:
    why = error.strerror or type(error).__name__
    return Refused(f"Importen kunde inte sparas på servern ({why}). Be den som sköter servern om hjälp.")
