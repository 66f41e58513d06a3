"""The field's terms as frozen dataclasses and enums; see the glossary in the README.

Each dataclass that is a *record* (a fact that is not money) has a table of the same name and the same
columns in ``store/schema.sql``. ``id`` is a number given by the store; fields named after another record
(``area``, ``project``, ``funder`` …) hold that record's id. Money is kept in ledger
entries only; the amounts that stand here are what a form or a scenario says, and count in no sum of the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """What sort of statement an entry is."""

    FRAME = "frame"
    PLANNED = "planned"
    REQUESTED = "requested"
    PROPOSED = "proposed"
    RESERVED = "reserved"
    GRANTED = "granted"
    PAID = "paid"
    SPENT = "spent"
    RETURNED = "returned"
    FORECAST = "forecast"


KIND_NAMES: dict[Kind, str] = {
    Kind.FRAME: "ram",
    Kind.PLANNED: "plan",
    Kind.REQUESTED: "sökt",
    Kind.PROPOSED: "föreslaget",
    Kind.RESERVED: "avsatt",
    Kind.GRANTED: "beviljat",
    Kind.PAID: "utbetalt",
    Kind.SPENT: "utfall",
    Kind.RETURNED: "återfört",
    Kind.FORECAST: "prognos",
}


class Basis(StrEnum):
    """Whether the source states the amount or a named rule spread it over years."""

    STATED = "stated"
    SPREAD = "spread"


BASIS_NAMES: dict[Basis, str] = {Basis.STATED: "angivet", Basis.SPREAD: "fördelat"}

FUNDER_KINDS = {
    "municipality": "kommun",
    "state": "stat",
    "foundation": "stiftelse",
    "eu": "EU",
    "region": "region",
}
PLAN_STATES = {
    "draft": "utkast",
    "proposed": "förslag",
    "decided": "beslutad",
    "revision": "under revidering",
    "closed": "avslutad",
}
CALL_STATES = {
    "draft": "utkast",
    "open": "öppen",
    "closed": "stängd",
    "assessment": "under bedömning",
    "decided": "beslutad",
}
#: Which projects a call is for, when it is not for both.
CALL_KINDS = {"new": "nya", "continuing": "fortsättningar"}
#: How far an application has come; one that says nothing has been received. Withdrawn and moved ones are out of it.
PROPOSAL_STATES = {
    "received": "inkommen",
    "incomplete": "väntar på komplettering",
    "complete": "komplett",
    "withdrawn": "återkallad",
    "moved": "flyttad",
}
#: A conflict that is proposed holds until somebody dismisses it. One that says nothing has been declared.
CONFLICT_STATES = {"declared": "anmält", "proposed": "föreslaget", "dismissed": "avfärdat"}
#: What an application's money goes to.
COST_TYPES = {
    "salaries": "löner",
    "services": "köpta tjänster",
    "travel": "resor",
    "premises": "lokaler och utrustning",
    "dissemination": "spridning",
    "overhead": "gemensamma kostnader",
    "other": "övrigt",
}
#: Who pays a cost: the money that is applied for, or the applicant's own and others'.
PAYERS = {"requested": "sökt", "co_funding": "medfinansiering"}
LINK_KINDS = {
    "pilot_study": "förstudie",
    "study": "studie",
    "research_support": "forskningsstöd",
    "continuation": "fortsättning",
    "follow_up": "uppföljning",
    "spread": "spridning",
}
#: What a person in the member list may be; whoever is blocked is refused, whatever the sign-in says.
ROLES = {"viewer": "läsare", "member": "ledamot", "admin": "handläggare", "blocked": "spärrad"}
ITEM_KINDS = {
    "goal": "mål",
    "activity": "aktivitet",
    "success_factor": "framgångsfaktor",
    "risk": "risk eller hinder",
    "improvement": "förbättring",
}
OUTCOMES = {"granted": "beviljas", "reserved": "medel avsätts", "rejected": "avslås", "deferred": "bordläggs"}
DECISION_KINDS = {"recommendation": "rekommendation", "decision": "beslut"}
#: What a scenario says of one matter in one budget year: money now, money kept for it, or nothing.
CHOICES = {"grant": "bevilja", "reserve": "avsätt", "out": "utanför"}
MEETING_STATES = {"planned": "planerat", "open": "pågår", "closed": "avslutat"}
ATTENDANCE_ROLES = {"chair": "ordförande", "member": "ledamot", "secretary": "sekreterare", "other": "övrig"}
RECOMMENDATION_STATES = {
    "made": "lämnad till nämnden",
    "decided": "beslutad",
    "sent_back": "återremitterad",
    "rejected": "avslagen",
}
#: What the board does with a recommendation.
VERDICTS = {
    "approved": "beslut enligt förslaget",
    "changed": "beslut med ändringar",
    "sent_back": "återremiss",
    "rejected": "avslag",
}
OUTPUT_KINDS = {
    "report": "rapport",
    "article": "artikel",
    "seminar": "seminarium",
    "podcast": "podd",
    "overview": "kunskapsöversikt",
    "description": "projektbeskrivning",
    "news": "forskningsnytt",
    "platform": "plattform",
}
REPORT_KINDS = {"status": "lägesrapport", "financial": "ekonomisk rapport", "final": "slutrapport"}


class EventKind(StrEnum):
    """What the event log tells of: what was done that is not a batch."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"
    SESSION_ENDED = "session_ended"
    PERSONAL_DATA_EXPORTED = "personal_data_exported"
    BACKUP_TAKEN = "backup_taken"
    CONFIGURED = "configured"
    RESTORED = "restored"
    WEEDED = "weeded"


