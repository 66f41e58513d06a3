"""What was found in files with applications: what comes in, what supplements something, and what hinders it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fou.applications import Form
from fou.imports.findings import Finding, Severity
from fou.model import Call


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person has answered. Applications are named by ``Candidate.key``.

    ``areas`` are (folded name in the file, area's id or None for no area). ``received`` is when those came in that do
    not say it. ``left`` are left out. Of those that are like another, ``same`` supplement it and ``other`` do not.
    The amounts of ``small`` are right although they look like thousands.
    """

    areas: tuple[tuple[str, int | None], ...] = ()
    received: date | None = None
    left: frozenset[str] = frozenset()
    same: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application out of a file. ``form`` is as it would stand when it has been read in.

    ``code`` and ``number`` are those of the application that it supplements, ``seen`` what stands there and
    ``changes`` what differs. ``like`` is what it seems to be the same as: an application in the call, by its code, or
    a file. ``again`` says that it is another. ``area`` is the area's name.
    """

    key: str
    file: str
    where: str
    form: Form
    area: str | None
    findings: tuple[Finding, ...]
    code: str | None = None
    number: int | None = None
    seen: Form | None = None
    changes: tuple[tuple[str, str, str], ...] = ()
    like: str | None = None
    again: bool = False
    is_left: bool = False
    is_blocked: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether something must be mended or answered first."""
        return self.is_blocked or any(one.severity is Severity.ERROR for one in self.findings)

    @property
    def comes_in(self) -> bool:
        """Whether it would be written now."""
        return not self.is_left and not self.has_errors and (self.number is None or bool(self.changes))

    @property
    def place(self) -> str:
        """``ansökan.xlsx › Ansökan``."""
        return f"{self.file} › {self.where}"

    @property
    def requested(self) -> int:
        """What it asks for in all, SEK."""
        return sum(cost.amount for cost in self.form.costs if cost.payer == "requested")


@dataclass(frozen=True, slots=True)
class FileFound:
    """A file with its findings as a whole and its applications."""

    file: str
    sha256: str
    is_form: bool | None
    findings: tuple[Finding, ...]
    candidates: tuple[Candidate, ...]

    @property
    def has_errors(self) -> bool:
        """Whether something in it must be mended or answered first; what is left out hinders nothing."""
        return any(one.severity is Severity.ERROR for one in self.findings) or any(
            one.has_errors and not one.is_left for one in self.candidates
        )

    def all_findings(self) -> Iterator[Finding]:
        """Those of the file and of its applications that are not left out."""
        yield from self.findings
        for one in self.candidates:
            if not one.is_left:
                yield from one.findings


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in all files. ``unknown_areas`` are (name in a file, a guess at which area it is)."""

    call: Call
    files: tuple[FileFound, ...]
    unknown_areas: tuple[tuple[str, int | None], ...]
    areas: Mapping[int, str]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every application."""
        return tuple(one for file in self.files for one in file.candidates)

    @property
    def incoming(self) -> tuple[Candidate, ...]:
        """What would be written now."""
        return tuple(one for one in self.candidates if one.comes_in)

    @property
    def has_errors(self) -> bool:
        """Whether something in any file must be mended or answered first."""
        return any(file.has_errors for file in self.files)
