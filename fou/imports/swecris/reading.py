"""Read a CSV export from Swecris: only what is needed of each row, and of all people only the project leader.

Nothing heavy is imported here: files are read in a process of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter

from fou.errors import ImportRefused
from fou.imports.files.delimited import find_delimiter, read_text, split
from fou.imports.files.limits import DEFAULT_LIMITS, Limits
from fou.imports.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Grant:
    """One row: what one funder granted one project.

    ``row`` counts as Excel does, the head being row 1. ``project_id`` ends with the funder (``2018-00123_Forte``),
    ``number`` is what stands before that. ``amount`` is the whole grant in SEK, None when it is not stated; never
    0 for that. ``first_year`` is the year that Swecris books it on. Dates are as precise as the file: ``2018``,
    ``2018-12-01``. ``subjects`` are the Swedish names of the research subjects, groups before their parts.
    """

    row: int
    project_id: str
    number: str
    title: str
    summary: str | None
    starts: str | None
    ends: str | None
    coordinator: str | None
    coordinator_id: str | None
    funder: str
    funder_type: str | None
    amount: Decimal | None
    first_year: int | None
    funding_starts: str | None
    funding_ends: str | None
    award_type: str | None
    subjects: tuple[str, ...]
    leader: str | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A row with something in it that cannot be read.

    ``grant`` holds the rest of it, only to tell whether the row would be taken; None when nothing is certain.
    """

    row: int
    grant: Grant | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SwecrisExport:
    """Everything that is kept of a file: each of its ``rows`` is either a grant or unread."""

    file: str
    rows: int
    grants: tuple[Grant, ...]
    unread: tuple[Unread, ...]


def is_swecris(head: Sequence[str]) -> bool:
    """Whether a file with these column heads is an export from Swecris."""
    return {name.strip() for name in head} >= _MARKS