EVENT_NAMES: dict[EventKind, str] = {
    EventKind.SIGNED_IN: "loggade in",
    EventKind.SIGNED_OUT: "loggade ut",
    EventKind.REFUSED: "nekades",
    EventKind.SESSION_ENDED: "sessionen gick ut",
    EventKind.PERSONAL_DATA_EXPORTED: "tog ut personuppgifter",
    EventKind.BACKUP_TAKEN: "tog säkerhetskopia",
    EventKind.CONFIGURED: "startade servern med inställningar",
    EventKind.RESTORED: "återställde",
    EventKind.WEEDED: "gallrade",
}


#: What stands for the area of money that has none.
NO_AREA = "Utan område"
#: Money set aside for a call belongs to no area until it is granted; it gets a line of its own.
CALLS = "Utlysningar"
#: How a project stands, derived and never typed in, in the order of its life.
STANDINGS = {
    "applied": "sökt",
    "proposed": "föreslaget",
    "granted": "beviljat",
    "running": "pågår",
    "finished": "avslutat",
    "rejected": "avslaget",
    "unknown": "uppgift saknas",
}


@dataclass(frozen=True, slots=True)
class Record:
    """A fact that is not money. ``KEY`` names the fields by which people recognise it."""

    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    #: fields that hold the id of another record: field -> table
    REFERENCES: ClassVar[dict[str, str]] = {}

    id: int


@dataclass(frozen=True, slots=True)
class Setting(Record):
    """A word about the whole database: ``organisation``, ``invented`` ("ja" for a made-up example)."""

    TABLE = "setting"
    KEY = ("name",)
    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Funder(Record):
    """Whose money; ``kind`` is a key of FUNDER_KINDS. A municipality's money is the board's own."""

    TABLE = "funder"
    KEY = ("name",)
    name: str
    kind: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Area(Record):
    """A priority area; ``successor`` is the area that it was renamed to or merged into."""

    TABLE = "area"
    KEY = ("name",)
    REFERENCES = {"successor": "area"}
    name: str
    first_year: int | None
    last_year: int | None
    successor: int | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Plan(Record):
    """The FoU plan of one budget year; the year is the period."""

    TABLE = "plan"
    KEY = ("year",)
    year: int
    title: str
    state: str
    board: str | None
    decided: date | None
    reference: str | None
    immediate_approval: bool | None
    preparation: str | None
    text: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class PlanVersion(Record):
    """One decision of a year's plan. Its lines and texts are those that stood at batch ``head``: nothing is copied.

    ``note`` says what was changed since the version before.
    """

    TABLE = "plan_version"
    KEY = ("year", "number")
    year: int
    number: int
    head: int
    board: str | None
    decided: date | None
    reference: str | None
    immediate_approval: bool | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Project(Record):
    """A project or programme. ``starts`` and ``ends`` keep the precision of the source: 2012, 2014-10, 2018-12-01."""

    TABLE = "project"
    KEY = ("code",)
    REFERENCES = {"area": "area", "parent": "project"}
    code: str
    title: str
    area: int | None
    summary: str | None
    lead: str | None
    performer: str | None
    host: str | None
    units: str | None
    starts: str | None
    ends: str | None
    period_note: str | None
    parent: int | None
    grant_type: str | None
    keywords: str | None
    reference: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class ProjectLink(Record):
    """``earlier`` is the pilot study (study, support …) of ``later``; ``kind`` is a key of LINK_KINDS."""

    TABLE = "project_link"
    KEY = ("earlier", "later")
    REFERENCES = {"earlier": "project", "later": "project"}
    earlier: int
    later: int
    kind: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Call(Record):
    """An announced round of proposals.

    ``assessed`` is when the members' assessments are to be ready, ``decides`` when the decision is planned. ``kinds``
    is a key of CALL_KINDS, None for both. ``scores_open`` says that the members see each other's assessments.
    """

    TABLE = "call"
    KEY = ("code",)
    REFERENCES = {"copied_from": "call"}
    code: str
    name: str
    year: int
    opens: date | None
    closes: date | None
    state: str
    text: str | None
    source: str | None
    assessed: date | None
    decides: date | None
    rules: str | None
    kinds: str | None
    scores_open: bool | None
    copied_from: int | None


