"""What a file states, whatever its layout: records and amounts, each with its place in the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from fou.imports.findings import Finding, Severity
from fou.imports.references import Key
from fou.model import Basis

#: The tables that a line refers to, in the order of its subject, and the columns that do.
LINE_REFERENCES = ("project", "call", "area", "funder")


@dataclass(frozen=True, slots=True)
class Stated:
    """One record as a row of the file states it; references are labels, empty cells are absent."""

    table: str
    key: Key
    values: dict[str, Any]
    place: str


class Line(NamedTuple):
    """One amount cell. ``subject`` is (kind, year, project, call, area, funder), labels folded, None where empty."""

    subject: Key
    amount: Decimal
    open: int
    condition: str | None
    basis: Basis
    place: str
    document: str | None


@dataclass(slots=True)
class Checked:
    """What a workbook states, with everything found on the way."""

    records: dict[str, list[Stated]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    #: (table, folded label) of what the file refers to but does not itself state.
    relies_on: set[tuple[str, str]] = field(default_factory=set)

    @property
    def has_errors(self) -> bool:
        """Whether anything must be mended before the file can be posted."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)