def read_swecris(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> SwecrisExport:
    """Read an export with 28 or 26 columns in any order; ``name`` is what the file is called in messages.

    Raises ``ImportRefused`` when the file cannot be read as text or lacks a column that is needed.
    """
    text, delimiter = find_delimiter(read_text(data, name, limits))
    rows = split(text, delimiter, name)
    _, head = next(rows, (1, []))
    take, width = _columns(head, name), len(head)
    read = _Reader()
    grants: list[Grant] = []
    unread: list[Unread] = []
    for row, fields in rows:
        if len(fields) != width:
            if not any(fields):
                continue
            if len(fields) < width or any(fields[width:]):
                unread.append(_uneven(row, len(fields), width))
                continue
            del fields[width:]
        fields.append("")  # for columns that the file lacks
        grant = read.grant(row, take(fields))
        if read.findings:
            unread.append(Unread(row, grant if grant.project_id else None, tuple(read.findings)))
            read.findings = []
        else:
            grants.append(grant)
        if len(grants) + len(unread) > limits.max_rows:
            raise _refused(
                f"{name} är för stor.", f"fler än {limits.max_rows} rader", "en fil med färre rader",
                "Gör ett mindre urval i Swecris, eller dela filen i flera.", "too_large",
            )  # fmt: skip
    return SwecrisExport(name, len(grants) + len(unread), tuple(grants), tuple(unread))


# Columns ----------------------------------------------------------------------------------------------------

AMOUNT = "FundingsSek"
_MARKS = {"ProjectId", AMOUNT}
_FUNDER = "FundingOrganisationNameSv"
_NEEDED = ("ProjectId", "ProjectTitleSv", _FUNDER, AMOUNT, "FundingYear")
#: In the order that ``_Reader.grant`` takes them.
_COLUMNS = (
    "ProjectId", "ProjectTitleSv", "ProjectTitleEn", "ProjectAbstractSv", "ProjectAbstractEn",
    "ProjectStartDate", "ProjectEndDate", "CoordinatingOrganisationNameSv", "CoordinatingOrganisationNameEn",
    "CoordinatingOrganisationId", _FUNDER, "FundingOrganisationNameEn", "FundingOrganisationTypeOfOrganisationSv",
    AMOUNT, "FundingYear", "FundingStartDate", "FundingEndDate", "TypeOfAwardDescrSv", "Scbs", "InvolvedPeople",
)  # fmt: skip


def _columns(head: Sequence[str], name: str) -> Callable[[list[str]], tuple[str, ...]]:
    """What picks the columns out of a row that is one field longer than the head."""
    names = [column.strip() for column in head]
    for column in _NEEDED:
        if column not in names:
            raise _refused(
                f"{name} saknar kolumnen {column}.", "kolumnen saknas", f"en kolumn som heter {column}",
                "Hämta filen på nytt från Swecris, med alla kolumner.", "missing_column",
            )  # fmt: skip
    for column in _COLUMNS:
        if names.count(column) > 1:
            raise _refused(
                f"{name} har kolumnen {column} två gånger.", f"{column} två gånger", f"en kolumn som heter {column}",
                "Hämta filen på nytt från Swecris.", "duplicate_column",
            )  # fmt: skip
    places = {column: i for i, column in enumerate(names)}
    return itemgetter(*(places.get(column, len(names)) for column in _COLUMNS))


def _refused(message: str, found: str, expected: str, help: str, kind: str) -> ImportRefused:
    return ImportRefused(message, [Finding(Severity.ERROR, "", "rad 1", found, expected, help, kind)])


def _uneven(row: int, fields: int, width: int) -> Unread:
    finding = Finding(
        Severity.ERROR, "", f"rad {row}", f"{fields} fält", f"{width} fält, som i rubrikraden",
        "Raden går inte att läsa säkert. Rätta den eller ta bort den, eller hämta filen på nytt från Swecris.",
        "uneven_row",
    )  # fmt: skip
    return Unread(row, None, (finding,))


# Fields -----------------------------------------------------------------------------------------------------

_PLAIN_AMOUNT = re.compile(r"[+-]?[0-9]{1,13}(?:[.,][0-9]{1,2}0*)?")
_GROUPED_AMOUNT = re.compile(r"[+-]?[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?:,[0-9]{1,2})?")
_SPACES = re.compile(r"[ \u00a0\u202f]")
_TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_ISO_DATE = re.compile(rf"([0-9]{{4}})(?:-([0-9]{{2}})(?:-([0-9]{{2}}){_TIME})?)?")
_AMERICAN_DATE = re.compile(rf"([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}}){_TIME}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_SUBJECT = re.compile(r"(?:^|[\s,])([0-9]{1,5}): ")
_LEADERS_SV = {"projektledare"}
_LEADERS_EN = {"principal investigator", "project leader", "project manager"}
#: Sign that parts the people, and what is told of each of them.
_MARK = "¤"
_PERSON_FIELDS = 6


class _Reader:
    """Reads rows; what cannot be read in the row at hand gathers in ``findings``."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._dates: dict[str, str | None] = {}
        self._subjects: dict[str, tuple[str, ...]] = {}

    def grant(self, row: int, fields: tuple[str, ...]) -> Grant:
        (
            project_id, title, title_en, summary, summary_en, starts, ends, coordinator, coordinator_en,
            coordinator_id, funder, funder_en, funder_type, amount, first_year, funding_starts, funding_ends,
            award_type, subjects, people,
        ) = fields  # fmt: skip
        code = _said(project_id) or ""
        if not code:
            self._problem(row, "ProjectId", project_id, "ett projektnummer", "missing_value")
        whose = _said(funder) or _said(funder_en) or ""
        if not whose:
            self._problem(row, _FUNDER, funder, "finansiärens namn", "missing_value")
        return Grant(
            row, code, code.rpartition("_")[0] or code,
            _said(title) or _said(title_en) or "",
            _said(summary) or _said(summary_en),
            self._date(row, "ProjectStartDate", starts),
            self._date(row, "ProjectEndDate", ends),
            _said(coordinator) or _said(coordinator_en),
            _said(coordinator_id),
            whose,
            _said(funder_type),
            self._amount(row, amount),
            self._year(row, first_year),
            self._date(row, "FundingStartDate", funding_starts),
            self._date(row, "FundingEndDate", funding_ends),
            _said(award_type),
            self._names(subjects),
            _leader(people) if people else None,
        )  # fmt: skip

    def _amount(self, row: int, text: str) -> Decimal | None:
        plain = _said(text)
        if plain is None:
            return None
        if _GROUPED_AMOUNT.fullmatch(plain):
            plain = _SPACES.sub("", plain)
        if _PLAIN_AMOUNT.fullmatch(plain):
            return Decimal(plain.replace(",", "."))
        self._problem(row, AMOUNT, text, "ett belopp i kronor, med högst två decimaler", "text")
        return None

    def _year(self, row: int, text: str) -> int | None:
        plain = _said(text)
        if plain is None:
            return None
        if len(plain) == 4 and plain.isascii() and plain.isdigit() and _FIRST_YEAR <= int(plain) <= _LAST_YEAR:
            return int(plain)
        self._problem(row, "FundingYear", text, "ett årtal", "year")
        return None

    def _date(self, row: int, column: str, text: str) -> str | None:
        """A date as far as it is known; most files hold few different ones, so each is read once."""
        if text not in self._dates:
            self._dates[text] = _day(plain) if (plain := _said(text)) else ""
        found = self._dates[text]
        if found is None:
            self._problem(row, column, text, "ett år, eller ett datum som 2018-12-01", "date")
        return found or None

    def _names(self, text: str) -> tuple[str, ...]:
        if text not in self._subjects:
            self._subjects[text] = _subject_names(text)
        return self._subjects[text]

    def _problem(self, row: int, column: str, text: str, expected: str, kind: str) -> None:
        found = text.strip() or "tomt fält"
        self.findings.append(
            Finding(
                Severity.ERROR, "", f"rad {row} › {column}", found if len(found) <= 80 else f"{found[:79]}…", expected,
                "Rätta fältet i filen, eller gör ett urval som inte tar med raden.", kind,
            )
        )  # fmt: skip


def _said(text: str) -> str | None:
    """The text without blanks around it; None when nothing is said."""
    text = text.strip()
    return text if text and text != "NULL" else None


def _day(text: str) -> str | None:
    """``2025``, ``2025-01`` or ``2025-01-01``; None when the text is no date. The time of day is left out."""
    if found := _ISO_DATE.fullmatch(text):
        year, month, day = found.groups()
    elif found := _AMERICAN_DATE.fullmatch(text):
        month, day, year = found.groups()
    else:
        return None
    try:
        known = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if not _FIRST_YEAR <= known.year <= _LAST_YEAR:
        return None
    return known.isoformat()[: 10 if day else 7 if month else 4]


def _subject_names(text: str) -> tuple[str, ...]:
    """The Swedish names of the subjects with three or five digits, each once.

    A subject reads ``20307: NameSv, NameEn`` and both names may hold commas. What follows a comma within a Swedish
    name begins with a small letter, and the English name with a capital one.
    """
    names: dict[str, None] = {}
    for block in text.split(_MARK * 3):
        _, *parts = _SUBJECT.split(block)
        for code, both in zip(parts[::2], parts[1::2], strict=True):
            if len(code) < 3:
                continue
            name, *more = (part.strip() for part in both.split(", "))
            for part in more:
                if not part[:1].islower():
                    break
                name = f"{name}, {part}"
            if name := " ".join(name.strip(" ,").split()):
                names[name] = None
    return tuple(names)


def _leader(people: str) -> str | None:
    """The name of the first project leader; nothing else about anybody is kept.

    Each person reads ``¤¤¤id¤name¤orcid¤roleEn¤roleSv¤gender``. Fields may be empty, so the signs are counted.
    """
    fields = people.strip().split(_MARK)[3:]
    for at in range(0, len(fields), _PERSON_FIELDS + 2):
        person = fields[at : at + _PERSON_FIELDS + 2]
        if len(person) < _PERSON_FIELDS or any(part.strip() for part in person[_PERSON_FIELDS:]):
            return None  # the signs do not add up, so a name cannot be told from the rest
        if person[3].strip().casefold() in _LEADERS_EN or person[4].strip().casefold() in _LEADERS_SV:
            return _said(person[1])
    return None