@dataclass(frozen=True, slots=True)
class Criterion(Record):
    """A ground for priority of a call, in the order of ``position``.

    ``scale`` is the highest value and ``lowest`` the lowest (0 when it is not said); ``weight`` is 1 when it is not.
    """

    TABLE = "criterion"
    KEY = ("call", "position")
    REFERENCES = {"call": "call"}
    call: int
    position: int
    name: str
    weight: int | None
    scale: int | None
    source: str | None
    lowest: int | None
    guidance: str | None


@dataclass(frozen=True, slots=True)
class Member(Record):
    """A person who acts in Fou; ``role`` is a key of ROLES. ``chair``: leads the council's work."""

    TABLE = "member"
    KEY = ("name",)
    name: str
    email: str | None
    role: str
    unit: str | None
    chair: bool | None = None


@dataclass(frozen=True, slots=True)
class Account(Record):
    """An account that a member signs in with: the provider, and the subject that the provider knows the person by.

    ``email`` is the address that the provider gave when the account was bound to the member.
    """

    TABLE = "account"
    KEY = ("provider", "subject")
    REFERENCES = {"member": "member"}
    provider: str
    subject: str
    member: int
    email: str | None


@dataclass(frozen=True, slots=True)
class Proposal(Record):
    """An application within a call; what is requested stands in the ledger on the project.

    ``state`` is a key of PROPOSAL_STATES, ``reference`` the applicant's case number (dnr), ``contact`` whom to ask.
    ``least`` is the least that the applicant can do with, whole SEK in all. ``moved_to`` is the same application in
    another call.
    """

    TABLE = "proposal"
    KEY = ("code",)
    REFERENCES = {"call": "call", "project": "project", "moved_to": "proposal"}
    code: str
    call: int
    project: int
    applicants: str | None
    joint: bool | None
    continuing: bool | None
    received: date | None
    source: str | None
    state: str | None
    reference: str | None
    contact: str | None
    least: int | None
    moved_to: int | None


@dataclass(frozen=True, slots=True)
class ProposalCost(Record):
    """What an application's form says of one year and type of cost, whole SEK excluding VAT.

    ``cost_type`` is a key of COST_TYPES and ``payer`` of PAYERS. The ledger holds the years' requested sums, which
    are those of what is applied for here.
    """

    TABLE = "proposal_cost"
    KEY = ("proposal", "year", "cost_type", "payer")
    REFERENCES = {"proposal": "proposal"}
    proposal: int
    year: int
    cost_type: str
    payer: str
    amount: int


