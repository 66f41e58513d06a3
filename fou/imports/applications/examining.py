"""Files with applications held against a call: each application new, a supplement, doubled or wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from fou.applications import CHANGES, TAKES, Form, form_of, known_by
from fou.areas import AreaNames
from fou.calls import OUT, call_of, money_of
from fou.errors import Refused
from fou.imports.applications.checking import Against, at, problems, thousands
from fou.imports.applications.comparing import differences, sums, supplemented
from fou.imports.applications.found import Candidate, Choices, FileFound, Found
from fou.imports.applications.reading import FileRead
from fou.imports.applications.said import Said
from fou.imports.findings import Finding, Severity
from fou.imports.likeness import likeness, take_apart
from fou.imports.uncollected import uncollected
from fou.imports.values import shortened
from fou.model import CALL_STATES, PROPOSAL_STATES, Area, Call
from fou.search import fold
from fou.store import Reader
from fou.swedish import join_words

#: From here an area's name is a guess at which one is meant, and from here no other can be.
_GUESS, _SAME_AREA = 45.0, 95.0
#: What an application is known by: its reference number, name and applicants, see ``known_by``.
_KnownBy: TypeAlias = tuple[str, str, frozenset[str]]


@uncollected
def examine(
    reader: Reader, call: int, files: Sequence[FileRead], choices: Choices, today: date,
    where: str = "på sidan Ansökningar",
) -> Found:  # fmt: skip
    """Hold files against a call; nothing is written. ``where`` is the place at which questions are answered.

    Raises Refused when the call neither takes applications nor lets them be supplemented.
    """
    found = call_of(reader, call)
    if found.state not in CHANGES:
        what = "Öppna den först." if found.state == "draft" else "Välj en annan utlysning."
        raise Refused(f"Utlysningen {found.code} är {CALL_STATES[found.state]} och tar inte emot ansökningar. {what}")
    return _Examining(reader, found, choices, today, where).run(files)


@dataclass(frozen=True, slots=True)
class _There:
    """An application that is in the database already."""

    number: int
    code: str
    state: str
    call: int
    call_state: str
    known_by: _KnownBy


class _Examining:
    def __init__(self, reader: Reader, call: Call, choices: Choices, today: date, where: str) -> None:
        self.reader, self.call, self.choices, self.where = reader, call, choices, where
        self.against = Against(call, money_of(reader, call.id), today)
        self.crosswalk = AreaNames(reader)
        self.areas = {area.id: area.name for area in self.crosswalk.in_force(call.year)}
        self.all_areas = {fold(area.name): area.id for area in reader.records(Area)}
        self.all_names = dict(reader.rows("SELECT id, name FROM area"))
        self.answers = dict(choices.areas)
        self.unknown: dict[str, tuple[str, int | None]] = {}
        self.by_code: dict[str, _There] = {}
        for number, code, state, its_call, its_state, reference, applicants, title in reader.rows(
            "SELECT proposal.id, proposal.code, proposal.state, proposal.call, call.state, proposal.reference, "
            "proposal.applicants, project.title FROM proposal JOIN project ON project.id = proposal.project "
            "JOIN call ON call.id = proposal.call ORDER BY proposal.id"
        ):
            known = known_by(Form(title, applicants, reference=reference))
            self.by_code[fold(code)] = _There(number, code, state or "received", its_call, its_state, known)
        #: Those in this call first.
        self.active = sorted(
            (one for one in self.by_code.values() if one.state not in OUT), key=lambda one: one.call != call.id
        )
        #: The applications of the files before.
        self.before: list[tuple[_KnownBy, Candidate]] = []

    def run(self, files: Sequence[FileRead]) -> Found:
        seen: dict[str, str] = {}
        found = []
        for file in files:
            if file.sha256 in seen:
                note = Finding(
                    Severity.NOTE, "", "", f"samma fil som {seen[file.sha256]}", "varje fil en gång",
                    "Den läses bara in en gång.", "same_file",
                )  # fmt: skip
                found.append(FileFound(file.file, file.sha256, file.is_form, (note,), ()))
                continue
            seen[file.sha256] = file.file
            found.append(self._file(file))
        unknown = tuple((text, guess) for text, guess in self.unknown.values())
        return Found(self.call, tuple(found), unknown, self.areas)

    def _file(self, file: FileRead) -> FileFound:
        findings = [*file.findings, *self._about_call(file)]
        if file.is_form is False and any(one.form.costs and not one.by_type for one in file.said):
            findings.append(
                Finding(
                    Severity.NOTE, "", "", "belopp utan kostnadsslag", "kostnadsslag i rubriken, till exempel löner",
                    "Beloppen läses in som övriga kostnader.", "no_cost_types",
                )
            )  # fmt: skip
        is_blocked = any(one.severity is Severity.ERROR for one in findings)
        candidates = []
        for number, said in enumerate(file.said):
            one = self._candidate(file, f"{file.sha256[:16]}-{number}", said, is_blocked)
            candidates.append(one)
            # One with errors stands in nobody's way: the same application may have been mended in another file.
            if not one.is_left and not one.has_errors:
                self.before.append((known_by(one.form), one))
        return FileFound(file.file, file.sha256, file.is_form, tuple(findings), tuple(candidates))

    def _about_call(self, file: FileRead) -> Iterator[Finding]:
        if file.is_form is None:
            return
        if file.call is None:
            yield Finding(
                Severity.WARNING, "", "", "inget om vilken utlysning filen är för", f"utlysningen {self.call.code}",
                "Kontrollera att ansökan är till den här utlysningen.", "no_call",
            )  # fmt: skip
        elif fold(file.call) != fold(self.call.code):
            yield Finding(
                Severity.ERROR, "", "", f"en fil för utlysningen {shortened(file.call)}",
                f"en fil för utlysningen {self.call.code}",
                f"Läs in den i {shortened(file.call)}. Eller flytta svaren till blanketten för {self.call.code}.",
                "other_call",
            )  # fmt: skip

    def _candidate(self, file: FileRead, key: str, said: Said, is_blocked: bool) -> Candidate:
        findings = list(said.findings)
        form = replace(said.form, area=self._area(said, findings))
        about: dict[str, Any] = {}
        there, is_asked = self._there(key, said, form, findings)
        if there is not None and there.call != self.call.id:
            findings.append(self._ask(said, there))
            about = {"like": there.code}
        elif there is not None:
            seen = form_of(self.reader, there.number)
            after = supplemented(seen, form, said.by_type)
            changes = differences(seen, after, self.all_names)
            if is_asked and changes:
                findings.append(self._ask(said, there))
                about = {"like": there.code}
            else:
                form = after
                about = {"code": there.code, "number": there.number, "seen": seen, "changes": changes}
                about["like"] = there.code if key in self.choices.same else None
        elif form.received is None and self.choices.received is not None:
            form = replace(form, received=self.choices.received)
        if there is None and self.call.state not in TAKES:
            findings.append(
                Finding(
                    Severity.ERROR, said.where, "", "en ny ansökan",
                    f"en komplettering till en ansökan i {self.call.code}",
                    f"Utlysningen är {CALL_STATES[self.call.state]} och tar inte emot fler ansökningar.", "closed",
                )
            )  # fmt: skip
        if not about.get("number") or about["changes"]:
            findings += problems(said, form, self.against)
            before = about.get("seen")
            is_old = before is not None and sums(before.costs) == sums(said.form.costs)
            if key not in self.choices.small and not is_old:
                findings += thousands(said, self.where)
        if key in self.choices.other:
            about["again"] = True
        one = Candidate(
            key, file.file, said.where, form, self.all_names.get(form.area or 0) or said.area, tuple(findings),
            is_left=key in self.choices.left, is_blocked=is_blocked, **about,
        )  # fmt: skip
        return one if one.is_left else self._against_drop(one, said)

    def _there(self, key: str, said: Said, form: Form, findings: list[Finding]) -> tuple[_There | None, bool]:
        """The application that this one is, and whether the person must be asked if it is the same."""
        if said.code:
            there = self.by_code.get(fold(said.code))
            hindrance = self._hindrance(said.code, there)
            if there is not None and hindrance is None:
                return there, False
            findings.append(
                at(
                    said, "code", Severity.ERROR, said.code, f"koden på en ansökan i {self.call.code}",
                    hindrance or "", "unknown_code",
                )
            )  # fmt: skip
            return None, False
        own = known_by(form)
        there = next((one for one in self.active if own[0] and one.known_by[0] == own[0]), None)
        if there is not None and there.call != self.call.id:
            findings.append(
                at(
                    said, "reference", Severity.ERROR, form.reference or "",
                    "ett diarienummer som ingen annan ansökan har",
                    f"{there.code}, i en annan utlysning, har redan numret. Rätta det, eller flytta den ansökan hit.",
                    "taken_reference",
                )
            )  # fmt: skip
            return None, False
        if there is not None:
            return there, False
        if key in self.choices.other:
            return None, False
        there = next((one for one in self.active if one.call_state in CHANGES and _alike(own, one.known_by)), None)
        return there, key not in self.choices.same

    def _hindrance(self, code: str, there: _There | None) -> str | None:
        if there is None:
            return "Koden finns inte. Rätta den, eller ta bort den om ansökan är ny."
        if there.call != self.call.id:
            return f"{there.code} är i en annan utlysning. Läs in filen där."
        if there.state in OUT:
            return f"{there.code} är {PROPOSAL_STATES[there.state]} och kan inte ändras."
        return None

    def _ask(self, said: Said, there: _There) -> Finding:
        help = f"Är det en komplettering till {there.code}, eller en annan ansökan? Svara {self.where}."
        if is_elsewhere := there.call != self.call.id:
            help = f"Den är i en annan utlysning. Är det en annan ansökan: svara {self.where}."
        return at(
            said, "title", Severity.ERROR, f"samma namn och sökande som {there.code}",
            "en ansökan som inte redan finns", help, "same_elsewhere" if is_elsewhere else "same_application",
        )  # fmt: skip

    def _against_drop(self, one: Candidate, said: Said) -> Candidate:
        """Tell of the same application in a file before."""
        own = known_by(one.form)
        for known, first in self.before:
            same_number = bool(own[0]) and own[0] == known[0]
            same_name = not one.again and _alike(own, known)
            if not (same_number or same_name or (one.number is not None and one.number == first.number)):
                continue
            if first.form == one.form and first.seen == one.seen:
                told = Finding(
                    Severity.NOTE, said.where, "", f"samma ansökan som i {first.place}", "varje ansökan en gång",
                    "Svaren är desamma. Den läses bara in en gång.", "same_in_files",
                )  # fmt: skip
                return replace(one, findings=(told,), is_left=True)
            told = at(
                said, "reference" if same_number else "title", Severity.ERROR,
                f"samma ansökan som i {first.place}, med andra svar", "varje ansökan en gång",
                "Lämna en av dem utanför: den som inte gäller.", "same_in_files",
            )  # fmt: skip
            like = None if same_number or one.number is not None else first.place
            return replace(one, findings=(*one.findings, told), like=one.like or like)
        return one

    def _area(self, said: Said, findings: list[Finding]) -> int | None:
        """The area's id. One that is not known is asked about; one that has another name now is told."""
        if not said.area:
            return None
        text = fold(said.area)
        if text in self.answers:
            return self.answers[text]
        area = self.all_areas.get(text)
        now = None if area is None else self.crosswalk.successor(area, self.call.year)
        if now in self.areas:
            if now != area:
                findings.append(
                    at(
                        said, "area", Severity.NOTE, said.area, self.areas[now],
                        f"Området heter {self.areas[now]} i utlysningens år, och ansökan läses in där.", "renamed_area",
                    )
                )  # fmt: skip
            return now
        own = take_apart("area", said.area)
        alike = [(likeness(own, take_apart("area", name)), number) for number, name in self.areas.items()]
        score, guess = max(alike, default=(0.0, 0))
        likely = guess if score >= _GUESS else None
        if score >= _SAME_AREA and sum(other >= _SAME_AREA for other, _ in alike) == 1:
            findings.append(
                at(
                    said, "area", Severity.NOTE, said.area, self.areas[guess],
                    f"Läses som området {self.areas[guess]}.", "spelt_area",
                )
            )  # fmt: skip
            return guess
        self.unknown.setdefault(text, (said.area, likely))
        meant = f"Menas ”{self.areas[likely]}”?" if likely is not None else "Vilket område menas?"
        names = join_words(list(self.areas.values())) if self.areas else "inget: det finns inga områden det året"
        findings.append(
            at(
                said, "area", Severity.ERROR, said.area, f"ett av områdena {names}",
                f"{meant} Svara {self.where}, eller rätta cellen.", "unknown_area",
            )
        )  # fmt: skip
        return None


def _alike(one: _KnownBy, other: _KnownBy) -> bool:
    """Whether two have the same name and applicants, as far as both say who applies."""
    return bool(one[1]) and one[1] == other[1] and (one[2] == other[2] or not one[2] or not other[2])
