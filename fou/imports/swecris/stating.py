"""What the chosen grants state: projects, funders and granted amounts, with what is odd about them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from fou.imports.collector import Collector
from fou.imports.findings import Finding
from fou.imports.funders import guess_funder_kind
from fou.imports.references import Known, fold
from fou.imports.spreading import spread_by_month
from fou.imports.stated import Checked, Line, Stated
from fou.imports.swecris.choosing import Chosen, SwecrisChoice, choose, year_of
from fou.imports.swecris.reading import AMOUNT, Grant, SwecrisExport
from fou.imports.template.layout import FIRST_YEAR, LAST_YEAR
from fou.imports.values import shortened
from fou.model import FUNDER_KINDS, Basis, Kind
from fou.money import format_sek
from fou.store import Reader
from fou.store.reading import STANDING
from fou.swedish import count, join_words, partial_bounds

#: What a project that comes from here has as its source.
SOURCE = "Swecris"


def state(export: SwecrisExport, choice: SwecrisChoice, file: str, known: Known) -> Checked:
    """What the grants that ``choice`` takes state; ``known`` is what the database already has.

    Each grant is a project (its code is Swecris's id), a funder, and granted amounts: the whole on its first
    year, or spread by month over the funding's (else the project's) time.
    """
    findings = Collector()
    chosen = choose(export, choice)
    _tell_of_unread(export, chosen, findings)
    _tell_of_doubles(chosen, findings)
    return _Statement(choice, file, known, findings).make(chosen)


def tell_of_other_years(checked: Checked, reader: Reader) -> list[Finding]:
    """Warn of what stands granted to the same projects by the same funders in years that the file does not state.

    Left beside a grant that is now booked in another way, it would count twice.
    """
    years: dict[tuple[str, str], set[int]] = {}
    for line in checked.lines:
        years.setdefault((line.subject[2], line.subject[5]), set()).add(line.subject[1])
    standing: dict[tuple[str, str], dict[int, Decimal]] = {}
    for code, funder, year, amount in reader.rows(
        f"SELECT project.code, funder.name, standing.year, SUM(standing.amount) FROM ({STANDING}) AS standing "
        "JOIN project ON project.id = standing.project JOIN funder ON funder.id = standing.funder "
        "WHERE standing.kind = $kind GROUP BY ALL ORDER BY ALL",
        kind=str(Kind.GRANTED),
    ):
        about = (fold(code), fold(funder))
        if about in years and year not in years[about]:
            standing.setdefault(about, {})[year] = amount
    labels = {stated.key[0]: str(stated.values["code"]) for stated in checked.records.get("project", [])}
    findings = Collector()
    for (project, _), amounts in standing.items():
        findings.warn(
            "", labels[project],
            f"{format_sek(sum(amounts.values(), Decimal(0)))} är redan beviljat "
            f"{join_words([str(year) for year in amounts])}",
            "bara de år som filen anger",
            "Beloppen i databasen står kvar bredvid filens. Gäller de samma bidrag, fördelat på annat sätt: ångra "
            "den tidigare inläsningen först.",
            "other_years",
        )  # fmt: skip
    return findings.findings


def funder_kind(name: str, type_: str | None) -> tuple[str, bool]:
    """A key of FUNDER_KINDS for a new funder, and whether it is sure, from its name and type in Swecris."""
    guess = guess_funder_kind(name)
    if guess != "eu" and _FOUNDATION.search(fold(type_ or "")):
        return "foundation", True
    # A municipality's money would count as the board's own.
    return guess or "state", guess not in (None, "municipality")


_FOUNDATION = re.compile("stiftelse|foundation")


# What to tell of the choice ---------------------------------------------------------------------------------


def _tell_of_unread(export: SwecrisExport, chosen: Chosen, findings: Collector) -> None:
    for row in chosen.unread:
        for finding in row.findings:
            findings.error("", finding.cell, finding.found, finding.expected, finding.help, finding.kind)
    if others := len(export.unread) - len(chosen.unread):
        findings.note(
            "", "", f"{count(others, 'rad', 'rader')} utanför urvalet går inte att läsa", "rader som går att läsa",
            "Raderna ingår inte i urvalet och påverkar inte det som läses in.", "unread_not_chosen",
        )  # fmt: skip
    if not chosen.grants:
        findings.warn(
            "", "", "inget bidrag i urvalet", "minst ett bidrag", "Välj fler finansiärer, år, ämnen eller färre ord.",
            "nothing_chosen",
        )  # fmt: skip


def _tell_of_doubles(chosen: Chosen, findings: Collector) -> None:
    gone = {grant.row for grant in chosen.left_out}
    for double in chosen.doubles:
        rows = f"rad {join_words([str(grant.row) for grant in double.grants])}"
        found = shortened(f"{double.grants[0].number} {double.grants[0].title}")
        cell = f"rad {double.grants[-1].row}"
        if not double.likely:
            findings.note(
                "", cell, found, "ett bidrag med samma nummer och titel",
                f"Numret och titeln är desamma på {rows}, men beloppen skiljer sig. Alla räknas, tillsammans "
                f"{format_sek(double.total)}.",
                "same_number",
            )  # fmt: skip
        elif not gone.isdisjoint(grant.row for grant in double.grants):
            first, *others = double.grants
            findings.note(
                "", cell, found, "bidraget en gång",
                f"Samma bidrag står på {rows}. Raden {first.row} ({first.funder}) läses in. "
                f"{join_words([f'Rad {grant.row} ({grant.funder})' for grant in others])} utelämnas, "
                f"{format_sek(double.total - double.once)}.",
                "left_out",
            )  # fmt: skip
        elif len({_about(grant) for grant in double.grants}) > 1:
            findings.warn(
                "", cell, found, "bidraget en gång",
                f"Nummer, titel och belopp är desamma på {rows}. Alla räknas, {format_sek(double.total)}. Räknade en "
                f"gång blir det {format_sek(double.once)}. Välj i urvalet hur dubbletter räknas.",
                "likely_double",
            )  # fmt: skip


def _about(grant: Grant) -> tuple[str, str]:
    """What an amount is about; two rows about the same thing add up."""
    return fold(grant.project_id), fold(grant.funder)


# From grants to statements ----------------------------------------------------------------------------------


class _Statement:
    def __init__(self, choice: SwecrisChoice, file: str, known: Known, findings: Collector) -> None:
        self.choice, self.file, self.known, self.findings = choice, file, known, findings
        self.projects: dict[str, Stated] = {}
        self.funders: dict[str, Stated] = {}
        self.relied_on: set[tuple[str, str]] = set()
        self.lines: list[Line] = []
        self.seen: dict[tuple[str, str], Grant] = {}

    def make(self, chosen: Chosen) -> Checked:
        if self.choice.area and chosen.grants:
            self._rely_on_area(self.choice.area)
        for grant in chosen.grants:
            self._tell_of_duplicate(grant)
            self._add_funder(grant)
            self._add_project(grant)
            self._add_lines(grant)
        return Checked(
            {"funder": list(self.funders.values()), "project": list(self.projects.values())},
            self.lines,
            self.findings.findings,
            self.relied_on,
        )

    def _rely_on_area(self, area: str) -> None:
        if fold(area) in self.known.labels.get("area", {}):
            self.relied_on.add(("area", fold(area)))
        else:
            self.findings.error(
                "", "", shortened(area), "ett område som finns i databasen", "Välj ett annat område i urvalet.",
                "unknown_area",
            )  # fmt: skip

    def _tell_of_duplicate(self, grant: Grant) -> None:
        first = self.seen.setdefault(_about(grant), grant)
        if first is grant:
            return
        cell, found = f"rad {grant.row} › ProjectId", shortened(f"{grant.project_id}, {grant.funder}")
        if first.amount == grant.amount:
            self.findings.error(
                "", cell, found, "en rad för varje projekt och finansiär",
                f"Samma bidrag med samma belopp står på rad {first.row}. Ta bort den ena raden, eller välj att räkna "
                "dubbletter en gång.",
                "duplicate",
            )  # fmt: skip
        else:
            self.findings.warn(
                "", cell, found, "en rad för varje projekt och finansiär",
                f"Projektet och finansiären står på rad {first.row} med ett annat belopp. Beloppen läggs ihop.",
                "duplicate",
            )  # fmt: skip

    def _add_funder(self, grant: Grant) -> None:
        label = fold(grant.funder)
        if label in self.known.labels.get("funder", {}):
            self.relied_on.add(("funder", label))
        elif label not in self.funders:
            kind, sure = funder_kind(grant.funder, grant.funder_type)
            self.funders[label] = Stated(
                "funder", (label,), {"name": grant.funder, "kind": kind}, f"{self.file} › rad {grant.row}"
            )
            place = f"rad {grant.row} › FundingOrganisationNameSv"
            if sure:
                self.findings.note(
                    "", place, grant.funder, "en finansiär som finns i databasen",
                    f"Finansiären läggs till, som {FUNDER_KINDS[kind]}.", "new_funder",
                )  # fmt: skip
            else:
                self.findings.warn(
                    "", place, grant.funder, "en finansiär som finns i databasen",
                    f"Finansiären läggs till, som {FUNDER_KINDS[kind]}, men det är osäkert. Är det fel: lägg "
                    "först till finansiären med rätt slag.",
                    "unsure_funder",
                )  # fmt: skip

    def _add_project(self, grant: Grant) -> None:
        label = fold(grant.project_id)
        if label in self.projects:
            return
        known = self.known.labels.get("project", {}).get(label)
        ends = grant.ends
        if grant.starts and ends and partial_bounds(grant.starts)[0] > partial_bounds(ends)[1]:
            self._warn_of_period(grant, "ProjectEndDate", ends, grant.starts, "Slutet läses inte in.")
            ends = None
        if not grant.title:
            self.findings.warn(
                "", f"rad {grant.row} › ProjectTitleSv", "tomt fält", "projektets titel",
                "Projektet får sitt nummer som titel.", "no_title",
            )  # fmt: skip
        values: dict[str, Any] = {
            "code": known or grant.project_id,
            "title": grant.title or grant.project_id,
            "area": self.choice.area or None,
            "summary": grant.summary,
            "lead": grant.leader,
            "performer": grant.coordinator,
            "starts": grant.starts,
            "ends": ends,
            "grant_type": grant.award_type,
            "keywords": "; ".join(grant.subjects),
            "reference": grant.number,
            # What a known project rests on is not for this file to change.
            "source": None if known else SOURCE,
        }
        stated = {name: value for name, value in values.items() if value}
        self.projects[label] = Stated("project", (label,), stated, f"{self.file} › rad {grant.row}")

    def _add_lines(self, grant: Grant) -> None:
        cell = f"rad {grant.row} › {AMOUNT}"
        if grant.amount is None:
            self.findings.note(
                "", cell, "inget belopp", "ett belopp",
                "Bidraget tas med som belopp ej fastställt, och räknas inte som 0 kr.", "open",
            )  # fmt: skip
        elif grant.amount <= 0:
            self.findings.warn(
                "", cell, format_sek(grant.amount), "ett belopp över noll",
                "Kontrollera beloppet hos finansiären." if grant.amount == 0
                else "Negativa belopp minskar summan. Kontrollera att det är meningen.",
                "zero" if grant.amount == 0 else "negative",
            )  # fmt: skip
        parts, basis = self._parts(grant)
        if outside := [year for year, _ in parts if not FIRST_YEAR <= year <= LAST_YEAR]:
            self.findings.error(
                "", f"rad {grant.row} › FundingYear", str(outside[0]), f"ett år mellan {FIRST_YEAR} och {LAST_YEAR}",
                "Rätta året i filen, eller gör ett urval som inte tar med raden.", "year",
            )  # fmt: skip
            return
        project, funder = _about(grant)
        for year, amount in parts:
            self.lines.append(
                Line(
                    (Kind.GRANTED, year, project, None, None, funder),
                    amount or Decimal(0), int(amount is None), None, basis,
                    f"{self.file} › {cell}", grant.project_id,
                )
            )  # fmt: skip

    def _parts(self, grant: Grant) -> tuple[list[tuple[int, Decimal | None]], Basis]:
        """The grant by year, and whether the years are as stated or by the rule."""
        if self.choice.spread == "by_month" and grant.amount and (period := self._period(grant)):
            return [(year, part) for year, part in spread_by_month(grant.amount, *period) if part], Basis.SPREAD
        year = year_of(grant)
        if year is None:
            self.findings.error(
                "", f"rad {grant.row} › FundingYear", "tomt fält", "bidragets första år",
                "Fyll i året i filen, eller gör ett urval som inte tar med raden.", "no_year",
            )  # fmt: skip
            return [], Basis.STATED
        return [(year, grant.amount)], Basis.STATED

    def _period(self, grant: Grant) -> tuple[date, date] | None:
        """The first and last day to spread over: the funding's, else the project's; None when not known."""
        if grant.funding_starts and grant.funding_ends:
            starts, ends, column = grant.funding_starts, grant.funding_ends, "FundingEndDate"
        elif grant.starts and grant.ends:
            starts, ends, column = grant.starts, grant.ends, "ProjectEndDate"
        else:
            self.findings.warn(
                "", f"rad {grant.row} › FundingStartDate", "inget start- och slutdatum", "bidragets tid",
                "Beloppet kan inte fördelas och bokas i sin helhet på första året.", "no_period",
            )  # fmt: skip
            return None
        first, last = partial_bounds(starts)[0], partial_bounds(ends)[1]
        if first > last:
            self._warn_of_period(
                grant, column, ends, starts, "Beloppet kan inte fördelas och bokas i sin helhet på första året."
            )
            return None
        return first, last

    def _warn_of_period(self, grant: Grant, column: str, ends: str, starts: str, effect: str) -> None:
        self.findings.warn(
            "", f"rad {grant.row} › {column}", ends, f"ett slut efter början ({starts})", effect, "period"
        )