@dataclass(frozen=True, slots=True)
class Score(Record):
    """One member's value on one criterion; ``cannot_judge`` is not a zero, and neither is no score.

    ``criterion`` is the criterion's position in the call.
    """

    TABLE = "score"
    KEY = ("proposal", "member", "criterion")
    REFERENCES = {"proposal": "proposal", "member": "member"}
    proposal: int
    member: int
    criterion: int
    value: int | None
    cannot_judge: bool | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Conflict(Record):
    """A member's conflict of interest (jäv) in a proposal; ``state`` is a key of CONFLICT_STATES."""

    TABLE = "conflict"
    KEY = ("proposal", "member")
    REFERENCES = {"proposal": "proposal", "member": "member"}
    proposal: int
    member: int
    reason: str | None
    declared: date | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Decision(Record):
    """The council's recommendation or the board's decision on one project.

    ``recommendation`` is the frozen one that it stands in, None for one that was read from a file.
    """

    TABLE = "decision"
    KEY = ("project", "kind", "reference")
    REFERENCES = {"project": "project", "recommendation": "recommendation"}
    project: int
    kind: str
    reference: str
    board: str | None
    decided: date | None
    paragraph: str | None
    immediate_approval: bool | None
    outcome: str
    text: str | None
    recommendation: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario(Record):
    """One way to distribute a call's money, or a year's when ``call`` is None, that the council tries.

    ``owner`` is the member whose own it is, None for the council's. ``put_away`` is kept but no longer shown.
    """

    TABLE = "scenario"
    KEY = ("code",)
    REFERENCES = {"call": "call", "owner": "member", "copied_from": "scenario"}
    code: str
    call: int | None
    year: int
    name: str
    note: str | None
    owner: int | None
    copied_from: int | None
    put_away: bool | None


@dataclass(frozen=True, slots=True)
class ScenarioLine(Record):
    """What a scenario says of one matter in one budget year. A matter is a project, or a call to set money aside for.

    ``choice`` is a key of CHOICES. ``amount`` is whole SEK excluding VAT, None when it is not set; one that is left
    out has none. No suggestion changes a line that is ``locked``. A matter without a line has not been considered.
    """

    TABLE = "scenario_line"
    KEY = ("scenario", "project", "call", "year")
    REFERENCES = {"scenario": "scenario", "project": "project", "call": "call"}
    scenario: int
    project: int | None
    call: int | None
    year: int
    choice: str
    amount: int | None
    condition: str | None
    locked: bool | None


@dataclass(frozen=True, slots=True)
class Meeting(Record):
    """A meeting of the council about a call, or a year's plan; ``scenario`` is the one that is on the wall."""

    TABLE = "meeting"
    KEY = ("code",)
    REFERENCES = {"call": "call", "scenario": "scenario"}
    code: str
    name: str
    call: int | None
    year: int
    held: date | None
    place: str | None
    agenda: str | None
    state: str
    scenario: int | None


@dataclass(frozen=True, slots=True)
class Attendance(Record):
    """Who was called to a meeting; ``role`` is a key of ATTENDANCE_ROLES, ``present`` None until it is said."""

    TABLE = "attendance"
    KEY = ("meeting", "name")
    REFERENCES = {"meeting": "meeting", "member": "member"}
    meeting: int
    member: int | None
    name: str
    role: str
    present: bool | None


@dataclass(frozen=True, slots=True)
class Recommendation(Record):
    """What the council recommends the board, frozen as it was.

    ``frozen`` is the snapshot (fou.snapshot) and ``apart`` what in it those in conflict of interest may not see;
    ``hash`` is over both. ``head`` is the batch whose data it shows. Only ``state`` changes, by what the board does.
    """

    TABLE = "recommendation"
    KEY = ("code",)
    REFERENCES = {"scenario": "scenario", "meeting": "meeting"}
    code: str
    scenario: int
    meeting: int | None
    made: date
    state: str
    dissent: str | None
    frozen: str
    apart: str
    hash: str
    head: int


@dataclass(frozen=True, slots=True)
class Resolution(Record):
    """What the board did with a recommendation; ``verdict`` is a key of VERDICTS.

    ``frozen`` holds each matter as it was decided, and ``hash`` is over it. A later one, with the next number,
    corrects those before it.
    """

    TABLE = "resolution"
    KEY = ("recommendation", "number")
    REFERENCES = {"recommendation": "recommendation"}
    recommendation: int
    number: int
    verdict: str
    board: str
    decided: date
    paragraph: str | None
    reference: str
    immediate_approval: bool | None
    text: str | None
    frozen: str
    hash: str


