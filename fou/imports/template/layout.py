"""The project's own budget template ("budgetmall"): its sheets, columns and what each column takes.

One description serves reading, checking, comparing and writing, so that they cannot disagree. A sheet holds
records of one type; the sheet Budget holds ledger entries, one line per project, funder and kind, with the
years as columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fou import model

#: Swedish names of what a yes/no column takes.
YES_NO = {"ja": True, "nej": False}


class Takes(StrEnum):
    """What a column's cells hold."""

    TEXT = "text"
    INTEGER = "integer"
    YEAR = "year"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Swedish head, the record field that it fills, and what it takes.

    ``choices`` maps stored value → Swedish word (CHOICE only); ``to`` names the referred record's table
    (REFERENCE only: the cell holds that record's code or name).
    """

    head: str
    field: str
    takes: Takes = Takes.TEXT
    required: bool = False
    choices: dict[str, str] | None = None
    to: str | None = None
    width: int = 20


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A sheet of records. A sheet that is not ``required`` may be missing."""

    name: str
    record: type[model.Record]
    columns: tuple[Column, ...]
    required: bool = False
    about: str = ""


def _text(head: str, field: str, width: int = 20, required: bool = False) -> Column:
    return Column(head, field, width=width, required=required)


def _reference(head: str, field: str, to: str, required: bool = True) -> Column:
    return Column(head, field, Takes.REFERENCE, required, to=to)


def _choice(head: str, field: str, choices: dict[str, str], required: bool = True) -> Column:
    return Column(head, field, Takes.CHOICE, required, choices=choices)


_SOURCE = _text("Källa", "source", 34)

README_SHEET = "Läs mig"
BUDGET_SHEET = "Budget"

#: The heads of the sheet Budget before its year columns. "Benämning" is for the reader and not imported.
BUDGET_HEADS = (
    "Projekt", "Benämning", "Utlysning", "Område", "Finansiär", "Slag", "Villkor", "Grund", "Källa",
)  # fmt: skip
BUDGET_REQUIRED_HEADS = ("Projekt", "Finansiär", "Slag")
#: What is written in an amount cell when the amount is not set.
OPEN_WORD = "ej fastställt"
FIRST_YEAR, LAST_YEAR = 1990, 2100

SHEETS: tuple[SheetLayout, ...] = (
    SheetLayout(
        "Om", model.Setting,
        (_text("Uppgift", "name", 24, True), _text("Värde", "value", 50)),
        about="Vems databasen är. Uppgifterna heter organisation och påhittad (ja eller tomt).",
    ),
    SheetLayout(
        "Finansiärer", model.Funder,
        (
            _text("Finansiär", "name", 40, True),
            _choice("Slag", "kind", model.FUNDER_KINDS),
            _text("Anmärkning", "note", 60),
        ),
        required=True,
        about="Vems pengarna är. Kommun betyder egna medel.",
    ),
    SheetLayout(
        "Områden", model.Area,
        (
            _text("Område", "name", 44, True),
            Column("Första år", "first_year", Takes.YEAR, width=12),
            Column("Sista år", "last_year", Takes.YEAR, width=12),
            _reference("Ersätts av", "successor", "area", required=False),
            _text("Beskrivning", "description", 70),
        ),
        required=True,
        about="Prioriterade områden. Byter ett område namn: ange sista år och vad det ersätts av.",
    ),
    SheetLayout(
        "Planer", model.Plan,
        (
            Column("År", "year", Takes.YEAR, True, width=8),
            _text("Plan", "title", 44, True),
            _choice("Läge", "state", model.PLAN_STATES),
            _text("Nämnd", "board", 24),
            Column("Beslutad", "decided", Takes.DATE, width=14),
            _text("Diarienummer", "reference", 18),
            Column("Omedelbar justering", "immediate_approval", Takes.YES_NO, width=20),
            _text("Beredning", "preparation", 60),
            _text("Text", "text", 90),
            _SOURCE,
        ),
        about="FoU-planen för varje år. Ramen och planens belopp står i bladet Budget.",
    ),
    SheetLayout(
        "Projekt", model.Project,
        (
            _text("Kod", "code", 14, True),
            _text("Projekt", "title", 60, True),
            _reference("Område", "area", "area", required=False),
            _text("Sammanfattning", "summary", 90),
            _text("Ansvarig", "lead", 26),
            _text("Utförare", "performer", 34),
            _text("Värd", "host", 26),
            _text("Deltagande enheter", "units", 34),
            Column("Start", "starts", Takes.PARTIAL_DATE, width=12),
            Column("Slut", "ends", Takes.PARTIAL_DATE, width=12),
            _text("Om tiden", "period_note", 30),
            _reference("Ingår i", "parent", "project", required=False),
            _text("Bidragstyp", "grant_type", 18),
            _text("Nyckelord", "keywords", 40),
            _text("Diarienummer", "reference", 18),
            _SOURCE,
        ),
        required=True,
        about="Ett projekt per rad. Koden är det som övriga blad hänvisar till.",
    ),
    SheetLayout(
        "Kopplingar", model.ProjectLink,
        (
            _reference("Tidigare projekt", "earlier", "project"),
            _reference("Senare projekt", "later", "project"),
            _choice("Det tidigare är", "kind", model.LINK_KINDS),
            _SOURCE,
        ),
        about="Vilket projekt som bygger vidare på vilket.",
    ),
    SheetLayout(
        "Utlysningar", model.Call,
        (
            _text("Kod", "code", 14, True),
            _text("Utlysning", "name", 44, True),
            Column("År", "year", Takes.YEAR, True, width=8),
            Column("Öppnar", "opens", Takes.DATE, width=14),
            Column("Stänger", "closes", Takes.DATE, width=14),
            _choice("Läge", "state", model.CALL_STATES),
            _text("Text", "text", 90),
            Column("Bedöms senast", "assessed", Takes.DATE, width=14),
            Column("Beslutas", "decides", Takes.DATE, width=14),
            _text("Regler", "rules", 60),
            _choice("Bara för", "kinds", model.CALL_KINDS, required=False),
            Column("Bedömningar öppnade", "scores_open", Takes.YES_NO, width=20),
            _reference("Kopierad från", "copied_from", "call", required=False),
            _SOURCE,
        ),
        about="Utlysningar av medel. Beloppet står i bladet Budget.",
    ),
    SheetLayout(
        "Prioriteringsgrunder", model.Criterion,
        (
            _reference("Utlysning", "call", "call"),
            Column("Nr", "position", Takes.INTEGER, True, width=6),
            _text("Grund", "name", 70, True),
            Column("Vikt", "weight", Takes.INTEGER, width=8),
            Column("Högsta värde", "scale", Takes.INTEGER, width=14),
            Column("Lägsta värde", "lowest", Takes.INTEGER, width=14),
            _text("Vägledning", "guidance", 60),
            _SOURCE,
        ),
        about="Vad ansökningarna bedöms efter.",
    ),
    SheetLayout(
        "Ledamöter", model.Member,
        (
            _text("Namn", "name", 30, True),
            _text("E-post", "email", 34),
            _choice("Roll", "role", model.ROLES),
            _text("Enhet", "unit", 34),
            Column("Ordförande", "chair", Takes.YES_NO, width=12),
        ),
        about="De som bereder och beslutar.",
    ),
    SheetLayout(
        "Ansökningar", model.Proposal,
        (
            _text("Kod", "code", 16, True),
            _reference("Utlysning", "call", "call"),
            _reference("Projekt", "project", "project"),
            _text("Sökande", "applicants", 40),
            Column("Gemensam", "joint", Takes.YES_NO, width=12),
            Column("Fortsättning", "continuing", Takes.YES_NO, width=14),
            Column("Inkom", "received", Takes.DATE, width=14),
            _choice("Läge", "state", model.PROPOSAL_STATES, required=False),
            _text("Diarienummer", "reference", 18),
            _text("Kontakt", "contact", 34),
            Column("Lägsta belopp", "least", Takes.INTEGER, width=14),
            _reference("Flyttad till", "moved_to", "proposal", required=False),
            _SOURCE,
        ),
        about="Ansökningar i en utlysning. Sökt belopp står i bladet Budget.",
    ),
    SheetLayout(
        "Kostnader", model.ProposalCost,
        (
            _reference("Ansökan", "proposal", "proposal"),
            Column("År", "year", Takes.YEAR, True, width=8),
            _choice("Kostnadsslag", "cost_type", model.COST_TYPES),
            _choice("Betalas av", "payer", model.PAYERS),
            Column("Belopp", "amount", Takes.INTEGER, True, width=14),
        ),
        about=(
            "Vad ansökningarna kostar, i hela kronor exklusive moms. Det som söks för ett år står också som sökt i "
            "bladet Budget, med utlysning."
        ),
    ),
    SheetLayout(
        "Bedömningar", model.Score,
        (
            _reference("Ansökan", "proposal", "proposal"),
            _reference("Ledamot", "member", "member"),
            Column("Grund nr", "criterion", Takes.INTEGER, True, width=10),
            Column("Värde", "value", Takes.INTEGER, width=8),
            Column("Kan inte bedöma", "cannot_judge", Takes.YES_NO, width=18),
            _text("Kommentar", "comment", 60),
        ),
        about="En rad per ledamot, ansökan och grund.",
    ),
    SheetLayout(
        "Jäv", model.Conflict,
        (
            _reference("Ansökan", "proposal", "proposal"),
            _reference("Ledamot", "member", "member"),
            _text("Skäl", "reason", 50),
            Column("Anmält", "declared", Takes.DATE, width=14),
            _choice("Läge", "state", model.CONFLICT_STATES, required=False),
        ),
        about="Ledamöter som inte deltar i en ansökan.",
    ),
    SheetLayout(
        "Scenarier", model.Scenario,
        (
            _text("Kod", "code", 18, True),
            _reference("Utlysning", "call", "call", required=False),
            Column("År", "year", Takes.YEAR, True, width=8),
            _text("Scenario", "name", 34, True),
            _text("Anmärkning", "note", 60),
            _reference("Ledamot", "owner", "member", required=False),
            _reference("Kopierat från", "copied_from", "scenario", required=False),
            Column("Undanlagt", "put_away", Takes.YES_NO, width=12),
        ),
        about="Rådets alternativ för hur en utlysnings eller ett års pengar kan fördelas. Med ledamot: dennas eget.",
    ),
    SheetLayout(
        "Scenariorader", model.ScenarioLine,
        (
            _reference("Scenario", "scenario", "scenario"),
            _reference("Projekt", "project", "project", required=False),
            _reference("Utlysning", "call", "call", required=False),
            Column("År", "year", Takes.YEAR, True, width=8),
            _choice("Val", "choice", model.CHOICES),
            Column("Belopp", "amount", Takes.INTEGER, width=14),
            _text("Villkor", "condition", 34),
            Column("Låst", "locked", Takes.YES_NO, width=8),
        ),
        about="Vad ett scenario säger om ett projekt eller en utlysning, per år, i hela kronor exklusive moms.",
    ),
    SheetLayout(
        "Möten", model.Meeting,
        (
            _text("Kod", "code", 18, True),
            _text("Möte", "name", 44, True),
            _reference("Utlysning", "call", "call", required=False),
            Column("År", "year", Takes.YEAR, True, width=8),
            Column("Datum", "held", Takes.DATE, width=14),
            _text("Plats", "place", 30),
            _text("Dagordning", "agenda", 70),
            _choice("Läge", "state", model.MEETING_STATES),
            _reference("Visar scenario", "scenario", "scenario", required=False),
        ),
        about="Rådets möten om en utlysning eller ett års plan.",
    ),
    SheetLayout(
        "Närvaro", model.Attendance,
        (
            _reference("Möte", "meeting", "meeting"),
            _reference("Ledamot", "member", "member", required=False),
            _text("Namn", "name", 34, True),
            _choice("Roll", "role", model.ATTENDANCE_ROLES),
            Column("Närvarande", "present", Takes.YES_NO, width=12),
        ),
        about="Vilka som kallades till ett möte, och om de var där.",
    ),
    SheetLayout(
        "Beslut", model.Decision,
        (
            _reference("Projekt", "project", "project"),
            _choice("Slag", "kind", model.DECISION_KINDS),
            _text("Diarienummer", "reference", 20, True),
            _text("Nämnd", "board", 24),
            Column("Datum", "decided", Takes.DATE, width=14),
            _text("Paragraf", "paragraph", 10),
            Column("Omedelbar justering", "immediate_approval", Takes.YES_NO, width=20),
            _choice("Utfall", "outcome", model.OUTCOMES),
            _text("Text", "text", 60),
        ),
        about="Rådets rekommendationer och nämndens beslut, en rad per projekt.",
    ),
    SheetLayout(
        "Uppföljningar", model.FollowUp,
        (
            _text("Kod", "code", 14, True),
            _reference("Projekt", "project", "project"),
            _text("Uppföljning", "title", 60, True),
            _text("Utförare", "performer", 34),
            _text("Tid", "period", 24),
            _text("Metod", "method", 70),
            _text("Frågor", "questions", 90),
            _SOURCE,
        ),
        about="Uppföljningar av projekt.",
    ),
    SheetLayout(
        "Uppföljningspunkter", model.FollowUpItem,
        (
            _reference("Uppföljning", "follow_up", "follow_up"),
            _choice("Slag", "kind", model.ITEM_KINDS),
            Column("Nr", "position", Takes.INTEGER, True, width=6),
            _text("Text", "text", 110, True),
            _SOURCE,
        ),
        about="Mål, aktiviteter, framgångsfaktorer, risker eller hinder, och förbättringar.",
    ),
    SheetLayout(
        "Rapporter", model.ReportDue,
        (
            _reference("Projekt", "project", "project"),
            _choice("Rapport", "kind", model.REPORT_KINDS),
            Column("Ska lämnas", "due", Takes.DATE, True, width=14),
            Column("Lämnad", "received", Takes.DATE, width=14),
        ),
        about="Rapporter som ska lämnas, och när de kom.",
    ),
    SheetLayout(
        "Resultat", model.Output,
        (
            _reference("Projekt", "project", "project"),
            Column("Nr", "position", Takes.INTEGER, True, width=6),
            _choice("Slag", "kind", model.OUTPUT_KINDS),
            _text("Titel", "title", 70, True),
            Column("Publicerad", "published", Takes.PARTIAL_DATE, width=14),
            _text("Anmärkning", "note", 50),
            _SOURCE,
        ),
        about="Det som projekten har gett.",
    ),
)  # fmt: skip
SHEET_BY_NAME = {sheet.name: sheet for sheet in SHEETS}
SHEET_BY_TABLE = {sheet.record.TABLE: sheet for sheet in SHEETS}
