"""Applications in a call: entered, supplemented, withdrawn and moved, with what they lack and what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fou.access import Action, Person
from fou.calls import OUT, Sum, call_of, money_of, own_funder, proposal_of, requested_of, total
from fou.conflicts import propose_for
from fou.errors import Refused, SaveConflict
from fou.imports.template.layout import SHEET_BY_TABLE
from fou.ledger import take_back
from fou.model import (
    CALL_STATES,
    COST_TYPES,
    PAYERS,
    PROPOSAL_STATES,
    Call,
    Conflict,
    Entry,
    Kind,
    Project,
    Proposal,
    ProposalCost,
    as_dict,
)
from fou.money import format_sek
from fou.search import fold
from fou.store import Database, Reader, Work
from fou.store.work import from_json
from fou.swedish import format_date, partial_bounds

_SOURCE = "sidan Ansökningar"
#: A call that takes applications; after it has closed those that came in time are still entered.
_TAKES = ("open", "closed")
_CHANGES = ("open", "closed", "assessment")
#: The most that one cost can be, whole SEK.
MOST = 2_000_000_000


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """One year's cost of one type, whole SEK excl. VAT. Keys of COST_TYPES and PAYERS."""

    year: int
    cost_type: str
    payer: str
    amount: int


@dataclass(frozen=True, slots=True)
class Form:
    """What an application says. ``least`` is the least the applicant can do with, whole SEK in all."""

    title: str
    applicants: str | None = None
    performer: str | None = None
    lead: str | None = None
    area: int | None = None
    summary: str | None = None
    starts: str | None = None
    ends: str | None = None
    joint: bool | None = None
    continuing: bool | None = None
    received: date | None = None
    reference: str | None = None
    contact: str | None = None
    least: int | None = None
    costs: tuple[Cost, ...] = ()


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that an application lacks, or that does not fit, with what to do; ``blocks`` the assessment."""

    text: str
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Supplement:
    """What one act changed in an application: (what, before, after), as people read it. ``posted`` is UTC."""

    batch: int
    posted: datetime
    actor: str
    note: str
    changes: tuple[tuple[str, str, str], ...]


_OF_PROJECT = ("title", "performer", "lead", "area", "summary", "starts", "ends")
_OF_PROPOSAL = ("applicants", "joint", "continuing", "received", "reference", "contact", "least")


def form_of(reader: Reader, number: int) -> Form:
    """The application as a form that can be changed."""
    proposal = proposal_of(reader, number)
    project = reader.records(Project, "WHERE id = $id", id=proposal.project)[0]
    return Form(
        **{name: getattr(project, name) for name in _OF_PROJECT},
        **{name: getattr(proposal, name) for name in _OF_PROPOSAL},
        costs=tuple(sorted(_cost(one) for one in _costs(reader, number))),
    )


def enter(database: Database, person: Person, call: int, form: Form, today: date, again: bool = False) -> str:
    """Enter an application with a project of its own; return its code.

    Raises Refused when the call takes no applications, when what is filled in cannot be used, and when the same
    application seems to be there already, unless ``again`` says that it is another.
    """
    clean = _clean(form)
    with database.write(person, Action.EDIT, "Lade in en ansökan") as work:
        found = call_of(work, call)
        if found.state not in _TAKES:
            raise Refused(_takes_none(found))
        _refuse_double(work, found, clean, None, again)
        code = _next_code(work, found)
        about: dict[str, Any] = {"code": code, "source": f"ansökan {code}", "reference": clean.reference}
        about |= {name: getattr(clean, name) for name in _OF_PROJECT}
        (project,) = work.create_many(Project, [about], [_SOURCE])
        own: dict[str, Any] = {"code": code, "call": call, "project": project, "state": "received", "source": _SOURCE}
        own |= {name: getattr(clean, name) for name in _OF_PROPOSAL}
        (number,) = work.create_many(Proposal, [own], [_SOURCE])
        _save_costs(work, number, (), clean.costs)
        proposal = proposal_of(work, number)
        _follow(work, found, proposal)
        propose_for(work, proposal, today)
        return code


def change(
    database: Database, person: Person, number: int, seen: Form, form: Form, today: date, note: str = "",
    again: bool = False,
) -> int | None:  # fmt: skip
    """Supplement or correct an application; return the batch, None when nothing differs.

    ``note`` is why. Raises SaveConflict, naming who, when somebody else has changed the same since ``seen`` was read.
    """
    clean = _clean(form)
    with database.write(person, Action.EDIT, note.strip() or "Kompletterade en ansökan") as work:
        proposal, call = _to_change(work, number)
        _refuse_double(work, call, clean, proposal, again)
        now = form_of(work, number)
        done = False
        for record, identity, names in (
            (Project, proposal.project, _OF_PROJECT), (Proposal, proposal.id, _OF_PROPOSAL),
        ):  # fmt: skip
            changed = {name: value for name in names if (value := getattr(clean, name)) != getattr(seen, name)}
            before = {name: getattr(seen, name) for name in changed}
            done |= work.update(record, identity, changed, before, _SOURCE)
        if clean.costs != tuple(sorted(seen.costs)):
            if now.costs not in (tuple(sorted(seen.costs)), clean.costs):
                raise SaveConflict(
                    "Någon har ändrat kostnaderna medan du skrev. Nu söks "
                    f"{format_sek(_requested(now.costs))} i ansökan. Ditt är inte sparat: läs in sidan igen och avgör "
                    "vad som ska gälla."
                )
            done |= _save_costs(work, number, now.costs, clean.costs)
        after = proposal_of(work, number)
        _follow(work, call, after)
        propose_for(work, after, today)
        return work.batch if done else None


def mark(database: Database, person: Person, number: int, state: str) -> int | None:
    """Say that an application is complete although something is lacking, or that it waits for a supplement."""
    if state not in ("received", "incomplete", "complete"):
        raise Refused("Välj om ansökan är inkommen, komplett eller väntar på komplettering.")
    with database.write(person, Action.EDIT, f"En ansökan är {PROPOSAL_STATES[state]}") as work:
        _to_change(work, number)
        return work.batch if work.update(Proposal, number, {"state": state}, None, _SOURCE) else None


def withdraw(database: Database, person: Person, number: int, why: str) -> int:
    """Take an application out of its call, for the applicant does not want it; return the batch.

    It and what was judged stay, but it is in no ranking, and what it asked for is taken back in the ledger.
    """
    if not why.strip():
        raise Refused("Skriv varför ansökan återkallas.")
    with database.write(person, Action.EDIT, f"Återkallade en ansökan: {why.strip()}") as work:
        proposal, _ = _to_change(work, number)
        asked = requested_of(work, [proposal])[number]
        take_back(work, [(entry, f"ansökan {proposal.code} återkallad") for entry in asked])
        work.update(Proposal, number, {"state": "withdrawn"}, None, _SOURCE)
        return work.batch


def move(database: Database, person: Person, number: int, to: int, today: date) -> str:
    """Move an application to another call; return its code there.

    It stays in the old call as moved, with what was judged there; in the new one it begins anew, with the same costs
    and conflicts of interest. What it asks for follows it.
    """
    with database.write(person, Action.EDIT, "Flyttade en ansökan") as work:
        proposal, call = _to_change(work, number)
        other = call_of(work, to)
        if other.id == call.id:
            raise Refused(f"Ansökan är redan i {call.code}.")
        if other.state not in _TAKES:
            raise Refused(_takes_none(other))
        asked = requested_of(work, [proposal])[number]
        code = _next_code(work, other)
        again = {"code": code, "call": to, "state": "received", "source": f"flyttad från {proposal.code}"}
        (new,) = work.create_many(Proposal, [{**as_dict(proposal), **again}], [_SOURCE])
        work.create_many(ProposalCost, [{**as_dict(one), "proposal": new} for one in _costs(work, number)])
        theirs = work.records(Conflict, "WHERE proposal = $id ORDER BY id", id=number)
        work.create_many(Conflict, [{**as_dict(one), "proposal": new} for one in theirs])
        work.update(Proposal, number, {"state": "moved", "moved_to": new}, None, _SOURCE)
        source = f"ansökan {code}, flyttad från {proposal.code}"
        take_back(work, [(entry, source) for entry in asked])
        work.post(replace(entry, call=to, source=source, reverses=None) for entry in asked)
        propose_for(work, proposal_of(work, new), today)
        return code


def lacking(reader: Reader, number: int) -> tuple[Lack, ...]:
    """What an application lacks against its call, and what does not fit; nothing when it can be assessed as it is."""
    proposal = proposal_of(reader, number)
    return lacking_of(reader, proposal, call_of(reader, proposal.call))


def lacking_of(reader: Reader, proposal: Proposal, call: Call) -> tuple[Lack, ...]:
    """``lacking``, of an application that has been read with its call."""
    project = reader.records(Project, "WHERE id = $id", id=proposal.project)[0]
    found: list[Lack] = []
    for word, there, what in (
        ("Sökande", proposal.applicants or project.units, "Skriv vilka enheter som söker."),
        ("Sammanfattning", project.summary, "Be den sökande beskriva projektet."),
        ("Område", project.area, "Välj ett prioriterat område."),
        ("Inkom", proposal.received, "Skriv vilken dag ansökan kom in."),
    ):
        if not there:
            found.append(Lack(f"{word} saknas. {what}"))
    if not proposal.reference:
        found.append(Lack("Diarienummer saknas. Skriv det när ansökan är diarieförd.", blocks=False))
    if not proposal.contact:
        found.append(Lack("Kontakt saknas. Skriv vem som svarar på frågor.", blocks=False))
    units = [part for part in (proposal.applicants or "").replace(";", ",").split(",") if part.strip()]
    if proposal.joint and len(units) < 2:
        found.append(Lack("Ansökan är gemensam men har en enda sökande. Skriv alla, med komma emellan.", blocks=False))
    if call.kinds == "new" and proposal.continuing:
        found.append(Lack("Utlysningen är bara för nya projekt, och det här är en fortsättning. Flytta den."))
    if call.kinds == "continuing" and proposal.continuing is False:
        found.append(Lack("Utlysningen är bara för fortsättningar, och det här är ett nytt projekt. Flytta den."))
    return (*found, *_about_dates(proposal, project, call), *_about_money(reader, proposal, call))


def supplements(reader: Reader, number: int) -> tuple[Supplement, ...]:
    """What has been changed in an application since it was entered, the latest first, from the log of changes."""
    proposal = proposal_of(reader, number)
    rows = reader.rows(
        """
        SELECT change.batch, batch.posted, batch.actor, batch.note, change.record, change.before, change.after
        FROM change
        JOIN batch ON batch.id = change.batch
        WHERE (change.record = 'proposal' AND change.id = $proposal)
           OR (change.record = 'project' AND change.id = $project)
           OR (change.record = 'proposal_cost'
               AND CAST(COALESCE(change.after, change.before) ->> 'proposal' AS INTEGER) = $proposal)
        ORDER BY change.batch, change.position
        """,
        proposal=number,
        project=proposal.project,
    )
    areas = dict(reader.rows("SELECT id, name FROM area"))
    entered = next((row[0] for row in rows if row[4] == "proposal" and row[5] is None), 0)
    found: dict[int, tuple[tuple[datetime, str, str], list[tuple[str, str, str]]]] = {}
    for batch, posted, actor, note, record, before, after in rows:
        if batch > entered:
            what = _differences(record, before, after, areas)
            found.setdefault(batch, ((posted, actor, note), []))[1].extend(what)
    return tuple(
        Supplement(batch, *about, tuple(changes)) for batch, (about, changes) in reversed(found.items()) if changes
    )


def _differences(
    record: str, before: str | None, after: str | None, areas: dict[int, str]
) -> list[tuple[str, str, str]]:
    old, new = (from_json(image) if image else {} for image in (before, after))
    if record == "proposal_cost":
        one = new or old
        what = f"{COST_TYPES.get(one['cost_type'], one['cost_type'])}, {PAYERS.get(one['payer'], one['payer'])}"
        was, now = (format_sek(Decimal(image["amount"])) if image else "inget" for image in (old, new))
        return [(f"{one['year']}, {what}", was, now)]
    heads = {column.field: column.head for column in SHEET_BY_TABLE[record].columns}
    return [
        (head, _word(name, old.get(name), areas), _word(name, new.get(name), areas))
        for name, head in heads.items()
        if name not in ("source", "code", "call", "moved_to") and old.get(name) != new.get(name)
    ]


def _word(name: str, value: Any, areas: dict[int, str]) -> str:
    if value is None:
        return "inget"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if name == "area":
        return areas.get(value, str(value))
    if name == "least":
        return format_sek(Decimal(value))
    return PROPOSAL_STATES.get(value, value) if name == "state" else str(value)


def _about_dates(proposal: Proposal, project: Project, call: Call) -> list[Lack]:
    found = []
    if proposal.received and call.closes and proposal.received > call.closes:
        found.append(
            Lack(
                f"Ansökan kom in {format_date(proposal.received)}, efter sista ansökningsdag "
                f"{format_date(call.closes)}. Flytta den till en annan utlysning, eller markera den som komplett om "
                "den ska prövas ändå."
            )
        )
    if proposal.received and call.opens and proposal.received < call.opens:
        found.append(
            Lack(
                f"Ansökan kom in {format_date(proposal.received)}, innan utlysningen öppnade "
                f"{format_date(call.opens)}. Kontrollera datumet.",
                blocks=False,
            )
        )
    if project.starts and project.ends and partial_bounds(project.ends)[1] < partial_bounds(project.starts)[0]:
        found.append(Lack(f"Projektet slutar ({project.ends}) innan det börjar ({project.starts}). Rätta ett av dem."))
    return found


def _about_money(reader: Reader, proposal: Proposal, call: Call) -> list[Lack]:
    asked = requested_of(reader, [proposal])[proposal.id]
    if not asked:
        return [Lack("Sökt belopp saknas. Fyll i kostnaderna för varje år.")]
    found = []
    by_year: dict[int, Sum] = {}
    for entry in asked:
        by_year[entry.year] = total([by_year.get(entry.year, Sum()), Sum(entry.amount, entry.open)])
    there = money_of(reader, call.id)
    for year, one in sorted(by_year.items()):
        limit = there[year].known if year in there else None
        if limit is not None and one.amount > limit:
            found.append(
                Lack(
                    f"Ansökan söker {format_sek(one.amount)} för {year}, men utlysningen har {format_sek(limit)}. "
                    "Kontrollera beloppet, eller fråga efter det lägsta som den sökande klarar sig med.",
                    blocks=False,
                )
            )
    if proposal.least is not None and proposal.least > total(by_year.values()).amount:
        found.append(Lack("Det lägsta beloppet är större än det sökta. Rätta ett av dem."))
    early = [year for year in by_year if year < call.year]
    if early:
        found.append(Lack(f"Pengar söks för {early[0]}, före utlysningens år {call.year}. Rätta året."))
    return found


def _clean(form: Form) -> Form:
    texts: dict[str, Any] = {}
    for name in ("title", "applicants", "performer", "lead", "summary", "reference", "contact"):
        value = getattr(form, name)
        texts[name] = (value if name == "summary" else " ".join((value or "").split())) or None
    if not texts["title"]:
        raise Refused("Skriv vad projektet heter.")
    for name in ("starts", "ends"):
        value = (getattr(form, name) or "").strip() or None
        if value is not None:
            try:
                partial_bounds(value)
            except ValueError as error:
                raise Refused(str(error)) from error
        texts[name] = value
    starts, ends = texts["starts"], texts["ends"]
    if starts and ends and partial_bounds(ends)[1] < partial_bounds(starts)[0]:
        raise Refused(f"Datumen motsäger varandra: projektet slutar {ends} men börjar {starts}. Rätta ett av dem.")
    seen = set()
    for cost in form.costs:
        what = f"{cost.year}, {COST_TYPES.get(cost.cost_type, cost.cost_type)}"
        if cost.cost_type not in COST_TYPES or cost.payer not in PAYERS:
            raise Refused(f"{what}: välj kostnadsslag och vem som betalar i listorna.")
        if not 1990 <= cost.year <= 2100:
            raise Refused(f"{what}: skriv ett år mellan 1990 och 2100.")
        if not 0 < cost.amount <= MOST:
            raise Refused(f"{what}: beloppet ska vara större än noll och högst {format_sek(Decimal(MOST))}.")
        if (key := (cost.year, cost.cost_type, cost.payer)) in seen:
            raise Refused(f"{what} står två gånger. Slå ihop raderna.")
        seen.add(key)
    if form.least is not None and not 0 < form.least <= MOST:
        raise Refused("Det lägsta beloppet ska vara större än noll.")
    return replace(form, **texts, costs=tuple(sorted(form.costs)))


def _refuse_double(work: Work, call: Call, form: Form, own: Proposal | None, again: bool) -> None:
    rows = work.rows(
        "SELECT proposal.id, proposal.code, proposal.state, proposal.reference, proposal.applicants, project.title, "
        "proposal.call FROM proposal JOIN project ON project.id = proposal.project"
    )
    for number, code, state, reference, applicants, title, its_call in rows:
        if state in OUT or (own is not None and number == own.id):
            continue
        if form.reference and reference and fold(reference) == fold(form.reference):
            raise Refused(
                f"{code} har redan diarienumret {reference}. Är det samma ansökan: ändra den i stället. Annars: rätta "
                "numret."
            )
        same = fold(title) == fold(form.title) and fold(applicants or "") == fold(form.applicants or "")
        if same and its_call == call.id and not again:
            raise Refused(
                f"{code} ser ut att vara samma ansökan: samma namn och sökande. Ändra den i stället, eller säg att "
                "det är en annan ansökan."
            )


def _to_change(work: Work, number: int) -> tuple[Proposal, Call]:
    proposal = proposal_of(work, number)
    if proposal.state in OUT:
        raise Refused(f"{proposal.code} är {PROPOSAL_STATES[proposal.state]} och kan inte ändras.")
    call = call_of(work, proposal.call)
    if call.state not in _CHANGES:
        raise Refused(f"Utlysningen {call.code} är {CALL_STATES[call.state]}: dess ansökningar kan inte ändras.")
    return proposal, call


def _takes_none(call: Call) -> str:
    if call.state == "draft":
        return f"Utlysningen {call.code} är ett utkast. Öppna den först."
    return f"Utlysningen {call.code} är {CALL_STATES[call.state]} och tar inte emot fler ansökningar. Välj en annan."


def _next_code(work: Work, call: Call) -> str:
    """A code that neither an application nor a project has had: what is undone may come back."""
    taken = {
        code
        for (code,) in work.rows(
            "SELECT DISTINCT code FROM (SELECT code FROM proposal UNION SELECT code FROM project UNION "
            "SELECT after ->> 'code' FROM change WHERE record IN ('proposal', 'project') AND after IS NOT NULL) AS k"
        )
    }
    return next(code for n in range(1, 100_000) if (code := f"{call.code}-{n:02}") not in taken)


def _costs(reader: Reader, number: int) -> list[ProposalCost]:
    return reader.records(ProposalCost, "WHERE proposal = $id ORDER BY id", id=number)


def _cost(record: ProposalCost) -> Cost:
    return Cost(record.year, record.cost_type, record.payer, record.amount)


def _requested(costs: Sequence[Cost]) -> Decimal:
    return Decimal(sum(cost.amount for cost in costs if cost.payer == "requested"))


def _save_costs(work: Work, number: int, before: Sequence[Cost], after: Sequence[Cost]) -> bool:
    kept = {(one.year, one.cost_type, one.payer): one for one in _costs(work, number)}
    wanted = {(cost.year, cost.cost_type, cost.payer): cost.amount for cost in after}
    work.remove_many(ProposalCost, [as_dict(one) for key, one in kept.items() if key not in wanted])
    changed = [(as_dict(one), {**as_dict(one), "amount": wanted[key]}) for key, one in kept.items()
               if key in wanted and wanted[key] != one.amount]  # fmt: skip
    work.replace_many(ProposalCost, changed)
    work.create_many(
        ProposalCost,
        [
            {"proposal": number, "year": year, "cost_type": kind, "payer": payer, "amount": amount}
            for (year, kind, payer), amount in wanted.items()
            if (year, kind, payer) not in kept
        ],
    )
    return tuple(before) != tuple(after)


def _follow(work: Work, call: Call, proposal: Proposal) -> None:
    """Let the ledger say what the application asks for each year; what stood otherwise is taken back.

    An application without costs, as one that was read in from a budget, keeps what the ledger says.
    """
    costs = [_cost(one) for one in _costs(work, proposal.id)]
    had = work.value(
        "SELECT COUNT(*) FROM change WHERE record = 'proposal_cost' "
        "AND CAST(COALESCE(after, before) ->> 'proposal' AS INTEGER) = $id",
        id=proposal.id,
    )
    if not had:
        return
    wanted = {year: _requested([cost for cost in costs if cost.year == year]) for year in {one.year for one in costs}}
    now: dict[int, list[Entry]] = {}
    for entry in requested_of(work, [proposal])[proposal.id]:
        now.setdefault(entry.year, []).append(entry)
    source = f"ansökan {proposal.code}"
    differing = [
        year
        for year in sorted({*wanted, *now})
        if total(Sum(entry.amount, entry.open) for entry in now.get(year, ())) != Sum(wanted.get(year, Decimal(0)))
    ]
    take_back(work, [(entry, source) for year in differing for entry in now.get(year, ())])
    funder = own_funder(work, call.id).id
    work.post(
        Entry(
            Kind.REQUESTED, year, funder, project=proposal.project, call=call.id, amount=wanted[year], source=source,
            document=proposal.reference,
        )
        for year in differing
        if wanted.get(year)
    )  # fmt: skip