@dataclass(frozen=True, slots=True)
class FollowUp(Record):
    """A follow-up of a project: what was asked, how, and when."""

    TABLE = "follow_up"
    KEY = ("code",)
    REFERENCES = {"project": "project"}
    code: str
    project: int
    title: str
    performer: str | None
    period: str | None
    method: str | None
    questions: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class FollowUpItem(Record):
    """A goal, activity, success factor, risk or improvement found in a follow-up."""

    TABLE = "follow_up_item"
    KEY = ("follow_up", "kind", "position")
    REFERENCES = {"follow_up": "follow_up"}
    follow_up: int
    kind: str
    position: int
    text: str
    source: str | None


@dataclass(frozen=True, slots=True)
class ReportDue(Record):
    """A report that a project owes; late when ``received`` is after ``due``, or missing after it."""

    TABLE = "report_due"
    KEY = ("project", "kind", "due")
    REFERENCES = {"project": "project"}
    project: int
    kind: str
    due: date
    received: date | None


@dataclass(frozen=True, slots=True)
class Output(Record):
    """Something a project gave: report, article, seminar, podcast …"""

    TABLE = "output"
    KEY = ("project", "position")
    REFERENCES = {"project": "project"}
    project: int
    position: int
    kind: str
    title: str
    published: str | None
    note: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Alias(Record):
    """What somebody has said that a name in a file means.

    ``record`` is the table that the name was looked up in: project, funder, area or call. ``label`` is the name
    as files write it, folded. Of the four references the one that ``record`` names holds the answer.
    """

    TABLE = "alias"
    KEY = ("record", "label")
    REFERENCES = {"project": "project", "funder": "funder", "area": "area", "call": "call"}
    record: str
    label: str
    project: int | None
    funder: int | None
    area: int | None
    call: int | None


@dataclass(frozen=True, slots=True)
class ImportLayout(Record):
    """How somebody has said that a sheet is to be read, for the next one that looks the same.

    ``signature`` tells what the sheet looks like, with the years taken out; ``name`` is the file and sheet that the
    answers came from, and ``choices`` holds them as JSON.
    """

    TABLE = "import_layout"
    KEY = ("signature",)
    signature: str
    name: str
    choices: str


#: Every record type, parents before children: the order in which they are created.
RECORDS: tuple[type[Record], ...] = (
    Setting, Funder, Area, Plan, PlanVersion, Project, ProjectLink, Call, Criterion, Member, Account, Proposal,
    ProposalCost, Score, Conflict, Scenario, ScenarioLine, Meeting, Attendance, Recommendation, Resolution, Decision,
    FollowUp, FollowUpItem, ReportDue, Output, Alias, ImportLayout,
)  # fmt: skip
RECORD_BY_TABLE: dict[str, type[Record]] = {r.TABLE: r for r in RECORDS}
_COLUMNS = {r.TABLE: tuple(f.name for f in fields(r)) for r in RECORDS}


def columns(record: type[Record]) -> tuple[str, ...]:
    """The record's field names, ``id`` first: the columns of its table."""
    return _COLUMNS[record.TABLE]


@dataclass(frozen=True, slots=True)
class Entry:
    """One SEK statement in the ledger; neither updated nor deleted once posted.

    ``amount`` is SEK excluding VAT with at most two decimals, signed. ``open`` is +1 for a commitment whose
    amount is not yet set (``amount`` is then 0 and means nothing), −1 on its reversal, else 0. ``reverses`` is
    the id of the entry that this one cancels; an entry is *live* when it neither reverses nor is reversed.
    """

    kind: Kind
    year: int
    funder: int
    project: int | None = None
    call: int | None = None
    area: int | None = None
    amount: Decimal = Decimal(0)
    open: int = 0
    condition: str | None = None
    basis: Basis = Basis.STATED
    source: str = ""
    document: str | None = None
    reverses: int | None = None
    id: int = 0
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Who posted what, when and why. ``entries`` and ``changes`` are counts that show that it is whole."""

    id: int
    posted: datetime
    actor: str
    kind: str
    note: str
    file: str | None
    sha256: str | None
    undoes: int | None
    entries: int
    changes: int
    total: Decimal
    undone_by: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A line in the event log: when (UTC), what, who, and a word about it."""

    id: int
    happened: datetime
    kind: EventKind
    actor: str
    note: str


def as_dict(record: Record) -> dict[str, Any]:
    """The record as field → value, in table order."""
    return {name: getattr(record, name) for name in columns(type(record))}
